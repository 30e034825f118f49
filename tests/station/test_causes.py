"""Chains of causes carry the figures they were given, in order, and refuse what makes no chain."""

import math

import pytest

from moonstead.foundation.errors import InvalidInput
from moonstead.station.causes import Experiment, LostContact, Outage, contact_chain, shortage_chain
from moonstead.surface.obstruction import Obstruction

RIDGE = Obstruction(0.9, 50.0, math.radians(123.0), math.radians(1.0), math.radians(1.5), 12e3)
WINTER = Obstruction(0.0, 50.0, math.radians(200.0), math.radians(-0.4), 0.0, 60e3)
HOUR = 3600.0


def test_the_whole_chain_from_ridge_to_experiment():
    chain = shortage_chain(
        10 * HOUR,
        20 * HOUR,
        {"imager": 3.6e6, "plant": 7.2e6},
        "battery empty",
        night=(0.0, 30 * HOUR),
        sun=RIDGE,
        outages=[Outage("fission", -5.0, 15 * HOUR), Outage("rtg", 21 * HOUR, 22 * HOUR)],
        experiments={"imager": Experiment("Hyperspectral imager", 1000.0, 2e6)},
    )
    assert [cause.kind for cause in chain.causes] == [
        "terrain", "night", "outage", "storage", "load shed", "experiment",
    ]  # fmt: skip
    assert chain.root == "terrain"
    assert "12 km away in azimuth 123°" in chain.causes[0].text
    assert "0.50° below its crest" in chain.causes[0].text
    assert "30.0 h" in chain.causes[1].text
    assert "rtg" not in chain.text  # its outage came later
    assert chain.causes[4].text == "not served: plant 2 kWh, imager 1 kWh"  # the largest first
    # 1 kWh at 1 kW is one hour of work, 3600 s of 2 Mbit/s
    assert chain.causes[5].text == "lost: Hyperspectral imager 1 h of work and 7.2e+03 Mbit"
    assert chain.text.count("→") == 5


def test_a_winter_night_is_not_blamed_on_terrain():
    chain = shortage_chain(1.0, 2.0, {"lab": 1.0}, "no battery", night=(0.0, 3.0), sun=WINTER, blackout=True)
    assert chain.root == "season"
    assert chain.event == "blackout"
    assert "no nearer than 0.40° below the skyline, in azimuth 200°" in chain.causes[0].text


def test_a_shortage_by_day_begins_with_the_outage():
    chain = shortage_chain(0.0, HOUR, {"lab": 5.0}, "discharge limit", outages=[Outage("fission", -HOUR, HOUR)])
    assert [cause.kind for cause in chain.causes] == ["outage", "storage", "load shed"]


def test_a_dish_without_power_misses_its_contacts():
    contacts = [LostContact("hub – relay", 2 * HOUR, 5e9), LostContact("hub – Kashi", 0.0, 0.0)]
    chain = shortage_chain(0.0, 4 * HOUR, {"dish": 1e6}, "battery empty", contacts=contacts)
    assert chain.causes[-1].kind == "contact"
    assert chain.causes[-1].text == "contacts missed: hub – relay 2 h and 5e+03 Mbit"


def test_closed_paths_name_the_terrain_first():
    chain = contact_chain(0.0, 1.0, {"relay-1": ("orbit", "behind the Moon"), "direct": ("terrain", "a ridge")})
    assert chain.text == "direct: a ridge and relay-1: behind the Moon"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (dict(start=1.0, stop=1.0, not_served={"a": 1.0}, storage="x"), "stop after start"),
        (dict(start=0.0, stop=1.0, not_served={"a": 0.0}, storage="x"), "missed energy"),
        (dict(start=0.0, stop=1.0, not_served={"a": 1.0}, storage="x", sun=RIDGE), "belongs to a night"),
    ],
)
def test_what_makes_no_chain_is_refused(arguments, words):
    with pytest.raises(InvalidInput, match=words):
        shortage_chain(**arguments)


def test_a_gap_without_paths_is_refused():
    with pytest.raises(InvalidInput, match="at least one path"):
        contact_chain(0.0, 1.0, {})
