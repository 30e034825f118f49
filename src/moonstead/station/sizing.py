"""How large the battery must be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from moonstead.foundation.errors import InvalidInput, NumericalFailure
from moonstead.station.battery import Battery
from moonstead.station.ledger import PowerLedger, has_shortage, power_ledger, prepare
from moonstead.station.loads import Load
from moonstead.station.shortages import KILOWATT_HOUR

SIZING_TOLERANCE = 1e-4  # [1] of the capacity: far below what cells are sold in


@dataclass(frozen=True, slots=True, eq=False)
class BatterySize:
    """The smallest battery that serves every load.

    Attributes
    ----------
    capacity : float [J]
        With which no load is ever short.
    too_small : float [J]
        Largest capacity tried that left a shortage; the true limit lies between the two. 0 where none is needed.
    ledger : PowerLedger
        With `capacity`.
    deciding : str
        The shortage that would come first to a battery a tenth smaller, at the time which decides the size. Empty where
        no battery is needed.
    """

    capacity: float
    too_small: float
    ledger: PowerLedger
    deciding: str


def smallest_battery(
    tdb: ArrayLike,
    generation: Mapping[str, ArrayLike],
    sun_fraction: ArrayLike,
    loads: Sequence[Load],
    battery: Battery,
    *,
    initial_charge: float = 1.0,
    tolerance: float = SIZING_TOLERANCE,
) -> BatterySize:
    """Smallest capacity with which no load is ever short, by bisection on the ledger itself.

    More capacity never brings a shortage back, as long as self-discharge of the reserve below the least charge stays
    small beside the loads; so the answer is one number, bracketed by the interval returned. A very large battery can
    live on what it was filled with before the start: see `recovered` in the ledger's summary.

    Parameters
    ----------
    tdb : (n + 1,) [s TDB past J2000]
        Rising edges of the steps.
    generation : mapping of str to (n + 1,) [W]
        Power of each source at `tdb`.
    sun_fraction : (n + 1,) [1]
        Share of the Sun's disc at the loads' site.
    loads : sequence of Load
        Consumers with different names.
    battery : Battery
        All but its capacity is used; charge and discharge limits stay as they are, in W.
    initial_charge : float [1]
        State of charge at the start.
    tolerance : float [1]
        Width of the interval, relative to the capacity.

    Returns
    -------
    BatterySize
        Capacity [J], the interval reached, the ledger, and the shortage that decides.

    Raises
    ------
    InvalidInput
        The tolerance is not positive, or inputs do not fit as in `power_ledger`.
    NumericalFailure
        No capacity helps, because the discharge limit is below what is lacking at some time or the battery starts
        empty.

    Source
    ------
    Bisection on a monotone yes or no.
    """
    if not tolerance > 0.0:
        raise InvalidInput(f"tolerance must be positive; got {tolerance!r}")
    prepared = prepare(tdb, generation, sun_fraction, loads)

    def short(capacity: float) -> bool:
        return has_shortage(prepared, replace(battery, capacity=capacity), initial_charge)

    def ledger(capacity: float) -> PowerLedger:
        sized = replace(battery, capacity=capacity)
        return power_ledger(tdb, generation, sun_fraction, loads, sized, initial_charge=initial_charge)

    if not short(0.0):
        return BatterySize(0.0, 0.0, ledger(0.0), "")
    lacking = np.maximum(prepared.demand.sum(axis=1) - prepared.generation.sum(axis=1), 0.0)
    # all that is ever lacking, from the initial charge alone and without a single recharge
    floor = max([battery.least_charge, *(load.reserve for load in loads)])
    usable = (initial_charge - floor) * battery.discharge_efficiency
    duration = float(prepared.tdb[-1] - prepared.tdb[0])
    large = float(lacking @ np.diff(prepared.tdb)) / max(usable, 1e-3) * np.exp(battery.leak * duration) * 2.0
    if short(large):
        worst = ledger(large).shortages[0].text
        raise NumericalFailure(
            f"no battery serves every load: even {large / KILOWATT_HOUR:.4g} kWh leaves this: {worst}. Raise the"
            f" discharge limit (now {battery.discharge_limit:g} W), the initial charge (now {initial_charge:g}) or the"
            " generation"
        )
    low, high = 0.0, large
    while high - low > tolerance * high:
        middle = 0.5 * (low + high)
        if short(middle):
            low = middle
        else:
            high = middle
    decisive = ledger(low).shortages[0]
    tenth_less = [s for s in ledger(0.9 * high).shortages if s.start <= decisive.stop and s.stop >= decisive.start]
    return BatterySize(high, low, ledger(high), (tenth_less or [decisive])[0].text)
