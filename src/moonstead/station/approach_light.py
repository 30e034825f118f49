"""Light on the way down: where the Sun stands beside the approach, how long shadows are, and what stands in the way."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.dynamics.windows import Windows
from moonstead.foundation.errors import InvalidInput
from moonstead.surface.terrain import destination

if TYPE_CHECKING:
    from moonstead.surface.nested import NestedTerrain
    from moonstead.surface.terrain import GlobalTerrain

__all__ = [
    "ApproachClearance",
    "ApproachLight",
    "LandingRules",
    "approach_clearance",
    "approach_light",
    "good_landings",
]

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class ApproachLight:
    """How the landing place looks from the approach.

    Attributes
    ----------
    tdb : (N,) [s TDB past J2000]
        Times.
    sun_elevation : (N,) [rad]
        Above the horizontal.
    sun_beside : (N,) [rad]
        Azimuth of the Sun less that of the flight, -pi to pi: 0 ahead, in the camera's eye; pi behind.
    phase_angle : (N,) [rad]
        Between Sun and lander as seen from the landing place: near 0 relief has no shadows to show, near pi the camera
        looks into the Sun.
    shadow_length : (N,) [m/m]
        Of what stands upright, for each metre of its height, on level ground; inf where the Sun is down.
    """

    tdb: Array
    sun_elevation: Array
    sun_beside: Array
    phase_angle: Array
    shadow_length: Array


@dataclass(frozen=True, slots=True)
class LandingRules:
    """When a landing is good.

    Attributes
    ----------
    least_sun_fraction : float [1]
        Share of the Sun's disc that must shine on the place.
    sun_elevation : tuple of 2 float [rad]
        Lowest and highest Sun.
    phase_angle : tuple of 2 float [rad]
        Least and largest phase angle.
    least_earth_fraction : float [1]
        Share of the Earth's disc that must be in sight; 0 where a relay serves.
    light_after : float [s]
        Time after the landing during which the Sun must go on shining.
    """

    least_sun_fraction: float = 0.5
    sun_elevation: tuple[float, float] = (math.radians(0.5), math.radians(60.0))
    phase_angle: tuple[float, float] = (math.radians(20.0), math.radians(140.0))
    least_earth_fraction: float = 0.5
    light_after: float = 2.0 * 86_400.0

    def __post_init__(self) -> None:
        for low, high in (self.sun_elevation, self.phase_angle):
            if not low < high:
                raise InvalidInput(f"rules of landing need a least below the largest [rad]; got {low!r} and {high!r}")
        if not (0.0 < self.least_sun_fraction <= 1.0 and 0.0 <= self.least_earth_fraction <= 1.0):
            raise InvalidInput(
                "rules of landing need shares of the discs in (0, 1] (Sun) and [0, 1] (Earth); got "
                f"{self.least_sun_fraction!r} and {self.least_earth_fraction!r}"
            )
        if not 0.0 <= self.light_after < math.inf:
            raise InvalidInput(f"the time of light after a landing must not be negative; got {self.light_after!r} s")


@dataclass(frozen=True, eq=False)
class ApproachClearance:
    """What lies under a straight approach.

    Attributes
    ----------
    distance : (M,) [m]
        Along the sphere, backwards from the landing place.
    ground : (M,) [m]
        Height of the ground above the terrain's sphere.
    clearance : (M,) [m]
        Of the path above the ground.
    least : float [m]
        Smallest clearance beyond the first `skip` metres; negative where the path meets ground.
    least_glide : float [rad]
        Least angle of a straight path that clears all of the ground.
    """

    distance: Array
    ground: Array
    clearance: Array
    least: float
    least_glide: float


def approach_light(
    tdb: ArrayLike, sun_azimuth: ArrayLike, sun_elevation: ArrayLike, approach_azimuth: float, glide: float
) -> ApproachLight:
    """Where the Sun stands beside an approach.

    Parameters
    ----------
    tdb : (N,) [s TDB past J2000]
        Times of landing.
    sun_azimuth, sun_elevation : (N,) [rad]
        Of the Sun's centre at the landing place, azimuth from north over east.
    approach_azimuth : float [rad]
        Direction of flight over the ground, from north over east.
    glide : float [rad]
        Angle of the path above the horizontal; pi/2 comes straight down.

    Returns
    -------
    ApproachLight

    Raises
    ------
    InvalidInput
        Arrays differ in length, or the glide is not between 0 and pi/2.

    Source
    ------
    Spherical trigonometry: ``cos phase = sin E sin g + cos E cos g cos(A_sun - A_lander)``, the lander standing at the
    azimuth of the approach turned by pi. Hazards are seen best at phase angles away from 0 and pi: Apollo landed with
    the Sun 5 to 20 degrees high behind the lander (recalled, unverified).
    """
    time, azimuth, elevation = (np.asarray(a, dtype=np.float64) for a in (tdb, sun_azimuth, sun_elevation))
    if not (time.ndim == 1 and time.shape == azimuth.shape == elevation.shape):
        raise InvalidInput(
            f"times and directions of the Sun must have equal lengths; got {time.shape}, {azimuth.shape} and "
            f"{elevation.shape}"
        )
    if not 0.0 < glide <= 0.5 * math.pi:
        raise InvalidInput(f"the glide of an approach must lie between 0 and pi/2 [rad]; got {glide!r}")
    beside = np.mod(azimuth - approach_azimuth + math.pi, 2.0 * math.pi) - math.pi
    cosine = np.sin(elevation) * math.sin(glide) - np.cos(elevation) * math.cos(glide) * np.cos(beside)
    with np.errstate(divide="ignore"):
        length = np.where(elevation > 0.0, 1.0 / np.tan(np.maximum(elevation, 0.0)), np.inf)
    return ApproachLight(time, elevation, beside, np.arccos(np.clip(cosine, -1.0, 1.0)), length)


def good_landings(
    light: ApproachLight, sun_fraction: ArrayLike, earth_fraction: ArrayLike, rules: LandingRules
) -> tuple[Windows, dict[str, float]]:
    """Windows in which a landing keeps all rules, and how often each rule alone forbids it.

    Parameters
    ----------
    light : ApproachLight
        At equal steps of time.
    sun_fraction, earth_fraction : (N,) [1]
        Shares of the discs in sight at the landing place at the same times.
    rules : LandingRules
        When a landing is good.

    Returns
    -------
    windows : Windows
        From the middle between samples to the middle between samples.
    forbidden : mapping of str to float [1]
        Share of the samples that break each rule.

    Raises
    ------
    InvalidInput
        There are fewer than 2 samples, they are not equally spaced, or arrays differ in length.

    Source
    ------
    Definition: all rules together, sample by sample.
    """
    tdb = light.tdb
    sun, earth = (np.asarray(a, dtype=np.float64) for a in (sun_fraction, earth_fraction))
    if not (tdb.size >= 2 and sun.shape == tdb.shape == earth.shape):
        raise InvalidInput(
            f"light at landing needs 2 samples or more, all alike; got {tdb.shape}, {sun.shape}, {earth.shape}"
        )
    step = (tdb[-1] - tdb[0]) / (tdb.size - 1)
    if not np.allclose(np.diff(tdb), step, rtol=1e-6, atol=0.0):
        raise InvalidInput("light at landing must be sampled at equal steps of time")
    shines = sun >= rules.least_sun_fraction
    after = max(1, math.ceil(rules.light_after / step) + 1)
    # the Sun must go on shining: samples within `after` of the end cannot be known to, and are not good
    dark_before = np.concatenate(([0], np.cumsum(~shines)))
    last = np.arange(tdb.size) + after
    stays = (last <= tdb.size) & (dark_before[np.minimum(last, tdb.size)] == dark_before[:-1])
    low, high = rules.sun_elevation
    least, most = rules.phase_angle
    kept = {
        "Sun in sight": shines,
        "Sun's elevation": (light.sun_elevation >= low) & (light.sun_elevation <= high),
        "phase angle": (light.phase_angle >= least) & (light.phase_angle <= most),
        "Earth in sight": earth >= rules.least_earth_fraction,
        "light after the landing": stays,
    }
    good = np.logical_and.reduce(list(kept.values()))
    edges = np.diff(np.concatenate(([False], good, [False])).astype(np.int8))
    starts = tdb[np.flatnonzero(edges == 1)] - 0.5 * step
    stops = tdb[np.flatnonzero(edges == -1) - 1] + 0.5 * step
    span = float(tdb[0] - 0.5 * step), float(tdb[-1] + 0.5 * step)
    return Windows.of(starts, stops, span), {name: float(np.mean(~rule)) for name, rule in kept.items()}


def approach_clearance(
    terrain: GlobalTerrain | NestedTerrain,
    latitude: float,
    longitude: float,
    approach_azimuth: float,
    glide: float,
    reach: float = 30e3,
    step: float | None = None,
    skip: float = 0.0,
) -> ApproachClearance:
    """Clearance of a straight path down to a landing place over the ground behind it.

    Parameters
    ----------
    terrain : GlobalTerrain or NestedTerrain
        The ground.
    latitude, longitude : float [rad]
        Landing place in the terrain's frame.
    approach_azimuth : float [rad]
        Direction of flight over the ground, from north over east.
    glide : float [rad]
        Angle of the path above the horizontal of the place.
    reach : float [m]
        How far back to look.
    step : float [m], optional
        Between points; by default half the terrain's resolution.
    skip : float [m]
        Distance from the place within which the ground is not held against the path.

    Returns
    -------
    ApproachClearance

    Raises
    ------
    InvalidInput
        Glide, reach, step or skip are out of range, or the terrain has no height along the path.

    Source
    ------
    Straight line against a sphere: ``r = r0 cos g / cos(g + t)`` at the arc t from the place.
    """
    spacing = 0.5 * terrain.resolution if step is None else float(step)
    if not (0.0 < glide < 0.5 * math.pi and 0.0 < spacing <= reach and 0.0 <= skip < reach):
        raise InvalidInput(
            "an approach needs a glide between 0 and pi/2 [rad], a step up to its reach and a skip below it; got "
            f"{glide!r} rad, {spacing!r}, {reach!r} and {skip!r} m"
        )
    if not reach < 0.5 * terrain.radius:
        raise InvalidInput(f"the reach of an approach must be below {0.5 * terrain.radius:.0f} m; got {reach!r} m")
    distance: Array = np.arange(1, math.floor(reach / spacing) + 1, dtype=np.float64) * spacing
    arc = distance / terrain.radius
    ground = terrain.height(*destination(latitude, longitude, approach_azimuth + math.pi, arc))
    foot = float(terrain.height(latitude, longitude))
    if not (np.all(np.isfinite(ground)) and math.isfinite(foot)):
        raise InvalidInput(f"terrain {terrain.name} has holes under the approach; put a wider terrain below it")
    first = terrain.radius + foot
    with np.errstate(divide="ignore"):
        path = np.where(arc + glide < 0.5 * math.pi, first * math.cos(glide) / np.cos(arc + glide), np.inf)
    clearance = path - terrain.radius - ground
    held = distance >= skip
    if not np.any(held):
        raise InvalidInput(f"no point of the approach lies beyond the skip of {skip!r} m; take a shorter step")
    radius = terrain.radius + ground
    angle = np.arctan2(radius * np.cos(arc) - first, radius * np.sin(arc))
    return ApproachClearance(distance, ground, clearance, float(np.min(clearance[held])), float(np.max(angle[held])))
