"""Maps of availability: how often the geometry is good enough, where it is worst, what an outage costs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.errors import InvalidInput
from moonstead.navigation.dilution import MASK, Sites, dilution, geodetic_sites

Array = NDArray[np.float64]

LIMIT = 6.0  # [1] PDOP of the performance standards of GPS, GLONASS and BeiDou
FINEST = 1e-3  # [1] width of a class of the histogram that medians come from
LARGEST = 100.0  # [1] PDOP from which on it counts as none
AT_ONCE = 400_000  # pairs of epoch and site in memory


@dataclass(frozen=True, eq=False)
class Grid:
    """Cells of a globe, row by row from south to north.

    Attributes
    ----------
    latitude, longitude : (P,) [rad]
        Centre in latitude and western edge in longitude, from -pi.
    weight : (P,) [1]
        Share of the area, sum 1.
    shape : (int, int)
        Rows and columns.
    """

    latitude: Array
    longitude: Array
    weight: Array
    shape: tuple[int, int]


@dataclass(frozen=True, eq=False)
class AvailabilityMap:
    """Availability of a position over a globe and a span.

    Attributes
    ----------
    grid : Grid
        Where.
    fraction : (P,) [1]
        Share of the epochs with PDOP within the limit.
    median : (P,) [1]
        Of the PDOP, infinite where most epochs have no position.
    visible : (P,) [1]
        Mean number of satellites in view.
    least_visible : (P,)
        Smallest number in view.
    classes : (K,) [1]
        Pairs of epoch and cell by PDOP in classes of `FINEST`; the last holds all beyond `LARGEST`.
    classes_by_area : (K,) [1]
        The same, each weighted by its share of the area; sum 1.
    """

    grid: Grid
    fraction: Array
    median: Array
    visible: Array
    least_visible: NDArray[np.int64]
    classes: Array
    classes_by_area: Array

    @property
    def availability(self) -> float:
        """Share [1] of area and time with PDOP within the limit."""
        return min(float(self.fraction @ self.grid.weight), 1.0)  # weights sum to 1 but for rounding

    @property
    def worst(self) -> int:
        """Cell with the smallest availability."""
        return int(np.argmin(self.fraction))

    @property
    def mean_visible(self) -> float:
        """Satellites in view [1], mean over area and time."""
        return float(self.visible @ self.grid.weight)

    def percentile(self, share: float, *, by_area: bool = False) -> float:
        """PDOP [1] that a share [1] of all epochs keeps, each cell counted alike or by its area."""
        classes = self.classes_by_area if by_area else self.classes
        place = int(np.searchsorted(np.cumsum(classes), share * classes.sum()))
        return math.inf if place >= classes.size - 1 else (place + 0.5) * FINEST


@dataclass(frozen=True)
class Outage:
    """What a failure costs.

    Attributes
    ----------
    name : str
        Satellite or group that fails.
    availability : float [1]
        Of the rest, over area and time.
    worst : float [1]
        Of the rest, at the worst cell.
    lost : float [1]
        Availability that goes with it.
    """

    name: str
    availability: float
    worst: float
    lost: float


def globe_grid(latitude_step: float, longitude_step: float) -> Grid:
    """Cells that cover a globe.

    Parameters
    ----------
    latitude_step, longitude_step : float [rad]
        Size of a cell; a whole number of them spans the globe.

    Returns
    -------
    Grid

    Raises
    ------
    InvalidInput
        A step is not positive or does not divide the globe.

    Source
    ------
    Geometry; GLONASS IAC publishes daily availability on 1 degree, BDS-OS-PS-3.0 (2021) takes 5 degrees or less.
    """
    rows, columns = (
        round(whole / step) if 0.0 < step <= whole else 0
        for whole, step in ((math.pi, latitude_step), (2.0 * math.pi, longitude_step))
    )
    if not (rows and columns) or not (
        math.isclose(rows * latitude_step, math.pi, rel_tol=1e-9)
        and math.isclose(columns * longitude_step, 2.0 * math.pi, rel_tol=1e-9)
    ):
        raise InvalidInput(
            f"a grid needs steps that divide 180 and 360 degrees; got {math.degrees(latitude_step):g} and "
            f"{math.degrees(longitude_step):g}"
        )
    latitude = -0.5 * math.pi + (np.arange(rows) + 0.5) * math.pi / rows
    longitude = -math.pi + np.arange(columns) * 2.0 * math.pi / columns
    every, each = np.repeat(latitude, columns), np.tile(longitude, rows)
    weight = np.cos(every)
    return Grid(every, each, weight / weight.sum(), (rows, columns))


def availability_map(
    satellites: ArrayLike,
    grid: Grid,
    *,
    mask: float = MASK,
    system: ArrayLike | None = None,
    limit: float = LIMIT,
    sites: Sites | None = None,
) -> AvailabilityMap:
    """Share of time with a PDOP within a limit, by cell.

    Parameters
    ----------
    satellites : (E, S, 3) [m]
        Places at equally spaced epochs in the axes that turn with the body, ITRF on Earth; NaN where not in use.
    grid : Grid
        Cells.
    mask : float [rad]
        Least elevation.
    system : (S,) [1] or None
        Number of each satellite's system, each with its own clock; None for one clock in common.
    limit : float [1]
        Largest PDOP that counts.
    sites : Sites or None
        Places of the cells; None for the WGS84 ellipsoid.

    Returns
    -------
    AvailabilityMap

    Raises
    ------
    InvalidInput
        There is no epoch, or shapes do not match.

    Source
    ------
    Definition of PDOP availability: GPS SPS Performance Standard, 5th ed. (2020), section 3.8 and B.3; BDS-OS-PS-3.0
    (2021).
    """
    places = np.ascontiguousarray(satellites, dtype=np.float64)
    if places.ndim != 3 or places.shape[0] == 0:
        raise InvalidInput(f"a map needs places of shape (epochs, satellites, 3) of one epoch or more: {places.shape}")
    where = sites or geodetic_sites(grid.latitude, grid.longitude)
    number = grid.weight.size
    fraction, median, visible = np.empty(number), np.empty(number), np.empty(number)
    least = np.empty(number, dtype=np.int64)
    last = round(LARGEST / FINEST)
    classes, by_area = np.zeros(last + 1), np.zeros(last + 1)
    step = max(1, AT_ONCE // places.shape[0])
    for first in range(0, number, step):
        part = slice(first, min(first + step, number))
        found = dilution(places, where.part(part), mask=mask, system=system)
        pdop = found.position
        fraction[part] = np.mean(pdop <= limit, axis=0)
        median[part] = np.median(pdop, axis=0)
        visible[part], least[part] = found.count.mean(axis=0), found.count.min(axis=0)
        place = np.minimum(pdop / FINEST, last).astype(np.int64).ravel()
        area = np.broadcast_to(grid.weight[part] / places.shape[0], pdop.shape).ravel()
        classes += np.bincount(place, minlength=last + 1)
        by_area += np.bincount(place, area, minlength=last + 1)
    return AvailabilityMap(grid, fraction, median, visible, least, classes, by_area)


def outage_ranking(
    satellites: ArrayLike,
    groups: Mapping[str, ArrayLike],
    grid: Grid,
    *,
    mask: float = MASK,
    system: ArrayLike | None = None,
    limit: float = LIMIT,
) -> tuple[Outage, ...]:
    """What the failure of one satellite, one plane or any group costs, the dearest first.

    Parameters
    ----------
    satellites : (E, S, 3) [m]
        As for `availability_map`.
    groups : mapping of str to (K,) [1]
        Indices of the satellites that fail together.
    grid : Grid
        Cells.
    mask : float [rad]
        Least elevation.
    system : (S,) [1] or None
        As for `availability_map`.
    limit : float [1]
        Largest PDOP that counts.

    Returns
    -------
    tuple of Outage

    Source
    ------
    Availability with each group taken out, one after another.
    """
    places = np.array(satellites, dtype=np.float64)
    whole = availability_map(places, grid, mask=mask, system=system, limit=limit).availability
    outages = []
    for name, members in groups.items():
        left = places.copy()
        left[:, np.asarray(members, dtype=np.int64)] = np.nan
        rest = availability_map(left, grid, mask=mask, system=system, limit=limit)
        outages.append(Outage(name, rest.availability, float(rest.fraction.min()), whole - rest.availability))
    return tuple(sorted(outages, key=lambda one: (-one.lost, one.worst, one.name)))
