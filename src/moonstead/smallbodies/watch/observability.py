"""When a sensor can see a small body: seasons by brightness and elongation, and the nights within them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.conditions import elevation_above, separation_above
from moonstead.dynamics.events import Condition, find_windows
from moonstead.dynamics.observe import BARYCENTER, azimuth_elevation, icrf_position, observe
from moonstead.dynamics.trajectories import BodyTrajectory, SurfacePoint, body_speed_limit
from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.foundation.errors import InvalidInput
from moonstead.smallbodies.watch.magnitude import apparent_magnitude, hg_steepness
from moonstead.smallbodies.watch.sensors import Sensor, sensor_place, station_point
from moonstead.smallbodies.watch.sky_place import angle_between, sky_places

if TYPE_CHECKING:
    from moonstead.dynamics.trajectory import Trajectory
    from moonstead.dynamics.windows import Windows
    from moonstead.foundation.data import DataContext
    from moonstead.smallbodies.motion.flight import Flight

Array = NDArray[np.float64]

SEASON_RESOLUTION = 3600.0  # [s] a season or a gap shorter than an hour is of no use to anybody
NIGHT_RESOLUTION = 60.0  # [s]
LOOK = 600.0  # [s] between two looks for a window of some hours
FAINTEST = 99.0  # [1] stands for no light at all, at a phase of pi
PER_LOGARITHM = 5.0 / np.log(10.0)  # [1] magnitudes per natural logarithm of a distance


def seasons(flight: Flight, sensor: Sensor, span: tuple[float, float], data: DataContext) -> Windows:
    """Spans of time in which a body is bright enough and far enough from the Sun for a sensor.

    Parameters
    ----------
    flight : Flight
        The body, with an absolute magnitude.
    sensor : Sensor
        Who looks; seasons are those of the Earth's centre.
    span : (2,) [s TDB past J2000]
        What to search.
    data : DataContext
        Where the ephemeris comes from.

    Returns
    -------
    Windows
        Complete: a season longer than an hour is not missed.

    Raises
    ------
    InvalidInput
        The absolute magnitude is unknown.

    Source
    ------
    Geometry; magnitudes as `apparent_magnitude`.
    """
    center = BodyTrajectory("EARTH", BARYCENTER, data)
    condition = brighter_than(flight, center, sensor.limiting_magnitude, data) & _off_the_sun(
        flight, center, sensor, data
    )
    return find_windows(condition, *span, resolution=SEASON_RESOLUTION)


def nights(flight: Flight, sensor: Sensor, span: tuple[float, float], data: DataContext) -> Windows:
    """Windows in which a sensor can measure a body: bright, high, dark, off Sun and Moon.

    Parameters
    ----------
    flight : Flight
        The body, with an absolute magnitude.
    sensor : Sensor
        Who looks. For a space telescope only brightness, Sun and Moon count, not its own orbit's hidden part.
    span : (2,) [s TDB past J2000]
        What to search; the light of the first time must have left within the flight.
    data : DataContext
        Where ephemeris, orientation and stations come from.

    Returns
    -------
    Windows
        Complete: a window longer than a minute is not missed.

    Raises
    ------
    InvalidInput
        The absolute magnitude is unknown.

    Source
    ------
    Geometry; magnitudes as `apparent_magnitude`. Clouds, weather and schedules are not known.
    """
    place = sensor_place(sensor, data)
    moon = BodyTrajectory("MOON", "EARTH", data)
    condition = brighter_than(flight, place, sensor.limiting_magnitude, data) & _off_the_sun(
        flight, place, sensor, data
    )
    condition &= separation_above(place, flight, moon, sensor.least_moon_separation, data)
    found = find_windows(condition, *span, resolution=NIGHT_RESOLUTION)
    if not isinstance(place, SurfacePoint):
        return found
    # the conditions of the ground are costly and change fast: only where the slow ones hold
    dark = ~elevation_above(place, BodyTrajectory("SUN", "EARTH", data), -sensor.sun_below, data)
    ground = elevation_above(place, flight, sensor.least_elevation, data) & dark
    starts, stops = [], []
    for start, stop in zip(found.starts, found.stops, strict=True):
        good = find_windows(ground, start, stop, resolution=NIGHT_RESOLUTION)
        starts.append(good.starts)
        stops.append(good.stops)
    return type(found).of(np.concatenate([[], *starts]), np.concatenate([[], *stops]), span)


def seen_at(flight: Flight, sensor: Sensor, tdb: Array, data: DataContext) -> NDArray[np.bool_]:
    """Whether a sensor can measure a body at given times: bright, high, dark, off Sun and Moon.

    Parameters
    ----------
    flight : Flight
        The body, with an absolute magnitude.
    sensor : Sensor
        Who looks.
    tdb : (N,) [s TDB past J2000]
        Times.
    data : DataContext
        Where ephemeris, orientation and stations come from.

    Returns
    -------
    (N,) [1]
        True where all hold.

    Source
    ------
    As `nights`, with light time.
    """
    place = sensor_place(sensor, data)
    places = sky_places(flight, place, tdb, data)
    good = (
        (places.magnitude < sensor.limiting_magnitude)
        & (places.elongation > sensor.least_elongation)
        & (places.elongation <= sensor.largest_elongation)
        & (places.moon_separation > sensor.least_moon_separation)
    )
    if isinstance(place, SurfacePoint) and np.any(good):
        good &= dark_and_high(flight, sensor, tdb, data)
    return good


def dark_and_high(flight: Flight, sensor: Sensor, tdb: Array, data: DataContext) -> NDArray[np.bool_]:
    """Whether a body stands high enough in a dark enough sky for a sensor on the ground.

    Parameters
    ----------
    flight : Flight
        The body.
    sensor : Sensor
        On the ground.
    tdb : (N,) [s TDB past J2000]
        Times.
    data : DataContext
        Where ephemeris, orientation and stations come from.

    Returns
    -------
    (N,) [1]
        True where both hold.

    Source
    ------
    Geometry.
    """
    place = station_point(sensor.code, data)
    above = [
        azimuth_elevation(observe(seen, place, tdb, place.topocentric, data))[1]
        for seen in (flight, BodyTrajectory("SUN", "EARTH", data))
    ]
    held: NDArray[np.bool_] = (above[0] > sensor.least_elevation) & (above[1] < -sensor.sun_below)
    return held


def first_window(
    flight: Flight, sensor: Sensor, span: tuple[float, float], data: DataContext, step: float = LOOK
) -> tuple[float, float] | None:
    """First window of a span in which a sensor can measure a body, by looks a step apart.

    Parameters
    ----------
    flight : Flight
        The body, with an absolute magnitude.
    sensor : Sensor
        Who looks.
    span : (2,) [s TDB past J2000]
        What to search, day by day.
    data : DataContext
        Where ephemeris, orientation and stations come from.
    step : float [s]
        Between looks. The window told is open at both its ends; one shorter than two steps may be missed.

    Returns
    -------
    (2,) [s TDB past J2000] or None
        First and last look of the window that saw the body; no longer than a day.

    Source
    ------
    As `nights`, which proves what this only samples, at many times the cost.
    """
    begin = span[0]
    while begin < span[1]:
        looks = np.arange(begin, min(begin + SECONDS_PER_DAY, span[1]), step)
        seen = np.flatnonzero(seen_at(flight, sensor, looks, data)) if looks.size else np.zeros(0, dtype=np.intp)
        if seen.size > 1:
            gaps = np.flatnonzero(np.diff(seen) > 1)
            last = seen[gaps[0]] if gaps.size else seen[-1]
            if last > seen[0]:
                return float(looks[seen[0]]), float(looks[last])
        begin += SECONDS_PER_DAY
    return None


def brighter_than(flight: Flight, observer: Trajectory, limit: float, data: DataContext) -> Condition:
    """A body is brighter than a magnitude, as an observer sees it.

    Parameters
    ----------
    flight : Flight
        The body, with an absolute magnitude.
    observer : Trajectory
        From where it is seen.
    limit : float [1]
        Magnitude.
    data : DataContext
        Where ephemeris and orientation come from.

    Returns
    -------
    Condition
        Its value is the limit less the magnitude [1].

    Raises
    ------
    InvalidInput
        The absolute magnitude is unknown.

    Source
    ------
    As `apparent_magnitude`, without light time. Rate: distances and phase change no faster than the relative speeds
    over the distances; the phase function is never steeper than at the ends of the span of phases.
    """
    absolute, slope = flight.orbit.absolute_magnitude, flight.orbit.slope
    if absolute is None:
        raise InvalidInput(f"the absolute magnitude H of '{flight.name}' is not known: give it to ask for brightness")
    sun = BodyTrajectory("SUN", BARYCENTER, data)

    def geometry(tdb: Array) -> tuple[Array, Array, Array]:
        here = icrf_position(flight, BARYCENTER, tdb, data)
        from_sun = here - sun.state(tdb)[:, :3]
        line = here - icrf_position(observer, BARYCENTER, tdb, data)
        return np.linalg.norm(from_sun, axis=1), np.linalg.norm(line, axis=1), angle_between(from_sun, line)

    def value(tdb: Array) -> Array:
        return limit - np.minimum(apparent_magnitude(absolute, *geometry(tdb), slope), FAINTEST)

    def rate_bound(start: Array, stop: Array) -> Array:
        half = 0.5 * (stop - start)
        sun_distance, distance, phase = geometry(0.5 * (start + stop))
        speed = flight.speed_bound(start, stop)
        by_sun = speed + body_speed_limit("SUN", BARYCENTER)
        by_observer = speed + observer.speed_bound(start, stop) + body_speed_limit(observer.center, BARYCENTER)
        nearest_sun, nearest = sun_distance - by_sun * half, distance - by_observer * half
        clear = (nearest_sun > 0.0) & (nearest > 0.0)
        bound = np.full(half.shape, np.inf)
        turn_sun, turn = by_sun[clear] / nearest_sun[clear], by_observer[clear] / nearest[clear]
        spread = (turn_sun + turn) * half[clear]
        ends = [np.clip(phase[clear] + sign * spread, 0.0, np.pi) for sign in (-1.0, 1.0)]
        steepest = np.maximum(hg_steepness(ends[0], slope), hg_steepness(ends[1], slope))
        bound[clear] = (PER_LOGARITHM + steepest) * (turn_sun + turn)
        return bound

    return Condition(value, rate_bound, f"{flight.name} brighter than {limit:g} mag from {observer.name}")


def _off_the_sun(flight: Flight, place: Trajectory, sensor: Sensor, data: DataContext) -> Condition:
    sun = BodyTrajectory("SUN", BARYCENTER, data)
    condition = separation_above(place, flight, sun, sensor.least_elongation, data)
    if sensor.largest_elongation < np.pi:
        condition &= ~separation_above(place, flight, sun, sensor.largest_elongation, data)
    return condition
