"""Screening of a whole catalogue: complete against brute force, side by side with astroz, and what it costs.

``python -m benchmarks.monitoring_screening CATALOGUE START WHAT`` with WHAT one of

- ``brute``: two selections of 1000 objects, every pair sampled with python-sgp4 and refined with it;
- ``astroz PYTHON``: the same day by astroz, run by an interpreter that has it, and by Moonstead, in turn;
- ``spans``: one day and seven, one thread and two, five kilometres and ten.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from sgp4.api import Satrec

from moonstead.formats.mean_elements_file import read_mean_elements
from moonstead.foundation.time.epoch import Epoch
from moonstead.foundation.time.scales import tai_seconds
from moonstead.monitoring.objects import Sgp4Objects
from moonstead.monitoring.screening.screen import screen

DAY, SAMPLE = 86_400.0, 5.0  # [s]
J2000 = 2_451_545.0  # [d]
LARGEST_CLOSING = 10e3  # [m] that half a sample adds to the distance of a pair at 15 km/s, with room for a parabola
PEER = """
import datetime, json, sys, time
import astroz
catalogue, start, distance, out = sys.argv[1:5]
began, wall = time.process_time(), time.time()
objects = astroz.Constellation(catalogue)
moment = datetime.datetime.fromisoformat(start).replace(tzinfo=datetime.timezone.utc)
found = astroz.screen(objects, 1440, threshold=float(distance) / 1e3, step=float(sys.argv[5]), start_time=moment)
told = {"cpu": time.process_time() - began, "wall": time.time() - wall, "events": len(found.i)}
columns = {n: [float(x) for x in getattr(found, n)] for n in ("i", "j", "time", "distance", "speed")}
json.dump({**told, **columns}, open(out, "w"))
"""
OWN = """
import json, resource, sys, time
began, wall = time.process_time(), time.time()
from moonstead.formats.mean_elements_file import read_mean_elements
from moonstead.foundation.time.epoch import Epoch
from moonstead.monitoring.objects import Sgp4Objects
from moonstead.monitoring.screening.screen import screen
from moonstead.cli.monitor.screen_tables import write_encounters
from pathlib import Path
catalogue, start, distance, days, threads, out = sys.argv[1:7]
imported = time.process_time()
first = Epoch.parse(start).tdb()
objects = Sgp4Objects(read_mean_elements(Path(catalogue)).elements)
found = screen(objects, first, first + float(days) * 86400.0, float(distance), threads=int(threads))
write_encounters(found, objects.name, Path(out + ".parquet"))
told = {"cpu": time.process_time() - began, "wall": time.time() - wall, "import": imported - began}
told |= {"events": len(found.encounters), "intervals": len(found.proximity_intervals), **found.statistics}
told["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
e = found.encounters
columns = {"i": e.first_row, "j": e.second_row, "time": e.tdb_tca - first, "distance": e.miss_distance}
p = found.proximity_intervals
slow = [[int(a), int(b)] for a, b in zip(p.first_row, p.second_row)]
told |= {"slow": slow, "rows": {k: v.tolist() for k, v in columns.items()}}
json.dump(told, open(out, "w"))
"""


def own_run(catalogue: Path, start: str, distance: float, days: float = 1.0, threads: int = 1) -> dict[str, Any]:
    """One screening in a process of its own, from reading the file to the written table."""
    return _run([sys.executable, "-c", OWN, catalogue, start, distance, days, threads])


def peer_run(python: str, catalogue: Path, start: str, distance: float, step: float) -> dict[str, Any]:
    """The same day by astroz, its step in minutes."""
    return _run([python, "-c", PEER, catalogue, start, distance], step)


def _run(command: list[Any], *more: Any) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch) / "told.json"
        subprocess.run([str(part) for part in (*command, out, *more)], check=True)
        told: dict[str, Any] = json.loads(out.read_text())
        return told


def side_by_side(python: str, catalogue: Path, start: str) -> None:
    """astroz at two of its steps and Moonstead in turn, and which passages only one of both has."""
    for distance in (5e3, 10e3):
        own = own_run(catalogue, start, distance)
        peers = [peer_run(python, catalogue, start, distance, step) for step in (1.0, 0.5)]
        again = own_run(catalogue, start, distance)
        mine = min(own["cpu"], again["cpu"])
        best = min(peer["cpu"] for peer in peers)
        times = f"{own['cpu']:.2f} and {again['cpu']:.2f} CPU s"
        print(f"{distance / 1e3:g} km: Moonstead {times}, {own['events']} encounters, {own['intervals']} intervals")
        for peer in peers:
            print(f"  astroz {peer['cpu']:.2f} CPU s, {peer['events']} events")
        print(f"  ratio of the best of each {best / mine:.2f}")
        _difference(own, peers[-1], _order_of_astroz(catalogue))


def _order_of_astroz(catalogue: Path) -> np.ndarray:
    """Rows of the file in the order in which astroz counts them: near the Earth first, then deep space."""
    deep = np.array([satellite.method == "d" for satellite in _satellites(catalogue)])
    return np.concatenate((np.flatnonzero(~deep), np.flatnonzero(deep)))


def _difference(own: dict[str, Any], peer: dict[str, Any], order: np.ndarray) -> None:
    rows = own["rows"]
    known: dict[tuple[int, int], list[tuple[float, float]]] = {}
    for i, j, t, d in zip(rows["i"], rows["j"], rows["time"], rows["distance"], strict=True):
        known.setdefault((i, j), []).append((t, d))
    slow = {tuple(pair) for pair in own["slow"]}
    matched, near, fast_missing = 0, 0, []
    for i, j, t, d, v in zip(*(peer[name] for name in ("i", "j", "time", "distance", "speed")), strict=True):
        pair = tuple(sorted((int(order[int(i)]), int(order[int(j)]))))
        if any(abs(mine - 60.0 * t) < 1.0 for mine, _ in known.get(pair, ())):
            matched += 1
        elif pair in slow:
            near += 1
        else:
            fast_missing.append((*pair, 60.0 * t, 1e3 * d, 1e3 * v))
    print(f"  {matched} matched, {near} of astroz in {len(slow)} slow pairs, {len(fast_missing)} only in astroz")
    for row in fast_missing[:12]:
        print("   only astroz: rows {} {}, {:.3f} s, {:.1f} m, {:.1f} m/s".format(*row))
    print(f"  only Moonstead: {len(rows['i']) - matched}")


def selections(elements: Any) -> dict[str, np.ndarray]:
    """Rows of two sets of 1000 objects: dense low shells, and all that is eccentric or high."""
    low, high = elements.perigee_distance / 1e3 - 6378.0, elements.apogee_distance / 1e3 - 6378.0
    random = np.random.default_rng(7)

    def some(rows: np.ndarray, count: int) -> np.ndarray:
        where = np.flatnonzero(rows)
        return random.choice(where, min(count, where.size), replace=False)

    e, motion = elements.eccentricity, elements.mean_motion * DAY / (2.0 * np.pi)
    shells = [some((low > 700) & (high < 900), 700), some(e > 0.3, 100), some((low > 520) & (high < 570), 200)]
    wide = [
        some((e > 0.6) & (low < 1000) & (motion > 1.9) & (motion < 2.1), 200),  # Molniya
        some((e > 0.5) & (motion > 2.1), 300),  # transfer orbits
        some((np.abs(motion - 1.0027) < 0.02) & (e < 0.05), 300),  # geostationary ring and its neighbours
        some((low < 450) & (high < 600), 400),
    ]
    return {"shells": np.unique(np.concatenate(shells)), "wide": np.unique(np.concatenate(wide))}


def completeness(catalogue: Path, start: str, distance: float = 10e3) -> None:
    """All minima of brute force against a screening of the whole catalogue."""
    from benchmarks.monitoring_brute_kernels import sampled_minima

    elements = read_mean_elements(catalogue).elements
    objects = Sgp4Objects(elements)
    first = Epoch.parse(start).tdb()
    everything = screen(objects, first, first + DAY, distance)
    e = everything.encounters
    slow = {
        (int(i), int(j))
        for i, j in zip(
            everything.proximity_intervals.first_row, everything.proximity_intervals.second_row, strict=True
        )
    }
    satellites = _satellites(catalogue)
    assert len(satellites) == len(elements)
    utc = J2000 + (tai_seconds(np.array([first]))[0] - 37.0) / DAY
    day, fraction = np.floor(utc), utc - np.floor(utc)
    for name, rows in selections(elements).items():
        began = time.process_time()
        truth = _brute([satellites[row] for row in rows], day, fraction, distance, sampled_minima)
        truth[:, :2] = rows[truth[:, :2].astype(int)]
        fast = truth[truth[:, 4] >= everything.proximity_speed]
        missed, late, off = [], 0.0, 0.0
        for i, j, t, d, v in fast:
            own = np.flatnonzero((e.first_row == i) & (e.second_row == j) & (np.abs(e.tdb_tca - first - t) < 1.0))
            if own.size != 1:
                missed.append((elements.name[int(i)], elements.name[int(j)], t, d, v))
                continue
            late, off = max(late, abs(e.tdb_tca[own[0]] - first - t)), max(off, abs(e.miss_distance[own[0]] - d))
        inside = np.isin(e.first_row, rows) & np.isin(e.second_row, rows)
        lost = [r for r in truth[truth[:, 4] < everything.proximity_speed] if (int(r[0]), int(r[1])) not in slow]
        print(
            f"{name}: {rows.size} objects, brute force {len(fast)} encounters below {distance / 1e3:g} km "
            f"({(fast[:, 3] <= 5e3).sum()} below 5 km), screening {int(inside.sum())}, missed {len(missed)}, "
            f"slow minima {len(truth) - len(fast)}, of them in no slow pair {len(lost)}; worst {late * 1e6:.1f} us, "
            f"{off * 1e3:.3f} mm; {time.process_time() - began:.0f} CPU s"
        )
        for row in missed[:10]:
            print("  missed", row)


def _satellites(catalogue: Path) -> list[Satrec]:
    import gzip

    raw = catalogue.read_bytes()
    lines = (gzip.decompress(raw) if catalogue.suffix == ".gz" else raw).decode().splitlines()
    return [Satrec.twoline2rv(a, b) for a, b in pairwise(lines) if a.startswith("1 ") and b.startswith("2 ")]


def _brute(satellites: list[Satrec], day: float, fraction: float, distance: float, minima: Any) -> np.ndarray:
    """Minima (K, 5): both places, seconds from the start, distance [m], speed [m/s]."""
    per_block = 720
    seeds = []
    for block in range(0, int(DAY / SAMPLE), per_block):
        seconds = SAMPLE * np.arange(block - 1, block + per_block + 1)
        parts = fraction + seconds / DAY
        positions = np.full((seconds.size, 3, len(satellites)), np.nan)
        for place, one in enumerate(satellites):
            code, position, _ = one.sgp4_array(np.full(seconds.size, day), parts)
            positions[code == 0, :, place] = position[code == 0] * 1e3
        found = np.empty((4_000_000, 3), dtype=np.int32)
        count = minima(positions, distance + SAMPLE * 8e3 + LARGEST_CLOSING, found)
        assert count <= len(found)
        seeds.append(np.column_stack([found[:count, :2], seconds[found[:count, 2]]]))
    out = []
    for i, j, t in np.concatenate(seeds):
        when = t
        for _ in range(15):
            state = [satellites[int(k)].sgp4(day, fraction + when / DAY)[1:] for k in (i, j)]
            place, speed = (np.subtract(state[1][n], state[0][n]) * 1e3 for n in (0, 1))
            step = float(np.clip(-(place @ speed) / (speed @ speed), -SAMPLE, SAMPLE))
            when += step
            if abs(step) < 1e-7:
                break
        if abs(when - t) <= 1.5 * SAMPLE and 0.0 <= when <= DAY and np.linalg.norm(place) <= distance:
            out.append((i, j, when, np.linalg.norm(place), np.linalg.norm(speed)))
    events = np.array(out)
    events = events[np.lexsort((events[:, 2], events[:, 1], events[:, 0]))]
    again = (np.diff(events[:, 0]) == 0) & (np.diff(events[:, 1]) == 0) & (np.diff(events[:, 2]) < 0.05)
    return events[np.concatenate(([True], ~again))]


def spans(catalogue: Path, start: str) -> None:
    """CPU and wall time and memory of one day and seven, one thread and two, five kilometres and ten."""
    for distance, days, threads in ((5e3, 1.0, 1), (10e3, 1.0, 1), (5e3, 1.0, 2), (5e3, 7.0, 1)):
        told = own_run(catalogue, start, distance, days, threads)
        stages = ", ".join(f"{name[4:]} {told[name]:.2f}" for name in told if name.startswith("cpu_"))
        print(f"{distance / 1e3:g} km, {days:g} d, {threads} threads: {told['cpu']:.2f} CPU s ({stages}), ", end="")
        print(f"{told['wall']:.1f} s wall, {told['peak_mb']:.0f} MB", end=", ")
        print(f"{told['events']} encounters, {told['intervals']} intervals")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("catalogue", type=Path)
    parser.add_argument("start", help="UTC")
    parser.add_argument("what", choices=("brute", "astroz", "spans"))
    parser.add_argument("python", nargs="?", default=sys.executable, help="interpreter that has astroz")
    given = parser.parse_args()
    if given.what == "brute":
        completeness(given.catalogue, given.start)
    elif given.what == "astroz":
        side_by_side(given.python, given.catalogue, given.start)
    else:
        spans(given.catalogue, given.start)
    print(f"peak of this process {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
