"""Velocity of a receiver from Doppler shifts, with tests of its own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.constants import SPEED_OF_LIGHT
from moonstead.foundation.frames.earth import EARTH_ROTATION_RATE
from moonstead.navigation.positioning.corrections import Sky
from moonstead.navigation.positioning.epochs import Solution
from moonstead.navigation.positioning.observables import Pseudoranges

Array = NDArray[np.float64]

NOISE = 0.05  # [m/s] of a Doppler shift in the zenith where the file says nothing
LEAST_NOISE = 0.002  # [m/s] satellite clocks and orbits alone
LARGEST_W = 4.0  # [1] of the w-test
PASSES = 5  # in each, every epoch may lose its worst measurement
TO_SIGMA = 1.4826  # median of absolute values to standard deviation of a normal distribution


@dataclass(frozen=True, slots=True, eq=False)
class Velocities:
    """Velocities of E epochs; NaN where they cannot be had.

    Attributes
    ----------
    velocity : (E, 3) [m/s]
        ITRF.
    covariance : (E, 3, 3) [m2/s2]
    clock_drift : (E,) [1]
        Of the receiver.
    excluded : int
        Doppler shifts left out.
    noise : float [m/s]
        One sigma of a shift in the zenith, as the residuals show it; NaN where there are none.
    """

    velocity: Array
    covariance: Array
    clock_drift: Array
    excluded: int
    noise: float


def velocities(rows: Pseudoranges, sky: Sky, solution: Solution) -> Velocities:
    """Velocity and clock drift of each epoch that has a position.

    Parameters
    ----------
    rows : Pseudoranges
        Range rates [m/s].
    sky : Sky
        Satellites.
    solution : Solution
        Positions, and which rows made them.

    Returns
    -------
    Velocities
        In [m/s].

    Source
    ------
    Time derivative of the pseudorange with the turn of the Earth during the travel time: Hofmann-Wellenhof,
    Lichtenegger & Wasle (2008), GNSS, section 6.1.4; w-test of Baarda (1968).
    """
    epochs = rows.gpst.size
    nothing = Velocities(
        np.full((epochs, 3), np.nan), np.full((epochs, 3, 3), np.nan), np.full(epochs, np.nan), 0, np.nan
    )
    used = np.any(solution.state == 1, axis=1) & (solution.status == 0)[rows.epoch] & np.isfinite(rows.range_rate)
    if not np.any(used):
        return nothing
    here = np.flatnonzero(used)
    epoch, unit = rows.epoch[here], solution.unit[here]
    right = rows.range_rate[here] + sky.clock_rate[here] - _satellite_rate(sky, solution.position[epoch], unit, here)
    design = np.column_stack([-unit, np.ones(here.size)])
    weight = np.sin(np.maximum(solution.elevation[here], 0.05)) ** 2
    kept = np.isfinite(right)
    solvable = np.zeros(epochs, dtype=np.bool_)
    inverse, state, size = np.zeros((epochs, 4, 4)), np.zeros((epochs, 4)), np.zeros(here.size)

    def solve(rows: NDArray[np.int64]) -> None:
        """Fill what belongs to the epochs of these rows; `size` is a residual in units of the noise in the zenith."""
        mine = epoch[rows]
        solvable[mine] = (np.bincount(mine[kept[rows]], minlength=epochs) >= 4)[mine]
        _solve(mine, design[rows], right[rows], weight[rows] * kept[rows], (inverse, state, solvable))
        residual = right[rows] - np.einsum("ni,ni->n", design[rows], state[mine])
        leverage = np.einsum("ni,nij,nj->n", design[rows], inverse[mine], design[rows])
        share = np.maximum(1.0 - weight[rows] * leverage, 1e-6)
        redundant = kept[rows] & (np.bincount(mine[kept[rows]], minlength=epochs) > 5)[mine]
        size[rows] = np.where(redundant, np.abs(residual) * np.sqrt(weight[rows] / share), 0.0)

    solve(np.arange(here.size))
    told = size[(size > 0.0) & ~_worst_of_epochs(size, epoch, LARGEST_W * NOISE)]
    noise = max(TO_SIGMA * float(np.median(told)), LEAST_NOISE) if told.size >= 20 else NOISE
    dropped = 0
    out = _worst_of_epochs(size, epoch, LARGEST_W * noise)
    for _ in range(PASSES):
        if not np.any(out):
            break
        kept &= ~out
        dropped += int(np.count_nonzero(out))
        touched = np.zeros(epochs, dtype=np.bool_)
        touched[epoch[out]] = True
        solve(np.flatnonzero(touched[epoch]))
        out = _worst_of_epochs(size, epoch, LARGEST_W * noise)
    good = solvable
    good[epoch[out]] = False  # what still contradicts itself is not told
    velocity = np.where(good[:, None], state[:, :3], np.nan)
    covariance = np.where(good[:, None, None], inverse[:, :3, :3] * noise**2, np.nan)
    return Velocities(velocity, covariance, np.where(good, state[:, 3] / SPEED_OF_LIGHT, np.nan), dropped, noise)


def _satellite_rate(sky: Sky, receiver: Array, unit: Array, here: NDArray[np.int64]) -> Array:
    """Range rate [m/s] that the satellite's motion makes for a receiver at rest on the turning Earth."""
    position, velocity = sky.position[here], sky.velocity[here]
    distance = np.linalg.norm(position - receiver, axis=1)
    turn = EARTH_ROTATION_RATE * distance / SPEED_OF_LIGHT
    moved, speed = _turned(position, turn), _turned(velocity, turn)
    rate = np.einsum("ni,ni->n", unit, speed)
    shrink = rate / SPEED_OF_LIGHT  # change of the travel time: the satellite's time runs slower by it
    swing = EARTH_ROTATION_RATE * np.stack([moved[:, 1], -moved[:, 0], np.zeros(here.size)], axis=1)
    return np.asarray(rate * (1.0 - shrink) + shrink * np.einsum("ni,ni->n", unit, swing))


