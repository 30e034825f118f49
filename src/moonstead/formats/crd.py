"""Laser ranges to satellites: files of the Consolidated laser Ranging Data format, read and written."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.formats.crd_records import CrdRecord, parse_record, record_text
from moonstead.formats.files import read_text, write_text
from moonstead.formats.gnss_faults import Fault, FaultLog
from moonstead.formats.utc_days import civil_day, tdb_of_utc_days

Array = NDArray[np.float64]

FULL_RATE, NORMAL_POINT = "10", "11"
HEADERS = ("H1", "H2", "H3", "H4")
NOISE = 1  # filter flag of a single range
SEMI_DAY = 43_200.0  # [s] a second of day so far before the start of a pass is one of the next day


@dataclass(frozen=True, eq=False)
class LaserRanges:
    """Ranges of a pass, N of them, with the air at the station.

    Attributes
    ----------
    tdb : (N,) [s TDB past J2000]
        Of the event that `event` names.
    time_of_flight : (N,) [s]
        As measured: corrections that the header says were applied are in it.
    event : (N,) int
        What happened at the time: 2 the pulse left the station, 1 it met the satellite, 0 it came back.
    wavelength : (N,) [m]
        Of the laser.
    precision : (N,) [s]
        Scatter of the single ranges in a normal point; NaN where it is not known.
    count : (N,) [1]
        Single ranges in a normal point; 1 for full-rate data.
    pressure, temperature, humidity : (N,) [Pa], [K], [1]
        At the station, interpolated in time; NaN where the pass has none.
    line : (N,) int
        Line of the file.
    """

    tdb: Array
    time_of_flight: Array
    event: NDArray[np.int64]
    wavelength: Array
    precision: Array
    count: Array
    pressure: Array
    temperature: Array
    humidity: Array
    line: NDArray[np.int64]

    def __len__(self) -> int:
        """Number of ranges."""
        return int(self.tdb.size)


@dataclass(frozen=True, eq=False)
class CrdPass:
    """What one station measured of one target in one go.

    Attributes
    ----------
    records : tuple of CrdRecord
        All lines from H1 to H8, comments among them.
    """

    records: tuple[CrdRecord, ...]

    @property
    def version(self) -> int:
        """Of the format: 1 or 2."""
        return int(self._header("H1").number("version"))

    @property
    def station(self) -> str:
        """Name of the station."""
        return self._header("H2").text("station")

    @property
    def pad(self) -> int:
        """Number of the station's pad, by which coordinates are listed."""
        return int(self._header("H2").number("pad"))

    @property
    def target(self) -> str:
        """Name of the target."""
        return self._header("H3").text("target")

    @property
    def session(self) -> CrdRecord:
        """The record H4: span, kind of data and which corrections were applied."""
        return self._header("H4")

    def of(self, *kinds: str) -> tuple[CrdRecord, ...]:
        """Records of some kinds, in the order of the file."""
        return tuple(record for record in self.records if record.kind in kinds)

    def ranges(self, kind: str = NORMAL_POINT) -> LaserRanges:
        """Ranges of the pass as columns.

        Parameters
        ----------
        kind : str
            ``"11"`` normal points or ``"10"`` full-rate data.

        Returns
        -------
        LaserRanges
            Empty where the pass has none of that kind; single ranges that the station marked as noise are left out.
        """
        rows = tuple(record for record in self.of(kind) if record.values.get("filter_flag") != NOISE)
        second = _column(rows, "second")
        air = sorted(self.of("20"), key=lambda record: self._unwrapped(record.number("second")))
        when = np.array([self._unwrapped(record.number("second")) for record in air])
        seconds = np.array([self._unwrapped(value) for value in second])
        whole = np.floor(seconds / 86_400.0)
        lasers = {record.text("system_id"): record.number("wavelength") for record in self.of("C0")}
        wavelength = [lasers.get(record.text("system_id"), next(iter(lasers.values()), np.nan)) for record in rows]
        day = np.full(second.size, self._first_day(), dtype=np.int64) + whole.astype(np.int64)
        count = _column(rows, "count") if kind == NORMAL_POINT else np.ones(second.size)
        precision = _column(rows, "rms") if kind == NORMAL_POINT else np.full(second.size, np.nan)
        return LaserRanges(
            tdb=tdb_of_utc_days(day, seconds - 86_400.0 * whole),
            time_of_flight=_column(rows, "time_of_flight"),
            event=_column(rows, "epoch_event").astype(np.int64),
            wavelength=np.array(wavelength, dtype=np.float64),
            precision=np.where(precision > 0.0, precision, np.nan),
            count=np.where(count > 0.0, count, 1.0),
            pressure=_interpolated(seconds, when, air, "pressure"),
            temperature=_interpolated(seconds, when, air, "temperature"),
            humidity=_interpolated(seconds, when, air, "humidity"),
            line=np.array([record.line for record in rows], dtype=np.int64),
        )

    def _header(self, kind: str) -> CrdRecord:
        return next(record for record in self.records if record.kind == kind)

    def _first_day(self) -> int:
        """Day of the start of the pass, past 2000-01-01."""
        parts = (np.array([self.session.values[f"start_{part}"]]) for part in ("year", "month", "day"))
        return int(civil_day(*parts)[0][0])

    def _unwrapped(self, second: float) -> float:
        """Seconds since the first day of the pass."""
        start = self.session
        begin = 3600.0 * start.number("start_hour") + 60.0 * start.number("start_minute") + start.number("start_second")
        return second + 86_400.0 if second < begin - SEMI_DAY else second


