"""Missions of a scenario: what a small one says by hand, and what is refused before anything is computed."""

from pathlib import Path

import pytest

from moonstead.run.campaigns import campaign_fragment, campaign_of
from moonstead.run.lost_launches import mission_roles
from moonstead.run.missions import MissionAnswer, mission_answers, mission_deliveries, missions_fragment
from moonstead.run.preflight_missions import mission_problems
from moonstead.run.site_stores import site_fragment
from moonstead.scenario.load import load_scenario
from moonstead.station.logistics.supplies import open_loop_supplies

MISSIONS = Path(__file__).parent / "missions.toml"
DAY = 86_400.0
A_SECOND = 1.0


@pytest.fixture(scope="module")
def scenario():
    return load_scenario(MISSIONS).scenario


def edited(tmp_path, *changes):
    text = MISSIONS.read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path = tmp_path / "edited.toml"
    path.write_text(text)
    return load_scenario(path)


def told(loaded):
    return " ".join(problem.message for problem in mission_problems(loaded))


def test_every_mission_of_the_example_can_be_flown(scenario):
    answers = mission_answers(missions_fragment(scenario))
    assert all(isinstance(one, MissionAnswer) and not one.problems for one in answers.values())
    cargo, lander, visit = (answers[name] for name in ("cargo-1", "lander-1", "visit-1"))
    assert cargo.arrival - cargo.departure == pytest.approx((0.25 + 4.0 + 0.5) * DAY)
    assert visit.arrival - visit.departure == pytest.approx((0.25 + 4.0 + 0.5) * DAY)
    assert lander.check.crew == 2  # people of the visit land with it
    burns = [one.burn for one in lander.check.flown.burns]
    assert burns == ["insertion", "landing", "landing", "ascent", "rendezvous"]
    # the lander waits in orbit from its arrival to that of its crew, then for as long as they stay
    assert lander.check.profile.duration == pytest.approx((0.25 + 4.0 + 8.0 + 0.5 + 20.0 + 0.5) * DAY)
    # the ship waits meanwhile, and goes home
    assert visit.check.profile.duration == pytest.approx((0.25 + 4.0 + 0.5 + 20.0 + 0.5 + 4.0) * DAY)


def test_cargo_reaches_the_stores_of_its_site(scenario):
    found = mission_deliveries(missions_fragment(scenario), "hub")
    assert [(one["mission"], one["substance"], one["mass"]) for one in found] == [("cargo-1", "food", 250.0)]
    assert site_fragment(scenario, "hub")["deliveries"] == found
    assert mission_deliveries(missions_fragment(scenario), "elsewhere") == []


def test_a_ship_needs_its_lander_and_its_cargo(scenario):
    roles = {one.name: one for one in mission_roles(missions_fragment(scenario))}
    assert roles["visit-1"].needs == ("cargo-1", "lander-1") and roles["visit-1"].crews == ("first",)
    assert roles["cargo-1"].success == pytest.approx(0.95)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            [('mass = "250 kg"', 'mass = "7 t"')],
            "stage lander needs 17.91 t of propellant and holds 17 t: lacks 914 kg in burn "
            '"landing" (2030 m/s); with at most 6.813 t of cargo it would fly',
        ),
        ([('injected = "27 t"\ncargo', 'injected = "10 t"\ncargo')], "its launcher brings 10 t: 2149 kg too much"),
        ([("crew = 2\ncrews", "crew = 4\ncrews")], "4 people on board: crew-ship has 3 seats"),
        ([("depart = 2035-01-12", "depart = 2035-01-22")], "before its lander; send that earlier"),
        ([("since = 2035-01-25", "since = 2035-01-21")], '"first" begins 3.75 d before it arrives'),
        ([('injected = "26 t"', "")], "has no launcher: write `injected`"),
        (
            [('transport = "crew-lander"', 'transport = "cargo-lander"')],
            'it leaves 2 d after "cargo-1"; cargo-lander is launched every 10 d at most',
        ),
        (
            [('interval = "10 d"', 'interval = "10 d"\navailable_from = 2036-01-01T00:00:00Z')],
            "the next departure is 2036-01-01",
        ),
        ([('launcher = "Long March 10"', 'launch_site = "wenchnag"')], 'no launch site is called "wenchnag"'),
        ([('stay = "20 d"', 'stay = "20 d"\nflight_time = "3 h"')], "a flight of 0.125 d is too short"),
        ([('burns = ["ascent", "rendezvous"]', 'burns = ["ascent"]')], "makes the burn 'rendezvous' from hub to llo"),
    ],
)
def test_what_cannot_be_flown_is_told_with_its_limit(tmp_path, changes, message):
    assert message in told(edited(tmp_path, *changes))


def test_a_time_of_flight_stretches_the_longest_leg(tmp_path):
    loaded = edited(
        tmp_path, ('to = "hub"\ndepart = 2035-01-10', 'to = "hub"\nflight_time = "9 d"\ndepart = 2035-01-10')
    )
    one = mission_answers(missions_fragment(loaded.scenario))["cargo-1"]
    assert one.arrival - one.departure == pytest.approx(9.0 * DAY, abs=A_SECOND)


def test_a_campaign_needs_what_is_written_and_what_people_use(scenario):
    campaign = campaign_of(campaign_fragment(scenario))
    needs = {need.name: need for need in campaign.needs}
    assert needs["spares"].rate == pytest.approx(400.0 / (365.25 * DAY))
    visit = open_loop_supplies(2, 20.0)
    assert sum(need.mass for name, need in needs.items() if name.startswith("first: ")) == pytest.approx(
        sum(visit.values())
    )
    assert [one.vehicle for one in campaign.committed] == ["cargo-lander", "crew-lander", "crew-ship"]
    brought = campaign.committed[0].brings
    assert [(number, mass) for _, _, number, mass in brought] == [(2, 250.0), (3, 400.0)]
