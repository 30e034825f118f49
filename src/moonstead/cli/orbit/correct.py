"""`moonstead orbit correct`: a periodic three-body orbit flown under all forces."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from moonstead.cli.output import AsJson, DataFolder, console, open_data, print_json

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from moonstead.dynamics.forces import ForceModel
    from moonstead.orbits.three_body.periodic_orbit import PeriodicOrbit

NAME = "correct"
BODIES = ("EARTH", "SUN", "VENUS", "JUPITER BARYCENTER")
CLOSED = 1e-6  # [1] that a state of one's own may miss itself by after its period


def command(
    start: Annotated[str, typer.Option(metavar="TIME", help="Start, UTC.")],
    family: Annotated[str | None, typer.Option(help="Family; `moonstead orbit families` lists them.")] = None,
    point: Annotated[str | None, typer.Option(help="Libration point, L1 to L5.")] = None,
    branch: Annotated[str | None, typer.Option(help="Of mirrored families: north or south.")] = None,
    period: Annotated[str | None, typer.Option(help='Of the member, for example "6.56 d".')] = None,
    jacobi: Annotated[float | None, typer.Option(help="Jacobi constant of the member.")] = None,
    resonance: Annotated[
        str | None, typer.Option(help="9:2 is nine revolutions in two synodic months; of family resonant, its p:q.")
    ] = None,
    state_file: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="JSON with state and period, as `moonstead orbit family --json` answers."),
    ] = None,
    revolutions: Annotated[int, typer.Option(help="How many.")] = 9,
    phase: Annotated[
        float | None, typer.Option(help="Revolutions since the nearest passage, at the start; 0 if left out.")
    ] = None,
    avoid_eclipses: Annotated[
        list[str] | None, typer.Option(metavar="BODY", help="Choose the phase so that its shadow is missed: earth.")
    ] = None,
    degree: Annotated[int, typer.Option(help="Of the Moon's gravity field.")] = 8,
    mass: Annotated[float | None, typer.Option(help="Of the spacecraft (kg), for the pressure of sunlight.")] = None,
    area: Annotated[float | None, typer.Option(help="That faces the Sun (m2).")] = None,
    reflectivity: Annotated[float, typer.Option(help="Coefficient of the pressure of sunlight.")] = 1.3,
    nodes: Annotated[int | None, typer.Option(help="In a revolution; left out: one a day, seven at least.")] = None,
    oem: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the ephemeris as CCSDS OEM.")] = None,
    spk: Annotated[Path | None, typer.Option(metavar="FILE", help="Write it as SPICE kernel.")] = None,
    naif_id: Annotated[int, typer.Option(help="Of the spacecraft in the kernel.")] = -60001,
    name: Annotated[str, typer.Option(help="Of the spacecraft.")] = "SPACECRAFT",
    resume: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Keep the nodes here after each step, and go on from them next time."),
    ] = None,
    as_json: AsJson = False,
    data: DataFolder = None,
) -> None:
    """Fly a periodic orbit under all forces: arcs joined by multiple shooting, for any epoch and many revolutions.

    The Moon's field, the Earth, the Sun, Venus and Jupiter act, and sunlight where mass and area are given.
    """
    from moonstead.foundation.errors import InvalidInput
    from moonstead.foundation.time.epoch import Epoch
    from moonstead.orbits.three_body.flown import fly_periodic_orbit
    from moonstead.run.flown_answer import flown_answer, orbit_comments
    from moonstead.run.flown_nodes import NodesFile
    from moonstead.run.orbit_files import write_orbit_oem, write_orbit_spk

    context = open_data(data)
    for path in (oem, spk, resume):
        _require_folder(path)
    if naif_id >= 0:
        raise InvalidInput("a spacecraft has a negative NAIF id; give for example --naif-id -60001")
    model = _forces(degree, mass, area, reflectivity)
    began = time.process_time()
    orbit, pace = _member(family, point, branch, period, jacobi, resonance, state_file)
    avoided = tuple(one.upper() for one in avoid_eclipses or ())
    _require_bodies(avoided)
    epoch = Epoch.parse(start, "UTC").tdb()
    kept, first = None, None
    if resume is not None:
        asked = [orbit.state.tolist(), orbit.period, epoch, revolutions, phase, avoided, pace, nodes, repr(model)]
        kept = NodesFile(resume, {"asked": asked})
        first = kept.read()
    flown = fly_periodic_orbit(
        orbit,
        epoch,
        revolutions,
        model,
        context,
        phase=phase,
        avoid_eclipse_by=avoided,
        period=pace,
        nodes=nodes,
        first_nodes=first,
        name=name,
        progress=_told(kept.write if kept is not None else None, quiet=as_json),
    )
    answer = flown_answer(flown, context)
    if oem is not None:
        error = write_orbit_oem(oem, flown.trajectory(), orbit_comments(flown))
        answer["oem"] = {"file": str(oem), "interpolation_error_m": error}
    if spk is not None:
        label = f"{orbit.family} {orbit.point or ''} {orbit.branch or ''} {degree}x{degree}".replace("  ", " ")
        error = write_orbit_spk(spk, flown.trajectory(), naif_id, label)
        answer["spk"] = {"file": str(spk), "naif_id": naif_id, "interpolation_error_m": error}
    if resume is not None:
        resume.unlink(missing_ok=True)
    answer["cpu_s"] = time.process_time() - began
    if as_json:
        print_json(answer)
    else:
        _print(answer)


def _member(
    family: str | None,
    point: str | None,
    branch: str | None,
    period: str | None,
    jacobi: float | None,
    resonance: str | None,
    state_file: Path | None,
) -> tuple[PeriodicOrbit, float | None]:
    """The periodic orbit, and the mean time of a revolution [s] where a resonance with the Sun is wanted."""
    from moonstead.foundation.errors import InvalidInput
    from moonstead.foundation.units import parse_quantity
    from moonstead.orbits.three_body.eclipse_phasing import SYNODIC_MONTH
    from moonstead.orbits.three_body.families import periodic_orbit

    if (family is None) == (state_file is None):
        raise InvalidInput("say which orbit: --family with --period, --jacobi or --resonance, or --state-file")
    if state_file is not None:
        return _orbit_of(state_file), None
    assert family is not None
    given = [one for one in (period, jacobi, resonance) if one is not None]
    ratio = None if resonance is None else _ratio(resonance)
    if family == "resonant":
        seconds = None if period is None else parse_quantity(period, "time")
        return periodic_orbit(family, resonance=ratio, period=seconds, jacobi=jacobi), None
    if len(given) != 1:
        raise InvalidInput(
            f"one member of the family {family} is wanted: give one of --period, --jacobi and --resonance; "
            f"{len(given)} were given"
        )
    pace = None if ratio is None else ratio[1] * SYNODIC_MONTH / ratio[0]
    seconds = pace if period is None else parse_quantity(period, "time")
    return periodic_orbit(family, point=point, branch=branch, period=seconds, jacobi=jacobi), pace


def _ratio(text: str) -> tuple[int, int]:
    from moonstead.foundation.errors import InvalidInput

    parts = text.split(":")
    if len(parts) != 2 or not all(part.isdigit() and int(part) > 0 for part in parts):
        raise InvalidInput(f"--resonance {text!r} is no ratio of two whole numbers; write for example 9:2")
    return int(parts[0]), int(parts[1])


def _orbit_of(path: Path) -> PeriodicOrbit:
    """A periodic orbit of one's own, by its normalised state and period."""
    import numpy as np

    from moonstead.foundation.errors import InvalidInput, MissingData
    from moonstead.orbits.three_body.motion import jacobi_constant, propagate_three_body
    from moonstead.orbits.three_body.periodic_orbit import PeriodicOrbit
    from moonstead.orbits.three_body.system import EARTH_MOON, ThreeBodySystem

    if not path.is_file():
        raise MissingData(f"--state-file {path}: there is no such file")
    try:
        said = json.loads(path.read_text())
        said = said.get("orbit", said) if "state" not in said else said
        state, length = np.array(said["state"], dtype=np.float64), float(said["period"])
        constants = said.get("constants", {})
    except (ValueError, KeyError, TypeError, AttributeError):
        raise InvalidInput(f"--state-file {path}: needs JSON with state (6 numbers) and period, normalised") from None
    system = EARTH_MOON
    if constants:
        try:
            mass_ratio, size, pace = (float(constants[key]) for key in ("mass_ratio", "length_m", "time_s"))
        except (KeyError, TypeError, ValueError):
            raise InvalidInput(f"--state-file {path}: constants needs mass_ratio, length_m and time_s") from None
        system = ThreeBodySystem("EARTH", "MOON", mass_ratio, size, pace, str(constants.get("source", path)))
    if state.shape != (6,) or not length > 0.0:
        raise InvalidInput(f"--state-file {path}: state needs 6 numbers, period a positive one")
    ends, transition = propagate_three_body(state, length, system, with_transition=True)
    missed = float(np.linalg.norm(ends[-1] - state))
    if missed > CLOSED:
        raise InvalidInput(
            f"--state-file {path}: after its period the orbit misses its start by {missed:.2g} (normalised), more than "
            f"{CLOSED:g}: it is no periodic orbit of these constants (mass ratio {system.mass_ratio:.12g})"
        )
    largest = float(np.abs(np.linalg.eigvals(transition[-1])).max())
    index = 0.5 * (largest + 1.0 / largest)
    jacobi = float(jacobi_constant(state, system.mass_ratio))
    named = str(said.get("family", "own"))
    return PeriodicOrbit(
        system, named, said.get("point"), said.get("branch"), state, length, jacobi, index, transition[-1]
    )


