"""Authority: what was announced, Kepler's third law, and the single propagator beside the one for many."""

from __future__ import annotations

import numpy as np
import pytest

from moonstead.dynamics.forces import ForceModel
from moonstead.dynamics.propagate import OrbitState, propagate
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput, MissingData
from moonstead.foundation.frames.standard import MOON_ME
from moonstead.navigation.lunar.constellation_paths import (
    DEGREE,
    TOLERANCE,
    fly_constellation,
    joined_paths,
    trajectory_paths,
)
from moonstead.navigation.lunar.constellations import constellation_names, lunar_constellation
from moonstead.orbits.elements import KeplerElements, true_anomaly
from moonstead.orbits.lunar.start import EARTH_ORBIT, held_axes, start_states

START = 1.104e9  # [s TDB past J2000] in 2034
DAY = 86_400.0
ANNOUNCED = {
    "moonlight-lcns": 5,  # 1 COMSAT and 4 NAVSAT
    "lans-2029": 5,
    "lcrns": 3,
    "lunar-pathfinder": 1,
    "queqiao-2024-pilot": 2,
    "queqiao-2024-basic": 11,
    "queqiao-2024-extended": 21,
    "queqiao-30-pilot": 2,
    "queqiao-30-basic": 10,
    "queqiao-30-extended": 30,
}


@pytest.fixture(scope="module")
def data():
    return DataContext.installed()


@pytest.mark.parametrize(("name", "number"), ANNOUNCED.items())
def test_as_many_satellites_fly_as_were_announced(name, number):
    found = lunar_constellation(name)
    assert len(found.satellites) == number
    assert len({one.name for one in found.satellites}) == number


@pytest.mark.parametrize("name", constellation_names())
def test_each_preset_says_what_is_published_and_what_was_chosen(name):
    found = lunar_constellation(name)
    assert found.source and found.published and found.chosen and found.signal_error_source
    assert found.chosen in found.label and found.source in found.label
    low, nominal, high = found.signal_error
    assert 0.0 < low <= nominal <= high
    assert found.signal.band[0] < found.signal.carrier < found.signal.band[1]


@pytest.mark.parametrize(("satellite", "axis"), [("COMSAT", 6142e3), ("NAVSAT-1", 9750e3)])
def test_periods_of_moonlight_mean_the_axes_that_were_announced(satellite, axis):
    # 12 and 24 h were announced with about 6000 and 10 000 km; Kepler's law gives the rest
    shapes = {one.name: one.semi_major_axis for one in lunar_constellation("moonlight-lcns").satellites}
    assert shapes[satellite] == pytest.approx(axis, abs=1e3)


def test_signals_fade_with_the_square_of_the_distance():
    signal = lunar_constellation("lans-2029").signal
    at = signal.c_n0([15_000e3, 7_500e3], 3.0, 290.0)
    # -160 dBW, 3 dBi, 290 K: k T is -203.98 dBW/Hz
    np.testing.assert_allclose(at, [46.98, 53.0], atol=0.01)
    with pytest.raises(InvalidInput, match="positive"):
        signal.c_n0([0.0])


def test_a_programme_without_numbers_is_not_flown(data):
    with pytest.raises(InvalidInput, match="nothing of this one can be flown"):
        fly_constellation(lunar_constellation("queqiao-wu-2023"), [START, START + DAY], data)


def test_a_misspelt_name_is_told_the_nearest():
    with pytest.raises(MissingData, match="moonlight-lcns"):
        lunar_constellation("moonlight-lncs")


def test_times_must_rise(data):
    with pytest.raises(InvalidInput, match="rising times"):
        fly_constellation(lunar_constellation("lcrns"), [START, START], data)


def test_satellites_fly_as_the_single_propagator_says_and_stand_over_the_south(data):
    tdb = START + np.linspace(0.0, 2.0 * DAY, 97)
    paths = fly_constellation(lunar_constellation("lans-2029"), tdb, data)
    assert paths.position.shape == (97, 5, 3)
    assert np.all(np.mean(paths.position[..., 2], axis=0) < 0.0)  # the far ends of frozen ellipses hang over the south
    inertial = np.einsum("eji,ej->ei", MOON_ME.from_icrf(tdb, data).matrix, paths.position[:, 0])
    one = lunar_constellation("lans-2029").satellites[0]
    elements = KeplerElements(
        *(
            np.array([value])
            for value in (
                one.semi_major_axis * (1.0 - one.eccentricity),
                one.eccentricity,
                one.inclination,
                one.node,
                one.argument_of_periselene,
                float(true_anomaly(one.mean_anomaly, one.eccentricity)[0]),
            )
        )
    )
    state = OrbitState(start_states(elements, held_axes(EARTH_ORBIT, START, data))[0], START)
    alone = propagate(state, tdb[-1], ForceModel(degree=DEGREE), data, tolerance=1.0)
    assert np.max(np.linalg.norm(alone.state(tdb)[:, :3] - inertial, axis=1)) < TOLERANCE
    again = trajectory_paths([alone], tdb, data)
    np.testing.assert_allclose(again.position[:, 0], paths.position[:, 0], atol=TOLERANCE)


def test_skies_are_joined_and_thinned(data):
    tdb = START + np.array([0.0, 600.0, 1200.0])
    one, other = (fly_constellation(lunar_constellation(name), tdb, data) for name in ("lcrns", "queqiao-2"))
    both = joined_paths([one, other])
    assert both.names == (*one.names, *other.names)
    assert both.constellation.tolist() == [0, 0, 0, 1]
    less = both.without(1)
    assert less.names == ("LCRNS-1", "LCRNS-3", "QUEQIAO-2")
    np.testing.assert_array_equal(less.position[:, 2], other.position[:, 0])
    with pytest.raises(InvalidInput, match="same times"):
        joined_paths([one, fly_constellation(lunar_constellation("queqiao-2"), tdb + 1.0, data)])
