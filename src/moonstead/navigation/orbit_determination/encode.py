"""Broadcast messages written from a fitted or predicted orbit and a predicted clock."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.solid_tides import sun_and_moon
from moonstead.formats.broadcast_messages import BroadcastMessages, no_messages
from moonstead.foundation.constants import SPEED_OF_LIGHT
from moonstead.foundation.errors import InvalidInput
from moonstead.navigation.orbit_determination.clock import ClockPrediction
from moonstead.navigation.orbit_determination.fitted_orbit import FittedOrbit
from moonstead.navigation.orbit_determination.message_fit import first_elements, fitted_messages, message_positions
from moonstead.navigation.orbit_determination.message_steps import clock_steps, rounded
from moonstead.navigation.precise.antenna import SatelliteAntennas
from moonstead.navigation.satellite_states import Point
from moonstead.navigation.satellites import satellite_facts
from moonstead.navigation.time import GPST_MINUS_BDT, gpst_minus_utc, tdb_from_gpst

Array = NDArray[np.float64]

SAMPLES = 25  # positions over the time that a message holds
INAV_SOURCE = 517  # data source bits of Galileo: I/NAV on E1-B and E5b-I, clock of E1 and E5b
RANGE_SHARE = 1.0 / 49.0  # [1] of the squares of along and cross errors that users see, at this height


@dataclass(frozen=True, slots=True)
class Plan:
    """When a system's messages refer to, and for how long they hold.

    Attributes
    ----------
    kind : str
        Of message.
    interval : float [s]
        Between reference times.
    phase : float [s]
        Of the reference times within the interval, in the system's own time.
    before, after : float [s]
        How long a message holds about its reference time.
    sent : float [s]
        From the reference time to the beginning of its transmission.
    """

    kind: str
    interval: float
    phase: float
    before: float
    after: float
    sent: float


# IS-GPS-200M, 20.3.4.4 (sets of 2 h that fit over 4 h); GLONASS ICD 5.1, 3.3.3 (t_b at 15 and 45 minutes, half an
# hour); Galileo OS SIS ICD 2.1; BDS-SIS-ICD B1I 3.0, 5.2.4.12 (whole hours)
PLANS = {
    "G": Plan("LNAV", 7200.0, 0.0, 7200.0, 7200.0, -7200.0),
    "J": Plan("LNAV", 3600.0, 0.0, 3600.0, 3600.0, -3600.0),
    "E": Plan("INAV", 1800.0, 0.0, 600.0, 3600.0, 0.0),
    "C": Plan("D1", 3600.0, 0.0, 300.0, 3900.0, 0.0),
    "R": Plan("FDMA", 1800.0, 900.0, 900.0, 900.0, -900.0),
}


@dataclass(frozen=True, eq=False)
class EncodedMessages:
    """Messages of one satellite and how well they say its orbit.

    Attributes
    ----------
    messages : BroadcastMessages
        As they would be sent.
    point : str
        ``"antenna"`` or ``"centre of mass"``: what they describe.
    fit_rms : float [m]
        Distance between the orbit and the messages before their numbers were rounded, root mean square.
    sent_rms : float [m]
        The same with the numbers as sent.
    """

    messages: BroadcastMessages
    point: Point
    fit_rms: float
    sent_rms: float


def encode_broadcast(
    orbit: FittedOrbit,
    first: float,
    last: float,
    *,
    clock: ClockPrediction | None = None,
    rounding: bool = True,
    antenna: bool = True,
) -> EncodedMessages:
    """Write the messages that tell an orbit to receivers.

    Parameters
    ----------
    orbit : FittedOrbit
        Its flight must reach from before `first` to after `last` by the time that messages hold: 15 min for GLONASS,
        2 h for GPS; messages that would need more are left out.
    first, last : float [s of GPST]
        Span of the reference times.
    clock : ClockPrediction, optional
        The satellite's clock; without one the clock fields stay empty.
    rounding : bool
        Whether the numbers are rounded to the steps in which the message counts.
    antenna : bool
        Whether the message describes the phase centre of the antenna, as receivers expect, where its offset is known;
        else the centre of mass.

    Returns
    -------
    EncodedMessages
        GLONASS: state vectors with the accelerations by Sun and Moon; others: fifteen elements.

    Raises
    ------
    InvalidInput
        No messages of that system are written, or none fits into the span.
    NumericalFailure
        A fit does not converge.

    Source
    ------
    The equations of the interface documents, as `PLANS` names them; least squares over the time that a message holds.
    """
    system = orbit.satellite[0]
    if system not in PLANS:
        raise InvalidInput(f"messages of system {system!r} are not written; of {', '.join(PLANS)} they are")
    plan = PLANS[system]
    reference = _reference_times(orbit, plan, system, first, last)
    gpst = reference[:, None] + np.linspace(-plan.before, plan.after, SAMPLES)
    position, point = _points(orbit, gpst.reshape(-1), antenna=antenna)
    position = position.reshape(*gpst.shape, 3)
    start = _first_messages(orbit, plan, reference)
    best = fitted_messages(start, gpst, position, rounding=False)
    messages = fitted_messages(start, gpst, position, rounding=True) if rounding else best
    accuracy, polynomial = _clock(orbit, clock, plan, reference, rounding=rounding)
    messages = replace(messages, clock=polynomial, accuracy=accuracy)
    return EncodedMessages(messages, point, _distance(best, gpst, position), _distance(messages, gpst, position))


def _reference_times(orbit: FittedOrbit, plan: Plan, system: str, first: float, last: float) -> Array:
    # whole hours of UTC and of BeiDou's time come later than those of GPS time
    shift = plan.phase + {"C": GPST_MINUS_BDT, "R": float(gpst_minus_utc(first)[0])}.get(system, 0.0)
    reference = shift + plan.interval * np.arange(
        np.ceil((first - shift) / plan.interval), np.floor((last - shift) / plan.interval) + 1.0
    )
    begin, end = orbit.fit_span[0], orbit.last_gpst
    reference = reference[(reference - plan.before >= begin) & (reference + plan.after <= end)]
    if not reference.size:
        raise InvalidInput(
            f"no message of {orbit.satellite} fits into the span: its messages hold from {plan.before:g} s before to "
            f"{plan.after:g} s after their reference times, and the orbit was flown for "
            f"{(end - begin) / 3600.0:.1f} h; fit with a later `until`"
        )
    return np.asarray(reference, dtype=np.float64)


def _first_messages(orbit: FittedOrbit, plan: Plan, reference: Array) -> BroadcastMessages:
    system = orbit.satellite[0]
    states = orbit.states(reference)
    facts = satellite_facts(orbit.satellite, float(reference[0]))
    count = reference.size
    fixed = system == "C" and facts.orbit_class == "GEO"
    messages = replace(
        no_messages(count),
        satellite=np.full(count, orbit.satellite, dtype="<U3"),
        kind=np.full(count, "D2" if fixed else plan.kind, dtype="<U4"),
        reference=reference,
        clock_reference=reference,
        transmission=reference + plan.sent,
        health=np.zeros(count, dtype=np.int64),
        issue=_issues(system, reference, orbit.fit_span[1]),
        issue_of_clock=_issues(system, reference, orbit.fit_span[1]),
        channel=np.full(count, facts.channel or 0, dtype=np.int64),
    )
    if system == "R":
        return replace(messages, state=np.concatenate((states, np.zeros((count, 3))), axis=1))
    orbits = np.array(
        [
            first_elements(state, time, system, geostationary=fixed)
            for state, time in zip(states, reference, strict=True)
        ]
    )
    interval = plan.before + plan.after if system in "GJ" else np.nan
    source = np.full(count, INAV_SOURCE if system == "E" else -1, dtype=np.int64)
    return replace(messages, orbit=orbits, fit_interval=np.full(count, interval), source=source)


def _points(orbit: FittedOrbit, gpst: Array, *, antenna: bool) -> tuple[Array, Point]:
    """Positions (N, 3) [m], ITRF, of the antenna where its offset is known, else of the centre of mass."""
    states = orbit.states(gpst)
    antennas = SatelliteAntennas((orbit.satellite,), float(gpst[gpst.size // 2]))
    if not (antenna and antennas.known[0]):
        return states[:, :3], "centre of mass"
    sun, _ = sun_and_moon(tdb_from_gpst(gpst), orbit.data)
    index = np.zeros(gpst.size, dtype=np.int64)
    return antennas.phase_centre(index, states[:, :3], states[:, 3:], sun), "antenna"


def _issues(system: str, reference: Array, known: float) -> NDArray[np.int64]:
    """Issues of data: whole days since the data for GLONASS, hours for BeiDou, else a running number."""
    if system in "RC":
        unit, most = (86_400.0, 31.0) if system == "R" else (3600.0, 24.0)
        return np.clip(np.floor((reference - known) / unit), 0.0, most).astype(np.int64)
    return np.arange(reference.size, dtype=np.int64) % 256


def _clock(
    orbit: FittedOrbit, clock: ClockPrediction | None, plan: Plan, reference: Array, *, rounding: bool
) -> tuple[Array, Array]:
    """Accuracy (M,) [m] that the messages promise, and their clock polynomials (M, 3) [s, s/s, s/s^2]."""
    system = orbit.satellite[0]
    variance = np.diagonal(orbit.position_covariance(reference), axis1=1, axis2=2) @ [1.0, RANGE_SHARE, RANGE_SHARE]
    if clock is None:
        return np.sqrt(variance), np.full((reference.size, 3), np.nan)
    polynomial = np.zeros((reference.size, 3))
    since = np.linspace(-plan.before, plan.after, SAMPLES)
    times = reference[:, None] + since
    offset = clock.offset(times.reshape(-1)).reshape(times.shape)
    if system == "R":
        # the clock of GLONASS messages holds the relativistic term that others leave to the receiver
        states = orbit.inertial_states(times.reshape(-1))
        offset -= 2.0 / SPEED_OF_LIGHT**2 * np.sum(states[:, :3] * states[:, 3:], axis=1).reshape(times.shape)
    order = 1 if system == "R" else 2
    polynomial[:, : order + 1] = np.polynomial.polynomial.polyfit(since, offset.T, order).T
    if order == 2 and clock.coefficients[2] == 0.0:
        polynomial[:, 2] = 0.0
    variance = variance + (SPEED_OF_LIGHT * clock.sigma(reference)) ** 2
    return np.sqrt(variance), rounded(polynomial, clock_steps(system)) if rounding else polynomial


def _distance(messages: BroadcastMessages, gpst: Array, position: Array) -> float:
    rows = np.repeat(np.arange(gpst.shape[0]), gpst.shape[1])
    off = message_positions(messages, rows, gpst.reshape(-1)) - position.reshape(-1, 3)
    return float(np.sqrt(np.mean(np.sum(off**2, axis=1))))
