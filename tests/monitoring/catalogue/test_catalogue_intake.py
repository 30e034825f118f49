"""Authority: the files themselves; the messages of CARA for states and covariances."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from moonstead.formats.cdm import read_cdm
from moonstead.formats.satellite_catalogue import read_satellite_catalogue
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import FormatError, MissingData
from moonstead.monitoring.catalogue.intake import Taken, conjunction_states, kind_of_file, take_in
from moonstead.monitoring.catalogue.store import CatalogueStore

OBJECTS = Path(__file__).parents[2] / "run" / "monitoring_objects.csv"
SATCAT = """OBJECT_NAME,OBJECT_ID,NORAD_CAT_ID,OBJECT_TYPE,OPS_STATUS_CODE,OWNER,LAUNCH_DATE,LAUNCH_SITE,DECAY_DATE
MADE-UP STATION,2026-900A,900001,PAY,+,XX,2026-07-01,HERE,
"MADE-UP, OLD",2026-900B,900002,DEB,,YY,2026-07-01,HERE,2026-07-30
BROKEN,2026-900C,9000O3,PAY,+,XX,2026-07-01,HERE,
ODD,2026-900D,900004,CAT,+,XX,2026-07-01,HERE,
SHORT,2026-900E,900005,PAY
"""


@pytest.fixture(scope="module")
def data():
    return DataContext.installed()


@pytest.fixture
def store(tmp_path):
    return CatalogueStore(tmp_path / "store", create=True)


def test_facts_about_objects_are_read_and_bad_rows_told(store, tmp_path, data):
    (tmp_path / "satcat.csv").write_text(SATCAT)
    assert kind_of_file(tmp_path / "satcat.csv") == "SATCAT"
    taken = take_in(store, tmp_path / "satcat.csv", data)
    assert (taken.kind, taken.rows, [fault.place for fault in taken.faults]) == (
        "SATCAT",
        2,
        ["line 4", "line 5", "line 6"],
    )
    facts = store.objects()
    assert (facts[900_001].kind, facts[900_001].owner, facts[900_002].name) == ("payload", "XX", "MADE-UP, OLD")
    assert read_satellite_catalogue(tmp_path / "satcat.csv").facts[1].decayed == "2026-07-30"
    with pytest.raises(FormatError, match="no satellite catalogue"):
        read_satellite_catalogue(OBJECTS)


def test_elements_come_in_whatever_their_form(store, data):
    assert kind_of_file(OBJECTS) == "elements"
    assert take_in(store, OBJECTS, data) == Taken("OMM CSV", 4, 0)
    assert take_in(store, OBJECTS, data) == Taken("OMM CSV", 0, 4)


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(MissingData, match="no such file"):
        kind_of_file(tmp_path / "nothing")


@pytest.mark.truth
def test_conjunction_messages_bring_states_with_their_covariances(store, shared_data, data):
    files = sorted((shared_data / "monitoring/cdm/cara").glob("*.cdm"))[:5]
    for file in files:
        assert kind_of_file(file) == "CDM"
        states, faults = conjunction_states(file)
        (message,) = read_cdm(file).messages
        assert faults == ()
        assert [one.object_id for one in states] == [int(one.designator) for one in message.objects]
        assert take_in(store, file, data) == Taken("CDM", 2, 0)
    kept = {(one.object_id, one.tdb): one for one in store.states()}
    for file in files:
        for one in conjunction_states(file)[0]:
            again = kept[one.object_id, one.tdb]
            np.testing.assert_array_equal(again.state, one.state)
            np.testing.assert_array_equal(again.covariance, one.covariance)
            assert (again.center, again.frame, again.covariance_frame) == ("EARTH", one.frame, "RTN")
