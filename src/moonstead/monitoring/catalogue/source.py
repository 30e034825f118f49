"""The elements of a catalogue, whether it is a file or a store."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.mean_elements import MeanElements, joined
from moonstead.formats.element_rows import RowFault
from moonstead.formats.mean_elements_file import read_mean_elements
from moonstead.monitoring.catalogue.store import CatalogueStore

AT_ONCE = 1e-6  # [s] within which a time is that of an epoch


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
    ahead : int
        Objects that are there with a later set, since they have no earlier one.
    """

    elements: MeanElements
    faults: tuple[RowFault, ...] = ()
    later: int = 0
    older: int = 0
    ahead: int = 0


def catalogue_elements(
    path: str | os.PathLike[str], at: float | None = None, *, complete: bool = False
) -> CatalogueElements:
    """The newest element set of each object of a file or a store.

    Parameters
    ----------
    path : path
        A file of elements in any format, or the folder of a store.
    at : float, optional [s TDB past J2000]
        What was known then: sets with a later epoch do not count. Left out: all.
    complete : bool
        Whether an object of which there are only later sets comes with the first of them, so that none is missing.

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
        if not complete or at is None:
            return CatalogueElements(elements)
        missing = np.setdiff1d(store.elements().object_id, elements.object_id)
        return newest(joined([elements, store.elements(objects=missing, history=True)]), at=at, complete=True)
    found = read_mean_elements(path)
    return newest(found.elements, found.faults, at, complete=complete)


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


def newest(
    elements: MeanElements, faults: tuple[RowFault, ...] = (), at: float | None = None, *, complete: bool = False
) -> CatalogueElements:
    """The newest set of each object.

    Parameters
    ----------
    elements : MeanElements
        Sets in any order.
    faults : tuple of RowFault
        Handed on.
    at : float, optional [s TDB past J2000]
        Sets with a later epoch do not count.
    complete : bool
        Whether an object of which there are only later sets comes with the first of them.

    Returns
    -------
    CatalogueElements
        By object. Of two sets of one epoch the one with the higher number counts, then the one that stands later.

    Source
    ------
    Definition: the last set of each object at or before a time.
    """
    keys = (elements.element_set, elements.epoch_fraction, elements.epoch_second, elements.object_id)
    order = np.lexsort(keys)  # by object, then by epoch
    numbers = elements.object_id[order]
    known = np.ones(order.size, dtype=bool) if at is None else elements.tdb[order] <= at + AT_ONCE
    first = np.append(True, numbers[1:] != numbers[:-1])[: order.size]
    ends = np.append(numbers[1:] != numbers[:-1], True)[: order.size]
    # The last that is known of each object: known itself, and nothing known of the object after it.
    last = known & (ends | ~np.append(known[1:], False)[: order.size])
    ahead = first & ~known if complete else np.zeros(order.size, dtype=bool)
    chosen = last | ahead
    return CatalogueElements(
        elements.select(order[chosen]),
        faults,
        int(np.count_nonzero(~known & ~ahead)),
        int(np.count_nonzero(known & ~last)),
        int(np.count_nonzero(ahead)),
    )
