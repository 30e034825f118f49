"""Hoppers: ballistic jumps over the Moon, into a shadow and back."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.bodies import LUNAR_MAP_RADIUS, body
from moonstead.foundation.constants import STANDARD_GRAVITY
from moonstead.foundation.errors import InvalidInput

__all__ = ["Hop", "ShadowVisit", "hop_profile", "minimum_hop", "propellant_mass", "visit_shadow"]

Array = NDArray[np.float64]

GM = body("MOON").gm


@dataclass(frozen=True, slots=True)
class Hop:
    """A ballistic jump between two places with the least speed.

    Attributes
    ----------
    distance : float [m]
        Along the sphere of 1737.4 km.
    start_height, end_height : float [m]
        Above that sphere.
    launch_speed, landing_speed : float [m/s]
        To be given at the start and taken away at the end, each at once.
    launch_angle : float [rad]
        Of the path above the horizontal at the start.
    flight_time : float [s]
        From start to landing.
    apex_height : float [m]
        Highest point above the sphere.
    """

    distance: float
    start_height: float
    end_height: float
    launch_speed: float
    landing_speed: float
    launch_angle: float
    flight_time: float
    apex_height: float

    @property
    def delta_v(self) -> float:
        """Change of velocity [m/s] of start and landing together, without losses."""
        return self.launch_speed + self.landing_speed


@dataclass(frozen=True, slots=True)
class ShadowVisit:
    """A hop into a shadow, a stay, and the hop back.

    Attributes
    ----------
    there, back : Hop
        The two flights.
    delta_v : float [m/s]
        Of both, with the margin.
    propellant : float [kg]
        For both.
    time_in_shadow : float [s]
        The stay and both flights, as though all of it were dark.
    battery_lasts, heat_lasts : float [s]
        How long the energy above the least charge lasts, and how long the box stays warm enough.
    possible : bool
        Whether propellant, battery and heat are all enough.
    limit : str
        Which of ``"propellant"``, ``"battery"``, ``"heat"`` is the first to be short; empty where none is.
    """

    there: Hop
    back: Hop
    delta_v: float
    propellant: float
    time_in_shadow: float
    battery_lasts: float
    heat_lasts: float
    possible: bool
    limit: str


def minimum_hop(distance: float, start_height: float = 0.0, end_height: float = 0.0) -> Hop:
    """Ballistic hop that takes the least speed at both ends.

    Parameters
    ----------
    distance : float [m]
        Along the sphere of 1737.4 km, more than 0 and less than half its circumference.
    start_height, end_height : float [m]
        Of the two places above that sphere.

    Returns
    -------
    Hop
        The ellipse of least energy through both places about the centre of a point mass. It says nothing of the
        ground between: compare `hop_profile` with the terrain.

    Raises
    ------
    InvalidInput
        The distance is out of range or a height is not within 20 km of the sphere.

    Source
    ------
    Lambert's problem, ellipse of least energy: Battin (1999), An Introduction to the Mathematics and Methods of
    Astrodynamics, section 6.6, doi:10.2514/4.861543; time of flight by Lagrange's equation with alpha = pi.
    """
    if not 0.0 < distance < math.pi * LUNAR_MAP_RADIUS:
        raise InvalidInput(f"a hop covers more than 0 m and less than half the circumference; got {distance!r} m")
    if not (abs(start_height) <= 20e3 and abs(end_height) <= 20e3):
        raise InvalidInput(
            f"heights of a hop must lie within 20 km of the sphere of 1737.4 km; got {start_height!r} and "
            f"{end_height!r} m; are they distances from the centre?"
        )
    angle = distance / LUNAR_MAP_RADIUS
    first, last = LUNAR_MAP_RADIUS + start_height, LUNAR_MAP_RADIUS + end_height
    chord = math.hypot(last - first, 2.0 * math.sqrt(first * last) * math.sin(0.5 * angle))
    half = 0.5 * (first + last + chord)
    # s - r1 and s - r2, so that short hops keep their digits
    speed_first = math.sqrt(GM * 2.0 * (0.5 * (last - first + chord)) / (first * half))
    speed_last = math.sqrt(GM * 2.0 * (0.5 * (first - last + chord)) / (last * half))
    parameter = first * last * 2.0 * math.sin(0.5 * angle) ** 2 / chord
    axis = 0.5 * half
    eccentricity = math.sqrt(max(1.0 - parameter / axis, 0.0))
    across = math.sqrt(GM * parameter) / first
    # chord is at most s: 2 asin(sqrt((s - c) / s)) from its complement
    beta = math.pi - 2.0 * math.asin(math.sqrt(chord / half))
    time = math.sqrt(half**3 / (8.0 * GM)) * (math.pi - beta + math.sin(beta))
    return Hop(
        distance=float(distance),
        start_height=float(start_height),
        end_height=float(end_height),
        launch_speed=speed_first,
        landing_speed=speed_last,
        launch_angle=math.acos(min(across / speed_first, 1.0)),
        flight_time=time,
        apex_height=axis * (1.0 + eccentricity) - LUNAR_MAP_RADIUS,
    )


def hop_profile(hop: Hop, count: int = 101) -> tuple[Array, Array]:
    """Height of a hop over the ground track.

    Parameters
    ----------
    hop : Hop
        The flight.
    count : int
        Points, at equal steps of the ground track.

    Returns
    -------
    distance : (count,) [m]
        Along the sphere from the start.
    height : (count,) [m]
        Above the sphere of 1737.4 km.

    Raises
    ------
    InvalidInput
        There are fewer than 2 points.

    Source
    ------
    Equation of the orbit, ``p / r = 1 + (p / r1 - 1) cos t - tan(gamma) (p / r1) sin t`` at the arc t from the start.
    """
    if count < 2:
        raise InvalidInput(f"a profile has at least 2 points; got {count}")
    distance: Array = np.linspace(0.0, hop.distance, count)
    arc = distance / LUNAR_MAP_RADIUS
    first = LUNAR_MAP_RADIUS + hop.start_height
    parameter = (first * hop.launch_speed * math.cos(hop.launch_angle)) ** 2 / GM
    ratio = parameter / first
    inverse = 1.0 + (ratio - 1.0) * np.cos(arc) - ratio * math.tan(hop.launch_angle) * np.sin(arc)
    return distance, parameter / inverse - LUNAR_MAP_RADIUS


def propellant_mass(mass: float, delta_v: float, specific_impulse: float) -> float:
    """Propellant that a change of velocity takes.

    Parameters
    ----------
    mass : float [kg]
        Before.
    delta_v : float [m/s]
        Change of velocity.
    specific_impulse : float [s]
        Of the engines.

    Returns
    -------
    float [kg]

    Raises
    ------
    InvalidInput
        Mass or specific impulse is not positive, or the change of velocity is negative.

    Source
    ------
    Tsiolkovsky's equation, ``m (1 - exp(-dv / (g0 I)))``.
    """
    if not (mass > 0.0 and specific_impulse > 0.0 and delta_v >= 0.0):
        raise InvalidInput(
            "mass and specific impulse must be positive, the change of velocity not negative; got "
            f"{mass!r} kg, {specific_impulse!r} s, {delta_v!r} m/s"
        )
    return -mass * math.expm1(-delta_v / (STANDARD_GRAVITY * specific_impulse))


def visit_shadow(
    distance: float,
    edge_height: float,
    floor_height: float,
    stay: float,
    *,
    mass: float,
    propellant: float,
    specific_impulse: float,
    energy: float,
    power: float,
    heat_lasts: float = math.inf,
    margin: float = 1.15,
) -> ShadowVisit:
    """Whether a hopper comes home from a shadow: the hop in from a lit edge, the stay, the hop back.

    Parameters
    ----------
    distance : float [m]
        From the edge to the place in the shadow.
    edge_height, floor_height : float [m]
        Above the sphere of 1737.4 km.
    stay : float [s]
        Time on the ground in the shadow.
    mass : float [kg]
        At the start, propellant included.
    propellant : float [kg]
        That may be burnt.
    specific_impulse : float [s]
        Of the engines.
    energy : float [J]
        In the battery above its least charge.
    power : float [W]
        Drawn in the shadow, heaters included.
    heat_lasts : float [s]
        How long it stays warm enough: `moonstead.station.rovers.time_to_cool`.
    margin : float [1]
        Factor on the ideal change of velocity for gravity losses and steering, at least 1; 1.15 is chosen here.

    Returns
    -------
    ShadowVisit

    Raises
    ------
    InvalidInput
        A number is out of its range.

    Source
    ------
    As `minimum_hop` and `propellant_mass`.
    """
    if not (stay >= 0.0 and energy >= 0.0 and power > 0.0 and 0.0 <= propellant < mass and margin >= 1.0):
        raise InvalidInput(
            "a visit needs a stay and an energy that are not negative, a power above 0, less propellant than mass, "
            f"and a margin of at least 1; got {stay!r} s, {energy!r} J, {power!r} W, {propellant!r} of {mass!r} kg, "
            f"{margin!r}"
        )
    there = minimum_hop(distance, edge_height, floor_height)
    back = minimum_hop(distance, floor_height, edge_height)
    delta_v = margin * (there.delta_v + back.delta_v)
    burnt = propellant_mass(mass, delta_v, specific_impulse)
    dark = stay + there.flight_time + back.flight_time
    battery_lasts = energy / power
    short = {"propellant": burnt > propellant, "battery": dark > battery_lasts, "heat": dark > heat_lasts}
    limit = next((name for name, is_short in short.items() if is_short), "")
    return ShadowVisit(there, back, delta_v, burnt, dark, battery_lasts, heat_lasts, not limit, limit)
