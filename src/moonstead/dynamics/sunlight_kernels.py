"""Kernel of the Sun's disc behind a spherical body."""

import math

from numba import njit

LIT = 0
PARTIAL = 1
DARK = 2
RING = 3
# sin of the Sun's angular radius is below this from 0.16 au on, so that the test below may only let doubtful cases pass
WIDEST_SUN = 0.03


@njit(cache=True, error_model="numpy", _nrt=False)
def sunlight(sun_x, sun_y, sun_z, body_x, body_y, body_z, sun_radius, body_radius):
    """Visible fraction [1] of the Sun's disc and its phase; vectors [m] from the observer, radii [m].

    Both discs are circles of uniform brightness. Phases: lit, partial, dark, ring (annular).

    Source
    ------
    Montenbruck & Gill (2000), Satellite Orbits, section 3.4.2, eqs. 3.85-3.94.
    """
    along = sun_x * body_x + sun_y * body_y + sun_z * body_z
    body_2 = body_x * body_x + body_y * body_y + body_z * body_z
    if body_2 <= body_radius * body_radius:
        return 0.0, DARK
    sun_2 = sun_x * sun_x + sun_y * sun_y + sun_z * sun_z
    if along <= 0.0:
        return 1.0, LIT
    body_distance = math.sqrt(body_2)
    aside_2 = body_2 - along * along / sun_2  # square of the distance from the line through Sun and observer
    reach = 1.01 * body_radius + WIDEST_SUN * body_distance
    if aside_2 > reach * reach:
        return 1.0, LIT
    reach = 0.99 * body_radius - WIDEST_SUN * body_distance
    if reach > 0.0 and aside_2 < reach * reach:
        return 0.0, DARK
    sun_distance = math.sqrt(sun_2)
    a = math.asin(sun_radius / sun_distance)
    b = math.asin(body_radius / body_distance)
    # the chord between the two directions: an arc cosine would lose half the digits of a small separation
    dx = sun_x / sun_distance - body_x / body_distance
    dy = sun_y / sun_distance - body_y / body_distance
    dz = sun_z / sun_distance - body_z / body_distance
    c = 2.0 * math.asin(min(1.0, 0.5 * math.sqrt(dx * dx + dy * dy + dz * dz)))
    if c >= a + b:
        return 1.0, LIT
    if c <= b - a:
        return 0.0, DARK
    if c <= a - b:
        return 1.0 - (b * b) / (a * a), RING
    x = (c * c + a * a - b * b) / (2.0 * c)
    y = math.sqrt(max(0.0, a * a - x * x))
    hidden = a * a * math.acos(min(1.0, max(-1.0, x / a))) + b * b * math.acos(min(1.0, max(-1.0, (c - x) / b))) - c * y
    return 1.0 - hidden / (math.pi * a * a), PARTIAL
