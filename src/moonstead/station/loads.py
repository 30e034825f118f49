"""What facilities draw from the bus, and when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.windows import Windows
from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.foundation.errors import InvalidInput

Array = NDArray[np.float64]
Duty = Literal["always", "sunlit", "dark", "windows", "series"]

EDGE_ROUNDING = 1e-6  # [s] sums over a century of float64 seconds are good to it; edges themselves to 0.1 us
DUTIES = ("always", "sunlit", "dark", "windows", "series")


@dataclass(frozen=True, slots=True)
class Load:
    """One consumer on the bus.

    Attributes
    ----------
    name : str
        What reports call it.
    power : float [W]
        While it is on; with the duty "series" its highest. A load is divisible: where power is short it is served in
        part.
    priority : int
        1 is served first; loads of equal priority in the order given.
    reserve : float [1]
        State of charge at which it stops drawing on the battery, so that more important loads last longer; the
        battery's own least charge where that is higher.
    duty : str
        ``"always"``, ``"sunlit"``, ``"dark"``, ``"windows"`` (for example while the Earth is in view), or ``"series"``
        (for example a heater that follows the temperature).
    windows : Windows, optional
        When it is on, with the duty ``"windows"``.
    daily_fraction : float [1]
        Share of each 24 h, from the start of the ledger on, in which it is on; within its duty.
    daily_start : float [s]
        Where in each of these days the share begins.
    series : (n,) [W], optional
        Mean power wanted in each step of the ledger, with the duty "series".
    """

    name: str
    power: float
    priority: int = 1
    reserve: float = 0.0
    duty: Duty = "always"
    windows: Windows | None = None
    daily_fraction: float = 1.0
    daily_start: float = 0.0
    series: Array | None = None

    def __post_init__(self) -> None:
        if self.duty not in DUTIES:
            raise InvalidInput(f"load {self.name!r}: duty must be one of {', '.join(DUTIES)}; got {self.duty!r}")
        if not self.power >= 0.0:
            raise InvalidInput(f"load {self.name!r}: power must not be negative [W]; got {self.power!r}")
        if not 0.0 <= self.reserve <= 1.0:
            raise InvalidInput(f"load {self.name!r}: reserve must lie in [0, 1]; got {self.reserve!r}")
        if (self.duty == "windows") != (self.windows is not None):
            raise InvalidInput(f"load {self.name!r}: windows belong to the duty 'windows', and only to it")
        if (self.duty == "series") != (self.series is not None):
            raise InvalidInput(f"load {self.name!r}: a series belongs to the duty 'series', and only to it")
        if self.series is not None and not np.all((self.series >= 0.0) & np.isfinite(self.series)):
            raise InvalidInput(f"load {self.name!r}: its series must hold finite powers of at least 0 W")
        if not 0.0 <= self.daily_fraction <= 1.0:
            raise InvalidInput(f"load {self.name!r}: daily fraction must lie in [0, 1]; got {self.daily_fraction!r}")
        if not 0.0 <= self.daily_start < SECONDS_PER_DAY:
            raise InvalidInput(f"load {self.name!r}: daily start must lie in [0, 86400) s; got {self.daily_start!r}")


def sunlit_windows(tdb: Array, sun_fraction: Array) -> Windows:
    """Times at which more than half of the Sun's disc is seen.

    Parameters
    ----------
    tdb : (N,) [s TDB past J2000]
        Rising times.
    sun_fraction : (N,) [1]
        Share of the disc; linear between the times.

    Returns
    -------
    Windows
        Over the span of `tdb`.

    Source
    ------
    Definition: night begins when half of the disc is hidden; the edges by linear interpolation.
    """
    excess = sun_fraction - 0.5
    rising = np.flatnonzero((excess[:-1] <= 0.0) & (excess[1:] > 0.0))
    falling = np.flatnonzero((excess[:-1] > 0.0) & (excess[1:] <= 0.0))
    starts, stops = (
        tdb[i] + (tdb[i + 1] - tdb[i]) * excess[i] / (excess[i] - excess[i + 1]) for i in (rising, falling)
    )
    if excess[0] > 0.0:
        starts = np.append(tdb[0], starts)
    if excess[-1] > 0.0:
        stops = np.append(stops, tdb[-1])
    return Windows.of(starts, stops, (float(tdb[0]), float(tdb[-1])))


def load_windows(load: Load, sunlit: Windows) -> Windows:
    """Times at which a load is on.

    Parameters
    ----------
    load : Load
        Its duty.
    sunlit : Windows
        When the site is lit; its span is the ledger's.

    Returns
    -------
    Windows
        Over the same span.

    Raises
    ------
    InvalidInput
        The load's windows were not searched over all of the span.

    Source
    ------
    Definition of the duties, see `Load`.
    """
    first, last = sunlit.span
    if load.duty == "windows":
        assert load.windows is not None
        on = load.windows.within(sunlit.span)
    elif load.duty == "series":
        on = Windows.all(sunlit.span)
    else:
        on = {"always": Windows.all(sunlit.span), "sunlit": sunlit, "dark": ~sunlit}[load.duty]
    if load.daily_fraction < 1.0:
        days = first + load.daily_start + SECONDS_PER_DAY * np.arange(-1, int((last - first) / SECONDS_PER_DAY) + 1)
        on = on & Windows.of(days, days + SECONDS_PER_DAY * load.daily_fraction, sunlit.span)
    return on


def demand_in_steps(load: Load, sunlit: Windows, tdb: Array) -> Array:
    """Mean power that a load wants in each step.

    Parameters
    ----------
    load : Load
        Its power and duty.
    sunlit : Windows
        When the site is lit; its span is the ledger's.
    tdb : (n + 1,) [s TDB past J2000]
        Rising edges of the steps.

    Returns
    -------
    (n,) [W]
        Power times the share of the step in which it is on.

    Raises
    ------
    InvalidInput
        The load's windows were not searched over all of the span, or its series has another number of steps.

    Source
    ------
    Definition of the duties, see `Load`.
    """
    power: float | Array = load.power
    if load.series is not None:
        if load.series.shape != (tdb.size - 1,):
            raise InvalidInput(f"load {load.name!r}: its series must give {tdb.size - 1} powers, one for each step")
        power = load.series
    return np.asarray(power * share_in_steps(load_windows(load, sunlit), tdb))


def share_in_steps(windows: Windows, tdb: Array) -> Array:
    """Share of each time step that lies in windows.

    Parameters
    ----------
    windows : Windows
        Disjoint intervals [s TDB past J2000].
    tdb : (N,) [s TDB past J2000]
        Rising edges of the steps.

    Returns
    -------
    (N - 1,) [1]
        Exact overlap over the step's length.

    Source
    ------
    Closed form: differences of the time covered up to each edge.
    """
    if not len(windows):
        return np.zeros(tdb.size - 1)
    at = np.column_stack((windows.starts, windows.stops)).ravel()
    held = np.repeat(np.append(0.0, np.cumsum(windows.durations())), 2)[1:-1]
    covered = np.diff(np.interp(tdb, at, held))
    steps = np.diff(tdb)
    share = np.where(covered < EDGE_ROUNDING, 0.0, covered / steps)
    return np.where(steps - covered < EDGE_ROUNDING, 1.0, share)
