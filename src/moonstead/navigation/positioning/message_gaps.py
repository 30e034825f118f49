"""A source with another behind it: where the first has no state, the second is asked."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.errors import InvalidInput
from moonstead.navigation.satellite_states import Codes, SatelliteSource, SatelliteStates

Array = NDArray[np.float64]
Indices = NDArray[np.int64]


class FilledSource:
    """Satellites of one source, and of another where the first has no state.

    Made for navigation files of one station: at their beginning a message may be in force that the station received
    only later, so a finished file can be answered from its first epoch.

    Parameters
    ----------
    first, second : SatelliteSource
        Of the same satellites.

    Attributes
    ----------
    satellites : tuple of str
        Of both.
    span : (float, float) [s of GPST]
        Of both.
    filled : int
        States that the second gave so far.

    Raises
    ------
    InvalidInput
        The sources have other satellites.
    """

    def __init__(self, first: SatelliteSource, second: SatelliteSource) -> None:
        if first.satellites != second.satellites:
            raise InvalidInput("both sources must have the same satellites: make them of the same navigation files")
        self._first, self._second = first, second
        self.satellites = first.satellites
        self.span = min(first.span[0], second.span[0]), max(first.span[1], second.span[1])
        self.filled = 0

    def states(self, satellite_index: Indices, gpst: Array, offset: Array | float = 0.0) -> SatelliteStates:
        """States of satellites at ``gpst + offset``.

        Parameters
        ----------
        satellite_index : (N,) int
            Rows of `satellites`.
        gpst : (N,) [s of GPST]
            Times past 1980-01-06T00:00:00 GPST.
        offset : (N,) or scalar [s]
            Small times to be added.

        Returns
        -------
        SatelliteStates
            Lengths in [m].

        Source
        ------
        The two sources.
        """
        states = self._first.states(satellite_index, gpst, offset)
        lacking = np.flatnonzero(~states.valid)
        if not lacking.size:
            return states
        later = np.broadcast_to(np.asarray(offset, dtype=np.float64), gpst.shape)
        other = self._second.states(satellite_index[lacking], gpst[lacking], later[lacking])
        self.filled += int(np.count_nonzero(other.valid))
        columns = {}
        for each in fields(SatelliteStates):
            if each.name != "point":
                columns[each.name] = getattr(states, each.name).copy()
                columns[each.name][lacking] = getattr(other, each.name)
        return replace(states, **columns)

    def code_bias(self, satellite_index: Indices, gpst: Array, codes: Codes) -> Array:
        """Delay of a signal or pair against the clock of `states`.

        Parameters
        ----------
        satellite_index : (N,) int
            Rows of `satellites`.
        gpst : (N,) [s of GPST]
            Times past 1980-01-06T00:00:00 GPST.
        codes : str or (str, str)
            Observation codes of RINEX 3.

        Returns
        -------
        (N,) [s]
            Of the first source, or of the second where the first tells none.

        Source
        ------
        The two sources.
        """
        told = self._first.code_bias(satellite_index, gpst, codes)
        silent = np.flatnonzero(told == 0.0)
        if silent.size:
            told = told.copy()
            told[silent] = self._second.code_bias(satellite_index[silent], gpst[silent], codes)
        return told
