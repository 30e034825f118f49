"""Kernel of arcs: a satellite's measurements in order, a new arc begun where the phase may have slipped."""

import math

from numba import njit


@njit(cache=True)
def find_arcs(gpst, valid, lost, wide_lane, geometry_free, limits, arc):
    """Write the arc of each measurement, -1 where there is none; returns the number of arcs.

    `gpst` (E,) [s]; `valid`, `lost` (E, S) bool; `wide_lane` (E, S) [cycles]; `geometry_free` (E, S) [m];
    `limits` (7,): longest gap [s], geometry-free jump [m] and its growth [m/s], sigmas, least and first scatter of the
    wide lane [cycles], and the number of epochs over which its mean forgets [1]; `arc` (E, S) int64.
    """
    count = 0
    for s in range(valid.shape[1]):
        last, before = -1, -1
        mean = variance = 0.0
        length = 0
        for e in range(valid.shape[0]):
            arc[e, s] = -1
            if not valid[e, s]:
                if lost[e, s]:
                    last = -1  # the slip shows at the next good measurement
                continue
            fresh = last < 0 or lost[e, s] or gpst[e] - gpst[last] > limits[0]
            if not fresh:
                step = gpst[e] - gpst[last]
                change = geometry_free[e, s] - geometry_free[last, s]
                if before >= 0:
                    rate = (geometry_free[last, s] - geometry_free[before, s]) / (gpst[last] - gpst[before])
                    change -= rate * step
                away = abs(wide_lane[e, s] - mean)
                scatter = max(math.sqrt(variance), limits[4])
                fresh = abs(change) > limits[1] + limits[2] * step or away > limits[3] * scatter + 1.0 / (1.0 + length)
            if fresh:
                count += 1
                before, length = -1, 0
                mean, variance = wide_lane[e, s], limits[5] * limits[5]
            else:
                before = last
                length += 1
                gain = 1.0 / min(length + 1.0, limits[6])
                away = wide_lane[e, s] - mean
                mean += gain * away
                variance += gain * (away * away - variance)
            arc[e, s] = count - 1
            last = e
    return count
