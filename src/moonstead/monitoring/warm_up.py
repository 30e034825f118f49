"""Compiling the kernels of space monitoring ahead of their first use."""

from __future__ import annotations

from moonstead.foundation.data import DataContext
from moonstead.monitoring.coverage import coverage_map
from moonstead.monitoring.probability import warm_up as probability_warm_up
from moonstead.monitoring.screening import warm_up as screening_warm_up


def warm_up(data: DataContext) -> None:
    """Run the kernels of space monitoring on tiny input; the compiled code stays in numba's cache.

    Parameters
    ----------
    data : DataContext
        Planetary ephemeris, lunar orientation and gravity field.

    Raises
    ------
    MissingData
        A data set is not installed.
    """
    coverage_map.warm_up()
    probability_warm_up.warm_up()
    screening_warm_up.warm_up()
