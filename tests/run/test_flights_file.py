"""What a store of flights promises: order, resumption, one file that appears when all is there."""

from __future__ import annotations

import numpy as np
import pytest

from moonstead.dynamics import propagate_many as module
from moonstead.dynamics.forces import ForceModel
from moonstead.dynamics.propagate_many import propagate_many
from moonstead.foundation.data import DataContext
from moonstead.run.flights_file import NAMES, FlightsFile
from moonstead.run.tables import read_table

EPOCH, HOUR = 946_728_000.0, 3600.0
MODEL = ForceModel(degree=0, third_bodies=())
TIMES = EPOCH + HOUR * np.array([1.0, 2.0])


def states(count):
    """Circular orbits 200 km above the Moon, every fifth falling."""
    table = np.tile([1.9374e6, 0.0, 0.0, 0.0, 1590.8, 0.0], (count, 1))
    table[:, 2] = np.arange(count)
    table[::5, 4] = 1200.0
    return table


def fly(store, count=90, **options):
    return propagate_many(
        states(count), EPOCH, EPOCH + 3 * HOUR, MODEL, DataContext.installed(), times=TIMES, step_tolerance=1e-10,
        store=store, **options,
    )  # fmt: skip


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    monkeypatch.setattr(module, "BLOCK", 16)


def test_the_file_holds_what_was_flown_in_order(tmp_path):
    path = tmp_path / "flights.parquet"
    kept, plain = fly(FlightsFile(path)), fly(None)
    np.testing.assert_array_equal(kept.final, plain.final)
    assert list(tmp_path.iterdir()) == [path]
    table = read_table(path)
    ends = table.columns["is_end"]
    np.testing.assert_array_equal(table.columns["flight"][ends], np.arange(90))
    np.testing.assert_array_equal(np.stack([table.columns[name][ends] for name in NAMES], axis=1), plain.final)
    assert set(table.columns["body"][ends]) == {"", "MOON"}
    third = ~ends & (table.columns["flight"] == 3)
    np.testing.assert_array_equal(table.columns["tdb"][third], TIMES)
    np.testing.assert_array_equal(table.columns["x"][third], plain.states[3, :, 0])
    fallen = ~ends & (table.columns["flight"] == 5)
    assert fallen.sum() == np.isfinite(plain.states[5, :, 0]).sum() < 2


def test_an_interrupted_run_goes_on_from_its_blocks(tmp_path, monkeypatch):
    path, flown = tmp_path / "flights.parquet", []
    real = module.fly_block

    def failing(request, first, count, step_tolerance):
        if first >= 48:
            raise KeyboardInterrupt
        return real(request, first, count, step_tolerance)

    def counting(request, first, count, step_tolerance):
        flown.append(first)
        return real(request, first, count, step_tolerance)

    monkeypatch.setattr(module, "fly_block", failing)
    with pytest.raises(KeyboardInterrupt):
        fly(FlightsFile(path), threads=1)
    assert not path.exists()
    monkeypatch.setattr(module, "fly_block", counting)
    resumed = fly(FlightsFile(path), threads=1)
    assert flown == [48, 64, 80]
    monkeypatch.setattr(module, "fly_block", real)
    plain = fly(None)
    np.testing.assert_array_equal(resumed.final, plain.final)
    np.testing.assert_array_equal(resumed.ending_body, plain.ending_body)
    assert resumed.evaluations == plain.evaluations


def test_blocks_of_another_request_are_not_taken(tmp_path, monkeypatch):
    path = tmp_path / "flights.parquet"
    store = FlightsFile(path)
    store.begin("another", 90, TIMES, ("MOON",))
    (store._part(0)).write_bytes(b"not even a table")
    np.testing.assert_array_equal(fly(FlightsFile(path)).final, fly(None).final)


def test_progress_counts_the_flights(tmp_path):
    told = []
    fly(None, count=40, progress=lambda done, of: told.append((done, of)))
    assert told == [(16, 40), (32, 40), (40, 40)]
