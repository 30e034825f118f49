"""`moonstead monitor probability`: how probable a collision is that a Conjunction Data Message warns of."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from moonstead.cli.output import AsJson, DataFolder, open_data, print_json, print_table

if TYPE_CHECKING:
    from moonstead.formats.cdm import CdmFile, ConjunctionMessage
    from moonstead.foundation.data import DataContext
    from moonstead.monitoring.probability.chosen import ChosenProbability
    from moonstead.monitoring.probability.encounter import Encounter

NAME = "probability"


def command(
    cdm: Annotated[Path, typer.Argument(metavar="CDM", help="Conjunction Data Message, KVN or XML; one or several.")],
    hard_body_radius: Annotated[
        float | None, typer.Option(metavar="M", help="Sum of both radii in metres, instead of that of the message.")
    ] = None,
    samples: Annotated[
        int, typer.Option("--monte-carlo", metavar="N", min=0, help="Count N pairs beside the other methods; 0 none.")
    ] = 100_000,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same count.")] = 1,
    as_json: AsJson = False,
    data: DataFolder = None,
) -> None:
    """Say how probable a collision is, by which method, and why by that one."""
    from moonstead.formats.cdm import read_cdm
    from moonstead.foundation.errors import MoonsteadError

    file = read_cdm(cdm)
    answers: list[dict[str, Any]] = []
    for message in file.messages:
        try:
            answers.append(_answer(message, hard_body_radius, samples, seed, data))
        except MoonsteadError as error:
            if len(file.messages) == 1:
                raise
            answers.append({"message_id": message.message_id, "error": str(error)})
    if as_json:
        alone = len(answers) == 1 and not file.faults
        print_json(answers[0] if alone else [*answers, *_faults(file)])
        return
    for answer in [*answers, *_faults(file)]:
        _print(answer)


def encounter_in(message: ConjunctionMessage, hard_body_radius: float | None, data: Path | None) -> Encounter:
    """Encounter of a message; data are opened only for states in rotating axes."""
    from moonstead.formats.ccsds_frames import axes_of
    from moonstead.monitoring.probability.encounter import STEADY_FRAMES, encounter_of

    steady = all(axes_of(one.ref_frame).name in STEADY_FRAMES for one in message.objects)
    context: DataContext | None = None if steady else open_data(data)
    return encounter_of(message, hard_body_radius, context)


def _answer(
    message: ConjunctionMessage, radius: float | None, samples: int, seed: int, data: Path | None
) -> dict[str, Any]:
    from moonstead.monitoring.probability.choose import choose
    from moonstead.run.moments import utc_text

    chosen = choose(encounter_in(message, radius, data), samples=samples, seed=seed, everything=True)
    first, second = message.objects
    answer: dict[str, Any] = {
        "message_id": message.message_id,
        "objects": [{"designator": one.designator, "name": one.name} for one in (first, second)],
        "tca_utc": str(utc_text([message.tca + chosen.shift])[0]),
        "miss_m": chosen.encounter.miss_distance,
        "relative_speed_m_s": chosen.encounter.relative_speed,
        "hard_body_radius_m": chosen.encounter.hard_body_radius,
        "pc": chosen.pc,
        "method": chosen.method,
        "why": chosen.why,
        "pc_2d": chosen.pc_2d,
        "pc_nc_2d": None if chosen.nc_2d is None else chosen.nc_2d.number,
        "pc_3d": None if chosen.nc_3d is None else chosen.nc_3d.number,
        "pc_largest_2d": None if chosen.largest is None else chosen.largest.probability,
        "pc_largest_over": None if chosen.largest is None else chosen.largest.over,
        "monte_carlo": _counted(chosen),
        "flags": list(chosen.flags),
        "indicators": chosen.indicators,
        "covariance_repair": [_repair(chosen, row) for row in range(2)],
        "encounter_plane": _plane(chosen),
        "pc_of_message": _number(message.value("COLLISION_PROBABILITY")),
        "notes": list(message.notes),
    }
    return answer


def _counted(chosen: ChosenProbability) -> dict[str, Any] | None:
    if chosen.counted is None:
        return None
    counted = chosen.counted
    return {
        "pc": counted.probability,
        "low_95": counted.low,
        "high_95": counted.high,
        "samples": counted.samples,
        "hits": counted.hits,
        "contacts": counted.contacts,
    }


def _repair(chosen: ChosenProbability, row: int) -> dict[str, Any]:
    repair = chosen.repairs[row]
    if repair is None:
        return {"given": False}
    return {
        "given": True,
        "repaired": repair.was_repaired,
        "least_eigenvalue_of_correlation": repair.least_eigenvalue,
        "eigenvalues_raised": repair.clipped,
        "largest_change_of_sigma": repair.changed,
    }


def _plane(chosen: ChosenProbability) -> dict[str, Any] | None:
    plane = chosen.plane
    if plane is None:
        return None
    return {
        "sigma_major_m": plane.sigma_major,
        "sigma_minor_m": plane.sigma_minor,
        "miss_major_m": plane.miss_major,
        "miss_minor_m": plane.miss_minor,
        "angle_rad": plane.angle,
    }


def _number(text: str | None) -> float | None:
    try:
        return None if text is None else float(text)
    except ValueError:
        return None


def _faults(file: CdmFile) -> list[dict[str, Any]]:
    return [{"message": fault.message, "line": fault.line, "error": fault.what} for fault in file.faults]


def _print(answer: dict[str, Any]) -> None:
    if "error" in answer:
        place = answer.get("message_id") or f"message {answer['message']}, line {answer['line']}"
        sys.stdout.write(f"{place}: {answer['error']}\n\n")
        return
    names = " and ".join(one["name"] for one in answer["objects"])
    sys.stdout.write(
        f"{names}, closest at {answer['tca_utc']}: {answer['miss_m']:.1f} m apart at "
        f"{answer['relative_speed_m_s']:.6g} m/s, hard-body radius {answer['hard_body_radius_m']:g} m\n"
    )
    rows = [
        [label, f"{answer[key]:.6e}"]
        for label, key in (
            ("2d", "pc_2d"),
            ("nc-2d", "pc_nc_2d"),
            ("nc-3d", "pc_3d"),
            ("largest by scale, 2d", "pc_largest_2d"),
        )
        if answer[key] is not None and answer[key] == answer[key]
    ]
    counted = answer["monte_carlo"]
    if counted is not None:
        interval = f"{counted['low_95']:.3e} to {counted['high_95']:.3e}"
        rows.append([f"monte-carlo, {counted['samples']} pairs", f"{counted['pc']:.6e} ({interval})"])
    print_table(["method", "probability"], rows)
    value = f"{answer['pc']:.6e}" if answer["pc"] == answer["pc"] else "not to be told"
    sys.stdout.write(f"probability {value} by {answer['method']}: {answer['why']}\n")
    if answer["flags"]:
        sys.stdout.write(f"flags: {', '.join(answer['flags'])}\n")
    sys.stdout.write("\n")
