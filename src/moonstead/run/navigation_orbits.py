"""Orbits of navigation satellites fitted to a day and judged by the next, as tables of a run."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.foundation.errors import MoonsteadError
from moonstead.run.moments import utc_text
from moonstead.run.tables import Table
from moonstead.run.task import Figure, TaskOutput
from moonstead.run.threat_tables import plain_table

if TYPE_CHECKING:
    from moonstead.formats.sp3 import PreciseOrbits
    from moonstead.foundation.data import DataContext
    from moonstead.navigation.orbit_determination.fits import OrbitFits

MODELS = ("navigation-orbit-fit",)
MODEL = "ecom2"
HOUR = 3600.0  # [s]


def navigation_orbits(said: dict[str, Any], data: DataContext) -> TaskOutput:
    """Fit the first day of precise orbits, predict the rest of them, and say how well."""
    from moonstead.formats.sp3 import read_sp3
    from moonstead.navigation.orbit_determination.fits import epochs_of, fit_orbits

    try:
        precise = read_sp3([Path(file) for file in said["orbit_files"]])
        day = precise.gpst < precise.gpst[0] + SECONDS_PER_DAY
        if day.all():
            why = f"the precise orbits span {np.ptp(precise.gpst) / HOUR:.1f} h, which leaves nothing to judge by"
            return TaskOutput(facts={"why_not": why})
        fits = fit_orbits(epochs_of(precise, day), data, model=MODEL, until=float(precise.gpst[-1]))
    except MoonsteadError as error:
        return TaskOutput(facts={"why_not": str(error)}, warnings=(f"orbits of navigation satellites: {error}",))
    later = epochs_of(precise, ~day)
    orbits, growth = _tables(fits, later)
    facts = {
        "why_not": None,
        "agency": precise.agency,
        "model": MODEL,
        "start_utc": _utc(precise.gpst[day][0]),
        "fit_stop_utc": _utc(precise.gpst[day][-1]),
        "stop_utc": _utc(precise.gpst[-1]),
        "failed": dict(fits.failed),
    }
    warnings = tuple(f"orbit of {name}: {why}" for name, why in fits.failed.items())
    return TaskOutput((orbits, growth), figures=_figures(growth), facts=facts, warnings=warnings, models=MODELS)


def _tables(fits: OrbitFits, later: PreciseOrbits) -> tuple[Table, Table]:
    """A row for each orbit, and one for each orbit and epoch of the prediction."""
    from moonstead.navigation.orbit_determination.fits import orbit_errors
    from moonstead.navigation.satellites import satellite_facts

    rows: list[tuple[Any, ...]] = []
    series: dict[str, list[Any]] = {key: [] for key in ("satellite", "ahead", "error", "sigma")}
    for orbit in fits.orbits:
        name = orbit.satellite
        median = rms = math.nan
        if name in later.satellites:
            position = later.position[:, later.satellites.index(name)]
            known = np.isfinite(position[:, 0])
            if known.any():
                distance = np.linalg.norm(orbit_errors(orbit, later.gpst[known], position[known]), axis=1)
                median, rms = float(np.median(distance)), float(np.sqrt(np.mean(distance**2)))
                covariance = orbit.position_covariance(later.gpst[known])
                series["satellite"].append(np.full(distance.size, name))
                series["ahead"].append(later.gpst[known] - orbit.fit_span[1])
                series["error"].append(distance)
                series["sigma"].append(np.sqrt(np.trace(covariance, axis1=1, axis2=2)))
        push = orbit.values[orbit.names.index("D0")], orbit.sigmas[orbit.names.index("D0")]
        rows.append(
            (
                name,
                satellite_facts(name, orbit.fit_span[0]).block,
                orbit.gpst.size,
                orbit.rms_3d,
                *orbit.rms.tolist(),
                median,
                rms,
                *push,
                orbit.eclipsed,
                orbit.flight.sun_elevation,
            )
        )
    units = {"satellite": "text", "block": "text", "positions": "1"}
    units |= dict.fromkeys(("fit", "radial", "along", "cross", "predicted_median", "predicted_rms"), "m")
    units |= {"push": "m/s2 at 1 au", "push_sigma": "m/s2 at 1 au", "eclipsed": "1", "sun_elevation": "rad"}
    text = "An orbit fitted to a day of precise positions: residuals, errors of its prediction, push along the Sun."
    orbits = plain_table("navigation-orbits", rows, units, text)
    empty = {"satellite": np.array([], dtype=str)} | {key: np.array([]) for key in ("ahead", "error", "sigma")}
    return orbits, Table(
        "navigation-orbit-errors",
        {key: np.concatenate(values) if values else empty[key] for key, values in series.items()},
        {"satellite": "text", "ahead": "s", "error": "m", "sigma": "m"},
        "Distance of a predicted orbit from the precise one at one epoch, and what was foretold.",
    )


def _figures(growth: Table) -> tuple[Figure, ...]:
    from moonstead.navigation.signals import SYSTEMS

    letters = growth.columns["satellite"].astype("<U1")
    how = "fitted to the first day of precise orbits, median over satellites and epochs after it; real files"
    return tuple(
        Figure(
            f"{SYSTEMS[system]}: error of predicted orbits",
            float(np.median(growth.columns["error"][letters == system])),
            "m",
            how,
        )
        for system in np.unique(letters).tolist()
    )


def _utc(gpst: float) -> str:
    from moonstead.navigation.time import tdb_from_gpst

    return str(utc_text(tdb_from_gpst(gpst))[0])
