"""`moonstead orbit keep-lunar`: what keeping a low lunar orbit or a relay's ellipse costs in a year."""

from __future__ import annotations

import math
import sys
import time
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from moonstead.cli.output import AsJson, DataFolder, open_data, print_json, print_table, progress

if TYPE_CHECKING:
    from collections.abc import Callable

    from moonstead.foundation.data import DataContext
    from moonstead.orbits.keeping.annual_cost import AnnualCost
    from moonstead.orbits.keeping.keeping_errors import KeepingErrors

    Progress = Callable[[int, int], None]

NAME = "keep-lunar"
DAY, YEAR = 86_400.0, 365.25 * 86_400.0  # [s]
ELLIPSE_DEGREE, LOW_DEGREE = 8, 50


class Kind(StrEnum):
    """What is kept."""

    LOW = "low"
    ELLIPSE = "ellipse"


def command(
    kind: Annotated[Kind, typer.Option(help="A low orbit by its eccentricity vector, or an ellipse by its phase.")],
    altitude: Annotated[str, typer.Option(help="Of a low orbit: semi-major axis less the radius (km).")] = "100 km",
    inclination: Annotated[str, typer.Option(help="Of a low orbit, to the lunar equator (deg).")] = "90 deg",
    periselene: Annotated[str, typer.Option(help="Of an ellipse: least altitude at the start (km).")] = "500 km",
    period: Annotated[str, typer.Option(help="Of an ellipse: time of one turn (h).")] = "24 h",
    node: Annotated[
        str, typer.Option(help="Of a low orbit on the lunar equator, of an ellipse from the Earth in its orbit (deg).")
    ] = "0 deg",
    start: Annotated[str, typer.Option(metavar="TIME", help="Start, UTC.")] = "2030-01-01",
    interval: Annotated[
        str | None, typer.Option(help="Between burns (d); a sidereal month, or 28 d of an ellipse.")
    ] = None,
    navigation: Annotated[str, typer.Option(help="3 sigma of the estimated position and velocity.")] = "100m,1cm/s",
    execution: Annotated[str, typer.Option(help="3 sigma of burns: of their size and direction.")] = "1.5%,1deg",
    unloads: Annotated[str, typer.Option(help="3 sigma of what each unload leaves, along each axis.")] = "1 cm/s",
    degree: Annotated[int | None, typer.Option(help="Of the Moon's field; 50 for low orbits, 8 for ellipses.")] = None,
    runs: Annotated[int, typer.Option(help="How many.")] = 16,
    years: Annotated[float, typer.Option(help="How long each is.")] = 1.0,
    seed: Annotated[int, typer.Option(help="The same seed gives the same errors.")] = 1,
    as_json: AsJson = False,
    data: DataFolder = None,
) -> None:
    """Say what keeping a lunar orbit costs in a year: percentiles over runs with drawn errors.

    Every run flies in GRAIL's field with Earth and Sun. A low orbit has its eccentricity vector set back by two burns
    each month; an ellipse is held in phase with its free motion. Numbers without a unit have the one in brackets.
    """
    from moonstead.cli.orbit.lunar_answers import keeping_errors, quantity
    from moonstead.foundation.errors import InvalidInput
    from moonstead.foundation.time.epoch import Epoch

    if not years > 0.0 or runs < 1:
        raise InvalidInput(f"--years and --runs must be positive; got {years:g} and {runs}")
    errors, context, began = keeping_errors(navigation, execution, unloads), open_data(data), time.process_time()
    every = None if interval is None else quantity(interval, "time", "d")
    epoch, ascent = Epoch.parse(start).tdb(), quantity(node, "angle", "deg")
    with progress(quiet=as_json) as bars:
        bar = bars.add_task("intervals of all runs", total=None)

        def told(done: int, whole: int) -> None:
            bars.update(bar, completed=done, total=whole)

        sample = (runs, seed, years * YEAR, every)
        if kind is Kind.LOW:
            place = (quantity(altitude, "length", "km"), quantity(inclination, "angle", "deg"), ascent, epoch)
            cost, more = _low(place, errors, degree, sample, context, told)
        else:
            ellipse = (quantity(periselene, "length", "km"), quantity(period, "time", "h"), ascent, epoch)
            cost, more = _ellipse(ellipse, errors, degree, sample, context, told)
    answer = {
        "kind": kind.value,
        "start": start,
        "errors_3_sigma": {"navigation": navigation, "execution": execution, "unloads": unloads},
        "seed": seed,
        **_cost(cost),
        **more,
        "cpu_s": time.process_time() - began,
    }
    if as_json:
        print_json(answer)
    else:
        _print(answer)


Sample = tuple[int, int, float, float | None]


