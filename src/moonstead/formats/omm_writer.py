"""Mean elements as Orbit Mean-Elements Messages: KVN, XML, CSV, JSON."""

from __future__ import annotations

import csv
import io
import json
import math
import os
from collections.abc import Callable
from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np

from moonstead.dynamics.mean_elements import MeanElements
from moonstead.formats.files import write_text
from moonstead.formats.omm_fields import number_of_designator
from moonstead.formats.tle_writer import DAYS_1970_TO_2000, format_tle, utc_days
from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.time.epoch import Epoch
from moonstead.foundation.time.leap_seconds import DAY

DEGREES = 180.0 / math.pi
REVOLUTIONS = SECONDS_PER_DAY / (2.0 * math.pi)  # a day, of one [rad/s]
LARGEST_NUMBER = 999_999_999  # of NORAD_CAT_ID, CCSDS 502.0-B-3, table 4-3
SCHEMA = "https://sanaregistry.org/r/ndmxml_unqualified/ndmxml-3.0.0-master-3.0.xsd"
METADATA = {"CENTER_NAME": "EARTH", "REF_FRAME": "TEME", "TIME_SYSTEM": "UTC", "MEAN_ELEMENT_THEORY": "SGP4"}
ELEMENTS = (
    "EPOCH",
    "MEAN_MOTION",
    "ECCENTRICITY",
    "INCLINATION",
    "RA_OF_ASC_NODE",
    "ARG_OF_PERICENTER",
    "MEAN_ANOMALY",
)
PARAMETERS = (
    "EPHEMERIS_TYPE",
    "CLASSIFICATION_TYPE",
    "NORAD_CAT_ID",
    "ELEMENT_SET_NO",
    "REV_AT_EPOCH",
    "BSTAR",
    "MEAN_MOTION_DOT",
    "MEAN_MOTION_DDOT",
)
TEXTS = ("OBJECT_NAME", "OBJECT_ID", "EPOCH", "CLASSIFICATION_TYPE")


def write_mean_elements(
    path: str | os.PathLike[str], elements: MeanElements, *, creation: Epoch, originator: str = "MOONSTEAD"
) -> None:
    """Write elements in the format that the name of the file asks for, whole or not at all.

    Parameters
    ----------
    path : path
        ``.tle`` or ``.3le``, ``.kvn``, ``.xml``, ``.csv`` or ``.json``, and ``.gz`` after it to pack.
    elements : MeanElements
        What to write. An object whose identifier is made of its designator has no NORAD_CAT_ID in an OMM, and then
        neither number of the set nor revolution.
    creation : Epoch
        When the file was made, for KVN and XML.
    originator : str
        Who made it.

    Raises
    ------
    InvalidInput
        The name asks for another format, or the format cannot hold a value, such as a catalogue number above 339 999 in
        a two-line set.
    MissingData
        The folder does not exist.

    Source
    ------
    CCSDS 502.0-B-3 (2023), section 4; CelesTrak, "A New Way to Obtain GP Data" (2020).
    """
    suffixes = [suffix.lower() for suffix in Path(path).suffixes if suffix.lower() != ".gz"]
    suffix = suffixes[-1] if suffixes else ""
    if suffix in (".tle", ".3le"):
        write_text(path, "".join(f"{line}\n" for line in format_tle(elements)))
        return
    writer = WRITERS.get(suffix)
    if writer is None:
        raise InvalidInput(
            f"{path}: no format of elements ends in {suffix or 'nothing'!r}; known are .tle, .3le, "
            f"{', '.join(WRITERS)}, each with .gz after it to pack"
        )
    write_text(path, writer(elements, creation, originator))


