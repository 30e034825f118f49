"""Where a lunar orbit begins: its shape, the axes that its angles refer to, and its state."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.bodies import LUNAR_MAP_RADIUS, body
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.frames.standard import frame_named, frame_names
from moonstead.orbits.elements import KeplerElements, states_from_elements

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext

Array = NDArray[np.float64]

EARTH_ORBIT = "EARTH_ORBIT"


@dataclass(frozen=True)
class LunarShape:
    """Size, shape, inclination and apsides of an ellipse about the Moon; node and place in the orbit are left open.

    Attributes
    ----------
    periselene_distance : float [m]
        Least distance from the centre.
    eccentricity : float [1]
        0 to below 1.
    inclination : float [rad]
        To the xy plane of the axes, 0 to pi.
    argument_of_periselene : float [rad]
        From the ascending node: pi / 2 puts the far end over the south, 3 pi / 2 over the north.

    Raises
    ------
    InvalidInput
        The ellipse does not exist, or dips below the mean sphere.
    """

    periselene_distance: float
    eccentricity: float
    inclination: float
    argument_of_periselene: float

    def __post_init__(self) -> None:
        values = (self.periselene_distance, self.eccentricity, self.inclination, self.argument_of_periselene)
        if not all(math.isfinite(value) for value in values):
            raise InvalidInput(f"the shape of an orbit needs finite numbers; got {values}")
        if self.periselene_distance <= LUNAR_MAP_RADIUS:
            raise InvalidInput(
                f"the periselene lies {(LUNAR_MAP_RADIUS - self.periselene_distance) / 1e3:.6g} km below the Moon's "
                "mean sphere of 1737.4 km: raise it"
            )
        if not 0.0 <= self.eccentricity < 1.0:
            raise InvalidInput(f"an eccentricity of {self.eccentricity:g} is no ellipse: 0 to below 1")
        if not 0.0 <= self.inclination <= math.pi:
            raise InvalidInput(f"an inclination lies within 0 and pi [rad]; got {self.inclination!r}")

    @classmethod
    def of_altitudes(cls, periselene: float, aposelene: float, inclination: float, argument: float) -> LunarShape:
        """Shape from altitudes over the mean sphere.

        Parameters
        ----------
        periselene, aposelene : float [m]
            Least and largest altitude.
        inclination, argument : float [rad]
            As the attributes.

        Returns
        -------
        LunarShape

        Raises
        ------
        InvalidInput
            The aposelene is lower than the periselene, or the shape does not exist.

        Source
        ------
        e = (r_a - r_p) / (r_a + r_p).
        """
        near, far = LUNAR_MAP_RADIUS + periselene, LUNAR_MAP_RADIUS + aposelene
        if far < near:
            raise InvalidInput(f"the aposelene of {aposelene:g} m lies below the periselene of {periselene:g} m")
        return cls(near, (far - near) / (far + near), inclination, argument)

    @classmethod
    def of_period(cls, periselene: float, period: float, inclination: float, argument: float) -> LunarShape:
        """Shape from least altitude and period.

        Parameters
        ----------
        periselene : float [m]
            Least altitude.
        period : float [s]
            Time of one turn.
        inclination, argument : float [rad]
            As the attributes.

        Returns
        -------
        LunarShape

        Raises
        ------
        InvalidInput
            The period is too short for the periselene.

        Source
        ------
        Kepler's third law.
        """
        if not (math.isfinite(period) and period > 0.0):
            raise InvalidInput(f"a period must be positive and finite [s]; got {period!r}")
        axis, near = float(np.cbrt(body("MOON").gm * (period / (2.0 * math.pi)) ** 2)), LUNAR_MAP_RADIUS + periselene
        if axis < near:
            raise InvalidInput(
                f"a period of {period / 3600.0:g} h means a semi-major axis of {axis / 1e3:.0f} km, less than the "
                f"periselene distance of {near / 1e3:.0f} km: ask for a longer period or a lower periselene"
            )
        return cls(near, 1.0 - near / axis, inclination, argument)

    @property
    def semi_major_axis(self) -> float:
        """Semi-major axis [m]."""
        return self.periselene_distance / (1.0 - self.eccentricity)

    @property
    def period(self) -> float:
        """Time of one turn [s] about a point mass."""
        return 2.0 * math.pi * math.sqrt(self.semi_major_axis**3 / body("MOON").gm)

    def elements(self, node: ArrayLike, true_anomaly: ArrayLike) -> KeplerElements:
        """Elements of N starts.

        Parameters
        ----------
        node, true_anomaly : (N,) [rad]
            Ascending node and place in the orbit.

        Returns
        -------
        KeplerElements
            N of them.
        """
        nodes, anomalies = np.broadcast_arrays(
            np.atleast_1d(np.asarray(node, dtype=np.float64)), np.asarray(true_anomaly, dtype=np.float64)
        )

        def same(value: float) -> Array:
            return np.full(nodes.shape, value)

        return KeplerElements(
            same(self.periselene_distance),
            same(self.eccentricity),
            same(self.inclination),
            nodes.astype(np.float64),
            same(self.argument_of_periselene),
            anomalies.astype(np.float64),
        )


def held_axes(name: str, tdb: float, data: DataContext) -> Array:
    """Axes that lunar elements refer to, as they stand at one time and held there.

    Parameters
    ----------
    name : str
        A standard frame, or ``"EARTH_ORBIT"``: x from the Moon to the Earth, z along the normal of the Earth's orbit
        about the Moon.
    tdb : float [s TDB past J2000]
        When.
    data : DataContext
        Ephemeris and orientation.

    Returns
    -------
    (3, 3) [1]
        One axis in each row, in the ICRF.

    Raises
    ------
    InvalidInput
        No axes have this name.

    Source
    ------
    The Earth's orbit plane is the one that frozen lunar ellipses refer to: Ely (2005), J. Astronaut. Sci. 53, 301,
    doi:10.1007/BF03546355.
    """
    if name == EARTH_ORBIT:
        earth = data.ephemeris.state("EARTH", "MOON", np.array([tdb]))[0]
        normal = np.cross(earth[:3], earth[3:])
        normal /= np.linalg.norm(normal)
        towards = earth[:3] / np.linalg.norm(earth[:3])
        return np.stack([towards, np.cross(normal, towards), normal])
    if name not in frame_names():
        raise InvalidInput(f"no axes are called {name!r}; known are {EARTH_ORBIT}, {', '.join(frame_names())}")
    return np.asarray(frame_named(name).from_icrf(np.array([tdb]), data).matrix[0])


def start_states(elements: KeplerElements, axes: Array) -> Array:
    """States of lunar elements.

    Parameters
    ----------
    elements : KeplerElements
        N orbits.
    axes : (3, 3) [1]
        Axes that the angles refer to, from `held_axes`.

    Returns
    -------
    (N, 6) [m, m/s]
        About the Moon, in the ICRF.

    Source
    ------
    `states_from_elements`.
    """
    local = states_from_elements(elements, body("MOON").gm)
    return np.ascontiguousarray(np.concatenate((local[:, :3] @ axes, local[:, 3:] @ axes), axis=1))
