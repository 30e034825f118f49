"""Authorities: two-body motion by SPICE, surface points at rest, the hashes and constants of the data themselves."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import spiceypy

from moonstead.cli.main import execute
from moonstead.dynamics.observe import icrf_state
from moonstead.dynamics.trajectories import SurfacePoint
from moonstead.formats.oem import read_oem
from moonstead.formats.oem_trajectory import oem_trajectory
from moonstead.foundation.bodies import body
from moonstead.foundation.data import DataContext
from moonstead.foundation.frames.standard import ITRF, MOON_ME
from moonstead.foundation.time.epoch import Epoch

STATES = Path(__file__).resolve().parents[2] / "examples" / "states"
MOON_RADIUS = 1_737_400.0  # [m]
WRITTEN = 1e-7  # [m] an OEM keeps 1e-10 km
ASKED = 1e-2  # [m] tolerance of the command where none is given
ROUNDING = 1e-8  # [m] of positions of 1e7 m, with some operations on them
ROUNDING_SPEED = 1e-11  # [m/s] likewise of speeds of 1e3 m/s
KEPLER = """
name = "on an ellipse"
[orbit]
kind = "elements"
center = "MOON"
frame = "{frame}"
epoch = "2030-01-01T00:00:00 TDB"
semi_major_axis = "6000 km"
eccentricity = 0.6
inclination = "60 deg"
node = "40 deg"
argument_of_periapsis = "90 deg"
mean_anomaly = "10 deg"
[forces]
degree = 0
third_bodies = []
"""
REENTRY = """
name = "capsule"
mass = "1000 kg"
[orbit]
kind = "state"
center = "EARTH"
frame = "ITRF"
epoch = 2024-06-01T12:00:00Z
position = ["0 km", "6500 km", "300 km"]
velocity = ["-7 km/s", "-1 km/s", "0.5 km/s"]
[forces]
degree = 4
third_bodies = []
"""


def written(tmp_path, text, name="state.toml"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def answer(capsys, path, *arguments):
    code = execute(["propagate", str(path), *arguments, "--json"])
    told = capsys.readouterr()
    assert code == 0, told.err
    return json.loads(told.out)


def state_of(told):
    return np.array(told["position_m"] + told["velocity_m_s"])


@pytest.mark.truth
@pytest.mark.parametrize("frame", ["ICRF", "ECLIPJ2000"])
def test_elements_and_two_body_motion_are_those_of_spice(frame, tmp_path, capsys, validation):
    found = answer(capsys, written(tmp_path, KEPLER.format(frame=frame)), "--until", "3 d")
    gm = body("MOON").gm * 1e-9
    angles = np.radians([60.0, 40.0, 90.0, 10.0])
    start = spiceypy.conics([6000.0 * 0.4, 0.6, *angles, 0.0, gm], 0.0)
    turn = np.array(spiceypy.sxform({"ICRF": "J2000"}.get(frame, frame), "J2000", 0.0))
    first = 1e3 * turn @ start
    last = 1e3 * turn @ np.array(spiceypy.prop2b(gm, start, 3 * 86_400.0))
    assert np.linalg.norm(state_of(found["initial"])[:3] - first[:3]) <= ROUNDING
    validation(
        capability="Propagation on the command line",
        quantity=f"two-body motion from elements in {frame}, 3 days",
        authority="SPICE N0067 (spiceypy)",
        error=float(np.linalg.norm(state_of(found["final"])[:3] - last[:3])),
        unit="m",
        tolerance=ASKED,
        cases=1,
    )


@pytest.mark.parametrize(
    ("center", "frame", "point"),
    [
        ("MOON", "MOON_ME", SurfacePoint("mast", "MOON", MOON_ME, 0.5, 1.0, 100e3)),
        ("EARTH", "ITRF", SurfacePoint.on_earth("mast", 0.5, 1.0, 800e3)),
    ],
)
def test_a_state_at_rest_in_turning_axes_moves_with_the_body(center, frame, point, tmp_path, capsys):
    place = ", ".join(f'"{value!r} m"' for value in point.position.tolist())
    text = f"""
