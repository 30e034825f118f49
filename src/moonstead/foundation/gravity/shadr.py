"""Gravity fields in the PDS format SHADR, as GRAIL's are published."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.errors import InvalidInput, MissingData
from moonstead.foundation.gravity.field import require_degree, triangle

Array = NDArray[np.float64]

KILOMETRE = 1e3  # [m]
HEAD_BYTES = 1024
COLUMNS = 4  # degree, order, C, S; the uncertainties that follow are not read


@dataclass(frozen=True, slots=True, eq=False)
class ShadrTable:
    """A field as read.

    Attributes
    ----------
    gm : float [m^3/s^2]
        Gravitational parameter that the coefficients belong to.
    radius : float [m]
        Reference radius of the coefficients.
    file_degree : int
        Degree of the whole file.
    c, s : (L,) [1]
        Coefficients in the order (0, 0), (1, 0), (1, 1), (2, 0), ..., up to the degree that was read.
    """

    gm: float
    radius: float
    file_degree: int
    c: Array
    s: Array


def shadr_degree(path: Path | str) -> int:
    """Highest degree of a SHADR file.

    Raises
    ------
    MissingData, InvalidInput
        As `read_shadr`.
    """
    return int(_header(Path(path))[3])


def read_shadr(path: Path | str, degree: int | None = None) -> ShadrTable:
    """Read the coefficients of a SHADR file up to a degree; lower degrees need only the head of the file.

    Parameters
    ----------
    path : path
        Comma-separated text: a header row in km and km^3/s^2, then rows sorted by degree and order.
    degree : int, optional
        Highest degree; the whole file where it is left out.

    Returns
    -------
    ShadrTable
        In metres and seconds.

    Raises
    ------
    MissingData
        There is no such file.
    InvalidInput
        The file is no SHADR table, its coefficients are not normalised, rows are missing, or it ends below the degree.

    Source
    ------
    PDS label of GGGRX_1200A_SHA.TAB (GRAIL-L-LGRS-5-RDR-V1.0).
    """
    path = Path(path)
    header = _header(path)
    radius, gm, _, file_degree, file_order, normalised, longitude, latitude = header
    if normalised != 1:
        raise InvalidInput(
            f"{path} holds coefficients that are not fully normalised (state {normalised:g}); convert them"
        )
    if file_order != file_degree or longitude != 0.0 or latitude != 0.0:
        raise InvalidInput(
            f"{path} has degree {file_degree:g}, order {file_order:g} and the reference direction "
            f"({longitude:g}, {latitude:g}) deg; only equal degree and order about (0, 0) are read"
        )
    wanted = int(file_degree) if degree is None else degree
    require_degree(path, wanted, int(file_degree))
    rows = _rows(path, wanted).reshape(-1, COLUMNS)
    c, s = triangle(path, wanted, rows[:, 0].astype(np.int64), rows[:, 1].astype(np.int64), rows[:, 2], rows[:, 3])
    return ShadrTable(gm * KILOMETRE**3, radius * KILOMETRE, int(file_degree), c, s)


def _header(path: Path) -> list[float]:
    if not path.is_file():
        raise MissingData(f"there is no file {path}; name an existing SHADR table")
    with path.open("rb") as stream:
        line = stream.readline(HEAD_BYTES)
    try:
        values = [float(text) for text in line.replace(b"D", b"E").split(b",")]
    except ValueError:
        values = []
    if len(values) != 8 or not (values[0] > 0 and values[1] > 0 and 0 <= values[3] < 1e5 and values[3].is_integer()):
        raise InvalidInput(
            f"{path} is no SHADR table: its first row must give radius, GM, its uncertainty, degree, order, "
            "normalisation and two reference angles"
        )
    return values


def _rows(path: Path, degree: int) -> Array:
    # Up to degree n there are n (n + 3) / 2 rows where the file leaves out degree 0, and one more where it does not.
    wanted = degree * (degree + 3) // 2 + 1
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # numpy's, about no rows at all; `triangle` says which lack
            return np.loadtxt(path, delimiter=",", skiprows=1, usecols=range(COLUMNS), max_rows=wanted, ndmin=2)
    except ValueError as error:
        raise InvalidInput(f"{path} has rows that are no numbers ({error}); copy the file again") from error
