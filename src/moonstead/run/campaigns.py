"""The campaign of a scenario as the planner takes it: demands, what people need, depots and flights already decided."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from moonstead.run.missions import DAY, MissionAnswer, legs_of, mission_answers, missions_fragment, vehicle_of
from moonstead.scenario.common import epoch_of
from moonstead.scenario.load import plain
from moonstead.scenario.scenario import Scenario

if TYPE_CHECKING:
    from moonstead.station.logistics.campaign import Campaign, CampaignPlan, Committed, Need

HOUR = 3600.0  # [s]
WEEK = 7.0 * DAY  # [s]


def campaign_fragment(scenario: Scenario) -> dict[str, Any] | None:
    """What the campaign depends on, as plain values; None where the scenario plans none."""
    if scenario.campaign is None:
        return None
    settings = plain(scenario.campaign)
    start, stop = scenario.span()
    settings["start"] = start if scenario.campaign.start is None else epoch_of(scenario.campaign.start).tdb()
    settings["stop"] = stop if scenario.campaign.stop is None else epoch_of(scenario.campaign.stop).tdb()
    fragment = missions_fragment(scenario)
    fragment["campaign"] = settings
    fragment["demands"] = []
    for one in scenario.demands:
        values = plain(one)
        values |= {key: epoch_of(getattr(one, key)).tdb() for key in ("by", "until") if getattr(one, key) is not None}
        fragment["demands"].append(values)
    fragment["depots"] = []
    for depot in scenario.depots:
        since = None if depot.since is None else epoch_of(depot.since).tdb()
        fragment["depots"].append(plain(depot) | {"since": since})
    fragment["stays"] = [
        {
            "id": one.id,
            "site": one.site,
            "number": one.number,
            "since": epoch_of(one.since).tdb(),
            "until": epoch_of(one.until).tdb(),
            "outside": one.eva_per_week / WEEK * one.eva_crew * one.eva_duration,
        }
        for one in scenario.crews
    ]
    return fragment


def campaign_of(fragment: Mapping[str, Any]) -> Campaign:
    """Campaign of the library from a fragment's plain values."""
    from moonstead.station.logistics.campaign import Campaign, FuelDepot

    settings = fragment["campaign"]
    place = fragment["orbits"]
    partner = settings["most_launches_per_partner"]
    return Campaign(
        settings["start"],
        settings["stop"],
        settings["step"],
        tuple(vehicle_of(one) for one in fragment["transports"]),
        legs_of(fragment),
        tuple(_needs(fragment)),
        tuple(
            FuelDepot(
                one["id"],
                place.get(one["place"], one["place"]),
                one["fuel"],
                one["capacity"],
                one["initial"],
                one["makes"],
                float("-inf") if one["since"] is None else one["since"],
                one["loss"] * DAY,
            )
            for one in fragment["depots"]
        ),
        tuple(_committed(fragment)),
        settings["objective"],
        float("inf") if partner is None else float(partner),
    )


def _needs(fragment: Mapping[str, Any]) -> list[Need]:
    from moonstead.station.imports import CLASSES_OF_SUPPLY
    from moonstead.station.logistics.campaign import Need
    from moonstead.station.logistics.supplies import open_loop_supplies

    numbers = {name: number for number, name in CLASSES_OF_SUPPLY.items()}
    settings, orbits = fragment["campaign"], fragment["orbits"]
    found = []
    for one in fragment["demands"]:
        place, number = orbits.get(one["place"], one["place"]), numbers[one["supply_class"]]
        if one["mass"] is not None:
            if settings["start"] <= one["by"] < settings["stop"]:
                found.append(Need(one["id"], place, number, one["by"], mass=one["mass"]))
            continue
        begin = (settings["start"] if one["by"] is None else one["by"]) + one["initial"] / one["rate"]
        until = settings["stop"] if one["until"] is None else one["until"]
        if begin < until:
            found.append(Need(one["id"], place, number, begin, rate=one["rate"], stop=until))
    for stay in fragment["stays"] if settings["crew_supplies"] == "open-loop" else ():
        if not settings["start"] <= stay["since"] < settings["stop"]:
            continue
        length = stay["until"] - stay["since"]
        masses = open_loop_supplies(stay["number"], length / DAY, eva_person_hours=stay["outside"] * length / HOUR)
        found += [
            Need(f"{stay['id']}: {CLASSES_OF_SUPPLY[number]}", stay["site"], number, stay["since"], mass=mass)
            for number, mass in masses.items()
            if mass > 0.0
        ]
    return found


def _committed(fragment: Mapping[str, Any]) -> list[Committed]:
    """Missions of the scenario that can be flown; they take their launch and bring their cargo."""
    from moonstead.station.imports import CLASSES_OF_SUPPLY, SUBSTANCE_CLASS
    from moonstead.station.logistics.campaign import Committed

    numbers = {name: number for number, name in CLASSES_OF_SUPPLY.items()}
    found = []
    answers = mission_answers(fragment)
    for mission in fragment["missions"]:
        answer = answers.get(mission["id"])
        if not isinstance(answer, MissionAnswer) or answer.problems:
            continue
        place = fragment["orbits"].get(mission["to"], mission["to"])
        brings = tuple(
            (
                answer.arrival,
                place,
                SUBSTANCE_CLASS.get(one["substance"], 10) if one["substance"] else numbers[one["supply_class"]],
                one["mass"],
            )
            for one in mission["cargo"]
        )
        found.append(Committed(mission["transport"], answer.departure, brings))
    return found


def plan_facts(plan: CampaignPlan) -> dict[str, Any]:
    """A plan and its check as plain numbers in SI, for report, figures and command."""
    from moonstead.station.imports import CLASSES_OF_SUPPLY
    from moonstead.station.logistics.checker import check_plan

    violations, balance = check_plan(plan)
    return {
        "status": plan.status,
        "objective": plan.campaign.objective,
        "launches": plan.launches,
        "launched_mass": plan.launched_mass,
        "gap": plan.gap,
        "seconds": plan.seconds,
        "violations": [f"{one.flight}: {one.what} ({one.amount:.3g} kg)" for one in violations],
        "imbalance": balance.imbalance,
        "balance": {
            "launched": balance.launched,
            "made": balance.made,
            "initial": balance.initial,
            "burnt": balance.burnt,
            "boiled_off": balance.boiled_off,
            "dry": balance.dry,
            "delivered": balance.delivered,
            "left": balance.left,
        },
        "flights": [
            {
                "name": one.name,
                "vehicle": one.profile.vehicle.name,
                "partner": one.profile.vehicle.partner,
                "to": one.profile.stops[-1],
                "departure": one.departure,
                "arrival": one.arrival,
                "mass": one.departure_mass,
                "propellant": sum(one.propellant.values()),
                "launched": one.profile.launched,
                "items": [
                    {"what": i.what, "class": CLASSES_OF_SUPPLY[i.supply_class], "fuel": i.fuel, "mass": i.mass}
                    for i in one.items
                ],
            }
            for one in plan.flights
        ],
        "late": [
            {"need": one.need, "due": one.due, "met": one.met if one.met < float("inf") else None, "mass": one.mass}
            for one in plan.late
        ],
    }
