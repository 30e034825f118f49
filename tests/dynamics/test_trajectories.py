"""Authority: SPICE for interpolated motion, the Chebyshev series of DE440 for speed limits, sampling for bounds."""

from __future__ import annotations

import numpy as np
import pytest
import spiceypy as spice
from spice_truth import kernels, two_body, write_spk

from moonstead.dynamics.observe import icrf_state
from moonstead.dynamics.trajectories import (
    FASTEST_SPIN,
    SPEED_LIMITS,
    SPIN_TILT,
    BodyTrajectory,
    SurfacePoint,
    TabulatedTrajectory,
    body_speed_limit,
    spin_limit,
)
from moonstead.dynamics.trajectory import Trajectory
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput, OutsideSpan
from moonstead.foundation.frames.standard import ICRF, ITRF, MOON_ME

YEAR = 365.25 * 86400.0
START = 30.0 * YEAR
SAME_POLYNOMIAL = 2e-5  # [m] 2e6 m in kilometres through divided differences of order 15
SAME_SLOPE = 2e-8  # [m/s]


@pytest.fixture(scope="module")
def data():
    return DataContext.installed()


def orbit(degree=7, method="hermite", step=120.0, nodes=400):
    tdb = START + step * np.arange(nodes)
    table = two_body("orbiter", "MOON", START, 1_837e3, 0.05, (86.0, 40.0, 90.0, 10.0), tdb)
    return TabulatedTrajectory("orbiter", "MOON", ICRF, tdb, table.states, degree, method)


@pytest.mark.truth
@pytest.mark.parametrize(
    ("method", "degree"),
    [
        ("hermite", 3),
        ("hermite", 5),
        ("hermite", 7),
        ("hermite", 11),
        ("hermite", 15),
        ("lagrange", 7),
        ("lagrange", 10),
    ],
)
def test_a_table_moves_like_the_spk_written_from_it(method, degree, tmp_path, data, validation):
    table = orbit(degree, method)
    path = tmp_path / "orbiter.bsp"
    write_spk(path, -1001, table)
    tdb = np.concatenate((np.random.default_rng(1).uniform(*table.span, 2000), table.tdb[:50], [table.span[1]]))
    with kernels([path]):
        truth = 1e3 * np.array([spice.spkgeo(-1001, t, "J2000", 301)[0] for t in tdb])
    ours, read = table.state(tdb), data.ephemeris.with_file(path).state(-1001, "MOON", tdb)
    np.testing.assert_allclose(read, ours, rtol=0.0, atol=SAME_POLYNOMIAL)
    row = {
        "capability": "Tabulated trajectories",
        "authority": "SPICE N0067 SPK types 9 and 13 (spiceypy)",
        "cases": tdb.size,
    }
    kind = f"{method} of degree {degree}"
    validation(
        **row,
        quantity=f"position, {kind}",
        error=np.abs(ours - truth)[:, :3].max(),
        unit="m",
        tolerance=SAME_POLYNOMIAL,
    )
    validation(
        **row, quantity=f"velocity, {kind}", error=np.abs(ours - truth)[:, 3:].max(), unit="m/s", tolerance=SAME_SLOPE
    )


def plain_hermite(nodes, states, tdb):
    """Divided differences with every node doubled: the twin of the kernel."""
    doubled = np.repeat(nodes - nodes[0], 2)
    table = np.repeat(states[:, :3], 2, axis=0)
    newton = [table[0]]
    for order in range(1, doubled.size):
        gaps = doubled[order:] - doubled[:-order]
        rise = np.diff(table, axis=0)
        with np.errstate(invalid="ignore", divide="ignore"):
            table = rise / gaps[:, None]
        if order == 1:
            table[0::2] = states[:, 3:]
        newton.append(table[0])
    value, slope = np.zeros(3), np.zeros(3)
    for coefficient, node in zip(newton[::-1], doubled[::-1], strict=True):
        slope = slope * (tdb - nodes[0] - node) + value
        value = value * (tdb - nodes[0] - node) + coefficient
    return np.concatenate((value, slope))


@pytest.mark.nojit
def test_the_hermite_kernel_agrees_with_divided_differences():
    table = orbit(degree=7, nodes=4)
    for tdb in np.linspace(*table.span, 17):
        twin = plain_hermite(table.tdb, table.states, tdb)
        np.testing.assert_allclose(table.state(np.array([tdb]))[0, :3], twin[:3], rtol=0.0, atol=1e-7)
        np.testing.assert_allclose(table.state(np.array([tdb]))[0, 3:], twin[3:], rtol=0.0, atol=1e-9)


