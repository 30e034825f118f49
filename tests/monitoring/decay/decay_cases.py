"""A made-up object that decays, and made-up space weather: nothing measured."""

from __future__ import annotations

import numpy as np

from moonstead.dynamics.mean_elements import WGS72_GM, MeanElements, semi_major_axis
from moonstead.foundation.space_weather import SpaceWeather
from moonstead.foundation.time.scales import tai_seconds
from moonstead.monitoring.decay.averaged_drag import MeanOrbits

DAY = 86_400.0
START = 644_198_400.0  # [s TDB past J2000] 2020-05-31
START_MJD = 59_000.0
QUIET = SpaceWeather.constant(75.0, 75.0, 6.0)
COEFFICIENT = 0.012  # [m2/kg] of a large empty stage


def orbit(altitude=190e3, eccentricity=0.004, tdb=START):
    """One mean orbit of 41 degrees of inclination, perigee in the south."""
    return MeanOrbits(
        np.array([tdb]),
        np.array([6_378_137.0 + altitude]),
        np.array([0.6 * eccentricity]),
        np.array([-0.8 * eccentricity]),
        np.array([0.72]),
        np.array([1.0]),
        np.array([0.5]),
    )


def made_weather(first=47_000, last=59_400, seed=1):
    """Flux with a cycle, rotations and noise, and Ap with storms, day by day."""
    random = np.random.default_rng(seed)
    day = np.arange(first, last) + 0.5
    cycle = 110.0 + 40.0 * np.cos(2.0 * np.pi * (day - 56_700.0) / 4000.0)
    flux = np.maximum(
        cycle * (1.0 + 0.1 * np.sin(2.0 * np.pi * day / 27.0) + 0.03 * random.normal(size=day.size)), 65.0
    )
    ap = 4.0 + random.gamma(1.0, 6.0, size=day.size)
    mean = np.convolve(np.pad(flux, 40, mode="edge"), np.full(81, 1.0 / 81.0), "valid")
    return SpaceWeather(day, flux, mean, ap, "made-up weather")


def elements(orbits, noise=0.0, seed=2, number=90_001):
    """Element sets of mean orbits, with noise on the axes [m]."""
    axis = orbits.semi_major_axis + noise * np.random.default_rng(seed).normal(size=orbits.tdb.size)
    eccentricity = orbits.eccentricity
    motion = np.sqrt(WGS72_GM / axis**3)
    for _ in range(6):
        motion = motion * (semi_major_axis(motion, eccentricity, orbits.inclination) / axis) ** 1.5
    tai = tai_seconds(orbits.tdb)
    count = axis.size
    perigee = np.arctan2(orbits.across, orbits.ahead)
    return MeanElements(
        object_id=np.full(count, number),
        name=("made-up stage",) * count,
        designator=("",) * count,
        epoch_second=np.floor(tai).astype(np.int64),
        epoch_fraction=tai - np.floor(tai),
        mean_motion=motion,
        eccentricity=eccentricity,
        inclination=orbits.inclination,
        node=orbits.node % (2.0 * np.pi),
        argument_of_perigee=perigee % (2.0 * np.pi),
        mean_anomaly=(orbits.argument_of_latitude - perigee) % (2.0 * np.pi),
        drag_term=np.zeros(count),
        mean_motion_rate=np.zeros(count),
        mean_motion_second=np.zeros(count),
        element_set=np.arange(count),
        revolution=np.arange(count),
        classification=("U",) * count,
    )


def rows_at(orbits, times):
    """Rows of a decay at times, straight between its own."""
    columns = {name: np.interp(times, orbits.tdb, column) for name, column in vars(orbits).items()}
    return MeanOrbits(**columns)
