"""A universe of closed forms: bodies that stand still at the origin, and conics about them."""

from __future__ import annotations

import numpy as np

from moonstead.foundation.bodies import LUNAR_MAP_RADIUS, WGS84, body
from moonstead.foundation.ephemeris.two_body import two_body_states
from moonstead.orbits.elements import KeplerElements, kepler_elements, mean_anomaly, states_from_elements
from moonstead.smallbodies.motion.flights import ManyEncounters


def radius_of(name, earth_altitude=100e3, moon_altitude=0.0):
    if name == "MOON":
        return LUNAR_MAP_RADIUS + moon_altitude
    return np.sqrt((WGS84.equatorial_radius + earth_altitude) * (WGS84.polar_radius + earth_altitude))


def meet(states, tdb, until_tdb, perturbers, *, bodies, earth_altitude, moon_altitude, within, non_gravitational=None):
    """Each orbit passes the one body once, on its hyperbola."""
    (name,) = bodies
    gm, size = body(name).gm, radius_of(name, earth_altitude, moon_altitude)
    found = kepler_elements(states, gm)
    q, e = found.periapsis_distance, found.eccentricity
    impact = q < size
    distance = np.where(impact, size, q)
    there = np.where(impact, -np.arccos(np.clip((q * (1.0 + e) / distance - 1.0) / e, -1.0, 1.0)), 0.0)
    rate = np.sqrt(gm * np.abs(1.0 - e) ** 3 / q**3)
    when = tdb + (mean_anomaly(there, e) - mean_anomaly(found.true_anomaly, e)) / rate
    met = states_from_elements(
        KeplerElements(q, e, found.inclination, found.node, found.argument_of_periapsis, there), gm
    )
    rows = np.flatnonzero((when > tdb) & (when < until_tdb) & (distance < within))
    least = np.full((len(states), 1), np.inf)
    least[rows, 0] = distance[rows]
    return ManyEncounters(
        bodies,
        rows,
        np.full(rows.size, name),
        when[rows],
        met[rows],
        distance[rows],
        impact[rows],
        least,
        np.where(impact, name, ""),
    )


def at_times(name):
    def fly(states, tdb, times, perturbers, *, non_gravitational=None):
        moved = [two_body_states(states, np.full(len(states), time - tdb), body(name).gm) for time in times]
        return np.stack(moved, axis=1)

    return fly
