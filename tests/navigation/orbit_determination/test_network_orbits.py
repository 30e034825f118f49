"""Authority: the orbits, clocks and delays that the simulated observations were made of."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from moonstead.formats.sp3 import PreciseOrbits, read_sp3
from moonstead.foundation.constants import SPEED_OF_LIGHT
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput
from moonstead.navigation.orbit_determination.fit import fit_orbit
from moonstead.navigation.orbit_determination.fits import orbit_errors
from moonstead.navigation.orbit_determination.network_fit import NetworkSolution, fit_network
from moonstead.navigation.orbit_determination.network_simulation import (
    NetworkObservations,
    NetworkTruth,
    simulate_network,
)
from moonstead.navigation.orbit_determination.network_stations import station_places
from moonstead.navigation.precise.source import PreciseSource

NOISE = 0.3  # [m] in the zenith
SATELLITES = ("R01", "R02", "R08", "R15", "R16", "R24")
# The mean of squares over variances has 3 degrees of freedom an epoch, but few are independent along an orbit: six
# satellites with some ten free numbers each
CONSISTENT = (1.2, 6.0)
FEW = 1.5  # [1] error over what the covariances tell: six orbits, each led by its two or three weakest directions
CLOCKS = (0.6, 1.6)  # [1] root mean square of errors over sigma
SECOND_ORDER = 2e-3  # [m] what Sagnac's first-order term leaves out, and the elevation of a place turned by 5 urad
WRONG_START = np.array([5.0, -3.0, 4.0, 1e-3, 2e-3, -1e-3])  # [m, m/s] as a broadcast orbit is


@pytest.fixture(scope="module")
def precise(shared_data: Path) -> PreciseOrbits:
    return read_sp3(shared_data / "gnss" / "GRG0MGXFIN_20201760000_01D_15M_ORB.SP3.gz")


@pytest.fixture(scope="module")
def network(precise: PreciseOrbits) -> tuple[NetworkObservations, NetworkTruth, NetworkSolution]:
    names, places = station_places()
    epochs = precise.gpst[0] + 900.0 * np.arange(72)
    observations, truth = simulate_network(
        precise, SATELLITES, epochs, names, places, noise=NOISE, mask=np.radians(10.0), seed=11
    )
    data = DataContext.installed()
    starts = {
        name: fit_orbit(name, precise.gpst, precise.position[:, precise.satellites.index(name)], data).inertial_states(
            epochs[:1]
        )[0]
        + WRONG_START
        for name in SATELLITES
    }
    return observations, truth, fit_network(observations, starts, data, window=21_600.0)


@pytest.mark.truth
def test_orbits_from_pseudoranges_are_as_good_as_they_say(network, validation) -> None:
    observations, truth, solution = network
    assert solution.simulated
    off, normed, told = [], [], []
    for column, orbit in enumerate(solution.orbits):
        error = orbit_errors(orbit, observations.gpst, truth.position[:, column])
        covariance = orbit.position_covariance(observations.gpst)
        off.append(error)
        told.append(np.trace(covariance, axis1=1, axis2=2))
        normed.append(np.einsum("ni,nij,nj->n", error, np.linalg.inv(covariance), error))
    assert CONSISTENT[0] < np.mean(normed) < CONSISTENT[1]
    assert solution.chi_square == pytest.approx(1.0, abs=0.1)
    validation(
        capability="orbits and clocks from a simulated network",
        quantity="six GLONASS orbits from 18 h of simulated pseudoranges of 28 stations, 3-D RMS",
        authority="orbits that the simulation was made of (GRG 2020-176)",
        error=float(np.sqrt(np.mean(np.sum(np.square(off), axis=2)))),
        unit="m",
        tolerance=FEW * float(np.sqrt(np.mean(told))),
        cases=len(off) * 72,
    )


def test_clocks_from_pseudoranges_are_as_good_as_they_say(network) -> None:
    observations, truth, solution = network
    epochs = np.arange(observations.gpst.size)
    reference = truth.station_clock[epochs, solution.reference][:, None]
    off = solution.satellite_clock - (truth.satellite_clock - reference)
    ratio = np.sqrt(np.nanmean((off / solution.satellite_clock_sigma) ** 2))
    assert CLOCKS[0] < ratio < CLOCKS[1]
    assert np.nanmedian(np.abs(off)) * SPEED_OF_LIGHT < 2.0


def test_zenith_delays_come_out(network) -> None:
    observations, truth, solution = network
    windows = zip(solution.windows[:-1], solution.windows[1:], strict=True)
    true = np.stack(
        [truth.zenith_delay[(observations.gpst >= a) & (observations.gpst < b)].mean(axis=0) for a, b in windows],
        axis=1,
    )
    ratio = np.sqrt(np.mean(((solution.zenith_delay - true) / solution.zenith_sigma) ** 2))
    assert 0.5 < ratio < 1.5


def test_simulated_ranges_are_what_light_takes_in_axes_that_turn(precise: PreciseOrbits) -> None:
    """Chord to the place where the light left, and Sagnac's term: omega/c (x_s y_r - y_s x_r)."""
    names, places = station_places()
    epochs = precise.gpst[20:22]
    observations, truth = simulate_network(precise, ("R01",), epochs, names, places, noise=1e-9, mask=0.1, seed=2)
    source = PreciseSource(precise)
    index = np.full(epochs.size, source.satellites.index("R01"))
    for row, place in enumerate(places):
        delay = np.full(epochs.size, 0.07)
        for _ in range(4):
            sent = source.states(index, epochs, -delay)
            chord = np.linalg.norm(sent.position - place, axis=1)
            sagnac = 7.2921151e-5 / SPEED_OF_LIGHT * (sent.position[:, 0] * place[1] - sent.position[:, 1] * place[0])
            delay = (chord + sagnac) / SPEED_OF_LIGHT
        clocks = SPEED_OF_LIGHT * (truth.station_clock[:, row] - sent.clock)
        air = observations.pseudorange[:, row, 0] - chord - sagnac - clocks
        sine = np.sum((sent.position - place) * place, axis=1) / chord / np.linalg.norm(place)
        seen = np.isfinite(air)
        np.testing.assert_allclose(air[seen], (truth.zenith_delay[:, row] / sine)[seen], atol=SECOND_ORDER)


def test_unknown_satellites_and_missing_starts_are_refused(precise: PreciseOrbits, network) -> None:
    names, places = station_places()
    with pytest.raises(InvalidInput, match="R77"):
        simulate_network(precise, ("R77",), precise.gpst[:2], names, places, noise=0.3, mask=0.1, seed=1)
    with pytest.raises(InvalidInput, match="no first state of R01"):
        fit_network(network[0], {}, DataContext.installed())
