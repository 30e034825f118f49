"""The steps in which broadcast messages count: the least significant bit of each number."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from moonstead.formats.broadcast_messages import ORBIT_COLUMNS, STATE_COLUMNS

Array = NDArray[np.float64]

_SEMICIRCLE = math.pi  # [rad]
_ANGLES = ("mean_anomaly", "argument_of_perigee", "node", "inclination")
_RATES = ("node_rate", "inclination_rate", "mean_motion_difference")
_HARMONIC_ANGLES, _HARMONIC_RADII = ("cuc", "cus", "cic", "cis"), ("crc", "crs")

# Bits behind the point: angle harmonics [rad], radius harmonics [m], clock [s, s/s, s/s2].
_BITS = {
    "G": (29, 5, (31, 43, 55)),  # IS-GPS-200M, tables 20-I and 20-III
    "J": (29, 5, (31, 43, 55)),
    "E": (29, 5, (34, 46, 59)),  # Galileo OS SIS ICD 2.1, tables 60 and 70
    "C": (31, 6, (33, 50, 66)),  # BDS-SIS-ICD B1I 3.0, tables 5-4 and 5-8
}
# GLONASS ICD 5.1, table 4.5: position, velocity, acceleration, tau, gamma
_GLONASS_STATE = (2.0**-11 * 1e3, 2.0**-20 * 1e3, 2.0**-30 * 1e3)  # [m, m/s, m/s2]
_GLONASS_CLOCK = (2.0**-30, 2.0**-40, 0.0)  # [s, s/s]


def orbit_steps(system: str) -> Array:
    """Steps of the columns of an orbit.

    Parameters
    ----------
    system : str
        Letter of RINEX.

    Returns
    -------
    (len(ORBIT_COLUMNS),) [mixed], or (9,) [m, m/s, m/s^2] for GLONASS
        0 for columns that the message does not have.

    Source
    ------
    IS-GPS-200M, table 20-III; Galileo OS SIS ICD 2.1, table 60; BDS-SIS-ICD B1I 3.0, table 5-8; GLONASS ICD 5.1,
    table 4.5. Recalled, and compared with the digits of real messages.
    """
    if system == "R":
        return np.repeat(_GLONASS_STATE, 3)
    angle_bits, radius_bits, _ = _BITS[system]
    steps = dict.fromkeys(ORBIT_COLUMNS, 0.0)
    steps |= {"sqrt_semi_major_axis": 2.0**-19, "eccentricity": 2.0**-33}
    steps |= dict.fromkeys(_ANGLES, 2.0**-31 * _SEMICIRCLE)
    steps |= dict.fromkeys(_RATES, 2.0**-43 * _SEMICIRCLE)
    steps |= dict.fromkeys(_HARMONIC_ANGLES, 2.0**-angle_bits)
    steps |= dict.fromkeys(_HARMONIC_RADII, 2.0**-radius_bits)
    return np.array([steps[name] for name in ORBIT_COLUMNS])


def clock_steps(system: str) -> Array:
    """Steps of the polynomial of the clock.

    Parameters
    ----------
    system : str
        Letter of RINEX.

    Returns
    -------
    (3,) [s, s/s, s/s^2]
        0 where the message has no such term.

    Source
    ------
    As `orbit_steps`.
    """
    return np.array(_GLONASS_CLOCK if system == "R" else [2.0**-bits for bits in _BITS[system][2]])


def rounding_groups(system: str) -> tuple[tuple[int, ...], ...]:
    """Columns in the order in which they are rounded: after each group the rest is fitted again.

    Parameters
    ----------
    system : str
        Letter of RINEX.

    Returns
    -------
    tuple of tuple of int
        Places in `STATE_COLUMNS` for GLONASS, else in `ORBIT_COLUMNS`.
    """
    if system == "R":
        names: tuple[tuple[str, ...], ...] = (("ax", "ay", "az"), ("vx", "vy", "vz"), ("x", "y", "z"))
        return tuple(tuple(STATE_COLUMNS.index(name) for name in group) for group in names)
    names = (
        _HARMONIC_ANGLES + _HARMONIC_RADII,
        _RATES,
        ("sqrt_semi_major_axis", "eccentricity"),
        ("argument_of_perigee",),
        ("mean_anomaly", "node", "inclination"),
    )
    return tuple(tuple(ORBIT_COLUMNS.index(name) for name in group) for group in names)


def rounded(values: Array, steps: Array) -> Array:
    """Values at the nearest multiple of their steps.

    Parameters
    ----------
    values, steps : (..., K) and (K,) [any unit]
        A step of 0 leaves the values as they are.

    Returns
    -------
    (..., K) [any unit]

    Source
    ------
    Definition.
    """
    safe = np.where(steps > 0.0, steps, 1.0)
    return np.where(steps > 0.0, np.rint(values / safe) * safe + 0.0, values)  # no negative zeros
