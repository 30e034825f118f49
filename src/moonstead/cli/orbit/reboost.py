"""`moonstead orbit reboost`: burns and decay of a low Earth orbit in its elements, and the raises of the next year."""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from moonstead.cli.output import AsJson, print_json, print_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from moonstead.formats.tle import Tle
    from moonstead.orbits.earth_orbit import LowOrbit
    from moonstead.orbits.keeping.reboost_plan import Visit

NAME = "reboost"
DAY, YEAR = 86_400.0, 365.25 * 86_400.0  # [s]
MARGIN = 5e3  # [m] beyond the altitudes that occur


def command(
    history: Annotated[Path, typer.Argument(metavar="HISTORY", help="Two-line elements of one object, also .gz.")],
    space_weather: Annotated[
        Path, typer.Option(metavar="FILE", help="Daily solar flux and Ap, as CelesTrak's SW-All.csv, also .gz.")
    ],
    mass: Annotated[str, typer.Option(help="Of the station.")] = "450 t",
    specific_impulse: Annotated[float, typer.Option("--isp", help="Of the engines that raise it (s).")] = 300.0,
    band: Annotated[
        str | None, typer.Option(help='Mean altitudes to keep, "415 km,420 km"; left out: 2.5 km to both sides of now.')
    ] = None,
    visit: Annotated[
        list[str] | None,
        typer.Option(metavar="DATE=ALTITUDE", help="An altitude that a visitor wants: 2022-06-01=417km. Repeatable."),
    ] = None,
    years: Annotated[float, typer.Option(help="How far to plan.")] = 1.0,
    avoidances: Annotated[float, typer.Option(help="Debris avoidance manoeuvres expected in a year.")] = 2.0,
    avoidance_burn: Annotated[str, typer.Option(help="Change of velocity of each.")] = "0.5 m/s",
    least_burn: Annotated[str, typer.Option(help="Smaller burns are not looked for in the history.")] = "0.1 m/s",
    seed: Annotated[int, typer.Option(help="The same seed draws the same Suns.")] = 1,
    as_json: AsJson = False,
) -> None:
    """Find burns and decay in the elements of a low orbit, fit its drag, and plan its raises with their propellant.

    Mean altitudes are semi-major axes less 6378.137 km. What the Sun will do is taken from past times with as much flux
    as at the end of the history, and told as an interval.
    """
    import numpy as np

    from moonstead.cli.orbit.lunar_answers import date
    from moonstead.foundation.errors import InvalidInput
    from moonstead.foundation.space_weather import SpaceWeather
    from moonstead.foundation.units import parse_quantity
    from moonstead.orbits.earth_orbit import EQUATORIAL_RADIUS
    from moonstead.orbits.keeping.air_drag import air_drag
    from moonstead.orbits.keeping.annual_cost import PERCENTILES, propellant_mass
    from moonstead.orbits.keeping.decay_fit import fit_ballistic_coefficient
    from moonstead.orbits.keeping.reboost_history import decay_stretches, find_manoeuvres
    from moonstead.orbits.keeping.reboost_plan import plan_reboosts, raise_burns, reboost_cost, upkeep_delta_v
    from moonstead.orbits.keeping.solar_forecast import solar_courses

    if not years > 0.0 or avoidances < 0.0:
        raise InvalidInput(f"--years must be positive, --avoidances not negative; got {years:g} and {avoidances:g}")
    weight, avoidance = parse_quantity(mass, "mass"), parse_quantity(avoidance_burn, "speed")
    weather = SpaceWeather.from_file(space_weather)
    sets, tdb, axes = _history(history)
    manoeuvres = find_manoeuvres(tdb, axes, least_delta_v=parse_quantity(least_burn, "speed"))
    stretches = decay_stretches(tdb, axes, manoeuvres)
    drag = air_drag(_orbit(sets[0]), tdb[0], tdb[-1], weather, lowest=axes.min() - MARGIN, highest=axes.max() + MARGIN)
    fit = fit_ballistic_coefficient(stretches, drag)
    now, last = float(tdb[-1]), stretches[-1]
    axis = last.semi_major_axis + last.rate * (now - last.middle)
    low, high = _band(band, axis - EQUATORIAL_RADIUS)
    courses = solar_courses(weather, now, now + years * YEAR)
    lowest, highest = min(EQUATORIAL_RADIUS + low, axis) - MARGIN, max(EQUATORIAL_RADIUS + high, axis) + MARGIN
    airs = [
        air_drag(_orbit(sets[-1]), now, now + years * YEAR, each, lowest=lowest, highest=highest)
        for each in (courses.low, courses.middle, courses.high)
    ]
    middle = EQUATORIAL_RADIUS + 0.5 * (low + high)
    upkeep = [upkeep_delta_v(air, fit.coefficient, middle) for air in airs]
    plan = plan_reboosts(
        airs[1],
        fit.coefficient,
        axis,
        now,
        now + years * YEAR,
        low_altitude=low,
        high_altitude=high,
        visits=_visits(visit or ()),
    )
    cost = reboost_cost(
        (upkeep[0], upkeep[1], upkeep[2]),
        years * YEAR,
        fit.spread,
        avoidance_rate=avoidances / YEAR,
        avoidance_delta_v=avoidance,
        band_delta_v=sum(raise_burns(EQUATORIAL_RADIUS + low, EQUATORIAL_RADIUS + high)),
        seed=seed,
    )
    left = weight
    planned = []
    for each in plan.reboosts:
        used = float(propellant_mass(each.delta_v, left, specific_impulse))
        left -= used
        planned.append(
            {
                "utc": date(each.tdb),
                "from_km": (each.from_axis - EQUATORIAL_RADIUS) / 1e3,
                "to_km": (each.to_axis - EQUATORIAL_RADIUS) / 1e3,
                "burns_m_s": [each.first_burn, each.second_burn],
                "delta_v_m_s": each.delta_v,
                "propellant_kg": used,
                "reason": each.reason,
            }
        )
    answer: dict[str, Any] = {
        "object": sets[-1].name,
        "sets": int(tdb.size),
        "from_utc": date(float(tdb[0])),
        "to_utc": date(now),
        "altitude_km": (axis - EQUATORIAL_RADIUS) / 1e3,
        "manoeuvres": [
            {
                "utc": date(each.tdb),
                "between_utc": [date(each.earliest), date(each.latest)],
                "delta_v_m_s": each.delta_v,
                "sigma_m_s": each.delta_v_sigma,
                "altitude_change_m": each.axis_change,
            }
            for each in manoeuvres
        ],
        "decay": [
            {
                "from_utc": date(each.start),
                "to_utc": date(each.stop),
                "rate_m_per_day": each.rate * DAY,
                "foreseen_m_per_day": float(foreseen) * DAY,
                "ballistic_coefficient_m2_kg": float(coefficient),
            }
            for each, foreseen, coefficient in zip(stretches, fit.foreseen, fit.coefficients, strict=True)
        ],
        "ballistic_coefficient_m2_kg": fit.coefficient,
        "decay_spread": fit.spread,
        "air": drag.source,
        "solar_flux_sfu": {
            "now": courses.level,
            "low": float(np.mean(courses.low.f107a)),
            "middle": float(np.mean(courses.middle.f107a)),
            "high": float(np.mean(courses.high.f107a)),
            "past_days_alike": courses.cases,
        },
        "band_km": [low / 1e3, high / 1e3],
        "upkeep_m_s": dict(zip(("low", "middle", "high"), upkeep, strict=True)),
        "plan": planned,
        "visits_below_orbit_utc": [date(each.tdb) for each in plan.too_high],
        "plan_delta_v_m_s": plan.delta_v,
        "plan_propellant_kg": weight - left,
        "yearly_delta_v_m_s": {"mean": cost.mean(), **{f"{p:g}": cost.percentile(p) for p in PERCENTILES}},
        "yearly_propellant_kg": {
            f"{p:g}": float(propellant_mass(cost.percentile(p), weight, specific_impulse)) for p in PERCENTILES
        },
        "avoidance": {"a_year": avoidances, "burn_m_s": avoidance},
    }
    if as_json:
        print_json(answer)
    else:
        _print(answer)


