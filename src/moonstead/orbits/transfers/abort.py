"""Abort on the way to the Moon: from any time after departure the cheapest burn that comes home in time."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.propagate import OrbitState
from moonstead.foundation.bodies import body
from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.foundation.ephemeris.two_body import two_body_states
from moonstead.foundation.errors import InvalidInput, MoonsteadError, NumericalFailure
from moonstead.orbits.elements import kepler_elements, mean_anomaly
from moonstead.orbits.targeting import correct, correct_smallest
from moonstead.orbits.transfers.cislunar import CislunarFlight
from moonstead.orbits.transfers.earth_return import (
    CONSTRAINTS,
    VACUUM_PERIGEE,
    EarthReturn,
    EntryCase,
    about_nearer,
    fly_home,
    return_guess,
    solve_return,
)
from moonstead.orbits.transfers.interface import (
    INTERFACE_ALTITUDE,
    entry_of,
    entry_with_partials,
    interface_distance,
)
from moonstead.orbits.transfers.joined import JoinedTrajectory
from moonstead.orbits.transfers.lunar_leg import EarthEnd, perigee_of, shift
from moonstead.orbits.transfers.measures import pole
from moonstead.orbits.transfers.transfer import Handover

Array = NDArray[np.float64]

ENERGIES = 240  # conics tried about the Earth for the first guess
FASTEST = 1.5  # [1] largest eccentricity of a fall home that is tried
SETTLE = 12
SMALLEST_ROUNDS = 3
AT_INTERFACE = 1e-2  # [s]
APPROACH = 20.0 * 3600.0  # [s] from the pass of the Moon to where conics about the Earth take over
WIDEST, GRID = 3e7, 121  # [m] half width of the plane across the approach, and places along it
LOWEST_FLYBY = 100e3  # [m] over the Moon
NEARLY = 6e6  # [m] of the perigee of entry: what conics are good for
APART = 1.5e6  # [m] in that plane
CANDIDATES = 6
STEPS = 1e-12


@dataclass(frozen=True, eq=False)
class AbortOption:
    """The cheapest way home within a time.

    Attributes
    ----------
    tdb : float [s TDB past J2000]
        When the burn is made.
    longest : float [s]
        Time that was allowed.
    solution : EarthReturn or None
        The way; None where there is none.
    reason : str
        Why there is none; empty otherwise.
    """

    tdb: float
    longest: float
    solution: EarthReturn | None
    reason: str


def direct_abort(
    state: OrbitState, longest: float, flight: CislunarFlight, *, case: EntryCase | None = None
) -> EarthReturn:
    """The cheapest single burn at a state that is home within a time.

    Parameters
    ----------
    state : OrbitState
        Before the burn, about the Earth or the Moon, in the ICRF.
    longest : float [s]
        Time to the entry interface at most.
    flight : CislunarFlight
        Forces, laid out until then.
    case : EntryCase or None
        How the atmosphere is met; None takes the usual angle.

    Returns
    -------
    EarthReturn

    Raises
    ------
    InvalidInput
        The time is not positive.
    NumericalFailure
        No burn comes home in that time; the message gives the shortest that conics allow.

    Source
    ------
    Minimum over conics about the Earth of the burn in the plane of motion, then as `solve_return`.
    """
    case = case if case is not None else EntryCase()
    if not longest > 0.0:
        raise InvalidInput(f"the time to be home is positive [s]; got {longest!r}")
    start = about_nearer(state, flight.data)
    guesses = []
    if start.center == "EARTH":
        guesses = _conic_guesses(start.position_velocity, longest)
    else:
        # near the Moon a patched conic of the full time, and shorter ones
        for share in (1.0, 0.85, 0.7, 0.55):
            try:
                burn = return_guess(start, share * longest, flight.data)
            except NumericalFailure:
                continue
            if burn is not None:
                guesses.append((float(np.linalg.norm(burn)), share * longest, burn))
        guesses.sort(key=lambda one: one[0])
    reason = ""
    for _, duration, burn in guesses[:3]:
        try:
            return solve_return(start, start.epoch_tdb + duration, case, flight, guess=burn)
        except MoonsteadError as refused:
            reason = str(refused)
    if not guesses:
        raise NumericalFailure(
            f"nothing comes home within {longest / 3600.0:.1f} h from here by a burn of less than escape: allow more "
            "time"
        )
    raise NumericalFailure(f"no abort within {longest / 3600.0:.1f} h was found: {reason}")


def abort_table(
    trajectory: JoinedTrajectory,
    times: Sequence[float],
    durations: Sequence[float],
    flight: CislunarFlight,
    *,
    case: EntryCase | None = None,
) -> tuple[AbortOption, ...]:
    """Ways home from several times of a flight, each within several times.

    Parameters
    ----------
    trajectory : JoinedTrajectory
        The flight to the Moon.
    times : sequence of float [s TDB past J2000]
        When it is given up.
    durations : sequence of float [s]
        Times to be home.
    flight : CislunarFlight
        Forces, laid out until the last entry.
    case : EntryCase or None
        How the atmosphere is met.

    Returns
    -------
    tuple of AbortOption
        One for each pair, times first.

    Raises
    ------
    OutsideSpan
        A time lies outside of the flight.

    Source
    ------
    As `direct_abort`.
    """
    options = []
    for tdb in times:
        state = OrbitState(trajectory.state_about("EARTH", [tdb])[0], float(tdb), "EARTH")
        for longest in durations:
            try:
                options.append(AbortOption(float(tdb), longest, direct_abort(state, longest, flight, case=case), ""))
            except (InvalidInput, NumericalFailure) as refused:
                options.append(AbortOption(float(tdb), longest, None, str(refused)))
    return tuple(options)


def flyby_abort(
    state: OrbitState, perilune_tdb: float, flight: CislunarFlight, *, case: EntryCase | None = None
) -> EarthReturn:
    """Home round the Moon: the cheapest burn that puts a flight on the way out onto a free return.

    Parameters
    ----------
    state : OrbitState
        Before the burn, on the way to the Moon, in the ICRF.
    perilune_tdb : float [s TDB past J2000]
        When the flight passes the Moon if nothing is done.
    flight : CislunarFlight
        Forces, laid out until the entry.
    case : EntryCase or None
        How the atmosphere is met; only its angle is asked.

    Returns
    -------
    EarthReturn

    Raises
    ------
    InvalidInput
        The flight is within 20 hours of the Moon already.
    NumericalFailure
        No such burn is found.

    Source
    ------
    Places in the plane across the approach, each passed by the Moon's hyperbola and met by an ellipse about the Earth;
    then the smallest burn that keeps the entry under the full forces.
    """
    case = case if case is not None else EntryCase()
    start = about_nearer(state, flight.data)
    if start.center != "EARTH" or start.epoch_tdb > perilune_tdb - 1.05 * APPROACH:
        raise InvalidInput(
            f"a flyby abort is burnt {APPROACH / 3600.0:.0f} h or more before the Moon is passed; later the direct "
            "abort is what remains"
        )
    reason = "no way past the Moon leads home"
    for burn, entry_tdb in _passes(start, perilune_tdb, flight):
        try:
            return _round_trip(start, burn, perilune_tdb, entry_tdb, case, flight)
        except MoonsteadError as refused:
            reason = str(refused)
    raise NumericalFailure(f"no flyby abort was found: {reason}")


def _passes(start: OrbitState, perilune_tdb: float, flight: CislunarFlight) -> list[tuple[Array, float]]:
    """Burns and times of entry of passes that lead home by conics, cheapest first and not beside each other."""
    gm, moon_gm = body("EARTH").gm, body("MOON").gm
    early, late = perilune_tdb - APPROACH, perilune_tdb + APPROACH
    coast = flight.coast(start.position_velocity, start.epoch_tdb, early, "EARTH", with_transition=True, steps=STEPS)
    transition = coast.transition([early])[0]
    inner = coast.state([early])[0] + shift("EARTH", "MOON", early, flight.data)
    along = inner[3:] / np.linalg.norm(inner[3:])
    first = np.cross(along, [0.0, 0.0, 1.0])
    first /= np.linalg.norm(first)
    second = np.cross(along, first)
    offsets = np.linspace(-WIDEST, WIDEST, GRID)
    a, b = (axis.ravel() for axis in np.meshgrid(offsets, offsets))
    moved = a[:, None] * first + b[:, None] * second
    burns = moved @ np.linalg.inv(transition[:3, 3:]).T
    near = inner + np.concatenate((moved, burns @ transition[3:, 3:].T), axis=1)
    lowest = kepler_elements(near, moon_gm).periapsis_distance
    outer = two_body_states(near, np.full(len(near), late - early), moon_gm)
    outer = outer + shift("MOON", "EARTH", late, flight.data)
    home = perigee_of(outer, np.array([0.0, 0.0, 1.0]), gm)
    wanted = body("EARTH").equatorial_radius + VACUUM_PERIGEE
    good = (lowest > body("MOON").mean_radius + LOWEST_FLYBY) & (np.abs(home[:, 0] - wanted) < NEARLY)
    good &= (home[:, 1] < 0.0) & np.isfinite(home).all(axis=1)
    chosen: list[int] = []
    for place in np.argsort(np.where(good, np.linalg.norm(burns, axis=1), np.inf)):
        if not good[place] or len(chosen) == CANDIDATES:
            break
        if all(np.linalg.norm(moved[place] - moved[other]) > APART for other in chosen):
            chosen.append(int(place))
    return [(burns[place], late - float(home[place, 1])) for place in chosen]


def _round_trip(
    start: OrbitState, burn: Array, perilune_tdb: float, entry_tdb: float, case: EntryCase, flight: CislunarFlight
) -> EarthReturn:
    """The smallest burn near a guess that is home behind the pass."""
    earth_pole = pole("EARTH", entry_tdb, flight.data)
    interface = body("EARTH").equatorial_radius + INTERFACE_ALTITUDE
    for attempt in range(SETTLE):
        # which pass is the smallest moves with the time that it is looked at: after some rounds that time is kept
        count = 1 if attempt < SMALLEST_ROUNDS else 2

        def missed(
            x: Array, interface: float = interface, stop: float = entry_tdb, count: int = count
        ) -> tuple[Array, Array]:
            end = _round_the_moon(start, x, perilune_tdb, stop, flight)
            value, partials = entry_with_partials(end, earth_pole, interface, case.angle)
            return value[:count], partials[:count, 3:]

        names, scales, accepted = CONSTRAINTS[:count], [1.0] * 3, (10.0, 0.5 * AT_INTERFACE)[:count]
        if count == 1:
            found = correct_smallest(missed, burn, scales, accepted, names=names, settled=1e-2, most_steps=15)
        else:
            found = correct(missed, burn, scales, accepted, names=names, most_steps=15)
        burn = found.variables
        end = _round_the_moon(start, burn, perilune_tdb, entry_tdb, flight)
        late = float(entry_of(end.state[None], earth_pole, interface, case.angle)[0, 1])
        if abs(late) < AT_INTERFACE:
            moon = (Handover(perilune_tdb - APPROACH, "MOON"), Handover(perilune_tdb + APPROACH, "EARTH"))
            return EarthReturn(case, start, burn, end, moon)
        entry_tdb -= late
        interface = interface_distance(end.state[:3], earth_pole)
    raise NumericalFailure(f"the time of entry does not settle: it still moves by {late:.3g} s")


def _conic_guesses(state: Array, longest: float) -> list[tuple[float, float, Array]]:
    """Burns in the plane of motion whose conic meets the perigee of entry in time: cost, duration, burn."""
    gm, perigee = body("EARTH").gm, body("EARTH").equatorial_radius + VACUUM_PERIGEE
    place, velocity = state[:3], state[3:]
    distance = float(np.linalg.norm(place))
    up = place / distance
    normal = np.cross(place, velocity)
    ahead = np.cross(normal / np.linalg.norm(normal), up)
    least = (distance - perigee) / (distance + perigee)
    guesses = []
    for e in np.linspace(least + 1e-6, FASTEST, ENERGIES):
        e = float(e) if abs(e - 1.0) > 1e-6 else 1.0 + 1e-6
        rate = math.sqrt(gm * abs(1.0 - e) ** 3 / perigee**3)
        anomaly = math.acos(max(-1.0, min(1.0, (perigee * (1.0 + e) / distance - 1.0) / e)))
        fall = float(mean_anomaly(np.array([anomaly]), np.array([e]))[0]) / rate
        across = math.sqrt(gm * perigee * (1.0 + e)) / distance
        radial = math.sqrt(max(gm * (2.0 / distance - (1.0 - e) / perigee) - across**2, 0.0))
        for sense, duration in ((-1.0, fall), (1.0, 2.0 * math.pi / rate - fall if e < 1.0 else math.inf)):
            if duration <= longest:
                burn = sense * radial * up + across * ahead - velocity
                guesses.append((float(np.linalg.norm(burn)), duration, burn))
    return sorted(guesses, key=lambda one: one[0])


def _round_the_moon(
    start: OrbitState, burn: Array, perilune_tdb: float, stop: float, flight: CislunarFlight
) -> EarthEnd:
    """The Earth end of a flight round the Moon, with its derivatives by the state behind the burn."""
    state = start.position_velocity.copy()
    state[3:] += burn
    early, late = perilune_tdb - APPROACH, perilune_tdb + APPROACH
    coast = flight.coast(state, start.epoch_tdb, early, "EARTH", with_transition=True, steps=STEPS)
    inner = coast.state([early])[0] + shift("EARTH", "MOON", early, flight.data)
    near = flight.coast(inner, early, late, "MOON", with_transition=True, steps=STEPS)
    if near.hit_surface:
        raise NumericalFailure("the flight meets the Moon")
    outer = OrbitState(near.state([late])[0] + shift("MOON", "EARTH", late, flight.data), late, "EARTH")
    end = fly_home(flight, outer, stop)
    transition = end.transition @ near.transition([late])[0] @ coast.transition([early])[0]
    return EarthEnd(stop, end.state, transition, late)


def fastest_within(options: Sequence[AbortOption], budget: float) -> AbortOption:
    """The fastest way home that a budget pays for.

    Parameters
    ----------
    options : sequence of AbortOption
        As `abort_table` gives them.
    budget : float [m/s]
        Change of velocity at most.

    Returns
    -------
    AbortOption

    Raises
    ------
    InvalidInput
        None is so cheap; the message gives the cheapest.

    Source
    ------
    Choice among a table.
    """
    affordable = [one for one in options if one.solution is not None and one.solution.delta_v <= budget]
    if affordable:
        return min(affordable, key=lambda one: one.solution.duration if one.solution is not None else math.inf)
    costs = [one.solution.delta_v for one in options if one.solution is not None]
    cheapest = f"the cheapest needs {min(costs):.0f} m/s" if costs else "there is none at all"
    raise InvalidInput(
        f"no abort costs {budget:.0f} m/s or less: {cheapest}; allow more than "
        f"{max(one.longest for one in options) / SECONDS_PER_DAY:.1f} d to be home, or burn earlier"
    )
