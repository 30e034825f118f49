"""X-axis crossing control: burns that give a later plane crossing the velocity that the reference has there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.propagate_many import propagate_many
from moonstead.foundation.errors import InvalidInput
from moonstead.orbits.keeping.controllers import PlannedBurns
from moonstead.orbits.keeping.plane_crossing import plane_crossings, velocity_along
from moonstead.orbits.keeping.reference_orbit import ReferenceOrbit

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext

Array = NDArray[np.float64]

STEP_TOLERANCE = 1e-8  # [1] of predictions: metres after seven weeks, against navigation of kilometres
MOST_STEPS = 8  # corrections of a burn
TOGETHER = 3600.0  # [s] apart from the reference in time, to which spacecraft are flown in one batch
SHORTER = 0.3  # of a correction, where the whole made things worse
LIMIT = 0.45  # [m/s] how well a plan meets its crossing: Davis et al. (2017)
NEARER = 2  # crossings that the aim comes nearer where it cannot be met
PROBE = np.repeat([10.0, 1e-3], 3)  # [m, m/s] differences that the crossing's derivatives are taken with


@dataclass(frozen=True, eq=False)
class CrossingControl:
    """Burns at some plane crossings that aim at a later one: at its velocity along the line from Earth to Moon.

    Each plan is made by flying the estimated states themselves through the full model to the later crossing; the burn
    is the smallest that meets the aim, found by Newton's method from the reference's transition matrix, corrected by
    Broyden's rule with each flight. Where that finds none, as errors grow too much on the way, a crossing one
    revolution nearer is aimed at. The time of the crossing is not held: spacecraft drift along their orbit, some hours
    in a year.

    Attributes
    ----------
    reference : ReferenceOrbit
        What is kept.
    data : DataContext
        Ephemeris, orientation and gravity field.
    ahead : int
        How many plane crossings ahead the aim is: 9 is four and a half revolutions.
    every : int
        Crossings from burn to burn, from the first far one: 2 is once a revolution, at apolune.
    limit : float [m/s]
        Within which the aim is met: nothing is burnt while the crossing ahead lies within.
    threads : int or None
        For `propagate_many`.

    Raises
    ------
    InvalidInput
        The aim lies behind the burn, or the reference is too short for a single burn.

    Source
    ------
    Davis, Bhatt, Howell et al. (2017), Orbit maintenance and navigation of human spacecraft at cislunar near
    rectilinear halo orbits, AAS 17-269; Guzzetti et al. (2017), AAS 17-395. Broyden (1965), Math. Comp. 19, 577.
    """

    reference: ReferenceOrbit
    data: DataContext
    ahead: int = 9
    every: int = 2
    limit: float = LIMIT
    threads: int | None = None

    def __post_init__(self) -> None:
        if self.ahead < 1 or self.every < 1 or not self.limit > 0.0:
            raise InvalidInput(
                f"burns look one crossing ahead or more, within a positive limit; got ahead {self.ahead}, every "
                f"{self.every}, limit {self.limit!r} m/s"
            )
        if not self.burn_crossings.size:
            raise InvalidInput(
                f"the reference has {self.reference.crossing_tdb.size} plane crossings; an aim {self.ahead} crossings "
                "ahead needs more than that: fly it for longer, or aim nearer"
            )

    @property
    def name(self) -> str:
        """What the method is called."""
        return "x-axis crossing"

    @property
    def burn_crossings(self) -> NDArray[np.int64]:
        """Numbers of the crossings at which burns may be made, with their aims inside the reference."""
        far = self.reference.far_crossings()
        first = int(far[0]) if far.size else 0
        return np.arange(first, self.reference.crossing_tdb.size - self.ahead, self.every)

    def plan(self, index: int, estimates: Array) -> PlannedBurns:
        """Smallest burns after which the crossing ahead is met.

        Parameters
        ----------
        index : int
            Which of `burn_crossings`.
        estimates : (N, 6) [m, m/s]
            States as they are known.

        Returns
        -------
        PlannedBurns
            Changes of velocity [m/s].

        Source
        ------
        As the class.
        """
        here = int(self.burn_crossings[index])
        early = plane_crossings(estimates, float(self.reference.crossing_tdb[here]), self.data).shift
        offsets = TOGETHER * np.round(np.nan_to_num(early) / TOGETHER)
        burns, solved = np.zeros((len(estimates), 3)), np.zeros(len(estimates), dtype=bool)
        predictions = 0
        for ahead in range(self.ahead, 0, -NEARER):
            rows = np.flatnonzero(~solved)
            if not rows.size:
                break
            burns[rows], solved[rows], flown = self._aimed_at(here, here + ahead, estimates[rows], offsets[rows])
            predictions += flown
        return PlannedBurns(burns, solved, predictions)

    def _aimed_at(
        self, here: int, there: int, estimates: Array, offsets: Array
    ) -> tuple[Array, NDArray[np.bool_], int]:
        """Burns (N, 3) [m/s] for one crossing, which of them meet it, and how many flights it took."""
        burns, share = np.zeros((len(estimates), 3)), np.ones(len(estimates))
        slopes = np.tile(self._slope(here, there), (len(estimates), 1))
        missed, predictions = self._missed(here, there, estimates, offsets), len(estimates)
        for _ in range(MOST_STEPS):
            rows = np.flatnonzero(np.abs(missed) > self.limit)
            if not rows.size:
                break
            step = -(share * missed / np.sum(slopes**2, axis=1))[rows, None] * slopes[rows]
            moved = estimates[rows].copy()
            moved[:, 3:] += burns[rows] + step
            found = self._missed(here, there, moved, offsets[rows])
            predictions += rows.size
            known = np.isfinite(found)
            surprise = found - missed[rows] - np.sum(slopes[rows] * step, axis=1)
            slopes[rows[known]] += ((surprise / np.sum(step**2, axis=1))[:, None] * step)[known]
            better = np.abs(found) < np.abs(missed[rows])
            good = rows[better]
            burns[good] += step[better]
            missed[good], share[good] = found[better], 1.0
            share[rows[~known]] *= SHORTER
        return burns, np.abs(missed) <= self.limit, predictions

    def _missed(self, here: int, there: int, states: Array, offsets: Array) -> Array:
        """Velocity (N,) [m/s] that the crossing to come misses; NaN where it is not reached.

        Spacecraft that are as much ahead of the reference or behind it now [s] are flown to the crossing together.
        """
        missed = np.empty(len(states))
        for each in np.unique(offsets):
            rows = np.flatnonzero(offsets == each)
            flights = propagate_many(
                states[rows],
                float(self.reference.crossing_tdb[here]),
                float(self.reference.crossing_tdb[there] + each),
                self.reference.model,
                self.data,
                step_tolerance=STEP_TOLERANCE,
                threads=self.threads,
            )
            missed[rows] = self._compared(np.where(flights.arrived[:, None], flights.final, np.nan), there, float(each))
        return missed

    def _compared(self, states: Array, there: int, offset: float) -> Array:
        only = slice(there, there + 1)
        at = self.reference.crossing_tdb[only]
        wanted = velocity_along(self.reference.crossing_states[only], at, self.data)
        return plane_crossings(states, float(at[0]) + offset, self.data).velocity_x - wanted

    def _slope(self, here: int, there: int) -> Array:
        """Derivative (3,) [1] of the velocity at the crossing by the velocity at the burn, on the reference."""
        state = self.reference.crossing_states[there]
        moved = state + np.concatenate((np.diag(PROBE), -np.diag(PROBE)))
        missed = self._compared(moved, there, 0.0)
        by_state = (missed[:6] - missed[6:]) / (2.0 * PROBE)
        return np.asarray((by_state @ self.reference.transition(here, there))[3:])
