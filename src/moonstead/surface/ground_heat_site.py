"""Heat of the ground at one site: what Sun, sky and skyline make of it, and how far published constants differ."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.bodies import body
from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.foundation.errors import InvalidInput
from moonstead.surface.ground_heat import GroundHeat, ground_heat
from moonstead.surface.horizon import HorizonProfile
from moonstead.surface.regolith import PUBLISHED, Regolith, albedo
from moonstead.surface.scattered_light import (
    absorbed_sunlight,
    facet_incidence,
    sunlight,
    surroundings_flux,
    visible_elevation,
)
from moonstead.surface.view_factors import sky_view_factor

__all__ = [
    "HIGHLAND_SLOPE",
    "GroundSpread",
    "SiteSun",
    "ground_light",
    "ground_spread",
    "lead_up",
    "site_flux",
    "site_sky_view",
]

Array = NDArray[np.float64]

HIGHLAND_SLOPE = math.radians(7.5)  # [rad] median over 17 m: Rosenburg et al. (2011), JGR 116, E02001; recalled
LEANINGS = {"north": 0.0, "east": 0.5 * math.pi, "south": math.pi, "west": 1.5 * math.pi}  # [rad] azimuths
LUNATION = 29.530589 * SECONDS_PER_DAY  # [s] mean synodic month: a day of the Moon
SEASONS = 13  # lunations, the least that hold a year


@dataclass(frozen=True, slots=True, eq=False)
class SiteSun:
    """The Sun in the sky of a site.

    Attributes
    ----------
    tdb : (N,) [s TDB past J2000]
        Times, rising.
    azimuth, elevation : (N,) [rad]
        Of its centre.
    distance : (N,) [m]
        From the site.
    fraction : (N,) [1]
        Share of its disc past the skyline and the Earth.
    """

    tdb: Array
    azimuth: Array
    elevation: Array
    distance: Array
    fraction: Array

    def __post_init__(self) -> None:
        for name in ("tdb", "azimuth", "elevation", "distance", "fraction"):
            object.__setattr__(self, name, np.ascontiguousarray(getattr(self, name), dtype=np.float64))
            if getattr(self, name).shape != self.tdb.shape or self.tdb.ndim != 1:
                raise InvalidInput(f"the Sun of a site has one {name} for each of {self.tdb.shape} times")

    @property
    def angular_radius(self) -> Array:
        """Apparent radius (N,) [rad] of the Sun."""
        return np.arcsin(body("SUN").mean_radius / self.distance)

    @property
    def beam(self) -> Array:
        """Sunlight (N,) [W/m2] past the skyline, through a plane that faces the Sun."""
        return sunlight(self.distance, self.fraction)

    @property
    def middle(self) -> Array:
        """Elevation (N,) [rad] of the middle of what is seen of the Sun."""
        return visible_elevation(self.elevation, self.angular_radius, self.fraction)


@dataclass(frozen=True, slots=True, eq=False)
class GroundSpread:
    """Heat of the ground with one set of constants, and what other published sets and slopes give.

    Attributes
    ----------
    regolith : Regolith
        The chosen constants.
    found : GroundHeat
        Temperatures with them.
    flux : (N,) [W/m2]
        That drove them.
    others : mapping of str to GroundHeat
        Temperatures with each other published set, by its name, and on slopes, by where they lean.
    since : float [s TDB past J2000]
        Temperatures before only led up to those that are asked for.
    """

    regolith: Regolith
    found: GroundHeat
    flux: Array
    others: dict[str, GroundHeat]
    since: float

    def surface(self) -> dict[str, tuple[float, float, float]]:
        """Warmest, mean and coldest surface [K], each with the least and the most of all."""
        return self._spread([each.surface[self._asked, 0] for each in self._all()])

    def at_probe(self, number: int) -> dict[str, tuple[float, float, float]]:
        """Warmest, mean and coldest ground [K] at the probe of a number, with the least and the most of all."""
        return self._spread([each.probe[self._asked, number, 0] for each in self._all()])

    @property
    def _asked(self) -> slice:
        return slice(int(np.searchsorted(self.found.tdb, self.since)), None)

    def _all(self) -> list[GroundHeat]:
        return [self.found, *self.others.values()]

    def _spread(self, series: list[Array]) -> dict[str, tuple[float, float, float]]:
        told = {}
        for word, reduce in (("maximum", np.max), ("mean", np.mean), ("minimum", np.min)):
            values = [float(reduce(each)) for each in series]
            told[word] = (values[0], min(values), max(values))
        return told


def lead_up(start: float, stop: float, step: float) -> Array:
    """Times at which to drive the ground so that it is settled at the start of a span.

    Parameters
    ----------
    start, stop : float [s TDB past J2000]
        The span.
    step : float [s]
        Largest step.

    Returns
    -------
    (N,) [s TDB past J2000]
        Equal steps over whole lunations up to the stop, 13 or more: from the start or before.

    Raises
    ------
    InvalidInput
        The span is empty or the step is not positive.

    Source
    ------
    Definition: the ground is taken to repeat itself after the series, so that it must hold every season and end at the
    time of day that it begins at; or else two nights would follow each other.
    """
    if not (start < stop and step > 0.0):
        raise InvalidInput(f"heat needs start < stop and a positive step; got {start!r}, {stop!r}, {step!r} s")
    begin = stop - max(SEASONS, math.ceil((stop - start) / LUNATION)) * LUNATION
    count = int(np.ceil((stop - begin) / step))
    return np.linspace(begin, stop, count + 1)


def site_sky_view(horizon: HorizonProfile, tilt: float = 0.0, aspect: float = 0.0) -> float:
    """View factor of the sky at a site.

    Parameters
    ----------
    horizon : HorizonProfile
        Its skyline.
    tilt, aspect : float [rad]
        Slope of the ground, and the azimuth that it leans towards.

    Returns
    -------
    float [1]

    Source
    ------
    As `sky_view_factor`.
    """
    return sky_view_factor(horizon.azimuth, horizon.elevation, tilt, aspect)


def site_flux(regolith: Regolith, sun: SiteSun, sky_view: float = 1.0, tilt: float = 0.0, aspect: float = 0.0) -> Array:
    """Flux that the ground of a site absorbs: from the Sun, and from the lit ground that it sees.

    Parameters
    ----------
    regolith : Regolith
        Its albedo and emissivity.
    sun : SiteSun
        The Sun behind the site's skyline, at N times.
    sky_view : float [1]
        View factor of the sky, as `site_sky_view` gives it.
    tilt, aspect : float [rad]
        Slope of the ground, and the azimuth that it leans towards.

    Returns
    -------
    (N,) [W/m2]

    Source
    ------
    `absorbed_sunlight` at the middle of what is seen of the Sun, and `surroundings_flux`.
    """
    direct = absorbed_sunlight(regolith, sun.beam, facet_incidence(sun.azimuth, sun.middle, tilt, aspect))
    open_sky = sunlight(sun.distance, 1.0) * np.maximum(np.sin(sun.elevation), 0.0)
    return np.asarray(direct + surroundings_flux(regolith, sky_view, open_sky))


def ground_light(regolith: Regolith, sun: SiteSun) -> Array:
    """Sunlight that level ground reflects, for each square metre of it.

    Parameters
    ----------
    regolith : Regolith
        Its albedo.
    sun : SiteSun
        The Sun behind the site's skyline, at N times.

    Returns
    -------
    (N,) [W/m2]

    Source
    ------
    As `absorbed_sunlight`: what comes in less what stays.
    """
    angle = facet_incidence(sun.azimuth, sun.middle)
    return np.asarray(albedo(regolith, angle) * sun.beam * np.maximum(np.cos(angle), 0.0))


def ground_spread(
    sun: SiteSun,
    *,
    regolith: Regolith = PUBLISHED[0],
    others: Sequence[Regolith] = PUBLISHED,
    sky_view: float = 1.0,
    tilt: float = 0.0,
    aspect: float = 0.0,
    slope: float = 0.0,
    depths: ArrayLike = (),
    since: float = -np.inf,
) -> GroundSpread:
    """Temperatures of the ground at a site, with the spread of published constants.

    Parameters
    ----------
    sun : SiteSun
        The Sun behind the site's skyline over whole lunations, best of a year: `lead_up` gives the times.
    regolith : Regolith
        The constants to answer with.
    others : sequence of Regolith
        The constants that the spread comes from.
    sky_view : float [1]
        View factor of the sky.
    tilt, aspect : float [rad]
        Slope of the ground, and the azimuth that it leans towards.
    slope : float [rad]
        Of facets that lean to the four quarters and belong to the spread too: ground that nobody has levelled; 0 for
        none.
    depths : (K,) [m]
        Where to keep the temperature as a series.
    since : float [s TDB past J2000]
        Where the span that is asked for begins; what lies before leads up to it, as in `lead_up`.

    Returns
    -------
    GroundSpread

    Raises
    ------
    InvalidInput
        As `ground_heat`.

    Source
    ------
    As `ground_heat`; constants as said in `moonstead.surface.regolith`.
    """
    kept = tuple(float(depth) for depth in np.atleast_1d(np.asarray(depths, dtype=np.float64)))
    lean = LEANINGS if slope > 0.0 else {}
    fluxes = [site_flux(regolith, sun, sky_view, tilt, aspect)]
    fluxes += [site_flux(regolith, sun, sky_view, slope, azimuth) for azimuth in lean.values()]
    columns = ground_heat(regolith, sun.tdb, np.stack(fluxes, axis=1), depths=kept)
    rest = {
        each.name: ground_heat(each, sun.tdb, site_flux(each, sun, sky_view, tilt, aspect), depths=kept)
        for each in others
        if each != regolith
    }
    rest |= {f"leaning {name}": columns.column(k) for k, name in enumerate(lean, start=1)}
    return GroundSpread(regolith, columns.column(0), fluxes[0], rest, since)
