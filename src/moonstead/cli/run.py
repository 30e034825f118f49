"""`moonstead run`: from a scenario to a run folder and its report."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from moonstead.cli.output import AsJson, DataFolder, open_data, print_json, print_table, progress

if TYPE_CHECKING:
    from moonstead.run.engine import Progress as News
    from moonstead.run.engine import RunOutcome

NAME = "run"


def command(
    scenario: Annotated[Path, typer.Argument(metavar="SCENARIO", help="Scenario file (TOML).")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Run folder; what is in it already is reused.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be computed.")] = False,
    workers: Annotated[int, typer.Option("--workers", min=1, max=256, metavar="N", help="Processes to use.")] = 2,
    as_json: AsJson = False,
    data: DataFolder = None,
) -> None:
    """Run a scenario: compute what has changed, then write tables, ephemerides, a 3-D view and the report.

    A run that was interrupted goes on where it stopped when the same command is given again.
    """
    from moonstead.run.engine import run_scenario

    with progress(quiet=as_json or dry_run) as bars:
        bar = bars.add_task("planning", total=None)

        def listen(news: News) -> None:
            bars.update(bar, description=news.task.title, completed=news.done, total=news.total)

        outcome = run_scenario(scenario, out, data=open_data(data), dry_run=dry_run, workers=workers, listener=listen)
    plan = _plan(outcome)
    if dry_run:
        _print_plan(plan, as_json)
        return
    from moonstead.report.build import build_report

    report = build_report(outcome.folder)
    new = sum(step.state == "new" for step in outcome.steps)
    if as_json:
        print_json({**plan, "report": str(report), "seconds": outcome.seconds, "warnings": outcome.warnings})
        return
    for warning in outcome.warnings:
        sys.stderr.write(f"Warning: {warning}\n")
    kept = len(outcome.steps) - new
    sys.stdout.write(f"{new} tasks computed, {kept} kept, {outcome.seconds:.1f} s\n")
    _print_verdicts(outcome.folder)
    sys.stdout.write(f"{report}\n")


def _print_verdicts(folder: Path) -> None:
    """Say which demands of the scenario hold."""
    figures = json.loads((folder / "summary.json").read_text(encoding="utf-8"))["figures"]
    words = {"bad": "fails", "poor": "tight", "good": "holds"}
    judged = [figure for verdict in words for figure in figures if figure["verdict"] == verdict]
    rows = [(words[figure["verdict"]], figure["name"], *_shown(figure["value"], figure["unit"])) for figure in judged]
    if rows:
        print_table(("", "demand", "found", "unit"), rows)


def _shown(value: float | str, unit: str) -> tuple[str, str]:
    """Value and unit as people read them: shares in percent."""
    if isinstance(value, str):
        return value, unit
    return (f"{100.0 * value:.4g}", "%") if unit == "1" else (f"{value:.4g}", unit)


def _plan(outcome: RunOutcome) -> dict[str, Any]:
    """Every task with what becomes of it, and the report last."""
    from moonstead.report.build import report_is_current

    steps = [
        {"id": step.task.id, "title": step.task.title, "state": step.state, "key": step.key} for step in outcome.steps
    ]
    shown = not outcome.would_change and report_is_current(outcome.folder)
    steps.append({"id": "report", "title": "Report", "state": "kept" if shown else "new", "key": ""})
    return {"folder": str(outcome.folder), "tasks": steps}


def _print_plan(plan: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(plan)
        return
    words = {"new": "compute", "kept": "keep"}
    print_table(("what", "task", "title"), [(words[one["state"]], one["id"], one["title"]) for one in plan["tasks"]])
