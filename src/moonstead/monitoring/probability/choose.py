"""Which probability of collision to believe: the simplest method whose assumptions hold."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.errors import NumericalFailure
from moonstead.monitoring.probability.chosen import ChosenProbability
from moonstead.monitoring.probability.covariance_repair import RepairedCovariance, repair_covariance
from moonstead.monitoring.probability.encounter import Encounter, at_closest_approach
from moonstead.monitoring.probability.equinoctial import element_pair
from moonstead.monitoring.probability.monte_carlo import monte_carlo
from moonstead.monitoring.probability.passage import find_passage
from moonstead.monitoring.probability.plane import (
    disc_probability,
    maximum_probability,
    plane_encounter,
)
from moonstead.monitoring.probability.rates import TAIL, ExpectedCollisions, nc_2d_of, nc_3d_of
from moonstead.monitoring.probability.segment import encounter_segment, orbit_periods

Array = NDArray[np.float64]

# Hall, Baars & Casali (2023), AAS 23-398, and the defaults of the published implementation.
# Name, measure and its limit [1]: share of the period, share of the period, relative difference.
RULES_2D = (("extended", "extended", 0.02), ("offset", "offset", 0.01), ("inaccurate", "inaccurate-2d", 0.02))
RULES_NC_2D = (("extended", "extended", 0.05), ("offset", "offset", 0.1), ("inaccurate", "inaccurate-nc-2d", 0.1))
EXTENDED_NC_3D, OFFSET_NC_3D = 0.05, 0.75  # [1] of the segment
DEFAULT_SIGMA = 10.0  # [1] of the distance from the centre: so large a standard deviation stands for "not known"
SPANNING_SIGMA = 0.1  # [1] likewise: normal distributions of elements cannot describe so much
SLOW = 10.0  # [m/s]
COUNTABLE = 1e-3  # [1] expected number from which the default count below tells something
DEFAULT_SAMPLES = 100_000
TRUSTED_HITS = 100  # pairs that touch, from which a count is better than what it checks


def choose(
    encounter: Encounter,
    *,
    samples: int | None = None,
    seed: int = 1,
    everything: bool = False,
    segment: tuple[float, float] | None = None,
) -> ChosenProbability:
    """Probability of collision by the simplest method whose assumptions hold.

    Parameters
    ----------
    encounter : Encounter
        Near closest approach.
    samples : int or None
        Pairs of a Monte Carlo that is to be run in any case; None runs 100 000 where no other method holds and that
        many tell something; 0 none.
    seed : int
        Of the Monte Carlo.
    everything : bool
        Compute the methods that are not needed too.
    segment : (float, float) or None [s]
        Times after that of the states in which to look for collisions; None for `encounter_segment`.

    Returns
    -------
    ChosenProbability

    Raises
    ------
    NumericalFailure
        No method gives a number.

    Source
    ------
    Hall, Baars & Casali (2023), A multistep probability of collision computational algorithm, AAS 23-398: usage
    violations "extended", "offset" and "inaccurate" with their limits; here the inaccuracy of 2-D is measured by Nc2D
    itself in place of its limit of small bodies, and companions below 10 m/s, which meet again and again, are never
    left to Nc2D.
    """
    mended, repairs, flags = _vetted(encounter)
    matrices = (mended.covariance1, mended.covariance2)
    closest, shift = at_closest_approach(mended)
    if closest.relative_speed < SLOW:
        flags.append("low-relative-speed")
    largest = maximum_probability(closest) if closest.relative_speed > 0.0 else None
    found = ChosenProbability(
        *(math.nan, "bound", "", math.nan, None, None, None, largest, tuple(flags), {}, repairs),
        *(closest, shift, None),
    )
    if matrices[0] is None or matrices[1] is None:
        names = " and ".join(name for name, one in zip(("first", "second"), matrices, strict=True) if one is None)
        return replace(found, why=f"the covariance of the {names} object is not known: only a largest probability is")
    if closest.relative_speed > 0.0:
        plane = plane_encounter(closest.relative, closest.combined_covariance[:3, :3], closest.hard_body_radius)
        found = replace(found, plane=plane, pc_2d=disc_probability(plane))
    without = [which for which, one in enumerate(matrices, start=1) if one is not None and _no_velocity(one)]
    if without:
        flags += [f"no-velocity-covariance-{which}" for which in without]
        if not math.isfinite(found.pc_2d):
            raise NumericalFailure(
                "the objects do not move against each other and a covariance says nothing of velocity: no method "
                "holds; ask for covariances of position and velocity"
            )
        why = "a covariance says nothing of velocity, so nothing but the plane across can be computed, and not checked"
        return replace(found, pc=found.pc_2d, method="2d", why=why, flags=tuple(flags))
    return _by_steps(found, mended, samples, seed, everything, segment, flags)


def _vetted(
    encounter: Encounter,
) -> tuple[Encounter, tuple[RepairedCovariance | None, RepairedCovariance | None], list[str]]:
    """Encounter with covariances that can be used, what was wrong with them, and flags."""
    given = (encounter.covariance1, encounter.covariance2)
    repairs = tuple(None if matrix is None else repair_covariance(matrix) for matrix in given)
    flags: list[str] = []
    matrices: list[Array | None] = []
    pairs = zip(given, repairs, (encounter.state1, encounter.state2), strict=True)
    for which, (matrix, repair, state) in enumerate(pairs, start=1):
        radius = float(np.linalg.norm(state[:3]))
        sigma = 0.0 if repair is None else math.sqrt(max(float(np.diag(repair.matrix)[:3].max()), 0.0))
        unknown = repair is None or sigma == 0.0 or sigma > DEFAULT_SIGMA * radius
        if unknown:
            flags.append(f"covariance-unknown-{which}")
        elif sigma > SPANNING_SIGMA * radius:
            flags.append(f"covariance-spans-the-orbit-{which}")
        if repair is None or matrix is None or unknown:
            matrices.append(None)
        elif repair.positive_definite_position:
            # rounding of velocities must not move positions: elements are clipped where they are made
            flags += [f"covariance-indefinite-{which}"] if repair.was_repaired else []
            matrices.append(0.5 * (matrix + matrix.T))
        else:
            flags.append(f"covariance-repaired-{which}")
            matrices.append(repair.matrix)
    return replace(encounter, covariance1=matrices[0], covariance2=matrices[1]), (repairs[0], repairs[1]), flags


def _by_steps(
    found: ChosenProbability,
    encounter: Encounter,
    samples: int | None,
    seed: int,
    everything: bool,
    segment: tuple[float, float] | None,
    flags: list[str],
) -> ChosenProbability:
    """2-D, then Nc2D, Nc3D, Monte Carlo: the first whose rules are kept."""
    period = min(orbit_periods(encounter))
    bounds = encounter_segment(encounter) if segment is None else segment
    pair = element_pair(encounter)
    passage = find_passage(pair, encounter, bounds)
    one = nc_2d_of(pair, passage, bounds)
    measures: dict[str, float] = {}
    if passage.converged:
        measures["extended"] = 2.0 * TAIL * passage.sigma / period
        measures["offset"] = (abs(passage.time) + TAIL * passage.sigma) / period
        measures["inaccurate-2d"] = _apart(found.pc_2d, one.number)
        measures["inaccurate-nc-2d"] = 2.0 * abs(one.number - one.in_plane) / max(one.number + one.in_plane, 1e-300)
    else:
        flags.append("no-single-passage")
    wrong_2d = [name for name, measure, limit in RULES_2D if not measures.get(measure, math.inf) <= limit]
    if any(repair is not None and not repair.positive_definite_position for repair in found.repairs):
        wrong_2d.append("indefinite-covariance")
    wrong_nc_2d = [name for name, measure, limit in RULES_NC_2D if not measures.get(measure, math.inf) <= limit]
    if passage.converged and not one.resolved:
        wrong_nc_2d.append("unresolved")
    if found.encounter.relative_speed < SLOW:
        wrong_nc_2d.append("slow")
    flags += [f"{name}-2d" for name in wrong_2d]
    flags += [f"{name}-nc-2d" for name in wrong_nc_2d] if wrong_2d else []
    whole = nc_3d_of(pair, passage, bounds) if everything or (wrong_2d and wrong_nc_2d) else None
    found = replace(found, nc_2d=one if passage.converged else None, nc_3d=whole, indicators=measures)
    pc, method, why = math.nan, "nc-3d", ""
    if not wrong_2d:
        pc, method = found.pc_2d, "2d"
        why = (
            f"straight and short: the passage lasts {2.0 * TAIL * passage.sigma:.3g} s of a period of {period:.4g} s, "
            f"and curvature changes the probability by {100.0 * measures['inaccurate-2d']:.2g} %"
        )
    elif not wrong_nc_2d:
        pc, method = one.number, "nc-2d"
        why = f"the plane across is {_named(wrong_2d)}, but one short passage with curved distributions holds"
    elif whole is not None:
        pc, method = whole.number, "nc-3d"
        why = f"one passage is {_named(wrong_nc_2d)}, so the rate is integrated over the whole encounter"
    wrong_nc_3d: list[str] = []
    if method == "nc-3d" and whole is not None:
        wrong_nc_3d, measured = _rules_3d(whole)
        measures |= measured
        flags += [f"{name}-nc-3d" for name in wrong_nc_3d]
        if wrong_nc_3d:
            why += f"; {_named(wrong_nc_3d)}: pairs may meet more than once, of which the number is an upper bound"
    wanted = samples
    if wanted is None:
        lost = wrong_nc_3d and (not math.isfinite(pc) or pc >= COUNTABLE)
        wanted = DEFAULT_SAMPLES if lost else 0
    if wanted > 0:
        counted = monte_carlo(encounter, wanted, seed=seed, segment=bounds)
        found = replace(found, counted=counted)
        refuted = wrong_nc_3d and counted.hits >= TRUSTED_HITS and not counted.low <= pc <= counted.high
        if not math.isfinite(pc) or refuted:
            pc, method = counted.probability, "monte-carlo"
            share = f"{counted.hits} of {counted.samples} pairs touch"
            why = f"the integral over the encounter is {_named(wrong_nc_3d)}: {share}"
    if not math.isfinite(pc):
        raise NumericalFailure(
            "no integral of the collision rate converged; count with samples (--monte-carlo N), "
            "or check states and covariances"
        )
    return replace(found, pc=min(pc, 1.0), method=method, why=why, flags=tuple(flags))


def _rules_3d(whole: ExpectedCollisions) -> tuple[list[str], dict[str, float]]:
    """Rules that the integral over a segment breaks, and their measures [1]."""
    if not math.isfinite(whole.number):
        return ["unconverged"], {}
    start, stop = whole.segment
    extended = (whole.stop - whole.start) / (stop - start)
    offset = max(
        whole.start / start if start < 0.0 and whole.start < 0.0 else 0.0,
        whole.stop / stop if stop > 0.0 and whole.stop > 0.0 else 0.0,
    )
    wrong = ["extended"] if extended > EXTENDED_NC_3D else []
    wrong += ["offset"] if offset > OFFSET_NC_3D else []
    wrong += [] if whole.resolved else ["unresolved"]
    return wrong, {"extended-nc-3d": extended, "offset-nc-3d": offset}


def _no_velocity(covariance: Array) -> bool:
    return not np.any(np.diag(covariance)[3:]) or not np.any(covariance[:3, 3:])


def _apart(one: float, other: float) -> float:
    """Share [1] by which the smaller of two probabilities falls short of the larger."""
    if one == other:
        return 0.0
    if not (one >= 0.0 and other >= 0.0):
        return math.inf
    return 1.0 - min(one, other) / max(one, other)


_NAMES = {
    "extended": "too long",
    "offset": "too far from the closest approach",
    "inaccurate": "too inaccurate",
    "indefinite-covariance": "spoilt by a covariance that is not positive definite",
    "slow": "not the only one of slow companions",
    "unresolved": "too sharp for the quadrature",
    "unconverged": "not convergent",
}


def _named(wrong: list[str]) -> str:
    return " and ".join(_NAMES[name] for name in wrong)
