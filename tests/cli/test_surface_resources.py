"""Authority: the tables' own pixels; every key of the answer says its unit."""

from __future__ import annotations

import json

import numpy as np
import pytest

from element_tables import write_grs_table, write_hydrogen_table
from moonstead.cli.main import execute
from moonstead.surface.resources_rare_earths import KREEP, KREEP_THORIUM
from pgda_tiles import write_geotiff

PLACE = ("--latitude", "-88.8", "--longitude", "123.4")


def ask(capsys, *arguments):
    code = execute(["surface", "resources", *map(str, arguments)])
    told = capsys.readouterr()
    return code, told.out, told.err


def test_the_answer_holds_every_layer_and_what_follows_from_it(tmp_path, capsys):
    pytest.importorskip("rasterio", reason="the extra geo is not installed")
    layers = (
        write_grs_table(tmp_path, 5, lambda latitude, _: 2.0 if latitude < -85.0 else 9.0),
        write_hydrogen_table(tmp_path, hydrogen=lambda *_: 147.0),
        write_geotiff(tmp_path / "temperature.tif", np.full((90, 90), 85.0), 1000.0, unit="K"),
    )
    code, out, _ = ask(capsys, *PLACE, *(word for path in layers for word in ("--layer", path)), "--json")
    assert code == 0
    answer = json.loads(out)
    by_quantity = {each["quantity"]: each for each in answer["layers"]}
    assert by_quantity["Th"]["value"] == pytest.approx(2e-6)
    assert by_quantity["Th"]["sigma"] == pytest.approx(0.2e-6)
    assert by_quantity["H"]["simulated"]
    assert by_quantity["H"]["sigma"] is None
    assert by_quantity["value"]["value"] == 85.0
    assert by_quantity["value"]["unit"] == "K"
    derived = {each["quantity"]: each for each in answer["derived"]}
    assert derived["water"]["value"] == pytest.approx(147e-6 * 8.937, rel=1e-3)
    total = sum(KREEP.values()) / KREEP_THORIUM * 2e-6
    assert derived["rare earths and Y"]["value"] == pytest.approx(total)
    assert derived["rare earths and Y"]["elements"]["Sm"]["value"] == pytest.approx(48.0 / 22.0 * 2e-6)
    assert "no ore map" in answer["caution"]


def test_the_table_is_for_people(tmp_path, capsys):
    code, out, _ = ask(capsys, *PLACE, "--layer", write_grs_table(tmp_path, 20))
    assert code == 0
    lines = out.splitlines()
    assert any(line.split()[:3] == ["FeO", "6", "%"] for line in lines)
    assert any(line.split()[:3] == ["Th", "2", "ppm"] for line in lines)
    assert "no ore map" in out
    assert "nan" not in out.lower().split()


def test_a_place_outside_a_map_has_no_value_and_no_nan(tmp_path, capsys):
    pytest.importorskip("rasterio", reason="the extra geo is not installed")
    path = write_geotiff(tmp_path / "small.tif", np.ones((4, 4)), 100.0, unit="K")
    code, out, _ = ask(capsys, "--latitude", 10, "--longitude", 0, "--layer", path, "--json")
    assert code == 0
    assert json.loads(out)["layers"][0]["value"] is None


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("--latitude", "-95", "--longitude", "0", "--layer", "x.tab"), 2, "no such place"),
        (PLACE, 3, "no layer was given; add --layer FILE"),
        ((*PLACE, "--layer", "absent.tab"), 3, "no such file"),
        (("--latitude", "south", "--longitude", "0"), 2, "Invalid value for '--latitude'"),
    ],
)
def test_what_cannot_be_answered_is_told_with_its_exit_code(tmp_path, monkeypatch, capsys, arguments, code, message):
    monkeypatch.chdir(tmp_path)
    found, out, error = ask(capsys, *arguments)
    assert (found, out) == (code, "")
    assert message in " ".join(error.replace("│", " ").split())
