"""The report stands alone, shows what the folder holds, and is rebuilt only when that changes."""

import json
import re
import shutil
import subprocess
import sys

import pytest

from moonstead.foundation.errors import MissingData
from moonstead.report.build import build_report, report_is_current
from moonstead.report.html import number, table, text

LOADS = re.compile(r"""<(?:script|img|link|iframe)[^>]+(?:src|href)=["'](?!data:)""")


@pytest.fixture
def copy(small_run, tmp_path):
    shutil.copytree(small_run, tmp_path / "run")
    return tmp_path / "run"


def shown(folder) -> str:
    """Page without the plotting script, which brings text of its own."""
    page = (folder / "report.html").read_text(encoding="utf-8")
    return max(re.split(r"<script>", page), key=lambda part: part.count("<section"))


def test_nothing_is_loaded_from_elsewhere(small_run):
    assert not LOADS.search((small_run / "report.html").read_text(encoding="utf-8"))


def test_all_pages_are_there(small_run):
    page = shown(small_run)
    for anchor in ("summary", "sites", "light", "power", "orbits", "links", "partners", "provenance"):
        assert f'<section id="{anchor}">' in page


def test_every_headline_figure_is_shown(small_run):
    page = shown(small_run)
    for figure in json.loads((small_run / "summary.json").read_text())["figures"]:
        assert text(figure["name"]) in page
        assert set(figure) >= {"name", "value", "unit", "how"}


def test_no_number_is_missing(small_run):
    page = shown(small_run)
    assert "NaN" not in page
    assert ">nan<" not in page
    assert "None" not in re.sub(r"<p>None\.</p>", "", page)


def test_data_are_shown_with_their_hashes(small_run):
    page = shown(small_run)
    for row in json.loads((small_run / "manifest.json").read_text())["data"]:
        assert row["sha256"][:16] in page
        assert text(row["origin"]) in page


def test_an_unchanged_report_is_left_alone(copy):
    before = (copy / "report.html").stat().st_mtime_ns
    build_report(copy)
    assert (copy / "report.html").stat().st_mtime_ns == before


def test_a_changed_figure_makes_a_new_report(copy):
    summary = json.loads((copy / "summary.json").read_text())
    summary["figures"][0]["how"] = "changed <b>by hand</b>"
    (copy / "summary.json").write_text(json.dumps(summary))
    assert not report_is_current(copy)
    build_report(copy)
    assert "changed &lt;b&gt;by hand&lt;/b&gt;" in shown(copy)


def test_a_folder_without_a_run_says_what_to_do(tmp_path):
    with pytest.raises(MissingData, match="moonstead run SCENARIO --out"):
        build_report(tmp_path)


def test_a_file_in_place_of_a_folder_says_what_to_do(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(MissingData, match="run the scenario again"):
        build_report(tmp_path / "file")


def test_a_damaged_run_says_what_to_do(copy):
    (copy / "summary.json").write_text("{")
    with pytest.raises(MissingData, match="damaged run"):
        build_report(copy)


def test_the_report_needs_no_compiler(copy):
    (copy / "report.html").unlink()
    code = (
        "import sys; from pathlib import Path; from moonstead.report.build import build_report; "
        f"build_report(Path({str(copy)!r})); assert 'numba' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.0, "0"),
        (1234.5678, "1 235"),
        (0.012345, "0.0123"),
        (99.96, "100.0"),
        (1.5e9, "1.50e+09"),
        (float("nan"), "–"),
    ],
)
def test_numbers_are_short(value, words):
    assert number(value) == words


def test_markup_in_names_is_text():
    assert "<script>" not in table(["<script>"], [["<script>alert(1)</script>"]])
