"""Light at one site by the hour for decades: Sun and Earth behind a skyline at many times, quickly."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.dynamics.observe import Aberration
from moonstead.dynamics.shadow import sun_visible_fraction
from moonstead.dynamics.trajectories import SurfacePoint
from moonstead.foundation.bodies import body as body_named
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.frames.standard import MOON_ME
from moonstead.foundation.kernel_cache import prepare
from moonstead.surface.disc import disc_strips, limb_darkening_exponent
from moonstead.surface.horizon import HorizonProfile
from moonstead.surface.moon_sky import MoonSky, moon_sky
from moonstead.surface.skyline_events import require_same_place

__all__ = ["LightSeries", "light_series", "past_the_earth"]

Array = NDArray[np.float64]

STRIPS = 9  # across the Sun's half degree; on rough skylines 31 strips differ by 0.2 % of a disc (rms)
EARTH_STRIPS = 15  # across two degrees
# [rad] between Earth and Sun, from the Moon's centre: their radii (0.019, 0.005) and a site's parallax (0.005)
ECLIPSE_REACH = 0.05


@dataclass(frozen=True, eq=False)
class LightSeries:
    """Sun and Earth at one site at equal or unequal steps.

    Attributes
    ----------
    tdb : (N,) [s TDB past J2000]
        Times, rising.
    sun_fraction : (N,) [1]
        Share of the Sun's light that passes the skyline and the Earth.
    sun_azimuth, sun_elevation : (N,) [rad]
        Of the Sun's centre.
    sun_distance : (N,) [m]
        To the Sun's centre.
    earth_azimuth, earth_elevation : (N,) [rad]
        Of the Earth's centre.
    earth_clearance : (N,) [rad]
        Elevation of the Earth's centre above the skyline under it: positive where it is in sight.
    earth_fraction : (N,) [1]
        Share of the Earth's disc above the skyline.
    """

    tdb: Array
    sun_fraction: Array
    sun_azimuth: Array
    sun_elevation: Array
    sun_distance: Array
    earth_azimuth: Array
    earth_elevation: Array
    earth_clearance: Array
    earth_fraction: Array


def light_series(
    site: SurfacePoint,
    horizon: HorizonProfile,
    times: ArrayLike | MoonSky,
    data: DataContext,
    *,
    strips: int = STRIPS,
    limb_darkening: bool = True,
    eclipses: bool = True,
    aberration: Aberration = "apparent",
) -> LightSeries:
    """Light and sight of the Earth at a site, quickly: 18.6 years by the hour in two seconds.

    Parameters
    ----------
    site : SurfacePoint
        A point on the Moon in ``MOON_ME``.
    horizon : HorizonProfile
        Its skyline.
    times : (N,) [s TDB past J2000] or MoonSky
        Times, rising; or the sky of `moon_sky`, made once for many sites.
    data : DataContext
        Where ephemeris and orientation come from.
    strips : int
        Upright strips across the Sun, each against the skyline in its own azimuth.
    limb_darkening : bool
        Whether the Sun's disc darkens towards its limb (visible light); else it shines evenly.
    eclipses : bool
        Whether the Earth may hide the Sun, as in `sun_fraction`.
    aberration : "geometric", "light-time" or "apparent"
        As in `observe`; not used where `times` is a sky.

    Returns
    -------
    LightSeries
        N samples.

    Raises
    ------
    InvalidInput
        The skyline belongs to another place, the site's frame is not ``MOON_ME``, times do not rise, or `strips` is
        below 1.
    OutsideSpan
        A time lies outside the ephemeris.

    Source
    ------
    As `moon_sky`, `disc_strips` and `sun_visible_fraction`.
    """
    prepare()
    from moonstead.surface.light_kernels import series_kernel

    require_same_place(site, horizon)
    if site.frame.name != MOON_ME.name:
        raise InvalidInput(
            f"the sky of {site.name} is known along MOON_ME; place the site in it, not in {site.frame.name}"
        )
    sky = times if isinstance(times, MoonSky) else moon_sky(times, data, aberration)
    skyline = np.ascontiguousarray(horizon.elevation, dtype=np.float64)
    place, axes = np.ascontiguousarray(site.position), np.ascontiguousarray(site.topocentric.axes)
    found = {}
    for body, vectors, pieces in (
        ("SUN", sky.sun, disc_strips(strips, limb_darkening_exponent() if limb_darkening else 0.0)),
        ("EARTH", sky.earth, disc_strips(EARTH_STRIPS)),
    ):
        columns = [np.empty(sky.tdb.size) for _ in range(5)]
        series_kernel(
            np.ascontiguousarray(vectors),
            place,
            axes,
            skyline,
            body_named(body).mean_radius,
            pieces.nodes,
            pieces.chords,
            pieces.weights,
            pieces.table,
            *columns,
        )
        found[body] = columns
    azimuth, elevation, _, _, fraction = found["SUN"]
    earth_azimuth, earth_elevation, _, clearance, earth_fraction = found["EARTH"]
    if eclipses:
        fraction = fraction * past_the_earth(site, sky, data)
    return LightSeries(
        sky.tdb,
        fraction,
        azimuth,
        elevation,
        np.linalg.norm(sky.sun - site.position, axis=1),
        earth_azimuth,
        earth_elevation,
        clearance,
        earth_fraction,
    )


def past_the_earth(site: SurfacePoint, sky: MoonSky, data: DataContext) -> Array:
    """Share of the Sun's disc that the Earth leaves in sight.

    Parameters
    ----------
    site : SurfacePoint
        A point on the Moon; its skyline does not matter.
    sky : MoonSky
        The span.
    data : DataContext
        Where the ephemeris comes from.

    Returns
    -------
    (N,) [1]
        1 but for a few hours in a year.

    Raises
    ------
    OutsideSpan
        A time lies outside the ephemeris.

    Source
    ------
    As `sun_visible_fraction`, asked where Sun and Earth are within 0.05 rad.
    """
    share = np.ones(sky.tdb.size)
    along = np.sum(sky.sun * sky.earth, axis=1)
    apart = np.linalg.norm(sky.sun, axis=1) * np.linalg.norm(sky.earth, axis=1)
    near = np.flatnonzero(along > np.cos(ECLIPSE_REACH) * apart)
    if near.size:
        share[near] = sun_visible_fraction(site, sky.tdb[near], data, ["EARTH"])
    return share
