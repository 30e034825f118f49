"""Authority: flights with the full degree everywhere, and the distances that the user named."""

from __future__ import annotations

import motion
import numpy as np
import pytest

from moonstead.dynamics.forces import ForceModel
from moonstead.dynamics.propagate import OrbitState, propagate
from moonstead.foundation.bodies import body
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput

METHODS = ("nystrom", "dormand-prince")
EPOCH, DAY = motion.EPOCH, motion.DAY
FULL = ForceModel(degree=50)
FAR = 2.2e7  # [m] there degree 25 and higher add 1e-28 of the whole
FAINT = 2e-4  # [m] nothing but the errors of two flights with 1e-4 m asked
ON_THE_SPHERE = 1e-3  # [m] how closely a node lies to the distance of a switch
RADII = (2.5e6, 8e6)
SAME = 2e-3  # [m] errors of two flights with 1e-3 m asked


@pytest.fixture(scope="module")
def data():
    return DataContext.installed()


@pytest.mark.parametrize("method", METHODS)
def test_a_switch_where_the_dropped_degrees_are_nothing_changes_nothing(data, validation, method):
    start = motion.case("C")
    dropped = ForceModel(degree=50, degree_switches=((FAR, 24),))
    paths = [
        propagate(start, EPOCH + 8.0 * DAY, model, data, method=method, tolerance=1e-4) for model in (FULL, dropped)
    ]
    times = np.linspace(EPOCH, EPOCH + 8.0 * DAY, 50)
    distances = np.linalg.norm(paths[0].state(times)[:, :3], axis=1)
    assert distances.min() < FAR < distances.max()
    apart = (paths[0].state(times) - paths[1].state(times))[:, :3]
    validation(
        capability=f"Propagation, {method}",
        quantity="effect of a switch of the field's degree where it has none",
        authority="flight with the full degree",
        error=float(np.max(np.linalg.norm(apart, axis=1))),
        unit="m",
        tolerance=FAINT,
        cases=50,
    )


@pytest.mark.parametrize("method", METHODS)
def test_every_crossing_of_a_switch_is_a_node(data, validation, method):
    switched = ForceModel(degree=50, degree_switches=((RADII[0], 20), (RADII[1], 4)))
    path = propagate(motion.case("B"), EPOCH + 3.0 * DAY, switched, data, method=method, tolerance=1e-3)
    distances = np.linalg.norm(path.positions[:, :3], axis=1)
    dense = np.linalg.norm(path.state(np.linspace(*path.span, 20_000))[:, :3], axis=1)
    worst, crossings = 0.0, 0
    for radius in RADII:
        count = int(np.count_nonzero(np.diff(np.sign(dense - radius))))
        nearest = np.sort(np.abs(distances - radius))[:count]
        assert count >= 4
        worst, crossings = max(worst, float(nearest.max())), crossings + count
    validation(
        capability=f"Propagation, {method}",
        quantity="distance of nodes from the sphere where the field's degree changes",
        authority="distances named in the model",
        error=worst,
        unit="m",
        tolerance=ON_THE_SPHERE,
        cases=crossings,
    )


def test_adaptive_methods_agree_on_an_orbit_that_crosses_a_switch_twice_a_turn(data, validation):
    start = round_orbit()
    paths = [propagate(start, EPOCH + 0.7 * DAY, SWITCHED, data, method=method, tolerance=1e-3) for method in METHODS]
    assert [path.method for path in paths] == list(METHODS)
    times = np.linspace(EPOCH, EPOCH + 0.7 * DAY, 300)
    apart = (paths[0].state(times) - paths[1].state(times))[:, :3]
    validation(
        capability="Propagation, dormand-prince",
        quantity="position on an orbit that crosses a change of degree 50 to 10 twice a turn",
        authority="the Nystroem method",
        error=float(np.max(np.linalg.norm(apart, axis=1))),
        unit="m",
        tolerance=SAME,
        cases=300,
    )


def test_steps_on_a_grid_are_refused_where_the_degree_switches(data):
    """They would step across the switch: with 0.01 m asked the error was 0.4 m after 17 h."""
    with pytest.raises(InvalidInput, match="switches"):
        propagate(round_orbit(), EPOCH + 0.7 * DAY, SWITCHED, data, method="gauss-jackson")
    assert propagate(round_orbit(), EPOCH + 0.7 * DAY, SWITCHED, data).method == "nystrom"


MIDDLE = 1.95e6  # [m] semi-major axis, and where the degree switches
SWITCHED = ForceModel(degree=50, degree_switches=((MIDDLE, 10),))


def round_orbit(eccentricity=0.03):
    inner = MIDDLE * (1.0 - eccentricity)
    speed = np.sqrt(body("MOON").gm * (1.0 + eccentricity) / inner)
    return OrbitState(np.array([inner, 0.0, 0.0, 0.0, 0.28 * speed, 0.96 * speed]), EPOCH)
