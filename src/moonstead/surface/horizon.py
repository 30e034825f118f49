"""The skyline of a place: how high the ground stands in every direction, and how far away."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.kernel_cache import prepare
from moonstead.surface.nested import NestedTerrain
from moonstead.surface.terrain import GlobalTerrain

__all__ = ["HorizonProfile", "horizon_profile"]

Array = NDArray[np.float64]

REACH = 300e3  # [m] Barker et al. (2023) nest terrains to 310 km; 99 % of polar horizons lie within 130 km
TALLEST_MAST = 10e3  # [m] above this the view is an orbiter's

# steps of the march, in units of the grid's resolution; the tests hold them against a march 16 times finer
LEAST = 1.0 / 256.0
FINE = 1.0 / 64.0
COARSE = 1.0 / 8.0
COARSE_OF_TILES = 1.0 / 4.0  # pixels of a tile are square on the ground, those of a global grid narrow at the poles
GROWTH = 1.0 / 16.0  # step per distance

# in units of the resolution. Nearer ground is interpolation, and next to a pole, where columns are narrow, the scatter
# of single laser tracks. Mean light of 97 blocks of LOLA's own 60 m map, 2030, on the 3.8 km grid: 1/256 of a cell
# leaves a correlation of 0.7, 1/16 gives 0.91 with 6.8 points (rms), 1/8 0.91 with 8.5, a quarter more than 10
NEAREST = 1.0 / 16.0


@dataclass(frozen=True, eq=False)
class HorizonProfile:
    """Elevation of the skyline around a site, linear between its azimuths.

    Attributes
    ----------
    azimuth : (M,) [rad]
        From north over east, equally spaced from 0.
    elevation : (M,) [rad]
        Above the plane that is normal to the sphere's radius at the site; negative where the ground falls away.
    distance : (M,) [m]
        Ground distance along the sphere to the point that makes the horizon.
    latitude, longitude : float [rad]
        The site in the terrain's frame.
    height : float [m]
        Of the eye above the terrain's sphere: ground and mast.
    """

    azimuth: Array
    elevation: Array
    distance: Array
    latitude: float
    longitude: float
    height: float

    def __post_init__(self) -> None:
        size = np.size(self.azimuth)
        even = np.arange(size) * (2.0 * math.pi / max(size, 1))
        if size < 4 or not np.allclose(self.azimuth, even, rtol=0.0, atol=1e-9):
            raise InvalidInput(f"a horizon needs at least 4 azimuths, equally spaced from 0 to 2 pi [rad]; got {size}")
        if np.shape(self.elevation) != (size,) or np.shape(self.distance) != (size,):
            raise InvalidInput(
                f"{size} azimuths do not pair with elevations {np.shape(self.elevation)} "
                f"and distances {np.shape(self.distance)}"
            )
        if not np.all(np.abs(self.elevation) < 0.5 * math.pi):
            raise InvalidInput("every elevation of a horizon must be finite and below pi/2 [rad]")

    def at(self, azimuth: ArrayLike) -> Array:
        """Elevation of the skyline (N,) [rad] at azimuths (N,) [rad], any number of turns."""
        position = np.mod(np.asarray(azimuth, dtype=np.float64), 2.0 * math.pi) * (self.azimuth.size / (2.0 * math.pi))
        known = np.isfinite(position)
        index = np.where(known, position, 0.0).astype(np.intp)
        share = position - index
        left = index % self.azimuth.size
        return self.elevation[left] * (1.0 - share) + self._next_elevation[left] * share

    @cached_property
    def _next_elevation(self) -> Array:
        return np.roll(self.elevation, -1)

    @cached_property
    def slope_bound(self) -> float:
        """Largest change of the skyline's elevation per azimuth [rad/rad]; `at` is nowhere steeper."""
        return float(np.max(np.abs(self._next_elevation - self.elevation))) * self.azimuth.size / (2.0 * math.pi)

    def as_arrays(self) -> dict[str, Array]:
        """Named arrays that hold the whole profile, for `numpy.savez` or a table; `from_arrays` reads them.

        Returns
        -------
        mapping of str to arrays
            ``azimuth`` (M,) [rad], ``elevation`` (M,) [rad], ``distance`` (M,) [m], and ``site`` (3,) [rad, rad, m]:
            latitude, longitude and height.
        """
        site = np.array([self.latitude, self.longitude, self.height])
        return {"azimuth": self.azimuth, "elevation": self.elevation, "distance": self.distance, "site": site}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, ArrayLike]) -> HorizonProfile:
        """Profile from the arrays of `as_arrays`.

        Parameters
        ----------
        arrays : mapping of str to arrays
            ``azimuth`` (M,) [rad], ``elevation`` (M,) [rad], ``distance`` (M,) [m] and ``site`` (3,) [rad, rad, m].

        Returns
        -------
        HorizonProfile

        Raises
        ------
        InvalidInput
            An array is missing or its shape does not fit the others.
        """
        lacking = [name for name in ("azimuth", "elevation", "distance", "site") if name not in arrays]
        if lacking:
            raise InvalidInput(f"a horizon profile lacks the arrays {', '.join(lacking)}; it has {', '.join(arrays)}")
        azimuth, elevation, distance, site = (
            np.asarray(arrays[name], dtype=np.float64) for name in ("azimuth", "elevation", "distance", "site")
        )
        if site.shape != (3,):
            raise InvalidInput(f"the array site holds latitude, longitude and height; got shape {site.shape}")
        return cls(azimuth, elevation, distance, float(site[0]), float(site[1]), float(site[2]))


