"""Codes and phases of two bands made one: free of the ionosphere to measure, sensitive to slips to watch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.formats.rinex_observation import ObservationFile, SystemObservations
from moonstead.foundation.constants import SPEED_OF_LIGHT
from moonstead.foundation.errors import InvalidInput, MissingData
from moonstead.navigation.satellites import satellite_facts
from moonstead.navigation.signals import MODES, PAIRS, SYSTEMS, carrier_frequency, ionosphere_free_weights

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

# Clocks of precise products refer to the P(Y) codes of GPS and the P codes of GLONASS: those first (IGS convention).
REFERENCE_MODES = {("G", "1"): "WPYCMSLXN", ("G", "2"): "WPYCLSXMDN", ("R", "1"): "PC", ("R", "2"): "PC"}
MOST_OF = 0.8  # [1] share of the fullest tracking mode that a preferred one must reach
MILLISECOND = 1e-3 * SPEED_OF_LIGHT  # [m] by which receivers set their clocks
POWER_FAILED = 1  # flag of an epoch
NEAREST, FARTHEST, MOST_CYCLES = 1e6, 1e9, 1e13  # [m], [m], [1] from low orbits to the Moon, clocks 2 s wrong
JUMP_FIT = 100.0  # [m] a jump of codes against phases this close to whole milliseconds is a set clock


@dataclass(frozen=True, eq=False)
class Combinations:
    """Measurements of E epochs and S satellites on two bands each.

    Attributes
    ----------
    gpst : (E,) [s]
        Epochs by the receiver's clock, GPS time past 1980-01-06.
    satellites : tuple of str
        Columns below.
    signals : tuple of (str, str, str, str)
        Code and phase of the first band, code and phase of the second, as observation codes.
    frequency : (S, 2) [Hz]
        Of the two carriers.
    code, phase : (E, S) [m]
        Ionosphere-free; NaN where one of the four measurements is missing.
    wide_lane : (E, S) [1]
        Melbourne-Wuebbena combination in cycles of the difference frequency.
    geometry_free : (E, S) [m]
        Phase of the first band less that of the second.
    lost : (E, S) bool
        The receiver says that it lost lock.
    left_out : dict of str to str
        Satellites of the file that are not here, and why.
    """

    gpst: Array
    satellites: tuple[str, ...]
    signals: tuple[tuple[str, str, str, str], ...]
    frequency: Array
    code: Array
    phase: Array
    wide_lane: Array
    geometry_free: Array
    lost: Flags
    left_out: dict[str, str]


def combine(observations: ObservationFile, systems: str) -> Combinations:
    """Combine codes and phases of two bands, chosen for each satellite by frequency and by what the file holds.

    Where the receiver's clock was set by whole milliseconds and the phases did not follow, they are made to.

    Parameters
    ----------
    observations : ObservationFile
        Codes and phases of at least two bands.
    systems : str
        Letters of the systems to take.

    Returns
    -------
    Combinations

    Raises
    ------
    InvalidInput
        A letter is no system's.
    MissingData
        No satellite of these systems has codes and phases on two bands.

    Source
    ------
    Ionosphere-free weights: IS-GPS-200, 20.3.3.3.3.3. Wide lane: Melbourne (1985), Wuebbena (1985), Proc. First Int.
    Symp. on Precise Positioning with GPS.
    """
    unknown = set(systems) - set(SYSTEMS)
    if unknown or not systems:
        raise InvalidInput(f"systems are letters out of {''.join(SYSTEMS)}; got {systems!r}")
    columns: list[tuple[str, tuple[str, str, str, str], Array, Array, Flags]] = []
    left_out: dict[str, str] = {}
    repeated = repeats(observations.gpst)
    failed = observations.flag == POWER_FAILED
    for letter in dict.fromkeys(systems):
        system = observations.systems.get(letter)
        if system is None:
            continue
        for row, satellite in enumerate(system.satellites):
            signals = _signals(system, row)
            if signals is None:
                left_out[satellite] = "no codes and phases on two bands"
                continue
            channel = _channel(observations, satellite)
            if channel is None:
                left_out[satellite] = "its frequency channel is neither in the header nor in the table of satellites"
                continue
            frequency = np.array([float(carrier_frequency(letter, signals[i], channel)) for i in (0, 2)])
            places = [system.codes.index(code) for code in signals]
            measured = _plausible(system.values[places, :, row])
            measured[1::2] *= SPEED_OF_LIGHT / frequency[:, None]
            lost = np.any(system.loss_of_lock[places][1::2, :, row] & 1, axis=0)
            measured[:, repeated] = np.nan
            columns.append((satellite, signals, frequency, measured, lost | failed))
    if not columns:
        raise MissingData(
            f"no satellite of {systems!r} has codes and phases on two bands; the file holds "
            f"{', '.join(f'{key}: {len(value.satellites)} satellites' for key, value in observations.systems.items())}"
        )
    columns.sort(key=lambda column: column[0])
    frequency = np.stack([column[2] for column in columns])
    measured = np.stack([column[3] for column in columns], axis=2)  # (4, E, S)
    measured[1::2] += _set_clocks(measured)[None, :, None]
    first, second = ionosphere_free_weights(frequency[:, 0], frequency[:, 1])
    c1, l1, c2, l2 = measured
    f1, f2 = frequency.T
    wide = (f1 * l1 - f2 * l2) / (f1 - f2) - (f1 * c1 + f2 * c2) / (f1 + f2)
    return Combinations(
        gpst=observations.gpst,
        satellites=tuple(column[0] for column in columns),
        signals=tuple(column[1] for column in columns),
        frequency=frequency,
        code=first * c1 + second * c2,
        phase=first * l1 + second * l2,
        wide_lane=wide * (f1 - f2) / SPEED_OF_LIGHT,
        geometry_free=l1 - l2,
        lost=np.stack([column[4] for column in columns], axis=1),
        left_out=left_out,
    )


def repeats(gpst: Array) -> Flags:
    """Epochs that stand in the file once more; the first of each time is not among them.

    Parameters
    ----------
    gpst : (E,) [s]
        Epochs, rising or equal.

    Returns
    -------
    (E,) bool

    Source
    ------
    Comparison with the epoch before.
    """
    again = np.zeros(gpst.size, dtype=np.bool_)
    again[1:] = np.diff(gpst) <= 0.0
    return again


def _plausible(values: Array) -> Array:
    """Codes and phases (4, E) without those that no satellite and no receiver can make."""
    codes, phases = values[0::2], values[1::2]
    kept = np.array(values)
    kept[0::2][~((codes > NEAREST) & (codes < FARTHEST))] = np.nan
    kept[1::2][~((np.abs(phases) < MOST_CYCLES) & (phases != 0.0))] = np.nan
    return kept


def _channel(observations: ObservationFile, satellite: str) -> int | None:
    """Frequency channel of a GLONASS satellite by the header, else by the shipped table; 0 for other systems."""
    if satellite[0] != "R":
        return 0
    if satellite in observations.glonass_channels:
        return observations.glonass_channels[satellite]
    return satellite_facts(satellite, float(observations.gpst[0])).channel


def _signals(system: SystemObservations, row: int) -> tuple[str, str, str, str] | None:
    """Code and phase of the pair of bands that this satellite has most often together, the first pair if even."""
    best, most = None, 0
    for bands in PAIRS.get(system.system, ()):
        found = [_mode(system, row, kind, band) for band in bands for kind in "CL"]
        if None in found:
            continue
        codes = (str(found[0]), str(found[1]), str(found[2]), str(found[3]))
        places = [system.codes.index(code) for code in codes]
        together = int(np.sum(np.all(np.isfinite(system.values[places, :, row]), axis=0)))
        if together > most / MOST_OF:
            best, most = codes, together
    return best


def _mode(system: SystemObservations, row: int, kind: str, band: str) -> str | None:
    """The preferred way of tracking a band among those that are nearly as full as the fullest."""
    order = REFERENCE_MODES.get((system.system, band), MODES[system.system].get(band, ""))
    counts = {
        code: int(np.sum(np.isfinite(system.values[place, :, row])))
        for place, code in enumerate(system.codes)
        if code[0] == kind and code[1] == band and code[2] in order
    }
    fullest = max(counts.values(), default=0)
    full = [code for code, count in counts.items() if count > 0 and count >= MOST_OF * fullest]
    return min(full, key=lambda code: order.index(code[2]), default=None)


def _set_clocks(measured: Array) -> Array:
    """What to add to phases (E,) [m] where codes jump against them by whole milliseconds for all satellites."""
    apart = measured[0] - measured[1]
    steps = np.diff(apart, axis=0)
    seen = np.sum(np.isfinite(steps), axis=1) > 0
    jump = np.zeros(apart.shape[0])
    jump[1:][seen] = np.nanmedian(steps[seen], axis=1)
    whole = np.round(jump / MILLISECOND) * MILLISECOND
    return np.asarray(np.cumsum(np.where(np.abs(jump - whole) < JUMP_FIT, whole, 0.0)))
