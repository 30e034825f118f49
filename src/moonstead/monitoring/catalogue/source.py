"""The elements of a catalogue, whether it is a file or a store."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.mean_elements import MeanElements
from moonstead.formats.element_rows import RowFault
from moonstead.formats.mean_elements_file import read_mean_elements
from moonstead.monitoring.catalogue.store import CatalogueStore


@dataclass(frozen=True, eq=False)
class CatalogueElements:
    """One set of each object, and what could not be used.

    Attributes
    ----------
    elements : MeanElements
        Rising by object.
    faults : tuple of RowFault
        Rows of a file that were rejected.
    later : int
        Sets that were left out since their epochs are later than asked for.
    older : int
        Sets of objects of which a newer one is there.
    """

    elements: MeanElements
    faults: tuple[RowFault, ...] = ()
    later: int = 0
    older: int = 0


def catalogue_elements(path: str | os.PathLike[str], at: float | None = None) -> CatalogueElements:
    """The newest element set of each object of a file or a store.

    Parameters
    ----------
    path : path
        A file of elements in any format, or the folder of a store.
    at : float, optional [s TDB past J2000]
        What was known then: sets with a later epoch do not count. Left out: all.

    Returns
    -------
    CatalogueElements

    Raises
    ------
    MissingData
        There is no such file or store.
    FormatError
        Nothing in the file is of a known format.

    Source
    ------
    Definition: the last set of each object at or before a time.
    """
    path = Path(path)
    if path.is_dir():
        store = CatalogueStore(path)
        elements = store.elements(at=at)
        return CatalogueElements(elements)
    found = read_mean_elements(path)
    return newest(found.elements, found.faults, at)


def catalogue_object_ids(path: str | os.PathLike[str]) -> NDArray[np.int64]:
    """Identifiers of all objects of a file of elements or of a store.

    Parameters
    ----------
    path : path
        A file of elements in any format, or the folder of a store.

    Returns
    -------
    (K,) int [1]
        Rising.

    Raises
    ------
    MissingData
        There is no such file or store.
    FormatError
        Nothing in the file is of a known format.
    """
    path = Path(path)
    if path.is_dir():
        return CatalogueStore(path).object_ids()
    return np.unique(read_mean_elements(path).elements.object_id)


def newest(elements: MeanElements, faults: tuple[RowFault, ...] = (), at: float | None = None) -> CatalogueElements:
    """The newest set of each object.

    Parameters
    ----------
    elements : MeanElements
        Sets in any order.
    faults : tuple of RowFault
        Handed on.
    at : float, optional [s TDB past J2000]
        Sets with a later epoch do not count.

    Returns
    -------
    CatalogueElements
        Of two sets of one epoch the one with the higher number counts, then the one that stands later.

    Source
    ------
    Definition: the last set of each object at or before a time.
    """
    known: NDArray[np.bool_] = np.ones(len(elements), dtype=bool) if at is None else elements.tdb <= at + 1e-6
    rows = np.flatnonzero(known)
    keys = (
        elements.element_set[rows],
        elements.epoch_fraction[rows],
        elements.epoch_second[rows],
        elements.object_id[rows],
    )
    order = rows[np.lexsort(keys)]
    numbers = elements.object_id[order]
    last = np.append(numbers[1:] != numbers[:-1], True) if numbers.size else np.zeros(0, dtype=bool)
    return CatalogueElements(
        elements.select(order[last]), faults, int(np.count_nonzero(~known)), int(numbers.size - np.count_nonzero(last))
    )
