"""Steps of the adaptive methods: their order, edges, dense output, partial derivatives."""

from __future__ import annotations

import motion
import numpy as np
import pytest
from adaptive_runs import adaptive
from motion import DAY, EPOCH

from moonstead.dynamics import places_tables as at
from moonstead.dynamics.forces import ForceModel, Radiation
from moonstead.dynamics.forces_tables import force_tables, static_tables
from moonstead.foundation.bodies import body
from moonstead.foundation.data import DataContext

MOON = body("MOON")
POINT = static_tables(ForceModel(degree=0, third_bodies=()))
RADIUS = 2.0e6  # [m] of the circles
RATE = np.sqrt(MOON.gm / RADIUS**3)  # [rad/s]
LIGHT = Radiation(1.0, 1.5)
MILLIMETRE = 1e-3  # [m]


@pytest.fixture(scope="module")
def data() -> DataContext:
    return DataContext.installed()


@pytest.fixture(scope="module")
def kernels():
    from moonstead.foundation.kernel_cache import prepare

    prepare()
    from moonstead.dynamics import adaptive_kernels

    return adaptive_kernels


def on_circle(angle, tilt=0.0, radius=RADIUS):
    rate = np.sqrt(MOON.gm / radius**3)
    ahead = np.array([-np.sin(angle), np.cos(angle) * np.cos(tilt), np.cos(angle) * np.sin(tilt)])
    out = np.array([np.cos(angle), np.sin(angle) * np.cos(tilt), np.sin(angle) * np.sin(tilt)])
    return np.concatenate((radius * out, radius * rate * ahead))


def lunar(data, days, degree=50, **options):
    return force_tables(ForceModel(degree=degree, **options), EPOCH, EPOCH + days * DAY, data, stop_at_surface=False)


def start_of(name):
    return motion.case(name).position_velocity


def test_error_falls_with_the_twelfth_power_of_the_step():
    """With a tolerance that accepts every step, steps as long as allowed; the control's halving keeps them equal."""
    angle = 4 * np.pi
    errors = []
    for steps in (12, 16, 24):
        run = adaptive(POINT, on_circle(0.0), angle / RATE, 1e3, max_step=angle / RATE / steps * (1 + 1e-12))
        assert run.statistics.steps == steps
        errors.append(np.linalg.norm(run.end - on_circle(angle)[:3]))
    orders = np.diff(np.log(errors)) / -np.diff(np.log([12, 16, 24]))
    assert np.all((orders > 11.5) & (orders < 14.5)), orders


def test_a_step_is_that_of_the_formula_written_out():
    from moonstead.dynamics.nystrom_tableau import NODES, STAGE_WEIGHTS, VELOCITY_WEIGHTS, WEIGHTS

    h = 300.0
    run = adaptive(POINT, on_circle(0.3), h, 1e3)
    position, velocity = on_circle(0.3)[:3], on_circle(0.3)[3:]
    pulls = np.zeros((NODES.size, 3))
    for s, node in enumerate(NODES):
        place = position + node * h * velocity + h * h * STAGE_WEIGHTS[s] @ pulls
        pulls[s] = -MOON.gm * place / np.linalg.norm(place) ** 3
    assert run.statistics.steps == 1
    assert run.statistics.evaluations == 18
    np.testing.assert_allclose(run.end, position + h * velocity + h * h * WEIGHTS @ pulls, rtol=1e-14)
    np.testing.assert_allclose(run.velocities[-1], velocity + h * VELOCITY_WEIGHTS @ pulls, rtol=1e-14)


def test_rounding_leaves_less_than_a_tenth_of_a_millimetre_in_a_hundred_turns():
    angle = 200 * np.pi
    run = adaptive(POINT, on_circle(0.0), angle / RATE, 1e-14)
    assert run.statistics.steps > 1500
    assert np.linalg.norm(run.end - on_circle(0.0)[:3]) < 0.1 * MILLIMETRE


