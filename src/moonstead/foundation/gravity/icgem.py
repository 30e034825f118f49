"""Gravity fields in the format of the International Centre for Global Earth Models (ICGEM, .gfc)."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from moonstead.foundation.errors import InvalidInput, MissingData
from moonstead.foundation.gravity.field import GravityField, cut_square, require_degree, triangle

TIDE_SYSTEMS = {"tide_free": "tide-free", "zero_tide": "zero-tide", "mean_tide": "mean-tide"}
HEADER_LINES = 2000  # a header longer than this is no header


def read_icgem(
    path: Path | str, degree: int | None = None, *, body: str = "EARTH", frame: str = "ITRF"
) -> GravityField:
    """Read a static gravity field in ICGEM's format up to a degree.

    Parameters
    ----------
    path : path
        Text with a header in m and m^3/s^2 and rows ``gfc n m C S ...``.
    degree : int, optional
        Highest degree; all of the file where it is left out.
    body : str
        NAIF name of the body.
    frame : str
        Body-fixed axes of the coefficients.

    Returns
    -------
    GravityField
        Fully normalised.

    Raises
    ------
    MissingData
        There is no such file.
    InvalidInput
        The file is not of this format, is not fully normalised, varies with time, lacks rows, or ends below the degree.

    Source
    ------
    Barthelmes & Foerste (2011), The ICGEM-format, GFZ Potsdam.
    """
    path = Path(path)
    if not path.is_file():
        raise MissingData(f"there is no file {path}; name an existing ICGEM file")
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    header, first = _header(path, lines)
    gm = _number(path, header, "gravity_constant", "earth_gravity_constant")
    radius, highest = _number(path, header, "radius"), int(_number(path, header, "max_degree"))
    if header.get("norm", "fully_normalized") != "fully_normalized":
        raise InvalidInput(f"{path} holds coefficients with norm {header['norm']!r}; only fully_normalized is read")
    wanted = highest if degree is None else degree
    require_degree(path, wanted, highest)
    rows = []
    for number, line in enumerate(lines[first:], start=first + 1):
        words = line.split()
        if not words:
            continue
        if words[0] != "gfc":
            raise InvalidInput(f"{path}, line {number}: {words[0]!r} rows are not read, only static 'gfc' rows")
        try:
            rows.append((int(words[1]), int(words[2]), *(float(w.translate(_EXPONENT)) for w in words[3:5])))
        except (ValueError, IndexError) as error:
            raise InvalidInput(f"{path}, line {number}: not a row 'gfc n m C S': {line.strip()!r}") from error
    table = np.array([row for row in rows if len(row) == 4], dtype=np.float64).reshape(-1, 4)
    if len(table) != len(rows):
        raise InvalidInput(f"{path} has rows without S; copy the file again")
    c, s = triangle(path, wanted, table[:, 0].astype(np.int64), table[:, 1].astype(np.int64), table[:, 2], table[:, 3])
    tide_system = TIDE_SYSTEMS.get(header.get("tide_system", ""), "not stated")
    name = header.get("modelname", path.stem)
    square_c, square_s = cut_square(c, wanted), cut_square(s, wanted)
    return GravityField(name, body, gm, radius, wanted, square_c, square_s, tide_system, frame, str(path.name))


_EXPONENT = str.maketrans("Dd", "Ee")


def _header(path: Path, lines: list[str]) -> tuple[dict[str, str], int]:
    begin = next((i for i, line in enumerate(lines[:HEADER_LINES]) if line.startswith("begin_of_head")), -1)
    end = next((i for i, line in enumerate(lines[:HEADER_LINES]) if line.startswith("end_of_head")), None)
    if end is None:
        raise InvalidInput(f"{path} is no ICGEM file: it has no line 'end_of_head'")
    pairs = (line.split(None, 1) for line in lines[begin + 1 : end])
    return {pair[0]: pair[1].split()[0] for pair in pairs if len(pair) == 2}, end + 1


def _number(path: Path, header: dict[str, str], *names: str) -> float:
    for name in names:
        try:
            value = float(header[name].translate(_EXPONENT))
        except (KeyError, ValueError):
            continue
        if value > 0:
            return value
    raise InvalidInput(f"{path} does not give {' or '.join(names)} in its header; copy the file again")
