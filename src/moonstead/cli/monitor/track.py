"""`moonstead monitor track`: an orbit followed through its tracking by a filter, and smoothed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from moonstead.cli.output import AsJson, DataFolder, open_data, print_json, print_table
from moonstead.foundation.errors import InvalidInput

if TYPE_CHECKING:
    from moonstead.dynamics.forces import ForceModel
    from moonstead.dynamics.propagate import OrbitState
    from moonstead.foundation.data import DataContext
    from moonstead.monitoring.tracking.measurements import Measurements
    from moonstead.monitoring.tracking.orbit_filter import TrackedOrbit

NAME = "track"
FILTERS = {"ekf": "extended", "ukf": "unscented"}
DEGREE = 20
FIRST_SIGMAS = ("20 km", "50 m/s")  # of a first orbit from the track itself: wide, since the rows are used again


def command(
    tracking: Annotated[list[Path], typer.Argument(metavar="TDM...", help="Tracking Data Messages of one object.")],
    stations: Annotated[Path, typer.Option(metavar="FILE", help="Stations (TOML, [[station]] tables).")],
    state: Annotated[
        Path | None,
        typer.Option(metavar="STATE", help="State file (TOML) before the tracking, with its forces. Left out: found."),
    ] = None,
    kind: Annotated[
        str, typer.Option("--filter", metavar="ekf|ukf", help="Extended filter, or unscented: for wide starts.")
    ] = "ukf",
    position_sigma: Annotated[str | None, typer.Option(metavar="LENGTH", help="Of the state, each axis.")] = None,
    velocity_sigma: Annotated[str | None, typer.Option(metavar="SPEED", help="Of the state, each axis.")] = None,
    range_sigma: Annotated[str, typer.Option(metavar="LENGTH", help="Of ranges: files do not say it.")] = "30 m",
    rate_sigma: Annotated[str, typer.Option(metavar="SPEED", help="Of range rates.")] = "0.1 m/s",
    angle_sigma: Annotated[str, typer.Option(metavar="ANGLE", help="Of angles, on the sky.")] = "0.03 deg",
    noise: Annotated[
        float, typer.Option(metavar="M2/S3", min=0.0, help="Power of unknown accelerations, along each axis.")
    ] = 0.0,
    gate: Annotated[
        float | None, typer.Option(metavar="P", min=0.0, max=1.0, help="Refuse what good rows exceed so seldom.")
    ] = None,
    direction: Annotated[
        str, typer.Option(metavar="KIND", help="Right ascensions: astrometric, apparent or geometric.")
    ] = "astrometric",
    as_json: AsJson = False,
    data: DataFolder = None,
) -> None:
    """Follow an orbit through its tracking: state and covariance after each measurement, and by all of them.

    Without a state file the first orbit comes from the track itself, about the Earth.
    """
    from moonstead.formats.tdm import read_tdm
    from moonstead.foundation.units import parse_quantity
    from moonstead.monitoring.tracking.measurements import joined
    from moonstead.monitoring.tracking.orbit_filter import filter_orbit
    from moonstead.monitoring.tracking.stations import read_stations
    from moonstead.monitoring.tracking.tdm_measurements import Sigmas, measurements_of_tdm, resolved

    if kind not in FILTERS:
        raise InvalidInput(f"--filter {kind!r} is not known: use {' or '.join(FILTERS)}")
    if direction not in ("astrometric", "apparent", "geometric"):
        raise InvalidInput(f"--direction {direction!r} is not known: use astrometric, apparent or geometric")
    context = open_data(data)
    sigmas = Sigmas(
        parse_quantity(range_sigma, "length"), parse_quantity(rate_sigma, "speed"), parse_quantity(angle_sigma, "angle")
    )
    observers = read_stations(stations)
    messages = [read_tdm(path) for path in tracking]
    read = [measurements_of_tdm(message, observers, context, sigmas) for message in messages]
    rows = joined([one.rows for one in read]).sorted()
    start, forces, how = _start(state, rows, direction, context)
    if how is None:
        # ranges known up to a modulus are moved to what the state file says of them
        path = _path(start, forces, rows, context)
        rows = joined([resolved(one, path, context) for one in read]).sorted()
    spread = [
        parse_quantity(given or usual, dimension)
        for given, usual, dimension in zip(
            (position_sigma, velocity_sigma), FIRST_SIGMAS, ("length", "speed"), strict=True
        )
    ]
    tracked = filter_orbit(
        rows,
        start,
        _diagonal(spread),
        forces,
        context,
        noise_density=noise,
        method=FILTERS[kind],  # type: ignore[arg-type]
        gate=gate,
        direction=direction,  # type: ignore[arg-type]
    )
    answer = {
        "objects": sorted({name for one in read for name in one.objects}),
        "filter": kind,
        "first_orbit": how or "state file",
        "measurements": len(rows),
        "notes": [note for one in read for note in one.notes],
        "faults": [f"{m.source}, line {f.line}: {f.what}" for m in messages for f in m.faults],
        **_told(tracked),
    }
    if as_json:
        print_json(answer)
    else:
        _print(answer)


def _diagonal(spread: list[float]) -> Any:
    import numpy as np

    return np.diag(np.repeat(spread, 3) ** 2)


def _start(
    path: Path | None, rows: Measurements, direction: Any, data: DataContext
) -> tuple[OrbitState, ForceModel, str | None]:
    """State before the first measurement, forces, and how it was found where no file gives it."""
    from moonstead.dynamics.forces import ForceModel
    from moonstead.dynamics.propagate import propagate, state_at
    from moonstead.monitoring.tracking.initial_orbit import initial_orbit

    first = float(rows.tdb[0])
    if path is not None:
        from moonstead.run.flight import force_model, initial_state
        from moonstead.scenario.load_state import load_state

        loaded = load_state(path).state
        forces = force_model(loaded, float(rows.tdb[-1]))
        return initial_state(loaded, forces, data), forces, None
    forces = ForceModel(center="EARTH", degree=DEGREE, third_bodies=("SUN", "MOON"))
    found = initial_orbit(rows, data, direction=direction)
    start = found.best
    if start.epoch_tdb > first:
        start = state_at(propagate(start, first, forces, data), [first])
    return start, forces, found.method


def _path(start: OrbitState, forces: ForceModel, rows: Measurements, data: DataContext) -> Any:
    from moonstead.dynamics.propagate import propagate, state_at

    first, last = float(rows.tdb[0]) - 5.0, float(rows.tdb[-1]) + 1.0
    if start.epoch_tdb != first:
        start = state_at(propagate(start, first, forces, data), [first])
    return propagate(start, last, forces, data)


def _told(tracked: TrackedOrbit) -> dict[str, Any]:
    import numpy as np

    from moonstead.foundation.time.epoch import Epoch

    times = [Epoch.from_tdb(float(tdb)).text("UTC", digits=6) for tdb in tracked.tdb]
    sigma = np.sqrt(np.diagonal(tracked.covariances, axis1=1, axis2=2))
    smoothed = np.sqrt(np.diagonal(tracked.smoothed_covariances, axis1=1, axis2=2))
    used = tracked.used
    return {
        "center": tracked.center,
        "frame": "ICRF",
        "refused": int(np.sum(~used)),
        "normalised_innovation_squared": float(
            np.sum(tracked.chi_square[used]) / max(1, int(np.sum(tracked.numbers[used])))
        ),
        "state": {
            "epoch_utc": times[-1],
            "epoch_tdb_s": float(tracked.tdb[-1]),
            "position_m": tracked.states[-1, :3].tolist(),
            "velocity_m_s": tracked.states[-1, 3:].tolist(),
            "position_sigma_m": sigma[-1, :3].tolist(),
            "velocity_sigma_m_s": sigma[-1, 3:].tolist(),
            "covariance_m_m_s": tracked.covariances[-1].tolist(),
        },
        "steps": [
            {
                "epoch_utc": times[row],
                "position_sigma_m": float(np.linalg.norm(sigma[row, :3])),
                "smoothed_position_m": tracked.smoothed_states[row, :3].tolist(),
                "smoothed_velocity_m_s": tracked.smoothed_states[row, 3:].tolist(),
                "smoothed_position_sigma_m": float(np.linalg.norm(smoothed[row, :3])),
                "chi_square": float(tracked.chi_square[row]),
                "numbers": int(tracked.numbers[row]),
                "used": bool(used[row]),
            }
            for row in range(len(times))
        ],
    }


def _print(answer: dict[str, Any]) -> None:
    state = answer["state"]
    sys.stdout.write(
        f"{', '.join(answer['objects']) or 'object'}: {answer['measurements']} measurements, {answer['refused']} times "
        f"refused; start by {answer['first_orbit']}; innovations squared {answer['normalised_innovation_squared']:.3f} "
        "(1 expected)\n\n"
    )
    rows = [
        [
            step["epoch_utc"],
            f"{step['position_sigma_m']:.4g}",
            f"{step['smoothed_position_sigma_m']:.4g}",
            f"{step['chi_square']:.2f}",
            str(step["numbers"]),
            "" if step["used"] else "refused",
        ]
        for step in answer["steps"]
    ]
    print_table(["UTC", "sigma m", "smoothed m", "chi2", "numbers", ""], rows, right=range(1, 5))
    sys.stdout.write(f"\nstate at {state['epoch_utc']} UTC, {answer['frame']}, about {answer['center']}\n")
    for key, unit in (("position", "m"), ("velocity", "m_s")):
        for axis, value, sigma in zip("xyz", state[f"{key}_{unit}"], state[f"{key}_sigma_{unit}"], strict=True):
            sys.stdout.write(f"  {key} {axis}  {value:18.6f} +- {sigma:.3g} {unit.replace('_', '/')}\n")
    for line in (*answer["notes"], *answer["faults"]):
        sys.stdout.write(f"{line}\n")
