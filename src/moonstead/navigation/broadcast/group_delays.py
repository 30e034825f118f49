"""Delays of signals against the clock that a broadcast message describes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from moonstead.formats.broadcast_messages import BroadcastMessages
from moonstead.foundation.errors import InvalidInput
from moonstead.navigation.satellite_states import Codes
from moonstead.navigation.signals import carrier_frequency, ionosphere_free_weights

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
Rows = NDArray[np.int64]

_GPS_L1 = {"C": "isc_l1ca", "D": "isc_l1cd", "S": "isc_l1cd", "P": "isc_l1cp", "L": "isc_l1cp", "X": "isc_l1cp"}
_GPS_L2 = {"S": "isc_l2c", "L": "isc_l2c", "X": "isc_l2c"}
_GPS_L5 = {"I": "isc_l5i", "Q": "isc_l5q", "X": "isc_l5q"}
_DATA = ("D", "S")  # tracking modes of the data component of B1C and B2a


def code_delay(messages: BroadcastMessages, rows: Rows, code: str) -> tuple[Array, Flags]:
    """Delay of one signal of each message's satellite against the clock of the message.

    Parameters
    ----------
    messages : BroadcastMessages
        Any.
    rows : (N,) int
        Messages; all of systems that have the signal.
    code : str
        Observation code of RINEX 3, such as ``"C1C"``.

    Returns
    -------
    delay : (N,) [s]
        To be subtracted from the clock offset; 0 where it is not known.
    known : (N,) bool
        Whether the message tells it.

    Raises
    ------
    InvalidInput
        A system has no such band.

    Source
    ------
    IS-GPS-200, 20.3.3.3.3.2 and 30.3.3.3.1.1; Galileo OS SIS ICD 2.1, 5.1.5; BDS-SIS-ICD B1I 3.0, 5.2.4.10, B1C 1.0,
    7.6, B2a 1.0, 7.6, B2b 1.0, 7.5; GLONASS ICD 5.1, 4.4 (delta tau_n); NavIC SIS ICD 1.1, 6.2.1.5.
    """
    delay = np.zeros(rows.shape)
    known = np.zeros(rows.shape, dtype=bool)
    satellites = messages.satellite[rows]
    for system in np.unique(satellites.astype("<U1")).tolist():
        carrier_frequency(system, code)
        chosen = np.flatnonzero(satellites.astype("<U1") == system)
        found = _DELAYS[system](messages.take(rows[chosen]), code[1], code[2:3])
        known[chosen] = ~np.isnan(found)
        delay[chosen] = np.where(np.isnan(found), 0.0, found)
    return delay, known


def code_bias(messages: BroadcastMessages, rows: Rows, codes: Codes) -> tuple[Array, Flags]:
    """Delay of a signal or of an ionosphere-free pair against the clock of each message.

    Parameters
    ----------
    messages : BroadcastMessages
        Any.
    rows : (N,) int
        Messages.
    codes : str or (str, str)
        One observation code, or two of different bands.

    Returns
    -------
    bias : (N,) [s]
        To be subtracted from the clock offset; 0 where it is not known.
    known : (N,) bool
        Whether the messages tell it.

    Raises
    ------
    InvalidInput
        A system has no such band, or both codes are of one band.

    Source
    ------
    As `code_delay`; the combination as `ionosphere_free_weights`.
    """
    if isinstance(codes, str):
        return code_delay(messages, rows, codes)
    first, second = codes
    if first[1] == second[1]:
        raise InvalidInput(f"{first} and {second} are of one band; a combination needs two frequencies")
    bias = np.zeros(rows.shape)
    (a, a_known), (b, b_known) = code_delay(messages, rows, first), code_delay(messages, rows, second)
    satellites = messages.satellite[rows].astype("<U1")
    for system in np.unique(satellites).tolist():
        chosen = np.flatnonzero(satellites == system)
        channel = messages.channel[rows[chosen]]
        weights = ionosphere_free_weights(
            carrier_frequency(system, first, channel), carrier_frequency(system, second, channel)
        )
        bias[chosen] = weights[0] * a[chosen] + weights[1] * b[chosen]
    return bias, a_known & b_known


def _ratio(system: str, band: str) -> float:
    """Square of the first carrier over that of another band [1]."""
    return float((carrier_frequency(system, "1") / carrier_frequency(system, band)) ** 2)


def _gps(messages: BroadcastMessages, band: str, mode: str) -> Array:
    """TGD, and where the message has them the corrections between signals; L1 P(Y) is TGD, L2 P(Y) TGD by frequency."""
    tgd = messages.delay("tgd")
    if band == "1":
        correction = messages.delay(_GPS_L1[mode]) if mode in _GPS_L1 else np.zeros(len(messages))
        if mode == "C":  # the legacy message has none: L1 C/A is taken as L1 P(Y)
            correction = np.where(np.isnan(correction), 0.0, correction)
        return tgd - correction
    if band == "2":
        own = tgd - messages.delay(_GPS_L2[mode]) if mode in _GPS_L2 else np.full(len(messages), np.nan)
        return np.where(np.isnan(own), _ratio("G", "2") * tgd, own)
    if band == "5":
        return tgd - messages.delay(_GPS_L5.get(mode, "isc_l5q"))
    return np.full(len(messages), np.nan)


def _galileo(messages: BroadcastMessages, band: str, mode: str) -> Array:
    """E1 by the group delay of the message's own pair; E5a and E5b by theirs, through E1."""
    a, b = messages.delay("bgd_e5a"), messages.delay("bgd_e5b")
    own = np.where(messages.kind == "FNAV", a, b)
    if band == "1":
        return own
    if band == "5":
        return own + (_ratio("E", "5") - 1.0) * a
    if band == "7":
        return own + (_ratio("E", "7") - 1.0) * b
    if band == "8":  # E5 AltBOC lies between its two halves
        return own + 0.5 * ((_ratio("E", "5") - 1.0) * a + (_ratio("E", "7") - 1.0) * b)
    return np.full(len(messages), np.nan)


