"""Orbits of asteroids and comets as the agencies publish them: elements, covariance, forces beside gravity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.errors import InvalidInput

Array = NDArray[np.float64]

KINDS = {
    "cometary": ("q", "e", "i", "node", "peri", "tp"),
    "keplerian": ("a", "e", "i", "node", "peri", "M"),
    "equinoctial": ("a", "h", "k", "p", "q", "lambda"),
    "cartesian": ("x", "y", "z", "vx", "vy", "vz"),
}
"""What the six numbers of an orbit are: osculating heliocentric elements on the ecliptic of J2000, or a state."""

FORCES = ("A1", "A2", "A3")
SYMMETRIC = 1e-6  # [1] of a correlation: files give 13 to 16 digits
ROUNDING = 1e-9  # [1] of an eigenvalue of the correlation: what 13 digits leave


@dataclass(frozen=True, eq=False)
class PublishedOrbit:
    """What a file says about one orbit, in SI units and radians, in the file's own kind of elements.

    Attributes
    ----------
    name : str
        Designation.
    tdb : float [s TDB past J2000]
        Epoch of the elements and of the covariance.
    kind : str
        A key of `KINDS`: which six elements. `h` and `k` are e sin and e cos of the longitude of perihelion, `p` and
        `q` of an equinoctial set tan(i / 2) sin and cos of the node; `tp` is TDB past J2000.
    center, frame : str
        ``"SUN"`` and ``"ECLIPJ2000"`` for elements; what the file says for a state.
    elements : (6,) [mixed]
        m, rad, s, 1 (elements), m and m/s (state).
    parameters : tuple of str
        What rows and columns of the covariance are: the six of the kind, then the forces that were solved for.
    covariance : (K, K) [mixed] or None
        In the units of the elements and m/s2.
    forces : mapping of str to float [m/s2]
        A1, A2, A3 at 1 au.
    law : mapping of str to float [mixed]
        Marsden's alpha, r0 [m], m, n, k where the file gives them.
    absolute_magnitude, slope : float [1] or None
        H and G.
    magnitude_sigma : float [1] or None
        Standard deviation of H.
    source : str
        Who says so.
    """

    name: str
    tdb: float
    kind: str
    center: str
    frame: str
    elements: Array
    parameters: tuple[str, ...]
    covariance: Array | None
    forces: Mapping[str, float] = field(default_factory=dict)
    law: Mapping[str, float] = field(default_factory=dict)
    absolute_magnitude: float | None = None
    slope: float | None = None
    magnitude_sigma: float | None = None
    source: str = ""


def checked_covariance(covariance: Array, name: str) -> Array:
    """A symmetric covariance whose small negative eigenvalues, if any, are rounding.

    Parameters
    ----------
    covariance : (K, K) [mixed]
        As read.
    name : str
        File, for messages.

    Returns
    -------
    (K, K) [mixed]
        Symmetric.

    Raises
    ------
    InvalidInput
        It is not finite, not square, has a variance that is not positive, or correlations beyond 1.
    """
    if covariance.ndim != 2 or covariance.shape[0] != covariance.shape[1] or not np.all(np.isfinite(covariance)):
        raise InvalidInput(f"{name}: the covariance is no square table of numbers")
    spread = np.sqrt(np.abs(np.diag(covariance)))
    if np.any(np.diag(covariance) <= 0.0):
        raise InvalidInput(f"{name}: the covariance has a variance that is not positive; fetch the file again")
    correlation = covariance / np.outer(spread, spread)
    if np.max(np.abs(correlation - correlation.T)) > SYMMETRIC:
        raise InvalidInput(f"{name}: the covariance is not symmetric")
    correlation = 0.5 * (correlation + correlation.T)
    if np.min(np.linalg.eigvalsh(correlation)) < -ROUNDING * spread.size:
        raise InvalidInput(f"{name}: the covariance has a negative eigenvalue: no such uncertainty exists")
    symmetric: Array = correlation * np.outer(spread, spread)
    return symmetric
