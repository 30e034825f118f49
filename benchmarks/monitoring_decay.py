"""Re-entry windows and the station's fall against what came: `python -m benchmarks.monitoring_decay FOLDER`.

FOLDER holds `decay/`, `iss/`, `maneuver/` and `spaceweather/` as the tests have them.
"""

from __future__ import annotations

import argparse
import itertools
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.air_density import modified_julian_date
from moonstead.dynamics.atmosphere import nrlmsis_atmosphere
from moonstead.dynamics.forces import Drag, ForceModel
from moonstead.dynamics.mean_elements import MeanElements
from moonstead.dynamics.propagate import OrbitState, propagate
from moonstead.formats.mean_elements_file import read_mean_elements
from moonstead.formats.oem import read_oem
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import MoonsteadError
from moonstead.foundation.frames.frame import rotation
from moonstead.foundation.frames.standard import EME2000, ICRF
from moonstead.foundation.space_weather import SpaceWeather
from moonstead.foundation.time.epoch import Epoch
from moonstead.monitoring.decay.averaged_drag import MeanOrbits
from moonstead.monitoring.decay.drag_uncertainty import MODEL_SPREAD, along_axes, weather_spread
from moonstead.monitoring.decay.reentry import ReentryWindow, reentry
from moonstead.monitoring.decay.weather_forecast import forecast_weather

DAY = 86_400.0
CZ5B_DOWN = "2021-05-09T02:24:00"  # UTC, as published by CMSA
CZ5B_CUTS = (7.0, 5.5, 4.0, 3.5, 2.6, 1.2, 0.6, 0.5)  # [d] before
JUMP = 100.0  # [m/d] of the daily median of the axis off its usual rate: a manoeuvre
FREE = 12.0 * DAY  # [s] shortest span without manoeuvre that is looked at
NEAR = 0.75 * DAY  # [s] about the target within which sets tell its axis
CLEAR = 2000.0  # [m] of fall, from which the axes of elements, good to some tens of metres, tell the time that came
LIVES = np.geomspace(1.0, 100.0, 24)  # [d] before Shenzhou-11's last set


@dataclass(frozen=True)
class Case:
    """One prediction against what came."""

    name: str
    life: float  # [s] that came, from the last set
    error: float  # [1] of the median, relative to it
    in_50: bool
    in_90: bool
    width: float  # [1] of the 90 % window, relative to the life
    fall: float  # [m] of the axis meanwhile


def judged(name: str, window: ReentryWindow, truth: float, axis: float = 0.0) -> Case:
    life = truth - window.last_set
    low, high = window.window_90
    return Case(
        name,
        life,
        (window.median - truth) / life,
        window.window_50[0] <= truth <= window.window_50[1],
        low <= truth <= high,
        (high - low) / life,
        window.fit.semi_major_axis - axis,
    )


def cz5b(folder: Path, weather: SpaceWeather | None, data: DataContext) -> list[Case]:
    """The core stage of 2021 down to break-up."""
    history = read_mean_elements(folder / "decay" / "CZ5B_2021.tle").elements
    truth = Epoch.parse(CZ5B_DOWN).tdb()
    return [judged(f"CZ-5B {cut} d", reentry(history, truth - cut * DAY, weather, data), truth) for cut in CZ5B_CUTS]


def free_falls(folder: Path, weather: SpaceWeather | None, data: DataContext) -> dict[str, list[Case]]:
    """Objects that fell from one axis to another without manoeuvre: when they passed the lower one."""
    found: dict[str, list[Case]] = {}
    for name, path in (
        ("Shenzhou-11", "decay/Shenzhou11.tle.gz"),
        ("Tiangong-2", "decay/Tiangong2.tle.gz"),
        ("Tianhe", "decay/Tianhe.tle.gz"),
        ("ISS", "iss/ISS_25544_2021-01-01_2022-03-03.tle.gz"),
        ("Envisat", "maneuver/Envisat_27386_2002-2017.tle.gz"),
    ):
        history = read_mean_elements(folder / path).elements
        history = history.select(np.argsort(history.tdb, kind="stable"))
        found[name] = list(_falls(name, history, weather, data))
    return found


