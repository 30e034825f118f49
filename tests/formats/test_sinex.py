"""Authority: the SINEX format 2.02 (IERS Message 103) and the weekly combined coordinates of the IGS."""

import numpy as np
import pytest

from moonstead.formats.sinex import read_sinex
from moonstead.foundation.errors import FormatError, MissingData

PUBLISHED = 5e-5  # [m] coordinates noted with four decimals
NOTED = {
    "NYA1": (1202433.6131, 252632.4074, 6237772.7803),
    "JFNG": (-2279829.1124, 5004706.4500, 3219777.3776),
}
EPOCH = 14_925.5 * 86_400.0 - 5.0 * 86_400.0  # [s GPST] noon of day 316 of 2020
YEAR = 365.25 * 86_400.0

SAMPLE = """%=SNX 2.02 IGN 20:345:00000 IGN 20:312:75600 20:320:10800 P  1647 2 S
+SITE/ID
*CODE PT __DOMES__ T _STATION DESCRIPTION__ _LONGITUDE_ _LATITUDE__ HEIGHT_
 AB09  A 49419M001 P Wales - Alaska, UNITED 191 56 16.3  65 36 53.9   162.5
-SITE/ID
+SITE/RECEIVER
 AB09  A ---- P 16:220:72240 00:000:00000 TRIMBLE NETRS        46252 1.3-2
-SITE/RECEIVER
+SITE/ANTENNA
 AB09  A ---- P 07:202:00000 00:000:00000 TRM29659.00     SCIT 4622A
-SITE/ANTENNA
+SITE/ECCENTRICITY
 AB09  A ---- P 07:202:00000 00:000:00000 UNE   0.0083   0.0010  -0.0020
-SITE/ECCENTRICITY
+SOLUTION/EPOCHS
 AB09  A    1 P 20:312:75600 20:320:10800 20:316:43200
 AB09  A    2 P 20:321:00000 00:000:00000 20:330:43200
-SOLUTION/EPOCHS
+SOLUTION/ESTIMATE
*INDEX _TYPE_ CODE PT SOLN _REF_EPOCH__ UNIT S ___ESTIMATED_VALUE___ __STD_DEV__
     1 STAX   AB09  A    1 20:316:43200 m    2 -2.58361490947259e+06 5.84252e-04
     2 STAY   AB09  A    1 20:316:43200 m    2 -5.46237001779658e+05 3.53027e-04
     3 STAZ   AB09  A    1 20:316:43200 m    2  5.78650167543308e+06 1.35529e-03
     4 VELX   AB09  A    1 20:316:43200 m/y  2 -2.20000000000000e-02 1.00000e-05
     5 VELY   AB09  A    1 20:316:43200 m/y  2  1.00000000000000e-02 1.00000e-05
     6 VELZ   AB09  A    1 20:316:43200 m/y  2 -5.00000000000000e-03 1.00000e-05
     7 STAX   AB09  A    2 20:330:43200 m    2 -2.58361590947259e+06 5.84252e-04
     8 STAY   AB09  A    2 20:330:43200 m    2 -5.46237001779658e+05 3.53027e-04
     9 STAZ   AB09  A    2 20:330:43200 m    2  5.78650167543308e+06 1.35529e-03
-SOLUTION/ESTIMATE
+SOLUTION/MATRIX_ESTIMATE L COVA
     1     1  3.41350399504000e-07
-SOLUTION/MATRIX_ESTIMATE L COVA
%ENDSNX
"""


def written(folder, text):
    path = folder / "stations.snx"
    path.write_text(text)
    return path


@pytest.mark.truth
def test_weekly_coordinates_of_the_igs(shared_data, validation):
    stations = read_sinex(shared_data / "gnss" / "igs20P2131_subset.txt")
    assert len(stations.solutions) == 9
    errors = [np.max(np.abs(stations.station(code).position - expected)) for code, expected in NOTED.items()]
    assert stations.station("NYA1").epoch == EPOCH
    validation(
        capability="coordinates of stations",
        quantity="positions of two stations",
        authority="IGS weekly combined solution of week 2131, as noted by hand",
        error=float(max(errors)),
        unit="m",
        tolerance=PUBLISHED,
        cases=len(errors) * 3,
    )


def test_every_block_of_a_station_is_read(tmp_path):
    stations = read_sinex(written(tmp_path, SAMPLE))
    assert stations.domes == {"AB09 A": "49419M001"}
    assert stations.descriptions == {"AB09 A": "Wales - Alaska, UNITED"}
    receiver, antenna = stations.equipment
    assert (receiver.kind, receiver.type, receiver.serial) == ("receiver", "TRIMBLE NETRS", "46252")
    assert (antenna.kind, antenna.type, antenna.radome) == ("antenna", "TRM29659.00", "SCIT")
    assert antenna.end == np.inf
    eccentricity = stations.eccentricities[0]
    assert eccentricity.axes == "UNE"
    np.testing.assert_allclose(eccentricity.offset, [0.0083, 0.001, -0.002])
    assert not stations.faults


def test_a_velocity_moves_a_station_by_the_year(tmp_path):
    station = read_sinex(written(tmp_path, SAMPLE)).station("AB09", EPOCH)
    assert station.solution == "1"
    moved = station.at(EPOCH + 10.0 * YEAR) - station.at(EPOCH)
    np.testing.assert_allclose(moved, [-0.22, 0.10, -0.05], atol=1e-8)


def test_the_solution_whose_data_cover_the_date_is_given(tmp_path):
    stations = read_sinex(written(tmp_path, SAMPLE))
    assert stations.station("AB09", EPOCH + 20.0 * 86_400.0).solution == "2"
    assert stations.station("AB0900USA").solution == "2"  # the newest
    second = stations.station("AB09")
    np.testing.assert_array_equal(second.at(EPOCH), second.position)  # without velocity it stands


def test_a_broken_line_is_told_and_its_station_left_out(tmp_path):
    stations = read_sinex(written(tmp_path, SAMPLE.replace("-2.58361490947259e+06", "-2.58361490947259x+06")))
    assert [fault.line for fault in stations.faults] == [0, 21]  # the station as a whole, and the line
    assert [solution.solution for solution in stations.solutions] == ["2"]


def test_a_cut_file_is_told(tmp_path):
    stations = read_sinex(written(tmp_path, SAMPLE[: SAMPLE.index("     7 STAX")]))
    assert "cut off" in str(stations.faults[0])
    assert len(stations.solutions) == 1


def test_files_without_stations_are_refused(tmp_path):
    with pytest.raises(FormatError, match="no SINEX file"):
        read_sinex(written(tmp_path, "GARBAGE\n" * 1000))
    with pytest.raises(FormatError, match="nothing of stations"):
        read_sinex(written(tmp_path, SAMPLE[:90] + "%ENDSNX\n"))
    with pytest.raises(MissingData, match="no station XXXX; it has 1: AB09"):
        read_sinex(written(tmp_path, SAMPLE)).station("XXXX")
