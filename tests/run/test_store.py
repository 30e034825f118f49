"""A result is there whole or not at all, and damage is never read as good."""

import multiprocessing
import os

import numpy as np
import pytest

from moonstead.foundation.errors import InvalidInput
from moonstead.run.store import RECORD, RunStore
from moonstead.run.tables import Table
from moonstead.run.task import Figure, Task, TaskOutput

KEY = "0123456789abcdef" * 4
TASK = Task("light.hub", "Light", "module:function", {"latitude": -1.5})


def output() -> TaskOutput:
    table = Table("light.hub", {"tdb": np.arange(5.0)}, {"tdb": "s"})
    figure = Figure("hub: night", 3.0, "d", "DE440", "good")
    return TaskOutput((table,), {"series": np.arange(3.0)}, (figure,), {"mean": 0.5}, ("coarse",), ("de440",))


def publish(store: RunStore):
    return store.publish(TASK, KEY, output(), store.scratch(TASK, KEY), 1.25)


def test_a_result_comes_back_as_it_was(tmp_path):
    store = RunStore(tmp_path)
    publish(store)
    back = store.load(TASK.id, KEY)
    assert back is not None
    assert back.figures == output().figures
    assert back.facts == {"mean": 0.5}
    assert (back.warnings, back.models, back.seconds) == (("coarse",), ("de440",), 1.25)
    np.testing.assert_array_equal(back.table("light.hub").columns["tdb"], np.arange(5.0))
    np.testing.assert_array_equal(back.arrays()["series"], np.arange(3.0))


def test_another_key_finds_nothing(tmp_path):
    store = RunStore(tmp_path)
    publish(store)
    assert store.load(TASK.id, KEY.replace("0", "f")) is None


@pytest.mark.parametrize("name", ["light.hub.parquet", "arrays.npz", RECORD])
@pytest.mark.parametrize("damage", ["flip", "cut", "empty", "remove"])
def test_any_damage_is_noticed(tmp_path, name, damage):
    store = RunStore(tmp_path)
    path = publish(store).folder / name
    content = bytearray(path.read_bytes())
    if damage == "flip":
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
    elif damage == "cut":
        path.write_bytes(content[:-2])
    elif damage == "empty":
        path.write_bytes(b"")
    else:
        path.unlink()
    assert store.load(TASK.id, KEY) is None


def test_an_unfinished_result_is_invisible_and_swept_away(tmp_path):
    store = RunStore(tmp_path)
    scratch = store.scratch(TASK, KEY)
    (scratch / "light.hub.parquet").write_bytes(b"half")
    assert store.load(TASK.id, KEY) is None
    store.forget_others(set())
    assert not scratch.exists()


def test_a_damaged_result_can_be_made_again(tmp_path):
    store = RunStore(tmp_path)
    (publish(store).folder / "arrays.npz").write_bytes(b"")
    publish(store)
    assert store.load(TASK.id, KEY) is not None


def _hold(folder, entered, leave):
    with RunStore(folder).locked():
        entered.set()
        leave.wait(30)


def test_two_runs_do_not_share_a_folder(tmp_path):
    context = multiprocessing.get_context("spawn")
    entered, leave = context.Event(), context.Event()
    other = context.Process(target=_hold, args=(tmp_path, entered, leave))
    other.start()
    try:
        assert entered.wait(30)
        with pytest.raises(InvalidInput, match="another run is working"), RunStore(tmp_path).locked():
            pass
    finally:
        leave.set()
        other.join(30)
    with RunStore(tmp_path).locked():
        assert os.path.exists(tmp_path / ".lock")
