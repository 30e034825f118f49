"""`moonstead monitor screen`: which objects of a catalogue come close to each other, and when."""

from __future__ import annotations

import shutil
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from moonstead.cli.output import AsJson, print_json, print_table, progress

if TYPE_CHECKING:
    from moonstead.formats.element_rows import RowFault
    from moonstead.monitoring.objects import Sgp4Objects
    from moonstead.monitoring.screening.screening import Screening

NAME = "screen"
HOUR, KILOMETRE = 3600.0, 1000.0  # [s], [m]
SHOWN = 20  # closest encounters on a terminal
MOST_TOLD = 1000  # failed objects and rejected rows in JSON
TABLES = (".csv", ".parquet")


def command(
    catalogue: Annotated[
        Path, typer.Argument(metavar="CATALOGUE", help="File of elements (TLE, OMM, CSV, JSON, also .gz), or a store.")
    ],
    start: Annotated[str, typer.Option(metavar="EPOCH", help="Start of the span (UTC).")],
    hours: Annotated[float, typer.Option(help="Length of the span.")] = 24.0,
    distance: Annotated[float, typer.Option("--distance-km", help="Passages below it are told.")] = 5.0,
    primary: Annotated[
        str | None, typer.Option(metavar="ID,...", help="Screen these against all others, not all against all.")
    ] = None,
    proximity_speed: Annotated[
        float | None,
        typer.Option("--proximity-speed", metavar="M/S", help="Slower passages are intervals. Left out: 50 m/s."),
    ] = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="EPOCH", help="What was known then (UTC): later sets do not count.")
    ] = None,
    threads: Annotated[int, typer.Option(min=1, help="Parts of the span that are screened at the same time.")] = 1,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Table of encounters, .csv or .parquet; intervals beside it as -proximity."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say who comes close to whom: all encounters below a distance, and pairs that stay together.

    Nothing is sampled: what is left out is proven to stay farther apart. With --out an interrupted screening keeps
    what is finished, and the same command goes on from there.
    """
    from moonstead.foundation.errors import InvalidInput
    from moonstead.foundation.time.epoch import Epoch
    from moonstead.monitoring.catalogue.source import catalogue_elements
    from moonstead.monitoring.objects import Sgp4Objects
    from moonstead.monitoring.screening.screen import screen

    began, wall = time.process_time(), time.monotonic()
    if out is not None and out.suffix.lower() not in TABLES:
        raise InvalidInput(f"tables are written as {' or '.join(TABLES)}; got {out}")
    if not hours > 0.0 or not distance > 0.0:
        raise InvalidInput(f"--hours and --distance-km must be positive; got {hours:g} and {distance:g}")
    first = Epoch.parse(start).tdb()
    last = (Epoch.parse(start) + hours * HOUR).tdb()
    found = catalogue_elements(catalogue, None if as_of is None else Epoch.parse(as_of).tdb())
    objects = Sgp4Objects(found.elements)
    primaries = None if primary is None else _rows(objects, primary)
    keep = None if out is None else out.with_name(f".{out.name}.blocks")
    with progress(quiet=as_json) as bars:
        task = bars.add_task("screening", total=None)
        screening = screen(
            objects, first, last, distance * KILOMETRE, primaries=primaries, proximity_speed=proximity_speed,
            threads=threads, keep=keep, progress=lambda done, of: bars.update(task, completed=done, total=of),
        )  # fmt: skip
    if out is not None:
        from moonstead.cli.monitor.screen_tables import write_encounters, write_intervals

        write_encounters(screening, objects.name, out)
        write_intervals(screening, objects.name, beside(out))
    if keep is not None:
        shutil.rmtree(keep, ignore_errors=True)
    told = _told(screening, objects, found.faults, catalogue, out)
    told |= {"cpu_s": time.process_time() - began, "wall_s": time.monotonic() - wall, "threads": threads}
    if as_json:
        print_json(told)
    else:
        _print(told)


def beside(out: Path) -> Path:
    """Where the table of intervals goes: beside that of encounters."""
    return out.with_name(f"{out.stem}-proximity{out.suffix}")


def _rows(objects: Sgp4Objects, text: str) -> Any:
    """Rows of the objects that were named by their numbers."""
    import numpy as np

    from moonstead.foundation.errors import InvalidInput, MissingData

    try:
        wanted = [int(part) for part in text.split(",")]
    except ValueError:
        raise InvalidInput(f"--primary takes catalogue numbers with commas between; got {text!r}") from None
    if unknown := [str(one) for one in wanted if one not in objects.object_id]:
        raise MissingData(f"the catalogue has no object {', '.join(unknown)}; `moonstead monitor catalogue` lists it")
    return np.flatnonzero(np.isin(objects.object_id, wanted))


def _told(
    screening: Screening, objects: Sgp4Objects, faults: tuple[RowFault, ...], catalogue: Path, out: Path | None
) -> dict[str, Any]:
    from moonstead.cli.monitor.screen_tables import encounter_columns, utc_milliseconds

    closest = screening.encounters.miss_distance.argsort(kind="stable")[:SHOWN]
    columns = encounter_columns(screening, objects.name)
    told: dict[str, Any] = {
        "catalogue": str(catalogue),
        "start_utc": str(utc_milliseconds([screening.start])[0]),
        "stop_utc": str(utc_milliseconds([screening.stop])[0]),
        "distance_km": screening.distance / KILOMETRE,
        "proximity_speed_m_s": screening.proximity_speed,
        "objects": len(objects),
        "events": len(screening.encounters),
        "proximity_intervals": len(screening.proximity_intervals),
        "failed": len(screening.failed),
        "failed_objects": [
            {"id": one.object_id, "name": one.name, "reason": one.reason, "screened_h": one.screened / HOUR}
            for one in screening.failed[:MOST_TOLD]
        ],
        "rejected": len(faults),
        "faults": [
            {"place": one.place, "what": one.what, "remedy": one.remedy, "text": one.text} for one in faults[:MOST_TOLD]
        ],
        "closest": [{name: column[row : row + 1].tolist()[0] for name, column in columns.items()} for row in closest],
        "statistics": screening.statistics,
    }
    if out is not None:
        told |= {"out": str(out), "out_proximity": str(beside(out))}
    return told


def _print(told: dict[str, Any]) -> None:
    sys.stdout.write(
        f"{_many(told['objects'], 'object')}, {told['start_utc']} to {told['stop_utc']}, "
        f"below {told['distance_km']:g} km\n"
        f"{_many(told['events'], 'encounter')}, {_many(told['proximity_intervals'], 'proximity interval')} "
        f"(slower than {told['proximity_speed_m_s']:g} m/s)\n"
    )
    if told["failed"]:
        sys.stdout.write(f"{told['failed']} objects could not be screened throughout; --json tells which and why\n")
    if told["rejected"]:
        sys.stdout.write(f"{told['rejected']} rows of the catalogue were rejected; --json tells which and why\n")
    rows = [
        [
            one["tca_utc"], str(one["first_id"]), one["first_name"], str(one["second_id"]), one["second_name"],
            f"{one['miss_distance_m'] / KILOMETRE:.3f}", f"{one['relative_speed_m_s'] / KILOMETRE:.3f}",
        ]
        for one in told["closest"]
    ]  # fmt: skip
    if rows:
        sys.stdout.write("\nClosest\n")
        print_table(["TCA (UTC)", "id", "name", "id", "name", "miss km", "km/s"], rows, right=(1, 3, 5, 6))


def _many(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
