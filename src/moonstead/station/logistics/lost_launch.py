"""What one lost launch does to a station: which stores run dry, when people must leave, what would have helped."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.errors import InvalidInput
from moonstead.station.crew import CrewStay
from moonstead.station.stores import Delivery, Store
from moonstead.station.stores_ledger import StoresLedger
from moonstead.station.stores_outages import first_dry, store_outages
from moonstead.station.stores_site import FacilityPower, SitePlant, site_ledger

Array = NDArray[np.float64]
LIFE = ("oxygen", "food", "potable-water")  # without one of them people leave
DAY = 86_400.0  # [s]
BRIDGE = 0.5 * DAY  # [s] gaps in a shortage that nobody leaves or stays for
ALMOST_SURE = 1.0 - 1e-4  # [1] of all cases are looked at; the rest widens the interval
MOST_CASES = 400


@dataclass(frozen=True, slots=True)
class MissionRole:
    """What a station owes to a mission.

    Attributes
    ----------
    name : str
        Unique.
    departure : float [s TDB past J2000]
        Planned.
    success : float [1]
        Probability that it arrives.
    needs : tuple of str
        Missions without which it does not go.
    crews : tuple of str
        Stays of people that begin with it.
    brings : tuple of (str, Delivery)
        Site, and what arrives there.
    """

    name: str
    departure: float
    success: float = 1.0
    needs: tuple[str, ...] = ()
    crews: tuple[str, ...] = ()
    brings: tuple[tuple[str, Delivery], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class SiteSupply:
    """Stores, people and plants of a site.

    Attributes
    ----------
    site : str
        Its name.
    tdb : (n + 1,) [s TDB past J2000]
        Edges of the ledger's steps.
    stores : tuple of Store
        One for each substance.
    stays : tuple of CrewStay
        People, if every mission arrives.
    plants : tuple of SitePlant
        What makes one substance of another.
    power : mapping of str to FacilityPower
        By facility.
    deliveries : tuple of Delivery
        What arrives without a mission of the plan.
    """

    site: str
    tdb: Array
    stores: tuple[Store, ...]
    stays: tuple[CrewStay, ...]
    plants: tuple[SitePlant, ...]
    power: Mapping[str, FacilityPower]
    deliveries: tuple[Delivery, ...] = ()


@dataclass(frozen=True, slots=True)
class DryStore:
    """A store that people find empty.

    Attributes
    ----------
    site, substance : str
        Which one.
    start : float [s TDB past J2000]
        Since when.
    after : float [s]
        After the planned departure of the mission that was lost; NaN where none was.
    missing : float [kg]
        What people go without over the span.
    """

    site: str
    substance: str
    start: float
    after: float
    missing: float


@dataclass(frozen=True, slots=True)
class Evacuation:
    """People who must leave early.

    Attributes
    ----------
    site, crew : str
        Where, and which stay.
    by : float [s TDB past J2000]
        When the first store that they live on runs dry.
    planned : float [s TDB past J2000]
        When they would have left.
    """

    site: str
    crew: str
    by: float
    planned: float


@dataclass(frozen=True, slots=True, eq=False)
class LossEffect:
    """What a set of lost missions leads to.

    Attributes
    ----------
    lost : tuple of str
        Missions that failed.
    fallen : tuple of str
        Missions that do not go because of it.
    undelivered : mapping of str to float [kg]
        By substance.
    dry : tuple of DryStore
        Stores that people find empty, also where they would have done so without a loss.
    evacuated : tuple of Evacuation
        People who must leave early.
    cancelled : tuple of str
        Stays that do not begin.
    """

    lost: tuple[str, ...]
    fallen: tuple[str, ...]
    undelivered: Mapping[str, float]
    dry: tuple[DryStore, ...]
    evacuated: tuple[Evacuation, ...]
    cancelled: tuple[str, ...]

    @property
    def supplied(self) -> bool:
        """Whether everybody who came could stay as planned."""
        return not self.evacuated


def fallen_missions(missions: Sequence[MissionRole], lost: Collection[str]) -> tuple[str, ...]:
    """Missions that do not go because others were lost, however long the chain.

    Parameters
    ----------
    missions : sequence of MissionRole
        The plan.
    lost : collection of str
        Missions that failed.

    Returns
    -------
    tuple of str
        In the order of the plan, without the lost ones.

    Raises
    ------
    InvalidInput
        There is no such mission.
    """
    names = {mission.name for mission in missions}
    if unknown := set(lost) - names:
        raise InvalidInput(
            f"no mission is called {sorted(unknown)[0]!r}; there are {', '.join(sorted(names)) or 'none'}"
        )
    gone = set(lost)
    while True:
        more = {mission.name for mission in missions if mission.name not in gone and gone & set(mission.needs)}
        if not more:
            return tuple(m.name for m in missions if m.name in gone and m.name not in lost)
        gone |= more


def loss_effect(missions: Sequence[MissionRole], lost: Collection[str], supplies: Sequence[SiteSupply]) -> LossEffect:
    """Run the stores of all sites without some missions, and nobody replans.

    Parameters
    ----------
    missions : sequence of MissionRole
        The plan.
    lost : collection of str
        Missions that failed; empty for the plan as it is.
    supplies : sequence of SiteSupply
        The sites.

    Returns
    -------
    LossEffect
        Stores that run dry, people who leave, stays that do not begin.

    Raises
    ------
    InvalidInput
        There is no such mission.

    Source
    ------
    Balance of mass of every store (`stores_ledger`). People leave when oxygen, food or drinking water is first short.
    """
    return _Study(missions, supplies).effect(lost)


class _Study:
    """Losses of one plan; what people feel of them is run once for each set of missions that people notice."""

    def __init__(self, missions: Sequence[MissionRole], supplies: Sequence[SiteSupply]) -> None:
        self.missions = missions
        self.supplies = supplies
        self.known: dict[frozenset[str], tuple[tuple[DryStore, ...], tuple[Evacuation, ...]]] = {}

    def effect(self, lost: Collection[str]) -> LossEffect:
        fallen = fallen_missions(self.missions, lost)
        gone = [mission for mission in self.missions if mission.name in {*lost, *fallen}]
        cancelled = tuple(crew for mission in gone for crew in mission.crews)
        undelivered: dict[str, float] = {}
        for mission in gone:
            for _, one in mission.brings:
                undelivered[one.substance] = undelivered.get(one.substance, 0.0) + one.mass
        noticed = frozenset(mission.name for mission in gone if mission.brings or mission.crews)
        if noticed not in self.known:
            self.known[noticed] = self._run(noticed, cancelled)
        dry, evacuated = self.known[noticed]
        first = min((mission.departure for mission in gone if mission.name in lost), default=math.nan)
        since = tuple(replace(one, after=one.start - first) for one in dry)
        names = tuple(mission.name for mission in self.missions if mission.name in lost)
        return LossEffect(names, fallen, undelivered, since, evacuated, cancelled)

    def _run(
        self, gone: frozenset[str], cancelled: Collection[str]
    ) -> tuple[tuple[DryStore, ...], tuple[Evacuation, ...]]:
        dry: list[DryStore] = []
        evacuated: list[Evacuation] = []
        for supply in self.supplies:
            ledger, stays = _ledger(self.missions, gone, cancelled, supply)
            found, leaving = _shortages(supply.site, ledger, stays)
            dry += found
            evacuated += leaving
        return tuple(sorted(dry, key=lambda one: one.start)), tuple(sorted(evacuated, key=lambda one: one.by))


def _ledger(
    missions: Sequence[MissionRole], gone: Collection[str], cancelled: Collection[str], supply: SiteSupply
) -> tuple[StoresLedger, list[CrewStay]]:
    arriving = [
        one for mission in missions if mission.name not in gone for site, one in mission.brings if site == supply.site
    ]
    stays = [stay for stay in supply.stays if stay.name not in cancelled]
    deliveries = [*supply.deliveries, *arriving]
    ledger = site_ledger(supply.tdb, supply.stores, stays, supply.plants, power=supply.power, deliveries=deliveries)
    return ledger, stays


def _shortages(site: str, ledger: StoresLedger, stays: Sequence[CrewStay]) -> tuple[list[DryStore], list[Evacuation]]:
    outages = store_outages(ledger, bridge=BRIDGE)
    people = {process.name for process in ledger.processes if process.recipe.kind == "consumer"}
    dry = [
        DryStore(
            site,
            substance,
            outage.start,
            math.nan,
            sum(one.missing for one in outages if one.what in people and one.reference == substance),
        )
        for substance, outage in first_dry(ledger, outages).items()
    ]
    leaving = []
    for stay in stays:
        short = [
            max(one.start, stay.start)
            for one in outages
            if one.what in people and one.reference in LIFE and one.start < stay.stop and one.stop > stay.start
        ]
        if short:
            leaving.append(Evacuation(site, stay.name, min(short), stay.stop))
    return dry, leaving


@dataclass(frozen=True, slots=True, eq=False)
class SupplyChance:
    """How sure it is that people can stay as planned.

    Attributes
    ----------
    low, high : float [1]
        Probability that everybody who arrives can stay as planned; what was not looked at lies between.
    crew_low, crew_high : mapping of str to float [1]
        The same for each stay, that it begins and ends as planned.
    cases : int
        Combinations of losses that were run.
    stock : mapping of (str, str) to float [kg]
        Of a site, first, and a substance, second: what must lie there in addition so that no single loss sends anybody
        home.
    planned : LossEffect
        The plan as it is.
    singles : tuple of LossEffect
        Every mission lost alone, in the order of the plan.
    """

    low: float
    high: float
    crew_low: Mapping[str, float]
    crew_high: Mapping[str, float]
    cases: int
    stock: Mapping[tuple[str, str], float]
    planned: LossEffect
    singles: tuple[LossEffect, ...]


def supply_chance(missions: Sequence[MissionRole], supplies: Sequence[SiteSupply]) -> SupplyChance:
    """Probability that the station is supplied when launches fail independently, and the stock that guards it.

    The most probable combinations of losses are run first, until they cover all but a ten-thousandth.

    Parameters
    ----------
    missions : sequence of MissionRole
        The plan, with the probability of success of each mission.
    supplies : sequence of SiteSupply
        The sites.

    Returns
    -------
    SupplyChance
        An interval: no sampling, and what was not run counts as unknown.

    Source
    ------
    Enumeration of independent failures in falling probability; missions that fall with others count as theirs.
    """
    study = _Study(missions, supplies)
    planned, singles = study.effect([]), tuple(study.effect([mission.name]) for mission in missions)
    stays = {stay.name for supply in supplies for stay in supply.stays}
    covered = good = 0.0
    kept = dict.fromkeys(sorted(stays), 0.0)
    for probability, lost in _likely(missions):
        effect = study.effect(lost)
        covered += probability
        good += probability * effect.supplied
        for crew in stays - {*effect.cancelled, *(one.crew for one in effect.evacuated)}:
            kept[crew] += probability
        if covered >= ALMOST_SURE or len(study.known) >= MOST_CASES:
            break
    rest = max(1.0 - covered, 0.0)
    stock: dict[tuple[str, str], float] = {}
    for single in singles:
        for one in single.dry:
            stock[one.site, one.substance] = max(stock.get((one.site, one.substance), 0.0), one.missing)
    high = {name: min(value + rest, 1.0) for name, value in kept.items()}
    return SupplyChance(good, min(good + rest, 1.0), kept, high, len(study.known), stock, planned, singles)


def _likely(missions: Sequence[MissionRole]) -> list[tuple[float, tuple[str, ...]]]:
    """Combinations of losses in falling probability, those of up to three losses among missions that may fail."""
    risky = [mission for mission in missions if mission.success < 1.0]
    found = []
    for count in range(min(len(risky), 3) + 1):
        for chosen in combinations(risky, count):
            names = {mission.name for mission in chosen}
            probability = math.prod((1.0 - m.success) if m.name in names else m.success for m in risky)
            found.append((probability, tuple(sorted(names))))
    return sorted(found, key=lambda one: -one[0])
