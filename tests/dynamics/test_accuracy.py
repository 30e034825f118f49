"""The tolerance in metres: what is asked is delivered, and told, on fifty orbits of every kind."""

from __future__ import annotations

import math

import motion
import numpy as np
import pytest
from motion import DAY, EPOCH
from orbit_zoo import ZooOrbit, fifty_orbits

from moonstead.dynamics.burns import ImpulsiveBurn
from moonstead.dynamics.forces import ForceModel
from moonstead.dynamics.propagate import OrbitState, prepare_forces, propagate
from moonstead.foundation.bodies import body
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput, NumericalFailure, OutsideSpan

TOLERANCES = (1.0, 1e-2, 1e-3)  # [m]
LEAST = 0.01  # of the tolerance: a flight that is better than this took needless steps
FINEST = {False: 1e-14, True: 2e-15}  # [1] of a step: the reference, without and with forces that want velocities
SAMPLES = 1000


@pytest.fixture(scope="module")
def data() -> DataContext:
    return DataContext.installed()


def delivered(orbit: ZooOrbit, data: DataContext) -> dict[float, tuple[float, float, str]]:
    """Largest error over the span and estimate, both over the tolerance, and the method, for each tolerance."""
    stop = orbit.initial.epoch_tdb + orbit.days * DAY
    forces = prepare_forces(orbit.model, orbit.initial.epoch_tdb, stop, data)
    finest = propagate(orbit.initial, stop, forces, data, step_tolerance=FINEST[orbit.model.relativity])
    found = {}
    for tolerance in TOLERANCES:
        path = propagate(orbit.initial, stop, forces, data, tolerance=tolerance)
        times = np.linspace(path.span[0], min(path.span[1], finest.span[1]), SAMPLES)
        error = np.max(np.linalg.norm(path.state(times)[:, :3] - finest.state(times)[:, :3], axis=1))
        found[tolerance] = (float(error) / tolerance, path.error_estimate / tolerance, path.method)
    return found


@pytest.mark.truth
@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Earth orientation is held")
def test_fifty_orbits_keep_their_tolerance_and_do_not_waste_it(data, shared_data, validation):
    """The reference is the same forces with steps at the limit of rounding; the error is the largest in the span."""
    zoo = fifty_orbits(data, shared_data / "station" / "cr3bp_earth_moon_periodic_orbits.csv")
    assert len(zoo) == 50
    results = {orbit.name: delivered(orbit, data) for orbit in zoo}
    for tolerance in TOLERANCES:
        errors = {name: found[tolerance][0] for name, found in results.items()}
        wasted = {name: round(error, 4) for name, error in errors.items() if error < LEAST}
        assert not wasted, wasted
        validation(
            capability="Tolerance in metres",
            quantity=f"largest error over the span on fifty orbits at {tolerance:g} m, over the tolerance",
            authority="steps at the limit of rounding",
            error=max(errors.values()),
            unit="1",
            tolerance=1.0,
            cases=len(errors),
        )
    methods = {found[tolerance][2] for found in results.values() for tolerance in TOLERANCES}
    assert methods == {"gauss-jackson", "nystrom", "dormand-prince"}
    ratios = [found[tolerance][1] / found[tolerance][0] for found in results.values() for tolerance in TOLERANCES]
    assert 0.3 < np.median(ratios) < 3.0
    assert all(estimate <= 1.0 for found in results.values() for _, estimate, _ in found.values())


def test_round_orbits_fly_on_a_grid_and_others_with_adaptive_steps(data):
    def method(case, days, **options):
        return propagate(motion.case(case), EPOCH + days * DAY, ForceModel(degree=8), data, **options).method

    assert method("A", 2.0) == "gauss-jackson"
    assert method("A", 0.1) == "nystrom"  # too short for a grid to pay
    assert method("C", 5.0) == "nystrom"
    assert method("A", 2.0, method="dormand-prince") == "dormand-prince"


def test_a_burn_that_leaves_a_round_orbit_takes_adaptive_steps(data):
    """The orbit behind the burn reaches out to the distance of the Moon: no grid of steps fits both ends of it."""
    earth = ForceModel("EARTH", 0, third_bodies=())
    speed = math.sqrt(body("EARTH").gm / 6.6e6)
    parked = OrbitState(np.array([6.6e6, 0.0, 0.0, 0.0, speed, 0.0]), EPOCH, "EARTH")
    leaving = ImpulsiveBurn(EPOCH, (0.0, 3100.0, 0.0))
    path = propagate(parked, EPOCH + DAY, earth, data, burns=[leaving])
    assert path.method == "nystrom"
    trimmed = propagate(parked, EPOCH + DAY, earth, data, burns=[ImpulsiveBurn(EPOCH + 1e3, (0.0, 1.0, 0.0))])
    assert trimmed.method == "gauss-jackson"


def test_a_prescribed_step_tolerance_makes_one_flight_without_an_estimate(data):
    path = propagate(motion.case("A"), EPOCH + DAY, ForceModel(degree=8), data, step_tolerance=1e-10)
    assert path.method == "nystrom"
    assert math.isnan(path.error_estimate)


def test_prepared_forces_serve_many_flights_and_refuse_others(data):
    model = ForceModel(degree=20)
    forces = prepare_forces(model, EPOCH - DAY, EPOCH + 3.0 * DAY, data)
    direct = propagate(motion.case("A"), EPOCH + DAY, model, data)
    prepared = propagate(motion.case("A"), EPOCH + DAY, forces, data)
    difference = direct.state(direct.span[1])[0, :3] - prepared.state(prepared.span[1])[0, :3]
    assert np.linalg.norm(difference) < 1e-5  # the same grid; times are counted from another origin
    with pytest.raises(OutsideSpan, match="prepare them for a longer span"):
        propagate(motion.case("A"), EPOCH + 4.0 * DAY, forces, data)


def test_a_tolerance_below_rounding_is_refused_with_what_can_be_reached(data):
    with pytest.raises(NumericalFailure, match="the closest estimate is"):
        propagate(motion.case("A"), EPOCH + 2.0 * DAY, ForceModel(degree=8), data, tolerance=1e-9)
    with pytest.raises(NumericalFailure, match="the closest estimate is"):
        propagate(motion.case("C"), EPOCH + 5.0 * DAY, ForceModel(degree=8), data, tolerance=1e-10)


def test_the_nystrom_method_refuses_forces_that_depend_on_velocity(data):
    model = ForceModel(degree=8, relativity=True)
    with pytest.raises(InvalidInput, match="dormand-prince"):
        propagate(motion.case("A"), EPOCH + DAY, model, data, method="nystrom")


def test_a_free_fall_from_rest_is_flown_to_the_ground(data):
    start = OrbitState(np.array([5e6, 0.0, 0.0, 0.0, 0.0, 0.0]), EPOCH)
    path = propagate(start, EPOCH + DAY, ForceModel(degree=8), data, tolerance=1e-2)
    assert path.hit_surface
    assert path.ending_body == "MOON"
    assert path.error_estimate <= 1e-2
