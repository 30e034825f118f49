"""Tables of radar echoes as JPL gives them out: tab-separated text, or the answer of its server in JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import datetime

import numpy as np

from moonstead.formats.astrometry_rows import (
    Observations,
    RadarObservations,
    RejectedLine,
    blank_rows,
    observations_of,
)
from moonstead.formats.time_text import parse_times

MICROSECOND, MEGAHERTZ = 1e-6, 1e6  # [s], [Hz]
COLUMNS = 9
# JPL numbers some radar stations itself: Arecibo, Green Bank, Goldstone DSS-13, DSS-14 and DSS-25, Evpatoria.
JPL_STATIONS = {"-1": "251", "-9": "256", "-13": "252", "-14": "253", "-25": "257", "-38": "255"}
_TIME = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d*)?)?")


def looks_like_radar_table(line: str) -> bool:
    """Whether a line is of a tab-separated table of radar echoes."""
    cells = line.rstrip("\r\n").split("\t")
    return len(cells) == COLUMNS and cells[4].strip() in ("us", "Hz")


def looks_like_radar_json(text: str) -> bool:
    """Whether a text is the answer of JPL's server of small-body radar astrometry."""
    head = text[:4000]
    return head.lstrip().startswith("{") and '"fields"' in text and '"rcvr"' in text


def read_radar_table(lines: Sequence[str], source: str = "") -> Observations:
    """Radar echoes of tab-separated lines.

    Parameters
    ----------
    lines : sequence of str
        Object, time of reception (UTC), value, standard error, unit (us or Hz), frequency [MHz], receiver, transmitter,
        and C (centre of mass) or S (surface).
    source : str
        Name of the file.

    Returns
    -------
    Observations
        Radar rows only [s, Hz].

    Source
    ------
    JPL Solar System Dynamics, Small-Body Radar Astrometry.
    """
    rejected: list[RejectedLine] = []
    records: list[tuple[list[str], int, str]] = []
    other = 0
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            other += 1
            continue
        cells = [cell.strip() for cell in line.split("\t")]
        if len(cells) != COLUMNS:
            reason = f"{len(cells)} values between tabs where a radar echo has {COLUMNS}"
            rejected.append(RejectedLine(number, line, reason, "columns are shifted, or the line is cut"))
        else:
            records.append((cells, number, line))
    return _echoes(records, rejected, other, source)


def read_radar_json(text: str, source: str = "") -> Observations:
    """Radar echoes of the answer of JPL's server.

    Parameters
    ----------
    text : str
        The answer, with ``fields`` and ``data``.
    source : str
        Name of the file.

    Returns
    -------
    Observations
        Radar rows only [s, Hz]; `line` counts the rows of ``data``.

    Source
    ------
    JPL Solar System Dynamics, SBDB Radar Astrometry API, version 1.1.
    """
    try:
        answer = json.loads(text)
        place = {name: index for index, name in enumerate(answer["fields"])}
        wanted = [place[name] for name in ("des", "epoch", "value", "sigma", "units", "freq", "rcvr", "xmit", "bp")]
        records = [([str(row[k]).strip() for k in wanted], n, str(row)) for n, row in enumerate(answer["data"], 1)]
    except (ValueError, KeyError, TypeError, IndexError):
        fault = RejectedLine(1, text[:60], "the JSON has no table of radar echoes", "fetch the file again")
        return observations_of(blank_rows(0), rejected=[fault], source=source)
    return _echoes(records, [], 0, source)


def _echoes(
    records: Sequence[tuple[list[str], int, str]], rejected: list[RejectedLine], other: int, source: str
) -> Observations:
    rows: list[dict[str, object]] = []
    for cells, number, line in records:
        fault = _fault(cells)
        if fault:
            rejected.append(RejectedLine(number, line, fault, "correct the row, or remove it"))
            continue
        time = cells[1].replace(" ", "T")
        scale, kind = (MICROSECOND, "delay") if cells[4] == "us" else (1.0, "doppler")
        rows.append(
            {
                "objects": _name(cells[0]),
                "utc": time if time.count(":") == 2 else f"{time}:00",
                "kind": kind,
                "value": float(cells[2]) * scale,
                "sigma": float(cells[3]) * scale,
                "frequency": float(cells[5]) * MEGAHERTZ,
                "receiver": JPL_STATIONS.get(cells[6], cells[6]),
                "transmitter": JPL_STATIONS.get(cells[7], cells[7]),
                "bounce": cells[8],
                "line": number,
            }
        )
    radar = RadarObservations.none()
    if rows:
        columns = {name: np.array([row[name] for row in rows]) for name in rows[0]}
        radar = RadarObservations(tdb=parse_times(columns["utc"].tolist(), "UTC"), **columns)
    rejected.sort(key=lambda one: one.line)
    return observations_of(blank_rows(0), radar=radar, rejected=rejected, other_lines=other, source=source)


def _fault(cells: Sequence[str]) -> str:
    """What is wrong with a row; empty where nothing is."""
    if not cells[0]:
        return "no object is named"
    if not _TIME.fullmatch(cells[1]) or not _exists(cells[1]):
        return "the time of reception is no UTC time of the form 2024-12-27 05:49:12"
    try:
        value, sigma, frequency = (float(cells[place]) for place in (2, 3, 5))
    except ValueError:
        return "the value, its error or the frequency is no number"
    if not np.all(np.isfinite([value, sigma, frequency])) or sigma <= 0.0 or frequency <= 0.0:
        return "the error and the frequency must be positive"
    if cells[4] not in ("us", "Hz"):
        return "the unit is neither us nor Hz"
    if cells[4] == "us" and value <= 0.0:
        return "a delay that is not positive"
    return "" if cells[8] in ("C", "S") else "the last column is neither C (centre of mass) nor S (surface)"


def _exists(time: str) -> bool:
    try:
        return datetime.fromisoformat(time).year >= 1972
    except ValueError:
        return False


def _name(text: str) -> str:
    """Number of ``99942 Apophis (2004 MN4)``, else the designation, else the text."""
    if found := re.match(r"(\d+)( |$)", text):
        return found[1] if not re.fullmatch(r"\d{4} [A-HJ-Y][A-HJ-Z]\d*", text) else text
    found = re.search(r"\((\d{4} [A-Z]{1,2}\d*)\)", text)
    return found[1] if found else text
