"""`moonstead check`: whether a scenario can be run, without running it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from moonstead.cli.output import AsJson, DataFolder, open_data, print_json

NAME = "check"


def command(
    scenario: Annotated[Path, typer.Argument(metavar="SCENARIO", help="Scenario file (TOML).")],
    as_json: AsJson = False,
    data: DataFolder = None,
) -> None:
    """Check a scenario: keys, units, references, dates, heights, orbits, files. Computes nothing.

    Exit code 0 where the scenario can be run, 2 where it is wrong, 3 where data are missing for it.
    """
    from moonstead.run.preflight import preflight
    from moonstead.scenario.load import load_scenario

    loaded = load_scenario(scenario)
    preflight(loaded, open_data(data))
    parts = loaded.scenario
    counts = {
        "partners": len(parts.partners),
        "sites": len(parts.sites),
        "facilities": len(parts.facilities),
        "crews": len(parts.crews),
        "stores": len(parts.stores),
        "processes": len(parts.processes),
        "deliveries": len(parts.deliveries),
        "transports": len(parts.transports),
        "missions": len(parts.missions),
        "spacecraft": len(parts.spacecraft),
        "ground_stations": len(parts.ground_stations),
        "networks": len(parts.networks),
        "links": len(parts.links),
        "threats": len(parts.threats),
        "shields": len(parts.shields),
        "flash_cameras": len(parts.flash_cameras),
        "constellations": len(parts.constellations),
        "protected": len(parts.protected),
        "sensors": len(parts.sensors),
    }
    if as_json:
        print_json(
            {
                "scenario": str(loaded.source),
                "title": parts.title,
                "start": parts.start.isoformat().replace("+00:00", "Z"),
                "stop": parts.stop.isoformat().replace("+00:00", "Z"),
                "counts": counts,
                "problems": [],
            }
        )
        return
    days = (parts.stop - parts.start).total_seconds() / 86_400.0
    sys.stdout.write(f"{parts.title}\n")
    sys.stdout.write(f"{parts.start:%Y-%m-%d} to {parts.stop:%Y-%m-%d} UTC, {days:.6g} days\n")
    sys.stdout.write(", ".join(f"{name.replace('_', ' ')}: {count}" for name, count in counts.items() if count) + "\n")
    sys.stdout.write("No problem found.\n")
