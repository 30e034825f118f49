"""Orbit Ephemeris Messages as trajectories, and trajectories as segments of a message."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.dynamics.trajectories import TabulatedTrajectory
from moonstead.dynamics.trajectory import Trajectory
from moonstead.formats.ccsds_frames import axes_of, ref_frame_of
from moonstead.formats.ccsds_names import center_of
from moonstead.formats.oem_message import Oem, OemMetadata, OemSegment
from moonstead.foundation.errors import InvalidInput, OutsideSpan
from moonstead.foundation.frames.frame import Frame

Array = NDArray[np.float64]

DEFAULT_DEGREE = 7  # Hermite through four states: what the message recommends where it says nothing
HIGHEST_HERMITE, HIGHEST_LAGRANGE = 15, 16


def segment_trajectory(segment: OemSegment, name: str | None = None) -> TabulatedTrajectory:
    """One segment as a trajectory over its whole table, with the interpolation that the message recommends.

    Parameters
    ----------
    segment : OemSegment
        The table. Hermite of degree 7 where it recommends nothing; an even Hermite degree is raised by one, LINEAR is
        Lagrange of degree 1, and the degree is lowered where the table has too few states for it.
    name : str, optional
        What to call it; the object's name if left out.

    Returns
    -------
    TabulatedTrajectory
        In the axes and about the centre of the segment.

    Raises
    ------
    InvalidInput
        The frame has no counterpart here, or the segment has a single state.
    """
    metadata = segment.metadata
    if metadata.ref_frame_epoch is not None:
        raise InvalidInput(
            f"frame {metadata.ref_frame} of {metadata.object_name} is frozen at REF_FRAME_EPOCH; "
            "axes of an epoch are not available. Ask for the ephemeris in EME2000 or ICRF"
        )
    frame = axes_of(metadata.ref_frame)
    count = segment.tdb.size
    if count < 2:
        raise InvalidInput(f"a segment of {metadata.object_name} has one state; a trajectory needs at least two")
    method = (metadata.interpolation or "HERMITE").upper()
    degree = metadata.interpolation_degree or DEFAULT_DEGREE
    called = name or metadata.object_name
    center = center_of(metadata.center_name)
    if method == "HERMITE":
        odd = min(max(3, degree + (degree + 1) % 2), HIGHEST_HERMITE, 2 * count - 1)
        return TabulatedTrajectory(called, center, frame, segment.tdb, segment.states, odd, "hermite")
    lagrange = min(1 if method == "LINEAR" else degree, HIGHEST_LAGRANGE, count - 1)
    return TabulatedTrajectory(called, center, frame, segment.tdb, segment.states, lagrange, "lagrange")


@dataclass(frozen=True, slots=True, eq=False)
class OemTrajectory:
    """A whole message as one trajectory: each time is answered by its own segment, never across two.

    Attributes
    ----------
    name : str
        What messages and reports call it.
    tables : tuple of K TabulatedTrajectory
        One for each segment, all with one centre and frame.
    starts, stops : (K,) [s TDB past J2000]
        Where each table may be used. A time that two of them share belongs to the later one.
    """

    name: str
    tables: tuple[TabulatedTrajectory, ...]
    starts: Array = field(repr=False)
    stops: Array = field(repr=False)

    @property
    def center(self) -> str:
        """Name of the body that positions are measured from."""
        return self.tables[0].center

    @property
    def frame(self) -> Frame:
        """Axes of the states."""
        return self.tables[0].frame

    @property
    def span(self) -> tuple[float, float]:
        """First and last time [s TDB past J2000] with a state; there may be gaps in between."""
        return float(self.starts[0]), float(self.stops[-1])

    def state(self, tdb: Array) -> Array:
        """States (N, 6) [m, m/s] at times (N,) [s TDB past J2000].

        Raises
        ------
        OutsideSpan
            A time lies before, after or between the segments.
        """
        tdb = np.atleast_1d(np.asarray(tdb, dtype=np.float64))
        known = ~np.isnan(tdb)
        index = np.searchsorted(self.starts, tdb, side="right") - 1
        missing = known & ((index < 0) | (tdb > self.stops[np.maximum(index, 0)]))
        if np.any(missing):
            spans = "; ".join(f"{a:.3f} to {b:.3f}" for a, b in zip(self.starts, self.stops, strict=True))
            raise OutsideSpan(
                f"{self.name} was asked for at {tdb[missing][0]:.3f} s TDB past J2000, but its segments cover {spans}; "
                "ask inside them or get a longer ephemeris"
            )
        states = np.full((tdb.size, 6), np.nan)
        for number in np.unique(index[known]):
            rows = known & (index == number)
            states[rows] = self.tables[number].state(tdb[rows])
        return states

    def speed_bound(self, start: Array, stop: Array) -> Array:
        """Upper bound of the speed in inertial axes within intervals of time.

        Parameters
        ----------
        start, stop : (K,) [s TDB past J2000]
            Ends of the intervals.

        Returns
        -------
        (K,) [m/s]
        """
        start, stop = np.atleast_1d(start), np.atleast_1d(stop)
        bound = np.zeros(start.size)
        for table, first, last in zip(self.tables, self.starts, self.stops, strict=True):
            rows = (start <= last) & (stop >= first)
            if np.any(rows):
                inside = table.speed_bound(np.maximum(start[rows], first), np.minimum(stop[rows], last))
                bound[rows] = np.maximum(bound[rows], inside)
        return bound


def oem_trajectory(oem: Oem, name: str | None = None) -> OemTrajectory:
    """A message as one trajectory over the usable spans of its segments.

    Parameters
    ----------
    oem : Oem
        The message.
    name : str, optional
        What to call it; the object's name if left out.

    Returns
    -------
    OemTrajectory
        In the axes and about the centre of the message.

    Raises
    ------
    InvalidInput
        Segments are of different objects, centres or frames, overlap where they may be used, or a frame has no
        counterpart here.

    Source
    ------
    CCSDS 502.0-B-3 (2023), 5.2.4.4 and 5.2.4.6.
    """
    called = name or oem.segments[0].metadata.object_name
    tables = tuple(segment_trajectory(segment, called) for segment in oem.segments)
    kinds = {(s.metadata.object_id, t.center, t.frame.name) for s, t in zip(oem.segments, tables, strict=True)}
    if len(kinds) > 1:
        listed = "; ".join(f"{who} about {center} in {frame}" for who, center, frame in sorted(kinds))
        raise InvalidInput(
            f"the segments differ in object, centre or frame ({listed}), so they are not one trajectory; "
            "use segment_trajectory() on each"
        )
    spans = np.array([segment.span for segment in oem.segments])
    if np.any(spans[1:, 0] < spans[:-1, 1]):
        first = int(np.flatnonzero(spans[1:, 0] < spans[:-1, 1])[0])
        raise InvalidInput(
            f"segments {first + 1} and {first + 2} of {called} overlap where both may be used; "
            "USEABLE_START_TIME and USEABLE_STOP_TIME must part them (5.2.4.4)"
        )
    return OemTrajectory(called, tables, spans[:, 0].copy(), spans[:, 1].copy())


def oem_segment(
    trajectory: Trajectory, tdb: ArrayLike, object_id: str = "UNKNOWN", time_system: str = "UTC", degree: int = 7
) -> OemSegment:
    """Segment with the states of a trajectory at given times.

    Parameters
    ----------
    trajectory : Trajectory
        What to sample, in one of the frames that CCSDS has a name for.
    tdb : (N,) [s TDB past J2000]
        Times, rising; close enough for the interpolation.
    object_id : str
        International designator.
    time_system : str
        Time system of the file.
    degree : int
        Recommended degree of the Hermite interpolation.

    Returns
    -------
    OemSegment
        Ready for `write_oem`.

    Raises
    ------
    InvalidInput
        CCSDS has no name for the trajectory's frame.
    OutsideSpan
        The trajectory does not cover the times.
    """
    tdb = np.array(tdb, dtype=np.float64, ndmin=1)
    metadata = OemMetadata(
        object_name=trajectory.name,
        object_id=object_id,
        center_name=trajectory.center,
        ref_frame=ref_frame_of(trajectory.frame),
        time_system=time_system,
        start=float(tdb[0]),
        stop=float(tdb[-1]),
        interpolation="HERMITE",
        interpolation_degree=degree,
    )
    return OemSegment(metadata, tdb, trajectory.state(tdb))
