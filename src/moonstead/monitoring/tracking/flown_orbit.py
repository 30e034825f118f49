"""The flight that an orbit fit starts from: large forces by the propagator, small and sought ones by their response."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.local_axes import radial_axes
from moonstead.dynamics.propagate import OrbitState, prepare_forces, propagate
from moonstead.dynamics.response import cumulative_integral, hermite
from moonstead.dynamics.small_forces import earth_light_pressure
from moonstead.dynamics.tidal_field import degree_two_pull
from moonstead.foundation.errors import InvalidInput, NumericalFailure
from moonstead.foundation.frames.standard import ICRF
from moonstead.monitoring.tracking.fit_forces import AXES, FACTORS, INERTIAL, FitSpan

if TYPE_CHECKING:
    from moonstead.dynamics.propagated import PropagatedTrajectory
    from moonstead.foundation.frames.frame import Frame

Array = NDArray[np.float64]

REFERENCE_TOLERANCES = (1e-4, 1e-3, 1e-2)  # [m] edges of shadow and drag do not let every flight be so close
BENDINGS = 2  # rounds of what a displacement does to its own answer; the third changes nothing at 1 mm
FARTHEST_DISPLACED = 0.02  # [1] of the distance: beyond, the answer is no longer that of the reference


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
        out[:, :, place] = axes[:, AXES[axis]] * waves[f"_{wave}" if wave else ""][:, None]
    return out
