"""Where laser stations stand on a date: coordinates, motion, the way from marker to telescope axes, and tides."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import erfa
import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.solid_tides import pole_tide, solid_tide, sun_and_moon
from moonstead.formats.gnss_time import GPS_DAY, GPST_MINUS_TAI
from moonstead.formats.sinex import SinexFile, read_sinex
from moonstead.foundation.bodies import WGS84
from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.foundation.errors import InvalidInput, MissingData
from moonstead.foundation.time.scales import tai_seconds

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext

Array = NDArray[np.float64]

GPST_AT_J2000 = (0.5 - GPS_DAY) * SECONDS_PER_DAY + GPST_MINUS_TAI  # [s] at 2000-01-01T12:00:00 TAI


@dataclass(frozen=True, eq=False)
class LaserStations:
    """Coordinates of laser stations.

    Attributes
    ----------
    coordinates : SinexFile
        Positions and velocities by pad, for example SLRF2014.
    eccentricities : SinexFile or None
        From markers to the axes of telescopes; without it positions are taken as those of the axes.
    """

    coordinates: SinexFile
    eccentricities: SinexFile | None = None

    def position(self, pad: int, tdb: float) -> Array:
        """Where the axes of a station's telescope cross, without tides.

        Parameters
        ----------
        pad : int
            Number of the station.
        tdb : float [s TDB past J2000]
            Date.

        Returns
        -------
        (3,) [m]
            ITRF.

        Raises
        ------
        MissingData
            The station is not in the file of coordinates.
        """
        gpst = float(tai_seconds(np.array([tdb]))[0]) + GPST_AT_J2000
        marker = self.coordinates.station(f"{pad:04d}", gpst).at(gpst)
        if self.eccentricities is None:
            return marker
        for entry in self.eccentricities.eccentricities:
            if entry.code == f"{pad:04d}" and entry.begin <= gpst <= entry.end:
                return marker + (entry.offset if entry.axes == "XYZ" else _local(marker).T @ entry.offset)
        return marker


def read_laser_stations(
    coordinates: str | os.PathLike[str], eccentricities: str | os.PathLike[str] | None = None
) -> LaserStations:
    """Laser stations from SINEX files.

    Parameters
    ----------
    coordinates : path
        Positions and velocities, for example SLRF2014_POS+VEL.
    eccentricities : path, optional
        From markers to telescopes, for example ecc_une.snx.

    Returns
    -------
    LaserStations

    Raises
    ------
    MissingData
        There is no such file.
    FormatError
        A file is no SINEX.
    InvalidInput
        The file of coordinates has no coordinates.
    """
    places = read_sinex(coordinates)
    if not places.solutions:
        raise InvalidInput(f"{coordinates}: there are no coordinates of stations in it; give the file of positions")
    return LaserStations(places, None if eccentricities is None else read_sinex(eccentricities))


def geodetic(position: Array) -> tuple[float, float]:
    """Where a place lies on the WGS84 ellipsoid.

    Parameters
    ----------
    position : (3,) [m]
        ITRF.

    Returns
    -------
    float, float [rad], [m]
        Geodetic latitude, height.

    Source
    ------
    Fukushima (2006), J. Geodesy 79, 689, doi:10.1007/s00190-006-0023-2, as in SOFA's ``gc2gde``.
    """
    _, latitude, height = erfa.gc2gde(WGS84.equatorial_radius, WGS84.flattening, position)
    return float(latitude), float(height)


def zenith(position: Array) -> Array:
    """Direction up from the WGS84 ellipsoid.

    Parameters
    ----------
    position : (3,) [m]
        ITRF.

    Returns
    -------
    (3,) [1]
        ITRF.

    Source
    ------
    Normal of the ellipsoid through the place, as `geodetic`.
    """
    return _local(position)[0]


def displaced(positions: Mapping[int, Array], pads: NDArray[np.int64], tdb: Array, data: DataContext) -> Array:
    """Positions of stations at times, moved by the tides of the solid Earth and of the pole.

    Loading by the tides of the oceans, 5 to 30 mm at stations near a coast, is left out.

    Parameters
    ----------
    positions : mapping of int to (3,) [m]
        ITRF, by pad.
    pads : (N,) int
        Station of each row.
    tdb : (N,) [s TDB past J2000]
        Times.
    data : DataContext
        Ephemeris and Earth orientation.

    Returns
    -------
    (N, 3) [m]
        ITRF.

    Raises
    ------
    MissingData
        A station has no position.

    Source
    ------
    As `solid_tide` and `pole_tide`.
    """
    out = np.empty((tdb.size, 3))
    sun, moon = sun_and_moon(tdb, data)
    for pad in np.unique(pads):
        mine = pads == pad
        if int(pad) not in positions:
            raise MissingData(f"there are no coordinates of station {pad}; give a file that has them")
        place = positions[int(pad)]
        out[mine] = place + solid_tide(place, sun[mine], moon[mine], tdb[mine]) + pole_tide(place, tdb[mine], data)
    return out


def _local(position: Array) -> Array:
    """Rows up, north, east of the ellipsoid at a place."""
    longitude, latitude, _ = erfa.gc2gde(WGS84.equatorial_radius, WGS84.flattening, position)
    sl, cl, sp, cp = math.sin(longitude), math.cos(longitude), math.sin(latitude), math.cos(latitude)
    return np.array([[cp * cl, cp * sl, sp], [-sp * cl, -sp * sl, cp], [-sl, cl, 0.0]])
