"""Two objects near their closest approach, each with what is known of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.burns import radial_axes
from moonstead.formats.ccsds_frames import axes_of
from moonstead.formats.cdm_message import ConjunctionMessage, ConjunctionObject
from moonstead.foundation.bodies import body
from moonstead.foundation.ephemeris.two_body import two_body_states
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.frames.frame import rotation
from moonstead.foundation.frames.standard import EME2000, ICRF, TEME

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext

Array = NDArray[np.float64]

STEADY_FRAMES = ("ICRF", "EME2000", "TEME")  # they turn by less than 1e-9 rad in the minutes of an encounter
CLOSEST_ROUNDS = 10
EARTH_GM = 3.986_004_418e14  # [m^3/s^2] EGM-96, which the published comparisons of probabilities take


@dataclass(frozen=True, eq=False)
class Encounter:
    """Two objects near their closest approach.

    Attributes
    ----------
    state1, state2 : (6,) [m, m/s]
        At one time, relative to one centre, in inertial axes.
    covariance1, covariance2 : (6, 6) [m^2, m^2/s, m^2/s^2] or None
        In the same axes; None where nothing is known.
    hard_body_radius : float [m]
        Sum of the radii of the spheres around both.
    gm : float [m^3/s^2]
        Gravitational parameter of the centre.

    Raises
    ------
    InvalidInput
        A shape is wrong, a number is not finite, the radius is not positive or a state is no bound orbit.
    """

    state1: Array
    state2: Array
    covariance1: Array | None
    covariance2: Array | None
    hard_body_radius: float
    gm: float = EARTH_GM

    def __post_init__(self) -> None:
        """Refuse what no method can take."""
        for which, state in (("first", self.state1), ("second", self.state2)):
            if np.shape(state) != (6,) or not np.all(np.isfinite(state)):
                raise InvalidInput(f"the state of the {which} object needs six finite numbers [m, m/s]")
            energy = 0.5 * float(state[3:] @ state[3:]) - self.gm / float(np.linalg.norm(state[:3]))
            if not energy < 0.0:
                raise InvalidInput(f"the {which} object is on no bound orbit about the centre; check state and centre")
        for which, matrix in (("first", self.covariance1), ("second", self.covariance2)):
            if matrix is not None and (np.shape(matrix) != (6, 6) or not np.all(np.isfinite(matrix))):
                raise InvalidInput(f"the covariance of the {which} object needs (6, 6) finite numbers")
        if not (np.isfinite(self.hard_body_radius) and self.hard_body_radius > 0.0):
            raise InvalidInput(f"the hard-body radius must be positive [m]; got {self.hard_body_radius!r}")

    @property
    def relative(self) -> Array:
        """State of the second less the first (6,) [m, m/s]."""
        return np.asarray(self.state2 - self.state1)

    @property
    def relative_speed(self) -> float:
        """Speed of the one past the other [m/s]."""
        return float(np.linalg.norm(self.relative[3:]))

    @property
    def miss_distance(self) -> float:
        """Distance of the states [m]."""
        return float(np.linalg.norm(self.relative[:3]))

    @property
    def combined_covariance(self) -> Array:
        """Covariance of the relative state (6, 6) [m^2, m^2/s, m^2/s^2]: both are taken as independent.

        Raises
        ------
        InvalidInput
            A covariance is missing.
        """
        if self.covariance1 is None or self.covariance2 is None:
            which = "first" if self.covariance1 is None else "second"
            raise InvalidInput(
                f"the {which} object has no covariance; only bounds can be told, see maximum_probability"
            )
        return np.asarray(self.covariance1 + self.covariance2)


def encounter_of(
    message: ConjunctionMessage, hard_body_radius: float | None = None, data: DataContext | None = None
) -> Encounter:
    """Encounter that a Conjunction Data Message describes.

    Parameters
    ----------
    message : ConjunctionMessage
        As `formats.cdm.read_cdm` gives it.
    hard_body_radius : float or None [m]
        Instead of that of the message.
    data : DataContext or None
        Earth orientation; needed only where states stand in rotating axes.

    Returns
    -------
    Encounter
        In the axes of the message where these are inertial, else in the ICRF.

    Raises
    ------
    InvalidInput
        No radius is known, the frames differ or have no counterpart here, or a state is no bound orbit.

    Source
    ------
    CCSDS 508.0-B-1 (2013), 3.5: covariances stand in radial, transverse, normal axes of the inertial motion.
    """
    radius = message.hard_body_radius if hard_body_radius is None else hard_body_radius
    if radius is None:
        raise InvalidInput(
            f"message {message.message_id} tells no hard-body radius: give one, the sum of both radii, for example 20 m"
        )
    first, second = (_inertial_state(one, message.tca, data) for one in message.objects)
    frames = {one.ref_frame if axes_of(one.ref_frame).name in STEADY_FRAMES else "ICRF" for one in message.objects}
    if len(frames) > 1:
        raise InvalidInput(
            f"the two objects stand in different axes, {' and '.join(sorted(frames))}; give one for both"
        )
    covariances = [
        None if one.covariance is None else to_inertial(state, one.covariance[:6, :6])
        for one, state in zip(message.objects, (first, second), strict=True)
    ]
    center = message.objects[0].center
    gm = EARTH_GM if center == "EARTH" else body(center).gm
    return Encounter(first, second, covariances[0], covariances[1], float(radius), gm)


def _inertial_state(one: ConjunctionObject, tca: float, data: DataContext | None) -> Array:
    frame = axes_of(one.ref_frame)
    if frame in (EME2000, ICRF, TEME):
        return one.state
    if data is None:
        raise InvalidInput(f"states in {one.ref_frame} turn with the body: pass data with its orientation")
    return np.asarray(rotation(frame, ICRF, np.array([tca]), data).state(one.state[None, :])[0])


def to_inertial(state: Array, covariance: Array) -> Array:
    """Covariance along inertial axes of one that stands in radial, transverse, normal axes.

    Parameters
    ----------
    state : (6,) [m, m/s]
        What it belongs to, in inertial axes.
    covariance : (6, 6) [m^2, m^2/s, m^2/s^2]
        Radial, transverse, normal.

    Returns
    -------
    (6, 6) [m^2, m^2/s, m^2/s^2]
        Along the axes of the state. No sign of an eigenvalue is asked for: damaged matrices pass, to be repaired.

    Source
    ------
    P' = R P R^T: Vallado (2013), Fundamentals of Astrodynamics and Applications, 4th ed., section 10.6.
    """
    turn = np.kron(np.eye(2), radial_axes(np.asarray(state, dtype=np.float64)).T)
    return np.asarray(turn @ covariance @ turn.T)


def at_closest_approach(encounter: Encounter) -> tuple[Encounter, float]:
    """The same encounter at its true closest approach by two-body motion; covariances stay as they are.

    Times of messages are cut to a millisecond, in which two satellites pass each other by up to 15 m.

    Parameters
    ----------
    encounter : Encounter
        Near the closest approach.

    Returns
    -------
    (Encounter, float [s])
        States where distance is least, and how much later that is. Objects that do not move against each other stay.

    Source
    ------
    Newton's method on the range rate; the acceleration is that of two bodies.
    """
    moved, shift = encounter, 0.0
    for _ in range(CLOSEST_ROUNDS):
        relative = moved.relative
        slope = float(relative[3:] @ relative[3:])
        pull = _gravity(moved.state2, moved.gm) - _gravity(moved.state1, moved.gm)
        curvature = slope + float(relative[:3] @ pull)
        if not curvature > 0.0:
            break
        step = -float(relative[:3] @ relative[3:]) / curvature
        shift += step
        states = two_body_states(np.stack([encounter.state1, encounter.state2]), np.full(2, shift), encounter.gm)
        moved = Encounter(
            states[0], states[1], encounter.covariance1, encounter.covariance2, encounter.hard_body_radius, encounter.gm
        )
        if abs(step) < 1e-9:
            break
    return moved, shift


def _gravity(state: Array, gm: float) -> Array:
    return np.asarray(-gm * state[:3] / np.linalg.norm(state[:3]) ** 3)
