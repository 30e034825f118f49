"""`moonstead orbit design`: a lunar relay or constellation that lives and sees its sites, or a low orbit that stays."""

from __future__ import annotations

import math
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from moonstead.cli.output import AsJson, DataFolder, open_data, print_json, print_table

if TYPE_CHECKING:
    from moonstead.dynamics.trajectories import SurfacePoint
    from moonstead.foundation.data import DataContext
    from moonstead.orbits.lunar.start import LunarShape

NAME = "design"


class Kind(StrEnum):
    """What is designed."""

    ELLIPSE = "ellipse"
    LOW_FROZEN = "low-frozen"


class Apsis(StrEnum):
    """Pole that the far end stands over."""

    SOUTH = "south"
    NORTH = "north"


def command(
    epoch: Annotated[str, typer.Option(metavar="TIME", help="First possible start, UTC.")],
    kind: Annotated[Kind, typer.Option(help="A frozen ellipse of hours, or a low orbit frozen in the whole field.")] = (
        Kind.ELLIPSE
    ),
    periselene: Annotated[str, typer.Option(help="Of an ellipse: least altitude at the start (km).")] = "500 km",
    period: Annotated[str, typer.Option(help="Of an ellipse: time of one turn (h).")] = "24 h",
    apsis: Annotated[Apsis, typer.Option(help="Of an ellipse: pole that the far end stands over.")] = Apsis.SOUTH,
    altitude: Annotated[str, typer.Option(help="Of a low orbit: semi-major axis less the radius (km).")] = "100 km",
    inclination: Annotated[
        str | None, typer.Option(help="(deg) An ellipse has the frozen one by default; a low orbit needs it.")
    ] = None,
    node: Annotated[str, typer.Option(help="Of a low orbit, on the lunar equator (deg).")] = "0 deg",
    years: Annotated[float, typer.Option(help="How long it must live.")] = 8.0,
    nodes: Annotated[int, typer.Option(help="Nodes to try.")] = 12,
    epochs: Annotated[int, typer.Option(help="Starts to try ...")] = 1,
    epoch_step: Annotated[str, typer.Option(help="... that far apart.")] = "7 d",
    site: Annotated[
        list[str] | None, typer.Option(metavar="LAT,LON", help="Site to be seen (deg), MOON_ME; may be repeated.")
    ] = None,
    mask: Annotated[str, typer.Option(help="Least elevation at the sites (deg).")] = "5 deg",
    satellites: Annotated[int, typer.Option(help="Relays on the plane, evenly phased.")] = 1,
    off: Annotated[int, typer.Option(help="Try so many starts that are off by 1 km and 1 cm/s.")] = 0,
    degree: Annotated[int | None, typer.Option(help="Of the Moon's field; 50 for low orbits, 20 for ellipses.")] = None,
    mass: Annotated[float | None, typer.Option(help="Of the spacecraft (kg), for radiation pressure.")] = None,
    area: Annotated[float | None, typer.Option(help="That faces the Sun (m2), for radiation pressure.")] = None,
    oem: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the (first) orbit as an OEM.")] = None,
    oem_step: Annotated[str, typer.Option(help="Between its lines.")] = "1 h",
    as_json: AsJson = False,
    data: DataFolder = None,
) -> None:
    """Design a lunar orbit that lives: an ellipse for relays by what its sites see, or a low orbit that stays low.

    The plane, the date and the place in the orbit are searched; what is found is flown in the full model. Numbers
    without a unit have the one in brackets.
    """
    from moonstead.cli.orbit.lunar_answers import quantity, write_orbit
    from moonstead.foundation.errors import InvalidInput

    if not years > 0.0 or nodes < 1 or epochs < 1 or satellites < 1 or off < 0:
        raise InvalidInput("--years, --nodes, --epochs and --satellites must be positive, --off not negative")
    context = open_data(data)
    if kind is Kind.LOW_FROZEN:
        if inclination is None:
            raise InvalidInput("a low orbit needs its --inclination; 27, 50, 76 and 86 deg stay lowest")
        answer, flown = _low(altitude, inclination, node, epoch, years, degree, mass, area, context)
    else:
        wanted = _Ellipse(periselene, period, apsis, inclination)
        places = [_site(text) for text in site or []]
        search = (epoch, epochs, quantity(epoch_step, "time", "d"), nodes, years, satellites, off)
        answer, flown = _relay(
            wanted.shape(), places, quantity(mask, "angle", "deg"), search, (degree, mass, area), context
        )
    if oem is not None:
        write_orbit(oem, flown, quantity(oem_step, "time", "s"))
        answer["oem"] = str(oem)
    if as_json:
        print_json(answer)
        return
    _print(answer)


