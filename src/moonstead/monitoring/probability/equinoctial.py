"""Both objects of an encounter in equinoctial elements, in which uncertainty stays normal for longest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.errors import InvalidInput, NumericalFailure
from moonstead.foundation.kernel_cache import prepare
from moonstead.monitoring.probability.covariance_repair import clipped
from moonstead.monitoring.probability.encounter import Encounter

Array = NDArray[np.float64]

ALMOST_OPPOSITE = 0.1  # [1] length of the sum of both normals, below which the axes go another way


@dataclass(frozen=True, eq=False)
class ElementPair:
    """Normal distributions of the equinoctial elements of both objects.

    Elements: mean motion [rad/s], e cos and e sin of the longitude of perigee, tan(i/2) sin and cos of the node, mean
    longitude [rad]; in axes in which neither inclination is near 180 degrees.

    Attributes
    ----------
    means : (2, 6) [rad/s, 1, 1, 1, 1, rad]
        Elements at the time of the encounter's states.
    covariances : (2, 6, 6) [rad2/s2, 1, rad2]
        Of the elements, without negative eigenvalues.
    axes : (3, 3) [1]
        Rows are the axes of the elements in those of the encounter.
    gm : float [m^3/s^2]
        Gravitational parameter.
    hard_body_radius : float [m]
        Sum of both radii.
    """

    means: Array
    covariances: Array
    axes: Array
    gm: float
    hard_body_radius: float

    def relative(self, times: Array) -> tuple[Array, Array, NDArray[np.uint8]]:
        """Relative states and covariances, linear about where the two most likely meet.

        Parameters
        ----------
        times : (T,) [s]
            After the time of the encounter's states.

        Returns
        -------
        (T, 6) [m, m/s], (T, 6, 6) [SI], (T,)
            Mean and covariance in `axes`, and 1 where a meeting was found.

        Source
        ------
        Hall (2021), Expected collision rates for tracked satellites, J. Spacecraft and Rockets 58, 715,
        doi:10.2514/1.A34919: points of peak overlap; here by Gauss and Newton on the elements of both at once.
        """
        prepare()
        from moonstead.monitoring.probability.overlap_kernels import peak_overlap_kernel

        count = times.size
        relative, spread = np.zeros((count, 6)), np.zeros((count, 6, 6))
        status = np.zeros(count, dtype=np.uint8)
        peak_overlap_kernel(
            np.ascontiguousarray(times, dtype=np.float64),
            self.means,
            self.covariances,
            self.gm,
            self.hard_body_radius,
            np.zeros((32, 6)),
            relative,
            spread,
            status,
        )
        return relative, spread, status


def element_pair(encounter: Encounter) -> ElementPair:
    """Both objects of an encounter in equinoctial elements.

    Parameters
    ----------
    encounter : Encounter
        With both covariances.

    Returns
    -------
    ElementPair
        Covariances by the partials at the mean states; negative eigenvalues are clipped to zero.

    Raises
    ------
    InvalidInput
        A covariance is missing.
    NumericalFailure
        The partials of the elements cannot be inverted: a state moves straight up or down.

    Source
    ------
    Broucke & Cefola (1972), On the equinoctial orbit elements, Celestial Mechanics 5, 303, doi:10.1007/BF01228432;
    Vallado & Alfano (2015), Updated analytical partials for covariance transformations, AAS 15-537.
    """
    if encounter.covariance1 is None or encounter.covariance2 is None:
        raise InvalidInput("both covariances are needed; without one only bounds can be told, see maximum_probability")
    prepare()
    from moonstead.monitoring.probability.overlap_kernels import partials_of_elements, state_of_elements

    means, axes = mean_elements(encounter)
    turn = np.kron(np.eye(2), axes)
    covariances = np.empty((2, 6, 6))
    for row, covariance in enumerate((encounter.covariance1, encounter.covariance2)):
        there, room, partials = np.empty(6), np.empty(8), np.empty((6, 6))
        state_of_elements(means[row], 0.0, encounter.gm, there, room)
        partials_of_elements(means[row], 0.0, encounter.gm, there, room, partials)
        try:
            inverse = np.linalg.inv(partials)
        except np.linalg.LinAlgError as error:
            raise NumericalFailure("a state moves straight up or down and has no equinoctial elements") from error
        covariances[row] = clipped(inverse @ turn @ covariance @ turn.T @ inverse.T)
    return ElementPair(means, covariances, axes, encounter.gm, encounter.hard_body_radius)


def mean_elements(encounter: Encounter) -> tuple[Array, Array]:
    """Equinoctial elements of both mean states, and the axes in which they stand.

    Parameters
    ----------
    encounter : Encounter
        Covariances are not asked for.

    Returns
    -------
    (2, 6) [rad/s, 1, 1, 1, 1, rad], (3, 3) [1]
        Elements; rows of the matrix are the axes in those of the encounter.

    Source
    ------
    Broucke & Cefola (1972), Celestial Mechanics 5, 303, doi:10.1007/BF01228432.
    """
    axes = _axes(encounter)
    turn = np.kron(np.eye(2), axes)
    states = (encounter.state1, encounter.state2)
    return np.array([equinoctial_elements(turn @ state, encounter.gm) for state in states]), axes


def equinoctial_elements(state: Array, gm: float) -> Array:
    """Equinoctial elements of a state.

    Parameters
    ----------
    state : (6,) [m, m/s]
        On a bound orbit whose inclination is not 180 degrees.
    gm : float [m^3/s^2]
        Gravitational parameter.

    Returns
    -------
    (6,) [rad/s, 1, 1, 1, 1, rad]
        Mean motion, e cos and e sin of the longitude of perigee, tan(i/2) sin and cos of the node, mean longitude.

    Source
    ------
    Broucke & Cefola (1972), Celestial Mechanics 5, 303, doi:10.1007/BF01228432.
    """
    position, velocity = state[:3], state[3:]
    radius = float(np.linalg.norm(position))
    a = 1.0 / (2.0 / radius - float(velocity @ velocity) / gm)
    momentum = np.cross(position, velocity)
    normal = momentum / np.linalg.norm(momentum)
    chi, psi = normal[0] / (1.0 + normal[2]), -normal[1] / (1.0 + normal[2])
    scale = 1.0 / (1.0 + chi * chi + psi * psi)
    f = scale * np.array([1.0 - chi * chi + psi * psi, 2.0 * chi * psi, -2.0 * chi])
    g = scale * np.array([2.0 * chi * psi, 1.0 + chi * chi - psi * psi, 2.0 * psi])
    eccentricity = np.cross(velocity, momentum) / gm - position / radius
    af, ag = float(eccentricity @ f), float(eccentricity @ g)
    x, y = float(position @ f), float(position @ g)
    root = np.sqrt(1.0 - af * af - ag * ag)
    beta = 1.0 / (1.0 + root)
    cosine = af + ((1.0 - af * af * beta) * x - af * ag * beta * y) / (a * root)
    sine = ag + ((1.0 - ag * ag * beta) * y - af * ag * beta * x) / (a * root)
    longitude = np.arctan2(sine, cosine)
    return np.array([np.sqrt(gm / a**3), af, ag, chi, psi, longitude + ag * cosine - af * sine])


def _axes(encounter: Encounter) -> Array:
    """Axes whose pole lies between both normals: both inclinations are small, or 90 degrees for opposite orbits."""
    normals = [np.cross(state[:3], state[3:]) for state in (encounter.state1, encounter.state2)]
    normals = [normal / np.linalg.norm(normal) for normal in normals]
    pole = normals[0] + normals[1]
    if np.linalg.norm(pole) < ALMOST_OPPOSITE:
        pole = encounter.state1[:3]
    pole = pole / np.linalg.norm(pole)
    across = np.eye(3)[int(np.argmin(np.abs(pole)))]
    first = np.cross(across, pole)
    first /= np.linalg.norm(first)
    return np.array([first, np.cross(pole, first), pole])
