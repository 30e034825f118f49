"""Authority: Keplerian orbits in closed form; epochs of real orbits that were left out; a polynomial in plain numpy."""

from dataclasses import replace

import numpy as np
import pytest

from moonstead.formats.rinex_clock import PreciseClocks
from moonstead.formats.sp3 import CLOCK_EVENT, MANEUVER, PreciseOrbits, read_sp3
from moonstead.foundation.constants import SPEED_OF_LIGHT
from moonstead.foundation.errors import InvalidInput
from moonstead.navigation.precise.source import PreciseSource, clock_diffusion, open_precise

TURN = 7.2921151467e-5  # [rad/s]
GM = 3.986004418e14  # [m^3/s^2]
START = 1_277_078_400.0  # [s GPST] 2020-06-25
NODE = 1e-8  # [m] a node is given back: one rotation there and back of 3e7 m
TRUNCATION = 1.1e-4  # [m] (2 n h)^10 a e (0.5*1.5*...*4.5)^2/10!, of the second harmonic at a e = 2.7e5 m, h = 900 s
RATE = 1e-6  # [m/s] the polynomial's derivative on the same orbit
LEFT_OUT = 2e-3  # [m] CODE's orbits scatter by 1 mm RMS about a smooth curve, whatever polynomial is drawn
EDGE = 6e-3  # [m] at the ends of a day the polynomial leans on one side and magnifies that scatter
SEEN_BACK = 1e-9  # [m] the same operations in another order


def ellipse(time, eccentricity=0.01, axis=26.56e6):
    """Positions (N, 3) [m] in the turning frame on an inclined Keplerian orbit, and inertial velocity."""
    mean = np.sqrt(GM / axis**3) * time
    anomaly = mean.copy()
    for _ in range(20):
        anomaly = mean + eccentricity * np.sin(anomaly)
    root = np.sqrt(1.0 - eccentricity**2)
    rate = np.sqrt(GM / axis**3) / (1.0 - eccentricity * np.cos(anomaly))
    flat = axis * np.stack((np.cos(anomaly) - eccentricity, root * np.sin(anomaly), 0.0 * anomaly), axis=1)
    speed = axis * rate[:, None] * np.stack((-np.sin(anomaly), root * np.cos(anomaly), 0.0 * anomaly), axis=1)
    tilt = np.array([[1.0, 0.0, 0.0], [0.0, np.cos(0.95), -np.sin(0.95)], [0.0, np.sin(0.95), np.cos(0.95)]])
    inertial, velocity = flat @ tilt.T, speed @ tilt.T
    c, s = np.cos(TURN * time), np.sin(TURN * time)
    turned = np.stack(
        (c * inertial[:, 0] + s * inertial[:, 1], c * inertial[:, 1] - s * inertial[:, 0], inertial[:, 2]), 1
    )
    relativity = -2.0 * np.sum(inertial * velocity, axis=1) / SPEED_OF_LIGHT**2
    return turned, relativity


def orbits_of(time, step=900.0, **changes):
    position = ellipse(time)[0][:, None, :]
    shape = (time.size, 1)
    table = PreciseOrbits(
        satellites=("G01",),
        gpst=START + time,
        position=position,
        clock=(1e-4 + 1e-11 * time)[:, None],
        velocity=None,
        clock_rate=None,
        sigma_exponent=np.full((*shape, 4), -1, dtype=np.int16),
        flags=np.zeros(shape, dtype=np.uint8),
        accuracy_exponent=np.zeros(1, dtype=np.int16),
        interval=step,
        day=np.zeros(time.size, dtype=np.int16),
    )
    return replace(table, **changes)


DAY = np.arange(96) * 900.0
ZERO = np.zeros(1, dtype=np.int64)


def ask(source, time, offset=0.0):
    time = np.atleast_1d(time)
    return source.states(np.zeros(time.size, dtype=np.int64), START + time, offset)


def test_an_orbit_in_closed_form_is_met_between_its_epochs():
    time = np.linspace(DAY[5], DAY[-6], 3001)
    states = ask(PreciseSource(orbits_of(DAY)), time)
    position, relativity = ellipse(time)
    assert np.max(np.abs(states.position - position)) < TRUNCATION
    before, after = ellipse(time - 0.5)[0], ellipse(time + 0.5)[0]
    third = 1e-5  # [m/s] what is left of the third derivative in a difference over one second
    assert np.max(np.abs(states.velocity - (after - before))) < third + RATE
    np.testing.assert_allclose(states.relativity, relativity, atol=1e-15)
    assert states.point == "centre of mass"
    assert states.valid.all() and states.healthy.all()
    np.testing.assert_allclose(states.clock, 1e-4 + 1e-11 * time, atol=1e-18)
    np.testing.assert_allclose(states.clock_drift, 1e-11, rtol=1e-6)


