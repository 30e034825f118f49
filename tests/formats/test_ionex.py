"""Authority: the IONEX format 1.1 (Schaer, Gurtner & Feltens) and maps whose values are known in closed form."""

import numpy as np
import pytest

from moonstead.formats.gnss_time import gpst_from_civil
from moonstead.formats.ionex import read_ionex
from moonstead.foundation.errors import FormatError
from moonstead.navigation.precise.ionosphere_maps import MapIonosphere, pierce_point, vertical_content
from moonstead.navigation.signals import L1

PRINTED = 0.05e16  # [1/m^2] half a unit of the last digit
EXACT = 1e-12  # [rad, 1]
START = float(gpst_from_civil(2024, 3, 30, 0, 0, 0.0, "UTC")[0])
LATITUDES, LONGITUDES = np.arange(87.5, -90.0, -2.5), np.arange(-180.0, 181.0, 5.0)


def content(map_number, latitude, longitude):
    """TEC units: a slope in latitude, a wave in longitude that stays under the Sun, a rise from map to map."""
    return 100.0 + 0.5 * latitude + 20.0 * np.cos(np.radians(longitude + 15.0 * map_number)) + 10.0 * map_number


def block(map_number, kind="TEC", value=content):
    lines = [f"{map_number + 1:6d}{'':54}START OF {kind} MAP"]
    hour = map_number
    lines.append(f"{2024:6d}{3:6d}{30:6d}{hour:6d}{0:6d}{0:6d}{'':24}EPOCH OF CURRENT MAP")
    for latitude in LATITUDES:
        lines.append(f"  {latitude:6.1f}{-180.0:6.1f}{180.0:6.1f}{5.0:6.1f}{450.0:6.1f}{'':28}LAT/LON1/LON2/DLON/H")
        row = np.round(10.0 * value(map_number, latitude, LONGITUDES)).astype(int)
        lines += ["".join(f"{number:5d}" for number in row[k : k + 16]) for k in range(0, row.size, 16)]
    return [*lines, f"{map_number + 1:6d}{'':54}END OF {kind} MAP"]


def head(**changes):
    fields = {
        "IONEX VERSION / TYPE": "     1.0            IONOSPHERE MAPS     GNSS",
        "COMMENT": "a comment",
        "INTERVAL": "  3600",
        "MAPPING FUNCTION": "  NONE",
        "ELEVATION CUTOFF": "    10.0",
        "BASE RADIUS": "  6371.0",
        "MAP DIMENSION": "     2",
        "HGT1 / HGT2 / DHGT": "   450.0 450.0   0.0",
        "LAT1 / LAT2 / DLAT": "    87.5 -87.5  -2.5",
        "LON1 / LON2 / DLON": "  -180.0 180.0   5.0",
        "EXPONENT": "    -1",
        "PRN / BIAS / RMS": "   G01    -7.118     0.056",
        "STATION / BIAS / RMS": "   G  BRUX 13101M010           1.500     0.150",
        "END OF HEADER": "",
    } | changes
    return [f"{value:<60}{label}" for label, value in fields.items()]


def text(maps=3, rms=True):
    lines = head()
    for number in range(maps):
        lines += block(number)
    for number in range(maps if rms else 0):
        lines += block(number, "RMS", lambda _, latitude, longitude: 2.0 + 0.0 * longitude)
    return "\n".join([*lines, f"{'':60}END OF FILE", ""])


@pytest.fixture
def path(tmp_path):
    return tmp_path / "maps.inx"


def test_maps_head_and_biases_are_read(path):
    path.write_text(text())
    maps = read_ionex(path)
    assert maps.tec.shape == (3, 71, 73)
    np.testing.assert_allclose(maps.gpst, START + 3600.0 * np.arange(3))
    assert maps.latitude[0] < maps.latitude[-1]
    grid = content(1, np.degrees(maps.latitude)[:, None], np.degrees(maps.longitude)[None, :])
    assert np.max(np.abs(maps.tec[1] - 1e16 * grid)) <= PRINTED * 1.001
    np.testing.assert_allclose(maps.rms, 2e16)
    assert maps.satellite_bias == {"G01": pytest.approx(-7.118e-9)}
    assert maps.station_bias == {"G BRUX 13101M010": pytest.approx(1.5e-9)}
    assert (maps.height, maps.radius, maps.mapping, maps.interval) == (450e3, 6371e3, "NONE", 3600.0)
    assert maps.elevation_cutoff == pytest.approx(np.radians(10.0))
    assert not maps.faults


