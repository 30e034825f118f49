"""From centres of mass to antennas: what precise orbits lack before messages can be judged radially."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.solid_tides import sun_and_moon
from moonstead.formats.antex import AntennaFile
from moonstead.formats.sp3 import PreciseOrbits
from moonstead.navigation.precise.antenna import SatelliteAntennas
from moonstead.navigation.precise.source import PreciseSource
from moonstead.navigation.time import tdb_from_gpst

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext

Array = NDArray[np.float64]


def antenna_offsets(precise: PreciseOrbits, data: DataContext, file: AntennaFile | None = None) -> Array:
    """Offsets of the phase centres of the ionosphere-free combination from the centres of mass.

    The antenna that an operator's orbits refer to is not always the one that the IGS calibrated: for GPS blocks the two
    differ by up to decimetres along the z axis.

    Parameters
    ----------
    precise : PreciseOrbits
        Centres of mass.
    data : DataContext
        Ephemeris and Earth orientation, for the Sun that satellites turn to.
    file : AntennaFile or None
        ANTEX file; None for the shipped table.

    Returns
    -------
    (E, S, 3) [m]
        In the ITRF, nominal attitude; NaN where position or offset are unknown.

    Raises
    ------
    OutsideSpan, MissingData
        Ephemeris or Earth orientation do not cover an epoch, or are not there.

    Source
    ------
    As `SatelliteAntennas`; reference points of messages: Montenbruck, Steigenberger and Hauschild (2015), GPS Solutions
    19, 321, doi:10.1007/s10291-014-0390-8.
    """
    epochs, count = precise.gpst.size, len(precise.satellites)
    antennas = SatelliteAntennas(precise.satellites, float(precise.gpst[epochs // 2]), file=file)
    sun, _ = sun_and_moon(tdb_from_gpst(precise.gpst), data)
    source = PreciseSource(precise)
    row = {name: k for k, name in enumerate(source.satellites)}
    to_source = np.array([row[name] for name in precise.satellites], dtype=np.int64)
    states = source.states(np.tile(to_source, epochs), np.repeat(precise.gpst, count))
    column = np.tile(np.arange(count), epochs)
    offsets = np.full((epochs * count, 3), np.nan)
    there = np.flatnonzero(states.valid & antennas.known[column])
    place = states.position[there]
    centre = antennas.phase_centre(column[there], place, states.velocity[there], sun[there // count])
    offsets[there] = centre - place
    return offsets.reshape(epochs, count, 3)
