"""Records of RINEX 4 that are no ephemerides, written."""

from __future__ import annotations

import math

import numpy as np

from moonstead.formats.gnss_time import civil_from_gpst
from moonstead.formats.rinex_navigation_file import NavigationFile
from moonstead.formats.rinex_navigation_header import IonosphereModel
from moonstead.formats.rinex_navigation_layout import BEIDOU_GEOSTATIONARY, LEGACY_KINDS
from moonstead.formats.rinex_navigation_others import NAMES
from moonstead.foundation.constants import ARCSECOND, SECONDS_PER_DAY

NOT_KNOWN = 0.999999999999e9
BLANK = " " * 19
_INDENT = " " * 4


def other_records(navigation: NavigationFile) -> list[str]:
    """Lines of the records of time corrections, Earth orientation and ionosphere that name their satellite.

    Parameters
    ----------
    navigation : NavigationFile
        What to write.

    Returns
    -------
    list of str
    """
    lines: list[str] = []
    for correction in navigation.time_corrections:
        if _is_satellite(correction.satellite) and not math.isnan(correction.reference):
            epoch = _epoch(correction.reference, correction.satellite)
            lines += [
                f"> STO {correction.satellite} {_kind(correction.satellite)}",
                f"{epoch} {correction.kind:<18} {'':18} {correction.utc}".rstrip(),
                _INDENT + _numbers(NOT_KNOWN, correction.a0, correction.a1, correction.a2),
            ]
    for turn in navigation.earth_orientation:
        per_day = np.array([1.0, SECONDS_PER_DAY, SECONDS_PER_DAY**2])
        lines += [
            f"> EOP {turn.satellite} {turn.kind}",
            _epoch(turn.reference, turn.satellite) + _numbers(*(np.array(turn.pole_x) * per_day / ARCSECOND)),
            _INDENT + BLANK + _numbers(*(np.array(turn.pole_y) * per_day / ARCSECOND)),
            _INDENT + _numbers(NOT_KNOWN, *(np.array(turn.ut1_minus_utc) * per_day)),
        ]
    for model in navigation.ionosphere_models:
        if _is_satellite(model.satellite) and not math.isnan(model.gpst):
            lines += _ionosphere(model, navigation)
    return lines


def _ionosphere(model: IonosphereModel, navigation: NavigationFile) -> list[str]:
    epoch = _epoch(model.gpst, model.satellite)
    if model.kind == "GAL":
        return [f"> ION {model.satellite} IFNV", epoch + _numbers(*model.values), _INDENT + _numbers(0.0)]
    values = model.values
    kind = "CNVX" if model.kind == "BDGIM" else _kind(model.satellite)
    if model.kind != "BDGIM":
        name = NAMES.get(model.satellite[0], "")
        beta = [
            other.values
            for other in navigation.ionosphere_models
            if (other.kind, other.satellite, other.gpst) == (f"{name}B", model.satellite, model.gpst)
        ]
        if model.kind != f"{name}A" or not beta:
            return []
        values = values + beta[0]
    return [
        f"> ION {model.satellite} {kind}",
        epoch + _numbers(*values[:3]),
        _INDENT + _numbers(*values[3:7]),
        _INDENT + _numbers(*values[7:]),
    ]


def _is_satellite(name: str) -> bool:
    return len(name) == 3 and name[0] in LEGACY_KINDS and name[1:].isdigit()


def _kind(satellite: str) -> str:
    """Message that carries such parameters."""
    if satellite[0] == "C" and int(satellite[1:]) in BEIDOU_GEOSTATIONARY:
        return "D2"
    return LEGACY_KINDS[satellite[0]]


def _epoch(gpst: float, satellite: str) -> str:
    system = "BDT" if satellite[0] == "C" else "UTC" if satellite[0] == "R" else "GPS"
    year, month, day, hour, minute, second = (int(part[0]) for part in civil_from_gpst(gpst, system))
    return f"{_INDENT}{year:04d} {month:02d} {day:02d} {hour:02d} {minute:02d} {second:02d}"


def _numbers(*values: float) -> str:
    return "".join(f"{value:19.12E}" for value in values)
