"""`moonstead surface heat`: how warm the ground of a place is, and what hardware there radiates against."""

from __future__ import annotations

import math
import sys
import textwrap
from typing import TYPE_CHECKING, Annotated, Any

import typer

from moonstead.cli.output import AsJson, DataFolder, open_data, print_json, print_table
from moonstead.cli.surface.options import Latitude, Longitude, Start, Stop, Terrain, place_of, span_of, terrain_of
from moonstead.foundation.errors import InvalidInput

if TYPE_CHECKING:
    from moonstead.surface.ground_heat_site import GroundSpread, SiteSun

NAME = "heat"
STEP = 3600.0  # [s]
TEXT_WIDTH = 100
INTERVAL = (
    "Intervals are the spread of published constants of the ground, highland and mare, and of facets that lean to the "
    "four quarters by the highlands' median slope of 7.5 deg, unless a slope was given; what the terrain's resolution "
    "leaves open of the light is not in them."
)
RADIATORS = {"upward": 0.0, "upright": 0.5 * math.pi}  # [rad] tilt of the normal from the zenith
WHITE = (0.15, 0.85)  # [1] absorptivity and emissivity of a radiator's white paint, aged: Gilmore (2002), unverified


def command(
    latitude: Latitude,
    longitude: Longitude,
    start: Start = "2030-01-01",
    stop: Stop = "2031-01-01",
    terrain: Terrain = None,
    tilt: Annotated[float, typer.Option(metavar="DEG", help="Slope of the ground against the horizontal.")] = 0.0,
    aspect: Annotated[
        float, typer.Option(metavar="DEG", help="Azimuth that the ground leans towards, clockwise from north.")
    ] = 0.0,
    depth: Annotated[
        list[float] | None, typer.Option(metavar="M", help="Depth below the surface; may be repeated.")
    ] = None,
    as_json: AsJson = False,
    data: DataFolder = None,
) -> None:
    """Say how warm the ground is at a place: surface and depths, sink temperatures of radiators, energy balance."""
    import numpy as np

    from moonstead.dynamics.trajectories import SurfacePoint
    from moonstead.foundation.frames.standard import MOON_ME
    from moonstead.surface.ground_heat_site import HIGHLAND_SLOPE, SiteSun, ground_spread, lead_up, site_sky_view
    from moonstead.surface.horizon import horizon_profile
    from moonstead.surface.light import sun_fraction
    from moonstead.surface.sky import sky_track
    from moonstead.surface.terrain_caveat_gap import near_field_gap

    if not (0.0 <= tilt < 90.0 and math.isfinite(aspect)):
        raise InvalidInput(f"a slope lies between 0 and 90 deg and leans to a finite azimuth; got {tilt:g}, {aspect:g}")
    place, span, context = place_of(latitude, longitude), span_of(start, stop), open_data(data)
    ground = terrain_of(terrain, context, place)
    horizon = horizon_profile(ground, *place, 0.0)
    site = SurfacePoint("site", "MOON", MOON_ME, *place, horizon.height)
    times = lead_up(*span, STEP)
    track = sky_track(site, "SUN", times, context)
    fraction = sun_fraction(site, horizon, times, context, strips=9)
    sun = SiteSun(times, track.azimuth, track.elevation, track.distance, fraction)
    slope = math.radians(tilt), math.radians(aspect)
    sky_view = site_sky_view(horizon, *slope)
    depths = tuple(depth or (0.1, 0.5, 1.0))
    found = ground_spread(
        sun,
        sky_view=sky_view,
        tilt=slope[0],
        aspect=slope[1],
        slope=HIGHLAND_SLOPE if tilt == 0.0 else 0.0,
        depths=np.array(depths),
        since=span[0],
    )
    gap = near_field_gap(ground, *place)
    answer = {
        "latitude_deg": latitude,
        "longitude_deg": longitude,
        "start": start,
        "stop": stop,
        "surface_k": _named(found.surface()),
        "depths": [
            {"depth_m": float(found.found.probe_depth[k]), "temperature_k": _named(found.at_probe(k))}
            for k in range(len(depths))
        ],
        "sink_temperature_k": _sinks(found, sun),
        "sky_view_factor": sky_view,
        "energy_j_m2": _energy(found),
        "energy_imbalance": float(found.found.imbalance()[0]),
        "constants": found.regolith.name,
        "interval": INTERVAL,
        "terrain": ground.name,
        "caveat": "" if gap.is_site_grade else gap.remark,
    }
    if as_json:
        print_json(answer)
    else:
        _print(answer)


def _named(found: dict[str, tuple[float, float, float]]) -> dict[str, dict[str, float]]:
    return {word: dict(zip(("value", "low", "high"), values, strict=True)) for word, values in found.items()}


def _sinks(found: GroundSpread, sun: SiteSun) -> dict[str, dict[str, float]]:
    """Warmest and coldest sink of clean white radiators on level ground."""
    import numpy as np

    from moonstead.station.radiators import Face, Surroundings, sink_temperature
    from moonstead.surface.ground_heat_site import ground_light

    asked = sun.tdb >= found.since
    around = Surroundings(
        sun.tdb,
        sun.beam,
        sun.azimuth,
        sun.middle,
        found.found.surface[:, 0],
        ground_light(found.regolith, sun),
        found.regolith.emissivity,
    )
    told = {}
    for name, tilt in RADIATORS.items():
        sink = sink_temperature(Face(1.0, *WHITE, tilt=tilt), around)[asked]
        told[name] = {"maximum": float(np.max(sink)), "mean": float(np.mean(sink)), "minimum": float(np.min(sink))}
    return told


def _energy(found: GroundSpread) -> dict[str, float]:
    """Energies of the whole series, what leads up to the span included."""
    column = found.found
    names = ("absorbed", "from_below", "emitted", "stored")
    return {name: float(getattr(column, name)[0]) for name in names}


def _print(answer: dict[str, Any]) -> None:
    rows = [("surface", *_cells(answer["surface_k"]))]
    rows += [(f"{each['depth_m']:.3g} m", *_cells(each["temperature_k"])) for each in answer["depths"]]
    rows += [
        (f"sink of a radiator, {name}", *(f"{each[word]:.1f}" for word in ("maximum", "mean", "minimum")))
        for name, each in answer["sink_temperature_k"].items()
    ]
    print_table(("where", "maximum K", "mean K", "minimum K"), rows, right=(1, 2, 3))
    energy = answer["energy_j_m2"]
    sys.stdout.write(
        f"\nabsorbed {energy['absorbed'] / 1e6:.2f} MJ/m2, from below {energy['from_below'] / 1e6:.2f}, "
        f"radiated {energy['emitted'] / 1e6:.2f}, kept {energy['stored'] / 1e6:.2f}; "
        f"imbalance {answer['energy_imbalance']:.1e}\n"
        f"sky view factor {answer['sky_view_factor']:.4f}; constants {answer['constants']}\n"
    )
    for text in (answer["interval"], answer["caveat"]):
        if text:
            sys.stdout.write("\n" + textwrap.fill(text, TEXT_WIDTH) + "\n")


def _cells(found: dict[str, dict[str, float]]) -> list[str]:
    return [
        f"{each['value']:.1f} ({each['low']:.1f} to {each['high']:.1f})"
        for each in (found[word] for word in ("maximum", "mean", "minimum"))
    ]
