"""A binary cut of a large gravity table: the text is read once, the cut is checked each time."""

from __future__ import annotations

import contextlib
import hashlib
from pathlib import Path

import numpy as np

from moonstead.foundation.cache import cache_folder, file_key, write_atomically
from moonstead.foundation.gravity.field import GravityField, cut_square, require_degree
from moonstead.foundation.gravity.shadr import ShadrTable, read_shadr, shadr_degree

DIRECT_DEGREE = 100  # up to here the head of the text is read in milliseconds and no cut is needed
DIGEST_BYTES = 32
HEAD_WORDS = 3  # gm, radius, degree


def shadr_field(
    path: Path | str, degree: int, *, name: str, source: str, body: str = "MOON", frame: str = "MOON_PA"
) -> GravityField:
    """Gravity field from a SHADR table; beyond degree 100 by way of a binary cut in the cache folder.

    The label of GRGM1200A says that its coefficients refer to the lunar axes of DE430. They are used here in the
    principal axes of DE440, which are turned against those by about 0.3 arcsec (2.5 m on the surface), judging by the
    published angles from principal to mean Earth axes (67.573, 78.580, 0.285 arcsec; 67.8526, 78.6944, 0.2785 arcsec).

    Parameters
    ----------
    path : path
        The SHADR table.
    degree : int
        Highest degree and order.
    name, source : str
        Name and origin that the field carries.
    body : str
        NAIF name of the body.
    frame : str
        Body-fixed axes of the coefficients.

    Returns
    -------
    GravityField
        Fully normalised, `degree` x `degree`.

    Raises
    ------
    MissingData, InvalidInput
        As `read_shadr`.
    """
    path = Path(path)
    require_degree(path, degree, shadr_degree(path))
    table = read_shadr(path, degree) if degree <= DIRECT_DEGREE else _whole_table(path)
    c, s = cut_square(table.c, degree), cut_square(table.s, degree)
    return GravityField(name, body, table.gm, table.radius, degree, c, s, "not stated", frame, source)


def cut_path(path: Path) -> Path:
    """Where the binary cut of a table lies; another path when the table changes."""
    key = hashlib.sha256(file_key(path).encode()).hexdigest()[:16]
    return cache_folder() / "gravity" / f"{path.stem}-{key}.bin"


def _whole_table(path: Path) -> ShadrTable:
    cut = cut_path(path)
    table = _read_cut(cut)
    if table is None:
        table = read_shadr(path)
        with contextlib.suppress(OSError):  # a folder that cannot be written only costs time
            write_atomically(cut, _packed(table))
    return table


def _packed(table: ShadrTable) -> bytes:
    head = np.array([table.gm, table.radius, table.file_degree])
    body = np.concatenate((head, table.c, table.s)).astype("<f8").tobytes()
    return hashlib.sha256(body).digest() + body


def _read_cut(cut: Path) -> ShadrTable | None:
    """The table of a cut; None where there is none or its checksum does not fit."""
    try:
        content = cut.read_bytes()
    except OSError:
        return None
    digest, body = content[:DIGEST_BYTES], content[DIGEST_BYTES:]
    if hashlib.sha256(body).digest() != digest:
        return None
    words = np.frombuffer(body, dtype="<f8").astype(np.float64)
    count = (words.size - HEAD_WORDS) // 2
    gm, radius, degree = (float(word) for word in words[:HEAD_WORDS])
    return ShadrTable(gm, radius, int(degree), words[HEAD_WORDS : HEAD_WORDS + count], words[HEAD_WORDS + count :])
