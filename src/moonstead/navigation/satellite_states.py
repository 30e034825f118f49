"""Where navigation satellites are and what their clocks show: the answer that every source gives in the same words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
Indices = NDArray[np.int64]
Point = Literal["antenna", "centre of mass"]
Codes = str | tuple[str, str]  # "C1C", or a pair for the ionosphere-free combination: ("C1C", "C2W")


@dataclass(frozen=True, slots=True, eq=False)
class SatelliteStates:
    """N states of satellites in the ITRF.

    The offset of the satellite's clock from the system's time is ``clock + relativity``: where the periodic
    relativistic term is already in the clock that a source gives (GLONASS and SBAS messages), `relativity` is 0.

    Attributes
    ----------
    position : (N, 3) [m]
        ITRF at the time asked for, of the point that `point` names; PZ-90.11, CGCS2000, GTRF and WGS 84 agree with the
        ITRF within centimetres.
    velocity : (N, 3) [m/s]
        Time derivative of `position` in the turning frame.
    clock : (N,) [s]
        Clock of the satellite minus system time (GLONASS: minus GLONASS time without its 3 h and leap seconds).
    clock_drift : (N,) [s/s]
        Its rate.
    relativity : (N,) [s]
        Periodic relativistic term -2 r.v/c^2, to be added to `clock`; 0 where `clock` holds it.
    age : (N,) [s]
        Time asked for minus reference time of the message; 0 for precise products.
    accuracy : (N,) [m]
        What the source itself promises (URA, SISA, accuracy exponent), one sigma; NaN where it promises nothing.
    healthy : (N,)
        Whether the source calls the satellite usable; True where it says nothing.
    valid : (N,)
        Whether there is a state at all; numbers of other rows are NaN.
    message : (N,) int
        Row of the broadcast message used, -1 where there is none.
    point : str
        ``"antenna"`` (broadcast) or ``"centre of mass"`` (precise).
    """

    position: Array
    velocity: Array
    clock: Array
    clock_drift: Array
    relativity: Array
    age: Array
    accuracy: Array
    healthy: Flags
    valid: Flags
    message: Indices
    point: Point


class SatelliteSource(Protocol):
    """Anything that tells where satellites are: broadcast messages or precise products."""

    @property
    def satellites(self) -> tuple[str, ...]:
        """Names of all satellites, sorted: "C06", "G01", "R24" ..."""
        ...

    @property
    def span(self) -> tuple[float, float]:
        """First and last time [s of GPST] at which any satellite has a state."""
        ...

    def states(self, satellite_index: Indices, gpst: Array, offset: Array | float = 0.0) -> SatelliteStates:
        """States of satellites at ``gpst + offset``.

        Parameters
        ----------
        satellite_index : (N,) int
            Rows of `satellites`.
        gpst : (N,) [s of GPST]
            Times past 1980-01-06T00:00:00 GPST.
        offset : (N,) or scalar [s]
            Small times to be added, kept apart because one float64 of GPST is 0.1 us coarse.

        Returns
        -------
        SatelliteStates
            In the order asked for.
        """
        ...

    def code_bias(self, satellite_index: Indices, gpst: Array, codes: Codes) -> Array:
        """Delay of a signal, or of the ionosphere-free combination of a pair, against the clock of `states`.

        The clock offset that belongs to the signal is ``clock + relativity - code_bias``.

        Parameters
        ----------
        satellite_index : (N,) int
            Rows of `satellites`.
        gpst : (N,) [s of GPST]
            Times past 1980-01-06T00:00:00 GPST.
        codes : str or (str, str)
            Observation codes of RINEX 3: ``"C1C"``, or ``("C1C", "C2W")`` for the combination.

        Returns
        -------
        (N,) [s]
            0 where the source does not tell it.
        """
        ...
