"""Authority: closed forms of two dipoles that face each other."""

from __future__ import annotations

import numpy as np

from moonstead.navigation.phase_wind_up import phase_wind_up, unwound

CLOSED_FORM = 1e-12
FLAT = np.eye(3)  # east, north, up along x, y, z


def test_a_satellite_overhead_that_turns_once_winds_the_phase_by_one_cycle():
    turn = np.linspace(0.0, 2.0 * np.pi, 73)
    overhead = np.tile([0.0, 0.0, 1.0], (turn.size, 1))
    x = np.stack([np.cos(turn), np.sin(turn), np.zeros_like(turn)], axis=1)
    y = np.cross(np.tile([0.0, 0.0, -1.0], (turn.size, 1)), x)  # z of the body points down
    wound = unwound(phase_wind_up(overhead, x, y, FLAT)[:, None])[:, 0]
    # the field of a right-handed wave that runs down turns from north to east; a body that turns from east to north
    # slows it, and a phase that comes late reads as a longer range
    np.testing.assert_allclose(wound - wound[0], turn / (2.0 * np.pi), atol=CLOSED_FORM)


def test_turning_receiver_and_satellite_together_changes_nothing():
    rng = np.random.default_rng(3)
    sight = np.array([[0.3, -0.4, np.sqrt(0.75)]])
    down = -sight[0]
    x = np.cross(down, rng.normal(size=3))
    x /= np.linalg.norm(x)
    y = np.cross(down, x)
    rotation = np.linalg.qr(rng.normal(size=(3, 3)))[0]
    rotation *= np.linalg.det(rotation)
    first = phase_wind_up(sight, x[None], y[None], FLAT)
    turned = phase_wind_up(sight @ rotation.T, (rotation @ x)[None], (rotation @ y)[None], FLAT @ rotation.T)
    np.testing.assert_allclose(turned, first, atol=CLOSED_FORM)


def test_gaps_do_not_break_a_series():
    cycles = np.array([[0.4], [np.nan], [-0.45], [-0.3]])
    np.testing.assert_allclose(unwound(cycles)[:, 0], [0.4, np.nan, 0.55, 0.7])
