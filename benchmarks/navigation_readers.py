"""How fast observation files are read: unpacking, compact RINEX and parsing apart, and georinex beside it.

    python -m benchmarks.navigation_readers [day] [georinex]

Process CPU time after a warm-up run; the data are those of ../shared/data/gnss. For the second subject the variable
GEORINEX_PYTHON names a Python interpreter that has georinex; it reads the same file in the same run.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks import ROOT
from moonstead.formats.compact_rinex import restore_rinex
from moonstead.formats.gnss_files import unpack
from moonstead.formats.rinex_observation import read_observations

REAL = ROOT.parent / "shared" / "data" / "gnss"
DAYS = ("ESBC00DNK_R_20201770000_01D_30S_MO.crx.xz", "NYA100NOR_S_20241240000_01D_30S_MO.crx.gz")
HOURS = "OPEC00NOR_R_20220010000_0340_30S_MO.rnx.gz"
ROUNDS = 3
PEER = """
import sys, time, warnings
warnings.simplefilter("ignore")
import georinex
begin = time.process_time()
georinex.load(sys.argv[1])
print(time.process_time() - begin)
"""


def day() -> None:
    """CPU seconds of whole days, packed and plain."""
    with tempfile.TemporaryDirectory() as folder:
        for name in DAYS:
            packed = REAL / name
            compact = unpack(packed)
            text = restore_rinex(compact, packed).text
            plain = Path(folder) / "plain.rnx"
            plain.write_bytes(text)
            print(f"{name}: {len(text) / 1e6:.1f} MB of RINEX, {len(compact) / 1e6:.1f} MB compact")
            _timed("unpack", lambda packed=packed: unpack(packed))
            _timed("restore compact RINEX", lambda c=compact, p=packed: restore_rinex(c, p))
            _timed("plain file to arrays", lambda plain=plain: read_observations(plain))
            _timed("packed file to arrays, all of it", lambda packed=packed: read_observations(packed))


def georinex() -> None:
    """The same plain file by georinex and here."""
    python = os.environ.get("GEORINEX_PYTHON")
    if not python:
        print("GEORINEX_PYTHON is not set: no comparison")
        return
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "hours.rnx"
        plain.write_bytes(unpack(REAL / HOURS))
        ours = _timed("here", lambda: read_observations(plain))
        told = subprocess.run([python, "-c", PEER, str(plain)], capture_output=True, text=True, check=True)
        theirs = float(told.stdout)
        print(f"  {'georinex':34s} {theirs:7.3f} s, {theirs / ours:.0f} times as long")


def _timed(name: str, work: Callable[[], object]) -> float:
    work()
    best = float("inf")
    for _ in range(ROUNDS):
        begin = time.process_time()
        work()
        best = min(best, time.process_time() - begin)
    print(f"  {name:34s} {best:7.3f} s", flush=True)
    return best


def main() -> None:
    subjects = {"day": day, "georinex": georinex}
    for name in sys.argv[1:] or subjects:
        print(f"-- {name}", flush=True)
        subjects[name]()


if __name__ == "__main__":
    main()
