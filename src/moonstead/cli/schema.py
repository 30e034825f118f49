"""`moonstead schema`: the JSON Schema of scenario or state files, for editors."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

NAME = "schema"


def command(
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write it to a file.")] = None,
    state: Annotated[bool, typer.Option("--state", help="That of the state files of `moonstead propagate`.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The schema is JSON in any case.")] = False,
) -> None:
    """Print the JSON Schema of scenario files, or of state files: editors complete and explain keys with it."""
    from moonstead.scenario.schema import schema_text

    text = schema_text("state" if state else "scenario")
    if out is None:
        sys.stdout.write(text)
    else:
        out.write_text(text, encoding="utf-8")