def test_points_without_value_are_missing(path):
    path.write_text(text().replace(" 1238", " 9999"))
    assert np.isnan(read_ionex(path).tec).any()


def test_maps_are_turned_with_the_sun_between_their_epochs(path):
    path.write_text(text())
    maps = read_ionex(path)
    latitude, longitude = np.radians([12.5, -30.0, 50.0]), np.radians([10.0, 170.0, -175.0])
    later = np.array([0.0, 1800.0, 5400.0])
    hours = later / 3600.0
    # in the file the wave moves 15 degrees west an hour, as the rotation has it: only the rise is to be interpolated
    expected = 1e16 * content(hours, np.degrees(latitude), np.degrees(longitude))
    found = vertical_content(maps, START + later, latitude, longitude)
    bent = 20e16 * np.radians(2.5) ** 2 / 2.0  # a line in place of the cosine over 5 degrees
    np.testing.assert_allclose(found, expected, atol=bent + 2.0 * PRINTED)


def test_outside_the_maps_there_is_no_answer(path):
    path.write_text(text())
    maps = read_ionex(path)
    found = vertical_content(maps, START + np.array([-1.0, 7201.0, 100.0]), [0.0, 0.0, 1.56], [0.0, 0.0, 0.0])
    np.testing.assert_array_equal(np.isnan(found), [True, True, False])  # beyond 87.5 degrees the last row holds


def test_pierce_point_in_closed_form():
    where, across, factor = pierce_point(0.4, 1.0, 0.5 * np.pi, 0.3, 6371e3, 6821e3)
    np.testing.assert_allclose([where, across, factor], [0.4, 1.0, 1.0], atol=EXACT)
    # due north at the equator: the layer's angle from the law of sines
    zenith = np.radians(60.0)
    inner = np.arcsin(6371.0 / 6821.0 * np.sin(zenith))
    where, across, factor = pierce_point(0.0, 0.2, np.radians(30.0), 0.0, 6371e3, 6821e3)
    np.testing.assert_allclose([where, across, factor], [zenith - inner, 0.2, 1.0 / np.cos(inner)], atol=EXACT)
    east = pierce_point(0.0, 0.2, np.radians(30.0), 0.5 * np.pi, 6371e3, 6821e3)
    np.testing.assert_allclose(east[:2], [0.0, 0.2 + zenith - inner], atol=EXACT)


def test_delay_is_16_centimetres_a_unit_in_the_zenith(path):
    path.write_text(text())
    model = MapIonosphere(read_ionex(path))
    one = np.ones(1)
    delay, factor = model.delay(0.0 * one, 0.0 * one, 0.5 * np.pi * one, 0.0 * one, START + 0.0 * one)
    assert factor[0] == pytest.approx(1.0)
    assert delay[0] == pytest.approx(0.1624 * 120.0, rel=1e-3)  # 40.3e16 / f^2 on L1 is 0.162 m; content(0, 0, 0) = 120
    assert model.frequency == L1
    assert 0.01 < model.uncertainty < 0.05  # 2 units of about 100


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("EPOCH OF CURRENT MAP", "EPOCH OF SOMETHING  ", "no epoch"),
        ("END OF FILE", "END OF FOLD", "cut off"),
        ("  3600  ", "  36x0  ", "can not be read"),
        ("     1                                                      END OF TEC MAP", "", "no end"),
    ],
)
def test_a_fault_is_told_and_other_maps_are_used(path, old, new, what):
    path.write_text(text().replace(old, new, 1))
    maps = read_ionex(path)
    assert any(what in str(fault) for fault in maps.faults), maps.faults
    assert maps.gpst.size >= 2


@pytest.mark.parametrize(
    ("broken", "what"),
    [
        ("GARBAGE\n" * 1000, "no IONEX file"),
        ("\n".join(head()), "no map"),
        ("\n".join(head(**{"MAP DIMENSION": "     3"}) + block(0)), "several layers"),
        ("\n".join(head(**{"LAT1 / LAT2 / DLAT": "    87.5 -87.5  -2.7"}) + block(0)), "grid"),
    ],
)
def test_files_without_maps_are_refused(path, broken, what):
    path.write_text(broken)
    with pytest.raises(FormatError, match=what):
        read_ionex(path)


def test_a_cut_file_gives_whole_maps(path):
    whole = text()
    path.write_text(whole[: len(whole) // 2])
    maps = read_ionex(path)
    assert maps.gpst.size in (2, 3)
    assert np.isfinite(maps.tec).all()
    assert "cut off" in str(maps.faults[0]) or "no end" in str(maps.faults[0])
