"""What `moonstead asteroid impact` answers, in the units of the command line."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from moonstead.smallbodies.effects.interval import Interval
    from moonstead.smallbodies.hazard_scales import SizeEstimate
    from moonstead.smallbodies.impact.answer import BodyAnswer, Corridor, ImpactAnswer, VirtualImpactor

CORRIDOR_POINTS = 41


def impact_answer(
    answer: ImpactAnswer, about: dict[str, Any], counted_from: float, *, smooth_moon: bool
) -> dict[str, Any]:
    """Plain values of an answer, with what is known about the orbit behind it."""
    from moonstead.smallbodies.hazard_scales import size_of_magnitude

    magnitude = about["absolute_magnitude"]
    size = None if magnitude is None else size_of_magnitude(magnitude, about["absolute_magnitude_sigma"])
    notes = list(answer.notes)
    if size is None:
        notes.append("no magnitude is known, so no size, energy and scales; give --h")
    return {
        "object": answer.name,
        "orbit": about["orbit"],
        "fit": about["fit"],
        "epoch_tdb_s": answer.tdb,
        "until_utc": utc(answer.until_tdb),
        "counted_from_utc": utc(counted_from),
        "absolute_magnitude": magnitude,
        "diameter_m": None if size is None else size.diameter.as_dict(),
        **{one.body.lower(): _body(one, size, counted_from) for one in answer.bodies},
        "frames": {
            "earth": "WGS84, geodetic",
            "moon": "MOON_ME, " + ("sphere of 1737.4 km" if smooth_moon else "terrain of LOLA, 8 pixels per degree"),
        },
        "models": MODELS,
        "notes": notes,
    }


MODELS = [
    "motion: DE440, sixteen asteroids, relativity, fields of Sun, Earth and Moon",
    "search: Milani et al. (2005), Icarus 173, 362; Roa, Farnocchia & Chesley (2021), AJ 162, 277",
    "Palermo scale: Chesley et al. (2002), Icarus 159, 423; Torino scale: Binzel (2000), Planet. Space Sci. 48, 297",
    "size: albedo 0.154, density 2600 kg/m3; spans by Wright et al. (2016), AJ 152, 79",
]


def utc(tdb: float) -> str:
    """Time as UTC to the millisecond; leap seconds that are not announced yet are not in it."""
    from moonstead.foundation.time.epoch import Epoch

    return Epoch.from_tdb(tdb).text("UTC", 3)


def _body(answer: BodyAnswer, size: SizeEstimate | None, counted_from: float) -> dict[str, Any]:
    from moonstead.smallbodies.impact.hazard import body_hazard

    hazard, clones = body_hazard(answer, size, counted_from), answer.clones
    return {
        "probability": answer.probability,
        "interval": list(answer.interval),
        "verdict": answer.verdict,
        "method": answer.method,
        "clones": None
        if clones is None
        else {
            "drawn": clones.drawn,
            "hits": clones.hits,
            "probability": clones.probability,
            "interval": list(clones.interval),
        },
        "completeness": answer.completeness,
        "minimum_distance_km": answer.minimum_distance / 1e3,
        "palermo": hazard.palermo,
        "torino": hazard.torino,
        "energy_mt": _megatons(hazard.energy),
        "virtual_impactors": [_impactor(one, size, counted_from) for one in answer.impactors],
    }


def _impactor(one: VirtualImpactor, size: SizeEstimate | None, counted_from: float) -> dict[str, Any]:
    from moonstead.smallbodies.impact.hazard import hazard_of

    hazard = hazard_of(one, size, counted_from)
    return {
        "probability": one.probability,
        "interval": list(one.interval),
        "linear_probability": one.linear_probability,
        "time_utc": utc(one.tdb.value),
        "time_sigma_s": one.tdb.sigma,
        "latitude_deg": math.degrees(one.latitude.value),
        "latitude_sigma_deg": math.degrees(one.latitude.sigma),
        "longitude_deg": math.degrees(one.longitude.value),
        "longitude_sigma_deg": math.degrees(one.longitude.sigma),
        "altitude_m": one.altitude.value,
        "altitude_sigma_m": one.altitude.sigma,
        "speed_m_s": one.speed.value,
        "speed_sigma_m_s": one.speed.sigma,
        "elevation_deg": math.degrees(one.elevation.value),
        "elevation_sigma_deg": math.degrees(one.elevation.sigma),
        "azimuth_deg": math.degrees(one.azimuth),
        "inertial_speed_m_s": one.inertial_speed,
        "speed_at_infinity_m_s": one.speed_at_infinity,
        "energy_mt": _megatons(hazard.energy),
        "palermo": hazard.palermo,
        "torino": hazard.torino,
        "offset_sigma": one.offset,
        "stretching_km": one.stretching / 1e3,
        "width_km": one.width / 1e3,
        "keyholes": [
            {
                "body": each.body.lower(),
                "time_utc": utc(each.tdb),
                "xi_km": each.xi / 1e3,
                "zeta_km": each.zeta / 1e3,
                "width_m": each.width,
            }
            for each in one.keyholes
        ],
        "corridor": _corridor(one.corridor),
    }


def _megatons(energy: Interval | None) -> dict[str, float] | None:
    from moonstead.smallbodies.effects.impactor import MEGATON

    return None if energy is None else energy.as_dict(MEGATON)


def _corridor(corridor: Corridor) -> dict[str, Any]:
    """Some points of a corridor, evenly by probability."""
    import numpy as np

    share = np.cumsum(corridor.weight) / np.sum(corridor.weight)
    wanted = (np.arange(CORRIDOR_POINTS) + 0.5) / CORRIDOR_POINTS
    rows = np.unique(np.minimum(np.searchsorted(share, wanted), share.size - 1))
    return {
        "half_width_km": corridor.half_width / 1e3,
        "points": [
            {
                "time_utc": utc(float(corridor.tdb[row])),
                "latitude_deg": float(np.degrees(corridor.latitude[row])),
                "longitude_deg": float(np.degrees(corridor.longitude[row])),
                "altitude_m": float(corridor.altitude[row]),
                "speed_m_s": float(corridor.speed[row]),
                "elevation_deg": float(np.degrees(corridor.elevation[row])),
            }
            for row in rows
        ],
    }
