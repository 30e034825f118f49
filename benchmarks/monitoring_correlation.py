"""Whose track is it, and which orbit: on the real catalogue, with simulated sensors.

    python -m benchmarks.monitoring_correlation [catalogue] [first] [pairs] [cislunar]

Process CPU time, compilation left out. Every track is simulated: by SGP4 from the catalogue of 2022-07-15, displaced by
a draw from the errors that are said; so the shares show the test and the density of the sky, not a real sensor.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import numpy as np

from benchmarks import ROOT
from moonstead.dynamics.forces import ForceModel
from moonstead.dynamics.propagate import OrbitState, propagate
from moonstead.dynamics.trajectories import SurfacePoint
from moonstead.formats.mean_elements_file import read_mean_elements
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import MoonsteadError
from moonstead.foundation.time.epoch import Epoch
from moonstead.monitoring.correlation.element_errors import ElementErrors
from moonstead.monitoring.correlation.simulated_tracks import TrackingSensor, simulated_tracks
from moonstead.monitoring.correlation.track_pairs import pair_tracks, track_orbits
from moonstead.monitoring.correlation.track_to_catalogue import correlate_tracks
from moonstead.monitoring.tracking.initial_orbit import initial_orbit
from moonstead.monitoring.tracking.measurements import joined, measurements
from moonstead.monitoring.tracking.orbit_filter import filter_orbit
from moonstead.monitoring.tracking.simulated_tracking import simulated

CATALOGUE = ROOT.parent / "shared" / "data" / "monitoring" / "catalogs" / "spacetrack_full_2022-07-15.3le.gz"
DATA = DataContext.installed()
START = Epoch.parse("2022-07-16T12:00:00").tdb()
HOURS = 3600.0
STATION = SurfacePoint.on_earth("radar", np.radians(45.0), np.radians(40.0), 200.0)
RADAR = TrackingSensor(STATION, 5e-4, 30.0)
TELESCOPE = TrackingSensor(STATION, 1e-5, None, interval=15.0, lowest=np.radians(20.0))
ERRORS = ElementErrors()
TRACKS = 1000
UNKNOWN = 0.1  # share of tracked objects that are taken out of the catalogue
RUNS = 50


def catalogue() -> None:
    """Tracks of 1000 objects against the whole catalogue: share right, wrong, not assigned."""
    elements = read_mean_elements(CATALOGUE).elements
    random = np.random.default_rng(1)
    for name, sensor in (("radar", RADAR), ("telescope", TELESCOPE)):
        for factor in (1.0, 2.0, 3.0):
            truth = ElementErrors(
                tuple(factor * x for x in ERRORS.at_epoch), tuple(factor * x for x in ERRORS.growth), 0.2 * factor
            )
            rows = random.choice(len(elements), 4000, replace=False)
            tracks, seen = simulated_tracks(elements, rows, sensor, START, START + 6 * HOURS, truth, DATA, 7)
            tracks, seen = tracks[:TRACKS], seen[:TRACKS]
            lost = random.random(seen.size) < UNKNOWN
            known = elements.select(np.setdiff1d(np.arange(len(elements)), seen[lost]))
            begun = time.process_time()
            found = correlate_tracks(tracks, known, DATA, errors=ERRORS)
            spent = time.process_time() - begun
            right = ~lost & (found.object_id == elements.object_id[seen])
            none = found.object_id < 0
            wrong = ~lost & ~none & ~right
            rivals = ~lost & (found.rival_id >= 0)
            unrivalled = wrong & (found.rival_id < 0)
            chi_square = np.sum(found.chi_square[right]) / np.sum(found.numbers[right])
            print(
                f"{name}, errors {factor:g} times those assumed: {seen.size} tracks, {len(known)} objects; of "
                f"{np.sum(~lost)} in the catalogue {np.mean(right[~lost]):.2%} right, {np.mean(wrong[~lost]):.2%} "
                f"wrong ({np.sum(unrivalled)} without a rival being told), {np.mean(none[~lost]):.2%} not assigned, "
                f"{np.mean(rivals[~lost]):.2%} with a rival; of {np.sum(lost)} unknown ones "
                f"{np.mean(none[lost]):.2%} not assigned; chi-square over numbers {chi_square:.3f}; "
                f"{1e3 * spent / seen.size:.1f} ms CPU a track",
                flush=True,
            )


def first() -> None:
    """First orbits from simulated passes, by kind of orbit: angles alone and radar."""
    elements = read_mean_elements(CATALOGUE).elements
    turns = elements.mean_motion * 86_400.0 / (2.0 * np.pi)
    kinds = {
        "LEO": (turns > 11.25) & (elements.eccentricity < 0.05),
        "MEO": (turns > 1.5) & (turns < 2.5) & (elements.eccentricity < 0.05),
        "GEO": (np.abs(turns - 1.0027) < 0.01) & (elements.eccentricity < 0.01),
        "HEO": (turns < 6.0) & (elements.eccentricity > 0.5),
    }
    intervals = {"LEO": 30.0, "MEO": 600.0, "GEO": 1800.0, "HEO": 600.0}
    random = np.random.default_rng(2)
    exact = ElementErrors((1e-3,) * 3, (0.0,) * 3, 0.0)
    for name, which in kinds.items():
        rows = random.choice(np.flatnonzero(which), min(int(np.sum(which)), 300), replace=False)
        for label, sigma, reach in (("angles, 0.5 arcsec", 2.4e-6, None), ("radar, 30 m and 0.5 mrad", 5e-4, 30.0)):
            interval = intervals[name] if reach is None else min(intervals[name], 60.0)
            sensor = TrackingSensor(STATION, sigma, reach, interval, 7)
            tracks, seen = simulated_tracks(elements, rows, sensor, START, START + 12 * HOURS, exact, DATA, 3)
            errors, failed, begun = [], 0, time.process_time()
            for track, row in zip(tracks[:60], seen[:60], strict=True):
                try:
                    found = initial_orbit(track, DATA)
                except MoonsteadError:
                    failed += 1
                    continue
                errors.append(_relative(elements, int(row), found.tdb, found.states[0]))
            spent = time.process_time() - begun
            share = np.array(errors)
            done = len(errors) + failed
            if not done:
                print(f"{name}, {label}: no object was in sight long enough")
                continue
            print(
                f"{name}, {label}, 7 every {interval:g} s: {done} tracks, {failed} without an answer; position within "
                f"1 % of the distance {np.sum(share < 0.01) / done:.0%}, median error "
                f"{np.median(share) if share.size else np.nan:.2e} of the distance; {1e3 * spent / done:.0f} ms CPU",
                flush=True,
            )


def _relative(elements, row: int, tdb: float, state: np.ndarray) -> float:
    from moonstead.dynamics.sgp4_many import Sgp4Set
    from moonstead.foundation.frames.frame import rotation
    from moonstead.foundation.frames.standard import ICRF, TEME

    true = Sgp4Set(elements.select(np.array([row]))).pair_states([0], [tdb])[0]
    true = rotation(TEME, ICRF, np.array([tdb]), DATA).state(true)[0]
    return float(np.linalg.norm(state[:3] - true[:3]) / np.linalg.norm(true[:3]))


def pairs() -> None:
    """Tracks of objects that no catalogue has, two of each by two radars: which belong together."""
    elements = read_mean_elements(CATALOGUE).elements
    turns = elements.mean_motion * 86_400.0 / (2.0 * np.pi)
    low = np.flatnonzero((turns > 12.0) & (turns < 15.3) & (elements.eccentricity < 0.02))
    rows = np.random.default_rng(3).choice(low, 200, replace=False)
    exact = ElementErrors((1e-3,) * 3, (0.0,) * 3, 0.0)
    fine = TrackingSensor(STATION, 2e-4, 10.0, 15.0, 13)
    other = TrackingSensor(
        SurfacePoint.on_earth("east", np.radians(50.0), np.radians(125.0), 0.0), 2e-4, 10.0, 15.0, 13
    )
    one, seen = simulated_tracks(elements, rows, fine, START, START + 6 * HOURS, exact, DATA, 4)
    two, again = simulated_tracks(elements, seen, other, START + 3 * HOURS, START + 9 * HOURS, exact, DATA, 5)
    both = [row for row in seen if row in again][:30]
    tracks = [one[list(seen).index(row)] for row in both] + [two[list(again).index(row)] for row in both]
    begun = time.process_time()
    orbits = track_orbits(tracks, DATA)
    found = pair_tracks(tracks, DATA, orbits=orbits)
    spent = time.process_time() - begun
    count = len(both)
    right = {pair.first for pair in found if pair.second == pair.first + count} | {
        pair.second for pair in found if pair.first == pair.second + count
    }
    wrong = [pair for pair in found if abs(pair.second - pair.first) != count]
    print(
        f"{2 * count} radar tracks of {count} low objects within 9 h, {sum(o is None for o in orbits)} without an "
        f"orbit: {len(right)} of {count} pairs found, {len(wrong)} wrong ones; {spent:.1f} s CPU"
    )


def cislunar() -> None:
    """Filters on the way to the Moon and around it: normalised squared errors over 50 runs, 6 expected."""
    epoch = START
    stations = (
        SurfacePoint.on_earth("east", 0.7, 2.0, 0.0),
        SurfacePoint.on_earth("west", -0.6, -1.2, 0.0),
    )
    around = np.array([2.2e6, 0.0, 4.0e5, -100.0, 300.0, 1.4e3])
    moon = DATA.ephemeris.state("MOON", "EARTH", np.array([epoch + 2.5 * 86_400.0]))[0]
    away = moon[:3] / np.linalg.norm(moon[:3])
    across = np.cross(np.cross(away, moon[3:]), away)
    across /= np.linalg.norm(across)
    outbound = np.concatenate((6.0e7 * away, 3.25e3 * away + 0.75e3 * across))
    cases = {
        "lunar orbit, radar and Doppler": ("MOON", around, 1.2e4, True),
        "transfer at 60 000 km and out, radar and Doppler": ("EARTH", outbound, 8e4, True),
        "transfer, telescopes alone": ("EARTH", outbound, 8e4, False),
    }
    for name, (center, state, span, radio) in cases.items():
        bodies = ("EARTH", "SUN") if center == "MOON" else ("MOON", "SUN")
        forces = ForceModel(center=center, degree=8, third_bodies=bodies)
        truth = propagate(
            OrbitState(state, epoch - 60.0, center), epoch + span + 60.0, forces, DATA, step_tolerance=1e-12
        )
        times = epoch + np.linspace(100.0, span, 20)
        zero = np.zeros(20)
        rows = [
            part
            for station in stations
            for part in (
                (
                    measurements("range", times, zero, 10.0, station),
                    measurements("range-rate", times, zero, 1e-3, station, count_time=60.0),
                )
                if radio
                else (measurements("right-ascension-declination", times, np.zeros((20, 2)), 2.4e-6, station),)
            )
        ]
        table = joined(rows)
        for method, spread in (("extended", 1.0), ("extended", 5.0), ("unscented", 5.0)):
            start = np.diag([1e3 * spread] * 3 + [spread] * 3) ** 2
            squares, smoothed, innovations, numbers, begun = [], [], 0.0, 0, time.process_time()
            runs = RUNS if method == "extended" else 10
            for seed in range(runs):
                random = np.random.default_rng(900 + seed)
                first_state = truth.state(np.array([epoch]))[0] + np.sqrt(np.diag(start)) * random.standard_normal(6)
                tracked = filter_orbit(
                    simulated(table, truth, DATA, seed),
                    OrbitState(first_state, epoch, center),
                    start,
                    forces,
                    DATA,
                    method=method,
                )
                error = tracked.states[-1] - truth.state(tracked.tdb[-1:])[0]
                squares.append(error @ np.linalg.solve(tracked.covariances[-1], error))
                before = tracked.smoothed_states[0] - truth.state(tracked.tdb[:1])[0]
                smoothed.append(before @ np.linalg.solve(tracked.smoothed_covariances[0], before))
                innovations += float(np.sum(tracked.chi_square))
                numbers += int(np.sum(tracked.numbers))
            sigma = np.sqrt(np.trace(tracked.covariances[-1][:3, :3]))
            spent = (time.process_time() - begun) / runs
            print(
                f"{name}, {method}, start {spread:g} km and m/s: {runs} runs, NEES {np.mean(squares):.2f} at the end, "
                f"{np.mean(smoothed):.2f} smoothed at the begin (6 +- {np.sqrt(12.0 / runs):.2f}), NIS "
                f"{innovations / numbers:.3f} of 1; position known to {sigma:.0f} m; {spent:.2f} s CPU a run",
                flush=True,
            )


VERBS: dict[str, Callable[[], None]] = {"catalogue": catalogue, "first": first, "pairs": pairs, "cislunar": cislunar}


def main() -> None:
    for verb in sys.argv[1:] or list(VERBS):
        print(f"## {verb}", flush=True)
        VERBS[verb]()


if __name__ == "__main__":
    main()
