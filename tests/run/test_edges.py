"""Runs at the edge of what a scenario may say end with figures that can be, or with a message that names the part."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from moonstead.dynamics.observe import icrf_position
from moonstead.formats.oem import read_oem
from moonstead.formats.oem_trajectory import oem_trajectory
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput
from moonstead.links.bands import band
from moonstead.report.build import build_report
from moonstead.report.html import plot
from moonstead.run.engine import run_scenario
from moonstead.run.places import eyes
from moonstead.run.plan import make_plan
from moonstead.run.tables import read_table
from moonstead.run.trajectories import spacecraft_trajectory
from moonstead.scenario.load import load_scenario

HEAD = """
title = "Edges"
start = 2035-01-01T00:00:00Z
stop = 2035-01-01T01:00:00Z

[[partner]]
id = "us"
name = "Our institute"
"""
CRAFT = """
[[spacecraft]]
id = "{id}"
partner = "us"
orbit = {{ {orbit} }}
antenna = [
  {{ id = "x", band = "X", diameter = "2 m", power = "10 W" }},
  {{ id = "y", band = "X", diameter = "1 m", power = "10 W" }},
]
"""
LIGHT_TIME = 1e-3  # [s] light needs 0.3 ms for the 100 km between the two at the start
OEM_ERROR = 0.02  # [m] Hermite through four neighbours, 300 s apart, of 190 min of orbit, one-sided at the end
STATE = (
    'kind = "state", center = "MOON", frame = "ICRF", epoch = 2035-01-01T00:00:00Z, '
    'position = ["{} km", "0 km", "0 km"]'
)
CIRCULAR = STATE + ', velocity = ["0 km/s", "1.2 km/s", "0 km/s"]'
FALLING = STATE + ', velocity = ["-2.0 km/s", "0 km/s", "0 km/s"]'


@pytest.fixture(scope="module")
def data() -> DataContext:
    return DataContext.installed()


@pytest.fixture
def written(tmp_path):
    def write(*parts: str) -> Path:
        path = tmp_path / "edge.toml"
        path.write_text(HEAD + "".join(parts), encoding="utf-8")
        return path

    return write


def two_spacecraft() -> str:
    return CRAFT.format(id="a", orbit=CIRCULAR.format(3500)) + CRAFT.format(id="b", orbit=CIRCULAR.format(3600))


def test_a_free_rate_never_outgrows_its_band(written, data, tmp_path):
    links = '[[link]]\nbetween = ["a.x", "b.x"]\ndemand = "1 Gbit/day"\n'
    outcome = run_scenario(written(two_spacecraft(), links), tmp_path / "run", data=data, workers=1)
    (figure,) = (row for row in figures(tmp_path / "run") if "data carried" in row["name"])
    block = band("X", "return")
    most = (block.high - block.low) * 86_400.0 / 1e9  # [Gbit/day] 1 bit/s per Hz, the whole day
    # 10 W between dishes of 2 m at 100 km to 500 km: gigabits, were the band wide enough
    assert figure["value"] == pytest.approx(most, rel=1e-9)
    assert any("rate is held at 50 Mbit/s" in warning for warning in outcome.warnings)


def test_an_exported_ephemeris_can_be_interpolated_to_its_end(written, data, tmp_path):
    path = written(CRAFT.format(id="a", orbit=CIRCULAR.format(3500)))
    run_scenario(path, tmp_path / "run", data=data, workers=1)
    read = oem_trajectory(read_oem(tmp_path / "run" / "ephemerides" / "a.oem", data.earth_orientation), "a")
    scenario = load_scenario(path).scenario
    tdb = np.linspace(scenario.span()[1] - 300.0, scenario.span()[1], 31)[:-1]
    flown = icrf_position(spacecraft_trajectory(scenario.spacecraft[0], scenario, data), "MOON", tdb, data)
    assert np.abs(icrf_position(read, "MOON", tdb, data) - flown).max() < OEM_ERROR


def test_the_ephemeris_of_one_run_serves_the_next_over_the_same_span(written, data, tmp_path):
    link = '[[link]]\nbetween = ["a.x", "b.x"]\n'
    run_scenario(written(two_spacecraft(), link), tmp_path / "run", data=data, workers=1)
    read = CRAFT.format(id="b", orbit='kind = "oem", file = "run/ephemerides/b.oem"')
    path = written(CRAFT.format(id="a", orbit=CIRCULAR.format(3500)), read, link)
    run_scenario(path, tmp_path / "again", data=data, workers=1)
    before, after = (
        read_table(tmp_path / run / "tables" / "contact.a.x--b.x.parquet").columns for run in ("run", "again")
    )
    np.testing.assert_allclose(after["start"], before["start"], atol=LIGHT_TIME)
    np.testing.assert_allclose(after["stop"], before["stop"], atol=LIGHT_TIME)


def test_links_between_the_same_places_have_titles_of_their_own(written):
    links = '[[link]]\nbetween = ["a.x", "b.x"]\n[[link]]\nbetween = ["a.y", "b.x"]\n'
    tasks = make_plan(load_scenario(written(two_spacecraft(), links)).scenario)
    titles = [task.fragment["title"] for task in tasks if task.id.startswith("contact.")]
    assert titles == ["a.x – b.x (X)", "a.y – b.x (X)"]


def test_a_spacecraft_that_is_lost_before_the_start_is_named(written, data, tmp_path):
    lost = CRAFT.format(id="stone", orbit=FALLING.format(2000)).replace("2035-01-01T00", "2034-12-31T00")
    with pytest.raises(InvalidInput, match=r"'stone': it meets the surface of MOON at 2034-12-31T00:0\d"):
        run_scenario(written(lost), tmp_path / "run", data=data, workers=1)


def test_a_scenario_with_nothing_to_compute_says_so(written, data, tmp_path):
    outcome = run_scenario(written(), tmp_path / "run", data=data, workers=1)
    assert outcome.steps == ()
    assert "nothing to compute" in outcome.warnings[0]
    assert build_report(tmp_path / "run").is_file()


def test_masts_that_differ_by_less_than_their_names_share_one_skyline(written):
    site = '[[site]]\nid = "rim"\nlatitude = "-89 deg"\nlongitude = "0 deg"\n'
    array = (
        '[[facility]]\nid = "{}"\nkind = "solar-array"\nsite = "rim"\npartner = "us"\narea = "1 m2"\n'
        'mounting = "two-axis-tracking"\nmast = "{}"\n'
    )
    path = written(site, array.format("a", "10 m"), array.format("b", "10.0000001 m"), array.format("c", "2 m"))
    scenario = load_scenario(path).scenario
    assert [eye.key for eye in eyes(scenario)] == ["rim-2m", "rim-10m"]
    assert len(make_plan(scenario)) == len({task.id for task in make_plan(scenario)})


def test_no_name_can_close_or_comment_out_the_data_of_a_figure():
    shown = plot("p", {"data": [{"name": "<!-- <script> </script>"}], "layout": {}})
    packed = shown.split('data-plot="p">')[1].split("</script>")[0]
    assert "<" not in packed
    assert json.loads(packed)["data"][0]["name"] == "<!-- <script> </script>"


def figures(folder: Path) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = json.loads((folder / "summary.json").read_text(encoding="utf-8"))["figures"]
    return rows
