"""Flight between Earth and Moon under the full field of whichever is near: two force models, one motion."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.forces import ForceModel
from moonstead.dynamics.propagate import OrbitState, PreparedForces, prepare_forces, propagate
from moonstead.foundation.errors import InvalidInput

if TYPE_CHECKING:
    from moonstead.dynamics.propagated import PropagatedTrajectory
    from moonstead.foundation.data import DataContext

Array = NDArray[np.float64]

EARTH_DEGREE = 8  # of the Earth's field: the next terms move a departure by metres
MOON_DEGREE = 20  # of the Moon's field, on an approach that passes once at 100 km
MOON_SWITCHES = ((5e6, 8), (2e7, 2), (1e8, 0))  # beyond these distances [m] lower degrees add less than the Sun's error
PLANETS = ("VENUS BARYCENTER", "JUPITER BARYCENTER")
STEPS = 1e-13  # [1] local error: over 130 days the return to the start stays below metres
ROUGH_STEPS = 1e-11


@dataclass(frozen=True)
class CislunarForces:
    """Forces on a spacecraft between Earth and Moon, for motion about either.

    Attributes
    ----------
    near_earth, near_moon : ForceModel
        The same forces but for the fields: each has the field of its centre, and the other body as a point mass.
    """

    near_earth: ForceModel
    near_moon: ForceModel

    def __post_init__(self) -> None:
        if self.near_earth.center != "EARTH" or self.near_moon.center != "MOON":
            raise InvalidInput(
                f"the two models must be about EARTH and about MOON; they are about {self.near_earth.center} and "
                f"{self.near_moon.center}"
            )

    @property
    def by_center(self) -> dict[str, ForceModel]:
        """The two models by their centres, as `refly` takes them."""
        return {"EARTH": self.near_earth, "MOON": self.near_moon}

    @property
    def text(self) -> str:
        """What is in the models, for reports."""
        planets = [name.split()[0].title() for name in self.near_moon.third_bodies if name not in ("EARTH", "SUN")]
        return (
            f"Moon {self.near_moon.degree}x{self.near_moon.degree}, Earth {self.near_earth.degree}x"
            f"{self.near_earth.degree} when near, Sun{''.join(', ' + name for name in planets)}"
        )


def cislunar_forces(*, moon_degree: int = MOON_DEGREE, earth_degree: int = EARTH_DEGREE) -> CislunarForces:
    """Forces between Earth and Moon: both fields, Sun, Venus and Jupiter.

    Parameters
    ----------
    moon_degree, earth_degree : int [1]
        Degree and order of the fields; 0 for point masses.

    Returns
    -------
    CislunarForces
        Without radiation pressure, which depends on the spacecraft.

    Raises
    ------
    InvalidInput
        A degree is negative.

    Source
    ------
    Fields and ephemeris: as `ForceModel`.
    """
    switches = tuple((beyond, degree) for beyond, degree in MOON_SWITCHES if degree < moon_degree)
    return CislunarForces(
        ForceModel("EARTH", earth_degree, third_bodies=("MOON", "SUN", *PLANETS)),
        ForceModel("MOON", moon_degree, third_bodies=("EARTH", "SUN", *PLANETS), degree_switches=switches),
    )


@dataclass(frozen=True, eq=False)
class CislunarFlight:
    """The forces laid out for a span, and flights under them.

    Attributes
    ----------
    forces : CislunarForces
        The models.
    data : DataContext
        Ephemeris, orientation and gravity fields.
    near_earth, near_moon : PreparedForces
        The models, laid out.
    earth_as_point : PreparedForces
        That about the Earth without its field.
    through_moon : PreparedForces
        That about the Moon without its surface.
    """

    forces: CislunarForces
    data: DataContext
    near_earth: PreparedForces
    near_moon: PreparedForces
    earth_as_point: PreparedForces
    through_moon: PreparedForces

    def coast(
        self,
        state: Array,
        start: float,
        stop: float,
        center: str,
        *,
        with_transition: bool = False,
        steps: float = ROUGH_STEPS,
        as_point: bool = False,
        through: bool = False,
    ) -> PropagatedTrajectory:
        """Free flight about one centre, forwards or backwards.

        Parameters
        ----------
        state : (6,) [m, m/s]
            Start, about the centre, in the ICRF.
        start, stop : float [s TDB past J2000]
            Span.
        center : str
            ``"EARTH"`` or ``"MOON"``.
        with_transition : bool
            Integrate the state-transition matrix too.
        steps : float [1]
            Local error of each step.
        as_point : bool
            About the Earth: leave its field out, where a flight passes below its surface.
        through : bool
            About the Moon: fly on below its surface, as corrections do before they end above it.

        Returns
        -------
        PropagatedTrajectory
            Of the coast.

        Raises
        ------
        OutsideSpan
            The forces were not laid out for these times.
        InvalidInput
            The start lies below a surface.
        NumericalFailure
            The motion runs into a singularity.

        Source
        ------
        As `propagate`.
        """
        if center == "MOON":
            prepared = self.through_moon if through else self.near_moon
        else:
            prepared = self.earth_as_point if as_point else self.near_earth
        return propagate(
            OrbitState(state, start, center),
            stop,
            prepared,
            self.data,
            step_tolerance=steps,
            with_transition=with_transition,
        )

    def moon(self, tdb: float) -> Array:
        """State (6,) [m, m/s] of the Moon about the Earth at a time [s TDB past J2000]."""
        state: Array = self.data.ephemeris.state("MOON", "EARTH", np.array([tdb]))[0]
        return state


def prepare_flight(forces: CislunarForces, first: float, last: float, data: DataContext) -> CislunarFlight:
    """Lay out the forces between Earth and Moon for a span.

    Parameters
    ----------
    forces : CislunarForces
        The models.
    first, last : float [s TDB past J2000]
        Span, in either order.
    data : DataContext
        Ephemeris, orientation and gravity fields.

    Returns
    -------
    CislunarFlight
        To fly in.

    Raises
    ------
    OutsideSpan
        The data do not cover the span.
    MissingData
        A data set is not installed.

    Source
    ------
    As `ForceModel`.
    """
    return CislunarFlight(
        forces,
        data,
        prepare_forces(forces.near_earth, first, last, data, stop_at_surface=False),
        prepare_forces(forces.near_moon, first, last, data),
        prepare_forces(replace(forces.near_earth, degree=0), first, last, data, stop_at_surface=False),
        prepare_forces(forces.near_moon, first, last, data, stop_at_surface=False),
    )
