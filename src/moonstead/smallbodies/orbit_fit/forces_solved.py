"""Which forces besides gravity an arc can tell: solved for where the signal is there, and said either way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from moonstead.foundation.constants import ASTRONOMICAL_UNIT, SECONDS_PER_DAY
from moonstead.foundation.errors import NumericalFailure
from moonstead.smallbodies.hazard_scales import diameter_of_magnitude
from moonstead.smallbodies.orbit_fit.brightness import absolute_magnitude, sunlight_push
from moonstead.smallbodies.orbit_fit.correct import correct_orbit

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext
    from moonstead.smallbodies.astrometry.prepare import PreparedObservations
    from moonstead.smallbodies.motion.orbit import SmallBodyOrbit
    from moonstead.smallbodies.motion.perturbers import Perturbers
    from moonstead.smallbodies.orbit_fit.result import OrbitFit

YEAR = 365.25 * SECONDS_PER_DAY
SHORTEST_ARC = 2.0 * YEAR  # [s] below it no Yarkovsky drift was ever found without radar
SIGNAL = 3.0  # [1] standard deviations
AU_PER_DAY2 = ASTRONOMICAL_UNIT / SECONDS_PER_DAY**2  # [m/s^2]
BENNU_A2, BENNU_DIAMETER = 4.6e-14 * AU_PER_DAY2, 484.0  # [m/s^2], [m] Farnocchia et al. (2021), Icarus 369, 114594
BEYOND_HEAT = 3.0  # [1] times the drift that heat gives at that size, from which a signal is rather an error


def fit_orbit(
    first: SmallBodyOrbit,
    prepared: PreparedObservations,
    perturbers: Perturbers,
    data: DataContext,
    *,
    solve_for: Sequence[str] | None = None,
    prior: Mapping[str, tuple[float, float]] | None = None,
    radius: float | None = None,
    reject_outliers: bool = True,
) -> OrbitFit:
    """The orbit that fits best, with A2 where the observations show it.

    Parameters
    ----------
    first : SmallBodyOrbit
        Where the correction begins.
    prepared : PreparedObservations
        Weighted observations of one object.
    perturbers : Perturbers
        What pulls.
    data : DataContext
        Where bodies and stations are taken from.
    solve_for : sequence of str, optional
        Of ``"A1"``, ``"A2"``, ``"A3"``; left out, A2 is tried on arcs of two years and more, together with A1 within
        what sunlight does to a body of that brightness, and kept where it exceeds three standard deviations without
        being far beyond what heat can do.
    prior : mapping of str to (float, float) [m/s^2]
        What is known beforehand of parameters solved for; A1 has an expected value by brightness if left out.
    radius : float [m], optional
        Of the body, for radar echoes of its surface.
    reject_outliers : bool
        Leave out rows that do not fit.

    Returns
    -------
    OrbitFit
        With absolute magnitude, and `notes` that say what was tried.

    Raises
    ------
    InvalidInput, NumericalFailure
        As `correct_orbit`.

    Source
    ------
    Detection of A2: Farnocchia et al. (2013), Icarus 224, 1, doi:10.1016/j.icarus.2013.02.004; what heat can do at a
    size, scaled from Bennu: Del Vigna et al. (2018), A&A 617, A61, doi:10.1051/0004-6361/201833153.
    """

    def corrected(start: SmallBodyOrbit, forces: Sequence[str], known: Mapping[str, tuple[float, float]]) -> OrbitFit:
        fit = correct_orbit(
            start,
            prepared,
            perturbers,
            data,
            solve_for=forces,
            prior=known,
            radius=radius,
            reject_outliers=reject_outliers,
        )
        return _with_brightness(fit, data)

    if solve_for is not None:
        return corrected(first, solve_for, _known(prior, solve_for))
    without = replace(first.non_gravitational, a1=0.0, a2=0.0, a3=0.0)
    plain = corrected(replace(first, non_gravitational=without), (), {})
    begin, end = prepared.observations.arc()
    if end - begin < SHORTEST_ARC:
        return plain
    magnitude = plain.orbit.absolute_magnitude
    forces: tuple[str, ...] = ("A2",)
    known = _known(prior, ("A2",))
    if magnitude is not None:
        push = sunlight_push(magnitude)
        forces, known = ("A1", "A2"), {**known, "A1": (prior or {}).get("A1", (push, push))}
    try:
        tried = corrected(plain.orbit, forces, known)
    except NumericalFailure as fault:
        return replace(plain, notes=(*plain.notes, f"A2 was tried and is not determined: {fault}"))
    return _choice(plain, tried, known)


def _known(prior: Mapping[str, tuple[float, float]] | None, forces: Sequence[str]) -> dict[str, tuple[float, float]]:
    return {name: value for name, value in (prior or {}).items() if name in forces}


def _with_brightness(fit: OrbitFit, data: DataContext) -> OrbitFit:
    if fit.orbit.absolute_magnitude is not None:
        return fit
    found = absolute_magnitude(fit, data)
    return fit if found is None else replace(fit, orbit=replace(fit.orbit, absolute_magnitude=found[0], slope=0.15))


def _choice(plain: OrbitFit, tried: OrbitFit, known: Mapping[str, tuple[float, float]]) -> OrbitFit:
    """The fit with A2 where it is seen and can be true, else the one by gravity alone; with a note on it."""
    covariance = tried.orbit.covariance
    assert covariance is not None
    value, sigma = tried.orbit.non_gravitational.a2, float(np.sqrt(covariance[-1, -1]))
    told = f"A2 = {value / AU_PER_DAY2:.3g} +- {sigma / AU_PER_DAY2:.2g} au/d2 ({abs(value) / sigma:.1f} sigma)"
    if not tried.converged:
        return replace(plain, notes=(*plain.notes, f"{told} did not converge: gravity alone"))
    if abs(value) < SIGNAL * sigma:
        return replace(plain, notes=(*plain.notes, f"{told} is no signal: gravity alone"))
    magnitude = tried.orbit.absolute_magnitude
    if magnitude is not None:
        most = BENNU_A2 * BENNU_DIAMETER / diameter_of_magnitude(magnitude)
        if abs(value) > BEYOND_HEAT * most:
            text = (
                f"{told} is {abs(value) / most:.0f} times what heat does to a body of H = {magnitude:.1f}: not "
                "adopted; outgassing could do it (then solve for A2 by name), a wrong row too"
            )
            return replace(plain, notes=(*plain.notes, text))
    if "A1" in known:
        expected, spread = known["A1"]
        told += f"; A1 within {expected / AU_PER_DAY2:.1e} +- {spread / AU_PER_DAY2:.1e} au/d2, sunlight by brightness"
    return replace(tried, notes=(*tried.notes, f"{told}: solved for"))
