"""How far apart two places of the Moon are."""

from __future__ import annotations

import math

__all__ = ["surface_angle"]


def surface_angle(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """Angle between two places at the centre of the sphere.

    Parameters
    ----------
    latitude, longitude : float [rad]
        Of one place.
    other_latitude, other_longitude : float [rad]
        Of the other.

    Returns
    -------
    float [rad]
        Between 0 and pi; good to 1e-15 at small angles and near the point opposite.

    Source
    ------
    Vincenty's form for a sphere: the arctangent of the norm of the cross product over the dot product.
    """
    turn = other_longitude - longitude
    sine, cosine = math.sin(latitude), math.cos(latitude)
    other_sine, other_cosine = math.sin(other_latitude), math.cos(other_latitude)
    across = math.hypot(other_cosine * math.sin(turn), cosine * other_sine - sine * other_cosine * math.cos(turn))
    return math.atan2(across, sine * other_sine + cosine * other_cosine * math.cos(turn))
