"""What `moonstead monitor orbit` answers."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from moonstead.cli.output import print_table
from moonstead.foundation.errors import InvalidInput

if TYPE_CHECKING:
    from moonstead.dynamics.trajectories import TabulatedTrajectory
    from moonstead.foundation.data import DataContext
    from moonstead.monitoring.tracking.fit_rows import FitRows
    from moonstead.monitoring.tracking.orbit_fit import OrbitFit, StationReport

OEM_STEPS = 120  # states a turn; Hermite interpolation of degree 7 is then good to a millimetre
COMPARED_EVERY = 300.0  # [s]
LENGTHS = ("laser range", "range")
ARCSECONDS = math.degrees(1.0) * 3600.0


def read_prediction(path: Path) -> TabulatedTrajectory:
    """A predicted orbit of a CPF file."""
    from moonstead.formats.cpf import read_cpf

    return read_cpf(path).trajectory()


def told(fit: OrbitFit, rows: Sequence[FitRows], name: str) -> dict[str, Any]:
    """State, sigmas, residuals by station, parameters."""
    import numpy as np

    from moonstead.foundation.time.epoch import Epoch

    sigma = np.sqrt(np.diagonal(fit.covariance))
    times = np.concatenate([part.tdb for part in rows])
    lengths = [np.isin(part.kind, LENGTHS) for part in rows]
    every = np.concatenate([left[mine, 0] for left, mine in zip(fit.residuals, lengths, strict=True)])
    inside = np.concatenate(
        [left[mine & used, 0] for left, mine, used in zip(fit.residuals, lengths, fit.used, strict=True)]
    )
    return {
        "target": name,
        "measurements": int(times.size),
        "rejected": fit.rejected,
        "rms_m": float(np.sqrt(np.mean(inside**2))) if inside.size else None,
        "rms_of_all_m": float(np.sqrt(np.mean(every**2))) if every.size else None,
        "normalised_rms": fit.normalised_rms,
        "converged": fit.converged,
        "iterations": fit.iterations,
        "from_utc": Epoch.from_tdb(float(times.min())).text("UTC", digits=3),
        "until_utc": Epoch.from_tdb(float(times.max())).text("UTC", digits=3),
        "stations": [_station(report) for report in fit.reports],
        "state": {
            "epoch_utc": Epoch.from_tdb(fit.state.epoch_tdb).text("UTC", digits=6),
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
    factor, unit = (1.0, "m") if report.kind in LENGTHS else (1.0, "m/s")
    if report.mean.size > 1:
        factor, unit = ARCSECONDS, "arcsec"
    values = {"mean": report.mean, "rms": report.rms, "rms_of_all": report.rms_of_all}
    return {
        "station": report.station,
        "kind": report.kind,
        "used": report.used,
        "rejected": report.rejected,
        "unit": unit,
        **{key: [factor * one for one in value.tolist()] for key, value in values.items()},
        "normalised_rms": report.normalised,
    }


def compared(fit: OrbitFit, path: Path, data: DataContext) -> dict[str, Any]:
    """Differences to a predicted orbit where both have a place."""
    import numpy as np

    from moonstead.dynamics.local_axes import radial_axes
    from moonstead.dynamics.observe import icrf_state

    other = read_prediction(path)
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


def write_orbit(path: Path, fit: OrbitFit, last: float) -> dict[str, Any]:
    """Write the fitted orbit as an OEM."""
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


def print_fit(answer: dict[str, Any]) -> None:
    """Tables for a person."""
    state, columns = answer["state"], ("mean", "rms", "rms_of_all")
    sys.stdout.write(
        f"{answer['target']}: {answer['measurements']} measurements from {answer['from_utc']} to "
        f"{answer['until_utc']} UTC, {answer['rejected']} left out\n\n"
    )
    rows = [
        [
            one["station"],
            one["kind"],
            str(one["used"]),
            str(one["rejected"]),
            *(", ".join("-" if value is None else f"{value:.4f}" for value in one[key]) for key in columns),
            one["unit"],
        ]
        for one in answer["stations"]
    ]
    print_table(["station", "kind", "used", "left out", "mean", "RMS", "of all", "unit"], rows, right=range(2, 7))
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
