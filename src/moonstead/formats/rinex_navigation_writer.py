"""Broadcast messages as RINEX navigation files of version 3 and 4."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

from moonstead.formats.broadcast_messages import BroadcastMessages
from moonstead.formats.files import write_text
from moonstead.formats.gnss_time import (
    BDT_WEEK,
    GPST_MINUS_BDT,
    SECONDS_PER_WEEK,
    civil_from_gpst,
    leap_seconds,
)
from moonstead.formats.rinex_navigation_file import NavigationFile
from moonstead.formats.rinex_navigation_header import NAVIC_WEEK, TimeCorrection
from moonstead.formats.rinex_navigation_layout import (
    HOUR,
    KILOMETRE,
    LAYOUTS,
    LEGACY_KINDS,
    SBAS_NOT_MONITORED,
    SHORT_FDMA,
    STATE_WORDS,
    column_of,
)
from moonstead.formats.rinex_navigation_records import SYSTEM_TIMES
from moonstead.formats.rinex_navigation_writer_others import NOT_KNOWN, other_records
from moonstead.foundation.errors import InvalidInput

Array = NDArray[np.float64]

VERSIONS = ("3.04", "3.05", "4.00")
WEEK = float(SECONDS_PER_WEEK)  # [s]
NO_PREDICTION = -1.0  # [m] SISA of Galileo
BLANK = " " * 19
PROGRAM = "moonstead"
HEADER_MODELS = ("GPS", "GAL", "BDS", "QZS", "IRN")  # of the ionosphere, that RINEX 3 puts into the header


def write_navigation(
    path: str | os.PathLike[str],
    navigation: NavigationFile | BroadcastMessages,
    *,
    version: str = "3.05",
    date: str = "",
) -> None:
    """Write messages as a RINEX navigation file that `read_navigation` reads back.

    Numbers have thirteen digits, as the format gives them. What a version cannot say is left out: version 3 has no
    Earth orientation and no BDGIM; records of version 4 name their satellite, so that ionosphere and time corrections
    without one have no place there.

    Parameters
    ----------
    path : path
        Where to; packed with gzip if it ends in ``.gz``.
    navigation : NavigationFile or BroadcastMessages
        What to write; bare messages get a header without ionosphere and time corrections.
    version : str
        ``"3.04"`` (GLONASS without its fourth line), ``"3.05"`` or ``"4.00"``.
    date : str
        Date for the line of the program, ``20220101 000000 UTC``; blank by default, so that equal content gives equal
        bytes.

    Raises
    ------
    InvalidInput
        The version is not one of these, or a message's kind cannot be said in it.
    MissingData
        The folder does not exist.
    """
    if version not in VERSIONS:
        raise InvalidInput(f"RINEX {version!r} is not written; {', '.join(VERSIONS)} are")
    messages = navigation.messages if isinstance(navigation, NavigationFile) else navigation
    if not version.startswith("4"):
        _require_legacy(messages)
    lines = [*_header(navigation, version, date)]
    if version.startswith("4") and isinstance(navigation, NavigationFile):
        lines += other_records(navigation)
    for text in _records(messages, version):
        lines += text
    write_text(path, "".join(f"{line}\n" for line in lines))


def _require_legacy(messages: BroadcastMessages) -> None:
    known = {*LEGACY_KINDS.values(), "FNAV", "D2"}
    if strange := sorted(set(messages.kind.tolist()) - known):
        raise InvalidInput(f"RINEX 3 has no messages of kind {', '.join(strange)}; write version 4.00")


def _header(navigation: NavigationFile | BroadcastMessages, version: str, date: str) -> Iterable[str]:
    def labelled(text: str, label: str) -> str:
        return f"{text:<60}{label}".rstrip()

    yield labelled(f"{float(version):9.2f}{'':11}NAVIGATION DATA     M", "RINEX VERSION / TYPE")
    yield labelled(f"{PROGRAM:<20}{'':20}{date:<20}", "PGM / RUN BY / DATE")
    if isinstance(navigation, NavigationFile):
        legacy = not version.startswith("4")
        for model in navigation.ionosphere_models if legacy else ():
            if model.kind[:3] in HEADER_MODELS:
                values = "".join(f"{value:12.4E}" for value in model.values)
                sender = model.satellite[1:] if model.satellite else ""
                yield labelled(f"{model.kind:<4} {values:<48}   {sender:>2}", "IONOSPHERIC CORR")
        for correction in navigation.time_corrections if legacy else ():
            yield labelled(_time_correction(correction), "TIME SYSTEM CORR")
        if navigation.leap_seconds is not None:
            yield labelled(f"{navigation.leap_seconds:6d}", "LEAP SECONDS")
    yield labelled("", "END OF HEADER")


def _time_correction(correction: TimeCorrection) -> str:
    second, week = 0, 0
    if not math.isnan(correction.reference):
        system_reference = correction.reference - (GPST_MINUS_BDT if correction.kind.startswith("BD") else 0)
        whole, rest = divmod(round(system_reference), SECONDS_PER_WEEK)
        first = {"BD": BDT_WEEK, "IR": NAVIC_WEEK}.get(correction.kind[:2], 0)
        second, week = int(rest), int(whole) - first
    start = f"{correction.kind:<4} {correction.a0:17.10E}{correction.a1:16.9E}{second:7d}{week:5d}"
    return f"{start} {correction.satellite[:5]}".rstrip()


def _records(messages: BroadcastMessages, version: str) -> Iterable[list[str]]:
    """Lines of each record, in the order of the messages."""
    texts: list[list[str]] = [[] for _ in range(len(messages))]
    letters = messages.satellite.astype("<U1")
    for system, kind in sorted(set(zip(letters.tolist(), messages.kind.tolist(), strict=True))):
        if (system, kind) not in LAYOUTS:
            raise InvalidInput(f"RINEX has no record of system {system!r} and kind {kind!r}")
        rows = np.flatnonzero((letters == system) & (messages.kind == kind))
        part = messages.take(rows)
        layout = LAYOUTS[system, kind]
        if kind == "FDMA" and version == "3.04":
            layout = layout[:SHORT_FDMA]
        columns = [_column(part, word, system) for word in layout]
        epochs = _epochs(part, system)
        for place, row in enumerate(rows.tolist()):
            record = _lines(epochs[place], [column[place] for column in columns])
            if version.startswith("4"):
                record.insert(0, f"> EPH {part.satellite[place]} {kind}")
            texts[row] = record
    return texts


def _epochs(messages: BroadcastMessages, system: str) -> list[str]:
    clock = civil_from_gpst(messages.clock_reference, SYSTEM_TIMES[system])
    parts = np.array([part.astype(np.int64) for part in clock]).T
    return [
        f"{name} {y:04d} {mo:02d} {d:02d} {h:02d} {mi:02d} {s:02d}"
        for name, (y, mo, d, h, mi, s) in zip(messages.satellite.tolist(), parts.tolist(), strict=True)
    ]


def _lines(epoch: str, values: list[float]) -> list[str]:
    fields = [BLANK if math.isnan(value) else f"{value:19.12E}" for value in values]
    lines = ["".join([epoch, *fields[:3]])]
    lines += ["".join(["    ", *fields[at : at + 4]]) for at in range(3, len(fields), 4)]
    # a line of spare fields alone still counts
    return [line.rstrip() if line.strip() else line for line in lines]


def _column(messages: BroadcastMessages, word: str, system: str) -> Array:
    """Numbers of one place of the record; NaN where it stays blank."""
    place = column_of(word)
    if place is not None:
        column = np.asarray(getattr(messages, place[0])[:, place[1]])
        return column / KILOMETRE if word in STATE_WORDS else column
    special = _SPECIAL.get(word)
    if special is not None:
        return special(messages, system)
    if word == "-":
        return np.full(len(messages), np.nan)
    column = np.asarray(getattr(messages, word))
    return np.where(column < 0, np.nan, column.astype(np.float64)) if column.dtype.kind == "i" else column


def _of_week(gpst: Array, system: str) -> tuple[Array, Array]:
    """Week and second of it in the count of the system's records."""
    own = gpst - (GPST_MINUS_BDT if system == "C" else 0)
    week = np.floor(own / WEEK)
    return week - (BDT_WEEK if system == "C" else 0), own - week * WEEK


