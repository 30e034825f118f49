"""Compiling the kernels of orbits ahead of their first use."""

from __future__ import annotations

from moonstead.foundation.data import DataContext
from moonstead.orbits import lambert
from moonstead.orbits.landing import warm_up as powered_flight
from moonstead.orbits.three_body import motion
from moonstead.orbits.transfers import low_thrust_motions


def warm_up(data: DataContext) -> None:
    """Run the kernels of this floor on tiny input; the compiled code stays in numba's cache.

    Parameters
    ----------
    data : DataContext
        Not read: the kernels of this floor need no data to compile.
    """
    motion.warm_up()
    lambert.warm_up()
    powered_flight.warm_up()
    low_thrust_motions.warm_up()
