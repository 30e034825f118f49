"""A rover on made ground, and a shadow that crosses its way: how long does it wait with which battery?"""

from dataclasses import replace

import numpy as np

from moonstead.foundation.bodies import LUNAR_MAP_RADIUS
from moonstead.foundation.map_projection import MapProjection
from moonstead.station.rovers import ROVERS
from moonstead.station.traverse import NoTraverse, drive_table, plan_traverse
from moonstead.station.traverse_light import LightSlices
from moonstead.surface.gnomonic_grid import GnomonicGrid

HOUR, SPACING, SIZE = 3600.0, 20.0, 101  # [s], [m], pixels

axis = SPACING * (np.arange(SIZE) - SIZE // 2)
x, y = np.meshgrid(axis, -axis)
heights = 40.0 * np.sin(x / 300.0) * np.cos(y / 400.0)  # [m]
ground = GnomonicGrid(
    MapProjection("gnomonic", np.radians(-89.0), 0.0, LUNAR_MAP_RADIUS),
    axis,
    -axis,
    heights.astype(np.float32),
    SPACING,
    "MOON_ME",
    "made slope",
)
slices = np.arange(0.0, 121.0, 2.0) * HOUR
middles = 0.5 * (slices[1:] + slices[:-1]) / HOUR
# a band of shadow, 800 m wide at first, moves west and fades
lit = np.array([np.abs(x - 500.0 + 8.0 * hour) > 400.0 - 2.5 * hour for hour in middles])

for battery in (0.4, 1.0, 2.0):  # [kWh]
    rover = replace(ROVERS["yutu-2"], capacity=battery * 3.6e6)
    plan = plan_traverse(
        drive_table(ground, rover),
        rover,
        LightSlices.from_arrays(slices, lit),
        (50, 5),
        (50, 95),
        charge_resolution=0.01,
    )
    if isinstance(plan, NoTraverse):
        print(f"{battery:.1f} kWh: no way; without night it would drive {plan.fastest / HOUR:.1f} h")
        continue
    print(
        f"{battery:.1f} kWh: arrives after {plan.duration / HOUR:.1f} h, waits {plan.wait_time / HOUR:.1f} h of them, "
        f"is in the dark for {plan.dark_time / HOUR:.1f} h; least charge {plan.least_charge / rover.capacity:.0%}"
    )
