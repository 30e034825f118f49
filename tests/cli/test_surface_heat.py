"""Authority: the library's own columns, energy, and the words of the errors."""

from __future__ import annotations

import json

import pytest

from moonstead.cli.main import execute

SPAN = ("--start", "2030-03-01", "--stop", "2030-04-29")  # two lunations


def ask(capsys, *arguments):
    code = execute(["surface", "heat", *map(str, arguments)])
    told = capsys.readouterr()
    return code, told.out, told.err


def test_the_equator_is_hot_by_day_and_cold_by_night(capsys):
    code, out, _ = ask(capsys, "--latitude", 0, "--longitude", 23.5, *SPAN, "--depth", 0.8, "--json")
    assert code == 0
    found = json.loads(out)
    for word, value in (("maximum", 387.0), ("mean", 212.0), ("minimum", 93.0)):
        told = found["surface_k"][word]
        assert told["low"] <= told["value"] <= told["high"]
        assert told["value"] == pytest.approx(value, abs=5.0)
    (deep,) = found["depths"]
    assert deep["depth_m"] == pytest.approx(0.8)
    assert deep["temperature_k"]["maximum"]["value"] - deep["temperature_k"]["minimum"]["value"] < 1.0
    assert found["energy_imbalance"] < 1e-9
    energy = found["energy_j_m2"]
    assert energy["absorbed"] + energy["from_below"] == pytest.approx(energy["emitted"] + energy["stored"], rel=1e-9)
    assert found["sink_temperature_k"]["upright"]["maximum"] > found["sink_temperature_k"]["upward"]["maximum"]
    assert "3.79 km" in found["caveat"] or "km" in found["caveat"]


def test_a_floor_without_sun_is_a_cold_trap(capsys):
    code, out, _ = ask(capsys, "--latitude", -89.66, "--longitude", 129.2, *SPAN, "--json")  # Shackleton
    assert code == 0
    assert 24.0 < json.loads(out)["surface_k"]["maximum"]["value"] < 110.0


def test_the_table_is_for_people(capsys):
    code, out, _ = ask(capsys, "--latitude", -20, "--longitude", 10, *SPAN)
    assert code == 0
    assert "surface" in out
    assert "published constants" in out
    assert "nan" not in out.lower().split()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--latitude", 91, "--longitude", 0), "no such place"),
        (("--latitude", 0, "--longitude", 0, "--tilt", 95), "between 0 and 90"),
        (("--latitude", 0, "--longitude", 0, "--depth", 9), "bottom of the column"),
        (("--latitude", 0, "--longitude", 0, "--start", "2031-01-01", "--stop", "2030-01-01"), "runs forward"),
    ],
)
def test_impossible_places_are_told(arguments, says, capsys):
    code, _, err = ask(capsys, *arguments)
    assert code == 2
    assert says in " ".join(err.split())
