"""Geometry that satellites in service give: availability of a position for each system and for all together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from moonstead.formats.sp3 import PreciseOrbits
from moonstead.navigation.dilution import MASK
from moonstead.navigation.dilution_maps import AvailabilityMap, Grid, availability_map
from moonstead.navigation.monitoring.comparison import SignalErrors

Array = NDArray[np.float64]

STEP = 900.0  # [s] between epochs of a map
DAY = 86_400.0  # [s]


def service_positions(precise: PreciseOrbits, errors: SignalErrors, step: float = STEP) -> tuple[Array, Array]:
    """Places of the satellites of `errors` wherever their messages do not call them unhealthy.

    Parameters
    ----------
    precise : PreciseOrbits
        Orbits.
    errors : SignalErrors
        Of the same epochs.
    step : float [s]
        Between epochs, as nearly as the product has them.

    Returns
    -------
    gpst : (K,) [s of GPST]
        Epochs; a last one that begins another day is left out.
    position : (K, S, 3) [m]
        ITRF; NaN where a satellite is not there or out of service.

    Source
    ------
    The product's positions.
    """
    column = {name: k for k, name in enumerate(precise.satellites)}
    interval = float(np.median(np.diff(precise.gpst))) if precise.gpst.size > 1 else step
    since = precise.gpst - precise.gpst[0]
    days = max(1, round(float(since[-1]) / DAY))
    rows = np.flatnonzero(since < days * DAY)[:: max(1, round(step / interval))]
    columns = np.array([column[name] for name in errors.satellites], dtype=np.int64)
    position = precise.position[rows][:, columns]
    warned = (errors.sent & ~errors.healthy)[rows] | ~errors.healthy.any(axis=0)
    return precise.gpst[rows], np.where(warned[..., None], np.nan, position)


def service_maps(
    precise: PreciseOrbits, errors: Sequence[SignalErrors], grid: Grid, *, mask: float = MASK
) -> dict[str, AvailabilityMap]:
    """Availability of PDOP within 6 for each system and for all together, one clock in common.

    Parameters
    ----------
    precise : PreciseOrbits
        Orbits.
    errors : sequence of SignalErrors
        Of groups of satellites, at the epochs of `precise`.
    grid : Grid
        Cells of the Earth.
    mask : float [rad]
        Least elevation.

    Returns
    -------
    dict of str to AvailabilityMap
        By the letters of the systems: ``"C"``, ``"R"``, ``"CR"``.

    Source
    ------
    As `availability_map`.
    """
    positions = [service_positions(precise, each)[1] for each in errors]
    letters = [each.satellites[0][0] for each in errors]
    systems = sorted(set(letters))
    sets = [*systems, "".join(systems)] if len(systems) > 1 else systems
    return {
        name: availability_map(
            np.concatenate([place for place, letter in zip(positions, letters, strict=True) if letter in name], axis=1),
            grid,
            mask=mask,
        )
        for name in sets
    }
