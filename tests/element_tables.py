"""Writes synthetic tables in the layouts of Lunar Prospector's: nothing in them was measured."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path

import numpy as np

GRS_NAMES = ("MgO", "Al2O3", "SiO2", "CaO", "TiO2", "FeO", "K", "Th", "U")
GRS_TYPICAL = (0.06, 0.25, 0.45, 0.15, 0.005, 0.06, 800.0, 2.0, 0.54)
GRS_SIGMA = (0.01, 0.02, 0.02, 0.01, 0.002, 0.005, 60.0, 0.2, 0.05)


def band_pixels(height: float) -> list[tuple[float, float, float, float]]:
    """Pixels [deg] of nearly equal area: caps of half the height, then bands, as in the tables of 2, 5 and 20 deg."""
    edges = [-90.0, *np.arange(-90.0 + 0.5 * height, 90.0, height), 90.0]
    pixels = []
    for south, north in itertools.pairwise(edges):
        cap = abs(south) == 90.0 or abs(north) == 90.0
        count = 1 if cap else max(round(360.0 * np.cos(np.radians(0.5 * (south + north))) / height), 1)
        width = 360.0 / count
        pixels += [(south, north, -180.0 + k * width, -180.0 + (k + 1) * width) for k in range(count)]
    return pixels


def write_grs_table(
    folder: Path,
    height: int = 20,
    thorium: Callable[[float, float], float] | None = None,
    *,
    covariance: bool = True,
    label: bool = True,
) -> Path:
    """Write lpgrs_high1_elem_abundance_`height`deg.tab; `thorium` gives ppm at latitude and longitude [deg]."""
    pixels = band_pixels(float(height))
    rows = []
    for number, edges in enumerate(pixels):
        values = list(GRS_TYPICAL)
        if thorium is not None:
            values[7] = thorium(0.5 * (edges[0] + edges[1]), 0.5 * (edges[2] + edges[3]))
        terms = [GRS_SIGMA[i] ** 2 if i == j else 0.0 for i in range(len(GRS_NAMES)) for j in range(i, len(GRS_NAMES))]
        numbers = [*edges, 21.8, 1.4e-6, *values, *(terms if covariance else [])]
        rows.append(f"{number:13d} " + " ".join(f"{value:13.6E}" for value in numbers))
    path = folder / f"lpgrs_high1_elem_abundance_{height}deg.tab"
    path.write_text("\r\n".join(rows) + "\r\n", newline="")
    if label:
        columns = 16 + (45 if covariance else 0)
        path.with_suffix(".lbl").write_text(
            'PDS_VERSION_ID = PDS3\nDATA_SET_ID = "LP-L-GRS-5-ELEM-ABUNDANCE-V1.0"\nNOTE = "Synthetic values"\n'
            f"RECORD_TYPE = FIXED_LENGTH\nRECORD_BYTES = {len(rows[0]) + 2}\nFILE_RECORDS = {len(rows)}\n"
            f'^TABLE = "{path.name.upper()}"\nOBJECT = TABLE\n  ROWS = {len(rows)}\n  COLUMNS = {columns}\n'
            f"  ROW_BYTES = {len(rows[0]) + 2}\n  INTERCHANGE_FORMAT = ASCII\nEND_OBJECT = TABLE\nEND\n"
        )
    return path


def write_hydrogen_table(
    folder: Path, step: float = 10.0, hydrogen: Callable[[float, float], float] = lambda latitude, longitude: 50.0
) -> Path:
    """Write hydrogenhd.txt with pixels of `step` degrees; `hydrogen` gives ppm at latitude and longitude [deg]."""
    lines = [
        "#",
        "# Synthetic values in the layout of the Hydrogen data described by Feldman et al., JGR, 2001",
        '# for the Lunar Prospector "Hydrogen_halfdeg" dataset of December, 2001.',
        "# These data are in units of H ppm by weight.",
        "#",
    ]
    for south in np.arange(-90.0, 90.0, step):
        for west in np.arange(-180.0, 180.0, step):
            value = hydrogen(south + 0.5 * step, west + 0.5 * step)
            edges = (south, south + step, west, west + step, value)
            lines.append(", ".join(f"{number:10.2f}" for number in edges))
    path = folder / "hydrogenhd.txt"
    path.write_text("\n".join(lines) + "\n")
    return path
