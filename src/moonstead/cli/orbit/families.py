"""`moonstead orbit families`: which families of periodic orbits there are, and their members."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Annotated, Any

import typer

from moonstead.cli.output import AsJson, print_json, print_table

NAME = "families"
KILOMETRE = 1e3  # [m]
COLUMNS = (
    *("family", "point", "branch", "x", "y", "z", "vx", "vy", "vz", "jacobi", "period", "stability_index"),
    *("mass_ratio", "length_m", "time_s"),
)


def command(
    family: Annotated[str | None, typer.Option(help="Only this family.")] = None,
    point: Annotated[str | None, typer.Option(help="Only around this libration point.")] = None,
    resonance: Annotated[str | None, typer.Option(metavar="P:Q", help="Of resonant orbits.")] = None,
    branch: Annotated[str | None, typer.Option(help="north or south, with --count.")] = None,
    count: Annotated[int | None, typer.Option(help="Members along the one family named, in place of its span.")] = None,
    as_csv: Annotated[Path | None, typer.Option("--csv", metavar="FILE", help="Write the members here.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the families of periodic orbits of Earth and Moon: spans of period, Jacobi constant, perilune, stability."""
    from moonstead.cli.orbit.family import answer, print_members, ratio
    from moonstead.foundation.errors import InvalidInput
    from moonstead.orbits.three_body.families import family_members
    from moonstead.orbits.three_body.family_names import FAMILIES

    if family is not None and family not in FAMILIES:
        raise InvalidInput(f"there is no family {family!r}; there are {', '.join(FAMILIES)}")
    wanted = None if resonance is None else ratio(resonance)
    if count is None and as_csv is None:
        rows = [row for row in _spans() if _asked(row, family, point, resonance)]
        if as_json:
            print_json({"families": rows})
        else:
            _print(rows)
        return
    if family is None:
        raise InvalidInput("members are listed of one family: name it with --family")
    members = family_members(family, count=count or 50, point=point, branch=branch, resonance=wanted)
    if as_csv is not None:
        _write(as_csv, members)
    answers = [answer(orbit) for orbit in members]
    if as_json:
        print_json({"members": answers})
    else:
        print_members(answers)


def _asked(row: dict[str, Any], family: str | None, point: str | None, resonance: str | None) -> bool:
    return family in (None, row["family"]) and point in (None, *row["points"]) and resonance in (None, row["resonance"])


def _spans() -> list[dict[str, Any]]:
    """One row for each table: what it spans."""
    from moonstead.foundation.constants import SECONDS_PER_DAY
    from moonstead.orbits.three_body.family_names import BRANCHES, MIRRORED, all_names
    from moonstead.orbits.three_body.family_table import shipped_tables
    from moonstead.orbits.three_body.system import EARTH_MOON

    rows = []
    for name in all_names():
        family, point, resonance = name
        table = shipped_tables()[name]
        days = table.periods * EARTH_MOON.time / SECONDS_PER_DAY
        perilune = table.nearest[:, 1] * EARTH_MOON.length / KILOMETRE
        bifurcations = [event for event in table.events if event in ("tangent", "doubling")]
        rows.append(
            {
                "family": family,
                "points": ["L4", "L5"] if point == "L4" else [point] if point else [],
                "resonance": None if resonance is None else "{}:{}".format(*resonance),
                "branches": list(BRANCHES) if family in MIRRORED else [],
                "period_d": [float(days.min()), float(days.max())],
                "jacobi": [float(table.jacobi.min()), float(table.jacobi.max())],
                "perilune_km": [float(perilune.min()), float(perilune.max())],
                "stability_index": [float(table.index.min()), float(table.index.max())],
                "bifurcations": len(bifurcations),
                "members": len(days),
            }
        )
    return rows


def _print(rows: list[dict[str, Any]]) -> None:
    def span(pair: list[float], form: str) -> str:
        return f"{pair[0]:{form}} .. {pair[1]:{form}}"

    print_table(
        ["family", "point", "branches", "period d", "jacobi", "perilune km", "stability", "bifurcations"],
        [
            [
                row["family"],
                row["resonance"] or ",".join(row["points"]),
                ",".join(row["branches"]),
                span(row["period_d"], ".4g"),
                span(row["jacobi"], ".5g"),
                span(row["perilune_km"], ".6g"),
                span(row["stability_index"], ".4g"),
                str(row["bifurcations"]),
            ]
            for row in rows
        ],
        right=[7],
    )


def _write(path: Path, members: Any) -> None:
    """Members as a table with the constants in every row, in the catalogue's columns."""
    with path.open("w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(COLUMNS)
        for orbit in members:
            system = orbit.system
            figures = [*orbit.state.tolist(), orbit.jacobi, orbit.period, orbit.stability_index]
            figures += [system.mass_ratio, system.length, system.time]
            out.writerow(
                [orbit.family, orbit.point or "", orbit.branch or "", *(repr(float(value)) for value in figures)]
            )
