"""What acts on a satellite whose orbit is fitted, which of it is sought, and when."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.forces import ForceModel
from moonstead.dynamics.propagate import OrbitState, PreparedForces, prepare_forces
from moonstead.dynamics.solid_tides import sun_and_moon
from moonstead.dynamics.tidal_field import tidal_coefficients
from moonstead.foundation.bodies import body
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.frames.earth import itrf_from_icrf

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext

Array = NDArray[np.float64]

FACTORS = ("radiation", "drag")  # on the pressure of sunlight and on drag, 1 as the model has them
AXES = {"radial": 0, "along": 1, "cross": 2}
WAVES = ("", "_cos", "_sin")
EMPIRICAL = tuple(f"{axis}{wave}" for axis in AXES for wave in WAVES)
INERTIAL = tuple(f"inertial_{axis}{rate}" for axis in "xyz" for rate in ("", "_rate"))
FORCE_PARAMETERS = (*FACTORS, *EMPIRICAL, *INERTIAL)

NODES_A_TURN = 200  # where small forces are evaluated: their waves of up to eight a turn are met to 1e-4
SHORTEST_STEP, LONGEST_STEP = 20.0, 300.0  # [s]
MARGIN = 2.0  # [s] before the first and after the last time, for the light


@dataclass(frozen=True, eq=False)
class FitForces:
    """What acts on a satellite whose orbit is fitted, and what of it is sought.

    Attributes
    ----------
    model : ForceModel
        Gravity, third bodies, radiation, drag, relativity.
    tides : bool
        Changes of the Earth's field by tides of the solid Earth, the oceans and the pole; about the Earth alone.
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
