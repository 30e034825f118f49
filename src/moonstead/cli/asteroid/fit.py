"""`moonstead asteroid fit`: the orbit that observations tell, with its errors."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from moonstead.cli.output import AsJson, DataFolder, open_data, print_json, print_table, progress

if TYPE_CHECKING:
    from moonstead.smallbodies.orbit_fit.from_files import FileOrbit

NAME = "fit"
SHOWN = 12  # rows of a list on a terminal; --json and --residuals have all


def command(
    observations: Annotated[
        list[Path],
        typer.Argument(metavar="OBSERVATIONS", help="Files of positions: MPC 80 columns, ADES (PSV, XML, CSV)."),
    ],
    radar: Annotated[
        list[Path] | None, typer.Option(metavar="FILE", help="Radar delays and Doppler shifts; may be repeated.")
    ] = None,
    object_name: Annotated[str | None, typer.Option("--object", help="Which object, where a file has several.")] = None,
    from_orbit: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Published orbit to begin with; else an orbit is sought from nothing."),
    ] = None,
    solve_for: Annotated[
        list[str] | None,
        typer.Option(metavar="A1|A2|A3|none", help="Force to solve for; may be repeated. Left out: A2 where it shows."),
    ] = None,
    bias_table: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Biases of star catalogues, bias.dat of Eggl et al. (2020).")
    ] = None,
    radius: Annotated[
        float | None, typer.Option(metavar="M", help="Of the body, for radar echoes of its surface.")
    ] = None,
    residuals: Annotated[Path | None, typer.Option(metavar="FILE", help="Write every row with residuals, PSV.")] = None,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the orbit, for --from-orbit.")] = None,
    as_json: AsJson = False,
    data: DataFolder = None,
) -> None:
    """Fit an orbit to observations: elements, covariance, forces besides gravity, and what became of each line.

    An arc too short for one orbit gets a weighted sample of orbits, and is said to.
    """
    from moonstead.smallbodies.astrometry.biases import read_bias_table
    from moonstead.smallbodies.orbit_fit.from_files import orbit_from_files
    from moonstead.smallbodies.published_orbit import read_published_orbit

    context = open_data(data)
    start = None if from_orbit is None else read_published_orbit(from_orbit, context)
    with progress(quiet=as_json) as bars:
        task = bars.add_task("fitting", total=None)
        found = orbit_from_files(
            [*observations, *(radar or [])],
            context,
            object=object_name,
            start=start,
            solve_for=_forces(solve_for),
            bias_table=None if bias_table is None else read_bias_table(bias_table),
            radius=radius,
            progress=lambda text: bars.update(task, description=text),
        )
    answer = _answer(found, context)
    if out is not None:
        _write_orbit(out, answer)
    if residuals is not None:
        _write_residuals(residuals, found)
    if as_json:
        print_json(answer)
    else:
        _print(answer)


def _forces(named: list[str] | None) -> list[str] | None:
    from moonstead.foundation.errors import InvalidInput

    if not named:
        return None
    forces = [name.strip().upper() for text in named for name in text.split(",") if name.strip()]
    unknown = [name for name in forces if name not in ("A1", "A2", "A3", "NONE")]
    if unknown:
        raise InvalidInput(f"--solve-for knows A1, A2, A3 and none; got {', '.join(unknown)}")
    return [name for name in forces if name != "NONE"]


def _answer(found: FileOrbit, data: Any) -> dict[str, Any]:
    from moonstead.cli.asteroid.fit_answers import fit_answer, sample_answer
    from moonstead.smallbodies.orbit_fit.ranged_orbit import RangedOrbit

    told = sample_answer(found.fit, found, data) if isinstance(found.fit, RangedOrbit) else fit_answer(found.fit, data)
    refused = [
        {"file": file, "line": line.line, "text": line.text, "reason": line.reason, "remedy": line.remedy}
        for file, line in found.rejected
    ]
    return {**told, "start": found.start, "rejected_lines": refused}


def _write_orbit(path: Path, answer: dict[str, Any]) -> None:
    from moonstead.cli.output import finite
    from moonstead.formats.files import write_text

    write_text(path, json.dumps(finite(answer["orbit"]), indent=2, allow_nan=False) + "\n")


def _write_residuals(path: Path, found: FileOrbit) -> None:
    from moonstead.formats.ades_writer import FitColumns, write_ades_psv
    from moonstead.foundation.errors import InvalidInput
    from moonstead.smallbodies.orbit_fit.ranged_orbit import RangedOrbit

    if isinstance(found.fit, RangedOrbit):
        raise InvalidInput("the arc is too short for one orbit, so there are no residuals to write; leave --residuals")
    columns = FitColumns(found.fit.residuals, found.prepared.sigma, found.fit.used, found.prepared.bias)
    write_ades_psv(path, found.prepared.observations, columns)


def _print(answer: dict[str, Any]) -> None:
    write = sys.stdout.write
    write(f"{answer['object']}, {answer['arc_days']:.4g} days, {answer['start']}\n")
    if answer["kind"] == "sample":
        write(
            f"too short for one orbit: {answer['orbits']} orbits that agree (prior: {answer['prior']}); "
            f"distance {answer['distance_au']['low']:.4g} to {answer['distance_au']['high']:.4g} au\n\n"
        )
    else:
        state = "converged" if answer["converged"] else "NOT CONVERGED"
        write(
            f"{answer['used']} of {answer['rows']} positions, {answer['radar']['used']} of {answer['radar']['rows']} "
            f"radar echoes, rms {answer['rms_arcsec']:.3f} arcsec, chi-square {answer['chi_square']:.1f} for "
            f"{answer['degrees_of_freedom']} degrees of freedom, {state} in {answer['iterations']} corrections\n\n"
        )
    rows = [
        [name, "" if one["value"] is None else f"{one['value']:.12g}", _sigma(one["sigma"])]
        for name, one in answer["elements"].items()
    ]
    rows += [
        [f"{name}_au_d2", f"{answer[name]['value_au_d2']:.5g}", _sigma(answer[name]["sigma_au_d2"])]
        for name in answer.get("solved_for", [])
    ]
    print_table([f"epoch {answer['epoch_tdb']} TDB", "value", "1 sigma"], rows, right=[1, 2])
    for note in answer["notes"]:
        write(f"note: {note}\n")
    _list("rows left out", [f"line {row['line']} {row['station']}: {row['reason']}" for row in answer["left_out"]])
    _list("lines refused", [f"line {row['line']}: {row['reason']}" for row in answer["rejected_lines"]])


def _sigma(value: float | None) -> str:
    return "" if value is None or value != value else f"{value:.2g}"


def _list(title: str, lines: list[str]) -> None:
    if not lines:
        return
    sys.stdout.write(f"\n{title}: {len(lines)}\n")
    for line in lines[:SHOWN]:
        sys.stdout.write(f"  {line}\n")
    if len(lines) > SHOWN:
        sys.stdout.write(f"  and {len(lines) - SHOWN} more (--json lists all)\n")
