"""Kernels of the near field: the ground at fixed offsets from every pixel at once."""

from __future__ import annotations

import numpy as np
from numba import njit

__all__ = ["near_field_kernel"]


# fastmath: ground and eyes are finite, so are the steepest slopes; without it the maxima are not vectors
@njit(cache=True, nogil=True, fastmath=True)
def near_field_kernel(
    ground,
    pitch,
    first,
    offset,
    aside,
    weight,
    closeness,
    lift,
    inner_offset,
    inner_weight,
    inner_closeness,
    inner_lift,
    eye,
    steepest,
    eye_pitch,
    eye_first,
    along_count,
    aside_count,
):
    """Raise `steepest` [1] to the slope from each eye to the ground at every step of one direction.

    `ground` [m] is flat with `pitch` values for each place along the ray, pixel (0, 0) of the targets at `first`;
    `eye` [m] and `steepest` likewise, with `eye_pitch` and `eye_first`. A step (K, a multiple of 4) lies `offset`
    away; it takes two values, the other one `aside`, with `weight` (K, 2) over its distance, `closeness` [1/m], and
    adds `lift`. Inner steps (a multiple of 2) lie inside a cell and take its four corners with `inner_weight` (J, 4):
    here, aside, along, both.
    """
    one = np.uint64(1)
    width = np.uint64(aside_count)
    for a in range(along_count):
        target = np.uint64(eye_first + a * eye_pitch)
        here = first + a * pitch
        for k in range(0, inner_offset.size, 2):
            p = np.uint64(here + inner_offset[k])
            p_on = np.uint64(here + inner_offset[k] + pitch)
            q = np.uint64(here + inner_offset[k + 1])
            q_on = np.uint64(here + inner_offset[k + 1] + pitch)
            p0, p1, p2, p3 = inner_weight[k, 0], inner_weight[k, 1], inner_weight[k, 2], inner_weight[k, 3]
            q0, q1, q2, q3 = (
                inner_weight[k + 1, 0],
                inner_weight[k + 1, 1],
                inner_weight[k + 1, 2],
                inner_weight[k + 1, 3],
            )
            p_close, q_close = inner_closeness[k], inner_closeness[k + 1]
            p_lift, q_lift = inner_lift[k], inner_lift[k + 1]
            for b in range(width):
                height = eye[target + b]
                s = p0 * ground[p + b] + p1 * ground[p + one + b] + p2 * ground[p_on + b] + p3 * ground[p_on + one + b]
                t = q0 * ground[q + b] + q1 * ground[q + one + b] + q2 * ground[q_on + b] + q3 * ground[q_on + one + b]
                s += p_lift - p_close * height
                t += q_lift - q_close * height
                s = s if s > t else t
                known = steepest[target + b]
                steepest[target + b] = s if s > known else known
        for k in range(0, offset.size, 4):
            p, p_on = np.uint64(here + offset[k]), np.uint64(here + offset[k] + aside[k])
            q, q_on = np.uint64(here + offset[k + 1]), np.uint64(here + offset[k + 1] + aside[k + 1])
            u, u_on = np.uint64(here + offset[k + 2]), np.uint64(here + offset[k + 2] + aside[k + 2])
            w, w_on = np.uint64(here + offset[k + 3]), np.uint64(here + offset[k + 3] + aside[k + 3])
            p0, p1, p_close, p_lift = weight[k, 0], weight[k, 1], closeness[k], lift[k]
            q0, q1, q_close, q_lift = weight[k + 1, 0], weight[k + 1, 1], closeness[k + 1], lift[k + 1]
            u0, u1, u_close, u_lift = weight[k + 2, 0], weight[k + 2, 1], closeness[k + 2], lift[k + 2]
            w0, w1, w_close, w_lift = weight[k + 3, 0], weight[k + 3, 1], closeness[k + 3], lift[k + 3]
            for b in range(width):
                height = eye[target + b]
                s = p0 * ground[p + b] + p1 * ground[p_on + b] + p_lift - p_close * height
                t = q0 * ground[q + b] + q1 * ground[q_on + b] + q_lift - q_close * height
                v = u0 * ground[u + b] + u1 * ground[u_on + b] + u_lift - u_close * height
                z = w0 * ground[w + b] + w1 * ground[w_on + b] + w_lift - w_close * height
                s = s if s > t else t
                v = v if v > z else z
                s = s if s > v else v
                known = steepest[target + b]
                steepest[target + b] = s if s > known else known