def _forces(degree: int, mass: float | None, area: float | None, reflectivity: float) -> ForceModel:
    from moonstead.dynamics.forces import ForceModel, Radiation
    from moonstead.foundation.errors import InvalidInput

    if (mass is None) != (area is None):
        raise InvalidInput("the pressure of sunlight needs both --mass and --area; leave both out to fly without it")
    light = None if area is None else Radiation(area, reflectivity)
    return ForceModel(degree=degree, third_bodies=BODIES, mass=mass, radiation=light)


def _require_folder(path: Path | None) -> None:
    from moonstead.foundation.errors import InvalidInput, MissingData

    if path is None:
        return
    if path.is_dir():
        raise InvalidInput(f"{path} is a folder; name a file in it")
    if not path.absolute().parent.is_dir():
        raise MissingData(f"{path}: the folder {path.parent} does not exist; create it first")


def _require_bodies(names: tuple[str, ...]) -> None:
    from moonstead.foundation.errors import InvalidInput

    for one in names:
        if one not in ("EARTH", "MOON"):
            raise InvalidInput(f"--avoid-eclipses {one.lower()}: shadows of the earth and of the moon are known")


def _told(
    keep: Callable[[NDArray[np.float64]], None] | None, *, quiet: bool
) -> Callable[[int, float, NDArray[np.float64]], None]:
    shown = console(error=True)

    def tell(step: int, gap: float, nodes: NDArray[np.float64]) -> None:
        if keep is not None:
            keep(nodes)
        if not quiet and shown.is_terminal:
            shown.print(f"step {step}: largest gap {gap:.3g} m")

    return tell


