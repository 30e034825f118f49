"""`moonstead surface traverse`: the way of a rover from place to place, under Sun, Earth and battery."""

from __future__ import annotations

import sys
import textwrap
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from moonstead.cli.output import AsJson, DataFolder, open_data, print_json, print_table
from moonstead.cli.surface.options import Terrain, place_of, terrain_of

if TYPE_CHECKING:
    from moonstead.station.rovers import Rover
    from moonstead.station.traverse_site import Journey

NAME = "traverse"
HOUR, DAY = 3600.0, 86_400.0  # [s]
KILOWATT_HOUR = 3.6e6  # [J]
SYNODIC_MONTH = "29.5 d"
ROWS = 24
TEXT_WIDTH = 100


class Objective(StrEnum):
    """What the plan makes least."""

    ARRIVAL = "arrival"
    ENERGY = "energy"


def command(
    origin: Annotated[str, typer.Option("--from", metavar="LAT,LON", help="Start, in degrees: -88.80,123.40.")],
    goal: Annotated[str, typer.Option("--to", metavar="LAT,LON", help="End, in degrees.")],
    start: Annotated[str, typer.Option(metavar="TIME", help="Earliest departure, UTC, for example 2030-01-01.")],
    longest: Annotated[str, typer.Option(help="Time in which it must arrive.")] = SYNODIC_MONTH,
    terrain: Terrain = None,
    rover: Annotated[
        str, typer.Option(metavar="NAME|FILE", help="yutu-2, viper, heavy, or a TOML file with a table `vehicle`.")
    ] = "viper",
    charge: Annotated[float, typer.Option(metavar="%", help="State of charge at the start.")] = 100.0,
    spacing: Annotated[float | None, typer.Option(metavar="M", help="Width of the map's pixels.")] = None,
    mast: Annotated[float, typer.Option(metavar="M", help="Height of panels and antenna above the ground.")] = 1.5,
    slice_length: Annotated[str, typer.Option("--slice", help="Time for which light is taken as constant.")] = "2 h",
    objective: Annotated[Objective, typer.Option(help="What is made least: time or energy of driving.")] = (
        Objective.ARRIVAL
    ),
    as_json: AsJson = False,
    data: DataFolder = None,
) -> None:
    """Find where a rover drives and where it waits for the Sun, or say why it cannot get there."""
    from moonstead.foundation.bodies import LUNAR_MAP_RADIUS
    from moonstead.foundation.time.epoch import Epoch
    from moonstead.foundation.units import parse_quantity
    from moonstead.station.traverse_ground import map_frame
    from moonstead.station.traverse_site import find_traverse
    from moonstead.surface.terrain import terrain_caveat

    ends = _place(origin, "--from"), _place(goal, "--to")
    first = Epoch.parse(start, "UTC").tdb()
    vehicle = _rover(rover)
    frame = map_frame(*ends, LUNAR_MAP_RADIUS, 1.0, spacing)
    ground = terrain_of(terrain, open_data(data), (frame.latitude, frame.longitude), frame.half_width)
    journey = find_traverse(
        ground,
        *ends,
        vehicle,
        first,
        first + parse_quantity(longest, "time"),
        open_data(data),
        spacing=spacing,
        mast=mast,
        slice_length=parse_quantity(slice_length, "time"),
        initial_charge=charge / 100.0,
        objective=objective.value,
    )
    answer = _answer(journey, vehicle, terrain_caveat(ground))
    if as_json:
        print_json(answer)
    else:
        _print(answer)


def _place(text: str, option: str) -> tuple[float, float]:
    from moonstead.foundation.errors import InvalidInput

    parts = text.split(",")
    try:
        latitude, longitude = (float(part) for part in parts)
    except ValueError:
        raise InvalidInput(
            f"{option} {text!r} is no place; write LAT,LON in degrees, for example -88.80,123.40"
        ) from None
    return place_of(latitude, longitude)


