"""Whether impact probabilities are frequencies: made-up bodies, surveyed, fitted and judged by the whole chain.

    python -m benchmarks.smallbodies_calibration --first 0 --count 200 --kind neighbour --out build/calibration.jsonl
    python -m benchmarks.smallbodies_calibration --read build/calibration.jsonl

A *neighbour* is drawn evenly over the target plane, as far from an impactor as its survey leaves open to all sides: of
such bodies a share hits that an honest probability foretells. (Drawn from the line of variations alone too many would
hit: the line through an impactor crosses the disc.) An *impactor* always hits: none may be ruled out.
"""

from __future__ import annotations

import argparse
import json
import time
import warnings
from pathlib import Path

import numpy as np

from moonstead.foundation.bodies import body
from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import HeldEarthOrientation, MoonsteadError
from moonstead.foundation.time.epoch import Epoch
from moonstead.smallbodies.astrometry.prepare import prepare_observations
from moonstead.smallbodies.encounters import encounters
from moonstead.smallbodies.impact.search import SearchEffort, impact_probabilities
from moonstead.smallbodies.motion.flight import fly
from moonstead.smallbodies.motion.perturbers import Perturbers, perturbers
from moonstead.smallbodies.orbit_fit.determine import determine_orbit
from moonstead.smallbodies.orbit_fit.ranged_orbit import RangedOrbit
from moonstead.smallbodies.synthetic.impactors import SURFACE, synthetic_impactor
from moonstead.smallbodies.synthetic.neighbours import neighbour, open_line
from moonstead.smallbodies.synthetic.reliability import reliability
from moonstead.smallbodies.synthetic.surveys import observe_survey, plan_survey

EPOCH = Epoch.parse("2027-03-01T00:00:00").tdb()
LEADS = (15.0, 90.0)  # [d] from the end of the survey to the impact, at least and at most
MOST_NIGHTS = 20
BESIDE = 3.5  # [sigma] beyond the disc, to all sides
FEWEST_ROWS = 8
AFTER = 5.0 * SECONDS_PER_DAY  # [s] past the impact, how far is looked
CLOSE = 3.0 * SECONDS_PER_DAY  # [s] about the drawn date, within which a hit is the hit that was judged
SAFE = 1e-4  # [1]
EFFORT = SearchEffort(clones=200, drawn=50)


def case(seed: int, kind: str, pull: Perturbers, data: DataContext) -> dict:
    """One made-up body: what was said of it, and what it does."""
    rng = np.random.default_rng([seed, kind == "impactor"])
    name = ("EARTH", "MOON")[seed % 2]
    nights = int(rng.integers(1, MOST_NIGHTS + 1))
    lead = rng.uniform(*LEADS) + nights
    impactor = synthetic_impactor(
        name, EPOCH + rng.uniform(0.0, 300.0) * SECONDS_PER_DAY, (lead + 2.0) * SECONDS_PER_DAY, rng, pull, data
    )
    flight = fly(impactor.orbit, impactor.tdb, pull, with_partials=True, stop_at_impact=False)
    tdb, codes = plan_survey(flight, impactor.orbit.tdb + SECONDS_PER_DAY, nights, rng, data)
    row: dict = {"seed": seed, "kind": kind, "body": name, "nights": nights, "lead_d": lead, "rows": int(tdb.size)}
    if tdb.size < FEWEST_ROWS:
        return row | {"reason": "never high in the dark"}
    row["arc_d"] = float(np.ptp(tdb)) / SECONDS_PER_DAY
    truth = impactor.orbit
    if kind == "neighbour":
        try:
            line = open_line(impactor, flight, tdb, codes, data)
        except MoonsteadError as error:
            return row | {"reason": str(error)}
        radius, gm = SURFACE[name], body(name).gm
        at_infinity = impactor.relative[3:] @ impactor.relative[3:] - 2.0 * gm / radius
        focused = radius * np.sqrt(1.0 + 2.0 * gm / (radius * at_infinity))
        along, across = (rng.uniform(-1.0, 1.0) * (focused / one + BESIDE) for one in (line.sigma, line.width))
        truth = neighbour(impactor, line, along, across)
        row |= {"sigma_km": line.sigma / 1e3, "width_km": line.width / 1e3}
    stop = impactor.tdb + AFTER
    true_flight = fly(truth, stop, pull)
    row["hit"] = any(
        one.impact and one.body == name and abs(one.tdb - impactor.tdb) < CLOSE for one in encounters(true_flight, pull)
    )
    began = time.process_time()
    prepared = prepare_observations(observe_survey(true_flight, tdb, codes, rng, data), data)
    try:
        found = determine_orbit(prepared, pull, data)
        sample = isinstance(found, RangedOrbit)
        answer = impact_probabilities(
            found if isinstance(found, RangedOrbit) else found.orbit, stop, pull, data, effort=EFFORT
        ).of(name)
    except MoonsteadError as error:
        return row | {"reason": f"{type(error).__name__}: {error}"[:200]}
    return row | {
        "probability": answer.probability,
        "interval": list(answer.interval),
        "verdict": answer.verdict,
        "sample": sample,
        "cpu_s": time.process_time() - began,
        "reason": "",
    }


