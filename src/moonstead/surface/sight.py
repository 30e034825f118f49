"""What a site has in sight over its skyline: the Earth, ground stations on it, and relays, in one timeline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from operator import or_

from moonstead.dynamics.conditions import elevation_above
from moonstead.dynamics.events import find_windows
from moonstead.dynamics.trajectories import SurfacePoint
from moonstead.dynamics.trajectory import Trajectory
from moonstead.dynamics.windows import Windows
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput
from moonstead.surface.horizon import HorizonProfile
from moonstead.surface.light import earth_visible
from moonstead.surface.skyline_events import require_same_place

__all__ = ["EARTH", "SightTimeline", "sight_timeline"]

EARTH = "EARTH"
RESOLUTION = 1.0  # [s] shorter sight may be missed


@dataclass(frozen=True, eq=False)
class SightTimeline:
    """Windows of sight from one site, by what is seen.

    Attributes
    ----------
    span : (2,) [s TDB past J2000]
        What was searched.
    windows : mapping of str to Windows
        ``"EARTH"`` (its centre above the skyline), each ground station (above the skyline, and the site above the
        station's own mask), each relay (above the skyline).
    """

    span: tuple[float, float]
    windows: Mapping[str, Windows]

    def any_of(self, *names: str) -> Windows:
        """Windows in which at least one of some targets is in sight, or one of all.

        Raises
        ------
        InvalidInput
            A name is not in the timeline.
        """
        unknown = [name for name in names if name not in self.windows]
        if unknown:
            raise InvalidInput(f"the timeline has no {', '.join(unknown)}; it has {', '.join(self.windows)}")
        return reduce(or_, [self.windows[name] for name in names or self.windows])


def sight_timeline(
    site: SurfacePoint,
    horizon: HorizonProfile,
    start: float,
    stop: float,
    data: DataContext,
    *,
    stations: Mapping[str, tuple[SurfacePoint, float]] | None = None,
    relays: Mapping[str, Trajectory] | None = None,
) -> SightTimeline:
    """Find when a site sees the Earth, each ground station and each relay.

    Parameters
    ----------
    site : SurfacePoint
        A point on the Moon.
    horizon : HorizonProfile
        Its skyline.
    start, stop : float [s TDB past J2000]
        The span.
    data : DataContext
        Where ephemeris and orientation come from.
    stations : mapping of str to (SurfacePoint, float [rad])
        Ground stations on the Earth by name, each with the least elevation at which it sees the Moon.
    relays : mapping of str to Trajectory
        Spacecraft by name.

    Returns
    -------
    SightTimeline
        No window longer than 1 s is missing; directions are geometric.

    Raises
    ------
    InvalidInput
        The skyline belongs to another place, the span is empty, or two targets have one name.
    OutsideSpan
        The span leaves the ephemeris or a relay's trajectory.

    Source
    ------
    As `elevation_above`; completeness as proven in `find_windows`.
    """
    require_same_place(site, horizon)
    if not start < stop:
        raise InvalidInput(f"the span must run forward; got {start!r} to {stop!r} [s TDB past J2000]")
    bases, flyers = stations or {}, relays or {}
    twice = [name for name in (*bases, *flyers) if name == EARTH or (name in bases and name in flyers)]
    if twice:
        raise InvalidInput(
            f"targets of one timeline need names of their own; given twice: {', '.join(sorted(set(twice)))}"
        )

    def over_the_skyline(target: Trajectory) -> Windows:
        above = elevation_above(site, target, horizon.at, data, mask_slope=horizon.slope_bound)
        return find_windows(above, start, stop, resolution=RESOLUTION)

    found = {EARTH: earth_visible(site, horizon, start, stop, data)}
    for name, (station, mask) in bases.items():
        up = find_windows(elevation_above(station, site, mask, data), start, stop, resolution=RESOLUTION)
        found[name] = up & over_the_skyline(station)
    for name, relay in flyers.items():
        found[name] = over_the_skyline(relay)
    return SightTimeline((float(start), float(stop)), found)
