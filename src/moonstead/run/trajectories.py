"""Spacecraft of a scenario as trajectories: flown, read from files, and brought back from finished tasks."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.bodies import body
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput, OutsideSpan
from moonstead.run.lunar_starts import LUNAR_STARTS, lunar_start, search_fragment
from moonstead.run.moments import sample_times, utc_text
from moonstead.run.store import file_hash
from moonstead.run.task import TaskResult
from moonstead.scenario.common import epoch_of
from moonstead.scenario.load import plain
from moonstead.scenario.orbits import Elements
from moonstead.scenario.scenario import Scenario
from moonstead.scenario.spacecraft import Spacecraft

if TYPE_CHECKING:
    from moonstead.dynamics.forces import ForceModel
    from moonstead.dynamics.propagate import OrbitState
    from moonstead.dynamics.trajectory import Trajectory

Array = NDArray[np.float64]

TOLERANCE = 0.1  # [m] of position, anywhere in the span
EARTH_DEGREE = 36  # of the shipped field
LEAD = 60.0  # [s] a trajectory begins this much before the scenario: what is seen at its start left earlier
FILE_MARGIN = 1.0  # [s] a file may begin this much after the scenario and end this much before
FILE_STEP = 60.0  # [s] between samples of an SPK file
HERMITE_DEGREE = 7


def orbit_fragment(craft: Spacecraft, scenario: Scenario) -> dict[str, Any]:
    """Return what the motion of a spacecraft depends on, files by their content."""
    start, stop = scenario.span()
    orbit = plain(craft.orbit)
    if orbit.get("epoch") is not None:
        orbit["epoch"] = epoch_of(craft.orbit.epoch).tdb()  # type: ignore[union-attr]
    if isinstance(craft.orbit, Elements):
        radius = body(craft.orbit.center).mean_radius
        orbit["semi_major_axis"], orbit["eccentricity"] = craft.orbit.shape(radius)
    if orbit.get("file"):
        orbit["sha256"] = file_hash(Path(orbit["file"]))
    return {
        "id": craft.id,
        "orbit": orbit,
        "mass": craft.mass,
        "area": craft.area,
        "reflectivity": craft.reflectivity,
        "start": start,
        "stop": stop,
        "degree": scenario.analysis.gravity_degree,
        **search_fragment(craft, scenario),
    }


def spacecraft_trajectory(craft: Spacecraft, scenario: Scenario, data: DataContext) -> Trajectory:
    """Trajectory of a spacecraft over the span of its scenario.

    Parameters
    ----------
    craft : Spacecraft
        One of the scenario's spacecraft.
    scenario : Scenario
        Gives span and gravity degree.
    data : DataContext
        Kernels and gravity fields.

    Returns
    -------
    Trajectory
        It ends early where the spacecraft meets a surface.

    Raises
    ------
    OutsideSpan
        A file does not cover the scenario.
    InvalidInput, NumericalFailure
        The orbit cannot be flown.
    """
    return fly(orbit_fragment(craft, scenario), data)[0]


def fly(fragment: Mapping[str, Any], data: DataContext) -> tuple[Trajectory, dict[str, Any]]:
    """Trajectory of an orbit's fragment, and facts about how it was found.

    Raises
    ------
    InvalidInput
        Between the epoch of its orbit and the start of the scenario it meets a surface.
    OutsideSpan
        Data do not cover the span.
    """
    kind = fragment["orbit"]["kind"]
    if kind in ("oem", "spk", "tle"):
        return _from_file(fragment, data), {}
    if kind == "family":
        from moonstead.run.family_orbit import fly_family

        return fly_family(fragment, fragment["start"] - LEAD, force_model(fragment), data).trajectory(), {}
    from moonstead.dynamics.propagate import propagate, state_at

    model = force_model(fragment)
    initial, facts = _initial_state(fragment, data)
    start, stop = fragment["start"] - LEAD, fragment["stop"]
    if initial.epoch_tdb > start:
        earlier = propagate(initial, start, model, data, name=fragment["id"], tolerance=TOLERANCE)
        if earlier.hit_surface:
            raise InvalidInput(
                f"spacecraft {fragment['id']!r}: going back from the epoch of its orbit it meets the surface of "
                f"{earlier.ending_body} before the start of the scenario; choose an epoch nearer to the start"
            )
        initial = state_at(earlier, start)
    flown = propagate(initial, stop, model, data, name=fragment["id"], tolerance=TOLERANCE)
    if flown.span[1] <= fragment["start"]:
        raise InvalidInput(
            f"spacecraft {fragment['id']!r}: it meets the surface of {flown.ending_body} at "
            f"{utc_text([flown.span[1]])[0]}, before the scenario starts at {utc_text([fragment['start']])[0]}; "
            "raise its orbit, or choose an epoch nearer to the start"
        )
    return flown, facts


def trajectory_arrays(trajectory: Trajectory) -> dict[str, NDArray[Any]]:
    """Arrays that `stored_trajectory` makes the same trajectory of."""
    from moonstead.dynamics.propagated import PropagatedTrajectory

    if isinstance(trajectory, PropagatedTrajectory):
        return {"form": np.array("propagated"), **trajectory.to_arrays()}
    first, last = trajectory.span
    tdb = sample_times(first, last, FILE_STEP)
    return {
        "form": np.array("table"),
        "name": np.array(trajectory.name),
        "center": np.array(trajectory.center),
        "frame": np.array(trajectory.frame.name),
        "tdb": tdb,
        "states": trajectory.state(tdb),
    }


def stored_trajectory(result: TaskResult, data: DataContext) -> Trajectory:
    """Trajectory that an orbit task flew."""
    from moonstead.dynamics.propagated import PropagatedTrajectory

    arrays = result.arrays()
    if str(arrays["form"]) == "propagated":
        return PropagatedTrajectory.from_arrays(arrays)
    return _table(str(arrays["name"]), str(arrays["center"]), str(arrays["frame"]), arrays["tdb"], arrays["states"])


def _table(name: str, center: str, frame: str, tdb: Array, states: Array) -> Trajectory:
    from moonstead.dynamics.trajectories import TabulatedTrajectory
    from moonstead.foundation.frames.standard import frame_named

    return TabulatedTrajectory(name, center, frame_named(frame), tdb, states, HERMITE_DEGREE)


def force_model(fragment: Mapping[str, Any]) -> ForceModel:
    """Forces on a spacecraft of an orbit's fragment: field, Earth, Sun, and light where its area is known."""
    from moonstead.dynamics.forces import ForceModel, Radiation

    center = fragment["orbit"].get("center", "MOON")
    lit = fragment["area"] is not None
    return ForceModel(
        center=center,
        degree=fragment["degree"] if center == "MOON" else min(fragment["degree"], EARTH_DEGREE),
        third_bodies=("EARTH", "SUN") if center == "MOON" else ("MOON", "SUN"),
        mass=fragment["mass"],
        radiation=Radiation(fragment["area"], fragment["reflectivity"]) if lit else None,
    )


