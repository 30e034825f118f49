"""Keys of heat: what they mean in SI, and what is refused with its remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from moonstead.foundation.errors import InvalidInput
from moonstead.scenario.load import load_scenario

HEAT = Path(__file__).resolve().parents[1] / "run" / "heat.toml"


def edited(tmp_path, old, new):
    text = HEAT.read_text()
    assert old in text
    (tmp_path / "edited.toml").write_text(text.replace(old, new, 1))
    return tmp_path / "edited.toml"


def test_keys_are_kept_in_si():
    facilities = {part.id: part for part in load_scenario(HEAT).scenario.facilities}
    lab = facilities["lab"].thermal
    assert (lab.area, lab.mass, lab.minimum, lab.maximum, lab.radiator, lab.dust) == (
        60.0,
        4000.0,
        283.0,
        303.0,
        8.0,
        0.1,
    )
    assert facilities["sensor"].thermal.radiator is None


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('minimum = "283 K"', 'minimum = "310 K"', "not below the highest"),
        ('maximum = "303 K"', 'maximum = "3030 K"', "nothing here lives"),
        ('dust = "10 %"', 'emissivity = "10 %"', "closed louvres"),
        ('minimum = "283 K"', 'minimum = "10 degC"', "283|unit"),
        ('mass = "4000 kg", ', "", "mass"),
        ('dust = "10 %"', 'dusty = "10 %"', "dusty"),
    ],
)
def test_impossible_hardware_is_refused(old, new, says, tmp_path):
    with pytest.raises(InvalidInput, match=says):
        load_scenario(edited(tmp_path, old, new))
