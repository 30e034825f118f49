"""Fields of Orbit Mean-Elements Messages, from whatever form they came, as columns of mean elements."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.mean_elements import UNKNOWN, MeanElements, tai_of_utc_days
from moonstead.formats.element_rows import FETCH_AGAIN, RowFault, row_fault
from moonstead.formats.time_text import read_clock
from moonstead.formats.tle_columns import long_designator
from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.foundation.time.leap_seconds import DAY, ends_with_leap_second

Array = NDArray[np.float64]
Whole = NDArray[np.int64]

DEGREE = np.pi / 180.0
REVOLUTION = 2.0 * np.pi / SECONDS_PER_DAY  # [rad/s] of one revolution a day
MOST_DIGITS = 9  # of NORAD_CAT_ID, CCSDS 502.0-B-3, table 4-3
LARGEST_COUNT = 2**63 - 1

# Metadata that providers leave out of CSV and JSON, and the values that SGP4 asks for.
METADATA = {
    "CENTER_NAME": (("EARTH",), "SGP4 knows orbits of the Earth alone"),
    "REF_FRAME": (("TEME", "TEMEOFDATE"), "elements of SGP4 are in TEME"),
    "TIME_SYSTEM": (("UTC",), "epochs of SGP4 elements are in UTC"),
    "MEAN_ELEMENT_THEORY": (("SGP4", "SGP/SGP4"), "mean elements mean something to their own theory only"),
}
EPHEMERIS_TYPES = (0, 1, 2, 3)  # 4 is SGP4-XP (CCSDS 502.0-B-3) or SGP8, 6 special perturbations
UNITS = {
    "MEAN_MOTION": "rev/day",
    "INCLINATION": "deg",
    "RA_OF_ASC_NODE": "deg",
    "ARG_OF_PERICENTER": "deg",
    "MEAN_ANOMALY": "deg",
    "BSTAR": "1/ER",
    "MEAN_MOTION_DOT": "rev/day**2",
    "MEAN_MOTION_DDOT": "rev/day**3",
}
REQUIRED = (
    "EPOCH",
    "MEAN_MOTION",
    "ECCENTRICITY",
    "INCLINATION",
    "RA_OF_ASC_NODE",
    "ARG_OF_PERICENTER",
    "MEAN_ANOMALY",
    "BSTAR",
)
NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
WHOLE = re.compile(r"[+-]?[0-9]{1,18}")
COUNTED = ("ELEMENT_SET_NO", "REV_AT_EPOCH")  # what only who numbers objects can say
DESIGNATOR = re.compile(r"([0-9]{4})-([0-9]{3})([A-Z]{1,3})")
ANGLES = ("RA_OF_ASC_NODE", "ARG_OF_PERICENTER", "MEAN_ANOMALY")


@dataclass(slots=True)
class OmmRecords:
    """The words of many messages, before anybody asks what they mean.

    Attributes
    ----------
    fields : list of N mappings
        Keyword to value: text, or a number where JSON has one, or None.
    places : list of N str
        Where each stands in the file.
    faults : list of (int, RowFault)
        What could not even be cut into words, with its place in the order of the records.
    """

    fields: list[Mapping[str, Any]] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    faults: list[tuple[int, RowFault]] = field(default_factory=list)

    def add(self, fields: Mapping[str, Any], place: str) -> None:
        """Take one more message.

        Parameters
        ----------
        fields : mapping
            Keyword to value.
        place : str
            Where it stands.
        """
        self.fields.append(fields)
        self.places.append(place)

    def reject(self, place: str, text: str, what: str, remedy: str = FETCH_AGAIN) -> None:
        """Tell a piece of the file that is no message.

        Parameters
        ----------
        place : str
            Where it stands.
        text : str
            The piece.
        what : str
            What is wrong.
        remedy : str
            What to do.
        """
        self.faults.append((len(self.fields), row_fault(place, text, what, remedy)))


class _Checked:
    """Columns of records; the first fault of each record is kept."""

    def __init__(self, records: OmmRecords) -> None:
        self.records = records
        self.count = len(records.fields)
        self.said: dict[int, tuple[str, str]] = {}

    def texts(self, key: str) -> list[str]:
        return [self.text(row, key) for row in range(self.count)]

    def text(self, row: int, key: str) -> str:
        value = self.records.fields[row].get(key)
        return "" if value is None else str(value).strip()

    def say(self, row: int, what: str, remedy: str = FETCH_AGAIN) -> None:
        self.said.setdefault(row, (what, remedy))

    def numbers(self, key: str, low: float, high: float, meaning: str) -> Array:
        """Finite numbers in [low, high), 0 where an optional one is absent."""
        values = np.zeros(self.count)
        for row, one in enumerate(self.records.fields):
            value = one.get(key)
            if isinstance(value, str):
                value = value.strip()
            if value is None or value == "":
                continue
            if isinstance(value, str) and NUMBER.fullmatch(value):
                values[row] = float(value)
            elif isinstance(value, (int, float)) and not isinstance(value, bool):
                values[row] = value
            else:
                self.say(row, f"{key} {str(value)[:40]!r} is no number")
        for bad in np.flatnonzero(~((values >= low) & (values < high) & np.isfinite(values))):
            self.say(int(bad), f"{key} {values[bad]:g} is {meaning}")
        return values

    def wholes(self, key: str, absent: int) -> Whole:
        """Whole numbers from 0 on, and what to take where there is none."""
        values = np.full(self.count, absent, dtype=np.int64)
        for row, one in enumerate(self.records.fields):
            value = one.get(key)
            if isinstance(value, str):
                value = value.strip()
            if value is None or value == "":
                continue
            good = WHOLE.fullmatch(value) if isinstance(value, str) else type(value) is int
            if good and 0 <= int(value) <= LARGEST_COUNT:
                values[row] = int(value)
            else:
                self.say(row, f"{key} {str(value)[:40]!r} is no whole number from 0 on")
        return values


def elements_of_records(records: OmmRecords, *, metadata_required: bool) -> tuple[MeanElements, list[RowFault]]:
    """Mean elements of the good records, and what was wrong with the others.

    Parameters
    ----------
    records : OmmRecords
        Words of the messages.
    metadata_required : bool
        Whether centre, frame, time system and theory must be there, as in KVN and XML; providers leave them out of CSV
        and JSON. Where they are there, they must be those of SGP4 in any case.

    Returns
    -------
    elements : MeanElements
        The good records in the order of the file.
    faults : list of RowFault
        The rest, in the order of the file.

    Source
    ------
    CCSDS 502.0-B-3 (2023), section 4 and table 4-3. MEAN_MOTION_DOT and MEAN_MOTION_DDOT are taken as providers give
    them, a half and a sixth of the derivatives, as in two-line sets.
    """
    checked = _Checked(records)
    _check_metadata(checked, metadata_required)
    object_id = _object_ids(checked)
    epoch_second, epoch_fraction = _epochs(checked)
    beyond = "not an angle between -360 and 360 deg"
    columns: dict[str, Any] = {
        "object_id": object_id,
        "name": checked.texts("OBJECT_NAME"),
        "designator": [long_designator(text) for text in checked.texts("OBJECT_ID")],
        "epoch_second": epoch_second,
        "epoch_fraction": epoch_fraction,
        "mean_motion": checked.numbers("MEAN_MOTION", np.nextafter(0.0, 1.0), 1e3, "no mean motion of a closed orbit")
        * REVOLUTION,
        "eccentricity": checked.numbers("ECCENTRICITY", 0.0, 1.0, "not in [0, 1)"),
        "inclination": checked.numbers("INCLINATION", 0.0, np.nextafter(180.0, 181.0), "not between 0 and 180 deg")
        * DEGREE,
        "node": checked.numbers(ANGLES[0], -360.0, np.nextafter(360.0, 361.0), beyond) * DEGREE,
        "argument_of_perigee": checked.numbers(ANGLES[1], -360.0, np.nextafter(360.0, 361.0), beyond) * DEGREE,
        "mean_anomaly": checked.numbers(ANGLES[2], -360.0, np.nextafter(360.0, 361.0), beyond) * DEGREE,
        "drag_term": checked.numbers("BSTAR", -np.inf, np.inf, "not finite"),
        "mean_motion_rate": checked.numbers("MEAN_MOTION_DOT", -np.inf, np.inf, "not finite")
        * (REVOLUTION / SECONDS_PER_DAY),
        "mean_motion_second": checked.numbers("MEAN_MOTION_DDOT", -np.inf, np.inf, "not finite")
        * (REVOLUTION / SECONDS_PER_DAY**2),
        "element_set": checked.wholes("ELEMENT_SET_NO", UNKNOWN),
        "revolution": checked.wholes("REV_AT_EPOCH", UNKNOWN),
        "classification": checked.texts("CLASSIFICATION_TYPE"),
    }
    elements = MeanElements.of(columns)
    found = list(records.faults)
    for row, (what, remedy) in checked.said.items():
        text = f"{columns['name'][row]} {records.fields[row].get('NORAD_CAT_ID', '')}"
        found.append((row, row_fault(records.places[row], text, what, remedy)))
    if checked.said:
        good = np.ones(checked.count, dtype=bool)
        good[list(checked.said)] = False
        elements = elements.select(good)
    return elements, [fault for _, fault in sorted(found, key=lambda one: one[0])]


def number_of_designator(designator: str) -> int | None:
    """Identifier of an object that has an international designator but no catalogue number.

    Thirteen digits, which no catalogue number reaches: 1, year, launch of the year, piece counted A = 1, Z = 26,
    AA = 27.

    Parameters
    ----------
    designator : str
        Such as ``1998-067A``.

    Returns
    -------
    int or None
        None where it is no designator.

    Source
    ------
    Form of the designator: CCSDS 502.0-B-3 (2023), table 4-1, OBJECT_ID (COSPAR).
    """
    match = DESIGNATOR.fullmatch(designator)
    if match is None:
        return None
    piece = 0
    for letter in match[3]:
        piece = piece * 26 + ord(letter) - ord("A") + 1
    return ((10_000 + int(match[1])) * 1000 + int(match[2])) * 100_000 + piece


def unit_fault(key: str, unit: str) -> str | None:
    """What is wrong with a unit that a message gives for a keyword.

    Parameters
    ----------
    key : str
        Keyword of the OMM.
    unit : str
        As the message has it, without brackets.

    Returns
    -------
    str or None
        None where it is the unit of the standard, or the keyword's value is not used.

    Source
    ------
    CCSDS 502.0-B-3 (2023), tables 4-2 and 4-3.
    """
    wanted = UNITS.get(key)
    if wanted is None or unit.strip().lower() == wanted.lower():
        return None
    return f"{key} is in {unit.strip()!r}, not in {wanted}; convert it"


def _check_metadata(checked: _Checked, required: bool) -> None:
    for row, one in enumerate(checked.records.fields):
        for key in REQUIRED:
            value = one.get(key)
            if value is None or value == "":
                checked.say(row, *_missing(key, one))
                break
    for key, (allowed, why) in METADATA.items():
        for row, value in enumerate(checked.texts(key)):
            if value.upper() in allowed or (not value and not required):
                continue
            what = f"{key} is {value!r}" if value else f"{key} is missing"
            checked.say(row, f"{what}: {why}", f"give elements with {key} = {allowed[0]}")
    for row, kind in enumerate(checked.wholes("EPHEMERIS_TYPE", 0).tolist()):
        if kind not in EPHEMERIS_TYPES:
            checked.say(row, f"EPHEMERIS_TYPE {kind} is of another theory than SGP4", "get the set of type 0 instead")


def _missing(key: str, fields: Mapping[str, Any]) -> tuple[str, str]:
    if key == "MEAN_MOTION" and fields.get("SEMI_MAJOR_AXIS") is not None:
        return "SEMI_MAJOR_AXIS in place of MEAN_MOTION", "SGP4 needs MEAN_MOTION in the sense of Kozai"
    if key == "BSTAR" and fields.get("BTERM") is not None:
        return "BTERM in place of BSTAR: elements of SGP4-XP", "get the set of SGP4 instead"
    return f"{key} is missing", FETCH_AGAIN


def _object_ids(checked: _Checked) -> Whole:
    numbers = checked.wholes("NORAD_CAT_ID", 0)
    for long in np.flatnonzero(numbers >= 10**MOST_DIGITS):
        checked.say(int(long), f"NORAD_CAT_ID {numbers[long]} has more than {MOST_DIGITS} digits")
    for row, text in enumerate(checked.texts("NORAD_CAT_ID")):
        if text:
            continue
        number = number_of_designator(long_designator(checked.text(row, "OBJECT_ID")))
        counted = [key for key in COUNTED if checked.text(row, key)]
        if counted:
            checked.say(row, f"{counted[0]}, but no NORAD_CAT_ID: it may be lost", "give both, or none of them")
        elif number is None:
            checked.say(row, "neither NORAD_CAT_ID nor an international designator in OBJECT_ID", "give one of them")
        else:
            numbers[row] = number
    return numbers


def _epochs(checked: _Checked) -> tuple[Whole, Array]:
    texts = checked.texts("EPOCH")
    if not texts:
        return np.empty(0, dtype=np.int64), np.empty(0)
    day, second, fraction, good = read_clock(texts)
    for row in np.flatnonzero(good & (second == DAY)):
        good[row] = ends_with_leap_second(int(day[row]))
    for row in np.flatnonzero(~good):
        checked.say(int(row), f"EPOCH {texts[row][:40]!r} is no CCSDS date and time in UTC")
    whole, rest = tai_of_utc_days(np.where(good, day, 0), np.where(good, second, 0))
    return whole, np.where(good, fraction + rest, 0.0)
