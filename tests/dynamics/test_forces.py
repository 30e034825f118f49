"""Authority: the published formula of each force, written out in plain numpy; central differences for derivatives."""

from __future__ import annotations

from types import SimpleNamespace

import motion
import numpy as np
import pytest

from moonstead.dynamics.air_kernels import density
from moonstead.dynamics.ephemeris_kernels import BODIES, MATRIX, body_positions, orientation_matrix
from moonstead.dynamics.force_kernels import forces, height, light_phase, sun_share, work_size
from moonstead.dynamics.forces import Atmosphere, Drag, ForceModel, Radiation, standard_atmosphere
from moonstead.dynamics.forces_tables import force_tables
from moonstead.dynamics.places_tables import BODY_GRIDS
from moonstead.dynamics.sunlight_kernels import sunlight
from moonstead.foundation.bodies import body
from moonstead.foundation.constants import ASTRONOMICAL_UNIT, SOLAR_PRESSURE, SPEED_OF_LIGHT
from moonstead.foundation.data import DataContext
from moonstead.foundation.ephemeris.chebyshev import ChebyshevTable
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.frames.standard import ITRF, MOON_PA

ROUNDING = 1e-13  # [1] of the term at hand
TIDE = 1e-9  # [1] of the tidal term: the direct formula subtracts two pulls that agree to six digits
ORIENTATION = 1e-14  # [1] of the central pull: the same angles by another route
DERIVATIVE = 1e-8  # [1] of the largest element: central differences of fourth order over 500 m or 1 m/s
KINK = 1e-11  # [1] about 0h UTC, where the daily table of UT1 has a kink that a record smooths: 60 um on the ground
TERRESTRIAL = 1e-13  # [1] the frame's own rounding of times: it scatters by 5e-14 from one second to the next
SUM_OF_SERIES = 1e-5  # [m] rounding of sums of distances of 1e9 m
TDB_LESS_UTC = 69.184  # [s] in 2020
MEASURED = 644_198_400.0  # [s TDB past J2000] 2020-05-31: the Earth's rotation is measured then, not predicted
LOW_EARTH = np.array([4.2e6, -3.1e6, 4.4e6, 3.0e3, 6.1e3, 1.4e3])


@pytest.fixture(scope="module")
def data():
    return DataContext.installed()


def evaluated(model, state, data, *, after=0.0, gradient=False, epoch=motion.EPOCH):
    tables = force_tables(model, epoch, epoch + motion.DAY, data, stop_at_surface=True)
    out, by_position, by_velocity = np.zeros(3), np.zeros((3, 3)), np.zeros((3, 3))
    work = np.zeros(work_size(tables))
    position, velocity = np.array(state[:3]), np.array(state[3:])
    phase = forces(after, position, velocity, tables, work, out, by_position, by_velocity, gradient, False)
    return (out, by_position, by_velocity) if gradient else (out, phase)


def point_mass(model, state):
    return -model.gm.get(model.center, body(model.center).gm) * state[:3] / np.linalg.norm(state[:3]) ** 3


@pytest.mark.parametrize(
    ("center", "other"), [("MOON", "EARTH"), ("MOON", "SUN"), ("EARTH", "MOON"), ("MOON", "JUPITER BARYCENTER")]
)
def test_third_body_is_its_pull_less_that_on_the_centre(data, center, other):
    model = ForceModel(center=center, degree=0, third_bodies=(other,))
    state = np.concatenate(motion.CASES["C"])
    pull, _ = evaluated(model, state, data, after=3000.0)
    where = data.ephemeris.position(other, center, np.array([motion.EPOCH + 3000.0]))[0]
    from_body = state[:3] - where
    gm = body(other).gm
    expected = -gm * (from_body / np.linalg.norm(from_body) ** 3 + where / np.linalg.norm(where) ** 3)
    found = pull - point_mass(model, state)
    assert np.linalg.norm(found - expected) < max(TIDE * np.linalg.norm(expected), 1e-15)


