"""Missions that take the long way round by the Sun's pull, or a flyby of the Moon: their transfers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from moonstead.run.mission_transfer import MissionTransfer, parking_inclination

if TYPE_CHECKING:
    from moonstead.dynamics.trajectory import Trajectory
    from moonstead.foundation.data import DataContext

DAY = 86_400.0  # [s]
USUAL_TIMES = (80.0 * DAY, 110.0 * DAY)  # of a low-energy flight whose duration is not said
AROUND = 2.0 * DAY  # of the flight time that is said, in which one is sought
LEAST_WINDOW = 3.0 * DAY  # of departure: no low-energy flight leaves on any given day
ORBIT_CADENCE = 0.5 * DAY  # between arrival times on an orbit that is not the same everywhere
MARGIN = 20.0 * DAY  # of the orbit that is joined, about the arrivals that are looked for
FLYBY_TIMES = (3.0 * DAY, 6.0 * DAY)  # from the departure to the flyby, and at most from there to the insertion
GATEWAY = {
    "family": "nrho",
    "point": "L2",
    "branch": "south",
    "resonance": "9:2",
    "period": None,
    "jacobi": None,
}  # the orbit that `nrho` means, in a phase that misses the Earth's shadow


def low_energy_mission(fragment: Mapping[str, Any], data: DataContext) -> MissionTransfer:
    """Low-energy transfer of a mission: the cheapest arrival of those found from scratch in its window.

    A window shorter than three days is widened to that, about its middle: what leaves the Earth this way cannot do so
    on any day. The facts tell the window that was searched.

    Parameters
    ----------
    fragment : mapping
        From `transfer_fragment`.
    data : DataContext
        Ephemeris, orientation and gravity fields.

    Returns
    -------
    MissionTransfer
        To a low lunar orbit, or to the NRHO.

    Raises
    ------
    InvalidInput, NumericalFailure
        There is no such transfer in the window; the message says how near the search came.
    """
    from moonstead.orbits.transfers.arrivals import ArrivalFamily, OrbitArrival, low_orbit_arrival
    from moonstead.orbits.transfers.cislunar import cislunar_forces
    from moonstead.orbits.transfers.low_energy import CADENCE, FORWARD, low_energy_transfers

    middle, half = 0.5 * (fragment["first"] + fragment["last"]), 0.5 * (fragment["last"] - fragment["first"])
    half = max(half, 0.5 * LEAST_WINDOW)
    first, last = middle - half, middle + half
    asked = fragment["flight_time"]
    shortest, longest = USUAL_TIMES if asked is None else (asked - AROUND, asked + AROUND)
    family: ArrivalFamily
    if fragment["to"] == "nrho":
        orbit = _gateway(first + shortest - MARGIN, last + longest + MARGIN, data)
        family, cadence = OrbitArrival(orbit), ORBIT_CADENCE
    else:
        family = low_orbit_arrival(fragment["orbit_altitude"], fragment["inclination"], first, data)
        cadence = CADENCE
    inclination = None if fragment["launch_site"] is None else parking_inclination(fragment["launch_site"])
    forces = cislunar_forces()
    found = low_energy_transfers(
        family,
        first,
        last,
        forces,
        data,
        name=fragment["name"],
        parking_altitude=fragment["parking_altitude"],
        parking_inclination=inclination,
        shortest=shortest,
        longest=longest,
        cadence=cadence,
        most=1,
    )[0]
    facts = {
        "flight_time": found.flight_time,
        "impulses": list(found.transfer.delta_v.values()),
        "launch_c3": found.departure.c3,
        "farthest": found.departure.farthest,
        "searched": [first, last],
    }
    return MissionTransfer(found.transfer, forces.by_center, facts, tolerance=FORWARD)


def flyby_mission(fragment: Mapping[str, Any], data: DataContext) -> MissionTransfer:
    """Transfer of a mission to the NRHO by a powered flyby: the cheapest within one revolution of the orbit.

    Parameters
    ----------
    fragment : mapping
        From `transfer_fragment`.
    data : DataContext
        Ephemeris, orientation and gravity fields.

    Returns
    -------
    MissionTransfer
        To the NRHO.

    Raises
    ------
    InvalidInput, NumericalFailure
        There is no such transfer; the message says what to change.
    """
    from moonstead.orbits.transfers.cislunar import cislunar_forces
    from moonstead.orbits.transfers.lunar_flyby import flyby_transfer

    first, last = fragment["first"] + FLYBY_TIMES[0], fragment["last"] + sum(FLYBY_TIMES)
    orbit = _gateway(first - DAY, last + DAY, data)
    inclination = None if fragment["launch_site"] is None else parking_inclination(fragment["launch_site"])
    forces = cislunar_forces()
    found = flyby_transfer(
        orbit,
        first,
        last,
        forces,
        data,
        parking_altitude=fragment["parking_altitude"],
        parking_inclination=inclination,
        longest=FLYBY_TIMES[1],
        name=fragment["name"],
    )
    facts = {
        "flight_time": found.insertion_tdb - found.departure.tdb,
        "impulses": list(found.transfer.delta_v.values()),
        "launch_c3": found.departure.c3,
    }
    return MissionTransfer(found.transfer, forces.by_center, facts)


def low_thrust_mission(fragment: Mapping[str, Any], data: DataContext) -> MissionTransfer:
    """Refuse a mission with low thrust: a spiral from the Earth is not computed.

    Parameters
    ----------
    fragment : mapping
        From `transfer_fragment`.
    data : DataContext
        Not read.

    Raises
    ------
    InvalidInput
        Always; the message says what there is.
    """
    from moonstead.foundation.errors import InvalidInput

    raise InvalidInput(
        f"{fragment['name']}: the way of a mission from the Earth by low thrust is not computed; low-energy, direct, "
        "phasing and flyby transfers are, and orbits.transfers.low_thrust joins two states near the Moon"
    )


def _gateway(first: float, last: float, data: DataContext) -> Trajectory:
    """The southern 9:2 NRHO, clear of the Earth's shadow, in the full model."""
    import math

    from moonstead.orbits.three_body.flown import fly_periodic_orbit
    from moonstead.orbits.transfers.cislunar import cislunar_forces
    from moonstead.run.family_orbit import member

    orbit, pace = member(GATEWAY)
    count = math.ceil((last - first) / (pace or orbit.duration)) + 1
    model = cislunar_forces().near_moon
    flown = fly_periodic_orbit(orbit, first, count, model, data, avoid_eclipse_by=("EARTH",), period=pace, name="nrho")
    return flown.trajectory()
