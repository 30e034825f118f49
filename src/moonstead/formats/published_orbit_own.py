"""Orbits as this project writes them: json with the state, covariance and forces in SI units."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from moonstead.formats.published_orbit import FORCES, KINDS, PublishedOrbit, checked_covariance
from moonstead.foundation.errors import InvalidInput

FORMAT = "moonstead-orbit-1"
LAW = {"alpha": "alpha", "r0": "r0_m", "m": "m", "n": "n", "k": "k"}


def orbit_document(orbit: PublishedOrbit) -> dict[str, Any]:
    """What `moonstead asteroid fit` writes about an orbit, and `parse_own` reads.

    Parameters
    ----------
    orbit : PublishedOrbit
        A Cartesian one: state and covariance in SI units.

    Returns
    -------
    dict
        Plain values for json; each key carries its unit.

    Raises
    ------
    InvalidInput
        The orbit is not Cartesian.
    """
    if orbit.kind != "cartesian":
        raise InvalidInput(f"orbits are written as states; {orbit.name} is given in {orbit.kind} elements")
    return {
        "format": FORMAT,
        "name": orbit.name,
        "epoch_tdb_s": orbit.tdb,
        "center": orbit.center,
        "frame": orbit.frame,
        "state_m_m_s": orbit.elements.tolist(),
        "parameters": list(orbit.parameters),
        "covariance_si": None if orbit.covariance is None else orbit.covariance.tolist(),
        "non_gravitational": {
            **{f"{one.lower()}_m_s2": orbit.forces.get(one, 0.0) for one in FORCES},
            **{LAW[one]: value for one, value in orbit.law.items()},
        },
        "absolute_magnitude": orbit.absolute_magnitude,
        "absolute_magnitude_sigma": orbit.magnitude_sigma,
        "slope": orbit.slope,
        "source": orbit.source,
    }


def is_own(document: dict[str, Any]) -> bool:
    """Whether a json document is an orbit of this project, or an answer that holds one under ``orbit``.

    Parameters
    ----------
    document : dict
        Any json object.

    Returns
    -------
    bool
        True where `parse_own` is the one to read it.
    """
    return _own(document) is not None


def parse_own(document: dict[str, Any], name: str) -> PublishedOrbit:
    """Orbit of a json document that this project wrote.

    Parameters
    ----------
    document : dict
        As `orbit_document` makes it, alone or under the key ``orbit``.
    name : str
        File, for messages.

    Returns
    -------
    PublishedOrbit
        A Cartesian one.

    Raises
    ------
    InvalidInput
        A key is missing or does not hold what it should.
    """
    own = _own(document)
    if own is None:
        raise InvalidInput(f"{name}: no orbit of the format {FORMAT}")
    try:
        force = dict(own["non_gravitational"])
        table = own["covariance_si"]
        orbit = PublishedOrbit(
            name=str(own["name"]),
            tdb=float(own["epoch_tdb_s"]),
            kind="cartesian",
            center=str(own["center"]),
            frame=str(own["frame"]),
            elements=np.array(own["state_m_m_s"], dtype=np.float64),
            parameters=tuple(str(one) for one in own["parameters"]),
            covariance=None if table is None else np.array(table, dtype=np.float64),
            forces={one: float(force.get(f"{one.lower()}_m_s2", 0.0)) for one in FORCES},
            law={ours: float(force[theirs]) for ours, theirs in LAW.items() if theirs in force},
            absolute_magnitude=_optional(own.get("absolute_magnitude")),
            slope=_optional(own.get("slope")),
            magnitude_sigma=_optional(own.get("absolute_magnitude_sigma")),
            source=str(own.get("source", "")),
        )
    except KeyError as error:
        raise InvalidInput(f"{name}: the orbit has no key {error}; write it with `moonstead asteroid fit`") from error
    except (TypeError, ValueError) as error:
        raise InvalidInput(f"{name}: the orbit holds what is no number where one belongs ({error})") from error
    if orbit.elements.shape != (6,) or not np.all(np.isfinite(orbit.elements)) or not np.isfinite(orbit.tdb):
        raise InvalidInput(f"{name}: epoch_tdb_s and state_m_m_s hold one and six finite numbers")
    if orbit.parameters[:6] != KINDS["cartesian"] or not set(orbit.parameters[6:]) <= set(FORCES):
        raise InvalidInput(f"{name}: parameters begin with {KINDS['cartesian']}, then some of {FORCES}")
    if orbit.covariance is None:
        return orbit
    covariance = checked_covariance(orbit.covariance, name)
    if covariance.shape[0] != len(orbit.parameters):
        raise InvalidInput(f"{name}: the covariance has not as many rows as there are parameters")
    return replace(orbit, covariance=covariance)


def _own(document: dict[str, Any]) -> dict[str, Any] | None:
    for one in (document, document.get("orbit")):
        if isinstance(one, dict) and one.get("format") == FORMAT:
            return one
    return None


def _optional(value: Any) -> float | None:
    return None if value is None else float(value)
