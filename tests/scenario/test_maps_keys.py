"""What a scenario may say of maps of light, in SI, and how mistakes are told with their line."""

from __future__ import annotations

import pytest

from moonstead.scenario.load import load_scenario
from moonstead.scenario.problems import ScenarioError

TEXT = """title = "Maps"
start = 2035-01-01T00:00:00Z
stop = 2035-01-03T00:00:00Z

[[site]]
id = "rim"
latitude = "-89.45 deg"
longitude = "222.69 deg"

[[map]]
id = "around"
site = "rim"
half_width = "30 km"
spacing = "500 m"
mast = "10 m"
"""


def load(tmp_path, *replacements):
    text = TEXT
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new, 1)
    path = tmp_path / "maps.toml"
    path.write_text(text)
    return load_scenario(path).scenario


def test_values_are_in_si(tmp_path):
    (found,) = load(tmp_path, ('mast = "10 m"', 'mast = "10 m"\nstep = "1 h"')).maps
    assert (found.half_width, found.spacing, found.mast, found.step) == (30e3, 500.0, 10.0, 3600.0)
    assert (found.azimuths, found.name) == (180, None)


@pytest.mark.parametrize(
    ("replacements", "line", "message"),
    [
        ([('site = "rim"\nhalf', 'site = "rum"\nhalf')], 12, 'no site is called "rum"'),
        ([('spacing = "500 m"', 'spacing = "40 km"')], 14, "larger than `half_width`"),
        ([('spacing = "500 m"', 'spacing = "10 m"')], 14, "more than 250000 pixels"),
        ([('spacing = "500 m"', 'spacing = "500 s"')], 14, "length"),
        ([('mast = "10 m"', "azimuths = 10")], 15, "36"),
        ([('mast = "10 m"', 'mast = "-1 m"')], 15, "0 m"),
        (
            [("[[map]]", '[[map]]\nid = "around"\nsite = "rim"\nhalf_width = "9 km"\nspacing = "1 km"\n[[map]]')],
            16,
            "map",
        ),
    ],
)
def test_mistakes_are_told_with_their_line(tmp_path, replacements, line, message):
    with pytest.raises(ScenarioError) as caught:
        load(tmp_path, *replacements)
    assert f":{line}" in str(caught.value)
    assert message in str(caught.value)
