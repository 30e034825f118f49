"""Authority: SPICE with the same lunar orientation file, and the published angles between the two lunar frames."""

import numpy as np
import pytest
import spiceypy
from frame_comparisons import angle_apart, assert_proper, rate_error

from moonstead.foundation.constants import ARCSECOND
from moonstead.foundation.errors import OutsideSpan
from moonstead.foundation.frames.frame import rotation
from moonstead.foundation.frames.standard import MOON_ME, MOON_PA

# psi has grown to 3 800 rad by 2045, where one float is 4.5e-13 rad: one rounding, and SPICE's own 2 pi, 2e-13 rad.
LUNAR_ANGLE = 1e-12
RATE = 1e-12  # [1] relative; the derivative of the same Chebyshev series
DIFFERENCE = 1e-9  # [1] relative; rounding of psi over the 2 048 s of a difference quotient
LUNAR_RATE = 2.66e-6  # [rad/s]

KERNEL_POOL = [  # moon_de440_220930.tf, the assignments that define both frames
    "FRAME_MOON_PA_DE440 = 31008",
    "FRAME_31008_NAME = 'MOON_PA_DE440'",
    "FRAME_31008_CLASS = 2",
    "FRAME_31008_CLASS_ID = 31008",
    "FRAME_31008_CENTER = 301",
    "FRAME_MOON_ME_DE440_ME421 = 31009",
    "FRAME_31009_NAME = 'MOON_ME_DE440_ME421'",
    "FRAME_31009_CLASS = 4",
    "FRAME_31009_CLASS_ID = 31009",
    "FRAME_31009_CENTER = 301",
    "TKFRAME_31009_SPEC = 'ANGLES'",
    "TKFRAME_31009_RELATIVE = 'MOON_PA_DE440'",
    "TKFRAME_31009_ANGLES = ( 67.8526 78.6944 0.2785 )",
    "TKFRAME_31009_AXES = ( 3, 2, 1 )",
    "TKFRAME_31009_UNITS = 'ARCSECONDS'",
]


@pytest.fixture(scope="module")
def spice(data):
    spiceypy.furnsh(str(data.dataset("moon-pa-de440").path))
    spiceypy.lmpool(KERNEL_POOL)
    yield spiceypy
    spiceypy.kclear()


@pytest.mark.truth
@pytest.mark.parametrize(("frame", "name"), [(MOON_PA, "MOON_PA_DE440"), (MOON_ME, "MOON_ME_DE440_ME421")])
def test_lunar_frames_match_spice(frame, name, data, tdb, spice, validation):
    expected = np.array([spice.sxform("J2000", name, time) for time in tdb])
    own = frame.from_icrf(tdb, data)
    validation(
        capability="Frames", quantity=f"{frame.name} attitude", authority="SPICE N0067 (spiceypy)", unit="rad",
        error=angle_apart(own.matrix, expected[:, :3, :3]), tolerance=LUNAR_ANGLE, cases=tdb.size,
    )  # fmt: skip
    validation(
        capability="Frames", quantity=f"{frame.name} rate, relative", authority="SPICE N0067 (spiceypy)", unit="1",
        error=angle_apart(own.rate, expected[:, 3:, :3]) / LUNAR_RATE, tolerance=RATE, cases=tdb.size,
    )  # fmt: skip


@pytest.mark.parametrize("frame", [MOON_PA, MOON_ME])
def test_rates_are_derivatives(frame, data, tdb):
    assert rate_error(frame, tdb, data, 1_024.0) < DIFFERENCE


def test_the_lunar_frames_lie_103_arcseconds_apart_whatever_the_time(data, tdb):
    apart = rotation(MOON_PA, MOON_ME, tdb, data)
    np.testing.assert_allclose(apart.rate, 0.0, atol=1e-20)
    assert np.ptp(apart.matrix, axis=0).max() < 1e-15
    angle = np.linalg.norm(apart.matrix[0] - apart.matrix[0].T) / np.sqrt(8.0)
    # To first order the three small turns add as a vector.
    assert angle == pytest.approx(np.linalg.norm([67.8526, 78.6944, 0.2785]) * ARCSECOND, rel=1e-6)


def test_the_earth_stands_near_the_middle_of_the_near_side(data, tdb):
    earth = data.ephemeris.position("EARTH", "MOON", tdb)
    direction = MOON_ME.from_icrf(tdb, data).position(earth / np.linalg.norm(earth, axis=1)[:, np.newaxis])
    latitude, longitude = np.arcsin(direction[:, 2]), np.arctan2(direction[:, 1], direction[:, 0])
    # Optical librations: 6.9 deg in latitude, 8.2 deg in longitude (Meeus, Astronomical Algorithms, chapter 53).
    assert np.degrees(np.abs(latitude)).max() == pytest.approx(6.9, abs=0.2)
    assert np.degrees(np.abs(longitude)).max() == pytest.approx(8.0, abs=0.3)
    # The mean Earth is the origin of longitudes: an average over 20 years leaves libration noise only.
    assert abs(np.degrees(longitude).mean()) < 0.5


@pytest.mark.parametrize("frame", [MOON_PA, MOON_ME])
def test_matrices_are_proper(frame, data, tdb):
    assert_proper(frame.from_icrf(tdb, data))


def test_outside_the_orientation_file_the_span_is_named(data):
    with pytest.raises(OutsideSpan, match="covers"):
        MOON_PA.from_icrf(np.array([1e12]), data)
