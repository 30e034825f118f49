"""Orbits about the Sun by Gauss' method, as first guesses for an arc."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.bodies import body
from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.foundation.ephemeris.two_body import two_body_states
from moonstead.orbits.gauss import gauss_orbits
from moonstead.smallbodies.orbit_fit.ranging_fit import Observer
from moonstead.smallbodies.orbit_fit.ranging_rows import RangingRows
from moonstead.smallbodies.orbit_fit.short_arc import PULLING, short_arc_positions

Array = NDArray[np.float64]

NEAREST = 1e7  # [m] range below which a root is the observer's own place


def gauss_guesses(observer: Observer, arc: RangingRows) -> Array:
    """Orbits by Gauss' method from several triplets of nights of an arc.

    Parameters
    ----------
    observer : Observer
        Whose sight defines range and direction.
    arc : RangingRows
        Rows of a day or more.

    Returns
    -------
    (K, 8) [mixed]
        At the observer's epoch; none where there are fewer than three nights.

    Source
    ------
    As `moonstead.orbits.gauss.gauss_orbits`.
    """
    gm = body("SUN").gm
    night = arc.tdb // SECONDS_PER_DAY
    first = np.flatnonzero(np.diff(night, prepend=night[0] - 1.0))
    nights = arc.chosen(np.append(first, arc.count - 1))
    count = nights.count
    sun = PULLING.index("SUN")
    found = []
    for triplet in (
        (0, count // 2, count - 1),
        (0, count // 3, 2 * count // 3),
        (count // 3, 2 * count // 3, count - 1),
    ):
        picked = nights.chosen(np.array(triplet))
        if np.any(np.diff(picked.tdb) <= 0.0):
            continue
        suns = np.array([short_arc_positions(observer.forces, float(t))[sun] for t in picked.tdb])
        states = gauss_orbits(picked.axes[:, 0], picked.observer[:, :3] - suns, picked.tdb, gm, nearest=NEAREST)
        if states.shape[0]:
            elapsed = np.full(states.shape[0], observer.tdb - picked.tdb[1])
            found.append(two_body_states(states, elapsed, gm))
    if not found:
        return np.empty((0, 8))
    here = short_arc_positions(observer.forces, observer.tdb)[sun]
    there = short_arc_positions(observer.forces, observer.tdb + 1.0)[sun]
    return observer.orbits(np.concatenate(found) + np.concatenate([here, there - here]))
