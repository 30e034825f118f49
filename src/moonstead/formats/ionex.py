"""Maps of the ionosphere's electron content in IONEX files."""

from __future__ import annotations

import os
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.formats.gnss_faults import Fault, FaultLog
from moonstead.formats.gnss_files import unpack
from moonstead.formats.gnss_time import gpst_from_civil
from moonstead.foundation.errors import FormatError

Array = NDArray[np.float64]

LABEL = 60  # column in which labels begin
NO_VALUE = 9999
TEC_UNIT = 1e16  # [1/m^2]
NANOSECOND = 1e-9  # [s]
MOST_POINTS = 2_000_000  # of one map; more is a damaged head
MAPS = {"TEC": "tec", "RMS": "rms", "HEIGHT": "height"}


@dataclass(frozen=True, slots=True, eq=False)
class IonosphereMaps:
    """What an IONEX file says: M epochs, A latitudes, B longitudes.

    Attributes
    ----------
    gpst : (M,) [s GPST past 1980-01-06]
        Epochs of the maps, rising; the file's UTC is converted.
    latitude : (A,) [rad]
        Geocentric, rising.
    longitude : (B,) [rad]
        East, rising.
    height : float [m]
        Of the layer above `radius`.
    radius : float [m]
        Of the sphere below the layer.
    tec : (M, A, B) [1/m^2]
        Electrons in a vertical column; NaN where the file has none.
    rms : (M, A, B) [1/m^2] or None
        Standard deviation.
    satellite_bias : dict of str to float [s]
        Differential code bias of the first less the second signal, by satellite.
    station_bias : dict of str to float [s]
        Likewise by system and station: "G BRUX 13101M010".
    mapping : str
        Mapping function that the maps were made with, as in the head.
    elevation_cutoff : float [rad]
        Of the observations behind the maps.
    interval : float [s]
        Between maps as the head states it; 0 if it varies.
    comments : tuple of str
        Comments and descriptions of the head.
    faults : tuple of Fault
        What could not be used.

    Source
    ------
    S. Schaer, W. Gurtner & J. Feltens, "IONEX: The IONosphere Map EXchange Format Version 1.1", 2015.
    """

    gpst: Array
    latitude: Array
    longitude: Array
    height: float
    radius: float
    tec: Array
    rms: Array | None
    satellite_bias: dict[str, float]
    station_bias: dict[str, float]
    mapping: str
    elevation_cutoff: float
    interval: float
    comments: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()


def read_ionex(path: str | os.PathLike[str]) -> IonosphereMaps:
    """Maps of an IONEX file with one layer.

    Parameters
    ----------
    path : path
        Plain or packed.

    Returns
    -------
    IonosphereMaps

    Raises
    ------
    MissingData
        There is no such file.
    FormatError
        It is no IONEX file, has several layers, or no map that can be used.
    """
    return parse_ionex(unpack(path), os.fspath(path))


def parse_ionex(text: bytes, path: str) -> IonosphereMaps:
    """Maps of an IONEX text.

    Parameters
    ----------
    text : bytes
        The file, unpacked, line ends single line feeds.
    path : str
        Its name, for messages.

    Returns
    -------
    IonosphereMaps

    Raises
    ------
    FormatError
        It is no IONEX file, has several layers, or no map that can be used.

    Source
    ------
    As `IonosphereMaps`.
    """
    log = FaultLog(path)
    lines = text.decode("latin-1").split("\n")
    if "IONEX VERSION" not in lines[0]:
        raise log.refusal("this is no IONEX file: it does not begin with IONEX VERSION / TYPE", "give an IONEX file", 1)
    reader = _Reader(lines, log)
    reader.read()
    found = reader.maps["tec"]
    epochs = np.array(sorted(found))
    if epochs.size == 0:
        raise log.refusal("no map can be used", "fetch the file again")
    tec = np.stack([found[epoch] for epoch in epochs])
    spread = reader.maps["rms"]
    rms = np.stack([spread.get(epoch, np.full(tec.shape[1:], np.nan)) for epoch in epochs]) if spread else None
    latitude, longitude = reader.latitude, reader.longitude
    if latitude[0] > latitude[-1]:
        latitude, tec = latitude[::-1], tec[:, ::-1]
        rms = None if rms is None else rms[:, ::-1]
    return IonosphereMaps(
        gpst=epochs,
        latitude=np.ascontiguousarray(np.radians(latitude)),
        longitude=np.radians(longitude),
        height=reader.height,
        radius=reader.radius,
        tec=np.ascontiguousarray(tec),
        rms=None if rms is None else np.ascontiguousarray(rms),
        satellite_bias=reader.satellite_bias,
        station_bias=reader.station_bias,
        mapping=reader.mapping,
        elevation_cutoff=reader.cutoff,
        interval=reader.interval,
        comments=tuple(reader.comments),
        faults=log.faults,
    )


