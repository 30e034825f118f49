"""Keys of monitoring, protected objects and sensors: what is refused, and with which words."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from moonstead.scenario.load import load_scenario

FOLDER = Path(__file__).parents[1] / "run"
GOOD = (FOLDER / "monitoring.toml").read_text()


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('spacecraft = "relay"\n', "", "write one of `spacecraft` and `object`"),
        ("object = 900001", 'object = 900001\nspacecraft = "mapper"', "write one of `spacecraft` and `object`"),
        ('spacecraft = "relay"\n', 'spacecraft = "relais"\n', 'did you mean "relay"'),
        ("object = 900001", 'spacecraft = "relay"', "already protects the same object"),
        ('catalogue = "monitoring_objects.csv"', "", "there is none"),
        ("object = 900001", "object = -1", "object"),
        ('"20 m", "100 m", "20 m"', '"20 m", "0 m", "20 m"', "a standard deviation is positive"),
        ("probability_limit = 1e-5", "probability_limit = 0.0", "probability_limit"),
        ('ground_station = "kashi"', 'ground_station = "kaschi"', 'did you mean "kashi"'),
        ('ground_station = "kashi"', "", "says nowhere"),
        ('ground_station = "kashi"', 'ground_station = "kashi"\nsite = "hub"', "must be said once"),
        ('longitude = "-60 deg"', "", "latitude and longitude go together"),
        ('kind = "telescope"', 'kind = "satellite"', "a satellite flies"),
        (
            'kind = "satellite"\norbit = { kind = "geo"',
            'kind = "radar"\norbit = { kind = "geo"',
            "stands on the ground",
        ),
        ("satellites = 24, planes = 4", "satellites = 25, planes = 4", "do not fill 4 planes"),
        ("phasing = 1", "phasing = 4", "below the number of planes"),
        ('maximum_range = "3000 km"\n', "", "belongs to the range"),
        ('id = "fence"', 'id = "optical"', "already names another sensor"),
        ('duration = "12 h"', 'duration = "12 h"\nhistories = ["a.tle"]', "never fetched"),
        ('duration = "12 h"', 'duration = "12 km"', "duration"),
    ],
)
def test_mistakes_are_told(tmp_path, old, new, words):
    assert GOOD.count(old) >= 1
    file = tmp_path / "bad.toml"
    file.write_text(GOOD.replace(old, new, 1))
    with pytest.raises(Exception, match="(?s)" + words):
        load_scenario(file)


def test_protected_objects_without_a_screening_are_told(tmp_path):
    start, stop = GOOD.index("[monitoring]"), GOOD.index("[[protect]]")
    file = tmp_path / "bad.toml"
    file.write_text(GOOD[:start] + GOOD[stop:])
    with pytest.raises(Exception, match=r"(?s)nobody screens.*\[monitoring\]"):
        load_scenario(file)


def test_what_is_left_out_has_its_default():
    scenario = load_scenario(FOLDER / "monitoring.toml").scenario
    asked = scenario.monitoring
    assert asked is not None
    assert (asked.distance, asked.moon_distance, asked.hard_body_radius) == (10e3, 500e3, 5.0)
    assert asked.element_error == (100.0, 500.0, 100.0)
    assert asked.catalogue == FOLDER / "monitoring_objects.csv"
    relay, station = scenario.protected
    assert (relay.hard_body_radius, station.hard_body_radius, station.object) == (10.0, None, 900_001)
    assert [sensor.kind for sensor in scenario.sensors] == ["telescope", "radar", "satellite", "satellite"]
    assert scenario.sensors[0].sun_below == math.radians(12.0)
