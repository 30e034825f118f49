"""Authority: multiples of 10.23 MHz in the interface documents, and what real receivers write."""

from __future__ import annotations

import numpy as np
import pytest

from moonstead.foundation.errors import InvalidInput
from moonstead.navigation.signals import (
    CARRIERS,
    MODES,
    PAIRS,
    best_code,
    best_pair,
    carrier_frequency,
    first_code,
    ionosphere_free_weights,
    wavelength,
)

BASE = 10.23e6  # [Hz]


@pytest.mark.parametrize(
    ("system", "code", "multiple"),
    [
        ("G", "C1C", 154.0),
        ("G", "L2W", 120.0),
        ("G", "L5Q", 115.0),
        ("E", "C7Q", 118.0),
        ("E", "C8Q", 116.5),
        ("E", "6", 125.0),
        ("C", "C2I", 152.6),
        ("C", "C6I", 124.0),
        ("C", "C7D", 118.0),
        ("C", "C1P", 154.0),
        ("C", "C5P", 115.0),
        ("I", "C9A", 243.6),
    ],
)
def test_carriers_are_multiples_of_the_base(system, code, multiple):
    assert carrier_frequency(system, code) == pytest.approx(multiple * BASE, rel=1e-15)


def test_glonass_channels_keep_nine_to_seven():
    channels = np.arange(-7, 7)
    first, second = carrier_frequency("R", "C1C", channels), carrier_frequency("R", "C2P", channels)
    np.testing.assert_allclose(first / second, 9.0 / 7.0, rtol=1e-15)
    assert carrier_frequency("R", "1", 1) - carrier_frequency("R", "1", 0) == 562_500.0
    assert wavelength("R", "1", -7)[()] == pytest.approx(299_792_458.0 / 1598.0625e6, rel=1e-15)


def test_weights_remove_what_goes_with_the_square_of_the_frequency():
    first, second = 1561.098e6, 1268.52e6
    a, b = ionosphere_free_weights(first, second)
    assert a + b == pytest.approx(1.0, rel=1e-14)
    assert a / first**2 + b / second**2 == pytest.approx(0.0, abs=1e-33)


def test_every_pair_and_mode_names_a_carrier():
    for system, pairs in PAIRS.items():
        assert {band for pair in pairs for band in pair} <= set(CARRIERS[system])
        assert set(MODES[system]) == set(CARRIERS[system])


@pytest.mark.parametrize(
    ("system", "codes", "pair"),
    [
        ("C", ["C2I", "C6I", "C7I"], ("C2I", "C6I")),  # BeiDou-2: B3I, not B2I
        ("C", ["C2I", "C6I", "C1P", "C5P"], ("C2I", "C6I")),
        ("C", ["C1X", "C5X"], ("C1X", "C5X")),
        ("C", ["C2I", "C7I"], ("C2I", "C7I")),
        ("C", ["C2I"], None),
        ("R", ["C1C", "C2C", "C2P", "C1P"], ("C1C", "C2C")),
        ("G", ["C1C", "C2W", "C2L", "C5Q"], ("C1C", "C2W")),
        ("G", ["C1C", "C5Q"], ("C1C", "C5Q")),
        ("E", ["C1X", "C7X", "C5X", "C8X"], ("C1X", "C5X")),
    ],
)
def test_pairs_are_chosen_by_frequency_from_what_is_held(system, codes, pair):
    assert best_pair(system, codes) == pair


def test_single_codes_follow_what_is_held():
    assert first_code("C", ["C6I", "C7I"]) == "C6I"
    assert first_code("C", ["C1X", "C6I"]) == "C1X"
    assert first_code("G", ["L1C", "S1C"]) is None
    assert best_code("G", "1", ["L1C", "L1W"], "L") == "L1C"


def test_unknown_bands_are_refused_by_name():
    with pytest.raises(InvalidInput, match="GPS has no band '7'"):
        carrier_frequency("G", "C7I")
    with pytest.raises(InvalidInput, match="letter 'X'"):
        carrier_frequency("X", "1")
