"""How far two rotations are apart, and the derivative that every rate must be."""

import numpy as np


def angle_apart(matrix, other):
    """Largest element of the difference [rad]: within a factor sqrt(2) the angle between the axes."""
    return float(np.max(np.abs(matrix - other)))


def rate_error(frame, tdb, data, step, unit=None):
    """Largest difference of the rate to the central difference over 2 steps [s], relative to the largest or a unit."""
    # Steps that are powers of two move seconds since J2000 without rounding.
    near = frame.from_icrf(tdb + step, data).matrix - frame.from_icrf(tdb - step, data).matrix
    far = frame.from_icrf(tdb + 2 * step, data).matrix - frame.from_icrf(tdb - 2 * step, data).matrix
    derivative = (8.0 * near - far) / (12.0 * step)
    rate = frame.from_icrf(tdb, data).rate
    return float(np.max(np.abs(rate - derivative)) / (unit or np.max(np.abs(rate))))


def assert_proper(rotation):
    """Every matrix turns without stretching or mirroring."""
    matrix = rotation.matrix
    np.testing.assert_allclose(matrix @ matrix.transpose(0, 2, 1), np.broadcast_to(np.eye(3), matrix.shape), atol=1e-14)
    np.testing.assert_allclose(np.linalg.det(matrix), 1.0, atol=1e-14)