class _Ellipse:
    def __init__(self, periselene: str, period: str, apsis: Apsis, inclination: str | None) -> None:
        self.periselene, self.period, self.apsis, self.inclination = periselene, period, apsis, inclination

    def shape(self) -> LunarShape:
        from moonstead.cli.orbit.lunar_answers import quantity
        from moonstead.orbits.frozen_ellipse import frozen_inclination
        from moonstead.orbits.lunar.start import LunarShape

        near, turn = quantity(self.periselene, "length", "km"), quantity(self.period, "time", "h")
        argument = math.radians(90.0 if self.apsis is Apsis.SOUTH else 270.0)
        plain = LunarShape.of_period(near, turn, 0.0, argument)
        if self.inclination is None:
            tilt = frozen_inclination(plain.eccentricity)
        else:
            tilt = quantity(self.inclination, "angle", "deg")
        return LunarShape.of_period(near, turn, tilt, argument)


def _site(text: str) -> SurfacePoint:
    from moonstead.dynamics.trajectories import SurfacePoint
    from moonstead.foundation.errors import InvalidInput
    from moonstead.foundation.frames.standard import MOON_ME

    words = text.split(",")
    try:
        latitude, longitude = (math.radians(float(word)) for word in words)
    except ValueError:
        raise InvalidInput(f"a site is two numbers in degrees, for example --site=-88.8,123.4; got {text!r}") from None
    return SurfacePoint(text, "MOON", MOON_ME, latitude, longitude)


def _relay(
    shape: LunarShape,
    sites: list[SurfacePoint],
    mask: float,
    search: tuple[str, int, float, int, float, int, int],
    forces: tuple[int | None, float | None, float | None],
    data: DataContext,
) -> tuple[dict[str, Any], Any]:
    import numpy as np

    from moonstead.cli.orbit.lunar_answers import YEAR, coverage_answer, date, force_words, life_answer, lunar_forces
    from moonstead.foundation.time.epoch import Epoch
    from moonstead.orbits.lunar.constellation import phased_constellation
    from moonstead.orbits.lunar.design import design_relay, start_robustness
    from moonstead.orbits.lunar.start import EARTH_ORBIT

    epoch, epochs, step, nodes, years, satellites, off = search
    model = lunar_forces(shape.semi_major_axis, *forces)
    starts = Epoch.parse(epoch).tdb() + step * np.arange(epochs)
    found = design_relay(shape, starts, years * YEAR, model, data, nodes=nodes, sites=sites, masks=[mask] * len(sites))
    best = found.best
    start = best.state.epoch_tdb
    answer: dict[str, Any] = {
        "kind": "ellipse",
        "epoch_utc": date(start),
        "state_icrf_m": [float(x) for x in best.state.position_velocity],
        "forces": force_words(model),
        "periselene_km": (shape.periselene_distance - 1_737_400.0) / 1e3,
        "period_h": shape.period / 3600.0,
        "eccentricity": shape.eccentricity,
        "frame": EARTH_ORBIT,
        "inclination_deg": math.degrees(shape.inclination),
        "argument_deg": math.degrees(shape.argument_of_periselene),
        "node_deg": math.degrees(best.node),
        "true_anomaly_deg": math.degrees(best.true_anomaly),
        **life_answer(best.lifetime, years * YEAR),
        "earth_visible_fraction": best.earth_fraction,
        "coverage": [{"site": s.name, **coverage_answer(c)} for s, c in zip(sites, best.coverage, strict=True)],
        "starts_tried": int(found.screened.durations.size),
        "starts_that_live": int(np.count_nonzero(found.screened.lives)),
    }
    if off:
        robust = start_robustness(
            shape,
            EARTH_ORBIT,
            best.node,
            best.true_anomaly,
            start,
            years * YEAR,
            model,
            data,
            count=off,
            slips=(86_400.0, 3 * 86_400.0, 7 * 86_400.0),
        )
        low, high = robust.living_interval()
        answer["off_by_1_km_1_cm_s"] = {"starts": off, "live_fraction": robust.living_fraction, "interval": [low, high]}
        answer["late"] = [
            {"slip_d": float(slip) / 86_400.0, "lifetime_d": float(life) / 86_400.0}
            for slip, life in zip(robust.slips, robust.slip_lifetimes, strict=True)
        ]
    if satellites > 1:
        phases = [number / satellites for number in range(satellites)]
        relays = phased_constellation(
            shape, EARTH_ORBIT, [best.node] * satellites, phases, start, years * YEAR, model, data
        )
        answer["constellation"] = {
            "satellites": satellites,
            "states_icrf_m": [[float(x) for x in state.position_velocity] for state in relays.states],
            "minimum_altitudes_km": [life.lowest_altitude / 1e3 for life in relays.lifetimes],
            "largest_phase_errors_turn": [float(x) for x in relays.phase_errors],
            "coverage": [
                {"site": s.name, "satellites": k, **coverage_answer(relays.coverage(s, mask, data, satellites=k))}
                for s in sites
                for k in range(1, satellites + 1)
            ],
        }
    return answer, best.lifetime.trajectory


