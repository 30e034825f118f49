"""Periodic orbits by family: the member with a period, with a Jacobi constant, or nearest to a state."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.foundation.errors import InvalidInput, NumericalFailure
from moonstead.orbits.three_body.branches import between
from moonstead.orbits.three_body.continuation import Member, walk
from moonstead.orbits.three_body.family_names import FamilyName, family_name
from moonstead.orbits.three_body.family_table import FamilyTable, crossings, table_of
from moonstead.orbits.three_body.motion import jacobi_constant, jacobi_gradient, propagate_three_body
from moonstead.orbits.three_body.periodic_orbit import PeriodicOrbit
from moonstead.orbits.three_body.shots import PLANE, QUARTER, Shot, hit
from moonstead.orbits.three_body.stability import stability
from moonstead.orbits.three_body.system import EARTH_MOON, ThreeBodySystem

Array = NDArray[np.float64]

WALKED = 200  # members between two rows
SECTION = 1e-3  # [1] from the section of an orbit around L4 within which a state is moved onto it
SAME = 1e-7  # [1] two answers nearer than this are one member found twice, at a row of the table


def periodic_orbit(
    family: str,
    *,
    point: str | None = None,
    branch: str | None = None,
    resonance: tuple[int, int] | None = None,
    period: float | None = None,
    jacobi: float | None = None,
    near: ArrayLike | None = None,
    system: ThreeBodySystem = EARTH_MOON,
) -> PeriodicOrbit:
    """Periodic orbit of a family.

    Where several members have the period or the Jacobi constant, the one nearest to `near` is taken if that is given
    too, else the one with the smallest stability index; `periodic_orbits` gives them all.

    Parameters
    ----------
    family : str
        One of `FAMILIES`.
    point : str, optional
        Libration point, where the family exists around several.
    branch : str, optional
        "north" or "south" of mirrored families; north, where a shot starts at z > 0 (or vz > 0), is the default.
    resonance : tuple of int, optional
        (p, q): p revolutions around the primary in q of the secondary; only and always for "resonant".
    period : float [s], optional
        Period.
    jacobi : float [1], optional
        Jacobi constant, normalised, without the constant mu (1 - mu).
    near : (3,) [1] or (6,) [1], optional
        (x, z, vy) of a crossing of the plane y = 0 (the answer's state is then at this crossing), or a whole state.
    system : ThreeBodySystem
        Constants.

    Returns
    -------
    PeriodicOrbit
        The orbit, closed to rounding.

    Raises
    ------
    InvalidInput
        No such family, point, branch or resonance, or no member with that period or constant: the message gives the
        family's span and its nearest member.
    NumericalFailure
        The corrector does not converge.

    Source
    ------
    Families: Hénon (1997), Generating Families in the Restricted Three-Body Problem; Doedel et al. (2007), Int. J.
    Bifurcation and Chaos 17, 2625, doi:10.1142/S0218127407018671; JPL Three-Body Periodic Orbits.
    """
    found = periodic_orbits(
        family, point=point, branch=branch, resonance=resonance, period=period, jacobi=jacobi, near=near, system=system
    )
    return found[0]


def periodic_orbits(
    family: str,
    *,
    point: str | None = None,
    branch: str | None = None,
    resonance: tuple[int, int] | None = None,
    period: float | None = None,
    jacobi: float | None = None,
    near: ArrayLike | None = None,
    system: ThreeBodySystem = EARTH_MOON,
) -> list[PeriodicOrbit]:
    """All members of a family that have a period or a Jacobi constant, best first.

    Parameters
    ----------
    family : str
        One of `FAMILIES`.
    point : str, optional
        Libration point, where the family exists around several.
    branch : str, optional
        "north" or "south" of mirrored families.
    resonance : tuple of int, optional
        (p, q) for "resonant".
    period : float [s], optional
        Period.
    jacobi : float [1], optional
        Jacobi constant, normalised.
    near : (3,) [1] or (6,) [1], optional
        (x, z, vy) of a crossing of the plane y = 0, or a whole state: sorts the answers; alone, gives the one nearest.
    system : ThreeBodySystem
        Constants.

    Returns
    -------
    list of PeriodicOrbit
        At least one, in rising order of the distance to `near`, else of the stability index.

    Raises
    ------
    InvalidInput
        No such family, point, branch or resonance, or no member with that period or constant.
    NumericalFailure
        The corrector does not converge.

    Source
    ------
    As `periodic_orbit`.
    """
    name = family_name(family, point, branch, resonance)
    if period is not None and jacobi is not None:
        raise InvalidInput("one figure picks a member: give the period or the Jacobi constant, not both")
    if period is None and jacobi is None and near is None:
        raise InvalidInput(f"say which member of {name.text}: period, jacobi or near (x, z, vy)")
    table = table_of(name.table, system)
    wanted = None if near is None else name.grown(_near(near))
    shift = 0.0
    if wanted is not None and table.shot.returns:
        wanted, shift = _onto_section(wanted, table.frozen[0], system.mass_ratio)
    if period is not None:
        _positive(period)
        found = _by_figure(name, table, system, table.periods, period / system.time, "period")
    elif jacobi is not None:
        found = _by_figure(name, table, system, table.jacobi, float(jacobi), "jacobi")
    else:
        assert wanted is not None
        return [_moved(_nearest(name, table, system, wanted), name, shift)]
    if wanted is None:
        return sorted(found, key=lambda orbit: orbit.stability_index)
    turned = [_at_crossing(orbit, name, table.shot, wanted) for orbit in found]
    turned.sort(key=lambda orbit: _distance(name.grown(orbit.state), wanted))
    return [_moved(orbit, name, shift) for orbit in turned]


def family_members(
    family: str,
    *,
    count: int,
    point: str | None = None,
    branch: str | None = None,
    resonance: tuple[int, int] | None = None,
    system: ThreeBodySystem = EARTH_MOON,
) -> Sequence[PeriodicOrbit]:
    """Members along a family, evenly spread over its tabulated curve.

    Parameters
    ----------
    family : str
        One of `FAMILIES`.
    count : int
        How many, at least one.
    point : str, optional
        Libration point, where the family exists around several.
    branch : str, optional
        "north" or "south" of mirrored families.
    resonance : tuple of int, optional
        (p, q) for "resonant".
    system : ThreeBodySystem
        Constants.

    Returns
    -------
    sequence of PeriodicOrbit
        From the family's beginning to its end.

    Raises
    ------
    InvalidInput
        No such family, point, branch or resonance, or a count below one.
    NumericalFailure
        The corrector does not converge.

    Source
    ------
    As `periodic_orbit`.
    """
    if count < 1:
        raise InvalidInput(f"count must be at least 1; it is {count}")
    name = family_name(family, point, branch, resonance)
    table = table_of(name.table, system)
    places = np.unique(np.rint(np.linspace(0.0, len(table.variables) - 1, count)).astype(int))
    return [_member(name, table, system, table.variables[place]) for place in places]


def _positive(period: float) -> None:
    if not (np.isfinite(period) and period > 0.0):
        raise InvalidInput(f"period must be positive [s]; it is {period:g}")


def _near(near: ArrayLike) -> Array:
    """State (6,) [1], NaN where it is not said."""
    given = np.asarray(near, dtype=np.float64)
    if given.shape not in ((3,), (6,)) or not np.isfinite(given).all():
        raise InvalidInput(f"near has three finite numbers (x, z, vy) or six of a state; it is {given.tolist()}")
    if given.size == 6:
        return given
    return np.array([given[0], np.nan, given[1], np.nan, given[2], np.nan])


def _onto_section(wanted: Array, x: float, mass_ratio: float) -> tuple[Array, float]:
    """A whole state moved along its motion to an x [1], and the time [1] that this takes; others stay as they are."""
    if not np.isfinite(wanted).all() or abs(wanted[0] - x) > SECTION:
        return wanted, 0.0
    state, shift = wanted, 0.0
    for _ in range(6):
        step = float((x - state[0]) / state[3]) if state[3] != 0.0 else 0.0
        shift += step
        state = propagate_three_body(wanted, shift, mass_ratio)[0]
    return state, shift


def _moved(orbit: PeriodicOrbit, name: FamilyName, shift: float) -> PeriodicOrbit:
    """The orbit with its state a time [1] of the grown branch earlier."""
    if shift == 0.0:
        return orbit
    state = propagate_three_body(name.grown(orbit.state), -shift, orbit.system)[0]
    return _orbit(name, orbit.system, state, orbit.period)


def _distance(state: Array, wanted: Array) -> float:
    known = np.isfinite(wanted)
    return float(np.linalg.norm(state[known] - wanted[known]))


def _member(name: FamilyName, table: FamilyTable, system: ThreeBodySystem, guess: Array) -> PeriodicOrbit:
    """Orbit at a row of the table: corrected across the family, not along it."""
    slope = table.shot.miss(guess, table.frozen, system.mass_ratio)[1]
    tangent = np.linalg.svd(slope)[2][-1]
    variables = hit(table.shot, guess, table.frozen, system.mass_ratio, _level(guess, tangent))[0]
    return _orbit(name, system, table.shot.state(variables, table.frozen), table.shot.period(variables))


def _orbit(name: FamilyName, system: ThreeBodySystem, state: Array, period: float) -> PeriodicOrbit:
    """Finished answer from a state of the grown branch."""
    state = name.mirror * state + 0.0  # no negative zeros
    monodromy = propagate_three_body(state, period, system, with_transition=True)[1][0]
    return PeriodicOrbit(
        system,
        name.family,
        name.point,
        name.branch,
        state,
        period,
        float(jacobi_constant(state, system.mass_ratio)),
        stability(monodromy).index,
        monodromy,
    )


def _by_figure(
    name: FamilyName, table: FamilyTable, system: ThreeBodySystem, figures: Array, wanted: float, figure: str
) -> list[PeriodicOrbit]:
    """All members with a period [1] or Jacobi constant, from the rows on both sides of each."""
    mu, shot, frozen = system.mass_ratio, table.shot, table.frozen

    def condition(variables: Array) -> tuple[float, Array]:
        if figure == "period":
            row = np.zeros(variables.size)
            row[-1] = 1.0
            return float(variables[-1] - wanted * shot.share), row
        state = shot.state(variables, frozen)
        slope = np.append(jacobi_gradient(state, mu)[list(shot.free)], 0.0)
        return float(jacobi_constant(state, mu)) - wanted, slope

    away = figures - wanted
    found: list[PeriodicOrbit] = []
    starts: list[Array] = []
    for row in np.flatnonzero(away[:-1] * away[1:] <= 0.0):
        share = away[row] / (away[row] - away[row + 1]) if away[row] != away[row + 1] else 0.0
        guess = (1.0 - share) * table.variables[row] + share * table.variables[row + 1]
        variables = _solve(shot, guess, table.variables[row : row + 2], frozen, mu, condition)
        if variables is None:
            variables = _walked(shot, table.variables[row : row + 2], frozen, mu, condition)
        if variables is None or any(np.abs(variables - other).max() < SAME for other in starts):
            continue
        starts.append(variables)
        found.append(_orbit(name, system, shot.state(variables, frozen), shot.period(variables)))
    if not found:
        raise InvalidInput(_out_of_span(name, table, system, wanted, figure))
    return found


def _solve(
    shot: Shot, guess: Array, rows: Array, frozen: Array, mu: float, condition: Callable[[Array], tuple[float, Array]]
) -> Array | None:
    """Variables that meet a condition, tried from between two rows and from each of them."""
    reach = 3.0 * float(np.abs(rows[1] - rows[0]).max()) + SAME
    for start in (guess, rows[0], rows[1]):
        try:
            variables = hit(shot, start, frozen, mu, condition)[0]
        except NumericalFailure:
            continue
        if np.abs(variables - guess).max() <= reach:
            return variables
    return None


def _level(place: Array, direction: Array) -> Callable[[Array], tuple[float, Array]]:
    """Condition of the plane through a place across a direction."""
    return lambda variables: (float(direction @ (variables - place)), direction)


def _walked(
    shot: Shot, rows: Array, frozen: Array, mu: float, condition: Callable[[Array], tuple[float, Array]]
) -> Array | None:
    """Variables that meet a condition between two rows, found by walking along the family from the one to the other.

    Slower than Newton's method from between the rows, but sure where orbits are too sensitive for that, and where
    the condition hardly changes along the family.
    """
    way = rows[1] - rows[0]
    distance = float(np.linalg.norm(way))
    way = way / distance
    try:
        start, tangent = hit(shot, rows[0], frozen, mu, _level(rows[0], way))
        last = Member(start, tangent if tangent @ way >= 0.0 else -tangent)
        value = condition(start)[0]
        for member in walk(shot, last, frozen, mu, first=0.1 * distance, most=0.3 * distance, count=WALKED):
            if condition(member.variables)[0] * value <= 0.0:
                return between(shot, last, member, frozen, mu, lambda one: condition(one.variables)[0]).variables
            if float(way @ (member.variables - rows[1])) > distance:
                return None
            last = member
    except NumericalFailure:
        return None
    return None


def _nearest(name: FamilyName, table: FamilyTable, system: ThreeBodySystem, wanted: Array) -> PeriodicOrbit:
    """The member nearest to a state, at the crossing that is nearest."""
    mu = system.mass_ratio
    known = np.flatnonzero(np.isfinite(wanted))
    starts = np.array([table.shot.state(row, table.frozen) for row in table.variables])
    candidates = [(table.shot, table.variables, starts)]
    if not table.shot.returns:
        across = PLANE if table.shot is QUARTER else table.shot
        ends = crossings(table, mu)
        lengths = table.periods * across.share
        candidates.append((across, np.column_stack([ends[:, list(across.free)], lengths]), ends))
    best: tuple[float, Shot, Array, Array] | None = None
    for shot, variables, states in candidates:
        distance, guess, rows = _closest(variables, states[:, known], wanted[known])
        if best is None or distance < best[0]:
            best = distance, shot, guess, rows
    assert best is not None
    _, shot, guess, rows = best
    along = rows[1] - rows[0]
    frozen = table.frozen
    picks = np.array([k for k, component in enumerate(shot.free) if component in known])
    aim = wanted[list(shot.free)][picks]

    def condition(variables: Array) -> tuple[float, Array]:
        row = np.zeros(variables.size)
        row[picks] = along[picks]
        row /= max(float(np.linalg.norm(row)), 1e-300)
        return float(row[picks] @ (variables[picks] - aim)), row

    tangent = along / np.linalg.norm(along)
    solved = _solve(shot, guess, rows, frozen, mu, condition)
    if solved is None:
        solved = _walked(shot, rows, frozen, mu, condition)
    if solved is None:  # beyond an end of the family: the end itself
        solved = hit(shot, guess, frozen, mu, _level(guess, tangent))[0]
    return _orbit(name, system, shot.state(solved, frozen), shot.period(solved))


def _closest(variables: Array, points: Array, wanted: Array) -> tuple[float, Array, Array]:
    """Distance to a polyline of points, the variables there, and those at both ends of that piece."""
    pieces = np.diff(points, axis=0)
    square = np.maximum(np.einsum("ij,ij->i", pieces, pieces), 1e-300)
    shares = np.clip(np.einsum("ij,ij->i", wanted - points[:-1], pieces) / square, 0.0, 1.0)
    distances = np.linalg.norm(points[:-1] + shares[:, None] * pieces - wanted, axis=1)
    row = int(np.argmin(distances))
    step = variables[row + 1] - variables[row]
    return float(distances[row]), variables[row] + shares[row] * step, variables[row : row + 2]


def _at_crossing(orbit: PeriodicOrbit, name: FamilyName, shot: Shot, wanted: Array) -> PeriodicOrbit:
    """The orbit with its state at whichever end of its shot is nearer to a state."""
    start = name.grown(orbit.state)
    end = propagate_three_body(start, orbit.period * shot.share, orbit.system)[0]
    if shot.returns or _distance(end, wanted) >= _distance(start, wanted):
        return orbit
    end[list(shot.met)] = 0.0
    return _orbit(name, orbit.system, end, orbit.period)


def _out_of_span(name: FamilyName, table: FamilyTable, system: ThreeBodySystem, wanted: float, figure: str) -> str:
    """What the family has instead."""
    if figure == "period":
        days = table.periods * system.time / SECONDS_PER_DAY
        asked = wanted * system.time / SECONDS_PER_DAY
        near = days[np.argmin(np.abs(days - asked))]
        return (
            f"no orbit of {name.text} has a period of {asked:.6g} d; they span {days.min():.6g} d to "
            f"{days.max():.6g} d, the nearest has {near:.6g} d (constants: {system.source})"
        )
    constants = table.jacobi
    near = constants[np.argmin(np.abs(constants - wanted))]
    return (
        f"no orbit of {name.text} has the Jacobi constant {wanted:.9g}; they span {constants.min():.7g} to "
        f"{constants.max():.7g}, the nearest has {near:.7g} (mass ratio {system.mass_ratio:.10g})"
    )
