"""How good a position is: standard errors by kind of instrument, station, program, star catalogue and date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from moonstead.formats.astrometry_rows import Observations
from moonstead.formats.star_catalogues import catalogue_letters
from moonstead.foundation.constants import ARCSECOND, SECONDS_PER_DAY

Array = NDArray[np.float64]

GAIA = "UVWX"
MODERN = "ULVWXtqrue"  # catalogues tied to the 2MASS or UCAC stars or to Gaia
UNKNOWN_CATALOGUE = 1.5  # ["]
DEFAULT = 1.0  # ["] electronic detector at a station without a line of its own
PHOTOGRAPHIC = ((1890, 10.0), (1950, 5.0), (9999, 2.5))  # (before the year, ["])
BY_MODE = {"OCC": 0.2, "PMT": 0.2, "MER": 0.5, "ENC": 0.75, "MIC": 2.0, "TDI": 1.5}  # ["]
ELECTRONIC = ("CCD", "CMO", "VID")

LEAST_STATED = 0.1  # ["] floor of errors that an observer states for positions with Gaia's stars
LEAST_OCCULTATION = 0.002  # ["] floor of errors stated for occultations and for Gaia's own positions
ROUNDING = 1.0 / np.sqrt(12.0)  # standard error of a rounded number in units of its last digit

NIGHT = 8.0 * 3600.0  # [s] rows of a station that follow each other within this time share their systematic error
ROWS_PER_NIGHT = 4.0  # more rows than this in a night count as this many


@dataclass(frozen=True, slots=True)
class StationRule:
    """Standard error of electronic positions at some stations.

    Attributes
    ----------
    stations : tuple of str
        Observatory codes.
    sigma_arcsec : float [arcsec]
        Standard error of each coordinate.
    programs, catalogues : str
        Letters of the program and of the star catalogue that the rule is for; empty for all.
    until, since : date
        UTC days that the rule holds before, and from.
    published : bool
        Whether the number stands in the paper of 2017; else it is of JPL's table as continued since.
    """

    stations: tuple[str, ...]
    sigma_arcsec: float
    programs: str = ""
    catalogues: str = ""
    since: date = date.min
    until: date = date.max
    published: bool = True


# The last rule that fits wins.
RULES: tuple[StationRule, ...] = (
    StationRule(("704", "C51", "J75"), 1.0),
    StationRule(("703",), 1.0, until=date(2014, 1, 1)),
    StationRule(("703",), 0.8, since=date(2014, 1, 1)),
    StationRule(("691", "291"), 0.6, until=date(2003, 1, 1)),
    StationRule(("691", "291"), 0.5, since=date(2003, 1, 1)),
    StationRule(("644",), 0.6, until=date(2003, 9, 1)),
    StationRule(("644",), 0.4, since=date(2003, 9, 1)),
    StationRule(("E12", "D29"), 0.75),
    StationRule(("699",), 0.8),
    StationRule(("G45", "608"), 0.6),
    StationRule(("G96",), 0.5),
    StationRule(("F51", "F52"), 0.2),
    StationRule(("T05", "T08"), 0.8),
    StationRule(("T07", "M22", "W68"), 0.8, published=False),
    StationRule(("645", "673"), 0.3),
    StationRule(("689", "950", "W84"), 0.5),
    StationRule(("H01",), 0.3, catalogues="L" + GAIA + "t"),
    StationRule(("J04",), 0.4),
    StationRule(("K92", "K93", "Q63", "Q64", "V37", "W85", "W86", "W87", "K91", "E10", "F65"), 0.4),
    StationRule(("Q64", "V39", "Z24", "Z31"), 0.4, published=False),
    StationRule(("Y28",), 0.3, catalogues="t" + GAIA),
    StationRule(("568",), 0.5),
    StationRule(("568",), 0.25, "_", "tq"),
    StationRule(("568",), 0.15, "_", GAIA),
    StationRule(("568",), 0.2, "^", GAIA),
    StationRule(("568",), 0.5, "2", "os"),
    StationRule(("568",), 0.2, "2", "t"),
    StationRule(("568",), 0.1, "2", GAIA),
    StationRule(("T09", "T12", "T14"), 0.1, "", GAIA),
    StationRule(("T09", "T12", "T14"), 0.5, since=date(2022, 10, 6), published=False),
    StationRule(("T09", "T12", "T14"), 0.1, "0", GAIA, since=date(2022, 10, 6), published=False),
    StationRule(("T10", "T11", "T13", "T15", "T16", "T17"), 0.5, published=False),
    StationRule(("309",), 0.3, "&%", "tq"),
    StationRule(("309",), 0.2, "&%", GAIA),
    StationRule(("G83",), 0.3, "2", "tq"),
    StationRule(("G83",), 0.2, "2", GAIA),
    StationRule(("C65",), 0.2, "3", GAIA, published=False),
    StationRule(("Z18",), 0.1, "1", GAIA, published=False),
    StationRule(("G37",), 0.2, "5", GAIA, published=False),
    StationRule(("N50",), 0.3, "2", GAIA, published=False),
    StationRule(("094", "181", "D20"), 0.5, "149", GAIA, published=False),
    StationRule(("F51", "F52", "G96", "703", "I41"), 1.0, "Z", published=False),
    StationRule(("M28",), 3.0, published=False),
    StationRule(("247", "270"), 2.0, published=False),
)


def veres_sigma(observations: Observations) -> Array:
    """Standard errors of positions by instrument, station, program, star catalogue and date.

    Parameters
    ----------
    observations : Observations
        N rows.

    Returns
    -------
    (N, 2) [rad]
        Right ascension (times the cosine of declination) and declination, before what a station's many rows of one
        night cost.

    Source
    ------
    Veres, Farnocchia, Chesley & Chamberlin (2017), Icarus 296, 139, tables 3 to 5, doi:10.1016/j.icarus.2017.05.021
    (numbers recalled and compared with one public program that restates them, not with the paper itself), and JPL's
    continuation of its table where a rule is not marked as published.
    """
    sigma = np.full(observations.count, DEFAULT)
    year = 2000.0 + observations.tdb / (365.25 * SECONDS_PER_DAY)
    letters = catalogue_letters(observations.catalogue)
    electronic = np.isin(observations.mode, ELECTRONIC)
    sigma[electronic & (letters == "")] = UNKNOWN_CATALOGUE
    for before, value in reversed(PHOTOGRAPHIC):
        sigma[~electronic & (year < before)] = value
    for mode, value in BY_MODE.items():
        sigma[observations.mode == mode] = value
    for rule in RULES:
        rows = electronic & np.isin(observations.station, rule.stations)
        if not np.any(rows):
            continue
        if rule.programs:
            rows &= np.isin(observations.program, list(rule.programs))
        if rule.catalogues:
            rows &= np.isin(letters, list(rule.catalogues))
        rows &= (observations.tdb >= _midnight(rule.since)) & (observations.tdb < _midnight(rule.until))
        sigma[rows] = rule.sigma_arcsec
    return np.repeat(sigma[:, np.newaxis] * ARCSECOND, 2, axis=1)


def with_stated_errors(observations: Observations, sigma: Array) -> tuple[Array, Array]:
    """Standard errors where those that the observer states stand in for the table's, with a floor.

    Parameters
    ----------
    observations : Observations
        N rows.
    sigma : (N, 2) [rad]
        From a table such as `veres_sigma`.

    Returns
    -------
    (N, 2) [rad], (N,) [1]
        Standard errors and their correlation. A stated error counts as it is from `LEAST_STATED` up (occultations and
        Gaia: `LEAST_OCCULTATION`); what the last digit rounds away is added.

    Source
    ------
    IAU ADES 2022, fields rmsRA, rmsDec and rmsCorr; rounding: variance of a uniform distribution.
    """
    sharp = (observations.mode == "OCC") | np.isin(observations.station, ("258", "275", "244"))
    least = np.where(sharp, LEAST_OCCULTATION, LEAST_STATED)[:, np.newaxis] * ARCSECOND
    stated = observations.stated_sigma
    has = np.all(np.isfinite(stated) & (stated > 0.0), axis=1)
    chosen = np.where(has[:, np.newaxis], np.maximum(stated, least), sigma)
    rounding = np.where(np.isfinite(observations.resolution), observations.resolution, 0.0) * ROUNDING
    whole = np.hypot(chosen, rounding)
    correlated = has & np.isfinite(observations.correlation)
    correlation = np.where(correlated, observations.correlation, 0.0) * np.prod(chosen / whole, axis=1)
    return whole, correlation


def nightly_factor(observations: Observations) -> Array:
    """Factor by which the many rows of one station and night are less certain than each looks alone.

    Parameters
    ----------
    observations : Observations
        N rows in any order.

    Returns
    -------
    (N,) [1]
        sqrt(M / 4) for M > 4 rows of a station that begin within eight hours, else 1.

    Source
    ------
    Veres et al. (2017), section 6: the rows of a night share the errors of the catalogue, the clock and the focus.
    """
    factor = np.ones(observations.count)
    order = np.lexsort((observations.tdb, observations.station))
    station, times = observations.station[order], observations.tdb[order]
    first = 0
    while first < order.size:
        last = int(np.searchsorted(station, station[first], side="right"))
        stop = first + int(np.searchsorted(times[first:last], times[first] + NIGHT, side="left"))
        stop = max(stop, first + 1)
        factor[order[first:stop]] = max(1.0, np.sqrt((stop - first) / ROWS_PER_NIGHT))
        first = stop
    return factor


def _midnight(day: date) -> float:
    """Seconds [s] past J2000 of a day's beginning; infinite for the ends of the calendar."""
    if day in (date.min, date.max):
        return -np.inf if day == date.min else np.inf
    return (day.toordinal() - date(2000, 1, 1).toordinal() - 0.5) * SECONDS_PER_DAY
