"""The stores of a site with its people, plants and power: as planned, and with little and much need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.errors import InvalidInput
from moonstead.station.crew import CrewStay, crew_processes
from moonstead.station.life_support import airlock_cycle
from moonstead.station.network import stores_ledger
from moonstead.station.oxygen_plants import Case, Spread
from moonstead.station.processes import Process, Recipe
from moonstead.station.stores import Delivery, Store
from moonstead.station.stores_ledger import StoresLedger

Array = NDArray[np.float64]

# [1] of the mean person; body and work spread people by about a fifth, BVAD section 3.3, recalled, unverified
CREW_SPREAD = Spread(0.8, 1.0, 1.2)
NEEDS: Mapping[Case, tuple[float, Case]] = MappingProxyType(
    {
        "low": (CREW_SPREAD.low, "high"),
        "nominal": (CREW_SPREAD.nominal, "nominal"),
        "high": (CREW_SPREAD.high, "low"),
    }
)
"""For little, mean and much need: what people use, and the case of the plants' yield."""


@dataclass(frozen=True, slots=True)
class SitePlant:
    """A process of a site before its power is known.

    Attributes
    ----------
    name : str
        Unique at its site.
    recipes : mapping of case to Recipe
        For the cases ``"low"``, ``"nominal"`` and ``"high"`` of its yield.
    rate : float or None [1/s]
        Units wanted in a second; None for what the power of its facility allows.
    priority : int
        1 is served first.
    start_up : float [s]
        Time without product after each loss of power.
    facility : str
        Name of the load whose power drives it; empty where it needs none.
    facility_load : float [W]
        Power of that load when it is served in full.
    """

    name: str
    recipes: Mapping[Case, Recipe]
    rate: float | None
    priority: int = 5
    start_up: float = 0.0
    facility: str = ""
    facility_load: float = 0.0

    def __post_init__(self) -> None:
        if missing := set(NEEDS) - set(self.recipes):
            raise InvalidInput(f"process {self.name!r}: the recipe of the case {sorted(missing)[0]} is missing")
        if self.rate is None and not (self.facility_load > 0.0 and self.recipes["nominal"].energy > 0.0):
            raise InvalidInput(
                f"process {self.name!r}: without a rate it needs a facility with power and a recipe with energy"
            )

    def process(self, case: Case) -> Process:
        """Return the process in one case of its yield; without a rate, at what the facility's whole load allows."""
        recipe = self.recipes[case]
        rate = self.facility_load / recipe.energy if self.rate is None else self.rate
        return Process(self.name, recipe, rate, self.priority, self.start_up, self.facility)


@dataclass(frozen=True, slots=True, eq=False)
class FacilityPower:
    """What a load wanted and got.

    Attributes
    ----------
    served : (n,) [W]
        Mean power in each step.
    on_duty : (n,) [1]
        Share of each step in which it wanted to work.
    """

    served: Array
    on_duty: Array


@dataclass(frozen=True, slots=True, eq=False)
class SiteStores:
    """Ledgers of the stores of a site.

    Attributes
    ----------
    ledger : StoresLedger
        As planned, without help from outside beyond the deliveries.
    supplied : mapping of case to StoresLedger
        With little, mean and much need, what is short brought from outside.
    stays : tuple of CrewStay
        The people.
    warnings : tuple of str
        What was left out, in sentences.
    """

    ledger: StoresLedger
    supplied: Mapping[Case, StoresLedger]
    stays: tuple[CrewStay, ...]
    warnings: tuple[str, ...] = field(default=())