def _low(
    place: tuple[float, float, float, float],
    errors: KeepingErrors,
    degree: int | None,
    sample: Sample,
    data: DataContext,
    told: Progress,
) -> tuple[AnnualCost, dict[str, Any]]:
    import numpy as np

    from moonstead.dynamics.forces import ForceModel
    from moonstead.orbits.keeping.apsides_control import keep_low_orbit
    from moonstead.orbits.lunar.low_frozen import SIDEREAL_MONTH

    runs, seed, duration, interval = sample
    model = ForceModel(degree=LOW_DEGREE if degree is None else degree)
    every = interval or SIDEREAL_MONTH
    kept = keep_low_orbit(
        *place, errors, model, data, runs=runs, seed=seed, duration=duration, interval=every, progress=told
    )
    return kept.cost, {
        "interval_d": every / DAY,
        "swing_of_altitude_km": kept.swing.largest * (1737.4 + place[0] / 1e3),
        "mean_vector_after_reset": [float(x) for x in kept.swing.entry],
        "resets_m_s": [float(x) for x in np.nanmean(kept.resets, axis=0)] if kept.cost.kept.size else [],
        "least_periselene_km": float(kept.lowest.min()) / 1e3,
    }


def _ellipse(
    ellipse: tuple[float, float, float, float],
    errors: KeepingErrors,
    degree: int | None,
    sample: Sample,
    data: DataContext,
    told: Progress,
) -> tuple[AnnualCost, dict[str, Any]]:
    from moonstead.cli.orbit.lunar_answers import date
    from moonstead.dynamics.forces import ForceModel
    from moonstead.dynamics.propagate import OrbitState
    from moonstead.foundation.errors import InvalidInput
    from moonstead.orbits.frozen_ellipse import frozen_inclination
    from moonstead.orbits.keeping.phase_control import INTERVAL, keep_ellipse
    from moonstead.orbits.lunar.lifetime import orbit_lifetime
    from moonstead.orbits.lunar.start import EARTH_ORBIT, LunarShape, held_axes, start_states

    periselene, period, node, epoch = ellipse
    runs, seed, duration, interval = sample
    tilt = frozen_inclination(LunarShape.of_period(periselene, period, 0.0, 0.0).eccentricity)
    shape = LunarShape.of_period(periselene, period, tilt, 0.5 * math.pi)
    state = start_states(shape.elements(node, math.pi), held_axes(EARTH_ORBIT, epoch, data))[0]
    model = ForceModel(degree=ELLIPSE_DEGREE if degree is None else degree)
    every = interval or INTERVAL
    life = orbit_lifetime(OrbitState(state, epoch), duration + 2.0 * every, model, data)
    if life.impact is not None:
        raise InvalidInput(
            f"this ellipse hits the Moon on {date(life.impact.tdb)}, after {life.duration / DAY:.1f} days: there is no "
            "free motion to keep in phase with: ask moonstead orbit design for a node that lives"
        )
    kept = keep_ellipse(
        life.trajectory, errors, model, data, runs=runs, seed=seed, duration=duration, interval=every, progress=told
    )
    return kept.cost, {
        "interval_d": every / DAY,
        "inclination_deg": math.degrees(tilt),
        "largest_phase_error_deg": 360.0 * kept.largest_phase_error,
        "least_periselene_km": float(kept.lowest.min()) / 1e3,
    }


def _cost(cost: AnnualCost) -> dict[str, Any]:
    from moonstead.cli.orbit.lunar_answers import date
    from moonstead.orbits.keeping.annual_cost import PERCENTILES

    return {
        "runs": cost.runs,
        "years": cost.duration / YEAR,
        "mean_m_s_per_year": cost.mean(),
        "mean_interval_m_s_per_year": list(cost.mean_interval()),
        "percentiles_m_s_per_year": {f"{p:g}": cost.percentile(p) for p in PERCENTILES},
        "percentile_intervals_m_s_per_year": {f"{p:g}": list(cost.percentile_interval(p)) for p in PERCENTILES},
        "confidence": 0.95,
        "burns_per_year": cost.manoeuvres_per_year(),
        "failed_runs": len(cost.failures),
        "failures": [{"run": each.run, "utc": date(each.tdb), "reason": each.reason} for each in cost.failures[:20]],
    }


def _print(answer: dict[str, Any]) -> None:
    sys.stdout.write(f"{answer['kind']} orbit: {answer['runs']} runs of {answer['years']:.3g} years\n\n")
    low, high = answer["mean_interval_m_s_per_year"]
    rows = [["mean", f"{answer['mean_m_s_per_year']:.2f}", f"{low:.2f} to {high:.2f}"]]
    for share, value in answer["percentiles_m_s_per_year"].items():
        low, high = answer["percentile_intervals_m_s_per_year"][share]
        rows.append([f"{share} %", f"{value:.2f}", f"{low:.2f} to {high:.2f}"])
    print_table(["m/s in a year", "", "95 % confidence"], rows, right=[1])
    sys.stdout.write(
        f"\n{answer['burns_per_year']:.1f} burns in a year; least periselene {answer['least_periselene_km']:.1f} km; "
        f"{answer['failed_runs']} of {answer['runs']} runs lost the orbit\n{answer['cpu_s']:.1f} s of processor\n"
    )
