"""All that an impact does to one site, and what its crew should do, each with the figure behind it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.bodies import LUNAR_MAP_RADIUS
from moonstead.foundation.errors import InvalidInput
from moonstead.smallbodies.effects.ballistic import MOON_ESCAPE_SPEED
from moonstead.smallbodies.effects.crater import REGOLITH, Crater, crater, crater_volumes
from moonstead.smallbodies.effects.ejecta import EjectaLaw, ejecta_laws, escaping_mass
from moonstead.smallbodies.effects.ejecta_site import SiteEjecta, fragments_at_site, site_ejecta
from moonstead.smallbodies.effects.flash import Flash, flash, heat_at_site
from moonstead.smallbodies.effects.fragments import FRAGMENT_DENSITY
from moonstead.smallbodies.effects.impactor import Impactor
from moonstead.smallbodies.effects.interval import Interval
from moonstead.smallbodies.effects.moonquake import Moonquake, moonquake
from moonstead.smallbodies.effects.site_advice import ACCEPTED, ROOF, Advice, site_advice
from moonstead.smallbodies.effects.surface_angle import surface_angle
from moonstead.smallbodies.penetration import DEEPEST, Shield, critical_diameter

__all__ = ["Blow", "SiteEffects", "blow", "cover_needed", "site_effects"]

Array = NDArray[np.float64]

MILLIMETRE = 1e-3  # [m] pieces from which on a strike on a suit or a window matters


@dataclass(frozen=True, eq=False)
class Blow:
    """An impact on the Moon, as far as it does not depend on the site.

    Attributes
    ----------
    impactor : Impactor
        What strikes.
    latitude, longitude : float [rad]
        Where, in MOON_ME.
    crater : Crater
        What it leaves.
    laws : tuple of EjectaLaw
        What it throws out, in each kind of ground.
    escaping : Interval
        Mass that leaves the Moon [kg].
    flash : Flash
        Seen from the Earth's distance.
    """

    impactor: Impactor
    latitude: float
    longitude: float
    crater: Crater
    laws: tuple[EjectaLaw, ...]
    escaping: Interval
    flash: Flash


@dataclass(frozen=True, eq=False)
class SiteEffects:
    """What a site gets.

    Attributes
    ----------
    distance : float [m]
        Along the surface.
    ejecta : SiteEjecta
    pieces : Interval
        Of a millimetre or more on a square metre of level ground [1/m2].
    holes : Interval
        In a square metre of the site's shield that faces them; the same as `pieces` where none is given [1/m2].
    quake : Moonquake
    heat : Interval
        On a surface that faces the impact [J/m2].
    cover : Interval
        Of regolith over a roof of 100 m2, so that one piece in a hundred such events comes through [m].
    advice : tuple of Advice
        In order of time.
    """

    distance: float
    ejecta: SiteEjecta
    pieces: Interval
    holes: Interval
    quake: Moonquake
    heat: Interval
    cover: Interval
    advice: tuple[Advice, ...]


def blow(impactor: Impactor, latitude: float, longitude: float) -> Blow:
    """Crater, ejecta and flash of an impact.

    Parameters
    ----------
    impactor : Impactor
        What strikes.
    latitude, longitude : float [rad]
        Where, in MOON_ME.

    Returns
    -------
    Blow

    Raises
    ------
    InvalidInput
        The latitude lies outside [-pi/2, pi/2] or the longitude is not finite.

    Source
    ------
    `crater`, `ejecta_laws`, `flash`.
    """
    if not (abs(latitude) <= 0.5 * math.pi and math.isfinite(longitude)):
        raise InvalidInput(
            f"an impact at latitude {latitude}, longitude {longitude}: both are in rad; is it in degrees?"
        )
    laws = ejecta_laws(impactor)
    return Blow(
        impactor,
        latitude,
        longitude,
        crater(impactor),
        laws,
        escaping_mass(laws, MOON_ESCAPE_SPEED),
        flash(impactor.energy),
    )


def cover_needed(diameter: float, speed: float, density: float = FRAGMENT_DENSITY) -> float:
    """Regolith that stops a piece.

    Parameters
    ----------
    diameter : float [m]
    speed : float [m/s]
        Straight down.
    density : float [kg/m3]
        Of the piece.

    Returns
    -------
    float [m]
        Half the width of the piece's crater: twice its usual depth.

    Source
    ------
    `crater_volumes` in regolith.
    """
    volume = float(crater_volumes(0.5 * diameter, density, speed, REGOLITH))
    return DEEPEST * 2.0 * REGOLITH.radius_scale * volume ** (1.0 / 3.0)


def site_effects(
    event: Blow, latitude: float, longitude: float, *, height: float = 10.0, shield: Shield | None = None
) -> SiteEffects:
    """What an impact does to a site, and what to do there.

    Parameters
    ----------
    event : Blow
        The impact.
    latitude, longitude : float [rad]
        Of the site, in MOON_ME.
    height : float [m]
        Of the highest thing that matters over the ground, for the line of sight.
    shield : SingleWall, WhippleShield or RegolithCover, optional
        What stands between the ejecta and the crew.

    Returns
    -------
    SiteEffects

    Source
    ------
    `site_ejecta`, `fragments_at_site`, `moonquake`, `heat_at_site`, `critical_diameter`.
    """
    angle = max(surface_angle(event.latitude, event.longitude, latitude, longitude), 1e-9)
    fallen = site_ejecta(event.laws, angle, event.impactor.elevation)
    pieces = fragments_at_site(fallen, event.crater, _of_size(MILLIMETRE))
    holes = pieces
    if shield is not None:
        holes = fragments_at_site(
            fallen,
            event.crater,
            lambda speed, _: critical_diameter(shield, speed, 0.0, FRAGMENT_DENSITY),
            projected=True,
        )
    quake = moonquake(event.impactor.energy, angle)
    heat = heat_at_site(event.impactor.energy, max(fallen.distance, 1.0), height)
    cover = _cover(fallen, event.crater)
    told = site_advice(
        event.crater, event.flash, fallen, pieces, holes, quake, heat, cover, shielded=shield is not None
    )
    return SiteEffects(angle * LUNAR_MAP_RADIUS, fallen, pieces, holes, quake, heat, cover, told)


def _cover(fallen: SiteEjecta, hole: Crater) -> Interval:
    """Regolith that stops all but the rarest piece, for the least, usual and largest number of pieces."""
    if not fallen.speed.nominal > 0.0:
        return Interval(0.0, 0.0, 0.0)
    sizes = np.geomspace(1e-5, 30.0, 28)
    counts = [fragments_at_site(fallen, hole, _of_size(float(size))) for size in sizes]
    values = []
    for part, speed in (("low", fallen.speed.low), ("nominal", fallen.speed.nominal), ("high", fallen.speed.high)):
        expected = np.array([getattr(count, part) for count in counts]) * ROOF
        many = np.flatnonzero(expected > ACCEPTED)
        values.append(cover_needed(float(sizes[min(many[-1] + 1, sizes.size - 1)]), speed) if many.size else 0.0)
    return Interval(*np.maximum.accumulate(values).tolist())


def _of_size(size: float) -> Callable[[Array, Array], Array]:
    return lambda speed, _: np.full(speed.shape, size)
