"""`moonstead transfer low-energy`: by way of the Sun's pull to a low lunar orbit or to a halo, with a soft arrival."""

from __future__ import annotations

import math
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from moonstead.cli.output import AsJson, DataFolder, open_data, print_json, print_table, progress
from moonstead.cli.transfer.answers import (
    circular_orbit,
    departures,
    flight_days,
    print_transfer,
    transfer_answer,
    utc,
    write_transfer,
)
from moonstead.cli.transfer.far_orbits import far_orbit, flown_far_orbit, is_far, months_too, orbit_answer
from moonstead.foundation.constants import SECONDS_PER_DAY

if TYPE_CHECKING:
    from moonstead.orbits.transfers.low_energy import LowEnergy

NAME = "low-energy"
LONGEST_PERIOD = 400.0 * SECONDS_PER_DAY  # of departures that are searched
MARGIN = 16.0 * SECONDS_PER_DAY  # by which a corrected arrival may be later than the search's
FAR_CADENCE = 0.5 * SECONDS_PER_DAY  # between arrival times on a halo, which is not the same everywhere


def command(
    depart: Annotated[
        str, typer.Option(metavar="DATE..DATE", help="Window of departure in UTC: 2030-01-01..2030-01-31, 2030-01.")
    ],
    origin: Annotated[
        str, typer.Option("--from", help="Orbit about the Earth: leo:200km or leo:200km,28.5deg (any if not said).")
    ] = "leo:200km",
    to: Annotated[
        str, typer.Option("--to", help="llo:100km,90deg, or nrho, dro, halo, or halo:L2,south,14.5d.")
    ] = "llo:100km,90deg",
    days: Annotated[str, typer.Option(metavar="N..N", help="Time of flight in days.")] = "70..130",
    most: Annotated[int, typer.Option(help="How many transfers are wanted.")] = 3,
    oem: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the first one's flight as an OEM.")] = None,
    as_json: AsJson = False,
    data: DataFolder = None,
) -> None:
    """Find low-energy transfers from scratch and say what they cost and reach when flown again.

    Arrivals are flown backwards for months; those that come from near the Earth are corrected in the full model.
    """
    from moonstead.foundation.errors import InvalidInput
    from moonstead.orbits.transfers.arrivals import ArrivalFamily, OrbitArrival, low_orbit_arrival
    from moonstead.orbits.transfers.cislunar import cislunar_forces
    from moonstead.orbits.transfers.low_energy import CADENCE, FORWARD, low_energy_transfers
    from moonstead.orbits.transfers.refly import refly

    context, began = open_data(data), time.process_time()
    first, last = departures(months_too(depart))
    if not SECONDS_PER_DAY <= last - first <= LONGEST_PERIOD or most < 1:
        raise InvalidInput("ask for at least one transfer, in a window of departure between 1 and 400 d")
    shortest, longest = flight_days(days)
    altitude, inclination = circular_orbit(origin, "leo", math.nan)
    forces, answer = cislunar_forces(), dict[str, Any]()
    family: ArrivalFamily
    if is_far(to):
        orbit = far_orbit(to)
        flown = flown_far_orbit(orbit, first + shortest - MARGIN, last + longest + MARGIN, context)
        family, cadence = OrbitArrival(flown.trajectory()), FAR_CADENCE
        answer["orbit"] = orbit_answer(orbit)
    else:
        moon_altitude, moon_inclination = circular_orbit(to, "llo", 0.5 * math.pi)
        family, cadence = low_orbit_arrival(moon_altitude, moon_inclination, first, context), CADENCE
    with progress(quiet=as_json) as bars:
        bar = bars.add_task("arrival times", total=None)
        found = low_energy_transfers(
            family,
            first,
            last,
            forces,
            context,
            name=f"low-energy transfer to {to}",
            parking_altitude=altitude,
            parking_inclination=None if math.isnan(inclination) else inclination,
            shortest=shortest,
            longest=longest,
            cadence=cadence,
            most=most,
            progress=lambda done, all_: bars.update(bar, completed=done, total=all_),
        )
    again = refly(found[0].transfer, forces.by_center, context, tolerance=FORWARD)
    answer |= transfer_answer(found[0].transfer, again) | _ends(found[0])
    answer["found"] = [_row(one) for one in found]
    answer["cpu_s"] = time.process_time() - began
    if oem is not None:
        write_transfer(oem, found[0].transfer, again)
        answer["oem"] = str(oem)
    if as_json:
        print_json(answer)
        return
    print_transfer(answer)
    sys.stdout.write("\n")
    rows = [
        [
            one["departure_utc"],
            one["insertion_utc"],
            f"{one['insertion_m_s']:.2f}",
            f"{one['flight_time_d']:.2f}",
            f"{one['c3_km2_s2']:.3f}",
        ]
        for one in answer["found"]
    ]
    print_table(["departure", "insertion", "m/s", "days", "C3 km2/s2"], rows, right=[2, 3, 4])


def _ends(found: LowEnergy) -> dict[str, Any]:
    return {
        "c3_km2_s2": found.departure.c3 / 1e6,
        "farthest_from_earth_km": found.departure.farthest / 1e3,
        "flight_time_d": found.flight_time / SECONDS_PER_DAY,
    }


def _row(found: LowEnergy) -> dict[str, Any]:
    return {
        "departure_utc": utc(found.departure.tdb),
        "insertion_utc": utc(found.arrival.tdb),
        "injection_m_s": found.departure.injection,
        "insertion_m_s": found.arrival.cost,
        **_ends(found),
    }
