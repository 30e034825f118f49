"""Signal-in-space range errors: a row of statistics for each satellite, block or system."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.errors import InvalidInput
from moonstead.navigation.monitoring.comparison import SignalErrors
from moonstead.navigation.monitoring.weights import Weights, instantaneous_sisre

Array = NDArray[np.float64]

GROSS = 50.0  # [m] orbit errors beyond it are counted apart: a manoeuvre or a wrong message, not accuracy


@dataclass(frozen=True)
class SisreRow:
    """Errors of a group of satellites; NaN where there is nothing to tell.

    Attributes
    ----------
    name : str
        Satellite, block or group.
    satellites : int
        How many have pairs.
    pairs : int
        Broadcast and precise states compared.
    gross : int
        Of these left out: an orbit error beyond `GROSS`.
    clocks : int
        Pairs that have a clock too: all that follows on clocks and SISRE is of these.
    radial_mean, radial_std : float [m]
        Of the orbit, before any mean is removed.
    along_rms, cross_rms : float [m]
        Of the orbit.
    along_std, cross_std : float [m]
        Of the orbit.
    clock_rms : float [m]
        With the median of each epoch over the group removed: the two systems' times differ.
    sisre_rms, sisre_median, sisre_95 : float [m]
        Of the range error.
    sisre_unbiased_rms : float [m]
        The same with each satellite's mean removed from radial and clock: what is left once group delays, which
        differ between receivers' and messages' signals, are calibrated.
    orbit_rms : float [m]
        Range error of the orbit alone.
    """

    name: str
    satellites: int
    pairs: int
    gross: int
    clocks: int
    radial_mean: float
    radial_std: float
    along_rms: float
    cross_rms: float
    along_std: float
    cross_std: float
    clock_rms: float
    sisre_rms: float
    sisre_median: float
    sisre_95: float
    sisre_unbiased_rms: float
    orbit_rms: float


@dataclass(frozen=True)
class AgeRow:
    """Errors of a group by the age of its messages.

    Attributes
    ----------
    name : str
        Group.
    from_age, to_age : float [s]
        Ages of this row.
    pairs : int
        How many.
    sisre_rms, sisre_95 : float [m]
        Range error, means removed as in the group's own row.
    unbiased_rms : float [m]
        With each satellite's mean removed.
    """

    name: str
    from_age: float
    to_age: float
    pairs: int
    sisre_rms: float
    sisre_95: float
    unbiased_rms: float


@dataclass(frozen=True, eq=False)
class RangeErrors:
    """Errors of a group as its users see them; NaN where gross, or without a clock.

    Attributes
    ----------
    radial : (E, S) [m]
        Orbit's radial error with the mean of the group removed, where it was asked for.
    clock : (E, S) [m]
        Clock's error with the median of each epoch removed.
    sisre : (E, S) [m]
        Range error, root mean square over the users.
    unbiased : (E, S) [m]
        The same with each satellite's mean removed.
    """

    radial: Array
    clock: Array
    sisre: Array
    unbiased: Array


def range_errors(errors: SignalErrors, weights: Weights, *, remove_radial_mean: bool = True) -> RangeErrors:
    """Range errors of a group of satellites that share a system time and signals.

    Parameters
    ----------
    errors : SignalErrors
        Of the group.
    weights : Weights
        Of its orbits.
    remove_radial_mean : bool
        Take the mean of the group out of the radial error: antennas compared with centres of mass differ by about
        one number. False where antenna offsets were applied.

    Returns
    -------
    RangeErrors

    Source
    ------
    Montenbruck, Steigenberger and Hauschild (2015), GPS Solutions 19, 321, doi:10.1007/s10291-014-0390-8; the epoch
    median in place of a mean as robust reference of the clocks.
    """
    good = _good(errors) & np.isfinite(errors.clock)
    clock = np.where(good, errors.clock, np.nan)
    clock = clock - epoch_median(clock)[:, None]
    radial = np.where(good, errors.orbit[..., 0], np.nan)
    if remove_radial_mean:
        radial = radial - _mean(radial)
    along, cross = errors.orbit[..., 1], errors.orbit[..., 2]
    line = weights.radial * radial - clock
    level = line - np.array([_mean(column) for column in line.T])
    tangential = weights.tangential**2 * (along * along + cross * cross)
    return RangeErrors(
        radial, clock, instantaneous_sisre(radial, along, cross, clock, weights), np.sqrt(level**2 + tangential)
    )


def sisre_row(name: str, errors: SignalErrors, weights: Weights, *, remove_radial_mean: bool = True) -> SisreRow:
    """Statistics of a group of satellites that share a system time and signals.

    Parameters
    ----------
    name : str
        Of the group.
    errors : SignalErrors
        Of its satellites.
    weights : Weights
        Of its orbits.
    remove_radial_mean : bool
        As for `range_errors`.

    Returns
    -------
    SisreRow

    Source
    ------
    As `range_errors`.
    """
    return _row(name, errors, range_errors(errors, weights, remove_radial_mean=remove_radial_mean), weights)


def part_rows(
    errors: SignalErrors,
    weights: Weights,
    parts: Mapping[str, ArrayLike],
    *,
    remove_radial_mean: bool = True,
) -> tuple[SisreRow, ...]:
    """Statistics of parts of a group, such as its satellites, clocks and radial means being those of the group.

    Parameters
    ----------
    errors : SignalErrors
        Of the group.
    weights : Weights
        Of its orbits.
    parts : mapping of str to (K,) [1]
        Indices of the satellites of each part.
    remove_radial_mean : bool
        As for `range_errors`.

    Returns
    -------
    tuple of SisreRow

    Source
    ------
    As `range_errors`.
    """
    whole = range_errors(errors, weights, remove_radial_mean=remove_radial_mean)
    rows = []
    for name, columns in parts.items():
        of = np.asarray(columns, dtype=np.int64)
        part = RangeErrors(whole.radial[:, of], whole.clock[:, of], whole.sisre[:, of], whole.unbiased[:, of])
        rows.append(_row(name, errors.part(of), part, weights))
    return tuple(rows)


def age_rows(
    name: str,
    errors: SignalErrors,
    weights: Weights,
    edges: ArrayLike,
    *,
    remove_radial_mean: bool = True,
) -> tuple[AgeRow, ...]:
    """Range errors by the age of the message: epoch minus its reference time.

    Parameters
    ----------
    name : str
        Of the group.
    errors : SignalErrors
        Of its satellites.
    weights : Weights
        Of its orbits.
    edges : (K + 1,) [s]
        Limits of the ages, rising; negative before the reference time, as GLONASS messages are used.
    remove_radial_mean : bool
        As for `range_errors`.

    Returns
    -------
    tuple of AgeRow
        K rows.

    Raises
    ------
    InvalidInput
        The edges do not rise.

    Source
    ------
    As `range_errors`.
    """
    limits = np.asarray(edges, dtype=np.float64)
    if limits.ndim != 1 or limits.size < 2 or np.any(np.diff(limits) <= 0.0):
        raise InvalidInput("ages need two limits or more that rise [s]")
    found = range_errors(errors, weights, remove_radial_mean=remove_radial_mean)
    there = np.isfinite(found.sisre)
    age, sisre, unbiased = errors.age[there], found.sisre[there], found.unbiased[there]
    rows = []
    for first, last in pairwise(limits):
        of = (age >= first) & (age < last)
        rows.append(
            AgeRow(
                name,
                float(first),
                float(last),
                int(of.sum()),
                _rms(sisre[of]),
                _percentile(sisre[of], 95.0),
                _rms(unbiased[of]),
            )
        )
    return tuple(rows)


def grouped(satellites: Sequence[str], group_of: Mapping[str, str]) -> dict[str, NDArray[np.int64]]:
    """Indices of the satellites of each group, groups in the order of their names.

    Parameters
    ----------
    satellites : sequence of str
        Names.
    group_of : mapping of str to str
        Group of each; satellites that are not in it belong to none.

    Returns
    -------
    dict of str to (K,)
        Indices into `satellites`.
    """
    names = sorted({group_of[name] for name in satellites if name in group_of})
    return {
        group: np.array([k for k, name in enumerate(satellites) if group_of.get(name) == group], dtype=np.int64)
        for group in names
    }


def epoch_median(values: ArrayLike) -> Array:
    """Median of each epoch over the satellites that are there.

    Parameters
    ----------
    values : (E, S) [m]
        NaN where there is none.

    Returns
    -------
    (E,) [m]
        NaN where an epoch has nothing.

    Source
    ------
    Definition of the median.
    """
    ordered = np.sort(np.asarray(values, dtype=np.float64), axis=1)  # NaN come last
    count = np.isfinite(ordered).sum(axis=1)
    rows = np.arange(ordered.shape[0])
    middle = 0.5 * (ordered[rows, np.maximum(count - 1, 0) // 2] + ordered[rows, np.minimum(count // 2, count - 1)])
    return np.where(count > 0, middle, np.nan)


def _row(name: str, errors: SignalErrors, found: RangeErrors, weights: Weights) -> SisreRow:
    compared, good = np.isfinite(errors.orbit[..., 0]), _good(errors)
    radial, along, cross = (errors.orbit[..., k][good] for k in range(3))
    sisre = found.sisre[np.isfinite(found.sisre)]
    there = np.isfinite(found.radial)
    orbit = instantaneous_sisre(
        found.radial[there], errors.orbit[..., 1][there], errors.orbit[..., 2][there], 0.0, weights
    )
    return SisreRow(
        name,
        int(compared.any(axis=0).sum()),
        int(compared.sum()),
        int(compared.sum() - good.sum()),
        int(sisre.size),
        _mean(radial),
        _std(radial),
        _rms(along),
        _rms(cross),
        _std(along),
        _std(cross),
        _rms(found.clock[there]),
        _rms(sisre),
        _percentile(sisre, 50.0),
        _percentile(sisre, 95.0),
        _rms(found.unbiased[there]),
        _rms(orbit),
    )


def _good(errors: SignalErrors) -> NDArray[np.bool_]:
    """Where an orbit is compared and not grossly wrong (E, S)."""
    return np.max(np.abs(errors.orbit), axis=-1) <= GROSS  # NaN compares false


def _mean(values: Array) -> float:
    there = np.isfinite(values)
    return float(values[there].mean()) if there.any() else float("nan")


def _std(values: Array) -> float:
    return float(values.std()) if values.size else float("nan")


def _rms(values: Array) -> float:
    return float(np.sqrt(np.mean(values * values))) if values.size else float("nan")


def _percentile(values: Array, share: float) -> float:
    return float(np.percentile(values, share)) if values.size else float("nan")