def _print(answer: dict[str, Any]) -> None:
    orbit = answer["orbit"]
    called = " ".join(str(orbit[key]) for key in ("family", "point", "branch") if orbit[key])
    lines = [
        ("orbit", f"{called}, period {orbit['period_d']:.5g} d, stability index {orbit['stability_index']:.4g}"),
        ("span", f"{answer['start_utc']} to {answer['stop_utc']}, {answer['revolutions']} revolutions"),
        ("pace", f"mean revolution {answer['mean_period_d']:.5f} d, phase {answer['phase']:.4f} at the start"),
        (
            "defects",
            f"{answer['position_defect_m']:.2g} m, {answer['velocity_defect_m_s']:.2g} m/s at most, "
            f"{answer['nodes']} nodes, {answer['iterations']} Newton steps",
        ),
        ("shape", f"within {answer['departure_from_layout_km']:.0f} km of the periodic orbit"),
    ]
    for key in ("perilune", "apolune", "nearest", "farthest"):
        if f"{key}_km" in answer:
            low, high = answer[f"{key}_km"]
            lines.append((key, f"{low:.1f} to {high:.1f} km from the centre"))
    for shadow in answer["eclipses"]:
        told = f"{shadow['count']} by the {shadow['by'].title()}"
        if shadow["count"]:
            told += f", the longest {shadow['longest_min']:.1f} min, {shadow['total_h']:.2f} h in all"
        lines.append(("eclipses", told + " (penumbra included)"))
    alone = answer["uncorrected"]
    after = alone["apart_after_d"]
    lines.append(
        (
            "unaided",
            f"one flight from the start is {alone['apart_km']:g} km off after {after:.1f} d"
            if after is not None
            else f"one flight from the start stays within {alone['apart_km']:g} km for {alone['followed_d']:.1f} d",
        )
    )
    lines.append(("forces", answer["forces"]))
    lines += [
        (key, f"{answer[key]['file']}, interpolates to {answer[key]['interpolation_error_m']:.1g} m")
        for key in ("oem", "spk")
        if key in answer
    ]
    lines.append(("cost", f"{answer['cpu_s']:.3g} s of processor"))
    sys.stdout.write("".join(f"{key:<10}{text}\n" for key, text in lines))
