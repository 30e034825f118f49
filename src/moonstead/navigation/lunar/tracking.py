"""Measurements of a craft about the Moon: two-way range and Doppler, and pseudoranges of other satellites."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.dynamics.observe import icrf_position
from moonstead.dynamics.trajectories import SurfacePoint
from moonstead.dynamics.trajectory import Trajectory
from moonstead.foundation.bodies import body
from moonstead.foundation.constants import SPEED_OF_LIGHT
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput

Array = NDArray[np.float64]
Whole = NDArray[np.int64]
Flags = NDArray[np.bool_]
Place = Callable[[Array], Array]

KINDS = ("range", "doppler", "pseudorange")
ROUNDS = 3  # of light time: each gains the ratio of a speed to that of light, 1e-5; the first begins 5 km off at most
MASK = np.radians(10.0)  # [rad] lowest elevation at a ground station


@dataclass(frozen=True, eq=False)
class Tracking:
    """Measurements of one kind.

    Attributes
    ----------
    kind : str
        ``"range"``: half of the way from source to craft and back [m]. ``"doppler"``: change of that range over the
        count interval, divided by it [m/s]. ``"pseudorange"``: one way from source to craft, with the craft's
        clock, which is free at each epoch [m].
    sources : tuple of Trajectory
        Ground stations, or satellites whose orbits are known.
    tdb : (M,) [s TDB past J2000]
        Reception: at the source, of pseudoranges at the craft; of Doppler, the end of the count.
    source : (M,)
        Index into `sources`.
    value : (M,) [m or m/s]
        What was measured.
    sigma : (M,) [m or m/s]
        Standard deviation of its noise, which is independent from one to the next.
    bias_sigma : float [m]
        Standard deviation of an error of each source that stays the same; it does not enter Doppler.
    count_interval : float [s]
        Of Doppler.
    """

    kind: str
    sources: tuple[Trajectory, ...]
    tdb: Array
    source: Whole
    value: Array
    sigma: Array
    bias_sigma: float = 0.0
    count_interval: float = 60.0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise InvalidInput(f"{self.kind!r} is no kind of measurement; known are {', '.join(KINDS)}")
        shape = np.shape(self.tdb)
        if any(np.shape(each) != shape for each in (self.source, self.value, self.sigma)) or len(shape) != 1:
            raise InvalidInput("times, sources, values and sigmas of measurements need one length (M,)")
        if np.any(np.diff(self.tdb) < 0.0):
            raise InvalidInput("measurements must be in the order of time")
        if np.size(self.source) and not 0 <= np.min(self.source) <= np.max(self.source) < len(self.sources):
            raise InvalidInput(f"a source index lies outside the {len(self.sources)} sources")
        if not (np.all(np.isfinite(self.value)) and np.all(np.asarray(self.sigma) > 0.0)):
            raise InvalidInput("measured values must be finite and their sigmas positive")
        if self.bias_sigma < 0.0 or not self.count_interval > 0.0:
            raise InvalidInput("a bias sigma must not be negative, a count interval must be positive")


@dataclass(frozen=True, eq=False)
class Computed:
    """What a craft's motion makes of measurements.

    Attributes
    ----------
    value : (M,) [m or m/s]
        Computed measurements, without biases and clocks.
    moments : tuple of (M,) [s TDB past J2000]
        When the light was at the craft: one time, or for Doppler the end and the start of the count.
    directions : tuple of (M, 3) [1 or 1/s]
        Change of the value with the craft's position at each of these times, along the axes of the ICRF.
    """

    value: Array
    moments: tuple[Array, ...]
    directions: tuple[Array, ...]


def computed(tracking: Tracking, craft: Place, data: DataContext) -> Computed:
    """Measurements as a motion of the craft would have them.

    Light goes straight in the axes that do not turn about the Earth's centre, at one speed. Left out are the delay by
    the Earth's and the Moon's gravity (below 4 cm one way), the contraction of station coordinates (6 cm) and media.

    Parameters
    ----------
    tracking : Tracking
        What was measured, and when.
    craft : callable
        Places (N, 3) [m] of the craft from the centre of the Earth, ICRF, at times (N,) [s TDB past J2000].
    data : DataContext
        Ephemeris and orientation.

    Returns
    -------
    Computed
        In [m] or [m/s].

    Source
    ------
    Light-time iteration of two-way measurements: Moyer (2000), Formulation for Observed and Computed Values of Deep
    Space Network Data Types for Navigation, JPL DESCANSO 2, sections 8 and 13 (range, and Doppler as differenced
    range).
    """
    if tracking.kind == "pseudorange":
        value, direction = _one_way(tracking, craft, data)
        return Computed(value, (tracking.tdb,), (direction,))
    value, moment, direction = _two_way(tracking, tracking.tdb, craft, data)
    if tracking.kind == "range":
        return Computed(value, (moment,), (direction,))
    before, earlier, direction_before = _two_way(tracking, tracking.tdb - tracking.count_interval, craft, data)
    interval = tracking.count_interval
    return Computed(
        (value - before) / interval, (moment, earlier), (direction / interval, -direction_before / interval)
    )


def in_sight(source: Trajectory, tdb: ArrayLike, craft: Place, data: DataContext, mask: float = MASK) -> Flags:
    """When a source and a craft see each other: neither Moon nor Earth in the way, and not too low at a station.

    Parameters
    ----------
    source : Trajectory
        Ground station or satellite.
    tdb : (N,) [s TDB past J2000]
        Times; light time is left out.
    craft : callable
        Places (N, 3) [m] of the craft from the centre of the Earth, ICRF.
    data : DataContext
        Ephemeris and orientation.
    mask : float [rad]
        Lowest elevation at a `SurfacePoint`.

    Returns
    -------
    (N,)

    Source
    ------
    Geometry of spheres; elevation over the normal of the ellipsoid.
    """
    times = np.atleast_1d(np.asarray(tdb, dtype=np.float64))
    there = craft(times)
    here = icrf_position(source, "EARTH", times, data)
    moon = data.ephemeris.position("MOON", "EARTH", times)
    seen = ~_blocked(here - moon, there - moon, body("MOON").mean_radius)
    line = there - here
    if isinstance(source, SurfacePoint):
        up = np.array(
            [
                np.cos(source.latitude) * np.cos(source.longitude),
                np.cos(source.latitude) * np.sin(source.longitude),
                np.sin(source.latitude),
            ]
        )
        normal = source.frame.from_icrf(times, data).inverse().position(np.broadcast_to(up, there.shape))
        height = np.sum(normal * line, axis=1) / np.linalg.norm(line, axis=1)
        return np.asarray(seen & (height >= np.sin(mask)))
    return np.asarray(seen & ~_blocked(here, there, body("EARTH").mean_radius))


def simulate(
    kind: str,
    sources: Sequence[Trajectory],
    tdb: ArrayLike,
    craft: Place,
    sigma: float,
    data: DataContext,
    random: np.random.Generator,
    *,
    bias_sigma: float = 0.0,
    count_interval: float = 60.0,
    seen: Sequence[Flags] | None = None,
) -> Tracking:
    """Measurements of a simulated craft: noise, biases of sources and a free clock drawn at random.

    Parameters
    ----------
    kind : str
        As in `Tracking`.
    sources : sequence of Trajectory
        Stations or satellites.
    tdb : (N,) [s TDB past J2000]
        Epochs; each source measures at those at which it sees the craft.
    craft : callable
        True places (N, 3) [m] of the craft from the centre of the Earth, ICRF.
    sigma : float [m or m/s]
        Noise.
    data : DataContext
        Ephemeris and orientation.
    random : numpy.random.Generator
        Source of chance.
    bias_sigma : float [m]
        Of the constant error of each source.
    count_interval : float [s]
        Of Doppler.
    seen : sequence of (N,), optional
        For each source, when it measures; `in_sight` if not given.

    Returns
    -------
    Tracking
        Simulated: label it so wherever it is shown.

    Raises
    ------
    InvalidInput
        The kind is unknown, or a number makes no sense.

    Source
    ------
    As `computed`, with Gaussian noise.
    """
    times = np.atleast_1d(np.asarray(tdb, dtype=np.float64))
    masks = [in_sight(source, times, craft, data) for source in sources] if seen is None else list(seen)
    rows = [(epoch, place) for place, mask in enumerate(masks) for epoch in np.flatnonzero(mask)]
    rows.sort()
    epoch = np.array([row[0] for row in rows], dtype=np.int64)
    source = np.array([row[1] for row in rows], dtype=np.int64)
    empty = np.zeros(epoch.size)
    plan = Tracking(kind, tuple(sources), times[epoch], source, empty, empty + sigma, bias_sigma, count_interval)
    value = computed(plan, craft, data).value + sigma * random.standard_normal(epoch.size)
    if kind != "doppler":
        value += bias_sigma * random.standard_normal(len(sources))[source]
    if kind == "pseudorange":
        value += (1e5 * random.standard_normal(times.size))[epoch]  # [m] a clock that nothing is known of
    return Tracking(kind, tuple(sources), times[epoch], source, value, plan.sigma, bias_sigma, count_interval)


def _two_way(tracking: Tracking, received: Array, craft: Place, data: DataContext) -> tuple[Array, Array, Array]:
    """Half of the round trip [m], when the light was at the craft, and the change with the craft's position."""
    here = _places(tracking, received, data)
    there = craft(received)
    moment = received
    for _ in range(ROUNDS):
        moment = received - np.linalg.norm(there - here, axis=1) / SPEED_OF_LIGHT
        there = craft(moment)
    down = there - here
    down_length = np.linalg.norm(down, axis=1)
    up_length = down_length
    origin = here
    for _ in range(ROUNDS):
        origin = _places(tracking, moment - up_length / SPEED_OF_LIGHT, data)
        up_length = np.linalg.norm(there - origin, axis=1)
    up = there - origin
    direction = 0.5 * (down / down_length[:, None] + up / up_length[:, None])
    return 0.5 * (down_length + up_length), moment, direction


def _one_way(tracking: Tracking, craft: Place, data: DataContext) -> tuple[Array, Array]:
    there = craft(tracking.tdb)
    length = np.zeros(tracking.tdb.size)
    line = there
    for _ in range(ROUNDS):
        line = there - _places(tracking, tracking.tdb - length / SPEED_OF_LIGHT, data)
        length = np.linalg.norm(line, axis=1)
    return length, line / length[:, None]


def _places(tracking: Tracking, tdb: Array, data: DataContext) -> Array:
    """Places (M, 3) [m] of the sources of measurements from the centre of the Earth, ICRF."""
    places = np.empty((tdb.size, 3))
    for number, source in enumerate(tracking.sources):
        rows = tracking.source == number
        if np.any(rows):
            places[rows] = icrf_position(source, "EARTH", tdb[rows], data)
    return places


def _blocked(one: Array, other: Array, radius: float) -> Flags:
    """Whether a sphere at the origin lies between two places (N, 3)."""
    line = other - one
    share = -np.sum(one * line, axis=1) / np.sum(line * line, axis=1)
    nearest = one + np.clip(share, 0.0, 1.0)[:, None] * line
    return np.asarray((share > 0.0) & (share < 1.0) & (np.linalg.norm(nearest, axis=1) < radius))
