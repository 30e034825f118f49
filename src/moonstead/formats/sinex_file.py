"""What a SINEX file says of stations: coordinates, equipment, eccentricities."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.formats.gnss_faults import Fault
from moonstead.foundation.errors import MissingData

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class StationSolution:
    """Coordinates of one point in one span.

    Attributes
    ----------
    code, point, solution : str
        Four letters of the site ("NYA1"), point ("A") and number of the solution ("2").
    position : (3,) [m]
        ITRF at `epoch`; NaN where a component is missing.
    sigma : (3,) [m]
        Standard deviations as the file gives them.
    velocity : (3,) [m/s]
        NaN where the file has none.
    epoch : float [s GPST past 1980-01-06]
        To which the position belongs.
    begin, end : float [s GPST past 1980-01-06]
        Span of the data; infinite where the file does not tell.
    """

    code: str
    point: str
    solution: str
    position: Array
    sigma: Array
    velocity: Array
    epoch: float
    begin: float
    end: float

    def at(self, gpst: float) -> Array:
        """Position on a date, moved by the velocity where there is one.

        Parameters
        ----------
        gpst : float [s GPST past 1980-01-06]
            The date.

        Returns
        -------
        (3,) [m]
            Without velocity, the position as it stands: stations move by 1 to 10 cm a year.
        """
        rate = np.where(np.isfinite(self.velocity), self.velocity, 0.0)
        return self.position + rate * (gpst - self.epoch)


@dataclass(frozen=True, slots=True, eq=False)
class StationEquipment:
    """What stood on a point in a span.

    Attributes
    ----------
    code, point : str
        Of the site.
    begin, end : float [s GPST past 1980-01-06]
        Span; infinite where the file leaves it open.
    kind : str
        "antenna" or "receiver".
    type : str
        Type of the IGS; of antennas without radome.
    radome : str
        Of antennas: four letters.
    serial : str
        Serial number, as far as the file gives it.
    """

    code: str
    point: str
    begin: float
    end: float
    kind: str
    type: str
    radome: str
    serial: str


@dataclass(frozen=True, slots=True, eq=False)
class StationEccentricity:
    """From the marker to the antenna reference point, in a span.

    Attributes
    ----------
    code, point : str
        Of the site.
    begin, end : float [s GPST past 1980-01-06]
        Span; infinite where the file leaves it open.
    axes : str
        "UNE" or "XYZ".
    offset : (3,) [m]
        Up, north, east or x, y, z.
    """

    code: str
    point: str
    begin: float
    end: float
    axes: str
    offset: Array


@dataclass(frozen=True, slots=True, eq=False)
class SinexFile:
    """What a SINEX file says of stations.

    Attributes
    ----------
    solutions : tuple of StationSolution
        In the order of the file.
    domes : dict of str to str
        Site identification number by "CODE POINT".
    descriptions : dict of str to str
        What the file calls the site, by "CODE POINT".
    equipment : tuple of StationEquipment
        Antennas and receivers.
    eccentricities : tuple of StationEccentricity
        From markers to antennas.
    faults : tuple of Fault
        Lines that could not be used.

    Source
    ------
    IERS Message 103, "SINEX: Solution (Software/technique) INdependent EXchange Format Version 2.02", 2006.
    """

    solutions: tuple[StationSolution, ...]
    domes: dict[str, str]
    descriptions: dict[str, str]
    equipment: tuple[StationEquipment, ...]
    eccentricities: tuple[StationEccentricity, ...]
    faults: tuple[Fault, ...] = ()

    def station(self, code: str, gpst: float | None = None) -> StationSolution:
        """Coordinates of a station: those whose data cover the date, else the nearest in time.

        Parameters
        ----------
        code : str
            Four letters, or a long name that begins with them.
        gpst : float [s GPST past 1980-01-06], optional
            The date; without it, the newest.

        Returns
        -------
        StationSolution

        Raises
        ------
        MissingData
            The file has no such station.
        """
        mine = [solution for solution in self.solutions if solution.code == code.strip().upper()[:4]]
        if not mine:
            near = sorted({solution.code for solution in self.solutions})
            raise MissingData(f"the SINEX file has no station {code}; it has {len(near)}: {', '.join(near[:12])} ...")
        if gpst is None:
            return max(mine, key=lambda solution: solution.epoch)
        inside = [solution for solution in mine if solution.begin <= gpst <= solution.end]
        return min(inside or mine, key=lambda solution: abs(solution.epoch - gpst))
