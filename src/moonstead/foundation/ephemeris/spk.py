"""SPK files: trajectories of bodies and spacecraft as NAIF writes them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.constants import ARCSECOND
from moonstead.foundation.ephemeris.chebyshev import ChebyshevRecords, read_chebyshev, read_velocity_chebyshev
from moonstead.foundation.ephemeris.daf import open_daf
from moonstead.foundation.ephemeris.differences import read_differences
from moonstead.foundation.ephemeris.samples import read_even_samples, read_mission_samples, read_uneven_samples
from moonstead.foundation.ephemeris.segment_data import SegmentData
from moonstead.foundation.ephemeris.two_body import read_two_body
from moonstead.foundation.errors import InvalidInput

Array = NDArray[np.float64]

READERS: dict[int, Callable[[Array], SegmentData]] = {
    1: lambda words: read_differences(words, 1),
    2: lambda words: read_chebyshev(words, 2),
    3: lambda words: read_chebyshev(words, 3),
    5: read_two_body,
    8: lambda words: read_even_samples(words, 8),
    9: lambda words: read_uneven_samples(words, 9),
    12: lambda words: read_even_samples(words, 12),
    13: lambda words: read_uneven_samples(words, 13),
    18: read_mission_samples,
    20: read_velocity_chebyshev,
    21: lambda words: read_differences(words, 21),
}

ICRF_FRAME, ECLIPTIC_FRAME = 1, 17  # NAIF's J2000 and ECLIPJ2000
OBLIQUITY_J2000 = 84_381.448 * ARCSECOND  # [rad] IAU 1976, as NAIF defines ECLIPJ2000


@dataclass(frozen=True)
class Segment:
    """One body relative to another over a span.

    Attributes
    ----------
    path : Path
        The file.
    name : str
        What the file calls the segment.
    target, center : int
        NAIF ids.
    frame : int
        NAIF id of the axes.
    kind : int
        SPK data type.
    start, stop : float [s TDB past J2000]
        First and last time, both included.
    words : (K,) memory map [as in the file]
        The data.
    """

    path: Path
    name: str
    target: int
    center: int
    frame: int
    kind: int
    start: float
    stop: float
    words: Array

    @cached_property
    def data(self) -> SegmentData:
        """The data of the segment, laid out for its type.

        Raises
        ------
        InvalidInput
            The type is not read, or the segment is damaged.
        """
        if self.kind not in READERS:
            raise InvalidInput(
                f"{self.path} describes body {self.target} with SPK type {self.kind}; Moonstead reads the types "
                f"{', '.join(str(kind) for kind in sorted(READERS))}: write the trajectory as type 13 or 9 "
                "(NAIF's spkmerge, spy or mkspk) and load that"
            )
        try:
            return READERS[self.kind](self.words)
        except InvalidInput as error:
            raise InvalidInput(f"{self.path}, body {self.target}: {error}") from error

    def states(self, tdb: Array) -> Array:
        """States (N, 6) [km, km/s] of the target from the centre in ICRF axes at times (N,) [s TDB past J2000].

        Raises
        ------
        InvalidInput
            The type or the axes of the segment are not read, or it is damaged.
        """
        states = self.data.states(tdb)
        if self.frame == ICRF_FRAME:
            return states
        if self.frame == ECLIPTIC_FRAME:
            return np.concatenate((_from_ecliptic(states[:, :3]), _from_ecliptic(states[:, 3:])), axis=1)
        raise InvalidInput(
            f"{self.path} gives body {self.target} in the frame with NAIF id {self.frame}; "
            "only J2000 (1) and ECLIPJ2000 (17) are read: write the trajectory in J2000"
        )

    @property
    def chebyshev(self) -> ChebyshevRecords | None:
        """The Chebyshev records in ICRF axes, where the segment has them."""
        if self.kind in (2, 3) and self.frame == ICRF_FRAME:
            data = self.data
            if isinstance(data, ChebyshevRecords):
                return data
        return None


def open_spk(path: Path | str) -> tuple[Segment, ...]:
    """Segments of an SPK file in the order of the file; the last one has priority.

    Parameters
    ----------
    path : path
        A binary SPK file.

    Raises
    ------
    MissingData
        There is no such file.
    InvalidInput
        It is no binary SPK file, cut short or damaged.

    Source
    ------
    NAIF, SPK Required Reading.
    """
    daf = open_daf(path, "SPK")
    return tuple(
        Segment(daf.path, a.name, target, center, frame, kind, start, stop, a.words)
        for a in daf.arrays
        for (target, center, frame, kind), (start, stop) in [(a.integers, a.doubles)]
    )


def _from_ecliptic(vectors: Array) -> Array:
    sine, cosine = np.sin(OBLIQUITY_J2000), np.cos(OBLIQUITY_J2000)
    x, y, z = vectors.T
    return np.stack((x, cosine * y - sine * z, sine * y + cosine * z), axis=1)
