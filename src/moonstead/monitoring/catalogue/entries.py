"""What a catalogue holds besides mean elements: states with covariance, ephemerides, facts about objects."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from moonstead.formats.omm_fields import number_of_designator
from moonstead.formats.tle_columns import long_designator
from moonstead.foundation.errors import InvalidInput

Array = NDArray[np.float64]

HYPHENS = re.compile(r"(\d{4})[- ]?(\d{3})[- ]?([A-Z]{1,3})")
FIRST_NAMED = 10**15  # identifiers from here on are made of names
NAMED = 10**18  # how many there are


@dataclass(frozen=True, eq=False)
class StateEntry:
    """Position and velocity of an object at one time.

    Attributes
    ----------
    object_id : int
        Identifier.
    name : str
        Name of the object.
    tdb : float [s TDB past J2000]
        Time.
    center, frame : str
        Body that it is measured from, and axes.
    state : (6,) [m, m/s]
        Position and velocity.
    covariance : (6, 6) or None [mixed]
        In `covariance_frame`, [m2], [m2/s], [m2/s2].
    covariance_frame : str
        ``RTN`` of the state itself, or the name of axes.
    source : str
        Where it is from.

    Raises
    ------
    InvalidInput
        A number is not finite, or the covariance is not symmetric.
    """

    object_id: int
    name: str
    tdb: float
    center: str
    frame: str
    state: Array = field(repr=False)
    covariance: Array | None = field(default=None, repr=False)
    covariance_frame: str = "RTN"
    source: str = ""

    def __post_init__(self) -> None:
        """Refuse what nobody could use."""
        state = np.asarray(self.state, dtype=np.float64)
        if state.shape != (6,) or not np.all(np.isfinite(state)) or not np.isfinite(self.tdb):
            raise InvalidInput(f"the state of object {self.object_id} is not six finite numbers and a time")
        object.__setattr__(self, "state", state)
        if self.covariance is not None:
            matrix = np.asarray(self.covariance, dtype=np.float64)
            if (
                matrix.shape != (6, 6)
                or not np.all(np.isfinite(matrix))
                or not np.allclose(matrix, matrix.T, rtol=1e-9)
            ):
                raise InvalidInput(f"the covariance of object {self.object_id} is no symmetric matrix of 6 x 6 numbers")
            object.__setattr__(self, "covariance", matrix)


@dataclass(frozen=True, slots=True)
class EphemerisEntry:
    """An ephemeris file of one object, kept in the store as it came.

    Attributes
    ----------
    object_id : int
        Identifier.
    name : str
        Name of the object.
    kind : str
        ``OEM`` or ``SPK``.
    target : str
        Whom the file calls so: OBJECT_ID of an OEM, NAIF id of an SPK.
    center, frame : str
        Body that it is measured from, and axes.
    start, stop : float [s TDB past J2000]
        First and last time.
    file : Path
        Where it lies.
    source : str
        Name that it came with.
    """

    object_id: int
    name: str
    kind: Literal["OEM", "SPK"]
    target: str
    center: str
    frame: str
    start: float
    stop: float
    file: Path
    source: str


@dataclass(frozen=True, slots=True)
class ObjectEntry:
    """Facts about an object; NaN and empty text where not known.

    Attributes
    ----------
    object_id : int
        Identifier.
    name, designator, kind, owner : str
        Name, international designator, ``payload``, ``rocket body`` or ``debris``, and who owns it.
    hard_body_radius : float [m]
        Of the sphere around it.
    mass : float [kg]
        Mass.
    area : float [m2]
        Mean area to the flow.
    source : str
        Where the facts are from.
    """

    object_id: int
    name: str = ""
    designator: str = ""
    kind: str = ""
    owner: str = ""
    hard_body_radius: float = float("nan")
    mass: float = float("nan")
    area: float = float("nan")
    source: str = ""


def designator_of(target: str) -> str:
    """International designator in the form of the catalogue, where a text is one: ``98067A``, ``1998-067-A``.

    Parameters
    ----------
    target : str
        What a file calls an object.

    Returns
    -------
    str
        Such as ``1998-067A``; another text as it is.

    Source
    ------
    CCSDS 502.0-B-3 (2023), table 5-3, OBJECT_ID; agencies write it with and without hyphens.
    """
    text = " ".join(target.upper().split())
    match = HYPHENS.fullmatch(text)
    return f"{match[1]}-{match[2]}{match[3]}" if match else long_designator(text)


def identifier_of(target: str) -> int:
    """Identifier of an object that brings no catalogue number: of its international designator, else of its name.

    Parameters
    ----------
    target : str
        What a file calls it: a designator, a name, or ``NAIF -85``.

    Returns
    -------
    int
        Thirteen digits from a designator, sixteen to nineteen from a name: above every catalogue number, and always
        the same for the same text.

    Source
    ------
    Designators as `moonstead.formats.omm_fields.number_of_designator`; names by SHA-256 of their upper-case text.
    """
    text = " ".join(target.upper().split())
    number = number_of_designator(designator_of(text))
    if number is not None:
        return number
    return FIRST_NAMED + int.from_bytes(hashlib.sha256(text.encode("utf-8")).digest()[:8], "big") % NAMED
