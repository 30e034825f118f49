"""Kernel of thrust in the circular restricted three-body problem: one segment and its derivatives."""

import math

import numpy as np
from numba import njit

STAGES = 12
LARGEST = 3.0  # [1] normalised step that is never exceeded, in units of `fineness`
DONE = 0
TOO_MANY_STEPS = 1
MOST_STEPS = 100_000


@njit(cache=True)
def _slope(y, mu, force, left, growth, dy):
    """Write the rates (60,) of state, transition by the state (6, 6) and by the acceleration (6, 3).

    `left` is the share of the mass that is left, `growth` (3,) what a larger acceleration would have thrown away more.
    """
    x1, x2 = y[0] + mu, y[0] - 1.0 + mu
    across = y[1] * y[1] + y[2] * y[2]
    r1, r2 = math.sqrt(x1 * x1 + across), math.sqrt(x2 * x2 + across)
    a1, a2 = (1.0 - mu) / r1**3, mu / r2**3
    b1, b2 = 3.0 * a1 / r1**2, 3.0 * a2 / r2**2
    dy[0], dy[1], dy[2] = y[3], y[4], y[5]
    dy[3] = 2.0 * y[4] + y[0] - a1 * x1 - a2 * x2 + force[0] / left
    dy[4] = -2.0 * y[3] + y[1] - (a1 + a2) * y[1] + force[1] / left
    dy[5] = -(a1 + a2) * y[2] + force[2] / left
    xx = 1.0 - a1 - a2 + b1 * x1 * x1 + b2 * x2 * x2
    yy = 1.0 - a1 - a2 + (b1 + b2) * y[1] * y[1]
    zz = -a1 - a2 + (b1 + b2) * y[2] * y[2]
    xy = (b1 * x1 + b2 * x2) * y[1]
    xz = (b1 * x1 + b2 * x2) * y[2]
    yz = (b1 + b2) * y[1] * y[2]
    for j in range(9):
        p, v = 6 + j, 6 + 27 + j
        for i in range(3):
            dy[p + 9 * i] = y[v + 9 * i]
        px, py, pz = y[p], y[p + 9], y[p + 18]
        dy[v] = 2.0 * y[v + 9] + xx * px + xy * py + xz * pz
        dy[v + 9] = -2.0 * y[v] + xy * px + yy * py + yz * pz
        dy[v + 18] = xz * px + yz * py + zz * pz
        if j >= 6:
            dy[v + 9 * (j - 6)] += 1.0 / left
            for i in range(3):
                dy[v + 9 * i] += force[i] / left**2 * growth[j - 6]


@njit(cache=True)
def thrust_segment(start, mu, force, exhaust, duration, fineness, nodes, weights, stages, end, partials):
    """Write the state (6,) [1] after a segment and its derivatives (6, 9) by state and acceleration.

    `force` (3,) [1] is thrust over the mass at the start, `exhaust` [1] the exhaust velocity. Steps of the method in
    `nodes`, `weights` and `stages` follow the nearer body's pace times `fineness`.
    """
    size = math.sqrt(force[0] ** 2 + force[1] ** 2 + force[2] ** 2)
    loss = size / exhaust
    growth = np.zeros(3)
    y, trial = np.zeros(60), np.zeros(60)
    k = np.zeros((STAGES, 60))
    for i in range(6):
        y[i] = start[i]
        y[6 + 9 * i + i] = 1.0
    t = 0.0
    for _ in range(MOST_STEPS):
        if t >= duration:
            break
        x1, x2 = y[0] + mu, y[0] - 1.0 + mu
        across = y[1] * y[1] + y[2] * y[2]
        pace = min((x1 * x1 + across) ** 0.75 / math.sqrt(1.0 - mu), (x2 * x2 + across) ** 0.75 / math.sqrt(mu))
        h = min(fineness * min(pace, LARGEST), duration - t)
        for s in range(STAGES):
            for i in range(60):
                total = 0.0
                for q in range(s):
                    total += stages[s, q] * k[q, i]
                trial[i] = y[i] + h * total
            later = t + nodes[s] * h
            for i in range(3):
                growth[i] = later * force[i] / (size * exhaust) if size > 0.0 else 0.0
            _slope(trial, mu, force, 1.0 - loss * later, growth, k[s])
        for i in range(60):
            total = 0.0
            for s in range(STAGES):
                total += weights[s] * k[s, i]
            y[i] += h * total
        t += h
        if duration - t < 1e-15 * duration:
            t = duration
    if t < duration:
        return TOO_MANY_STEPS
    for i in range(6):
        end[i] = y[i]
        for j in range(9):
            partials[i, j] = y[6 + 9 * i + j]
    return DONE
