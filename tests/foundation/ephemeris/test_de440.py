"""Authority: SPICE N0067 with the same kernels."""

from __future__ import annotations

import time

import numpy as np
import pytest

from moonstead.foundation.ephemeris.ephemeris import Ephemeris
from moonstead.foundation.ephemeris.pck import BinaryPck
from moonstead.foundation.errors import InvalidInput, MissingData, OutsideSpan

POSITION = 1e-3  # [m] promised; the same operations in the same order give no difference at all
VELOCITY = 1e-9  # [m/s] the same
ANGLE = 1e-12  # [1] psi is up to 8000 rad in this span, and its last digit is then 9e-13
ANGLE_RATE = 2.7e-18  # [1/s] that digit times the rate of 2.7e-6 rad/s
SPAN_2025_2045 = (7.889184e8, 1.420070e9)  # [s TDB past J2000]
BODIES = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 199, 299, 301, 399]
CENTERS = [0, 3, 10, 301, 399, 5]


@pytest.fixture(scope="module")
def times():
    return np.random.default_rng(440).uniform(*SPAN_2025_2045, 1000)


@pytest.mark.truth
@pytest.mark.parametrize("center", CENTERS)
def test_every_body_of_de440_is_where_spice_puts_it(spice, de440s, times, center, validation):
    ephemeris = Ephemeris.open(de440s)
    spice.furnsh(str(de440s))
    position, velocity = 0.0, 0.0
    for target in BODIES:
        theirs = 1e3 * np.array([spice.spkgeo(target, t, "J2000", center)[0] for t in times])
        error = np.abs(ephemeris.state(target, center, times) - theirs)
        position, velocity = max(position, error[:, :3].max()), max(velocity, error[:, 3:].max())
    row = {"capability": f"DE440 bodies from {center}", "authority": "SPICE N0067 (spiceypy)"}
    cases = len(BODIES) * times.size
    validation(quantity="position", error=position, unit="m", tolerance=POSITION, cases=cases, **row)
    validation(quantity="velocity", error=velocity, unit="m/s", tolerance=VELOCITY, cases=cases, **row)


@pytest.mark.truth
def test_lunar_axes_turn_as_in_spice(spice, moon_pa, times, validation):
    spice.furnsh(str(moon_pa))
    angles, rates = BinaryPck.open(moon_pa).angles(times)
    pool = ["FRAME_MOON_PA = 31008", "FRAME_31008_NAME = 'MOON_PA'", "FRAME_31008_CLASS = 2"]
    spice.lmpool([*pool, "FRAME_31008_CLASS_ID = 31008", "FRAME_31008_CENTER = 301"])
    error, rate_error = 0.0, 0.0
    for t, (phi, theta, psi), (phi_rate, theta_rate, psi_rate) in zip(times, angles, rates, strict=True):
        theirs = spice.sxform("J2000", "MOON_PA", t)
        ours = spice.eul2xf([psi, theta, phi, psi_rate, theta_rate, phi_rate], 3, 1, 3)
        error = max(error, np.max(np.abs(theirs[:3, :3] - ours[:3, :3])))
        rate_error = max(rate_error, np.max(np.abs(theirs[3:, :3] - ours[3:, :3])))
    row = {"capability": "Lunar orientation (MOON_PA_DE440)", "authority": "SPICE N0067 (spiceypy)"}
    validation(quantity="matrix", error=error, unit="1", tolerance=ANGLE, cases=times.size, **row)
    validation(quantity="rate", error=rate_error, unit="1/s", tolerance=ANGLE_RATE, cases=times.size, **row)


@pytest.mark.truth
def test_a_later_file_wins_as_in_spice(spice, installed, de440s, times):
    de430 = installed.dataset("de430").path
    for first, second in ((de440s, de430), (de430, de440s)):
        spice.kclear()
        spice.furnsh([str(first), str(second)])
        theirs = 1e3 * np.array([spice.spkgeo(301, t, "J2000", 10)[0] for t in times[:50]])
        np.testing.assert_array_equal(Ephemeris.open([first, second]).state("MOON", "SUN", times[:50]), theirs)
        np.testing.assert_array_equal(Ephemeris.open(first).with_file(second).state(301, 10, times[:50]), theirs)


