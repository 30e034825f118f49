"""What follows from what a scenario declares."""

from pathlib import Path

import pytest

from moonstead.run.plan import make_plan
from moonstead.scenario.load import load_scenario

ROOT = Path(__file__).resolve().parents[2]
SCENARIOS = sorted(ROOT.glob("scenarios/*.toml"))


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_every_task_comes_after_its_inputs(path):
    seen = set()
    for task in make_plan(load_scenario(path).scenario):
        assert set(task.inputs) <= seen, task.id
        seen.add(task.id)


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_every_task_names_a_function_that_is_there(path):
    assert all(callable(task.resolve()) for task in make_plan(load_scenario(path).scenario))


def test_a_network_stands_for_each_of_its_stations():
    tasks = {task.id for task in make_plan(load_scenario(ROOT / "tests/run/mini.toml").scenario)}
    assert {"contact.relay.earth--kashi", "contact.relay.earth--neuquen", "flow.down", "coverage.rim"} <= tasks


def test_planning_needs_no_compiler():
    import subprocess
    import sys

    code = (
        "import sys; from moonstead.run.plan import make_plan; from moonstead.scenario.load import load_scenario; "
        f"make_plan(load_scenario({str(ROOT / 'scenarios/ilrs.toml')!r}).scenario); assert 'numba' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
