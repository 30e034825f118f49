"""Authority: SPICE with the published constants in its kernel pool."""

import re

import numpy as np
import pytest
import spiceypy
from frame_comparisons import angle_apart, assert_proper, rate_error

from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.frames.frame import rotation
from moonstead.foundation.frames.iau import IAU_FRAMES, iau_frame
from moonstead.foundation.frames.standard import ITRF, MOON_ME

# W has grown to 1.4e7 deg for Jupiter by 2045, where one float is 1.9e-9 deg = 3e-11 rad; SPICE rounds it twice.
W_ROUNDING = 1e-10  # [rad]
RATE = 1e-9  # [1] relative

# Archinal et al. (2018) as NAIF's pck00011.tpc writes it, word for word; independent of the tables of the package.
KERNEL_POOL = """
BODY10_POLE_RA = ( 286.13 0. 0. )
BODY10_POLE_DEC = ( 63.87 0. 0. )
BODY10_PM = ( 84.176 14.18440 0. )
BODY199_POLE_RA = ( 281.0103 -0.0328 0. )
BODY199_POLE_DEC = ( 61.4155 -0.0049 0. )
BODY199_PM = ( 329.5988 6.1385108 0. )
BODY199_NUT_PREC_RA = ( 0. 0. 0. 0. 0. )
BODY199_NUT_PREC_DEC = ( 0. 0. 0. 0. 0. )
BODY199_NUT_PREC_PM = ( 0.01067257 -0.00112309 -0.00011040 -0.00002539 -0.00000571 )
BODY1_NUT_PREC_ANGLES = ( 174.7910857 0.14947253587500003E+06 349.5821714 0.29894507175000006E+06
    164.3732571 0.44841760762500006E+06 339.1643429 0.59789014350000012E+06 153.9554286 0.74736267937499995E+06 )
BODY299_POLE_RA = ( 272.76 0. 0. )
BODY299_POLE_DEC = ( 67.16 0. 0. )
BODY299_PM = ( 160.20 -1.4813688 0. )
BODY399_POLE_RA = ( 0. -0.641 0. )
BODY399_POLE_DEC = ( 90. -0.557 0. )
BODY399_PM = ( 190.147 360.9856235 0. )
BODY301_POLE_RA = ( 269.9949 0.0031 0. )
BODY301_POLE_DEC = ( 66.5392 0.0130 0. )
BODY301_PM = ( 38.3213 13.17635815 -1.4D-12 )
BODY301_NUT_PREC_RA = ( -3.8787 -0.1204 0.0700 -0.0172 0.0 0.0072 0.0 0.0 0.0 -0.0052 0.0 0.0 0.0043 )
BODY301_NUT_PREC_DEC = ( 1.5419 0.0239 -0.0278 0.0068 0.0 -0.0029 0.0009 0.0 0.0 0.0008 0.0 0.0 -0.0009 )
BODY301_NUT_PREC_PM = ( 3.5610 0.1208 -0.0642 0.0158 0.0252 -0.0066 -0.0047 -0.0046 0.0028 0.0052 0.0040 0.0019
    -0.0044 )
BODY3_NUT_PREC_ANGLES = ( 125.045 -1935.5364525000 250.089 -3871.0729050000 260.008 475263.3328725000
    176.625 487269.6299850000 357.529 35999.0509575000 311.589 964468.4993100000 134.963 477198.8693250000
    276.617 12006.3007650000 34.226 63863.5132425000 15.134 -5806.6093575000 119.743 131.8406400000
    239.961 6003.1503825000 25.053 473327.7964200000 )
BODY499_POLE_RA = ( 317.269202 -0.10927547 0. )
BODY499_POLE_DEC = ( 54.432516 -0.05827105 0. )
BODY499_PM = ( 176.049863 +350.891982443297 0. )
BODY499_NUT_PREC_RA = ( 0 0 0 0 0 0 0 0 0 0 0.000068 0.000238 0.000052 0.000009 0.419057 )
BODY499_NUT_PREC_DEC = ( 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0.000051 0.000141 0.000031 0.000005 1.591274 )
BODY499_NUT_PREC_PM = ( 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0.000145 0.000157 0.000040 0.000001 0.000001
    0.584542 )
BODY4_MAX_PHASE_DEGREE = 2
BODY4_NUT_PREC_ANGLES = ( 190.72646643 15917.10818695 0 21.46892470 31834.27934054 0 332.86082793 19139.89694742 0
    394.93256437 38280.79631835 0 189.63271560 41215158.18420050 12.711923222 121.46893664 660.22803474 0
    231.05028581 660.99123540 0 251.37314025 1320.50145245 0 217.98635955 38279.96125550 0
    196.19729402 19139.83628608 0 198.991226 19139.4819985 0 226.292679 38280.8511281 0
    249.663391 57420.7251593 0 266.183510 76560.6367950 0 79.398797 0.5042615 0
    122.433576 19139.9407476 0 43.058401 38280.8753272 0 57.663379 57420.7517205 0 79.476401 76560.6495004 0
    166.325722 0.5042615 0 129.071773 19140.0328244 0 36.352167 38281.0473591 0 56.668646 57420.9295360 0
    67.364003 76560.2552215 0 104.792680 95700.4387578 0 95.391654 0.5042615 0 )
BODY599_POLE_RA = ( 268.056595 -0.006499 0. )
BODY599_POLE_DEC = ( 64.495303 0.002413 0. )
BODY599_PM = ( 284.95 870.5360000 0. )
BODY599_NUT_PREC_RA = ( 0. 0. 0. 0. 0. 0. 0. 0. 0. 0. 0.000117 0.000938 0.001432 0.000030 0.002150 )
BODY599_NUT_PREC_DEC = ( 0. 0. 0. 0. 0. 0. 0. 0. 0. 0. 0.000050 0.000404 0.000617 -0.000013 0.000926 )
BODY599_NUT_PREC_PM = ( 0. 0. 0. 0. 0. 0. 0. 0. 0. 0. 0.0 0.0 0.0 0.0 0.0 )
BODY5_NUT_PREC_ANGLES = ( 73.32 91472.9 24.62 45137.2 283.90 4850.7 355.80 1191.3 119.90 262.1 229.80 64.3
    352.25 2382.6 113.35 6070.0 146.64 182945.8 49.24 90274.4 99.360714 4850.4046 175.895369 1191.9605
    300.323162 262.5475 114.012305 6070.2476 49.511251 64.3000 )
BODY699_POLE_RA = ( 40.589 -0.036 0. )
BODY699_POLE_DEC = ( 83.537 -0.004 0. )
BODY699_PM = ( 38.90 810.7939024 0. )
BODY799_POLE_RA = ( 257.311 0. 0. )
BODY799_POLE_DEC = ( -15.175 0. 0. )
BODY799_PM = ( 203.81 -501.1600928 0. )
BODY899_POLE_RA = ( 299.36 0. 0. )
BODY899_POLE_DEC = ( 43.46 0. 0. )
BODY899_PM = ( 249.978 541.1397757 0. )
BODY899_NUT_PREC_RA = ( 0.70 0. 0. 0. 0. 0. 0. 0. )
BODY899_NUT_PREC_DEC = ( -0.51 0. 0. 0. 0. 0. 0. 0. )
BODY899_NUT_PREC_PM = ( -0.48 0. 0. 0. 0. 0. 0. 0. )
BODY8_NUT_PREC_ANGLES = ( 357.85 52.316 323.92 62606.6 220.51 55064.2 354.27 46564.5 75.31 26109.4 35.36 14325.4
    142.61 2824.6 177.85 52.316 )
BODY999_POLE_RA = ( 132.993 0. 0. )
BODY999_POLE_DEC = ( -6.163 0. 0. )
BODY999_PM = ( 302.695 56.3625225 0. )
"""


