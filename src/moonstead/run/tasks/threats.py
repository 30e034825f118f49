"""Threats from space: orbit, impact probabilities, what an impact does to the station, when the body is seen again.

Four tasks for each threat, and one for its history and one for its deflection where the scenario asks for them. Their
tables, in SI (angles [rad], times [s TDB past J2000] in `tdb` beside `utc`; low, nominal, high are spans):

``threat-orbit.ID``, facts `name`, `kind` (``"fit"``, ``"sample"``, ``"published"``), `source`, `epoch_utc`, `magnitude`,
`rms`, `rows`, `used`, `arc`, `rejected` (list of `line`, `text`, `reason`, `remedy`), `notes`, `why_not`
  ``threat-residuals.ID``   tdb, utc, station, right_ascension, declination, normalised, used, reason

``threat-impact.ID``, facts `until_utc`, `bodies` (for ``"EARTH"`` and ``"MOON"``: `probability`, `interval`, `method`,
`palermo`, `torino`, `completeness`, `minimum_distance`, `clones`), `size` (`diameter`, `mass`), `notes`, `why_not`
  ``threat-impactors.ID``   body, probability, probability_low, probability_high, tdb, utc, and each with its _sigma: tdb,
                            latitude, longitude, altitude, speed, elevation; azimuth, energy_low, energy, energy_high,
                            offset, palermo, torino (-1: the scale does not apply)
  ``threat-corridor.ID``    impactor (row of the table before), body, tdb, utc, latitude, longitude, altitude, speed,
                            elevation, weight, half_width
  ``threat-plane.ID``       body, x, y (target plane, x along the line of variations), radius, impact: random orbits at the
                            return of the most probable impactor, or at the nearest passage where there is none

``threat-effects.ID``, facts `impactor` (row, or None), `crater_diameter`, `crater_depth`, `escaping_mass`,
`moonquake_magnitude`, `flash_magnitude`, `flash_duration` (each low, nominal, high), `impact_utc`, `why_not`
  ``threat-sites.ID``       site, distance, p_wave, s_wave, first, last, arrived_05, arrived_50, arrived_95, and low,
                            nominal, high of velocity, mass, thickness, pieces, heat, cover
  ``threat-ejecta.ID``      site, delay, mass (on a square metre by then, nominal)
  ``threat-orbiters.ID``    spacecraft, hits_low, hits, hits_high, fluence_low, fluence, fluence_high, first, dense_until,
                            sees_impact, best_shift, delta_v, assumed
  ``threat-hits.ID``        spacecraft, delay, flux, hits
  ``threat-advice.ID``      who, start, stop, action, reason

``threat-watch.ID``, facts `next_seen_utc`, `next_seen_by`, `halved_utc`, `ruled_out_utc`, `certain_utc`, `why_not`
  ``threat-seasons.ID``     sensor, start, stop, start_utc, stop_utc
  ``threat-nights.ID``      sensor, name, limiting_magnitude, start, stop, start_utc, magnitude, sigma, shrink
  ``threat-course.ID``      tdb, utc, station, target_sigma, shrink, expected, if_impact, if_miss, low, median, high,
                            chance_ruled_out, chance_certain

``threat-history.ID``       tdb, utc, rows, arc, earth, earth_low, earth_high, moon, moon_low, moon_high, reason

``threat-deflection.ID``    lead, tdb, utc, delta_v, delivered_low, delivered, delivered_high
"""

from __future__ import annotations

from moonstead.run.task import Task
from moonstead.scenario.scenario import Scenario


def plan(scenario: Scenario) -> list[Task]:
    """Tasks of each threat."""
    return []
