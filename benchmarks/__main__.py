"""Command line: measure all subjects and write the page."""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks import ROOT, ephemeris, horizon, horizon_maps, messages, orientation, start_up, windows
from benchmarks.effort import FULL, QUICK
from benchmarks.page import Section, page
from benchmarks.propagation import contest
from moonstead.foundation.data import DataContext

SUBJECTS = (contest, start_up, ephemeris, orientation, windows, messages, horizon, horizon_maps)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes, one round: shows that all runs, no more")
    parser.add_argument("--out", type=Path, help="page to write; docs/performance.md, with --quick none")
    given = parser.parse_args()
    effort = QUICK if given.quick else FULL
    out = given.out or (None if given.quick else ROOT / "docs" / "performance.md")
    data = DataContext.installed()
    sections: list[Section] = []
    for subject in SUBJECTS:
        for section in subject.measure(data, effort):
            sections.append(section)
            print(section.markdown(), flush=True)
    if out is not None:
        out.write_text(page(sections, effort.repetitions))


if __name__ == "__main__":
    main()