def _beidou(messages: BroadcastMessages, band: str, mode: str) -> Array:
    """All against B3I, to which the clock refers."""
    if band == "6":
        return np.zeros(len(messages))
    if band == "2":
        return messages.delay("tgd1")
    if band == "1":
        pilot = messages.delay("tgd_b1cp")
        return pilot + messages.delay("isc_b1cd") if mode in _DATA else pilot
    if band == "5":
        pilot = messages.delay("tgd_b2ap")
        return pilot + messages.delay("isc_b2ad") if mode in _DATA else pilot
    if band == "7":
        return messages.delay("tgd2") if mode in ("I", "Q", "X") else messages.delay("tgd_b2bi")
    return np.full(len(messages), np.nan)


def _glonass(messages: BroadcastMessages, band: str, mode: str) -> Array:
    """The clock is that of G1; G2 comes delta tau later."""
    if band == "1":
        return np.zeros(len(messages))
    return messages.delay("delta_tau") if band == "2" else np.full(len(messages), np.nan)


def _navic(messages: BroadcastMessages, band: str, mode: str) -> Array:
    """The clock is that of the L5/S pair: L5 is TGD, S is TGD by frequency."""
    tgd = messages.delay("tgd")
    if band == "5":
        return tgd
    if band == "9":
        return float((carrier_frequency("I", "5") / carrier_frequency("I", "9")) ** 2) * tgd
    return np.full(len(messages), np.nan)


def _sbas(messages: BroadcastMessages, band: str, mode: str) -> Array:
    """The clock is that of L1."""
    return np.zeros(len(messages)) if band == "1" else np.full(len(messages), np.nan)


_DELAYS = {
    "G": _gps,
    "J": _gps,
    "E": _galileo,
    "C": _beidou,
    "R": _glonass,
    "I": _navic,
    "S": _sbas,
}
