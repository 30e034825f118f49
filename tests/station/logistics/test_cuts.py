"""Authority: enumeration. A cut must hold for every plan in whole numbers, and break some plan in fractions."""

import itertools
import math

import numpy as np
import pytest

from moonstead.station.logistics.cuts import rounding_row, spread_edges

ROUNDING = 1e-12


@pytest.mark.parametrize("seed", range(8))
def test_no_whole_plan_is_cut_off(seed):
    rng = np.random.default_rng(seed)
    rooms = dict(enumerate(rng.uniform(0.5, 8.0, size=3)))
    wanted = float(rng.uniform(1.0, 30.0))
    for unit in rooms.values():
        found = rounding_row(rooms, [3], wanted, unit)
        if found is None:
            continue
        row, least = found
        for counts in itertools.product(range(6), repeat=3):
            brought = sum(room * count for room, count in zip(rooms.values(), counts, strict=True))
            missed = max(wanted - brought, 0.0)  # more may be missed, which only helps
            value = sum(row[k] * count for k, count in enumerate(counts)) + row[3] * missed
            assert value >= least - ROUNDING * least


def test_a_fraction_of_a_flight_is_cut_off():
    row, least = rounding_row({0: 4.0}, [1], 10.0, 4.0)
    assert least == 3.0 and row[0] == 1.0
    assert row[0] * 2.5 < least  # what the linear program would fly


def test_rounding_that_gains_nothing_is_left_out():
    assert rounding_row({0: 4.0}, [], 8.0, 4.0) is None


def test_edges_share_what_is_wanted_in_equal_parts():
    wanted = [0.0] + [1.0] * 100
    edges = spread_edges(wanted)
    assert edges == [10 * k for k in range(1, 11)]
    assert spread_edges([0.0, 0.0]) == []
    assert spread_edges([0.0, 5.0, 0.0]) == [1]
    assert math.isclose(sum(wanted[: edges[-1] + 1]), 100.0)
