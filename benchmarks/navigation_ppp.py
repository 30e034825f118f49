"""Precise point positioning against published coordinates, and beside RTKLIB: static, kinematic, as it settles, speed.

    python -m benchmarks.navigation_ppp [esbjerg] [rtklib] [opec]

The data are those of ../shared/data/gnss. CPU seconds of this process after a run that compiles; positions alone, files
read before; for `rnx2rtkp`, which is used where it is on PATH, of the whole command with its reading.
"""

from __future__ import annotations

import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import fields, replace
from pathlib import Path

import numpy as np

from benchmarks import ROOT
from moonstead.formats.compact_rinex import restore_rinex
from moonstead.formats.gnss_files import open_text, unpack
from moonstead.formats.rinex_observation import ObservationFile, read_observations
from moonstead.foundation.data import DataContext
from moonstead.navigation.positioning.errors import PositionErrors, local_axes, position_errors
from moonstead.navigation.ppp.answer import PrecisePosition
from moonstead.navigation.ppp.precise_point import precise_point
from moonstead.navigation.precise.source import open_precise

REAL = ROOT.parent / "shared" / "data" / "gnss"
ESBC, OPEC = "ESBC00DNK_R_20201770000_01D_30S_MO.crx.xz", "OPEC00NOR_R_20220010000_0340_30S_MO.rnx.gz"
ORBITS = tuple(f"GRG0MGXFIN_2020{day}0000_01D_15M_ORB.SP3.gz" for day in (176, 177))
CLOCKS, MESSAGES = "GRG0MGXFIN_20201770000_01D_30S_CLK.CLK.xz", "ESBC00DNK_R_20201770000_01D_MN.rnx.gz"
CODE = "COD0MGXFIN_20220010000_01D_05M_ORB.SP3.gz"
# Marker of Esbjerg in ITRF2014 at 2015.0 and 2022.9301 by the Danish network (see the tests)
ESBC_2015 = np.array([3582104.8458, 532590.0946, 5232755.0863])
ESBC_2022 = np.array([3582104.7300, 532590.2159, 5232755.1625])
# Antenna reference point of SOURCES.md: from a list in which CODE did not estimate this station that day
ESBC_LISTED = np.array([3582104.961, 532590.121, 5232755.266])
OPEC_LISTED = np.array([3149785.43, 598261.35, 5495348.75])  # good to 0.15 m
HALF_DAY = 43_200.0  # [s]
RTKLIB_SYSTEMS = {"G": 1, "R": 4, "GR": 5}
RTKLIB_OPTIONS = """pos1-posmode ={mode}
pos1-frequency =l1+l2
pos1-elmask =7
pos1-ionoopt =dual-freq
pos1-tropopt =est-ztdgrad
pos1-sateph =precise
pos1-navsys ={systems}
pos1-posopt1 =on
pos1-posopt2 =on
pos1-posopt3 =on
pos1-tidecorr =on
ant1-anttype =*
file-rcvantfile =/usr/share/rtklib/ngs_abs.pcv
file-satantfile =/usr/share/rtklib/ngs_abs.pcv
out-solformat =xyz
"""


def esbc_truth() -> np.ndarray:
    """Antenna reference point on 2020-06-25."""
    marker = ESBC_2015 + (ESBC_2022 - ESBC_2015) * (2020.4836 - 2015.0) / (2022.9301 - 2015.0)
    return np.asarray(marker + 0.216 * local_axes(marker)[2])


def later(file: ObservationFile, seconds: float) -> ObservationFile:
    """The epochs of a file from so many seconds after its first one on."""
    chosen = file.gpst >= file.gpst[0] + seconds
    systems = {
        letter: replace(
            system,
            **{
                each.name: getattr(system, each.name)[:, chosen]
                for each in fields(system)
                if each.name in ("values", "loss_of_lock", "strength")
            },
        )
        for letter, system in file.systems.items()
    }
    rows = {name: getattr(file, name)[chosen] for name in ("gpst", "flag", "receiver_clock_offset")}
    return replace(file, systems=systems, **rows)


def told(name: str, answer: PrecisePosition, errors: PositionErrors, spent: float) -> None:
    mean = "  ".join(f"{value * 1e3:+7.1f}" for value in errors.mean)
    noise = ", ".join(f"{letter} {each['phase'] * 1e3:.1f} mm" for letter, each in answer.notes["noise_m"].items())
    print(
        f"{name:34s} {errors.solved:5d} of {errors.epochs:5d}  3-D {errors.rms_3d:.4f} m, 95 % {errors.p95_3d:.4f} m, "
        f"east north up {mean} mm, {spent:.2f} CPU s, {errors.epochs / spent:.0f} epochs/s, "
        f"phases {noise}",
        flush=True,
    )


