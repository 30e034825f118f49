"""From a batch of all epochs to the series that is answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import erfa
import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.constants import SPEED_OF_LIGHT
from moonstead.foundation.errors import NumericalFailure
from moonstead.navigation.positioning.answer import SOLVED
from moonstead.navigation.positioning.errors import ERFA_WGS84
from moonstead.navigation.positioning.troposphere import zenith_delays
from moonstead.navigation.ppp.answer import Convergence, PrecisePosition
from moonstead.navigation.ppp.batch import epoch_covariances, normals, solve_normals, with_prior
from moonstead.navigation.ppp.combinations import Combinations, repeats
from moonstead.navigation.ppp.rows import Emission, Geometry
from moonstead.navigation.ppp.weights import correlation_factor

if TYPE_CHECKING:
    from moonstead.navigation.ppp.fit import Fit

Array = NDArray[np.float64]

FEWEST = 4  # satellites with one system; one more for each further system
WEAK = 1.0  # [m] a standard deviation beyond which no position is precise
SNAPSHOTS = 24  # of a static position as it settles
FIRST_SNAPSHOT = 600.0  # [s] of data before the first of them


def series_of(
    combinations: Combinations,
    sent: Emission,
    seen: Geometry,
    fit: Fit,
    rough: Array,
    floor: float,
    point: str,
    notes: dict[str, Any],
) -> PrecisePosition:
    """Series of positions with everything that was estimated.

    Parameters
    ----------
    combinations : Combinations
        Measurements.
    sent, seen : Emission, Geometry
        Rows of the batch.
    fit : Fit
        The batch.
    rough : (E, 3) [m]
        Positions that the batch corrects, ITRF.
    floor : float [m]
        Standard deviation, for each axis, of what products and antennas add and no residual shows.
    point : str
        Of the antenna.
    notes : dict
        Models and choices, handed on.

    Returns
    -------
    PrecisePosition

    Source
    ------
    Covariances are formal ones times the factor by which correlated residuals make them too small, and the floor.
    """
    equations, estimate = fit.equations, fit.estimate
    layout, epochs, columns = equations.layout, combinations.gpst.size, len(combinations.satellites)
    used = np.zeros((epochs, columns), dtype=np.bool_)
    used[sent.epoch, sent.satellite] = fit.used[:, 0]
    factor = correlation_factor(estimate.residuals[:, 0] / fit.sigma[:, 0], fit.arc, fit.used[:, 0])
    covariance = estimate.covariance()
    weight = fit.used / fit.sigma**2
    if equations.static:
        position = rough + estimate.unknowns[:3]
        spread = np.broadcast_to(covariance[:3, :3], (epochs, 3, 3))
    else:
        position = rough + estimate.epochs[:, -3:]
        spread = epoch_covariances(equations, weight, covariance)[:, -3:, -3:]
    spread = factor * spread + floor**2 * np.eye(3)
    weak = np.sqrt(np.trace(spread, axis1=1, axis2=2)) > WEAK
    enough = used.sum(axis=1) >= FEWEST - 1 + _systems_of(used, combinations)
    status = np.where(enough, np.where(weak, "weak geometry", SOLVED), "few satellites")
    status = status if fit.trusted else np.full(epochs, "not trusted")
    status = np.where(repeats(combinations.gpst), "duplicate epoch", status)
    solved = status == SOLVED
    counts = np.zeros((epochs, len(equations.systems)), dtype=np.int64)
    np.add.at(counts, (sent.epoch, equations.names[:, 0]), fit.used.any(axis=1))
    clocks = np.where(counts > 0, estimate.epochs[:, : len(equations.systems)] / SPEED_OF_LIGHT, np.nan)
    atmosphere, atmosphere_sigma = _between(equations, estimate.unknowns, covariance, 2, 0)
    _, latitude, height = (float(x) for x in erfa.gc2gd(ERFA_WGS84, np.median(rough, axis=0)))
    zenith = sum(zenith_delays(latitude, height, combinations.gpst)) + atmosphere
    gradients = np.stack([_between(equations, estimate.unknowns, covariance, part, 1)[0] for part in (3, 4)], axis=1)
    arcs = np.full((epochs, columns), -1, dtype=np.int64)
    arcs[sent.epoch, sent.satellite] = fit.arc
    there = fit.arc >= 0
    tables = {
        name: _table(sent, values, epochs, columns)
        for name, values in {
            "elevation": seen.elevation,
            "azimuth": seen.azimuth,
            "phase": np.where(there, estimate.residuals[:, 0], np.nan),
            "code": np.where(there, estimate.residuals[:, 1], np.nan),
        }.items()
    }
    blank = np.full(epochs, np.nan)
    settling = _convergence(combinations, fit, weight, rough) if equations.static else None
    if settling is not None:
        notes = notes | {"settling": _told(settling, combinations.gpst[0])}
    return PrecisePosition(
        gpst=combinations.gpst,
        position=np.where(solved[:, None], position, np.nan),
        covariance=np.where(solved[:, None, None], spread, np.nan),
        status=status,
        clock_names=equations.systems,
        clocks=clocks,
        satellites=combinations.satellites,
        used=used,
        excluded=np.isfinite(tables["elevation"]) & ~used,
        residuals=tables["phase"],
        elevation=tables["elevation"],
        azimuth=tables["azimuth"],
        dilution=_dilution(sent, seen, fit, epochs),
        protection=np.column_stack([blank, blank]),
        velocity=np.full((epochs, 3), np.nan),
        velocity_covariance=np.full((epochs, 3, 3), np.nan),
        clock_drift=blank,
        method="precise point positioning, " + ("static" if equations.static else "kinematic"),
        point=point,
        notes=notes | {"correlation_factor": factor, "noise_m": _noise(combinations, sent, fit)},
        static=equations.static,
        zenith_delay=zenith,
        zenith_delay_sigma=np.sqrt(factor) * atmosphere_sigma,
        gradients=gradients,
        code_residuals=tables["code"],
        arc=arcs,
        ambiguity=estimate.unknowns[layout[5] : layout[6]],
        ambiguity_sigma=np.sqrt(factor * np.diagonal(covariance)[layout[5] : layout[6]]),
        code_bias=estimate.unknowns[layout[6] :],
        signals=combinations.signals,
        convergence=settling,
    )


def _systems_of(used: NDArray[np.bool_], combinations: Combinations) -> NDArray[np.int64]:
    """Number of systems (E,) with a satellite in use."""
    letters = np.array([name[0] for name in combinations.satellites])
    return np.sum([used[:, letters == letter].any(axis=1) for letter in np.unique(letters)], axis=0)


def _between(equations: Any, unknowns: Array, covariance: Array, which: int, part: int) -> tuple[Array, Array]:
    """Values and standard deviations (E,) of a line between nodes."""
    before = equations.layout[which] + equations.node[:, part]
    after, share = before + 1, equations.share[:, part]
    value = (1.0 - share) * unknowns[before] + share * unknowns[after]
    variance = (
        (1.0 - share) ** 2 * covariance[before, before]
        + share**2 * covariance[after, after]
        + 2.0 * share * (1.0 - share) * covariance[before, after]
    )
    return value, np.sqrt(variance)


def _table(sent: Emission, values: Array, epochs: int, columns: int) -> Array:
    table = np.full((epochs, columns), np.nan)
    table[sent.epoch, sent.satellite] = values
    return table


def _dilution(sent: Emission, seen: Geometry, fit: Fit, epochs: int) -> Array:
    """Unweighted geometric, position, horizontal and vertical dilution (E, 4) of the phases used."""
    systems = len(fit.equations.systems)
    rows = fit.used[:, 0]
    local = np.einsum("mij,mj->mi", seen.axes[rows], -seen.sight[rows])
    design = np.column_stack([local, np.eye(systems)[fit.equations.names[rows, 0]]])
    normal = np.zeros((epochs, 3 + systems, 3 + systems))
    np.add.at(normal, sent.epoch[rows], design[:, :, None] * design[:, None, :])
    empty = np.einsum("eii->ei", normal) == 0.0
    np.einsum("eii->ei", normal)[empty] = 1.0  # a system that is not there has no clock
    answer = np.full((epochs, 4), np.nan)
    good = np.linalg.cond(normal) < 1e10
    variance = np.einsum("eii->ei", np.linalg.inv(normal[good]))
    variance[empty[good]] = 0.0
    for place, columns in enumerate((slice(None), slice(0, 3), slice(0, 2), slice(2, 3))):
        answer[good, place] = np.sqrt(np.sum(variance[:, columns], axis=1))
    return answer


def _noise(combinations: Combinations, sent: Emission, fit: Fit) -> dict[str, dict[str, float]]:
    """Root mean square of phase and code residuals for each system."""
    letters = np.array([name[0] for name in combinations.satellites])[sent.satellite]
    return {
        letter: {
            kind: float(np.sqrt(np.mean(fit.estimate.residuals[rows & fit.used[:, place], place] ** 2)))
            for place, kind in enumerate(("phase", "code"))
            if np.any(rows & fit.used[:, place])
        }
        for letter in fit.equations.systems
        for rows in [letters == letter]
    }


def _convergence(combinations: Combinations, fit: Fit, weight: Array, rough: Array) -> Convergence:
    """Static positions from the epochs up to a time, with the arcs and choices of the whole span."""
    since = combinations.gpst - combinations.gpst[0]
    wanted = np.linspace(min(FIRST_SNAPSHOT, since[-1]), since[-1], SNAPSHOTS)
    stops = np.unique(np.searchsorted(since, wanted, side="right"))
    width = int(fit.equations.layout[7])
    normal, right, begin = np.zeros((width, width)), np.zeros(width), 0
    position, sigma = np.empty((stops.size, 3)), np.empty((stops.size, 3))
    unit = np.zeros((width, 3))
    unit[:3] = np.eye(3)
    from scipy.linalg import cho_solve

    for row, stop in enumerate(stops):
        more, side = normals(fit.equations, weight, begin, int(stop))
        normal, right, begin = normal + more, right + side, int(stop)
        try:
            unknowns, (factor, scale) = solve_normals(with_prior(fit.equations, normal), right)
        except NumericalFailure:  # the first minutes alone may not determine a position
            position[row] = sigma[row] = np.nan
            continue
        position[row] = rough[0] + unknowns[:3]
        sigma[row] = np.sqrt(np.diagonal(cho_solve(factor, unit * scale[:, None])[:3]) * scale[:3])
    return Convergence(combinations.gpst[stops - 1], position, sigma)


def _told(settling: Convergence, begin: float) -> dict[str, list[float]]:
    """How far the position of the first hours is from that of the whole span, in words that a text file can hold."""
    known = np.isfinite(settling.position[:, 0])
    away = np.linalg.norm(settling.position[known] - settling.position[-1], axis=1)
    return {
        "hours": ((settling.gpst[known] - begin) / 3600.0).round(3).tolist(),
        "from_final_m": away.round(4).tolist(),
    }
