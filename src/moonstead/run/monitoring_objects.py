"""What is screened in a scenario: objects of the catalogue and spacecraft of the file, about the Earth and the Moon."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.errors import OutsideSpan
from moonstead.run.moments import sample_times, utc_text
from moonstead.run.store import file_hash
from moonstead.scenario.common import epoch_of
from moonstead.scenario.load import plain
from moonstead.scenario.scenario import Scenario

if TYPE_CHECKING:
    from moonstead.dynamics.mean_elements import MeanElements
    from moonstead.dynamics.trajectory import Trajectory
    from moonstead.foundation.data import DataContext
    from moonstead.monitoring.objects import MovingObjects

DAY = 86_400.0  # [s]
KEPT = (
    *("distance", "moon_distance", "all_on_all", "hard_body_radius", "element_error", "element_error_growth"),
    *("probability_limit", "samples"),
)
REACH = {"EARTH": 3.0e8, "MOON": 6.61e7}  # [m] who comes nearer is screened there; the Moon's sphere of influence
LOOKS = 200  # at the distance of a trajectory from a body
STEP = 60.0  # [s] of tables of trajectories seen from another body
DEGREE = 7  # of the Hermite polynomials between them
MARGIN = 60.0  # [s] that tables reach beyond the window


@dataclass(frozen=True, eq=False)
class ScreenedGroup:
    """Objects about one body that are screened together.

    Attributes
    ----------
    center : str
        ``EARTH`` or ``MOON``.
    objects : MovingObjects
        N of them.
    distance : float [m]
        Below which an approach is told.
    protected : dict of int to str
        Row of each protected object, and its name in the scenario.
    crafts : dict of int to str
        Row of each spacecraft of the scenario, and its name there.
    epochs : (N,) [s TDB past J2000]
        From when the errors of each object grow: epoch of its elements, start of the window for trajectories.
    notes : tuple of str
        What is not screened, and why.
    """

    center: str
    objects: MovingObjects
    distance: float
    protected: dict[int, str]
    crafts: dict[int, str]
    epochs: NDArray[np.float64]
    notes: tuple[str, ...] = ()


def monitoring_fragment(scenario: Scenario) -> dict[str, Any]:
    """What screening depends on, files by their content; the window is cut to the scenario.

    Parameters
    ----------
    scenario : Scenario
        With ``[monitoring]``.

    Returns
    -------
    dict
        Plain values in SI: ``start``, ``stop``, ``catalogue``, ``sha256``, ``distance``, ``moon_distance``,
        ``all_on_all``, ``hard_body_radius``, ``element_error``, ``element_error_growth``, ``probability_limit``,
        ``samples``, ``crafts`` (names), ``numbers`` (catalogue number of a spacecraft that flies by its elements),
        ``protected`` (each with its defaults filled in).
    """
    asked = scenario.monitoring
    assert asked is not None
    first, last = scenario.span()
    start = max(first, epoch_of(asked.start).tdb()) if asked.start is not None else first
    said = plain(asked)
    kept = {key: said[key] for key in KEPT}
    protected = []
    for one in scenario.protected:
        filled = plain(one)
        for key in ("hard_body_radius", "probability_limit"):
            filled[key] = kept[key] if filled[key] is None else filled[key]
        for key, fallback in (("position_error", "element_error"), ("position_error_growth", "element_error_growth")):
            filled[key] = kept[fallback] if filled[key] is None else filled[key]
        protected.append(filled)
    return {
        **kept,
        "start": start,
        "stop": min(last, start + asked.duration),
        "catalogue": None if asked.catalogue is None else str(asked.catalogue),
        "sha256": "" if asked.catalogue is None else catalogue_hash(asked.catalogue),
        "crafts": [craft.id for craft in scenario.spacecraft],
        "numbers": {
            craft.id: number
            for craft in scenario.spacecraft
            if (number := getattr(craft.orbit, "number", None)) is not None and craft.orbit.kind == "tle"
        },
        "protected": protected,
    }


def catalogue_hash(path: Path) -> str:
    """Hash of what a catalogue holds: of a file its bytes, of a store the names of its segments, which never change."""
    if not path.exists():
        return ""
    if path.is_file():
        return file_hash(path)
    names = sorted(str(one.relative_to(path)) for one in path.rglob("*.parquet"))
    return hashlib.sha256("\n".join(names).encode()).hexdigest()


def screened_groups(said: Mapping[str, Any], flown: Mapping[str, Trajectory], data: DataContext) -> list[ScreenedGroup]:
    """Everything that is screened, about the Earth and about the Moon.

    Parameters
    ----------
    said : mapping
        As `monitoring_fragment` gives it.
    flown : mapping of str to Trajectory
        Spacecraft of the scenario by their names.
    data : DataContext
        Ephemeris and orientation.

    Returns
    -------
    list of ScreenedGroup
        Those with at least two objects. A spacecraft on its way between both bodies is in both groups. An object of the
        catalogue that the scenario flies itself counts once, as the scenario flies it; so does one whose ephemeris
        covers the window.

    Raises
    ------
    MissingData, FormatError
        The catalogue is not there or is none.
    """
    elements, tracked, notes = _catalogue(said, data)
    named = {number: craft for craft, number in said["numbers"].items()}
    wanted = {one["object"]: one["id"] for one in said["protected"] if one["object"] is not None}
    owned = {one["spacecraft"]: one["id"] for one in said["protected"] if one["spacecraft"] is not None}
    elements = elements.select(~np.isin(elements.object_id, list(named) + [number for number, _ in tracked]))
    groups = []
    for center, distance in (("EARTH", said["distance"]), ("MOON", said["moon_distance"])):
        near = [
            (number, craft, seen)
            for number, craft, trajectory in _trajectories(flown, tracked, said["numbers"])
            if (seen := _seen(trajectory, center, said, data)) is not None
        ]
        count = (len(elements) if center == "EARTH" else 0) + len(near)
        if count < 2:
            continue
        first = len(elements) if center == "EARTH" else 0
        objects = _moving(elements if center == "EARTH" else None, near, data)
        numbers = objects.object_id.tolist()
        crafts = {first + place: craft for place, (_, craft, _) in enumerate(near) if craft}
        protected = {row: wanted[number] for row, number in enumerate(numbers) if number in wanted}
        protected |= {row: owned[craft] for row, craft in crafts.items() if craft in owned}
        epochs = np.concatenate((elements.tdb if first else np.empty(0), np.full(len(near), said["start"])))
        told = notes if center == "EARTH" else ()
        groups.append(ScreenedGroup(center, objects, distance, protected, crafts, epochs, tuple(told)))
    return groups


def position_errors(said: Mapping[str, Any], protected: str | None, elapsed: float) -> NDArray[np.float64]:
    """Standard deviations of a position, radial, along track, across.

    Parameters
    ----------
    said : mapping
        As `monitoring_fragment` gives it.
    protected : str or None
        Name of a protected object; None for any other.
    elapsed : float [s]
        Time since the errors began to grow, either way.

    Returns
    -------
    (3,) [m]
    """
    one = next((entry for entry in said["protected"] if entry["id"] == protected), None)
    error, growth = (
        (said["element_error"], said["element_error_growth"])
        if one is None
        else (one["position_error"], one["position_error_growth"])
    )
    return np.asarray(error, dtype=np.float64) + np.asarray(growth, dtype=np.float64) * abs(elapsed) / DAY


def _catalogue(
    said: Mapping[str, Any], data: DataContext
) -> tuple[MeanElements, list[tuple[int, Trajectory]], tuple[str, ...]]:
    """Elements known at the start, ephemerides that cover the window, and notes."""
    from moonstead.dynamics.mean_elements import joined
    from moonstead.monitoring.catalogue.ephemerides import entry_trajectory
    from moonstead.monitoring.catalogue.source import catalogue_elements
    from moonstead.monitoring.catalogue.store import CatalogueStore

    if said["catalogue"] is None:
        return joined([]), [], ()
    path = Path(said["catalogue"])
    found = catalogue_elements(path, said["start"], complete=True)
    notes = []
    if found.ahead:
        notes.append(f"{found.ahead} objects have no element set before the start of the screening; a later one serves")
    if found.faults:
        notes.append(f"{len(found.faults)} rows of the catalogue were rejected; the first: {found.faults[0]}")
    tracked = []
    if path.is_dir():
        store = CatalogueStore(path)
        for entry in store.ephemerides():
            if entry.start <= said["start"] and entry.stop >= said["stop"]:
                tracked.append(
                    (entry.object_id, entry_trajectory(entry, data, said["start"] - MARGIN, said["stop"] + MARGIN))
                )
            else:
                span = " to ".join(str(word) for word in utc_text([entry.start, entry.stop]))
                notes.append(f"the ephemeris of {entry.name} ({span}) does not cover the window and is not screened")
        if states := len(store.states()):
            notes.append(f"{states} states of the store have no orbit of their own and are not screened")
    return found.elements, list(dict(tracked).items()), tuple(notes)


def _trajectories(
    flown: Mapping[str, Trajectory], tracked: list[tuple[int, Trajectory]], numbers: Mapping[str, int]
) -> list[tuple[int, str, Trajectory]]:
    from moonstead.monitoring.catalogue.entries import identifier_of

    own = [(numbers.get(craft, identifier_of(f"spacecraft {craft}")), craft, one) for craft, one in flown.items()]
    return own + [(number, "", one) for number, one in tracked]


def _seen(trajectory: Trajectory, center: str, said: Mapping[str, Any], data: DataContext) -> Trajectory | None:
    """A trajectory from a body in the ICRF, where it comes near enough to it within the window; else None."""
    from moonstead.dynamics.observe import icrf_state
    from moonstead.dynamics.trajectories import TabulatedTrajectory
    from moonstead.foundation.frames.standard import ICRF

    first, last = max(trajectory.span[0], said["start"] - MARGIN), min(trajectory.span[1], said["stop"] + MARGIN)
    if not first < last:
        return None
    try:
        looks = icrf_state(trajectory, center, np.linspace(first, last, LOOKS), data)[:, :3]
    except OutsideSpan:
        return None
    if np.linalg.norm(looks, axis=1).min() > REACH[center]:
        return None
    if trajectory.center == center and trajectory.frame.name == ICRF.name:
        return trajectory
    tdb = sample_times(first, last, STEP)
    return TabulatedTrajectory(
        trajectory.name, center, ICRF, tdb, icrf_state(trajectory, center, tdb, data), DEGREE, "hermite"
    )


def _moving(elements: MeanElements | None, near: list[tuple[int, str, Trajectory]], data: DataContext) -> MovingObjects:
    from moonstead.monitoring.mixed_objects import MixedObjects
    from moonstead.monitoring.objects import Sgp4Objects, TrajectoryObjects

    parts: list[MovingObjects] = []
    if elements is not None and len(elements):
        parts.append(Sgp4Objects(elements))
    if near:
        parts.append(TrajectoryObjects([one for _, _, one in near], [number for number, _, _ in near]))
    return parts[0] if len(parts) == 1 else MixedObjects(parts, data)
