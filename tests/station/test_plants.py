"""Authority: closed forms of ramps, decay and radiation; fine sums of the same definitions."""

import numpy as np
import pytest

from moonstead.dynamics.windows import Windows
from moonstead.foundation.errors import InvalidInput
from moonstead.station.dust import APOLLO_TIME, apollo_loss_per_year, dust_transmission
from moonstead.station.fission import Reactor, followed_power, radiator_share, reactor_means
from moonstead.station.radioisotope import JULIAN_YEAR, RadioisotopeGenerator, radioisotope_means

HOUR = 3600.0
ROUNDING = 1e-12  # [1] a few operations
EDGES = np.arange(0.0, 10.0) * HOUR


def test_a_reactor_runs_when_it_may_and_outages_are_cut_exactly():
    up = Windows.of([0.0, 3.25 * HOUR], [2.5 * HOUR, 9 * HOUR], (0.0, 9 * HOUR))
    power = reactor_means(Reactor("fission", 4e4, up, start=0.25 * HOUR), EDGES)
    np.testing.assert_allclose(power / 4e4, [0.75, 1.0, 0.5, 0.75, 1.0, 1.0, 1.0, 1.0, 1.0], rtol=ROUNDING)
    assert power @ np.diff(EDGES) == pytest.approx(4e4 * 8.0 * HOUR)


def test_a_start_ramps_evenly():
    up = Windows.of([0.0, 3.0 * HOUR], [2.5 * HOUR, 9 * HOUR], (0.0, 9 * HOUR))
    power = reactor_means(Reactor("fission", 4e4, up, start_up=2.0 * HOUR), EDGES)
    # found running at the start; a quarter and three quarters of the power in the two hours after the outage
    np.testing.assert_allclose(power / 4e4, [1.0, 1.0, 0.5, 0.25, 0.75, 1.0, 1.0, 1.0, 1.0], rtol=ROUNDING)
    new = reactor_means(Reactor("fission", 4e4, start=0.0, start_up=2.0 * HOUR), EDGES)
    np.testing.assert_allclose(new[:3] / 4e4, [0.25, 0.75, 1.0], rtol=ROUNDING)


def test_an_outage_within_the_ramp_starts_it_again():
    up = Windows.of([1.0 * HOUR, 3.0 * HOUR], [2.0 * HOUR, 9 * HOUR], (0.0, 9 * HOUR))
    power = reactor_means(Reactor("fission", 1.0, up, start_up=4.0 * HOUR), EDGES)
    np.testing.assert_allclose(power[:5], [0.0, 0.125, 0.0, 0.125, 0.375], atol=ROUNDING)


def test_a_warm_radiator_takes_power():
    assert radiator_share([3.0, 250.0], 250.0, 400.0) == pytest.approx([1.0, 1.0])
    share = radiator_share([300.0, 400.0, 500.0], 250.0, 400.0)
    assert share == pytest.approx([(400.0**4 - 300.0**4) / (400.0**4 - 250.0**4), 0.0, 0.0])
    warm = reactor_means(Reactor("fission", 4e4), EDGES, np.full(9, share[0]))
    np.testing.assert_allclose(warm, 4e4 * share[0])


def test_a_plant_follows_the_load_within_its_limits():
    wanted = np.array([10.0, 10.0, 100.0, 100.0, 0.0, 0.0, 0.0, 50.0, 50.0])
    power = followed_power(EDGES, np.full(9, 80.0), wanted, 0.25, 40.0 / HOUR)
    np.testing.assert_allclose(power, [20.0, 20.0, 60.0, 80.0, 40.0, 20.0, 20.0, 50.0, 50.0])
    out = followed_power(EDGES, np.r_[np.full(4, 80.0), 0.0, np.full(4, 80.0)], wanted, 0.25, 40.0 / HOUR)
    assert out[4] == 0.0 and out[5] == 20.0


def test_a_radioisotope_generator_halves_in_its_half_life():
    generator = RadioisotopeGenerator("rtg", 100.0, start=0.0, converter_loss_per_year=0.01)
    edges = np.linspace(0.0, 2 * generator.half_life, 201)
    power = radioisotope_means(generator, edges)
    energy = float(power @ np.diff(edges))
    total = 100.0 / generator.decay * (1.0 - np.exp(-generator.decay * edges[-1]))
    assert energy == pytest.approx(total, rel=ROUNDING)
    later = radioisotope_means(generator, [generator.half_life, generator.half_life + 1.0])[0]
    assert later == pytest.approx(50.0 * 0.99**87.7, rel=1e-8)
    first = radioisotope_means(generator, [0.0, JULIAN_YEAR])[0]
    assert first == pytest.approx(100.0 * (1.0 - 0.5 * (np.log(2) / 87.7 - np.log(0.99))), rel=1e-4)


def test_a_generator_that_starts_within_a_step_counts_from_there():
    generator = RadioisotopeGenerator("rtg", 100.0, start=1.5 * HOUR)
    power = radioisotope_means(generator, EDGES)
    np.testing.assert_allclose(power[:3], [0.0, 50.0, 100.0], rtol=1e-6)


def test_dust_of_apollo_takes_a_percent_or_two_a_year():
    low, high = apollo_loss_per_year()
    for loss, measured in ((low, 0.04), (high, 0.10)):
        assert dust_transmission([APOLLO_TIME], 0.0, loss)[0] == pytest.approx(1.0 - measured, rel=ROUNDING)


def test_cleaning_brings_back_its_share():
    year = JULIAN_YEAR
    found = dust_transmission([-1.0, 0.0, year, 2 * year, 3 * year], 0.0, 0.1, cleaned=[2 * year, -year], recovery=0.5)
    cleaned = 0.81 + 0.5 * 0.19
    np.testing.assert_allclose(found, [1.0, 1.0, 0.9, cleaned, 0.9 * cleaned], rtol=ROUNDING)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Reactor("r", 0.0),
        lambda: Reactor("r", 1.0, start_up=-1.0),
        lambda: Reactor("r", 1.0, degradation_per_year=0.1),
        lambda: reactor_means(Reactor("r", 1.0), [0.0]),
        lambda: reactor_means(Reactor("r", 1.0), [0.0, 1.0], 1.5),
        lambda: radiator_share(300.0, 500.0, 400.0),
        lambda: radiator_share(0.0, 200.0, 400.0),
        lambda: followed_power([0.0, 1.0], [1.0], [1.0], 0.2, 0.0),
        lambda: RadioisotopeGenerator("g", 1.0, np.nan),
        lambda: radioisotope_means(RadioisotopeGenerator("g", 1.0, 0.0), [1.0, 0.0]),
        lambda: dust_transmission([0.0], np.inf, 0.1),
        lambda: dust_transmission([0.0], 0.0, 1.0),
        lambda: dust_transmission([0.0], 0.0, 0.1, first=0.0),
    ],
)
def test_misuse_is_told(make):
    with pytest.raises(InvalidInput):
        make()
