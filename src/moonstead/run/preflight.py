"""What can be known to fail before anything is computed: dates, heights, orbits, files, stations and bands."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.units import closest, format_quantity
from moonstead.run.preflight_dates import date_problems, service_problems
from moonstead.run.preflight_links import link_problems
from moonstead.run.preflight_missions import mission_problems
from moonstead.run.preflight_monitoring import monitoring_problems
from moonstead.run.preflight_navigation import navigation_problems
from moonstead.run.preflight_orbits import orbit_problems
from moonstead.run.preflight_resources import resource_problems
from moonstead.run.preflight_stores import store_problems
from moonstead.run.preflight_terrain import terrain_problems
from moonstead.run.preflight_threats import threat_problems
from moonstead.scenario.facilities import Generator, SolarArray
from moonstead.scenario.ground import OwnStation, ShippedStation
from moonstead.scenario.load import LoadedScenario
from moonstead.scenario.problems import Problem, raise_problems

if TYPE_CHECKING:
    from moonstead.surface.terrain import GlobalTerrain

MOST_HEIGHT_OFF_TERRAIN = 1000.0  # [m] terrain of 3.8 km pixels misses narrow peaks by hundreds of metres, not more
LOWEST_STATION, HIGHEST_STATION = -500.0, 5500.0  # [m] shore of the Dead Sea, and above ALMA and Ali at 5100 m
JULIAN_YEAR = 365.25 * 86_400.0  # [s]


def preflight(loaded: LoadedScenario, data: DataContext) -> None:
    """Refuse a scenario that cannot be computed with these data.

    Parameters
    ----------
    loaded : LoadedScenario
        A scenario that is sound in itself.
    data : DataContext
        What the run would use.

    Raises
    ------
    ScenarioError
        With every problem found, where at least one is a mistake in the scenario.
    ScenarioDataMissing
        Every problem found is that data are missing or do not reach far enough.
    """
    raise_problems(examine(loaded, data))


def examine(loaded: LoadedScenario, data: DataContext) -> list[Problem]:
    """Every problem of a scenario that can be seen without computing; as `preflight`, without raising."""
    return [
        *date_problems(loaded, data),
        *_sites(loaded, data),
        *service_problems(loaded),
        *_sources(loaded),
        *_stations(loaded),
        *orbit_problems(loaded, data),
        *link_problems(loaded),
        *resource_problems(loaded),
        *store_problems(loaded),
        *mission_problems(loaded),
        *threat_problems(loaded, data),
        *navigation_problems(loaded),
        *monitoring_problems(loaded),
    ]


def _sites(loaded: LoadedScenario, data: DataContext) -> Iterator[Problem]:
    terrain: GlobalTerrain | None = None
    for index, site in enumerate(loaded.scenario.sites):
        problems = list(terrain_problems(loaded, data, index))
        yield from problems
        if site.height is None or problems:
            continue
        if terrain is None:
            from moonstead.surface.terrain import load_terrain

            terrain = load_terrain(data)
        ground = _ground(terrain, site.latitude, site.longitude)
        if abs(site.height - ground) > MOST_HEIGHT_OFF_TERRAIN:
            above = format_quantity(abs(site.height - ground), "km", 3)
            side = "above" if site.height > ground else "below"
            yield loaded.problem(
                ("site", index, "height"),
                f"the site stands {above} {side} the terrain, which is at {ground:.0f} m there",
                f'leave `height` out, or write about "{ground:.0f} m": heights count from the sphere of 1737.4 km',
            )


def _ground(terrain: GlobalTerrain, latitude: float, longitude: float) -> float:
    """Height [m] of the pixel that holds a point: near enough to tell kilometres, and without compiled code."""
    rows, columns = terrain.heights.shape
    row = min(int((0.5 * math.pi - latitude) / math.pi * rows), rows - 1)
    column = int(((longitude + math.pi) / (2.0 * math.pi) % 1.0) * columns) % columns
    return float(terrain.heights[row, column])


def _sources(loaded: LoadedScenario) -> Iterator[Problem]:
    for index, facility in enumerate(loaded.scenario.facilities):
        yearly = facility.degradation * JULIAN_YEAR if isinstance(facility, SolarArray | Generator) else 0.0
        if yearly >= 1.0:
            yield loaded.problem(
                ("facility", index, "degradation"),
                f'"{facility.id}" would lose {yearly:.0%} of its power in a year, all of it or more',
                'write the share that is lost in a year, below 100 %/yr, for example "1.6 %/yr"',
            )


def _stations(loaded: LoadedScenario) -> Iterator[Problem]:
    for index, station in enumerate(loaded.scenario.ground_stations):
        if isinstance(station, OwnStation):
            if not LOWEST_STATION <= station.height <= HIGHEST_STATION:
                yield loaded.problem(
                    ("ground_station", index, "height"),
                    f"no dish of the Earth stands at {station.height:.0f} m above the ellipsoid",
                    "write the geodetic height above WGS 84; vectors made on a sphere are kilometres off",
                )
            continue
        problem = _shipped_problem(loaded, index, station)
        if problem is not None:
            yield problem


def _shipped_problem(loaded: LoadedScenario, index: int, station: ShippedStation) -> Problem | None:
    from moonstead.links.ground_stations import ground_station, station_names

    key = ("ground_station", index, "use")
    known = station_names()
    if station.use not in known:
        near = closest(station.use, known)
        remedy = f'did you mean "{near}"?' if near else f"known are {', '.join(known)}"
        return loaded.problem(key, f'no ground station of the table is called "{station.use}"', remedy)
    try:
        ground_station(station.use)
    except InvalidInput as error:
        return loaded.problem(key, str(error), "choose a station that works, or describe your own")
    return None
