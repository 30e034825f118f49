"""Where an orbit puts a small body on the sky, and how that changes with the orbit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.bodies import body
from moonstead.foundation.constants import SPEED_OF_LIGHT
from moonstead.foundation.errors import NumericalFailure

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext
    from moonstead.smallbodies.astrometry.prepare import PreparedObservations
    from moonstead.smallbodies.motion.flight import Flight

Array = NDArray[np.float64]

LIGHT_TIME_ROUNDS = 6  # three are enough at 70 km/s
LIGHT_TIME_STEP = 1e-6  # [s] in which 70 km/s are 7 cm
NEAR_SUN = 1e-6  # [1] 1 + cos of the angle at the Sun below which the body stands behind it


@dataclass(frozen=True, eq=False)
class ComputedPlaces:
    """Astrometric places of one orbit at the times of N observations.

    Attributes
    ----------
    right_ascension, declination : (N,) [rad]
        ICRF, as a measurement against catalogue stars finds them.
    direction : (N, 3) [1]
        The same as unit vectors.
    east, north : (N, 3) [1]
        Unit vectors towards increasing right ascension and declination at these places.
    motion : (N, 2) [rad/s]
        Apparent motion, east (times cosine of declination) and north.
    partials : (N, 2, k) [mixed]
        Change of the place, east and north, with the columns of the flight's partials; k is 0 without.
    distance : (N,) [m]
        From the observer to where the light left.
    emission_tdb : (N,) [s TDB past J2000]
        When it left.
    """

    right_ascension: Array
    declination: Array
    direction: Array
    east: Array
    north: Array
    motion: Array
    partials: Array
    distance: Array
    emission_tdb: Array


def computed_places(
    flight: Flight, prepared: PreparedObservations, data: DataContext, *, with_partials: bool = True
) -> ComputedPlaces:
    """Astrometric places: light time and the bending of light by the Sun, no aberration.

    A measured place is relative to stars of a catalogue in the same field: stellar and diurnal aberration move both
    alike. Light from the body is bent less than that from the stars behind it, so only the difference counts.

    Parameters
    ----------
    flight : Flight
        From before the light of the first observation left to the last observation.
    prepared : PreparedObservations
        Where the observer was at each of N times.
    data : DataContext
        Where the Sun's place comes from.
    with_partials : bool
        Whether partial derivatives are wanted; the flight must have been made with them.

    Returns
    -------
    ComputedPlaces
        With or without partial derivatives.

    Raises
    ------
    NumericalFailure
        The flight ends before an observation, or the light time does not converge.

    Source
    ------
    Light time: Moyer (2000), JPL DESCANSO 2, section 8.3. Bending: Explanatory Supplement to the Astronomical Almanac
    (2013), 3rd ed., section 7.2.4, of the body less that of a star in the same direction.
    """
    tdb, observer = prepared.observations.tdb, prepared.observer
    emission, states = light_left(flight, tdb, observer[:, :3])
    sight = states[:, :3] - observer[:, :3]
    distance = np.linalg.norm(sight, axis=1)
    straight = sight / distance[:, None]
    sun = data.ephemeris.position("SUN", "SOLAR SYSTEM BARYCENTER", tdb)
    direction = straight + bending_by_sun(straight, observer[:, :3] - sun, states[:, :3] - sun)
    direction /= np.linalg.norm(direction, axis=1)[:, None]
    right_ascension = np.arctan2(direction[:, 1], direction[:, 0]) % (2.0 * np.pi)
    declination = np.arctan2(direction[:, 2], np.hypot(direction[:, 0], direction[:, 1]))
    east, north = sky_axes(right_ascension, declination)
    # light that is received a second later left 1 - (range rate) / c seconds later
    speed = states[:, 3:]
    towards = np.sum(straight * speed, axis=1) / SPEED_OF_LIGHT
    pace = (1.0 + np.sum(straight * observer[:, 3:], axis=1) / SPEED_OF_LIGHT) / (1.0 + towards)
    relative = speed * pace[:, None] - observer[:, 3:]
    motion = np.stack([np.sum(east * relative, axis=1), np.sum(north * relative, axis=1)], axis=1) / distance[:, None]
    partials = np.empty((tdb.size, 2, 0))
    if with_partials:
        shift = flight.partials(emission)[:, :3, :]
        # a body that is moved is seen at another time of its flight
        later = np.einsum("ni,nik->nk", straight, shift) / (SPEED_OF_LIGHT * (1.0 + towards))[:, None]
        shift = shift - speed[:, :, None] * later[:, None, :]
        axes = np.stack([east, north], axis=1) / distance[:, None, None]
        partials = axes @ shift
    return ComputedPlaces(right_ascension, declination, direction, east, north, motion, partials, distance, emission)


def light_left(flight: Flight, tdb: Array, observer: Array) -> tuple[Array, Array]:
    """When light that arrives at times left a body, and the body's states then.

    Parameters
    ----------
    flight : Flight
        Of the body.
    tdb : (N,) [s TDB past J2000]
        When the light arrives.
    observer : (N, 3) [m]
        Where, from the barycentre in ICRF.

    Returns
    -------
    (N,) [s TDB past J2000] and (N, 6) [m, m/s]
        The time, and the state from the barycentre in ICRF.

    Raises
    ------
    NumericalFailure
        The flight does not reach these times, or the iteration does not converge.

    Source
    ------
    Newton's method on Moyer (2000), JPL DESCANSO 2, equation 8-55 without its relativistic term, which is below 10 us.
    """
    first, last = flight.span
    left = np.clip(tdb, first, last)
    for _ in range(LIGHT_TIME_ROUNDS):
        states = flight.state(left)
        sight = states[:, :3] - observer
        distance = np.linalg.norm(sight, axis=1)
        rate = np.sum(sight * states[:, 3:], axis=1) / distance / SPEED_OF_LIGHT
        step = (tdb - distance / SPEED_OF_LIGHT - left) / (1.0 + rate)
        if not np.any(np.abs(step) > LIGHT_TIME_STEP):
            moved = np.array(states)
            moved[:, :3] += step[:, None] * states[:, 3:]
            return left + step, moved
        left = left + step
        if np.any(left < first) or np.any(left > last):
            end = f", where it meets {flight.ended_by}" if flight.ended_by else ""
            raise NumericalFailure(
                f"the flight of {flight.name} covers {first:.0f} to {last:.0f} s TDB past J2000{end}; "
                f"light of the observations left between {np.min(left):.0f} and {np.max(left):.0f}"
            )
    raise NumericalFailure(f"the light time from {flight.name} does not converge: the orbit is no orbit")


def bending_by_sun(direction: Array, observer: Array, target: Array) -> Array:
    """How much further the Sun's gravity bends light from a body near by than light from the stars beside it.

    Parameters
    ----------
    direction : (N, 3) [1]
        Unit vectors from the observer to the body.
    observer, target : (N, 3) [m]
        From the Sun.

    Returns
    -------
    (N, 3) [1]
        To add to the direction; zero within 0.1 deg of the Sun, where nothing is observed.

    Source
    ------
    Explanatory Supplement to the Astronomical Almanac (2013), 3rd ed., equation 7.63, of the body less that of a star.
    """
    distance = np.linalg.norm(observer, axis=1)
    towards_observer = observer / distance[:, None]
    towards_target = target / np.linalg.norm(target, axis=1)[:, None]
    strength = 2.0 * body("SUN").gm / (SPEED_OF_LIGHT**2 * distance)

    def bent(source: Array) -> Array:
        opening = 1.0 + np.sum(source * towards_observer, axis=1)
        across = np.sum(direction * source, axis=1)[:, None] * towards_observer
        across = across - np.sum(towards_observer * direction, axis=1)[:, None] * source
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(opening[:, None] > NEAR_SUN, across / opening[:, None], 0.0)

    return strength[:, None] * (bent(towards_target) - bent(direction))


def sky_axes(right_ascension: Array, declination: Array) -> tuple[Array, Array]:
    """Unit vectors towards increasing right ascension and declination.

    Parameters
    ----------
    right_ascension, declination : (N,) [rad]
        Places on the sky.

    Returns
    -------
    two of (N, 3) [1]
        East and north.

    Source
    ------
    Derivatives of the unit vector (cos a cos d, sin a cos d, sin d).
    """
    ca, sa, cd, sd = np.cos(right_ascension), np.sin(right_ascension), np.cos(declination), np.sin(declination)
    east = np.stack([-sa, ca, np.zeros_like(ca)], axis=1)
    north = np.stack([-sd * ca, -sd * sa, cd], axis=1)
    return east, north
