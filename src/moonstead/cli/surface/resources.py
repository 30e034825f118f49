"""`moonstead surface resources`: what layers seen from orbit say of the ground at a place."""

from __future__ import annotations

import math
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from moonstead.cli.output import AsJson, print_json, print_table
from moonstead.cli.surface.options import Latitude, Longitude, place_of
from moonstead.foundation.errors import MissingData

if TYPE_CHECKING:
    from moonstead.surface.resources import ResourceLayer

NAME = "resources"
FRACTIONS = ((1e-3, "%", 100.0), (0.0, "ppm", 1e6))  # [kg/kg] from where, shown as, how many to 1
TEXT_WIDTH = 100
PRODUCTS = (
    "Lunar Prospector's tables lpgrs_high1_elem_abundance_2deg.tab (PDS data set LP-L-GRS-5-ELEM-ABUNDANCE-V1.0) and "
    "hydrogenhd.txt, or any GeoTIFF or PDS map of the Moon"
)


def command(
    latitude: Latitude,
    longitude: Longitude,
    layer: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="Table of Lunar Prospector, GeoTIFF or PDS map; may be repeated."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say what layers of elements, hydrogen or anything else hold at a place, and how wide each of them sees."""
    from moonstead.surface.resources import ORE_CAUTION, load_resource_layers

    place = place_of(latitude, longitude)
    if not layer:
        raise MissingData(f"no layer was given; add --layer FILE, for example {PRODUCTS}")
    layers = [each for path in layer for each in load_resource_layers(path)]
    found = [_answer(each, *place) for each in layers]
    derived = [part for each, answer in zip(layers, found, strict=True) for part in _derived(each, answer)]
    if as_json:
        answer = {
            "latitude_deg": latitude,
            "longitude_deg": longitude,
            "layers": found,
            "derived": derived,
            "caution": ORE_CAUTION,
        }
        print_json(answer)
        return
    rows = [
        (
            each["quantity"],
            _shown(each["value"], each["unit"]),
            _shown(each["sigma"], each["unit"], each["value"]),
            f"{each['footprint_km']:.3g} km",
            each["layer"] + (" (simulated)" if each["simulated"] else ""),
        )
        for each in found
    ]
    print_table(("quantity", "value", "1 sigma", "footprint", "layer"), rows, right=(1, 2, 3))
    if derived:
        sys.stdout.write("\n")
        follows = [
            (each["quantity"], _shown(each["value"], each["unit"]), _range(each), each["how"]) for each in derived
        ]
        print_table(("follows", "value", "90 % range", "how"), follows, right=(1,))
    sys.stdout.write("\n" + textwrap.fill(ORE_CAUTION, TEXT_WIDTH) + "\n")


def _answer(layer: ResourceLayer, latitude: float, longitude: float) -> dict[str, Any]:
    found = layer.at(latitude, longitude)
    return {
        "quantity": layer.quantity,
        "value": float(found.value),
        "sigma": float(found.sigma),
        "unit": layer.unit,
        "footprint_km": layer.footprint / 1e3,
        "layer": layer.name,
        "source": layer.source,
        "simulated": layer.simulated,
    }


def _derived(layer: ResourceLayer, answer: dict[str, Any]) -> list[dict[str, Any]]:
    """What follows from an abundance: water from hydrogen, rare earths from thorium."""
    from moonstead.surface.resources import water_equivalent
    from moonstead.surface.resources_rare_earths import rare_earths_by_thorium

    if not math.isfinite(answer["value"]) or layer.unit != "1":
        return []
    if layer.quantity == "H":
        how = "if all hydrogen were water: an upper limit"
        return [{"quantity": "water", "value": float(water_equivalent(answer["value"])), "unit": "1", "how": how}]
    if layer.quantity != "Th":
        return []
    found = rare_earths_by_thorium(answer["value"], answer["sigma"])
    how = "by thorium, in KREEP's ratios" if found.kreep_bearing[0] else "by thorium, little KREEP: ratios may not hold"
    total = {
        "quantity": "rare earths and Y",
        "value": float(found.total[0]),
        "low": float(found.total_low[0]),
        "high": float(found.total_high[0]),
        "unit": "1",
        "how": how,
        "elements": {
            name: {"value": float(found.value[0, i]), "low": float(found.low[0, i]), "high": float(found.high[0, i])}
            for i, name in enumerate(found.elements)
        },
    }
    return [total]


def _range(answer: dict[str, Any]) -> str:
    if "low" not in answer:
        return "-"
    return " to ".join(_shown(answer[end], answer["unit"], answer["value"]) for end in ("low", "high"))


def _shown(value: float, unit: str, beside: float | None = None) -> str:
    """Abundances in percent or ppm, by their own size or that of what they stand beside; all else in its own unit."""
    if not math.isfinite(value):
        return "-"
    if unit != "1":
        return f"{value:.4g} {unit}".strip()
    size = abs(value if beside is None or not math.isfinite(beside) else beside)
    name, scale = next((name, scale) for limit, name, scale in FRACTIONS if size >= limit)
    return f"{value * scale:.3g} {name}"