name = "mast"
[orbit]
kind = "state"
center = "{center}"
frame = "{frame}"
epoch = 2024-06-01T12:00:00Z
position = [{place}]
velocity = ["0 m/s", "0 m/s", "0 m/s"]
[forces]
degree = 0
third_bodies = []
"""
    found = answer(capsys, written(tmp_path, text), "--until", "1 s")["initial"]
    expected = icrf_state(point, center, np.array([found["tdb_s"]]), DataContext.installed())[0]
    np.testing.assert_allclose(found["position_m"], expected[:3], atol=ROUNDING)
    np.testing.assert_allclose(found["velocity_m_s"], expected[3:], atol=ROUNDING_SPEED)


def test_a_state_about_another_centre_is_moved_by_the_ephemeris(tmp_path, capsys):
    text = (STATES / "low_orbit.toml").read_text(encoding="utf-8")
    about_moon = answer(capsys, written(tmp_path, text), "--until", "1 s")
    data = DataContext.installed()
    moon = data.ephemeris.state("MOON", "EARTH", np.array([about_moon["initial"]["tdb_s"]]))[0]
    shifted = state_of(about_moon["initial"]) + moon
    text = text.replace('"1838.0 km", "0 km", "0 km"', ", ".join(f'"{value!r} m"' for value in shifted[:3].tolist()))
    text = text.replace('"0 m/s", "57.0 m/s", "1632.0 m/s"', ", ".join(f'"{v!r} m/s"' for v in shifted[3:].tolist()))
    text = text.replace('center = "MOON"', 'center = "EARTH"').replace("[forces]", '[forces]\ncenter = "MOON"')
    about_earth = answer(capsys, written(tmp_path, text), "--until", "1 s")
    far = 1e-6  # [m] positions of 4e8 m in double precision
    np.testing.assert_allclose(state_of(about_earth["final"]), state_of(about_moon["final"]), atol=far)
    assert (about_earth["center"], about_earth["final_as_given"]["center"]) == ("MOON", "EARTH")


def test_the_answer_names_centre_frame_constants_and_files(capsys):
    found = answer(capsys, STATES / "low_orbit.toml", "--until", "1 h")
    data = DataContext.installed()
    field = data.gravity_field("grgm1200a", 50)
    assert (found["center"], found["frame"], found["ending"]["event"]) == ("MOON", "ICRF", "end of span")
    forces = found["forces"]
    assert (forces["gm_m3_s2"], forces["field_radius_m"], forces["degree"]) == (field.gm, field.radius, 50)
    assert forces["third_bodies"] == [{"body": name, "gm_m3_s2": body(name).gm} for name in ("EARTH", "SUN")]
    assert forces["radiation"]["area_m2"] == 10.0
    files = {one["name"]: one["sha256"] for one in found["data"]}
    assert set(files) == {"de440s", "grgm1200a", "moon-pa-de440"}
    small = data.dataset("moon-pa-de440").path
    assert files["moon-pa-de440"] == hashlib.sha256(small.read_bytes()).hexdigest()
    assert found["final"]["tdb"] == "2030-01-01T01:00:00.000000"
    assert found["final"]["scale"] == "TDB"
    assert found["cost"]["force_evaluations"] > found["cost"]["steps"] > 0
    assert found["cost"]["tolerance_m"] == ASKED


def test_a_switch_of_degree_beyond_the_orbit_changes_nothing_and_one_within_tells(tmp_path, capsys):
    finals = []
    for switches in ("", '[{ beyond = "9000 km", degree = 2 }]', '[{ beyond = "1000 km", degree = 2 }]'):
        added = f"degree = 50\ndegree_switches = {switches}" if switches else "degree = 50"
        text = (STATES / "low_orbit.toml").read_text(encoding="utf-8").replace("degree = 50", added)
        found = answer(capsys, written(tmp_path, text), "--until", "2 h")
        finals.append(state_of(found["final"])[:3])
    assert found["forces"]["degree_switches"] == [{"beyond_m": 1e6, "degree": 2}]
    assert np.linalg.norm(finals[1] - finals[0]) <= 2 * ASKED
    assert np.linalg.norm(finals[2] - finals[0]) > 100.0


def test_people_read_what_programs_read(capsys):
    found = answer(capsys, STATES / "transfer_with_burns.toml", "--until", "6 h")
    assert execute(["propagate", str(STATES / "transfer_with_burns.toml"), "--until", "6 h"]) == 0
    text = capsys.readouterr().out
    for value in found["final"]["position_m"]:
        assert f"{value / 1e3:.6f}" in text
    assert found["ending"]["event"] in text
    assert found["cost"]["method"] in text
    assert found["data"][0]["sha256"][:12] in text


@pytest.mark.parametrize(
    ("until", "tdb"),
    [
        ("1 h", "2030-01-01T01:00:00.000000"),
        ("3600 s", "2030-01-01T01:00:00.000000"),
        ("-1 h", "2029-12-31T23:00:00.000000"),
        ("2030-01-01T01:00:00 TDB", "2030-01-01T01:00:00.000000"),
        ("2030-01-01T01:00:00", "2030-01-01T01:00:00.000000"),
        ("2030-001T01:00:00", "2030-01-01T01:00:00.000000"),
        ("2030-01-01T01:00:00Z", Epoch.parse("2030-01-01T01:00:00").text("TDB", 6)),
        ("2030-01-01T04:00:00+03:00", Epoch.parse("2030-01-01T01:00:00").text("TDB", 6)),
    ],
)
def test_the_end_is_a_date_or_a_duration_forwards_or_backwards(until, tdb, capsys):
    assert answer(capsys, STATES / "low_orbit.toml", "--until", until)["final"]["tdb"] == tdb


@pytest.mark.parametrize("method", ["auto", "gauss-jackson", "nystrom", "dormand-prince"])
def test_each_method_keeps_the_tolerance_that_was_asked_and_tells_its_name(method, capsys):
    arguments = (STATES / "low_orbit.toml", "--until", "1 d", "--tolerance")
    fine = answer(capsys, *arguments, "0.1 mm", "--method", "dormand-prince")
    found = answer(capsys, *arguments, "1 cm", "--method", method)
    apart = np.linalg.norm(state_of(found["final"])[:3] - state_of(fine["final"])[:3])
    assert apart <= ASKED
    assert 0.0 < found["cost"]["error_estimate_m"] <= ASKED
    assert found["cost"]["method"] == method or method == "auto"


def test_there_and_back_again(tmp_path, capsys):
    text = (STATES / "transfer_with_burns.toml").read_text(encoding="utf-8")
    there = answer(capsys, written(tmp_path, text), "--until", "8 h")
    last = there["final"]
    position = ", ".join(f'"{value!r} m"' for value in last["position_m"])
    velocity = ", ".join(f'"{value!r} m/s"' for value in last["velocity_m_s"])
    head = text.index("[orbit]"), text.index("[forces]")
    orbit = f"""[orbit]
