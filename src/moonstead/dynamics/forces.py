"""What acts on a spacecraft: the force model that a propagation is asked with."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.constants import SOLAR_PRESSURE
from moonstead.foundation.errors import InvalidInput

if TYPE_CHECKING:
    from moonstead.dynamics.atmosphere import GriddedAtmosphere

DEFAULT_FIELDS = MappingProxyType({"MOON": "grgm1200a", "EARTH": "egm2008-36"})


@dataclass(frozen=True)
class Radiation:
    """Solar radiation pressure on a sphere, shadowed by spherical bodies with penumbra.

    Attributes
    ----------
    area : float [m^2]
        Area that faces the Sun.
    reflectivity : float [1]
        Pressure coefficient cr: 1 for a black surface, 2 for a mirror that faces the Sun.
    hiding : tuple of str
        Bodies that may hide the Sun.
    pressure : float [N/m^2]
        Pressure at 1 au on a black surface.

    Source
    ------
    Montenbruck & Gill (2000), Satellite Orbits, eqs. 3.75 and 3.85-3.94.
    """

    area: float
    reflectivity: float
    hiding: tuple[str, ...] = ("MOON", "EARTH")
    pressure: float = SOLAR_PRESSURE

    def __post_init__(self) -> None:
        _require_positive("the area that faces the Sun", self.area, "m2")
        _require_positive("the reflectivity", self.reflectivity, "1")


@dataclass(frozen=True, eq=False)
class Atmosphere:
    """Density of air in layers: its logarithm is a cubic spline of altitude through their bases.

    Layers that are exponential each have kinks between them, which no integrator of high order gets across well.
    Above the last base, and with one layer everywhere, density is exponential.

    Attributes
    ----------
    layers : (L, 3) [m, kg/m^3, m]
        Base altitude over the ellipsoid, density there, scale height; altitudes rising. Only the first and the last
        scale height count.
    source : str
        Where the numbers come from.
    """

    layers: NDArray[np.float64]
    source: str

    def __post_init__(self) -> None:
        layers = np.ascontiguousarray(self.layers, dtype=np.float64)
        if layers.ndim != 2 or layers.shape[1] != 3 or not np.all(np.isfinite(layers)):
            raise InvalidInput(
                f"an atmosphere needs finite rows of altitude, density, scale height; got {layers.shape}"
            )
        if np.any(np.diff(layers[:, 0]) <= 0.0) or np.any(layers[:, 1:] <= 0.0):
            raise InvalidInput(
                "the layers of an atmosphere need rising altitudes, positive densities and scale heights"
            )
        object.__setattr__(self, "layers", layers)

    def packed(self, first: float, last: float) -> NDArray[np.float64]:
        """The layers for kernels, as `air_tables` tells.

        Parameters
        ----------
        first, last : float [s TDB past J2000]
            Span of the flight; the layers are the same at all times.

        Returns
        -------
        (1 + 5 L,) [mixed]
        """
        del first, last
        altitude, logarithm, slope = self.layers[:, 0], np.log(self.layers[:, 1]), -1.0 / self.layers[:, 2]
        rows = np.zeros((len(altitude), 5))
        rows[:, 0], rows[:, 1], rows[:, 2] = altitude, logarithm, slope
        if len(altitude) > 1:
            from scipy.interpolate import CubicSpline

            ends = ((1, slope[0]), (1, slope[-1]))
            rows[:-1, 1:] = CubicSpline(altitude, logarithm, bc_type=ends).c[::-1].T
        return np.concatenate(([float(len(rows))], rows.reshape(-1)))


@dataclass(frozen=True)
class Drag:
    """Drag on a sphere in an atmosphere that turns with the Earth.

    Attributes
    ----------
    area : float [m^2]
        Area that faces the flow.
    coefficient : float [1]
        Drag coefficient, about 2.2.
    atmosphere : Atmosphere or GriddedAtmosphere
        Density of the air: `standard_atmosphere()` is Vallado's table, `nrlmsis_atmosphere` follows the Sun.
    """

    area: float
    coefficient: float
    atmosphere: Atmosphere | GriddedAtmosphere

    def __post_init__(self) -> None:
        _require_positive("the area that faces the flow", self.area, "m2")
        _require_positive("the drag coefficient", self.coefficient, "1")


@dataclass(frozen=True)
class ForceModel:
    """The forces on a spacecraft. Motion is integrated about the centre of a body, along the axes of the ICRF.

    Attributes
    ----------
    center : str
        ``"MOON"``, ``"EARTH"`` or any other body as a point mass, for example ``"SUN"``.
    degree : int
        Degree and order of the central body's gravity field; 0 is a point mass.
    gravity_field : str or None
        Data set of that field; None for the usual one of the body.
    third_bodies : tuple of str
        Point masses besides the centre, less their pull on the centre.
    mass : float or None [kg]
        Mass of the spacecraft at the start; needed for radiation, drag and finite burns.
    radiation : Radiation or None
        Solar radiation pressure.
    drag : Drag or None
        Air drag; only about the Earth.
    relativity : bool
        Schwarzschild term of the central body (IERS Conventions 2010, eq. 10.12, first line).
    gm : mapping of str to float [m^3/s^2]
        Gravitational parameters in place of the field's (centre) and of `bodies` (third bodies).
    degree_switches : tuple of (float, int) [m, 1]
        Distances from the centre beyond which a lower degree serves, distances rising and degrees falling:
        ``((5e6, 20), (2e7, 8))``. Each is an edge of the forces, and steps end on it. Degrees that add less than 1e-17
        of the whole are left out anywhere, without being asked.

    Raises
    ------
    InvalidInput
        A value that no model can accept, or drag elsewhere than at the Earth, or a force that needs a mass without one.
    """

    center: str = "MOON"
    degree: int = 50
    gravity_field: str | None = None
    third_bodies: tuple[str, ...] = ("EARTH", "SUN")
    mass: float | None = None
    radiation: Radiation | None = None
    drag: Drag | None = None
    relativity: bool = False
    gm: Mapping[str, float] = field(default_factory=dict)
    degree_switches: tuple[tuple[float, int], ...] = ()

    def __post_init__(self) -> None:
        if self.degree < 0:
            raise InvalidInput(f"the degree of the gravity field is {self.degree}; use 0 for a point mass, or more")
        if self.degree and self.gravity_field is None and self.center not in DEFAULT_FIELDS:
            known = ", ".join(DEFAULT_FIELDS)
            raise InvalidInput(f"no gravity field of {self.center} is known (only of {known}): use degree 0")
        if self.center in self.third_bodies:
            raise InvalidInput(f"{self.center} is the centre of motion; leave it out of the third bodies")
        if len(set(self.third_bodies)) < len(self.third_bodies):
            raise InvalidInput(f"a third body is named twice: {', '.join(self.third_bodies)}")
        if self.drag is not None and self.center != "EARTH":
            raise InvalidInput(f"drag was asked about {self.center}; there is an atmosphere about EARTH only")
        if self.mass is not None:
            _require_positive("the mass", self.mass, "kg")
        elif self.radiation is not None or self.drag is not None:
            raise InvalidInput("radiation pressure and drag need the spacecraft's mass [kg]; none was given")
        for name, gm in self.gm.items():
            _require_positive(f"the gravitational parameter of {name}", gm, "m3/s2")
        _require_falling_degrees(self.degree, self.degree_switches)

    def with_mass(self, mass: float) -> ForceModel:
        """The same forces on a spacecraft of another mass [kg]."""
        return replace(self, mass=mass)


def standard_atmosphere() -> Atmosphere:
    """Density of the air from the ground to above 1000 km, the same by day and night.

    Source
    ------
    Vallado (2013), Fundamentals of Astrodynamics and Applications, 4th ed., table 8-4: US Standard Atmosphere 1976
    below 25 km, CIRA-72 above. Real density above 200 km departs from it by factors of up to ten with solar activity.
    Between its altitudes the table's exponentials are smoothed (`Atmosphere`), by up to 7 % of density below 200 km.
    """
    table = np.array(_EXPONENTIAL_LAYERS)
    return Atmosphere(table * np.array([1e3, 1.0, 1e3]), "Vallado (2013), table 8-4")


def _require_positive(what: str, value: float, unit: str) -> None:
    if not (math.isfinite(value) and value > 0.0):
        raise InvalidInput(f"{what} must be positive and finite [{unit}]; got {value!r}")


def _require_falling_degrees(degree: int, switches: tuple[tuple[float, int], ...]) -> None:
    radius = 0.0
    for beyond, lower in switches:
        _require_positive("the distance of a switch of the field's degree", beyond, "m")
        if beyond <= radius:
            raise InvalidInput(
                f"the distances of degree switches must rise; {beyond:g} m follows {radius:g} m: sort them"
            )
        if not 0 <= lower < degree:
            raise InvalidInput(
                f"beyond {beyond:g} m degree {lower} was asked, nearer degree {degree}: degrees must fall outwards, "
                "down to 0 for a point mass"
            )
        radius, degree = beyond, lower


# Base altitude [km], density [kg/m^3], scale height [km].
_EXPONENTIAL_LAYERS = (
    (0.0, 1.225, 7.249),
    (25.0, 3.899e-2, 6.349),
    (30.0, 1.774e-2, 6.682),
    (40.0, 3.972e-3, 7.554),
    (50.0, 1.057e-3, 8.382),
    (60.0, 3.206e-4, 7.714),
    (70.0, 8.770e-5, 6.549),
    (80.0, 1.905e-5, 5.799),
    (90.0, 3.396e-6, 5.382),
    (100.0, 5.297e-7, 5.877),
    (110.0, 9.661e-8, 7.263),
    (120.0, 2.438e-8, 9.473),
    (130.0, 8.484e-9, 12.636),
    (140.0, 3.845e-9, 16.149),
    (150.0, 2.070e-9, 22.523),
    (180.0, 5.464e-10, 29.740),
    (200.0, 2.789e-10, 37.105),
    (250.0, 7.248e-11, 45.546),
    (300.0, 2.418e-11, 53.628),
    (350.0, 9.518e-12, 53.298),
    (400.0, 3.725e-12, 58.515),
    (450.0, 1.585e-12, 60.828),
    (500.0, 6.967e-13, 63.822),
    (600.0, 1.454e-13, 71.835),
    (700.0, 3.614e-14, 88.667),
    (800.0, 1.170e-14, 124.64),
    (900.0, 5.245e-15, 181.05),
    (1000.0, 3.019e-15, 268.00),
)
