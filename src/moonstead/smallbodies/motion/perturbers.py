"""Everything that pulls a small body, laid out once for the kernels."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.forces_ephemeris import parts_of_interval
from moonstead.dynamics.forces_orientation import moon_axes
from moonstead.foundation.bodies import body
from moonstead.foundation.constants import DAYS_PER_JULIAN_CENTURY, SECONDS_PER_DAY
from moonstead.foundation.ephemeris.calendar import span_text
from moonstead.foundation.ephemeris.chebyshev import ChebyshevTable
from moonstead.foundation.errors import InvalidInput, NumericalFailure, OutsideSpan
from moonstead.smallbodies.motion.asteroid_table import (
    ASTEROIDS,
    KERNEL,
    AsteroidTable,
    cut_asteroids,
    shipped_asteroids,
)
from moonstead.smallbodies.motion.perturber_tables import (
    BODIES,
    CLOCK,
    FIRST_ASTEROID,
    LANES,
    PLANET_NAMES,
    PerturberTables,
)

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext

Array = NDArray[np.float64]

CENTURY = DAYS_PER_JULIAN_CENTURY * SECONDS_PER_DAY
DEFAULT_SPAN = (-0.1 * CENTURY, 1.4 * CENTURY)  # 1990 to 2140
MOON_FIELD_DEGREE = 4
FIELD = "grgm1200a"
LOWEST_GROUND = {"MOON": 9.2e3}  # [m] below the mean radius: Antoniadi, LOLA; so that any ground lies on the flight
ASTEROID_RADIUS = 1e5  # [m]
RATIO_AGREEMENT = 1e-9  # [1] to which Earth and Moon must lie opposite each other about their barycentre
SOURCES = ("table", "kernel", "none")


@dataclass(frozen=True, eq=False)
class Perturbers:
    """Sun, planets, Earth, Moon and the sixteen large asteroids: masses and tables of places.

    Attributes
    ----------
    names : tuple of str
        The bodies, in the order of `gm`.
    gm : (N,) [m^3/s^2]
        Gravitational parameters.
    span : (2,) [s TDB past J2000]
        First and last time of the tables.
    asteroids : str
        Where the asteroids come from: ``"table"``, ``"kernel"`` or ``"none"``.
    asteroid_error : float [m]
        Bound of the error of an asteroid's place; NaN without asteroids.
    tables : PerturberTables
        What the kernels read: all bodies from the solar system barycentre in ICRF axes.
    """

    names: tuple[str, ...]
    gm: Array
    span: tuple[float, float]
    asteroids: str
    asteroid_error: float
    tables: PerturberTables

    @property
    def radii2(self) -> Array:
        """Squares (32,) [m^2] of the radii within which a body pulls as if it were of even density."""
        radii2 = np.full(BODIES, ASTEROID_RADIUS**2)
        radii2[: len(self.tables.radii)] = self.tables.radii**2
        return radii2

    def require(self, first: float, last: float, name: str) -> None:
        """Refuse a flight that leaves the tables.

        Parameters
        ----------
        first, last : float [s TDB past J2000]
            Ends of the flight.
        name : str
            What flies, for the message.

        Raises
        ------
        OutsideSpan
            The tables do not cover the flight.
        """
        if not (self.span[0] <= first and last <= self.span[1]):
            raise OutsideSpan(
                f"the flight of {name!r} over {span_text(first, last)} was asked; the tables of the perturbing bodies "
                f"cover {span_text(*self.span)}: stay within, or build them with start_tdb and stop_tdb"
            )


def perturbers(
    data: DataContext, *, start_tdb: float | None = None, stop_tdb: float | None = None, asteroids: str = "table"
) -> Perturbers:
    """Tables of everything that pulls a small body.

    Parameters
    ----------
    data : DataContext
        Planetary ephemeris, lunar orientation and lunar gravity field.
    start_tdb, stop_tdb : float [s TDB past J2000] or None
        What the tables must cover; by default 1990 to 2140, as far as the ephemeris goes.
    asteroids : str
        ``"table"``: the shipped table of the sixteen, within 100 km of JPL's. ``"kernel"``: cut now from JPL's file
        sb441-n16.bsp in the user's data folder. ``"none"``: without; that moves 2024 YR4 by 20 km in eight years.

    Returns
    -------
    Perturbers
        The same planets to the last digits as the ephemeris: series are divided, never fitted again.

    Raises
    ------
    InvalidInput
        `asteroids` is none of the three, or the span is empty.
    MissingData
        A data set is not installed.
    OutsideSpan
        The data do not cover the span.

    Source
    ------
    DE440: Park et al. (2021), AJ 161, 105, doi:10.3847/1538-3881/abd414; asteroids: Farnocchia (2021), IOM 392R-21-005.
    """
    if asteroids not in SOURCES:
        raise InvalidInput(f"asteroids={asteroids!r} was asked; there are {', '.join(SOURCES)}")
    covered = data.ephemeris.span("MOON", "SOLAR SYSTEM BARYCENTER")
    start = max(DEFAULT_SPAN[0], covered[0]) if start_tdb is None else float(start_tdb)
    stop = min(DEFAULT_SPAN[1], covered[1]) if stop_tdb is None else float(stop_tdb)
    if not start < stop:
        raise InvalidInput(f"perturbers from {start!r} to {stop!r} [s TDB past J2000] were asked; they must rise")
    clock = np.zeros(CLOCK)
    clock[0:2], fast, share = _fast(data, start, stop)
    clock[2:4], slow = _slow(data, start, stop)
    clock[8] = share
    table = _asteroids(data, start, stop, asteroids)
    if table is None:
        clock[4:6], belt = (start, stop - start), np.zeros((0, 6, 1, LANES))
    else:
        clock[4:6], belt = (table.start, table.interval), _belt(table)
    axes = moon_axes(start, stop, data)
    clock[6:8] = axes.start, axes.interval
    gm = np.zeros(BODIES)
    gm[: len(PLANET_NAMES)] = [body(name).gm for name in PLANET_NAMES]
    names: tuple[str, ...] = PLANET_NAMES
    if table is not None:
        gm[FIRST_ASTEROID:] = [1e9 * gm_km for _, gm_km in ASTEROIDS.values()]
        names = (*PLANET_NAMES, *(name for name, _ in ASTEROIDS.values()))
    return Perturbers(
        names,
        gm[gm > 0.0],
        (start, stop),
        asteroids,
        np.nan if table is None else table.error,
        PerturberTables(clock, gm, fast, slow, belt, np.ascontiguousarray(axes.series[:, 0]), _field(data), _radii()),
    )


def _asteroids(data: DataContext, start: float, stop: float, source: str) -> AsteroidTable | None:
    if source == "none":
        return None
    if source == "kernel":
        return cut_asteroids(data.dataset(KERNEL).path, data, start, stop)
    table = shipped_asteroids()
    last = table.start + table.interval * len(table.series)
    if not (table.start <= start and stop <= last):
        raise OutsideSpan(
            f"perturbers over {span_text(start, stop)} were asked; the shipped table of the asteroids covers "
            f"{span_text(table.start, last)}: stay within, give a data folder with sb441-n16.bsp and ask for "
            "asteroids='kernel', or go without them"
        )
    first, end = (int(min((t - table.start) // table.interval, len(table.series) - 1)) for t in (start, stop))
    start_of_part = table.start + first * table.interval
    return AsteroidTable(start_of_part, table.interval, table.series[first : end + 1], table.error)


def _fast(data: DataContext, start: float, stop: float) -> tuple[tuple[float, float], Array, float]:
    """Grid, series of Moon from Earth and of Mercury, and the Moon's share of the mass of Earth and Moon."""
    moon = data.ephemeris.chebyshev("MOON", "EARTH BARYCENTER", start, stop)
    earth = data.ephemeris.chebyshev("EARTH", "EARTH BARYCENTER", start, stop)
    mercury = data.ephemeris.chebyshev("MERCURY BARYCENTER", 0, start, stop)
    apart = moon.coefficients - earth.coefficients
    share = -float(np.sum(earth.coefficients * apart) / np.sum(apart * apart))
    if np.max(np.abs(earth.coefficients + share * apart)) > RATIO_AGREEMENT * np.max(np.abs(apart)):
        raise NumericalFailure("the ephemeris does not hold Earth and Moon on one line through their barycentre")
    parts = _divided(mercury, moon)
    series = np.zeros((len(apart), max(apart.shape[2], parts.shape[2]), LANES))
    series[:, : apart.shape[2], :3] = apart.transpose(0, 2, 1)
    series[:, : parts.shape[2], 3:6] = parts.transpose(0, 2, 1)
    return (moon.start, moon.interval), series, share


