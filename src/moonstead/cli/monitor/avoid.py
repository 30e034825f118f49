"""`moonstead monitor avoid`: which small burn takes a spacecraft out of the way, its cost, whom it meets instead."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from moonstead.cli.monitor.probability import encounter_in
from moonstead.cli.output import AsJson, DataFolder, open_data, print_json, print_table

if TYPE_CHECKING:
    from moonstead.formats.cdm import ConjunctionMessage
    from moonstead.monitoring.avoidance.trade import AvoidanceBurn
    from moonstead.monitoring.probability.encounter import Encounter

NAME = "avoid"
HOUR = 3600.0  # [s]
KILOMETRE = 1000.0  # [m]


def command(
    cdm: Annotated[Path, typer.Argument(metavar="CDM", help="Conjunction Data Message; the first object moves.")],
    lead_hours: Annotated[
        str, typer.Option(metavar="H,H", help="When to burn, in hours before the closest approach.")
    ] = "6,12,24",
    target: Annotated[
        float, typer.Option("--target-pc", metavar="P", help="Probability that the least burn has to reach.")
    ] = 1e-6,
    delta_v: Annotated[
        str, typer.Option("--delta-v", metavar="V,V", help="Sizes of burns to tabulate, in m/s; each axis, both signs.")
    ] = "",
    hard_body_radius: Annotated[
        float | None, typer.Option(metavar="M", help="Sum of both radii in metres, instead of that of the message.")
    ] = None,
    others: Annotated[
        Path | None, typer.Option(metavar="CATALOGUE", help="Elements of others, to screen the moved orbit against.")
    ] = None,
    distance_km: Annotated[float, typer.Option(metavar="KM", help="Below which the moved orbit meets others.")] = 5.0,
    after_hours: Annotated[float, typer.Option(metavar="H", help="How long after the encounter to screen.")] = 24.0,
    as_json: AsJson = False,
    data: DataFolder = None,
) -> None:
    """Say what a burn along each axis costs and gains, and whom the moved orbit comes close to."""
    from moonstead.formats.cdm import read_cdm
    from moonstead.foundation.errors import InvalidInput
    from moonstead.monitoring.avoidance.trade import DIRECTIONS, least_burn, trade_burns
    from moonstead.monitoring.probability.choose import choose
    from moonstead.run.moments import utc_text

    leads = [HOUR * value for value in _numbers(lead_hours, "--lead-hours")]
    sizes = _numbers(delta_v, "--delta-v") if delta_v else []
    file = read_cdm(cdm)
    if len(file.messages) > 1:
        raise InvalidInput(f"{cdm} holds {len(file.messages)} messages; give one in a file of its own")
    message = file.messages[0]
    before = choose(encounter_in(message, hard_body_radius, data), samples=0)
    if before.method == "bound":
        raise InvalidInput(f"a burn cannot be weighed: {before.why}; give covariances of both objects")
    least = [
        {"lead_h": lead / HOUR, "direction": direction, "found": least_burn(before.encounter, lead, direction, target)}
        for lead in leads
        for direction in DIRECTIONS
    ]
    answer: dict[str, Any] = {
        "message_id": message.message_id,
        "moves": message.objects[0].name,
        "tca_utc": str(utc_text([message.tca + before.shift])[0]),
        "pc_before": before.pc,
        "method_before": before.method,
        "miss_before_m": before.encounter.miss_distance,
        "target_pc": target,
        "least": [_least(row) for row in least],
        "trade": [_burn(one) for one in trade_burns(before.encounter, leads, sizes)],
        "assumption": "two-body motion between burn and encounter; the burn is executed without error",
    }
    if others is not None:
        cheapest = _cheapest(least, leads)
        answer["secondary"] = [
            _secondary(message, before.encounter, before.shift, burn, others, distance_km, after_hours, data)
            for burn in cheapest
        ]
    if as_json:
        print_json(answer)
    else:
        _print(answer)


def _numbers(text: str, option: str) -> list[float]:
    from moonstead.foundation.errors import InvalidInput

    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        raise InvalidInput(
            f"{option} needs numbers with commas between them, for example 6,12,24; got {text!r}"
        ) from None
    if not all(0.0 < number < 1e6 for number in numbers):
        raise InvalidInput(f"{option} needs positive numbers; got {text!r}")
    return numbers


def _cheapest(least: list[dict[str, Any]], leads: list[float]) -> list[AvoidanceBurn]:
    found = []
    for lead in leads:
        burns = [row["found"] for row in least if row["found"] is not None and row["found"].lead == lead]
        if burns and min(abs(burn.delta_v) for burn in burns) > 0.0:
            found.append(min(burns, key=lambda burn: abs(burn.delta_v)))
    return found


def _least(row: dict[str, Any]) -> dict[str, Any]:
    if row["found"] is None:
        return {"lead_h": row["lead_h"], "direction": row["direction"], "delta_v_m_s": None}
    return _burn(row["found"])


def _burn(burn: AvoidanceBurn) -> dict[str, Any]:
    return {
        "lead_h": burn.lead / HOUR,
        "direction": burn.direction,
        "delta_v_m_s": burn.delta_v,
        "pc": burn.probability,
        "method": burn.method,
        "miss_m": burn.miss_distance,
        "displacement_radial_m": float(burn.displacement[0]),
        "displacement_along_m": float(burn.displacement[1]),
        "displacement_cross_m": float(burn.displacement[2]),
    }


def _secondary(
    message: ConjunctionMessage,
    encounter: Encounter,
    shift: float,
    burn: AvoidanceBurn,
    others: Path,
    distance_km: float,
    after_hours: float,
    data: Path | None,
) -> dict[str, Any]:
    """Passages of the moved orbit by the objects of a catalogue, from the burn on."""
    import numpy as np

    from moonstead.formats.ccsds_frames import axes_of
    from moonstead.foundation.frames.standard import ICRF
    from moonstead.monitoring.avoidance.secondary import burnt_trajectory, secondary_conjunctions
    from moonstead.monitoring.catalogue.source import catalogue_elements
    from moonstead.monitoring.mixed_objects import MixedObjects
    from moonstead.monitoring.objects import Sgp4Objects, TrajectoryObjects
    from moonstead.monitoring.probability.encounter import STEADY_FRAMES
    from moonstead.run.moments import utc_text

    first = message.objects[0]
    frame = axes_of(first.ref_frame)
    path = burnt_trajectory(
        encounter,
        burn,
        message.tca + shift,
        after_hours * HOUR,
        name=first.name,
        frame=frame if frame.name in STEADY_FRAMES else ICRF,
        center=first.center,
    )
    elements = catalogue_elements(others).elements
    own = int(first.designator) if first.designator.isdigit() else -1
    elements = elements.select(np.flatnonzero(elements.object_id != own))
    objects = MixedObjects([Sgp4Objects(elements), TrajectoryObjects([path], [own])], open_data(data))
    start, stop = path.span
    found = secondary_conjunctions(objects, len(elements), start, stop, KILOMETRE * distance_km)
    passages = found.encounters
    rows = [
        {
            "object_id": int(
                passages.first_id[row] if passages.second_row[row] == len(elements) else passages.second_id[row]
            ),
            "tca_utc": str(utc_text([passages.tdb_tca[row]])[0]),
            "miss_m": float(passages.miss_distance[row]),
            "relative_speed_m_s": float(passages.relative_speed[row]),
        }
        for row in range(passages.tdb_tca.size)
    ]
    return {
        "lead_h": burn.lead / HOUR,
        "direction": burn.direction,
        "delta_v_m_s": burn.delta_v,
        "distance_km": distance_km,
        "encounters": rows,
        "proximity_intervals": len(found.proximity_intervals),
        "failed_objects": len(found.failed),
    }


def _print(answer: dict[str, Any]) -> None:
    sys.stdout.write(
        f"{answer['moves']} moves; closest at {answer['tca_utc']}: {answer['miss_before_m']:.1f} m, probability "
        f"{answer['pc_before']:.3e} by {answer['method_before']}\nleast burns to {answer['target_pc']:g}:\n"
    )
    heads = ["lead [h]", "direction", "delta-v [m/s]", "probability", "miss [m]"]
    for rows in (answer["least"], answer["trade"]):
        if rows:
            print_table(heads, [_cells(row) for row in rows], right=[0, 2, 3, 4])
            sys.stdout.write("\n")
    for one in answer.get("secondary", []):
        sys.stdout.write(
            f"after {one['delta_v_m_s']:+.4f} m/s {one['direction']}, {one['lead_h']:g} h before: "
            f"{len(one['encounters'])} passages below {one['distance_km']:g} km, "
            f"{one['proximity_intervals']} slow ones\n"
        )
        for row in one["encounters"][:10]:
            sys.stdout.write(f"  {row['tca_utc']}  object {row['object_id']}  {row['miss_m']:.0f} m\n")
    sys.stdout.write(f"({answer['assumption']})\n")


def _cells(row: dict[str, Any]) -> list[str]:
    if row["delta_v_m_s"] is None:
        return [f"{row['lead_h']:g}", row["direction"], "above 20", "", ""]
    return [
        f"{row['lead_h']:g}",
        row["direction"],
        f"{row['delta_v_m_s']:+.4f}",
        f"{row['pc']:.3e}",
        f"{row['miss_m']:.1f}",
    ]
