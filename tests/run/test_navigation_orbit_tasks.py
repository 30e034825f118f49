"""Orbits of navigation satellites in a run and its report. Authority: the library with the same files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from moonstead.formats.rinex_navigation import read_navigation, write_navigation
from moonstead.formats.sp3 import PreciseOrbits, read_sp3
from moonstead.formats.sp3_writer import write_sp3
from moonstead.foundation.data import DataContext
from moonstead.navigation.orbit_determination.fits import fit_orbits
from moonstead.report.run_folder import RunFolder
from moonstead.report.sections import navigation_orbits
from moonstead.run.engine import run_scenario
from moonstead.run.navigation_orbits import navigation_orbits as fit_days
from moonstead.run.plan import make_plan
from moonstead.scenario.load import load_scenario

SATELLITES = ("E01", "R01", "R24")
PRINTED = 1e-3  # [m] the files hold positions to the millimetre, as the real ones do
HEAD = """title = "Orbits"
start = 2020-06-24T00:00:00Z
stop = 2020-06-26T00:00:00Z

[navigation]
navigation_files = ["177.rnx"]
precise_files = [{files}]
"""


def _few(precise: PreciseOrbits) -> PreciseOrbits:
    """The same product with three satellites."""
    columns = [precise.satellites.index(name) for name in SATELLITES]
    return replace(
        precise,
        satellites=SATELLITES,
        position=precise.position[:, columns],
        clock=precise.clock[:, columns],
        sigma_exponent=precise.sigma_exponent[:, columns],
        flags=precise.flags[:, columns],
        accuracy_exponent=precise.accuracy_exponent[columns],
    )


@pytest.fixture(scope="module")
def scenario(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("navigation-orbits")
    for day in (176, 177):
        write_sp3(
            folder / f"{day}.sp3", _few(read_sp3(shared_data / "gnss" / f"GRG0MGXFIN_2020{day}0000_01D_15M_ORB.SP3.gz"))
        )
    said = read_navigation(shared_data / "gnss" / "ESBC00DNK_R_20201770000_01D_MN.rnx.gz").messages
    write_navigation(folder / "177.rnx", said.take(np.isin(said.satellite, SATELLITES)))
    path = folder / "orbits.toml"
    path.write_text(HEAD.format(files='"176.sp3", "177.sp3"'))
    return path


@pytest.fixture(scope="module")
def run(scenario: Path) -> RunFolder:
    out = scenario.parent / "run"
    run_scenario(scenario, out, data=DataContext.installed(), workers=1)
    return RunFolder.open(out)


def test_two_days_of_orbits_make_a_task_and_one_day_none(scenario: Path) -> None:
    assert "navigation-orbits" in {task.id for task in make_plan(load_scenario(scenario).scenario)}
    single = scenario.parent / "single.toml"
    single.write_text(HEAD.format(files='"176.sp3"'))
    assert "navigation-orbits" not in {task.id for task in make_plan(load_scenario(single).scenario)}


def test_tables_of_the_run_are_what_the_library_says(run: RunFolder, scenario: Path) -> None:
    orbits = run.table("navigation-orbits").columns
    assert orbits["satellite"].tolist() == list(SATELLITES)
    fits = fit_orbits(read_sp3(scenario.parent / "176.sp3"), DataContext.installed())
    np.testing.assert_allclose(orbits["fit"], [orbit.rms_3d for orbit in fits.orbits], atol=PRINTED)
    assert np.all(orbits["fit"] < 0.05)
    assert np.all(orbits["predicted_median"] < 0.5)
    errors = run.table("navigation-orbit-errors").columns
    assert errors["error"].size == 3 * 96
    assert run.facts("navigation-orbits")["failed"] == {}


def test_the_page_tells_blocks_satellites_and_growth(run: RunFolder) -> None:
    section = navigation_orbits.section(run)
    assert section is not None
    for words in ("GLONASS-M", "Galileo FOC", "R24", "prediction, median", "navigation-orbit-errors"):
        assert words in section.body
    assert "nan" not in section.body.lower()


def test_two_files_of_one_day_leave_nothing_to_judge_by(scenario: Path) -> None:
    file = str(scenario.parent / "176.sp3")
    told = fit_days({"orbit_files": [file, file]}, DataContext.installed())
    assert "nothing to judge by" in told.facts["why_not"]
    assert not told.tables
