"""`moonstead orbit lifetime`: how long a lunar orbit lives, and which starts of its shape do."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from moonstead.cli.output import AsJson, DataFolder, open_data, print_json, print_table

if TYPE_CHECKING:
    from moonstead.dynamics.forces import ForceModel
    from moonstead.foundation.data import DataContext
    from moonstead.orbits.lunar.start import LunarShape

NAME = "lifetime"


def command(
    inclination: Annotated[str, typer.Option(help="To the frame's xy plane (deg).")],
    epoch: Annotated[str, typer.Option(metavar="TIME", help="Start, UTC.")],
    periselene: Annotated[str | None, typer.Option(help="Least altitude over the mean sphere (km).")] = None,
    aposelene: Annotated[str | None, typer.Option(help="Largest altitude over the mean sphere (km).")] = None,
    semi_major_axis: Annotated[str | None, typer.Option(help="In place of the altitudes (km).")] = None,
    eccentricity: Annotated[float | None, typer.Option(help="With --semi-major-axis.")] = None,
    node: Annotated[str, typer.Option(help="Ascending node from the frame's x axis (deg).")] = "0 deg",
    argument: Annotated[str, typer.Option(help="Of the periselene, from the node (deg).")] = "90 deg",
    anomaly: Annotated[str, typer.Option(help="True anomaly at the start (deg).")] = "0 deg",
    frame: Annotated[
        str, typer.Option(help="MOON_PA, MOON_ME, ICRF, ..., or EARTH_ORBIT: x to the Earth, z normal to its orbit.")
    ] = "MOON_PA",
    years: Annotated[float, typer.Option(help="How long to follow it.")] = 1.0,
    degree: Annotated[int | None, typer.Option(help="Of the Moon's field; 50 for low orbits, 20 for ellipses.")] = None,
    mass: Annotated[float | None, typer.Option(help="Of the spacecraft (kg), for radiation pressure.")] = None,
    area: Annotated[float | None, typer.Option(help="That faces the Sun (m2), for radiation pressure.")] = None,
    nodes: Annotated[int, typer.Option(help="Also map so many nodes ...")] = 0,
    anomalies: Annotated[int, typer.Option(help="... times so many places in the orbit ...")] = 1,
    epochs: Annotated[int, typer.Option(help="... times so many starts ...")] = 1,
    epoch_step: Annotated[str, typer.Option(help="... that far apart.")] = "7 d",
    must_live: Annotated[
        bool,
        typer.Option("--must-live", help="Refuse an orbit that hits the Moon, and name the nearest node that lives."),
    ] = False,
    as_json: AsJson = False,
    data: DataFolder = None,
) -> None:
    """Say when a lunar orbit meets the ground, how low it comes, and which nodes, places and dates would live.

    Angles are those of the frame as it stands at the epoch. Numbers without a unit have the one in brackets.
    """
    from moonstead.cli.orbit.lunar_answers import YEAR, date, force_words, life_answer, lunar_forces, quantity
    from moonstead.dynamics.propagate import OrbitState
    from moonstead.foundation.errors import InvalidInput
    from moonstead.foundation.time.epoch import Epoch
    from moonstead.orbits.lunar.lifetime import orbit_lifetime
    from moonstead.orbits.lunar.start import held_axes, start_states

    context = open_data(data)
    shape = _shape(periselene, aposelene, semi_major_axis, eccentricity, inclination, argument)
    if nodes < 0 or anomalies < 1 or epochs < 1 or not years > 0.0:
        raise InvalidInput("--nodes may not be negative; --anomalies, --epochs and --years must be positive")
    model = lunar_forces(shape.semi_major_axis * (1.0 + shape.eccentricity) - 1_737_400.0, degree, mass, area)
    start, angle, place = Epoch.parse(epoch).tdb(), quantity(node, "angle", "deg"), quantity(anomaly, "angle", "deg")
    duration = years * YEAR
    if must_live:
        from moonstead.orbits.lunar.lifetime_map import require_living_start

        require_living_start(shape, frame, angle, place, start, duration, model, context)
    state = start_states(shape.elements(angle, place), held_axes(frame, start, context))[0]
    life = orbit_lifetime(OrbitState(state, start), duration, model, context)
    answer: dict[str, Any] = {
        "epoch_utc": date(start),
        "frame": frame,
        "forces": force_words(model),
        "state_icrf_m": [float(x) for x in state],
        "period_h": shape.period / 3600.0,
        **life_answer(life, duration),
    }
    if nodes:
        wanted = (nodes, anomalies, epochs, quantity(epoch_step, "time", "d"))
        answer["map"] = _map(shape, frame, angle, start, duration, wanted, model, context)
    if as_json:
        print_json(answer)
        return
    _print(answer)


def _shape(
    periselene: str | None,
    aposelene: str | None,
    semi_major_axis: str | None,
    eccentricity: float | None,
    inclination: str,
    argument: str,
) -> LunarShape:
    from moonstead.cli.orbit.lunar_answers import quantity
    from moonstead.foundation.errors import InvalidInput
    from moonstead.orbits.lunar.start import LunarShape

    tilt, turn = quantity(inclination, "angle", "deg"), quantity(argument, "angle", "deg")
    if periselene is not None and aposelene is not None and semi_major_axis is None and eccentricity is None:
        near, far = quantity(periselene, "length", "km"), quantity(aposelene, "length", "km")
        return LunarShape.of_altitudes(near, far, tilt, turn)
    if semi_major_axis is not None and eccentricity is not None and periselene is None and aposelene is None:
        axis = quantity(semi_major_axis, "length", "km")
        return LunarShape(axis * (1.0 - eccentricity), eccentricity, tilt, turn)
    raise InvalidInput("say the shape once: --periselene and --aposelene, or --semi-major-axis and --eccentricity")


def _map(
    shape: LunarShape,
    frame: str,
    node: float,
    start: float,
    duration: float,
    wanted: tuple[int, int, int, float],
    model: ForceModel,
    data: DataContext,
) -> list[dict[str, Any]]:
    """One row for each start that was tried."""
    import math

    import numpy as np

    from moonstead.cli.orbit.lunar_answers import DAY, date
    from moonstead.orbits.lunar.lifetime_map import lifetime_map

    nodes, anomalies, epochs, step = wanted
    found = lifetime_map(
        shape,
        frame,
        start + step * np.arange(epochs),
        node + 2.0 * math.pi * np.arange(nodes) / nodes,
        2.0 * math.pi * np.arange(anomalies) / anomalies,
        duration,
        model,
        data,
    )
    return [
        {
            "epoch_utc": date(float(found.epochs_tdb[e])),
            "node_deg": math.degrees(found.nodes[n]) % 360.0,
            "anomaly_deg": math.degrees(found.anomalies[a]),
            "lifetime_d": float(found.durations[e, n, a]) / DAY,
            "survives": bool(found.lives[e, n, a]),
            "least_osculating_periselene_km": float(found.periselene[e, n, a]) / 1e3,
        }
        for e, n, a in np.ndindex(found.durations.shape)
    ]


def _print(answer: dict[str, Any]) -> None:
    write = sys.stdout.write
    write(f"from {answer['epoch_utc']}, angles in {answer['frame']}; {answer['forces']}\n")
    if answer["survives"]:
        write(f"lives for the {answer['followed_d']:.1f} days that it was followed\n")
    else:
        write(
            f"hits the {answer['impact_surface']} on {answer['impact_utc']}, after {answer['lifetime_d']:.2f} days, at "
            f"latitude {answer['impact_latitude_deg']:.2f} deg, longitude {answer['impact_longitude_deg']:.2f} deg\n"
        )
    write(f"least altitude {answer['minimum_altitude_km']:.2f} km on {answer['minimum_altitude_utc']}\n")
    if "map" in answer:
        write("\n")
        print_table(
            ["start", "node deg", "anomaly deg", "days", "lives"],
            [
                [
                    row["epoch_utc"],
                    f"{row['node_deg']:.1f}",
                    f"{row['anomaly_deg']:.1f}",
                    f"{row['lifetime_d']:.1f}",
                    "yes" if row["survives"] else "no",
                ]
                for row in answer["map"]
            ],
            right=[1, 2, 3],
        )