@pytest.mark.parametrize(("name", "days", "degree"), [("A", 2.0, 50), ("B", 10.0, 50), ("C", 10.0, 8)])
def test_both_methods_lead_to_the_same_end(data, kernels, name, days, degree):
    tables = lunar(data, days, degree)
    runs = [
        adaptive(tables, start_of(name), days * DAY, tolerance, method=method)
        for method, tolerance in ((kernels.NYSTROM, 1e-13), (kernels.DORMAND_PRINCE, 1e-15))
    ]
    assert np.linalg.norm(runs[0].end - runs[1].end) < MILLIMETRE
    assert runs[0].statistics.evaluations < 0.5 * runs[1].statistics.evaluations


@pytest.mark.parametrize(("name", "days", "degree"), [("A", 0.5, 50), ("B", 5.0, 50), ("C", 10.0, 8)])
@pytest.mark.parametrize("tolerance", [1e-9, 1e-11])
def test_between_steps_the_path_is_as_good_as_the_steps(data, name, days, degree, tolerance):
    """Direct integration from the node before is the truth; a step is as long as a tenth of a turn."""
    tables = lunar(data, days, degree)
    run = adaptive(tables, start_of(name), days * DAY, tolerance)
    path = run.path()
    nodes = np.arange(0, run.times.size - 1, max(1, run.times.size // 100))
    errors = []
    for node in nodes:
        time = 0.6 * run.times[node] + 0.4 * run.times[node + 1]
        state = np.concatenate((run.positions[node], run.velocities[node]))
        exact = adaptive(tables, state, time, 1e-14, start=run.times[node], capacity=200)
        errors.append(np.linalg.norm(path.state(time)[0, :3] - exact.end))
    assert max(errors) < MILLIMETRE


def test_buffers_of_any_size_hold_the_same_path(data, kernels):
    tables = lunar(data, 0.5, 20, mass=100.0, radiation=LIGHT)
    whole = adaptive(tables, start_of("A"), 0.5 * DAY, 1e-12)
    assert whole.status == kernels.DONE
    part = adaptive(tables, start_of("A"), 0.5 * DAY, 1e-12, capacity=100)
    assert part.status == kernels.BUFFER_FULL
    rest = np.concatenate((part.end, part.velocities[-1]))
    again = adaptive(tables, rest, 0.5 * DAY, 1e-12, start=part.times[-1])
    assert np.linalg.norm(again.end - whole.end) < MILLIMETRE


def test_light_costs_little_and_converges_to_millimetres(data, validation):
    """Ten days at 100 km with four edges of shadow a turn, against ten times finer steps."""
    days = 10.0
    lit = lunar(data, days, mass=100.0, radiation=LIGHT)
    run = adaptive(lit, start_of("A"), days * DAY, 1e-12)
    finer = adaptive(lit, start_of("A"), days * DAY, 1e-13)
    plain = adaptive(lunar(data, days), start_of("A"), days * DAY, 1e-12)
    assert run.edge_times.size > 480
    np.testing.assert_allclose(run.edge_times, finer.edge_times, atol=1e-5)
    assert run.statistics.evaluations < 1.2 * plain.statistics.evaluations
    assert np.linalg.norm(run.end - finer.end) < 2 * MILLIMETRE


def test_no_eclipse_longer_than_twenty_seconds_is_missed(data):
    """Circles whose plane nearly clears the shadow, stepped as far as the method can and in steps of 10 s."""
    days, missed, seen = 0.2, [], 0
    tables = force_tables(
        ForceModel(degree=0, third_bodies=("SUN",), mass=100.0, radiation=Radiation(1.0, 1.5, hiding=("MOON",))),
        EPOCH,
        EPOCH + days * DAY,
        data,
        stop_at_surface=False,
    )
    sun = data.ephemeris.position("SUN", "MOON", np.array([EPOCH]))[0]
    sun = sun / np.linalg.norm(sun)
    side = np.cross(sun, [0.0, 0.0, 1.0])
    side = side / np.linalg.norm(side)
    radius = MOON.equatorial_radius + 1.0e6
    limit = np.arcsin(MOON.equatorial_radius / radius)
    for beyond in np.linspace(4e-3, 6.5e-3, 41):  # [rad] some last minutes, some pass by
        normal = np.cos(limit + beyond) * side + np.sin(limit + beyond) * sun
        first = np.cross(normal, sun)
        first = first / np.linalg.norm(first)
        speed = np.sqrt(MOON.gm / radius)
        state = np.concatenate((radius * first, speed * np.cross(normal, first)))
        coarse = adaptive(tables, state, days * DAY, 1e-8)
        fine = adaptive(tables, state, days * DAY, 1e-8, max_step=10.0)
        lengths = np.diff(fine.edge_times)
        seen += np.count_nonzero(lengths < 100.0)
        for edge, length in zip(fine.edge_times[:-1], lengths, strict=True):
            if length > 20.0 and np.min(np.abs(coarse.edge_times - edge), initial=np.inf) > 0.1:
                missed.append((beyond, edge, length))
    assert seen > 5
    assert not missed


def test_switches_of_the_degree_are_stepped_to(data):
    limit = 4.0e6
    tables = lunar(data, 5.0, 50, degree_switches=((limit, 8),))
    run = adaptive(tables, start_of("B"), 5 * DAY, 1e-11)
    radii = np.linalg.norm(run.positions[run.edges > 0], axis=1)
    assert radii.size == 9  # twice a turn
    np.testing.assert_allclose(radii, limit, rtol=0.0, atol=1e-4)
    back = adaptive(tables, np.concatenate((run.end, run.velocities[-1])), 0.0, 1e-11, start=5 * DAY)
    assert np.linalg.norm(back.end - start_of("B")[:3]) < 1.0
    np.testing.assert_allclose(back.edge_times[::-1], run.edge_times, atol=1e-3)


@pytest.mark.parametrize("method", ["NYSTROM", "DORMAND_PRINCE"])
def test_columns_are_the_derivatives_by_state_and_parameters(data, kernels, method):
    """Against central differences of whole propagations: light, the centre's mass, parts of a thrust."""
    days = 0.3
    plain = lunar(data, days, 20, mass=100.0, radiation=LIGHT)
    tables = plain.with_thrust(100.0, 0.0, thrust=0.01, direction=np.array([0.6, 0.0, 0.8]))
    kinds = (at.RADIATION_SCALE, at.GM_SCALE, at.THRUST_SCALE, at.THRUST_SCALE + 1, at.THRUST_SCALE + 2)
    chosen = getattr(kernels, method)
    stop, start = days * DAY, start_of("A")
    run = adaptive(tables.with_parameters(kinds), start, stop, 1e-12, columns=len(kinds), method=chosen)

    def end(state, number=None, change=0.0):
        numbers = tables.numbers.copy()
        if number is not None:
            numbers[number] += change
        return adaptive(tables._replace(numbers=numbers), state, stop, 1e-13).end

    def agrees(column, difference):
        derivative = run.positions[-1, column : column + 3]
        assert np.linalg.norm(derivative - difference) < 1e-4 * np.linalg.norm(difference)

    for k, step in enumerate((10.0, 10.0, 10.0, 1e-2, 1e-2, 1e-2)):
        shift = step * np.eye(6)[k]
        agrees(3 + 3 * k, (end(start + shift) - end(start - shift)) / (2 * step))
    for k, (number, step) in enumerate(((at.RADIATION, 0.1), (at.GM, 1e-6))):
        change = step * tables.numbers[number]
        agrees(21 + 3 * k, (end(start, number, change) - end(start, number, -change)) / (2 * step))
    for k in range(3):
        number = at.DIRECTION + k
        agrees(27 + 3 * k, (end(start, number, 0.1) - end(start, number, -0.1)) / 0.2)
