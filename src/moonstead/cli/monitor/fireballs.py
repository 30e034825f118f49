"""`moonstead monitor fireballs`: how often they come, who would have seen them, where they came from."""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from moonstead.cli.monitor.constellation_options import (
    Altitude,
    Geo,
    HalfAngle,
    Inclination,
    Least,
    Molniya,
    Star,
    Tundra,
    Walker,
    constellation_of,
)
from moonstead.cli.output import AsJson, DataFolder, open_data, print_json, print_table
from moonstead.foundation.errors import InvalidInput

if TYPE_CHECKING:
    from moonstead.formats.fireball_table import FireballTable
    from moonstead.foundation.data import DataContext
    from moonstead.monitoring.coverage.constellations import Constellation
    from moonstead.monitoring.coverage.watchers import ViewLimits
    from moonstead.monitoring.fireballs.detection import Share

NAME = "fireballs"
YEAR = 365.25 * 86_400.0  # [s]
SINCE = "1994-01-01"  # before it the table has single events
TOLD_KILOTONS = (0.1, 1.0, 10.0, 100.0)


def command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Fireball table of CNEOS, CSV, plain or gzip.")],
    since: Annotated[str, typer.Option(metavar="DATE", help="Events before it do not count for rates, UTC.")] = SINCE,
    above_kt: Annotated[
        float | None, typer.Option("--above-kt", help="Least energy of the law; found from the table without it.")
    ] = None,
    orbit: Annotated[
        list[str] | None, typer.Option(metavar="DATE", help="Orbits of the events of a day; may be repeated.")
    ] = None,
    speed_error: Annotated[float, typer.Option(metavar="KM/S", help="Error of speeds, 1 sigma.")] = 0.5,
    direction_error: Annotated[float, typer.Option(metavar="DEG", help="Error of directions, 1 sigma.")] = 2.0,
    preset: Annotated[str | None, typer.Option(metavar="NAME", help="Who would have seen them: by name.")] = None,
    walker: Walker = None,
    altitude_km: Altitude = 780.0,
    inclination_deg: Inclination = 86.4,
    star: Star = False,
    geo: Geo = None,
    molniya: Molniya = None,
    tundra: Tundra = None,
    elevation_deg: Least = 0.0,
    half_angle_deg: HalfAngle = None,
    as_json: AsJson = False,
    data: DataFolder = None,
) -> None:
    """Rates and energies of recorded fireballs, what a constellation would have seen of them, orbits before entry."""
    from moonstead.formats.fireball_table import read_fireballs
    from moonstead.foundation.time.epoch import Epoch
    from moonstead.monitoring.coverage.watchers import ViewLimits

    begin = Epoch.parse(since, "UTC").tdb()
    table = read_fireballs(file)
    answer: dict[str, Any] = {
        "file": str(file),
        "events": len(table),
        "from_utc": table.utc[0],
        "until_utc": table.utc[-1],
        "with_place": int(sum(not math.isnan(x) for x in table.latitude)),
        "with_velocity": int(sum(not math.isnan(x) for x in table.speed)),
        "contradicting_velocities": [table.utc[k] for k in table.contradicts.nonzero()[0]],
        "faults": [str(fault) for fault in table.faults],
        "law": _law(table, begin, above_kt),
    }
    satellites = constellation_of(preset, walker, altitude_km, inclination_deg, star, geo, molniya, tundra)
    if satellites is not None:
        limits = ViewLimits(
            math.radians(elevation_deg), math.pi if half_angle_deg is None else math.radians(half_angle_deg)
        )
        answer["detection"] = _detection(table, satellites, limits, open_data(data))
    if orbit:
        errors = (1e3 * speed_error, math.radians(direction_error))
        answer["orbits"] = [row for day in orbit for row in _orbits(table, day, errors, open_data(data))]
    if as_json:
        print_json(answer)
    else:
        _print(answer)


def _law(table: FireballTable, begin: float, above_kt: float | None) -> dict[str, Any]:
    from moonstead.formats.fireball_table import KILOTON
    from moonstead.monitoring.fireballs.rates import complete_from, energy_law, published_rate, spread_of_rate

    used = table.tdb >= begin
    years = (float(table.tdb[-1]) - begin) / YEAR
    if years <= 0.0:
        raise InvalidInput(f"no event is later than --since; the last one is of {table.utc[-1]}")
    energy = table.impact_energy[used]
    threshold = complete_from(energy) if above_kt is None else KILOTON * above_kt
    law = energy_law(energy, years, threshold)
    return {
        "years": years,
        "threshold_kt": threshold / KILOTON,
        "threshold_found": above_kt is None,
        "events": law.events,
        "slope": law.slope,
        "slope_interval_95": list(law.slope_interval),
        "misfit": law.misfit,
        "yearly_kt": law.typical_of(1.0) / KILOTON,
        "rates": [
            {
                "above_kt": kt,
                "a_year": law.rate_above(KILOTON * kt),
                "interval_95": list(spread_of_rate(law, KILOTON * kt)),
                "brown_2002_a_year": published_rate(KILOTON * kt),
                "extrapolated": not threshold <= KILOTON * kt <= float(energy.max()),
            }
            for kt in TOLD_KILOTONS
        ],
    }


