"""Authority: measurements made from a range, a delay and whole cycles: combinations in closed form."""

from __future__ import annotations

import numpy as np
import pytest

from moonstead.formats.rinex_observation import ObservationFile, SystemObservations
from moonstead.foundation.constants import SPEED_OF_LIGHT
from moonstead.foundation.errors import InvalidInput, MissingData
from moonstead.navigation.ppp.arcs import phase_arcs, renumbered, split_at_steps
from moonstead.navigation.ppp.arcs_kernels import find_arcs
from moonstead.navigation.ppp.combinations import combine

ROUNDING = 1e-6  # [m] of numbers of 2e7 m
EPOCHS = 400
G1, G2 = 1602e6 - 4 * 562.5e3, 1246e6 - 4 * 437.5e3  # [Hz] channel -4


def observation_file(systems, channels=None):
    return ObservationFile(
        version="3.05", marker="TEST", marker_number="", agency="", receiver=("", "", ""), antenna=("", "", ""),
        antenna_delta_hen=np.zeros(3), approximate_position=None, interval=30.0, time_system="GPS",
        gpst=1.277e9 + 30.0 * np.arange(EPOCHS), flag=np.zeros(EPOCHS, np.uint8),
        receiver_clock_offset=np.full(EPOCHS, np.nan), receiver_clock_applied=False, systems=systems,
        glonass_channels=channels or {}, phase_shifts=(), leap_seconds=18, events=(), faults=(),
    )  # fmt: skip


def one_satellite(system, satellite, codes, frequency, cycles=(0.0, 0.0), noise=0.0):
    """Measurements (4, E, 1) of a satellite: codes and phases of two bands in the order C, L, C, L."""
    rng = np.random.default_rng(7)
    time = np.arange(EPOCHS)
    distance = 2.2e7 + 3e5 * np.sin(time / 300.0)
    delay = 4.0 + 1.5 * np.cos(time / 150.0)
    values = np.empty((4, EPOCHS, 1))
    for band in range(2):
        bent = delay * (frequency[0] / frequency[band]) ** 2
        wave = SPEED_OF_LIGHT / frequency[band]
        values[2 * band, :, 0] = distance + bent + 100 * noise * rng.normal(size=EPOCHS)
        values[2 * band + 1, :, 0] = (distance - bent) / wave + cycles[band] + noise / wave * rng.normal(size=EPOCHS)
    lock, strength = np.zeros(values.shape, np.uint8), np.zeros(values.shape, np.uint8)
    return SystemObservations(system, (satellite,), codes, values, lock, strength), distance


@pytest.mark.parametrize(
    ("satellite", "codes", "frequency", "channels"),
    [
        ("G05", ("C1W", "L1C", "C2W", "L2W"), (1575.42e6, 1227.60e6), {}),
        ("R02", ("C1P", "L1P", "C2P", "L2P"), (G1, G2), {"R02": -4}),
        ("C20", ("C2I", "L2I", "C6I", "L6I"), (1561.098e6, 1268.52e6), {}),
        ("E11", ("C1C", "L1C", "C5Q", "L5Q"), (1575.42e6, 1176.45e6), {}),
    ],
)
def test_combinations_are_free_of_what_they_are_named_after(satellite, codes, frequency, channels):
    cycles = (1000.0, 400.0)
    system, distance = one_satellite(satellite[0], satellite, codes, frequency, cycles)
    made = combine(observation_file({satellite[0]: system}, channels), satellite[0])
    first, second = frequency
    np.testing.assert_allclose(made.frequency[0], frequency)
    np.testing.assert_allclose(made.code[:, 0], distance, atol=ROUNDING)
    ambiguity = SPEED_OF_LIGHT * (first * cycles[0] - second * cycles[1]) / (first**2 - second**2)
    np.testing.assert_allclose(made.phase[:, 0], distance + ambiguity, atol=ROUNDING)
    np.testing.assert_allclose(made.wide_lane[:, 0], cycles[0] - cycles[1], atol=1e-6)


def test_phases_follow_a_clock_that_codes_alone_were_set_by():
    system, _ = one_satellite("G", "G05", ("C1C", "L1C", "C2W", "L2W"), (1575.42e6, 1227.60e6))
    system.values[0::2, 200:] += 1e-3 * SPEED_OF_LIGHT
    made = combine(observation_file({"G": system}), "G")
    np.testing.assert_allclose(made.phase[:, 0] - made.code[:, 0], 0.0, atol=ROUNDING)
    assert np.max(phase_arcs(made)) == 0


def test_a_slip_of_one_cycle_on_any_band_begins_a_new_arc_and_noise_does_not():
    for slip in ((1, 0), (0, 1), (1, 1), (9, 7)):
        system, _ = one_satellite("G", "G05", ("C1C", "L1C", "C2W", "L2W"), (1575.42e6, 1227.60e6), noise=0.002)
        system.values[1, 250:] += slip[0]
        system.values[3, 250:] += slip[1]
        arc = phase_arcs(combine(observation_file({"G": system}), "G"))[:, 0]
        np.testing.assert_array_equal(arc, np.arange(EPOCHS) >= 250)


