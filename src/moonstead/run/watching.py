"""Sensors of a scenario as plain values, and as the library takes them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from moonstead.scenario.ground import ShippedStation
from moonstead.scenario.load import plain
from moonstead.scenario.monitoring import Sensor
from moonstead.scenario.scenario import Scenario

if TYPE_CHECKING:
    from moonstead.dynamics.trajectory import Trajectory
    from moonstead.foundation.data import DataContext
    from moonstead.monitoring.coverage.constellations import Constellation
    from moonstead.monitoring.coverage.watchers import GroundSensor, ViewLimits
    from moonstead.monitoring.visibility.telescopes import Telescope

KEPT = (
    *("id", "kind", "minimum_elevation", "field_of_view", "maximum_range", "reference_area", "sun_exclusion"),
    *("moon_exclusion", "limiting_magnitude", "sun_below"),
)


def sensor_fragment(sensor: Sensor, scenario: Scenario) -> dict[str, Any]:
    """What results depend on: where a sensor is, and what it needs.

    Parameters
    ----------
    sensor : Sensor
        Of the scenario.
    scenario : Scenario
        Whose sites, stations and spacecraft it may stand or fly on.

    Returns
    -------
    dict
        Plain values in SI: the keys of a sensor, ``name``, ``body`` (what it stands on or circles; empty for a
        spacecraft about anything else), ``latitude``, ``longitude``, ``height``, ``craft``, ``orbit``.
    """
    said = plain(sensor)
    place: dict[str, Any] = {"latitude": None, "longitude": None, "height": None}
    body, craft = "EARTH", ""
    if sensor.site is not None:
        site = next(one for one in scenario.sites if one.id == sensor.site)
        place, body = {"latitude": site.latitude, "longitude": site.longitude, "height": site.height or 0.0}, "MOON"
    elif sensor.ground_station is not None:
        place = _station(sensor.ground_station, scenario)
    elif sensor.spacecraft is not None:
        flown = next(one for one in scenario.spacecraft if one.id == sensor.spacecraft)
        craft, body = flown.id, _center(flown.orbit)
    elif sensor.orbit is not None:
        body = getattr(sensor.orbit, "center", "EARTH")
    else:
        place = {"latitude": sensor.latitude, "longitude": sensor.longitude, "height": sensor.height}
    kept = {key: said[key] for key in KEPT}
    return {**kept, "name": sensor.name or sensor.id, "body": body, "craft": craft, "orbit": said["orbit"], **place}


def watches_ground(sensor: Mapping[str, Any], body: str) -> bool:
    """Whether a sensor in orbit watches the ground of a body: it circles it, and has no limiting magnitude."""
    return sensor["kind"] == "satellite" and sensor["body"] == body and sensor["limiting_magnitude"] is None


def constellation_of(orbit: Mapping[str, Any]) -> Constellation:
    """The satellites of a sensor's own orbit."""
    from moonstead.foundation.bodies import body
    from moonstead.monitoring.coverage.constellations import eccentric, geostationary, walker
    from moonstead.monitoring.coverage.ground import ground_named

    if orbit["kind"] == "geo":
        return geostationary(orbit["longitudes"])
    if orbit["kind"] in ("molniya", "tundra"):
        perigee = (1.5 if orbit["apogee"] == "north" else 0.5) * math.pi
        return eccentric(orbit["kind"], orbit["satellites"], orbit["longitude"], argument_of_perigee=perigee)
    lift = body(orbit["center"]).mean_radius - ground_named(orbit["center"]).radius
    return walker(
        orbit["satellites"],
        orbit["planes"],
        orbit["phasing"],
        orbit["altitude"] + lift,  # told over the mean radius, wanted over the equatorial one
        orbit["inclination"],
        pattern=orbit["pattern"],
        body=orbit["center"],
    )


def orbit_limits(sensor: Mapping[str, Any]) -> ViewLimits:
    """What a sensor in orbit needs to see a place on the ground."""
    from moonstead.monitoring.coverage.watchers import ViewLimits

    return ViewLimits(
        least_elevation=sensor["minimum_elevation"],
        half_angle=math.pi if sensor["field_of_view"] is None else min(math.pi, 0.5 * sensor["field_of_view"]),
        largest_range=math.inf if sensor["maximum_range"] is None else sensor["maximum_range"],
        sun_exclusion=sensor["sun_exclusion"],
    )


