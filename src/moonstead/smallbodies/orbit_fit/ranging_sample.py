"""A weighted sample of the orbits that agree with a short arc."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.errors import NumericalFailure
from moonstead.smallbodies.motion.orbit import SmallBodyOrbit
from moonstead.smallbodies.orbit_fit.ranged_orbit import RangedOrbit
from moonstead.smallbodies.orbit_fit.ranging import (
    Cells,
    may_be_bound,
    refined,
    refitted,
)
from moonstead.smallbodies.orbit_fit.ranging_fit import FittedOrbits, Observer
from moonstead.smallbodies.orbit_fit.ranging_rows import RangingRows
from moonstead.smallbodies.orbit_fit.short_arc import PULLING, short_arc_positions
from moonstead.smallbodies.orbit_fit.short_arc_search import ShortArc

Array = NDArray[np.float64]
Chosen = NDArray[np.bool_]

PRIORS = ("uniform", "population")
SLOPE = 0.5  # [1/mag] of the logarithm of the number of near-Earth objects against absolute magnitude
COUNT = 4000  # orbits of a sample
FLAT = 0.5  # [1] share of draws from a flatter density, so that what is unlikely is seen as well
FINE = 1.0  # [1] standard errors of a cell
SEED = 20_150_615
TANGENT_POLE = 0.6  # [1] as in `ranging_kernels.tangents`


def ranged_orbit(arc: ShortArc, name: str, reasons: tuple[str, ...], prior: str) -> RangedOrbit:
    """The sample of orbits that a short arc leaves.

    Range and range rate are drawn from the cells of the search, direction and motion from what the rows leave to them
    there; each draw is then judged by its own residuals, so that the weights hold however crooked the region is.

    Parameters
    ----------
    arc : ShortArc
        Outcome of the search.
    name : str
        Of the object.
    reasons : (M,) str
        Why rows of the observations were left out.
    prior : str
        ``"uniform"`` in range and range rate, or ``"population"``.

    Returns
    -------
    RangedOrbit
        4000 orbits [m, m/s] with weights [1].

    Raises
    ------
    NumericalFailure
        No orbit agrees with the rows.

    Source
    ------
    Uniform prior: Farnocchia, Chesley & Micheli (2015), Icarus 258, 18, section 3. Importance sampling: Robert &
    Casella (2004), Monte Carlo Statistical Methods, chapter 3. Population: density even in space and velocity, number
    growing as 10^(0.5 H): slope recalled, near that of 10 m objects in Harris & Chodas (2021), Icarus 365, 114452.
    """
    observer, rows = arc.observer, arc.rows.chosen(arc.used)
    limit = float(arc.best.chi_square[0])
    cells = refitted(observer, rows, arc.cells) if arc.cells.half.shape[0] else _around(arc.best)
    cells = refined(observer, rows, cells, finest=FINE, best=limit, unbound=arc.unbound)
    if cells.half.shape[0] == 0:
        cells = _around(arc.best)
    drawn, log_weight = _draws(observer, rows, cells, prior, arc.unbound)
    peak = float(np.max(log_weight, initial=-np.inf))
    if not np.isfinite(peak):
        raise NumericalFailure(f"no orbit of {name} agrees with its {rows.count} rows; give more observations")
    weight = np.exp(log_weight - peak)
    keep = weight > 0.0
    drawn, weight = drawn.chosen(keep), weight[keep]
    states = observer.states(drawn.orbits)
    best = arc.best if limit <= drawn.chi_square.min() else drawn.chosen(np.array([int(np.argmin(drawn.chi_square))]))
    source = f"systematic ranging of {rows.count} observations over {rows.span / 3600.0:.2f} h"
    used = np.zeros(arc.used.size, dtype=np.bool_)
    used[arc.rows.index[arc.used]] = True
    return RangedOrbit(
        name=name,
        tdb=observer.tdb,
        states=states,
        weights=weight / weight.sum(),
        chi_square=drawn.chi_square,
        best=SmallBodyOrbit(name, observer.tdb, observer.states(best.orbits)[0], source=source),
        range_=np.exp(drawn.orbits[:, 6]),
        range_rate=drawn.orbits[:, 7].copy(),
        arc=rows.span,
        used=used,
        reasons=reasons,
        prior=prior,
        grid_range=(float(np.exp(np.min(cells.centre[:, 0]))), float(np.exp(np.max(cells.centre[:, 0])))),
        grid_range_rate=(float(np.min(cells.centre[:, 1])), float(np.max(cells.centre[:, 1]))),
    )


def _around(best: FittedOrbits) -> Cells:
    """One cell of three standard errors on each side of an orbit."""
    matrix = np.linalg.pinv(best.reduced()[0][0], hermitian=True)
    return Cells(best, 3.0 * np.sqrt(np.maximum(np.diag(matrix), 1e-30))[None, :])


def _draws(
    observer: Observer, rows: RangingRows, cells: Cells, prior: str, unbound: bool
) -> tuple[FittedOrbits, Array]:
    """Orbits and the logarithms of their weights, target over proposal."""
    random = np.random.default_rng(SEED)
    settled = observer.fit(cells.fitted.orbits, rows, free=4)
    area = 4.0 * cells.half[:, 0] * cells.half[:, 1]
    lowest = float(np.min(settled.chi_square))
    height = -0.5 * (settled.chi_square - lowest)
    before = _log_prior(observer, settled.orbits, prior)
    log_share = np.where(np.isfinite(height), height + before, -np.inf)
    share = area * np.exp(log_share - np.max(log_share))
    flatter = area * np.exp(0.5 * height)
    chance = (1.0 - FLAT) * share / share.sum() + FLAT * flatter / flatter.sum()
    which = random.choice(chance.size, size=COUNT, p=chance)
    guess = settled.orbits[which].copy()
    guess[:, 6:8] += random.uniform(-1.0, 1.0, (COUNT, 2)) * cells.half[which]
    centre = observer.fit(guess, rows, free=4)
    fine = np.isfinite(centre.chi_square)
    which, centre = which[fine], centre.chosen(fine)
    normal = centre.normal[:, :4, :4]
    scale = np.sqrt(np.einsum("njj->nj", normal))
    factor = np.linalg.cholesky(normal / (scale[:, :, None] * scale[:, None, :]) + 1e-14 * np.eye(4))
    noise = random.standard_normal((which.size, 4))
    change = np.linalg.solve(np.swapaxes(factor, 1, 2), noise[:, :, None])[:, :, 0] / scale
    drawn = observer.fit(turned(centre.orbits, change), rows, free=4, most=0)
    log_chance = np.log(chance[which] / area[which])
    log_chance += np.sum(np.log(np.einsum("njj->nj", factor)) + np.log(scale), axis=1) - 0.5 * np.sum(noise**2, axis=1)
    log_target = -0.5 * drawn.chi_square + _log_prior(observer, drawn.orbits, prior)
    bound = may_be_bound(observer, drawn.orbits, np.zeros((which.size, 2)), unbound=unbound)
    return drawn, np.where(bound & np.isfinite(drawn.chi_square), log_target - log_chance, -np.inf)


def _log_prior(observer: Observer, orbits: Array, prior: str) -> Array:
    """Logarithm of the density in ln range and range rate before the observations, up to a constant."""
    log_range = orbits[:, 6]
    if prior == "uniform":
        return log_range
    sun = short_arc_positions(observer.forces, observer.tdb)[PULLING.index("SUN")]
    from_sun = np.linalg.norm(observer.states(orbits)[:, :3] - sun, axis=1)
    # an object as bright as this one is the smaller, and the more frequent, the nearer it is
    brightness = -5.0 * SLOPE * (log_range + np.log(from_sun))
    result: Array = 5.0 * log_range + brightness
    return result


def turned(orbits: Array, change: Array) -> Array:
    """Orbits whose direction and motion are changed in the kernel's tangents.

    Parameters
    ----------
    orbits : (N, 8) [mixed]
        Orbits as one observer sees them.
    change : (N, 4) [rad, rad/s]
        Two of direction, two of its rate.

    Returns
    -------
    (N, 8) [mixed]
        Range and range rate stay.

    Source
    ------
    The tangents are those of `ranging_kernels.tangents`.
    """
    u, w = orbits[:, :3], orbits[:, 3:6]
    pole = np.where((np.abs(u[:, 0]) < TANGENT_POLE)[:, None], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0])
    first = pole - np.sum(pole * u, axis=1)[:, None] * u
    first /= np.linalg.norm(first, axis=1)[:, None]
    second = np.cross(u, first)
    result = np.array(orbits)
    direction = u + change[:, :1] * first + change[:, 1:2] * second
    direction /= np.linalg.norm(direction, axis=1)[:, None]
    rate = w + change[:, 2:3] * first + change[:, 3:4] * second
    result[:, :3] = direction
    result[:, 3:6] = rate - np.sum(direction * rate, axis=1)[:, None] * direction
    return result
