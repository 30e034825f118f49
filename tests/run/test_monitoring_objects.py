"""Which objects of catalogue and scenario are screened where. Authority: the scenario file, and counting."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from moonstead.dynamics.trajectories import TabulatedTrajectory
from moonstead.foundation.data import DataContext
from moonstead.foundation.frames.standard import ICRF
from moonstead.run.monitoring_objects import catalogue_hash, monitoring_fragment, position_errors, screened_groups
from moonstead.scenario.load import load_scenario

FOLDER = Path(__file__).parent
SCENARIO = FOLDER / "monitoring.toml"


@pytest.fixture(scope="module")
def data():
    return DataContext.installed()


@pytest.fixture(scope="module")
def said():
    return monitoring_fragment(load_scenario(SCENARIO).scenario)


def circle(name, center, radius, rate, span):
    """A circle about a body, from before a span to after it."""
    tdb = np.arange(span[0] - 600.0, span[1] + 600.0, 60.0)
    angle = rate * (tdb - span[0])
    zero = np.zeros_like(tdb)
    states = np.column_stack(
        (
            *(radius * np.cos(angle), radius * np.sin(angle), zero),
            *(-radius * rate * np.sin(angle), radius * rate * np.cos(angle), zero),
        )
    )
    return TabulatedTrajectory(name, center, ICRF, tdb, states, 7, "hermite")


@pytest.fixture(scope="module")
def flown(said):
    span = (said["start"], said["stop"])
    return {
        "relay": circle("relay", "MOON", 3.0e6, 4.26e-4, span),
        "mapper": circle("mapper", "MOON", 2.7e6, 4.99e-4, span),
        "cargo": circle("cargo", "EARTH", 2.0e8, 7.06e-6, span),
    }


def test_what_the_scenario_says_is_filled_with_defaults_and_known_by_its_content(said, tmp_path):
    assert said["stop"] - said["start"] == 43_200.0
    relay, station = said["protected"]
    assert (relay["hard_body_radius"], station["hard_body_radius"]) == (10.0, 5.0)
    assert (relay["position_error"], station["position_error"]) == ([20.0, 100.0, 20.0], [100.0, 500.0, 100.0])
    assert (relay["probability_limit"], station["probability_limit"]) == (1e-4, 1e-5)
    copy = tmp_path / "objects.csv"
    shutil.copy(FOLDER / "monitoring_objects.csv", copy)
    assert catalogue_hash(copy) == said["sha256"]
    copy.write_text(copy.read_text().replace("15.5", "15.6"))
    assert catalogue_hash(copy) != said["sha256"]


def test_errors_grow_with_time_either_way(said):
    np.testing.assert_allclose(position_errors(said, None, 43_200.0), [125.0, 1000.0, 125.0])
    np.testing.assert_allclose(position_errors(said, "relay", -86_400.0), [25.0, 300.0, 25.0])


def test_each_object_is_screened_where_it_flies(said, flown, data):
    earth, moon = screened_groups(said, flown, data)
    assert (earth.center, moon.center) == ("EARTH", "MOON")
    assert earth.objects.object_id[:4].tolist() == [900_001, 900_002, 900_003, 799_500_001]
    assert earth.crafts == {4: "cargo"}
    assert earth.protected == {0: "station"}
    assert (moon.crafts, moon.protected) == ({0: "relay", 1: "mapper"}, {0: "relay"})
    assert (earth.distance, moon.distance) == (10e3, 500e3)
    assert earth.epochs[4] == said["start"]
    assert np.all(earth.epochs[:4] <= said["start"])
    states, status = moon.objects.states(np.array([said["start"] + 100.0]))
    assert not status.any()
    np.testing.assert_allclose(np.linalg.norm(states[0, :3], axis=0), [3.0e6, 2.7e6], rtol=1e-9)


def test_no_object_is_missing_since_its_only_set_is_of_later(said, data):
    early = {**said, "start": said["start"] - 50_000.0, "stop": said["start"] - 40_000.0}
    group = screened_groups(early, {}, data)[0]
    assert group.objects.object_id.tolist() == [900_001, 900_002, 900_003, 799_500_001]
    assert group.notes == ("2 objects have no element set before the start of the screening; a later one serves",)


def test_an_object_that_the_scenario_flies_itself_counts_once(said, flown, data):
    own = {**said, "numbers": {"cargo": 900_003}}
    earth = screened_groups(own, flown, data)[0]
    assert earth.objects.object_id.tolist().count(900_003) == 1
    assert earth.crafts == {3: "cargo"}


def test_ephemerides_of_a_store_are_screened_where_they_cover_the_window(said, flown, data, tmp_path):
    from moonstead.formats.mean_elements_file import read_mean_elements
    from moonstead.formats.oem import Oem, OemHeader, write_oem
    from moonstead.formats.oem_trajectory import oem_segment
    from moonstead.foundation.time.epoch import Epoch
    from moonstead.monitoring.catalogue.ephemerides import keep_ephemeris
    from moonstead.monitoring.catalogue.store import CatalogueStore

    store = CatalogueStore(tmp_path / "store", create=True)
    store.add_elements(read_mean_elements(FOLDER / "monitoring_objects.csv").require_clean())
    span = (said["start"], said["stop"])
    short = (said["start"], said["start"] + 3600.0)
    for name, one in (
        ("whole", circle("whole", "MOON", 4e6, 2.8e-4, span)),
        ("short", circle("short", "MOON", 5e6, 2e-4, short)),
    ):
        segment = oem_segment(one, np.arange(one.span[0], one.span[1], 60.0), name)
        write_oem(tmp_path / f"{name}.oem", Oem(OemHeader("TEST", Epoch.from_tdb(span[0])), (segment,)))
        keep_ephemeris(store, tmp_path / f"{name}.oem", data)
    earth, moon = screened_groups({**said, "catalogue": str(store.folder)}, flown, data)
    assert len(earth.objects) == 5
    assert moon.objects.name == ("relay", "mapper", "whole")
    assert any("short" in note and "does not cover" in note for note in earth.notes)
