"""Published orbits as states: elements and their covariance turned into Cartesian ones about the barycentre."""

from __future__ import annotations

import os

import numpy as np
from numpy.typing import NDArray

from moonstead.formats.published_orbit import FORCES, KINDS, PublishedOrbit
from moonstead.formats.published_orbit_files import read_orbit_file
from moonstead.foundation.bodies import body
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.frames.standard import frame_named
from moonstead.orbits.elements import KeplerElements, states_from_elements, true_anomaly
from moonstead.smallbodies.motion.orbit import NonGravitational, SmallBodyOrbit

Array = NDArray[np.float64]

BARYCENTER = "SOLAR SYSTEM BARYCENTER"
DIFFERENCE = 1e-3  # [1] step of the differences: their error is its fourth power, rounding 1e-16 over it
SHAPE_STEP = 1e-4  # [1] the same for an eccentricity, which must not pass 0 or 1


def read_published_orbit(path: str | os.PathLike[str], data: DataContext | None = None) -> SmallBodyOrbit:
    """Orbit of a file as a barycentric state with a Cartesian covariance.

    Parameters
    ----------
    path : path
        NEOCC element file, JPL Small-Body Database json, `moonstead asteroid fit --out`, or CCSDS OPM.
    data : DataContext, optional
        Where the Sun is; the installed data if left out.

    Returns
    -------
    SmallBodyOrbit
        State and covariance in the ICRF about the solar system barycentre, at the epoch of the published covariance.

    Raises
    ------
    MissingData
        There is no such file, or the ephemeris does not cover the epoch.
    InvalidInput
        The file is of no known format, or breaks its own.

    Source
    ------
    The formats say theirs: `formats.published_orbit_neocc`, `_sbdb`, `_own`, `_opm`.
    """
    return cartesian_orbit(read_orbit_file(path), DataContext.installed() if data is None else data)


def cartesian_orbit(published: PublishedOrbit, data: DataContext) -> SmallBodyOrbit:
    """A published orbit as a barycentric state in the ICRF; the covariance is mapped linearly.

    Parameters
    ----------
    published : PublishedOrbit
        Elements or a state.
    data : DataContext
        Where the centre of the orbit is, and how its axes lie.

    Returns
    -------
    SmallBodyOrbit
        At the epoch of the elements.

    Raises
    ------
    InvalidInput
        The elements make no orbit.
    OutsideSpan
        The ephemeris does not cover the epoch.

    Source
    ------
    Kepler's problem with the GM of the Sun of DE440; the partial derivatives are central differences of fourth order,
    good to 1e-11 of themselves.
    """
    times = np.array([published.tdb])
    back = frame_named(published.frame).from_icrf(times, data).inverse()
    sun = data.ephemeris.state(published.center, BARYCENTER, times)[0]
    state = back.state(_states(published, published.elements[None]))[0] + sun
    if not np.all(np.isfinite(state)):
        raise InvalidInput(f"{published.name}: its elements make no orbit: {published.elements.tolist()}")
    pushes = {one.lower(): published.forces.get(one, 0.0) for one in FORCES}
    covariance = published.covariance
    if covariance is not None and published.kind != "cartesian":
        covariance = _mapped(covariance, _partials(published), back.matrix[0])
    elif covariance is not None:
        turn = np.zeros((6, 6))
        turn[:3, :3] = turn[3:, 3:] = back.matrix[0]
        turn[3:, :3] = back.rate[0]
        covariance = _mapped(covariance, turn, np.eye(3))
    return SmallBodyOrbit(
        name=published.name,
        tdb=published.tdb,
        state=state,
        non_gravitational=NonGravitational(**pushes, **published.law),
        covariance=covariance,
        parameters=(*KINDS["cartesian"], *published.parameters[6:]),
        absolute_magnitude=published.absolute_magnitude,
        slope=published.slope,
        source=published.source,
    )


