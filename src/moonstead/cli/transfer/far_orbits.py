"""What the commands about orbits far from the Moon's ground share: their names, their flight, the answer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from moonstead.foundation.constants import SECONDS_PER_DAY

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext
    from moonstead.orbits.three_body.flown import FlownOrbit
    from moonstead.orbits.three_body.periodic_orbit import PeriodicOrbit

USUAL = {
    "nrho": "nrho:L2,south,6.5625d",  # the 9:2 resonance of the Gateway
    "dro": "dro:13.4d",
    "halo": "halo:L2,south,14.5d",
}
MONTH = re.compile(r"\d{4}-\d{2}")


def is_far(text: str) -> bool:
    """Whether a text names an orbit of a family, rather than a low orbit."""
    return not text.strip().lower().startswith("llo")


def far_orbit(text: str) -> PeriodicOrbit:
    """Periodic orbit of ``nrho``, ``halo:L2,south,14.5d`` or ``dro:13.4d``.

    Raises
    ------
    InvalidInput
        The text is not of that form, or the family has no such member; the message says what there is.
    """
    from moonstead.foundation.errors import InvalidInput
    from moonstead.foundation.units import parse_quantity
    from moonstead.orbits.three_body.families import periodic_orbit

    family, _, rest = USUAL.get(text.strip().lower(), text).partition(":")
    parts = [part.strip() for part in rest.split(",") if part.strip()]
    points = [part.upper() for part in parts if re.fullmatch(r"[Ll][1-5]", part)]
    branches = [part.lower() for part in parts if part.lower() in ("north", "south", "east", "west")]
    periods = [part for part in parts if part[:1].isdigit()]
    if len(points) > 1 or len(branches) > 1 or len(periods) != 1 or len(points + branches + periods) < len(parts):
        raise InvalidInput(
            f"an orbit is written as {', '.join(USUAL)}, or as halo:L2,south,14.5d (family: point, branch, period), or "
            f"as llo:100km,90deg; got {text!r}"
        )
    return periodic_orbit(
        family.strip().lower(),
        point=points[0] if points else None,
        branch=branches[0] if branches else None,
        period=parse_quantity(periods[0], "time"),
    )


def flown_far_orbit(orbit: PeriodicOrbit, first: float, last: float, data: DataContext) -> FlownOrbit:
    """The orbit in the full model from before one time to after another [s TDB past J2000].

    Raises
    ------
    NumericalFailure
        Its arcs do not join.
    """
    import math

    from moonstead.orbits.three_body.flown import fly_periodic_orbit
    from moonstead.orbits.transfers.cislunar import cislunar_forces

    count = math.ceil((last - first) / orbit.duration * 1.05) + 1
    return fly_periodic_orbit(orbit, first, count, cislunar_forces().near_moon, data, name=orbit.family)


def orbit_answer(orbit: PeriodicOrbit) -> dict[str, Any]:
    """Which orbit it is: units in the keys."""
    return {
        "family": orbit.family,
        "point": orbit.point,
        "branch": orbit.branch,
        "period_d": orbit.duration / SECONDS_PER_DAY,
        "jacobi": orbit.jacobi,
        "constants": orbit.system.source,
    }


def months_too(text: str) -> str:
    """A window of dates in which ``2030-01..2030-03`` means from the first day to the last of those months."""
    import calendar

    parts = text.split("..")
    if MONTH.fullmatch(parts[0]):
        parts[0], begin = f"{parts[0]}-01", parts[0]
        if len(parts) == 1:
            parts.append(begin)
    if MONTH.fullmatch(parts[-1]):
        year, month = (int(number) for number in parts[-1].split("-"))
        if 1 <= month <= 12:
            parts[-1] = f"{parts[-1]}-{calendar.monthrange(year, month)[1]:02d}"
    return "..".join(parts)
