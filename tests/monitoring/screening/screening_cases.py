"""Made-up objects that meet often, and brute force over all pairs: nothing of this is measured."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from moonstead.dynamics.mean_elements import MeanElements
from moonstead.foundation.errors import OutsideSpan
from moonstead.foundation.frames.standard import ICRF

START = 646_272_000.0  # [s TDB past J2000] June 2020
MU_EARTH = 3.986e14  # [m3/s2]
MU_MOON = 4.902_800e12  # [m3/s2]
MOON_RADIUS = 1.7374e6  # [m]


def elements(axis, eccentricity, inclination, random, drag=1e-5):
    """Element sets with random angles at `START`, one for each semi-major axis (N,) [m]."""
    count = len(axis)
    angles = random.uniform(0.0, 2.0 * np.pi, (3, count))
    zeros, whole = np.zeros(count), np.zeros(count, dtype=np.int64)
    return MeanElements(
        object_id=10_000_000_000 + np.arange(count),  # longer than any field of two-element lines
        name=tuple(f"made-up {k}" for k in range(count)),
        designator=("",) * count,
        epoch_second=whole + int(START),
        epoch_fraction=zeros,
        mean_motion=np.sqrt(MU_EARTH / np.asarray(axis) ** 3),
        eccentricity=np.broadcast_to(eccentricity, count).copy(),
        inclination=np.broadcast_to(inclination, count).copy(),
        node=angles[0],
        argument_of_perigee=angles[1],
        mean_anomaly=angles[2],
        drag_term=np.full(count, drag),
        mean_motion_rate=zeros,
        mean_motion_second=zeros,
        element_set=whole,
        revolution=whole,
        classification=("U",) * count,
    )


def low_shell(count, random):
    """Nearly circular orbits between 700 and 720 km."""
    return elements(
        random.uniform(7.078e6, 7.098e6, count),
        random.uniform(0.0, 1e-3, count),
        random.uniform(0.9, 1.8, count),
        random,
    )


@dataclass(frozen=True, eq=False)
class KeplerOrbit:
    """Two-body motion about the Moon; a `Trajectory` with closed form."""

    name: str
    axis: float
    eccentricity: float
    turn: np.ndarray  # (3, 3) perifocal axes as columns
    anomaly: float
    span: tuple[float, float] = (START - 1e5, START + 1e6)
    center: str = field(default="MOON", init=False)
    frame: object = field(default=ICRF, init=False)

    def state(self, tdb):
        tdb = np.asarray(tdb)
        if np.any((tdb < self.span[0]) | (tdb > self.span[1])):
            raise OutsideSpan(self.name)
        motion = np.sqrt(MU_MOON / self.axis**3)
        mean = self.anomaly + motion * (tdb - START)
        angle = mean + self.eccentricity * np.sin(mean)
        for _ in range(12):
            angle = angle - (angle - self.eccentricity * np.sin(angle) - mean) / (
                1.0 - self.eccentricity * np.cos(angle)
            )
        minor = self.axis * np.sqrt(1.0 - self.eccentricity**2)
        rate = motion / (1.0 - self.eccentricity * np.cos(angle))
        place = np.stack([self.axis * (np.cos(angle) - self.eccentricity), minor * np.sin(angle)])
        velocity = np.stack([-self.axis * np.sin(angle) * rate, minor * np.cos(angle) * rate])
        return np.concatenate([self.turn[:, :2] @ place, self.turn[:, :2] @ velocity]).T

    def speed_bound(self, start, stop):
        return np.full(np.shape(start), np.sqrt(2.0 * MU_MOON / (self.axis * (1.0 - self.eccentricity))))


def lunar_orbits(count, random):
    """Random orbits about the Moon, half low and round, half eccentric."""
    made = []
    for k in range(count):
        turn, _ = np.linalg.qr(random.normal(size=(3, 3)))
        if k % 2:
            low, eccentricity = MOON_RADIUS + random.uniform(100e3, 600e3), random.uniform(0.2, 0.8)
        else:
            low, eccentricity = MOON_RADIUS + random.uniform(90e3, 130e3), random.uniform(0.0, 0.005)
        made.append(
            KeplerOrbit(f"orbiter {k}", low / (1.0 - eccentricity), eccentricity, turn, random.uniform(0.0, 6.0))
        )
    return made


def brute_force(objects, start, stop, distance, sample=5.0):
    """Rows, times, distances and speeds of all minima below a distance, from samples of every pair, then Newton."""
    count = round((stop - start) / sample)
    times = start + sample * np.arange(-1, count + 2)
    states, _ = objects.states(times)
    first, second = np.triu_indices(len(objects), 1)
    seeds = []
    for part in np.array_split(np.arange(first.size), max(1, first.size // 4000)):
        apart = np.zeros((times.size, part.size))
        for c in range(3):
            apart += (states[:, c, first[part]] - states[:, c, second[part]]) ** 2
        low = (apart[1:-1] <= apart[:-2]) & (apart[1:-1] < apart[2:]) & (apart[1:-1] < (distance + 8e3 * sample) ** 2)
        step, pair = np.nonzero(low)
        seeds.append((first[part][pair], second[part][pair], times[step + 1]))
    i, j, tdb = (np.concatenate(column) for column in zip(*seeds, strict=True))
    for _ in range(12):
        mine, other = objects.pair_states(i, tdb)[0], objects.pair_states(j, tdb)[0]
        place, velocity = other[:, :3] - mine[:, :3], other[:, 3:] - mine[:, 3:]
        step = -np.sum(place * velocity, axis=1) / np.sum(velocity**2, axis=1)
        tdb = tdb + np.clip(step, -sample, sample)
    found = np.linalg.norm(place, axis=1)
    kept = (found <= distance) & (tdb >= start) & (tdb <= stop) & (np.abs(step) < 1e-6)
    rows = np.stack([i[kept], j[kept], tdb[kept], found[kept], np.linalg.norm(velocity, axis=1)[kept]], axis=1)
    return rows[np.lexsort((rows[:, 2], rows[:, 1], rows[:, 0]))]
