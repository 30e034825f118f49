"""Authority: the agencies' own files: what one line says, another line of the same file must repeat."""

from __future__ import annotations

import json

import numpy as np
import pytest

from moonstead.formats.published_orbit import PublishedOrbit, checked_covariance
from moonstead.formats.published_orbit_files import read_orbit_file
from moonstead.formats.published_orbit_own import orbit_document
from moonstead.foundation.constants import ASTRONOMICAL_UNIT, SECONDS_PER_DAY
from moonstead.foundation.errors import InvalidInput, MissingData

PRINTED = 1e-5  # [1] standard deviations are printed with six digits

OPM = """CCSDS_OPM_VERS = 2.0
CREATION_DATE = 2026-01-01T00:00:00
ORIGINATOR = TEST
OBJECT_NAME = 2024 XX
OBJECT_ID = 2024 XX
CENTER_NAME = SUN
REF_FRAME = ICRF
TIME_SYSTEM = TDB
EPOCH = 2025-01-30T00:00:00.000
X = 150000000.0 [km]
Y = 1.0
Z = 2.0
X_DOT = 0.1
Y_DOT = 30.0 [km/s]
Z_DOT = 0.2
"""


@pytest.mark.parametrize("name", ["neocc_2024YR4.ke0", "neocc_2024YR4.ke1", "neocc_99942.ke1", "neocc_101955.ke0"])
def test_variances_of_an_element_file_repeat_its_rms_line(shared_data, name):
    path = shared_data / "smallbodies" / name
    line = next(line for line in path.read_text().splitlines() if line.startswith("! RMS"))
    printed = np.array([float(word) for word in line.split()[2:]])
    orbit = read_orbit_file(path)
    degree = np.radians(1.0)
    unit = [ASTRONOMICAL_UNIT, 1.0, *[degree] * 4, 1e-10 * ASTRONOMICAL_UNIT / SECONDS_PER_DAY**2][: printed.size]
    assert orbit.covariance is not None
    np.testing.assert_allclose(np.sqrt(np.diag(orbit.covariance)) / unit, printed, rtol=PRINTED)


@pytest.mark.parametrize("name", ["sbdb_2024YR4_phys.json", "sbdb_99942_phys.json"])
def test_variances_of_the_small_body_database_repeat_its_sigmas(shared_data, name):
    path = shared_data / "smallbodies" / name
    document = json.loads(path.read_text())["orbit"]
    sigmas = {row["label"]: float(row["sigma"]) for row in document["covariance"]["elements"]}
    sigmas |= {row["name"]: float(row["sigma"]) for row in document["model_pars"] if row["sigma"]}
    orbit = read_orbit_file(path)
    degree, acceleration = np.radians(1.0), ASTRONOMICAL_UNIT / SECONDS_PER_DAY**2
    unit = {"q": ASTRONOMICAL_UNIT, "e": 1.0, "i": degree, "node": degree, "peri": degree, "tp": SECONDS_PER_DAY}
    unit |= {"A1": acceleration, "A2": acceleration}
    assert orbit.covariance is not None
    found = {one: s / unit[one] for one, s in zip(orbit.parameters, np.sqrt(np.diag(orbit.covariance)), strict=True)}
    assert found == pytest.approx(sigmas, rel=1e-3)  # sigmas of A1 and A2 are printed with four digits


def test_magnitude_and_its_sigma_are_read(shared_data):
    orbit = read_orbit_file(shared_data / "smallbodies" / "sbdb_2024YR4_phys.json")
    assert (orbit.absolute_magnitude, orbit.magnitude_sigma) == (23.92, 0.27787)
    assert orbit.source.startswith("JPL Small-Body Database, solution JPL#78")


def test_a_thermal_model_is_refused_with_the_way_out(shared_data):
    with pytest.raises(InvalidInput, match=r"RHO.*NEOCC"):
        read_orbit_file(shared_data / "smallbodies" / "sbdb_101955_phys.json")


