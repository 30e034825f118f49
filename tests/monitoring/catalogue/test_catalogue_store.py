"""Authority: counting, plain numpy over the same rows, and a writer that is killed."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest

from moonstead.dynamics.mean_elements import MeanElements, joined
from moonstead.foundation.errors import InvalidInput, MissingData
from moonstead.monitoring.catalogue.entries import ObjectEntry, StateEntry, identifier_of
from moonstead.monitoring.catalogue.segments import MARK, segments
from moonstead.monitoring.catalogue.source import catalogue_elements, newest
from moonstead.monitoring.catalogue.store import Added, CatalogueStore

KILLER = Path(__file__).with_name("store_killer.py")
DAY = 86_400


def history(objects=(90_001, 799_501_621, 1_202_612_300_001), count=5) -> MeanElements:
    """Sets of some objects, a day apart, the objects interleaved."""
    numbers = np.tile(np.array(objects, dtype=np.int64), count)
    days = np.repeat(np.arange(count), len(objects))
    size = numbers.size
    return MeanElements.of(
        {
            "object_id": numbers,
            "name": [f"THING {number}" for number in numbers],
            "designator": ["2026-123A"] * size,
            "epoch_second": 837_000_000 + days * DAY,
            "epoch_fraction": np.linspace(0.0, 0.9, size),
            "mean_motion": 1.1e-3 + 1e-7 * np.arange(size),
            "eccentricity": np.full(size, 0.001),
            "inclination": np.full(size, 0.9),
            "node": np.full(size, 1.0),
            "argument_of_perigee": np.full(size, 2.0),
            "mean_anomaly": np.full(size, 3.0),
            "drag_term": np.full(size, 1e-5),
            "mean_motion_rate": np.zeros(size),
            "mean_motion_second": np.zeros(size),
            "element_set": np.arange(size),
            "revolution": np.arange(size),
            "classification": ["U"] * size,
        }
    )


def same(one: MeanElements, other: MeanElements) -> bool:
    return all(
        np.array_equal(np.asarray(getattr(one, column.name)), np.asarray(getattr(other, column.name)))
        for column in fields(MeanElements)
    )


def ordered(elements: MeanElements) -> MeanElements:
    return elements.select(np.lexsort((elements.epoch_second, elements.object_id)))


@pytest.fixture
def store(tmp_path):
    return CatalogueStore(tmp_path / "store", create=True)


def test_what_was_added_comes_back_bit_by_bit_and_only_once(store):
    sets = history()
    assert store.add_elements(sets.select(np.arange(7)), "first") == Added(7, 0)
    assert store.add_elements(sets, "second") == Added(len(sets) - 7, 7)
    assert store.add_elements(joined([sets, sets]), "third") == Added(0, 2 * len(sets))
    assert same(store.elements(history=True), ordered(sets))
    assert store.counts()["elements"] == len(sets)
    assert store.object_ids().tolist() == [90_001, 799_501_621, 1_202_612_300_001]


def test_a_later_set_is_never_told_as_known_before(store):
    sets = history()
    store.add_elements(sets)
    for tdb in (sets.tdb[0] - 1.0, sets.tdb[4], sets.tdb[4] - 1e-3, sets.tdb[-1] + 1e6):
        expected = newest(sets, at=tdb).elements
        assert same(store.elements(at=tdb), expected)
        assert np.all(expected.tdb <= tdb + 1e-6)
    assert same(store.elements(at=sets.tdb[7], objects=[90_001], history=True), ordered(sets).select([0, 1, 2]))
    assert len(store.elements(objects=[5])) == 0


def test_an_object_with_later_sets_alone_comes_with_the_first_of_them_where_none_may_miss(store):
    sets = history()
    late = sets.select((sets.object_id != 90_001) | (sets.epoch_second >= sets.epoch_second[6]))
    store.add_elements(late)
    at = float(sets.tdb[4])
    for found in (newest(late, at=at, complete=True), catalogue_elements(store.folder, at, complete=True)):
        assert found.ahead == 1
        assert found.elements.object_id.tolist() == [90_001, 799_501_621, 1_202_612_300_001]
        assert found.elements.element_set.tolist() == [6, 4, 2]
    assert len(newest(late, at=at).elements) == 2


def test_of_two_sets_of_one_epoch_the_higher_number_counts_then_the_later_one(store):
    one = history().select([0])
    same_number = replace(one, mean_anomaly=np.array([4.0]))
    store.add_elements(replace(one, mean_anomaly=np.array([5.0]), element_set=np.array([9])))
    store.add_elements(one)
    assert store.elements().mean_anomaly[0] == 5.0
    other = CatalogueStore(store.folder.parent / "other", create=True)
    other.add_elements(one)
    other.add_elements(same_number)
    assert other.elements().mean_anomaly[0] == 4.0
    other.compact()
    assert other.elements().mean_anomaly[0] == 4.0


def test_merging_changes_no_answer_and_a_stopped_merge_neither(store, monkeypatch):
    sets = history(count=6)
    for row in range(len(sets)):
        store.add_elements(sets.select([row]))
    monkeypatch.setattr(Path, "unlink", lambda self, missing_ok=False: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        store.compact()  # the merged segment is there, the others too
    monkeypatch.undo()
    assert len(segments(store.folder, "elements")) == len(sets) + 1
    assert same(store.elements(history=True), ordered(sets))
    assert store.counts()["elements"] == len(sets)
    assert store.compact()["elements"] == len(sets) + 1
    assert len(segments(store.folder, "elements")) == 1
    assert same(store.elements(history=True), ordered(sets))
    assert store.add_elements(sets) == Added(0, len(sets))


def test_writers_at_the_same_time_do_not_disturb_each_other(store):
    def write(first):
        mine = CatalogueStore(store.folder)
        for number in range(first, first + 4):
            mine.add_elements(history(objects=(number,), count=3))
        mine.compact()

    writers = [threading.Thread(target=write, args=(first,)) for first in (100, 200, 300)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert store.object_ids().tolist() == [first + k for first in (100, 200, 300) for k in range(4)]
    assert store.counts()["elements"] == 36


@pytest.mark.truth
def test_a_killed_writer_loses_nothing_confirmed_and_leaves_nothing_half(tmp_path, validation):
    done = subprocess.run(
        [sys.executable, str(KILLER), str(tmp_path / "store"), "30", "2026"], capture_output=True, text=True, check=True
    )
    found = json.loads(done.stdout)
    assert found["confirmed"] >= 5
    validation(
        capability="Catalogue store",
        quantity="appends that were confirmed and lost, or half-read, of 30 writers killed at random moments",
        authority="counting",
        error=found["lost"] + found["half_read"],
        unit="1",
        tolerance=0.0,
        cases=found["confirmed"],
    )


def test_states_keep_their_covariance_center_and_frame(store):
    spread = np.diag([1.0, 4.0, 1.0, 1e-6, 1e-6, 1e-6])
    spread[0, 1] = spread[1, 0] = 0.5
    orbiter = StateEntry(7, "ORBITER", 8.0e8, "MOON", "ICRF", np.arange(6.0), spread, "RTN", "cdm")
    plain = StateEntry(7, "ORBITER", 7.0e8, "MOON", "ICRF", -np.arange(6.0))
    assert store.add_states([orbiter, plain, plain]) == Added(2, 1)
    assert store.add_states([plain]) == Added(0, 1)
    first, second = store.states()
    assert (first.tdb, first.covariance) == (7.0e8, None)
    np.testing.assert_array_equal(second.covariance, spread)
    np.testing.assert_array_equal(second.state, orbiter.state)
    assert (second.center, second.frame, second.covariance_frame, second.source) == ("MOON", "ICRF", "RTN", "cdm")
    assert [one.tdb for one in store.states(at=7.5e8, objects=[7])] == [7.0e8]
    with pytest.raises(InvalidInput, match="symmetric"):
        StateEntry(7, "", 0.0, "MOON", "ICRF", np.zeros(6), np.triu(np.ones((6, 6))))
    with pytest.raises(InvalidInput, match="finite"):
        StateEntry(7, "", 0.0, "MOON", "ICRF", np.full(6, np.nan))


def test_of_facts_about_an_object_the_last_told_count(store):
    store.add_objects([ObjectEntry(5, "VANGUARD 1", owner="US"), ObjectEntry(6, "OTHER", mass=3.0)])
    store.add_objects([ObjectEntry(5, "VANGUARD 1", owner="US", hard_body_radius=0.5)])
    found = store.objects()
    assert (found[5].hard_body_radius, found[5].owner, found[6].mass) == (0.5, "US", 3.0)
    assert np.isnan(found[5].mass)
    assert store.add_objects([ObjectEntry(5, "VANGUARD 1", owner="US", hard_body_radius=0.5)]) == Added(0, 1)
    assert store.add_objects([ObjectEntry(5, "VANGUARD 1", owner="US")]) == Added(1, 0)
    assert np.isnan(store.objects()[5].hard_body_radius)
    store.compact()
    assert np.isnan(store.objects()[5].hard_body_radius)


def test_a_folder_with_something_else_is_refused(tmp_path):
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(InvalidInput, match="not empty"):
        CatalogueStore(tmp_path, create=True)
    with pytest.raises(MissingData, match="no store"):
        CatalogueStore(tmp_path / "nowhere")
    store = CatalogueStore(tmp_path / "new", create=True)
    (store.folder / MARK).write_text('{"format": "moonstead catalogue", "version": 99}')
    with pytest.raises(InvalidInput, match="version 99"):
        CatalogueStore(store.folder)


def test_a_file_and_a_store_give_the_same_newest_sets(store, tmp_path):
    from moonstead.formats.omm_writer import write_mean_elements
    from moonstead.foundation.time.epoch import Epoch

    sets = history()
    store.add_elements(sets)
    write_mean_elements(tmp_path / "sets.csv", sets, creation=Epoch.parse("2026-07-20"))
    at = float(sets.tdb[8])
    from_file, from_store = catalogue_elements(tmp_path / "sets.csv", at), catalogue_elements(store.folder, at)
    assert from_file.elements.object_id.tolist() == from_store.elements.object_id.tolist()
    assert from_file.elements.epoch_second.tolist() == from_store.elements.epoch_second.tolist()
    assert (from_file.later, from_file.older) == (6, 6)


def test_identifiers_of_names_are_above_all_catalogue_numbers_and_always_the_same():
    assert identifier_of("1998-067A") == identifier_of("98067A") == 1_199_806_700_001
    assert identifier_of("Queqiao-2") == identifier_of(" QUEQIAO-2 ") > 10**15
    assert identifier_of("NAIF -85") != identifier_of("NAIF -86")
    assert identifier_of("x") < 2**63
