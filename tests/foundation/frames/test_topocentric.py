"""Authority: spherical astronomy (closed forms)."""

import pickle

import numpy as np
import pytest

from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.frames.frame import Frame, rotation
from moonstead.foundation.frames.standard import ICRF, MOON_ME, frame_named, frame_names
from moonstead.foundation.frames.topocentric import Topocentric

CLOSED_FORM = 1e-15  # [1] sines and cosines of one angle


def test_axes_at_the_origin_of_longitudes():
    # Seen from (1, 0, 0): up is x, east is y, north is z.
    np.testing.assert_allclose(Topocentric(ICRF, 0.0, 0.0).axes, [[0, 1, 0], [0, 0, 1], [1, 0, 0]], atol=CLOSED_FORM)


@pytest.mark.parametrize("longitude", [-2.0, 0.0, 0.7, 3.0])
def test_north_at_the_south_pole_points_along_the_meridian(longitude):
    east, north, up = Topocentric(ICRF, -np.pi / 2, longitude).axes
    np.testing.assert_allclose(up, [0, 0, -1], atol=CLOSED_FORM)
    np.testing.assert_allclose(north, [np.cos(longitude), np.sin(longitude), 0], atol=CLOSED_FORM)
    np.testing.assert_allclose(np.cross(east, north), up, atol=CLOSED_FORM)


@pytest.mark.parametrize("latitude", [-1.2, 0.0, 0.4])
def test_the_pole_stands_in_the_north_as_high_as_the_latitude(latitude):
    x, y, z = Topocentric(ICRF, latitude, 1.1).axes @ [0.0, 0.0, 1.0]
    assert np.arctan2(x, y) == pytest.approx(0.0, abs=1e-14)
    assert np.arcsin(z) == pytest.approx(latitude, abs=1e-14)


def test_a_place_turns_with_its_body(data):
    tdb = np.array([8e8, 9e8])
    place = Topocentric(MOON_ME, -1.55, 2.1)
    apart = rotation(MOON_ME, place, tdb, data)
    np.testing.assert_allclose(apart.matrix[1], place.axes, atol=4e-16)
    np.testing.assert_allclose(apart.rate, 0.0, atol=1e-20)


def test_places_are_values():
    assert Topocentric(MOON_ME, 0.1, 0.2) == Topocentric(MOON_ME, 0.1, 0.2)
    assert len({Topocentric(MOON_ME, 0.1, 0.2), Topocentric(MOON_ME, 0.1, 0.2)}) == 1
    assert Topocentric(MOON_ME, 0.0, np.pi / 2).name == "TOPOCENTRIC(MOON_ME, 0.000000 deg, 90.000000 deg)"


@pytest.mark.parametrize("place", [(1.6, 0.0), (np.nan, 0.0), (0.0, np.inf)])
def test_a_place_beyond_the_poles_is_refused(place):
    with pytest.raises(InvalidInput, match="convert degrees first"):
        Topocentric(MOON_ME, *place)


def test_every_name_leads_to_its_frame():
    for name in frame_names():
        assert frame_named(name).name == name
        assert isinstance(frame_named(name), Frame)
        assert hash(frame_named(name)) == hash(frame_named(name))


def test_an_unknown_name_lists_those_that_are_known():
    with pytest.raises(InvalidInput, match=r"no frame is called 'MOON'; known are ICRF, .*MOON_ME"):
        frame_named("MOON")


@pytest.mark.parametrize("name", frame_names())
def test_an_unknown_time_spoils_only_its_own_row_in_every_frame(name, data):
    matrix = frame_named(name).from_icrf(np.array([7e8, np.nan, 8e8]), data).matrix
    expected = [False, False, False] if name in ("ICRF", "EME2000", "ECLIPJ2000") else [False, True, False]
    np.testing.assert_array_equal(np.isnan(matrix).any(axis=(1, 2)), expected)


@pytest.mark.parametrize("name", frame_names())
def test_frames_travel_to_other_processes(name):
    assert pickle.loads(pickle.dumps(frame_named(name))) == frame_named(name)
