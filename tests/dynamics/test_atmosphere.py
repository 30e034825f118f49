"""Authority: pymsis asked point by point, brahe's own NRLMSISE-00, quadrature of drag along an orbit."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from moonstead.dynamics.air_kernels import density
from moonstead.dynamics.atmosphere import GriddedAtmosphere, nrlmsis_atmosphere
from moonstead.dynamics.ephemeris_kernels import work_size
from moonstead.dynamics.force_kernels import forces
from moonstead.dynamics.forces import Drag, ForceModel, standard_atmosphere
from moonstead.dynamics.forces_tables import force_tables
from moonstead.dynamics.propagate import OrbitState, propagate
from moonstead.foundation.bodies import body
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput, MissingData, OutsideSpan
from moonstead.foundation.frames.standard import ITRF
from moonstead.foundation.space_weather import SpaceWeather
from moonstead.foundation.time.scales import utc_julian_date

DAY = 86_400.0
EPOCH = 644_198_400.0  # [s TDB past J2000] 2020-05-31: the Earth's rotation is measured then, not predicted
STORM = 444_312_000.0  # [s TDB past J2000] 2014-01-30, an active Sun
QUIET = SpaceWeather.constant(70.0, 70.0, 4.0)
MEAN = SpaceWeather.constant(150.0, 150.0, 15.0)
TABLE = 2e-3  # [1] rms of density over a day; the model's own step of the day of the year, at midnight, is most of it
WORST = 0.02  # [1] of density, next to that step
CONTINUITY = 1e-9  # [1] of density, on both sides of a seam a nanoradian or a micrometre apart
DERIVATIVE = 1e-6  # [1] of the gradient: central differences over 100 m
DECAY = 1e-5  # [1] of the energy that drag takes in a day: quadrature of ten-second points
PEER = 2e-3  # [1] of what drag moves in a day: the error of the table, and the Earth turned without polar motion or UT1


@pytest.fixture(scope="module")
def data():
    return DataContext.installed()


@pytest.fixture(scope="module")
def mean_air():
    return nrlmsis_atmosphere(EPOCH, EPOCH + DAY, MEAN)


def model_itself(tdb, geodetic, longitude, height, weather, version="2.1"):
    """Density [kg/m^3] by pymsis, one by one."""
    pymsis = pytest.importorskip("pymsis")
    whole, part = utc_julian_date(tdb)
    days = (whole - 2400000.5) + part
    dates = np.datetime64("1858-11-17T00:00:00.000000") + np.round(days * DAY * 1e6).astype("timedelta64[us]")
    flux, mean, ap = weather.at(days)
    places = (np.degrees(longitude), np.degrees(geodetic), height / 1e3)
    answer = pymsis.calculate(dates, *places, flux, mean, np.repeat(ap[:, None], 7, axis=1), version=version)
    return np.asarray(answer[:, pymsis.Variable.MASS_DENSITY], dtype=np.float64)


def geodetic(positions):
    from erfa import gc2gde

    earth = body("EARTH")
    flattening = 1.0 - earth.polar_radius / earth.equatorial_radius
    return gc2gde(earth.equatorial_radius, flattening, positions)


def kernel_altitude(distance, latitude):
    earth = body("EARTH")
    flattening = 1.0 - earth.polar_radius / earth.equatorial_radius
    return distance - earth.equatorial_radius * (1.0 - flattening * np.sin(latitude) ** 2)


def thickness(air, tdb, positions):
    """Density from the table at positions (N, 3) in the axes of the Earth."""
    distance = np.linalg.norm(positions, axis=1)
    latitude, longitude = np.arcsin(positions[:, 2] / distance), np.arctan2(positions[:, 1], positions[:, 0])
    places = zip(tdb, kernel_altitude(distance, latitude), latitude, longitude, strict=True)
    return np.array([density(*place, air.table)[0] for place in places])


@pytest.mark.truth
@pytest.mark.parametrize(
    ("first", "name"), [(EPOCH, "quiet Sun"), (EPOCH, "mean Sun"), (STORM, "active Sun, daily weather of 2014")]
)
def test_density_of_the_table_is_that_of_the_model(first, name, shared_data, validation):
    published = shared_data / "monitoring" / "spaceweather" / "SW-All.csv.gz"
    weather = {"quiet Sun": QUIET, "mean Sun": MEAN}.get(name) or SpaceWeather.from_file(published)
    air = nrlmsis_atmosphere(first, first + DAY, weather)
    random = np.random.default_rng(7)
    count = 4000
    tdb = first + DAY * random.random(count)
    sine, turn = random.uniform(-1.0, 1.0, count), random.uniform(-np.pi, np.pi, count)
    cosine = np.sqrt(1.0 - sine**2)
    up = np.stack((cosine * np.cos(turn), cosine * np.sin(turn), sine), axis=1)
    distance = np.linalg.norm(up * [6378e3, 6378e3, 6357e3], axis=1) + 110e3 * 8.5 ** random.random(count)
    longitude, latitude, height = geodetic(distance[:, None] * up)
    expected = model_itself(tdb, latitude, longitude, height, weather)
    error = thickness(air, tdb, distance[:, None] * up) / expected - 1.0
    assert np.abs(error).max() < WORST
    validation(
        capability="Air drag",
        quantity=f"density, 110 to 935 km, {name} (rms)",
        authority="NRLMSIS 2.1 (pymsis)",
        error=float(np.sqrt(np.mean(error**2))),
        unit="1",
        tolerance=TABLE,
        cases=count,
    )


def test_table_has_no_seam_at_the_poles_at_midnight_or_at_the_date_line(mean_air):
    table = mean_air.table
    for latitude, longitude, other in ((0.5 * np.pi, 0.3, 0.3 + np.pi), (-0.5 * np.pi, 2.0, 2.0 - np.pi)):
        assert density(EPOCH, 4e5, latitude, longitude, table)[0] == pytest.approx(
            density(EPOCH, 4e5, latitude, other, table)[0], rel=1e-5
        )
    for longitude in np.linspace(-np.pi, np.pi, 97):
        pair = [density(EPOCH, 4e5, 0.4, longitude + shift, table)[0] for shift in (-1e-9, 1e-9)]
        assert pair[0] == pytest.approx(pair[1], rel=CONTINUITY)
    for edge in (100e3, 1000e3):
        below, above = (np.array(density(EPOCH, edge + shift, 0.4, 0.1, table)) for shift in (-1e-6, 1e-6))
        np.testing.assert_allclose(below[:2], above[:2], rtol=CONTINUITY)


def test_beyond_the_lowest_and_highest_altitude_density_goes_on_exponentially(mean_air):
    for edge, beyond in ((100e3, 80e3), (1000e3, 3000e3)):
        value, slope, *_ = density(EPOCH, edge, 0.4, 0.1, mean_air.table)
        found = density(EPOCH, beyond, 0.4, 0.1, mean_air.table)[0]
        assert found == pytest.approx(value * np.exp(slope / value * (beyond - edge)), rel=1e-12)


@pytest.mark.parametrize("latitude", [0.9, -1.4, 0.0])
def test_gradient_is_that_of_the_density_seen_by_the_forces(data, mean_air, latitude):
    """Drag at rest in the ICRF is wind alone, which the transition matrix knows; its derivatives hold the gradient."""
    model = ForceModel(center="EARTH", degree=0, third_bodies=(), mass=1.0, drag=Drag(1e6, 2.2, mean_air))
    tables = force_tables(model, EPOCH, EPOCH + DAY, data, stop_at_surface=False)
    work, out, by_position, by_velocity = np.zeros(work_size(tables)), np.zeros(3), *np.zeros((2, 3, 3))
    position = 6.8e6 * np.array([np.cos(latitude) * np.cos(0.7), np.cos(latitude) * np.sin(0.7), np.sin(latitude)])
    velocity = np.array([-3e3, 4e3, 5.5e3])

    def pull(at):
        forces(5e3, at, velocity, tables, work, out, by_position, by_velocity, False, False)
        return out.copy()

    numeric = np.zeros((3, 3))
    for k in range(3):
        step = np.zeros(3)
        step[k] = 100.0
        near, far = pull(position + step) - pull(position - step), pull(position + 2 * step) - pull(position - 2 * step)
        numeric[:, k] = (8 * near - far) / (12 * 100.0)
    forces(5e3, position, velocity, tables, work, out, by_position, by_velocity, True, False)
    np.testing.assert_allclose(by_position, numeric, rtol=0.0, atol=DERIVATIVE * np.abs(by_position).max())


def low_orbit(inclination=0.9, height=350e3):
    radius = 6378e3 + height
    speed = np.sqrt(body("EARTH").gm / radius)
    state = [radius, 0.0, 0.0, 0.0, speed * np.cos(inclination), speed * np.sin(inclination)]
    return OrbitState(np.array(state), EPOCH, "EARTH")


def test_energy_that_drag_takes_is_the_work_of_the_air_along_the_orbit(data):
    """d energy = drag . velocity dt, with the model asked directly: its error is the table's, averaged over a day."""
    air = nrlmsis_atmosphere(EPOCH, EPOCH + DAY, MEAN)
    model = ForceModel(center="EARTH", degree=0, third_bodies=(), mass=500.0, drag=Drag(5.0, 2.2, air))
    flight = propagate(low_orbit(), EPOCH + DAY, model, data, tolerance=1e-2)
    tdb = np.linspace(EPOCH, EPOCH + DAY, 8641)
    states = flight.state(tdb)
    energy = 0.5 * np.sum(states[:, 3:] ** 2, axis=1) - body("EARTH").gm / np.linalg.norm(states[:, :3], axis=1)
    turned = ITRF.from_icrf(tdb, data).state(states)
    wind = turned[:, 3:]  # seen from the axes that turn with the air
    speed = np.linalg.norm(wind, axis=1)
    along = np.sum(wind * np.einsum("nij,nj->ni", ITRF.from_icrf(tdb, data).matrix, states[:, 3:]), axis=1)
    scale = -0.5 * 2.2 * 5.0 / 500.0 * speed * along
    own = np.trapezoid(scale * thickness(air, tdb, turned[:, :3]), tdb)
    assert energy[-1] - energy[0] == pytest.approx(own, rel=DECAY)
    longitude, latitude, height = geodetic(turned[:, :3])
    direct = np.trapezoid(scale * model_itself(tdb, latitude, longitude, height, MEAN), tdb)
    assert energy[-1] - energy[0] == pytest.approx(direct, rel=TABLE)


