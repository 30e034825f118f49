"""`moonstead transfer abort`: ways home from a flight to the Moon that is given up."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from moonstead.cli.output import AsJson, DataFolder, open_data, print_json, print_table
from moonstead.cli.transfer.answers import circular_orbit, departures, flown_again, prepare, utc, write_transfer
from moonstead.foundation.constants import SECONDS_PER_DAY

if TYPE_CHECKING:
    from moonstead.orbits.transfers.abort import AbortOption
    from moonstead.orbits.transfers.earth_return import EarthReturn

NAME = "abort"
EARTH_INCLINATION = math.radians(30.0)
AFTER = "6 h, 12 h, 24 h, 48 h, 72 h"
HOME = "1.5 d, 2.5 d, 4 d, 6 d"


def command(
    depart: Annotated[str, typer.Option(metavar="DATE", help="Departure of the flight to the Moon, in UTC.")],
    origin: Annotated[str, typer.Option("--from", help="Orbit about the Earth: leo:200km,30deg.")] = "leo:200km",
    to: Annotated[str, typer.Option("--to", help="Orbit about the Moon: llo:100km,90deg.")] = "llo:100km,90deg",
    days: Annotated[float, typer.Option(help="Time of flight in days.", min=1.5, max=7.0)] = 4.0,
    after: Annotated[str, typer.Option(help="When the flight is given up, behind departure.")] = AFTER,
    home: Annotated[str, typer.Option(help="Times to be home.")] = HOME,
    flyby: Annotated[bool, typer.Option(help="Look for ways round the Moon too.")] = True,
    entry_angle: Annotated[str, typer.Option(help="Of the flight path at 121.92 km.")] = "-6 deg",
    budget: Annotated[str | None, typer.Option(help="Name the fastest way that this pays for.")] = None,
    oem: Annotated[Path | None, typer.Option(metavar="FILE", help="Write that (else the cheapest) way.")] = None,
    as_json: AsJson = False,
    data: DataFolder = None,
) -> None:
    """Say what it costs to turn back: direct aborts for several times to be home, and ways round the Moon."""
    from moonstead.dynamics.propagate import OrbitState
    from moonstead.foundation.errors import MoonsteadError
    from moonstead.foundation.units import parse_quantity
    from moonstead.orbits.transfers.abort import AbortOption, abort_table, fastest_within, flyby_abort
    from moonstead.orbits.transfers.direct import DirectCase, direct_transfer, solve_direct
    from moonstead.orbits.transfers.earth_return import EntryCase, return_transfer

    context = open_data(data)
    start = departures(depart)[0]
    earth_altitude, earth_inclination = circular_orbit(origin, "leo", EARTH_INCLINATION)
    moon_altitude, moon_inclination = circular_orbit(to, "llo", 0.5 * math.pi)
    times = [start + parse_quantity(part, "time") for part in after.split(",")]
    durations = [parse_quantity(part, "time") for part in home.split(",")]
    longest = max(durations) + (days + 8.0) * SECONDS_PER_DAY
    flight = prepare(start - SECONDS_PER_DAY, start + longest + SECONDS_PER_DAY, context)
    outward = solve_direct(
        DirectCase(earth_altitude, moon_altitude, earth_inclination, moon_inclination),
        start,
        days * SECONDS_PER_DAY,
        flight,
    )
    trajectory = flown_again(direct_transfer(outward, flight), flight).trajectory
    case = EntryCase(parse_quantity(entry_angle, "angle"))
    options = list(abort_table(trajectory, times, durations, flight, case=case))
    round_the_moon: list[AbortOption] = []
    for tdb in times if flyby else ():
        state = OrbitState(trajectory.state_about("EARTH", [tdb])[0], tdb, "EARTH")
        try:
            found: EarthReturn | None = flyby_abort(state, outward.perilune_tdb, flight, case=case)
            reason = ""
        except MoonsteadError as refused:
            found, reason = None, str(refused)
        round_the_moon.append(AbortOption(tdb, math.inf, found, reason))
    answer: dict[str, Any] = {
        "departure_utc": utc(start),
        "outward": {"flight_time_d": days, "departure_m_s": outward.departure_delta_v},
        "direct": [_row(one, start) for one in options],
        "round_the_moon": [_row(one, start) for one in round_the_moon],
    }
    every = options + [one for one in round_the_moon if one.solution is not None]
    chosen = fastest_within(every, parse_quantity(budget, "speed") if budget else math.inf)
    if not budget:
        solved = [one for one in every if one.solution is not None]
        chosen = min(solved, key=lambda one: one.solution.delta_v if one.solution is not None else math.inf)
    assert chosen.solution is not None
    answer["fastest_within_budget" if budget else "cheapest"] = _row(chosen, start)
    if oem is not None:
        transfer = return_transfer(chosen.solution, flight, name="abort")
        write_transfer(oem, transfer, flown_again(transfer, flight))
        answer["oem"] = str(oem)
    if as_json:
        print_json(answer)
        return
    rows = [
        [f"{one['after_h']:g}", one["way"], *(_text(one[key]) for key in ("delta_v_m_s", "duration_d")), one["reason"]]
        for one in [dict(row, way="direct") for row in answer["direct"]]
        + [dict(row, way="round the Moon") for row in answer["round_the_moon"]]
    ]
    print_table(["after h", "way", "m/s", "days home", ""], rows, right=[0, 2, 3])


def _row(option: AbortOption, start: float) -> dict[str, Any]:
    found = option.solution
    return {
        "after_h": (option.tdb - start) / 3600.0,
        "home_within_d": option.longest / SECONDS_PER_DAY if math.isfinite(option.longest) else None,
        "delta_v_m_s": found.delta_v if found is not None else None,
        "duration_d": found.duration / SECONDS_PER_DAY if found is not None else None,
        "entry_speed_m_s": found.entry_speed if found is not None else None,
        "reason": option.reason,
    }


def _text(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"
