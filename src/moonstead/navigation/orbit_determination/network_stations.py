"""Places of tracking stations, for simulated networks."""

from __future__ import annotations

import erfa
import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

# IGS station, latitude [deg], longitude [deg], height [m]: recalled to about 0.01 deg from the station list of the IGS
# (network.igs.org), where they can be read to the millimetre. A simulated network needs the places, not the datum.
_STATIONS = (
    ("ALIC", -23.670, 133.886, 603.0),
    ("AREQ", -16.466, -71.493, 2489.0),
    ("ASCG", -7.916, -14.333, 38.0),
    ("BRAZ", -15.948, -47.878, 1106.0),
    ("CAS1", -66.283, 110.520, 22.0),
    ("CHPI", -22.687, -44.985, 617.0),
    ("DGAR", -7.270, 72.370, -65.0),
    ("FAIR", 64.978, -147.499, 319.0),
    ("GOLD", 35.425, -116.889, 987.0),
    ("GUAM", 13.589, 144.868, 202.0),
    ("HARB", -25.887, 27.707, 1558.0),
    ("HOB2", -42.805, 147.439, 41.0),
    ("IISC", 13.021, 77.570, 844.0),
    ("IRKJ", 52.219, 104.316, 502.0),
    ("KERG", -49.351, 70.256, 73.0),
    ("KIRU", 67.857, 20.968, 391.0),
    ("KOKB", 22.126, -159.665, 1168.0),
    ("MAL2", -2.996, 40.194, -21.0),
    ("MAS1", 27.764, -15.633, 197.0),
    ("MCM4", -77.838, 166.669, 98.0),
    ("NKLG", 0.354, 9.672, 31.0),
    ("OHI3", -63.321, -57.901, 32.0),
    ("PETS", 53.023, 158.650, 102.0),
    ("STJO", 47.595, -52.678, 153.0),
    ("THTI", -17.577, -149.606, 98.0),
    ("THU3", 76.537, -68.825, 36.0),
    ("TIXI", 71.634, 128.866, 47.0),
    ("YELL", 62.481, -114.481, 181.0),
)


def station_places() -> tuple[tuple[str, ...], Array]:
    """Names and places of the stations of simulated networks.

    Returns
    -------
    names : tuple of str
        Of the IGS.
    position : (R, 3) [m]
        ITRF, to about 1 km.

    Source
    ------
    IGS station list, recalled to 0.01 deg; ellipsoid GRS80.
    """
    names, latitude, longitude, height = zip(*_STATIONS, strict=True)
    places = erfa.gd2gc(2, np.radians(longitude), np.radians(latitude), np.array(height))
    return tuple(names), np.ascontiguousarray(places)
