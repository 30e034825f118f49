"""Kernel of Monte Carlo: two objects drawn in equinoctial elements, moved by two-body motion, tested for contact."""

import math

from numba import njit

from moonstead.monitoring.probability.overlap_kernels import partials_of_elements, state_of_elements

CURVED = 4.0  # [1] times the sagitta of a displaced orbit, which a straight test leaves as a margin
TIDAL = 4.0  # [1] likewise of the difference of accelerations; 2 is its largest eigenvalue
POLISHED = 6  # steps to the least distance
NEAREST = 1e-3  # [1] of the hard-body radius: shortest way that a march goes on, so that it ends
MOST_MARCH = 100_000


@njit(cache=True)
def march(elements, first, last, gm, size, states, room):
    """How often the distance of two orbits falls below `size` [m] between two times [s]; no step can leap a contact.

    Steps are as long as the distance to the sphere takes at the speed of now plus the greatest tidal acceleration.
    """
    nearest = 1e30
    for which in range(2):
        square = elements[which, 1] ** 2 + elements[which, 2] ** 2
        if not (elements[which, 0] > 0.0 and square < 1.0):
            return 0
        a = (gm / elements[which, 0] ** 2) ** (1.0 / 3.0)
        nearest = min(nearest, a * (1.0 - math.sqrt(square)))
    strongest = gm / nearest**3
    time = first
    inside = True  # an overlap at the start is no entry
    start = True
    touched = 0
    for _ in range(MOST_MARCH):
        if not (
            state_of_elements(elements[0], time, gm, states[0], room)
            and state_of_elements(elements[1], time, gm, states[1], room)
        ):
            return 0
        x, y, z = states[1, 0] - states[0, 0], states[1, 1] - states[0, 1], states[1, 2] - states[0, 2]
        u, v, w = states[1, 3] - states[0, 3], states[1, 4] - states[0, 4], states[1, 5] - states[0, 5]
        distance = math.sqrt(x * x + y * y + z * z)
        speed = math.sqrt(u * u + v * v + w * w)
        if distance < size:
            if not inside and not start:
                touched += 1
            inside = True
        else:
            inside = False
        start = False
        if time >= last:
            break
        gap = abs(distance - size)
        # over the step the distance at most doubles: the tide stays below this
        pull = 2.0 * strongest * (2.0 * distance + size)
        step = 2.0 * gap / (speed + math.sqrt(speed * speed + 2.0 * pull * gap))
        time = min(last, time + max(step, NEAREST * size / max(speed, 1e-6)))
    return touched


@njit(cache=True)
def sample_kernel(draws, means, roots, gm, moment, first, last, size, slow, work, hits):
    """Add to `hits` (2,) how many pairs touch between `first` and `last` [s], and how many contacts they have.

    `draws` (N, 12) are standard normal; `means` (2, 6) and `roots` (2, 6, 6) [elements] turn them into elements of
    both objects; `moment` [s] is the time of a straight first test, `size` [m] the hard-body radius. Where `slow`,
    every pair is followed over the whole span. `work` (24, 6) is room. Draws that are no bound orbit touch nothing.
    """
    elements, states, room, line = work[0:3], work[3:5], work[5:7].reshape(-1), work[7:19]
    relative, offset = work[19], work[20:22]
    partials = work[7:13], work[13:19]
    radius = 0.0
    for which in range(2):
        state_of_elements(means[which], moment, gm, states[which], room)
        partials_of_elements(means[which], moment, gm, states[which], room, partials[which])
        radius = math.sqrt(states[which, 0] ** 2 + states[which, 1] ** 2 + states[which, 2] ** 2)
    for k in range(6):
        relative[k] = states[1, k] - states[0, k]
    # partials times roots: a draw becomes a displacement at once
    for which in range(2):
        for i in range(6):
            for k in range(6):
                value = 0.0
                for m in range(6):
                    value += line[6 * which + i, m] * roots[which, m, k]
                elements[2, k] = value
            for k in range(6):
                line[6 * which + i, k] = elements[2, k]
    tide = TIDAL * gm / radius**3
    for sample in range(draws.shape[0]):
        if not slow:
            square = 0.0
            for which in range(2):
                for i in range(6):
                    value = 0.0
                    for k in range(6):
                        value += line[6 * which + i, k] * draws[sample, 6 * which + k]
                    offset[which, i] = value
                square += offset[which, 0] ** 2 + offset[which, 1] ** 2 + offset[which, 2] ** 2
            x = relative[0] + offset[1, 0] - offset[0, 0]
            y = relative[1] + offset[1, 1] - offset[0, 1]
            z = relative[2] + offset[1, 2] - offset[0, 2]
            u = relative[3] + offset[1, 3] - offset[0, 3]
            v = relative[4] + offset[1, 4] - offset[0, 4]
            w = relative[5] + offset[1, 5] - offset[0, 5]
            speed2 = u * u + v * v + w * w
            shift = -(x * u + y * v + z * w) / speed2
            far2 = x * x + y * y + z * z
            miss2 = far2 - shift * shift * speed2
            margin = CURVED * square / radius + tide * math.sqrt(far2 + square) * shift * shift
            if miss2 > (size + margin) ** 2:
                continue
        bound = True
        for which in range(2):
            for i in range(6):
                value = means[which, i]
                for k in range(6):
                    value += roots[which, i, k] * draws[sample, 6 * which + k]
                elements[which, i] = value
        if not slow:
            time = moment + shift
            for _ in range(POLISHED):
                bound = state_of_elements(elements[0], time, gm, states[0], room)
                bound = bound and state_of_elements(elements[1], time, gm, states[1], room)
                if not bound:
                    break
                x, y, z = states[1, 0] - states[0, 0], states[1, 1] - states[0, 1], states[1, 2] - states[0, 2]
                u, v, w = states[1, 3] - states[0, 3], states[1, 4] - states[0, 4], states[1, 5] - states[0, 5]
                speed2 = u * u + v * v + w * w
                far2 = x * x + y * y + z * z
                shift = -(x * u + y * v + z * w) / speed2
                if shift * shift * speed2 < 1e-6 * size * size:
                    break
                time += shift
            if bound and far2 <= size * size and first <= time <= last:
                hits[0] += 1
                hits[1] += 1
            continue
        touched = march(elements, first, last, gm, size, states, room)
        if touched > 0:
            hits[0] += 1
            hits[1] += touched
