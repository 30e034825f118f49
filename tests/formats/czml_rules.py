"""What the CZML Guide asks of a document, as a strict check of every key and value that this library may write."""

from __future__ import annotations

import math
import re
from itertools import pairwise
from typing import Any

MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z")
EXTRAPOLATION = {"NONE", "HOLD", "EXTRAPOLATE"}
Path = str


def check_document(packets: Any) -> None:
    """Raise AssertionError at the first thing that the CZML Guide does not allow."""
    assert isinstance(packets, list) and packets, "a document is an array of packets"
    first = packets[0]
    assert first["id"] == "document" and first["version"] == "1.0", "the document packet comes first"
    _keys(first, {"id", "version", "name", "clock", "properties"}, "document")
    _text(first["name"], "name")
    clock = first["clock"]
    _keys(clock, {"interval", "currentTime", "multiplier", "range", "step"}, "clock")
    start, stop = interval(clock["interval"])
    assert start <= moment(clock["currentTime"]) <= stop
    assert _number(clock["multiplier"]) > 0.0
    assert clock["range"] in {"UNBOUNDED", "CLAMPED", "LOOP_STOP"}
    assert clock["step"] in {"TICK_DEPENDENT", "SYSTEM_CLOCK_MULTIPLIER", "SYSTEM_CLOCK"}
    seen = {"document"}
    for packet in packets[1:]:
        _packet(packet, seen)
        assert packet["id"] not in seen, f"key {packet['id']} is used twice"
        seen.add(packet["id"])


def moment(text: Any) -> str:
    """ISO 8601 in UTC; texts of one length compare like times."""
    assert isinstance(text, str) and MOMENT.fullmatch(text), f"{text!r} is not ISO 8601 with Z"
    return text


def interval(text: Any) -> tuple[str, str]:
    """Both ends of an interval that does not run backwards."""
    start, slash, stop = text.partition("/")
    assert slash and moment(start) <= moment(stop), f"{text!r} is not an interval"
    return start, stop


def _packet(packet: Any, seen: set[str]) -> None:
    known = {
        "id",
        "name",
        "availability",
        "description",
        "position",
        "point",
        "label",
        "path",
        "polyline",
        "properties",
    }
    _keys(packet, known, "packet")
    _text(packet["id"], "id")
    _text(packet["name"], "name")
    if "availability" in packet:
        interval(packet["availability"])
    if "description" in packet:
        _text(packet["description"], "description")
        assert "<" not in packet["description"], "plain text is escaped"
    for key, check in (("position", _position), ("point", _point), ("label", _label), ("path", _path)):
        if key in packet:
            check(packet[key])
    if "polyline" in packet:
        _polyline(packet["polyline"], seen)
    for value in packet.get("properties", {}).values():
        _text(value, "properties")


def _position(value: Any) -> None:
    samples = {"epoch", "interpolationAlgorithm", "interpolationDegree"}
    edges = {f"{way}Extrapolation{what}" for way in ("forward", "backward") for what in ("Type", "Duration")}
    _keys(value, {"cartesian", "referenceFrame"} | samples | edges, "position")
    assert value["referenceFrame"] in {"FIXED", "INERTIAL"}
    numbers = [_number(one) for one in value["cartesian"]]
    if len(numbers) == 3:
        assert not samples & set(value)
        return
    assert len(numbers) % 4 == 0 and len(numbers) >= 8, "samples are [time, x, y, z, ...]"
    moment(value["epoch"])
    times = numbers[::4]
    assert all(a < b for a, b in pairwise(times)), "sample times rise"
    assert value["interpolationAlgorithm"] in {"LINEAR", "LAGRANGE", "HERMITE"}
    assert 1 <= value["interpolationDegree"] <= min(len(times) - 1, 12)
    for way in ("forward", "backward"):
        assert value[f"{way}ExtrapolationType"] in EXTRAPOLATION
        assert _number(value[f"{way}ExtrapolationDuration"]) >= 0.0


def _point(value: Any) -> None:
    _keys(value, {"pixelSize", "color"}, "point")
    assert _number(value["pixelSize"]) > 0.0
    _color(value["color"])


def _label(value: Any) -> None:
    _keys(value, {"text", "font", "fillColor", "horizontalOrigin", "pixelOffset"}, "label")
    _text(value["text"], "text")
    _text(value["font"], "font")
    _color(value["fillColor"])
    assert value["horizontalOrigin"] in {"LEFT", "CENTER", "RIGHT"}
    assert len([_number(one) for one in value["pixelOffset"]["cartesian2"]]) == 2


def _path(value: Any) -> None:
    _keys(value, {"width", "leadTime", "trailTime", "resolution", "material"}, "path")
    assert _number(value["leadTime"]) >= 0.0 and _number(value["trailTime"]) >= 0.0
    assert _number(value["width"]) > 0.0 and _number(value["resolution"]) > 0.0
    _material(value["material"])


def _polyline(value: Any, seen: set[str]) -> None:
    _keys(value, {"positions", "arcType", "width", "material", "show"}, "polyline")
    references = value["positions"]["references"]
    assert len(references) >= 2
    for reference in references:
        key, hash_sign, name = reference.partition("#")
        assert hash_sign and name == "position" and key in seen, f"{reference} points to nothing"
    assert value["arcType"] in {"NONE", "GEODESIC", "RHUMB"}
    assert _number(value["width"]) > 0.0
    _material(value["material"])
    previous = None
    for one in value["show"]:
        _keys(one, {"interval", "boolean"}, "show")
        start, stop = interval(one["interval"])
        assert isinstance(one["boolean"], bool)
        assert previous in (None, start), "intervals leave no gap, in which Cesium would show the line"
        previous = stop


def _material(value: Any) -> None:
    _keys(value, {"solidColor"}, "material")
    _color(value["solidColor"]["color"])


def _color(value: Any) -> None:
    _keys(value, {"rgba"}, "color")
    assert len(value["rgba"]) == 4
    assert all(isinstance(part, int) and 0 <= part <= 255 for part in value["rgba"])


def _keys(value: Any, allowed: set[str], where: Path) -> None:
    assert isinstance(value, dict) and set(value) <= allowed, f"{where}: {set(value) - allowed} is not CZML"


def _text(value: Any, where: Path) -> None:
    assert isinstance(value, str) and value, f"{where} must be text"


def _number(value: Any) -> float:
    assert isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return float(value)
