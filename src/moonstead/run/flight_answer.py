"""What a flight came to, as plain values that name every centre, frame, unit, constant and file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

import moonstead
from moonstead.foundation.bodies import LUNAR_MAP_RADIUS, WGS84, body
from moonstead.foundation.data import DataSet
from moonstead.foundation.errors import OutsideSpan
from moonstead.foundation.frames.standard import ICRF, ITRF, MOON_ME, frame_named, frame_names
from moonstead.foundation.time.epoch import Epoch
from moonstead.run.flight import Flight, central_gravity, seen_as
from moonstead.run.flight_check import needs_earth_orientation, needs_lunar_orientation
from moonstead.scenario.load_state import LoadedState
from moonstead.scenario.state_file import StateFile, StateOrbit

if TYPE_CHECKING:
    from moonstead.dynamics.propagated import PropagatedTrajectory
    from moonstead.foundation.data import DataContext

Array = NDArray[np.float64]

DIGITS = 6  # of a second, in texts of times


def flight_answer(
    loaded: LoadedState, flight: Flight, flown: PropagatedTrajectory, data: DataContext
) -> dict[str, Any]:
    """Everything that is to be told of a flight.

    Parameters
    ----------
    loaded : LoadedState
        The state file.
    flight : Flight
        What was to be flown.
    flown : PropagatedTrajectory
        What was flown.
    data : DataContext
        What it was flown with.

    Returns
    -------
    dict
        States, ending, forces with their constants, cost, and data sets with their hashes; units are in the keys.
    """
    state = loaded.state
    scale = state.orbit.epoch.scale
    start, end = flight.initial.epoch_tdb, _final_time(flown)
    states = np.array([flight.initial.position_velocity, flown.state(end)[0]])
    masses = [state.mass, _mass(state, flown, end)]
    answer: dict[str, Any] = {
        "moonstead": moonstead.__version__,
        "state_file": str(loaded.source),
        "name": state.name,
        "center": flight.model.center,
        "frame": ICRF.name,
        "initial": _told(states[0], start, scale, masses[0]),
        "final": _told(states[1], end, scale, masses[1]),
    }
    orbit = state.orbit
    if isinstance(orbit, StateOrbit) and (orbit.frame, orbit.center) != (ICRF.name, flight.model.center):
        seen = seen_as(states[1:], np.array([end]), flight.model.center, orbit.center, frame_named(orbit.frame), data)[
            0
        ]
        answer["final_as_given"] = {
            "center": orbit.center,
            "frame": orbit.frame,
            "position_m": seen[:3].tolist(),
            "velocity_m_s": seen[3:].tolist(),
        }
    answer["ending"] = _ending(flown, end, data)
    answer["forces"] = _forces(flight, data)
    answer["burns"] = _burns(state)
    answer["data"] = _data_sets(state, flight, data)
    return answer


def _final_time(flown: PropagatedTrajectory) -> float:
    """Time [s TDB past J2000] at which a propagation stopped: the end of its span that is not its start."""
    first, last = flown.span
    return last if flown.initial_tdb == first else first


def _mass(state: StateFile, flown: PropagatedTrajectory, end: float) -> float | None:
    return None if state.mass is None else float(flown.mass(end)[0])


def _told(values: Array, tdb: float, scale: str, mass: float | None) -> dict[str, Any]:
    told = {**_time(tdb, scale), "position_m": values[:3].tolist(), "velocity_m_s": values[3:].tolist()}
    return told if mass is None else {**told, "mass_kg": mass}


def _time(tdb: float, scale: str | None = None) -> dict[str, Any]:
    epoch = Epoch.from_tdb(tdb)
    own = {"epoch": _text(epoch, scale), "scale": scale} if scale else {}
    return {**own, "utc": _text(epoch, "UTC"), "tdb": epoch.text("TDB", DIGITS), "tdb_s": tdb}


def _text(epoch: Epoch, scale: str) -> str | None:
    """Date and time in a scale; None where the scale does not reach, as UTC before 1972."""
    try:
        return epoch.text(scale, DIGITS)
    except OutsideSpan:
        return None


def _ending(flown: PropagatedTrajectory, end: float, data: DataContext) -> dict[str, Any]:
    """Why the flight ended, when, and where on a body."""
    told = {"event": flown.ending, **_time(end)}
    if not flown.hit_surface:
        return told
    tdb = np.array([end])
    name = flown.ending_body
    axes = {"MOON": MOON_ME.name, "EARTH": ITRF.name}.get(name, f"IAU_{name}")
    told["body"] = name
    if axes not in frame_names():
        return told
    frame = frame_named(axes)
    seen = seen_as(flown.state(end), tdb, flown.center, name, frame, data)[0]
    latitude, longitude, height, above = _place(name, seen[:3])
    return told | {
        "frame": frame.name,
        "latitude_deg": float(np.degrees(latitude)),
        "longitude_deg": float(np.degrees(longitude)),
        "height_m": height,
        "height_above": above,
        "speed_over_ground_m_s": float(np.linalg.norm(seen[3:])),
    }


def _place(name: str, position: Array) -> tuple[float, float, float, str]:
    """Latitude, longitude [rad], height [m] and what the height counts from."""
    if name == "EARTH":
        import erfa

        longitude, latitude, height = erfa.gc2gd(1, position)
        return float(latitude), float(longitude), float(height), f"{WGS84.name} ellipsoid"
    distance = float(np.linalg.norm(position))
    radius = LUNAR_MAP_RADIUS if name == "MOON" else body(name).mean_radius
    longitude = float(np.arctan2(position[1], position[0]))
    return float(np.arcsin(position[2] / distance)), longitude, distance - radius, f"sphere of {radius / 1e3:g} km"


def _forces(flight: Flight, data: DataContext) -> dict[str, Any]:
    model = flight.model
    gm, field = central_gravity(model, data)
    told: dict[str, Any] = {"center": model.center, "gm_m3_s2": gm, "degree": model.degree}
    if field is not None:
        told |= {
            "degree_switches": [{"beyond_m": beyond, "degree": lower} for beyond, lower in model.degree_switches],
            "gravity_field": field.name,
            "field_radius_m": field.radius,
            "field_frame": field.frame,
            "tide_system": field.tide_system,
        }
    third = [{"body": name, "gm_m3_s2": float(model.gm.get(name, body(name).gm))} for name in model.third_bodies]
    told |= {"third_bodies": third, "relativity": model.relativity, "radiation": None, "drag": None}
    if model.radiation is not None:
        light = model.radiation
        told["radiation"] = {
            "area_m2": light.area,
            "reflectivity": light.reflectivity,
            "pressure_at_1_au_n_m2": light.pressure,
            "hidden_by": list(light.hiding),
        }
    if model.drag is not None:
        air = model.drag
        told["drag"] = {"area_m2": air.area, "coefficient": air.coefficient, "atmosphere": air.atmosphere.source}
    return told


def _burns(state: StateFile) -> list[dict[str, Any]]:
    return [{"kind": burn.kind, "axes": burn.axes, **_time(burn.at.tdb, burn.at.scale)} for burn in state.burns]


def _data_sets(state: StateFile, flight: Flight, data: DataContext) -> list[dict[str, Any]]:
    names = list(data.spk)
    field = central_gravity(flight.model, data)[1]
    if field is not None:
        names.append(flight.model.gravity_field or _default_field(flight))
    if needs_lunar_orientation(state, flight.model):
        names.append("moon-pa-de440")
    if needs_earth_orientation(state, flight.model):
        names.append("earth-orientation")
    sets = [data.dataset(name) for name in names]
    if state.drag is not None and state.drag.space_weather is not None:
        path = state.drag.space_weather
        sets.append(DataSet("space-weather", "space-weather", path, "CelesTrak, Space Weather Data", "as given", None))
    return [
        {
            "name": found.name,
            "file": found.path.name,
            "sha256": found.sha256(),
            "origin": found.origin,
            "package": found.package,
        }
        for found in sets
    ]


def _default_field(flight: Flight) -> str:
    from moonstead.dynamics.forces import DEFAULT_FIELDS

    return DEFAULT_FIELDS[flight.model.center]
