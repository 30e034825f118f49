"""A receiver and satellites made up here: signals fly in axes that stand still, unlike in the code under test."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from moonstead.dynamics.solid_tides import pole_tide, solid_tide, sun_and_moon
from moonstead.formats.antex import Antenna, AntennaFile, AntennaPattern
from moonstead.formats.rinex_observation import ObservationFile, SystemObservations
from moonstead.foundation.constants import SPEED_OF_LIGHT
from moonstead.foundation.data import DataContext
from moonstead.foundation.frames.earth import EARTH_ROTATION_RATE
from moonstead.navigation.attitude import body_axes
from moonstead.navigation.phase_wind_up import phase_wind_up, unwound
from moonstead.navigation.positioning.errors import local_axes
from moonstead.navigation.positioning.troposphere import zenith_delays
from moonstead.navigation.satellite_states import SatelliteStates
from moonstead.navigation.time import tdb_from_gpst
from moonstead.navigation.tropospheric_mapping import niell_mapping

PLACE = np.array([3582104.887, 532590.197, 5232755.317])  # [m] near Esbjerg
START = 1_277_078_418.0  # [s] of GPST, 2020-06-25
RADIUS, MOTION = 26.56e6, 1.4585e-4  # [m], [rad/s]
GM_EARTH = 3.986004418e14  # [m3/s2]
F1, F2 = 1575.42e6, 1227.60e6
SATELLITES = tuple(f"G{number:02d}" for number in range(1, 31))
MOST_PLANES = 6


@dataclass(frozen=True)
class Sky:
    """Circular orbits, clocks that drift: a satellite source without files."""

    satellites: tuple[str, ...] = SATELLITES
    span: tuple[float, float] = (START - 3600.0, START + 90_000.0)

    def inertial(self, index, gpst, offset):
        """Positions and velocities in axes that coincide with the ITRF at START."""
        index = np.asarray(index)
        node = 2 * np.pi * (index % MOST_PLANES) / MOST_PLANES
        angle = (
            2 * np.pi * (index // MOST_PLANES) / 5.0 + 0.3 * (index % MOST_PLANES) + MOTION * (gpst - START + offset)
        )
        tilt = np.radians(55.0)
        along = np.stack([np.cos(node), np.sin(node), np.zeros_like(node)], axis=1)
        across = np.stack(
            [-np.sin(node) * np.cos(tilt), np.cos(node) * np.cos(tilt), np.full(node.shape, np.sin(tilt))], 1
        )
        c, s = np.cos(angle)[:, None], np.sin(angle)[:, None]
        return RADIUS * (c * along + s * across), RADIUS * MOTION * (-s * along + c * across)

    def states(self, satellite_index, gpst, offset=0.0):
        offset = np.broadcast_to(offset, np.shape(gpst))
        position, velocity = self.inertial(satellite_index, gpst, offset)
        turn = EARTH_ROTATION_RATE * (gpst - START + offset)
        spun = spin(position, turn)
        moving = spin(velocity, turn) - np.cross([0.0, 0.0, EARTH_ROTATION_RATE], spun)
        count = spun.shape[0]
        ones = np.ones(count, dtype=bool)
        clock = 1e-5 * (np.asarray(satellite_index) - 15) + 1e-11 * (gpst - START + offset)
        zeros = np.zeros(count)
        return SatelliteStates(
            spun, moving, clock, np.full(count, 1e-11), zeros, zeros, np.full(count, np.nan), ones, ones,
            np.full(count, -1), "centre of mass",
        )  # fmt: skip

    def code_bias(self, satellite_index, gpst, codes):
        return np.zeros(np.shape(gpst))


def spin(vectors, angle):
    """Vectors (N, 3) in axes turned by angles [rad] about z."""
    c, s = np.cos(angle), np.sin(angle)
    x, y, z = vectors.T
    return np.stack([c * x + s * y, -s * x + c * y, z], axis=1)


def no_antennas():
    """Antennas whose phase centres lie at their reference points."""
    patterns = {name: AntennaPattern(name, np.zeros(3), np.array([0.0, 2.0]), np.zeros(2)) for name in ("G01", "G02")}
    satellites = tuple(Antenna("TEST", "", "", name, name, "", -np.inf, np.inf, patterns) for name in SATELLITES)
    return AntennaFile(1.4, True, "", (*satellites, Antenna("NONE", "NONE", "", "", "", "", -np.inf, np.inf, patterns)))


def observe(epochs, *, path=None, phase_noise=0.0, code_noise=0.0, wet=0.05, seed=0, slips=()):
    """Observation file of a receiver at PLACE plus `path` (E, 3) [m], with a delay of `wet` [m] above the mean."""
    rng = np.random.default_rng(seed)
    sky, data = Sky(), DataContext.installed()
    gpst = START + 30.0 * np.arange(epochs)
    tdb = tdb_from_gpst(gpst)
    sun, moon = sun_and_moon(tdb, data)
    ground = PLACE + (np.zeros((epochs, 3)) if path is None else path)
    here = ground + solid_tide(PLACE, sun, moon, tdb) + pole_tide(PLACE, tdb, data)
    receiver_clock = 3e-5 * np.sin(np.arange(epochs) / 70.0)
    index = np.arange(len(SATELLITES))
    values = np.full((4, epochs, index.size), np.nan)
    wind = np.full((epochs, index.size), np.nan)
    axes = local_axes(PLACE)
    latitude, height = 0.9671, 60.0
    for e in range(epochs):
        arrival = gpst[e] - receiver_clock[e]
        since = arrival - START
        still = spin(here[e][None], np.array([-EARTH_ROTATION_RATE * since]))[0]
        flight = np.full(index.size, 0.07)
        for _ in range(5):
            there, speed = sky.inertial(index, np.full(index.size, gpst[e]), -receiver_clock[e] - flight)
            flight = np.linalg.norm(there - still, axis=1) / SPEED_OF_LIGHT
        seen = spin(there - still, np.full(index.size, EARTH_ROTATION_RATE * since))
        distance = np.linalg.norm(seen, axis=1)
        sight = seen / distance[:, None]
        elevation = np.arcsin(sight @ axes[2])
        up = elevation > np.radians(5.0)
        ends = RADIUS + np.linalg.norm(still)
        bent = 2 * GM_EARTH / SPEED_OF_LIGHT**2 * np.log((ends + distance) / (ends - distance))
        dry, vapour = zenith_delays(latitude, height, gpst[e])
        hydrostatic, moist = niell_mapping(elevation, latitude, height, gpst[e])
        clock = sky.states(index, np.full(index.size, gpst[e]), -receiver_clock[e] - flight).clock
        common = distance + bent + dry * hydrostatic + (vapour + wet) * moist
        common += SPEED_OF_LIGHT * (receiver_clock[e] - clock)
        bodies = body_axes(spin(there, np.full(index.size, EARTH_ROTATION_RATE * since)), speed, sun[e])
        wind[e, up] = phase_wind_up(sight[up], bodies[up, 0], bodies[up, 1], axes)
        delay = 3.0 / np.sin(np.maximum(elevation, 0.1)) * (1 + 0.3 * np.sin(e / 200.0))
        for band, frequency in enumerate((F1, F2)):
            wave, ionosphere = SPEED_OF_LIGHT / frequency, delay * (F1 / frequency) ** 2
            noise = rng.normal(size=(2, index.size)) / np.sin(np.maximum(elevation, 0.1))
            values[2 * band, e, up] = (common + ionosphere + code_noise * noise[0])[up]
            values[2 * band + 1, e, up] = ((common - ionosphere + phase_noise * noise[1]) / wave + 1000 * index)[up]
    values[1] += unwound(wind)
    values[3] += unwound(wind)
    for epoch, satellite, first, second in slips:
        values[1, epoch:, satellite] += first
        values[3, epoch:, satellite] += second
    lock = np.zeros(values.shape, np.uint8)
    system = SystemObservations("G", SATELLITES, ("C1W", "L1C", "C2W", "L2W"), values, lock, lock)
    return ObservationFile(
        version="3.05", marker="TEST", marker_number="", agency="", receiver=("", "", ""), antenna=("NONE", "NONE", ""),
        antenna_delta_hen=np.zeros(3), approximate_position=None, interval=30.0, time_system="GPS", gpst=gpst,
        flag=np.zeros(epochs, np.uint8), receiver_clock_offset=np.full(epochs, np.nan), receiver_clock_applied=False,
        systems={"G": system}, glonass_channels={}, phase_shifts=(), leap_seconds=18, events=(), faults=(),
    )  # fmt: skip
