"""Authority: published station vectors, turned to geodetic by ERFA; the collected notes."""

import csv
import dataclasses

import erfa
import numpy as np
import pytest

from moonstead.foundation.errors import InvalidInput, MissingData
from moonstead.links.ground_stations import ground_station, station_names

WGS84 = 1  # ERFA's identifier
PRINTED = 0.12  # [m] degrees to six decimals
# Earth-fixed vectors [m]: JPL station list of 2008; J. Astron. Space Sci. 40(2), 79 (2023); NAIF kernel malargue (2013)
PUBLISHED = {
    "goldstone-dss14": (-2353621.3873, -4641341.4492, 3677052.2629),
    "goldstone-dss26": (-2354890.7903, -4647166.3561, 3668871.7409),
    "canberra-dss36": (-4461168.415, 2682814.657, -3674083.901),
    "canberra-dss43": (-4460894.9092, 2682361.5401, -3674748.0458),
    "madrid-dss56": (4849421.679, -360549.659, 4114646.987),
    "madrid-dss63": (4849092.518, -360180.348, 4115109.251),
    "malargue": (1823343.3634, -4850457.9903, -3708971.8154),
    "hartebeesthoek": (5085442.7779, 2668263.5430, -2768696.9598),
}


@pytest.mark.truth
def test_positions_are_those_of_the_published_vectors(validation):
    errors = []
    for name, vector in PUBLISHED.items():
        station = ground_station(name)
        here = erfa.gd2gc(WGS84, station.longitude, station.latitude, station.height)
        errors.append(np.linalg.norm(here - np.array(vector)))
    validation(
        capability="Ground stations",
        quantity="position in the Earth-fixed frame",
        authority="published vectors of JPL, NAIF and the 2013 VLBI kernel",
        error=max(errors),
        unit="m",
        tolerance=PRINTED,
        cases=len(errors),
    )


def test_a_station_becomes_a_point_that_turns_with_the_earth():
    for name, vector in PUBLISHED.items():
        np.testing.assert_allclose(ground_station(name).trajectory().position, vector, atol=PRINTED)


@pytest.mark.truth
def test_the_table_agrees_with_the_collected_notes(shared_data):
    text = (shared_data / "station" / "ground_stations.csv").read_text()
    rows = list(csv.DictReader(text.splitlines()))
    shipped = {name: ground_station(name, allow_inactive=True) for name in station_names()}
    for row in rows:
        near = [
            s
            for s in shipped.values()
            if abs(np.degrees(s.latitude) - float(row["lat_deg"])) < 1e-3
            and abs(np.degrees(s.longitude) - float(row["lon_deg"])) < 1e-3
        ]
        assert len(near) == 1, row["name"]
        assert near[0].dish_diameter == float(row["dish_m"].split()[0])
        if row["height_m"]:
            assert near[0].height == float(row["height_m"])


def test_every_number_has_a_source():
    for name in station_names():
        station = ground_station(name, allow_inactive=True)
        assert all(station.source[key] for key in ("position", "height", "dish", "bands", "status"))
        assert all(station.certainty[key] for key in ("position", "height", "dish"))
        assert station.position_error > 0.0 and station.bands


def test_a_wrong_name_is_answered_with_the_nearest():
    with pytest.raises(MissingData, match="did you mean 'jiamusi'"):
        ground_station("jiamuzi")
    assert ground_station(" Kashi ").identity == "kashi"
    assert ground_station("bear lakes (medvezhyi ozera)").identity == "bear-lakes"


def test_yevpatoria_is_refused_unless_asked_for_on_purpose():
    with pytest.raises(InvalidInput, match="out of use"):
        ground_station("yevpatoria")
    assert not ground_station("yevpatoria", allow_inactive=True).active
    assert "yevpatoria" not in station_names(active_only=True)


@pytest.mark.truth
@pytest.mark.parametrize("name", ["yevpatoria", "ussuriysk"])
def test_vectors_made_on_a_sphere_are_caught_by_their_height(name):
    # a published kernel places these dishes at their true latitude and longitude, but on a sphere of 6371.302 km
    station = ground_station(name, allow_inactive=True)
    cosine = np.cos(station.latitude)
    direction = [cosine * np.cos(station.longitude), cosine * np.sin(station.longitude), np.sin(station.latitude)]
    longitude, latitude, height = erfa.gc2gd(WGS84, 6_371_302.0 * np.array(direction))
    assert 3400.0 < height < 4100.0  # 3.955 km and 3.517 km in the kernel
    with pytest.raises(InvalidInput, match="lie on a sphere"):
        dataclasses.replace(station, latitude=float(latitude), longitude=float(longitude), height=float(height))


def test_a_true_mountain_is_accepted():
    assert ground_station("shigatse").height > 4000.0


def test_degrees_for_radians_are_refused():
    with pytest.raises(InvalidInput, match="rad"):
        dataclasses.replace(ground_station("kashi"), latitude=38.42)
