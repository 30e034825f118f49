"""The Earth's navigation satellites heard at the Moon: main beams past the Earth's limb and side lobes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.bodies import WGS84, body
from moonstead.foundation.constants import BOLTZMANN, SPEED_OF_LIGHT
from moonstead.foundation.errors import InvalidInput
from moonstead.navigation.dilution import geodetic_sites
from moonstead.navigation.lunar.availability import MAP_SPHERE, range_variances, skyline_at
from moonstead.navigation.lunar.gnss_orbits import NominalSky
from moonstead.navigation.lunar.gnss_transmitters import Transmitter, transmitter

if TYPE_CHECKING:
    from moonstead.dynamics.trajectory import Trajectory
    from moonstead.foundation.data import DataContext

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

GAIN_CARRIER = 1_575.42e6  # [Hz] that a receiver's gain is told at
LIMB = 50e3  # [m] above the Earth's equator: rays that pass lower are bent and delayed by the air
BEAM = math.radians(math.sqrt(27_000.0))  # [rad] half-power width of an antenna of gain 1; Stutzman & Thiele, eq. 7-94


@dataclass(frozen=True, slots=True)
class MoonReceiver:
    """A receiver whose antenna looks at the centre of the Earth.

    Attributes
    ----------
    gain_dbi : float [dBi]
        On the axis, at 1575.42 MHz; at other carriers that of the same aperture.
    noise_temperature : float [K]
        Of the system.
    losses_db : float [dB]
        Of polarisation, quantisation and filters.
    threshold_dbhz : float [dB Hz]
        Least carrier to noise density that is acquired.
    two_bands : bool
        Whether it also listens at 1176.45 MHz, and takes a satellite from the band in which it is stronger.
    spread_db : float [dB]
        How far off gain, noise and losses may be together, one way.
    """

    gain_dbi: float
    noise_temperature: float
    losses_db: float
    threshold_dbhz: float
    two_bands: bool = False
    spread_db: float = 1.0

    def __post_init__(self) -> None:
        values = (self.gain_dbi, self.noise_temperature, self.losses_db, self.threshold_dbhz)
        if not all(math.isfinite(value) for value in values) or self.noise_temperature <= 0.0:
            raise InvalidInput(f"a receiver needs finite decibels and a positive noise temperature [K]; got {values}")


@dataclass(frozen=True, eq=False)
class Ground:
    """The ground about a user on the Moon.

    Attributes
    ----------
    axes : (E, 3, 3) [1]
        East, north and up in rows, along the axes of the ICRF.
    skyline : (H,) [rad]
        Elevation below which nothing is heard, in H equal steps of azimuth from north over east; one for all.
    """

    axes: Array
    skyline: Array


@dataclass(frozen=True, eq=False)
class WeakSignals:
    """What a receiver at the Moon hears.

    Attributes
    ----------
    sky : NominalSky
        Satellites and times.
    c_n0 : (E, S) [dB Hz]
        Carrier to noise density; NaN where the Earth or the Moon is in the way.
    off_axis : (E, S) [rad]
        Angle off the transmitter's axis.
    spread : (S,) [dB]
        How far off each may be, one way: transmitter and receiver, which are independent.
    threshold : float [dB Hz]
        Of the receiver.
    """

    sky: NominalSky
    c_n0: Array
    off_axis: Array
    spread: Array
    threshold: float

    def acquired(self, systems: Sequence[str] | None = None, shift: float = 0.0) -> Flags:
        """Which satellites are acquired.

        Parameters
        ----------
        systems : sequence of str or None
            Letters of those that the receiver knows; None for all.
        shift : float [1]
            In spreads: -1 for the least power that is likely, +1 for the largest, of all at once.

        Returns
        -------
        (E, S)

        Source
        ------
        Definition.
        """
        of = np.array([systems is None or letter in systems for letter in self.sky.systems])
        with np.errstate(invalid="ignore"):
            heard = self.c_n0 + shift * self.spread >= self.threshold
        return np.asarray(heard & of)

    def share(self, count: int = 4, systems: Sequence[str] | None = None) -> tuple[float, float, float]:
        """Share of epochs with so many satellites or more: for least, nominal and largest power.

        Parameters
        ----------
        count : int
            How many.
        systems : sequence of str or None
            As in `acquired`.

        Returns
        -------
        (3,) [1]

        Source
        ------
        Counting.
        """
        low, nominal, high = (
            float(np.mean(self.acquired(systems, shift).sum(axis=1) >= count)) for shift in (-1.0, 0.0, 1.0)
        )
        return low, nominal, high


def weak_signals(
    sky: NominalSky, user: Array, moon: Array, receiver: MoonReceiver, *, ground: Ground | None = None
) -> WeakSignals:
    """Carrier to noise density of every satellite at a user near the Moon.

    Parameters
    ----------
    sky : NominalSky
        Satellites of the Earth.
    user : (E, 3) [m]
        From the centre of the Earth along the axes of the ICRF.
    moon : (E, 3) [m]
        Centre of the Moon, likewise.
    receiver : MoonReceiver
        What listens.
    ground : Ground or None
        Of a user on the ground; None for a user in space, from whom the disc of the Moon hides what is behind it.

    Returns
    -------
    WeakSignals

    Raises
    ------
    InvalidInput
        Shapes do not match.

    Source
    ------
    Friis's equation. Set-up of side-lobe studies: Parker et al. (2022), NAVIGATION; Delepaut et al. (2020),
    NAVIGATION 67, 395, doi:10.1002/navi.365. Light time (1.3 s) is not shifted.
    """
    user, moon = (np.asarray(place, dtype=np.float64) for place in (user, moon))
    if user.shape != (sky.tdb.size, 3) or moon.shape != user.shape:
        raise InvalidInput(f"{sky.tdb.size} epochs need as many places (E, 3); got {user.shape} and {moon.shape}")
    sight = user[:, None, :] - sky.position  # from satellite to user
    distance = np.linalg.norm(sight, axis=2)
    ray = sight / distance[..., None]
    radius = np.linalg.norm(sky.position, axis=2)
    nadir = -sky.position / radius[..., None]
    off_axis = np.arccos(np.clip(np.sum(ray * nadir, axis=2), -1.0, 1.0))
    hidden = (off_axis < 0.5 * math.pi) & (radius * np.sin(off_axis) < WGS84.equatorial_radius + LIMB)
    hidden |= _behind_moon(-ray, user - moon) if ground is None else _behind_ground(-ray, ground)
    azimuth = _azimuth(ray, nadir)
    towards = -user / np.linalg.norm(user, axis=1, keepdims=True)  # the Earth, from the user
    squint = np.arccos(np.clip(np.einsum("esi,ei->es", -ray, towards), -1.0, 1.0))
    c_n0, spread = np.full(distance.shape, np.nan), np.zeros(len(sky.blocks))
    for name in dict.fromkeys(sky.blocks):
        of = np.array([block == name for block in sky.blocks])
        main = transmitter(name)
        bands = [main, main.second] if receiver.two_bands and main.second is not None else [main]
        level = [
            _c_n0(band, off_axis[:, of], azimuth[:, of], distance[:, of], squint[:, of], receiver) for band in bands
        ]
        c_n0[:, of] = np.max(level, axis=0)
        spread[of] = math.hypot(max(band.spread_db for band in bands), receiver.spread_db)
    return WeakSignals(
        sky,
        np.where(hidden | ~np.isfinite(distance), np.nan, c_n0),
        off_axis,
        spread,
        receiver.threshold_dbhz,
    )


def _c_n0(
    block: Transmitter, off_axis: Array, azimuth: Array, distance: Array, squint: Array, receiver: MoonReceiver
) -> Array:
    """Carrier to noise density [dB Hz] of satellites of one block in one band."""
    peak = receiver.gain_dbi + 20.0 * math.log10(block.carrier / GAIN_CARRIER)
    gain = peak - 12.0 * (squint / (BEAM * 10.0 ** (-peak / 20.0))) ** 2
    loss = 20.0 * np.log10(4.0 * math.pi * distance * block.carrier / SPEED_OF_LIGHT)
    noise = 10.0 * math.log10(BOLTZMANN * receiver.noise_temperature)
    return block.eirp_dbw(off_axis, azimuth) + gain - loss - noise - receiver.losses_db


def fix_dilution(found: WeakSignals, user: Array, systems: Sequence[str] | None = None) -> Array:
    """Dilution of position of a user at the Moon from the satellites that it acquires, one clock for all.

    All of them stand within some degrees of the Earth: along the line to the Earth, position and clock hardly part.

    Parameters
    ----------
    found : WeakSignals
        What is heard.
    user : (E, 3) [m]
        As `weak_signals` took it.
    systems : sequence of str or None
        Letters of those that the receiver knows.

    Returns
    -------
    (E,) [1]
        Infinite where no position follows.

    Source
    ------
    As `moonstead.navigation.lunar.availability.range_variances`.
    """
    sight = found.sky.position - np.asarray(user, dtype=np.float64)[:, None, :]
    sight = sight / np.linalg.norm(sight, axis=2, keepdims=True)
    number = len(found.sky.names)
    variances = range_variances(sight, found.acquired(systems), np.ones(number), np.zeros(number, dtype=np.int64))
    return np.asarray(np.sqrt(variances.sum(axis=1)))


def site_ground(latitude: float, longitude: float, skyline: ArrayLike, tdb: Array, data: DataContext) -> Ground:
    """The ground about a site over time.

    Parameters
    ----------
    latitude, longitude : float [rad]
        Of the site in MOON_ME.
    skyline : (H,) or float [rad]
        As `Ground` keeps it.
    tdb : (E,) [s TDB past J2000]
        Times.
    data : DataContext
        Orientation of the Moon.

    Returns
    -------
    Ground

    Raises
    ------
    InvalidInput
        The site is none.

    Source
    ------
    Axes of a sphere, turned as `MOON_ME` says.
    """
    from moonstead.foundation.frames.standard import MOON_ME

    place = geodetic_sites(latitude, longitude, ellipsoid=MAP_SPHERE)
    local = np.concatenate((place.east, place.north, place.up))
    axes = np.einsum("ij,ejk->eik", local, MOON_ME.from_icrf(tdb, data).matrix)
    return Ground(axes, np.atleast_1d(np.asarray(skyline, dtype=np.float64)))


def user_places(user: Trajectory, tdb: Array, data: DataContext) -> tuple[Array, Array]:
    """Places of a user and of the Moon from the centre of the Earth.

    Parameters
    ----------
    user : Trajectory
        A site on the Moon or anything that flies.
    tdb : (E,) [s TDB past J2000]
        Times.
    data : DataContext
        Ephemeris and orientation.

    Returns
    -------
    user, moon : (E, 3) [m]
        Along the axes of the ICRF, as `weak_signals` takes them.

    Source
    ------
    `moonstead.dynamics.observe.icrf_position`.
    """
    from moonstead.dynamics.observe import icrf_position

    return icrf_position(user, "EARTH", tdb, data), data.ephemeris.position("MOON", "EARTH", tdb)


def _behind_moon(line: Array, place: Array) -> Flags:
    """Whether the Moon hides satellites in directions `line` (E, S, 3) from a place (E, 3) relative to its centre."""
    distance = np.linalg.norm(place, axis=1)
    height = np.einsum("esi,ei->es", line, place / distance[:, None])  # sine of the elevation
    disc = np.clip(body("MOON").mean_radius / distance, None, 1.0)
    return np.asarray(height < -np.sqrt(1.0 - disc**2)[:, None])


def _behind_ground(line: Array, ground: Ground) -> Flags:
    """Whether the skyline hides satellites in directions `line` (E, S, 3)."""
    local = np.einsum("eij,esj->esi", ground.axes, line)
    elevation = np.arcsin(np.clip(local[..., 2], -1.0, 1.0))
    return np.asarray(elevation <= skyline_at(np.arctan2(local[..., 0], local[..., 1]), ground.skyline))


def _azimuth(ray: Array, nadir: Array) -> Array:
    """Angle (E, S) [rad] of rays around the antennas' axes, from the direction of the Earth's north pole."""
    pole = np.array([0.0, 0.0, 1.0])
    east = np.cross(nadir, pole)
    north = np.cross(east, nadir)
    east /= np.linalg.norm(east, axis=2, keepdims=True)
    north /= np.linalg.norm(north, axis=2, keepdims=True)
    return np.asarray(np.arctan2(np.sum(ray * east, axis=2), np.sum(ray * north, axis=2)))