def published_form(orbit: SmallBodyOrbit) -> PublishedOrbit:
    """A state as `formats.published_orbit_own.orbit_document` writes it.

    Parameters
    ----------
    orbit : SmallBodyOrbit
        Any orbit.

    Returns
    -------
    PublishedOrbit
        Cartesian, barycentric, ICRF.
    """
    force = orbit.non_gravitational
    return PublishedOrbit(
        name=orbit.name,
        tdb=orbit.tdb,
        kind="cartesian",
        center=BARYCENTER,
        frame="ICRF",
        elements=np.asarray(orbit.state, dtype=np.float64),
        parameters=(*KINDS["cartesian"], *orbit.parameters[6:]),
        covariance=orbit.covariance,
        forces={"A1": force.a1, "A2": force.a2, "A3": force.a3},
        law={"alpha": force.alpha, "r0": force.r0, "m": force.m, "n": force.n, "k": force.k},
        absolute_magnitude=orbit.absolute_magnitude,
        slope=orbit.slope,
        source=orbit.source,
    )


def _mapped(covariance: Array, partials: Array, turn: Array) -> Array:
    """Covariance (K, K) of the state in turned axes; the forces beside it stay what they are."""
    whole = np.eye(covariance.shape[0])
    whole[:3, :6], whole[3:6, :6] = turn @ partials[:3], turn @ partials[3:]
    mapped = whole @ covariance @ whole.T
    return np.ascontiguousarray(0.5 * (mapped + mapped.T))


def _partials(published: PublishedOrbit) -> Array:
    """Derivatives (6, 6) of the state by the elements, in the axes of the elements."""
    a_or_q, shape = published.elements[0], np.ones(6) * DIFFERENCE
    steps = shape * np.array([abs(a_or_q), 1.0, 1.0, 1.0, 1.0, 1.0])
    if published.kind == "equinoctial":
        steps[1:5] = SHAPE_STEP
    else:
        steps[1] = SHAPE_STEP * min(1.0, max(abs(published.elements[1] - 1.0), 1e-3))
    if published.kind == "cometary":
        distance = published.elements[0]
        steps[5] = DIFFERENCE * np.sqrt(distance**3 / body("SUN").gm)
    offsets = np.array([-2.0, -1.0, 1.0, 2.0])
    moved = published.elements + offsets[:, None, None] * np.diag(steps)
    states = _states(published, moved.reshape(-1, 6)).reshape(4, 6, 6)
    slopes = np.einsum("k,kij->ij", np.array([1.0, -8.0, 8.0, -1.0]) / 12.0, states)
    return np.ascontiguousarray((slopes / steps[:, None]).T)


def _states(published: PublishedOrbit, elements: Array) -> Array:
    """States (N, 6) about the centre of elements (N, 6) of a kind."""
    gm = body("SUN").gm
    if published.kind == "cartesian":
        return np.ascontiguousarray(elements)
    if published.kind == "equinoctial":
        a, h, k, p, q, longitude = elements.T
        e, perihelion, node = np.hypot(h, k), np.arctan2(h, k), np.arctan2(p, q)
        i, argument, anomaly = 2.0 * np.arctan(np.hypot(p, q)), perihelion - node, longitude - perihelion
        distance = a * (1.0 - e)
    elif published.kind == "keplerian":
        a, e, i, node, argument, anomaly = elements.T
        distance = a * (1.0 - e)
    else:
        distance, e, i, node, argument, passage = elements.T
        size = np.where(e == 1.0, np.cbrt(2.0) * distance, distance / np.abs(1.0 - np.where(e == 1.0, 0.0, e)))
        # Barker's mean anomaly D + D^3 / 3 runs with sqrt(gm / (2 q^3))
        anomaly = np.sqrt(gm / size**3) * (published.tdb - passage)
    if np.any(distance <= 0.0) or np.any(e < 0.0):
        raise InvalidInput(f"{published.name}: perihelion distance or eccentricity is negative: no such orbit")
    conic = KeplerElements(distance, e, i, node, argument, true_anomaly(anomaly, e))
    return states_from_elements(conic, gm)
