"""What a radar measures of an orbit: round-trip time of light, and shift of the carrier."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.bodies import body
from moonstead.foundation.constants import SPEED_OF_LIGHT
from moonstead.foundation.errors import NumericalFailure
from moonstead.smallbodies.orbit_fit.computed import light_left

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext
    from moonstead.smallbodies.motion.flight import Flight

Array = NDArray[np.float64]
Stations = Callable[[Array], Array]

SUN_GM = body("SUN").gm
MEAN_CLOCK_RATE = 1.480_826_867_41e-8  # [1] L_C, TCG against TCB: Irwin & Fukushima (1999), A&A 348, 642
LEG_ROUNDS = 6
LEG_STEP = 1e-6  # [s] in which the Earth's pull bends the station's way by less than 1 nm
SLOPE_STEP = 64.0  # [s] of the difference that gives the rate of the Shapiro delay, smooth over hours


@dataclass(frozen=True, eq=False)
class ComputedRadar:
    """Delay and Doppler shift of one orbit at M times of reception.

    Attributes
    ----------
    delay : (M,) [s]
        Round trip on the station's clock, to the centre of mass, in empty space.
    doppler : (M,) [Hz]
        Frequency received less frequency sent.
    delay_partials : (M, k) [mixed]
        Change of the delay with the parameters of the orbit.
    doppler_partials : (M, k) [mixed]
        Change of the shift with them.
    bounce_tdb : (M,) [s TDB past J2000]
        When the signal met the body.
    """

    delay: Array
    doppler: Array
    delay_partials: Array
    doppler_partials: Array
    bounce_tdb: Array


def computed_radar(
    flight: Flight, tdb: Array, frequency: Array, receiver: Array, transmitter: Stations, data: DataContext
) -> ComputedRadar:
    """Round-trip time and Doppler shift of radar echoes.

    Two legs with their own light time, each delayed by the Sun's gravity, timed by a clock on the Earth. Left out: the
    air (2.3 m at the zenith and each leg, 15 ns in all), plasma near the Sun and in the ionosphere (a few ns at 8.6
    GHz), the gravity of planets (below 0.1 ns).

    Parameters
    ----------
    flight : Flight
        With partials.
    tdb : (M,) [s TDB past J2000]
        When the echoes were received.
    frequency : (M,) [Hz]
        Sent.
    receiver : (M, 6) [m, m/s]
        Receiving stations at `tdb`, from the barycentre in ICRF.
    transmitter : callable
        States (M, 6) [m, m/s] of the M sending stations at times (M,) [s TDB past J2000].
    data : DataContext
        Where the Sun's place comes from.

    Returns
    -------
    ComputedRadar
        With partial derivatives good to 1e-4 of themselves.

    Raises
    ------
    NumericalFailure
        The flight does not cover the times, or a light time does not converge.

    Source
    ------
    Moyer (2000), JPL DESCANSO 2, sections 8.3 (legs, equation 8-55), 11.4 and 13.3; Doppler as the ratio of the
    intervals sent and received. Clock: TDB and TT as defined by the IAU, rate of the station by its speed and the Sun.
    """
    bounce, states = light_left(flight, tdb, receiver[:, :3])
    down_shapiro = _shapiro(tdb, receiver, bounce, states, data)
    # the echo left earlier by the Shapiro delay of the way down
    bounce = bounce - down_shapiro
    states = np.array(states)
    states[:, :3] -= down_shapiro[:, None] * states[:, 3:]
    down = np.linalg.norm(states[:, :3] - receiver[:, :3], axis=1) / SPEED_OF_LIGHT + down_shapiro
    up, sender = _up_leg(bounce, states, transmitter, data)
    delay = (down + up) * (1.0 - _clock_rate(tdb - 0.5 * (down + up), 0.5 * (receiver + sender), data))

    towards_receiver = states[:, :3] - receiver[:, :3]
    towards_sender = states[:, :3] - sender[:, :3]
    down_line = towards_receiver / np.linalg.norm(towards_receiver, axis=1)[:, None]
    up_line = towards_sender / np.linalg.norm(towards_sender, axis=1)[:, None]

    def along(line: Array, velocity: Array) -> Array:
        return np.asarray(np.sum(line * velocity, axis=1) / SPEED_OF_LIGHT)

    # an interval at the receiver, at the bounce and at the sender: light time grows by line . (difference of speeds)
    at_bounce = (1.0 + along(down_line, receiver[:, 3:])) / (1.0 + along(down_line, states[:, 3:]))
    at_sender = at_bounce * (1.0 - along(up_line, states[:, 3:])) / (1.0 - along(up_line, sender[:, 3:]))
    ratio = at_sender - _shapiro_rate(tdb, receiver, bounce, states, bounce - up, sender, data)
    sent = tdb - down - up
    ratio = ratio * (1.0 - _clock_rate(sent, sender, data)) / (1.0 - _clock_rate(tdb, receiver, data))
    doppler = frequency * (ratio - 1.0)

    shift = flight.partials(bounce)
    lines = down_line + up_line
    delay_partials = np.einsum("ni,nik->nk", lines, shift[:, :3]) / SPEED_OF_LIGHT
    turning = _turning(towards_receiver, states[:, 3:] - receiver[:, 3:])
    turning += _turning(towards_sender, states[:, 3:] - sender[:, 3:])
    rate_partials = np.einsum("ni,nik->nk", lines, shift[:, 3:]) + np.einsum("ni,nik->nk", turning, shift[:, :3])
    doppler_partials = -(frequency / SPEED_OF_LIGHT)[:, None] * rate_partials
    return ComputedRadar(delay, doppler, delay_partials, doppler_partials, bounce)


def _up_leg(bounce: Array, states: Array, transmitter: Stations, data: DataContext) -> tuple[Array, Array]:
    """Time (M,) [s] of the way up and the sender's states (M, 6) when it sent."""
    sender = transmitter(bounce)
    up = np.linalg.norm(states[:, :3] - sender[:, :3], axis=1) / SPEED_OF_LIGHT
    for _ in range(LEG_ROUNDS):
        sender = transmitter(bounce - up)
        delayed = _shapiro(bounce - up, sender, bounce, states, data)
        step = np.linalg.norm(states[:, :3] - sender[:, :3], axis=1) / SPEED_OF_LIGHT + delayed - up
        up = up + step
        if not np.any(np.abs(step) > LEG_STEP):
            sender = np.array(sender)
            sender[:, :3] -= step[:, None] * sender[:, 3:]  # finer than the resolution of the time
            return np.linalg.norm(states[:, :3] - sender[:, :3], axis=1) / SPEED_OF_LIGHT + delayed, sender
    raise NumericalFailure("the light time from the radar to the body does not converge: the orbit is no orbit")


