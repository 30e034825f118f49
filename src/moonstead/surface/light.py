"""When the Sun lights a site and the Earth looks down on it, behind a true skyline."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.dynamics.events import find_windows
from moonstead.dynamics.shadow import sun_visible_fraction
from moonstead.dynamics.sunlight_conditions import sun_hidden
from moonstead.dynamics.trajectories import SurfacePoint
from moonstead.dynamics.windows import Windows
from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput
from moonstead.surface.disc import disc_fraction_above
from moonstead.surface.horizon import HorizonProfile
from moonstead.surface.sky import SkyTrack, sky_track
from moonstead.surface.skyline_events import Limb, above_skyline, require_same_place

__all__ = [
    "LightSummary",
    "earth_fraction",
    "earth_visible",
    "fraction_above_skyline",
    "light_calendar",
    "light_windows",
    "sun_fraction",
]

Array = NDArray[np.float64]

HOUR = 3600.0  # [s]
WINDOW_RESOLUTION = 1.0  # [s] the Sun moves by its own radius in half an hour or more; shorter flashes are grazes
# [rad] between Earth and Sun, from the Moon's centre: their radii (0.019, 0.005) a site's parallax (0.005)
ECLIPSE_REACH = 0.05


def fraction_above_skyline(track: SkyTrack, horizon: HorizonProfile, strips: int = 1) -> Array:
    """Fraction of a body's disc above a skyline.

    With one strip the skyline is a level straight edge at its elevation under the disc's centre. With more, the disc
    is cut into upright strips, each against the skyline in its own azimuth, weighted by Gauss-Chebyshev quadrature of
    the second kind, whose weight is the half chord of a circle.

    Parameters
    ----------
    track : SkyTrack
        Where the body stands.
    horizon : HorizonProfile
        The skyline of the same site.
    strips : int
        Number of strips across the disc; use an odd number of 9 or more where the skyline is rough within half a
        degree.

    Returns
    -------
    (N,) [1]
        0 where the disc is hidden, 1 where it is whole.

    Raises
    ------
    InvalidInput
        `strips` is below 1.

    Source
    ------
    Quadrature: Abramowitz & Stegun (1964), 25.4.40. Use: Mazarico et al. (2011), Icarus 211, 1066, section 2,
    doi:10.1016/j.icarus.2010.10.030.
    """
    if strips < 1:
        raise InvalidInput(f"a disc has at least one strip; got {strips}")
    if strips == 1:
        return disc_fraction_above(track.elevation - horizon.at(track.azimuth), track.angular_radius)
    fraction = np.zeros(track.tdb.size)
    narrowing = np.maximum(np.cos(track.elevation), np.sin(track.angular_radius))
    for k in range(1, strips + 1):
        angle = k * np.pi / (strips + 1)
        aside, half_chord = np.cos(angle), np.sin(angle)
        edge = horizon.at(track.azimuth + aside * track.angular_radius / narrowing)
        above = (track.elevation - edge) / (half_chord * track.angular_radius)
        fraction += 2.0 / (strips + 1) * half_chord**2 * np.clip(0.5 * (1.0 + above), 0.0, 1.0)
    return fraction


def sun_fraction(
    site: SurfacePoint,
    horizon: HorizonProfile,
    tdb: ArrayLike,
    data: DataContext,
    *,
    strips: int = 1,
    eclipses: bool = True,
) -> Array:
    """Fraction of the Sun's disc that a site sees past its skyline and past the Earth.

    Where the Earth and the ground both cover part of the Sun at once the two fractions are multiplied, as though the
    parts were independent: exact where either is 0 or 1, an estimate in the minutes in which both are partial.

    Parameters
    ----------
    site : SurfacePoint
        A point on the Moon.
    horizon : HorizonProfile
        Its skyline.
    tdb : (N,) [s TDB past J2000]
        Times.
    data : DataContext
        Where ephemeris and orientation come from.
    strips : int
        As in `fraction_above_skyline`.
    eclipses : bool
        Whether the Earth, a sphere without air, may hide the Sun; with light time, see `sun_visible_fraction`.

    Returns
    -------
    (N,) [1]
        0 in the dark, 1 where the whole Sun shines.

    Raises
    ------
    InvalidInput
        The skyline belongs to another place.
    OutsideSpan
        A time lies outside the ephemeris.

    Source
    ------
    As `fraction_above_skyline` and `sun_visible_fraction`.
    """
    require_same_place(site, horizon)
    track = sky_track(site, "SUN", tdb, data)
    fraction = fraction_above_skyline(track, horizon, strips)
    lit = fraction > 0.0
    if eclipses and np.any(lit):
        fraction[lit] *= _fraction_past_earth(site, track.tdb[lit], data)
    return fraction


def earth_fraction(
    site: SurfacePoint, horizon: HorizonProfile, tdb: ArrayLike, data: DataContext, *, strips: int = 1
) -> Array:
    """Fraction of the Earth's disc above the skyline of a site on the Moon.

    Parameters
    ----------
    site : SurfacePoint
        A point on the Moon.
    horizon : HorizonProfile
        Its skyline.
    tdb : (N,) [s TDB past J2000]
        Times.
    data : DataContext
        Where ephemeris and orientation come from.
    strips : int
        As in `fraction_above_skyline`; the Earth is 2 degrees wide, so 9 or more follow the skyline across it.

    Returns
    -------
    (N,) [1]
        0 where the Earth is hidden, 1 where it is whole.

    Raises
    ------
    InvalidInput
        The skyline belongs to another place.
    OutsideSpan
        A time lies outside the ephemeris.

    Source
    ------
    As `fraction_above_skyline`.
    """
    require_same_place(site, horizon)
    return fraction_above_skyline(sky_track(site, "EARTH", tdb, data), horizon, strips)


def light_windows(
    site: SurfacePoint,
    horizon: HorizonProfile,
    start: float,
    stop: float,
    data: DataContext,
    *,
    limb: Limb = "upper",
    eclipses: bool = True,
) -> Windows:
    """Windows in which the Sun shines on a site.

    Parameters
    ----------
    site : SurfacePoint
        A point on the Moon.
    horizon : HorizonProfile
        Its skyline.
    start, stop : float [s TDB past J2000]
        Span to search.
    data : DataContext
        Where ephemeris and orientation come from.
    limb : "upper", "centre" or "lower"
        What of the Sun has to be above the skyline. ``"upper"``: any part of it shines; ``"lower"``: all of it does.
    eclipses : bool
        Whether to cut out eclipses by the Earth: with ``"lower"`` every one, otherwise where the whole Sun is hidden.

    Returns
    -------
    Windows
        None longer than 1 s is missed. Skyline and eclipses alike are met with light time.

    Raises
    ------
    InvalidInput
        The skyline belongs to another place, or the span is empty.
    OutsideSpan
        The span leaves the ephemeris.

    Source
    ------
    As `above_skyline` and `sun_hidden`; completeness as proven in `find_windows`.
    """
    condition = above_skyline(site, horizon, "SUN", start, stop, data, limb)
    windows = find_windows(condition, start, stop, resolution=WINDOW_RESOLUTION)
    if not eclipses:
        return windows
    hidden = sun_hidden(site, "EARTH", data, "any" if limb == "lower" else "full")
    return windows - find_windows(hidden, start, stop, resolution=WINDOW_RESOLUTION)


def earth_visible(
    site: SurfacePoint, horizon: HorizonProfile, start: float, stop: float, data: DataContext, *, limb: Limb = "centre"
) -> Windows:
    """Windows in which the Earth stands above the skyline of a site on the Moon.

    Parameters
    ----------
    site : SurfacePoint
        A point on the Moon.
    horizon : HorizonProfile
        Its skyline.
    start, stop : float [s TDB past J2000]
        Span to search.
    data : DataContext
        Where ephemeris and orientation come from.
    limb : "upper", "centre" or "lower"
        What of the Earth has to be above.

    Returns
    -------
    Windows
        None longer than 1 s is missed.

    Raises
    ------
    InvalidInput
        The skyline belongs to another place, or the span is empty.
    OutsideSpan
        The span leaves the ephemeris.

    Source
    ------
    As `above_skyline`; completeness as proven in `find_windows`.
    """
    condition = above_skyline(site, horizon, "EARTH", start, stop, data, limb)
    return find_windows(condition, start, stop, resolution=WINDOW_RESOLUTION)


@dataclass(frozen=True, eq=False)
class LightSummary:
    """Light and sight of the Earth at one site over a span.

    Attributes
    ----------
    start, stop : float [s TDB past J2000]
        The span.
    mean_fraction : float [1]
        Mean fraction of the Sun's disc, eclipses by the Earth included, from a series of equal steps.
    lit_fraction_any, lit_fraction_whole : float [1]
        Share of the span with any part of the Sun, and with the whole Sun, past the skyline and the Earth.
    longest_dark, longest_light : float [s]
        Longest time without any and with some part of the Sun in sight. One that touches an end of the span
        may last longer than the span shows.
    dark_count : int
        Number of times the Sun is wholly hidden.
    sun_elevation, earth_elevation : (2,) [rad]
        Lowest and highest elevation of each centre in the series, whatever the skyline.
    earth_fraction : float [1]
        Share of the span with the Earth's centre above the skyline.
    longest_without_earth : float [s]
        Longest time without it.
    light, earth : Windows
        Any part of the Sun in sight, and the Earth's centre above the skyline.
    day : (D,) [s TDB past J2000]
        Beginnings of days of 86 400 s, counted from `start`; the last may be cut by `stop`.
    daily_fraction : (D,) [1]
        Mean fraction of the Sun's disc in each.
    """

    start: float
    stop: float
    mean_fraction: float
    lit_fraction_any: float
    lit_fraction_whole: float
    longest_dark: float
    longest_light: float
    dark_count: int
    sun_elevation: tuple[float, float]
    earth_elevation: tuple[float, float]
    earth_fraction: float
    longest_without_earth: float
    light: Windows
    earth: Windows
    day: Array
    daily_fraction: Array


def light_calendar(
    site: SurfacePoint,
    horizon: HorizonProfile,
    start: float,
    stop: float,
    data: DataContext,
    *,
    step: float = HOUR,
    strips: int = 1,
) -> LightSummary:
    """Light and sight of the Earth at a site: means, longest night, windows, day by day.

    Parameters
    ----------
    site : SurfacePoint
        A point on the Moon.
    horizon : HorizonProfile
        Its skyline.
    start, stop : float [s TDB past J2000]
        The span.
    data : DataContext
        Where ephemeris and orientation come from.
    step : float [s]
        Largest step of the series behind the means; samples lie in the middle of each step.
    strips : int
        As in `fraction_above_skyline`, for the means.

    Returns
    -------
    LightSummary
        What to say beside it for a coarse terrain: `terrain_caveat`.

    Raises
    ------
    InvalidInput
        The skyline belongs to another place, the span is empty, or the step is not positive.
    OutsideSpan
        The span leaves the ephemeris.

    Source
    ------
    Means and lengths of what `sun_fraction`, `light_windows` and `earth_visible` give.
    """
    if not (start < stop and step > 0.0):
        raise InvalidInput(f"a calendar needs start < stop and a positive step; got {start!r}, {stop!r}, {step!r} s")
    count = int(np.ceil((stop - start) / step))
    tdb = start + (np.arange(count) + 0.5) * ((stop - start) / count)
    fraction = sun_fraction(site, horizon, tdb, data, strips=strips)
    sun, earth = (sky_track(site, body, tdb, data).elevation for body in ("SUN", "EARTH"))
    any_sun = light_windows(site, horizon, start, stop, data, limb="upper")
    whole_sun = light_windows(site, horizon, start, stop, data, limb="lower")
    seen = earth_visible(site, horizon, start, stop, data)
    dark = ~any_sun
    days = ((tdb - start) // SECONDS_PER_DAY).astype(np.intp)
    per_day = np.bincount(days)
    kept = np.flatnonzero(per_day)
    return LightSummary(
        start=float(start),
        stop=float(stop),
        mean_fraction=float(np.mean(fraction)),
        lit_fraction_any=any_sun.fraction(),
        lit_fraction_whole=whole_sun.fraction(),
        longest_dark=dark.longest(),
        longest_light=any_sun.longest(),
        dark_count=len(dark),
        sun_elevation=(float(np.min(sun)), float(np.max(sun))),
        earth_elevation=(float(np.min(earth)), float(np.max(earth))),
        earth_fraction=seen.fraction(),
        longest_without_earth=(~seen).longest(),
        light=any_sun,
        earth=seen,
        day=np.asarray(start + kept * SECONDS_PER_DAY, dtype=np.float64),
        daily_fraction=np.bincount(days, weights=fraction)[kept] / per_day[kept],
    )


def _fraction_past_earth(site: SurfacePoint, tdb: Array, data: DataContext) -> Array:
    """Fraction (N,) [1] of the Sun's disc that the Earth leaves visible."""
    fraction = np.ones(tdb.size)
    sun, earth = (data.ephemeris.position(name, site.body, tdb) for name in ("SUN", "EARTH"))
    apart = np.arctan2(np.linalg.norm(np.cross(sun, earth), axis=1), np.sum(sun * earth, axis=1))
    near = np.flatnonzero(apart < ECLIPSE_REACH)
    if near.size:
        fraction[near] = sun_visible_fraction(site, tdb[near], data, ["EARTH"])
    return fraction
