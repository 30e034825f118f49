"""Why rows were left out of an orbit, in words."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.constants import ARCSECOND
from moonstead.smallbodies.orbit_fit.equations import Equations

Array = NDArray[np.float64]
Chosen = NDArray[np.bool_]

WHOLE_STATION = 2  # rows from which a station that is off in all of them is told
FAR_OFF = 5.0  # [1] normalised residual that noise does not explain


def row_reasons(
    rows: Equations, normalised: Array, used: Chosen, radar_normalised: Array, radar_used: Chosen
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Why each row was left out.

    Parameters
    ----------
    rows : Equations
        At the fitted orbit.
    normalised, radar_normalised : (N,) and (M,) [1]
        Residuals by what the fit lets expect.
    used, radar_used : (N,) and (M,) bool
        Rows of the fit.

    Returns
    -------
    two tuples of str
        (N,) for places and (M,) for radar, empty where a row was used.

    Source
    ------
    As `moonstead.estimation.outliers`, whose choice is told here.
    """
    angles = np.hypot(rows.residuals[:, 0], rows.residuals[:, 1]) / ARCSECOND
    places = [
        "" if kept else f"residual {angle:.3g} arcsec, {size:.1f} times what is expected"
        for kept, angle, size in zip(used, angles, normalised, strict=True)
    ]
    echoes = [
        ""
        if kept
        else "echo of the surface, and the radius of the body is not given"
        if not np.isfinite(sigma)
        else f"residual {residual:.3g} in its unit (s or Hz), {size:.1f} times what is expected"
        for kept, residual, sigma, size in zip(
            radar_used, rows.radar_residuals, rows.radar_sigma, radar_normalised, strict=True
        )
    ]
    return tuple(places), tuple(echoes)


def station_notes(stations: NDArray[np.str_], normalised: Array, used: Chosen) -> tuple[str, ...]:
    """Stations all of whose rows are off: a code that was swapped, or a clock.

    Parameters
    ----------
    stations : (N,) str
        Codes.
    normalised : (N,) [1]
        Residuals by what the fit lets expect.
    used : (N,) bool
        Rows of the fit.

    Returns
    -------
    tuple of str
        One sentence for each such station.

    Source
    ------
    Names what `moonstead.estimation.outliers` left out; bounds are this project's.
    """
    told = []
    for code in np.unique(stations):
        mine = stations == code
        if np.sum(mine) >= WHOLE_STATION and not np.any(used[mine]) and np.median(normalised[mine]) > FAR_OFF:
            told.append(
                f"all {np.sum(mine)} rows of station {code} were left out, typically "
                f"{np.median(normalised[mine]):.0f} times off: is the station's code, its clock or the object right?"
            )
    return tuple(told)
