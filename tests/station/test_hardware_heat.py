"""Authority: closed forms of cooling and equilibrium, and conservation of energy under random networks."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moonstead.foundation.constants import STEFAN_BOLTZMANN
from moonstead.foundation.errors import InvalidInput
from moonstead.station.hardware_heat import HardwareNode, equilibrium_temperature, hardware_heat
from moonstead.station.radiators import Face, Surroundings
from moonstead.station.survival_heat import survival_heat

HOUR = 3600.0


def night(count=100, step=HOUR, ground=100.0):
    """Dark, cold ground for some steps."""
    zero = np.zeros(count + 1)
    return Surroundings(np.arange(count + 1) * step, zero, zero, zero, np.full(count + 1, ground), zero)


def box(name="box", minimum=0.0, heater=np.inf, capacity=1e5, **face):
    return HardwareNode(name, capacity, (Face(2.0, 0.3, 0.8, tilt=0.0, **face),), minimum, heater)


def test_a_plate_cools_as_the_closed_form():
    """C dT/dt = -A eps sigma T^4 gives T = T_0 (1 + 3 A eps sigma T_0^3 t / C)^(-1/3)."""
    found = hardware_heat([box()], night(4000, 30.0), {}, start={"box": 300.0})
    time = found.tdb
    expected = 300.0 * (1.0 + 3.0 * 2.0 * 0.8 * STEFAN_BOLTZMANN * 300.0**3 * time / 1e5) ** (-1.0 / 3.0)
    # backward differences of first order in steps of 30 s
    np.testing.assert_allclose(found.temperature[:, 0], expected, atol=0.2)


def test_dissipation_is_radiated_at_equilibrium():
    around = night(3000)
    found = hardware_heat([box()], around, {"box": 50.0})
    expected = (50.0 / (2.0 * 0.8 * STEFAN_BOLTZMANN)) ** 0.25
    assert found.temperature[-1, 0] == pytest.approx(expected, abs=1e-6)
    assert equilibrium_temperature(box(), around, 50.0)[0] == pytest.approx(expected, abs=1e-9)


def test_two_joined_nodes_rest_where_conduction_carries_the_heat():
    inside = HardwareNode("inside", 1e4, (Face(1e-9, 0.5, 0.5),))
    found = hardware_heat([box(), inside], night(3000), {"inside": 40.0}, conductances={("box", "inside"): 2.0})
    outer = (40.0 / (2.0 * 0.8 * STEFAN_BOLTZMANN)) ** 0.25
    np.testing.assert_allclose(found.temperature[-1], [outer, outer + 20.0], atol=1e-3)


def test_the_heater_holds_the_least_temperature_with_what_is_lost_there():
    found = survival_heat(box(minimum=253.0, insulation=0.03), night(500), dissipation=2.0)
    emittance = 1.0 / (1.0 / 0.8 + 1.0 / 0.03)
    lost = 2.0 * emittance * STEFAN_BOLTZMANN * 253.0**4
    assert found.power[-1] == pytest.approx(lost - 2.0, rel=1e-9)
    assert found.peak == pytest.approx(lost - 2.0, rel=1e-9)
    assert found.held
    assert found.coldest >= 253.0 - 1e-9
    assert found.energy == pytest.approx(np.sum(found.power) * HOUR)
    assert found.longest == pytest.approx(500 * HOUR, abs=100 * HOUR)


def test_a_heater_too_weak_is_told():
    found = survival_heat(box(minimum=253.0, heater=10.0, insulation=0.03), night(2000))
    assert not found.held
    assert found.peak == 10.0
    emittance = 1.0 / (1.0 / 0.8 + 1.0 / 0.03)
    assert found.coldest == pytest.approx((10.0 / (2.0 * emittance * STEFAN_BOLTZMANN)) ** 0.25, abs=0.1)


def test_louvres_close_in_the_cold_and_save_heat():
    open_face = survival_heat(box(minimum=263.0), night(300))
    louvred = survival_heat(box(minimum=263.0, louvre=(0.1, 268.0, 283.0)), night(300))
    # closed at the least temperature: the heater replaces what the closed blades lose
    assert louvred.power[-1] == pytest.approx(2.0 * 0.1 * STEFAN_BOLTZMANN * 263.0**4, rel=1e-9)
    assert louvred.power[-1] == pytest.approx(open_face.power[-1] / 8.0, rel=1e-9)


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    count=st.integers(1, 4),
)
def test_no_joule_is_lost_in_any_network(seed, count):
    rng = np.random.default_rng(seed)
    steps = 30
    tdb = np.concatenate(([0.0], np.cumsum(rng.uniform(60.0, 7200.0, steps))))
    around = Surroundings(
        tdb,
        rng.uniform(0.0, 1400.0, steps + 1) * (rng.random(steps + 1) > 0.5),
        rng.uniform(0.0, 6.0, steps + 1),
        rng.uniform(-0.3, 1.5, steps + 1),
        rng.uniform(80.0, 390.0, steps + 1),
        rng.uniform(0.0, 150.0, steps + 1),
    )
    nodes = [
        HardwareNode(
            f"n{k}",
            10.0 ** rng.uniform(3, 6),
            (
                Face(rng.uniform(0.1, 5.0), 0.3, 0.8, tilt=rng.uniform(0.0, 3.0), louvre=(0.1, 270.0, 290.0)),
                Face(rng.uniform(0.1, 5.0), 0.2, 0.6, insulation=0.02, dust=rng.uniform(0.0, 0.5)),
            ),
            minimum=float(rng.choice([0.0, 250.0])),
            heater=float(rng.choice([50.0, np.inf])),
        )
        for k in range(count)
    ]
    joined = {(f"n{k}", f"n{k + 1}"): rng.uniform(0.0, 5.0) for k in range(count - 1)}
    found = hardware_heat(nodes, around, {"n0": rng.uniform(0.0, 200.0, steps)}, conductances=joined)
    # the balance is solved to 1e-9 K a step, over nodes of up to 1e6 J/K
    assert found.imbalance() < 1e-6
    for k, node in enumerate(nodes):
        kept = found.temperature[1:, k] >= node.minimum - 1e-6
        assert np.all(kept | (found.heater[:, k] >= node.heater - 1e-9))
        assert np.all(found.heater[:, k] >= -1e-9)


def test_wrong_names_and_values_are_refused():
    around = night(3)
    with pytest.raises(InvalidInput, match="differ"):
        hardware_heat([box(), box()], around, {})
    with pytest.raises(InvalidInput, match="no hardware 'other'"):
        hardware_heat([box()], around, {"other": 1.0})
    with pytest.raises(InvalidInput, match="not negative"):
        hardware_heat([box()], around, {"box": -1.0})
    with pytest.raises(InvalidInput, match="conductance"):
        hardware_heat([box()], around, {}, conductances={("box", "other"): 1.0})
    with pytest.raises(InvalidInput, match="rise"):
        hardware_heat([box()], night(0), {})
    with pytest.raises(InvalidInput, match="capacity"):
        box(capacity=0.0)
    with pytest.raises(InvalidInput, match="no face"):
        HardwareNode("bare", 1.0, ())
