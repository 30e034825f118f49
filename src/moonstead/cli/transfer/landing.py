"""`moonstead transfer landing`: the way down to a site, the way up again, and back up from half-way."""

from __future__ import annotations

import csv
import math
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from moonstead.cli.output import AsJson, DataFolder, open_data, print_json, print_table

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext
    from moonstead.orbits.landing.ascent import Ascent
    from moonstead.orbits.landing.descent import Approach, Descent
    from moonstead.orbits.landing.flown import FlownAscent, FlownLanding
    from moonstead.orbits.landing.powered import LunarSite, Vehicle

NAME = "landing"
PROFILE_REACH = 700e3  # [m] of terrain that is read back along the approach
SURFACE_STAY = 3 * 86_400.0  # [s] between touchdown and the lift-off that is flown


def command(
    site: Annotated[str, typer.Option(metavar="LAT,LON", help="Where, in degrees: -88.8,123.4.")],
    mass: Annotated[str, typer.Option(help='At ignition: "15.2 t".')],
    thrust: Annotated[str, typer.Option(help='Largest: "45 kN".')],
    isp: Annotated[str, typer.Option(help='Specific impulse: "311 s".')],
    dry_mass: Annotated[str, typer.Option(help="Without propellant, cargo included.")] = "0 kg",
    orbit: Annotated[str, typer.Option(metavar="KMxKM", help="Apoapsis and periapsis altitude.")] = "100x15km",
    azimuth: Annotated[float, typer.Option(metavar="DEG", help="Direction of flight at the site, from north.")] = 0.0,
    throttle: Annotated[float, typer.Option(help="Least thrust over the largest.")] = 0.2,
    gate: Annotated[str, typer.Option(help="Height from which it goes straight down.")] = "100 m",
    gate_speed: Annotated[str, typer.Option(help="Sink rate there.")] = "5 m/s",
    clearance: Annotated[str, typer.Option(help="Above the terrain, far from the site.")] = "500 m",
    glide: Annotated[float, typer.Option(metavar="DEG", help="Slope of the clearance near the site.")] = 10.0,
    terrain: Annotated[
        list[Path] | None, typer.Option(metavar="FILE", help="Heights, GeoTIFF or PDS map; may be repeated.")
    ] = None,
    level: Annotated[bool, typer.Option("--level", help="Take the ground as level, as high as --height.")] = False,
    height: Annotated[str | None, typer.Option(help="Of the site; from the terrain if not given.")] = None,
    at: Annotated[str | None, typer.Option(metavar="TIME", help="Touchdown (UTC): fly it in the full model.")] = None,
    degree: Annotated[int, typer.Option(help="Of the gravity field of that flight.", min=0, max=1200)] = 100,
    ascent: Annotated[
        str | None, typer.Option(metavar="MASS,THRUST,ISP", help='Ascent stage: "4.7 t,15.6 kN,311 s".')
    ] = None,
    plane_offset: Annotated[
        float, typer.Option(metavar="DEG", help="Angle of the site from the orbit's plane at lift-off.")
    ] = 0.0,
    profile: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the descent as CSV.")] = None,
    as_json: AsJson = False,
    data: DataFolder = None,
) -> None:
    """Design a descent with the least propellant, clear of the terrain, with aborts, and on request the ascent.

    Thrust is constant on each arc; without --at the field is mass and oblateness, with it all forces act.
    """
    from moonstead.foundation.units import parse_quantity
    from moonstead.orbits.landing.ascent import design_ascent
    from moonstead.orbits.landing.descent import Approach, design_descent
    from moonstead.orbits.landing.powered import Vehicle

    vehicle = Vehicle(
        parse_quantity(mass, "mass"),
        parse_quantity(thrust, "force"),
        parse_quantity(isp, "time"),
        parse_quantity(dry_mass, "mass"),
        throttle,
    )
    far, near = _orbit(orbit)
    context = open_data(data)
    place = _place(site)
    limits = Approach(
        parse_quantity(gate, "length"),
        parse_quantity(gate_speed, "speed"),
        parse_quantity(clearance, "length"),
        math.radians(glide),
    )
    ground, approach = _ground(place, math.radians(azimuth), limits, terrain, level, height, context)
    descent = design_descent(ground, vehicle, periapsis_altitude=near, apoapsis_altitude=far, approach=approach)
    stage = None if ascent is None else _stage(ascent)
    rising = (
        None
        if stage is None
        else design_ascent(
            ground,
            stage,
            periapsis_altitude=near,
            apoapsis_altitude=far,
            plane_offset=math.radians(plane_offset),
        )
    )
    answer = _answer(descent, stage, rising)
    if at is not None:
        answer |= _flown(descent, rising, at, degree, context)
    if profile is not None:
        _write(profile, descent)
    if as_json:
        print_json(answer)
    else:
        _print(answer)