def told(rows: list[dict]) -> str:
    """Reliability diagram of neighbours, and impactors that were called safe."""
    lines = []
    near = [row for row in rows if row["kind"] == "neighbour" and not row["reason"]]
    for words, chosen in (("all", near), ("Earth", _of(near, "EARTH")), ("Moon", _of(near, "MOON"))):
        if not chosen:
            continue
        diagram = reliability([row["probability"] for row in chosen], [row["hit"] for row in chosen])
        lines += [f"neighbours, {words}: {len(chosen)}", "stated from  to      cases  mean stated  hits  95 % band"]
        for k in range(diagram.count.size):
            lines.append(
                f"{diagram.low[k]:11.4g} {diagram.high[k]:6.4g} {diagram.count[k]:6d} {diagram.stated[k]:12.4g} "
                f"{diagram.hits[k]:5d}  {diagram.fewest[k]} to {diagram.most[k]}"
                + ("" if diagram.within[k] else "  OUTSIDE")
            )
    sure = [row for row in rows if row["kind"] == "impactor" and not row["reason"]]
    long = [row for row in sure if row["arc_d"] > 3.0]
    low = [row for row in long if row["probability"] < SAFE]
    called = [row for row in long if row["verdict"] == "ruled out"]
    lines.append(
        f"impactors: {len(sure)} judged, {len(long)} with arcs beyond 3 d; of these {len(low)} told less "
        f"than {SAFE:g}, {len(called)} ruled out"
    )
    lines += [f"  told little: {row}" for row in low]
    missed = [row for row in near if not row["hit"]]
    lines.append(
        f"neighbours that miss: {len(missed)}, ruled out {sum(row['verdict'] == 'ruled out' for row in missed)}"
    )
    failed = [row for row in rows if row["reason"]]
    lines += [f"without an answer: {len(failed)}"]
    lines += [
        f"  {row['seed']} {row['kind']} {row['body']} {row['reason']}" for row in failed if "never" not in row["reason"]
    ]
    return "\n".join(lines)


def _of(rows: list[dict], name: str) -> list[dict]:
    return [row for row in rows if row["body"] == name]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.smallbodies_calibration", description=__doc__)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--count", type=int, default=10)
    parser.add_argument("--kind", choices=("neighbour", "impactor"), default="neighbour")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--read", type=Path, action="append")
    given = parser.parse_args()
    if given.read:
        print(told([json.loads(line) for path in given.read for line in path.read_text().splitlines()]))
        return
    warnings.simplefilter("ignore", HeldEarthOrientation)
    data = DataContext.installed()
    pull = perturbers(data, start_tdb=EPOCH - 800 * SECONDS_PER_DAY, stop_tdb=EPOCH + 800 * SECONDS_PER_DAY)
    rows = []
    for seed in range(given.first, given.first + given.count):
        rows.append(case(seed, given.kind, pull, data))
        if given.out is not None:
            with given.out.open("a") as stream:
                stream.write(json.dumps(rows[-1]) + "\n")
    print(told(rows))


if __name__ == "__main__":
    main()
