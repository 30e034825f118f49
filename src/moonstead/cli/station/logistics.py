"""`moonstead station logistics`: what arrives when, with which vehicle, and what one lost launch does."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from moonstead.cli.output import AsJson, print_json, progress
from moonstead.cli.station.logistics_text import print_answer

if TYPE_CHECKING:
    from moonstead.scenario.scenario import Scenario

NAME = "logistics"
DAY = 86_400.0  # [s]


def command(
    scenario: Annotated[Path, typer.Argument(metavar="SCENARIO", help="Scenario file (TOML).")],
    lost: Annotated[
        str | None, typer.Option("--lost", metavar="MISSION", help="Only what losing this one does.")
    ] = None,
    run: Annotated[
        Path | None,
        typer.Option("--run", metavar="DIR", help="Finished run of the same scenario: takes the power from there."),
    ] = None,
    plan: Annotated[
        bool, typer.Option("--plan/--no-plan", help="Whether to plan the campaign of the scenario.")
    ] = True,
    csv: Annotated[Path | None, typer.Option("--csv", metavar="FILE", help="Write the calendar of flights.")] = None,
    as_json: AsJson = False,
) -> None:
    """Say what each mission needs and can bring, what a lost launch does to stores, which flights a campaign takes.

    Without --run every facility is taken as served in full, so plants never stand for want of power.
    """
    from moonstead.foundation.errors import InvalidInput
    from moonstead.run.missions import missions_fragment
    from moonstead.run.preflight_missions import mission_problems
    from moonstead.run.preflight_stores import store_problems
    from moonstead.scenario.load import load_scenario
    from moonstead.scenario.problems import raise_problems

    loaded = load_scenario(scenario)
    raise_problems([*mission_problems(loaded), *store_problems(loaded)])
    declared = loaded.scenario
    if not declared.missions and declared.campaign is None:
        raise InvalidInput("the scenario has no missions; add [[transport]] and [[mission]] tables, or a [campaign]")
    names = [one.id for one in declared.missions]
    answer: dict[str, Any] = {"scenario": str(loaded.source), "missions": _missions(missions_fragment(declared))}
    if lost is not None and lost not in names:
        if not _may_be_planned(declared, lost):
            raise InvalidInput(f'the scenario has no mission "{lost}"; it has {", ".join(names) or "none"}')
        answer |= {"lost": [], "campaign": _campaign(declared, lost, quiet=as_json)}
    else:
        answer |= _losses(declared, run, lost)
        if plan and declared.campaign is not None and lost is None:
            answer["campaign"] = _campaign(declared, None, quiet=as_json)
    if csv is not None:
        _write(csv, answer)
    if as_json:
        print_json(answer)
        return
    print_answer(answer)


def _missions(fragment: dict[str, Any]) -> list[dict[str, Any]]:
    from moonstead.run.missions import MissionAnswer, mission_answers

    found = []
    for name, one in mission_answers(fragment).items():
        if isinstance(one, MissionAnswer):
            found.append(_mission(name, one, next(m for m in fragment["missions"] if m["id"] == name)))
    return sorted(found, key=lambda one: str(one["departure"]))


def _mission(name: str, one: Any, declared: dict[str, Any]) -> dict[str, Any]:
    from moonstead.run.moments import utc_text

    check = one.check
    launcher = next((limit for limit in check.limits if limit.name == "launcher"), None)
    return {
        "mission": name,
        "vehicle": check.profile.vehicle.name,
        "partner": check.profile.vehicle.partner,
        "to": declared["to"],
        "departure": str(utc_text([one.departure])[0]),
        "arrival": str(utc_text([one.arrival])[0]),
        "departure_mass_kg": check.flown.departure_mass,
        "launcher_margin_kg": None if launcher is None else launcher.allowed - launcher.wanted,
        "cargo_kg": sum(check.cargo.values()),
        "most_cargo_kg": check.most_cargo,
        "people": check.crew,
        "delta_v_m_s": check.profile.delta_v,
        "propellant_kg": dict(check.propellant),
        "boiled_off_kg": check.flown.boiled_off,
        "burns": [
            {
                "burn": burn.burn,
                "stage": burn.stage,
                "to": burn.place,
                "delta_v_m_s": burn.delta_v,
                "mass_before_kg": burn.before,
                "propellant_kg": burn.propellant,
            }
            for burn in check.flown.burns
        ],
    }


def _supplies(scenario: Scenario, run: Path | None) -> list[Any]:
    from moonstead.run.lost_launches import site_supply
    from moonstead.run.site_stores import power_of_run, site_fragment

    found = []
    for site in scenario.sites:
        about = site_fragment(scenario, site.id)
        if about["stores"] and about["crews"]:
            tdb, power, _ = power_of_run(about, run)
            found.append(site_supply(about, tdb, power))
    return found


def _losses(scenario: Scenario, run: Path | None, lost: str | None) -> dict[str, Any]:
    """What one loss does, or what each does and how sure the supply is."""
    from moonstead.run.lost_launches import chance_facts, loss_facts, mission_roles
    from moonstead.run.missions import missions_fragment
    from moonstead.station.logistics.lost_launch import loss_effect, supply_chance

    roles, supplies = mission_roles(missions_fragment(scenario)), _supplies(scenario, run)
    if lost is not None:
        return {"lost": [_loss(loss_facts(loss_effect(roles, [lost], supplies)))]}
    chance = supply_chance(roles, supplies)
    facts = chance_facts(chance)
    return {
        "lost": [_loss(loss_facts(effect)) for effect in (chance.planned, *chance.singles)],
        "supply": {
            "probability_low": facts["low"],
            "probability_high": facts["high"],
            "crews": {name: {"low": low, "high": high} for name, (low, high) in facts["crews"].items()},
            "cases": facts["cases"],
            "stock_against_any_single_loss": [
                {"site": one["site"], "substance": one["substance"], "mass_kg": one["mass"]} for one in facts["stock"]
            ],
        },
    }


def _loss(facts: dict[str, Any]) -> dict[str, Any]:
    from moonstead.run.moments import utc_text

    def date(tdb: float) -> str:
        return str(utc_text([tdb])[0])

    return {
        "mission": facts["lost"][0] if facts["lost"] else None,
        "then_not_flown": facts["fallen"],
        "cancelled_stays": facts["cancelled"],
        "undelivered_kg": facts["undelivered"],
        "dry": [
            {
                "site": one["site"],
                "substance": one["substance"],
                "since": date(one["start"]),
                "days_after_launch": one["after"] / DAY,
                "missing_kg": one["missing"],
            }
            for one in facts["dry"]
        ],
        "must_leave": [
            {"site": one["site"], "crew": one["crew"], "by": date(one["by"]), "planned": date(one["planned"])}
            for one in facts["evacuated"]
        ],
    }


def _may_be_planned(scenario: Scenario, flight: str) -> bool:
    """Whether a name is of the kind that the campaign gives to its flights: a vehicle and a number."""
    vehicle, _, number = flight.rpartition(" ")
    return scenario.campaign is not None and number.isdigit() and vehicle in {one.id for one in scenario.transports}


def _campaign(scenario: Scenario, lost: str | None, *, quiet: bool) -> dict[str, Any]:
    """The plan, or what is planned anew after the loss of one of its launches."""
    from moonstead.run.campaigns import campaign_fragment, campaign_of, plan_facts
    from moonstead.run.moments import utc_text
    from moonstead.station.logistics.planner import plan_campaign
    from moonstead.station.logistics.replan import replan

    fragment = campaign_fragment(scenario)
    assert fragment is not None  # asked for a scenario with a campaign only
    settings = fragment["campaign"]
    with progress(quiet=quiet) as bars:
        bar = bars.add_task("plan of the campaign", total=None)

        def tell(text: str, done: int, total: int) -> None:
            bars.update(bar, description=text, completed=done, total=total)

        found = plan_campaign(
            campaign_of(fragment), time_limit=settings["time_limit"], gap=settings["gap"], progress=tell
        )
    before = found.launches
    if lost is not None:
        found = replan(found, lost, time_limit=settings["time_limit"], gap=settings["gap"])
    facts = plan_facts(found)
    return {
        "lost": lost,
        "more_launches": found.launches - before,
        "status": facts["status"],
        "objective": facts["objective"],
        "launches": facts["launches"],
        "launched_kg": facts["launched_mass"],
        "gap": facts["gap"],
        "search_s": facts["seconds"],
        "violations": facts["violations"],
        "imbalance_kg": facts["imbalance"],
        "balance_kg": facts["balance"],
        "flights": [
            {
                "flight": one["name"],
                "vehicle": one["vehicle"],
                "partner": one["partner"],
                "to": one["to"],
                "departure": str(utc_text([one["departure"]])[0]),
                "arrival": str(utc_text([one["arrival"]])[0]),
                "departure_mass_kg": one["mass"],
                "propellant_kg": one["propellant"],
                "cargo": [
                    {"for": i["what"], "class": i["class"], "fuel": i["fuel"] or None, "mass_kg": i["mass"]}
                    for i in one["items"]
                ],
            }
            for one in facts["flights"]
        ],
        "late": [
            {
                "for": one["need"],
                "due": str(utc_text([one["due"]])[0]),
                "comes": None if one["met"] is None else str(utc_text([one["met"]])[0]),
                "mass_kg": one["mass"],
            }
            for one in facts["late"]
        ],
    }


def _write(path: Path, answer: dict[str, Any]) -> None:
    import csv

    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["flight", "vehicle", "to", "departure_utc", "arrival_utc", "departure_mass_kg", "cargo_kg"])
        for one in answer["missions"]:
            keys = ("mission", "vehicle", "to", "departure", "arrival", "departure_mass_kg", "cargo_kg")
            writer.writerow([one[key] for key in keys])
        for one in answer.get("campaign", {}).get("flights", ()):
            shown = ("flight", "vehicle", "to", "departure", "arrival", "departure_mass_kg")
            writer.writerow([*(one[key] for key in shown), sum(item["mass_kg"] for item in one["cargo"])])
