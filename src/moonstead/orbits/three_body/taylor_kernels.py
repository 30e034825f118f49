"""Kernel of the circular restricted three-body problem: Taylor series of the motion and of its variations."""

import numpy as np
from numba import njit

ORDER = 22  # of the series: near the cheapest for steps that are exact to rounding
ROUNDING = 1.1e-16  # error allowed in a step, of the size of position and velocity
DONE = 0
TOO_MANY_STEPS = 1
COLLISION = 2
# what orders the sums differently changes nothing but rounding; no value is assumed to be finite
REORDER = {"reassoc", "contract"}


@njit(cache=True, fastmath=REORDER, error_model="numpy")
def three_body_kernel(start, mu, times, closest, with_transition, states, transitions):
    """Write states (N, 6) [1] and, if wanted, transitions (N, 6, 6) [1] at times (N,) [1], which go one way from 0.

    Recurrences of Jorba & Zou (2005) for the restricted problem; the variations are integrated as series of their own
    with the series of the gravity gradient. Stops with a status where a body's centre is nearer than `closest`.
    """
    top = ORDER + 1
    r = np.zeros((3, top + 1))
    u = np.zeros(top)  # x from the primary
    w = np.zeros(top)  # x from the secondary
    s1 = np.zeros(top)
    s2 = np.zeros(top)
    q1 = np.zeros(top)
    q2 = np.zeros(top)
    p1 = np.zeros(top)
    p2 = np.zeros(top)
    uu = np.zeros(top)
    ww = np.zeros(top)
    uy = np.zeros(top)
    wy = np.zeros(top)
    uz = np.zeros(top)
    wz = np.zeros(top)
    yy = np.zeros(top)
    yz = np.zeros(top)
    zz = np.zeros(top)
    t1 = np.zeros(top)
    t2 = np.zeros(top)
    tt = np.zeros(top)
    gradient = np.zeros((6, top))
    d = np.zeros((3, top + 1, 6))
    total = np.zeros((3, 6))
    now = start.copy()
    rest = np.zeros(6)
    phi = np.eye(6)
    m1 = 1.0 - mu
    m2 = mu
    t = 0.0
    row = 0
    rows = times.size
    sign = 1.0 if times[rows - 1] >= 0.0 else -1.0
    y = r[1]
    z = r[2]
    for _ in range(2_000_000):
        while row < rows and sign * (times[row] - t) <= 0.0:
            for i in range(6):
                states[row, i] = now[i]
            if with_transition:
                for i in range(6):
                    for j in range(6):
                        transitions[row, i, j] = phi[i, j]
            row += 1
        if row == rows:
            return DONE
        for i in range(3):
            r[i, 0] = now[i] + rest[i]
            r[i, 1] = now[i + 3] + rest[i + 3]
        u[0] = (now[0] + mu) + rest[0]
        w[0] = (now[0] - m1) + rest[0]
        s1[0] = u[0] * u[0] + y[0] * y[0] + z[0] * z[0]
        s2[0] = w[0] * w[0] + y[0] * y[0] + z[0] * z[0]
        if min(s1[0], s2[0]) < closest * closest:
            return COLLISION
        q1[0] = s1[0] ** -1.5
        q2[0] = s2[0] ** -1.5
        p1[0] = q1[0] / s1[0]
        p2[0] = q2[0] / s2[0]
        if with_transition:
            for i in range(3):
                for c in range(6):
                    d[i, 0, c] = phi[i, c]
                    d[i, 1, c] = phi[i + 3, c]
        for n in range(ORDER):
            if n > 0:
                u[n] = r[0, n]
                w[n] = u[n]
            inner = 0.0
            a_yy = 0.0
            a_zz = 0.0
            for j in range(1, n):
                inner += u[j] * u[n - j]
            for j in range(n + 1):
                a_yy += y[j] * y[n - j]
                a_zz += z[j] * z[n - j]
            if n == 0:
                uu[0] = u[0] * u[0]
                ww[0] = w[0] * w[0]
            else:
                uu[n] = inner + 2.0 * u[0] * u[n]
                ww[n] = inner + 2.0 * w[0] * u[n]
            yy[n] = a_yy
            zz[n] = a_zz
            if n > 0:
                s1[n] = uu[n] + a_yy + a_zz
                s2[n] = ww[n] + a_yy + a_zz
                a1 = 0.0
                a2 = 0.0
                b1 = 0.0
                b2 = 0.0
                for j in range(n):
                    c3 = -1.5 * (n - j) - j
                    c5 = -2.5 * (n - j) - j
                    a1 += c3 * s1[n - j] * q1[j]
                    a2 += c3 * s2[n - j] * q2[j]
                    b1 += c5 * s1[n - j] * p1[j]
                    b2 += c5 * s2[n - j] * p2[j]
                q1[n] = a1 / (n * s1[0])
                q2[n] = a2 / (n * s2[0])
                p1[n] = b1 / (n * s1[0])
                p2[n] = b2 / (n * s2[0])
            f1 = 0.0
            f2 = 0.0
            fy = 0.0
            fz = 0.0
            for j in range(n + 1):
                f1 += u[j] * q1[n - j]
                f2 += w[j] * q2[n - j]
                q = m1 * q1[n - j] + m2 * q2[n - j]
                fy += y[j] * q
                fz += z[j] * q
            k = n + 1
            ax = 2.0 * k * r[1, k] + r[0, n] - m1 * f1 - m2 * f2
            ay = -2.0 * k * r[0, k] + r[1, n] - fy
            scale = 1.0 / ((n + 1.0) * (n + 2.0))
            r[0, n + 2] = ax * scale
            r[1, n + 2] = ay * scale
            r[2, n + 2] = -fz * scale
            if with_transition:
                a_yz = 0.0
                a_uy = 0.0
                a_uz = 0.0
                for j in range(n + 1):
                    a_yz += y[j] * z[n - j]
                for j in range(1, n + 1):
                    a_uy += u[j] * y[n - j]
                    a_uz += u[j] * z[n - j]
                uy[n] = a_uy + u[0] * y[n]
                wy[n] = a_uy + w[0] * y[n]
                uz[n] = a_uz + u[0] * z[n]
                wz[n] = a_uz + w[0] * z[n]
                yz[n] = a_yz
                t1[n] = 3.0 * m1 * p1[n]
                t2[n] = 3.0 * m2 * p2[n]
                tt[n] = t1[n] + t2[n]
                xx = 0.0
                xy = 0.0
                xz = 0.0
                g_yy = 0.0
                g_yz = 0.0
                g_zz = 0.0
                for j in range(n + 1):
                    i = n - j
                    xx += uu[j] * t1[i] + ww[j] * t2[i]
                    xy += uy[j] * t1[i] + wy[j] * t2[i]
                    xz += uz[j] * t1[i] + wz[j] * t2[i]
                    g_yy += yy[j] * tt[i]
                    g_yz += yz[j] * tt[i]
                    g_zz += zz[j] * tt[i]
                q = m1 * q1[n] + m2 * q2[n]
                one = 1.0 if n == 0 else 0.0
                gradient[0, n] = xx - q + one
                gradient[1, n] = xy
                gradient[2, n] = xz
                gradient[3, n] = g_yy - q + one
                gradient[4, n] = g_yz
                gradient[5, n] = g_zz - q
                for c in range(6):
                    total[0, c] = 2.0 * k * d[1, k, c]
                    total[1, c] = -2.0 * k * d[0, k, c]
                    total[2, c] = 0.0
                for j in range(n + 1):
                    xx = gradient[0, n - j]
                    xy = gradient[1, n - j]
                    xz = gradient[2, n - j]
                    g_yy = gradient[3, n - j]
                    g_yz = gradient[4, n - j]
                    g_zz = gradient[5, n - j]
                    for c in range(6):
                        total[0, c] += xx * d[0, j, c] + xy * d[1, j, c] + xz * d[2, j, c]
                        total[1, c] += xy * d[0, j, c] + g_yy * d[1, j, c] + g_yz * d[2, j, c]
                        total[2, c] += xz * d[0, j, c] + g_yz * d[1, j, c] + g_zz * d[2, j, c]
                for i in range(3):
                    for c in range(6):
                        d[i, n + 2, c] = total[i, c] * scale
        # the last two terms of position and velocity, each beside its own size, bound the step
        length = max(abs(r[0, 0]), abs(r[1, 0]), abs(r[2, 0]))
        pace = max(abs(r[0, 1]), abs(r[1, 1]), abs(r[2, 1]), length)
        step = 1e300
        for n in range(ORDER, ORDER + 2):
            term = max(abs(r[0, n]), abs(r[1, n]), abs(r[2, n]))
            if term > 0.0:
                step = min(step, (ROUNDING * length / term) ** (1.0 / n))
                step = min(step, (ROUNDING * pace / (n * term)) ** (1.0 / (n - 1)))
        if not step > 1e-14:
            return COLLISION
        left = sign * (times[row] - t)
        if step >= left:
            h = sign * left
            t_next = times[row]
        else:
            h = sign * step
            t_next = t + h
            h = t_next - t
        t = t_next
        for i in range(3):
            position = r[i, top]
            velocity = top * r[i, top]
            for n in range(top - 1, 0, -1):
                position = r[i, n] + h * position
                if n > 1:
                    velocity = n * r[i, n] + h * velocity
            grow = h * position + rest[i]
            before = now[i]
            after = before + grow
            now[i] = after
            rest[i] = (before - after) + grow if abs(before) >= abs(grow) else (grow - after) + before
            grow = h * velocity + rest[i + 3]
            before = now[i + 3]
            after = before + grow
            now[i + 3] = after
            rest[i + 3] = (before - after) + grow if abs(before) >= abs(grow) else (grow - after) + before
        if with_transition:
            for i in range(3):
                for c in range(6):
                    position = d[i, top, c]
                    velocity = top * d[i, top, c]
                    for n in range(top - 1, 0, -1):
                        position = d[i, n, c] + h * position
                        velocity = n * d[i, n, c] + h * velocity
                    phi[i, c] = d[i, 0, c] + h * position
                    phi[i + 3, c] = velocity
    return TOO_MANY_STEPS