def _place(text: str) -> tuple[float, float]:
    from moonstead.cli.surface.options import place_of
    from moonstead.foundation.errors import InvalidInput

    try:
        latitude, longitude = (float(part) for part in text.split(","))
    except ValueError:
        raise InvalidInput(f"a site is two numbers of degrees, as -88.8,123.4; got {text!r}") from None
    return place_of(latitude, longitude)


def _orbit(text: str) -> tuple[float, float]:
    from moonstead.foundation.errors import InvalidInput

    try:
        one, other = (float(part) for part in text.removesuffix("km").split("x"))
    except ValueError:
        raise InvalidInput(f"an orbit is two altitudes in km, as 100x15km; got {text!r}") from None
    return 1e3 * max(one, other), 1e3 * min(one, other)


def _stage(text: str) -> Vehicle:
    from moonstead.foundation.errors import InvalidInput
    from moonstead.foundation.units import parse_quantity
    from moonstead.orbits.landing.powered import Vehicle

    parts = text.split(",")
    if len(parts) != 3:
        raise InvalidInput(
            f"an ascent stage is mass, thrust and specific impulse, as 4.7 t,15.6 kN,311 s; got {text!r}"
        )
    return Vehicle(
        parse_quantity(parts[0], "mass"), parse_quantity(parts[1], "force"), parse_quantity(parts[2], "time")
    )


def _ground(
    place: tuple[float, float],
    azimuth: float,
    limits: Approach,
    terrain: list[Path] | None,
    level: bool,
    height: str | None,
    data: DataContext,
) -> tuple[LunarSite, Approach]:
    """Site and approach; heights back along the approach are read finely near the site and coarsely far away."""
    import numpy as np

    from moonstead.cli.surface.options import terrain_of
    from moonstead.foundation.bodies import LUNAR_MAP_RADIUS
    from moonstead.foundation.errors import InvalidInput
    from moonstead.foundation.units import parse_quantity
    from moonstead.orbits.landing.powered import LunarSite
    from moonstead.surface.terrain import destination

    given = None if height is None else parse_quantity(height, "length")
    if level:
        if terrain:
            raise InvalidInput("--level and --terrain exclude each other; leave one of them out")
        return LunarSite(*place, given or 0.0, azimuth), limits
    layers = terrain_of(terrain, data, place, 20e3)
    distance = np.concatenate(([0.0], np.geomspace(20.0, PROFILE_REACH, 1200)))
    heights = layers.height(*destination(*place, azimuth + math.pi, distance / LUNAR_MAP_RADIUS))
    here = float(heights[0]) if given is None else given
    approach = replace(limits, terrain_distance=distance, terrain_height=np.asarray(heights, dtype=np.float64))
    return LunarSite(*place, here, azimuth), approach


def _answer(descent: Descent, stage: Vehicle | None, rising: Ascent | None) -> dict[str, Any]:
    """Answer with units in the keys."""
    import numpy as np

    from moonstead.foundation.bodies import LUNAR_MAP_RADIUS
    from moonstead.orbits.landing.abort import abort_table

    times = np.unique(np.append(np.arange(0.0, descent.duration, 60.0), descent.duration))
    near, far = (distance - LUNAR_MAP_RADIUS for distance in descent.orbit)
    aborts = abort_table(descent, times, stage=stage, periapsis_altitude=near, apoapsis_altitude=far)
    over = descent.clearance[:-1]
    answer: dict[str, Any] = {
        "site": {
            "latitude_deg": math.degrees(descent.site.latitude),
            "longitude_deg": math.degrees(descent.site.longitude),
            "height_m": descent.site.height,
            "azimuth_deg": math.degrees(descent.site.azimuth),
        },
        "descent": {
            "deorbit_delta_v_m_s": descent.braking,
            "delta_v_m_s": descent.delta_v,
            "propellant_kg": descent.propellant,
            "landed_mass_kg": descent.vehicle.mass - descent.propellant,
            "propellant_left_kg": descent.vehicle.propellant - descent.propellant,
            "duration_s": descent.duration,
            "downrange_km": descent.downrange / 1e3,
            "thrust_over_weight_at_ignition": descent.vehicle.thrust / (descent.vehicle.mass * 1.624),
            "least_clearance_m": float(np.min(over[descent.distance[:-1] > 100.0], initial=math.inf)),
            "arcs": [
                {"duration_s": float(arc[0]), "throttle": float(share)}
                for arc, share in zip(descent.arcs, descent.throttle, strict=True)
            ],
        },
        "aborts": [
            {
                "time_s": one.time,
                "altitude_km": one.altitude / 1e3,
                "delta_v_m_s": one.delta_v,
                "propellant_kg": one.propellant,
                "lowest_km": one.lowest / 1e3,
                "possible": one.possible,
                "reason": one.reason,
            }
            for one in aborts
        ],
        "model": "mass and oblateness of the Moon, arcs of constant thrust and direction",
    }
    if rising is not None:
        answer["ascent"] = {
            "delta_v_m_s": rising.delta_v,
            "rounding_delta_v_m_s": rising.rounding,
            "propellant_kg": rising.propellant,
            "final_mass_kg": rising.vehicle.mass - rising.propellant,
            "duration_s": rising.duration,
            "plane_offset_deg": math.degrees(rising.plane_offset),
        }
    return answer


