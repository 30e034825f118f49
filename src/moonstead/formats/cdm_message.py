"""What a Conjunction Data Message holds: its words as they stand, and the numbers among them in SI."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.formats.ccsds_names import center_of

Array = NDArray[np.float64]

COMMENT = "COMMENT"
# Operators write it into a comment, for version 1.0 of the standard has no keyword for it.
HARD_BODY = re.compile(r"\s*HBR\s*=\s*([0-9.eE+-]+)\s*(?:\[m\])?\s*")


@dataclass(frozen=True, slots=True)
class CdmEntry:
    """One line of a message.

    Attributes
    ----------
    key : str
        Keyword, or ``"COMMENT"``.
    value : str
        Its value, or the text of the comment.
    unit : str
        What stands in brackets after it; empty without one.
    """

    key: str
    value: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class CdmFault:
    """A message, or something in it, that cannot be used.

    Attributes
    ----------
    message : int
        Which message of the file, from 1.
    line : int
        Line of the file, from 1.
    what : str
        What is wrong and what to do.
    """

    message: int
    line: int
    what: str


@dataclass(frozen=True, slots=True, eq=False)
class ConjunctionObject:
    """One of the two objects.

    Attributes
    ----------
    entries : tuple of CdmEntry
        Its lines in their order, comments among them.
    state : (6,) [m, m/s]
        At the time of closest approach, relative to the centre, in the axes that REF_FRAME names.
    covariance : (n, n) or None [SI]
        In radial, transverse, normal axes: position and velocity, then drag, radiation pressure and thrust as far as
        the message has them (n from 6 to 9); None where it has none.
    """

    entries: tuple[CdmEntry, ...]
    state: Array
    covariance: Array | None

    def value(self, key: str) -> str | None:
        """Value of a keyword, None where it does not stand."""
        return _value(self.entries, key)

    @property
    def name(self) -> str:
        """Name of the object, else its designator."""
        return self.value("OBJECT_NAME") or self.designator

    @property
    def designator(self) -> str:
        """Designator in the catalogue that the message names."""
        return self.value("OBJECT_DESIGNATOR") or "unknown"

    @property
    def ref_frame(self) -> str:
        """Axes of the state in the words of CCSDS."""
        return self.value("REF_FRAME") or ""

    @property
    def center(self) -> str:
        """Upper-case NAIF name of the body that the state is relative to; the Earth where the message does not say."""
        return center_of(self.value("ORBIT_CENTER") or "EARTH")


@dataclass(frozen=True, slots=True, eq=False)
class ConjunctionMessage:
    """A Conjunction Data Message: two objects at their closest approach, as their observer saw it.

    Attributes
    ----------
    header : tuple of CdmEntry
        Lines up to the relative data.
    relative : tuple of CdmEntry
        Relative metadata and data.
    objects : (ConjunctionObject, ConjunctionObject)
        In the order of the message.
    tca : float [s TDB past J2000]
        Time of closest approach as written, usually cut to a millisecond.
    notes : tuple of str
        What departs from the standard and was still understood.
    """

    header: tuple[CdmEntry, ...]
    relative: tuple[CdmEntry, ...]
    objects: tuple[ConjunctionObject, ConjunctionObject]
    tca: float
    notes: tuple[str, ...] = ()

    def value(self, key: str) -> str | None:
        """Value of a keyword of the header or of the relative data, None where it does not stand."""
        return _value(self.header + self.relative, key)

    @property
    def message_id(self) -> str:
        """Identifier that its originator gave."""
        return self.value("MESSAGE_ID") or "unknown"

    @property
    def hard_body_radius(self) -> float | None:
        """Sum of the radii of both objects [m] where the message tells it, by keyword or in a comment."""
        radii = [one.value("HBR") for one in self.objects]
        if radii[0] is not None and radii[1] is not None:
            return _positive(float(radii[0]) + float(radii[1]))
        everything = self.header + self.relative + self.objects[0].entries + self.objects[1].entries
        for entry in everything:
            found = HARD_BODY.fullmatch(entry.value) if entry.key == COMMENT else None
            if found is not None:
                return _positive(float(found.group(1)))
        return None


@dataclass(frozen=True, slots=True, eq=False)
class CdmFile:
    """All messages of one file.

    Attributes
    ----------
    messages : tuple of ConjunctionMessage
        Those that can be used, in the order of the file.
    faults : tuple of CdmFault
        What could not be used, and why.
    """

    messages: tuple[ConjunctionMessage, ...]
    faults: tuple[CdmFault, ...]


def _value(entries: tuple[CdmEntry, ...], key: str) -> str | None:
    for entry in entries:
        if entry.key == key:
            return entry.value
    return None


def _positive(radius: float) -> float | None:
    return radius if np.isfinite(radius) and radius > 0.0 else None
