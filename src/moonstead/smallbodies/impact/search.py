"""The search for impacts: line of variations, virtual impactors, clones; one answer for Earth and Moon."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput
from moonstead.smallbodies.impact.answer import BodyAnswer, ImpactAnswer, VirtualImpactor
from moonstead.smallbodies.impact.clones import Clones, flown_clones
from moonstead.smallbodies.impact.cloud import orbit_cloud
from moonstead.smallbodies.impact.ground import Height
from moonstead.smallbodies.impact.line_of_variations import (
    HALF_LENGTH,
    Candidate,
    candidates,
    refined,
    sweep,
    weak_direction,
)
from moonstead.smallbodies.impact.outlook import WITHIN, Outlook
from moonstead.smallbodies.impact.ranged import ranged_probabilities
from moonstead.smallbodies.impact.told_impactor import virtual_impactor
from moonstead.smallbodies.impact.virtual_impactors import Linearised, linearised
from moonstead.smallbodies.impact.wilson import wilson_interval
from moonstead.smallbodies.motion.flights import EARTH_ALTITUDE
from moonstead.smallbodies.motion.orbit import SmallBodyOrbit
from moonstead.smallbodies.motion.perturbers import Perturbers
from moonstead.smallbodies.orbit_fit.ranged_orbit import RangedOrbit

Array = NDArray[np.float64]

BODIES = ("EARTH", "MOON")
BEFORE = 0.5 * SECONDS_PER_DAY  # [s] before an impact, where the weak direction is taken
PARALLEL = 0.995  # [1] cosine of the angle in the cloud between two lines that are one
SURE = 3.290526731491896  # [1] standard deviations: 99.9 %
REPORTED = 1e-9  # [1] impactors less probable than this are not drawn and not told


@dataclass(frozen=True)
class SearchEffort:
    """How much is flown.

    Attributes
    ----------
    line : int
        Orbits on the line of variations.
    clones : int
        Random orbits, the check.
    drawn : int
        Lines drawn through each virtual impactor; four flights each.
    impactors : int
        Virtual impactors that are drawn from, the most probable first.
    """

    line: int = 401
    clones: int = 1000
    drawn: int = 120
    impactors: int = 12


USUAL = SearchEffort()


def impact_probabilities(
    orbit: SmallBodyOrbit | RangedOrbit,
    until_tdb: float,
    perturbers: Perturbers,
    data: DataContext,
    *,
    bodies: tuple[str, ...] = BODIES,
    effort: SearchEffort = USUAL,
    seed: int = 0,
    earth_altitude: float = EARTH_ALTITUDE,
    moon_altitude: float = 0.0,
    terrain: Height | None = None,
    progress: Callable[[str], None] | None = None,
) -> ImpactAnswer:
    """Probability of an impact on Earth and Moon until a time, with every virtual impactor.

    Parameters
    ----------
    orbit : SmallBodyOrbit or RangedOrbit
        With a covariance; or a weighted sample of a short arc, which is flown as it is.
    until_tdb : float [s TDB past J2000]
        How far to look.
    perturbers : Perturbers
        What pulls; must cover the span.
    data : DataContext
        Orientation of Earth and Moon.
    bodies : tuple of str
        ``"EARTH"``, ``"MOON"`` or both.
    effort : SearchEffort
        How much is flown.
    seed : int
        Of the random orbits; the same seed gives the same answer.
    earth_altitude : float [m]
        Above the ellipsoid, where an impact counts and is told.
    moon_altitude : float [m]
        Above the lunar map radius, where an impact counts.
    terrain : callable, optional
        Height [m] of the lunar ground at latitudes and longitudes (N,) [rad] in MOON_ME; impacts are told on it.
    progress : callable, optional
        Told in a few words what is being done.

    Returns
    -------
    ImpactAnswer
        Probabilities [1] with 95 % intervals.

    Raises
    ------
    InvalidInput
        There is no covariance, a body is unknown, or the end lies before the epoch.
    OutsideSpan
        The perturbers do not cover the span.

    Source
    ------
    Milani, Chesley, Sansaturio, Tommei & Valsecchi (2005), Icarus 173, 362, doi:10.1016/j.icarus.2004.09.002 (line of
    variations, returns, virtual impactors); Roa, Farnocchia & Chesley (2021), AJ 162, 277, doi:10.3847/1538-3881/ac193f
    (the orbit that hits and agrees best with the observations); line sampling as `line_sampling` says.
    """
    unknown = [one for one in bodies if one not in BODIES]
    if unknown or not bodies:
        raise InvalidInput(f"impacts are sought on {' and '.join(BODIES)}; got {', '.join(unknown) or 'no body'}")
    if not until_tdb > orbit.tdb:
        raise InvalidInput("impacts are sought after the epoch of the orbit; give a later end")
    tell = progress or (lambda words: None)
    if isinstance(orbit, RangedOrbit):
        tell(f"flying {len(orbit.states)} orbits of the sample")
        return ranged_probabilities(orbit, until_tdb, perturbers, data, bodies, earth_altitude, moon_altitude, terrain)
    outlook = Outlook(orbit_cloud(orbit), until_tdb, perturbers, bodies, earth_altitude, moon_altitude)
    return search(outlook, data, effort, seed, terrain, tell)


def search(
    outlook: Outlook,
    data: DataContext,
    effort: SearchEffort,
    seed: int,
    terrain: Height | None,
    tell: Callable[[str], None],
) -> ImpactAnswer:
    """Every virtual impactor of a cloud of orbits.

    Parameters
    ----------
    outlook : Outlook
        Cloud and flights.
    data : DataContext
        Orientation of Earth and Moon.
    effort : SearchEffort
        How much is flown.
    seed : int
        Of the random orbits.
    terrain : callable or None
        Height [m] of the lunar ground.
    tell : callable
        Told what is being done.

    Returns
    -------
    ImpactAnswer
        Probabilities [1].

    Source
    ------
    As `impact_probabilities`.
    """
    rng, notes = np.random.default_rng(seed), [MODEL]
    tell(f"flying {effort.clones} clones")
    clones = flown_clones(outlook, effort.clones, rng)
    starts, points, stretching, lost = _on_lines(outlook, effort, tell)
    extra = _from_clones(clones, outlook.bodies)
    starts = starts + [start for start, _ in extra]
    points = np.concatenate((points, *[point[None] for _, point in extra]))
    stretching = np.concatenate((stretching, np.ones(len(extra))))
    if lost:
        notes.append(f"{lost} near passages of the line of variations did not settle; the clones cover them")
    found: list[Linearised] = []
    if starts:
        tell(f"looking closely at {len(starts)} near passages")
        found = linearised(outlook, starts, points, stretching)
    impactors: dict[str, list[VirtualImpactor]] = {one: [] for one in outlook.bodies}
    skipped = dict.fromkeys(outlook.bodies, 0.0)
    for number, one in enumerate(found):
        if number >= effort.impactors or one.probability < REPORTED:
            skipped[one.body] += one.probability
            continue
        tell(f"drawing orbits of impactor {number + 1} of {min(len(found), effort.impactors)}")
        made = virtual_impactor(outlook, one, effort.drawn, rng, data, terrain)
        if made is not None:
            impactors[one.body].append(made)
    answers = [
        _body_answer(name, sorted(impactors[name], key=lambda one: one.tdb.value), skipped[name], clones, effort)
        for name in outlook.bodies
    ]
    orbit = outlook.cloud.orbit
    notes += [note for _, words in answers for note in words]
    return ImpactAnswer(orbit.name, orbit.tdb, outlook.until_tdb, tuple(one for one, _ in answers), tuple(notes))


MODEL = (
    "the errors of the orbit are taken as Gaussian, with the covariance as given; no drag in the atmosphere; "
    "masses and places of the perturbing bodies are taken as exact"
)


def _on_lines(
    outlook: Outlook, effort: SearchEffort, tell: Callable[[str], None]
) -> tuple[list[Candidate], Array, Array, int]:
    """Near passages on the lines of variations: starts, points (C, k), stretching (C,) [m], and how many were lost."""
    starts: list[Candidate] = []
    points, stretching, lost = [np.zeros((0, outlook.cloud.size))], [np.zeros(0)], 0
    for direction, width in _lines(outlook):
        tell(f"following {effort.line} orbits along the line of variations")
        offsets, passages = sweep(outlook, direction, effort.line)
        near = candidates(offsets, passages, width)
        if not near:
            continue
        kept, fast, missed = refined(outlook, direction, near)
        starts += kept
        points.append(np.array([one.offset for one in kept])[:, None] * direction)
        stretching.append(fast)
        lost += missed
    return starts, np.concatenate(points), np.concatenate(stretching), lost


def _lines(outlook: Outlook) -> list[tuple[Array, float]]:
    """Directions (k,) [1] of the cloud for the end and for the first encounter, each with the spread across it [m]."""
    nominal = outlook.passages(np.zeros((1, outlook.cloud.size)))
    epoch, ended = outlook.cloud.orbit.tdb, nominal.tdb[nominal.impact]
    times = [_before(epoch, float(ended[0])) if ended.size else outlook.until_tdb]
    if nominal.tdb.size:
        times.append(_before(epoch, float(nominal.tdb[0])))
    lines: list[tuple[Array, float]] = []
    for tdb in times:
        line = weak_direction(outlook, tdb)
        if line is not None and not any(abs(line[0] @ other) > PARALLEL for other, _ in lines):
            lines.append(line)
    return lines


def _before(epoch: float, tdb: float) -> float:
    """A little before a passage, or half-way to it."""
    return max(tdb - BEFORE, 0.5 * (epoch + tdb))


def _from_clones(clones: Clones, bodies: tuple[str, ...]) -> list[tuple[Candidate, Array]]:
    """The hit nearest to the nominal orbit of each return that the clones found."""
    found = []
    for name in bodies:
        for rows in clones.returns(name):
            points = clones.points[clones.passages.index[rows]]
            best = int(np.argmin(np.linalg.norm(points, axis=1)))
            when = float(clones.passages.tdb[rows[best]])
            found.append((Candidate(name, when, 0.0, -HALF_LENGTH, HALF_LENGTH), points[best]))
    return found


def _body_answer(
    name: str, impactors: list[VirtualImpactor], skipped: float, clones: Clones, effort: SearchEffort
) -> tuple[BodyAnswer, list[str]]:
    notes = []
    count = clones.count(name)
    probability = min(1.0, sum(one.probability for one in impactors) + skipped)
    below = np.sqrt(sum((one.probability - one.interval[0]) ** 2 for one in impactors))
    above = np.sqrt(sum((one.interval[1] - one.probability) ** 2 for one in impactors))
    completeness = _completeness(name, effort)
    low, high = max(0.0, probability - below), min(1.0, probability + above + completeness)
    sure = wilson_interval(count.hits, count.drawn, SURE)
    method = "line of variations with virtual impactors"
    if not sure[0] <= probability <= sure[1]:
        notes.append(
            f"{name}: {count.hits} of {count.drawn} clones hit, which the virtual impactors "
            f"({probability:.3g}) do not explain; the clones are told"
        )
        method, probability = "clones", count.probability
        low, high = min(low, count.interval[0]), max(high, count.interval[1])
    passages = clones.passages
    near = passages.state[passages.body == name, :3]
    least = float(np.min(np.linalg.norm(near, axis=1))) if len(near) else np.inf
    return (
        BodyAnswer(name, probability, (low, high), method, tuple(impactors), count, completeness, least),
        notes,
    )


def _completeness(name: str, effort: SearchEffort) -> float:
    """Probability of an impactor so small that its trail may cross the space that is looked at between two samples."""
    step = 2.0 * HALF_LENGTH / (effort.line - 1)
    disc = 2.0 * (8e6 if name == "EARTH" else 1.8e6)
    return float(disc / (2.0 * WITHIN / step) / np.sqrt(2.0 * np.pi))
