"""Authority: what the command promises by name; ITRF coordinates of a real station."""

from __future__ import annotations

import csv
import gzip
import json

import numpy as np
import pytest

from moonstead.cli.main import execute
from moonstead.run.tables import read_table

TRUTH = "3149785.43,598261.35,5495348.75"
PLAUSIBLE = 5.0  # [m] of a quarter of an hour: how good positions are is proven over whole files
EPOCHS = 30  # of the cut file


@pytest.fixture(scope="module")
def files(shared_data, tmp_path_factory):
    """A quarter of an hour of a station, and its messages."""
    text = gzip.decompress((shared_data / "gnss" / "OPEC00NOR_R_20220010000_0340_30S_MO.rnx.gz").read_bytes())
    epochs = text.split(b"\n> ")
    cut = tmp_path_factory.mktemp("gnss") / "station.rnx"
    cut.write_bytes(b"\n> ".join(epochs[: EPOCHS + 1]) + b"\n")
    return str(cut), str(shared_data / "gnss" / "BRDC00IGS_R_20220010000_01D_MN.rnx.gz")


@pytest.fixture
def ask(capsys):
    def asked(*words):
        code = execute(["gnss", "position", *words])
        told = capsys.readouterr()
        return code, told.out, told.err

    return asked


def test_it_answers_by_the_names_that_are_promised(ask, files, tmp_path):
    epochs, rows = tmp_path / "epochs.parquet", tmp_path / "residuals.csv"
    tables = ["--out", str(epochs), "--residuals", str(rows)]
    code, out, err = ask(*reversed(files), "--systems", "GRC", "--truth", TRUTH, "--json", *tables)
    assert code == 0, err
    told = json.loads(out)
    assert (told["epochs"], told["solved"]) == (EPOCHS, EPOCHS)
    assert told["rms_3d_m"] < PLAUSIBLE
    assert told["median_3d_m"] <= told["rms_3d_m"] <= told["p95_3d_m"] * 1.2
    assert told["reference_point"] == "antenna reference point"
    assert told["mode"] == "single"
    assert told["integrity"]["checked_epochs"] == EPOCHS
    assert set(told["system_offsets_m"]) == {"R-G", "C-G"}
    table = read_table(epochs)
    assert len(table) == EPOCHS
    assert table.units["x_m"] == "m"
    errors = np.asarray(table.columns["error_3d_m"], dtype=float)
    assert np.sqrt(np.mean(errors**2)) == pytest.approx(told["rms_3d_m"])
    with rows.open() as file:
        residuals = list(csv.DictReader(file))
    assert sum(row["excluded"] == "1" for row in residuals) == told["rejected"]
    assert {row["second_code"] for row in residuals if row["satellite"][0] == "C"} <= {"C6X", ""}


def test_it_answers_in_words_too(ask, files):
    code, out, err = ask(*files, "--systems", "G", "--ionosphere", "free", "--per-epoch", "--mask", "15")
    assert code == 0, err
    assert f"{EPOCHS} of {EPOCHS} epochs" in out
    assert "mean position, m" in out


@pytest.mark.parametrize(
    ("words", "code", "part"),
    [
        (["{nav}"], 2, "one observation file"),
        (["{obs}"], 3, "orbits are missing"),
        (["{obs}", "{nav}", "--truth", "here"], 2, "x,y,z"),
        (["{obs}", "{nav}", "--truth", "1,2,3"], 2, "Earth's centre"),
        (["{obs}", "{nav}", "--systems", "GQ"], 2, "letters"),
        (["{obs}", "{nav}", "--systems", "J"], 3, "no broadcast message"),
        (["{obs}", "{nav}", "--mask", "90"], 2, "between 3 and 90"),
        (["{obs}", "{nav}", "--out", "table.txt"], 2, ".csv or .parquet"),
        (["{obs}", "{nav}", "--mode", "ppp"], 3, "precise orbits"),
        (["{obs}", "{nav}", "/nowhere.sp3"], 3, "nowhere"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_panel(ask, files, words, code, part):
    obs, nav = files
    found, out, err = ask(*(word.format(obs=obs, nav=nav) for word in words))
    assert found == code, err
    assert "Traceback" not in out + err
    assert part in " ".join(err.split())


def test_garbage_is_named(ask, files, tmp_path):
    garbage = tmp_path / "garbage"
    garbage.write_bytes(np.random.default_rng(1).bytes(10_000))
    code, _, err = ask(*files, str(garbage))
    assert code == 2
    assert "garbage" in err
