"""When two terminals can talk: above both horizons, with nothing in between."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.dynamics.conditions import elevation_above, not_occulted
from moonstead.dynamics.events import find_windows
from moonstead.dynamics.observe import Aberration, observe
from moonstead.dynamics.trajectories import SurfacePoint
from moonstead.dynamics.trajectory import Trajectory
from moonstead.dynamics.windows import Windows
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.frames.standard import ICRF

Array = NDArray[np.float64]
Horizon = Callable[[Array], Array]

CONTACT_RESOLUTION = 1.0  # [s] shorter contacts and gaps may be missed: no receiver locks within one


@dataclass(frozen=True, slots=True, eq=False)
class Terminal:
    """One end of a link, and what limits its view.

    Attributes
    ----------
    name : str
        What reports call it.
    trajectory : Trajectory
        Where it is. A `SurfacePoint` looks over a horizon; anything else looks everywhere.
    horizon : callable, optional
        Skyline: azimuths (N,) [rad] from north through east -> elevations (N,) [rad]. Continuous all around.
    horizon_slope : float [rad/rad]
        Steepest change of the skyline per azimuth; required with one.
    elevation_mask : float [rad], optional
        Least elevation at which the antenna works; the higher of mask and skyline counts. Left out, the skyline alone
        counts, or the level plane where there is none. Without a skyline it must not be negative, since then nothing
        knows how far the view dips.
    occulting : tuple of str
        Bodies that may stand in the way. That on which an end stands is left to this end's horizon.
    """

    name: str
    trajectory: Trajectory
    horizon: Horizon | None = None
    horizon_slope: float | None = None
    elevation_mask: float | None = None
    occulting: tuple[str, ...] = ("MOON", "EARTH")

    def __post_init__(self) -> None:
        mask = self.elevation_mask
        if mask is not None and not -0.5 * np.pi <= mask < 0.5 * np.pi:
            raise InvalidInput(f"terminal {self.name!r}: elevation mask must lie in [-pi/2, pi/2) rad; got {mask!r}")
        if (self.horizon is None) != (self.horizon_slope is None):
            raise InvalidInput(f"terminal {self.name!r}: a horizon and its steepest slope [rad/rad] come together")
        if not isinstance(self.trajectory, SurfacePoint) and (self.horizon is not None or mask is not None):
            raise InvalidInput(f"terminal {self.name!r} stands on no surface, so it has neither horizon nor mask")
        if self.horizon is None and mask is not None and mask < 0.0:
            raise InvalidInput(
                f"terminal {self.name!r}: a negative mask needs a horizon that says how far the view dips; got"
                f" {mask!r} rad"
            )


def contact_windows(
    a: Terminal,
    b: Terminal,
    start: float,
    stop: float,
    data: DataContext,
    aberration: Aberration = "light-time",
    *,
    resolution: float = CONTACT_RESOLUTION,
) -> Windows:
    """Times at which two terminals see each other.

    Each end on a surface sees the other above its mask and skyline, at the time on its own clock and, with light time,
    where the other was when the signal left. Occultations compare both ends at one time: their edges are good to the
    light time.

    Parameters
    ----------
    a, b : Terminal
        The ends.
    start, stop : float [s TDB past J2000]
        Span to search.
    data : DataContext
        Where ephemeris and orientation come from.
    aberration : "geometric", "light-time" or "apparent"
        For elevations; see `moonstead.dynamics.observe.observe`.
    resolution : float [s]
        Contacts and gaps shorter than this may be missed.

    Returns
    -------
    Windows
        Over the span [start, stop]; complete down to `resolution`.

    Raises
    ------
    InvalidInput
        The span is empty or reversed, or the resolution is not positive.
    OutsideSpan
        A trajectory or the ephemeris does not cover the span.

    Source
    ------
    Geometry; completeness as proven in `find_windows`.
    """
    conditions = []
    for here, there in ((a, b), (b, a)):
        if isinstance(here.trajectory, SurfacePoint):
            mask, slope = _skyline(here), here.horizon_slope
            conditions.append(
                elevation_above(here.trajectory, there.trajectory, mask, data, aberration, mask_slope=slope)
            )
    on_surface = {end.trajectory.body for end in (a, b) if isinstance(end.trajectory, SurfacePoint)}
    between = [body for body in dict.fromkeys(a.occulting + b.occulting) if body not in on_surface]
    conditions.extend(not_occulted(a.trajectory, b.trajectory, body, data) for body in between)
    found = Windows.all((float(start), float(stop)))
    for condition in conditions:
        found = found & find_windows(condition, start, stop, resolution=resolution)
    return found


def link_distance(
    a: Terminal, b: Terminal, tdb: ArrayLike, data: DataContext, aberration: Aberration = "light-time"
) -> Array:
    """Length of the signal's path into terminal a.

    Parameters
    ----------
    a, b : Terminal
        Receiver and transmitter.
    tdb : (N,) [s TDB past J2000]
        Times of reception.
    data : DataContext
        Where ephemeris and orientation come from.
    aberration : "geometric", "light-time" or "apparent"
        With anything but "geometric" the transmitter stands where it was when the signal left.

    Returns
    -------
    (N,) [m]
        Divided by the speed of light it is the one-way light time.

    Raises
    ------
    OutsideSpan
        A trajectory or the ephemeris does not cover the times.

    Source
    ------
    Definition, from `observe`.
    """
    times = np.atleast_1d(np.asarray(tdb, dtype=np.float64))
    path = observe(b.trajectory, a.trajectory, times, ICRF, data, aberration)[:, :3]
    return np.asarray(np.linalg.norm(path, axis=1))


def _skyline(terminal: Terminal) -> float | Horizon:
    horizon, mask = terminal.horizon, terminal.elevation_mask
    if horizon is None:
        return mask or 0.0
    if mask is None:
        return horizon
    return lambda azimuth: np.maximum(horizon(azimuth), mask)
