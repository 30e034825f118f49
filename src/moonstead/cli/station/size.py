"""`moonstead station size`: the lightest power system that survives with a stated probability."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from moonstead.cli.output import AsJson, DataFolder, open_data, print_json, print_table

if TYPE_CHECKING:
    from moonstead.run.power_sizing import SizedGrid
    from moonstead.station.survival import SurvivalEstimate

NAME = "size"
SHOWN = {"m2": (1.0, "m2"), "W": (1e3, "kW"), "J": (3.6e6, "kWh")}


def command(
    scenario: Annotated[Path, typer.Argument(metavar="SCENARIO", help="Scenario file (TOML).")],
    survival: Annotated[float, typer.Option(help="Probability that no vital load is ever short over the span.")] = 0.99,
    samples: Annotated[int, typer.Option(min=1, help="Futures drawn for the search; its test draws its own.")] = 60,
    vital: Annotated[
        int | None, typer.Option(min=1, max=9, help="Loads up to this priority are vital; default the most important.")
    ] = None,
    years: Annotated[
        int, typer.Option(min=1, max=19, help="Years of light: the scenario's, and others over 18.6 years.")
    ] = 1,
    output_spread: Annotated[float, typer.Option(help="Standard deviation of all power made, as a share.")] = 0.05,
    demand_spread: Annotated[float, typer.Option(help="Standard deviation of all power wanted, as a share.")] = 0.05,
    step: Annotated[str, typer.Option(help='Step of the ledgers, for example "1 h".')] = "1 h",
    seed: Annotated[int, typer.Option(min=0, help="Of the random numbers; the same seed gives the same answer.")] = 1,
    keep: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Keep skylines and light here, so that the next call is fast.")
    ] = None,
    as_json: AsJson = False,
    data: DataFolder = None,
) -> None:
    """Find the lightest arrays, plants and stores that keep the vital loads alive.

    Failures, spreads and years of light are drawn at random. The answer is tested in futures that the search did not
    see; the interval of that test is given.
    """
    from moonstead.foundation.units import parse_quantity
    from moonstead.run.power_sizing import Choice, size_scenario
    from moonstead.run.preflight import preflight
    from moonstead.scenario.load import load_scenario

    loaded, context = load_scenario(scenario), open_data(data)
    preflight(loaded, context)
    choice = Choice(survival, samples, vital, years, output_spread, demand_spread, parse_quantity(step, "time"), seed)
    with tempfile.TemporaryDirectory(prefix="moonstead-") as scratch:
        grids = size_scenario(loaded.scenario, context, keep or Path(scratch), choice)
    rows = [_grid(one) for one in grids]
    if as_json:
        print_json({"scenario": str(loaded.source), "survival": survival, "samples": samples, "grids": rows})
        return
    for row in rows:
        _print(row, survival)


def _grid(sized: SizedGrid) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "sites": list(sized.sites),
        "vital_priority": sized.vital,
        "as_given": _estimate(sized.given),
        "remarks": list(sized.remarks),
        "best": None,
        "front": [],
        "verified": None,
        "verdict": None,
    }
    if sized.size is not None:
        keys = [_key(knob.name, unit) for knob, unit in zip(sized.knobs, sized.units, strict=True)]
        scales = [SHOWN[unit][0] for unit in sized.units]

        def shown(design: Any) -> dict[str, Any]:
            sizes = {key: size / scale for key, size, scale in zip(keys, design.sizes, scales, strict=True)}
            return {**sizes, "mass_kg": design.weight, "search_probability": design.probability}

        answer |= {
            "given_sizes": {key: k.size / scale for key, k, scale in zip(keys, sized.knobs, scales, strict=True)},
            "best": shown(sized.size.best),
            "front": [shown(design) for design in sized.size.front],
            "verified": _estimate(sized.size.verified),
            "verdict": sized.size.verdict,
            "searched_probability": sized.size.searched,
            "search_futures": sized.size.futures,
        }
    return answer


def _estimate(found: SurvivalEstimate) -> dict[str, Any]:
    return {
        "survived": found.survived,
        "drawn": found.drawn,
        "probability": found.probability,
        "interval_95": list(found.interval),
    }


def _key(name: str, unit: str) -> str:
    return f"{name.replace(' ', '_')}_{SHOWN[unit][1].lower()}"


def _print(row: dict[str, Any], survival: float) -> None:
    given = row["as_given"]
    sys.stdout.write(f"{', '.join(row['sites'])}: loads up to priority {row['vital_priority']} are vital\n")
    sys.stdout.write(f"as given: survives {given['survived']} of {given['drawn']} futures\n")
    for remark in row["remarks"]:
        sys.stdout.write(f"note: {remark}\n")
    if row["best"] is not None:
        low, high = row["verified"]["interval_95"]
        sys.stdout.write(
            f"for {survival:.4g}: tested in {row['verified']['drawn']} other futures, {row['verified']['survived']} "
            f"survived, probability {low:.4f} to {high:.4f} with 95 % confidence: {row['verdict']}\n"
        )
        designs = [row["best"], *(one for one in row["front"] if one != row["best"])]
        headings = ["", *designs[0]]
        cells = [
            ["best" if number == 0 else "", *(f"{value:.4g}" for value in one.values())]
            for number, one in enumerate(designs)
        ]
        print_table(headings, cells, right=range(1, len(headings)))
    sys.stdout.write("\n")
