"""What the operators promise: limits of the performance standards, each with its document and how it is known here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Known = Literal["quoted", "recalled"]


@dataclass(frozen=True, slots=True)
class Standard:
    """One promised limit.

    Attributes
    ----------
    system : str
        Letter of RINEX.
    indicator : str
        ``"sisre_95"``, ``"sisre_rms"``, ``"pdop_availability"``, ``"pdop_availability_worst"``, ``"healthy_share"`` or
        ``"continuity_hour"``.
    limit : float [m or 1]
        The promise, in the indicator's unit.
    at_most : bool
        Whether the indicator has to stay below the limit rather than above it.
    source : str
        Document and place.
    known : str
        ``"quoted"``: read in the document or in public material that quotes the place; ``"recalled"``: from memory,
        to be checked in the document before it is relied on.
    span : float [s]
        Time over which the document defines it: a day alone tells less.
    """

    system: str
    indicator: str
    limit: float
    at_most: bool
    source: str
    known: Known
    span: float


DAY = 86_400.0  # [s]
GPS = "GPS SPS Performance Standard, 5th ed., April 2020"
BEIDOU = "BDS-OS-PS-3.0, May 2021"
GALILEO = "Galileo OS SDD, issue 1.3, November 2023"
GOST = "GOST R 52865-2009"

STANDARDS: tuple[Standard, ...] = (
    Standard("G", "sisre_95", 7.0, True, f"{GPS}, appendix A.4", "quoted", DAY),
    Standard("G", "pdop_availability", 0.98, False, f"{GPS}, section 3.8", "recalled", DAY),
    Standard("G", "pdop_availability_worst", 0.88, False, f"{GPS}, section 3.8", "recalled", DAY),
    Standard("G", "continuity_hour", 0.9998, False, f"{GPS}, section 3.6", "recalled", 365.0 * DAY),
    Standard("C", "sisre_95", 4.6, True, f"{BEIDOU}, signal-in-space accuracy", "recalled", 7.0 * DAY),
    Standard("C", "pdop_availability", 0.98, False, f"{BEIDOU}, table 5-16", "quoted", 7.0 * DAY),
    Standard("C", "pdop_availability_worst", 0.88, False, f"{BEIDOU}, table 5-16", "quoted", 7.0 * DAY),
    Standard("C", "healthy_share", 0.98, False, f"{BEIDOU}, signal-in-space availability", "recalled", 365.0 * DAY),
    Standard("C", "continuity_hour", 0.998, False, f"{BEIDOU}, signal-in-space continuity", "recalled", 365.0 * DAY),
    Standard("E", "pdop_availability", 0.90, False, f"{GALILEO}, table 20", "quoted", 30.0 * DAY),
    Standard("E", "pdop_availability_worst", 0.87, False, f"{GALILEO}, table 20", "quoted", 30.0 * DAY),
    Standard("E", "sisre_95", 7.0, True, f"{GALILEO}, ranging accuracy of one satellite", "recalled", 30.0 * DAY),
    Standard("R", "healthy_share", 0.99, False, f"{GOST}, 4.3.2", "quoted", 365.0 * DAY),
    Standard("R", "sisre_rms", 6.0, True, "ICAO Annex 10 vol. I, 3.7.3.2.1.2", "recalled", DAY),
)

# Range error that a healthy satellite may not exceed: a factor of the promised accuracy, or a distance.
URA_FACTOR = 4.42  # [1] two-sided normal tail of 1e-5; GPS SPS PS 2020 section 3.5, ICAO Annex 10 attachment D 4.1.6
GLONASS_LIMIT = 18.0  # [m] GOST R 52865-2009, 4.3.3; also ICAO Annex 10 vol. I, 3.7.3.2.1.2 (recalled)
