"""Where the receiver is to some metres, from its codes alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.constants import SPEED_OF_LIGHT
from moonstead.foundation.errors import InvalidInput, NumericalFailure
from moonstead.foundation.kernel_cache import prepare
from moonstead.navigation.positioning.errors import GROUND
from moonstead.navigation.ppp.batch import FREE_POSITION
from moonstead.navigation.ppp.combinations import Combinations
from moonstead.navigation.ppp.rows import Emission, geometry

Array = NDArray[np.float64]

MOST_STEPS = 25
GROSS = 100.0  # [m] more than noise, multipath and the atmosphere at the horizon together
ENOUGH = 10.0  # [m] of a correction: the square of it over the distance is a hundredth of a millimetre
FEWEST = 5  # satellites of an epoch that may tell where a receiver stands
CODE_SIGMA = 3.0  # [m]
FARTHEST = 1e8  # [m] from the Earth's centre: whoever is farther is no user of these signals here
EARTH_RADIUS = 6.371e6  # [m]


def rough_positions(
    combinations: Combinations, sent: Emission, start: ArrayLike | None, static: bool, header: Array | None = None
) -> tuple[Array, NDArray[np.bool_]]:
    """Positions of the receiver at all epochs, good to some metres.

    Parameters
    ----------
    combinations : Combinations
        Ionosphere-free codes.
    sent : Emission
        Satellites of M rows.
    start : (3,) [m] or None
        A first guess, ITRF.
    static : bool
        Whether all epochs have one position; then the median.
    header : (3,) [m], optional
        Where the file says that the receiver is: taken for a guess if it is a place on the Earth.

    Returns
    -------
    position : (E, 3) [m]
        ITRF; epochs that can not be solved have the position of their neighbours.
    good : (M,) bool
        Rows whose code may be right: single codes that are wrong by more than a hundred metres are not, nor those that
        are left beside them where they are too few to tell.

    Raises
    ------
    InvalidInput
        The guess is not a place.
    NumericalFailure
        No epoch has satellites enough, codes contradict each other, or the iteration does not settle.

    Source
    ------
    Iterated least squares with a clock for each system; no atmosphere, whose metres matter little here.
    """
    prepare()
    from moonstead.navigation.ppp.normal_kernels import solve_epochs

    guess = _below(sent) if start is None else np.asarray(start, dtype=np.float64)
    if start is None and header is not None and GROUND[0] < np.linalg.norm(header) < GROUND[1]:
        guess = header
    if guess.shape != (3,) or not 1e6 < np.linalg.norm(guess) < FARTHEST:
        raise InvalidInput(f"a first guess is x, y, z [m] in ITRF, got {start!r}")
    letters = [name[0] for name in combinations.satellites]
    systems = list(dict.fromkeys(letters))
    epochs, rows = combinations.gpst.size, sent.epoch.size
    start_rows = np.searchsorted(sent.epoch, np.arange(epochs + 1)).astype(np.int64)
    system = np.array([systems.index(letter) for letter in letters], dtype=np.int64)[sent.satellite]
    names = np.column_stack([system, np.zeros((rows, 2), dtype=np.int64)])
    layout = np.array([0, len(systems), 0, 2, 4, 6, 7, 8], dtype=np.int64)
    node, share = np.zeros((epochs, 2), dtype=np.int64), np.zeros((epochs, 2))
    needed = FEWEST + len(systems) - 1
    count = np.diff(start_rows)
    if np.all(count < needed):
        raise NumericalFailure(
            f"no epoch has {needed} satellites with codes and phases on two bands and a precise "
            f"orbit; the most is {int(count.max(initial=0))}"
        )
    good = np.ones(rows, dtype=np.bool_)
    position = np.tile(guess, (epochs, 1))
    code = combinations.code[sent.epoch, sent.satellite] + SPEED_OF_LIGHT * sent.clock
    local, residual = np.empty((epochs, len(systems) + 3)), np.empty((rows, 2))
    for _ in range(MOST_STEPS):
        seen = geometry(sent, position[sent.epoch])
        measured = np.stack([np.zeros(rows), code - seen.distance], axis=1)
        partials = np.column_stack([-seen.sight, np.zeros((rows, 3))])
        weight = np.column_stack([np.zeros(rows), good / CODE_SIGMA**2])
        equations = (layout, start_rows, node, share, names, partials, measured, weight, 1e-2 * FREE_POSITION**-2)
        solve_epochs(*equations, np.zeros(8), local, residual)
        enough = np.bincount(sent.epoch[good], minlength=epochs) >= needed
        if not np.any(enough):
            raise NumericalFailure("codes contradict each other at all epochs: no first position can be trusted")
        step = local[:, -3:]
        position = position + np.where(enough[:, None], step, 0.0)
        if static:
            position[:] = np.median(position[enough], axis=0)
        if np.linalg.norm(np.median(step[enough], axis=0)) < ENOUGH:
            worst = _worst(sent.epoch, np.where(good, np.abs(residual[:, 1]), 0.0), start_rows)
            if worst.size == 0:
                break
            good[worst] = False
    else:
        raise NumericalFailure(f"a first position from codes did not settle in {MOST_STEPS} steps")
    place = np.flatnonzero(enough)
    nearest = place[np.abs(np.arange(epochs)[:, None] - place[None, :]).argmin(axis=1)] if not static else place[:1]
    whole = np.bincount(sent.epoch[~good], minlength=epochs) == 0
    return np.ascontiguousarray(np.broadcast_to(position[nearest], (epochs, 3))), good & (enough | whole)[sent.epoch]


def _worst(epoch: NDArray[np.int64], size: Array, start: NDArray[np.int64]) -> NDArray[np.int64]:
    """The row of each epoch whose residual is largest, if no code can be so wrong."""
    largest = np.zeros(start.size - 1)
    np.maximum.at(largest, epoch, size)
    return np.flatnonzero((size > GROSS) & (size == largest[epoch]))


def _below(sent: Emission) -> Array:
    """A place on the ground below the satellites of the first epoch: a few thousand kilometres from the receiver."""
    middle = sent.position[sent.epoch == sent.epoch[0]].mean(axis=0)
    return np.asarray(EARTH_RADIUS * middle / np.linalg.norm(middle))
