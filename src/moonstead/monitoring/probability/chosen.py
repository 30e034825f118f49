"""A probability of collision with all that was tried on the way to it."""

from __future__ import annotations

from dataclasses import dataclass

from moonstead.monitoring.probability.covariance_repair import RepairedCovariance
from moonstead.monitoring.probability.encounter import Encounter
from moonstead.monitoring.probability.monte_carlo import Counted
from moonstead.monitoring.probability.plane import LargestProbability, PlaneEncounter
from moonstead.monitoring.probability.rates import ExpectedCollisions


@dataclass(frozen=True, eq=False)
class ChosenProbability:
    """The probability of collision of one encounter, how it was found, and what else was tried.

    Attributes
    ----------
    pc : float [1]
        To be used; NaN where only bounds can be told.
    method : str
        ``"2d"``, ``"nc-2d"``, ``"nc-3d"``, ``"monte-carlo"``, or ``"bound"``.
    why : str
        One sentence.
    pc_2d : float [1]
        In the plane across, at the true closest approach.
    nc_2d, nc_3d : ExpectedCollisions or None
        What was computed of them.
    counted : Counted or None
        Monte Carlo.
    largest : LargestProbability or None
        Largest probability while the size of the uncertainty is free; None without relative motion.
    flags : tuple of str
        What a reader must know: ``extended-2d``, ``low-relative-speed``, ``covariance-repaired``, ...
    indicators : dict of str to float [1]
        The measures behind the flags.
    repairs : tuple of (RepairedCovariance or None)
        Of both covariances.
    encounter : Encounter
        At the true closest approach, with repaired covariances.
    shift : float [s]
        From the time of the states to that.
    plane : PlaneEncounter or None
        What the plane across shows.
    """

    pc: float
    method: str
    why: str
    pc_2d: float
    nc_2d: ExpectedCollisions | None
    nc_3d: ExpectedCollisions | None
    counted: Counted | None
    largest: LargestProbability | None
    flags: tuple[str, ...]
    indicators: dict[str, float]
    repairs: tuple[RepairedCovariance | None, RepairedCovariance | None]
    encounter: Encounter
    shift: float
    plane: PlaneEncounter | None