@pytest.mark.truth
def test_where_the_later_file_ends_the_earlier_one_speaks(spice, installed, de440s):
    # The Moon from the Earth's barycentre: SPICE cannot read the Earth's segment at the end of this copy of DE430,
    # whose last record is not filled up to 1024 bytes.
    de430 = installed.dataset("de430").path
    end = Ephemeris.open(de430).span(301, 3)[1]
    times = np.array([end - 10.0, end, np.nextafter(end, 1e12), end + 10.0])
    spice.furnsh([str(de440s), str(de430)])
    theirs = 1e3 * np.array([spice.spkgeo(301, t, "J2000", 3)[0] for t in times])
    np.testing.assert_array_equal(Ephemeris.open([de440s, de430]).state(301, 3, times), theirs)


@pytest.mark.truth
def test_an_asteroid_given_from_the_sun_is_joined_to_the_earth(spice, de440s, shared_data, validation):
    asteroid = shared_data / "smallbodies" / "2024YR4_jpl_54509621.bsp"
    ephemeris = Ephemeris.open([de440s, asteroid])
    times = np.random.default_rng(4).uniform(*ephemeris.span(54509621, "EARTH"), 1000)
    spice.furnsh([str(de440s), str(asteroid)])
    theirs = 1e3 * np.array([spice.spkgeo(54509621, t, "J2000", 399)[0] for t in times])
    error = np.max(np.abs(ephemeris.position(54509621, "EARTH", times) - theirs[:, :3]))
    row = {"capability": "2024 YR4 from the Earth (SPK 21 and 2)", "authority": "SPICE N0067 (spiceypy)"}
    validation(quantity="position", error=error, unit="m", tolerance=POSITION, cases=times.size, **row)


