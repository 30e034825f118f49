"""The answer of a mission's transfer, and the parking orbit that all kinds of them leave."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from moonstead.dynamics.forces import ForceModel
    from moonstead.orbits.transfers.transfer import Transfer

EARTH_INCLINATION = math.radians(30.0)  # above the Moon's declination on any date
STEEPER = math.radians(0.5)  # over the latitude of the launch site, so that it need not lie on the very edge
TOLERANCE = 1e-3  # [m] of flying a transfer again


@dataclass(frozen=True, eq=False)
class MissionTransfer:
    """A mission's transfer and what belongs to it.

    Attributes
    ----------
    transfer : Transfer
        The way.
    forces : mapping of str to ForceModel
        One for each centre of integration, for flying it again.
    facts : dict
        Plain values for the report: orbits, calendar of the window.
    way_home : Transfer or None
        Where people come back.
    tolerance : float, or mapping of str to float [m]
        Of flying it again, for each centre of integration where they differ.
    """

    transfer: Transfer
    forces: Mapping[str, ForceModel]
    facts: dict[str, Any] = field(default_factory=dict)
    way_home: Transfer | None = None
    tolerance: float | Mapping[str, float] = TOLERANCE


def parking_inclination(launch_site: str | None) -> float:
    """Inclination of the parking orbit: what reaches the Moon on any date, or what the launch site allows.

    Parameters
    ----------
    launch_site : str or None
        A name of the shipped table.

    Returns
    -------
    float [rad]
        30 degrees, or half a degree more than the latitude of the site.

    Raises
    ------
    InvalidInput
        The launch site is not in the shipped table.
    """
    if launch_site is None:
        return EARTH_INCLINATION
    from moonstead.orbits.launchers import launch_site as site_named

    return max(EARTH_INCLINATION, abs(site_named(launch_site).latitude) + STEEPER)
