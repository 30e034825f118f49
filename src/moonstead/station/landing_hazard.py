"""How safe a landing place is: slopes, roughness and rocks under the feet, weighed by where a lander may come down."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.errors import InvalidInput
from moonstead.surface.gnomonic_grid import GnomonicGrid
from moonstead.surface.slopes import slope_map

__all__ = [
    "Dispersion",
    "HazardMap",
    "Lander",
    "hazard_map",
    "landing_probability_map",
    "rock_area_fraction",
    "rock_hazard",
    "rocks_per_area",
    "safe_landing_probability",
]

Array = NDArray[np.float64]

CUT = 6.0  # [1] standard deviations: 1.5e-8 of a Gaussian in the plane lies further out
FINEST = 4.0  # [1] Gauss-Legendre points of a pixel for each standard deviation in it
FEWEST_POINTS, MOST_POINTS = 3, 12  # along an edge of a pixel; a deviation of a third of a pixel is summed to 1e-9
LONG_BASELINE = 2.0  # [1] of the lander's: roughness over more than that says nothing of its feet
ROCK_HEIGHT = 0.5  # [1] of the diameter: rocks are about half spheres, Golombek & Rapp (1997)


@dataclass(frozen=True, slots=True)
class Lander:
    """What a lander can stand on.

    Attributes
    ----------
    baseline : float [m]
        Distance between opposite feet.
    max_slope : float [rad]
        Steepest ground over the baseline.
    max_roughness : float [m]
        Largest root mean square distance of the ground from its plane over the baseline.
    max_rock : float [m]
        Height of the tallest rock under it.
    """

    baseline: float
    max_slope: float
    max_roughness: float
    max_rock: float

    def __post_init__(self) -> None:
        for what in ("baseline", "max_slope", "max_roughness", "max_rock"):
            if not getattr(self, what) > 0.0:
                raise InvalidInput(f"lander: {what} must be positive; got {getattr(self, what)!r}")
        if self.max_slope >= 0.5 * math.pi:
            raise InvalidInput(f"lander: max_slope must be below pi/2 [rad]; got {self.max_slope!r}; is it in degrees?")

    @property
    def footprint(self) -> float:
        """Area [m2] of the circle through its feet."""
        return 0.25 * math.pi * self.baseline**2


@dataclass(frozen=True, slots=True)
class Dispersion:
    """Where a lander comes down: a Gaussian in the plane about the target.

    Attributes
    ----------
    along, across : float [m]
        Standard deviations along the approach and across it.
    azimuth : float [rad]
        Of the approach, on the map, from +y clockwise.
    """

    along: float
    across: float
    azimuth: float = 0.0

    def __post_init__(self) -> None:
        if not (0.0 < self.along < math.inf and 0.0 < self.across < math.inf and math.isfinite(self.azimuth)):
            raise InvalidInput(
                f"a dispersion needs positive, finite deviations; got {self.along!r} and {self.across!r} m, azimuth "
                f"{self.azimuth!r} rad"
            )


@dataclass(frozen=True, eq=False)
class HazardMap:
    """Chance that a landing fails, if it comes down in a pixel.

    Attributes
    ----------
    grid : GnomonicGrid
        The pixels.
    baseline : float [m]
        That slopes and roughness refer to: the lander's, or two pixels where the map is coarser.
    slope : (n, m) [rad]
        Over the baseline.
    roughness : (n, m) [m]
        Root mean square over the baseline.
    hazard : (n, m) [1]
        1 where ground is too steep or too rough, else the chance of a rock; NaN at the edge, where slopes are unknown.
    """

    grid: GnomonicGrid
    baseline: float
    slope: Array
    roughness: Array
    hazard: Array


def rock_area_fraction(diameter: ArrayLike, total: ArrayLike) -> Array:
    """Share of the ground that rocks of a diameter or more cover: ``k exp(-q D)`` with ``q = 1.79 + 0.152 / k``.

    Parameters
    ----------
    diameter : (N,) [m]
        Least diameter.
    total : (N,) or scalar [1]
        Share k that all rocks cover, above 0 and at most 1.

    Returns
    -------
    (N,) [1]

    Raises
    ------
    InvalidInput
        A diameter is negative or a share out of range.

    Source
    ------
    Golombek & Rapp (1997), JGR 102, 4117, doi:10.1029/96JE03319, equations 5 and 6 (numbers recalled); found on Mars
    and the Earth and used for the Moon, where counts fall off in the same way.
    """
    size, share = np.asarray(diameter, dtype=np.float64), np.asarray(total, dtype=np.float64)
    if np.any(size < 0.0) or not np.all((share > 0.0) & (share <= 1.0)):
        raise InvalidInput("rocks need diameters that are not negative [m] and a share of the ground in (0, 1]")
    return np.asarray(share * np.exp(-(1.79 + 0.152 / share) * size))


def rocks_per_area(diameter: ArrayLike, total: ArrayLike) -> Array:
    """Number of rocks of a diameter or more on a square metre.

    Parameters
    ----------
    diameter : (N,) [m]
        Least diameter, above 0.
    total : (N,) or scalar [1]
        Share of the ground that all rocks cover.

    Returns
    -------
    (N,) [1/m2]

    Raises
    ------
    InvalidInput
        A diameter is not positive or a share out of range.

    Source
    ------
    Integral of ``dF / (pi D^2 / 4)`` over the law of `rock_area_fraction`:
    ``4 k q / pi (exp(-q D) / D - q E1(q D))``, with the exponential integral E1.
    """
    from scipy.special import exp1

    size, share = np.asarray(diameter, dtype=np.float64), np.asarray(total, dtype=np.float64)
    if not np.all(size > 0.0) or not np.all((share > 0.0) & (share <= 1.0)):
        raise InvalidInput("numbers of rocks need positive diameters [m] and a share of the ground in (0, 1]")
    fall = 1.79 + 0.152 / share
    return np.asarray(4.0 * share * fall / math.pi * (np.exp(-fall * size) / size - fall * exp1(fall * size)))


def rock_hazard(lander: Lander, total: ArrayLike) -> Array:
    """Chance that a rock too tall for it lies under a lander.

    Parameters
    ----------
    lander : Lander
        Its feet and the tallest rock it can stand over.
    total : (N,) [1]
        Share of the ground that all rocks cover; 0 for none.

    Returns
    -------
    (N,) [1]
        ``1 - exp(-n A)``: rocks lie at random, half as tall as wide.

    Raises
    ------
    InvalidInput
        A share is out of range.

    Source
    ------
    As `rocks_per_area`; use for landing: Golombek et al. (2008), JGR 113, E00A09, doi:10.1029/2007JE003065 (recalled).
    """
    share = np.asarray(total, dtype=np.float64)
    if not np.all((share >= 0.0) & (share <= 1.0)):
        raise InvalidInput("the share of the ground under rocks must lie in [0, 1]")
    chance = np.zeros(share.shape)
    some = share > 0.0
    chance[some] = -np.expm1(-rocks_per_area(lander.max_rock / ROCK_HEIGHT, share[some]) * lander.footprint)
    return chance


def hazard_map(grid: GnomonicGrid, lander: Lander, rocks: ArrayLike = 0.0) -> HazardMap:
    """Chance of failing at each pixel of a map.

    Parameters
    ----------
    grid : GnomonicGrid
        The ground. Pixels larger than half the lander's baseline hide slopes: `HazardMap.baseline` says what was seen.
        Roughness over more than twice the lander's baseline is not held against the ground.
    lander : Lander
        What it can stand on.
    rocks : (n, m) or scalar [1]
        Share of the ground that rocks cover.

    Returns
    -------
    HazardMap

    Raises
    ------
    InvalidInput
        The baseline does not fit into the map, or a share of rocks is out of range.

    Source
    ------
    Plane fits of `slope_map`, rocks of `rock_hazard`.
    """
    ground = slope_map(grid, lander.baseline)
    chance = np.broadcast_to(rock_hazard(lander, rocks), grid.heights.shape)
    fails = ground.slope > lander.max_slope
    if ground.baseline <= LONG_BASELINE * lander.baseline:
        fails |= ground.roughness > lander.max_roughness
    hazard = np.where(fails, 1.0, chance)
    hazard[np.isnan(ground.slope)] = np.nan
    return HazardMap(grid, ground.baseline, ground.slope, ground.roughness, hazard)


def safe_landing_probability(hazards: HazardMap, x: float, y: float, dispersion: Dispersion) -> tuple[float, float]:
    """Chance of a safe landing when a point is aimed at.

    Parameters
    ----------
    hazards : HazardMap
        Chance of failing in each pixel.
    x, y : float [m]
        Target on the map.
    dispersion : Dispersion
        Where the lander comes down.

    Returns
    -------
    safe, unknown : float [1]
        Chance of coming down safely, and of coming down where the map says nothing, which is not counted as safe.

    Raises
    ------
    InvalidInput
        The target lies outside the map.

    Source
    ------
    Integral of the Gaussian over each pixel by Gauss-Legendre quadrature (Abramowitz & Stegun, 25.4.30).
    """
    grid = hazards.grid
    margin = 0.5 * grid.spacing
    if not (grid.x[0] - margin <= x <= grid.x[-1] + margin and grid.y[-1] - margin <= y <= grid.y[0] + margin):
        raise InvalidInput(f"the target ({x:g}, {y:g}) m lies outside the map")
    weights, rows, columns = _weights(grid, x, y, dispersion)
    hazard = hazards.hazard[rows, columns]
    safe = float(np.sum(weights * np.where(np.isnan(hazard), 0.0, 1.0 - hazard)))
    known = float(np.sum(weights[~np.isnan(hazard)]))
    return min(safe, 1.0), max(1.0 - known, 0.0)


def landing_probability_map(hazards: HazardMap, dispersion: Dispersion) -> Array:
    """Chance of a safe landing for a target in the middle of each pixel.

    Parameters
    ----------
    hazards : HazardMap
        Chance of failing in each pixel; unknown pixels and all beyond the map count as unsafe.
    dispersion : Dispersion
        Where the lander comes down.

    Returns
    -------
    (n, m) [1]
        The best target is where it is largest.

    Source
    ------
    As `safe_landing_probability`, as a convolution by fast Fourier transform.
    """
    from scipy.signal import fftconvolve

    spacing = hazards.grid.spacing
    half = max(1, math.ceil(CUT * max(dispersion.along, dispersion.across) / spacing))
    axis: Array = spacing * np.arange(-half, half + 1, dtype=np.float64)
    density = _pixel_integrals(axis, -axis, spacing, dispersion)
    safe = np.where(np.isnan(hazards.hazard), 0.0, 1.0 - hazards.hazard)
    # what lies at an offset counts for the target: correlation, which is convolution with the mirrored weights
    found = fftconvolve(safe, density[::-1, ::-1], mode="full")[
        half : half + safe.shape[0], half : half + safe.shape[1]
    ]
    return np.asarray(np.clip(found, 0.0, 1.0), dtype=np.float64)


def _weights(grid: GnomonicGrid, x: float, y: float, dispersion: Dispersion) -> tuple[Array, slice, slice]:
    """Chance of each pixel within reach of a target, and where those pixels lie."""
    reach = CUT * max(dispersion.along, dispersion.across) + grid.spacing
    columns = np.flatnonzero(np.abs(grid.x - x) <= reach)
    rows = np.flatnonzero(np.abs(grid.y - y) <= reach)
    across, down = slice(columns[0], columns[-1] + 1), slice(rows[0], rows[-1] + 1)
    return _pixel_integrals(grid.x[across] - x, grid.y[down] - y, grid.spacing, dispersion), down, across


def _pixel_integrals(x: Array, y: Array, spacing: float, dispersion: Dispersion) -> Array:
    """Integrals (rows, columns) [1] of the Gaussian over pixels about x (columns,) and y (rows,) [m]."""
    least = min(dispersion.along, dispersion.across)
    count = min(MOST_POINTS, max(FEWEST_POINTS, math.ceil(FINEST * spacing / least)))
    nodes, shares = np.polynomial.legendre.leggauss(count)
    sine, cosine = math.sin(dispersion.azimuth), math.cos(dispersion.azimuth)
    total = np.zeros((y.size, x.size))
    for right, weight in zip(0.5 * spacing * nodes, 0.5 * shares, strict=True):
        for up, share in zip(0.5 * spacing * nodes, 0.5 * shares, strict=True):
            east, north = x[None, :] + right, y[:, None] + up
            along = (east * sine + north * cosine) / dispersion.along
            across = (east * cosine - north * sine) / dispersion.across
            total += weight * share * np.exp(-0.5 * (along**2 + across**2))
    return total * spacing**2 / (2.0 * math.pi * dispersion.along * dispersion.across)
