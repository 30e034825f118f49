"""Lunar orbits that a scenario leaves to a search: they fly, stand where they should, and refuse what cannot be."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from moonstead.foundation.bodies import LUNAR_MAP_RADIUS, body
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput
from moonstead.orbits.elements import kepler_elements, mean_anomaly
from moonstead.run.lunar_starts import advice_for
from moonstead.run.preflight import examine
from moonstead.run.trajectories import fly, orbit_fragment
from moonstead.scenario.load import load_scenario
from moonstead.scenario.problems import ScenarioError

MINI = Path(__file__).parent / "mini.toml"
LEADER = '{ kind = "frozen-ellipse", periselene = "500 km", period = "24 h", apsis = "south", lifetime = "30 d"%s }'
SECOND = """
[[spacecraft]]
id = "second"
partner = "us"
orbit = %s
"""


@pytest.fixture(scope="module")
def data():
    return DataContext.installed()


@pytest.fixture
def scenario_of(tmp_path):
    def of(first, second):
        text = "\n".join(
            f"orbit = {first}" if line.startswith("orbit = ") else line for line in MINI.read_text().splitlines()
        )
        path = tmp_path / "lunar.toml"
        path.write_text(text.replace("[[ground_station]]", SECOND % second + "[[ground_station]]", 1))
        return load_scenario(path)

    return of


def test_a_phased_relay_stays_a_third_of_a_turn_ahead(scenario_of, data):
    scenario = scenario_of(LEADER % "", '{ kind = "phased", leader = "relay", phase = "120 deg" }').scenario
    leader, _ = fly(orbit_fragment(scenario.spacecraft[0], scenario), data)
    second, facts = fly(orbit_fragment(scenario.spacecraft[1], scenario), data)
    tdb = np.linspace(*leader.span, 40)
    phases = []
    for path in (leader, second):
        found = kepler_elements(path.state(tdb), body("MOON").gm)
        phases.append(mean_anomaly(found.true_anomaly, found.eccentricity))
    ahead = np.degrees(np.angle(np.exp(1j * (phases[1] - phases[0]))))
    np.testing.assert_allclose(ahead, 120.0, atol=6.0)  # osculating anomalies swing by some degrees within a turn
    assert "120 deg ahead" in facts["choice"]


def test_a_relay_may_be_chosen_by_what_it_sees(scenario_of, data):
    seen = ', sees = "rim", mask = "5 deg"'
    low = '{ kind = "low-frozen", altitude = "100 km", inclination = "86 deg", node = "20 deg" }'
    text = scenario_of(LEADER % seen, low)
    scenario = text.scenario
    _, facts = fly(orbit_fragment(scenario.spacecraft[0], scenario), data)
    assert "sees rim longest" in facts["choice"] and len(facts["candidates"]) >= 4
    fragment = orbit_fragment(scenario.spacecraft[1], scenario) | {"degree": 10}
    path, facts = fly(fragment, data)
    altitude = np.linalg.norm(path.state(np.linspace(*path.span, 2000))[:, :3], axis=1) - LUNAR_MAP_RADIUS
    assert altitude.min() > 70e3 and altitude.max() < 130e3
    assert "comes back after a sidereal month" in facts["choice"]


def test_elements_that_fall_are_told_which_node_would_live(scenario_of, data):
    """Queqiao-2's published shape, node 0 on the lunar equator, falls within five days of 2024-03-31 (field notes)."""
    elements = (
        '{ kind = "elements", center = "MOON", frame = "MOON_PA", epoch = 2035-01-01T00:00:00Z, periapsis_altitude = '
        '"200 km", apoapsis_altitude = "16000 km", inclination = "62.4 deg", node = "180 deg", '
        'argument_of_periapsis = "90 deg", true_anomaly = "0 deg" }'
    )
    scenario = scenario_of(elements, LEADER % "").scenario
    fragment = orbit_fragment(scenario.spacecraft[0], scenario)
    told = [
        advice_for({**fragment, "orbit": fragment["orbit"] | {"node": node}}, data) for node in (0.0, 1.6, 3.1, 4.7)
    ]
    falling = [text for text in told if text is not None]
    assert falling and all(
        "hits the Moon on 2035-01-" in text and "nearest node that lives" in text for text in falling
    )


@pytest.mark.parametrize(
    ("first", "second", "words"),
    [
        (LEADER % "", '{ kind = "phased", leader = "nobody", phase = "120 deg" }', 'no spacecraft is called "nobody"'),
        (LEADER % "", '{ kind = "phased", leader = "second", phase = "120 deg" }', "on no frozen ellipse"),
        (LEADER % ', sees = "rin"', LEADER % "", 'did you mean "rim"'),
        (LEADER % ', mask = "5 deg"', LEADER % "", "a mask without a site"),
    ],
)
def test_wrong_references_are_told(scenario_of, first, second, words):
    with pytest.raises(ScenarioError) as caught:
        scenario_of(first, second)
    assert words in str(caught.value)


def test_too_low_to_be_frozen_is_refused_before_the_run(scenario_of, data):
    low = '{ kind = "low-frozen", altitude = "20 km", inclination = "86 deg" }'
    found = examine(scenario_of(LEADER % "", low), data)
    assert any("stays frozen" in problem.message for problem in found)


def test_an_ellipse_that_does_not_live_names_its_spacecraft(scenario_of, data):
    short = LEADER.replace("500 km", "60 km").replace("30 d", "300 d")
    scenario = scenario_of(short % "", LEADER % "").scenario
    with pytest.raises(InvalidInput, match=r"spacecraft 'relay': .*(hits the Moon on|sinks to)"):
        fly(orbit_fragment(scenario.spacecraft[0], scenario), data)
