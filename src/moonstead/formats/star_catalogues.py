"""Star catalogues that positions were measured against: the Minor Planet Center's letters and the names of ADES."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

# Minor Planet Center, Catalog Codes; names as in the ADES field astCat.
ADES_NAMES = {
    "a": "USNOA1",
    "b": "USNOSA1",
    "c": "USNOA2",
    "d": "USNOSA2",
    "e": "UCAC1",
    "f": "Tyc1",
    "g": "Tyc2",
    "h": "GSC1.0",
    "i": "GSC1.1",
    "j": "GSC1.2",
    "k": "GSC2.2",
    "l": "ACT",
    "m": "GSCACT",
    "n": "SDSS8",
    "o": "USNOB1",
    "p": "PPM",
    "q": "UCAC4",
    "r": "UCAC2",
    "s": "USNOB2",
    "t": "PPMXL",
    "u": "UCAC3",
    "v": "NOMAD",
    "w": "CMC14",
    "x": "Hip2",
    "y": "Hip1",
    "z": "GSC",
    "A": "AC",
    "B": "SAO1984",
    "C": "SAO",
    "D": "AGK3",
    "E": "FK4",
    "F": "ACRS",
    "G": "LickGas",
    "H": "Ida93",
    "I": "Perth70",
    "J": "COSMOS",
    "K": "Yale",
    "L": "2MASS",
    "M": "GSC2.3",
    "N": "SDSS7",
    "O": "SSTRC1",
    "P": "MPOSC3",
    "Q": "CMC15",
    "R": "SSTRC4",
    "S": "URAT1",
    "T": "URAT2",
    "U": "Gaia1",
    "V": "Gaia2",
    "W": "Gaia3",
    "X": "Gaia3E",
    "Y": "UCAC5",
    "Z": "ATLAS2",
}
_LETTERS = {name.casefold(): letter for letter, name in ADES_NAMES.items()}
UNKNOWN = ("", "UNK")


def catalogue_letters(catalogues: NDArray[np.str_]) -> NDArray[np.str_]:
    """Letters (N,) of catalogues (N,) given as letters or names of ADES; empty where unknown."""
    names, index = np.unique(catalogues, return_inverse=True)
    found = [name if name in ADES_NAMES else _LETTERS.get(str(name).casefold(), "") for name in names]
    return np.array(found, dtype="<U1")[index] if names.size else np.empty(0, dtype="<U1")


def ades_catalogue(catalogue: str) -> str:
    """Name in ADES of a catalogue given as a letter or a name; ``"UNK"`` where it is unknown."""
    if catalogue in UNKNOWN:
        return "UNK"
    return ADES_NAMES.get(catalogue, catalogue)
