"""Single-point positions beside RTKLIB: how good, how many epochs, how fast; on real stations with known coordinates.

    python -m benchmarks.navigation_positioning [accuracy] [speed] [sp3] [hostile]

RTKLIB is `rnx2rtkp` where it is on PATH. Its figures are of the whole command, reading included; ours are told with and
without reading. Process CPU time; the data are those of ../shared/data/gnss. Every row uses the same options: mask
10 degrees and defaults otherwise.
"""

from __future__ import annotations

import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from benchmarks import ROOT
from moonstead.cli.gnss.position_files import Given, read_given
from moonstead.formats.gnss_files import open_text
from moonstead.navigation.positioning.answer import PositionSeries
from moonstead.navigation.positioning.clock_steps import clock_steps
from moonstead.navigation.positioning.errors import local_axes, position_errors
from moonstead.navigation.positioning.single_point import single_point

REAL = ROOT.parent / "shared" / "data" / "gnss"
ROUNDS = 3
LETTER_BITS = {"G": 1, "R": 4, "E": 8, "C": 32}  # of pos1-navsys


@dataclass(frozen=True)
class Station:
    """A station-day with coordinates in ITRF at its date, and the mixes of systems to be solved."""

    name: str
    observations: str
    navigation: tuple[str, ...]
    truth: tuple[float, float, float]
    mixes: tuple[str, ...]


STATIONS = (
    Station(
        "ESBC",
        "ESBC00DNK_R_20201770000_01D_30S_MO.crx.xz",
        ("ESBC00DNK_R_20201770000_01D_MN.rnx.gz",),
        (3582104.961, 532590.121, 5232755.266),
        ("G", "R", "C", "RC", "GR", "GRC", "GREC"),
    ),
    Station(
        "OPEC",
        "OPEC00NOR_R_20220010000_0340_30S_MO.rnx.gz",
        ("BRDC00IGS_R_20220010000_01D_MN.rnx.gz",),
        (3149785.43, 598261.35, 5495348.75),
        ("G", "R", "C", "RC", "GRC"),
    ),
    Station(
        "NYA1",
        "NYA100NOR_S_20241240000_01D_30S_MO.crx.gz",
        ("NYA100NOR_S_20241240000_01D_CN.rnx.gz", "NYA100NOR_S_20241240000_01D_GN.rnx.gz"),
        (1202433.563, 252632.433, 6237772.821),
        ("G", "C", "GC"),
    ),
)
JFNG_2020 = np.array([-2279829.1124, 5004706.4500, 3219777.3776])  # IGb14, epoch 2020.86
JFNG = JFNG_2020 - 1.74 * 0.032 * local_axes(JFNG_2020)[0]  # 3.2 cm/yr to the east until 2019.12


def accuracy() -> None:
    """3-D RMS, 95 % and epochs of each mix of systems; RTKLIB in both of its modes; ours in two."""
    print(
        "| station | systems | RTKLIB L1 + model | RTKLIB iono-free | ours, default | ours, iono-free | median | kept |"
    )
    print("|---|---|---|---|---|---|---|---|")
    for station in STATIONS:
        with tempfile.TemporaryDirectory() as folder:
            files = _plain(station, Path(folder))
            given = _given(station)
            for mix in station.mixes:
                peers = [_rtklib(files, mix, mode, Path(folder)) for mode in ("brdc", "dual-freq")]
                theirs = [_figures(peer, station.truth) for peer in peers]
                found = [position_errors(_solved(given, mix, mode), station.truth) for mode in ("auto", "free")]
                ours = [(each.rms_3d, each.p95_3d, each.solved) for each in found]
                best = min((each for each in theirs if each[2]), default=(np.inf, np.inf, 0))
                kept = ours[0][0] <= best[0] and ours[0][1] <= best[1] and ours[0][2] >= best[2]
                cells = [f"{rms:.2f} / {high:.2f} ({count})" for rms, high, count in (*theirs, *ours)]
                row = [station.name, mix, *cells, f"{found[0].median_3d:.2f}", "yes" if kept else "NO"]
                print(f"| {' | '.join(row)} |", flush=True)


def speed() -> None:
    """Epochs in a CPU second, RTKLIB and ours in turn on the same plain files; the best of the rounds of each."""
    print("| station | systems | RTKLIB whole | ours whole | ratio | ours solving only |")
    print("|---|---|---|---|---|---|")
    for station in STATIONS:
        with tempfile.TemporaryDirectory() as folder:
            files = _plain(station, Path(folder))
            for mix in station.mixes:
                _solved(_given(station, mix), mix, "auto")
                peer, whole, solving, epochs = [], [], [], 0
                for _ in range(ROUNDS):
                    peer.append(min(_rtklib(files, mix, mode, Path(folder))[1] for mode in ("brdc", "dual-freq")))
                    begin = time.process_time()
                    given = read_given(files, mix, "finished", precise_first=False)
                    read = time.process_time()
                    epochs = _solved(given, mix, "auto").gpst.size
                    end = time.process_time()
                    whole.append(end - begin)
                    solving.append(end - read)
                rates = [epochs / min(each) for each in (peer, whole, solving)]
                ratio = f"{rates[1] / rates[0]:.2f}"
                row = [station.name, mix, f"{rates[0]:.0f}", f"{rates[1]:.0f}", ratio, f"{rates[2]:.0f}"]
                print(f"| {' | '.join(row)} |", flush=True)


