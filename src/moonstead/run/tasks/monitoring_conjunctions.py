"""Close approaches: who comes near whom about the Earth and the Moon, and how probable a collision is.

``conjunctions``, facts `groups` (per body: objects, passages, slow ones, failures, notes), `assumption`, `told`: table
``conjunctions``, one row for each passage, the most probable collision first: center, first_id, second_id, first_name,
second_name, protected, tdb, tca_utc, miss, radial, along, cross, relative_speed, miss_x, miss_y, sigma_major,
sigma_minor, sigma_angle, hard_body_radius, pc, pc_2d, pc_method, why, flags, limit, assumption; and table
``proximity``, one row for each interval of two slow objects.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from moonstead.foundation.errors import MoonsteadError
from moonstead.run.moments import utc_text
from moonstead.run.monitoring_objects import ScreenedGroup, monitoring_fragment, position_errors, screened_groups
from moonstead.run.tables import Table
from moonstead.run.task import Figure, Task, TaskInputs, TaskOutput
from moonstead.run.trajectories import stored_trajectory
from moonstead.scenario.scenario import Scenario

if TYPE_CHECKING:
    from moonstead.monitoring.screening.screening import Screening

DATASETS = ("de440s", "moon-pa-de440", "earth-orientation", "earth-orientation-final")
MOST_CHECKED = 400  # passages whose probability takes the whole choice of methods; the rest are left out, and counted
ASSUMPTION = (
    "Elements and ephemerides bring no errors: those of the scenario are assumed, one sigma radial, along the track "
    "and across, growing with the days since the epoch; energy is taken as known."
)
UNITS = {
    **dict.fromkeys(("center", "first_name", "second_name", "protected", "pc_method", "why", "flags"), "text"),
    **dict.fromkeys(("first_id", "second_id", "pc", "pc_2d", "limit"), "1"),
    **dict.fromkeys(("miss", "radial", "along", "cross", "miss_x", "miss_y", "sigma_major", "sigma_minor"), "m"),
    "tdb": "s TDB past J2000",
    "tca_utc": "UTC",
    "relative_speed": "m/s",
    "sigma_angle": "rad",
    "hard_body_radius": "m",
    "assumption": "text",
}


def plan(scenario: Scenario) -> list[Task]:
    """One task for all that flies."""
    asked = scenario.monitoring
    if asked is None or (asked.catalogue is None and len(scenario.spacecraft) < 2):
        return []
    crafts = tuple(f"orbit.{craft.id}" for craft in scenario.spacecraft)
    fragment = monitoring_fragment(scenario)
    return [Task("conjunctions", "Close approaches", f"{__name__}:conjunctions", fragment, crafts, DATASETS)]


def conjunctions(inputs: TaskInputs) -> TaskOutput:
    """Screen, and give every passage its probability under the assumed errors."""
    from moonstead.monitoring.screening.screen import screen

    said = inputs.fragment
    flown = {craft: stored_trajectory(inputs.result(f"orbit.{craft}"), inputs.data) for craft in said["crafts"]}
    rows: list[dict[str, Any]] = []
    slow: list[dict[str, Any]] = []
    told: list[dict[str, Any]] = []
    for group in screened_groups(said, flown, inputs.data):
        everyone = said["all_on_all"] or group.center == "MOON"
        if not everyone and not group.protected:
            continue
        primaries = None if everyone else list(group.protected)
        found = screen(group.objects, said["start"], said["stop"], group.distance, primaries=primaries)
        passages, left_out = _passages(said, group, found)
        rows += passages
        slow += _intervals(group, found)
        told.append(_facts(group, found, left_out))
    rows.sort(key=lambda row: (-row["pc"] if row["pc"] == row["pc"] else 0.0, row["tdb"]))
    facts = {"groups": told, "assumption": ASSUMPTION, "told": len(rows)}
    warnings = tuple(note for one in told for note in one["notes"])
    tables = (_table(rows), _slow_table(slow))
    return TaskOutput(
        tables,
        figures=_figures(rows, told),
        facts=facts,
        models=("sgp4", "close-approaches", "collision-probability"),
        warnings=warnings,
    )


def _passages(said: Mapping[str, Any], group: ScreenedGroup, found: Screening) -> tuple[list[dict[str, Any]], int]:
    """Rows of a group's passages, and how many are left out for their number: those of the least probability."""
    from moonstead.foundation.bodies import body
    from moonstead.monitoring.probability.encounter import EARTH_GM
    from moonstead.monitoring.probability.passages import assumed_encounter
    from moonstead.monitoring.probability.plane import foster_2d

    gm = EARTH_GM if group.center == "EARTH" else body(group.center).gm
    passages = found.encounters
    first = group.objects.pair_states(passages.first_row, passages.tdb_tca)[0]
    second = group.objects.pair_states(passages.second_row, passages.tdb_tca)[0]
    encounters = []
    for row in range(len(passages)):
        places = (int(passages.first_row[row]), int(passages.second_row[row]))
        sigmas = [_errors(said, group, place, passages.tdb_tca[row]) for place in places]
        radius = sum(_of_protected(said, group, place, "hard_body_radius") for place in places)
        try:
            case = assumed_encounter(first[row], second[row], sigmas[0], sigmas[1], radius, gm)
        except MoonsteadError:
            continue  # an unbound path meets once and far away; screening tells its distance in its own table
        encounters.append((row, case, foster_2d(case)))
    encounters.sort(key=lambda one: -one[2])
    kept = encounters[:MOST_CHECKED]
    return [_row(said, group, found, row, case) for row, case, _ in kept], len(passages) - len(kept)


