"""`moonstead transfer nrho`: between a low orbit of the Moon and a halo, an NRHO or a distant retrograde orbit."""

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
from moonstead.cli.transfer.far_orbits import far_orbit, flown_far_orbit, is_far, months_too, orbit_answer
from moonstead.foundation.constants import SECONDS_PER_DAY

NAME = "nrho"
LONGEST_PERIOD = 60.0 * SECONDS_PER_DAY  # of the burn on the far orbit, that is searched


def command(
    depart: Annotated[
        str, typer.Option(metavar="DATE[..DATE]", help="Window of the burn on the far orbit, UTC; one date: a week.")
    ],
    origin: Annotated[
        str, typer.Option("--from", help="llo:100km, llo:100km,90deg, or nrho, dro, halo.")
    ] = "llo:100km",
    to: Annotated[str, typer.Option("--to", help="The other of the two.")] = "nrho",
    days: Annotated[float, typer.Option(help="Longest flight in days.")] = 1.0,
    oem: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the flight as an OEM.")] = None,
    as_json: AsJson = False,
    data: DataFolder = None,
) -> None:
    """Say what two burns between a low lunar orbit and a far one cost, and what the flight reaches when flown again."""
    from moonstead.foundation.errors import InvalidInput
    from moonstead.orbits.transfers.cislunar import cislunar_forces
    from moonstead.orbits.transfers.orbit_access import orbit_access

    context, began = open_data(data), time.process_time()
    first, last = departures(months_too(depart))
    last = first + 7.0 * SECONDS_PER_DAY if last == first else last
    if last - first > LONGEST_PERIOD:
        raise InvalidInput(
            f"a window of {(last - first) / SECONDS_PER_DAY:.0f} d is asked at once; ask for 60 d or less"
        )
    if is_far(origin) == is_far(to):
        raise InvalidInput("one of --from and --to is a low orbit (llo:100km), the other a far one (nrho, dro, halo)")
    outbound = is_far(to)
    altitude, inclination = circular_orbit(origin if outbound else to, "llo", math.nan)
    orbit = far_orbit(to if outbound else origin)
    around = SECONDS_PER_DAY + days * SECONDS_PER_DAY
    flown = flown_far_orbit(orbit, first - around, last + around, context)
    found = orbit_access(
        flown.trajectory(),
        first,
        last,
        cislunar_forces(),
        context,
        outbound=outbound,
        altitude=altitude,
        inclination=None if math.isnan(inclination) else inclination,
        longest=days * SECONDS_PER_DAY,
        name=f"{origin} to {to}",
    )
    again = flown_again(found.transfer, prepare(first - 2.0 * around, last + 2.0 * around, context))
    answer = {
        **transfer_answer(found.transfer, again),
        "orbit": orbit_answer(orbit),
        "flight_time_d": found.flight_time / SECONDS_PER_DAY,
        "cpu_s": time.process_time() - began,
    }
    if oem is not None:
        write_transfer(oem, found.transfer, again)
        answer["oem"] = str(oem)
    if as_json:
        print_json(answer)
        return
    print_transfer(answer)
