"""What is told of a periodic orbit that was flown: defects, passages, shadows, how it keeps its phase and shape."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from moonstead.run.moments import utc_text
from moonstead.run.orbit_files import forces_text

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext
    from moonstead.orbits.three_body.flown import FlownOrbit

DAY, HOUR, MINUTE = 86_400.0, 3600.0, 60.0
ALONE = 60.0 * DAY  # that a flight without correction at the nodes is followed
AWAY = 1e5  # [m] what counts as away from it


def flown_answer(flown: FlownOrbit, data: DataContext) -> dict[str, Any]:
    """Answer for a flown orbit: plain values, units in the keys.

    Parameters
    ----------
    flown : FlownOrbit
        The orbit.
    data : DataContext
        Ephemeris.

    Returns
    -------
    dict
        To be printed or written as JSON.
    """
    from moonstead.foundation.bodies import body
    from moonstead.orbits.three_body.flown_figures import jacobi_span, passages, time_until_apart

    trajectory, orbit = flown.trajectory(), flown.orbit
    first, last = trajectory.span
    found = passages(trajectory, flown.period)
    radius = body(trajectory.center).mean_radius
    least, mean, most = jacobi_span(trajectory, flown.epochs_tdb, orbit.system, data)
    answer: dict[str, Any] = {
        "orbit": {
            "family": orbit.family,
            "point": orbit.point,
            "branch": orbit.branch,
            "period_d": orbit.days,
            "jacobi": orbit.jacobi,
            "stability_index": orbit.stability_index,
        },
        "constants": {
            "mass_ratio": orbit.system.mass_ratio,
            "length_m": orbit.system.length,
            "time_s": orbit.system.time,
            "source": orbit.system.source,
        },
        "start_utc": str(utc_text([first])[0]),
        "stop_utc": str(utc_text([last])[0]),
        "start_tdb_s": first,
        "stop_tdb_s": last,
        "start_state": {"position_m": flown.states[0, :3].tolist(), "velocity_m_s": flown.states[0, 3:].tolist()},
        "center": trajectory.center,
        "frame": trajectory.frame.name,
        "revolutions": flown.revolutions,
        "mean_period_d": flown.period / DAY,
        "phase": flown.phase,
        "nodes": int(flown.epochs_tdb.size),
        "position_defect_m": float(flown.position_defect.max()),
        "velocity_defect_m_s": float(flown.velocity_defect.max()),
        "iterations": flown.iterations,
        "residuals": list(flown.residuals),
        "layout": flown.shape,
        "departure_from_layout_km": flown.departure / 1e3,
        "jacobi": {"least": least, "mean": mean, "most": most},
        "forces": forces_text(flown.model),
    }
    for key, distance in (("perilune", found.near), ("apolune", found.far)):
        if trajectory.center != "MOON":
            key = {"perilune": "nearest", "apolune": "farthest"}[key]
        if distance.size:
            answer[f"{key}_km"] = [float(distance.min()) / 1e3, float(distance.max()) / 1e3]
            answer[f"{key}_altitude_km"] = [float(distance.min() - radius) / 1e3, float(distance.max() - radius) / 1e3]
    answer["eclipses"] = [_shadow(flown, name, data) for name in ("EARTH", "MOON")]
    alone = time_until_apart(trajectory, flown.model, AWAY, data, longest=ALONE)
    answer["uncorrected"] = {
        "followed_d": min(ALONE, last - first) / DAY,
        "apart_km": AWAY / 1e3,
        "apart_after_d": None if np.isinf(alone) else alone / DAY,
    }
    if flown.choice is not None:
        answer["phasing"] = {"margin_km": flown.choice.margin / 1e3, "in_shadow_h": flown.choice.in_shadow / HOUR}
    return answer


def _shadow(flown: FlownOrbit, name: str, data: DataContext) -> dict[str, Any]:
    from moonstead.orbits.three_body.flown_figures import eclipses

    windows = eclipses(flown.trajectory(), name, data)
    return {
        "by": name,
        "count": len(windows),
        "longest_min": windows.longest() / MINUTE,
        "total_h": windows.total() / HOUR,
        "penumbra": "included",
    }


def orbit_comments(flown: FlownOrbit) -> tuple[str, ...]:
    """Lines for the header of an ephemeris: the orbit, its constants, the forces, and how it was made."""
    import moonstead

    orbit = flown.orbit
    named = " ".join(part for part in (orbit.family, orbit.point, orbit.branch) if part)
    return (
        f"Moonstead {moonstead.__version__}; simulated, not determined from measurements",
        f"{named}, period {orbit.days:.6g} d, Jacobi constant {orbit.jacobi:.9g}",
        f"forces: {forces_text(flown.model)}",
        f"arcs joined by multiple shooting: largest defects {flown.position_defect.max():.2g} m, "
        f"{flown.velocity_defect.max():.2g} m/s",
    )
