"""`moonstead monitor visibility`: when telescopes see an object about the Moon or on the way there."""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from moonstead.cli.output import AsJson, DataFolder, open_data, print_json, print_table
from moonstead.foundation.errors import InvalidInput

if TYPE_CHECKING:
    from moonstead.dynamics.trajectory import Trajectory
    from moonstead.dynamics.windows import Windows
    from moonstead.foundation.data import DataContext
    from moonstead.monitoring.visibility.telescopes import Telescope, Visibility

NAME = "visibility"
HOUR = 3600.0  # [s]
START = "2026-01-01"
DEGREE = 50  # of the Moon's gravity field for an orbit by numbers
MOST_HOURS = 24.0 * 366.0
SHOWN = 8  # windows of each telescope in words; JSON has all


def command(
    target: Annotated[Path | None, typer.Argument(metavar="[OEM]", help="Ephemeris of the object, CCSDS OEM.")] = None,
    lunar_orbit: Annotated[
        str | None,
        typer.Option(
            metavar="HP,HA,INC,NODE",
            help="In place of a file: heights km of periselene and aposelene, inclination and node deg in MOON_ME.",
        ),
    ] = None,
    ground: Annotated[
        list[str] | None, typer.Option(metavar="LAT,LON[,H]", help="Telescope on the Earth, degrees and m; repeatable.")
    ] = None,
    moon: Annotated[
        list[str] | None, typer.Option(metavar="LAT,LON", help="Telescope on the Moon, degrees in MOON_ME; repeatable.")
    ] = None,
    geo: Annotated[
        list[float] | None, typer.Option(metavar="LON", help="Telescope in the geostationary orbit; repeatable.")
    ] = None,
    leo: Annotated[
        list[str] | None, typer.Option(metavar="KM,INC", help="Telescope in a low orbit of the Earth; repeatable.")
    ] = None,
    l1: Annotated[bool, typer.Option("--l1", help="Telescope at the Earth-Moon point L1.")] = False,
    l2: Annotated[bool, typer.Option("--l2", help="Telescope at the Earth-Moon point L2.")] = False,
    diameter: Annotated[float, typer.Option(metavar="M", help="Of the object, a white sphere.")] = 4.0,
    albedo: Annotated[float, typer.Option(help="Share of the light that it gives back.")] = 0.2,
    magnitude: Annotated[float, typer.Option(help="Faintest V of every telescope.")] = 18.0,
    elevation_deg: Annotated[float, typer.Option(help="Least elevation at telescopes on a surface.")] = 15.0,
    sun_below_deg: Annotated[float, typer.Option(help="How deep the Sun is at night on the Earth.")] = 12.0,
    sun_exclusion_deg: Annotated[float, typer.Option(help="Least angle from the Sun.")] = 30.0,
    moon_exclusion_deg: Annotated[float, typer.Option(help="Least angle from the Moon's limb.")] = 0.2,
    earth_exclusion_deg: Annotated[float, typer.Option(help="Least angle from the Earth's limb.")] = 5.0,
    start: Annotated[
        str | None, typer.Option(metavar="TIME", help="First moment, UTC; that of the file without it.")
    ] = None,
    hours: Annotated[
        float | None, typer.Option(metavar="H", help="How long; the whole file, or 24 h, without it.")
    ] = None,
    as_json: AsJson = False,
    data: DataFolder = None,
) -> None:
    """Say when telescopes see an object: in light, bright enough, off Sun, Moon and Earth, high, by night."""
    from moonstead.foundation.time.epoch import Epoch
    from moonstead.monitoring.visibility.brightness import DiffuseSphere
    from moonstead.monitoring.visibility.telescopes import seen_by_any, visibility

    if (target is None) == (lunar_orbit is None):
        raise InvalidInput("one object is looked at: name an OEM file, or --lunar-orbit")
    context = open_data(data)
    begin = None if start is None else Epoch.parse(start, "UTC").tdb()
    length = None if hours is None else HOUR * hours
    if hours is not None and not 0.0 < hours <= MOST_HOURS:
        raise InvalidInput(f"--hours lies above 0 and up to {MOST_HOURS:g}; got {hours:g}")
    if target is not None:
        path, span = _from_file(target, begin, length, context)
    else:
        path, span = _from_numbers(str(lunar_orbit), begin, 24.0 * HOUR if length is None else length, context)
    limits = {
        "limiting_magnitude": magnitude,
        "sun_exclusion": math.radians(sun_exclusion_deg),
        "moon_exclusion": math.radians(moon_exclusion_deg),
        "earth_exclusion": math.radians(earth_exclusion_deg),
    }
    surface = (math.radians(elevation_deg), math.radians(sun_below_deg))
    telescopes = _surface_telescopes(ground or [], moon or [], limits, surface)
    telescopes += _space_telescopes(geo or [], leo or [], (l1, l2), limits, span, context)
    if not telescopes:
        raise InvalidInput("nobody looks: give --ground, --moon, --geo, --leo, --l1 or --l2")
    sphere = DiffuseSphere(diameter, albedo)
    seen = [visibility(telescope, path, sphere, span, context) for telescope in telescopes]
    together = seen_by_any(seen)
    answer = {
        "target": path.name,
        "from_utc": Epoch.from_tdb(span[0]).text("UTC", 0),
        "until_utc": Epoch.from_tdb(span[1]).text("UTC", 0),
        "diameter_m": diameter,
        "albedo": albedo,
        "telescopes": [_row(one) for one in seen],
        "together": {"share_seen": together.fraction(), "longest_gap_h": (~together).longest() / HOUR},
    }
    if as_json:
        print_json(answer)
    else:
        _print(answer)


