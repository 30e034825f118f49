"""What an ANTEX file says: antennas, their phase centres and patterns."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from moonstead.formats.gnss_faults import Fault
from moonstead.foundation.errors import MissingData

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class AntennaPattern:
    """Phase centre of one antenna at one frequency.

    A phase range is the distance between the reference points, less the offset's component along the line of sight
    (away from the antenna), plus the variation.

    Attributes
    ----------
    frequency : str
        System and band of RINEX: "G01", "R02", "C06".
    offset : (3,) [m]
        Mean phase centre: of receivers north, east, up from the antenna reference point; of satellites x, y, z of the
        axes of the IGS from the centre of mass.
    zenith : (Z,) [rad]
        Grid of the variation: zenith angles of receivers, nadir angles of satellites.
    variation : (Z,) [m]
        Without azimuth.
    azimuth : (A,) [rad]
        Grid of the variation with azimuth, 0 to a full turn; empty where there is none.
    variation_by_azimuth : (A, Z) [m]
        Variation with azimuth: from north over east, of satellites from y over x; empty where there is none.
    """

    frequency: str
    offset: Array
    zenith: Array
    variation: Array
    azimuth: Array = field(default_factory=lambda: np.zeros(0))
    variation_by_azimuth: Array = field(default_factory=lambda: np.zeros((0, 0)))


@dataclass(frozen=True, slots=True, eq=False)
class Antenna:
    """An antenna and its patterns.

    Attributes
    ----------
    type : str
        Type of the IGS without radome: "BLOCK IIF", "ASH701945E_M".
    radome : str
        Four letters of receivers' radomes, "NONE" for none; empty for satellites.
    serial : str
        Serial number of a receiver antenna, empty where the pattern is of the type.
    satellite, vehicle, launch : str
        Of satellites: number ("G01"), vehicle ("G063") and international designation; else empty.
    begin, end : float [s GPST past 1980-01-06]
        Span in which it holds.
    patterns : dict of str to AntennaPattern
        By frequency.
    method, agency, date : str
        How, by whom and when it was calibrated.
    model : str
        Code of the model the values belong to: "IGS14_2247".
    """

    type: str
    radome: str
    serial: str
    satellite: str
    vehicle: str
    launch: str
    begin: float
    end: float
    patterns: dict[str, AntennaPattern]
    method: str = ""
    agency: str = ""
    date: str = ""
    model: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class AntennaFile:
    """What an ANTEX file says.

    Attributes
    ----------
    version : float [1]
        Of the format: 1.3 or 1.4.
    absolute : bool
        Whether patterns are absolute; relative ones refer to `reference_antenna`.
    reference_antenna : str
        Of relative patterns.
    antennas : tuple of Antenna
        In the order of the file.
    comments : tuple of str
        Of the head.
    faults : tuple of Fault
        What could not be used.

    Source
    ------
    M. Rothacher & R. Schmid, "ANTEX: The Antenna Exchange Format, Version 1.4", 15 September 2010.
    """

    version: float
    absolute: bool
    reference_antenna: str
    antennas: tuple[Antenna, ...]
    comments: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()

    def satellite(self, satellite: str, gpst: float) -> Antenna:
        """Antenna of a satellite on a date.

        Parameters
        ----------
        satellite : str
            "G01" ...
        gpst : float [s GPST past 1980-01-06]
            The date.

        Returns
        -------
        Antenna

        Raises
        ------
        MissingData
            The file has none.
        """
        for antenna in self.antennas:
            if antenna.satellite == satellite and antenna.begin <= gpst <= antenna.end:
                return antenna
        count = sum(antenna.satellite == satellite for antenna in self.antennas)
        raise MissingData(f"the ANTEX file has no antenna of {satellite} on that date ({count} on other dates)")

    def receiver(self, antenna_type: str, radome: str = "NONE", serial: str = "") -> Antenna:
        """Antenna of a receiver.

        As the IGS does, an antenna whose radome has no pattern is taken without radome.

        Parameters
        ----------
        antenna_type : str
            Type of the IGS: "ASH701945E_M".
        radome : str
            Four letters; "NONE" or empty for none.
        serial : str
            Serial number: a pattern of that very antenna goes before the one of its type.

        Returns
        -------
        Antenna

        Raises
        ------
        MissingData
            The file has none of the type.
        """
        wanted = (radome or "NONE").strip().upper()
        mine = [a for a in self.antennas if not a.satellite and a.type.upper() == antenna_type.strip().upper()]
        for radomes in ((wanted,), ("NONE",)):
            fitting = [antenna for antenna in mine if antenna.radome.upper() in radomes]
            own = [antenna for antenna in fitting if serial and antenna.serial == serial]
            general = [antenna for antenna in fitting if not antenna.serial]
            if own or general:
                return (own or general)[0]
        raise MissingData(
            f"no pattern of the receiver antenna {antenna_type} {wanted}; give an ANTEX file that has it, "
            f"or compute without (a few centimetres in height)"
        )
