"""Authority: the files themselves: what is kept gives the states that were written."""

from __future__ import annotations

import numpy as np
import pytest

from moonstead.dynamics.trajectories import TabulatedTrajectory
from moonstead.formats.mean_elements_file import parse_mean_elements
from moonstead.formats.oem import Oem, OemHeader, write_oem
from moonstead.formats.oem_trajectory import oem_segment
from moonstead.foundation.data import DataContext
from moonstead.foundation.ephemeris.spk_writer import SampledStates, write_spk
from moonstead.foundation.errors import InvalidInput, MissingData
from moonstead.foundation.frames.standard import ICRF
from moonstead.foundation.time.epoch import Epoch
from moonstead.monitoring.catalogue.entries import identifier_of
from moonstead.monitoring.catalogue.ephemerides import describe_ephemeris, entry_trajectory, keep_ephemeris
from moonstead.monitoring.catalogue.store import CatalogueStore

START = Epoch.parse("2026-07-20T00:00:00").tdb()
RADIUS, RATE = 2.0e6, 7.8e-4  # [m], [rad/s] of a circle about the Moon
HEADER = (
    "OBJECT_NAME,OBJECT_ID,EPOCH,MEAN_MOTION,ECCENTRICITY,INCLINATION,RA_OF_ASC_NODE,ARG_OF_PERICENTER,MEAN_ANOMALY,"
    "EPHEMERIS_TYPE,CLASSIFICATION_TYPE,NORAD_CAT_ID,ELEMENT_SET_NO,REV_AT_EPOCH,BSTAR,MEAN_MOTION_DOT,MEAN_MOTION_DDOT\n"
)
WRITTEN = 1e-5  # [m] the message has ten decimals of a kilometre; Hermite of degree 7 through steps of a minute


def circle(tdb):
    angle = RATE * (np.asarray(tdb) - START)
    zero = np.zeros_like(angle)
    return np.column_stack(
        (
            *(RADIUS * np.cos(angle), RADIUS * np.sin(angle), zero),
            *(-RADIUS * RATE * np.sin(angle), RADIUS * RATE * np.cos(angle), zero),
        )
    )


@pytest.fixture(scope="module")
def data():
    return DataContext.installed()


@pytest.fixture
def store(tmp_path):
    return CatalogueStore(tmp_path / "store", create=True)


def test_an_ephemeris_about_the_moon_is_kept_with_its_center_and_flown(store, tmp_path, data):
    tdb = START + np.arange(0.0, 7200.0, 60.0)
    flown = TabulatedTrajectory("ORBITER", "MOON", ICRF, tdb, circle(tdb), 7, "hermite")
    write_oem(
        tmp_path / "orbiter.oem", Oem(OemHeader("TEST", Epoch.from_tdb(START)), (oem_segment(flown, tdb, "2026-123A"),))
    )
    (entry,) = keep_ephemeris(store, tmp_path / "orbiter.oem", data)
    keep_ephemeris(store, tmp_path / "orbiter.oem", data)
    (again,) = store.ephemerides()
    assert again == entry
    assert (again.center, again.frame, again.kind, again.object_id) == ("MOON", "ICRF", "OEM", 1_202_612_300_001)
    assert again.file.parent.parent == store.folder
    (tmp_path / "orbiter.oem").unlink()
    middle = tdb[:-1] + 30.0
    states = entry_trajectory(again, data).state(middle)
    np.testing.assert_allclose(states[:, :3], circle(middle)[:, :3], atol=WRITTEN, rtol=0.0)
    assert store.object_ids().tolist() == [entry.object_id]


def test_an_spk_file_is_kept_and_flown_where_it_is_asked_for(store, tmp_path, data):
    tdb = START + np.arange(0.0, 7200.0, 60.0)
    write_spk(tmp_path / "orbiter.bsp", [SampledStates(-999, "MOON", "ORBITER", tdb, circle(tdb), 7)])
    (entry,) = keep_ephemeris(store, tmp_path / "orbiter.bsp", data)
    assert (entry.center, entry.kind, entry.object_id) == ("MOON", "SPK", identifier_of("NAIF -999"))
    (named,) = describe_ephemeris(tmp_path / "orbiter.bsp", data, object_id=58_000)
    assert named.object_id == 58_000
    flown = entry_trajectory(store.ephemerides()[0], data, START + 600.0, START + 1800.0)
    middle = np.linspace(START + 630.0, START + 1790.0, 20)
    np.testing.assert_allclose(flown.state(middle)[:, :3], circle(middle)[:, :3], atol=WRITTEN, rtol=0.0)


def test_what_is_no_ephemeris_is_refused(store, tmp_path, data):
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(InvalidInput, match="not an Orbit Ephemeris Message"):
        keep_ephemeris(store, tmp_path / "letter.txt", data)
    with pytest.raises(MissingData, match="no such file"):
        keep_ephemeris(store, tmp_path / "nothing.oem", data)
    (tmp_path / "broken.oem").write_text("CCSDS_OEM_VERS = 3.0\nMETA_START\n")
    with pytest.raises(InvalidInput):
        keep_ephemeris(store, tmp_path / "broken.oem", data)
    assert store.ephemerides() == []
    assert list((store.folder / "files").iterdir()) == []


def test_an_ephemeris_of_an_object_with_elements_has_its_catalogue_number(store, tmp_path, data):
    row = "THING,2026-123A,2026-07-19T12:00:00,15.5,0.001,51.6,1,2,3,0,U,90123,1,1,0,0,0\n"
    store.add_elements(parse_mean_elements((HEADER + row).encode(), "made up").require_clean())
    tdb = START + np.arange(0.0, 7200.0, 60.0)
    flown = TabulatedTrajectory("THING", "MOON", ICRF, tdb, circle(tdb), 7, "hermite")
    message = Oem(OemHeader("TEST", Epoch.from_tdb(START)), (oem_segment(flown, tdb, "2026-123A"),))
    write_oem(tmp_path / "thing.oem", message)
    assert [one.object_id for one in keep_ephemeris(store, tmp_path / "thing.oem", data)] == [90_123]
    assert store.object_ids().tolist() == [90_123]


@pytest.mark.truth
def test_the_ephemeris_of_the_station_is_entered_with_its_span(store, shared_data, data):
    (entry,) = keep_ephemeris(store, shared_data / "monitoring/iss/ISS_OEM_NASA_2025-02-26.xml.gz", data)
    assert (entry.name, entry.center, entry.frame) == ("ISS", "EARTH", "EME2000")
    assert entry.object_id == identifier_of("1998-067A")  # the file has hyphens before the piece too
    assert entry.stop - entry.start == pytest.approx(15 * 86_400.0, abs=1.0)
