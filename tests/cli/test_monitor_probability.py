"""`moonstead monitor probability`: answers, their keys, and what is said about input that cannot be used."""

import json

import numpy as np
import pytest

from moonstead.cli.main import execute
from moonstead.formats.cdm import make_cdm, make_cdm_object, write_cdm


def message(radius=10.0, speed=7.5e3, second=True):
    state1 = np.array([7.0e6, 0.0, 0.0, 0.0, 7.5e3, 0.0])
    state2 = np.array([7.0e6, 0.0, 50.0, 0.0, 7.5e3 - speed, speed])
    covariance = np.diag([1e4, 4e4, 1e4, 1e-4, 1e-4, 1e-4])
    covariance[0, 4] = covariance[4, 0] = -0.5
    objects = (
        make_cdm_object(1, "1", "ONE", state1, covariance),
        make_cdm_object(2, "2", "TWO", state2, covariance if second else None),
    )
    return make_cdm(objects, 7e8, originator="T", message_id="m1", created=7e8 - 8e4, hard_body_radius=radius)


def run(capsys, *arguments) -> tuple[int, str, str]:
    code = execute([str(one) for one in arguments])
    out, err = capsys.readouterr()
    return code, out, err


def test_one_message_answers_one_object_with_units(tmp_path, capsys):
    write_cdm(tmp_path / "a.cdm", [message()])
    code, out, _ = run(capsys, "monitor", "probability", tmp_path / "a.cdm", "--monte-carlo", 5000, "--json")
    answer = json.loads(out)
    assert code == 0
    assert {"pc", "method", "why", "pc_2d", "pc_3d", "monte_carlo", "flags", "covariance_repair"} <= set(answer)
    assert answer["method"] == "2d" and answer["pc"] == answer["pc_2d"]
    assert answer["pc_3d"] == pytest.approx(answer["pc"], rel=1e-3)
    assert set(answer["monte_carlo"]) == {"pc", "low_95", "high_95", "samples", "hits", "contacts"}
    assert answer["monte_carlo"]["low_95"] <= answer["monte_carlo"]["pc"] <= answer["monte_carlo"]["high_95"]
    assert answer["monte_carlo"]["samples"] == 5000
    assert answer["hard_body_radius_m"] == 10.0
    assert answer["relative_speed_m_s"] == pytest.approx(7.5e3 * np.sqrt(2.0), rel=1e-4)


def test_pairs_are_counted_unless_none_are_wanted(tmp_path, capsys):
    write_cdm(tmp_path / "a.cdm", [message()])
    _, out, _ = run(capsys, "monitor", "probability", tmp_path / "a.cdm", "--json")
    counted = json.loads(out)
    assert counted["monte_carlo"]["low_95"] <= counted["pc"] <= counted["monte_carlo"]["high_95"]
    _, out, _ = run(capsys, "monitor", "probability", tmp_path / "a.cdm", "--monte-carlo", 0, "--json")
    assert json.loads(out)["monte_carlo"] is None and json.loads(out)["pc"] == counted["pc"]


def test_the_radius_may_be_given_and_must_be_known(tmp_path, capsys):
    write_cdm(tmp_path / "a.cdm", [message(radius=None)])
    code, _, err = run(capsys, "monitor", "probability", tmp_path / "a.cdm")
    assert code == 2 and "hard-body radius" in err
    code, out, _ = run(capsys, "monitor", "probability", tmp_path / "a.cdm", "--hard-body-radius", 10, "--json")
    assert code == 0 and json.loads(out)["hard_body_radius_m"] == 10.0
    code, _, err = run(capsys, "monitor", "probability", tmp_path / "a.cdm", "--hard-body-radius", -1)
    assert code == 2 and "positive" in err


def test_several_messages_answer_a_list_and_one_bad_one_spoils_none(tmp_path, capsys):
    write_cdm(tmp_path / "a.cdm", [message(), message(radius=None), message(second=False)])
    code, out, _ = run(capsys, "monitor", "probability", tmp_path / "a.cdm", "--json")
    first, second, third = json.loads(out)
    assert code == 0 and first["method"] == "2d"
    assert "hard-body radius" in second["error"]
    assert third["method"] == "bound" and third["pc"] is None and third["pc_largest_2d"] > 0.0


def test_people_read_a_table(tmp_path, capsys):
    write_cdm(tmp_path / "a.cdm", [message(), message(second=False)])
    code, out, _ = run(capsys, "monitor", "probability", tmp_path / "a.cdm")
    assert code == 0
    assert "ONE and TWO, closest at " in out and "by 2d: straight and short" in out
    assert "not to be told by bound" in out and "nan" not in out


def test_a_damaged_file_is_refused_with_its_line(tmp_path, capsys):
    write_cdm(tmp_path / "a.cdm", [message()])
    text = (tmp_path / "a.cdm").read_text().replace("[km/s]", "[m/s]")
    (tmp_path / "a.cdm").write_text(text)
    code, _, err = run(capsys, "monitor", "probability", tmp_path / "a.cdm", "--json")
    assert code == 2 and "line " in json.loads(err)["message"]
