"""The skyline once more, in plain numpy and far finer steps."""

from __future__ import annotations

import math

import numpy as np
from made_tiles import plain_nested_height


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


def nested_march(terrain, profile, reach):
    """Plain numpy twin: an eighth of a pixel of the finest level at each distance, ten times finer near the mast."""
    lat, lon = profile.latitude, profile.longitude
    up = np.array([math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat)])
    north = np.array([-math.sin(lat) * math.cos(lon), -math.sin(lat) * math.sin(lon), math.cos(lat)])
    east = np.cross(north, up)
    finest = terrain.resolution
    distance = [np.geomspace(finest / 16.0, 10.0 * finest, 4000)[:-1]]
    begins = 10.0 * finest
    for k, tile in enumerate(terrain.tiles):
        left, right, bottom, top = tile.extent
        ends = math.hypot(right - left, top - bottom) if k + 1 < len(terrain.tiles) else reach
        distance.append(np.arange(begins, ends, tile.resolution / 8.0))
        begins = ends
    distance = np.concatenate(distance)
    arc = (distance / terrain.radius)[:, None]
    out = np.empty(profile.azimuth.size)
    for k, azimuth in enumerate(profile.azimuth):
        point = np.cos(arc) * up + np.sin(arc) * (np.cos(azimuth) * north + np.sin(azimuth) * east)
        latitude = np.arctan2(point[:, 2], np.hypot(point[:, 0], point[:, 1]))
        longitude = np.arctan2(point[:, 1], point[:, 0])
        top = (terrain.radius + plain_nested_height(terrain, latitude, longitude))[:, None] * point
        rise = (top @ up) - (terrain.radius + profile.height)
        out[k] = np.max(np.arctan2(rise, np.linalg.norm(top - np.outer(top @ up, up), axis=1)))
    return out