def esbjerg() -> None:
    """A day at Esbjerg: whole, its second half, and moving for all that the estimate knows."""
    data, truth = DataContext.installed(), esbc_truth()
    day = read_observations(REAL / ESBC, systems="GRE")
    source = open_precise([REAL / name for name in ORBITS], REAL / CLOCKS)
    precise_point(day, source, data=data, systems="GR")
    precise_point(day, source, data=data, systems="GR", static=False)
    for span, file in (("day", day), ("second half", later(day, HALF_DAY))):
        for systems in ("G", "R", "GR", "E", "GRE"):
            began = time.process_time()
            answer = precise_point(file, source, data=data, systems=systems)
            spent = time.process_time() - began
            told(f"static, {span}, {systems}", answer, position_errors(answer, truth), spent)
            listed = position_errors(answer, ESBC_LISTED).rms_3d
            print(f"    against the listed coordinate {listed:.4f} m; settles: {_settling(answer, truth)}")
    for systems in ("G", "R", "GR"):
        began = time.process_time()
        answer = precise_point(day, source, data=data, systems=systems, static=False)
        spent = time.process_time() - began
        told(f"kinematic, day, {systems}", answer, position_errors(answer, truth), spent)
        error = answer.position - truth
        ratio = np.einsum("ei,eij,ej->e", error, np.linalg.inv(answer.covariance), error)[answer.solved]
        print(f"    squared error in units of its covariance: mean {np.mean(ratio):.2f}, median {np.median(ratio):.2f}")


def rtklib() -> None:
    """The same day by `rnx2rtkp`, as far as it goes."""
    program = shutil.which("rnx2rtkp")
    if program is None:
        print("rnx2rtkp is not on PATH: no comparison")
        return
    truth = esbc_truth()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "day.obs").write_bytes(restore_rinex(unpack(REAL / ESBC), REAL / ESBC).text)
        (folder / "day.nav").write_bytes(open_text(REAL / MESSAGES))
        (folder / "day.clk").write_bytes(open_text(REAL / CLOCKS))
        for place, orbit in enumerate(ORBITS):
            (folder / f"day{place}.sp3").write_bytes(open_text(REAL / orbit))
        for mode in ("ppp-static", "ppp-kine"):
            for systems, number in RTKLIB_SYSTEMS.items():
                (folder / "options").write_text(RTKLIB_OPTIONS.format(mode=mode, systems=number))
                inputs = [str(folder / file) for file in ("day.obs", "day.nav", "day0.sp3", "day1.sp3", "day.clk")]
                before = resource.getrusage(resource.RUSAGE_CHILDREN)
                subprocess.run(
                    [program, "-k", str(folder / "options"), "-o", str(folder / "out"), *inputs],
                    capture_output=True,
                    check=False,
                )
                after = resource.getrusage(resource.RUSAGE_CHILDREN)
                spent = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
                print(f"rnx2rtkp {mode}, {systems}: {_rtklib_errors(folder / 'out', truth)}, {spent:.2f} CPU s")


def opec() -> None:
    """Three hours and forty minutes at a Norwegian station with clocks every five minutes."""
    data = DataContext.installed()
    file = read_observations(REAL / OPEC)
    source = open_precise(REAL / CODE)
    for static in (True, False):
        for systems in ("G", "R", "C", "E", "GR", "RC", "GRC", "GREC"):
            began = time.process_time()
            answer = precise_point(file, source, data=data, systems=systems, static=static)
            spent = time.process_time() - began
            name = f"OPEC, {'static' if static else 'kinematic'}, {systems}"
            told(name, answer, position_errors(answer, OPEC_LISTED), spent)


def _settling(answer: PrecisePosition, truth: np.ndarray) -> str:
    assert answer.convergence is not None
    error = np.linalg.norm(answer.convergence.position - truth, axis=1)
    hours = (answer.convergence.gpst - answer.gpst[0]) / 3600.0
    return ", ".join(f"{np.interp(at, hours, error):.3f} m at {at:g} h" for at in (0.5, 1, 2, 4, 8) if at <= hours[-1])


def _rtklib_errors(path: Path, truth: np.ndarray) -> str:
    rows = [line.split() for line in path.read_text().splitlines() if line and line[0] != "%"] if path.exists() else []
    if not rows:
        return "no solution"
    error = np.array([[float(value) for value in row[2:5]] for row in rows]) - truth
    local = error @ local_axes(truth).T
    half = local[len(local) // 2 :]
    last = local[-1]
    rms = np.sqrt(np.mean(np.sum(half**2, axis=1)))
    return (
        f"{len(rows)} epochs, second half 3-D RMS {rms:.3f} m, last epoch {np.linalg.norm(last):.3f} m "
        f"(east north up {' '.join(f'{value * 1e3:+.0f}' for value in last)} mm)"
    )


def main() -> None:
    subjects = {"esbjerg": esbjerg, "rtklib": rtklib, "opec": opec}
    for name in sys.argv[1:] or subjects:
        subjects[name]()


if __name__ == "__main__":
    main()
