"""A flown orbit as files for others: an Orbit Ephemeris Message and a SPICE kernel, sampled as densely as is needed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.errors import NumericalFailure

if TYPE_CHECKING:
    from moonstead.dynamics.forces import ForceModel
    from moonstead.dynamics.propagated import PropagatedTrajectory

Array = NDArray[np.float64]

DEGREE = 11  # of the Hermite polynomials through the samples
ACCURACY = 5e-4  # [m] that interpolation between the samples may be off
ROUNDS = 12  # halvings of the longest steps
LEAST = 8  # samples


def sample_for_files(trajectory: PropagatedTrajectory) -> tuple[Array, float]:
    """Times at which a trajectory is to be sampled so that Hermite interpolation gives it back.

    Parameters
    ----------
    trajectory : PropagatedTrajectory
        The orbit; its steps are halved where they are too long for interpolation.

    Returns
    -------
    tdb : (N,) [s TDB past J2000]
        Rising.
    error : float [m]
        Largest departure midway between samples.

    Raises
    ------
    NumericalFailure
        No density of samples serves.
    """
    from moonstead.dynamics.trajectories import TabulatedTrajectory

    first, last = trajectory.span
    inner = np.unique(trajectory.step_times)
    tdb = np.unique(np.concatenate((inner[(inner > first) & (inner < last)], np.linspace(first, last, LEAST))))
    tdb = tdb[np.concatenate(([True], np.diff(tdb) > 1.0))]
    tdb[-1] = last
    for _ in range(ROUNDS):
        table = TabulatedTrajectory(
            trajectory.name, trajectory.center, trajectory.frame, tdb, trajectory.state(tdb), DEGREE, "hermite"
        )
        middle = 0.5 * (tdb[1:] + tdb[:-1])
        apart = np.linalg.norm(table.state(middle)[:, :3] - trajectory.state(middle)[:, :3], axis=1)
        if apart.max() <= ACCURACY:
            return tdb, float(apart.max())
        tdb = np.sort(np.concatenate((tdb, middle[apart > ACCURACY])))
    raise NumericalFailure(
        f"{trajectory.name} cannot be interpolated to {ACCURACY:g} m: {float(apart.max()):.3g} m are left between "
        f"{tdb.size} samples. Join its arcs to smaller defects"
    )


def write_orbit_oem(path: Path, trajectory: PropagatedTrajectory, comments: tuple[str, ...]) -> float:
    """Write an orbit as Orbit Ephemeris Message, XML where the name ends in .xml or .xml.gz, KVN otherwise.

    Parameters
    ----------
    path : Path
        Where to.
    trajectory : PropagatedTrajectory
        The orbit.
    comments : tuple of str
        Lines for the header: forces, how the orbit was made.

    Returns
    -------
    float [m]
        Largest departure of the interpolation that the message recommends.
    """
    from dataclasses import replace

    from moonstead.formats.oem import Oem, OemHeader, write_oem
    from moonstead.formats.oem_trajectory import oem_segment
    from moonstead.foundation.time.epoch import Epoch

    tdb, error = sample_for_files(trajectory)
    segment = oem_segment(trajectory, tdb, trajectory.name, "TDB")
    segment = replace(segment, metadata=replace(segment.metadata, interpolation="HERMITE", interpolation_degree=DEGREE))
    # The header's date is that of the start, so that equal orbits write equal files.
    header = OemHeader("MOONSTEAD", Epoch.from_tdb(trajectory.span[0]), comments=comments)
    write_oem(path, Oem(header, (segment,)), "xml" if ".xml" in path.suffixes[-2:] else "kvn")
    return error


def write_orbit_spk(path: Path, trajectory: PropagatedTrajectory, target: int, name: str) -> float:
    """Write an orbit as SPICE kernel with one segment of type 13.

    Parameters
    ----------
    path : Path
        Where to.
    trajectory : PropagatedTrajectory
        The orbit.
    target : int
        NAIF id of the spacecraft, negative.
    name : str
        What the segment is called: orbit and forces.

    Returns
    -------
    float [m]
        Largest departure of the interpolation.
    """
    from moonstead.foundation.ephemeris.spk_writer import LONGEST_NAME, SampledStates, write_spk

    tdb, error = sample_for_files(trajectory)
    write_spk(
        path,
        [SampledStates(target, trajectory.center, name[:LONGEST_NAME], tdb, trajectory.state(tdb), DEGREE)],
    )
    return error


def forces_text(model: ForceModel) -> str:
    """Forces of a model in one line."""
    field = f"{model.center} {model.degree}x{model.degree}" if model.degree else f"{model.center} point mass"
    light = f", sunlight cr {model.radiation.reflectivity:g} on {model.radiation.area:g} m2" if model.radiation else ""
    mass = f", {model.mass:g} kg" if model.radiation and model.mass else ""
    return f"{field}; {', '.join(model.third_bodies) or 'no other body'}{light}{mass}"
