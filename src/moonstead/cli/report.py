"""`moonstead report`: the page of a run, made again from its folder."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from moonstead.cli.output import AsJson, print_json

NAME = "report"


def command(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of a finished run.")],
    as_json: AsJson = False,
) -> None:
    """Build the report of a run: one HTML file that needs nothing else."""
    from moonstead.report.build import build_report

    path = build_report(folder)
    if as_json:
        print_json({"report": str(path)})
    else:
        sys.stdout.write(f"{path}\n")
