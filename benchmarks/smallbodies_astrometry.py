"""How fast files of astrometry are read and written, and what becomes of files that are wrong.

    python -m benchmarks.smallbodies_astrometry [reading] [hostile]

Process CPU time; the data are those of ../shared/data/smallbodies.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks import ROOT
from moonstead.formats.ades_writer import ades_psv, ades_xml
from moonstead.formats.astrometry import read_all_astrometry
from moonstead.formats.mpc80_writer import mpc80_lines
from moonstead.foundation.constants import ARCSECOND
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import MoonsteadError
from moonstead.smallbodies.astrometry.prepare import prepare_observations

REAL = ROOT.parent / "shared" / "data" / "smallbodies"
LINES = 100_000


def reading() -> None:
    """CPU seconds of a hundred thousand lines in each format."""
    real = (REAL / "99942_2004_2021.obs80").read_text().splitlines()
    dice = random.Random(1)
    many = [
        f"{real[row % len(real)][:23]}{dice.uniform(1, 28):08.5f} {real[row % len(real)][32:]}" for row in range(LINES)
    ]
    rows = _timed("read 80 columns", lambda: read_all_astrometry("\n".join(many)))
    print(f"  {rows.count} rows, {len(rows.rejected)} refused")
    for name, write in (("80 columns", lambda: "\n".join(mpc80_lines(rows))), ("PSV", lambda: ades_psv(rows))):
        _timed(f"write {name}", write)
    psv, xml = ades_psv(rows), ades_xml(rows)
    _timed("read PSV", lambda: read_all_astrometry(psv))
    _timed("read XML", lambda: read_all_astrometry(xml))
    data = DataContext.installed()
    _timed("observers, weights, clocks", lambda: prepare_observations(rows, data))


def hostile() -> None:
    """What an orbit fit makes of files that are wrong."""
    from moonstead.smallbodies.orbit_fit.from_files import orbit_from_files

    data, folder = DataContext.installed(), ROOT / "build" / "hostile"
    folder.mkdir(parents=True, exist_ok=True)
    for name, lines in _wrong_files().items():
        path = Path(folder / name)
        path.write_text("\n".join(lines) + "\n")
        begin = time.process_time()
        try:
            found = orbit_from_files([path], data)
            used, rms = int(np.count_nonzero(found.fit.used)), getattr(found.fit, "rms", np.nan) / ARCSECOND
            told = f"{used} of {found.prepared.count} rows, {len(found.rejected)} refused, rms {rms:.2f} arcsec"
        except MoonsteadError as error:
            told = f"{type(error).__name__}: {error}"
        print(f"{name:16s} {time.process_time() - begin:6.2f} s  {told}")


def _wrong_files() -> dict[str, list[str]]:
    good = (REAL / "2024BX1.obs80").read_text().splitlines()
    other = (REAL / "2024PT5.obs80").read_text().splitlines()
    return {
        "shifted": [f" {line}" if row % 3 == 0 else line for row, line in enumerate(good)],
        "repeated": good + good[:100],
        "swapped-station": [f"{line[:77]}F51" if line.endswith("204") else line for line in good],
        "mixed": good + other,
        "mixed-one-name": good + [good[1][:12] + line[12:] for line in other[:30]],
        "one-instant": [good[0], *(good[0][:32] + line[32:77] + good[0][77:] for line in good[1:6])],
        "impossible": [line[:44] + "+95" + line[47:] if row % 5 == 0 else line for row, line in enumerate(good)],
    }


def _timed(name: str, work: Callable[[], object]):
    begin = time.process_time()
    made = work()
    print(f"{name:28s} {time.process_time() - begin:6.2f} s", flush=True)
    return made


def main() -> None:
    subjects = {"reading": reading, "hostile": hostile}
    for name in sys.argv[1:] or subjects:
        print(f"-- {name}", flush=True)
        subjects[name]()


if __name__ == "__main__":
    main()