def _rover(name: str) -> Rover:
    """Rover of a class, or of a file with a table [vehicle] as scenarios have it."""
    from pydantic import ValidationError

    from moonstead.foundation.errors import InvalidInput, MissingData
    from moonstead.run.vehicles import rover_of
    from moonstead.scenario.load import plain
    from moonstead.scenario.traverses import Vehicle
    from moonstead.station.rovers import ROVERS

    if name in ROVERS:
        return ROVERS[name]
    path = Path(name)
    if not path.suffix:
        raise InvalidInput(f"no rover is called {name!r}; there are {', '.join(ROVERS)}, or name a TOML file")
    import tomllib

    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise MissingData(f"there is no rover file {name} ({error.strerror})") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{name} is no TOML file: {error}") from error
    if set(document) != {"vehicle"}:
        raise InvalidInput(
            f"{name} must hold one table [vehicle] and nothing else; it has {', '.join(document) or 'nothing'}"
        )
    try:
        vehicle = Vehicle.model_validate(document["vehicle"])
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        raise InvalidInput(f"{name}: {faults}") from None
    return rover_of(plain(vehicle))


def _answer(journey: Journey, rover: Rover, caveat: str) -> dict[str, Any]:
    import numpy as np

    from moonstead.run.moments import utc_text

    remarks = [remark for remark in (*journey.remarks, caveat) if remark]
    about = {
        "rover": rover.name,
        "rover_source": rover.source,
        "distance_km": journey.distance / 1e3,
        "pixel_m": journey.grid.spacing,
        "charge_resolution": journey.charge_resolution,
    }
    plan, path = journey.plan, journey.path
    if plan is None or path is None:
        why = journey.explanation
        assert why is not None
        changes = [{"limit": one.limit, "factor": one.factor, "change": one.text} for one in why.relaxations]
        return {**about, "found": False, "reason": why.reason, "text": why.text, "changes": changes, "remarks": remarks}
    utc = utc_text(plan.tdb)
    events = [
        {
            "utc": str(utc[k]),
            "latitude_deg": float(np.degrees(path.latitude[k])),
            "longitude_deg": float(np.degrees(path.longitude[k])),
            "height_m": float(path.height[k]),
            "driven_km": float(path.distance[k]) / 1e3,
            "charge": float(plan.charge[k] / rover.capacity),
            "sunlit": bool(plan.lit[k]),
            "drives_on": bool(plan.driving[k]),
        }
        for k in range(plan.tdb.size)
    ]
    return {
        **about,
        "found": True,
        "arrival_utc": str(utc[-1]),
        "duration_h": plan.duration / HOUR,
        "driving_h": plan.drive_time / HOUR,
        "waiting_h": plan.wait_time / HOUR,
        "dark_h": plan.dark_time / HOUR,
        "longest_shadow_h": plan.longest_shadow / HOUR,
        "driven_km": float(path.distance[-1]) / 1e3,
        "drive_energy_kwh": plan.drive_energy / KILOWATT_HOUR,
        "least_charge": plan.least_charge / rover.capacity,
        "events": events,
        "remarks": remarks,
    }


def _print(answer: dict[str, Any]) -> None:
    sys.stdout.write(
        f"{answer['rover']}, {answer['distance_km']:.2f} km on a map of {answer['pixel_m']:.0f} m pixels\n\n"
    )
    if not answer["found"]:
        sys.stdout.write(f"No way: {answer['text']}.\n")
        for change in answer["changes"]:
            sys.stdout.write(f"  it would go if you {change['change']}\n")
    else:
        sys.stdout.write(
            f"Arrives {answer['arrival_utc']} after {answer['duration_h']:.2f} h: {answer['driving_h']:.2f} h driving "
            f"({answer['driven_km']:.2f} km, {answer['drive_energy_kwh']:.2f} kWh), {answer['waiting_h']:.2f} h "
            f"waiting, {answer['dark_h']:.2f} h in the dark, {answer['longest_shadow_h']:.2f} h of it at once. Least "
            f"charge {answer['least_charge']:.0%}.\n\n"
        )
        events = answer["events"]
        rows = [*events[: -1 : max(1, len(events) // ROWS)], events[-1]]
        cells = [
            (
                row["utc"],
                f"{row['latitude_deg']:.4f}",
                f"{row['longitude_deg']:.4f}",
                f"{row['height_m']:.0f}",
                f"{row['driven_km']:.2f}",
                f"{100.0 * row['charge']:.0f}",
                "Sun" if row["sunlit"] else "dark",
                "drives" if row["drives_on"] else "stands",
            )
            for row in rows
        ]
        headings = ("UTC", "latitude deg", "longitude deg", "height m", "driven km", "charge %", "light", "then")
        print_table(headings, cells, right=range(1, 6))
    for remark in answer["remarks"]:
        sys.stdout.write("\n" + textwrap.fill(remark, TEXT_WIDTH) + "\n")
