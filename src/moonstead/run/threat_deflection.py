"""How a threat could be moved: pushes that turn its most probable impact into a miss, and what a strike gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from moonstead.foundation.errors import MoonsteadError
from moonstead.run.moments import utc_text
from moonstead.run.tables import Table
from moonstead.run.task import Figure, TaskOutput
from moonstead.run.threat_orbit import pulls
from moonstead.run.threat_tables import plain_table

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext
    from moonstead.smallbodies.effects.interval import Interval
    from moonstead.smallbodies.motion.orbit import SmallBodyOrbit
    from moonstead.smallbodies.orbit_fit.ranged_orbit import RangedOrbit

SOONEST = 86_400.0  # [s] after the epoch of the orbit
UNITS = {
    "kind": "text",
    "tdb": "s TDB past J2000",
    "utc": "UTC",
    "lead": "s",
    "delta_v": "m/s",
    "along": "m/s",
    "distance": "m",
    "proved": "1",
}


def threat_deflection(
    said: dict[str, Any],
    orbit: SmallBodyOrbit | RangedOrbit,
    size: dict[str, Any] | None,
    impactors: Table,
    data: DataContext,
) -> TaskOutput:
    """Find pushes that turn the most probable impact of a threat into a miss, and what a strike would give.

    Parameters
    ----------
    said : dict
        What the scenario says of the threat.
    orbit : SmallBodyOrbit or RangedOrbit
        Its orbit.
    size : dict or None
        Facts about its mass.
    impactors : Table
        Its virtual impactors.
    data : DataContext
        Ephemeris.

    Returns
    -------
    TaskOutput
        With the reason in its facts where nothing can be told.
    """
    from moonstead.smallbodies.orbit_fit.ranged_orbit import RangedOrbit

    chance = impactors.columns["probability"]
    if isinstance(orbit, RangedOrbit):
        return TaskOutput(facts={"why_not": "the arc is too short for one orbit: what would be pushed is not known"})
    if not chance.size:
        return TaskOutput(facts={"why_not": "no orbit that agrees with the observations hits: nothing is to be moved"})
    worst = int(np.argmax(chance))
    body, tdb = str(impactors.columns["body"][worst]), float(impactors.columns["tdb"][worst])
    try:
        facts, rows = _pushes(said["deflection"], orbit, body, tdb, data)
    except MoonsteadError as error:
        return TaskOutput(facts={"why_not": str(error)}, warnings=(f"{said['name']}: no deflection: {error}",))
    given = None if size is None else _delivered(said["deflection"], size)
    facts |= {"delivered": None if given is None else given.as_dict(), "why_not": None}
    text = "Changes of velocity that bring the wanted miss, each flown again to prove it."
    table = plain_table(f"threat-deflection.{said['id']}", rows, UNITS, text)
    best = min((row for row in rows if row[-1]), key=lambda row: row[4], default=None)
    figures: tuple[Figure, ...] = ()
    if best is not None:
        how = f"for {facts['miss'] / 1e3:.0f} km from the centre of the {body.title()}, pushed on {best[2][:10]}"
        figures = (Figure(f"{said['name']}: least change of velocity that makes it miss", best[4], "m/s", how),)
    return TaskOutput((table,), figures=figures, facts=facts, models=("small-bodies", "deflection", "de440"))


def _pushes(
    wanted: dict[str, Any], orbit: SmallBodyOrbit, body: str, tdb: float, data: DataContext
) -> tuple[dict[str, Any], list[tuple[Any, ...]]]:
    from moonstead.foundation.errors import InvalidInput
    from moonstead.smallbodies.deflection.impactor import most_likely_impactor
    from moonstead.smallbodies.deflection.needed import needed_pushes
    from moonstead.smallbodies.deflection.pushes import least_distance, passage, push_effect

    pull = pulls(data, orbit.tdb, tdb + 40.0 * SOONEST)
    met, moved, sigmas = passage(orbit, body, tdb, pull), orbit, 0.0
    if least_distance(met, pull) >= wanted["miss"] or not met.impact:
        likely = most_likely_impactor(orbit, met, pull)
        moved, met, sigmas = likely.orbit, likely.encounter, likely.sigmas
    times = np.sort([met.tdb - lead for lead in wanted["leads"] if met.tdb - lead > moved.tdb + SOONEST])
    if not times.size:
        raise InvalidInput("every time of `leads` lies before the epoch of the orbit; give shorter ones")
    effect = push_effect(moved, met, times, pull)
    rows = [
        (one.kind, one.tdb, str(utc_text([one.tdb])[0]), one.lead, one.size, one.along, one.distance, one.proved)
        for one in needed_pushes(effect, wanted["miss"], pull)
    ]
    facts = {
        "body": body,
        "encounter_utc": str(utc_text([met.tdb])[0]),
        "miss": wanted["miss"],
        "sigmas": float(sigmas),
    }
    return facts, rows


def _delivered(wanted: dict[str, Any], size: dict[str, Any]) -> Interval:
    """Change of velocity [m/s] that the strike gives: over the spans of momentum enhancement and of the mass."""
    from moonstead.smallbodies.deflection.kinetic import MOMENTUM_ENHANCEMENT
    from moonstead.smallbodies.effects.interval import Interval

    momentum, mass, gain = wanted["mass"] * wanted["speed"], size["mass"], MOMENTUM_ENHANCEMENT
    return Interval(
        gain.low * momentum / mass["high"],
        gain.nominal * momentum / mass["nominal"],
        gain.high * momentum / mass["low"],
    )
