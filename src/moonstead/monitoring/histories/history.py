"""The element history of one object in order, without repeats and sets that cannot belong to it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.mean_elements import MeanElements
from moonstead.foundation.errors import InvalidInput

Array = NDArray[np.float64]
Whole = NDArray[np.int64]

SAME_EPOCH = 1.0  # [s] sets closer than this are one set issued twice; the later one in the file replaces the earlier
NEIGHBOURS = 15  # sets whose median a set is compared with
# What one set may differ from the median of its neighbours, in their median deviation, and at least: a set of another
# object, or one that did not converge, lies far beyond, a burn far below.
OUTLIER = 50.0  # [1]
LEAST_AXIS = 2e-3  # [1] of the semi-major axis
LEAST_ANGLE = 2e-3  # [rad] of the inclination
LEAST_ECCENTRICITY = 2e-3


@dataclass(frozen=True)
class DroppedSet:
    """A set that was left out of a history.

    Attributes
    ----------
    row : int
        Its row in the elements as given.
    why : str
        What is wrong with it.
    """

    row: int
    why: str


@dataclass(frozen=True, eq=False)
class History:
    """Element sets of one object in the order of their epochs.

    Attributes
    ----------
    elements : MeanElements
        The sets, (N,).
    dropped : tuple of DroppedSet
        What was left out.
    """

    elements: MeanElements
    dropped: tuple[DroppedSet, ...]

    @property
    def tdb(self) -> Array:
        """Epochs (N,) [s TDB past J2000]."""
        return self.elements.tdb

    @cached_property
    def seconds(self) -> Array:
        """Seconds of TAI (N,) [s] from the first epoch to each."""
        sets = self.elements
        return (sets.epoch_second - sets.epoch_second[0]) + (sets.epoch_fraction - sets.epoch_fraction[0])

    @cached_property
    def longitude(self) -> Array:
        """Mean argument of latitude (N,) [rad], counted on through all revolutions.

        To it the node is added as it is seen along the orbit, which keeps it smooth where node and perigee are badly
        determined.
        """
        sets = self.elements
        angle = sets.argument_of_perigee + sets.mean_anomaly + np.unwrap(sets.node) * np.cos(sets.inclination[0])
        moved = 0.5 * (sets.mean_motion[1:] + sets.mean_motion[:-1]) * np.diff(self.seconds)
        turned = np.diff(angle)
        return np.concatenate(([0.0], np.cumsum(moved + _within_half_turn(turned - moved))))


def read_history(elements: MeanElements, object_id: int | None = None) -> History:
    """The history of one object: in order, each epoch once, without sets that cannot be its own.

    Parameters
    ----------
    elements : MeanElements
        Sets in any order, (M,).
    object_id : int, optional [1]
        Whose; not needed where all sets are of one object.

    Returns
    -------
    History
        The sets that were kept, and what was left out and why.

    Raises
    ------
    InvalidInput
        There are no sets, sets of several objects and none is chosen, or none of the one chosen.
    """
    found = np.unique(elements.object_id)
    if object_id is None:
        if found.size != 1:
            raise InvalidInput(
                f"a history is of one object, but the element sets are of {found.size}"
                f"{': ' + ', '.join(map(str, found[:5])) + (' ...' if found.size > 5 else '') if found.size else ''}; "
                "choose one by its number"
            )
        object_id = int(found[0])
    rows = np.flatnonzero(elements.object_id == object_id)
    if not rows.size:
        raise InvalidInput(f"no element set is of object {object_id}; there are {found.size} others")
    order = rows[np.lexsort((elements.epoch_fraction[rows], elements.epoch_second[rows]))]
    dropped: list[DroppedSet] = []
    seconds = (elements.epoch_second - elements.epoch_second[order[0]]) + elements.epoch_fraction
    last_of_epoch = np.append(np.diff(seconds[order]) > SAME_EPOCH, True)
    dropped += [DroppedSet(int(row), "replaced by a later set of the same epoch") for row in order[~last_of_epoch]]
    order = order[last_of_epoch]
    strange = _strange(elements.select(order))
    dropped += [DroppedSet(int(order[k]), why) for k, why in strange.items()]
    kept = np.delete(order, list(strange))
    return History(elements.select(kept), tuple(sorted(dropped, key=lambda each: each.row)))


def _strange(sets: MeanElements) -> dict[int, str]:
    """Sets that differ from their neighbours by more than any burn or noise, and in what."""
    axis = sets.semi_major_axis
    checks = (
        ("semi-major axis", axis / np.median(axis), LEAST_AXIS),
        ("inclination", sets.inclination, LEAST_ANGLE),
        ("eccentricity", sets.eccentricity, LEAST_ECCENTRICITY),
    )
    found: dict[int, str] = {}
    if len(sets) < NEIGHBOURS:
        return found
    windows = np.lib.stride_tricks.sliding_window_view
    for name, values, least in checks:
        padded = np.pad(values, NEIGHBOURS // 2, mode="reflect")
        around = windows(padded, NEIGHBOURS)
        middle = np.median(around, axis=1)
        spread = np.median(np.abs(around - middle[:, np.newaxis]), axis=1)
        for k in np.flatnonzero(np.abs(values - middle) > np.maximum(OUTLIER * spread, least)):
            found[int(k)] = f"its {name} does not belong to the sets around it"
    return found


def _within_half_turn(angle: Array) -> Array:
    return np.asarray((angle + np.pi) % (2.0 * np.pi) - np.pi)
