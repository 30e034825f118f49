"""Coverage of a ground: shares of time by how many see it, gaps, waits and stereo views, cell by cell."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.trajectories import spin_limit
from moonstead.foundation.errors import InvalidInput, NumericalFailure
from moonstead.foundation.kernel_cache import prepare
from moonstead.monitoring.coverage.ground import Cells
from moonstead.monitoring.coverage.watchers import GroundSensor, ViewLimits, Watchers

Array = NDArray[np.float64]

MULTIPLICITIES = 8  # the last share counts so many and more
RESOLUTION = 0.1  # [s] below which a view or a gap may be missed; edges of longer ones are some hundred times finer
FINEST = 1e-3  # [s]
STEREO_ANGLE = math.radians(20.0)  # least angle between two lines of sight, and from the straight line
SUN_RATE = 2.1e-7  # [rad/s] by which the Sun moves among the stars, at most
SPEED_MARGIN = 1.001  # [1] of the cubic between two states over the faster of them
VERTICAL_TILT = 0.004  # [rad] between the vertical of an ellipsoid and the line from its centre; the Earth's is 0.0034
COARSE = 1e-6  # [1] error of a product of single precision
ACCELERATION_MARGIN = 1.1  # [1] of the largest acceleration over the mean between two steps
SLOWEST = 1e-3  # [m/s] in place of no speed at all
MOST_VIEWS = 4_000_000  # of one cell


@dataclass(frozen=True, eq=False)
class CoverageMap:
    """How well each cell is watched.

    Attributes
    ----------
    cells : Cells
        Where.
    span : (2,) [s TDB past J2000]
        When.
    required : int
        How many have to see a place for it not to be in a gap.
    shares : (C, M + 1) [1]
        Share of time with 0, 1, ... sensors; the last counts M and more.
    gaps : (C,) [1]
        Number of gaps. Those that touch an end of the span are counted as far as they were searched.
    mean_gap, longest_gap, gap_95 : (C,) [s]
        Revisit: mean and longest gap, and the one that 95 % of the gaps do not exceed; 0 without gaps.
    mean_response, response_95 : (C,) [s]
        Time from any moment to the next view, 0 while seen: mean, and what it does not exceed 95 % of the time.
    mean_view : (C,) [s]
        Length of one sensor's view.
    stereo_share : (C,) [1]
        Share of time with two lines of sight apart, and from the straight line, by the stereo angle or more; sampled
        at the steps of the table. NaN where it was not asked.
    stereo_angle : (C,) [rad]
        Mean of the best angle, folded to pi/2, while two or more see; NaN where that never is.
    """

    cells: Cells
    span: tuple[float, float]
    required: int
    shares: Array
    gaps: Array
    mean_gap: Array
    longest_gap: Array
    gap_95: Array
    mean_response: Array
    response_95: Array
    mean_view: Array
    stereo_share: Array
    stereo_angle: Array

    def share_at_least(self, count: int) -> Array:
        """Share of time (C,) [1] with at least so many sensors.

        Raises
        ------
        InvalidInput
            The count is below 0 or above what is told apart.
        """
        if not 0 <= count < self.shares.shape[1]:
            raise InvalidInput(f"shares are told for 0 to {self.shares.shape[1] - 1} sensors at once; got {count}")
        return np.minimum(self.shares[:, count:].sum(axis=1), 1.0)

    def mean(self, values: Array) -> float:
        """Mean [any unit] over the whole ground of values (C,) [any unit], weighted by area; NaN left out."""
        held = np.isfinite(values)
        area = float(np.sum(self.cells.weight[held]))
        return float(np.sum(values[held] * self.cells.weight[held])) / area if area > 0.0 else math.nan


def coverage(
    watchers: Watchers,
    cells: Cells,
    *,
    required: int = 1,
    stereo: float | None = STEREO_ANGLE,
    resolution: float = RESOLUTION,
) -> CoverageMap:
    """Watch every cell through the whole span.

    Between the steps of the table places follow a cubic. Views and gaps longer than the resolution are found with
    proof: no demand of `ViewLimits` can change within the time that its distance from zero takes at its fastest.

    Parameters
    ----------
    watchers : Watchers
        The sensors.
    cells : Cells
        The ground.
    required : int
        How many have to see a place for it not to be in a gap.
    stereo : float or None [rad]
        Least angle between two lines of sight, and from the straight line; None leaves stereo views out. More than 16
        sensors at once are counted, but only 16 compared.
    resolution : float [s]
        Below which a view or a gap may be missed.

    Returns
    -------
    CoverageMap

    Raises
    ------
    InvalidInput
        Watchers and cells belong to different bodies, or a number is out of its range.
    NumericalFailure
        A cell has more views than fit.

    Source
    ------
    Exclusion with a Lipschitz constant: Piyavskii (1972), doi:10.1016/0041-5553(72)90115-2. Figures as STK defines
    Revisit Time and Response Time (help.agi.com, Coverage, Figures of Merit); gaps at the ends of the span are cut.
    """
    if watchers.ground.body != cells.ground.body:
        raise InvalidInput(f"the sensors watch the {watchers.ground.body}, the cells lie on the {cells.ground.body}")
    if not 1 <= required <= MULTIPLICITIES or not resolution >= FINEST:
        raise InvalidInput(
            f"required is 1 to {MULTIPLICITIES}, resolution {FINEST} s or more; got {required} and {resolution!r}"
        )
    if stereo is not None and not 0.0 < stereo < 0.5 * math.pi:
        raise InvalidInput(f"the stereo angle lies between 0 and pi/2 [rad]; got {stereo!r}")
    prepare()
    from moonstead.monitoring.coverage import coverage_kernels as kernel

    limits, asked = _demands(watchers, cells)
    times = watchers.tdb.size
    views = int(min(len(watchers) * (times + 2), MOST_VIEWS))
    block = max(1, min(kernel.BLOCK, len(cells), MOST_VIEWS // views))
    looked = times if stereo is not None else 1
    spots = np.ascontiguousarray(watchers.states[:, :, :3])
    directions = (spots / np.linalg.norm(spots, axis=2)[:, :, None]).transpose(0, 2, 1).astype(np.float32)
    maybe = np.zeros(8 * math.ceil(times / 8), dtype=np.uint8)
    shares = np.zeros((len(cells), MULTIPLICITIES + 1))
    figures = np.zeros((len(cells), 9))
    status, cell = kernel.coverage_kernel(
        spots,
        np.ascontiguousarray(watchers.states[:, :, 3:]),
        watchers.sun,
        watchers.step,
        resolution,
        cells.positions,
        cells.normals,
        limits,
        asked,
        _allowed(watchers, cells),
        cells.ground.radius,
        required,
        2.0 if stereo is None else math.cos(stereo),
        np.empty((block, views)),
        np.empty((block, views)),
        np.empty((block, views), dtype=np.int32),
        np.empty(views + 1),
        np.zeros((looked, kernel.MOST_AT_ONCE), dtype=np.int64),
        np.zeros(looked, dtype=np.int64),
        np.empty((kernel.DEEPEST + 2, 6)),
        np.ascontiguousarray(directions),
        maybe,
        maybe.view(np.uint64),
        shares,
        figures,
    )
    if status == kernel.OVERFULL:
        raise NumericalFailure(f"cell {cell} has more than {views} views: shorten the span")
    if stereo is None:
        figures[:, 7:] = np.nan
    span = (float(watchers.tdb[0]), float(watchers.tdb[-1]))
    return CoverageMap(cells, span, required, shares, *np.ascontiguousarray(figures.T))


def warm_up() -> None:
    """Compile the kernel with one sensor over a coarse grid."""
    from moonstead.monitoring.coverage.ground import GROUNDS, equal_area

    ground = GROUNDS["MOON"]
    states = np.zeros((1, 3, 6))
    states[:, :, 0] = 3.0 * ground.radius
    sun = np.tile([0.0, 1.0, 0.0], (3, 1))
    watchers = Watchers(ground, 60.0 * np.arange(3.0), ("still",), states, sun, (ViewLimits(),))
    coverage(watchers, equal_area(ground, 0.5 * math.pi))


def _demands(watchers: Watchers, cells: Cells) -> tuple[Array, NDArray[np.int64]]:
    """Numbers that each sensor's demands need (S, K), and which demands it has (S,), as the kernel knows them."""
    from moonstead.monitoring.coverage import coverage_kernels as kernel

    limits = np.zeros((len(watchers), kernel.COLUMNS))
    asked = np.zeros(len(watchers), dtype=np.int64)
    reaches = np.linalg.norm(cells.positions, axis=1)
    reach = float(np.max(reaches))
    spin = spin_limit(cells.ground.body) + SUN_RATE
    limits[:, kernel.BEND] = math.inf
    for k, limit in enumerate(watchers.limits):
        if isinstance(limit, GroundSensor):
            asked[k] = _ground_demands(limit, limits[k], spin)
        else:
            motion = _motion(watchers.states[k], watchers.step, reach, spin)
            asked[k] = _orbit_demands(limit, limits[k], motion)
            distance = np.linalg.norm(watchers.states[k, :, :3], axis=1)
            cosine = min(1.0, float(np.min(reaches)) * math.cos(limit.least_elevation) / float(np.max(distance)))
            # anywhere within a step the sensor is within half of it from one of its ends
            turned = 0.5 * watchers.step * motion.speed / float(np.min(distance))
            far = math.acos(cosine) - limit.least_elevation + VERTICAL_TILT + turned
            limits[k, kernel.FAR_COSINE] = math.cos(min(far, math.pi)) - COARSE
    return limits, asked


