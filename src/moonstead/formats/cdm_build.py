"""From the words of a Conjunction Data Message to its numbers, and back."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NoReturn

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.formats.cdm_fields import (
    BLOCK_KEYS,
    COVARIANCE_KEYS,
    COVARIANCE_PLACES,
    EXACT_UNITS,
    NEEDED,
    STATE_KEYS,
    UNITS,
    USER_DEFINED,
)
from moonstead.formats.cdm_kvn import MOST_DIGITS, CdmText
from moonstead.formats.cdm_message import COMMENT, CdmEntry, CdmFault, ConjunctionMessage, ConjunctionObject
from moonstead.formats.time_text import format_times, parse_times
from moonstead.foundation.errors import InvalidInput

Array = NDArray[np.float64]
Lines = list[tuple[CdmEntry, int]]

METRES_PER_KILOMETRE = 1000.0
SPEED_OF_LIGHT_KM = 299_792.458  # [km/s]
FARTHEST = 1e9  # [km] of a state: no orbit about a planet or a moon reaches there
MISS_FIXED, MISS_SHARE = 2.0, 0.01  # [m], [1] by which a miss distance may differ from the states: it is rounded
NO_NUMBER = ("NAN", "NONE", "N/A", "")


class _Refused(Exception):
    """One message cannot be used."""

    def __init__(self, line: int, what: str) -> None:
        super().__init__(what)
        self.line, self.what = line, what


def build_cdm(text: CdmText) -> tuple[ConjunctionMessage | None, list[CdmFault]]:
    """Numbers of one message.

    Parameters
    ----------
    text : CdmText
        Its lines.

    Returns
    -------
    (ConjunctionMessage or None, list of CdmFault)
        None where a line that states or covariances need is missing or damaged; the faults say which.

    Source
    ------
    CCSDS 508.0-B-1, Conjunction Data Message (2013), section 3.
    """
    notes: list[str] = []
    if text.faults:
        return None, text.faults
    try:
        message = _build(text, notes)
    except _Refused as refused:
        return None, [CdmFault(text.number, refused.line, refused.what)]
    return message, []


def _build(text: CdmText, notes: list[str]) -> ConjunctionMessage:
    relative = _unique(text.header + text.relative, "header", "relative", notes)
    if "TCA" not in relative:
        _refuse(text.line, "the message has no TCA; without a time of closest approach nothing can be computed")
    tca_entry, tca_line = relative["TCA"]
    tca = float(parse_times([tca_entry.value], "UTC")[0])
    if math.isnan(tca):
        _refuse(tca_line, f"TCA {tca_entry.value!r} is no time; write 2010-03-13T22:37:52.618 or 2010-072T22:37:52.618")
    if len(text.objects) != 2:
        _refuse(text.line, f"the message has {len(text.objects)} objects; two are needed (OBJECT = OBJECT1, OBJECT2)")
    first, second = (_object(lines, notes) for lines in text.objects)
    if first.center != second.center:
        line = text.objects[1][0][1]
        _refuse(line, f"the objects have different centres, {first.center} and {second.center}; give one for both")
    if "MISS_DISTANCE" in relative:
        _compare_miss(*relative["MISS_DISTANCE"], math.hypot(*(second.state - first.state)[:3]), notes)
    return ConjunctionMessage(_entries(text.header), _entries(text.relative), (first, second), tca, tuple(notes))


def _compare_miss(entry: CdmEntry, line: int, apart: float, notes: list[str]) -> None:
    """Note states that are not as far from each other as the message says: one of the numbers is damaged."""
    try:
        said = float(entry.value)
    except ValueError:
        notes.append(
            f"line {line}: MISS_DISTANCE {entry.value[:40]!r} is no number; the states are {apart:.3f} m apart"
        )
        return
    if not abs(said - apart) <= MISS_FIXED + MISS_SHARE * apart:
        notes.append(f"line {line}: MISS_DISTANCE is {said:g} m, but the states are {apart:.3f} m apart")


def _object(lines: Lines, notes: list[str]) -> ConjunctionObject:
    found = _unique(lines, "object", "object", notes)
    place = lines[0][1]
    for key in NEEDED:
        if key not in found:
            _refuse(place, f"the object that begins here has no {key}; ask the originator for a whole message")
    state = np.array([_number(*found[key]) for key in STATE_KEYS]) * METRES_PER_KILOMETRE
    line = found["X"][1]
    distance, speed = (math.hypot(*part) / METRES_PER_KILOMETRE for part in (state[:3], state[3:]))
    if not (0.0 < distance < FARTHEST and 0.0 < speed < SPEED_OF_LIGHT_KM):
        _refuse(line, f"the state is no orbit: {distance:g} km from the centre at {speed:g} km/s; check X to Z_DOT")
    if "HBR" in found:
        _number(*found["HBR"])
    return ConjunctionObject(_entries(lines), state, _covariance(found, place))


def _covariance(found: dict[str, tuple[CdmEntry, int]], place: int) -> Array | None:
    """Matrix as far as the message has it, None where it has no number of it."""
    given = {
        COVARIANCE_PLACES[key]: found[key]
        for key in COVARIANCE_KEYS
        if key in found and found[key][0].value.upper() not in NO_NUMBER
    }
    if not given:
        return None
    size = max(6, 1 + max(row for row, _ in given))
    matrix = np.zeros((size, size))
    for key in COVARIANCE_KEYS:
        row, column = COVARIANCE_PLACES[key]
        if row >= size:
            break
        if (row, column) not in given:
            if row >= 6:  # thrust without drag: a row that the message leaves out is known exactly
                continue
            _refuse(place, f"the covariance of the object that begins here has no {key}; give all 21 numbers or none")
        matrix[row, column] = matrix[column, row] = _number(*given[(row, column)])
    return matrix


def _unique(lines: Lines, block: str, also: str, notes: list[str]) -> dict[str, tuple[CdmEntry, int]]:
    """Entries by keyword; repeated keys and wrong units of needed numbers are refused, unknown ones noted."""
    found: dict[str, tuple[CdmEntry, int]] = {}
    known = BLOCK_KEYS[block] | BLOCK_KEYS[also]
    for entry, line in lines:
        key = entry.key
        if key == COMMENT:
            continue
        if key in found:
            _refuse(line, f"{key} was already given in line {found[key][1]}; keep one of the two")
        if key not in known and not key.startswith(USER_DEFINED):
            notes.append(f"line {line}: {key} is no keyword of this place; it is kept and not used")
        wanted = UNITS.get(key)
        if entry.unit and wanted is not None and entry.unit != wanted:
            if key in EXACT_UNITS:
                _refuse(line, f"{key} is in [{entry.unit}], but the standard fixes [{wanted}]; convert it")
            notes.append(f"line {line}: {key} is in [{entry.unit}] where the standard has [{wanted}]; it is not used")
        found[key] = (entry, line)
    return found


def _number(entry: CdmEntry, line: int) -> float:
    try:
        value = float(entry.value) if len(entry.value) <= MOST_DIGITS and "_" not in entry.value else math.nan
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        _refuse(line, f"{entry.key} {entry.value[:40]!r} is no finite number; ask the originator for a whole message")
    return value


def _entries(lines: Lines) -> tuple[CdmEntry, ...]:
    return tuple(entry for entry, _ in lines)


def _refuse(line: int, what: str) -> NoReturn:
    raise _Refused(line, what)


def make_cdm_object(
    order: int,
    designator: str,
    name: str,
    state: ArrayLike,
    covariance: ArrayLike | None,
    *,
    ref_frame: str = "EME2000",
    center: str = "EARTH",
    maneuverable: str = "N/A",
    extra: Sequence[CdmEntry] = (),
) -> ConjunctionObject:
    """One object of a message that is to be written.

    Parameters
    ----------
    order : int
        1 or 2.
    designator, name : str
        What the catalogue and people call it.
    state : (6,) [m, m/s]
        At closest approach.
    covariance : (n, n) or None [SI]
        Radial, transverse, normal; n from 6 to 9.
    ref_frame, center, maneuverable : str
        In the words of CCSDS.
    extra : sequence of CdmEntry
        More lines; keywords of metadata and of tracking come before the state in the file.

    Returns
    -------
    ConjunctionObject
        With every keyword that the standard obliges to.

    Raises
    ------
    InvalidInput
        A shape is wrong or a number is not finite.

    Source
    ------
    CCSDS 508.0-B-1, Conjunction Data Message (2013), tables 3-3 and 3-4.
    """
    numbers = np.asarray(state, dtype=np.float64)
    if numbers.shape != (6,) or not np.all(np.isfinite(numbers)):
        raise InvalidInput(f"a state needs six finite numbers [m, m/s]; got shape {numbers.shape}")
    entries = [
        CdmEntry("OBJECT", f"OBJECT{order}"),
        CdmEntry("OBJECT_DESIGNATOR", designator),
        CdmEntry("CATALOG_NAME", "SATCAT"),
        CdmEntry("OBJECT_NAME", name),
        CdmEntry("INTERNATIONAL_DESIGNATOR", "UNKNOWN"),
        CdmEntry("EPHEMERIS_NAME", "NONE"),
        CdmEntry("COVARIANCE_METHOD", "DEFAULT" if covariance is None else "CALCULATED"),
        CdmEntry("MANEUVERABLE", maneuverable),
        CdmEntry("ORBIT_CENTER", center),
        CdmEntry("REF_FRAME", ref_frame),
        *extra,
        *(
            CdmEntry(key, f"{value / METRES_PER_KILOMETRE:.15g}", UNITS[key])
            for key, value in zip(STATE_KEYS, numbers, strict=True)
        ),
    ]
    matrix = None
    if covariance is not None:
        matrix = np.asarray(covariance, dtype=np.float64)
        if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or not 6 <= matrix.shape[0] <= 9:
            raise InvalidInput(f"a covariance needs the shape (n, n) with n from 6 to 9; got {matrix.shape}")
        if not np.all(np.isfinite(matrix)):
            raise InvalidInput("a covariance that is not finite cannot be written; leave it out instead")
        entries += [
            CdmEntry(key, f"{matrix[place]:.16e}", UNITS[key])
            for key, place in COVARIANCE_PLACES.items()
            if place[0] < matrix.shape[0]
        ]
    return ConjunctionObject(tuple(entries), numbers, matrix)


def make_cdm(
    objects: tuple[ConjunctionObject, ConjunctionObject],
    tca: float,
    *,
    originator: str,
    message_id: str,
    created: float,
    hard_body_radius: float | None = None,
    probability: float | None = None,
    probability_method: str | None = None,
) -> ConjunctionMessage:
    """A message that is to be written, from plain numbers.

    Parameters
    ----------
    objects : (ConjunctionObject, ConjunctionObject)
        From `make_cdm_object`.
    tca, created : float [s TDB past J2000]
        Time of closest approach, and when the message was made.
    originator, message_id : str
        Who says it, and under which identifier.
    hard_body_radius : float or None [m]
        Sum of both radii; written as a comment, as the standard has no keyword for it.
    probability : float or None [1]
        Probability of collision.
    probability_method : str or None
        How it was found.

    Returns
    -------
    ConjunctionMessage
        With miss distance and relative speed of the states.

    Raises
    ------
    InvalidInput
        A time is not finite.

    Source
    ------
    CCSDS 508.0-B-1, Conjunction Data Message (2013), tables 3-1 and 3-2.
    """
    times = format_times(np.array([created, tca]), "UTC", digits=6)
    apart = objects[1].state - objects[0].state
    header = [
        CdmEntry("CCSDS_CDM_VERS", "1.0"),
        CdmEntry("CREATION_DATE", times[0]),
        CdmEntry("ORIGINATOR", originator),
        CdmEntry("MESSAGE_ID", message_id),
    ]
    relative = [
        CdmEntry("TCA", times[1]),
        CdmEntry("MISS_DISTANCE", f"{np.linalg.norm(apart[:3]):.6f}", "m"),
        CdmEntry("RELATIVE_SPEED", f"{np.linalg.norm(apart[3:]):.9f}", "m/s"),
    ]
    if probability is not None:
        relative.append(CdmEntry("COLLISION_PROBABILITY", f"{probability:.9e}"))
    if probability_method is not None:
        relative.append(CdmEntry("COLLISION_PROBABILITY_METHOD", probability_method))
    if hard_body_radius is not None:
        relative.insert(0, CdmEntry(COMMENT, f"HBR = {hard_body_radius:.9g} [m]"))
    return ConjunctionMessage(tuple(header), tuple(relative), objects, tca)
