"""Authority: what the command promises by name, on real files; NASA and ESA for the probabilities."""

from __future__ import annotations

import contextlib
import io
import json
import math

import pytest

from moonstead.cli.main import execute

SIGMAS = {
    "time_utc": "time_sigma_s",
    "latitude_deg": "latitude_sigma_deg",
    "longitude_deg": "longitude_sigma_deg",
    "altitude_m": "altitude_sigma_m",
    "speed_m_s": "speed_sigma_m_s",
    "elevation_deg": "elevation_sigma_deg",
}
SHARE, SHARE_DIGITS = 0.043, 0.003  # [1] NASA, 5 June 2025
LITTLE = ["--clones", "200", "--line", "51"]


@pytest.fixture(scope="module")
def files(shared_data):
    return shared_data / "smallbodies"


def ask(arguments, capsys, code=0):
    assert execute(["asteroid", "impact", *map(str, arguments)]) == code
    told = capsys.readouterr()
    return json.loads(told.out if code == 0 else told.err)


@pytest.fixture(scope="module")
def yr4(files):
    told = io.StringIO()
    orbit = str(files / "sbdb_2024YR4_phys.json")
    with contextlib.redirect_stdout(told):
        assert execute(["asteroid", "impact", "--from-orbit", orbit, "--until", "2033", *LITTLE, "--json"]) == 0
    return json.loads(told.getvalue())


def test_a_published_orbit_is_answered_for_both_bodies(yr4):
    earth, moon = yr4["earth"], yr4["moon"]
    assert moon["probability"] == pytest.approx(SHARE, abs=SHARE_DIGITS)
    assert moon["interval"][0] <= moon["probability"] <= moon["interval"][1]
    assert (earth["probability"], earth["virtual_impactors"], earth["torino"]) == (0.0, [], 0)
    assert (earth["verdict"], moon["verdict"]) == ("ruled out", "possible")
    (impactor,) = moon["virtual_impactors"]
    for figure, sigma in SIGMAS.items():
        assert figure in impactor
        assert impactor[sigma] >= 0.0
    assert impactor["time_utc"].startswith("2032-12-22T15:")
    assert -9.2e3 < impactor["altitude_m"] < 10.8e3  # on the terrain
    assert impactor["energy_mt"]["low"] < 6.5 < impactor["energy_mt"]["high"]  # arXiv 2506.11217
    assert (moon["palermo"], moon["torino"]) == (None, None)
    assert len(impactor["corridor"]["points"]) > 20
    assert yr4["frames"]["moon"].startswith("MOON_ME")
    assert yr4["models"] and yr4["notes"]


def test_the_effects_of_the_answer_can_be_told(yr4, tmp_path, capsys):
    path = tmp_path / "impact.json"
    path.write_text(json.dumps(yr4))
    assert execute(["asteroid", "effects", "--from-impact", str(path), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["impact"]["probability"] == pytest.approx(yr4["moon"]["virtual_impactors"][0]["probability"])


def test_an_impactor_is_sure_from_its_bare_file(files, capsys):
    told = ask([files / "2024BX1.obs80", "--until", "2024", *LITTLE, "--json"], capsys)
    earth = told["earth"]
    assert earth["probability"] > 0.99
    (impactor,) = earth["virtual_impactors"]
    assert impactor["time_utc"].startswith("2024-01-21T00:32:3")
    assert impactor["altitude_m"] == pytest.approx(100e3, abs=1.0)
    assert impactor["speed_m_s"] == pytest.approx(15.2e3, abs=50.0)  # cameras: 15.20 km/s
    assert earth["palermo"] is not None
    assert told["fit"]["rms_arcsec"] > 0.0
    assert told["fit"]["used"] <= told["fit"]["observations"]
    assert math.isclose(told["moon"]["probability"], 0.0)


def test_a_table_says_what_json_says(files, capsys):
    orbit = str(files / "neocc_2024YR4.ke1")
    assert execute(["asteroid", "impact", "--from-orbit", orbit, "--until", "2033", *LITTLE]) == 0
    told = capsys.readouterr().out
    assert "2032-12-22T15:" in told
    assert "moon: probability 0.03" in told


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ([], 2, "give either files of observations or a published orbit"),
        (["--from-orbit", "nothing.json"], 3, "no such file"),
        (["--from-orbit", "{orbit}", "--until", "1800"], 2, "is a year"),
        (["--from-orbit", "{orbit}", "--until", "2020"], 2, "ends before the epoch"),
        (["--from-orbit", "{orbit}", "--altitude", "5000"], 2, "--altitude is in km"),
        (["--from-orbit", "{thermal}"], 2, "RHO"),
        (["{orbit}"], 2, ""),
    ],
)
def test_what_cannot_be_answered_is_said_in_one_line(files, capsys, arguments, code, words):
    names = {"{orbit}": files / "sbdb_2024YR4_phys.json", "{thermal}": files / "sbdb_101955_phys.json"}
    told = ask([names.get(one, one) for one in arguments] + ["--json"], capsys, code)
    assert words in json.dumps(told)