@dataclass(frozen=True, eq=False)
class CrdFile:
    """Passes of a CRD file.

    Attributes
    ----------
    passes : tuple of CrdPass
        In the order of the file.
    faults : tuple of Fault
        Lines that could not be used.
    """

    passes: tuple[CrdPass, ...]
    faults: tuple[Fault, ...] = ()


def read_crd(path: str | os.PathLike[str]) -> CrdFile:
    """Passes of a file of laser ranges.

    Parameters
    ----------
    path : path
        CRD of version 1 or 2, plain or gzip: full-rate data, normal points or sampled data.

    Returns
    -------
    CrdFile
        A line that cannot be read is left out and told of; a pass without its four headers is left out whole.

    Raises
    ------
    MissingData
        There is no such file.
    FormatError
        There is no pass in it.

    Source
    ------
    ILRS (2019), Consolidated Laser Ranging Data Format (CRD), version 2.01; version 1.01 (2009).
    """
    log = FaultLog(path)
    passes: list[CrdPass] = []
    pending: list[CrdRecord] = []
    for number, line in enumerate(read_text(path).splitlines(), start=1):
        if not line.strip():
            continue
        try:
            record = parse_record(line, number)
        except ValueError as fault:
            log.note(number, str(fault), "the line was left out")
            continue
        if record.kind == "H1" and any(other.kind == "H1" for other in pending):
            log.note(number, "a pass begins before the last one has ended (H8)", "the last one was kept as it is")
            _keep(pending, passes, log)
            pending = []
        if record.kind == "H9":
            break
        pending.append(record)
        if record.kind == "H8":
            _keep(pending, passes, log)
            pending = []
    if any(record.kind != "00" for record in pending):
        log.note(pending[-1].line, "the last pass has no end (H8), so the file is cut off", "it was kept as it is")
        _keep(pending, passes, log)
    if not passes:
        raise log.refusal("there is no pass of laser ranges in it", "give a file in the CRD format")
    return CrdFile(tuple(passes), log.faults)


def write_crd(path: str | os.PathLike[str], passes: Iterable[CrdPass]) -> None:
    """Write passes as a CRD file, each in its own version.

    Parameters
    ----------
    path : path
        Where to; packed with gzip if it ends in ``.gz``.
    passes : iterable of CrdPass
        What to write.

    Raises
    ------
    MissingData
        The folder does not exist.

    Source
    ------
    As `read_crd`.
    """
    lines = [record_text(record, one.version) for one in passes for record in one.records]
    write_text(path, "\n".join([*lines, "h9"]) + "\n")


def _keep(records: Sequence[CrdRecord], passes: list[CrdPass], log: FaultLog) -> None:
    kinds = {record.kind for record in records}
    missing = [kind for kind in HEADERS if kind not in kinds]
    line = records[0].line
    if missing:
        log.note(line, f"the pass has no header {', '.join(missing)}", "it was left out")
        return
    one = CrdPass(tuple(records))
    if one.version not in (1, 2):
        log.note(line, f"version {one.version} of the format is not known", "the pass was left out")
        return
    day = [np.array([one.session.values[f"start_{part}"]]) for part in ("year", "month", "day")]
    if not civil_day(*day)[1][0]:
        log.note(one.session.line, "the pass begins on a day that does not exist", "the pass was left out")
        return
    passes.append(one)


def _column(rows: Sequence[CrdRecord], name: str) -> Array:
    return np.array([record.number(name) for record in rows], dtype=np.float64)


def _interpolated(at: Array, when: Array, air: Sequence[CrdRecord], name: str) -> Array:
    values = _column(air, name)
    known = np.isfinite(values) & (values >= 0.0)
    if not np.any(known):
        return np.full(at.size, np.nan)
    return np.interp(at, when[known], values[known])
