"""Decay: windows of re-entry of the objects whose histories a scenario names, as known at its date and before."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from moonstead.foundation.errors import MoonsteadError
from moonstead.run.moments import utc_text
from moonstead.run.store import file_hash
from moonstead.run.tables import Table
from moonstead.run.task import Figure, Task, TaskInputs, TaskOutput
from moonstead.scenario.common import epoch_of
from moonstead.scenario.scenario import Scenario

if TYPE_CHECKING:
    from moonstead.dynamics.mean_elements import MeanElements
    from moonstead.monitoring.decay.reentry import ReentryWindow
    from moonstead.monitoring.decay.risk_strip import RiskStrip

DAY = 86_400.0  # [s]
EARLIER = 4  # predictions as of earlier dates
MOST_ROWS = 2000  # of a history that is shown
EQUATORIAL_RADIUS = 6_378_137.0  # [m] that mean altitudes are counted from
DATASETS = ("egm2008-36", "earth-orientation", "earth-orientation-final")


def plan(scenario: Scenario) -> list[Task]:
    """One task for each history."""
    asked = scenario.monitoring
    if asked is None or asked.space_weather is None:
        return []
    weather = {"space_weather": str(asked.space_weather), "weather_sha256": _hash(asked.space_weather)}
    as_of = None if asked.as_of is None else epoch_of(asked.as_of).tdb()
    return [
        Task(
            f"decay.{number}",
            f"Decay in {path.name}",
            f"{__name__}:decay",
            {"history": str(path), "sha256": _hash(path), "as_of": as_of, "number": number, **weather},
            (),
            DATASETS,
        )
        for number, path in enumerate(asked.histories, start=1)
    ]


def decay(inputs: TaskInputs) -> TaskOutput:
    """Windows as of the date and of earlier ones, altitudes of the history, track of the last revolutions."""
    from moonstead.formats.mean_elements_file import read_mean_elements
    from moonstead.foundation.space_weather import SpaceWeather
    from moonstead.monitoring.decay.reentry import reentry
    from moonstead.monitoring.decay.risk_strip import risk_strip

    said = inputs.fragment
    elements = read_mean_elements(said["history"]).elements
    name = _name(elements, said["history"])
    as_of = float(elements.tdb.max()) + 1.0 if said["as_of"] is None else said["as_of"]
    history = _history(elements, said["number"])
    facts: dict[str, Any] = {"name": name, "as_of_utc": str(utc_text(as_of)[0]), "why_not": None}
    try:
        weather = SpaceWeather.from_file(said["space_weather"])
        window = reentry(elements, as_of, weather, inputs.data)
        strip = risk_strip(window, inputs.data)
    except MoonsteadError as error:
        facts["why_not"] = str(error)
        return TaskOutput((history,), facts=facts, warnings=(f"{name}: no window of re-entry, {error}",))
    windows = [window]
    first = float(elements.tdb.min())
    for date in window.last_set - (window.last_set - first) * np.linspace(0.75, 0.1, EARLIER):
        try:
            windows.append(reentry(elements, float(date), weather, inputs.data))
        except MoonsteadError:
            continue  # a young history tells nothing yet; the table shows from when on it does
    facts |= _facts(window, strip)
    low, high = window.window_90
    how = (
        f"{window.fit.sets} element sets to {facts['last_set_utc']}, drag averaged in NRLMSIS, last revolutions flown; "
        "windows by past errors of space weather and of predictions"
    )
    figures = (
        Figure(f"{name}: re-entry, median", facts["median_utc"], "UTC", how),
        Figure(f"{name}: 90 % window of re-entry", (high - low) / DAY, "d", how),
    )
    tables = (_windows(windows, said["number"]), _track(strip, said["number"]), history)
    return TaskOutput(tables, figures=figures, facts=facts, models=("sgp4", "nrlmsis", "reentry-windows"))


def _hash(path: Path) -> str:
    return file_hash(path) if path.is_file() else ""


def _name(elements: MeanElements, path: str) -> str:
    number, name = int(elements.object_id[0]), elements.name[-1]
    return f"{name} ({number})" if name else f"object {number} ({Path(path).name})"


def _facts(window: ReentryWindow, strip: RiskStrip) -> dict[str, Any]:
    reach = float(window.orbit.inclination[0])
    moments = utc_text([window.median, window.last_set, *window.window_90, *window.window_50]).tolist()
    return {
        "median_utc": moments[0],
        "last_set_utc": moments[1],
        "window_90": moments[2:4],
        "window_50": moments[4:],
        "ballistic_coefficient": window.ballistic_coefficient,
        "ballistic_coefficient_90": list(window.coefficient_90),
        "largest_latitude": min(reach, np.pi - reach),
        "revolutions_90": strip.revolutions_90,
        "length_90": strip.length_90,
        "band_edges": strip.band_edges.tolist(),
        "band_share": strip.band_share.tolist(),
        "notes": list(window.notes),
    }


def _windows(windows: list[ReentryWindow], number: int) -> Table:
    windows = sorted(windows, key=lambda one: one.as_of)
    columns = {
        "tdb": np.array([one.as_of for one in windows]),
        "median": np.array([one.median for one in windows]),
        "low_90": np.array([one.window_90[0] for one in windows]),
        "high_90": np.array([one.window_90[1] for one in windows]),
        "low_50": np.array([one.window_50[0] for one in windows]),
        "high_50": np.array([one.window_50[1] for one in windows]),
    }
    utc = {f"{name}_utc": utc_text(values) for name, values in columns.items()}
    coefficient = {"ballistic_coefficient": np.array([one.ballistic_coefficient for one in windows])}
    units = {
        **dict.fromkeys(columns, "s TDB past J2000"),
        **dict.fromkeys(utc, "UTC"),
        "ballistic_coefficient": "m2/kg",
    }
    what = "Re-entry as it could be foretold at each date: median, windows of 50 and 90 %, ballistic coefficient."
    return Table(f"decay.{number}", {**columns, **utc, **coefficient}, units, what)


def _track(strip: RiskStrip, number: int) -> Table:
    return Table(
        f"decay-track.{number}",
        {
            "tdb": strip.tdb,
            "utc": utc_text(strip.tdb),
            "longitude": strip.longitude,
            "latitude": strip.latitude,
            "height": strip.height,
        },
        {"tdb": "s TDB past J2000", "utc": "UTC", "longitude": "rad", "latitude": "rad", "height": "m"},
        "Expected track of the last revolutions, to the median of the re-entry.",
    )


def _history(elements: MeanElements, number: int) -> Table:
    order = np.argsort(elements.tdb, kind="stable")
    order = order[np.unique(np.linspace(0, order.size - 1, MOST_ROWS).astype(np.int64))]
    few = elements.select(order)
    return Table(
        f"decay-history.{number}",
        {
            "tdb": few.tdb,
            "utc": utc_text(few.tdb),
            "mean_altitude": few.semi_major_axis - EQUATORIAL_RADIUS,
            "perigee_altitude": few.perigee_distance - EQUATORIAL_RADIUS,
            "apogee_altitude": few.apogee_distance - EQUATORIAL_RADIUS,
        },
        {
            "tdb": "s TDB past J2000",
            "utc": "UTC",
            **dict.fromkeys(("mean_altitude", "perigee_altitude", "apogee_altitude"), "m"),
        },
        "Altitudes of the element sets over 6378.137 km, thinned where there are more than 2000.",
    )