@dataclass(frozen=True)
class _Motion:
    """Bounds of one sensor's motion: rates [m/s] and second derivatives [m/s^2] of lengths."""

    speed: float
    direction: float  # of the line's length times a change of the sensor's direction from the centre
    sun: float  # of the line's part along the Sun
    spin: float  # [rad/s] of the Sun's direction
    bend: float
    bend_line: float
    bend_direction: float
    bend_sun: float


def _motion(states: Array, step: float, reach: float, spin: float) -> _Motion:
    """Bounds of a sensor's motion from its table.

    With d the line to the place, v and a the sensor's motion, r its distance: |d|'' <= a + v^2 / |d|, and the direction
    from the centre has |u'| <= v / r, |u''| <= a / r + 3 v^2 / r^2.
    """
    distance, speeds = np.linalg.norm(states[:, :3], axis=1), np.linalg.norm(states[:, 3:], axis=1)
    change = float(np.max(np.linalg.norm(np.diff(states[:, 3:], axis=0), axis=1)))
    speed = max(SLOWEST, SPEED_MARGIN * float(np.max(speeds)) + 0.1 * change)
    bend = ACCELERATION_MARGIN * change / step
    lowest, farthest = float(np.min(distance)), float(np.max(distance)) + reach
    nearest = lowest - reach
    line = bend + speed**2 / nearest if nearest > 0.0 else math.inf
    return _Motion(
        speed,
        speed * (1.0 + farthest / lowest),
        speed + spin * farthest,
        spin,
        bend,
        line,
        bend + speed**2 / lowest + reach * (bend / lowest + 3.0 * (speed / lowest) ** 2),
        bend + 2.0 * speed * spin + farthest * spin**2,
    )


