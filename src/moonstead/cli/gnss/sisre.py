"""`moonstead gnss sisre`: how good broadcast orbits and clocks were, judged by precise ones."""

from __future__ import annotations

import sys
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from moonstead.cli.gnss.files import letters_of, sorted_files
from moonstead.cli.output import AsJson, DataFolder, open_data, print_json, print_table

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from moonstead.formats.gnss_faults import Fault
    from moonstead.formats.sp3 import PreciseOrbits
    from moonstead.navigation.monitoring.day import MonitoredGroup, Monitoring
    from moonstead.navigation.monitoring.sisre import SisreRow

NAME = "sisre"
METRES = ("radial_mean", "radial_std", "along_std", "cross_std", "along_rms", "cross_rms", "clock_rms", "sisre_rms")
MORE_METRES = ("sisre_median", "sisre_95", "sisre_unbiased_rms", "orbit_rms")
HEADINGS = ("pairs", "radial", "std", "along", "cross", "clock", "SISRE", "median", "95 %", "unbiased", "orbit")
SHOWN = ("radial_mean", "radial_std", "along_rms", "cross_rms", "clock_rms", "sisre_rms", *MORE_METRES)
ANTENNA = ("radial_mean", "sisre_rms", "sisre_95", "orbit_rms")  # told with antenna offsets applied too
MASK = 5.0  # [deg] of the maps of dilution
MOST_EVENTS = 20  # in words; JSON has them all


class By(StrEnum):
    """What a row of the table is about."""

    SATELLITE = "satellite"
    BLOCK = "block"
    AGE = "age"


def command(
    files: Annotated[
        list[Path], typer.Argument(metavar="NAV SP3...", help="RINEX navigation and SP3 files, in any order.")
    ],
    systems: Annotated[str | None, typer.Option(metavar="LETTERS", help="Such as RC; all if left out.")] = None,
    by: Annotated[By, typer.Option(help="Rows of the table in words; JSON has all.")] = By.BLOCK,
    kind: Annotated[
        list[str] | None, typer.Option(metavar="E=FNAV", help="Kind of message of a system; may be repeated.")
    ] = None,
    antex: Annotated[
        Path | None, typer.Option(metavar="FILE", help="ANTEX file; the shipped table of antennas if left out.")
    ] = None,
    as_json: AsJson = False,
    data: DataFolder = None,
) -> None:
    """Compare broadcast messages with precise orbits and clocks: SISRE, integrity, time offsets, indicators.

    A group shares a system time and signals. The median of its clocks is removed at each epoch and the mean of its
    radial errors over all: messages are of antennas, precise orbits of centres of mass. `unbiased` has each
    satellite's mean removed too. Along and cross are root mean squares; all numbers are metres. `antenna` is the SISRE
    with antenna offsets of the IGS applied and no radial mean removed; operators may mean another point by "antenna".
    """
    from moonstead.formats.rinex_navigation import read_navigation
    from moonstead.formats.sp3 import read_sp3
    from moonstead.foundation.errors import InvalidInput
    from moonstead.navigation.monitoring.day import monitor

    navigation, precise = sorted_files(files)
    if not (navigation and precise):
        missing = "an SP3 file" if navigation else "a RINEX navigation file"
        raise InvalidInput(f"messages are judged by precise orbits: {missing} is missing among the files")
    letters = letters_of(systems)
    messages, orbits = read_navigation(navigation, systems=letters), read_sp3(precise)
    offsets, why = _offsets(orbits, antex, data)
    found = monitor(messages, orbits, systems=letters, kinds=_kinds(kind or []), offsets=offsets)
    if as_json:
        answer = _answer(found, navigation, precise, (*messages.faults, *orbits.faults))
        print_json(answer | {"antenna_offsets": why})
    else:
        _print(found, by, len(messages.faults) + len(orbits.faults), why)


