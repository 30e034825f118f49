"""Orbits, clocks and zenith delays from the pseudoranges of a network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moonstead.estimation.least_squares import SquareRootInformation, prior_from_sigmas, square_root_information
from moonstead.foundation.constants import SPEED_OF_LIGHT
from moonstead.foundation.errors import InvalidInput, NumericalFailure
from moonstead.foundation.frames.earth_rotation import precise_itrf_from_icrf
from moonstead.navigation.orbit_determination.craft import craft_of
from moonstead.navigation.orbit_determination.fitted_orbit import FittedOrbit, settled_orbit
from moonstead.navigation.orbit_determination.flight import FIRST_PUSH, Flight, fly, surroundings
from moonstead.navigation.orbit_determination.network_simulation import NetworkObservations
from moonstead.navigation.time import tdb_from_gpst

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext

Array = NDArray[np.float64]

EARTH_GM = 3.986_004_415e14  # [m^3/s^2] for the millimetre that gravity bends the path during the flight of the light
ROUNDS = 6
TIED = 1e-6  # [1] what a clock that the reference is tied to may differ from being determined
STILL = 1e-2  # [m] of the first states, that ends the rounds
# What is known beforehand: loose, so that what the stations do not see stays where it was.
STATE_SIGMA, VELOCITY_SIGMA = 1e3, 1.0  # [m, m/s]
PUSH_SIGMA, FORCE_SIGMA = 3e-8, 5e-9  # [m/s^2 at 1 au] of D0, of the others
ZENITH_GUESS, ZENITH_SIGMA = 2.35, 0.3  # [m]


@dataclass(frozen=True, eq=False)
class NetworkSolution:
    """What a network's pseudoranges say.

    Attributes
    ----------
    orbits : tuple of FittedOrbit
        One for each satellite; their covariances are of the joint fit.
    gpst : (E,) [s of GPST]
        Epochs.
    reference : (E,)
        Station whose clock is the reference of an epoch: the first that sees anything; -1 without one.
    satellite_clock, satellite_clock_sigma : (E, S) [s]
        Less the reference; NaN where nothing ties them to it.
    station_clock : (E, R) [s]
        Likewise.
    zenith_delay, zenith_sigma : (R, K) [m]
        In K windows.
    windows : (K + 1,) [s of GPST]
        Limits of the windows.
    residuals : (E, R, S) [m]
        Measured less computed.
    chi_square : float [1]
        Of the weighted residuals, over their degrees of freedom.
    simulated : bool
        Whether the observations were made up.
    """

    orbits: tuple[FittedOrbit, ...]
    gpst: Array
    reference: NDArray[np.int64]
    satellite_clock: Array
    satellite_clock_sigma: Array
    station_clock: Array
    zenith_delay: Array
    zenith_sigma: Array
    windows: Array
    residuals: Array
    chi_square: float
    simulated: bool


def fit_network(
    observations: NetworkObservations,
    first_states: Mapping[str, Array],
    data: DataContext,
    *,
    model: str = "ecom",
    window: float = 7200.0,
    until: float | None = None,
) -> NetworkSolution:
    """Estimate orbits, clocks of satellites and stations, and zenith delays together.

    Clocks are free at every epoch; each epoch has a station as their reference. Places of the stations and the
    orientation of the Earth are taken to be known.

    Parameters
    ----------
    observations : NetworkObservations
        Of one system.
    first_states : mapping of str to (6,) [m, m/s]
        Approximate state of each satellite at the first epoch, geocentric, ICRF: a broadcast orbit is near enough.
    data : DataContext
        Ephemeris, orientation and gravity.
    model : str
        Solar radiation, of `SOLAR_MODELS`.
    window : float [s]
        Over which a zenith delay is constant.
    until : float, optional [s of GPST]
        End of the flights; the last epoch if not given.

    Returns
    -------
    NetworkSolution

    Raises
    ------
    InvalidInput
        A satellite has no first state, or there are fewer observations than unknowns.
    NumericalFailure
        The fit does not converge.

    Source
    ------
    Clocks are taken out epoch by epoch by orthogonal projection, the rest by `square_root_information`: Bierman (1977),
    Factorization Methods for Discrete Sequential Estimation, chapter VI.
    """
    names = observations.satellites
    if missing := [name for name in names if name not in first_states]:
        raise InvalidInput(f"no first state of {', '.join(missing)} was given")
    gpst = observations.gpst
    tdb = tdb_from_gpst(gpst)
    place = surroundings(float(tdb[0]), float(tdb_from_gpst(max(until or gpst[-1], gpst[-1]))[0]), data)
    turn = precise_itrf_from_icrf(tdb, data).inverse()
    stations = np.stack(
        [turn.position(np.tile(each, (gpst.size, 1))) for each in observations.station_position], axis=1
    )
    states = {name: np.asarray(first_states[name], dtype=np.float64) for name in names}
    pushes = dict.fromkeys(names, FIRST_PUSH)
    windows = np.arange(gpst[0], gpst[-1] + window, window)
    zenith = np.full((len(observations.stations), windows.size - 1), ZENITH_GUESS)
    for _ in range(ROUNDS):
        flights = [
            fly(states[name], model, place, push=pushes[name], craft=craft_of(name, float(gpst[0]))) for name in names
        ]
        expected = [np.concatenate((first_states[name] - states[name], [pushes[name] - FIRST_PUSH])) for name in names]
        system = _Equations(observations, flights, tdb, stations, windows, zenith)
        found = system.solve(np.array(expected))
        steps = found[: system.orbit_count].reshape(len(names), -1)
        zenith = zenith + found[system.orbit_count :].reshape(zenith.shape)
        if np.max(np.linalg.norm(steps[:, :3], axis=1)) < STILL:
            return system.solution(found, zenith, data, model)
        for name, step in zip(names, steps, strict=True):
            states[name] = states[name] + step[:6]
            if model != "box-wing":
                pushes[name] = float(np.clip(pushes[name] - step[6], 0.01 * FIRST_PUSH, 100.0 * FIRST_PUSH))
    raise NumericalFailure(
        f"the network's fit still moves orbits by {np.max(np.linalg.norm(steps[:, :3], axis=1)):.3g} m after {ROUNDS} "
        "rounds; are the first states within kilometres?"
    )


class _Equations:
    """Linear equations of one round: parameters of all orbits, then zenith delays; clocks projected out."""

    def __init__(
        self,
        observations: NetworkObservations,
        flights: list[Flight],
        tdb: Array,
        stations: Array,
        windows: Array,
        zenith: Array,
    ) -> None:
        self.observations, self.flights, self.windows = observations, flights, windows
        found = [flight.partials(tdb) for flight in flights]
        self.width = found[0][1].shape[2]
        self.orbit_count = self.width * len(flights)
        self.window_of = np.clip(np.searchsorted(windows, observations.gpst, "right") - 1, 0, windows.size - 2)
        self.zenith, self.zenith_shape = zenith, zenith.shape
        states = np.stack([each[0] for each in found], axis=1)
        self.design = np.stack([each[1][:, :3] for each in found], axis=1)
        computed, self.toward, sine = _ranges(states, stations)
        self.slant = 1.0 / np.maximum(sine, 0.05)
        self.missing = (
            observations.pseudorange - computed - self.slant * zenith.T[self.window_of][:, :, None]
        )  # clocks are still in it
        self.scale = self._scale()
        self.seen = np.isfinite(self.missing)

    @property
    def count(self) -> int:
        return self.orbit_count + int(np.prod(self.zenith_shape))

    def solve(self, expected: Array) -> Array:
        """Corrections of all parameters; `expected` (S, 7) are those of states and push that the first guess asks."""
        information = self.prior(expected)
        rows_design: list[Array] = []
        rows_missing: list[Array] = []
        for epoch in range(self.observations.gpst.size):
            part = self._epoch(epoch)
            if part is None:
                continue
            rows_design.append(part[0])
            rows_missing.append(part[1])
        if sum(part.size for part in rows_missing) < self.count:
            raise InvalidInput(
                f"{sum(part.size for part in rows_missing)} equations are left after the clocks for {self.count} "
                "unknowns: give more epochs or stations"
            )
        self.information = square_root_information(np.vstack(rows_design), np.concatenate(rows_missing), information)
        return np.asarray(self.information.estimate() * self.scale)

    def prior(self, expected: Array) -> SquareRootInformation:
        """What is known beforehand of corrections: loosely what the first guess was."""
        others = self.width - expected.shape[1]
        per_orbit = np.concatenate(
            (np.full(3, STATE_SIGMA), np.full(3, VELOCITY_SIGMA), [PUSH_SIGMA], np.full(others, FORCE_SIGMA))
        )
        zeniths = int(np.prod(self.zenith_shape))
        sigma = np.concatenate((np.tile(per_orbit, len(self.flights)), np.full(zeniths, ZENITH_SIGMA)))
        orbits = np.pad(expected, ((0, 0), (0, others))).reshape(-1)
        values = np.concatenate((orbits, (ZENITH_GUESS - self.zenith).reshape(-1)))
        return prior_from_sigmas(values / self.scale, sigma / self.scale)

    def solution(self, found: Array, zenith: Array, data: DataContext, model: str) -> NetworkSolution:
        """All answers, once the corrections are small."""
        observations = self.observations
        covariance = self.information.covariance() * np.outer(self.scale, self.scale)
        shape = observations.pseudorange.shape
        satellite_clock, sigma = np.full((shape[0], shape[2]), np.nan), np.full((shape[0], shape[2]), np.nan)
        station_clock, residuals = np.full(shape[:2], np.nan), np.full(shape, np.nan)
        for epoch in range(shape[0]):
            clocks = self._clocks(epoch, found, covariance)
            if clocks is not None:
                station_clock[epoch], satellite_clock[epoch], sigma[epoch], residuals[epoch] = clocks
        weighted = residuals / observations.sigma
        freedom = self.information.rows - 2 * self.count
        orbits = []
        for number, (name, flight) in enumerate(zip(observations.satellites, self.flights, strict=True)):
            of = slice(number * self.width, (number + 1) * self.width)
            orbits.append(settled_orbit(name, model, flight, found[of], covariance[of, of], observations.gpst, data))
        zenith_sigma = np.sqrt(np.diag(covariance)[self.orbit_count :]).reshape(zenith.shape)
        return NetworkSolution(
            tuple(orbits),
            observations.gpst,
            np.where(self.seen.any(axis=(1, 2)), np.argmax(self.seen.any(axis=2), axis=1), -1),
            satellite_clock,
            sigma,
            station_clock,
            zenith,
            zenith_sigma,
            self.windows,
            residuals,
            float(np.nansum(weighted**2) / freedom),
            observations.simulated,
        )

    def _scale(self) -> Array:
        per_orbit = 1.0 / np.linalg.norm(self.design.reshape(-1, self.width), axis=0)
        return np.concatenate((np.tile(per_orbit, len(self.flights)), np.ones(int(np.prod(self.zenith_shape)))))

    def _raw(self, epoch: int) -> tuple[Array, Array, Array, NDArray[np.int64], NDArray[np.int64]] | None:
        """Unweighted rows of one epoch: parameters, clocks, measured less computed, and their stations, satellites."""
        station, satellite = np.nonzero(self.seen[epoch])
        if station.size < 2:
            return None
        rows = np.arange(station.size)
        parameters = np.zeros((station.size, self.count))
        toward = self.toward[epoch, station, satellite]
        partial = np.einsum("ni,nij->nj", toward, self.design[epoch, satellite])
        for column in range(self.width):
            parameters[rows, satellite * self.width + column] = partial[:, column]
        parameters[rows, self.orbit_count + station * self.zenith_shape[1] + self.window_of[epoch]] = self.slant[
            epoch, station, satellite
        ]
        shape = self.observations.pseudorange.shape
        clocks = np.zeros((station.size, shape[1] + shape[2]))
        clocks[rows, station], clocks[rows, shape[1] + satellite] = 1.0, -1.0
        clocks[:, station.min()] = 0.0  # the reference
        return parameters, clocks, self.missing[epoch, station, satellite], station, satellite

    def _epoch(self, epoch: int) -> tuple[Array, Array] | None:
        """Weighted, scaled rows of one epoch after its clocks are projected out."""
        from scipy.linalg import qr

        raw = self._raw(epoch)
        if raw is None:
            return None
        parameters, clocks, missing, station, satellite = raw
        weight = 1.0 / self.observations.sigma[epoch, station, satellite]
        used = np.any(clocks != 0.0, axis=0)
        basis, triangle, _ = qr(clocks[:, used] * weight[:, None], pivoting=True)
        rank = int(np.sum(np.abs(np.diag(triangle)) > 1e-9 * abs(triangle[0, 0])))
        free = basis[:, rank:].T
        return free @ (parameters * self.scale * weight[:, None]), free @ (missing * weight)

    def _clocks(self, epoch: int, found: Array, covariance: Array) -> tuple[Array, Array, Array, Array] | None:
        """Clocks [s] of stations and satellites, sigmas of the latter, and residuals (R, S) [m], of one epoch."""
        raw = self._raw(epoch)
        if raw is None:
            return None
        parameters, clocks, missing, station, satellite = raw
        shape = self.observations.pseudorange.shape
        weight = 1.0 / self.observations.sigma[epoch, station, satellite]
        left = missing - parameters @ found
        inverse = np.linalg.pinv(clocks * weight[:, None])
        values = inverse @ (left * weight)
        residuals = np.full(shape[1:], np.nan)
        residuals[station, satellite] = left - clocks @ values
        # noise of the epoch, and what the joint parameters leave uncertain
        by_parameters = inverse @ (parameters * weight[:, None])
        variance = np.sum(inverse**2, axis=1) + np.einsum("ij,jk,ik->i", by_parameters, covariance, by_parameters)
        # parts of a network that see no satellite in common leave each other's clocks open
        tied = np.diag(inverse @ (clocks * weight[:, None])) > 1.0 - TIED
        tied[station.min()] = True
        values = np.where(tied, values, np.nan) / SPEED_OF_LIGHT
        sigma = np.where(tied, np.sqrt(variance), np.nan) / SPEED_OF_LIGHT
        return values[: shape[1]], values[shape[1] :], sigma[shape[1] :], residuals


def _ranges(states: Array, stations: Array) -> tuple[Array, Array, Array]:
    """Distances (E, R, S) [m], unit vectors to the satellite (E, R, S, 3) and sines of elevation at reception."""
    position, velocity = states[:, None, :, :3], states[:, None, :, 3:]
    pull = -EARTH_GM * position / np.linalg.norm(position, axis=-1, keepdims=True) ** 3
    here = stations[:, :, None]
    delay = np.full((stations.shape[0], stations.shape[1], states.shape[1], 1), 0.075)
    for _ in range(3):
        sight = position - delay * velocity + 0.5 * delay**2 * pull - here
        distance = np.linalg.norm(sight, axis=-1, keepdims=True)
        delay = distance / SPEED_OF_LIGHT
    toward = sight / distance
    up = here / np.linalg.norm(here, axis=-1, keepdims=True)
    return distance[..., 0], toward, np.sum(toward * up, axis=-1)