def _transmission(messages: BroadcastMessages, system: str) -> Array:
    """Second of the week in which the reference time lies; negative or above a week where it was sent in another."""
    sent = messages.transmission
    if system == "R":
        utc = sent - leap_seconds(messages.clock_reference)
        return np.where(np.isnan(sent), NOT_KNOWN, np.mod(utc, WEEK))
    if system == "S":
        return np.where(np.isnan(sent), NOT_KNOWN, np.mod(sent, WEEK))
    _, second = _of_week(messages.reference, system)
    return np.where(np.isnan(sent), NOT_KNOWN, second + (sent - messages.reference))


def _accuracy(messages: BroadcastMessages, system: str) -> Array:
    unknown = {"E": NO_PREDICTION, "S": SBAS_NOT_MONITORED}.get(system, np.nan)
    return np.where(np.isnan(messages.accuracy), unknown, messages.accuracy)


_SPECIAL: dict[str, Callable[[BroadcastMessages, str], Array]] = {
    "toe": lambda messages, system: _of_week(messages.reference, system)[1],
    "week": lambda messages, system: _of_week(messages.reference, system)[0],
    "transmission": _transmission,
    "accuracy": _accuracy,
    "fit_hours": lambda messages, system: np.nan_to_num(messages.fit_interval, nan=0.0) / HOUR,
    "channel": lambda messages, system: messages.channel.astype(np.float64),
}
