"""One orbit against all rows: residuals, partial derivatives and the noise of each row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.constants import SPEED_OF_LIGHT
from moonstead.smallbodies.astrometry.observatories import earth_states, station_states
from moonstead.smallbodies.orbit_fit.computed import ComputedPlaces, computed_places
from moonstead.smallbodies.orbit_fit.radar import computed_radar

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext
    from moonstead.smallbodies.astrometry.prepare import PreparedObservations
    from moonstead.smallbodies.motion.flight import Flight

Array = NDArray[np.float64]
Chosen = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Equations:
    """Rows of measurements at one orbit, not weighted.

    Attributes
    ----------
    residuals : (N, 2) [rad]
        Measured less computed place: east and north.
    design : (N, 2, k) [mixed]
        Change of the computed place with the parameters.
    covariances : (N, 2, 2) [rad^2]
        Noise of each row, with the error of its time along the motion.
    places : (N, 3) [m]
        Where the body was when its light left, from the barycentre in ICRF.
    radar_residuals : (M,) [s] or [Hz]
        Measured less computed.
    radar_design : (M, k) [mixed]
        Change of the computed value with the parameters.
    radar_sigma : (M,) [s] or [Hz]
        Noise of each row; infinite where it cannot be used.
    """

    residuals: Array
    design: Array
    covariances: Array
    places: Array
    radar_residuals: Array
    radar_design: Array
    radar_sigma: Array

    def weighted(self, used: Chosen, radar_used: Chosen) -> tuple[Array, Array]:
        """Residuals (K,) [1] of unit variance and design (K, k) of the rows used (N,) and (M,)."""
        root = np.linalg.inv(np.linalg.cholesky(self.covariances[used]))
        places = np.einsum("nij,nj->ni", root, self.residuals[used]).ravel()
        design = (root @ self.design[used]).reshape(-1, self.design.shape[2])
        sigma = self.radar_sigma[radar_used]
        echoes = self.radar_residuals[radar_used] / sigma
        return (
            np.concatenate((places, echoes)),
            np.concatenate((design, self.radar_design[radar_used] / sigma[:, None])),
        )


def equations(
    flight: Flight, prepared: PreparedObservations, data: DataContext, columns: list[int], radius: float | None = None
) -> Equations:
    """What an orbit leaves of N places and M radar measurements.

    Parameters
    ----------
    flight : Flight
        With partials, over all light times.
    prepared : PreparedObservations
        Weighted observations of one object.
    data : DataContext
        Where bodies and stations are taken from.
    columns : list of int
        Which columns of the flight's partials are parameters.
    radius : float [m], optional
        Of the body, to reduce echoes of the surface to the centre of mass; without it they get no weight.

    Returns
    -------
    Equations
        In the order of the rows.

    Raises
    ------
    NumericalFailure
        The flight does not reach all rows.

    Source
    ------
    Error of the time as an error along the motion: Farnocchia et al. (2015), Icarus 245, 94,
    doi:10.1016/j.icarus.2014.07.033, section 3.
    """
    places = computed_places(flight, prepared, data)
    rows = prepared.radar
    residuals, sigma = np.zeros(rows.count), np.where(np.isfinite(rows.sigma), rows.sigma, np.inf)
    design = np.zeros((rows.count, len(columns)))
    if rows.count:

        def transmitters(tdb: Array) -> Array:
            return earth_states(tdb, data) + station_states(rows.transmitter.tolist(), tdb, data)

        echoes = computed_radar(flight, rows.tdb, rows.frequency, prepared.radar_receiver, transmitters, data)
        is_delay, surface = rows.kind == "delay", rows.bounce == "S"
        computed = np.where(is_delay, echoes.delay, echoes.doppler)
        if radius is not None:
            computed = computed - np.where(is_delay & surface, 2.0 * radius / SPEED_OF_LIGHT, 0.0)
        else:
            sigma[is_delay & surface] = np.inf
        residuals = rows.value - computed
        design = np.where(is_delay[:, None], echoes.delay_partials, echoes.doppler_partials)[:, columns]
    return Equations(
        place_residuals(places, prepared),
        places.partials[:, :, columns],
        row_covariances(prepared, places.motion),
        prepared.observer[:, :3] + places.distance[:, None] * places.direction,
        residuals,
        np.ascontiguousarray(design),
        sigma,
    )


def place_residuals(places: ComputedPlaces, prepared: PreparedObservations) -> Array:
    """Measured less computed places, right at the poles too.

    Parameters
    ----------
    places : ComputedPlaces
        Of one orbit.
    prepared : PreparedObservations
        Measured, with the bias of their catalogues.

    Returns
    -------
    (N, 2) [rad]
        East and north; the length is the angle between the two directions.

    Source
    ------
    The great circle from the computed to the measured direction, along `sky_axes` of the computed one.
    """
    right_ascension, declination = prepared.right_ascension, prepared.declination
    cosine = np.cos(declination)
    measured = np.stack(
        [cosine * np.cos(right_ascension), cosine * np.sin(right_ascension), np.sin(declination)], axis=1
    )
    across = np.stack([np.sum(measured * axis, axis=1) for axis in (places.east, places.north)], axis=1)
    sine = np.hypot(across[:, 0], across[:, 1])
    angle = np.arctan2(sine, np.sum(measured * places.direction, axis=1))
    stretch = np.divide(angle, sine, out=np.ones_like(angle), where=sine > 0.0)
    return np.asarray(across * stretch[:, None])


def row_covariances(prepared: PreparedObservations, motion: Array) -> Array:
    """Noise of each place, with the error of its time along the apparent motion.

    Parameters
    ----------
    prepared : PreparedObservations
        With standard errors of place and time.
    motion : (N, 2) [rad/s]
        Apparent motion, east and north.

    Returns
    -------
    (N, 2, 2) [rad^2]
        East and north.

    Source
    ------
    Linear propagation of the error of the time.
    """
    east, north = prepared.sigma[:, 0], prepared.sigma[:, 1]
    covariances = prepared.timing[:, None, None] ** 2 * motion[:, :, None] * motion[:, None, :]
    covariances[:, 0, 0] += east**2
    covariances[:, 1, 1] += north**2
    covariances[:, 0, 1] += prepared.correlation * east * north
    covariances[:, 1, 0] += prepared.correlation * east * north
    return covariances
