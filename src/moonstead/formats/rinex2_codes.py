"""Observation types of RINEX 2 as observation codes of RINEX 3."""

from __future__ import annotations

from collections.abc import Sequence

# Signal of a type's band where it is not that of a P code: RINEX 2 does not say how a signal was tracked, so bands of
# several components become X, as the format's authors propose.
SIGNALS: dict[str, dict[str, str]] = {
    "G": {"C1": "1C", "P1": "1W", "C2": "2X", "P2": "2W", "C5": "5X"},
    "R": {"C1": "1C", "P1": "1P", "C2": "2C", "P2": "2P", "C3": "3X"},
    "E": {"C1": "1X", "C5": "5X", "C6": "6X", "C7": "7X", "C8": "8X"},
    "C": {"C1": "2I", "C2": "2I", "C6": "6I", "C7": "7I"},
    "J": {"C1": "1C", "C2": "2X", "C5": "5X", "C6": "6X"},
    "S": {"C1": "1C", "C5": "5X"},
    "I": {"C5": "5X", "C9": "9X"},
}
# Letters of RINEX 2.12: A is C/A on band 1, B is L1C, C is L2C, D is C/A of GLONASS on band 2.
LETTERS = {"A": ("1C", "GRJS"), "B": ("1X", "GJ"), "C": ("2X", "GJ"), "D": ("2C", "R")}  # signal, systems


def modern_codes(system: str, types: Sequence[str]) -> list[str]:
    """Codes of RINEX 3 for observation types of RINEX 2.

    A phase, Doppler or strength belongs to the P code where the file has one on that band, except on band 1, where it
    belongs to the C/A code where the file has that.

    Parameters
    ----------
    system : str
        Letter.
    types : sequence of str
        ``"C1"``, ``"P2"``, ``"L1"``, ``"CA"``.

    Returns
    -------
    list of str
        A code for each type; empty text where the system has no such signal or the code is taken.

    Source
    ------
    RINEX 3.04 (IGS/RTCM 2018), section 10.1 (relation to RINEX 2 types); RINEX 2.12 (2009), table 2 of its annex.
    """
    codes: list[str] = []
    for kind in types:
        code = _code(system, kind, types)
        codes.append(code if code and code not in codes else "")
    return codes


def _code(system: str, kind: str, types: Sequence[str]) -> str:
    letter, band = kind[0], kind[1]
    if band in LETTERS:
        signal, systems = LETTERS[band]
        return letter + signal if system in systems else ""
    signals = SIGNALS.get(system, {})
    if letter in "CP":
        signal = signals.get(kind, "")
        return "C" + signal if signal else ""
    if letter not in "LDS":
        return ""
    first, second = ("C", "P") if band == "1" else ("P", "C")
    held = first if first + band in types or (first == "C" and "CA" in types) else second
    if held + band not in types:
        held = first
    signal = signals.get(held + band) or signals.get("C" + band, "")
    return letter + signal if signal else ""
