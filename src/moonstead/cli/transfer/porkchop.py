"""`moonstead transfer porkchop`: when to leave for a planet, asteroid or comet, and what it costs."""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from moonstead.cli.output import AsJson, DataFolder, open_data, print_json, print_table

NAME = "porkchop"
EARTHLY = {"EARTH", "EARTH BARYCENTER", "MOON"}
REFLY_TOLERANCE = 0.1  # [m] of each leg

Depart = Annotated[str, typer.Option(metavar="DATE..DATE", help="Departures (TDB): 2026-06-01..2027-03-01.")]
Days = Annotated[str | None, typer.Option(metavar="D..D", help="Least and longest time of flight, in days.")]
Types = Annotated[str, typer.Option(help="Types by the angle turned through: I,II and with one whole turn III,IV.")]
Step = Annotated[str, typer.Option(help="Grid on which valleys are looked for.")]
Ridge = Annotated[float, typer.Option(metavar="DEG", help="Least distance of the angle from half a turn.")]
MostC3 = Annotated[float | None, typer.Option("--max-c3", metavar="KM2/S2", help="Most that the launcher gives.")]
Grid = Annotated[Path | None, typer.Option("--grid", metavar="FILE", help="Write the grid without whole turns as CSV.")]


def command(
    to: Annotated[str, typer.Option("--to", help="venus, mars, jupiter, ...; or a name or id of an SPK file.")],
    depart: Depart,
    start: Annotated[str, typer.Option("--from", help="Where it begins.")] = "earth-barycentre",
    days: Days = None,
    types: Types = "I,II",
    objective: Annotated[str, typer.Option(help="What is least: departure, arrival or both.")] = "departure",
    step: Step = "1 d",
    ridge: Ridge = 0.1,
    max_c3: MostC3 = None,
    count: Annotated[int, typer.Option(help="Valleys told of each type.", min=1)] = 1,
    elements: Annotated[
        str | None,
        typer.Option(help="Elements of the goal: epoch=2026-01-01,q=0.85au,e=0.66,i=3deg,node=..,argument=..,mean=.."),
    ] = None,
    spk: Annotated[list[Path] | None, typer.Option(metavar="FILE", help="SPK file to add; may be repeated.")] = None,
    grid: Grid = None,
    as_json: AsJson = False,
    data: DataFolder = None,
) -> None:
    """Say when to leave one body for another about the Sun, and the energy that it takes, for each type of arc."""
    from moonstead.cli.objects import with_kernels
    from moonstead.cli.transfer.windows import heliocentric_body

    context = with_kernels(open_data(data), spk or [])
    goal = heliocentric_body(to, context, elements)
    answer = search(
        heliocentric_body(start, context), goal, depart, days, types, objective, step, ridge, max_c3, count, grid
    )
    tell(answer, as_json)


def search(
    begin: Any,
    goal: Any,
    depart: str,
    days: str | None,
    types: str,
    objective: str,
    step: str,
    ridge: float,
    max_c3: float | None,
    count: int,
    grid: Path | None,
) -> dict[str, Any]:
    """Best arcs of each type in a window, as the answer of the command."""
    from moonstead.cli.transfer.windows import arc_answer, date_window, day_span
    from moonstead.foundation.errors import InvalidInput, NumericalFailure
    from moonstead.foundation.units import parse_quantity
    from moonstead.orbits.transfers.porkchop import KINDS
    from moonstead.orbits.transfers.porkchop_minima import best_arcs

    if {begin.name, goal.name} <= EARTHLY:
        raise InvalidInput(f"{begin.name} and {goal.name} go round the Sun together: no arc about it joins them")
    window, spacing = date_window(depart), parse_quantity(step, "time")
    durations = None if days is None else day_span(days)
    kinds = [word.strip().upper() for word in types.split(",")]
    for kind in kinds:
        if kind not in KINDS:
            raise InvalidInput(f"transfers are of type {', '.join(KINDS)}; got {kind!r} in --types {types!r}")
    rows: list[dict[str, Any]] = []
    missing: dict[str, str] = {}
    for kind in kinds:
        try:
            found = best_arcs(
                begin,
                goal,
                window,
                kind=kind,
                durations=durations,
                step=spacing,
                objective=objective,
                ridge=math.radians(ridge),
                count=count,
            )
        except NumericalFailure as error:
            missing[kind] = str(error)
            continue
        rows += [arc_answer(arc) for arc in found]
    if not rows:
        raise NumericalFailure("; ".join(missing.values()))
    least = min(row["minimum_c3_km2_s2"] for row in rows)
    if max_c3 is not None and least > max_c3:
        cheapest = next(row for row in rows if row["minimum_c3_km2_s2"] == least)
        raise NumericalFailure(
            f"no departure within {depart} needs at most {max_c3:g} km2/s2: the least is {least:.3f} on "
            f"{cheapest['departure']} (type {cheapest['type']}); take a stronger launcher, less mass or other dates"
        )
    if grid is not None:
        _write(grid, begin, goal, window, durations, spacing)
    best: dict[str, float] = {}
    for row in rows:
        best.setdefault(row["type"], row["minimum_c3_km2_s2"])
    return {
        "departure_body": begin.name,
        "arrival_body": goal.name,
        "window": depart,
        "scale": "TDB",
        "objective": objective,
        "ridge_deg": ridge,
        "minimum_c3_km2_s2": best,
        "transfers": rows,
        "without_solution": missing,
        "model": "conics about the Sun from centre to centre; the bodies themselves do not pull",
    }


