"""Radar echoes in pairs of 80-column records."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from moonstead.formats.astrometry_rows import RadarObservations
from moonstead.formats.packed_designation import unpack_columns

MICROSECOND = 1e-6  # [s]
MEGAHERTZ = 1e6  # [Hz]


def read_radar_pairs(
    pairs: Sequence[tuple[str, str, int, float]],
) -> tuple[RadarObservations, list[tuple[int, str]]]:
    """Delays and Doppler shifts of pairs of records.

    Parameters
    ----------
    pairs : sequence of (first record, second record, line number, time [s TDB past J2000])
        Records of 80 characters with ``R`` and ``r`` in column 15.

    Returns
    -------
    RadarObservations, list of (line number, reason)
        A row [s] or [Hz] for each number, and the pairs that say nothing.

    Source
    ------
    Minor Planet Center, Radar Astrometry Format.
    """
    rows: list[dict[str, object]] = []
    faults: list[tuple[int, str]] = []
    for first, second, number, tdb in pairs:
        frequency = _implied(first[62:67], first[67:68] + second[62:68].rstrip())
        delay, delay_sigma = _implied(first[32:43], first[43:47]), _implied(second[33:43], second[43:47])
        shift, shift_sigma = _implied(first[47:58], first[58:62]), _implied(second[47:58], second[58:62])
        bounce = second[32]
        if not (math.isfinite(delay) or math.isfinite(shift)):
            faults.append((number, "columns 33 to 62 have neither a delay nor a Doppler shift"))
            continue
        if bounce not in "SC" or not frequency > 0.0:
            faults.append(
                (number, "the frequency (columns 63 to 68) or the kind of echo (S or C, line after) is missing")
            )
            continue
        if delay <= 0.0:
            faults.append((number, "columns 33 to 47: a delay that is not positive"))
            continue
        object_number, designation = unpack_columns(first[:12])
        common = {
            "objects": object_number or designation or "",
            "tdb": tdb,
            "utc": first[15:32].strip(),
            "frequency": frequency * MEGAHERTZ,
            "transmitter": first[68:71].strip(),
            "receiver": first[77:80].strip(),
            "bounce": bounce,
            "line": number,
        }
        if math.isfinite(delay):
            rows.append(common | {"kind": "delay", "value": delay * MICROSECOND, "sigma": delay_sigma * MICROSECOND})
        if math.isfinite(shift):
            rows.append(common | {"kind": "doppler", "value": shift, "sigma": shift_sigma})
    if not rows:
        return RadarObservations.none(), faults
    return RadarObservations(**{name: np.array([row[name] for row in rows]) for name in rows[0]}), faults


def _implied(whole: str, decimals: str) -> float:
    """Number whose decimal point is not written; NaN where the field is blank or no number."""
    text = whole.replace(" ", "")
    digits = decimals.rstrip()
    if not text and not digits:
        return math.nan
    sign, text = (-1.0, text[1:]) if text.startswith("-") else (1.0, text.removeprefix("+"))
    digits = digits.replace(" ", "0")
    if not (text + digits).isdecimal():
        return math.nan
    return sign * float(f"{text or '0'}.{digits or '0'}")