def _flown(descent: Descent, rising: Ascent | None, at: str, degree: int, data: DataContext) -> dict[str, Any]:
    from moonstead.dynamics.forces import ForceModel
    from moonstead.foundation.time.epoch import Epoch
    from moonstead.orbits.landing.flown import fly_ascent, fly_descent

    model = ForceModel("MOON", degree=degree)
    touchdown = Epoch.parse(at, "UTC").tdb()
    down: FlownLanding = fly_descent(descent, touchdown, model, data)
    told: dict[str, Any] = {
        "flown_descent": {
            "model": f"GRAIL to degree {degree}, Earth and Sun",
            "ignition_utc": str(Epoch.from_tdb(down.ignition_tdb).text("UTC", 3)),
            "touchdown_utc": str(Epoch.from_tdb(down.touchdown_tdb).text("UTC", 3)),
            "designed_position_defect_m": down.designed_position_defect,
            "designed_velocity_defect_m_s": down.designed_velocity_defect,
            "position_defect_m": down.position_defect,
            "velocity_defect_m_s": down.velocity_defect,
            "propellant_kg": down.propellant,
        }
    }
    if rising is not None:
        up: FlownAscent = fly_ascent(rising, touchdown + SURFACE_STAY, model, data)
        told["flown_ascent"] = {
            "designed_periapsis_km": up.designed_apsides[0] / 1e3,
            "designed_apoapsis_km": up.designed_apsides[1] / 1e3,
            "periapsis_km": up.apsides[0] / 1e3,
            "apoapsis_km": up.apsides[1] / 1e3,
            "plane_error_deg": math.degrees(up.plane_offset),
            "propellant_kg": up.propellant,
        }
    return told


def _write(path: Path, descent: Descent) -> None:
    import numpy as np

    radius = np.linalg.norm(descent.path.states[:, :3], axis=1)
    speed = np.linalg.norm(descent.path.states[:, 3:], axis=1)
    from moonstead.foundation.bodies import LUNAR_MAP_RADIUS

    with path.open("w", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(["time_s", "distance_km", "height_m", "clearance_m", "speed_m_s", "mass_kg"])
        for row in zip(
            descent.path.times,
            descent.distance / 1e3,
            radius - LUNAR_MAP_RADIUS,
            descent.clearance,
            speed,
            descent.path.masses,
            strict=True,
        ):
            rows.writerow([f"{value:.4f}" for value in row])


def _print(answer: dict[str, Any]) -> None:
    for part in ("descent", "flown_descent", "ascent", "flown_ascent"):
        if part in answer:
            sys.stdout.write(f"{part.replace('_', ' ')}\n")
            rows = [
                [name, f"{value:.6g}" if isinstance(value, float) else str(value)]
                for name, value in answer[part].items()
                if name != "arcs"
            ]
            print_table(["quantity", "value"], rows, right=[1])
            sys.stdout.write("\n")
    sys.stdout.write("aborts into the orbit\n")
    print_table(
        ["s", "altitude km", "delta-v m/s", "propellant kg", "lowest km", "possible", ""],
        [
            [
                f"{one['time_s']:.0f}",
                f"{one['altitude_km']:.2f}",
                f"{one['delta_v_m_s']:.1f}",
                f"{one['propellant_kg']:.0f}",
                f"{one['lowest_km']:.2f}",
                "yes" if one["possible"] else "no",
                one["reason"],
            ]
            for one in answer["aborts"]
        ],
        right=[0, 1, 2, 3, 4],
    )
