"""Commands about keeping orbits: figures with units in their keys, percentiles, plans, mistakes in one panel."""

from __future__ import annotations

import gzip
import json

import pytest

from moonstead.cli.main import execute

NRHO = ("--family", "nrho", "--point", "L2", "--branch", "south", "--period", "6.56 d", "--degree", "2")


@pytest.fixture
def run(capsys):
    def call(*arguments):
        code = execute(["orbit", *arguments])
        told = capsys.readouterr()
        return code, told.out, told.err

    return call


def test_keep_tells_the_cost_of_a_year_with_percentiles(run):
    wanted = ("--method", "target-point", "--runs", "16", "--years", "0.15", "--isp", "230", "--json")
    code, told, error = run("keep", *NRHO, *wanted)
    assert code == 0, error
    answer = json.loads(told)
    shares = answer["percentiles_m_s_per_year"]
    assert 0.5 < shares["5"] < shares["50"] < shares["95"] < 10.0
    assert answer["failed_runs"] == 0 and answer["runs"] == 16
    assert answer["propellant_kg_per_year"]["50"] == pytest.approx(1000.0 * shares["50"] / (9.80665 * 230.0), rel=1e-2)
    assert answer["percentile_intervals_m_s_per_year"]["99"][1] is None  # sixteen runs bound no such percentile


def test_keep_by_x_axis_crossings_reads_well(run):
    code, told, error = run(
        "keep",
        *NRHO,
        "--method",
        "x-axis",
        "--ahead",
        "3",
        "--runs",
        "2",
        "--years",
        "0.05",
        "--navigation",
        "1km,1cm/s",
    )
    assert code == 0, error
    assert "kept by x-axis control: 2 runs" in told and "0 of 2 runs lost the orbit" in told


def test_a_family_alone_means_the_orbit_that_most_people_mean(run):
    code, told, error = run(
        "keep", "--family", "nrho", "--method", "target-point", "--runs", "2", "--years", "0.1", "--json"
    )
    assert code == 0, error
    answer = json.loads(told)
    assert (answer["point"], answer["branch"], answer["period_d"]) == ("L2", "south", pytest.approx(6.56, abs=1e-6))


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        (("--navigation", "10km"), "--navigation '10km' must be a length, a speed"),
        (("--navigation", "10km,10km"), "speed"),
        (("--method", "magic"), "use one of x-axis, target-point"),
        (("--runs", "0"), "--years and --runs must be positive"),
        (("--light", "100 %"), "radiation pressure must lie within"),
    ],
)
def test_keep_says_what_is_wrong(run, changed, told):
    code, _, error = run("keep", *NRHO, "--years", "0.05", "--runs", "2", *changed)
    assert code == 2 and told in " ".join(error.split())


def test_reboost_reads_a_history_and_plans_a_year(run, shared_data, tmp_path):
    pytest.importorskip("pymsis")
    with gzip.open(shared_data / "monitoring" / "iss" / "ISS_25544_2021-01-01_2022-03-03.tle.gz", "rt") as file:
        lines = file.readlines()
    short = tmp_path / "iss.tle"
    short.write_text("".join(lines[-3 * 330 :]))  # the last two months: raises of January and February 2022
    weather = shared_data / "monitoring" / "spaceweather" / "SW-All.csv.gz"
    wanted = ("--mass", "420 t", "--band", "414 km,419 km", "--years", "0.2", "--visit", "2022-04-01=417.5km", "--json")
    code, told, error = run("reboost", str(short), "--space-weather", str(weather), *wanted)
    assert code == 0, error
    answer = json.loads(told)
    found = {each["utc"][:10]: each["delta_v_m_s"] for each in answer["manoeuvres"]}
    assert found["2022-02-08"] == pytest.approx(0.26, abs=0.015)  # published by Roscosmos
    assert answer["yearly_delta_v_m_s"]["5"] < answer["yearly_delta_v_m_s"]["95"]
    assert answer["plan_propellant_kg"] == pytest.approx(
        420e3 * (1.0 - 2.718281828 ** (-answer["plan_delta_v_m_s"] / (9.80665 * 300.0))), rel=1e-3, abs=1e-6
    )
    code, _, error = run("reboost", str(short), "--space-weather", str(weather), "--band", "414 km")
    assert code == 2 and "must be two altitudes" in error


def test_reboost_refuses_a_catalogue_of_many(run, shared_data):
    weather = shared_data / "monitoring" / "spaceweather" / "SW-All.csv.gz"
    many = shared_data / "monitoring" / "catalogs" / "iridium33_cosmos2251_2009.3le"
    code, _, error = run("reboost", str(many), "--space-weather", str(weather))
    assert code == 2 and "2 objects" in error
