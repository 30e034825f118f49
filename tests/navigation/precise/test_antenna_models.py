"""Authority: igs14.atx as printed; broadcast orbits, which refer to the antenna, less precise ones of the mass."""

import numpy as np
import pytest

from moonstead.dynamics.solid_tides import sun_and_moon
from moonstead.formats.antex import read_antex
from moonstead.formats.rinex_navigation import read_navigation
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import MissingData
from moonstead.navigation.broadcast.source import BroadcastSource
from moonstead.navigation.precise.antenna import SatelliteAntennas, nadir_angle
from moonstead.navigation.precise.receiver_antenna import receiver_antenna, receiver_correction, receiver_pattern
from moonstead.navigation.precise.source import open_precise
from moonstead.navigation.time import tdb_from_gpst

DATE = 1_277_121_600.0  # [s GPST] 2020-06-25T12:00
PRINTED = 1e-9  # [m]
BROADCAST = 0.12  # [m] mean of a block over a day: broadcast orbits are off by decimetres for hours


def test_offsets_are_those_of_the_igs_by_vehicle():
    antennas = SatelliteAntennas(("G01", "G13", "R05", "E11", "C20", "G99"), DATE)
    np.testing.assert_allclose(antennas.offset[0], [0.394, 0.0, 1.5018], atol=PRINTED)
    np.testing.assert_allclose(antennas.offset[1], [-0.0024, -0.0016, 1.3483], atol=PRINTED)
    np.testing.assert_allclose(antennas.offset[2], [-0.545, 0.0, 2.45], atol=PRINTED)
    np.testing.assert_array_equal(antennas.known, [True, True, True, True, True, False])
    assert antennas.source[:3] == ("igs14", "igs14", "igsmail")
    assert antennas.source[5] == "none"


def test_bands_with_their_own_offsets_are_combined():
    first, second = 154.0**2, 115.0**2  # squares of E1 and E5a in units of 10.23 MHz
    z = (first * 0.81177 - second * 0.79185) / (first - second)
    assert SatelliteAntennas(("E11",), DATE).offset[0, 2] == pytest.approx(z, abs=PRINTED)
    one = SatelliteAntennas(("E11",), DATE, {"E": ("1", "1")})
    np.testing.assert_allclose(one.offset[0], [-0.16937, 0.02963, 0.81177], atol=PRINTED)
    assert not SatelliteAntennas(("E11",), DATE, {"E": ("1", "9")}).known[0]


def test_variation_follows_the_nadir_angle():
    antennas = SatelliteAntennas(("G13", "G02"), DATE)
    degrees = np.radians([0.0, 6.5])
    np.testing.assert_allclose(antennas.variation(np.array([0, 0]), degrees), [-6.1e-3, 4.8e-3], atol=PRINTED)
    np.testing.assert_allclose(antennas.variation(np.array([1, 1]), degrees), [10.7e-3, -8.6e-3], atol=PRINTED)


def test_an_antex_file_goes_before_the_table(shared_data):
    file = read_antex(shared_data / "gnss" / "igs14_small.atx.gz")
    antennas = SatelliteAntennas(("E04", "G01"), DATE, {"E": ("5", "5")}, file)
    np.testing.assert_allclose(antennas.offset[0], [0.12313, -0.00959, 0.60415], atol=PRINTED)
    assert antennas.source == ("IGS14_2247", "igs14")


def test_nadir_angle_of_the_horizon():
    satellite, receiver = np.array([[26.56e6, 0.0, 0.0]]), np.array([[0.0, 6.378e6, 0.0]])
    assert nadir_angle(satellite, receiver)[0] == pytest.approx(np.arctan2(6.378, 26.56))
    assert nadir_angle(satellite, 0.24 * satellite)[0] == pytest.approx(0.0)


@pytest.mark.truth
def test_broadcast_antennas_stand_where_offset_and_attitude_put_them(shared_data, validation):
    folder = shared_data / "gnss"
    broadcast = BroadcastSource.from_file(
        read_navigation(folder / "BRDC00IGS_R_20220010000_01D_MN.rnx.gz", systems="GE"), rule="nearest"
    )
    precise = open_precise(folder / "COD0MGXFIN_20220010000_01D_05M_ORB.SP3.gz")
    epochs = precise.span[0] + np.arange(7200.0, 79_200.0, 600.0)
    sun, _ = sun_and_moon(tdb_from_gpst(epochs), DataContext.installed())
    antennas = SatelliteAntennas(precise.satellites, float(epochs.mean()))
    differences = {}
    for name in ("GPS IIF", "GPS IIR-M", "GPS IIR-B", "GPS IIR-A", "Galileo FOC"):
        rows = [row for row, facts in enumerate(antennas.facts) if facts.block == name and antennas.known[row]]
        means = []
        for row in rows:
            index = np.full(epochs.size, row)
            mass = precise.states(index, epochs)
            sent = broadcast.states(np.full(epochs.size, broadcast.satellites.index(precise.satellites[row])), epochs)
            axes, steady = antennas.axes(index, mass.position, mass.velocity, sun)
            seen = np.einsum("nij,nj->ni", axes, sent.position - mass.position)
            good = steady & np.isfinite(seen[:, 0])
            means.append(np.median(seen[good], axis=0) - antennas.offset[row])
        differences[name] = np.mean(means, axis=0)[2]
    validation(
        capability="antenna phase centres",
        quantity="offset toward the Earth, mean of a block",
        authority="broadcast orbits (antenna) less CODE final orbits (mass) of 2022-001",
        error=float(max(abs(value) for value in differences.values())),
        unit="m",
        tolerance=BROADCAST,
        cases=len(differences),
    )


def test_receiver_antennas_of_the_table():
    antenna = receiver_antenna("ASH701945E_M", "SCIS")
    assert antenna.radome == "SCIS"
    pattern = receiver_pattern(antenna, "R02")
    np.testing.assert_allclose(pattern.offset, [-0.6e-3, 0.0, 119.0e-3], atol=PRINTED)
    # at the zenith: less the height of the phase centre, plus a variation of zero
    assert receiver_correction(pattern, 0.5 * np.pi, 0.0)[()] == pytest.approx(-0.119, abs=PRINTED)
    # at 45 degrees to the east, by hand: variation 9 * 5 degrees is -6.2 mm
    expected = -np.cos(np.pi / 4) * 0.0 - np.sin(np.pi / 4) * 0.119 - 0.0062
    assert receiver_correction(pattern, np.pi / 4, np.pi / 2)[()] == pytest.approx(expected, abs=1e-6)
    with pytest.raises(MissingData, match="NOSUCH"):
        receiver_antenna("NOSUCH")
    with pytest.raises(MissingData, match="no pattern at X09"):
        receiver_pattern(antenna, "X09")
