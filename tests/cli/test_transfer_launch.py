"""Authority: the library's own tests of launch windows; here only that the command tells what it finds."""

import json

import pytest

from moonstead.cli.main import execute


def ask(capsys, *arguments):
    code = execute(["transfer", "launch", *arguments])
    told = capsys.readouterr()
    return code, told.out, told.err


def test_days_of_launch_to_the_moon(capsys):
    code, out, err = ask(
        capsys,
        "--to",
        "moon",
        "--site",
        "wenchang",
        "--launcher",
        "lm-10",
        "--depart",
        "2030-01-10..2030-01-13",
        "--json",
    )
    assert code == 0, err
    answer = json.loads(out)
    assert len(answer["days"]) == 3
    assert all(row["windows"] and 26_000 < row["payload_kg"] < 28_000 for row in answer["days"])
    code, out, _ = ask(capsys, "--to", "moon", "--site", "wenchang", "--depart", "2030-01-10..2030-01-11")
    assert code == 0 and "2030-01-10" in out


def test_days_of_launch_to_mars_carry_what_the_energy_allows(capsys):
    code, out, err = ask(
        capsys,
        "--to",
        "mars",
        "--site",
        "wenchang",
        "--launcher",
        "lm-5",
        "--depart",
        "2026-10-29..2026-10-31",
        "--json",
    )
    assert code == 0, err
    days = json.loads(out)["days"]
    assert days[0]["c3_km2_s2"] == pytest.approx(9.15, abs=0.02)
    assert days[0]["payload_how"] == "interpolated" and 5000 < days[0]["payload_kg"] < 5300


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--to", "moon", "--site", "wenchan", "--depart", "2030-01-10..2030-01-11"], 2, "did you mean 'wenchang'"),
        (["--to", "moon", "--site", "wenchang", "--depart", "2030-01-10..2033-01-11"], 2, "1 to 400 whole days"),
        (
            ["--to", "moon", "--site", "wenchang", "--mass", "1 t", "--depart", "2030-01-10..2030-01-11"],
            2,
            "--launcher",
        ),
        (
            [
                *["--to", "mars", "--site", "wenchang", "--launcher", "lm-5", "--mass", "9 t"],
                *["--depart", "2026-10-30..2026-10-31"],
            ],
            4,
            "at most",
        ),
    ],
)
def test_bad_input_is_told_in_words(capsys, arguments, code, words):
    found, _, err = ask(capsys, *arguments)
    assert found == code
    assert words in " ".join(err.replace("│", " ").split())
