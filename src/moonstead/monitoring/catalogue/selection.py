"""Which objects of a catalogue: classes of orbits, and filters by orbit, name and age."""

from __future__ import annotations

import fnmatch
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.mean_elements import MeanElements
from moonstead.foundation.errors import InvalidInput

Flags = NDArray[np.bool_]

EARTH_RADIUS = 6_378_137.0  # [m] WGS 84, from which altitudes are counted
LOW = 2_000e3  # [m] top of the low orbits, IADC-02-01 rev. 3 (2021), 3.3.2
GEOSTATIONARY = 35_786e3  # [m] altitude, the same, 3.3.2
GEOSTATIONARY_BAND = 200e3  # [m] either way, the same
CLASSES = ("LEO", "MEO", "GEO", "HEO", "beyond")


@dataclass(frozen=True, slots=True)
class Selection:
    """What is wanted of a catalogue; a bound that is left out does not matter.

    Attributes
    ----------
    perigee, apogee : (2,) [m]
        Least and largest altitude over 6378.137 km.
    inclination : (2,) [rad]
        Least and largest.
    name : str
        Pattern of the name with ``*`` and ``?``, capital letters or not; empty for any.
    age : float [s]
        Largest age of a set, before or after the time asked for.
    """

    perigee: tuple[float, float] = (-np.inf, np.inf)
    apogee: tuple[float, float] = (-np.inf, np.inf)
    inclination: tuple[float, float] = (-np.inf, np.inf)
    name: str = ""
    age: float = np.inf


def matching(elements: MeanElements, wanted: Selection, at: float | None = None) -> Flags:
    """Which element sets are wanted.

    Parameters
    ----------
    elements : MeanElements
        N sets.
    wanted : Selection
        What is wanted.
    at : float, optional [s TDB past J2000]
        Time that the age counts from.

    Returns
    -------
    (N,) bool [1]

    Raises
    ------
    InvalidInput
        An age is asked for without a time.

    Source
    ------
    Definition, on mean altitudes as `moonstead.dynamics.mean_elements.MeanElements` finds them.
    """
    if np.isfinite(wanted.age) and at is None:
        raise InvalidInput("the age of element sets needs a time that it counts from; give one")
    found = np.ones(len(elements), dtype=bool)
    for values, (low, high) in (
        (elements.perigee_distance - EARTH_RADIUS, wanted.perigee),
        (elements.apogee_distance - EARTH_RADIUS, wanted.apogee),
        (elements.inclination, wanted.inclination),
    ):
        found &= (values >= low) & (values <= high)
    if wanted.name:
        pattern = wanted.name.upper()
        found &= np.array([fnmatch.fnmatchcase(name.upper(), pattern) for name in elements.name], dtype=bool)
    if at is not None:
        found &= np.abs(elements.tdb - at) <= wanted.age
    return found


def orbit_classes(elements: MeanElements) -> NDArray[np.str_]:
    """Class of the orbit of each set.

    Parameters
    ----------
    elements : MeanElements
        N sets.

    Returns
    -------
    (N,) str
        ``LEO``: wholly below 2000 km; ``GEO``: wholly within 200 km of the geostationary altitude; ``HEO``: from below
        2000 km to above it; ``MEO``: between 2000 km and that band; ``beyond``: all that reaches above the band from
        above 2000 km.

    Source
    ------
    Bounds of the protected regions: IADC-02-01 rev. 3 (2021), 3.3.2. The names between them are customary.
    """
    perigee, apogee = elements.perigee_distance - EARTH_RADIUS, elements.apogee_distance - EARTH_RADIUS
    low = apogee < LOW
    eccentric = (perigee < LOW) & ~low
    floor, top = GEOSTATIONARY - GEOSTATIONARY_BAND, GEOSTATIONARY + GEOSTATIONARY_BAND
    stationary = (perigee >= floor) & (apogee <= top)
    middle = (perigee >= LOW) & (apogee <= top)
    return np.select([low, eccentric, stationary, middle], ["LEO", "HEO", "GEO", "MEO"], "beyond")
