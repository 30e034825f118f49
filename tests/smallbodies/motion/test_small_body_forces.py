"""Authority: the same formulas in plain numpy, and gradients of potentials by differences."""

import numpy as np
import plain_forces as plain
import pytest

from moonstead.foundation.constants import ASTRONOMICAL_UNIT
from moonstead.foundation.frames.standard import MOON_PA
from moonstead.smallbodies.motion import force_kernels as kernels
from moonstead.smallbodies.motion.perturber_kernels import BASIS, perturber_places
from moonstead.smallbodies.motion.perturber_tables import BODIES, EARTH, HEAVY, LANES, MOON, PLUTO, SUN

NOW = 9.876e8  # [s TDB past J2000] 2031
ROUNDING = 1e-13  # [1] of a sum of a few dozen terms
DIFFERENCES = 1e-8  # [1] of a gradient by differences: rounding over the step
LEFT_OUT = 3e-12  # [1] of the pull of the planets: what they do to each other, Jupiter's potential over c^2
PLANETS = PLUTO + 1
RNG = np.random.default_rng(20321222)


@pytest.fixture(scope="module")
def bodies(pulling):
    """Places (32, 3) and velocities (16, 3) of the bodies at one time, and both in lanes."""
    places, rates = np.full(3 * BODIES, 1e15), np.zeros(3 * HEAVY)
    perturber_places(NOW, pulling.tables, np.empty(BASIS), places, 0, rates, 0)
    return places.reshape(3, BODIES).T, rates.reshape(3, HEAVY).T, np.repeat(places, LANES), np.repeat(rates, LANES)


def lanes(vectors):
    """Eight vectors (8, 3) as the kernels have them."""
    return np.ascontiguousarray(np.asarray(vectors).T).reshape(-1)


def vectors(flat):
    return flat.reshape(3, LANES).T


def around(place, distances):
    """Places at distances from a place, in random directions."""
    aside = RNG.normal(size=(len(distances), 3))
    return place + distances[:, None] * aside / np.linalg.norm(aside, axis=1)[:, None]


@pytest.mark.scalar
@pytest.mark.nojit
def test_places_and_velocities_are_those_of_the_ephemeris(installed, pulling):
    for tdb in (pulling.span[0], NOW, pulling.span[1]):
        places, rates = np.zeros(3 * BODIES), np.zeros(3 * HEAVY)
        perturber_places(tdb, pulling.tables, np.empty(BASIS), places, 0, rates, 0)
        for k, name in enumerate(pulling.names[:PLANETS]):
            truth = installed.ephemeris.state(name, 0, np.array([tdb]))[0]
            np.testing.assert_allclose(places.reshape(3, BODIES)[:, k], truth[:3], rtol=1e-15, atol=0.01)
            np.testing.assert_allclose(rates.reshape(3, HEAVY)[:, k], truth[3:], rtol=1e-12, atol=1e-9)


@pytest.mark.scalar
@pytest.mark.nojit
def test_point_masses_pull_as_newton_says(pulling, bodies):
    places, _, in_lanes, _ = bodies
    path = around(np.zeros(3), ASTRONOMICAL_UNIT * np.geomspace(0.3, 40.0, LANES))
    pull, nothing = np.empty(3 * LANES), np.zeros(3 * LANES)
    kernels.newtonian(lanes(path), in_lanes, pulling.tables.gm, pulling.radii2, 0, BODIES, pull, nothing)
    truth = [plain.newtonian(place, places, pulling.tables.gm) for place in path]
    np.testing.assert_allclose(vectors(pull), truth, rtol=ROUNDING, atol=0.0)


def test_inside_its_radius_a_body_pulls_as_if_of_even_density(pulling, bodies):
    places, _, in_lanes, _ = bodies
    radius, gm = pulling.tables.radii[MOON], pulling.tables.gm[MOON]
    path = around(places[MOON], radius * np.linspace(0.0, 1.0, LANES))
    pull, nothing = np.empty(3 * LANES), np.zeros(3 * LANES)
    kernels.newtonian(lanes(path), in_lanes, pulling.tables.gm, pulling.radii2, MOON, MOON + 1, pull, nothing)
    coarse = 1e-10  # [m/s^2] the place itself is known to 3e-5 m
    np.testing.assert_allclose(vectors(pull), gm / radius**3 * (places[MOON] - path), rtol=1e-9, atol=coarse)


def test_relativity_is_that_of_einstein_infeld_and_hoffmann(pulling, bodies):
    places, speeds, in_lanes, rates = bodies
    gm = pulling.tables.gm[:PLANETS]
    path = np.concatenate(
        (
            around(places[SUN], ASTRONOMICAL_UNIT * np.array((0.3, 1.0, 2.5, 30.0))),
            around(places[EARTH], np.array((1e7, 1e9))),
            around(places[MOON], np.array((3e6, 1e8))),
        )
    )
    speed = 3e4 * RNG.normal(size=(LANES, 3))
    pulled, pull = np.empty(4 * HEAVY * LANES), np.zeros(3 * LANES)
    kernels.perturbers_pulled(in_lanes, pulling.tables.gm, pulled)
    kernels.relativity(lanes(path), lanes(speed), in_lanes, rates, pulling.tables.gm, pulling.radii2, pulled, pull)
    for got, place, own in zip(vectors(pull), path, speed, strict=True):
        truth = plain.relativity(place, own, places[:PLANETS], speeds[:PLANETS], gm)
        pull = sum(g / np.linalg.norm(place - body) ** 2 for g, body in zip(gm[1:], places[1:PLANETS], strict=True))
        assert np.linalg.norm(got - truth) < LEFT_OUT * pull + 1e-11 * np.linalg.norm(truth)


