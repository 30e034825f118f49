"""Broadcast messages against precise products: errors of orbit and clock for each satellite and epoch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.formats.sp3 import PreciseOrbits
from moonstead.foundation.constants import SPEED_OF_LIGHT
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.frames.earth import EARTH_ROTATION_RATE
from moonstead.navigation.satellite_states import SatelliteSource

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]


LONGEST_STEP = 1800.0  # [s] between epochs whose positions still tell the plane of the orbit

# Signals that clocks of the analysis centres refer to. GLONASS messages give one clock and the delay of G2 behind G1,
# which belongs to their own equipment: the bias between the two stays in the clock's error.
CLOCK_SIGNALS: dict[str, tuple[str, str]] = {
    "G": ("C1W", "C2W"),
    "E": ("C1C", "C5Q"),
    "C": ("C2I", "C6I"),
    "J": ("C1C", "C2L"),
}


@dataclass(frozen=True, eq=False)
class SignalErrors:
    """Broadcast minus precise for E epochs and S satellites; NaN where one of the two is missing.

    Attributes
    ----------
    satellites : (S,) tuple of str
        "C06", "G01", "R24" ...
    gpst : (E,) [s of GPST]
        Epochs of the precise product.
    orbit : (E, S, 3) [m]
        Radial, along the track, across it.
    clock : (E, S) [m]
        Satellite clocks, with the difference of the two system times still in them.
    distance : (E, S) [m]
        Of the satellite from the Earth's centre.
    age : (E, S) [s]
        Epoch minus reference time of the message.
    accuracy : (E, S) [m]
        What the message promises, one sigma; NaN where it promises nothing.
    message : (E, S)
        Row of the message used, -1 without one.
    healthy : (E, S)
        Whether there is a message and it calls the satellite usable.
    sent : (E, S)
        Whether there is a message in time at all, usable or not.
    """

    satellites: tuple[str, ...]
    gpst: Array
    orbit: Array
    clock: Array
    distance: Array
    age: Array
    accuracy: Array
    message: NDArray[np.int64]
    healthy: Flags
    sent: Flags

    def part(self, columns: ArrayLike) -> SignalErrors:
        """Errors of some satellites.

        Parameters
        ----------
        columns : (K,) [1]
            Their indices.

        Returns
        -------
        SignalErrors
        """
        of = np.asarray(columns, dtype=np.int64)
        return SignalErrors(
            tuple(self.satellites[int(k)] for k in of),
            self.gpst,
            self.orbit[:, of],
            self.clock[:, of],
            self.distance[:, of],
            self.age[:, of],
            self.accuracy[:, of],
            self.message[:, of],
            self.healthy[:, of],
            self.sent[:, of],
        )


def compare(
    broadcast: SatelliteSource,
    precise: PreciseOrbits,
    *,
    offsets: ArrayLike | None = None,
    signals: Mapping[str, tuple[str, str]] = CLOCK_SIGNALS,
) -> SignalErrors:
    """Errors of broadcast orbits and clocks at the epochs of a precise product.

    Parameters
    ----------
    broadcast : SatelliteSource
        Messages, chosen as a receiver would.
    precise : PreciseOrbits
        Centre of mass and clock.
    offsets : (E, S, 3) [m] or None
        From the centre of mass to the point that the broadcast orbit is of, in the axes of `precise`, for the
        satellites of `precise`; None compares the antenna with the centre of mass as they are.
    signals : mapping of str to (str, str)
        Pair of codes, by system, that the precise clock refers to.

    Returns
    -------
    SignalErrors
        Of the satellites that both have, sorted.

    Raises
    ------
    InvalidInput
        The two have no satellite in common, or the offsets do not match.

    Source
    ------
    Montenbruck, Steigenberger and Hauschild (2015), GPS Solutions 19, 321, doi:10.1007/s10291-014-0390-8: radial,
    along and cross from the position and the plane of the precise orbit in inertial axes. The periodic relativistic
    term is in neither clock (IS-GPS-200, SP3-d).
    """
    names = tuple(name for name in broadcast.satellites if name in set(precise.satellites))
    if not names:
        raise InvalidInput(
            f"messages and precise orbits have no satellite in common: {_listed(broadcast.satellites)} against "
            f"{_listed(precise.satellites)}"
        )
    column = {name: k for k, name in enumerate(precise.satellites)}
    columns = np.array([column[name] for name in names])
    truth = precise.position[:, columns]
    axes, distance = _axes(precise.gpst, truth)
    if offsets is not None:
        moved = np.asarray(offsets, dtype=np.float64)
        if moved.shape != precise.position.shape:
            raise InvalidInput(f"antenna offsets need the shape {precise.position.shape} [m]; got {moved.shape}")
        truth = truth + moved[:, columns]
    epochs, count = truth.shape[:2]
    row = {name: k for k, name in enumerate(broadcast.satellites)}
    index = np.tile(np.array([row[name] for name in names], dtype=np.int64), epochs)
    times = np.repeat(precise.gpst, count)
    states = broadcast.states(index, times)
    usable = states.valid & states.healthy
    shape = epochs, count
    difference = np.where(usable[:, None], states.position, np.nan).reshape(epochs, count, 3) - truth
    clock = np.where(usable, states.clock, np.nan)
    for system, pair in signals.items():
        of = np.flatnonzero(usable & np.array([name[0] == system for name in names])[np.arange(index.size) % count])
        clock[of] -= broadcast.code_bias(index[of], times[of], pair)
    return SignalErrors(
        names,
        precise.gpst,
        np.einsum("esij,esj->esi", axes, difference),
        (clock.reshape(shape) - precise.clock[:, columns]) * SPEED_OF_LIGHT,
        distance,
        states.age.reshape(shape),
        states.accuracy.reshape(shape),
        states.message.reshape(shape),
        usable.reshape(shape),
        states.valid.reshape(shape),
    )


def _axes(gpst: Array, position: Array) -> tuple[Array, Array]:
    """Radial, along and cross axes (E, S, 3, 3) [1] of positions (E, S, 3) [m] in the ITRF, and distances (E, S) [m].

    The orbit's plane is that of neighbouring epochs in axes that stand still, the mean of the one before and the one
    after, or the one of them that is there.
    """
    step = np.diff(gpst)
    turn = EARTH_ROTATION_RATE * np.where(step <= LONGEST_STEP, step, np.nan)[:, None]
    cosine, sine = np.cos(turn), np.sin(turn)
    x, y, z = np.moveaxis(position[1:], -1, 0)
    later = np.stack((cosine * x - sine * y, sine * x + cosine * y, z), axis=-1)  # in the axes of the epoch before
    normal = np.cross(position[:-1], later)
    x, y, z = np.moveaxis(normal, -1, 0)
    of_later = np.stack((cosine * x + sine * y, cosine * y - sine * x, z), axis=-1)
    missing = np.full((1, *position.shape[1:]), np.nan)
    after, before = np.concatenate((normal, missing)), np.concatenate((missing, of_later))
    cross = np.where(np.isnan(before), after, np.where(np.isnan(after), before, before + after))
    cross /= np.linalg.norm(cross, axis=-1, keepdims=True)
    distance = np.linalg.norm(position, axis=-1)
    radial = position / distance[..., None]
    return np.stack((radial, np.cross(cross, radial), cross), axis=-2), distance


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(names[:8]) + (" ..." if len(names) > 8 else "") if names else "none"
