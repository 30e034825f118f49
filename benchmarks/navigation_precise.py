"""How fast precise products are read, interpolated and written, and how well orbits and clocks are met between epochs.

    python -m benchmarks.navigation_precise [speed] [orbits] [clocks]

Process CPU time after a warm-up run; the data are those of ../shared/data/gnss. Clocks: the 30 s clocks of a day are
drawn from every tenth entry (300 s) and compared with those left out, and with what the source says of its accuracy.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks import ROOT
from moonstead.formats.rinex_clock import read_clocks
from moonstead.formats.sp3 import PreciseOrbits, read_sp3
from moonstead.formats.sp3_writer import write_sp3
from moonstead.foundation.constants import SPEED_OF_LIGHT
from moonstead.navigation.precise.source import PreciseSource, open_precise
from moonstead.navigation.satellites import satellite_facts

REAL = ROOT.parent / "shared" / "data" / "gnss"
DAYS = [REAL / f"GRG0MGXFIN_2020{day}0000_01D_15M_ORB.SP3.gz" for day in (176, 177)]
CLOCKS = REAL / "GRG0MGXFIN_20201770000_01D_30S_CLK.CLK.xz"
CODE = REAL / "COD0MGXFIN_20220010000_01D_05M_ORB.SP3.gz"
GFZ = REAL / "GFZ_MGX_20220010000_01D_05M_ORB.SP3.gz"
ROUNDS = 3
STATES = 200_000


def speed() -> None:
    """Reading, asking for states, writing."""
    code = read_sp3(CODE)
    source = open_precise(DAYS, CLOCKS)
    rng = np.random.default_rng(7)
    index = rng.integers(0, len(source.satellites), STATES)
    gpst = source.span[0] + rng.uniform(86_400.0, 2 * 86_400.0, STATES)
    _timed("SP3-d, 116 satellites, 289 epochs", lambda: read_sp3(CODE))
    _timed("SP3-d, 125 satellites, 288 epochs", lambda: read_sp3(GFZ))
    _timed("clocks of 30 s, 75 satellites, 17 MB", lambda: read_clocks(CLOCKS))
    took = _timed("200 000 states", lambda: source.states(index, gpst))
    print(f"  {STATES / took / 1e6:.1f} million states a second")
    with tempfile.TemporaryDirectory() as folder:
        _timed("SP3-d written", lambda: write_sp3(Path(folder) / "again.sp3", code))


def orbits() -> None:
    """Epochs left out, by system: RMS and largest error mid-day and at the ends."""
    for path, step in ((CODE, 2), (CODE, 3), (DAYS[1], 2)):
        whole = read_sp3(path)
        source = PreciseSource(_every(whole, step))
        for system in "GREC":
            columns = [column for column, name in enumerate(whole.satellites) if name[0] == system]
            if not columns:
                continue
            index = np.repeat(
                [source.satellites.index(whole.satellites[column]) for column in columns], whole.gpst.size
            )
            states = source.states(index, np.tile(whole.gpst, len(columns)))
            error = np.linalg.norm(
                states.position.reshape(len(columns), -1, 3) - whole.position[:, columns].transpose(1, 0, 2), axis=2
            )
            edge = 6 * step
            middle, ends = error[:, edge:-edge], np.concatenate((error[:, :edge], error[:, -edge:]), axis=1)
            rms = [1e3 * np.sqrt(np.nanmean(part**2)) for part in (middle, ends)]
            print(
                f"  {path.name[:3]} {whole.interval * step / 60:3.0f} min {system}: mid-day {rms[0]:7.2f} mm RMS, "
                f"{1e3 * np.nanmax(middle):7.1f} largest; ends {rms[1]:8.2f} mm RMS"
            )


def clocks() -> None:
    """Clocks of 30 s from entries of 300 s, by block."""
    fine = read_clocks(CLOCKS)
    few = replace(
        fine, gpst=fine.gpst[::10], clock=fine.clock[::10], sigma=fine.sigma[::10], interval=300.0, day=fine.day[::10]
    )
    source = PreciseSource(read_sp3(DAYS[1]), few)
    inside = (fine.gpst > fine.gpst[0]) & (fine.gpst < few.gpst[-1] - 1800.0)
    blocks: dict[str, list[tuple[float, float]]] = {}
    for name in fine.satellites:
        states = source.states(np.full(inside.sum(), source.satellites.index(name)), fine.gpst[inside])
        orbit = source.states(np.array([source.satellites.index(name)]), few.gpst[5:6]).accuracy[0]
        error = SPEED_OF_LIGHT * (states.clock - fine.clock[inside, fine.satellites.index(name)])
        told = np.sqrt(np.maximum(states.accuracy**2 - orbit**2, 0.0))
        rms = np.sqrt(np.nanmean(error**2)), np.sqrt(np.nanmean(told**2))
        blocks.setdefault(satellite_facts(name, float(fine.gpst[0])).block, []).append(rms)
    for block, found in sorted(blocks.items()):
        error, told = np.sqrt(np.mean(np.array(found) ** 2, axis=0))
        print(f"  {block:12s} {len(found):2d} satellites: {1e3 * error:6.1f} mm RMS, told {1e3 * told:6.1f} mm")


def _every(orbits: PreciseOrbits, step: int) -> PreciseOrbits:
    return replace(
        orbits,
        gpst=orbits.gpst[::step],
        position=orbits.position[::step],
        clock=orbits.clock[::step],
        sigma_exponent=orbits.sigma_exponent[::step],
        flags=orbits.flags[::step],
        interval=orbits.interval * step,
        day=orbits.day[::step],
    )


def _timed(name: str, work: Callable[[], object]) -> float:
    work()
    best = float("inf")
    for _ in range(ROUNDS):
        begin = time.process_time()
        work()
        best = min(best, time.process_time() - begin)
    print(f"  {name:38s} {best:7.3f} s", flush=True)
    return best


def main() -> None:
    subjects = {"speed": speed, "orbits": orbits, "clocks": clocks}
    for name in sys.argv[1:] or subjects:
        print(f"-- {name}", flush=True)
        subjects[name]()


if __name__ == "__main__":
    main()
