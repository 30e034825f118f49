"""Which way navigation satellites point: nominal yaw steering and orbit-normal mode.

Axes are those of the IGS: z to the centre of the Earth, y along the axis of the solar panels, x completes them and lies
on the side of the Sun while the satellite steers in yaw.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.bodies import body
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.frames.earth import EARTH_ROTATION_RATE
from moonstead.navigation.satellites import SatelliteFacts

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

# Fastest yaw rate of the vehicles [rad/s]: Kouba (2009) for IIA, IIR; Dilssner (2010) for IIF, Dilssner et al. (2011)
# for GLONASS-M; where none is published (or none is needed, Galileo and BeiDou-3 steer smoothly) the slowest of these.
YAW_RATES = {
    "GPS IIA": math.radians(0.12),
    "GPS IIR-A": math.radians(0.20),
    "GPS IIR-B": math.radians(0.20),
    "GPS IIR-M": math.radians(0.20),
    "GPS IIF": math.radians(0.11),
    "GLONASS-M": math.radians(0.25),
}
SLOWEST_YAW = math.radians(0.11)  # [rad/s]
ORBIT_NORMAL_BELOW = math.radians(
    4.0
)  # [rad] Sun elevation at which BeiDou-2 satellites stop steering; Montenbruck (2015)
# BeiDou-2 satellites that steer in yaw all the time: Dilssner (2017); Xia et al. (2019), doi:10.1007/s10291-019-0873-4
STEERING_BEIDOU_2 = frozenset({"C005", "C015", "C017", "C019"})


def body_axes(
    position: ArrayLike, velocity: ArrayLike, sun: ArrayLike, orbit_normal: bool | NDArray[np.bool_] = False
) -> Array:
    """Axes of satellites in the Earth-fixed frame.

    Nominal yaw steering holds but for minutes around orbit noon and midnight while the Sun is near the orbital plane,
    and in eclipse: `yaw_steering_holds` tells where.

    Parameters
    ----------
    position : (N, 3) [m]
        Satellites in the ITRF.
    velocity : (N, 3) [m/s]
        Their velocity in the turning ITRF; needed in orbit-normal mode alone.
    sun : (N, 3) [m]
        The Sun, from the centre of the Earth in the ITRF.
    orbit_normal : bool or (N,)
        Where the satellite keeps y along the negative normal of its orbit in place of steering.

    Returns
    -------
    (N, 3, 3) [1]
        Rows x, y, z of each satellite; NaN where an input is NaN.

    Source
    ------
    Montenbruck et al. (2015), Adv. Space Res. 56, 1015, doi:10.1016/j.asr.2015.06.019, eqs. 1 to 4 and section 3.
    """
    r, v, s = _triples(position, velocity, sun)
    with np.errstate(invalid="ignore", divide="ignore"):
        z = -r / np.linalg.norm(r, axis=1, keepdims=True)
        y = np.cross(z, s - r)
        fixed = np.broadcast_to(np.asarray(orbit_normal, dtype=np.bool_), r.shape[:1])
        if np.any(fixed):
            y = np.where(fixed[:, np.newaxis], -np.cross(r, _standing(r, v)), y)
        y = y / np.linalg.norm(y, axis=1, keepdims=True)
    return np.stack((np.cross(y, z), y, z), axis=1)


def sun_elevation(position: ArrayLike, velocity: ArrayLike, sun: ArrayLike) -> tuple[Array, Array]:
    """Elevation of the Sun above the orbital plane, and the satellite's angle from orbit midnight.

    Parameters
    ----------
    position : (N, 3) [m]
        Satellites in the ITRF.
    velocity : (N, 3) [m/s]
        Their velocity in the turning ITRF.
    sun : (N, 3) [m]
        The Sun, from the centre of the Earth in the ITRF.

    Returns
    -------
    beta : (N,) [rad]
        Positive on the side of the orbit's angular momentum.
    from_midnight : (N,) [rad]
        Along the orbit, -pi to pi: 0 where the Earth stands between satellite and Sun, pi at orbit noon.

    Source
    ------
    Montenbruck et al. (2015), section 2.2.
    """
    r, v, s = _triples(position, velocity, sun)
    with np.errstate(invalid="ignore", divide="ignore"):
        normal = np.cross(r, _standing(r, v))
        normal /= np.linalg.norm(normal, axis=1, keepdims=True)
        toward = s / np.linalg.norm(s, axis=1, keepdims=True)
        beta = np.arcsin(np.clip(np.sum(normal * toward, axis=1), -1.0, 1.0))
        midnight = -(toward - np.sin(beta)[:, np.newaxis] * normal)
        ahead = np.cross(normal, midnight)
        angle = np.arctan2(np.sum(r * ahead, axis=1), np.sum(r * midnight, axis=1))
    return beta, angle


def in_orbit_normal_mode(facts: SatelliteFacts, beta: ArrayLike) -> Flags:
    """Whether a satellite keeps its y axis along the negative orbit normal.

    Parameters
    ----------
    facts : SatelliteFacts
        What the satellite is.
    beta : (N,) [rad]
        Elevation of the Sun above its orbital plane.

    Returns
    -------
    (N,)
        Geostationary BeiDou satellites always; inclined and medium BeiDou-2 satellites while the Sun is within 4
        degrees of their plane, but for four that were changed to steer.

    Source
    ------
    Montenbruck et al. (2015), section 3.4; Dilssner (2017), A note on the yaw attitude modeling of BeiDou IGSO-6, ESOC;
    Xia et al. (2019), GPS Solutions 23, 78, doi:10.1007/s10291-019-0873-4 (vehicles from memory, not read again).
    """
    low = np.abs(np.atleast_1d(np.asarray(beta, dtype=np.float64))) < ORBIT_NORMAL_BELOW
    if facts.satellite.startswith("C") and facts.orbit_class == "GEO":
        return np.ones_like(low)
    if facts.block in ("BDS-2 IGSO", "BDS-2 MEO") and facts.vehicle not in STEERING_BEIDOU_2:
        return low
    return np.zeros_like(low)


def yaw_steering_holds(
    block: str, radius: ArrayLike, beta: ArrayLike, from_midnight: ArrayLike, margin: float = 1800.0
) -> Flags:
    """Whether nominal yaw steering is what the satellite does.

    Near orbit noon and midnight the nominal yaw turns by half a circle; while the Sun is so near the orbital plane that
    this is faster than the vehicle can turn, the true yaw lags. Vehicles differ in what they do in the Earth's shadow.
    These turns are not modelled: epochs in which they may be under way are told.

    Parameters
    ----------
    block : str
        As `SatelliteFacts.block`.
    radius : (N,) [m]
        Of the orbit.
    beta, from_midnight : (N,) [rad]
        As `sun_elevation` gives them.
    margin : float [s]
        After the turn or the shadow in which the yaw may still be off; GPS IIA needs half an hour.

    Returns
    -------
    (N,)
        False near noon and midnight while the Sun is low, in the shadow, and in the margin after either.

    Source
    ------
    Kouba (2009), GPS Solutions 13, 1, doi:10.1007/s10291-008-0092-1, eqs. 4 to 6: the nominal rate is
    n tan(beta) cos(mu) / (sin(mu)^2 + tan(beta)^2), with n the mean motion and mu the angle from midnight.
    """
    r, b, mu = (np.atleast_1d(np.asarray(value, dtype=np.float64)) for value in (radius, beta, from_midnight))
    earth = body("EARTH")
    motion = np.sqrt(earth.gm / r**3)
    fastest = YAW_RATES.get(block, SLOWEST_YAW)
    lag = motion * margin
    holds = np.ones(np.broadcast_shapes(r.shape, b.shape, mu.shape), dtype=np.bool_)
    with np.errstate(divide="ignore", invalid="ignore"):
        shadow = np.arcsin(earth.equatorial_radius / r)
        half_shadow = np.arccos(np.clip(np.cos(shadow) / np.cos(b), -1.0, 1.0))
        half_shadow = np.where(np.abs(b) < shadow, half_shadow, 0.0)
        # The nominal rate exceeds the fastest one within this angle of noon and midnight.
        t = np.tan(np.abs(b))
        half_turn = np.sqrt(np.maximum(motion * t / fastest - t * t, 0.0))
        turning = t < motion / fastest  # at noon and midnight the nominal rate is n / tan(beta)
        half_turn = np.where(turning, np.maximum(half_turn, lag), 0.0)
        # A turn that was too slow ends late: half a circle at the fastest rate.
        half_circle = motion * np.pi / fastest
        noon = np.abs(np.abs(mu) - np.pi)
        past_noon = np.where(mu < 0.0, mu + np.pi, mu - np.pi)
        holds &= ~(turning & (noon < np.maximum(half_turn, half_circle)) & (past_noon > -half_turn))
        widest = np.maximum(half_shadow, half_turn)
        holds &= ~((widest > 0.0) & (mu > -widest) & (mu < widest + lag))
    return holds


def _standing(position: Array, velocity: Array) -> Array:
    """Velocity [m/s] seen from axes that do not turn, along the axes of the moment."""
    spin = np.stack((-position[:, 1], position[:, 0], np.zeros(position.shape[0])), axis=1)
    return velocity + EARTH_ROTATION_RATE * spin


def _triples(*vectors: ArrayLike) -> tuple[Array, ...]:
    arrays = [np.atleast_2d(np.asarray(vector, dtype=np.float64)) for vector in vectors]
    if any(array.shape[1] != 3 for array in arrays):
        raise InvalidInput("position, velocity and sun must be (N, 3)")
    return tuple(np.broadcast_arrays(*arrays))
