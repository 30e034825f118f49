"""What each lost launch of a scenario does to the stores of its sites."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from moonstead.run.missions import MissionAnswer, mission_answers
from moonstead.run.site_stores import site_parts

if TYPE_CHECKING:
    from moonstead.station.logistics.lost_launch import LossEffect, MissionRole, SiteSupply, SupplyChance
    from moonstead.station.stores_site import FacilityPower

Array = NDArray[np.float64]


def mission_roles(fragment: Mapping[str, Any]) -> list[MissionRole]:
    """What stations owe to each mission: crews, deliveries, and the missions that it waits for.

    Parameters
    ----------
    fragment : mapping
        From `missions_fragment`.

    Returns
    -------
    list of MissionRole
        Missions that can be flown, by date.
    """
    from moonstead.station.logistics.lost_launch import MissionRole
    from moonstead.station.stores import Delivery

    success = {one["id"]: one["success"] for one in fragment["transports"]}
    answers = mission_answers(fragment)
    found = []
    for mission in fragment["missions"]:
        answer = answers.get(mission["id"])
        if not isinstance(answer, MissionAnswer):
            continue
        needs = (*mission["needs"], *([mission["lander"]] if mission["lander"] else []))
        brings = tuple(
            (mission["to"], Delivery(answer.arrival, one["substance"], one["mass"]))
            for one in mission["cargo"]
            if one["substance"] is not None
        )
        chance = success[mission["transport"]]
        crews = tuple(mission["crews"])
        found.append(MissionRole(mission["id"], answer.departure, chance, needs, crews, brings))
    known = {one.name for one in found}
    kept = [MissionRole(m.name, m.departure, m.success, _known(m.needs, known), m.crews, m.brings) for m in found]
    return sorted(kept, key=lambda one: one.departure)


def _known(needs: Sequence[str], names: set[str]) -> tuple[str, ...]:
    return tuple(name for name in needs if name in names)


def site_supply(site: Mapping[str, Any], tdb: Array, power: Mapping[str, FacilityPower]) -> SiteSupply:
    """Supply of a site without what missions bring.

    Parameters
    ----------
    site : mapping
        From `site_fragment`.
    tdb : (n + 1,) [s TDB past J2000]
        Edges of the ledger's steps.
    power : mapping of str to FacilityPower
        What each facility was served.

    Returns
    -------
    SiteSupply
        For `loss_effect`.
    """
    from moonstead.station.logistics.lost_launch import SiteSupply

    own = [one for one in site["deliveries"] if not one.get("mission")]
    parts = site_parts({**site, "deliveries": own})
    return SiteSupply(site["site"], tdb, parts.stores, parts.stays, parts.plants, power, parts.deliveries)


def loss_facts(effect: LossEffect) -> dict[str, Any]:
    """An effect as plain numbers in SI."""
    return {
        "lost": list(effect.lost),
        "fallen": list(effect.fallen),
        "cancelled": list(effect.cancelled),
        "undelivered": dict(effect.undelivered),
        "dry": [
            {"site": o.site, "substance": o.substance, "start": o.start, "after": o.after, "missing": o.missing}
            for o in effect.dry
        ],
        "evacuated": [
            {"site": one.site, "crew": one.crew, "by": one.by, "planned": one.planned} for one in effect.evacuated
        ],
    }


def chance_facts(chance: SupplyChance) -> dict[str, Any]:
    """A chance as plain numbers in SI."""
    return {
        "low": chance.low,
        "high": chance.high,
        "crews": {name: [low, chance.crew_high[name]] for name, low in chance.crew_low.items()},
        "cases": chance.cases,
        "stock": [{"site": site, "substance": name, "mass": mass} for (site, name), mass in chance.stock.items()],
    }
