"""Errors of signals made by hand, for tests of what monitoring makes of them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from moonstead.navigation.monitoring.comparison import SignalErrors

EPOCHS, STEP = 48, 300.0  # [1], [s] four hours


def quiet_errors(names=("C19", "C20", "C30", "C41", "C42"), seed=4):
    """Errors of decimetres, a message every hour, 2 m promised."""
    draw = np.random.default_rng(seed)
    shape = (EPOCHS, len(names))
    gpst = 1.3e9 + STEP * np.arange(EPOCHS)
    message = np.repeat((np.arange(EPOCHS) * STEP // 3600.0).astype(int)[:, None], len(names), axis=1)
    return SignalErrors(
        tuple(names),
        gpst,
        draw.normal([-1.1, 0.0, 0.0], 0.1, (*shape, 3)),
        draw.normal(0.0, 0.1, shape) + 15.0 + 0.5 * np.arange(len(names)),
        np.full(shape, 27.9e6),
        np.zeros(shape),
        np.full(shape, 2.0),
        message,
        np.ones(shape, dtype=bool),
        np.ones(shape, dtype=bool),
    )


@pytest.fixture
def quiet() -> Callable[..., SignalErrors]:
    """Maker of errors of decimetres without any event."""
    return quiet_errors