def _from_file(
    file: Path, begin: float | None, length: float | None, data: DataContext
) -> tuple[Trajectory, tuple[float, float]]:
    from moonstead.formats.oem import read_oem
    from moonstead.formats.oem_trajectory import oem_trajectory

    path = oem_trajectory(read_oem(file, data.earth_orientation))
    first = path.span[0] if begin is None else begin
    last = path.span[1] if length is None else first + length
    return path, (first, last)


def _from_numbers(
    text: str, begin: float | None, length: float, data: DataContext
) -> tuple[Trajectory, tuple[float, float]]:
    """A lunar orbit with the elements given at the start, flown in the Moon's gravity field."""
    import numpy as np

    from moonstead.dynamics.forces import ForceModel
    from moonstead.dynamics.propagate import OrbitState, propagate
    from moonstead.foundation.bodies import body
    from moonstead.foundation.frames.standard import MOON_ME
    from moonstead.foundation.time.epoch import Epoch
    from moonstead.orbits.elements import KeplerElements, states_from_elements

    low, high, inclination, node = _numbers("--lunar-orbit", text, 4, 4)
    moon = body("MOON")
    near, far = moon.mean_radius + 1e3 * low, moon.mean_radius + 1e3 * high
    if not far >= near > moon.mean_radius:
        raise InvalidInput(f"--lunar-orbit has a periselene above the ground and an aposelene above it; got {text!r}")
    first = Epoch.parse(START, "UTC").tdb() if begin is None else begin
    one = np.ones(1)
    elements = KeplerElements(
        near * one,
        (far - near) / (far + near) * one,
        math.radians(inclination) * one,
        math.radians(node) * one,
        0.0 * one,
        0.0 * one,
    )
    state = states_from_elements(elements, moon.gm)[0]
    matrix = MOON_ME.from_icrf(np.array([first]), data).matrix[0].T
    turned = np.concatenate((matrix @ state[:3], matrix @ state[3:]))
    model = ForceModel(center="MOON", degree=DEGREE)
    path = propagate(OrbitState(turned, first, "MOON"), first + length, model, data, name="lunar orbiter")
    return path, (first, path.span[1])


def _surface_telescopes(
    ground: list[str], moon: list[str], limits: dict[str, float], surface: tuple[float, float]
) -> list[Telescope]:
    from moonstead.dynamics.trajectories import SurfacePoint
    from moonstead.foundation.frames.standard import MOON_ME
    from moonstead.monitoring.visibility.telescopes import Telescope

    found = []
    for text in ground:
        latitude, longitude, *height = _numbers("--ground", text, 2, 3)
        place = SurfacePoint.on_earth(
            f"ground {latitude:g},{longitude:g}", math.radians(latitude), math.radians(longitude), *(height or [0.0])
        )
        found.append(Telescope(place, least_elevation=surface[0], sun_below=surface[1], **limits))
    for text in moon:
        latitude, longitude = _numbers("--moon", text, 2, 2)
        site = SurfacePoint(
            f"moon {latitude:g},{longitude:g}", "MOON", MOON_ME, math.radians(latitude), math.radians(longitude)
        )
        found.append(Telescope(site, least_elevation=surface[0], **limits))
    return found


