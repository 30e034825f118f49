"""Authority: the plane's equation at the crossings, the distance along the path, differences of flights."""

from __future__ import annotations

import numpy as np
import pytest

from moonstead.dynamics.propagate import OrbitState, propagate
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.frames.orbit_local import EARTH_MOON_ROTATING
from moonstead.orbits.keeping.plane_crossing import plane_crossings
from moonstead.orbits.keeping.reference_orbit import reference_orbit

ON_THE_PLANE = 0.05  # [m] speed of 1.7 km/s times the 20 us that bisection leaves
LINEAR = 2e-3  # [1] of differences over 100 m and 1 mm/s, whose second order stays
EXTRAPOLATED = 0.1  # [m/s] as the docstring says, within half an hour of the crossing
WHEN = 1.0  # [s] 0.1 m/s over half an hour, halved for its slow growth, at crossing speeds of 0.1 km/s


def test_crossings_lie_in_the_plane_of_the_rotating_frame(halo, halo_flight, data):
    states = EARTH_MOON_ROTATING.from_icrf(halo.crossing_tdb, data).state(halo.crossing_states)
    assert np.abs(states[:, 1]).max() < ON_THE_PLANE
    assert np.all(np.diff(np.sign(states[:, 4])) != 0)  # to and fro


def test_perilunes_are_the_nearest_places_of_their_revolutions(halo, halo_flight):
    path = halo_flight.trajectory()
    for tdb in halo.perilune_tdb:
        around = np.linalg.norm(path.state(tdb + np.linspace(-3600.0, 3600.0, 241))[:, :3], axis=1)
        assert around.argmin() == 120


def test_far_crossings_alternate_with_those_by_perilune(halo):
    distance = np.linalg.norm(halo.crossing_states[:, :3], axis=1)
    assert np.all(np.diff(halo.far_crossings()) == 2)
    assert distance[halo.far_crossings()].min() > 60e6


def test_transition_matrices_are_the_derivatives_of_flights(halo, halo_model, data):
    start, stop = 1, 4
    probes = np.diag(np.repeat([100.0, 1e-3], 3))

    def end(state):
        path = propagate(
            OrbitState(state, float(halo.crossing_tdb[start])),
            float(halo.crossing_tdb[stop]),
            halo_model,
            data,
            tolerance=1e-4,
        )
        return path.state(halo.crossing_tdb[stop])[0]

    state = halo.crossing_states[start]
    columns = [(end(state + probe) - end(state - probe)) / (2.0 * probe.max()) for probe in probes]
    matrix = halo.transition(start, stop)
    difference = np.array(columns).T - matrix
    assert np.linalg.norm(difference / np.linalg.norm(matrix, axis=0), axis=0).max() < LINEAR


@pytest.mark.parametrize("minutes", [-30.0, -5.0, 12.0, 30.0])
@pytest.mark.parametrize("crossing", [2, 3])
def test_crossings_found_from_a_time_nearby_are_those_of_the_flight(halo, halo_flight, data, crossing, minutes):
    at = float(halo.crossing_tdb[crossing]) + 60.0 * minutes
    found = plane_crossings(halo_flight.trajectory().state(at), at, data)
    states = EARTH_MOON_ROTATING.from_icrf(halo.crossing_tdb, data).state(halo.crossing_states)
    assert found.shift[0] == pytest.approx(-60.0 * minutes, abs=WHEN)
    assert found.velocity_x[0] == pytest.approx(states[crossing, 3], abs=EXTRAPOLATED)


def test_a_lost_state_spoils_only_its_own_crossing(halo, data):
    states = np.array([halo.crossing_states[2], np.full(6, np.nan)])
    found = plane_crossings(states, float(halo.crossing_tdb[2]), data)
    np.testing.assert_array_equal(np.isnan(found.velocity_x), [False, True])


def test_an_orbit_that_hardly_crosses_the_plane_is_no_reference(halo, halo_model, data):
    path = propagate(
        OrbitState(halo.crossing_states[2], float(halo.crossing_tdb[2])),
        float(halo.crossing_tdb[2]) + 86_400.0,
        halo_model,
        data,
    )
    with pytest.raises(InvalidInput, match="at least three crossings"):
        reference_orbit(path, halo_model, data)