def _slow(data: DataContext, start: float, stop: float) -> tuple[tuple[float, float], Array]:
    """Grid and series of Sun, Venus, Earth-Moon barycentre and the outer planets."""
    names = ("SUN", "VENUS BARYCENTER", "EARTH BARYCENTER", *PLANET_NAMES[3:8])
    tables = [data.ephemeris.chebyshev(name, 0, start, stop) for name in (*names, "PLUTO BARYCENTER")]
    grid = tables[0]
    parts = [_divided(table, grid) for table in tables]
    series = np.zeros((len(grid.coefficients), 4, max(part.shape[2] for part in parts), LANES))
    for lane, part in enumerate(parts[:-1]):
        series[:, :3, : part.shape[2], lane] = part
    series[:, 3, : parts[-1].shape[2], :3] = parts[-1].transpose(0, 2, 1)
    return (grid.start, grid.interval), series


def _belt(table: AsteroidTable) -> Array:
    records, _, _, terms = table.series.shape
    series = table.series.reshape(records, 2, LANES, 3, terms).transpose(0, 3, 1, 4, 2)
    return np.ascontiguousarray(series.reshape(records, 6, terms, LANES))


def _divided(table: ChebyshevTable, grid: ChebyshevTable) -> Array:
    """Series (R, 3, T) of a table on the finer grid of another, which divides its own."""
    parts = round(table.interval / grid.interval)
    place = round((grid.start - table.start) / grid.interval) + np.arange(len(grid.coefficients))
    record = np.minimum(place // parts, len(table.coefficients) - 1)
    if parts == 1:
        return table.coefficients[record]
    matrices = parts_of_interval(parts, table.coefficients.shape[2])[place % parts]
    return np.asarray(table.coefficients[record] @ matrices.transpose(0, 2, 1))


def _field(data: DataContext) -> Array:
    """Moon: unnormalised C and S times GM R^n, by degree and order; degrees 0 and 1 are zero."""
    field = data.gravity_field(FIELD, MOON_FIELD_DEGREE)
    both = np.zeros((2, MOON_FIELD_DEGREE + 1, MOON_FIELD_DEGREE + 1))
    for n in range(2, MOON_FIELD_DEGREE + 1):
        for m in range(n + 1):
            norm = math.sqrt((1 if m == 0 else 2) * (2 * n + 1) * math.factorial(n - m) / math.factorial(n + m))
            both[:, n, m] = norm * field.gm * field.radius**n * np.array((field.c[n, m], field.s[n, m]))
    return both


def _radii() -> Array:
    """Where a flight ends: polar radius of a body, or of the planet of a system; for the Moon its lowest ground."""
    radii = []
    for name in PLANET_NAMES:
        planet = body(name.replace(" BARYCENTER", ""))
        radii.append(planet.polar_radius - LOWEST_GROUND.get(planet.name, 0.0))
    return np.array(radii)
