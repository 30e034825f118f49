"""Rows of astrometry as a file gives them: places on the sky, radar echoes, and the lines that were refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Texts = NDArray[np.str_]
Whole = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class RejectedLine:
    """A line of the file that is not used.

    Attributes
    ----------
    line : int
        Its number in the file, from 1.
    text : str
        The line as it stands.
    reason, remedy : str
        What is wrong with it, and what to do.
    """

    line: int
    text: str
    reason: str
    remedy: str


@dataclass(frozen=True, eq=False)
class RadarObservations:
    """Radar delays and Doppler shifts, one row for each number.

    Attributes
    ----------
    objects : (M,) str
        Names of the objects.
    tdb : (M,) [s TDB past J2000]
        When the echo was received.
    utc : (M,) str
        The time as the file has it.
    kind : (M,) str
        ``"delay"`` or ``"doppler"``.
    value, sigma : (M,) [s] or [Hz]
        Round-trip time of light or shift of frequency, and its standard error; NaN where the file has no error.
    frequency : (M,) [Hz]
        Of the transmitter.
    transmitter, receiver : (M,) str
        Codes of the stations.
    bounce : (M,) str
        ``"C"`` reduced to the centre of mass, ``"S"`` echo of the surface.
    line : (M,)
        Line of the file, from 1.
    """

    objects: Texts
    tdb: Array
    utc: Texts
    kind: Texts
    value: Array
    sigma: Array
    frequency: Array
    transmitter: Texts
    receiver: Texts
    bounce: Texts
    line: Whole

    @property
    def count(self) -> int:
        """Number of rows."""
        return int(self.tdb.size)

    @classmethod
    def none(cls) -> RadarObservations:
        """No rows."""
        text, real = np.empty(0, dtype=np.str_), np.empty(0)
        return cls(text, real, text, text, real, real, real, text, text, text, np.empty(0, dtype=np.int64))

    def take(self, rows: Whole | NDArray[np.bool_]) -> RadarObservations:
        """Rows of an index or a mask (M,)."""
        return RadarObservations(**{f.name: getattr(self, f.name)[rows] for f in fields(self)})


@dataclass(frozen=True, eq=False)
class Observations:
    """What a file of astrometry says, nothing weighed.

    Attributes
    ----------
    objects : (N,) str
        Name of the object: number, else provisional designation, else the observer's own mark (``"99942"``,
        ``"2024 YR4"``).
    tdb : (N,) [s TDB past J2000]
        Time of the exposure's middle.
    utc : (N,) str
        The time as the file has it.
    time_resolution : (N,) [s]
        Unit of the last digit of the time.
    right_ascension, declination : (N,) [rad]
        Astrometric place in the ICRF, as seen by the observer.
    resolution : (N, 2) [rad]
        Unit of the last digit of right ascension (times the cosine of declination) and declination.
    stated_sigma : (N, 2) [rad]
        Standard errors that the file gives, right ascension times the cosine of declination; NaN where it has none.
    correlation : (N,) [1]
        Of the two stated errors; NaN where the file has none.
    stated_time_sigma : (N,) [s]
        Standard error of the time that the file gives; NaN where it has none.
    magnitude : (N,) [1]
        Apparent magnitude; NaN where the file has none.
    band : (N,) str
        Band of the magnitude.
    station : (N,) str
        Observatory code.
    catalogue : (N,) str
        Star catalogue: letter of the Minor Planet Center or ADES name; empty where unknown.
    mode : (N,) str
        ADES mode of the instrument: ``"CCD"``, ``"CMO"``, ``"PHO"`` ...
    notes, program : (N,) str
        Note flags, and the program at the station.
    observer_position : (N, 3) [m]
        Observer relative to the geocentre, ICRF; NaN where the observer stands on the ground.
    site_position : (N, 3) [m]
        Roving observer on the ground, ITRF; NaN where the station's code says where it is.
    line : (N,)
        Line of the file, from 1.
    second_line : (N,)
        Line with the observer's place, 0 where there is none.
    text : (N,) str
        The line as it stands, or its cells by name.
    radar : RadarObservations
        Radar echoes.
    rejected : tuple of RejectedLine
        Every line that says something and is not used.
    other_lines : int
        Headers, comments, blank lines, and second lines of radar echoes.
    source : str
        Name of the file.
    """

    objects: Texts
    tdb: Array
    utc: Texts
    time_resolution: Array
    right_ascension: Array
    declination: Array
    resolution: Array
    stated_sigma: Array
    correlation: Array
    stated_time_sigma: Array
    magnitude: Array
    band: Texts
    station: Texts
    catalogue: Texts
    mode: Texts
    notes: Texts
    program: Texts
    observer_position: Array
    site_position: Array
    line: Whole
    second_line: Whole
    text: Texts
    radar: RadarObservations
    rejected: tuple[RejectedLine, ...] = ()
    other_lines: int = 0
    source: str = ""

    @property
    def count(self) -> int:
        """Number of optical rows."""
        return int(self.tdb.size)

    def take(self, rows: Whole | NDArray[np.bool_]) -> Observations:
        """Optical rows of an index or a mask (N,); radar rows and refused lines stay as they are."""
        chosen = {name: getattr(self, name)[rows] for name in _OPTICAL}
        return replace(self, **chosen)

    def object_counts(self) -> dict[str, int]:
        """Rows, optical and radar, of each object, the most observed first."""
        names, counts = np.unique(np.concatenate([self.objects, self.radar.objects]), return_counts=True)
        order = np.argsort(-counts, kind="stable")
        return {str(names[i]): int(counts[i]) for i in order}

    def arc(self) -> tuple[float, float]:
        """First and last time [s TDB past J2000] of all rows; NaN where there are none."""
        times = np.concatenate([self.tdb, self.radar.tdb])
        return (float(times.min()), float(times.max())) if times.size else (np.nan, np.nan)


_OPTICAL = tuple(f.name for f in fields(Observations) if f.name not in ("radar", "rejected", "other_lines", "source"))


def blank_rows(count: int) -> dict[str, NDArray]:
    """Optical columns for a number of rows, filled with what stands for "the file does not say"."""
    columns: dict[str, NDArray] = {}
    for name in _OPTICAL:
        if name in ("line", "second_line"):
            columns[name] = np.zeros(count, dtype=np.int64)
        elif name in ("resolution", "stated_sigma"):
            columns[name] = np.full((count, 2), np.nan)
        elif name in ("observer_position", "site_position"):
            columns[name] = np.full((count, 3), np.nan)
        elif name in _TEXTS:
            columns[name] = np.full(count, "", dtype=np.str_)
        else:
            columns[name] = np.full(count, np.nan)
    return columns


def observations_of(
    columns: Mapping[str, NDArray],
    *,
    radar: RadarObservations | None = None,
    rejected: Sequence[RejectedLine] = (),
    other_lines: int = 0,
    source: str = "",
) -> Observations:
    """Observations of columns such as `blank_rows` makes.

    Parameters
    ----------
    columns : mapping of str to array
        All optical columns, in the units of `Observations`.
    radar : RadarObservations, optional
        Radar rows; left out, there are none.
    rejected : sequence of RejectedLine
        Lines that are not used.
    other_lines : int
        Headers, comments and blank lines.
    source : str
        Name of the file.

    Returns
    -------
    Observations
    """
    return Observations(
        **{name: columns[name] for name in _OPTICAL},
        radar=RadarObservations.none() if radar is None else radar,
        rejected=tuple(rejected),
        other_lines=other_lines,
        source=source,
    )


_TEXTS = ("objects", "utc", "band", "station", "catalogue", "mode", "notes", "program", "text")


def join_observations(parts: Sequence[Observations]) -> Observations:
    """Rows of several files in the order given, with all their refused lines.

    Parameters
    ----------
    parts : sequence of Observations
        At least one.

    Returns
    -------
    Observations
        Line numbers stay those of each file; `source` names the files.
    """
    columns = {name: np.concatenate([getattr(part, name) for part in parts]) for name in _OPTICAL}
    radar = {f.name: np.concatenate([getattr(part.radar, f.name) for part in parts]) for f in fields(RadarObservations)}
    return Observations(
        **columns,
        radar=RadarObservations(**radar),
        rejected=tuple(line for part in parts for line in part.rejected),
        other_lines=sum(part.other_lines for part in parts),
        source="; ".join(part.source for part in parts),
    )
