"""ADES in its three dresses, and what is wrong with bad rows."""

from __future__ import annotations

import numpy as np
import pytest

from moonstead.formats.ades_writer import FitColumns, ades_psv, ades_xml
from moonstead.formats.astrometry import read_all_astrometry, read_astrometry
from moonstead.foundation.constants import ARCSECOND, ASTRONOMICAL_UNIT
from moonstead.foundation.errors import InvalidInput

NAMES = "permID|provID|trkSub|mode|stn|prog|obsTime|ra|dec|rmsRA|rmsDec|rmsCorr|rmsTime|astCat|mag|band|notes"
ROW = "|2024 YR4||CCD|W68|02|2024-12-27T05:49:12.35Z|126.123456|-5.654321|0.15|0.16|0.2|0.5|Gaia2|16.7|o|"
PSV = f"# version=2022\n# observatory\n! mpcCode W68\n{NAMES}\n{ROW}\n"
SPACE = (
    "# version=2022\npermID|mode|stn|sys|ctr|pos1|pos2|pos3|obsTime|ra|dec|astCat\n"
    "433|CCD|C51|ICRF_KM|399|-1234.5|2345.6|-6543.21|2015-03-04T05:06:07.8Z|10.5|20.25|UCAC4\n"
    "433|CCD|274|ICRF_AU|399|0.01|-0.002|0.0003|2024-03-04T05:06:07.8Z|11.5|20.25|Gaia2\n"
    "433|CCD|247|WGS84|399|241.5|35.25|1234.5|2015-03-06T05:06:07.8Z|12.5|20.25|UCAC4\n"
    "433|CCD|247|ITRF|399|241.5|5213.4|3665.1|2015-03-07T05:06:07.8Z|13.5|20.25|UCAC4\n"
)
OCCULTATION = (
    "# version=2022\n"
    "permID|mode|stn|sys|ctr|pos1|pos2|pos3|obsTime|raStar|decStar|deltaRA|deltaDec|rmsRA|rmsDec|astCat\n"
    "433|OCC|275|WGS84|399|241.5|35.25|1234.5|2021-03-06T05:06:07.8Z|120.0|60.0|-0.5|0.25|0.001|0.002|Gaia3\n"
)
RADAR = (
    "# version=2022\npermID|trx|rcv|obsTime|delay|rmsDelay|doppler|rmsDoppler|frq|com\n"
    "99942|253|253|2021-03-05T07:00:00Z|112.42674652|1.0|||8560|1\n"
    "99942|253|256|2021-03-03T06:40:00Z|||29329.8|0.4|8560|0\n"
)
DEGREE = np.pi / 180.0
ROUNDING = 1e-15  # [rad] of products with doubles


def test_psv_gives_the_numbers_in_si_units() -> None:
    rows = read_astrometry(PSV)
    assert (rows.count, rows.other_lines, rows.rejected) == (1, 4, ())
    assert rows.right_ascension[0] == pytest.approx(126.123456 * DEGREE, abs=ROUNDING)
    assert rows.declination[0] == pytest.approx(-5.654321 * DEGREE, abs=ROUNDING)
    assert rows.stated_sigma[0] == pytest.approx(np.array([0.15, 0.16]) * ARCSECOND)
    assert (rows.correlation[0], rows.stated_time_sigma[0], rows.magnitude[0]) == (0.2, 0.5, 16.7)
    said = rows.objects[0], rows.station[0], rows.catalogue[0], rows.band[0], rows.program[0], rows.mode[0]
    assert said == ("2024 YR4", "W68", "Gaia2", "o", "2", "CCD")
    assert rows.time_resolution[0] == pytest.approx(0.01)
    assert rows.resolution[0, 1] == pytest.approx(1e-6 * DEGREE)
    assert rows.line[0] == 5


def test_psv_xml_and_csv_of_one_row_say_the_same() -> None:
    psv = read_astrometry(PSV)
    cells = dict(zip(NAMES.split("|"), ROW.split("|"), strict=True))
    inner = "".join(f"<{name}>{value}</{name}>" for name, value in cells.items() if value)
    xml = read_astrometry(f'<?xml version="1.0"?>\n<ades version="2017"><obsBlock><obsContext><observatory>'
                          f"<mpcCode>W68</mpcCode></observatory></obsContext><obsData>\n<optical>{inner}</optical>"
                          f"</obsData></obsBlock></ades>\n")  # fmt: skip
    csv = read_astrometry(f"{NAMES}\n{ROW}\n".replace("|", ","))
    for other in (xml, csv):
        for name in (
            "tdb",
            "right_ascension",
            "declination",
            "stated_sigma",
            "objects",
            "station",
            "catalogue",
            "mode",
        ):
            assert np.array_equal(getattr(other, name), getattr(psv, name)), name
    assert xml.line[0] == 3


def test_observers_in_space_and_on_the_road_are_placed() -> None:
    rows = read_astrometry(SPACE)
    assert rows.observer_position[0] == pytest.approx([-1_234_500.0, 2_345_600.0, -6_543_210.0])
    assert rows.observer_position[1] == pytest.approx(np.array([0.01, -0.002, 0.0003]) * ASTRONOMICAL_UNIT)
    assert np.all(np.isnan(rows.observer_position[2:]))
    longitude = np.degrees(np.arctan2(rows.site_position[2:, 1], rows.site_position[2:, 0])) % 360.0
    assert longitude == pytest.approx([241.5, 241.5])
    assert rows.site_position[3, 2] == pytest.approx(3_665_100.0)


