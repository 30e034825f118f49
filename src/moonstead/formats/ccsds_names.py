"""Names that CCSDS navigation messages use for time systems, frames and centres."""

from __future__ import annotations

import re

TIME_SYSTEMS = ("UTC", "TAI", "TT", "TDB", "GPS", "UT1")

# CCSDS 502.0-B-3, 3.2.3.3 and the SANA registry "Celestial Body Reference Frames" (annex B, B4); a frame in it is
# accepted in a file even where no conversion to axes of this library exists.
REGISTERED_FRAMES = frozenset(
    (
        *("EME2000", "GCRF", "GRC", "ICRF", "ITRF2000", "ITRF-93", "ITRF-97", "MCI", "TDR", "TEME", "TOD"),
        *("ALIGN_CB", "ALIGN_EARTH", "B1950", "CIRS", "EFG", "FIXED_CB", "FIXED_EARTH", "GTOD", "INERTIAL_CB", "ITRF"),
        *("J2000", "J2000A", "J2000_ECLIPTIC", "MOD_CB", "MOD_EARTH", "MOD_MOON", "MOE_CB", "MOE_EARTH", "MOON_ME"),
        *("MOON_MEIAUE", "MOON_PA", "TEMEOFDATE", "TEMEOFEPOCH", "TIRS", "TOD_CB", "TOD_EARTH", "TOD_MOON"),
        *("TOE_CB", "TOE_EARTH", "TOE_MOON", "TRUE_ECLIPTIC", "UVW_GO_INERTIAL", "WGS84"),
    )
)
NUMBERED_FRAMES = re.compile(r"(?:ITRF-?\d{2,4}|DTRF\d{4}|GCRF\d+|ICRF\d+|MOON_PA(?:_?DE)?\d{3})")

_CENTERS = {"SSB": "SOLAR SYSTEM BARYCENTER", "EARTH-MOON BARYCENTER": "EARTH BARYCENTER"}


def is_registered_frame(name: str) -> bool:
    """Whether a value of REF_FRAME is one that CCSDS 502.0-B-3 or the SANA registry knows."""
    return name in REGISTERED_FRAMES or NUMBERED_FRAMES.fullmatch(name) is not None


def center_of(center_name: str) -> str:
    """Upper-case NAIF name of the body that a value of CENTER_NAME means."""
    name = " ".join(center_name.upper().replace("_", " ").split())
    return _CENTERS.get(name, name)
