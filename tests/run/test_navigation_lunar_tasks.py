"""Navigation at the Moon in a run. Authority: the library with the same values, and the scenario's own words."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from moonstead.foundation.data import DataContext
from moonstead.navigation.dilution import dilution, geodetic_sites
from moonstead.navigation.lunar.availability import MAP_SPHERE, Budget, availability
from moonstead.navigation.lunar.constellation_paths import ConstellationPaths
from moonstead.navigation.lunar.constellations import lunar_constellation
from moonstead.run.plan import make_plan
from moonstead.run.preflight import examine
from moonstead.run.some_tasks import compute_tasks
from moonstead.run.trajectories import stored_trajectory
from moonstead.scenario.load import load_scenario
from moonstead.surface.horizon import HorizonProfile

FILE = Path(__file__).parent / "navigation.toml"
OURS = ("navigation-", "weak-signal", "orbit.", "horizon.")
WEAKER = 1e-9  # [1] relative: the same arithmetic


@pytest.fixture(scope="module")
def data():
    return DataContext.installed()


@pytest.fixture(scope="module")
def results(tmp_path_factory, data):
    tasks = make_plan(load_scenario(FILE).scenario)
    wanted = [task.id for task in tasks if task.id.startswith(OURS)]
    return compute_tasks(tasks, wanted, data, tmp_path_factory.mktemp("navigation"))


@pytest.fixture(scope="module")
def paths(results):
    arrays, facts = results["navigation-sky"].arrays(), results["navigation-sky"].facts
    names = tuple(one["name"] for one in facts["satellites"])
    return ConstellationPaths(names, arrays["constellation"], arrays["tdb"], arrays["position"])


def test_presets_and_spacecraft_fly_in_one_sky(results, paths, data):
    facts = results["navigation-sky"].facts
    assert [one["satellites"] for one in facts["constellations"]] == [11, 1]
    assert facts["constellations"][0]["signal_error"] == list(lunar_constellation("queqiao-2024-basic").signal_error)
    assert facts["constellations"][1]["signal_error"] == [7.5, 15.0, 30.0]  # half and twice
    assert "Chosen here" in facts["constellations"][0]["label"]
    assert paths.tdb[1] - paths.tdb[0] == 600.0 and paths.tdb.size == 37
    from moonstead.foundation.frames.standard import MOON_ME

    flown = stored_trajectory(results["orbit.relay"], data)
    turned = MOON_ME.from_icrf(paths.tdb, data).position(flown.state(paths.tdb)[:, :3])
    np.testing.assert_allclose(paths.position[:, -1], turned, atol=1e-3)


def test_a_site_gets_what_the_library_says(results, paths):
    found, table = results["navigation-site.hub"], results["navigation-site.hub"].table("navigation-site.hub").columns
    skyline = HorizonProfile.from_arrays(results["horizon.hub-0m"].arrays())
    again = availability(
        paths,
        *np.radians([-88.8, 123.4]),
        skyline.height,
        skyline=skyline.elevation,
        budget=[Budget((5.0, 10.0, 20.0), 3.0, 20.0), Budget((7.5, 15.0, 30.0), 3.0, 20.0)],
        one_clock=False,
    )
    np.testing.assert_array_equal(table["visible"], again.count)
    np.testing.assert_allclose(table["pdop"], again.dilution[:, 0], rtol=WEAKER)
    np.testing.assert_allclose(table["error_high"], again.error[:, 2], rtol=WEAKER)
    assert found.facts["share"] == pytest.approx(again.share)
    assert np.all(table["error_low"] <= table["error"]) and np.all(table["error"] <= table["error_high"])
    least, middle = found.facts["c_n0"]
    assert 40.0 < least <= middle < 70.0  # -160 dBW at the far end of the orbits are 44 dB-Hz at 290 K
    tracks = found.table("navigation-track.hub").columns
    assert tracks["tdb"].size == 37 * 12 and tracks["seen"].sum() == again.seen.sum()
    assert len(found.table("navigation-loss.hub").columns["satellite"]) == 12
    assert any("dilution of position" in figure.name for figure in found.figures)


def test_the_middle_of_the_map_is_the_site(results, paths):
    columns = results["navigation-map.hub"].table("navigation-map.hub").columns
    assert columns["x"].size == 9
    middle = int(np.argmin(np.hypot(columns["x"], columns["y"])))
    assert np.degrees(columns["latitude"][middle]) == pytest.approx(-88.8)
    assert np.degrees(columns["longitude"][middle]) % 360.0 == pytest.approx(123.4)
    apart = geodetic_sites(columns["latitude"], columns["longitude"], ellipsoid=MAP_SPHERE).position
    np.testing.assert_allclose(
        np.linalg.norm(apart - apart[middle], axis=1), np.hypot(columns["x"], columns["y"]), rtol=1e-3
    )
    free = dilution(
        paths.position,
        geodetic_sites(columns["latitude"], columns["longitude"], columns["height"], ellipsoid=MAP_SPHERE),
        mask=np.radians(5.0),
        system=paths.constellation,
    )
    assert np.all(columns["visible"] <= free.count.mean(axis=0) + WEAKER)  # terrain only hides


def test_weak_signals_come_with_an_interval(results):
    found = results["weak-signal.hub"]
    low, nominal, high = found.facts["share"]
    assert 0.0 <= low <= nominal <= high <= 1.0
    rows = found.table("weak-signal.hub").columns
    assert list(rows["system"]) == ["GPS", "Galileo", "GLONASS"]
    assert np.all(rows["share_without"] <= nominal)
    assert found.facts["epochs"] > 1000


def test_tracking_knows_the_orbit_as_well_as_it_says(results):
    found = results["navigation-tracking.relay"]
    facts, table = found.facts, found.table("navigation-tracking.relay").columns
    assert facts["why_not"] is None and facts["stations"] == 2
    assert 0.0 < facts["known"] < 1000.0
    # one draw of three coordinates: beyond four sigma once in ten thousand
    assert facts["worst"] < 4.0
    assert np.all(table["error"] >= 0.0) and table["tracked"][0] and not table["tracked"][-1]
    assert facts["prediction"] == pytest.approx(6.0 * 3600.0)


def test_without_navigation_nothing_is_planned():
    tasks = make_plan(load_scenario(FILE.parent / "mini.toml").scenario)
    assert not [task for task in tasks if task.id.startswith(("navigation", "weak-signal"))]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("queqiao-2024-basic", "queqiao-2024-basics", "did you mean|no constellation about the Moon"),
        ("queqiao-2024-basic", "queqiao-wu-2023", "has no satellites"),
        ('duration = "6 h"', 'navigation_files = ["a.rnx"]\nprecise_files = ["a.sp3"]', "there is no file"),
        ('center = "MOON", frame = "MOON_PA"', 'center = "EARTH", frame = "ICRF"', "does not fly about the Moon"),
    ],
)
def test_mistakes_are_told_before_anything_is_computed(tmp_path, data, old, new, words):
    text = FILE.read_text()
    assert text.count(old) == 1
    file = tmp_path / "bad.toml"
    file.write_text(text.replace(old, new))
    problems = examine(load_scenario(file), data)
    assert any(any(word in problem.message for word in words.split("|")) for problem in problems), problems