def test_merged_series_give_the_positions_of_the_ephemeris(data):
    """Ten bodies at once; the sums of series are rounded once more than the ephemeris' own sums."""
    names = ("SUN", "EARTH", "MERCURY", "VENUS", "MARS BARYCENTER", "JUPITER BARYCENTER", "SATURN BARYCENTER")
    tables = force_tables(
        ForceModel(degree=0, third_bodies=names),
        motion.EPOCH,
        motion.EPOCH + 90 * motion.DAY,
        data,
        stop_at_surface=False,
    )
    assert tables.integers[BODY_GRIDS] == 1  # all records of DE440 divide each other
    work = np.zeros(work_size(tables))
    for after in (0.0, 1.0, 3.3e5, 7.77e6):
        body_positions(after, tables, work)
        found = work[BODIES : BODIES + 3 * len(names)].reshape(-1, 3)
        for name, position in zip(names, found, strict=True):
            expected = data.ephemeris.position(name, "MOON", np.array([motion.EPOCH + after]))[0]
            assert np.linalg.norm(position - expected) < 1e-15 * 4 * max(np.linalg.norm(expected), 1.5e11)


def test_moon_turns_its_field_by_the_principal_axes(data):
    state = np.concatenate(motion.CASES["A"])
    model = ForceModel(degree=2, third_bodies=())
    pull, _ = evaluated(model, state, data, after=7000.0)
    matrix = MOON_PA.from_icrf(np.array([motion.EPOCH + 7000.0]), data).matrix[0]
    field = data.gravity_field("grgm1200a", 2)
    expected = matrix.T @ _second_degree(matrix @ state[:3], field)
    np.testing.assert_allclose(pull, expected, rtol=0.0, atol=ORIENTATION * np.linalg.norm(expected))


def test_earth_turns_its_field_by_the_terrestrial_frame(data):
    model = ForceModel(center="EARTH", degree=2, third_bodies=())
    after = 50_000.0
    pull, _ = evaluated(model, LOW_EARTH, data, after=after, epoch=MEASURED)
    matrix = ITRF.from_icrf(np.array([MEASURED + after]), data).matrix[0]
    field = data.gravity_field("egm2008-36", 2)
    expected = matrix.T @ _second_degree(matrix @ LOW_EARTH[:3], field)
    np.testing.assert_allclose(pull, expected, rtol=0.0, atol=ORIENTATION * np.linalg.norm(expected))


