"""Logistics: the calendar of missions, what each burns and brings, what a lost launch does, the plan of a campaign."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from moonstead.run.campaigns import campaign_fragment, campaign_of, plan_facts
from moonstead.run.lost_launches import chance_facts, loss_facts, mission_roles, site_supply
from moonstead.run.missions import MissionAnswer, answer_with_transfer, mission_answers, missions_fragment
from moonstead.run.moments import utc_text
from moonstead.run.site_stores import served_power, site_fragment
from moonstead.run.tables import Table
from moonstead.run.task import Figure, Task, TaskInputs, TaskOutput, Verdict
from moonstead.run.tasks import stores
from moonstead.run.tasks.transfers import plan as plan_transfers
from moonstead.scenario.scenario import Scenario

if TYPE_CHECKING:
    from moonstead.station.logistics.lost_launch import LossEffect

DAY = 86_400.0  # [s]
TONNE = 1e3  # [kg]
INSERTIONS = ("lunar orbit insertion", "insertion")  # what transfers call the burn that ends them
SURE, POOR = 0.95, 0.8  # [1] probability that people can stay as planned: good from here, poor from here


def plan(scenario: Scenario) -> list[Task]:
    """Tasks for the missions, for the loss of each of them, and for the campaign."""
    tasks = []
    fragment = missions_fragment(scenario)
    flown = [one for one in fragment["missions"] if one["transport"] is not None]
    if flown:
        transfers = tuple(task.id for task in plan_transfers(scenario))
        tasks.append(Task("logistics.missions", "Missions", f"{__name__}:list_missions", fragment, inputs=transfers))
        lost = _loss_task(scenario, fragment)
        if lost is not None:
            tasks.append(lost)
    campaign = campaign_fragment(scenario)
    if campaign is not None:
        tasks.append(Task("logistics.campaign", "Campaign", f"{__name__}:plan_flights", campaign))
    return tasks


def _loss_task(scenario: Scenario, fragment: dict[str, Any]) -> Task | None:
    """What lost launches do to sites with people and stores; with the power that the stores' tasks read."""
    about = [site_fragment(scenario, site.id) for site in scenario.sites]
    sites = [one for one in about if one["crews"] and one["stores"]]
    if not sites:
        return None
    read = {task.id: task.inputs for task in stores.plan(scenario)}
    inputs = tuple(dict.fromkeys(name for one in sites for name in read[f"stores.{one['site']}"]))
    together = {"missions": fragment, "sites": sites}
    return Task("logistics.losses", "Lost launches", f"{__name__}:lose_launches", together, inputs=inputs)


def list_missions(inputs: TaskInputs) -> TaskOutput:
    """Calendar, masses and burns of every mission that has a vehicle."""
    fragment = inputs.fragment
    names = {one["id"]: one for one in fragment["missions"]}
    answers = [one for one in mission_answers(fragment).values() if isinstance(one, MissionAnswer)]
    answers.sort(key=lambda one: one.departure)
    launched = [one for one in answers if one.check.profile.launched]
    cargo = sum(sum(part["mass"] for part in names[one.id]["cargo"]) for one in answers)
    mass = sum(one.check.flown.departure_mass for one in launched)
    how = "rocket equation, least propellant, legs as given"
    figures = (
        Figure(
            "Launches with cargo or people", float(len(launched)), "launches", "missions of the scenario with a vehicle"
        ),
        Figure("Mass that launchers let go", mass / TONNE, "t", how),
        Figure("Cargo that missions bring", cargo / TONNE, "t", how),
    )
    return TaskOutput(
        (_calendar(answers, names), _burns(answers)),
        figures=figures,
        facts={"cargo": _cargo(answers, names), "transfers": _transfers(inputs, answers)},
        models=("flights",),
    )


def _transfers(inputs: TaskInputs, answers: list[MissionAnswer]) -> list[dict[str, Any]]:
    """Missions with the burn of their computed transfer in place of the leg's."""
    found = []
    for one in answers:
        if f"transfer.{one.id}" not in inputs.task.inputs:
            continue
        ways = inputs.result(f"transfer.{one.id}").facts.get("ways", ())
        insertion = next((ways[0]["delta_v"][name] for name in INSERTIONS if ways and name in ways[0]["delta_v"]), None)
        if insertion is None:
            continue
        other = answer_with_transfer(inputs.fragment, one.id, insertion, ways[0]["duration"])
        if other is None:
            continue
        leg = next(leg for leg in one.check.profile.legs if (leg.origin, leg.to) == ("tli", "llo"))
        found.append(
            {
                "mission": one.id,
                "leg_delta_v": leg.delta_v,
                "computed_delta_v": insertion,
                "leg_duration": leg.duration,
                "computed_duration": ways[0]["duration"],
                "mass": one.check.flown.departure_mass,
                "computed_mass": other.check.flown.departure_mass,
                "most_cargo": one.check.most_cargo,
                "computed_most_cargo": other.check.most_cargo,
                "problems": list(other.check.problems),
            }
        )
    return found


