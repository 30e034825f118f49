"""Would 2024 YR4 have hit the Moon in 2032, by its orbit of June 2025, and what would the station have met?"""

import math
from pathlib import Path

from moonstead.foundation.data import DataContext
from moonstead.foundation.time.epoch import Epoch
from moonstead.smallbodies.effects.crater import crater
from moonstead.smallbodies.effects.impactor import impactor_of_diameter
from moonstead.smallbodies.impact.search import SearchEffort, impact_probabilities
from moonstead.smallbodies.motion.perturbers import perturbers
from moonstead.smallbodies.published_orbit import read_published_orbit

data = DataContext.installed()
orbit = read_published_orbit(Path(__file__).parents[1] / "scenarios" / "2024-yr4.json", data)
until = Epoch.parse("2033-01-01T00:00:00 TDB").tdb()
answer = impact_probabilities(orbit, until, perturbers(data), data, effort=SearchEffort(clones=200))
for body in answer.bodies:
    low, high = (100 * end for end in body.interval)
    print(f"{body.body.title()}: {body.verdict}, {100 * body.probability:.2f} % ({low:.2f} to {high:.2f} %)")

(hit,) = answer.of("MOON").impactors
place = f"{math.degrees(hit.latitude.value):.0f} deg N {math.degrees(hit.longitude.value):.0f} deg E"
print(f"at {Epoch.from_tdb(hit.tdb.value).text('UTC', 0)} near {place}, {hit.speed.value / 1e3:.1f} km/s")
hole = crater(impactor_of_diameter(60.0, 2600.0, hit.speed.value, hit.elevation.value))
print(f"a crater of {hole.diameter.low:.0f} to {hole.diameter.high:.0f} m")
