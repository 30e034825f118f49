"""Manoeuvres found in element histories against what is known of them.

``python -m benchmarks.monitoring_histories ENVISAT ISS``: all of Envisat's history against the burns that its flight
dynamics calibrated (tests/truth/ids), by size; alarms after its loss; upward steps of the space station; burns put into
Envisat's own sets after its loss, by size.
"""

from __future__ import annotations

import argparse
import csv
import time
from dataclasses import fields
from itertools import pairwise
from pathlib import Path

import numpy as np

from benchmarks import ROOT
from moonstead.dynamics.mean_elements import MeanElements
from moonstead.formats.mean_elements_file import read_mean_elements
from moonstead.foundation.time.epoch import Epoch
from moonstead.monitoring.histories.history import read_history
from moonstead.monitoring.histories.manoeuvres import Manoeuvre, manoeuvres

DAY = 86400.0
NEAR = 2.0 * DAY  # [s] a burn and what is found of it
FIRST, LOST = Epoch.parse("2002-04-15").tdb(), Epoch.parse("2012-04-09").tdb()
SIZES = (0.0, 1e-3, 2e-3, 3e-3, 5e-3, 1e-2, 0.1, 10.0)  # [m/s]
INJECTED = (1e-3, 2e-3, 3e-3, 5e-3, 1e-2, 3e-2, 0.1, 1.0)  # [m/s]
BETWEEN = 60.0 * DAY  # [s] injected burns


def calibrated() -> tuple[np.ndarray, np.ndarray]:
    """Times (K,) [s TDB past J2000] and sums along and across the track (K, 2) [m/s] of Envisat's entries."""
    lines = (ROOT / "tests/truth/ids/envisat_burns.csv").read_text().splitlines()
    rows = list(csv.DictReader(line for line in lines if not line.startswith("#")))
    entries: dict[str, list[tuple[float, float, float]]] = {}
    for row in rows:
        burn = Epoch.parse(row["tai"], "TAI").tdb(), float(row["along_m_s"]), float(row["cross_m_s"])
        entries.setdefault(row["entry"], []).append(burn)
    table = np.array(
        [(np.mean([b[0] for b in own]), sum(b[1] for b in own), sum(b[2] for b in own)) for own in entries.values()]
    )
    return table[:, 0], table[:, 1:]


def with_burns(elements: MeanElements, times: np.ndarray, sizes: np.ndarray) -> MeanElements:
    """Sets as they would be after burns along the track: mean motion and mean anomaly moved."""
    motion, anomaly = elements.mean_motion.copy(), elements.mean_anomaly.copy()
    for when, size in zip(times, sizes, strict=True):
        change = -3.0 * size / float(np.median(elements.semi_major_axis))
        after = np.maximum(elements.tdb - when, 0.0)
        motion += change * (after > 0.0)
        anomaly += change * after
    columns = {field.name: getattr(elements, field.name) for field in fields(elements)}
    return MeanElements(**{**columns, "mean_motion": motion, "mean_anomaly": np.mod(anomaly, 2.0 * np.pi)})


def told(found: tuple[Manoeuvre, ...]) -> np.ndarray:
    return np.array([one.tdb for one in found])


def nearest(times: np.ndarray, others: np.ndarray) -> np.ndarray:
    return np.array([np.min(np.abs(others - each)) for each in times]) if others.size else np.full(times.size, np.inf)


def envisat(elements: MeanElements) -> None:
    began = time.process_time()
    found = manoeuvres(read_history(elements))
    seen = told(found)
    print(f"Envisat: {len(elements)} sets, {len(found)} manoeuvres, CPU {time.process_time() - began:.1f} s")
    times, sizes = calibrated()
    size, inside = np.hypot(*sizes.T), seen > FIRST
    for near in (1.0, 2.0, 3.0):
        hit, right = nearest(times, seen) < near * DAY, nearest(seen, times) < near * DAY
        print(f"  within {near:g} d: recall {hit.sum()}/{hit.size}, precision {(right & inside).sum()}/{inside.sum()}")
    hit = nearest(times, seen) < NEAR
    for low, high in pairwise(SIZES):
        of = (size >= low) & (size < high)
        print(f"  {1e3 * low:6.1f} to {1e3 * high:7.1f} mm/s: {np.sum(hit & of)}/{np.sum(of)}")
    partner = [int(np.argmin(np.abs(seen - when))) for when in times[hit]]
    inside_interval = [
        found[k].earliest <= when <= found[k].latest for k, when in zip(partner, times[hit], strict=True)
    ]
    late = np.array([seen[k] - when for k, when in zip(partner, times[hit], strict=True)]) / 3600.0
    error = np.array([found[k].along_track - each for k, each in zip(partner, sizes[hit, 0], strict=True)])
    width = np.median([(one.latest - one.earliest) / 3600.0 for one in found])
    print(
        f"  intervals hold {np.mean(inside_interval):.2f}, median width {width:.1f} h; late by {np.median(late):.1f} h "
        f"(quartiles {np.quantile(late, 0.25):.1f}, {np.quantile(late, 0.75):.1f})"
    )
    print(
        f"  delta-v along the track: median error {1e3 * np.nanmedian(error):.2f} mm/s, "
        f"median size of errors {1e3 * np.nanmedian(np.abs(error)):.2f} mm/s"
    )
    print(f"  alarms after the loss: {int(np.sum(seen > LOST))}")


def injected(elements: MeanElements) -> None:
    free = elements.select(elements.tdb > LOST + 30.0 * DAY)
    times = np.arange(free.tdb[0] + 40.0 * DAY, free.tdb[-1] - 40.0 * DAY, BETWEEN)
    for size in INJECTED:
        sizes = size * np.where(np.arange(times.size) % 2, -1.0, 1.0)
        seen = told(manoeuvres(read_history(with_burns(free, times, sizes))))
        print(
            f"injected {1e3 * size:6.0f} mm/s: found {np.sum(nearest(times, seen) < NEAR)}/{times.size}, "
            f"others {np.sum(nearest(seen, times) >= NEAR)}"
        )


def station(elements: MeanElements) -> None:
    history = read_history(elements)
    found = manoeuvres(history)
    raising = np.array([one.tdb for one in found if one.semi_major_axis > 0.0])
    day = np.floor(history.tdb / DAY)
    days = np.unique(day)
    middle = np.array([np.median(history.elements.semi_major_axis[day == each]) for each in days])
    up = days[1:][np.diff(middle) > 150.0 * np.diff(days)]
    hit = [np.min(np.abs(raising - (each + 0.5) * DAY)) < NEAR for each in up]
    print(
        f"ISS: {len(found)} manoeuvres, {raising.size} upwards; "
        f"upward steps of the daily median found: {sum(hit)}/{up.size}"
    )
    for one in found:
        print(f"  {Epoch.from_tdb(one.tdb).text('UTC', digits=0)} {one.along_track:7.3f} ± {one.along_sigma:.3f} m/s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("envisat", type=Path)
    parser.add_argument("iss", type=Path)
    given = parser.parse_args()
    elements = read_mean_elements(given.envisat).elements
    envisat(elements)
    station(read_mean_elements(given.iss).elements)
    injected(elements)


if __name__ == "__main__":
    main()
