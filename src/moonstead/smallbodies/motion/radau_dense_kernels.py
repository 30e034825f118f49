"""Kernels that read a flight between its steps by the polynomials through the steps' nodes."""

from numba import njit

from moonstead.dynamics.vector_kernels import load_lanes, store_lanes, sum_lanes
from moonstead.smallbodies.motion.perturber_tables import LANES
from moonstead.smallbodies.motion.radau_layout import COLUMNS, SERIES
from moonstead.smallbodies.motion.radau_tables import DENSE_PLACE, DENSE_SPEED, NODES

DENSE_TERMS = NODES + 2


@njit(cache=True, error_model="numpy", _nrt=False)
def dense_weights(part, weights):
    """Write the first and second integrals [1] of the nodes' polynomials up to a part of the step."""
    x = 2.0 * part - 1.0
    before = 1.0
    now = x
    speed = load_lanes(DENSE_SPEED, 0) + x * load_lanes(DENSE_SPEED, LANES)
    place = load_lanes(DENSE_PLACE, 0) + x * load_lanes(DENSE_PLACE, LANES)
    for k in range(2, DENSE_TERMS):
        before, now = now, 2.0 * x * now - before
        speed = speed + now * load_lanes(DENSE_SPEED, LANES * k)
        place = place + now * load_lanes(DENSE_PLACE, LANES * k)
    store_lanes(weights, 0, speed)
    store_lanes(weights, LANES, place)


@njit(cache=True, error_model="numpy", _nrt=False)
def read_states(times, index, origins, pulls, weights, states):
    """Write the states (N, 6) [m, m/s] at times within the steps `index`; a negative one leaves a row alone."""
    for n in range(times.size):
        step = index[n]
        if step < 0:
            continue
        h = origins[step, 1]
        part = (times[n] - origins[step, 0]) / h
        dense_weights(part, weights)
        for c in range(3):
            pull = load_lanes(pulls, 3 * LANES * step + LANES * c)
            speed = origins[step, 5 + c]
            place = sum_lanes(load_lanes(weights, LANES) * pull)
            states[n, c] = origins[step, 2 + c] + h * (part * speed + h * place)
            states[n, 3 + c] = speed + h * sum_lanes(load_lanes(weights, 0) * pull)


@njit(cache=True, error_model="numpy", _nrt=False)
def read_partials(times, index, origins, tangents, weights, partials):
    """Write the partials (N, 6, 9) [mixed] likewise."""
    for n in range(times.size):
        step = index[n]
        if step < 0:
            continue
        h = origins[step, 1]
        part = (times[n] - origins[step, 0]) / h
        dense_weights(part, weights)
        begin = (2 + LANES) * SERIES * step
        for c in range(3):
            for column in range(COLUMNS):
                q = c * COLUMNS + column
                pull = load_lanes(tangents, begin + 2 * SERIES + LANES * q)
                speed = tangents[step, SERIES + q]
                place = sum_lanes(load_lanes(weights, LANES) * pull)
                partials[n, c, column] = tangents[step, q] + h * (part * speed + h * place)
                partials[n, 3 + c, column] = speed + h * sum_lanes(load_lanes(weights, 0) * pull)
