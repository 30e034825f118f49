"""Batches solved until measurements, arcs and weights agree with each other."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.errors import NumericalFailure
from moonstead.navigation.ppp.arcs import SHORTEST, phase_arcs, renumbered, split_at_steps
from moonstead.navigation.ppp.batch import Equations, Estimate, nodes_of, solve
from moonstead.navigation.ppp.combinations import Combinations
from moonstead.navigation.ppp.rows import Emission, Geometry
from moonstead.navigation.ppp.weights import assumed_sigma, fitting, shown_scales

Array = NDArray[np.float64]
Indices = NDArray[np.int64]

MOST_ROUNDS = 15
SCALES_AGREE = 0.05  # [1] relative
LEAST_KEPT = 0.5  # [1] share of the phases that must fit
NO_PHASE_NOISE = 15.0  # [1] of the assumed noise: 3 cm of one band's phase in the zenith


@dataclass(frozen=True, eq=False)
class Fit:
    """A batch with the choices that it rests on.

    Attributes
    ----------
    equations, estimate : Equations, Estimate
        What was solved.
    sigma : (M, 2) [m]
        Standard deviations of phases and codes, as residuals show them.
    used : (M, 2) bool
        What made the estimate.
    arc : (M,) int
        Of each row.
    rounds, steps : int
        Solutions until nothing changed; slips found in residuals.
    trusted : bool
        Whether most phases fit with a noise that phases can have: not so for a receiver that was taken for a static
        one and moved, or with products of another day.
    """

    equations: Equations
    estimate: Estimate
    sigma: Array
    used: NDArray[np.bool_]
    arc: Indices
    rounds: int
    steps: int
    trusted: bool


def fitted(
    combinations: Combinations,
    sent: Emission,
    seen: Geometry,
    partials: Array,
    measured: Array,
    static: bool,
) -> Fit:
    """Solve, look at what does not fit, and solve again until nothing changes.

    Parameters
    ----------
    combinations : Combinations
        Measurements.
    sent, seen : Emission, Geometry
        Rows of the batch.
    partials : (M, 6) [1]
        Change of the range with position, zenith delay, gradients.
    measured : (M, 2) [m]
        Phase and code less their models.
    static : bool
        One position for all epochs, or one for each.

    Returns
    -------
    Fit

    Raises
    ------
    InvalidInput
        The measurements span more than ten days.
    NumericalFailure
        No phase was tracked long enough, or the measurements do not determine the position.

    Source
    ------
    Scales of the noise by medians, slips by steps of residuals, single faults by data snooping.
    """
    letters = [name[0] for name in combinations.satellites]
    systems = tuple(dict.fromkeys(letters))
    system = np.array([systems.index(letter) for letter in letters], dtype=np.int64)[sent.satellite]
    assumed = assumed_sigma(seen.elevation, combinations.frequency[sent.satellite], system, systems)
    arc = renumbered(phase_arcs(combinations)[sent.epoch, sent.satellite])
    if not np.any(arc >= 0):
        raise NumericalFailure(
            f"no satellite was tracked on two bands for {SHORTEST} epochs without a slip: precise positions need some "
            "minutes of phases; single-point positions need none"
        )
    node, share, nodes = nodes_of(combinations.gpst, int(sent.epoch[0]), int(sent.epoch[-1]))
    equations = Equations(
        static=static,
        systems=systems,
        columns_of_systems=tuple(letters),
        start=np.searchsorted(sent.epoch, np.arange(combinations.gpst.size + 1)).astype(np.int64),
        node=node,
        share=share,
        nodes=nodes,
        names=_names(system, arc, sent),
        partials=np.ascontiguousarray(partials),
        measured=np.ascontiguousarray(measured),
        arcs=int(arc.max(initial=0)) + 1,
    )
    used = np.repeat((arc >= 0)[:, None], 2, axis=1)
    scales, steps = np.ones((len(systems), 2)), 0
    for rounds in range(1, MOST_ROUNDS + 1):
        sigma = np.hypot(assumed * scales[system], sent.wander[:, None])
        estimate = solve(equations, used / sigma**2)
        cut, cuts = split_at_steps(arc, estimate.residuals[:, 0], sigma[:, 0]) if rounds > 1 else (arc, 0)
        new = shown_scales(estimate.residuals / assumed, used, system, len(systems))
        shown = np.hypot(assumed * np.maximum(scales, new)[system], sent.wander[:, None])
        fits = fitting(estimate.residuals / shown, used) & (arc >= 0)[:, None]
        if cuts:  # phases after a slip do not fit yet: they get an ambiguity of their own before they are judged
            fits[:, 0] |= np.isin(arc, np.unique(arc[cut != arc])) & (arc >= 0)
        settled = (
            cuts == 0 and rounds > 2 and np.array_equal(fits, used) and np.allclose(new, scales, rtol=SCALES_AGREE)
        )
        if settled or rounds == MOST_ROUNDS:
            break
        arc = _long_arcs(cut, fits[:, 0])
        used, scales, steps = fits & (arc >= 0)[:, None], new, steps + cuts
        equations = replace(equations, names=_names(system, arc, sent), arcs=int(arc.max(initial=0)) + 1)
    kept = np.sum(used[:, 0]) / used.shape[0]
    trusted = bool(kept > LEAST_KEPT and np.all(scales[:, 0] < NO_PHASE_NOISE))
    return Fit(equations, estimate, sigma, used, arc, rounds, steps, trusted)


def _names(system: Indices, arc: Indices, sent: Emission) -> Indices:
    return np.column_stack([system, np.maximum(arc, 0), sent.satellite])


def _long_arcs(arc: Indices, fits: NDArray[np.bool_]) -> Indices:
    """Arcs renumbered, without those of which too few phases fit."""
    counts = np.bincount(arc[fits & (arc >= 0)], minlength=int(arc.max(initial=0)) + 1)
    return renumbered(np.where(counts[np.maximum(arc, 0)] >= SHORTEST, arc, -1), shortest=1)
