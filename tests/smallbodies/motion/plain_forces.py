"""The forces on a small body written once more, in plain numpy and scipy, body by body."""

import numpy as np
from scipy.special import lpmv

from moonstead.foundation.constants import SPEED_OF_LIGHT


def newtonian(place, places, gm):
    apart = places - place
    return np.sum((gm / np.linalg.norm(apart, axis=1) ** 3)[:, None] * apart, axis=0)


def relativity(place, speed, places, speeds, gm):
    """Newhall, Standish & Williams (1983), eq. 1, every pair of bodies included."""
    total = np.zeros(3)
    distance = np.linalg.norm(places - place, axis=1)
    for j in range(len(gm)):
        others = np.arange(len(gm)) != j
        between = places[others] - places[j]
        r = np.linalg.norm(between, axis=1)
        potential = np.sum(gm[others] / r)
        pulled = np.sum((gm[others] / r**3)[:, None] * between, axis=0)
        from_j = place - places[j]
        factor = (
            -4.0 * np.sum(gm / distance)
            - potential
            + speed @ speed
            + 2.0 * speeds[j] @ speeds[j]
            - 4.0 * speed @ speeds[j]
            - 1.5 * (from_j @ speeds[j] / distance[j]) ** 2
            - 0.5 * from_j @ pulled
        )
        strength = gm[j] / distance[j] ** 3
        total += -strength * factor * from_j
        total += strength * (from_j @ (4.0 * speed - 3.0 * speeds[j])) * (speed - speeds[j])
        total += 3.5 * gm[j] / distance[j] * pulled
    return total / SPEED_OF_LIGHT**2


def zonal_potential(place, gm, radius, zonals, pole):
    """-GM/r times the sum of J_n (R/r)^n P_n, without the first term; `zonals` from J2 on."""
    r = np.linalg.norm(place)
    sine = place @ pole / r
    return -gm / r * sum(j * (radius / r) ** n * lpmv(0, n, sine) for n, j in enumerate(zonals, start=2))


def j2(place, gm, radius, zonal, pole):
    """The pull of J2 alone in closed form (Vallado, Fundamentals of Astrodynamics, eq. 8-30)."""
    r = np.linalg.norm(place)
    sine = place @ pole / r
    return -1.5 * zonal * gm * radius**2 / r**4 * ((1.0 - 5.0 * sine**2) * place / r + 2.0 * sine * pole)


def field_potential(place, gm, radius, c, s):
    """Degrees 2 and on of fully normalised coefficients, body-fixed place."""
    from math import factorial

    r = np.linalg.norm(place)
    sine, longitude = place[2] / r, np.arctan2(place[1], place[0])
    total = 0.0
    for n in range(2, len(c)):
        for m in range(n + 1):
            norm = np.sqrt((1 if m == 0 else 2) * (2 * n + 1) * factorial(n - m) / factorial(n + m))
            legendre = (-1) ** m * lpmv(m, n, sine)  # without the phase of Condon and Shortley
            wave = c[n, m] * np.cos(m * longitude) + s[n, m] * np.sin(m * longitude)
            total += (radius / r) ** n * norm * legendre * wave
    return gm / r * total


def slope(function, place, step):
    """Gradient by central differences of fourth order."""
    gradient = np.empty(3)
    for axis in range(3):
        d = np.zeros(3)
        d[axis] = step
        near = function(place + d) - function(place - d)
        far = function(place + 2.0 * d) - function(place - 2.0 * d)
        gradient[axis] = (8.0 * near - far) / (12.0 * step)
    return gradient
