"""Range errors of broadcast messages: the table of two days, what it costs, and files that are broken.

    python -m benchmarks.navigation_sisre [table|cost|dilution|broken ...]

Needs the folder ../shared/data with real files. CPU seconds are of one process with compiled kernels in the cache, and
hold all that a day takes: unpacking and reading the navigation and the SP3 file, evaluating every message at every
epoch, statistics of groups, blocks, satellites and ages, integrity events, maps of dilution and indicators.
"""

from __future__ import annotations

import gzip
import math
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import numpy as np

from moonstead.formats.rinex_navigation import read_navigation
from moonstead.formats.sp3 import read_sp3
from moonstead.foundation.errors import MoonsteadError
from moonstead.navigation.constellation_sky import constellation_sky
from moonstead.navigation.dilution_maps import availability_map, globe_grid, outage_ranking
from moonstead.navigation.monitoring.day import Monitoring, monitor
from moonstead.navigation.precise.source import PreciseSource

FILES = Path(__file__).resolve().parents[2] / "shared" / "data" / "gnss"
DAYS = {
    "2022-001 CODE": ("BRDC00IGS_R_20220010000_01D_MN.rnx.gz", "COD0MGXFIN_20220010000_01D_05M_ORB.SP3.gz"),
    "2022-001 GFZ": ("BRDC00IGS_R_20220010000_01D_MN.rnx.gz", "GFZ_MGX_20220010000_01D_05M_ORB.SP3.gz"),
    "2020-177 GRG": ("ESBC00DNK_R_20201770000_01D_MN.rnx.gz", "GRG0MGXFIN_20201770000_01D_15M_ORB.SP3.gz"),
}
ROUNDS = 5
CUTS = 100


def day(name: str, systems: str | None = "RC") -> Monitoring:
    navigation, precise = (FILES / file for file in DAYS[name])
    return monitor(read_navigation(navigation, systems=systems), read_sp3(precise), systems=systems)


def table() -> None:
    print("group           sats pairs  radial mean/std  along  cross  clock  SISRE  median  95 %  unbiased  orbit")
    for name in DAYS:
        for each in day(name).groups:
            row = each.row
            orbit = f"{row.radial_mean:6.2f} / {row.radial_std:.2f}  {row.along_rms:6.2f} {row.cross_rms:5.2f}"
            sisre = f"{row.sisre_rms:5.2f}  {row.sisre_median:5.2f}  {row.sisre_95:5.2f}"
            print(
                f"{name:14} {row.name:9} {row.satellites:3d} {row.pairs:5d}  {orbit}  {row.clock_rms:5.2f}  {sisre}  "
                f"{row.sisre_unbiased_rms:5.2f}  {row.orbit_rms:5.2f}"
            )


def cost() -> None:
    """CPU of a whole day, files read included, against the aim of one second."""
    for systems in ("RC", None):
        for name in DAYS:
            day(name, systems)
            spent = []
            for _ in range(ROUNDS):
                began = time.process_time()
                found = day(name, systems)
                spent.append(time.process_time() - began)
            pairs = sum(each.row.pairs for each in found.groups)
            told = systems or "all systems"
            print(f"{name} {told}: {pairs} pairs, {np.median(spent):.2f} CPU s ({min(spent):.2f} to {max(spent):.2f})")


def dilution() -> None:
    """Maps of a day: the usual grid, the fine one of 1 degree and 4 minutes, and the ranking of failures."""
    source = PreciseSource(read_sp3(FILES / DAYS["2022-001 GFZ"][1]))
    for step, cell in ((900.0, (5.0, 10.0)), (240.0, (1.0, 1.0))):
        grid = globe_grid(*(math.radians(value) for value in cell))
        for systems in ("R", "C", "RC"):
            began = time.process_time()
            sky = constellation_sky(source, source.span[0] + np.arange(0.0, 86_400.0, step), systems=systems)
            found = availability_map(sky.position, grid)
            print(
                f"{systems} {cell[0]:g} x {cell[1]:g} deg, {step:g} s: {found.availability:.2%}, worst "
                f"{found.fraction.min():.1%}, median {found.percentile(0.5):.2f}, {found.mean_visible:.1f} in view, "
                f"{time.process_time() - began:.2f} CPU s"
            )
    sky = constellation_sky(source, source.span[0] + np.arange(0.0, 86_400.0, 900.0), systems="R")
    began = time.process_time()
    ranking = outage_ranking(sky.position, sky.failure_groups(), globe_grid(math.radians(5.0), math.radians(10.0)))
    print(f"{len(ranking)} failures ranked, dearest {ranking[0].name}: {time.process_time() - began:.2f} CPU s")


def broken() -> None:
    """Both files cut at random bytes or with one byte changed: an error in words, or a table that lacks some."""
    draw = np.random.default_rng(7)
    texts = [gzip.decompress((FILES / file).read_bytes()) for file in DAYS["2020-177 GRG"]]
    told: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder, name) for name in ("nav.rnx", "orbit.sp3")]
        for case in range(2 * CUTS):
            spoiled = case % 2
            for k, (path, text) in enumerate(zip(paths, texts, strict=True)):
                place = int(draw.integers(0, len(text)))
                flipped = text[:place] + bytes([draw.integers(32, 127)]) + text[place + 1 :]
                path.write_bytes(text if k != spoiled else text[:place] if case < CUTS else flipped)
            try:
                found = monitor(read_navigation(paths[0]), read_sp3(paths[1]))
                worst = max((each.row.sisre_rms for each in found.groups if each.row.clocks), default=math.nan)
                told["a table" if not worst > 10.0 else "a table with SISRE beyond 10 m"] += 1
                if worst > 10.0:
                    print(
                        case, spoiled, worst, [(e.satellite, e.kind, e.error) for e in found.events if e.error > 10.0]
                    )
            except MoonsteadError as error:
                told[type(error).__name__] += 1
    print(dict(told))


def main() -> None:
    tasks = {"table": table, "cost": cost, "dilution": dilution, "broken": broken}
    for name in sys.argv[1:] or tasks:
        print(f"== {name}")
        tasks[name]()


if __name__ == "__main__":
    main()
