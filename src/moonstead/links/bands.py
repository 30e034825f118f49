"""Which frequencies lunar links may use, by band and direction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from moonstead.foundation.errors import InvalidInput

Direction = Literal["up", "down", "forward", "return", "surface", "navigation"]

_REC = "SFCG Recommendation 32-2R5 (frequencies of the lunar region)"
_LNIS = "LunaNet Interoperability Specification v5 (2025)"
_ITU = "ITU Radio Regulations, article 5, space research service"


@dataclass(frozen=True, slots=True)
class Band:
    """One block of frequencies and what it is for.

    Attributes
    ----------
    name : str
        Letter of the band, as antennas and ground stations call it.
    direction : str
        ``"up"`` Earth to lunar space, ``"down"`` lunar space to Earth, ``"forward"`` relay to surface,
        ``"return"`` surface to relay, ``"surface"`` between surface terminals, ``"navigation"`` broadcast.
    low, high : float [Hz]
        Edges.
    source, certainty : str
        Where the edges come from, and whether they were read there or only recalled.
    """

    name: str
    direction: Direction
    low: float
    high: float
    source: str
    certainty: str

    @property
    def centre(self) -> float:
        """Middle [Hz] of the block, the frequency that budgets use where none is given."""
        return 0.5 * (self.low + self.high)


_READ = "quoted by a second source"
_RECALLED = "recalled, not re-read"

BANDS: tuple[Band, ...] = (
    Band("UHF", "forward", 435.0e6, 450.0e6, f"{_REC}; not in the shielded zone; direction: CCSDS 211.1", _READ),
    Band("UHF", "return", 390.0e6, 405.0e6, f"{_REC}; not in the shielded zone; direction: CCSDS 211.1", _READ),
    Band("L", "navigation", 1559.0e6, 1610.0e6, "ITU radionavigation-satellite service (GNSS at the Moon)", _RECALLED),
    Band("S", "up", 2025.0e6, 2110.0e6, _ITU, _RECALLED),
    Band("S", "down", 2200.0e6, 2290.0e6, _ITU, _RECALLED),
    Band("S", "forward", 2025.0e6, 2110.0e6, f"{_LNIS}; {_REC}", _READ),
    Band("S", "return", 2200.0e6, 2290.0e6, f"{_LNIS}; {_REC}", _READ),
    Band("S", "surface", 2503.5e6, 2655.0e6, f"{_REC} (3GPP block)", _READ),
    Band("S", "navigation", 2483.5e6, 2500.0e6, f"{_LNIS}, volume A (augmented forward signal)", _READ),
    Band("X", "up", 7190.0e6, 7235.0e6, _ITU, _RECALLED),
    Band("X", "down", 8450.0e6, 8500.0e6, _ITU, _RECALLED),
    Band("X", "forward", 7190.0e6, 7235.0e6, "candidate of WRC-27 agenda item 1.15 (Resolution 680)", _READ),
    Band("X", "return", 8450.0e6, 8500.0e6, "candidate of WRC-27 agenda item 1.15 (Resolution 680)", _READ),
    Band("Ka", "up", 22.55e9, 23.15e9, f"{_ITU}; {_LNIS}", _RECALLED),
    Band("Ka", "down", 25.5e9, 27.0e9, f"{_ITU}; {_LNIS}", _RECALLED),
    Band("Ka", "forward", 23.15e9, 23.55e9, f"{_LNIS}; {_REC}", _READ),
    Band("Ka", "return", 27.0e9, 27.5e9, f"{_LNIS}; {_REC}", _READ),
)  # fmt: skip


def band(name: str, direction: Direction) -> Band:
    """Block of frequencies for a band letter and a direction.

    Parameters
    ----------
    name : str
        ``"UHF"``, ``"L"``, ``"S"``, ``"X"`` or ``"Ka"``; case does not matter.
    direction : str
        As in `Band`.

    Returns
    -------
    Band
        Edges and centre [Hz] with their source.

    Raises
    ------
    InvalidInput
        The table has no such pair; the message lists those it has.

    Source
    ------
    Each row names its own. Near-Earth allocations hold for spacecraft within 2 million km, so for the Moon.
    """
    for row in BANDS:
        if row.name.lower() == name.lower() and row.direction == direction:
            return row
    known = ", ".join(f"{row.name} {row.direction}" for row in BANDS)
    raise InvalidInput(f"no frequencies known for band {name!r} in direction {direction!r}; known are: {known}")
