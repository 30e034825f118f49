"""Shade that solar arrays throw on each other when the Sun stands low."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.kernel_cache import prepare
from moonstead.station.arrays import MOUNTINGS, Mounting

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Panel:
    """A rectangular solar array in its place.

    Attributes
    ----------
    name : str
        What reports call it.
    center : (float, float, float) [m]
        East, north and up of the rectangle's middle, from a point that all panels share.
    width : float [m]
        Of its horizontal side.
    height : float [m]
        Of its other side.
    mounting : str
        As in `SolarArray`.
    azimuth : float [rad]
        Clockwise from north, of a fixed panel's normal.
    tilt : float [rad]
        Of the normal from the zenith; not used with two axes.
    """

    name: str
    center: tuple[float, float, float]
    width: float
    height: float
    mounting: Mounting
    azimuth: float = 0.0
    tilt: float = 0.5 * np.pi

    def __post_init__(self) -> None:
        if self.mounting not in MOUNTINGS:
            raise InvalidInput(
                f"panel {self.name!r}: mounting must be one of {', '.join(MOUNTINGS)}; got {self.mounting!r}"
            )
        if not (np.isfinite(self.width * self.height) and self.width > 0.0 and self.height > 0.0):
            raise InvalidInput(
                f"panel {self.name!r}: width and height must be positive [m]; got {self.width!r} and {self.height!r}"
            )
        if len(self.center) != 3 or not np.all(np.isfinite(self.center)):
            raise InvalidInput(f"panel {self.name!r}: its centre is three finite numbers [m]; got {self.center!r}")


def lit_shares(panels: Sequence[Panel], sun_azimuth: ArrayLike, sun_elevation: ArrayLike) -> Array:
    """Share of each panel that no other panel shades.

    The Sun is a point at the middle of its disc and infinitely far: the penumbra, 0.9 m wide 100 m behind an edge, is
    left out. Panels are opaque rectangles that do not cut each other; masts, terrain and the panels' own shade on their
    back are not here: terrain is in the Sun's visible fraction, the back in the cosine of the incidence.

    Parameters
    ----------
    panels : sequence of Panel
        P of them, those that give no power but stand in the light too.
    sun_azimuth, sun_elevation : (N,) [rad]
        Direction of the Sun's centre, azimuth clockwise from north.

    Returns
    -------
    (P, N) [1]
        1 for a panel that the Sun meets edge-on; NaN where the Sun's direction is.

    Raises
    ------
    InvalidInput
        Directions differ in length, there is no panel, or shades cut a panel into more than 256 pieces.

    Source
    ------
    Projection along the Sun's rays and cuts of convex polygons: I. E. Sutherland, G. W. Hodgman, Commun. ACM 17 (1974)
    32, doi:10.1145/360767.360802. Why it matters at the poles: A. Ross et al., Towers on the peaks of eternal light,
    Acta Astronaut. (2023), arXiv:2102.11766.
    """
    sun = np.array(np.broadcast_arrays(sun_azimuth, sun_elevation), dtype=np.float64)
    if np.ndim(sun_azimuth) != 1 or np.shape(sun_azimuth) != np.shape(sun_elevation):
        raise InvalidInput(
            f"the Sun's azimuth and elevation must have equal lengths; got {np.shape(sun_azimuth)} and"
            f" {np.shape(sun_elevation)}"
        )
    if not panels:
        raise InvalidInput("shade needs at least one panel")
    prepare()
    from moonstead.station.array_shading_kernels import TOO_MANY, lit_shares_kernel

    lit = np.empty((len(panels), sun.shape[1]))
    known = np.all(np.isfinite(sun), axis=0)
    status = lit_shares_kernel(
        np.ascontiguousarray(np.where(known, sun, 0.0).T),
        np.array([panel.center for panel in panels], dtype=np.float64),
        np.array([panel.width for panel in panels], dtype=np.float64),
        np.array([panel.height for panel in panels], dtype=np.float64),
        np.array([MOUNTINGS.index(panel.mounting) for panel in panels], dtype=np.int64),
        np.array([panel.azimuth for panel in panels], dtype=np.float64),
        np.array([panel.tilt for panel in panels], dtype=np.float64),
        lit,
    )
    if status == TOO_MANY:
        raise InvalidInput("shades cut a panel into more than 256 pieces; join panels that stand side by side")
    lit[:, ~known] = np.nan
    return lit
