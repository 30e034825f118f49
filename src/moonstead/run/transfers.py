"""From a mission to its transfer: what is asked, which way is computed, and what the report is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from moonstead.run.mission_transfer import MissionTransfer, parking_inclination
from moonstead.run.soft_transfers import flyby_mission, low_energy_mission, low_thrust_mission
from moonstead.scenario.common import epoch_of
from moonstead.scenario.missions import Mission
from moonstead.scenario.scenario import Scenario

if TYPE_CHECKING:
    from moonstead.dynamics.forces import ForceModel
    from moonstead.foundation.data import DataContext
    from moonstead.orbits.transfers.calendar import DepartureDay
    from moonstead.orbits.transfers.cislunar import CislunarFlight
    from moonstead.orbits.transfers.transfer import Transfer

DAY = 86_400.0  # [s]
FLIGHT_TIMES = (3.0 * DAY, 5.0 * DAY)
MOST_DAYS = 31
WAY_HOME = 4.0 * DAY
PERILUNE = 250e3  # [m] of a free return
LOOPS = (60e6, 240e6)  # [m] apogees of phasing loops
LOOP_TIME = 12.0 * DAY
FROM = ("earth", "leo")
TO_NRHO = ("low-energy", "lunar-flyby", "low-thrust")  # kinds that lead there; a flyby leads nowhere else


def transfer_fragment(mission: Mission, scenario: Scenario) -> dict[str, Any] | None:
    """What a mission's transfer depends on, as plain values.

    Parameters
    ----------
    mission : Mission
        Of the scenario.
    scenario : Scenario
        Its sites and vehicles.

    Returns
    -------
    dict or None
        None where no transfer of this kind is computed: it starts elsewhere than at the Earth, goes elsewhere than to a
        low lunar orbit, a site or the NRHO, or its kind has no maker or does not lead there.
    """
    sites = {site.id for site in scenario.sites}
    reaches = (mission.to == "llo" or mission.to in sites) and mission.kind != "lunar-flyby"
    reaches = reaches or (mission.to == "nrho" and mission.kind in TO_NRHO)
    if mission.origin not in FROM or mission.kind not in MAKERS or not reaches:
        return None
    vehicle = next((one for one in scenario.transports if one.id == mission.transport), None)
    first, last = (epoch_of(date).tdb() for date in mission.window)
    return {
        "id": mission.id,
        "name": mission.name or mission.id,
        "kind": mission.kind,
        "to": mission.to,
        "first": first,
        "last": last,
        "flight_time": mission.flight_time,
        "parking_altitude": mission.parking_altitude,
        "launch_site": None if vehicle is None else vehicle.launch_site,
        "orbit_altitude": mission.orbit_altitude,
        "inclination": mission.inclination,
        "returns": mission.comes_back,
        "stay": mission.stay or 0.0,
    }


def mission_transfer(fragment: Mapping[str, Any], data: DataContext) -> MissionTransfer:
    """Transfer of a mission, found under the full forces.

    Parameters
    ----------
    fragment : mapping
        From `transfer_fragment`.
    data : DataContext
        Ephemeris, orientation and gravity fields.

    Returns
    -------
    MissionTransfer

    Raises
    ------
    InvalidInput, NumericalFailure
        There is no such transfer; the message says what is in the way.
    """
    return MAKERS[fragment["kind"]](fragment, data)


def _direct(fragment: Mapping[str, Any], data: DataContext) -> MissionTransfer:
    from moonstead.orbits.transfers.direct import direct_transfer

    return _to_the_moon(fragment, data, lambda solution, flight, name: direct_transfer(solution, flight, name=name))


def _phasing(fragment: Mapping[str, Any], data: DataContext) -> MissionTransfer:
    from moonstead.orbits.transfers.phasing import phasing_transfer

    return _to_the_moon(
        fragment,
        data,
        lambda solution, flight, name: phasing_transfer(solution, LOOPS, flight, name=name),
        before=LOOP_TIME,
    )


def _to_the_moon(
    fragment: Mapping[str, Any], data: DataContext, build: Callable[..., Transfer], *, before: float = 0.0
) -> MissionTransfer:
    """The cheapest direct coast of the mission's window, with the burns that `build` gives it."""
    import numpy as np

    from moonstead.foundation.errors import NumericalFailure
    from moonstead.orbits.transfers.calendar import best_direct, departure_calendar, why_none
    from moonstead.orbits.transfers.cislunar import cislunar_forces, prepare_flight
    from moonstead.orbits.transfers.direct import DirectCase, nodes

    # loops come before the departure for the Moon, which the mission's window then lies behind
    first, last = fragment["first"] + before, fragment["last"] + before
    count = min(int((last - first) / DAY) + 1, MOST_DAYS)
    flight = prepare_flight(cislunar_forces(), first - before - 6.0 * DAY, last + 9.0 * DAY, data)
    inclination = parking_inclination(fragment["launch_site"])
    case = DirectCase(fragment["parking_altitude"], fragment["orbit_altitude"], inclination, fragment["inclination"])
    asked = fragment["flight_time"]
    times = FLIGHT_TIMES if asked is None else (asked, asked)
    calendar = departure_calendar(case, list(np.linspace(first, last, count)), flight, flight_times=times)
    if not calendar.optima:
        raise NumericalFailure(f"{fragment['name']}: no direct transfer in its window: {why_none(calendar)}")
    solution = calendar.optima[0].solution
    assert solution is not None
    if count > 1:
        solution = best_direct(case, first, last, flight, flight_times=times, calendar=calendar)
    earth_node, moon_node = nodes(solution, data)
    facts = {
        "flight_time": solution.perilune_tdb - solution.departure_tdb,
        "impulses": [solution.departure_delta_v, solution.arrival_delta_v],
        "parking_inclination": inclination,
        "parking_node": earth_node,
        "lunar_node": moon_node,
        "calendar": [_day(day) for day in calendar.days],
    }
    home = _way_home(fragment, solution.perilune_tdb + fragment["stay"], facts, data) if fragment["returns"] else None
    transfer = build(solution, flight, fragment["name"])
    return MissionTransfer(transfer, _by_center(flight), facts, home)


