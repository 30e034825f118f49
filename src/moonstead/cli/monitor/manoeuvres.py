"""`moonstead monitor manoeuvres`: burns found in the element history of an object."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from moonstead.cli.output import AsJson, print_json, print_table

if TYPE_CHECKING:
    from moonstead.monitoring.histories.manoeuvres import Manoeuvre

NAME = "manoeuvres"


def command(
    history: Annotated[Path, typer.Argument(metavar="HISTORY", help="Element sets: TLE, 3LE or OMM, plain or .gz.")],
    object_id: Annotated[
        int | None, typer.Option("--object", metavar="NUMBER", help="Whose, where the file has several objects.")
    ] = None,
    false_alarms: Annotated[
        float, typer.Option(metavar="P", help="Chance of finding anything in a whole history without burns.")
    ] = 0.01,
    as_json: AsJson = False,
) -> None:
    """Find burns in the element history of an object: when, how large, how sure."""
    from moonstead.formats.mean_elements_file import read_mean_elements
    from moonstead.monitoring.histories.history import read_history
    from moonstead.monitoring.histories.manoeuvres import manoeuvres

    read = read_mean_elements(history)
    kept = read_history(read.elements, object_id)
    found = manoeuvres(kept, false_alarms)
    answer: dict[str, Any] = {
        "history": {
            "file": history,
            "object": int(kept.elements.object_id[0]),
            "sets": len(kept.elements),
            "dropped": [{"set": each.row, "why": each.why} for each in kept.dropped if "replaced" not in each.why],
            "repeated": sum("replaced" in each.why for each in kept.dropped),
            "faults": len(read.faults),
            "start_utc": _utc(float(kept.tdb[0])),
            "stop_utc": _utc(float(kept.tdb[-1])),
        },
        "false_alarms": false_alarms,
        "count": len(found),
        "raising": sum(one.semi_major_axis > 0.0 for one in found),
        "lowering": sum(one.semi_major_axis < 0.0 for one in found),
        "turning_the_plane": sum(one.cross_track == one.cross_track for one in found),
        "manoeuvres": [_told(one) for one in found],
    }
    if as_json:
        print_json(answer)
        return
    typer.echo(f"{len(found)} manoeuvres of object {answer['history']['object']} in {len(kept.elements)} sets")
    print_table(
        ("time UTC", "between", "and", "along m/s", "across m/s", "semi-major axis m"),
        [
            (
                one["time_utc"],
                one["earliest_utc"],
                one["latest_utc"],
                _figure(one["delta_v_m_s"]["along_track"], one["delta_v_m_s"]["along_track_sigma"], 4),
                _figure(one["delta_v_m_s"]["cross_track"], one["delta_v_m_s"]["cross_track_sigma"], 2),
                _figure(one["change_of_semi_major_axis_m"], float("nan"), 1),
            )
            for one in answer["manoeuvres"]
        ],
        right=(3, 4, 5),
    )


def _told(one: Manoeuvre) -> dict[str, Any]:
    return {
        "time_utc": _utc(one.tdb),
        "earliest_utc": _utc(one.earliest),
        "latest_utc": _utc(one.latest),
        "delta_v_m_s": {
            "along_track": one.along_track,
            "along_track_sigma": one.along_sigma,
            "cross_track": one.cross_track,
            "cross_track_sigma": one.cross_sigma,
        },
        "change_of_semi_major_axis_m": one.semi_major_axis,
        "confidence": one.confidence,
    }


def _figure(value: float, sigma: float, digits: int) -> str:
    if value != value:
        return "-"
    return f"{value:.{digits}f}" if sigma != sigma else f"{value:.{digits}f} ± {sigma:.{digits}f}"


def _utc(tdb: float) -> str:
    from moonstead.foundation.time.epoch import Epoch

    return Epoch.from_tdb(tdb).text("UTC", digits=0)
