"""`moonstead transfer launch`: when in each day a site can launch to the Moon or a planet, and with how much."""

from __future__ import annotations

import math
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from moonstead.cli.output import AsJson, DataFolder, open_data, print_json, print_table
from moonstead.foundation.constants import SECONDS_PER_DAY

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from moonstead.foundation.data import DataContext
    from moonstead.orbits.launchers import Launcher, LaunchSite

NAME = "launch"
MOST_DAYS = 400
NEAR_BY = 60.0  # [s] of departures about a day whose best arrival is looked for


def command(
    to: Annotated[str, typer.Option("--to", help="moon, mars, venus, ...")],
    depart: Annotated[str, typer.Option(metavar="DATE..DATE", help="Days of launch (UTC).")],
    site: Annotated[str, typer.Option(help="Launch site of the shipped table: wenchang, vostochny, ...")],
    launcher: Annotated[str | None, typer.Option(help="Launcher of the shipped table: lm-5, lm-10, ...")] = None,
    days: Annotated[float, typer.Option(help="Time of flight to the Moon.")] = 4.0,
    c3: Annotated[float, typer.Option("--c3", metavar="KM2/S2", help="Departure energy towards the Moon.")] = -1.9,
    kind: Annotated[str, typer.Option("--type", help="Type of the arc to a planet.")] = "II",
    mass: Annotated[str | None, typer.Option(help="What is to be carried; days that cannot are marked.")] = None,
    as_json: AsJson = False,
    data: DataFolder = None,
) -> None:
    """Say for each day when the site lies in the plane of the departure, the azimuth, and the launcher's payload."""
    from moonstead.cli.transfer.windows import date_window
    from moonstead.foundation.errors import InvalidInput, NumericalFailure
    from moonstead.foundation.units import parse_quantity
    from moonstead.orbits.launchers import launch_site
    from moonstead.orbits.launchers import launcher as launcher_named

    context = open_data(data)
    place = launch_site(site)
    rocket = None if launcher is None else launcher_named(launcher)
    if not math.isfinite(c3):
        raise InvalidInput(f"the departure energy must be finite; got --c3 {c3}")
    wanted = None if mass is None else parse_quantity(mass, "mass")
    if wanted is not None and rocket is None:
        raise InvalidInput("a mass to carry needs a --launcher")
    first, last = date_window(depart, "UTC")
    count = int((last - first) / SECONDS_PER_DAY + 1e-9)
    if not 1 <= count <= MOST_DAYS:
        raise InvalidInput(f"a launch period has 1 to {MOST_DAYS} whole days; {depart} has {count}")
    rows = []
    for day in range(count):
        start = first + day * SECONDS_PER_DAY
        rows.append(_day(place, rocket, to, start, days, 1e6 * c3, kind, wanted, context))
    if wanted is not None and not any(row["carries"] for row in rows):
        best = max(rows, key=lambda row: row["payload_kg"] or 0.0)
        assert rocket is not None
        raise NumericalFailure(
            f"{rocket.name} carries {wanted:.0f} kg on none of these days: at most {best['payload_kg'] or 0.0:.0f} kg "
            f"on {best['day']}; take less mass, a stronger launcher or other dates"
        )
    answer = {
        "site": place.id,
        "site_source": place.source,
        "launcher": None if rocket is None else rocket.id,
        "launcher_source": None if rocket is None else rocket.source,
        "to": to,
        "parking_orbit_km": 200.0,
        "days": rows,
    }
    if as_json:
        print_json(answer)
    else:
        _print(answer)


