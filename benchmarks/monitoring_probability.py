"""Collision probability against what is published: `python -m benchmarks.monitoring_probability [cara] [alfano] ...`.

Variables: SAMPLES (4 000 000) pairs of each Monte Carlo of `count`.

cara    45 real conjunctions of NASA CARA: 2-D, Nc2D, Nc3D and the chosen method against their expected values and the
        95 % bounds of their Monte Carlo.
alfano  Cases 1 to 11 of Alfano (2009) over his spans, against the bounds of CARA's 1e8 pairs. Case 12 has no message.
count   The package's own Monte Carlo of the conjunctions above 1e-5: how many of its intervals hold Nc3D.
speed   CPU milliseconds of a whole choice, and pairs a second, with one thread.
"""

from __future__ import annotations

import csv
import os
import sys
import time
from dataclasses import dataclass

import numpy as np

from benchmarks import ROOT
from moonstead.formats.cdm import read_cdm
from moonstead.monitoring.probability.choose import choose
from moonstead.monitoring.probability.encounter import Encounter, at_closest_approach, encounter_of
from moonstead.monitoring.probability.monte_carlo import monte_carlo
from moonstead.monitoring.probability.plane import PlaneEncounter, disc_probability, foster_2d, plane_encounter
from moonstead.monitoring.probability.rates import nc_2d, nc_3d

REAL = ROOT.parent / "shared" / "data" / "monitoring"
ALFANO_SPANS = (21600, 21600, 21600, 21600, 1419, 1419, 1419, 10135, 10800, 21600, 1420)  # [s] either side


@dataclass(frozen=True)
class Case:
    name: str
    encounter: Encounter
    row: dict[str, str]

    def number(self, key: str) -> float:
        return float(self.row[key] or "nan")


def cara_cases() -> list[Case]:
    with open(REAL / "pc" / "CARA_PcMethod_Test_Conjunctions.csv", encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    return [
        Case(
            row["Conjunction_ID"],
            encounter_of(read_cdm(REAL / "cdm" / "cara" / f"{row['Conjunction_ID']}.cdm").messages[0]),
            row,
        )
        for row in rows
    ]


def spread(name: str, values: list[float]) -> None:
    size = np.abs(values)
    print(f"{name}: median {np.median(size):.1e}, 90 % {np.percentile(size, 90):.1e}, worst {size.max():.1e}")


def full_distance(encounter: Encounter) -> float:
    """Foster's integral with the whole distance in the plane, not its part across: what states off their TCA change."""
    plane = plane_encounter(encounter.relative, encounter.combined_covariance[:3, :3], encounter.hard_body_radius)
    scale = encounter.miss_distance / np.hypot(plane.miss_major, plane.miss_minor)
    return disc_probability(
        PlaneEncounter(
            plane.miss_major * scale,
            plane.miss_minor * scale,
            plane.sigma_major,
            plane.sigma_minor,
            plane.angle,
            plane.hard_body_radius,
            plane.clipped,
        )
    )


def cara() -> None:
    cases = cara_cases()
    spread("2-D, states as written", [foster_2d(c.encounter) / c.number("Pc2D_NoAdj") - 1.0 for c in cases])
    spread(
        "2-D, states as written, whole distance taken across",
        [full_distance(c.encounter) / c.number("Pc2D_NoAdj") - 1.0 for c in cases],
    )
    spread(
        "2-D, at the true TCA", [foster_2d(at_closest_approach(c.encounter)[0]) / c.number("Pc2D") - 1.0 for c in cases]
    )
    single = [c for c in cases if c.row["ViolationsNc2D"] == "0"]
    spread(f"Nc2D ({len(single)})", [nc_2d(c.encounter).number / c.number("Nc2D") - 1.0 for c in single])
    spread("Nc3D", [nc_3d(c.encounter).number / c.number("Nc3D") - 1.0 for c in cases])
    inside: dict[str, list[bool]] = {}
    for case in cases:
        chosen = choose(case.encounter)
        low, high = case.number("PcSDMCLo"), case.number("PcSDMCHi")
        good = low <= chosen.pc <= high
        inside.setdefault(chosen.method, []).append(good)
        if not good:
            theirs = ", ".join(f"{key} {low <= case.number(key) <= high}" for key in ("Pc2D", "Nc2D", "Nc3D"))
            print(
                f"outside: {case.name} {chosen.method} {chosen.pc:.5e} of {low:.5e} to {high:.5e}; CARA's own: {theirs}"
            )
    for method, good in inside.items():
        print(f"chosen {method}: {sum(good)} of {len(good)} within the 95 % bounds")


def alfano() -> None:
    with open(REAL / "pc" / "A09TestCases_01_12_Distributed.csv", encoding="utf-8", newline="") as stream:
        rows = {int(row["Case"]): row for row in csv.DictReader(stream)}
    for number, span in enumerate(ALFANO_SPANS, start=1):
        message = read_cdm(REAL / "cdm" / "alfano" / f"AlfanoTestCase{number:02d}.cdm").messages[0]
        row = rows[number]
        began = time.process_time()
        chosen = choose(encounter_of(message), samples=0, everything=True, segment=(-float(span), float(span)))
        spent = time.process_time() - began
        low, high = float(row["CARA_PcMCLo95"]), float(row["CARA_PcMCHi95"])
        whole = float("nan") if chosen.nc_3d is None else chosen.nc_3d.number
        print(
            f"case {number}: {chosen.method} {chosen.pc:.6e} in {low:.6e} to {high:.6e}: {low <= chosen.pc <= high}; "
            f"Nc3D {whole:.6e}, {whole / float(row['CARA_Pc3D']) - 1.0:+.1e} off CARA's; {spent:.2f} s CPU"
        )


def count() -> None:
    samples = int(os.environ.get("SAMPLES", "4000000"))
    held = total = 0
    for case in cara_cases():
        expected = nc_3d(case.encounter).number
        if expected < 1e-5 or case.row["ViolationsNc2D"] != "0":
            continue
        counted = monte_carlo(case.encounter, samples, seed=7)
        total += 1
        held += counted.low <= expected <= counted.high
    print(f"own Monte Carlo of {samples} pairs: {held} of {total} intervals of 95 % hold Nc3D")


def speed() -> None:
    cases = cara_cases()
    for case in cases:
        choose(case.encounter)
    spent = []
    for case in cases:
        began = time.process_time()
        choose(case.encounter)
        spent.append(1e3 * (time.process_time() - began))
    print(f"choice without Monte Carlo: median {np.median(spent):.1f} ms, worst {max(spent):.1f} ms CPU a message")
    for follow, samples in ((False, 4_000_000), (True, 50_000)):
        monte_carlo(cases[0].encounter, 1000, follow=follow, segment=(-30.0, 30.0))
        began = time.process_time()
        monte_carlo(cases[0].encounter, samples, follow=follow, segment=(-30.0, 30.0))
        rate = samples / (time.process_time() - began)
        print(f"Monte Carlo, {'followed' if follow else 'tested once'}: {rate:.2e} pairs a CPU second")


def main() -> None:
    subjects = {"cara": cara, "alfano": alfano, "count": count, "speed": speed}
    for name in sys.argv[1:] or subjects:
        print(f"## {name}")
        subjects[name]()


if __name__ == "__main__":
    main()