def format_omm_kvn(elements: MeanElements, creation: Epoch, originator: str) -> str:
    """Messages as KVN, one after the other.

    Parameters
    ----------
    elements : MeanElements
        What to write.
    creation : Epoch
        When the messages were made.
    originator : str
        Who made them.

    Returns
    -------
    str

    Raises
    ------
    InvalidInput
        A catalogue number has more than nine digits.

    Source
    ------
    CCSDS 502.0-B-3 (2023), 4.2 and 7.
    """
    header = ["CCSDS_OMM_VERS = 3.0", f"CREATION_DATE = {creation.text('UTC', 3)}", f"ORIGINATOR = {originator}", ""]
    out: list[str] = []
    for one in _fields(elements):
        out += header
        out += [f"{key} = {one[key] or 'UNKNOWN'}" for key in ("OBJECT_NAME", "OBJECT_ID")]
        out += [f"{key} = {value}" for key, value in METADATA.items()]
        out += ["", *(f"{key} = {one[key]}" for key in (*ELEMENTS, *PARAMETERS) if one[key]), ""]
    return "\n".join(out) + "\n"


def format_omm_xml(elements: MeanElements, creation: Epoch, originator: str) -> str:
    """Messages as XML in one Navigation Data Message.

    Parameters
    ----------
    elements : MeanElements
        What to write.
    creation : Epoch
        When the messages were made.
    originator : str
        Who made them.

    Returns
    -------
    str

    Raises
    ------
    InvalidInput
        A catalogue number has more than nine digits.

    Source
    ------
    CCSDS 505.0-B-3 (2023); CCSDS 502.0-B-3 (2023), section 8.
    """
    out = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<ndm xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"',
        f'     xsi:noNamespaceSchemaLocation="{SCHEMA}">',
    ]
    header = [
        '<omm id="CCSDS_OMM_VERS" version="3.0">',
        f"<header><CREATION_DATE>{creation.text('UTC', 3)}</CREATION_DATE>"
        f"<ORIGINATOR>{escape(originator)}</ORIGINATOR></header>",
        "<body><segment>",
    ]
    constant = "".join(f"<{key}>{value}</{key}>" for key, value in METADATA.items())

    def tags(one: dict[str, str], keys: tuple[str, ...]) -> str:
        return "".join(f"<{key}>{escape(one[key])}</{key}>" for key in keys if one[key])

    for one in _fields(elements):
        named = "".join(f"<{key}>{escape(one[key] or 'UNKNOWN')}</{key}>" for key in ("OBJECT_NAME", "OBJECT_ID"))
        out += [*header, f"<metadata>{named}{constant}</metadata>"]
        out.append(f"<data><meanElements>{tags(one, ELEMENTS)}</meanElements>")
        out.append(f"<tleParameters>{tags(one, PARAMETERS)}</tleParameters></data>")
        out.append("</segment></body></omm>")
    return "\n".join([*out, "</ndm>"]) + "\n"


def format_omm_csv(elements: MeanElements, creation: Epoch, originator: str) -> str:
    """Messages as a table with a line of keywords.

    Parameters
    ----------
    elements : MeanElements
        What to write.
    creation : Epoch
        Not in this form.
    originator : str
        Not in this form.

    Returns
    -------
    str

    Raises
    ------
    InvalidInput
        A catalogue number has more than nine digits.

    Source
    ------
    CelesTrak, "A New Way to Obtain GP Data" (2020).
    """
    columns = ["OBJECT_NAME", "OBJECT_ID", *ELEMENTS, *PARAMETERS]
    stream = io.StringIO()
    table = csv.DictWriter(stream, columns)
    table.writeheader()
    table.writerows(_fields(elements))
    return stream.getvalue()


def format_omm_json(elements: MeanElements, creation: Epoch, originator: str) -> str:
    """Messages as an array of objects.

    Parameters
    ----------
    elements : MeanElements
        What to write.
    creation : Epoch
        Not in this form.
    originator : str
        Not in this form.

    Returns
    -------
    str

    Raises
    ------
    InvalidInput
        A catalogue number has more than nine digits.

    Source
    ------
    CelesTrak, "A New Way to Obtain GP Data" (2020).
    """
    rows = [
        json.dumps(
            {key: value if key in TEXTS else json.loads(value) for key, value in one.items()}, ensure_ascii=False
        )
        for one in _fields(elements)
    ]
    return "[" + ",\n".join(rows) + "]\n"


