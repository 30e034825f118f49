"""Authorities: motion on a great circle, and what an observer would call one night."""

import numpy as np

from moonstead.foundation.constants import ARCSECOND, SECONDS_PER_DAY
from moonstead.smallbodies.orbit_fit.attributable import attributable, tracklets
from moonstead.smallbodies.orbit_fit.computed import sky_axes
from moonstead.smallbodies.orbit_fit.ranging_rows import RangingRows

NOISE = 0.1 * ARCSECOND


def rows_of(tdb, direction, station, sigma=NOISE, timing=0.0, motion=(0.0, 0.0)):
    count = np.size(tdb)
    right_ascension = np.arctan2(direction[:, 1], direction[:, 0])
    east, north = sky_axes(right_ascension, np.arcsin(direction[:, 2]))
    return RangingRows(
        np.arange(count),
        np.asarray(tdb, dtype=np.float64),
        np.zeros((count, 6)),
        np.stack([np.cross(east, north), east, north], axis=1),
        np.full((count, 2), sigma),
        np.zeros(count),
        np.full(count, timing),
        np.tile(np.asarray(motion, dtype=np.float64), (count, 1)),
        np.asarray(station),
    )


def great_circle(tdb, rate):
    angle = rate * np.asarray(tdb)
    start, ahead = np.array([0.6, 0.0, 0.8]), np.array([0.0, 1.0, 0.0])
    return np.cos(angle)[:, None] * start + np.sin(angle)[:, None] * ahead


def test_motion_is_found_in_spite_of_one_row_of_another_body():
    rate = 5e-7  # [rad/s], 6 arcmin an hour
    tdb = np.linspace(-1800.0, 1800.0, 9)
    direction = great_circle(tdb, rate)
    direction[6] += [0.0, 200.0 * ARCSECOND, 0.0]
    direction[6] /= np.linalg.norm(direction[6])
    place, motion = attributable(rows_of(tdb, direction, ["703"] * 9), 4)
    assert np.linalg.norm(place - great_circle(np.zeros(1), rate)[0]) < ARCSECOND
    assert np.linalg.norm(motion - [0.0, rate, 0.0]) < 2.0 * ARCSECOND / 1800.0


def test_rows_of_one_station_and_night_go_together_and_the_fullest_come_first():
    night = np.array([0.0, 600.0, 1200.0])
    tdb = np.concatenate([night, night[:2] + 300.0, night + SECONDS_PER_DAY])
    station = np.array(["703"] * 3 + ["F51"] * 2 + ["703"] * 3)
    order = np.argsort(tdb, kind="stable")
    rows = rows_of(tdb[order], great_circle(tdb[order], 1e-7), station[order])
    found = [rows.tdb[each].tolist() for each in tracklets(rows)]
    assert found[0] == night.tolist()
    assert found[1] == (night + SECONDS_PER_DAY).tolist()
    assert found[2] == (night[:2] + 300.0).tolist()


def test_single_rows_are_no_beginning():
    tdb = np.array([0.0, 1.0, 2.0]) * SECONDS_PER_DAY
    assert tracklets(rows_of(tdb, great_circle(tdb, 1e-7), ["703", "703", "F51"])) == []


def test_whitening_gives_unit_variance_with_errors_of_time_along_the_motion():
    motion = np.array([3e-6, -1e-6])
    rows = rows_of(np.zeros(1), great_circle(np.zeros(1), 0.0), ["703"], timing=1.0, motion=motion)
    first, mixed, second = rows.whitening()[0]
    factor = np.array([[first, 0.0], [mixed, second]])
    covariance = np.diag([NOISE**2, NOISE**2]) + np.outer(motion, motion)
    np.testing.assert_allclose(factor @ covariance @ factor.T, np.eye(2), atol=1e-12)
