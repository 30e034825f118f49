"""Authority: SPICE N0067, which writes a file of each type and evaluates it beside us."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from moonstead.foundation.ephemeris.daf import RECORD_BYTES
from moonstead.foundation.ephemeris.ephemeris import Ephemeris
from moonstead.foundation.errors import InvalidInput

POSITION = 1e-3  # [m] the accuracy that is promised; what remains is rounding
VELOCITY = 1e-6  # [m/s] the same
SPACECRAFT, MOON = -5001, 301
LUNAR_GM = 4902.800118  # [km^3/s^2]
START, STOP = 8.0e8, 8.0e8 + 86_400.0  # [s TDB past J2000]
CASES = 1000

# A relay's ellipse: periapsis radius [km], eccentricity, inclination, node, argument, mean anomaly [rad], epoch, GM
ELLIPSE = [2237.4, 0.7, 1.0, 0.4, 1.6, 0.2, START, LUNAR_GM]
TIMES = np.linspace(START, STOP, 241)
UNEVEN = TIMES + 60.0 * np.sin(np.arange(241.0))
UNEVEN[[0, -1]] = START, STOP


def kepler(spice, times):
    return np.array([spice.conics(ELLIPSE, t) for t in times])


def accelerations(states):
    distance = np.linalg.norm(states[:, :3], axis=1, keepdims=True)
    return -LUNAR_GM * states[:, :3] / distance**3


def chebyshev_fit(values, degree, first, interval):
    """Coefficients (K, records, 3) of values(times) on consecutive intervals."""
    nodes = np.polynomial.chebyshev.chebpts1(3 * degree)
    records = round((STOP - first) / interval)
    middle = first + interval * (np.arange(records) + 0.5)
    samples = np.array([values(m + 0.5 * interval * nodes) for m in middle])
    return np.array([np.polynomial.chebyshev.chebfit(nodes, s, degree) for s in samples]).transpose(1, 0, 2)


def write_2(spice, handle):
    series = chebyshev_fit(lambda t: kepler(spice, t)[:, :3], 12, START, 3600.0)
    data = np.ascontiguousarray(series.transpose(1, 2, 0)).ravel()
    spice.spkw02(handle, SPACECRAFT, MOON, "J2000", START, STOP, "two", 3600.0, 24, 12, data, START)


def write_3(spice, handle):
    series = chebyshev_fit(lambda t: kepler(spice, t), 12, START, 3600.0)
    data = np.ascontiguousarray(series.transpose(1, 2, 0)).ravel()
    spice.spkw03(handle, SPACECRAFT, MOON, "J2000", START, STOP, "three", 3600.0, 24, 12, data, START)


def write_5(spice, handle):
    # A gravitational parameter 1 % off makes neighbouring orbits disagree, so that the blend is seen.
    times = np.ascontiguousarray(UNEVEN[::12])
    states = kepler(spice, times)
    spice.spkw05(handle, SPACECRAFT, MOON, "J2000", START, STOP, "five", 1.01 * LUNAR_GM, len(times), states, times)


def write_even(kind):
    def write(spice, handle, degree):
        writer = {8: spice.spkw08, 12: spice.spkw12}[kind]
        step = TIMES[1] - TIMES[0]
        states = kepler(spice, TIMES)
        writer(handle, SPACECRAFT, MOON, "J2000", START, STOP, "even", degree, len(TIMES), states, START, step)

    return write


def write_uneven(kind):
    def write(spice, handle, degree):
        writer = {9: spice.spkw09, 13: spice.spkw13}[kind]
        states = kepler(spice, UNEVEN)
        writer(handle, SPACECRAFT, MOON, "J2000", START, STOP, "uneven", degree, len(UNEVEN), states, UNEVEN)

    return write


def write_18(subtype):
    def write(spice, handle, degree):
        states = kepler(spice, UNEVEN)
        # Velocities that are not quite the derivative of the positions show which of the two is interpolated.
        packets = np.hstack((states, 1.000001 * states[:, 3:], accelerations(states))) if subtype == 0 else states
        spice.spkw18(
            handle,
            subtype,
            SPACECRAFT,
            MOON,
            "J2000",
            START,
            STOP,
            "mission",
            degree,
            packets.tolist(),
            UNEVEN.tolist(),
        )

    return write


def write_20(spice, handle):
    series = chebyshev_fit(lambda t: kepler(spice, t)[:, 3:], 12, START, 3600.0)
    middles = START + 3600.0 * (np.arange(24) + 0.5)
    positions = kepler(spice, middles)[:, :3]
    data = np.concatenate((series.transpose(1, 2, 0) / 2.0 * 4.0, positions[:, :, None] / 2.0), axis=2)
    spice.spkw20(
        handle,
        SPACECRAFT,
        MOON,
        "J2000",
        START,
        STOP,
        "twenty",
        3600.0 / 86_400.0,
        24,
        12,
        np.ascontiguousarray(data).ravel(),
        2.0,  # unit of length [km]
        4.0,  # unit of time [s]
        2_451_545.0 + np.floor(START / 86_400.0),
        START / 86_400.0 - np.floor(START / 86_400.0),
    )


def compare(spice, path, target, center, times, validation, label):
    ours = Ephemeris.open(path).state(target, center, times)
    spice.furnsh(str(path))
    theirs = 1e3 * np.array([spice.spkgeo(target, t, "J2000", center)[0] for t in times])
    position = np.max(np.linalg.norm(ours[:, :3] - theirs[:, :3], axis=1))
    velocity = np.max(np.linalg.norm(ours[:, 3:] - theirs[:, 3:], axis=1))
    row = {"capability": f"SPK {label}", "authority": "SPICE N0067 (spiceypy)", "cases": times.size}
    validation(quantity="position", error=position, unit="m", tolerance=POSITION, **row)
    validation(quantity="velocity", error=velocity, unit="m/s", tolerance=VELOCITY, **row)


WRITTEN = [
    pytest.param(write_2, (), "type 2 (Chebyshev positions)", id="2"),
    pytest.param(write_3, (), "type 3 (Chebyshev states)", id="3"),
    pytest.param(write_5, (), "type 5 (two-body states)", id="5"),
    pytest.param(write_even(8), (7,), "type 8 (Lagrange, equal steps, even window)", id="8-degree-7"),
    pytest.param(write_even(8), (8,), "type 8 (Lagrange, equal steps, odd window)", id="8-degree-8"),
    pytest.param(write_uneven(9), (7,), "type 9 (Lagrange, unequal steps, even window)", id="9-degree-7"),
    pytest.param(write_uneven(9), (8,), "type 9 (Lagrange, unequal steps, odd window)", id="9-degree-8"),
    pytest.param(write_even(12), (7,), "type 12 (Hermite, equal steps, even window)", id="12-degree-7"),
    pytest.param(write_even(12), (9,), "type 12 (Hermite, equal steps, odd window)", id="12-degree-9"),
    pytest.param(write_uneven(13), (7,), "type 13 (Hermite, unequal steps, even window)", id="13-degree-7"),
    pytest.param(write_uneven(13), (9,), "type 13 (Hermite, unequal steps, odd window)", id="13-degree-9"),
    pytest.param(write_18(0), (7,), "type 18 subtype 0 (Hermite with accelerations)", id="18-0-degree-7"),
    pytest.param(write_18(0), (11,), "type 18 subtype 0 (degree 11)", id="18-0-degree-11"),
    pytest.param(write_18(1), (7,), "type 18 subtype 1 (Lagrange)", id="18-1-degree-7"),
    pytest.param(write_18(1), (3,), "type 18 subtype 1 (degree 3)", id="18-1-degree-3"),
    pytest.param(write_20, (), "type 20 (Chebyshev velocities)", id="20"),
]


@pytest.mark.truth
@pytest.mark.parametrize(("write", "arguments", "label"), WRITTEN)
def test_each_type_that_spice_writes_is_read_as_spice_reads_it(spice, tmp_path, validation, write, arguments, label):
    path = tmp_path / "written.bsp"
    handle = spice.spkopn(str(path), "test", 0)
    write(spice, handle, *arguments)
    spice.spkcls(handle)
    random = np.random.default_rng(13).uniform(START, STOP, CASES)
    edges = np.array([START, STOP, np.nextafter(STOP, START)])
    compare(
        spice, path, SPACECRAFT, MOON, np.concatenate((random, edges, TIMES[1:20], UNEVEN[1:20])), validation, label
    )


@pytest.mark.truth
def test_difference_arrays_of_a_real_asteroid_file_are_read_as_spice_reads_them(spice, shared_data, validation):
    path = shared_data / "smallbodies" / "2024YR4_jpl_54509621.bsp"
    ephemeris = Ephemeris.open(path)
    times = np.random.default_rng(21).uniform(*ephemeris.span(54509621, "SUN"), 2 * CASES)
    compare(spice, path, 54509621, 10, times, validation, "type 21 (difference arrays)")


def type_1_from_type_21(source, target_path):
    """The same difference lines in the fixed layout of type 1, which has room for 15 differences."""
    segment = Ephemeris.open(source).segments[0]
    lines = segment.data
    order, rows = lines.order, np.array(lines.lines)
    keep = [0, *range(1, 16), *range(order + 1, order + 7)]
    keep += [order + 7 + order * axis + j for axis in range(3) for j in range(15)]
    keep += range(4 * order + 7, 4 * order + 11)
    fits = rows[:, 4 * order + 7] <= 16
    rows, epochs = rows[fits][:, keep], lines.final_times[fits]
    count = len(epochs)
    words = np.concatenate((rows.ravel(), epochs, epochs[99 : 100 * ((count - 1) // 100) : 100], [count]))
    summary = struct.pack("<2d6i", epochs[0], epochs[-1], segment.target, segment.center, 1, 1, 385, 384 + words.size)
    head = struct.pack("<8s2i60s3i8s", b"DAF/SPK ", 2, 6, b"type 1".ljust(60), 2, 2, 385 + words.size, b"LTL-IEEE")
    check = b"FTPSTR:\r:\n:\r\n:\r\x00:\x81:\x10\xce:ENDFTP"
    head = head.ljust(699, b"\x00") + check
    content = head.ljust(RECORD_BYTES, b"\x00")
    content += (struct.pack("<3d", 0, 0, 1) + summary).ljust(RECORD_BYTES, b"\x00")
    content += b"type 1".ljust(RECORD_BYTES) + words.astype("<f8").tobytes()
    target_path.write_bytes(content.ljust(-(-len(content) // RECORD_BYTES) * RECORD_BYTES, b"\x00"))
    return epochs


@pytest.mark.truth
def test_difference_arrays_of_type_1_are_read_as_spice_reads_them(spice, shared_data, tmp_path, validation):
    path = tmp_path / "type1.bsp"
    epochs = type_1_from_type_21(shared_data / "smallbodies" / "2024YR4_jpl_54509621.bsp", path)
    times = np.random.default_rng(1).uniform(epochs[0], epochs[-1], CASES)
    compare(spice, path, 54509621, 10, times, validation, "type 1 (difference arrays)")


@pytest.mark.truth
def test_ecliptic_axes_are_turned_into_the_icrf_as_spice_does(spice, tmp_path, validation):
    path = tmp_path / "ecliptic.bsp"
    handle = spice.spkopn(str(path), "test", 0)
    spice.spkw09(
        handle, SPACECRAFT, MOON, "ECLIPJ2000", START, STOP, "ecliptic", 7, len(UNEVEN), kepler(spice, UNEVEN), UNEVEN
    )
    spice.spkcls(handle)
    times = np.random.default_rng(17).uniform(START, STOP, CASES)
    compare(spice, path, SPACECRAFT, MOON, times, validation, "in ECLIPJ2000 axes")


def test_a_type_that_is_not_read_is_refused_by_its_number(spice, tmp_path):
    path = tmp_path / "equinoctial.bsp"
    handle = spice.spkopn(str(path), "test", 0)
    elements = [10_000.0, 0.1, 0.0, 0.0, 0.1, 0.2, 0.0, 1e-3, 0.0]
    spice.spkw17(handle, SPACECRAFT, MOON, "J2000", START, STOP, "seventeen", START, elements, 0.0, np.pi / 2)
    spice.spkcls(handle)
    with pytest.raises(InvalidInput, match=r"SPK type 17; Moonstead reads the types 1, 2, 3.*type 13"):
        Ephemeris.open(path).state(SPACECRAFT, MOON, np.array([START]))


def test_other_axes_are_refused_by_their_id(spice, tmp_path):
    path = tmp_path / "fk4.bsp"
    handle = spice.spkopn(str(path), "test", 0)
    spice.spkw09(handle, SPACECRAFT, MOON, "B1950", START, STOP, "b1950", 7, len(UNEVEN), kepler(spice, UNEVEN), UNEVEN)
    spice.spkcls(handle)
    with pytest.raises(InvalidInput, match=r"NAIF id 2;.*write the trajectory in J2000"):
        Ephemeris.open(path).state(SPACECRAFT, MOON, np.array([START]))