def _falls(name: str, history: MeanElements, weather: SpaceWeather | None, data: DataContext) -> Iterator[Case]:
    for since, as_of, target in _plans(name, history):
        axis = _axis_at(history, target)
        try:
            window = reentry(history, as_of, weather, data, since=since, to_axis=axis)
        except MoonsteadError as error:
            print(f"{name} {Epoch.from_tdb(as_of).text(digits=0)}: {error}")
            continue
        case = judged(f"{name} {Epoch.from_tdb(as_of).text(digits=0)}", window, target, axis)
        print(f"  {case.name}: {case.life / DAY:.2f} d {100.0 * case.error:+.1f} % {case.in_90}", flush=True)
        yield case


def _plans(name: str, history: MeanElements) -> Iterator[tuple[float, float, float]]:
    """Begin of the free span, date of the prediction, time at which the axis is asked for."""
    last = float(history.tdb[-1])
    if name == "Shenzhou-11":
        for life in LIVES:
            yield last - 200.0 * DAY, last - life * DAY, last - 0.25 * DAY
        return
    if name == "Envisat":
        first = Epoch.parse("2012-05-01T00:00:00").tdb()
        for as_of in np.arange(first + 60.0 * DAY, last - 61.0 * DAY, 60.0 * DAY):
            yield first, float(as_of), float(as_of) + 60.0 * DAY
        return
    for begin, end in free_spans(history):
        for share in (0.35, 0.6):
            yield begin, begin + share * (end - begin), end


def free_spans(history: MeanElements) -> list[tuple[float, float]]:
    """Spans [s TDB past J2000] between jumps of the daily median of the axis, up or down, two days clear of them."""
    day = np.floor(history.tdb / DAY)
    days = np.unique(day)
    median = np.array([np.median(history.semi_major_axis[day == one]) for one in days])
    rate = np.diff(median) / np.diff(days)
    usual = np.array([np.median(rate[max(k - 10, 0) : k + 11]) for k in range(rate.size)])
    jumps = days[1:][(np.abs(rate - usual) > JUMP) | (rate > 0.3 * JUMP)]
    edges = np.concatenate(([days[0] - 2.0], jumps, [days[-1] + 2.0]))
    spans = [((a + 2.0) * DAY, (b - 2.0) * DAY) for a, b in itertools.pairwise(edges)]
    return [(a, b) for a, b in spans if b - a >= FREE]


def _axis_at(history: MeanElements, target: float) -> float:
    """Axis [m] at a time by a line through the sets about it, worst ones left out."""
    near = np.abs(history.tdb - target) <= NEAR
    if np.count_nonzero(near) < 4:
        near = np.argsort(np.abs(history.tdb - target))[:6]
    time, axis = history.tdb[near] - target, history.semi_major_axis[near]
    for _ in range(3):
        line = np.polyfit(time, axis, 1)
        off = np.abs(axis - np.polyval(line, time))
        keep = off <= 3.0 * max(float(np.median(off)), 1.0)
        time, axis = time[keep], axis[keep]
    return float(line[1])


