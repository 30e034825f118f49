"""Made-up orbits that pass a body at a chosen distance and speed."""

import numpy as np

from moonstead.smallbodies.motion.places import body_states, place_of


def states(pulling, body, tdb, *, perigee, speed, count, seed):
    """States (N, 6) about the barycentre at the nearest point of hyperbolas in random directions."""
    rng = np.random.default_rng(seed)
    gm = pulling.tables.gm[place_of(body, pulling)]
    nearest = np.broadcast_to(perigee, count)
    fast = np.sqrt(np.broadcast_to(speed, count) ** 2 + 2.0 * gm / nearest)
    first, second = rng.normal(size=(2, count, 3))
    first /= np.linalg.norm(first, axis=1)[:, None]
    second = np.cross(first, second)
    second /= np.linalg.norm(second, axis=1)[:, None]
    relative = np.concatenate((nearest[:, None] * first, fast[:, None] * second), axis=1)
    return relative + body_states(body, [tdb], pulling)