@pytest.mark.truth
@pytest.mark.skipif(np.finfo(np.longdouble).eps > 1e-18, reason="this processor has no extended precision")
def test_tabulated_axes_of_the_moon_are_those_of_the_euler_angles(data, validation):
    """The angles of the PCK file, some thousand radians, summed and turned into a matrix in extended precision."""
    tables = force_tables(
        ForceModel(degree=2, third_bodies=()), motion.EPOCH, motion.EPOCH + 60 * motion.DAY, data, stop_at_surface=False
    )
    source = data.lunar_orientation.chebyshev(motion.EPOCH, motion.EPOCH + 60 * motion.DAY)
    work = np.zeros(work_size(tables))
    errors = []
    for after in np.random.default_rng(7).uniform(0.0, 60 * motion.DAY, 200):
        since = np.longdouble(after) + np.longdouble(motion.EPOCH - source.start)
        record = int(since // source.interval)
        x = 2 * (since - record * np.longdouble(source.interval)) / source.interval - 1
        series = source.coefficients[record].astype(np.longdouble).T
        phi, theta, psi = np.polynomial.chebyshev.chebval(x, series)
        expected = _about_z(psi) @ _about_z(theta)[[2, 0, 1]][:, [2, 0, 1]] @ _about_z(phi)
        orientation_matrix(after, tables, work)
        found = work[MATRIX : MATRIX + 9].reshape(3, 3)
        errors.append(float(np.abs(found - expected).max()))
    validation(
        capability="Lunar orientation (MOON_PA_DE440)",
        quantity="axes of the Moon as the force model tabulates them",
        authority="Euler angles of the binary PCK in extended precision",
        error=max(errors),
        unit="1",
        tolerance=ORIENTATION,
        cases=len(errors),
    )


def _about_z(angle):
    """Matrix that turns axes about the third; moved along, about the first."""
    return np.array([[np.cos(angle), np.sin(angle), 0], [-np.sin(angle), np.cos(angle), 0], [0, 0, 1]])


def test_tabulated_axes_of_the_earth_are_those_of_the_terrestrial_frame(data):
    tables = force_tables(
        ForceModel(center="EARTH", degree=2, third_bodies=()),
        MEASURED,
        MEASURED + 20 * motion.DAY,
        data,
        stop_at_surface=False,
    )
    work = np.zeros(work_size(tables))
    # rounded to the float64 of times past J2000, so that both sides see the same instant
    times = MEASURED + np.random.default_rng(8).uniform(0.0, 20 * motion.DAY, 200)
    for time, expected in zip(times, ITRF.from_icrf(times, data).matrix, strict=True):
        orientation_matrix(time - MEASURED, tables, work)
        kink = abs((time + 0.5 * motion.DAY - TDB_LESS_UTC + 120.0) % motion.DAY - 120.0) < 120.0
        allowed = KINK if kink else TERRESTRIAL
        np.testing.assert_allclose(work[MATRIX : MATRIX + 9].reshape(3, 3), expected, rtol=0.0, atol=allowed)


def _second_degree(position, field):
    """Pull of a field of degree 2, by the gradient of its Cartesian polynomials (fully normalised)."""
    x, y, z = position
    r2 = position @ position
    r = np.sqrt(r2)
    # polynomial, gradient, coefficient; each harmonic is polynomial / r^5 times gm R^2
    root = np.sqrt(15.0)
    terms = [
        (np.sqrt(5.0) * 0.5 * (2 * z * z - x * x - y * y), np.sqrt(5.0) * np.array([-x, -y, 2 * z]), field.c[2, 0]),
        (root * x * z, root * np.array([z, 0, x]), field.c[2, 1]),
        (root * y * z, root * np.array([0, z, y]), field.s[2, 1]),
        (root * 0.5 * (x * x - y * y), root * np.array([x, -y, 0]), field.c[2, 2]),
        (root * x * y, root * np.array([y, x, 0]), field.s[2, 2]),
    ]
    pull = -field.gm * position / r**3
    for value, slope, coefficient in terms:
        pull = pull + field.gm * field.radius**2 * coefficient * (slope / r**5 - 5.0 * value * position / r**7)
    return pull


def test_radiation_pushes_away_from_the_sun_with_the_inverse_square(data):
    state = np.concatenate(motion.CASES["C"])
    model = ForceModel(degree=0, third_bodies=(), mass=500.0, radiation=Radiation(12.0, 1.3))
    pull, phase = evaluated(model, state, data)
    from_sun = state[:3] - data.ephemeris.position("SUN", "MOON", np.array([motion.EPOCH]))[0]
    distance = np.linalg.norm(from_sun)
    strength = SOLAR_PRESSURE * 12.0 * 1.3 / 500.0 * (ASTRONOMICAL_UNIT / distance) ** 2
    assert phase == 0
    np.testing.assert_allclose(pull - point_mass(model, state), strength * from_sun / distance, rtol=1e-9)


def test_relativity_of_a_circular_orbit_is_three_gm_v_squared_over_c_squared_r_squared(data):
    """For r . v = 0 and v^2 = gm / r the Schwarzschild term is 3 gm^2 / (c^2 r^3), outwards."""
    r = 7e6
    gm = body("EARTH").gm
    state = np.array([r, 0.0, 0.0, 0.0, np.sqrt(gm / r), 0.0])
    model = ForceModel(center="EARTH", degree=0, third_bodies=(), relativity=True)
    pull, _ = evaluated(model, state, data)
    expected = 3.0 * gm**2 / (SPEED_OF_LIGHT**2 * r**3)
    assert (pull - point_mass(model, state))[0] == pytest.approx(expected, rel=1e-6)


def test_drag_opposes_motion_through_turning_air(data):
    air = Atmosphere(np.array([[0.0, 1e-9, 1e9]]), "uniform, for the test")
    model = ForceModel(center="EARTH", degree=0, third_bodies=(), mass=100.0, drag=Drag(4.0, 2.2, air))
    pull, _ = evaluated(model, LOW_EARTH, data, epoch=MEASURED)
    turn = ITRF.from_icrf(np.array([MEASURED]), data)
    wind = turn.matrix[0].T @ (turn.matrix[0] @ LOW_EARTH[3:] + turn.rate[0] @ LOW_EARTH[:3])
    expected = -0.5 * 1e-9 * 2.2 * 4.0 / 100.0 * np.linalg.norm(wind) * wind
    # 1 - exp(-1e-3) of the density, and nutation's share of the axis
    np.testing.assert_allclose(pull - point_mass(model, LOW_EARTH), expected, rtol=2e-3)


def test_the_standard_atmosphere_is_smooth_and_near_its_layers():
    """Table 8-4 of Vallado (2013): exact at the bases, near the exponentials between them, without steps or kinks."""
    air = standard_atmosphere()
    packed = air.packed(0.0, 1.0)
    base, value, scale = air.layers.T

    def at(altitude):
        return np.array(density(0.0, float(altitude), 0.0, 0.0, packed)[:2])

    for k in range(len(base)):
        np.testing.assert_allclose(at(base[k])[0], value[k], rtol=1e-12)
        if k:
            np.testing.assert_allclose(at(base[k] - 1e-6), at(base[k] + 1e-6), rtol=1e-7)
    altitudes = np.arange(1e5, 1.2e6, 5e3)
    found = np.array([at(altitude) for altitude in altitudes])
    layer = np.searchsorted(base, altitudes, side="right") - 1
    table = value[layer] * np.exp(-(altitudes - base[layer]) / scale[layer])
    assert np.all(found[:, 1] < 0.0)
    np.testing.assert_allclose(found[:, 0], table, rtol=0.08)
    beyond = at(1.3e6)
    np.testing.assert_allclose(beyond[0], value[-1] * np.exp(-(1.3e6 - base[-1]) / scale[-1]), rtol=1e-12)
    np.testing.assert_allclose(beyond[1], -beyond[0] / scale[-1], rtol=1e-12)


@pytest.mark.parametrize("which", ["moon", "earth"])
def test_derivatives_are_those_of_the_acceleration(data, which):
    if which == "moon":
        state = np.concatenate(motion.CASES["A"])
        model = ForceModel(degree=20, mass=100.0, radiation=Radiation(10.0, 1.5, hiding=()))
    else:
        state = LOW_EARTH * np.array([0.97, 0.97, 0.97, 1.0, 1.0, 1.0])
        thick = Atmosphere(np.array([[0.0, 1e-6, 2e5]]), "thick, for the test")
        model = ForceModel(center="EARTH", degree=8, third_bodies=("MOON",), mass=100.0, drag=Drag(4.0, 2.2, thick))

    def pull(shifted):
        return evaluated(model, shifted, data, epoch=MEASURED)[0]

    _, by_position, by_velocity = evaluated(model, state, data, gradient=True, epoch=MEASURED)
    numeric = np.zeros((3, 6))
    for k in range(6):
        step = np.zeros(6)
        step[k] = 500.0 if k < 3 else 1.0
        near, far = pull(state + step) - pull(state - step), pull(state + 2 * step) - pull(state - 2 * step)
        numeric[:, k] = (8 * near - far) / (12 * step[k])
    np.testing.assert_allclose(by_position, numeric[:, :3], rtol=0.0, atol=DERIVATIVE * np.abs(by_position).max())
    if which == "earth":
        np.testing.assert_allclose(by_velocity, numeric[:, 3:], rtol=0.0, atol=1e-6 * np.abs(by_velocity).max())
    else:
        assert not by_velocity.any()


@pytest.mark.parametrize(
    ("separation", "expected"),
    [
        (0.0, 0.0),  # behind the middle of a larger disc
        (0.0145 + 0.0047, 1.0),  # just clear
        (0.0145, None),  # the Sun's centre on the limb: nearly half
    ],
)
def test_share_of_the_sun_behind_a_larger_disc(separation, expected):
    sun_distance, body_distance = 1.5e11, 1e8
    sun_radius, body_radius = sun_distance * np.sin(4.65e-3), body_distance * np.sin(0.0145)
    body_vector = body_distance * np.array([np.cos(separation), np.sin(separation), 0.0])
    share, _ = sunlight(sun_distance, 0.0, 0.0, *body_vector, sun_radius, body_radius)
    if expected is None:
        expected = 0.5 + 4.65e-3 / 0.0145 / np.pi / 3.0  # first order in the limb's curvature
        assert share == pytest.approx(expected, abs=1e-3)
    else:
        assert share == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"degree": -1}, "degree"),
        ({"center": "MARS", "degree": 4, "third_bodies": ()}, "no gravity field of MARS"),
        ({"third_bodies": ("MOON",)}, "leave it out"),
        ({"third_bodies": ("SUN", "SUN")}, "twice"),
        ({"radiation": Radiation(1.0, 1.5)}, "mass"),
        ({"mass": 0.0, "radiation": Radiation(1.0, 1.5)}, "mass must be positive"),
        ({"mass": 10.0, "drag": Drag(1.0, 2.2, standard_atmosphere())}, "EARTH only"),
        ({"gm": {"SUN": -1.0}}, "gravitational parameter of SUN"),
    ],
)
def test_a_force_model_without_sense_is_refused(arguments, message):
    with pytest.raises(InvalidInput, match=message):
        ForceModel(**arguments)


