"""`moonstead transfer moon`: from a low Earth orbit to a low lunar orbit, or round the Moon and home."""

from __future__ import annotations

import math
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from moonstead.cli.output import AsJson, DataFolder, open_data, print_json, print_table, progress
from moonstead.cli.transfer.answers import (
    circular_orbit,
    departures,
    flight_days,
    flown_again,
    prepare,
    print_transfer,
    transfer_answer,
    utc,
    write_transfer,
)
from moonstead.foundation.constants import SECONDS_PER_DAY

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext
    from moonstead.orbits.transfers.calendar import DepartureCalendar
    from moonstead.orbits.transfers.cislunar import CislunarFlight
    from moonstead.orbits.transfers.direct import DirectSolution
    from moonstead.orbits.transfers.transfer import Transfer

NAME = "moon"
EARTH_INCLINATION = math.radians(30.0)  # above the Moon's declination on any date
LONGEST_PERIOD = 60.0 * SECONDS_PER_DAY  # of departures that are searched
LOOPS_FIRST = 45.0 * SECONDS_PER_DAY  # before departure that phasing loops may begin


class Kind(StrEnum):
    """Ways to the Moon."""

    DIRECT = "direct"
    PHASING = "phasing"
    FREE_RETURN = "free-return"


def command(
    depart: Annotated[
        str,
        typer.Option(
            metavar="DATE[..DATE]", help="Departure (the burn that leaves for the Moon) in UTC: 2030-01-01..2030-01-31."
        ),
    ],
    origin: Annotated[
        str, typer.Option("--from", help="Orbit about the Earth: leo:200km or leo:200km,51.6deg (30 deg if not said).")
    ] = "leo:200km",
    to: Annotated[str, typer.Option("--to", help="Orbit about the Moon: llo:100km,90deg.")] = "llo:100km,90deg",
    kind: Annotated[Kind, typer.Option(help="Way.")] = Kind.DIRECT,
    days: Annotated[str, typer.Option(metavar="N[..N]", help="Time of flight in days, from the last burn.")] = "3..5",
    step: Annotated[str, typer.Option(help="Between the departures of the calendar.")] = "1 d",
    apogees: Annotated[
        str, typer.Option(help="Of phasing loops, altitudes; two make 2.5 loops.")
    ] = "60000 km, 240000 km",
    capture: Annotated[
        str | None, typer.Option(help='Periods of ellipses between several insertion burns: "12 h, 3.5 h".')
    ] = None,
    perilune: Annotated[str, typer.Option(help="Altitude of a free return's pass.")] = "250 km",
    entry_angle: Annotated[str, typer.Option(help="Of a free return's flight path at 121.92 km.")] = "-6 deg",
    arrive: Annotated[
        list[str] | None, typer.Option(metavar="DATE..DATE", help="Window of arrival, for light at a site; repeatable.")
    ] = None,
    budget: Annotated[str | None, typer.Option(help="Refuse what costs more than this.")] = None,
    mass: Annotated[str | None, typer.Option(help="At departure; burns are then of true length.")] = None,
    engine: Annotated[str | None, typer.Option(help='Of the departure: "250 kN, 450 s".')] = None,
    brake: Annotated[str | None, typer.Option(help='Of the insertion: "26.7 kN, 314 s".')] = None,
    arrival_mass: Annotated[str | None, typer.Option(help="At insertion, where a stage is dropped before.")] = None,
    oem: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the flight as an OEM.")] = None,
    as_json: AsJson = False,
    data: DataFolder = None,
) -> None:
    """Say when to leave for the Moon, what it costs, and what the flight reaches when it is flown again."""
    from moonstead.foundation.errors import InvalidInput
    from moonstead.foundation.units import parse_quantity

    context = open_data(data)
    first, last = departures(depart)
    if last - first > LONGEST_PERIOD:
        raise InvalidInput(
            f"departures of {(last - first) / SECONDS_PER_DAY:.0f} d are asked at once; ask for 60 d or less"
        )
    earth_altitude, earth_inclination = circular_orbit(origin, "leo", EARTH_INCLINATION)
    if kind is Kind.FREE_RETURN:
        altitude, angle = parse_quantity(perilune, "length"), parse_quantity(entry_angle, "angle")
        given = "," in origin
        answer, transfer, flown = _free_return(
            earth_altitude, earth_inclination if given else None, altitude, angle, (first, last), step, context
        )
    else:
        moon_altitude, moon_inclination = circular_orbit(to, "llo", 0.5 * math.pi)
        loops = [parse_quantity(part, "length") for part in apogees.split(",")] if kind is Kind.PHASING else []
        flight = prepare(first - (LOOPS_FIRST if loops else SECONDS_PER_DAY), last + 16.0 * SECONDS_PER_DAY, context)
        windows = [departures(text) for text in arrive] if arrive else None
        solution, calendar = _search(
            (earth_altitude, moon_altitude, earth_inclination, moon_inclination),
            (first, last),
            parse_quantity(step, "time"),
            flight_days(days),
            windows,
            flight,
        )
        transfer = _built(solution, loops, capture, mass, engine, brake, arrival_mass, flight)
        flown = flown_again(transfer, flight)
        answer = transfer_answer(transfer, flown) | _calendar(calendar, solution, context)
    if budget is not None and transfer.total_delta_v > parse_quantity(budget, "speed"):
        raise InvalidInput(
            f"a budget of {parse_quantity(budget, 'speed'):.0f} m/s does not reach: the cheapest found needs "
            f"{transfer.total_delta_v:.1f} m/s, leaving {answer['departure_utc']}"
        )
    if oem is not None:
        write_transfer(oem, transfer, flown)
        answer["oem"] = str(oem)
    if as_json:
        print_json(answer)
        return
    print_transfer(answer)
    if answer.get("calendar"):
        sys.stdout.write("\n")
        rows = [
            [
                one["departure_utc"],
                _number(one["total_delta_v_m_s"], 1),
                _number(one["flight_time_d"], 2),
                one["reason"],
            ]
            for one in answer["calendar"]
        ]
        print_table(["departure", "m/s", "days", ""], rows, right=[1, 2])


