"""The errors that Moonstead raises: what was asked, what is available, what to do."""

from __future__ import annotations

__all__ = [
    "FormatError",
    "FrameMismatch",
    "HeldEarthOrientation",
    "InvalidInput",
    "MissingData",
    "MoonsteadError",
    "MoonsteadWarning",
    "NumericalFailure",
    "OutsideSpan",
]


class MoonsteadError(Exception):
    """Base of every error that Moonstead raises on purpose."""


class InvalidInput(MoonsteadError, ValueError):
    """A value that no model can accept."""


class FormatError(InvalidInput):
    """A file of which nothing can be used as the format that it should be; the message names file, line and remedy."""


class FrameMismatch(InvalidInput):
    """Two states whose frames or centres differ were combined; the message names the conversion."""


class MissingData(MoonsteadError, LookupError):
    """A data set is not installed, or a file or name cannot be found."""


class OutsideSpan(MissingData):
    """A request lies outside the span that a data set or trajectory covers; the message gives the span."""


class NumericalFailure(MoonsteadError, ArithmeticError):
    """A computation did not converge or left the domain of its model."""


class MoonsteadWarning(UserWarning):
    """Base of every warning of Moonstead: a result was computed, and the message says what it costs."""


class HeldEarthOrientation(MoonsteadWarning):
    """Earth orientation was asked for past its last prediction and is held there."""