@pytest.mark.parametrize(
    ("switches", "message"),
    [
        (((2e6, 20), (2e6, 8)), "must rise"),
        (((2e6, 8), (3e6, 20)), "must fall outwards"),
        (((2e6, 50),), "must fall outwards"),
        (((2e6, -1),), "must fall outwards"),
        (((0.0, 8),), "distance of a switch"),
        (((np.nan, 8),), "distance of a switch"),
    ],
)
def test_switches_of_the_degree_without_sense_are_refused(switches, message):
    with pytest.raises(InvalidInput, match=message):
        ForceModel(degree=50, degree_switches=switches)


def test_beyond_each_switch_the_lower_degree_serves_and_the_phase_tells(data):
    model = ForceModel(degree=20, third_bodies=(), degree_switches=((2e6, 8), (4e6, 0)))
    for distance, degree, level in ((1.9e6, 20, 0), (2.1e6, 8, 1), (3.9e6, 8, 1), (4.1e6, 0, 2)):
        state = np.array([0.6 * distance, -0.8 * distance, 0.0, 0.0, 0.0, 1e3])
        pull, phase = evaluated(model, state, data)
        gm = data.gravity_field("grgm1200a", 2).gm
        plain, _ = evaluated(ForceModel(degree=degree, third_bodies=(), gm={"MOON": gm}), state, data)
        assert phase == level
        np.testing.assert_allclose(pull, plain, rtol=0.0, atol=ROUNDING * np.linalg.norm(plain))