def utc_texts(elements: MeanElements) -> list[str]:
    """Epochs as CCSDS text in UTC: to the microsecond where that says all, as in two-line sets, else to 0.1 ns.

    Parameters
    ----------
    elements : MeanElements
        N sets.

    Returns
    -------
    list of N str
        For example ``2026-07-19T12:00:00.250000``; before 1972 with UTC as TAI - 10 s.

    Source
    ------
    CCSDS 301.0-B-4 (2010), 3.5.1.1; leap seconds of IERS Bulletin C.
    """
    if not len(elements):
        return []
    day, second = utc_days(elements)
    fine = np.abs(elements.epoch_fraction * 1e6 - np.round(elements.epoch_fraction * 1e6)) > 1e-3
    digits = 10 if np.any(fine) else 6
    ticks = np.round(elements.epoch_fraction * 10.0**digits).astype(np.int64)
    carried = ticks == 10**digits
    second, ticks = second + carried, np.where(carried, 0, ticks)
    over = carried & (second == DAY)  # a leap second that begins by rounding is told as the midnight after it
    day, second = day + over, np.where(over, 0, second)
    stamps = ((day + DAYS_1970_TO_2000) * DAY + np.minimum(second, DAY - 1)).astype("datetime64[s]")
    texts: list[str] = np.datetime_as_string(stamps, unit="s").tolist()
    for row in np.flatnonzero(second == DAY):
        texts[row] = texts[row][:-2] + "60"
    return [f"{text}.{tick:0{digits}d}" for text, tick in zip(texts, ticks.tolist(), strict=True)]


WRITERS: dict[str, Callable[[MeanElements, Epoch, str], str]] = {
    ".kvn": format_omm_kvn,
    ".xml": format_omm_xml,
    ".csv": format_omm_csv,
    ".json": format_omm_json,
}


def _fields(elements: MeanElements) -> list[dict[str, str]]:
    """Keywords and values of every set, numbers with as many digits as a double keeps through the change of unit."""
    unnumbered = set(np.flatnonzero((elements.object_id < 0) | (elements.object_id > LARGEST_NUMBER)).tolist())
    for row in unnumbered:
        if number_of_designator(elements.designator[row]) != elements.object_id[row]:
            raise InvalidInput(
                f"catalogue number {elements.object_id[row]} has more than the nine digits of NORAD_CAT_ID; "
                "give the object another number, or keep it in a store"
            )
    epochs = utc_texts(elements)
    numbers = {
        "MEAN_MOTION": elements.mean_motion * REVOLUTIONS,
        "INCLINATION": elements.inclination * DEGREES,
        "RA_OF_ASC_NODE": elements.node * DEGREES,
        "ARG_OF_PERICENTER": elements.argument_of_perigee * DEGREES,
        "MEAN_ANOMALY": elements.mean_anomaly * DEGREES,
        "MEAN_MOTION_DOT": elements.mean_motion_rate * REVOLUTIONS * SECONDS_PER_DAY,
        "MEAN_MOTION_DDOT": elements.mean_motion_second * REVOLUTIONS * SECONDS_PER_DAY**2,
    }
    texts = {key: [f"{value:.15g}" for value in values.tolist()] for key, values in numbers.items()}
    texts["ECCENTRICITY"] = [repr(value) for value in elements.eccentricity.tolist()]
    texts["BSTAR"] = [repr(value) for value in elements.drag_term.tolist()]
    texts["EPOCH"] = epochs
    texts["EPHEMERIS_TYPE"] = ["0"] * len(elements)
    texts["NORAD_CAT_ID"] = [
        "" if row in unnumbered else str(value) for row, value in enumerate(elements.object_id.tolist())
    ]
    for key, counts in (("ELEMENT_SET_NO", elements.element_set), ("REV_AT_EPOCH", elements.revolution)):
        # Beside a missing catalogue number a reader must take it for lost.
        texts[key] = ["" if value < 0 or row in unnumbered else str(value) for row, value in enumerate(counts.tolist())]
    texts["OBJECT_NAME"] = [_one_line(text) for text in elements.name]
    texts["OBJECT_ID"] = [_one_line(text) for text in elements.designator]
    texts["CLASSIFICATION_TYPE"] = [_one_line(text) for text in elements.classification]
    keys = ("OBJECT_NAME", "OBJECT_ID", *ELEMENTS, *PARAMETERS)
    return [{key: texts[key][row] for key in keys} for row in range(len(elements))]


def _one_line(text: str) -> str:
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())
