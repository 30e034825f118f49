"""Where the perturbing bodies are, read from the tables that flights use."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.bodies import body
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.time.scales import tdb_julian_date
from moonstead.smallbodies.motion.perturber_tables import (
    BELT,
    EARTH,
    FAST,
    FIRST_ASTEROID,
    LANES,
    MERCURY,
    MOON,
    MOON_SHARE,
    PLANET_NAMES,
    PLUTO,
    SLOW,
)
from moonstead.smallbodies.motion.perturbers import Perturbers

Array = NDArray[np.float64]


def place_of(name: str, perturbers: Perturbers) -> int:
    """Place of a body in the tables.

    Parameters
    ----------
    name : str
        As in `Perturbers.names`; ``"MARS"`` stands for ``"MARS BARYCENTER"``, and so on.
    perturbers : Perturbers
        The tables.

    Returns
    -------
    int [1]
        Index into `PerturberTables.gm`.

    Raises
    ------
    InvalidInput
        The tables do not hold the body.
    """
    names = perturbers.names
    for wanted in (name.upper(), f"{name.upper()} BARYCENTER"):
        if wanted in names:
            place = names.index(wanted)
            return place if place < len(PLANET_NAMES) else FIRST_ASTEROID + place - len(PLANET_NAMES)
    raise InvalidInput(f"no body called {name!r} pulls in these flights; there are {', '.join(names)}")


def radius_of(name: str) -> float:
    """Mean radius of a planet, the Moon or the Sun.

    Parameters
    ----------
    name : str
        NAIF name; a barycentre stands for its planet.

    Returns
    -------
    float [m]
        Mean radius.

    Raises
    ------
    InvalidInput
        No body has the name.

    Source
    ------
    Archinal et al. (2018), doi:10.1007/s10569-017-9805-5, as `foundation.bodies` has it.
    """
    return body(name.upper().replace(" BARYCENTER", "")).mean_radius


def body_states(name: str, tdb: ArrayLike, perturbers: Perturbers) -> Array:
    """States of a perturbing body at times.

    Parameters
    ----------
    name : str
        As in `Perturbers.names`.
    tdb : (N,) [s TDB past J2000]
        Times within the tables.
    perturbers : Perturbers
        The tables.

    Returns
    -------
    (N, 6) [m, m/s]
        From the solar system barycentre, ICRF.

    Raises
    ------
    InvalidInput
        The tables do not hold the body.
    OutsideSpan
        A time lies outside the tables.

    Source
    ------
    Park et al. (2021), DE440, doi:10.3847/1538-3881/abd414.
    """
    place, tables = place_of(name, perturbers), perturbers.tables
    times = np.atleast_1d(np.asarray(tdb, dtype=np.float64))
    if not times.size:
        return np.empty((0, 6))
    perturbers.require(float(times.min()), float(times.max()), name)
    if place >= FIRST_ASTEROID:
        half, lane = divmod(place - FIRST_ASTEROID, LANES)
        return _states(tables.belt[:, half::2, :, lane], tables.clock[BELT : BELT + 2], times)
    if place == MERCURY:
        return _states(tables.fast[:, :, 3:6].transpose(0, 2, 1), tables.clock[FAST : FAST + 2], times)
    slow = tables.clock[SLOW : SLOW + 2]
    if place == PLUTO:
        return _states(tables.slow[:, 3, :, :3].transpose(0, 2, 1), slow, times)
    if place not in (EARTH, MOON):
        return _states(tables.slow[:, :3, :, place], slow, times)
    apart = _states(tables.fast[:, :, :3].transpose(0, 2, 1), tables.clock[FAST : FAST + 2], times)
    share = tables.clock[MOON_SHARE] - (1.0 if place == MOON else 0.0)
    return _states(tables.slow[:, :3, :, EARTH], slow, times) - share * apart


def _states(series: Array, clock: Array, tdb: Array) -> Array:
    """States (N, 6) [m, m/s] from series (R, 3, T) on records that begin at clock[0] [s] and last clock[1] [s]."""
    after = (tdb - clock[0]) / clock[1]
    record = np.clip(np.floor(after).astype(np.int64), 0, len(series) - 1)
    # from the record's own begin, so that no digit of the time is lost
    x = 2.0 * (tdb - (clock[0] + record * clock[1])) / clock[1] - 1.0
    terms = series.shape[2]
    basis, slope = np.ones((2, terms, tdb.size))
    basis[1], slope[0] = x, 0.0
    for k in range(2, terms):
        basis[k] = 2.0 * x * basis[k - 1] - basis[k - 2]
        slope[k] = 2.0 * (basis[k - 1] + x * slope[k - 1]) - slope[k - 2]
    chosen = series[record]
    place = np.einsum("nck,kn->nc", chosen, basis)
    return np.concatenate((place, np.einsum("nck,kn->nc", chosen, slope) * (2.0 / clock[1])), axis=1)


def earth_pole(tdb: float) -> Array:
    """Direction of the Earth's celestial intermediate pole.

    Parameters
    ----------
    tdb : float [s TDB past J2000]
        Time.

    Returns
    -------
    (3,) [1]
        Unit vector, ICRF; polar motion (0.5 arcsec) and celestial-pole offsets are left out: 5 cm of altitude.

    Source
    ------
    IAU 2006/2000A precession-nutation through ``erfa.xys06a``; IERS Conventions (2010), chapter 5.
    """
    import erfa

    x, y, _ = erfa.xys06a(*tdb_julian_date(np.array([tdb])))
    return np.array([x[0], y[0], np.sqrt(1.0 - x[0] ** 2 - y[0] ** 2)])
