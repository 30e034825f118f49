"""Files of any kind into a store: elements, ephemerides, conjunction messages, facts about objects."""

from __future__ import annotations

import gzip
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from moonstead.formats.ccsds_frames import axes_of
from moonstead.formats.cdm import read_cdm
from moonstead.formats.element_rows import RowFault, row_fault
from moonstead.formats.mean_elements_file import read_mean_elements
from moonstead.formats.satellite_catalogue import is_satellite_catalogue, read_satellite_catalogue
from moonstead.foundation.errors import InvalidInput, MissingData
from moonstead.monitoring.catalogue.entries import ObjectEntry, StateEntry, designator_of, identifier_of
from moonstead.monitoring.catalogue.ephemerides import SPK_MAGIC, keep_ephemeris
from moonstead.monitoring.catalogue.store import CatalogueStore

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext

HEAD = 4096  # [bytes] that tell what a file is


@dataclass(frozen=True, slots=True)
class Taken:
    """What a file brought into a store.

    Attributes
    ----------
    kind : str
        What it is: ``TLE``, ``OMM CSV``, ..., ``OEM``, ``SPK``, ``CDM`` or ``SATCAT``.
    rows, duplicates : int
        Rows that are new, and those that were known already.
    faults : tuple of RowFault
        What was rejected, and why.
    """

    kind: str
    rows: int
    duplicates: int
    faults: tuple[RowFault, ...] = ()


def kind_of_file(path: str | os.PathLike[str]) -> str:
    """What a file is, told by its first bytes.

    Parameters
    ----------
    path : path
        The file, plain or gzip.

    Returns
    -------
    str
        ``OEM``, ``SPK``, ``CDM``, ``SATCAT``, or ``elements`` for all else.

    Raises
    ------
    MissingData
        There is no such file.
    """
    try:
        with open(path, "rb") as stream:
            head = stream.read(HEAD)
        if head.startswith(b"\x1f\x8b"):
            with gzip.open(path) as stream:
                head = stream.read(HEAD)
    except (FileNotFoundError, IsADirectoryError) as error:
        raise MissingData(f"{path}: there is no such file; check the path") from error
    except (OSError, EOFError):
        return "elements"  # damaged gzip: its reader knows what can be saved
    if head.startswith(SPK_MAGIC):
        return "SPK"
    for word in ("OEM", "CDM"):
        if f"CCSDS_{word}_VERS".encode() in head or f"<{word.lower()}".encode() in head:
            return word
    first = head.partition(b"\n")[0].decode("utf-8", "replace")
    return "SATCAT" if is_satellite_catalogue(first) else "elements"


def take_in(
    store: CatalogueStore, path: str | os.PathLike[str], data: DataContext, object_id: int | None = None
) -> Taken:
    """Add a file to a store.

    Parameters
    ----------
    store : CatalogueStore
        The store.
    path : path
        The file, told by its content.
    data : DataContext
        Earth orientation, for ephemerides in UT1.
    object_id : int, optional
        Identifier of the object of an ephemeris.

    Returns
    -------
    Taken
        When it is returned, the rows are on disk.

    Raises
    ------
    MissingData
        There is no such file.
    InvalidInput
        The file is damaged, or of a kind that is not known.
    """
    path = Path(path)
    kind = kind_of_file(path)
    if kind in ("OEM", "SPK"):
        return Taken(kind, len(keep_ephemeris(store, path, data, object_id)), 0)
    if kind == "CDM":
        states, faults = conjunction_states(path)
        added = store.add_states(states)
        return Taken(kind, added.rows, added.duplicates, faults)
    if kind == "SATCAT":
        catalogue = read_satellite_catalogue(path)
        added = store.add_objects(
            [
                ObjectEntry(
                    one.object_id, one.name, designator_of(one.designator), one.kind, one.owner, source=path.name
                )
                for one in catalogue.facts
            ]
        )
        return Taken(kind, added.rows, added.duplicates, catalogue.faults)
    found = read_mean_elements(path)
    added = store.add_elements(found.elements, path.name)
    return Taken(found.kind, added.rows, added.duplicates, found.faults)


def conjunction_states(path: str | os.PathLike[str]) -> tuple[list[StateEntry], tuple[RowFault, ...]]:
    """States with covariance of both objects of each message of a file.

    Parameters
    ----------
    path : path
        Conjunction Data Messages.

    Returns
    -------
    states : list of StateEntry
        At the time of closest approach; the covariance in radial, transverse, normal axes.
    faults : tuple of RowFault
        Messages and objects that cannot be used.

    Raises
    ------
    MissingData
        There is no such file.
    InvalidInput
        Nothing in it is a conjunction message.

    Source
    ------
    CCSDS 508.0-B-1 (2013), 3.5.
    """
    path = Path(path)
    found = read_cdm(path)
    states: list[StateEntry] = []
    faults = [row_fault(f"line {fault.line}", "", fault.what) for fault in found.faults]
    for number, message in enumerate(found.messages, start=1):
        for one in message.objects:
            designator = one.designator.strip()
            numbered = designator.isascii() and designator.isdecimal()
            called = one.value("INTERNATIONAL_DESIGNATOR") or designator
            try:
                states.append(
                    StateEntry(
                        object_id=int(designator) if numbered else identifier_of(called),
                        name=one.name,
                        tdb=message.tca,
                        center=one.center,
                        frame=axes_of(one.ref_frame).name,
                        state=one.state,
                        covariance=None if one.covariance is None else one.covariance[:6, :6],
                        source=f"{path.name} {message.message_id}",
                    )
                )
            except InvalidInput as error:
                faults.append(row_fault(f"message {number}", one.name, str(error)))
    return states, tuple(faults)