def test_a_flight_beyond_the_span_of_the_table_is_refused(data, mean_air):
    model = ForceModel(center="EARTH", degree=0, third_bodies=(), mass=500.0, drag=Drag(5.0, 2.2, mean_air))
    with pytest.raises(OutsideSpan, match="lay it out for the whole flight"):
        propagate(low_orbit(), EPOCH + 1.5 * DAY, model, data)


def test_a_table_serves_flights_backwards_and_shorter_ones(mean_air):
    assert isinstance(mean_air, GriddedAtmosphere)
    assert mean_air.packed(EPOCH + 100.0, EPOCH + 200.0) is mean_air.table
    backwards = nrlmsis_atmosphere(EPOCH + DAY, EPOCH, MEAN)
    np.testing.assert_array_equal(backwards.table, mean_air.table)


@pytest.mark.parametrize("last", [EPOCH, EPOCH + 1000 * DAY, np.nan])
def test_a_span_without_sense_is_refused(last):
    with pytest.raises(InvalidInput, match="needs a span of time"):
        nrlmsis_atmosphere(EPOCH, last, MEAN)


def test_weather_that_ends_before_the_flight_is_refused():
    noons = 58_990.5 + np.arange(3.0)
    weather = SpaceWeather(noons, np.full(3, 70.0), np.full(3, 70.0), np.full(3, 4.0), "three days")
    with pytest.raises(OutsideSpan, match="three days covers"):
        nrlmsis_atmosphere(EPOCH, EPOCH + 5 * DAY, weather)


