"""What a constellation gives a user on the Moon: satellites in view, dilution, errors, gaps, the cost of a loss."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.bodies import LUNAR_MAP_RADIUS, Ellipsoid
from moonstead.foundation.errors import InvalidInput
from moonstead.navigation.dilution import Sites, geodetic_sites, look_angles
from moonstead.navigation.lunar.constellation_paths import ConstellationPaths

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

MAP_SPHERE = Ellipsoid("sphere of lunar maps", LUNAR_MAP_RADIUS, 0.0, "WGCCRE (2018), doi:10.1007/s10569-017-9805-5")
DOP_LIMIT = 6.0  # [1] as in the performance standards of the Earth's systems
SINGULAR = 1e-12  # [1] least over largest eigenvalue of the normal matrix: below it rounding makes up the position


@dataclass(frozen=True, slots=True)
class Budget:
    """Error of one range, one sigma: its parts are independent.

    Attributes
    ----------
    signal : (3,) [m]
        Of orbit, clock and signal in space: least, nominal and largest.
    user : float [m]
        Of the receiver.
    height : float or None [m]
        Of a height that the user knows by altimeter or map; None where it knows none.
    """

    signal: tuple[float, float, float]
    user: float
    height: float | None = None

    def __post_init__(self) -> None:
        low, nominal, high = self.signal
        if not (0.0 < low <= nominal <= high < math.inf and 0.0 <= self.user < math.inf):
            raise InvalidInput(
                f"the error of a signal rises from its least to its largest, all positive [m]; got {self.signal} with "
                f"{self.user!r} of the user"
            )
        if self.height is not None and not 0.0 < self.height < math.inf:
            raise InvalidInput(f"the error of a known height is positive [m]; got {self.height!r}")

    def range_errors(self) -> Array:
        """Error of one range (3,) [m]: least, nominal, largest."""
        return np.hypot(np.array(self.signal), self.user)


@dataclass(frozen=True, eq=False)
class Availability:
    """A user's sky over time.

    Attributes
    ----------
    tdb : (E,) [s TDB past J2000]
        Times, evenly spaced.
    azimuth, elevation : (E, S) [rad]
        Of each satellite; NaN where there is none.
    seen : (E, S)
        Above mask and skyline.
    distance : (E, S) [m]
        To each satellite.
    dilution : (E, 3) [1]
        Of position, of the horizontal, of the vertical; infinite where no position follows. A known height counts in
        units of the median error of a range.
    error : (E, 3) [m]
        Of the position, one sigma, for the least, nominal and largest error of the signal; infinite likewise.
    available : (E,)
        Whether the dilution of position serves.
    limit : float [1]
        Largest dilution that serves.
    """

    tdb: Array
    azimuth: Array
    elevation: Array
    seen: Flags
    distance: Array
    dilution: Array
    error: Array
    available: Flags
    limit: float

    @property
    def count(self) -> NDArray[np.int64]:
        """Satellites in view (E,)."""
        return self.seen.sum(axis=1).astype(np.int64)

    @property
    def share(self) -> float:
        """Share [1] of the time in which it serves."""
        return float(self.available.mean())

    def gaps(self) -> Array:
        """Stretches (K, 2) [s TDB past J2000] without service, as far as the spacing of the times tells.

        Returns
        -------
        (K, 2) [s TDB past J2000]
            From the first sample without service to the sample after the last.

        Source
        ------
        Counting.
        """
        step = float(self.tdb[1] - self.tdb[0])
        edges = np.diff(np.concatenate(([0], (~self.available).astype(np.int8), [0])))
        starts, stops = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
        return np.stack((self.tdb[starts], self.tdb[stops - 1] + step), axis=1)

    @property
    def longest_gap(self) -> float:
        """Longest time [s] without service; gaps at an edge of the span count as far as they were seen."""
        gaps = self.gaps()
        return float(np.max(gaps[:, 1] - gaps[:, 0])) if gaps.size else 0.0


def availability(
    paths: ConstellationPaths,
    latitude: float,
    longitude: float,
    height: float = 0.0,
    *,
    mask: float = math.radians(5.0),
    skyline: ArrayLike | None = None,
    budget: Budget | Sequence[Budget],
    limit: float = DOP_LIMIT,
    one_clock: bool = True,
) -> Availability:
    """Sky, dilution and errors at a site over time.

    Parameters
    ----------
    paths : ConstellationPaths
        Who flies.
    latitude, longitude : float [rad]
        Of the site in MOON_ME, on the sphere of maps.
    height : float [m]
        Above that sphere.
    mask : float [rad]
        Least elevation wherever the skyline is lower.
    skyline : (H,) [rad] or None
        Elevation of the terrain in H equal steps of azimuth from north over east, the first at north; linear between.
    budget : Budget, or one for each constellation
        Errors. The height is that of the first.
    limit : float [1]
        Largest dilution of position that serves.
    one_clock : bool
        Whether all constellations keep one time; otherwise the user estimates a clock for each.

    Returns
    -------
    Availability

    Raises
    ------
    InvalidInput
        A skyline is no list of elevations, budgets do not match constellations, or the site is none.

    Source
    ------
    Weighted least squares of ranges: Kaplan & Hegarty (2017), Understanding GPS/GNSS, 3rd ed., sections 11.2 and 11.3;
    a known height is one more equation along the vertical.
    """
    sites = geodetic_sites(latitude, longitude, height, ellipsoid=MAP_SPHERE)
    number = int(paths.constellation.max(initial=0)) + 1
    budgets = [budget] * number if isinstance(budget, Budget) else list(budget)
    if len(budgets) != number:
        raise InvalidInput(f"{number} constellations need one budget, or one for each; got {len(budgets)}")
    if not 0.0 <= mask < 0.5 * math.pi:
        raise InvalidInput(f"a mask lies within 0 and pi/2 [rad]; got {mask!r}")
    azimuth, elevation = look_angles(paths.position, sites)
    least = np.maximum(mask, skyline_at(azimuth, skyline)) if skyline is not None else mask
    seen = np.isfinite(elevation) & (elevation > least)
    sight = _sight(paths.position, sites)
    clock = np.zeros_like(paths.constellation) if one_clock else paths.constellation
    errors = np.array([one.range_errors() for one in budgets])[paths.constellation]  # (S, 3)
    known = budgets[0].height
    unit = range_variances(sight, seen, np.ones(len(paths.names)), clock, _relative(known, errors[:, 1]))
    dilution = np.stack([np.sqrt(unit.sum(axis=1)), np.sqrt(unit[:, 0] + unit[:, 1]), np.sqrt(unit[:, 2])], axis=1)
    position = [np.sqrt(range_variances(sight, seen, errors[:, which], clock, known).sum(axis=1)) for which in range(3)]
    return Availability(
        paths.tdb,
        azimuth,
        elevation,
        seen,
        np.linalg.norm(paths.position - sites.position[0], axis=2),
        dilution,
        np.stack(position, axis=1),
        dilution[:, 0] <= limit,
        limit,
    )


def range_variances(
    sight: Array, seen: Flags, sigma: Array, clock: NDArray[np.int64], height: float | None = None
) -> Array:
    """Variances of east, north and up from ranges with one unknown clock for each number of `clock` that is seen.

    Parameters
    ----------
    sight : (E, S, 3) [1]
        Unit vectors to the satellites: east, north, up.
    seen : (E, S)
        Which are used.
    sigma : (S,) [m]
        Error of each range.
    clock : (S,)
        Number of the clock of each.
    height : float or None [m]
        Error of a known height.

    Returns
    -------
    (E, 3) [m2]
        Infinite where no position follows. Where all errors are 1 they are squares of dilutions.

    Raises
    ------
    InvalidInput
        Shapes do not match, or an error is not positive.

    Source
    ------
    Normal equations; each clock is eliminated, so that its satellites count about their weighted mean line of sight.
    """
    if sight.shape != (*seen.shape, 3) or sigma.shape != (seen.shape[1],) or clock.shape != sigma.shape:
        raise InvalidInput(
            f"lines of sight {sight.shape}, flags {seen.shape}, errors {sigma.shape} and clocks {clock.shape} "
            "do not match"
        )
    if not np.all(sigma > 0.0) or (height is not None and not height > 0.0):
        raise InvalidInput("errors of ranges and of a known height must be positive [m]")
    lines = np.where(seen[..., None], sight, 0.0)
    weight = seen / sigma**2
    normal = np.zeros((seen.shape[0], 3, 3))
    for which in np.unique(clock):
        own = np.where(clock == which, weight, 0.0)
        total = own.sum(axis=1)
        mean = np.einsum("es,esi->ei", own, lines) / np.where(total > 0.0, total, 1.0)[:, None]
        about = (lines - mean[:, None, :]) * np.sqrt(own)[..., None]
        normal += np.einsum("esi,esj->eij", about, about)
    if height is not None:
        normal[:, 2, 2] += 1.0 / height**2
    variances = np.full((seen.shape[0], 3), np.inf)
    strength = np.linalg.eigvalsh(normal)
    sound = (strength[:, 0] > SINGULAR * strength[:, 2]) & (strength[:, 2] > 0.0)
    if sound.any():
        variances[sound] = np.einsum("eii->ei", np.linalg.inv(normal[sound]))
    return variances


@dataclass(frozen=True, slots=True)
class Loss:
    """What a site loses with one satellite.

    Attributes
    ----------
    satellite : str
        Which failed.
    share : float [1]
        Of the time in which the rest serves.
    longest_gap : float [s]
        Longest time without service.
    """

    satellite: str
    share: float
    longest_gap: float


def losses(paths: ConstellationPaths, found: Availability, clock: NDArray[np.int64] | None = None) -> list[Loss]:
    """What each satellite's failure costs a site, the worst first.

    Parameters
    ----------
    paths : ConstellationPaths
        Who flies.
    found : Availability
        Of the site with all of them; a known height is not used.
    clock : (S,) or None
        Number of the clock of each satellite; None for one in common.

    Returns
    -------
    list of Loss

    Source
    ------
    Counting, with each satellite left out in turn.
    """
    cosine = np.cos(found.elevation)
    sight = np.stack((cosine * np.sin(found.azimuth), cosine * np.cos(found.azimuth), np.sin(found.elevation)), axis=-1)
    shared = np.zeros(len(paths.names), dtype=np.int64) if clock is None else clock
    rows = []
    for number, name in enumerate(paths.names):
        left = found.seen.copy()
        left[:, number] = False
        variances = range_variances(sight, left, np.ones(len(paths.names)), shared)
        served = np.sqrt(variances.sum(axis=1)) <= found.limit
        rest = replace(found, seen=left, available=served)
        rows.append(Loss(name, rest.share, rest.longest_gap))
    return sorted(rows, key=lambda row: (row.share, -row.longest_gap))


def skyline_at(azimuth: ArrayLike, skyline: ArrayLike) -> Array:
    """Elevation of a skyline towards directions, linear between its azimuths.

    Parameters
    ----------
    azimuth : (...) [rad]
        From north over east, any number of turns; where it is NaN, that of north counts.
    skyline : (H,) [rad]
        Elevations in H equal steps of azimuth, the first at north.

    Returns
    -------
    (...) [rad]

    Raises
    ------
    InvalidInput
        It is no list of elevations.

    Source
    ------
    Definition.
    """
    heights = np.atleast_1d(np.asarray(skyline, dtype=np.float64))
    if heights.ndim != 1 or not np.all(np.abs(heights) < 0.5 * math.pi):
        raise InvalidInput(
            f"a skyline is a list of elevations within +-pi/2 [rad] by azimuth; got shape {heights.shape}"
        )
    even = np.arange(heights.size + 1) * (2.0 * math.pi / heights.size)
    turned = np.mod(np.nan_to_num(np.asarray(azimuth, dtype=np.float64)), 2.0 * math.pi)
    return np.asarray(np.interp(turned, even, np.append(heights, heights[0])))


def _relative(height: float | None, errors: Array) -> float | None:
    """Known height in units of a range's error, for dilutions."""
    return None if height is None else height / float(np.median(errors))


def _sight(position: Array, sites: Sites) -> Array:
    line = position - sites.position[0]
    line = line / np.linalg.norm(line, axis=-1, keepdims=True)
    return np.stack([line @ axis[0] for axis in (sites.east, sites.north, sites.up)], axis=-1)
