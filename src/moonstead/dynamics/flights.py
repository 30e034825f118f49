"""What became of many flights: final states, endings, and what the computation cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.propagated import REACHED, SURFACE

Array = NDArray[np.float64]

FAILED = "failed"
ENDINGS = (REACHED, SURFACE, FAILED)


@dataclass(frozen=True, eq=False)
class FlightBlock:
    """Some consecutive flights of many.

    Attributes
    ----------
    first : int
        Number of the first of them.
    ending : (B,)
        Index into `ENDINGS`.
    body : (B,)
        Index into the bodies of the request whose surface ended a flight, or -1.
    end_tdb : (B,) [s TDB past J2000]
        When each ended.
    final : (B, 6) [m, m/s]
        State then; NaN where it failed.
    states : (B, K, 6) [m, m/s]
        At the K times that were asked for; NaN behind a flight's end.
    evaluations : int
        Evaluations of the forces on one spacecraft.
    """

    first: int
    ending: NDArray[np.int8]
    body: NDArray[np.int8]
    end_tdb: Array
    final: Array
    states: Array
    evaluations: int


class FlightStore(Protocol):
    """A place for finished blocks, from which an interrupted computation goes on."""

    def begin(self, key: str, count: int, times: Array, bodies: tuple[str, ...]) -> None:
        """Take notice of a request.

        Parameters
        ----------
        key : str
            Names it: the same request has the same key.
        count : int
            Number of flights.
        times : (K,) [s TDB past J2000]
            When states were asked for.
        bodies : tuple of str
            Bodies that flights may hit.
        """

    def finished(self, first: int) -> FlightBlock | None:
        """The block that begins with a flight, if it is there from an earlier run of the same request."""

    def add(self, block: FlightBlock) -> None:
        """Keep a block."""

    def close(self) -> None:
        """Publish the whole, once all blocks are there."""


@dataclass(frozen=True, eq=False)
class Flights:
    """Many flights from a common time on, about one centre, in ICRF axes.

    Attributes
    ----------
    center : str
        Body that positions are measured from.
    start_tdb, stop_tdb : float [s TDB past J2000]
        Begin of all flights, and end of those that nothing ended before.
    ending : (N,)
        Index into `ENDINGS`.
    ending_body : (N,)
        Body whose surface ended a flight; empty otherwise.
    end_tdb : (N,) [s TDB past J2000]
        When each ended.
    final : (N, 6) [m, m/s]
        State then; NaN where it failed.
    times : (K,) [s TDB past J2000]
        Times that states were asked at.
    states : (N, K, 6) [m, m/s]
        Those states, NaN behind a flight's end; without rows where they went to a store.
    method : str
        Integrator: ``"nystrom"`` or ``"gauss-jackson"``.
    step_tolerance : float [1]
        Relative local error that steps were held to.
    step_length : float [s]
        Of equal steps; 0 where all were adaptive.
    error_estimate : float [m]
        Largest change of position, anywhere on sixteen of the flights, when steps are held to a hundredth of that; NaN
        where the tolerance of steps was given.
    evaluations : int
        Evaluations of the forces on one spacecraft, those of all flights together.
    """

    center: str
    start_tdb: float
    stop_tdb: float
    ending: NDArray[np.int8]
    ending_body: NDArray[np.str_]
    end_tdb: Array
    final: Array
    times: Array
    states: Array
    method: str
    step_tolerance: float
    step_length: float
    error_estimate: float
    evaluations: int

    def __len__(self) -> int:
        return len(self.ending)

    @property
    def arrived(self) -> NDArray[np.bool_]:
        """Which (N,) flights nothing ended before their time."""
        reached: NDArray[np.bool_] = self.ending == ENDINGS.index(REACHED)
        return reached

    def counts(self) -> dict[str, int]:
        """How many flights ended in which way; impacts are counted by body."""
        found = {REACHED: int(np.count_nonzero(self.arrived))}
        for name in np.unique(self.ending_body[self.ending == ENDINGS.index(SURFACE)]):
            found[f"{SURFACE} of {name}"] = int(np.count_nonzero(self.ending_body == name))
        failed = int(np.count_nonzero(self.ending == ENDINGS.index(FAILED)))
        return found | ({FAILED: failed} if failed else {})

    def mean(self) -> Array:
        """Mean (6,) [m, m/s] of the final states of those that arrived."""
        return np.asarray(np.mean(self.final[self.arrived], axis=0))

    def covariance(self) -> Array:
        """Covariance (6, 6) [SI] of the final states of those that arrived."""
        return np.asarray(np.cov(self.final[self.arrived], rowvar=False))
