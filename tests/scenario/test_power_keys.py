"""Authority: what each key promises in its description; mistakes are told with their key."""

from __future__ import annotations

from pathlib import Path

import pytest

from moonstead.scenario.load import load_scenario
from moonstead.scenario.problems import ScenarioError

GRID = (Path(__file__).parents[1] / "run" / "grid.toml").read_text(encoding="utf-8")


def _loaded(folder, old="", new=""):
    assert old in GRID
    path = folder / "grid.toml"
    path.write_text(GRID.replace(old, new, 1) if old else GRID, encoding="utf-8")
    return load_scenario(path).scenario


def test_keys_of_power_are_kept_in_si(tmp_path):
    scenario = _loaded(tmp_path)
    parts = {part.id: part for part in scenario.facilities}
    assert parts["camp-cell"].hydrogen == 6.0 and parts["camp-cell"].order == 2
    assert parts["east-array"].position == (6.0, 0.0) and parts["east-array"].cleaning == 4 * 86_400.0
    assert parts["reactor"].start_up == 6 * 3600.0
    assert parts["reactor"].failure_rate * 365.25 * 86_400.0 == pytest.approx(0.5)
    (line,) = scenario.lines
    assert line.resistance == pytest.approx(4e-3) and line.voltage == 6e3 and line.between == ("ridge", "camp")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('between = ["ridge", "camp"]', 'between = ["ridge", "ridge"]', "both ends of the line"),
        ('between = ["ridge", "camp"]', 'between = ["ridge", "cmap"]', 'no site is called "cmap"'),
        ('voltage = "6 kV"\n', "", "needs a voltage"),
        ('voltage = "6 kV"', 'voltage = "6 kW"', "line[0].voltage"),
        ('initial_filling = "50 %"', 'minimum_filling = "60 %"\ninitial_filling = "50 %"', "tank starts at 50%"),
        ('ageing = "xu-2018"\n', "", "an age means nothing without ageing"),
        ('temperature = "293 K"', 'temperature = "260 K"', "ageing at 260 K is not described"),
        ('temperature = "293 K"', 'temperature = "20 K"', "cells at 20 K are not described"),
        ('degradation = "0.8 %/yr"', 'start_up = "1 h"', "gives its power at once"),
        ('position = ["6 m", "0 m"]', 'position = ["6 m"]', "position"),
        ('dust_rate = "1.5 %/yr"', 'dust_rate = "1 %/d"', "dust_rate"),
        ("outages = [[2035-01-10T00:00:00Z, 2035-01-10T12:00:00Z]]",
         "outages = [[2035-01-10T12:00:00Z, 2035-01-10T00:00:00Z]]", "does not run forward"),
    ],
)  # fmt: skip
def test_mistakes_are_told_with_their_key(tmp_path, old, new, told):
    with pytest.raises(ScenarioError) as raised:
        _loaded(tmp_path, old, new)
    assert told in str(raised.value)
