"""The report's page of orbits shows what the run says of spacecraft on three-body families."""

from __future__ import annotations

from pathlib import Path

import pytest

from moonstead.foundation.data import DataContext
from moonstead.report.run_folder import RunFolder
from moonstead.report.sections import orbits
from moonstead.run.engine import run_scenario

MINI = Path(__file__).parents[1] / "run" / "mini.toml"
DRO = '{ kind = "family", family = "dro", period = "13 d" }'


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("family")
    text = MINI.read_text().split("[[facility]]")[0]
    text += f'[[spacecraft]]\nid = "far"\nname = "Far relay"\npartner = "us"\norbit = {DRO}\n'
    (folder / "far.toml").write_text(text)
    run_scenario(folder / "far.toml", folder / "run", data=DataContext.installed(), workers=1)
    return RunFolder.open(folder / "run")


def test_flown_path_stands_beside_the_periodic_orbit_with_its_constants(run):
    section = orbits.section(run)
    assert section is not None
    assert "Orbits of three-body families" in section.body and "Far relay, periodic" in section.body
    facts = run.facts("orbit.far")
    assert f"{facts['constants']['length'] / 1e3:,.1f} km" in section.body
    near = facts["nearest"]
    assert near is None or f"{near[0] / 1e3:,.0f} to" in section.body


def test_a_run_without_families_has_no_such_page(small_run):
    section = orbits.section(RunFolder.open(small_run))
    assert section is None or "three-body families" not in section.body
