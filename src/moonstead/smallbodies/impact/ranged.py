"""Impacts of a weighted sample of orbits: what a short arc allows to say."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.data import DataContext
from moonstead.smallbodies.impact.answer import BodyAnswer, ImpactAnswer, VirtualImpactor
from moonstead.smallbodies.impact.clones import impact_groups
from moonstead.smallbodies.impact.ground import Height, corridor_of, ground_points, spread
from moonstead.smallbodies.impact.outlook import WITHIN, Passages, passages_of
from moonstead.smallbodies.impact.sparse_sample import smoothed_probability
from moonstead.smallbodies.impact.wilson import wilson_interval
from moonstead.smallbodies.motion.flights import ManyEncounters, closest_approaches
from moonstead.smallbodies.motion.perturbers import Perturbers
from moonstead.smallbodies.orbit_fit.ranged_orbit import RangedOrbit

Array = NDArray[np.float64]

WELL_SAMPLED = 10.0  # effective number of hits from which they are counted
FACTOR = 3.0  # [1] either way, that a density smoothed over few orbits is taken to be good to
SAMPLE = "the sample of a short arc, each orbit with its weight; what was assumed before the observations: {prior}"


def ranged_probabilities(
    ranged: RangedOrbit,
    until_tdb: float,
    perturbers: Perturbers,
    data: DataContext,
    bodies: tuple[str, ...],
    earth_altitude: float,
    moon_altitude: float,
    terrain: Height | None,
    meet: Callable[..., ManyEncounters] = closest_approaches,
) -> ImpactAnswer:
    """Probability of an impact from a weighted sample of orbits.

    Where fewer than ten orbits hit, the density of the target points about the body is smoothed instead of counted.

    Parameters
    ----------
    ranged : RangedOrbit
        The sample.
    until_tdb : float [s TDB past J2000]
        How far to look.
    perturbers : Perturbers
        What pulls.
    data : DataContext
        Orientation of Earth and Moon.
    bodies : tuple of str
        ``"EARTH"``, ``"MOON"`` or both.
    earth_altitude, moon_altitude : float [m]
        Where an impact counts.
    terrain : callable or None
        Height [m] of the lunar ground.
    meet : callable
        Who flies, as `closest_approaches`.

    Returns
    -------
    ImpactAnswer
        Probabilities [1]; intervals are Wilson's with the effective number of orbits, or a factor of three either way
        where a density was smoothed.

    Source
    ------
    Farnocchia, Chesley & Micheli (2015), Icarus 258, 18, doi:10.1016/j.icarus.2015.05.032, section 4: the weights of
    the orbits that hit, summed. Effective number: Kish (1965), 1 / sum of squared weights.
    """
    met = meet(
        ranged.states,
        ranged.tdb,
        until_tdb,
        perturbers,
        bodies=bodies,
        earth_altitude=earth_altitude,
        moon_altitude=moon_altitude,
        within=WITHIN,
    )
    passages = passages_of(met, len(ranged.states), bodies, earth_altitude, moon_altitude)
    answers = tuple(_answer(name, ranged, passages, data, terrain) for name in bodies)
    return ImpactAnswer(ranged.name, ranged.tdb, until_tdb, answers, (SAMPLE.format(prior=ranged.prior),))


def _answer(
    name: str, ranged: RangedOrbit, passages: Passages, data: DataContext, terrain: Height | None
) -> BodyAnswer:
    effective = ranged.effective_count
    hits = np.flatnonzero(passages.impact & (passages.body == name))
    impactors = []
    for rows in impact_groups(passages, hits):
        made = _impactor(name, ranged, passages, rows, effective, data, terrain)
        if made is not None:
            impactors.append(made)
    weight = ranged.weights[passages.index[hits]]
    probability = min(1.0, float(np.sum(weight)))
    interval, method = wilson_interval(probability * effective, effective), "weighted sample of a short arc"
    if np.sum(weight) ** 2 < WELL_SAMPLED * np.sum(weight**2) or hits.size == 0:
        probability = smoothed_probability(passages, name, ranged.weights)
        interval = (probability / FACTOR, min(1.0, max(FACTOR * probability, interval[1])))
        method += ", smoothed on the target plane"
    near = passages.state[passages.body == name, :3]
    return BodyAnswer(
        name,
        probability,
        interval,
        method,
        tuple(impactors),
        None,
        1.0 / effective,
        float(np.min(np.linalg.norm(near, axis=1))) if len(near) else np.inf,
    )


def _impactor(
    name: str,
    ranged: RangedOrbit,
    passages: Passages,
    rows: NDArray[np.int64],
    effective: float,
    data: DataContext,
    terrain: Height | None,
) -> VirtualImpactor | None:
    points, landed = ground_points(name, passages.tdb[rows], passages.state[rows], data, terrain)
    weight = np.where(landed, ranged.weights[passages.index[rows]], 0.0)
    if not np.sum(weight) > 0.0:
        return None
    # the orbit in the middle of the sample, in the order of time
    order = np.argsort(points.tdb, kind="stable")
    half = np.searchsorted(np.cumsum(weight[order]), 0.5 * np.sum(weight))
    chosen = int(order[min(int(half), order.size - 1)])
    orbit = int(passages.index[rows[chosen]])
    probability = min(1.0, float(np.sum(weight)))
    kept = landed & (weight > 0.0)
    picked = type(points)(**{key: value if key == "body" else value[kept] for key, value in points.__dict__.items()})
    figures = {
        key: spread(getattr(picked, key), weight[kept], float(getattr(points, key)[chosen]), turn=key == "longitude")
        for key in ("tdb", "latitude", "longitude", "altitude", "speed", "elevation")
    }
    return VirtualImpactor(
        body=name,
        probability=probability,
        interval=wilson_interval(probability * effective, effective),
        linear_probability=np.nan,
        azimuth=float(points.azimuth[chosen]),
        inertial_speed=float(points.inertial_speed[chosen]),
        speed_at_infinity=float(passages.speed_at_infinity[rows[chosen]]),
        offset=float(np.sqrt(max(ranged.chi_square[orbit] - np.min(ranged.chi_square), 0.0))),
        stretching=np.nan,
        width=np.nan,
        state=ranged.states[orbit],
        pushes=np.zeros(3),
        corridor=corridor_of(picked, weight[kept], picked.tdb),
        keyholes=(),
        **figures,
    )
