"""Impact probabilities: what they are beside published ones, and what they cost.

    python -m benchmarks.smallbodies_impact [yr4|files|century|keyholes ...]

Needs the folder ../shared/data with real files. CPU seconds are of one process without compilation; the yardstick is
adam-core 0.6.1 with adam-assist 0.5.0, whose `calculate_impacts` took 28 to 39 ms for each clone of 2024 YR4 to 2032 on
a machine of this kind (measured once, 200 and 2 000 clones); it is not run again here.
"""

from __future__ import annotations

import json
import sys
import time
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np

from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import HeldEarthOrientation
from moonstead.smallbodies.impact.answer import ImpactAnswer
from moonstead.smallbodies.impact.search import USUAL, SearchEffort, impact_probabilities
from moonstead.smallbodies.motion.orbit import SmallBodyOrbit
from moonstead.smallbodies.motion.perturbers import Perturbers, perturbers
from moonstead.smallbodies.orbit_fit.from_files import orbit_from_files
from moonstead.smallbodies.orbit_fit.ranged_orbit import RangedOrbit
from moonstead.smallbodies.published_orbit import read_published_orbit

FILES = Path(__file__).resolve().parents[2] / "shared" / "data" / "smallbodies"
YEAR = 365.25 * 86_400.0  # [s]
ADAM_CORE = (28e-3, 39e-3)  # [s] of CPU for each clone
MANY = 10_000


def timed(
    orbit: SmallBodyOrbit | RangedOrbit, year: float, pull: Perturbers, data: DataContext, effort: SearchEffort = USUAL
) -> tuple[ImpactAnswer, float]:
    began = time.process_time()
    answer = impact_probabilities(orbit, (year - 2000.0) * YEAR, pull, data, effort=effort)
    return answer, time.process_time() - began


def tell(name: str, answer: ImpactAnswer, seconds: float) -> None:
    for one in answer.bodies:
        clones = one.clones
        hits = "" if clones is None else f"; clones {clones.hits}/{clones.drawn} = {clones.probability:.4g}"
        low, high = one.interval
        print(f"{name:28} {one.body:5} {one.probability:.5g} ({low:.4g} to {high:.4g}){hits}")
        for each in one.impactors:
            print(
                f"{'':34} {2000 + each.tdb.value / YEAR:.3f}  p {each.probability:.3g}  "
                f"{np.degrees(each.latitude.value):.3f} +- {np.degrees(each.latitude.sigma):.3g}, "
                f"{np.degrees(each.longitude.value):.3f} +- {np.degrees(each.longitude.sigma):.3g} deg, "
                f"+- {each.tdb.sigma:.3g} s, {each.stretching / 1e3:.5g} x {each.width / 1e3:.3g} km"
            )
    print(f"{'':28} {seconds:.2f} CPU s", flush=True)


def yr4(pull: Perturbers, data: DataContext) -> None:
    """2024 YR4: line of variations, 10 000 clones, ESA's orbit from both epochs."""
    orbit = read_published_orbit(FILES / "sbdb_2024YR4_phys.json", data)
    timed(orbit, 2033.0, pull, data, SearchEffort(line=21, clones=64, drawn=8))
    tell("JPL#78, usual effort", *timed(orbit, 2033.0, pull, data))
    answer, seconds = timed(orbit, 2033.0, pull, data, replace(USUAL, clones=MANY))
    tell(f"JPL#78, {MANY} clones", answer, seconds)
    each = seconds / MANY
    print(
        f"whole search {each * 1e3:.3g} ms for each clone: {ADAM_CORE[0] / each:.0f} to {ADAM_CORE[1] / each:.0f} times"
    )
    for name in ("neocc_2024YR4.ke0", "neocc_2024YR4.ke1"):
        tell(name, *timed(read_published_orbit(FILES / name, data), 2033.0, pull, data))


def files(pull: Perturbers, data: DataContext) -> None:
    """From an observation file to the answer."""
    for name in ("2024BX1", "2008TC3", "2014AA", "2024PT5"):
        began = time.process_time()
        found = orbit_from_files([FILES / f"{name}.obs80"], data, perturbers=pull)
        fitted = time.process_time() - began
        orbit = found.fit if isinstance(found.fit, RangedOrbit) else found.fit.orbit
        answer, seconds = timed(orbit, 2050.0, pull, data)
        print(f"orbit of {name}: {fitted:.2f} CPU s")
        tell(name, answer, seconds)


def century(pull: Perturbers, data: DataContext) -> None:
    """A hundred years of returns."""
    for name, year in (("neocc_2023DZ2.ke1", 2120.0), ("neocc_99942.ke1", 2120.0), ("neocc_101955.ke1", 2139.0)):
        tell(name, *timed(read_published_orbit(FILES / name, data), year, pull, data))


def keyholes(pull: Perturbers, data: DataContext) -> None:
    """Keyholes of Apophis in 2029, with its errors made 1500 times larger so that they reach them."""
    known = read_published_orbit(FILES / "neocc_99942.ke1", data)
    wide = replace(known, covariance=1500.0**2 * known.covariance)
    answer, seconds = timed(wide, 2037.0, pull, data, replace(USUAL, line=801))
    print(f"{seconds:.2f} CPU s")
    for one in answer.of("EARTH").impactors:
        for each in one.keyholes:
            if abs(2000 + each.tdb / YEAR - 2029.28) < 0.01 and each.body == "EARTH":
                print(
                    f"{2000 + one.tdb.value / YEAR:.2f}: xi {each.xi / 1e3:.0f}, zeta {each.zeta / 1e3:.0f} km, "
                    f"{each.width:.0f} m wide"
                )


SUBJECTS = {one.__name__: one for one in (yr4, files, century, keyholes)}


def main() -> None:
    warnings.simplefilter("ignore", HeldEarthOrientation)
    data = DataContext.installed()
    pull = perturbers(data)
    asked = sys.argv[1:] or list(SUBJECTS)
    unknown = [one for one in asked if one not in SUBJECTS]
    if unknown:
        raise SystemExit(f"no subject {', '.join(unknown)}; there are {', '.join(SUBJECTS)}")
    print(json.dumps({"effort": USUAL.__dict__}))
    for one in asked:
        print(f"\n{SUBJECTS[one].__doc__}")
        SUBJECTS[one](pull, data)


if __name__ == "__main__":
    main()
