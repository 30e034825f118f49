"""`moonstead orbit keep`: what keeping a halo orbit, or another about the Earth and the Moon, costs in a year."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Annotated, Any

import typer

from moonstead.cli.output import AsJson, DataFolder, open_data, print_json, print_table, progress

if TYPE_CHECKING:
    from moonstead.orbits.keeping.keeping_errors import KeepingErrors
    from moonstead.orbits.keeping.monte_carlo import KeptRuns

NAME = "keep"
DAY, YEAR = 86_400.0, 365.25 * 86_400.0  # [s]
# What is kept where a family is named alone: the Gateway's orbit, one such as Queqiao's, one such as DRO-A's
USUAL_MEMBERS = {
    "nrho": ("L2", "south", 6.56 * DAY),
    "halo": ("L2", "south", 14.6 * DAY),
    "dro": (None, None, 13.7 * DAY),
}
SIGMAS = 3.0  # errors on the command line are three standard deviations, as error budgets quote them


def command(
    family: Annotated[str, typer.Option(help="nrho, halo, dro, butterfly, ...: see moonstead orbit families.")],
    point: Annotated[str | None, typer.Option(help="Libration point, L1 to L5; of nrho and halo L2.")] = None,
    branch: Annotated[str | None, typer.Option(help="north or south, east or west; of nrho and halo south.")] = None,
    period: Annotated[
        str | None,
        typer.Option(help='Which member, by its period: "6.56 d" for nrho, 14.6 d for halo, 13.7 d for dro.'),
    ] = None,
    jacobi: Annotated[float | None, typer.Option(help="Which member, by its Jacobi constant.")] = None,
    start: Annotated[str, typer.Option(metavar="TIME", help="Start of the reference, UTC.")] = "2030-01-01",
    method: Annotated[
        str | None,
        typer.Option(help="x-axis (crossing control) or target-point; left out: what the family usually has."),
    ] = None,
    navigation: Annotated[
        str, typer.Option(help="3 sigma of the estimated position and velocity, along each axis.")
    ] = "10km,10cm/s",
    execution: Annotated[
        str, typer.Option(help="3 sigma of burns: of their size, of their direction, and of their size whatever it is.")
    ] = "1.5%,1deg,1.42mm/s",
    unloads: Annotated[
        str, typer.Option(help="3 sigma of what an unload at perilune leaves, along each axis.")
    ] = "0 mm/s",
    light: Annotated[str, typer.Option(help="3 sigma of radiation pressure; plans know its mean.")] = "30 %",
    minimum_burn: Annotated[str, typer.Option(help="Smaller burns are not made.")] = "3 cm/s",
    deadband: Annotated[
        str | None, typer.Option(help="X-axis control: miss of the crossing's velocity that is let be.")
    ] = None,
    every: Annotated[int | None, typer.Option(help="Plane crossings from burn to burn; two make a revolution.")] = None,
    ahead: Annotated[int | None, typer.Option(help="Plane crossings from a burn to its aim.")] = None,
    mass: Annotated[str, typer.Option(help="Of the spacecraft.")] = "1000 kg",
    area: Annotated[str, typer.Option(help="That faces the Sun.")] = "10 m2",
    specific_impulse: Annotated[float | None, typer.Option("--isp", help="Of the engine (s), for propellant.")] = None,
    degree: Annotated[int, typer.Option(help="Of the Moon's field.")] = 8,
    runs: Annotated[int, typer.Option(help="How many.")] = 100,
    years: Annotated[float, typer.Option(help="How long each is.")] = 1.0,
    seed: Annotated[int, typer.Option(help="The same seed gives the same errors.")] = 1,
    as_json: AsJson = False,
    data: DataFolder = None,
) -> None:
    """Say what keeping an orbit costs in a year: percentiles over runs with drawn errors, and runs that lose it.

    Every run flies in the full model: Moon's field, Earth, Sun, radiation pressure. Interrupted, it says what the runs
    that are finished cost.
    """
    from dataclasses import replace

    from moonstead.dynamics.forces import ForceModel, Radiation
    from moonstead.foundation.errors import InvalidInput
    from moonstead.foundation.time.epoch import Epoch
    from moonstead.foundation.units import parse_quantity
    from moonstead.orbits.keeping.monte_carlo import keep_orbit
    from moonstead.orbits.keeping.reference_orbit import reference_orbit
    from moonstead.orbits.keeping.usual_control import (
        METHODS,
        revolutions_wanted,
        usual_cadence,
        usual_control,
    )
    from moonstead.orbits.three_body.families import periodic_orbit
    from moonstead.orbits.three_body.flown import fly_periodic_orbit

    if not years > 0.0 or runs < 1:
        raise InvalidInput(f"--years and --runs must be positive; got {years:g} and {runs}")
    if method is not None and method not in METHODS:
        raise InvalidInput(f"--method {method!r} is not known: use one of {', '.join(METHODS)}")
    errors = _errors(navigation, execution, unloads, light, minimum_burn)
    weight, size = parse_quantity(mass, "mass"), parse_quantity(area, "area")
    accepted = None if deadband is None else parse_quantity(deadband, "speed")
    context, began = open_data(data), time.process_time()
    turn = None if period is None else parse_quantity(period, "time")
    if family in USUAL_MEMBERS:
        usual_point, usual_branch, usual_turn = USUAL_MEMBERS[family]
        if turn is None and jacobi is None and point in (None, usual_point):
            turn = usual_turn
        point, branch = point or usual_point, branch or usual_branch
    orbit = periodic_orbit(family, point=point, branch=branch, period=turn, jacobi=jacobi)
    model = ForceModel(degree=degree, mass=weight, radiation=Radiation(size, 1.4))
    usual = usual_cadence(orbit.family)
    chosen = method or usual.method
    cadence = replace(usual, every=every or usual.every)
    if ahead is not None:
        cadence = replace(cadence, ahead=ahead, targets=(ahead,))
    count = revolutions_wanted(orbit.duration, years * YEAR, chosen, cadence)
    flown = fly_periodic_orbit(orbit, Epoch.parse(start).tdb(), count, model, context)
    reference = reference_orbit(flown.trajectory(), model, context)
    control = usual_control(chosen, cadence, reference, context, limit=accepted)
    with progress(quiet=as_json) as bars:
        bar = bars.add_task("burns of all runs", total=None)
        kept = keep_orbit(
            control,
            reference,
            errors,
            context,
            runs=runs,
            seed=seed,
            duration=years * YEAR,
            progress=lambda done, all_: bars.update(bar, completed=done, total=all_),
        )
    answer: dict[str, Any] = {
        "family": orbit.family,
        "point": orbit.point,
        "branch": orbit.branch,
        "period_d": orbit.days,
        "jacobi": orbit.jacobi,
        "stability_index": orbit.stability_index,
        "start": start,
        "revolutions": count,
        "method": chosen,
        "every": cadence.every,
        "ahead": cadence.ahead if chosen == "x-axis" else list(cadence.targets),
        "errors_3_sigma": {
            "navigation": navigation,
            "execution": execution,
            "unloads": unloads,
            "light": light,
        },
        "minimum_burn": minimum_burn,
        "seed": seed,
        **kept_answer(kept, weight, specific_impulse),
        "cpu_s": time.process_time() - began,
    }
    if as_json:
        print_json(answer)
    else:
        _print(answer)


def kept_answer(kept: KeptRuns, mass: float, specific_impulse: float | None) -> dict[str, Any]:
    """What runs cost, with units in the keys."""
    import numpy as np

    from moonstead.cli.orbit.lunar_answers import date
    from moonstead.orbits.keeping.annual_cost import PERCENTILES, propellant_mass

    cost = kept.cost
    away = kept.departures[np.isfinite(kept.departures)]
    answer: dict[str, Any] = {
        "runs": cost.runs,
        "years": cost.duration / YEAR,
        "interrupted": kept.interrupted,
        "mean_m_s_per_year": cost.mean(),
        "mean_interval_m_s_per_year": list(cost.mean_interval()),
        "percentiles_m_s_per_year": {f"{p:g}": cost.percentile(p) for p in PERCENTILES},
        "percentile_intervals_m_s_per_year": {f"{p:g}": list(cost.percentile_interval(p)) for p in PERCENTILES},
        "confidence": 0.95,
        "burns_per_year": cost.manoeuvres_per_year(),
        "failed_runs": len(cost.failures),
        "failed_probability_interval": list(cost.failed_interval()),
        "failures": [{"run": each.run, "utc": date(each.tdb), "reason": each.reason} for each in cost.failures[:20]],
        "departure_km": {f"{p:g}": float(np.percentile(away, p)) / 1e3 for p in (50, 95, 100)},
        "plans_that_miss_their_aim": kept.unsolved,
    }
    if specific_impulse is not None:
        used = {f"{p:g}": float(propellant_mass(cost.percentile(p), mass, specific_impulse)) for p in PERCENTILES}
        answer["propellant_kg_per_year"] = used
    return answer


def _errors(navigation: str, execution: str, unloads: str, light: str, minimum_burn: str) -> KeepingErrors:
    from moonstead.dynamics.dispersions import BurnErrors
    from moonstead.foundation.units import parse_quantity
    from moonstead.orbits.keeping.keeping_errors import KeepingErrors

    place, speed = _parts("--navigation", navigation, ("length", "speed"), 2)
    size, direction, fixed = _parts("--execution", execution, ("ratio", "angle", "speed"), 2)
    return KeepingErrors(
        place / SIGMAS,
        speed / SIGMAS,
        BurnErrors(fixed / SIGMAS, size / SIGMAS, 0.0, direction / SIGMAS),
        unload=parse_quantity(unloads, "speed") / SIGMAS,
        radiation=parse_quantity(light, "ratio") / SIGMAS,
        minimum_burn=parse_quantity(minimum_burn, "speed"),
    )


def _parts(option: str, text: str, dimensions: tuple[str, ...], least: int) -> list[float]:
    """Quantities of a list with commas; those left out at its end are zero."""
    from moonstead.foundation.errors import InvalidInput
    from moonstead.foundation.units import parse_quantity

    words = [word.strip() for word in text.split(",")]
    if not least <= len(words) <= len(dimensions):
        raise InvalidInput(f"{option} {text!r} must be a {', a '.join(dimensions)}, with commas between")
    found = [parse_quantity(word, dimension) for word, dimension in zip(words, dimensions, strict=False)]
    return found + [0.0] * (len(dimensions) - len(words))


def _print(answer: dict[str, Any]) -> None:
    where = " ".join(str(answer[key]) for key in ("family", "point", "branch") if answer[key])
    told = " (interrupted)" if answer["interrupted"] else ""
    sys.stdout.write(
        f"{where}, period {answer['period_d']:.4g} d, kept by {answer['method']} control: {answer['runs']} runs of "
        f"{answer['years']:.3g} years{told}\n\n"
    )
    low, high = answer["mean_interval_m_s_per_year"]
    rows = [["mean", f"{answer['mean_m_s_per_year']:.2f}", f"{low:.2f} to {high:.2f}"]]
    for share, value in answer["percentiles_m_s_per_year"].items():
        low, high = answer["percentile_intervals_m_s_per_year"][share]
        rows.append([f"{share} %", f"{value:.2f}", f"{low:.2f} to {high:.2f}"])
    print_table(["m/s in a year", "", "95 % confidence"], rows, right=[1])
    away = answer["departure_km"]
    lines = [
        f"{answer['burns_per_year']:.1f} burns in a year; from the reference half were below {away['50']:.0f} km, "
        f"95 % below {away['95']:.0f} km, the largest {away['100']:.0f} km",
        f"{answer['failed_runs']} of {answer['runs']} runs lost the orbit; {answer['plans_that_miss_their_aim']} plans "
        "missed their aim",
    ]
    lines += [f"  run {each['run']} at {each['utc']}: {each['reason']}" for each in answer["failures"][:5]]
    if "propellant_kg_per_year" in answer:
        used = answer["propellant_kg_per_year"]
        lines.append(f"propellant in a year: {used['50']:.3g} kg (median), {used['99']:.3g} kg (99 %)")
    sys.stdout.write("\n" + "\n".join(lines) + f"\n{answer['cpu_s']:.1f} s of processor\n")
