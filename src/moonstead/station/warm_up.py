"""Compiling the kernels of the station ahead of their first use."""

from __future__ import annotations

from moonstead.foundation.data import DataContext
from moonstead.station import grid_ledger, hardware_heat, ledger, network, traverse


def warm_up(data: DataContext) -> None:
    """Run the kernels of the ledgers on tiny input; the compiled code stays in numba's cache.

    Parameters
    ----------
    data : DataContext
        Not read: the kernels of this floor need no data to compile.
    """
    ledger.warm_up()
    grid_ledger.warm_up()
    network.warm_up()
    hardware_heat.warm_up()
    traverse.warm_up()
