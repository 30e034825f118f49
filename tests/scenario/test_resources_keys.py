"""What a scenario may say of maps of resources and of deposits, in SI, and how mistakes are told with their line."""

from __future__ import annotations

import pytest

from moonstead.scenario.load import load_scenario
from moonstead.scenario.problems import ScenarioError

TEXT = """title = "Resources"
start = 2035-01-01T00:00:00Z
stop = 2035-01-03T00:00:00Z

[[site]]
id = "rim"
latitude = "-89.45 deg"
longitude = "222.69 deg"

[[resource_layer]]
id = "hydrogen"
file = "hydrogenhd.txt"
footprint = "60 km"

[[deposit]]
id = "soil"
site = "rim"
resource = "oxygen"
grade = "3 %"
grade_spread = "50 %"
recovery = "60 %"
process_energy = "24 kWh/kg"
excavation_energy = "0.5 kWh/t"
mass_moved = "100 t"
"""


def load(tmp_path, *replacements):
    text = TEXT
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new, 1)
    path = tmp_path / "resources.toml"
    path.write_text(text)
    return load_scenario(path).scenario


def test_values_are_in_si(tmp_path):
    scenario = load(tmp_path)
    (layer,), (deposit,) = scenario.resource_layers, scenario.deposits
    assert (layer.file, layer.footprint, layer.quantity) == (tmp_path / "hydrogenhd.txt", 60e3, None)
    assert (deposit.grade, deposit.grade_spread, deposit.recovery) == (0.03, 0.5, 0.6)
    assert deposit.process_energy == pytest.approx(24.0 * 3.6e6)
    assert deposit.excavation_energy == pytest.approx(0.5 * 3.6e6 / 1e3)
    assert (deposit.mass_moved, deposit.process_energy_spread) == (1e5, 0.0)


@pytest.mark.parametrize(
    ("replacements", "line", "message"),
    [
        ([('site = "rim"\nresource', 'site = "rum"\nresource')], 17, 'no site is called "rum"'),
        ([('grade = "3 %"', 'grade = "300 %"')], 19, "must be at most"),
        ([('grade = "3 %"', 'grade = "0 %"')], 19, "must be above"),
        ([('process_energy = "24 kWh/kg"', 'process_energy = "24 kWh"')], 22, "kWh"),
        ([('file = "hydrogenhd.txt"', "file = 5")], 12, "names no file"),
        (
            [('excavation_energy = "0.5 kWh/t"', 'excavation_energy_spread = "100 %"')],
            23,
            "_spread` without",
        ),
        ([('mass_moved = "100 t"', 'mass_moved = "0 t"')], 24, "must be above"),
        ([('id = "soil"', 'id = "soil"\nid2 = "x"')], 17, "id2"),
        ([("[[deposit]]", TEXT[TEXT.index("[[deposit]]") :] + "\n[[deposit]]")], 27, "already names another deposit"),
    ],
)
def test_mistakes_are_told_with_their_line(tmp_path, replacements, line, message):
    with pytest.raises(ScenarioError) as caught:
        load(tmp_path, *replacements)
    problems = caught.value.problems
    assert any(message in f"{problem.message} {problem.remedy}" and problem.line == line for problem in problems), (
        problems
    )
