"""Authority: closed forms of equilibrium, geometry, and the textbook formula of the radiator."""

from __future__ import annotations

import numpy as np
import pytest

from moonstead.foundation.constants import STEFAN_BOLTZMANN
from moonstead.foundation.errors import InvalidInput, NumericalFailure
from moonstead.station.radiators import (
    Face,
    Surroundings,
    absorbed_by_face,
    effective_emittance,
    radiator_area,
    sink_temperature,
    sun_cosine,
)

ROUNDING = 1e-12


def around(beam=1361.0, elevation=0.5 * np.pi, ground=390.0, light=163.0, azimuth=0.0):
    return Surroundings(
        np.array([0.0]), np.array([beam]), np.array([azimuth]), np.array([elevation]), np.array([ground]),
        np.array([light]),
    )  # fmt: skip


def test_a_plate_under_the_sun_takes_its_textbook_temperature():
    plate = Face(1.0, 0.2, 0.8, tilt=0.0)
    expected = (0.2 * 1361.0 / (0.8 * STEFAN_BOLTZMANN)) ** 0.25
    assert sink_temperature(plate, around())[0] == pytest.approx(expected, rel=ROUNDING)


def test_an_upright_radiator_sees_half_the_ground():
    radiator = Face(1.0, 0.1, 0.85, tilt=0.5 * np.pi, azimuth=0.0)
    hot = 0.5 * 0.95 * STEFAN_BOLTZMANN * 390.0**4
    expected = 0.1 * 0.5 * 163.0 + 0.85 * hot
    assert absorbed_by_face(radiator, around())[0] == pytest.approx(expected, rel=ROUNDING)


def test_a_face_that_looks_down_on_ground_of_its_own_finish_takes_its_temperature():
    belly = Face(1.0, 0.0, 0.95, tilt=np.pi)
    night = around(beam=0.0, ground=100.0, light=0.0)
    assert sink_temperature(belly, night)[0] == pytest.approx(0.95**0.25 * 100.0, rel=ROUNDING)


@pytest.mark.parametrize("tilt", [0.0, 0.4, 0.5 * np.pi, 2.0, np.pi])
@pytest.mark.parametrize("elevation", [-0.2, 0.0, 0.3, 1.2])
def test_the_mean_over_azimuth_is_the_mean_over_azimuth(tilt, elevation):
    turned = [
        sun_cosine(Face(1.0, 0.5, 0.5, tilt=tilt, azimuth=azimuth), 0.0, elevation)
        for azimuth in np.arange(3600) * (2.0 * np.pi / 3600)
    ]
    # a kink where the Sun passes behind the plane: 1e-6 at 3600 azimuths
    assert sun_cosine(Face(1.0, 0.5, 0.5, tilt=tilt), 0.0, elevation) == pytest.approx(np.mean(turned), abs=1e-6)


def test_dust_moves_a_finish_towards_that_of_the_ground():
    dusty = Face(1.0, 0.1, 0.9, dust=0.5)
    assert dusty.dusty() == pytest.approx((0.5 * (0.1 + 0.88), 0.5 * (0.9 + 0.95)))


def test_a_blanket_and_a_face_are_two_resistances():
    face = Face(1.0, 0.3, 0.8, insulation=0.02)
    # hardware at T radiates to a face that radiates on: solved by hand for 300 K against black space
    outer4 = 0.02 * 300.0**4 / (0.02 + 0.8)
    expected = 0.8 * outer4
    assert effective_emittance(face) * 300.0**4 == pytest.approx(expected, rel=ROUNDING)


def test_the_area_carries_the_heat_at_the_worst_time():
    radiator = Face(1.0, 0.1, 0.85, tilt=0.0)
    noon = around(ground=390.0)
    area = radiator_area(5000.0, 310.0, radiator, noon)
    balance = area * (0.85 * STEFAN_BOLTZMANN * 310.0**4 - absorbed_by_face(radiator, noon)[0])
    assert balance == pytest.approx(5000.0, rel=ROUNDING)


def test_no_area_cools_what_its_surroundings_heat():
    wall = Face(1.0, 0.2, 0.85, tilt=np.pi)
    with pytest.raises(NumericalFailure, match="no area is enough"):
        radiator_area(5000.0, 300.0, wall, around())


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"area": 0.0}, "area"),
        ({"absorptivity": 1.2}, "absorptivity"),
        ({"emissivity": 0.0}, "emissivity"),
        ({"sky_view": 0.8, "ground_view": 0.5}, "all around"),
        ({"insulation": 0.0}, "blanket"),
        ({"louvre": (0.9, 280.0, 290.0)}, "louvres"),
        ({"louvre": (0.1, 290.0, 280.0)}, "louvres"),
        ({"louvre": (0.1, 280.0, 290.0), "insulation": 0.02}, "not both"),
    ],
)
def test_impossible_faces_are_refused(wrong, says):
    with pytest.raises(InvalidInput, match=says):
        Face(**{"area": 1.0, "absorptivity": 0.2, "emissivity": 0.8} | wrong)


def test_surroundings_must_be_whole():
    with pytest.raises(InvalidInput, match="one value"):
        Surroundings(np.zeros(2), np.zeros(3), np.zeros(2), np.zeros(2), np.zeros(2), np.zeros(2))
    with pytest.raises(InvalidInput, match="finite"):
        around(ground=np.nan)
    with pytest.raises(InvalidInput, match="negative"):
        around(beam=-1.0)
