"""Station keeping: what keeping a spacecraft's orbit costs in a year, with drawn errors."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from moonstead.run.family_orbit import HIGHEST_DEGREE
from moonstead.run.moments import utc_text
from moonstead.run.tables import Table
from moonstead.run.task import Figure, Task, TaskInputs, TaskOutput
from moonstead.run.trajectories import force_model, orbit_fragment, stored_trajectory
from moonstead.scenario.load import plain
from moonstead.scenario.scenario import Scenario

if TYPE_CHECKING:
    from moonstead.orbits.keeping.keeping_errors import KeepingErrors
    from moonstead.orbits.keeping.monte_carlo import KeptRuns

SIGMAS = 3.0  # the scenario's errors are three standard deviations
WORTH = 4  # burns that a cost of a year may be told from
DATASETS = ("de440s", "grgm1200a", "moon-pa-de440")


def plan(scenario: Scenario) -> list[Task]:
    """One task for each spacecraft that says how it is kept."""
    return [
        Task(
            f"keeping.{craft.id}",
            f"Station keeping of {craft.name or craft.id}",
            f"{__name__}:keep",
            orbit_fragment(craft, scenario) | {"name": craft.name or craft.id, "keeping": plain(craft.keeping)},
            (f"orbit.{craft.id}",),
            DATASETS,
        )
        for craft in scenario.spacecraft
        if craft.keeping is not None
    ]


def keep(inputs: TaskInputs) -> TaskOutput:
    """Fly the runs about the orbit of the scenario; cost of a year, burn by burn, and propellant."""
    from moonstead.orbits.keeping.annual_cost import PERCENTILES, propellant_mass
    from moonstead.orbits.keeping.monte_carlo import keep_orbit
    from moonstead.orbits.keeping.reference_orbit import reference_orbit
    from moonstead.orbits.keeping.usual_control import usual_cadence, usual_control

    craft, said = inputs.fragment, inputs.fragment["keeping"]
    model = force_model(craft)
    model = replace(model, degree=min(model.degree, HIGHEST_DEGREE))
    flown = stored_trajectory(inputs.result(f"orbit.{craft['id']}"), inputs.data)
    reference = reference_orbit(flown, model, inputs.data)
    cadence = usual_cadence(craft["orbit"]["family"])
    ahead = cadence.ahead if said["method"] == "x-axis" else max(cadence.targets)
    if reference.crossing_tdb.size < ahead + WORTH * cadence.every + 1:
        why = f"the scenario is too short: control looks {ahead} plane crossings ahead"
        return TaskOutput(
            facts={"why_not": why, "method": said["method"]},
            warnings=(f"{craft['name']}: what keeping it costs is not told, {why}",),
        )
    control = usual_control(said["method"], cadence, reference, inputs.data)
    kept = keep_orbit(control, reference, _errors(said), inputs.data, runs=said["runs"], seed=said["seed"])
    cost = kept.cost
    how = (
        f"{cost.runs} runs of {cost.duration / 86_400.0:.0f} d by {said['method']} control in all forces, navigation "
        f"to {said['navigation_position'] / 1e3:g} km and {said['navigation_velocity'] * 100:g} cm/s (3 sigma)"
    )
    figures = [
        Figure(f"{craft['name']}: station keeping in a year, median", cost.percentile(50.0), "m/s", how),
        Figure(
            f"{craft['name']}: runs that lose the orbit",
            cost.failed_fraction(),
            "1",
            how,
            "bad" if cost.failures else "good",
        ),
    ]
    propellant = None
    if said["specific_impulse"] is not None and craft["mass"] is not None:
        shares = np.array([cost.percentile(share) for share in PERCENTILES])
        propellant = propellant_mass(shares, craft["mass"], said["specific_impulse"]).tolist()
        figures.append(Figure(f"{craft['name']}: propellant in a year, 95 %", propellant[2], "kg", how))
    facts = {
        "why_not": None,
        "method": said["method"],
        "runs": cost.runs,
        "duration": cost.duration,
        "mean": cost.mean(),
        "mean_interval": list(cost.mean_interval()),
        "percentiles": {f"{share:g}": cost.percentile(share) for share in PERCENTILES},
        "intervals": {f"{share:g}": _bounded(cost.percentile_interval(share)) for share in PERCENTILES},
        "propellant": propellant,
        "burns_per_year": cost.manoeuvres_per_year(),
        "failures": [f"run {one.run}, {utc_text([one.tdb])[0]}: {one.reason}" for one in cost.failures],
        "failed_interval": list(cost.failed_interval()),
        "unsolved": kept.unsolved,
    }
    models = (said["method"], "burn-errors", "de440", "grail", "pines", "third-body", "dop853")
    return TaskOutput((_burns(craft["id"], kept),), figures=tuple(figures), facts=facts, models=models)


def _bounded(interval: tuple[float, float]) -> list[float | None]:
    """Ends of an interval; None for one that too few runs leave open."""
    return [end if math.isfinite(end) else None for end in interval]


def _errors(said: dict[str, Any]) -> KeepingErrors:
    from moonstead.dynamics.dispersions import BurnErrors
    from moonstead.orbits.keeping.keeping_errors import KeepingErrors

    return KeepingErrors(
        said["navigation_position"] / SIGMAS,
        said["navigation_velocity"] / SIGMAS,
        BurnErrors(0.0, said["burn_size"] / SIGMAS, 0.0, said["burn_direction"] / SIGMAS),
        unload=said["unload"] / SIGMAS,
        radiation=said["sunlight"] / SIGMAS,
        minimum_burn=said["minimum_burn"],
    )


def _burns(craft: str, kept: KeptRuns) -> Table:
    """Burns and departures at each time, over the runs that are left then."""
    left = np.isfinite(kept.burns)
    some = left.any(axis=0)
    burns, away = kept.burns[:, some], kept.departures[:, some]
    tdb = kept.burn_tdb[some]
    return Table(
        f"keeping.{craft}",
        {
            "tdb": tdb,
            "utc": utc_text(tdb),
            "runs": left.sum(axis=0)[some].astype(np.int64),
            "burn_mean": np.nanmean(burns, axis=0),
            "burn_95": np.nanpercentile(burns, 95.0, axis=0),
            "departure_median": np.nanmedian(away, axis=0),
            "departure_95": np.nanpercentile(away, 95.0, axis=0),
        },
        {
            "tdb": "s TDB past J2000",
            "utc": "UTC",
            "runs": "1",
            "burn_mean": "m/s",
            "burn_95": "m/s",
            "departure_median": "m",
            "departure_95": "m",
        },
        f"Burns at each time that {math.ceil(float(left.sum(axis=0).max()))} runs may burn, and distances from the "
        "reference before them.",
    )