def site_stores(
    tdb: ArrayLike,
    stores: Sequence[Store],
    stays: Sequence[CrewStay],
    plants: Sequence[SitePlant],
    *,
    power: Mapping[str, FacilityPower] | None = None,
    deliveries: Sequence[Delivery] = (),
) -> SiteStores:
    """Run the stores of a site as planned, and for the interval of its imports.

    Processes of one facility share its power in proportion to what they would draw at full rate.

    Parameters
    ----------
    tdb : (n + 1,) [s TDB past J2000]
        Rising edges of the steps.
    stores : sequence of Store
        One for each substance.
    stays : sequence of CrewStay
        People.
    plants : sequence of SitePlant
        What makes one substance of another.
    power : mapping of str to FacilityPower, optional
        By facility; those left out are served in full all the time.
    deliveries : sequence of Delivery
        What arrives.

    Returns
    -------
    SiteStores
        The plan, and the three cases of need.

    Raises
    ------
    InvalidInput
        As `stores_ledger`.

    Source
    ------
    Corners of the published spreads: much need meets poor plants. The true spread is narrower where the figures are
    independent.
    """
    time = np.asarray(tdb, dtype=np.float64)
    warnings = []
    if _needs_air(stays) and _airlock(stores, stays) is None:
        warnings.append("Air lost in the airlock is not counted: the site has no store of both oxygen and nitrogen.")

    def run(need: Case, supplied: bool) -> StoresLedger:
        return site_ledger(
            time, stores, stays, plants, power=power, deliveries=deliveries, need=need, supplied=supplied
        )

    ledger = run("nominal", False)
    late = [one for one in deliveries if not time[0] <= one.time < time[-1]]
    warnings += [f"{one.mass:g} kg of {one.substance} arrive outside the span and do not count." for one in late]
    for column, store in enumerate(stores):
        refused = float(ledger.refused[:, column].sum())
        if refused > 0.0:
            warnings.append(f"{refused:.4g} kg of {store.name} were delivered to a full store and turned away.")
    cases = {need: run(need, True) for need in NEEDS}
    return SiteStores(ledger, MappingProxyType(cases), tuple(stays), tuple(warnings))


def site_ledger(
    tdb: ArrayLike,
    stores: Sequence[Store],
    stays: Sequence[CrewStay],
    plants: Sequence[SitePlant],
    *,
    power: Mapping[str, FacilityPower] | None = None,
    deliveries: Sequence[Delivery] = (),
    need: Case = "nominal",
    supplied: bool = False,
) -> StoresLedger:
    """Run the stores of a site in one case of need.

    Parameters
    ----------
    tdb : (n + 1,) [s TDB past J2000]
        Rising edges of the steps.
    stores : sequence of Store
        One for each substance.
    stays : sequence of CrewStay
        People.
    plants : sequence of SitePlant
        What makes one substance of another.
    power : mapping of str to FacilityPower, optional
        By facility; those left out are served in full all the time.
    deliveries : sequence of Delivery
        What arrives.
    need : str
        A key of `NEEDS`.
    supplied : bool
        Whether what consumers lack is brought from outside.

    Returns
    -------
    StoresLedger
        Of this case.

    Raises
    ------
    InvalidInput
        As `stores_ledger`.

    Source
    ------
    As `site_stores`.
    """
    time = np.asarray(tdb, dtype=np.float64)
    consumption, yields = NEEDS[need]
    people, activity = crew_processes(time, stays, consumption=consumption, airlock=_airlock(stores, stays))
    processes = [plant.process(yields) for plant in plants]
    duty, share = _driven(processes, power or {})
    return stores_ledger(
        time,
        stores,
        [*people, *processes],
        activity=activity | duty,
        power_share=share,
        deliveries=deliveries,
        supplied=supplied,
    )


def _needs_air(stays: Sequence[CrewStay]) -> bool:
    return any(stay.eva_per_week > 0.0 for stay in stays)


def _airlock(stores: Sequence[Store], stays: Sequence[CrewStay]) -> Recipe | None:
    """What one passage of the airlock costs; None where nobody goes outside or a store of air is missing."""
    airlock = airlock_cycle()
    return airlock if _needs_air(stays) and set(airlock.inputs) <= {store.name for store in stores} else None


def _driven(
    processes: Sequence[Process], power: Mapping[str, FacilityPower]
) -> tuple[dict[str, Array], dict[str, Array]]:
    """Activity and share of power (n,) of the processes that a facility drives."""
    drawn: dict[str, float] = {}
    for process in processes:
        if process.facility in power:
            drawn[process.facility] = drawn.get(process.facility, 0.0) + process.power
    duty, share = {}, {}
    for process in processes:
        if process.facility not in power:
            continue
        given = power[process.facility]
        wanted = np.maximum(given.on_duty, 0.0)
        full = drawn[process.facility] * wanted
        if drawn[process.facility] > 0.0:
            part = np.divide(given.served, full, out=np.zeros_like(full), where=full > 0.0)
        else:
            part = (given.served > 0.0).astype(np.float64)
        duty[process.name] = wanted
        share[process.name] = np.clip(part, 0.0, 1.0)
    return duty, share
