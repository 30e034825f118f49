"""Integrity: when a satellite that calls itself healthy misleads, when one says it is not, when a clock jumps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from moonstead.navigation.monitoring.comparison import SignalErrors
from moonstead.navigation.monitoring.sisre import epoch_median
from moonstead.navigation.monitoring.standards import GLONASS_LIMIT, URA_FACTOR
from moonstead.navigation.monitoring.weights import worst_user_error

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
Kind = Literal["misleading", "unhealthy", "clock step"]

STEP_SIGMAS = 8.0  # [1] of the usual change of a clock's error from epoch to epoch, beyond which it is a step
LEAST_STEP = 2.0  # [m] smaller ones are within what two products differ by
LEAST_CHANGES = 12  # of a satellite, for what is usual with it to be known
MAD_TO_SIGMA = 1.4826  # [1] of a normal distribution


@dataclass(frozen=True)
class IntegrityEvent:
    """Something that users of a satellite had to be protected from.

    Attributes
    ----------
    satellite : str
        Which.
    kind : str
        ``"misleading"``: healthy, and some user's range error beyond the limit. ``"unhealthy"``: the message says so.
        ``"clock step"``: the clock's error jumps within one message.
    start, stop : float [s of GPST]
        First and last epoch at which it holds.
    epochs : int
        How many.
    error : float [m]
        Largest; NaN where there is none to tell.
    limit : float [m]
        What it is measured against; NaN without.
    """

    satellite: str
    kind: Kind
    start: float
    stop: float
    epochs: int
    error: float
    limit: float


def error_limit(errors: SignalErrors) -> Array:
    """Range error that a healthy satellite may not exceed for any user.

    Parameters
    ----------
    errors : SignalErrors
        With the accuracy that messages promise.

    Returns
    -------
    (E, S) [m]
        4.42 times the promised accuracy; of GLONASS 18 m; NaN where nothing is promised.

    Source
    ------
    GPS SPS Performance Standard, 5th ed. (2020), section 3.5; GOST R 52865-2009, 4.3.3 for GLONASS.
    """
    glonass = np.array([name[0] == "R" for name in errors.satellites], dtype=bool)
    return np.where(glonass, GLONASS_LIMIT, URA_FACTOR * errors.accuracy)


def integrity_events(
    errors: SignalErrors, *, remove_radial_mean: bool = True, remove_clock_bias: bool = True
) -> tuple[IntegrityEvent, ...]:
    """Events of a group of satellites that share a system time and signals, in the order of time.

    Parameters
    ----------
    errors : SignalErrors
        Of the group.
    remove_radial_mean : bool
        Take the mean of the group out of the radial error, as `range_errors` does.
    remove_clock_bias : bool
        Take the median of each satellite out of its clock error: the group delay between the message's and the
        product's signals, metres for GLONASS, is no failure of the satellite. A failure that lasts for most of the
        span is hidden with it.

    Returns
    -------
    tuple of IntegrityEvent

    Source
    ------
    Definition of a misleading signal: GPS SPS Performance Standard, 5th ed. (2020), section 3.5; worst user as Heng et
    al. (2011), IEEE Trans. AES 48, 2932. Steps: change between epochs against its own median absolute deviation.
    """
    radial = errors.orbit[..., 0]
    if remove_radial_mean and np.isfinite(radial).any():
        radial = radial - np.nanmedian(radial)
    clock = errors.clock - epoch_median(errors.clock)[:, None]
    if remove_clock_bias:
        clock = clock - epoch_median(clock.T)
    worst = worst_user_error(radial, errors.orbit[..., 1], errors.orbit[..., 2], clock, errors.distance)
    limit = error_limit(errors)
    unhealthy = np.isfinite(errors.distance) & errors.sent & ~errors.healthy
    steps, jump, usual = clock_steps(errors)
    nothing = np.full(worst.shape, np.nan)
    events = [
        *_events(errors, "misleading", errors.healthy & (worst > limit), worst, limit),
        *_events(errors, "unhealthy", unhealthy, nothing, nothing),
        *_events(errors, "clock step", steps, jump, usual),
    ]
    return tuple(sorted(events, key=lambda event: (event.start, event.satellite, event.kind)))


def clock_steps(errors: SignalErrors) -> tuple[Flags, Array, Array]:
    """Epochs at which the error of a satellite's clock jumps although its message is the same as before.

    Parameters
    ----------
    errors : SignalErrors
        Of satellites that share a system time.

    Returns
    -------
    steps : (E, S)
        True at the first epoch after a step.
    jump : (E, S) [m]
        Change of the error from the epoch before, of either sign made positive.
    limit : (E, S) [m]
        From which on it is a step; NaN where too little is known of the satellite.

    Source
    ------
    Change against `STEP_SIGMAS` times its own robust standard deviation, and at least `LEAST_STEP`.
    """
    clock = errors.clock - epoch_median(errors.clock)[:, None]
    jump, limit = np.full(clock.shape, np.nan), np.full(clock.shape, np.nan)
    change = np.diff(clock, axis=0)
    change[errors.message[1:] != errors.message[:-1]] = np.nan
    for k in range(clock.shape[1]):
        known = change[np.isfinite(change[:, k]), k]
        if known.size >= LEAST_CHANGES:
            usual = MAD_TO_SIGMA * np.median(np.abs(known - np.median(known)))
            jump[1:, k] = np.abs(change[:, k])
            limit[:, k] = max(LEAST_STEP, STEP_SIGMAS * usual)
    return jump > limit, jump, limit


def in_service(errors: SignalErrors) -> Flags:
    """Whether each satellite calls itself usable at any time of the span.

    Parameters
    ----------
    errors : SignalErrors
        Of a system.

    Returns
    -------
    (S,)
        False for satellites that are being tested, moved or replaced.
    """
    return np.asarray(errors.healthy.any(axis=0))


def healthy_share(errors: SignalErrors) -> tuple[float, int]:
    """Share of the messages of satellites in service that call them usable.

    Parameters
    ----------
    errors : SignalErrors
        Of a system.

    Returns
    -------
    share : float [1]
        Over satellites and epochs with a message in force; NaN without any. Where there is none nothing is known:
        files of few stations have gaps that the satellites do not have.
    counted : int
        Pairs of satellite and epoch.

    Source
    ------
    Per-slot availability of the GPS SPS Performance Standard, 5th ed. (2020), section 3.7, over the satellites that
    are in service.
    """
    known = errors.sent & np.isfinite(errors.distance) & in_service(errors)
    counted = int(known.sum())
    return (float((known & errors.healthy).sum() / counted) if counted else float("nan")), counted


def continuity(errors: SignalErrors, duration: float = 3600.0) -> tuple[float, int]:
    """Share of stretches of time that begin with a healthy signal and keep it.

    Parameters
    ----------
    errors : SignalErrors
        Of a system.
    duration : float [s]
        Length of a stretch; they begin at every epoch.

    Returns
    -------
    share : float [1]
        NaN where the span holds no stretch.
    counted : int
        Stretches with a message in force throughout, or an interruption; neighbouring ones overlap.

    Source
    ------
    Continuity over any hour: GPS SPS Performance Standard, 5th ed. (2020), section 3.6, without knowledge of which
    interruptions were scheduled.
    """
    last = np.searchsorted(errors.gpst, errors.gpst + duration)  # first epoch at or past the end
    starts = np.flatnonzero(last < errors.gpst.size)
    known = errors.sent & np.isfinite(errors.distance)
    begun = known[starts] & errors.healthy[starts]
    broken = _within(known & ~errors.healthy, starts, last)
    counted = begun & (broken | ~_within(~known, starts, last))
    trials = int(counted.sum())
    return (float((counted & ~broken).sum() / trials) if trials else float("nan")), trials


def _within(holds: Flags, starts: NDArray[np.int64], last: NDArray[np.int64]) -> Flags:
    """Whether something holds anywhere from each start to its last epoch (K, S)."""
    count = np.concatenate((np.zeros((1, holds.shape[1]), dtype=np.int64), np.cumsum(holds, axis=0, dtype=np.int64)))
    return np.asarray(count[last[starts] + 1] > count[starts])


def _events(errors: SignalErrors, kind: Kind, holds: Flags, value: Array, limit: Array) -> list[IntegrityEvent]:
    """Neighbouring epochs of one satellite joined."""
    found = []
    for k, name in enumerate(errors.satellites):
        at = np.flatnonzero(holds[:, k])
        for run in np.split(at, np.flatnonzero(np.diff(at) > 1) + 1) if at.size else []:
            values = value[run, k]
            worst = run[int(np.nanargmax(values))] if np.isfinite(values).any() else run[0]
            found.append(
                IntegrityEvent(
                    name,
                    kind,
                    float(errors.gpst[run[0]]),
                    float(errors.gpst[run[-1]]),
                    int(run.size),
                    float(value[worst, k]),
                    float(limit[worst, k]),
                )
            )
    return found
