"""`moonstead propagate`: where a spacecraft goes from a state."""

from __future__ import annotations

import math
import sys
import time
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from moonstead.cli.output import AsJson, DataFolder, open_data, print_json, print_table

if TYPE_CHECKING:
    from moonstead.dynamics.propagated import PropagatedTrajectory

NAME = "propagate"
DAY = 86_400.0  # [s]


class Method(StrEnum):
    """How the motion is integrated."""

    AUTO = "auto"
    GAUSS_JACKSON = "gauss-jackson"
    NYSTROM = "nystrom"
    DORMAND_PRINCE = "dormand-prince"


def command(
    state: Annotated[Path, typer.Argument(metavar="STATE", help="State file (TOML); see examples/states.")],
    until: Annotated[
        str,
        typer.Option(metavar="EPOCH", help='End: 2030-01-11T00:00:00Z, or "10 d" from the epoch; backwards is fine.'),
    ],
    scale: Annotated[
        str | None, typer.Option(help="Time scale of EPOCH where it names none. Left out: that of the state.")
    ] = None,
    tolerance: Annotated[str, typer.Option(help="Position error that is accepted anywhere on the way.")] = "1 cm",
    method: Annotated[Method, typer.Option(help="Integrator; auto picks one and the answer says which.")] = Method.AUTO,
    oem: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the ephemeris as CCSDS OEM: .xml is XML, others KVN.")
    ] = None,
    step: Annotated[
        str | None,
        typer.Option(
            help='Between the states of the ephemeris, for example "1 min". Left out: what interpolation needs.'
        ),
    ] = None,
    as_json: AsJson = False,
    data: DataFolder = None,
) -> None:
    """Propagate a spacecraft from a state: final state, cost, error estimate, and where it ended.

    An impact is an answer, not an error: it is told with time and place, and the ephemeris goes up to it.
    """
    from moonstead.foundation.errors import InvalidInput
    from moonstead.foundation.units import parse_quantity
    from moonstead.run.flight import end_of_flight, fly
    from moonstead.run.flight_answer import flight_answer
    from moonstead.run.flight_check import planned_flight
    from moonstead.run.flight_oem import require_oem, write_flight_oem
    from moonstead.scenario.load_state import load_state

    loaded = load_state(state)
    accepted, gap = parse_quantity(tolerance, "length"), None if step is None else parse_quantity(step, "time")
    if not accepted > 0.0:
        raise InvalidInput(f"--tolerance {tolerance!r} must be above zero, for example --tolerance '1 cm'")
    end = end_of_flight(until, loaded.state.orbit.epoch, scale.upper() if scale else None)
    context = open_data(data)
    flight = planned_flight(loaded, end, context)
    if oem is not None:
        require_oem(oem, flight, gap)
    wall, processor = time.perf_counter(), time.process_time()
    flown = fly(flight, context, accepted, method.value)
    spent = {"wall_s": time.perf_counter() - wall, "cpu_s": time.process_time() - processor}
    answer = flight_answer(loaded, flight, flown, context) | {"cost": _cost(flown, accepted, spent)}
    if oem is not None:
        taken, error = write_flight_oem(oem, loaded, flight, flown, answer, gap)
        answer["oem"] = {"file": str(oem), "step_s": taken, "interpolation_error_m": error}
    if as_json:
        print_json(answer)
    else:
        _print(answer)


def _cost(flown: PropagatedTrajectory, tolerance: float, spent: dict[str, float]) -> dict[str, Any]:
    count = flown.statistics
    return {
        "method": flown.method,
        "tolerance_m": tolerance,
        "error_estimate_m": None if math.isnan(flown.error_estimate) else flown.error_estimate,
        "steps": count.steps,
        "rejected": count.rejected,
        "force_evaluations": count.evaluations,
        **spent,
    }


def _print(answer: dict[str, Any]) -> None:
    first, last, ending = answer["initial"], answer["final"], answer["ending"]
    days = (last["tdb_s"] - first["tdb_s"]) / DAY
    sys.stdout.write(f"{answer['name']} about {answer['center']}, axes {answer['frame']}, {days:.6g} days\n\n")
    headings = [f"epoch {first['scale']}", "x km", "y km", "z km", "vx km/s", "vy km/s", "vz km/s"]
    has_mass = "mass_kg" in first
    rows = []
    for told in (first, last):
        cells = [f"{value / 1e3:.6f}" for value in told["position_m"]]
        cells += [f"{value / 1e3:.9f}" for value in told["velocity_m_s"]]
        rows.append([told["epoch"] or f"{told['tdb']} TDB", *cells, *([f"{told['mass_kg']:.6g}"] if has_mass else [])])
    print_table([*headings, *(["mass kg"] if has_mass else [])], rows, right=range(1, len(headings) + 1))
    lines = [("ending", _ending(ending)), ("forces", _forces(answer["forces"]))]
    lines += [
        ("burn", f"{burn['kind']} at {burn['epoch']} {burn['scale']}, axes {burn['axes']}") for burn in answer["burns"]
    ]
    cost = answer["cost"]
    estimate = cost["error_estimate_m"]
    told = "no estimate of the error" if estimate is None else f"estimated error {estimate:.2g} m"
    lines.append(("method", f"{cost['method']}, tolerance {cost['tolerance_m']:g} m, {told}"))
    effort = f"{cost['steps']} steps, {cost['rejected']} rejected, {cost['force_evaluations']} force evaluations"
    lines.append(("cost", f"{effort}, {cost['cpu_s']:.3g} s of processor"))
    lines.append(("data", ", ".join(f"{one['name']} ({one['sha256'][:12]})" for one in answer["data"])))
    if "oem" in answer:
        file, step, error = answer["oem"].values()
        lines.append(("oem", f"{file}, every {step:g} s, interpolates to {error:.1g} m"))
    sys.stdout.write("\n" + "".join(f"{name:<8}{text}\n" for name, text in lines))


def _ending(ending: dict[str, Any]) -> str:
    if "body" not in ending:
        return ending["event"]
    place = ""
    if "latitude_deg" in ending:
        place = (
            f", latitude {ending['latitude_deg']:.5f} deg, longitude {ending['longitude_deg']:.5f} deg in "
            f"{ending['frame']}, at {ending['speed_over_ground_m_s']:.1f} m/s over the ground"
        )
    when = f"{ending['utc']} UTC" if ending["utc"] else f"{ending['tdb']} TDB"
    return f"meets the surface of {ending['body']} at {when}{place}"


def _forces(forces: dict[str, Any]) -> str:
    gm = f"GM {forces['gm_m3_s2']:.10e} m3/s2"
    central = f"{forces['center']} as a point mass, {gm}"
    if forces["degree"]:
        name, degree = forces["gravity_field"], forces["degree"]
        central = f"{name} {degree}x{degree}, {gm}, radius {forces['field_radius_m'] / 1e3:.10g} km"
    parts = [central, *(one["body"] for one in forces["third_bodies"])]
    parts += [name for name in ("radiation", "drag", "relativity") if forces[name]]
    return ", ".join(parts)
