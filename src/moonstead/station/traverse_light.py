"""Light and sight of the Earth on every pixel of a map, slice by slice of time, as bits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.errors import InvalidInput
from moonstead.surface.light_map import pixel_light
from moonstead.surface.moon_sky import moon_sky

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext
    from moonstead.surface.horizon_map import HorizonMap

__all__ = ["LightSlices", "light_slices"]

Array = NDArray[np.float64]

HALF = 0.5  # [1] of a disc
PIXELS_AT_ONCE = 20_000


@dataclass(frozen=True, eq=False)
class LightSlices:
    """Which pixels see the Sun and the Earth in each of K slices of time.

    Attributes
    ----------
    edges : (K + 1,) [s TDB past J2000]
        Beginnings of the slices and the end of the last.
    lit : (rows, columns, bytes) uint8 [1]
        Bits of the slices, the first in the highest bit of the first byte: 1 where the Sun shines.
    earth : (rows, columns, bytes) uint8 [1]
        Likewise where the Earth is in sight.
    """

    edges: Array
    lit: NDArray[np.uint8]
    earth: NDArray[np.uint8]

    def __post_init__(self) -> None:
        edges = np.ascontiguousarray(self.edges, dtype=np.float64)
        if edges.ndim != 1 or edges.size < 2 or not np.all(np.isfinite(edges)) or not np.all(np.diff(edges) > 0.0):
            raise InvalidInput("the edges of slices must be finite and rise, 2 of them or more [s TDB past J2000]")
        wanted = (edges.size + 6) // 8
        for name in ("lit", "earth"):
            bits = np.ascontiguousarray(getattr(self, name))
            if bits.dtype != np.uint8 or bits.ndim != 3 or bits.shape[2] != wanted:
                raise InvalidInput(
                    f"{name}: {edges.size - 1} slices take bits of shape (rows, columns, {wanted}) in uint8; got "
                    f"{bits.shape} in {bits.dtype}; `from_arrays` packs them"
                )
            object.__setattr__(self, name, bits)
        if self.lit.shape != self.earth.shape:
            raise InvalidInput(f"light {self.lit.shape} and sight of the Earth {self.earth.shape} differ in shape")
        object.__setattr__(self, "edges", edges)

    @classmethod
    def from_arrays(cls, edges: Array, lit: NDArray[np.bool_], earth: NDArray[np.bool_] | None = None) -> Self:
        """Pack maps of yes and no, one for each slice.

        Parameters
        ----------
        edges : (K + 1,) [s TDB past J2000]
            Beginnings of the slices and the end of the last.
        lit : (K, rows, columns) bool
            Where the Sun shines in each slice.
        earth : (K, rows, columns) bool, optional
            Where the Earth is in sight; by default everywhere.

        Returns
        -------
        LightSlices

        Raises
        ------
        InvalidInput
            The shapes do not fit together.
        """
        count = np.size(edges) - 1
        if np.ndim(lit) != 3 or len(lit) != count or (earth is not None and np.shape(earth) != np.shape(lit)):
            raise InvalidInput(
                f"{count} slices need maps (slices, rows, columns); got light {np.shape(lit)} and sight of the Earth "
                f"{None if earth is None else np.shape(earth)}"
            )
        bits = _packed(np.asarray(lit, dtype=bool))
        return cls(edges, bits, np.full_like(bits, 255) if earth is None else _packed(np.asarray(earth, dtype=bool)))

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of the map."""
        return self.lit.shape[0], self.lit.shape[1]

    def lit_at(self, row: int, column: int) -> NDArray[np.bool_]:
        """Whether the Sun shines on one pixel, slice by slice (K,)."""
        return np.unpackbits(self.lit[row, column])[: self.edges.size - 1].astype(bool)

    def earth_at(self, row: int, column: int) -> NDArray[np.bool_]:
        """Whether one pixel sees the Earth, slice by slice (K,)."""
        return np.unpackbits(self.earth[row, column])[: self.edges.size - 1].astype(bool)


def light_slices(horizons: HorizonMap, edges: ArrayLike, data: DataContext) -> LightSlices:
    """Light and sight of the Earth on every pixel of a map of skylines, as they are in the middle of each slice.

    A pixel counts as lit where at least half of the Sun's light passes skyline and Earth, and sees the Earth where at
    least half of its disc stands above the skyline. What changes within a slice is seen up to half a slice too early
    or too late: the Sun moves by its own diameter in an hour.

    Parameters
    ----------
    horizons : HorizonMap
        Skylines of the pixels, at the height of the rover's panels and antenna.
    edges : (K + 1,) [s TDB past J2000]
        Beginnings of the slices and the end of the last.
    data : DataContext
        Where the ephemeris comes from.

    Returns
    -------
    LightSlices

    Raises
    ------
    InvalidInput
        The map's frame is not ``MOON_ME``, or the edges do not rise.

    Source
    ------
    As `pixel_light`.
    """
    times = np.asarray(edges, dtype=np.float64)
    sky = moon_sky(0.5 * (times[1:] + times[:-1]), data)
    rows, columns = horizons.grid.heights.shape
    bits = {"SUN": np.empty((rows * columns, (times.size + 6) // 8), dtype=np.uint8)}
    bits["EARTH"] = np.empty_like(bits["SUN"])
    for first in range(0, rows * columns, PIXELS_AT_ONCE):
        pixels = np.arange(first, min(first + PIXELS_AT_ONCE, rows * columns))
        for body, kept in bits.items():
            share = pixel_light(horizons, *np.divmod(pixels, columns), sky, data, body=body)
            kept[pixels] = np.packbits(share >= HALF, axis=1)
    return LightSlices(times, *(bits[body].reshape(rows, columns, -1) for body in ("SUN", "EARTH")))


def _packed(maps: NDArray[np.bool_]) -> NDArray[np.uint8]:
    return np.ascontiguousarray(np.moveaxis(np.packbits(maps, axis=0), 0, 2))
