"""`moonstead gnss info`: what a file of satellite navigation is and holds."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from moonstead.cli.output import AsJson, print_json, print_table

if TYPE_CHECKING:
    from moonstead.formats.gnss_inventory import Inventory

NAME = "info"
MOST_FAULTS = 20  # shown without --json


def command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="RINEX, SP3, ANTEX, IONEX or SINEX; may be packed.")],
    as_json: AsJson = False,
) -> None:
    """Say what a file is: kind, version, span, satellites and counts by system, and what in it cannot be used."""
    from moonstead.formats.gnss_inventory import inventory

    told = answer(file, inventory(file))
    if as_json:
        print_json(told)
        return
    _print(told)


def answer(file: Path, found: Inventory) -> dict[str, Any]:
    """Answer of the command: units in the keys, and only what the kind of file has."""
    from moonstead.formats.gnss_time import gpst_text

    told: dict[str, Any] = {"file": str(file), "kind": found.kind, "version": found.version}
    if found.source:
        told["source"] = found.source
    if found.start == found.start:
        told |= {"start": gpst_text(found.start), "stop": gpst_text(found.stop)}
    if found.interval == found.interval:
        told["interval_s"] = found.interval
    told |= found.counts
    told["systems"] = {
        letter: {"satellites": system.satellites, "records": system.records}
        | ({"messages": system.messages} if system.messages else {})
        | ({"codes": system.codes} if system.codes else {})
        for letter, system in found.systems.items()
    }
    told["faults"] = [{"line": fault.line, "what": fault.what, "remedy": fault.remedy} for fault in found.faults]
    return told


def _print(told: dict[str, Any]) -> None:
    facts = [(key, value) for key, value in told.items() if key not in ("systems", "faults")]
    print_table(["fact", "value"], [[key.replace("_", " "), str(value)] for key, value in facts])
    if told["systems"]:
        sys.stdout.write("\n")
        rows = []
        for letter, system in told["systems"].items():
            counted = system.get("messages") or system.get("codes") or {}
            listed = " ".join(f"{name}:{count}" for name, count in counted.items())
            rows.append([letter, str(system["satellites"]), str(system["records"]), listed])
        print_table(["system", "satellites", "records", "counts"], rows, right=[1, 2])
    for fault in told["faults"][:MOST_FAULTS]:
        place = f"line {fault['line']}: " if fault["line"] else ""
        sys.stdout.write(f"fault: {place}{fault['what']}; {fault['remedy']}\n")
    if len(told["faults"]) > MOST_FAULTS:
        sys.stdout.write(f"and {len(told['faults']) - MOST_FAULTS} more faults: see --json\n")
