"""Why loads went short, in fields and in a sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.windows import Windows
from moonstead.foundation.kernel_cache import prepare

if TYPE_CHECKING:
    from moonstead.station.ledger import PowerLedger

Array = NDArray[np.float64]

HOUR = 3600.0  # [s]
KILOWATT_HOUR = 3.6e6  # [J]


@dataclass(frozen=True, slots=True)
class Origin:
    """One link of the chain behind a shortage, for programs.

    Attributes
    ----------
    code : str
        ``"reserve kept"``, ``"discharge limit"``, ``"line limit"``, ``"store empty"`` or ``"no store"`` for what
        stopped the supply; then ``"line out"``, ``"source out"`` (a source that gave nothing, an array by night too)
        and ``"night"`` for what lies behind it.
    subject : str
        Name of the store, line, source or bus that it is about; empty where there is none.
    start, stop : float [s TDB past J2000]
        When it held, as far as it touches the shortage.
    """

    code: str
    subject: str
    start: float
    stop: float


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
        loads) or ``"no battery"``; on a grid also ``"line limit"``, and ``"store empty"`` and ``"no store"``.
    night : (float, float) or None [s TDB past J2000]
        The dark interval in which it began.
    text : str
        The same in a sentence for reports.
    origins : tuple of Origin
        What brought it about: the nearest first, each explained by those behind it.
    """

    start: float
    stop: float
    not_served: Mapping[str, float]
    cause: str
    night: tuple[float, float] | None
    text: str
    origins: tuple[Origin, ...] = ()

    @property
    def energy(self) -> float:
        """Energy [J] not served, of all loads."""
        return sum(self.not_served.values())


@dataclass(frozen=True, slots=True, eq=False)
class Supply:
    """What one bus got and wanted, as far as it explains shortages.

    Attributes
    ----------
    tdb : (n + 1,) [s TDB past J2000]
        Edges of the steps.
    sources : tuple of str
        Names, S of them.
    generation : (n, S) [W]
        Mean power of each source in each step.
    loads : tuple of str
        Names, K of them.
    demand : (n, K) [W]
        Mean power wanted in each step.
    missed : (n, K) [J]
        Energy that each load missed in each step.
    nights : Windows
        When at most half of the Sun's disc was seen.
    outages : mapping of str to Windows
        When a source is known to be out.
    """

    tdb: Array
    sources: tuple[str, ...]
    generation: Array
    loads: tuple[str, ...]
    demand: Array
    missed: Array
    nights: Windows
    outages: Mapping[str, Windows]


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
    if ledger.battery.capacity == 0.0:
        words = dict.fromkeys(words, "no battery")
    names = tuple(load.name for load in ledger.loads)
    supply = Supply(
        ledger.tdb, ledger.sources, ledger.generation, names, ledger.demand, ledger.not_served, ledger.nights, {}
    )
    return shortages_of(supply, ledger.shortage_windows, cause, words, {})


def shortages_of(
    supply: Supply,
    windows: Windows,
    cause: NDArray[np.int8],
    words: Mapping[int, str],
    blamed: Mapping[int, Sequence[tuple[str, str]]],
) -> tuple[Shortage, ...]:
    """Each interval of shortage of one bus.

    Parameters
    ----------
    supply : Supply
        What the bus got and wanted.
    windows : Windows
        When some load was short.
    cause : (n,)
        Code of the gravest cause in each step, 0 for none; the higher the graver.
    words : mapping of int to str
        What each code is called.
    blamed : mapping of int to sequence of (str, str)
        For steps with a store or line at fault: code and name of what stood in the way, nearest first.

    Returns
    -------
    tuple of Shortage
        One for each window, in rising order.
    """
    found = []
    for start, stop in zip(windows.starts.tolist(), windows.stops.tolist(), strict=True):
        first = int(np.searchsorted(supply.tdb, start, side="right")) - 1
        last = int(np.searchsorted(supply.tdb, stop, side="left"))
        energies = supply.missed[first:last].sum(axis=0)
        not_served = {name: float(e) for name, e in zip(supply.loads, energies, strict=True) if e > 0.0}
        worst = first + int(np.argmax(cause[first:last]))
        reason = words[int(cause[worst])]
        night = _night_at(supply.nights, start)
        at_fault = blamed.get(worst, [(reason, "")])
        origins = [Origin(code, name, start, stop) for code, name in at_fault]
        origins += _sources_out(supply, first, start, stop)
        if night is not None:
            origins.append(Origin("night", "", *night))
        where = [f"{code}, {name}" if name else code for code, name in at_fault]
        text = _sentence(supply, first, start, stop, " <- ".join(where), night, not_served)
        found.append(Shortage(start, stop, not_served, reason, night, text, tuple(origins)))
    return tuple(found)


def _night_at(nights: Windows, time: float) -> tuple[float, float] | None:
    index = int(np.searchsorted(nights.starts, time, side="right")) - 1
    if index < 0 or time > nights.stops[index]:
        return None
    return float(nights.starts[index]), float(nights.stops[index])


def _sources_out(supply: Supply, step: int, start: float, stop: float) -> list[Origin]:
    """Sources that gave nothing when the shortage began, with their outage where it is known."""
    found = []
    for index, name in enumerate(supply.sources):
        known = supply.outages.get(name)
        hit = np.flatnonzero((known.starts < stop) & (known.stops > start)) if known is not None else np.zeros(0, int)
        if known is not None and hit.size:
            found += [Origin("source out", name, float(known.starts[k]), float(known.stops[k])) for k in hit]
        elif supply.generation[step, index] == 0.0:
            working = np.flatnonzero(supply.generation[:, index] > 0.0)
            before, after = working[working < step], working[working > step]
            since = float(supply.tdb[before[-1] + 1]) if before.size else float(supply.tdb[0])
            until = float(supply.tdb[after[0]]) if after.size else float(supply.tdb[-1])
            found.append(Origin("source out", name, since, until))
    return found


def _sentence(
    supply: Supply,
    step: int,
    start: float,
    stop: float,
    reason: str,
    night: tuple[float, float] | None,
    not_served: Mapping[str, float],
) -> str:
    made, wanted = float(supply.generation[step].sum()), float(supply.demand[step].sum())
    where = "by day"
    if night is not None:
        where = f"{(start - night[0]) / HOUR:.1f} h into a night of {(night[1] - night[0]) / HOUR:.1f} h"
    idle = [name for name, power in zip(supply.sources, supply.generation[step], strict=True) if power == 0.0]
    off = f" ({', '.join(idle)} at zero)" if idle else ""
    shed = ", ".join(f"{name} {energy / KILOWATT_HOUR:.3g} kWh" for name, energy in not_served.items())
    return (
        f"{reason}: short from {where} on, for {(stop - start) / HOUR:.1f} h; at first {made / 1e3:.3g} kW made{off}"
        f" and {wanted / 1e3:.3g} kW wanted; not served: {shed or 'less than rounding'}"
    )
