"""Several relays on one lunar shape, spread over the orbit or over planes, that keep their places."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.forces import ForceModel
from moonstead.dynamics.propagate import OrbitState
from moonstead.dynamics.propagated import PropagatedTrajectory
from moonstead.dynamics.trajectories import SurfacePoint
from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.foundation.errors import InvalidInput, NumericalFailure
from moonstead.foundation.time.epoch import Epoch
from moonstead.orbits.elements import KeplerElements, true_anomaly
from moonstead.orbits.lunar.coverage import Coverage, Skyline, at_least, sight_windows
from moonstead.orbits.lunar.lifetime import Lifetime, orbit_lifetime
from moonstead.orbits.lunar.start import LunarShape, held_axes, start_states

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext

Array = NDArray[np.float64]

SETTLED = 0.01  # [1] a drift over the span below this is left: three relays at 65 % can spare 0.15 each
ROUNDS = 6
SHORTEST = 6.0  # [1] turns


@dataclass(frozen=True, eq=False)
class Constellation:
    """Relays that share a shape.

    Attributes
    ----------
    states : tuple of OrbitState
        Starts, about the Moon, in the ICRF.
    lifetimes : tuple of Lifetime
        Each followed without control.
    wanted_phases : (S,) [1]
        Turns that each should be ahead of the first.
    phase_errors : (S,) [1]
        Largest departure from that over the span, in turns, without control; 0 for the first.
    semi_major_axes : (S,) [m]
        Osculating at the start, after tuning.
    """

    states: tuple[OrbitState, ...]
    lifetimes: tuple[Lifetime, ...]
    wanted_phases: Array
    phase_errors: Array
    semi_major_axes: Array

    def coverage(
        self, site: SurfacePoint, mask: float | Skyline, data: DataContext, *, satellites: int = 1
    ) -> Coverage:
        """When so many relays at once stand above a site's skyline.

        Parameters
        ----------
        site : SurfacePoint
            From where.
        mask : float [rad] or Skyline
            Least elevation.
        data : DataContext
            Ephemeris and orientation.
        satellites : int
            How many at once.

        Returns
        -------
        Coverage
            Over the whole span.
        """
        seen = [sight_windows(one.trajectory, site, mask, data) for one in self.lifetimes]
        return at_least(seen, satellites)


def phased_constellation(
    shape: LunarShape,
    axes: str,
    nodes: Sequence[float],
    phases: Sequence[float],
    epoch_tdb: float,
    duration: float,
    model: ForceModel,
    data: DataContext,
    *,
    phase_at_start: float = 0.5,
) -> Constellation:
    """Relays whose semi-major axes are tuned so that they keep their places without control.

    The Earth's pull changes the mean motion of each a little differently. Each relay is followed for the whole span,
    its mean drift against the first is measured by counting turns from periselene to periselene, and its semi-major
    axis at the start is corrected until nothing but the swing within the span is left.

    Parameters
    ----------
    shape : LunarShape
        Common ellipse; the first relay flies it as it is.
    axes : str
        What its angles refer to.
    nodes : (S,) [rad]
        Ascending node of each relay: all the same for one plane.
    phases : (S,) [1]
        Turns of mean anomaly that each is ahead of the first.
    epoch_tdb : float [s TDB past J2000]
        Start of all.
    duration : float [s]
        How long they must keep their places.
    model : ForceModel
        The forces.
    data : DataContext
        Ephemeris, orientation and gravity field.
    phase_at_start : float [1]
        Mean anomaly of the first at the start, in turns; 0.5 is the far end.

    Returns
    -------
    Constellation

    Raises
    ------
    InvalidInput
        Nodes and phases do not pair, a relay meets the ground (the message dates it), or the span is short.
    NumericalFailure
        The tuning does not settle.

    Source
    ------
    Mean motion n = sqrt(gm / a^3), so dn / n = -3/2 da / a; phased lunar relays: Ely & Lieb (2006), J. Astronaut. Sci.
    54, 53, doi:10.1007/BF03256476.
    """
    if len(nodes) != len(phases) or not len(nodes):
        raise InvalidInput(f"{len(nodes)} nodes do not pair with {len(phases)} phases: one of each for every relay")
    wanted = np.asarray(phases, dtype=np.float64) - phases[0]
    held = held_axes(axes, epoch_tdb, data)

    def fly(number: int, axis: float, place: float) -> tuple[OrbitState, Lifetime]:
        mean = 2.0 * math.pi * (phase_at_start + place)
        anomaly = float(true_anomaly(mean, shape.eccentricity)[0])
        values = (axis * (1.0 - shape.eccentricity), shape.eccentricity, shape.inclination, nodes[number])
        angles = (shape.argument_of_periselene, anomaly)
        elements = KeplerElements(*(np.array([float(value)]) for value in (*values, *angles)))
        state = OrbitState(start_states(elements, held)[0], epoch_tdb)
        life = orbit_lifetime(state, duration, model, data)
        if life.impact is not None:
            raise InvalidInput(
                f"relay {number + 1} hits the Moon on {Epoch.from_tdb(life.impact.tdb).text('UTC', 0)} UTC, after "
                f"{life.duration / SECONDS_PER_DAY:.1f} days: choose another node or a higher periselene"
            )
        return state, life

    first = fly(0, shape.semi_major_axis, 0.0)
    flown, errors, used = [first], [0.0], [shape.semi_major_axis]
    if duration < SHORTEST * shape.period:
        raise InvalidInput(
            f"places are told over {SHORTEST:g} turns or more, {SHORTEST * shape.period / SECONDS_PER_DAY:.1f} days; "
            f"got {duration / SECONDS_PER_DAY:.1f} days"
        )
    # each relay has passed its first periselene by then, and not yet its last
    margin = 1.5 * shape.period
    moments = np.linspace(epoch_tdb + margin, epoch_tdb + duration - margin, 2000)
    lead = _turns(first[1].trajectory, moments)
    for number in range(1, len(nodes)):
        axis = shape.semi_major_axis
        for _ in range(ROUNDS):
            state, life = fly(number, axis, float(wanted[number]))
            error = _turns(life.trajectory, moments) - lead
            error -= wanted[number] + np.round(np.mean(error - wanted[number]))
            since = moments - moments.mean()
            slope = float(since @ error / (since @ since))
            if abs(slope) * duration < SETTLED:
                break
            axis *= 1.0 + slope * shape.period / 1.5
        else:
            raise NumericalFailure(
                f"relay {number + 1} does not settle at its place {wanted[number]:+.3f} turns ahead of the first: "
                f"after {ROUNDS} rounds it still drifts by {slope * duration:.3f} turns; shorten the span and "
                "hold the rest by control"
            )
        flown.append((state, life))
        errors.append(float(np.max(np.abs(error))))
        used.append(axis)
    return Constellation(
        tuple(state for state, _ in flown),
        tuple(life for _, life in flown),
        wanted,
        np.array(errors),
        np.array(used),
    )


def _turns(path: PropagatedTrajectory, moments: Array) -> Array:
    """Turns (N,) [1] past the first periselene at times (N,), linear in time between closest approaches."""
    from moonstead.orbits.lunar.lifetime import closest_approaches

    passes = closest_approaches(path)[0][1:-1]
    return np.interp(moments, passes, np.arange(passes.size, dtype=np.float64))