def test_epochs_are_given_back_and_small_offsets_are_exact():
    source = PreciseSource(orbits_of(DAY))
    states = ask(source, DAY)
    assert np.max(np.abs(states.position - ellipse(DAY)[0])) < NODE
    offset = 0.0789012345
    moved = ask(source, DAY[20:30], offset)
    assert np.max(np.abs(moved.position - ellipse(DAY[20:30] + offset)[0])) < TRUNCATION


def test_kernel_and_plain_polynomial_agree():
    source = PreciseSource(orbits_of(DAY), nodes=8)
    time = np.array([10_000.0, 43_210.5, 80_000.25])
    turn = TURN * DAY
    p = ellipse(DAY)[0]
    still = np.stack(
        (np.cos(turn) * p[:, 0] - np.sin(turn) * p[:, 1], np.sin(turn) * p[:, 0] + np.cos(turn) * p[:, 1], p[:, 2]), 1
    )
    for row, t in enumerate(time):
        base = int(t // 900.0) - 3
        nodes = DAY[base : base + 8]
        weights = [np.prod([(t - b) / (a - b) for b in nodes if b != a]) for a in nodes]
        x, y, z = np.array(weights) @ still[base : base + 8]
        c, s = np.cos(TURN * t), np.sin(TURN * t)
        np.testing.assert_allclose(ask(source, time).position[row], [c * x + s * y, c * y - s * x, z], atol=100 * NODE)


@pytest.mark.truth
@pytest.mark.parametrize("system", ["G", "R", "C"])
def test_epochs_that_were_left_out_are_met(shared_data, validation, system):
    orbits = read_sp3(shared_data / "gnss" / "COD0MGXFIN_20220010000_01D_05M_ORB.SP3.gz")
    half = replace(
        orbits,
        gpst=orbits.gpst[::2],
        position=orbits.position[::2],
        clock=orbits.clock[::2],
        sigma_exponent=orbits.sigma_exponent[::2],
        flags=orbits.flags[::2],
        day=orbits.day[::2],
    )
    source = PreciseSource(half)
    names = [name for name in source.satellites if name[0] == system]
    epochs = orbits.gpst.size
    index = np.repeat([source.satellites.index(name) for name in names], epochs)
    states = source.states(index, np.tile(orbits.gpst, len(names)))
    truth = orbits.position[:, [orbits.satellites.index(name) for name in names]].transpose(1, 0, 2)
    error = np.linalg.norm(states.position.reshape(truth.shape) - truth, axis=2)
    validation(
        capability="precise orbits of navigation satellites",
        quantity=f"interpolated from every second epoch, mid-day RMS ({system})",
        authority="CODE final orbits of 2022-001, epochs left out",
        error=float(np.sqrt(np.mean(error[:, 12:-12] ** 2))),
        unit="m",
        tolerance=LEFT_OUT,
        cases=error[:, 12:-12].size,
    )
    assert np.sqrt(np.mean(error[:, :6] ** 2)) < EDGE
    assert np.mean(error < 3.0 * states.accuracy.reshape(error.shape)) > 0.99


def test_beyond_the_last_epoch_little_is_given_and_its_cost_is_told():
    source = PreciseSource(orbits_of(DAY), reach=900.0)
    late = ask(source, DAY[-1] + np.array([0.0, 300.0, 899.0, 901.0]))
    np.testing.assert_array_equal(late.valid, [True, True, True, False])
    assert np.all(np.diff(late.accuracy[:3]) > 0.0)
    assert late.accuracy[2] > 0.2  # [m] noise of 1 mm magnified
    assert np.isnan(late.position[3]).all()
    usual = ask(PreciseSource(orbits_of(DAY)), DAY[-1] + np.array([299.0, 301.0]))
    np.testing.assert_array_equal(usual.valid, [True, False])


def test_a_gap_is_not_bridged():
    position = ellipse(DAY)[0][:, None, :].copy()
    position[40:42] = np.nan
    source = PreciseSource(orbits_of(DAY, position=position))
    inside = ask(source, [DAY[39] + 200.0, DAY[40] + 10.0, DAY[41] + 450.0, DAY[42] - 200.0, DAY[42] + 200.0])
    np.testing.assert_array_equal(inside.valid, [True, False, False, True, True])
    near = [0, 3, 4]
    truth = ellipse(np.array([DAY[39] + 200.0, DAY[42] - 200.0, DAY[42] + 200.0]))[0]
    assert np.all(np.linalg.norm(inside.position[near] - truth, axis=1) < 3.0 * inside.accuracy[near])


def test_missing_files_of_a_day_are_a_gap_too():
    keep = np.r_[0:40, 60:96]
    source = PreciseSource(
        replace(
            orbits_of(DAY[keep]),
        )
    )
    assert not ask(source, 45_000.0).valid[0]
    assert ask(source, DAY[70]).valid[0]


def test_a_manoeuvre_breaks_the_curve():
    flags = np.zeros((96, 1), dtype=np.uint8)
    flags[50] = MANEUVER
    source = PreciseSource(orbits_of(DAY, flags=flags))
    np.testing.assert_array_equal(ask(source, [DAY[49] + 450.0, DAY[50] + 450.0]).valid, [False, True])


def test_a_run_shorter_than_the_polynomial_is_not_used():
    assert not ask(PreciseSource(orbits_of(DAY[:9])), DAY[4]).valid[0]
    assert ask(PreciseSource(orbits_of(DAY[:10])), DAY[4]).valid[0]


def test_clocks_are_drawn_between_neighbours_alone():
    clock = (1e-4 + 1e-11 * DAY)[:, None].copy()
    clock[30] = np.nan
    flags = np.zeros((96, 1), dtype=np.uint8)
    flags[60] = CLOCK_EVENT
    day = np.where(np.arange(96) < 80, 0, 1).astype(np.int16)
    source = PreciseSource(orbits_of(DAY, clock=clock, flags=flags, day=day))
    asked = np.array([29.5, 30.5, 31.5, 59.5, 60.5, 79.5, 80.5]) * 900.0
    there = np.isfinite(ask(source, asked).clock)
    np.testing.assert_array_equal(there, [False, False, True, False, True, False, True])
    edge = ask(source, DAY[-1] + np.array([0.0, 0.9, 1.1]))
    np.testing.assert_array_equal(np.isfinite(edge.clock), [True, True, False])
    first = ask(source, 0.0, -0.08)  # sent before the first epoch, received at it
    assert first.clock[0] == pytest.approx(1e-4 - 8e-13, abs=1e-17)


def test_clocks_of_a_clock_file_go_before_those_of_the_orbits():
    fine = np.arange(0.0, 3600.0, 30.0)
    clocks = PreciseClocks(
        satellites=("G01", "R01"),
        gpst=START + fine,
        clock=np.stack((2e-4 + 0.0 * fine, 3e-4 + 0.0 * fine), axis=1),
        sigma=np.full((fine.size, 2), np.nan),
        interval=30.0,
        day=np.zeros(fine.size, dtype=np.int16),
    )
    source = PreciseSource(orbits_of(DAY), clocks)
    np.testing.assert_allclose(ask(source, [45.0, 3580.0, 7200.0]).clock, [2e-4, np.nan, np.nan])


def test_a_wandering_clock_costs_accuracy_between_its_entries():
    rng = np.random.default_rng(3)
    walk = np.cumsum(rng.normal(0.0, 1e-10, (4000, 1)), axis=0)
    q = clock_diffusion(walk, 30.0)
    assert q[0] == pytest.approx(1e-20 / 30.0, rel=0.15)  # variance of a step over its length; 4000 samples
    source = PreciseSource(orbits_of(DAY, clock=walk[:96]))
    at, between = ask(source, [9000.0, 9450.0]).accuracy
    step = np.sqrt(clock_diffusion(walk[:96], 900.0)[0] * 900.0)
    assert between == pytest.approx(np.hypot(at, SPEED_OF_LIGHT * 0.5 * step), rel=0.02)


def test_what_can_not_be_asked_is_refused():
    with pytest.raises(InvalidInput, match="nodes is 9"):
        PreciseSource(orbits_of(DAY), nodes=9)
    with pytest.raises(InvalidInput, match="reach is 1000"):
        PreciseSource(orbits_of(DAY), reach=1000.0)
    odd = DAY.copy()
    odd[50] += 7.0
    with pytest.raises(InvalidInput, match="no grid"):
        PreciseSource(orbits_of(odd))
    with pytest.raises(InvalidInput, match="satellite_index"):
        PreciseSource(orbits_of(DAY)).states(np.array([1]), np.array([START]))
    nan = ask(PreciseSource(orbits_of(DAY)), np.nan)
    assert not nan.valid[0] and np.isnan(nan.position).all()


@pytest.mark.truth
def test_two_days_and_fine_clocks_give_every_epoch_of_a_station_day(shared_data):
    folder = shared_data / "gnss"
    source = open_precise(
        [folder / f"GRG0MGXFIN_2020{day}0000_01D_15M_ORB.SP3.gz" for day in (176, 177)],
        folder / "GRG0MGXFIN_20201770000_01D_30S_CLK.CLK.xz",
    )
    epochs = START + np.arange(0.0, 86_400.0 - 900.0, 30.0)
    index = np.full(epochs.size, source.satellites.index("R05"))
    states = source.states(index, epochs, -0.075)
    assert states.valid.all()
    assert np.isfinite(states.clock).all()
    assert np.max(states.accuracy[:-60]) < 0.07  # the file itself promises 2^6 mm for this satellite
    np.testing.assert_array_equal(source.code_bias(index, epochs, ("C1P", "C2P")), np.zeros(epochs.size))
    assert source.span[0] == START - 86_400.0
