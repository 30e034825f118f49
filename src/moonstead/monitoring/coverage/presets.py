"""Constellations by name, as published."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches

import numpy as np

from moonstead.foundation.errors import InvalidInput
from moonstead.monitoring.coverage.constellations import Constellation, eccentric, geostationary, walker


@dataclass(frozen=True)
class Preset:
    """A constellation with a name.

    Attributes
    ----------
    make : callable
        Gives the constellation.
    description, source : str
        What it is, and where its numbers come from.
    """

    make: Callable[[], Constellation]
    description: str
    source: str


PRESETS = {
    "geo-3": Preset(
        lambda: geostationary(np.radians([0.0, 120.0, 240.0])),
        "three geostationary satellites, evenly spaced",
        "Clarke (1945), Wireless World 51, 305",
    ),
    "molniya-3": Preset(
        lambda: eccentric("molniya", 3, math.radians(80.0)),
        "three satellites on one Molniya track, an apogee over 80 E",
        "Vallado (2013), section 11.4.1; the longitude is chosen here",
    ),
    "iridium": Preset(
        lambda: walker(66, 6, 2, 780e3, math.radians(86.4), pattern="star", spacing=math.radians(31.6)),
        "66 satellites in 6 planes, 780 km, 86.4 deg, 31.6 deg from plane to plane",
        "Fossa et al. (1998), Proc. IEEE NAECON, 152, doi:10.1109/NAECON.1998.710110 (recalled)",
    ),
    "galileo": Preset(
        lambda: walker(24, 3, 1, 29_600.318e3 - 6_378.137e3, math.radians(56.0)),
        "24 satellites in 3 planes, semi-major axis 29 600 km, 56 deg",
        "Galileo OS Service Definition Document 1.3 (2023), section 2 (recalled)",
    ),
    "moon-8": Preset(
        lambda: walker(8, 4, 1, 1000e3, math.radians(75.0), body="MOON"),
        "eight satellites in 4 planes about the Moon, 1000 km, 75 deg",
        "an example chosen here; nobody announced it",
    ),
}


def preset(name: str) -> Constellation:
    """A constellation by its name.

    Parameters
    ----------
    name : str
        One of `PRESETS`.

    Returns
    -------
    Constellation

    Raises
    ------
    InvalidInput
        There is none; the message suggests the nearest ones.

    Source
    ------
    With each preset.
    """
    if name not in PRESETS:
        near = get_close_matches(name, PRESETS, n=2, cutoff=0.5)
        hint = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(PRESETS)}"
        raise InvalidInput(f"no constellation is called {name!r}; {hint}")
    return PRESETS[name].make()