def test_chebyshev_tables_give_the_positions_themselves(de440s, moon_pa):
    ephemeris, pck = Ephemeris.open(de440s), BinaryPck.open(moon_pa)
    start, stop = 8e8, 8.03e8
    times = np.linspace(start, stop, 500)
    cases = [
        (ephemeris.chebyshev(301, 3, start, stop), ephemeris.position("MOON", "EARTH BARYCENTER", times), 1e-6),
        (ephemeris.chebyshev("SUN", 0, start, stop), ephemeris.position("SUN", "SSB", times), 1e-6),
        (pck.chebyshev(start, stop), pck.angles(times)[0], 1e-11),
    ]
    for table, expected, tolerance in cases:
        end = table.start + table.interval * len(table.coefficients)
        assert table.start <= start and stop <= end and (end - table.start) < stop - start + 2 * table.interval
        assert table.coefficients.flags.c_contiguous and table.coefficients.dtype == np.float64
        index = ((times - table.start) // table.interval).astype(int)
        scaled = 2.0 * (times - table.start - index * table.interval) / table.interval - 1.0
        for row, k, x in zip(expected, index, scaled, strict=True):
            value = np.polynomial.chebyshev.chebval(x, table.coefficients[k].T)
            np.testing.assert_allclose(value, row, atol=tolerance, rtol=0)


def test_chebyshev_tables_exist_only_for_what_a_segment_gives_directly(de440s):
    ephemeris = Ephemeris.open(de440s)
    with pytest.raises(MissingData, match="the files give MOON directly from EARTH BARYCENTER"):
        ephemeris.chebyshev("MOON", "EARTH", 8e8, 8.1e8)
    with pytest.raises(OutsideSpan, match="one segment must hold them all"):
        ephemeris.chebyshev(301, 3, 8e8, 8e10)
    with pytest.raises(OutsideSpan, match="inf s TDB past J2000 were asked"):
        ephemeris.chebyshev(301, 3, 8e8, np.inf)


def test_a_hundred_thousand_times_take_well_under_a_second(de440s, times):
    ephemeris, many = Ephemeris.open(de440s), np.tile(times, 100)
    ephemeris.state("MOON", "SUN", many)
    begin = time.process_time()
    ephemeris.state("MOON", "SUN", many)
    assert time.process_time() - begin < 1.0


def test_times_outside_name_the_span_and_the_file(de440s, moon_pa):
    with pytest.raises(OutsideSpan, match=r"de440s\.bsp covers 1849-12-26T00:00:00 TDB to 2150-01-22T00:00:00 TDB"):
        Ephemeris.open(de440s).state("MOON", "EARTH", np.array([0.0, 1e12]))
    with pytest.raises(OutsideSpan, match=r"moon_pa_de440_200625\.bpc covers 1549"):
        BinaryPck.open(moon_pa).angles(np.array([1e12]))
    with pytest.raises(OutsideSpan, match="stay within"):
        BinaryPck.open(moon_pa).chebyshev(0.0, 1e12)


def test_an_unknown_time_spoils_only_its_own_row(de440s, moon_pa):
    tdb = np.array([8e8, np.nan, 8.1e8])
    assert list(np.isnan(Ephemeris.open(de440s).state("MOON", "EARTH", tdb)).any(axis=1)) == [False, True, False]
    angles, rates = BinaryPck.open(moon_pa).angles(tdb)
    assert list(np.isnan(angles).any(axis=1)) == list(np.isnan(rates).any(axis=1)) == [False, True, False]


def test_no_times_give_no_rows(de440s, moon_pa):
    assert Ephemeris.open(de440s).state("MOON", "SUN", np.empty(0)).shape == (0, 6)
    assert BinaryPck.open(moon_pa).angles(np.empty(0))[0].shape == (0, 3)


def test_a_body_from_itself_stands_still_at_zero(de440s):
    np.testing.assert_array_equal(Ephemeris.open(de440s).state("MOON", "MOON", np.array([0.0])), np.zeros((1, 6)))


def test_bodies_that_the_files_do_not_connect_are_named(de440s):
    with pytest.raises(MissingData, match=r"MARS from SUN was asked; .*MARS BARYCENTER.*add an SPK file"):
        Ephemeris.open(de440s).state("MARS", "SUN", np.array([0.0]))
    with pytest.raises(MissingData, match="-99 from SUN"):
        Ephemeris.open(de440s).span(-99, "SUN")


def test_a_misspelt_name_is_met_with_the_near_ones(de440s):
    with pytest.raises(InvalidInput, match="did you mean MOON"):
        Ephemeris.open(de440s).state("MONO", "SUN", np.array([0.0]))


def test_spans_are_those_of_the_file(spice, de440s, moon_pa):
    window = spice.spkcov(str(de440s), 301)
    assert Ephemeris.open(de440s).span("MOON", "SUN") == (window[0], window[1])
    pck = spice.stypes.SPICEDOUBLE_CELL(10)
    spice.pckcov(str(moon_pa), 31008, pck)
    assert BinaryPck.open(moon_pa).span == (pck[0], pck[1])


def test_orientation_across_two_segments_is_continuous(moon_pa):
    pck = BinaryPck.open(moon_pa)
    edge = pck.segments[0].stop
    before, after = pck.angles(np.array([edge - 1.0, edge + 1.0]))[0]
    np.testing.assert_allclose(after - before, 2.0 * pck.angles(np.array([edge]))[1][0], atol=1e-9)
    with pytest.raises(OutsideSpan, match="stay within one of them"):
        pck.chebyshev(edge - 1e6, edge + 1e6)


def test_a_frame_that_the_file_lacks_is_refused(moon_pa):
    with pytest.raises(MissingData, match="does not describe the frame class 3000; it has 31008"):
        BinaryPck.open(moon_pa, 3000)
