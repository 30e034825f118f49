"""Measurements out of Tracking Data Messages, and into them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.trajectory import Trajectory
from moonstead.formats.ccsds_frames import axes_of
from moonstead.formats.tdm import segment_of_rows
from moonstead.formats.tdm_message import Tdm, TdmHeader, TdmSegment
from moonstead.foundation.constants import SPEED_OF_LIGHT
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.frames.frame import rotation
from moonstead.foundation.frames.standard import ICRF
from moonstead.foundation.time.epoch import Epoch
from moonstead.monitoring.tracking.computed_values import computed_values
from moonstead.monitoring.tracking.measurements import (
    AZIMUTH_ELEVATION,
    ONE_WAY,
    RANGE,
    RANGE_RATE,
    RIGHT_ASCENSION_DECLINATION,
    Measurements,
)

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext

Array = NDArray[np.float64]

METRES_PER_KILOMETRE = 1000.0
# Range units over half a cycle of the transmitted carrier, by band of the uplink: Moyer (2000), section 13.5.2.
RANGE_UNIT_FACTORS = {"S": 0.5, "X": 221.0 / 1498.0}
DOPPLERS = ("DOPPLER_INSTANTANEOUS", "DOPPLER_INTEGRATED")
USED = ("RANGE", "ANGLE_1", "ANGLE_2", *DOPPLERS)


@dataclass(frozen=True)
class Sigmas:
    """Standard deviations that a sensor's measurements are given, since a TDM says none.

    Attributes
    ----------
    range : float [m]
        Of ranges.
    range_rate : float [m/s]
        Of range rates.
    angle : float [rad]
        Of angles, on the sky.
    """

    range: float = 30.0
    range_rate: float = 0.1
    angle: float = 5e-4


@dataclass(frozen=True, eq=False)
class TdmTracking:
    """What a TDM holds of measurements that an orbit can be found from.

    Attributes
    ----------
    rows : Measurements
        In the order of the file, ranges and rates before angles in each segment.
    modulus : (N,) [m]
        Ranges are known up to whole multiples of it; infinite where they are not ambiguous.
    objects : tuple of str
        Participants that are no stations.
    notes : tuple of str
        What was left out, and what was taken for granted.
    """

    rows: Measurements
    modulus: Array
    objects: tuple[str, ...]
    notes: tuple[str, ...]


def measurements_of_tdm(
    tdm: Tdm,
    observers: Mapping[str, Trajectory],
    data: DataContext,
    sigmas: Mapping[str, Sigmas] | Sigmas | None = None,
) -> TdmTracking:
    """Ranges, range rates and directions of a TDM.

    Ranges in km are taken as one way of the two, ranges in s as the whole round trip, as the examples of the standard
    have them. Doppler is range rate, positive away. X-Y mounts: x turns about the horizontal axis that is named
    second, away from the zenith towards the first.

    Parameters
    ----------
    tdm : Tdm
        As `read_tdm` gives it.
    observers : mapping of str to Trajectory
        Stations and observing spacecraft by the names of participants.
    data : DataContext
        Orientation, for directions in other axes than the ICRF.
    sigmas : Sigmas, or mapping of str to Sigmas
        Standard deviations, of all or by name of the receiver.

    Returns
    -------
    TdmTracking

    Raises
    ------
    InvalidInput
        No segment has a participant among the observers, or nothing can be used; the message says why.

    Source
    ------
    CCSDS 503.0-B-2, Tracking Data Message (2020), 3.3 and 3.5; range units: Moyer (2000), JPL DESCANSO 2, section
    13.5. The sense of the angles of X-Y mounts is recalled, not checked against a mount.
    """
    names = list(observers)
    reader = _Reader(names, data, sigmas)
    for number, segment in enumerate(tdm.segments, start=1):
        reader.take(segment, f"segment {number}")
    if not reader.columns:
        why = "; ".join(reader.notes[:3]) or f"it has {', '.join(sorted({k for s in tdm.segments for k in s.keyword}))}"
        raise InvalidInput(f"{tdm.source}: no range, range rate or direction that can be used: {why}")
    table = np.array(reader.columns)
    rows = Measurements(
        table[:, 0].astype(np.int64),
        table[:, 1],
        table[:, 2:4],
        table[:, 4:6],
        table[:, 6].astype(np.int64),
        table[:, 7].astype(np.int64),
        table[:, 8],
        tuple(observers[name] for name in names),
    )
    return TdmTracking(rows, table[:, 9], tuple(sorted(reader.objects)), tuple(dict.fromkeys(reader.notes)))


def resolved(tracking: TdmTracking, target: Trajectory, data: DataContext) -> Measurements:
    """The rows with ranges moved by whole moduli to what an approximate orbit says.

    Parameters
    ----------
    tracking : TdmTracking
        Of a file.
    target : Trajectory
        The orbit, good to half a modulus.
    data : DataContext
        Ephemeris and orientation.

    Returns
    -------
    Measurements

    Raises
    ------
    OutsideSpan
        The orbit does not cover the times.

    Source
    ------
    CCSDS 503.0-B-2 (2020), RANGE_MODULUS.
    """
    rows = tracking.rows
    doubtful = np.flatnonzero(np.isfinite(tracking.modulus))
    if not doubtful.size:
        return rows
    away = computed_values(rows.select(doubtful), target, data).residual[:, 0]
    value = rows.value.copy()
    value[doubtful, 0] -= tracking.modulus[doubtful] * np.round(away / tracking.modulus[doubtful])
    return Measurements(
        rows.kind, rows.tdb, value, rows.sigma, rows.receiver, rows.transmitter, rows.count_time, rows.observers
    )


class _Reader:
    """Rows of measurements found so far: kind, time, values, sigmas, receiver, transmitter, count, modulus."""

    def __init__(self, names: list[str], data: DataContext, sigmas: Mapping[str, Sigmas] | Sigmas | None) -> None:
        self.names, self.data, self.sigmas = names, data, sigmas
        self.columns: list[list[float]] = []
        self.objects: set[str] = set()
        self.notes: list[str] = []

    def take(self, segment: TdmSegment, place: str) -> None:
        people = segment.participants
        self.objects |= {name for name in people.values() if name not in self.names}
        ends = self._ends(segment, place)
        if ends is None:
            return
        receiver, transmitter = ends
        left_out = sorted(set(segment.keyword) - set(USED))
        if left_out:
            self.notes.append(f"{place}: {', '.join(left_out)} not used")
        if segment.metadata.get("TIMETAG_REF", "RECEIVE").upper() == "TRANSMIT":
            self.notes.append(f"{place}: times of sending (TIMETAG_REF = TRANSMIT) are not read; its rows are left out")
            return
        sigma = self._sigmas(self.names[receiver])
        fixes = self._corrections(segment)
        for row, keyword in enumerate(segment.keyword):
            tdb, value = float(segment.tdb[row]), float(segment.value[row]) + fixes.get(keyword, 0.0)
            if keyword == "RANGE":
                length = self._range(segment, row, value, transmitter != ONE_WAY, place)
                if length is not None:
                    self._add(
                        RANGE, tdb, (length[0], np.nan), (sigma.range, np.nan), receiver, transmitter, 0.0, length[1]
                    )
            elif keyword in DOPPLERS:
                count, end = self._count(segment, keyword, tdb, place)
                values = (value * METRES_PER_KILOMETRE, np.nan)
                self._add(RANGE_RATE, end, values, (sigma.range_rate, np.nan), receiver, transmitter, count, np.inf)
        self._angles(segment, receiver, sigma.angle, fixes, place)

    def _add(
        self,
        kind: int,
        tdb: float,
        value: tuple[float, float],
        sigma: tuple[float, float],
        receiver: int,
        transmitter: int,
        count: float,
        modulus: float,
    ) -> None:
        self.columns.append([kind, tdb, *value, *sigma, receiver, transmitter, count, modulus])

    def _ends(self, segment: TdmSegment, place: str) -> tuple[int, int] | None:
        """Places of the receiver and of the transmitter among the observers."""
        people = segment.participants
        if segment.metadata.get("MODE", "SEQUENTIAL").upper() != "SEQUENTIAL":
            self.notes.append(f"{place}: differenced measurements (MODE) are not used")
            return None
        path = segment.metadata.get("PATH")
        if path is None:
            mine = [n for n, name in people.items() if name in self.names]
            steps = [0, mine[0]] if len(mine) == 1 else []
        else:
            steps = [int(part) if part.strip().isdecimal() else -1 for part in path.split(",")]
        known = [people.get(step) in self.names for step in steps]
        if len(steps) == 2 and known[1]:
            return self.names.index(people[steps[1]]), ONE_WAY
        if len(steps) == 3 and known[0] and known[2]:
            return self.names.index(people[steps[2]]), self.names.index(people[steps[0]])
        shown = ", ".join(f"{n} = {name}" for n, name in people.items())
        self.notes.append(
            f"{place}: the path {path or 'that is not given'} of {shown} does not lead to a known station; "
            f"known are {', '.join(self.names) or 'none'}"
        )
        return None

    def _sigmas(self, receiver: str) -> Sigmas:
        if isinstance(self.sigmas, Sigmas):
            return self.sigmas
        return (self.sigmas or {}).get(receiver, Sigmas())

    def _corrections(self, segment: TdmSegment) -> dict[str, float]:
        """What is still to be added to the values, by keyword, in the file's units."""
        metadata = segment.metadata
        if metadata.get("CORRECTIONS_APPLIED", "YES").upper() == "YES":
            return {}
        pairs = [("RANGE", "RANGE"), ("ANGLE_1", "ANGLE_1"), ("ANGLE_2", "ANGLE_2")]
        pairs += [(keyword, "DOPPLER") for keyword in DOPPLERS]
        found = {}
        for keyword, name in pairs:
            text = metadata.get(f"CORRECTION_{name}")
            if text is not None:
                found[keyword] = _number(text, f"CORRECTION_{name}")
        return found

    def _range(
        self, segment: TdmSegment, row: int, value: float, two_way: bool, place: str
    ) -> tuple[float, float] | None:
        """Length [m] and modulus [m] of a range."""
        units = segment.metadata.get("RANGE_UNITS", "km").upper()
        modulus = _number(segment.metadata.get("RANGE_MODULUS", "0"), "RANGE_MODULUS")
        ways = 2.0 if two_way else 1.0
        if units == "KM":
            scale = METRES_PER_KILOMETRE
        elif units == "S":
            scale = SPEED_OF_LIGHT / ways
        else:
            band = segment.metadata.get("TRANSMIT_BAND", "X").upper()[:1]
            carrier = self._carrier(segment, row)
            if band not in RANGE_UNIT_FACTORS or carrier is None:
                self.notes.append(
                    f"{place}: range units need TRANSMIT_FREQ and a band S or X; these ranges are left out"
                )
                return None
            if "TRANSMIT_BAND" not in segment.metadata:
                self.notes.append(f"{place}: range units are taken as those of X band")
            scale = SPEED_OF_LIGHT / ways / (RANGE_UNIT_FACTORS[band] * carrier)
        # a modulus of one or less, or of a light year, is how files say that there is none
        ambiguous = modulus > 1.0 and modulus * scale < 1e13
        return value * scale, modulus * scale if ambiguous else np.inf

    def _carrier(self, segment: TdmSegment, row: int) -> float | None:
        """Transmitted frequency [Hz] told last before a row."""
        for earlier in range(row, -1, -1):
            name = segment.keyword[earlier]
            if name.startswith("TRANSMIT_FREQ_") and "RATE" not in name:
                return float(segment.value[earlier])
        return None

    def _count(self, segment: TdmSegment, keyword: str, tdb: float, place: str) -> tuple[float, float]:
        """Count time [s] and the time of its end."""
        if keyword == "DOPPLER_INSTANTANEOUS":
            return 0.0, tdb
        text = segment.metadata.get("INTEGRATION_INTERVAL")
        if text is None:
            self.notes.append(f"{place}: DOPPLER_INTEGRATED without INTEGRATION_INTERVAL is taken as instantaneous")
            return 0.0, tdb
        interval = _number(text, "INTEGRATION_INTERVAL")
        later = {"START": 1.0, "MIDDLE": 0.5, "END": 0.0}
        return interval, tdb + later[segment.metadata.get("INTEGRATION_REF", "MIDDLE").upper()] * interval

    def _angles(self, segment: TdmSegment, receiver: int, sigma: float, fixes: Mapping[str, float], place: str) -> None:
        pairs: dict[str, dict[str, float]] = {}
        times: dict[str, float] = {}
        for row, keyword in enumerate(segment.keyword):
            if keyword in ("ANGLE_1", "ANGLE_2"):
                epoch = segment.epoch[row]
                degrees = float(segment.value[row]) + fixes.get(keyword, 0.0)
                pairs.setdefault(epoch, {})[keyword] = np.radians(degrees)
                times[epoch] = float(segment.tdb[row])
        if not pairs:
            return
        kind = segment.metadata.get("ANGLE_TYPE", "").upper()
        if not kind:
            self.notes.append(f"{place}: angles without ANGLE_TYPE are left out")
            return
        lonely = sum(len(pair) < 2 for pair in pairs.values())
        if lonely:
            self.notes.append(f"{place}: {lonely} angles without their partner at the same time are left out")
        for epoch, pair in pairs.items():
            if len(pair) < 2:
                continue
            tdb, first, second = times[epoch], pair["ANGLE_1"], pair["ANGLE_2"]
            if kind == "RADEC":
                first, second = self._in_icrf(segment, tdb, first, second)
                code = RIGHT_ASCENSION_DECLINATION
            else:
                first, second = _horizontal(kind, first, second)
                code = AZIMUTH_ELEVATION
            self._add(code, tdb, (first, second), (sigma, sigma), receiver, ONE_WAY, 0.0, np.inf)

    def _in_icrf(self, segment: TdmSegment, tdb: float, first: float, second: float) -> tuple[float, float]:
        axes = axes_of(segment.metadata.get("REFERENCE_FRAME", "EME2000"))
        way = np.array([np.cos(second) * np.cos(first), np.cos(second) * np.sin(first), np.sin(second)])
        way = rotation(axes, ICRF, np.array([tdb]), self.data).position(way[None])[0]
        return float(np.arctan2(way[1], way[0]) % (2.0 * np.pi)), float(np.arcsin(np.clip(way[2], -1.0, 1.0)))


