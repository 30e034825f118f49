"""`moonstead run`: from a scenario to a run folder and its report."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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
    if dry_run:
        _print_plan(outcome, as_json)
        return
    from moonstead.report.build import build_report

    report = build_report(outcome.folder)
    new = sum(step.state == "new" for step in outcome.steps)
    if as_json:
        print_json({**_plan(outcome), "report": str(report), "seconds": outcome.seconds, "warnings": outcome.warnings})
        return
    for warning in outcome.warnings:
        sys.stderr.write(f"Warning: {warning}\n")
    kept = len(outcome.steps) - new
    sys.stdout.write(f"{new} tasks computed, {kept} kept, {outcome.seconds:.1f} s\n{report}\n")


def _plan(outcome: RunOutcome) -> dict[str, object]:
    steps = [
        {"id": step.task.id, "title": step.task.title, "state": step.state, "key": step.key} for step in outcome.steps
    ]
    return {"folder": str(outcome.folder), "tasks": steps}


def _print_plan(outcome: RunOutcome, as_json: bool) -> None:
    if as_json:
        print_json(_plan(outcome))
        return
    words = {"new": "compute", "kept": "keep"}
    print_table(
        ("what", "task", "title"), [(words[step.state], step.task.id, step.task.title) for step in outcome.steps]
    )
