"""Where a decaying object may come down: latitudes that it reaches, and its track over the ground."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.dynamics.mean_elements import WGS72_GM
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput
from moonstead.monitoring.decay.last_revolutions import heights
from moonstead.monitoring.decay.reentry import ReentryWindow

Array = NDArray[np.float64]

TRACK_STEP = 30.0  # [s] 220 km along the ground
REVOLUTIONS = 3.0  # before the median
BAND = math.radians(10.0)  # [rad] of the shares by latitude


@dataclass(frozen=True, eq=False)
class RiskStrip:
    """Where an object may come down.

    Attributes
    ----------
    tdb : (N,) [s TDB past J2000]
        Times along the expected track, to the median.
    longitude, latitude : (N,) [rad]
        Positive to the east; geodetic.
    height : (N,) [m]
        Over the ellipsoid.
    band_edges : (K + 1,) [rad]
        Latitudes.
    band_share : (K,) [1]
        Chance of coming down in each band, where the place along the orbit is not known.
    revolutions_90 : float [1]
        Revolutions in the 90 % window.
    length_90 : float [m]
        Length of track in it.
    """

    tdb: Array
    longitude: Array
    latitude: Array
    height: Array
    band_edges: Array
    band_share: Array
    revolutions_90: float
    length_90: float


def latitude_share(inclination: float, edges: ArrayLike) -> NDArray[np.float64]:
    """Share of its time that an object on a round orbit spends over bands of latitude.

    Parameters
    ----------
    inclination : float [rad]
        Of the orbit, 0 to pi.
    edges : (K + 1,) [rad]
        Geocentric latitudes, rising.

    Returns
    -------
    (K,) [1]

    Raises
    ------
    InvalidInput
        The inclination is not between 0 and pi, or the edges do not rise.

    Source
    ------
    sin(latitude) = sin i sin u with u running evenly: Klinkrad (2006), Space Debris, section 9.4.
    """
    bounds = np.asarray(edges, dtype=np.float64)
    if not 0.0 <= inclination <= math.pi:
        raise InvalidInput(f"an inclination lies between 0 and pi; got {inclination!r} rad")
    if bounds.ndim != 1 or bounds.size < 2 or np.any(np.diff(bounds) <= 0.0):
        raise InvalidInput("bands of latitude need two rising edges or more")
    reach = max(math.sin(inclination), 1e-12)
    return np.asarray(np.diff(np.arcsin(np.clip(np.sin(bounds) / reach, -1.0, 1.0))) / math.pi)


def risk_strip(window: ReentryWindow, data: DataContext) -> RiskStrip:
    """Track over the last revolutions, and latitudes that the object reaches.

    Parameters
    ----------
    window : ReentryWindow
        From `reentry`, down to break-up.
    data : DataContext
        Earth orientation.

    Returns
    -------
    RiskStrip
        The track is that of the nominal fall. An object that comes down earlier or later runs ahead of it or behind.

    Raises
    ------
    InvalidInput
        The window is of the decay to an axis, without last revolutions.

    Source
    ------
    As `fly_last_revolutions` and `latitude_share`.
    """
    if window.ending is None:
        raise InvalidInput("a decay that was followed down to an axis alone has no place of re-entry")
    nominal = int(np.argmin(np.abs(window.ending.factors - 1.0)))
    trajectory, duration = window.ending.trajectories[nominal], float(window.ending.durations[nominal])
    axis = float(window.descent.orbits.semi_major_axis[-1])
    period = 2.0 * math.pi * math.sqrt(axis**3 / WGS72_GM)
    first = trajectory.span[0]
    begin = max(first, first + duration - REVOLUTIONS * period)
    tdb = np.linspace(begin, first + duration, max(2, math.ceil((first + duration - begin) / TRACK_STEP) + 1))
    longitude, latitude, height = heights(trajectory, tdb, data)
    edges = np.linspace(-0.5 * math.pi, 0.5 * math.pi, round(math.pi / BAND) + 1)
    revolutions = (window.window_90[1] - window.window_90[0]) / period
    inclination = float(window.orbit.inclination[0])
    return RiskStrip(
        tdb,
        longitude,
        latitude,
        height,
        edges,
        latitude_share(inclination, edges),
        revolutions,
        revolutions * 2.0 * math.pi * axis,
    )
