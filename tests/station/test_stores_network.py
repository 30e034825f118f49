"""Authority: conservation of mass, closed forms, and a plain-Python twin of the kernel."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.foundation.errors import InvalidInput
from moonstead.station import network_kernels
from moonstead.station.network import stores_ledger, warm_up
from moonstead.station.processes import Process, Recipe
from moonstead.station.stores import Delivery, Store, merged_stores
from moonstead.station.substances import ELEMENTS, SUBSTANCES, substance_named

HOUR = 3600.0
YEAR = 366.0 * SECONDS_PER_DAY
GRAM = 1e-3  # [kg] what the ledger promises for a year
ROUNDING = 1e-9  # [kg] sums of some thousand kg in double precision
NAMES = ("oxygen", "potable-water", "grey-water", "humidity", "hydrogen", "tailings")
# any of these may be turned into the other: they have the same composition
WATERS = ("potable-water", "grey-water", "humidity")


def split(rate=1.0, name="electrolysis", **options):
    water = substance_named("potable-water")
    hydrogen = water.composition[ELEMENTS.index("H")]
    recipe = Recipe(name, {"potable-water": 1.0}, {"hydrogen": hydrogen, "oxygen": 1.0 - hydrogen}, kind="recycling")
    return Process(name, recipe, rate, **options)


def breathe(rate=1.0, name="crew", kind="consumer", **options):
    return Process(name, Recipe(name, {"oxygen": 1.0}, {}, {"oxygen": 1.0}, kind=kind), rate, **options)


def store(name, capacity=1000.0, initial=0.0, **options):
    return Store(substance_named(name), capacity, initial, **options)


@st.composite
def networks(draw):
    amount = st.floats(0.0, 500.0)
    stores = []
    for name in NAMES:
        capacity = draw(st.floats(1.0, 1000.0))
        initial = min(draw(amount), capacity)
        full = draw(st.sampled_from(["stop", "vent"]))
        stores.append(
            store(name, capacity, initial, loss_per_day=draw(st.sampled_from([0.0, 0.01, 0.5])), when_full=full)
        )
    rate, priority = st.floats(0.0, 0.01), st.integers(1, 3)
    start_up = st.sampled_from([0.0, 1800.0, 3 * HOUR])
    processes = []
    for index in range(draw(st.integers(1, 6))):
        name = f"process {index}"
        options = {"priority": draw(priority), "start_up": draw(start_up)}
        kind = draw(st.sampled_from(["split", "turn", "lose", "dig"]))
        if kind == "split":
            processes.append(split(draw(rate), name, **options))
        elif kind == "lose":
            processes.append(breathe(draw(rate), name, draw(st.sampled_from(["consumer", "other"])), **options))
        elif kind == "dig":
            recipe = Recipe(name, {"regolith": 1.0}, {"tailings": 1.0}, kind="in-situ")
            processes.append(Process(name, recipe, draw(rate), **options))
        else:
            one, two = draw(st.permutations(WATERS))[:2]
            kept = draw(st.floats(0.0, 1.0))
            recipe = Recipe(name, {one: 1.0}, {two: kept}, {one: 1.0 - kept}, kind="recycling")
            processes.append(Process(name, recipe, draw(rate), **options))
    steps = draw(st.integers(1, 24))
    share = st.lists(st.sampled_from([0.0, 0.3, 1.0]), min_size=steps, max_size=steps)
    power = {process.name: draw(share) for process in processes}
    activity = {process.name: draw(share) for process in processes}
    deliveries = [
        Delivery(draw(st.floats(0.0, steps * HOUR)), name, draw(st.floats(0.1, 300.0)))
        for name in draw(st.lists(st.sampled_from(NAMES), max_size=3))
    ]
    return steps, stores, processes, activity, power, deliveries, draw(st.booleans())


@settings(max_examples=100, deadline=None)
@given(networks())
def test_every_gram_of_every_element_is_somewhere(network):
    steps, stores, processes, activity, power, deliveries, supplied = network
    tdb = np.arange(steps + 1) * HOUR
    ledger = stores_ledger(
        tdb, stores, processes, activity=activity, power_share=power, deliveries=deliveries, supplied=supplied
    )
    assert max(abs(mass) for mass in ledger.imbalance().values()) <= ROUNDING
    capacity = np.array([one.capacity for one in stores])
    assert np.all(ledger.stock >= 0.0) and np.all(ledger.stock <= capacity * (1.0 + 1e-12))
    for flow in (ledger.done, ledger.lost, ledger.vented, ledger.imported, ledger.refused):
        assert np.all(flow >= 0.0)
    assert np.all(ledger.done <= ledger.wanted * (1.0 + 1e-12))
    if supplied:
        served = [row for row, one in enumerate(processes) if one.recipe.kind == "consumer" and one.start_up == 0.0]
        reach = ledger.wanted[:, served] * ledger.power_share[:, served]
        np.testing.assert_allclose(ledger.done[:, served], reach, rtol=1e-12)
    else:
        assert not np.any(ledger.imported)
    less = ledger.done < ledger.wanted * (1.0 - 1e-9)
    assert np.all(ledger.cause[less] != network_kernels.NOTHING)  # nothing is missed without a cause


@settings(max_examples=60, deadline=None)
@given(networks())
def test_no_process_waits_for_what_is_there(network):
    steps, stores, processes, activity, power, deliveries, _ = network
    ledger = stores_ledger(
        np.arange(steps + 1) * HOUR, stores, processes, activity=activity, power_share=power, deliveries=deliveries
    )
    for row in range(len(processes)):
        short = np.flatnonzero(ledger.cause[:, row] == network_kernels.INPUT_SHORT)
        left = ledger.stock[short + 1, ledger.limit[short, row]]
        # eight sweeps with halving shares leave less than this of what was wanted
        assert np.all(left <= 1e-2 * ledger.wanted[short, row].clip(min=1e-9) + ROUNDING)


def test_a_year_closes_to_a_gram(validation):
    warm_up()
    tdb = np.arange(0.0, YEAR, 600.0)
    steps = tdb.size - 1
    night = (np.arange(steps) // 700) % 4 == 3
    stores = [
        store("oxygen", 300.0, 250.0, loss_per_day=1e-4),
        store("potable-water", 2000.0, 1500.0),
        store("grey-water", 500.0, when_full="vent"),
        store("hydrogen", 5.0, when_full="vent"),
    ]
    use = Recipe("wash", {"potable-water": 1.0}, {"grey-water": 1.0}, kind="consumer")
    clean = Recipe("clean", {"grey-water": 1.0}, {"potable-water": 0.95}, {"grey-water": 0.05}, kind="recycling")
    processes = [
        split(6.0 / SECONDS_PER_DAY, start_up=HOUR, priority=3),
        breathe(4.0 / SECONDS_PER_DAY, priority=1),
        Process("wash", use, 30.0 / SECONDS_PER_DAY, priority=1),
        Process("clean", clean, 40.0 / SECONDS_PER_DAY, priority=2),
    ]
    power = {name: np.where(night, 0.0, 1.0) for name in ("electrolysis", "clean")}
    ledger = stores_ledger(tdb, stores, processes, power_share=power)
    validation(
        capability="Stores and flows",
        quantity="mass of each element and in all over a year in steps of 10 min",
        authority="conservation of mass",
        error=max(abs(mass) for mass in ledger.imbalance().values()),
        unit="kg",
        tolerance=GRAM,
        cases=steps,
    )


@pytest.mark.nojit
def test_a_store_runs_dry_exactly_when_its_content_is_used_up():
    # 10 kg at 1 kg/h last 10 h; steps of 4 h cut the third in the middle
    ledger = stores_ledger(np.arange(5) * 4 * HOUR, [store("oxygen", 20.0, 10.0)], [breathe(1.0 / HOUR)])
    np.testing.assert_allclose(ledger.done[:, 0], [4.0, 4.0, 2.0, 0.0], atol=1e-12)
    assert ledger.cause[2, 0] == network_kernels.INPUT_SHORT and ledger.limit[2, 0] == 0
    assert ledger.autonomy()["oxygen"].at_start == pytest.approx(10 * HOUR)
    assert ledger.autonomy()["oxygen"].least == 0.0


@pytest.mark.nojit
def test_equals_share_what_is_short_and_the_important_come_first():
    ledger = stores_ledger(
        [0.0, HOUR],
        [store("oxygen", 10.0, 6.0)],
        [
            breathe(3.0 / HOUR, "a", priority=2),
            breathe(1.0 / HOUR, "b", priority=2),
            breathe(4.0 / HOUR, "first", priority=1),
        ],
    )
    np.testing.assert_allclose(ledger.done[0], [1.5, 0.5, 4.0])


@pytest.mark.nojit
def test_a_full_store_stops_the_plant_but_not_the_people():
    grey = Recipe("wash", {"potable-water": 1.0}, {"grey-water": 1.0}, kind="consumer")
    stores = [
        store("potable-water", 100.0, 100.0),
        store("grey-water", 2.0),
        store("oxygen", 1.0),
        store("hydrogen", 9.0),
    ]
    ledger = stores_ledger([0.0, HOUR], stores, [Process("wash", grey, 5.0 / HOUR), split(5.0 / HOUR)])
    assert ledger.done[0, 0] == pytest.approx(5.0) and ledger.vented[0, 1] == pytest.approx(3.0)
    oxygen = substance_named("potable-water").composition[ELEMENTS.index("O")]
    assert ledger.done[0, 1] == pytest.approx(1.0 / oxygen)
    assert ledger.cause[0, 1] == network_kernels.STORE_FULL and ledger.limit[0, 1] == 2


@pytest.mark.nojit
def test_what_one_makes_another_uses_in_the_same_step():
    # no oxygen in store: the crew lives on what is made in the step, though it comes first
    stores = [store("oxygen", 10.0), store("potable-water", 50.0, 50.0), store("hydrogen", 5.0, when_full="vent")]
    ledger = stores_ledger(
        np.arange(4) * HOUR, stores, [breathe(1.0 / HOUR, priority=1), split(2.0 / HOUR, priority=4)]
    )
    np.testing.assert_allclose(ledger.done[:, 0], 1.0)


@pytest.mark.nojit
def test_a_plant_warms_up_after_each_loss_of_power():
    power = [1.0, 1.0, 0.0, 1.0, 1.0]
    ledger = stores_ledger(
        np.arange(6) * HOUR, [store("oxygen", 10.0, 10.0)], [breathe(1.0 / HOUR, start_up=1.5 * HOUR, kind="other")],
        power_share={"crew": power},
    )  # fmt: skip
    np.testing.assert_allclose(ledger.done[:, 0], [1.0, 1.0, 0.0, 0.0, 0.5])
    assert ledger.cause[:, 0].tolist() == [
        0,
        0,
        network_kernels.NO_POWER,
        network_kernels.START_UP,
        network_kernels.START_UP,
    ]


@pytest.mark.nojit
def test_losses_follow_the_exponential():
    tank = store("hydrogen", 100.0, 100.0, loss_per_day=0.02)
    ledger = stores_ledger(np.linspace(0.0, 10 * SECONDS_PER_DAY, 37), [tank], [])
    assert ledger.stock[-1, 0] == pytest.approx(100.0 * 0.98**10, rel=1e-12)
    assert ledger.lost.sum() == pytest.approx(100.0 - ledger.stock[-1, 0])


@pytest.mark.nojit
def test_a_delivery_counts_from_its_step_on_and_what_does_not_fit_is_refused():
    ledger = stores_ledger(
        np.arange(4) * HOUR, [store("oxygen", 10.0, 4.0)], [],
        deliveries=[Delivery(1.2 * HOUR, "oxygen", 9.0), Delivery(-1.0, "oxygen", 1.0)],
    )  # fmt: skip
    np.testing.assert_allclose(ledger.stock[:, 0], [4.0, 4.0, 4.0, 10.0])
    assert ledger.refused[2, 0] == pytest.approx(3.0)


@pytest.mark.nojit
def test_consumers_are_supplied_with_exactly_what_is_short():
    ledger = stores_ledger(np.arange(4) * HOUR, [store("oxygen", 2.0, 1.5)], [breathe(1.0 / HOUR)], supplied=True)
    np.testing.assert_allclose(ledger.done[:, 0], 1.0)
    np.testing.assert_allclose(ledger.imported[:, 0], [0.0, 0.5, 1.0])


def test_many_stores_of_a_substance_are_one():
    one, two = store("oxygen", 10.0, 10.0, loss_per_day=0.03), store("oxygen", 20.0, 5.0, when_full="vent")
    (both,) = merged_stores([one, two])
    assert (both.capacity, both.initial, both.when_full) == (30.0, 15.0, "stop")
    assert both.loss_per_day == pytest.approx(0.01)


def test_the_twin_in_plain_python_agrees():
    rng = np.random.default_rng(7)
    for _ in range(40):
        stores = [
            store(name, rng.uniform(5, 50), rng.uniform(0, 5)) for name in ("oxygen", "potable-water", "hydrogen")
        ]
        processes = [
            split(rng.uniform(0, 4) / HOUR, "a", priority=int(rng.integers(1, 4))),
            split(rng.uniform(0, 4) / HOUR, "b", priority=int(rng.integers(1, 4))),
            breathe(rng.uniform(0, 3) / HOUR, "c", priority=int(rng.integers(1, 4))),
            breathe(rng.uniform(0, 3) / HOUR, "d", priority=int(rng.integers(1, 4))),
        ]
        ledger = stores_ledger(np.arange(13) * HOUR, stores, processes)
        np.testing.assert_allclose(ledger.stock, _twin(stores, processes, 12, HOUR), atol=1e-9)


def _twin(stores, processes, steps, length):
    """Contents (n + 1, S) [kg] of a network without losses, step by step over dictionaries."""
    held = {one.name: one.initial for one in stores}
    most = {one.name: one.capacity for one in stores}
    rows = [list(held.values())]
    for _ in range(steps):
        left = {one.name: one.rate * length for one in processes}
        for _sweep in range(8):
            for priority in sorted({one.priority for one in processes}):
                group = [one for one in processes if one.priority == priority]
                for _pass in range(8):
                    asked, poured = dict.fromkeys(held, 0.0), dict.fromkeys(held, 0.0)
                    for one in group:
                        for name, mass in one.recipe.inputs.items():
                            asked[name] += mass * left[one.name]
                        for name, mass in one.recipe.outputs.items():
                            poured[name] += mass * left[one.name]
                    shares = {}
                    for one in group:
                        limits = [held[n] / asked[n] for n in one.recipe.inputs if asked[n] > held[n]]
                        limits += [
                            (most[n] - held[n]) / poured[n] for n in one.recipe.outputs if poured[n] > most[n] - held[n]
                        ]
                        shares[one.name] = max(min([1.0, *limits]), 0.0)
                    for one in group:
                        units = shares[one.name] * left[one.name]
                        left[one.name] -= units
                        for name, mass in one.recipe.inputs.items():
                            held[name] = max(held[name] - units * mass, 0.0)
                        for name, mass in one.recipe.outputs.items():
                            held[name] += units * mass
        rows.append(list(held.values()))
    return np.array(rows)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"tdb": [0.0]}, "two rising times"),
        ({"tdb": [0.0, 0.0]}, "rising"),
        ({"stores": [store("oxygen"), store("oxygen")]}, "different substances"),
        ({"processes": [breathe(), breathe()]}, "different names"),
        ({"stores": []}, "draws on oxygen, which no store holds"),
        ({"activity": {"crew": [np.nan]}}, "activity of 'crew' must hold 1 finite"),
        ({"activity": {"crew": [1.0, 1.0]}}, "must hold 1 finite"),
        ({"activity": {"crw": [1.0]}}, "activity is given for 'crw'"),
        ({"power_share": {"crew": [1.1]}}, r"in \[0, 1\]"),
        ({"deliveries": [Delivery(0.0, "food", 1.0)]}, "1 kg of food are delivered, but no store"),
    ],
)
def test_misuse_of_a_network_is_told(change, message):
    given = {"tdb": [0.0, HOUR], "stores": [store("oxygen")], "processes": [breathe()]} | change
    with pytest.raises(InvalidInput, match=message):
        stores_ledger(given.pop("tdb"), given.pop("stores"), given.pop("processes"), **given)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: store("oxygen", 0.0), "capacity"),
        (lambda: store("oxygen", np.inf), "capacity"),
        (lambda: store("oxygen", 1.0, 2.0), "initial content"),
        (lambda: store("oxygen", 1.0, loss_per_day=1.0), "loss in a day"),
        (lambda: store("oxygen", 1.0, when_full="burst"), "when full"),
        (lambda: store("oxygenn"), 'did you mean "oxygen"'),
        (lambda: Delivery(0.0, "oxygen", 0.0), "positive mass"),
        (lambda: Delivery(np.nan, "oxygen", 1.0), "needs a time"),
        (lambda: breathe(-1.0), "rate"),
        (lambda: breathe(start_up=-1.0), "start-up"),
        (lambda: Recipe("leak", {"oxygen": 1.0}, {}), "less of O than it takes"),
        (lambda: Recipe("alchemy", {"oxygen": 1.0}, {"nitrogen": 1.0}), "does not balance"),
        (lambda: Recipe("nothing", {}, {}), "masses must be finite"),
        (lambda: Recipe("free", {"oxygen": 1.0}, {"oxygen": 1.0}, energy=-1.0), "energy"),
    ],
)
def test_impossible_parts_are_refused(make, message):
    with pytest.raises(InvalidInput, match=message):
        make()


def test_every_substance_is_made_of_its_elements():
    for one in SUBSTANCES.values():
        assert sum(one.composition) == pytest.approx(1.0, abs=1e-12) and len(one.composition) == len(ELEMENTS)
