"""Orbit Ephemeris Messages, written and read, against brahe."""

from __future__ import annotations

import tempfile
from pathlib import Path

import brahe
import numpy as np
from brahe.ccsds import OEM

from benchmarks.effort import Effort
from benchmarks.page import Row, Section
from benchmarks.timing import Contender, side_by_side
from moonstead.formats.oem import Oem, OemHeader, OemMetadata, OemSegment, read_oem, write_oem
from moonstead.foundation.data import DataContext
from moonstead.foundation.time.epoch import Epoch

START = 946_728_000.0  # [s TDB past J2000] 2030-01-01T00:00:00 TDB
STEP = 60.0  # [s]
RADIUS, SPEED = 7_000e3, 7_546.0  # [m, m/s] a circle around the Earth: what brahe turns into a trajectory

TEXT = """A message of {states} states in UTC, {size:.1f} MB as KVN. Moonstead's `write_oem` begins with arrays and
`read_oem` ends with arrays of TDB and SI, checked line by line against the standard. brahe's message is a list of
objects: its first rows begin and end with that; in the last it goes on to arrays of times and states, as any use with
numpy needs. The difference is the largest of what the two read from Moonstead's file; its microseconds
are brahe's, whose TDB stays that far from SOFA's series (`eraDtdb`)."""


def measure(data: DataContext, effort: Effort) -> tuple[Section, ...]:
    del data  # the message needs none
    brahe.set_global_eop_provider(brahe.StaticEOPProvider.from_zero())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        own, theirs, other = folder / "own.oem", folder / "brahe.oem", folder / "brahe.xml"
        message = _message(effort.states)
        write_oem(own, message)
        loaded = OEM.from_file(str(own))
        contenders = {
            "write": Contender(lambda _: write_oem(own, message)),
            "brahe write": Contender(lambda _: loaded.to_file(str(theirs), "KVN")),
            "write xml": Contender(lambda _: write_oem(folder / "own.xml", message, "xml")),
            "brahe write xml": Contender(lambda _: loaded.to_file(str(other), "XML")),
            "read": Contender(lambda _: read_oem(own)),
            "brahe read": Contender(lambda _: OEM.from_file(str(own))),
            "read xml": Contender(lambda _: read_oem(folder / "own.xml")),
            "brahe read xml": Contender(lambda _: OEM.from_file(str(folder / "own.xml"))),
            "brahe arrays": Contender(lambda _: _arrays(OEM.from_file(str(own)))),
        }
        times = side_by_side(contenders, effort.repetitions)
        size = own.stat().st_size / 1e6
        segment = read_oem(own).segments[0]
        tdb, states = _arrays(loaded)
    apart = f"{1e6 * np.max(np.abs(tdb - segment.tdb)):.2g} µs, {np.max(np.abs(states - segment.states)[:, :3]):.2g} m"
    pairs = (
        ("write KVN", "brahe write", "write", "-"),
        ("write XML", "brahe write xml", "write xml", "-"),
        ("read KVN", "brahe read", "read", "-"),
        ("read XML", "brahe read xml", "read xml", "-"),
        ("read KVN into arrays", "brahe arrays", "read", apart),
    )
    rows = tuple(Row((what, error), times.ratio(peer, ours), f"brahe, {what}") for what, peer, ours, error in pairs)
    return (
        Section(
            "Orbit Ephemeris Messages",
            TEXT.format(states=effort.states, size=size),
            ("work", "difference", "ratio"),
            rows,
        ),
    )


def _message(count: int) -> Oem:
    tdb = START + STEP * np.arange(count)
    angle = SPEED / RADIUS * (tdb - START)
    cosine, sine, zero = np.cos(angle), np.sin(angle), np.zeros(count)
    states = np.column_stack((RADIUS * cosine, RADIUS * sine, zero, -SPEED * sine, SPEED * cosine, zero))
    metadata = OemMetadata("RELAY", "2030-001A", "EARTH", "EME2000", "UTC", float(tdb[0]), float(tdb[-1]))
    header = OemHeader(originator="MOONSTEAD", creation=Epoch.parse("2030-01-01T00:00:00"))
    return Oem(header, (OemSegment(metadata, tdb, states),))


def _arrays(message: OEM) -> tuple[np.ndarray, np.ndarray]:
    """Times (N,) [s TDB past J2000] and states (N, 6) [m, m/s] of brahe's message."""
    path = message.segment_to_trajectory(0)
    system = brahe.TimeSystem.TDB
    return np.array([t.seconds_past_j2000_as_time_system(system) for t in path.epochs()]), path.to_matrix()
