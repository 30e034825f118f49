"""The flight that an orbit fit starts from: large forces by the propagator, small ones by their linear response."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.forces import ForceModel, Radiation
from moonstead.dynamics.local_axes import radial_axes
from moonstead.dynamics.propagate import OrbitState, PreparedForces, prepare_forces, propagate
from moonstead.dynamics.response import cumulative_integral, hermite, kick_response
from moonstead.dynamics.small_forces import antenna_thrust, solid_tide_acceleration
from moonstead.foundation.bodies import body
from moonstead.foundation.constants import SOLAR_PRESSURE
from moonstead.foundation.errors import InvalidInput, NumericalFailure
from moonstead.navigation.orbit_determination.box_wing import earth_light_on_plates, sunlight_on_plates
from moonstead.navigation.orbit_determination.craft import Craft
from moonstead.navigation.orbit_determination.solar_radiation import (
    solar_parameters,
    solar_partials,
    sun_frame,
    sunlight_share,
)

if TYPE_CHECKING:
    from moonstead.dynamics.propagated import PropagatedTrajectory
    from moonstead.foundation.data import DataContext

Array = NDArray[np.float64]

DEGREE = 12  # [1] of the gravity field: what is left out bends a day's orbit by less than 1 mm
PLANETS = ("VENUS", "JUPITER BARYCENTER")
NODE_STEP = 60.0  # [s] between places where small forces are evaluated: penumbra lasts 60 s and more
FIRST_PUSH = 1e-7  # [m/s^2] of sunlight at 1 au on a navigation satellite, roughly
FLIGHT_TOLERANCES = (1e-4, 1e-3)  # [m] of the reference; grazing eclipses do not let every flight be so close


@dataclass(frozen=True, eq=False)
class Surroundings:
    """Forces laid out for a span, and where Sun and Moon are at its nodes; shared by all satellites.

    Attributes
    ----------
    tdb : (N,) [s TDB past J2000]
        Nodes, `NODE_STEP` apart.
    sun, moon : (N, 3) [m]
        Geocentric, ICRF.
    forces : PreparedForces
        Gravity, third bodies, relativity, and a push by sunlight of `FIRST_PUSH`.
    data : DataContext
        Ephemeris, orientation and gravity.
    """

    tdb: Array
    sun: Array
    moon: Array
    forces: PreparedForces
    data: DataContext


def surroundings(first: float, last: float, data: DataContext, *, degree: int = DEGREE) -> Surroundings:
    """Lay out forces for flights within a span.

    Parameters
    ----------
    first, last : float [s TDB past J2000]
        Span that flights must cover.
    data : DataContext
        Ephemeris, orientation and gravity.
    degree : int
        Degree and order of the Earth's gravity field.

    Returns
    -------
    Surroundings
        Nodes begin at `first` and reach past `last`.

    Raises
    ------
    InvalidInput
        The span is empty.
    OutsideSpan
        The data do not cover it.

    Source
    ------
    Forces: EGM2008, DE440, relativity by IERS Conventions (2010), eq. 10.12, first line.
    """
    if not last > first:
        raise InvalidInput(f"a flight needs a span; got {first!r} to {last!r} s TDB past J2000")
    count = max(4, int(np.ceil((last - first) / NODE_STEP)) + 2)
    nodes = np.asarray(first + NODE_STEP * np.arange(count), dtype=np.float64)
    model = ForceModel(
        center="EARTH",
        degree=degree,
        third_bodies=("SUN", "MOON", *PLANETS),
        mass=1.0,
        radiation=Radiation(area=FIRST_PUSH / SOLAR_PRESSURE, reflectivity=1.0, hiding=("EARTH", "MOON")),
        relativity=True,
    )
    sun, moon = (data.ephemeris.position(name, "EARTH", nodes) for name in ("SUN", "MOON"))
    forces = prepare_forces(model, float(nodes[0]), float(nodes[-1]) + 1.0, data)
    return Surroundings(nodes, sun, moon, forces, data)


@dataclass(frozen=True, eq=False)
class Flight:
    """A flight from the first node, with its answers to small forces.

    The state at a time is ``reference(t) + Phi(t) change(t)``: `change` is what small forces have done so far, told as
    a change of the initial state.

    Attributes
    ----------
    reference : PropagatedTrajectory
        Under the large forces, with state-transition matrices Phi.
    tdb : (N,) [s TDB past J2000]
        Nodes.
    names : tuple of str
        The P parameters.
    kicks : (N, 6, 1 + P) [mixed]
        Rate of `changes`.
    changes : (N, 6, 1 + P) [mixed]
        Of the initial state by the known small forces, then by a unit of each parameter.
    share : (N,) [1]
        Visible share of the Sun.
    push : float [m/s^2]
        Acceleration by sunlight at 1 au that the reference flies with.
    sun_elevation : float [rad]
        Of the Sun above the orbital plane, at the first node.
    """

    reference: PropagatedTrajectory
    tdb: Array
    names: tuple[str, ...]
    kicks: Array
    changes: Array
    share: Array
    push: float
    sun_elevation: float

    def partials(self, tdb: Array) -> tuple[Array, Array]:
        """States and their partial derivatives.

        Parameters
        ----------
        tdb : (M,) [s TDB past J2000]
            Times.

        Returns
        -------
        states : (M, 6) [m, m/s]
            ICRF, with all parameters zero.
        design : (M, 6, 6 + P) [mixed]
            Derivatives by the initial state and by the parameters.
        """
        transition = self.reference.transition(tdb)
        moved = transition @ self.changes_at(tdb)
        states = self.reference.state(tdb) + moved[:, :, 0]
        return states, np.concatenate((transition, moved[:, :, 1:]), axis=2)

    def changes_at(self, tdb: Array) -> Array:
        """`changes` between the nodes, by cubics through values and rates.

        Parameters
        ----------
        tdb : (M,) [s TDB past J2000]
            Times.

        Returns
        -------
        (M, 6, 1 + P) [mixed]
        """
        return hermite(self.tdb, self.changes, self.kicks, tdb)


def fly(
    initial: Array,
    model: str,
    place: Surroundings,
    *,
    push: float = FIRST_PUSH,
    craft: Craft | None = None,
    pulses: Sequence[float] = (),
) -> Flight:
    """Fly from a state through all nodes.

    Parameters
    ----------
    initial : (6,) [m, m/s]
        Geocentric state at the first node, ICRF.
    model : str
        Solar radiation, of `SOLAR_MODELS`.
    place : Surroundings
        Forces of the span.
    push : float [m/s^2]
        Acceleration by sunlight at 1 au, away from the Sun, that the reference flies with.
    craft : Craft, optional
        Plates and mass, needed by ``"box-wing"``; the light of the Earth and the recoil of the antenna where known.
    pulses : sequence of float [s TDB past J2000]
        When the velocity may jump; each adds three parameters, along radius, track and normal.

    Returns
    -------
    Flight

    Raises
    ------
    InvalidInput
        The model is not known, or plates and mass are missing.
    NumericalFailure
        The flight does not reach the end of the span.

    Source
    ------
    Large forces as `propagate`; small ones as `state_response`.
    """
    craft = craft or Craft()
    if model == "box-wing" and (not craft.plates or not craft.mass > 0.0):
        raise InvalidInput(
            f"the model box-wing needs plates and mass, which are not known of "
            f"{craft.block or 'this satellite'}: use ecom2"
        )
    # the strength of sunlight goes with one over the mass
    tables = place.forces.tables.with_thrust(FIRST_PUSH / push, 0.0)
    start = OrbitState(initial, float(place.tdb[0]), "EARTH")
    reference = _flown(start, float(place.tdb[-1]), replace(place.forces, tables=tables), place.data)
    if reference.hit_surface:
        raise NumericalFailure(f"the orbit meets {reference.ending_body}: the first state is far from the satellite's")
    states, transition = reference.state(place.tdb), reference.transition(place.tdb)
    position = states[:, :3]
    share = sunlight_share(position, place.sun, place.moon)
    frame = sun_frame(position, states[:, 3:], place.sun)
    known = solid_tide_acceleration(position, place.sun, body("SUN").gm)
    known += solid_tide_acceleration(position, place.moon, body("MOON").gm)
    if craft.plates and craft.mass > 0.0:
        known += earth_light_on_plates(craft.plates, craft.mass, position, place.sun, frame)
    if model == "box-wing":
        known += sunlight_on_plates(craft.plates, craft.mass, position, frame, share)
        known += (push * share * frame.strength)[:, None] * frame.d  # in place of the push of the reference
    if craft.antenna_power and craft.mass > 0.0:
        known += antenna_thrust(position, craft.antenna_power, craft.mass)
    partials = solar_partials(model, frame, share)
    inverse = kick_response(transition)
    kicks = inverse @ np.concatenate((known[:, :, None], partials), axis=2)
    changes = cumulative_integral(kicks, NODE_STEP)
    names = solar_parameters(model)
    if pulses:
        jumps = _jumps(inverse, states, place.tdb, np.asarray(pulses))
        changes = np.concatenate((changes, jumps), axis=2)
        kicks = np.concatenate((kicks, np.zeros_like(jumps)), axis=2)
        names += tuple(f"pulse{number + 1}{axis}" for number in range(len(pulses)) for axis in "RTN")
    return Flight(reference, place.tdb, names, kicks, changes, share, push, float(frame.elevation[0]))


def _flown(start: OrbitState, stop: float, forces: PreparedForces, data: DataContext) -> PropagatedTrajectory:
    """The reference flight, as close as it can be had."""
    close, enough = FLIGHT_TOLERANCES
    try:
        return propagate(start, stop, forces, data, tolerance=close, with_transition=True)
    except NumericalFailure:
        return propagate(start, stop, forces, data, tolerance=enough, with_transition=True)


def _jumps(inverse: Array, states: Array, tdb: Array, pulses: Array) -> Array:
    """Changes (N, 6, 3 K) of the initial state by unit jumps of velocity [s, 1] at the nodes next to K times."""
    rows = np.clip(np.rint((pulses - tdb[0]) / (tdb[1] - tdb[0])).astype(np.int64), 0, tdb.size - 1)
    jumps = np.zeros((tdb.size, 6, 3 * pulses.size))
    axes = radial_axes(states[rows])
    for number, row in enumerate(rows):
        jumps[row:, :, 3 * number : 3 * number + 3] = inverse[row] @ axes[number].T
    return jumps