def _orbit_demands(limit: ViewLimits, limits: Array, motion: _Motion) -> int:
    """Demands of a sensor in orbit: fills `limits`, gives the bits."""
    from moonstead.monitoring.coverage import coverage_kernels as kernel

    bends = []

    def demand(column: int, rate: float, bend: float) -> None:
        limits[column] = 1.0 / rate
        bends.append(bend / rate)

    sine = math.sin(limit.least_elevation)
    limits[kernel.SIN_ELEVATION] = sine
    demand(
        kernel.ELEVATION_TIME,
        motion.speed * (1.0 + abs(sine)),
        motion.bend + (abs(sine) * motion.bend_line if sine else 0.0),
    )
    asked = kernel.ELEVATION
    if limit.half_angle < math.pi:
        cosine = math.cos(limit.half_angle)
        limits[kernel.COS_HALF_ANGLE] = cosine
        demand(
            kernel.CONE_TIME,
            motion.direction + abs(cosine) * motion.speed,
            motion.bend_direction + abs(cosine) * motion.bend_line,
        )
        asked |= kernel.CONE
    if math.isfinite(limit.largest_range):
        limits[kernel.RANGE] = limit.largest_range
        demand(kernel.REACH_TIME, motion.speed, motion.bend_line)
        asked |= kernel.REACH
    if limit.sun_exclusion > 0.0:
        cosine = math.cos(limit.sun_exclusion)
        limits[kernel.COS_SUN] = cosine
        demand(
            kernel.SUN_TIME,
            motion.sun + abs(cosine) * motion.speed,
            motion.bend_sun + abs(cosine) * motion.bend_line,
        )
        asked |= kernel.SUN
    if limit.light != "any":
        limits[kernel.SIN_LIGHT] = math.sin(limit.sun_elevation)
        demand(kernel.LIGHT_TIME, motion.spin, motion.spin**2)
        asked |= kernel.DAY if limit.light == "day" else kernel.NIGHT
    limits[kernel.BEND] = max(bends)
    return int(asked)


