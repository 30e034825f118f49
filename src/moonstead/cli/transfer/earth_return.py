"""`moonstead transfer return`: from an orbit about the Moon home to the entry interface."""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from moonstead.cli.output import AsJson, DataFolder, open_data, print_json
from moonstead.cli.transfer.answers import (
    circular_orbit,
    departures,
    flown_again,
    prepare,
    print_transfer,
    transfer_answer,
    write_transfer,
)
from moonstead.foundation.constants import SECONDS_PER_DAY

if TYPE_CHECKING:
    from moonstead.dynamics.propagate import OrbitState
    from moonstead.foundation.data import DataContext
    from moonstead.orbits.transfers.earth_return import EarthReturn

NAME = "return"
WITHIN_A_REVOLUTION = 7200.0  # [s] of a low orbit
WITHIN_A_HALO = 7.0 * SECONDS_PER_DAY  # [s] of a near-rectilinear halo orbit


def command(
    depart: Annotated[str, typer.Option(metavar="DATE", help="First departure in UTC; one revolution is searched.")],
    origin: Annotated[
        str, typer.Option("--from", help="llo:100km,90deg in its best plane, or a family: nrho:6.56d.")
    ] = "llo:100km,90deg",
    node: Annotated[
        str | None, typer.Option(help="East longitude of the low orbit's ascending node on the Moon (MOON_ME).")
    ] = None,
    days: Annotated[float, typer.Option(help="Way home in days.", min=1.5, max=7.0)] = 4.0,
    entry_angle: Annotated[str, typer.Option(help="Of the flight path at 121.92 km.")] = "-6 deg",
    inclination: Annotated[str | None, typer.Option(help="Of the approach to the Earth's equator.")] = None,
    longitude: Annotated[str | None, typer.Option(help="East longitude of the entry interface.")] = None,
    capsule: Annotated[
        str | None, typer.Option(help='Corridor of a capsule: mass, diameter, lift over drag: "5500 kg, 3.9 m, 0.3".')
    ] = None,
    load_limit: Annotated[float, typer.Option(help="Largest load of the corridor, over standard gravity.")] = 12.0,
    budget: Annotated[str | None, typer.Option(help="Refuse what costs more than this.")] = None,
    oem: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the flight as an OEM.")] = None,
    as_json: AsJson = False,
    data: DataFolder = None,
) -> None:
    """Say what the way home costs, where and how fast the atmosphere is met, and what a capsule bears there."""
    from moonstead.foundation.errors import InvalidInput
    from moonstead.foundation.units import parse_quantity
    from moonstead.orbits.transfers.best_return import best_return, entry_longitude
    from moonstead.orbits.transfers.earth_return import EntryCase, return_transfer

    context = open_data(data)
    first, last = departures(depart)
    case = EntryCase(
        parse_quantity(entry_angle, "angle"), parse_quantity(inclination, "angle") if inclination else None
    )
    orbit, revolution = _orbit(origin, node, first, days, context)
    last = max(last, first + revolution)
    flight = prepare(first - SECONDS_PER_DAY, last + (days + 2.0) * SECONDS_PER_DAY, context)
    wanted = parse_quantity(longitude, "angle") if longitude else None
    home = best_return(orbit, last, days * SECONDS_PER_DAY, case, flight, entry_longitude=wanted)
    if budget is not None and home.delta_v > parse_quantity(budget, "speed"):
        raise InvalidInput(
            f"a budget of {parse_quantity(budget, 'speed'):.0f} m/s does not bring this home: the cheapest found needs "
            f"{home.delta_v:.1f} m/s; allow a longer way than {days:g} d, or wait until the plane lies better"
        )
    transfer = return_transfer(home, flight)
    flown = flown_again(transfer, flight)
    answer = transfer_answer(transfer, flown)
    east, north = entry_longitude(home.entry, context)
    answer |= {
        "entry_speed_m_s": home.entry_speed,
        "entry_longitude_deg": math.degrees(east),
        "entry_latitude_deg": math.degrees(north),
    }
    if capsule is not None:
        answer["corridor"] = _corridor(capsule, home, load_limit)
    if oem is not None:
        write_transfer(oem, transfer, flown)
        answer["oem"] = str(oem)
    if as_json:
        print_json(answer)
        return
    print_transfer(answer)
    sys.stdout.write(
        f"entry at {math.degrees(east):.2f} deg E, {math.degrees(north):.2f} deg N, {home.entry_speed:.0f} m/s\n"
    )
    if capsule is not None:
        found = answer["corridor"]
        sys.stdout.write(
            f"corridor {found['steepest_deg']:.2f} to {found['shallowest_deg']:.2f} deg; "
            f"at the planned angle with lift up {found['peak_load']:.1f} g and "
            f"{found['peak_heat_flux_w_m2'] / 1e6:.2f} MW/m2\n"
        )


