"""Observations of asteroids and comets from a file in any of the field's formats."""

from __future__ import annotations

import gzip
import os
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from moonstead.formats.ades_text import looks_like_names, read_ades_csv, read_ades_psv
from moonstead.formats.ades_xml import read_ades_xml
from moonstead.formats.astrometry_repeats import without_repeats
from moonstead.formats.astrometry_rows import Observations, RadarObservations, RejectedLine, join_observations
from moonstead.formats.files import GZIP_MAGIC
from moonstead.formats.mpc80 import read_mpc80
from moonstead.formats.packed_designation import same_object
from moonstead.formats.radar_astrometry import (
    looks_like_radar_json,
    looks_like_radar_table,
    read_radar_json,
    read_radar_table,
)
from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.foundation.errors import InvalidInput, MissingData
from moonstead.foundation.time.epoch import Epoch

__all__ = [
    "Observations",
    "RadarObservations",
    "RejectedLine",
    "join_observations",
    "read_all_astrometry",
    "read_astrometry",
]

HEAD = 4000  # [characters] within which a format shows itself
_LINE_END = re.compile(r"\r\n|\n|\r")


def read_astrometry(
    path: str | os.PathLike[str], *, object: str | None = None, allow_future: bool = False
) -> Observations:
    """Observations of one object from a file; the format is known by its content.

    Parameters
    ----------
    path : path, or the text itself where it has a line end
        MPC records of 80 columns, ADES (PSV, XML, CSV), or a table of radar echoes; plain or gzip.
    object : str, optional
        Which object, where the file has several (``"2024 YR4"``, ``"99942"``, packed or plain).
    allow_future : bool
        Take observations later than now too, which only a simulation can make.

    Returns
    -------
    Observations
        Times [s TDB past J2000], angles [rad]; every line that is not used is among `rejected` with its reason.

    Raises
    ------
    MissingData
        There is no such file.
    InvalidInput
        The file has no observation that can be read, has none of the object asked for, or has several objects and none
        was asked for; the message lists them with their counts.

    Source
    ------
    Minor Planet Center, formats of 80-column records; IAU ADES 2017 and 2022 (IAU Commission X2).
    """
    everything = read_all_astrometry(path, allow_future=allow_future)
    counts = everything.object_counts()
    if not counts:
        raise InvalidInput(f"{everything.source}: no observation can be read{_first_reason(everything)}")
    if object is None:
        if len(counts) > 1:
            listed = ", ".join(f"{name} ({count})" for name, count in list(counts.items())[:12])
            more = f" and {len(counts) - 12} more" if len(counts) > 12 else ""
            raise InvalidInput(
                f"{everything.source} has observations of {len(counts)} objects: {listed}{more}; choose one by its name"
            )
        return everything
    chosen = [name for name in counts if same_object(name, object)]
    if not chosen:
        listed = ", ".join(list(counts)[:12])
        raise InvalidInput(f"{everything.source} has no observation of {object!r}; it has {listed}")
    return _of_object(everything, chosen[0])


def read_all_astrometry(path: str | os.PathLike[str], *, allow_future: bool = False) -> Observations:
    """Observations of every object of a file; see `read_astrometry`.

    Parameters
    ----------
    path : path, or the text itself where it has a line end
    allow_future : bool
        As in `read_astrometry`.

    Returns
    -------
    Observations
        May be empty: then `rejected` says why.

    Raises
    ------
    MissingData
        There is no such file.
    InvalidInput
        The file is damaged gzip.

    Source
    ------
    As `read_astrometry`.
    """
    text, source = _text(path)
    found = without_repeats(_read(text, source))
    return found if allow_future else _without_future(found)


def _read(text: str, source: str) -> Observations:
    """Observations of a text in the format that it shows."""
    if text[:HEAD].lstrip().startswith("<"):
        return read_ades_xml(text, source)
    if looks_like_radar_json(text):
        return read_radar_json(text, source)
    lines = _LINE_END.split(text)
    if not lines[-1]:
        del lines[-1]
    said = next((line for line in lines if line.strip() and not line.startswith(("#", "!"))), "")
    if looks_like_radar_table(said):
        return read_radar_table(lines, source)
    if looks_like_names(said.split("|")):
        return read_ades_psv(lines, source)
    if looks_like_names(said.split(",")):
        return read_ades_csv(lines, source)
    return read_mpc80(lines, source)


def _without_future(observations: Observations) -> Observations:
    """Observations up to tomorrow; the others are refused."""
    tomorrow = Epoch.parse(datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")).tdb() + SECONDS_PER_DAY
    late, late_radar = observations.tdb > tomorrow, observations.radar.tdb > tomorrow
    if not (late.any() or late_radar.any()):
        return observations
    lines = [*zip(observations.line[late], observations.text[late], strict=True)]
    lines += [(line, "") for line in observations.radar.line[late_radar]]
    refused = [
        RejectedLine(int(line), str(text), "the date lies in the future", "correct the date; a simulation may allow it")
        for line, text in lines
    ]
    return replace(
        observations.take(~late),
        radar=observations.radar.take(~late_radar),
        rejected=tuple(sorted((*observations.rejected, *refused), key=lambda one: one.line)),
    )


def _text(path: str | os.PathLike[str]) -> tuple[str, str]:
    if isinstance(path, str) and ("\n" in path or "\r" in path):
        return path, "text"
    path = Path(path)
    try:
        raw = path.read_bytes()
    except (OSError, ValueError) as error:
        raise MissingData(f"{path}: there is no such file; check the path") from error
    if raw.startswith(GZIP_MAGIC):
        try:
            raw = gzip.decompress(raw)
        except (OSError, EOFError) as error:
            raise InvalidInput(f"{path}: damaged gzip ({error}); fetch the file again") from error
    encoding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    return raw.decode(encoding, errors="replace"), str(path)


def _of_object(observations: Observations, name: str) -> Observations:
    """Rows of one object; the others are refused by name."""
    own = observations.objects == name
    radar, remedy = observations.radar, "nothing: another object was asked for"
    lines = [*zip(observations.line[~own], observations.objects[~own], observations.text[~own], strict=True)]
    lines += [(line, other, "") for line, other in zip(radar.line, radar.objects, strict=True) if other != name]
    others = [
        RejectedLine(int(line), str(text), f"an observation of {other}, not of {name}", remedy)
        for line, other, text in lines
    ]
    return replace(
        observations.take(own),
        radar=radar.take(radar.objects == name),
        rejected=tuple(sorted((*observations.rejected, *others), key=lambda one: one.line)),
    )


def _first_reason(observations: Observations) -> str:
    if not observations.rejected:
        return ": it is empty" if not observations.other_lines else ": it has headers or blank lines only"
    first = observations.rejected[0]
    return (
        f"; all {len(observations.rejected)} lines that say something are refused, the first, line {first.line},"
        f" because: {first.reason}"
    )