@pytest.fixture(scope="module")
def spice():
    for name, list_of_values, value in re.findall(r"(\w+) = (?:\(([^)]*)\)|(\S+))", KERNEL_POOL):
        spiceypy.pdpool(name, [float(text.replace("D", "E")) for text in (list_of_values or value).split()])
    yield spiceypy
    spiceypy.kclear()


@pytest.mark.truth
@pytest.mark.parametrize("frame", IAU_FRAMES, ids=lambda frame: frame.name)
def test_models_match_spice(frame, data, tdb, spice, validation):
    expected = np.array([spice.sxform("J2000", frame.name, time) for time in tdb])
    own = frame.from_icrf(tdb, data)
    validation(
        capability="Frames", quantity=f"{frame.name} attitude", authority="SPICE N0067 (spiceypy)", unit="rad",
        error=angle_apart(own.matrix, expected[:, :3, :3]), tolerance=W_ROUNDING, cases=tdb.size,
    )  # fmt: skip
    spin = np.max(np.abs(expected[:, 3:, :3]))
    validation(
        capability="Frames", quantity=f"{frame.name} rate, relative", authority="SPICE N0067 (spiceypy)", unit="1",
        error=angle_apart(own.rate, expected[:, 3:, :3]) / spin, tolerance=RATE, cases=tdb.size,
    )  # fmt: skip


@pytest.mark.parametrize("frame", IAU_FRAMES, ids=lambda frame: frame.name)
def test_rates_are_derivatives(frame, data):
    # Near J2000, where W has few digits to lose.
    tdb = np.random.default_rng(2).uniform(-1e6, 1e6, 500)
    assert rate_error(frame, tdb, data, 64.0) < RATE


def test_matrices_are_proper(data, tdb):
    for frame in IAU_FRAMES:
        assert_proper(frame.from_icrf(tdb, data))


@pytest.mark.filterwarnings("ignore:Earth orientation is held:moonstead.foundation.errors.HeldEarthOrientation")
def test_the_models_of_the_moon_and_the_earth_lie_near_the_frames_of_their_own(data, tdb):
    # Archinal et al. (2018), section 4: the series of the Moon is good to 150 m or so, 1e-4 rad.
    moon = rotation(MOON_ME, iau_frame("MOON"), tdb, data).matrix
    assert angle_apart(moon, np.eye(3)) < 1.5e-4
    # The Earth's model has precession, no nutation and no UT1: 18" and 70 s of TT - UT1 at 15"/s.
    earth = rotation(ITRF, iau_frame("EARTH"), tdb[:20], data).matrix
    assert angle_apart(earth, np.eye(3)) < 6e-3


def test_an_unknown_body_lists_those_that_are_known():
    with pytest.raises(InvalidInput, match=r"no rotation model of 'CERES'; known are SUN, MERCURY"):
        iau_frame("CERES")
