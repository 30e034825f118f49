"""Compiling the kernels of powered flight ahead of their first use."""

from __future__ import annotations

import numpy as np

from moonstead.foundation.bodies import LUNAR_MAP_RADIUS
from moonstead.orbits.landing.powered import Vehicle, apsis_speed, fly_powered
from moonstead.orbits.landing.steering import steer


def warm_up() -> None:
    """Run the kernels of powered flight on tiny input."""
    vehicle = Vehicle(10e3, 40e3, 310.0)
    near = LUNAR_MAP_RADIUS + 15e3
    steer(vehicle, (near, 0.0, apsis_speed(near, near)), (LUNAR_MAP_RADIUS + 100.0, -5.0, 0.0), brake=True)
    start = np.array([near, 0.0, 0.0, 0.0, 1690.0, 0.0])
    fly_powered(start, vehicle.mass, np.array([[10.0, 40e3, 0.0, -1.0, 0.0]]), vehicle.exhaust_velocity)
