"""Orbit Ephemeris Messages (CCSDS 502.0-B-3): tables of states of one object, read and written as KVN or XML."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.time.epoch import Epoch

if TYPE_CHECKING:
    from moonstead.foundation.time.earth_orientation import EarthOrientation

Array = NDArray[np.float64]


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


def read_oem(path: str | os.PathLike[str], earth_orientation: EarthOrientation | None = None) -> Oem:
    """Read an Orbit Ephemeris Message, KVN or XML, plain or gzip: its content tells.

    Parameters
    ----------
    path : path
        The file. An XML file may hold the message alone or inside ``<ndm>``, as long as it is the only one.
    earth_orientation : EarthOrientation or None
        Needed only where the time system is UT1.

    Returns
    -------
    Oem
        Everything that the file says, in SI units and TDB. Comments among the states lose their place between them.

    Raises
    ------
    MissingData
        There is no such file.
    InvalidInput
        The file breaks the standard; the message names file, line, what is wrong and what to do. Nothing is skipped.

    Source
    ------
    CCSDS 502.0-B-3, Orbit Data Messages (2023), sections 5, 7 and 8; CCSDS 301.0-B-4, time code formats (2010), 3.5.
    """
    from moonstead.formats.files import read_text
    from moonstead.formats.oem_build import build_oem

    text = read_text(path)
    source = str(Path(path))
    beginning = text.lstrip()[:200]
    if beginning.startswith("<"):
        from moonstead.formats.oem_xml import parse_xml

        return build_oem(parse_xml(text, source), source, earth_orientation)
    if beginning.startswith("CCSDS_OEM_VERS"):
        from moonstead.formats.oem_kvn import parse_kvn

        return build_oem(parse_kvn(text, source), source, earth_orientation)
    shown = beginning.splitlines()[0][:60] if beginning else ""
    raise InvalidInput(
        f"{source}, line 1: not an Orbit Ephemeris Message; it begins with {shown!r}, "
        "but KVN begins with 'CCSDS_OEM_VERS = 3.0' and XML with '<'. Give a CCSDS 502.0-B OEM"
    )


def write_oem(
    path: str | os.PathLike[str],
    oem: Oem,
    form: Literal["kvn", "xml"] = "kvn",
    earth_orientation: EarthOrientation | None = None,
) -> None:
    """Write an Orbit Ephemeris Message whole or not at all; packed with gzip if the path ends in ``.gz``.

    Times keep 0.1 us (whole milliseconds are written as such), positions 1e-7 m, velocities 1e-10 m/s.

    Parameters
    ----------
    path : path
        Where to.
    oem : Oem
        What to write. The format version written is 3.0, whatever version was read.
    form : ``"kvn"`` or ``"xml"``
        Text form.
    earth_orientation : EarthOrientation or None
        Needed only where the time system is UT1.

    Raises
    ------
    InvalidInput
        The message breaks the standard: no segment, times that do not rise, a value that is not finite, an unknown
        frame or time system, arrays of the wrong shape, text with a line break.

    Source
    ------
    CCSDS 502.0-B-3, Orbit Data Messages (2023), sections 5, 7 and 8.
    """
    from moonstead.formats.files import write_text
    from moonstead.formats.oem_build import require_writable

    require_writable(oem)
    if form == "kvn":
        from moonstead.formats.oem_kvn import format_kvn

        write_text(path, format_kvn(oem, earth_orientation))
    elif form == "xml":
        from moonstead.formats.oem_xml import format_xml

        write_text(path, format_xml(oem, earth_orientation))
    else:
        raise InvalidInput(f"an OEM is written as 'kvn' or 'xml'; asked for {form!r}")
