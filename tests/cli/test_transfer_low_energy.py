"""Authority: the numbers of the library's own tests; here only that the commands tell them and refuse what is wrong."""

import json

import pytest

from moonstead.cli.main import execute
from moonstead.cli.transfer.far_orbits import far_orbit, months_too
from moonstead.foundation.errors import InvalidInput


def ask(capsys, *arguments):
    code = execute(["transfer", *arguments])
    told = capsys.readouterr()
    return code, told.out, told.err


def test_low_energy_tells_insertion_and_launch_energy_and_writes_the_flight(capsys, tmp_path):
    path = tmp_path / "flight.oem"
    code, out, _ = ask(
        capsys, "low-energy", "--depart", "2026-07-08T12:00:00..2026-07-12T12:00:00", "--days", "88..92", "--most", "1",
        "--oem", str(path), "--json",
    )  # fmt: skip
    answer = json.loads(out)
    assert code == 0
    assert 620.0 < answer["delta_v_m_s"]["insertion"] < 680.0
    assert -0.8 < answer["c3_km2_s2"] < -0.4
    assert answer["flown_again"]["position_defect_m"] < 10.0
    assert answer["found"][0]["departure_utc"] == answer["departure_utc"]
    assert path.read_text().startswith("CCSDS_OEM_VERS")


def test_nrho_tells_both_burns(capsys):
    code, out, _ = ask(capsys, "nrho", "--depart", "2026-07-08", "--from", "llo:100km,90deg", "--json")
    answer = json.loads(out)
    assert code == 0
    assert 650.0 < answer["total_delta_v_m_s"] < 780.0
    assert set(answer["delta_v_m_s"]) == {"low orbit", "far orbit"}
    assert answer["orbit"]["period_d"] == pytest.approx(6.5625)


def test_what_makes_no_sense_is_refused_with_what_does(capsys):
    assert ask(capsys, "nrho", "--depart", "2026-07-13", "--from", "llo:100km", "--to", "llo:200km")[0] == 2
    assert ask(capsys, "nrho", "--depart", "2026-01-01..2026-07-01")[0] == 2
    assert ask(capsys, "low-energy", "--depart", "2026-01-01..2028-01-01")[0] == 2
    assert ask(capsys, "flyby", "--arrive", "2026-01-01..2026-07-01")[0] == 2
    code, _, err = ask(capsys, "low-energy", "--depart", "2026-01-01..2026-02-01", "--to", "gateway")
    assert code == 2 and "halo:L2,south,14.5d" in err
    with pytest.raises(InvalidInput, match="written as"):
        far_orbit("halo:L2")


def test_months_are_windows():
    assert months_too("2028-02") == "2028-02-01..2028-02-29"
    assert months_too("2030-01..2030-12") == "2030-01-01..2030-12-31"
    assert months_too("2030-01-05..2030-02-01") == "2030-01-05..2030-02-01"