def _calendar(answers: list[MissionAnswer], names: dict[str, Any]) -> Table:
    margins = [
        next((limit.allowed - limit.wanted for limit in one.check.limits if limit.name == "launcher"), np.nan)
        for one in answers
    ]
    departures = np.array([one.departure for one in answers])
    arrivals = np.array([one.arrival for one in answers])
    stays = np.array([names[one.id]["stay"] or 0.0 for one in answers])
    texts = {
        "mission": [one.id for one in answers],
        "vehicle": [one.check.profile.vehicle.name for one in answers],
        "partner": [one.check.profile.vehicle.partner for one in answers],
        "to": [names[one.id]["to"] for one in answers],
    }
    columns = {name: np.array(values, dtype=object) for name, values in texts.items()}
    columns |= {
        "departure": departures,
        "departure_utc": utc_text(departures),
        "arrival": arrivals,
        "arrival_utc": utc_text(arrivals),
        "stay": stays,
        "mass": np.array([one.check.flown.departure_mass for one in answers]),
        "launcher_margin": np.array(margins),
        "dry": np.array([one.check.profile.vehicle.dry for one in answers]),
        "burnt": np.array([sum(burn.propellant for burn in one.check.flown.burns) for one in answers]),
        "boiled_off": np.array([one.check.flown.boiled_off for one in answers]),
        "cargo": np.array([sum(one.check.cargo.values()) for one in answers]),
        "most_cargo": np.array([one.check.most_cargo for one in answers]),
        "people": np.array([float(one.check.crew) for one in answers]),
        "delta_v": np.array([one.check.profile.delta_v for one in answers]),
    }
    kilograms = ("mass", "launcher_margin", "dry", "burnt", "boiled_off", "cargo", "most_cargo")
    units = dict.fromkeys(texts, "text") | dict.fromkeys(kilograms, "kg")
    units |= {"departure": "s TDB past J2000", "arrival": "s TDB past J2000", "stay": "s", "people": "1"}
    units |= {"departure_utc": "UTC", "arrival_utc": "UTC", "delta_v": "m/s"}
    return Table("logistics.calendar", columns, units, "One mission: dates, masses and what it could bring at most.")


def _burns(answers: list[MissionAnswer]) -> Table:
    rows = [(one, burn) for one in answers for burn in one.check.flown.burns]
    texts = {
        "mission": [one.id for one, _ in rows],
        "burn": [burn.burn for _, burn in rows],
        "stage": [burn.stage for _, burn in rows],
        "to": [burn.place for _, burn in rows],
    }
    times = np.array([one.departure + burn.time for one, burn in rows], dtype=np.float64)
    columns = {name: np.array(values, dtype=object) for name, values in texts.items()}
    columns |= {
        "tdb": times,
        "utc": utc_text(times),
        "delta_v": np.array([burn.delta_v for _, burn in rows], dtype=np.float64),
        "before": np.array([burn.before for _, burn in rows], dtype=np.float64),
        "propellant": np.array([burn.propellant for _, burn in rows], dtype=np.float64),
        "left": np.array([max(burn.left, 0.0) for _, burn in rows], dtype=np.float64),
    }
    units = dict.fromkeys(texts, "text") | dict.fromkeys(("before", "propellant", "left"), "kg")
    units |= {"tdb": "s TDB past J2000", "utc": "UTC", "delta_v": "m/s"}
    return Table("logistics.burns", columns, units, "One burn: what it takes and what its stage has left.")


def _cargo(answers: list[MissionAnswer], names: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "mission": one.id,
            "arrival": one.arrival,
            "to": names[one.id]["to"],
            "what": part["substance"] or part["supply_class"],
            "mass": part["mass"],
        }
        for one in answers
        for part in names[one.id]["cargo"]
    ]


