"""The orbit of a threat: read or determined, told in tables, and kept for the tasks that fly it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.errors import MoonsteadError
from moonstead.run.moments import utc_text
from moonstead.run.store import file_hash
from moonstead.run.tables import Table
from moonstead.run.task import Figure, TaskOutput, TaskResult
from moonstead.scenario.common import epoch_of
from moonstead.scenario.load import plain
from moonstead.scenario.scenario import Scenario
from moonstead.scenario.threats import Threat

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext
    from moonstead.smallbodies.motion.orbit import SmallBodyOrbit
    from moonstead.smallbodies.motion.perturbers import Perturbers
    from moonstead.smallbodies.orbit_fit.ranged_orbit import RangedOrbit
    from moonstead.smallbodies.orbit_fit.result import OrbitFit

Array = NDArray[np.float64]

DAY = 86_400.0  # [s]
MARGIN = 400.0 * DAY  # [s] that tables of perturbers reach beyond what is flown
MOST_REJECTED = 200  # lines that the facts name
RESIDUAL_UNITS = {
    "tdb": "s TDB past J2000",
    "utc": "UTC",
    "station": "text",
    "right_ascension": "rad",
    "declination": "rad",
    "normalised": "1",
    "used": "1",
    "reason": "text",
}


def threat_fragment(threat: Threat, scenario: Scenario) -> dict[str, Any]:
    """Return what the computations about a threat depend on, files by their content."""
    said = plain(threat)
    files = [Path(file) for file in (said["observations"] or [])] + ([Path(said["orbit"])] if said["orbit"] else [])
    start, stop = scenario.span()
    return said | {
        "name": threat.name or threat.id,
        "until": epoch_of(threat.until).tdb(),
        "watch_from": start if threat.watch_from is None else epoch_of(threat.watch_from).tdb(),
        "sha256": [file_hash(file) if file.is_file() else "" for file in files],
        "start": start,
        "stop": stop,
    }


def threat_orbit(said: dict[str, Any], data: DataContext) -> TaskOutput:
    """Read or determine the orbit of a threat; residuals, rejected lines, and the orbit for other tasks."""
    from moonstead.smallbodies.orbit_fit.ranged_orbit import RangedOrbit

    facts: dict[str, Any] = {
        "name": said["name"],
        "kind": None,
        "source": "",
        "epoch_utc": None,
        "magnitude": None,
        "rms": None,
        "rows": 0,
        "used": 0,
        "arc": None,
        "counted_from": None,
        "rejected": [],
        "notes": [],
        "why_not": None,
    }
    tables: tuple[Table, ...] = ()
    try:
        if said["orbit"]:
            from moonstead.smallbodies.published_orbit import read_published_orbit

            found: SmallBodyOrbit | RangedOrbit = read_published_orbit(said["orbit"], data)
            facts["kind"] = "published"
        else:
            found, more, tables = _determined(said, data)
            facts |= more
    except MoonsteadError as error:
        return TaskOutput(facts=facts | {"why_not": str(error)}, warnings=(f"{said['name']}: no orbit: {error}",))
    best = found.best if isinstance(found, RangedOrbit) else found
    if said["magnitude"] is not None:
        best = replace(best, absolute_magnitude=said["magnitude"])
    facts |= {
        "source": best.source,
        "epoch_utc": str(utc_text([best.tdb])[0]),
        "magnitude": best.absolute_magnitude,
        "covariance": best.covariance is not None,
        "counted_from": facts["counted_from"] if facts["counted_from"] is not None else best.tdb,
    }
    figures = []
    if facts["rms"] is not None:
        figures.append(
            Figure(
                f"{said['name']}: root mean square of the residuals",
                float(np.degrees(facts["rms"])) * 3600.0,
                "arcsec",
                f"{facts['used']} of {facts['rows']} observations over {facts['arc'] / DAY:.4g} d",
            )
        )
    models = ("de440", "small-bodies", *(("ranging", "veres-weights") if said["observations"] else ()))
    return TaskOutput(tables, _arrays(found, best), tuple(figures), facts, models=models)


def _determined(
    said: dict[str, Any], data: DataContext
) -> tuple[SmallBodyOrbit | RangedOrbit, dict[str, Any], tuple[Table, ...]]:
    from moonstead.smallbodies.orbit_fit.from_files import orbit_from_files
    from moonstead.smallbodies.orbit_fit.ranged_orbit import RangedOrbit

    read = orbit_from_files(said["observations"], data, object=said["object"], solve_for=said["solve_for"] or None)
    found, prepared = read.fit, read.prepared
    first, last = prepared.observations.arc()
    rejected = [
        {"file": Path(file).name, "line": one.line, "text": one.text, "reason": one.reason, "remedy": one.remedy}
        for file, one in read.rejected
    ]
    facts = {
        "rows": prepared.count,
        "used": int(np.count_nonzero(found.used)),
        "arc": last - first,
        "counted_from": last,
        "rejected": rejected[:MOST_REJECTED],
        "rejected_count": len(rejected),
    }
    if isinstance(found, RangedOrbit):
        return found, facts | {"kind": "sample"}, ()
    notes = list(found.notes)
    return found.orbit, facts | {"kind": "fit", "rms": found.rms, "notes": notes}, (_residuals(said["id"], found),)


def _residuals(id: str, found: OrbitFit) -> Table:
    tdb = found.prepared.tdb
    columns = {
        "tdb": tdb,
        "utc": utc_text(tdb),
        "station": np.asarray(found.prepared.observations.station),
        "right_ascension": found.residuals[:, 0],
        "declination": found.residuals[:, 1],
        "normalised": found.normalised,
        "used": np.asarray(found.used),
        "reason": np.array(found.reasons, dtype=str),
    }
    text = "Observed less computed places; right ascension times the cosine of the declination."
    return Table(f"threat-residuals.{id}", columns, RESIDUAL_UNITS, text)


def _arrays(found: SmallBodyOrbit | RangedOrbit, best: SmallBodyOrbit) -> dict[str, NDArray[Any]]:
    from moonstead.smallbodies.orbit_fit.ranged_orbit import RangedOrbit

    push = best.non_gravitational
    kept: dict[str, NDArray[Any]] = {
        "name": np.array(best.name),
        "source": np.array(best.source),
        "tdb": np.array(best.tdb),
        "state": best.state,
        "push": np.array([push.a1, push.a2, push.a3, push.alpha, push.r0, push.m, push.n, push.k]),
        "parameters": np.array(best.parameters),
        "covariance": np.zeros((0, 0)) if best.covariance is None else best.covariance,
        "brightness": np.array(
            [np.nan if value is None else value for value in (best.absolute_magnitude, best.slope)], dtype=np.float64
        ),
    }
    if isinstance(found, RangedOrbit):
        kept |= {
            "states": found.states,
            "weights": found.weights,
            "chi_square": found.chi_square,
            "range": found.range_,
            "range_rate": found.range_rate,
            "used": found.used,
            "reasons": np.array(found.reasons, dtype=str),
            "arc": np.array(found.arc),
            "prior": np.array(found.prior),
            "grid": np.array([*found.grid_range, *found.grid_range_rate]),
        }
    return kept


def stored_orbit(result: TaskResult) -> SmallBodyOrbit | RangedOrbit | None:
    """Orbit that an orbit task kept; None where it found none."""
    from moonstead.smallbodies.motion.orbit import NonGravitational, SmallBodyOrbit
    from moonstead.smallbodies.orbit_fit.ranged_orbit import RangedOrbit

    if result.facts["why_not"] is not None:
        return None
    kept = result.arrays()
    magnitude, slope = (None if np.isnan(value) else float(value) for value in kept["brightness"])
    best = SmallBodyOrbit(
        name=str(kept["name"]),
        tdb=float(kept["tdb"]),
        state=kept["state"],
        non_gravitational=NonGravitational(*(float(value) for value in kept["push"])),
        covariance=kept["covariance"] if kept["covariance"].size else None,
        parameters=tuple(str(name) for name in kept["parameters"]),
        absolute_magnitude=magnitude,
        slope=slope,
        source=str(kept["source"]),
    )
    if "states" not in kept:
        return best
    grid = [float(value) for value in kept["grid"]]
    return RangedOrbit(
        name=best.name,
        tdb=best.tdb,
        states=kept["states"],
        weights=kept["weights"],
        chi_square=kept["chi_square"],
        best=best,
        range_=kept["range"],
        range_rate=kept["range_rate"],
        arc=float(kept["arc"]),
        used=kept["used"],
        reasons=tuple(str(reason) for reason in kept["reasons"]),
        prior=str(kept["prior"]),
        grid_range=(grid[0], grid[1]),
        grid_range_rate=(grid[2], grid[3]),
    )


def pulls(data: DataContext, start: float, stop: float) -> Perturbers:
    """Perturbers for flights between two times.

    Parameters
    ----------
    data : DataContext
        Ephemeris.
    start, stop : float [s TDB past J2000]
        First and last time of the flights.

    Returns
    -------
    Perturbers
        With room at both ends for light times and for what is pushed.
    """
    from moonstead.smallbodies.motion.perturbers import perturbers

    return perturbers(data, start_tdb=start - MARGIN, stop_tdb=stop + 10.0 * DAY)
