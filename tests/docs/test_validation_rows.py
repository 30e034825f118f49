"""A comparison that fails is refused, and never becomes a row of the validation page."""

import math

import pytest


@pytest.mark.parametrize("error", [1.0 + 1e-9, math.inf, math.nan])
def test_an_error_beyond_its_tolerance_is_refused_and_not_recorded(validation, error, monkeypatch, tmp_path):
    monkeypatch.setitem(validation.__globals__, "VALIDATION_ROWS", tmp_path)
    row = {"capability": "c", "quantity": "q", "authority": "a", "unit": "m", "cases": 1}
    with pytest.raises(AssertionError, match="against a, allowed 1 m"):
        validation(**row, error=error, tolerance=1.0)
    assert not list(tmp_path.iterdir())
    validation(**row, error=1.0, tolerance=1.0)
    assert len(list(tmp_path.iterdir())) == 1
