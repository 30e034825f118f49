"""Light with its interval: what the terrain's resolution leaves open, from an ensemble of skylines."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.trajectories import SurfacePoint
from moonstead.foundation.bodies import body as body_named
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.frames.standard import MOON_ME
from moonstead.foundation.kernel_cache import prepare
from moonstead.surface.disc import disc_strips, limb_darkening_exponent
from moonstead.surface.horizon import NEAREST, HorizonProfile, horizon_profile
from moonstead.surface.light_series import light_series, past_the_earth
from moonstead.surface.local_map import from_map, onto_map
from moonstead.surface.missing_relief import ReliefEnsemble, relief_ensemble
from moonstead.surface.moon_sky import MoonSky
from moonstead.surface.nested import NestedTerrain

if TYPE_CHECKING:
    from moonstead.surface.terrain import GlobalTerrain

__all__ = ["LightInterval", "light_interval"]

Array = NDArray[np.float64]

MEMBERS = 128
AZIMUTHS = 96  # of the ensemble's skylines; what they miss of a crest is the same with and without relief
FIRST_STEP = 30.0  # [m] from the eye to the first sample: 3/4 of the shortest wave
GROWTH = 1.0 / 14.0  # step per distance
LAST_STEP = 300e3  # [m]
RELIEF_REACH = 30e3  # [m] farther relief of 150 m changes a skyline by less than the Sun's radius
FINE_REACH = 8e3  # [m] waves below a kilometre are 6 m high: less than a sixth of the Sun's radius from here
MOST_SAMPLES = 40_000  # of the sky that the ensemble sees: longer skies are thinned, nights grow as coarse
PLACE_ERROR = 100.0  # [m] spatial accuracy of the global grid: Smith et al. (2010), doi:10.1029/2010GL043751
PLACES = 8  # spots around the place that the members take in turn
PEAKS = 5  # highest points in a cell of the grid that are tried for the best light
FINE_TRIALS = 7  # along each side of a pixel around a peak


@dataclass(frozen=True, eq=False)
class LightInterval:
    """Mean light and longest night of a site, each with what the terrain leaves open.

    Attributes
    ----------
    mean_fraction : float [1]
        Mean share of the Sun's light on the terrain as it is.
    interval : (2,) [1]
        What the terrain leaves open: the two intervals below together, so that it holds whether or not the place was
        chosen because it is well lit, as nearly all published and proposed ones are.
    unchosen_interval : (2,) [1]
        Range of the mean over the ensemble and the terrain as it is: for a place known by its coordinates alone.
    chosen_interval : (2,) [1]
        For a place that was chosen because it is well lit: in each member the best of its highest points within one
        cell of the global grid. NaN where it was not asked for.
    longest_night : float [s]
        On the terrain as it is; the longest run of samples without any part of the Sun.
    longest_night_interval, unchosen_longest_night_interval, chosen_longest_night_interval : (2,) [s]
        Ranges of the longest night, as above.
    members : int
        Size of the ensemble.
    ensemble_mean, ensemble_night : (M,) [1, s]
        Mean and longest night of each member.
    terrain : str
        Names of the terrain's levels.
    """

    mean_fraction: float
    interval: tuple[float, float]
    unchosen_interval: tuple[float, float]
    chosen_interval: tuple[float, float]
    longest_night: float
    longest_night_interval: tuple[float, float]
    unchosen_longest_night_interval: tuple[float, float]
    chosen_longest_night_interval: tuple[float, float]
    members: int
    ensemble_mean: Array
    ensemble_night: Array
    terrain: str

    @property
    def meaning(self) -> str:
        """What the interval says, in one sentence."""
        share = 100.0 * (self.members - 1) / (self.members + 1)
        text = (
            f"range of {self.members} skylines with random relief below the terrain's resolution, as rough as lunar "
            "highlands and the ground around, and of the terrain as it is"
        )
        if math.isfinite(self.chosen_interval[0]):
            text += (
                "; for any place at these coordinates (unchosen) and for the best of the highest points within one "
                "cell of the global grid, as a place that was chosen because it is well lit (chosen)"
            )
        return f"{text}; each range holds about {share:.0f} % of such places if the relief is like that"


def light_interval(
    terrain: GlobalTerrain | NestedTerrain,
    latitude: float,
    longitude: float,
    mast: float,
    sky: MoonSky,
    data: DataContext,
    *,
    horizon: HorizonProfile | None = None,
    ensemble: ReliefEnsemble | None = None,
    members: int = MEMBERS,
    seed: int = 1,
    footprint: float = 0.0,
    chosen: bool = False,
) -> LightInterval:
    """Mean light and longest night of a site with the interval that the terrain's resolution leaves open.

    The missing relief changes the height of the site against the grid, raises obstacles near it and moves far crests;
    where only the global grid lies under the site, the site may stand 100 m (rms) aside on it.
    A skyline of a member is the terrain's own plus the difference that the member's relief makes on rays from the site.

    Parameters
    ----------
    terrain : GlobalTerrain or NestedTerrain
        The ground.
    latitude, longitude : float [rad]
        The place, in the terrain's frame.
    mast : float [m]
        Height of the eye above the ground.
    sky : MoonSky
        The span, in equal steps; of more than 40 000 the ensemble sees every second, third, ..., so that its nights
        are known to a step of those.
    data : DataContext
        Where eclipses come from.
    horizon : HorizonProfile, optional
        The terrain's own skyline of the place at this height, if it is known already.
    ensemble : ReliefEnsemble, optional
        Of `relief_ensemble` for this place or one nearby, to look at many places with one ensemble.
    members : int
        Size of the ensemble, where none is given.
    seed : int
        Of its random numbers.
    footprint : float [m]
        Side of a square whose mean is wanted, as of a pixel of a map; 0 for a point.
    chosen : bool
        Whether the interval shall hold for a place that was chosen for its light as well.

    Returns
    -------
    LightInterval

    Raises
    ------
    InvalidInput
        The ensemble belongs to ground farther than a few cells away, there are fewer than two times or members, the
        height is below the ground, or the skyline belongs to another place.

    Source
    ------
    As `relief_ensemble` and `light_series`.
    """
    if sky.tdb.size < 2 or members < 2:
        raise InvalidInput("an interval of light needs a sky of two times or more and two members or more")
    if footprint < 0.0 or (footprint > 0.0 and chosen):
        raise InvalidInput("a footprint is 0 m or more, and a chosen place is a point")
    relief = relief_ensemble(terrain, latitude, longitude, members, seed) if ensemble is None else ensemble
    x0, y0 = onto_map(relief.latitude, relief.longitude, latitude, longitude, terrain.radius)
    edge = 0.5 * relief.spacing * (relief.scale.shape[0] - 1)
    if max(abs(float(x0)), abs(float(y0))) > 0.5 * edge:
        raise InvalidInput(f"the ensemble of relief covers {edge / 1e3:.0f} km around its middle; the place is too far")
    stride = -(-sky.tdb.size // MOST_SAMPLES)
    thin = MoonSky(sky.tdb[::stride], sky.sun[::stride], sky.earth[::stride], sky.aberration)
    observer = _Observer(terrain, relief, mast, thin, data)
    arms = footprint / 3.0 * np.array([[-1.0, 0.0], [1.0, 0.0], [0.0, -1.0], [0.0, 1.0]])
    spots = np.array([[float(x0), float(y0)]]) + (arms if footprint > 0.0 else np.zeros((1, 2)))
    sets = [observer.rays(spots + aside) for aside in _place_errors(terrain, latitude, longitude, seed)]
    rays = sets[0]
    plain = observer.skylines(rays, None)
    if footprint > 0.0:
        own_mean, own_night = observer.light(rays, plain)
        correction = np.zeros_like(plain)
        mean, night = float(np.mean(own_mean)), float(np.mean(own_night))
    else:
        profile = horizon or horizon_profile(terrain, latitude, longitude, mast)
        site = SurfacePoint("site", "MOON", MOON_ME, latitude, longitude, profile.height)
        series = light_series(site, profile, sky, data)
        step = float(sky.tdb[-1] - sky.tdb[0]) / (sky.tdb.size - 1)
        mean, night = float(np.mean(series.sun_fraction)), _longest_run(series.sun_fraction <= 0.0) * step
        correction = profile.at(observer.azimuth + observer.turn(spots)[0])[None, :] - plain
    count = len(relief.relief)
    means, nights = np.empty(count), np.empty(count)
    best_means, best_nights = np.full(count, math.nan), np.full(count, math.nan)
    cell = None if not chosen else observer.cell(float(x0), float(y0))
    for member in range(count):
        rays = sets[member % len(sets)]
        found = observer.light(rays, observer.skylines(rays, member) + correction)
        means[member], nights[member] = np.mean(found[0]), np.mean(found[1])
        if cell is not None:
            peaks = observer.rays(observer.peaks(cell, member))
            lit, dark = observer.light(peaks, observer.skylines(peaks, member))
            best = int(np.argmax(lit))
            best_means[member], best_nights[member] = lit[best], dark[best]
    return LightInterval(
        mean_fraction=mean,
        interval=_range(np.concatenate((means, best_means)), mean),
        unchosen_interval=_range(means, mean),
        chosen_interval=_range(best_means),
        longest_night=night,
        longest_night_interval=_range(np.concatenate((nights, best_nights)), night),
        unchosen_longest_night_interval=_range(nights, night),
        chosen_longest_night_interval=_range(best_nights),
        members=count,
        ensemble_mean=means,
        ensemble_night=nights,
        terrain=terrain.name,
    )


def _place_errors(terrain: GlobalTerrain | NestedTerrain, latitude: float, longitude: float, seed: int) -> list[Array]:
    """Offsets (2,) [m] of the ground under a place, none first: those of the global grid where no tile lies there."""
    none = np.zeros(2)
    if isinstance(terrain, NestedTerrain) and int(terrain.level_at(latitude, longitude)) < len(terrain.tiles):
        return [none]
    random = np.random.default_rng((seed, PLACES))
    return [none, *random.normal(scale=PLACE_ERROR / math.sqrt(2.0), size=(PLACES - 1, 2))]


@dataclass(frozen=True, eq=False)
class _Rays:
    """Known ground along the rays of K eyes on the ensemble's map."""

    x: Array
    y: Array
    ground: Array
    heights: Array


