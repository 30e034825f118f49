"""The ground that is watched: the body, its figure, and cells that divide it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.bodies import LUNAR_MAP_RADIUS, WGS84
from moonstead.foundation.bodies import body as body_named
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.frames.frame import Frame
from moonstead.foundation.frames.standard import ITRF, MOON_ME

Array = NDArray[np.float64]

MOST_CELLS = 1_000_000


@dataclass(frozen=True)
class Ground:
    """A body as it is watched from orbit.

    Attributes
    ----------
    body : str
        Its name.
    frame : Frame
        Axes that turn with it and that maps use.
    gm : float [m^3/s^2]
        Gravitational parameter.
    radius : float [m]
        Equatorial radius of the reference surface.
    flattening : float [1]
        Of the reference surface; 0 for a sphere.
    j2 : float [1]
        Oblateness, not normalised.
    reference_radius : float [m]
        That J2 refers to.
    """

    body: str
    frame: Frame
    gm: float
    radius: float
    flattening: float
    j2: float
    reference_radius: float

    def sphere(self) -> Ground:
        """The same body as a sphere of its equatorial radius, for comparison with closed forms."""
        return Ground(self.body, self.frame, self.gm, self.radius, 0.0, self.j2, self.reference_radius)


# J2: EGM2008 (tide-free) and GRGM1200A, from their normalised C20 times -sqrt(5)
GROUNDS = {
    "EARTH": Ground(
        "EARTH", ITRF, body_named("EARTH").gm, WGS84.equatorial_radius, WGS84.flattening, 1.082_626_2e-3, 6_378_136.3
    ),
    "MOON": Ground("MOON", MOON_ME, body_named("MOON").gm, LUNAR_MAP_RADIUS, 0.0, 2.0323e-4, 1_738_000.0),
}


def ground_named(body: str) -> Ground:
    """The ground of a body.

    Parameters
    ----------
    body : str
        ``"EARTH"`` or ``"MOON"``.

    Returns
    -------
    Ground

    Raises
    ------
    InvalidInput
        It is neither.
    """
    if body not in GROUNDS:
        raise InvalidInput(f"coverage is known for {' and '.join(GROUNDS)}; got {body!r}")
    return GROUNDS[body]


@dataclass(frozen=True, eq=False)
class Cells:
    """Places that stand for the parts of a ground, in rows of one latitude from south to north.

    Attributes
    ----------
    ground : Ground
        What they divide.
    latitude, longitude : (C,) [rad]
        Of the middle of each cell: of the normal to the reference surface, longitude to the east from -pi to pi.
    weight : (C,) [1]
        Share of the sphere; adds up to 1 over a whole grid.
    row : (C,) int
        Row of each cell.
    height : float [m]
        Of the places over the reference surface.
    """

    ground: Ground
    latitude: Array
    longitude: Array
    weight: Array
    row: NDArray[np.int64]
    height: float = 0.0

    def __len__(self) -> int:
        return int(self.latitude.size)

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return int(self.row[-1]) + 1

    @cached_property
    def normals(self) -> Array:
        """Vertical (C, 3) [1] of each cell in the ground's frame."""
        across = np.cos(self.latitude)
        axes = (across * np.cos(self.longitude), across * np.sin(self.longitude), np.sin(self.latitude))
        return np.ascontiguousarray(np.stack(axes, axis=1))

    @cached_property
    def positions(self) -> Array:
        """Place (C, 3) [m] of each cell in the ground's frame."""
        squash = (1.0 - self.ground.flattening) ** 2
        curvature = self.ground.radius / np.sqrt(np.cos(self.latitude) ** 2 + squash * np.sin(self.latitude) ** 2)
        scale = np.stack((curvature + self.height, curvature + self.height, squash * curvature + self.height), axis=1)
        return np.ascontiguousarray(self.normals * scale)

    def by_row(self, values: ArrayLike) -> Array:
        """Mean (R,) [any unit] over each row of values (C,) [any unit], weighted by area; NaN where there are none."""
        values = np.asarray(values, dtype=np.float64)
        held = np.isfinite(values)
        weight = np.where(held, self.weight, 0.0)
        total = np.bincount(self.row, weight * np.where(held, values, 0.0), self.rows)
        area = np.bincount(self.row, weight, self.rows)
        return np.divide(total, area, out=np.full(self.rows, np.nan), where=area > 0.0)

    @cached_property
    def row_latitude(self) -> Array:
        """Latitude (R,) [rad] of the middle of each row."""
        return self.by_row(self.latitude)


def equal_angle(ground: Ground, step: float, *, height: float = 0.0) -> Cells:
    """Cells of one step in latitude and longitude.

    Parameters
    ----------
    ground : Ground
        What to divide.
    step : float [rad]
        Size of a cell; rounded so that it divides the half turn.
    height : float [m]
        Of the places over the reference surface.

    Returns
    -------
    Cells

    Raises
    ------
    InvalidInput
        The step is not positive, larger than a quarter turn, or makes too many cells.

    Source
    ------
    Area of a spherical zone: proportional to the difference of the sines of its latitudes.
    """
    rows = _rows(step)
    return _cells(ground, np.full(rows, 2 * rows), height)


def equal_area(ground: Ground, step: float, *, height: float = 0.0) -> Cells:
    """Cells of nearly one area: rows of one step in latitude, each divided into as many cells as its length asks.

    Parameters
    ----------
    ground : Ground
        What to divide.
    step : float [rad]
        Height of a row, and about the width of a cell.
    height : float [m]
        Of the places over the reference surface.

    Returns
    -------
    Cells

    Raises
    ------
    InvalidInput
        The step is not positive, larger than a quarter turn, or makes too many cells.

    Source
    ------
    As `equal_angle`.
    """
    rows = _rows(step)
    edges = np.linspace(-0.5 * np.pi, 0.5 * np.pi, rows + 1)
    height_of_row = np.pi / rows
    around = 2.0 * np.pi * np.diff(np.sin(edges)) / height_of_row**2
    return _cells(ground, np.maximum(3, np.rint(around)).astype(np.int64), height)


def _rows(step: float) -> int:
    if not 0.0 < step <= 0.5 * math.pi:
        raise InvalidInput(f"the step of a grid lies above 0 and up to pi/2 [rad]; got {step!r}")
    rows = round(math.pi / step)
    if 2 * rows * rows > MOST_CELLS:
        raise InvalidInput(
            f"a step of {math.degrees(step):.3g} deg makes more than {MOST_CELLS} cells: take a coarser one"
        )
    return max(2, rows)


def _cells(ground: Ground, around: NDArray[np.int64], height: float) -> Cells:
    rows = around.size
    edges = np.linspace(-0.5 * np.pi, 0.5 * np.pi, rows + 1)
    row = np.repeat(np.arange(rows), around)
    place = np.arange(row.size) - np.repeat(np.cumsum(around) - around, around)
    longitude = -np.pi + 2.0 * np.pi * (place + 0.5) / around[row]
    latitude = 0.5 * (edges[:-1] + edges[1:])[row]
    weight = (0.5 * np.diff(np.sin(edges)) / around)[row]
    return Cells(ground, latitude, longitude, weight, row, height)
