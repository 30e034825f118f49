"""The stores of a site from a scenario's plain values: for the run, the check and the command."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.errors import InvalidInput, MissingData
from moonstead.run.missions import mission_deliveries, missions_fragment
from moonstead.run.moments import sample_times
from moonstead.run.tables import Table, read_table
from moonstead.scenario import stores as declared
from moonstead.scenario.common import epoch_of
from moonstead.scenario.load import plain
from moonstead.scenario.scenario import Scenario

if TYPE_CHECKING:
    from moonstead.station.crew import CrewStay
    from moonstead.station.oxygen_plants import Case
    from moonstead.station.processes import Recipe
    from moonstead.station.stores import Delivery, Store
    from moonstead.station.stores_site import FacilityPower, SitePlant, SiteStores
    from moonstead.station.substances import Substance

Array = NDArray[np.float64]
TEXT_ONLY = ("name", "description", "partner")
DAY = 86_400.0  # [s]


def site_fragment(scenario: Scenario, site: str) -> dict[str, Any]:
    """What the stores of a site depend on, as plain values; dates as TDB."""
    start, stop = scenario.span()
    names = {one.id: one.name or one.id for one in scenario.sites}
    loads = {part.id: getattr(part, "load", 0.0) for part in scenario.facilities if part.site == site}
    groups: dict[str, Sequence[declared.Crew | declared.Store | declared.Process | declared.Delivery]] = {
        "crews": scenario.crews,
        "stores": scenario.stores,
        "processes": scenario.processes,
        "deliveries": scenario.deliveries,
    }
    fragment: dict[str, Any] = {
        "site": site,
        "name": names[site],
        "start": start,
        "stop": stop,
        "step": scenario.analysis.ledger_step,
        "loads": loads,
    }
    for group, parts in groups.items():
        fragment[group] = []
        for part in parts:
            if part.site != site:
                continue
            values = {key: value for key, value in plain(part).items() if key not in TEXT_ONLY}
            for key in ("since", "until", "date"):
                if key in values:
                    values[key] = epoch_of(getattr(part, key)).tdb()
            fragment[group].append(values)
    if scenario.missions:
        fragment["deliveries"] += mission_deliveries(missions_fragment(scenario), site)
    return fragment


@dataclass(frozen=True, slots=True)
class SiteParts:
    """What the ledger of a site's stores is made of.

    Attributes
    ----------
    stores : tuple of Store
        One for each substance.
    stays : tuple of CrewStay
        People.
    plants : tuple of SitePlant
        What makes one substance of another.
    deliveries : tuple of Delivery
        What arrives.
    """

    stores: tuple[Store, ...]
    stays: tuple[CrewStay, ...]
    plants: tuple[SitePlant, ...]
    deliveries: tuple[Delivery, ...]


def site_balance(site: dict[str, Any], tdb: Array, power: dict[str, FacilityPower]) -> SiteStores:
    """Ledgers of a site from its plain values.

    Parameters
    ----------
    site : dict
        From `site_fragment`.
    tdb : (n + 1,) [s TDB past J2000]
        Edges of the steps.
    power : dict of str to FacilityPower
        What each facility was served; those left out are served in full.

    Returns
    -------
    SiteStores
    """
    from moonstead.station.stores_site import site_stores

    parts = site_parts(site)
    return site_stores(tdb, parts.stores, parts.stays, parts.plants, power=power, deliveries=parts.deliveries)


def site_parts(site: dict[str, Any]) -> SiteParts:
    """Stores, people, plants and deliveries of a site from its plain values."""
    from moonstead.station import stores as kept
    from moonstead.station.crew import CrewStay
    from moonstead.station.substances import ice_bearing_regolith, substance_named
    from moonstead.station.water_plants import REFERENCE_ICE

    plants = site_plants(site)
    ice = [one["grade"] or REFERENCE_ICE for one in site["processes"] if one["recipe"] == "water-from-ice"]

    def substance(name: str) -> Substance:
        if name == "ice-bearing-regolith":
            return ice_bearing_regolith(ice[0] if ice else REFERENCE_ICE)
        return substance_named(name)

    stores = kept.merged_stores(
        [
            kept.Store(
                substance(one["substance"]), one["capacity"], one["initial"], one["loss"] * DAY, one["when_full"]
            )
            for one in site["stores"]
        ]
    )
    stays = [
        CrewStay(
            one["id"],
            one["since"],
            one["until"],
            one["number"],
            sleep=one["sleep"],
            exercise=one["exercise"],
            eva_crew=one["eva_crew"],
            eva_duration=one["eva_duration"],
            eva_per_week=one["eva_per_week"],
            hygiene=one["hygiene"],
        )
        for one in site["crews"]
    ]
    deliveries = [kept.Delivery(one["date"], one["substance"], one["mass"]) for one in site["deliveries"]]
    return SiteParts(tuple(stores), tuple(stays), tuple(plants), tuple(deliveries))


def site_plants(site: dict[str, Any]) -> list[SitePlant]:
    """Processes of a site from its plain values, with the recipes of all three cases."""
    from moonstead.station.stores_site import SitePlant

    cases: tuple[Case, ...] = ("low", "nominal", "high")
    return [
        SitePlant(
            one["id"],
            {case: _recipe(one, case) for case in cases},
            1.0 / DAY if one["recipe"] == "cabin-leak" else one["rate"],
            one["priority"],
            one["start_up"] or 0.0,
            one["facility"] or "",
            site["loads"].get(one["facility"], 0.0),
        )
        for one in site["processes"]
    ]


def _recipe(one: dict[str, Any], case: Case) -> Recipe:
    from moonstead.station.processes import Recipe
    from moonstead.station.processes_named import named_recipe

    if one["recipe"] is None:
        parts: dict[str, dict[str, float]] = {part: {} for part in ("takes", "gives", "releases")}
        for part, masses in parts.items():
            for amount in one[part]:
                masses[amount["substance"]] = masses.get(amount["substance"], 0.0) + amount["mass"]
        return Recipe(one["id"], parts["takes"], parts["gives"], parts["releases"], energy=one["energy"] or 0.0)
    loss = None if one["leak"] is None else one["leak"] * DAY
    recipe = named_recipe(
        one["recipe"],
        grade=one["grade"],
        case=case,
        solar_heat=one["solar_heat"],
        volume=one["volume"],
        loss_per_day=loss,
    )
    return recipe if one["energy"] is None else recipe.scaled(one["energy"])


def span_edges(site: dict[str, Any]) -> Array:
    """Edges of the steps where no power ledger gives them.

    Parameters
    ----------
    site : dict
        From `site_fragment`.

    Returns
    -------
    (n + 1,) [s TDB past J2000]
        From the start to the stop of the scenario.
    """
    return sample_times(site["start"], site["stop"], site["step"])


def power_of_run(site: dict[str, Any], run: Path | None) -> tuple[Array, dict[str, FacilityPower], list[str]]:
    """Edges of the steps and the power of a site's plants as a finished run left them in its tables.

    Parameters
    ----------
    site : dict
        From `site_fragment`.
    run : path or None
        Folder of the run; without one every facility is taken as served in full.

    Returns
    -------
    ((n + 1,) [s TDB past J2000], dict of str to FacilityPower, list of str)
        The last are sentences on what is not known.

    Raises
    ------
    InvalidInput
        The run covers another span than the scenario.
    MissingData
        The folder holds no run.
    """
    if run is not None and not (run / "tables").is_dir():
        raise MissingData(f"{run} holds no finished run; make one with: moonstead run SCENARIO --out {run}")
    found = {} if run is None else {path.stem: path for path in (run / "tables").glob(f"*.{site['site']}.parquet")}
    tdb, power, warnings = served_power(site, {name: partial(read_table, path) for name, path in found.items()})
    if abs(tdb[0] - site["start"]) > 1.0 or not np.all(np.diff(tdb) > 0.0):
        raise InvalidInput(f"the run in {run} covers another span than the scenario; run the scenario again")
    return tdb, power, warnings


def served_power(
    site: dict[str, Any], tables: Mapping[str, Callable[[], Table]]
) -> tuple[Array, dict[str, FacilityPower], list[str]]:
    """Edges of the steps, what each driving facility wanted and got, and what is not known.

    Parameters
    ----------
    site : dict
        From `site_fragment`.
    tables : mapping of str to callable
        Reads the power ledger's tables, by name.

    Returns
    -------
    ((n + 1,) [s TDB past J2000], dict of str to FacilityPower, list of str)
        Every facility is taken as served in full where no table tells; a sentence says so.
    """
    from moonstead.station.stores_site import FacilityPower

    driving = sorted({one["facility"] for one in site["processes"] if one["facility"]})
    name = f"served.{site['site']}"
    if not driving or name not in tables:
        missing = (
            f"No power ledger says what {', '.join(driving)} was served at {site['name']}: taken as served in full."
        )
        return span_edges(site), {}, [missing] if driving else []
    served = tables[name]().columns
    tdb = np.append(served["tdb"], site["stop"])
    shed = _shed(tables.get(f"shortage.{site['site']}"), tdb)
    power, told = {}, []
    for load in driving:
        if load not in served:
            told.append(f"The power ledger of {site['name']} has no load {load}: taken as served in full.")
            continue
        full = site["loads"][load]
        standby = served.get(f"{load} standby", np.zeros(tdb.size - 1))
        working = full - float(standby.max(initial=0.0))
        part = np.clip(served[load] / working, 0.0, 1.0) if working > 0.0 else np.zeros(tdb.size - 1)
        power[load] = FacilityPower(part * full, np.where(shed(load), 1.0, part))
    return tdb, power, told


def _shed(shortages: Callable[[], Table] | None, tdb: Array) -> Callable[[str], NDArray[np.bool_]]:
    """Tell in which steps (n,) a load was short: where a shortage names it. Elsewhere it got what its duty asked."""
    columns = shortages().columns if shortages is not None else {"start": (), "stop": (), "loads": ()}

    def steps(name: str) -> NDArray[np.bool_]:
        found = np.zeros(tdb.size - 1, dtype=bool)
        for start, stop, loads in zip(columns["start"], columns["stop"], columns["loads"], strict=True):
            if name in str(loads).split(", "):
                found |= (tdb[1:] > start) & (tdb[:-1] < stop)
        return found

    return steps
