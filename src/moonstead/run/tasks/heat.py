"""Heat: the ground of a site, the hardware that stands on it, and what keeps that alive through the night."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.errors import NumericalFailure
from moonstead.run.moments import utc_text
from moonstead.run.places import eye_point, site_fragment, site_terrain
from moonstead.run.tables import Table
from moonstead.run.task import Figure, Task, TaskInputs, TaskOutput
from moonstead.scenario.common import epoch_of
from moonstead.scenario.facilities import Consumer
from moonstead.scenario.load import plain
from moonstead.scenario.scenario import Scenario

if TYPE_CHECKING:
    from moonstead.dynamics.trajectories import SurfacePoint
    from moonstead.station.radiators import Face, Surroundings
    from moonstead.station.survival_heat import SurvivalHeat
    from moonstead.surface.ground_heat_site import GroundSpread, SiteSun
    from moonstead.surface.horizon import HorizonProfile

Array = NDArray[np.float64]

DATA = ("de440s", "moon-pa-de440", "lola-8ppd")
STEP = 3600.0  # [s]
DEPTHS = (0.1, 0.5, 1.0)  # [m]
ALUMINIUM = 897.0  # [J/kg/K] at 298 K: CRC Handbook of Chemistry and Physics
CLOSED_LOUVRES = 0.14  # [1] effective emittance: Gilmore (2002), ch. 9, unverified
FACING = {"up": 0.0, "side": 0.5 * np.pi}  # [rad] tilt of a radiator's normal from the zenith
HOW = "level ground after Hayne 2017 under the site's Sun and skyline; published constants and slopes of 7.5 deg give"


def plan(scenario: Scenario) -> list[Task]:
    """Heat of each site with a facility that says how it keeps its temperature."""
    start, stop = scenario.span()
    tasks = []
    for site in scenario.sites:
        parts = [
            part
            for part in scenario.facilities
            if part.site == site.id and isinstance(part, Consumer) and part.thermal is not None
        ]
        if not parts:
            continue
        fragment = site_fragment(site) | {
            "name": site.name or site.id,
            "mast": 0.0,
            "start": start,
            "stop": stop,
            "azimuths": scenario.analysis.horizon_azimuths,
            "aberration": scenario.analysis.aberration,
            "facilities": [_plain(part) for part in parts],
        }
        title = f"Heat at {site.name or site.id}"
        tasks.append(Task(f"heat.{site.id}", title, f"{__name__}:follow_heat", fragment, datasets=DATA))
    return tasks


def follow_heat(inputs: TaskInputs) -> TaskOutput:
    """Ground and hardware of a site over the span, and the heaters' power as arrays for the power ledger."""
    from moonstead.surface.ground_heat_site import HIGHLAND_SLOPE, ground_spread, lead_up, site_sky_view
    from moonstead.surface.horizon import horizon_profile

    place = inputs.fragment
    terrain = site_terrain(place, inputs.data)
    horizon = horizon_profile(terrain, place["latitude"], place["longitude"], 0.0, place["azimuths"])
    point = eye_point(place, horizon)
    times = lead_up(place["start"], place["stop"], STEP)
    sun = _sun(point, horizon, times, inputs)
    sky_view = site_sky_view(horizon)
    ground = ground_spread(
        sun, sky_view=sky_view, slope=HIGHLAND_SLOPE, depths=np.array(DEPTHS), since=float(place["start"])
    )
    around = _surroundings(sun, ground)
    earth = _earth_in_sight(point, horizon, around.tdb, inputs)
    found = {}
    for part in place["facilities"]:
        found[part["id"]] = _hardware(part, around, earth)
    return _output(inputs, ground, around, found, sky_view)


def _plain(part: Consumer) -> dict[str, Any]:
    """What the heat of a facility depends on."""
    values = plain(part)
    kept = {key: values[key] for key in ("id", "load", "standby", "duty", "thermal")}
    since, until = (epoch_of(moment).tdb() if moment else None for moment in (part.since, part.until))
    return kept | {"name": part.name or part.id, "since": since, "until": until}


