"""`moonstead monitor orbit`: an orbit fitted to its tracking."""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from moonstead.cli.output import AsJson, DataFolder, open_data, print_json, print_table
from moonstead.foundation.errors import InvalidInput

if TYPE_CHECKING:
    from moonstead.dynamics.forces import ForceModel
    from moonstead.dynamics.propagate import OrbitState
    from moonstead.dynamics.trajectories import TabulatedTrajectory
    from moonstead.foundation.data import DataContext
    from moonstead.monitoring.tracking.batch import OrbitFit, StationReport
    from moonstead.monitoring.tracking.laser_ranges import LaserRows

NAME = "orbit"
EMPIRICAL = "along,along_cos,along_sin"
EMPIRICAL_SIGMA = 1e-8  # [m/s2] what is known of empirical accelerations: they keep short arcs determined
DEGREE = 36
THIRD_BODIES = ("SUN", "MOON", "VENUS", "MARS BARYCENTER", "JUPITER BARYCENTER")
OEM_STEPS = 120  # states a turn; Hermite interpolation of degree 7 is then good to a millimetre
COMPARED_EVERY = 300.0  # [s]
# Factor and unit of residuals in answers.
UNITS = {"laser range": (1.0, "m"), "range": (1.0, "m"), "range-rate": (1.0, "m/s")}
ANGLE = (math.degrees(1.0) * 3600.0, "arcsec")


def command(
    tracking: Annotated[list[Path], typer.Argument(metavar="CRD...", help="Laser ranges of one target.")],
    stations: Annotated[Path, typer.Option(metavar="SINEX", help="Coordinates of stations, such as SLRF2014.")],
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
    bias: Annotated[str | None, typer.Option(metavar="PAD,PAD", help="Stations whose bias of range is sought.")] = None,
    center_of_mass: Annotated[
        str | None, typer.Option(metavar="LENGTH", help="From the reflectors to the centre of mass.")
    ] = None,
    area_to_mass: Annotated[
        float | None, typer.Option(metavar="M2/KG", min=0.0, help="Of a target that is not listed, with --cpf.")
    ] = None,
    reflectivity: Annotated[float, typer.Option(min=0.0, help="Of sunlight, with --area-to-mass.")] = 1.3,
    keep_all: Annotated[bool, typer.Option("--keep-all", help="Leave no range out of the fit.")] = False,
    predict: Annotated[
        str | None, typer.Option(metavar="TIME", help='Fly on so far beyond the last range, such as "24 h".')
    ] = None,
    against: Annotated[Path | None, typer.Option(metavar="CPF", help="A predicted orbit to compare with.")] = None,
    oem: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the orbit as CCSDS OEM.")] = None,
    as_json: AsJson = False,
    data: DataFolder = None,
) -> None:
    """Fit an orbit to laser ranges: state and its sigma, residuals of each station, what was left out.

    Sigmas hold if ranges and models together are as good as 2 cm. Loading by the oceans is not modelled.
    """
    from moonstead.formats.crd import read_crd
    from moonstead.monitoring.tracking.batch import fit_orbit
    from moonstead.monitoring.tracking.fit_forces import EMPIRICAL as ACCELERATIONS
    from moonstead.monitoring.tracking.fit_forces import FitForces
    from moonstead.monitoring.tracking.laser_ranges import laser_rows
    from moonstead.monitoring.tracking.laser_stations import read_laser_stations

    if (cpf is None) == (state is None):
        raise InvalidInput("give a first guess of the orbit: --cpf with a prediction, or --state with a state file")
    context = open_data(data)
    files = [read_crd(path) for path in tracking]
    rows = laser_rows(
        [one for file in files for one in file.passes],
        read_laser_stations(stations, eccentricities),
        center_of_mass=None if center_of_mass is None else _length(center_of_mass),
        biased=_pads(bias),
    )
    sought = tuple(name.strip() for name in seek.split(",") if name.strip())
    last = float(rows.tdb.max()) + _time(predict)
    if cpf is not None:
        start, model, push = _from_cpf(cpf, files[0].passes[0].target, area_to_mass, reflectivity, rows, context)
    else:
        assert state is not None
        start, model, push = _from_state(state, last, context)
    expected = {name: (0.0, EMPIRICAL_SIGMA) for name in sought if name in ACCELERATIONS}
    forces = FitForces(model, tides=model.center == "EARTH", earth_light=push, sought=sought, expected=expected)
    name = files[0].passes[0].target
    fit = fit_orbit([rows], start, forces, context, until=last, reject=not keep_all, name=name)
    faults = [f"{path}, {fault}" for path, file in zip(tracking, files, strict=True) for fault in file.faults]
    answer = _told(fit, rows, name) | {"tracking": tracking, "faults": faults}
    if against is not None:
        answer["comparison"] = _compared(fit, against, context)
    if oem is not None:
        answer["oem"] = _write_oem(oem, fit, last)
    if as_json:
        print_json(answer)
    else:
        _print(answer)