def _detection(
    table: FireballTable, satellites: Constellation, limits: ViewLimits, data: DataContext
) -> dict[str, Any]:
    from moonstead.monitoring.coverage.ground import GROUNDS
    from moonstead.monitoring.fireballs.detection import detection

    ground = GROUNDS["EARTH"]
    sun = ground.frame.from_icrf(table.tdb, data).position(data.ephemeris.position("SUN", "EARTH", table.tdb))
    sun /= (sun**2).sum(axis=1, keepdims=True) ** 0.5
    states = satellites.states(table.tdb, data)
    found = detection(states, sun, table.latitude, table.longitude, table.altitude, limits)

    def told(share: Share) -> dict[str, Any]:
        return {"events": share.hits, "share": share.share, "interval_95": list(share.interval)}

    return {
        "satellites": len(satellites),
        "of_events": found.seen.events,
        "by_one": told(found.seen),
        "by_two": told(found.seen_twice),
        "in_stereo": told(found.in_stereo),
        "assumed": "geometry alone: no brightness, no sensitivity; satellites fly on from the first event",
    }


def _orbits(table: FireballTable, day: str, errors: tuple[float, float], data: DataContext) -> list[dict[str, Any]]:
    from moonstead.foundation.constants import ASTRONOMICAL_UNIT
    from moonstead.foundation.time.epoch import Epoch
    from moonstead.monitoring.fireballs.detection import USUAL_ALTITUDE
    from moonstead.monitoring.fireballs.entry_orbit import entry_orbit

    chosen = [k for k, utc in enumerate(table.utc) if utc.startswith(day)]
    if not chosen:
        raise InvalidInput(f"the table has no event of {day!r}; write a date such as 2013-02-15")
    rows = []
    for k in chosen:
        row: dict[str, Any] = {"utc": table.utc[k]}
        if any(math.isnan(x) for x in (table.latitude[k], *table.velocity[k])):
            rows.append(row | {"why_not": "the table has no place or no velocity of it"})
            continue
        altitude = USUAL_ALTITUDE if math.isnan(table.altitude[k]) else float(table.altitude[k])
        found = entry_orbit(
            float(table.tdb[k]),
            float(table.latitude[k]),
            float(table.longitude[k]),
            altitude,
            table.velocity[k],
            data,
            speed_sigma=errors[0],
            direction_sigma=errors[1],
        )
        columns = {
            "semi_major_axis_au": found.semi_major_axis / ASTRONOMICAL_UNIT,
            "eccentricity": found.eccentricity,
            "inclination_deg": found.inclination * 180.0 / math.pi,
            "node_deg": found.node * 180.0 / math.pi,
            "argument_of_perihelion_deg": found.argument_of_perihelion * 180.0 / math.pi,
            "perihelion_au": found.perihelion_distance / ASTRONOMICAL_UNIT,
            "tisserand_jupiter": found.tisserand,
        }
        row["elements_at_utc"] = Epoch.from_tdb(found.epoch_tdb).text("UTC", 0)
        row["entry_speed_km_s"] = found.entry_speed / 1e3
        row["speed_far_off_km_s"] = found.speed_far_off / 1e3
        for name, column in columns.items():
            low, _, high = found.spread(column)
            row[name] = {"told": float(column[0]), "interval_90": [low, high]}
        row["share_open"] = found.share_open
        row["share_bound_to_earth"] = found.share_bound
        row["velocity_contradicts_itself"] = bool(table.contradicts[k])
        row["caution"] = "errors of CNEOS velocities are assumed, not published; some are wrong by tens of degrees"
        rows.append(row)
    return rows


def _print(answer: dict[str, Any]) -> None:
    law = answer["law"]
    sys.stdout.write(
        f"{answer['events']} events from {answer['from_utc']} to {answer['until_utc']}: {answer['with_place']} with a "
        f"place, {answer['with_velocity']} with a velocity, {len(answer['contradicting_velocities'])} of which "
        f"contradict themselves; {len(answer['faults'])} rows left out\n"
        f"above {law['threshold_kt']:.3g} kt: {law['events']} events in {law['years']:.1f} years, slope "
        f"{law['slope']:.3f} ({law['slope_interval_95'][0]:.3f} to {law['slope_interval_95'][1]:.3f}); once a year "
        f"{law['yearly_kt']:.2g} kt\n"
    )
    print_table(
        ["above", "a year", "95 %", "Brown 2002"],
        [
            [
                f"{rate['above_kt']:g} kt",
                f"{rate['a_year']:.3g}{' *' if rate['extrapolated'] else ''}",
                f"{rate['interval_95'][0]:.3g} to {rate['interval_95'][1]:.3g}",
                f"{rate['brown_2002_a_year']:.3g}",
            ]
            for rate in law["rates"]
        ],
        right=range(4),
    )
    if any(rate["extrapolated"] for rate in law["rates"]):
        sys.stdout.write("* outside of the energies that the law was fitted to\n")
    if "detection" in answer:
        seen = answer["detection"]
        sys.stdout.write(f"\n{seen['satellites']} satellites, of {seen['of_events']} events with a place:\n")
        for key, words in (("by_one", "by one"), ("by_two", "by two"), ("in_stereo", "in stereo")):
            one = seen[key]
            low, high = one["interval_95"]
            sys.stdout.write(f"  {words}: {100 * one['share']:.1f} % ({100 * low:.1f} to {100 * high:.1f} %)\n")
    for row in answer.get("orbits", ()):
        sys.stdout.write(f"\n{row['utc']}\n")
        if "why_not" in row:
            sys.stdout.write(f"  {row['why_not']}\n")
            continue
        for name, value in row.items():
            if isinstance(value, dict):
                low, high = value["interval_90"]
                sys.stdout.write(f"  {name:28s} {value['told']:10.4f}  90 %: {low:.4f} to {high:.4f}\n")
        sys.stdout.write(f"  open in {100 * row['share_open']:.0f} % of the samples; {row['caution']}\n")