def test_phase_without_forces_is_that_of_the_forces_and_holds_shadow_and_level(data):
    """Two bodies that may hide the Sun, two bits each, below the level; where no shadow is wanted the level is left."""
    model = ForceModel(
        degree=4, mass=100.0, radiation=Radiation(1.0, 1.5, hiding=("MOON", "EARTH")), degree_switches=((3e6, 2),)
    )
    tables = force_tables(model, motion.EPOCH, motion.EPOCH + motion.DAY, data, stop_at_surface=True)
    work, out, matrix = np.zeros(work_size(tables)), np.zeros(3), np.zeros((3, 3))
    sun = data.ephemeris.position("SUN", "MOON", np.array([motion.EPOCH]))[0]
    away = -sun / np.linalg.norm(sun)
    velocity = np.zeros(3)
    for distance, level in ((2e6, 0), (3.5e6, 1)):
        position = distance * away
        expected = (level << 4) + (2 << 2)  # dark behind the Moon, which is named first
        assert forces(0.0, position, velocity, tables, work, out, matrix, matrix, False, False) == expected
        assert light_phase(0.0, position, tables, work) == expected
        assert sun_share(0.0, position, tables, work, out) == 0.0
        assert forces(0.0, position, velocity, tables, work, out, matrix, matrix, False, True) == level << 4