def _write(
    path: Path,
    begin: Any,
    goal: Any,
    window: tuple[float, float],
    durations: tuple[float, float] | None,
    spacing: float,
) -> None:
    import numpy as np

    from moonstead.cli.transfer.windows import write_grid
    from moonstead.orbits.transfers.porkchop import porkchop
    from moonstead.orbits.transfers.porkchop_minima import usual_durations

    low, high = durations or usual_durations(begin, goal, window[0])
    leaving = np.arange(window[0], window[1] + 0.5 * spacing, spacing)
    write_grid(path, porkchop(begin, goal, leaving, np.arange(window[0] + low, window[1] + high, spacing)))


def fly_all(answer: dict[str, Any], begin: Any, goal: Any, data: Any) -> None:
    """Add to the best transfer of each type what its flight under all pulls needs and what is left of its defect."""
    from moonstead.foundation.time.epoch import Epoch
    from moonstead.orbits.transfers.interplanetary import fly_to_planet
    from moonstead.orbits.transfers.porkchop_minima import ballistic_arc
    from moonstead.orbits.transfers.refly import refly

    told: set[str] = set()
    for row in answer["transfers"]:
        if row["type"] in told:
            continue
        told.add(row["type"])
        dates = (Epoch.parse(row[name], "TDB").tdb() for name in ("departure", "arrival"))
        arc = ballistic_arc(begin, goal, *dates, kind=row["type"], branch=row["branch"] or "short-period")
        flight = fly_to_planet(arc, data)
        again = refly(flight.transfer, flight.forces, data, tolerance=REFLY_TOLERANCE)
        row["flown"] = {
            "model": flight.transfer.model,
            "uncorrected_miss_km": flight.designed_miss / 1e3,
            "b_plane_miss_km": flight.b_plane_miss / 1e3,
            "time_miss_s": flight.time_miss,
            "refly_position_defect_km": again.position_defect / 1e3,
            "refly_velocity_defect_m_s": again.velocity_defect,
            "c3_km2_s2": flight.c3 / 1e6,
            "injection_from_200_km_m_s": flight.injection,
            "capture_into_400_km_m_s": flight.capture,
        }


def tell(answer: dict[str, Any], as_json: bool) -> None:
    """Print the answer of `search`."""
    from moonstead.cli.transfer.windows import ARC_HEADINGS, arc_cells

    if as_json:
        print_json(answer)
        return
    sys.stdout.write(f"{answer['departure_body']} to {answer['arrival_body']}, dates in TDB\n")
    print_table(ARC_HEADINGS, [arc_cells(row) for row in answer["transfers"]], right=[1, 4, 5, 6, 7])
    for row in answer["transfers"]:
        if "flown" in row:
            flown = row["flown"]
            sys.stdout.write(
                f"type {row['type']} flown under all pulls: C3 {flown['c3_km2_s2']:.3f} km2/s2 from the Earth's "
                f"centre, injection {flown['injection_from_200_km_m_s']:.0f} m/s, capture "
                f"{flown['capture_into_400_km_m_s']:.0f} m/s; without correction it misses by "
                f"{flown['uncorrected_miss_km']:.0f} km, with it by {flown['b_plane_miss_km']:.3f} km\n"
            )
    for text in answer["without_solution"].values():
        sys.stdout.write(f"{text}\n")
