"""A key changes with all that a result depends on, and with nothing else."""

from dataclasses import replace

import pytest

from moonstead.foundation.errors import InvalidInput
from moonstead.run.task import Task, TaskInputs

TASK = Task("light.hub", "Light", "m:f", {"latitude": -1.5}, inputs=("horizon.hub",), datasets=("de440s",))
INPUTS, DATA, CODE = {"horizon.hub": "aa"}, {"de440s": "bb"}, "cc"


def test_the_title_does_not_change_the_key():
    assert TASK.key(INPUTS, DATA, CODE) == replace(TASK, title="Other words").key(INPUTS, DATA, CODE)


@pytest.mark.parametrize(
    "changed",
    [
        (replace(TASK, fragment={"latitude": -1.5000000000000002}), INPUTS, DATA, CODE),
        (replace(TASK, function="m:g"), INPUTS, DATA, CODE),
        (TASK, {"horizon.hub": "ab"}, DATA, CODE),
        (TASK, INPUTS, {"de440s": "bc"}, CODE),
        (TASK, INPUTS, DATA, "cd"),
    ],
)
def test_all_else_does(changed):
    task, inputs, data, code = changed
    assert task.key(inputs, data, code) != TASK.key(INPUTS, DATA, CODE)


def test_an_input_that_was_not_named_cannot_be_read(tmp_path):
    with pytest.raises(InvalidInput, match="without naming it"):
        TaskInputs(TASK, None, {}, tmp_path).result("orbit.relay")
