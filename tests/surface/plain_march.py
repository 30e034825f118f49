"""The skyline once more, in plain numpy and far finer steps."""

from __future__ import annotations

import math

import numpy as np


def reference_march(terrain, horizon, reach):
    """Plain numpy twin: from a sixteenth of a cell on, steps of 0.1 % of the distance up to 15 m, no early end."""
    lat, lon = horizon.latitude, horizon.longitude
    up = np.array([math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat)])
    north = np.array([-math.sin(lat) * math.cos(lon), -math.sin(lat) * math.sin(lon), math.cos(lat)])
    east = np.cross(north, up)
    distance = np.concatenate((np.geomspace(terrain.resolution / 16, 15e3, 6000)[:-1], np.arange(15e3, reach, 15.0)))
    angle = (distance / terrain.radius)[:, None]
    out = np.empty(horizon.azimuth.size)
    for k, azimuth in enumerate(horizon.azimuth):
        point = np.cos(angle) * up + np.sin(angle) * (np.cos(azimuth) * north + np.sin(azimuth) * east)
        latitude, longitude = (
            np.arctan2(point[:, 2], np.hypot(point[:, 0], point[:, 1])),
            np.arctan2(point[:, 1], point[:, 0]),
        )
        top = (terrain.radius + terrain.height(latitude, longitude))[:, None] * point
        rise = (top @ up) - (terrain.radius + horizon.height)
        out[k] = np.max(np.arctan2(rise, np.linalg.norm(top - np.outer(top @ up, up), axis=1)))
    return out
