"""Osculating elements of a state, with their errors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.bodies import body
from moonstead.foundation.frames.standard import ECLIPJ2000
from moonstead.orbits.elements import kepler_elements, mean_anomaly

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext
    from moonstead.smallbodies.motion.orbit import SmallBodyOrbit

Array = NDArray[np.float64]

NAMES = ("q", "e", "i", "node", "peri", "tp", "a", "M", "n", "Q")
ANGLES = ("i", "node", "peri", "M")
SUN_GM = body("SUN").gm
STEP = 1e-5  # [1] of the distance and the speed: the difference's error is its fourth power, rounding 1e-16 over it


@dataclass(frozen=True, eq=False)
class OsculatingElements:
    """Heliocentric elements on the ecliptic and equinox of J2000.

    Attributes
    ----------
    tdb : float [s TDB past J2000]
        Epoch.
    values : mapping of str to float [m, rad, s, rad/s, 1]
        ``q``, ``e``, ``i``, ``node``, ``peri``, ``tp`` (time of perihelion past J2000), ``a`` (negative for a
        hyperbola), ``M``, ``n``, ``Q`` (infinite for a hyperbola).
    sigmas : mapping of str to float [m, rad, s, rad/s, 1]
        Standard deviations; NaN without a covariance.
    covariance : (6, 6) [mixed] or None
        Of q, e, i, node, peri, tp.
    """

    tdb: float
    values: dict[str, float]
    sigmas: dict[str, float]
    covariance: Array | None


def osculating_elements(orbit: SmallBodyOrbit, data: DataContext) -> OsculatingElements:
    """Elements about the Sun of an orbit.

    Parameters
    ----------
    orbit : SmallBodyOrbit
        State about the barycentre of the solar system, with or without a covariance.
    data : DataContext
        Where the Sun is.

    Returns
    -------
    OsculatingElements
        With errors where the orbit has a covariance.

    Source
    ------
    Two bodies with the GM of the Sun in DE440; errors by central differences of fourth order.
    """
    times = np.array([orbit.tdb])
    sun = data.ephemeris.state("SUN", "SOLAR SYSTEM BARYCENTER", times)
    state = ECLIPJ2000.from_icrf(times, data).state(orbit.state[None] - sun)[0]
    values = _elements(state[None], orbit.tdb)[0]
    if values[NAMES.index("e")] < 1.0:
        values[NAMES.index("M")] %= 2.0 * np.pi
    named = dict(zip(NAMES, values.tolist(), strict=True))
    if orbit.covariance is None:
        return OsculatingElements(orbit.tdb, named, dict.fromkeys(NAMES, float("nan")), None)
    turn = ECLIPJ2000.from_icrf(times, data).matrix[0]
    whole = np.zeros((6, 6))
    whole[:3, :3] = whole[3:, 3:] = turn
    partials = _partials(state, orbit.tdb) @ whole
    with np.errstate(invalid="ignore"):
        mapped = partials @ orbit.covariance[:6, :6] @ partials.T
    sigmas = dict(zip(NAMES, np.sqrt(np.maximum(np.diag(mapped), 0.0)).tolist(), strict=True))
    return OsculatingElements(orbit.tdb, named, sigmas, np.ascontiguousarray(mapped[:6, :6]))


def _elements(states: Array, tdb: float) -> Array:
    """Rows (N, 10) in the order of `NAMES` of heliocentric states (N, 6)."""
    conic = kepler_elements(states, SUN_GM)
    a, e, q = conic.semi_major_axis, conic.eccentricity, conic.periapsis_distance
    mean = mean_anomaly(conic.true_anomaly, e)
    with np.errstate(divide="ignore", invalid="ignore"):
        # Barker's mean anomaly runs with sqrt(gm / (2 q^3))
        pace = np.sqrt(SUN_GM / np.where(e == 1.0, 2.0 * q**3, np.abs(a) ** 3))
    passage = tdb - mean / pace
    rows = [q, e, conic.inclination, conic.node, conic.argument_of_periapsis, passage, a, mean, pace]
    return np.stack([*rows, conic.apoapsis_distance], axis=1)


def _partials(state: Array, tdb: float) -> Array:
    """Derivatives (10, 6) of the elements by the state."""
    steps = STEP * np.repeat([np.linalg.norm(state[:3]), np.linalg.norm(state[3:])], 3)
    offsets = np.array([-2.0, -1.0, 1.0, 2.0])
    moved = state + offsets[:, None, None] * np.diag(steps)
    rows = _elements(moved.reshape(-1, 6), tdb)
    middle = _elements(state[None], tdb)[0]
    with np.errstate(invalid="ignore"):  # the aphelion of a hyperbola is infinite
        difference = rows - middle
    for place, name in enumerate(NAMES):
        if name in ANGLES:
            difference[:, place] = (difference[:, place] + np.pi) % (2.0 * np.pi) - np.pi
    # perihelion passages of neighbouring revolutions are the same
    difference[:, NAMES.index("tp")] = _nearest(difference[:, NAMES.index("tp")], rows[:, NAMES.index("n")])
    with np.errstate(invalid="ignore"):
        slopes = np.einsum("k,kij->ij", np.array([1.0, -8.0, 8.0, -1.0]) / 12.0, difference.reshape(4, 6, len(NAMES)))
    return np.ascontiguousarray((slopes / steps[:, None]).T)


def _nearest(difference: Array, pace: Array) -> Array:
    period = 2.0 * np.pi / pace
    return np.where(np.abs(difference) > 0.5 * period, difference - np.sign(difference) * period, difference)
