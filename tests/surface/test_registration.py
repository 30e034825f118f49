"""Authority: offsets that were put in by hand; the same ground shifted, lifted, mirrored."""

from __future__ import annotations

import math

import numpy as np
import pytest
from made_tiles import SOUTH, flat_moon, made_tile

from moonstead.foundation.errors import InvalidInput
from moonstead.surface.nested import nested_terrain
from moonstead.surface.registration import registration, registrations, require_same_ground

WAVES = ((9.1e3, 0.3, 260.0), (13.7e3, 1.9, 330.0), (7.3e3, 2.6, 190.0))  # [m], [rad], [m]
SPACING = 600.0  # [m] of the coarser tile


def hills(x, y):
    phases = [2 * math.pi / length * (x * math.cos(way) + y * math.sin(way)) for length, way, _ in WAVES]
    return sum(size * np.sin(phase + k) for k, (phase, (_, _, size)) in enumerate(zip(phases, WAVES, strict=True)))


def tile_of(spacing, half_width, ground, name, noise=0.0):
    generator = np.random.default_rng(7)

    def height(latitude, longitude):
        x, y = SOUTH.forward(latitude, longitude)
        return ground(x, y) + noise * generator.standard_normal(np.shape(x))

    return made_tile(height, (0.0, 0.0), half_width, spacing, name=name)


@pytest.fixture(scope="module")
def below():
    return nested_terrain([tile_of(SPACING, 60e3, hills, "coarse")], flat_moon())


@pytest.mark.parametrize(("dx", "dy", "dz"), [(0.0, 0.0, 0.0), (340.0, -230.0, 45.0), (-900.0, 700.0, -300.0)])
def test_the_offset_that_was_put_in_is_found(below, dx, dy, dz):
    fine = tile_of(40.0, 15e3, lambda x, y: hills(x - dx, y - dy) + dz, "fine", noise=5.0)
    found = registration(fine, below)
    # [m] means over cells of 600 m flatten waves of 7 km and more by 1 % of their height, 8 m on slopes of 0.2
    assert found.dx == pytest.approx(dx, abs=10.0)
    assert found.dy == pytest.approx(dy, abs=10.0)
    assert found.dz == pytest.approx(dz, abs=3.0)
    assert found.scatter < 15.0
    assert bool(found.remark) == (dx != 0.0)
    if dx:
        assert f"{found.shift:.0f} m aside" in found.remark


def test_a_small_tile_is_judged_by_height_alone(below):
    fine = tile_of(40.0, 400.0, lambda x, y: hills(x, y) + 80.0, "fine")
    found = registration(fine, below)
    assert math.isnan(found.dx)
    assert found.dz == pytest.approx(80.0, abs=10.0)  # [m] curvature of the hills within a coarse pixel


def test_levels_are_compared_with_what_lies_below_them(below):
    fine = tile_of(40.0, 15e3, hills, "fine")
    terrain = nested_terrain([fine, *below.tiles], flat_moon())
    assert [(found.name, found.below) for found in registrations(terrain)] == [("fine", "coarse"), ("coarse", "flat")]
    require_same_ground(terrain)


@pytest.mark.parametrize(
    ("ground", "message"),
    [
        (lambda x, y: hills(x, y) + 2500.0, r"fine stands \+2\.\d\d km from coarse"),
        (lambda x, y: hills(x, -y), "fine does not show the ground of coarse"),
    ],
)
def test_levels_that_cannot_be_the_same_ground_are_refused(below, ground, message):
    fine = tile_of(40.0, 15e3, ground, "fine")
    with pytest.raises(InvalidInput, match=message):
        require_same_ground(nested_terrain([fine, *below.tiles], flat_moon()))


def test_a_tile_of_holes_cannot_be_judged(below):
    fine = tile_of(40.0, 2e3, lambda x, y: np.where(np.hypot(x, y) < 100.0, 0.0, np.nan), "fine")
    with pytest.raises(InvalidInput, match="full of holes"):
        registration(fine, below)
