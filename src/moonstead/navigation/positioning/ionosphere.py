"""Delay of the ionosphere by the models that navigation messages carry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.constants import SECONDS_PER_DAY, SPEED_OF_LIGHT
from moonstead.navigation.signals import B1I, L1

Array = NDArray[np.float64]

NIGHT = 5e-9  # [s] delay in the zenith at night, both models
NOON = 50_400.0  # [s] local time of the largest delay: 14 h
SHORTEST, LONGEST = 72_000.0, 172_800.0  # [s] bounds of the period
EARTH, SHELL = 6_378e3, 375e3  # [m] radius, height of the thin layer in the model of BeiDou
USUAL_RADIUS, USUAL_SHELL = 6_371e3, 450e3  # [m] thin layer where no model is at hand, as global maps take it
USUAL_DELAY, USUAL_ERROR = 1.6, 2.0  # [m] vertical on L1: 10 TEC units, and its relative error: 0 to 40 are common
LEFT_BY_BROADCAST = (
    0.5  # [1] share of the vertical delay that the models of messages leave (RMS): IS-GPS-200, 20.3.3.5.2.5
)


class IonosphereModel(Protocol):
    """Anything that tells the delay of the ionosphere towards satellites."""

    @property
    def frequency(self) -> float:
        """Carrier [Hz] that delays are of."""
        ...

    @property
    def uncertainty(self) -> float:
        """One sigma of the vertical delay, relative [1]."""
        ...

    def delay(
        self, latitude: Array, longitude: Array, elevation: Array, azimuth: Array, gpst: Array
    ) -> tuple[Array, Array]:
        """Delay towards satellites, and the factor by which it exceeds the vertical one.

        Parameters
        ----------
        latitude, longitude : (N,) [rad]
            Geodetic, of the receiver.
        elevation, azimuth : (N,) [rad]
            Of the satellite.
        gpst : (N,) [s of GPST]
            Times past 1980-01-06T00:00:00 GPST.

        Returns
        -------
        delay, factor : (N,) [m], (N,) [1]
            Delay of a code on `frequency`.
        """
        ...


@dataclass(frozen=True, slots=True)
class UsualIonosphere:
    """A thin layer of 10 TEC units with an uncertainty of 20: what is assumed where no model is at hand."""

    @property
    def frequency(self) -> float:
        """Carrier [Hz] that delays are of."""
        return L1

    @property
    def uncertainty(self) -> float:
        """One sigma of the vertical delay, relative [1]."""
        return USUAL_ERROR

    def delay(
        self, latitude: Array, longitude: Array, elevation: Array, azimuth: Array, gpst: Array
    ) -> tuple[Array, Array]:
        """Delay towards satellites, the same at all places and times.

        Parameters
        ----------
        latitude, longitude : (N,) [rad]
            Not looked at.
        elevation, azimuth : (N,) [rad]
            Of the satellite.
        gpst : (N,) [s of GPST]
            Not looked at.

        Returns
        -------
        delay, factor : (N,) [m], (N,) [1]
            Delay of a code on 1575.42 MHz.

        Source
        ------
        `thin_layer_factor`.
        """
        factor = thin_layer_factor(elevation)
        return USUAL_DELAY * factor, factor


@dataclass(frozen=True, slots=True)
class BroadcastIonosphere:
    """Eight coefficients of a navigation message.

    Attributes
    ----------
    model : str
        ``"GPS"`` (also QZSS, NavIC) or ``"BeiDou"``: the same idea on different grounds.
    alpha, beta : (4,) [mixed]
        Powers of s over semicircles, of the amplitude and of the period.
    """

    model: Literal["GPS", "BeiDou"]
    alpha: Array
    beta: Array

    @property
    def frequency(self) -> float:
        """Carrier [Hz] that delays are of."""
        return L1 if self.model == "GPS" else B1I

    @property
    def uncertainty(self) -> float:
        """One sigma of the vertical delay, relative [1]."""
        return LEFT_BY_BROADCAST

    def delay(
        self, latitude: Array, longitude: Array, elevation: Array, azimuth: Array, gpst: Array
    ) -> tuple[Array, Array]:
        """Delay in the direction of a satellite, and the factor by which it exceeds the vertical one.

        Parameters
        ----------
        latitude, longitude : (N,) [rad]
            Geodetic, of the receiver.
        elevation, azimuth : (N,) [rad]
            Of the satellite.
        gpst : (N,) [s of GPST]
            Times past 1980-01-06T00:00:00 GPST.

        Returns
        -------
        delay, factor : (N,) [m], (N,) [1]
            Delay of a code on 1575.42 MHz (GPS) or 1561.098 MHz (BeiDou).
        """
        model = klobuchar if self.model == "GPS" else klobuchar_beidou
        return model(self.alpha, self.beta, latitude, longitude, elevation, azimuth, gpst)


def klobuchar(
    alpha: Array,
    beta: Array,
    latitude: ArrayLike,
    longitude: ArrayLike,
    elevation: ArrayLike,
    azimuth: ArrayLike,
    gpst: ArrayLike,
) -> tuple[Array, Array]:
    """Delay of the ionosphere by the model of GPS.

    Parameters
    ----------
    alpha, beta : (4,) [mixed]
        Powers of s over semicircles: coefficients of the message.
    latitude, longitude : (N,) or scalar [rad]
        Geodetic, of the receiver.
    elevation, azimuth : (N,) [rad]
        Of the satellite.
    gpst : (N,) or scalar [s of GPST]
        Times past 1980-01-06T00:00:00 GPST.

    Returns
    -------
    delay, factor : (N,) [m], (N,) [1]
        Slant delay of a code on L1, 1575.42 MHz; the model takes away about half of the true one (RMS).

    Source
    ------
    IS-GPS-200, 20.3.3.5.2.5 and figure 20-4; Klobuchar (1987), IEEE Trans. AES-23, 325.
    """
    elevation, azimuth = np.asarray(elevation) / np.pi, np.asarray(azimuth, dtype=np.float64)  # [semicircles], [rad]
    angle = 0.0137 / (elevation + 0.11) - 0.022
    pierced = np.clip(np.asarray(latitude) / np.pi + angle * np.cos(azimuth), -0.416, 0.416)
    meridian = np.asarray(longitude) / np.pi + angle * np.sin(azimuth) / np.cos(pierced * np.pi)
    magnetic = pierced + 0.064 * np.cos((meridian - 1.617) * np.pi)
    local = (43_200.0 * meridian + np.asarray(gpst)) % SECONDS_PER_DAY
    period = np.maximum(np.polynomial.polynomial.polyval(magnetic, beta), SHORTEST)
    amplitude = np.maximum(np.polynomial.polynomial.polyval(magnetic, alpha), 0.0)
    phase = 2.0 * np.pi * (local - NOON) / period
    day = np.where(np.abs(phase) < 1.57, amplitude * (1.0 - phase**2 / 2.0 + phase**4 / 24.0), 0.0)
    factor = 1.0 + 16.0 * (0.53 - elevation) ** 3
    return SPEED_OF_LIGHT * factor * (NIGHT + day), factor


def klobuchar_beidou(
    alpha: Array,
    beta: Array,
    latitude: ArrayLike,
    longitude: ArrayLike,
    elevation: ArrayLike,
    azimuth: ArrayLike,
    gpst: ArrayLike,
) -> tuple[Array, Array]:
    """Delay of the ionosphere by the model with eight coefficients of BeiDou.

    Parameters
    ----------
    alpha, beta : (4,) [mixed]
        Powers of s over semicircles: coefficients of the message; by geographic latitude, other than those of GPS.
    latitude, longitude : (N,) or scalar [rad]
        Of the receiver.
    elevation, azimuth : (N,) [rad]
        Of the satellite.
    gpst : (N,) or scalar [s of GPST]
        Times past 1980-01-06T00:00:00 GPST; BeiDou time is 14 s behind, which the model does not feel.

    Returns
    -------
    delay, factor : (N,) [m], (N,) [1]
        Slant delay of a code on B1I, 1561.098 MHz.

    Source
    ------
    BeiDou Navigation Satellite System, Signal in Space ICD, Open Service Signal B1I, version 3.0 (2019), 5.2.4.7.
    """
    latitude, elevation, azimuth = np.asarray(latitude), np.asarray(elevation), np.asarray(azimuth)
    share = EARTH / (EARTH + SHELL) * np.cos(elevation)
    angle = np.pi / 2.0 - elevation - np.arcsin(share)
    pierced = np.arcsin(np.sin(latitude) * np.cos(angle) + np.cos(latitude) * np.sin(angle) * np.cos(azimuth))
    meridian = np.asarray(longitude) + np.arcsin(np.sin(angle) * np.sin(azimuth) / np.cos(pierced))
    local = (np.asarray(gpst) + meridian * 43_200.0 / np.pi) % SECONDS_PER_DAY
    place = np.abs(pierced) / np.pi
    amplitude = np.maximum(np.polynomial.polynomial.polyval(place, alpha), 0.0)
    period = np.clip(np.polynomial.polynomial.polyval(place, beta), SHORTEST, LONGEST)
    by_day = np.abs(local - NOON) < period / 4.0
    vertical = NIGHT + np.where(by_day, amplitude * np.cos(2.0 * np.pi * (local - NOON) / period), 0.0)
    factor = 1.0 / np.sqrt(1.0 - share**2)
    return SPEED_OF_LIGHT * factor * vertical, factor


def thin_layer_factor(elevation: ArrayLike) -> Array:
    """By how much the delay of a thin layer at 450 km exceeds the vertical one.

    Parameters
    ----------
    elevation : (N,) [rad]
        Of the satellite.

    Returns
    -------
    (N,) [1]
        1 in the zenith.

    Source
    ------
    IONEX 1.1 (Schaer, Gurtner & Feltens, 1998), appendix B, single-layer model.
    """
    share = USUAL_RADIUS / (USUAL_RADIUS + USUAL_SHELL) * np.cos(np.asarray(elevation, dtype=np.float64))
    return np.asarray(1.0 / np.sqrt(1.0 - share**2))