def ground_limits(sensor: Mapping[str, Any], size: float) -> GroundSensor:
    """What a radar or telescope on the Earth needs to see an object.

    Parameters
    ----------
    sensor : mapping
        From `sensor_fragment`.
    size : float [m2]
        Radar cross-section of the object; a telescope sees a white sphere of as many metres.

    Returns
    -------
    GroundSensor
    """
    from moonstead.dynamics.trajectories import SurfacePoint
    from moonstead.monitoring.coverage.watchers import GroundSensor, radar_range
    from moonstead.monitoring.visibility.brightness import DiffuseSphere, full_phase_range

    place = SurfacePoint.on_earth(sensor["name"], sensor["latitude"], sensor["longitude"], sensor["height"])
    reach = math.inf if sensor["maximum_range"] is None else sensor["maximum_range"]
    if sensor["reference_area"] is not None:
        reach = radar_range(reach, sensor["reference_area"], size)
    if sensor["kind"] == "radar":
        return GroundSensor(place, sensor["minimum_elevation"], largest_range=reach)
    faintest = sensor["limiting_magnitude"]
    return GroundSensor(
        place,
        sensor["minimum_elevation"],
        largest_range=reach,
        sun_below=sensor["sun_below"],
        lit=True,
        bright_range=None if faintest is None else full_phase_range(DiffuseSphere(size), faintest),
    )


def space_telescopes(
    sensor: Mapping[str, Any], crafts: Mapping[str, Trajectory], span: tuple[float, float], data: DataContext
) -> list[tuple[str, Telescope]]:
    """A sensor as one telescope, or as one for each satellite of its own orbit, each with its name.

    Parameters
    ----------
    sensor : mapping
        From `sensor_fragment`, with a limiting magnitude.
    crafts : mapping of str to Trajectory
        Spacecraft that carry sensors.
    span : (2,) [s TDB past J2000]
        Which satellites of its own orbit are followed.
    data : DataContext
        Orientation.

    Returns
    -------
    list of (str, Telescope)
    """
    from moonstead.dynamics.trajectories import SurfacePoint, TabulatedTrajectory
    from moonstead.foundation.frames.standard import MOON_ME
    from moonstead.monitoring.coverage.ground import ground_named
    from moonstead.monitoring.coverage.watchers import even_times, table_step
    from moonstead.monitoring.visibility.telescopes import Telescope

    limits = {
        "limiting_magnitude": sensor["limiting_magnitude"],
        "sun_exclusion": sensor["sun_exclusion"],
        "moon_exclusion": sensor["moon_exclusion"],
        "largest_range": math.inf if sensor["maximum_range"] is None else sensor["maximum_range"],
    }
    if sensor["craft"]:
        return [(sensor["name"], Telescope(crafts[sensor["craft"]], **limits))]
    if sensor["orbit"] is not None:
        orbit = constellation_of(sensor["orbit"])
        tdb = even_times(*span, table_step(orbit))
        frame = ground_named(orbit.body).frame
        return [
            (
                f"{sensor['name']}, {name}",
                Telescope(TabulatedTrajectory(name, orbit.body, frame, tdb, states, 7), **limits),
            )
            for name, states in zip(orbit.name, orbit.states(tdb, data), strict=True)
        ]
    place, elevation = (sensor["latitude"], sensor["longitude"]), sensor["minimum_elevation"]
    if sensor["body"] == "MOON":
        site = SurfacePoint(sensor["name"], "MOON", MOON_ME, *place, sensor["height"])
        return [(sensor["name"], Telescope(site, least_elevation=elevation, **limits))]
    point = SurfacePoint.on_earth(sensor["name"], *place, sensor["height"])
    return [(sensor["name"], Telescope(point, least_elevation=elevation, sun_below=sensor["sun_below"], **limits))]


def _center(orbit: Any) -> str:
    """What a spacecraft of the scenario circles; of one that comes from a file of states the Moon is assumed."""
    return "EARTH" if orbit.kind == "tle" else str(getattr(orbit, "center", "MOON"))


def _station(name: str, scenario: Scenario) -> dict[str, Any]:
    station = next(one for one in scenario.ground_stations if one.id == name)
    if isinstance(station, ShippedStation):
        from moonstead.links.ground_stations import ground_station

        known = ground_station(station.use)
        return {"latitude": known.latitude, "longitude": known.longitude, "height": known.height}
    return {"latitude": station.latitude, "longitude": station.longitude, "height": station.height}
