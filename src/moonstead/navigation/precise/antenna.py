"""Where signals leave the satellites: phase centres from an ANTEX file, or from the table that is shipped."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.formats.antex import AntennaFile, AntennaPattern, phase_variation
from moonstead.foundation.errors import InvalidInput, MissingData
from moonstead.navigation.attitude import body_axes, in_orbit_normal_mode, sun_elevation, yaw_steering_holds
from moonstead.navigation.satellites import SatelliteFacts, satellite_facts
from moonstead.navigation.signals import carrier_frequency

Array = NDArray[np.float64]
Indices = NDArray[np.int64]
Flags = NDArray[np.bool_]

MILLIMETRE = 1e-3  # [m]
DEGREE = np.pi / 180.0  # [rad]
# Bands of the pair that the clocks of analysis centres refer to, by system.
USUAL_BANDS = {"G": ("1", "2"), "R": ("1", "2"), "E": ("1", "5"), "C": ("2", "6"), "J": ("1", "2")}
# Where a band has no pattern of its own, that of a neighbour in frequency is taken, as in IGS files of offsets alone.
NEIGHBOURS = {"G05": "G02", "R04": "R01", "R06": "R02", "E08": "E07", "E06": "E07", "C01": "C02", "C05": "C06"}


class SatelliteAntennas:
    """Phase centres of satellites for one pair of bands in each system, on one date.

    Parameters
    ----------
    satellites : sequence of str
        The N satellites, in the order in which they are asked for later.
    gpst : float [s GPST past 1980-01-06]
        The date: the middle of the span that is computed.
    bands : mapping of str to (str, str), optional
        Pair of bands by system, as ``{"C": ("2", "6")}``, for the ionosphere-free combination; ``("1", "1")`` for the
        first band alone. Systems that are not named have their usual pair.
    file : AntennaFile, optional
        ANTEX file; satellites that it lacks, or all without it, come from the shipped table.

    Attributes
    ----------
    offset : (N, 3) [m]
        Phase centre from the centre of mass, x, y, z of the satellite; 0 where it is unknown.
    known : (N,)
        Whether there is an offset.
    source : tuple of str
        Where each comes from; "none" where it is unknown.
    facts : tuple of SatelliteFacts
        What each satellite is.

    Raises
    ------
    InvalidInput
        A band is none of its system.

    Source
    ------
    Offsets and variations: see the head of `satellite_antennas.csv`. Combination of two bands: coefficients
    f1^2/(f1^2 - f2^2) and -f2^2/(f1^2 - f2^2), Schmid et al. (2016), J. Geod. 90, 343,
    doi:10.1007/s00190-015-0876-3.
    """

    def __init__(
        self,
        satellites: Sequence[str],
        gpst: float,
        bands: Mapping[str, tuple[str, str]] | None = None,
        file: AntennaFile | None = None,
    ) -> None:
        pairs = {**USUAL_BANDS, **(bands or {})}
        self.satellites = tuple(satellites)
        self.facts = tuple(satellite_facts(satellite, gpst) for satellite in satellites)
        count = len(self.satellites)
        self.offset = np.zeros((count, 3))
        self.known = np.zeros(count, dtype=np.bool_)
        self._nadir = np.arange(0, 21) * DEGREE
        self._variation = np.zeros((count, self._nadir.size))
        sources = []
        for row, (satellite, facts) in enumerate(zip(self.satellites, self.facts, strict=True)):
            patterns, source = _patterns(satellite, facts, gpst, file)
            pair = pairs.get(satellite[0])
            parts = [] if pair is None else [_of_band(patterns, satellite[0] + "0" + band) for band in pair]
            if not parts or any(part is None for part in parts):
                sources.append("none")
                continue
            weights = _combination(satellite[0], pair or ("", ""))
            for weight, part in zip(weights, parts, strict=True):
                assert part is not None
                self.offset[row] += weight * part.offset
                self._variation[row] += weight * phase_variation(part, self._nadir)
            self.known[row] = True
            sources.append(source)
        self.source = tuple(sources)

    def axes(self, index: Indices, position: ArrayLike, velocity: ArrayLike, sun: ArrayLike) -> tuple[Array, Flags]:
        """Axes of satellites, and whether they are sure of them.

        Parameters
        ----------
        index : (N,) int
            Rows of `satellites`.
        position : (N, 3) [m]
            Centres of mass in the ITRF.
        velocity : (N, 3) [m/s]
            In the turning ITRF.
        sun : (N, 3) [m]
            The Sun, from the centre of the Earth in the ITRF.

        Returns
        -------
        axes : (N, 3, 3) [1]
            Rows x, y, z in the ITRF.
        steady : (N,)
            False during turns at noon and midnight, which are not modelled.
        """
        row = np.asarray(index)
        r = np.atleast_2d(np.asarray(position, dtype=np.float64))
        beta, angle = sun_elevation(r, velocity, sun)
        fixed = np.zeros(beta.shape, dtype=np.bool_)
        steady = np.ones(beta.shape, dtype=np.bool_)
        radius = np.linalg.norm(r, axis=1)
        for number in np.unique(row):
            mine = row == number
            facts = self.facts[number]
            fixed[mine] = in_orbit_normal_mode(facts, beta[mine])
            holds = yaw_steering_holds(facts.block, radius[mine], beta[mine], angle[mine])
            steady[mine] = holds | fixed[mine]
        return body_axes(r, velocity, sun, fixed), steady

    def phase_centre(self, index: Indices, position: ArrayLike, velocity: ArrayLike, sun: ArrayLike) -> Array:
        """Positions of the phase centres.

        Parameters
        ----------
        index : (N,) int
            Rows of `satellites`.
        position : (N, 3) [m]
            Centres of mass in the ITRF.
        velocity : (N, 3) [m/s]
            In the turning ITRF.
        sun : (N, 3) [m]
            The Sun, from the centre of the Earth in the ITRF.

        Returns
        -------
        (N, 3) [m]
            In the ITRF; the centre of mass itself where the offset is unknown (see `known`).
        """
        axes, _ = self.axes(index, position, velocity, sun)
        return np.asarray(position, dtype=np.float64) + np.einsum("nij,ni->nj", axes, self.offset[np.asarray(index)])

    def variation(self, index: Indices, nadir: ArrayLike) -> Array:
        """Variation of the phase centre, to be added to a computed range.

        Parameters
        ----------
        index : (N,) int
            Rows of `satellites`.
        nadir : (N,) [rad]
            Angle at the satellite between the centre of the Earth and the receiver.

        Returns
        -------
        (N,) [m]
            0 where it is unknown.
        """
        place = np.clip(np.asarray(nadir, dtype=np.float64) / DEGREE, 0.0, self._nadir.size - 1.0)
        column = np.minimum(np.nan_to_num(place).astype(np.int64), self._nadir.size - 2)
        share = place - column
        table = self._variation[np.asarray(index)]
        rows = np.arange(table.shape[0])
        return np.asarray(table[rows, column] * (1.0 - share) + table[rows, column + 1] * share)


def nadir_angle(satellite: ArrayLike, receiver: ArrayLike) -> Array:
    """Angle at satellites between the centre of the Earth and receivers.

    Parameters
    ----------
    satellite, receiver : (N, 3) [m]
        Positions in the ITRF.

    Returns
    -------
    (N,) [rad]
        Up to 14 degrees for receivers on the ground.

    Source
    ------
    Geometry.
    """
    s, r = (np.atleast_2d(np.asarray(vector, dtype=np.float64)) for vector in (satellite, receiver))
    sight = r - s
    away = np.linalg.norm(np.cross(s, sight), axis=1)
    return np.arctan2(away, -np.sum(s * sight, axis=1))


def _combination(system: str, pair: tuple[str, str]) -> tuple[float, float]:
    """Weights [1] of two bands in the ionosphere-free combination; one band is taken as it is."""
    if pair[0] == pair[1]:
        return 1.0, 0.0
    first, second = (float(np.ravel(carrier_frequency(system, band))[0]) for band in pair)
    below = first**2 - second**2
    if below == 0.0:
        raise InvalidInput(f"bands {pair[0]} and {pair[1]} of {system} have one frequency; give two that differ")
    return first**2 / below, -(second**2) / below


def _of_band(patterns: Mapping[str, AntennaPattern], frequency: str) -> AntennaPattern | None:
    return patterns.get(frequency) or patterns.get(NEIGHBOURS.get(frequency, ""))


def _patterns(
    satellite: str, facts: SatelliteFacts, gpst: float, file: AntennaFile | None
) -> tuple[Mapping[str, AntennaPattern], str]:
    """Patterns by frequency, and where they come from."""
    if file is not None:
        try:
            antenna = file.satellite(satellite, gpst)
        except MissingData:
            pass
        else:
            return antenna.patterns, antenna.model or "ANTEX file"
    shipped = _shipped()
    for key in (facts.vehicle, facts.antenna):
        if key in shipped:
            return shipped[key]
    return {}, "none"


@cache
def _shipped() -> dict[str, tuple[dict[str, AntennaPattern], str]]:
    """Patterns of the shipped table by vehicle and by antenna type, with their sources."""
    from moonstead.navigation.satellites import antenna_types

    text = resources.files("moonstead.navigation").joinpath("satellite_antennas.csv").read_text(encoding="utf-8")
    rows = list(csv.reader(line for line in text.splitlines() if line and not line.startswith("#")))
    variations = {row[1]: np.array([float(value) for value in row[4:]]) for row in rows if row[0] == "variation"}
    types = antenna_types()
    shipped: dict[str, tuple[dict[str, AntennaPattern], str]] = {}
    for kind, key, frequencies, *values in rows:
        if kind != "offset":
            continue
        variation = variations.get(types.get(key, key), np.zeros(2))
        offset = np.array([float(value) for value in values[:3]]) * MILLIMETRE
        patterns, _ = shipped.setdefault(key, ({}, values[3]))
        for frequency in frequencies.split():
            grid = np.asarray(np.arange(variation.size) * DEGREE, dtype=np.float64)
            patterns[frequency] = AntennaPattern(frequency, offset, grid, variation * MILLIMETRE)
    return shipped
