"""Authority: conservation of energy, the ledger of one bus, linear programs, closed forms of lines."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from moonstead.dynamics.windows import Windows
from moonstead.foundation.errors import InvalidInput
from moonstead.station.battery import Battery
from moonstead.station.grid import LINE_PARTS, Bus, Line, Store, joined
from moonstead.station.grid_inputs import prepare_grid
from moonstead.station.grid_ledger import first_shortage, grid_ledger
from moonstead.station.ledger import power_ledger
from moonstead.station.loads import Load

HOUR = 3600.0
KWH = 3.6e6  # [J]
BALANCE = 1e-9  # [1] what the grid promises for every bus and step
ONE_BUS = 1e-9  # [1] two ways of summing the same energies
OPTIMUM = 1e-6  # [1] of the demand: HiGHS keeps its constraints to 1e-7


def _bus(name, made=(), loads=(), stores=(), steps=1, **options):
    sources = {f"{name} source {i}": np.full(steps, float(power)) for i, power in enumerate(made)}
    return Bus(name, np.ones(steps + 1), sources, loads, stores, **options)


def _run(buses, lines=(), hours=1.0, steps=1, **options):
    return grid_ledger(np.arange(steps + 1) * hours * HOUR, buses, lines, **options)


@st.composite
def grids(draw):
    n, count = draw(st.integers(1, 12)), draw(st.integers(1, 4))
    power, share = st.one_of(st.just(0.0), st.floats(1e-3, 5e4)), st.floats(0.5, 1.0)
    limit = st.one_of(st.just(np.inf), st.floats(0.0, 3e4))
    buses = []
    for b in range(count):
        sources = {
            f"{b} source {i}": draw(st.lists(power, min_size=n, max_size=n)) for i in range(draw(st.integers(0, 2)))
        }
        loads = [
            Load(f"{b} load {i}", draw(power), draw(st.integers(1, 3)), draw(st.sampled_from([0.0, 0.3, 0.7])))
            for i in range(draw(st.integers(0, 3)))
        ]
        stores = [
            Store(
                f"{b} store {i}",
                Battery(
                    draw(st.floats(1e5, 1e9)), draw(limit), draw(limit), draw(share), draw(share),
                    draw(st.sampled_from([0.0, 0.2])), draw(st.sampled_from([0.0, 0.5])),
                ),
                draw(st.integers(1, 2)),
                draw(st.floats(0.0, 1.0)),
            )
            for i in range(draw(st.integers(0, 2)))
        ]  # fmt: skip
        sun = draw(st.lists(st.floats(0.0, 1.0), min_size=n + 1, max_size=n + 1))
        buses.append(Bus(f"{b}", sun, sources, loads, stores))
    lines = []
    for k in range(draw(st.integers(0, 5)) if count > 1 else 0):
        a = draw(st.integers(0, count - 1))
        b = draw(st.integers(0, count - 1).filter(lambda x, a=a: x != a))
        rated = draw(st.floats(1e2, 5e4))
        resistance = draw(st.sampled_from([0.0, 0.1])) * 1e6 / rated
        up = None
        if draw(st.booleans()):
            edges = sorted(draw(st.lists(st.floats(0.0, n), min_size=2, max_size=2)))
            up = Windows.of([edges[0] * HOUR], [edges[1] * HOUR], (0.0, n * HOUR))
        loss = draw(st.sampled_from([0.0, 0.05, 0.3]))
        lines.append(Line(f"line {k}", (f"{a}", f"{b}"), rated, loss, resistance, 1e3, up))
    return buses, lines, n


def test_a_milliwatt_for_a_large_load_is_not_lost_to_rounding():
    ledger = _run([_bus("0", [1e-3], [Load("0 load 0", 32_769.0, 1)])])
    assert np.max(ledger.imbalance()) <= BALANCE
    assert ledger.served[0, 0] == pytest.approx(1e-3 * HOUR, rel=BALANCE)


@settings(max_examples=100, deadline=None)
@given(grids())
def test_every_joule_closes_on_every_bus_in_every_step(grid):
    buses, lines, steps = grid
    fading = {store.name: 0.97 ** np.arange(steps) for bus in buses for store in bus.stores[:1]}
    ledger = _run(buses, lines, steps=steps, capacity_share=fading)
    assert np.max(ledger.imbalance(), initial=0.0) <= BALANCE
    demand = ledger.grid.demand * HOUR
    assert np.all(ledger.served >= 0.0) and np.all(ledger.served <= demand * (1 + 1e-9) + 1e-6)
    full = np.vstack((ledger.grid.capacity[:1], ledger.grid.capacity))
    assert np.all(ledger.stored >= -1e-9 * full) and np.all(ledger.stored <= full * (1 + 1e-9))
    scale = 1e-9 * max(1.0, demand.sum(), ledger.grid.generation.sum() * HOUR, full.sum())
    flows = (ledger.spilled, ledger.charge_loss, ledger.discharge_loss, ledger.self_loss, ledger.charged)
    assert all(np.all(flow >= -scale) for flow in flows)
    assert np.all(ledger.line_from - ledger.line_to >= -scale)  # a line never wins energy
    rated = np.array([line.power for line in lines]) * HOUR
    carried = np.maximum(np.abs(ledger.line_from), np.abs(ledger.line_to))
    assert np.all(carried <= rated * (1 + 1e-9) + 1e-6)
    for bus, windows in enumerate(ledger.shortage_windows):
        missed = ledger.not_served[:, ledger.grid.load_bus == bus].sum(axis=1) > 0.0
        middles = (np.arange(steps) + 0.5) * HOUR
        touched = [np.any((windows.starts < m + HOUR / 2) & (windows.stops > m - HOUR / 2)) for m in middles]
        assert np.all(np.array(touched)[missed])  # nothing is missed outside a shortage
        assert len(ledger.shortages[bus]) == len(windows)


@settings(max_examples=40, deadline=None)
@given(grids())
def test_one_bus_with_one_battery_agrees_with_the_ledger_of_one_bus(grid):
    buses, _, steps = grid
    bus = buses[0]
    store = bus.stores[0] if bus.stores else Store("none", Battery(0.0))
    alone = Bus(bus.name, bus.sun_fraction, bus.sources, bus.loads, [store])
    tdb = np.arange(steps + 1) * HOUR
    single = power_ledger(
        tdb, bus.sources, bus.sun_fraction, bus.loads, store.battery, initial_charge=store.initial_charge
    )
    several = grid_ledger(tdb, [alone])
    scale = max(store.battery.capacity, float(single.demand.sum()) * HOUR, float(single.generation.sum()) * HOUR, 1.0)
    np.testing.assert_allclose(several.served, single.served, rtol=0.0, atol=ONE_BUS * scale)
    np.testing.assert_allclose(several.spilled[:, 0], single.spilled, rtol=0.0, atol=ONE_BUS * scale)
    if store.battery.capacity > 0.0:
        np.testing.assert_allclose(several.stored[:, 0], single.stored, rtol=0.0, atol=ONE_BUS * scale)
    summary, expected = several.summary(bus.name), single.summary()
    # a gap of less than 10 s does not part two shortages of a grid
    assert 0.0 - 1e-3 <= summary.shortage_duration - expected.shortage_duration <= 10.0 * steps
    assert summary.energy_not_served == pytest.approx(expected.energy_not_served, abs=ONE_BUS * scale)


def _best_service(ledger):
    """Power [W] that each load can get: one linear program after the other, in the order of service."""
    grid = ledger.grid
    gains, widths = zip(*(line.parts() for line in grid.lines), strict=True) if grid.lines else ((), ())
    buses, sources, stores, loads = len(grid.buses), len(grid.sources), len(grid.stores), len(grid.loads)
    arcs = [
        (line, way, part) for line in range(len(grid.lines)) for way in range(2) for part in range(len(gains[line]))
    ]
    columns = sources + stores + len(arcs) + loads
    balance = np.zeros((buses, columns))
    balance[grid.source_bus, np.arange(sources)] = 1.0
    balance[grid.store_bus, sources + np.arange(stores)] = 1.0
    for k, (line, way, part) in enumerate(arcs):
        balance[grid.line_bus[line, way], sources + stores + k] -= 1.0
        balance[grid.line_bus[line, 1 - way], sources + stores + k] += gains[line][part]
    first_load = columns - loads
    balance[grid.load_bus, first_load + np.arange(loads)] = -1.0
    upper = np.zeros(columns)
    upper[:sources] = grid.generation[0]
    upper[sources + stores : first_load] = [widths[line][part] for line, _, part in arcs]
    upper[sources : sources + stores] = [store.battery.discharge_limit for store in grid.stores]
    lower = np.zeros(columns)
    for load, wanted in enumerate(grid.demand[0]):
        upper[first_load + load] = wanted
        aim = np.zeros(columns)
        aim[first_load + load] = -1.0
        found = linprog(aim, A_eq=balance, b_eq=np.zeros(buses), bounds=np.column_stack((lower, upper)))
        got = max(found.x[first_load + load], 0.0)
        lower[first_load + load], upper[first_load + load] = max(got - 1e-7 * wanted, 0.0), got
    return lower[first_load:]


@pytest.mark.truth
def test_service_is_the_optimum_of_linear_programs(validation):
    rng = np.random.default_rng(11)
    worst, cases = 0.0, 0
    for _ in range(60):
        count = int(rng.integers(2, 6))
        buses = []
        for b in range(count):
            loads = [
                Load(f"{b} {i}", rng.uniform(1e2, 9e3), int(rng.integers(1, 4))) for i in range(rng.integers(0, 4))
            ]
            stores = [
                Store(f"{b} store {i}", Battery(1e12, np.inf, rng.uniform(5e2, 5e3)), int(rng.integers(1, 3)), 0.6)
                for i in range(rng.integers(0, 2))
            ]
            buses.append(_bus(f"{b}", rng.uniform(0.0, 9e3, rng.integers(0, 3)), loads, stores))
        lines = []
        for k in range(int(rng.integers(count - 1, 2 * count))):
            a, b = rng.choice(count, 2, replace=False)
            rated = rng.uniform(5e2, 6e3)
            resistance = rng.choice([0.0, 0.1]) * 1e6 / rated
            lines.append(Line(f"{k}", (f"{a}", f"{b}"), rated, rng.choice([0.0, 0.02, 0.2]), resistance, 1e3))
        ledger = _run(buses, lines)
        if not ledger.grid.loads:
            continue
        best, got = _best_service(ledger), ledger.served[0] / HOUR
        worst = max(worst, float(np.max(np.abs(best - got)) / ledger.grid.demand.sum()))
        cases += best.size
    validation(
        capability="Power grid",
        quantity="service of each load by priority over the demand",
        authority="linear programs one after the other (HiGHS)",
        error=worst,
        unit="1",
        tolerance=OPTIMUM,
        cases=cases,
    )


def test_a_line_brings_what_is_left_of_its_loss():
    line = Line("cable", ("ridge", "hub"), 5e3, loss=0.1)
    ledger = _run([_bus("ridge", [10e3]), _bus("hub", loads=[Load("x", 2e3)])], [line])
    assert ledger.served[0, 0] == pytest.approx(2.0 * KWH)
    assert ledger.line_from[0, 0] == pytest.approx(2.0 / 0.9 * KWH)
    assert ledger.spilled[0] == pytest.approx([(10.0 - 2.0 / 0.9) * KWH, 0.0])


def test_a_cable_loses_the_square_of_its_power_within_its_chords():
    line = Line("cable", ("ridge", "hub"), 8e3, resistance=10.0, voltage=1e3)
    for sent in np.linspace(5e2, 8e3, 16):
        ledger = _run([_bus("ridge", [sent]), _bus("hub", loads=[Load("x", 1e5)])], [line])
        lost = (ledger.line_from - ledger.line_to)[0, 0] / HOUR
        joule = 10.0 * (sent / 1e3) ** 2
        assert joule * (1 - 1e-9) <= lost <= joule + 10.0 * 8.0**2 / (4.0 * LINE_PARTS**2) + 1e-6


def test_the_most_important_load_of_the_grid_is_served_wherever_it_stands():
    far = _bus("far", loads=[Load("life support", 3e3, 1)])
    near = _bus("near", [4e3], [Load("oven", 3e3, 2)])
    ledger = _run([near, far], [Line("cable", ("near", "far"), 1e4)])
    assert {load.name: e / KWH for load, e in zip(ledger.grid.loads, ledger.served[0], strict=True)} == {
        "life support": pytest.approx(3.0),
        "oven": pytest.approx(1.0),
    }
    assert [len(s) for s in ledger.shortages] == [1, 0]


def test_power_under_way_is_led_around_for_a_later_load():
    # "first" is served by "plant" over "a"; "second" can only be reached from the plant, so "first" turns to "spare"
    buses = [
        _bus("plant", [2e3]),
        _bus("a", loads=[Load("first", 2e3, 1)]),
        _bus("b", loads=[Load("second", 2e3, 2)]),
        _bus("spare", [2e3]),
    ]
    lines = [
        Line("pa", ("plant", "a"), 5e3, 0.01),
        Line("pb", ("plant", "b"), 5e3, 0.0),
        Line("sa", ("spare", "a"), 5e3, 0.02),
    ]
    ledger = _run(buses, lines)
    assert ledger.served[0] / KWH == pytest.approx([2.0, 2.0 * 0.99 - 2.0 * 0.02 * 0.99 + 0.02], abs=0.05)
    best = _best_service(ledger)
    assert ledger.served[0] / HOUR == pytest.approx(best, rel=1e-6)


def test_a_full_line_is_named_as_the_cause():
    line = Line("cable", ("ridge", "hub"), 1e3)
    ledger = _run([_bus("ridge", [9e3]), _bus("hub", loads=[Load("x", 2e3)])], [line])
    only = ledger.shortages[1][0]
    assert only.cause == "line limit" and only.origins[0].code == "line limit" and only.origins[0].subject == "cable"
    assert only.energy == pytest.approx(1.0 * KWH) and "line limit, cable" in only.text
    drained = Store("battery", Battery(KWH), initial_charge=0.1)
    ledger = _run([_bus("ridge", [9e3]), _bus("hub", loads=[Load("x", 2e3)], stores=[drained])], [line])
    assert [(o.code, o.subject) for o in ledger.shortages[1][0].origins] == [
        ("line limit", "cable"),
        ("store empty", "battery"),
    ]


def test_an_outage_of_a_line_is_cut_exactly_and_named():
    out = Windows.of([0.25 * HOUR], [0.75 * HOUR], (0.0, 2 * HOUR))
    line = Line("cable", ("ridge", "hub"), 2e3, available=~out)
    ledger = _run([_bus("ridge", [9e3], steps=2), _bus("hub", loads=[Load("x", 2e3)], steps=2)], [line], steps=2)
    assert ledger.served[:, 0] == pytest.approx([1.0 * KWH, 2.0 * KWH])  # a step knows only the share of its time
    gone = Line("cable", ("ridge", "hub"), 2e3, available=Windows.none((0.0, 2 * HOUR)))
    ledger = _run([_bus("ridge", [9e3], steps=2), _bus("hub", loads=[Load("x", 2e3)], steps=2)], [gone], steps=2)
    assert [o.code for o in ledger.shortages[1][0].origins][:2] == ["no store", "line out"]


def test_stores_are_used_in_their_order_and_charged_in_it():
    stores = [
        Store("cell", Battery(10 * KWH, least_charge=0.0), 2),
        Store("battery", Battery(1 * KWH, least_charge=0.0), 1),
    ]
    ledger = _run([_bus("hub", loads=[Load("x", 1e3)], stores=stores, steps=2)], steps=2)
    names = [store.name for store in ledger.grid.stores]
    assert names == ["battery", "cell"]
    assert ledger.delivered[0] / KWH == pytest.approx([0.97, 0.03])
    assert ledger.delivered[1] / KWH == pytest.approx([0.0, 1.0])
    empty = [Store(s.name, s.battery, s.order, 0.0) for s in stores]
    ledger = _run([_bus("hub", [1e3], stores=empty)])
    assert ledger.charged[0] / KWH == pytest.approx([1.0, 0.0])


def test_a_fading_store_does_not_break_a_shortage_into_steps():
    # what fades lowers the least charge too and frees a little energy at the start of each step
    store = Store("battery", Battery(10 * KWH, least_charge=0.5), initial_charge=0.5)
    shares = 1.0 - 1e-5 * np.arange(8)
    ledger = _run(
        [_bus("hub", loads=[Load("x", 1e3)], stores=[store], steps=8)], steps=8, capacity_share={"battery": shares}
    )
    assert len(ledger.shortages[0]) == 1 and ledger.delivered.sum() > 0.0


def test_a_store_that_fades_loses_what_no_longer_fits():
    store = Store("battery", Battery(10 * KWH))
    ledger = _run([_bus("hub", stores=[store], steps=2)], steps=2, capacity_share={"battery": [1.0, 0.9]})
    assert ledger.stored[:, 0] / KWH == pytest.approx([10.0, 10.0, 9.0])
    assert ledger.self_loss[1, 0] == pytest.approx(KWH) and np.max(ledger.imbalance()) <= BALANCE


def test_a_remote_store_carries_a_night_and_its_end_is_named():
    # 10 kWh at the ridge, 20 % kept, 97 % out, 90 % over the line: 6.984 kWh arrive, 6.984 h at 1 kW
    night = Bus("hub", np.zeros(13), loads=[Load("life support", 1e3)])
    ridge = Bus("ridge", np.zeros(13), stores=[Store("ridge battery", Battery(10 * KWH))])
    ledger = _run([ridge, night], [Line("cable", ("ridge", "hub"), 5e3, loss=0.1)], steps=12)
    only = ledger.shortages[1][0]
    assert only.start == pytest.approx(10 * 0.8 * 0.97 * 0.9 * HOUR, abs=1e-3)
    assert only.cause == "store empty" and only.origins[0].subject == "ridge battery"
    assert only.origins[-1].code == "night" and (only.origins[-1].start, only.origins[-1].stop) == (0.0, 12 * HOUR)
    assert ledger.summary("ridge").least_charge == pytest.approx(0.2)


def test_the_first_shortage_of_watched_loads_ends_the_run():
    loads = [Load("life support", 1e3, 1), Load("oven", 5e3, 4)]
    store = Store("battery", Battery(10 * KWH, least_charge=0.0, discharge_efficiency=1.0))
    grid = prepare_grid(np.arange(13) * HOUR, [_bus("hub", [1e2], loads, [store], steps=12)])
    found = first_shortage(grid, 1)
    assert found == 1 * HOUR  # 5.9 kW drain 10 kWh within the second hour
    assert first_shortage(prepare_grid(grid.tdb, [_bus("hub", [1e3], loads, [], steps=12)]), 1) == np.inf


def test_groups_of_buses_are_those_that_lines_join():
    lines = [Line("ab", ("a", "b"), 1.0), Line("cb", ("c", "b"), 1.0)]
    assert joined(["a", "x", "b", "c"], lines) == (("a", "b", "c"), ("x",))
    with pytest.raises(InvalidInput, match="ends at 'b', which is no bus; known: a"):
        joined(["a"], lines)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Line("l", ("a", "a"), 1.0), "two different buses"),
        (lambda: Line("l", ("a", "b"), 0.0), "rated power"),
        (lambda: Line("l", ("a", "b"), 1.0, loss=1.0), "loss"),
        (lambda: Line("l", ("a", "b"), 1e3, resistance=10.0), "voltage"),
        (lambda: Line("l", ("a", "b"), 1e3, resistance=1e3, voltage=1e3), "last watt"),
        (lambda: Store("s", Battery(1.0), initial_charge=1.5), "initial charge"),
        (lambda: prepare_grid([0.0, 1.0], []), "at least one bus"),
        (lambda: prepare_grid([0.0, 1.0], [_bus("a"), _bus("a")]), "repeated: a"),
        (
            lambda: prepare_grid([0.0, 1.0], [_bus("a", loads=[Load("x", 1.0)]), _bus("b", loads=[Load("x", 1.0)])]),
            "loads",
        ),
        (lambda: prepare_grid([0.0, 1.0], [_bus("a")], capacity_share={"s": [1.0]}), "no store"),
    ],
)
def test_misuse_is_told(make, message):
    with pytest.raises(InvalidInput, match=message):
        make()
