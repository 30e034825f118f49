"""`moonstead asteroid watch`: when a small body is seen next, by whom, and what the nights would tell."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from moonstead.cli.output import AsJson, DataFolder, open_data, print_json, print_table

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext
    from moonstead.smallbodies.astrometry.prepare import PreparedObservations
    from moonstead.smallbodies.motion.orbit import SmallBodyOrbit

NAME = "watch"
DEFAULT_YEARS = 10.0


def command(
    observations: Annotated[
        list[Path] | None, typer.Argument(metavar="[OBSERVATIONS]...", help="Files of observations, any format.")
    ] = None,
    from_orbit: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Published orbit in place of observations.")
    ] = None,
    object_name: Annotated[str | None, typer.Option("--object", help="Which object of the files.")] = None,
    at: Annotated[str | None, typer.Option(metavar="TIME", help="From when, UTC; now if left out.")] = None,
    until: Annotated[
        str | None, typer.Option(metavar="TIME", help="To when, UTC, or a last year; ten years if left out.")
    ] = None,
    station: Annotated[
        list[str] | None, typer.Option(help="Code of a sensor; may be repeated. All of the table if left out.")
    ] = None,
    limiting_magnitude: Annotated[
        float | None, typer.Option(help="Of stations that are not in the table, or in place of the table's.")
    ] = None,
    accuracy: Annotated[
        str | None, typer.Option(help='Of one position, 1 sigma: "0.3 arcsec"; for all stations.')
    ] = None,
    magnitude: Annotated[
        float | None, typer.Option("--h", help="Absolute magnitude H, where the orbit has none.")
    ] = None,
    delta_v: Annotated[
        str, typer.Option(help="Change of velocity that a deflection could make, for its last date.")
    ] = "1 cm/s",
    miss: Annotated[str, typer.Option(help="Distance by which it should be moved at the encounter.")] = "10000 km",
    notice: Annotated[str, typer.Option(help="Time that an evacuation needs.")] = "30 d",
    observer: Annotated[
        str | None, typer.Option(help="Also a table of places as seen from a station's code, a body, or --scenario.")
    ] = None,
    step: Annotated[str, typer.Option(help="Step of that table.")] = "1 d",
    rows: Annotated[int, typer.Option(help="Length of that table.", min=1, max=100_000)] = 30,
    scenario: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Scenario whose sites and spacecraft may observe.")
    ] = None,
    history: Annotated[
        bool, typer.Option("--history", help="Also what would have been said after each night of the observations.")
    ] = False,
    impact: Annotated[
        bool, typer.Option("--impact/--no-impact", help="Search for impacts, so that dates can be told.")
    ] = True,
    as_json: AsJson = False,
    data: DataFolder = None,
) -> None:
    """Say when an asteroid or comet can be seen next, by which sensors, and what more nights would tell.

    Clear skies are assumed. A chance is that of today: it counts on the orbit's covariance.
    """
    from moonstead.cli.asteroid.watch_answers import watch_answer
    from moonstead.foundation.errors import InvalidInput
    from moonstead.foundation.units import parse_quantity

    context = open_data(data)
    if (from_orbit is None) == (not observations):
        raise InvalidInput("give either files of observations or a published orbit by --from-orbit")
    if history and not observations:
        raise InvalidInput("a history needs observations; a published orbit has none")
    start, stop = _span(at, until)
    orbit, prepared, notes = _orbit(observations or [], from_orbit, object_name, magnitude, context)
    row = watch_answer(
        orbit,
        prepared if history else None,
        (start, stop),
        context,
        sensors=_sensors(station or [], limiting_magnitude, accuracy),
        search_impacts=impact,
        delta_v=parse_quantity(delta_v, "speed"),
        miss=parse_quantity(miss, "length"),
        notice=parse_quantity(notice, "time"),
        table=(observer, parse_quantity(step, "time"), rows, scenario),
        notes=notes,
    )
    if as_json:
        print_json(row)
    else:
        _print(row)


def _span(at: str | None, until: str | None) -> tuple[float, float]:
    from datetime import UTC, datetime

    from moonstead.foundation.errors import InvalidInput
    from moonstead.foundation.time.epoch import Epoch

    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S")
    start = Epoch.parse(at or now).tdb()
    stop = start + DEFAULT_YEARS * 365.25 * 86_400.0
    if until:
        stop = Epoch.parse(f"{int(until) + 1}-01-01" if until.isdigit() else until).tdb()
    if not start < stop:
        raise InvalidInput(f"the watch must run forward; got --at {at or now} --until {until}")
    return start, stop


def _sensors(codes: list[str], limit: float | None, accuracy: str | None) -> list[Any]:
    """Sensors that were asked, with what was given in place of the table's figures."""
    from dataclasses import replace

    from moonstead.foundation.errors import InvalidInput
    from moonstead.foundation.units import parse_quantity
    from moonstead.smallbodies.watch.sensors import own_sensor, sensor, sensor_codes

    exact = parse_quantity(accuracy, "angle") if accuracy else None
    if exact is not None and not exact > 0.0:
        raise InvalidInput(f"the accuracy of a position must be positive; got {accuracy!r}")
    found = []
    for code in codes or sensor_codes():
        if code in sensor_codes():
            own = sensor(code)
            faintest = own.limiting_magnitude if limit is None or not codes else limit
            found.append(replace(own, limiting_magnitude=faintest, accuracy=own.accuracy if exact is None else exact))
        elif limit is None or exact is None:
            raise InvalidInput(
                f"station {code!r} is not in the table of sensors ({', '.join(sensor_codes())}); "
                "give its --limiting-magnitude and --accuracy"
            )
        else:
            found.append(own_sensor(code, limit, exact))
    return found


