"""Answers of `moonstead asteroid effects`: units in the keys, spans as low, nominal, high."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from moonstead.foundation.bodies import LUNAR_MAP_RADIUS
from moonstead.foundation.errors import InvalidInput

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from moonstead.smallbodies.effects.site_advice import Advice
    from moonstead.smallbodies.effects.site_effects import Blow, SiteEffects


def blow_answer(event: Blow) -> dict[str, Any]:
    """What an impact does everywhere."""
    from moonstead.smallbodies.effects.impactor import MEGATON
    from moonstead.smallbodies.effects.interval import Interval
    from moonstead.smallbodies.effects.moonquake import SEISMIC_EFFICIENCY, seismic_magnitude

    energy = event.impactor.energy
    magnitude = SEISMIC_EFFICIENCY.through(lambda share: seismic_magnitude(energy, share))
    thrown = [law.mass for law in event.laws]
    return {
        "latitude_deg": math.degrees(event.latitude),
        "longitude_deg": math.degrees(event.longitude),
        "energy_mt": energy / MEGATON,
        "speed_km_s": event.impactor.speed / 1e3,
        "angle_deg": math.degrees(event.impactor.elevation),
        "diameter_m": 2.0 * event.impactor.radius,
        "crater_diameter_m": event.crater.diameter.as_dict(),
        "crater_depth_m": event.crater.depth.as_dict(),
        "ground": event.crater.ground,
        "ejecta_mass_kg": Interval.around(thrown[0], thrown).as_dict(),
        "escaping_mass_kg": event.escaping.as_dict(),
        "moonquake_magnitude": magnitude.as_dict(),
        "flash_magnitude": event.flash.magnitude.as_dict(),
        "flash_duration_s": event.flash.duration.as_dict(),
        "caveat": event.crater.caveat,
    }


def site_answer(found: SiteEffects, *, shielded: bool) -> dict[str, Any]:
    """What a site gets."""
    fallen = found.ejecta
    answer = {
        "distance_km": found.distance / 1e3,
        "p_wave_s": found.quake.p_wave.delay,
        "s_wave_s": found.quake.s_wave.delay,
        "waves_direct": found.quake.p_wave.direct and found.quake.s_wave.direct,
        "ground_velocity_mm_s": found.quake.velocity.as_dict(1e-3),
        "ground_acceleration_m_s2": found.quake.acceleration.as_dict(),
        "ejecta_first_s": fallen.first,
        "ejecta_last_s": fallen.last,
        "ejecta_5_50_95_s": list(fallen.quantiles),
        "ejecta_speed_m_s": fallen.speed.as_dict(),
        "ejecta_kg_m2": fallen.mass_per_area.as_dict(),
        "ejecta_thickness_mm": fallen.thickness.as_dict(1e-3),
        "inside_blanket": fallen.inside_blanket,
        "pieces_per_m2": found.pieces.as_dict(),
        "heat_kj_m2": found.heat.as_dict(1e3),
        "cover_needed_m": found.cover.as_dict(),
        "advice": [advice_answer(one) for one in found.advice],
    }
    if shielded:
        answer["holes_per_m2"] = found.holes.as_dict()
    return answer


def orbiter_answer(event: Blow, altitude: float, lead: float) -> dict[str, Any]:
    """What an orbiter at an altitude [m] on a circular polar orbit gets, with some time [s] to change its phase."""
    from moonstead.smallbodies.effects.ballistic import MOON_GM
    from moonstead.smallbodies.effects.orbiter_effects import orbiter_effects

    if not 1e3 <= altitude <= 6e7:
        raise InvalidInput(f"--orbit-altitude lies between 1 and 60000 km; got {altitude / 1e3:g}")
    if not lead > 0.0:
        raise InvalidInput(f"--lead is a time before the impact in days; got {lead / 86_400.0:g}")
    radius = LUNAR_MAP_RADIUS + altitude
    rate = math.sqrt(MOON_GM / radius**3)
    equator = np.array([math.cos(event.longitude), math.sin(event.longitude), 0.0])
    pole = np.array([0.0, 0.0, 1.0])
    origin = LUNAR_MAP_RADIUS * (math.cos(event.latitude) * equator + math.sin(event.latitude) * pole)

    def state_at(times: NDArray[np.float64]) -> NDArray[np.float64]:
        turn = (rate * times + event.latitude)[:, None]
        along, across = np.cos(turn) * equator + np.sin(turn) * pole, np.cos(turn) * pole - np.sin(turn) * equator
        return np.hstack((radius * along, radius * rate * across))

    found = orbiter_effects(event, origin, 0.0, state_at, lead=lead)
    return {
        "hits_per_m2": found.hits.as_dict(),
        "fluence_g_m2": found.fluence.as_dict(1e-3),
        "first_s": found.first,
        "dense_until_s": found.dense_until,
        "phase_shift_s": found.phase_shift.tolist(),
        "phase_hits_per_m2": found.phase_hits.tolist(),
        "best_shift_s": found.best_shift,
        "delta_v_m_s": found.delta_v,
        "advice": [advice_answer(one) for one in found.advice],
    }


def advice_answer(one: Advice) -> dict[str, Any]:
    """One thing to do."""
    return {"action": one.action, "reason": one.reason, "start_s": one.start, "stop_s": one.stop}