def _ground_demands(sensor: GroundSensor, limits: Array, spin: float) -> int:
    """Demands of a sensor on the ground that change: the Sun's. Where it looks never changes: `_allowed`."""
    from moonstead.monitoring.coverage import coverage_kernels as kernel

    asked = 0
    limits[kernel.LIGHT_TIME] = 1.0 / spin
    if sensor.sun_below is not None:
        limits[kernel.OWN_X : kernel.OWN_Z + 1] = sensor.place.topocentric.axes[2]
        limits[kernel.OWN_SINE] = math.sin(-sensor.sun_below)
        asked |= kernel.OWN_NIGHT
    if sensor.lit:
        asked |= kernel.SUNLIT
    if sensor.bright_range is not None:
        limits[kernel.BRIGHT] = sensor.bright_range
        # the root of the law of a white sphere changes by less than 0.6 per radian of phase
        limits[kernel.BRIGHT_TIME] = 1.0 / (0.6 * spin * sensor.bright_range)
        asked |= kernel.MAGNITUDE
    return int(asked)


def _allowed(watchers: Watchers, cells: Cells) -> NDArray[np.bool_]:
    """Whether a sensor on the ground looks at a cell at all (C, S); true for sensors in orbit."""
    allowed = np.ones((len(cells), len(watchers)), dtype=np.bool_)
    for k, sensor in enumerate(watchers.limits):
        if not isinstance(sensor, GroundSensor):
            continue
        line = cells.positions - sensor.place.position
        distance = np.linalg.norm(line, axis=1)
        east, north, up = sensor.place.topocentric.axes @ line.T
        elevation, azimuth = np.arctan2(up, np.hypot(east, north)), np.arctan2(east, north)
        first, last = sensor.azimuths
        within = np.ones(len(cells), dtype=np.bool_)
        if first != last:
            within = np.remainder(azimuth - first, 2.0 * math.pi) <= math.remainder(last - first, 2.0 * math.pi) % (
                2.0 * math.pi
            )
        allowed[:, k] = (
            within
            & (elevation >= sensor.least_elevation)
            & (elevation <= sensor.largest_elevation)
            & (distance <= sensor.largest_range)
        )
    return allowed
