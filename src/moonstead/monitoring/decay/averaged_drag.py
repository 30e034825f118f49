"""Drag averaged over a revolution: how fast the air takes size and shape of an orbit about the Earth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.air_density import modified_julian_date, nrlmsis_density
from moonstead.dynamics.atmosphere import Version
from moonstead.dynamics.mean_elements import WGS72_GM, WGS72_J2, WGS72_RADIUS
from moonstead.foundation.bodies import WGS84
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.space_weather import SpaceWeather

Array = NDArray[np.float64]

WGS72_J3 = -2.538_81e-6  # [1] the constant inside SGP4
EARTH_TURNING = 7.292_115e-5  # [rad/s] that the air turns with
FEW_PLACES, MANY_PLACES = 24, 96  # [1] along a revolution; drag of an eccentric orbit gathers at its perigee
ROUND = 0.02  # [1] eccentricity up to which few places do
MOST_ECCENTRIC = 0.25  # [1] beyond, Sun and Moon move the perigee as much as the air does
KEPLER_ROUNDS = 8
J2000_MJD = 51_544.5  # [d]


@dataclass(frozen=True, eq=False)
class MeanOrbits:
    """Mean elements in the sense of SGP4, with the apsides as a vector, so that round orbits need no care.

    Attributes
    ----------
    tdb : (N,) [s TDB past J2000]
        Epochs.
    semi_major_axis : (N,) [m]
        In the sense of Brouwer.
    ahead, across : (N,) [1]
        Eccentricity times cosine and sine of the argument of perigee.
    inclination, node : (N,) [rad]
        In TEME.
    argument_of_latitude : (N,) [rad]
        Argument of perigee and mean anomaly, in any turn.
    """

    tdb: Array
    semi_major_axis: Array
    ahead: Array
    across: Array
    inclination: Array
    node: Array
    argument_of_latitude: Array

    @property
    def eccentricity(self) -> Array:
        """Mean eccentricity (N,) [1]."""
        return np.hypot(self.ahead, self.across)


@dataclass(frozen=True, eq=False)
class DragRates:
    """Rates by drag, averaged over a revolution, of a ballistic coefficient of 1 m^2/kg.

    Attributes
    ----------
    axis : (N,) [kg/m/s]
        Of the semi-major axis [m/s per m^2/kg]; negative.
    ahead, across : (N,) [kg/m^2/s]
        Of the vector of eccentricity [1/s per m^2/kg].
    """

    axis: Array
    ahead: Array
    across: Array


def drag_rates(orbits: MeanOrbits, weather: SpaceWeather, version: Version = "00") -> DragRates:
    """Rates of mean elements by drag in NRLMSIS that turns with the Earth.

    Parameters
    ----------
    orbits : MeanOrbits
        N orbits about the Earth, each at its own time.
    weather : SpaceWeather
        Over all the times.
    version : str
        Of NRLMSIS.

    Returns
    -------
    DragRates
        For c_D A / m = 1 m^2/kg.

    Raises
    ------
    InvalidInput
        An eccentricity is above 0.25.
    OutsideSpan
        The weather does not cover a time.
    MissingData
        The package pymsis is not installed.

    Source
    ------
    Gauss' equations for a force against the motion, da/dt = -B rho (a^2 / GM) F v^3 and d(e-vector)/dt =
    -B rho F v (e-vector + u), with u towards the true argument of latitude, averaged over mean anomaly: King-Hele
    (1987), Satellite Orbits in an Atmosphere, ch. 3 and 4; F = (1 - w r cos i / v)^2 ibid. eq. 3.27.
    """
    eccentricity = orbits.eccentricity
    if np.any(~(eccentricity <= MOST_ECCENTRIC)):
        raise InvalidInput(
            f"decay by averaged drag serves eccentricities up to {MOST_ECCENTRIC}; the orbit has "
            f"{float(np.nanmax(eccentricity)):.3g}, where Sun and Moon move the perigee too: propagate it instead"
        )
    count = FEW_PLACES if float(eccentricity.max(initial=0.0)) <= ROUND else MANY_PLACES
    longitude, latitude, height, distance, true, share, e = _ring(orbits, count)
    times = np.repeat(orbits.tdb, count)
    density = nrlmsis_density(
        times, latitude.reshape(-1), longitude.reshape(-1), height.reshape(-1), weather, version=version
    ).reshape(latitude.shape)
    axis = orbits.semi_major_axis[:, None]
    speed = np.sqrt(WGS72_GM * (2.0 / distance - 1.0 / axis))
    turning = (1.0 - EARTH_TURNING * distance * np.cos(orbits.inclination)[:, None] / speed) ** 2
    flow = share * density * turning * speed
    return DragRates(
        -np.sum(flow * speed**2, axis=1) * orbits.semi_major_axis**2 / WGS72_GM,
        -np.sum(flow * (e[0] + np.cos(true)), axis=1),
        -np.sum(flow * (e[1] + np.sin(true)), axis=1),
    )


def turning_rates(orbits: MeanOrbits) -> tuple[Array, Array, Array]:
    """Secular rates of node, perigee and argument of latitude by the Earth's oblateness.

    Parameters
    ----------
    orbits : MeanOrbits
        N orbits.

    Returns
    -------
    node, argument_of_perigee, argument_of_latitude : (N,) [rad/s]

    Source
    ------
    First order in J2: Brouwer (1959), Astron. J. 64, 378, eq. of section 5; with the constants of WGS 72 as SGP4.
    """
    a, e2 = orbits.semi_major_axis, orbits.eccentricity**2
    motion, cosine = np.sqrt(WGS72_GM / a**3), np.cos(orbits.inclination)
    size = 1.5 * WGS72_J2 * (WGS72_RADIUS / (a * (1.0 - e2))) ** 2 * motion
    perigee = 0.5 * size * (5.0 * cosine**2 - 1.0)
    anomaly = motion + 0.5 * size * np.sqrt(1.0 - e2) * (3.0 * cosine**2 - 1.0)
    return -size * cosine, perigee, perigee + anomaly


def places(orbits: MeanOrbits) -> tuple[Array, Array, Array]:
    """Where objects on mean orbits are over the ground, within some kilometres.

    Parameters
    ----------
    orbits : MeanOrbits
        N orbits.

    Returns
    -------
    longitude, latitude : (N,) [rad]
        Positive to the east; geodetic.
    height : (N,) [m]
        Over the ellipsoid of WGS 84.

    Source
    ------
    As `drag_rates`: periodic terms of J2 and J3 in the radius as SGP4 has them.
    """
    longitude, latitude, height, *_ = _ring(orbits, 0)
    return longitude[:, 0], latitude[:, 0], height[:, 0]


def _ring(orbits: MeanOrbits, count: int) -> tuple[Array, Array, Array, Array, Array, Array, tuple[Array, Array]]:
    """Places along each orbit (N, count), with the true argument of latitude and the share of time spent there.

    With no count the one place where the object is. Radius with the periodics that SGP4 adds to mean elements: the
    long ones of J3 (Spacetrack Report No. 3, section 6: a_yNL) and the short ones of J2 (ibid., r_k).
    """
    from erfa import gc2gde

    a, sine, cosine = (
        x[:, None] for x in (orbits.semi_major_axis, np.sin(orbits.inclination), np.cos(orbits.inclination))
    )
    mean_e2 = (orbits.eccentricity**2)[:, None]
    pear = -0.5 * (WGS72_J3 / WGS72_J2) * sine * WGS72_RADIUS / (a * (1.0 - mean_e2))
    ahead, across = orbits.ahead[:, None], orbits.across[:, None] + pear
    e, perigee = np.hypot(ahead, across), np.arctan2(across, ahead)
    if count:
        eccentric = 2.0 * np.pi * (np.arange(count) + 0.5) / count * np.ones_like(a)
    else:
        mean = orbits.argument_of_latitude[:, None] - perigee
        eccentric = mean
        for _ in range(KEPLER_ROUNDS):
            eccentric = eccentric - (eccentric - e * np.sin(eccentric) - mean) / (1.0 - e * np.cos(eccentric))
    share = (1.0 - e * np.cos(eccentric)) / max(count, 1)
    true = perigee + np.arctan2(np.sqrt(1.0 - e**2) * np.sin(eccentric), np.cos(eccentric) - e)
    oblate = 0.5 * WGS72_J2 * WGS72_RADIUS**2 / (a * (1.0 - e**2))  # [m]
    keplerian = a * (1.0 - e * np.cos(eccentric))
    distance = keplerian * (1.0 - 1.5 * oblate / (a * (1.0 - e**2)) * np.sqrt(1.0 - e**2) * (3.0 * cosine**2 - 1.0))
    distance = distance + 0.5 * oblate * sine**2 * np.cos(2.0 * true)
    east = orbits.node[:, None] + np.arctan2(cosine * np.sin(true), np.cos(true)) - _earth_turned(orbits.tdb)[:, None]
    rise = sine * np.sin(true)
    level = np.sqrt(1.0 - rise**2)
    place = distance[..., None] * np.stack((level * np.cos(east), level * np.sin(east), rise), axis=-1)
    longitude, latitude, height = gc2gde(WGS84.equatorial_radius, WGS84.flattening, place)
    return longitude, latitude, height, distance, true, share, (ahead, across)


def _earth_turned(tdb: Array) -> Array:
    """Angle (N,) [rad] from the mean equinox to Greenwich; UT1 as UTC, within a second (15 arcseconds).

    The Earth rotation angle (IERS Conventions 2010, eq. 5.15) and the accumulated precession (ibid., eq. 5.32).
    """
    days = modified_julian_date(tdb) - J2000_MJD
    turns = 0.779_057_273_264_0 + 0.002_737_811_911_354_48 * days + days % 1.0
    return 2.0 * np.pi * (turns % 1.0) + np.radians(4612.156_534 / 3600.0) * days / 36_525.0