class _Reader:
    """State while the lines go by."""

    def __init__(self, lines: list[str], log: FaultLog) -> None:
        self.lines, self.log = lines, log
        self.exponent, self.interval, self.cutoff = -1, 0.0, 0.0
        self.radius, self.height, self.mapping = 6_371_000.0, 450_000.0, ""
        self.latitude: Array = np.zeros(0)
        self.longitude: Array = np.zeros(0)
        self.satellite_bias: dict[str, float] = {}
        self.station_bias: dict[str, float] = {}
        self.comments: list[str] = []
        self.maps: dict[str, dict[float, Array]] = {"tec": {}, "rms": {}, "height": {}}

    def read(self) -> None:
        number, in_head = 0, True
        while number < len(self.lines):
            line = self.lines[number]
            label = line[LABEL : LABEL + 20].rstrip()
            try:
                if label.startswith("START OF ") and label.endswith(" MAP"):
                    in_head = False
                    number = self._map(number, label.split()[2])
                elif label == "END OF FILE":
                    return
                elif in_head:
                    self._head(line, label, number)
            except FormatError:
                raise
            except ValueError as error:
                self.log.note(number + 1, f"the line can not be read ({error})", "it was left out")
            number += 1
        self.log.note(0, "the line END OF FILE is missing, so the file is cut off", "whole maps were read")

    def _head(self, line: str, label: str, number: int) -> None:
        value = line[:LABEL]
        if label in ("COMMENT", "DESCRIPTION"):
            self.comments.append(value.rstrip())
        elif label == "MAPPING FUNCTION":
            self.mapping = value.strip()
        elif label == "INTERVAL":
            self.interval = float(value.split()[0])
        elif label == "ELEVATION CUTOFF":
            self.cutoff = float(np.radians(float(value.split()[0])))
        elif label == "BASE RADIUS":
            self.radius = float(value.split()[0]) * 1e3
        elif label == "EXPONENT":
            self.exponent = int(value.split()[0])
        elif label == "MAP DIMENSION" and int(value.split()[0]) != 2:
            raise self.log.refusal("the maps have several layers", "give a file of dimension 2", number + 1)
        elif label == "HGT1 / HGT2 / DHGT":
            self.height = float(value.split()[0]) * 1e3
        elif label == "LAT1 / LAT2 / DLAT":
            self.latitude = self._grid(value, 90.0, number)
        elif label == "LON1 / LON2 / DLON":
            self.longitude = self._grid(value, 360.0, number)
        elif label == "PRN / BIAS / RMS":
            self.satellite_bias[_satellite(value[3:6])] = float(value[6:16]) * NANOSECOND
        elif label == "STATION / BIAS / RMS":
            self.station_bias[" ".join(value[3:26].split())] = float(value[26:36]) * NANOSECOND

    def _grid(self, value: str, most: float, number: int) -> Array:
        first, last, step = (float(value[k : k + 6]) for k in (2, 8, 14))
        count = round((last - first) / step) + 1 if step else 1
        fits = abs(first + (count - 1) * step - last) < 1e-3 * max(abs(step), 1.0)
        if not (2 <= count <= MOST_POINTS and fits and max(abs(first), abs(last)) <= most):
            raise self.log.refusal("the grid of the maps is none", "fetch the file again", number + 1)
        return np.asarray(np.linspace(first, last, count), dtype=np.float64)

    def _map(self, start: int, kind: str) -> int:
        """Read the map that begins in line `start`; the answer is the line it ends in."""
        if self.latitude.size < 2 or self.longitude.size < 2:
            raise self.log.refusal("a map comes before the grid is told", "fetch the file again", start + 1)
        values = np.full((self.latitude.size, self.longitude.size), np.nan)
        epoch, exponent, rows = float("nan"), self.exponent, 0
        number = start + 1
        while number < len(self.lines):
            line = self.lines[number]
            label = line[LABEL : LABEL + 20].rstrip()
            if label == "EPOCH OF CURRENT MAP":
                epoch = _epoch(line)
            elif label == "EXPONENT":
                exponent = int(line[:6])
            elif label == "LAT/LON1/LON2/DLON/H":
                row = int(np.argmin(np.abs(self.latitude - float(line[2:8]))))
                count = self.longitude.size
                digits: list[str] = []
                while len(digits) < count and number + 1 < len(self.lines):
                    number += 1
                    text = self.lines[number]
                    digits += [text[k : k + 5] for k in range(0, min(5 * (count - len(digits)), 80), 5)]
                numbers = np.array([float(part) for part in digits])
                values[row] = np.where(numbers == NO_VALUE, np.nan, numbers)
                rows += 1
            elif label.startswith("END OF ") and label.endswith(" MAP"):
                if np.isfinite(epoch) and rows == self.latitude.size:
                    unit = 1e3 if kind == "HEIGHT" else TEC_UNIT
                    self.maps[MAPS.get(kind, "height")][epoch] = values * (10.0**exponent * unit)
                else:
                    what = f"the map has {rows} of {self.latitude.size} rows, or no epoch"
                    self.log.note(start + 1, what, "it was left out")
                return number
            elif label.startswith("START OF "):
                break
            number += 1
        self.log.note(start + 1, "the map has no end", "it was left out")
        return number - 1


def _epoch(line: str) -> float:
    year, month, day, hour, minute, second = (int(line[k : k + 6]) for k in range(0, 36, 6))
    if hour == 24:  # customary for the last map of a day
        return float(gpst_from_civil(year, month, day, 0, 0, 0.0, "UTC")[0]) + 86_400.0 + 60.0 * minute + second
    return float(gpst_from_civil(year, month, day, hour, minute, second, "UTC")[0])


def _satellite(text: str) -> str:
    name = text.strip()
    return name if name[:1].isalpha() else f"G{int(name):02d}"
