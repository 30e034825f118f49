"""Long measurements of orbit fits: `python -m benchmarks.smallbodies_fit FOLDER [apophis bennu errors split]`.

FOLDER holds the files of observations (`smallbodies` of the shared data). Times are CPU seconds of this process, one
thread, after one run that compiles.
"""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
from scipy.stats import chi2

from moonstead.foundation.constants import ARCSECOND, SECONDS_PER_DAY
from moonstead.foundation.data import DataContext
from moonstead.foundation.time.epoch import Epoch
from moonstead.smallbodies.astrometry.prepare import PreparedObservations, prepare_observations
from moonstead.smallbodies.encounters import encounters
from moonstead.smallbodies.motion.flight import fly
from moonstead.smallbodies.motion.orbit import PUSH_NAMES, SmallBodyOrbit
from moonstead.smallbodies.motion.perturbers import Perturbers, perturbers
from moonstead.smallbodies.orbit_fit.equations import equations
from moonstead.smallbodies.orbit_fit.forces_solved import AU_PER_DAY2, fit_orbit
from moonstead.smallbodies.orbit_fit.from_files import at_middle, orbit_from_files, read_files

APOPHIS = ("99942_2004_2021.obs80", "99942_radar_2005_2013.tsv", "99942_radar_2021.tsv")
BENNU = ("101955_1999_2006.obs80", "101955_2011_2018.obs80", "101955_radar_1999_2005.tsv", "101955_radar_2011.tsv")
CASES = 240


def columns_of(orbit: SmallBodyOrbit) -> list[int]:
    return [*range(6), *(6 + PUSH_NAMES.index(name) for name in orbit.parameters[6:])]


def passages(orbit: SmallBodyOrbit, years: tuple[int, ...], pull: Perturbers) -> None:
    """Distances from the Earth in some years, with their standard deviations."""
    flight = fly(orbit, Epoch.parse(f"{years[-1]}-12-31T00:00:00").tdb(), pull, with_partials=True)
    for one in encounters(flight, pull, bodies=("EARTH",)):
        when = Epoch.from_tdb(one.tdb).text("TDB", 0)
        if int(when[:4]) in years:
            slope = one.state[:3] / one.distance @ flight.partials(np.array([one.tdb]))[0, :3, columns_of(orbit)].T
            sigma = float(np.sqrt(slope @ orbit.covariance @ slope))
            print(f"  {when} TDB: {one.distance / 1e3:.1f} +- {sigma / 1e3:.1f} km")


def from_files(name: str, files: tuple[str, ...], years: tuple[int, ...], folder: Path, data: DataContext) -> None:
    """One object from bare files, twice: the second run is timed."""
    pull = perturbers(data)
    for run in range(2):
        began = time.process_time()
        fit = orbit_from_files([folder / file for file in files], data, perturbers=pull).fit
        spent = time.process_time() - began
        print(f"{name}, {'with what had to be compiled' if run == 0 else 'again'}: {spent:.2f} CPU s")
    began = time.process_time()
    fit_orbit(fit.orbit, fit.prepared, pull, data)
    print(f"  correction alone, rejection and trial of A2 included: {time.process_time() - began:.2f} CPU s")
    pushes, covariance = fit.orbit.non_gravitational, fit.orbit.covariance
    print(
        f"  {fit.used.sum()} of {fit.used.size} places, {fit.radar_used.sum()} of {fit.radar_used.size} echoes, rms "
        f'{fit.rms / ARCSECOND:.4f}", chi-square {fit.chi_square:.1f} for {fit.degrees_of_freedom}, A2 '
        f"{pushes.a2 / AU_PER_DAY2:.4g} +- {np.sqrt(covariance[-1, -1]) / AU_PER_DAY2:.2g} au/d2"
    )
    passages(fit.orbit, years, pull)


def apophis(folder: Path, data: DataContext) -> None:
    """Apophis 2004 to 2021, places and echoes."""
    from_files("Apophis", APOPHIS, (2029,), folder, data)


