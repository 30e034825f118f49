"""Threats from space: orbit, impact probabilities, what an impact does to the station, when the body is seen again.

Four tasks for each threat, and one for its history and one for its deflection where the scenario asks for them. Their
tables, in SI (angles [rad], times [s TDB past J2000] in `tdb` beside `utc`; low, nominal, high are spans):

``threat-orbit.ID``, facts `name`, `kind` (``"fit"``, ``"sample"``, ``"published"``), `source`, `epoch_utc`,
`magnitude`, `rms`, `rows`, `used`, `arc`, `rejected` (list of `line`, `text`, `reason`, `remedy`), `notes`, `why_not`
  ``threat-residuals.ID``   tdb, utc, station, right_ascension, declination, normalised, used, reason

``threat-impact.ID``, facts `until_utc`, `bodies` (for ``"EARTH"`` and ``"MOON"``: `probability`, `interval`, `verdict`,
`method`, `palermo`, `torino`, `completeness`, `minimum_distance`, `clones`), `size` (`diameter`, `mass`), `notes`,
`why_not`
  ``threat-impactors.ID``   body, probability, probability_low, probability_high, utc; tdb, latitude, longitude,
                            altitude, speed, elevation, each with its _sigma; azimuth, energy_low, energy, energy_high,
                            offset, palermo, torino (-1: the scale does not apply)
  ``threat-corridor.ID``    impactor (row of the table before), body, tdb, utc, latitude, longitude, altitude, speed,
                            elevation, weight, half_width
  ``threat-plane.ID``       body, x, y (target plane, x along the line of variations), radius, impact: random orbits at
                            the return of the most probable impactor, or at the nearest passage where there is none

``threat-effects.ID``, facts `impactor` (row, or None), `crater_diameter`, `crater_depth`, `escaping_mass`,
`moonquake_magnitude`, `flash_magnitude`, `flash_duration` (each low, nominal, high), `impact_utc`, `latitude`,
`longitude`, `energy`, `caveat`, `why_not`; no tables where `impactor` is None
  ``threat-sites.ID``       site, distance, distance_05, distance_95 (over the corridor), p_wave, s_wave, first, last,
                            arrived_05, arrived_50, arrived_95; velocity, mass, thickness, pieces, heat, cover, each
                            with _low and _high
  ``threat-ejecta.ID``      site, delay, mass (on a square metre by then, nominal)
  ``threat-orbiters.ID``    spacecraft, hits_low, hits, hits_high, fluence_low, fluence, fluence_high, first,
                            dense_until, sees_impact, best_shift, delta_v, assumed
  ``threat-hits.ID``        spacecraft, delay, flux, hits
  ``threat-advice.ID``      who, start, stop, action, reason

``threat-watch.ID``, facts `from_utc`, `until_utc`, `next_seen_utc`, `next_seen_by`, `encounter_body`, `encounter_utc`,
`encounter_distance`, `target_sigma`, `halved_utc`, `ruled_out_utc`, `certain_utc`, `why_not`; no tables with a why not
  ``threat-seasons.ID``     sensor, start, stop, start_utc, stop_utc
  ``threat-nights.ID``      sensor, name, limiting_magnitude, start, stop, start_utc, magnitude, sigma, shrink
  ``threat-course.ID``      tdb, utc, station, target_sigma, shrink, expected, if_impact, if_miss, low, median, high,
                            chance_ruled_out, chance_certain

``threat-history.ID``       tdb, utc, rows, arc, earth, earth_low, earth_high, moon, moon_low, moon_high, reason

``threat-deflection.ID``, facts `body`, `encounter_utc`, `miss`, `sigmas` (of the orbit moved, from the nominal one),
`delivered` (change of velocity by the strike: low, nominal, high; None without a size), `why_not`
  ``threat-deflection.ID``  kind (``"along-track"``, ``"best"``), tdb, utc, lead, delta_v, along, distance, proved
"""

from __future__ import annotations

from typing import Any

from moonstead.run.task import Task, TaskInputs, TaskOutput
from moonstead.run.threat_deflection import threat_deflection
from moonstead.run.threat_effects import threat_effects
from moonstead.run.threat_impact import threat_impact
from moonstead.run.threat_orbit import stored_orbit, threat_fragment, threat_orbit
from moonstead.run.threat_watch import threat_history, threat_watch
from moonstead.run.trajectories import stored_trajectory
from moonstead.scenario.scenario import Scenario
from moonstead.scenario.spacecraft import Spacecraft

DATASETS = ("de440s", "moon-pa-de440", "grgm1200a", "earth-orientation", "earth-orientation-final", "mpc-obscodes")
NO_ORBIT = "there is no orbit"


