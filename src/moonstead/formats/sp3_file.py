"""What SP3 files say: precise orbits and clocks of navigation satellites."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from moonstead.formats.gnss_faults import Fault

Array = NDArray[np.float64]

CLOCK_EVENT, CLOCK_PREDICTED, MANEUVER, ORBIT_PREDICTED = 1, 2, 4, 8
"""Bits of `PreciseOrbits.flags`: a clock that jumps, a predicted clock, a manoeuvre just before, a predicted orbit."""


@dataclass(frozen=True, slots=True, eq=False)
class PreciseOrbits:
    """What SP3 files say: E epochs, S satellites.

    Attributes
    ----------
    satellites : (S,) tuple of str
        "G01", "R24", "C60" ...
    gpst : (E,) [s]
        GPS time past 1980-01-06T00:00:00, rising; files in another time system are converted.
    position : (E, S, 3) [m]
        Earth-fixed (`coordinate_system`), of the centre of mass; NaN where the file has none.
    clock : (E, S) [s]
        Satellite clock minus system time, without the periodic relativistic part; NaN where there is none.
    velocity, clock_rate : (E, S, 3) [m/s] and (E, S) [1], or None
        Of V records; None where the file has none.
    sigma_exponent : (E, S, 4)
        Exponents of the standard deviations of x, y, z and clock as printed (-1: none): `base_position` to that power
        is [mm], `base_clock` to that power is [ps].
    flags : (E, S)
        Sum of `CLOCK_EVENT`, `CLOCK_PREDICTED`, `MANEUVER`, `ORBIT_PREDICTED`.
    accuracy_exponent : (S,)
        Accuracy of the orbit as the head states it: 2 to that power [mm]; 0 is unknown.
    interval : float [s]
        Between epochs, as the head states it.
    base_position, base_clock : float [1]
        Bases of `sigma_exponent`; 0 where the head gives none.
    version, data_used, coordinate_system, orbit_type, agency, file_type : str
        As in the head: "d", "ORBIT", "IGS14", "FIT", "AIUB", "M".
    time_system : str
        In which the file counts time: "GPS", "UTC", "GLO", "GAL", "BDT", "QZS", "IRN", "TAI".
    comments : tuple of str
        Without their "/* ".
    extended_position, extended_velocity : (E, S, 10) or None
        EP and EV records as printed: four standard deviations (x, y, z, clock), six correlations.
    day : (E,)
        Which of the merged files each epoch comes from: 0, 1 ...
    faults : tuple of Fault
        Lines that could not be used.

    Source
    ------
    S. Hilla, "The Extended Standard Product 3 Orbit Format (SP3-d)", National Geodetic Survey, 21 February 2016.
    """

    satellites: tuple[str, ...]
    gpst: Array
    position: Array
    clock: Array
    velocity: Array | None
    clock_rate: Array | None
    sigma_exponent: NDArray[np.int16]
    flags: NDArray[np.uint8]
    accuracy_exponent: NDArray[np.int16]
    interval: float
    base_position: float = 0.0
    base_clock: float = 0.0
    version: str = "d"
    data_used: str = "ORBIT"
    coordinate_system: str = "ITRF"
    orbit_type: str = "FIT"
    agency: str = ""
    file_type: str = "M"
    time_system: str = "GPS"
    comments: tuple[str, ...] = ()
    extended_position: NDArray[np.int32] | None = None
    extended_velocity: NDArray[np.int32] | None = None
    day: NDArray[np.int16] = field(default_factory=lambda: np.zeros(0, dtype=np.int16))
    faults: tuple[Fault, ...] = ()
