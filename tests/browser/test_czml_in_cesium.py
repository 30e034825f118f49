"""Authority: CesiumJS, which loads what we write and tells where it would draw it."""

from __future__ import annotations

import json

import numpy as np
import pytest

from moonstead.dynamics.windows import Windows
from moonstead.formats.czml import CzmlClock, CzmlLine, CzmlPlace, CzmlTrack, write_czml
from moonstead.formats.time_text import format_times, parse_times

# Degree 5 through samples 120 s apart on a circle of 2 h: (2 pi 120 / 7200)^6 / 6! * 1.9e6 m, about a metre less.
INTERPOLATION = 1.0  # [m]
RADIUS, RATE = 1.9e6, 2.0 * np.pi / 7200.0  # [m], [rad/s]

pytestmark = pytest.mark.browser


def position(tdb, start):
    angle = RATE * (np.asarray(tdb) - start)
    return RADIUS * np.stack((np.cos(angle), np.sin(angle), np.zeros_like(angle)), axis=-1)


@pytest.mark.truth
def test_cesium_draws_tracks_places_and_contacts_where_they_are(load_in_cesium, tmp_path, validation):
    start = float(parse_times(["2035-01-01T00:00:00.000"], "UTC")[0])
    span = (start, start + 20_000.3)
    tdb = np.append(np.arange(span[0], span[1], 120.0), span[1])
    hub = (0.0, 1e4, -1.7374e6)
    contacts = Windows.of([start + 600.0, start + 9000.0], [start + 5000.0, start + 9900.0], span)
    entities = [
        CzmlTrack("relay", "Relay", tdb, position(tdb, start), "MOON_ME", label="relay"),
        CzmlPlace("hub", "Hub", hub, label="hub", description="a < b"),
        CzmlLine("contact", "hub to relay", ("hub", "relay"), contacts),
    ]
    write_czml(tmp_path / "view.czml", "Two ridges", CzmlClock(*span, multiplier=60.0), entities, "MOON")
    asked = np.concatenate(([span[0]], np.linspace(span[0] + 30.0, span[1] - 30.0, 400), [span[1]]))
    texts = [f"{text}Z" for text in format_times(asked, "UTC", digits=3)]
    asked = parse_times(texts, "UTC")
    (tmp_path / "times.json").write_text(json.dumps(texts))
    seen = load_in_cesium(tmp_path / "view.czml", tmp_path / "times.json")

    assert (seen["name"], seen["multiplier"]) == ("Two ridges", 60.0)
    assert seen["seconds"] == pytest.approx(span[1] - span[0], abs=2e-3)
    relay = seen["entities"]["relay"]
    assert all(one["available"] and one["position"] is not None for one in relay)
    drawn = np.array([one["position"] for one in relay])
    validation(
        capability="CZML",
        quantity="position drawn",
        authority="CesiumJS 1.140.0",
        error=np.max(np.linalg.norm(drawn - position(asked, start), axis=1)),
        unit="m",
        tolerance=INTERPOLATION,
        cases=asked.size,
    )
    contact = seen["entities"]["contact"]
    assert [one["shown"] for one in contact] == contacts.contains(asked).tolist()
    lines = np.array([one["line"] for one in contact])
    np.testing.assert_allclose(lines[:, 0], np.broadcast_to(hub, (asked.size, 3)))
    np.testing.assert_allclose(lines[:, 1], drawn)
