"""A spacecraft on an orbit of a three-body family: flown over the scenario, and what it is like."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.errors import InvalidInput, NumericalFailure
from moonstead.run.moments import sample_times, utc_text
from moonstead.run.tables import Table
from moonstead.run.task import Figure

if TYPE_CHECKING:
    from moonstead.dynamics.forces import ForceModel
    from moonstead.foundation.data import DataContext
    from moonstead.orbits.three_body.flown import FlownOrbit
    from moonstead.orbits.three_body.periodic_orbit import PeriodicOrbit

Array = NDArray[np.float64]

PATH_STEP = 3600.0  # [s] of the path in the rotating axes
PATH_ROWS = 721  # of the periodic orbit
HIGHEST_DEGREE = 20  # of the field: beyond some thousand kilometres higher ones add less than the light of the Sun
SPARE = 1.1  # revolutions flown beyond the end of the scenario, whose mean period is known only afterwards


def member(orbit: Mapping[str, Any]) -> tuple[PeriodicOrbit, float | None]:
    """The periodic orbit that a scenario names.

    Parameters
    ----------
    orbit : mapping
        Keys of the spacecraft's orbit.

    Returns
    -------
    orbit : PeriodicOrbit
        The member of the family.
    pace : float or None [s]
        Mean time of a revolution where a resonance with the synodic month is wanted.

    Raises
    ------
    InvalidInput
        The family has no such member; the message has its span.
    """
    from moonstead.orbits.three_body.eclipse_phasing import SYNODIC_MONTH
    from moonstead.orbits.three_body.families import periodic_orbit

    ratio = None
    if orbit["resonance"] is not None:
        turns, months = (int(part) for part in orbit["resonance"].split(":"))
        ratio = (turns, months)
    wanted = {key: orbit[key] for key in ("period", "jacobi")}
    if orbit["family"] == "resonant":
        return periodic_orbit("resonant", resonance=ratio, **wanted), None
    pace = None if ratio is None else ratio[1] * SYNODIC_MONTH / ratio[0]
    if pace is not None:
        wanted["period"] = pace
    return periodic_orbit(orbit["family"], point=orbit["point"], branch=orbit["branch"], **wanted), pace


def fly_family(fragment: Mapping[str, Any], begin: float, model: ForceModel, data: DataContext) -> FlownOrbit:
    """Fly a spacecraft's family orbit from a time to the end of the scenario or a little beyond.

    Parameters
    ----------
    fragment : mapping
        Of the spacecraft.
    begin : float [s TDB past J2000]
        Start.
    model : ForceModel
        Forces; their field is cut where higher degrees add nothing.
    data : DataContext
        Ephemeris, orientation, gravity.

    Returns
    -------
    FlownOrbit
        With its defects.

    Raises
    ------
    InvalidInput, NumericalFailure
        There is no such member, or it cannot be flown so long; the message names the spacecraft.
    """
    from dataclasses import replace

    from moonstead.orbits.three_body.flown import fly_periodic_orbit

    said = fragment["orbit"]
    try:
        orbit, pace = member(said)
        revolutions = math.ceil((fragment["stop"] - begin) / (pace or orbit.duration) * _stretch(pace) + SPARE)
        return fly_periodic_orbit(
            orbit,
            begin,
            revolutions,
            replace(model, degree=min(model.degree, HIGHEST_DEGREE)),
            data,
            phase=said["phase"],
            avoid_eclipse_by=tuple(one.upper() for one in said["avoid_eclipses"]),
            period=pace,
            name=fragment["id"],
        )
    except InvalidInput as error:
        raise InvalidInput(f"spacecraft {fragment['id']!r}: {error}") from None
    except NumericalFailure as error:
        raise NumericalFailure(f"spacecraft {fragment['id']!r}: {error}") from None


def _stretch(pace: float | None) -> float:
    """How many revolutions more to fly where the orbit keeps its own pace."""
    return 1.0 if pace is not None else 1.03


def family_facts(
    fragment: Mapping[str, Any], flown: FlownOrbit, data: DataContext
) -> tuple[dict[str, Any], tuple[Table, ...], tuple[Figure, ...]]:
    """Facts, tables and headline figures of a flown family orbit over the scenario.

    Tables: ``rotating.ID``, the flown path in the rotating, pulsating axes; ``family.ID``, the periodic orbit it was
    made from in the same units; ``passages.ID``, nearest passages; ``eclipses.ID``.
    """
    from moonstead.orbits.three_body.flown_figures import eclipses, passages
    from moonstead.orbits.three_body.rotating import rotating_from_icrf

    name, called = fragment["id"], fragment["name"]
    first, last = fragment["start"], min(fragment["stop"], flown.trajectory().span[1])
    trajectory, orbit = flown.trajectory(), flown.orbit
    tdb = sample_times(first, last, PATH_STEP)
    path = rotating_from_icrf(trajectory.state(tdb), tdb, orbit.system, data, center=trajectory.center)
    phases = np.linspace(0.0, 1.0, PATH_ROWS)
    found = passages(trajectory, flown.period)
    near = (found.near_tdb >= first) & (found.near_tdb <= last)
    far = (found.far_tdb >= first) & (found.far_tdb <= last)
    shadows = {body: eclipses(trajectory, body, data).within((first, last)) for body in ("EARTH", "MOON")}
    bodies = np.array([body for body, windows in shadows.items() for _ in range(len(windows))], dtype=np.str_)
    starts = np.concatenate([windows.starts for windows in shadows.values()])
    stops = np.concatenate([windows.stops for windows in shadows.values()])
    order = np.argsort(starts)
    tables = (
        _path(f"rotating.{name}", path, {"tdb": (tdb, "s TDB past J2000")}, "Flown path"),
        _path(f"family.{name}", orbit.states(phases), {"phase": (phases, "1")}, "Periodic orbit"),
        Table(
            f"passages.{name}",
            {
                "tdb": found.near_tdb[near],
                "utc": utc_text(found.near_tdb[near]),
                "distance": found.near[near],
            },
            {"tdb": "s TDB past J2000", "utc": "UTC", "distance": f"m from the centre of {trajectory.center}"},
            "Nearest passages.",
        ),
        Table(
            f"eclipses.{name}",
            {
                "body": bodies[order],
                "start": starts[order],
                "start_utc": utc_text(starts[order]),
                "duration": (stops - starts)[order],
            },
            {"body": "name", "start": "s TDB past J2000", "start_utc": "UTC", "duration": "s"},
            "Times in which a body hides some of the Sun, penumbra included.",
        ),
    )
    facts = {
        "family": orbit.family,
        "point": orbit.point,
        "branch": orbit.branch,
        "resonance": fragment["orbit"]["resonance"],
        "phase": flown.phase,
        "period": flown.period,
        "position_defect": float(flown.position_defect.max()),
        "velocity_defect": float(flown.velocity_defect.max()),
        "newton_steps": flown.iterations,
        "departure": flown.departure,
        "nearest": [float(found.near[near].min()), float(found.near[near].max())] if near.any() else None,
        "farthest": [float(found.far[far].min()), float(found.far[far].max())] if far.any() else None,
        "eclipses": {
            body: {"count": len(windows), "longest": windows.longest(), "total": windows.total()}
            for body, windows in shadows.items()
        },
        "constants": {
            "mass_ratio": orbit.system.mass_ratio,
            "length": orbit.system.length,
            "time": orbit.system.time,
            "source": orbit.system.source,
        },
    }
    how = f"{orbit.family} orbit carried over to all forces by multiple shooting, without control"
    earth, moon = shadows["EARTH"], shadows["MOON"]
    figures = (
        Figure(
            f"{called}: eclipses by the Earth",
            len(earth),
            "1",
            f"{how}; penumbra included",
            "good" if not len(earth) else "",
        ),
        Figure(f"{called}: longest eclipse", max(earth.longest(), moon.longest()) / 60.0, "min", how),
        Figure(f"{called}: largest gap between arcs", facts["position_defect"], "m", how),
    )
    return facts, tables, figures


def _path(name: str, states: Array, first: dict[str, tuple[Array, str]], what: str) -> Table:
    columns = {key: value for key, (value, _) in first.items()} | dict(zip("xyz", states[:, :3].T, strict=True))
    units = {key: unit for key, (_, unit) in first.items()} | dict.fromkeys("xyz", "1")
    return Table(
        name,
        columns,
        units,
        f"{what} in the rotating axes of Earth and Moon, barycentre at the origin, in units of their distance.",
    )
