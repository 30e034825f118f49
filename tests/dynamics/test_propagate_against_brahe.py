"""Authority: brahe 1.8 (its own RKN12(10) integrator, gravity, ephemeris and orientation code), on the same data.

Epoch, states and fields are the three cases of the engine comparison: A a polar orbit 100 km above the Moon, B a relay
ellipse of 200 x 16 000 km, C an arc of a 9:2 near-rectilinear halo orbit from its apolune.
"""

from __future__ import annotations

import motion
import numpy as np
import pytest
from brahe_peer import GM_EARTH, brahe_offline, counted_in_terrestrial_time, end_of, lunar_propagator
from motion import DAY, EPOCH

from moonstead.dynamics.forces import ForceModel, Radiation
from moonstead.dynamics.propagate import OrbitState, propagate
from moonstead.foundation.data import DataContext

BRAHE_PRESSURE = 4.56e-6  # [N/m^2] brahe's pressure at 1 au
LOW_ORBIT = 5e-3  # [m] brahe repeats itself to 0.4 mm here; three engines agreed to 0.4 mm
ELLIPSE = 1e-2  # [m] what the perilune passes leave of brahe's own step error
HALO = 1e-2  # [m]
SHADOW = 5e-2  # [m] brahe steps across edges of shadow; its own runs differ by metres after ten days
LOW_EARTH = np.array([4368e3, -3224e3, 4576e3, 3239.0, 6586.0, 1512.0])  # [m, m/s] 700 km up


@pytest.fixture(scope="module")
def data() -> DataContext:
    return DataContext.installed()


@pytest.fixture(scope="module")
def brahe_field(data, tmp_path_factory):
    pytest.importorskip("brahe")
    with brahe_offline(data, tmp_path_factory.mktemp("brahe")) as peer:
        yield peer


@pytest.mark.truth
@pytest.mark.slow
@pytest.mark.parametrize(
    ("case", "what", "degree", "days", "tolerance"),
    [
        ("A", "polar orbit 100 km above the Moon, 50x50, 10 d", 50, 10.0, LOW_ORBIT),
        ("B", "200 x 16 000 km about the Moon, 50x50, 30 d", 50, 30.0, ELLIPSE),
        ("C", "near-rectilinear halo arc, 8x8, 10 d", 8, 10.0, HALO),
    ],
)
def test_gravity_and_third_bodies_lead_where_brahe_does(
    data, brahe_field, validation, case, what, degree, days, tolerance
):
    brahe, gravity = brahe_field
    expected = end_of(brahe, lunar_propagator(brahe, gravity, case, degree), days)
    model = ForceModel(degree=degree, gm={"EARTH": GM_EARTH})
    # The ellipse of case B passes below the mean sphere, which neither engine heeds here
    as_brahe = counted_in_terrestrial_time(data, brahe, days)
    path = propagate(
        motion.case(case), EPOCH + days * DAY, model, as_brahe, step_tolerance=1e-14, stop_at_surface=False
    )
    error = np.linalg.norm(path.state(path.span[1])[0, :3] - expected[:3])
    validation(
        capability="Propagation about the Moon",
        quantity=f"position after {what}",
        authority="brahe 1.8",
        error=error,
        unit="m",
        tolerance=tolerance,
        cases=1,
    )


@pytest.mark.truth
def test_light_and_shadow_lead_where_brahe_does_for_a_day(data, brahe_field, validation):
    brahe, gravity = brahe_field
    expected = end_of(brahe, lunar_propagator(brahe, gravity, "A", 20, light=True), 1.0)
    light = Radiation(1.0, 1.5, hiding=("MOON",), pressure=BRAHE_PRESSURE)
    model = ForceModel(degree=20, gm={"EARTH": GM_EARTH}, mass=100.0, radiation=light)
    as_brahe = counted_in_terrestrial_time(data, brahe, 1.0)
    path = propagate(motion.case("A"), EPOCH + DAY, model, as_brahe, step_tolerance=1e-14)
    validation(
        capability="Propagation about the Moon",
        quantity="position after a day at 100 km with radiation pressure and the Moon's shadow",
        authority="brahe 1.8",
        error=np.linalg.norm(path.state(path.span[1])[0, :3] - expected[:3]),
        unit="m",
        tolerance=SHADOW,
        cases=1,
    )


@pytest.mark.truth
@pytest.mark.parametrize(("what", "relativity"), [("36x36, Moon, Sun", False), ("36x36, Moon, Sun, relativity", True)])
def test_a_low_earth_orbit_leads_where_brahes_does(data, brahe_field, validation, what, relativity):
    """Both read the same Earth orientation file and the same coefficients of EGM2008."""
    brahe, _ = brahe_field
    orientation = brahe.FileEOPProvider.from_standard_file(str(data.dataset("earth-orientation").path), True, "Hold")
    brahe.set_global_eop_provider(orientation)
    gravity = brahe.GravityModelType.from_file(str(data.dataset("egm2008-36").path))
    forces = brahe.ForceModelConfig(
        gravity=brahe.GravityConfiguration(degree=36, order=36, model_type=gravity),
        third_body=[
            brahe.ThirdBodyConfiguration(brahe.ThirdBody.MOON),
            brahe.ThirdBodyConfiguration(brahe.ThirdBody.SUN),
        ],
        relativity=relativity,
        mass=brahe.ParameterSource.value(100.0),
    )
    # A Nystrom method knows no force that depends on velocity
    method = brahe.IntegrationMethod.RKF78 if relativity else brahe.IntegrationMethod.RKN1210
    steps = brahe.IntegratorConfig(abs_tol=1e-8, rel_tol=1e-15, max_step=3600.0)
    first = brahe.Epoch.from_datetime(2020, 5, 31, 12, 0, 0.0, 0.0, brahe.TimeSystem.TDB)
    config = brahe.NumericalPropagationConfig(method, steps, brahe.VariationalConfig())
    propagator = brahe.NumericalOrbitPropagator(first, LOW_EARTH, config, forces)
    propagator.set_trajectory_mode(brahe.TrajectoryMode.DISABLED)
    propagator.propagate_to(first + DAY)
    expected = np.asarray(propagator.current_state())

    start = first.seconds_past_j2000_as_time_system(brahe.TimeSystem.TDB)
    model = ForceModel(
        center="EARTH", degree=36, third_bodies=("MOON", "SUN"), relativity=relativity, gm={"MOON": brahe.GM_MOON}
    )
    path = propagate(OrbitState(LOW_EARTH, start, "EARTH"), start + DAY, model, data, step_tolerance=1e-14)
    validation(
        capability="Propagation about the Earth",
        quantity=f"position after a day 700 km above the Earth, {what}",
        authority="brahe 1.8",
        error=np.linalg.norm(path.state(path.span[1])[0, :3] - expected[:3]),
        unit="m",
        tolerance=LOW_ORBIT,
        cases=1,
    )