def _row(said: Mapping[str, Any], group: ScreenedGroup, found: Screening, row: int, case: Any) -> dict[str, Any]:
    from moonstead.monitoring.probability.choose import choose
    from moonstead.monitoring.probability.passages import plane_picture

    passages = found.encounters
    places = (int(passages.first_row[row]), int(passages.second_row[row]))
    picture = plane_picture(case)
    values: dict[str, Any] = {
        "center": group.center,
        "first_id": int(passages.first_id[row]),
        "second_id": int(passages.second_id[row]),
        "first_name": _name(group, places[0]),
        "second_name": _name(group, places[1]),
        "protected": ", ".join(group.protected[place] for place in places if place in group.protected),
        "tdb": float(passages.tdb_tca[row]),
        "miss": float(passages.miss_distance[row]),
        "radial": float(passages.radial[row]),
        "along": float(passages.along[row]),
        "cross": float(passages.cross[row]),
        "relative_speed": float(passages.relative_speed[row]),
        "miss_x": picture.miss_x,
        "miss_y": picture.miss_y,
        "sigma_major": picture.sigma_major,
        "sigma_minor": picture.sigma_minor,
        "sigma_angle": picture.angle,
        "hard_body_radius": case.hard_body_radius,
        "limit": min(_of_protected(said, group, place, "probability_limit") for place in places),
        "assumption": "assumed errors",
    }
    try:
        chosen = choose(case, samples=0)
    except MoonsteadError as error:
        return values | {"pc": np.nan, "pc_2d": np.nan, "pc_method": "none", "why": str(error), "flags": ""}
    return values | {
        "pc": chosen.pc,
        "pc_2d": chosen.pc_2d,
        "pc_method": chosen.method,
        "why": chosen.why,
        "flags": ", ".join(chosen.flags),
    }


def _errors(said: Mapping[str, Any], group: ScreenedGroup, place: int, tdb: float) -> Any:
    return position_errors(said, group.protected.get(place), float(tdb - group.epochs[place]))


def _of_protected(said: Mapping[str, Any], group: ScreenedGroup, place: int, key: str) -> float:
    """Value of a protected object, or the scenario's for all others."""
    for one in said["protected"]:
        if one["id"] == group.protected.get(place):
            return float(one[key])
    return float(said[key])


def _name(group: ScreenedGroup, place: int) -> str:
    return group.objects.name[place] or f"object {int(group.objects.object_id[place])}"


def _intervals(group: ScreenedGroup, found: Screening) -> list[dict[str, Any]]:
    slow = found.proximity_intervals
    return [
        {
            "center": group.center,
            "first_id": int(slow.first_id[row]),
            "second_id": int(slow.second_id[row]),
            "first_name": _name(group, int(slow.first_row[row])),
            "second_name": _name(group, int(slow.second_row[row])),
            "start": float(slow.start[row]),
            "stop": float(slow.stop[row]),
            "least_distance": float(slow.least_distance[row]),
            "relative_speed": float(slow.relative_speed[row]),
        }
        for row in range(len(slow))
    ]


def _facts(group: ScreenedGroup, found: Screening, left_out: int) -> dict[str, Any]:
    notes = list(group.notes)
    if left_out:
        share = f"{left_out} of {len(found.encounters)} passages"
        notes.append(f"{group.center.title()}: {share}, the least probable, are not in the table")
    notes += [f"{one.name or one.object_id} is not screened all along: {one.reason}" for one in found.failed[:5]]
    if len(found.failed) > 5:
        notes.append(f"{len(found.failed) - 5} more objects are not screened all along")
    return {
        "center": group.center,
        "objects": len(group.objects),
        "protected": sorted(group.protected.values()),
        "distance": group.distance,
        "passages": len(found.encounters),
        "slow": len(found.proximity_intervals),
        "failed": len(found.failed),
        "notes": notes,
    }


def _figures(rows: list[dict[str, Any]], told: list[dict[str, Any]]) -> tuple[Figure, ...]:
    figures = []
    for one in told:
        how = f"{one['objects']} objects about the {one['center'].title()}, complete by bounds on relative motion"
        what = f"{one['center'].title()}: passages below {one['distance'] / 1000.0:g} km"
        figures.append(Figure(what, float(one["passages"]), "1", how))
    told_rows = [row for row in rows if row["pc"] == row["pc"]]
    if told_rows:
        worst = told_rows[0]
        figures.append(
            Figure(
                "Largest probability of collision",
                worst["pc"],
                "1",
                f"{worst['first_name']} and {worst['second_name']}, {worst['pc_method']}, under assumed errors",
                "good" if worst["pc"] < worst["limit"] else "bad",
            )
        )
    return tuple(figures)


def _table(rows: list[dict[str, Any]]) -> Table:
    names = [name for name in UNITS if name != "tca_utc"]
    columns: dict[str, Any] = {name: np.array([row[name] for row in rows], dtype=_kind(name)) for name in names}
    columns["tca_utc"] = utc_text(columns["tdb"]) if rows else np.array([], dtype=str)
    return Table("conjunctions", {name: columns[name] for name in UNITS}, UNITS, "Passages, the most probable first.")


def _slow_table(rows: list[dict[str, Any]]) -> Table:
    units = {
        **dict.fromkeys(("center", "first_name", "second_name"), "text"),
        **dict.fromkeys(("first_id", "second_id"), "1"),
        **dict.fromkeys(("start", "stop"), "s TDB past J2000"),
        "least_distance": "m",
        "relative_speed": "m/s",
    }
    columns: dict[str, Any] = {name: np.array([row[name] for row in rows], dtype=_kind(name)) for name in units}
    return Table("proximity", columns, units, "Intervals in which two slow objects stay near each other.")


def _kind(name: str) -> type:
    if name in ("first_id", "second_id"):
        return np.int64
    return str if UNITS.get(name) == "text" else float
