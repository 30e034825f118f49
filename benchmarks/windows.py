"""When a relay is seen and when it sees the Earth, against SPICE's geometry finder."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import spiceypy as spice
from spice_truth import cell_of, kernels, site_id, two_body, windows_of, write_spk

from benchmarks.effort import Effort
from benchmarks.page import Row, Section
from benchmarks.spice_pool import spice_pool
from benchmarks.timing import Contender, side_by_side
from moonstead.dynamics.conditions import elevation_above, not_occulted
from moonstead.dynamics.events import find_windows
from moonstead.dynamics.trajectories import BodyTrajectory, SurfacePoint, TabulatedTrajectory
from moonstead.dynamics.windows import Windows
from moonstead.foundation.data import DataContext
from moonstead.foundation.frames.standard import MOON_ME

START = 946_728_000.0  # [s TDB past J2000] 2030-01-01T00:00:00 TDB
DAY = 86_400.0  # [s]
RELAY = -1001
SITE = SurfacePoint("south ridge", "MOON", MOON_ME, np.radians(-88.80), np.radians(123.40), 1500.0)
MASK = np.radians(10.0)
PERISELENE, ECCENTRICITY = 2_237.4e3, 0.77056  # [m] 500 km above the mean sphere; a period of 24 h
ANGLES = (57.7, 150.0, 90.0, 0.0)  # [deg] inclination to the lunar equator, node, argument, mean anomaly
NODES = 300.0  # [s] between states of the table
MOST = 20_000
SAFE = 0.9  # of the shortest window or gap: a step with which SPICE passes over none
HABIT = 300.0  # [s] a step for who does not know the shortest

SEEN = "relay 10 deg above a site at 88.8 deg S, `gfposc`"
HIDDEN = "Moon before the Earth from the relay, `gfoclt`"

TEXT = """A relay in an ellipse of 24 h with its aposelene in the south, followed for {days:g} days; both read the
same table of states with the same Hermite polynomial, SPICE as SPK type 13. SPICE looks at a fixed step and misses what
begins and ends between two looks, so its user has to know the shortest window or gap beforehand. The first row of
each search gives it a step of {share:.0%} of the shortest that Moonstead found, about the longest safe one; the second
has five minutes, safe or not. Moonstead asks for no step and proves that it missed nothing longer than 1 ms. Both
refine edges to 1 µs. The difference is the largest between edges."""


def measure(data: DataContext, effort: Effort) -> tuple[Section, ...]:
    span = (START, START + effort.days * DAY)
    with spice_pool(data, [SITE]) as folder:
        table = _table(data, span)
        write_spk(folder / "relay.bsp", RELAY, table)
        write_spk(folder / "site.bsp", site_id(0), SITE, (span[0] - DAY, span[1] + DAY))
        with kernels([folder / "relay.bsp", folder / "site.bsp"]):
            rows = _rows(SEEN, partial(_seen, data, table), _elevation, span, effort)
            rows += _rows(HIDDEN, partial(_hidden, data, table), _occultation, span, effort)
    return (
        Section(
            "Windows",
            TEXT.format(days=effort.days, share=SAFE),
            ("search", "SPICE's step", "windows by SPICE", "by Moonstead", "difference", "ratio"),
            tuple(rows),
        ),
    )


def _table(data: DataContext, span: tuple[float, float]) -> TabulatedTrajectory:
    equator = MOON_ME.from_icrf(np.array([span[0]]), data).matrix[0].T
    nodes = np.arange(span[0] - NODES, span[1] + 2.0 * NODES, NODES)
    return two_body("relay", "MOON", span[0], PERISELENE, ECCENTRICITY, ANGLES, nodes, turn=equator)


def _fresh(table: TabulatedTrajectory) -> TabulatedTrajectory:
    """The same table without what it has worked out about itself: SPICE too begins with the bare states."""
    return TabulatedTrajectory(table.name, table.center, table.frame, table.tdb, table.states, table.degree)


def _seen(data: DataContext, table: TabulatedTrajectory, span: tuple[float, float]) -> Windows:
    return find_windows(elevation_above(SITE, _fresh(table), MASK, data), *span)


def _hidden(data: DataContext, table: TabulatedTrajectory, span: tuple[float, float]) -> Windows:
    earth = BodyTrajectory("EARTH", "MOON", data)
    return find_windows(~not_occulted(_fresh(table), earth, "MOON", data), *span)


def _elevation(span: tuple[float, float], step: float) -> Windows:
    found = spice.cell_double(MOST)
    limit = ("LATITUDINAL", "LATITUDE", ">", MASK, 0.0, step, MOST // 2)
    spice.gfposc(str(RELAY), "TOPO_0", "NONE", str(site_id(0)), *limit, cell_of(span), found)
    return windows_of(found, span)


def _occultation(span: tuple[float, float], step: float) -> Windows:
    found = spice.cell_double(MOST)
    bodies = ("MOON", "ELLIPSOID", "MOON_ME", "EARTH", "POINT", " ")
    spice.gfoclt("ANY", *bodies, "NONE", str(RELAY), step, cell_of(span), found)
    return windows_of(found, span)


def _rows(
    what: str,
    own: Callable[[tuple[float, float]], Windows],
    peer: Callable[[tuple[float, float], float], Windows],
    span: tuple[float, float],
    effort: Effort,
) -> list[Row]:
    ours = own(span)
    shortest = min(*ours.durations(), *(~ours).durations())
    steps = (float(f"{SAFE * shortest:.2g}"), HABIT)
    contenders = {"own": Contender(lambda _: own(span))}
    contenders |= {f"step {step}": Contender(lambda _, step=step: peer(span, step)) for step in steps}
    times = side_by_side(contenders, effort.repetitions)
    rows = []
    for step in steps:
        theirs = peer(span, step)
        cells = (what, f"{step:.0f} s", str(len(theirs)), str(len(ours)), _apart(theirs, ours))
        rows.append(Row(cells, times.ratio(f"step {step}", "own"), f"{what} at a step of {step:.0f} s"))
    return rows


def _apart(one: Windows, other: Windows) -> str:
    if len(one) != len(other):
        return "not the same windows"
    edges = max(np.max(np.abs(one.starts - other.starts)), np.max(np.abs(one.stops - other.stops)))
    return f"{1e6 * edges:.2g} µs"
