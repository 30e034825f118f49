"""What the stores of a site come to: headline values as plain numbers, for figures, report and command."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from moonstead.station.imports import Imports
    from moonstead.station.stores_ledger import StoresLedger
    from moonstead.station.stores_outages import StoreOutage
    from moonstead.station.stores_site import SiteStores

IN_SITU = (
    "water-from-ice",
    "hydrogen-reduction",
    "hydrogen-reduction-of-soil",
    "carbothermal",
    "molten-regolith-electrolysis",
    "molten-salt-electrolysis",
    "vapour-pyrolysis",
)  # recipes that work the ground


def site_imports(site: dict[str, Any], found: SiteStores) -> Imports:
    """What the Earth must send to a site over the span."""
    from moonstead.station.crew import eva_person_hours, person_days
    from moonstead.station.imports import station_imports

    span = (site["start"], site["stop"])
    arrivals = [stay.number for stay in found.stays if span[0] <= stay.start < span[1]]
    return station_imports(
        {str(case): ledger for case, ledger in found.supplied.items()},
        person_days=person_days(found.stays, span),
        eva_person_hours=eva_person_hours(found.stays, span),
        arrivals=arrivals,
    )


def store_facts(
    site: dict[str, Any], found: SiteStores, outages: tuple[StoreOutage, ...], brought: Imports
) -> dict[str, Any]:
    """Headline values of a site's stores as plain numbers in SI.

    Parameters
    ----------
    site : dict
        From `site_fragment`.
    found : SiteStores
        Ledgers of the site.
    outages : tuple of StoreOutage
        Of the planned ledger.
    brought : Imports
        What the Earth must send.

    Returns
    -------
    dict
        For report, figures and command.
    """
    from moonstead.station.crew import person_days
    from moonstead.station.flows import loop_closure
    from moonstead.station.imports import CLASSES_OF_SUPPLY
    from moonstead.station.stores_outages import first_dry

    ledger = found.ledger
    consumers = {process.name for process in ledger.processes if process.recipe.kind == "consumer"}
    closure = loop_closure(ledger)
    made: dict[str, float] = {}
    for process, units in zip(ledger.processes, ledger.done.sum(axis=0).tolist(), strict=True):
        if process.recipe.kind == "in-situ":
            for name in ("oxygen", "potable-water"):
                made[name] = made.get(name, 0.0) + units * process.recipe.outputs.get(name, 0.0)
    return {
        "site": site["site"],
        "person_days": person_days(found.stays, (site["start"], site["stop"])),
        "short": sum(outage.stop - outage.start for outage in outages if outage.what in consumers),
        "missing": sum(outage.missing for outage in outages if outage.what in consumers),
        "in_situ": {name: mass for name, mass in made.items() if mass > 0.0},
        "dug": _dug(ledger),
        "energy": {name: used for name, used in ledger.energy().items() if used > 0.0},
        "heat": {name: given for name, given in ledger.waste_heat().items() if given != 0.0},
        "closure": {
            "water_used": closure.water_used,
            "water_recycled": closure.water_recycled,
            "water_in_situ": closure.water_in_situ,
            "oxygen_used": closure.oxygen_used,
            "oxygen_regained": closure.oxygen_regained,
            "oxygen_in_situ": closure.oxygen_in_situ,
        },
        "imports": {CLASSES_OF_SUPPLY[key]: [one.low, one.nominal, one.high] for key, one in brought.by_class.items()},
        "imports_per_year": [brought.per_year.low, brought.per_year.nominal, brought.per_year.high],
        "imports_by_substance": {name: [one.low, one.nominal, one.high] for name, one in brought.by_substance.items()},
        "autonomy": {
            name: {
                "use_per_day": one.use_per_day,
                "at_start": one.at_start,
                "least": one.least,
                "least_time": one.least_time,
                "at_stop": one.at_stop,
            }
            for name, one in ledger.autonomy().items()
        },
        "first_dry": {
            name: {"start": one.start, "what": one.what, "text": one.text}
            for name, one in first_dry(ledger, outages).items()
        },
        "plants": [_published(one) for one in site["processes"] if one["recipe"] in IN_SITU],
        "imbalance": max(abs(mass) for mass in ledger.imbalance().values()),
    }


def _published(one: dict[str, Any]) -> dict[str, Any]:
    """What is published on a plant that works the ground: spreads as [low, nominal, high], J/kg and kg/kg."""
    from moonstead.station import water_plants as ice
    from moonstead.station.oxygen_plants import oxygen_energy, oxygen_yield, plant_named

    if one["recipe"] == "water-from-ice":
        grade = one["grade"] or ice.REFERENCE_ICE
        energy, part = ice.ice_water_energy(grade), ice.RECOVERED
        gained = [part.low * grade, part.nominal * grade, part.high * grade]
        about = {"title": "water from ice", "feedstock": f"ground with {grade:.1%} of ice", "heat_share": 1.0}
        about |= {"maturity": ice.MATURITY, "source": ice.SOURCE, "verified": False}
    else:
        plant = plant_named(one["recipe"])
        energy, made = oxygen_energy(plant, one["grade"]), oxygen_yield(plant, one["grade"])
        gained = [made.low, made.nominal, made.high]
        about = {
            key: getattr(plant, key) for key in ("title", "feedstock", "heat_share", "maturity", "source", "verified")
        }
    return about | {
        "id": one["id"],
        "energy": [energy.low, energy.nominal, energy.high],
        "yield": gained,
        "own_energy": one["energy"],
    }


def _dug(ledger: StoresLedger) -> float:
    units = ledger.done.sum(axis=0).tolist()
    ground = ("regolith", "ice-bearing-regolith")
    return float(
        sum(
            ran * sum(process.recipe.inputs.get(name, 0.0) for name in ground)
            for process, ran in zip(ledger.processes, units, strict=True)
        )
    )
