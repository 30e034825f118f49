"""Tables of radar echoes as JPL gives them out."""

from __future__ import annotations

import json

import pytest

from moonstead.formats.astrometry import read_all_astrometry, read_astrometry

ROW = ["99942 Apophis (2004 MN4)", "2005-01-29 00:00:00", "192028507.13", "4.000", "us", "2380", "251", "251", "C"]


def test_microseconds_and_hertz_become_si() -> None:
    shift = [*ROW[:2], "-102512.9059", "0.250", "Hz", *ROW[5:]]
    radar = read_astrometry("\n".join("\t".join(row) for row in (ROW, shift))).radar
    assert radar.objects.tolist() == ["99942", "99942"]
    assert radar.kind.tolist() == ["delay", "doppler"]
    assert radar.value == pytest.approx([192.02850713, -102512.9059], rel=1e-15)
    assert radar.sigma == pytest.approx([4e-6, 0.25])
    assert radar.frequency == pytest.approx([2.38e9, 2.38e9])


def test_the_answer_of_the_server_is_read() -> None:
    fields = ["des", "epoch", "value", "sigma", "units", "freq", "rcvr", "xmit", "bp"]
    answer = {"fields": fields, "data": [["99942", *ROW[1:6], "-14", "-1", "C"]], "count": "1"}
    for indent in (None, 1):
        radar = read_all_astrometry(json.dumps(answer, indent=indent) + "\n").radar
        assert (radar.receiver.tolist(), radar.transmitter.tolist()) == (["253"], ["251"])


@pytest.mark.parametrize(
    ("place", "text", "said"),
    [
        (0, "", "no object"),
        (1, "2005-02-29 00:00:00", "time"),
        (1, "yesterday", "time"),
        (2, "-5", "not positive"),
        (2, "x", "no number"),
        (3, "0", "must be positive"),
        (3, "nan", "must be positive"),
        (5, "-2380", "must be positive"),
        (8, "X", "neither C"),
    ],
)
def test_each_impossible_cell_is_told(place: int, text: str, said: str) -> None:
    bad = [*ROW[:place], text, *ROW[place + 1 :]]
    rows = read_all_astrometry("\t".join(ROW) + "\n" + "\t".join(bad) + "\n")
    assert rows.radar.count == 1
    assert [one.line for one in rows.rejected] == [2]
    assert said in rows.rejected[0].reason


def test_rows_cut_short_are_refused() -> None:
    rows = read_all_astrometry("\t".join(ROW) + "\n" + "\t".join(ROW[:5]) + "\n")
    assert (rows.radar.count, len(rows.rejected)) == (1, 1)


def test_a_designation_in_brackets_names_what_has_no_number() -> None:
    rows = read_all_astrometry("\t".join(["(2024 YR4)", *ROW[1:]]) + "\n")
    assert rows.radar.objects.tolist() == ["2024 YR4"]