@pytest.mark.nojit
def test_a_polynomial_of_the_degree_is_met_exactly():
    # nine coefficients of a Lagrange polynomial of degree 8, and eight of a Hermite one of degree 7
    rng = np.random.default_rng(3)
    nodes = np.cumsum(rng.uniform(0.5, 1.5, 12))
    for method, degree in (("lagrange", 8), ("hermite", 7)):
        curve = np.polynomial.Polynomial(rng.normal(size=degree + 1), domain=[0.0, 12.0])
        slope = curve.deriv()
        states = np.column_stack([curve(nodes)] * 3 + [slope(nodes)] * 3)
        table = TabulatedTrajectory("curve", "MOON", ICRF, nodes, states, degree, method)
        tdb = np.linspace(*table.span, 300)
        expected = np.column_stack([curve(tdb)] * 3 + [slope(tdb)] * 3)
        np.testing.assert_allclose(table.state(tdb), expected, rtol=1e-10, atol=1e-10)


def test_a_table_answers_at_its_nodes_and_nowhere_beyond():
    table = orbit()
    np.testing.assert_allclose(table.state(table.tdb), table.states, rtol=1e-14, atol=1e-9)
    assert table.state(np.empty(0)).shape == (0, 6)
    with pytest.raises(OutsideSpan, match="'orbiter' was asked"):
        table.state(np.array([table.span[1] + 1.0]))
    with pytest.raises(OutsideSpan, match="'orbiter' was asked"):
        table.state(np.array([np.nan]))


@pytest.mark.parametrize("eccentricity", [0.0, 0.3, 0.7])
def test_the_speed_of_a_table_stays_below_its_bound(eccentricity):
    tdb = START + 300.0 * np.arange(1000)
    table = two_body("orbiter", "MOON", START, 2_500e3, eccentricity, (50.0, 0.0, 0.0, 180.0), tdb)
    rng = np.random.default_rng(5)
    start = rng.uniform(*table.span, 300)
    stop = np.minimum(start + 10.0 ** rng.uniform(-3.0, 5.0, 300), table.span[1])
    bound = table.speed_bound(start, stop)
    for a, b, limit in zip(start, stop, bound, strict=True):
        speed = np.linalg.norm(table.state(np.linspace(a, b, 400))[:, 3:], axis=1)
        assert speed.max() <= limit
        assert limit <= 1.5 * speed.max()  # a bound that is too loose costs time


@pytest.mark.truth
@pytest.mark.parametrize("name", [n for n in SPEED_LIMITS if n not in ("MERCURY", "VENUS")])
def test_speed_limits_hold_over_the_whole_of_de440s(name, data):
    parent, limit = SPEED_LIMITS[name]
    table = data.ephemeris.chebyshev(name, parent, *data.ephemeris.span(name, parent))
    slopes = np.polynomial.chebyshev.chebder(table.coefficients, axis=2) * (2.0 / table.interval)
    # a Chebyshev polynomial stays within one, so each component within the sum of its coefficients
    proven = np.linalg.norm(np.abs(slopes).sum(axis=2), axis=1)
    scaled = np.cos(np.linspace(0.0, np.pi, 129))
    sampled = np.linalg.norm(np.polynomial.chebyshev.chebval(scaled, slopes.transpose(2, 0, 1)), axis=1)
    assert sampled.max() <= limit
    # the sum overestimates; what lies between samples is bounded by the next derivative instead
    curves = np.polynomial.chebyshev.chebder(slopes, axis=2)
    between = np.linalg.norm(np.abs(curves).sum(axis=2), axis=1).max() * np.max(np.abs(np.diff(scaled))) / 2.0
    assert min(proven.max(), sampled.max() + between) <= limit
    assert limit <= 1.6 * sampled.max()


def test_speeds_add_up_along_the_way_between_bodies():
    assert body_speed_limit("MOON", "MOON") == 0.0
    assert body_speed_limit("MOON", "EARTH") == SPEED_LIMITS["MOON"][1] + SPEED_LIMITS["EARTH"][1]
    assert body_speed_limit("SUN", "MOON") == sum(SPEED_LIMITS[n][1] for n in ("SUN", "MOON", "EARTH BARYCENTER"))
    with pytest.raises(InvalidInput, match="Sample its ephemeris into a TabulatedTrajectory"):
        body_speed_limit("APOPHIS", "SUN")