def _number(value: float | None, digits: int) -> str:
    return "" if value is None else f"{value:.{digits}f}"


def _search(
    orbits: tuple[float, float, float, float],
    period: tuple[float, float],
    step: float,
    flight_times: tuple[float, float],
    windows: list[tuple[float, float]] | None,
    flight: CislunarFlight,
) -> tuple[DirectSolution, DepartureCalendar]:
    """The cheapest direct coast of a period, and its calendar."""
    import numpy as np

    from moonstead.foundation.errors import InvalidInput, NumericalFailure
    from moonstead.orbits.transfers.calendar import best_direct, departure_calendar, why_none
    from moonstead.orbits.transfers.direct import DirectCase

    if not step > 0.0:
        raise InvalidInput(f"the step of the calendar is a positive time; got {step:g} s")
    case = DirectCase(*orbits)
    times = np.arange(period[0], period[1] + 1.0, step)
    with progress() as bars:
        bar = bars.add_task("departures", total=len(times))
        calendar = departure_calendar(
            case,
            list(times),
            flight,
            flight_times=flight_times,
            arrivals=windows,
            progress=lambda done, _: bars.update(bar, completed=done),
        )
    if not calendar.optima:
        raise NumericalFailure(f"no direct transfer leaves within the period: {why_none(calendar)}")
    if windows is not None:
        solution = calendar.optima[0].solution
        assert solution is not None
        return solution, calendar
    return best_direct(case, *period, flight, flight_times=flight_times, calendar=calendar), calendar


def _built(
    solution: DirectSolution,
    loops: list[float],
    capture: str | None,
    mass: str | None,
    engine: str | None,
    brake: str | None,
    arrival_mass: str | None,
    flight: CislunarFlight,
) -> Transfer:
    """The transfer with the burns that were asked."""
    from moonstead.foundation.errors import InvalidInput
    from moonstead.foundation.units import parse_quantity
    from moonstead.orbits.transfers.capture import captured_in_steps
    from moonstead.orbits.transfers.direct import direct_transfer
    from moonstead.orbits.transfers.finite import Engine, finite_transfer
    from moonstead.orbits.transfers.phasing import phasing_transfer

    if sum(map(bool, (loops, capture, mass))) > 1:
        raise InvalidInput("phasing loops, several insertion burns and burns of true length are asked one at a time")
    if loops:
        return phasing_transfer(solution, loops, flight)
    if capture:
        return captured_in_steps(solution, [parse_quantity(part, "time") for part in capture.split(",")], flight)
    if mass is None:
        return direct_transfer(solution, flight)
    engines = []
    for what, text in (("--engine", engine), ("--brake", brake)):
        parts = (text or "").split(",")
        if len(parts) != 2:
            raise InvalidInput(f'{what} is thrust and specific impulse, as "26.7 kN, 314 s"; got {text!r}')
        engines.append(Engine(parse_quantity(parts[0], "force"), parse_quantity(parts[1], "time")))
    left = parse_quantity(arrival_mass, "mass") if arrival_mass else None
    return finite_transfer(solution, parse_quantity(mass, "mass"), engines[0], engines[1], flight, arrival_mass=left)


