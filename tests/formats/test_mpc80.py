"""Records of 80 columns: the Minor Planet Center's own examples, and what is wrong with bad ones."""

from __future__ import annotations

import numpy as np
import pytest

from moonstead.formats.astrometry import read_all_astrometry, read_astrometry
from moonstead.formats.mpc80 import read_mpc80
from moonstead.formats.mpc80_writer import mpc80_lines
from moonstead.foundation.constants import ARCSECOND, ASTRONOMICAL_UNIT
from moonstead.foundation.errors import InvalidInput

GOOD = "     K24B01X* C2024 01 20.90865 07 46 28.66 +45 23 28.3          18.0 GV~7h33K88"
# First observation of 1222 T-1 by the Hubble Space Telescope, MPC 26225, as the Center's description shows it.
HUBBLE = (
    "     T1S1222  S1995 10 19.53839 23 45 35.737+09 09 38.13                     250",
    "     T1S1222  s1995 10 19.53839 1 + 5530.3041 - 4255.1515 -  550.2319        250",
)
ROVER = (
    "     K07X65K 4V2007 12 12.12345 06 12 34.56 -12 34 56.7          17.2 R      247",
    "     K07X65K 4v2007 12 12.12345 1 241.234567 +35.123456  1234                247",
)
# Rounding of the last place of a double in hours and seconds of arc.
ANGLE_TOLERANCE = 1e-9 * ARCSECOND  # [rad]


def reasons(*lines: str) -> list[str]:
    return [one.reason for one in read_mpc80(lines).rejected]


def test_a_record_says_place_time_and_station() -> None:
    rows = read_mpc80([GOOD])
    assert rows.count == 1
    assert not rows.rejected
    degrees = (7 + 46 / 60 + 28.66 / 3600) * 15, 45 + 23 / 60 + 28.3 / 3600
    assert rows.right_ascension[0] == pytest.approx(np.deg2rad(degrees[0]), abs=ANGLE_TOLERANCE)
    assert rows.declination[0] == pytest.approx(np.deg2rad(degrees[1]), abs=ANGLE_TOLERANCE)
    assert rows.magnitude[0] == 18.0
    assert (rows.objects[0], rows.station[0], rows.band[0], rows.catalogue[0]) == ("2024 BX1", "K88", "G", "V")
    assert (rows.mode[0], rows.utc[0]) == ("CCD", "2024 01 20.90865")
    assert rows.time_resolution[0] == pytest.approx(0.864)
    assert rows.resolution[0, 1] == pytest.approx(0.1 * ARCSECOND)


def test_declinations_just_south_of_the_equator_keep_their_sign() -> None:
    south = GOOD[:44] + "-00 00 01.0 " + GOOD[56:]
    assert read_mpc80([south]).declination[0] == pytest.approx(-ARCSECOND, abs=ANGLE_TOLERANCE)


def test_coarse_places_of_minutes_with_decimals_are_read() -> None:
    coarse = GOOD[:14] + "P1935" + GOOD[19:32] + "07 46.5     +45 23      " + GOOD[56:]
    rows = read_mpc80([coarse])
    assert rows.right_ascension[0] == pytest.approx(np.deg2rad((7 + 46.5 / 60) * 15), abs=ANGLE_TOLERANCE)
    assert rows.declination[0] == pytest.approx(np.deg2rad(45 + 23 / 60), abs=ANGLE_TOLERANCE)
    assert rows.resolution[0, 1] == pytest.approx(60.0 * ARCSECOND)
    assert rows.mode[0] == "PHO"


@pytest.mark.truth
def test_the_centers_example_of_a_satellite_is_read() -> None:
    rows = read_mpc80(HUBBLE)
    assert rows.count == 1
    assert rows.objects[0] == "1222 T-1"
    assert rows.observer_position[0] == pytest.approx([5530304.1, -4255151.5, -550231.9])
    assert (rows.line[0], rows.second_line[0]) == (1, 2)


def test_satellites_far_away_give_their_place_in_astronomical_units() -> None:
    far = (HUBBLE[1][:32] + "2 - 0.9912345 + 1.2345678 + 0.0000100").ljust(77) + "250"
    place = read_mpc80([HUBBLE[0], far]).observer_position[0]
    assert place == pytest.approx(np.array([-0.9912345, 1.2345678, 0.00001]) * ASTRONOMICAL_UNIT)


def test_rovers_give_longitude_latitude_and_height() -> None:
    place = read_mpc80(ROVER).site_position[0]
    assert np.linalg.norm(place) == pytest.approx(6_372_000.0, abs=3_000.0)
    assert np.degrees(np.arctan2(place[1], place[0])) % 360.0 == pytest.approx(241.234567)


