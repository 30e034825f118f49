"""Compiling the kernels of navigation ahead of their first use."""

from __future__ import annotations

from moonstead.formats import gnss_warm_up as formats
from moonstead.foundation.data import DataContext
from moonstead.navigation import dilution_warm_up as dilution
from moonstead.navigation.broadcast import warm_up as broadcast
from moonstead.navigation.positioning import warm_up as positioning
from moonstead.navigation.ppp import warm_up as ppp
from moonstead.navigation.precise import warm_up as precise


def warm_up(data: DataContext) -> None:
    """Run the kernels of satellite navigation on tiny input; the compiled code stays in numba's cache.

    Parameters
    ----------
    data : DataContext
        Planetary ephemeris, lunar orientation and gravity field.

    Raises
    ------
    MissingData
        A data set is not installed.
    """
    broadcast.warm_up()
    dilution.warm_up()
    formats.warm_up()
    ppp.warm_up()
    positioning.warm_up()
    precise.warm_up()
