"""`moonstead orbit family`: one periodic orbit of the three-body problem, or members along its family."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from moonstead.cli.output import AsJson, print_json, print_table

if TYPE_CHECKING:
    from moonstead.orbits.three_body.periodic_orbit import PeriodicOrbit

NAME = "family"
KILOMETRE = 1e3  # [m]
HOUR = 3600.0  # [s]


def command(
    family: Annotated[str, typer.Option(help="lyapunov, halo, nrho, butterfly, axial, vertical, dro, dpo, ...")],
    point: Annotated[str | None, typer.Option(help="Libration point L1 to L5, where there are several.")] = None,
    branch: Annotated[str | None, typer.Option(help="north or south.")] = None,
    resonance: Annotated[
        str | None,
        typer.Option(metavar="P:Q", help="Of resonant orbits with the Moon; of others P periods in Q synodic months."),
    ] = None,
    period: Annotated[str | None, typer.Option(help='Period, "6.56d".')] = None,
    jacobi: Annotated[float | None, typer.Option(help="Jacobi constant, normalised.")] = None,
    row_near: Annotated[
        str | None, typer.Option("--row-near", metavar="X,Z,VY", help="Nearest member, normalised; or x,y,z,vx,vy,vz.")
    ] = None,
    count: Annotated[int | None, typer.Option(help="This many members along the family instead of one.")] = None,
    primaries: Annotated[str, typer.Option(metavar="A-B", help="EARTH-MOON, SUN-EARTH, SUN-MARS.")] = "EARTH-MOON",
    as_json: AsJson = False,
) -> None:
    """Give a periodic orbit of a family: state, period, Jacobi constant, stability, distances and eclipses."""
    from moonstead.foundation.errors import InvalidInput
    from moonstead.foundation.units import parse_quantity
    from moonstead.orbits.three_body.families import family_members, periodic_orbits
    from moonstead.orbits.three_body.figures import SYNODIC_MONTH
    from moonstead.orbits.three_body.system import three_body_system

    seconds = None if period is None else parse_quantity(period, "time")
    revolutions = None if resonance is None else ratio(resonance)
    if revolutions is not None and family != "resonant":
        if period is not None:
            raise InvalidInput(f"the resonance {resonance} says the period already; leave --period out")
        seconds, revolutions = SYNODIC_MONTH * revolutions[1] / revolutions[0], None
    figures = (("--period or --resonance", seconds), ("--jacobi", jacobi), ("--count", count))
    given = [name for name, value in figures if value is not None]
    if len(given) > 1:
        raise InvalidInput(f"give one of --period, --jacobi and --count, not {' and '.join(given)}")
    pair = primaries.split("-")
    if len(pair) != 2:
        raise InvalidInput(f"--primaries names two bodies, such as EARTH-MOON; it is {primaries!r}")
    about: dict[str, Any] = {
        "point": point,
        "branch": branch,
        "resonance": revolutions,
        "system": three_body_system(*pair),
    }
    if count is not None:
        answers = [answer(orbit) for orbit in family_members(family, count=count, **about)]
        if as_json:
            print_json({"members": answers})
        else:
            print_members(answers)
        return
    found = periodic_orbits(
        family,
        period=seconds,
        jacobi=jacobi,
        near=None if row_near is None else numbers(row_near),
        **about,
    )
    told = {
        **answer(found[0]),
        "alternatives": [
            {
                "period_d": other.days,
                "jacobi": other.jacobi,
                "stability_index": other.stability_index,
                "state": other.state.tolist(),
            }
            for other in found[1:]
        ],
    }
    if as_json:
        print_json(told)
    else:
        _print(told)


def numbers(text: str) -> list[float]:
    """Numbers between commas; an error names what is none."""
    from moonstead.foundation.errors import InvalidInput

    try:
        values = [float(part) for part in text.split(",")]
    except ValueError as error:
        raise InvalidInput(f"--row-near takes x,z,vy or six numbers with commas between them, not {text!r}") from error
    if len(values) not in (3, 6):
        raise InvalidInput(f"--row-near takes three numbers (x,z,vy) or six, not {len(values)}")
    return values


def ratio(text: str) -> tuple[int, int]:
    """p:q as two integers."""
    from moonstead.foundation.errors import InvalidInput

    parts = text.split(":")
    if len(parts) != 2 or not all(part.strip().isdigit() and int(part) > 0 for part in parts):
        raise InvalidInput(f"--resonance is two whole numbers, such as 2:1, not {text!r}")
    return int(parts[0]), int(parts[1])


def answer(orbit: PeriodicOrbit) -> dict[str, Any]:
    """All that is told of an orbit: normalised where no unit is in the key."""
    from moonstead.foundation.constants import SECONDS_PER_DAY
    from moonstead.orbits.three_body.figures import orbit_figures

    figures, system = orbit_figures(orbit), orbit.system
    return {
        "family": orbit.family,
        "point": orbit.point,
        "branch": orbit.branch,
        "state": orbit.state.tolist(),
        "period": orbit.period,
        "jacobi": orbit.jacobi,
        "stability_index": orbit.stability_index,
        "period_d": orbit.days,
        "perilune_km": figures.perilune / KILOMETRE,
        "perilune_altitude_km": figures.perilune_altitude / KILOMETRE,
        "apolune_km": figures.apolune / KILOMETRE,
        "primary_distance_km": [figures.perigee / KILOMETRE, figures.apogee / KILOMETRE],
        "z_km": [figures.lowest / KILOMETRE, figures.highest / KILOMETRE],
        "impacts": figures.perilune_altitude < 0.0,
        "synodic_resonance": figures.resonance,
        "synodic_resonance_miss": figures.resonance_miss,
        "eclipse_fraction": figures.eclipse_fraction,
        "longest_eclipse_h": {name: stay / HOUR for name, stay in figures.longest_eclipse.items()},
        "growth_time_d": None if figures.growth_time is None else figures.growth_time / SECONDS_PER_DAY,
        "constants": {
            "primary": system.primary,
            "secondary": system.secondary,
            "mass_ratio": system.mass_ratio,
            "length_m": system.length,
            "time_s": system.time,
            "source": system.source,
        },
    }


def print_members(answers: list[dict[str, Any]]) -> None:
    """Members of a family, one a line."""
    headings = ["period d", "jacobi", "stability", "perilune km", "x", "y", "z", "vx", "vy", "vz"]
    print_table(
        headings,
        [
            [
                f"{row['period_d']:.5f}",
                f"{row['jacobi']:.7f}",
                f"{row['stability_index']:.5g}",
                f"{row['perilune_km']:.0f}",
                *(f"{value:.9f}" for value in row["state"]),
            ]
            for row in answers
        ],
        right=range(len(headings)),
    )


def _print(told: dict[str, Any]) -> None:
    name = " ".join(part for part in (told["family"], told["point"], told["branch"]) if part)
    constants = told["constants"]
    eclipses = ", ".join(f"{body.title()} {stay:.1f} h" for body, stay in told["longest_eclipse_h"].items())
    rows = [
        ["period", f"{told['period_d']:.6f} d ({told['period']:.12f})"],
        ["Jacobi constant", f"{told['jacobi']:.12f}"],
        ["stability index", f"{told['stability_index']:.9g}"],
        ["state", " ".join(f"{value:.14f}" for value in told["state"])],
        ["nearest to the secondary", f"{told['perilune_km']:.0f} km, {told['perilune_altitude_km']:.0f} km high"],
        ["farthest from it", f"{told['apolune_km']:.0f} km"],
        ["near resonance with the Sun", told["synodic_resonance"] or "none"],
        ["longest eclipse", eclipses or "not computed"],
        ["growth by e", "stable" if told["growth_time_d"] is None else f"{told['growth_time_d']:.2f} d"],
        ["constants", f"mass ratio {constants['mass_ratio']!r}, {constants['length_m']} m, {constants['time_s']} s"],
    ]
    print_table([name, ""], rows)
    if told["impacts"]:
        sys.stdout.write("it meets the secondary's surface\n")
    if told["alternatives"]:
        sys.stdout.write(f"{len(told['alternatives'])} more members have this figure; --json tells them\n")