def test_without_pymsis_the_message_names_the_extra_and_the_standard_atmosphere_still_flies(data, monkeypatch):
    monkeypatch.setitem(sys.modules, "pymsis", None)
    with pytest.raises(MissingData, match=r"pip install 'moonstead\[drag\]'"):
        nrlmsis_atmosphere(EPOCH, EPOCH + DAY, MEAN)
    model = ForceModel(
        center="EARTH", degree=0, third_bodies=(), mass=500.0, drag=Drag(5.0, 2.2, standard_atmosphere())
    )
    flight = propagate(low_orbit(), EPOCH + 600.0, model, data)
    assert np.all(np.isfinite(flight.state(np.array([EPOCH + 600.0]))))


@pytest.fixture(scope="module")
def brahe():
    """brahe with the mean Sun and without Earth-orientation parameters."""
    import brahe

    brahe.set_global_eop_provider(brahe.StaticEOPProvider.from_zero())
    sun = {"f107": 150.0, "f107a": 150.0, "s": 100}
    brahe.set_global_space_weather_provider(brahe.StaticSpaceWeatherProvider.from_values(kp=3.0, ap=15.0, **sun))
    return brahe


def brahe_epoch(brahe):
    return brahe.Epoch.from_datetime(2020, 5, 31, 12, 0, 0.0, 0.0, brahe.TimeSystem.TDB)


