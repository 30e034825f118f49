"""Authority: CesiumJS loads the view of a run and draws spacecraft and contacts where the tables have them."""

from __future__ import annotations

import json

import numpy as np
import pytest

from moonstead.foundation.data import DataContext
from moonstead.foundation.frames.standard import MOON_ME
from moonstead.run.tables import read_table

pytestmark = pytest.mark.browser
# Degree 5 through samples 300 s apart on an ellipse of 14 h, at its fastest near 900 km altitude: tens of metres
INTERPOLATION = 100.0  # [m]


@pytest.mark.truth
def test_the_view_of_a_run_is_where_its_tables_say(load_in_cesium, small_run, tmp_path, validation):
    orbit = read_table(small_run / "tables" / "orbit.relay.parquet").columns
    rows = slice(3, -3, 29)
    texts = [str(text) for text in orbit["utc"][rows]]
    (tmp_path / "times.json").write_text(json.dumps(texts))
    seen = load_in_cesium(small_run / "view.czml", tmp_path / "times.json")
    drawn = np.array([one["position"] for one in seen["entities"]["relay"]])
    position = np.stack([orbit[axis][rows] for axis in "xyz"], axis=1)
    turned = MOON_ME.from_icrf(orbit["tdb"][rows], DataContext.installed()).position(position)
    validation(
        capability="CZML",
        quantity="spacecraft of a run as drawn",
        authority="CesiumJS 1.140.0",
        error=np.max(np.linalg.norm(drawn - turned, axis=1)),
        unit="m",
        tolerance=INTERPOLATION,
        cases=len(texts),
    )
    contact = read_table(small_run / "tables" / "contact.rim.dish--relay.surface.parquet").columns
    inside = [
        any(a <= text < b for a, b in zip(contact["start_utc"], contact["stop_utc"], strict=True)) for text in texts
    ]
    shown = [bool(one["shown"]) for one in seen["entities"]["contact.rim.dish--relay.surface"]]
    assert shown == inside