def _horizontal(kind: str, first: float, second: float) -> tuple[float, float]:
    """Azimuth and elevation [rad] of the angles of a mount."""
    if kind == "AZEL":
        return first, second
    tilted, across, up = np.sin(first) * np.cos(second), np.sin(second), np.cos(first) * np.cos(second)
    east, north = (tilted, across) if kind == "XEYN" else (across, -tilted)
    return float(np.arctan2(east, north) % (2.0 * np.pi)), float(np.arcsin(np.clip(up, -1.0, 1.0)))


def _number(text: str, keyword: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise InvalidInput(f"{keyword} = {text!r} is not a number; correct it") from None


def tdm_of_measurements(rows: Measurements, target: str, originator: str, creation: Epoch) -> Tdm:
    """A TDM of measurements, one segment for each receiver, transmitter and count time.

    Parameters
    ----------
    rows : Measurements
        Of one object.
    target : str
        Its name as a participant.
    originator : str
        Who made them.
    creation : Epoch
        When.

    Returns
    -------
    Tdm
        In UTC; ranges in km of one way, angles in degrees, right ascensions in the ICRF.

    Raises
    ------
    InvalidInput
        There are no rows.

    Source
    ------
    CCSDS 503.0-B-2, Tracking Data Message (2020), 3.3 to 3.5.
    """
    if not len(rows):
        raise InvalidInput("there are no measurements to write")
    sky = (rows.kind == RIGHT_ASCENSION_DECLINATION).astype(np.float64)
    keys = np.column_stack((rows.receiver, rows.transmitter, rows.count_time, sky))
    segments = []
    for key in np.unique(keys, axis=0):
        part = rows.select(np.all(keys == key, axis=1))
        receiver, transmitter = rows.observers[int(key[0])].name, int(key[1])
        people = {"PARTICIPANT_1": receiver, "PARTICIPANT_2": target}
        path = "2,1" if transmitter == ONE_WAY else "1,2,1"
        if transmitter not in (ONE_WAY, int(key[0])):
            people["PARTICIPANT_3"] = rows.observers[transmitter].name
            path = "3,2,1"
        metadata = {**people, "MODE": "SEQUENTIAL", "PATH": path, "TIMETAG_REF": "RECEIVE", "RANGE_UNITS": "km"}
        if key[2] > 0.0:
            metadata |= {"INTEGRATION_INTERVAL": repr(float(key[2])), "INTEGRATION_REF": "END"}
        metadata |= {"ANGLE_TYPE": "RADEC", "REFERENCE_FRAME": "ICRF"} if key[3] else {"ANGLE_TYPE": "AZEL"}
        keywords, times, values = [], [], []
        for kind, tdb, value in zip(part.kind, part.tdb, part.value, strict=True):
            if kind in (RANGE, RANGE_RATE):
                doppler = DOPPLERS[1] if key[2] > 0.0 else DOPPLERS[0]
                keywords.append("RANGE" if kind == RANGE else doppler)
                times.append(float(tdb))
                values.append(float(value[0]) / METRES_PER_KILOMETRE)
            else:
                keywords += ["ANGLE_1", "ANGLE_2"]
                times += [float(tdb)] * 2
                values += np.degrees(value).tolist()
        segments.append(segment_of_rows(metadata, keywords, times, values))
    return Tdm(TdmHeader(originator, creation), tuple(segments))