@pytest.mark.truth
def test_density_by_the_model_of_2000_is_that_of_another_implementation(brahe, validation):
    air = nrlmsis_atmosphere(EPOCH, EPOCH + DAY, MEAN, version="00")
    random = np.random.default_rng(8)
    count = 500
    sine, turn = random.uniform(-1.0, 1.0, count), random.uniform(-np.pi, np.pi, count)
    cosine = np.sqrt(1.0 - sine**2)
    up = np.stack((cosine * np.cos(turn), cosine * np.sin(turn), sine), axis=1)
    positions = up * (6378e3 + 150e3 * 6.0 ** random.random(count))[:, None]
    after = DAY * random.random(count)
    expected = [
        brahe.density_nrlmsise00(brahe_epoch(brahe) + float(s), at) for s, at in zip(after, positions, strict=True)
    ]
    error = thickness(air, EPOCH + after, positions) / np.array(expected) - 1.0
    validation(
        capability="Air drag",
        quantity="density of NRLMSISE-00, 130 to 900 km (rms)",
        authority="brahe",
        error=float(np.sqrt(np.mean(error**2))),
        unit="1",
        tolerance=TABLE,
        cases=count,
    )


def brahe_end(brahe, initial, drag):
    source = brahe.ParameterSource
    air = brahe.DragConfiguration(brahe.AtmosphericModel.NRLMSISE00, source.value(5.0), source.value(2.2))
    forces = brahe.ForceModelConfig(
        gravity=brahe.GravityConfiguration.point_mass(), drag=air if drag else None, mass=source.value(500.0)
    )
    method = brahe.NumericalPropagationConfig(
        brahe.IntegrationMethod.RKF78, brahe.IntegratorConfig(abs_tol=1e-6, rel_tol=1e-12), brahe.VariationalConfig()
    )
    propagator = brahe.NumericalOrbitPropagator(brahe_epoch(brahe), initial, method, forces)
    propagator.propagate_to(brahe_epoch(brahe) + DAY)
    return np.asarray(propagator.current_state())[:3]


@pytest.mark.truth
def test_a_day_of_drag_moves_a_satellite_as_in_another_engine(data, brahe, validation):
    """What drag moves: the end with it less the end without, so that nothing else of the engines is compared."""
    initial = low_orbit()
    air = nrlmsis_atmosphere(EPOCH, EPOCH + DAY, MEAN, version="00")
    ends = {}
    for drag in (None, Drag(5.0, 2.2, air)):
        model = ForceModel(
            center="EARTH", degree=0, third_bodies=(), mass=500.0, drag=drag, gm={"EARTH": brahe.GM_EARTH}
        )
        ends[drag is not None] = propagate(initial, EPOCH + DAY, model, data).state(EPOCH + DAY)[0, :3]
    start = np.array(initial.position_velocity)
    theirs = brahe_end(brahe, start, True) - brahe_end(brahe, start, False)
    ours = ends[True] - ends[False]
    validation(
        capability="Air drag",
        quantity=f"what a day of drag at 350 km moves, of {np.linalg.norm(theirs) / 1e3:.1f} km",
        authority="brahe",
        error=float(np.linalg.norm(ours - theirs) / np.linalg.norm(theirs)),
        unit="1",
        tolerance=PEER,
        cases=1,
    )
