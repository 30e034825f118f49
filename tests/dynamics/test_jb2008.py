"""Authority: JB2008 of Orekit 13.1.9, a translation of the authors' code, at sixteen places; limits of the model."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

from moonstead.dynamics.jb2008 import Jb2008Indices, jb2008_density
from moonstead.foundation.errors import InvalidInput

PEER = 1e-7  # [1] of density: Orekit integrates by Newton and Cotes' rule in steps of percents of the height
# MJD, Sun's right ascension and declination, right ascension and latitude, height; F10, S10, M10, Y10 with their means,
# temperature of storms; density. Numbers drawn at random, densities made by Orekit.
# fmt: off
CASES = np.array(
    [
        (58324.8766, 1.096, 0.2973, 3.416, 1.2066, 90500.0, 211.46, 211.94, 231.6,
         207.23, 193.73, 215.69, 216.0, 205.11, 45.18, 3.1061344252e-06),
        (59399.8471, 1.1159, 0.0871, 4.4266, 1.3284, 104000.0, 141.57, 139.61, 149.75,
         138.74, 155.28, 144.4, 137.88, 137.33, 116.27, 1.9305861509e-07),
        (54503.0707, 1.4053, 0.0177, 4.0266, 1.3173, 110000.0, 169.85, 157.4, 169.78,
         166.45, 169.63, 173.25, 169.86, 164.75, 115.03, 1.2431767447e-07),
        (53378.7831, 4.3492, 0.2165, 1.1982, -0.1203, 124000.0, 157.3, 150.0, 170.82,
         154.16, 157.04, 160.45, 162.83, 152.58, 57.12, 1.5001245328e-08),
        (57796.9857, 0.2636, 0.332, 3.3734, 0.9608, 150000.0, 124.27, 116.09, 117.35,
         121.79, 135.77, 126.76, 133.82, 120.54, 45.88, 2.2764792314e-09),
        (59627.7578, 5.6721, -0.084, 1.9302, 0.9211, 195000.0, 111.39, 108.63, 108.01,
         109.16, 121.92, 113.62, 109.82, 108.05, 59.96, 3.0011313968e-10),
        (58205.0237, 3.9048, -0.21, 3.177, -1.2857, 220000.0, 86.12, 84.26, 92.6,
         84.4, 93.31, 87.84, 81.53, 83.54, 9.45, 1.1920888165e-10),
        (55766.1532, 2.1068, 0.1073, 3.5687, 0.3513, 260000.0, 175.01, 175.95, 182.18,
         171.51, 160.6, 178.51, 180.08, 169.76, 44.44, 6.8025190313e-11),
        (57189.1333, 3.0606, 0.0003, 3.7521, 1.3046, 350000.0, 79.51, 75.14, 72.7,
         77.92, 77.65, 81.1, 79.2, 77.12, 13.48, 2.0033378901e-12),
        (55861.9617, 2.3844, 0.1916, 1.1491, -0.6456, 480000.0, 158.33, 145.46, 147.13,
         155.16, 164.47, 161.5, 152.71, 153.58, 90.63, 9.9613472439e-13),
        (51613.4561, 1.7969, 0.0014, 5.6423, -0.4087, 550000.0, 113.79, 111.86, 123.06,
         111.52, 120.9, 116.07, 121.11, 110.38, 75.74, 1.1111748114e-13),
        (56869.512, 3.0449, -0.3096, 5.6326, 1.4092, 700000.0, 152.58, 163.22, 147.74,
         149.53, 160.15, 155.64, 155.48, 148.01, 63.04, 1.3125206143e-14),
        (52261.8675, 5.9021, -0.2068, 6.0485, -0.8038, 900000.0, 194.97, 189.27, 200.2,
         191.08, 205.53, 198.87, 177.9, 189.13, 94.73, 4.7073369603e-14),
        (57892.0612, 2.4156, 0.3439, 4.8576, -0.3618, 1200000.0, 150.31, 160.27, 164.96,
         147.3, 156.49, 153.31, 160.37, 145.8, 47.01, 1.4808841041e-15),
        (58175.838, 3.9458, 0.3093, 2.6084, -0.54, 1800000.0, 187.63, 171.37, 203.58,
         183.88, 194.88, 191.39, 181.15, 182.0, 77.63, 5.1591940238e-16),
        (58188.3345, 6.092, 0.1278, 0.5315, 0.3768, 2400000.0, 125.64, 120.16, 125.12,
         123.13, 132.11, 128.16, 135.06, 121.87, 75.93, 2.0119420904e-16),
    ]
)
# fmt: on


def indices(rows):
    return Jb2008Indices(*rows[:, 6:15].T)


@pytest.mark.truth
def test_density_is_that_of_orekit(validation):
    found = jb2008_density(*CASES[:, :6].T, indices(CASES))
    validation(
        capability="air density JB2008",
        quantity="density from 90 km to 2400 km, relative",
        authority="Orekit 13.1.9",
        error=float(np.max(np.abs(found / CASES[:, 15] - 1.0))),
        unit="1",
        tolerance=PEER,
        cases=len(CASES),
    )


def test_density_has_no_step_where_pieces_of_the_model_meet():
    # 120 km is left out: the correction by local time begins there with its own small step in the original
    one = CASES[8:9]
    for edge in (105e3, 125e3, 200e3, 240e3, 300e3, 500e3, 600e3, 1000e3, 1500e3):
        low, high = (jb2008_density(*one[0, :5], edge + by, indices(one))[0] for by in (-0.01, 0.01))
        assert high / low == pytest.approx(1.0, abs=1e-4), edge


def test_one_set_of_indices_serves_many_places():
    many = jb2008_density(*CASES[0, :5], np.linspace(150e3, 900e3, 20), indices(CASES[:1]))
    assert many.shape == (20,)
    assert np.all(np.diff(np.log(many)) < 0.0)


def test_places_below_the_model_and_broken_numbers_are_refused():
    with pytest.raises(InvalidInput, match="90 km"):
        jb2008_density(*CASES[0, :5], 80e3, indices(CASES[:1]))
    broken = Jb2008Indices(*(np.array([np.nan]) for _ in fields(Jb2008Indices)))
    with pytest.raises(InvalidInput, match="finite"):
        jb2008_density(*CASES[0, :6], broken)
    with pytest.raises(InvalidInput, match="one length"):
        jb2008_density(CASES[:2, 0], *CASES[0, 1:6], indices(CASES[:3]))
