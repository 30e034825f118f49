"""Authority: the equations of the interface documents in plain code, an adaptive integrator, an example of the ICD."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from moonstead.formats.broadcast_messages import ORBIT_COLUMNS, no_messages
from moonstead.formats.rinex_navigation import read_navigation
from moonstead.navigation.broadcast.evaluation import CONSTANTS
from moonstead.navigation.broadcast.source import BroadcastSource

FEW_ROUNDINGS = 1e-6  # [m] float64 of 4e7 m through some fifty operations, and the turn of the Earth over a week
RUNGE_KUTTA = 1e-3  # [m] fourth order in steps of 57 s over 15 minutes
ICD_EXAMPLE = 0.02  # [m] an adaptive integrator of the same equations stays 1 cm away from the printed figures too
DIFFERENCES = 1e-5  # [m/s] fourth-order differences over 2 s
TWO_MESSAGES = 1.0  # [m] both come from one upload; each fits it to decimetres within two hours
LIGHT = 299_792_458.0
BRDC = "BRDC00IGS_R_20220010000_01D_MN.rnx.gz"
ESBC = "ESBC00DNK_R_20201770000_01D_MN.rnx.gz"


def plain_position(orbit, t, gm, turn, of_week, geostationary):
    """IS-GPS-200 table 20-IV and 30-II, BDS-SIS-ICD table 5-11, in the words of the documents."""
    v = dict(zip(ORBIT_COLUMNS, orbit, strict=True))
    a0 = v["sqrt_semi_major_axis"] ** 2
    a = a0 + v["semi_major_axis_rate"] * t
    n = np.sqrt(gm / a0**3) + v["mean_motion_difference"] + 0.5 * v["mean_motion_difference_rate"] * t
    m = v["mean_anomaly"] + n * t
    e = v["eccentricity"]
    big_e = m
    for _ in range(60):
        big_e = m + e * np.sin(big_e)
    nu = 2.0 * np.arctan(np.sqrt((1.0 + e) / (1.0 - e)) * np.tan(big_e / 2.0))
    phi = nu + v["argument_of_perigee"]
    u = phi + v["cus"] * np.sin(2 * phi) + v["cuc"] * np.cos(2 * phi)
    r = a * (1.0 - e * np.cos(big_e)) + v["crs"] * np.sin(2 * phi) + v["crc"] * np.cos(2 * phi)
    i = v["inclination"] + v["inclination_rate"] * t + v["cis"] * np.sin(2 * phi) + v["cic"] * np.cos(2 * phi)
    node = v["node"] + (v["node_rate"] - (0.0 if geostationary else turn)) * t - turn * of_week
    flat = np.array([r * np.cos(u), r * np.sin(u), 0.0])
    tilt_i = np.array([[1, 0, 0], [0, np.cos(i), -np.sin(i)], [0, np.sin(i), np.cos(i)]])
    turn_node = np.array([[np.cos(node), -np.sin(node), 0], [np.sin(node), np.cos(node), 0], [0, 0, 1]])
    position = turn_node @ tilt_i @ flat
    if geostationary:
        f, z = np.radians(-5.0), turn * t
        about_x = np.array([[1, 0, 0], [0, np.cos(f), np.sin(f)], [0, -np.sin(f), np.cos(f)]])
        about_z = np.array([[np.cos(z), np.sin(z), 0], [-np.sin(z), np.cos(z), 0], [0, 0, 1]])
        position = about_z @ about_x @ position
    return position, -2.0 * np.sqrt(gm) / LIGHT**2 * e * v["sqrt_semi_major_axis"] * np.sin(big_e)


def sample(source, count, seed=5):
    """Satellites and times at random, in force or not."""
    random = np.random.default_rng(seed)
    start, stop = source.span
    index = random.integers(0, len(source.satellites), count)
    return index, np.round(random.uniform(start, stop, count)), random.uniform(-0.1, 0.1, count)


@pytest.fixture(scope="module")
def day(shared_data):
    return read_navigation(shared_data / "gnss" / BRDC)


def test_elements_of_all_systems_follow_the_documents(day, shared_data):
    modern = day.messages.take(day.messages.satellite.astype("<U1") == "C")
    modern.orbit[:, 9] = 1e-14  # as CNAV messages have them
    modern.orbit[:, 10] = 3e-3
    for source in (
        BroadcastSource.from_file(day, rule="nearest"),
        BroadcastSource.from_messages(modern),
        BroadcastSource.from_file(read_navigation(shared_data / "gnss" / ESBC, systems="J")),
    ):
        index, gpst, offset = sample(source, 400)
        states = source.states(index, gpst, offset)
        messages = source.messages
        compared = 0
        for place in np.flatnonzero(states.valid):
            row = states.message[place]
            system = messages.satellite[row][0]
            if system == "R":
                continue
            behind = 14.0 if system == "C" else 0.0
            t = (gpst[place] - messages.reference[row]) + offset[place]
            position, relativity = plain_position(
                messages.orbit[row], t, *CONSTANTS[system], (messages.reference[row] - behind) % 604_800.0,
                messages.kind[row] == "D2",
            )  # fmt: skip
            assert np.linalg.norm(position - states.position[place]) < FEW_ROUNDINGS
            assert states.relativity[place] == pytest.approx(relativity, abs=1e-18)
            since = (gpst[place] - messages.clock_reference[row]) + offset[place]
            assert states.clock[place] == pytest.approx(np.polyval(messages.clock[row][::-1], since), abs=1e-16)
            compared += 1
        assert compared > 40


def glonass_rates(_, y, sun_and_moon):
    """GLONASS ICD 5.1, A.3.1.2."""
    gm, radius, j2, turn = 398_600.4418e9, 6_378_136.0, 1_082_625.75e-9, 7.292115e-5
    x, v = y[:3], y[3:]
    r = np.linalg.norm(x)
    zonal = 1.5 * j2 * gm * radius**2 / r**5
    a = -gm * x / r**3 - zonal * x * (np.array([1.0, 1.0, 3.0]) - 5.0 * x[2] ** 2 / r**2)
    a += np.array([turn**2 * x[0] + 2 * turn * v[1], turn**2 * x[1] - 2 * turn * v[0], 0.0]) + sun_and_moon
    return np.concatenate([v, a])


def test_glonass_follows_an_adaptive_integrator(day):
    source = BroadcastSource.from_file(day)
    index, gpst, offset = sample(source, 2500)
    states = source.states(index, gpst, offset)
    rows = np.flatnonzero(states.valid & np.char.startswith(source.messages.satellite[states.message], "R"))
    assert rows.size > 60
    for place in rows[:60]:
        state = source.messages.state[states.message[place]]
        t = gpst[place] - source.messages.reference[states.message[place]] + offset[place]
        flown = solve_ivp(glonass_rates, (0.0, t), state[:6], method="DOP853", rtol=1e-13, atol=1e-9, args=(state[6:],))
        assert np.linalg.norm(flown.y[:3, -1] - states.position[place]) < RUNGE_KUTTA
        assert states.relativity[place] == 0.0


@pytest.mark.truth
def test_the_example_of_the_glonass_document(validation):
    """Its simplified result leaves the accelerations of Sun and Moon out, though the example lists them."""
    messages = no_messages(1)
    messages.satellite[:], messages.kind[:] = "R01", "FDMA"
    messages.reference[:] = messages.clock_reference[:] = 1.03e9
    messages.clock[:] = 0.0
    messages.state[:] = [7003008.789, -12206626.953, 21280765.625, 783.5417, 2804.2530, 1352.5150, 0.0, 0.0, 0.0]
    states = BroadcastSource.from_messages(messages).states(np.zeros(1, dtype=np.int64), np.array([1.03e9 + 600.0]))
    error = np.abs(states.position[0] - [7523174.853, -10506962.176, 21999239.866]).max()
    speed = np.abs(states.velocity[0] - [950.12609, 2855.68710, 1040.68137]).max()
    validation(
        capability="Broadcast messages",
        quantity="GLONASS position after 600 s",
        authority="ICD GLONASS CDMA general description 1.0 (2016), J.2",
        error=error,
        unit="m",
        tolerance=ICD_EXAMPLE,
        cases=3,
    )
    assert speed < ICD_EXAMPLE / 300.0  # [m/s] the same over half of the time


def test_velocity_is_the_derivative_of_position(day, shared_data):
    others = read_navigation(shared_data / "gnss" / ESBC, systems="JS")
    for source in (BroadcastSource.from_file(day, rule="nearest"), BroadcastSource.from_file(others, rule="nearest")):
        index, gpst, _ = sample(source, 1500)
        states = source.states(index, gpst)
        steps = {h: source.states(index, gpst, h) for h in (-2.0, -1.0, 1.0, 2.0)}
        near, far = (steps[h].position - steps[-h].position for h in (1.0, 2.0))
        expected = (8.0 * near - far) / 12.0
        assert states.valid.sum() > 100
        assert np.nanmax(np.abs(states.velocity - expected)) < DIFFERENCES
        drift = (steps[1.0].clock - steps[-1.0].clock) / 2.0
        assert np.nanmax(np.abs(states.clock_drift - drift)) < 1e-16  # clocks of 1e-3 s have 1e-19 s of grain


# Largest step from one message to the next at the middle between them [m, median]: what each system's messages differ.
STEPS = {"G": 1.0, "R": 2.0, "E": 0.3, "C": 1.0, "S": 30.0, "J": 3.0}


@pytest.mark.parametrize("system", sorted(STEPS))
def test_messages_pass_over_into_each_other(day, shared_data, system):
    navigation = day if system in "GREC" else read_navigation(shared_data / "gnss" / ESBC, systems=system)
    messages = BroadcastSource.from_file(navigation).messages
    messages = messages.take(messages.satellite.astype("<U1") == system)
    steps = []
    for name in np.unique(messages.satellite):
        own = messages.take(messages.satellite == name)
        own = own.take(np.concatenate([[True], np.diff(own.reference) > 1.0]))
        for k in range(len(own) - 1):
            if own.reference[k + 1] - own.reference[k] > 7200.0:
                continue
            middle = np.array([0.5 * (own.reference[k] + own.reference[k + 1])])
            both = [
                BroadcastSource.from_messages(own.take(np.array([j])), rule="nearest").states(
                    np.zeros(1, dtype=np.int64), middle
                )
                for j in (k, k + 1)
            ]
            if all(state.valid[0] for state in both):
                steps.append(np.linalg.norm(both[0].position - both[1].position))
        if len(steps) > 60:
            break
    assert len(steps) >= 8
    assert np.median(steps) < STEPS[system]


def element_message(kind, reference, clock, words):
    found = no_messages(1)
    found.satellite[:], found.kind[:] = "G04", kind
    found.reference[:] = found.clock_reference[:] = found.transmission[:] = reference
    found.clock[:] = clock
    found.orbit[:] = 0.0
    for name, value in words.items():
        found.orbit[:, ORBIT_COLUMNS.index(name)] = value
    return found


@pytest.mark.truth
def test_both_messages_of_a_satellite_put_it_in_one_place(validation):
    """G04 on 2019-03-14: the example records of RINEX 4.00, table A12, of its old and its modern message."""
    noon = 2044 * 604_800.0
    old = element_message("LNAV", noon + 360_000.0, (1.330170780420e-04, 7.275957614183e-12, 0.0), {
        "crs": -1.718750000000e00, "mean_motion_difference": 4.639836124941e-09, "mean_anomaly": 2.148941747752e00,
        "cuc": -1.881271600723e-07, "eccentricity": 3.355251392350e-04, "cus": 8.245930075645e-06,
        "sqrt_semi_major_axis": 5.153800453186e03, "cic": -1.676380634308e-08, "node": 5.171400020311e-01,
        "cis": 1.490116119385e-08, "inclination": 9.601921900531e-01, "crc": 2.187187500000e02,
        "argument_of_perigee": -1.736906885738e00, "node_rate": -8.044977962767e-09,
        "inclination_rate": -2.932264997750e-10,
    })  # fmt: skip
    modern = element_message("CNAV", noon + 358_200.0, (1.330042141490e-04, 7.226219622680e-12, 0.0), {
        "semi_major_axis_rate": 2.001762390137e-03, "crs": 6.914062500000e-01,
        "mean_motion_difference": 4.625906973308e-09, "mean_anomaly": 1.887277537485e00,
        "cuc": 1.024454832077e-08, "eccentricity": 3.348654136062e-04, "cus": 8.376315236092e-06,
        "sqrt_semi_major_axis": 5.153800325291e03, "cic": -4.656612873077e-09, "node": 5.171544951605e-01,
        "cis": 2.328306436539e-08, "inclination": 9.601927657114e-01, "crc": 2.174140625000e02,
        "argument_of_perigee": -1.737767543851e00, "node_rate": -8.034028170143e-09,
        "inclination_rate": -2.950122884460e-10, "mean_motion_difference_rate": -1.312310522376e-14,
    })  # fmt: skip
    times = noon + np.arange(355_500.0, 363_000.0, 300.0)
    index = np.zeros(times.size, dtype=np.int64)
    a, b = (BroadcastSource.from_messages(m, rule="nearest").states(index, times) for m in (old, modern))
    assert a.valid.all()
    assert b.valid.all()
    validation(
        capability="Broadcast messages",
        quantity="CNAV against LNAV of the same satellite",
        authority="RINEX 4.00, example records of table A12",
        error=np.linalg.norm(a.position - b.position, axis=1).max(),
        unit="m",
        tolerance=TWO_MESSAGES,
        cases=times.size,
    )
    assert np.abs(a.clock - b.clock).max() < 1e-8