def _shapiro(near_tdb: Array, near: Array, far_tdb: Array, far: Array, data: DataContext) -> Array:
    """Delay (M,) [s] by the Sun's gravity on the way between two states (M, 6)."""
    ephemeris = data.ephemeris
    first = near[:, :3] - ephemeris.position("SUN", "SOLAR SYSTEM BARYCENTER", near_tdb)
    second = far[:, :3] - ephemeris.position("SUN", "SOLAR SYSTEM BARYCENTER", far_tdb)
    return _shapiro_between(first, second)


def _shapiro_between(first: Array, second: Array) -> Array:
    """Delay (M,) [s] between heliocentric places (M, 3) [m]: Shapiro (1964), Moyer (2000) equation 8-38."""
    around = np.linalg.norm(first, axis=1) + np.linalg.norm(second, axis=1)
    apart = np.linalg.norm(second - first, axis=1)
    return np.asarray(2.0 * SUN_GM / SPEED_OF_LIGHT**3 * np.log((around + apart) / (around - apart)))


def _shapiro_rate(
    tdb: Array, receiver: Array, bounce: Array, states: Array, sent: Array, sender: Array, data: DataContext
) -> Array:
    """Rate (M,) [1] of the Shapiro delay of both legs."""
    ephemeris = data.ephemeris
    places = [
        state - ephemeris.state("SUN", "SOLAR SYSTEM BARYCENTER", time)
        for time, state in ((tdb, receiver), (bounce, states), (sent, sender))
    ]

    def both(offset: float) -> Array:
        here, there, back = (place[:, :3] + offset * place[:, 3:] for place in places)
        return _shapiro_between(here, there) + _shapiro_between(back, there)

    return (both(SLOPE_STEP) - both(-SLOPE_STEP)) / (2.0 * SLOPE_STEP)


def _clock_rate(tdb: Array, station: Array, data: DataContext) -> Array:
    """How much (M,) [1] a clock at a station is slower than TDB: Moyer (2000), section 2.3, by speed and Sun only."""
    sun = data.ephemeris.position("SUN", "SOLAR SYSTEM BARYCENTER", tdb)
    speed_square = np.sum(station[:, 3:] ** 2, axis=1)
    potential = SUN_GM / np.linalg.norm(station[:, :3] - sun, axis=1)
    return np.asarray((0.5 * speed_square + potential) / SPEED_OF_LIGHT**2 - MEAN_CLOCK_RATE)


def _turning(line: Array, velocity: Array) -> Array:
    """Gradient (M, 3) [1/s] of the range rate with respect to the place at the end of a line (M, 3) [m]."""
    distance = np.linalg.norm(line, axis=1)[:, None]
    unit = line / distance
    return (velocity - unit * np.sum(unit * velocity, axis=1)[:, None]) / distance
