"""What the commands about planets share: dates, bodies, and the answer for one arc."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from moonstead.foundation.constants import SECONDS_PER_DAY

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext
    from moonstead.orbits.transfers.interplanetary_bodies import HeliocentricBody
    from moonstead.orbits.transfers.porkchop_minima import BallisticArc

EARTHS = {"earth-barycentre": "EARTH BARYCENTER", "earth-barycenter": "EARTH BARYCENTER", "earth": "EARTH"}
BARYCENTERS = ("MERCURY", "VENUS", "MARS", "JUPITER", "SATURN", "URANUS", "NEPTUNE", "PLUTO")


def date_window(text: str, scale: str = "TDB") -> tuple[float, float]:
    """First and last time [s TDB past J2000] of ``2026-06-01..2027-03-01``.

    Raises
    ------
    InvalidInput
        There are not two dates, or the second is not the later one.
    """
    from moonstead.foundation.errors import InvalidInput
    from moonstead.foundation.time.epoch import Epoch

    parts = text.split("..")
    if len(parts) != 2:
        raise InvalidInput(f"a window is two dates with .. between them, as 2026-06-01..2027-03-01; got {text!r}")
    first, last = (Epoch.parse(part if "T" in part else f"{part}T00:00:00", scale).tdb() for part in parts)
    if not first < last:
        raise InvalidInput(f"the window {text} ends before it begins: give the earlier date first")
    return first, last


def day_span(text: str) -> tuple[float, float]:
    """Least and longest time [s] of ``150..400``, in days.

    Raises
    ------
    InvalidInput
        There are not two positive numbers, the second the larger one.
    """
    from moonstead.foundation.errors import InvalidInput

    try:
        low, high = (float(part) for part in text.split(".."))
    except ValueError:
        raise InvalidInput(
            f"times of flight are two numbers of days with .. between, as 150..400; got {text!r}"
        ) from None
    if not 0.0 < low < high < math.inf:
        raise InvalidInput(f"times of flight need 0 < least < longest; got {text!r}")
    return low * SECONDS_PER_DAY, high * SECONDS_PER_DAY


def date_text(tdb: float) -> str:
    """Date and time in TDB to the minute."""
    from moonstead.foundation.time.epoch import Epoch

    return Epoch.from_tdb(60.0 * round(tdb / 60.0)).text("TDB", 0)[:16]


def heliocentric_body(name: str, data: DataContext, elements: str | None = None) -> HeliocentricBody:
    """Body of a name: Earth or its barycentre, a planet by its barycentre, an id of a kernel, or given elements.

    Raises
    ------
    InvalidInput
        Nothing has the name, or the elements are not understood.
    """
    from moonstead.orbits.transfers.interplanetary_bodies import EphemerisBody

    if elements is not None:
        return _of_elements(name, elements)
    wanted = name.strip()
    if wanted.lower() in EARTHS:
        return EphemerisBody(EARTHS[wanted.lower()], data)
    if wanted.upper() in BARYCENTERS:
        return EphemerisBody(f"{wanted.upper()} BARYCENTER", data)
    if wanted.lstrip("-").isdigit():
        return EphemerisBody(int(wanted), data)
    named = [segment for segment in data.ephemeris.segments if segment.name.strip().lower() == wanted.lower()]
    if named:
        return EphemerisBody(named[-1].target, data)
    return EphemerisBody(_known(wanted), data)


def _known(name: str) -> str:
    from moonstead.foundation.bodies import body

    return body(name).name


def _of_elements(name: str, text: str) -> HeliocentricBody:
    from moonstead.foundation.errors import InvalidInput
    from moonstead.foundation.time.epoch import Epoch
    from moonstead.foundation.units import parse_quantity
    from moonstead.orbits.transfers.interplanetary_bodies import body_of_elements

    needed = ("epoch", "q", "e", "i", "node", "argument")
    given = dict(part.split("=", 1) for part in text.replace(" ", "").split(",") if "=" in part)
    missing = [key for key in needed if key not in given]
    if missing or ("mean" in given) == ("perihelion" in given) or len(given) != 7:
        raise InvalidInput(
            "elements are written epoch=2026-01-01,q=0.85au,e=0.66,i=3.4deg,node=271deg,argument=134deg and either "
            f"mean=40deg or perihelion=2025-11-20; {', '.join(missing) or 'one of them'} is missing in {text!r}"
        )

    def time(key: str) -> float:
        word = given[key]
        return Epoch.parse(word if "T" in word else f"{word}T00:00:00", "TDB").tdb()

    angles = {key: parse_quantity(given[key], "angle") for key in ("i", "node", "argument")}
    try:
        eccentricity = float(given["e"])
    except ValueError:
        raise InvalidInput(f"the eccentricity e must be a number; got {given['e']!r}") from None
    return body_of_elements(
        name,
        time("epoch"),
        perihelion=parse_quantity(given["q"], "length"),
        eccentricity=eccentricity,
        inclination=angles["i"],
        node=angles["node"],
        argument_of_perihelion=angles["argument"],
        anomaly=parse_quantity(given["mean"], "angle") if "mean" in given else None,
        perihelion_tdb=time("perihelion") if "perihelion" in given else None,
    )


def arc_answer(arc: BallisticArc) -> dict[str, Any]:
    """One arc with units in the keys."""
    return {
        "type": arc.kind,
        "minimum_c3_km2_s2": arc.c3 / 1e6,
        "departure": date_text(arc.departure_tdb),
        "arrival": date_text(arc.arrival_tdb),
        "time_of_flight_d": arc.duration / SECONDS_PER_DAY,
        "transfer_angle_deg": math.degrees(arc.angle),
        "departure_v_infinity_km_s": math.sqrt(arc.c3) / 1e3,
        "departure_declination_deg": math.degrees(arc.declination),
        "departure_right_ascension_deg": math.degrees(arc.right_ascension),
        "arrival_v_infinity_km_s": arc.arrival_speed / 1e3,
        "revolutions": arc.revolutions,
        "branch": arc.branch if arc.revolutions else None,
        "held_by": list(arc.edges),
    }


ARC_HEADINGS = ["type", "C3 km2/s2", "departure", "arrival", "days", "angle", "declination", "arrival km/s", "held by"]


def arc_cells(row: dict[str, Any]) -> list[str]:
    """Cells of a table for one `arc_answer`."""
    return [
        row["type"],
        f"{row['minimum_c3_km2_s2']:.3f}",
        row["departure"],
        row["arrival"],
        f"{row['time_of_flight_d']:.1f}",
        f"{row['transfer_angle_deg']:.1f}",
        f"{row['departure_declination_deg']:.1f}",
        f"{row['arrival_v_infinity_km_s']:.3f}",
        ", ".join(row["held_by"]),
    ]


def write_grid(path: Path, grid: Any) -> None:
    """Write a porkchop as CSV: one row for each pair of dates that an arc joins."""
    import csv

    import numpy as np

    leaving = [date_text(time) for time in grid.departure_tdb]
    reaching = [date_text(time) for time in grid.arrival_tdb]
    with path.open("w", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(
            ["departure_tdb", "arrival_tdb", "c3_km2_s2", "arrival_v_infinity_km_s", "declination_deg", "angle_deg"]
        )
        for i, j in np.argwhere(np.isfinite(grid.c3)):
            rows.writerow(
                [
                    leaving[i],
                    reaching[j],
                    f"{grid.c3[i, j] / 1e6:.6g}",
                    f"{grid.arrival_v_infinity[i, j] / 1e3:.6g}",
                    f"{math.degrees(grid.declination[i, j]):.4f}",
                    f"{math.degrees(grid.angle[i, j]):.4f}",
                ]
            )
