"""Why people or plants went without: from the empty store back to the power that failed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.kernel_cache import prepare
from moonstead.station.stores_ledger import StoresLedger

Array = NDArray[np.float64]
Reason = Literal["store empty", "no power", "start-up", "no delivery", "too slow", "store full"]
HOUR = 3600.0  # [s]
DAY = 24.0 * HOUR  # [s]
SHORT = 1e-9  # [1] of what is wanted: less is rounding
LONGEST_CHAIN = 8


@dataclass(frozen=True, slots=True)
class OutageLink:
    """One cause in the chain behind an outage.

    Attributes
    ----------
    what : str
        Process or store that failed.
    reason : str
        ``"store empty"``; ``"no power"``; ``"start-up"``; ``"no delivery"``: nothing fills the store; ``"too slow"``:
        what fills it does what it can; ``"store full"``.
    reference : str
        What is to blame: the store that was empty or full, the facility without power, or the process that is too slow.
    start : float [s TDB past J2000]
        Since when.
    """

    what: str
    reason: Reason
    reference: str
    start: float


@dataclass(frozen=True, slots=True)
class StoreOutage:
    """An interval in which a process did less than was wanted of it.

    Attributes
    ----------
    start, stop : float [s TDB past J2000]
        From the first moment of want to the end of the last step with it.
    what : str
        The process.
    missing : float [kg]
        What it went without of the substance that was short, or did not work on for want of power as its recipe counts.
    cause : str
        As `OutageLink.reason` of the first link.
    reference : str
        As `OutageLink.reference` of the first link.
    chain : tuple of OutageLink
        From the consequence to the root.
    text : str
        The same in a sentence for reports.
    """

    start: float
    stop: float
    what: str
    missing: float
    cause: Reason
    reference: str
    chain: tuple[OutageLink, ...]
    text: str


def store_outages(ledger: StoresLedger, *, bridge: float = 0.0) -> tuple[StoreOutage, ...]:
    """Intervals in which consumers went short or plants stood still, with their causes.

    A plant that waits for inputs, or for room for what it makes, or starts up, does what it is meant to do and is no
    outage; without power it is one.

    Parameters
    ----------
    ledger : StoresLedger
        What was run, not supplied from outside.
    bridge : float [s]
        Outages of one process with one cause and shorter gaps between them become one.

    Returns
    -------
    tuple of StoreOutage
        In rising order of their starts.

    Source
    ------
    Cause and store to blame as the ledger found them; for an empty store the process that made least of what it was
    meant to make since the store last was fullest.
    """
    prepare()
    from moonstead.station import network_kernels as codes

    found = []
    reasons: dict[int, Reason] = {
        codes.INPUT_SHORT: "store empty",
        codes.STORE_FULL: "store full",
        codes.NO_POWER: "no power",
        codes.START_UP: "start-up",
    }
    for row, process in enumerate(ledger.processes):
        wanted, missed = ledger.wanted[:, row], ledger.wanted[:, row] - ledger.done[:, row]
        consumer = process.recipe.kind == "consumer"
        counted = missed > SHORT * wanted
        if not consumer:
            counted &= ledger.cause[:, row] == codes.NO_POWER
        for first, last in _runs(ledger, counted, row, bridge):
            reason = reasons[int(ledger.cause[first, row])]
            per_unit, what = _measure(ledger, row, first, reason)
            length = ledger.tdb[first + 1] - ledger.tdb[first]
            start = float(ledger.tdb[first] + length * ledger.done[first, row] / wanted[first])
            chain = _chain(ledger, row, first, start, reasons)
            missing = float(missed[first:last].sum()) * per_unit
            stop = float(ledger.tdb[last])
            text = _sentence(process.name, start, stop, f"{missing:.3g} kg{what}", chain, consumer)
            found.append(StoreOutage(start, stop, process.name, missing, reason, chain[0].reference, chain, text))
    return tuple(sorted(found, key=lambda outage: outage.start))


def first_dry(ledger: StoresLedger, outages: tuple[StoreOutage, ...]) -> dict[str, StoreOutage]:
    """For each store that consumers found empty, the first outage that it caused, by name of the store."""
    dry: dict[str, StoreOutage] = {}
    consumers = {process.name for process in ledger.processes if process.recipe.kind == "consumer"}
    for outage in outages:
        if outage.cause == "store empty" and outage.what in consumers:
            dry.setdefault(outage.reference, outage)
    return dry


def _runs(ledger: StoresLedger, counted: NDArray[np.bool_], row: int, bridge: float) -> list[tuple[int, int]]:
    """First step and end of each run of steps with one cause."""
    steps = np.flatnonzero(counted)
    if steps.size == 0:
        return []
    same = (ledger.cause[steps[1:], row] == ledger.cause[steps[:-1], row]) & (
        ledger.limit[steps[1:], row] == ledger.limit[steps[:-1], row]
    )
    near = ledger.tdb[steps[1:]] - ledger.tdb[steps[:-1] + 1] <= bridge
    cuts = np.flatnonzero(~(same & near)) + 1
    return [(int(run[0]), int(run[-1]) + 1) for run in np.split(steps, cuts)]


def _measure(ledger: StoresLedger, row: int, step: int, reason: Reason) -> tuple[float, str]:
    """Mass [kg] that counts for one unit that was not run, and of what."""
    recipe = ledger.processes[row].recipe
    if reason == "store empty":
        store = ledger.stores[int(ledger.limit[step, row])].name
        return recipe.inputs[store], f" of {store}"
    if recipe.unit.startswith("kg"):
        return 1.0, recipe.unit.removeprefix("kg")
    return sum((recipe.outputs or recipe.inputs).values()), ""


def _chain(
    ledger: StoresLedger, row: int, step: int, start: float, reasons: dict[int, Reason]
) -> tuple[OutageLink, ...]:
    process = ledger.processes[row]
    reason = reasons[int(ledger.cause[step, row])]
    if reason in ("no power", "start-up"):
        return (OutageLink(process.name, reason, process.facility or process.name, start),)
    column = int(ledger.limit[step, row])
    store = ledger.stores[column].name
    links = [OutageLink(process.name, reason, store, start)]
    seen = {column}
    while reason == "store empty" and len(links) < LONGEST_CHAIN:
        fullest = int(np.argmax(ledger.stock[: step + 1, column]))
        since = float(ledger.tdb[fullest])
        sources = [p for p, one in enumerate(ledger.processes) if one.recipe.outputs.get(store, 0.0) > 0.0]
        if not sources:
            links.append(OutageLink(store, "no delivery", store, since))
            break
        part = slice(fullest, max(step, fullest) + 1)
        missed = {p: ledger.wanted[part, p] - ledger.done[part, p] for p in sources}
        worst = max(sources, key=lambda p: missed[p].sum() * ledger.processes[p].recipe.outputs[store])
        name = ledger.processes[worst].name
        if missed[worst].sum() <= SHORT * ledger.wanted[part, worst].sum():
            links.append(OutageLink(store, "too slow", name, since))
            break
        weights = {code: float(missed[worst][ledger.cause[part, worst] == code].sum()) for code in reasons}
        code = max(weights, key=lambda one: weights[one])
        reason = reasons[code]
        short = np.flatnonzero((ledger.cause[part, worst] == code) & (missed[worst] > 0.0))
        at = fullest + int(short[0]) if short.size else step
        began = float(ledger.tdb[at])
        if reason != "store empty":
            facility = ledger.processes[worst].facility or name
            links.append(OutageLink(name, reason, store if reason == "store full" else facility, began))
            break
        column = int(ledger.limit[at, worst])
        store = ledger.stores[column].name
        links.append(OutageLink(name, reason, store, began))
        if column in seen:
            break
        seen.add(column)
        step = max(at, 0)
    return tuple(links)


def _sentence(name: str, start: float, stop: float, missing: str, chain: tuple[OutageLink, ...], consumer: bool) -> str:
    length = stop - start
    span = f"{length / HOUR:.1f} h" if length < 2.0 * DAY else f"{length / DAY:.1f} d"
    went = "went without" if consumer else "did not make or treat"
    return f"{name} {went} {missing} in {span}: {' <- '.join(_words(link) for link in chain)}"


def _words(link: OutageLink) -> str:
    return {
        "store empty": f"{link.what} found no {link.reference}",
        "store full": f"{link.what} had no room for {link.reference}",
        "no power": f"{link.what} had no power from {link.reference}",
        "start-up": f"{link.what} was starting up",
        "no delivery": f"nothing fills the store of {link.what}",
        "too slow": f"{link.reference} makes less {link.what} than is used",
    }[link.reason]