@pytest.mark.parametrize(("body", "gm_radius_zonals"), [(EARTH, "earth"), (SUN, "sun")])
def test_oblateness_is_the_gradient_of_its_potential(pulling, bodies, body, gm_radius_zonals):
    places, _, in_lanes, _ = bodies
    gm = pulling.tables.gm[body]
    if gm_radius_zonals == "earth":
        radius, pole = kernels.EARTH_RADIUS, np.array(kernels.earth_pole(NOW))
        zonals = (kernels.EARTH_J2, kernels.EARTH_J3, kernels.EARTH_J4)
    else:
        radius, pole, zonals = kernels.SUN_RADIUS, np.array(kernels.SUN_POLE), (kernels.SUN_J2, 0.0, 0.0)
    path = around(places[body], radius * np.geomspace(1.1, 30.0, LANES))
    pull = np.zeros(3 * LANES)
    kernels.zonal(lanes(path), in_lanes, body, gm, radius, *zonals, *pole, pull)
    for got, place in zip(vectors(pull), path - places[body], strict=True):
        step = 1e-3 * np.linalg.norm(place)
        truth = plain.slope(lambda x: plain.zonal_potential(x, gm, radius, zonals, pole), place, step)
        assert np.linalg.norm(got - truth) < 1e-7 * np.linalg.norm(truth)  # place to 3e-5 m, differences


def test_the_pole_of_the_earth_is_that_of_the_terrestrial_frame(installed):
    from moonstead.foundation.frames.standard import ITRF

    nutation = 5e-5  # [rad] what the mean pole leaves out: 9.2 arcsec, 20 % more for its shorter terms
    for tdb in (-3e8, 0.0, 7e8):
        pole = ITRF.from_icrf(np.array([tdb]), installed).matrix[0, 2]
        assert np.linalg.norm(pole - kernels.earth_pole(tdb)) < nutation


def test_the_field_of_the_moon_is_the_gradient_of_its_potential(installed, pulling):
    field = installed.gravity_field("grgm1200a", 4)
    turn = MOON_PA.from_icrf(np.array([NOW]), installed).matrix[0]
    for distance in (1.76e6, 5e6, 8e7):
        place = around(np.zeros(3), np.full(LANES, distance))[0]
        got = kernels.moon_field(NOW, *place, pulling.tables, np.empty(kernels.FIELD_SCRATCH))
        own = turn @ place
        truth = plain.slope(
            lambda x: plain.field_potential(x, field.gm, field.radius, field.c, field.s), own, 1e-3 * distance
        )
        np.testing.assert_allclose(turn @ got, truth, rtol=0.0, atol=1e-7 * np.linalg.norm(truth))


@pytest.mark.parametrize(
    ("m", "n", "k", "r0_au", "alpha"), [(2.0, 5.093, 0.0, 1.0, 1.0), (2.15, 5.093, 4.6142, 2.808, 0.1112620426)]
)
def test_the_push_lies_along_radius_orbit_and_normal_with_marsdens_law(bodies, m, n, k, r0_au, alpha):
    places, _, in_lanes, _ = bodies
    path = around(places[SUN], ASTRONOMICAL_UNIT * np.geomspace(0.2, 6.0, LANES))
    speed = 2e4 * RNG.normal(size=(LANES, 3))
    axes = np.empty(9 * LANES)
    law = np.array((0.0, 0.0, 0.0, alpha, r0_au * ASTRONOMICAL_UNIT, m, n, k))
    kernels.push_axes(lanes(path), lanes(speed), in_lanes, law, axes)
    for lane in range(LANES):
        radius = path[lane] - places[SUN]
        r = np.linalg.norm(radius) / (r0_au * ASTRONOMICAL_UNIT)
        radial = radius / np.linalg.norm(radius)
        normal = np.cross(radius, speed[lane])
        normal /= np.linalg.norm(normal)
        g = alpha * r**-m * (1.0 + r**n) ** -k
        truth = g * np.concatenate((radial, np.cross(normal, radial), normal))
        np.testing.assert_allclose(axes.reshape(9, LANES)[:, lane], truth, rtol=0.0, atol=1e-12 * g)


def test_gradients_are_slopes_of_the_pull(pulling, bodies):
    places, _, in_lanes, _ = bodies
    path = around(places[EARTH], np.geomspace(1e7, 3e11, LANES))
    gradient = np.empty(6 * LANES)
    kernels.gradients(lanes(path), in_lanes, pulling.tables.gm, pulling.radii2, BODIES, gradient)
    for lane in range(LANES):
        xx, xy, xz, yy, yz, zz = gradient.reshape(6, LANES)[:, lane]
        got = np.array(((xx, xy, xz), (xy, yy, yz), (xz, yz, zz)))
        step = 1e-3 * np.min(np.linalg.norm(places[pulling.tables.gm > 0.0] - path[lane], axis=1))
        for axis in range(3):
            truth = plain.slope(
                lambda x, axis=axis: plain.newtonian(x, places, pulling.tables.gm)[axis], path[lane], step
            )
            np.testing.assert_allclose(got[axis], truth, rtol=0.0, atol=1e-7 * np.abs(got).max())