def test_lost_lock_and_long_gaps_begin_new_arcs():
    system, _ = one_satellite("G", "G05", ("C1C", "L1C", "C2W", "L2W"), (1575.42e6, 1227.60e6))
    system.loss_of_lock[1, 100] = 1
    system.values[2, 200:215] = np.nan
    system.values[2, 300:305] = np.nan  # short enough to be foretold
    arc = phase_arcs(combine(observation_file({"G": system}), "G"))[:, 0]
    assert arc[99] == 0 and arc[100] == 1 and arc[199] == 1 and arc[207] == -1 and arc[215] == 2 and arc[305] == 2


def test_a_step_of_residuals_cuts_an_arc_where_it_is():
    residual = np.where(np.arange(100) < 60, 0.0, 0.1) + 0.005 * np.random.default_rng(1).normal(size=100)
    arc, cuts = split_at_steps(np.zeros(100, dtype=np.int64), residual, np.full(100, 0.005))
    assert cuts == 1
    assert abs(int(np.argmax(arc)) - 60) <= 2
    np.testing.assert_array_equal(renumbered(np.array([0, 0, 5, 5, 5, 9]), shortest=2), [0, 0, 1, 1, 1, -1])


def test_a_glonass_satellite_that_the_header_forgets_has_its_channel_from_the_table():
    system, distance = one_satellite("R", "R02", ("C1P", "L1P", "C2P", "L2P"), (G1, G2))
    made = combine(observation_file({"R": system}), "R")
    np.testing.assert_allclose(made.frequency[0], (G1, G2))
    np.testing.assert_allclose(made.code[:, 0], distance, atol=ROUNDING)


def test_repeated_epochs_are_left_out_and_power_failures_begin_new_arcs():
    system, _ = one_satellite("G", "G05", ("C1C", "L1C", "C2W", "L2W"), (1575.42e6, 1227.60e6))
    file = observation_file({"G": system})
    file.gpst[101] = file.gpst[100]
    file.flag[300] = 1
    made = combine(file, "G")
    arc = phase_arcs(made)[:, 0]
    assert np.isnan(made.code[101, 0])
    assert arc[101] == -1
    assert arc[102] == arc[100]
    assert arc[300] == arc[299] + 1


def test_files_without_two_bands_and_letters_of_no_system_are_told():
    system, _ = one_satellite("G", "G05", ("C1C", "L1C", "C1W", "L1W"), (1575.42e6, 1575.42e6))
    with pytest.raises(MissingData, match="two bands"):
        combine(observation_file({"G": system}), "G")
    with pytest.raises(InvalidInput, match="letters"):
        combine(observation_file({"G": system}), "GX")


def test_the_kernel_of_arcs_cuts_where_its_plain_twin_does():
    rng = np.random.default_rng(3)
    gpst = 30.0 * np.cumsum(rng.choice([1, 1, 1, 4, 15], EPOCHS))
    valid, lost = rng.random((EPOCHS, 1)) < 0.9, rng.random((EPOCHS, 1)) < 0.01
    wide = 0.2 * rng.normal(size=(EPOCHS, 1)) + np.cumsum(rng.random((EPOCHS, 1)) < 0.01, axis=0) * 3
    bent = 1e-4 * gpst[:, None] + np.cumsum(rng.random((EPOCHS, 1)) < 0.01, axis=0) * 0.2
    limits = np.array([300.0, 0.04, 2e-4, 4.0, 0.15, 0.5, 40.0])
    arc = np.empty((EPOCHS, 1), dtype=np.int64)
    count = find_arcs(gpst, valid, lost, wide, bent, limits, arc)
    assert count == arc.max() + 1
    np.testing.assert_array_equal(arc[:, 0], plain_arcs(gpst, valid[:, 0], lost[:, 0], wide[:, 0], bent[:, 0], limits))


def plain_arcs(gpst, valid, lost, wide, bent, limits):
    """The rule in words of numpy: weighted means of the arc so far, computed anew for each epoch."""
    longest, jump, growth, sigmas, least, first, memory = limits
    arc, number, members, slipped = np.full(gpst.size, -1), -1, [], True
    for e in range(gpst.size):
        if not valid[e]:
            slipped |= lost[e]
            continue
        fresh = slipped or lost[e] or gpst[e] - gpst[members[-1]] > longest
        if not fresh:
            step = gpst[e] - gpst[members[-1]]
            change = bent[e] - bent[members[-1]]
            if len(members) > 1:
                change -= step * np.diff(bent[members[-2:]])[0] / np.diff(gpst[members[-2:]])[0]
            mean, variance = wide[members[0]], first**2
            for place, member in enumerate(members[1:], start=2):
                gain = 1.0 / min(place, memory)
                away = wide[member] - mean
                mean, variance = mean + gain * away, (1.0 - gain) * variance + gain * away**2
            bound = sigmas * max(np.sqrt(variance), least) + 1.0 / len(members)
            fresh = abs(change) > jump + growth * step or abs(wide[e] - mean) > bound
        if fresh:
            number, members = number + 1, []
        members, slipped = [*members, e], False
        arc[e] = number
    return arc
