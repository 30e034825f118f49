"""Commands about lunar orbits: answers with units in their keys, dates of impact, mistakes in one panel."""

from __future__ import annotations

import json

import pytest

from moonstead.cli.main import execute
from moonstead.formats.oem import read_oem
from moonstead.foundation.data import DataContext

QUEQIAO = ("--periselene", "200 km", "--aposelene", "16000", "--inclination", "62.4 deg", "--epoch", "2024-03-31")


@pytest.fixture
def run(capsys):
    def call(*arguments):
        code = execute(["orbit", *arguments])
        told = capsys.readouterr()
        return code, told.out, told.err

    return call


def test_lifetime_dates_the_impact_and_maps_the_nodes(run):
    code, told, error = run("lifetime", *QUEQIAO, "--years", "0.1", "--degree", "2", "--nodes", "4", "--json")
    assert code == 0, error
    answer = json.loads(told)
    assert not answer["survives"] and answer["impact_utc"].startswith("2024-04-0")
    assert 2.0 < answer["lifetime_d"] < 5.0  # the field notes: within five days
    assert answer["impact_surface"] == "mean sphere" and answer["minimum_altitude_km"] == pytest.approx(0.0, abs=0.01)
    assert [row["survives"] for row in answer["map"]] == [False, False, True, True]
    assert answer["lowest_by_epoch"][0]["minimum_altitude_km"] == answer["minimum_altitude_km"]


def test_lifetime_reads_well_and_can_refuse(run):
    code, told, _ = run("lifetime", *QUEQIAO, "--years", "0.05", "--degree", "2", "--node", "270")
    assert code == 0 and "lives for the 18.3 days" in told
    code, _, error = run("lifetime", *QUEQIAO, "--years", "0.1", "--degree", "2", "--must-live")
    words = " ".join(error.replace("│", " ").split())
    assert code == 2 and "hits the Moon on 2024-04-0" in words and "nearest node that lives" in words


def test_design_of_a_relay_and_its_file(run, tmp_path):
    file = tmp_path / "relay.oem"
    options = ("--epoch", "2035-01-01", "--years", "0.1", "--nodes", "2", "--degree", "8", "--site=-88.8,123.4")
    code, told, error = run("design", *options, "--satellites", "2", "--off", "4", "--oem", str(file), "--json")
    assert code == 0, error
    answer = json.loads(told)
    assert answer["survives"] and answer["coverage"][0]["fraction"] > 0.65
    assert answer["constellation"]["coverage"][0]["fraction"] >= answer["coverage"][0]["fraction"]
    assert answer["off_by_1_km_1_cm_s"]["live_fraction"] == 1.0 and len(answer["late"]) == 3
    message = read_oem(file, DataContext.installed().earth_orientation)
    assert message.segments[0].metadata.center_name == "MOON"


def test_design_of_a_low_orbit(run):
    options = ("--kind", "low-frozen", "--altitude", "100 km", "--inclination", "86", "--epoch", "2030-01-01")
    code, told, error = run("design", *options, "--degree", "10", "--years", "0.08")
    assert code == 0, error
    assert "low-frozen" in told and "lives for 29.2 days" in told


def test_keeping_of_an_ellipse_and_of_a_low_orbit(run):
    usual = ("--runs", "2", "--years", "0.15", "--json")
    code, told, error = run("keep-lunar", "--kind", "ellipse", "--node", "120", *usual)
    assert code == 0, error
    answer = json.loads(told)
    assert answer["runs"] == 2 and answer["failed_runs"] == 0 and answer["largest_phase_error_deg"] < 30.0
    assert answer["percentiles_m_s_per_year"]["95"] >= answer["percentiles_m_s_per_year"]["5"] >= 0.0
    code, told, error = run("keep-lunar", "--kind", "low", "--degree", "10", "--interval", "20 d", *usual)
    assert code == 0, error
    answer = json.loads(told)
    assert answer["burns_per_year"] == pytest.approx(2 * 365.25 / 20) and answer["least_periselene_km"] > 60.0
    code, told, _ = run("keep-lunar", "--kind", "ellipse", *usual[:-1])
    assert code == 0 and "95 % confidence" in told


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("lifetime", "--inclination", "60", "--epoch", "2030-01-01"), "say the shape once"),
        (("lifetime", *QUEQIAO, "--frame", "MARS_ISH"), "no axes are called"),
        (("lifetime", *QUEQIAO, "--years", "-1"), "must be positive"),
        (("lifetime", *QUEQIAO, "--mass", "100"), "both --mass and --area"),
        (("lifetime", *QUEQIAO, "--node", "nan"), "not a finite number"),
        (("design", "--epoch", "2035-01-01", "--site", "south"), "two numbers in degrees"),
        (("design", "--epoch", "2035-01-01", "--kind", "low-frozen"), "needs its --inclination"),
        (("design", "--epoch", "2035-01-01", "--period", "1 h"), "longer period"),
        (("keep-lunar", "--kind", "low", "--navigation", "10 m"), "a length and a speed"),
        (("keep-lunar", "--kind", "low", "--runs", "0"), "must be positive"),
        (("keep-lunar", "--kind", "ellipse", "--periselene", "60", "--years", "2"), "hits the Moon on"),
    ],
)
def test_mistakes_are_told(run, arguments, words):
    code, _, error = run(*arguments)
    assert code == 2
    assert words in " ".join(error.replace("│", " ").split())
