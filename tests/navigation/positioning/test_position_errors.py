"""Authority: the definition of east, north and up, and statistics of numbers chosen by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from moonstead.foundation.errors import InvalidInput
from moonstead.navigation.positioning.answer import PositionSeries
from moonstead.navigation.positioning.errors import local_axes, position_errors

EQUATOR = np.array([6_378_137.0, 0.0, 0.0])
ROUNDING = 1e-8  # [m] of a coordinate of 6e6 m in double precision


def series(positions, status):
    epochs = len(positions)
    column, matrix = np.full((epochs, 1), np.nan), np.full((epochs, 3, 3), np.nan)
    return PositionSeries(
        gpst=30.0 * np.arange(epochs),
        position=np.array(positions),
        covariance=matrix,
        status=np.array(status),
        clock_names=("G",),
        clocks=column,
        satellites=("G01",),
        used=np.zeros((epochs, 1), dtype=bool),
        excluded=np.zeros((epochs, 1), dtype=bool),
        residuals=column,
        elevation=column,
        azimuth=column,
        dilution=np.full((epochs, 4), np.nan),
        protection=np.full((epochs, 2), np.nan),
        velocity=np.full((epochs, 3), np.nan),
        velocity_covariance=matrix,
        clock_drift=column[:, 0],
        method="by hand",
    )


def test_east_north_and_up_at_the_equator_are_y_z_and_x():
    np.testing.assert_allclose(local_axes(EQUATOR), [[0, 1, 0], [0, 0, 1], [1, 0, 0]], atol=1e-15)


def test_up_is_the_normal_of_the_ellipsoid():
    latitude, longitude, height = 1.1, -2.0, 250.0
    squared = (2.0 - 1.0 / 298.257223563) / 298.257223563
    normal = 6_378_137.0 / math.sqrt(1.0 - squared * math.sin(latitude) ** 2)
    place = [
        (normal + height) * math.cos(latitude) * math.cos(longitude),
        (normal + height) * math.cos(latitude) * math.sin(longitude),
        (normal * (1.0 - squared) + height) * math.sin(latitude),
    ]
    up = [
        math.cos(latitude) * math.cos(longitude),
        math.cos(latitude) * math.sin(longitude),
        math.sin(latitude),
    ]
    np.testing.assert_allclose(local_axes(place)[2], up, atol=1e-12)


def test_only_solved_epochs_count():
    found = position_errors(
        series(
            EQUATOR + np.array([[2.0, 0.0, 0.0], [0.0, 3.0, 4.0], [0.0, 9e5, 0.0]]),
            ["solved", "solved", "not trusted"],
        ),
        EQUATOR,
    )
    assert (found.epochs, found.solved) == (3, 2)
    assert found.rms_3d == pytest.approx(math.sqrt((4.0 + 25.0) / 2.0), abs=ROUNDING)
    assert found.median_3d == pytest.approx(3.5, abs=ROUNDING)
    assert found.p95_3d == pytest.approx(2.0 + 0.95 * 3.0, abs=ROUNDING)
    np.testing.assert_allclose(found.mean, [1.5, 2.0, 1.0], atol=ROUNDING)
    assert np.isnan(found.east[2])


def test_nothing_solved_is_said_and_not_a_warning():
    found = position_errors(series([EQUATOR], ["few satellites"]), EQUATOR)
    assert found.solved == 0
    assert math.isnan(found.rms_3d)


@pytest.mark.parametrize("truth", [[3582.1, 532.6, 5232.8], [0.0, 0.0, 0.0], [np.nan, 0.0, 6.4e6], [6.4e6, 0.0]])
def test_a_truth_off_the_ground_is_refused(truth):
    with pytest.raises(InvalidInput, match="truth"):
        position_errors(series([EQUATOR], ["solved"]), truth)
