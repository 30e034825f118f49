"""`moonstead asteroid effects`: what an impact on the Moon does to sites and to an orbiter."""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from moonstead.cli.output import AsJson, print_json, print_table
from moonstead.foundation.errors import InvalidInput

if TYPE_CHECKING:
    from moonstead.smallbodies.effects.impactor import Impactor

NAME = "effects"
DAY = 86_400.0


def command(
    latitude: Annotated[float | None, typer.Option(metavar="DEG", help="Of the impact, north positive.")] = None,
    longitude: Annotated[float | None, typer.Option(metavar="DEG", help="Of the impact, east positive.")] = None,
    energy_mt: Annotated[float | None, typer.Option(metavar="MT", help="Energy, megatons of TNT.")] = None,
    diameter: Annotated[float | None, typer.Option(metavar="M", help="Diameter of the body, in place of it.")] = None,
    speed: Annotated[float | None, typer.Option(metavar="KM/S", help="Of the impact.")] = None,
    angle: Annotated[float | None, typer.Option(metavar="DEG", help="Of the path over the horizontal; 45.")] = None,
    density: Annotated[float, typer.Option(metavar="KG/M3", help="Of the body.")] = 2600.0,
    site: Annotated[
        list[str] | None,
        typer.Option(metavar="[NAME=]LAT,LON", help="A site in degrees; may be repeated."),
    ] = None,
    cover: Annotated[float | None, typer.Option(metavar="M", help="Regolith over the sites' roofs.")] = None,
    orbit_altitude: Annotated[
        float | None,
        typer.Option(metavar="KM", help="Of an orbiter on a circular polar orbit over the impact's meridian."),
    ] = None,
    lead: Annotated[float, typer.Option(metavar="DAYS", help="Time the orbiter has to change its phase.")] = 30.0,
    from_impact: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Answer of `asteroid impact --json`: its most probable impact on the Moon."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say what an impact on the Moon does: crater, ejecta, moonquake, flash, and what each site should do.

    Every figure has its span over published laws.
    """
    from moonstead.cli.asteroid.effects_answers import blow_answer, orbiter_answer, site_answer
    from moonstead.cli.asteroid.effects_input import impact_of_file, sites_of
    from moonstead.smallbodies.effects.site_effects import blow, site_effects
    from moonstead.smallbodies.penetration import RegolithCover

    chance = None
    if from_impact is not None:
        if latitude is not None or longitude is not None:
            raise InvalidInput("--from-impact says where the impact is; leave out --latitude and --longitude")
        told = impact_of_file(from_impact)
        latitude, longitude, chance = told["latitude_deg"], told["longitude_deg"], told["probability"]
        speed = told["speed_km_s"] if speed is None else speed
        angle = told["angle_deg"] if angle is None else angle
        if energy_mt is None and diameter is None:
            energy_mt, diameter = told["energy_mt"], told["diameter_m"]
    if latitude is None or longitude is None:
        raise InvalidInput("where is the impact? give --latitude and --longitude, or --from-impact FILE")
    impactor = _impactor(energy_mt, diameter, speed, 45.0 if angle is None else angle, density)
    if not (abs(latitude) <= 90.0 and abs(longitude) <= 360.0):
        raise InvalidInput(f"no such place: latitude {latitude:g} deg, longitude {longitude:g} deg")
    if cover is not None and not cover > 0.0:
        raise InvalidInput(f"--cover is a thickness in metres; got {cover:g}")
    event = blow(impactor, math.radians(latitude), math.radians(longitude))
    answer: dict[str, Any] = {"impact": {"probability": chance, **blow_answer(event)}, "sites": []}
    for name, place in sites_of(site):
        found = site_effects(event, *place, shield=None if cover is None else RegolithCover(cover))
        degrees = {"latitude_deg": math.degrees(place[0]), "longitude_deg": math.degrees(place[1])}
        answer["sites"].append({"site": name, **degrees, **site_answer(found, shielded=cover is not None)})
    if orbit_altitude is not None:
        answer["orbiter"] = {"altitude_km": orbit_altitude, **orbiter_answer(event, orbit_altitude * 1e3, lead * DAY)}
    if as_json:
        print_json(answer)
    else:
        _print(answer)


def _impactor(
    energy_mt: float | None, diameter: float | None, speed: float | None, angle: float, density: float
) -> Impactor:
    from moonstead.smallbodies.effects.impactor import MEGATON, impactor_of_diameter, impactor_of_energy

    if speed is None:
        raise InvalidInput("how fast is the impact? give --speed in km/s; asteroids strike the Moon at 10 to 30 km/s")
    if (energy_mt is None) == (diameter is None):
        raise InvalidInput("give one of --energy-mt and --diameter")
    if not 0.0 < angle <= 90.0:
        raise InvalidInput(f"--angle lies above 0 and up to 90 degrees; got {angle:g}")
    if not 0.0 < speed <= 100.0:
        raise InvalidInput(f"--speed is in km/s and no more than 100 in the solar system; got {speed:g}")
    if energy_mt is not None:
        return impactor_of_energy(energy_mt * MEGATON, 1e3 * speed, density, math.radians(angle))
    assert diameter is not None
    return impactor_of_diameter(diameter, density, 1e3 * speed, math.radians(angle))


def _print(answer: dict[str, Any]) -> None:
    impact = answer["impact"]
    sys.stdout.write(
        f"impact at {impact['latitude_deg']:.3f}, {impact['longitude_deg']:.3f} deg: {impact['energy_mt']:.3g} Mt, "
        f"{impact['speed_km_s']:.4g} km/s, {impact['angle_deg']:.3g} deg over the horizontal\n"
    )
    rows = [
        ["crater, rim to rim", "m", *_span(impact["crater_diameter_m"])],
        ["crater depth", "m", *_span(impact["crater_depth_m"])],
        ["ejecta that leave the Moon", "kg", *_span(impact["escaping_mass_kg"])],
        ["moonquake magnitude", "", *_span(impact["moonquake_magnitude"])],
        ["flash from the Earth", "mag", *_span(impact["flash_magnitude"])],
        ["flash duration", "s", *_span(impact["flash_duration_s"])],
    ]
    print_table(["", "unit", "nominal", "low", "high"], rows, right=[2, 3, 4])
    if impact["caveat"]:
        sys.stdout.write(f"note: {impact['caveat']}\n")
    for one in answer["sites"]:
        sys.stdout.write(f"\n{one['site']}: {one['distance_km']:.4g} km from the impact\n")
        rows = [
            ["first P wave, S wave", "s", f"{one['p_wave_s']:.1f}", f"{one['s_wave_s']:.1f}", ""],
            ["ground velocity", "mm/s", *_span(one["ground_velocity_mm_s"])],
            ["layer of ejecta", "mm", *_span(one["ejecta_thickness_mm"])],
            ["pieces over 1 mm", "1/m2", *_span(one["pieces_per_m2"])],
            ["heat", "kJ/m2", *_span(one["heat_kj_m2"])],
            ["regolith that shelters", "m", *_span(one["cover_needed_m"])],
        ]
        print_table(["", "unit", "nominal", "low", "high"], rows, right=[2, 3, 4])
        _print_advice(one["advice"])
    if "orbiter" in answer:
        one = answer["orbiter"]
        sys.stdout.write(f"\norbiter at {one['altitude_km']:g} km\n")
        rows = [
            ["hits over 1 mm", "1/m2", *_span(one["hits_per_m2"])],
            ["ejecta", "g/m2", *_span(one["fluence_g_m2"])],
        ]
        print_table(["", "unit", "nominal", "low", "high"], rows, right=[2, 3, 4])
        _print_advice(one["advice"])


def _span(figure: dict[str, float]) -> list[str]:
    return [f"{figure[part]:.3g}" for part in ("nominal", "low", "high")]


def _print_advice(advice: list[dict[str, Any]]) -> None:
    for one in advice:
        start, stop = one["start_s"], one["stop_s"]
        since = "before the impact" if start is None or start < 0.0 else f"from {start / 60.0:.3g} min"
        until = f" to {stop / 60.0:.3g} min" if stop is not None and stop > 0.0 else ""
        sys.stdout.write(f"  {since}{until}: {one['action']} ({one['reason']})\n")
