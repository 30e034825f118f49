"""`moonstead transfer flyby`: from the Earth by a powered flyby of the Moon onto an NRHO, a halo or another orbit."""

from __future__ import annotations

import math
import time
from pathlib import Path
from typing import Annotated

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
from moonstead.cli.transfer.far_orbits import far_orbit, flown_far_orbit, months_too, orbit_answer
from moonstead.foundation.constants import SECONDS_PER_DAY

NAME = "flyby"
LONGEST_PERIOD = 60.0 * SECONDS_PER_DAY  # of insertions that are searched
BEFORE = 40.0 * SECONDS_PER_DAY  # of the insertion, that forces are laid out for


def command(
    arrive: Annotated[
        str, typer.Option(metavar="DATE[..DATE]", help="Window of the insertion, UTC; one date: a week from it.")
    ],
    origin: Annotated[
        str, typer.Option("--from", help="Orbit about the Earth: leo:200km or leo:200km,28.5deg (any if not said).")
    ] = "leo:200km",
    to: Annotated[str, typer.Option("--to", help="nrho, dro, halo, or halo:L2,south,14.5d.")] = "nrho",
    altitude: Annotated[str, typer.Option(help="Of the perilune.")] = "100 km",
    days: Annotated[float, typer.Option(help="Longest flight from the flyby to the insertion, in days.")] = 6.0,
    oem: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the flight as an OEM.")] = None,
    as_json: AsJson = False,
    data: DataFolder = None,
) -> None:
    """Say what a flyby burn and an insertion cost, and what the flight reaches when flown again."""
    from moonstead.foundation.errors import InvalidInput
    from moonstead.foundation.units import parse_quantity
    from moonstead.orbits.transfers.cislunar import cislunar_forces
    from moonstead.orbits.transfers.lunar_flyby import flyby_transfer

    context, began = open_data(data), time.process_time()
    first, last = departures(months_too(arrive))
    last = first + 7.0 * SECONDS_PER_DAY if last == first else last
    if last - first > LONGEST_PERIOD:
        raise InvalidInput(
            f"a window of {(last - first) / SECONDS_PER_DAY:.0f} d is asked at once; ask for 60 d or less"
        )
    earth_altitude, inclination = circular_orbit(origin, "leo", math.nan)
    orbit = far_orbit(to)
    flown = flown_far_orbit(orbit, first - SECONDS_PER_DAY, last + SECONDS_PER_DAY, context)
    found = flyby_transfer(
        flown.trajectory(),
        first,
        last,
        cislunar_forces(),
        context,
        flyby_altitude=parse_quantity(altitude, "length"),
        parking_altitude=earth_altitude,
        parking_inclination=None if math.isnan(inclination) else inclination,
        longest=days * SECONDS_PER_DAY,
        name=f"{origin} by a flyby to {to}",
    )
    again = flown_again(found.transfer, prepare(first - BEFORE, last + SECONDS_PER_DAY, context))
    answer = {
        **transfer_answer(found.transfer, again),
        "orbit": orbit_answer(orbit),
        "c3_km2_s2": found.departure.c3 / 1e6,
        "flyby_to_insertion_d": (found.insertion_tdb - found.passage.tdb) / SECONDS_PER_DAY,
        "cpu_s": time.process_time() - began,
    }
    if oem is not None:
        write_transfer(oem, found.transfer, again)
        answer["oem"] = str(oem)
    if as_json:
        print_json(answer)
        return
    print_transfer(answer)
