"""Lines of SP3 files: the head one by one, the records of all epochs at once."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from moonstead.formats.gnss_faults import FaultLog
from moonstead.formats.gnss_time import OFFSETS, gpst_from_civil
from moonstead.formats.sp3_file import PreciseOrbits
from moonstead.formats.text_columns import WIDTH, decimals, long_lines, text_lines, whole_numbers

Array = NDArray[np.float64]
Rows = NDArray[np.int64]

SYSTEMS = "GRECJISL"  # L: satellites in low orbits, which SP3 also serves
NO_CLOCK = 999_999.0  # [us] and above: there is none
FARTHEST = 1.0e6  # [km] from the Earth's centre: beyond the Moon's orbit no navigation satellite is served
FIRST_YEAR = 1900  # of an epoch
BAD_RATE = 999_999.0  # as NO_CLOCK, of V records
FLAG_COLUMNS = ((74, b"E", 1), (75, b"P", 2), (78, b"M", 4), (79, b"P", 8))
EXTENDED_FIELDS = ((4, 8), (9, 13), (14, 18), (19, 26), (27, 35), (36, 44), (45, 53), (54, 62), (63, 71), (72, 80))
TIME_SYSTEM_NAMES = {"": "GPS", "ccc": "GPS"}  # SP3-a has no time system and means GPS time


@dataclass(slots=True)
class _Head:
    version: str = "c"
    satellites: list[str] = field(default_factory=list)
    accuracy: list[int] = field(default_factory=list)
    count: int = 0
    interval: float = 0.0
    data_used: str = ""
    coordinate_system: str = ""
    orbit_type: str = ""
    agency: str = ""
    file_type: str = "M"
    time_system: str = "GPS"
    bases: list[float] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)


def parse_sp3(text: bytes, path: str) -> PreciseOrbits:
    """Table of the records of one SP3 text.

    Parameters
    ----------
    text : bytes
        The file, unpacked, line ends single line feeds.
    path : str
        Its name, for messages.

    Returns
    -------
    PreciseOrbits

    Raises
    ------
    FormatError
        It is no SP3, or no epoch of it can be used.

    Source
    ------
    S. Hilla, "The Extended Standard Product 3 Orbit Format (SP3-d)", National Geodetic Survey, 21 February 2016.
    """
    log = FaultLog(path)
    if text[:1] != b"#" or text[1:2] not in (b"a", b"b", b"c", b"d"):
        raise log.refusal("this is no SP3 file: it does not begin with #a, #b, #c or #d", "give an SP3 file", 1)
    if not text.rstrip().endswith(b"EOF"):
        log.note(0, "the line EOF is missing, so the file is cut off", "whole lines were read")
        text = text[: text.rfind(b"\n") + 1] or text
    lines, starts = text_lines(text)
    kinds = lines[:, 0]
    epochs = np.flatnonzero(kinds == ord("*"))
    known = np.isin(kinds, np.frombuffer(b"*PVE#+%/ ", dtype=np.uint8)) | (starts < 0)
    if epochs.size == 0:
        raise log.refusal("the file has no epochs (lines with *)", "fetch the file again")
    head = _head(lines[: epochs[0]], log)
    if head.time_system not in OFFSETS:
        raise log.refusal(f"unknown time system {head.time_system!r}", f"known are {', '.join(OFFSETS)}")

    year = whole_numbers(lines, 3, 7, 0)
    spoilt = ~known & (year > FIRST_YEAR) & (np.arange(kinds.size) > epochs[0])  # an epoch whose star is no star
    epochs = np.union1d(epochs, np.flatnonzero(spoilt))
    gpst = _epochs(lines[epochs], epochs, head.time_system, log)
    gpst[spoilt[epochs]] = np.nan  # its records belong to no epoch that is known
    order = np.full(lines.shape[0], -1, dtype=np.int64)  # the epoch that each line belongs to
    order[epochs] = 1
    order = np.cumsum(order == 1) - 1
    second = lines[:, 1]
    letters = (second >= ord("A")) & (second <= ord("Z")) | (second == ord(" "))
    for row in np.flatnonzero(np.isin(kinds, (ord("P"), ord("V"))) & ~letters & (order >= 0)):
        log.note(int(row) + 1, "the record names no satellite", "it was left out")
    position_rows = np.flatnonzero((kinds == ord("P")) & letters & (order >= 0))
    velocity_rows = np.flatnonzero((kinds == ord("V")) & letters & (order >= 0))
    satellites = _satellites(head, lines, position_rows, log)
    table = _Table(gpst, satellites)
    _fill_positions(table, lines, position_rows, order, log)
    if velocity_rows.size:
        _fill_velocities(table, lines, velocity_rows, order, log)
    table.extend(lines, np.flatnonzero((kinds == ord("E")) & (order >= 0)), order)
    known &= ~((kinds == ord("P")) | (kinds == ord("V"))) | letters
    for row in np.flatnonzero(~known):
        log.note(int(row) + 1, "the line is no record of SP3", "it was left out")
    for row in long_lines(text, WIDTH + 2):
        log.note(int(row) + 1, "the line is too long: it runs into the next", "what stands in its place was read")

    good = np.isfinite(gpst)
    good &= np.any(np.isfinite(table.position[:, :, 0]) | np.isfinite(table.clock), axis=1)
    if not np.any(good):
        raise log.refusal("no epoch has a position or a clock", "fetch the file again")
    keep = _unique_epochs(gpst, good, epochs, log)
    accuracy = dict(zip(head.satellites, head.accuracy, strict=False))
    table.keep(keep)
    return PreciseOrbits(
        satellites=tuple(satellites),
        gpst=gpst[keep],
        position=table.position,
        clock=table.clock,
        velocity=table.velocity,
        clock_rate=table.clock_rate,
        sigma_exponent=table.sigma,
        flags=table.flags,
        accuracy_exponent=np.array([accuracy.get(name, 0) for name in satellites], dtype=np.int16),
        interval=_interval(head, gpst[keep], log),
        base_position=head.bases[0] if head.bases else 0.0,
        base_clock=head.bases[1] if len(head.bases) > 1 else 0.0,
        version=head.version,
        data_used=head.data_used,
        coordinate_system=head.coordinate_system,
        orbit_type=head.orbit_type,
        agency=head.agency,
        file_type=head.file_type,
        time_system=head.time_system,
        comments=tuple(head.comments),
        extended_position=table.extended.get("P"),
        extended_velocity=table.extended.get("V"),
        day=np.zeros(keep.size, dtype=np.int16),
        faults=log.faults,
    )


class _Table:
    """Arrays of all epochs and satellites while they are filled."""

    def __init__(self, gpst: Array, satellites: list[str]) -> None:
        shape = (gpst.size, len(satellites))
        self.column = {name: column for column, name in enumerate(satellites)}
        self.position = np.full((*shape, 3), np.nan)
        self.clock = np.full(shape, np.nan)
        self.velocity: Array | None = None
        self.clock_rate: Array | None = None
        self.sigma = np.full((*shape, 4), -1, dtype=np.int16)
        self.flags = np.zeros(shape, dtype=np.uint8)
        self.extended: dict[str, NDArray[np.int32]] = {}

    def columns(self, lines: NDArray[np.uint8], rows: Rows) -> Rows:
        names = np.ascontiguousarray(lines[rows, 1:4]).view("S3").ravel()
        found, back = np.unique(names, return_inverse=True)
        places = [self.column.get(satellite_name(name.decode("ascii", "replace")), -1) for name in found]
        return np.array(places, dtype=np.int64)[back]

    def extend(self, lines: NDArray[np.uint8], rows: Rows, order: Rows) -> None:
        """EP and EV records belong to the record before them."""
        for kind in "PV":
            mine = rows[(lines[rows, 1] == ord(kind)) & (lines[rows - 1, 0] == ord(kind))]
            if mine.size == 0:
                continue
            columns = self.columns(lines, mine - 1)
            shape = (*self.clock.shape, len(EXTENDED_FIELDS))
            values = np.zeros(shape, dtype=np.int32)
            fields = [whole_numbers(lines[mine], start, stop, 0) for start, stop in EXTENDED_FIELDS]
            usable = columns >= 0
            values[order[mine][usable], columns[usable]] = np.stack(fields, axis=1)[usable]
            self.extended[kind] = values

    def keep(self, rows: Rows) -> None:
        for name in ("position", "clock", "velocity", "clock_rate", "sigma", "flags"):
            values = getattr(self, name)
            if values is not None and rows.size < values.shape[0]:
                setattr(self, name, values[rows])
        self.extended = {kind: values[rows] for kind, values in self.extended.items()}


def satellite_name(name: str) -> str:
    """Name of a satellite with its system: ``"  1"`` of SP3-a is ``"G01"``, ``"R 3"`` is ``"R03"``; else nothing."""
    system = name[0] if name[0] != " " else "G"
    number = name[1:].strip()
    return f"{system}{int(number):02d}" if number.isdigit() and system in SYSTEMS else ""


def _head(lines: NDArray[np.uint8], log: FaultLog) -> _Head:
    head = _Head()
    texts = [bytes(line).decode("ascii", "replace").rstrip() for line in lines]
    first = texts[0].ljust(60)
    head.version = first[1]
    head.data_used, head.coordinate_system = first[40:45].strip(), first[46:51].strip()
    head.orbit_type, head.agency = first[52:55].strip(), first[56:60].strip()
    times = bases = 0
    for number, line in enumerate(texts[1:], start=2):
        try:
            if line.startswith("##"):
                head.interval = float(line[24:38])
            elif line.startswith("++"):
                head.accuracy += [int(line[k : k + 3] or 0) for k in range(9, len(line), 3)]
            elif line.startswith("+"):
                if not head.satellites:
                    head.count = int(line[3:6])
                names = [line[k : k + 3] for k in range(9, len(line), 3)]
                head.satellites += [satellite_name(name) for name in names if name.strip() not in ("", "0", "00")]
            elif line.startswith("%c"):
                if times == 0:
                    head.file_type = line[3:5].strip() or "M"
                    system = line[9:12].strip()
                    head.time_system = TIME_SYSTEM_NAMES.get(system, system)
                times += 1
            elif line.startswith("%f"):
                if bases == 0:
                    head.bases = [float(line[3:13]), float(line[14:26])]
                bases += 1
            elif line.startswith("/*"):
                head.comments.append(line[3:])
        except ValueError:
            log.note(number, f"the line of the head can not be read: {line[:40]!r}", "its values are unknown")
    if head.count != len(head.satellites):
        log.note(3, f"the head counts {head.count} satellites and names {len(head.satellites)}", "the names were used")
    return head


def _epochs(lines: NDArray[np.uint8], rows: Rows, system: str, log: FaultLog) -> Array:
    places = ((3, 7), (8, 10), (11, 13), (14, 16), (17, 19))
    year, month, day, hour, minute = (whole_numbers(lines, start, stop, -1) for start, stop in places)
    gpst = gpst_from_civil(year, month, day, hour, minute, decimals(lines, 20, 31), system)
    for row in rows[~np.isfinite(gpst)]:
        log.note(int(row) + 1, "the epoch has no date", "its records were left out")
    return gpst


def _satellites(head: _Head, lines: NDArray[np.uint8], rows: Rows, log: FaultLog) -> list[str]:
    """Those that the head names, then those that only records name."""
    names = list(dict.fromkeys(name for name in head.satellites if name))
    given = np.unique(np.ascontiguousarray(lines[rows, 1:4]).view("S3").ravel())
    found = {satellite_name(name.decode("ascii", "replace")) for name in given} - {"", *names}
    for name in sorted(found):
        log.note(0, f"{name} has records and is not named in the head", "its records were used")
    return names + sorted(found)


def _fill_positions(table: _Table, lines: NDArray[np.uint8], rows: Rows, order: Rows, log: FaultLog) -> None:
    records = lines[rows]
    columns = table.columns(lines, rows)
    numbers = np.stack([decimals(records, start, start + 14) for start in (4, 18, 32)], axis=1)
    clock = decimals(records, 46, 60)
    blank = np.all(records[:, 46:60] == ord(" "), axis=1)
    clock[blank] = NO_CLOCK
    unreadable = ~np.isfinite(numbers).all(axis=1) | ~np.isfinite(clock) | (columns < 0)
    for row in rows[unreadable]:
        log.note(int(row) + 1, "the record can not be read", "it was left out")
    radius = np.sqrt(np.sum(numbers * numbers, axis=1))
    nowhere = radius == 0.0
    with np.errstate(invalid="ignore"):
        far = (radius > FARTHEST) | ((radius < 6378.0) & ~nowhere)
    far &= ~unreadable
    for row in rows[far]:
        log.note(int(row) + 1, "the position is inside the Earth or beyond the Moon", "it was left out")
    numbers[nowhere | far] = np.nan
    clock[np.abs(clock) >= NO_CLOCK] = np.nan
    usable = ~unreadable
    place = (order[rows][usable], columns[usable])
    _, first = np.unique(place[0] * len(table.column) + place[1], return_index=True)
    for row in np.delete(rows[usable], first):
        log.note(int(row) + 1, "the satellite stands twice in one epoch", "the last record was used")
    table.position[place] = numbers[usable] * 1e3
    table.clock[place] = clock[usable] * 1e-6
    sigma = [whole_numbers(records, start, stop, -1) for start, stop in ((61, 63), (64, 66), (67, 69), (70, 73))]
    table.sigma[place] = np.stack(sigma, axis=1)[usable]
    flags = np.zeros(rows.size, dtype=np.uint8)
    for column, letter, bit in FLAG_COLUMNS:
        flags |= np.where(records[:, column] == letter[0], bit, 0).astype(np.uint8)
    table.flags[place] = flags[usable]


def _fill_velocities(table: _Table, lines: NDArray[np.uint8], rows: Rows, order: Rows, log: FaultLog) -> None:
    records = lines[rows]
    columns = table.columns(lines, rows)
    numbers = np.stack([decimals(records, start, start + 14) for start in (4, 18, 32)], axis=1)
    rate = decimals(records, 46, 60)
    usable = np.isfinite(numbers).all(axis=1) & (columns >= 0)
    for row in rows[~usable]:
        log.note(int(row) + 1, "the record can not be read", "it was left out")
    numbers[np.all(numbers == 0.0, axis=1)] = np.nan
    rate[np.abs(rate) >= BAD_RATE] = np.nan
    place = (order[rows][usable], columns[usable])
    table.velocity = np.full((*table.clock.shape, 3), np.nan)
    table.clock_rate = np.full(table.clock.shape, np.nan)
    table.velocity[place] = numbers[usable] * 0.1  # [dm/s]
    table.clock_rate[place] = rate[usable] * 1e-10  # [1e-4 us/s]


def _unique_epochs(gpst: Array, good: NDArray[np.bool_], rows: Rows, log: FaultLog) -> Rows:
    """Rows of usable epochs in the order of time, each time once (the first)."""
    usable = np.flatnonzero(good)
    _, first = np.unique(gpst[usable], return_index=True)
    keep: Rows = usable[first]
    for repeated in np.setdiff1d(usable, keep):
        log.note(int(rows[repeated]) + 1, "the epoch stands in the file twice", "the first was used")
    return keep


def _interval(head: _Head, gpst: Array, log: FaultLog) -> float:
    """Interval of the head, or the commonest step where the head says nothing or something else."""
    if gpst.size < 2:
        return head.interval
    steps, counts = np.unique(np.round(np.diff(gpst), 6), return_counts=True)
    common = float(steps[np.argmax(counts)])
    if head.interval > 0.0 and abs(common - head.interval) > 1e-3 and abs(common / head.interval % 1.0) > 1e-6:
        log.note(2, f"epochs are {common:g} s apart, the head says {head.interval:g} s", "the epochs were believed")
        return common
    return head.interval if head.interval > 0.0 else common
