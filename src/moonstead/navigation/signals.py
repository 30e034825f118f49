"""Carriers of the navigation systems, and which two of them to combine.

Systems are the letters of RINEX: G GPS, R GLONASS, E Galileo, C BeiDou, J QZSS, I NavIC, S SBAS. A carrier is named by
the band digit of the RINEX 3 observation code ("C1C": band 1), so that pairs are chosen by frequency and by what a file
really holds, never by counting.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.constants import SPEED_OF_LIGHT
from moonstead.foundation.errors import InvalidInput

Array = NDArray[np.float64]

SYSTEMS = {
    "G": "GPS",
    "R": "GLONASS",
    "E": "Galileo",
    "C": "BeiDou",
    "J": "QZSS",
    "I": "NavIC",
    "S": "SBAS",
}

L1, L2, L5, L6 = 1_575.42e6, 1_227.60e6, 1_176.45e6, 1_278.75e6  # [Hz] multiples 154, 120, 115, 125 of 10.23 MHz
E5B, E5 = 1_207.14e6, 1_191.795e6  # [Hz] 118, 116.5
B1I, B3I = 1_561.098e6, 1_268.52e6  # [Hz] 152.6, 124
S_BAND = 2_492.028e6  # [Hz] 243.6
G1, G2, G1_STEP, G2_STEP = 1_602.0e6, 1_246.0e6, 562.5e3, 437.5e3  # [Hz] GLONASS FDMA
G3, G1A, G2A = 1_202.025e6, 1_600.995e6, 1_248.06e6  # [Hz] GLONASS CDMA

# RINEX 3.05 tables 4 to 10 (band digit: carrier); the FDMA carriers of GLONASS are at channel 0.
CARRIERS: dict[str, dict[str, float]] = {
    "G": {"1": L1, "2": L2, "5": L5},
    "R": {"1": G1, "2": G2, "3": G3, "4": G1A, "6": G2A},
    "E": {"1": L1, "5": L5, "6": L6, "7": E5B, "8": E5},
    "C": {"1": L1, "2": B1I, "5": L5, "6": B3I, "7": E5B, "8": E5},
    "J": {"1": L1, "2": L2, "5": L5, "6": L6},
    "I": {"1": L1, "5": L5, "9": S_BAND},
    "S": {"1": L1, "5": L5},
}
CHANNEL_STEPS = {("R", "1"): G1_STEP, ("R", "2"): G2_STEP}  # [Hz]
CHANNELS = (-7, 6)  # GLONASS ICD 5.1, table 3.1; the fourteen that are in use

# Pairs of bands for the ionosphere-free combination, the one most satellites send first.
PAIRS: dict[str, tuple[tuple[str, str], ...]] = {
    "G": (("1", "2"), ("1", "5")),
    "R": (("1", "2"), ("1", "3"), ("4", "6")),
    "E": (("1", "5"), ("1", "7"), ("1", "8"), ("1", "6")),
    "C": (("2", "6"), ("1", "5"), ("2", "7"), ("1", "6"), ("2", "5")),
    "J": (("1", "2"), ("1", "5")),
    "I": (("5", "9"), ("1", "5")),
    "S": (("1", "5"),),
}
# Tracking modes of one band, the most common first; the letters stand in the third place of the observation code.
MODES: dict[str, dict[str, str]] = {
    "G": {"1": "CWPYMSLXN", "2": "WPYCLXSDMN", "5": "QXI"},
    "R": {"1": "CP", "2": "CP", "3": "QXI", "4": "BXA", "6": "BXA"},
    "E": {"1": "CXBZA", "5": "QXI", "6": "CXBZA", "7": "QXI", "8": "QXI"},
    "C": {"1": "PXDZSLN", "2": "IXQ", "5": "PXD", "6": "IXQDPAZ", "7": "IXQDPZ", "8": "PXD"},
    "J": {"1": "CLXSZBE", "2": "LXS", "5": "QXIDPZ", "6": "LXSEZ"},
    "I": {"1": "PXD", "5": "AXBC", "9": "AXBC"},
    "S": {"1": "C", "5": "IXQ"},
}


def carrier_frequency(system: str, band: str, channel: ArrayLike = 0) -> Array:
    """Carrier frequency of a band.

    Parameters
    ----------
    system : str
        Letter of the system.
    band : str
        Band digit, or an observation code that holds it in its second place (``"C1C"``).
    channel : (N,) or scalar int [1]
        Frequency channel of GLONASS; without meaning elsewhere.

    Returns
    -------
    (N,) or scalar [Hz]
        In the shape of `channel`.

    Raises
    ------
    InvalidInput
        The system has no such band.

    Source
    ------
    RINEX 3.05, tables 4 to 10; GLONASS ICD 5.1, table 3.1: 1602 MHz + k 562.5 kHz and 1246 MHz + k 437.5 kHz.
    """
    digit = band if len(band) == 1 else band[1:2]
    carriers = CARRIERS.get(system)
    if carriers is None:
        raise InvalidInput(f"no navigation system has the letter {system!r}; known are {', '.join(CARRIERS)}")
    if digit not in carriers:
        raise InvalidInput(f"{SYSTEMS[system]} has no band {digit!r} (of {band!r}); it has {', '.join(carriers)}")
    return carriers[digit] + CHANNEL_STEPS.get((system, digit), 0.0) * np.asarray(channel, dtype=np.float64)


def wavelength(system: str, band: str, channel: ArrayLike = 0) -> Array:
    """Wavelength of a band's carrier.

    Parameters
    ----------
    system : str
        Letter of the system.
    band : str
        Band digit, or an observation code.
    channel : (N,) or scalar int [1]
        Frequency channel of GLONASS.

    Returns
    -------
    (N,) or scalar [m]
        In the shape of `channel`.

    Raises
    ------
    InvalidInput
        The system has no such band.

    Source
    ------
    Definition: speed of light over `carrier_frequency`.
    """
    return SPEED_OF_LIGHT / carrier_frequency(system, band, channel)


def ionosphere_free_weights(first: ArrayLike, second: ArrayLike) -> tuple[Array, Array]:
    """Weights of two pseudoranges whose sum has no ionospheric delay of first order.

    Parameters
    ----------
    first, second : (N,) or scalar [Hz]
        Carrier frequencies.

    Returns
    -------
    (N,), (N,) [1], [1]
        f1^2 / (f1^2 - f2^2) and -f2^2 / (f1^2 - f2^2); their sum is 1.

    Source
    ------
    IS-GPS-200, 20.3.3.3.3.3.
    """
    first, second = np.asarray(first, dtype=np.float64) ** 2, np.asarray(second, dtype=np.float64) ** 2
    return first / (first - second), -second / (first - second)


def best_code(system: str, band: str, codes: Collection[str], kind: str = "C") -> str | None:
    """Observation code of a band that a file holds, the most common way of tracking first.

    Parameters
    ----------
    system : str
        Letter of the system.
    band : str
        Band digit.
    codes : collection of str
        Codes that hold values, such as ``("C1C", "L1C", "C2W")``.
    kind : str
        ``"C"`` code, ``"L"`` phase, ``"D"`` Doppler, ``"S"`` strength.

    Returns
    -------
    str or None
        None where the band is not there.
    """
    for mode in MODES.get(system, {}).get(band, ""):
        if kind + band + mode in codes:
            return kind + band + mode
    return None


def best_pair(system: str, codes: Collection[str]) -> tuple[str, str] | None:
    """Two code observations for the ionosphere-free combination, chosen by frequency from what is held.

    BeiDou: B1I with B3I, which all generations send, then B1C with B2a; B2I only where nothing else is there.

    Parameters
    ----------
    system : str
        Letter of the system.
    codes : collection of str
        Codes that hold values.

    Returns
    -------
    (str, str) or None
        None where fewer than two bands are there.
    """
    for first, second in PAIRS.get(system, ()):
        pair = best_code(system, first, codes), best_code(system, second, codes)
        if pair[0] is not None and pair[1] is not None:
            return pair[0], pair[1]
    return None


def first_code(system: str, codes: Collection[str]) -> str | None:
    """Code observation for positioning with one frequency: the first band of the best pair, else any band held.

    Parameters
    ----------
    system : str
        Letter of the system.
    codes : collection of str
        Codes that hold values.

    Returns
    -------
    str or None
        None where no code observation is there.
    """
    bands = [first for first, _ in PAIRS.get(system, ())] + list(CARRIERS.get(system, {}))
    found = (best_code(system, band, codes) for band in bands)
    return next((code for code in found if code is not None), None)
