"""`moonstead station stores`: what is kept, used, made and brought at each site of a scenario."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from moonstead.cli.output import AsJson, print_json, print_table

if TYPE_CHECKING:
    from moonstead.scenario.scenario import Scenario

NAME = "stores"
DAY = 86_400.0  # [s]
KILOWATT_HOUR = 3.6e6  # [J]


def command(
    scenario: Annotated[Path, typer.Argument(metavar="SCENARIO", help="Scenario file (TOML).")],
    run: Annotated[
        Path | None,
        typer.Option("--run", metavar="DIR", help="Finished run of the same scenario: takes the power from there."),
    ] = None,
    site: Annotated[str | None, typer.Option(help="Only this site.")] = None,
    as_json: AsJson = False,
) -> None:
    """Say what the stores of each site hold, what runs dry and why, and what the Earth must send.

    Without --run every facility is taken as served in full, so plants never stand for want of power.
    """
    from moonstead.foundation.errors import InvalidInput
    from moonstead.run.preflight_stores import store_problems
    from moonstead.scenario.load import load_scenario
    from moonstead.scenario.problems import raise_problems

    loaded = load_scenario(scenario)
    raise_problems(list(store_problems(loaded)))
    declared = loaded.scenario
    names = [one.id for one in declared.sites]
    if site is not None and site not in names:
        raise InvalidInput(f'the scenario has no site "{site}"; it has {", ".join(names) or "none"}')
    rows = [_site(declared, name, run) for name in names if site in (None, name)]
    rows = [row for row in rows if row["stores"] or row["person_days"]]
    if not rows:
        where = f'site "{site}"' if site else "scenario"
        raise InvalidInput(f"the {where} has no crew and no stores; add [[crew]] and [[store]] tables")
    if as_json:
        print_json({"scenario": str(loaded.source), "sites": rows})
        return
    for row in rows:
        _print(row)


def _site(scenario: Scenario, name: str, run: Path | None) -> dict[str, Any]:
    """Answer for one site: units in the keys."""
    from moonstead.run.moments import utc_text
    from moonstead.run.site_stores import power_of_run, site_balance, site_fragment
    from moonstead.run.site_stores_facts import site_imports, store_facts
    from moonstead.run.tasks.stores import BRIDGE, LEAST_FLOW
    from moonstead.station.flows import mass_flows
    from moonstead.station.stores_outages import store_outages

    about = site_fragment(scenario, name)
    tdb, power, warnings = power_of_run(about, run)
    found = site_balance(about, tdb, power)
    outages = store_outages(found.ledger, bridge=BRIDGE)
    facts = store_facts(about, found, outages, site_imports(about, found))
    ledger = found.ledger
    closure = facts["closure"]
    return {
        "site": name,
        "power": f"as in {run}" if power else "taken as served in full",
        "person_days": facts["person_days"],
        "crew_short_h": facts["short"] / 3600.0,
        "stores": [
            {
                "substance": store.name,
                "capacity_kg": store.capacity,
                "start_kg": float(ledger.stock[0, column]),
                "least_kg": float(ledger.stock[:, column].min()),
                "stop_kg": float(ledger.stock[-1, column]),
                "lost_kg": float((ledger.lost + ledger.vented)[:, column].sum()),
                **_autonomy(facts["autonomy"].get(store.name)),
            }
            for column, store in enumerate(ledger.stores)
        ],
        "flows": [
            {"source": flow.source, "target": flow.target, "substance": flow.substance, "mass_kg": flow.mass}
            for flow in mass_flows(ledger, LEAST_FLOW)
        ],
        "energy_kwh": {key: used / KILOWATT_HOUR for key, used in facts["energy"].items()},
        "waste_heat_kwh": {key: given / KILOWATT_HOUR for key, given in facts["heat"].items()},
        "closure": {
            "water_recycled": closure["water_recycled"],
            "water_in_situ": closure["water_in_situ"],
            "oxygen_regained": closure["oxygen_regained"],
            "oxygen_in_situ": closure["oxygen_in_situ"],
        },
        "in_situ_kg": facts["in_situ"],
        "imports_kg": {key: _spread(values) for key, values in facts["imports"].items()},
        "imports_kg_per_year": _spread(facts["imports_per_year"]),
        "imports_by_substance_kg": {key: _spread(values) for key, values in facts["imports_by_substance"].items()},
        "first_dry": {
            key: {"start": str(utc_text([one["start"]])[0]), "what": one["what"], "text": one["text"]}
            for key, one in facts["first_dry"].items()
        },
        "outages": [
            {
                "start": str(utc_text([one.start])[0]),
                "stop": str(utc_text([one.stop])[0]),
                "what": one.what,
                "missing_kg": one.missing,
                "cause": one.cause,
                "reference": one.reference,
                "chain": [{"what": k.what, "reason": k.reason, "reference": k.reference} for k in one.chain],
                "text": one.text,
            }
            for one in outages
        ],
        "imbalance_kg": facts["imbalance"],
        "warnings": [*warnings, *found.warnings],
    }


def _autonomy(one: dict[str, float] | None) -> dict[str, float]:
    if one is None:
        return {}
    return {
        "use_kg_per_day": one["use_per_day"],
        "autonomy_start_days": one["at_start"] / DAY,
        "autonomy_least_days": one["least"] / DAY,
        "autonomy_stop_days": one["at_stop"] / DAY,
    }


def _spread(values: list[float]) -> dict[str, float]:
    return dict(zip(("low", "nominal", "high"), values, strict=True))


def _print(row: dict[str, Any]) -> None:
    sys.stdout.write(f"{row['site']}: {row['person_days']:.6g} person-days; power {row['power']}\n\n")
    cells = [
        [
            one["substance"],
            f"{one['start_kg']:.1f}",
            f"{one['least_kg']:.1f}",
            f"{one['stop_kg']:.1f}",
            f"{one['capacity_kg']:.1f}",
            f"{one['autonomy_least_days']:.1f}" if "autonomy_least_days" in one else "",
        ]
        for one in row["stores"]
    ]
    print_table(["store", "start kg", "least kg", "stop kg", "holds kg", "least days"], cells, right=range(1, 6))
    sys.stdout.write("\n")
    cells = [
        [name, f"{one['low']:.1f}", f"{one['nominal']:.1f}", f"{one['high']:.1f}"]
        for name, one in {**row["imports_kg"], "all, in a year": row["imports_kg_per_year"]}.items()
    ]
    print_table(["from the Earth", "low kg", "nominal kg", "high kg"], cells, right=range(1, 4))
    closure = row["closure"]
    sys.stdout.write(
        f"\nwater recycled {closure['water_recycled']:.1%}, oxygen regained from carbon dioxide "
        f"{closure['oxygen_regained']:.1%}, of the ground "
        f"{closure['oxygen_in_situ']:.1%} of what people breathe\n"
    )
    sys.stdout.writelines(f"{one['start']}: {one['text']}\n" for one in row["outages"])
    sys.stdout.writelines(f"Note: {warning}\n" for warning in row["warnings"])
    sys.stdout.write("\n")
