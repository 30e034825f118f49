"""A receiver of the Earth's navigation systems in a run: its positions, their errors and its sky."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from moonstead.foundation.errors import MissingData, MoonsteadError
from moonstead.run.moments import utc_text
from moonstead.run.tables import Table
from moonstead.run.task import Figure, TaskOutput

if TYPE_CHECKING:
    from moonstead.formats.rinex_observation import ObservationFile
    from moonstead.foundation.data import DataContext
    from moonstead.navigation.positioning.answer import PositionSeries
    from moonstead.navigation.satellite_states import SatelliteSource

SKY_EPOCHS = 300  # of the sky plot; more are thinned


def navigation_station(said: dict[str, Any], data: DataContext) -> TaskOutput:
    """Positions of a receiver, against its known place where there is one, else against their own median."""
    from moonstead.formats.rinex_observation import read_observations
    from moonstead.navigation.positioning.errors import position_errors

    name = said["id"]
    letters = "".join(said["systems"])
    try:
        observations = read_observations(Path(said["observations"]), systems=letters)
        series = _positions(said, letters, observations, data)
        place = said["truth"] or np.median(series.position[series.solved], axis=0).tolist()
        errors = position_errors(series, place)
    except MoonsteadError as error:
        return TaskOutput(facts={"name": name, "why_not": str(error)}, warnings=(f"station {name}: {error}",))
    known = said["truth"] is not None
    facts = {
        "name": name,
        "why_not": None,
        "mode": said["mode"],
        "method": series.method,
        "systems": letters,
        "orbits": "precise" if _by_precise(said) else "broadcast",
        "point": series.point,
        "against": "its known place" if known else "the median of its own positions",
        "epochs": errors.epochs,
        "solved": errors.solved,
        "rms_3d": errors.rms_3d,
        "p95_3d": errors.p95_3d,
        "median_3d": errors.median_3d,
        "mean": errors.mean.tolist(),
        "scatter": errors.scatter.tolist(),
        "place": [float(value) for value in place],
        "status": {str(word): int(np.sum(series.status == word)) for word in np.unique(series.status)},
    }
    how = f"{series.method}, {letters}, {facts['orbits']} orbits, against {facts['against']}; real observations"
    figure = Figure(f"{name}: error of 95 % of the positions", errors.p95_3d, "m", how)
    tables = (_series(name, series, errors), _sky(name, series))
    orbits = () if _by_precise(said) else ("broadcast-messages",)
    models = (*orbits, "ppp" if said["mode"] == "ppp" else "single-point")
    return TaskOutput(tables, figures=(figure,), facts=facts, models=models)


def _by_precise(said: dict[str, Any]) -> bool:
    return bool(said["orbit_files"]) and (said["mode"] == "ppp" or not said["navigation_files"])


def _positions(said: dict[str, Any], letters: str, observations: ObservationFile, data: DataContext) -> PositionSeries:
    from moonstead.formats.rinex_navigation import read_navigation
    from moonstead.navigation.positioning.messages import (
        glonass_channels,
        ionosphere_of_messages,
        source_of_messages,
    )
    from moonstead.navigation.positioning.single_point import single_point
    from moonstead.navigation.ppp.precise_point import precise_point

    files = [Path(file) for file in said["navigation_files"]]
    messages = read_navigation(files, systems=letters) if files else None
    if said["mode"] == "ppp":
        series: PositionSeries = precise_point(
            observations, _precise(said), data=data, systems=letters, mask=said["mask"]
        )
    else:
        series = single_point(
            observations,
            _precise(said) if messages is None else source_of_messages(messages),
            systems=letters,
            model=None if messages is None else ionosphere_of_messages(messages),
            mask=said["mask"],
            channels=glonass_channels(messages, observations),
        )
    if not series.solved.any():
        raise MissingData(f"no epoch of {said['observations']} is solved: {series.status[0]}")
    return series


def _precise(said: dict[str, Any]) -> SatelliteSource:
    from moonstead.formats.rinex_clock import read_clocks
    from moonstead.formats.sp3 import read_sp3
    from moonstead.navigation.precise.source import PreciseSource

    if not said["orbit_files"]:
        raise MissingData("precise point positioning needs an SP3 file among `precise_files`")
    clocks = [Path(file) for file in said["clock_files"]]
    return PreciseSource(
        read_sp3([Path(file) for file in said["orbit_files"]]), read_clocks(clocks) if clocks else None
    )


def _series(name: str, series: PositionSeries, errors: Any) -> Table:
    from moonstead.navigation.time import tdb_from_gpst

    tdb = tdb_from_gpst(series.gpst)
    return Table(
        f"navigation-station.{name}",
        {
            "tdb": tdb,
            "utc": utc_text(tdb),
            "status": series.status.astype(str),
            "east": errors.east,
            "north": errors.north,
            "up": errors.up,
            "distance": errors.distance,
            "used": series.used.sum(axis=1),
            "pdop": series.dilution[:, 1],
        },
        {
            "tdb": "s TDB past J2000",
            "utc": "UTC",
            "status": "text",
            "east": "m",
            "north": "m",
            "up": "m",
            "distance": "m",
            "used": "1",
            "pdop": "1",
        },
        "Error of the position at one epoch; NaN where it is not solved, and `status` says why.",
    )


def _sky(name: str, series: PositionSeries) -> Table:
    from moonstead.navigation.time import tdb_from_gpst

    thin = np.arange(0, series.gpst.size, max(1, math.ceil(series.gpst.size / SKY_EPOCHS)))
    seen = np.isfinite(series.elevation[thin]) & (series.used | series.excluded)[thin]
    satellite, epoch = np.nonzero(seen.T)
    rows = thin[epoch]
    return Table(
        f"navigation-station-sky.{name}",
        {
            "satellite": np.array(series.satellites)[satellite],
            "tdb": tdb_from_gpst(series.gpst[rows]),
            "azimuth": series.azimuth[rows, satellite],
            "elevation": series.elevation[rows, satellite],
            "residual": series.residuals[rows, satellite],
            "used": series.used[rows, satellite],
        },
        {
            "satellite": "text",
            "tdb": "s TDB past J2000",
            "azimuth": "rad from north over east",
            "elevation": "rad",
            "residual": "m",
            "used": "1",
        },
        "A satellite in the sky of the station, and how its measurement fits.",
    )
