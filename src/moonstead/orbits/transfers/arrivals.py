"""Where a flight may arrive at the Moon: on a low orbit, or beside a point of an orbit that is flown already."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.bodies import body
from moonstead.foundation.errors import InvalidInput
from moonstead.orbits.transfers.directions import even_directions
from moonstead.orbits.transfers.measures import pole

if TYPE_CHECKING:
    from moonstead.dynamics.trajectory import Trajectory
    from moonstead.foundation.data import DataContext

Array = NDArray[np.float64]

TURNS = 20  # planes and perilunes of a search, over a whole turn each
ENERGIES = (-0.15e6, -0.1e6, -0.05e6)  # [m2/s2] twice the energy about the Moon at low-energy arrivals
DIRECTIONS = 64  # of small burns in a search
BURNS = (15.0, 35.0, 60.0)  # [m/s] their sizes; published insertions from low-energy flights: 20 to 60 m/s


@dataclass(frozen=True, eq=False)
class Arrival:
    """An arrival at the Moon and the burn that ends it.

    Attributes
    ----------
    tdb : float [s TDB past J2000]
        When.
    before : (6,) [m, m/s]
        State before the burn, about the Moon in the ICRF.
    burn : (3,) [m/s]
        Change of velocity, in the ICRF.
    partials : (6, n) [mixed]
        Derivatives of `before` by the variables. By the time, the first of them: less those of the flight along itself
        where `waits` is false, zero where it is true.
    waits : bool
        Whether a later arrival is one in the same state.
    cost_gradient : (n,) [mixed]
        Derivative of the burn's size by the variables.
    """

    tdb: float
    before: Array
    burn: Array
    partials: Array
    waits: bool
    cost_gradient: Array

    @property
    def cost(self) -> float:
        """Size of the burn [m/s]."""
        return float(np.linalg.norm(self.burn))

    @property
    def after(self) -> Array:
        """State (6,) [m, m/s] behind the burn."""
        state: Array = self.before.copy()
        state[3:] += self.burn
        return state


@dataclass(frozen=True, eq=False)
class ArrivalGrid:
    """Arrivals at one time, of all directions.

    Attributes
    ----------
    variables : (N, n) [mixed]
        Of the family.
    before : (N, 6) [m, m/s]
        States before the burn, about the Moon in the ICRF.
    cost : (N,) [m/s]
        Sizes of the burns.
    """

    variables: Array
    before: Array
    cost: Array


class ArrivalFamily(Protocol):
    """Arrivals by a few free variables, the first of them the time."""

    @property
    def scales(self) -> Array:
        """Size (n,) [mixed] of a change of each variable that matters."""

    def at(self, variables: Array) -> Arrival:
        """The arrival for variables (n,) [mixed]."""

    def grid(self, tdb: float) -> ArrivalGrid:
        """Arrivals at one time [s TDB past J2000], to search among."""


@dataclass(frozen=True, eq=False)
class LowOrbitArrival:
    """Arrivals at the perilune of an approach, braked there into a round orbit of a given inclination.

    Variables: time [s TDB past J2000], node [rad, from where the Moon's equator crosses that of the ICRF], angle from
    the node to the perilune [rad], speed before the burn [m/s].

    Attributes
    ----------
    radius : float [m]
        Of the orbit, from the centre of the Moon.
    inclination : float [rad]
        To the Moon's equator.
    equator : (3, 3) [1]
        Columns: axes of the Moon's equator in the ICRF.
    """

    radius: float
    inclination: float
    equator: Array

    @property
    def scales(self) -> Array:
        """Size (4,) [s, rad, rad, m/s] of a change of each variable that matters."""
        return np.array([4.0 * 3600.0, 0.03, 0.03, 3.0])

    @property
    def circular_speed(self) -> float:
        """Speed [m/s] on the orbit."""
        return math.sqrt(body("MOON").gm / self.radius)

    def grid(self, tdb: float) -> ArrivalGrid:
        """Arrivals at one time [s TDB past J2000]: all planes and perilunes, three energies."""
        turns = np.linspace(0.0, 2.0 * math.pi, TURNS, endpoint=False)
        speeds = np.sqrt(2.0 * body("MOON").gm / self.radius + np.array(ENERGIES))
        mesh = np.meshgrid([tdb], turns, turns, speeds, indexing="ij")
        variables = np.stack([axis.reshape(-1) for axis in mesh], axis=1)
        out, along = self._directions(variables[:, 1], variables[:, 2])
        before = np.concatenate((self.radius * out, variables[:, 3:] * along), axis=1)
        return ArrivalGrid(variables, before, np.abs(variables[:, 3] - self.circular_speed))

    def _directions(self, node: Array, angle: Array) -> tuple[Array, Array]:
        """Directions (N, 3) from the Moon to the perilune, and of flight there."""
        ascending = np.stack((np.cos(node), np.sin(node), np.zeros_like(node)), axis=1)
        tilt, rise = math.cos(self.inclination), math.sin(self.inclination)
        upwards = np.stack((-tilt * np.sin(node), tilt * np.cos(node), np.full_like(node, rise)), axis=1)
        c, s = np.cos(angle)[:, None], np.sin(angle)[:, None]
        return (c * ascending + s * upwards) @ self.equator.T, (c * upwards - s * ascending) @ self.equator.T

    def at(self, variables: Array) -> Arrival:
        """The arrival for variables (4,) [s TDB past J2000, rad, rad, m/s]."""
        tdb, speed = float(variables[0]), float(variables[3])
        directions = self._directions(np.array([variables[1]]), np.array([variables[2]]))
        out, along = directions[0][0], directions[1][0]
        axis = self.equator[:, 2]
        partials = np.zeros((6, 4))
        partials[:, 1] = np.concatenate((self.radius * np.cross(axis, out), speed * np.cross(axis, along)))
        partials[:, 2] = np.concatenate((self.radius * along, -speed * out))
        partials[3:, 3] = along
        before = np.concatenate((self.radius * out, speed * along))
        burn = (self.circular_speed - speed) * along
        slope = math.copysign(1.0, speed - self.circular_speed)
        return Arrival(tdb, before, burn, partials, True, np.array([0.0, 0.0, 0.0, slope]))


def low_orbit_arrival(altitude: float, inclination: float, tdb: float, data: DataContext) -> LowOrbitArrival:
    """Arrivals on a round low orbit of the Moon.

    Parameters
    ----------
    altitude : float [m]
        Over the Moon's equatorial radius.
    inclination : float [rad]
        To the Moon's equator, 0 to pi.
    tdb : float [s TDB past J2000]
        When the equator is taken; it turns by less than 3 degrees in 9 years.
    data : DataContext
        Orientation of the Moon.

    Returns
    -------
    LowOrbitArrival
        With all nodes and perilunes.

    Raises
    ------
    InvalidInput
        The altitude is not between 15 and 10 000 km, or the inclination not between 0 and pi.

    Source
    ------
    Definition.
    """
    if not 15e3 <= altitude <= 1e7:
        raise InvalidInput(f"a low orbit of the Moon lies between 15 and 10 000 km; got {altitude / 1e3:g} km")
    if not 0.0 <= inclination <= math.pi:
        raise InvalidInput(f"the inclination lies between 0 and 180 deg; got {math.degrees(inclination):g} deg")
    third = pole("MOON", tdb, data)
    first = np.cross([0.0, 0.0, 1.0], third)
    first /= np.linalg.norm(first)
    equator = np.stack((first, np.cross(third, first), third), axis=1)
    return LowOrbitArrival(body("MOON").equatorial_radius + altitude, inclination, equator)


@dataclass(frozen=True, eq=False)
class OrbitArrival:
    """Arrivals on an orbit about the Moon that is there already, wherever on it.

    Variables: time [s TDB past J2000], change of velocity (3) [m/s] in the ICRF.

    Attributes
    ----------
    orbit : Trajectory
        The orbit, about the Moon in the ICRF.
    """

    orbit: Trajectory

    def __post_init__(self) -> None:
        if self.orbit.center != "MOON" or self.orbit.frame.name != "ICRF":
            raise InvalidInput(
                f"the orbit to arrive on must be about MOON in ICRF axes; {self.orbit.name} is about "
                f"{self.orbit.center} in {self.orbit.frame.name}"
            )

    @property
    def scales(self) -> Array:
        """Size (4,) [s, m/s, m/s, m/s] of a change of each variable that matters."""
        return np.array([3600.0, 3.0, 3.0, 3.0])

    def grid(self, tdb: float) -> ArrivalGrid:
        """Arrivals at one time [s TDB past J2000]: small burns of all directions."""
        unit = even_directions(DIRECTIONS)
        burns = np.concatenate([size * unit for size in BURNS])
        before = np.tile(self.orbit.state(np.array([tdb]))[0], (len(burns), 1))
        before[:, 3:] -= burns
        variables = np.concatenate((np.full((len(burns), 1), tdb), burns), axis=1)
        return ArrivalGrid(variables, before, np.linalg.norm(burns, axis=1))

    def at(self, variables: Array) -> Arrival:
        """The arrival for variables (4,) [s TDB past J2000, m/s, m/s, m/s]."""
        tdb, burn = float(variables[0]), np.asarray(variables[1:], dtype=np.float64)
        after = self.orbit.state(np.array([tdb]))[0]
        before = np.concatenate((after[:3], after[3:] - burn))
        partials = np.zeros((6, 4))
        partials[:3, 0] = burn  # the orbit moves on with its own velocity, the flight with one less by the burn
        partials[3:, 1:] = -np.eye(3)
        size = float(np.linalg.norm(burn))
        return Arrival(tdb, before, burn.copy(), partials, False, np.concatenate(([0.0], burn / max(size, 1e-12))))