def _history(path: Path) -> tuple[Sequence[Tle], Any, Any]:
    """Element sets by epoch, epochs [s TDB past J2000] and mean semi-major axes [m]."""
    import numpy as np

    from moonstead.formats.tle import read_catalogue
    from moonstead.foundation.errors import InvalidInput
    from moonstead.orbits.earth_orbit import mean_semi_major_axis

    sets = read_catalogue(path).require_clean().sets
    objects = {each.catalog_number for each in sets}
    if len(objects) != 1:
        raise InvalidInput(f"{path} has elements of {len(objects)} objects; give the history of one")
    epochs, first = np.unique([each.trajectory().epoch for each in sets], return_index=True)
    chosen = [sets[k] for k in first]
    columns = np.array([(each.mean_motion, each.eccentricity, each.inclination) for each in chosen])
    return chosen, epochs, mean_semi_major_axis(*columns.T)


def _orbit(one: Tle) -> LowOrbit:
    from moonstead.orbits.earth_orbit import LowOrbit, mean_semi_major_axis

    axis = float(mean_semi_major_axis([one.mean_motion], [one.eccentricity], [one.inclination])[0])
    angles = (one.inclination, one.node, one.argument_of_perigee, one.mean_anomaly)
    return LowOrbit(one.trajectory().epoch, axis, one.eccentricity, *angles)