def test_occultations_count_from_the_star() -> None:
    rows = read_astrometry(OCCULTATION)
    # Half an arcsecond to the west at 60 degrees of declination is a whole one in right ascension.
    assert rows.right_ascension[0] == pytest.approx(120.0 * DEGREE - 1.0 * ARCSECOND, abs=1e-12)
    assert rows.declination[0] == pytest.approx(60.0 * DEGREE + 0.25 * ARCSECOND, abs=ROUNDING)
    assert rows.mode[0] == "OCC"


def test_radar_rows_give_delay_and_doppler() -> None:
    radar = read_astrometry(RADAR).radar
    assert radar.kind.tolist() == ["delay", "doppler"]
    assert radar.value == pytest.approx([112.42674652, 29329.8])
    assert radar.sigma == pytest.approx([1e-6, 0.4])
    assert radar.frequency == pytest.approx([8.56e9, 8.56e9])
    assert radar.bounce.tolist() == ["C", "S"]
    assert radar.receiver.tolist() == ["253", "256"]


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("obsTime", "2024-12-27", "obsTime"),
        ("obsTime", "2024-13-27T05:49:12Z", "obsTime"),
        ("obsTime", "", "obsTime"),
        ("ra", "360.5", "0 to 360"),
        ("ra", "12h", "ra is no number"),
        ("ra", "", "missing"),
        ("ra", "nan", "ra is no number"),
        ("dec", "-90.01", "beyond a pole"),
        ("stn", "", "no station"),
        ("provID", "", "no object"),
        ("mode", "EYE", "mode"),
        ("rmsRA", "-0.1", "not positive"),
        ("rmsRA", "0", "not positive"),
        ("rmsCorr", "1.5", "rmsCorr"),
        ("rmsTime", "-1", "negative"),
    ],
)
def test_each_impossible_cell_is_told(name: str, value: str, said: str) -> None:
    cells = ROW.split("|")
    cells[NAMES.split("|").index(name)] = value
    rows = read_all_astrometry(f"{PSV}{'|'.join(cells)}\n")
    assert rows.count == 1
    assert [one.line for one in rows.rejected] == [6]
    assert said in rows.rejected[0].reason


def test_rows_with_too_few_or_too_many_cells_are_refused() -> None:
    rows = read_all_astrometry(PSV + ROW + "|extra\n" + ROW.rpartition("|")[0] + "\n")
    assert rows.count == 1
    assert [one.line for one in rows.rejected] == [6, 7]


def test_blocks_may_have_columns_of_their_own() -> None:
    rows = read_all_astrometry(
        PSV + "# version=2022\nprovID|stn|obsTime|dec|ra\n2024 YR4|309|2025-01-05T01:02:03Z|1|2\n"
    )
    assert rows.station.tolist() == ["W68", "309"]
    assert rows.declination[1] == pytest.approx(1.0 * DEGREE)


def test_values_before_any_names_are_refused() -> None:
    rows = read_all_astrometry(f"# version=2022\n{NAMES}\n# next block\n{ROW}\n")
    assert rows.count == 0
    assert "column names" in rows.rejected[0].reason


def test_xml_that_breaks_off_is_read_as_far_as_it_goes() -> None:
    whole = ades_xml(read_astrometry(SPACE))
    rows = read_all_astrometry(whole[: whole.rindex("<optical>") + 40])
    assert rows.count == 3
    assert "breaks off" in rows.rejected[-1].reason


def test_xml_with_entities_is_refused() -> None:
    bomb = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbbbbbb">]>\n<ades>&b;</ades>'
    with pytest.raises(InvalidInput, match="DOCTYPE"):
        read_astrometry(bomb)


@pytest.mark.parametrize("text", [PSV, SPACE, OCCULTATION, RADAR])
def test_what_is_written_is_read_again(text: str) -> None:
    first = read_astrometry(text)
    for again in (read_astrometry(ades_psv(first)), read_astrometry(ades_xml(first))):
        assert (again.count, again.radar.count, again.rejected) == (first.count, first.radar.count, ())
        for name in ("objects", "station", "mode", "catalogue", "band"):
            assert getattr(again, name).tolist() == getattr(first, name).tolist(), name
        for name in ("tdb", "right_ascension", "declination"):
            assert getattr(again, name) == pytest.approx(getattr(first, name), abs=1e-9), name
        # A millimetre is the last digit written of a place.
        for name in ("observer_position", "site_position"):
            assert getattr(again, name) == pytest.approx(getattr(first, name), abs=1e-3, nan_ok=True), name
        assert again.radar.value == pytest.approx(first.radar.value, rel=1e-12)


def test_residuals_are_written_in_arcseconds() -> None:
    rows = read_astrometry(SPACE)
    fit = FitColumns(
        np.full((4, 2), 0.25) * ARCSECOND, np.full((4, 2), 0.5) * ARCSECOND, np.array([True, True, False, True])
    )
    lines = ades_psv(rows, fit).splitlines()
    table = [dict(zip(lines[1].split("|"), line.split("|"), strict=True)) for line in lines[2:]]
    assert [row["resRA"] for row in table] == ["0.2500"] * 4
    assert [row["selAst"] for row in table] == ["A", "A", "D", "A"]
    assert {row["sigDec"] for row in table} == {"0.5"}
