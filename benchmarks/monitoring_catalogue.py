"""What the catalogue's readers and its store make of whole catalogues, of damaged files, and of killed writers.

    python -m benchmarks.monitoring_catalogue [speed] [damaged] [killed] [conformance]

Variables: CASES (200) random places of damage for each file, ROUNDS (200) killed writers, GPCONF, the folder with the
package `gpconf` (Apache-2.0; its corpus is not part of this repository).

speed        CPU seconds of reading every shared file of elements, and of the store.
damaged      Every form of file, cut off, garbled and with lost bytes at random places. "crashed" counts anything but an
             answer or a refusal, "false" sets that the whole file does not have, "silent" files that lost sets without
             a word: a cut right between two sets of a format without a mark at its end, which nobody can see. Garbled
             bytes become what is no number: a digit that became another digit cannot be seen but by a checksum.
killed       Writers that are killed with SIGKILL at random moments: what was confirmed and is lost, what is half-read.
conformance  Cases of `gpconf` that need nothing to be fetched.
"""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks import ROOT
from moonstead.dynamics.mean_elements import MeanElements
from moonstead.formats.mean_elements_file import parse_mean_elements, read_mean_elements
from moonstead.formats.omm_writer import WRITERS
from moonstead.formats.tle_writer import format_tle
from moonstead.foundation.errors import MoonsteadError
from moonstead.foundation.time.epoch import Epoch
from moonstead.monitoring.catalogue.store import KEY, CatalogueStore

REAL = ROOT.parent / "shared" / "data" / "monitoring"
KILLER = ROOT / "tests" / "monitoring" / "catalogue" / "store_killer.py"
CASES = int(os.environ.get("CASES", "200"))
ROUNDS = int(os.environ.get("ROUNDS", "200"))
OBJECTS = 60  # of the files that are damaged
WRECK = b"~?\xff<"  # what garbled bytes become: never part of a number


def speed() -> None:
    for path in sorted([*REAL.glob("catalogs/*"), *REAL.glob("*/*.tle*")]):
        start = time.process_time()
        found = read_mean_elements(path)
        spent = time.process_time() - start
        print(f"{path.name:42} {found.kind:9} {len(found.elements):6} sets {len(found.faults):3} faults {spent:6.3f} s")
    whole = read_mean_elements(REAL / "catalogs/spacetrack_full_2022-07-15.3le.gz").elements
    now = Epoch.parse("2026-07-20")
    for suffix, write in WRITERS.items():
        raw = write(whole, now, "TEST").encode()
        start = time.process_time()
        found = parse_mean_elements(raw, suffix)
        spent = time.process_time() - start
        print(f"{found.kind:9} {len(found.elements):6} sets, {len(raw) / 1e6:5.1f} MB: {spent:.3f} s")
    with tempfile.TemporaryDirectory() as scratch:
        store = CatalogueStore(Path(scratch) / "store", create=True)
        history = read_mean_elements(REAL / "maneuver/Envisat_27386_2002-2017.tle.gz").elements
        for what, run in (
            ("append the catalogue", lambda: store.add_elements(whole)),
            ("append it again", lambda: store.add_elements(whole)),
            ("append a history", lambda: store.add_elements(history)),
            ("newest of all", lambda: len(store.elements(at=float(whole.tdb.max())))),
            ("history of one", lambda: len(store.elements(objects=[27386], history=True))),
            ("merge", store.compact),
        ):
            start = time.process_time()
            said = run()
            print(f"store: {what:22} {time.process_time() - start:6.3f} s  {said}")


def damaged() -> None:
    chance = np.random.default_rng(2026)
    whole = read_mean_elements(REAL / "catalogs/celestrak_active_2026-05.3le.gz").elements
    some = whole.select(np.sort(chance.choice(len(whole), OBJECTS, replace=False)))
    now = Epoch.parse("2026-07-20")
    files = {suffix: write(some, now, "TEST").encode() for suffix, write in WRITERS.items()}
    files[".tle"] = "".join(f"{line}\n" for line in format_tle(some)).encode()
    files[".tle.gz"] = gzip.compress(files[".tle"], mtime=0)
    files[".csv.gz"] = gzip.compress(files[".csv"], mtime=0)
    for suffix, raw in files.items():
        truth = _rows(parse_mean_elements(raw, suffix).elements)
        for kind in ("cut", "garbled", "lost"):
            counts = dict.fromkeys(("refused", "crashed", "false", "silent", "kept", "sets"), 0)
            for _ in range(CASES):
                at, length = int(chance.integers(len(raw))), int(chance.integers(1, 80))
                wreck = bytes(chance.choice(list(WRECK), length).astype(np.uint8))
                spoilt = {
                    "cut": raw[:at],
                    "garbled": raw[:at] + wreck + raw[at + length :],
                    "lost": raw[:at] + raw[at + length :],
                }
                try:
                    found = parse_mean_elements(spoilt[kind], suffix)
                except MoonsteadError:
                    counts["refused"] += 1
                    continue
                except Exception as error:
                    counts["crashed"] += 1
                    print("crashed:", suffix, kind, at, repr(error)[:200])
                    continue
                rows = _rows(found.elements)
                counts["false"] += len(rows - truth)
                counts["silent"] += bool(truth - rows) and not found.faults
                counts["kept"] += len(rows & truth)
                counts["sets"] += len(truth)
            share = counts.pop("kept") / max(counts.pop("sets"), 1)
            print(f"{suffix:8} {kind:8} {CASES} files: {counts}, {share:.1%} of the sets kept in those read")


def _rows(elements: MeanElements) -> set[tuple]:
    """What the sets say of orbits; a damaged name is a name still."""
    return set(zip(*(getattr(elements, name).tolist() for name in KEY), strict=True))


def killed() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        done = subprocess.run(
            [sys.executable, str(KILLER), str(Path(scratch) / "store"), str(ROUNDS), "7"],
            capture_output=True,
            text=True,
            check=True,
        )
    print(f"{ROUNDS} writers killed: {json.loads(done.stdout)}")


def conformance() -> None:
    import runpy

    if "GPCONF" not in os.environ:
        sys.exit("conformance needs GPCONF, the folder that holds the package gpconf")
    sys.path.append(os.environ["GPCONF"])
    sys.argv = ["gpconf", "run", "--adapter", "benchmarks.monitoring_conformance:Parser", "--no-fetch-hint"]
    runpy.run_module("gpconf", run_name="__main__")


def main() -> None:
    parts = {"speed": speed, "damaged": damaged, "killed": killed, "conformance": conformance}
    for name in sys.argv[1:] or ["speed", "damaged", "killed"]:
        parts[name]()


if __name__ == "__main__":
    main()