def _free_return(fragment: Mapping[str, Any], data: DataContext) -> MissionTransfer:
    from moonstead.orbits.transfers.cislunar import cislunar_forces, prepare_flight
    from moonstead.orbits.transfers.free_return import FreeReturnCase, free_return_leaving, free_return_transfer

    first = fragment["first"]
    flight = prepare_flight(cislunar_forces(), first - 3.0 * DAY, first + 16.0 * DAY, data)
    case = FreeReturnCase(PERILUNE, fragment["parking_altitude"], parking_inclination(fragment["launch_site"]))
    solution = free_return_leaving(case, first, flight)
    facts = {
        "flight_time": solution.perilune_tdb - solution.departure.tdb,
        "impulses": [solution.delta_v],
        "parking_inclination": case.earth_inclination,
        "entry_speed": solution.entry_speed,
        "entry_angle": solution.entry_angle,
    }
    return MissionTransfer(free_return_transfer(solution, flight, name=fragment["name"]), _by_center(flight), facts)


def _way_home(fragment: Mapping[str, Any], tdb: float, facts: dict[str, Any], data: DataContext) -> Transfer:
    """Home from the plane of the lunar orbit that lies best at that time; where it lies otherwise is not followed."""
    from moonstead.orbits.transfers.best_return import best_return, best_return_plane, entry_longitude
    from moonstead.orbits.transfers.cislunar import cislunar_forces, prepare_flight
    from moonstead.orbits.transfers.earth_return import EntryCase, return_transfer

    orbit, _ = best_return_plane(fragment["orbit_altitude"], fragment["inclination"], tdb, WAY_HOME, data)
    flight = prepare_flight(cislunar_forces(), tdb - DAY, tdb + WAY_HOME + 2.0 * DAY, data)
    home = best_return(orbit, tdb + 0.1 * DAY, WAY_HOME, EntryCase(), flight)
    east, north = entry_longitude(home.entry, data)
    facts["home"] = {
        "entry_speed": home.entry_speed,
        "entry_longitude": east,
        "entry_latitude": north,
        "duration": home.duration,
    }
    return return_transfer(home, flight, name=f"{fragment['name']}: way home")


def _day(day: DepartureDay) -> dict[str, Any]:
    found = day.solution
    if found is None:
        return {"departure": day.departure_tdb, "delta_v": None, "flight_time": None, "reason": day.reason}
    return {
        "departure": day.departure_tdb,
        "delta_v": found.delta_v,
        "flight_time": found.perilune_tdb - found.departure_tdb,
        "reason": "",
    }


def _by_center(flight: CislunarFlight) -> dict[str, ForceModel]:
    return {"EARTH": flight.forces.near_earth, "MOON": flight.forces.near_moon}


MAKERS: dict[str, Callable[[Mapping[str, Any], Any], MissionTransfer]] = {
    "direct": _direct,
    "phasing": _phasing,
    "free-return": _free_return,
    "low-energy": low_energy_mission,
    "lunar-flyby": flyby_mission,
    "low-thrust": low_thrust_mission,
}
