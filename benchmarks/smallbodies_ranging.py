"""Orbits from nothing: time for each file, and what the first minutes of an impactor tell.

`python -m benchmarks.smallbodies_ranging FILE ... [minutes]`; FILE is a file of observations. With `minutes` the rows
of the first 30, 40 and 60 minutes are taken alone, and the probability of an impact on the Earth within three days is
told for both priors. Times are CPU seconds of one thread after one run that compiles.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np

from moonstead.formats.astrometry import read_astrometry
from moonstead.foundation.constants import ARCSECOND, ASTRONOMICAL_UNIT, SECONDS_PER_DAY
from moonstead.foundation.data import DataContext
from moonstead.smallbodies.astrometry.prepare import PreparedObservations, prepare_observations
from moonstead.smallbodies.motion.flights import closest_approaches
from moonstead.smallbodies.motion.perturbers import Perturbers, perturbers
from moonstead.smallbodies.orbit_fit.determine import RangedOrbit, determine_orbit

FIRST_MINUTES = (30.0, 40.0, 60.0, np.inf)
UNTIL = 3.0 * SECONDS_PER_DAY


def first_rows(path: Path, minutes: float, data: DataContext) -> PreparedObservations:
    """Rows of the first minutes, weighed as if no others existed."""
    seen = read_astrometry(path)
    return prepare_observations(seen.take(seen.tdb <= np.min(seen.tdb) + 60.0 * minutes), data)


def timed(path: Path, pull: Perturbers, data: DataContext) -> None:
    """CPU time from rows to an orbit."""
    prepared = first_rows(path, np.inf, data)
    determine_orbit(prepared, pull, data)
    before = time.process_time()
    found = determine_orbit(prepared, pull, data)
    spent = time.process_time() - before
    if isinstance(found, RangedOrbit):
        what = (
            f"sample worth {found.effective_count:.0f} orbits, from {np.min(found.range_) / ASTRONOMICAL_UNIT:.5f} au"
        )
    else:
        what = f"orbit, rms {found.rms / ARCSECOND:.2f} arcsec"
    print(f"{path.name}: {prepared.count} rows, {int(found.used.sum())} used, {spent:.2f} CPU s; {what}")


def minutes(path: Path, pull: Perturbers, data: DataContext) -> None:
    """Probability of an impact on the Earth after the first minutes."""
    for length in FIRST_MINUTES:
        prepared = first_rows(path, length, data)
        for prior in ("uniform", "population"):
            found = determine_orbit(prepared, pull, data, prior=prior)
            if isinstance(found, RangedOrbit):
                states, weights, tdb = found.states, found.weights, found.tdb
            else:
                assert found.orbit.covariance is not None
                random = np.random.default_rng(1)
                states = random.multivariate_normal(found.orbit.state, found.orbit.covariance, 400)
                weights, tdb = np.full(400, 1.0 / 400.0), found.orbit.tdb
            met = closest_approaches(states, tdb, tdb + UNTIL, pull)
            hits = met.index[met.impact & (met.body == "EARTH")]
            probability = float(weights[hits].sum())
            error = float(np.sqrt(np.sum((weights * (np.isin(np.arange(weights.size), hits) - probability)) ** 2)))
            print(
                f"{path.name}: first {length:g} min, {prepared.count} rows, {prior}: {probability:.5f} +- {error:.5f}"
            )


def main() -> None:
    """Files named on the command line."""
    words = sys.argv[1:]
    data = DataContext.installed()
    pull = perturbers(data)
    for word in words:
        if word != "minutes":
            timed(Path(word), pull, data)
            if "minutes" in words:
                minutes(Path(word), pull, data)


if __name__ == "__main__":
    main()
