"""Keys of station keeping: units, defaults that error budgets quote, and what is refused."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from moonstead.scenario.load import load_scenario
from moonstead.scenario.problems import ScenarioError

MINI = Path(__file__).parents[1] / "run" / "mini.toml"
NRHO = '{ kind = "family", family = "nrho", point = "L2", branch = "south", resonance = "9:2" }'


def written(folder, keeping, orbit=NRHO):
    kept = MINI.read_text().split("[[facility]]")[0]
    path = folder / "kept.toml"
    path.write_text(f'{kept}[[spacecraft]]\nid = "gate"\npartner = "us"\norbit = {orbit}\nkeeping = {keeping}\n')
    return path


def test_errors_carry_units_and_have_the_values_that_budgets_quote(tmp_path):
    said = load_scenario(written(tmp_path, '{ unload = "3 mm/s", specific_impulse = "230 s" }')).scenario
    keeping = said.spacecraft[0].keeping
    assert (keeping.navigation_position, keeping.navigation_velocity) == (10e3, 0.1)
    assert keeping.unload == pytest.approx(0.003) and keeping.specific_impulse == 230.0
    assert keeping.burn_direction == pytest.approx(math.radians(1.0)) and keeping.method == "target-point"


@pytest.mark.parametrize(
    ("keeping", "told"),
    [
        ('{ navigation_position = "10 cm/s" }', "length"),
        ('{ method = "magic" }', "target-point"),
        ("{ runs = 1 }", "runs"),
        ('{ minimum_burn = "-1 cm/s" }', "minimum_burn"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_key(tmp_path, keeping, told):
    with pytest.raises(ScenarioError, match=told):
        load_scenario(written(tmp_path, keeping))


def test_only_orbits_of_families_are_kept(tmp_path):
    ellipse = '{ kind = "frozen-ellipse", periselene = "500 km", period = "24 h", apsis = "south" }'
    with pytest.raises(ScenarioError, match=r"frozen-ellipse is not kept here"):
        load_scenario(written(tmp_path, "{}", ellipse))