def _orbit(text: str, node: str | None, tdb: float, days: float, data: DataContext) -> tuple[OrbitState, float]:
    """Where the craft is at a time, and how long it takes round."""
    from moonstead.foundation.errors import InvalidInput
    from moonstead.foundation.units import parse_quantity
    from moonstead.orbits.transfers.best_return import best_return_plane, circular_at_node

    kind = text.partition(":")[0].strip().lower()
    if kind == "llo":
        altitude, inclination = circular_orbit(text, "llo", 0.5 * math.pi)
        if node is not None:
            return circular_at_node(
                altitude, inclination, parse_quantity(node, "angle"), tdb, data
            ), WITHIN_A_REVOLUTION
        best = best_return_plane(altitude, inclination, tdb, days * SECONDS_PER_DAY, data)[0]
        return best, WITHIN_A_REVOLUTION
    if kind == "nrho":
        return _halo(text, tdb, data), WITHIN_A_HALO
    raise InvalidInput(f"a return starts from llo:100km,90deg or from nrho:6.56d; got {text!r}")


def _halo(text: str, tdb: float, data: DataContext) -> OrbitState:
    """Apolune of a southern near-rectilinear halo orbit at a time."""
    import numpy as np

    from moonstead.dynamics.propagate import OrbitState
    from moonstead.foundation.units import parse_quantity
    from moonstead.orbits.three_body.families import periodic_orbit
    from moonstead.orbits.three_body.rotating import icrf_from_rotating

    period = parse_quantity(text.partition(":")[2] or "6.56 d", "time")
    orbit = periodic_orbit("nrho", point="L2", branch="south", period=period)
    state = icrf_from_rotating(orbit.state[None], np.array([tdb]), orbit.system, data, center="MOON")[0]
    return OrbitState(state, tdb)


def _corridor(text: str, home: EarthReturn, load_limit: float) -> dict[str, Any]:
    """Corridor of a capsule at the speed of the entry, and what it bears at the planned angle."""
    from moonstead.foundation.errors import InvalidInput
    from moonstead.foundation.units import parse_quantity
    from moonstead.orbits.transfers.entry import Capsule, entry_corridor, fly_entry

    parts = text.split(",")
    if len(parts) != 3:
        raise InvalidInput(f'a capsule is mass, diameter and lift over drag, as "5500 kg, 3.9 m, 0.3"; got {text!r}')
    diameter = parse_quantity(parts[1], "length")
    body = Capsule(
        parse_quantity(parts[0], "mass"),
        0.25 * math.pi * diameter**2,
        lift_to_drag=parse_quantity(parts[2], "ratio"),
        nose_radius=1.2 * diameter,
    )
    corridor = entry_corridor(body, home.entry_speed, load_limit=load_limit)
    flown = fly_entry(body, home.entry_speed, home.case.angle)
    return {
        "steepest_deg": math.degrees(corridor.steepest),
        "shallowest_deg": math.degrees(corridor.shallowest),
        "load_limit": load_limit,
        "planned_angle_holds": corridor.holds(home.case.angle),
        "peak_load": flown.peak_load,
        "peak_heat_flux_w_m2": flown.peak_heat_flux,
        "heat_load_j_m2": flown.heat_load,
        "skips_with_lift_up": flown.skipped,
    }