def _initial_state(fragment: Mapping[str, Any], data: DataContext) -> tuple[OrbitState, dict[str, Any]]:
    from moonstead.dynamics.propagate import OrbitState
    from moonstead.foundation.frames.standard import frame_named

    orbit = fragment["orbit"]
    if orbit["kind"] in LUNAR_STARTS:
        return lunar_start(fragment, fragment["start"] - LEAD, force_model(fragment), data)
    axes = frame_named(orbit["frame"]).from_icrf(np.array([orbit["epoch"]]), data).inverse()
    if orbit["kind"] == "state":
        state = axes.state(np.array([orbit["position"] + orbit["velocity"]]))[0]
    else:
        # Elements live in the axes as they stand at the epoch, so the axes' turning does not enter the velocity.
        held = _elements_state(orbit)
        state = np.concatenate([axes.matrix[0] @ held[:3], axes.matrix[0] @ held[3:]])
    return OrbitState(state, orbit["epoch"], orbit["center"]), {}


def _elements_state(orbit: Mapping[str, Any]) -> Array:
    """State (6,) [m, m/s] of osculating elements, in their own axes held at the epoch."""
    from moonstead.run.flight import held_state

    shape = (orbit["semi_major_axis"], orbit["eccentricity"])
    plane = (orbit["inclination"], orbit["node"], orbit["argument_of_periapsis"])
    return held_state(shape, plane, orbit["true_anomaly"], orbit["mean_anomaly"], body(orbit["center"]).gm)


