"""What `moonstead asteroid effects` takes: sites on the command line, an impact in a file."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from moonstead.foundation.errors import InvalidInput, MissingData

MEGATON_J = 4.184e15  # [J]


def sites_of(texts: list[str] | None) -> list[tuple[str, tuple[float, float]]]:
    """Names and places [rad] of sites written as ``NAME=LAT,LON`` or ``LAT,LON``."""
    found = []
    for text in texts or []:
        name, _, place = text.rpartition("=")
        parts = place.split(",")
        try:
            latitude, longitude = (float(part) for part in parts)
        except ValueError:
            raise InvalidInput(f"--site {text}: write NAME=LATITUDE,LONGITUDE in degrees, as hub=-88.8,123.4") from None
        if not (abs(latitude) <= 90.0 and abs(longitude) <= 360.0):
            raise InvalidInput(f"--site {text}: no such place; latitudes run from -90 to 90 degrees")
        found.append((name or f"{latitude:g}, {longitude:g}", (math.radians(latitude), math.radians(longitude))))
    return found


def impact_of_file(path: Path) -> dict[str, Any]:
    """Most probable impact on the Moon in an answer of `moonstead asteroid impact --json`."""
    if not path.is_file():
        raise MissingData(f"there is no file {path}; write one with `moonstead asteroid impact ... --json > {path}`")
    try:
        answer = json.loads(path.read_text())
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise InvalidInput(
            f"{path.name} is no JSON: {error}; it is made by `moonstead asteroid impact ... --json`"
        ) from None
    moon = answer.get("moon") if isinstance(answer, dict) else None
    if not isinstance(moon, dict):
        raise InvalidInput(
            f"{path.name} has no answer for the Moon: the key 'moon' of `asteroid impact --json` is missing"
        )
    impactors = [one for one in moon.get("virtual_impactors") or [] if isinstance(one, dict)]
    if not impactors:
        chance = moon.get("probability")
        raise InvalidInput(
            f"{path.name} knows no impact on the Moon (probability {chance}); there is nothing to work out"
        )
    best = max(impactors, key=lambda one: _number(one, "probability") or 0.0)
    needed = {name: _number(best, name) for name in ("latitude_deg", "longitude_deg", "speed_m_s")}
    lacking = [name for name, value in needed.items() if value is None]
    if lacking:
        raise InvalidInput(f"the virtual impactor in {path.name} lacks {', '.join(lacking)}")
    energy = _number(best, "energy_mt", "energy_j")
    if energy is not None and "energy_mt" not in best:
        energy /= MEGATON_J
    return {
        "latitude_deg": needed["latitude_deg"],
        "longitude_deg": needed["longitude_deg"],
        "speed_km_s": (needed["speed_m_s"] or math.nan) / 1e3,
        "angle_deg": _number(best, "elevation_deg", "angle_deg"),
        "energy_mt": energy,
        "diameter_m": None if energy is not None else _number(answer, "diameter_m"),
        "probability": _number(best, "probability"),
    }


def _number(table: dict[str, Any], *names: str) -> float | None:
    """First of some keys that holds a number, or an object with a value."""
    for name in names:
        value = table.get(name)
        if isinstance(value, dict):
            value = value.get("value", value.get("nominal"))
        if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
            return float(value)
    return None
