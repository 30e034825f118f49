"""Compiling the kernels of small bodies ahead of their first use."""

from __future__ import annotations

from moonstead.foundation.data import DataContext
from moonstead.smallbodies.motion import flight, flights
from moonstead.smallbodies.orbit_fit import ranging_warm_up


def warm_up(data: DataContext) -> None:
    """Run the kernels of asteroids and comets on tiny input; the compiled code stays in numba's cache.

    Parameters
    ----------
    data : DataContext
        Planetary ephemeris, lunar orientation and gravity field.

    Raises
    ------
    MissingData
        A data set is not installed.
    """
    flight.warm_up(data)
    flights.warm_up(data)
    ranging_warm_up.warm_up(data)
