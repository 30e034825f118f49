"""Authority: a made-up sky whose residuals are written down by direction."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from moonstead.foundation.errors import InvalidInput
from moonstead.navigation.ppp.residual_views import residual_views


def sky():
    elevation, azimuth = np.meshgrid(np.radians([5.0, 25.0, 80.0]), np.radians(np.arange(15.0, 360.0, 30.0)))
    residual = np.where(azimuth < np.pi, 0.01, -0.02) * np.where(elevation < 0.2, 3.0, 1.0)
    used = np.ones(elevation.shape, dtype=bool)
    used[0, 0] = False
    return SimpleNamespace(
        satellites=("G01", "G02", "R01"),
        residuals=residual,
        elevation=elevation,
        azimuth=azimuth - 2 * np.pi,
        used=used,
    )


def test_cells_hold_what_was_put_there():
    gps, glonass = residual_views(sky(), np.radians([0.0, 10.0, 50.0, 90.0]), 2)
    np.testing.assert_array_equal(gps.count, [[5, 6], [6, 6], [0, 0]])
    np.testing.assert_array_equal(glonass.count, [[0, 0], [0, 0], [6, 6]])
    np.testing.assert_allclose(gps.mean[:2], [[0.03, -0.06], [0.01, -0.02]])
    np.testing.assert_allclose(glonass.rms[2], [0.01, 0.02])
    assert np.all(np.isnan(gps.mean[2]))


def test_edges_that_fall_are_refused():
    with pytest.raises(InvalidInput, match="rising edges"):
        residual_views(sky(), [1.0, 0.5])
