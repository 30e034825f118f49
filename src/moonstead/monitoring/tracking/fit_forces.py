"""The flight that an orbit fit starts from: large forces by the propagator, small and sought ones by their response."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.forces import ForceModel
from moonstead.dynamics.local_axes import radial_axes
from moonstead.dynamics.propagate import OrbitState, PreparedForces, prepare_forces, propagate
from moonstead.dynamics.response import cumulative_integral, hermite
from moonstead.dynamics.small_forces import earth_light_pressure
from moonstead.dynamics.solid_tides import sun_and_moon
from moonstead.dynamics.tidal_field import degree_two_pull, tidal_coefficients
from moonstead.foundation.bodies import body
from moonstead.foundation.errors import InvalidInput, NumericalFailure
from moonstead.foundation.frames.earth import itrf_from_icrf
from moonstead.foundation.frames.standard import ICRF

if TYPE_CHECKING:
    from moonstead.dynamics.propagated import PropagatedTrajectory
    from moonstead.foundation.data import DataContext
    from moonstead.foundation.frames.frame import Frame

Array = NDArray[np.float64]

FACTORS = ("radiation", "drag")  # on the pressure of sunlight and on drag, 1 as the model has them
_AXES = {"radial": 0, "along": 1, "cross": 2}
_WAVES = ("", "_cos", "_sin")
EMPIRICAL = tuple(f"{axis}{wave}" for axis in _AXES for wave in _WAVES)
INERTIAL = tuple(f"inertial_{axis}{rate}" for axis in "xyz" for rate in ("", "_rate"))
FORCE_PARAMETERS = (*FACTORS, *EMPIRICAL, *INERTIAL)

NODES_A_TURN = 200  # where small forces are evaluated: their waves of up to eight a turn are met to 1e-4
SHORTEST_STEP, LONGEST_STEP = 20.0, 300.0  # [s]
REFERENCE_TOLERANCES = (1e-4, 1e-3, 1e-2)  # [m] edges of shadow and drag do not let every flight be so close
BENDINGS = 2  # rounds of what a displacement does to its own answer; the third changes nothing at 1 mm
FARTHEST_DISPLACED = 0.02  # [1] of the distance: beyond, the answer is no longer that of the reference
MARGIN = 2.0  # [s] before the first and after the last time, for the light


@dataclass(frozen=True, eq=False)
class FitForces:
    """What acts on a satellite whose orbit is fitted, and what of it is sought.

    Attributes
    ----------
    model : ForceModel
        Gravity, third bodies, radiation, drag, relativity.
    tides : bool
        Pull of the bulges that Sun, Moon and the motion of the pole raise on the solid Earth; about the Earth alone.
    earth_light : float [m^2/kg]
        Area over mass, times the pressure coefficient, on which light and heat of the Earth press.
    sought : tuple of str
        Of `FORCE_PARAMETERS`: factors on radiation and drag; accelerations [m/s^2] along radius, track and normal,
        constant or with the cosine or sine of the angle flown since the start; constant ones [m/s^2] and
        growing ones [m/s^3] along the axes of the ICRF.
    expected : mapping of str to (float, float) [mixed]
        What is known of parameters beforehand: value and standard deviation.

    Raises
    ------
    InvalidInput
        A parameter is unknown, named twice, or a factor on a force that the model does not have.
    """

    model: ForceModel
    tides: bool = True
    earth_light: float = 0.0
    sought: tuple[str, ...] = ()
    expected: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        unknown = [name for name in (*self.sought, *self.expected) if name not in FORCE_PARAMETERS]
        if unknown:
            raise InvalidInput(f"no force parameter {unknown[0]!r}: use {', '.join(FORCE_PARAMETERS)}")
        if len(set(self.sought)) < len(self.sought):
            raise InvalidInput(f"a force parameter is named twice: {', '.join(self.sought)}")
        for name in FACTORS:
            if name in self.sought and getattr(self.model, name) is None:
                raise InvalidInput(f"a factor on {name} is sought, but the force model has no {name}: give it")
        if self.model.center != "EARTH" and (self.tides or self.earth_light):
            raise InvalidInput(f"tides and light of the Earth act about it, not about {self.model.center}: leave out")

    @property
    def first_values(self) -> Array:
        """Values (P,) [mixed] that a fit starts from."""
        return np.array([self.expected.get(name, (float(name in FACTORS), 0.0))[0] for name in self.sought])


@dataclass(frozen=True, eq=False)
class FitSpan:
    """Times of a fit, with all that does not change between its flights.

    Attributes
    ----------
    nodes : (N,) [s TDB past J2000]
        Equally spaced, from where the state is sought to past the last time.
    sun : (N, 3) [m]
        From the Earth's centre, ICRF; zeros where no small force asks for it.
    earth_axes : (N, 3, 3) [1]
        From the ICRF to the ITRF; empty without tides.
    tides : (N, 5) [1]
        Changes of degree-2 coefficients of the field; empty without tides.
    gm : float [m^3/s^2]
        Of the centre.
    forces : FitForces
        What acts.
    prepared : PreparedForces
        The force model laid out, with all factors 1.
    data : DataContext
        Ephemeris, orientation, gravity.
    """

    nodes: Array
    sun: Array
    earth_axes: Array
    tides: Array
    gm: float
    forces: FitForces
    prepared: PreparedForces
    data: DataContext

    @property
    def step(self) -> float:
        """Between nodes [s]."""
        return float(self.nodes[1] - self.nodes[0])


def fit_span(start: OrbitState, last: float, forces: FitForces, data: DataContext) -> FitSpan:
    """Lay out the span of a fit.

    Parameters
    ----------
    start : OrbitState
        Where the span begins, roughly; its state says how long a turn lasts.
    last : float [s TDB past J2000]
        Last time that is wanted.
    forces : FitForces
        What acts.
    data : DataContext
        Ephemeris, orientation, gravity.

    Returns
    -------
    FitSpan

    Raises
    ------
    InvalidInput
        The span is empty.
    OutsideSpan
        The data do not cover it.

    Source
    ------
    Step by the circular period at the pericentre, where forces change fastest.
    """
    first = start.epoch_tdb
    if not last > first:
        raise InvalidInput(f"a fit needs times after its start {first!r} s TDB past J2000; the last is {last!r}")
    gm = data.gravity_field(forces.model.gravity_field or "egm2008-36", 2).gm if forces.model.center == "EARTH" else 0.0
    gm = gm or body(forces.model.center).gm
    step = 2.0 * math.pi * math.sqrt(_pericentre(start.position_velocity, gm) ** 3 / gm) / NODES_A_TURN
    step = float(np.clip(step, SHORTEST_STEP, LONGEST_STEP))
    count = max(4, math.ceil((last + MARGIN - first) / step) + 1)
    nodes = np.asarray(first + step * np.arange(count), dtype=np.float64)
    sun, axes, tides = np.zeros((count, 3)), np.zeros((0, 3, 3)), np.zeros((0, 5))
    if forces.earth_light > 0.0:
        sun = data.ephemeris.position("SUN", "EARTH", nodes)
    if forces.tides:
        axes = itrf_from_icrf(nodes, data).matrix
        tides = tidal_coefficients(nodes, *sun_and_moon(nodes, data), data)
    prepared = prepare_forces(forces.model, float(nodes[0]), float(nodes[-1]) + 1.0, data)
    return FitSpan(nodes, sun, axes, tides, gm, forces, prepared, data)


def _pericentre(state: Array, gm: float) -> float:
    """Least distance [m] of the osculating orbit."""
    r, v = state[:3], state[3:]
    momentum = np.cross(r, v)
    eccentricity = np.linalg.norm(np.cross(v, momentum) / gm - r / np.linalg.norm(r))
    return float(momentum @ momentum / gm / (1.0 + eccentricity))


@dataclass(frozen=True, eq=False)
class FlownOrbit:
    """An orbit under all forces of a fit, with its derivatives; a `Trajectory` about the centre in ICRF axes.

    The state is ``reference(t) + Phi(t) changes(t)``.

    Attributes
    ----------
    name : str
        What messages call it.
    reference : PropagatedTrajectory
        Under the force model, with state-transition matrices Phi.
    sought : tuple of str
        The P force parameters.
    values : (P,) [mixed]
        They were flown with.
    nodes : (N,) [s TDB past J2000]
        Of `changes`.
    changes, rates : (N, 6, 1 + E) [mixed]
        Of the initial state by all small forces together, then by a unit of each sought acceleration; per second.
    """

    name: str
    reference: PropagatedTrajectory
    sought: tuple[str, ...]
    values: Array
    nodes: Array
    changes: Array
    rates: Array

    @property
    def center(self) -> str:
        """Body that positions are measured from."""
        return self.reference.center

    @property
    def frame(self) -> Frame:
        """Axes of the states: the ICRF."""
        return ICRF

    @property
    def span(self) -> tuple[float, float]:
        """First and last time [s TDB past J2000]."""
        return self.reference.span

    @property
    def width(self) -> int:
        """Number of parameters: six of the state and P of forces."""
        return 6 + len(self.sought)

    @property
    def initial(self) -> OrbitState:
        """Where it starts."""
        return OrbitState(self.reference.state(self.nodes[:1])[0], float(self.nodes[0]), self.center)

    def state(self, tdb: Array) -> Array:
        """States (N, 6) [m, m/s] at times (N,) [s TDB past J2000].

        Raises
        ------
        OutsideSpan
            A time lies outside `span`.
        """
        tdb = np.atleast_1d(np.asarray(tdb, dtype=np.float64))
        moved = self.reference.transition(tdb) @ self._changes_at(tdb)[:, :, :1]
        return np.asarray(self.reference.state(tdb) + moved[:, :, 0])

    def partials(self, tdb: Array) -> Array:
        """Derivatives of the state by the initial state and the force parameters.

        Parameters
        ----------
        tdb : (N,) [s TDB past J2000]
            Times.

        Returns
        -------
        (N, 6, 6 + P) [mixed]
        """
        tdb = np.atleast_1d(np.asarray(tdb, dtype=np.float64))
        transition = self.reference.transition(tdb)
        by_force = transition @ self._changes_at(tdb)[:, :, 1:]
        out = np.empty((tdb.size, 6, 6 + len(self.sought)))
        out[:, :, :6] = transition
        factors = [name for name in self.sought if name in FACTORS]
        scaled = self.reference.sensitivity(tdb) if factors else by_force
        taken = 0
        for place, name in enumerate(self.sought):
            if name in FACTORS:
                out[:, :, 6 + place] = scaled[:, :, factors.index(name)] / self.values[place]
            else:
                out[:, :, 6 + place] = by_force[:, :, taken]
                taken += 1
        return out

    def speed_bound(self, start: Array, stop: Array) -> Array:
        """Upper bound of the speed in intervals of time.

        Parameters
        ----------
        start, stop : (K,) [s TDB past J2000]
            Ends of the intervals.

        Returns
        -------
        (K,) [m/s]
        """
        farthest = self.reference.transition(self.nodes) @ self.changes[:, :, :1]
        return self.reference.speed_bound(start, stop) + 2.0 * float(np.max(np.abs(farthest[:, 3:])))

    def _changes_at(self, tdb: Array) -> Array:
        return hermite(self.nodes, self.changes, self.rates, tdb)


def fly_orbit(initial: Array, values: Array, span: FitSpan, *, name: str = "fitted orbit") -> FlownOrbit:
    """Fly from the start of a span through it.

    Parameters
    ----------
    initial : (6,) [m, m/s]
        State at the first node, ICRF.
    values : (P,) [mixed]
        Of the force parameters that `span.forces` seeks.
    span : FitSpan
        Times and forces.
    name : str
        What messages call the orbit.

    Returns
    -------
    FlownOrbit

    Raises
    ------
    NumericalFailure
        The flight does not reach the end of the span, a factor is not positive, or small forces carry it far away.

    Source
    ------
    Variation of constants (Battin 1999, An Introduction to the Mathematics and Methods of Astrodynamics, section 9.5);
    what a displacement d does beyond first order, about d^2/r, is the difference of central attractions less its linear
    part, put back as one more small force (Encke's method: Battin, section 9.4).
    """
    forces = span.forces
    given = dict(zip(forces.sought, (float(value) for value in values), strict=True))
    reference = _reference(initial, given, span, name)
    nodes = span.nodes
    states, transition = reference.state(nodes), reference.transition(nodes)
    inverse = np.linalg.inv(transition)[:, :, 3:]
    empirical = [one for one in forces.sought if one not in FACTORS]
    partials = _empirical_partials(empirical, states, nodes - nodes[0])
    sought = partials @ np.array([given[one] for one in empirical])
    moved = np.zeros((nodes.size, 6))
    for _ in range(1 + BENDINGS):
        small = sought + _known(states[:, :3] + moved[:, :3], span) + _bending(states[:, :3], moved[:, :3], span.gm)
        rates = inverse @ small[:, :, None]
        changes = cumulative_integral(rates, span.step)
        moved = (transition @ changes)[:, :, 0]
        away = np.linalg.norm(moved[:, :3], axis=1)
        if np.any(away > FARTHEST_DISPLACED * np.linalg.norm(states[:, :3], axis=1)):
            raise NumericalFailure(
                f"small forces carry '{name}' {np.max(away) / 1e3:.3g} km away from its flight without them: fit a "
                "shorter span, or bound the accelerations that are sought"
            )
    by_unit = inverse @ partials
    return FlownOrbit(
        name,
        reference,
        forces.sought,
        np.asarray(values, dtype=np.float64),
        nodes,
        np.concatenate((changes, cumulative_integral(by_unit, span.step)), axis=2),
        np.concatenate((rates, by_unit), axis=2),
    )


def _reference(initial: Array, given: Mapping[str, float], span: FitSpan, name: str) -> PropagatedTrajectory:
    """The flight under the force model, as close as it can be had."""
    factors = [one for one in span.forces.sought if one in FACTORS]
    prepared, model = span.prepared, span.forces.model
    if any(not given[one] > 0.0 for one in factors):
        raise NumericalFailure(f"a factor on {' or '.join(factors)} would not be positive")
    if any(given[one] != 1.0 for one in factors):
        for one in factors:
            part = getattr(model, one)
            model = replace(model, **{one: replace(part, area=part.area * given[one])})
        prepared = prepare_forces(model, prepared.first, prepared.last, span.data)
    start = OrbitState(initial, float(span.nodes[0]), model.center)
    failure: Exception | None = None
    for tolerance in REFERENCE_TOLERANCES:
        try:
            flown = propagate(
                start,
                float(span.nodes[-1]),
                prepared,
                span.data,
                name=name,
                tolerance=tolerance,
                with_transition=True,
                parameters=factors,
            )
        except (NumericalFailure, InvalidInput) as fault:
            failure = fault
            continue
        if flown.hit_surface:
            raise NumericalFailure(f"'{name}' meets {flown.ending_body}: the first state is far from the object's")
        return flown
    raise NumericalFailure(f"'{name}' can not be flown: {failure}") from failure


def _known(position: Array, span: FitSpan) -> Array:
    """Accelerations (N, 3) [m/s^2] by the small forces that nothing is sought of."""
    out = np.zeros_like(position)
    if span.forces.tides:
        fixed = np.einsum("nij,nj->ni", span.earth_axes, position)
        out += np.einsum("nji,nj->ni", span.earth_axes, degree_two_pull(fixed, span.tides))
    if span.forces.earth_light:
        push = span.forces.earth_light * earth_light_pressure(position, span.sun)
        out += push[:, None] * position / np.linalg.norm(position, axis=1, keepdims=True)
    return out


def _bending(position: Array, moved: Array, gm: float) -> Array:
    """Central attraction (N, 3) [m/s^2] at displaced places, less that at the places and its linear change."""
    r = np.linalg.norm(position, axis=1, keepdims=True)
    there = position + moved
    along = np.sum(position * moved, axis=1, keepdims=True) / (r * r)
    linear = (moved - 3.0 * along * position) / r**3
    return np.asarray(gm * (position / r**3 - there / np.linalg.norm(there, axis=1, keepdims=True) ** 3 + linear))


def _empirical_partials(names: list[str], states: Array, since: Array) -> Array:
    """Accelerations (N, 3, E) [m/s^2] by a unit of each, at states (N, 6) some time (N,) [s] past the start."""
    axes = radial_axes(states)
    first, second = axes[0, 0], axes[0, 1]
    angle = np.arctan2(states[:, :3] @ second, states[:, :3] @ first)
    waves = {"": np.ones_like(angle), "_cos": np.cos(angle), "_sin": np.sin(angle)}
    out = np.zeros((len(states), 3, len(names)))
    for place, name in enumerate(names):
        if name in INERTIAL:
            out[:, INERTIAL.index(name) // 2, place] = since if name.endswith("_rate") else 1.0
            continue
        axis, _, wave = name.partition("_")
        out[:, :, place] = axes[:, _AXES[axis]] * waves[f"_{wave}" if wave else ""][:, None]
    return out
