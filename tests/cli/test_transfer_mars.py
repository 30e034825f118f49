"""Authority: the numbers of the library's own tests; here only that the command tells them."""

import json

import pytest

from moonstead.cli.main import execute


def ask(capsys, *arguments):
    code = execute(["transfer", *arguments])
    told = capsys.readouterr()
    return code, told.out, told.err


def test_mars_tells_the_least_c3_of_each_type_with_dates(capsys):
    code, out, _ = ask(capsys, "mars", "--depart", "2026-06-01..2027-03-01", "--json")
    answer = json.loads(out)
    assert code == 0
    assert answer["departure_body"] == "EARTH BARYCENTER"
    assert answer["minimum_c3_km2_s2"]["II"] == pytest.approx(9.143, abs=0.01)
    assert answer["minimum_c3_km2_s2"]["I"] == pytest.approx(10.498, abs=0.01)
    two = next(row for row in answer["transfers"] if row["type"] == "II")
    assert two["departure"].startswith("2026-10-30") and two["arrival"].startswith("2027-08-20")


def test_the_earths_centre_can_be_asked_for(capsys):
    code, out, _ = ask(
        capsys, "mars", "--depart", "2026-09-01..2026-12-01", "--departure-body", "earth", "--types", "II", "--json"
    )
    assert code == 0
    assert json.loads(out)["minimum_c3_km2_s2"]["II"] == pytest.approx(9.182, abs=6e-4)


def test_a_table_and_a_grid_are_written(capsys, tmp_path):
    grid = tmp_path / "grid.csv"
    code, out, _ = ask(
        capsys, "porkchop", "--to", "venus", "--depart", "2026-06-01..2026-09-01", "--step", "4 d", "--grid", str(grid)
    )
    assert code == 0
    assert "EARTH BARYCENTER to VENUS BARYCENTER" in out
    assert len(grid.read_text().splitlines()) > 100


def test_an_asteroid_of_given_elements_and_one_of_a_kernel(capsys, shared_data):
    elements = "epoch=2026-01-01,q=0.746au,e=0.1911,i=3.34deg,node=203.9deg,argument=126.7deg,mean=90deg"
    window = "2027-01-01..2027-07-01"
    code, out, _ = ask(
        capsys,
        "porkchop",
        "--to",
        "apophis",
        "--elements",
        elements,
        "--depart",
        window,
        "--types",
        "II",
        "--step",
        "3 d",
        "--json",
    )
    assert code == 0 and json.loads(out)["arrival_body"] == "apophis"
    kernel = shared_data / "smallbodies" / "2024YR4_jpl_54509621.bsp"
    code, out, _ = ask(
        capsys,
        "porkchop",
        "--to",
        "54509621",
        "--spk",
        str(kernel),
        "--depart",
        "2028-02-01..2028-05-01",
        "--step",
        "3 d",
        "--json",
    )
    assert code == 0 and json.loads(out)["minimum_c3_km2_s2"]["II"] < 1.0


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["mars", "--depart", "2026-06-01"], 2, "two dates"),
        (["mars", "--depart", "2027-06-01..2026-06-01"], 2, "ends before it begins"),
        (["mars", "--depart", "2026-06-01..2026-12-01", "--types", "V2"], 2, "type I, II"),
        (["mars", "--depart", "2026-06-01..2026-12-01", "--days", "400..100"], 2, "0 < least < longest"),
        (["mars", "--depart", "2026-06-01..2026-12-01", "--days", "100"], 2, "two numbers of days"),
        (["mars", "--depart", "2026-09-01..2026-12-01", "--max-c3", "8"], 4, "the least is 9.143"),
        (["mars", "--depart", "2026-09-01..2026-12-01", "--types", "III", "--days", "90..100"], 4, "nearest takes"),
        (["porkchop", "--to", "marss", "--depart", "2026-06-01..2026-12-01"], 2, "marss"),
        (["porkchop", "--to", "x", "--elements", "e=0.1", "--depart", "2026-06-01..2026-12-01"], 2, "epoch, q, i"),
        (["mars", "--depart", "2026-09-01..2026-12-01", "--ridge", "-1"], 2, "quarter turn"),
        (["mars", "--depart", "2026-09-01..2026-12-01", "--step", "1 s"], 2, "coarser step"),
        (["porkchop", "--to", "earth", "--depart", "2026-09-01..2026-12-01"], 2, "together"),
        (["mars", "--depart", "2160-06-01..2160-12-01"], 3, "covers"),
    ],
)
def test_bad_input_is_told_in_words(capsys, arguments, code, words):
    found, _, err = ask(capsys, *arguments, "--json")
    assert found == code
    assert words in err


def test_the_best_arc_is_flown_on_request(capsys):
    code, out, _ = ask(
        capsys, "mars", "--depart", "2026-10-15..2026-11-15", "--types", "II", "--step", "3 d", "--fly", "--json"
    )
    flown = json.loads(out)["transfers"][0]["flown"]
    assert code == 0
    assert flown["b_plane_miss_km"] < 1.0 < flown["uncorrected_miss_km"]
    assert flown["c3_km2_s2"] == pytest.approx(9.2, abs=0.1)
