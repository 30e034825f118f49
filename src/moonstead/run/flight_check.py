"""What can be known to fail before a state file is flown: data, dates, fields, surfaces and burns."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from moonstead.dynamics.burns import Burn, FiniteBurn
from moonstead.dynamics.forces import DEFAULT_FIELDS, ForceModel
from moonstead.foundation.bodies import body
from moonstead.foundation.constants import SPEED_OF_LIGHT
from moonstead.foundation.ephemeris.calendar import span_text
from moonstead.foundation.errors import InvalidInput, MissingData, MoonsteadError, OutsideSpan
from moonstead.foundation.units import format_quantity
from moonstead.run.flight import Flight, burns_of, force_model, initial_state
from moonstead.scenario.load_state import LoadedState
from moonstead.scenario.moments import Moment
from moonstead.scenario.positions import KeyPath
from moonstead.scenario.problems import Kind, Problem, raise_problems
from moonstead.scenario.state_file import StateFile, StateOrbit

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext

LONGER_DATA = "choose a date inside, or give a folder with a longer one by --data"


def planned_flight(loaded: LoadedState, until: Moment, data: DataContext) -> Flight:
    """What a state file asks to fly, where nothing is known to speak against it.

    Parameters
    ----------
    loaded : LoadedState
        A state that is sound in itself.
    until : Moment
        End, before or after the epoch.
    data : DataContext
        What the flight will use.

    Returns
    -------
    Flight
        Ready for `fly`.

    Raises
    ------
    ScenarioError
        The state lies below a surface, the field does not fit, a burn lies outside; with file, line and key.
    ScenarioDataMissing
        A body or a field is not in the data, or the epoch is outside them; or space weather or pymsis is missing.
    OutsideSpan
        The end is outside the data.
    """
    state = loaded.state
    raise_problems([*_bodies(loaded, data), *_gravity(loaded, data)])
    raise_problems(_epoch(loaded, data))
    for name, first, last in _spans(state, data):
        if not first <= until.tdb <= last:
            told = until.epoch.text(until.scale)
            raise OutsideSpan(
                f"--until {told} {until.scale} is outside {name}, which covers {span_text(first, last)}: {LONGER_DATA}"
            )
    try:
        model, burns = force_model(state, until.tdb), burns_of(state)
    except MoonsteadError as error:
        raise_problems([_airless(loaded, error)])
        raise
    try:
        initial = initial_state(state, model, data)
    except MoonsteadError as error:
        kind: Kind = "data" if isinstance(error, MissingData) else "input"
        raise_problems([loaded.problem(("orbit", "frame"), str(error), "choose other axes or another epoch", kind)])
        raise
    flight = Flight(initial, until.tdb, model, burns, state.name)
    raise_problems([*_too_fast(loaded, flight), *_below_surface(loaded, flight, data), *_burns(loaded, flight)])
    return flight


def _bodies(loaded: LoadedState, data: DataContext) -> Iterator[Problem]:
    """Bodies that the ephemeris does not have."""
    state = loaded.state
    named: list[tuple[KeyPath, str]] = [(("orbit", "center"), state.orbit.center)]
    named += [(("forces", "third_bodies", index), name) for index, name in enumerate(state.forces.third_bodies)]
    if state.radiation is not None:
        named.append((("radiation",), "SUN"))
        named += [(("radiation", "hidden_by"), name) for name in state.radiation.hidden_by]
    for key, name in named:
        try:
            data.ephemeris.span(name, state.center)
        except MissingData as error:
            yield loaded.problem(key, str(error), "leave it out, or give an ephemeris that has it by --data", "data")


def _airless(loaded: LoadedState, error: MoonsteadError) -> Problem:
    """Why there is no air for a flight."""
    air = loaded.state.drag
    key = "space_weather" if air is not None and air.space_weather is not None else "model"
    kind: Kind = "data" if isinstance(error, MissingData) else "input"
    remedy = 'give constant weather by f107, f107a and ap, or take model = "standard"'
    return loaded.problem(("drag", key), str(error), remedy, kind)


def _gravity(loaded: LoadedState, data: DataContext) -> Iterator[Problem]:
    forces, center = loaded.state.forces, loaded.state.center
    if not forces.degree:
        return
    if center not in DEFAULT_FIELDS:
        known = " and ".join(DEFAULT_FIELDS)
        message = f"no gravity field of {center} can be used, only of {known}"
        yield loaded.problem(("forces", "degree"), message, "write degree = 0 for a point mass")
        return
    name = forces.gravity_field or DEFAULT_FIELDS[center]
    key: KeyPath = ("forces", "gravity_field" if forces.gravity_field else "degree")
    try:
        field = data.gravity_field(name, forces.degree)
    except MissingData as error:
        known = ", ".join(sorted(one for one, found in data.datasets.items() if found.kind.startswith("gravity")))
        yield loaded.problem(key, str(error), f"the fields that are present are {known or 'none'}", "data")
        return
    except InvalidInput as error:
        yield loaded.problem(("forces", "degree"), str(error), "write a lower degree, or take another field")
        return
    if field.body != center:
        message = f'"{name}" is the field of {field.body}, the motion is about {center}'
        yield loaded.problem(key, message, f'write gravity_field = "{DEFAULT_FIELDS[center]}"')


def _epoch(loaded: LoadedState, data: DataContext) -> Iterator[Problem]:
    epoch = loaded.state.orbit.epoch
    for name, first, last in _spans(loaded.state, data):
        if not first <= epoch.tdb <= last:
            told = f"{epoch.epoch.text(epoch.scale)} {epoch.scale}"
            message = f"{told} is outside {name}, which covers {span_text(first, last)}"
            yield loaded.problem(("orbit", "epoch"), message, LONGER_DATA, "data")


def _spans(state: StateFile, data: DataContext) -> Iterator[tuple[str, float, float]]:
    """Name, first and last time [s TDB past J2000] of the data that the whole flight needs."""
    others = [*state.forces.third_bodies, *(["SUN", *state.radiation.hidden_by] if state.radiation else [])]
    spans = [data.ephemeris.span(name, state.center) for name in others if name != state.center]
    if spans:
        yield "the planetary ephemeris", max(span[0] for span in spans), min(span[1] for span in spans)
    if state.center == "MOON" and state.forces.degree:
        yield "the orientation of the Moon", *data.lunar_orientation.span


def _below_surface(loaded: LoadedState, flight: Flight, data: DataContext) -> Iterator[Problem]:
    orbit, start = loaded.state.orbit, flight.initial
    key: KeyPath = ("orbit", "position") if isinstance(orbit, StateOrbit) else ("orbit",)
    for name in (flight.model.center, *flight.model.third_bodies):
        position = start.position_velocity[:3]
        if name != flight.model.center:
            position = position - data.ephemeris.position(name, flight.model.center, np.array([start.epoch_tdb]))[0]
        distance, radius = float(np.linalg.norm(position)), body(name).mean_radius
        if distance <= radius:
            message = (
                f"the start is {format_quantity(distance, 'km', 6)} from the centre of {name}, whose radius is "
                f"{format_quantity(radius, 'km', 6)}: below the surface"
            )
            yield loaded.problem(key, message, "start above it; check centre, frame and unit")
    if not np.any(start.position_velocity[:3]):
        message = f"the start is the centre of {flight.model.center} itself, where gravity has no value"
        yield loaded.problem(key, message, "write the position of the spacecraft")


def _too_fast(loaded: LoadedState, flight: Flight) -> Iterator[Problem]:
    speed = float(np.linalg.norm(flight.initial.position_velocity[3:]))
    if speed >= SPEED_OF_LIGHT:
        message = f"the start moves at {speed:.4g} m/s, faster than light"
        yield loaded.problem(("orbit", "velocity"), message, "check the units, and the frame where it turns")


def _burns(loaded: LoadedState, flight: Flight) -> Iterator[Problem]:
    start, stop = flight.initial.epoch_tdb, flight.until
    first, last = min(start, stop), max(start, stop)
    shown = span_text(first, last)
    running: list[tuple[int, FiniteBurn]] = []
    for index, (burn, written) in enumerate(zip(flight.burns, loaded.state.burns, strict=True)):
        begins, ends = _times(burn)
        instant = not isinstance(burn, FiniteBurn)
        if not (first <= begins and (ends < last if instant else ends <= last)):
            message = f"the burn at {written.at.epoch.text(written.at.scale)} {written.at.scale} does not lie within "
            yield loaded.problem(
                ("burn", index, "at"), f"{message}the flight, {shown}", "move it, leave it out, or fly on by --until"
            )
        if isinstance(burn, FiniteBurn):
            running.append((index, burn))
    running.sort(key=lambda one: one[1].start)
    for (_, earlier), (index, later) in pairwise(running):
        if later.start < earlier.stop:
            message = "this burn is ignited before the one before it is cut off"
            yield loaded.problem(("burn", index, "at"), message, "move it, or make one burn of both")


def _times(burn: Burn) -> tuple[float, float]:
    return (burn.start, burn.stop) if isinstance(burn, FiniteBurn) else (burn.tdb, burn.tdb)


def needs_lunar_orientation(state: StateFile, model: ForceModel) -> bool:
    """Whether the orientation of the Moon enters a flight."""
    return state.orbit.frame in ("MOON_PA", "MOON_ME") or (model.center == "MOON" and model.degree > 0)


def needs_earth_orientation(state: StateFile, model: ForceModel) -> bool:
    """Whether the orientation of the Earth enters a flight."""
    turning = model.center == "EARTH" and (model.degree > 0 or model.drag is not None)
    return turning or state.orbit.frame in ("ITRF", "TEME")
