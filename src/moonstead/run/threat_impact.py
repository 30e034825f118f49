"""Impact probabilities of a threat: virtual impactors, corridors, target planes, scales."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.errors import MoonsteadError
from moonstead.run.moments import utc_text
from moonstead.run.tables import Table
from moonstead.run.task import Figure, TaskOutput, Verdict
from moonstead.run.threat_orbit import pulls

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext
    from moonstead.smallbodies.hazard_scales import SizeEstimate
    from moonstead.smallbodies.impact.answer import BodyAnswer, ImpactAnswer, VirtualImpactor
    from moonstead.smallbodies.impact.outlook import Passages
    from moonstead.smallbodies.motion.orbit import SmallBodyOrbit
    from moonstead.smallbodies.motion.perturbers import Perturbers
    from moonstead.smallbodies.orbit_fit.ranged_orbit import RangedOrbit

Array = NDArray[np.float64]

BODIES = ("EARTH", "MOON")
PLANE_CLONES = 300  # random orbits shown on a target plane
SAME_RETURN = 20.0 * 86_400.0  # [s]
BAD, POOR = 1e-2, 1e-6  # [1] probability of an impact
SPREADS = ("tdb", "latitude", "longitude", "altitude", "speed", "elevation")
SI = {
    "tdb": "s TDB past J2000",
    "utc": "UTC",
    "body": "text",
    "latitude": "rad",
    "longitude": "rad",
    "altitude": "m",
    "speed": "m/s",
    "elevation": "rad",
}


def threat_impact(
    said: dict[str, Any], orbit: SmallBodyOrbit | RangedOrbit, counted_from: float, data: DataContext
) -> TaskOutput:
    """Seek impacts of a threat; virtual impactors, corridors, target planes.

    Parameters
    ----------
    said : dict
        What the scenario says of the threat.
    orbit : SmallBodyOrbit or RangedOrbit
        Its orbit.
    counted_from : float [s TDB past J2000]
        From when on the scales count the time to an impact.
    data : DataContext
        Ephemeris and orientation of Earth and Moon.

    Returns
    -------
    TaskOutput
        With the reason in its facts where nothing can be told.
    """
    from moonstead.smallbodies.impact.search import SearchEffort, impact_probabilities

    pull = pulls(data, min(orbit.tdb, said["until"]), said["until"])
    try:
        answer = impact_probabilities(
            orbit,
            said["until"],
            pull,
            data,
            effort=SearchEffort(clones=said["clones"]),
            earth_altitude=said["earth_altitude"],
        )
    except MoonsteadError as error:
        nothing: dict[str, Any] = {"why_not": str(error), "bodies": {}, "size": None, "notes": []}
        return TaskOutput(facts=nothing, warnings=(f"{said['name']}: impacts are not told: {error}",))
    size = _size(said, orbit)
    rows = [(body, one) for body in answer.bodies for one in body.impactors]
    facts: dict[str, Any] = {
        "until_utc": str(utc_text([answer.until_tdb])[0]),
        "bodies": {body.body: _body(body, size, counted_from) for body in answer.bodies},
        "size": None if size is None else {"diameter": size.diameter.as_dict(), "mass": size.mass.as_dict()},
        "notes": list(answer.notes),
        "why_not": None,
    }
    tables = [_impactors(said["id"], rows, size, counted_from), _corridor(said["id"], rows)]
    plane = _plane(said, orbit, answer, pull)
    if plane is not None:
        tables.append(plane)
    models = ("de440", "small-bodies", "line-of-variations", "palermo-torino", "moon-me", "earth-rotation")
    return TaskOutput(tuple(tables), figures=tuple(_figures(said["name"], answer)), facts=facts, models=models)


def _size(said: dict[str, Any], orbit: SmallBodyOrbit | RangedOrbit) -> SizeEstimate | None:
    from moonstead.smallbodies.effects.interval import Interval
    from moonstead.smallbodies.hazard_scales import size_of_diameter, size_of_magnitude
    from moonstead.smallbodies.orbit_fit.ranged_orbit import RangedOrbit

    if said["diameter"] is not None:
        across, spread = said["diameter"], said["diameter_spread"]
        return size_of_diameter(Interval(across - spread, across, across + spread), said["density"])
    best = orbit.best if isinstance(orbit, RangedOrbit) else orbit
    magnitude = said["magnitude"] if said["magnitude"] is not None else best.absolute_magnitude
    return None if magnitude is None else size_of_magnitude(magnitude)


def _body(body: BodyAnswer, size: SizeEstimate | None, counted_from: float) -> dict[str, Any]:
    from moonstead.smallbodies.impact.hazard import body_hazard

    hazard = body_hazard(body, size, counted_from)
    return {
        "probability": float(body.probability),
        "interval": [float(end) for end in body.interval],
        "verdict": body.verdict,
        "method": body.method,
        "palermo": hazard.palermo,
        "torino": hazard.torino,
        "energy": None if hazard.energy is None else hazard.energy.as_dict(),
        "completeness": float(body.completeness),
        "minimum_distance": float(body.minimum_distance) if np.isfinite(body.minimum_distance) else None,
        "clones": None
        if body.clones is None
        else {
            "drawn": body.clones.drawn,
            "hits": body.clones.hits,
            "probability": float(body.clones.probability),
            "interval": [float(end) for end in body.clones.interval],
        },
    }


def _impactors(
    id: str, rows: list[tuple[BodyAnswer, VirtualImpactor]], size: SizeEstimate | None, counted_from: float
) -> Table:
    from moonstead.smallbodies.impact.hazard import hazard_of

    found = [one for _, one in rows]
    columns: dict[str, NDArray[Any]] = {
        "body": np.array([one.body for one in found], dtype=str),
        "probability": np.array([one.probability for one in found]),
        "probability_low": np.array([one.interval[0] for one in found]),
        "probability_high": np.array([one.interval[1] for one in found]),
        "utc": utc_text([one.tdb.value for one in found]) if found else np.array([], dtype=str),
    }
    units = {"body": "text", "probability": "1", "probability_low": "1", "probability_high": "1", "utc": "UTC"}
    for name in SPREADS:
        columns[name] = np.array([getattr(one, name).value for one in found])
        columns[f"{name}_sigma"] = np.array([getattr(one, name).sigma for one in found])
        units |= {name: SI[name], f"{name}_sigma": "s" if name == "tdb" else SI[name]}
    hazards = [hazard_of(one, size, counted_from) for one in found]
    for name, part in (("energy_low", "low"), ("energy", "nominal"), ("energy_high", "high")):
        columns[name] = np.array([np.nan if one.energy is None else getattr(one.energy, part) for one in hazards])
        units[name] = "J"
    columns |= {
        "azimuth": np.array([one.azimuth for one in found]),
        "offset": np.array([one.offset for one in found]),
        "palermo": np.array([np.nan if one.palermo is None else one.palermo for one in hazards], dtype=np.float64),
        "torino": np.array([-1 if one.torino is None else one.torino for one in hazards], dtype=np.int64),
    }
    units |= {"azimuth": "rad", "offset": "1", "palermo": "1", "torino": "1"}
    return Table(f"threat-impactors.{id}", columns, units, "Sets of orbits that agree with what is known and hit.")


def _corridor(id: str, rows: list[tuple[BodyAnswer, VirtualImpactor]]) -> Table:
    names = ("tdb", "latitude", "longitude", "altitude", "speed", "elevation", "weight")
    corridors = [one.corridor for _, one in rows]
    counts = [corridor.tdb.size for corridor in corridors]

    def joined(parts: list[Array]) -> Array:
        return np.concatenate([np.zeros(0), *parts])

    columns: dict[str, NDArray[Any]] = {
        "impactor": np.repeat(np.arange(len(rows)), counts).astype(np.int64),
        "body": np.repeat(np.array([one.body for _, one in rows], dtype=str), counts),
        **{name: joined([getattr(corridor, name) for corridor in corridors]) for name in names},
        "half_width": joined([np.full(c.tdb.size, c.half_width) for c in corridors]),
    }
    columns["utc"] = utc_text(columns["tdb"]) if columns["tdb"].size else np.array([], dtype=str)
    units = {"impactor": "1", "weight": "1", "half_width": "m"} | {n: SI[n] for n in columns if n in SI}
    text = "Places where orbits that hit come down, in order along each corridor."
    return Table(f"threat-corridor.{id}", columns, units, text)


def _plane(
    said: dict[str, Any], orbit: SmallBodyOrbit | RangedOrbit, answer: ImpactAnswer, pull: Perturbers
) -> Table | None:
    """Random orbits on the target planes of the most probable return to each body."""
    from moonstead.smallbodies.impact.clones import flown_clones
    from moonstead.smallbodies.impact.cloud import orbit_cloud
    from moonstead.smallbodies.impact.outlook import Outlook
    from moonstead.smallbodies.motion.orbit import SmallBodyOrbit

    if not isinstance(orbit, SmallBodyOrbit) or orbit.covariance is None:
        return None
    best = [max(body.impactors, key=lambda one: one.probability) for body in answer.bodies if body.impactors]
    last = max((one.tdb.value for one in best), default=answer.until_tdb - SAME_RETURN) + SAME_RETURN
    outlook = Outlook(orbit_cloud(orbit), min(last, answer.until_tdb), pull, BODIES, said["earth_altitude"], 0.0)
    passages = flown_clones(outlook, PLANE_CLONES, np.random.default_rng(1)).passages
    parts = []
    for name in BODIES:
        when = next((one.tdb.value for one in best if one.body == name), None)
        part = _on_plane(passages, name, when)
        if part is not None:
            parts.append(part)
    if not parts:
        return None
    columns = {key: np.concatenate([part[key] for part in parts]) for key in parts[0]}
    units = {"body": "text", "x": "m", "y": "m", "radius": "m", "impact": "1"}
    text = "Random orbits on the target plane, x along the line of variations, and the radius of the disc that hits."
    return Table(f"threat-plane.{said['id']}", columns, units, text)


def _on_plane(passages: Passages, name: str, when: float | None) -> dict[str, NDArray[Any]] | None:
    here = np.flatnonzero(passages.body == name)
    if not here.size:
        return None
    if when is None:
        when = float(passages.tdb[here[np.argmin(np.linalg.norm(passages.point[here], axis=1))]])
    here = here[np.abs(passages.tdb[here] - when) < SAME_RETURN]
    point = passages.point[here]
    normal = passages.direction[here].mean(axis=0)
    normal /= np.linalg.norm(normal)
    flat = point - (point @ normal)[:, None] * normal
    spread = flat - flat.mean(axis=0)
    along = np.linalg.svd(spread, full_matrices=False)[2][0] if here.size > 2 else np.cross(normal, [0.0, 0.0, 1.0])
    along /= np.linalg.norm(along)
    return {
        "body": np.full(here.size, name),
        "x": flat @ along,
        "y": flat @ np.cross(normal, along),
        "radius": passages.radius[here],
        "impact": passages.impact[here],
    }


def _figures(name: str, answer: ImpactAnswer) -> list[Figure]:
    figures = []
    year = str(utc_text([answer.until_tdb])[0])[:4]
    for body in answer.bodies:
        low, high = body.interval
        verdict: Verdict = "bad" if body.probability > BAD else ("poor" if body.probability > POOR else "good")
        figures.append(
            Figure(
                f"{name}: probability of an impact on the {body.body.title()} until {year}",
                float(body.probability),
                "1",
                f"{body.method}; 95 % interval {low:.3g} to {high:.3g}",
                verdict,
            )
        )
        figures += [
            Figure(
                f"{name}: when it may hit the {body.body.title()}",
                str(utc_text([one.tdb.value])[0]),
                "UTC",
                f"at {np.degrees(one.latitude.value):.2f}, {np.degrees(one.longitude.value):.2f} deg, "
                f"1 sigma of the time {one.tdb.sigma:.3g} s",
            )
            for one in sorted(body.impactors, key=lambda one: -one.probability)[:1]
            if one.probability > POOR
        ]
    return figures
