"""Low orbits about the Earth by mean elements: their size, how they turn, and places along them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.errors import InvalidInput

Array = NDArray[np.float64]

# WGS-72, as in SGP4: Hoots & Roehrich (1980)
WGS72_RADIUS = 6_378_135.0  # [m]
WGS72_GM = 3.986_008e14  # [m^3/s^2]
WGS72_J2 = 1.082_616e-3  # [1]

EQUATORIAL_RADIUS = 6_378_137.0  # [m] that mean altitudes are counted from
GM = 3.986_004_418e14  # [m^3/s^2] IERS Conventions 2010
J2 = 1.082_626_4e-3  # [1] EGM2008
J3 = -2.532_41e-6  # [1] likewise
MOST_ECCENTRIC = 0.02  # [1] of a low orbit here: its air is thin and alike all around


@dataclass(frozen=True)
class LowOrbit:
    """A low orbit about the Earth by mean elements, with the Earth's oblateness turning plane and apsides.

    Means are those of Brouwer, as in two-line elements: without what the Earth's pear shape (J3) adds to eccentricity.

    Attributes
    ----------
    tdb : float [s TDB past J2000]
        Epoch.
    semi_major_axis : float [m]
        Mean, of the whole orbit.
    eccentricity : float [1]
        Mean, 0 to 0.02.
    inclination, node, argument_of_perigee, mean_anomaly : float [rad]
        To the equator and equinox of date.

    Raises
    ------
    InvalidInput
        The orbit lies below the ground, is not low (2000 km), or too eccentric.
    """

    tdb: float
    semi_major_axis: float
    eccentricity: float
    inclination: float
    node: float
    argument_of_perigee: float = 0.0
    mean_anomaly: float = 0.0

    def __post_init__(self) -> None:
        low, high = EQUATORIAL_RADIUS + 150e3, EQUATORIAL_RADIUS + 2000e3
        if not low <= self.semi_major_axis <= high:
            raise InvalidInput(
                f"a low orbit has a mean altitude of 150 km to 2000 km; this one has "
                f"{(self.semi_major_axis - EQUATORIAL_RADIUS) / 1e3:.5g} km"
            )
        if not 0.0 <= self.eccentricity <= MOST_ECCENTRIC:
            raise InvalidInput(
                f"a low orbit here has an eccentricity of 0 to {MOST_ECCENTRIC}; got {self.eccentricity!r}: "
                "propagate a more eccentric one with drag instead"
            )

    def rates(self, semi_major_axis: float | None = None) -> tuple[float, float, float]:
        """How node, perigee and mean anomaly turn.

        Parameters
        ----------
        semi_major_axis : float or None [m]
            In place of the orbit's.

        Returns
        -------
        node, argument_of_perigee, mean_anomaly : float [rad/s]

        Source
        ------
        Secular rates by J2: Vallado (2013), Fundamentals of Astrodynamics and Applications, 4th ed., eqs. 9-37, 9-39,
        9-41.
        """
        a = self.semi_major_axis if semi_major_axis is None else semi_major_axis
        n = math.sqrt(GM / a**3)
        p = a * (1.0 - self.eccentricity**2)
        size, cosine = 1.5 * n * J2 * (EQUATORIAL_RADIUS / p) ** 2, math.cos(self.inclination)
        round_ = math.sqrt(1.0 - self.eccentricity**2)
        return (
            -size * cosine,
            0.5 * size * (5.0 * cosine**2 - 1.0),
            n + 0.5 * size * round_ * (3.0 * cosine**2 - 1.0),
        )


@dataclass(frozen=True, eq=False)
class Places:
    """Places along an orbit.

    Attributes
    ----------
    latitude, longitude : (N,) [rad]
        Geodetic latitude, longitude positive to the east.
    height : (N,) [m]
        Over the ellipsoid of WGS 84.
    distance : (N,) [m]
        From the centre of the Earth.
    """

    latitude: Array
    longitude: Array
    height: Array
    distance: Array


def places_along(orbit: LowOrbit, tdb: ArrayLike, semi_major_axis: float | None = None) -> Places:
    """Where a low orbit is over the ground, within some kilometres: enough for the density of air.

    Parameters
    ----------
    orbit : LowOrbit
        Mean elements.
    tdb : (N,) [s TDB past J2000]
        Times.
    semi_major_axis : float or None [m]
        In place of the orbit's; its plane turns as it does.

    Returns
    -------
    Places
        Latitudes, longitudes and heights.

    Source
    ------
    Equation of the centre to the second order; eccentricity by J3, -J3 R / (2 J2 p) sin i towards the northernmost
    point of the orbit; radius by J2 of a nearly round orbit, J2 R^2 / (4 a) sin^2 i cos 2u: Kozai (1959), Astron. J.
    64, 367. Earth rotation angle: IERS Conventions (2010), eq. 5.15. Geodetic latitude through erfa.gc2gde.
    """
    from erfa import gc2gde

    from moonstead.foundation.bodies import WGS84
    from moonstead.foundation.time.scales import utc_julian_date

    times = np.atleast_1d(np.asarray(tdb, dtype=np.float64))
    a = orbit.semi_major_axis if semi_major_axis is None else semi_major_axis
    elapsed = times - orbit.tdb
    turn_node, turn_perigee, _ = orbit.rates()
    mean = orbit.mean_anomaly + orbit.rates(a)[2] * elapsed
    perigee = orbit.argument_of_perigee + turn_perigee * elapsed
    pear = -0.5 * J3 / J2 * EQUATORIAL_RADIUS / (a * (1.0 - orbit.eccentricity**2)) * math.sin(orbit.inclination)
    ahead, across = orbit.eccentricity * np.cos(perigee), orbit.eccentricity * np.sin(perigee) + pear
    e, seen = np.hypot(ahead, across), np.arctan2(across, ahead)
    mean = mean + perigee - seen
    true = mean + 2.0 * e * np.sin(mean) + 1.25 * e**2 * np.sin(2.0 * mean)
    u = seen + true
    node = orbit.node + turn_node * elapsed
    ci, si = math.cos(orbit.inclination), math.sin(orbit.inclination)
    distance = a * (1.0 - e**2) / (1.0 + e * np.cos(true))
    distance = distance + J2 * EQUATORIAL_RADIUS**2 / (4.0 * a) * si**2 * np.cos(2.0 * u)
    whole, part = utc_julian_date(times)
    days = (whole - 2_451_545.0) + part
    turned = 2.0 * np.pi * ((0.779_057_273_264_0 + 0.002_737_811_911_354_48 * days + days % 1.0) % 1.0)
    east = node + np.arctan2(ci * np.sin(u), np.cos(u)) - turned
    north = np.arcsin(si * np.sin(u))
    place = distance[:, None] * np.stack((np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)), 1)
    longitude, latitude, height = gc2gde(WGS84.equatorial_radius, WGS84.flattening, place)
    return Places(latitude, longitude, height, distance)


def mean_semi_major_axis(
    mean_motion: ArrayLike, eccentricity: ArrayLike, inclination: ArrayLike
) -> NDArray[np.float64]:
    """Semi-major axis of two-line elements.

    Parameters
    ----------
    mean_motion : (N,) [rad/s]
        Mean motion of the elements, in the sense of Kozai.
    eccentricity : (N,) [1]
        Their eccentricity.
    inclination : (N,) [rad]
        Their inclination.

    Returns
    -------
    (N,) [m]
        Mean in the sense of Brouwer, about 1 km apart from what Kepler's third law makes of the mean motion.

    Raises
    ------
    InvalidInput
        A mean motion is not positive.

    Source
    ------
    Hoots & Roehrich (1980), Spacetrack Report No. 3, section 6.
    """
    kozai = np.asarray(mean_motion, dtype=np.float64)
    if np.any(~(kozai > 0.0)):
        raise InvalidInput("mean motions must be positive [rad/s]")
    e, i = np.asarray(eccentricity, dtype=np.float64), np.asarray(inclination, dtype=np.float64)
    first = (WGS72_GM / kozai**2) ** (1.0 / 3.0)
    oblate = 0.75 * WGS72_J2 * WGS72_RADIUS**2 * (3.0 * np.cos(i) ** 2 - 1.0) / (1.0 - e**2) ** 1.5
    d1 = oblate / first**2
    a0 = first * (1.0 - d1 / 3.0 - d1**2 - 134.0 / 81.0 * d1**3)
    return np.asarray((WGS72_GM / (kozai / (1.0 + oblate / a0**2)) ** 2) ** (1.0 / 3.0))
