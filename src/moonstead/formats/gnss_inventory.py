"""What a file of satellite navigation is and holds: kind, span, satellites and counts."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from moonstead.formats.antex import read_antex
from moonstead.formats.compact_rinex import is_compact
from moonstead.formats.gnss_faults import Fault, format_error
from moonstead.formats.gnss_files import unpack
from moonstead.formats.ionex import read_ionex
from moonstead.formats.rinex_clock import read_clocks
from moonstead.formats.rinex_navigation import read_navigation
from moonstead.formats.rinex_observation import read_observations
from moonstead.formats.sinex import read_sinex
from moonstead.formats.sp3 import read_sp3

KNOWN = "RINEX observations (plain or compact), navigation and clocks, SP3, ANTEX, IONEX and SINEX"
RINEX_TYPES = {"O": "observation", "N": "navigation", "G": "navigation", "H": "navigation", "L": "navigation"}


@dataclass(frozen=True, slots=True)
class SystemInventory:
    """What a file holds of one system.

    Attributes
    ----------
    satellites : int
        How many.
    records : int
        Observations: satellites at epochs; navigation: messages; SP3 and clocks: values; ANTEX: calibrations.
    messages : dict of str to int
        Navigation: messages by type.
    codes : dict of str to int
        Observations: values by code.
    """

    satellites: int
    records: int
    messages: dict[str, int] = field(default_factory=dict)
    codes: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Inventory:
    """What a file is and holds.

    Attributes
    ----------
    kind : str
        ``observation``, ``navigation``, ``sp3``, ``clock``, ``antex``, ``ionex`` or ``sinex``.
    version : str
        Of the format.
    start, stop : float [s GPST past 1980-01-06]
        First and last time; NaN where the kind has none.
    interval : float [s]
        Between epochs; NaN where the kind has none.
    source : str
        Marker or agency.
    systems : dict of str to SystemInventory
        By letter.
    counts : dict of str to int
        Of what has no system: epochs, receivers, antennas, maps, stations.
    faults : tuple of Fault
        What could not be used.
    """

    kind: str
    version: str
    start: float
    stop: float
    interval: float
    source: str
    systems: dict[str, SystemInventory]
    counts: dict[str, int]
    faults: tuple[Fault, ...]


def file_kind(text: bytes) -> str:
    """Kind of a file by its first line.

    Parameters
    ----------
    text : bytes
        Unpacked text.

    Returns
    -------
    str
        As `Inventory.kind`; empty for what is none of them.

    Source
    ------
    RINEX 4.02, tables A1 to A4; SP3-d (Hilla 2016); ANTEX 1.4; IONEX 1.1; SINEX 2.02.
    """
    if is_compact(text):
        return "observation"
    line = text[:200].split(b"\n", 1)[0].decode("latin-1")
    label = line[60:80].strip()
    if label == "RINEX VERSION / TYPE" or (len(line) > 65 and line[65:85].strip() == "RINEX VERSION / TYPE"):
        letter = line[20:21].upper()
        return "clock" if letter == "C" or line[21:22].upper() == "C" else RINEX_TYPES.get(letter, "")
    if label.startswith("ANTEX VERSION"):
        return "antex"
    if label.startswith("IONEX VERSION"):
        return "ionex"
    if line.startswith(("%=SNX", "*INDEX _TYPE_ CODE")):  # or the estimates of one alone
        return "sinex"
    return "sp3" if line[:2] in ("#a", "#b", "#c", "#d") else ""


def inventory(path: str | os.PathLike[str]) -> Inventory:
    """What a file of satellite navigation is and holds.

    Parameters
    ----------
    path : path
        The file, packed or not.

    Returns
    -------
    Inventory
        Counts, span and faults.

    Raises
    ------
    MissingData
        There is no such file.
    FormatError
        Its kind is unknown, or nothing in it can be used.
    """
    text = unpack(path)
    kind = file_kind(text)
    if not kind:
        first = text[:80].split(b"\n", 1)[0].decode("latin-1").strip()
        raise format_error(path, 1, f"a file of unknown kind, which begins {first!r}", f"known are {KNOWN}")
    return READERS[kind](path)


def _span(gpst: NDArray[np.float64]) -> tuple[float, float]:
    known = gpst[np.isfinite(gpst)]
    return (float(known.min()), float(known.max())) if known.size else (float("nan"), float("nan"))


def _of_observations(path: str | os.PathLike[str]) -> Inventory:
    read = read_observations(path)
    systems = {
        letter: SystemInventory(
            satellites=len(system.satellites),
            records=int(np.isfinite(system.values).any(axis=0).sum()),
            codes={code: int(np.isfinite(system.of(code)).sum()) for code in system.codes},
        )
        for letter, system in read.systems.items()
    }
    counts = {"epochs": read.gpst.size, "events": len(read.events)}
    source = read.marker or read.agency
    start, stop = _span(read.gpst)
    return Inventory("observation", read.version, start, stop, read.interval, source, systems, counts, read.faults)


def _of_navigation(path: str | os.PathLike[str]) -> Inventory:
    read = read_navigation(path)
    messages = read.messages
    letters = np.array([name[0] for name in messages.satellite], dtype="U1")
    systems = {}
    for letter in dict.fromkeys(letters.tolist()):
        rows = letters == letter
        kinds = Counter(messages.kind[rows].tolist())
        satellites = len(set(messages.satellite[rows].tolist()))
        systems[letter] = SystemInventory(satellites, int(rows.sum()), messages=dict(sorted(kinds.items())))
    start, stop = _span(messages.clock_reference)
    return Inventory("navigation", f"{read.version:.2f}", start, stop, float("nan"), "", systems, {}, read.faults)


def _by_letter(satellites: tuple[str, ...], held: NDArray[np.bool_]) -> dict[str, SystemInventory]:
    """Satellites and values by system of a table (E, S) of what is there."""
    systems = {}
    for letter in dict.fromkeys(name[0] for name in satellites):
        columns = [place for place, name in enumerate(satellites) if name[0] == letter]
        systems[letter] = SystemInventory(len(columns), int(held[:, columns].sum()))
    return systems


def _of_orbits(path: str | os.PathLike[str]) -> Inventory:
    read = read_sp3(path)
    systems = _by_letter(read.satellites, np.asarray(np.isfinite(read.position).all(axis=2)))
    start, stop = _span(read.gpst)
    counts = {"epochs": read.gpst.size, "clocks": int(np.isfinite(read.clock).sum())}
    return Inventory("sp3", read.version, start, stop, read.interval, read.agency, systems, counts, read.faults)


def _of_clocks(path: str | os.PathLike[str]) -> Inventory:
    read = read_clocks(path)
    systems = _by_letter(read.satellites, np.isfinite(read.clock))
    start, stop = _span(read.gpst)
    counts = {"epochs": read.gpst.size, "receivers": len(read.receivers)}
    return Inventory("clock", read.version, start, stop, read.interval, read.agency, systems, counts, read.faults)


def _of_antennas(path: str | os.PathLike[str]) -> Inventory:
    read = read_antex(path)
    aboard = [one.satellite for one in read.antennas if one.satellite]
    systems = {
        letter: SystemInventory(len({name for name in aboard if name[0] == letter}), records)
        for letter, records in Counter(name[0] for name in aboard).items()
    }
    counts = {"antennas": len(read.antennas), "receiver_antennas": len(read.antennas) - len(aboard)}
    nan = float("nan")
    return Inventory("antex", f"{read.version:.1f}", nan, nan, nan, "", systems, counts, read.faults)


def _of_maps(path: str | os.PathLike[str]) -> Inventory:
    read = read_ionex(path)
    start, stop = _span(read.gpst)
    counts = {"maps": read.gpst.size, "latitudes": read.latitude.size, "longitudes": read.longitude.size}
    return Inventory("ionex", "", start, stop, read.interval, "", {}, counts, read.faults)


def _of_stations(path: str | os.PathLike[str]) -> Inventory:
    read = read_sinex(path)
    start, stop = _span(np.array([one.epoch for one in read.solutions]))
    counts = {"stations": len({one.code for one in read.solutions}), "solutions": len(read.solutions)}
    return Inventory("sinex", "", start, stop, float("nan"), "", {}, counts, read.faults)


READERS = {
    "observation": _of_observations,
    "navigation": _of_navigation,
    "sp3": _of_orbits,
    "clock": _of_clocks,
    "antex": _of_antennas,
    "ionex": _of_maps,
    "sinex": _of_stations,
}
