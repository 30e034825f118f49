"""The ground segment: the Earth's navigation systems judged by precise products, and receivers positioned.

Tables, in SI (angles [rad], times [s TDB past J2000] in `tdb` beside `utc`):

``navigation-day``, facts `agency`, `start_utc`, `stop_utc`, `antenna_offsets`, `mask`, `systems` (list of `system`,
`satellites`, `out_of_service`, `pairs`, `sisre_rms`, `sisre_95`, `message_share`, `healthy_share`, `continuity_hour`,
`continuity_trials`), `maps` (list of `systems`, `availability`, `worst`, `pdop_median`, `pdop_median_by_area`,
`mean_visible`), `faults`, `fault_count`, `why_not`
  ``navigation-sisre``         system, group, kind (``"group"``, ``"block"``, ``"satellite"``), name, counts, errors
  ``navigation-range-errors``  group, satellite, tdb, age, sisre, unbiased
  ``navigation-ages``          group, from_age, to_age, pairs, sisre_rms, sisre_95, unbiased_rms
  ``navigation-events``        satellite, kind, start_utc, stop_utc, epochs, error, limit
  ``navigation-dilution``      systems, latitude, longitude, availability, pdop, visible, least_visible
  ``navigation-times``         by (``"told"``, ``"shown"``), kind, text, offset, rate, spread, promised, source
  ``navigation-indicators``    system, indicator, value, limit, at_most, met, span, source, known

``navigation-station.ID``, facts `name`, `mode`, `method`, `systems`, `orbits`, `point`, `against`, `epochs`, `solved`,
`rms_3d`, `p95_3d`, `median_3d`, `mean`, `scatter` (east, north, up), `place`, `status`, `why_not`
  ``navigation-station.ID``      tdb, utc, status, east, north, up, distance, used, pdop
  ``navigation-station-sky.ID``  satellite, tdb, azimuth, elevation, residual, used
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from moonstead.foundation.errors import MoonsteadError
from moonstead.run.navigation_day import navigation_day
from moonstead.run.navigation_station import navigation_station
from moonstead.run.store import file_hash
from moonstead.run.task import Task, TaskInputs, TaskOutput
from moonstead.scenario.load import plain
from moonstead.scenario.navigation import Navigation
from moonstead.scenario.scenario import Scenario

DAY = "navigation-day"
DATASETS = ("de440s", "earth-orientation", "earth-orientation-final")


def plan(scenario: Scenario) -> list[Task]:
    """One task for the systems, where they can be judged, and one for each station."""
    asked = scenario.navigation
    if asked is None:
        return []
    files = _files(asked)
    tasks = []
    if files["navigation_files"] and files["orbit_files"]:
        said = files | {"mask": asked.mask}
        tasks.append(Task(DAY, "Navigation systems of the Earth", f"{__name__}:judge", said, (), DATASETS))
    for station in asked.stations:
        said = files | plain(station) | {"mask": asked.mask, "sha256_observations": _hash(station.observations)}
        title = f"Positions of {station.id}"
        tasks.append(Task(f"navigation-station.{station.id}", title, f"{__name__}:position", said, (), DATASETS))
    return tasks


def judge(inputs: TaskInputs) -> TaskOutput:
    """Judge broadcast messages by precise orbits and clocks."""
    return navigation_day(inputs.fragment, inputs.data)


def position(inputs: TaskInputs) -> TaskOutput:
    """Position a receiver."""
    return navigation_station(inputs.fragment, inputs.data)


def _files(asked: Navigation) -> dict[str, Any]:
    """Files by what they are, each with the hash of its content."""
    clocks = [file for file in asked.precise_files if _is_clock(file)]
    return {
        "navigation_files": [str(file) for file in asked.navigation_files],
        "orbit_files": [str(file) for file in asked.precise_files if file not in clocks],
        "clock_files": [str(file) for file in clocks],
        "sha256": [_hash(file) for file in (*asked.navigation_files, *asked.precise_files)],
    }


def _is_clock(file: Path) -> bool:
    """Whether a file holds clocks; one that cannot be opened is told of when it is read."""
    from moonstead.formats.gnss_files import open_text
    from moonstead.formats.gnss_inventory import file_kind

    try:
        return file_kind(open_text(file)) == "clock"
    except MoonsteadError:
        return False


def _hash(file: Path) -> str:
    return file_hash(file) if file.is_file() else ""