def lose_launches(inputs: TaskInputs) -> TaskOutput:
    """Stores of the sites with each mission lost, and how sure the supply is."""
    from moonstead.station.logistics.lost_launch import supply_chance

    tables: dict[str, Callable[[], Table]] = {}
    for name in inputs.task.inputs:
        result = inputs.result(name)
        stems = [file.removesuffix(".parquet") for file in result.checksums if file.endswith(".parquet")]
        tables |= {stem: partial(result.table, stem) for stem in stems}
    supplies = []
    warnings: list[str] = []
    for site in inputs.fragment["sites"]:
        tdb, power, told = served_power(site, tables)
        warnings += told
        supplies.append(site_supply(site, tdb, power))
    roles = mission_roles(inputs.fragment["missions"])
    chance = supply_chance(roles, supplies)
    worst = sum(not one.supplied for one in chance.singles)
    verdict: Verdict = "good" if chance.low >= SURE else "poor" if chance.low >= POOR else "bad"
    figures = (
        Figure(
            "People can stay as planned once they are there: probability, at least",
            chance.low,
            "1",
            f"independent failures of launches; at most {chance.high:.3f}; {chance.cases} combinations run",
            verdict,
        ),
        Figure(
            "Launches whose loss sends people home early",
            float(worst),
            "launches",
            f"each of {len(roles)} missions lost alone, nobody replans",
            "good" if worst == 0 else "poor",
        ),
    )
    facts = {"chance": chance_facts(chance), "losses": [loss_facts(one) for one in (chance.planned, *chance.singles)]}
    return TaskOutput(
        (_loss_table(chance.singles),),
        figures=figures,
        facts=facts,
        warnings=tuple(warnings),
        models=("lost-launch", "stores-ledger"),
    )


def _loss_table(singles: tuple[LossEffect, ...]) -> Table:
    rows = [(one, dry) for one in singles for dry in one.dry]
    texts = {
        "mission": [one.lost[0] for one, _ in rows],
        "site": [dry.site for _, dry in rows],
        "substance": [dry.substance for _, dry in rows],
    }
    starts = np.array([dry.start for _, dry in rows], dtype=np.float64)
    columns = {name: np.array(values, dtype=object) for name, values in texts.items()}
    columns |= {
        "start": starts,
        "start_utc": utc_text(starts),
        "after": np.array([dry.after for _, dry in rows], dtype=np.float64),
        "missing": np.array([dry.missing for _, dry in rows], dtype=np.float64),
    }
    units = dict.fromkeys(texts, "text") | {"start": "s TDB past J2000", "start_utc": "UTC"}
    units |= {"after": "s", "missing": "kg"}
    return Table("logistics.losses", columns, units, "A store that people find empty when a mission is lost.")


def plan_flights(inputs: TaskInputs) -> TaskOutput:
    """Flights of the campaign, checked by arithmetic of its own."""
    from moonstead.station.logistics.planner import plan_campaign

    settings = inputs.fragment["campaign"]
    found = plan_campaign(campaign_of(inputs.fragment), time_limit=settings["time_limit"], gap=settings["gap"])
    facts = plan_facts(found)
    sure = "proven least" if facts["status"] == "optimal" else f"{facts['status']}, at most {facts['gap']:.1%} too many"
    late = sum(one["mass"] for one in facts["late"])
    figures = (
        Figure("Campaign: launches on top of the missions", float(facts["launches"]), "launches", sure),
        Figure("Campaign: mass that launchers let go", facts["launched_mass"] / TONNE, "t", "rocket equation"),
        Figure(
            "Campaign: cargo that comes late", late / TONNE, "t", "replayed flight by flight", "" if late else "good"
        ),
    )
    warnings = tuple(f"The plan of the campaign fails its check: {text}" for text in facts["violations"])
    facts["span_utc"] = [str(one) for one in utc_text([settings["start"], settings["stop"]])]
    return TaskOutput(
        (_flight_table(facts),), figures=figures, facts=facts, warnings=warnings, models=("campaign", "flights")
    )


def _flight_table(facts: dict[str, Any]) -> Table:
    flights = facts["flights"]
    departures = np.array([one["departure"] for one in flights], dtype=np.float64)
    arrivals = np.array([one["arrival"] for one in flights], dtype=np.float64)
    columns: dict[str, Any] = {
        key: np.array([one[key] for one in flights], dtype=object) for key in ("name", "vehicle", "partner", "to")
    }
    units = dict.fromkeys(columns, "text")
    columns |= {
        "departure": departures,
        "departure_utc": utc_text(departures),
        "arrival": arrivals,
        "arrival_utc": utc_text(arrivals),
        "mass": np.array([one["mass"] for one in flights], dtype=np.float64),
        "propellant": np.array([one["propellant"] for one in flights], dtype=np.float64),
        "cargo": np.array([sum(item["mass"] for item in one["items"]) for one in flights], dtype=np.float64),
    }
    units |= {"departure": "s TDB past J2000", "arrival": "s TDB past J2000"}
    units |= {"departure_utc": "UTC", "arrival_utc": "UTC"} | dict.fromkeys(("mass", "propellant", "cargo"), "kg")
    return Table("logistics.campaign", columns, units, "One flight of the campaign's plan.")