def sp3() -> None:
    """A station with orbits and clocks of an SP3 file alone; RTKLIB refuses this."""
    files = [REAL / "JFNG00CHN_R_20190450700_01H_30S_MO.rnx.gz", REAL / "COD0MGXFIN_20190450000_01D_05M_ORB.SP3.gz"]
    given = read_given(files, None, "finished", precise_first=False)
    for mix in ("G", "R", "C", "GRC", "GREC"):
        for mode in ("auto", "free"):
            error = position_errors(_solved(given, mix, mode), JFNG)
            print(
                f"JFNG {mix} {mode}: {error.solved} of {error.epochs}, RMS {error.rms_3d:.2f}, 95 % {error.p95_3d:.2f}"
            )


def hostile() -> None:
    """Faults put into a real file: what becomes of epochs and errors."""
    station = STATIONS[1]
    given = _given(station)
    old = given.observations.systems["C"]
    codes = [row for row, code in enumerate(old.codes) if code[0] == "C"]
    for name, satellites, size in (
        ("one satellite 50 m off", 1, 50.0),
        ("one satellite 100 km off", 1, 1e5),
        ("three satellites 1 km off", 3, 1e3),
        ("all of BeiDou 300 m off, as a step of its clock", len(old.satellites), 300.0),
    ):
        values = old.values.copy()
        for column in range(satellites):
            values[codes, 200:, column - satellites] += size
        spoiled = replace(given.observations, systems=given.observations.systems | {"C": replace(old, values=values)})
        series = _solved(replace(given, observations=spoiled), "GRC", "auto")
        error = position_errors(series, station.truth)
        steps = [(step.clock, round(step.size * 1e9)) for step in clock_steps(series)]
        print(
            f"{name}: {error.solved} of {error.epochs} solved, RMS {error.rms_3d:.2f}, largest {error.largest_3d:.2f}, "
            f"{np.count_nonzero(series.excluded)} excluded, "
            f"{np.count_nonzero(series.status == 'not trusted')} not trusted, steps of clocks [ns]: {steps}"
        )


def _given(station: Station, letters: str | None = None) -> Given:
    files = [REAL / name for name in (station.observations, *station.navigation)]
    return read_given(files, letters, "finished", precise_first=False)


def _solved(given: Given, mix: str, mode: str) -> PositionSeries:
    return single_point(
        given.observations,
        given.source,
        systems=mix,
        ionosphere=mode,  # type: ignore[arg-type]
        model=given.ionosphere,
        channels=given.channels,
    )


def _plain(station: Station, folder: Path) -> list[Path]:
    """Files as RTKLIB can read them."""
    paths = []
    for number, name in enumerate((station.observations, *station.navigation)):
        paths.append(folder / f"file{number}.{'obs' if number == 0 else 'nav'}")
        paths[-1].write_bytes(open_text(REAL / name))
    return paths


def _rtklib(files: list[Path], mix: str, mode: str, folder: Path) -> tuple[np.ndarray, float]:
    """Positions (E, 3) [m] of RTKLIB and its CPU time [s]; none where it is not on PATH."""
    command = shutil.which("rnx2rtkp")
    if command is None:
        return np.zeros((0, 3)), float("nan")
    options = folder / "options.conf"
    out = folder / "out.pos"
    out.unlink(missing_ok=True)
    options.write_text(
        f"pos1-posmode =single\npos1-elmask =10\npos1-ionoopt ={mode}\npos1-tropopt =saas\npos1-sateph =brdc\n"
        f"pos1-navsys ={sum(LETTER_BITS[letter] for letter in mix)}\nout-solformat =xyz\nout-timeform =tow\n"
    )
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    words = [command, "-k", str(options), "-o", str(out), *map(str, files)]
    subprocess.run(words, check=False, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    lines = out.read_text().splitlines() if out.exists() else []
    rows = [[float(word) for word in line.split()[2:5]] for line in lines if line and line[0] != "%"]
    return np.array(rows).reshape(-1, 3), spent


def _figures(peer: tuple[np.ndarray, float], truth: tuple[float, float, float]) -> tuple[float, float, int]:
    error = np.linalg.norm(peer[0] - np.array(truth), axis=1)
    if not error.size:
        return float("nan"), float("nan"), 0
    return float(np.sqrt(np.mean(error**2))), float(np.percentile(error, 95.0)), int(error.size)


if __name__ == "__main__":
    if shutil.which("rnx2rtkp") is None:
        print("rnx2rtkp is not on PATH: only our own figures")
    for part in sys.argv[1:] or ("accuracy", "speed", "sp3", "hostile"):
        {"accuracy": accuracy, "speed": speed, "sp3": sp3, "hostile": hostile}[part]()
