"""X-axis crossing control: burns that give a later plane crossing the velocity that the reference has there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.propagate_many import propagate_many
from moonstead.foundation.errors import InvalidInput
from moonstead.orbits.keeping.controllers import PlannedBurns
from moonstead.orbits.keeping.plane_crossing import plane_crossings
from moonstead.orbits.keeping.reference_orbit import ReferenceOrbit

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext

Array = NDArray[np.float64]

STEP_TOLERANCE = 1e-8  # [1] of predictions: metres after seven weeks, against navigation of kilometres
MOST_STEPS = 8  # corrections of a burn
SHORTER = 0.3  # of a correction, where the whole made things worse
LIMITS = (0.45, 900.0)  # [m/s, s] how well a plan meets speed and time of its crossing
PROBE = np.repeat([10.0, 1e-3], 3)  # [m, m/s] differences that the crossing's derivatives are taken with


@dataclass(frozen=True, eq=False)
class CrossingControl:
    """Burns at some plane crossings that aim at a later one: its velocity along x, and its time where that is asked.

    Each plan is made by flying the estimated states themselves through the full model to the later crossing; the burn
    is the smallest that meets the aim, found by Newton's method from the reference's transition matrix, corrected by
    Broyden's rule with each flight.

    Attributes
    ----------
    reference : ReferenceOrbit
        What is kept.
    data : DataContext
        Ephemeris, orientation and gravity field.
    ahead : int
        How many plane crossings ahead the aim is: 13 is six and a half revolutions.
    every : int
        Crossings from burn to burn, from the first far one: 2 is once a revolution, at apolune.
    hold_phase : bool
        Aim at the time of the reference's crossing as well.
    limits : (2,) [m/s, s]
        Speed and time within which the aim is met: nothing is burnt while the crossing ahead lies within.
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
    ahead: int = 13
    every: int = 2
    hold_phase: bool = False
    limits: tuple[float, float] = LIMITS
    threads: int | None = None

    def __post_init__(self) -> None:
        if self.ahead < 1 or self.every < 1:
            raise InvalidInput(f"burns look one crossing ahead or more; got ahead {self.ahead}, every {self.every}")
        if not self.burn_crossings.size:
            raise InvalidInput(
                f"the reference has {self.reference.crossing_tdb.size} plane crossings; an aim {self.ahead} crossings "
                "ahead needs more than that: fly it for longer, or aim nearer"
            )

    @property
    def name(self) -> str:
        """What the method is called."""
        return "x-axis crossing with phase" if self.hold_phase else "x-axis crossing"

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
        there = here + self.ahead
        slopes = np.tile(self._slopes(here, there), (len(estimates), 1, 1))
        burns = np.zeros((len(estimates), 3))
        missed = self._missed(here, there, estimates)
        size, predictions = _size(missed), len(estimates)
        share = np.ones(len(estimates))
        for _ in range(MOST_STEPS):
            rows = np.flatnonzero((size > 1.0) & np.isfinite(size))
            if not rows.size:
                break
            step = -_least(slopes[rows], missed[rows]) * share[rows, None]
            tried = burns[rows] + step
            moved = estimates[rows].copy()
            moved[:, 3:] += tried
            found = self._missed(here, there, moved)
            after = _size(found)
            predictions += rows.size
            surprise = found - missed[rows] - np.einsum("nij,nj->ni", slopes[rows], step)
            known = np.isfinite(after)
            change = surprise[:, :, None] * step[:, None, :] / np.sum(step**2, axis=1)[:, None, None]
            slopes[rows[known]] += change[known]
            better = after < size[rows]
            good = rows[better]
            burns[good], missed[good], size[good] = tried[better], found[better], after[better]
            share[good] = 1.0
            share[rows[~known]] *= SHORTER
        return PlannedBurns(burns, size <= 1.0, predictions)

    def _missed(self, here: int, there: int, states: Array) -> Array:
        """What the crossing ahead misses (N, 1 or 2), in units of the limits; NaN where it is not reached."""
        start, stop = self.reference.crossing_tdb[here], self.reference.crossing_tdb[there]
        flights = propagate_many(
            states,
            float(start),
            float(stop),
            self.reference.model,
            self.data,
            step_tolerance=STEP_TOLERANCE,
            threads=self.threads,
        )
        final = np.where(flights.arrived[:, None], flights.final, np.nan)
        return self._aimed(final, there)

    def _aimed(self, states: Array, there: int) -> Array:
        at = float(self.reference.crossing_tdb[there])
        wanted = plane_crossings(self.reference.crossing_states[there : there + 1], at, self.data)
        found = plane_crossings(states, at, self.data)
        missed = [(found.velocity_x - wanted.velocity_x) / self.limits[0]]
        if self.hold_phase:
            missed.append((found.shift - wanted.shift) / self.limits[1])
        return np.stack(missed, axis=1)

    def _slopes(self, here: int, there: int) -> Array:
        """Derivatives (1 or 2, 3) [s/m] of what is missed by the velocity at the burn."""
        state = self.reference.crossing_states[there]
        moved = state + np.concatenate((np.diag(PROBE), -np.diag(PROBE)))
        missed = self._aimed(moved, there)
        by_state = ((missed[:6] - missed[6:]) / (2.0 * PROBE[:, None])).T
        return np.asarray((by_state @ self.reference.transition(here, there))[:, 3:])


def _size(missed: Array) -> Array:
    return np.asarray(np.max(np.abs(missed), axis=1))


def _least(slopes: Array, missed: Array) -> Array:
    """Smallest vectors (N, 3) with slopes @ vector = missed."""
    gram = np.einsum("nik,njk->nij", slopes, slopes)
    weights = np.linalg.solve(gram, missed[:, :, None])
    return np.asarray(np.einsum("nik,nij->nk", slopes, weights))
