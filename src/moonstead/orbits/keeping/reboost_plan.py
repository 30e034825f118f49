"""When a low orbit must be raised, by how much, and what that takes in a year."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.errors import InvalidInput
from moonstead.orbits.earth_orbit import EQUATORIAL_RADIUS, GM
from moonstead.orbits.keeping.air_drag import DAY, AirDrag
from moonstead.orbits.keeping.annual_cost import AnnualCost

Array = NDArray[np.float64]

JULIAN_YEAR = 365.25 * DAY  # [s]
NORMAL_TENTH = 1.2815515655446004  # standard deviations of the 90 % point of a normal distribution
SMALLEST_RAISE = 10.0  # [m] that is worth a burn at a visit


@dataclass(frozen=True)
class Reboost:
    """A raise of a round orbit by two burns half a revolution apart.

    Attributes
    ----------
    tdb : float [s TDB past J2000]
        When.
    from_axis, to_axis : float [m]
        Semi-major axis before and after.
    first_burn, second_burn : float [m/s]
        Changes of velocity.
    reason : str
        ``"band"`` where the orbit came down to the lower edge, ``"visit"`` where a date wants an altitude.
    """

    tdb: float
    from_axis: float
    to_axis: float
    first_burn: float
    second_burn: float
    reason: str

    @property
    def delta_v(self) -> float:
        """Sum [m/s] of both burns."""
        return self.first_burn + self.second_burn


@dataclass(frozen=True)
class Visit:
    """An altitude that is wanted at a date.

    Attributes
    ----------
    tdb : float [s TDB past J2000]
        When.
    altitude : float [m]
        Mean altitude, semi-major axis less the equatorial radius.
    """

    tdb: float
    altitude: float


@dataclass(frozen=True, eq=False)
class ReboostPlan:
    """A plan of raises, and the orbit under it.

    Attributes
    ----------
    reboosts : tuple of Reboost
        By time.
    tdb : (N,) [s TDB past J2000]
        Days.
    semi_major_axis : (N,) [m]
        Then, after that day's burns.
    too_high : tuple of Visit
        Visits at which the orbit stands above the altitude wanted; it is not lowered for them.
    """

    reboosts: tuple[Reboost, ...]
    tdb: Array
    semi_major_axis: Array
    too_high: tuple[Visit, ...]

    @property
    def delta_v(self) -> float:
        """Sum [m/s] of all raises."""
        return sum(each.delta_v for each in self.reboosts)


def raise_burns(from_axis: float, to_axis: float) -> tuple[float, float]:
    """Two burns that raise a round orbit to a higher round one.

    Parameters
    ----------
    from_axis, to_axis : float [m]
        Radii.

    Returns
    -------
    (first, second) [m/s]
        Changes of velocity, along the velocity, half a revolution apart.

    Raises
    ------
    InvalidInput
        The second orbit is not higher.

    Source
    ------
    Hohmann's transfer: Vallado (2013), Fundamentals of Astrodynamics and Applications, 4th ed., algorithm 36.
    """
    if not 0.0 < from_axis <= to_axis:
        raise InvalidInput(f"an orbit is raised to a larger radius; got {from_axis!r} to {to_axis!r} m")
    between = 0.5 * (from_axis + to_axis)
    first = math.sqrt(GM * (2.0 / from_axis - 1.0 / between)) - math.sqrt(GM / from_axis)
    second = math.sqrt(GM / to_axis) - math.sqrt(GM * (2.0 / to_axis - 1.0 / between))
    return first, second


def plan_reboosts(
    drag: AirDrag,
    ballistic_coefficient: float,
    semi_major_axis: float,
    start: float,
    stop: float,
    *,
    low_altitude: float,
    high_altitude: float,
    visits: Sequence[Visit] = (),
) -> ReboostPlan:
    """Raises that keep a mean altitude within a band, and bring it to what visits want.

    Parameters
    ----------
    drag : AirDrag
        Loss for a ballistic coefficient of 1 m^2/kg, over the span and the band.
    ballistic_coefficient : float [m^2/kg]
        c_D A / m.
    semi_major_axis : float [m]
        At the start.
    start, stop : float [s TDB past J2000]
        Span.
    low_altitude, high_altitude : float [m]
        Edges of the band, as mean altitude over the equatorial radius: raised from the lower to the upper one.
    visits : sequence of Visit
        Dates that want an altitude; where the orbit is lower then, it is raised to it.

    Returns
    -------
    ReboostPlan
        Raises and daily axes [m].

    Raises
    ------
    InvalidInput
        The band or span is empty, or an altitude wanted lies outside the band.
    OutsideSpan
        The drag was laid out for another span or other altitudes.

    Source
    ------
    Orbit-averaged decay as in `air_drag`, by the midpoint rule in steps of a day or less.
    """
    if not 0.0 < low_altitude < high_altitude or not start < stop:
        raise InvalidInput(
            f"a plan needs a band from a lower to a higher altitude and a span; got {low_altitude / 1e3:.5g} km to "
            f"{high_altitude / 1e3:.5g} km over {(stop - start) / DAY:.4g} d"
        )
    for visit in visits:
        if not (low_altitude <= visit.altitude <= high_altitude and start <= visit.tdb <= stop):
            raise InvalidInput(
                f"a visit wants {visit.altitude / 1e3:.5g} km on day {(visit.tdb - start) / DAY:.1f} of "
                f"{(stop - start) / DAY:.1f}; the band is {low_altitude / 1e3:.5g} km to {high_altitude / 1e3:.5g} km"
            )
    low, high = low_altitude + EQUATORIAL_RADIUS, high_altitude + EQUATORIAL_RADIUS
    wanted = {visit.tdb: visit for visit in visits}
    times = np.array(sorted({*np.arange(start, stop, DAY).tolist(), stop, *wanted}))
    axes, axis = np.empty(times.size), float(semi_major_axis)
    reboosts: list[Reboost] = []
    too_high: list[Visit] = []

    def raised(tdb: float, to_axis: float, reason: str) -> float:
        reboosts.append(Reboost(tdb, axis, to_axis, *raise_burns(axis, to_axis), reason))
        return to_axis

    for k, now in enumerate(times.tolist()):
        if k:
            step = now - times[k - 1]
            half = axis - 0.5 * step * ballistic_coefficient * float(drag.rate(times[k - 1], max(axis, low))[0])
            axis -= step * ballistic_coefficient * float(drag.rate(times[k - 1] + 0.5 * step, max(half, low))[0])
        if axis <= low:
            axis = raised(now, high, "band")
        if now in wanted:
            visit = wanted[now]
            aim = visit.altitude + EQUATORIAL_RADIUS
            if axis < aim - SMALLEST_RAISE:
                axis = raised(now, aim, "visit")
            elif axis > aim + SMALLEST_RAISE:
                too_high.append(visit)
        axes[k] = axis
    return ReboostPlan(tuple(reboosts), times, axes, tuple(too_high))


def upkeep_delta_v(drag: AirDrag, ballistic_coefficient: float, semi_major_axis: float) -> float:
    """Change of velocity that makes up for drag over the whole span of a table, at a constant altitude.

    Parameters
    ----------
    drag : AirDrag
        Loss for a ballistic coefficient of 1 m^2/kg.
    ballistic_coefficient : float [m^2/kg]
        c_D A / m.
    semi_major_axis : float [m]
        That is kept.

    Returns
    -------
    float [m/s]

    Raises
    ------
    OutsideSpan
        The axis lies outside the altitudes of the table.

    Source
    ------
    dv = n da / 2: Vallado (2013), section 6.3.
    """
    lost = float(drag.rate(drag.days, semi_major_axis).sum()) * DAY * ballistic_coefficient
    return 0.5 * math.sqrt(GM / semi_major_axis**3) * lost


def reboost_cost(
    upkeep: tuple[float, float, float],
    duration: float,
    spread: float,
    *,
    avoidance_rate: float,
    avoidance_delta_v: float,
    band_delta_v: float,
    runs: int = 2000,
    seed: int = 1,
) -> AnnualCost:
    """Cost of a year of reboosts and debris avoidance, with what is not known drawn.

    Parameters
    ----------
    upkeep : (3,) [m/s]
        Over the duration, for the courses of the Sun that stay below their 10, 50 and 90 %.
    duration : float [s]
        Of the upkeep.
    spread : float [1]
        Standard deviation of the logarithm of decay besides the Sun's course.
    avoidance_rate : float [1/s]
        Debris avoidance manoeuvres: their number is Poisson's.
    avoidance_delta_v : float [m/s]
        Of each, made besides the upkeep.
    band_delta_v : float [m/s]
        Of a raise from edge to edge of the band, for the number of burns.
    runs, seed : int
        How many draws; the same seed gives the same ones.

    Returns
    -------
    AnnualCost
        Change of velocity [m/s] in a year.

    Raises
    ------
    InvalidInput
        A number is negative, or the courses do not rise.

    Source
    ------
    Monte Carlo; a Poisson process of avoidance: Klinkrad (2006), Space Debris, section 8.4.
    """
    low, middle, high = upkeep
    if not 0.0 < low <= middle <= high:
        raise InvalidInput(f"upkeep must rise with the Sun's course; got {upkeep} m/s")
    if min(spread, avoidance_rate, avoidance_delta_v) < 0.0 or duration <= 0.0 or band_delta_v <= 0.0 or runs < 1:
        raise InvalidInput(
            "spread, avoidance rate and change of velocity must not be negative, duration and band positive"
        )
    generator = np.random.default_rng(seed)
    sun, other = generator.standard_normal((2, runs))
    slope = np.where(sun < 0.0, math.log(middle / low), math.log(high / middle)) / NORMAL_TENTH
    drag = middle * np.exp(slope * sun + spread * other) * JULIAN_YEAR / duration
    avoided = generator.poisson(avoidance_rate * JULIAN_YEAR, runs)
    raises = np.ceil(drag / band_delta_v)
    return AnnualCost("reboost and debris avoidance", JULIAN_YEAR, drag + avoided * avoidance_delta_v, raises + avoided)