def _orbit(
    files: list[Path],
    from_orbit: Path | None,
    name: str | None,
    magnitude: float | None,
    data: DataContext,
) -> tuple[SmallBodyOrbit, PreparedObservations | None, list[str]]:
    """Orbit that was given or found, the observations behind it, and what must be said about both."""
    from dataclasses import replace

    from moonstead.foundation.errors import InvalidInput

    if from_orbit is not None:
        from moonstead.smallbodies.published_orbit import read_published_orbit

        orbit = read_published_orbit(from_orbit, data)
        prepared, notes = None, list[str]()
    else:
        orbit, prepared, notes = _determined(files, name, data)
    if magnitude is not None:
        orbit = replace(orbit, absolute_magnitude=magnitude)
    if orbit.absolute_magnitude is None:
        raise InvalidInput(f"the absolute magnitude of {orbit.name} is not known; give it by --h")
    return orbit, prepared, notes


def _determined(
    files: list[Path], name: str | None, data: DataContext
) -> tuple[SmallBodyOrbit, PreparedObservations, list[str]]:
    from moonstead.foundation.errors import InvalidInput
    from moonstead.smallbodies.orbit_fit.from_files import orbit_from_files
    from moonstead.smallbodies.orbit_fit.ranged_orbit import RangedOrbit

    found = orbit_from_files(files, data, object=name)
    fit = found.fit
    if isinstance(fit, RangedOrbit):
        raise InvalidInput(
            f"the arc of {fit.name} is {fit.arc / 3600.0:.2f} h: too short for one orbit, so no night can be "
            "planned by it; `moonstead asteroid impact` tells what it says"
        )
    notes = [f"{len(found.rejected)} lines were refused"] if found.rejected else []
    left_out = int((~fit.used).sum())
    notes += [f"{left_out} observations do not fit and were left out"] if left_out else []
    return fit.orbit, found.prepared, notes


def _print(row: dict[str, Any]) -> None:
    write = sys.stdout.write
    write(f"{row['object']}, H {row['absolute_magnitude']:g}, orbit: {row['orbit_source'] or 'not said'}\n")
    seen = f"{row['next_seen_utc']} by {row['next_seen_by']}" if row["next_seen_utc"] else "by none of the sensors"
    write(f"next seen: {seen}\n\n")
    cells = []
    for one in row["sensors"]:
        night = one["first_night"] or {}
        gain = one["one_night"] or {}
        cells.append(
            [
                one["code"],
                f"{one['limiting_magnitude']:g}",
                str(night.get("start_utc", "never"))[:16],
                f"{night['magnitude']:.1f}" if night else "",
                f"{night['sigma_major_arcsec']:.3g}" if night.get("sigma_major_arcsec") is not None else "",
                f"{gain['shrink']:.3g}" if gain else "",
            ]
        )
    print_table(["sensor", "limit", "first night UTC", "V", "1 sigma arcsec", "shrinks to"], cells, right=[1, 3, 4, 5])
    for line in row["lines"]:
        write(f"{line}\n")
    for note in row["notes"]:
        write(f"note: {note}\n")
