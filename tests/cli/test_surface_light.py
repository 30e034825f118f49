"""Authority: the library with the same arguments; what an answer must hold to be used without reading code."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from moonstead.cli.main import execute
from moonstead.foundation.data import DataContext
from moonstead.run.tables import read_table
from moonstead.surface.horizon import horizon_profile
from moonstead.surface.terrain import load_terrain

PLACE = ("--latitude", "-89.6866", "--longitude", "197.19")
SPAN = ("--start", "2030-01-01", "--stop", "2030-02-15")
MAP = ("--half-width", "4", "--spacing", "1000", "--azimuths", "36", "--step", "6 h")


def ask(capsys, verb, *arguments):
    code = execute(["surface", verb, *arguments])
    told = capsys.readouterr()
    return code, told.out, told.err


def answer(capsys, verb, *arguments):
    code, out, err = ask(capsys, verb, *arguments, "--json")
    assert code == 0, err
    return json.loads(out)


def test_light_comes_with_its_interval_and_its_terrain(capsys):
    found = answer(capsys, "light", *PLACE, *SPAN, "--height", "2", "--members", "6")
    assert found["interval"][0] <= found["mean_fraction"] <= found["interval"][1]
    for kind in ("unchosen_interval", "chosen_interval"):
        assert found["interval"][0] <= found[kind][0] <= found[kind][1] <= found["interval"][1]
    low, high = found["longest_night_interval_s"]
    assert low <= found["longest_night_s"] <= high
    assert found["terrain"] == [{"name": "LOLA 8 pixels per degree", "resolution_m": pytest.approx(3790.4, abs=0.1)}]
    assert "chosen because it is well lit" in found["interval_meaning"]
    assert found["lit_fraction_whole"] <= found["mean_fraction"] <= found["lit_fraction_any"]
    assert found["worst_year_start"] is None and found["years"] == []
    assert found["longest_night_start"].startswith("2030-0")
    assert "Site01_final_adj_5mpp_surf.tif" in found["remarks"][0]
    terrain = load_terrain(DataContext.installed())
    profile = horizon_profile(terrain, math.radians(-89.6866), math.radians(197.19), 2.0)
    highest = math.degrees(np.max(profile.elevation))
    assert found["sun_elevation_deg"][1] < highest + 10.0


def test_light_of_three_years_tells_each_year_and_the_worst(capsys):
    span = ("--start", "2030-01-01", "--stop", "2033-01-03")
    found = answer(capsys, "light", *PLACE, *span, "--step", "6 h", "--members", "2", "--azimuths", "72")
    assert len(found["years"]) == 3
    assert found["worst_year_mean_fraction"] <= min(year["mean_fraction"] for year in found["years"]) + 1e-9
    assert sum(year["night_count"] for year in found["years"]) <= found["night_count"]


def test_light_for_reading_prints_the_interval_beside_the_figure(capsys):
    code, out, _ = ask(capsys, "light", *PLACE, *SPAN, "--members", "2", "--step", "6 h", "--azimuths", "36")
    assert code == 0
    line = next(line for line in out.splitlines() if line.startswith("mean share of the Sun"))
    assert " to " in line
    assert "nan" not in out.lower()


def test_a_map_keeps_every_pixel(capsys, tmp_path):
    found = answer(capsys, "map", *PLACE, *SPAN, *MAP, "--out", str(tmp_path))
    archive = np.load(tmp_path / "light-map.npz")
    assert archive["mean_fraction"].shape == (9, 9)
    assert found["best"]["mean_fraction"] == pytest.approx(float(archive["mean_fraction"].max()))
    table = read_table(tmp_path / "light-map.parquet")
    assert set(table.columns) == set(table.units) == set(archive.files)
    np.testing.assert_allclose(table.columns["longest_night_s"], archive["longest_night_s"].ravel())


def test_shadow_has_an_area_with_an_interval(capsys, tmp_path):
    archive = tmp_path / "psr.npz"
    found = answer(
        capsys, "psr", "--latitude", "-90", "--longitude", "0", "--half-width", "20", "--spacing", "1000",
        "--azimuths", "36", "--out", str(archive),
    )  # fmt: skip
    assert found["interval_m2"][0] == found["area_m2"] <= found["interval_m2"][1]
    assert 0.0 < found["fraction"] < 1.0
    assert np.load(archive)["shadowed"].shape == (41, 41)
    assert found["sun_latitude_deg"] == pytest.approx([-1.587, 1.587], abs=0.003)


@pytest.mark.parametrize("objective", ["mean-light", "earth", "lit-any", "longest-common-night"])
def test_places_keep_their_distance(capsys, objective):
    found = answer(capsys, "place", *PLACE, *SPAN, *MAP, "--count", "2", "--distance", "3000", "--objective", objective)
    first, second = found["places"]
    radians = [[math.radians(each[key]) for key in ("latitude_deg", "longitude_deg")] for each in (first, second)]
    (a, b), (c, d) = radians
    arc = math.acos(math.sin(a) * math.sin(c) + math.cos(a) * math.cos(c) * math.cos(b - d))
    assert arc * 1737.4e3 > 2990.0
    assert found["unit"] == ("s" if objective == "longest-common-night" else "1")
    if objective == "lit-any":
        assert found["value"] >= max(first["mean_fraction"], second["mean_fraction"])


@pytest.mark.parametrize(
    ("verb", "arguments", "said"),
    [
        ("light", ("--latitude", "-95", "--longitude", "0", *SPAN), "no such place"),
        ("light", (*PLACE, "--start", "2031-01-01", "--stop", "2030-01-01"), "runs forward"),
        ("light", (*PLACE, *SPAN, "--step", "0 s"), "longer than nothing"),
        ("light", (*PLACE, *SPAN, "--step", "5 kg"), "kg"),
        ("light", (*PLACE, *SPAN, "--terrain", "nowhere.tif"), "nowhere.tif"),
        ("light", (*PLACE, "--start", "1500-01-01", "--stop", "1500-02-01"), "1500"),
        ("map", (*PLACE, *SPAN, "--spacing", "-1"), "0 < --spacing"),
        ("map", (*PLACE, *SPAN, "--spacing", "1"), "larger --spacing"),
        ("psr", ("--latitude", "-90", "--longitude", "0", "--half-width", "-1"), "must be positive"),
        ("psr", ("--latitude", "-90", "--longitude", "0", "--half-width", "1"), "four cells"),
        ("place", (*PLACE, *SPAN, *MAP, "--count", "12", "--distance", "90000"), "apart"),
    ],
)
def test_mistakes_are_told_with_a_remedy(capsys, verb, arguments, said):
    code, _, err = ask(capsys, verb, *arguments, "--json")
    assert code in (2, 3)
    assert said in " ".join(json.loads(err)["message"].split())
