"""SGP4 of a whole catalogue side by side with python-sgp4, and with astroz where an interpreter has it.

``python -m benchmarks.monitoring_sgp4 CATALOGUE START [--astroz PYTHON]``: states of all objects at 49 times of a day,
differences of positions from python-sgp4, statuses, and CPU time of one thread, best of five in turn.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from sgp4.api import Satrec, SatrecArray

from moonstead.dynamics.sgp4_many import Sgp4Set
from moonstead.dynamics.sgp4_trajectory import catalogue_states
from moonstead.formats.mean_elements_file import read_mean_elements
from moonstead.formats.tle import read_catalogue
from moonstead.foundation.time.epoch import Epoch

TIMES, ROUNDS = 49, 5
FARTHEST = 2e9  # [m] beyond it a state of status 0 is what is left of a decayed orbit
PEER = """
import astroz, datetime, json, sys, time
import numpy as np
objects = astroz.Constellation(sys.argv[1])
start = datetime.datetime.fromisoformat(sys.argv[2]).replace(tzinfo=datetime.timezone.utc)
best = 1e9
for _ in range(int(sys.argv[3])):
    began = time.process_time()
    astroz.propagate(objects, np.linspace(0.0, 1440.0, 49), start_time=start, output="teme", velocities=True)
    best = min(best, time.process_time() - began)
print(json.dumps(best))
"""


def cpu(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("catalogue", type=Path)
    parser.add_argument("start")
    parser.add_argument("--astroz", help="a Python interpreter that has astroz; the catalogue must then be unpacked")
    given = parser.parse_args()
    elements = read_mean_elements(given.catalogue).elements
    lines = [(one.line1, one.line2) for one in read_catalogue(given.catalogue).sets]
    satellites = [Satrec.twoline2rv(*pair) for pair in lines]
    first = Epoch.parse(given.start)
    tdb = first.tdb() + np.linspace(0.0, 86400.0, TIMES)
    day = np.full(TIMES, 2_451_545.0 + np.floor(first.tdb() / 86400.0))
    fraction = np.linspace(0.0, 1.0, TIMES)
    flown = Sgp4Set(elements)
    states, status = flown.states(tdb)
    expected, code = catalogue_states(lines, tdb)
    real = (code == 0) & (np.linalg.norm(expected[:, :, :3], axis=2) < FARTHEST)
    off = np.linalg.norm(np.moveaxis(states, 2, 0)[:, :, :3] - expected[:, :, :3], axis=2)[real]
    print(
        f"{len(elements)} objects; statuses equal: {bool(np.all(code == status.T))}; objects that fail: "
        f"{int(np.sum(np.any(code > 0, axis=1)))}"
    )
    print(f"from python-sgp4 at times in TDB: median {np.median(off):.2e} m, 99.9 % {np.quantile(off, 0.999):.2e} m")
    rows, minutes = np.repeat(np.arange(len(elements)), 3), np.tile([-720.0, 50.0, 1440.0], len(elements))
    exact, _ = flown.states_after(rows, 60.0 * minutes)
    answers = [satellites[row].sgp4_tsince(t) for row, t in zip(rows, minutes, strict=True)]
    places = 1e3 * np.array([position for _, position, _ in answers])
    good = np.array([each[0] == 0 for each in answers]) & (np.linalg.norm(places, axis=1) < FARTHEST)
    print(f"at times since the epochs: largest {np.max(np.abs(exact[good, :3] - places[good])):.2e} m")
    deep = np.array([2.0 * np.pi / satellite.no_kozai >= 225.0 for satellite in satellites])
    sets = {"all": flown, "near": Sgp4Set(elements.select(~deep)), "deep": Sgp4Set(elements.select(deep))}
    arrays = {
        "all": SatrecArray(satellites),
        "near": SatrecArray([one for one, far in zip(satellites, deep, strict=True) if not far]),
        "deep": SatrecArray([one for one, far in zip(satellites, deep, strict=True) if far]),
    }
    best: dict[tuple[str, str], float] = {}
    for _ in range(ROUNDS):
        for which in sets:
            for who, work in (
                ("moonstead", lambda which=which: sets[which].states(tdb)),
                ("python-sgp4", lambda which=which: arrays[which].sgp4(day, fraction)),
            ):
                best[who, which] = min(best.get((who, which), np.inf), cpu(work))
    for which in sets:
        count = len(sets[which]) * TIMES / 1e6
        own, peer = count / best["moonstead", which], count / best["python-sgp4", which]
        print(f"{which:5} moonstead {own:6.2f} M/s, python-sgp4 {peer:5.2f} M/s, ratio {own / peer:.1f}")
    print(f"set-up of {len(elements)} objects: {cpu(lambda: Sgp4Set(elements)):.3f} s")
    if given.astroz:
        command = [given.astroz, "-c", PEER, str(given.catalogue), given.start, str(ROUNDS)]
        told = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        print(f"all   astroz {len(elements) * TIMES / told / 1e6:.2f} M/s")


if __name__ == "__main__":
    main()
