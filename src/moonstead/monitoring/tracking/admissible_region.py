"""What a track of directions that is too short for an orbit still says: the region of range and range rate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.bodies import body
from moonstead.foundation.errors import InvalidInput, NumericalFailure
from moonstead.monitoring.tracking.computed_values import EARTH, Direction, observer_states
from moonstead.monitoring.tracking.initial_orbit import sights
from moonstead.monitoring.tracking.measurements import RANGE_RATE, Measurements

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext

Array = NDArray[np.float64]

NEAREST = 1e5  # [m] closer than this nothing is in orbit
CURVED = 5  # directions from which on the bend of the track is fitted too


@dataclass(frozen=True, eq=False)
class Attributable:
    """Direction and its rate in the middle of a short track.

    Attributes
    ----------
    tdb : float [s TDB past J2000]
        When.
    direction : (3,) [1]
        Unit vector, ICRF.
    rate : (3,) [1/s]
        Of the direction, across it.
    observer : (6,) [m, m/s]
        Geocentric, ICRF.
    direction_sigma, rate_sigma : float [rad], [rad/s]
        Standard deviations along each axis.
    """

    tdb: float
    direction: Array
    rate: Array
    observer: Array
    direction_sigma: float
    rate_sigma: float


@dataclass(frozen=True, eq=False)
class AdmissibleRegion:
    """Orbits that a short track allows, evenly over range and range rate.

    Attributes
    ----------
    range : (K,) [m]
        Of each orbit.
    range_rate : (K,) [m/s]
        Of each orbit.
    states : (K, 6) [m, m/s]
        Geocentric, ICRF, at the time of the attributable.
    cell : float [m^2/s]
        Area of range and range rate that each orbit stands for.
    """

    range: Array
    range_rate: Array
    states: Array
    cell: float

    @property
    def area(self) -> float:
        """Of the region [m^2/s]."""
        return float(self.range.size) * self.cell


def attributable(rows: Measurements, data: DataContext, direction: Direction = "astrometric") -> Attributable:
    """Direction and rate of a short track.

    Parameters
    ----------
    rows : Measurements
        Directions by one observer, two or more, over a time in which the track hardly bends.
    data : DataContext
        Ephemeris and orientation.
    direction : "astrometric", "apparent" or "geometric"
        Of right ascensions.

    Returns
    -------
    Attributable

    Raises
    ------
    InvalidInput
        There are fewer than two directions, or more than one observer.

    Source
    ------
    Milani & Gronchi (2010), Theory of Orbit Determination, section 8.1; a parabola is fitted from five directions on.
    """
    seen = sights(rows, data, direction)
    count = seen.received.size
    if count < 2 or np.unique(rows.receiver).size != 1:
        raise InvalidInput(f"a direction with its rate needs two directions by one observer; got {count}")
    middle = 0.5 * float(seen.received[0] + seen.received[-1])
    elapsed = seen.received - middle
    axis = seen.direction[count // 2]
    right = np.cross(axis, np.eye(3)[int(np.argmin(np.abs(axis)))])
    right /= np.linalg.norm(right)
    up = np.cross(axis, right)
    flat = np.column_stack((seen.direction @ right, seen.direction @ up)) / (seen.direction @ axis)[:, None]
    design = np.vander(elapsed, 3 if count >= CURVED else 2, increasing=True)
    fitted = np.linalg.lstsq(design, flat, rcond=None)[0]
    spread = np.sqrt(np.diag(np.linalg.inv(design.T @ design)))
    sigma = float(np.mean(rows.sigma[rows.kind > RANGE_RATE]))
    ray = axis + fitted[0, 0] * right + fitted[0, 1] * up
    size = float(np.linalg.norm(ray))
    unit = ray / size
    moved = fitted[1, 0] * right + fitted[1, 1] * up
    rate = (moved - unit * float(unit @ moved)) / size
    observer = observer_states(rows.observers, rows.receiver[:1], np.array([middle]), data)[0]
    return Attributable(middle, unit, rate, observer, sigma * float(spread[0]), sigma * float(spread[1]))


def admissible_region(
    seen: Attributable,
    *,
    semi_major_axes: tuple[float, float] = (6.6e6, 5e7),
    most_eccentric: float = 0.8,
    least_perigee: float = 6.5e6,
    count: int = 64,
) -> AdmissibleRegion:
    """Ranges and range rates for which a short track is of an orbit about the Earth.

    Parameters
    ----------
    seen : Attributable
        Direction and rate.
    semi_major_axes : (2,) [m]
        Least and largest.
    most_eccentric : float [1]
        Largest eccentricity.
    least_perigee : float [m]
        From the Earth's centre.
    count : int
        Steps of the range, and of the range rate.

    Returns
    -------
    AdmissibleRegion

    Raises
    ------
    InvalidInput
        The semi-major axes do not rise from above zero, or there are fewer than four steps.
    NumericalFailure
        No such orbit fits the track.

    Source
    ------
    Energy as a quadratic in the range rate: Tommei, Milani & Rossi (2007), Celest. Mech. Dyn. Astr. 97, 289,
    doi:10.1007/s10569-007-9065-x; bounds of axis and eccentricity: DeMars & Jah (2013), J. Guid. Control Dyn. 36, 1324,
    doi:10.2514/1.59844.
    """
    low, high = semi_major_axes
    if not 0.0 < low < high or count < 4:
        raise InvalidInput(f"semi-major axes must rise from above zero and steps be four at least; got {low}, {high}")
    gm = body(EARTH).gm
    furthest = 2.0 * high + float(np.linalg.norm(seen.observer[:3]))
    ranges = np.linspace(NEAREST, furthest, 8 * count)
    inside = _bounds(seen, ranges, gm, high)
    allowed = ranges[np.isfinite(inside[1])]
    if not allowed.size:
        raise NumericalFailure("no orbit about the Earth up to the largest semi-major axis fits this track")
    ranges = np.linspace(allowed[0], allowed[-1], count)
    centre, half = _bounds(seen, ranges, gm, high)
    widest = float(np.nanmax(half))
    rates = float(np.mean(centre)) + np.linspace(-widest, widest, count)
    grid_range, grid_rate = (one.ravel() for one in np.meshgrid(ranges, rates, indexing="ij"))
    states = orbits_of(seen, grid_range, grid_rate)
    distance = np.linalg.norm(states[:, :3], axis=1)
    energy = 0.5 * np.sum(states[:, 3:] ** 2, axis=1) - gm / distance
    momentum = np.sum(np.cross(states[:, :3], states[:, 3:]) ** 2, axis=1)
    bound = energy < 0.0
    axis = np.where(bound, -0.5 * gm / np.where(bound, energy, -1.0), np.inf)
    eccentricity = np.sqrt(np.maximum(1.0 + 2.0 * energy * momentum / gm**2, 0.0))
    with np.errstate(invalid="ignore"):
        good = bound & (axis >= low) & (axis <= high) & (eccentricity <= most_eccentric)
        good &= axis * (1.0 - eccentricity) >= least_perigee
    if not np.any(good):
        raise NumericalFailure("no orbit within these bounds of axis, eccentricity and perigee fits this track")
    cell = float((ranges[1] - ranges[0]) * (rates[1] - rates[0]))
    return AdmissibleRegion(grid_range[good], grid_rate[good], states[good], cell)


def orbits_of(seen: Attributable, range: Array, range_rate: Array) -> Array:
    """States of an attributable with ranges and range rates.

    Parameters
    ----------
    seen : Attributable
        Direction and rate.
    range : (K,) [m]
        From the observer.
    range_rate : (K,) [m/s]
        Of it.

    Returns
    -------
    (K, 6) [m, m/s]
        Geocentric, ICRF.

    Source
    ------
    Definition.
    """
    position = seen.observer[:3] + range[:, None] * seen.direction
    velocity = seen.observer[3:] + range_rate[:, None] * seen.direction + range[:, None] * seen.rate
    return np.concatenate((position, velocity), axis=1)


def _bounds(seen: Attributable, ranges: Array, gm: float, axis: float) -> tuple[Array, Array]:
    """Centre and half width (N,) [m/s] of the range rates with a semi-major axis below one; NaN where there is none."""
    along = float(seen.observer[3:] @ seen.direction)
    still = orbits_of(seen, ranges, np.zeros(ranges.size))
    distance = np.linalg.norm(still[:, :3], axis=1)
    across = np.sum(still[:, 3:] ** 2, axis=1) - along**2
    under = 2.0 * gm / distance - gm / axis - across
    with np.errstate(invalid="ignore"):
        return np.full(ranges.size, -along), np.sqrt(under)