def _band(text: str | None, altitude: float) -> tuple[float, float]:
    from moonstead.foundation.errors import InvalidInput
    from moonstead.foundation.units import parse_quantity

    if text is None:
        return altitude - 2.5e3, altitude + 2.5e3
    words = text.split(",")
    if len(words) != 2:
        raise InvalidInput(f'--band {text!r} must be two altitudes, for example "415 km,420 km"')
    low, high = (parse_quantity(word.strip(), "length") for word in words)
    return low, high


def _visits(texts: Sequence[str]) -> list[Visit]:
    from moonstead.foundation.errors import InvalidInput
    from moonstead.foundation.time.epoch import Epoch
    from moonstead.foundation.units import parse_quantity
    from moonstead.orbits.keeping.reboost_plan import Visit

    visits = []
    for text in texts:
        day, sign, altitude = text.partition("=")
        if not sign:
            raise InvalidInput(f"--visit {text!r} must be a date and an altitude: 2022-06-01=417km")
        visits.append(Visit(Epoch.parse(day.strip()).tdb(), parse_quantity(altitude.strip(), "length")))
    return visits


def _told(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.1f}"


def _print(answer: dict[str, Any]) -> None:
    sys.stdout.write(
        f"{answer['object']}: {answer['sets']} element sets, {answer['from_utc']} to {answer['to_utc']}, now at "
        f"{answer['altitude_km']:.2f} km\n\n"
    )
    rows = [
        [each["utc"], f"{each['delta_v_m_s']:+.3f}", f"{each['sigma_m_s']:.3f}", f"{each['altitude_change_m']:+.0f}"]
        for each in answer["manoeuvres"]
    ]
    print_table(["burns found, UTC", "m/s", "1 sigma", "m"], rows, right=[1, 2, 3])
    rows = [
        [each["from_utc"], each["to_utc"], f"{each['rate_m_per_day']:.1f}", _told(each["foreseen_m_per_day"])]
        for each in answer["decay"]
    ]
    sys.stdout.write("\n")
    print_table(["decay from, UTC", "to", "m/d", "foreseen m/d"], rows, right=[2, 3])
    sun, upkeep = answer["solar_flux_sfu"], answer["upkeep_m_s"]
    low, high = answer["band_km"]
    sys.stdout.write(
        f"\nc_D A / m {answer['ballistic_coefficient_m2_kg']:.5f} m2/kg, forecasts err by "
        f"{answer['decay_spread']:.0%}; solar flux {sun['now']:.0f}, then {sun['low']:.0f} / {sun['middle']:.0f} / "
        f"{sun['high']:.0f} sfu (10, 50, 90 %)\n"
        f"upkeep between {low:.2f} km and {high:.2f} km: {upkeep['low']:.2f} / {upkeep['middle']:.2f} / "
        f"{upkeep['high']:.2f} m/s\n\n"
    )
    rows = [
        [
            each["utc"],
            f"{each['from_km']:.2f}",
            f"{each['to_km']:.2f}",
            " + ".join(f"{burn:.2f}" for burn in each["burns_m_s"]),
            f"{each['propellant_kg']:.0f}",
            each["reason"],
        ]
        for each in answer["plan"]
    ]
    print_table(["raises at the middle course, UTC", "from km", "to km", "m/s", "kg", "for"], rows, right=[1, 2, 3, 4])
    cost, used = answer["yearly_delta_v_m_s"], answer["yearly_propellant_kg"]
    sys.stdout.write(
        f"\nin a year, with debris avoidance: {cost['50']:.1f} m/s ({cost['5']:.1f} to {cost['95']:.1f} in 90 % of "
        f"cases), {used['50']:.0f} kg ({used['5']:.0f} to {used['95']:.0f} kg)\n"
    )
