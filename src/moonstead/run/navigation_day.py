"""What messages and precise products of the Earth's navigation systems say, as tables of a run."""

from __future__ import annotations

import math
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from moonstead.foundation.errors import MissingData, MoonsteadError
from moonstead.run.moments import utc_text
from moonstead.run.tables import Table
from moonstead.run.task import Figure, TaskOutput
from moonstead.run.threat_tables import plain_table

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext
    from moonstead.navigation.monitoring.day import MonitoredGroup, Monitoring

MODELS = ("broadcast-messages", "sisre", "dilution")
METRES = (
    "radial_mean",
    "radial_std",
    "along_rms",
    "cross_rms",
    "along_std",
    "cross_std",
    "clock_rms",
    "sisre_rms",
    "sisre_median",
    "sisre_95",
    "sisre_unbiased_rms",
    "orbit_rms",
)
ANTENNA = ("radial_mean", "sisre_rms", "sisre_95")  # with antenna offsets applied too
COUNTS = ("satellites", "pairs", "gross", "clocks")


def navigation_day(said: dict[str, Any], data: DataContext) -> TaskOutput:
    """Judge broadcast messages by precise orbits and clocks: range errors, events, maps, time offsets."""
    from moonstead.formats.rinex_navigation import read_navigation
    from moonstead.formats.sp3 import read_sp3
    from moonstead.navigation.monitoring.antenna_offsets import antenna_offsets
    from moonstead.navigation.monitoring.day import monitor

    try:
        messages = read_navigation([Path(file) for file in said["navigation_files"]])
        orbits = read_sp3([Path(file) for file in said["orbit_files"]])
        try:
            offsets, why = antenna_offsets(orbits, data), "table of the package"
        except MissingData as error:
            offsets, why = None, f"not applied: {error}"
        found = monitor(messages, orbits, offsets=offsets, mask=said["mask"])
    except MoonsteadError as error:
        return TaskOutput(facts={"why_not": str(error)}, warnings=(f"navigation systems: {error}",))
    faults = (*messages.faults, *orbits.faults)
    facts: dict[str, Any] = {
        "why_not": None,
        "agency": orbits.agency,
        "start_utc": _utc(found.span[0]),
        "stop_utc": _utc(found.span[1]),
        "antenna_offsets": why,
        "mask": said["mask"],
        "systems": [_plain(asdict(one)) for one in found.systems],
        "maps": [
            {
                "systems": letters,
                "availability": sky.availability,
                "worst": float(sky.fraction.min()),
                "pdop_median": sky.percentile(0.5),
                "pdop_median_by_area": sky.percentile(0.5, by_area=True),
                "mean_visible": sky.mean_visible,
            }
            for letters, sky in found.maps.items()
        ],
        "faults": [str(fault) for fault in faults[:20]],
        "fault_count": len(faults),
    }
    warnings = (f"files of navigation: {len(faults)} faults, the first: {faults[0]}",) if faults else ()
    return TaskOutput(_tables(found), figures=_figures(found), facts=_plain(facts), warnings=warnings, models=MODELS)


def _tables(found: Monitoring) -> tuple[Table, ...]:
    return (
        _sisre(found),
        _series(found),
        _ages(found),
        _events(found),
        _maps(found),
        _times(found),
        _indicators(found),
    )


def _sisre(found: Monitoring) -> Table:
    """Groups, blocks and satellites; `kind` tells which."""
    rows = []
    for each in found.groups:
        parts = [("group", each.row), *(("satellite", row) for row in each.satellites)]
        if len(each.blocks) > 1:
            parts += [("block", row) for row in each.blocks]
        for kind, row in parts:
            moved = each.with_offsets.get(row.name)
            with_offsets = [getattr(moved, key) if moved else math.nan for key in ANTENNA]
            values = [getattr(row, key) for key in (*COUNTS, *METRES)]
            rows.append((each.group.system, each.row.name, kind, row.name, *values, *with_offsets))
    units = {"system": "text", "group": "text", "kind": "text", "name": "text"} | dict.fromkeys(COUNTS, "1")
    units |= dict.fromkeys(METRES, "m") | {f"{key}_antenna": "m" for key in ANTENNA}
    text = "Broadcast less precise orbits and clocks: a group, one of its blocks or satellites."
    return plain_table("navigation-sisre", rows, units, text)