def _length(text: str) -> float:
    from moonstead.foundation.units import parse_quantity

    return parse_quantity(text, "length")


def _time(text: str | None) -> float:
    from moonstead.foundation.units import parse_quantity

    value = 0.0 if text is None else parse_quantity(text, "time")
    if not value >= 0.0:
        raise InvalidInput(f"--predict {text!r} lies before the last range; give a time to fly on")
    return value


def _pads(text: str | None) -> list[int]:
    words = [word.strip() for word in (text or "").split(",") if word.strip()]
    if not all(word.isdigit() for word in words):
        raise InvalidInput(f"--bias {text!r}: stations are told by the numbers of their pads, such as 7090,7119")
    return [int(word) for word in words]


def _from_cpf(
    path: Path, target: str, area_to_mass: float | None, reflectivity: float, rows: LaserRows, data: DataContext
) -> tuple[OrbitState, ForceModel, float]:
    """First guess, forces, and what light of the Earth presses on [m2/kg]."""
    import numpy as np

    from moonstead.dynamics.forces import ForceModel, Radiation
    from moonstead.dynamics.observe import icrf_state
    from moonstead.dynamics.propagate import OrbitState
    from moonstead.monitoring.tracking.laser_targets import laser_target

    orbit = _prediction(path)
    if area_to_mass is None:
        known = laser_target(target)
        area_to_mass, reflectivity = known.area_to_mass, known.reflectivity
    # the polynomial is best away from the ends of the table
    inside = 0.05 * (orbit.span[1] - orbit.span[0])
    epoch = float(np.clip(rows.tdb.min(), orbit.span[0] + inside, orbit.span[1] - inside))
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
    if model.center != "EARTH":
        raise InvalidInput(f"{path}: lasers range to satellites of the Earth; the forces are about {model.center}")
    light = model.radiation
    push = light.area * light.reflectivity / model.mass if light is not None and model.mass else 0.0
    return initial_state(loaded, model, data), model, push


def _prediction(path: Path) -> TabulatedTrajectory:
    from moonstead.formats.cpf import read_cpf

    return read_cpf(path).trajectory()


def _told(fit: OrbitFit, rows: LaserRows, name: str) -> dict[str, Any]:
    import numpy as np

    from moonstead.foundation.time.epoch import Epoch

    sigma = np.sqrt(np.diagonal(fit.covariance))
    residual, used = fit.residuals[0][:, 0], fit.used[0]
    epoch = Epoch.from_tdb(fit.state.epoch_tdb)
    return {
        "target": name,
        "ranges": len(rows),
        "rejected": fit.rejected,
        "rms_m": float(np.sqrt(np.mean(residual[used] ** 2))),
        "rms_of_all_m": float(np.sqrt(np.mean(residual**2))),
        "normalised_rms": fit.normalised_rms,
        "converged": fit.converged,
        "iterations": fit.iterations,
        "from_utc": Epoch.from_tdb(float(rows.tdb.min())).text("UTC", digits=3),
        "until_utc": Epoch.from_tdb(float(rows.tdb.max())).text("UTC", digits=3),
        "stations": [_station(report) for report in fit.reports],
        "state": {
            "epoch_utc": epoch.text("UTC", digits=6),
            "epoch_tdb_s": fit.state.epoch_tdb,
            "center": fit.orbit.center,
            "frame": "ICRF",
            "position_m": fit.values[:3].tolist(),
            "velocity_m_s": fit.values[3:6].tolist(),
            "position_sigma_m": sigma[:3].tolist(),
            "velocity_sigma_m_s": sigma[3:6].tolist(),
            "covariance_m_m_s": fit.state_covariance.tolist(),
        },
        "parameters_si": [
            {"name": one, "value": value, "sigma": spread}
            for one, value, spread in zip(fit.names[6:], fit.values[6:].tolist(), sigma[6:].tolist(), strict=True)
        ],
    }


