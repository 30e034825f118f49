"""What an Orbit Ephemeris Message holds, whatever its form: a header, and tables of states with their metadata."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.time.epoch import Epoch

Array = NDArray[np.float64]

METHODS = ("HERMITE", "LAGRANGE", "LINEAR")
EDGE_TOLERANCE = 1e-3  # [s] START_TIME and STOP_TIME are often cut to milliseconds


@dataclass(frozen=True, slots=True)
class OemHeader:
    """Who made the message, and when.

    Attributes
    ----------
    originator : str
        Agency or operator.
    creation : Epoch
        When the message was made.
    classification, message_id : str or None
        Free text of the originator.
    comments : tuple of str
        Comment lines of the header.
    version : str
        Version of the message format.
    """

    originator: str
    creation: Epoch
    classification: str | None = None
    message_id: str | None = None
    comments: tuple[str, ...] = ()
    version: str = "3.0"


@dataclass(frozen=True, slots=True)
class OemMetadata:
    """What one table of states is about.

    Attributes
    ----------
    object_name, object_id : str
        Name and international designator of the object.
    center_name, ref_frame, time_system : str
        Centre, axes and time system in the words of CCSDS; `formats.oem_trajectory` turns them into this library's.
    start, stop : float [s TDB past J2000]
        Total span of the table.
    useable_start, useable_stop : float or None [s TDB past J2000]
        Span outside of which the states only support the interpolation.
    ref_frame_epoch : float or None [s TDB past J2000]
        Epoch of the axes where the frame needs one.
    interpolation, interpolation_degree : str or None, int or None
        Recommended method (``"HERMITE"``, ``"LAGRANGE"``, ``"LINEAR"``) and its degree.
    comments : tuple of str
        Comment lines of the metadata.
    """

    object_name: str
    object_id: str
    center_name: str
    ref_frame: str
    time_system: str
    start: float
    stop: float
    useable_start: float | None = None
    useable_stop: float | None = None
    ref_frame_epoch: float | None = None
    interpolation: str | None = None
    interpolation_degree: int | None = None
    comments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class OemCovariance:
    """Uncertainty of the state at one time.

    Attributes
    ----------
    tdb : float [s TDB past J2000]
        Time.
    matrix : (6, 6) [m2, m2/s, m2/s2]
        Covariance of position and velocity, symmetric.
    frame : str or None
        Axes in the words of CCSDS (``"RTN"``, ``"TNW"`` or a reference frame); those of the segment where None.
    comments : tuple of str
        Comment lines that stand before it.
    """

    tdb: float
    matrix: Array
    frame: str | None = None
    comments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class OemSegment:
    """One table of states across which interpolation is allowed.

    Attributes
    ----------
    metadata : OemMetadata
        Object, centre, axes, span.
    tdb : (N,) [s TDB past J2000]
        Times, strictly rising.
    states : (N, 6) [m, m/s]
        Positions and velocities relative to the centre in the axes of the metadata.
    accelerations : (N, 3) or None [m/s2]
        Accelerations where the file has them.
    covariances : tuple of OemCovariance
        Uncertainties in rising order of time.
    comments : tuple of str
        Comment lines among the states.
    """

    metadata: OemMetadata
    tdb: Array
    states: Array
    accelerations: Array | None = None
    covariances: tuple[OemCovariance, ...] = ()
    comments: tuple[str, ...] = ()

    @property
    def span(self) -> tuple[float, float]:
        """First and last time [s TDB past J2000] that may be used: of the states, cut to the usable times."""
        first, last = float(self.tdb[0]), float(self.tdb[-1])
        if self.metadata.useable_start is not None:
            first = max(first, self.metadata.useable_start)
        if self.metadata.useable_stop is not None:
            last = min(last, self.metadata.useable_stop)
        return first, last


@dataclass(frozen=True, slots=True, eq=False)
class Oem:
    """An Orbit Ephemeris Message: a header and tables of states in rising order of time.

    Attributes
    ----------
    header : OemHeader
        Who made it, and when.
    segments : tuple of OemSegment
        Tables; an event that bends the path (a burn) separates two of them.
    """

    header: OemHeader
    segments: tuple[OemSegment, ...]
