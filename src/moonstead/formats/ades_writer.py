"""Observations written as ADES, in PSV or XML, with residuals where there are any."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

import numpy as np
from numpy.typing import NDArray

from moonstead.formats.astrometry_rows import Observations
from moonstead.formats.files import write_text
from moonstead.formats.star_catalogues import ades_catalogue
from moonstead.formats.time_text import format_times
from moonstead.foundation.constants import ARCSECOND
from moonstead.foundation.errors import InvalidInput

Array = NDArray[np.float64]
Record = dict[str, str]

VERSION = "2022"
DEGREE = math.pi / 180.0  # [rad]
MOST_DECIMALS = 9  # of degrees: 4 microarcseconds
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
_PERMANENT = re.compile(r"\d+|\d+[PDI](-[A-Z]{1,2})?")
_PROVISIONAL = re.compile(r"([CPDXIA]/)?\d{4} ([A-Z]{1,2}\d*(-[A-Z]{1,2})?|P-L|T-[123])")


@dataclass(frozen=True, slots=True)
class FitColumns:
    """What an orbit fit says of N optical rows.

    Attributes
    ----------
    residual : (N, 2) [rad]
        Observed less computed, right ascension times the cosine of declination, and declination.
    sigma : (N, 2) [rad]
        Standard errors that the fit used.
    used : (N,) bool
        Whether the row is in the fit.
    bias : (N, 2) [rad] or None
        Catalogue biases that were taken off.
    """

    residual: Array
    sigma: Array
    used: NDArray[np.bool_]
    bias: Array | None = None


def write_ades_psv(path: str | os.PathLike[str], observations: Observations, fit: FitColumns | None = None) -> None:
    """Write observations as pipe-separated values, whole or not at all.

    Parameters
    ----------
    path : path
        Where to; packed with gzip if it ends in ``.gz``.
    observations : Observations
        Optical and radar rows.
    fit : FitColumns, optional
        Residuals of the optical rows.

    Raises
    ------
    InvalidInput
        A time lies before 1972.
    MissingData
        The folder does not exist.
    """
    write_text(path, ades_psv(observations, fit))


def ades_psv(observations: Observations, fit: FitColumns | None = None) -> str:
    """Observations as pipe-separated values.

    Parameters
    ----------
    observations : Observations
        Optical and radar rows, one block each.
    fit : FitColumns, optional
        Residuals of the optical rows.

    Returns
    -------
    str
        Degrees, arcseconds and seconds, as ADES has them.

    Raises
    ------
    InvalidInput
        A time lies before 1972.

    Source
    ------
    IAU Commission X2, ADES 2022: section "PSV", tables of fields, residual group.
    """
    text = f"# version={VERSION}\n"
    for records in (_optical(observations, fit), _radar(observations)):
        names = [name for name in records[0] if any(record[name] for record in records)] if records else []
        if names:
            text += "|".join(names) + "\n"
            text += "".join("|".join(record[name].replace("|", "") for name in names) + "\n" for record in records)
            text += "#\n" if records[0].get("trx") is None and observations.radar.count else ""
    return text


def ades_xml(observations: Observations, fit: FitColumns | None = None) -> str:
    """Observations as an ADES document.

    Parameters
    ----------
    observations : Observations
        Optical and radar rows.
    fit : FitColumns, optional
        Residuals of the optical rows.

    Returns
    -------
    str
        Degrees, arcseconds and seconds, as ADES has them.

    Raises
    ------
    InvalidInput
        A time lies before 1972.

    Source
    ------
    IAU Commission X2, ADES 2022, general schema.
    """
    elements = []
    for kind, records in (("optical", _optical(observations, fit)), ("radar", _radar(observations))):
        for record in records:
            inner = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in record.items() if value)
            elements.append(f"    <{kind}>{inner}</{kind}>\n")
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<ades version="{VERSION}">\n  <obsBlock>\n   <obsData>\n'
        + "".join(elements)
        + "   </obsData>\n  </obsBlock>\n</ades>\n"
    )


def _optical(observations: Observations, fit: FitColumns | None) -> list[Record]:
    times = _times(observations.utc.tolist(), observations.tdb, observations.time_resolution)
    records = []
    for row in range(observations.count):
        units = observations.resolution[row].copy()
        units[0] /= max(math.cos(observations.declination[row]), 1e-9)
        right_ascension = math.degrees(observations.right_ascension[row]) % 360.0
        record = _identity(str(observations.objects[row])) | {
            "mode": str(observations.mode[row]),
            "stn": str(observations.station[row]),
            **_place(observations, row),
            "prog": str(observations.program[row]),
            "obsTime": times[row],
            "ra": _turned(f"{right_ascension:.{_decimals(units[0] / DEGREE)}f}"),
            "dec": f"{math.degrees(observations.declination[row]):+.{_decimals(units[1] / DEGREE)}f}",
            "rmsRA": _shown(observations.stated_sigma[row, 0] / ARCSECOND),
            "rmsDec": _shown(observations.stated_sigma[row, 1] / ARCSECOND),
            "rmsCorr": _shown(observations.correlation[row]),
            "rmsTime": _shown(observations.stated_time_sigma[row]),
            "astCat": ades_catalogue(str(observations.catalogue[row])),
            "mag": _shown(observations.magnitude[row]),
            "band": str(observations.band[row]),
            "notes": str(observations.notes[row]),
        }
        if fit is not None:
            bias = (math.nan, math.nan) if fit.bias is None else fit.bias[row] / ARCSECOND
            record |= {
                "resRA": f"{fit.residual[row, 0] / ARCSECOND:.4f}",
                "resDec": f"{fit.residual[row, 1] / ARCSECOND:.4f}",
                "selAst": "A" if fit.used[row] else "D",
                "sigRA": _shown(fit.sigma[row, 0] / ARCSECOND),
                "sigDec": _shown(fit.sigma[row, 1] / ARCSECOND),
                "biasRA": _shown(bias[0]),
                "biasDec": _shown(bias[1]),
            }
        records.append(record)
    return records


def _radar(observations: Observations) -> list[Record]:
    radar = observations.radar
    times = _times([text.replace(" ", "T") for text in radar.utc.tolist()], radar.tdb, np.ones(radar.count))
    records = []
    for row in range(radar.count):
        is_delay = radar.kind[row] == "delay"
        records.append(
            _identity(str(radar.objects[row]))
            | {
                "trx": str(radar.transmitter[row]),
                "rcv": str(radar.receiver[row]),
                "obsTime": times[row],
                "delay": f"{radar.value[row]:.12f}" if is_delay else "",
                "rmsDelay": _shown(radar.sigma[row] * 1e6) if is_delay else "",
                "doppler": "" if is_delay else f"{radar.value[row]:.6f}",
                "rmsDoppler": "" if is_delay else _shown(radar.sigma[row]),
                "frq": _shown(radar.frequency[row] / 1e6),
                "com": "1" if radar.bounce[row] == "C" else "0",
            }
        )
    return records


def _identity(name: str) -> Record:
    record = dict.fromkeys(("permID", "provID", "trkSub"), "")
    kind = "permID" if _PERMANENT.fullmatch(name) else "provID" if _PROVISIONAL.fullmatch(name) else "trkSub"
    return record | {kind: name}


def _place(observations: Observations, row: int) -> Record:
    record = dict.fromkeys(("sys", "ctr", "pos1", "pos2", "pos3"), "")
    place, site = observations.observer_position[row], observations.site_position[row]
    if np.all(np.isfinite(place)):
        values = [f"{value / 1e3:.6f}" for value in place]
        return record | dict(zip(record, ("ICRF_KM", "399", *values), strict=True))
    if np.all(np.isfinite(site)):
        longitude = math.degrees(math.atan2(site[1], site[0])) % 360.0
        values = [f"{longitude:.9f}", f"{math.hypot(site[0], site[1]) / 1e3:.6f}", f"{site[2] / 1e3:.6f}"]
        return record | dict(zip(record, ("ITRF", "399", *values), strict=True))
    return record


def _times(texts: Sequence[str], tdb: Array, resolution: Array) -> list[str]:
    """Times as ADES has them: the file's own text where it is one."""
    given = [text if text.endswith("Z") else f"{text}Z" for text in texts]
    if all(map(_TIME.fullmatch, given)):
        return given
    if tdb.size and tdb.min() < -28.1 * 365.25 * 86_400.0:
        raise InvalidInput("ADES times are UTC from 1972 on; write older observations as records of 80 columns")
    decimals = np.clip(np.ceil(-np.log10(np.where(resolution > 0.0, resolution, 1e-3)) + 1.0), 0, 6).astype(int)
    found = list(given)
    for count in np.unique(decimals):
        rows = np.flatnonzero(decimals == count)
        for row, text in zip(rows, format_times(tdb[rows], "UTC", digits=int(count)), strict=True):
            if not _TIME.fullmatch(given[row]):
                found[row] = f"{text}Z"
    return found


def _decimals(unit: float) -> int:
    """Decimals [of degrees] that keep a unit of the last digit."""
    if not (math.isfinite(unit) and unit > 0.0):
        return MOST_DECIMALS
    exponent = -math.log10(unit)
    whole = round(exponent)
    # A unit that is no power of ten (sexagesimal digits) takes one decimal more.
    return int(np.clip(whole if abs(exponent - whole) < 1e-6 else math.ceil(exponent) + 1, 0, MOST_DECIMALS))


def _turned(degrees: str) -> str:
    return degrees.replace("360", "0", 1) if degrees.startswith("360") else degrees


def _shown(value: float) -> str:
    """Number with up to nine digits; empty where it is not finite."""
    return f"{value:.9g}" if math.isfinite(value) else ""
