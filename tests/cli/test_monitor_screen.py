"""`moonstead monitor screen`: answers, tables, and what it says of bad input."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import duckdb
import numpy as np
import pytest

from moonstead.cli.main import execute
from moonstead.dynamics.mean_elements import MeanElements, joined
from moonstead.formats.omm_writer import write_mean_elements
from moonstead.foundation.time.epoch import Epoch

OBJECTS = Path(__file__).parents[1] / "run" / "monitoring_objects.csv"


@pytest.fixture
def ask(capsys):
    def of(*arguments, code=0):
        assert execute(["monitor", "screen", *map(str, arguments)]) == code
        said = capsys.readouterr()
        return said if code or "--json" not in arguments else json.loads(said.out)

    return of


@pytest.fixture
def crowd(tmp_path):
    """Sixty objects between 700 and 720 km, and one that follows the first."""
    random = np.random.default_rng(31)
    count = 60
    zeros, whole = np.zeros(count), np.zeros(count, dtype=np.int64)
    angles = random.uniform(0.0, 2.0 * np.pi, (3, count))
    epoch = Epoch.parse("2026-01-01T00:00:00")
    axis = random.uniform(7.078e6, 7.098e6, count)
    made = MeanElements(
        object_id=1000 + np.arange(count),
        name=tuple(f"made-up {k}" for k in range(count)),
        designator=("2026-001A",) * count,
        epoch_second=whole + epoch.seconds,
        epoch_fraction=zeros,
        mean_motion=np.sqrt(3.986e14 / axis**3),
        eccentricity=random.uniform(1e-4, 1e-3, count),
        inclination=random.uniform(0.9, 1.8, count),
        node=angles[0],
        argument_of_perigee=angles[1],
        mean_anomaly=angles[2],
        drag_term=zeros + 1e-5,
        mean_motion_rate=zeros,
        mean_motion_second=zeros,
        element_set=whole,
        revolution=whole,
        classification=("U",) * count,
    )
    first = made.select([0])
    follower = replace(
        first, object_id=np.array([987_654_321]), name=("follower",), mean_anomaly=first.mean_anomaly - 1e-4
    )
    path = tmp_path / "crowd.csv"
    write_mean_elements(path, joined([made, follower]), creation=epoch)
    return path


ASKED = ("--start", "2026-01-01T00:00:00", "--hours", "3", "--distance-km", "30")


def test_events_and_intervals_are_counted_and_written(ask, crowd, tmp_path):
    out = tmp_path / "near.csv"
    told = ask(crowd, *ASKED, "--out", out, "--json")
    assert told["objects"] == 61
    assert (told["proximity_intervals"], told["failed"], told["rejected"]) == (1, 0, 0)
    rows = list(csv.DictReader(out.read_text().splitlines()))
    assert told["events"] == len(rows) > 5
    assert all(float(row["miss_distance_m"]) <= 30e3 for row in rows)
    (interval,) = csv.DictReader(Path(told["out_proximity"]).read_text().splitlines())
    assert (interval["first_id"], interval["second_id"]) == ("1000", "987654321")
    assert interval["start_utc"] == "2026-01-01T00:00:00.000Z"
    assert 600.0 < float(interval["least_distance_m"]) < 720.0  # 1e-4 rad of 7090 km
    assert not list(tmp_path.glob(".near*")), "blocks of a finished screening are cleared away"


def test_primaries_are_screened_against_all_others_and_parquet_says_the_same(ask, crowd, tmp_path):
    everything = ask(crowd, *ASKED, "--json")
    first = everything["closest"][0]["first_id"]
    out = tmp_path / "near.parquet"
    told = ask(crowd, *ASKED, "--primary", f"{first}", "--out", out, "--json")
    assert 0 < told["events"] < everything["events"]
    rows = duckdb.sql(f"SELECT first_id, second_id, tca_utc FROM '{out}'").fetchall()
    assert len(rows) == told["events"]
    assert all(first in row[:2] for row in rows)
    assert rows[0][2].endswith("Z")


def test_people_read_the_closest_first(ask, crowd):
    said = ask(crowd, *ASKED).out
    assert "61 objects" in said
    assert "1 proximity interval " in said
    assert "miss km" in said


def test_elements_of_the_scenario_tests_need_no_wrong_word(ask):
    told = ask(OBJECTS, "--start", "2026-07-15T00:00:00", "--hours", "1", "--json")
    assert told["objects"] >= 3
    assert told["cpu_s"] > 0.0


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("--start", "yesterday"), 2, "yesterday"),
        (("--start", "2026-01-01T00:00:00", "--hours", "0"), 2, "positive"),
        (("--start", "2026-01-01T00:00:00", "--distance-km", "-1"), 2, "positive"),
        (("--start", "2026-01-01T00:00:00", "--primary", "ISS"), 2, "numbers"),
        (("--start", "2026-01-01T00:00:00", "--primary", "5"), 3, "no object 5"),
        (("--start", "2026-01-01T00:00:00", "--out", "near.xlsx"), 2, "near.xlsx"),
    ],
    ids=["start", "hours", "distance", "word", "unknown", "table"],
)
def test_bad_input_is_told_in_one_panel(ask, crowd, arguments, code, words):
    said = ask(crowd, *arguments, code=code)
    assert words in said.err
    assert "Traceback" not in said.err
