"""Authority: the forces on one spacecraft at a time, themselves compared with SPICE, brahe and plain numpy."""

from __future__ import annotations

import numpy as np
import pytest
from motion import DAY, EPOCH, case

from moonstead.dynamics.batch_force_kernels import CRAFT_SIZE, FLOW, MASS, PUSH, THRUST, forces_lanes
from moonstead.dynamics.batch_gravity import field_columns
from moonstead.dynamics.batch_gravity_kernels import WIDTH
from moonstead.dynamics.ephemeris_kernels import work_size
from moonstead.dynamics.force_kernels import forces
from moonstead.dynamics.forces import DEFAULT_FIELDS, ForceModel, Radiation
from moonstead.dynamics.forces_tables import force_tables
from moonstead.dynamics.places_tables import RADIATION
from moonstead.foundation.data import DataContext

ROUNDING = 4e-15  # [1] of the whole: some hundred operations in another order
MASS_0, THRUST_N, FLOW_RATE = 1000.0, 22.0, 0.007
MODELS = {
    "field, third bodies": ForceModel(degree=50),
    "point mass, sunlight": ForceModel(
        degree=0, mass=MASS_0, radiation=Radiation(area=12.0, reflectivity=1.4, hiding=())
    ),
    "relativity": ForceModel(degree=4, relativity=True),
    "Earth": ForceModel(center="EARTH", degree=8, third_bodies=("MOON", "SUN", "JUPITER BARYCENTER")),
    "Sun": ForceModel(
        center="SUN",
        degree=0,
        third_bodies=("EARTH", "MOON"),
        mass=MASS_0,
        radiation=Radiation(area=12.0, reflectivity=1.4, hiding=()),
    ),
}
DISTANCE = {"MOON": 1.9e6, "EARTH": 7.2e6, "SUN": 1.4e11}


@pytest.mark.scalar
@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("thrust", [False, True])
def test_each_lane_feels_what_one_spacecraft_does(name, thrust):
    model, data = MODELS[name], DataContext.installed()
    tables = force_tables(model, EPOCH, EPOCH + DAY, data, stop_at_surface=True)
    starts, rows = np.zeros(1, dtype=np.int64), np.zeros(0)
    if model.degree:
        field = data.gravity_field(DEFAULT_FIELDS[model.center], model.degree)
        starts, rows = field_columns(field.c, field.s)
    rng = np.random.default_rng(3)
    positions = rng.normal(size=(3, WIDTH))
    positions *= DISTANCE[model.center] * rng.uniform(1.0, 4.0, WIDTH) / np.linalg.norm(positions, axis=0)
    velocities = rng.normal(size=(3, WIDTH)) * 1e3
    direction = np.array([0.6, 0.0, -0.8])
    time, ignition = 40_000.0, 39_000.0
    craft = np.zeros(CRAFT_SIZE)
    craft[PUSH : PUSH + WIDTH] = tables.numbers[RADIATION] / MASS_0
    craft[MASS : MASS + WIDTH] = MASS_0
    if thrust:
        craft[FLOW : FLOW + WIDTH] = FLOW_RATE
        craft[THRUST:] = np.repeat(THRUST_N * direction, WIDTH)
        tables_one = tables.with_thrust(MASS_0, ignition, mass_flow=FLOW_RATE, thrust=THRUST_N, direction=direction)
    else:
        tables_one = tables.with_thrust(MASS_0, 0.0)
    out, work = np.zeros(3 * WIDTH), np.zeros(work_size(tables))
    forces_lanes(
        time,
        positions.reshape(-1),
        velocities.reshape(-1),
        ignition if thrust else np.nan,
        tables,
        starts,
        rows,
        craft,
        work,
        np.zeros(3 * WIDTH),
        out,
    )
    one, gradient, damping = np.zeros(3), np.zeros((3, 3)), np.zeros((3, 3))
    for k in range(WIDTH):
        place, speed = np.ascontiguousarray(positions[:, k]), np.ascontiguousarray(velocities[:, k])
        forces(time, place, speed, tables_one, work, one, gradient, damping, False, True)
        assert np.linalg.norm(out[k::WIDTH] - one) <= ROUNDING * np.linalg.norm(one)


def test_far_out_fewer_degrees_give_the_same():
    """At the apolune of a halo orbit degree 50 is as good as none: nothing may change but the time it takes."""
    far = case("C").position_velocity[:3]
    results = []
    for degree in (8, 50):
        data, model = DataContext.installed(), ForceModel(degree=degree)
        tables = force_tables(model, EPOCH, EPOCH + DAY, data, stop_at_surface=True)
        field = data.gravity_field("grgm1200a", degree)
        out, work = np.zeros(3 * WIDTH), np.zeros(work_size(tables))
        still = np.zeros(3 * WIDTH)
        columns, local = field_columns(field.c, field.s), np.zeros(3 * WIDTH)
        far_lanes, craft = np.repeat(far, WIDTH), np.ones(CRAFT_SIZE)
        forces_lanes(0.0, far_lanes, still, np.nan, tables, *columns, craft, work, local, out)
        results.append(out)
    np.testing.assert_allclose(results[0], results[1], rtol=ROUNDING)
