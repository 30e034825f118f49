"""`moonstead monitor reentry`: what it answers, and how it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from moonstead.cli.main import execute

AS_OF = "2021-05-07T12:00:00"


@pytest.fixture
def history(shared_data: Path) -> Path:
    return shared_data / "monitoring" / "decay" / "CZ5B_2021.tle"


def test_history_and_date_alone_answer_with_a_window(history: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["monitor", "reentry", str(history), "--as-of", AS_OF, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    first, last = answer["window_90"]
    assert first < answer["median_utc"] < last
    assert first < "2021-05-09T02:24:00" < last
    assert answer["last_set_utc"] <= AS_OF
    assert answer["object_id"] == 48275
    low, high = answer["ballistic_coefficient_90_m2_kg"]
    assert low < answer["ballistic_coefficient_m2_kg"] < high
    assert any("no space weather" in note for note in answer["assumptions"])
    assert sum(band["share"] for band in answer["latitude_bands"]) == pytest.approx(1.0)
    assert max(abs(place["latitude_deg"]) for place in answer["track"]) < 42.0


def test_words_name_the_window_and_the_weather(
    history: Path, shared_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = shared_data / "monitoring" / "spaceweather" / "SW-All.csv.gz"
    code = execute(["monitor", "reentry", str(history), "--as-of", AS_OF, "--space-weather", str(table)])
    told = capsys.readouterr().out
    assert code == 0
    assert "90 % window" in told
    assert "SW-All.csv.gz" in told


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["--as-of", "2021-04-01T00:00:00"], 2, "three element sets"),
        (["--as-of", "last tuesday"], 2, "last tuesday"),
        (["--as-of", AS_OF, "--object", "5"], 2, "no set of object 5"),
        (["--as-of", AS_OF, "--msis", "3"], 2, "--msis"),
        (["--as-of", AS_OF, "--space-weather", "missing.csv"], 3, "missing.csv"),
    ],
    ids=["too early", "no date", "other object", "other model", "no table"],
)
def test_what_cannot_be_answered_is_refused(
    history: Path, capsys: pytest.CaptureFixture[str], words: list[str], code: int, says: str
) -> None:
    assert execute(["monitor", "reentry", str(history), *words]) == code
    assert says in capsys.readouterr().err