def test_all_light_less_no_light_is_the_push_of_the_sun(data):
    model = ForceModel(degree=0, third_bodies=(), mass=100.0, radiation=Radiation(10.0, 1.5, hiding=("MOON",)))
    tables = force_tables(model, motion.EPOCH, motion.EPOCH + motion.DAY, data, stop_at_surface=True)
    work, push, dark, lit, matrix = np.zeros(work_size(tables)), *np.zeros((3, 3)), np.zeros((3, 3))
    sun = data.ephemeris.position("SUN", "MOON", np.array([motion.EPOCH]))[0]
    position = -2e6 * sun / np.linalg.norm(sun)
    forces(0.0, position, np.zeros(3), tables, work, dark, matrix, matrix, False, False)
    forces(0.0, position, np.zeros(3), tables, work, lit, matrix, matrix, False, True)
    sun_share(0.0, position, tables, work, push)
    np.testing.assert_allclose(lit - dark, push, rtol=0.0, atol=1e-15)
    distance = np.linalg.norm(position - sun)
    strength = SOLAR_PRESSURE * 15.0 / 100.0 * (ASTRONOMICAL_UNIT / distance) ** 2
    assert np.linalg.norm(push) == pytest.approx(strength, rel=ROUNDING)


def test_height_is_the_distance_to_a_surface(data):
    model = ForceModel(degree=0)
    tables = force_tables(model, motion.EPOCH, motion.EPOCH + motion.DAY, data, stop_at_surface=True)
    work = np.zeros(work_size(tables))
    position = np.array(motion.CASES["C"][0])
    after = 4000.0
    for surface, name in enumerate(("MOON", "EARTH", "SUN")):
        where = data.ephemeris.position(name, "MOON", np.array([motion.EPOCH + after]))[0] if surface else np.zeros(3)
        expected = np.linalg.norm(position - where) - body(name).mean_radius
        assert height(after, position, surface, tables, work) == pytest.approx(expected, rel=1e-14)


# Begin and length [d] of the records of some segments
UNEQUAL_RECORDS = {(301, 3): (0.0, 4.0), (399, 3): (0.0, 4.0), (3, 0): (-1.0, 3.0), (10, 0): (-4.0, 16.0)}


class CubicEphemeris:
    """Segments whose positions are cubic in time, in records of their own length and beginning."""

    def path(self, segment, days):
        target, center = segment
        return np.stack(
            [np.polyval([1e2 + target, 3e2 * target, 1e6 * (k - center), 1e9 - target], days) for k in range(3)]
        )

    def chebyshev(self, target, center, first, last):
        begin, length = UNEQUAL_RECORDS[target, center]
        count = int((last / motion.DAY - begin) // length) + 1
        x = np.array([-0.9, -0.3, 0.3, 0.9])
        days = begin + length * (np.arange(count)[:, None] + 0.5 + 0.5 * x)
        values = self.path((target, center), days)  # (3, records, 4)
        fitted = np.linalg.solve(np.polynomial.chebyshev.chebvander(x, 3), values[..., None])[..., 0]
        return ChebyshevTable(begin * motion.DAY, length * motion.DAY, np.ascontiguousarray(fitted.transpose(1, 0, 2)))


def test_series_whose_records_do_not_meet_are_added_up():
    """Records of four and three days share no grid; the sums of both grids are the positions all the same."""
    ephemeris = CubicEphemeris()
    model = ForceModel(degree=0, third_bodies=("EARTH", "SUN"))
    tables = force_tables(model, 0.0, 20 * motion.DAY, SimpleNamespace(ephemeris=ephemeris), stop_at_surface=False)
    work = np.zeros(work_size(tables))
    assert tables.integers[BODY_GRIDS] == 2
    for days in (0.0, 2.9, 3.1, 7.9, 8.1, 15.9, 19.99):
        body_positions(days * motion.DAY, tables, work)
        moon, earth, barycentre, sun = (
            ephemeris.path(segment, days) for segment in ((301, 3), (399, 3), (3, 0), (10, 0))
        )
        np.testing.assert_allclose(work[BODIES : BODIES + 3], earth - moon, rtol=0.0, atol=SUM_OF_SERIES)
        np.testing.assert_allclose(work[BODIES + 3 : BODIES + 6], sun - barycentre - moon, rtol=0.0, atol=SUM_OF_SERIES)
