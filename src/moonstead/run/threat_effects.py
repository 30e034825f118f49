"""What the most probable impact of a threat on the Moon does to the sites and orbiters of a scenario."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.bodies import LUNAR_MAP_RADIUS
from moonstead.run.moments import utc_text
from moonstead.run.tables import Table
from moonstead.run.task import Figure, TaskOutput
from moonstead.run.threat_orbiters import hits_table, orbiter_table, threat_orbiters
from moonstead.run.threat_tables import plain_table

if TYPE_CHECKING:
    from moonstead.dynamics.trajectory import Trajectory
    from moonstead.foundation.data import DataContext
    from moonstead.smallbodies.effects.interval import Interval
    from moonstead.smallbodies.effects.orbiter_effects import OrbiterEffects
    from moonstead.smallbodies.effects.site_advice import Advice
    from moonstead.smallbodies.effects.site_effects import Blow, SiteEffects

Array = NDArray[np.float64]

LEAST = 1e-6  # [1] probability of an impact on the Moon from which on its effects are told
SPANS = {
    "velocity": "m/s",
    "mass": "kg/m2",
    "thickness": "m",
    "pieces": "1/m2",
    "heat": "J/m2",
    "cover": "m",
}
SITE_UNITS = {
    "site": "text",
    "distance": "m",
    "distance_05": "m",
    "distance_95": "m",
    "p_wave": "s",
    "s_wave": "s",
    "first": "s",
    "last": "s",
    "arrived_05": "s",
    "arrived_50": "s",
    "arrived_95": "s",
}


def threat_effects(
    said: dict[str, Any],
    impact: Mapping[str, Any],
    impactors: Table,
    corridor: Table,
    flown: Mapping[str, Trajectory],
    data: DataContext,
) -> TaskOutput:
    """Effects of the most probable impact on the Moon on every site and every orbiter of the Moon.

    Parameters
    ----------
    said : dict
        What the scenario says of the threat and of its sites.
    impact : mapping
        Facts of the impact task.
    impactors, corridor : Table
        Virtual impactors, and where they come down.
    flown : mapping of str to Trajectory
        Orbiters.
    data : DataContext
        Ephemeris and orientation of the Moon.

    Returns
    -------
    TaskOutput
        With the reason in its facts where nothing can be told.
    """
    from moonstead.smallbodies.effects.impactor import USUAL_DENSITY, Impactor
    from moonstead.smallbodies.effects.site_effects import blow

    columns = impactors.columns
    moon = np.flatnonzero((columns["body"] == "MOON") & (columns["probability"] >= LEAST))
    if not moon.size:
        return TaskOutput(facts=_nothing("no orbit that agrees with the observations hits the Moon"))
    row = int(moon[np.argmax(columns["probability"][moon])])
    if impact["size"] is None:
        return TaskOutput(facts=_nothing("neither the diameter nor the absolute magnitude of the body is known"))
    tdb, latitude, longitude = (float(columns[key][row]) for key in ("tdb", "latitude", "longitude"))
    body = Impactor(
        impact["size"]["mass"]["nominal"],
        said["density"] or USUAL_DENSITY,
        float(columns["speed"][row]),
        max(float(columns["elevation"][row]), math.radians(1.0)),
    )
    event = blow(body, latitude, longitude)
    sites = {site["id"]: _site(event, site) for site in said["sites"]}
    places = corridor.columns["impactor"] == row
    orbiters, warnings = threat_orbiters(said, event, tdb, flown, data)
    tables = [
        _site_table(said, sites, _distances(said["sites"], corridor, places)),
        _ejecta_table(said["id"], sites),
        orbiter_table(said["id"], orbiters),
        hits_table(said["id"], orbiters),
        _advice_table(said["id"], sites, {name: found for name, (found, _) in orbiters.items()}),
    ]
    facts = _facts(row, tdb, event)
    figures = _figures(said["name"], event, sites, {site["id"]: site["name"] for site in said["sites"]})
    models = ("holsapple", "ejecta-scaling", "kepler-arcs", "moonquakes", "flash-efficiency")
    return TaskOutput(tuple(tables), figures=tuple(figures), facts=facts, warnings=tuple(warnings), models=models)


def _nothing(why: str) -> dict[str, Any]:
    return {"impactor": None, "why_not": why}


def _facts(row: int, tdb: float, event: Blow) -> dict[str, Any]:
    from moonstead.smallbodies.effects.moonquake import SEISMIC_EFFICIENCY, seismic_magnitude

    energy = event.impactor.energy
    return {
        "impactor": row,
        "why_not": None,
        "impact_utc": str(utc_text([tdb])[0]),
        "latitude": event.latitude,
        "longitude": event.longitude,
        "energy": energy,
        "crater_diameter": event.crater.diameter.as_dict(),
        "crater_depth": event.crater.depth.as_dict(),
        "escaping_mass": event.escaping.as_dict(),
        "moonquake_magnitude": SEISMIC_EFFICIENCY.through(lambda share: seismic_magnitude(energy, share)).as_dict(),
        "flash_magnitude": event.flash.magnitude.as_dict(),
        "flash_duration": event.flash.duration.as_dict(),
        "caveat": event.crater.caveat,
    }


def _site(event: Blow, site: dict[str, Any]) -> SiteEffects:
    from moonstead.smallbodies.effects.site_effects import site_effects

    return site_effects(event, site["latitude"], site["longitude"])


def _distances(
    sites: list[dict[str, Any]], corridor: Table, chosen: NDArray[np.bool_]
) -> dict[str, tuple[float, float]]:
    """Distances [m] of sites from the corridor: 5 and 95 % of the orbits that hit."""
    from moonstead.smallbodies.effects.surface_angle import surface_angle

    latitude, longitude, weight = (corridor.columns[key][chosen] for key in ("latitude", "longitude", "weight"))
    found = {}
    for site in sites:
        away = np.array(
            [surface_angle(a, b, site["latitude"], site["longitude"]) for a, b in zip(latitude, longitude, strict=True)]
        )
        order = np.argsort(away)
        share = np.cumsum(weight[order])
        near, far = (away[order][min(np.searchsorted(share, p * share[-1]), away.size - 1)] for p in (0.05, 0.95))
        found[site["id"]] = (float(near) * LUNAR_MAP_RADIUS, float(far) * LUNAR_MAP_RADIUS)
    return found


def _site_table(
    said: dict[str, Any], sites: Mapping[str, SiteEffects], spread: Mapping[str, tuple[float, float]]
) -> Table:
    rows = []
    for name, one in sites.items():
        fallen = one.ejecta
        values: dict[str, Interval] = {
            "velocity": one.quake.velocity,
            "mass": fallen.mass_per_area,
            "thickness": fallen.thickness,
            "pieces": one.pieces,
            "heat": one.heat,
            "cover": one.cover,
        }
        spans = [part for key in SPANS for part in (values[key].low, values[key].nominal, values[key].high)]
        times = (one.quake.p_wave.delay, one.quake.s_wave.delay, fallen.first, fallen.last, *fallen.quantiles)
        rows.append((name, one.distance, *spread[name], *times, *spans))
    units = SITE_UNITS | {f"{key}{part}": unit for key, unit in SPANS.items() for part in ("_low", "", "_high")}
    text = (
        "What each site gets; times after the impact, distances over the corridor beside that of the likeliest place."
    )
    return plain_table(f"threat-sites.{said['id']}", rows, units, text)


def _ejecta_table(id: str, sites: Mapping[str, SiteEffects]) -> Table:
    rows = [
        (name, float(delay), float(mass))
        for name, one in sites.items()
        for delay, mass in zip(one.ejecta.flights[0].delay, np.cumsum(one.ejecta.flights[0].mass_per_area), strict=True)
    ]
    units = {"site": "text", "delay": "s", "mass": "kg/m2"}
    return plain_table(
        f"threat-ejecta.{id}", rows, units, "Ejecta that have come down on a square metre by then, nominal."
    )


def _advice_table(id: str, sites: Mapping[str, SiteEffects], orbiters: Mapping[str, OrbiterEffects]) -> Table:
    told: list[tuple[str, tuple[Advice, ...]]] = [(name, one.advice) for name, one in sites.items()]
    told += [(name, one.advice) for name, one in orbiters.items()]
    rows = [(who, one.start, one.stop, one.action, one.reason) for who, many in told for one in many]
    units = {"who": "text", "start": "s", "stop": "s", "action": "text", "reason": "text"}
    return plain_table(f"threat-advice.{id}", rows, units, "What to do, from when to when after the impact, and why.")


def _figures(name: str, event: Blow, sites: Mapping[str, SiteEffects], names: Mapping[str, str]) -> list[Figure]:
    how = "if it hits the Moon where it most probably would; span over published laws"
    figures = [
        Figure(
            f"{name}: crater on the Moon",
            event.crater.diameter.nominal,
            "m",
            f"{how}: {event.crater.diameter.low:.3g} to {event.crater.diameter.high:.3g} m",
        )
    ]
    if sites:
        worst = max(sites, key=lambda site: sites[site].pieces.high)
        one = sites[worst]
        figures.append(
            Figure(
                f"{name}: ejecta of a millimetre or more at {names[worst]}",
                one.pieces.nominal,
                "1/m2",
                f"{how}: {one.pieces.low:.2g} to {one.pieces.high:.2g}",
            )
        )
    return figures
