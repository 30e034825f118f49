"""Keys of constellations and of navigation: what is refused, and with which words."""

from __future__ import annotations

import pytest

from moonstead.scenario.load import load_scenario

GOOD = """
title = "Navigation"
start = 2035-01-01T00:00:00Z
stop = 2035-01-03T00:00:00Z

[[partner]]
id = "cnsa"
name = "China National Space Administration"

[[site]]
id = "hub"
latitude = "-88.80 deg"
longitude = "123.40 deg"

[[spacecraft]]
id = "relay"
partner = "cnsa"
orbit = { kind = "frozen-ellipse", periselene = "500 km", period = "24 h", apsis = "south" }

[[constellation]]
id = "queqiao"
preset = "queqiao-pilot"
spacecraft = ["relay"]
partner = "cnsa"
signal_error = "10 m"
signal_error_range = ["5 m", "20 m"]

[navigation]
sites = ["hub"]
height_error = "10 m"
navigation_files = ["a.rnx"]
precise_files = ["a.sp3"]

[navigation.receiver]
systems = ["G", "E"]

[[navigation.station]]
id = "esbc"
observations = "a.obs"
"""


def written(folder, text):
    file = folder / "scenario.toml"
    file.write_text(text)
    return file


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('preset = "queqiao-pilot"\nspacecraft = ["relay"]', "", "neither a preset nor spacecraft"),
        ('spacecraft = ["relay"]', 'spacecraft = ["relai"]', 'did you mean "relay"'),
        ('partner = "cnsa"\nsignal', 'partner = "cnsb"\nsignal', 'did you mean "cnsa"'),
        ('["5 m", "20 m"]', '["15 m", "20 m"]', "holds the error itself"),
        ('sites = ["hub"]', 'sites = ["hug"]', 'did you mean "hub"'),
        ('systems = ["G", "E"]', 'systems = ["G", "X"]', "X"),
        ('height_error = "10 m"', 'height_error = "10"', "unit"),
        ('precise_files = ["a.sp3"]\n\n[navigation.receiver]', "[navigation.receiver]\n", "stands|alone|station"),
    ],
)
def test_mistakes_are_told(tmp_path, old, new, words):
    text = GOOD if "alone" not in words else GOOD.partition("[[navigation.station]]")[0]
    assert text.count(old) == 1
    with pytest.raises(Exception, match="(?s)" + words):
        load_scenario(written(tmp_path, text.replace(old, new)))


def test_a_constellation_that_nobody_uses_is_told(tmp_path):
    with pytest.raises(Exception, match="nobody uses"):
        load_scenario(written(tmp_path, GOOD.partition("[navigation]")[0]))


def test_two_constellations_cannot_share_a_name(tmp_path):
    twice = GOOD.replace("[navigation]", '[[constellation]]\nid = "queqiao"\npreset = "queqiao-basic"\n\n[navigation]')
    with pytest.raises(Exception, match="already names another constellation"):
        load_scenario(written(tmp_path, twice))


def test_two_stations_cannot_share_a_name(tmp_path):
    again = '\n[[navigation.station]]\nid = "esbc"\nobservations = "b.obs"\n'
    with pytest.raises(Exception, match="already names another station"):
        load_scenario(written(tmp_path, GOOD + again))


def test_what_is_left_out_has_its_default(tmp_path):
    scenario = load_scenario(written(tmp_path, GOOD)).scenario
    assert scenario.navigation.mask == pytest.approx(0.0872664626)
    assert scenario.navigation.receiver.threshold_dbhz == 26.0
    assert scenario.constellations[0].signal_error_range == (5.0, 20.0)
    assert scenario.navigation.stations[0].mode == "single"