def _from_file(fragment: Mapping[str, Any], data: DataContext) -> Trajectory:
    """Trajectory of a file, cut to the scenario's span.

    Raises
    ------
    OutsideSpan
        The file does not cover the scenario.
    """
    orbit, start, stop = fragment["orbit"], fragment["start"], fragment["stop"]
    source = _READERS[orbit["kind"]](fragment, data)
    first, last = source.span
    if first > start + FILE_MARGIN or last < stop - FILE_MARGIN:
        have, want = (" to ".join(str(word) for word in utc_text(span)) for span in ((first, last), (start, stop)))
        raise OutsideSpan(
            f"spacecraft {fragment['id']!r}: its {orbit['kind'].upper()} orbit covers {have}, the scenario runs from "
            f"{want}; shorten the scenario or give an ephemeris that covers it"
        )
    first, last = max(first, start - LEAD), min(last, stop)
    tdb = sample_times(first, last, FILE_STEP)
    return _table(fragment["id"], source.center, source.frame.name, tdb, source.state(tdb))


def _from_oem(fragment: Mapping[str, Any], data: DataContext) -> Trajectory:
    from moonstead.formats.oem import Oem, read_oem
    from moonstead.formats.oem_trajectory import oem_trajectory

    orbit = fragment["orbit"]
    message = read_oem(orbit["file"], data.earth_orientation)
    names = {(part.metadata.object_name, part.metadata.object_id): part for part in message.segments}
    if orbit["object"] is not None:
        kept = tuple(
            part for part in message.segments if orbit["object"] in (part.metadata.object_name, part.metadata.object_id)
        )
        if not kept:
            listed = ", ".join(f"{name} ({number})" for name, number in names)
            raise InvalidInput(f"{orbit['file']} has no object {orbit['object']!r}; it has {listed}")
        message = Oem(message.header, kept)
    return oem_trajectory(message, fragment["id"])


def _from_spk(fragment: Mapping[str, Any], data: DataContext) -> Trajectory:
    orbit = fragment["orbit"]
    files = data.ephemeris.with_file(Path(orbit["file"]))
    first, last = files.span(orbit["target"], "MOON")
    first, last = max(first, fragment["start"] - LEAD), min(last, fragment["stop"])
    tdb = sample_times(first, last, FILE_STEP)
    return _table(fragment["id"], "MOON", "ICRF", tdb, files.state(orbit["target"], "MOON", tdb))


def _from_tle(fragment: Mapping[str, Any], data: DataContext) -> Trajectory:
    from moonstead.formats.tle import parse_tle, read_catalogue

    orbit = fragment["orbit"]
    if orbit["lines"] is not None:
        found = parse_tle(*orbit["lines"])
    else:
        sets = read_catalogue(orbit["file"]).sets
        numbered = [one for one in sets if one.catalog_number == orbit["number"]]
        if not numbered:
            raise InvalidInput(f"{orbit['file']} has no element set with the catalogue number {orbit['number']}")
        found = numbered[-1]
    flown = found.trajectory()
    reach = max(abs(fragment["start"] - flown.epoch), abs(fragment["stop"] - flown.epoch))
    return found.trajectory(max(reach + FILE_MARGIN, flown.reach))


_READERS = {"oem": _from_oem, "spk": _from_spk, "tle": _from_tle}
