"""What a state file becomes: values in SI, epochs in the scale that they were written in."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from moonstead.foundation.time.epoch import Epoch
from moonstead.scenario.load_state import load_state
from moonstead.scenario.problems import ScenarioError
from moonstead.scenario.state_file import Impulse, Thrusting

STATES = Path(__file__).resolve().parents[2] / "examples" / "states"
ROUNDING = 1e-15  # one multiplication in double precision


def changed(tmp_path, *replacements, name="low_orbit"):
    text = (STATES / f"{name}.toml").read_text(encoding="utf-8")
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new, 1)
    path = tmp_path / "changed.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_values_are_in_si():
    state = load_state(STATES / "low_orbit.toml").state
    assert state.orbit.position == (1_838_000.0, 0.0, 0.0)
    assert state.orbit.velocity == (0.0, 57.0, 1632.0)
    assert (state.mass, state.radiation.area, state.radiation.reflectivity) == (1000.0, 10.0, 1.5)
    assert (state.center, state.forces.degree, state.forces.third_bodies) == ("MOON", 50, ("EARTH", "SUN"))


def test_burns_choose_their_models():
    impulse, thrusting = load_state(STATES / "transfer_with_burns.toml").state.burns
    assert isinstance(impulse, Impulse)
    assert isinstance(thrusting, Thrusting)
    assert (thrusting.thrust, thrusting.duration, thrusting.specific_impulse) == (400.0, 300.0, 320.0)
    assert impulse.delta_v == (0.0, 150.0, 0.0)


def test_elements_by_altitudes_and_by_axis_are_the_same_ellipse(tmp_path):
    by_altitudes = load_state(STATES / "transfer_with_burns.toml").state.orbit
    path = changed(
        tmp_path,
        (
            'periapsis_altitude = "100 km"\napoapsis_altitude = "100 km"',
            'semi_major_axis = "1837.4 km"\neccentricity = 0',
        ),
        name="transfer_with_burns",
    )
    assert load_state(path).state.orbit.shape(math.nan) == by_altitudes.shape(1_737_400.0)


@pytest.mark.parametrize(
    ("written", "text", "scale"),
    [
        ('"2030-01-01T00:00:00 TDB"', "2030-01-01T00:00:00", "TDB"),
        ('"2030-01-01T00:00:00Z"', "2030-01-01T00:00:00", "UTC"),
        ("2030-01-01T00:00:00Z", "2030-01-01T00:00:00", "UTC"),
        ("2030-01-01T03:00:00.25+03:00", "2030-01-01T00:00:00.25", "UTC"),
        ('"2030-01-01T03:00:00+03:00"', "2030-01-01T00:00:00", "UTC"),
        ('"2029-365T00:00:00 TT"', "2029-12-31T00:00:00", "TT"),
        ('"2016-12-31T23:59:60Z"', "2016-12-31T23:59:60", "UTC"),
    ],
)
def test_an_epoch_is_read_in_the_scale_that_it_names(written, text, scale, tmp_path):
    path = changed(tmp_path, ('"2030-01-01T00:00:00 TDB"', written))
    epoch = load_state(path).state.orbit.epoch
    assert (epoch.epoch, epoch.scale) == (Epoch.parse(text, scale), scale)


def test_a_day_later_is_counted_in_the_scale_of_the_epoch(tmp_path):
    of_tdb = load_state(STATES / "low_orbit.toml").state.orbit.epoch
    assert of_tdb.later(86_400.0).tdb == of_tdb.tdb + 86_400.0
    of_utc = load_state(changed(tmp_path, ('"2030-01-01T00:00:00 TDB"', "2016-12-31T00:00:00Z"))).state.orbit.epoch
    # SI seconds: the day has a leap second
    assert of_utc.later(86_400.0).epoch.text("UTC") == "2016-12-31T23:59:60.000"


def test_all_mistakes_are_told_at_once_in_the_order_of_their_lines(tmp_path):
    path = changed(
        tmp_path, ('mass = "1000 kg"', 'mass = "0 kg"'), ('"1838.0 km"', '"1838.0 s"'), ("degree = 50", "degre = 50")
    )
    with pytest.raises(ScenarioError) as caught:
        load_state(path)
    assert [problem.key for problem in caught.value.problems] == ["mass", "orbit.position[0]", "forces.degre"]
    lines = [problem.line for problem in caught.value.problems]
    assert lines == sorted(lines)
