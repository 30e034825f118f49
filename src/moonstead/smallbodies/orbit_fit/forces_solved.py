"""Which forces besides gravity an arc can tell: solved for where the signal is there, and said either way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.constants import ASTRONOMICAL_UNIT, SECONDS_PER_DAY
from moonstead.smallbodies.hazard_scales import diameter_of_magnitude
from moonstead.smallbodies.orbit_fit.brightness import absolute_magnitude, sunlight_push
from moonstead.smallbodies.orbit_fit.correct import correct_orbit
from moonstead.smallbodies.watch.magnitude import DEFAULT_SLOPE

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext
    from moonstead.smallbodies.astrometry.prepare import PreparedObservations
    from moonstead.smallbodies.motion.orbit import SmallBodyOrbit
    from moonstead.smallbodies.motion.perturbers import Perturbers
    from moonstead.smallbodies.orbit_fit.result import OrbitFit

Chosen = NDArray[np.bool_]

YEAR = 365.25 * SECONDS_PER_DAY
SHORTEST_ARC = 2.0 * YEAR  # [s] below it no Yarkovsky drift was ever found without radar
SIGNAL = 3.0  # [1] standard deviations
AU_PER_DAY2 = ASTRONOMICAL_UNIT / SECONDS_PER_DAY**2  # [m/s^2]
BENNU_A2, BENNU_DIAMETER = 4.6e-14 * AU_PER_DAY2, 484.0  # [m/s^2], [m] Farnocchia et al. (2021), Icarus 369, 114594
BEYOND_HEAT = 3.0  # [1] times the drift that heat gives at that size, from which a signal is rather an error
WITHOUT_BRIGHTNESS = "no magnitudes: how large A1 and A2 may be is not known, and the covariance does not hold them"


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
    begin_with: tuple[Chosen, Chosen] | None = None,
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
        Of ``"A1"``, ``"A2"``, ``"A3"``. Left out, arcs of two years and more allow for A1 and A2 within what sunlight
        and heat do to a body of that brightness, so that the covariance holds what nobody knows; where the observations
        show A2 by three standard deviations, and not far beyond what heat can do, it is solved for freely.
    prior : mapping of str to (float, float) [m/s^2]
        What is known beforehand of parameters solved for, in place of what brightness lets expect.
    radius : float [m], optional
        Of the body, for radar echoes of its surface.
    reject_outliers : bool
        Leave out rows that do not fit.
    begin_with : two of bool, optional
        Places (N,) and echoes (M,) that the first correction uses.

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

    def corrected(
        start: SmallBodyOrbit,
        forces: Sequence[str],
        known: Mapping[str, tuple[float, float]],
        rows: tuple[Chosen, Chosen] | None = None,
    ) -> OrbitFit:
        fit = correct_orbit(
            start,
            prepared,
            perturbers,
            data,
            solve_for=forces,
            prior=known,
            radius=radius,
            reject_outliers=reject_outliers,
            begin_with=rows,
        )
        return with_brightness(fit, data)

    if solve_for is not None:
        return corrected(first, solve_for, _known(prior, solve_for))
    without = replace(first.non_gravitational, a1=0.0, a2=0.0, a3=0.0)
    start, magnitude, chosen = replace(first, non_gravitational=without), first.absolute_magnitude, begin_with
    begin, end = prepared.observations.arc()
    if magnitude is None or end - begin < SHORTEST_ARC:
        plain = corrected(start, (), {}, begin_with)
        magnitude = plain.orbit.absolute_magnitude
        if end - begin < SHORTEST_ARC:
            return plain
        if magnitude is None:
            return replace(plain, notes=(*plain.notes, WITHOUT_BRIGHTNESS))
        start, chosen = plain.orbit, (plain.used, plain.radar_used)
    push, heat = sunlight_push(magnitude), heat_drift(magnitude)
    expected = {"A1": (push, push), "A2": (0.0, heat), **(prior or {})}
    expected = _known(expected, ("A1", "A2"))
    held = corrected(start, ("A1", "A2"), expected, chosen)
    value, sigma = _by_rows_alone(held, *expected["A2"])
    told = f"A2 = {value / AU_PER_DAY2:.3g} +- {sigma / AU_PER_DAY2:.2g} au/d2 by the observations alone"
    pushed = f"A1 within {push / AU_PER_DAY2:.1e} +- {push / AU_PER_DAY2:.1e} au/d2, sunlight at H = {magnitude:.1f}"
    usual = f"the orbit allows for A2 within +- {heat / AU_PER_DAY2:.1e} au/d2, heat at that size; {pushed}"
    if not abs(value) > SIGNAL * sigma:
        return replace(held, notes=(*held.notes, f"{told}, no signal: {usual}"))
    if abs(value) > BEYOND_HEAT * heat:
        text = f"{told} is more than heat does to such a body: outgassing (then solve for A2 by name), or wrong rows"
        return replace(held, notes=(*held.notes, f"{text}; {usual}"))
    free = corrected(held.orbit, ("A1", "A2"), {"A1": expected["A1"]}, (held.used, held.radar_used))
    return replace(free, notes=(*free.notes, f"{told}, {abs(value) / sigma:.0f} sigma: solved for; {pushed}"))


def heat_drift(magnitude: float) -> float:
    """Transverse acceleration at 1 au that radiated heat gives at most to a body of usual albedo and density.

    Parameters
    ----------
    magnitude : float [1]
        H.

    Returns
    -------
    float [m/s^2]
        |A2|, that of Bennu scaled by the inverse of the diameter.

    Source
    ------
    Del Vigna et al. (2018), A&A 617, A61, doi:10.1051/0004-6361/201833153, section 3; Bennu: Farnocchia et al. (2021),
    Icarus 369, 114594, doi:10.1016/j.icarus.2021.114594.
    """
    return BENNU_A2 * BENNU_DIAMETER / diameter_of_magnitude(magnitude)


def _by_rows_alone(fit: OrbitFit, expected: float, spread: float) -> tuple[float, float]:
    """A2 and its standard deviation [m/s^2] without the a-priori value of the fit; infinite where nothing is left."""
    covariance = fit.orbit.covariance
    assert covariance is not None
    weight = 1.0 / float(covariance[-1, -1]) - 1.0 / spread**2
    if not weight > 0.0:
        return fit.orbit.non_gravitational.a2, np.inf
    value = (fit.orbit.non_gravitational.a2 / float(covariance[-1, -1]) - expected / spread**2) / weight
    return value, 1.0 / np.sqrt(weight)


def _known(prior: Mapping[str, tuple[float, float]] | None, forces: Sequence[str]) -> dict[str, tuple[float, float]]:
    return {name: value for name, value in (prior or {}).items() if name in forces}


def with_brightness(fit: OrbitFit, data: DataContext) -> OrbitFit:
    """A fit whose orbit has an absolute magnitude, by its own rows where it has none.

    Parameters
    ----------
    fit : OrbitFit
        Any.
    data : DataContext
        Where the Sun is.

    Returns
    -------
    OrbitFit
        The same where the rows have no magnitudes.
    """
    if fit.orbit.absolute_magnitude is not None:
        return fit
    found = absolute_magnitude(fit.prepared, fit.used, fit.places, data)
    return (
        fit
        if found is None
        else replace(fit, orbit=replace(fit.orbit, absolute_magnitude=found[0], slope=DEFAULT_SLOPE))
    )