def test_an_orbit_written_here_comes_back(tmp_path):
    covariance = np.diag([1.0, 2.0, 3.0, 4e-6, 5e-6, 6e-6, 7e-30])
    orbit = PublishedOrbit(
        name="X",
        tdb=12.5,
        kind="cartesian",
        center="SOLAR SYSTEM BARYCENTER",
        frame="ICRF",
        elements=np.array([1.5e11, 2.0, 3.0, 4.0, 5e4, 6.0]),
        parameters=("x", "y", "z", "vx", "vy", "vz", "A2"),
        covariance=covariance,
        forces={"A2": -5e-13},
        law={"m": 2.0},
        absolute_magnitude=24.0,
    )
    path = tmp_path / "orbit.json"
    path.write_text(json.dumps({"orbit": orbit_document(orbit), "rms_arcsec": 0.2}))
    back = read_orbit_file(path)
    np.testing.assert_array_equal(back.elements, orbit.elements)
    np.testing.assert_allclose(back.covariance, covariance, rtol=1e-15)
    assert (back.forces["A2"], back.law, back.absolute_magnitude, back.slope) == (-5e-13, {"m": 2.0}, 24.0, None)


def test_a_parameter_message_is_read_in_metres(tmp_path):
    path = tmp_path / "orbit.opm"
    names = ("X", "Y", "Z", "X_DOT", "Y_DOT", "Z_DOT")
    rows = [f"C{a}_{b} = {4.0 if a == b else 0.5}" for k, a in enumerate(names) for b in names[: k + 1]]
    path.write_text(OPM + "\n".join(rows) + "\n")
    orbit = read_orbit_file(path)
    assert (orbit.center, orbit.frame, orbit.elements[4]) == ("SUN", "ICRF", 30e3)
    assert orbit.covariance is not None
    assert (orbit.covariance[0, 0], orbit.covariance[5, 0], orbit.covariance[0, 5]) == pytest.approx((4e6, 5e5, 5e5))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("X = 1", "X = one"), "is no number"),
        (("REF_FRAME = ICRF", "REF_FRAME = ITRF9"), "no axes here"),
        (("EPOCH = 2025", "EPOCH = 20x5"), "is no time"),
        (("Y = 1.0", "X = 1.0"), "given twice"),
        (("Z = 2.0\n", ""), "no Z;"),
        (("Z = 2.0\n", "Z = 2.0\nMAN_DV_1 = 3\n"), "burns"),
        (("Z = 2.0\n", "Z 2.0\n"), "is not KEY = value"),
    ],
)
def test_a_broken_parameter_message_is_refused(tmp_path, change, words):
    path = tmp_path / "orbit.opm"
    path.write_text(OPM.replace(*change))
    with pytest.raises(InvalidInput, match=words):
        read_orbit_file(path)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("END_OF_HEADER", "", "no END_OF_HEADER"),
        ("ECLM J2000", "EQUM J2000", "axes"),
        (" KEP ", " CAR ", "no line KEP or EQU"),
        (" MJD ", " MJX ", "no line MJD"),
        ("TDT", "UTC", "epoch is in UTC"),
        ("6.761349023292995E-11", "6.7613x", "no number"),
        ("6.761349023292995E-11", "", "20 numbers in place of 21"),
        ("6.761349023292995E-11", "-6.761349023292995E-11", "not positive"),
        ("9.641169229598910E-12", "9.641169229598910E-11", "negative eigenvalue"),
    ],
)
def test_a_damaged_element_file_is_refused_by_what_is_wrong(shared_data, tmp_path, old, new, words):
    text = (shared_data / "smallbodies" / "neocc_2024YR4.ke1").read_text()
    assert old in text
    path = tmp_path / "orbit.ke1"
    path.write_text(text.replace(old, new))
    with pytest.raises(InvalidInput, match=words):
        read_orbit_file(path)


@pytest.mark.parametrize(
    "text", ["", "hello", "[1, 2]", "{", '{"orbit": 3}', '{"orbit": {"format": "moonstead-orbit-1"}}']
)
def test_what_is_no_orbit_is_refused(tmp_path, text):
    path = tmp_path / "orbit.txt"
    path.write_text(text)
    with pytest.raises(InvalidInput):
        read_orbit_file(path)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(MissingData, match="no such file"):
        read_orbit_file(tmp_path / "none.json")


def test_a_covariance_that_is_not_symmetric_is_refused():
    with pytest.raises(InvalidInput, match="not symmetric"):
        checked_covariance(np.array([[1.0, 0.5], [0.4, 1.0]]), "X")