class _Observer:
    """Eyes on one terrain under one sky."""

    def __init__(
        self,
        terrain: GlobalTerrain | NestedTerrain,
        relief: ReliefEnsemble,
        mast: float,
        sky: MoonSky,
        data: DataContext,
    ) -> None:
        prepare()
        self.terrain, self.relief, self.mast = terrain, relief, mast
        self.step = float(sky.tdb[-1] - sky.tdb[0]) / (sky.tdb.size - 1)
        self.azimuth: Array = np.arange(AZIMUTHS, dtype=np.float64) * (2.0 * math.pi / AZIMUTHS)
        count = int(math.log(LAST_STEP / FIRST_STEP) / math.log1p(GROWTH)) + 1
        self.distance: Array = FIRST_STEP * (1.0 + GROWTH) ** np.arange(count, dtype=np.float64)
        even = np.ptp(relief.scale) == 0.0 and np.ptp(relief.error) == 0.0
        part = slice(0, 1) if even else slice(None)
        self.known = np.ascontiguousarray(relief.scale[part, part]), np.ascontiguousarray(relief.error[part, part])
        self.table = disc_strips(1, limb_darkening_exponent()).table
        place = SurfacePoint("middle", "MOON", MOON_ME, relief.latitude, math.remainder(relief.longitude, 2 * math.pi))
        self.weight = past_the_earth(place, sky, data)
        self.sun = _sun_path(place, sky)

    def rays(self, spots: Array) -> _Rays:
        """Known ground along the rays of eyes at (K, 2) [m]; below the terrain's near cut it is a plane."""
        x, y = np.ascontiguousarray(spots[:, 0]), np.ascontiguousarray(spots[:, 1])
        sine, cosine = np.sin(self.azimuth), np.cos(self.azimuth)
        ground = self._height(x, y)
        heights = self._height(
            x[:, None, None] + sine[:, None] * self.distance, y[:, None, None] + cosine[:, None] * self.distance
        )
        cut = NEAREST * float(np.min(np.asarray(_resolution(self.terrain, *self._places(x, y)))))
        near = self.distance < cut
        if np.any(near):
            there = self._height(x[:, None] + sine * cut, y[:, None] + cosine * cut)
            rise = (there - ground[:, None])[..., None] * (self.distance[near] / cut)
            heights[..., near] = ground[:, None, None] + rise
        return _Rays(x, y, ground, np.ascontiguousarray(heights))

    def skylines(self, rays: _Rays, member: int | None) -> Array:
        """Elevation (K, A) [rad] of the skyline in the map's directions, with the relief of a member or without."""
        from moonstead.surface.fine_relief_kernels import relief_skylines_kernel

        relief = self.relief
        index = 0 if member is None else member
        tangent = np.empty((rays.x.size, self.azimuth.size))
        relief_skylines_kernel(
            rays.ground,
            rays.heights,
            self.distance,
            np.sin(self.azimuth),
            np.cos(self.azimuth),
            rays.x,
            rays.y,
            self.mast,
            self.terrain.radius,
            RELIEF_REACH if member is not None else -1.0,
            FINE_REACH,
            relief.relief[index],
            *self.known,
            relief.spacing,
            relief.bands.tiles,
            relief.bands.spacings,
            relief.sizes[index],
            relief.shifts[index],
            tangent,
        )
        return np.arctan(tangent)

    def light(self, rays: _Rays, skylines: Array) -> tuple[Array, Array]:
        """Mean share of the light (K,) [1] and longest night (K,) [s] behind skylines (K, A) [rad]."""
        from moonstead.surface.fine_relief_kernels import ensemble_light_kernel

        mean, night = np.empty(rays.x.size), np.empty(rays.x.size)
        ensemble_light_kernel(
            *self.sun,
            self.weight,
            rays.x / self.terrain.radius,
            rays.y / self.terrain.radius,
            np.ascontiguousarray(skylines),
            self.table,
            mean,
            night,
        )
        return mean, night * self.step

    def turn(self, spots: Array) -> Array:
        """True azimuth (K,) [rad] of the map's upward direction at places (K, 2) [m]."""
        x, y = spots[:, 0], spots[:, 1]
        latitude, longitude = self._places(x, y)
        aside = self.relief.longitude - longitude
        centre = self.relief.latitude
        back = np.arctan2(
            np.sin(aside) * math.cos(centre),
            np.cos(latitude) * math.sin(centre) - np.sin(latitude) * math.cos(centre) * np.cos(aside),
        )
        out = back + math.pi - np.arctan2(x, y)
        return np.where(np.hypot(x, y) < 1e-3, 0.0, out)

    def cell(self, x: float, y: float) -> tuple[Array, Array, Array]:
        """Pixels of the raster within one cell of the global grid of a place: x, y (P, P) [m], known ground [m]."""
        base = self.terrain.base if isinstance(self.terrain, NestedTerrain) else self.terrain
        reach = base.resolution
        count = int(reach / self.relief.spacing)
        axis = np.arange(-count, count + 1) * self.relief.spacing
        across, along = np.meshgrid(x + axis, y + axis)
        inside = np.hypot(across - x, along - y) <= reach
        return across, along, np.where(inside, self._height(across, along), -math.inf)

    def peaks(self, cell: tuple[Array, Array, Array], member: int) -> Array:
        """Highest points (K, 2) [m] of a member near a place, each at the best of some spots around it."""
        from scipy.ndimage import map_coordinates, maximum_filter

        relief = self.relief
        x, y, known = cell
        middle = 0.5 * (relief.scale.shape[0] - 1)
        at = [axis / relief.spacing + middle for axis in (y, x)]
        height = known + map_coordinates(relief.relief[member], at, order=1, mode="constant")
        tops = np.flatnonzero(np.isfinite(height) & (height == maximum_filter(height, 3)))
        best = tops[np.argsort(-height.ravel()[tops])[:PEAKS]]
        aside = np.linspace(-0.5, 0.5, FINE_TRIALS) * relief.spacing
        across, along = (axis.ravel() for axis in np.meshgrid(aside, aside))
        east, north = x.ravel()[best][:, None] + across, y.ravel()[best][:, None] + along
        fine = np.zeros_like(east)
        for band, (tile, spacing) in enumerate(zip(relief.bands.tiles, relief.bands.spacings, strict=True)):
            shift = relief.shifts[member, band]
            spots = [(north + shift[1]) / spacing, (east + shift[0]) / spacing]
            fine += relief.sizes[member, band] * map_coordinates(tile, spots, order=1, mode="grid-wrap")
        spot = np.argmax(fine, axis=1)
        row = np.arange(best.size)
        return np.stack((east[row, spot], north[row, spot]), axis=1)

    def _places(self, x: Array, y: Array) -> tuple[Array, Array]:
        return from_map(self.relief.latitude, self.relief.longitude, x, y, self.terrain.radius)

    def _height(self, x: Array, y: Array) -> Array:
        return self.terrain.height(*self._places(x, y))