def _day(
    place: LaunchSite,
    rocket: Launcher | None,
    to: str,
    start: float,
    days: float,
    moon_c3: float,
    kind: str,
    wanted: float | None,
    data: DataContext,
) -> dict[str, Any]:
    import numpy as np

    from moonstead.foundation.errors import NumericalFailure
    from moonstead.foundation.time.epoch import Epoch
    from moonstead.orbits.launch_windows import launch_windows
    from moonstead.orbits.launchers import payload_at

    def utc(tdb: float) -> str:
        return str(Epoch.from_tdb(tdb).text("UTC", 0))

    energy, direction, arrival = _goal(to, start + 0.5 * SECONDS_PER_DAY, days, moon_c3, kind, data)
    declination = math.asin(float(direction[2] / np.linalg.norm(direction)))
    try:
        windows = launch_windows(place, direction, start, start + SECONDS_PER_DAY, data)
        reason = ""
    except NumericalFailure as failure:
        windows, reason = (), str(failure)
    payload = how = None
    if rocket is not None:
        try:
            found = payload_at(rocket, energy)
            payload, how = found.mass, found.how
        except NumericalFailure as failure:
            payload, how = 0.0, str(failure)
    return {
        "day": utc(start)[:10],
        "c3_km2_s2": energy / 1e6,
        "declination_deg": math.degrees(declination),
        "arrival": utc(arrival),
        "payload_kg": payload,
        "payload_how": how,
        "carries": bool(windows) and (wanted is None or (payload or 0.0) >= wanted),
        "windows": [
            {
                "start_utc": utc(one.start),
                "best_utc": utc(one.best),
                "stop_utc": utc(one.stop),
                "launch_azimuth_deg": math.degrees(one.launch_azimuth),
                "inclination_deg": math.degrees(one.inclination),
                "node_deg": math.degrees(one.node),
                "coast_to_direction_deg": math.degrees(one.coast),
            }
            for one in windows
        ],
        "reason": reason,
    }


def _goal(
    to: str, tdb: float, days: float, moon_c3: float, kind: str, data: DataContext
) -> tuple[float, NDArray[np.float64], float]:
    """Departure energy, direction that the plane must hold, and arrival."""
    import numpy as np

    from moonstead.cli.transfer.windows import heliocentric_body
    from moonstead.foundation.errors import InvalidInput
    from moonstead.orbits.transfers.porkchop_minima import best_arcs

    if to.strip().lower() == "moon":
        if not 1.0 <= days <= 10.0:
            raise InvalidInput(f"flights to the Moon take 1 to 10 days here; got --days {days:g}")
        arrival = tdb + days * SECONDS_PER_DAY
        moon = data.ephemeris.position("MOON", "EARTH", np.array([arrival]))[0]
        return moon_c3, -moon, arrival
    begin, goal = heliocentric_body("earth-barycentre", data), heliocentric_body(to, data)
    (arc,) = best_arcs(begin, goal, (tdb - NEAR_BY, tdb + NEAR_BY), kind=kind.upper())
    return arc.c3, arc.departure_v_infinity, arc.arrival_tdb


def _print(answer: dict[str, Any]) -> None:
    sys.stdout.write(f"from {answer['site']} to {answer['to']}, times in UTC, parking orbit of 200 km\n")
    cells = [_cells(row, one) for row in answer["days"] for one in row["windows"] or [None]]
    headings = ["day", "C3", "declination", "best", "window", "azimuth", "inclination", "payload kg", ""]
    print_table(headings, cells, right=[1, 2, 5, 6, 7])
    for row in answer["days"]:
        if row["reason"]:
            sys.stdout.write(f"{row['day']}: {row['reason']}\n")


def _cells(row: dict[str, Any], one: dict[str, Any] | None) -> list[str]:
    payload = "" if row["payload_kg"] is None else f"{row['payload_kg']:.0f}"
    window = ["no window", "", "", ""]
    if one is not None:
        window = [
            one["best_utc"][11:],
            f"{one['start_utc'][11:16]}-{one['stop_utc'][11:16]}",
            f"{one['launch_azimuth_deg']:.1f}",
            f"{one['inclination_deg']:.1f}",
        ]
    energy = [row["day"], f"{row['c3_km2_s2']:.2f}", f"{row['declination_deg']:.1f}"]
    return [*energy, *window, payload, row["payload_how"] or ""]
