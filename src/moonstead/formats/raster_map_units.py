"""Units and quantities that files of maps name, and published products whose files do not."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Quantity", "SiUnit", "physical_values", "product_quantity", "si_unit"]

HOLE_MAGNITUDE = 1e30  # real numbers beyond it mark holes: -3.4e38 of ISIS and GDAL
CHUNK = 1 << 20  # [pixel] worked on at once in double precision


@dataclass(frozen=True, slots=True)
class SiUnit:
    """SI unit behind a unit of a file.

    Attributes
    ----------
    symbol : str
        SI symbol, "1" for pure numbers.
    factor : float [SI]
        Value of one unit of the file.
    """

    symbol: str
    factor: float


_SPELLINGS: dict[SiUnit, tuple[str, ...]] = {
    SiUnit("m", 1.0): ("m", "meter", "meters", "metre", "metres"),
    SiUnit("m", 1e3): ("km", "kilometer", "kilometers", "kilometre", "kilometres"),
    SiUnit("K", 1.0): ("k", "kelvin", "kelvins", "degrees kelvin"),
    SiUnit("rad", 1.0): ("rad", "radian", "radians"),
    SiUnit("rad", math.pi / 180.0): ("deg", "degree", "degrees"),
    SiUnit("1", 1.0): ("1", "none", "n/a", "unitless", "dimensionless", "fraction", "ratio", "g/g", "kg/kg"),
    SiUnit("1", 0.01): ("%", "percent", "wt%", "wt.%", "weight percent"),
    SiUnit("1", 1e-6): ("ppm", "ug/g", "mg/kg", "parts per million", "wppm"),
}
_UNITS = {spelling: unit for unit, spellings in _SPELLINGS.items() for spelling in spellings}


@dataclass(frozen=True, slots=True)
class Quantity:
    """What the values of a product are where its file does not say.

    Attributes
    ----------
    meaning : str
        In the field's words.
    unit : SiUnit
        Unit of real numbers.
    number_scale, number_offset : float [as in the file] or None
        Value of an integer number is scale * number + offset; None where integers need a label.
    is_height : bool
        Whether a value is a height above the map's sphere.
    """

    meaning: str
    unit: SiUnit
    number_scale: float | None = None
    number_offset: float = 0.0
    is_height: bool = False


HEIGHT = "height above the map's sphere"
METRES, KILOMETRES, PURE = SiUnit("m", 1.0), SiUnit("m", 1e3), SiUnit("1", 1.0)
# Product families by the names that NASA's PGDA, the PDS and USGS give their files. Scales of the integer illumination
# maps are those of their PDS labels: visibility = DN x 0.00004, permanent shadow = DN x 0.000025 + 0.5.
_PRODUCTS: tuple[tuple[str, Quantity], ...] = (
    (r"s?ldem_.*_float", Quantity(HEIGHT, KILOMETRES, is_height=True)),
    (r"s?ldem_(?!.*err)", Quantity(HEIGHT, METRES, is_height=True)),
    (r".*_final_adj_5mpp_surf", Quantity(HEIGHT, METRES, is_height=True)),
    (r".*gldelev", Quantity(HEIGHT, METRES, is_height=True)),
    (r"nac_dtm_", Quantity(HEIGHT, METRES, is_height=True)),
    (r"avgvisib_.*earth", Quantity("mean visibility of the Earth", PURE, 4e-5)),
    (r"avgvisib_", Quantity("mean visibility of the Sun", PURE, 4e-5)),
    (r"lpsr_", Quantity("permanent shadow: 1 inside, 0 outside", PURE, 2.5e-5, 0.5)),
    (r"skyv_", Quantity("share of the sky in sight", PURE)),
    (r"ldsm_|.*_final_adj_5mpp_slp$", Quantity("slope", SiUnit("rad", math.pi / 180.0))),
)


def si_unit(text: str | None) -> SiUnit | None:
    """SI unit of a spelling in a file; None where there is none or it is unknown.

    Parameters
    ----------
    text : str or None
        As the file spells it, in any case; angle brackets are dropped.

    Returns
    -------
    SiUnit or None
        Symbol and factor.
    """
    return None if text is None else _UNITS.get(" ".join(text.strip(" <>").lower().split()))


def product_quantity(name: str) -> Quantity | None:
    """What a published product holds, by the name of its file; None for an unknown name.

    Parameters
    ----------
    name : str
        Name of the file with or without its ending.

    Returns
    -------
    Quantity or None
        Meaning, unit and scale of integer numbers.
    """
    stem = name.rsplit(".", 1)[0].lower() if "." in name else name.lower()
    return next((quantity for pattern, quantity in _PRODUCTS if re.match(pattern, stem)), None)


def physical_values(numbers: NDArray, factor: float, shift: float, holes: Sequence[float]) -> NDArray[np.float32]:
    """Values behind the numbers of a file: number * factor + shift, worked out in double precision.

    Parameters
    ----------
    numbers : (rows, columns) [as in the file]
        Of any numeric type and byte order.
    factor, shift : float [SI]
        Value of one count, and of the number zero.
    holes : (M,) [as in the file]
        Numbers that mark holes, besides those that are not finite or absurdly large.

    Returns
    -------
    (rows, columns) [SI]
        Holes NaN.
    """
    values = np.empty(numbers.shape, dtype=np.float32)
    step = max(CHUNK // max(numbers.shape[1], 1), 1)
    for first in range(0, numbers.shape[0], step):
        rows = slice(first, first + step)
        part = numbers[rows].astype(np.float64)
        missing = ~(np.abs(part) <= HOLE_MAGNITUDE)
        for hole in holes:
            missing |= part == np.float64(np.asarray(hole).astype(numbers.dtype))
        part *= factor
        part += shift
        part[missing] = np.nan
        values[rows] = part
    return values
