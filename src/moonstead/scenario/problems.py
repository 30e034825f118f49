"""What is wrong with a scenario: each problem with its file, line, key and remedy, all raised together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Literal

from moonstead.foundation.errors import InvalidInput, MissingData
from moonstead.scenario.positions import KeyPath

Kind = Literal["input", "data"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in a scenario, or one thing that it needs and that is not there.

    Attributes
    ----------
    file : str
        The scenario file.
    line : int
        Line of the key, from 1; 0 where the file could not be read.
    key : str
        Path of the key, for example ``"facility[2].area"``; list items count from 0. Empty for the whole file.
    message : str
        What is wrong.
    remedy : str
        What to do about it.
    kind : str
        ``"input"`` where the scenario is wrong, ``"data"`` where data are missing.
    """

    file: str
    line: int
    key: str
    message: str
    remedy: str
    kind: Kind = "input"

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)

    def text(self) -> str:
        """File, line, key, message and remedy in one line."""
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.key + ': ' if self.key else ''}{self.message} ({self.remedy})"


class ScenarioError(InvalidInput):
    """A scenario that cannot be meant; `problems` lists every mistake that was found.

    Parameters
    ----------
    problems : Problems
        Every mistake that was found, each with file and line.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problem.text() for problem in self.problems))


class ScenarioDataMissing(MissingData):
    """A sound scenario that needs data which are not there; `problems` lists them.

    Parameters
    ----------
    problems : Problems
        Everything that is missing, each with file and line.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problem.text() for problem in self.problems))


def raise_problems(problems: Iterable[Problem]) -> None:
    """Raise all problems together, in the order of their lines; do nothing where there are none.

    Raises
    ------
    ScenarioError
        At least one is a mistake in the scenario.
    ScenarioDataMissing
        All of them are missing data.
    """
    found = sorted(problems, key=lambda problem: (problem.file, problem.line))
    if any(problem.kind == "input" for problem in found):
        raise ScenarioError(found)
    if found:
        raise ScenarioDataMissing(found)


def key_text(key: KeyPath) -> str:
    """Key path as text: names joined by points, list indices in brackets."""
    text = ""
    for part in key:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text
