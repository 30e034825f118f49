"""What is told of one virtual impactor."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from moonstead.foundation.data import DataContext
from moonstead.smallbodies.impact.answer import Spread, VirtualImpactor
from moonstead.smallbodies.impact.ground import Height, corridor_of, ground_points, spread
from moonstead.smallbodies.impact.keyholes import keyholes_of
from moonstead.smallbodies.impact.line_sampling import sampled_impactor
from moonstead.smallbodies.impact.outlook import Outlook
from moonstead.smallbodies.impact.virtual_impactors import Linearised


def virtual_impactor(
    outlook: Outlook, one: Linearised, count: int, rng: np.random.Generator, data: DataContext, terrain: Height | None
) -> VirtualImpactor | None:
    """Probability, place, time and speed of a virtual impactor, by flown orbits.

    Parameters
    ----------
    outlook : Outlook
        Cloud and flights.
    one : Linearised
        Where in the cloud it is.
    count : int
        Number of lines that are drawn through it.
    rng : Generator
        Seeded by the caller.
    data : DataContext
        Orientation of Earth and Moon.
    terrain : callable or None
        Height [m] of the lunar ground.

    Returns
    -------
    VirtualImpactor or None
        None where no orbit that was drawn comes down.

    Source
    ------
    As `sampled_impactor` and `keyholes_of`.
    """
    drawn = sampled_impactor(outlook, one, count, rng)
    hits = np.flatnonzero(drawn.hit)
    if hits.size == 0 or not np.any(drawn.weight > 0.0):
        return None
    rows = drawn.rows[hits]
    points, landed = ground_points(one.body, drawn.passages.tdb[rows], drawn.passages.state[rows], data, terrain)
    counted = landed & (drawn.weight[hits] > 0.0)
    if not np.any(counted):
        return None
    # the mean orbit if it comes down, else the one that comes nearest to it
    distance = np.where(landed, np.linalg.norm(drawn.points[hits] - one.mean_point, axis=1), np.inf)
    chosen = int(np.argmin(distance))
    weight, place = drawn.weight[hits[counted]], drawn.points[hits[chosen]][None]
    picked = replace(points, **{name: value[counted] for name, value in points.__dict__.items() if name != "body"})

    def told(name: str, *, turn: bool = False) -> Spread:
        return spread(getattr(picked, name), weight, float(getattr(points, name)[chosen]), turn=turn)

    along, across = one.spread
    return VirtualImpactor(
        body=one.body,
        probability=drawn.probability,
        interval=drawn.interval,
        linear_probability=one.probability,
        tdb=told("tdb"),
        latitude=told("latitude"),
        longitude=told("longitude", turn=True),
        altitude=told("altitude"),
        speed=told("speed"),
        elevation=told("elevation"),
        azimuth=float(points.azimuth[chosen]),
        inertial_speed=float(points.inertial_speed[chosen]),
        speed_at_infinity=one.speed_at_infinity,
        offset=float(np.linalg.norm(one.mean_point)),
        stretching=along,
        width=across,
        state=outlook.cloud.states(place)[0],
        pushes=outlook.cloud.pushes(place)[0],
        corridor=corridor_of(picked, weight, drawn.along[hits[counted]]),
        keyholes=keyholes_of(outlook, one, data),
    )
