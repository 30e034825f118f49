"""Authority: the reader itself, on what the writer wrote from any numbers that the format can hold."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moonstead.formats.broadcast_messages import BroadcastMessages, joined, no_messages
from moonstead.formats.gnss_time import gpst_from_civil
from moonstead.formats.rinex_navigation import NavigationFile, read_navigation, write_navigation
from moonstead.formats.rinex_navigation_header import IonosphereModel, TimeCorrection
from moonstead.formats.rinex_navigation_layout import LAYOUTS, STATE_WORDS, column_of
from moonstead.formats.rinex_navigation_others import EarthOrientationRecord
from moonstead.foundation.errors import InvalidInput

LAST_DIGIT = 1e-12  # relative: thirteen digits of the format
START = float(gpst_from_civil(2023, 5, 17, 0, 0, 0)[0])
STATE = {"px": 1.5e7, "py": -1.9e7, "pz": 0.8e7, "vx": 1.1e3, "vy": -0.3e3, "vz": 2.9e3}


def one_message(system: str, kind: str, number: int, hour: int, small: float, index: int) -> BroadcastMessages:
    """A plausible message; `small` fills what has no bounds."""
    found = no_messages(1)
    name = {"D2": "C03"}.get(kind, f"{system}{number:02d}")
    found.satellite[:], found.kind[:] = name, kind
    leap = {"R": 18.0, "C": 14.0}.get(system, 0.0)
    found.reference[:] = found.clock_reference[:] = START + hour * 3600.0 + leap
    found.transmission[:] = found.reference - 1800.0
    layout = LAYOUTS[system, kind]
    for word in layout:
        place = column_of(word)
        if place is not None:
            getattr(found, place[0])[:, place[1]] = small
    found.clock[:] = (small, small * 1e-3, small * 1e-6)
    if "px" in layout:
        scale = 1.6 if system == "S" else 1.0
        found.state[:] = [scale * STATE[word] if word in STATE else small for word in STATE_WORDS]
        found.clock[:, 2] = 0.0
    else:
        found.orbit[:, 0], found.orbit[:, 1], found.orbit[:, 5] = 5282.0 + small, 0.01, 0.9
        if "semi_major_axis_rate" not in layout:
            found.orbit[:, 9:11] = 0.0
    found.health[:] = index
    found.issue[:] = index
    if "issue" not in layout:
        found.issue[:] = -1
    if "issue_of_clock" in layout:
        found.issue_of_clock[:] = index + 1
    if "source" in layout:
        found.source[:] = {"INAV": 517, "FNAV": 258}.get(kind, index)
    if "channel" in layout:
        found.channel[:] = index % 14 - 7
    if "accuracy" in layout:
        found.accuracy[:] = 2.8
    if "fit_hours" in layout:
        found.fit_interval[:] = 4 * 3600.0
    if kind == "FDMA":
        found.extra[:, 0] = index % 15
        found.accuracy[:] = np.nan  # follows from the index
    if "extra3" in layout and system in "GJ":
        found.extra[:, 3] = 15.0
    if system == "J" and kind == "LNAV":
        found.extra[:, 1] = 1.0
    return found


def assert_same(found: BroadcastMessages, expected: BroadcastMessages, *, skip: tuple[str, ...] = ()) -> None:
    for each in fields(BroadcastMessages):
        if each.name in skip:
            continue
        a, b = getattr(found, each.name), getattr(expected, each.name)
        if a.dtype.kind == "f":
            np.testing.assert_allclose(a, b, rtol=LAST_DIGIT, atol=0.0, err_msg=each.name)
        else:
            np.testing.assert_array_equal(a, b, err_msg=each.name)


@settings(max_examples=40)
@given(
    chosen=st.lists(
        st.tuples(st.sampled_from(sorted(LAYOUTS)), st.integers(6, 30), st.integers(0, 23), st.integers(0, 200)),
        min_size=1,
        max_size=8,
        unique_by=lambda each: (each[0][0], each[0][1], each[1], each[2]),
    ),
    small=st.floats(-1e-2, 1e-2).filter(lambda value: value == 0.0 or abs(value) > 1e-12),
)
def test_messages_of_all_kinds_come_back(chosen, small, tmp_path_factory):
    parts = [one_message(*key, number, hour, small, index) for key, number, hour, index in chosen]
    keys = [(part.satellite[0], part.kind[0], part.reference[0], part.issue[0]) for part in parts]
    parts = [part for place, part in enumerate(parts) if keys.index(keys[place]) == place]
    messages = joined(parts)
    order = np.lexsort(
        (messages.issue, messages.clock_reference, messages.reference, messages.kind, messages.satellite)
    )
    messages = messages.take(order)
    path = tmp_path_factory.mktemp("round") / "all.rnx"
    write_navigation(path, messages, version="4.00")
    back = read_navigation(path)
    assert not [fault for fault in back.faults if "different things" not in fault.what]
    assert_same(back.messages, messages, skip=("accuracy",))
    again = path.with_name("again.rnx")
    write_navigation(again, back, version="4.00")
    assert again.read_bytes() == path.read_bytes()


@pytest.mark.parametrize(
    ("version", "name"),
    [
        ("3.04", "NYA100NOR_S_20241240000_01D_CN.rnx.gz"),
        ("3.05", "BRDC00IGS_R_20220010000_01D_MN.rnx.gz"),
        ("4.00", "ESBC00DNK_R_20201770000_01D_MN.rnx.gz"),
    ],
)
def test_real_files_come_back(shared_data, tmp_path, version, name):
    navigation = read_navigation(shared_data / "gnss" / name)
    path = tmp_path / "back.rnx"
    write_navigation(path, navigation, version=version)
    back = read_navigation(path)
    assert not back.faults
    assert_same(back.messages, navigation.messages)
    if version.startswith("3"):
        assert back.ionosphere == navigation.ionosphere
        assert back.time_corrections == navigation.time_corrections
        assert back.leap_seconds == navigation.leap_seconds


def test_records_of_rinex_4_come_back(tmp_path):
    message = one_message("G", "LNAV", 7, 3, 1e-3, 5)
    navigation = NavigationFile(
        version=4.0,
        ionosphere_models=(
            IonosphereModel("GPSA", (1e-8, 2e-8, -3e-8, 4e-8), "G07", START),
            IonosphereModel("GPSB", (1e5, 2e5, -3e5, 4e5), "G07", START),
            IonosphereModel("GAL", (87.75, 0.41797, -0.010742), "E11", START),
            IonosphereModel("BDGIM", tuple(float(place) for place in range(9)), "C30", START + 14.0),
        ),
        time_corrections=(
            TimeCorrection("GPUT", 1e-9, 2e-15, START, 0.0, "G07", "UTC(USNO)"),
            TimeCorrection("GLUT", -1e-8, 0.0, START + 18.0, 0.0, "R07", "UTC(SU)"),
        ),
        earth_orientation=(
            EarthOrientationRecord(
                "J02", "CNAV", START, (2.5e-7, 1e-14, 0.0), (1.5e-6, -2e-14, 0.0), (-0.1, 1e-9, 0.0)
            ),
        ),
        leap_seconds=None,
        messages=message,
        faults=(),
    )
    path = tmp_path / "four.rnx"
    write_navigation(path, navigation, version="4.00")
    back = read_navigation(path)
    assert not back.faults
    assert back.ionosphere_models == navigation.ionosphere_models
    assert back.time_corrections == navigation.time_corrections
    (turn,) = back.earth_orientation
    assert turn.pole_x == pytest.approx((2.5e-7, 1e-14, 0.0), rel=LAST_DIGIT)
    assert turn.ut1_minus_utc == pytest.approx((-0.1, 1e-9, 0.0), rel=LAST_DIGIT)


def test_what_rinex_3_cannot_say_is_refused(tmp_path):
    message = one_message("G", "CNAV", 7, 3, 1e-3, 5)
    with pytest.raises(InvalidInput, match=r"CNAV.*4\.00"):
        write_navigation(tmp_path / "x.rnx", message, version="3.05")
    with pytest.raises(InvalidInput, match=r"2\.11"):
        write_navigation(tmp_path / "x.rnx", message, version="2.11")