def station_fall(folder: Path, weather: SpaceWeather, data: DataContext) -> None:
    """NASA's fifteen days of the ISS from their first state: distance along the track against the bound by drag."""
    tdb, states = _station(folder, data)
    mjd = float(modified_julian_date(tdb[:1])[0])
    forecast = forecast_weather(weather, mjd, 40)
    orbit = MeanOrbits(*(np.array([x]) for x in (tdb[0], 6_795e3, 5e-4, 5e-4, np.radians(51.64), 0.0, 0.0)))
    foretold = np.hypot(MODEL_SPREAD, weather_spread(orbit, forecast, 15))
    rows = [int(np.argmin(np.abs(tdb - tdb[0] - days * DAY))) for days in (1, 3, 7, 15)]
    for version in ("00", "2.1"):
        for known in ("observed", "foretold"):
            air = nrlmsis_atmosphere(
                tdb[0], tdb[-1], weather if known == "observed" else forecast.expected, version=version
            )
            model = ForceModel(
                center="EARTH",
                degree=36,
                third_bodies=("SUN", "MOON"),
                mass=454_339.0,
                drag=Drag(1791.9, 1.95, air),
            )
            start = OrbitState(states[0], float(tdb[0]), "EARTH")
            flight = propagate(start, float(tdb[-1]), model, data, parameters=("drag",), tolerance=1.0)
            away = along_axes(states, states[:, :3] - flight.state(tdb)[:, :3])[:, 1]
            unit = along_axes(states, flight.sensitivity(tdb)[:, :3, 0])[:, 1]
            first = tdb - tdb[0] <= DAY
            factor = float(away[first] @ unit[first] / (unit[first] @ unit[first]))
            limit = 1.645 * (MODEL_SPREAD if known == "observed" else float(foretold[-1]))
            print(
                f"ISS, NRLMSIS {version}, weather {known}: along the track after 1, 3, 7, 15 d "
                f"{', '.join(f'{away[row] / 1e3:.1f}' for row in rows)} km; drag off by {away[-1] / unit[-1]:+.3f}, "
                f"90 % bound {limit:.3f}; with drag fitted on the first day ({1.0 + factor:.3f}) "
                f"{(away[-1] - factor * unit[-1]) / 1e3:.0f} km",
                flush=True,
            )


def _station(folder: Path, data: DataContext) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    segment = read_oem(folder / "iss" / "ISS_OEM_NASA_2025-02-26.xml.gz").segments[0]
    return segment.tdb, rotation(EME2000, ICRF, segment.tdb, data).state(segment.states)


def told(cases: list[Case]) -> str:
    """Coverage with its 95 % interval (Clopper & Pearson), and errors of the medians."""
    from scipy.stats import beta

    n = len(cases)
    if not n:
        return "none"
    parts = []
    for share, hits in ((50, sum(one.in_50 for one in cases)), (90, sum(one.in_90 for one in cases))):
        low = float(beta.ppf(0.025, hits, n - hits + 1)) if hits else 0.0
        high = float(beta.ppf(0.975, hits + 1, n - hits)) if hits < n else 1.0
        parts.append(f"{share} %: {hits}/{n} = {hits / n:.2f} ({low:.2f} to {high:.2f})")
    error: NDArray[np.float64] = np.array([one.error for one in cases])
    spread = f"bias {100 * error.mean():+.1f} %, rms {100 * np.sqrt(np.mean(error**2)):.1f} %"
    width = float(np.median([one.width for one in cases]))
    return "; ".join((*parts, spread, f"90 % window {100.0 * width:.0f} % of the life"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--climatology", action="store_true", help="without space weather")
    given = parser.parse_args()
    data = DataContext.installed()
    weather = None
    if not given.climatology:
        weather = SpaceWeather.from_file(given.folder / "spaceweather" / "SW-All.csv.gz")
        station_fall(given.folder, weather, data)
    begin = time.process_time()
    for case in cz5b(given.folder, weather, data):
        print(
            f"{case.name}: life {case.life / DAY:.2f} d, median {100.0 * case.error:+.1f} %, in 90 % {case.in_90}, "
            f"in 50 % {case.in_50}, window {100.0 * case.width:.0f} %",
            flush=True,
        )
    every: list[Case] = []
    for name, cases in free_falls(given.folder, weather, data).items():
        print(f"{name}: {told(cases)}", flush=True)
        every += cases
    clear = [one for one in every if one.fall >= CLEAR]
    natural = [one for one in every if one.name.startswith(("Shenzhou", "Envisat"))]
    print(f"all: {told(every)}")
    print(f"falls of 2 km or more: {told(clear)}")
    print(f"without control: {told(natural)}; {time.process_time() - begin:.0f} CPU s")


if __name__ == "__main__":
    main()
