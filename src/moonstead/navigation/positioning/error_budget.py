"""What each pseudorange can be wrong by: noise of its signal, orbit and clock of its satellite, what models leave."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from moonstead.navigation.positioning.multipath import multipath_arcs
from moonstead.navigation.positioning.observables import Pseudoranges
from moonstead.navigation.satellites import satellite_facts

Array = NDArray[np.float64]

# [m] error of orbit and clock along the sight, RMS over months: Montenbruck, Steigenberger & Hauschild (2018),
# doi:10.1016/j.asr.2018.03.041, and (2014), doi:10.1007/s10291-014-0390-8; BeiDou-3 and GEO from the same group's
# later assessments (recalled: 0.6 and 3 m). QZSS, NavIC and SBAS are not in them and taken cautiously.
BROADCAST_ERROR = {
    "G": 0.6,
    "R": 2.0,
    "E": 0.3,
    "C2": 1.0,
    "C3": 0.6,
    "C2G": 3.0,
    "C3G": 3.0,
    "J": 1.0,
    "I": 2.0,
    "S": 5.0,
}
PRECISE_ERROR = 0.1  # [m] final products at 5 to 15 min, clocks interpolated
PROMISED_WORSE, ALARMING = 3.0, 5.0  # [1] times the usual error, [m]: a satellite that promises more is believed
USUAL_NOISE = 0.3  # [m] of a code where nothing can be learnt from the file: a geodetic receiver, both terms
CHANNEL_BIAS = 1.0  # [m] differences of GLONASS channels and satellites within one signal
SIGNAL_BIAS = 0.3  # [m] the same for systems that share one carrier
BINS = np.radians([5.0, 10.0, 15.0, 20.0, 30.0, 40.0, 50.0, 65.0, 90.0])
FEW = 60  # measurements of a bin below which it says nothing
FLOOR, CEILING = 0.05, 5.0  # [m] of each term
SHORTEST_ARC = 20  # rows; the mean of a shorter one takes most of the multipath with it
TO_SIGMA = 1.4826  # median of absolute values to standard deviation of a normal distribution


@dataclass(frozen=True, slots=True, eq=False)
class ErrorParts:
    """Variances of N rows by kind of error, each with a factor that the residuals of the file may change.

    Attributes
    ----------
    clock : (N,) int
        System of each row, which the factors go by.
    satellite : (N,) [m2]
        Orbit, clock and troposphere: the same in both signals.
    noise : (N, 2) [m2]
        Noise and multipath of each signal alone.
    constant : (N, 2) [m2]
        Biases of each signal alone that last all day.
    slant : (N,) [m2]
        What the model of the ionosphere leaves along the sight, as delay on L1.
    share : (N, 2) [1]
        Of that delay in each signal: (f_L1 / f)^2.
    satellite_factor, noise_factor : (K,) [1]
        By system.
    slant_factor : float [1]
        Of the ionosphere.
    slant_known : bool
        False where delays of the satellites that nobody tells are counted as ionosphere: a file of some hours cannot
        tell how large those are, so the factor stays.
    """

    clock: NDArray[np.int64]
    satellite: Array
    noise: Array
    constant: Array
    slant: Array
    share: Array
    satellite_factor: Array
    noise_factor: Array
    slant_factor: float
    slant_known: bool

    def scaled(self) -> tuple[Array, Array, Array]:
        """Variances [m2] with their factors: of satellites (N,), noise (N, 2), slant ionosphere (N,)."""
        return (
            self.satellite_factor[self.clock] * self.satellite,
            self.noise_factor[self.clock][:, None] * self.noise,
            self.slant_factor * self.slant,
        )

    def variance(self, *, calibrated: bool) -> Array:
        """Variances and covariance (N, 3) [m2] of the two signals: v11, v12, v22; with constants until calibrated."""
        satellite, noise, slant = self.scaled()
        if not calibrated:
            noise = noise + self.constant
        first, second = self.share[:, 0], self.share[:, 1]
        columns = (
            satellite + noise[:, 0] + first**2 * slant,
            satellite + first * second * slant,
            satellite + noise[:, 1] + second**2 * slant,
        )
        return np.ascontiguousarray(np.stack(columns, axis=1))

    def take(self, rows: NDArray[np.int64]) -> ErrorParts:
        """Parts of chosen rows."""
        return replace(
            self,
            clock=self.clock[rows],
            satellite=self.satellite[rows],
            noise=self.noise[rows],
            constant=self.constant[rows],
            slant=self.slant[rows],
            share=np.ascontiguousarray(self.share[rows]),
        )


def families_of(names: tuple[str, ...], gpst: float) -> tuple[str, ...]:
    """Which usual error a satellite has: its system, and for BeiDou generation or geostationary orbit.

    Parameters
    ----------
    names : (S,) tuple of str
        Satellites.
    gpst : float [s of GPST]
        The date.

    Returns
    -------
    (S,) tuple of str
        Keys of `BROADCAST_ERROR`.

    Source
    ------
    `satellite_facts`.
    """
    facts = [satellite_facts(name, gpst) for name in names]
    return tuple(
        name[0]
        if name[0] != "C"
        else ("C3" if fact.block.startswith("BDS-3") else "C2") + ("G" if fact.orbit_class == "GEO" else "")
        for name, fact in zip(names, facts, strict=True)
    )


def satellite_error(families: tuple[str, ...], satellite: NDArray[np.int64], accuracy: Array, point: str) -> Array:
    """One sigma of orbit and clock along the sight, for each row.

    Parameters
    ----------
    families : (S,) tuple of str
        Of the satellites, as `families_of` tells them.
    satellite : (N,) int
        Of each row.
    accuracy : (N,) [m]
        What the satellite promises; NaN where it does not.
    point : str
        ``"antenna"`` for broadcast messages, ``"centre of mass"`` for precise products.

    Returns
    -------
    (N,) [m]

    Source
    ------
    Table `BROADCAST_ERROR`; of precise products `PRECISE_ERROR` or what they say themselves.
    """
    promised = np.nan_to_num(accuracy)
    if point != "antenna":
        return np.maximum(promised, PRECISE_ERROR)
    usual = np.array([BROADCAST_ERROR[family] for family in families])[satellite]
    return np.asarray(np.where(promised > np.maximum(PROMISED_WORSE * usual, ALARMING), promised, usual))


def code_noise(rows: Pseudoranges, elevation: Array) -> tuple[Array, dict[str, tuple[float, float]]]:
    """One sigma of noise and multipath of each code, as the carrier phases of the same file show it.

    The multipath combination frees a code of geometry, clocks and ionosphere by two carrier phases; what is left,
    less its mean over an arc, is the code's noise and multipath. Its scatter is fitted by a^2 + b^2 / sin^2 E.

    Parameters
    ----------
    rows : Pseudoranges
        Codes and phases.
    elevation : (N,) [rad]
        Of each row; NaN where it is not known.

    Returns
    -------
    sigma : (N, 2) [m]
    fitted : dict of str to (float, float) [m]
        a and b by system and signal, such as ``"R C1C"``; signals that could not be fitted are missing.

    Source
    ------
    Estey & Meertens (1999), GPS Solutions 3, 42, doi:10.1007/PL00012778: MP1 and MP2 of TEQC.
    """
    multipath = _multipath(rows)
    sine = np.sin(np.clip(np.nan_to_num(elevation, nan=np.pi / 2), BINS[0], np.pi / 2))
    sigma = np.empty(rows.code.shape)
    fitted: dict[str, tuple[float, float]] = {}
    for signal in (0, 1):
        names = [f"{name[0]} {pair[signal]}" for name, pair in zip(rows.satellites, rows.signals, strict=True)]
        kinds, number = np.unique(names, return_inverse=True)
        label = number[rows.satellite]
        for place, kind in enumerate(kinds.tolist()):
            here = label == place
            terms = _fit(multipath[here, signal], elevation[here])
            if terms is not None:
                fitted[kind] = terms
            a, b = terms or (USUAL_NOISE, USUAL_NOISE)
            sigma[here, signal] = np.sqrt(a**2 + (b / sine[here]) ** 2)
    return sigma, fitted


def _multipath(rows: Pseudoranges) -> Array:
    """Multipath combinations (N, 2) [m] of both codes, less the mean of their arc; NaN where there is none."""
    arcs = multipath_arcs(rows)
    out = np.full(rows.code.shape, np.nan)
    if not arcs.rows.size:
        return out
    count_of_arcs = int(arcs.arc[-1]) + 1
    for signal in (0, 1):
        value = arcs.value[:, signal]
        good = np.isfinite(value)
        count = np.bincount(arcs.arc[good], minlength=count_of_arcs)
        mean = np.bincount(arcs.arc[good], value[good], minlength=count_of_arcs) / np.maximum(count, 1)
        out[arcs.rows, signal] = np.where(count[arcs.arc] >= SHORTEST_ARC, value - mean[arcs.arc], np.nan)
    return out


def _fit(values: Array, elevation: Array) -> tuple[float, float] | None:
    """Terms a and b [m] of one signal; None where too little is known."""
    good = np.isfinite(values) & np.isfinite(elevation)
    values, elevation = np.abs(values[good]), elevation[good]
    place = np.digitize(elevation, BINS) - 1
    rows, right = [], []
    for bin_number in range(BINS.size - 1):
        here = place == bin_number
        count = int(np.count_nonzero(here))
        if count < FEW:
            continue
        weight = np.sqrt(min(count, 1000))
        spread = (TO_SIGMA * float(np.median(values[here]))) ** 2
        rows.append(weight * np.array([1.0, float(np.mean(np.sin(elevation[here]) ** -2))]) / max(spread, FLOOR**2))
        right.append(weight * spread / max(spread, FLOOR**2))
    if len(rows) < 2:
        return None
    from scipy.optimize import nnls

    terms, _ = nnls(np.array(rows), np.array(right))
    a, b = np.clip(np.sqrt(terms), FLOOR, CEILING)
    return float(a), float(b)
