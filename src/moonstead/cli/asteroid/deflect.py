"""`moonstead asteroid deflect`: how hard, how early and by whom an asteroid must be moved to pass at a distance."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from moonstead.cli.output import AsJson, DataFolder, open_data, print_json, print_table, progress

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext
    from moonstead.smallbodies.motion.orbit import SmallBodyOrbit

NAME = "deflect"


def command(
    observations: Annotated[
        list[Path] | None, typer.Argument(metavar="[OBSERVATIONS]...", help="Files of observations, any format.")
    ] = None,
    from_orbit: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Published orbit in place of observations.")
    ] = None,
    object_name: Annotated[str | None, typer.Option("--object", help="Which object of the files.")] = None,
    body: Annotated[str, typer.Option(help="What is to be missed: earth or moon.")] = "earth",
    near: Annotated[
        str | None, typer.Option(metavar="DATE", help="About when it passes; the nearest passage if left out.")
    ] = None,
    until: Annotated[int, typer.Option(metavar="YEAR", help="Last year in which the passage is sought.")] = 2100,
    miss: Annotated[
        float | None, typer.Option(metavar="KM", help="Wanted least distance from the centre; two radii if left out.")
    ] = None,
    push: Annotated[list[str] | None, typer.Option(metavar="DATE", help="When it is pushed; may be repeated.")] = None,
    mass: Annotated[float | None, typer.Option(metavar="KG", help="Of the asteroid; else from its magnitude.")] = None,
    magnitude: Annotated[float | None, typer.Option("--h", help="Absolute magnitude H, for the mass.")] = None,
    spacecraft: Annotated[float, typer.Option(metavar="KG", help="Mass of a kinetic impactor at the strike.")] = 1000.0,
    tug: Annotated[float, typer.Option(metavar="KG", help="Mass of a gravity tractor.")] = 20_000.0,
    tug_start: Annotated[
        str | None, typer.Option(metavar="DATE", help="When a tractor begins; with the earliest push if left out.")
    ] = None,
    launch: Annotated[
        str | None, typer.Option(metavar="DATE..DATE", help="Launch dates of a kinetic impactor, to seek windows.")
    ] = None,
    flight_days: Annotated[str, typer.Option(metavar="DAYS..DAYS", help="Time of flight of the impactor.")] = "60..700",
    most_c3: Annotated[float, typer.Option("--max-c3", metavar="KM2/S2", help="Highest departure energy.")] = 40.0,
    as_json: AsJson = False,
    data: DataFolder = None,
) -> None:
    """Say what it takes to make an asteroid pass at a distance: pushes, strikes, tugs and the windows to get there.

    Where the orbit itself passes far enough, the likeliest orbit within its errors that hits is moved instead. Every
    push is flown again. Strikes and tugs move an asteroid away; nothing else is offered.
    """
    from moonstead.cli.asteroid.deflect_answers import Wishes, deflection_answer
    from moonstead.foundation.errors import InvalidInput

    if (from_orbit is None) == (not observations):
        raise InvalidInput("give either files of observations or a published orbit by --from-orbit")
    if body.lower() not in ("earth", "moon"):
        raise InvalidInput(f"--body is earth or moon; got {body!r}")
    for name, value in (("--miss", miss), ("--mass", mass), ("--spacecraft", spacecraft), ("--tug", tug)):
        if value is not None and not 0.0 < value < 1e30:
            raise InvalidInput(f"{name} must be positive; got {value:g}")
    context = open_data(data)
    with progress(quiet=as_json) as bars:
        task = bars.add_task("reading", total=None)
        orbit = _orbit(observations or [], from_orbit, object_name, context)
        bars.update(task, description="flying")
        wishes = Wishes(
            body=body.upper(),
            near=near,
            until=until,
            miss=None if miss is None else miss * 1e3,
            pushes=tuple(push or ()),
            mass=mass,
            magnitude=magnitude if magnitude is not None else orbit.absolute_magnitude,
            spacecraft=spacecraft,
            tug=tug,
            tug_start=tug_start,
            launch=launch,
            flight_days=flight_days,
            most_c3=most_c3 * 1e6,
        )
        answer = deflection_answer(orbit, wishes, context)
    if as_json:
        print_json(answer)
    else:
        _print(answer)


def _orbit(files: list[Path], published: Path | None, name: str | None, data: DataContext) -> SmallBodyOrbit:
    if published is not None:
        from moonstead.smallbodies.published_orbit import read_published_orbit

        return read_published_orbit(published, data)
    from moonstead.foundation.errors import InvalidInput
    from moonstead.smallbodies.orbit_fit.from_files import orbit_from_files
    from moonstead.smallbodies.orbit_fit.ranged_orbit import RangedOrbit

    fit = orbit_from_files(files, data, object=name).fit
    if isinstance(fit, RangedOrbit):
        raise InvalidInput(
            "the arc is too short for one orbit: what would be pushed is not known; add observations, or give an orbit"
        )
    return fit.orbit


def _print(answer: dict[str, Any]) -> None:
    write = sys.stdout.write
    met = answer["encounter"]
    what = "hits" if met["impact"] else f"passes at {met['distance_km']:.0f} km from"
    write(f"{answer['object']} {what} {answer['body']} on {met['time_utc'][:16]} UTC, {answer['moved_orbit']}\n")
    write(f"wanted: {answer['wanted_distance_km']:.0f} km from the centre\n\n")
    rows = [
        [
            one["time_utc"][:10],
            f"{one['lead_years']:.2f}",
            one["kind"],
            f"{one['delta_v_cm_s']:.4g}",
            f"{one['along_track_cm_s']:.4g}",
            f"{one['flown_distance_km']:.0f}" if one["flown_distance_km"] is not None else "",
            "yes" if one["proved"] else "no",
        ]
        for one in answer["pushes"]
    ]
    headings = ["push", "years before", "direction", "cm/s", "along cm/s", "flown km", "proved"]
    print_table(headings, rows, right=[1, 3, 4, 5])
    if answer["kinetic_impactor"]:
        one = answer["kinetic_impactor"]
        low, high = one["delta_v_cm_s"]["low"], one["delta_v_cm_s"]["high"]
        write(
            f"\nstrike of {one['spacecraft_mass_kg']:.0f} kg at {one['assumed_speed_km_s']:.0f} km/s: "
            f"{one['delta_v_cm_s']['nominal']:.3g} cm/s ({low:.3g} to {high:.3g})\n"
        )
    tractor = answer["gravity_tractor"]
    if tractor:
        lasting = "too short" if tractor["duration_days"] is None else f"{tractor['duration_days']:.0f} days"
        write(f"tractor of {tractor['spacecraft_mass_kg']:.0f} kg from {tractor['start_utc'][:10]}: {lasting}\n")
    if answer["windows"]:
        write("\n")
        rows = [
            [
                one["launch_utc"][:10],
                one["strike_utc"][:10],
                f"{one['c3_km2_s2']:.1f}",
                f"{one['relative_speed_km_s']:.2f}",
                f"{one['spacecraft_mass_kg']['nominal']:.3g}",
                f"{one['spacecraft_mass_kg']['low']:.3g} to {one['spacecraft_mass_kg']['high']:.3g}",
            ]
            for one in answer["windows"]
        ]
        print_table(["launch", "strike", "c3 km2/s2", "km/s", "needed kg", "span kg"], rows, right=[2, 3, 4])
    for note in answer["notes"]:
        write(f"note: {note}\n")
