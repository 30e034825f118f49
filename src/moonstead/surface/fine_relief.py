"""Random ground as rough as the Moon's highlands at every scale: what stands in for relief that no grid shows."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.errors import InvalidInput

__all__ = [
    "HURST_EXPONENT",
    "FineBands",
    "SelfAffineGround",
    "fine_bands",
    "highland_rise",
    "self_affine_ground",
]

Array = NDArray[np.float64]

HURST_EXPONENT = 0.95  # median of the highlands, baselines of 17 m to 2.7 km: Rosenburg et al. (2011), recalled
HIGHLAND_SLOPE = math.radians(7.5)  # median slope of the highlands over 17 m: Rosenburg et al. (2011), recalled
HIGHLAND_BASELINE = 17.0  # [m]
RAYLEIGH_MEDIAN = 1.1774  # median length of a vector with two Gaussian components of unit variance
TILE_SIZE = 512  # pixels of a periodic square, a power of two
PIXELS_PER_WAVE = 3.0  # of the shortest wave in a band
BAND_COUNT = 2
PIXELS_PER_BASELINE = 12.0
SEED_OF_BANDS = 20110  # the tiles themselves are the same for all; members of an ensemble lie elsewhere on them


def highland_rise(baseline: float) -> float:
    """Root mean square difference of height of two points of the lunar highlands.

    Parameters
    ----------
    baseline : float [m]
        Distance between the points.

    Returns
    -------
    float [m]
        322 m over 3.8 km, 2.0 m over 17 m.

    Source
    ------
    Median slope of 7.5 degrees over 17 m, Hurst exponent 0.95: Rosenburg et al. (2011), JGR 116, E02001,
    doi:10.1029/2010JE003716 (both recalled; maps of them: NASA PGDA product 70). A median slope is 1.18 times the rms
    of its components where these are Gaussian.
    """
    component = math.tan(HIGHLAND_SLOPE) / RAYLEIGH_MEDIAN
    return component * HIGHLAND_BASELINE * (baseline / HIGHLAND_BASELINE) ** HURST_EXPONENT


@dataclass(frozen=True, eq=False)
class SelfAffineGround:
    """Random heights on a periodic square; two points one baseline apart differ by 1 m rms.

    Attributes
    ----------
    spacing : float [m]
        Of the pixels, P x P.
    amplitude : (P, P) float32 [m]
        By which each wave of complex white noise is multiplied.
    baseline : float [m]
        The distance that sets the size.
    wave_density : float [1]
        Power spectrum of the field at a frequency of 1 per m.
    """

    spacing: float
    amplitude: NDArray[np.float32]
    baseline: float
    wave_density: float

    @property
    def shortest(self) -> float:
        """Shortest wavelength [m] that the pixels hold."""
        return 2.0 * self.spacing

    def heights(self, random: np.random.Generator) -> tuple[Array, Array]:
        """Two realisations (P, P) [m] that do not know of each other: both parts of one complex field."""
        from scipy.fft import ifft2

        shape = self.amplitude.shape
        real, imaginary = (random.standard_normal(shape, dtype=np.float32) for _ in range(2))
        field = ifft2(self.amplitude * (real + 1j * imaginary), overwrite_x=True)
        return field.real.astype(np.float64), field.imag.astype(np.float64)

    def deviation(self, longest: float, shortest: float) -> float:
        """Standard deviation of all waves between two wavelengths, on pixels of any size.

        Parameters
        ----------
        longest, shortest : float [m]
            Wavelengths.

        Returns
        -------
        float [m]
            0 where the shortest is not below the longest.
        """
        if shortest >= longest:
            return 0.0
        power = 2.0 * HURST_EXPONENT
        return math.sqrt(self.wave_density * 2.0 * math.pi / power * (longest**power - shortest**power))


@lru_cache(maxsize=4)
def self_affine_ground(baseline: float, spacing: float) -> SelfAffineGround:
    """Self-affine ground with the Hurst exponent of the lunar highlands.

    Parameters
    ----------
    baseline : float [m]
        Distance over which heights shall differ by 1 m rms.
    spacing : float [m]
        Of the pixels; it must hold the baseline in a hundredth to a quarter of the square.

    Returns
    -------
    SelfAffineGround

    Raises
    ------
    InvalidInput
        The baseline does not fit the square.

    Source
    ------
    Waves longer than the square (162 km for a baseline of 3.8 km) are missing, as they are from measured roughness,
    which has slopes over 30 km taken away (NASA PGDA product 70). Spectral synthesis with the power spectrum
    k^-(2 H + 2): Turcotte (1997), Fractals and Chaos in Geology and Geophysics, chapter 7. The size follows from the
    structure function 2 sum P(k) (1 - J0(2 pi k L)).
    """
    from scipy.special import j0

    if not 4.0 * spacing <= baseline <= 0.25 * TILE_SIZE * spacing:
        raise InvalidInput(f"a baseline of {baseline:g} m does not fit a square of {TILE_SIZE} pixels of {spacing:g} m")
    axis = np.fft.fftfreq(TILE_SIZE, spacing)
    frequency = np.hypot(axis[:, None], axis[None, :])
    inside = (frequency > 0.0) & (frequency < 0.5 / spacing)
    power = np.where(inside, np.maximum(frequency, 1e-12) ** -(2.0 * HURST_EXPONENT + 2.0), 0.0)
    structure = 2.0 * float(np.sum(power * (1.0 - j0(2.0 * math.pi * frequency * baseline))))
    amplitude = (np.sqrt(power / structure) * TILE_SIZE**2).astype(np.float32)
    return SelfAffineGround(spacing, amplitude, baseline, (TILE_SIZE * spacing) ** 2 / structure)


@dataclass(frozen=True, eq=False)
class FineBands:
    """Periodic random fields of unit variance, one for each band of wavelengths.

    Attributes
    ----------
    tiles : (B, P, P) [1]
        The fields.
    spacings : (B,) [m]
        Size of the pixels of each.
    bounds : (B + 1,) [m]
        Wavelengths between the bands, falling.
    """

    tiles: Array
    spacings: Array
    bounds: Array


@lru_cache(maxsize=2)
def fine_bands(longest: float, shortest: float) -> FineBands:
    """Random fields for wavelengths that are too short for one field to hold together with long ones.

    Parameters
    ----------
    longest, shortest : float [m]
        Wavelengths.

    Returns
    -------
    FineBands
        Two bands of equal ratio.

    Raises
    ------
    InvalidInput
        The wavelengths are not positive and falling.

    Source
    ------
    As `self_affine_ground`.
    """
    if not 0.0 < shortest < longest:
        raise InvalidInput(
            f"wavelengths must fall from the longest to the shortest; got {longest:g} and {shortest:g} m"
        )
    bounds: Array = longest * (shortest / longest) ** (np.arange(BAND_COUNT + 1, dtype=np.float64) / BAND_COUNT)
    spacings = bounds[1:] / PIXELS_PER_WAVE
    random = np.random.default_rng(SEED_OF_BANDS)
    tiles = []
    for spacing, upper, lower in zip(spacings, bounds[:-1], bounds[1:], strict=True):
        frequency = np.hypot(np.fft.fftfreq(TILE_SIZE, spacing)[:, None], np.fft.rfftfreq(TILE_SIZE, spacing)[None, :])
        inside = (frequency >= 1.0 / upper) & (frequency < 1.0 / lower)
        amplitude = np.where(inside, np.maximum(frequency, 1e-12) ** -(HURST_EXPONENT + 1.0), 0.0)
        waves = np.fft.rfft2(random.normal(size=(TILE_SIZE, TILE_SIZE))) * amplitude
        field = np.fft.irfft2(waves, (TILE_SIZE, TILE_SIZE))
        tiles.append(field / np.std(field))
    return FineBands(np.array(tiles), spacings, bounds)
