"""What `moonstead asteroid fit` says: plain values with their units in the keys."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from moonstead.foundation.constants import ARCSECOND, ASTRONOMICAL_UNIT, SECONDS_PER_DAY

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext
    from moonstead.smallbodies.motion.orbit import SmallBodyOrbit
    from moonstead.smallbodies.orbit_fit.from_files import FileOrbit
    from moonstead.smallbodies.orbit_fit.ranged_orbit import RangedOrbit
    from moonstead.smallbodies.orbit_fit.result import OrbitFit

DEGREE = math.pi / 180.0
AU_PER_DAY2 = ASTRONOMICAL_UNIT / SECONDS_PER_DAY**2  # [m/s^2]
ELEMENTS = {
    "e": ("eccentricity", 1.0),
    "q": ("perihelion_distance_au", ASTRONOMICAL_UNIT),
    "a": ("semi_major_axis_au", ASTRONOMICAL_UNIT),
    "i": ("inclination_deg", DEGREE),
    "node": ("node_deg", DEGREE),
    "peri": ("argument_of_perihelion_deg", DEGREE),
    "M": ("mean_anomaly_deg", DEGREE),
    "n": ("mean_motion_deg_d", DEGREE / SECONDS_PER_DAY),
    "Q": ("aphelion_distance_au", ASTRONOMICAL_UNIT),
}
JULIAN_DATE_J2000 = 2_451_545.0
SPREAD = (0.025, 0.5, 0.975)


def fit_answer(fit: OrbitFit, data: DataContext) -> dict[str, Any]:
    """Answer for an orbit with its covariance."""
    rows, radar = fit.prepared.observations, fit.prepared.radar
    sigmas = _force_sigmas(fit.orbit)
    left = [
        {
            "kind": "position",
            "line": int(rows.line[row]),
            "station": str(rows.station[row]),
            "utc": str(rows.utc[row]),
            "residual_ra_arcsec": float(fit.residuals[row, 0]) / ARCSECOND,
            "residual_dec_arcsec": float(fit.residuals[row, 1]) / ARCSECOND,
            "reason": fit.reasons[row],
        }
        for row in range(rows.count)
        if not fit.used[row]
    ]
    left += [
        {
            "kind": str(radar.kind[row]),
            "line": int(radar.line[row]),
            "station": str(radar.receiver[row]),
            "utc": str(radar.utc[row]),
            "residual_s_or_hz": float(fit.radar_residuals[row]),
            "reason": fit.radar_reasons[row],
        }
        for row in range(radar.count)
        if not fit.radar_used[row]
    ]
    force = fit.orbit.non_gravitational
    forces = {
        name: {"value_au_d2": getattr(force, name.lower()) / AU_PER_DAY2, "sigma_au_d2": sigmas.get(name)}
        for name in ("A1", "A2", "A3")
    }
    return {
        "object": fit.orbit.name,
        "kind": "fit",
        **_orbit(fit.orbit, fit.prepared.observations.arc(), data),
        "covariance": None if fit.orbit.covariance is None else fit.orbit.covariance.tolist(),
        "covariance_parameters": list(fit.orbit.parameters),
        **forces,
        "solved_for": list(fit.solved_for),
        "rms_arcsec": fit.rms / ARCSECOND,
        "chi_square": fit.chi_square,
        "degrees_of_freedom": fit.degrees_of_freedom,
        "reduced_chi_square": fit.reduced_chi_square,
        "converged": fit.converged,
        "iterations": fit.iterations,
        "rows": rows.count,
        "used": int(fit.used.sum()),
        "radar": {"rows": radar.count, "used": int(fit.radar_used.sum())},
        "left_out": left,
        "notes": list(fit.notes),
    }


def sample_answer(sample: RangedOrbit, found: FileOrbit, data: DataContext) -> dict[str, Any]:
    """Answer for a weighted sample of orbits: the best one, and how far the others reach."""
    import numpy as np

    rows = found.prepared.observations
    order = np.argsort(sample.range_)
    share = np.cumsum(sample.weights[order])
    low, middle, high = (
        float(sample.range_[order][min(int(np.searchsorted(share, s)), share.size - 1)]) for s in SPREAD
    )
    left = [
        {"kind": "position", "line": int(rows.line[row]), "station": str(rows.station[row]), "reason": reason}
        for row, reason in enumerate(sample.reasons)
        if reason
    ]
    return {
        "object": sample.name,
        "kind": "sample",
        **_orbit(sample.best, rows.arc(), data),
        "covariance": None,
        "orbits": int(sample.weights.size),
        "effective_orbits": sample.effective_count,
        "prior": sample.prior,
        "distance_au": {
            "low": low / ASTRONOMICAL_UNIT,
            "median": middle / ASTRONOMICAL_UNIT,
            "high": high / ASTRONOMICAL_UNIT,
            "how": "2.5 %, 50 %, 97.5 % of the sample, from the observer at the epoch",
        },
        "rows": rows.count,
        "used": int(np.sum(sample.used)),
        "left_out": left,
        "notes": [*found.prepared.notes, "the arc is too short for one orbit: the elements are those of the best one"],
    }


def _orbit(orbit: SmallBodyOrbit, arc: tuple[float, float], data: DataContext) -> dict[str, Any]:
    from moonstead.formats.published_orbit_own import orbit_document
    from moonstead.foundation.time.epoch import Epoch
    from moonstead.smallbodies.orbit_fit.elements import osculating_elements
    from moonstead.smallbodies.published_orbit import published_form

    found = osculating_elements(orbit, data)
    elements = {
        name: {"value": found.values[key] / unit, "sigma": found.sigmas[key] / unit}
        for key, (name, unit) in ELEMENTS.items()
    }
    elements["perihelion_time_jd_tdb"] = {
        "value": found.values["tp"] / SECONDS_PER_DAY + JULIAN_DATE_J2000,
        "sigma": found.sigmas["tp"] / SECONDS_PER_DAY,
    }
    return {
        "epoch_tdb": Epoch.from_tdb(orbit.tdb).text("TDB", 3),
        "epoch_tdb_s": orbit.tdb,
        "arc_days": (arc[1] - arc[0]) / SECONDS_PER_DAY,
        "elements_frame": "heliocentric, ecliptic and equinox of J2000",
        "elements": elements,
        "state_m_m_s": orbit.state.tolist(),
        "absolute_magnitude": orbit.absolute_magnitude,
        "orbit": orbit_document(published_form(orbit)),
    }


def _force_sigmas(orbit: SmallBodyOrbit) -> dict[str, float]:
    if orbit.covariance is None:
        return {}
    return {
        name: math.sqrt(orbit.covariance[place, place]) / AU_PER_DAY2
        for place, name in enumerate(orbit.parameters)
        if name in ("A1", "A2", "A3")
    }