def _station(report: StationReport) -> dict[str, Any]:
    factor, unit = UNITS.get(report.kind, ANGLE)
    told = {"mean": report.mean, "rms": report.rms, "rms_of_all": report.rms_of_all}
    return {
        "station": report.station,
        "kind": report.kind,
        "used": report.used,
        "rejected": report.rejected,
        "unit": unit,
        **{key: [factor * one for one in value.tolist()] for key, value in told.items()},
        "normalised_rms": report.normalised,
    }


def _compared(fit: OrbitFit, path: Path, data: DataContext) -> dict[str, Any]:
    """Differences to a predicted orbit where both have a place."""
    import numpy as np

    from moonstead.dynamics.local_axes import radial_axes
    from moonstead.dynamics.observe import icrf_state

    other = _prediction(path)
    first, last = max(fit.orbit.span[0], other.span[0]), min(fit.orbit.span[1], other.span[1])
    at = np.arange(first, last, COMPARED_EVERY)
    if not at.size:
        raise InvalidInput(f"{path}: the prediction and the fitted orbit have no time in common")
    theirs = icrf_state(other, "EARTH", at, data)
    off = np.einsum("nij,nj->ni", radial_axes(theirs), (fit.orbit.state(at) - theirs)[:, :3])
    radial, along, cross = np.sqrt(np.mean(off**2, axis=0)).tolist()
    return {
        "file": path,
        "epochs": int(at.size),
        "rms_3d_m": float(np.sqrt(np.mean(np.sum(off**2, axis=1)))),
        "rms_radial_m": radial,
        "rms_along_m": along,
        "rms_cross_m": cross,
    }


def _write_oem(path: Path, fit: OrbitFit, last: float) -> dict[str, Any]:
    import numpy as np

    from moonstead.formats.oem import write_oem
    from moonstead.formats.oem_message import Oem, OemHeader
    from moonstead.formats.oem_trajectory import oem_segment
    from moonstead.foundation.time.epoch import Epoch

    first = fit.orbit.span[0]
    step = fit.span.step * 200.0 / OEM_STEPS
    times = np.linspace(first, last, max(8, math.ceil((last - first) / step) + 1))
    write_oem(path, Oem(OemHeader("MOONSTEAD", Epoch.from_tdb(first)), (oem_segment(fit.orbit, times),)))
    return {"file": path, "step_s": float(times[1] - times[0])}


def _print(answer: dict[str, Any]) -> None:
    state = answer["state"]
    sys.stdout.write(
        f"{answer['target']}: {answer['ranges']} ranges from {answer['from_utc']} to {answer['until_utc']} UTC, "
        f"{answer['rejected']} left out; RMS {answer['rms_m']:.4f} m, of all {answer['rms_of_all_m']:.4f} m\n\n"
    )
    rows = [
        [
            one["station"],
            str(one["used"]),
            str(one["rejected"]),
            *(f"{one[key][0]:.4f}" for key in ("mean", "rms", "rms_of_all")),
        ]
        for one in answer["stations"]
    ]
    print_table(["station", "used", "left out", "mean m", "RMS m", "of all m"], rows, right=range(1, 6))
    sys.stdout.write(f"\nstate at {state['epoch_utc']} UTC, {state['frame']}, about {state['center']}\n")
    names = ("x", "y", "z")
    for key, unit in (("position", "m"), ("velocity", "m_s")):
        for axis, value, sigma in zip(names, state[f"{key}_{unit}"], state[f"{key}_sigma_{unit}"], strict=True):
            sys.stdout.write(f"  {key} {axis}  {value:18.6f} +- {sigma:.2g} {unit.replace('_', '/')}\n")
    for one in answer["parameters_si"]:
        sys.stdout.write(f"  {one['name']}  {one['value']:.4g} +- {one['sigma']:.2g}\n")
    if "comparison" in answer:
        found = answer["comparison"]
        sys.stdout.write(
            f"against {found['file']}: 3-D RMS {found['rms_3d_m']:.3f} m (radial {found['rms_radial_m']:.3f}, "
            f"along {found['rms_along_m']:.3f}, cross {found['rms_cross_m']:.3f})\n"
        )
    for fault in answer["faults"]:
        sys.stdout.write(f"{fault}\n")
