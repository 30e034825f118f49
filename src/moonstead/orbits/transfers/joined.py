"""Legs about different bodies as one trajectory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.dynamics.propagated import PropagatedTrajectory
from moonstead.dynamics.trajectories import body_speed_limit
from moonstead.foundation.errors import InvalidInput, OutsideSpan
from moonstead.foundation.frames.frame import Frame
from moonstead.foundation.frames.standard import ICRF

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class JoinedTrajectory:
    """Legs that follow one another, each integrated about its own body; a `Trajectory`.

    Attributes
    ----------
    name, center : str
        What messages call it; body that states are measured from.
    legs : tuple of PropagatedTrajectory
        Each begins where the one before ends.
    data : DataContext
        Ephemeris that shifts them to the centre.
    """

    name: str
    center: str
    legs: tuple[PropagatedTrajectory, ...]
    data: DataContext

    def __post_init__(self) -> None:
        if not self.legs:
            raise InvalidInput(f"{self.name} has no legs: a joined trajectory needs one at least")
        for before, after in zip(self.legs[:-1], self.legs[1:], strict=True):
            if before.span[1] != after.span[0]:
                raise InvalidInput(
                    f"{self.name}: a leg ends at {before.span[1]!r} s, the next starts at {after.span[0]!r}"
                )

    @property
    def frame(self) -> Frame:
        """Axes of the states: the ICRF."""
        return ICRF

    @property
    def span(self) -> tuple[float, float]:
        """First and last time [s TDB past J2000]."""
        return self.legs[0].span[0], self.legs[-1].span[1]

    @property
    def step_times(self) -> Array:
        """Times (n,) [s TDB past J2000] of all nodes of the integration."""
        return np.unique(np.concatenate([leg.step_times for leg in self.legs]))

    def state(self, tdb: ArrayLike) -> Array:
        """States (N, 6) [m, m/s] at times (N,) [s TDB past J2000], relative to the centre.

        Raises
        ------
        OutsideSpan
            A time lies outside `span`.
        """
        return self.state_about(self.center, tdb)

    def state_about(self, center: str, tdb: ArrayLike) -> Array:
        """States relative to any body.

        Parameters
        ----------
        center : str
            The body.
        tdb : (N,) [s TDB past J2000]
            When.

        Returns
        -------
        (N, 6) [m, m/s]
            In the ICRF.

        Raises
        ------
        OutsideSpan
            A time lies outside `span`.
        """
        tdb = np.atleast_1d(np.asarray(tdb, dtype=np.float64))
        first, last = self.span
        if np.any((tdb < first) | (tdb > last)):
            raise OutsideSpan(f"{self.name} flies from {first!r} to {last!r} s TDB past J2000; it was asked outside")
        which = np.clip(np.searchsorted([leg.span[0] for leg in self.legs], tdb, side="right") - 1, 0, None)
        states = np.full((tdb.size, 6), np.nan)
        for place, leg in enumerate(self.legs):
            chosen = (which == place) & np.isfinite(tdb)
            if not np.any(chosen):
                continue
            states[chosen] = leg.state(tdb[chosen])
            if leg.center != center:
                states[chosen] += self.data.ephemeris.state(leg.center, center, tdb[chosen])
        return states

    def speed_bound(self, start: ArrayLike, stop: ArrayLike) -> Array:
        """Upper bound of the speed relative to the centre within intervals of time.

        Parameters
        ----------
        start, stop : (K,) [s TDB past J2000]
            Ends of the intervals.

        Returns
        -------
        (K,) [m/s]

        Raises
        ------
        OutsideSpan
            An interval reaches outside `span`.
        """
        start = np.atleast_1d(np.asarray(start, dtype=np.float64))
        stop = np.atleast_1d(np.asarray(stop, dtype=np.float64))
        if start.size and (np.min(start) < self.span[0] or np.max(stop) > self.span[1]):
            raise OutsideSpan(f"{self.name} flies from {self.span[0]!r} to {self.span[1]!r} s TDB past J2000")
        bound = np.zeros(start.size)
        for leg in self.legs:
            chosen = (start <= leg.span[1]) & (stop >= leg.span[0])
            if not np.any(chosen):
                continue
            within = leg.speed_bound(np.maximum(start[chosen], leg.span[0]), np.minimum(stop[chosen], leg.span[1]))
            moving = 0.0 if leg.center == self.center else body_speed_limit(leg.center, self.center)
            bound[chosen] = np.maximum(bound[chosen], within + moving)
        return bound
