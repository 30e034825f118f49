"""Authority: the same place said in two ways, geometry of mounts, and what wrong files are told."""

import numpy as np
import pytest

from moonstead.dynamics.trajectories import SurfacePoint
from moonstead.formats.tdm import segment_of_rows
from moonstead.formats.tdm_message import Tdm, TdmHeader
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import FormatError, InvalidInput, MissingData
from moonstead.monitoring.tracking.measurements import joined, measurements
from moonstead.monitoring.tracking.stations import read_stations
from moonstead.monitoring.tracking.tdm_measurements import measurements_of_tdm
from moonstead.monitoring.tracking.track_split import split_tracks

GEODETIC = '[[station]]\nname = "a"\nlatitude_deg = 40.0\nlongitude_deg = -110.0\nheight_m = 2000.0\n'
START = 7.5e8  # [s TDB past J2000]


def test_a_place_is_the_same_in_both_forms(tmp_path):
    path = tmp_path / "stations.toml"
    path.write_text(GEODETIC)
    one = read_stations(path)["a"]
    place = ", ".join(repr(float(x)) for x in one.position)
    path.write_text(GEODETIC + f'[[station]]\nname = "b"\nposition_m = [{place}]\n')
    other = read_stations(path)["b"]
    np.testing.assert_allclose(other.position, one.position, atol=1e-6)
    assert other.latitude == pytest.approx(np.radians(40.0), abs=1e-12)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "no \\[\\[station\\]\\]"),
        ("[[station", "not a TOML file"),
        (GEODETIC.replace('"a"', '""'), "needs a name"),
        (GEODETIC + GEODETIC, "named twice"),
        (GEODETIC.replace("height_m", "hight_m"), "'hight_m' is not known"),
        (GEODETIC.replace("height_m = 2000.0\n", ""), "height_m is missing"),
        (GEODETIC.replace("40.0", "95.0"), "latitude"),
        (GEODETIC.replace("40.0", '"north"'), "could not convert"),
        (GEODETIC + "position_m = [1.0, 2.0, 3.0]\n", "not both"),
        ('[[station]]\nname = "a"\nposition_m = [1.0, 2.0, 3.0]\n', "above the ellipsoid"),
        ('[[station]]\nname = "a"\nposition_m = [1.0, 2.0]\n', "three finite coordinates"),
    ],
    ids=range(11),
)
def test_a_station_that_is_nowhere_is_told(text, told, tmp_path):
    path = tmp_path / "stations.toml"
    path.write_text(text)
    with pytest.raises(FormatError, match=told):
        read_stations(path)
    with pytest.raises(MissingData, match="no such file"):
        read_stations(tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("kind", "angles", "azimuth", "elevation"),
    [
        ("AZEL", (30.0, 40.0), 30.0, 40.0),
        ("XEYN", (0.0, 0.0), None, 90.0),
        ("XEYN", (60.0, 0.0), 90.0, 30.0),  # tilted to the east
        ("XEYN", (0.0, 60.0), 0.0, 30.0),  # then to the north
        ("XSYE", (60.0, 0.0), 180.0, 30.0),
        ("XSYE", (0.0, 60.0), 90.0, 30.0),
    ],
    ids=["azel", "zenith", "east", "north", "south", "then-east"],
)
def test_angles_of_mounts_point_where_their_names_say(kind, angles, azimuth, elevation):
    station = SurfacePoint.on_earth("s", 0.5, 0.5, 0.0)
    metadata = {"PARTICIPANT_1": "s", "PARTICIPANT_2": "x", "PATH": "2,1", "ANGLE_TYPE": kind}
    segment = segment_of_rows(metadata, ["ANGLE_1", "ANGLE_2"], [START, START], list(angles))
    rows = measurements_of_tdm(Tdm(TdmHeader("m", None), (segment,)), {"s": station}, DataContext.installed()).rows
    assert np.degrees(rows.value[0, 1]) == pytest.approx(elevation, abs=1e-9)
    if azimuth is not None:
        assert np.degrees(rows.value[0, 0]) % 360.0 == pytest.approx(azimuth, abs=1e-9)


def test_corrections_that_are_still_to_be_made_are_made():
    station = SurfacePoint.on_earth("s", 0.5, 0.5, 0.0)
    metadata = {"PARTICIPANT_1": "s", "PARTICIPANT_2": "x", "PATH": "1,2,1", "RANGE_UNITS": "km"}
    metadata |= {"CORRECTION_RANGE": "0.5", "CORRECTIONS_APPLIED": "NO"}
    segment = segment_of_rows(metadata, ["RANGE"], [START], [1000.0])
    tracking = measurements_of_tdm(Tdm(TdmHeader("m", None), (segment,)), {"s": station}, DataContext.installed())
    assert tracking.rows.value[0, 0] == 1_000_500.0


def test_tracks_are_cut_at_long_breaks_and_between_stations():
    one, other = SurfacePoint.on_earth("one", 0.5, 0.5, 0.0), SurfacePoint.on_earth("other", 0.1, 0.5, 0.0)
    times = START + np.array([0.0, 10.0, 2000.0, 2010.0])
    rows = joined([measurements("range", times, np.ones(4), 1.0, station) for station in (one, other)])
    tracks = split_tracks(rows)
    assert [len(track) for track in tracks] == [2, 2, 2, 2]
    assert [track.observers[track.receiver[0]].name for track in tracks] == ["one", "one", "other", "other"]
    with pytest.raises(InvalidInput, match="must be positive"):
        split_tracks(rows, 0.0)
