"""Figures of threats draw what the tables hold, in the units that their axes name."""

from __future__ import annotations

import json

import numpy as np
import pytest

from moonstead.report.threat_figures import (
    ARCSECOND,
    FLOOR,
    arrivals,
    corridor,
    probability_course,
    probability_history,
    residuals,
)

DATES = np.array(["2025-01-01T00:00:00Z", "2025-01-02T00:00:00Z", "2025-01-03T00:00:00Z"])


def drawn(spec: dict) -> list[dict]:
    json.dumps(spec, allow_nan=False)  # a page cannot hold what JSON cannot
    return spec["data"]


def test_residuals_are_in_arcseconds_and_rows_left_out_stand_apart():
    columns = {
        "tdb": np.arange(3.0),
        "utc": DATES,
        "station": np.array(["G96", "G96", "703"]),
        "right_ascension": np.array([1.0, -2.0, 9.0]) * ARCSECOND,
        "declination": np.array([0.5, 0.25, -9.0]) * ARCSECOND,
        "used": np.array([True, True, False]),
    }
    traces = drawn(residuals(columns))
    assert [len(one["x"]) for one in traces] == [2, 1, 2, 1]
    assert traces[0]["y"] == pytest.approx([1.0, -2.0])
    assert traces[3]["y"] == pytest.approx([-9.0])
    assert "left out" in traces[1]["name"]


def test_history_breaks_where_no_orbit_was_found_and_keeps_zeros_on_the_axis():
    columns = {"utc": DATES}
    for name in ("earth", "moon"):
        columns |= {
            name: np.array([1e-3, np.nan, 0.0]),
            f"{name}_low": np.array([5e-4, np.nan, 0.0]),
            f"{name}_high": np.array([2e-3, np.nan, 1e-5]),
        }
    earth = drawn(probability_history(columns))[0]
    assert earth["y"][:2] == [1e-3, None]
    assert earth["y"][2] == FLOOR
    assert earth["error_y"]["array"][0] == pytest.approx(1e-3)
    assert earth["error_y"]["arrayminus"][0] == pytest.approx(5e-4)


def test_course_without_virtual_impactors_can_still_be_drawn():
    columns = {"utc": DATES, "tdb": np.arange(3.0)}
    columns |= {name: np.full(3, np.nan) for name in ("expected", "if_impact", "if_miss", "chance_ruled_out")}
    assert all(value is None for trace in drawn(probability_course(columns)) for value in trace["y"])


def test_corridor_is_told_from_minus_180_to_180_degrees():
    columns = {
        "body": np.array(["EARTH", "EARTH", "MOON"]),
        "longitude": np.radians([190.0, -10.0, 20.0]),
        "latitude": np.radians([1.0, 2.0, 3.0]),
        "weight": np.array([0.1, 0.4, 1.0]),
        "utc": DATES,
        "speed": np.full(3, 17e3),
        "elevation": np.full(3, 0.5),
    }
    points = drawn(corridor(columns, "EARTH", [("there", 0.1, np.radians(350.0))]))
    assert points[0]["x"] == pytest.approx([-170.0, -10.0])
    assert points[1]["x"] == pytest.approx([-10.0])
    assert points[0]["marker"]["size"][1] > points[0]["marker"]["size"][0]


def test_arrivals_leave_out_what_a_logarithm_cannot_show():
    columns = {
        "site": np.array(["a", "a", "b"]),
        "delay": np.array([0.0, 3600.0, 7200.0]),
        "mass": np.array([1.0, 2.0, 0.0]),
    }
    traces = drawn(arrivals(columns, "site", "mass", "mass", {"a": "Hub"}))
    assert [(one["name"], one["x"], one["y"]) for one in traces] == [("Hub", [1.0], [2.0])]
