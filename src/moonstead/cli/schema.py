"""`moonstead schema`: the JSON Schema of scenario files, for editors."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

NAME = "schema"


def command(
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write it to a file.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The schema is JSON in any case.")] = False,
) -> None:
    """Print the JSON Schema of scenario files: editors complete and explain keys with it."""
    from moonstead.scenario.schema import schema_text

    if out is None:
        sys.stdout.write(schema_text())
    else:
        out.write_text(schema_text(), encoding="utf-8")
