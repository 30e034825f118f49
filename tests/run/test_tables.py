"""Authority: what was written must be read back, with units; the Parquet reader is DuckDB's own."""

import duckdb
import numpy as np
import pytest

from moonstead.foundation.errors import InvalidInput, MissingData
from moonstead.run.tables import Table, read_table, write_table


def make_table() -> Table:
    return Table(
        "light.hub",
        {"tdb": np.array([0.0, 1.5]), "fraction": np.array([0.25, np.nan]), "utc": np.array(["a", "b'é"])},
        {"tdb": "s TDB past J2000", "fraction": "1", "utc": "UTC"},
        "It's a row.",
    )


def test_a_table_comes_back_with_units_and_missing_values(tmp_path):
    back = read_table(write_table(make_table(), tmp_path))
    np.testing.assert_array_equal(back.columns["tdb"], [0.0, 1.5])
    np.testing.assert_array_equal(back.columns["fraction"], [0.25, np.nan])
    assert list(back.columns["utc"]) == ["a", "b'é"]
    assert back.units["tdb"] == "s TDB past J2000"
    assert back.description == "It's a row."


def test_the_same_table_makes_the_same_bytes(tmp_path):
    (tmp_path / "a").mkdir(), (tmp_path / "b").mkdir()
    first, second = (write_table(make_table(), tmp_path / name).read_bytes() for name in "ab")
    assert first == second


def test_other_programs_read_it(tmp_path):
    path = write_table(make_table(), tmp_path)
    with duckdb.connect() as connection:
        assert connection.execute(f"SELECT count(*) FROM '{path}'").fetchone() == (2,)


def test_a_table_without_rows_keeps_its_columns(tmp_path):
    empty = Table("none", {"start": np.zeros(0), "text": np.zeros(0, dtype=object)}, {"start": "s", "text": "text"})
    back = read_table(write_table(empty, tmp_path))
    assert list(back.columns) == ["start", "text"]
    assert len(back) == 0


def test_columns_of_different_length_are_refused():
    with pytest.raises(InvalidInput, match="different length"):
        Table("bad", {"a": np.zeros(2), "b": np.zeros(3)}, {"a": "m", "b": "m"})


def test_a_column_without_a_unit_is_refused():
    with pytest.raises(InvalidInput, match="do not pair"):
        Table("bad", {"a": np.zeros(2)}, {})


def test_a_missing_table_says_what_to_do(tmp_path):
    with pytest.raises(MissingData, match="run the scenario again"):
        read_table(tmp_path / "none.parquet")
