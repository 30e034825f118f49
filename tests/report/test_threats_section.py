"""The report's pages of threats and meteoroids say what the tables of the run say."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest

from moonstead.foundation.data import DataContext
from moonstead.report.html import number
from moonstead.report.run_folder import RunFolder
from moonstead.report.sections import meteoroids, threats
from moonstead.report.threat_effects import duration
from moonstead.run.engine import run_scenario

THREATS = Path(__file__).parents[1] / "run" / "threats.toml"


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    out = tmp_path_factory.mktemp("threats") / "run"
    run_scenario(THREATS, out, data=DataContext.installed(), workers=1)
    return RunFolder.open(out)


@pytest.fixture(scope="module")
def body(run):
    section = threats.section(run)
    assert section is not None
    return section.body


def figure_named(body: str, name: str) -> dict:
    found = re.search(rf'data-plot="{name}">(.*?)</script>', body)
    assert found is not None, name
    return json.loads(found.group(1))


def test_alert_sheet_tells_probability_place_and_next_night(run, body):
    told = run.facts("threat-impact.yr4")["bodies"]["MOON"]
    assert number(told["probability"]) in body
    row = run.table("threat-impactors.yr4").columns
    assert str(row["utc"][0])[:19] in body
    sigma = np.degrees(row["latitude_sigma"][0])
    assert 1.0 <= sigma < 10.0, "one decimal tells both"
    assert f"{np.degrees(row['latitude'][0]):.1f} ± {sigma:.1f}" in body
    seen = run.facts("threat-watch.yr4")["next_seen_utc"]
    assert seen is None or str(seen)[:16] in body


def test_target_plane_shows_every_random_orbit_and_the_disc(run, body):
    columns = run.table("threat-plane.yr4").columns
    shown = figure_named(body, "target-plane-moon-yr4")["data"]
    points = sum(len(trace["x"]) for trace in shown if trace["mode"] == "markers")
    assert points == np.count_nonzero(columns["body"] == "MOON")
    disc = next(trace for trace in shown if trace["mode"] == "lines")
    radius = np.median(columns["radius"][columns["body"] == "MOON"])
    assert max(disc["x"]) * 1e3 == pytest.approx(radius, rel=1e-3)  # four digits are drawn


def test_corridor_is_drawn_on_the_moon_with_the_sites_and_not_on_the_earth(run, body):
    shown = figure_named(body, "corridor-moon-yr4")["data"]
    columns = run.table("threat-corridor.yr4").columns
    assert len(shown[0]["x"]) == columns["tdb"].size
    assert all(-180.0 <= x <= 180.0 for x in shown[0]["x"])
    assert shown[1]["text"] == ["Hub"]
    assert "corridor-earth" not in body


def test_effects_on_sites_and_orbiters_have_their_rows(run, body):
    for site in run.table("threat-sites.yr4").columns["site"]:
        assert run.name_of("sites", str(site)) in body
    for craft in run.table("threat-orbiters.yr4").columns["spacecraft"]:
        assert run.name_of("spacecraft", str(craft)) in body
    actions = run.table("threat-advice.yr4").columns["action"]
    assert all(str(action)[:20] in body for action in actions if "&" not in action and "'" not in action)


def test_no_number_is_shown_that_is_none(body):
    assert "nan" not in re.sub(r"<script.*?</script>", "", body).lower().replace("finance", "")
    assert "NaN" not in body


def test_shields_and_cameras_have_their_page(run):
    section = meteoroids.section(run)
    assert section is not None
    assert "hull" in section.body and "Relay" in section.body
    assert figure_named(section.body, "flashes")["data"][0]["name"] == "eye on Relay"


def test_a_run_without_threats_has_no_such_pages(small_run):
    plain = RunFolder.open(small_run)
    assert threats.section(plain) is None
    assert meteoroids.section(plain) is None


@pytest.mark.parametrize(
    ("seconds", "words"), [(30.0, "30 s"), (600.0, "10 min"), (7200.0, "2.0 h"), (864000.0, "10 d"), (np.inf, "no end")]
)
def test_durations_read_well(seconds, words):
    assert duration(seconds) == words