def _sun(point: SurfacePoint, horizon: HorizonProfile, times: Array, inputs: TaskInputs) -> SiteSun:
    from moonstead.surface.ground_heat_site import SiteSun
    from moonstead.surface.light import sun_fraction
    from moonstead.surface.sky import sky_track

    track = sky_track(point, "SUN", times, inputs.data, inputs.fragment["aberration"])
    fraction = sun_fraction(point, horizon, times, inputs.data)
    return SiteSun(times, track.azimuth, track.elevation, track.distance, fraction)


def _earth_in_sight(
    point: SurfacePoint, horizon: HorizonProfile, times: Array, inputs: TaskInputs
) -> NDArray[np.bool_]:
    from moonstead.surface.sky import sky_track

    track = sky_track(point, "EARTH", times, inputs.data, inputs.fragment["aberration"])
    return np.asarray(track.elevation > horizon.at(track.azimuth))


def _surroundings(sun: SiteSun, ground: GroundSpread) -> Surroundings:
    """Sun and ground around the hardware, from the start of the span."""
    from moonstead.station.radiators import Surroundings
    from moonstead.surface.ground_heat_site import ground_light

    asked = slice(max(int(np.searchsorted(sun.tdb, ground.since, side="right")) - 1, 0), None)
    return Surroundings(
        sun.tdb[asked],
        sun.beam[asked],
        sun.azimuth[asked],
        sun.middle[asked],
        ground.found.surface[asked, 0],
        ground_light(ground.regolith, sun)[asked],
        ground.regolith.emissivity,
    )


def _dissipation(part: dict[str, Any], around: Surroundings, earth: NDArray[np.bool_]) -> Array:
    """Heat (N - 1,) [W] that a facility makes by its work, if it is served."""
    lit = around.beam > 0.0
    works = {"always": np.ones_like(lit), "sunlit": lit, "dark": ~lit, "earth-visible": earth}[part["duty"]]
    power = np.where(works, part["load"], min(part["standby"], part["load"]))
    return np.asarray(part["thermal"]["dissipation"] * power[1:])


def _hardware(part: dict[str, Any], around: Surroundings, earth: NDArray[np.bool_]) -> dict[str, Any]:
    """Temperatures and heater of one facility, and the radiator that it needs."""
    from moonstead.station.hardware_heat import HardwareNode
    from moonstead.station.radiators import Face, radiator_area
    from moonstead.station.survival_heat import survival_heat

    keys = part["thermal"]
    finish = {"absorptivity": keys["absorptivity"], "emissivity": keys["emissivity"], "dust": keys["dust"]}
    # as a whole the outside stands upright: half of what it sees is ground
    outside = Face(keys["area"], tilt=0.5 * np.pi, insulation=keys["blanket"], **finish)
    louvre = (CLOSED_LOUVRES, keys["minimum"], keys["maximum"]) if keys["louvres"] else None
    made = _dissipation(part, around, earth)
    most = float(np.max(made)) + _leaks_in(outside, keys["maximum"], around)
    needed: float | None = 0.0
    look = {"tilt": FACING[keys["radiator_faces"]], **finish}
    if most > 0.0:
        try:
            needed = radiator_area(most, keys["maximum"], Face(1.0, **look), around)
        except NumericalFailure:
            needed = None
    area = keys["radiator"] if keys["radiator"] is not None else needed
    faces: tuple[Face, ...] = (outside,)
    if area:
        faces += (Face(area, louvre=louvre, **look),)
    heater = np.inf if keys["heater"] is None else keys["heater"]
    node = HardwareNode(part["id"], keys["mass"] * ALUMINIUM, faces, keys["minimum"], heater)
    return {"heat": survival_heat(node, around, made), "needed": needed, "area": area, "part": part}


def _leaks_in(outside: Face, temperature: float, around: Surroundings) -> float:
    """Most heat [W] that comes in through the blanket while the inside is at a temperature [K]."""
    from moonstead.foundation.constants import STEFAN_BOLTZMANN
    from moonstead.station.radiators import effective_emittance, sink_temperature

    hottest = float(np.max(sink_temperature(outside, around)))
    through = outside.area * effective_emittance(outside) * STEFAN_BOLTZMANN
    return through * max(hottest**4 - temperature**4, 0.0)


