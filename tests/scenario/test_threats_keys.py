"""Keys of threats, shields and flash cameras: what is refused, and with which words."""

from __future__ import annotations

from pathlib import Path

import pytest

from moonstead.scenario.load import load_scenario

FOLDER = Path(__file__).parents[1] / "run"
GOOD = (FOLDER / "threats.toml").read_text()
ORBIT = 'orbit = "../../scenarios/2024-yr4.json"'


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (ORBIT, "", "observations or a published orbit"),
        (ORBIT, ORBIT + '\nobservations = ["a.obs80"]', "observations or a published orbit"),
        (ORBIT, ORBIT + "\nhistory = true", "only observations have a history"),
        (ORBIT, ORBIT + '\nsolve_for = ["A2"]', "only observations are fitted"),
        ("clones = 200", "clones = 5", "clones"),
        ('diameter = "60 m"', 'diameter = "-60 m"', "above"),
        ('diameter = "60 m"', "density = 90.0", "density"),
        ('of = "habitat"', 'of = "habitats"', 'did you mean "habitat"'),
        ('spacing = "10 cm"', "", "needs `bumper` and `spacing`"),
        ('kind = "wall"', 'kind = "wall"\nbumper = "1 mm"', "has no bumper"),
        ('spacecraft = "relay"', 'spacecraft = "relays"', 'did you mean "relay"'),
        ('id = "tank"', 'id = "hull"', "already names another shield"),
    ],
)
def test_mistakes_are_told(tmp_path, old, new, words):
    assert GOOD.count(old) >= 1
    file = tmp_path / "bad.toml"
    file.write_text(GOOD.replace(old, new, 1))
    with pytest.raises(Exception, match="(?s)" + words):
        load_scenario(file)


def test_what_is_left_out_has_its_default():
    scenario = load_scenario(FOLDER / "threats.toml").scenario
    (threat,) = scenario.threats
    assert threat.density is None
    assert threat.earth_altitude == 100e3
    assert threat.orbit is not None and threat.orbit.is_file()
    assert [shield.kind for shield in scenario.shields] == ["whipple", "wall"]
    assert scenario.flash_cameras[0].exposure == pytest.approx(0.033)
