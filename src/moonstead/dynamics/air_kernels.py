"""Kernels of the density of air: layers with a cubic of its logarithm each, and a grid of splines.

`air` holds one or the other; `air_tables` says what stands where.
"""

import math

from numba import njit

from moonstead.dynamics.air_tables import (
    ALTITUDES,
    FIRST_LAYER,
    HEADER,
    HOURS,
    LATITUDES,
    LAYER,
    LAYERS,
    LOG_STEP,
    LOWEST,
    SUN_ANGLE,
    SUN_RATE,
    TIME_START,
    TIME_STEP,
    TIMES,
)

TURN = 2.0 * math.pi


@njit(cache=True, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _cell(x, cells):
    """Cell that a place x [1] counted in nodes falls into, of so many."""
    return min(max(math.floor(x), 0), cells - 1)


@njit(cache=True, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _weights(x):
    """Weights [1] of the four splines in a cell at x from 0 to 1."""
    y = 1.0 - x
    return (
        y * y * y / 6.0,
        (4.0 - 6.0 * x * x + 3.0 * x * x * x) / 6.0,
        (4.0 - 6.0 * y * y + 3.0 * y * y * y) / 6.0,
        x * x * x / 6.0,
    )


@njit(cache=True, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _slopes(x):
    """Derivatives [1] of the weights by x."""
    y = 1.0 - x
    return -0.5 * y * y, x * (1.5 * x - 2.0), y * (2.0 - 1.5 * y), 0.5 * x * x


@njit(cache=True, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _layered(altitude, air):
    """Density and its derivative by altitude in layers."""
    at = FIRST_LAYER
    for k in range(1, int(air[LAYERS])):
        if altitude >= air[FIRST_LAYER + LAYER * k]:
            at = FIRST_LAYER + LAYER * k
    x = altitude - air[at]
    value = math.exp(air[at + 1] + x * (air[at + 2] + x * (air[at + 3] + x * air[at + 4])))
    return value, value * (air[at + 2] + x * (2.0 * air[at + 3] + x * 3.0 * air[at + 4])), 0.0, 0.0


@njit(cache=True, error_model="numpy", _nrt=False)
def density(t, altitude, latitude, longitude, air):
    """Density [kg/m^3] and its derivatives by altitude [kg/m^4], latitude and longitude [kg/m^3/rad].

    `t` in seconds of TDB past J2000; `latitude` from the centre of the Earth. Before the first and after the last
    node of time the air stays; below the lowest and above the highest altitude it goes on exponentially.
    """
    if air[LAYERS] > 0.0:
        return _layered(altitude, air)
    times = int(air[TIMES])
    hours = int(air[HOURS])
    latitudes = int(air[LATITUDES])
    altitudes = int(air[ALTITUDES])
    by_time = min(max((t - air[TIME_START]) / air[TIME_STEP], 0.0), times - 3.0)
    by_hour = (longitude + air[SUN_ANGLE] + air[SUN_RATE] * (t - air[TIME_START])) / TURN
    by_hour = (by_hour - math.floor(by_hour)) * hours
    by_latitude = (latitude / math.pi + 0.5) * (latitudes - 3)
    highest = air[LOWEST] * math.exp(air[LOG_STEP] * (altitudes - 3))
    inside = min(max(altitude, air[LOWEST]), highest)
    by_altitude = math.log(inside / air[LOWEST]) / air[LOG_STEP]
    i = _cell(by_time, times - 3)
    j = _cell(by_hour, hours)
    k = _cell(by_latitude, latitudes - 3)
    m = _cell(by_altitude, altitudes - 3)
    time_weights = _weights(by_time - i)
    hour_weights = _weights(by_hour - j)
    hour_slopes = _slopes(by_hour - j)
    latitude_weights = _weights(by_latitude - k)
    latitude_slopes = _slopes(by_latitude - k)
    a0, a1, a2, a3 = _weights(by_altitude - m)
    d0, d1, d2, d3 = _slopes(by_altitude - m)
    value = 0.0
    altitude_slope = 0.0
    latitude_slope = 0.0
    hour_slope = 0.0
    for a in range(4):
        for b in range(4):
            share = 0.0
            share_altitude = 0.0
            share_latitude = 0.0
            for c in range(4):
                at = HEADER + (((i + a) * (hours + 3) + j + b) * latitudes + k + c) * altitudes + m
                here = a0 * air[at] + a1 * air[at + 1] + a2 * air[at + 2] + a3 * air[at + 3]
                steep = d0 * air[at] + d1 * air[at + 1] + d2 * air[at + 2] + d3 * air[at + 3]
                share += latitude_weights[c] * here
                share_altitude += latitude_weights[c] * steep
                share_latitude += latitude_slopes[c] * here
            weight = time_weights[a] * hour_weights[b]
            value += weight * share
            altitude_slope += weight * share_altitude
            latitude_slope += weight * share_latitude
            hour_slope += time_weights[a] * hour_slopes[b] * share
    steepness = altitude_slope / (air[LOG_STEP] * inside)
    thickness = math.exp(value + steepness * (altitude - inside))
    return (
        thickness,
        thickness * steepness,
        thickness * latitude_slope * (latitudes - 3) / math.pi,
        thickness * hour_slope * hours / TURN,
    )