def _output(
    inputs: TaskInputs, ground: GroundSpread, around: Surroundings, found: dict[str, dict[str, Any]], sky_view: float
) -> TaskOutput:
    place = inputs.fragment
    site, count = place["site"], around.tdb.size
    series: dict[str, Any] = {"tdb": around.tdb, "utc": utc_text(around.tdb), "surface": around.ground_temperature}
    for k, depth in enumerate(DEPTHS):
        series[f"ground {depth:g} m"] = ground.found.probe[-count:, k, 0]
    units = {name: "K" for name in series} | {"tdb": "s TDB past J2000", "utc": "UTC"}
    arrays = {"tdb": around.tdb}
    for name, each in found.items():
        heat: SurvivalHeat = each["heat"]
        series[f"{name} temperature"], units[f"{name} temperature"] = heat.temperature, "K"
        power = np.concatenate((heat.power[:1], heat.power))
        series[f"{name} heater"], units[f"{name} heater"] = power, "W"
        arrays[name] = power
    column = ground.found
    profile = Table(
        f"heat-depth.{site}",
        {
            "depth": np.concatenate(([0.0], column.depth)),
            "warmest": np.concatenate((column.surface_warmest, column.warmest[:, 0])),
            "mean": np.concatenate((column.surface_mean, column.mean[:, 0])),
            "coldest": np.concatenate((column.surface_coldest, column.coldest[:, 0])),
        },
        {"depth": "m", "warmest": "K", "mean": "K", "coldest": "K"},
        "Temperatures of the ground by depth over the whole lunations, 13 or more, that end with the span.",
    )
    table = Table(f"heat.{site}", series, units, "Ground and hardware: temperatures, and power of heaters before then.")
    facts = {
        "site": site,
        "sky_view": sky_view,
        "surface": {word: list(values) for word, values in ground.surface().items()},
        "imbalance": float(column.imbalance()[0]),
        "facilities": [_facts(each) for each in found.values()],
    }
    models = ("de440", "moon-me", "lola", "horizon", "regolith", "surroundings", "hardware-heat", "solar-constant")
    return TaskOutput((table, profile), arrays, _figures(place["name"], ground, found), facts, (), models)


def _facts(each: dict[str, Any]) -> dict[str, Any]:
    heat, keys = each["heat"], each["part"]["thermal"]
    return {
        "id": each["part"]["id"],
        "name": each["part"]["name"],
        "heater_energy": heat.energy,
        "heater_peak": heat.peak,
        "longest": heat.longest,
        "coldest": heat.coldest,
        "warmest": heat.warmest,
        "minimum": keys["minimum"],
        "maximum": keys["maximum"],
        "held": heat.held,
        "radiator": each["area"],
        "radiator_needed": each["needed"],
    }


def _figures(name: str, ground: GroundSpread, found: dict[str, dict[str, Any]]) -> tuple[Figure, ...]:
    surface = ground.surface()
    figures = [
        Figure(
            f"{name}: {word} ground", surface[key][0], "K", f"{HOW} {surface[key][1]:.0f} to {surface[key][2]:.0f} K"
        )
        for word, key in (("warmest", "maximum"), ("coldest", "minimum"))
    ]
    for each in found.values():
        heat, keys, part = each["heat"], each["part"]["thermal"], each["part"]
        figures.append(
            Figure(
                f"{part['name']}: heat to survive",
                heat.energy / 3.6e9,
                "MWh",
                f"one node behind a blanket on that ground, kept at {keys['minimum']:g} K; at most "
                f"{heat.peak / 1e3:.3g} kW, {heat.longest / 86_400.0:.1f} d without a break",
                "good" if heat.held else "bad",
            )
        )
        if each["needed"] is None:
            how = f"at the worst time its surroundings are warmer than {keys['maximum']:g} K"
            figures.append(Figure(f"{part['name']}: radiator", "none is enough", "m2", how, "bad"))
        elif each["needed"] > 0.0:
            enough = each["area"] >= each["needed"] * (1.0 - 1e-9)
            how = f"radiates all its load at {keys['maximum']:g} K at the worst time; it has {each['area']:.3g} m2"
            figures.append(Figure(f"{part['name']}: radiator", each["needed"], "m2", how, "good" if enough else "poor"))
    return tuple(figures)
