"""SPICE on the same data: kernels for both of spiceypy's ways into it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from spice_truth import frame_kernel, kernels

from moonstead.dynamics.trajectories import SurfacePoint
from moonstead.foundation.data import DataContext


@contextmanager
def spice_pool(data: DataContext, sites: Sequence[SurfacePoint] = ()) -> Iterator[Path]:
    """Ephemeris, lunar orientation and frames loaded; gives a folder for more files."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "frames.tf").write_text(frame_kernel(list(sites)))
        with kernels([folder / "frames.tf", data.dataset("de440s").path, data.dataset("moon-pa-de440").path]):
            yield folder
