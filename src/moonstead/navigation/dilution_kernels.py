"""Kernel of dilution of precision: satellites seen from sites, one normal matrix each."""

from __future__ import annotations

import math

from numba import njit

MOST_SYSTEMS = 16  # clocks that one solution may estimate
SINGULAR = 1e-10  # [1] determinant of the normal matrix over the cube of its mean diagonal: no geometry left


@njit(cache=True)
def dilution_kernel(satellites, system, sites, east, north, up, horizon, count, variances, scratch):
    """Write how many satellites each site sees and how their geometry scales errors, one clock for each system.

    satellites (E, S, 3) [m], NaN where there is none; system (S,) numbers from 0; sites (P, 3) [m] in the same axes;
    east, north, up (P, 3) [1]; horizon (P or 1, H): sine [1] of the least elevation by azimuth, H equal sectors from
    north over east; count (E, P); variances (E, P, 4) [1]: east, north, up and the sum over all clocks, infinite
    where no position follows; scratch (MOST_SYSTEMS, 4) [1].

    The clocks are eliminated: the normal matrix of the position is the sum over systems of the scatter of their lines
    of sight about their own mean, and the variance of one clock is 1/n + m Q m with that mean m.
    """
    sectors = horizon.shape[1]
    for e in range(satellites.shape[0]):
        for p in range(sites.shape[0]):
            for k in range(scratch.shape[0]):
                for j in range(4):
                    scratch[k, j] = 0.0
            row = p if horizon.shape[0] > 1 else 0
            hides_below = sectors == 1 and horizon[row, 0] >= 0.0
            seen = 0
            xx, xy, xz, yy, yz, zz = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
            for s in range(satellites.shape[1]):
                dx = satellites[e, s, 0] - sites[p, 0]
                dy = satellites[e, s, 1] - sites[p, 1]
                dz = satellites[e, s, 2] - sites[p, 2]
                above = dx * up[p, 0] + dy * up[p, 1] + dz * up[p, 2]
                if hides_below and not above > 0.0:  # most satellites of a globe, without a root
                    continue
                distance = math.sqrt(dx * dx + dy * dy + dz * dz)
                height = above / distance
                if not height >= -1.0:  # NaN: not there
                    continue
                if sectors == 1 and height <= horizon[row, 0]:
                    continue
                x = (dx * east[p, 0] + dy * east[p, 1] + dz * east[p, 2]) / distance
                y = (dx * north[p, 0] + dy * north[p, 1] + dz * north[p, 2]) / distance
                if sectors > 1:
                    turn = math.atan2(x, y) / (2.0 * math.pi)
                    if turn < 0.0:
                        turn += 1.0
                    if height <= horizon[row, int(turn * sectors) % sectors]:
                        continue
                seen += 1
                k = system[s]
                scratch[k, 0] += 1.0
                scratch[k, 1] += x
                scratch[k, 2] += y
                scratch[k, 3] += height
                xx += x * x
                xy += x * y
                xz += x * height
                yy += y * y
                yz += y * height
                zz += height * height
            count[e, p] = seen
            for j in range(4):
                variances[e, p, j] = math.inf
            clocks = 0
            for k in range(scratch.shape[0]):
                number = scratch[k, 0]
                if number > 0.0:
                    clocks += 1
                    x, y, z = scratch[k, 1] / number, scratch[k, 2] / number, scratch[k, 3] / number
                    xx -= number * x * x
                    xy -= number * x * y
                    xz -= number * x * z
                    yy -= number * y * y
                    yz -= number * y * z
                    zz -= number * z * z
            if seen < 3 + clocks:
                continue
            cxx, cyy, czz = yy * zz - yz * yz, xx * zz - xz * xz, xx * yy - xy * xy
            cxy, cxz, cyz = xz * yz - xy * zz, xy * yz - xz * yy, xy * xz - xx * yz
            determinant = xx * cxx + xy * cxy + xz * cxz
            scale = (xx + yy + zz) / 3.0
            if determinant <= SINGULAR * scale * scale * scale:
                continue
            variances[e, p, 0] = cxx / determinant
            variances[e, p, 1] = cyy / determinant
            variances[e, p, 2] = czz / determinant
            time = 0.0
            for k in range(scratch.shape[0]):
                number = scratch[k, 0]
                if number > 0.0:
                    x, y, z = scratch[k, 1] / number, scratch[k, 2] / number, scratch[k, 3] / number
                    spread = x * x * cxx + y * y * cyy + z * z * czz + 2.0 * (x * y * cxy + x * z * cxz + y * z * cyz)
                    time += 1.0 / number + spread / determinant
            variances[e, p, 3] = time
