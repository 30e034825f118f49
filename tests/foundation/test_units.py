"""Authority: the definitions of the units (SI brochure, IAU Julian year and astronomical unit), written out by hand."""

from __future__ import annotations

import contextlib
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.units import DIMENSIONS, format_quantity, parse_quantity

ROUNDING = 1e-15  # one multiplication in double precision
TWELVE_DIGITS = 1e-11  # what twelve written digits keep, with a margin of ten


@pytest.mark.parametrize(
    ("text", "dimension", "expected"),
    [
        ("6500 km", "length", 6.5e6),
        ("1 au", "length", 149_597_870_700.0),
        ("60 m2", "area", 60.0),
        ("60 m^2", "area", 60.0),
        ("60 m²", "area", 60.0),
        ("1.5 km²", "area", 1.5e6),
        ("8 yr", "time", 8 * 31_557_600.0),
        ("24 h", "time", 86_400.0),
        ("10 min", "time", 600.0),
        ("1.7 km/s", "speed", 1700.0),
        ("36 km/h", "speed", 10.0),
        ("20 t", "mass", 20_000.0),
        ("-88.80 deg", "angle", -88.80 * math.pi / 180.0),
        ("180°", "angle", math.pi),
        ("3600 arcsec", "angle", math.pi / 180.0),
        ("\N{MINUS SIGN}90 deg", "angle", -math.pi / 2.0),
        ("40 kW", "power", 40_000.0),
        ("40kW", "power", 40_000.0),
        ("13 dBW", "power", 10.0**1.3),
        ("30 dBm", "power", 1.0),
        ("2 MWh", "energy", 7.2e9),
        ("40 Gbit/day", "data rate", 40e9 / 86_400.0),
        ("1 MB/s", "data rate", 8e6),
        ("92 %", "ratio", 0.92),
        ("0.92", "ratio", 0.92),
        (0.92, "ratio", 0.92),
        (1, "ratio", 1.0),
        ("1 %/yr", "ratio per time", 0.01 / 31_557_600.0),
        ("8.45 GHz", "frequency", 8.45e9),
        ("35 K", "temperature", 35.0),
        ("20 dBi", "gain", 100.0),
        ("1e3 km", "length", 1e6),
        (".5 m", "length", 0.5),
        ("  7 m ", "length", 7.0),
    ],
)
def test_a_quantity_becomes_its_si_value(text, dimension, expected):
    assert parse_quantity(text, dimension) == pytest.approx(expected, rel=ROUNDING)


@pytest.mark.parametrize(
    ("text", "dimension", "message"),
    [
        (40, "power", r'40 has no unit; write it with a unit, for example "40 kW"'),
        (40.0, "power", r"40.0 has no unit"),
        ("40", "power", r'"40" has no unit; write it with a unit, for example "40 kW"'),
        ("40 km", "power", r'"40 km" is a length, but a power is expected; write for example "40 kW"'),
        ("40 kw", "power", r'unit "kw" is not known; did you mean "kW"\?'),
        ("10 metres", "length", r'unit "metres" is not known'),
        ("7 lightyears", "length", r"Units of length: m, mm, cm, km, au"),
        ("1,5 km", "length", r"the decimal mark is a point"),
        ("88.8 deg S", "angle", r"south and west negative"),
        ("forty kW", "power", r"does not start with a number"),
        ("", "power", r"does not start with a number"),
        ("nan m", "length", r"does not start with a number"),
        ("inf m", "length", r"does not start with a number"),
        ("1e400 m", "length", r"no finite number"),
        ("1e9 dBW", "power", r"no finite number"),
        (10**400, "ratio", r"no finite number"),
        (math.nan, "ratio", r"no finite number"),
        (True, "ratio", r"not True"),
        (None, "length", r"a length is expected, not None"),
        (["1 m"], "length", r"a length is expected"),
        ("1 km km", "length", r'unit "km km" is not known'),
        ("1 m", "lenght", r'dimension "lenght" is not known'),
    ],
)
def test_what_cannot_be_meant_is_refused_with_what_to_write(text, dimension, message):
    with pytest.raises(InvalidInput, match=message):
        parse_quantity(text, dimension)


@pytest.mark.parametrize("dimension", DIMENSIONS.values(), ids=lambda dimension: dimension.name)
def test_every_example_of_the_table_parses(dimension):
    assert math.isfinite(parse_quantity(dimension.example, dimension.name))
    assert next(iter(dimension.units.values())).to_si(1.0) in (
        1.0,
        10.0**0.1,
    )  # the first unit is SI, or the plain decibel


def test_the_table_is_frozen():
    with pytest.raises(TypeError):
        DIMENSIONS["length"].units["mile"] = None


UNITS = [(name, unit) for name, dimension in DIMENSIONS.items() for unit in dimension.units]


@given(st.sampled_from(UNITS), st.floats(min_value=1e-6, max_value=90.0))
def test_text_and_value_are_inverse(unit, number):
    dimension, symbol = unit
    value = DIMENSIONS[dimension].units[symbol].to_si(number)
    written = format_quantity(value, symbol, digits=15)
    assert parse_quantity(written, dimension) == pytest.approx(value, rel=TWELVE_DIGITS)


@given(st.text(max_size=12), st.sampled_from(sorted(DIMENSIONS)))
def test_any_text_parses_or_is_refused_as_bad_input(text, dimension):
    with contextlib.suppress(InvalidInput):
        assert math.isfinite(parse_quantity(text, dimension))


@pytest.mark.parametrize(
    ("value", "unit", "digits", "expected"),
    [
        (6.5e6, "km", 4, "6500 km"),
        (1234.5678, "m", 4, "1235 m"),
        (123456.0, "m", 3, "123456 m"),
        (0.92, "%", 3, "92.0 %"),
        (9.996, "s", 3, "10.0 s"),
        (0.0, "W", 4, "0 W"),
        (math.nan, "W", 4, "not known"),
        (0.5, "1", 2, "0.50"),
        (10.0, "dBW", 3, "10.0 dBW"),
        (0.0, "dBW", 3, "-inf dBW"),
        (1.234e-7, "m", 3, "1.23e-07 m"),
        (-math.pi / 2, "deg", 4, "-90.00 deg"),
    ],
)
def test_reports_write_significant_digits(value, unit, digits, expected):
    assert format_quantity(value, unit, digits) == expected


def test_an_unknown_unit_in_a_report_is_refused():
    with pytest.raises(InvalidInput, match='did you mean "kW"'):
        format_quantity(1.0, "kw")
