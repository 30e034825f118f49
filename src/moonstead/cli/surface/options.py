"""Options that the verbs of `moonstead surface` share: place, height, span and terrain."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from moonstead.foundation.errors import InvalidInput

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext
    from moonstead.surface.nested import NestedTerrain

GLOBAL_LAYER = "lola-8ppd"

Latitude = Annotated[float, typer.Option(metavar="DEG", help="Latitude of the place, north positive.")]
Longitude = Annotated[float, typer.Option(metavar="DEG", help="Longitude of the place, east positive.")]
Height = Annotated[float, typer.Option(metavar="M", help="Height of the eye above the ground.")]
Start = Annotated[str, typer.Option(metavar="TIME", help="First moment, UTC, for example 2030-01-01.")]
Stop = Annotated[str, typer.Option(metavar="TIME", help="End of the span, UTC.")]
Terrain = Annotated[
    list[Path] | None,
    typer.Option(
        metavar="FILE",
        help="Heights around the place, GeoTIFF or PDS map; may be repeated. The global 3.8 km grid lies below.",
    ),
]


def place_of(latitude: float, longitude: float) -> tuple[float, float]:
    """Latitude and longitude [rad] of what was asked in degrees."""
    if not (abs(latitude) <= 90.0 and abs(longitude) <= 360.0):
        raise InvalidInput(
            f"no such place: latitude {latitude:g} deg, longitude {longitude:g} deg; write -90 to 90 and -180 to 360"
        )
    return math.radians(latitude), math.radians(longitude)


def span_of(start: str, stop: str) -> tuple[float, float]:
    """Start and stop [s TDB past J2000] of what was asked in UTC."""
    from moonstead.foundation.time.epoch import Epoch

    first, last = (Epoch.parse(text, "UTC").tdb() for text in (start, stop))
    if not first < last:
        raise InvalidInput(f"a span runs forward; got --start {start} --stop {stop}")
    return first, last


def terrain_of(
    files: list[Path] | None, data: DataContext, place: tuple[float, float], half_width: float = 0.0
) -> NestedTerrain:
    """Terrain of files around a place [rad], with a map of a half width [m], over the global grid."""
    from moonstead.surface.terrain_layers import load_terrain_layers

    return load_terrain_layers(
        [str(path.absolute()) for path in files or []] + [GLOBAL_LAYER], data, ".", place, half_width
    )
