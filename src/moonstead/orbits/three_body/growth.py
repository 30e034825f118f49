"""Growing families from the mass ratio alone: from linear motion, two-body orbits, bifurcations of other families."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import chain, product

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.errors import NumericalFailure
from moonstead.orbits.three_body.branches import first_crossing, member_monodromy, second_null_vector, step_on
from moonstead.orbits.three_body.continuation import Member, walk
from moonstead.orbits.three_body.libration import libration_point, linear_modes
from moonstead.orbits.three_body.motion import jacobi_gradient, propagate_three_body
from moonstead.orbits.three_body.shots import AXIS, PLANAR, PLANE, QUARTER, ROUND, Shot, hit
from moonstead.orbits.three_body.stability import stability

Array = NDArray[np.float64]

SMALL = 2e-5  # [1] amplitude of linear seeds: their orbits differ from linear ones by its square
DOUBLINGS = 6  # of the period along a family that are looked at
DEGENERATE = 1e-3  # [1] least gain of a shot from which a second branch starts; elsewhere it is about 1
LONGEST = {  # [1] periods beyond which families are left: they wind on through other families without end
    "dpo": 2.0 * math.pi,  # one revolution of the primaries
    "butterfly": 13.0,  # just beyond its fold in the Jacobi constant
    "long-period": 27.0,
    "lyapunov": 2.0 * math.pi,
    "vertical": 2.0 * math.pi,
}
RESONANT = 0.08  # largest share by which a resonant orbit's period may leave q revolutions of the primaries
HILL_G = (0.470, 2.275, 1.80)  # x [radii of Hill], vy [those a unit of time], period [1] of family g, from a scan of x
ECCENTRICITIES = (0.05, 0.1, 0.2, 0.35, 0.5, 0.6, 0.7)  # of two-body ellipses that resonant families begin with
LITTLE = 0.06  # [1] change of a two-body ellipse under correction: larger ones lead to other families
MOST = 700  # members of a walk
SAMPLES = 150  # of a shot, to see how near it comes to the bodies
SMALL_ROUND = 3e-4  # [1] that around L4: a whole turn of a smaller orbit differs from standing still by rounding
FARTHEST = 3.0  # [1] from the barycentre: families are not followed beyond


@dataclass(frozen=True, eq=False)
class Growth:
    """Where a family begins and how far it goes.

    Attributes
    ----------
    shot : Shot
        How its orbits are closed.
    frozen : (6,) [1]
        State that holds what is not free.
    seeds : tuple of Member
        Where walks begin, one after the other; each walk goes along its seed's tangent.
    ends : callable
        True for a member beyond the family's end.
    most : float [1]
        Longest step of a walk.
    farthest : float [1]
        Distance from the barycentre at which it is left.
    """

    shot: Shot
    frozen: Array
    seeds: tuple[Member, ...]
    ends: Callable[[Member], bool]
    most: float = 0.05
    farthest: float = FARTHEST


def grow(growth: Growth, mass_ratio: float, radii: tuple[float, float]) -> list[Member]:
    """Members of a family from its end to its other end, in the order of its curve.

    Parameters
    ----------
    growth : Growth
        Where it begins.
    mass_ratio : float [1]
        Mass of the secondary over the mass of both.
    radii : (2,) float [1]
        Distance from the centres of primary and secondary at which a family is left.

    Returns
    -------
    list of Member
        Corrected members; the walk backwards comes first, reversed.

    Source
    ------
    `continuation.walk`.
    """
    line: list[Member] = []
    for number, seed in enumerate(growth.seeds):
        found = [seed, *_follow(growth, seed, mass_ratio, radii)]
        line = [Member(m.variables, -m.tangent) for m in found[:0:-1]] + line if number else found
    return line


def _follow(growth: Growth, seed: Member, mass_ratio: float, radii: tuple[float, float]) -> Iterator[Member]:
    """Members of a walk until the family's end, a body, or the edge of the system.

    Parameters
    ----------
    growth : Growth
        The family.
    seed : Member
        Where the walk begins.
    mass_ratio : float [1]
        Mass of the secondary over the mass of both.
    radii : (2,) float [1]
        Distance from the centres of primary and secondary at which a family is left.

    Yields
    ------
    Member
        The next member.

    Source
    ------
    `continuation.walk`.
    """

    def outside(member: Member) -> bool:
        state = growth.shot.state(member.variables, growth.frozen)
        times = np.linspace(0.0, member.variables[-1], SAMPLES)
        path = propagate_three_body(state, 0.0, mass_ratio, times=times)[:, :3]
        to_primary = np.linalg.norm(path - [-mass_ratio, 0.0, 0.0], axis=1).min()
        to_secondary = np.linalg.norm(path - [1.0 - mass_ratio, 0.0, 0.0], axis=1).min()
        far = np.linalg.norm(path, axis=1).max() > growth.farthest
        return bool(far or to_primary < radii[0] or to_secondary < radii[1] or growth.ends(member))

    try:
        for member in walk(growth.shot, seed, growth.frozen, mass_ratio, most=growth.most, count=MOST):
            if outside(member):
                return
            yield member
    except NumericalFailure:
        return


def _never(_member: Member) -> bool:
    return False


def _longer(shot: Shot, family: str) -> Callable[[Member], bool]:
    return lambda member: shot.period(member.variables) > LONGEST[family]


def _seed(shot: Shot, state: Array, period: float, mass_ratio: float, keep: int) -> Member:
    """Corrected member that keeps one component of a guessed state."""
    guess = shot.variables(state, period)
    row = np.zeros(guess.size)
    row[shot.free.index(keep)] = 1.0
    wanted = float(state[keep])
    found, tangent = hit(shot, guess, state, mass_ratio, lambda v: (float(row @ v) - wanted, row))
    return Member(found, tangent)


def _towards(member: Member, direction: Array) -> Member:
    return member if member.tangent @ direction >= 0.0 else Member(member.variables, -member.tangent)


def _lyapunov(point: str, mass_ratio: float) -> Growth:
    """Planar orbits around L1, L2 or L3, from the linear oscillation in the plane."""
    place, modes = libration_point(point, mass_ratio), linear_modes(point, mass_ratio)
    side = 1.0 if point == "L2" else -1.0  # away from the nearer body's far side, where motion is slow
    direction = modes.planar_directions[0] / modes.planar_directions[0][0] * (side * SMALL)
    state = np.array([place[0] + direction[0].real, 0.0, 0.0, 0.0, direction[3].real, 0.0])
    member = _seed(PLANAR, state, 2.0 * math.pi / modes.planar[0], mass_ratio, 0)
    return Growth(PLANAR, np.zeros(6), (_towards(member, np.array([side, 0.0, 0.0])),), _longer(PLANAR, "lyapunov"))


def _vertical(point: str, mass_ratio: float) -> Growth:
    """Orbits like an 8 across the plane through L1, L2 or L3, from the linear oscillation across it."""
    place, modes = libration_point(point, mass_ratio), linear_modes(point, mass_ratio)
    state = np.array([place[0], 0.0, 0.0, 0.0, 0.0, SMALL * modes.vertical])
    member = _seed(QUARTER, state, 2.0 * math.pi / modes.vertical, mass_ratio, 5)
    up = _towards(member, np.array([0.0, 0.0, 1.0, 0.0]))
    return Growth(QUARTER, np.zeros(6), (up,), _longer(QUARTER, "vertical"))


def _vertical_bifurcations(point: str, mass_ratio: float, element: tuple[int, int]) -> Member:
    """First planar orbit around a point where an element of the block (z, vz) of the monodromy matrix vanishes."""
    planar = _lyapunov(point, mass_ratio)

    def quantity(member: Member) -> float:
        return float(member_monodromy(PLANAR, member, planar.frozen, mass_ratio)[element])

    members = walk(PLANAR, planar.seeds[0], planar.frozen, mass_ratio)
    return first_crossing(PLANAR, members, planar.frozen, mass_ratio, quantity)


def _halo(point: str, mass_ratio: float) -> Growth:
    """Halo orbits, from the planar orbit where motion across the plane first returns with z alone (Hénon 1973)."""
    planar = _vertical_bifurcations(point, mass_ratio, (5, 2))
    x, vy, half = planar.variables
    variables = np.array([x, 0.0, vy, half])
    member = step_on(PLANE, variables, np.array([0.0, 1.0, 0.0, 0.0]), np.zeros(6), mass_ratio)
    return Growth(PLANE, np.zeros(6), (member,), lambda m: m.variables[1] < 0.0)


def _axial(point: str, mass_ratio: float) -> Growth:
    """Axial orbits, from the planar orbit where motion across the plane first returns with vz alone (Hénon 1973)."""
    planar = _vertical_bifurcations(point, mass_ratio, (2, 5))
    x, vy, half = planar.variables
    variables = np.array([x, vy, 0.0, half])
    member = step_on(AXIS, variables, np.array([0.0, 0.0, 1.0, 0.0]), np.zeros(6), mass_ratio)
    return Growth(AXIS, np.zeros(6), (member,), lambda m: m.variables[2] < 0.0)


def _butterfly(mass_ratio: float, radii: tuple[float, float]) -> Growth:
    """Butterfly orbits, from the halo orbit around L2 whose period doubles with both turns through the same side."""
    parent = _halo("L2", mass_ratio)
    frozen = np.zeros(6)

    def quantity(member: Member) -> float:
        found = stability(member_monodromy(PLANE, member, frozen, mass_ratio))
        return float((found.first.real + 1.0) * (found.second.real + 1.0))

    for skip in range(DOUBLINGS):
        members = _follow(parent, parent.seeds[0], mass_ratio, radii)
        found = first_crossing(PLANE, members, frozen, mass_ratio, quantity, skip=skip)
        twice = np.array([1.0, 1.0, 1.0, 2.0])
        tangent = found.tangent * twice
        doubled = Member(found.variables * twice, tangent / np.linalg.norm(tangent))
        slope = PLANE.miss(doubled.variables, frozen, mass_ratio)[1]
        if np.linalg.svd(slope)[1][-1] > DEGENERATE:
            continue  # this one's branch starts from the side near the secondary
        direction = second_null_vector(PLANE, doubled, frozen, mass_ratio)
        seed = step_on(PLANE, doubled.variables, direction, frozen, mass_ratio)
        return Growth(PLANE, frozen, (seed,), _longer(PLANE, "butterfly"))
    raise NumericalFailure(f"no butterfly branches from the halo orbits at the mass ratio {mass_ratio:g}")


def _dro(mass_ratio: float, radius: float) -> Growth:
    """Distant retrograde orbits, from the retrograde circle close to the secondary."""
    turn = math.sqrt(mass_ratio / radius**3) + 1.0  # in the rotating frame
    state = np.array([1.0 - mass_ratio - radius, 0.0, 0.0, 0.0, radius * turn, 0.0])
    member = _seed(PLANAR, state, 2.0 * math.pi / turn, mass_ratio, 0)
    return Growth(PLANAR, np.zeros(6), (_towards(member, np.array([-1.0, 0.0, 0.0])),), _never)


def _distant_prograde(mass_ratio: float) -> Growth:
    """Distant prograde orbits, from family g of Hill's problem beyond its bifurcation, down in the Jacobi constant.

    The restricted problem breaks the symmetry of Hill's: this family is not joined to the prograde circles close to
    the secondary. It begins at a fold in the Jacobi constant.
    """
    radius = (mass_ratio / 3.0) ** (1.0 / 3.0)
    x, speed, period = HILL_G
    state = np.array([1.0 - mass_ratio + x * radius, 0.0, 0.0, 0.0, speed * radius, 0.0])
    frozen = np.zeros(6)
    member = _seed(PLANAR, state, period, mass_ratio, 0)

    def climbing(one: Member) -> float:
        here = jacobi_gradient(PLANAR.state(one.variables, frozen), mass_ratio)
        return float(here[[0, 4]] @ one.tangent[:2])

    up = member if climbing(member) > 0.0 else Member(member.variables, -member.tangent)
    line = chain((up,), walk(PLANAR, up, frozen, mass_ratio, most=0.01, count=MOST))
    fold = first_crossing(PLANAR, line, frozen, mass_ratio, climbing)
    return Growth(PLANAR, frozen, (Member(fold.variables, -fold.tangent),), _longer(PLANAR, "dpo"))


def _triangular(point: str, mass_ratio: float, mode: int) -> Growth:
    """Long (mode 0) or short (mode 1) period orbits around L4 or L5, from the linear oscillation in the plane."""
    place, modes = libration_point(point, mass_ratio), linear_modes(point, mass_ratio)
    direction = modes.planar_directions[mode]
    turned = direction * (1j / direction[0])  # x is at rest in its mean place, y is beside it
    turned = turned / abs(turned[1].real) * SMALL_ROUND
    up = -1.0 if mode == 0 else 1.0
    side = up * np.sign(place[1]) * np.sign(turned[1].real)
    state = np.array(
        [place[0], place[1] + side * turned[1].real, 0.0, side * turned[2].real, side * turned[3].real, 0.0]
    )
    member = _seed(ROUND, state, 2.0 * math.pi / modes.planar[mode], mass_ratio, 1)
    frozen = np.array([place[0], 0.0, 0.0, 0.0, 0.0, 0.0])
    away = np.array([up * np.sign(place[1]), 0.0, 0.0, 0.0])
    ends = _longer(ROUND, "long-period") if mode == 0 else _never
    return Growth(ROUND, frozen, (_towards(member, away),), ends)


def _resonant(revolutions: int, months: int, mass_ratio: float) -> Growth:
    """Planar orbits with p revolutions around the primary in q of the secondary, from the two-body ellipse.

    Of the ellipses with an apse on the line of the two bodies the one is taken that stays farthest from the secondary
    and changes little when it is corrected. At 1:1 only that with its perigee towards the secondary is: the others are
    Lyapunov orbits around L3.
    """
    heavy = 1.0 - mass_ratio
    axis = (heavy * (months / revolutions) ** 2) ** (1.0 / 3.0)
    period = 2.0 * math.pi * months
    farthest, member = 0.0, None
    for eccentricity in ECCENTRICITIES:
        for apse, side in ((-1.0, 1.0),) if revolutions == months else product((-1.0, 1.0), (-1.0, 1.0)):
            distance = axis * (1.0 + apse * eccentricity)
            speed = math.sqrt(heavy * (2.0 / distance - 1.0 / axis)) - distance
            state = np.array([side * distance - mass_ratio, 0.0, 0.0, 0.0, side * speed, 0.0])
            try:
                path = propagate_three_body(state, 0.0, mass_ratio, times=np.linspace(0.0, period, 400))[:, :3]
                away = float(np.linalg.norm(path - [1.0 - mass_ratio, 0.0, 0.0], axis=1).min())
                if away <= farthest:
                    continue
                found = _seed(PLANAR, state, period, mass_ratio, 0)
            except NumericalFailure:
                continue
            if np.abs(found.variables - PLANAR.variables(state, period)).max() < LITTLE:
                farthest, member = away, found
    if member is None:
        raise NumericalFailure(f"no two-body ellipse of the resonance {revolutions}:{months} stays clear of the bodies")
    back = Member(member.variables, -member.tangent)

    def far(one: Member) -> bool:
        return abs(PLANAR.period(one.variables) / period - 1.0) > RESONANT

    return Growth(PLANAR, np.zeros(6), (member, back), far, farthest=2.0 * FARTHEST)


def growth_of(
    family: str,
    point: str | None,
    resonance: tuple[int, int] | None,
    mass_ratio: float,
    radii: tuple[float, float],
    lowest: float,
) -> Growth:
    """Where a family begins.

    Parameters
    ----------
    family : str
        Name, of `families.FAMILIES`, but not `nrho`, which is a part of `halo`.
    point : str or None
        Libration point, for families that belong to one.
    resonance : tuple of int or None
        Revolutions and months, for `resonant`.
    mass_ratio : float [1]
        Mass of the secondary over the mass of both.
    radii : (2,) float [1]
        Distance from the centres of primary and secondary at which a family is left.
    lowest : float [1]
        Radius of the two-body orbit around the secondary that families of that kind begin with.

    Returns
    -------
    Growth
        Seeds, and how the orbits are closed.

    Raises
    ------
    NumericalFailure
        The family does not begin at this mass ratio as it does at that of the Moon.

    Source
    ------
    Hénon (1973), Astron. Astrophys. 28, 415, for the vertical bifurcations; two-body orbits else.
    """
    simple: dict[str, Callable[[str, float], Growth]] = {
        "lyapunov": _lyapunov,
        "halo": _halo,
        "vertical": _vertical,
        "axial": _axial,
        "short-period": partial(_triangular, mode=1),
        "long-period": partial(_triangular, mode=0),
    }
    if point is not None and family in simple:
        return simple[family](point, mass_ratio)
    if family == "butterfly":
        return _butterfly(mass_ratio, radii)
    if resonance is not None:
        return _resonant(*resonance, mass_ratio)
    return _dro(mass_ratio, lowest) if family == "dro" else _distant_prograde(mass_ratio)