def plan(scenario: Scenario) -> list[Task]:
    """Tasks of each threat."""
    tasks = []
    crafts = [craft.id for craft in scenario.spacecraft if _is_lunar(craft)]
    sites = [
        {"id": site.id, "name": site.name or site.id, "latitude": site.latitude, "longitude": site.longitude}
        for site in scenario.sites
    ]
    for threat in scenario.threats:
        said, name = threat_fragment(threat, scenario), threat.name or threat.id
        orbit, impact = f"threat-orbit.{threat.id}", f"threat-impact.{threat.id}"
        told = said | {"sites": sites, "crafts": crafts}
        flown = tuple(f"orbit.{craft}" for craft in crafts)
        tasks += [
            Task(orbit, f"Orbit of {name}", f"{__name__}:find_orbit", said, (), DATASETS),
            Task(impact, f"Impacts of {name}", f"{__name__}:find_impacts", said, (orbit,), DATASETS),
            Task(
                f"threat-effects.{threat.id}",
                f"What {name} would do",
                f"{__name__}:find_effects",
                told,
                (impact, *flown),
                DATASETS,
            ),
            Task(
                f"threat-watch.{threat.id}",
                f"When {name} is seen",
                f"{__name__}:find_nights",
                said,
                (orbit, impact),
                DATASETS,
            ),
        ]
        if threat.history:
            title = f"What was said of {name}"
            tasks.append(Task(f"threat-history.{threat.id}", title, f"{__name__}:replay", said, (), DATASETS))
        if threat.deflection is not None:
            title = f"How {name} could be moved"
            inputs = (orbit, impact)
            tasks.append(Task(f"threat-deflection.{threat.id}", title, f"{__name__}:deflect", said, inputs, DATASETS))
    return tasks


def _is_lunar(craft: Spacecraft) -> bool:
    """Whether a spacecraft is in orbit about the Moon for all that is known before it flies."""
    return craft.orbit.kind not in ("oem", "spk", "tle", "family") and getattr(craft.orbit, "center", "MOON") == "MOON"


def find_orbit(inputs: TaskInputs) -> TaskOutput:
    """Read or determine the orbit."""
    return threat_orbit(inputs.fragment, inputs.data)


def find_impacts(inputs: TaskInputs) -> TaskOutput:
    """Seek impacts on Earth and Moon."""
    said = inputs.fragment
    found = inputs.result(f"threat-orbit.{said['id']}")
    orbit = stored_orbit(found)
    if orbit is None:
        return TaskOutput(facts={"why_not": NO_ORBIT, "bodies": {}, "size": None, "notes": []})
    return threat_impact(said, orbit, found.facts["counted_from"], inputs.data)


def find_effects(inputs: TaskInputs) -> TaskOutput:
    """Work out what the most probable impact on the Moon does to sites and orbiters."""
    said = inputs.fragment
    found = inputs.result(f"threat-impact.{said['id']}")
    if found.facts["why_not"] is not None:
        return TaskOutput(facts={"impactor": None, "why_not": found.facts["why_not"]})
    impactors, corridor = (found.table(f"threat-{what}.{said['id']}") for what in ("impactors", "corridor"))
    flown = {craft: stored_trajectory(inputs.result(f"orbit.{craft}"), inputs.data) for craft in said["crafts"]}
    return threat_effects(said, found.facts, impactors, corridor, flown, inputs.data)


def find_nights(inputs: TaskInputs) -> TaskOutput:
    """Find when the body is seen again, and what that would tell."""
    said: dict[str, Any] = inputs.fragment
    orbit, found = (inputs.result(f"{task}.{said['id']}") for task in ("threat-orbit", "threat-impact"))
    known = stored_orbit(orbit)
    if known is None or found.facts["why_not"] is not None:
        return TaskOutput(facts={"why_not": found.facts["why_not"] or NO_ORBIT, "next_seen_utc": None})
    return threat_watch(said, known, found.table(f"threat-impactors.{said['id']}"), inputs.data)


def replay(inputs: TaskInputs) -> TaskOutput:
    """Tell what would have been said after each night."""
    return threat_history(inputs.fragment, inputs.data)


def deflect(inputs: TaskInputs) -> TaskOutput:
    """Find the changes of velocity that would turn the most probable impact into a miss."""
    said: dict[str, Any] = inputs.fragment
    orbit, found = (inputs.result(f"{task}.{said['id']}") for task in ("threat-orbit", "threat-impact"))
    known = stored_orbit(orbit)
    if known is None or found.facts["why_not"] is not None:
        return TaskOutput(facts={"why_not": found.facts["why_not"] or NO_ORBIT})
    impactors = found.table(f"threat-impactors.{said['id']}")
    return threat_deflection(said, known, found.facts["size"], impactors, inputs.data)
