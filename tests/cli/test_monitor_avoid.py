"""`moonstead monitor avoid`: burns, their cost and what is said about input that cannot be used."""

import json

import numpy as np
import pytest

from moonstead.cli.main import execute
from moonstead.formats.cdm import make_cdm, make_cdm_object, write_cdm

TLE = """OWN SET
1 99901U 20001A   22196.50000000  .00000000  00000-0  00000-0 0  9990
2 99901  51.6000  10.0000 0001000  20.0000  30.0000 15.00000000    10
"""


def message(second=True):
    state1 = np.array([7.0e6, 0.0, 0.0, 0.0, 7.54e3, 0.0])
    state2 = np.array([7.0e6 + 30.0, 0.0, 0.0, 0.0, 0.0, 7.54e3])
    covariance = np.diag([1e4, 4e4, 1e4, 1e-4, 1e-4, 1e-4])
    covariance[0, 4] = covariance[4, 0] = -0.5
    objects = (
        make_cdm_object(1, "99000", "OURS", state1, covariance),
        make_cdm_object(2, "99001", "DEBRIS", state2, covariance if second else None),
    )
    return make_cdm(objects, 711_158_469.184, originator="T", message_id="m1", created=7e8, hard_body_radius=10.0)


def run(capsys, *arguments) -> tuple[int, str, str]:
    code = execute([str(one) for one in arguments])
    out, err = capsys.readouterr()
    return code, out, err


def test_burns_reach_the_target_and_are_cheapest_along_the_track(tmp_path, capsys):
    write_cdm(tmp_path / "a.cdm", [message()])
    code, out, err = run(
        capsys, "monitor", "avoid", tmp_path / "a.cdm", "--lead-hours", "8", "--delta-v", "0.02", "--json"
    )
    assert code == 0, err
    answer = json.loads(out)
    assert answer["pc_before"] > 1e-4 and answer["moves"] == "OURS"
    by_axis = {row["direction"]: row for row in answer["least"]}
    assert all(row["pc"] <= answer["target_pc"] for row in by_axis.values() if row["delta_v_m_s"] is not None)
    assert abs(by_axis["along"]["delta_v_m_s"]) == min(
        abs(row["delta_v_m_s"]) for row in by_axis.values() if row["delta_v_m_s"] is not None
    )
    assert len(answer["trade"]) == 6
    assert "without error" in answer["assumption"]


def test_the_moved_orbit_is_screened_against_a_catalogue(tmp_path, capsys):
    write_cdm(tmp_path / "a.cdm", [message()])
    (tmp_path / "others.tle").write_text(TLE)
    options = ("--lead-hours", "2", "--after-hours", "1", "--others", tmp_path / "others.tle")
    code, out, err = run(capsys, "monitor", "avoid", tmp_path / "a.cdm", *options, "--json")
    assert code == 0, err
    (secondary,) = json.loads(out)["secondary"]
    assert secondary["failed_objects"] == 0
    assert {"encounters", "proximity_intervals", "delta_v_m_s", "lead_h"} <= set(secondary)


def test_people_read_a_table(tmp_path, capsys):
    write_cdm(tmp_path / "a.cdm", [message()])
    code, out, _ = run(capsys, "monitor", "avoid", tmp_path / "a.cdm", "--lead-hours", "8")
    assert code == 0 and "OURS moves" in out and "delta-v [m/s]" in out


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--lead-hours", "six"), "numbers with commas"),
        (("--lead-hours", "-2"), "positive"),
        (("--target-pc", "2"), "between 0 and 1"),
    ],
    ids=["words", "negative", "no-probability"],
)
def test_options_without_sense_are_refused(tmp_path, capsys, options, said):
    write_cdm(tmp_path / "a.cdm", [message()])
    code, _, err = run(capsys, "monitor", "avoid", tmp_path / "a.cdm", *options)
    assert code == 2 and said in err


def test_several_messages_and_unknown_covariances_are_refused(tmp_path, capsys):
    write_cdm(tmp_path / "a.cdm", [message(), message()])
    code, _, err = run(capsys, "monitor", "avoid", tmp_path / "a.cdm")
    assert code == 2 and "2 messages" in err
    write_cdm(tmp_path / "b.cdm", [message(second=False)])
    code, _, err = run(capsys, "monitor", "avoid", tmp_path / "b.cdm")
    assert code == 2 and "cannot be weighed" in err
