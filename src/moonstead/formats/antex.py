"""Phase centres of satellite and receiver antennas in ANTEX files."""

from __future__ import annotations

import os
from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.formats.antex_file import Antenna, AntennaFile, AntennaPattern
from moonstead.formats.antex_text import parse_antex
from moonstead.formats.gnss_files import unpack

__all__ = ["Antenna", "AntennaFile", "AntennaPattern", "phase_variation", "read_antex"]

Array = NDArray[np.float64]


def read_antex(path: str | os.PathLike[str], *, types: Iterable[str] | None = None) -> AntennaFile:
    """Antennas of an ANTEX file.

    Parameters
    ----------
    path : path
        Plain or packed.
    types : iterable of str, optional
        Types of receiver antennas that are wanted, in addition to all satellites; without it, all.

    Returns
    -------
    AntennaFile

    Raises
    ------
    MissingData
        There is no such file.
    FormatError
        It is no ANTEX file, or has no antenna that can be used.
    """
    wanted = None if types is None else {name.strip().upper() for name in types}
    return parse_antex(unpack(path), os.fspath(path), wanted)


def phase_variation(pattern: AntennaPattern, zenith: ArrayLike, azimuth: ArrayLike | None = None) -> Array:
    """Variation of the phase centre along lines of sight, to be added to a computed range.

    Parameters
    ----------
    pattern : AntennaPattern
        Of the antenna at the frequency.
    zenith : (N,) [rad]
        Angle from the antenna's axis: zenith angle of receivers, nadir angle of satellites. Beyond the grid the last
        value holds.
    azimuth : (N,) [rad], optional
        From north over east (satellites: from y over x); without it, or where the pattern has no azimuths, the mean
        over azimuths is used.

    Returns
    -------
    (N,) [m]
        NaN where an angle is NaN.

    Source
    ------
    ANTEX 1.4, section 3: linear interpolation in both angles.
    """
    away = np.atleast_1d(np.asarray(zenith, dtype=np.float64))
    if azimuth is None or pattern.azimuth.size < 2:
        return np.interp(away, pattern.zenith, pattern.variation)
    around = np.broadcast_to(np.asarray(azimuth, dtype=np.float64), away.shape) % (2.0 * np.pi)
    step = pattern.azimuth[1] - pattern.azimuth[0]
    with np.errstate(invalid="ignore"):
        row = np.clip(np.nan_to_num(around / step).astype(np.int64), 0, pattern.azimuth.size - 2)
    share = around / step - row
    spacing = pattern.zenith[1] - pattern.zenith[0]
    place = np.clip((away - pattern.zenith[0]) / spacing, 0.0, pattern.zenith.size - 1.0)
    column = np.clip(np.nan_to_num(place).astype(np.int64), 0, pattern.zenith.size - 2)
    part = place - column
    table = pattern.variation_by_azimuth
    near = table[row, column] * (1.0 - part) + table[row, column + 1] * part
    far = table[row + 1, column] * (1.0 - part) + table[row + 1, column + 1] * part
    return np.asarray(near * (1.0 - share) + far * share)
