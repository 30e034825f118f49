"""A bowl-shaped crater in a plain: the cap of a sphere, on which every point sees every other alike."""

from __future__ import annotations

import numpy as np

DIAMETER = 1000.0  # [m]


def bowl(count, depth_to_diameter):
    """Heights (count, count) [m], spacing [m], and where the bowl is, half a pixel inside its rim."""
    depth = depth_to_diameter * DIAMETER
    radius = (0.25 * DIAMETER**2 + depth**2) / (2.0 * depth)
    spacing = 1.2 * DIAMETER / (count - 1)
    axis = (np.arange(count) - 0.5 * (count - 1)) * spacing
    apart = np.hypot(axis[None, :], axis[:, None])
    inside = apart < 0.5 * DIAMETER
    cap = radius - depth - np.sqrt(np.maximum(radius**2 - apart**2, 0.0))
    return np.where(inside, cap, 0.0), spacing, apart < 0.5 * (DIAMETER - 2.0 * spacing)
