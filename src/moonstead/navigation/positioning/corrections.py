"""Satellites at transmission and delays on the way, for all rows of a file."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.constants import SPEED_OF_LIGHT
from moonstead.foundation.errors import MissingData
from moonstead.navigation.positioning.observables import Pseudoranges
from moonstead.navigation.positioning.troposphere import mapping, zenith_delays
from moonstead.navigation.satellite_states import SatelliteSource

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

GM_EARTH = 3.986_004_418e14  # [m3/s2] IERS Conventions (2010), table 1.1
ERFA_WGS84 = 1  # ERFA's number of the ellipsoid
USELESS = 1e3  # [m] a satellite that promises no better is not used; GPS calls more than 6 km "at your own risk"
NEAREST, FARTHEST = 1e7, 1e8  # [m] from the Earth's centre, of any navigation satellite
LARGEST_CLOCK = 0.01 * SPEED_OF_LIGHT  # [m] messages of GPS hold up to 1 ms, of GLONASS 4 ms
LOWEST, HIGHEST = -1e3, 1e5  # [m] heights between which the models of the air are asked


@dataclass(frozen=True, slots=True, eq=False)
class Sky:
    """Satellites of N rows.

    Attributes
    ----------
    position, velocity : (N, 3) [m], [m/s]
        ITRF axes at the time of transmission.
    clock : (N,) [m]
        Satellite clock with relativity, as length: to be added to a code.
    clock_rate : (N,) [m/s]
        Its drift.
    delay : (N, 2) [m]
        Group delay of each signal, to be taken from a code.
    accuracy : (N,) [m]
        What the source promises.
    usable : (N,)
        Whether there is a state with a clock, and the satellite is healthy.
    unhealthy : (N,)
        Whether there is a state that calls itself unhealthy.
    point : str
        What the positions are of.
    delays_known : bool
        Whether the source tells the delays of single signals.
    """

    position: Array
    velocity: Array
    clock: Array
    clock_rate: Array
    delay: Array
    accuracy: Array
    usable: Flags
    unhealthy: Flags
    point: str
    delays_known: bool


def satellites_of(rows: Pseudoranges, source: SatelliteSource) -> Sky:
    """Where the satellites were when they sent what was received.

    The time of transmission by the satellite's clock is the epoch less the pseudorange over the speed of light,
    whatever the receiver's clock shows: nothing but the pseudorange and the satellite's clock is needed.

    Parameters
    ----------
    rows : Pseudoranges
        Codes in [m].
    source : SatelliteSource
        Broadcast messages or precise products.

    Returns
    -------
    Sky
        In [m] and [m/s].

    Raises
    ------
    MissingData
        The source has none of the satellites.

    Source
    ------
    IS-GPS-200, 20.3.3.3.3.1: correction of the transmission time by the clock of the satellite.
    """
    place = {name: number for number, name in enumerate(source.satellites)}
    wanted = np.array([place.get(name, -1) for name in rows.satellites], dtype=np.int64)
    if np.all(wanted < 0):
        raise MissingData(
            f"orbits are of {_systems(source.satellites)}, observations of {_systems(rows.satellites)}: "
            "no satellite in common"
        )
    index = wanted[rows.satellite]
    have = np.flatnonzero(index >= 0)
    gpst = rows.gpst[rows.epoch]
    code = np.where(np.isfinite(rows.code[:, 0]), rows.code[:, 0], rows.code[:, 1])
    states = source.states(index[have], gpst[have], -code[have] / SPEED_OF_LIGHT)
    count = index.size

    def spread(values: Array, fill: float = np.nan) -> Array:
        out = np.full((count, *values.shape[1:]), fill)
        out[have] = values
        return out

    with np.errstate(invalid="ignore", over="ignore"):  # a message with a flipped digit may say anything
        seconds = states.clock + states.relativity
        position = spread(states.position - states.velocity * seconds[:, None])
        clock, accuracy = spread(seconds * SPEED_OF_LIGHT), spread(states.accuracy)
        distance = np.linalg.norm(position, axis=1)
        there = (distance > NEAREST) & (distance < FARTHEST) & (np.abs(clock) < LARGEST_CLOCK) & ~(accuracy > USELESS)
    there[have] &= states.valid
    position[~there], clock[~there], accuracy[~there] = np.nan, np.nan, np.nan
    delay = np.zeros((count, 2))
    for signal in (0, 1):
        observed = np.array([pair[signal] for pair in rows.signals])
        for code_name in sorted(set(observed.tolist()) - {""}):
            mine = np.flatnonzero((observed == code_name)[rows.satellite] & (index >= 0))
            bias = source.code_bias(index[mine], gpst[mine], code_name)
            delay[mine, signal] = SPEED_OF_LIGHT * np.nan_to_num(bias)
    healthy = np.zeros(count, dtype=bool)
    healthy[have] = states.healthy
    return Sky(
        position=np.ascontiguousarray(position),
        velocity=spread(states.velocity),
        clock=clock,
        clock_rate=spread(states.clock_drift) * SPEED_OF_LIGHT,
        delay=delay,
        accuracy=accuracy,
        usable=there & healthy,
        unhealthy=there & ~healthy,
        point=states.point,
        delays_known=states.point == "antenna",
    )


def _systems(names: tuple[str, ...]) -> str:
    return ", ".join(sorted({name[0] for name in names})) or "no system"


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """Where receiver is, by epoch.

    Attributes
    ----------
    latitude, longitude : (E,) [rad]
        Geodetic.
    height : (E,) [m]
        Over the ellipsoid.
    """

    latitude: Array
    longitude: Array
    height: Array


def place_of(position: Array) -> Place:
    """Geodetic coordinates.

    Parameters
    ----------
    position : (E, 3) [m]
        ITRF; rows may be NaN.

    Returns
    -------
    Place
        In [rad] and [m].

    Source
    ------
    IERS Conventions (2010), TN 36, section 4.2.6, by ERFA's gc2gd.
    """
    import erfa

    known = np.all(np.isfinite(position), axis=1)
    longitude, latitude, height = (np.full(position.shape[0], np.nan) for _ in range(3))
    if np.any(known):
        longitude[known], latitude[known], height[known] = erfa.gc2gd(ERFA_WGS84, position[known])
    return Place(latitude, longitude, height)


def tropospheric_delay(rows: Pseudoranges, place: Place, elevation: Array) -> Array:
    """Delay of the neutral air along each sight, from place and season.

    Parameters
    ----------
    rows : Pseudoranges
        Epochs.
    place : Place
        Of the receiver.
    elevation : (N,) [rad]
        Of each row.

    Returns
    -------
    (N,) [m]
        0 above 100 km of height.

    Source
    ------
    `zenith_delays` and `mapping`: RTCA DO-229, appendix A.4.2.4.
    """
    inside = (place.height > LOWEST) & (place.height < HIGHEST)
    zenith = np.sum(zenith_delays(place.latitude, np.where(inside, place.height, 0.0), rows.gpst), axis=0)
    return np.asarray(np.where(inside, zenith, 0.0)[rows.epoch] * mapping(elevation))


def curvature_delay(position: Array, receiver: Array) -> Array:
    """Delay of light in the Earth's gravity (Shapiro).

    Parameters
    ----------
    position, receiver : (N, 3) [m]
        Satellite and receiver, ITRF.

    Returns
    -------
    (N,) [m]
        Near 2 cm.

    Source
    ------
    IERS Conventions (2010), TN 36, equation 11.17.
    """
    far, near = np.linalg.norm(position, axis=1), np.linalg.norm(receiver, axis=1)
    between = np.linalg.norm(position - receiver, axis=1)
    ratio = (far + near + between) / (far + near - between)
    return np.asarray(2.0 * GM_EARTH / SPEED_OF_LIGHT**2 * np.log(ratio))