def _offsets(orbits: PreciseOrbits, antex: Path | None, data: Path | None) -> tuple[NDArray[np.float64] | None, str]:
    """Antenna offsets, and where they come from or why there are none."""
    from moonstead.formats.antex import read_antex
    from moonstead.foundation.errors import MissingData
    from moonstead.navigation.monitoring.antenna_offsets import antenna_offsets

    file = None if antex is None else read_antex(antex)
    try:
        return antenna_offsets(orbits, open_data(data), file), "shipped table" if antex is None else str(antex)
    except MissingData as error:
        if antex is not None:
            raise
        return None, f"none: {error}"


def _kinds(words: list[str]) -> dict[str, str]:
    from moonstead.foundation.errors import InvalidInput

    pairs = [word.upper().split("=") for word in words]
    if any(len(pair) != 2 for pair in pairs):
        raise InvalidInput(f"--kind is a system and its message, such as E=FNAV; got {' '.join(words)!r}")
    return {system: kind for system, kind in pairs}


def _answer(
    found: Monitoring, navigation: list[Path], precise: list[Path], faults: tuple[Fault, ...]
) -> dict[str, Any]:
    from moonstead.formats.gnss_time import gpst_text

    return {
        "navigation": [str(path) for path in navigation],
        "precise": [str(path) for path in precise],
        "from_gpst": gpst_text(found.span[0]),
        "until_gpst": gpst_text(found.span[1]),
        "radial_reference": "mean of each group removed: antennas against centres of mass",
        "clock_reference": "median of each group removed at each epoch",
        "rows": [row for each in found.groups for row in _group_rows(each)],
        "satellites": [_row(row, each) for each in found.groups for row in each.satellites],
        "ages": [
            {
                "system": each.group.system,
                "block": age.name,
                "from_age_s": age.from_age,
                "to_age_s": age.to_age,
                "pairs": age.pairs,
                "sisre_rms_m": age.sisre_rms,
                "sisre_95_m": age.sisre_95,
                "sisre_unbiased_rms_m": age.unbiased_rms,
            }
            for each in found.groups
            for age in each.ages
        ],
        "systems": [
            {
                "system": one.system,
                "satellites": one.satellites,
                "out_of_service": list(one.out_of_service),
                "pairs": one.pairs,
                "sisre_rms_m": one.sisre_rms,
                "sisre_95_m": one.sisre_95,
                "message_share": one.message_share,
                "healthy_share": one.healthy_share,
                "continuity_hour": one.continuity_hour,
                "continuity_trials": one.continuity_trials,
            }
            for one in found.systems
        ],
        "events": [
            {
                "satellite": event.satellite,
                "kind": event.kind,
                "from_gpst": gpst_text(event.start),
                "until_gpst": gpst_text(event.stop),
                "epochs": event.epochs,
                "error_m": event.error,
                "limit_m": event.limit,
            }
            for event in found.events
        ],
        "time_offsets_told": [
            {
                "kind": one.kind,
                "text": one.text,
                "offset_ns": one.offset * 1e9,
                "rate_ns_d": one.rate * 1e9 * 86_400.0,
                "spread_ns": one.spread * 1e9,
                "said": one.said,
                "promised_ns": one.promised * 1e9,
                "source": one.source,
            }
            for one in found.told
        ],
        "time_offsets_shown": [
            {
                "group": one.name,
                "reference": one.reference,
                "offset_ns": one.offset * 1e9,
                "rate_ns_d": one.rate * 1e9 * 86_400.0,
                "scatter_ns": one.scatter * 1e9,
                "epochs": one.epochs,
            }
            for one in found.shown
        ],
        "geometry": [
            {
                "systems": letters,
                "mask_deg": MASK,
                "pdop_6_availability": one.availability,
                "worst_site_availability": float(one.fraction.min()),
                "pdop_median": one.percentile(0.5),
                "pdop_median_by_area": one.percentile(0.5, by_area=True),
                "mean_visible": one.mean_visible,
            }
            for letters, one in found.maps.items()
        ],
        "indicators": [asdict(one) for one in found.indicators],
        "faults": [str(fault) for fault in faults],
    }


def _group_rows(each: MonitoredGroup) -> list[dict[str, Any]]:
    """Row of the group, and of its blocks where there are several."""
    return [_row(row, each) for row in (each.row, *_several(each.blocks))]


