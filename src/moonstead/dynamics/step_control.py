"""How a propagation chooses its steps."""

from __future__ import annotations

from dataclasses import dataclass

AUTOMATIC = "auto"
GAUSS_JACKSON = "gauss-jackson"
NYSTROM = "nystrom"
DORMAND_PRINCE = "dormand-prince"
METHODS = (AUTOMATIC, GAUSS_JACKSON, NYSTROM, DORMAND_PRINCE)
ADAPTIVE = (NYSTROM, DORMAND_PRINCE)


@dataclass(frozen=True)
class AdaptiveSteps:
    """Steps as long as an estimate of their local error allows.

    Attributes
    ----------
    method : str
        ``"nystrom"`` or ``"dormand-prince"``.
    step_tolerance : float [1]
        Local error of a step over the distance from the centre and over the speed.
    """

    method: str
    step_tolerance: float


@dataclass(frozen=True)
class FixedSteps:
    """Steps of one length, for the summed multistep method.

    Attributes
    ----------
    points : int
        Accelerations that a step looks back to.
    step : float [s]
        Longest step; arcs are cut into a whole number of steps.
    otherwise : AdaptiveSteps
        What serves in arcs too short for a grid.
    """

    points: int
    step: float
    otherwise: AdaptiveSteps

    @property
    def method(self) -> str:
        """The name of the method."""
        return GAUSS_JACKSON


StepControl = AdaptiveSteps | FixedSteps
