"""Compiling the kernels of positions ahead of their first use."""

from __future__ import annotations

import numpy as np

from moonstead.navigation.positioning.adaptation import adapt
from moonstead.navigation.positioning.calibration import Constants
from moonstead.navigation.positioning.epochs import Limits, Problem
from moonstead.navigation.positioning.error_budget import ErrorParts

EPOCHS, SATELLITES = 10, 8


def warm_up() -> None:
    """Run the kernels of positions on a small sky that stands still."""
    angle = 2.0 * np.pi * np.arange(SATELLITES) / SATELLITES
    height = np.where(np.arange(SATELLITES) % 2 == 0, 0.3, 0.9)
    place = np.array([6.4e6, 0.0, 0.0])
    sight = np.stack([height, np.cos(angle) * np.sqrt(1 - height**2), np.sin(angle) * np.sqrt(1 - height**2)], axis=1)
    satellite = np.tile(place + 2.2e7 * sight, (EPOCHS, 1))
    rows = EPOCHS * SATELLITES
    clock = np.zeros(rows, dtype=np.int64)
    ones, pairs = np.ones(rows), np.ones((rows, 2))
    parts = ErrorParts(clock, ones, pairs, pairs, ones, pairs, np.ones(1), np.ones(1), 1.0, True)
    problem = Problem(
        start=np.arange(EPOCHS + 1, dtype=np.int64) * SATELLITES,
        satellite=satellite,
        code=np.full((rows, 2), 2.2e7),
        variance=parts.variance(calibrated=False),
        ionosphere=pairs,
        clock=clock,
        clocks=1,
        extra=np.stack([clock - 1, clock], axis=1),
        offset_prior=np.array([[0.0, 1.0]]),
        ionosphere_prior=np.ones(EPOCHS),
        state=np.ones((rows, 2), dtype=np.uint8),
    )
    number = np.arange(SATELLITES, dtype=np.int64)
    constants = Constants(number * 0, number * 0 - 1, np.ones(SATELLITES), np.ones(SATELLITES))
    adapt(problem, parts, np.tile(number, EPOCHS), constants, Limits(), np.tile(place, (EPOCHS, 1)))
