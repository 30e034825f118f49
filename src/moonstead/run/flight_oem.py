"""The ephemeris of a flight as an Orbit Ephemeris Message: one segment between burns, with all that it rests on."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from moonstead.dynamics.burns import FiniteBurn
from moonstead.foundation.errors import InvalidInput, MissingData, OutsideSpan
from moonstead.run.flight import Flight
from moonstead.run.moments import sample_times
from moonstead.scenario.load_state import LoadedState

if TYPE_CHECKING:
    from moonstead.dynamics.propagated import PropagatedTrajectory
    from moonstead.formats.oem import OemSegment

MOST_STATES = 2_000_000
STEPS = (600.0, 300.0, 120.0, 60.0, 30.0, 20.0, 10.0, 5.0)  # [s]
SHARE_OF_TOLERANCE = 0.1
LEAST_STATES = 8  # in a segment, so that Hermite polynomials of degree 7 have their four nodes


def require_oem(path: Path, flight: Flight, step: float | None) -> None:
    """Refuse what could not be written before anything is flown.

    Parameters
    ----------
    path : Path
        Where the ephemeris is to go.
    flight : Flight
        Its length.
    step : float or None [s]
        Between states.

    Raises
    ------
    InvalidInput
        The step is not positive or makes too many states, or the path is a folder.
    MissingData
        The folder does not exist.
    """
    length = abs(flight.until - flight.initial.epoch_tdb)
    if step is not None and not (step > 0.0 and length / step <= MOST_STATES):
        least = f"{length / MOST_STATES:.3g} s"
        raise InvalidInput(f"a step of {step:g} s makes no ephemeris of {length:.6g} s; take --step of {least} or more")
    if path.is_dir():
        raise InvalidInput(f"--oem {path} is a folder; name a file in it, for example {path / 'flight.oem'}")
    if not path.absolute().parent.is_dir():
        raise MissingData(f"--oem {path}: the folder {path.parent} does not exist; create it first")


def write_flight_oem(
    path: Path,
    loaded: LoadedState,
    flight: Flight,
    flown: PropagatedTrajectory,
    answer: dict[str, Any],
    step: float | None,
) -> tuple[float, float]:
    """Write the ephemeris of a flight; XML where the name ends in .xml or .xml.gz, KVN otherwise.

    Parameters
    ----------
    path : Path
        Where to.
    loaded : LoadedState
        Its name and designator.
    flight : Flight
        Its burns part the segments: ignition and cut-off bend the path.
    flown : PropagatedTrajectory
        The path; it may have ended early.
    answer : dict
        From `flight_answer`; forces and data go into the comments.
    step : float or None [s]
        Between states. None takes the longest of `STEPS` between which Hermite polynomials of degree 7, as the file
        recommends them, keep a tenth of the tolerance of the flight; or the shortest.

    Returns
    -------
    step : float [s]
        Between states, where they stand farthest apart.
    error : float [m]
        Largest departure of the interpolation from the path, midway between states.
    """
    from moonstead.formats.oem import Oem, OemHeader, write_oem
    from moonstead.foundation.time.epoch import Epoch

    first, last = flown.span
    system = _time_system(loaded.state.orbit.epoch.scale, first)
    edges = [first, *(time for time in _edges(flight) if first < time < last), last]
    bound = SHARE_OF_TOLERANCE * answer["cost"]["tolerance_m"]
    fair = [one for one in STEPS if last - first <= MOST_STATES * one] or [(last - first) / MOST_STATES]
    for taken in fair if step is None else (step,):
        segments = tuple(
            _segment(flown, start, stop, taken, loaded.state.object_id, system) for start, stop in pairwise(edges)
        )
        error = max(_interpolation_error(flown, segment) for segment in segments)
        if error <= bound:
            break
    # The header's date is the state's, so that equal flights write equal files.
    header = OemHeader("MOONSTEAD", Epoch.from_tdb(flight.initial.epoch_tdb), comments=_comments(answer))
    write_oem(path, Oem(header, segments), "xml" if ".xml" in path.suffixes[-2:] else "kvn")
    longest = max(float(np.diff(segment.tdb).max()) for segment in segments)
    return min(taken, longest), error


def _interpolation_error(flown: PropagatedTrajectory, segment: OemSegment) -> float:
    """Largest distance [m] between the path and what a reader interpolates, midway between states."""
    from moonstead.formats.oem_trajectory import segment_trajectory

    middle = 0.5 * (segment.tdb[1:] + segment.tdb[:-1])
    apart = segment_trajectory(segment).state(middle)[:, :3] - flown.state(middle)[:, :3]
    return float(np.linalg.norm(apart, axis=1).max())


def _time_system(scale: str, first: float) -> str:
    """Time system of the file: that of the state where CCSDS has it, else UTC; TDB before there was UTC."""
    from moonstead.formats.ccsds_names import TIME_SYSTEMS
    from moonstead.foundation.time.epoch import Epoch

    system = scale if scale in TIME_SYSTEMS else "UTC"
    try:
        Epoch.from_tdb(first).text(system)
    except OutsideSpan:
        return "TDB"
    return system


def _edges(flight: Flight) -> list[float]:
    times: set[float] = set()
    for burn in flight.burns:
        times.update((burn.start, burn.stop) if isinstance(burn, FiniteBurn) else (burn.tdb,))
    return sorted(times)


def _segment(
    flown: PropagatedTrajectory, start: float, stop: float, step: float, object_id: str, system: str
) -> OemSegment:
    from moonstead.formats.oem_trajectory import oem_segment

    tdb = sample_times(start, stop, min(step, (stop - start) / LEAST_STATES))
    segment = oem_segment(flown, tdb, object_id, system)
    if stop == flown.span[1]:
        return segment
    # At a burn the path tells the velocity behind it; this segment ends with the one before it.
    before = float(np.nextafter(stop, start))
    states = segment.states.copy()
    states[-1] = flown.state(before)[0]
    states[-1, :3] += states[-1, 3:] * (stop - before)
    return replace(segment, states=states)


def _comments(answer: dict[str, Any]) -> tuple[str, ...]:
    forces, cost = answer["forces"], answer["cost"]
    field = f"{forces['gravity_field']} {forces['degree']}x{forces['degree']}" if forces["degree"] else "point mass"
    radius = f", field radius {forces['field_radius_m']:.10g} m" if forces["degree"] else ""
    others = ", ".join(f"{one['body']} (GM {one['gm_m3_s2']:.17g} m3/s2)" for one in forces["third_bodies"])
    return (
        f"Moonstead {answer['moonstead']}; simulated, not determined from measurements",
        f"gravity of {forces['center']}: {field}, GM {forces['gm_m3_s2']:.17g} m3/s2{radius}",
        f"third bodies: {others or 'none'}",
        f"radiation pressure: {'yes' if forces['radiation'] else 'no'}; drag: {'yes' if forces['drag'] else 'no'}; "
        f"relativity: {'yes' if forces['relativity'] else 'no'}",
        f"integrator: {cost['method']}, tolerance {cost['tolerance_m']:g} m",
        *(f"data: {one['file']} sha256 {one['sha256']}" for one in answer["data"]),
        f"ending: {answer['ending']['event']} {answer['ending'].get('body', '')}".rstrip(),
    )