def _row(row: SisreRow, each: MonitoredGroup) -> dict[str, Any]:
    values = asdict(row)
    counts = {key: values[key] for key in ("satellites", "pairs", "gross", "clocks")}
    metres = {f"{key}_m": values[key] for key in (*METRES, *MORE_METRES)}
    told = {"system": each.group.system, "block": row.name, "group": each.row.name, **counts, **metres}
    if row.name in each.with_offsets:
        moved = asdict(each.with_offsets[row.name])
        told |= {f"{key}_antenna_m": moved[key] for key in ANTENNA}
        told |= {"pairs_antenna": moved["pairs"]}
    return told


def _print(found: Monitoring, by: By, faults: int, why: str) -> None:
    from moonstead.formats.gnss_time import gpst_text

    sys.stdout.write(f"{gpst_text(found.span[0])} to {gpst_text(found.span[1])}, metres\n")
    if by is By.AGE:
        rows = [
            [age.name, f"{age.from_age:.0f} to {age.to_age:.0f}", str(age.pairs)]
            + [f"{value:.2f}" for value in (age.sisre_rms, age.sisre_95, age.unbiased_rms)]
            for each in found.groups
            for age in each.ages
        ]
        print_table(["group", "age, s", "pairs", "SISRE", "95 %", "unbiased"], rows, right=range(1, 6))
    else:
        chosen = [
            (row, each.with_offsets.get(row.name))
            for each in found.groups
            for row in (each.satellites if by is By.SATELLITE else (each.row, *_several(each.blocks)))
        ]
        cells = [
            [
                row.name,
                str(row.pairs),
                *(f"{getattr(row, key):.2f}" for key in SHOWN),
                f"{moved.sisre_rms:.2f}" if moved else "-",
            ]
            for row, moved in chosen
        ]
        print_table([by.value, *HEADINGS, "antenna"], cells, right=range(1, 13))
    sys.stdout.write(f"antenna offsets: {why}\n")
    _print_systems(found)
    for event in found.events[:MOST_EVENTS]:
        size = f", {event.error:.1f} m against {event.limit:.1f} m" if event.error == event.error else ""
        when = f"{gpst_text(event.start)} to {gpst_text(event.stop)}"
        sys.stdout.write(f"{event.satellite} {event.kind}: {when}{size}\n")
    if len(found.events) > MOST_EVENTS:
        sys.stdout.write(f"... and {len(found.events) - MOST_EVENTS} more events; --json has all\n")
    if faults:
        sys.stdout.write(f"{faults} faults in the files; --json names them\n")


def _several(blocks: tuple[SisreRow, ...]) -> tuple[SisreRow, ...]:
    return blocks if len(blocks) > 1 else ()


def _print_systems(found: Monitoring) -> None:
    sys.stdout.write("\n")
    for one in found.systems:
        idle = f", out of service {' '.join(one.out_of_service)}" if one.out_of_service else ""
        sys.stdout.write(
            f"{one.system}: SISRE {one.sisre_rms:.2f} m, 95 % {one.sisre_95:.2f} m; {one.satellites} satellites{idle}; "
            f"messages for {one.message_share:.1%} of the epochs, {one.healthy_share:.2%} of them healthy\n"
        )
    for letters, sky in found.maps.items():
        sys.stdout.write(
            f"{letters}: PDOP within 6 for {sky.availability:.2%} of the time, worst cell {sky.fraction.min():.1%}, "
            f"median {sky.percentile(0.5):.2f}\n"
        )
    for offset in found.told:
        sys.stdout.write(f"{offset.kind}: {offset.text} {offset.offset * 1e9:+.2f} ns\n")
    for mark in found.indicators:
        verdict = "met" if mark.met else "not met"
        known = "" if mark.known == "quoted" else ", limit recalled"
        sys.stdout.write(
            f"{mark.system} {mark.name} {mark.value:.5g} against {mark.limit:g}: {verdict} over this span "
            f"({mark.source}{known})\n"
        )
