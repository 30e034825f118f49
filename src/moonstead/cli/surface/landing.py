"""`moonstead surface landing`: how safe a place is to land at, what stands in the way, and when the light is good."""

from __future__ import annotations

import math
import sys
import textwrap
from typing import TYPE_CHECKING, Annotated, Any

import typer

from moonstead.cli.output import AsJson, DataFolder, open_data, print_json, print_table
from moonstead.cli.surface.options import Latitude, Longitude, Start, Stop, Terrain, place_of, span_of, terrain_of

if TYPE_CHECKING:
    from moonstead.station.landing_hazard_site import LandingAssessment

NAME = "landing"
HOUR, DAY = 3600.0, 86_400.0  # [s]
AROUND = 20e3  # [m] ground that is read about the target: the approach and the map
ROWS = 24
TEXT_WIDTH = 100


def command(
    latitude: Latitude,
    longitude: Longitude,
    start: Start,
    stop: Stop,
    terrain: Terrain = None,
    approach: Annotated[float, typer.Option(metavar="DEG", help="Direction of flight, clockwise from north.")] = 0.0,
    glide: Annotated[float, typer.Option(metavar="DEG", help="Angle of the path above the horizontal.")] = 45.0,
    baseline: Annotated[float, typer.Option(metavar="M", help="Distance between opposite feet.")] = 10.0,
    max_slope: Annotated[float, typer.Option(metavar="DEG", help="Steepest ground under it.")] = 8.0,
    max_roughness: Annotated[float, typer.Option(metavar="M", help="Largest rms roughness under it.")] = 0.5,
    max_rock: Annotated[float, typer.Option(metavar="M", help="Tallest rock under it.")] = 0.5,
    rocks: Annotated[float, typer.Option(metavar="%", help="Share of the ground that rocks cover.")] = 0.0,
    along: Annotated[float, typer.Option(metavar="M", help="Standard deviation along the approach.")] = 100.0,
    across: Annotated[float, typer.Option(metavar="M", help="Standard deviation across it.")] = 100.0,
    spacing: Annotated[float | None, typer.Option(metavar="M", help="Width of the map's pixels.")] = None,
    least_sun: Annotated[float, typer.Option(metavar="DEG", help="Lowest Sun to land by.")] = 0.5,
    highest_sun: Annotated[float, typer.Option(metavar="DEG", help="Highest Sun to land by.")] = 60.0,
    relay: Annotated[bool, typer.Option("--relay", help="A relay serves: the Earth need not be in sight.")] = False,
    light_after: Annotated[str, typer.Option(help="Time of light wanted after the landing.")] = "2 d",
    as_json: AsJson = False,
    data: DataFolder = None,
) -> None:
    """Say how likely a landing is safe, what stands under the approach, and when the light is good."""
    from moonstead.foundation.units import parse_quantity
    from moonstead.station.approach_light import LandingRules
    from moonstead.station.landing_hazard import Dispersion, Lander
    from moonstead.station.landing_hazard_site import assess_landing

    place, span = place_of(latitude, longitude), span_of(start, stop)
    context = open_data(data)
    ground = terrain_of(terrain, context, place, AROUND)
    course = math.radians(approach)
    rules = LandingRules(
        sun_elevation=(math.radians(least_sun), math.radians(highest_sun)),
        least_earth_fraction=0.0 if relay else 0.5,
        light_after=parse_quantity(light_after, "time"),
    )
    found = assess_landing(
        ground,
        *place,
        Lander(baseline, math.radians(max_slope), max_roughness, max_rock),
        Dispersion(along, across, course),
        rules,
        course,
        math.radians(glide),
        *span,
        context,
        rocks=rocks / 100.0,
        spacing=spacing,
    )
    answer = {"latitude_deg": latitude, "longitude_deg": longitude, **_answer(found)}
    if as_json:
        print_json(answer)
    else:
        _print(answer)


