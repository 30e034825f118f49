"""Why loads went short, in fields and in a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.windows import Windows
from moonstead.foundation.kernel_cache import prepare

if TYPE_CHECKING:
    from moonstead.station.ledger import PowerLedger

HOUR = 3600.0  # [s]
KILOWATT_HOUR = 3.6e6  # [J]


@dataclass(frozen=True, slots=True)
class Shortage:
    """One interval in which a load was not fully served.

    Attributes
    ----------
    start, stop : float [s TDB past J2000]
        When the first load fell short, and when all were served again.
    not_served : mapping of str to float [J]
        Energy that each load missed; only those that missed any.
    cause : str
        The gravest in the interval: ``"battery empty"``, ``"discharge limit"``, ``"reserve kept"`` (for more important
        loads) or ``"no battery"``.
    night : (float, float) or None [s TDB past J2000]
        The dark interval in which it began.
    text : str
        The same in a sentence for reports.
    """

    start: float
    stop: float
    not_served: Mapping[str, float]
    cause: str
    night: tuple[float, float] | None
    text: str

    @property
    def energy(self) -> float:
        """Energy [J] not served, of all loads."""
        return sum(self.not_served.values())


def explain_shortages(ledger: PowerLedger, cause: NDArray[np.int8]) -> tuple[Shortage, ...]:
    """Each interval of shortage with what was missed and why.

    Parameters
    ----------
    ledger : PowerLedger
        With its shortage windows.
    cause : (n,)
        Code of the gravest cause in each step, from the kernel.

    Returns
    -------
    tuple of Shortage
        One for each shortage window, in rising order.
    """
    prepare()
    from moonstead.station.ledger_kernels import BATTERY_EMPTY, DISCHARGE_LIMIT, RESERVE_KEPT

    words = {RESERVE_KEPT: "reserve kept", DISCHARGE_LIMIT: "discharge limit", BATTERY_EMPTY: "battery empty"}
    missed = ledger.not_served
    found = []
    for start, stop in zip(ledger.shortage_windows.starts, ledger.shortage_windows.stops, strict=True):
        first = int(np.searchsorted(ledger.tdb, start, side="right")) - 1
        last = int(np.searchsorted(ledger.tdb, stop, side="left"))
        energies = missed[first:last].sum(axis=0)
        not_served = {load.name: float(e) for load, e in zip(ledger.loads, energies, strict=True) if e > 0.0}
        reason = words[int(cause[first:last].max())] if ledger.battery.capacity > 0.0 else "no battery"
        night = _night_at(ledger.nights, float(start))
        text = _sentence(ledger, first, float(start), float(stop), reason, night, not_served)
        found.append(Shortage(float(start), float(stop), not_served, reason, night, text))
    return tuple(found)


def _night_at(nights: Windows, time: float) -> tuple[float, float] | None:
    index = int(np.searchsorted(nights.starts, time, side="right")) - 1
    if index < 0 or time > nights.stops[index]:
        return None
    return float(nights.starts[index]), float(nights.stops[index])


def _sentence(
    ledger: PowerLedger,
    step: int,
    start: float,
    stop: float,
    reason: str,
    night: tuple[float, float] | None,
    not_served: Mapping[str, float],
) -> str:
    made, wanted = float(ledger.generation[step].sum()), float(ledger.demand[step].sum())
    where = "by day"
    if night is not None:
        where = f"{(start - night[0]) / HOUR:.1f} h into a night of {(night[1] - night[0]) / HOUR:.1f} h"
    idle = [name for name, power in zip(ledger.sources, ledger.generation[step], strict=True) if power == 0.0]
    off = f" ({', '.join(idle)} at zero)" if idle else ""
    shed = ", ".join(f"{name} {energy / KILOWATT_HOUR:.3g} kWh" for name, energy in not_served.items())
    return (
        f"{reason}: short from {where} on, for {(stop - start) / HOUR:.1f} h; at first {made / 1e3:.3g} kW made{off}"
        f" and {wanted / 1e3:.3g} kW wanted; not served: {shed or 'less than rounding'}"
    )
