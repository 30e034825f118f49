"""Long measurements of three-body families: `python -m benchmarks.orbits_families CATALOGUE.csv`.

Every row of JPL's catalogue beside our members, what a look-up costs, and one revolution beside scipy's DOP853 at equal
accuracy. Times are CPU seconds of this process.
"""

from __future__ import annotations

import csv
import sys
import time
from collections import defaultdict
from pathlib import Path

import numpy as np
from scipy.integrate import solve_ivp

from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.foundation.errors import MoonsteadError
from moonstead.orbits.three_body.families import periodic_orbit
from moonstead.orbits.three_body.motion import propagate_three_body, rates
from moonstead.orbits.three_body.system import EARTH_MOON

NAMES = {
    "DRO": ("dro", None, None),
    "L2_Butterfly": ("butterfly", "L2", None),
    "Resonant_21": ("resonant", None, (2, 1)),
    **{f"{point}_Halo": ("halo", point, None) for point in ("L1", "L2")},
    **{f"{point}_NRHO": ("nrho", point, None) for point in ("L1", "L2")},
    **{f"{point}_Lyapunov": ("lyapunov", point, None) for point in ("L1", "L2")},
    **{f"{point}_Long": ("long-period", point, None) for point in ("L4", "L5")},
    **{f"{point}_Short": ("short-period", point, None) for point in ("L4", "L5")},
}
SAME, INDEX = 1e-9, 1e-6
PEER_TOLERANCE = 1e-13


def catalogue(path: Path) -> None:
    """Rows within 1e-9 in state, period and Jacobi constant, found by place, period, or Jacobi constant."""
    errors: dict[tuple[str, str], list[list[float]]] = defaultdict(list)
    began, count = time.process_time(), 0
    with path.open() as file:
        for row in csv.DictReader(file):
            family, point, resonance = NAMES[row["family"]]
            state = np.array([float(row[name]) for name in ("x", "y", "z", "vx", "vy", "vz")])
            period, jacobi = float(row["period_tu"]), float(row["jacobi"])
            near = state if point in ("L4", "L5") else state[[0, 2, 4]]
            figures = {"place": {}, "period": {"period": period * EARTH_MOON.time}, "jacobi": {"jacobi": jacobi}}
            for by, figure in figures.items():
                count += 1
                try:
                    orbit = periodic_orbit(family, point=point, resonance=resonance, near=near, **figure)
                except MoonsteadError:
                    errors[row["family"], by].append([np.inf] * 4)
                    continue
                index = abs(orbit.stability_index / float(row["stability_index"]) - 1.0)
                off = float(np.abs(orbit.state - state).max())
                errors[row["family"], by].append([off, abs(orbit.period - period), abs(orbit.jacobi - jacobi), index])
    print("| family | by | rows | within 1e-9 | index within 1e-6 | worst state | period | Jacobi | index |")
    for (family, by), found in errors.items():
        table = np.array(found)
        good = int((table[:, :3].max(axis=1) < SAME).sum())
        worst = " | ".join(f"{value:.2g}" for value in table.max(axis=0))
        print(f"| {family} | {by} | {len(table)} | {good} | {int((table[:, 3] < INDEX).sum())} | {worst} |")
    print(f"{(time.process_time() - began) / count * 1e3:.0f} ms CPU a look-up")


def beside_scipy() -> None:
    """One revolution of the 9:2 NRHO, ours and DOP853 on plain numpy."""
    orbit = periodic_orbit("nrho", point="L2", branch="south", period=6.5624 * SECONDS_PER_DAY)
    rounds = 200
    began = time.process_time()
    for _ in range(rounds):
        propagate_three_body(orbit.state, orbit.period, EARTH_MOON)
    ours = (time.process_time() - began) / rounds
    began = time.process_time()
    peer = solve_ivp(
        lambda _, state: rates(state, EARTH_MOON.mass_ratio),
        (0.0, orbit.period),
        orbit.state,
        "DOP853",
        rtol=PEER_TOLERANCE,
        atol=PEER_TOLERANCE,
    )
    theirs = time.process_time() - began
    closed = np.abs(propagate_three_body(orbit.state, orbit.period, EARTH_MOON)[0] - orbit.state).max()
    apart = np.abs(peer.y[:, -1] - orbit.state).max()
    print(
        f"one revolution: Taylor {ours * 1e6:.0f} us CPU, closes to {closed:.1e}; DOP853 on numpy "
        f"{theirs * 1e6:.0f} us, closes to {apart:.1e}: {theirs / ours:.0f} times ours"
    )


def main() -> None:
    propagate_three_body([0.8, 0.0, 0.0, 0.0, 0.1, 0.0], 0.1, EARTH_MOON, with_transition=True)
    beside_scipy()
    if len(sys.argv) > 1:
        catalogue(Path(sys.argv[1]))


if __name__ == "__main__":
    main()
