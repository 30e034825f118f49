"""How much is measured."""

from __future__ import annotations

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
    """

    repetitions: int
    epochs: int
    share: float
    days: float
    states: int
    azimuths: int


FULL = Effort(repetitions=5, epochs=100_000, share=1.0, days=365.25, states=50_000, azimuths=720)
QUICK = Effort(repetitions=1, epochs=2_000, share=0.1, days=10.0, states=500, azimuths=8)
