"""How much is measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Effort:
    """Sizes of all subjects.

    Attributes
    ----------
    repetitions : int
        Rounds of each comparison.
    epochs : int
        Of ephemeris and rotation.
    share : float [1]
        Of the span of every propagation.
    days : float [d]
        Of the search for windows.
    states : int
        Of the message.
    azimuths : int
        Of the horizon.
    settings : int
        Of each engine in a comparison of propagation, at most.
    batch : int
        Trajectories that fly at once.
    fresh : bool
        Whether to time the start of the command, which means to compile all kernels into an empty cache.
    """

    repetitions: int
    epochs: int
    share: float
    days: float
    states: int
    azimuths: int
    settings: int
    batch: int
    fresh: bool

    def chosen(self, settings: Sequence[float]) -> tuple[float, ...]:
        """As many settings as are wanted, the tightest ones."""
        return tuple(settings[-self.settings :])


FULL = Effort(
    repetitions=5,
    epochs=100_000,
    share=1.0,
    days=365.25,
    states=50_000,
    azimuths=720,
    settings=99,
    batch=800,
    fresh=True,
)
QUICK = Effort(
    repetitions=1,
    epochs=2_000,
    share=0.01,
    days=10.0,
    states=500,
    azimuths=8,
    settings=1,
    batch=16,
    fresh=False,
)