def _answer(found: LandingAssessment) -> dict[str, Any]:
    import numpy as np

    from moonstead.run.moments import utc_text

    grid, (row, column) = found.hazards.grid, found.best
    best = [float(np.degrees(a)) for a in grid.projection.inverse(grid.x[column], grid.y[row])]
    middle = grid.y.size // 2, grid.x.size // 2
    starts, stops = (utc_text(edges) for edges in (found.windows.starts, found.windows.stops))
    windows = []
    for k in range(len(found.windows)):
        inside = (found.light.tdb >= found.windows.starts[k]) & (found.light.tdb <= found.windows.stops[k])
        windows.append(
            {
                "start_utc": str(starts[k]),
                "stop_utc": str(stops[k]),
                "length_h": float(found.windows.durations()[k]) / HOUR,
                "sun_elevation_deg": [
                    float(np.degrees(f(found.light.sun_elevation[inside]))) for f in (np.min, np.max)
                ],
                "phase_angle_deg": [float(np.degrees(f(found.light.phase_angle[inside]))) for f in (np.min, np.max)],
                "shadow_m_per_m": float(np.min(found.light.shadow_length[inside])),
            }
        )
    return {
        "pixel_m": grid.spacing,
        "slope_baseline_m": found.hazards.baseline,
        "slope_deg": float(np.degrees(found.hazards.slope[middle])),
        "roughness_m": float(found.hazards.roughness[middle]),
        "safe_probability": found.safe if found.ground_known else None,
        "unknown_probability": found.unknown if found.ground_known else None,
        "best_target": {
            "latitude_deg": best[0],
            "longitude_deg": best[1],
            "safe_probability": float(found.chances[row, column]),
        }
        if found.ground_known
        else None,
        "least_clearance_m": found.clearance.least,
        "least_glide_deg": math.degrees(found.clearance.least_glide),
        "lit_fraction": float(np.mean(found.sun >= 0.5)),
        "earth_fraction": float(np.mean(found.earth >= 0.5)),
        "forbidden": found.forbidden,
        "windows": windows,
        "remarks": list(found.remarks),
    }


def _print(answer: dict[str, Any]) -> None:
    best = answer["best_target"]
    chance = "the terrain is too coarse to tell how safe it is"
    if best is not None:
        chance = (
            f"safe with {answer['safe_probability']:.1%}, unknown {answer['unknown_probability']:.1%}; best target "
            f"near by {best['latitude_deg']:.5f} {best['longitude_deg']:.5f} deg with {best['safe_probability']:.1%}"
        )
    sys.stdout.write(
        f"Landing at {answer['latitude_deg']:.4f} {answer['longitude_deg']:.4f} deg: slope {answer['slope_deg']:.1f} "
        f"deg over {answer['slope_baseline_m']:.0f} m\n{chance}\n"
        f"path clears the ground by {answer['least_clearance_m']:.0f} m; a glide of {answer['least_glide_deg']:.2f} "
        "deg or more does\n\n"
    )
    forbidden = [(name, f"{100.0 * share:.1f}") for name, share in answer["forbidden"].items()]
    print_table(("rule", "forbids % of the time"), forbidden, right=(1,))
    rows = [
        (
            one["start_utc"],
            one["stop_utc"],
            f"{one['length_h']:.1f}",
            f"{one['sun_elevation_deg'][0]:.1f} to {one['sun_elevation_deg'][1]:.1f}",
            f"{one['phase_angle_deg'][0]:.0f} to {one['phase_angle_deg'][1]:.0f}",
        )
        for one in answer["windows"][:ROWS]
    ]
    sys.stdout.write("\n")
    if rows:
        print_table(("good from UTC", "to UTC", "hours", "Sun deg", "phase deg"), rows, right=(2,))
    else:
        sys.stdout.write("There is no time at which all rules hold.\n")
    for remark in answer["remarks"]:
        sys.stdout.write("\n" + textwrap.fill(remark, TEXT_WIDTH) + "\n")
