"""One row for each satellite and epoch: where it was, and what its codes and phases should read."""

from __future__ import annotations

from dataclasses import dataclass

import erfa
import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.bodies import body
from moonstead.foundation.constants import SPEED_OF_LIGHT
from moonstead.foundation.errors import InvalidInput, MissingData
from moonstead.foundation.frames.earth import EARTH_ROTATION_RATE
from moonstead.navigation.positioning.errors import ERFA_WGS84, local_axes
from moonstead.navigation.positioning.troposphere import zenith_delays
from moonstead.navigation.ppp.combinations import Combinations
from moonstead.navigation.satellite_states import SatelliteSource
from moonstead.navigation.tropospheric_mapping import gradient_mapping, niell_mapping

Array = NDArray[np.float64]
Indices = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Emission:
    """What M signals say about the satellites that sent them.

    Attributes
    ----------
    epoch, satellite : (M,) int
        Row and column of the combinations; sorted by epoch.
    position : (M, 3) [m]
        Of the satellite's reference point when the signal left, in the ITRF of that instant.
    velocity : (M, 3) [m/s]
        In the turning frame.
    clock : (M,) [s]
        Offset of the satellite's clock, relativity included.
    gpst : (M,) [s]
        Epoch by the receiver's clock.
    offset : (M,) [s]
        From there to when the signal left.
    wander : (M,) [m]
        Standard deviation of what product and clock do here beyond what they do where they are best known.
    """

    epoch: Indices
    satellite: Indices
    position: Array
    velocity: Array
    clock: Array
    gpst: Array
    offset: Array
    wander: Array


@dataclass(frozen=True, eq=False)
class Geometry:
    """How M signals came.

    Attributes
    ----------
    distance : (M,) [m]
        Between the two points, with the turn of the Earth while the signal flew and the bending of space.
    sight : (M, 3) [1]
        Unit vector from the receiver to the satellite, ITRF at reception.
    axes : (M, 3, 3) [1]
        Rows east, north, up at the receiver.
    elevation, azimuth : (M,) [rad]
        Of the sight.
    """

    distance: Array
    sight: Array
    axes: Array
    elevation: Array
    azimuth: Array


def emission(combinations: Combinations, source: SatelliteSource) -> tuple[Emission, dict[str, str]]:
    """Find the satellites when they sent what was received: from the code itself, without an orbit of messages.

    Parameters
    ----------
    combinations : Combinations
        Ionosphere-free codes.
    source : SatelliteSource
        Precise orbits and clocks.

    Returns
    -------
    Emission, dict of str to str
        Rows that have a code, a phase and a satellite with position and clock; satellites without any, and why.

    Raises
    ------
    InvalidInput
        The source is one of broadcast messages.
    MissingData
        The source knows none of the satellites at these times.

    Source
    ------
    A code is the receiver's reading less the satellite's reading when the signal left: t = t_read - P / c - dt_s;
    IS-GPS-200, 20.3.3.3.3.
    """
    known = {name: place for place, name in enumerate(source.satellites)}
    column = np.array([known.get(name, -1) for name in combinations.satellites], dtype=np.int64)
    usable = np.isfinite(combinations.code) & np.isfinite(combinations.phase) & (column >= 0)
    epoch, satellite = np.nonzero(usable)
    gpst, offset = combinations.gpst[epoch], -combinations.code[epoch, satellite] / SPEED_OF_LIGHT
    states = source.states(column[satellite], gpst, offset)
    if states.point != "centre of mass":
        raise InvalidInput(
            f"precise positions need orbits of the satellites' centre of mass (SP3), these are of the {states.point}"
        )
    clock = states.clock + states.relativity
    good = states.valid & states.healthy & np.isfinite(clock) & np.all(np.isfinite(states.position), axis=1)
    left_out = {
        name: "not in the precise orbits" if column[place] < 0 else "without precise orbit or clock at these times"
        for place, name in enumerate(combinations.satellites)
        if not np.any(good[satellite == place])
    }
    if not np.any(good):
        span = " to ".join(f"{time:.0f}" for time in source.span)
        raise MissingData(
            f"none of the satellites observed has a precise orbit and clock: the observations run from GPST "
            f"{combinations.gpst[0]:.0f} to {combinations.gpst[-1]:.0f} s, the products from {span} s; give the "
            "SP3 and CLK files of the day of the observations"
        )
    clock, velocity = clock[good], states.velocity[good]
    moved = states.position[good] - velocity * clock[:, None]  # the clock's share of the way back in time, < 1 ms
    accuracy = np.nan_to_num(states.accuracy[good])
    best = np.full(len(combinations.satellites), np.inf)
    np.minimum.at(best, satellite[good], accuracy)
    wander = np.sqrt(np.maximum(accuracy**2 - best[satellite[good]] ** 2, 0.0))
    sent = Emission(epoch[good], satellite[good], moved, velocity, clock, gpst[good], offset[good] - clock, wander)
    return sent, left_out


def geometry(sent: Emission, position: Array) -> Geometry:
    """Distance and direction of satellites from receivers.

    Parameters
    ----------
    sent : Emission
        Satellites of M rows.
    position : (M, 3) [m]
        Receiver of each row, ITRF.

    Returns
    -------
    Geometry

    Source
    ------
    Turn of the Earth: IS-GPS-200, 20.3.3.4.3.3.2. Bending: IERS Conventions (2010), equation 11.17, Earth alone.
    """
    away = sent.position - position
    turn = EARTH_ROTATION_RATE * np.linalg.norm(away, axis=1) / SPEED_OF_LIGHT
    satellite = np.array(sent.position)
    satellite[:, 0] += turn * sent.position[:, 1] - 0.5 * turn**2 * sent.position[:, 0]
    satellite[:, 1] -= turn * sent.position[:, 0] + 0.5 * turn**2 * sent.position[:, 1]
    away = satellite - position
    distance = np.linalg.norm(away, axis=1)
    sight = away / distance[:, None]
    axes = local_axes(position)
    local = np.einsum("mij,mj->mi", axes, sight)
    ends = np.linalg.norm(satellite, axis=1) + np.linalg.norm(position, axis=1)
    bent = 2.0 * body("EARTH").gm / SPEED_OF_LIGHT**2 * np.log((ends + distance) / (ends - distance))
    return Geometry(
        distance + bent, sight, axes, np.arcsin(np.clip(local[:, 2], -1.0, 1.0)), np.arctan2(local[:, 0], local[:, 1])
    )


def troposphere(sent: Emission, seen: Geometry, place: Array) -> tuple[Array, Array]:
    """Delay of a mean atmosphere for each row, and how it changes with what is estimated of the true one.

    Parameters
    ----------
    sent : Emission
        Times of M rows.
    seen : Geometry
        Directions.
    place : (3,) [m]
        A place near all receivers, ITRF.

    Returns
    -------
    delay : (M,) [m]
        Of the mean atmosphere of latitude, height and season.
    partials : (M, 3) [1]
        Growth of the delay with the zenith delay, and with the gradients to north and east.

    Source
    ------
    Zenith: `zenith_delays`; slant: `niell_mapping`; gradients: `gradient_mapping`.
    """
    _, latitude, height = (float(x) for x in erfa.gc2gd(ERFA_WGS84, place))
    dry, vapour = zenith_delays(latitude, height, sent.gpst)
    hydrostatic, wet = niell_mapping(seen.elevation, latitude, height, sent.gpst)
    north, east = gradient_mapping(seen.elevation, seen.azimuth)
    return dry * hydrostatic + vapour * wet, np.stack([wet, north, east], axis=1)
