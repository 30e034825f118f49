"""Brightness of spheres and plates against integrals over their surface and limits."""

from __future__ import annotations

import math

import numpy as np
import pytest

from moonstead.foundation.constants import ASTRONOMICAL_UNIT
from moonstead.foundation.errors import InvalidInput
from moonstead.monitoring.visibility.brightness import (
    FAINTEST,
    SUN_MAGNITUDE,
    DiffuseSphere,
    full_phase_range,
    lambert_phase,
    plate_magnitude,
    sphere_magnitude,
)
from moonstead.monitoring.visibility.light_conditions import STEEPEST

INTEGRAL = 1e-3  # [1] of a grid over the sphere
DISTANCE = 4e8  # [m]


@pytest.mark.truth
@pytest.mark.parametrize("phase_deg", [0, 40, 90, 140])
def test_a_sphere_is_as_bright_as_its_plates_together(phase_deg: int) -> None:
    phase = math.radians(phase_deg)
    theta = np.pi * (np.arange(400) + 0.5) / 400
    around = 2.0 * np.pi * (np.arange(800) + 0.5) / 800
    t, a = np.meshgrid(theta, around, indexing="ij")
    normals = np.stack((np.sin(t) * np.cos(a), np.sin(t) * np.sin(a), np.cos(t)))
    sun, observer = np.array([1.0, 0.0, 0.0]), np.array([math.cos(phase), math.sin(phase), 0.0])
    faces = np.maximum(np.tensordot(sun, normals, 1), 0.0) * np.maximum(np.tensordot(observer, normals, 1), 0.0)
    area = np.sin(t) * (np.pi / 400) * (2.0 * np.pi / 800)  # of a sphere of radius 1 m
    share = 0.3 / math.pi / DISTANCE**2 * float(np.sum(faces * area))
    told = sphere_magnitude(DiffuseSphere(2.0, 0.3), DISTANCE, phase)
    assert 10.0 ** (-0.4 * (float(told) - SUN_MAGNITUDE)) == pytest.approx(share, rel=INTEGRAL)


def test_a_plate_that_faces_both_gives_back_its_share() -> None:
    told = float(plate_magnitude(math.pi, 1.0, 10.0, 0.0, 0.0))
    assert told == pytest.approx(SUN_MAGNITUDE + 5.0)  # 1 over the square of the distance
    assert plate_magnitude(1.0, 0.5, 10.0, 0.0, 2.0) == FAINTEST


def test_dark_side_and_distance_from_the_sun() -> None:
    sphere = DiffuseSphere(1.0)
    assert sphere_magnitude(sphere, DISTANCE, math.pi) > 50.0  # rounding leaves a trace of light
    far = sphere_magnitude(sphere, DISTANCE, 1.0, 10.0 * ASTRONOMICAL_UNIT)
    assert float(far - sphere_magnitude(sphere, DISTANCE, 1.0)) == pytest.approx(5.0)


def test_range_at_full_phase_inverts_the_magnitude() -> None:
    sphere = DiffuseSphere(3.0, 0.25)
    assert float(sphere_magnitude(sphere, full_phase_range(sphere, 17.5), 0.0)) == pytest.approx(17.5)


def test_the_root_of_the_phase_law_is_never_steeper_than_its_bound() -> None:
    phase = np.linspace(0.0, math.pi, 200_001)
    assert np.max(np.abs(np.diff(np.sqrt(lambert_phase(phase))) / np.diff(phase))) < STEEPEST


def test_impossible_objects_are_refused() -> None:
    for diameter, albedo in ((0.0, 0.2), (1.0, 0.0), (1.0, 1.1), (math.nan, 0.2)):
        with pytest.raises(InvalidInput):
            DiffuseSphere(diameter, albedo)
    with pytest.raises(InvalidInput):
        sphere_magnitude(DiffuseSphere(1.0), -1.0, 0.0)
    with pytest.raises(InvalidInput):
        sphere_magnitude(DiffuseSphere(1.0), 1.0, 4.0)
    with pytest.raises(InvalidInput):
        plate_magnitude(0.0, 0.2, 1.0, 0.0, 0.0)
