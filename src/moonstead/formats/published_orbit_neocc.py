"""Element files of OrbFit (OEF 2.0) as ESA's NEO Coordination Centre publishes them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from moonstead.formats.published_orbit import FORCES, KINDS, PublishedOrbit, checked_covariance
from moonstead.foundation.constants import ASTRONOMICAL_UNIT, J2000_JULIAN_DATE, SECONDS_PER_DAY, SOLAR_PRESSURE
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.time.scales import tdb_minus_tt

Array = NDArray[np.float64]

MODIFIED = 2_400_000.5  # [d] modified Julian dates count from here
NEOCC_A2 = 1e-10 * ASTRONOMICAL_UNIT / SECONDS_PER_DAY**2  # [m/s2] unit of the Yarkovsky parameter
NEOCC_AREA = 1e-3 * SOLAR_PRESSURE  # [m/s2] of an area-to-mass ratio of 1 m2/t in sunlight at 1 au
DEGREE = np.pi / 180.0

# m, rad, 1 of one unit of each element in the file
UNITS = {
    "KEP": ("keplerian", (ASTRONOMICAL_UNIT, 1.0, DEGREE, DEGREE, DEGREE, DEGREE)),
    "EQU": ("equinoctial", (ASTRONOMICAL_UNIT, 1.0, 1.0, 1.0, 1.0, DEGREE)),
}


def parse_neocc(text: str, name: str) -> PublishedOrbit:
    """Orbit and covariance of an OEF 2.0 element file.

    Parameters
    ----------
    text : str
        Content of a file with one object (``.ke0``, ``.ke1``, ``.eq0``, ``.eq1``).
    name : str
        File, for messages.

    Returns
    -------
    PublishedOrbit
        Keplerian or equinoctial elements.

    Raises
    ------
    InvalidInput
        A line that is needed is not there or cannot be read, or the axes are not the ecliptic of J2000.

    Source
    ------
    OrbFit consortium, OEF 2.0 files as served by neo.ssa.esa.int: comments in the files state elements, units of the
    Yarkovsky parameter (1e-10 au/d2) and of the area-to-mass ratio (m2/t). Standard deviations printed on the RMS line
    show that angles of the covariance are in degrees.
    """
    head, rows = _split(text, name)
    key = next((one for one in rows if one[0] in UNITS), None)
    if key is None:
        raise InvalidInput(f"{name}: no line KEP or EQU with elements; fetch the Keplerian or equinoctial file")
    kind, units = UNITS[key[0]]
    elements = _numbers(key, 6, name) * np.array(units)
    epoch = _row(rows, "MJD", name)
    day = _numbers(epoch[:2], 1, name)[0]
    scale = epoch[2].upper() if len(epoch) > 2 else "TDT"
    if scale not in ("TDT", "TT", "TDB"):
        raise InvalidInput(f"{name}: the epoch is in {scale}; TDT, TT and TDB are known")
    seconds = (day + (MODIFIED - J2000_JULIAN_DATE)) * SECONDS_PER_DAY
    tdb = float(seconds if scale == "TDB" else seconds + tdb_minus_tt(np.array([seconds]))[0])
    solved, forces = _forces(rows, name)
    scales = np.array([*units, *(NEOCC_AREA if one == "A1" else NEOCC_A2 for one in solved)])
    covariance = _covariance(rows, scales.size, name)
    magnitude = next((_numbers(one[:3], len(one[:3]) - 1, name) for one in rows if one[0] == "MAG"), np.empty(0))
    return PublishedOrbit(
        name=head,
        tdb=tdb,
        kind=kind,
        center="SUN",
        frame="ECLIPJ2000",
        elements=elements,
        parameters=(*KINDS[kind], *solved),
        covariance=None if covariance is None else checked_covariance(covariance * np.outer(scales, scales), name),
        forces=forces,
        absolute_magnitude=float(magnitude[0]) if magnitude.size > 0 else None,
        slope=float(magnitude[1]) if magnitude.size > 1 else None,
        source=f"ESA NEOCC, OrbFit element file {name.rsplit('/', 1)[-1]}",
    )


def _split(text: str, name: str) -> tuple[str, list[list[str]]]:
    lines = [line.split("!")[0].strip() for line in text.splitlines()]
    frame = next((line.split("=")[1].split() for line in lines if line.startswith("refsys")), ["ECLM", "J2000"])
    if frame != ["ECLM", "J2000"]:
        raise InvalidInput(f"{name}: axes {' '.join(frame)!r}; only the mean ecliptic of J2000 (ECLM J2000) is known")
    if "END_OF_HEADER" not in lines:
        raise InvalidInput(f"{name}: no END_OF_HEADER; the file is cut or is no OEF 2.0")
    body = [line for line in lines[lines.index("END_OF_HEADER") + 1 :] if line]
    if not body:
        raise InvalidInput(f"{name}: no object after END_OF_HEADER")
    rows = [line.replace("D+", "E+").replace("D-", "E-").split() for line in body[1:]]
    return body[0].strip("'"), rows


def _row(rows: list[list[str]], key: str, name: str) -> list[str]:
    found = next((one for one in rows if one[0] == key), None)
    if found is None:
        raise InvalidInput(f"{name}: no line {key}; the file is cut")
    return found


def _numbers(row: list[str], count: int, name: str) -> Array:
    try:
        values = np.array([float(word) for word in row[1:]], dtype=np.float64)
    except ValueError as error:
        raise InvalidInput(f"{name}: line {row[0]} holds what is no number ({error})") from error
    if values.size != count or not np.all(np.isfinite(values)):
        raise InvalidInput(f"{name}: line {row[0]} holds {values.size} numbers in place of {count}")
    return values


def _forces(rows: list[list[str]], name: str) -> tuple[tuple[str, ...], dict[str, float]]:
    """Names of the forces in the covariance, and the forces [m/s2]."""
    about = next((one for one in rows if one[0] == "LSP"), ["LSP", "0", "0", "6"])
    numbers = [int(value) for value in _numbers(about, len(about) - 1, name)]
    model, count, dimension, which = numbers[0], numbers[1], numbers[2], numbers[3:]
    if count == 0:
        return (), {}
    if model != 1 or count != 2 or dimension != 6 + len(which) or not set(which) <= {1, 2}:
        raise InvalidInput(
            f"{name}: forces of model {model} with {count} parameters are not known; "
            "model 1 has an area-to-mass ratio and a Yarkovsky parameter"
        )
    area, drift = _numbers(_row(rows, "NGR", name), 2, name)
    forces = {"A1": float(area * NEOCC_AREA), "A2": float(drift * NEOCC_A2)}
    return tuple(FORCES[one - 1] for one in which), forces


def _covariance(rows: list[list[str]], size: int, name: str) -> Array | None:
    """Covariance (K, K) in the units of the file from its upper triangle, row by row."""
    words = [word for one in rows if one[0] == "COV" for word in one[1:]]
    if not words:
        return None
    places = np.triu_indices(size)
    values = _numbers(["COV", *words], places[0].size, name)
    covariance = np.zeros((size, size))
    covariance[places] = values
    return covariance + np.triu(covariance, 1).T
