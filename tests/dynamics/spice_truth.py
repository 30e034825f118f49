"""The same motion and the same bodies for SPICE and for Moonstead."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import spiceypy as spice

from moonstead.dynamics.trajectories import SurfacePoint, TabulatedTrajectory
from moonstead.dynamics.windows import Windows
from moonstead.foundation.bodies import body
from moonstead.foundation.frames.standard import ICRF

MOON_ME_ANGLES = "(67.8526, 78.6944, 0.2785)"  # [arcsec] moon_de440_220930.tf, from MOON_ME to DE440 principal axes
MOON_GM, EARTH_GM = 4902.8001184575496, 398600.43550702266  # [km^3/s^2] DE440


def frame_kernel(sites: list[SurfacePoint]) -> str:
    """Text kernel: spheres of our radii, lunar frames, and a topocentric frame (x north, z up) for each site."""
    lines = ["KPL/FK", r"\begindata"]
    for identity, name in ((10, "SUN"), (301, "MOON"), (399, "EARTH")):
        radius = f"{body(name).mean_radius / 1e3!r}"
        lines += [f"BODY{identity}_RADII = ({radius}, {radius}, {radius})"]
        lines += [f"BODY{identity}_POLE_RA = (0, 0, 0)", f"BODY{identity}_POLE_DEC = (90, 0, 0)"]
        lines += [f"BODY{identity}_PM = (0, 0, 0)"]
    lines += _frame("MOON_PA", 31008, 301, 2)
    lines += _frame("MOON_ME", 31009, 301, 4)
    lines += ["TKFRAME_31009_SPEC = 'ANGLES'", "TKFRAME_31009_RELATIVE = 'MOON_PA'"]
    lines += [f"TKFRAME_31009_ANGLES = {MOON_ME_ANGLES}"]
    lines += ["TKFRAME_31009_AXES = (3, 2, 1)", "TKFRAME_31009_UNITS = 'ARCSECONDS'"]
    for k, site in enumerate(sites):
        identity = site_id(k)
        longitude, colatitude = float(np.degrees(site.longitude)), 90.0 - float(np.degrees(site.latitude))
        lines += _frame(f"TOPO_{k}", 1_400_000 + k, identity, 4)
        lines += [f"TKFRAME_{1_400_000 + k}_SPEC = 'ANGLES'", f"TKFRAME_{1_400_000 + k}_RELATIVE = 'MOON_ME'"]
        lines += [f"TKFRAME_{1_400_000 + k}_ANGLES = ({-longitude!r}, {-colatitude!r}, 180.0)"]
        lines += [f"TKFRAME_{1_400_000 + k}_AXES = (3, 2, 3)", f"TKFRAME_{1_400_000 + k}_UNITS = 'DEGREES'"]
    return "\n".join(lines) + "\n"


def site_id(k: int) -> int:
    """NAIF id of the k-th lunar site."""
    return 301_900 + k


def _frame(name: str, identity: int, center: int, kind: int) -> list[str]:
    return [
        f"FRAME_{name} = {identity}",
        f"FRAME_{identity}_NAME = '{name}'",
        f"FRAME_{identity}_CLASS = {kind}",
        f"FRAME_{identity}_CLASS_ID = {identity}",
        f"FRAME_{identity}_CENTER = {center}",
    ]


@contextmanager
def kernels(paths: list[Path]) -> Iterator[None]:
    """Load files and leave the pool as it was found."""
    for path in paths:
        spice.furnsh(str(path))
    try:
        yield
    finally:
        for path in reversed(paths):
            spice.unload(str(path))


def write_spk(path: Path, identity: int, trajectory: TabulatedTrajectory | SurfacePoint, span=None) -> None:
    """Write a table as SPK type 13 (Hermite) or 9 (Lagrange), a surface point as type 8 along its own axes."""
    handle = spice.spkopn(str(path), "moonstead test", 0)
    center = body(trajectory.center).naif_id
    if isinstance(trajectory, SurfacePoint):
        states = np.tile(trajectory.state(np.zeros(1)) / 1e3, (2, 1))
        step = span[1] - span[0]
        spice.spkw08(handle, identity, center, "MOON_ME", *span, trajectory.name, 1, 2, states, span[0], step)
    else:
        write = spice.spkw13 if trajectory.method == "hermite" else spice.spkw09
        first, last = trajectory.span
        states, nodes = trajectory.states / 1e3, trajectory.tdb.copy()
        write(
            handle,
            identity,
            center,
            "J2000",
            first,
            last,
            trajectory.name,
            trajectory.degree,
            nodes.size,
            states,
            nodes,
        )
    spice.spkcls(handle)


def two_body(name, center, epoch, periapsis, eccentricity, angles, tdb, degree=7, turn=None) -> TabulatedTrajectory:
    """Kepler orbit by SPICE's ``conics``: periapsis [m], angles inclination, node, argument, mean anomaly [deg].

    Angles refer to the ICRF, or to the axes that `turn` (3, 3) turns into the ICRF.
    """
    gm = MOON_GM if center == "MOON" else EARTH_GM
    elements = np.array([periapsis / 1e3, eccentricity, *np.radians(angles), epoch, gm])
    states = 1e3 * np.array([spice.conics(elements, t) for t in tdb])
    if turn is not None:
        states = np.hstack((states[:, :3] @ turn.T, states[:, 3:] @ turn.T))
    return TabulatedTrajectory(name, center, ICRF, tdb, states, degree)


def windows_of(cell, span: tuple[float, float]) -> Windows:
    """SPICE's result cell as windows."""
    pairs = np.array([spice.wnfetd(cell, k) for k in range(spice.wncard(cell))]).reshape(-1, 2)
    return Windows.of(pairs[:, 0], pairs[:, 1], span)


def cell_of(span: tuple[float, float]):
    """SPICE cell that holds one span."""
    cell = spice.cell_double(2)
    spice.wninsd(*span, cell)
    return cell