kind = "state"
center = "MOON"
frame = "ICRF"
epoch = 2030-01-01T08:00:00Z
position = [{position}]
velocity = [{velocity}]

"""
    text = (text[: head[0]] + orbit + text[head[1] :]).replace("2000 kg", f"{last['mass_kg']!r} kg")
    back = answer(capsys, written(tmp_path, text), "--until", "2030-01-01T00:00:00Z")
    apart = state_of(back["final"])[:3] - state_of(there["initial"])[:3]
    assert np.linalg.norm(apart) <= 2 * ASKED
    assert back["final"]["mass_kg"] == pytest.approx(2000.0, rel=1e-12)


@pytest.mark.parametrize("name", ["flight.oem", "flight.xml", "flight.oem.gz", "flight.xml.gz"])
def test_the_ephemeris_is_that_flight_with_a_segment_between_burns(name, tmp_path, capsys):
    path = tmp_path / name
    found = answer(capsys, STATES / "transfer_with_burns.toml", "--until", "6 h", "--oem", str(path))
    assert found["oem"]["file"] == str(path)
    message = read_oem(path)
    plain = path.read_bytes()[:60]
    assert (b"<?xml" in plain) == (name == "flight.xml")
    assert [segment.metadata.object_id for segment in message.segments] == ["2030-001A"] * 4
    edges = [
        Epoch.parse(f"2030-01-01T{at}Z").tdb() for at in ("00:00:00", "02:00:00", "04:00:00", "04:05:00", "06:00:00")
    ]
    for segment, first, last in zip(message.segments, edges, edges[1:], strict=False):
        assert segment.span == pytest.approx((first, last), abs=1e-6)
    before, after = message.segments[0].states[-1], message.segments[1].states[0]
    assert np.linalg.norm(after[:3] - before[:3]) <= 3 * WRITTEN
    assert np.linalg.norm(after[3:] - before[3:]) == pytest.approx(150.0, abs=1e-6)
    last = message.segments[-1].states[-1]
    np.testing.assert_allclose(last[:3], found["final"]["position_m"], atol=WRITTEN)
    comments = " ".join(message.header.comments)
    for told in (found["data"][0]["sha256"], "grgm1200a 20x20", "field radius 1738000 m", found["cost"]["method"]):
        assert told in comments


def test_the_ephemeris_interpolates_to_the_flight_at_other_times(tmp_path, capsys):
    coarse, fine = tmp_path / "coarse.oem", tmp_path / "fine.oem"
    told = answer(capsys, STATES / "low_orbit.toml", "--until", "4 h", "--oem", str(coarse))["oem"]
    answer(capsys, STATES / "low_orbit.toml", "--until", "4 h", "--oem", str(fine), "--step", "7 s")
    path, truth = oem_trajectory(read_oem(coarse)), read_oem(fine).segments[0]
    apart = np.linalg.norm(path.state(truth.tdb)[:, :3] - truth.states[:, :3], axis=1)
    assert apart.max() <= 0.1 * ASKED  # what is promised where no step is given
    # the polynomials swing most about midway between states, and at the ends of the table somewhat beside it
    assert apart.max() <= 2.0 * told["interpolation_error_m"]
    assert told["step_s"] >= 5.0


def test_a_degree_that_needs_shorter_steps_gets_them(tmp_path, capsys):
    steps = []
    for degree in (0, 20, 100):
        text = (STATES / "low_orbit.toml").read_text(encoding="utf-8").replace("degree = 50", f"degree = {degree}")
        path = written(tmp_path, text)
        steps.append(answer(capsys, path, "--until", "3 h", "--oem", str(tmp_path / "a.oem"))["oem"]["step_s"])
    assert steps == sorted(steps, reverse=True)
    assert steps[0] > steps[-1]


def test_an_impact_is_an_answer_with_time_and_place_and_the_ephemeris_goes_up_to_it(tmp_path, capsys):
    path = tmp_path / "short.oem"
    found = answer(capsys, STATES / "landing_short.toml", "--until", "2 d", "--oem", str(path))
    ending = found["ending"]
    assert (ending["event"], ending["body"], ending["frame"]) == ("surface", "MOON", "MOON_ME")
    assert abs(ending["height_m"]) <= 1e-3
    tdb = np.array([found["final"]["tdb_s"]])
    turned = MOON_ME.from_icrf(tdb, DataContext.installed()).state(state_of(found["final"])[None])[0]
    angles = np.radians([ending["latitude_deg"], ending["longitude_deg"]])
    point = SurfacePoint("impact", "MOON", MOON_ME, *angles, ending["height_m"])
    np.testing.assert_allclose(point.position, turned[:3], atol=1e-6)
    assert ending["speed_over_ground_m_s"] == pytest.approx(np.linalg.norm(turned[3:]), rel=1e-12)
    assert Epoch.parse(ending["utc"]).tdb() == pytest.approx(ending["tdb_s"], abs=1e-6)
    (segment,) = read_oem(path).segments
    assert segment.span[1] == pytest.approx(ending["tdb_s"], abs=1e-6)
    assert np.linalg.norm(segment.states[-1, :3]) == pytest.approx(MOON_RADIUS, abs=1e-3)
    assert np.all(np.linalg.norm(segment.states[:-1, :3], axis=1) > MOON_RADIUS)
    assert found["final_as_given"]["frame"] == "MOON_ME"
    np.testing.assert_allclose(state_of(found["final_as_given"]), turned, atol=ROUNDING)


def test_an_impact_on_the_earth_has_geodetic_coordinates(tmp_path, capsys):
    found = answer(capsys, written(tmp_path, REENTRY), "--until", "1 d")
    ending = found["ending"]
    assert (ending["event"], ending["body"], ending["frame"]) == ("surface", "EARTH", "ITRF")
    angles = np.radians([ending["latitude_deg"], ending["longitude_deg"]])
    point = SurfacePoint.on_earth("impact", *angles, ending["height_m"])
    turned = ITRF.from_icrf(np.array([ending["tdb_s"]]), DataContext.installed())
    np.testing.assert_allclose(point.position, turned.position(np.array([found["final"]["position_m"]]))[0], atol=1e-6)


def test_before_there_was_utc_times_are_told_in_tdb(tmp_path, capsys):
    text = KEPLER.format(frame="ICRF").replace('"2030-01-01T00:00:00 TDB"', "1972-01-02T00:00:00Z")
    path = tmp_path / "old.oem"
    found = answer(capsys, written(tmp_path, text), "--until", "-3 d", "--oem", str(path))
    assert found["final"]["epoch"] is None
    assert found["final"]["tdb"].startswith("1971-12-30T00:00:42")
    assert read_oem(path).segments[0].metadata.time_system == "TDB"
    assert execute(["propagate", str(tmp_path / "state.toml"), "--until", "-3 d"]) == 0
    assert "1971-12-30T00:00:42" in capsys.readouterr().out


def test_the_real_command_answers_json_alone_on_standard_output(tmp_path):
    code = "from moonstead.cli.main import main; main()"
    words = ["propagate", str(STATES / "landing_short.toml"), "--until", "10 min", "--json"]
    done = subprocess.run([sys.executable, "-c", code, *words], cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["ending"]["event"] == "end of span"
