"""How errors are told: one panel or one JSON object on standard error, and an exit code."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from moonstead.foundation.errors import InvalidInput, MissingData, MoonsteadError, NumericalFailure

if TYPE_CHECKING:
    from rich.console import RenderableType

    from moonstead.scenario.problems import Problem

UNEXPECTED, BAD_INPUT, MISSING_DATA, NUMERICAL_FAILURE, INTERRUPTED, BROKEN_PIPE = 1, 2, 3, 4, 130, 141
MOST_SHOWN = 25  # problems in one panel; JSON has them all
RESUME = "Interrupted. What was finished is kept: give the same command again and the run goes on from there."


@dataclass(frozen=True, slots=True)
class Fault:
    """An error as the command tells it.

    Attributes
    ----------
    title : str
        Headline.
    message : str
        What went wrong and what to do; empty where `problems` say it.
    code : int
        Exit code of the process.
    kind : str
        Name of the error's class.
    problems : tuple of Problem
        Mistakes of a scenario.
    """

    title: str
    message: str
    code: int
    kind: str
    problems: tuple[Problem, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        told: dict[str, Any] = {"error": self.kind, "title": self.title, "exit_code": self.code}
        if self.message:
            told["message"] = self.message
        if self.problems:
            told["problems"] = [problem.as_dict() for problem in self.problems]
        return told


def fault_of(error: BaseException) -> Fault:
    """Say what an exception means to the user."""
    kind = type(error).__name__
    problems: tuple[Problem, ...] = getattr(error, "problems", ())
    if isinstance(error, InvalidInput | MissingData) and problems:
        many = f"{len(problems)} problems" if len(problems) > 1 else "1 problem"
        code = BAD_INPUT if isinstance(error, InvalidInput) else MISSING_DATA
        return Fault(f"{many} in {Path(problems[0].file).name}", "", code, kind, problems)
    if isinstance(error, InvalidInput):
        return Fault("This input cannot be used", str(error), BAD_INPUT, kind)
    if isinstance(error, MissingData):
        return Fault("Data are missing", str(error), MISSING_DATA, kind)
    if isinstance(error, NumericalFailure):
        return Fault("The computation failed", str(error), NUMERICAL_FAILURE, kind)
    if isinstance(error, MoonsteadError):
        return Fault("This cannot be done", str(error), UNEXPECTED, kind)
    if isinstance(error, KeyboardInterrupt):
        return Fault("Interrupted", RESUME, INTERRUPTED, kind)
    if isinstance(error, OSError):
        return Fault("The system refuses", str(error), UNEXPECTED, kind)
    message = (
        f"{kind}: {error}\nThis is a fault of the program, not of your input. Please report it with the command, "
        "the scenario and the traceback that --debug shows."
    )
    return Fault("Unexpected error", message, UNEXPECTED, kind)


def tell(fault: Fault, *, as_json: bool) -> None:
    """Write a fault on standard error."""
    if as_json:
        sys.stderr.write(json.dumps(fault.as_dict(), indent=2, ensure_ascii=False) + "\n")
        return
    from rich.panel import Panel

    from moonstead.cli.output import console

    console(error=True).print(
        Panel(_body(fault), title=fault.title, title_align="left", border_style="red", padding=(0, 1))
    )


def _body(fault: Fault) -> RenderableType:
    from rich.text import Text

    if not fault.problems:
        return Text(fault.message)
    body = Text(f"{fault.problems[0].file}\n", overflow="fold")
    for place, problem in enumerate(fault.problems[:MOST_SHOWN]):
        if place:
            body.append("\n")
        where = f"line {problem.line}" if problem.line else "the file"
        body.append(f"{where}{'  ' + problem.key if problem.key else ''}\n", style="bold")
        body.append(f"  {problem.message}\n")
        body.append("  \N{RIGHTWARDS ARROW} ")
        body.append(problem.remedy, style="green")
    if len(fault.problems) > MOST_SHOWN:
        body.append(f"\nand {len(fault.problems) - MOST_SHOWN} more; --json tells all")
    return body
