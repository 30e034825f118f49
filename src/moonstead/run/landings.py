"""From a mission that ends on the ground to its descent and ascent: masses, thrust, direction of flight, terrain."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from moonstead.foundation.bodies import LUNAR_MAP_RADIUS
from moonstead.foundation.errors import InvalidInput
from moonstead.run.missions import mission_answers, missions_fragment
from moonstead.run.places import site_fragment, site_terrain
from moonstead.scenario.missions import Mission
from moonstead.scenario.scenario import Scenario

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext
    from moonstead.orbits.landing.ascent import Ascent
    from moonstead.orbits.landing.descent import Descent
    from moonstead.orbits.landing.flown import FlownAscent, FlownLanding

PERIAPSIS = 15e3  # [m] of the orbit that a descent leaves and an ascent reaches
REACH = 1200e3  # [m] of terrain that is read back along the approach
POINTS = 900
HALF_WIDTH = 20e3  # [m] of fine terrain about the site
DEGREE = 60  # of the Moon's field for the flight


@dataclass(frozen=True, eq=False)
class MissionLanding:
    """What a mission does at the ground.

    Attributes
    ----------
    descent, flown_descent : Descent, FlownLanding or None
        None where no stage with thrust lands.
    ascent, flown_ascent : Ascent, FlownAscent or None
        None where no stage with thrust rises.
    planned : mapping of str to mapping
        For ``"landing"`` and ``"ascent"``: ``delta_v`` [m/s] that the mission's leg gives, ``propellant`` [kg] that
        this takes, and ``spare`` [kg] that the stage's tanks could take beside what the flight loads.
    """

    descent: Descent | None
    flown_descent: FlownLanding | None
    ascent: Ascent | None
    flown_ascent: FlownAscent | None
    planned: Mapping[str, Mapping[str, float]]


def landing_fragment(mission: Mission, scenario: Scenario) -> dict[str, Any] | None:
    """What a mission's landing depends on, as plain values.

    Parameters
    ----------
    mission : Mission
        Of the scenario.
    scenario : Scenario
        Its sites, vehicles and legs.

    Returns
    -------
    dict or None
        None where the mission does not end at a site, or the thrust of what would land and rise is not given.
    """
    sites = {site.id: site for site in scenario.sites}
    carrier = mission
    if mission.lander is not None:
        carrier = next(one for one in scenario.missions if one.id == mission.lander)
    vehicle = next((one for one in scenario.transports if one.id == carrier.transport), None)
    if mission.to not in sites or vehicle is None or not any(stage.thrust for stage in vehicle.stages):
        return None
    return {
        "id": mission.id,
        "name": mission.name or mission.id,
        "carrier": carrier.id,
        "place": site_fragment(sites[mission.to]),
        "orbit_altitude": mission.orbit_altitude,
        "inclination": mission.inclination,
        "stay": mission.stay or 0.0,
        "missions": missions_fragment(scenario),
    }


def mission_landing(fragment: Mapping[str, Any], data: DataContext) -> MissionLanding:
    """Descent and ascent of a mission, designed over its terrain and flown in the full model.

    Parameters
    ----------
    fragment : mapping
        From `landing_fragment`.
    data : DataContext
        Terrain, ephemeris, orientation, gravity.

    Returns
    -------
    MissionLanding

    Raises
    ------
    InvalidInput, NumericalFailure
        There is none; the message says what is in the way.
    """
    from moonstead.dynamics.forces import ForceModel
    from moonstead.orbits.landing.ascent import design_ascent
    from moonstead.orbits.landing.descent import design_descent
    from moonstead.orbits.landing.flown import fly_ascent, fly_descent
    from moonstead.orbits.landing.powered import Vehicle

    answers = mission_answers(fragment["missions"])
    own, visit = answers.get(fragment["carrier"]), answers.get(fragment["id"])
    for answer in (own, visit):
        if answer is None or isinstance(answer, str):
            raise InvalidInput(answer or "no flight of its vehicle is known")
    assert own is not None and visit is not None and not isinstance(own, str) and not isinstance(visit, str)
    transports = {one["id"]: one for one in fragment["missions"]["transports"]}
    flights = {one["id"]: one for one in fragment["missions"]["missions"]}
    stages = {one["id"]: one for one in transports[flights[fragment["carrier"]]["transport"]]["stages"]}
    vehicles, planned = {}, {}
    for burn in own.check.flown.burns:
        if burn.burn in ("landing", "ascent") and stages[burn.stage]["thrust"]:
            stage = stages[burn.stage]
            # what the plan loads may be less than the descent takes: that is told, not refused
            vehicles[burn.burn] = Vehicle(burn.before, stage["thrust"], stage["isp"])
            planned[burn.burn] = {
                "delta_v": burn.delta_v,
                "propellant": burn.propellant,
                "spare": stage["propellant"] - own.check.propellant[burn.stage],
            }
    model = ForceModel("MOON", degree=DEGREE)
    orbit = {"periapsis_altitude": PERIAPSIS, "apoapsis_altitude": fragment["orbit_altitude"]}
    site, approach = _approach(fragment, data)
    descent = flown = ascent = risen = None
    if "landing" in vehicles:
        descent = design_descent(site, vehicles["landing"], approach=approach, **orbit)
        flown = fly_descent(descent, visit.arrival, model, data)
    if "ascent" in vehicles:
        ascent = design_ascent(site, vehicles["ascent"], **orbit)
        risen = fly_ascent(ascent, visit.arrival + fragment["stay"], model, data)
    return MissionLanding(descent, flown, ascent, risen, planned)


def _approach(fragment: Mapping[str, Any], data: DataContext) -> tuple[Any, Any]:
    """Site with the direction in which the orbit passes it away from the equator, and the terrain before it."""
    from moonstead.orbits.landing.descent import Approach
    from moonstead.orbits.landing.powered import LunarSite
    from moonstead.surface.terrain import destination

    place = fragment["place"]
    latitude, longitude = place["latitude"], place["longitude"]
    across = math.cos(fragment["inclination"]) / max(math.cos(latitude), 1e-9)
    azimuth = math.asin(max(-1.0, min(1.0, across)))
    if latitude < 0.0:
        azimuth = math.pi - azimuth
    terrain = site_terrain(place, data, HALF_WIDTH)
    distance = np.concatenate(([0.0], np.geomspace(20.0, REACH, POINTS)))
    heights = terrain.height(*destination(latitude, longitude, azimuth + math.pi, distance / LUNAR_MAP_RADIUS))
    ground = float(heights[0]) if place["ground"] is None else place["ground"]
    approach = Approach(terrain_distance=distance, terrain_height=np.asarray(heights, dtype=np.float64))
    return LunarSite(latitude, longitude, ground, azimuth), approach
