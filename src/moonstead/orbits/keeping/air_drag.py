"""How fast air lowers a low orbit: the loss of semi-major axis in a day, for each unit of its ballistic coefficient."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.dynamics.air_density import nrlmsis_density
from moonstead.dynamics.atmosphere import Version
from moonstead.foundation.errors import InvalidInput, OutsideSpan
from moonstead.foundation.space_weather import SpaceWeather
from moonstead.orbits.earth_orbit import EQUATORIAL_RADIUS, GM, LowOrbit, places_along

Array = NDArray[np.float64]

DAY = 86_400.0  # [s]
EARTH_TURNING = 7.292_115e-5  # [rad/s] that the air turns with
SAMPLES = 37  # places in a day, spread over all arguments of latitude and longitudes
LADDER = 30e3  # [m] between altitudes that the loss is laid out at


@dataclass(frozen=True, eq=False)
class AirDrag:
    """Loss of semi-major axis by drag, laid out over days and altitudes; between them its logarithm runs straight.

    Attributes
    ----------
    days : (N,) [s TDB past J2000]
        Middles of days.
    axes : (M,) [m]
        Semi-major axes, rising.
    loss : (N, M) [kg/m/s]
        Loss of semi-major axis [m/s] over the ballistic coefficient [m^2/kg], mean of the day.
    source : str
        Model of the air and its weather.
    """

    days: Array
    axes: Array
    loss: Array
    source: str

    def rate(self, tdb: ArrayLike, semi_major_axis: ArrayLike) -> NDArray[np.float64]:
        """Loss of semi-major axis for a ballistic coefficient of 1 m^2/kg.

        Parameters
        ----------
        tdb : (N,) [s TDB past J2000]
            Times; those within half a day beyond the first and the last day take that day's.
        semi_major_axis : (N,) [m]
            Of the orbit then.

        Returns
        -------
        (N,) [kg/m/s]
            To be multiplied with c_D A / m [m^2/kg].

        Raises
        ------
        OutsideSpan
            A time lies beyond the days, or an orbit beyond the altitudes.

        Source
        ------
        Interpolation of logarithms: the density of air falls exponentially with height.
        """
        times, axes = np.broadcast_arrays(
            np.atleast_1d(np.asarray(tdb, dtype=np.float64)), np.asarray(semi_major_axis, dtype=np.float64)
        )
        position = (times - self.days[0]) / DAY
        if np.any(~((position >= -0.51) & (position <= len(self.days) - 0.49))):
            raise OutsideSpan(f"the air was laid out for {len(self.days)} days; a time lies outside")
        if np.any(~((axes >= self.axes[0]) & (axes <= self.axes[-1]))):
            raise OutsideSpan(
                f"the air was laid out for mean altitudes of {(self.axes[0] - EQUATORIAL_RADIUS) / 1e3:.0f} km to "
                f"{(self.axes[-1] - EQUATORIAL_RADIUS) / 1e3:.0f} km; an orbit lies outside"
            )
        here = np.clip(position, 0.0, max(len(self.days) - 1.0, 0.0))
        day = np.minimum(here.astype(int), max(len(self.days) - 2, 0))
        step = np.clip(np.searchsorted(self.axes, axes, side="right") - 1, 0, self.axes.size - 2)
        across = (axes - self.axes[step]) / (self.axes[step + 1] - self.axes[step])
        logarithm = np.log(self.loss)
        following = np.minimum(day + 1, len(self.days) - 1)

        def at(row: NDArray[np.int64]) -> Array:
            return np.asarray((1.0 - across) * logarithm[row, step] + across * logarithm[row, step + 1])

        part = here - day
        return np.asarray(np.exp((1.0 - part) * at(day) + part * at(following)))


def air_drag(
    orbit: LowOrbit,
    first: float,
    last: float,
    weather: SpaceWeather,
    *,
    lowest: float,
    highest: float,
    version: Version = "2.1",
) -> AirDrag:
    """Loss of semi-major axis by drag in NRLMSIS over a span, for orbits of one plane and many altitudes.

    Parameters
    ----------
    orbit : LowOrbit
        Plane, eccentricity and perigee; its size does not matter.
    first, last : float [s TDB past J2000]
        Span; whole days from its begin.
    weather : SpaceWeather
        Solar flux and geomagnetic index.
    lowest, highest : float [m]
        Semi-major axes that will be asked for.
    version : str
        Of NRLMSIS.

    Returns
    -------
    AirDrag
        Mean losses of days.

    Raises
    ------
    InvalidInput
        The span or the altitudes are empty.
    OutsideSpan
        The weather does not cover the span.
    MissingData
        The package pymsis is not installed.

    Source
    ------
    da/dt = -(c_D A / m) rho (a^2 / GM) |v_r| (v_r . v) averaged along the orbit: King-Hele (1987), Satellite Orbits in
    an Atmosphere, ch. 4, with v_r = v (1 - w cos i / n) in air that turns with the Earth.
    """
    if not (math.isfinite(first) and math.isfinite(last)) or last <= first:
        raise InvalidInput(f"drag is laid out from a time to a later one; got {first!r} to {last!r} s TDB past J2000")
    if not lowest < highest:
        raise InvalidInput(f"the altitudes of drag need a lowest below the highest; got {lowest!r} and {highest!r} m")
    count = max(1, math.ceil((last - first) / DAY))
    axes = np.asarray(
        np.linspace(lowest, highest, max(2, math.ceil((highest - lowest) / LADDER) + 1)), dtype=np.float64
    )
    inside = (np.arange(SAMPLES) + 0.5) / SAMPLES
    tdb = (first + DAY * (np.arange(count)[:, None] + inside)).reshape(-1)
    loss = np.empty((count, axes.size))
    for column, axis in enumerate(axes):
        places = places_along(orbit, tdb, float(axis))
        density = nrlmsis_density(tdb, places.latitude, places.longitude, places.height, weather, version=version)
        speed_squared = GM * (2.0 / places.distance - 1.0 / axis)
        turning = 1.0 - EARTH_TURNING * math.cos(orbit.inclination) * np.sqrt(axis**3 / GM)
        each = density * axis**2 / GM * speed_squared**1.5 * turning**2
        loss[:, column] = each.reshape(count, SAMPLES).mean(axis=1)
    days = np.asarray(first + DAY * (np.arange(count) + 0.5), dtype=np.float64)
    return AirDrag(days, axes, loss, f"NRLMSIS {version}, {weather.source}")


def decayed(
    drag: AirDrag, ballistic_coefficient: ArrayLike, semi_major_axis: float, tdb: ArrayLike
) -> NDArray[np.float64]:
    """Semi-major axes of an orbit that nothing but drag changes.

    Parameters
    ----------
    drag : AirDrag
        Loss by days and altitudes.
    ballistic_coefficient : float or (K,) [m^2/kg]
        c_D A / m; more than one gives as many histories.
    semi_major_axis : float [m]
        At the first time.
    tdb : (N,) [s TDB past J2000]
        Times, rising, at most some days apart.

    Returns
    -------
    (N,) or (K, N) [m]

    Raises
    ------
    OutsideSpan
        A time lies beyond the days of the table, or the orbit falls out of its altitudes.

    Source
    ------
    Midpoint rule on the orbit-averaged rate.
    """
    times = np.asarray(tdb, dtype=np.float64)
    strength = np.asarray(ballistic_coefficient, dtype=np.float64)
    axis = np.broadcast_to(np.float64(semi_major_axis), strength.shape).copy()
    history = np.empty((*strength.shape, times.size))
    history[..., 0] = axis
    for k in range(times.size - 1):
        step = times[k + 1] - times[k]
        half = axis - 0.5 * step * strength * drag.rate(times[k], axis).reshape(strength.shape)
        axis = axis - step * strength * drag.rate(times[k] + 0.5 * step, half).reshape(strength.shape)
        history[..., k + 1] = axis
    return history
