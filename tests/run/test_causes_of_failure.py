"""Every shortage and every missed contact of a run carries the chain of its causes, and geometry bears it out."""

import math
from pathlib import Path

import numpy as np
import pytest

from moonstead.foundation.bodies import LUNAR_MAP_RADIUS
from moonstead.foundation.data import DataContext
from moonstead.foundation.frames.standard import MOON_ME
from moonstead.report.build import build_report
from moonstead.report.run_folder import RunFolder
from moonstead.run.engine import run_scenario

MINI = Path(__file__).parent / "mini.toml"
POOR = """
[[facility]]
id = "camera"
name = "All-sky camera"
kind = "instrument"
site = "rim"
partner = "us"
load = "0.5 kW"
priority = 7
data_rate = "1 Mbit/s"

[[facility]]
id = "plant"
name = "Small reactor"
kind = "reactor"
site = "rim"
partner = "us"
power = "0.2 kW"
outages = [[2035-01-05T00:00:00Z, 2035-01-06T00:00:00Z]]
"""


@pytest.fixture(scope="module")
def poor_run(tmp_path_factory) -> RunFolder:
    """Ten days of a station with a battery that is far too small."""
    folder = tmp_path_factory.mktemp("poor")
    file = folder / "poor.toml"
    text = MINI.read_text().replace("200 kWh", "2 kWh")
    file.write_text(text.replace('power = "10 W"\nmast', 'power = "10 W"\nload = "0.1 kW"\npriority = 9\nmast') + POOR)
    run_scenario(file, folder / "out", data=DataContext.installed(), workers=1)
    build_report(folder / "out")
    return RunFolder.open(folder / "out")


def test_each_shortage_has_its_chain(poor_run):
    shortages = poor_run.table("shortage.rim").columns
    causes = poor_run.table("causes.rim").columns
    assert shortages["start"].size > 0
    np.testing.assert_array_equal(causes["start"], shortages["start"])
    np.testing.assert_array_equal(causes["energy"], shortages["energy"])
    for event, root, chain in zip(causes["event"], causes["root"], causes["chain"], strict=True):
        assert event in ("shortage", "blackout")
        assert root in ("terrain", "season", "night", "outage", "storage")
        assert "not served" in chain


def test_an_outage_is_named_only_where_it_fell(poor_run):
    causes = poor_run.table("causes.rim").columns
    named = np.array(["Small reactor out" in chain for chain in causes["chain"]])
    overlap = (causes["start_utc"] < "2035-01-06T00:00:00Z") & (causes["stop_utc"] > "2035-01-05T00:00:00Z")
    np.testing.assert_array_equal(named, overlap)


def test_lost_data_are_the_energy_missed_times_rate_over_power(poor_run):
    shed = poor_run.table("shed.rim").columns
    work, bits = poor_run.facts("causes.rim")["lost"]["All-sky camera"]
    missed = shed["energy"][shed["load"] == "camera"].sum()
    assert work == pytest.approx(missed / 500.0)
    assert bits == pytest.approx(1e6 * work)


def test_a_dish_that_was_shed_misses_its_contacts(poor_run):
    shed = poor_run.table("shed.rim").columns
    causes = poor_run.table("causes.rim").columns
    without = set(shed["shortage"][shed["load"] == "dish"].tolist())
    assert without
    contacts = [poor_run.table(f"contact.{name}").columns for name in poor_run.names("contact") if "rim.dish" in name]
    for k, chain in enumerate(causes["chain"]):
        met = any(np.any((c["start"] < causes["stop"][k]) & (c["stop"] > causes["start"][k])) for c in contacts)
        assert ("contacts missed" in chain) == (k in without and met)


def test_the_reason_of_each_gap_holds_at_its_middle(poor_run):
    from moonstead.dynamics.trajectories import SurfacePoint
    from moonstead.surface.horizon import HorizonProfile
    from moonstead.surface.obstruction import smooth_dip
    from moonstead.surface.sky import sky_track

    skyline = poor_run.table("horizon.rim-10m").columns
    place = math.radians(-89.45), math.radians(222.69)
    height = 10.0 + poor_run.facts("map.rim")["ground_height"]
    profile = HorizonProfile(skyline["azimuth"], skyline["elevation"], skyline["distance"], *place, height)
    rows = poor_run.table("missed.rim").columns
    assert rows["start"].size == poor_run.table("gap.rim").columns["start"].size
    site = SurfacePoint("rim", "MOON", MOON_ME, *place, height, LUNAR_MAP_RADIUS)
    earth = sky_track(site, "EARTH", 0.5 * (rows["start"] + rows["stop"]), DataContext.installed(), "geometric")
    for k, cause in enumerate(rows["cause"]):
        direct = next(part for part in cause.split(" and ") if part.startswith("direct"))
        below = earth.elevation[k] < profile.at(earth.azimuth[k])
        if "ridge" in direct:
            assert below
            assert earth.elevation[k] > -smooth_dip(height, LUNAR_MAP_RADIUS) - math.radians(0.3)
        elif "none of" in direct:
            assert not below
        else:
            assert "smooth Moon" in direct
            assert below


def test_the_report_tells_the_chains(poor_run):
    page = (poor_run.folder / "report.html").read_text(encoding="utf-8")
    assert '<section id="causes">' in page
    assert "All-sky camera" in page