def horizon_profile(
    terrain: GlobalTerrain | NestedTerrain,
    latitude: float,
    longitude: float,
    observer_height: float,
    azimuth_count: int = 720,
    reach: float = REACH,
    nearest: float | None = None,
) -> HorizonProfile:
    """Skyline that an observer on the terrain sees.

    Each azimuth is one great circle on the terrain's sphere, sampled in steps that follow the grid; where a crest
    lies between samples it is searched. The curvature of the sphere is exact, light runs straight.

    Parameters
    ----------
    terrain : GlobalTerrain or NestedTerrain
        The ground. Of nested terrain every direction sees the finest level that has data at each distance.
    latitude, longitude : float [rad]
        Place of the observer in the terrain's frame. At a pole the longitude says where azimuth 0 points.
    observer_height : float [m]
        Height of the eye above the ground: a mast, a panel's middle; 0 puts it on the ground.
    azimuth_count : int
        Directions, equally spaced.
    reach : float [m]
        How far to look.
    nearest : float [m], optional
        Ground nearer than this is left out; by default a sixteenth of the terrain's resolution at the place (237 m at
        3.8 km), because a grid knows nothing of it: the slope of one cell would stand before every direct view.

    Returns
    -------
    HorizonProfile
        Its error comes from the terrain's resolution; `terrain_caveat` says what that means.

    Raises
    ------
    InvalidInput
        A coordinate is not finite, the latitude lies beyond a pole, the observer is below the ground or above 10 km,
        there are fewer than 4 azimuths, the reach is not between one grid cell and a quarter of the circumference, or
        the nearest ground is negative or out of reach; or the place lies on none of the tiles of a nested terrain.

    Source
    ------
    Method: Mazarico et al. (2011), Icarus 211, 1066, section 2, doi:10.1016/j.icarus.2010.10.030.
    """
    if not (math.isfinite(latitude) and math.isfinite(longitude)):
        raise InvalidInput(f"latitude and longitude must be finite [rad]; got {latitude!r}, {longitude!r}")
    if not 0.0 <= observer_height <= TALLEST_MAST:
        raise InvalidInput(f"observer_height must lie between 0 and {TALLEST_MAST:.0f} m; got {observer_height!r} m")
    if azimuth_count < 4:
        raise InvalidInput(f"a horizon needs at least 4 azimuths; got {azimuth_count}")
    _require_tile_at(terrain, latitude, longitude)
    unit = float(terrain.resolution_at(latitude, longitude))
    if not unit <= reach <= 0.5 * math.pi * terrain.radius:
        raise InvalidInput(
            f"reach must lie between one grid cell ({unit:.0f} m) and a quarter of the circumference; got {reach!r} m"
        )
    near = NEAREST * unit if nearest is None else float(nearest)
    if not 0.0 <= near < reach:
        raise InvalidInput(f"nearest must lie between 0 and the reach of {reach:.0f} m; got {nearest!r} m")
    eye = float(terrain.height(latitude, longitude)) + observer_height
    azimuth: Array = np.arange(azimuth_count, dtype=np.float64) * (2.0 * math.pi / azimuth_count)
    up, headings = _site_axes(latitude, longitude, azimuth)
    elevation, distance = np.empty(azimuth_count), np.empty(azimuth_count)
    view = (up, headings, float(reach), max(near, LEAST * unit), LEAST * unit)
    if isinstance(terrain, NestedTerrain) and terrain.tiles:
        _march_levels(terrain, eye, latitude, view, elevation, distance)
    else:
        base = terrain.base if isinstance(terrain, NestedTerrain) else terrain
        _march_grid(base, eye, latitude, view, elevation, distance)
    return HorizonProfile(azimuth, elevation, distance, float(latitude), float(longitude), eye)


