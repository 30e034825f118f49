"""The keyword = value form of the Orbit Mean-Elements Message: one message in a file, or thousands."""

from __future__ import annotations

from typing import Any

from moonstead.formats.omm_fields import REQUIRED, OmmRecords, unit_fault

VERSION = "CCSDS_OMM_VERS"
MATRIX = tuple(
    f"C{row}_{column}"
    for place, row in enumerate(("X", "Y", "Z", "X_DOT", "Y_DOT", "Z_DOT"))
    for column in ("X", "Y", "Z", "X_DOT", "Y_DOT", "Z_DOT")[: place + 1]
)
KEYWORDS = frozenset(
    (
        *(VERSION, "CLASSIFICATION", "CREATION_DATE", "ORIGINATOR", "MESSAGE_ID"),
        *("OBJECT_NAME", "OBJECT_ID", "CENTER_NAME", "REF_FRAME", "REF_FRAME_EPOCH", "TIME_SYSTEM"),
        *("MEAN_ELEMENT_THEORY", "EPOCH", "SEMI_MAJOR_AXIS", "MEAN_MOTION", "ECCENTRICITY", "INCLINATION"),
        *("RA_OF_ASC_NODE", "ARG_OF_PERICENTER", "MEAN_ANOMALY", "GM"),
        *("MASS", "SOLAR_RAD_AREA", "SOLAR_RAD_COEFF", "DRAG_AREA", "DRAG_COEFF"),
        *("EPHEMERIS_TYPE", "CLASSIFICATION_TYPE", "NORAD_CAT_ID", "ELEMENT_SET_NO", "REV_AT_EPOCH"),
        *("BSTAR", "BTERM", "MEAN_MOTION_DOT", "MEAN_MOTION_DDOT", "AGOM", "COV_REF_FRAME"),
        *MATRIX,
    )
)
DOUBTFUL = frozenset((*REQUIRED, "NORAD_CAT_ID"))  # what must not have lost its end
MAY_BE_EMPTY = frozenset(("CREATION_DATE", "ORIGINATOR", "OBJECT_ID", "OBJECT_NAME", "CLASSIFICATION_TYPE"))


def parse_omm_kvn(text: str) -> OmmRecords:
    """Cut KVN text of one or many messages into words.

    Parameters
    ----------
    text : str
        The file.

    Returns
    -------
    OmmRecords
        One record for each message; a message with a line that is no keyword of the standard, or with a keyword twice,
        is rejected whole.

    Source
    ------
    CCSDS 502.0-B-3 (2023), 4.2 and 7.
    """
    records = OmmRecords()
    fields: dict[str, Any] = {}
    start, fault = 1, (0, "", "")
    number, raw = 0, ""

    def close() -> None:
        if fault[0]:
            records.reject(f"line {fault[0]}", fault[1], fault[2])
        elif len(fields) > (VERSION in fields):
            records.add(dict(fields), f"line {start}")

    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip()
        if not line or line == "COMMENT" or line.startswith(("COMMENT ", "COMMENT\t")):
            continue
        key, equals, value = (part.strip() for part in line.partition("="))
        if key == VERSION:
            close()
            fields, start, fault = {}, number, (0, "", "")
        if fault[0]:
            continue
        what = _what_is_wrong(key, equals, value, fields)
        if what:
            fault = (number, line, what)
            continue
        if value.endswith("]") and "[" in value:
            value, _, unit = value[:-1].rpartition("[")
            value = value.strip()
            fault = (number, line, wrong) if (wrong := unit_fault(key, unit)) else fault
        fields[key] = value
    if not text.endswith(("\n", "\r")) and not fault[0] and next(reversed(fields), "") in DOUBTFUL:
        # A value at the very end of a file that nothing ends may have lost digits: it must not be of the orbit.
        fault = (number, raw, "the last line does not end and may be cut off; end it, if it is whole")
    close()
    return records


def _what_is_wrong(key: str, equals: str, value: str, fields: dict[str, Any]) -> str:
    if not equals:
        return "neither a keyword with a value nor a comment"
    if key not in KEYWORDS and not key.startswith("USER_DEFINED_"):
        return f"{key[:40]!r} is no keyword of an OMM; correct or remove it"
    if key in fields:
        return f"{key} stands twice in one message; keep one of the two"
    if not value and key not in MAY_BE_EMPTY:
        return f"{key} has no value; give one or remove the keyword"
    return ""
