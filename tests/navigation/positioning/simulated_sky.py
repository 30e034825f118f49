"""A sky of circular orbits and a receiver under it: observations whose every part is known."""

from __future__ import annotations

import numpy as np

from moonstead.formats.rinex_observation_contents import ObservationFile, SystemObservations
from moonstead.navigation.satellite_states import SatelliteStates

LIGHT = 299_792_458.0  # [m/s]
TURN = 7.292115e-5  # [rad/s]
GM = 3.986004418e14  # [m3/s2]
START = 1_300_000_000.0  # [s] GPS time of the first epoch: 2021
L1, L2 = 1575.42e6, 1227.60e6  # [Hz]
PLACE = np.array([3_582_105.0, 532_590.0, 5_232_755.0])  # [m]
RADII = {"G": 26.56e6, "R": 25.51e6, "E": 29.60e6, "C": 27.91e6}  # [m]


class CircularSky:
    """A `SatelliteSource` of circular orbits in three planes, with clocks and delays of signals that are known."""

    def __init__(self, systems="GE", each=24, point="antenna"):
        names = [f"{letter}{number:02d}" for letter in sorted(systems) for number in range(1, each + 1)]
        self.satellites = tuple(names)
        self.span = (START - 1e6, START + 1e6)
        self.point = point
        number = np.array([int(name[1:]) - 1 for name in names])
        self.radius = np.array([RADII[name[0]] for name in names])
        shift = np.array([0.4 * "CEGRS".index(name[0]) for name in names])
        self.node = 2.0 * np.pi * (number % 3) / 3.0 + shift
        self.phase = 2.0 * np.pi * (number // 3) / (each // 3) + 0.3 * (number % 3) + shift
        self.inclination = np.radians(56.0)
        self.clock = 1e-4 * np.sin(1.0 + 7.0 * np.arange(len(names)))  # [s]
        self.drift = 1e-11 * np.cos(np.arange(len(names)))
        self.bias = {}  # [m] by code
        self.unhealthy = set()

    def states(self, satellite_index, gpst, offset=0.0):
        index = np.asarray(satellite_index)
        time = (np.asarray(gpst) - START) + offset
        rate = np.sqrt(GM / self.radius[index] ** 3)
        angle, node = self.phase[index] + rate * time, self.node[index] - TURN * time
        flat = self.radius[index] * np.cos(angle), self.radius[index] * np.sin(angle)
        speed = -self.radius[index] * rate * np.sin(angle), self.radius[index] * rate * np.cos(angle)
        cosine, sine = np.cos(self.inclination), np.sin(self.inclination)

        def lifted(x, y):
            return np.stack(
                [
                    np.cos(node) * x - np.sin(node) * cosine * y,
                    np.sin(node) * x + np.cos(node) * cosine * y,
                    sine * y,
                ],
                axis=1,
            )

        position, velocity = lifted(*flat), lifted(*speed)
        velocity = velocity + TURN * np.stack([position[:, 1], -position[:, 0], 0.0 * time], axis=1)
        count = index.size
        return SatelliteStates(
            position=position,
            velocity=velocity,
            clock=self.clock[index] + self.drift[index] * time,
            clock_drift=self.drift[index],
            relativity=np.zeros(count),
            age=np.zeros(count),
            accuracy=np.full(count, np.nan),
            healthy=np.array([self.satellites[number] not in self.unhealthy for number in index.tolist()], dtype=bool),
            valid=np.ones(count, dtype=bool),
            message=np.zeros(count, dtype=np.int64),
            point=self.point,
        )

    def code_bias(self, satellite_index, gpst, codes):
        return np.full(np.asarray(satellite_index).size, self.bias.get(codes, 0.0) / LIGHT)


CODES = ("C1C", "C2W", "L1C", "L2W", "D1C")
SECOND = {"G": ("C2W", "L2W", L2), "E": ("C5Q", "L5Q", 1176.45e6)}


def observed(
    sky, epochs=20, interval=30.0, *, place=PLACE, motion=(0.0, 0.0, 0.0), delays=None, noise=0.0, seed=1, lowest=10.0
):
    """Observations of a receiver that starts at `place` and moves with `motion` [m/s]; clock 1 ms off, drifting.

    `delays(system, satellites, elevation, azimuth, time)` gives [m] on the first and second code of each.
    """
    random = np.random.default_rng(seed)
    gpst = START + interval * np.arange(epochs)
    receiver_clock, receiver_drift = 1e-3, 2e-9
    systems = {}
    from moonstead.navigation.positioning.errors import local_axes

    axes = local_axes(place)
    for letter in sorted({name[0] for name in sky.satellites}):
        here = [number for number, name in enumerate(sky.satellites) if name[0] == letter]
        second_code, second_phase, second = SECOND[letter]
        codes = ("C1C", second_code, "L1C", second_phase, "D1C")
        values = np.full((5, epochs, len(here)), np.nan)
        for row, now in enumerate(gpst):
            clock = receiver_clock + receiver_drift * (now - START)
            where = np.asarray(place) + np.asarray(motion) * (now - START)
            travel = np.full(len(here), 0.08)
            later = np.full(len(here), now)
            for _ in range(6):
                state = sky.states(here, later, -clock - travel)
                turned = _turned(state.position, TURN * travel)
                travel = np.linalg.norm(turned - where, axis=1) / LIGHT
            line = (turned - where) / (travel * LIGHT)[:, None]
            local = line @ axes.T
            elevation, azimuth = np.arcsin(local[:, 2]), np.arctan2(local[:, 0], local[:, 1])
            distance = travel * LIGHT + LIGHT * (clock - state.clock) + _bent(turned, where)
            extra = np.zeros((len(here), 2))
            if delays is not None:
                names = [sky.satellites[number] for number in here]
                extra = np.stack(delays(letter, names, elevation, azimuth, now), axis=1)
            values[0, row] = distance + extra[:, 0] + noise * random.standard_normal(len(here))
            values[1, row] = distance + extra[:, 1] + noise * random.standard_normal(len(here))
            values[2, row] = distance / (LIGHT / L1)
            values[3, row] = distance / (LIGHT / second)
            step = 0.5  # [s] central difference of the range as the receiver sees it
            rate = (
                _range(sky, here, now + step, clock + receiver_drift * step, where + np.asarray(motion) * step)
                - _range(sky, here, now - step, clock - receiver_drift * step, where - np.asarray(motion) * step)
            ) / (2.0 * step)
            values[4, row] = -rate / (LIGHT / L1)
            values[:, row, elevation < np.radians(lowest)] = np.nan
        zeros = np.zeros(values.shape, dtype=np.uint8)
        systems[letter] = SystemObservations(
            letter, tuple(sky.satellites[n] for n in here), codes, values, zeros, zeros
        )
    return ObservationFile(
        version="3.05",
        marker="SIMULATED",
        marker_number="",
        agency="",
        receiver=("", "", ""),
        antenna=("", "", ""),
        antenna_delta_hen=np.zeros(3),
        approximate_position=None,
        interval=interval,
        time_system="GPS",
        gpst=gpst,
        flag=np.zeros(epochs, dtype=np.uint8),
        receiver_clock_offset=np.full(epochs, np.nan),
        receiver_clock_applied=False,
        systems=systems,
        glonass_channels={},
        phase_shifts=(),
        leap_seconds=18,
        events=(),
        faults=(),
    )


def _bent(satellite, receiver):
    """Delay [m] in the Earth's gravity."""
    far, near = np.linalg.norm(satellite, axis=1), np.linalg.norm(receiver)
    between = np.linalg.norm(satellite - receiver, axis=1)
    return 2.0 * GM / LIGHT**2 * np.log((far + near + between) / (far + near - between))


def _turned(vector, angle):
    cosine, sine = np.cos(angle), np.sin(angle)
    return np.stack(
        [cosine * vector[:, 0] + sine * vector[:, 1], cosine * vector[:, 1] - sine * vector[:, 0], vector[:, 2]], axis=1
    )


def _range(sky, here, now, clock, where):
    """Pseudorange [m] at a reading of the receiver's clock."""
    travel = np.full(len(here), 0.08)
    later = np.full(len(here), now)
    for _ in range(6):
        state = sky.states(here, later, -clock - travel)
        travel = np.linalg.norm(_turned(state.position, TURN * travel) - where, axis=1) / LIGHT
    return LIGHT * (travel + clock - state.clock)


def atmosphere(zenith_ionosphere=2.0):
    """Delays as the models of positioning have them, with a thin-layer ionosphere of a zenith delay on L1 [m]."""
    from moonstead.navigation.positioning.corrections import place_of
    from moonstead.navigation.positioning.ionosphere import thin_layer_factor
    from moonstead.navigation.positioning.troposphere import mapping, zenith_delays

    spot = place_of(PLACE[None, :])

    def delays(letter, names, elevation, azimuth, time):
        air = float(np.sum(zenith_delays(spot.latitude, spot.height, np.array([time])))) * mapping(elevation)
        slant = thin_layer_factor(elevation) * zenith_ionosphere
        return air + slant, air + (L1 / SECOND[letter][2]) ** 2 * slant

    return delays