_View = tuple[Array, Array, float, float, float]  # up, headings, reach [m], first sample [m], smallest step [m]


def _march_grid(
    terrain: GlobalTerrain, eye: float, latitude: float, view: _View, elevation: Array, distance: Array
) -> None:
    prepare()
    from moonstead.surface.horizon_kernels import horizon_kernel

    up, headings, reach, first, least = view
    unit = terrain.resolution
    horizon_kernel(
        terrain.heights,
        *terrain.pole_heights,
        terrain.radius,
        eye,
        terrain.ceiling(latitude, reach),
        up,
        headings,
        reach,
        first,
        least,
        FINE * unit,
        COARSE * unit,
        GROWTH,
        elevation,
        distance,
    )


def _march_levels(
    terrain: NestedTerrain, eye: float, latitude: float, view: _View, elevation: Array, distance: Array
) -> None:
    prepare()
    from moonstead.surface.horizon_nested_kernels import nested_horizon_kernel

    up, headings, reach, first, least = view
    levels, ceilings = terrain.ceilings
    nested_horizon_kernel(
        terrain.flat,
        levels,
        ceilings,
        terrain.base.heights,
        *terrain.base.pole_heights,
        terrain.radius,
        eye,
        max((terrain.base.ceiling(latitude, reach), *(tile.max_height for tile in terrain.tiles))),
        up,
        headings,
        reach,
        first,
        least,
        FINE,
        COARSE_OF_TILES,
        GROWTH,
        np.empty(len(levels)),
        np.empty(len(levels)),
        elevation,
        distance,
    )


def _require_tile_at(terrain: GlobalTerrain | NestedTerrain, latitude: float, longitude: float) -> None:
    """Refuse a place that lies beside all tiles, or in a hole of the finest that holds it."""
    if not isinstance(terrain, NestedTerrain) or not terrain.tiles:
        return
    here = f"the place {math.degrees(latitude):.4f} {math.degrees(longitude):.4f} deg lies"
    holding = [tile for tile in terrain.tiles if tile.covers(latitude, longitude)]
    if not holding:
        where = "; ".join(f"{tile.name} about {tile.place}" for tile in terrain.tiles)
        raise InvalidInput(f"{here} on none of the tiles of this terrain ({where}); take tiles that hold it")
    if not math.isfinite(float(holding[0].height(latitude, longitude))):
        raise InvalidInput(
            f"{here} in a hole of {holding[0].name}, where {holding[0].hole_fraction:.2%} of pixels have no height; "
            "move the place, or leave this tile out"
        )


def _site_axes(latitude: float, longitude: float, azimuth: Array) -> tuple[Array, Array]:
    """Up (3,) and the horizontal headings (M, 3) of azimuths (M,) [rad], as unit vectors of the body-fixed frame."""
    sin_lat, cos_lat, sin_lon, cos_lon = (f(a) for a in (latitude, longitude) for f in (math.sin, math.cos))
    up = np.array([cos_lat * cos_lon, cos_lat * sin_lon, sin_lat])
    north = np.array([-sin_lat * cos_lon, -sin_lat * sin_lon, cos_lat])
    east = np.array([-sin_lon, cos_lon, 0.0])
    return up, np.ascontiguousarray(np.outer(np.cos(azimuth), north) + np.outer(np.sin(azimuth), east))
