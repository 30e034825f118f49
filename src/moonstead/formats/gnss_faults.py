"""What in a file of satellite navigation could not be used: told line by line, never more than a page of it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from moonstead.foundation.errors import FormatError

MOST_FAULTS = 200  # told one by one; a file of garbage has one for every line


@dataclass(frozen=True, slots=True)
class Fault:
    """A place in a file that could not be used.

    Attributes
    ----------
    line : int
        Line of the unpacked text, from 1; 0 where the fault is of the whole file.
    what : str
        What is wrong.
    remedy : str
        What was done about it, or what to do.
    """

    line: int
    what: str
    remedy: str

    def __str__(self) -> str:
        place = f"line {self.line}: " if self.line else ""
        return f"{place}{self.what}; {self.remedy}"


class FaultLog:
    """Collects the faults of one file and keeps the first of them.

    Parameters
    ----------
    path : path
        The file, for messages.

    Attributes
    ----------
    count : int
        Faults noted, kept or not.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self.count = 0
        self._kept: list[Fault] = []

    def note(self, line: int, what: str, remedy: str, *, count: int = 1) -> None:
        """Keep a fault, or count it where enough are kept.

        Parameters
        ----------
        line : int
            Line of the unpacked text, from 1; 0 for the whole file.
        what : str
            What is wrong.
        remedy : str
            What was done about it, or what to do.
        count : int
            How many places this one fault stands for.
        """
        self.count += count
        if len(self._kept) < MOST_FAULTS:
            self._kept.append(Fault(line, what, remedy))

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The faults in the order of the file; the last one counts those that are not told."""
        kept = tuple(sorted(self._kept, key=lambda fault: fault.line))
        if self.count <= len(kept):
            return kept
        more = Fault(0, f"{self.count - len(kept)} more faults of {self.count}", "mend those above first")
        return (*kept, more)

    def refusal(self, what: str, remedy: str, line: int = 0) -> FormatError:
        """The error that says that nothing of the file can be used; the first fault is told with it.

        Parameters
        ----------
        what : str
            What is wrong.
        remedy : str
            What to do.
        line : int
            Line of the unpacked text, from 1; 0 for the whole file.

        Returns
        -------
        FormatError
            To be raised.
        """
        first = f" (first fault: {self._kept[0]})" if self._kept else ""
        return format_error(self.path, line, what + first, remedy)


def format_error(path: str | os.PathLike[str], line: int, what: str, remedy: str) -> FormatError:
    """Error in the words of all readers: file, line, what is wrong, what to do.

    Parameters
    ----------
    path : path
        The file.
    line : int
        Line of the unpacked text, from 1; 0 for the whole file.
    what : str
        What is wrong.
    remedy : str
        What to do.

    Returns
    -------
    FormatError
        To be raised.
    """
    place = f"{path}, line {line}" if line else f"{path}"
    return FormatError(f"{place}: {what}; {remedy}")
