"""`moonstead asteroid impact`: how probable an impact on Earth and Moon is, where and when."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from moonstead.cli.output import AsJson, DataFolder, open_data, print_json, print_table, progress

if TYPE_CHECKING:
    from collections.abc import Callable

    from moonstead.foundation.data import DataContext
    from moonstead.smallbodies.motion.orbit import SmallBodyOrbit
    from moonstead.smallbodies.orbit_fit.ranged_orbit import RangedOrbit

NAME = "impact"
DEFAULT_YEARS = 100.0
MOST_ALTITUDE = 1000.0  # [km]
FIRST_YEAR, LAST_YEAR = 1850, 2149  # whole years of DE440s
HEADINGS = ("time UTC", "+- s", "probability", "lat deg", "+-", "lon deg", "+-", "alt km", "km/s", "angle", "Mt")


def command(
    observations: Annotated[
        list[Path] | None, typer.Argument(metavar="[OBSERVATIONS]...", help="Files of observations, any format.")
    ] = None,
    from_orbit: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Published orbit with covariance in place of observations.")
    ] = None,
    object_name: Annotated[str | None, typer.Option("--object", help="Which object of the files.")] = None,
    until: Annotated[
        int | None, typer.Option(metavar="YEAR", help="Last year of the search; a hundred years if left out.")
    ] = None,
    altitude: Annotated[
        float, typer.Option(metavar="KM", help="Above the Earth's ellipsoid, where an impact counts and is told.")
    ] = 100.0,
    clones: Annotated[int, typer.Option(help="Random orbits, the check.", min=100, max=1_000_000)] = 1000,
    line: Annotated[int, typer.Option(help="Orbits on the line of variations.", min=11, max=100_000)] = 401,
    seed: Annotated[int, typer.Option(help="Of the random orbits.", min=0)] = 0,
    magnitude: Annotated[float | None, typer.Option("--h", help="Absolute magnitude H, for size and energy.")] = None,
    as_of: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="From when the Palermo scale counts; the last observation if left out."),
    ] = None,
    smooth_moon: Annotated[
        bool, typer.Option("--smooth-moon", help="Impacts on the Moon's map sphere, not on its terrain.")
    ] = False,
    as_json: AsJson = False,
    data: DataFolder = None,
) -> None:
    """Say how probable an impact on Earth and Moon is, and where, when and how fast it would be.

    Observations are fitted with one setting for all; arcs too short for one orbit are answered by a sample of orbits.
    """
    from dataclasses import replace

    from moonstead.cli.asteroid.impact_answers import impact_answer
    from moonstead.foundation.errors import InvalidInput
    from moonstead.foundation.time.epoch import Epoch
    from moonstead.smallbodies.impact.search import SearchEffort, impact_probabilities
    from moonstead.smallbodies.motion.perturbers import DEFAULT_SPAN, perturbers

    if (from_orbit is None) == (not observations):
        raise InvalidInput("give either files of observations or a published orbit by --from-orbit")
    orbit: SmallBodyOrbit | RangedOrbit
    if not 0.0 <= altitude <= MOST_ALTITUDE:
        raise InvalidInput(f"--altitude is in km, 0 to {MOST_ALTITUDE:g}; got {altitude:g}")
    context = open_data(data)
    with progress() as bars:
        task = bars.add_task("reading", total=None)

        def tell(words: str) -> None:
            bars.update(task, description=words)

        if from_orbit is not None:
            orbit, about = _published(from_orbit, context)
        else:
            orbit, about = _fitted(observations or [], object_name, context, tell)
        if magnitude is not None:
            about |= {"absolute_magnitude": magnitude, "absolute_magnitude_sigma": 0.0}
        end = _end(until, orbit.tdb)
        start, stop = min(orbit.tdb, DEFAULT_SPAN[0]), max(end, DEFAULT_SPAN[1])
        pull = perturbers(context, start_tdb=start, stop_tdb=stop)
        counted_from = about["counted_from"] if as_of is None else Epoch.parse(as_of).tdb()
        answer = impact_probabilities(
            orbit,
            end,
            pull,
            context,
            effort=replace(SearchEffort(), clones=clones, line=line),
            seed=seed,
            earth_altitude=altitude * 1e3,
            terrain=None if smooth_moon else _terrain(context),
            progress=tell,
        )
    row = impact_answer(answer, about, counted_from, smooth_moon=smooth_moon)
    if as_json:
        print_json(row)
    else:
        _print(row)


def _published(path: Path, data: DataContext) -> tuple[SmallBodyOrbit, dict[str, Any]]:
    """Orbit of a file, and what is told about it."""
    from moonstead.formats.published_orbit_files import read_orbit_file
    from moonstead.smallbodies.published_orbit import cartesian_orbit

    published = read_orbit_file(path)
    orbit = cartesian_orbit(published, data)
    about = {
        "orbit": orbit.source or str(path),
        "absolute_magnitude": published.absolute_magnitude,
        "absolute_magnitude_sigma": published.magnitude_sigma or 0.0,
        "counted_from": orbit.tdb,
        "fit": None,
    }
    return orbit, about


def _fitted(
    files: list[Path], name: str | None, data: DataContext, tell: Callable[[str], None]
) -> tuple[SmallBodyOrbit | RangedOrbit, dict[str, Any]]:
    """Orbit of observations, and what is told about it."""
    import numpy as np

    from moonstead.foundation.constants import ARCSECOND
    from moonstead.smallbodies.orbit_fit.from_files import orbit_from_files
    from moonstead.smallbodies.orbit_fit.ranged_orbit import RangedOrbit

    found = orbit_from_files(files, data, object=name, progress=tell)
    fit, rows = found.fit, found.prepared.observations
    ranged = isinstance(fit, RangedOrbit)
    orbit = fit if isinstance(fit, RangedOrbit) else fit.orbit
    best = fit.best if isinstance(fit, RangedOrbit) else fit.orbit
    told = {
        "kind": "weighted sample" if ranged else "corrected orbit",
        "observations": int(rows.count),
        "used": int(np.count_nonzero(fit.used)),
        "rejected_lines": [{"file": file, "line": line.line, "reason": line.reason} for file, line in found.rejected],
        "rms_arcsec": None if isinstance(fit, RangedOrbit) else fit.rms / ARCSECOND,
        "sample": len(fit.weights) if isinstance(fit, RangedOrbit) else None,
    }
    about = {
        "orbit": best.source or "fitted here",
        "absolute_magnitude": best.absolute_magnitude,
        "absolute_magnitude_sigma": 0.0,
        "counted_from": rows.arc()[1],
        "fit": told,
    }
    return orbit, about


def _end(until: int | None, epoch: float) -> float:
    """End of the search [s TDB past J2000]."""
    from moonstead.foundation.errors import InvalidInput
    from moonstead.foundation.time.epoch import Epoch

    last = Epoch.parse(f"{LAST_YEAR + 1}-01-01T00:00:00", "TDB").tdb()
    if until is None:
        return min(epoch + DEFAULT_YEARS * 365.25 * 86_400.0, last)
    if not FIRST_YEAR <= until <= LAST_YEAR:
        raise InvalidInput(f"--until is a year; the planets are known from {FIRST_YEAR} to {LAST_YEAR}; got {until}")
    end = Epoch.parse(f"{until + 1}-01-01T00:00:00", "TDB").tdb()
    if not end > epoch:
        raise InvalidInput(f"--until {until} ends before the epoch of the orbit; give a later year")
    return end


def _terrain(data: DataContext) -> Callable[..., Any]:
    from moonstead.surface.terrain import load_terrain

    return load_terrain(data).height


def _print(row: dict[str, Any]) -> None:
    write = sys.stdout.write
    write(f"{row['object']}, orbit: {row['orbit']}\n")
    if row["diameter_m"]:
        size = row["diameter_m"]
        span = f"({size['low']:.3g} to {size['high']:.3g})"
        write(f"H {row['absolute_magnitude']:.2f}, {size['nominal']:.3g} m across {span}\n")
    write(f"search until {row['until_utc'][:10]}\n\n")
    for name in ("earth", "moon"):
        one = row[name]
        low, high = one["interval"]
        chance = f"probability {one['probability']:.4g} ({low:.4g} to {high:.4g})"
        write(f"{name}: {chance}, {one['verdict']}, {one['method']}\n")
        if one["clones"]:
            write(f"  clones: {one['clones']['hits']} of {one['clones']['drawn']} hit\n")
        if one["palermo"] is not None:
            write(f"  Palermo {one['palermo']:.2f}, Torino {one['torino']}\n")
        cells = [
            [
                each["time_utc"][:19],
                f"{each['time_sigma_s']:.3g}",
                f"{each['probability']:.3g}",
                f"{each['latitude_deg']:.3f}",
                f"{each['latitude_sigma_deg']:.2g}",
                f"{each['longitude_deg']:.3f}",
                f"{each['longitude_sigma_deg']:.2g}",
                f"{each['altitude_m'] / 1e3:.1f}",
                f"{each['speed_m_s'] / 1e3:.3f}",
                f"{each['elevation_deg']:.1f}",
                f"{each['energy_mt']['nominal']:.3g}" if each["energy_mt"] else "",
            ]
            for each in one["virtual_impactors"]
        ]
        if cells:
            headings = [
                "time UTC",
                "+- s",
                "probability",
                "lat deg",
                "+-",
                "lon deg",
                "+-",
                "alt km",
                "km/s",
                "angle",
                "Mt",
            ]
            print_table(headings, cells, right=range(1, len(headings)))
        write("\n")
    for note in row["notes"]:
        write(f"note: {note}\n")
