"""What a small change of an asteroid's velocity does to where it passes a body, years later."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.errors import InvalidInput, NumericalFailure
from moonstead.smallbodies.encounters import Encounter, encounters
from moonstead.smallbodies.impact.target_plane import opik_axes, target_plane
from moonstead.smallbodies.motion.flight import fly
from moonstead.smallbodies.motion.orbit import SmallBodyOrbit, parameter_columns
from moonstead.smallbodies.motion.perturbers import Perturbers
from moonstead.smallbodies.motion.places import body_states, place_of

Array = NDArray[np.float64]

AFTER = 3.0 * 86_400.0  # [s] flown past the encounter, so that a pushed asteroid that comes later is still met
LOOK = 30.0 * 86_400.0  # [s] around the encounter, in which a pushed asteroid's passage is sought
REACH = 5e10  # [m] within which a passage counts as one
STEP = 1e-6  # [1] of distance and speed, for differences of the target plane


@dataclass(frozen=True, eq=False)
class PushEffect:
    """The passage of an asteroid, and how pushes at N times shift it.

    Attributes
    ----------
    orbit : SmallBodyOrbit
        What is pushed.
    encounter : Encounter
        The passage, or impact, without a push.
    point : (2,) [m]
        Where the incoming asymptote meets the target plane: xi, zeta from the body's centre.
    axes : (3, 3) [1]
        Rows xi, eta, zeta in the ICRF.
    speed_at_infinity : float [m/s]
        Relative to the body; 0 for a captured body.
    gm : float [m3/s2]
        Of the body.
    push_tdb : (N,) [s TDB past J2000]
        When the asteroid is pushed.
    state : (N, 6) [m, m/s]
        Its state then, about the Sun, ICRF.
    gain : (N, 2, 3) [s]
        Shift of `point` by a change of velocity.
    parameter_gain : (2, 9) [mixed]
        Shift of `point` by a change of the state at the orbit's own time [m, m/s] and of A1, A2, A3 [m/s2].
    """

    orbit: SmallBodyOrbit
    encounter: Encounter
    point: Array
    axes: Array
    speed_at_infinity: float
    gm: float
    push_tdb: Array
    state: Array
    gain: Array
    parameter_gain: Array

    def plane_covariance(self) -> Array | None:
        """Covariance (2, 2) [m2] of `point` that the fit leaves; None where the orbit has none."""
        if self.orbit.covariance is None:
            return None
        gain = self.parameter_gain[:, parameter_columns(self.orbit)]
        return gain @ self.orbit.covariance @ gain.T

    def plane_distance(self, distance: float) -> float:
        """Distance [m] from the centre in the target plane of a passage at a least distance [m].

        Parameters
        ----------
        distance : float [m]
            From the body's centre at the nearest.

        Returns
        -------
        float [m]

        Source
        ------
        Opik (1976): b^2 = r^2 (1 + 2 gm / (r v^2)).
        """
        if self.speed_at_infinity <= 0.0:
            return distance
        return float(distance * np.sqrt(1.0 + 2.0 * self.gm / (distance * self.speed_at_infinity**2)))


def push_effect(orbit: SmallBodyOrbit, encounter: Encounter, push_tdb: ArrayLike, perturbers: Perturbers) -> PushEffect:
    """Effect of small pushes on one passage, to first order.

    Parameters
    ----------
    orbit : SmallBodyOrbit
        What is pushed.
    encounter : Encounter
        The passage, of a flight of this orbit.
    push_tdb : (N,) [s TDB past J2000]
        Times of the pushes, before the passage.
    perturbers : Perturbers
        What pulls it.

    Returns
    -------
    PushEffect
        Derivatives from the flight's own partials.

    Raises
    ------
    InvalidInput
        A push does not lie before the passage.

    Source
    ------
    Milani, Chesley, Chodas & Valsecchi (2002), in Asteroids III, 55 (target planes); state transition as in Izzo
    (2007), J. Guid. Control Dyn. 30, 294, doi:10.2514/1.21845.
    """
    times = np.atleast_1d(np.asarray(push_tdb, dtype=np.float64))
    if not (times.size and np.all(times < encounter.tdb)):
        raise InvalidInput("pushes must lie before the passage that they are to change; give earlier dates")
    reach = [float(times.min()), encounter.tdb]
    flight = fly(orbit, reach, perturbers, with_partials=True, stop_at_impact=False)
    gm = float(perturbers.tables.gm[place_of(encounter.body, perturbers)])
    plane = target_plane(encounter.state, gm)
    body_velocity = body_states(encounter.body, encounter.tdb, perturbers) - body_states(
        "SUN", encounter.tdb, perturbers
    )
    axes = opik_axes(plane.direction[0], body_velocity[0, 3:])
    across = axes[[0, 2]]
    by_state = across @ _plane_partials(encounter.state, gm)
    at_passage = flight.partials(encounter.tdb)[0]
    at_pushes = flight.partials(times)[:, :, :6]
    # A push changes the state then; the initial state that leads there follows by the inverse.
    gain = np.stack([by_state @ at_passage[:, :6] @ np.linalg.solve(one, np.eye(6)[:, 3:]) for one in at_pushes])
    return PushEffect(
        orbit=orbit,
        encounter=encounter,
        point=across @ plane.point[0],
        axes=axes,
        speed_at_infinity=float(plane.speed_at_infinity[0]),
        gm=gm,
        push_tdb=times,
        state=flight.state(times) - body_states("SUN", times, perturbers),
        gain=gain,
        parameter_gain=by_state @ at_passage,
    )


def pushed(orbit: SmallBodyOrbit, push_tdb: float, delta_v: ArrayLike, perturbers: Perturbers) -> SmallBodyOrbit:
    """The orbit after a push.

    Parameters
    ----------
    orbit : SmallBodyOrbit
        Before it.
    push_tdb : float [s TDB past J2000]
        When.
    delta_v : (3,) [m/s]
        Change of velocity, ICRF.
    perturbers : Perturbers
        What pulls it.

    Returns
    -------
    SmallBodyOrbit
        State [m, m/s] at the time of the push, without a covariance.

    Source
    ------
    A push is short against the motion: velocity changes, the place does not.
    """
    state = fly(orbit, push_tdb, perturbers, stop_at_impact=False).state(push_tdb)[0].copy()
    state[3:] += np.asarray(delta_v, dtype=np.float64)
    return replace(orbit, tdb=float(push_tdb), state=state, covariance=None, parameters=orbit.parameters[:6])


def passage(orbit: SmallBodyOrbit, body: str, near_tdb: float, perturbers: Perturbers) -> Encounter:
    """The passage of a body that is nearest to a time, flown anew.

    Parameters
    ----------
    orbit : SmallBodyOrbit
        What is flown.
    body : str
        ``"EARTH"`` or ``"MOON"``.
    near_tdb : float [s TDB past J2000]
        About when.
    perturbers : Perturbers
        What pulls it.

    Returns
    -------
    Encounter
        Distance [m] and state; for an impact those of the entry.

    Raises
    ------
    NumericalFailure
        It does not come near the body within a month of that time.

    Source
    ------
    Roots on the dense output of the flight: `moonstead.smallbodies.encounters`.
    """
    flight = fly(orbit, near_tdb + AFTER, perturbers)
    near = [
        one for one in encounters(flight, perturbers, bodies=(body,), within=REACH) if abs(one.tdb - near_tdb) < LOOK
    ]
    if not near:
        raise NumericalFailure(
            f"{orbit.name} does not pass {body} within a month of the time asked; it may have met another body before"
        )
    return min(near, key=lambda one: one.distance)


def least_distance(one: Encounter, perturbers: Perturbers) -> float:
    """Least distance [m] from the centre; of an impact that of the conic through the entry, inside the body.

    Parameters
    ----------
    one : Encounter
        A passage or an impact.
    perturbers : Perturbers
        The body's gravitational parameter.

    Returns
    -------
    float [m]

    Source
    ------
    Conic of two bodies.
    """
    if not one.impact:
        return one.distance
    gm = float(perturbers.tables.gm[place_of(one.body, perturbers)])
    return float(target_plane(one.state, gm).periapsis_distance[0])


def _plane_partials(state: Array, gm: float) -> Array:
    """Derivatives (3, 6) [1, s] of the point on the target plane by the state, by central differences."""
    steps = np.repeat([STEP * np.linalg.norm(state[:3]), STEP * np.linalg.norm(state[3:])], 3)
    moved = np.concatenate([state + np.diag(steps), state - np.diag(steps)])
    points = target_plane(moved, gm).point
    return ((points[:6] - points[6:]) / (2.0 * steps[:, np.newaxis])).T
