"""How bright an asteroid is: the phase functions H, G and H, G1, G2."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.constants import ASTRONOMICAL_UNIT

if TYPE_CHECKING:
    from scipy.interpolate import CubicSpline

Array = NDArray[np.float64]

DEFAULT_SLOPE = 0.15  # [1] G where nobody measured it; Bowell et al. (1989)

# H, G: Bowell et al. (1989), equation A4; the pure exponentials, within 0.02 mag of the
# blended form above 3 deg of phase and 0.04 mag below
DECAYS, POWERS = (3.33, 1.87), (0.63, 1.22)

# H, G1, G2: Muinonen et al. (2010), tables 3 and 4; linear up to the first knot, then cubic splines
# with given end slopes
LINEAR_END = np.radians(7.5)  # [rad]
KNOTS = np.radians([7.5, 30.0, 60.0, 90.0, 120.0, 150.0])  # [rad]
FIRST = (7.5e-1, 3.3486016e-1, 1.3410560e-1, 5.1104756e-2, 2.1465687e-2, 3.6396989e-3)
FIRST_ENDS = (-1.9098593, -9.1328612e-2)  # [1/rad]
SECOND = (9.25e-1, 6.2884169e-1, 3.1755495e-1, 1.2716367e-1, 2.2373903e-2, 1.6505689e-4)
SECOND_ENDS = (-5.7295780e-1, -8.6573138e-8)  # [1/rad]
SURGE_KNOTS = np.radians([0.0, 0.3, 1.0, 2.0, 4.0, 8.0, 12.0, 20.0, 30.0])  # [rad]
SURGE = (1.0, 8.3381185e-1, 5.7735424e-1, 4.2144772e-1, 2.3174230e-1, 1.0348178e-1, 6.1733473e-2, 1.6107006e-2, 0.0)
SURGE_ENDS = (-1.0630097e-1, 0.0)  # [1/rad]
LARGEST_PHASE = KNOTS[-1]  # [rad] where H, G1, G2 ends


def apparent_magnitude(
    absolute: float, sun_distance: ArrayLike, distance: ArrayLike, phase: ArrayLike, slope: float | None = None
) -> Array:
    """Apparent V magnitude of an asteroid, by its H and G.

    Parameters
    ----------
    absolute : float [1]
        H, the magnitude at 1 au from Sun and observer and zero phase.
    sun_distance, distance : (N,) [m]
        From the Sun and from the observer.
    phase : (N,) [rad]
        Angle Sun, asteroid, observer.
    slope : float or None [1]
        G; `DEFAULT_SLOPE` where it is not known.

    Returns
    -------
    (N,) [1]
        Magnitudes; ``inf`` at a phase of pi, where nothing lit is seen.

    Source
    ------
    Bowell et al. (1989), in Asteroids II, 524, equations A1 to A4. Good to a phase of 120 deg.
    """
    apart = np.asarray(sun_distance, dtype=np.float64) * np.asarray(distance, dtype=np.float64) / ASTRONOMICAL_UNIT**2
    with np.errstate(divide="ignore"):
        dimming = -2.5 * np.log10(hg_brightness(phase, slope))
    magnitude: Array = absolute + 5.0 * np.log10(apart) + dimming
    return magnitude


def hg_brightness(phase: ArrayLike, slope: float | None = None) -> Array:
    """Brightness relative to that at zero phase, by H, G.

    Parameters
    ----------
    phase : (N,) [rad]
        Angle Sun, asteroid, observer, in [0, pi].
    slope : float or None [1]
        G; `DEFAULT_SLOPE` where it is not known.

    Returns
    -------
    (N,) [1]
        1 at zero phase, 0 at pi.

    Source
    ------
    Bowell et al. (1989), in Asteroids II, 524, equations A1 to A4.
    """
    first, second = _hg_basis(phase)
    share = DEFAULT_SLOPE if slope is None else slope
    bright: Array = (1.0 - share) * first + share * second
    return bright


def hg_steepness(phase: ArrayLike, slope: float | None = None) -> Array:
    """Change of the magnitude per phase angle, by H, G.

    Falls from infinity at zero phase to a minimum and rises to infinity at pi: between two phases it is never above
    the larger of the two ends.

    Parameters
    ----------
    phase : (N,) [rad]
        Angle Sun, asteroid, observer, in [0, pi].
    slope : float or None [1]
        G; `DEFAULT_SLOPE` where it is not known.

    Returns
    -------
    (N,) [1/rad]
        Magnitudes per radian; positive.

    Source
    ------
    Derivative of `hg_brightness`.
    """
    share = DEFAULT_SLOPE if slope is None else slope
    half = 0.5 * np.asarray(phase, dtype=np.float64)
    steep = np.full(half.shape, np.inf)
    inside = (half > 0.0) & (half < 0.5 * np.pi)
    tangent = np.tan(half[inside])
    rise = 0.5 / np.cos(half[inside]) ** 2
    first, second = _hg_basis(2.0 * half[inside])
    fall = np.zeros(tangent.shape)
    for weight, basis, decay, power in zip((1.0 - share, share), (first, second), DECAYS, POWERS, strict=True):
        fall += weight * basis * decay * power * tangent ** (power - 1.0) * rise
    bright = (1.0 - share) * first + share * second
    steep[inside] = 2.5 / np.log(10.0) * np.divide(fall, bright, out=np.full_like(fall, np.inf), where=bright > 0.0)
    return steep


def hg1g2_brightness(phase: ArrayLike, g1: float, g2: float) -> Array:
    """Brightness relative to that at zero phase, by H, G1, G2.

    Parameters
    ----------
    phase : (N,) [rad]
        Angle Sun, asteroid, observer, in [0, pi].
    g1, g2 : float [1]
        The two slopes.

    Returns
    -------
    (N,) [1]
        1 at zero phase; NaN beyond 150 deg, where the model ends.

    Source
    ------
    Muinonen et al. (2010), Icarus 209, 542, doi:10.1016/j.icarus.2010.04.003, equations 16 to 18, tables 3 and 4.
    """
    angle = np.asarray(phase, dtype=np.float64)
    first_spline, second_spline, surge_spline = _splines()
    linear = angle < LINEAR_END
    first = np.where(linear, 1.0 - 6.0 * angle / np.pi, first_spline(angle))
    second = np.where(linear, 1.0 - 9.0 * angle / (5.0 * np.pi), second_spline(angle))
    surge = np.where(angle < SURGE_KNOTS[-1], surge_spline(np.minimum(angle, SURGE_KNOTS[-1])), 0.0)
    bright = g1 * first + g2 * second + (1.0 - g1 - g2) * surge
    kept: Array = np.where(angle <= LARGEST_PHASE, bright, np.nan)
    return kept


@cache
def _splines() -> tuple[CubicSpline, CubicSpline, CubicSpline]:
    from scipy.interpolate import CubicSpline

    def clamped(knots: Array, values: tuple[float, ...], ends: tuple[float, float]) -> CubicSpline:
        return CubicSpline(knots, values, bc_type=((1, ends[0]), (1, ends[1])))

    return (
        clamped(KNOTS, FIRST, FIRST_ENDS),
        clamped(KNOTS, SECOND, SECOND_ENDS),
        clamped(SURGE_KNOTS, SURGE, SURGE_ENDS),
    )


def _hg_basis(phase: ArrayLike) -> tuple[Array, Array]:
    half = 0.5 * np.asarray(phase, dtype=np.float64)
    # tan of exactly pi/2 is finite in floating point and its exponential is zero all the same
    tangent = np.abs(np.tan(half))
    return np.exp(-DECAYS[0] * tangent ** POWERS[0]), np.exp(-DECAYS[1] * tangent ** POWERS[1])
