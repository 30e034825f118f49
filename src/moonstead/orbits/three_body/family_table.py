"""Families as tables of members, dense enough that every member between two rows is found from them."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, partial
from itertools import groupby
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.bodies import body
from moonstead.foundation.errors import NumericalFailure
from moonstead.orbits.three_body.branches import between, member_stability
from moonstead.orbits.three_body.continuation import Member
from moonstead.orbits.three_body.family_names import Name
from moonstead.orbits.three_body.growth import Growth, grow, growth_of
from moonstead.orbits.three_body.libration import libration_point
from moonstead.orbits.three_body.motion import jacobi_constant, jacobi_gradient, propagate_three_body, rates
from moonstead.orbits.three_body.shots import AXIS, PLANAR, PLANE, QUARTER, ROUND, Shot
from moonstead.orbits.three_body.system import EARTH_MOON, ThreeBodySystem

Array = NDArray[np.float64]
FILE = Path(__file__).with_name("families.csv")
DIGITS = 11  # significant ones in the file: a first guess for the corrector, no more is needed
NRHO_INDEX = 3.0  # [1] stability index up to which a halo orbit near the secondary is near rectilinear: JPL's cut
DEEPEST = 0.012  # radii of the Moon from its centre to which families are followed, as far as JPL's reach
SAMPLES = 401  # of an orbit, half a period among them, to find where it is nearest to a body
HEADINGS = (
    "family", "point", "resonance", "v0", "v1", "v2", "v3", "jacobi", "index", "to_primary", "to_secondary", "event",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class FamilyTable:
    """Members of a family in the order of its curve.

    Attributes
    ----------
    family : str
        Name.
    point : str or None
        Libration point.
    resonance : tuple of int or None
        Revolutions and months.
    shot : Shot
        How the orbits are closed.
    frozen : (6,) [1]
        State that holds what is not free.
    variables : (N, K + 1) [1]
        Free components of the state and length of the shot.
    jacobi : (N,) [1]
        Jacobi constants.
    index : (N,) [1]
        Stability indices.
    nearest : (N, 2) [1]
        Least distance from the centres of primary and secondary.
    events : tuple of str
        For each member: "" or what happens there: "period" and "jacobi" (a fold in it), "tangent" and "doubling"
        (bifurcations), "limit" (an end set by definition).
    """

    family: str
    point: str | None
    resonance: tuple[int, int] | None
    shot: Shot
    frozen: Array
    variables: Array
    jacobi: Array
    index: Array
    nearest: Array
    events: tuple[str, ...]

    @property
    def periods(self) -> Array:
        """Periods [1] (N,)."""
        return np.asarray(self.variables[:, -1] / self.shot.share)


def followed_radii(system: ThreeBodySystem) -> tuple[float, float]:
    """Distances from the bodies' centres at which families are left: the primary's surface, and deep in the secondary.

    Parameters
    ----------
    system : ThreeBodySystem
        The constants.

    Returns
    -------
    tuple of float [1]
        Of the primary and of the secondary.

    Source
    ------
    The depth in the secondary is that of the deepest orbits in JPL Three-Body Periodic Orbits.
    """
    primary, secondary = body(system.primary).mean_radius, body(system.secondary).mean_radius
    deep = DEEPEST if system.secondary == "MOON" else 1.0
    return primary / system.length, deep * secondary / system.length


def make_table(name: Name, system: ThreeBodySystem) -> FamilyTable:
    """Grow a family and tabulate it, folds and bifurcations included as members of their own.

    Parameters
    ----------
    name : tuple
        Family, point, resonance.
    system : ThreeBodySystem
        The constants.

    Returns
    -------
    FamilyTable
        Its members.

    Raises
    ------
    NumericalFailure
        The family does not begin at this mass ratio.

    Source
    ------
    `growth.growth_of`, `continuation.walk`.
    """
    family, point, resonance = name
    radii = followed_radii(system)
    mu = system.mass_ratio
    lowest = body(system.secondary).mean_radius / system.length
    growth = growth_of("halo" if family == "nrho" else family, point, resonance, mu, radii, lowest)
    members = grow(growth, mu, radii)
    rows = _with_events(growth, members, mu, NRHO_INDEX if family == "nrho" else None)
    if family == "nrho":
        rows = _first_stretch(rows)
    variables = np.array([row[0] for row in rows])
    states = [growth.shot.state(row[0], growth.frozen) for row in rows]
    nearest = [
        nearest_approaches(state, growth.shot.period(row[0]), mu) for state, row in zip(states, rows, strict=True)
    ]
    return FamilyTable(
        family,
        point,
        resonance,
        growth.shot,
        growth.frozen,
        variables,
        np.asarray(jacobi_constant(np.array(states), mu)),
        np.array([row[1] for row in rows]),
        np.array(nearest),
        tuple(row[2] for row in rows),
    )


def _with_events(
    growth: Growth, members: list[Member], mu: float, limit: float | None
) -> list[tuple[Array, float, str]]:
    """Variables, stability index and event of each member; members at folds and bifurcations are put in between."""

    def quantities(member: Member) -> dict[str, float]:
        found = member_stability(growth.shot, member, growth.frozen, mu)
        tangent, state = member.tangent, growth.shot.state(member.variables, growth.frozen)
        along = np.zeros(6)
        along[list(growth.shot.free)] = tangent[:-1]
        values = {
            "period": float(tangent[-1]),
            "jacobi": float(jacobi_gradient(state, mu) @ along),
            "index": found.index,
        }
        if abs(found.first.imag) == 0.0:
            pairs = (found.first.real, found.second.real)
            values["tangent"] = (pairs[0] - 1.0) * (pairs[1] - 1.0)
            values["doubling"] = (pairs[0] + 1.0) * (pairs[1] + 1.0)
        if limit is not None:
            values["limit"] = found.index - limit
        return values

    rows: list[tuple[Array, float, str]] = []
    before: tuple[Member, dict[str, float]] | None = None
    for member in members:
        values = quantities(member)
        if before is not None:
            found = []
            for event in ("period", "jacobi", "tangent", "doubling", "limit"):
                if event in values and event in before[1] and values[event] * before[1][event] < 0.0:
                    try:
                        there = between(
                            growth.shot, before[0], member, growth.frozen, mu,
                            partial(_one_of, quantities, event),
                        )  # fmt: skip
                    except NumericalFailure:
                        continue
                    offset = float(before[0].tangent @ (there.variables - before[0].variables))
                    index = limit if event == "limit" and limit is not None else quantities(there)["index"]
                    found.append((offset, (there.variables, float(index), event)))
            rows += [row for _, row in sorted(found, key=lambda one: one[0])]
        rows.append((member.variables, values["index"], ""))
        before = member, values
    return rows


def _one_of(quantities: Callable[[Member], dict[str, float]], event: str, member: Member) -> float:
    return quantities(member).get(event, 0.0)


def _first_stretch(rows: list[tuple[Array, float, str]]) -> list[tuple[Array, float, str]]:
    """Rows from the first limit on, as long as the index stays within it."""
    first = next(place for place, row in enumerate(rows) if row[2] == "limit")
    stop = next((place for place in range(first + 1, len(rows)) if rows[place][2] == "limit"), len(rows) - 1)
    return rows[first : stop + 1]


def nearest_approaches(state: Array, period: float, mass_ratio: float) -> tuple[float, float]:
    """Least distances of an orbit from the centres of both bodies.

    Parameters
    ----------
    state : (6,) [1]
        A state of the orbit.
    period : float [1]
        Its period.
    mass_ratio : float [1]
        Mass of the secondary over the mass of both.

    Returns
    -------
    tuple of float [1]
        From the primary and from the secondary.

    Source
    ------
    Newton's method on the radial speed, from the nearest of equal steps of the path.
    """
    times = np.linspace(0.0, period, SAMPLES)
    path = propagate_three_body(state, 0.0, mass_ratio, times=times)
    least = []
    for x in (-mass_ratio, 1.0 - mass_ratio):
        away = path[:, :3] - [x, 0.0, 0.0]
        distance = np.linalg.norm(away, axis=1)
        place = int(np.argmin(distance))
        best, there = float(distance[place]), path[place]
        for _ in range(8):
            offset, velocity = there[:3] - [x, 0.0, 0.0], there[3:]
            rate = float(offset @ velocity)
            bend = float(velocity @ velocity + offset @ rates(there, mass_ratio)[3:])
            if bend <= 0.0 or abs(rate) <= 1e-14:
                break
            step = float(np.clip(-rate / bend, -times[1], times[1]))
            there = propagate_three_body(there, step, mass_ratio)[0]
            best = min(best, float(np.linalg.norm(there[:3] - [x, 0.0, 0.0])))
        least.append(best)
    return least[0], least[1]


def write_tables(tables: Iterable[FamilyTable], path: Path = FILE) -> None:
    """Write tables as the file that the package ships.

    Parameters
    ----------
    tables : iterable of FamilyTable
        Of Earth and Moon.
    path : Path
        File.
    """
    with path.open("w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(HEADINGS)
        for table in tables:
            resonance = "" if table.resonance is None else "{}:{}".format(*table.resonance)
            for row in range(len(table.variables)):
                variables = [f"{value:.{DIGITS}g}" for value in table.variables[row]]
                figures = [table.index[row], *table.nearest[row]]
                texts = [f"{table.jacobi[row]:.{DIGITS}g}", *(f"{value:.7g}" for value in figures)]
                padding = [""] * (4 - len(variables))
                out.writerow(
                    [
                        *(table.family, table.point or "", resonance),
                        *(*variables[:-1], *padding, variables[-1]),
                        *(*texts, table.events[row]),
                    ]
                )


@cache
def shipped_tables() -> dict[Name, FamilyTable]:
    """Tables of Earth and Moon that the package ships, made by `write_tables`.

    Returns
    -------
    dict of Name to FamilyTable
        By family, point and resonance.
    """
    tables: dict[Name, FamilyTable] = {}
    with FILE.open(newline="") as file:
        rows = csv.reader(file)
        next(rows)
        for key, block in groupby(rows, key=lambda row: tuple(row[:3])):
            family, point = key[0], key[1] or None
            resonance = tuple(int(part) for part in key[2].split(":")) if key[2] else None
            lines = list(block)
            shot, frozen = shot_of(family, point, EARTH_MOON.mass_ratio)
            columns = [3 + k for k in range(len(shot.free))] + [6]
            name: Name = (family, point, (resonance[0], resonance[1]) if resonance else None)
            tables[name] = FamilyTable(
                *name,
                shot,
                frozen,
                np.array([[float(line[c]) for c in columns] for line in lines]),
                np.array([float(line[7]) for line in lines]),
                np.array([float(line[8]) for line in lines]),
                np.array([[float(line[9]), float(line[10])] for line in lines]),
                tuple(line[11] for line in lines),
            )
    return tables


@cache
def table_of(name: Name, system: ThreeBodySystem) -> FamilyTable:
    """Table of a family: the shipped one where the mass ratio is its own, else grown now.

    Parameters
    ----------
    name : tuple
        Family, point, resonance.
    system : ThreeBodySystem
        The constants.

    Returns
    -------
    FamilyTable
        Its members.

    Raises
    ------
    NumericalFailure
        The family does not begin at this mass ratio.

    Source
    ------
    `make_table`.
    """
    if system.mass_ratio == EARTH_MOON.mass_ratio:
        return shipped_tables()[name]
    return make_table(name, system)


@cache
def crossings(table: FamilyTable, mass_ratio: float) -> Array:
    """States where the shots of a table's members end: the other crossing of the plane y = 0.

    Parameters
    ----------
    table : FamilyTable
        Members of a symmetric family.
    mass_ratio : float [1]
        Mass of the secondary over the mass of both.

    Returns
    -------
    (N, 6) [1]
        States, normalised.

    Source
    ------
    `motion.propagate_three_body`.
    """
    return np.array([
        propagate_three_body(table.shot.state(row, table.frozen), float(row[-1]), mass_ratio)[0]
        for row in table.variables
    ])  # fmt: skip


def shot_of(family: str, point: str | None, mass_ratio: float) -> tuple[Shot, Array]:
    """How orbits of a family are closed.

    Parameters
    ----------
    family : str
        Name.
    point : str or None
        Libration point.
    mass_ratio : float [1]
        Mass of the secondary over the mass of both.

    Returns
    -------
    shot : Shot
        From where to where an orbit is flown.
    frozen : (6,) [1]
        State that holds what is not free.

    Source
    ------
    Symmetries of the problem: Hénon (1973), Astron. Astrophys. 28, 415.
    """
    frozen = np.zeros(6)
    if family in ("short-period", "long-period"):
        frozen[0] = libration_point(point or "L4", mass_ratio)[0]
        return ROUND, frozen
    shots = {"halo": PLANE, "nrho": PLANE, "butterfly": PLANE, "vertical": QUARTER, "axial": AXIS}
    return shots.get(family, PLANAR), frozen
