"""A landing at a place: how safe the ground is, what stands in the way, and when the light is good."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.trajectories import SurfacePoint
from moonstead.dynamics.windows import Windows
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.frames.standard import MOON_ME
from moonstead.station.approach_light import (
    ApproachClearance,
    ApproachLight,
    LandingRules,
    approach_clearance,
    approach_light,
    good_landings,
)
from moonstead.station.landing_hazard import (
    LONG_BASELINE,
    Dispersion,
    HazardMap,
    Lander,
    hazard_map,
    landing_probability_map,
    safe_landing_probability,
)
from moonstead.surface.gnomonic_grid import gnomonic_grid
from moonstead.surface.horizon import horizon_profile
from moonstead.surface.light import earth_fraction, sun_fraction
from moonstead.surface.sky import sky_track

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext
    from moonstead.surface.nested import NestedTerrain
    from moonstead.surface.terrain import GlobalTerrain

__all__ = ["LandingAssessment", "assess_landing"]

Array = NDArray[np.float64]

EYE = 2.0  # [m] of the lander's panels and antenna
STEP = 1800.0  # [s] the Sun moves by half its diameter
REACH = 30e3  # [m] along the approach
AROUND = 8.0  # [1] standard deviations from the target to the edges of the map
MOST_PIXELS = 1000  # along an edge


@dataclass(frozen=True, eq=False)
class LandingAssessment:
    """What speaks for and against a landing.

    Attributes
    ----------
    hazards : HazardMap
        Around the target.
    ground_known : bool
        Whether the terrain is as fine as the lander's baseline. Where it is not, the chances below only say that
        nothing worse is known: they are no figures to land by.
    safe, unknown : float [1]
        Chance of coming down safely on the target's dispersion, and of coming down where the map says nothing.
    chances : (n, m) [1]
        Chance of a safe landing for each pixel as target.
    best : tuple of 2 int
        Row and column of the best target.
    clearance : ApproachClearance
        Of the path over the ground behind.
    light : ApproachLight
        Sun beside the approach over the span.
    sun, earth : (N,) [1]
        Shares of the discs in sight at the times of `light`.
    windows : Windows
        Good times to land.
    forbidden : mapping of str to float [1]
        Share of the time that each rule alone forbids.
    remarks : tuple of str
        What the ground cannot show.
    """

    hazards: HazardMap
    ground_known: bool
    safe: float
    unknown: float
    chances: Array
    best: tuple[int, int]
    clearance: ApproachClearance
    light: ApproachLight
    sun: Array
    earth: Array
    windows: Windows
    forbidden: dict[str, float]
    remarks: tuple[str, ...]


def assess_landing(
    terrain: GlobalTerrain | NestedTerrain,
    latitude: float,
    longitude: float,
    lander: Lander,
    dispersion: Dispersion,
    rules: LandingRules,
    approach_azimuth: float,
    glide: float,
    start: float,
    stop: float,
    data: DataContext,
    *,
    rocks: float = 0.0,
    spacing: float | None = None,
) -> LandingAssessment:
    """Hazards, approach and light of a landing.

    Parameters
    ----------
    terrain : GlobalTerrain or NestedTerrain
        The ground, in ``MOON_ME``.
    latitude, longitude : float [rad]
        The target.
    lander : Lander
        What it can stand on.
    dispersion : Dispersion
        Where it comes down, its azimuth from north over east.
    rules : LandingRules
        When a landing is good.
    approach_azimuth : float [rad]
        Direction of flight over the ground, from north over east.
    glide : float [rad]
        Angle of the path above the horizontal, below pi/2.
    start, stop : float [s TDB past J2000]
        Span to look for good times in.
    data : DataContext
        Where the ephemeris comes from.
    rocks : float [1]
        Share of the ground that rocks cover.
    spacing : float [m], optional
        Of the map; by default half the lander's baseline, or an eighth of the terrain's resolution where that is
        coarser.

    Returns
    -------
    LandingAssessment

    Raises
    ------
    InvalidInput
        The span is empty, the map would be too large, or as the functions it calls.

    Source
    ------
    As `hazard_map`, `safe_landing_probability`, `approach_clearance` and `good_landings`.
    """
    if not start < stop:
        raise InvalidInput(f"a span runs forward; got {start!r} to {stop!r} s TDB past J2000")
    resolution = float(terrain.resolution_at(latitude, longitude))
    step = max(0.5 * lander.baseline, resolution / 8.0) if spacing is None else spacing
    half_width = AROUND * max(dispersion.along, dispersion.across, step) + lander.baseline
    if not step > 0.0 or half_width / step > MOST_PIXELS / 2:
        raise InvalidInput(
            f"a map of {half_width:.0f} m to each side in pixels of {step:g} m is too large; give a spacing of "
            f"{2.0 * half_width / MOST_PIXELS:.3g} m or more"
        )
    grid = gnomonic_grid(terrain, latitude, longitude, half_width, step)
    hazards = hazard_map(grid, lander, rocks)
    safe, unknown = safe_landing_probability(hazards, 0.0, 0.0, dispersion)
    chances = landing_probability_map(hazards, dispersion)
    row, column = (int(k) for k in np.unravel_index(int(np.argmax(chances)), chances.shape))

    clearance = approach_clearance(
        terrain, latitude, longitude, approach_azimuth, glide, max(REACH, 8.0 * resolution), skip=0.5 * resolution
    )
    horizon = horizon_profile(terrain, latitude, longitude, EYE)
    site = SurfacePoint("landing place", "MOON", MOON_ME, latitude, longitude, horizon.height)
    count = max(2, math.ceil((stop - start) / STEP))
    tdb = start + (np.arange(count) + 0.5) * (stop - start) / count
    track = sky_track(site, "SUN", tdb, data)
    light = approach_light(tdb, track.azimuth, track.elevation, approach_azimuth, glide)
    sun, earth = sun_fraction(site, horizon, tdb, data), earth_fraction(site, horizon, tdb, data)
    windows, forbidden = good_landings(light, sun, earth, rules)
    return LandingAssessment(
        hazards=hazards,
        ground_known=resolution <= lander.baseline,
        safe=safe,
        unknown=unknown,
        chances=chances,
        best=(row, column),
        clearance=clearance,
        light=light,
        sun=sun,
        earth=earth,
        windows=windows,
        forbidden=forbidden,
        remarks=_remarks(hazards, lander, dispersion, resolution, rocks),
    )


def _remarks(
    hazards: HazardMap, lander: Lander, dispersion: Dispersion, resolution: float, rocks: float
) -> tuple[str, ...]:
    """What the ground cannot show, in sentences."""
    remarks = []
    if resolution > lander.baseline:
        remarks.append(
            f"The terrain has one height every {resolution:.0f} m, the lander's feet stand {lander.baseline:g} m "
            "apart: slopes and roughness under it are not known, and slopes over longer distances are gentler. The "
            "chance of a safe landing is no figure to land by; it needs a terrain of half the baseline."
        )
    if min(dispersion.along, dispersion.across) < 0.5 * resolution:
        remarks.append(
            f"The dispersion is narrower than half the terrain's {resolution:.0f} m: the map does not tell good from "
            "bad ground within it."
        )
    if rocks == 0.0:
        remarks.append("No rocks are counted: give the share of the ground that they cover.")
    if hazards.baseline > LONG_BASELINE * lander.baseline:
        remarks.append(
            f"Slopes are those over {hazards.baseline:.0f} m, two pixels of the map; roughness over so long a baseline "
            "says nothing of the feet and is not judged."
        )
    return tuple(remarks)
