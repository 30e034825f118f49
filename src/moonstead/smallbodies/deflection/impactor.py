"""The likeliest orbit within the errors that hits: what a deflection must be planned for."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.errors import InvalidInput, NumericalFailure
from moonstead.smallbodies.deflection.pushes import passage, push_effect
from moonstead.smallbodies.encounters import Encounter
from moonstead.smallbodies.motion.orbit import SmallBodyOrbit, parameter_columns
from moonstead.smallbodies.motion.perturbers import Perturbers
from moonstead.smallbodies.motion.places import radius_of

Array = NDArray[np.float64]

MOST_ROUNDS = 8
DEEP = 0.7  # [1] of the disc that is hit: how near its centre a hit is sought
MOST_SIGMAS = 10.0  # [1] beyond which an orbit that hits is none that the observations allow
LEAST = 1e-14  # [1] of the larger variance on the target plane: below it a direction is taken as known
JUST_BEFORE = 86_400.0  # [s]


@dataclass(frozen=True, eq=False)
class LikelyImpactor:
    """An orbit that hits.

    Attributes
    ----------
    orbit : SmallBodyOrbit
        State [m, m/s] at the time of the orbit that it came from, without a covariance.
    sigmas : float [1]
        How far it lies from that orbit, in standard deviations of the fit.
    encounter : Encounter
        Its impact.
    """

    orbit: SmallBodyOrbit
    sigmas: float
    encounter: Encounter


def most_likely_impactor(orbit: SmallBodyOrbit, encounter: Encounter, perturbers: Perturbers) -> LikelyImpactor:
    """The orbit nearest to the fitted one, in its own errors, that strikes well inside the body's edge.

    Parameters
    ----------
    orbit : SmallBodyOrbit
        With a covariance.
    encounter : Encounter
        The passage of that orbit.
    perturbers : Perturbers
        What pulls it.

    Returns
    -------
    LikelyImpactor

    Raises
    ------
    InvalidInput
        The orbit has no covariance, or no orbit within ten standard deviations hits.
    NumericalFailure
        No orbit that hits is found: the errors do not reach the body, or not by small changes.

    Source
    ------
    Least change x' C^-1 x that brings the target point b to a place q of the disc, x = C G' (G C G')^-1 (q - b), with
    the likeliest q, repeated about each orbit found; Milani et al. (2005), Icarus 173, 362,
    doi:10.1016/j.icarus.2004.09.002.
    """
    if orbit.covariance is None:
        raise InvalidInput(f"the orbit of {orbit.name} has no covariance: which orbits that hit are likely is unknown")
    covariance, columns = orbit.covariance, parameter_columns(orbit)
    here, met, sigmas = orbit, encounter, 0.0
    change = np.zeros(len(columns))
    for _ in range(MOST_ROUNDS):
        if met.impact:
            return LikelyImpactor(replace(here, covariance=None, parameters=here.parameters[:6]), sigmas, met)
        effect = push_effect(here, met, met.tdb - JUST_BEFORE, perturbers)
        gain = effect.parameter_gain[:, columns]
        # What the fitted orbit's own point would be if the plane answered to its errors as it does here.
        fitted = effect.point - gain @ change
        weight = gain @ covariance @ gain.T
        disc = DEEP * effect.plane_distance(radius_of(encounter.body))
        missing = _likeliest(fitted, weight, disc) - fitted
        in_sigmas = np.linalg.solve(weight + LEAST * np.trace(weight) * np.eye(2), missing)
        sigmas = float(np.sqrt(missing @ in_sigmas))
        if sigmas > MOST_SIGMAS:
            raise InvalidInput(
                f"the likeliest orbit of {orbit.name} that strikes {encounter.body} lies {sigmas:.0f} sigma from the"
                " fitted one: it does not hit, there is nothing to move; to change a passage ask for a larger distance"
            )
        change = covariance @ gain.T @ in_sigmas
        here = _changed(orbit, change)
        met = passage(here, encounter.body, encounter.tdb, perturbers)
    raise NumericalFailure(
        f"no orbit of {orbit.name} that strikes {encounter.body} is found near the fitted one; give the orbit of a"
        " virtual impactor instead"
    )


def _changed(orbit: SmallBodyOrbit, change: Array) -> SmallBodyOrbit:
    """The orbit with its state [m, m/s] and its accelerations A1, A2, A3 [m/s2] changed."""
    forces = orbit.non_gravitational
    for name, value in zip(orbit.parameters[6:], change[6:], strict=True):
        key = name.lower()
        forces = replace(forces, **{key: getattr(forces, key) + float(value)})
    return replace(orbit, state=orbit.state + change[:6], non_gravitational=forces)


def _likeliest(point: Array, weight: Array, radius: float) -> Array:
    """Likeliest place (2,) [m] of a disc about the origin for a Gaussian about a point with a covariance."""
    from scipy.optimize import brentq

    if np.linalg.norm(point) <= radius:
        return point
    variance, axes = np.linalg.eigh(weight)
    variance = np.maximum(variance, LEAST * variance[-1])
    own = axes.T @ point

    def place(multiplier: float) -> Array:
        # Least (q - own)' (q - own) / variance on |q| = radius.
        return own / (1.0 + multiplier * variance)

    def too_far(power: float) -> float:
        return float(np.linalg.norm(place(np.exp(power)))) - radius

    low, high = -np.log(variance[-1]) - 40.0, -np.log(variance[0]) + 40.0
    found: Array = axes @ place(float(np.exp(brentq(too_far, low, high))))
    return found
