"""Nominal orbits of the Earth's navigation satellites, for shares of time at the Moon over weeks."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.bodies import WGS84, body
from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.foundation.errors import InvalidInput

Array = NDArray[np.float64]

SYNCHRONOUS = 42_164.2e3  # [m] radius at which a satellite keeps with the Earth's rotation
ROTATION = (
    0.779_057_273_264_0,
    1.002_737_811_911_354_48,
)  # [turns] at J2000 UT1 and per day: IERS Conventions, eq. 5.15
EARTH_J2 = 1.082_635_9e-3  # [1] IERS Conventions (2010), table 1.1
UT1_BEHIND_TDB = 69.2  # [s] in the 2020s; a second turns the Earth by 15 arcsec
TURN = 2.0 * math.pi


@dataclass(frozen=True, eq=False)
class NominalSky:
    """Navigation satellites of the Earth over time.

    Attributes
    ----------
    names : tuple of str
        "G01" and so on, numbered within each system; not those of real satellites.
    systems : tuple of str
        Letter of each one's system.
    blocks : tuple of str
        Block of each, as `moonstead.navigation.lunar.gnss_transmitters` calls it.
    tdb : (E,) [s TDB past J2000]
        Times.
    position : (E, S, 3) [m]
        From the centre of the Earth along the axes of the ICRF; NaN where one is unknown.
    """

    names: tuple[str, ...]
    systems: tuple[str, ...]
    blocks: tuple[str, ...]
    tdb: Array
    position: Array


def system_names() -> dict[str, str]:
    """Letter and name of each system of the shipped table."""
    return {letter: entry["name"] for letter, entry in _table().items()}


def nominal_sky(systems: Sequence[str], tdb: ArrayLike) -> NominalSky:
    """Places of the satellites of some systems on round orbits.

    Places of one day in 2022, carried on by control and by the Earth's flattening: good for shares of time over weeks.
    Where a satellite really is, at a moment, only its messages or ephemerides tell.

    Parameters
    ----------
    systems : sequence of str
        Letters: G, E, R, C, J, I, S.
    tdb : (E,) [s TDB past J2000]
        Times.

    Returns
    -------
    NominalSky

    Raises
    ------
    InvalidInput
        A system is unknown or named twice, or a time is not finite.

    Source
    ------
    The table names its own for each system; equator of J2000. Turn of the planes: Kaula (1966), Theory of Satellite
    Geodesy, section 3.2.
    """
    times = np.atleast_1d(np.asarray(tdb, dtype=np.float64))
    if not np.all(np.isfinite(times)):
        raise InvalidInput("a sky needs finite times [s TDB past J2000]")
    unknown = [letter for letter in systems if letter not in _table()]
    if unknown or len(set(systems)) < len(systems) or not systems:
        raise InvalidInput(f"systems are some of {', '.join(_table())}, each once; got {', '.join(systems) or 'none'}")
    names, letters, blocks, places = [], [], [], []
    for letter in systems:
        entry, number = _table()[letter], 0
        groups = [_almanac(entry, times)] if "almanac" in entry else []
        groups += [_inclined(group, times) for group in entry.get("inclined", ())]
        groups += [_stationary(group, times) for group in entry.get("stationary", ())]
        for of, position in groups:
            for block, place in zip(of, position, strict=True):
                number += 1
                names.append(f"{letter}{number:02d}")
                letters.append(letter)
                blocks.append(block)
                places.append(place)
    return NominalSky(tuple(names), tuple(letters), tuple(blocks), times, np.stack(places, axis=1))


def _almanac(entry: Mapping[str, Any], times: Array) -> tuple[list[str], list[Array]]:
    """Round orbits from the places of one day, their planes turned by the Earth's flattening."""
    radius, since = 1e3 * entry["radius_km"], times - _document()["epoch_tdb"]
    rate = math.sqrt(body("EARTH").gm / radius**3)
    places = []
    for _, tilt, node, argument, _ in entry["almanac"]:
        inclination = math.radians(tilt)
        swing = -1.5 * rate * EARTH_J2 * (WGS84.equatorial_radius / radius) ** 2 * math.cos(inclination)
        # the slot holds to the ground: what the node loses, the argument of latitude makes good
        angle = math.radians(argument) + (rate - swing * math.cos(inclination)) * since
        places.append(radius * _turned(angle, inclination, math.radians(node) + swing * since))
    return [row[4] for row in entry["almanac"]], places


def _inclined(group: Mapping[str, Any], times: Array) -> tuple[list[str], list[Array]]:
    """Geosynchronous satellites on one ground track."""
    count, eccentricity = group["count"], group["eccentricity"]
    longitude, inclination, argument = (
        math.radians(group[f"{name}_deg"]) for name in ("longitude", "inclination", "argument")
    )
    places = []
    for number in range(count):
        node = math.radians(group["node_deg"]) + TURN * number / count
        mean = _rotation(times) + longitude - node - argument
        anomaly = mean + 2.0 * eccentricity * np.sin(mean) + 1.25 * eccentricity**2 * np.sin(2.0 * mean)
        distance = SYNCHRONOUS * (1.0 - eccentricity**2) / (1.0 + eccentricity * np.cos(anomaly))
        places.append(distance[:, None] * _turned(anomaly + argument, inclination, np.full(times.shape, node)))
    return [group["block"]] * count, places


def _stationary(group: Mapping[str, Any], times: Array) -> tuple[list[str], list[Array]]:
    longitudes = [math.radians(longitude) for longitude in group["longitudes_deg"]]
    flat = np.zeros_like(times)
    places = [SYNCHRONOUS * _turned(flat, 0.0, _rotation(times) + longitude) for longitude in longitudes]
    return [group["block"]] * len(longitudes), places


def _rotation(times: Array) -> Array:
    """Earth rotation angle (E,) [rad]."""
    start, rate = ROTATION
    return TURN * (start + rate * (times - UT1_BEHIND_TDB) / SECONDS_PER_DAY)


def _turned(argument: Array, inclination: float, node: Array) -> Array:
    """Unit vectors (E, 3) at arguments of latitude on inclined planes."""
    along, across = np.cos(argument), np.sin(argument)
    return np.stack(
        (
            along * np.cos(node) - across * math.cos(inclination) * np.sin(node),
            along * np.sin(node) + across * math.cos(inclination) * np.cos(node),
            across * math.sin(inclination),
        ),
        axis=1,
    )


@cache
def _document() -> dict[str, Any]:
    text = files("moonstead.navigation.lunar").joinpath("gnss_orbits.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _table() -> dict[str, Any]:
    systems: dict[str, Any] = _document()["system"]
    return systems
