"""Dates that can be known to fail: of the scenario against the data, and of facilities against the scenario."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from datetime import datetime

from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import MissingData, MoonsteadError
from moonstead.scenario.common import epoch_of
from moonstead.scenario.load import LoadedScenario
from moonstead.scenario.problems import Problem

LIGHT_TIME_MARGIN = 600.0  # [s] the Sun is seen where it was up to 508 s ago


def date_problems(loaded: LoadedScenario, data: DataContext) -> Iterator[Problem]:
    """Ends of the scenario that ephemerides, orientations or leap seconds do not reach."""
    scenario = loaded.scenario
    told: set[tuple[str, str]] = set()
    for name, first, last in _spans(loaded, data):
        if isinstance(first, MoonsteadError):
            yield loaded.problem((), str(first), "see `moonstead data` for what is installed", "data")
            continue
        for key, time in (("start", scenario.start), ("stop", scenario.stop)):
            try:
                tdb = epoch_of(time).tdb()
            except MoonsteadError as error:
                if (key, str(error)) not in told:
                    told.add((key, str(error)))
                    yield loaded.problem((key,), str(error), "choose a later date", "data")
                continue
            if not first <= tdb <= last:
                from moonstead.foundation.ephemeris.calendar import span_text

                yield loaded.problem(
                    (key,),
                    f"{date_text(time)} is outside {name}, which covers {span_text(first, last)}",
                    "choose a date inside, or give a folder with a longer one by --data",
                    "data",
                )


def service_problems(loaded: LoadedScenario) -> Iterator[Problem]:
    """Facilities that start after the scenario ends, or end before it starts."""
    scenario = loaded.scenario
    for index, facility in enumerate(scenario.facilities):
        if facility.since is not None and facility.since >= scenario.stop:
            message = f'"{facility.id}" starts to work on {date_text(facility.since)}, after the scenario ends'
            yield loaded.problem(("facility", index, "since"), message, "move it, or leave the facility out")
        if facility.until is not None and facility.until <= scenario.start:
            message = f'"{facility.id}" ends to work on {date_text(facility.until)}, before the scenario starts'
            yield loaded.problem(("facility", index, "until"), message, "move it, or leave the facility out")


def date_text(time: datetime) -> str:
    """Date of a scenario as messages write it, to the minute."""
    return time.strftime("%Y-%m-%d %H:%M UTC")


def _spans(loaded: LoadedScenario, data: DataContext) -> Iterator[tuple[str, float | MoonsteadError, float]]:
    """Name, first and last usable time [s TDB past J2000] of what every run needs; an error in place of a time."""
    wanted: tuple[tuple[str, Callable[[], tuple[float, float]]], ...] = (
        ("the planetary ephemeris", lambda: _planetary_span(data)),
        ("the orientation of the Moon", lambda: data.lunar_orientation.span),
    )
    for name, span in wanted:
        try:
            first, last = span()
        except MoonsteadError as error:
            yield name, error, math.nan
        else:
            yield name, first + LIGHT_TIME_MARGIN, last
    if loaded.scenario.ground_stations:
        try:
            data.dataset("earth-orientation")
        except MissingData as error:
            yield "the orientation of the Earth", error, math.nan


def _planetary_span(data: DataContext) -> tuple[float, float]:
    spans = [data.ephemeris.span(name, "MOON") for name in ("SUN", "EARTH")]
    return max(first for first, _ in spans), min(last for _, last in spans)
