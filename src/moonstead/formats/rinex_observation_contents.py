"""What a RINEX observation file says, as arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.formats.gnss_faults import Fault

Array = NDArray[np.float64]
Small = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class SystemObservations:
    """Observations of the satellites of one system.

    Attributes
    ----------
    system : str
        Letter: G, R, E, C, J, I, S.
    satellites : (S,) tuple of str
        ``"G01"``, in order.
    codes : (K,) tuple of str
        Observation codes of RINEX 3, ``"C1C"``, in the order of the file.
    values : (K, E, S) [m, cycles, Hz or dB Hz]
        Observations, units by the first letter C, L, D, S of the code; NaN where there is none.
    loss_of_lock : (K, E, S)
        Loss-of-lock indicator, 0 to 7: bit 0 lock lost since the epoch before, bit 1 half cycles ambiguous.
    strength : (K, E, S)
        Signal strength 1 to 9; 0 where it is not told.
    """

    system: str
    satellites: tuple[str, ...]
    codes: tuple[str, ...]
    values: Array
    loss_of_lock: Small
    strength: Small

    def of(self, code: str) -> Array:
        """Values of one code.

        Parameters
        ----------
        code : str
            Observation code, ``"C1C"``.

        Returns
        -------
        (E, S) [m, cycles, Hz or dB Hz]
            Observations; all NaN where the file does not have the code.
        """
        if code not in self.codes:
            return np.full(self.values.shape[1:], np.nan)
        return self.values[self.codes.index(code)]


@dataclass(frozen=True, slots=True)
class PhaseShift:
    """A line of SYS / PHASE SHIFT: what the writer has added to phases to align them.

    Attributes
    ----------
    system : str
        Letter.
    code : str
        Observation code; empty where the shift is unknown for the whole system.
    correction : float [cycles]
        Already applied; NaN where it is not told.
    satellites : tuple of str
        Those that it concerns; empty for all.
    """

    system: str
    code: str
    correction: float
    satellites: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ObservationEvent:
    """Something that happened between observations.

    Attributes
    ----------
    flag : int
        2 antenna starts moving, 3 new site, 4 header lines, 5 external event, 6 records of cycle slips.
    gpst : float [s GPST past 1980-01-06]
        When; NaN where the file does not tell.
    epoch : int
        Index of the first epoch after it.
    lines : tuple of str
        Header lines that came with it.
    """

    flag: int
    gpst: float
    epoch: int
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ObservationFile:
    """What one observation file says.

    Attributes
    ----------
    version : str
        Of RINEX, ``"3.05"``.
    marker, marker_number, agency : str
        Name and number of the marker, agency; empty where the header has none.
    receiver : (3,) tuple of str
        Number, type, firmware.
    antenna : (3,) tuple of str
        Type, radome, serial number.
    antenna_delta_hen : (3,) [m]
        Antenna reference point from the marker: up, east, north, in the header's order.
    approximate_position : (3,) [m] or None
        Of the marker in an Earth-fixed frame as the header has it: often of a continental frame, never a truth.
    interval : float [s]
        Of the header; else the commonest step between epochs; NaN for less than two epochs.
    time_system : str
        That of the file's clock readings: ``GPS``, ``GLO`` (UTC), ``GAL``, ``BDT``, ``QZS``, ``IRN``.
    gpst : (E,) [s GPST past 1980-01-06]
        Epochs by the receiver's clock, rising.
    flag : (E,)
        0 good, 1 power failed since the epoch before.
    receiver_clock_offset : (E,) [s]
        NaN where the file does not tell.
    receiver_clock_applied : bool
        Whether epochs, codes and phases are already corrected by that offset.
    systems : dict of str to SystemObservations
        By letter.
    glonass_channels : dict of str to int
        ``"R01"`` to frequency channel, as the header has it.
    phase_shifts : tuple of PhaseShift
        As the header has them.
    leap_seconds : int or None [s]
        GPST - UTC, as the header has it.
    events : tuple of ObservationEvent
        In order.
    faults : tuple of Fault
        What could not be used.
    """

    version: str
    marker: str
    marker_number: str
    agency: str
    receiver: tuple[str, str, str]
    antenna: tuple[str, str, str]
    antenna_delta_hen: Array
    approximate_position: Array | None
    interval: float
    time_system: str
    gpst: Array
    flag: Small
    receiver_clock_offset: Array
    receiver_clock_applied: bool
    systems: dict[str, SystemObservations]
    glonass_channels: dict[str, int]
    phase_shifts: tuple[PhaseShift, ...]
    leap_seconds: int | None
    events: tuple[ObservationEvent, ...]
    faults: tuple[Fault, ...]
