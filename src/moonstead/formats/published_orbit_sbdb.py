"""Orbits of JPL's Small-Body Database: json with elements, covariance and forces beside gravity."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from moonstead.formats.published_orbit import FORCES, KINDS, PublishedOrbit, checked_covariance
from moonstead.foundation.constants import ASTRONOMICAL_UNIT, J2000_JULIAN_DATE, SECONDS_PER_DAY, SOLAR_PRESSURE
from moonstead.foundation.errors import InvalidInput

Array = NDArray[np.float64]

DEGREE = np.pi / 180.0
ACCELERATION = ASTRONOMICAL_UNIT / SECONDS_PER_DAY**2  # [m/s2] of 1 au/d2

UNITS = {
    "e": 1.0,
    "q": ASTRONOMICAL_UNIT,
    "tp": SECONDS_PER_DAY,
    "node": DEGREE,
    "peri": DEGREE,
    "i": DEGREE,
    **dict.fromkeys(FORCES, ACCELERATION),
    "AMRAT": SOLAR_PRESSURE,
}
COMET_LAW = {"alpha": 0.1112620426, "r0": 2.808 * ASTRONOMICAL_UNIT, "m": 2.15, "n": 5.093, "k": 4.6142}
LAW = {"ALN": "alpha", "R0": "r0", "NM": "m", "NN": "n", "NK": "k"}


def parse_sbdb(document: dict[str, Any], name: str) -> PublishedOrbit:
    """Orbit and covariance of an answer of the Small-Body Database.

    Elements and epoch are those beside the covariance, which belongs to them. Radiation pressure given as an
    area-to-mass ratio becomes a radial acceleration A1 that falls with the square of the distance.

    Parameters
    ----------
    document : dict
        The json, asked with ``cov=mat`` and ``full-prec=1`` [as in the file].
    name : str
        File, for messages.

    Returns
    -------
    PublishedOrbit
        Cometary elements; forces with Marsden's law.

    Raises
    ------
    InvalidInput
        There is no covariance, a label is unknown, or a force is modelled by thermal physics (density) that no
        acceleration A1, A2, A3 repeats.

    Source
    ------
    JPL SBDB API 1.3, https://ssd-api.jpl.nasa.gov/doc/sbdb.html: epoch Julian date TDB, au, d, degrees; covariance in
    the same units, tp in days. Marsden, Sekanina & Yeomans (1973), AJ 78, 211 for the law of the forces; SBDB defaults
    are those of water ice.
    """
    orbit = document.get("orbit")
    if not isinstance(orbit, dict) or not isinstance(orbit.get("covariance"), dict):
        raise InvalidInput(
            f"{name}: no orbit with a covariance; ask the Small-Body Database with cov=mat&full-prec=1&phys-par=1"
        )
    covariance = orbit["covariance"]
    labels = tuple(str(label) for label in covariance.get("labels", ()))
    unknown = [label for label in labels if label not in UNITS]
    if unknown:
        raise InvalidInput(
            f"{name}: the covariance holds {', '.join(unknown)}, a thermal or other model of forces that is not flown "
            "here; take the orbit with A2 from ESA's NEOCC, or fit the observations with `moonstead asteroid fit`"
        )
    values = {**_values(covariance.get("elements", []), name), **_values(orbit.get("model_pars", []), name)}
    missing = [one for one in KINDS["cometary"] if one not in values or one not in labels]
    if missing:
        raise InvalidInput(f"{name}: elements {', '.join(missing)} are missing beside the covariance")
    values["tp"] -= J2000_JULIAN_DATE
    order = [labels.index(one) for one in KINDS["cometary"]]
    order += [place for place in range(len(labels)) if place not in order]
    ordered = tuple(labels[place] for place in order)
    units = np.array([UNITS[one] for one in ordered])
    table = _table(covariance.get("data"), len(labels), name)[np.ix_(order, order)]
    about = document.get("object", {})
    magnitude, sigma = _physical(document, "H", name)
    return PublishedOrbit(
        name=str(about.get("fullname") or about.get("des") or name).strip(),
        tdb=(_number(covariance.get("epoch"), "epoch", name) - J2000_JULIAN_DATE) * SECONDS_PER_DAY,
        kind="cometary",
        center="SUN",
        frame="ECLIPJ2000",
        elements=np.array([values[one] * UNITS[one] for one in KINDS["cometary"]]),
        parameters=tuple("A1" if one == "AMRAT" else one for one in ordered),
        covariance=checked_covariance(table * np.outer(units, units), name),
        forces={one: values[one] * ACCELERATION for one in FORCES if one in values}
        | ({"A1": values["AMRAT"] * SOLAR_PRESSURE} if "AMRAT" in values else {}),
        law=_law(values),
        absolute_magnitude=magnitude,
        slope=_physical(document, "G", name)[0],
        magnitude_sigma=sigma,
        source=f"JPL Small-Body Database, solution JPL#{orbit.get('orbit_id', '?')} of {orbit.get('soln_date', '?')}",
    )


def _law(values: dict[str, float]) -> dict[str, float]:
    """Marsden's constants, SI; where radiation pressure is the only force, the law of sunlight."""
    if not any(one in values for one in FORCES):
        return {}
    given = {ours: values[theirs] for theirs, ours in LAW.items() if theirs in values}
    if "r0" in given:
        given["r0"] *= ASTRONOMICAL_UNIT
    return COMET_LAW | given


def _values(rows: Any, name: str) -> dict[str, float]:
    if not isinstance(rows, list):
        raise InvalidInput(f"{name}: elements and model parameters are lists; the file is damaged")
    return {
        str(row.get("label") or row["name"]): _number(row.get("value"), str(row.get("name")), name)
        for row in rows
        if isinstance(row, dict) and "name" in row
    }


def _number(text: Any, label: str, name: str) -> float:
    try:
        value = float(text)
    except (TypeError, ValueError) as error:
        raise InvalidInput(f"{name}: {label} is {text!r}, which is no number") from error
    if not np.isfinite(value):
        raise InvalidInput(f"{name}: {label} is {text!r}, which is not finite")
    return value


def _table(rows: Any, size: int, name: str) -> Array:
    try:
        table = np.array([[float(cell) for cell in row] for row in rows], dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InvalidInput(f"{name}: the covariance is no table of numbers ({error})") from error
    if table.shape != (size, size):
        raise InvalidInput(f"{name}: the covariance has {size} labels but a table of shape {table.shape}")
    return table


def _physical(document: dict[str, Any], key: str, name: str) -> tuple[float | None, float | None]:
    """A physical parameter and its standard deviation, None where the file has none."""
    for row in document.get("phys_par") or []:
        if isinstance(row, dict) and row.get("name") == key and row.get("value") is not None:
            sigma = row.get("sigma")
            return _number(row["value"], key, name), None if sigma is None else _number(sigma, f"sigma of {key}", name)
    return None, None
