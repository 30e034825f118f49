"""Bodies beside an impactor on the line that its observations leave open: some hit, some miss, none can be told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.observe import BARYCENTER
from moonstead.foundation.errors import NumericalFailure
from moonstead.smallbodies.astrometry.prepare import prepare_observations
from moonstead.smallbodies.motion.orbit import SmallBodyOrbit
from moonstead.smallbodies.synthetic.surveys import observe_survey
from moonstead.smallbodies.watch.next_night import target_plane_axes
from moonstead.smallbodies.watch.sensors import sensor, sensor_place
from moonstead.smallbodies.watch.sky_place import place_partials, sky_places, toward_place

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext
    from moonstead.smallbodies.motion.flight import Flight
    from moonstead.smallbodies.synthetic.impactors import SyntheticImpactor

Array = NDArray[np.float64]

BEFORE = 86_400.0  # [s] before the impact, where the Earth's pull does not yet spread neighbours apart
SCALES = np.array([1e9, 1e9, 1e9, 1e3, 1e3, 1e3])  # [m, m/s] so that the normal equations have numbers near one


@dataclass(frozen=True, eq=False)
class OpenLine:
    """What a survey leaves open of an impactor's orbit, seen as it comes in.

    Attributes
    ----------
    direction, across : (6,) [m, m/s]
        Change of the state at the orbit's time for one sigma along the line of variations, and across it.
    sigma, width : float [m]
        How far one sigma along the line, and across it, moves the body beside its way, one day before the impact.
    covariance : (6, 6) [mixed]
        Of the state.
    """

    direction: Array
    across: Array
    sigma: float
    width: float
    covariance: Array


def open_line(
    impactor: SyntheticImpactor, flight: Flight, tdb: Array, codes: Sequence[str], data: DataContext
) -> OpenLine:
    """Direction in which a survey knows an impactor least, weighed by what it does at the impact.

    Parameters
    ----------
    impactor : SyntheticImpactor
        The body.
    flight : Flight
        Its flight, with partials, over the survey and to the impact.
    tdb : (N,) [s TDB past J2000]
        Times of the survey.
    codes : sequence of N str
        Stations.
    data : DataContext
        Where ephemeris, orientation and stations come from.

    Returns
    -------
    OpenLine
        In linear approximation.

    Raises
    ------
    NumericalFailure
        The survey is too short to determine six numbers.

    Source
    ------
    Milani et al. (2005), Icarus 173, 362, doi:10.1016/j.icarus.2004.09.002, section 2, with the metric of the target
    plane.
    """
    noise = prepare_observations(observe_survey(flight, tdb, codes, None, data), data)
    stations = np.array(codes, dtype=np.str_)
    information = np.zeros((6, 6))
    for code in np.unique(stations):
        rows = stations == code
        observer = sensor_place(sensor(str(code)), data)
        places = sky_places(flight, observer, tdb[rows], data)
        line = places.distance[:, None] * toward_place(places.right_ascension, places.declination)
        slopes = place_partials(flight, tdb[rows], line) * SCALES
        along = places.rate * noise.timing[rows]
        for one, sigma, angle, blur in zip(slopes, noise.sigma[rows], places.position_angle, along, strict=True):
            motion = np.array([np.sin(angle), np.cos(angle)]) * blur
            weight = np.linalg.inv(np.diag(sigma**2) + np.outer(motion, motion))
            information += one.T @ weight @ one
    if np.linalg.cond(information) > 1e15:
        raise NumericalFailure("the survey does not determine an orbit; give it more nights")
    covariance = np.asarray(np.linalg.inv(information), dtype=np.float64)
    when = np.array([impactor.tdb - BEFORE])
    relative = flight.state(when) - data.ephemeris.state(impactor.body, BARYCENTER, when)
    mapped = target_plane_axes(relative[0]) @ (flight.partials(when)[0][:3, :6] * SCALES)
    values, vectors = np.linalg.eigh(mapped @ covariance @ mapped.T)
    width, sigma = np.sqrt(values).tolist()
    # what the state most probably is where the body passes one sigma off: the regression on the target plane
    across, direction = ((covariance @ mapped.T @ vectors) / np.sqrt(values)).T * SCALES
    whole: Array = covariance * np.outer(SCALES, SCALES)
    return OpenLine(direction, across, sigma, width, whole)


def neighbour(impactor: SyntheticImpactor, line: OpenLine, offset: float, beside: float = 0.0) -> SmallBodyOrbit:
    """A body beside an impactor, which its survey could hardly tell from it.

    Parameters
    ----------
    impactor : SyntheticImpactor
        The body that hits.
    line : OpenLine
        What the survey leaves open.
    offset, beside : float [1]
        Sigmas along the line and across it.

    Returns
    -------
    SmallBodyOrbit
        At the time of the impactor's orbit.

    Source
    ------
    Definition: a step from the impactor in the coordinates that the survey leaves open.
    """
    orbit = impactor.orbit
    state = orbit.state + offset * line.direction + beside * line.across
    return SmallBodyOrbit(orbit.name, orbit.tdb, state, source="simulated")
