"""What the commands about lunar orbits have in common: quantities, forces, dates and ephemerides."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from moonstead.dynamics.forces import ForceModel
    from moonstead.dynamics.trajectory import Trajectory
    from moonstead.orbits.keeping.keeping_errors import KeepingErrors
    from moonstead.orbits.lunar.coverage import Coverage
    from moonstead.orbits.lunar.lifetime import Lifetime

DAY, YEAR = 86_400.0, 365.25 * 86_400.0  # [s]
LOW = 2000e3  # [m] of aposelene altitude: below, the field is taken to degree 50
LOW_DEGREE, HIGH_DEGREE = 50, 20
PLANETS = ("VENUS BARYCENTER", "MARS BARYCENTER", "JUPITER BARYCENTER")
MOST_ROWS = 100_000


def quantity(text: str, dimension: str, unit: str) -> float:
    """Value in SI of a quantity; a bare number has the unit that the option's help names."""
    from moonstead.foundation.errors import InvalidInput
    from moonstead.foundation.units import parse_quantity

    try:
        number = float(text)
    except ValueError:
        return parse_quantity(text, dimension)
    if not math.isfinite(number):
        raise InvalidInput(f"{text!r} is not a finite number; write it with its unit, for example 62.4 {unit}")
    return parse_quantity(f"{number!r} {unit}", dimension)


def lunar_forces(aposelene: float, degree: int | None, mass: float | None, area: float | None) -> ForceModel:
    """Moon's field, Earth, Sun, planets, and radiation pressure where the mass [kg] and area [m2] are known."""
    from moonstead.dynamics.forces import ForceModel, Radiation
    from moonstead.foundation.errors import InvalidInput

    if (mass is None) != (area is None):
        raise InvalidInput("radiation pressure needs both --mass and --area")
    return ForceModel(
        degree=degree if degree is not None else (LOW_DEGREE if aposelene < LOW else HIGH_DEGREE),
        third_bodies=("EARTH", "SUN", *PLANETS),
        mass=mass,
        radiation=Radiation(area, 1.3) if area is not None else None,
    )


def force_words(model: ForceModel) -> str:
    """The forces in one line."""
    light = ", radiation pressure" if model.radiation is not None else ""
    return f"GRAIL to degree {model.degree}, {', '.join(name.title() for name in model.third_bodies)}{light}"


def date(tdb: float) -> str:
    """Time as UTC, to the second."""
    from moonstead.foundation.time.epoch import Epoch

    return f"{Epoch.from_tdb(tdb).text('UTC', 0)}Z"


def life_answer(life: Lifetime, wanted: float) -> dict[str, Any]:
    """Lifetime with units in the keys."""
    impact = life.impact
    months, lowest = life.lowest_by(max(30.0 * DAY, wanted / 120.0))
    return {
        "survives": impact is None,
        "lifetime_d": life.duration / DAY,
        "followed_d": wanted / DAY,
        "impact_utc": None if impact is None else date(impact.tdb),
        "impact_latitude_deg": None if impact is None else math.degrees(impact.latitude),
        "impact_longitude_deg": None if impact is None else math.degrees(impact.longitude),
        "impact_surface": None if impact is None else impact.surface,
        "minimum_altitude_km": life.lowest_altitude / 1e3,
        "minimum_altitude_utc": date(life.lowest_tdb),
        "least_clearance_km": life.least_clearance / 1e3,
        "lowest_by_epoch": [
            {"from_utc": date(float(start)), "minimum_altitude_km": float(low) / 1e3}
            for start, low in zip(months, lowest, strict=True)
        ],
    }


def coverage_answer(seen: Coverage) -> dict[str, Any]:
    """Coverage with units in the keys."""
    return {
        "fraction": seen.fraction,
        "worst_gap_h": seen.worst_gap / 3600.0,
        "gaps": len(seen.gaps),
        "worst_30_days_fraction": float(min(seen.worst_by(30.0 * DAY), default=seen.fraction)),
    }


def write_orbit(path: Path, trajectory: Trajectory, step: float) -> None:
    """Write a trajectory as a CCSDS orbit ephemeris message."""
    import numpy as np

    from moonstead.formats.oem import Oem, OemHeader, write_oem
    from moonstead.formats.oem_trajectory import oem_segment
    from moonstead.foundation.errors import InvalidInput
    from moonstead.foundation.time.epoch import Epoch

    first, last = trajectory.span
    if (last - first) / step > MOST_ROWS:
        raise InvalidInput(f"an ephemeris of {(last - first) / step:.0f} rows is too long: take a longer --oem-step")
    tdb = np.append(np.arange(first, last, step), last)
    write_oem(path, Oem(OemHeader("MOONSTEAD", Epoch.from_tdb(first)), (oem_segment(trajectory, tdb),)))


def keeping_errors(navigation: str, execution: str, unloads: str) -> KeepingErrors:
    """Errors of station keeping from three standard deviations: place, speed; share, angle; speed."""
    from moonstead.dynamics.dispersions import BurnErrors
    from moonstead.foundation.errors import InvalidInput
    from moonstead.foundation.units import parse_quantity
    from moonstead.orbits.keeping.keeping_errors import KeepingErrors

    numbers = []
    for option, text, kinds in (
        ("--navigation", navigation, ("length", "speed")),
        ("--execution", execution, ("ratio", "angle")),
        ("--unloads", unloads, ("speed",)),
    ):
        words = [word.strip() for word in text.split(",")]
        if len(words) != len(kinds):
            raise InvalidInput(f"{option} {text!r} must be a {' and a '.join(kinds)}, with a comma between")
        numbers += [parse_quantity(word, kind) / 3.0 for word, kind in zip(words, kinds, strict=True)]
    place, speed, size, direction, residual = numbers
    return KeepingErrors(place, speed, BurnErrors(0.0, size, 0.0, direction), unload=residual)
