"""CZML: tracks, places and contact lines over time, as CesiumJS loads them."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.windows import Windows
from moonstead.formats.files import write_text
from moonstead.formats.time_text import format_times, parse_times
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.time.scales import tai_seconds

Array = NDArray[np.float64]
Packet = dict[str, Any]
Color = tuple[int, int, int, int]  # red, green, blue, opacity, each 0 to 255

WHITE: Color = (255, 255, 255, 255)
INTERPOLATION_DEGREE = 5
POSITION_DECIMALS = 3  # of metres
OFFSET_DECIMALS = 6  # of seconds
DATE_RESOLUTION = 1e-3  # [s]
FONT = "13px sans-serif"
# Frames that CZML may call FIXED, with the body that turns with them, and INERTIAL; the rest must be turned first.
FIXED_FRAMES = {"ITRF": "EARTH", "MOON_ME": "MOON"}
INERTIAL_FRAMES = ("ICRF", "EME2000")


@dataclass(frozen=True, slots=True)
class CzmlClock:
    """Span that the viewer's clock runs over.

    Attributes
    ----------
    start, stop : float [s TDB past J2000]
        First and last moment.
    multiplier : float [1]
        Seconds that pass in the view in one second of the viewer.
    current : float or None [s TDB past J2000]
        Where the clock stands at first; at the start if None.
    """

    start: float
    stop: float
    multiplier: float = 600.0
    current: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class CzmlTrack:
    """A thing that moves along sampled positions.

    Attributes
    ----------
    id, name : str
        Unique key without ``#``, and what the viewer shows.
    tdb : (N,) [s TDB past J2000]
        Times of the samples, rising.
    positions : (N, 3) [m]
        Relative to the centre of the document's body, in `frame`.
    frame : str
        ``"ITRF"``, ``"ICRF"`` or ``"EME2000"`` about the Earth; ``"MOON_ME"`` about the Moon, because what CZML calls
        INERTIAL is the Earth's in every viewer.
    color : (4,) int
        Red, green, blue, opacity, 0 to 255.
    label : str or None
        Text beside the point.
    lead_time, trail_time : float [s]
        Length of the path drawn ahead and behind.
    path_width : float [pixel]
        0 draws no path.
    pixel_size : float [pixel]
        Of the point.
    description : str
        Plain text for the information box.
    """

    id: str
    name: str
    tdb: Array
    positions: Array
    frame: str
    color: Color = WHITE
    label: str | None = None
    lead_time: float = 0.0
    trail_time: float = 43_200.0
    path_width: float = 1.5
    pixel_size: float = 8.0
    description: str = ""


@dataclass(frozen=True, slots=True)
class CzmlPlace:
    """A point that stands on the turning body.

    Attributes
    ----------
    id, name : str
        Unique key without ``#``, and what the viewer shows.
    position : (3,) float [m]
        Body-fixed: in ITRF on the Earth, in MOON_ME on the Moon.
    color, label, description
        As in `CzmlTrack`.
    pixel_size : float [pixel]
        Of the point.
    """

    id: str
    name: str
    position: tuple[float, float, float]
    color: Color = WHITE
    label: str | None = None
    pixel_size: float = 9.0
    description: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class CzmlLine:
    """A straight line between two entities, shown while a contact lasts.

    Attributes
    ----------
    id, name : str
        Unique key without ``#``, and what the viewer shows.
    ends : (2,) str
        Keys of the two entities.
    windows : Windows
        When the line is shown.
    color : (4,) int
        Red, green, blue, opacity, 0 to 255.
    width : float [pixel]
        Of the line.
    description : str
        Plain text for the information box.
    """

    id: str
    name: str
    ends: tuple[str, str]
    windows: Windows
    color: Color = WHITE
    width: float = 1.5
    description: str = ""


CzmlEntity = CzmlTrack | CzmlPlace | CzmlLine


def czml_packets(
    document_name: str, clock: CzmlClock, entities: Sequence[CzmlEntity], body: Literal["EARTH", "MOON"] = "EARTH"
) -> list[Packet]:
    """Packets of a CZML document, the document packet first, ready for JSON.

    Parameters
    ----------
    document_name : str
        Title in the viewer.
    clock : CzmlClock
        Span of the view.
    entities : sequence of CzmlTrack, CzmlPlace, CzmlLine
        What to show. A line comes after the entities that it joins.
    body : "EARTH" or "MOON"
        Body that the viewer draws. CZML has no word for it; each packet says it in its properties, and a viewer of the
        Moon must be made with ``Ellipsoid.MOON``.

    Returns
    -------
    list of dict
        JSON values only.

    Raises
    ------
    InvalidInput
        The clock does not run forward, a key is repeated or unknown, samples are not finite or do not rise, or a track
        is in a frame that CZML cannot hold about this body.
    OutsideSpan
        A time lies before 1972, where UTC begins.

    Source
    ------
    Analytical Graphics, CZML Guide and CZML Structure, version 1.0 (github.com/AnalyticalGraphicsInc/czml-writer/wiki).
    """
    if body not in FIXED_FRAMES.values():
        raise InvalidInput(f"CZML can be written about {', '.join(FIXED_FRAMES.values())}; asked for {body!r}")
    current = clock.start if clock.current is None else clock.current
    if not clock.start <= current <= clock.stop or not clock.start < clock.stop or not clock.multiplier > 0.0:
        raise InvalidInput(
            f"the clock must run forward from {clock.start!r} to {clock.stop!r} [s TDB past J2000] with the current "
            "time inside and a positive multiplier; correct it"
        )
    fixed = next(frame for frame, turning in FIXED_FRAMES.items() if turning == body)
    document: Packet = {
        "id": "document",
        "version": "1.0",
        "name": document_name,
        "clock": {
            "interval": _interval(clock.start, clock.stop),
            "currentTime": _moment(current),
            "multiplier": clock.multiplier,
            "range": "LOOP_STOP",
            "step": "SYSTEM_CLOCK_MULTIPLIER",
        },
        "properties": {"centralBody": body, "fixedFrame": fixed},
    }
    packets = [document]
    known: set[str] = {"document"}
    for entity in entities:
        if not entity.id or "#" in entity.id or entity.id in known:
            raise InvalidInput(
                f"CZML key {entity.id!r} is empty, has a '#' or is used twice (and 'document' is taken); choose another"
            )
        if isinstance(entity, CzmlTrack):
            packet = _track(entity, body, fixed)
        elif isinstance(entity, CzmlPlace):
            packet = _place(entity, fixed)
        else:
            packet = _line(entity, clock, known)
        packet["properties"] = {"centralBody": body, **packet.get("properties", {})}
        packets.append(packet)
        known.add(entity.id)
    return packets


def write_czml(
    path: str | os.PathLike[str],
    document_name: str,
    clock: CzmlClock,
    entities: Sequence[CzmlEntity],
    body: Literal["EARTH", "MOON"] = "EARTH",
) -> None:
    """Write a CZML document whole or not at all.

    Parameters
    ----------
    path : path
        Where to write; an existing file is replaced.
    document_name, clock, entities, body
        As in `czml_packets`.

    Raises
    ------
    InvalidInput
        As `czml_packets`.
    """
    packets = czml_packets(document_name, clock, entities, body)
    lines = ",\n".join(json.dumps(packet, separators=(",", ":"), allow_nan=False) for packet in packets)
    write_text(path, f"[\n{lines}\n]\n")


def _track(track: CzmlTrack, body: str, fixed: str) -> Packet:
    tdb = np.asarray(track.tdb, dtype=np.float64)
    positions = np.asarray(track.positions, dtype=np.float64)
    if tdb.ndim != 1 or tdb.size < 2 or positions.shape != (tdb.size, 3):
        raise InvalidInput(
            f"track {track.id!r} needs times (N,) and positions (N, 3), N at least 2; "
            f"got {tdb.shape} and {positions.shape}"
        )
    if not (np.all(np.isfinite(tdb)) and np.all(np.isfinite(positions)) and np.all(np.diff(tdb) > 0.0)):
        raise InvalidInput(f"track {track.id!r} must have finite positions at rising times; cut gaps into two tracks")
    if FIXED_FRAMES.get(track.frame) == body:
        reference = "FIXED"
    elif body == "EARTH" and track.frame in INERTIAL_FRAMES:
        reference = "INERTIAL"
    else:
        allowed = [fixed, *(INERTIAL_FRAMES if body == "EARTH" else ())]
        raise InvalidInput(
            f"track {track.id!r} is in {track.frame}, but about the {body} CZML holds {', '.join(allowed)}: "
            "turn the positions first (rotation() in foundation.frames)"
        )
    epoch = _moment(float(tdb[0]))
    origin = tai_seconds(parse_times([epoch], "UTC"))[0]
    offsets = np.round(tai_seconds(tdb) - origin, OFFSET_DECIMALS)
    samples = np.column_stack((offsets, np.round(positions, POSITION_DECIMALS)))
    packet: Packet = {
        "id": track.id,
        "name": track.name,
        "availability": _interval(float(tdb[0]), float(tdb[-1])),
        "position": {
            "epoch": epoch,
            "cartesian": samples.ravel().tolist(),
            "referenceFrame": reference,
            "interpolationAlgorithm": "LAGRANGE",
            "interpolationDegree": min(INTERPOLATION_DEGREE, tdb.size - 1),
            # Dates are written in whole milliseconds: the position holds over what rounding cuts off the ends.
            "forwardExtrapolationType": "HOLD",
            "forwardExtrapolationDuration": DATE_RESOLUTION,
            "backwardExtrapolationType": "HOLD",
            "backwardExtrapolationDuration": DATE_RESOLUTION,
        },
        "properties": {"frame": track.frame},
        **_marker(track),
    }
    if track.path_width > 0.0:
        packet["path"] = {
            "width": track.path_width,
            "leadTime": track.lead_time,
            "trailTime": track.trail_time,
            "resolution": float(np.round(np.median(np.diff(tdb)), 3)),
            "material": _solid(track.color),
        }
    return packet


def _place(place: CzmlPlace, fixed: str) -> Packet:
    position = [float(value) for value in place.position]
    if len(position) != 3 or not np.all(np.isfinite(position)):
        raise InvalidInput(f"place {place.id!r} needs three finite coordinates [m]; got {place.position!r}")
    return {
        "id": place.id,
        "name": place.name,
        "position": {"cartesian": [round(value, POSITION_DECIMALS) for value in position], "referenceFrame": "FIXED"},
        "properties": {"frame": fixed},
        **_marker(place),
    }


def _line(line: CzmlLine, clock: CzmlClock, known: set[str]) -> Packet:
    for end in line.ends:
        if end not in known or end == "document":
            raise InvalidInput(f"line {line.id!r} joins {end!r}, which no entity before it is; put the line after it")
    shown = Windows.of(line.windows.starts, line.windows.stops, (clock.start, clock.stop))
    # Outside its intervals Cesium shows a property by default, so the gaps say false themselves.
    gaps = ~shown
    edges = [(a, b, True) for a, b in zip(shown.starts.tolist(), shown.stops.tolist(), strict=True)]
    edges += [(a, b, False) for a, b in zip(gaps.starts.tolist(), gaps.stops.tolist(), strict=True)]
    packet: Packet = {
        "id": line.id,
        "name": line.name,
        "availability": _interval(clock.start, clock.stop),
        "polyline": {
            "positions": {"references": [f"{end}#position" for end in line.ends]},
            "arcType": "NONE",
            "width": line.width,
            "material": _solid(line.color),
            "show": [{"interval": _interval(a, b), "boolean": on} for a, b, on in sorted(edges)],
        },
    }
    return packet | _description(line.description)


def _marker(entity: CzmlTrack | CzmlPlace) -> Packet:
    packet: Packet = {"point": {"pixelSize": entity.pixel_size, "color": _rgba(entity.color)}}
    if entity.label is not None:
        packet["label"] = {
            "text": entity.label,
            "font": FONT,
            "fillColor": _rgba(entity.color),
            "horizontalOrigin": "LEFT",
            "pixelOffset": {"cartesian2": [10.0, 0.0]},
        }
    return packet | _description(entity.description)


def _description(text: str) -> Packet:
    """The viewer takes a description as HTML, so plain text is escaped."""
    from html import escape

    return {"description": escape(text)} if text else {}


def _rgba(color: Color) -> Packet:
    if len(color) != 4 or not all(isinstance(part, int) and 0 <= part <= 255 for part in color):
        raise InvalidInput(f"a colour is red, green, blue and opacity from 0 to 255; got {color!r}")
    return {"rgba": list(color)}


def _solid(color: Color) -> Packet:
    return {"solidColor": {"color": _rgba(color)}}


def _moment(tdb: float) -> str:
    return format_times(np.array([tdb]), "UTC", digits=3)[0] + "Z"


def _interval(start: float, stop: float) -> str:
    first, last = format_times(np.array([start, stop]), "UTC", digits=3)
    return f"{first}Z/{last}Z"
