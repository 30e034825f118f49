"""What a series of light says about a site: means, shares, nights and the worst year."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.windows import Windows
from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.foundation.errors import InvalidInput
from moonstead.surface.light_series import LightSeries
from moonstead.surface.nights import lit_windows

__all__ = ["PRECESSION_CYCLE", "LightStatistics", "light_statistics"]

Array = NDArray[np.float64]

JULIAN_YEAR = 365.25 * SECONDS_PER_DAY  # [s]
PRECESSION_CYCLE = 18.61 * JULIAN_YEAR  # [s] the Moon's node turns once; after it the seasons of its poles repeat
WHOLE = 1.0 - 1e-6  # [1] share of the light that counts as the whole Sun: sums of strips round


@dataclass(frozen=True, eq=False)
class LightStatistics:
    """Light of one site over a span.

    Attributes
    ----------
    start, stop : float [s TDB past J2000]
        The span.
    mean_fraction : float [1]
        Mean share of the Sun's light.
    lit_any, lit_half, lit_whole : float [1]
        Share of the time with any part of the Sun, more than half of its light, all of it.
    night : (K,) [s]
        Length of each night: no part of the Sun. A night cut by an end of the span counts with what the span shows.
    night_start : (K,) [s TDB past J2000]
        When each begins.
    longest_night, longest_light : float [s]
        Longest spell without and with some part of the Sun.
    longest_night_start : float [s TDB past J2000]
        When the longest night begins; NaN where there is none.
    longest_night_is_cut : bool
        Whether the longest night touches an end of the span, so that it may last longer.
    year_start : (Y,) [s TDB past J2000]
        Beginnings of whole Julian years from `start`.
    year_mean : (Y,) [1]
        Mean share of the light in each.
    year_nights : (Y,) of int
        Nights that begin in each.
    year_longest_night : (Y,) [s]
        The longest of them.
    worst_year_start : float [s TDB past J2000]
        Beginning of the darkest 365.25 days, at any time of the year; NaN where the span is shorter.
    worst_year_mean : float [1]
        Its mean share of the light; NaN where the span is shorter than a year.
    """

    start: float
    stop: float
    mean_fraction: float
    lit_any: float
    lit_half: float
    lit_whole: float
    night: Array
    night_start: Array
    longest_night: float
    longest_light: float
    longest_night_start: float
    longest_night_is_cut: bool
    year_start: Array
    year_mean: Array
    year_nights: NDArray[np.intp]
    year_longest_night: Array
    worst_year_start: float
    worst_year_mean: float

    def histogram(self, edges: Array) -> NDArray[np.intp]:
        """Number of nights (B,) between B + 1 rising lengths [s]."""
        return np.asarray(np.histogram(self.night, edges)[0], dtype=np.intp)


def light_statistics(series: LightSeries, light: Windows | None = None) -> LightStatistics:
    """Means, shares, nights and the worst year of a series.

    Parameters
    ----------
    series : LightSeries
        Two or more samples. Means weigh each with the time half way to its neighbours.
    light : Windows, optional
        Where any part of the Sun shines, with sharper edges than the samples have: of `sharpened_windows` or
        `light_windows`, over the same span.

    Returns
    -------
    LightStatistics

    Raises
    ------
    InvalidInput
        There are fewer than two samples, or the windows cover another span.

    Source
    ------
    Definitions; the cycle of 18.6 years as in Mazarico et al. (2011), Icarus 211, 1066,
    doi:10.1016/j.icarus.2010.10.030.
    """
    shown = lit_windows(series) if light is None else light
    tdb, fraction = series.tdb, series.sun_fraction
    start, stop = float(tdb[0]), float(tdb[-1])
    if shown.span != (start, stop):
        raise InvalidInput(f"windows over {shown.span} do not belong to a series over {(start, stop)} [s TDB]")
    dark = ~shown
    lengths = dark.durations()
    longest = int(np.argmax(lengths)) if lengths.size else -1
    gone = np.concatenate(([0.0], np.cumsum(0.5 * (fraction[1:] + fraction[:-1]) * np.diff(tdb))))
    years: Array = start + JULIAN_YEAR * np.arange(int((stop - start) / JULIAN_YEAR) + 1, dtype=np.float64)
    sums = np.interp(years, tdb, gone)
    place = np.searchsorted(years, dark.starts, side="right") - 1
    counts = np.bincount(place, minlength=years.size)[: years.size - 1]
    per_year = [float(np.max(lengths[place == year], initial=0.0)) for year in range(years.size - 1)]
    worst_start, worst = _worst_year(tdb, gone)
    return LightStatistics(
        start=start,
        stop=stop,
        mean_fraction=float(gone[-1] / (stop - start)),
        lit_any=shown.fraction(),
        lit_half=_share(tdb, fraction > 0.5),
        lit_whole=_share(tdb, fraction >= WHOLE),
        night=lengths,
        night_start=dark.starts,
        longest_night=dark.longest(),
        longest_light=shown.longest(),
        longest_night_start=float(dark.starts[longest]) if longest >= 0 else float("nan"),
        longest_night_is_cut=bool(longest >= 0 and (dark.starts[longest] <= start or dark.stops[longest] >= stop)),
        year_start=years[:-1],
        year_mean=np.diff(sums) / JULIAN_YEAR,
        year_nights=counts,
        year_longest_night=np.array(per_year),
        worst_year_start=worst_start,
        worst_year_mean=worst,
    )


def _worst_year(tdb: Array, gone: Array) -> tuple[float, float]:
    """Begin [s TDB past J2000] and mean [1] of the darkest year that begins at a sample."""
    begins = tdb[tdb <= tdb[-1] - JULIAN_YEAR]
    if not begins.size:
        return float("nan"), float("nan")
    mean = (np.interp(begins + JULIAN_YEAR, tdb, gone) - gone[: begins.size]) / JULIAN_YEAR
    worst = int(np.argmin(mean))
    return float(begins[worst]), float(mean[worst])


def _share(tdb: Array, holds: NDArray[np.bool_]) -> float:
    """Share [1] of the span in which something holds, each sample for half of its two steps."""
    step = np.diff(tdb)
    return float(np.sum(step * (holds[1:].astype(float) + holds[:-1])) / (2.0 * (tdb[-1] - tdb[0])))
