"""How much of an orbit's error a user on the ground sees: weights of the signal-in-space range error."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.bodies import WGS84

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Weights:
    """Factors of the range error averaged over all users that see a satellite.

    Attributes
    ----------
    radial : float [1]
        Of the radial error.
    tangential : float [1]
        Of the errors along and across the track.
    """

    radial: float
    tangential: float


# Montenbruck, Steigenberger and Hauschild (2015), GPS Solutions 19, 321, doi:10.1007/s10291-014-0390-8, table 4.
# CSNO's monitoring (csno-tarc.cn) takes the same, but 1/127 for geosynchronous orbits.
MEDIUM = {
    "G": Weights(0.98, 49.0**-0.5),
    "R": Weights(0.98, 45.0**-0.5),
    "E": Weights(0.98, 61.0**-0.5),
    "C": Weights(0.98, 54.0**-0.5),
}
GEOSYNCHRONOUS = Weights(0.99, 126.0**-0.5)


def sisre_weights(system: str, orbit_class: str) -> Weights:
    """Weights of a satellite by its system and orbit.

    Parameters
    ----------
    system : str
        Letter of RINEX.
    orbit_class : str
        ``"MEO"``, ``"IGSO"`` or ``"GEO"``.

    Returns
    -------
    Weights
        Of GPS where a system has no satellites in medium orbit of its own.
    """
    return MEDIUM.get(system, MEDIUM["G"]) if orbit_class == "MEO" else GEOSYNCHRONOUS


def instantaneous_sisre(
    radial: ArrayLike, along: ArrayLike, cross: ArrayLike, clock: ArrayLike, weights: Weights
) -> Array:
    """Signal-in-space range error: root mean square over all users that see the satellite.

    Parameters
    ----------
    radial, along, cross : (...) [m]
        Broadcast minus precise orbit.
    clock : (...) [m]
        Broadcast minus precise clock, times the speed of light.
    weights : Weights
        Of the orbit.

    Returns
    -------
    (...) [m]

    Source
    ------
    Montenbruck, Steigenberger and Hauschild (2015), GPS Solutions 19, 321, doi:10.1007/s10291-014-0390-8, eq. 2.
    """
    radial, along, cross, clock = (np.asarray(part, dtype=np.float64) for part in (radial, along, cross, clock))
    return np.sqrt((weights.radial * radial - clock) ** 2 + weights.tangential**2 * (along * along + cross * cross))


def worst_user_error(
    radial: ArrayLike, along: ArrayLike, cross: ArrayLike, clock: ArrayLike, distance: ArrayLike
) -> Array:
    """Largest absolute range error of any user on the ground that sees the satellite.

    A user at the angle q from the nadir, seen from the satellite, has the error R cos q - T sin q - c, T between
    plus and minus the tangential error by azimuth; q runs to the limb of the Earth.

    Parameters
    ----------
    radial, along, cross : (...) [m]
        Broadcast minus precise orbit.
    clock : (...) [m]
        Broadcast minus precise clock, times the speed of light.
    distance : (...) [m]
        Of the satellite from the Earth's centre.

    Returns
    -------
    (...) [m]

    Source
    ------
    Extremes of that expression over the visible cap; the quantity is the "worst-case" URE of Heng et al. (2011),
    GPS signal-in-space integrity performance evolution in the last decade, IEEE Trans. AES 48, 2932.
    """
    radial, along, cross, clock = (np.asarray(part, dtype=np.float64) for part in (radial, along, cross, clock))
    tangential = np.hypot(along, cross)
    limb = np.arcsin(WGS84.equatorial_radius / np.asarray(distance, dtype=np.float64))
    worst = np.abs(radial - clock)
    for side in (tangential, -tangential):
        # The derivative -R sin q + T cos q vanishes at tan q = T / R.
        turn = np.clip(np.arctan2(np.where(radial < 0.0, -side, side), np.abs(radial)), 0.0, limb)
        for angle in (limb, turn):
            worst = np.maximum(worst, np.abs(radial * np.cos(angle) + side * np.sin(angle) - clock))
    return worst
