"""Simulated pseudoranges of a network of stations, made from precise orbits: labelled simulated wherever they go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.formats.sp3 import PreciseOrbits
from moonstead.foundation.constants import SPEED_OF_LIGHT
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.frames.earth import EARTH_ROTATION_RATE
from moonstead.navigation.precise.source import PreciseSource

Array = NDArray[np.float64]

STATION_CLOCK_WALK = 1e-10  # [s/s^0.5] of a station's clock: rubidium and worse
ZENITH_WALK = 5e-3 / 3600.0**0.5  # [m/s^0.5] of the zenith delay: 5 mm in an hour


@dataclass(frozen=True, eq=False)
class NetworkObservations:
    """Pseudoranges free of the ionosphere, of one system.

    Attributes
    ----------
    stations : tuple of str
        R names.
    station_position : (R, 3) [m]
        ITRF, taken to be known.
    satellites : tuple of str
        S names.
    gpst : (E,) [s of GPST]
        Times of reception in GPS time.
    pseudorange : (E, R, S) [m]
        From the centre of mass of the satellite to the station; NaN where it is not seen.
    sigma : (E, R, S) [m]
        Standard deviation of the noise.
    simulated : bool
        Whether they were made up.
    """

    stations: tuple[str, ...]
    station_position: Array
    satellites: tuple[str, ...]
    gpst: Array
    pseudorange: Array
    sigma: Array
    simulated: bool


@dataclass(frozen=True, eq=False)
class NetworkTruth:
    """What simulated observations were made of.

    Attributes
    ----------
    position : (E, S, 3) [m]
        Of the satellites at the times of reception, ITRF.
    satellite_clock : (E, S) [s]
    station_clock : (E, R) [s]
    zenith_delay : (E, R) [m]
    """

    position: Array
    satellite_clock: Array
    station_clock: Array
    zenith_delay: Array


def simulate_network(
    precise: PreciseOrbits,
    satellites: Sequence[str],
    gpst: ArrayLike,
    stations: Sequence[str],
    station_position: ArrayLike,
    *,
    noise: float,
    mask: float,
    seed: int,
) -> tuple[NetworkObservations, NetworkTruth]:
    """Pseudoranges that stations would have measured, from precise orbits and made-up clocks, air and noise.

    Parameters
    ----------
    precise : PreciseOrbits
        Orbits and clocks that are taken for the truth.
    satellites : sequence of str
        S names.
    gpst : (E,) [s of GPST]
        Times of reception.
    stations : sequence of str
        R names.
    station_position : (R, 3) [m]
        ITRF.
    noise : float [m]
        Standard deviation in the zenith; it grows with one over the sine of the elevation.
    mask : float [rad]
        Least elevation.
    seed : int
        Of the random numbers.

    Returns
    -------
    observations : NetworkObservations
        Labelled simulated. No multipath, no biases, no tides of the ground: what real networks also fight with.
    truth : NetworkTruth

    Raises
    ------
    InvalidInput
        A satellite is not in the product, or noise or mask make no sense.

    Source
    ------
    Range with the turn of the Earth during the flight of the light: IERS Conventions (2010), section 9.2, in the
    turning axes. Zenith delay times 1 / sin of the elevation.
    """
    gpst = np.atleast_1d(np.asarray(gpst, dtype=np.float64))
    place = np.atleast_2d(np.asarray(station_position, dtype=np.float64))
    if missing := sorted(set(satellites) - set(precise.satellites)):
        raise InvalidInput(f"the product has no satellites {', '.join(missing)}")
    if not (noise > 0.0 and 0.0 <= mask < 0.5 * np.pi and place.shape == (len(stations), 3)):
        raise InvalidInput("a network needs a place for each station, noise above 0 m and a mask between 0 and 90 deg")
    random = np.random.default_rng(seed)
    source = PreciseSource(precise)
    shape = (gpst.size, len(stations), len(satellites))
    step = np.sqrt(np.append(0.0, np.diff(gpst)))[:, None]
    station_clock = random.uniform(-1e-4, 1e-4, shape[1]) + np.cumsum(
        STATION_CLOCK_WALK * step * random.standard_normal(shape[:2]), axis=0
    )
    zenith = random.uniform(2.2, 2.5, shape[1]) + np.cumsum(
        ZENITH_WALK * step * random.standard_normal(shape[:2]), axis=0
    )
    index = [source.satellites.index(name) for name in satellites]
    position, clock = _at(source, index, gpst, np.zeros((gpst.size, len(index))))
    pseudorange = np.full(shape, np.nan)
    sigma = np.full(shape, np.nan)
    for row in range(len(stations)):
        delay = np.full((gpst.size, len(index)), 0.075)
        for _ in range(3):
            sent, sent_clock = _at(source, index, gpst, -delay)
            angle = EARTH_ROTATION_RATE * delay
            turned = np.stack(
                (
                    np.cos(angle) * sent[..., 0] + np.sin(angle) * sent[..., 1],
                    np.cos(angle) * sent[..., 1] - np.sin(angle) * sent[..., 0],
                    sent[..., 2],
                ),
                axis=-1,
            )
            distance = np.linalg.norm(turned - place[row], axis=-1)
            delay = distance / SPEED_OF_LIGHT
        sine = sines_of_elevation(turned, place[row])
        sigma[:, row] = noise / np.maximum(sine, 0.05)
        made = (
            distance
            + SPEED_OF_LIGHT * (station_clock[:, row, None] - sent_clock)
            + zenith[:, row, None] / np.maximum(sine, 0.05)
            + sigma[:, row] * random.standard_normal(distance.shape)
        )
        pseudorange[:, row] = np.where(sine > np.sin(mask), made, np.nan)
    observations = NetworkObservations(
        tuple(stations), place, tuple(satellites), gpst, pseudorange, sigma, simulated=True
    )
    return observations, NetworkTruth(position, clock, station_clock, zenith)


def sines_of_elevation(satellite: Array, station: Array) -> Array:
    """Sines of elevations over the sphere through the station.

    Parameters
    ----------
    satellite : (..., 3) [m]
        Places, in the axes of the station.
    station : (3,) [m]
        Geocentric place.

    Returns
    -------
    (...) [1]

    Source
    ------
    Definition, with the geocentric vertical (within 0.2 deg of the geodetic one).
    """
    sight = satellite - station
    up = station / np.linalg.norm(station)
    return np.asarray(sight @ up / np.linalg.norm(sight, axis=-1))


def _at(source: PreciseSource, index: list[int], gpst: Array, offset: Array) -> tuple[Array, Array]:
    """Positions (E, S, 3) [m] and clocks (E, S) [s] at times with small offsets (E, S) [s]."""
    shape = (gpst.size, len(index))
    satellite = np.tile(np.array(index, dtype=np.int64), gpst.size)
    states = source.states(satellite, np.repeat(gpst, len(index)), offset.reshape(-1))
    return states.position.reshape(*shape, 3), states.clock.reshape(shape)
