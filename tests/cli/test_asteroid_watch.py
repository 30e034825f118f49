"""`moonstead asteroid watch` on the published orbit of 2024 YR4, and what it refuses."""

from __future__ import annotations

import json

import pytest

from moonstead.cli.main import execute

ORBIT = "sbdb_2024YR4_phys.json"


@pytest.fixture
def watch(shared_data, capsys):
    def ask(*more: str) -> tuple[int, str, str]:
        code = execute(["asteroid", "watch", "--from-orbit", str(shared_data / "smallbodies" / ORBIT), *more])
        told = capsys.readouterr()
        return code, told.out, told.err

    return ask


def test_the_next_season_of_yr4_is_in_december_2028_for_rubin(watch):
    code, out, err = watch("--at", "2028-01-01", "--until", "2029-03-01", "--station", "X05", "--no-impact", "--json")
    assert code == 0, err
    row = json.loads(out)
    assert row["next_seen_utc"].startswith("2028-12")
    assert row["next_seen_by"] == "X05"
    night = row["sensors"][0]["first_night"]
    assert 20.0 < night["magnitude"] < 24.0
    assert night["sigma_major_arcsec"] > night["sigma_minor_arcsec"] > 0.0
    assert row["encounter"] is None  # it passes at 0.054 au, beyond what counts as an encounter
    assert row["probability"] is None


def test_places_are_tabled_for_any_coded_station(watch):
    code, out, err = watch(
        *("--at", "2025-02-10", "--until", "2025-03-01", "--station", "309", "--no-impact", "--json"),
        *("--observer", "309", "--step", "6 h", "--rows", "4"),
    )
    assert code == 0, err
    rows = json.loads(out)["ephemeris"]
    assert [row["time_utc"] for row in rows] == [f"2025-02-10T{hour:02d}:00:00Z" for hour in (0, 6, 12, 18)]
    assert all(0.0 <= row["right_ascension_deg"] < 360.0 for row in rows)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (("--at", "2028-01-01", "--until", "2027-01-01"), "must run forward"),
        (("--station", "J95"), "limiting-magnitude"),
        (("--accuracy", "0 arcsec"), "must be positive"),
        (("--accuracy", "0.3 km"), "angle"),
        (("--history",), "needs observations"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(watch, more, words):
    code, _, err = watch(*more)
    assert code == 2
    assert words in err


def test_an_object_that_has_come_down_is_not_watched(shared_data, capsys):
    orbit = str(shared_data / "smallbodies" / "neocc_2024BX1.ke0")
    code = execute(["asteroid", "watch", "--from-orbit", orbit, "--at", "2025-01-01", "--until", "2026"])
    assert code == 2
    assert "meets the Earth at 2024-01-21T00:32" in capsys.readouterr().err
