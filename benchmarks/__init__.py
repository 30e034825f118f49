"""Peers and Moonstead side by side in one process: ratios of CPU time at matched accuracy.

`python -m benchmarks` measures and writes docs/performance.md; `--quick` takes seconds and proves only that all runs.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# What puts a peer on the same data is the tests' own: motion, brahe_peer, spice_truth, plain_march, reference_march
sys.path[:0] = [str(ROOT / "tests" / "dynamics"), str(ROOT / "tests" / "surface")]
