"""Where compiled kernels are kept: one folder for each state of the kernels' source."""

from __future__ import annotations

import hashlib
import os
import sys
from functools import cache
from pathlib import Path

from moonstead.foundation.cache import cache_folder

PACKAGE = Path(__file__).resolve().parents[1]
VARIABLE = "NUMBA_CACHE_DIR"
SIMD = "MOONSTEAD_SIMD"  # read by `dynamics.vector_kernels`; what the processor can do is in numba's own index
SUFFIXES = ("*_kernels.py", "*_tableau.py", "*_tables.py")  # kernels, and what they freeze or are called with


@cache
def kernel_hash() -> str:
    """Text that changes when any kernel of the package, Moonstead's place on disk, or the choice of vectors does."""
    digest = hashlib.sha256(str(PACKAGE).encode())
    digest.update(os.environ.get(SIMD, "").encode())
    for path in sorted({path for suffix in SUFFIXES for path in PACKAGE.rglob(suffix)}):
        digest.update(path.relative_to(PACKAGE).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


@cache
def prepare() -> None:
    """Point numba to the folder of this state of the kernels; to be called before a module of kernels is imported.

    Numba keeps a compiled kernel until its own file changes and does not notice a change in a kernel that it calls
    (numba issue 8851). A folder that the user named in the environment variable NUMBA_CACHE_DIR is left alone.
    """
    if os.environ.get(VARIABLE):
        return
    folder = str(cache_folder() / f"numba-{kernel_hash()}")
    os.environ[VARIABLE] = folder
    loaded = sys.modules.get("numba.core.config")
    if loaded is not None:
        loaded.CACHE_DIR = folder  # type: ignore[attr-defined]
