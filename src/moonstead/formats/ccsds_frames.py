"""Axes of this library and their names in CCSDS navigation messages."""

from __future__ import annotations

import re

from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.frames.frame import Frame
from moonstead.foundation.frames.standard import EME2000, ICRF, ITRF, MOON_ME, MOON_PA, TEME

_AXES: dict[str, Frame] = {
    "EME2000": EME2000,
    "J2000": EME2000,
    "ICRF": ICRF,
    "GCRF": ICRF,
    "ITRF": ITRF,
    "TEME": TEME,
    "TEMEOFDATE": TEME,
    "MOON_ME": MOON_ME,
    "MOON_PA": MOON_PA,
}
_AXES_NUMBERED: tuple[tuple[re.Pattern[str], Frame], ...] = (
    (re.compile(r"ICRF[1-3]"), ICRF),
    (re.compile(r"GCRF[1-3]"), ICRF),
    (re.compile(r"ITRF(?:2000|2005|2008|2014|2020)"), ITRF),  # they agree within a few centimetres
    (re.compile(r"MOON_PA(?:_?DE)?440"), MOON_PA),
)
_WRITTEN = {
    "ICRF": "ICRF",
    "EME2000": "EME2000",
    "ITRF": "ITRF2020",
    "TEME": "TEMEOFDATE",
    "MOON_ME": "MOON_ME",
    "MOON_PA": "MOON_PA440",
}


def axes_of(ref_frame: str) -> Frame:
    """Axes of this library that a CCSDS frame name stands for.

    Parameters
    ----------
    ref_frame : str
        Value of REF_FRAME, for example ``"EME2000"``, ``"ITRF2014"``, ``"MOON_PA440"``.

    Returns
    -------
    Frame
        The frame. ITRF2000 and later are all taken as `ITRF` (they agree within a few centimetres at the surface).

    Raises
    ------
    InvalidInput
        The frame has no counterpart here; the message lists those that have.

    Source
    ------
    CCSDS 502.0-B-3 (2023), 3.2.3.3 and annex B4.
    """
    known = _AXES.get(ref_frame)
    if known is not None:
        return known
    for pattern, frame in _AXES_NUMBERED:
        if pattern.fullmatch(ref_frame):
            return frame
    available = ", ".join([*_AXES, "ITRF2000 to ITRF2020", "MOON_PA440"])
    raise InvalidInput(
        f"no axes here correspond to the CCSDS frame {ref_frame!r}; convertible are {available}. "
        "Ask the originator for the ephemeris in one of these"
    )


def ref_frame_of(frame: Frame) -> str:
    """CCSDS name of a frame, for the keyword REF_FRAME.

    Parameters
    ----------
    frame : Frame
        One of ICRF, EME2000, ITRF, TEME, MOON_ME, MOON_PA.

    Returns
    -------
    str
        The registered name with the realisation that this library uses (``ITRF2020``, ``MOON_PA440``).

    Raises
    ------
    InvalidInput
        CCSDS has no name for the frame.
    """
    try:
        return _WRITTEN[frame.name]
    except KeyError:
        raise InvalidInput(
            f"CCSDS has no name for the frame {frame.name!r}; turn the states into one of {', '.join(_WRITTEN)} first"
        ) from None
