"""Where the receiver is to some metres, from its codes alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.constants import SPEED_OF_LIGHT
from moonstead.foundation.errors import InvalidInput, NumericalFailure
from moonstead.foundation.kernel_cache import prepare
from moonstead.navigation.ppp.batch import FREE_POSITION
from moonstead.navigation.ppp.combinations import Combinations
from moonstead.navigation.ppp.rows import Emission, geometry

Array = NDArray[np.float64]

MOST_STEPS = 12
ENOUGH = 10.0  # [m] of a correction: the square of it over the distance is a hundredth of a millimetre
FEWEST = 5  # satellites of an epoch that may tell where a receiver stands
CODE_SIGMA = 3.0  # [m]
FARTHEST = 1e8  # [m] from the Earth's centre: whoever is farther is no user of these signals here
EARTH_RADIUS = 6.371e6  # [m]


def rough_positions(combinations: Combinations, sent: Emission, start: ArrayLike | None, static: bool) -> Array:
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

    Returns
    -------
    (E, 3) [m]
        ITRF; epochs that can not be solved have the position of their neighbours.

    Raises
    ------
    InvalidInput
        The guess is not a place.
    NumericalFailure
        No epoch has satellites enough, or the iteration does not settle.

    Source
    ------
    Iterated least squares with a clock for each system; no atmosphere, whose metres matter little here.
    """
    prepare()
    from moonstead.navigation.ppp.normal_kernels import solve_epochs

    guess = _below(sent) if start is None else np.asarray(start, dtype=np.float64)
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
    count = np.diff(start_rows)
    enough = count >= FEWEST + len(systems) - 1
    if not np.any(enough):
        raise NumericalFailure(
            f"no epoch has {FEWEST + len(systems) - 1} satellites with codes and phases on two bands and a precise "
            f"orbit; the most is {int(count.max(initial=0))}"
        )
    weight = np.zeros((rows, 2))
    weight[:, 1] = CODE_SIGMA**-2
    position = np.tile(guess, (epochs, 1))
    code = combinations.code[sent.epoch, sent.satellite] + SPEED_OF_LIGHT * sent.clock
    for _ in range(MOST_STEPS):
        seen = geometry(sent, position[sent.epoch])
        measured = np.stack([np.zeros(rows), code - seen.distance], axis=1)
        partials = np.column_stack([-seen.sight, np.zeros((rows, 3))])
        local, residual = np.empty((epochs, len(systems) + 3)), np.empty((rows, 2))
        solve_epochs(
            layout,
            start_rows,
            node,
            share,
            names,
            partials,
            measured,
            weight,
            1e-2 * FREE_POSITION**-2,
            np.zeros(8),
            local,
            residual,
        )
        step = local[:, -3:]
        position = position + np.where(enough[:, None], step, 0.0)
        if static:
            position[:] = np.median(position[enough], axis=0)
        if np.linalg.norm(np.median(step[enough], axis=0)) < ENOUGH:
            break
    else:
        raise NumericalFailure(f"a first position from codes did not settle in {MOST_STEPS} steps")
    place = np.flatnonzero(enough)
    nearest = place[np.abs(np.arange(epochs)[:, None] - place[None, :]).argmin(axis=1)] if not static else place[:1]
    return np.ascontiguousarray(np.broadcast_to(position[nearest], (epochs, 3)))


def _below(sent: Emission) -> Array:
    """A place on the ground below the satellites of the first epoch: a few thousand kilometres from the receiver."""
    middle = sent.position[sent.epoch == sent.epoch[0]].mean(axis=0)
    return np.asarray(EARTH_RADIUS * middle / np.linalg.norm(middle))