def _turned(vector: Array, angle: Array) -> Array:
    """Vectors (N, 3) in axes turned about z by angles (N,) [rad]."""
    cosine, sine = np.cos(angle), np.sin(angle)
    x, y, z = vector.T
    return np.stack([cosine * x + sine * y, cosine * y - sine * x, z], axis=1)


def _worst_of_epochs(size: Array, epoch: NDArray[np.int64], limit: float) -> NDArray[np.bool_]:
    """Rows (N,) beyond a limit that are the largest of their epoch."""
    worst = np.full(int(epoch[-1]) + 1, limit)
    beyond = size > limit
    np.maximum.at(worst, epoch[beyond], size[beyond])
    return beyond & (size >= worst[epoch])


def _solve(
    epoch: NDArray[np.int64],
    design: Array,
    right: Array,
    weight: Array,
    into: tuple[Array, Array, NDArray[np.bool_]],
) -> None:
    """Write inverse normal matrices (E, 4, 4), solutions (E, 4) and whether there are any for the epochs of rows."""
    inverse, state, solvable = into
    starts = np.flatnonzero(np.diff(epoch, prepend=-1))
    which = epoch[starts]
    weighted = design * weight[:, None]
    vector = np.add.reduceat(weighted * np.nan_to_num(right)[:, None], starts)
    products = (weighted[:, :, None] * design[:, None, :]).reshape(-1, 16)
    normal = np.add.reduceat(products, starts).reshape(-1, 4, 4)
    # an epoch whose satellites stand in a plane is as good as unsolved
    firm = solvable[which] & (np.linalg.det(normal) > 1e-12)
    solvable[which] = firm
    inverse[which], state[which] = 0.0, 0.0
    inverse[which[firm]] = np.linalg.inv(normal[firm])
    state[which] = np.einsum("eij,ej->ei", inverse[which], vector)
