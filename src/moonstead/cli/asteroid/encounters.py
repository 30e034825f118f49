"""`moonstead asteroid encounters`: when a small body passes Earth and Moon, how near and how fast."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from moonstead.cli.output import AsJson, DataFolder, open_data, print_json, print_table, progress
from moonstead.foundation.constants import ASTRONOMICAL_UNIT

if TYPE_CHECKING:
    from moonstead.smallbodies.motion.orbit import SmallBodyOrbit
    from moonstead.smallbodies.motion.perturbers import Perturbers
    from moonstead.smallbodies.orbit_fit.ranged_orbit import RangedOrbit

NAME = "encounters"
DEFAULT_YEARS = 100.0
YEAR = 365.25 * 86_400.0  # [s]
FIRST_YEAR, LAST_YEAR = 1849, 2149  # that the planetary ephemeris covers whole
MOST_WITHIN = 10.0  # [au]
MOST_ALTITUDE = 1000.0  # [km]
LINEAR = 0.2  # [1] share of the distance from which on its standard deviation is no linear matter
QUANTILES = (0.025, 0.5, 0.975)


def command(
    observations: Annotated[
        list[Path] | None, typer.Argument(metavar="[OBSERVATIONS]...", help="Files of observations, any format.")
    ] = None,
    from_orbit: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Published orbit in place of observations.")
    ] = None,
    object_name: Annotated[str | None, typer.Option("--object", help="Which object of the files.")] = None,
    since: Annotated[
        int | None, typer.Option("--from", metavar="YEAR", help="First year; the orbit's own time if left out.")
    ] = None,
    until: Annotated[int | None, typer.Option(metavar="YEAR", help="Last year; a hundred years if left out.")] = None,
    within: Annotated[float, typer.Option(metavar="AU", help="How near an encounter must be.")] = 0.05,
    body: Annotated[
        list[str] | None, typer.Option(help="EARTH, MOON, VENUS, ...; may be repeated. Earth and Moon if left out.")
    ] = None,
    altitude: Annotated[
        float, typer.Option(metavar="KM", help="Above the Earth's ellipsoid, where an impact counts and is told.")
    ] = 100.0,
    as_json: AsJson = False,
    data: DataFolder = None,
) -> None:
    """List close approaches to Earth and Moon: when, how near, how fast, each with its standard deviation.

    Every least distance is a root on the flight itself, not the nearest of some samples.
    """
    from moonstead.foundation.errors import InvalidInput
    from moonstead.smallbodies.motion.perturbers import perturbers
    from moonstead.smallbodies.orbit_fit.ranged_orbit import RangedOrbit

    if (from_orbit is None) == (not observations):
        raise InvalidInput("give either files of observations or a published orbit by --from-orbit")
    if not 0.0 < within <= MOST_WITHIN:
        raise InvalidInput(f"--within is in au, up to {MOST_WITHIN:g}; got {within:g}")
    if not 0.0 <= altitude <= MOST_ALTITUDE:
        raise InvalidInput(f"--altitude is in km, 0 to {MOST_ALTITUDE:g}; got {altitude:g}")
    context = open_data(data)
    bodies = tuple(dict.fromkeys(name.upper() for name in body or ("EARTH", "MOON")))
    orbit: SmallBodyOrbit | RangedOrbit
    with progress(quiet=as_json) as bars:
        task = bars.add_task("reading", total=None)
        if from_orbit is not None:
            from moonstead.smallbodies.published_orbit import read_published_orbit

            orbit = read_published_orbit(from_orbit, context)
        else:
            from moonstead.smallbodies.orbit_fit.from_files import orbit_from_files

            found = orbit_from_files(
                observations or [],
                context,
                object=object_name,
                progress=lambda text: bars.update(task, description=text),
            ).fit
            orbit = found if isinstance(found, RangedOrbit) else found.orbit
        pull = perturbers(context)
        span = _span(since, until, orbit.tdb, pull.span)
        limits = {"within": within * ASTRONOMICAL_UNIT, "earth_altitude": altitude * 1e3}
        if isinstance(orbit, RangedOrbit):
            answer = _of_sample(orbit, span, pull, bodies, limits)
        else:
            answer = _of_orbit(orbit, span, pull, bodies, limits)
    answer |= {"from_utc": _utc(span[0]), "until_utc": _utc(span[1]), "within_au": within}
    if as_json:
        print_json(answer)
    else:
        _print(answer)


def _span(since: int | None, until: int | None, epoch: float, covered: tuple[float, float]) -> tuple[float, float]:
    """First and last time [s TDB past J2000] of the search."""
    from moonstead.foundation.errors import InvalidInput
    from moonstead.foundation.time.epoch import Epoch

    for option, year in (("--from", since), ("--until", until)):
        if year is not None and not FIRST_YEAR < year <= LAST_YEAR:
            raise InvalidInput(f"{option} is a year, {FIRST_YEAR + 1} to {LAST_YEAR}; got {year}")
    start = epoch if since is None else Epoch.parse(f"{since}-01-01T00:00:00", "TDB").tdb()
    stop = epoch + DEFAULT_YEARS * YEAR if until is None else Epoch.parse(f"{until + 1}-01-01T00:00:00", "TDB").tdb()
    start, stop = max(start, covered[0]), min(stop, covered[1])
    if not start < stop:
        raise InvalidInput(f"the search would end before it begins ({_utc(start)} to {_utc(stop)}): choose other years")
    return start, stop


def _of_orbit(
    orbit: SmallBodyOrbit,
    span: tuple[float, float],
    pull: Perturbers,
    bodies: tuple[str, ...],
    limits: dict[str, float],
) -> dict[str, Any]:
    """Answer for one orbit, standard deviations from its covariance."""
    from moonstead.smallbodies.encounters import encounters, with_sigmas
    from moonstead.smallbodies.motion.flight import fly

    flight = fly(orbit, span, pull, with_partials=orbit.covariance is not None)
    met = with_sigmas(encounters(flight, pull, bodies=bodies, **limits), flight, pull)
    rows = [
        {
            "body": one.body.lower(),
            "time_utc": _utc(one.tdb),
            "time_tdb": _text(one.tdb, "TDB"),
            "time_sigma_s": one.tdb_sigma,
            "distance_km": one.distance / 1e3,
            "distance_sigma_km": one.distance_sigma / 1e3,
            "distance_au": one.distance / ASTRONOMICAL_UNIT,
            "linear": None if one.distance_sigma != one.distance_sigma else one.distance_sigma < LINEAR * one.distance,
            "speed_m_s": float((one.state[3:] @ one.state[3:]) ** 0.5),
            "speed_at_infinity_m_s": one.speed_at_infinity,
            "impact": one.impact,
        }
        for one in met
        if span[0] <= one.tdb <= span[1]
    ]
    return {"object": orbit.name, "orbit": orbit.source, "kind": "orbit", "encounters": rows}


def _of_sample(
    orbit: RangedOrbit,
    span: tuple[float, float],
    pull: Perturbers,
    bodies: tuple[str, ...],
    limits: dict[str, float],
) -> dict[str, Any]:
    """Answer for a weighted sample of orbits: shares and quantiles, because no single orbit stands for it."""
    import numpy as np

    from moonstead.smallbodies.motion.flights import closest_approaches

    many = closest_approaches(orbit.states, orbit.tdb, span[1], pull, bodies=bodies, **limits)
    rows = []
    for name in bodies:
        first: dict[int, int] = {}
        for k in np.flatnonzero((many.body == name) & (many.tdb >= span[0])).tolist():
            best = first.setdefault(int(many.index[k]), k)
            if many.distance[k] < many.distance[best]:
                first[int(many.index[k])] = k
        chosen = np.array(list(first.values()), dtype=np.int64)
        weight = orbit.weights[many.index[chosen]]
        row: dict[str, Any] = {
            "body": name.lower(),
            "share": float(weight.sum()),
            "share_impact": float(orbit.weights[many.ended_by == name].sum()),
        }
        if chosen.size:
            times, distances = _quantiles(many.tdb[chosen], weight), _quantiles(many.distance[chosen], weight)
            row |= {"time_utc": [_utc(t) for t in times], "distance_km": [d / 1e3 for d in distances]}
        rows.append(row)
    return {
        "object": orbit.best.name,
        "orbit": orbit.best.source,
        "kind": "sample",
        "orbits": len(orbit.weights),
        "quantiles": list(QUANTILES),
        "nearest": rows,
    }


def _quantiles(values: Any, weights: Any) -> list[float]:
    """Weighted quantiles of values."""
    import numpy as np

    order = np.argsort(values)
    share = np.cumsum(weights[order]) / np.sum(weights)
    return [float(values[order][min(int(np.searchsorted(share, q)), len(order) - 1)]) for q in QUANTILES]


def _utc(tdb: float) -> str:
    return _text(tdb, "UTC")


def _text(tdb: float, scale: str) -> str:
    from moonstead.foundation.time.epoch import Epoch

    return Epoch.from_tdb(float(tdb)).text(scale, 3)


def _print(answer: dict[str, Any]) -> None:
    write = sys.stdout.write
    write(f"{answer['object']}, orbit: {answer['orbit'] or 'fitted here'}\n")
    write(f"{answer['from_utc'][:10]} to {answer['until_utc'][:10]}, within {answer['within_au']:g} au\n\n")
    if answer["kind"] == "sample":
        write(f"too short an arc for one orbit: {answer['orbits']} weighted orbits\n")
        cells = [
            [
                row["body"],
                f"{row['share']:.4f}",
                f"{row['share_impact']:.4f}",
                " .. ".join(text[:16] for text in row.get("time_utc", [])),
                " .. ".join(f"{value:.5g}" for value in row.get("distance_km", [])),
            ]
            for row in answer["nearest"]
        ]
        print_table(["body", "share", "impact", "time UTC (2.5 %, 50 %, 97.5 %)", "km"], cells, right=[1, 2])
        return
    cells = [
        [
            row["body"],
            row["time_utc"][:19],
            _number(row["time_sigma_s"], "s"),
            f"{row['distance_km']:.1f}",
            _number(row["distance_sigma_km"], "km") + ("" if row["linear"] in (None, True) else " (not linear)"),
            f"{row['speed_m_s'] / 1e3:.3f}",
            "IMPACT" if row["impact"] else "",
        ]
        for row in answer["encounters"]
    ]
    if not cells:
        write("no encounter\n")
        return
    print_table(["body", "time UTC", "+-", "distance km", "+-", "km/s", ""], cells, right=[2, 3, 4, 5])


def _number(value: float, unit: str) -> str:
    return "" if value != value else f"{value:.3g} {unit}"
