"""Keys of traverses and landings: what is refused, and with which words."""

from __future__ import annotations

from pathlib import Path

import pytest

from moonstead.scenario.load import load_scenario

GOOD = (Path(__file__).parents[1] / "run" / "traverses.toml").read_text()


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('to = { latitude = "-88.65 deg", longitude = "124.5 deg" }', "", "one place"),
        ('to = { latitude = "-88.65 deg", longitude = "124.5 deg" }', 'to_site = "rim"', "ends where it starts"),
        ('to = { latitude = "-88.65 deg", longitude = "124.5 deg" }', 'to_site = "plane"', 'did you mean "plain"'),
        ('facility = "explorer"', 'facility = "explorers"', "rover"),
        ('like = "heavy"', 'like = "huge"', "viper"),
        ('max_uphill = "0.4 deg"', 'max_uphill = "80 deg"', "at most 45.0 deg"),
        ('max_uphill = "0.4 deg"', 'speeds = ["0.1 m/s"]', "each slope needs its speed"),
        ('id = "too-steep"', 'id = "down"', "already names another traverse"),
        ('site = "plain"', 'site = "plan"', "no site"),
        ('approach = "90 deg"', 'approach = "90 deg"\nleast_sun = "70 deg"', "not below"),
    ],
)
def test_mistakes_are_told(tmp_path, old, new, words):
    assert GOOD.count(old) >= 1
    file = tmp_path / "bad.toml"
    file.write_text(GOOD.replace(old, new, 1))
    with pytest.raises(Exception, match="(?s)" + words):
        load_scenario(file)


def test_two_sites_may_be_the_ends(tmp_path):
    file = tmp_path / "good.toml"
    file.write_text(GOOD.replace('to = { latitude = "-88.65 deg", longitude = "124.5 deg" }', 'to_site = "plain"', 1))
    assert load_scenario(file).scenario.traverses[0].to_site == "plain"