@pytest.mark.truth
@pytest.mark.parametrize(("frame", "body", "first", "last"), [(MOON_ME, "MOON", -90, 140), (ITRF, "EARTH", -20, 26)])
def test_spin_limits_hold_over_the_orientation_data(frame, body, first, last, data):
    tdb = np.arange(first * YEAR, last * YEAR, 86400.0 * 0.7)
    turn = frame.from_icrf(tdb, data)
    cross = -turn.rate @ turn.matrix.transpose(0, 2, 1)
    omega = np.column_stack((cross[:, 2, 1], cross[:, 0, 2], cross[:, 1, 0]))
    spin = np.linalg.norm(omega, axis=1)
    assert spin.max() <= spin_limit(body) <= 1.001 * spin.max()
    assert np.max(np.hypot(omega[:, 0], omega[:, 1]) / spin) <= SPIN_TILT
    assert spin_limit("CERES") == FASTEST_SPIN


@pytest.mark.parametrize("latitude", [-90.0, -89.4, -30.0, 0.0, 60.0])
def test_a_site_moves_in_the_icrf_no_faster_than_its_bound(latitude, data):
    site = SurfacePoint("site", "MOON", MOON_ME, np.radians(latitude), 1.0, 2_000.0)
    tdb = np.linspace(START, START + YEAR, 2000)
    speed = np.linalg.norm(icrf_state(site, "MOON", tdb, data)[:, 3:], axis=1)
    bound = site.speed_bound(tdb[:1], tdb[-1:])
    assert speed.max() <= bound[0]
    up = site.frame.from_icrf(tdb, data).rate.transpose(0, 2, 1) @ (site.topocentric.axes[2])
    assert np.linalg.norm(up, axis=1).max() <= site.zenith_rate_bound


@pytest.mark.truth
def test_geodetic_places_are_those_of_erfa():
    import erfa

    for latitude, longitude, height in [
        (0.7, 1.3, 1200.0),
        (-1.2, -2.9, -30.0),
        (np.pi / 2, 0.0, 10.0),
        (0.0, 3.1, 0.0),
    ]:
        point = SurfacePoint.on_earth("station", latitude, longitude, height)
        np.testing.assert_allclose(point.position, erfa.gd2gc(1, longitude, latitude, height), rtol=0.0, atol=1e-8)


def test_everything_here_is_a_trajectory(data):
    for one in (BodyTrajectory("EARTH", "MOON", data), SurfacePoint("s", "MOON", MOON_ME, 0.0, 0.0), orbit()):
        assert isinstance(one, Trajectory)
        assert one.name
        assert one.speed_bound(np.array([START]), np.array([START + 1.0])).shape == (1,)
    body = BodyTrajectory("EARTH", "MOON", data)
    assert body.span == data.ephemeris.span("EARTH", "MOON")
    np.testing.assert_array_equal(
        body.state(np.array([START])), data.ephemeris.state("EARTH", "MOON", np.array([START]))
    )


def test_a_table_along_turning_axes_has_an_inertial_speed_bound():
    # at rest on the lunar equator, so the speed is all of the Moon's own turn
    states = np.tile([1_737_400.0, 0.0, 0.0, 0.0, 0.0, 0.0], (10, 1))
    table = TabulatedTrajectory("rover", "MOON", MOON_ME, 60.0 * np.arange(10), states)
    bound = table.speed_bound(np.array([30.0]), np.array([300.0]))
    assert 4.624 <= bound[0] <= 4.65


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"states": np.zeros((9, 6))}, "times .M,. and states .M, 6."),
        ({"tdb": np.array([0.0, 0.0, *range(2, 10)])}, "must rise"),
        ({"tdb": np.array([np.nan, *range(1, 10)])}, "must be finite"),
        ({"degree": 6}, "hermite interpolation has degrees"),
        ({"degree": 6, "method": "spline"}, "one of hermite, lagrange"),
        ({"degree": 15, "tdb": np.arange(7.0), "states": np.zeros((7, 6))}, "needs 8"),
    ],
)
def test_tables_that_cannot_be_interpolated_are_refused(changes, message):
    given = {
        "name": "t",
        "center": "MOON",
        "frame": ICRF,
        "tdb": np.arange(10.0),
        "states": np.zeros((10, 6)),
    } | changes
    with pytest.raises(InvalidInput, match=message):
        TabulatedTrajectory(**given)


@pytest.mark.parametrize("where", [(-89.0, 0.0, 0.0), (0.0, 123.0, 0.0), (np.nan, 0.0, 0.0)])
def test_places_in_degrees_are_refused(where):
    with pytest.raises(InvalidInput, match="'hub'"):
        SurfacePoint("hub", "MOON", MOON_ME, *where)