def test_a_radar_pair_gives_delay_and_shift_at_the_whole_second() -> None:
    from moonstead.formats.radar_astrometry import read_radar_table

    table = read_radar_table(
        [
            "99942 Apophis (2004 MN4)\t2013-03-15 23:59:00\t235220855.07\t2.000\tus\t2380\t251\t251\tC",
            "99942 Apophis (2004 MN4)\t2013-03-15 23:59:00\t-80977.5254\t0.238\tHz\t2380.0001234\t251\t254\tS",
        ]
    )
    lines = mpc80_lines(table)
    back = read_mpc80(lines)
    assert not back.rejected
    assert back.other_lines == 2  # the second line of each pair
    # A pair with an impossible date is refused whole.
    wrong = [line.replace("2013 03 15", "2013 13 15") for line in lines[:2]]
    assert read_mpc80(wrong).radar.count == 0
    assert len(read_mpc80(wrong).rejected) == 2
    for name in ("objects", "kind", "transmitter", "receiver", "bounce", "tdb"):
        assert getattr(back.radar, name).tolist() == getattr(table.radar, name).tolist(), name
    for name in ("value", "sigma", "frequency"):
        assert getattr(back.radar, name) == pytest.approx(getattr(table.radar, name), rel=1e-12), name


def test_replaced_observations_are_told_and_not_used() -> None:
    replaced = GOOD[:14] + "X" + GOOD[15:]
    rows = read_mpc80([replaced, GOOD])
    assert rows.count == 1
    assert "replaced" in rows.rejected[0].reason


@pytest.mark.parametrize(
    ("start", "text", "said"),
    [
        (15, "2024 13 20.90865", "no such date"),
        (15, "2023 02 29.90865", "no such date"),
        (15, "2024 01 00.50000", "no such date"),
        (15, "2024/01/20.90865", "no date"),
        (15, "1492 01 20.90865", "1860"),
        (15, "1955 01 20.90865", "before 1970"),
        (32, "24 46 28.66 ", "24 hours"),
        (32, "07 60 28.66 ", "60 or more"),
        (32, "07 46 60.00 ", "60 or more"),
        (32, "7h46m28.66s ", "no such angle"),
        (32, "            ", "no such angle"),
        (44, "+91 23 28.3 ", "beyond a pole"),
        (44, "+90 00 00.1 ", "beyond a pole"),
        (44, " 45 23 28.3 ", "sign"),
        (65, "1b.0 ", "no magnitude"),
        (77, "   ", "80"),
        (0, "            ", "no object"),
        (14, "?", "column 15"),
        (14, "O", "offset"),
    ],
)
def test_each_impossible_field_is_told(start: int, text: str, said: str) -> None:
    line = GOOD[:start] + text + GOOD[start + len(text) :]
    rows = read_mpc80([GOOD, line])
    assert rows.count == 1
    assert [one.line for one in rows.rejected] == [2]
    assert said in rows.rejected[0].reason
    assert rows.rejected[0].remedy


@pytest.mark.parametrize("shift", [-2, -1, 1, 2])
def test_shifted_columns_are_refused(shift: int) -> None:
    line = " " * shift + GOOD if shift > 0 else GOOD[-shift:]
    assert read_mpc80([line]).count == 0
    assert len(read_mpc80([line]).rejected) == 1
    padded = (" " + GOOD)[:77] + "K88"
    assert read_mpc80([padded]).count == 0


def test_second_lines_that_are_lost_or_alone_are_refused() -> None:
    assert "missing" in reasons(HUBBLE[0])[0]
    assert "does not follow" in reasons(HUBBLE[1])[0]
    assert len(reasons(HUBBLE[0], GOOD, HUBBLE[1])) == 2
    # A first line that is refused takes its second line with it.
    bad = HUBBLE[0].replace("23 45 35.737", "25 45 35.737")
    told = read_mpc80([bad, HUBBLE[1]])
    assert [one.line for one in told.rejected] == [1, 2]


def test_the_other_name_of_a_numbered_object_means_the_same_object() -> None:
    both = "A1955J99R36Q" + GOOD[12:]
    alone = "     J99R36Q  C2024 01 20.91865" + GOOD[31:]
    rows = read_all_astrometry(f"{both}\n{alone}\n")
    assert rows.object_counts() == {"101955": 2}


def test_headers_comments_and_blank_lines_are_counted() -> None:
    rows = read_mpc80(["COD K88", "OBS A. Observer", "# note", "", GOOD])
    assert (rows.count, rows.other_lines, len(rows.rejected)) == (1, 4, 0)


def test_a_name_that_does_not_fit_is_refused_by_the_writer() -> None:
    rows = read_mpc80([GOOD])
    rows.objects[:] = "far too"
    with pytest.raises(InvalidInput, match="columns 1 to 12"):
        mpc80_lines(rows)


def test_the_text_itself_may_stand_in_for_a_file() -> None:
    assert read_astrometry(GOOD + "\r\n").count == 1
