"""Axes of the Moon: the principal axes, for gravity, and the mean Earth, for maps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.constants import ARCSECOND
from moonstead.foundation.frames.rotation import Rotation
from moonstead.foundation.frames.turns import euler_313, turn, turned

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext

Array = NDArray[np.float64]

# Turns about axes 3, 2 and 1 that lead from the mean Earth axes of DE421, to which maps refer, to the principal axes
# of DE440 [arcsec].
PRINCIPAL_FROM_MEAN_EARTH = (67.8526, 78.6944, 0.2785)


def _mean_earth_from_principal() -> Array:
    third, second, first = (-angle * ARCSECOND for angle in PRINCIPAL_FROM_MEAN_EARTH)
    matrix: Array = (turn(1, np.array([first])) @ turn(2, np.array([second])) @ turn(3, np.array([third])))[0]
    return matrix


MEAN_EARTH_FROM_PRINCIPAL = _mean_earth_from_principal()


def moon_pa_from_icrf(tdb: Array, data: DataContext) -> Rotation:
    """Rotation from the ICRF to the lunar principal axes of DE440 (SPICE: MOON_PA_DE440).

    Parameters
    ----------
    tdb : (N,) [s TDB past J2000]
        Times.
    data : DataContext
        Where the lunar orientation comes from.

    Returns
    -------
    Rotation
        N matrices [1] and rates [1/s].

    Raises
    ------
    OutsideSpan
        A time lies outside the lunar orientation file.

    Source
    ------
    Park et al. (2021), Astron. J. 161, 105, doi:10.3847/1538-3881/abd414.
    """
    return euler_313(*data.lunar_orientation.angles(tdb))


def moon_me_from_icrf(tdb: Array, data: DataContext) -> Rotation:
    """Rotation from the ICRF to the mean Earth and pole axes of the Moon (SPICE: MOON_ME_DE440_ME421).

    Maps and the LOLA terrain refer to these axes. On the ground they lie up to 875 m from the principal axes.

    Parameters
    ----------
    tdb : (N,) [s TDB past J2000]
        Times.
    data : DataContext
        Where the lunar orientation comes from.

    Returns
    -------
    Rotation
        N matrices [1] and rates [1/s].

    Raises
    ------
    OutsideSpan
        A time lies outside the lunar orientation file.

    Source
    ------
    Park et al. (2021), Astron. J. 161, 105, doi:10.3847/1538-3881/abd414; angles as in NAIF's moon_de440_220930.tf.
    """
    return turned(MEAN_EARTH_FROM_PRINCIPAL, moon_pa_from_icrf(tdb, data))
