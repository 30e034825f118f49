"""The words of an OEM file before anybody asks what they mean: what KVN and XML parsing hand over."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NoReturn

import numpy as np

from moonstead.foundation.errors import InvalidInput

HEADER_KEYS = ("CLASSIFICATION", "CREATION_DATE", "ORIGINATOR", "MESSAGE_ID")
METADATA_KEYS = (
    "OBJECT_NAME",
    "OBJECT_ID",
    "CENTER_NAME",
    "REF_FRAME",
    "REF_FRAME_EPOCH",
    "TIME_SYSTEM",
    "START_TIME",
    "USEABLE_START_TIME",
    "USEABLE_STOP_TIME",
    "STOP_TIME",
    "INTERPOLATION",
    "INTERPOLATION_DEGREE",
)
LOWER_TRIANGLE = np.tril_indices(6)
METRES_PER_KILOMETRE = 1000.0


@dataclass(slots=True)
class Block:
    """Keys and values of one part of a file.

    Attributes
    ----------
    line : int
        Where the part begins, from 1.
    values : dict of str to (str, int)
        Value of each key and its line.
    comments : list of str
        Comments beside the keys.
    """

    line: int
    values: dict[str, tuple[str, int]] = field(default_factory=dict)
    comments: list[str] = field(default_factory=list)


@dataclass(slots=True)
class CovarianceText:
    """One covariance as it stands in the file.

    Attributes
    ----------
    block : Block
        Its keys.
    numbers : list of str
        21 numbers of the lower triangle, row by row.
    lines : list of int
        Line of each number.
    """

    block: Block
    numbers: list[str] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)


@dataclass(slots=True)
class SegmentText:
    """One segment as it stands in the file.

    Attributes
    ----------
    metadata : Block
        Its keys.
    comments : list of str
        Comments beside the data.
    epochs : list of str
        Time of each row.
    rows : list of list of str
        6 or 9 numbers each.
    lines : list of int
        Line of each row.
    covariances : list of CovarianceText
        In the order of the file.
    """

    metadata: Block
    comments: list[str] = field(default_factory=list)
    epochs: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    covariances: list[CovarianceText] = field(default_factory=list)


@dataclass(slots=True)
class OemText:
    """A whole file as it stands.

    Attributes
    ----------
    version : (str, int)
        Version of the standard, and its line.
    header : Block
        Keys before the first segment.
    segments : list of SegmentText
        In the order of the file.
    """

    version: tuple[str, int]
    header: Block
    segments: list[SegmentText]


def refuse(source: str, line: int, what: str) -> NoReturn:
    """Raise an error that begins with file and line.

    Parameters
    ----------
    source : str
        Name of the file.
    line : int
        Line in it, from 1.
    what : str
        What is wrong and what to do.

    Raises
    ------
    InvalidInput
        Always.
    """
    raise InvalidInput(f"{source}, line {line}: {what}")


def take(block: Block, key: str, value: str, line: int, allowed: tuple[str, ...], source: str) -> None:
    """Put a key into a block; refuse unknown, repeated and empty ones.

    Parameters
    ----------
    block : Block
        What to add to.
    key, value : str
        As in the file.
    line : int
        Where they stand, from 1.
    allowed : tuple of str
        Keys that the block may have.
    source : str
        Name of the file for messages.

    Raises
    ------
    InvalidInput
        The key is not allowed, comes twice or has no value.
    """
    if key not in allowed:
        refuse(source, line, f"keyword {key!r} is not allowed here; allowed are {', '.join(allowed)}")
    if key in block.values:
        refuse(source, line, f"{key} was already given in line {block.values[key][1]}; keep one of the two")
    if not value:
        refuse(source, line, f"{key} has no value; give one or remove the keyword")
    block.values[key] = (value, line)
