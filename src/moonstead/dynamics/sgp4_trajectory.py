"""Catalogue objects by SGP4, one at a time or a whole catalogue at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sgp4.api import SGP4_ERRORS, Satrec, SatrecArray

from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.foundation.errors import InvalidInput, NumericalFailure, OutsideSpan
from moonstead.foundation.frames.frame import Frame
from moonstead.foundation.frames.standard import TEME
from moonstead.foundation.time.leap_seconds import FIRST_DAY, NOON, tai_of_utc
from moonstead.foundation.time.scales import tai_seconds, tdb_from_tai

Array = NDArray[np.float64]
Status = NDArray[np.uint8]

METRES_PER_KILOMETRE = 1000.0
WGS72_GM = 3.986_008e14  # [m3/s2] the constant inside SGP4
LINE_LENGTH = 69  # [characters]
JULIAN_DATE_2000 = 2_451_544.5  # [d] 2000-01-01T00:00
SAMPLES_PER_REVOLUTION = 48
# How far the osculating perigee between samples, and SGP4's velocity against the motion of its position, may pass the
# sampled ones: the tests find less than 0.1 % over catalogues.
SPEED_MARGIN = 1.01
FASTEST = 11_200.0  # [m/s] escape speed at the ground: no closed orbit above it is faster


@dataclass(frozen=True, eq=False)
class Sgp4Trajectory:
    """An object of the satellite catalogue by SGP4/SDP4 from its two-line elements.

    Time runs in SI seconds from the epoch of the elements, so a leap second in between is counted. Programs that
    subtract UTC dates do not count it and are off by one second of motion across it.

    Attributes
    ----------
    name : str
        What messages and reports call it.
    line1, line2 : str
        The two lines. Their checksums are not looked at; `formats.tle` does.
    reach : float [s]
        How far from the epoch of the elements the trajectory answers, both ways.
    center, frame : str, Frame
        Always the Earth and TEME.

    Raises
    ------
    InvalidInput
        The reach is not positive, or the lines are not two-line elements that SGP4 accepts.

    Source
    ------
    Vallado, Crawford, Hujsak & Kelso (2006), Revisiting Spacetrack Report #3, AIAA 2006-6753, through the package
    ``sgp4``; constants of WGS-72.
    """

    name: str
    line1: str
    line2: str
    reach: float = 30.0 * SECONDS_PER_DAY
    center: str = field(default="EARTH", init=False)
    frame: Frame = field(default=TEME, init=False)

    def __post_init__(self) -> None:
        """Refuse lines and reach that can give no state."""
        if not self.reach > 0.0:
            raise InvalidInput(f"'{self.name}' must reach a positive time [s] from its epoch; got {self.reach!r}")
        _ = self._satellite

    @cached_property
    def _satellite(self) -> Satrec:
        return _initialised(self.line1, self.line2, f"'{self.name}'")

    @cached_property
    def epoch(self) -> float:
        """Epoch [s TDB past J2000] of the elements."""
        return float(tdb_from_tai(_epoch_tai([self._satellite]))[0])

    @property
    def span(self) -> tuple[float, float]:
        """First and last time [s TDB past J2000]: the epoch of the elements less and plus the reach."""
        return self.epoch - self.reach, self.epoch + self.reach

    def state(self, tdb: Array) -> Array:
        """States relative to the Earth in TEME.

        Parameters
        ----------
        tdb : (N,) [s TDB past J2000]
            Times within `span`.

        Returns
        -------
        (N, 6) [m, m/s]
            NaN where SGP4 fails, for example after decay; `state_and_status` says why.

        Raises
        ------
        OutsideSpan
            A time lies further from the epoch than the reach.
        """
        return self.state_and_status(tdb)[0]

    def state_and_status(self, tdb: ArrayLike) -> tuple[Array, Status]:
        """States as `state` gives them, and the status of each.

        Parameters
        ----------
        tdb : (N,) [s TDB past J2000]
            Times within `span`.

        Returns
        -------
        states : (N, 6) [m, m/s]
            NaN where SGP4 fails.
        status : (N,)
            0 where good, else SGP4's error code; `status_text` tells what it means.

        Raises
        ------
        OutsideSpan
            A time lies further from the epoch than the reach.
        """
        tdb = np.atleast_1d(np.asarray(tdb, dtype=np.float64))
        first, last = self.span
        if np.any((tdb < first) | (tdb > last)):
            raise OutsideSpan(
                f"'{self.name}' was asked for TDB {np.nanmin(tdb)!r} to {np.nanmax(tdb)!r}, but its elements serve "
                f"{first!r} to {last!r} [s past J2000], {self.reach / SECONDS_PER_DAY:g} d about their epoch; "
                "get newer elements or give a longer reach"
            )
        states, status = _states([self._satellite], tdb)
        return states[0], status[0]

    def speed_bound(self, start: Array, stop: Array) -> Array:
        """Upper bound of the speed in TEME within intervals of time.

        The smaller of the perigee speed, found from samples over the whole span and widened by 1 %, and what the
        perigee's gravity can reach between the speeds at both ends.

        Parameters
        ----------
        start, stop : (K,) [s TDB past J2000]
            Ends of the intervals.

        Returns
        -------
        (K,) [m/s]
        """
        start, stop = np.atleast_1d(np.asarray(start, float)), np.atleast_1d(np.asarray(stop, float))
        perigee_speed, pull = self._perigee
        ends, _ = self.state_and_status(np.concatenate((start, stop)))
        speed = np.linalg.norm(ends[:, 3:], axis=1)
        between = 0.5 * (speed[: start.size] + speed[start.size :] + pull * (stop - start)) * SPEED_MARGIN
        bound: Array = np.fmin(perigee_speed, between)
        return bound

    @cached_property
    def _perigee(self) -> tuple[float, float]:
        """Largest speed [m/s] and pull [m/s2] at the osculating perigees of samples over the span, with margin."""
        first, last = self.span
        period = 2.0 * np.pi / (self._satellite.no_kozai / 60.0)
        count = int(min(max(1000, 2.0 * self.reach / period * SAMPLES_PER_REVOLUTION), 200_000))
        states, _ = _states([self._satellite], np.linspace(first, last, count))
        position, velocity = states[0, :, :3], states[0, :, 3:]
        radius, speed = np.linalg.norm(position, axis=1), np.linalg.norm(velocity, axis=1)
        if not np.any(np.isfinite(radius)):
            raise NumericalFailure(
                f"SGP4 gives no state of '{self.name}' within {self.reach / SECONDS_PER_DAY:g} d of its epoch; "
                "the object has decayed or the elements are damaged"
            )
        momentum = np.linalg.norm(np.cross(position, velocity), axis=1)
        energy = 0.5 * speed**2 - WGS72_GM / radius
        eccentricity = np.sqrt(np.maximum(1.0 + 2.0 * energy * (momentum / WGS72_GM) ** 2, 0.0))
        perigee = momentum**2 / WGS72_GM / (1.0 + eccentricity)
        fastest = min(float(np.nanmax(momentum / perigee)) * SPEED_MARGIN, FASTEST)
        return fastest, float(np.nanmax(WGS72_GM / perigee**2)) * SPEED_MARGIN


def catalogue_states(lines: Sequence[tuple[str, str]], tdb: ArrayLike) -> tuple[Array, Status]:
    """States of many catalogue objects at the same times.

    Parameters
    ----------
    lines : S pairs of str
        Line 1 and line 2 of each object.
    tdb : (N,) [s TDB past J2000]
        Times, however far from the epochs of the elements.

    Returns
    -------
    states : (S, N, 6) [m, m/s]
        Relative to the Earth in TEME; NaN where SGP4 fails.
    status : (S, N)
        0 where good, else SGP4's error code; `status_text` tells what it means.

    Raises
    ------
    InvalidInput
        A pair of lines is not accepted by SGP4; the message gives its number.

    Source
    ------
    As `Sgp4Trajectory`.
    """
    satellites = [
        _initialised(line1, line2, f"element set {number} ({line1[2:7]})")
        for number, (line1, line2) in enumerate(lines)
    ]
    return _states(satellites, np.atleast_1d(np.asarray(tdb, dtype=np.float64)))


def status_text(status: int) -> str:
    """What a status of SGP4 means."""
    return "good" if status == 0 else str(SGP4_ERRORS.get(int(status), f"unknown status {status}"))


def _initialised(line1: str, line2: str, called: str) -> Satrec:
    """SGP4 set up with two lines; the package itself would take any text and give numbers for it."""
    shaped = len(line1) >= LINE_LENGTH and len(line2) >= LINE_LENGTH and line1[:2] == "1 " and line2[:2] == "2 "
    if not shaped or line1[2:7] != line2[2:7]:
        raise InvalidInput(
            f"{called} needs line 1 and line 2 of one object, {LINE_LENGTH} characters each; "
            f"got {line1[:24]!r} and {line2[:24]!r}. Read them with formats.tle"
        )
    try:
        return Satrec.twoline2rv(line1, line2)
    except ValueError as error:
        raise InvalidInput(f"{called}: SGP4 does not accept the element lines ({error})") from error


def _states(satellites: Sequence[Satrec], tdb: Array) -> tuple[Array, Status]:
    states = np.full((len(satellites), tdb.size, 6), np.nan)
    status = np.zeros((len(satellites), tdb.size), dtype=np.uint8)
    if not satellites or not tdb.size:
        return states, status
    tai = tai_seconds(tdb)
    epochs = _epoch_tai(satellites)
    # SGP4 counts minutes between Julian dates: the same offset of TAI on both sides makes them elapsed SI time.
    offsets = epochs - np.array([_julian_seconds(satellite) for satellite in satellites])
    for offset in np.unique(np.round(offsets)):
        rows = np.flatnonzero(np.round(offsets) == offset)
        clock = tai - offset
        day = np.floor(clock / SECONDS_PER_DAY)
        fraction = clock / SECONDS_PER_DAY - day
        array = SatrecArray([satellites[int(row)] for row in rows])
        code, position, velocity = array.sgp4(JULIAN_DATE_2000 + 0.5 + day, fraction)
        found = np.concatenate((position, velocity), axis=2) * METRES_PER_KILOMETRE
        found[code != 0] = np.nan
        states[rows], status[rows] = found, code
    return states, status


def _julian_seconds(satellite: Satrec) -> float:
    """Epoch as SGP4 keeps it, in seconds of 86 400 a day past 2000-01-01T12:00."""
    return float(
        (satellite.jdsatepoch - JULIAN_DATE_2000 - 0.5) * SECONDS_PER_DAY + satellite.jdsatepochF * SECONDS_PER_DAY
    )


def _epoch_tai(satellites: Sequence[Satrec]) -> Array:
    """Epochs (S,) [s TAI past 2000-01-01T12:00:00 TAI] of elements, which are dated in UTC."""
    first = date.fromordinal(FIRST_DAY).toordinal()
    seconds = np.empty(len(satellites))
    for row, satellite in enumerate(satellites):
        year = satellite.epochyr + (1900 if satellite.epochyr >= 57 else 2000)
        whole = int(np.floor(satellite.epochdays))
        day = date(year, 1, 1).toordinal() - first + whole - 1
        start = tai_of_utc(day, 0)
        if start is None:  # before 1972 UTC ran within a second of TAI - 10 s, closer than elements are dated
            start = day * int(SECONDS_PER_DAY) - NOON + 10
        seconds[row] = start + (satellite.epochdays - whole) * SECONDS_PER_DAY
    return seconds
