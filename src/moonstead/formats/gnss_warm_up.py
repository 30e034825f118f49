"""Compiling the kernels of observation files ahead of their first use."""

from __future__ import annotations

import tempfile
from pathlib import Path

from moonstead.formats.gnss_files import MOST_BYTES
from moonstead.formats.rinex_observation import read_observations
from moonstead.formats.unix_compress import expand

COMPACT = (
    ("3.0", "COMPACT RINEX FORMAT", "CRINEX VERS   / TYPE"),
    ("", "", "CRINEX PROG / DATE"),
    ("     3.05", "OBSERVATION DATA    M", "RINEX VERSION / TYPE"),
    ("G    1 C1C", "", "SYS / # / OBS TYPES"),
    ("  2020     1     1", "     0     0    0.0000000     GPS", "TIME OF FIRST OBS"),
    ("", "", "END OF HEADER"),
)
EPOCH = "> 2020 01 01 00 00 00.0000000  0  1      G01\n\n3&20000000000\n"
LONE_A = b"\x1f\x9d\x90\x41\x00"  # what compress makes of the letter A


def warm_up() -> None:
    """Read a compact file of one epoch and a .Z file of one letter; the compiled code stays in numba's cache."""
    header = "".join(f"{first:<20}{second:<40}{label}\n" for first, second, label in COMPACT)
    with tempfile.TemporaryDirectory(prefix="moonstead-") as folder:
        path = Path(folder) / "one.crx"
        path.write_text(header + EPOCH)
        read_observations(path)
    expand(LONE_A, "one.Z", MOST_BYTES)
