"""Ejecta that come down at a site: when, how much, how fast, in pieces of which sizes."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.bodies import LUNAR_MAP_RADIUS
from moonstead.foundation.errors import InvalidInput
from moonstead.smallbodies.effects.ballistic import flight_time, highest_point, launch_speed, launch_speed_slope
from moonstead.smallbodies.effects.crater import MOON_GRAVITY, Crater
from moonstead.smallbodies.effects.ejecta import EjectaLaw
from moonstead.smallbodies.effects.fragments import MASS_INDEX, SPEED_INDEX, fragments_per_mass, largest_fragment
from moonstead.smallbodies.effects.interval import Interval

__all__ = ["Arrivals", "SiteEjecta", "arrivals", "fragments_at_site", "launch_elevations", "site_ejecta"]

Array = NDArray[np.float64]

STEEPEST, FLATTEST = math.radians(60.0), math.radians(30.0)  # of launches; see `launch_elevations`
NODES = 300  # [1] Gauss-Legendre points over the launch elevations: thickness to 1e-4, near the point opposite to 1e-2
SHARES = (0.05, 0.5, 0.95)  # [1] of the mass, whose arrival times are told
ONE_SIDED = Interval(2.0 / 9.0, 1.0, 16.0 / 9.0)  # [1] uprange to downrange; see `site_ejecta`
STEEP_IMPACT = math.radians(75.0)  # above it ejecta leave evenly to all sides
MOON_SPHERE = 66.1e6  # [m] of influence, a_M (m_M / m_E)^(2/5): what rises higher is the Earth's and is not counted
REGOLITH_DENSITY = 1500.0  # [kg/m3] of what has come down


@dataclass(frozen=True, eq=False)
class Arrivals:
    """Ejecta of one kind of ground at a site, by flights.

    Attributes
    ----------
    delay : (K,) [s]
        From the impact to the arrival, rising.
    speed : (K,) [m/s]
        Of the launch and of the arrival, which are the same on a sphere.
    elevation : (K,) [rad]
        Of the launch, and from which it comes.
    mass_per_area : (K,) [kg/m2]
        On level ground.
    """

    delay: Array
    speed: Array
    elevation: Array
    mass_per_area: Array

    @property
    def total(self) -> float:
        """All that comes down [kg/m2]."""
        return float(np.sum(self.mass_per_area))


@dataclass(frozen=True, eq=False)
class SiteEjecta:
    """Ejecta at a site, with the span over kinds of ground and sides of the impact.

    Attributes
    ----------
    distance : float [m]
        Along the surface.
    angle : float [rad]
        The same at the Moon's centre.
    mass_per_area : Interval
        On level ground [kg/m2].
    thickness : Interval
        Of the layer, at 1500 kg/m3 [m].
    first, last : float [s]
        Between these times after the impact all of it arrives.
    quantiles : tuple of 3 float [s]
        When 5, 50 and 95 % of the mass have arrived.
    speed : Interval
        Of the arrival [m/s].
    sides : Interval
        Share of the mean over all directions that the site may get: one for steep impacts [1].
    inside_blanket : bool
        Whether the site lies within three crater radii, where ejecta do not fly but flow: figures are the least then.
    flights : tuple of Arrivals
        One for each kind of ground, the nominal one first.
    """

    distance: float
    angle: float
    mass_per_area: Interval
    thickness: Interval
    first: float
    last: float
    quantiles: tuple[float, float, float]
    speed: Interval
    sides: Interval
    inside_blanket: bool
    flights: tuple[Arrivals, ...]


@cache
def launch_elevations() -> tuple[Array, Array]:
    """Elevations of launches and the share of the mass that each carries.

    Returns
    -------
    elevation : (300,) [rad]
    share : (300,) [1]
        Sum 1.

    Source
    ------
    45 degrees with a spread to 30 and 60, as a raised cosine: angles measured by Cintala, Berthoud & Hoerz (1999),
    Meteorit. Planet. Sci. 34, 605, and Anderson, Schultz & Heineck (2003), JGR 108, 5094 (spans recalled; the shape
    is a choice of ours).
    """
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    share = 0.5 * weights * (1.0 + np.cos(math.pi * nodes))
    return 0.5 * (STEEPEST + FLATTEST) + 0.5 * (STEEPEST - FLATTEST) * nodes, share


def arrivals(law: EjectaLaw, angle: float) -> Arrivals:
    """Flights that end at a place, straight there and the long way round.

    Parameters
    ----------
    law : EjectaLaw
        What leaves, evenly to all sides.
    angle : float [rad]
        From the impact to the place at the Moon's centre, above 0 and up to pi.

    Returns
    -------
    Arrivals

    Raises
    ------
    InvalidInput
        The angle is out of range.

    Source
    ------
    ``dm/dA = (dM/dv) (dv/dphi) / (2 pi R^2 sin(phi))`` over the launches of `launch_elevations`, speeds of
    `launch_speed`. Nearer to the impact and to the point opposite than the crater's radius the mean of that cap counts.
    Flights that leave the Moon's sphere of influence are not counted. The turn of the Moon (5 m/s at most) and the
    pull of Earth and Sun on the others are left out.
    """
    if not 0.0 < angle <= math.pi:
        raise InvalidInput(f"a place lies above 0 and up to pi from the impact [rad]; got {angle}")
    least = law.crater_radius / LUNAR_MAP_RADIUS
    place = min(max(angle, least), math.pi - least)
    up, share = launch_elevations()
    found = []
    for way in (place, 2.0 * math.pi - place):
        speed = launch_speed(way, up)
        slope = np.abs(launch_speed_slope(way, up))
        area = 2.0 * math.pi * LUNAR_MAP_RADIUS**2 * math.sin(place)
        with np.errstate(invalid="ignore"):
            mass = share * law.mass_per_speed(speed) * slope / area
            known = (mass > 0.0) & (highest_point(speed, up) < MOON_SPHERE)
        found.append((flight_time(speed[known], up[known]), speed[known], up[known], mass[known]))
    delay, speed, up, mass = (np.concatenate(part) for part in zip(*found, strict=True))
    order = np.argsort(delay)
    return Arrivals(delay[order], speed[order], up[order], mass[order])


def site_ejecta(laws: tuple[EjectaLaw, ...], angle: float, impact_elevation: float = STEEP_IMPACT) -> SiteEjecta:
    """Ejecta that come down at a site.

    Parameters
    ----------
    laws : tuple of EjectaLaw
        Of `ejecta_laws`, the nominal one first.
    angle : float [rad]
        From the impact to the site at the Moon's centre.
    impact_elevation : float [rad]
        Of the impactor's path: flat impacts throw more ahead than behind.

    Returns
    -------
    SiteEjecta

    Raises
    ------
    InvalidInput
        The angle is out of range.

    Source
    ------
    `arrivals`; up to eight times as much ahead as behind at 40 degrees: Quillen & Doran (2024), arXiv:2404.16677, so
    that a site gets 2/9 to 16/9 of the mean.
    """
    flights = tuple(arrivals(law, angle) for law in laws)
    sides = Interval(1.0, 1.0, 1.0) if impact_elevation >= STEEP_IMPACT else ONE_SIDED
    totals = [one.total for one in flights]
    mass = Interval(sides.low * min(totals), totals[0], sides.high * max(totals))
    some = [one for one in flights if one.delay.size]
    told = flights[0] if flights[0].delay.size else (some[0] if some else None)
    if told is None:
        first = last = math.nan
        quantiles, speed = (math.nan, math.nan, math.nan), Interval(0.0, 0.0, 0.0)
    else:
        first, last = min(float(one.delay[0]) for one in some), max(float(one.delay[-1]) for one in some)
        grown = np.cumsum(told.mass_per_area) / told.total
        early, middle, late = (float(told.delay[np.searchsorted(grown, share)]) for share in SHARES)
        quantiles = (early, middle, late)
        mean = float(np.sum(told.speed * told.mass_per_area) / told.total)
        speed = Interval.around(mean, [float(v) for one in some for v in (one.speed.min(), one.speed.max())])
    return SiteEjecta(
        distance=angle * LUNAR_MAP_RADIUS,
        angle=angle,
        mass_per_area=mass,
        thickness=mass.through(lambda value: value / REGOLITH_DENSITY),
        first=first,
        last=last,
        quantiles=quantiles,
        speed=speed,
        sides=sides,
        inside_blanket=angle * LUNAR_MAP_RADIUS < 3.0 * max(law.crater_radius for law in laws),
        flights=flights,
    )


def fragments_at_site(
    site: SiteEjecta, crater: Crater, least_diameter: Callable[[Array, Array], Array], *, projected: bool = False
) -> Interval:
    """Number of pieces above a size that strike a square metre.

    Parameters
    ----------
    site : SiteEjecta
        What comes down there.
    crater : Crater
        Where it comes from.
    least_diameter : callable
        Least diameter (K,) [m] counted, of speeds (K,) [m/s] and elevations (K,) [rad]: a size, or what a wall stops.
    projected : bool
        Per square metre across the path in place of level ground.

    Returns
    -------
    Interval
        Over kinds of ground and laws of fragments [1/m2].

    Source
    ------
    `fragments_per_mass` of `largest_fragment` over the flights of `arrivals`.
    """
    rim_speed = math.sqrt(0.5 * MOON_GRAVITY * crater.diameter.nominal)

    def count(flights: Arrivals, mass_index: float, speed_index: float) -> float:
        if not flights.delay.size:
            return 0.0
        largest = largest_fragment(flights.speed, crater.diameter.nominal, rim_speed, speed_index)
        sizes = np.broadcast_to(least_diameter(flights.speed, flights.elevation), flights.speed.shape)
        mass = flights.mass_per_area / np.sin(flights.elevation) if projected else flights.mass_per_area
        return float(np.sum(mass * fragments_per_mass(sizes, largest, mass_index)))

    nominal = count(site.flights[0], MASS_INDEX.nominal, SPEED_INDEX.nominal)
    others = [
        count(flights, mass_index, speed_index)
        for flights in site.flights
        for mass_index in (MASS_INDEX.low, MASS_INDEX.nominal, MASS_INDEX.high)
        for speed_index in (SPEED_INDEX.low, SPEED_INDEX.nominal, SPEED_INDEX.high)
    ]
    return Interval(site.sides.low * min(others), nominal, site.sides.high * max(others))
