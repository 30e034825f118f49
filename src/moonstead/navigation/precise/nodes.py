"""Epochs of precise orbits as nodes for polynomials."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from moonstead.formats.sp3 import MANEUVER, PreciseOrbits
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.frames.earth import EARTH_ROTATION_RATE

Array = NDArray[np.float64]

NODES = 10  # at 900 s a polynomial is off by 0.1 mm between nodes (eccentricity 0.01); SP3 scatters by 1 mm
NODES_ECCENTRIC = 14  # of orbits with higher harmonics, E14 and E18: 1 mm at 900 s, where ten nodes leave 14 mm
ECCENTRIC = 0.05  # [1] from where they are taken
GRID = 1e-6  # [s] by which an epoch may miss the common grid
MOST_NODES_IN_ALL = 20_000_000  # half a gigabyte: 120 satellites every 30 s for two months


def grid_step(orbits: PreciseOrbits) -> float:
    """Interval of the grid that all epochs stand on.

    Parameters
    ----------
    orbits : PreciseOrbits
        Of one or several days.

    Returns
    -------
    float [s]

    Raises
    ------
    InvalidInput
        Epochs are no grid, or so far apart that the grid would be mostly empty.

    Source
    ------
    SP3-d (Hilla 2016): one interval for all epochs of a file.
    """
    steps = np.diff(orbits.gpst)
    step = float(np.min(steps)) if steps.size else max(orbits.interval, 1.0)
    places = (orbits.gpst - orbits.gpst[0]) / step
    if np.any(np.abs(places - np.round(places)) * step > GRID):
        raise InvalidInput(
            f"the epochs of the orbits are no grid of {step:g} s; give files of one interval, or one file at a time"
        )
    if places[-1] * len(orbits.satellites) > MOST_NODES_IN_ALL:
        raise InvalidInput(
            f"the orbits span {places[-1] * step / 86_400.0:.0f} days in steps of {step:g} s; give files of days that "
            f"follow each other"
        )
    return step


def runs_of_nodes(
    orbits: PreciseOrbits, order: NDArray[np.int64], start: float, step: float
) -> tuple[Array, NDArray[np.int64], NDArray[np.int64]]:
    """Nodes of all satellites in axes that do not turn, and the run of neighbours without a gap that each belongs to.

    Parameters
    ----------
    orbits : PreciseOrbits
        Of one or several days.
    order : (S,) int
        Columns of the satellites, in the order that is wanted.
    start : float [s GPST past 1980-01-06]
        When both axes agree: the first epoch.
    step : float [s]
        Of the grid.

    Returns
    -------
    nodes : (S, G, 3) [m]
        0 where there is none.
    first, last : (S, G) int
        Ends of the runs; -1 where there is no node. A manoeuvre ends a run.

    Source
    ------
    Rotation about the Earth's axis at its mean rate: what the true rotation does beside it in hours is smooth.
    """
    rows = np.round((orbits.gpst - start) / step).astype(np.int64)
    epochs, satellites = int(rows[-1]) + 1, order.size
    angle = EARTH_ROTATION_RATE * (orbits.gpst - start)
    cosine, sine = np.cos(angle)[:, np.newaxis], np.sin(angle)[:, np.newaxis]
    x, y, z = (orbits.position[:, order, axis] for axis in range(3))
    nodes = np.full((satellites, epochs, 3), np.nan)
    nodes[:, rows] = np.stack((cosine * x - sine * y, sine * x + cosine * y, z), axis=2).transpose(1, 0, 2)
    there = np.isfinite(nodes).all(axis=2)
    moved = np.zeros((satellites, epochs), dtype=np.bool_)
    moved[:, rows] = ((orbits.flags[:, order] & MANEUVER) != 0).T
    begins = there.copy()
    begins[:, 1:] &= ~there[:, :-1] | moved[:, 1:]
    place = np.broadcast_to(np.arange(epochs), there.shape)
    first = np.maximum.accumulate(np.where(begins, place, -1), axis=1)
    ends = there.copy()
    ends[:, :-1] &= ~there[:, 1:] | begins[:, 1:]
    last = np.minimum.accumulate(np.where(ends, place, epochs)[:, ::-1], axis=1)[:, ::-1]
    nodes[~there] = 0.0
    return (
        np.ascontiguousarray(nodes),
        np.ascontiguousarray(np.where(there, first, -1), dtype=np.int64),
        np.ascontiguousarray(np.where(there, last, -1), dtype=np.int64),
    )


def node_counts(nodes: Array, there: NDArray[np.bool_], wanted: int | None) -> NDArray[np.int64]:
    """How many nodes to draw through, by satellite: as wanted, or by how far its distance from the Earth swings.

    Parameters
    ----------
    nodes : (S, G, 3) [m]
        As `runs_of_nodes` gives them.
    there : (S, G)
        Whether there is a node.
    wanted : int or None
        The same number for all.

    Returns
    -------
    (S,) int
        Even.

    Source
    ------
    Measured on CODE final orbits of 2022-001 of which two of three epochs were left out.
    """
    if wanted is not None:
        return np.full(nodes.shape[0], wanted, dtype=np.int64)
    distance = np.linalg.norm(nodes, axis=2)
    far = np.max(np.where(there, distance, 0.0), axis=1)
    near = np.min(np.where(there, distance, np.inf), axis=1)
    with np.errstate(invalid="ignore"):
        eccentric = np.isfinite(near) & ((far - near) / (far + near) > ECCENTRIC)
    return np.where(eccentric, NODES_ECCENTRIC, NODES).astype(np.int64)


def barycentric_weights(nodes: int) -> Array:
    """Weights of nodes that are one step apart.

    Parameters
    ----------
    nodes : int
        How many.

    Returns
    -------
    (nodes,) [1]

    Source
    ------
    Berrut & Trefethen (2004), SIAM Review 46, 501, doi:10.1137/S0036144502417715, eq. 3.2: the inverse of the product
    of the distances to all others.
    """
    top = nodes - 1
    return np.array([(-1.0) ** (top - j) / (math.factorial(j) * math.factorial(top - j)) for j in range(nodes)])
