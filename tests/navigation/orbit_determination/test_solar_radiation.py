"""Authority: closed forms of a plate, a sphere and a potential; conservation of energy."""

from __future__ import annotations

import numpy as np
import pytest

from moonstead.foundation.constants import ASTRONOMICAL_UNIT, SOLAR_PRESSURE
from moonstead.foundation.errors import InvalidInput
from moonstead.navigation.orbit_determination.box_wing import (
    BOX_WINGS,
    Plate,
    earth_light_on_plates,
    plates_of,
    sunlight_on_plates,
)
from moonstead.navigation.orbit_determination.craft import craft_of
from moonstead.navigation.orbit_determination.solar_radiation import (
    SOLAR_MODELS,
    solar_parameters,
    solar_partials,
    sun_frame,
    sunlight_share,
)

ROUNDING = 1e-12
SUN = np.array([[0.9, 0.4, 0.17]]) * ASTRONOMICAL_UNIT
DISTANCE = 2.56e7


def _ring(count: int = 72) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Places and velocities round an inclined orbit, and the Sun."""
    angle = np.linspace(0.0, 2.0 * np.pi, count, endpoint=False)
    tilt = np.radians(64.8)
    across = np.array([0.0, np.cos(tilt), np.sin(tilt)])
    position = DISTANCE * (np.cos(angle)[:, None] * [1.0, 0.0, 0.0] + np.sin(angle)[:, None] * across)
    velocity = 3950.0 * (-np.sin(angle)[:, None] * [1.0, 0.0, 0.0] + np.cos(angle)[:, None] * across)
    return position, velocity, np.tile(SUN, (count, 1))


def test_the_axes_of_the_sun_frame_are_orthogonal_and_point_where_they_should() -> None:
    position, velocity, sun = _ring()
    frame = sun_frame(position, velocity, sun)
    axes = np.stack((frame.d, frame.y, frame.b), axis=1)
    np.testing.assert_allclose(axes @ axes.transpose(0, 2, 1), np.tile(np.eye(3), (72, 1, 1)), atol=ROUNDING)
    assert np.all(np.sum(frame.d * sun, axis=1) > 0.99 * np.linalg.norm(sun, axis=1))
    np.testing.assert_allclose(
        np.sum(frame.y * position, axis=1) / DISTANCE, 0.0, atol=ROUNDING
    )  # panels' axis is level
    nearest = np.argmax(np.sum(position * sun, axis=1))
    assert abs(frame.argument[nearest]) < np.radians(5.0)  # one step of the ring
    normal = np.cross(position[0], velocity[0])
    assert frame.elevation[0] == pytest.approx(
        np.arcsin(normal @ sun[0] / np.linalg.norm(normal) / np.linalg.norm(sun[0])), abs=ROUNDING
    )


def test_each_model_has_its_parameters_and_nothing_in_the_shadow() -> None:
    assert solar_parameters("ecom") == ("D0", "Y0", "B0", "B1C", "B1S")
    assert {model: len(solar_parameters(model)) for model in SOLAR_MODELS} == {
        "ecom": 5,
        "ecom9": 9,
        "ecom2": 9,
        "box-wing": 5,
    }
    position, velocity, sun = _ring()
    frame = sun_frame(position, velocity, sun)
    partials = solar_partials("ecom2", frame, np.zeros(72))
    assert np.all(partials == 0.0)
    lit = solar_partials("ecom", frame, np.ones(72))
    np.testing.assert_allclose(lit[:, :, 0], frame.d * frame.strength[:, None], atol=ROUNDING)
    with pytest.raises(InvalidInput, match="ecom2"):
        solar_parameters("ecom3")


def test_behind_the_earth_the_sun_is_hidden_and_before_it_is_whole() -> None:
    toward = SUN / np.linalg.norm(SUN)
    position = np.vstack((-DISTANCE * toward, DISTANCE * toward))
    moon = np.array([[0.0, 0.0, 3.8e8]] * 2)
    np.testing.assert_array_equal(sunlight_share(position, np.tile(SUN, (2, 1)), moon), [0.0, 1.0])


def test_a_black_plate_is_pushed_once_and_a_mirror_twice() -> None:
    position, velocity, sun = _ring()
    frame = sun_frame(position, velocity, sun)
    unit = SOLAR_PRESSURE * frame.strength * 10.0 / 1000.0
    black = sunlight_on_plates((Plate("panel", 10.0, 0.0, 0.0),), 1000.0, position, frame, np.ones(72))
    mirror = sunlight_on_plates((Plate("panel", 10.0, 1.0, 0.0),), 1000.0, position, frame, np.ones(72))
    np.testing.assert_allclose(black, -unit[:, None] * frame.d, rtol=ROUNDING, atol=1e-22)
    np.testing.assert_allclose(mirror, 2.0 * black, rtol=ROUNDING, atol=1e-22)


def test_a_cube_with_equal_sides_and_no_panels_feels_nothing_along_the_panels_axis() -> None:
    """The Sun lies in the plane of x and z in nominal attitude."""
    position, velocity, sun = _ring()
    frame = sun_frame(position, velocity, sun)
    for block, plates in BOX_WINGS.items():
        push = sunlight_on_plates(plates, 1000.0, position, frame, np.ones(72))
        np.testing.assert_allclose(np.sum(push * frame.y, axis=1), 0.0, atol=1e-20, err_msg=block)
        assert np.all(np.sum(push * frame.d, axis=1) < 0.0)


def test_a_diffuse_round_side_is_pushed_as_the_integral_over_its_strips_says() -> None:
    """A half cylinder of strips, each a flat plate: Lambert's law on each, summed."""
    strips = np.radians(np.arange(-89.95, 90.0, 0.1))
    weight = np.radians(0.1) / 2.0  # of the projected area 2 R h, strip R h d(angle)
    cosine = np.cos(strips)
    along = np.sum(cosine * (1.0 + (2.0 / 3.0) * cosine)) * weight  # diffuse plates: s + 2/3 n
    position, velocity, sun = _ring(1)
    frame = sun_frame(position, velocity, sun)
    push = sunlight_on_plates((Plate("+X", 1.0, 0.0, 1.0, "round"),), 1.0, position, frame, np.ones(1))
    down = -position / DISTANCE
    x = np.cross(frame.y, down)
    lit = float(np.sum(frame.d * x))
    expected = -SOLAR_PRESSURE * frame.strength[0] * lit * (frame.d + np.pi / 6.0 * x)
    np.testing.assert_allclose(push, expected, rtol=1e-12)
    assert along == pytest.approx(1.0 + np.pi / 6.0, rel=1e-4)  # where the light falls square on it


def test_the_light_of_the_earth_pushes_outwards_by_about_a_nanometre_per_second_squared() -> None:
    position, velocity, sun = _ring()
    frame = sun_frame(position, velocity, sun)
    push = earth_light_on_plates(BOX_WINGS["GLONASS-M"], 1415.0, position, sun, frame)
    outward = np.sum(push * position, axis=1) / DISTANCE
    assert np.all(
        outward > 5e-11
    )  # heat of the night side on the bus alone: 4.5e-6 N/m2 / 16 * 0.18 * 1.5 * 2 m2 / 1415 kg
    assert np.all(outward < 5e-9)


def test_what_is_known_of_a_satellite_depends_on_the_date() -> None:
    june_2020 = 1_277_000_000.0
    assert craft_of("R01", june_2020).block == "GLONASS-M"
    assert craft_of("R01", june_2020).plates == BOX_WINGS["GLONASS-M"]
    assert craft_of("G05", june_2020).plates == BOX_WINGS["GPS IIR"]
    assert craft_of("E01", june_2020).antenna_power == 265.0
    assert craft_of("C30", june_2020).plates == ()
    with pytest.raises(InvalidInput, match="ecom2"):
        plates_of("BDS-3 MEO")
