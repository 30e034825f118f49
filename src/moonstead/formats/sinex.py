"""Coordinates of stations, and what stands on them, in SINEX files."""

from __future__ import annotations

import os

from moonstead.formats.gnss_files import unpack
from moonstead.formats.sinex_file import SinexFile, StationEccentricity, StationEquipment, StationSolution
from moonstead.formats.sinex_text import parse_sinex

__all__ = ["SinexFile", "StationEccentricity", "StationEquipment", "StationSolution", "read_sinex"]


def read_sinex(path: str | os.PathLike[str]) -> SinexFile:
    """Stations of a SINEX file, or of a part of one that holds lines of its estimates alone.

    Parameters
    ----------
    path : path
        Plain or packed.

    Returns
    -------
    SinexFile

    Raises
    ------
    MissingData
        There is no such file.
    FormatError
        It is no SINEX, or has nothing of stations.
    """
    return parse_sinex(unpack(path), os.fspath(path))