def _calendar(calendar: DepartureCalendar, solution: DirectSolution, data: DataContext) -> dict[str, Any]:
    """The calendar, its local optima, and the orbits of the solution."""
    from moonstead.orbits.transfers.direct import nodes

    def row(tdb: float, one: DirectSolution | None, reason: str) -> dict[str, Any]:
        if one is None:
            return {"departure_utc": utc(tdb), "total_delta_v_m_s": None, "flight_time_d": None, "reason": reason}
        return {
            "departure_utc": utc(tdb),
            "total_delta_v_m_s": one.delta_v,
            "departure_m_s": one.departure_delta_v,
            "arrival_m_s": one.arrival_delta_v,
            "flight_time_d": (one.perilune_tdb - one.departure_tdb) / SECONDS_PER_DAY,
            "meets_moon": "ascending" if one.case.ascending else "descending",
            "arrival_node_longitude_deg": math.degrees(nodes(one, data)[1]),
            "reason": "",
        }

    earth_node, moon_node = nodes(solution, data)
    return {
        "flight_time_d": (solution.perilune_tdb - solution.departure_tdb) / SECONDS_PER_DAY,
        "impulses_m_s": {"departure": solution.departure_delta_v, "arrival": solution.arrival_delta_v},
        "departure_orbit": {
            "altitude_km": solution.case.earth_altitude / 1e3,
            "inclination_deg": math.degrees(solution.case.earth_inclination),
            "node_right_ascension_deg": math.degrees(earth_node),
        },
        "arrival_orbit": {
            "altitude_km": solution.case.moon_altitude / 1e3,
            "inclination_deg": math.degrees(solution.case.moon_inclination),
            "node_longitude_deg": math.degrees(moon_node),
        },
        "optima": [row(day.departure_tdb, day.solution, day.reason) for day in calendar.optima],
        "calendar": [row(day.departure_tdb, day.solution, day.reason) for day in calendar.days],
    }


def _free_return(
    earth_altitude: float,
    inclination: float | None,
    altitude: float,
    angle: float,
    period: tuple[float, float],
    step: str,
    data: DataContext,
) -> tuple[dict[str, Any], Transfer, Any]:
    """The cheapest free return of a period, flown again."""
    import numpy as np

    from moonstead.foundation.errors import MoonsteadError, NumericalFailure
    from moonstead.foundation.units import parse_quantity
    from moonstead.orbits.transfers.free_return import FreeReturnCase, free_return_leaving, free_return_transfer

    case = FreeReturnCase(altitude, earth_altitude, inclination, angle)
    flight = prepare(period[0] - 3.0 * SECONDS_PER_DAY, period[1] + 16.0 * SECONDS_PER_DAY, data)
    best, reason = None, ""
    rows: list[dict[str, Any]] = []
    for tdb in np.arange(period[0], period[1] + 1.0, parse_quantity(step, "time")):
        try:
            one = free_return_leaving(case, float(tdb), flight)
        except MoonsteadError as refused:
            reason = str(refused)
            rows.append(
                {"departure_utc": utc(float(tdb)), "total_delta_v_m_s": None, "flight_time_d": None, "reason": reason}
            )
            continue
        duration = (one.entry.tdb - one.departure.tdb) / SECONDS_PER_DAY
        rows.append(
            {
                "departure_utc": utc(float(tdb)),
                "total_delta_v_m_s": one.delta_v,
                "flight_time_d": duration,
                "entry_speed_m_s": one.entry_speed,
                "reason": "",
            }
        )
        if best is None or one.delta_v < best.delta_v:
            best = one
    if best is None:
        raise NumericalFailure(f"no free return leaves within the period: {reason}")
    transfer = free_return_transfer(best, flight)
    flown = flown_again(transfer, flight)
    answer = transfer_answer(transfer, flown)
    answer |= {
        "entry_speed_m_s": best.entry_speed,
        "entry_angle_deg": math.degrees(best.entry_angle),
        "perilune_utc": utc(best.perilune_tdb),
        "calendar": rows,
    }
    return answer, transfer, flown