def _space_telescopes(
    geo: list[float],
    leo: list[str],
    points: tuple[bool, bool],
    limits: dict[str, float],
    span: tuple[float, float],
    data: DataContext,
) -> list[Telescope]:
    from moonstead.dynamics.trajectories import TabulatedTrajectory
    from moonstead.monitoring.coverage.constellations import geostationary, walker
    from moonstead.monitoring.coverage.ground import GROUNDS
    from moonstead.monitoring.coverage.watchers import even_times, table_step
    from moonstead.monitoring.visibility.lagrange_place import LagrangePoint
    from moonstead.monitoring.visibility.telescopes import Telescope

    orbits = [(f"GEO {longitude:g} E", geostationary([math.radians(longitude)])) for longitude in geo]
    for text in leo:
        altitude, inclination = _numbers("--leo", text, 2, 2)
        orbits.append((f"LEO {altitude:g} km", walker(1, 1, 0, 1e3 * altitude, math.radians(inclination))))
    found = []
    for name, orbit in orbits:
        tdb = even_times(*span, table_step(orbit))
        path = TabulatedTrajectory(name, "EARTH", GROUNDS["EARTH"].frame, tdb, orbit.states(tdb, data)[0], 7)
        found.append(Telescope(path, **limits))
    names = [name for name, wanted in zip(("L1", "L2"), points, strict=True) if wanted]
    return found + [Telescope(LagrangePoint(name, data), **limits) for name in names]


def _numbers(option: str, text: str, least: int, most: int) -> list[float]:
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if not least <= len(numbers) <= most or not all(math.isfinite(number) for number in numbers):
        count = str(least) if least == most else f"{least} to {most}"
        raise InvalidInput(f"{option} is {count} numbers with commas between them; got {text!r}")
    return numbers


def _row(seen: Visibility) -> dict[str, Any]:
    return {
        "telescope": seen.telescope,
        "share_seen": seen.fraction,
        "longest_gap_h": seen.longest_gap / HOUR,
        "brightest_mag": seen.brightest,
        "median_mag": seen.median_magnitude,
        "share_of_each_demand": {name: windows.fraction() for name, windows in seen.demands.items()},
        "windows": _windows(seen.windows),
    }


def _windows(windows: Windows) -> list[dict[str, Any]]:
    from moonstead.foundation.time.epoch import Epoch

    return [
        {"start_utc": Epoch.from_tdb(float(a)).text("UTC", 0), "stop_utc": Epoch.from_tdb(float(b)).text("UTC", 0)}
        for a, b in zip(windows.starts, windows.stops, strict=True)
    ]


def _print(answer: dict[str, Any]) -> None:
    sys.stdout.write(
        f"{answer['target']}, {answer['from_utc']} to {answer['until_utc']}: a sphere of {answer['diameter_m']:g} m, "
        f"albedo {answer['albedo']:g}\n"
    )
    print_table(
        ["telescope", "seen", "longest gap", "brightest", "median", "each demand alone"],
        [
            [
                row["telescope"],
                f"{100 * row['share_seen']:.1f} %",
                f"{row['longest_gap_h']:.2f} h",
                *(
                    "never" if math.isnan(row[key]) else f"{row[key]:.1f} mag"
                    for key in ("brightest_mag", "median_mag")
                ),
                ", ".join(f"{name} {100 * share:.0f} %" for name, share in row["share_of_each_demand"].items()),
            ]
            for row in answer["telescopes"]
        ],
        right=[1, 2, 3, 4],
    )
    together = answer["together"]
    sys.stdout.write(
        f"by any of them {100 * together['share_seen']:.1f} %, longest gap {together['longest_gap_h']:.2f} h\n"
    )
    for row in answer["telescopes"]:
        sys.stdout.write(f"\n{row['telescope']}: {len(row['windows'])} windows\n")
        for window in row["windows"][:SHOWN]:
            sys.stdout.write(f"  {window['start_utc']}  {window['stop_utc']}\n")
