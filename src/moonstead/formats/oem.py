"""Orbit Ephemeris Messages (CCSDS 502.0-B-3): tables of states of one object, read and written as KVN or XML."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from moonstead.formats.files import read_text, write_text
from moonstead.formats.oem_build import build_oem
from moonstead.formats.oem_kvn import format_kvn, parse_kvn
from moonstead.formats.oem_message import Oem, OemCovariance, OemHeader, OemMetadata, OemSegment
from moonstead.formats.oem_writable import require_writable
from moonstead.formats.oem_xml import format_xml, parse_xml
from moonstead.foundation.errors import InvalidInput

if TYPE_CHECKING:
    from moonstead.foundation.time.earth_orientation import EarthOrientation

__all__ = ["Oem", "OemCovariance", "OemHeader", "OemMetadata", "OemSegment", "read_oem", "write_oem"]


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
    text = read_text(path)
    source = str(Path(path))
    beginning = text.lstrip()[:200]
    if beginning.startswith("<"):
        return build_oem(parse_xml(text, source), source, earth_orientation)
    if beginning.startswith("CCSDS_OEM_VERS"):
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
    require_writable(oem)
    if form == "kvn":
        write_text(path, format_kvn(oem, earth_orientation))
    elif form == "xml":
        write_text(path, format_xml(oem, earth_orientation))
    else:
        raise InvalidInput(f"an OEM is written as 'kvn' or 'xml'; asked for {form!r}")
