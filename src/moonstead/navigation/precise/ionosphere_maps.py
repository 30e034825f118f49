"""Delay of the ionosphere out of maps of its electron content."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.formats.ionex import IonosphereMaps
from moonstead.navigation.signals import L1

Array = NDArray[np.float64]

REFRACTION = (
    40.308_193  # [m^3/s^2] delay of a code is this times electrons over frequency squared; from CODATA constants
)
DAY_TURN = 2.0 * np.pi / 86_400.0  # [rad/s] of the Sun over the ground
USUAL_ERROR = 0.2  # [1] of a map where it tells none: 2 to 8 TEC units, as its makers say


@dataclass(frozen=True, slots=True, eq=False)
class MapIonosphere:
    """Ionosphere as maps show it; where and when there is no map, there is no delay (NaN).

    Attributes
    ----------
    maps : IonosphereMaps
        Of one or more days.
    """

    maps: IonosphereMaps

    @property
    def frequency(self) -> float:
        """Carrier [Hz] that delays are of."""
        return L1

    @property
    def uncertainty(self) -> float:
        """One sigma of the vertical delay, relative [1]: the median that the maps tell."""
        if self.maps.rms is None:
            return USUAL_ERROR
        with np.errstate(invalid="ignore", divide="ignore"):
            share = self.maps.rms / self.maps.tec
        known = np.isfinite(share)
        return float(np.median(share[known])) if known.any() else USUAL_ERROR

    def delay(
        self, latitude: Array, longitude: Array, elevation: Array, azimuth: Array, gpst: Array
    ) -> tuple[Array, Array]:
        """Delay towards satellites, and the factor by which it exceeds the vertical one.

        Parameters
        ----------
        latitude, longitude : (N,) [rad]
            Of the receiver.
        elevation, azimuth : (N,) [rad]
            Of the satellite.
        gpst : (N,) [s of GPST]
            Times past 1980-01-06T00:00:00 GPST.

        Returns
        -------
        delay, factor : (N,) [m], (N,) [1]
            Delay of a code on `frequency`.

        Source
        ------
        IONEX 1.1 (Schaer, Gurtner & Feltens), appendix B: thin layer at the height that the maps state.
        """
        where, across, factor = pierce_point(
            latitude, longitude, elevation, azimuth, self.maps.radius, self.maps.radius + self.maps.height
        )
        vertical = vertical_content(self.maps, gpst, where, across)
        return REFRACTION * vertical * factor / L1**2, factor


def vertical_content(maps: IonosphereMaps, gpst: ArrayLike, latitude: ArrayLike, longitude: ArrayLike) -> Array:
    """Electrons in vertical columns between maps: each map is turned with the Sun to the time asked for.

    Parameters
    ----------
    maps : IonosphereMaps
        The maps.
    gpst : (N,) [s GPST past 1980-01-06]
        Times.
    latitude, longitude : (N,) [rad]
        Geocentric, of the columns.

    Returns
    -------
    (N,) [1/m^2]
        NaN outside the maps' span or grid, or where a map has no value.

    Source
    ------
    IONEX 1.1, section 4, eq. 3 (consecutive rotated maps), bilinear between grid points.
    """
    time, where, across = np.broadcast_arrays(
        *(np.atleast_1d(np.asarray(value, dtype=np.float64)) for value in (gpst, latitude, longitude))
    )
    if maps.gpst.size == 1:
        inside = time == maps.gpst[0]
        return np.where(inside, _bilinear(maps, np.zeros(time.shape, dtype=np.int64), where, across), np.nan)
    first = np.clip(np.searchsorted(maps.gpst, time, side="right") - 1, 0, maps.gpst.size - 2)
    start, stop = maps.gpst[first], maps.gpst[first + 1]
    share = (time - start) / (stop - start)
    before = _bilinear(maps, first, where, across + DAY_TURN * (time - start))
    after = _bilinear(maps, first + 1, where, across + DAY_TURN * (time - stop))
    inside = (time >= maps.gpst[0]) & (time <= maps.gpst[-1])
    mixed = np.where(share == 0.0, before, np.where(share == 1.0, after, (1.0 - share) * before + share * after))
    return np.where(inside, mixed, np.nan)


def pierce_point(
    latitude: ArrayLike,
    longitude: ArrayLike,
    elevation: ArrayLike,
    azimuth: ArrayLike,
    ground: float,
    layer: float,
) -> tuple[Array, Array, Array]:
    """Where lines of sight pierce a thin spherical layer, and by how much they are longer there than vertical ones.

    Parameters
    ----------
    latitude, longitude : (N,) [rad]
        Of the receiver.
    elevation, azimuth : (N,) [rad]
        Of the satellite.
    ground, layer : float [m]
        Radii of the sphere that the receiver stands on and of the layer.

    Returns
    -------
    latitude, longitude : (N,) [rad]
        Of the pierce point.
    factor : (N,) [1]
        One over the cosine of the zenith angle in the layer.

    Source
    ------
    Schaer (1999), Mapping and Predicting the Earth's Ionosphere Using GPS, section 2.3: sin z' = R/(R + H) sin z.
    """
    phi, lam, up, around = (np.asarray(value, dtype=np.float64) for value in (latitude, longitude, elevation, azimuth))
    in_layer = np.arcsin(ground / layer * np.cos(up))
    away = 0.5 * np.pi - up - in_layer  # at the centre of the Earth
    where = np.arcsin(np.sin(phi) * np.cos(away) + np.cos(phi) * np.sin(away) * np.cos(around))
    east = np.sin(away) * np.sin(around)
    north = np.cos(away) * np.cos(phi) - np.sin(phi) * np.sin(away) * np.cos(around)
    return where, lam + np.arctan2(east, north), 1.0 / np.cos(in_layer)


def _bilinear(maps: IonosphereMaps, number: NDArray[np.int64], latitude: Array, longitude: Array) -> Array:
    """Value (N,) of map `number` at geocentric places; longitudes go round."""
    lat, lon = maps.latitude, maps.longitude
    across = lon[0] + (longitude - lon[0]) % (2.0 * np.pi)
    v = (latitude - lat[0]) / (lat[1] - lat[0])
    u = (across - lon[0]) / (lon[1] - lon[0])
    beyond = (v < 0.0) | (v > lat.size - 1.0)
    polar = beyond & (np.abs(latitude) <= 0.5 * np.pi) & (np.abs(np.where(v < 0.0, lat[0], lat[-1])) > 1.4)
    v = np.where(polar, np.clip(v, 0.0, lat.size - 1.0), v)  # the grid of global maps ends at 87.5 degrees
    outside = ~((v >= 0.0) & (v <= lat.size - 1.0) & (u >= 0.0) & (u <= lon.size - 1.0))
    v, u = np.where(outside, 0.0, v), np.where(outside, 0.0, u)
    row = np.minimum(v.astype(np.int64), lat.size - 2)
    column = np.minimum(u.astype(np.int64), lon.size - 2)
    q, p = v - row, u - column
    table = maps.tec
    value = (
        (1.0 - q) * (1.0 - p) * table[number, row, column]
        + (1.0 - q) * p * table[number, row, column + 1]
        + q * (1.0 - p) * table[number, row + 1, column]
        + q * p * table[number, row + 1, column + 1]
    )
    return np.where(outside, np.nan, value)
