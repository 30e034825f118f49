"""Made-up surveys: which stations see a body on which night, and what they would write down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moonstead.formats.astrometry_rows import Observations, blank_rows, observations_of
from moonstead.foundation.constants import ARCSECOND, SECONDS_PER_DAY
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.time.epoch import Epoch
from moonstead.smallbodies.astrometry.prepare import prepare_observations
from moonstead.smallbodies.watch.observability import dark_and_high
from moonstead.smallbodies.watch.sensors import sensor, sensor_place
from moonstead.smallbodies.watch.sky_place import sky_places

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext
    from moonstead.smallbodies.motion.flight import Flight

Array = NDArray[np.float64]

STATIONS = ("G96", "703", "F51", "T05", "W68", "M22", "I41", "W85", "K92")
LOOK = 1200.0  # [s] between two looks for a dark sky
PER_TRACKLET = 4
TRACKLET = 1800.0  # [s] from the first position of a tracklet to the last
PLACE_DIGIT, TIME_DIGIT = 0.01 * ARCSECOND, 0.01  # [rad], [s] last digits that are written


def plan_survey(
    flight: Flight,
    start: float,
    night_count: int,
    rng: np.random.Generator,
    data: DataContext,
    *,
    stations: Sequence[str] = STATIONS,
    per_night: int = 2,
) -> tuple[Array, tuple[str, ...]]:
    """Times and stations of tracklets of a body, night by night.

    Parameters
    ----------
    flight : Flight
        The body, over all nights and the light time before.
    start : float [s TDB past J2000]
        Begin of the first night's 24 hours.
    night_count : int
        How many nights in a row.
    rng : numpy.random.Generator
        Which stations have clear sky is chance.
    data : DataContext
        Where ephemeris, orientation and stations come from.
    stations : sequence of str
        Codes, all in the table of sensors.
    per_night : int
        Most tracklets in a night, each from another station.

    Returns
    -------
    tdb : (N,) [s TDB past J2000]
        Rising; empty where no station ever sees the body high and in the dark.
    codes : tuple of N str
        Station of each.

    Raises
    ------
    InvalidInput
        There is no night to plan.

    Source
    ------
    Geometry; brightness is left out: the body is as large as it has to be.
    """
    if night_count < 1:
        raise InvalidInput(f"a survey needs at least one night; got {night_count!r}")
    looks = np.arange(0.0, SECONDS_PER_DAY, LOOK)
    times: list[float] = []
    codes: list[str] = []
    for night in range(night_count):
        grid = start + night * SECONDS_PER_DAY + looks
        seen = 0
        for code in rng.permutation(stations).tolist():
            if seen == per_night:
                break
            good = np.flatnonzero(dark_and_high(flight, sensor(code), grid, data))
            if not good.size:
                continue
            first = grid[rng.choice(good)]
            times += np.linspace(first, first + TRACKLET, PER_TRACKLET).tolist()
            codes += [code] * PER_TRACKLET
            seen += 1
    order = np.argsort(times, kind="stable")
    return np.array(times)[order], tuple(codes[k] for k in order)


def observe_survey(
    flight: Flight, tdb: Array, codes: Sequence[str], rng: np.random.Generator | None, data: DataContext
) -> Observations:
    """What stations would report of a body, with the errors that an orbit fit assumes of them.

    Parameters
    ----------
    flight : Flight
        The body as it truly moves.
    tdb : (N,) [s TDB past J2000]
        Times.
    codes : sequence of N str
        Stations.
    rng : numpy.random.Generator or None
        Where errors of places and clocks come from; None for a perfect survey.
    data : DataContext
        Where ephemeris, orientation and stations come from.

    Returns
    -------
    Observations
        As a file of them would give them.

    Source
    ------
    Normal errors of `astrometry.weights` and `astrometry.timing`, independent from row to row.
    """
    times = np.asarray(tdb, dtype=np.float64)
    columns = blank_rows(times.size)
    for name, value in (("objects", "SYNTH1"), ("band", "G"), ("catalogue", "V"), ("mode", "CCD")):
        columns[name] = np.full(times.size, value)
    columns["tdb"], columns["station"] = times, np.array(codes, dtype=np.str_)
    columns["utc"] = np.array([Epoch.from_tdb(float(time)).text("UTC", 2) for time in times], dtype=np.str_)
    columns["time_resolution"] = np.full(times.size, TIME_DIGIT)
    columns["resolution"] = np.full((times.size, 2), PLACE_DIGIT)
    columns["line"] = np.arange(1, times.size + 1)
    columns["right_ascension"], columns["declination"] = _places(flight, times, codes, data)
    perfect = observations_of(columns, source="simulated survey")
    if rng is None:
        return perfect
    noise = prepare_observations(perfect, data)
    late = times + noise.timing * rng.standard_normal(times.size)
    right_ascension, declination = _places(flight, late, codes, data)
    off = noise.sigma * rng.standard_normal((times.size, 2))
    return replace(
        perfect,
        right_ascension=np.mod(right_ascension + off[:, 0] / np.cos(declination), 2.0 * np.pi),
        declination=declination + off[:, 1],
    )


def _places(flight: Flight, tdb: Array, codes: Sequence[str], data: DataContext) -> tuple[Array, Array]:
    right_ascension, declination = np.empty(tdb.size), np.empty(tdb.size)
    stations = np.array(codes, dtype=np.str_)
    for code in np.unique(stations):
        rows = stations == code
        places = sky_places(flight, sensor_place(sensor(str(code)), data), tdb[rows], data)
        right_ascension[rows], declination[rows] = places.right_ascension, places.declination
    return right_ascension, declination
