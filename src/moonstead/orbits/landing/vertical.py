"""Landing straight down with the least propellant: fall, then full thrust."""

from __future__ import annotations

import math
from dataclasses import dataclass

from moonstead.foundation.errors import InvalidInput, NumericalFailure


@dataclass(frozen=True)
class VerticalLanding:
    """A fall and a burn that end at rest on the ground.

    Attributes
    ----------
    coast : float [s]
        Free fall before ignition.
    burn : float [s]
        Full thrust until touchdown.
    final_mass : float [kg]
        At touchdown.
    ignition_height, ignition_velocity : float [m, m/s]
        Where the burn begins; velocities are positive upwards.
    delta_v : float [m/s]
        Ideal change of velocity of the burn.
    """

    coast: float
    burn: float
    final_mass: float
    ignition_height: float
    ignition_velocity: float
    delta_v: float

    @property
    def duration(self) -> float:
        """From the start to touchdown [s]."""
        return self.coast + self.burn


def vertical_landing(
    height: float, velocity: float, mass: float, thrust: float, exhaust_velocity: float, gravity: float
) -> VerticalLanding:
    """The landing straight down that uses the least propellant.

    The Hamiltonian is linear in thrust and its switching function passes zero at most once: thrust is off, then full.

    Parameters
    ----------
    height : float [m]
        Above the ground at the start.
    velocity : float [m/s]
        At the start, positive upwards.
    mass : float [kg]
        At the start.
    thrust : float [N]
        Largest.
    exhaust_velocity : float [m/s]
        Specific impulse times standard gravity.
    gravity : float [m/s^2]
        Downwards, the same at all heights.

    Returns
    -------
    VerticalLanding

    Raises
    ------
    InvalidInput
        A number is not positive where it must be.
    NumericalFailure
        Even full thrust from the start cannot stop the fall; the message says how much thrust or height would.

    Source
    ------
    Meditch (1964), On the problem of optimal thrust programming for a lunar soft landing, IEEE Trans. Autom. Control
    9, 477, doi:10.1109/TAC.1964.1105758. Height and velocity under full thrust are Tsiolkovsky's in closed form.
    """
    for what, value, unit in (
        ("height", height, "m"),
        ("mass", mass, "kg"),
        ("thrust", thrust, "N"),
        ("exhaust velocity", exhaust_velocity, "m/s"),
        ("gravity", gravity, "m/s2"),
    ):
        if not (math.isfinite(value) and value > 0.0):
            raise InvalidInput(f"the {what} must be positive and finite [{unit}]; got {value!r}")
    if not math.isfinite(velocity):
        raise InvalidInput(f"the velocity must be finite [m/s]; got {velocity!r}")
    start = (height, velocity, mass, exhaust_velocity, gravity)
    least_burn = 0.0 if velocity >= 0.0 else _burn_at_once(velocity, mass, thrust, exhaust_velocity, gravity)
    lowest = _height_at_rest(least_burn, thrust, *start)
    if lowest < 0.0:
        raise NumericalFailure(
            f"full thrust of {thrust:.6g} N from the start does not stop {mass:.6g} kg above the ground: it takes at "
            f"least {_least_thrust(*start):.6g} N, or a start {-lowest:.6g} m higher"
        )
    from scipy.optimize import brentq

    flow = thrust / exhaust_velocity
    most = mass / flow * (1.0 - 1e-12)
    burn = brentq(_height_at_rest, least_burn, most, args=(thrust, *start), xtol=1e-15 * most, rtol=1e-15)
    ratio = 1.0 - flow * burn / mass
    coast = (velocity - exhaust_velocity * math.log(ratio)) / gravity - burn
    return VerticalLanding(
        coast,
        burn,
        mass * ratio,
        height + velocity * coast - 0.5 * gravity * coast * coast,
        velocity - gravity * coast,
        -exhaust_velocity * math.log(ratio),
    )


def _height_at_rest(
    burn: float,
    thrust: float,
    height: float,
    velocity: float,
    mass: float,
    exhaust_velocity: float,
    gravity: float,
) -> float:
    """Height [m] at which a fall and a burn of so many seconds [s] that ends at rest come to that rest."""
    left = mass - thrust / exhaust_velocity * burn
    speed = exhaust_velocity * math.log(mass / left)
    total = (velocity + speed) / gravity
    lift = exhaust_velocity * burn - speed * left * exhaust_velocity / thrust
    return height + velocity * total - 0.5 * gravity * total * total + lift


def _burn_at_once(velocity: float, mass: float, thrust: float, exhaust_velocity: float, gravity: float) -> float:
    """Burn [s] from the start that ends at rest, for a start downwards."""
    from scipy.optimize import brentq

    most = mass * exhaust_velocity / thrust * (1.0 - 1e-12)
    root = brentq(
        lambda t: velocity - exhaust_velocity * math.log(1.0 - thrust * t / (exhaust_velocity * mass)) - gravity * t,
        0.0,
        most,
        xtol=1e-15 * most,
        rtol=1e-15,
    )
    return float(root)


def _least_thrust(height: float, velocity: float, mass: float, exhaust_velocity: float, gravity: float) -> float:
    """Thrust [N] that stops a start downwards just at the ground."""
    from scipy.optimize import brentq

    def stop(logarithm: float) -> float:
        thrust = math.exp(logarithm)
        burn = _burn_at_once(velocity, mass, thrust, exhaust_velocity, gravity)
        return _height_at_rest(burn, thrust, height, velocity, mass, exhaust_velocity, gravity)

    weight = math.log(mass * gravity)
    return math.exp(float(brentq(stop, weight - 3.0, weight + 25.0)))