def _low(
    altitude: str,
    inclination: str,
    node: str,
    epoch: str,
    years: float,
    degree: int | None,
    mass: float | None,
    area: float | None,
    data: DataContext,
) -> tuple[dict[str, Any], Any]:
    from moonstead.cli.orbit.lunar_answers import YEAR, date, force_words, life_answer, lunar_forces, quantity
    from moonstead.foundation.time.epoch import Epoch
    from moonstead.orbits.lunar.lifetime import orbit_lifetime
    from moonstead.orbits.lunar.low_frozen import low_frozen_orbit

    height = quantity(altitude, "length", "km")
    model = lunar_forces(height, degree, mass, area)
    start = Epoch.parse(epoch).tdb()
    tilt, ascent = quantity(inclination, "angle", "deg"), quantity(node, "angle", "deg")
    found = low_frozen_orbit(height, tilt, ascent, start, model, data)
    life = orbit_lifetime(found.state, years * YEAR, model, data)
    return {
        "kind": "low-frozen",
        "epoch_utc": date(start),
        "state_icrf_m": [float(x) for x in found.state.position_velocity],
        "forces": force_words(model),
        "frame": "MOON_PA",
        "eccentricity": float(found.elements.eccentricity[0]),
        "argument_deg": math.degrees(found.elements.argument_of_periapsis[0]),
        "inclination_deg": math.degrees(tilt),
        "node_deg": math.degrees(ascent),
        "mean_eccentricity_vector": [float(x) for x in found.mean_vector],
        "change_in_a_month": found.month_change,
        "averaged_eccentricity": found.averaged_eccentricity,
        **life_answer(life, years * YEAR),
    }, life.trajectory


def _print(answer: dict[str, Any]) -> None:
    write = sys.stdout.write
    write(f"{answer['kind']} from {answer['epoch_utc']}; {answer['forces']}\n")
    write(
        f"e {answer['eccentricity']:.5f}, inclination {answer['inclination_deg']:.2f} deg, node "
        f"{answer['node_deg']:.2f} deg, argument {answer['argument_deg']:.2f} deg in {answer['frame']}\n"
    )
    fate = "lives for" if answer["survives"] else f"hits the Moon on {answer['impact_utc']}, after"
    write(f"{fate} {answer['lifetime_d']:.1f} days; least altitude {answer['minimum_altitude_km']:.1f} km\n")
    rows = [(1, row) for row in answer.get("coverage", [])]
    rows += [(row["satellites"], row) for row in answer.get("constellation", {}).get("coverage", [])]
    if rows:
        print_table(
            ["site", "relays at once", "seen", "worst gap h"],
            [[row["site"], str(count), f"{row['fraction']:.4%}", f"{row['worst_gap_h']:.2f}"] for count, row in rows],
            right=[1, 2, 3],
        )
