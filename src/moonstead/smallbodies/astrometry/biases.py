"""What star catalogues are off by, region by region: the tables that JPL publishes for asteroid astrometry."""

from __future__ import annotations

import os
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.formats.astrometry_rows import Observations
from moonstead.formats.files import read_text
from moonstead.formats.star_catalogues import ADES_NAMES, catalogue_letters
from moonstead.foundation.constants import ARCSECOND, SECONDS_PER_DAY
from moonstead.foundation.errors import InvalidInput

Array = NDArray[np.float64]
Whole = NDArray[np.int64]

# Catalogues of JPL's tables of 2018 and 2014, for files whose header does not list them.
PUBLISHED_LETTERS = ("abcdegijlmnopqrtuvwLNQRSUW", "abcdegijlmopqruvwLN")
NUMBERS = 4  # of each catalogue and tile: two offsets, two proper motions
JULIAN_YEAR = 365.25 * SECONDS_PER_DAY  # [s]
MILLIARCSECOND = 1e-3 * ARCSECOND  # [rad]


@dataclass(frozen=True, eq=False)
class BiasTable:
    """Offsets of star catalogues in equal tiles of the sky.

    Attributes
    ----------
    letters : str
        Letters of the C catalogues.
    sides : int
        HEALPix parameter: there are K = 12 sides**2 tiles, in rings from the north.
    offset : (K, C, 2) [rad]
        Catalogue less truth at J2000, right ascension times the cosine of declination and declination.
    motion : (K, C, 2) [rad/s]
        Growth of the offset.
    source : str
        Name of the file.
    """

    letters: str
    sides: int
    offset: Array
    motion: Array
    source: str

    def bias(self, observations: Observations) -> Array:
        """Offset of each row's place.

        Parameters
        ----------
        observations : Observations
            N rows.

        Returns
        -------
        (N, 2) [rad]
            To be taken off; 0 for catalogues that the table does not have (those of Gaia among them).

        Source
        ------
        Eggl, Farnocchia, Chamberlin & Chesley (2020), Icarus 339, 113596, doi:10.1016/j.icarus.2019.113596.
        """
        letters = catalogue_letters(observations.catalogue)
        column = np.array([self.letters.find(letter) if letter else -1 for letter in letters.tolist()], dtype=np.int64)
        known = column >= 0
        tiles = ring_tile(self.sides, observations.right_ascension, observations.declination)
        bias = np.zeros((observations.count, 2))
        at = tiles[known], column[known]
        bias[known] = self.offset[at] + self.motion[at] * observations.tdb[known, np.newaxis]
        return bias


def read_bias_table(path: str | os.PathLike[str]) -> BiasTable:
    """Table of catalogue biases as JPL publishes it (``bias.dat``).

    Parameters
    ----------
    path : path
        Lines that begin with ``!`` are the header, one of them with the catalogues' letters; each other line is a
        tile, four numbers for each catalogue: offsets in right ascension (times the cosine of declination) and
        declination ["], proper motions [mas/yr].

    Returns
    -------
    BiasTable
        Offsets [rad] and their motion [rad/s].

    Raises
    ------
    MissingData
        There is no such file.
    InvalidInput
        The file is of another layout; the message says what is missing.

    Source
    ------
    Eggl et al. (2020), Icarus 339, 113596, and Farnocchia et al. (2015), Icarus 245, 94,
    doi:10.1016/j.icarus.2014.07.033: README of ``debias_2018.tgz`` and ``debias_2014.tgz``.
    """
    lines = read_text(path).splitlines()
    header = [line[1:] for line in lines if line.startswith("!")]
    body = [line.split() for line in lines if line.strip() and not line.startswith("!")]
    columns = len(body[0]) if body else 0
    sides = round(np.sqrt(len(body) / 12.0))
    said = next((found for found in map(_letters, header) if found), "")
    letters = said or next((known for known in PUBLISHED_LETTERS if len(known) * NUMBERS == columns), "")
    if not letters or columns != len(letters) * NUMBERS or len(body) != 12 * sides * sides:
        raise InvalidInput(
            f"{path}: {len(body)} tiles of {columns} numbers are no table of biases: it takes 12 x NSIDE^2 tiles and"
            f" {NUMBERS} numbers for each catalogue; give JPL's bias.dat whole"
        )
    try:
        table = np.array(body, dtype=np.float64).reshape(len(body), len(letters), NUMBERS)
    except ValueError as error:
        raise InvalidInput(f"{path}: a tile is cut short or has a word that is no number; fetch it again") from error
    return BiasTable(
        letters, sides, table[..., :2] * ARCSECOND, table[..., 2:] * (MILLIARCSECOND / JULIAN_YEAR), str(path)
    )


def ring_tile(sides: int, longitude: Array, latitude: Array) -> Whole:
    """HEALPix tile of places on a sphere, counted in rings from the north pole.

    Parameters
    ----------
    sides : int
        Parameter of the tiling: 12 sides**2 tiles of equal area.
    longitude, latitude : (N,) [rad]
        Places, for example right ascension and declination.

    Returns
    -------
    (N,) [1]
        Tiles from 0.

    Source
    ------
    Gorski et al. (2005), Astrophys. J. 622, 759, section 5.1, doi:10.1086/427976.
    """
    z = np.sin(np.asarray(latitude, dtype=np.float64))
    quarter = np.mod(np.asarray(longitude, dtype=np.float64) / (0.5 * np.pi), 4.0)
    total = 12 * sides * sides
    in_cap = 2 * sides * (sides - 1)  # tiles of one polar cap

    # Between the caps: lines that rise and fall through the place, counted along the ring.
    middle, tilt = sides * (0.5 + quarter), sides * z * 0.75
    rising, falling = np.floor(middle - tilt).astype(np.int64), np.floor(middle + tilt).astype(np.int64)
    ring = sides + 1 + rising - falling
    shift = (ring + 1) % 2
    along = np.mod((rising + falling - sides + shift + 1) // 2, 4 * sides)
    belt = in_cap + (ring - 1) * 4 * sides + along

    within = quarter - np.floor(quarter)
    scale = sides * np.sqrt(3.0 * (1.0 - np.abs(z)))
    up, down = np.floor(within * scale).astype(np.int64), np.floor((1.0 - within) * scale).astype(np.int64)
    ring = up + down + 1
    along = np.minimum(np.floor(quarter * ring).astype(np.int64), 4 * ring - 1)
    cap = np.where(z > 0.0, 2 * ring * (ring - 1) + along, total - 2 * ring * (ring + 1) + along)
    return np.where(np.abs(z) <= 2.0 / 3.0, belt, cap)


def _letters(line: str) -> str:
    """Letters of a header line that has nothing but two or more letters of catalogues."""
    words = line.split()
    return "".join(words) if len(words) > 1 and all(word in ADES_NAMES for word in words) else ""
