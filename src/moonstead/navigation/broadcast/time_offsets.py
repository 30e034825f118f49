"""Offsets between the times of the systems, and from UTC, as broadcast messages say them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.formats.rinex_navigation_header import TimeCorrection
from moonstead.foundation.errors import MissingData

Array = NDArray[np.float64]


def time_offset(corrections: Sequence[TimeCorrection], kind: str, gpst: ArrayLike) -> Array:
    """Offset of one system time from another at given times, whole leap seconds apart.

    Of several corrections of the kind each time takes the one whose reference is nearest.

    Parameters
    ----------
    corrections : sequence of TimeCorrection
        As a navigation file has them.
    kind : str
        ``"GPUT"`` GPS time less UTC(USNO), ``"GLUT"`` GLONASS time less UTC(SU), ``"GAUT"``, ``"BDUT"``, ``"IRUT"``;
        ``"GAGP"`` Galileo less GPS, ``"GLGP"`` GLONASS less GPS: the first is behind by this where it is negative.
    gpst : (N,) or scalar [s of GPST]
        Times past 1980-01-06T00:00:00 GPST.

    Returns
    -------
    (N,) [s]
        NaN where a time is NaN.

    Raises
    ------
    MissingData
        The file has no correction of this kind.

    Source
    ------
    RINEX 3.05, table A5 (TIME SYSTEM CORR); IS-GPS-200, 20.3.3.5.2.4; Galileo OS SIS ICD 2.1, 5.1.8 (GGTO).
    """
    gpst = np.atleast_1d(np.asarray(gpst, dtype=np.float64))
    chosen = [correction for correction in corrections if correction.kind == kind]
    if not chosen:
        known = sorted({correction.kind for correction in corrections})
        raise MissingData(f"the navigation file has no time correction {kind}; it has {', '.join(known) or 'none'}")
    reference = np.array([correction.reference for correction in chosen])
    apart = np.abs(gpst[:, np.newaxis] - np.where(np.isnan(reference), np.inf, reference))
    nearest = np.argmin(np.where(np.isnan(apart), np.inf, apart), axis=1)
    terms = np.array([(correction.a0, correction.a1, correction.a2) for correction in chosen])[nearest]
    since = np.where(np.isnan(reference[nearest]), 0.0 * gpst, gpst - reference[nearest])
    return np.asarray(terms[:, 0] + since * (terms[:, 1] + since * terms[:, 2]))
