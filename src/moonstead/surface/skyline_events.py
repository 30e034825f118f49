"""When a body stands above the skyline of a site: a condition with a rigorous rate bound."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.events import Condition
from moonstead.dynamics.observe import Aberration
from moonstead.dynamics.trajectories import BodyTrajectory, SurfacePoint, spin_limit
from moonstead.foundation.bodies import body as body_named
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput
from moonstead.surface.horizon import HorizonProfile
from moonstead.surface.sky import sky_track

__all__ = ["Limb", "above_skyline", "require_same_place"]

Array = NDArray[np.float64]
Limb = Literal["upper", "centre", "lower"]

SAME_PLACE = 1e-6  # [rad] 1.7 m on the Moon: rounding of coordinates in text, not another site
RANGE_STEP = 21_600.0  # [s] between the distances that bound the whole span
# [1] light time and stellar aberration change a rate by v/c (1e-4) of itself, annual aberration adds a/c (2e-11 rad/s)
ABERRATION_MARGIN = 1.001

SIGNS: dict[str, float] = {"upper": 1.0, "centre": 0.0, "lower": -1.0}


def above_skyline(
    site: SurfacePoint,
    horizon: HorizonProfile,
    body: str,
    start: float,
    stop: float,
    data: DataContext,
    limb: Limb = "centre",
    aberration: Aberration = "apparent",
) -> Condition:
    """Condition that a body's upper limb, centre or lower limb stands above the skyline under its centre.

    With elevation e, azimuth a, angular radius r and skyline h(a) the value is sin e - cos e tan(h(a) - s r), where s
    is 1, 0 or -1 for the three limbs. It has the sign of e + s r - h(a), and unlike that difference its
    rate stays bounded at the zenith: with E and W the largest rates of the elevation and of the whole direction, ::

        |rate| <= E sqrt(1 + t^2) + (1 + t^2) (W |dh/da| + |dr/dt|),    t = max |tan(h - s r)|

    Parameters
    ----------
    site : SurfacePoint
        Where the observer stands.
    horizon : HorizonProfile
        Its skyline.
    body : str
        Name of a body of the ephemeris.
    start, stop : float [s TDB past J2000]
        Span within which the rate bound holds.
    data : DataContext
        Where ephemeris and orientation come from.
    limb : "upper", "centre" or "lower"
        What has to be above.
    aberration : "geometric", "light-time" or "apparent"
        As in `observe`.

    Returns
    -------
    Condition
        For `find_windows` within [start, stop].

    Raises
    ------
    InvalidInput
        The skyline belongs to another place, the limb is unknown, or the span is empty.

    Source
    ------
    Derivation above: the chain rule, and addition theorems for the sign.
    """
    require_same_place(site, horizon)
    if limb not in SIGNS:
        raise InvalidInput(f"limb must be one of {', '.join(SIGNS)}; got {limb!r}")
    if not start < stop:
        raise InvalidInput(f"the span must run forward; got {start!r} to {stop!r} [s TDB past J2000]")
    sign = SIGNS[limb]
    target = BodyTrajectory(body, site.body, data)
    span = np.array([start]), np.array([stop])
    speed = float(target.speed_bound(*span)[0] + site.speed_bound(*span)[0])
    samples = np.linspace(start, stop, 2 + int((stop - start) / RANGE_STEP))
    nearest = np.min(np.linalg.norm(data.ephemeris.position(body, site.body, samples), axis=1))
    nearest -= float(np.linalg.norm(site.position)) + 0.5 * speed * (samples[1] - samples[0])
    radius = body_named(body).mean_radius
    if not nearest > radius:
        raise InvalidInput(f"{body} comes too close to {site.name} for a skyline in this span")
    inertial = speed / nearest * ABERRATION_MARGIN
    largest = math.asin(radius / nearest)
    radius_rate = abs(sign) * math.tan(largest) * speed / nearest * ABERRATION_MARGIN
    steep = math.tan(float(np.max(np.abs(horizon.elevation))) + abs(sign) * largest) ** 2
    elevation_rate = inertial + site.zenith_rate_bound
    whole_rate = inertial + spin_limit(site.body)

    def value(tdb: Array) -> Array:
        track = sky_track(site, body, tdb, data, aberration)
        edge = horizon.at(track.azimuth) - sign * track.angular_radius
        above: Array = np.sin(track.elevation) - np.cos(track.elevation) * np.tan(edge)
        return above

    rate = elevation_rate * math.sqrt(1.0 + steep) + (1.0 + steep) * (whole_rate * horizon.slope_bound + radius_rate)

    def rate_bound(begin: Array, end: Array) -> Array:
        return np.full(np.shape(begin), rate)

    return Condition(value, rate_bound, f"{limb} of {body} above the skyline of {site.name}")


def require_same_place(site: SurfacePoint, horizon: HorizonProfile) -> None:
    """Refuse a skyline that was found for another place than the site.

    Raises
    ------
    InvalidInput
        Latitude or longitude differ by more than 1e-6 rad; at a pole too, where longitude turns the azimuths.
    """
    turn = math.remainder(site.longitude - horizon.longitude, 2.0 * math.pi)
    if abs(site.latitude - horizon.latitude) > SAME_PLACE or abs(turn) > SAME_PLACE:
        raise InvalidInput(
            f"the skyline was found at latitude {horizon.latitude:.7f}, longitude {horizon.longitude:.7f} rad, but "
            f"{site.name} stands at {site.latitude:.7f}, {site.longitude:.7f}; call horizon_profile for the site"
        )
