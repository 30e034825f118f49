"""Rows of an element file that could not be used: where, what, and what to do."""

from __future__ import annotations

from dataclasses import dataclass

SHOWN = 200  # [characters] of a row that a fault repeats
FETCH_AGAIN = "fetch the file again"


@dataclass(frozen=True, slots=True)
class RowFault:
    """A place in a file of elements that could not be used; the rest of the file is kept.

    Attributes
    ----------
    place : str
        Where in the file: ``line 12``, ``record 3``, or ``file``.
    text : str
        Its text as it stands, cut after 200 characters.
    what : str
        What is wrong.
    remedy : str
        What to do.
    """

    place: str
    text: str
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.place}: {self.what}; {self.remedy}"


def row_fault(place: str, text: str, message: str, remedy: str = FETCH_AGAIN) -> RowFault:
    """Fault of a row from a message, which may bring its remedy after its last semicolon.

    Parameters
    ----------
    place : str
        Where in the file.
    text : str
        The row as it stands.
    message : str
        What is wrong; ``what; remedy`` is cut in two.
    remedy : str
        What to do where the message does not say it.

    Returns
    -------
    RowFault
    """
    what, cut, own = message.rpartition("; ")
    return RowFault(place, text.strip()[:SHOWN], what if cut else message, own if cut else remedy)
