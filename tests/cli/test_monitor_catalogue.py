"""`moonstead monitor catalogue`: what it says is in the files, and files come back from it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from moonstead.cli.main import execute

OBJECTS = Path(__file__).parents[1] / "run" / "monitoring_objects.csv"


@pytest.fixture
def ask(capsys):
    def of(*arguments, code=0):
        assert execute(["monitor", "catalogue", *map(str, arguments)]) == code
        said = capsys.readouterr()
        return said if code or "--json" not in arguments else json.loads(said.out)

    return of


@pytest.fixture
def damaged(tmp_path):
    lines = OBJECTS.read_text().splitlines()
    lines[2] = lines[2].replace(".0006", "1.2")
    path = tmp_path / "damaged.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


def test_a_file_is_counted_by_orbit_and_bad_rows_are_told(ask, damaged):
    told = ask(damaged, "--json")
    assert (told["kind"], told["objects"], told["element_sets"], told["rejected"]) == ("OMM CSV", 3, 3, 1)
    assert told["by_class"] == {"LEO": 1, "MEO": 0, "GEO": 1, "HEO": 1, "beyond": 0}
    assert told["faults"][0]["place"] == "line 3"
    assert "ECCENTRICITY" in told["faults"][0]["what"]
    assert (told["first_epoch_utc"], told["last_epoch_utc"]) == (
        "2026-07-19T00:00:00.000000",
        "2026-07-19T12:00:00.000000",
    )
    assert "line 3: ECCENTRICITY 1.2" in ask(damaged).out


def test_what_was_not_known_yet_does_not_count(ask):
    told = ask(OBJECTS, "--at", "2026-07-19T06:00:00", "--json")
    assert (told["objects"], told["later_sets"]) == (2, 2)


def test_a_store_takes_files_tells_them_and_gives_them_back(ask, tmp_path, damaged):
    store = tmp_path / "store"
    said = ask(store, "--add", damaged, "--add", OBJECTS).out
    assert "3 new, 0 known already, 1 rejected" in said
    assert "1 new, 3 known already, 0 rejected" in said
    out = tmp_path / "out.json"
    told = ask(store, "--object", "799500001", "--history", "--out", out, "--json")
    assert told["sets"][0]["name"] == "MADE-UP BIRD"
    assert told["sets"][0]["mean_motion_rev_day"] == 1.0027
    assert ask(out, "--json")["objects"] == 1
    assert ask(store, "--merge", "--json")["merged_segments"]["elements"] == 2
    assert ask(store, "--name", "*FRAG*", "--apogee-km", ":500", "--inclination-deg", "100:", "--json")["objects"] == 1


def test_a_table_of_all_sets_is_written_as_parquet(ask, tmp_path):
    import duckdb

    ask(OBJECTS, "--out", tmp_path / "all.parquet")
    with duckdb.connect() as connection:
        found = connection.execute(f"SELECT object_id FROM '{tmp_path / 'all.parquet'}' ORDER BY 1").fetchall()
    assert [row[0] for row in found] == [900_001, 900_002, 900_003, 799_500_001]


def test_mistakes_are_told_with_what_to_do(ask, tmp_path):
    assert "no object 5" in ask(OBJECTS, "--object", "5", code=2).err
    assert "no such file" in ask(tmp_path / "none.csv", code=3).err
    assert "no store" in ask(tmp_path, code=3).err
    assert "a store, which is a folder" in ask(OBJECTS, "--add", OBJECTS, code=2).err
    assert "write LOW:HIGH" in ask(OBJECTS, "--perigee-km", "high", code=2).err
    assert "no such file" in ask(tmp_path / "new", "--add", tmp_path / "none.csv", code=3).err
    assert not (tmp_path / "new").exists()
    assert "known are" in ask(OBJECTS, "--out", tmp_path / "out.xlsx", code=2).err


def test_owners_are_known_where_a_store_has_been_told(ask, tmp_path):
    satcat = tmp_path / "satcat.csv"
    satcat.write_text(
        "OBJECT_NAME,OBJECT_ID,NORAD_CAT_ID,OBJECT_TYPE,OWNER\nMADE-UP STATION,2026-900A,900001,PAY,XX\n"
        "MADE-UP FRAGMENT,2026-900B,900002,DEB,XX\n"
    )
    store = tmp_path / "store"
    ask(store, "--add", OBJECTS, "--add", satcat)
    assert ask(store, "--owner", "xx", "--json")["objects"] == 2
    assert ask(store, "--owner", "XX", "--kind", "debris", "--json")["objects"] == 1
    assert "does not say who owns" in ask(OBJECTS, "--owner", "XX", code=2).err
