"""What the commands about the Moon share: orbits and dates in text, and the answer for one transfer flown again."""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from moonstead.cli.output import print_table
from moonstead.foundation.constants import SECONDS_PER_DAY

if TYPE_CHECKING:
    from moonstead.orbits.transfers.cislunar import CislunarFlight
    from moonstead.orbits.transfers.refly import Reflown
    from moonstead.orbits.transfers.transfer import Transfer

MOST_ROWS = 200_000
ROWS_IN_A_STEP = 6  # states of a file for each step of the integration
BEFORE_A_BURN = 1e-3  # [s] that a segment of a file ends early: at the burn itself the state is that behind it


def circular_orbit(text: str, kind: str, inclination: float) -> tuple[float, float]:
    """Altitude [m] and inclination [rad] of ``leo:200km`` or ``llo:100km,90deg``.

    Raises
    ------
    InvalidInput
        The text is not of that form; the message shows one that is.
    """
    from moonstead.foundation.errors import InvalidInput
    from moonstead.foundation.units import parse_quantity

    head, _, rest = text.partition(":")
    parts = [part for part in rest.split(",") if part.strip()]
    if head.strip().lower() != kind or not 1 <= len(parts) <= 2:
        raise InvalidInput(f"an orbit is written as {kind}:200km or {kind}:200km,90deg; got {text!r}")
    altitude = parse_quantity(parts[0], "length")
    return altitude, parse_quantity(parts[1], "angle") if len(parts) == 2 else inclination


def departures(text: str) -> tuple[float, float]:
    """First and last time [s TDB past J2000] of ``2030-01-01..2030-01-31`` or of one date, in UTC.

    Raises
    ------
    InvalidInput
        The dates are not understood or run backwards.
    """
    from moonstead.foundation.errors import InvalidInput
    from moonstead.foundation.time.epoch import Epoch

    parts = text.split("..")
    if len(parts) > 2:
        raise InvalidInput(f"a window is one or two dates with .. between, as 2030-01-01..2030-01-31; got {text!r}")
    times = [Epoch.parse(part if "T" in part else f"{part}T00:00:00", "UTC").tdb() for part in parts]
    if times[-1] < times[0]:
        raise InvalidInput(f"the window {text} ends before it begins: give the earlier date first")
    return times[0], times[-1]


def flight_days(text: str) -> tuple[float, float]:
    """Shortest and longest time of flight [s] of ``3..5`` or ``4``, in days.

    Raises
    ------
    InvalidInput
        They are not positive numbers, the second not the smaller one.
    """
    from moonstead.foundation.errors import InvalidInput

    try:
        numbers = [float(part) for part in text.split("..")]
    except ValueError:
        numbers = []
    if not 1 <= len(numbers) <= 2 or not 0.0 < numbers[0] <= numbers[-1] < math.inf:
        raise InvalidInput(f"times of flight are one or two numbers of days, as 3..5 or 4.2; got {text!r}")
    return numbers[0] * SECONDS_PER_DAY, numbers[-1] * SECONDS_PER_DAY


def utc(tdb: float) -> str:
    """Date and time in UTC to the second."""
    from moonstead.foundation.time.epoch import Epoch

    return Epoch.from_tdb(tdb).text("UTC", 0)


def prepare(first: float, last: float, data: Any) -> CislunarFlight:
    """Forces between Earth and Moon for a span of departures and what may follow."""
    from moonstead.orbits.transfers.cislunar import cislunar_forces, prepare_flight

    return prepare_flight(cislunar_forces(), first, last, data)


def flown_again(transfer: Transfer, flight: CislunarFlight) -> Reflown:
    """The transfer in one flight, without corrections."""
    from moonstead.orbits.transfers.refly import refly

    forces = flight.forces
    return refly(transfer, {"EARTH": forces.near_earth, "MOON": forces.near_moon}, flight.data)


