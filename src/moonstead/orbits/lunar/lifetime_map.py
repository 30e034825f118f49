"""Days to impact over node, place in the orbit and epoch: which starts of one lunar shape live."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.dynamics.forces import ForceModel
from moonstead.dynamics.propagate_many import propagate_many
from moonstead.foundation.bodies import body
from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.time.epoch import Epoch
from moonstead.orbits.elements import kepler_elements
from moonstead.orbits.lunar.start import LunarShape, held_axes, start_states

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext

Array = NDArray[np.float64]

STEP_TOLERANCE = 1e-9  # [1] of a step: days to impact change by less than a tenth of a turn against 1e-11
SAMPLES = 400  # moments at which the osculating periselene is looked at, to rank what lives


@dataclass(frozen=True, eq=False)
class LifetimeMap:
    """How long each start of a lunar shape lives.

    Attributes
    ----------
    shape : LunarShape
        Common to all.
    axes : str
        What its angles refer to, at each epoch.
    epochs_tdb : (E,) [s TDB past J2000]
        Starts.
    nodes, anomalies : (N,), (A,) [rad]
        Ascending nodes and true anomalies.
    followed : float [s]
        How long each was followed.
    durations : (E, N, A) [s]
        Time to the impact, or `followed`.
    periselene : (E, N, A) [m]
        Least osculating periselene altitude at some hundreds of moments: it ranks those that live, and is no proof of
        how low they come.
    """

    shape: LunarShape
    axes: str
    epochs_tdb: Array
    nodes: Array
    anomalies: Array
    followed: float
    durations: Array
    periselene: Array

    @property
    def lives(self) -> NDArray[np.bool_]:
        """Which (E, N, A) starts met nothing."""
        return np.asarray(self.durations >= self.followed)

    def nearest_living(self, epoch: int, node: float, anomaly: float) -> tuple[float, float] | None:
        """The start that lives whose node, then whose place in the orbit, is nearest to a given one.

        Parameters
        ----------
        epoch : int
            Which of the epochs.
        node, anomaly : float [rad]
            What was wanted.

        Returns
        -------
        (node, anomaly) : float, float [rad]
            None where no start of this epoch lives.
        """
        places = np.argwhere(self.lives[epoch])
        if not len(places):
            return None
        apart = np.abs(np.angle(np.exp(1j * (self.nodes[places[:, 0]] - node))))
        around = np.abs(np.angle(np.exp(1j * (self.anomalies[places[:, 1]] - anomaly))))
        n, a = places[np.lexsort((around, apart))[0]]
        return float(self.nodes[n]), float(self.anomalies[a])


def lifetime_map(
    shape: LunarShape,
    axes: str,
    epochs_tdb: ArrayLike,
    nodes: ArrayLike,
    anomalies: ArrayLike,
    duration: float,
    model: ForceModel,
    data: DataContext,
    *,
    step_tolerance: float = STEP_TOLERANCE,
    threads: int | None = None,
) -> LifetimeMap:
    """Follow every start of a shape until it meets the mean sphere or a span ends.

    Parameters
    ----------
    shape : LunarShape
        Common to all.
    axes : str
        What its angles refer to, as `held_axes` names them, as they stand at each epoch.
    epochs_tdb : (E,) [s TDB past J2000]
        Starts.
    nodes, anomalies : (N,), (A,) [rad]
        Ascending nodes and true anomalies: all pairs are flown.
    duration : float [s]
        How long each is followed.
    model : ForceModel
        The forces.
    data : DataContext
        Ephemeris, orientation and gravity field.
    step_tolerance : float [1]
        Local error of a step.
    threads : int or None
        As `propagate_many` takes it.

    Returns
    -------
    LifetimeMap

    Raises
    ------
    InvalidInput
        There is nothing to fly, or a duration that is not positive.

    Source
    ------
    Maps of lunar lifetimes over the angles of the start: Ely & Lieb (2006), J. Astronaut. Sci. 54, 53,
    doi:10.1007/BF03256476.
    """
    epochs, nodes, anomalies = (
        np.atleast_1d(np.asarray(values, dtype=np.float64)) for values in (epochs_tdb, nodes, anomalies)
    )
    if not (epochs.size and nodes.size and anomalies.size):
        raise InvalidInput("a map of lifetimes needs at least one epoch, one node and one place in the orbit")
    if not (math.isfinite(duration) and duration > 0.0):
        raise InvalidInput(f"lifetimes are followed for a positive, finite time [s]; got {duration!r}")
    pairs = np.stack(np.meshgrid(nodes, anomalies, indexing="ij"), axis=-1).reshape(-1, 2)
    moon = body("MOON")
    grid = (epochs.size, nodes.size, anomalies.size)
    durations, periselene = np.empty(grid), np.empty(grid)
    for number, epoch in enumerate(epochs):
        starts = start_states(shape.elements(pairs[:, 0], pairs[:, 1]), held_axes(axes, float(epoch), data))
        moments = np.linspace(epoch, epoch + duration, SAMPLES + 1)
        flown = propagate_many(
            starts,
            float(epoch),
            float(epoch + duration),
            model,
            data,
            step_tolerance=step_tolerance,
            times=moments,
            threads=threads,
        )
        durations[number] = np.where(flown.arrived, duration, flown.end_tdb - epoch).reshape(grid[1:])
        least = kepler_elements(flown.states.reshape(-1, 6), moon.gm).periapsis_distance.reshape(len(pairs), -1)
        periselene[number] = (np.nanmin(least, axis=1) - moon.mean_radius).reshape(grid[1:])
    return LifetimeMap(shape, axes, epochs, nodes, anomalies, duration, durations, periselene)


def require_living_start(
    shape: LunarShape,
    axes: str,
    node: float,
    anomaly: float,
    epoch_tdb: float,
    duration: float,
    model: ForceModel,
    data: DataContext,
    *,
    nodes: int = 24,
    threads: int | None = None,
) -> None:
    """Raise unless a start lives: the message dates the impact and names the nearest node that would live.

    Parameters
    ----------
    shape : LunarShape
        Shape of the orbit.
    axes : str
        What its angles refer to.
    node, anomaly : float [rad]
        The start.
    epoch_tdb : float [s TDB past J2000]
        When.
    duration : float [s]
        How long it must live.
    model : ForceModel
        The forces.
    data : DataContext
        Ephemeris, orientation and gravity field.
    nodes : int
        How many nodes are tried, evenly spread from the one that is wanted.
    threads : int or None
        As `propagate_many` takes it.

    Raises
    ------
    InvalidInput
        It meets the ground.

    Source
    ------
    `lifetime_map`.
    """
    alone = lifetime_map(shape, axes, epoch_tdb, node, anomaly, duration, model, data, threads=threads)
    if alone.lives.all():
        return
    raise InvalidInput(refusal(alone, node, anomaly, model, data, nodes=nodes, threads=threads))


def refusal(
    alone: LifetimeMap,
    node: float,
    anomaly: float,
    model: ForceModel,
    data: DataContext,
    *,
    nodes: int = 24,
    threads: int | None = None,
) -> str:
    """Say when a start meets the ground, and which start near it would live.

    Parameters
    ----------
    alone : LifetimeMap
        Of the one start.
    node, anomaly : float [rad]
        That start.
    model : ForceModel
        The forces.
    data : DataContext
        Ephemeris, orientation and gravity field.
    nodes : int
        How many nodes are tried, evenly spread from the one that is wanted.
    threads : int or None
        As `propagate_many` takes it.

    Returns
    -------
    str

    Source
    ------
    `lifetime_map`.
    """
    epoch, days = float(alone.epochs_tdb[0]), float(alone.durations[0, 0, 0]) / SECONDS_PER_DAY
    others = node + 2.0 * math.pi * np.arange(nodes) / nodes
    around = lifetime_map(alone.shape, alone.axes, epoch, others, anomaly, alone.followed, model, data, threads=threads)
    found = around.nearest_living(0, node, anomaly)
    span = f"{alone.followed / SECONDS_PER_DAY:.0f} days"
    if found is None:
        longest = int(np.argmax(around.durations[0, :, 0]))
        advice = (
            f"none of {nodes} nodes lives for {span}; the longest lives "
            f"{around.durations[0, longest, 0] / SECONDS_PER_DAY:.1f} days at node "
            f"{math.degrees(others[longest]) % 360.0:.0f} deg. Raise the periselene or change the inclination"
        )
    else:
        count = int(np.count_nonzero(around.lives))
        nearest = math.degrees(found[0]) % 360.0
        advice = f"the nearest node that lives for {span} is {nearest:.0f} deg ({count} of {nodes} do)"
    when = Epoch.from_tdb(epoch + days * SECONDS_PER_DAY).text("UTC", 0)
    return f"the orbit hits the Moon on {when} UTC, after {days:.1f} days; {advice}"