def _series(found: Monitoring) -> Table:
    """Range error of every satellite at every epoch."""
    from moonstead.navigation.time import tdb_from_gpst

    parts: dict[str, list[Any]] = {key: [] for key in ("group", "satellite", "tdb", "age", "sisre", "unbiased")}
    for each in found.groups:
        epoch, column = np.nonzero(np.isfinite(each.seen.sisre))
        parts["group"].append(np.full(epoch.size, each.row.name))
        parts["satellite"].append(np.array(each.errors.satellites)[column])
        parts["tdb"].append(tdb_from_gpst(each.errors.gpst[epoch]))
        for key, values in (("age", each.errors.age), ("sisre", each.seen.sisre), ("unbiased", each.seen.unbiased)):
            parts[key].append(values[epoch, column])
    return Table(
        "navigation-range-errors",
        {key: np.concatenate(values) for key, values in parts.items()},
        {"group": "text", "satellite": "text", "tdb": "s TDB past J2000", "age": "s", "sisre": "m", "unbiased": "m"},
        "Range error of one satellite at one epoch, and with the satellite's mean removed.",
    )


def _ages(found: Monitoring) -> Table:
    rows = [
        (age.name, age.from_age, age.to_age, age.pairs, age.sisre_rms, age.sisre_95, age.unbiased_rms)
        for each in found.groups
        for age in each.ages
    ]
    units = {"group": "text", "from_age": "s", "to_age": "s", "pairs": "1", "sisre_rms": "m", "sisre_95": "m"}
    text = "Range errors of a group by the age of its messages: epoch less reference time."
    return plain_table("navigation-ages", rows, units | {"unbiased_rms": "m"}, text)


def _events(found: Monitoring) -> Table:
    rows = [
        (event.satellite, event.kind, _utc(event.start), _utc(event.stop), event.epochs, event.error, event.limit)
        for event in found.events
    ]
    units = {"satellite": "text", "kind": "text", "start_utc": "UTC", "stop_utc": "UTC", "epochs": "1"}
    text = "A satellite that misled, that warned, or whose clock jumped."
    return plain_table("navigation-events", rows, units | {"error": "m", "limit": "m"}, text)


def _maps(found: Monitoring) -> Table:
    rows = [
        (letters, *values)
        for letters, sky in found.maps.items()
        for values in zip(
            sky.grid.latitude, sky.grid.longitude, sky.fraction, sky.median, sky.visible, sky.least_visible, strict=True
        )
    ]
    units = {"systems": "text", "latitude": "rad", "longitude": "rad, east, western edge of the cell"}
    units |= {"availability": "1", "pdop": "1, median", "visible": "1, mean", "least_visible": "1"}
    text = "Share of the time with a dilution of position within 6, in one cell of the Earth."
    return plain_table("navigation-dilution", rows, units, text)


def _times(found: Monitoring) -> Table:
    rows: list[tuple[Any, ...]] = [
        ("told", one.kind, one.text, one.offset, one.rate, one.spread, one.promised, one.source) for one in found.told
    ]
    rows += [
        (
            "shown",
            one.name,
            f"clocks of {one.name} less {one.reference}",
            one.offset,
            one.rate,
            one.scatter,
            math.nan,
            "",
        )
        for one in found.shown
    ]
    units = {"by": "text", "kind": "text", "text": "text", "offset": "s", "rate": "1", "spread": "s", "promised": "s"}
    text = "One time less another, as messages tell it or as clocks show it."
    return plain_table("navigation-times", rows, units | {"source": "text"}, text)


def _indicators(found: Monitoring) -> Table:
    rows = [
        (one.system, one.name, one.value, one.limit, one.at_most, one.met, one.standard_span, one.source, one.known)
        for one in found.indicators
    ]
    units = {"system": "text", "indicator": "text", "value": "m or 1", "limit": "m or 1", "at_most": "1", "met": "1"}
    text = "What was measured against what the operator promises; spans of promises are often longer."
    return plain_table("navigation-indicators", rows, units | {"span": "s", "source": "text", "known": "text"}, text)


def _figures(found: Monitoring) -> tuple[Figure, ...]:
    from moonstead.navigation.signals import SYSTEMS

    made = []
    for one in found.systems:
        name, worst = SYSTEMS[one.system], _worst(found.groups, one.system)
        how = f"broadcast against precise orbits, {one.pairs} pairs; real files; worst {worst}"
        made.append(Figure(f"{name}: range error of 95 % of its signals", one.sisre_95, "m", how))
    for letters, sky in found.maps.items():
        name = " and ".join(SYSTEMS[letter] for letter in letters)
        how = "share of area and time, mask of the scenario, satellites in service on precise orbits; real files"
        made.append(Figure(f"{name}: dilution of position within 6 over the Earth", sky.availability, "1", how))
    return tuple(made)


def _worst(groups: tuple[MonitoredGroup, ...], system: str) -> str:
    rows = [row for each in groups if each.group.system == system for row in each.satellites if row.clocks]
    worst = max(rows, key=lambda row: row.sisre_rms, default=None)
    return "none" if worst is None else f"{worst.name} with {worst.sisre_rms:.2f} m"


def _utc(gpst: float) -> str:
    from moonstead.navigation.time import tdb_from_gpst

    return str(utc_text(tdb_from_gpst(gpst))[0])


def _plain(value: Any) -> Any:
    """Values as JSON has them: None for what is not finite."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
