"""Where a fireball came from: its orbit about the Sun before the Earth drew it in."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.dynamics.forces import ForceModel
from moonstead.dynamics.propagate_many import propagate_many
from moonstead.foundation.bodies import body
from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.frames.standard import ECLIPJ2000, ITRF
from moonstead.monitoring.coverage.ground import GROUNDS, Cells
from moonstead.orbits.elements import kepler_elements

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext

Array = NDArray[np.float64]

DAYS_BACK = 60.0  # before the entry: the Earth is then 0.3 au away and hardly bends the orbit any more
TOLERANCE = 1e3  # [m] of the way back; the speed at entry is known to a tenth of a kilometre per second at best
SAMPLES = 200
JUPITER_AXIS = 5.2044 * 149_597_870_700.0  # [m] mean elements, Standish & Williams, JPL
QUANTILES = (0.05, 0.5, 0.95)


@dataclass(frozen=True, eq=False)
class EntryOrbit:
    """Orbits about the Sun of samples of an entry; the first sample is the state as told.

    Attributes
    ----------
    epoch_tdb : float [s TDB past J2000]
        At which the elements hold, before the entry.
    semi_major_axis : (K,) [m]
        Negative where the orbit is open.
    eccentricity : (K,) [1]
        Shape.
    inclination, node, argument_of_perihelion : (K,) [rad]
        To the ecliptic and equinox of J2000.
    perihelion_distance, aphelion_distance : (K,) [m]
        Aphelion infinite where the orbit is open.
    tisserand : (K,) [1]
        Parameter with respect to Jupiter: above 3 asteroids, 2 to 3 comets of Jupiter's family; NaN for open orbits.
    entry_speed : float [m/s]
        As told, relative to the Earth's centre in axes that do not turn.
    speed_far_off : float [m/s]
        Of the state as told, before the Earth drew it in; NaN where it would be bound to the Earth.
    share_open : float [1]
        Share of samples whose orbit about the Sun is open.
    share_bound : float [1]
        Share of samples that would be bound to the Earth and have no orbit about the Sun here.
    """

    epoch_tdb: float
    semi_major_axis: Array
    eccentricity: Array
    inclination: Array
    node: Array
    argument_of_perihelion: Array
    perihelion_distance: Array
    aphelion_distance: Array
    tisserand: Array
    entry_speed: float
    speed_far_off: float
    share_open: float
    share_bound: float

    def spread(self, values: Array) -> tuple[float, float, float]:
        """Quantiles of 5, 50, 95 % [any unit] of the samples (K,) [any unit] that have a value; NaN without samples."""
        held = values[~np.isnan(values)]
        if held.size == 0:
            return math.nan, math.nan, math.nan
        low, middle, high = np.quantile(held, QUANTILES, method="nearest")
        return float(low), float(middle), float(high)


def entry_orbit(
    tdb: float,
    latitude: float,
    longitude: float,
    altitude: float,
    velocity: ArrayLike,
    data: DataContext,
    *,
    speed_sigma: float = 500.0,
    direction_sigma: float = math.radians(2.0),
    speed_lost: float = 0.0,
    samples: int = SAMPLES,
    seed: int = 0,
) -> EntryOrbit:
    """Orbit about the Sun of a body that entered the atmosphere.

    The velocity is that at the peak of brightness: what the air took before it has to be given as `speed_lost`, else it
    is neglected. The errors of the velocities of CNEOS are not published; comparisons with other networks found some
    right to 1 km/s and a few degrees and others wrong by tens of degrees, which no interval here can show.

    Parameters
    ----------
    tdb : float [s TDB past J2000]
        Time of the state.
    latitude, longitude : float [rad]
        Geodetic.
    altitude : float [m]
        Over the ellipsoid.
    velocity : (3,) [m/s]
        Relative to the turning Earth, in the ITRF.
    data : DataContext
        Ephemeris and orientation.
    speed_sigma : float [m/s]
        Error of the speed, 1 sigma.
    direction_sigma : float [rad]
        Error of the direction, 1 sigma each way.
    speed_lost : float [m/s]
        That the air took before, added along the velocity.
    samples : int
        Drawn from these errors.
    seed : int
        Of the draws.

    Returns
    -------
    EntryOrbit

    Raises
    ------
    InvalidInput
        A number is not finite or out of its range.
    OutsideSpan
        The time lies outside the data.

    Source
    ------
    The state without the air flown back under the gravity of Earth, Moon and Sun, which takes off the bending of the
    path ("zenith attraction") and the turn of the Earth: Jansen-Sturgeon et al. (2019), Meteorit. Planet. Sci. 54,
    2149, doi:10.1111/maps.13376. Errors of CNEOS: Devillepoix et al. (2019), MNRAS 483, 5166,
    doi:10.1093/mnras/sty3442.
    """
    velocity = np.asarray(velocity, dtype=np.float64)
    if velocity.shape != (3,) or not np.all(np.isfinite([tdb, latitude, longitude, altitude, *velocity])):
        raise InvalidInput("an entry needs a time, a place and three finite components of its velocity [m/s]")
    if not (speed_sigma >= 0.0 and direction_sigma >= 0.0 and speed_lost >= 0.0 and samples >= 0):
        raise InvalidInput("errors, lost speed and number of samples are not negative")
    one, when = np.ones(1), np.array([float(tdb)])
    cell = Cells(GROUNDS["EARTH"], latitude * one, longitude * one, one, np.zeros(1, dtype=np.int64), altitude)
    fixed = np.empty((samples + 1, 6))
    fixed[:, :3] = cell.positions[0]
    fixed[:, 3:] = _sampled(velocity, speed_lost, speed_sigma, direction_sigma, samples, seed)
    turn = ITRF.from_icrf(when, data).inverse()
    states = np.concatenate([turn.state(row[None]) for row in fixed])

    gm = body("EARTH").gm
    energy = 0.5 * np.sum(states[:, 3:] ** 2, axis=1) - gm / np.linalg.norm(states[:, :3], axis=1)
    bound = energy <= 0.0
    epoch = float(tdb) - DAYS_BACK * SECONDS_PER_DAY
    elements = np.full((samples + 1, 6), np.nan)
    if not np.all(bound):
        model = ForceModel(center="EARTH", degree=2, third_bodies=("MOON", "SUN"))
        flown = propagate_many(
            states[~bound], float(tdb), epoch, model, data, tolerance=TOLERANCE, threads=1, stop_at_surface=False
        )
        elements[~bound] = _heliocentric(flown.final, epoch, data)
    axis, eccentricity, inclination, node, argument, perihelion = elements.T
    closed = eccentricity < 1.0
    with np.errstate(invalid="ignore"):
        far = np.where(np.isnan(eccentricity), np.nan, np.where(closed, axis * (1.0 + eccentricity), np.inf))
        tisserand = JUPITER_AXIS / axis + 2.0 * np.cos(inclination) * np.sqrt(
            axis / JUPITER_AXIS * (1.0 - eccentricity**2)
        )
    return EntryOrbit(
        epoch,
        axis,
        eccentricity,
        inclination,
        node,
        argument,
        perihelion,
        far,
        np.where(closed, tisserand, np.nan),
        float(np.linalg.norm(states[0, 3:])),
        math.sqrt(2.0 * energy[0]) if energy[0] > 0.0 else math.nan,
        float(np.mean(eccentricity >= 1.0)),
        float(np.mean(bound)),
    )


def _sampled(
    velocity: Array, lost: float, speed_sigma: float, direction_sigma: float, samples: int, seed: int
) -> Array:
    """Velocities (K + 1, 3) [m/s]: as told, then with errors of speed and direction."""
    speed = float(np.linalg.norm(velocity))
    if not speed > 0.0:
        raise InvalidInput("an entry at rest came from nowhere: its velocity is zero")
    along = velocity / speed
    across = np.cross(along, np.eye(3)[int(np.argmin(np.abs(along)))])
    across /= np.linalg.norm(across)
    draws = np.vstack((np.zeros(3), np.random.default_rng(seed).standard_normal((samples, 3))))
    tilt = np.tan(direction_sigma * draws[:, 1:])
    directions = along + tilt[:, :1] * across + tilt[:, 1:] * np.cross(along, across)
    directions /= np.linalg.norm(directions, axis=1)[:, None]
    return np.asarray((speed + lost + speed_sigma * draws[:, 0])[:, None] * directions)


def _heliocentric(states: Array, epoch: float, data: DataContext) -> Array:
    """Size, shape, inclination, node, argument, perihelion (K, 6) of states about the Earth, to the ecliptic."""
    when = np.array([epoch])
    still = states + data.ephemeris.state("EARTH", "SUN", when)[0]
    matrix = ECLIPJ2000.from_icrf(when, data).matrix[0]
    turned = np.concatenate((still[:, :3] @ matrix.T, still[:, 3:] @ matrix.T), axis=1)
    found = kepler_elements(turned, body("SUN").gm)
    return np.stack(
        (
            found.semi_major_axis,
            found.eccentricity,
            found.inclination,
            found.node,
            found.argument_of_periapsis,
            found.periapsis_distance,
        ),
        axis=1,
    )
