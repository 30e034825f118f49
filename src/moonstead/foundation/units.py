"""Quantities in text: "6500 km" becomes a float in SI, and a float in SI becomes text for a report."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from moonstead.foundation.constants import ASTRONOMICAL_UNIT
from moonstead.foundation.errors import InvalidInput

__all__ = ["DIMENSIONS", "Dimension", "Unit", "closest", "format_quantity", "parse_quantity"]

JULIAN_YEAR = 365.25 * 86_400.0  # [s]
BITS_PER_BYTE = 8.0

_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_QUANTITY = re.compile(rf"\s*(?P<number>{_NUMBER})\s*(?P<unit>\S.*?)?\s*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Unit:
    """One way to write a dimension.

    Attributes
    ----------
    scale : float [SI]
        SI value of one unit; for a logarithmic unit the SI value of 0 dB.
    logarithmic : bool
        Whether the number counts decibels: ``SI = scale * 10 ** (number / 10)``.
    """

    scale: float
    logarithmic: bool = False

    def to_si(self, number: float) -> float:
        """SI value of so many of this unit.

        Parameters
        ----------
        number : float [any unit]
            How many of this unit.

        Returns
        -------
        float [SI]
            Infinite where decibels leave the range of float64.
        """
        if not self.logarithmic:
            return number * self.scale
        try:
            return self.scale * math.pow(10.0, number / 10.0)
        except OverflowError:
            return math.inf

    def from_si(self, value: float) -> float:
        """How many of this unit an SI value is.

        Parameters
        ----------
        value : float [SI]
            What to write.

        Returns
        -------
        float [any unit]
            Number of this unit; -inf decibels for zero.
        """
        if not self.logarithmic:
            return value / self.scale
        return 10.0 * math.log10(value / self.scale) if value > 0.0 else -math.inf


@dataclass(frozen=True, slots=True)
class Dimension:
    """A kind of quantity, its units and an example of how to write it.

    Attributes
    ----------
    name : str
        What messages call it.
    units : mapping of text to Unit
        Every accepted spelling; the first is the SI unit.
    example : str
        A quantity that parses.
    bare : bool
        Whether a number without a unit is accepted.
    """

    name: str
    units: Mapping[str, Unit]
    example: str
    bare: bool = False


def _linear(**scales: float) -> dict[str, Unit]:
    return {symbol: Unit(scale) for symbol, scale in scales.items()}


_TIME = _linear(
    s=1.0, ms=1e-3, us=1e-6, min=60.0, h=3600.0, d=86_400.0, day=86_400.0, days=86_400.0, yr=JULIAN_YEAR, a=JULIAN_YEAR
)
_DATA = _linear(bit=1.0, kbit=1e3, Mbit=1e6, Gbit=1e9, Tbit=1e12) | {
    symbol: Unit(scale * BITS_PER_BYTE)
    for symbol, scale in {"B": 1.0, "kB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12}.items()
}
_MASS = _linear(kg=1.0, g=1e-3, t=1e3)
_ENERGY = _linear(J=1.0, kJ=1e3, MJ=1e6, GJ=1e9, Wh=3.6e3, kWh=3.6e6, MWh=3.6e9, GWh=3.6e12)
_RATIO = {"1": Unit(1.0), "%": Unit(0.01), "ppm": Unit(1e-6)}


def _per_time(parts: Mapping[str, Unit], times: Iterable[str]) -> dict[str, Unit]:
    return {f"{part}/{time}": Unit(unit.scale / _TIME[time].scale) for part, unit in parts.items() for time in times}


def _powers(symbols: Mapping[str, float], power: int) -> dict[str, Unit]:
    superscript = {2: "²", 3: "³"}[power]
    return {
        f"{symbol}{mark}": Unit(scale**power)
        for symbol, scale in symbols.items()
        for mark in (f"{power}", f"^{power}", superscript)
    }


_DIMENSIONS = (
    Dimension("length", MappingProxyType(_linear(m=1.0, mm=1e-3, cm=1e-2, km=1e3, au=ASTRONOMICAL_UNIT)), "6500 km"),
    Dimension("area", MappingProxyType(_powers({"m": 1.0, "cm": 1e-2, "km": 1e3}, 2)), "60 m2"),
    Dimension("time", MappingProxyType(_TIME), "24 h"),
    Dimension(
        "speed",
        MappingProxyType(
            {"m/s": Unit(1.0), "mm/s": Unit(1e-3), "cm/s": Unit(1e-2), "km/s": Unit(1e3), "km/h": Unit(1.0 / 3.6)}
        ),
        "1.7 km/s",
    ),
    Dimension("volume", MappingProxyType(_powers({"m": 1.0, "cm": 1e-2}, 3)), "120 m3"),
    Dimension("mass", MappingProxyType(_MASS), "1200 kg"),
    Dimension("mass rate", MappingProxyType(_per_time(_MASS, ("s", "h", "d", "day", "yr", "a"))), "20 kg/day"),
    Dimension("force", MappingProxyType(_linear(N=1.0, mN=1e-3, kN=1e3)), "400 N"),
    Dimension(
        "angle",
        MappingProxyType(
            {
                "rad": Unit(1.0),
                "mrad": Unit(1e-3),
                "deg": Unit(math.pi / 180.0),
                "°": Unit(math.pi / 180.0),
                "arcmin": Unit(math.pi / 10_800.0),
                "arcsec": Unit(math.pi / 648_000.0),
            }
        ),
        "-88.80 deg",
    ),
    Dimension(
        "power",
        MappingProxyType(_linear(W=1.0, mW=1e-3, kW=1e3, MW=1e6) | {"dBW": Unit(1.0, True), "dBm": Unit(1e-3, True)}),
        "40 kW",
    ),
    Dimension("energy", MappingProxyType(_ENERGY), "2 MWh"),
    Dimension(
        "energy per mass",
        MappingProxyType(
            {f"{part}/{mass}": Unit(_ENERGY[part].scale / _MASS[mass].scale) for mass in _MASS for part in _ENERGY}
        ),
        "24 kWh/kg",
    ),
    Dimension("data", MappingProxyType(_DATA), "40 Gbit"),
    Dimension("data rate", MappingProxyType(_per_time(_DATA, ("s", "min", "h", "d", "day"))), "40 Gbit/day"),
    Dimension("frequency", MappingProxyType(_linear(Hz=1.0, kHz=1e3, MHz=1e6, GHz=1e9)), "8.45 GHz"),
    Dimension("temperature", MappingProxyType(_linear(K=1.0, mK=1e-3)), "35 K"),
    Dimension("ratio", MappingProxyType(_RATIO), "92 %", bare=True),
    Dimension("ratio per time", MappingProxyType(_per_time(_RATIO, ("s", "h", "d", "day", "yr", "a"))), "1 %/yr"),
    Dimension("voltage", MappingProxyType(_linear(V=1.0, kV=1e3)), "3 kV"),
    Dimension("resistance per length", MappingProxyType({"ohm/m": Unit(1.0), "ohm/km": Unit(1e-3)}), "1.5 ohm/km"),
    Dimension("gain", MappingProxyType({"dBi": Unit(1.0, True), "dB": Unit(1.0, True)}), "36 dBi"),
    Dimension("gain per temperature", MappingProxyType({"dB/K": Unit(1.0, True)}), "33 dB/K"),
)

DIMENSIONS: Mapping[str, Dimension] = MappingProxyType({dimension.name: dimension for dimension in _DIMENSIONS})
"""The frozen table of dimensions by name; each lists every unit that a scenario or a report may use."""


def closest(word: str, candidates: Iterable[str]) -> str | None:
    """Find the candidate that `word` was most likely meant to be; None where nothing is near."""
    known = list(candidates)
    exact = [name for name in known if name.lower() == word.lower()]
    if exact:
        return exact[0]
    lowered = {name.lower(): name for name in reversed(known)}
    near = difflib.get_close_matches(word.lower(), lowered, n=1, cutoff=0.6)
    return lowered[near[0]] if near else None


def parse_quantity(text: object, dimension: str) -> float:
    """Value in SI of a quantity written with its unit.

    Parameters
    ----------
    text : str
        A number and a unit, for example ``"6500 km"``. The unit's case counts: mW is not MW.
    dimension : str
        Which kind of quantity is expected: a name of `DIMENSIONS`.

    Returns
    -------
    float [SI]
        Finite value in the SI unit of the dimension: angles in rad, data in bit, ratios in 1, decibels as a factor.

    Raises
    ------
    InvalidInput
        No unit, an unknown one, one of another dimension, or something that is no finite number; the message
        says how to write it. A number without a unit is accepted for ratios only.
    """
    expected = _dimension(dimension)
    if isinstance(text, bool) or not isinstance(text, str | int | float):
        raise InvalidInput(
            f'{_article(dimension)} is expected, not {text!r}; write it as text, for example "{expected.example}"'
        )
    if not isinstance(text, str):
        if not expected.bare:
            raise InvalidInput(f'{text!r} has no unit; write it with a unit, for example "{expected.example}"')
        return _finite(text if isinstance(text, float) else _float(text), text)
    match = _QUANTITY.fullmatch(text.replace("\N{MINUS SIGN}", "-"))
    if match is not None and re.match(r"\d+,\d", text.lstrip(" +-")):
        raise InvalidInput(f'"{text}" has a comma; the decimal mark is a point: write for example "{expected.example}"')
    if match is None:
        raise InvalidInput(f'"{text}" does not start with a number; write for example "{expected.example}"')
    number, symbol = float(match["number"]), match["unit"]
    if symbol is None:
        if not expected.bare:
            raise InvalidInput(f'"{text}" has no unit; write it with a unit, for example "{expected.example}"')
        return _finite(number, text)
    if symbol in expected.units:
        return _finite(expected.units[symbol].to_si(number), text)
    raise InvalidInput(_wrong_unit(text, symbol, expected))


def format_quantity(value: float, unit: str, digits: int = 4) -> str:
    """Text of an SI value in a unit, for reports and messages.

    Parameters
    ----------
    value : float [SI]
        What to write.
    unit : str
        Any unit of `DIMENSIONS`, for example ``"km"``.
    digits : int
        Significant digits; the integer part is always written whole, trailing zeros after the point are kept.

    Returns
    -------
    str
        For example ``"6500 km"``; ``"not known"`` for NaN.

    Raises
    ------
    InvalidInput
        The unit is not in the table; the message suggests the nearest.
    """
    known = next((dimension.units[unit] for dimension in _DIMENSIONS if unit in dimension.units), None)
    if known is None:
        raise InvalidInput(f'unit "{unit}" is not known{_suggestion(unit, _all_symbols())}')
    if math.isnan(value):
        return "not known"
    number = known.from_si(value)
    label = "" if unit == "1" else f" {unit}"
    if number == 0.0 or math.isinf(number):
        return f"{number:g}{label}"
    exponent = int(f"{number:.{max(digits, 1) - 1}e}".split("e")[1])  # of the rounded number: 9.99 may round to 10.0
    if exponent < -4:
        return f"{number:.{max(digits, 1) - 1}e}{label}"
    return f"{number:.{max(0, digits - 1 - exponent)}f}{label}"


def _dimension(name: str) -> Dimension:
    if name not in DIMENSIONS:
        raise InvalidInput(f'dimension "{name}" is not known; the table has {", ".join(DIMENSIONS)}')
    return DIMENSIONS[name]


def _float(number: int) -> float:
    try:
        return float(number)
    except OverflowError:
        return math.inf


def _finite(value: float, text: object) -> float:
    if not math.isfinite(value):
        raise InvalidInput(f"{text!r} is no finite number; every quantity must be finite")
    return value


def _all_symbols() -> list[str]:
    return [symbol for dimension in _DIMENSIONS for symbol in dimension.units]


def _suggestion(word: str, candidates: Iterable[str]) -> str:
    near = closest(word, candidates)
    return f'; did you mean "{near}"?' if near else ""


def _article(dimension: str) -> str:
    return f"{'an' if dimension[0] in 'aeiou' else 'a'} {dimension}"


def _wrong_unit(text: str, symbol: str, expected: Dimension) -> str:
    found = next((dimension.name for dimension in _DIMENSIONS if symbol in dimension.units), None)
    if found is not None:
        return (
            f'"{text}" is {_article(found)}, but {_article(expected.name)} is expected; '
            f'write for example "{expected.example}"'
        )
    if expected.name == "angle" and symbol in {"N", "S", "E", "W", "deg N", "deg S", "deg E", "deg W"}:
        return f'"{text}" names a direction; write degrees with a sign, south and west negative: "{expected.example}"'
    hint = _suggestion(symbol, expected.units) or _suggestion(symbol, _all_symbols())
    return (
        f'unit "{symbol}" is not known{hint or "."} Units of {expected.name}: {", ".join(expected.units)}; '
        f'write for example "{expected.example}"'
    )