def _sun_path(place: SurfacePoint, sky: MoonSky) -> tuple[Array, Array, Array, Array, Array]:
    """Azimuth and elevation [rad] of the Sun at a place, sine and cosine of the azimuth [1], angular radius [rad]."""
    east, north, up = np.ascontiguousarray(((sky.sun - place.position) @ place.topocentric.axes.T).T)
    level = np.hypot(east, north)
    radius = np.arcsin(body_named("SUN").mean_radius / np.hypot(level, up))
    azimuth = np.arctan2(east, north)
    return azimuth, np.arctan2(up, level), east / level, north / level, radius


def _resolution(terrain: GlobalTerrain | NestedTerrain, latitude: Array, longitude: Array) -> Array:
    """Resolution (K,) [m] of the terrain at places [rad]."""
    if isinstance(terrain, NestedTerrain):
        return terrain.resolution_at(latitude, longitude)
    return np.full(np.shape(latitude), terrain.resolution)


def _longest_run(holds: NDArray[np.bool_]) -> int:
    """Length of the longest run of true samples."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], holds, [False])).astype(np.int8)))
    return int(np.max(edges[1::2] - edges[::2], initial=0))


def _range(values: Array, also: float = math.nan) -> tuple[float, float]:
    """Least and greatest [any unit] of values and of one more."""
    both = np.append(values, also)
    if np.all(np.isnan(both)):
        return math.nan, math.nan
    return float(np.nanmin(both)), float(np.nanmax(both))
