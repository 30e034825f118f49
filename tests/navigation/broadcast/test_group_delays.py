"""Authority: the formulas of the interface documents, written out for single numbers."""

from __future__ import annotations

import numpy as np
import pytest

from moonstead.formats.broadcast_messages import DELAY_COLUMNS, no_messages
from moonstead.foundation.errors import InvalidInput
from moonstead.navigation.broadcast.group_delays import code_bias
from moonstead.navigation.broadcast.source import BroadcastSource

NANO = 1e-9
EXACT = 1e-22  # [s] rounding of nanoseconds


def message(name, kind, **delays):
    found = no_messages(1)
    found.satellite[:], found.kind[:] = name, kind
    found.reference[:] = found.clock_reference[:] = found.transmission[:] = 1.3e9
    found.clock[:], found.orbit[:], found.state[:] = 0.0, 0.1, 2e7
    for delay, value in delays.items():
        found.delays[:, DELAY_COLUMNS.index(delay)] = value * NANO
    return found


def bias(messages, codes):
    value, known = code_bias(messages, np.zeros(1, dtype=np.int64), codes)
    return value[0], known[0]


GAMMA_GPS = (77.0 / 60.0) ** 2
GAMMA_L5 = (154.0 / 115.0) ** 2
GAMMA_E5B = (154.0 / 118.0) ** 2


@pytest.mark.parametrize(
    ("name", "kind", "delays", "codes", "expected"),
    [
        ("G01", "LNAV", {"tgd": 5}, "C1C", 5),
        ("G01", "LNAV", {"tgd": 5}, "C2W", GAMMA_GPS * 5),
        ("G01", "LNAV", {"tgd": 5}, ("C1W", "C2W"), 0),
        ("G01", "CNAV", {"tgd": 5, "isc_l1ca": 1, "isc_l2c": 2}, "C1C", 4),
        ("G01", "CNAV", {"tgd": 5, "isc_l1ca": 1, "isc_l2c": 2}, "C2L", 3),
        # IS-GPS-200, 30.3.3.3.1.1.2: (L2C - gamma L1 + ISC_L2C - gamma ISC_L1CA) / (1 - gamma) - c TGD
        (
            "G01",
            "CNAV",
            {"tgd": 5, "isc_l1ca": 1, "isc_l2c": 2},
            ("C1C", "C2L"),
            -((2 - GAMMA_GPS * 1) / (1 - GAMMA_GPS) - 5),
        ),
        ("E11", "INAV", {"bgd_e5a": 3, "bgd_e5b": 4}, "C1C", 4),
        ("E11", "FNAV", {"bgd_e5a": 3, "bgd_e5b": 4}, "C1C", 3),
        ("E11", "INAV", {"bgd_e5a": 3, "bgd_e5b": 4}, "C7Q", GAMMA_E5B * 4),
        ("E11", "FNAV", {"bgd_e5a": 3, "bgd_e5b": 4}, "C5Q", GAMMA_L5 * 3),
        ("E11", "INAV", {"bgd_e5a": 3, "bgd_e5b": 4}, ("C1C", "C7Q"), 0),
        ("E11", "FNAV", {"bgd_e5a": 3, "bgd_e5b": 4}, ("C1C", "C5Q"), 0),
        ("C21", "D1", {"tgd1": 7, "tgd2": 2}, "C6I", 0),
        ("C21", "D1", {"tgd1": 7, "tgd2": 2}, "C2I", 7),
        ("C11", "D1", {"tgd1": 7, "tgd2": 2}, "C7I", 2),
        ("C21", "D1", {"tgd1": 7}, ("C2I", "C6I"), 7 * 152.6**2 / (152.6**2 - 124.0**2)),
        ("C21", "CNV1", {"tgd_b1cp": 6, "tgd_b2ap": 8, "isc_b1cd": 1}, "C1P", 6),
        ("C21", "CNV1", {"tgd_b1cp": 6, "tgd_b2ap": 8, "isc_b1cd": 1}, "C1D", 7),
        ("C21", "CNV2", {"tgd_b1cp": 6, "tgd_b2ap": 8, "isc_b2ad": 1}, "C5D", 9),
        ("C21", "CNV3", {"tgd_b2bi": 8}, "C7D", 8),
        ("R01", "FDMA", {"delta_tau": 4}, "C1P", 0),
        ("R01", "FDMA", {"delta_tau": 4}, "C2P", 4),
        ("R01", "FDMA", {"delta_tau": 4}, ("C1P", "C2P"), -4 * 49.0 / 32.0),  # (9/7)^2: 81 and 49
        ("I05", "LNAV", {"tgd": 3}, "C5A", 3),
        ("S36", "SBAS", {}, "C1C", 0),
    ],
)
def test_delays_follow_the_documents(name, kind, delays, codes, expected):
    value, known = bias(message(name, kind, **delays), codes)
    assert value == pytest.approx(expected * NANO, abs=EXACT, rel=1e-12)
    assert known


def test_galileo_pairs_of_the_other_message_agree_with_it():
    """One satellite, one hardware: clocks of I/NAV and F/NAV differ by BGD(E5b) - BGD(E5a) at E1."""
    inav = message("E11", "INAV", bgd_e5a=3, bgd_e5b=4)
    fnav = message("E11", "FNAV", bgd_e5a=3, bgd_e5b=4)
    clock_difference = 4 * NANO - 3 * NANO  # I/NAV less F/NAV
    for code in ("C1C", "C5Q", "C7Q", "C8Q"):
        assert bias(inav, code)[0] - bias(fnav, code)[0] == pytest.approx(clock_difference, abs=EXACT)


@pytest.mark.parametrize(
    ("name", "kind", "delays", "codes"),
    [
        ("G01", "LNAV", {"tgd": 5}, "C5Q"),
        ("R01", "FDMA", {}, ("C1P", "C2P")),
        ("C21", "D1", {"tgd1": 7}, "C1P"),
    ],
)
def test_what_a_message_does_not_tell_is_zero_and_said_so(name, kind, delays, codes):
    value, known = bias(message(name, kind, **delays), codes)
    assert value == 0.0
    assert not known


def test_impossible_codes_are_refused():
    with pytest.raises(InvalidInput, match="no band '6'"):
        bias(message("G01", "LNAV", tgd=5), "C6I")
    with pytest.raises(InvalidInput, match="one band"):
        bias(message("G01", "LNAV", tgd=5), ("C1C", "C1W"))


def test_a_source_gives_the_delay_of_the_message_in_force():
    source = BroadcastSource.from_messages(message("C21", "D1", tgd1=7))
    index, time = np.zeros(2, dtype=np.int64), np.array([1.3e9, 1.3e9 + 1e6])
    np.testing.assert_allclose(source.code_bias(index, time, "C2I"), [7e-9, 0.0], atol=EXACT)
    assert source.code_bias_known(index, time, "C2I").tolist() == [True, False]
