"""`moonstead station power`: what each bus of a scenario makes, stores, moves and misses."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Annotated, Any

import typer

from moonstead.cli.output import AsJson, DataFolder, open_data, print_json, print_table

NAME = "power"
KILOWATT_HOUR = 3.6e6  # [J]
HOUR = 3600.0  # [s]


def command(
    scenario: Annotated[Path, typer.Argument(metavar="SCENARIO", help="Scenario file (TOML).")],
    site: Annotated[str | None, typer.Option(help="Only this site.")] = None,
    keep: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Keep skylines, light and ledgers here, so that the next call is fast."),
    ] = None,
    as_json: AsJson = False,
    data: DataFolder = None,
) -> None:
    """Say what each bus makes, stores, moves over lines and misses, and why.

    Sites joined by lines share their power. Only what the ledgers need is computed.
    """
    from moonstead.foundation.errors import InvalidInput
    from moonstead.run.plan import make_plan
    from moonstead.run.preflight import preflight
    from moonstead.run.some_tasks import compute_tasks
    from moonstead.scenario.load import load_scenario

    loaded, context = load_scenario(scenario), open_data(data)
    preflight(loaded, context)
    tasks = make_plan(loaded.scenario)
    wanted = [task for task in tasks if task.id.startswith("power.") and site in (None, task.fragment["site"])]
    if not wanted:
        names = ", ".join(one.id for one in loaded.scenario.sites) or "none"
        raise InvalidInput(f"nothing makes, stores or draws power at {site or 'any site'}; the sites are {names}")
    with tempfile.TemporaryDirectory(prefix="moonstead-") as scratch:
        results = compute_tasks(tasks, [task.id for task in wanted], context, keep or Path(scratch))
        rows = [_site(results[task.id], results[task.fragment["grid"]], task.fragment) for task in wanted]
    if as_json:
        print_json({"scenario": str(loaded.source), "sites": rows})
        return
    for row in rows:
        _print(row)


def _site(result: Any, ledger: Any, about: dict[str, Any]) -> dict[str, Any]:
    """Answer for one bus: units in the keys."""
    from moonstead.run.moments import utc_text

    facts, summary = result.facts, ledger.facts["summary"][about["site"]]
    shortages = ledger.facts["shortages"][about["site"]]
    return {
        "site": about["site"],
        "grid": ledger.facts["buses"],
        "energy_kwh": {name: value / KILOWATT_HOUR for name, value in facts["energy"].items()},
        "least_charge": summary["least_charge"],
        "least_charge_utc": str(utc_text([summary["least_charge_time"]])[0]),
        "short_h": summary["shortage_duration"] / HOUR,
        "longest_night_h": summary["longest_night"] / HOUR,
        "longest_night_bridged_h": summary["longest_night_bridged"] / HOUR,
        "not_served_kwh": {name: energy / KILOWATT_HOUR for name, energy in summary["not_served_by_load"].items()},
        "stores": [
            {
                "name": store["name"],
                "kind": store["kind"],
                "order": store["order"],
                "capacity_kwh": store["capacity"] / KILOWATT_HOUR,
                "capacity_left": store["kept"],
            }
            for store in facts["stores"]
        ],
        "lines": [
            {
                "id": line["id"],
                "between": line["between"],
                "sent_kwh": line["sent"] / KILOWATT_HOUR,
                "sent_back_kwh": line["sent_back"] / KILOWATT_HOUR,
                "lost_kwh": line["lost"] / KILOWATT_HOUR,
                "peak_load": line["peak"],
            }
            for line in facts["lines"]
        ],
        "shade": facts["shade"],
        "shortages": [
            {
                "start_utc": str(utc_text([shortage["start"]])[0]),
                "stop_utc": str(utc_text([shortage["stop"]])[0]),
                "cause": shortage["cause"],
                "origins": [
                    {
                        "code": origin["code"],
                        "subject": origin["subject"],
                        "start_utc": str(utc_text([origin["start"]])[0]),
                        "stop_utc": str(utc_text([origin["stop"]])[0]),
                    }
                    for origin in shortage["origins"]
                ],
                "not_served_kwh": {name: e / KILOWATT_HOUR for name, e in shortage["not_served"].items()},
                "text": shortage["text"],
            }
            for shortage in shortages
        ],
        "imbalance": facts["imbalance"],
    }


def _print(row: dict[str, Any]) -> None:
    shared = f", on one grid with {', '.join(s for s in row['grid'] if s != row['site'])}" if row["grid"][1:] else ""
    sys.stdout.write(f"{row['site']}{shared}\n")
    print_table(["energy", "kWh"], [[name, f"{value:.6g}"] for name, value in row["energy_kwh"].items()], right=[1])
    if row["least_charge"] is not None:
        sys.stdout.write(f"least state of charge {row['least_charge']:.1%} at {row['least_charge_utc']}\n")
    sys.stdout.write(
        f"longest night {row['longest_night_h']:.1f} h, longest bridged {row['longest_night_bridged_h']:.1f} h, "
        f"short for {row['short_h']:.1f} h in {len(row['shortages'])} intervals\n"
    )
    worst = sorted(row["shortages"], key=lambda one: -sum(one["not_served_kwh"].values()))[:5]
    for shortage in worst:
        sys.stdout.write(f"  {shortage['start_utc']}  {shortage['text']}\n")
    sys.stdout.write("\n")