def bennu(folder: Path, data: DataContext) -> None:
    """Bennu 1999 to 2018, places and echoes."""
    from_files("Bennu", BENNU, (2060, 2135), folder, data)


def errors(folder: Path, data: DataContext) -> None:
    """Made-up orbits and noise, with rejection: error squared by covariance (6 expected), and chi-square."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "smallbodies" / "orbit_fit"))
    from simulated_places import EPOCH, near_earth_orbit, prepared_rows, seen

    pull, rng = perturbers(data), np.random.default_rng(1)
    began = time.process_time()
    squares, residuals, freedom = np.empty(CASES), 0.0, 0
    for case in range(CASES):
        truth = near_earth_orbit(data, rng)
        length, each = rng.choice([3.0, 20.0, 200.0, 1500.0]), int(rng.integers(5, 16))
        starts = EPOCH + SECONDS_PER_DAY * np.linspace(-0.5 * length, 0.5 * length, each)
        times = (starts[:, None] + 1800.0 * np.arange(4)).ravel()
        rows = seen(truth, prepared_rows(times, data, timing=1.0), pull, data, rng)
        first = replace(truth, state=truth.state + rng.normal(size=6) * [1e6, 1e6, 1e6, 0.2, 0.2, 0.2])
        fit = fit_orbit(first, rows, pull, data)
        error = fit.orbit.state - truth.state
        squares[case] = error @ np.linalg.solve(fit.orbit.covariance[:6, :6], error)
        residuals, freedom = residuals + fit.chi_square, freedom + fit.degrees_of_freedom
    low, high = chi2.ppf([0.005, 0.995], 6 * CASES) / CASES
    inside = [float(np.mean(squares < chi2.ppf(share, 6))) for share in (0.5, 0.9, 0.95, 0.99)]
    print(
        f"{CASES} orbits, arcs of 3 to 1500 days: mean square {squares.mean():.3f} (99 % in {low:.3f} to {high:.3f}), "
        f"inside 50, 90, 95, 99 %: {inside}; reduced chi-square {residuals / freedom:.3f}; "
        f"{time.process_time() - began:.1f} CPU s"
    )


def split(folder: Path, data: DataContext) -> None:
    """Apophis up to 2014: what it says of the echoes and the orbit of 2021."""
    pull = perturbers(data)
    every, _ = read_files([folder / file for file in APOPHIS])
    prepared = prepare_observations(every, data)
    until = Epoch.parse("2014-12-31T00:00:00").tdb()
    early = prepared.take(prepared.tdb < until, prepared.radar.tdb < until)
    late = prepared.take(np.zeros(prepared.count, dtype=bool), prepared.radar.tdb > until)
    start = orbit_from_files([folder / file for file in APOPHIS[:2]], data, perturbers=pull).fit.orbit
    fit = fit_orbit(at_middle(start, early.observations.arc(), pull), early, pull, data)
    echoes(fit.orbit, late, pull, data)
    passages(fit.orbit, (2029,), pull)


def echoes(orbit: SmallBodyOrbit, rows: PreparedObservations, pull: Perturbers, data: DataContext) -> None:
    """Predicted echoes against measured ones, in the standard deviation of their difference."""
    flight = fly(orbit, float(rows.radar.tdb.max()), pull, with_partials=True)
    found = equations(flight, rows, data, columns_of(orbit))
    for row in range(rows.radar.count):
        slope = found.radar_design[row]
        sigma = float(np.hypot(np.sqrt(slope @ orbit.covariance @ slope), found.radar_sigma[row]))
        print(
            f"  {rows.radar.utc[row]} {rows.radar.kind[row]}: off by {found.radar_residuals[row]:.3g}, expected "
            f"{sigma:.2g}: {found.radar_residuals[row] / sigma:.2f} sigma"
        )


def main() -> None:
    """Measure what the command line names, or all."""
    folder, named = Path(sys.argv[1]), sys.argv[2:]
    data = DataContext.installed()
    for measure in (apophis, bennu, errors, split):
        if not named or measure.__name__ in named:
            measure(folder, data)


if __name__ == "__main__":
    main()
