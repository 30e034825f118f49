"""Authority: geometry of antennas right overhead and at a slant, in closed form."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from moonstead.formats.antex import Antenna, AntennaPattern
from moonstead.navigation.ppp.antennas import borrowed_bands, receiver_range

CLOSED_FORM = 1e-12  # [m]
F1, F2 = 1575.42e6, 1227.60e6
UP1, UP2, NORTH = 0.089, 0.119, 0.004  # [m]


def antenna(names=("G01", "G02")):
    grid = np.radians([0.0, 90.0])
    ups = {names[0]: UP1, names[1]: UP2}
    patterns = {name: AntennaPattern(name, np.array([NORTH, 0.0, up]), grid, np.zeros(2)) for name, up in ups.items()}
    return Antenna("TEST", "NONE", "", "", "", "", -np.inf, np.inf, patterns)


def sky(elevation, azimuth, satellites=("G01",), signals=(("C1W", "L1C", "C2W", "L2W"),)):
    count = len(elevation)
    combined = SimpleNamespace(satellites=satellites, signals=signals, frequency=np.array([[F1, F2]] * len(satellites)))
    sent = SimpleNamespace(epoch=np.arange(count), satellite=np.zeros(count, dtype=np.int64))
    return combined, sent, SimpleNamespace(elevation=np.radians(elevation), azimuth=np.radians(azimuth))


def test_a_signal_from_the_zenith_is_shorter_by_the_combined_height_of_the_phase_centres():
    a, b = F1**2 / (F1**2 - F2**2), -(F2**2) / (F1**2 - F2**2)
    added = receiver_range(*sky([90.0, 0.0, 0.0], [0.0, 0.0, 180.0]), antenna())
    np.testing.assert_allclose(added, [-(a * UP1 + b * UP2), -NORTH, NORTH], atol=CLOSED_FORM)


@pytest.mark.parametrize(
    ("satellite", "signals", "borrowed"),
    [
        ("G01", ("C1W", "L1C", "C2W", "L2W"), []),
        ("R01", ("C1P", "L1P", "C2P", "L2P"), []),
        ("E01", ("C1C", "L1C", "C5Q", "L5Q"), ["E05"]),
        ("C20", ("C2I", "L2I", "C6I", "L6I"), ["C02", "C06"]),
    ],
)
def test_bands_that_were_not_calibrated_are_told(satellite, signals, borrowed):
    combined, _, _ = sky([90.0], [0.0], (satellite,), (signals,))
    assert borrowed_bands(combined, antenna()) == borrowed
