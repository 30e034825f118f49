"""Design of a lunar relay: the start of a shape that lives long enough and sees its sites best."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.dynamics.forces import ForceModel
from moonstead.dynamics.propagate import OrbitState
from moonstead.dynamics.propagate_many import propagate_many
from moonstead.dynamics.trajectories import SurfacePoint
from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.time.epoch import Epoch
from moonstead.orbits.lunar.coverage import Coverage, Skyline, at_least, earth_windows, sight_windows
from moonstead.orbits.lunar.lifetime import Lifetime, orbit_lifetime
from moonstead.orbits.lunar.lifetime_map import LifetimeMap, lifetime_map
from moonstead.orbits.lunar.start import EARTH_ORBIT, LunarShape, held_axes, start_states

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext

Array = NDArray[np.float64]

SCREENING_DEGREE = 8  # of the field in the map: higher terms average out over an ellipse of hours
LOWEST_ALTITUDE = 20e3  # [m] the highest lunar summit stands 10.8 km above the mean sphere
OBJECTIVES = ("coverage", "altitude")
STEP_TOLERANCE = 1e-9


@dataclass(frozen=True, eq=False)
class RelayStart:
    """One start, followed in the full model.

    Attributes
    ----------
    state : OrbitState
        About the Moon, in the ICRF.
    node, true_anomaly : float [rad]
        Of the start, to the axes of the design at its epoch.
    lifetime : Lifetime
        What became of it.
    coverage : tuple of Coverage
        When it sees each site.
    earth_fraction : float [1]
        Share of the time in which the Moon does not hide the Earth from it.
    """

    state: OrbitState
    node: float
    true_anomaly: float
    lifetime: Lifetime
    coverage: tuple[Coverage, ...]
    earth_fraction: float

    @property
    def least_coverage(self) -> float:
        """Share [1] of the time in which the site that is seen worst is seen; 0 without sites."""
        return min((seen.fraction for seen in self.coverage), default=0.0)


@dataclass(frozen=True, eq=False)
class RelayDesign:
    """The relay that was found, and what it was chosen from.

    Attributes
    ----------
    best : RelayStart
        The start that serves the objective best among those that live.
    others : tuple of RelayStart
        Every other start that was followed in the full model, the best first.
    screened : LifetimeMap
        All starts in the field of the search.
    """

    best: RelayStart
    others: tuple[RelayStart, ...]
    screened: LifetimeMap


def design_relay(
    shape: LunarShape,
    epochs_tdb: ArrayLike,
    lifetime: float,
    model: ForceModel,
    data: DataContext,
    *,
    axes: str = EARTH_ORBIT,
    nodes: int = 12,
    anomalies: Sequence[float] = (math.pi,),
    sites: Sequence[SurfacePoint] = (),
    masks: Sequence[float | Skyline] = (),
    objective: str = "coverage",
    lowest_altitude: float = LOWEST_ALTITUDE,
    finalists: int = 4,
    threads: int | None = None,
) -> RelayDesign:
    """Find the node, place and epoch from which a lunar shape lives and sees its sites best.

    All starts are flown in the Moon's field to degree 8 with the model's other bodies; those that live are ranked by
    their least periselene, and the first of them are followed in the full model for the whole lifetime.

    Parameters
    ----------
    shape : LunarShape
        Ellipse of the start.
    epochs_tdb : (E,) [s TDB past J2000]
        Starts that are possible.
    lifetime : float [s]
        How long it must stay above `lowest_altitude`.
    model : ForceModel
        The full model.
    data : DataContext
        Ephemeris, orientation and gravity field.
    axes : str
        What the angles of the shape and the nodes refer to, at each epoch.
    nodes : int
        Ascending nodes to try, evenly spread.
    anomalies : sequence of float [rad]
        Places in the orbit to try.
    sites : sequence of SurfacePoint
        What has to be seen.
    masks : sequence of float [rad] or Skyline
        Least elevation at each site; empty for 0.
    objective : str
        ``"coverage"`` of the site that is seen worst, or least ``"altitude"``; without sites it is the altitude.
    lowest_altitude : float [m]
        What counts as too low, over the mean sphere.
    finalists : int
        How many starts are followed in the full model at least.
    threads : int or None
        As `propagate_many` takes it.

    Returns
    -------
    RelayDesign

    Raises
    ------
    InvalidInput
        No start lives: the message dates the impact of the one that lives longest.

    Source
    ------
    Ely & Lieb (2006), Constellations of elliptical inclined lunar orbits providing polar and global coverage, J.
    Astronaut. Sci. 54, 53, doi:10.1007/BF03256476.
    """
    if objective not in OBJECTIVES:
        raise InvalidInput(f"a relay is designed for {' or '.join(OBJECTIVES)}; got {objective!r}")
    if masks and len(masks) != len(sites):
        raise InvalidInput(f"{len(sites)} sites do not pair with {len(masks)} masks")
    if nodes < 1 or finalists < 1:
        raise InvalidInput(f"at least one node and one finalist are needed; got {nodes} and {finalists}")
    angles = 2.0 * math.pi * np.arange(nodes) / nodes
    rough = replace(model, degree=min(model.degree, SCREENING_DEGREE), degree_switches=())
    screened = lifetime_map(shape, axes, epochs_tdb, angles, anomalies, lifetime, rough, data, threads=threads)
    ranked = np.argsort(np.where(screened.lives, screened.periselene, -math.inf), axis=None)[::-1]
    followed: list[RelayStart] = []
    for place in ranked:
        epoch, node, anomaly = np.unravel_index(place, screened.durations.shape)
        alive = [one for one in followed if one.lifetime.lowest_altitude >= lowest_altitude]
        if not screened.lives[epoch, node, anomaly] or (len(followed) >= finalists and alive):
            break
        followed.append(
            _followed(
                screened,
                int(epoch),
                int(node),
                int(anomaly),
                lifetime,
                model,
                data,
                sites,
                masks or (0.0,) * len(sites),
            )
        )
    alive = [one for one in followed if one.lifetime.impact is None and one.lifetime.lowest_altitude >= lowest_altitude]
    if not alive:
        raise InvalidInput(_refusal(screened, followed, lowest_altitude))

    def merit(one: RelayStart) -> tuple[float, float]:
        height = one.lifetime.lowest_altitude
        return (one.least_coverage, height) if sites and objective == "coverage" else (height, one.least_coverage)

    best = max(alive, key=merit)
    others = sorted((one for one in followed if one is not best), key=merit, reverse=True)
    return RelayDesign(best, tuple(others), screened)


@dataclass(frozen=True, eq=False)
class Robustness:
    """Whether an orbit still lives when its start is off.

    Attributes
    ----------
    offset_lifetimes : (K,) [s]
        Of starts with drawn errors of position and velocity.
    slips : (S,) [s]
        Delays of the start.
    slip_lifetimes : (S,) [s]
        Of the same shape and node, started later.
    followed : float [s]
        How long each was followed at most.
    """

    offset_lifetimes: Array
    slips: Array
    slip_lifetimes: Array
    followed: float

    @property
    def living_fraction(self) -> float:
        """Share [1] of the starts with errors that live."""
        return float(np.mean(self.offset_lifetimes >= self.followed))

    def living_interval(self) -> tuple[float, float]:
        """Interval that holds the probability of living with 95 % confidence.

        Returns
        -------
        (low, high) [1]

        Source
        ------
        Clopper & Pearson (1934), Biometrika 26, 404.
        """
        from scipy.stats import beta

        count, lived = self.offset_lifetimes.size, int(np.count_nonzero(self.offset_lifetimes >= self.followed))
        low = float(beta.ppf(0.025, lived, count - lived + 1)) if lived else 0.0
        return low, float(beta.ppf(0.975, lived + 1, count - lived)) if lived < count else 1.0


def start_robustness(
    shape: LunarShape,
    axes: str,
    node: float,
    true_anomaly: float,
    epoch_tdb: float,
    duration: float,
    model: ForceModel,
    data: DataContext,
    *,
    position_sigma: float = 1e3,
    velocity_sigma: float = 0.01,
    count: int = 32,
    slips: Sequence[float] = (),
    seed: int = 1,
    threads: int | None = None,
) -> Robustness:
    """Whether a start still lives when insertion is off, or late.

    Parameters
    ----------
    shape : LunarShape
        Ellipse of the start.
    axes : str
        What its angles refer to, as they stand at the epoch.
    node, true_anomaly : float [rad]
        Of the start.
    epoch_tdb : float [s TDB past J2000]
        Planned start.
    duration : float [s]
        How long each is followed.
    model : ForceModel
        The forces.
    data : DataContext
        Ephemeris, orientation and gravity field.
    position_sigma, velocity_sigma : float [m, m/s]
        Standard deviation of the insertion's error in each coordinate.
    count : int
        How many starts are drawn.
    slips : sequence of float [s]
        Delays; shape and node stay as they are in inertial space.
    seed : int
        The same seed gives the same draws.
    threads : int or None
        As `propagate_many` takes it.

    Returns
    -------
    Robustness

    Source
    ------
    Monte Carlo.
    """
    held = held_axes(axes, epoch_tdb, data)
    start = start_states(shape.elements(node, true_anomaly), held)[0]
    draws = np.random.default_rng(seed).standard_normal((count, 6))
    offset = start + draws * np.repeat([position_sigma, velocity_sigma], 3)

    def lifetimes(states: Array, first: float) -> Array:
        flown = propagate_many(
            states, first, first + duration, model, data, step_tolerance=STEP_TOLERANCE, threads=threads
        )
        return np.where(flown.arrived, duration, flown.end_tdb - first)

    late = [lifetimes(start[None], epoch_tdb + slip)[0] for slip in slips]
    return Robustness(lifetimes(offset, epoch_tdb), np.array(slips, dtype=np.float64), np.array(late), duration)


def _followed(
    screened: LifetimeMap,
    epoch: int,
    node: int,
    anomaly: int,
    lifetime: float,
    model: ForceModel,
    data: DataContext,
    sites: Sequence[SurfacePoint],
    masks: Sequence[float | Skyline],
) -> RelayStart:
    tdb, angle, place = (
        float(screened.epochs_tdb[epoch]),
        float(screened.nodes[node]),
        float(screened.anomalies[anomaly]),
    )
    vector = start_states(screened.shape.elements(angle, place), held_axes(screened.axes, tdb, data))[0]
    state = OrbitState(vector, tdb)
    life = orbit_lifetime(state, lifetime, model, data)
    seen = [at_least([sight_windows(life.trajectory, *pair, data)], 1) for pair in zip(sites, masks, strict=True)]
    return RelayStart(state, angle, place, life, tuple(seen), earth_windows(life.trajectory, data).fraction())


def _refusal(screened: LifetimeMap, followed: list[RelayStart], floor: float) -> str:
    shape = screened.shape
    height = (
        f"{(shape.periselene_distance - 1_737_400.0) / 1e3:.0f} km periselene altitude and {shape.period / 3600:.1f} h"
    )
    wanted = f"{screened.followed / SECONDS_PER_DAY:.0f} days"
    if followed:
        best = max(followed, key=lambda one: (one.lifetime.impact is None, one.lifetime.lowest_altitude))
        when = Epoch.from_tdb(best.lifetime.lowest_tdb).text("UTC", 0)
        fate = (
            f"sinks to {best.lifetime.lowest_altitude / 1e3:.1f} km on {when} UTC, where {floor / 1e3:g} km are asked"
        )
        node, count = best.node, len(followed)
    else:
        epoch, which, _ = np.unravel_index(int(np.argmax(screened.durations)), screened.durations.shape)
        days = float(screened.durations.max()) / SECONDS_PER_DAY
        when = Epoch.from_tdb(float(screened.epochs_tdb[epoch]) + days * SECONDS_PER_DAY).text("UTC", 0)
        fate, node, count = (
            f"hits the Moon on {when} UTC, after {days:.1f} days",
            screened.nodes[which],
            screened.lives.size,
        )
    return (
        f"an ellipse of {height} does not live for {wanted}: of {count} starts the best (node {math.degrees(node):.0f} "
        f"deg to {screened.axes}) {fate}. Raise the periselene, change the inclination or shorten the lifetime"
    )
