"""From a state file to a checked state, with every mistake told at once and where it stands."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from moonstead.foundation.bodies import body
from moonstead.scenario.common import FOLDER
from moonstead.scenario.findings import Finding
from moonstead.scenario.schema import state_schema
from moonstead.scenario.state_file import AirDrag, ElementsOrbit, Impulse, StateFile, Thrusting
from moonstead.scenario.toml_file import FileKind, WrittenFile, read_document
from moonstead.scenario.wording import findings

STATE_FILE = FileKind("state", "name, [orbit] and [forces]; see examples/states/ for examples")
ADD_MASS = 'add mass = "1200 kg" above the first table'
NO_MASS_CENTER = "SOLAR SYSTEM BARYCENTER"


@dataclass(frozen=True, slots=True)
class LoadedState(WrittenFile):
    """A state together with the file that it came from.

    Attributes
    ----------
    state : StateFile
        What the file says, in SI.
    """

    state: StateFile


def load_state(path: Path | str) -> LoadedState:
    """Read a state file and check all that can be checked without data.

    Parameters
    ----------
    path : path
        A TOML file. Relative paths in it start from its folder.

    Returns
    -------
    LoadedState
        State in SI, file, line of every key.

    Raises
    ------
    ScenarioError
        With every mistake that was found: file, line, key, message, remedy.
    """
    document = read_document(path, STATE_FILE)
    try:
        state = StateFile.model_validate(document.values, context={FOLDER: document.path.absolute().parent})
    except ValidationError as error:
        document.refuse(findings(error, _schema()))
        raise  # a validation error has at least one finding
    document.refuse(list(_contradictions(state)))
    return LoadedState(document.path.absolute(), document.lines, state)


@cache
def _schema() -> dict[str, Any]:
    return state_schema()


def _contradictions(state: StateFile) -> Iterator[Finding]:
    """Mistakes that only show when tables are read together."""
    center = state.center
    if center == NO_MASS_CENTER:
        place = ("forces", "center") if state.forces.center else ("orbit", "center")
        yield Finding(place, f"{center} has no mass of its own to move about", 'add center = "SUN" to [forces]')
    yield from _third_bodies(state)
    yield from _degree_switches(state)
    for index, name in enumerate(state.radiation.hidden_by if state.radiation else ()):
        if name == "SUN" or math.isnan(body(name).mean_radius):
            message = f"{name} cannot hide the Sun"
            yield Finding(("radiation", "hidden_by", index), message, "name a planet or a moon, for example EARTH")
    if state.drag is not None and center != "EARTH":
        message = f"the motion is about {center}, but there is air about the EARTH only"
        yield Finding(("drag",), message, "leave [drag] out")
    if state.drag is not None:
        yield from _weather(state.drag)
    if isinstance(state.orbit, ElementsOrbit):
        yield from _bad_focus(state.orbit)
    yield from _massless(state)
    for index, burn in enumerate(state.burns):
        if isinstance(burn, Thrusting) and not any(burn.direction):
            yield Finding(("burn", index, "direction"), "the direction has no length", "write for example [0, 1, 0]")


def _third_bodies(state: StateFile) -> Iterator[Finding]:
    """Bodies that cannot pull as third bodies, or whose pull would be counted twice."""
    center, names = state.center, state.forces.third_bodies
    for index, name in enumerate(names):
        key = ("forces", "third_bodies", index)
        parts = [one for one in (center, *names) if one != name and body(one).naif_id // 100 == body(name).naif_id]
        if name == center:
            yield Finding(key, f"{name} is the centre of the motion, not a third body", "leave it out")
        elif name in names[:index]:
            yield Finding(key, f"{name} is named twice", "name each body once")
        elif math.isnan(body(name).gm):
            yield Finding(key, f"{name} has no mass of its own to pull with", 'write for example "SUN"')
        elif parts and body(name).naif_id > 0:
            message = f"{name} holds the mass of {parts[0]} too, which would be counted twice"
            yield Finding(key, message, "name the single bodies")


def _degree_switches(state: StateFile) -> Iterator[Finding]:
    """Switches whose distances do not rise, or whose degrees do not fall."""
    radius, degree = 0.0, state.forces.degree
    for index, switch in enumerate(state.forces.degree_switches):
        key = ("forces", "degree_switches", index)
        if switch.beyond <= radius:
            yield Finding((*key, "beyond"), "the distances of the switches do not rise", "write the nearest first")
        if switch.degree >= degree:
            message = f"degree {switch.degree} is not below degree {degree}, which serves nearer"
            yield Finding((*key, "degree"), message, "write a lower degree, or leave the switch out")
        radius, degree = switch.beyond, switch.degree


def _weather(air: AirDrag) -> Iterator[Finding]:
    """Space weather where no model takes it, twice, or not in full."""
    values = {"f107": air.f107, "f107a": air.f107a, "ap": air.ap}
    given = [name for name, value in values.items() if value is not None]
    lacking = [name for name in values if name not in given]
    table = air.space_weather is not None
    if air.model == "standard":
        for name in [*(["space_weather"] if table else []), *given]:
            yield Finding(("drag", name), "the standard air knows no weather", 'add model = "nrlmsis", or leave it out')
    elif table:
        for name in given:
            yield Finding(("drag", name), "the weather is told by space_weather already", "leave one of both out")
    elif lacking:
        message = f"nrlmsis needs space weather, but {', '.join(lacking)} and space_weather are missing"
        yield Finding(("drag",), message, 'add space_weather = "SW-All.csv", or f107 = 150, f107a = 150 and ap = 15')


def _bad_focus(orbit: ElementsOrbit) -> Iterator[Finding]:
    """A focus without mass, or altitudes above a point that has no surface."""
    if orbit.center == NO_MASS_CENTER:
        yield Finding(("orbit", "center"), "elements need a focus that has mass", 'write center = "SUN"')
    elif orbit.semi_major_axis is None and math.isnan(body(orbit.center).mean_radius):
        message = f"{orbit.center} has no surface that altitudes could count from"
        yield Finding(("orbit", "periapsis_altitude"), message, "write semi_major_axis and eccentricity")


def _massless(state: StateFile) -> Iterator[Finding]:
    """What needs a mass where there is none."""
    if state.mass is not None:
        return
    if state.radiation is not None:
        yield Finding(("radiation",), "the pressure of sunlight needs the spacecraft's mass", ADD_MASS)
    if state.drag is not None:
        yield Finding(("drag",), "drag needs the spacecraft's mass", ADD_MASS)
    for index, burn in enumerate(state.burns):
        if not isinstance(burn, Impulse) or burn.specific_impulse is not None:
            yield Finding(("burn", index), "a burn that uses propellant needs the spacecraft's mass", ADD_MASS)
