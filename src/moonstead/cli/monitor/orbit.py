"""`moonstead monitor orbit`: an orbit fitted to its tracking."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from moonstead.cli.output import AsJson, DataFolder, open_data, print_json
from moonstead.foundation.errors import InvalidInput

if TYPE_CHECKING:
    from moonstead.dynamics.forces import ForceModel
    from moonstead.dynamics.propagate import OrbitState
    from moonstead.foundation.data import DataContext

NAME = "orbit"
EMPIRICAL = "along,along_cos,along_sin,cross_cos,cross_sin"
EMPIRICAL_SIGMA = 1e-8  # [m/s2] what is known of empirical accelerations: they keep short arcs determined
DEGREE = 36
THIRD_BODIES = ("SUN", "MOON", "VENUS", "MARS BARYCENTER", "JUPITER BARYCENTER")


def command(
    tracking: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Tracking of one target: CRD or TDM.")],
    stations: Annotated[
        list[Path], typer.Option(metavar="FILE", help="Stations: SINEX such as SLRF2014 for lasers, TOML for others.")
    ],
    eccentricities: Annotated[
        Path | None, typer.Option(metavar="SINEX", help="From markers to telescopes, such as ecc_une.snx.")
    ] = None,
    cpf: Annotated[Path | None, typer.Option(metavar="CPF", help="A predicted orbit as first guess.")] = None,
    state: Annotated[
        Path | None, typer.Option(metavar="STATE", help="A state file (TOML) as first guess, with its forces.")
    ] = None,
    seek: Annotated[
        str, typer.Option(metavar="NAMES", help="Force parameters that are sought with the state; '' for none.")
    ] = EMPIRICAL,
    bias: Annotated[str | None, typer.Option(metavar="PAD,NAME", help="Stations whose biases are sought.")] = None,
    range_sigma: Annotated[str, typer.Option(metavar="LENGTH", help="Of ranges of a TDM.")] = "30 m",
    rate_sigma: Annotated[str, typer.Option(metavar="SPEED", help="Of range rates of a TDM.")] = "0.1 m/s",
    angle_sigma: Annotated[str, typer.Option(metavar="ANGLE", help="Of angles of a TDM.")] = "0.03 deg",
    air: Annotated[bool, typer.Option(help="Whether radio ranges and elevations are as the air changes them.")] = False,
    center_of_mass: Annotated[
        str | None, typer.Option(metavar="LENGTH", help="From the reflectors to the centre of mass.")
    ] = None,
    area_to_mass: Annotated[
        float | None, typer.Option(metavar="M2/KG", min=0.0, help="Of a target that is not listed, with --cpf.")
    ] = None,
    reflectivity: Annotated[float, typer.Option(min=0.0, help="Of sunlight, with --area-to-mass.")] = 1.3,
    keep_all: Annotated[bool, typer.Option("--keep-all", help="Leave no measurement out of the fit.")] = False,
    predict: Annotated[
        str | None, typer.Option(metavar="TIME", help='Fly on so far beyond the last one, such as "24 h".')
    ] = None,
    against: Annotated[Path | None, typer.Option(metavar="CPF", help="A predicted orbit to compare with.")] = None,
    oem: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the orbit as CCSDS OEM.")] = None,
    as_json: AsJson = False,
    data: DataFolder = None,
) -> None:
    """Fit an orbit to tracking: state and its sigma, residuals of each station, what was left out.

    Sigmas hold if measurements are as good as said; laser ranges and their models together 2 cm. Loading by the oceans
    is not modelled.
    """
    from moonstead.cli.monitor.orbit_answer import compared, print_fit, told, write_orbit
    from moonstead.cli.monitor.orbit_tracking import (
        first_flight,
        read_places,
        read_tracking,
        rows_of,
        sigmas_from,
        times_of,
    )
    from moonstead.monitoring.tracking.batch import fit_orbit
    from moonstead.monitoring.tracking.fit_forces import EMPIRICAL as ACCELERATIONS
    from moonstead.monitoring.tracking.fit_forces import FitForces

    if (cpf is None) == (state is None):
        raise InvalidInput("give a first guess of the orbit: --cpf with a prediction, or --state with a state file")
    context = open_data(data)
    places, observers = read_places(stations, eccentricities)
    found = read_tracking(tracking, observers, sigmas_from(range_sigma, rate_sigma, angle_sigma), context)
    first, until = times_of(found)
    last = until + _time(predict)
    if cpf is not None:
        start, model, push = _from_cpf(cpf, found.target, area_to_mass, reflectivity, first, context)
    else:
        assert state is not None
        start, model, push = _from_state(state, last, context)
    biased = [name.strip() for name in (bias or "").split(",") if name.strip()]
    length = None if center_of_mass is None else _length(center_of_mass)
    guess = first_flight(found, start, model, context)
    rows = rows_of(found, places, guess, biased, length, air, context)
    sought = tuple(name.strip() for name in seek.split(",") if name.strip())
    expected = {name: (0.0, EMPIRICAL_SIGMA) for name in sought if name in ACCELERATIONS}
    forces = FitForces(model, tides=model.center == "EARTH", earth_light=push, sought=sought, expected=expected)
    fit = fit_orbit(rows, start, forces, context, until=last, reject=not keep_all, name=found.target)
    answer = told(fit, rows, found.target) | {"tracking": tracking, "faults": found.faults}
    if against is not None:
        answer["comparison"] = compared(fit, against, context)
    if oem is not None:
        answer["oem"] = write_orbit(oem, fit, last)
    if as_json:
        print_json(answer)
    else:
        print_fit(answer)


def _length(text: str) -> float:
    from moonstead.foundation.units import parse_quantity

    return parse_quantity(text, "length")


def _time(text: str | None) -> float:
    from moonstead.foundation.units import parse_quantity

    value = 0.0 if text is None else parse_quantity(text, "time")
    if not value >= 0.0:
        raise InvalidInput(f"--predict {text!r} lies before the last range; give a time to fly on")
    return value


def _from_cpf(
    path: Path, target: str, area_to_mass: float | None, reflectivity: float, first: float, data: DataContext
) -> tuple[OrbitState, ForceModel, float]:
    """First guess, forces, and what light of the Earth presses on [m2/kg]."""
    import numpy as np

    from moonstead.cli.monitor.orbit_answer import read_prediction
    from moonstead.dynamics.forces import ForceModel, Radiation
    from moonstead.dynamics.observe import icrf_state
    from moonstead.dynamics.propagate import OrbitState
    from moonstead.monitoring.tracking.laser_targets import laser_target

    orbit = read_prediction(path)
    if area_to_mass is None:
        known = laser_target(target)
        area_to_mass, reflectivity = known.area_to_mass, known.reflectivity
    # the polynomial is best away from the ends of the table
    inside = 0.05 * (orbit.span[1] - orbit.span[0])
    epoch = float(np.clip(first, orbit.span[0] + inside, orbit.span[1] - inside))
    start = OrbitState(icrf_state(orbit, "EARTH", np.array([epoch]), data)[0], epoch, "EARTH")
    light = Radiation(area_to_mass, reflectivity, ("EARTH", "MOON")) if area_to_mass * reflectivity > 0.0 else None
    model = ForceModel(
        center="EARTH", degree=DEGREE, third_bodies=THIRD_BODIES, mass=1.0, radiation=light, relativity=True
    )
    return start, model, area_to_mass * reflectivity


def _from_state(path: Path, last: float, data: DataContext) -> tuple[OrbitState, ForceModel, float]:
    from moonstead.run.flight import force_model, initial_state
    from moonstead.scenario.load_state import load_state

    loaded = load_state(path).state
    model = force_model(loaded, last)
    light, push = model.radiation, 0.0
    if model.center == "EARTH" and light is not None and model.mass:
        push = light.area * light.reflectivity / model.mass
    return initial_state(loaded, model, data), model, push
