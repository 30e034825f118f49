"""The round orbit of the Earth that a transfer leaves, as a condition on the perigee it comes from."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.bodies import body
from moonstead.orbits.transfers.earth_departure import EarthDeparture

Array = NDArray[np.float64]

EARTH = body("EARTH")


@dataclass(frozen=True, eq=False)
class Parking:
    """The round orbit of the Earth that a transfer leaves.

    Attributes
    ----------
    altitude : float [m]
        Over the equatorial radius.
    inclination : float or None [rad]
        To the equator; None for any.
    pole : (3,) [1]
        Direction of the Earth's pole in the ICRF.
    """

    altitude: float
    inclination: float | None
    pole: Array

    @property
    def radius(self) -> float:
        """Distance [m] from the Earth's centre."""
        return EARTH.equatorial_radius + self.altitude

    def misses(self, departure: EarthDeparture, change: Array) -> tuple[Array, Array]:
        """How far a perigee is from this orbit, and how that depends on the variables of the arrival.

        Parameters
        ----------
        departure : EarthDeparture
            The perigee, with its transition matrix.
        change : (6, n) [mixed]
            Derivatives of the state at perigee by n variables.

        Returns
        -------
        misses : (m,) [1]
            Square root of the perigee distance over that wanted, less 1; difference of the cosines of the inclination.
        jacobian : (m, n) [mixed]
            Derivatives.

        Source
        ------
        Definitions.
        """
        distance = departure.perigee_distance
        ratio = math.sqrt(distance / self.radius)
        rows = [0.5 * ratio / distance * (departure.state[:3] / distance) @ change[:3]]
        values = [ratio - 1.0]
        if self.inclination is not None:
            momentum = departure.momentum
            size = float(np.linalg.norm(momentum))
            place, motion = departure.state[:3], departure.state[3:]
            later = -(motion @ change[:3] + place @ change[3:]) / (motion @ motion - EARTH.gm / distance)  # perigee
            turned = np.cross(change[:3].T, motion) + np.cross(place, change[3:].T) + np.outer(later, departure.torque)
            cosine = float(momentum @ self.pole) / size
            rows.append(turned @ (self.pole - cosine * momentum / size) / size)
            values.append(cosine - math.cos(self.inclination))
        return np.array(values), np.array(rows)
