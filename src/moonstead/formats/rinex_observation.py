"""RINEX observation files, versions 2 to 4, plain or compact: what a receiver measured, as arrays."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.formats.compact_rinex import is_compact, restore_rinex
from moonstead.formats.gnss_faults import FaultLog
from moonstead.formats.gnss_files import unpack
from moonstead.formats.gnss_time import gpst_from_civil
from moonstead.formats.rinex_observation_contents import (
    ObservationEvent,
    ObservationFile,
    PhaseShift,
    SystemObservations,
)
from moonstead.formats.rinex_observation_epochs import check_span, rising_epochs
from moonstead.formats.rinex_observation_header import SYSTEMS, Header, finish_types, read_header, read_header_line
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.kernel_cache import prepare

__all__ = ["ObservationEvent", "ObservationFile", "PhaseShift", "SystemObservations", "read_observations"]

Whole = NDArray[np.int64]
Array = NDArray[np.float64]

SLOTS = 800  # satellites that the kernels tell apart: 100 of each letter
MOST_VALUES = 400_000_000  # 4 GB of arrays: a day of 1 Hz of all systems has half of them
MOST_KERNEL_FAULTS = 250
MOST_LISTS = 1000  # of observation types in one file
INSIDE = (
    "SYS / # / OBS TYPES",
    "# / TYPES OF OBSERV",
    "GLONASS SLOT / FRQ #",
)  # header records that hold from there on
REMEDIES = {  # by the kernels' faults
    1: ("an epoch line cannot be read", "the epoch is left out"),
    2: ("the epoch has fewer satellites than it counts", "those there are kept"),
    3: ("lines that belong to no epoch", "they are left out, up to the next epoch line"),
    4: ("a satellite is not named, or its system has no observation types", "it is left out"),
    5: ("the satellite comes twice in this epoch", "the first is kept"),
    6: ("a field is no number of the form F14.3", "it is taken as missing"),
    7: ("a loss-of-lock or strength indicator is no digit", "it is taken as blank"),
    8: ("the file ends inside of an epoch or a line", "what is whole is kept; fetch the file again"),
    9: ("the receiver clock offset is no number", "it is taken as unknown"),
}


def read_observations(path: str | os.PathLike[str], *, systems: Iterable[str] | None = None) -> ObservationFile:
    """Observations of a RINEX file of version 2, 3 or 4, packed or not, compact or not.

    Codes are those of RINEX 3: types of RINEX 2 are translated, BeiDou's band 1 of version 3.02 becomes 2. Scale
    factors are taken out. Zero and blank are missing. Header lines inside the data change the types and channels that
    follow; what else they say stands in the events. Epochs rise: of repeated epochs the first is kept, and the fewest
    epochs are left out where time runs back. Line numbers of faults are those of the unpacked RINEX text.

    Parameters
    ----------
    path : path
        The file.
    systems : iterable of str, optional
        Letters of the systems to read; left out, all.

    Returns
    -------
    ObservationFile
        Values in metres, cycles, Hz and dB Hz, epochs in GPS time, and the faults.

    Raises
    ------
    MissingData
        There is no such file.
    FormatError
        The packing is damaged, this is no observation file, or not one epoch of it can be read.
    InvalidInput
        A system letter is unknown.

    Source
    ------
    RINEX 2.11 (Gurtner & Estey 2007); RINEX 4.02 (IGS/RTCM 2024); compact files: `restore_rinex`.
    """
    wanted = _wanted(systems)
    log = FaultLog(path)
    text = unpack(path)
    if is_compact(text):
        restored = restore_rinex(text, path)
        for fault in restored.faults:
            log.note(fault.line, fault.what, fault.remedy)
        text = restored.text
    header, start = read_header(text, log)
    index = _index(text, start, header, log)
    civil, seconds = index.epochs, index.seconds
    year, month, day, hour, minute = civil.T[:5]
    gpst = gpst_from_civil(year, month, day, hour, minute, seconds, header.time_system)
    is_event = np.zeros(gpst.size, dtype=bool)
    is_event[index.events[:, 1]] = True
    kept = rising_epochs(gpst, is_event, civil[:, 6], log)
    if not kept.size:
        raise log.refusal("no epoch can be read", "give a RINEX observation file with data")
    epoch_of = np.full(gpst.size, -1, dtype=np.int64)
    epoch_of[kept] = np.arange(kept.size)
    layouts, events = _layouts(text, header, index, kept, gpst, log)
    interval = header.interval
    if not np.isfinite(interval) and kept.size > 1:
        steps, times = np.unique(np.round(np.diff(gpst[kept]), 3), return_counts=True)
        interval = float(steps[np.argmax(times)])
    check_span(header, gpst[kept], interval, log)
    return ObservationFile(
        version=header.version,
        marker=header.marker,
        marker_number=header.marker_number,
        agency=header.agency,
        receiver=header.receiver,
        antenna=header.antenna,
        antenna_delta_hen=header.antenna_delta_hen,
        approximate_position=header.approximate_position,
        interval=interval,
        time_system=header.time_system,
        gpst=gpst[kept],
        flag=civil[kept, 5].astype(np.uint8),
        receiver_clock_offset=index.clocks[kept],
        receiver_clock_applied=header.receiver_clock_applied,
        systems=_fill(text, header, index, layouts, epoch_of, kept.size, wanted, log),
        glonass_channels=header.glonass_channels,
        phase_shifts=tuple(header.phase_shifts),
        leap_seconds=header.leap_seconds,
        events=events,
        faults=log.faults,
    )


def _wanted(systems: Iterable[str] | None) -> str:
    letters = SYSTEMS if systems is None else "".join(systems)
    unknown = [letter for letter in letters if letter not in SYSTEMS]
    if unknown:
        raise InvalidInput(f"{unknown[0]!r} is no satellite system; known are {', '.join(SYSTEMS)}")
    return letters


@dataclass(frozen=True, slots=True)
class _Index:
    """Tables of the kernel: see `index_kernel`."""

    bytes: NDArray[np.uint8]
    epochs: Whole
    seconds: Array
    clocks: Array
    records: Whole
    events: Whole


def _index(text: bytes, start: int, header: Header, log: FaultLog) -> _Index:
    prepare()
    from moonstead.formats import rinex_observation_kernels as kernels

    source = np.frombuffer(text, dtype=np.uint8)
    lines = text.count(b"\n", start) + 2
    per_epoch = text.count(b"\n>", max(start - 1, 0)) + 2 if not header.old_order else lines
    types = np.zeros(8, dtype=np.int64)
    if header.old_order:
        types[:] = len(header.types[""])
    else:
        types[: len(SYSTEMS)] = [len(header.types.get(letter, ())) for letter in SYSTEMS]
    epochs = np.zeros((per_epoch, 7), dtype=np.int64)
    seconds, clocks = np.zeros(per_epoch), np.full(per_epoch, np.nan)
    records = np.zeros((lines, 5), dtype=np.int64)
    events = np.zeros((per_epoch, 6), dtype=np.int64)
    sizes = np.zeros(3, dtype=np.int64)
    faults, counts = _room_for_faults()
    default = ord(header.file_system) if header.file_system != "M" else ord("G")
    kernels.index_kernel(
        source,
        start,
        header.lines + 1,
        2 if header.old_order else 3,
        types,
        default,
        epochs,
        seconds,
        clocks,
        records,
        events,
        faults,
        counts,
        sizes,
    )
    _tell(faults, counts, log)
    n_epochs, n_records, n_events = (int(size) for size in sizes)
    return _Index(
        source, epochs[:n_epochs], seconds[:n_epochs], clocks[:n_epochs], records[:n_records], events[:n_events]
    )


def _room_for_faults() -> tuple[Whole, Whole]:
    return np.zeros((MOST_KERNEL_FAULTS, 2), dtype=np.int64), np.zeros(10, dtype=np.int64)


def _tell(faults: Whole, counts: Whole, log: FaultLog) -> None:
    for line, code in faults[: counts[0]]:
        log.note(int(line), *REMEDIES[int(code)])
    log.count += int(counts[1:].sum() - counts[0])


def _layouts(
    text: bytes, header: Header, index: _Index, kept: Whole, gpst: Array, log: FaultLog
) -> tuple[tuple[list[dict[str, list[str]]], Whole], tuple[ObservationEvent, ...]]:
    """Lists of codes that held in turn, which of them each record has, and the events."""
    codes = [{letter: header.codes(letter) for letter in SYSTEMS}]
    changes = [0]  # first record of each list
    events = []
    for flag, row, record, offset, count, line in index.events.tolist():
        said = tuple(one.decode("latin-1").rstrip() for one in _lines(text, offset, count))
        for place, one in enumerate(said):
            label = one[60:80].strip()
            if label in INSIDE:
                read_header_line(header, one, line + 1 + place, log)
            elif label == "SYS / SCALE FACTOR":
                log.note(line + 1 + place, "scale factors change inside the data", "those of the header are used")
        now = {letter: header.codes(letter) for letter in SYSTEMS}
        if now != codes[-1]:
            finish_types(header, line, log)
            codes.append(now)
            changes.append(record)
            if len(codes) > MOST_LISTS:
                raise log.refusal(
                    f"observation types change more than {MOST_LISTS} times", "fetch the file again", line
                )
        time = float(gpst[row]) if index.epochs[row, 6] >= 0 else float("nan")
        events.append(ObservationEvent(flag, time, int(np.searchsorted(kept, row)), said))
    of_record = np.searchsorted(changes, np.arange(len(index.records)), side="right") - 1
    return (codes, of_record.astype(np.int64)), tuple(events)


def _lines(text: bytes, offset: int, count: int) -> list[bytes]:
    """Some lines of a text from a place on."""
    lines = []
    for _ in range(count):
        stop = text.find(b"\n", offset)
        stop = len(text) if stop < 0 else stop
        lines.append(text[offset:stop])
        offset = stop + 1
    return lines


def _fill(
    text: bytes,
    header: Header,
    index: _Index,
    layouts: tuple[list[dict[str, list[str]]], Whole],
    epoch_of: Whole,
    n_epochs: int,
    wanted: str,
    log: FaultLog,
) -> dict[str, SystemObservations]:
    from moonstead.formats import rinex_observation_kernels as kernels

    lists, of_record = layouts
    held = np.unique(index.records[epoch_of[index.records[:, 2]] >= 0, 3])
    satellites = np.full(SLOTS, -1, dtype=np.int64)
    counts, starts = np.zeros(8, dtype=np.int64), np.zeros(8, dtype=np.int64)
    names: dict[str, tuple[str, ...]] = {}
    codes: dict[str, list[str]] = {}
    total = 0
    for number, letter in enumerate(SYSTEMS):
        slots = held[held // 100 == number]
        codes[letter] = list(dict.fromkeys(code for one in lists for code in one[letter] if code))
        if letter not in wanted or not slots.size:
            continue
        names[letter] = tuple(f"{letter}{slot % 100:02d}" for slot in slots)
        satellites[slots] = np.arange(slots.size)
        counts[number], starts[number] = slots.size, total
        total += len(codes[letter]) * n_epochs * int(slots.size)
    if total > MOST_VALUES:
        raise log.refusal(f"{total} values do not fit into memory", "read fewer systems, or cut the file into hours")
    widest = max(len(one) for each in lists for one in each.values())
    fields = np.full((len(lists), 8, widest), -1, dtype=np.int64)
    field_counts = np.zeros((len(lists), 8), dtype=np.int64)
    for layout, one in enumerate(lists):
        for number, letter in enumerate(SYSTEMS):
            row = [codes[letter].index(code) if code else -1 for code in one[letter]]
            fields[layout, number, : len(row)] = row
            field_counts[layout, number] = len(row)
    values = np.full(total, np.nan)
    loss_of_lock, strength = np.zeros(total, dtype=np.uint8), np.zeros(total, dtype=np.uint8)
    faults, fault_counts = _room_for_faults()
    kernels.fill_kernel(
        index.bytes,
        2 if header.old_order else 3,
        index.records,
        of_record,
        epoch_of,
        n_epochs,
        fields,
        field_counts,
        starts,
        satellites,
        counts,
        values,
        loss_of_lock,
        strength,
        faults,
        fault_counts,
    )
    _tell(faults, fault_counts, log)
    answer = {}
    for number, letter in enumerate(SYSTEMS):
        if letter not in names:
            continue
        shape = (len(codes[letter]), n_epochs, len(names[letter]))
        part = slice(int(starts[number]), int(starts[number]) + int(np.prod(shape)))
        of_system = values[part].reshape(shape)
        for place, code in enumerate(codes[letter]):
            factor = header.scales.get((letter, code), header.scales.get((letter, ""), 1.0))
            if factor != 1.0:
                of_system[place] /= factor
        answer[letter] = SystemObservations(
            letter,
            names[letter],
            tuple(codes[letter]),
            of_system,
            loss_of_lock[part].reshape(shape),
            strength[part].reshape(shape),
        )
    return answer
