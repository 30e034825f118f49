"""Seismic waves through the Moon: when the first P and S waves of an impact arrive."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.errors import InvalidInput

__all__ = ["MOON_LAYERS", "WaveArrival", "wave_arrival"]

Array = NDArray[np.float64]

# radius of the top [m], speed of P and of S waves [m/s]: Weber et al. (2011), Science 331, 309, table S1
MOON_LAYERS = (
    (1_737_100.0, 1000.0, 500.0),
    (1_736_100.0, 3200.0, 1800.0),
    (1_722_100.0, 5500.0, 3200.0),
    (1_697_100.0, 7700.0, 4400.0),
    (1_499_100.0, 7800.0, 4400.0),
    (1_249_100.0, 7600.0, 4400.0),
    (999_100.0, 8500.0, 4500.0),
    (480_000.0, 7500.0, 3200.0),
    (330_000.0, 4100.0, 0.0),
    (240_000.0, 4300.0, 2300.0),
)
RAYS = 400  # [1] through each layer: times between them are good to 0.1 s


@dataclass(frozen=True, slots=True)
class WaveArrival:
    """The first wave of a kind.

    Attributes
    ----------
    delay : float [s]
        After the impact.
    direct : bool
        Whether a ray goes there; otherwise the wave creeps on along the layer that the last ray touches.
    """

    delay: float
    direct: bool


def wave_arrival(angle: float, wave: str) -> WaveArrival:
    """Time of the first P or S wave of an impact at a distance.

    Parameters
    ----------
    angle : float [rad]
        From the impact to the place at the Moon's centre, above 0 and up to pi.
    wave : str
        ``"P"`` or ``"S"``.

    Returns
    -------
    WaveArrival

    Raises
    ------
    InvalidInput
        The angle is out of range, or the wave is neither.

    Source
    ------
    Rays in shells of constant speed (Aki & Richards 2002, Quantitative Seismology, 9.1), speeds of Weber et al. (2011),
    Science 331, 309, doi:10.1126/science.1199375.
    """
    if wave not in ("P", "S"):
        raise InvalidInput(f"a wave is 'P' or 'S'; got {wave!r}")
    if not 0.0 < angle <= math.pi:
        raise InvalidInput(f"a place lies above 0 and up to pi from the impact [rad]; got {angle}")
    best, last = math.inf, (0.0, 0.0, 0.0)
    for reach, time, slowness in _branches(wave):
        low, high = np.minimum(reach[:-1], reach[1:]), np.maximum(reach[:-1], reach[1:])
        for place in np.flatnonzero((low <= angle) & (angle <= high)):
            width = reach[place + 1] - reach[place]
            part = 0.0 if width == 0.0 else (angle - reach[place]) / width
            best = min(best, float(time[place] + part * (time[place + 1] - time[place])))
        end = int(np.argmax(reach))
        if reach[end] < angle and reach[end] > last[0]:
            last = (float(reach[end]), float(time[end]), float(slowness[end]))
    if math.isfinite(best):
        return WaveArrival(best, True)
    return WaveArrival(last[1] + last[2] * (angle - last[0]), False)


@cache
def _branches(wave: str) -> tuple[tuple[Array, Array, Array], ...]:
    """Angle [rad], time [s] and slowness [s/rad] of rays that turn in each layer."""
    column = 1 if wave == "P" else 2
    tops = [layer[0] for layer in MOON_LAYERS] + [0.0]
    speeds = [layer[column] for layer in MOON_LAYERS]
    branches, passing = [], math.inf  # slowness below which a ray passes all layers above
    for depth, speed in enumerate(speeds):
        if speed == 0.0:
            break  # no shear wave passes a liquid
        highest, lowest = min(tops[depth] / speed, passing), tops[depth + 1] / speed
        if highest > lowest:
            spread = 0.5 * (1.0 - np.cos(np.linspace(0.0, math.pi, RAYS)))
            slowness = lowest + (highest - lowest) * (1.0 - 1e-12) * spread
            reach, time = np.zeros(RAYS), np.zeros(RAYS)
            for above in range(depth + 1):
                closest = slowness * speeds[above]
                bottom = np.maximum(tops[above + 1], closest)
                with np.errstate(invalid="ignore"):
                    outer = np.sqrt(np.maximum(tops[above] ** 2 - closest**2, 0.0))
                    inner = np.sqrt(np.maximum(bottom**2 - closest**2, 0.0))
                reach += 2.0 * (np.arctan2(outer, closest) - np.arctan2(inner, closest))
                time += 2.0 * (outer - inner) / speeds[above]
            branches.append((reach, time, slowness))
        passing = min(passing, lowest)
    return tuple(branches)