def transfer_answer(transfer: Transfer, flown: Reflown) -> dict[str, Any]:
    """Answer for one transfer: units in the keys."""
    return {
        "name": transfer.name,
        "kind": transfer.kind,
        "departure_utc": utc(transfer.departure.epoch_tdb),
        "arrival_utc": utc(transfer.arrival_tdb),
        "duration_d": transfer.duration / SECONDS_PER_DAY,
        "total_delta_v_m_s": transfer.total_delta_v,
        "delta_v_m_s": dict(transfer.delta_v),
        "events": [
            {"name": one.name, "utc": utc(one.tdb), "quantity": one.quantity, "unit": one.unit}
            for one in transfer.events
        ],
        "flown_again": {
            "position_defect_m": flown.position_defect,
            "velocity_defect_m_s": flown.velocity_defect,
            "mass_kg": flown.mass,
            "targets": [
                {"name": one.name, "wanted": one.wanted, "reached": one.reached, "unit": one.unit}
                for one in flown.targets
            ],
        },
        "model": transfer.model,
    }


def print_transfer(answer: dict[str, Any]) -> None:
    """Write the answer for one transfer as tables."""
    sys.stdout.write(
        f"{answer['name']}: {answer['departure_utc']} to {answer['arrival_utc']}, {answer['duration_d']:.3f} d, "
        f"{answer['total_delta_v_m_s']:.1f} m/s\n\n"
    )
    print_table(["burn", "m/s"], [[name, f"{cost:.2f}"] for name, cost in answer["delta_v_m_s"].items()], right=[1])
    sys.stdout.write("\n")
    rows = [[one["utc"], one["name"], f"{one['quantity']:.7g} {one['unit']}"] for one in answer["events"]]
    print_table(["UTC", "event", "value"], rows)
    again = answer["flown_again"]
    sys.stdout.write(
        f"\nflown again in one go: off by {again['position_defect_m']:.3g} m and "
        f"{again['velocity_defect_m_s']:.3g} m/s at arrival\n"
    )
    rows = [
        [
            one["name"],
            f"{one['wanted']:.9g}",
            f"{one['reached']:.9g}",
            f"{one['reached'] - one['wanted']:.2e}",
            one["unit"],
        ]
        for one in again["targets"]
    ]
    print_table(["target", "wanted", "reached", "off by", "unit"], rows, right=[1, 2, 3])
    sys.stdout.write(f"\nforces: {answer['model']}\n")


def write_transfer(path: Path, transfer: Transfer, flown: Reflown) -> None:
    """Write a flown transfer as a CCSDS orbit ephemeris message, one segment between burns.

    Raises
    ------
    MissingData
        The folder does not exist.
    """
    from itertools import pairwise

    import numpy as np

    from moonstead.dynamics.burns import FiniteBurn
    from moonstead.formats.oem import Oem, OemHeader, write_oem
    from moonstead.formats.oem_trajectory import oem_segment
    from moonstead.foundation.errors import MissingData
    from moonstead.foundation.time.epoch import Epoch
    from moonstead.orbits.transfers.refly import ignition

    if not path.absolute().parent.is_dir():
        raise MissingData(f"--oem {path}: the folder {path.parent} does not exist; create it first")
    first, last = flown.trajectory.span
    edges = {first, last}
    for burn in transfer.burns:
        edges.add(ignition(burn))
        if isinstance(burn, FiniteBurn):
            edges.add(burn.stop)
    nodes = flown.trajectory.step_times
    fine = np.concatenate([np.linspace(a, b, ROWS_IN_A_STEP, endpoint=False) for a, b in pairwise(nodes)])
    segments = []
    for start, stop in pairwise(sorted(edge for edge in edges if first <= edge <= last)):
        end = stop if stop == last else stop - BEFORE_A_BURN
        inside = fine[(fine > start + 1.0) & (fine < end - 1.0)]
        least = np.linspace(start, end, 10)  # polynomials of degree 7 want four states on either side
        segments.append(oem_segment(flown.trajectory, np.unique(np.concatenate((least, inside)))))
    comments = (f"{transfer.name}, flown in one go under {transfer.model}", "simulated")
    write_oem(path, Oem(OemHeader("MOONSTEAD", Epoch.from_tdb(first), comments=comments), tuple(segments)))
