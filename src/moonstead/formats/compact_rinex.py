"""Compact RINEX (Hatanaka) back to RINEX."""

from __future__ import annotations

from dataclasses import dataclass

from moonstead.formats.gnss_faults import Fault


@dataclass(frozen=True, slots=True)
class RestoredRinex:
    """RINEX out of compact RINEX.

    Attributes
    ----------
    text : bytes
        The RINEX file; where the compact file is damaged, up to there and from the next full epoch on.
    faults : tuple of Fault
        What could not be restored; lines are those of the compact file.
    """

    text: bytes
    faults: tuple[Fault, ...]


def is_compact(text: bytes) -> bool:
    """Whether a text is compact RINEX: its first line says so in columns 61 to 80."""
    return text[:200].split(b"\n", 1)[0][60:73] == b"CRINEX VERS  "
