"""What a periodic orbit means for a mission: distances, altitudes, resonance with the Sun, eclipses, instability."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.bodies import body
from moonstead.foundation.constants import ASTRONOMICAL_UNIT, SECONDS_PER_DAY
from moonstead.orbits.three_body.periodic_orbit import PeriodicOrbit

Array = NDArray[np.float64]

SAMPLES = 1441  # of the period, so that its half is one of them
SUN_PLACES = 72  # directions of the Sun at the start over which eclipses are taken
SYNODIC_MONTH = 29.530_588_86 * SECONDS_PER_DAY  # [s] mean, Chapront ELP 2000-85
SYNODIC_PACE = 0.925_195_997  # of the Sun in the rotating frame, over that of the primaries: 1 - month over year
CLOSE = 0.004  # share by which a period may miss a ratio of small numbers and still be called near it
LARGEST_Q = 4


@dataclass(frozen=True, slots=True)
class OrbitFigures:
    """Figures of an orbit.

    Attributes
    ----------
    perilune, apolune : float [m]
        Least and largest distance from the secondary's centre.
    perilune_altitude : float [m]
        Height of the lowest point over the secondary's mean sphere; negative: it hits.
    perigee, apogee : float [m]
        Least and largest distance from the primary's centre.
    lowest, highest : float [m]
        Least and largest z: south and north of the plane of the primaries.
    resonance : str or None
        p:q where p periods are near q synodic months.
    resonance_miss : float or None [1]
        By what share of the period.
    eclipse_fraction : dict of str to float [1]
        Share of the time in the shadow or half-shadow of a body, mean over all directions of the Sun.
    longest_eclipse : dict of str to float [s]
        Longest stay there, worst direction of the Sun.
    growth_time : float or None [s]
        Time in which the unstable mode grows by e; None where the orbit is stable.
    """

    perilune: float
    apolune: float
    perilune_altitude: float
    perigee: float
    apogee: float
    lowest: float
    highest: float
    resonance: str | None
    resonance_miss: float | None
    eclipse_fraction: dict[str, float]
    longest_eclipse: dict[str, float]
    growth_time: float | None


def orbit_figures(orbit: PeriodicOrbit) -> OrbitFigures:
    """Figures of a periodic orbit in its own system.

    Eclipses: the Sun goes round once a synodic month in the plane of the primaries (its 5 degrees of latitude left
    out, which makes eclipses rarer in truth), for any place of the Sun at the start. Only where the Sun is not the
    primary.

    Parameters
    ----------
    orbit : PeriodicOrbit
        The orbit.

    Returns
    -------
    OrbitFigures
        Distances, resonance, eclipses and growth of the unstable mode.

    Raises
    ------
    InvalidInput
        A primary is not a known body.

    Source
    ------
    Cones of shadow: Montenbruck & Gill (2000), Satellite Orbits, 3.4. Time of growth: period over the logarithm of
    the largest eigenvalue.
    """
    system = orbit.system
    times = np.linspace(0.0, 1.0, SAMPLES)
    path = orbit.states(times)[:, :3]
    to_primary = np.linalg.norm(path - [-system.mass_ratio, 0.0, 0.0], axis=1)
    to_secondary = np.linalg.norm(path - [1.0 - system.mass_ratio, 0.0, 0.0], axis=1)
    from moonstead.orbits.three_body.family_table import nearest_approaches

    least_primary, least_secondary = nearest_approaches(orbit.state, orbit.period, system.mass_ratio)
    fractions: dict[str, float] = {}
    longest: dict[str, float] = {}
    resonance, miss = None, None
    if system.primary != "SUN":
        for name, x in ((system.primary, -system.mass_ratio), (system.secondary, 1.0 - system.mass_ratio)):
            fractions[name], longest[name] = _eclipses(orbit, (path - [x, 0.0, 0.0]) * system.length, name)
        resonance, miss = _resonance(orbit.duration)
    index = orbit.stability_index
    largest = index + math.sqrt(max(index * index - 1.0, 0.0))
    return OrbitFigures(
        least_secondary * system.length,
        float(to_secondary.max()) * system.length,
        least_secondary * system.length - body(system.secondary).mean_radius,
        least_primary * system.length,
        float(to_primary.max()) * system.length,
        float(path[:, 2].min()) * system.length,
        float(path[:, 2].max()) * system.length,
        resonance,
        miss,
        fractions,
        longest,
        orbit.duration / math.log(largest) if largest > 1.0 + 1e-6 else None,
    )


def _eclipses(orbit: PeriodicOrbit, places: Array, name: str) -> tuple[float, float]:
    """Mean share of time and longest stay [s] in the shadow and half-shadow of a body; places (N, 3) [m] from it."""
    radius, sun = body(name).mean_radius, body("SUN").mean_radius
    opening = (sun + radius) / ASTRONOMICAL_UNIT  # of the half-shadow, as a slope
    turns = np.linspace(0.0, 2.0 * math.pi, SUN_PLACES, endpoint=False)
    moved = SYNODIC_PACE * orbit.period * np.linspace(0.0, 1.0, SAMPLES)
    share, longest = 0.0, 0
    for turn in turns:
        angle = turn - moved
        behind = -(places[:, 0] * np.cos(angle) + places[:, 1] * np.sin(angle))
        aside = np.sqrt(np.maximum(np.einsum("ij,ij->i", places, places) - behind**2, 0.0))
        dark = (behind > 0.0) & (aside < radius + opening * behind)
        share += float(dark[:-1].mean())
        if dark.all():
            longest = SAMPLES - 1
        elif dark.any():
            light = np.flatnonzero(~dark)
            edges = np.concatenate([[-1], light, [SAMPLES]])
            longest = max(longest, int(np.diff(edges).max()) - 1)
    return share / SUN_PLACES, longest * orbit.duration / (SAMPLES - 1)


def _resonance(duration: float) -> tuple[str | None, float | None]:
    """p:q and by how much [1] it is missed."""
    for q in range(1, LARGEST_Q + 1):
        p = round(q * SYNODIC_MONTH / duration)
        if p >= 1 and math.gcd(p, q) == 1:
            miss = p * duration / (q * SYNODIC_MONTH) - 1.0
            if abs(miss) < CLOSE:
                return f"{p}:{q}", miss
    return None, None
