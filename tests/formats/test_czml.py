"""Authority: the CZML Guide, as strict rules in `czml_rules`; CesiumJS itself loads a document in tests/browser."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from czml_rules import check_document, interval

from moonstead.dynamics.windows import Windows
from moonstead.formats.czml import CzmlClock, CzmlLine, CzmlPlace, CzmlTrack, czml_packets, write_czml
from moonstead.formats.time_text import parse_times
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.time.scales import tai_seconds

START = 1.1e9 + 0.123456
SPAN = (START, START + 86_400.0)
POSITION = 5e-4  # [m] three decimals are written
TIME = 1e-6  # [s] six decimals are written, on top of a time stored to 1.2e-7 s


def circle(**changes):
    tdb = np.append(np.arange(SPAN[0], SPAN[1], 120.0), SPAN[1])
    angle = 2.0 * np.pi * (tdb - tdb[0]) / 7200.0
    positions = 1.9e6 * np.column_stack((np.cos(angle), np.zeros_like(angle), np.sin(angle)))
    track = CzmlTrack("relay", "Relay <1>", tdb, positions, "MOON_ME", (255, 120, 0, 255), "relay")
    return replace(track, description="a < b & c", trail_time=7200.0, **changes)


HUB = CzmlPlace("hub", "Hub", (3e4, 1e3, -1.7368e6), label="hub")
CONTACTS = Windows.of([START + 100.0, START + 5000.0], [START + 3000.0, START + 9000.0], SPAN)
LINE = CzmlLine("hub-relay", "hub to relay", ("hub", "relay"), CONTACTS, (0, 255, 0, 128))
CLOCK = CzmlClock(*SPAN)


def test_a_document_obeys_the_czml_guide(tmp_path):
    write_czml(tmp_path / "view.czml", "Two ridges", CLOCK, [circle(), HUB, LINE], "MOON")
    packets = json.loads((tmp_path / "view.czml").read_text())
    check_document(packets)
    assert packets == czml_packets("Two ridges", CLOCK, [circle(), HUB, LINE], "MOON")
    assert [packet["id"] for packet in packets] == ["document", "relay", "hub", "hub-relay"]
    assert packets[1]["description"] == "a &lt; b &amp; c"


def test_samples_keep_their_times_and_positions():
    track = circle()
    position = czml_packets("x", CLOCK, [track], "MOON")[1]["position"]
    samples = np.array(position["cartesian"]).reshape(-1, 4)
    epoch = tai_seconds(parse_times([position["epoch"]], "UTC"))[0]
    np.testing.assert_allclose(epoch + samples[:, 0], tai_seconds(track.tdb), rtol=0.0, atol=TIME)
    np.testing.assert_allclose(samples[:, 1:], track.positions, rtol=0.0, atol=POSITION)
    assert (position["interpolationAlgorithm"], position["interpolationDegree"]) == ("LAGRANGE", 5)


def test_offsets_run_in_si_seconds_across_a_leap_second():
    tdb = parse_times(["2016-12-31T23:59:00", "2017-01-01T00:01:00"], "UTC")
    track = CzmlTrack("a", "a", tdb, np.ones((2, 3)), "ITRF")
    position = czml_packets("x", CzmlClock(*tdb), [track])[1]["position"]
    assert position["cartesian"][4] == pytest.approx(121.0, abs=TIME)
    assert position["interpolationDegree"] == 1


def test_a_line_is_shown_in_its_windows_and_hidden_in_between():
    show = czml_packets("x", CLOCK, [circle(), HUB, LINE], "MOON")[3]["polyline"]["show"]
    assert [one["boolean"] for one in show] == [False, True, False, True, False]
    edges = parse_times([interval(one["interval"])[0] for one in show if one["boolean"]], "UTC")
    np.testing.assert_allclose(edges, CONTACTS.starts, rtol=0.0, atol=6e-4)  # dates are written in milliseconds
    never = replace(LINE, windows=Windows.none(SPAN))
    assert [o["boolean"] for o in czml_packets("x", CLOCK, [circle(), HUB, never], "MOON")[3]["polyline"]["show"]] == [
        False
    ]


def test_the_moon_takes_only_moon_fixed_positions_and_says_so():
    packets = czml_packets("x", CLOCK, [circle(), HUB], "MOON")
    assert packets[0]["properties"] == {"centralBody": "MOON", "fixedFrame": "MOON_ME"}
    assert packets[1]["position"]["referenceFrame"] == "FIXED"
    assert packets[1]["properties"] == {"centralBody": "MOON", "frame": "MOON_ME"}
    for frame in ("ICRF", "MOON_PA", "ITRF"):
        with pytest.raises(InvalidInput, match=f"in {frame}, but about the MOON CZML holds MOON_ME: turn"):
            czml_packets("x", CLOCK, [circle(frame=frame)], "MOON")


@pytest.mark.parametrize(("frame", "reference"), [("ITRF", "FIXED"), ("ICRF", "INERTIAL"), ("EME2000", "INERTIAL")])
def test_the_earth_takes_fixed_and_inertial_positions(frame, reference):
    packets = czml_packets("x", CLOCK, [circle(frame=frame)], "EARTH")
    check_document(packets)
    assert packets[1]["position"]["referenceFrame"] == reference


def test_a_track_may_have_no_path_and_no_label():
    packet = czml_packets("x", CLOCK, [circle(path_width=0.0, label=None)], "MOON")[1]
    assert "path" not in packet and "label" not in packet


@pytest.mark.parametrize(
    ("clock", "entities", "said"),
    [
        (CzmlClock(SPAN[1], SPAN[0]), [], "clock must run forward"),
        (CzmlClock(*SPAN, current=SPAN[1] + 1.0), [], "clock must run forward"),
        (CLOCK, [HUB, HUB], "'hub' is empty, has a '#' or is used twice"),
        (CLOCK, [replace(HUB, id="document")], "'document' is taken"),
        (CLOCK, [replace(HUB, id="a#b")], "has a '#'"),
        (CLOCK, [LINE], "joins 'hub', which no entity before it is"),
        (CLOCK, [replace(HUB, position=(0.0, np.nan, 0.0))], "three finite coordinates"),
        (CLOCK, [replace(HUB, color=(256, 0, 0, 0))], "from 0 to 255"),
        (CLOCK, [CzmlTrack("t", "t", np.zeros(2), np.ones((2, 3)), "MOON_ME")], "rising times"),
        (CLOCK, [CzmlTrack("t", "t", np.arange(2.0), np.full((2, 3), np.nan), "MOON_ME")], "finite positions"),
        (CLOCK, [CzmlTrack("t", "t", np.arange(2.0), np.ones((3, 3)), "MOON_ME")], "N at least 2"),
    ],
)
def test_what_cesium_could_not_show_is_refused(clock, entities, said):
    with pytest.raises(InvalidInput, match=said):
        czml_packets("x", clock, entities, "MOON")


def test_another_body_is_refused_by_name():
    with pytest.raises(InvalidInput, match="CZML can be written about EARTH, MOON; asked for 'MARS'"):
        czml_packets("x", CLOCK, [], "MARS")
