"""Light and heat that a surface gets: from the Sun, and from the ground around it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.constants import ASTRONOMICAL_UNIT, SOLAR_CONSTANT, STEFAN_BOLTZMANN
from moonstead.foundation.errors import InvalidInput, NumericalFailure
from moonstead.surface.regolith import Regolith, albedo
from moonstead.surface.view_factors import GroundViews

__all__ = [
    "absorbed_sunlight",
    "bowl_crater_flux",
    "diffuse_albedo",
    "emitted_between_facets",
    "facet_incidence",
    "reflected_between_facets",
    "sunlight",
    "surroundings_flux",
    "visible_elevation",
]

Array = NDArray[np.float64]

BOUNCES = 50
SETTLED = 1e-9  # of the brightest facet: what the last bounce may add
HEIGHTS = 2001  # of a cut across the Sun's disc, in the table that turns its visible share into a height


def sunlight(sun_distance: ArrayLike, sun_fraction: ArrayLike) -> Array:
    """Flux of the visible part of the Sun through a plane that faces it.

    Parameters
    ----------
    sun_distance : (N,) [m]
        From the Sun.
    sun_fraction : (N,) [1]
        Share of its disc in sight.

    Returns
    -------
    (N,) [W/m2]

    Source
    ------
    Solar constant 1361 W/m2: IAU 2015 resolution B3.
    """
    distance = np.asarray(sun_distance, dtype=np.float64)
    return np.asarray(SOLAR_CONSTANT * (ASTRONOMICAL_UNIT / distance) ** 2 * np.asarray(sun_fraction, dtype=np.float64))


def visible_elevation(sun_elevation: ArrayLike, angular_radius: ArrayLike, sun_fraction: ArrayLike) -> Array:
    """Elevation of the middle of what is seen of the Sun when a level edge cuts its disc.

    A low Sun shines on level ground with the part of the disc that stands above the skyline: while the centre is
    still below the horizon the visible part is not.

    Parameters
    ----------
    sun_elevation : (N,) [rad]
        Of the disc's centre.
    angular_radius : (N,) or scalar [rad]
        Of the disc.
    sun_fraction : (N,) [1]
        Share of the disc that is seen.

    Returns
    -------
    (N,) [rad]
        The centre's elevation where the disc is whole or hidden.

    Source
    ------
    Centroid of a circular segment: (2/3) r sin^3(a) / (a - sin(a) cos(a)) from the centre, a half its arc.
    """
    half_arc = np.linspace(0.0, np.pi, HEIGHTS)[1:]
    share = (half_arc - np.sin(half_arc) * np.cos(half_arc)) / np.pi
    above = 2.0 / 3.0 * np.sin(half_arc) ** 3 / (share * np.pi)
    fraction = np.asarray(sun_fraction, dtype=np.float64)
    lift = np.where(fraction > 0.0, np.interp(fraction, share, above), 0.0)
    return np.asarray(sun_elevation, dtype=np.float64) + lift * np.asarray(angular_radius, dtype=np.float64)


def facet_incidence(sun_azimuth: ArrayLike, sun_elevation: ArrayLike, tilt: float = 0.0, aspect: float = 0.0) -> Array:
    """Angle between the Sun and the normal of a facet.

    Parameters
    ----------
    sun_azimuth, sun_elevation : (N,) [rad]
        Direction of the Sun, azimuth clockwise from north.
    tilt : float [rad]
        Of the facet's normal from the zenith; 0 is level ground.
    aspect : float [rad]
        Azimuth that the facet leans towards.

    Returns
    -------
    (N,) [rad]
        Beyond pi/2 the Sun stands behind the facet.

    Source
    ------
    Spherical trigonometry.
    """
    azimuth, elevation = np.asarray(sun_azimuth, dtype=np.float64), np.asarray(sun_elevation, dtype=np.float64)
    cosine = np.sin(elevation) * math.cos(tilt) + np.cos(elevation) * math.sin(tilt) * np.cos(azimuth - aspect)
    return np.arccos(np.clip(cosine, -1.0, 1.0))


def absorbed_sunlight(regolith: Regolith, beam: ArrayLike, incidence: ArrayLike) -> Array:
    """Flux of direct sunlight that ground absorbs.

    Parameters
    ----------
    regolith : Regolith
        Its albedo.
    beam : (N,) [W/m2]
        Sunlight through a plane that faces the Sun, as `sunlight` gives it.
    incidence : (N,) [rad]
        Between the Sun and the ground's normal.

    Returns
    -------
    (N,) [W/m2]

    Source
    ------
    Hayne et al. (2017), doi:10.1002/2017JE005387, equation A8.
    """
    angle = np.asarray(incidence, dtype=np.float64)
    slant = np.maximum(np.cos(angle), 0.0)
    return np.asarray((1.0 - albedo(regolith, angle)) * slant * np.asarray(beam, dtype=np.float64))


def diffuse_albedo(regolith: Regolith) -> float:
    """Albedo [1] for light that comes evenly from the whole sky: the mean over angles of incidence.

    Parameters
    ----------
    regolith : Regolith
        Its albedo.

    Returns
    -------
    float [1]

    Source
    ------
    Integral of ``2 A(theta) sin(theta) cos(theta)``: the spherical (Bond) albedo of a Lambert-like ground.
    """
    nodes, weights = np.polynomial.legendre.leggauss(40)
    angle = 0.25 * np.pi * (nodes + 1.0)
    return float(0.25 * np.pi * np.sum(weights * 2.0 * np.sin(angle) * np.cos(angle) * albedo(regolith, angle)))


def surroundings_flux(regolith: Regolith, sky_view: float, level_light: ArrayLike) -> Array:
    """Flux that ground absorbs from the lit ground it sees, where it lies as in a bowl.

    A bowl with the same view of the sky stands for the true surroundings: every point of it gets the same light and
    heat from all others, whether the Sun reaches it or not.

    Parameters
    ----------
    regolith : Regolith
        Of the ground; reflections meet its diffuse albedo.
    sky_view : float [1]
        View factor of the sky; the rest is ground.
    level_light : (N,) [W/m2]
        Sunlight on level ground under an open sky.

    Returns
    -------
    (N,) [W/m2]
        Without thermal inertia of the surroundings: none at night.

    Raises
    ------
    InvalidInput
        The view factor does not lie in [0, 1].

    Source
    ------
    Ingersoll, Svitek & Murray (1992), doi:10.1016/0019-1035(92)90017-2, equation 8, written with the view factor.
    """
    if not 0.0 <= sky_view <= 1.0:
        raise InvalidInput(f"a view factor lies in [0, 1]; got {sky_view!r}")
    light = np.asarray(level_light, dtype=np.float64)
    return _in_a_bowl(1.0 - sky_view, light, diffuse_albedo(regolith), regolith.emissivity)


def _in_a_bowl(seen: float, level_light: Array, bond_albedo: float, emissivity: float) -> Array:
    """Flux (N,) [W/m2] absorbed from a bowl of which every point sees the share `seen` [1]."""
    caught = seen * (1.0 - bond_albedo) / (1.0 - bond_albedo * seen)
    return np.asarray(level_light * caught * (emissivity + bond_albedo * (1.0 - seen)))


def bowl_crater_flux(
    depth_to_diameter: float, sun_elevation: ArrayLike, beam: ArrayLike, bond_albedo: float, emissivity: float
) -> Array:
    """Flux that shadowed ground in a bowl-shaped crater absorbs from the lit part of the bowl, at equilibrium.

    The bowl is a cap of a sphere, on which every point sees every other with the same view factor. Its ground is
    Lambertian and radiates what it absorbs, without conduction.

    Parameters
    ----------
    depth_to_diameter : float [1]
        Of the bowl, at most a half sphere.
    sun_elevation : (N,) [rad]
        Above the plane of the rim.
    beam : (N,) [W/m2]
        Sunlight through a plane that faces the Sun.
    bond_albedo, emissivity : float [1]
        Of the ground, whatever the angle.

    Returns
    -------
    (N,) [W/m2]
        Over emissivity and Stefan-Boltzmann constant, the fourth power of the temperature [K].

    Raises
    ------
    InvalidInput
        The bowl is deeper than half a sphere, or a share does not lie in [0, 1].

    Source
    ------
    Ingersoll, Svitek & Murray (1992), Icarus 100, 40, doi:10.1016/0019-1035(92)90017-2, equation 8; Buhl et al.
    (1968), JGR 73, 5281.
    """
    if not 0.0 < depth_to_diameter <= 0.5:
        raise InvalidInput(
            f"a bowl is at most half a sphere: depth over diameter in (0, 0.5]; got {depth_to_diameter!r}"
        )
    if not (0.0 <= bond_albedo <= 1.0 and 0.0 < emissivity <= 1.0):
        raise InvalidInput(f"albedo and emissivity are shares; got {bond_albedo!r} and {emissivity!r}")
    seen = 4.0 * depth_to_diameter**2 / (1.0 + 4.0 * depth_to_diameter**2)
    entering = np.asarray(beam, dtype=np.float64) * np.maximum(np.sin(np.asarray(sun_elevation, dtype=np.float64)), 0.0)
    return _in_a_bowl(seen, entering, bond_albedo, emissivity)


def reflected_between_facets(
    views: GroundViews, regolith: Regolith, irradiance: ArrayLike, incidence: ArrayLike, settled: float = SETTLED
) -> NDArray[Any]:
    """Sunlight that each facet of a map absorbs: direct, and after any number of reflections between facets.

    Parameters
    ----------
    views : GroundViews
        Who sees whom.
    regolith : Regolith
        Of all facets; direct light meets the albedo of its angle, reflected light the diffuse one.
    irradiance : (P,) or (P, N) [W/m2]
        Direct sunlight on each facet.
    incidence : (P,) or (P, N) [rad]
        Of that light.
    settled : float [1]
        Share of the brightest facet that the last reflection may add.

    Returns
    -------
    (P,) or (P, N) [W/m2]

    Raises
    ------
    NumericalFailure
        The reflections do not die away.

    Source
    ------
    Radiosity: Ingersoll et al. (1992), doi:10.1016/0019-1035(92)90017-2; Paige et al. (2010),
    doi:10.1126/science.1187726, supporting text.
    """
    direct = np.asarray(irradiance)
    share, diffuse = albedo(regolith, incidence).astype(direct.dtype), diffuse_albedo(regolith)
    return (1.0 - share) * direct + (1.0 - diffuse) * _gathered(views, share * direct, diffuse, settled)


def emitted_between_facets(
    views: GroundViews, emissivity: float, temperature: ArrayLike, settled: float = SETTLED
) -> NDArray[Any]:
    """Thermal radiation that each facet of a map absorbs from the others, reflections included.

    Parameters
    ----------
    views : GroundViews
        Who sees whom.
    emissivity : float [1]
        Of all facets.
    temperature : (P,) or (P, N) [K]
        Of each facet.
    settled : float [1]
        Share of the brightest facet that the last reflection may add.

    Returns
    -------
    (P,) or (P, N) [W/m2]

    Raises
    ------
    NumericalFailure
        The reflections do not die away.

    Source
    ------
    Radiosity of grey Lambert facets, as in `reflected_between_facets`.
    """
    own = emissivity * STEFAN_BOLTZMANN * np.asarray(temperature) ** 4
    return emissivity * _gathered(views, own, 1.0 - emissivity, settled)


def _gathered(views: GroundViews, own: NDArray[Any], kept: float, settled: float) -> NDArray[Any]:
    """Irradiance [W/m2] of each facet by all others that send their `own` and reflect the share `kept`."""
    incoming = views.from_ground(own)
    total = incoming
    floor = settled * float(np.max(incoming, initial=0.0))
    for _ in range(BOUNCES):
        incoming = kept * views.from_ground(incoming)
        total = total + incoming
        if float(np.max(incoming, initial=0.0)) <= floor:
            return total
    raise NumericalFailure(f"light between facets has not died away after {BOUNCES} reflections")
