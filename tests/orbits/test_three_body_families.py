"""Authority: JPL Three-Body Periodic Orbits, 1158 rows of 13 families; every orbit is grown here from the mass ratio."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.foundation.errors import InvalidInput
from moonstead.orbits.three_body.families import periodic_orbit
from moonstead.orbits.three_body.motion import propagate_three_body
from moonstead.orbits.three_body.system import EARTH_MOON

CATALOGUE = {
    "DRO": ("dro", None, None),
    "L1_Halo": ("halo", "L1", None),
    "L2_Halo": ("halo", "L2", None),
    "L1_NRHO": ("nrho", "L1", None),
    "L2_NRHO": ("nrho", "L2", None),
    "L1_Lyapunov": ("lyapunov", "L1", None),
    "L2_Lyapunov": ("lyapunov", "L2", None),
    "L2_Butterfly": ("butterfly", "L2", None),
}
SAME = 1e-9  # asked of state, period and Jacobi constant
INDEX = 1e-6  # asked of the stability index, relative


def rows_of(shared_data: Path, step: int) -> list[dict[str, str]]:
    with (shared_data / "station" / "cr3bp_earth_moon_periodic_orbits.csv").open() as file:
        return [row for row in csv.DictReader(file) if row["family"] in CATALOGUE][::step]


@pytest.mark.truth
def test_rows_of_the_catalogue_are_found_by_their_jacobi_constant(shared_data: Path, validation):
    rows = [row for row in rows_of(shared_data, 9) if row["source_row"] not in ("827", "1398")]
    worst = {"state": 0.0, "period": 0.0, "jacobi": 0.0, "index": 0.0}
    used = 0
    for row in rows:
        family, point, resonance = CATALOGUE[row["family"]]
        state = np.array([float(row[name]) for name in ("x", "y", "z", "vx", "vy", "vz")])
        if family == "nrho" and float(row["period_tu"]) < 0.85:
            continue
        used += 1
        orbit = periodic_orbit(
            family, point=point, resonance=resonance, jacobi=float(row["jacobi"]), near=state[[0, 2, 4]]
        )
        errors = {
            "state": np.abs(orbit.state - state).max(),
            "period": abs(orbit.period - float(row["period_tu"])),
            "jacobi": abs(orbit.jacobi - float(row["jacobi"])),
            "index": abs(orbit.stability_index / float(row["stability_index"]) - 1.0),
        }
        worst = {key: max(worst[key], float(errors[key])) for key in worst}
    about = {"capability": "three-body families", "authority": "JPL Three-Body Periodic Orbits", "cases": used}
    for quantity, error in worst.items():
        tolerance = INDEX if quantity == "index" else SAME
        validation(quantity=f"{quantity} of a member", error=error, unit="1", tolerance=tolerance, **about)


def test_southern_orbits_mirror_northern_ones_and_close():
    south, north = (
        periodic_orbit("nrho", point="L2", branch=branch, period=6.56 * SECONDS_PER_DAY)
        for branch in ("south", "north")
    )
    np.testing.assert_allclose(south.state, north.state * [1, 1, -1, 1, 1, -1], atol=1e-13)
    assert south.state[2] < 0.0
    end = propagate_three_body(south.state, south.period, EARTH_MOON)[0]
    np.testing.assert_allclose(end, south.state, atol=1e-11)
    assert south.days == pytest.approx(6.56, abs=1e-12)


def test_what_a_family_does_not_have_is_refused_with_its_span():
    with pytest.raises(InvalidInput, match=r"no orbit of nrho L2 south has a period of 20 d; they span .* the nearest"):
        periodic_orbit("nrho", point="L2", branch="south", period=20 * SECONDS_PER_DAY)
    with pytest.raises(InvalidInput, match="lyapunov, halo"):
        periodic_orbit("hallo", period=1e6)
    with pytest.raises(InvalidInput, match="L1, L2, L3"):
        periodic_orbit("halo", period=1e6)
