"""Authority: IGS satellite metadata of 2024-02-07, and the satellites that analysis centres name in their files."""

import pytest

from moonstead.formats.gnss_time import gpst_from_civil
from moonstead.formats.rinex_navigation import read_navigation
from moonstead.formats.sp3 import read_sp3
from moonstead.navigation.satellites import antenna_types, is_geostationary, orbit_class, satellite_facts


def at(year, month, day):
    return float(gpst_from_civil(year, month, day, 12, 0, 0.0)[0])


@pytest.mark.parametrize(
    ("satellite", "date", "vehicle", "block", "orbit"),
    [
        ("G18", (2019, 6, 1), "G034", "GPS IIA", "MEO"),
        ("G18", (2020, 6, 25), "G075", "GPS III", "MEO"),
        ("R09", (2020, 6, 25), "R802", "GLONASS-K1", "MEO"),
        ("R24", (2020, 6, 25), "R860", "GLONASS-M", "MEO"),
        ("E11", (2020, 6, 25), "E101", "Galileo IOV", "MEO"),
        ("C01", (2022, 1, 1), "C020", "BDS-2 GEO", "GEO"),
        ("C13", (2022, 1, 1), "C017", "BDS-2 IGSO", "IGSO"),
        ("C38", (2022, 1, 1), "C220", "BDS-3 IGSO", "IGSO"),
        ("C60", (2022, 1, 1), "C229", "BDS-3 GEO", "GEO"),
        ("C30", (2022, 1, 1), "C208", "BDS-3 MEO", "MEO"),
        ("J07", (2022, 1, 1), "J003", "QZSS-2 GEO", "GEO"),
    ],
)
def test_a_satellite_is_what_it_was_on_the_date(satellite, date, vehicle, block, orbit):
    facts = satellite_facts(satellite, at(*date))
    assert (facts.vehicle, facts.block, facts.orbit_class) == (vehicle, block, orbit)


def test_a_gap_between_vehicles_belongs_to_neither():
    facts = satellite_facts("G14", at(2020, 9, 1))  # G041 left on 2020-07-27, G077 came on 2020-11-05
    assert (facts.vehicle, facts.block) == ("", "GPS")


def test_numbers_alone_tell_the_orbit_of_beidou():
    facts = satellite_facts("C61", at(2019, 1, 1))
    assert (facts.vehicle, facts.block, facts.orbit_class) == ("", "BDS-3 GEO", "GEO")
    assert is_geostationary("C03")
    assert is_geostationary("C59", at(2022, 1, 1))
    assert not is_geostationary("C19")
    assert orbit_class("C40") == "IGSO"
    assert orbit_class("S23") == "GEO"


def test_every_vehicle_has_one_antenna_type():
    assert antenna_types()["G063"] == "BLOCK IIF"
    assert len(antenna_types()) > 150


@pytest.mark.truth
@pytest.mark.parametrize(
    "name",
    [
        "GRG0MGXFIN_20201770000_01D_15M_ORB.SP3.gz",
        "GFZ_MGX_20220010000_01D_05M_ORB.SP3.gz",
        "COD0MGXFIN_20190450000_01D_05M_ORB.SP3.gz",
    ],
)
def test_the_table_knows_every_satellite_of_real_products(shared_data, name):
    orbits = read_sp3(shared_data / "gnss" / name)
    facts = [satellite_facts(satellite, float(orbits.gpst[5])) for satellite in orbits.satellites]
    assert [fact.satellite for fact in facts if not fact.vehicle] == []


@pytest.mark.truth
def test_channels_are_those_of_the_messages(shared_data, validation):
    messages = read_navigation(shared_data / "gnss" / "BRDC00IGS_R_20220010000_01D_MN.rnx.gz", systems="R").messages
    noon = at(2022, 1, 1)
    said = {str(name): int(channel) for name, channel in zip(messages.satellite, messages.channel, strict=True)}
    known = {name: satellite_facts(name, noon).channel for name in said}
    wrong = sum(known[name] is not None and known[name] != said[name] for name in said)
    assert sum(channel is not None for channel in known.values()) >= 19
    validation(
        capability="navigation satellites by date",
        quantity="frequency channels of GLONASS",
        authority="broadcast messages of 2022-001",
        error=float(wrong),
        unit="1",
        tolerance=0.0,
        cases=len(said),
    )
