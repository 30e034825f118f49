"""Mean elements in variables without singularities: what a fit corrects."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.dynamics.mean_elements import MeanElements
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.time.leap_seconds import DAY, NOON, tai_minus_utc
from moonstead.foundation.time.scales import tai_seconds
from moonstead.orbits.elements import kepler_elements

Array = NDArray[np.float64]

EPOCH_GRAIN = 108  # [s] of a day of UTC: 0.001 25 d, which a two-line set holds without loss
LARGEST_INCLINATION = np.radians(179.0)  # where the variables become singular


def epoch_near(tdb: float) -> tuple[int, float]:
    """An epoch that every format of elements holds without loss.

    Parameters
    ----------
    tdb : float [s TDB past J2000]
        Time to stay near.

    Returns
    -------
    second, moved : int [s TAI past 2000-01-01T12:00:00 TAI], float [s]
        The nearest multiple of 0.001 25 d of a day of UTC, and how much later than `tdb` it is.

    Raises
    ------
    InvalidInput
        The time lies before 1972.

    Source
    ------
    Eight decimals of a day in two-line sets: Hoots & Roehrich (1980), Spacetrack Report No. 3.
    """
    tai = float(tai_seconds(np.array([tdb]))[0])
    offset = float(tai_minus_utc(np.array([tai]))[0])
    if np.isnan(offset):
        raise InvalidInput(f"TDB {tdb!r} lies before 1972, when UTC had no whole seconds; fit to a later ephemeris")
    day, second = divmod(tai - offset + NOON, DAY)
    whole = int(day) * DAY - NOON + round(second / EPOCH_GRAIN) * EPOCH_GRAIN + int(offset)
    return whole, whole - tai


def osculating_variables(states: ArrayLike, gm: float) -> Array:
    """Variables of the Kepler orbits through states.

    Parameters
    ----------
    states : (N, 6) [m, m/s]
        In the axes of the elements.
    gm : float [m^3/s^2]
        Of the centre.

    Returns
    -------
    (N, 6) [mixed]
        Mean motion [rad/s]; e sin and e cos of the longitude of perigee; tan(i/2) sin and cos of the node; mean
        longitude [rad].

    Raises
    ------
    InvalidInput
        A state is no closed orbit.

    Source
    ------
    Broucke & Cefola (1972), Celest. Mech. 5, 303, doi:10.1007/BF01228432.
    """
    kepler = kepler_elements(states, gm)
    eccentricity, axis = np.atleast_1d(kepler.eccentricity), np.atleast_1d(kepler.semi_major_axis)
    if np.any(~(eccentricity < 1.0) | ~(axis > 0.0)):
        raise InvalidInput(
            "a state of the ephemeris is no closed orbit about the Earth; SGP4 has elements of ellipses alone"
        )
    anomaly = np.atleast_1d(kepler.true_anomaly)
    eccentric = 2.0 * np.arctan(np.sqrt((1.0 - eccentricity) / (1.0 + eccentricity)) * np.tan(0.5 * anomaly))
    mean = eccentric - eccentricity * np.sin(eccentric)
    return _variables(
        np.sqrt(gm / axis**3),
        eccentricity,
        np.atleast_1d(kepler.inclination),
        np.atleast_1d(kepler.node),
        np.atleast_1d(kepler.argument_of_periapsis),
        mean,
    )


def _variables(motion: Array, e: Array, inclination: Array, node: Array, argument: Array, anomaly: Array) -> Array:
    perigee, tilt = argument + node, np.tan(0.5 * np.minimum(inclination, LARGEST_INCLINATION))
    return np.stack(
        (motion, e * np.sin(perigee), e * np.cos(perigee), tilt * np.sin(node), tilt * np.cos(node), anomaly + perigee),
        axis=1,
    )


def elements_of_variables(
    variables: Array,
    drag: Array,
    epoch: int,
    *,
    object_id: int = 0,
    name: str = "",
    designator: str = "",
) -> MeanElements:
    """Mean elements of variables.

    Parameters
    ----------
    variables : (N, 6) [mixed]
        As of `osculating_variables`, mean motion in the sense of Kozai.
    drag : (N,) [1/Earth radius]
        B*.
    epoch : int [s TAI past 2000-01-01T12:00:00 TAI]
        Of all sets.
    object_id : int, optional [1]
        Catalogue number.
    name, designator : str, optional
        Of the object.

    Returns
    -------
    MeanElements
        N sets.

    Source
    ------
    As `osculating_variables`.
    """
    motion, f, g, p, q, longitude = variables.T
    count, nought = len(variables), np.zeros(len(variables))
    node, perigee = np.arctan2(p, q), np.arctan2(f, g)
    turn = 2.0 * np.pi
    return MeanElements(
        object_id=np.full(count, object_id),
        name=(name,) * count,
        designator=(designator,) * count,
        epoch_second=np.full(count, epoch),
        epoch_fraction=nought,
        mean_motion=motion,
        eccentricity=np.hypot(f, g),
        inclination=2.0 * np.arctan(np.hypot(p, q)),
        node=np.mod(node, turn),
        argument_of_perigee=np.mod(perigee - node, turn),
        mean_anomaly=np.mod(longitude - perigee, turn),
        drag_term=drag,
        mean_motion_rate=nought,
        mean_motion_second=nought,
        element_set=np.zeros(count, dtype=np.int64),
        revolution=np.zeros(count, dtype=np.int64),
        classification=("U",) * count,
    )
