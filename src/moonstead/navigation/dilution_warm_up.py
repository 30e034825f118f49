"""Compiling the kernel of dilution ahead of its first use."""

from __future__ import annotations

import numpy as np

from moonstead.navigation.dilution import dilution, geodetic_sites


def warm_up() -> None:
    """Run the kernel of dilution on one satellite and one site."""
    dilution(np.array([[[26e6, 0.0, 0.0]]]), geodetic_sites(0.0, 0.0))
