"""What the terrain around a place cannot show, and how wrong its skyline may be for that."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moonstead.surface.gnomonic_grid import gnomonic_grid
from moonstead.surface.nested import NestedTerrain
from moonstead.surface.terrain import SITE_GRADE_RESOLUTION, GlobalTerrain, destination
from moonstead.surface.terrain_caveat_products import TerrainProduct, terrain_products

if TYPE_CHECKING:
    from moonstead.surface.horizon import HorizonProfile

__all__ = ["HorizonBound", "NearFieldGap", "horizon_bound", "near_field_gap"]

Array = NDArray[np.float64]

RINGS = (0.0, 200.0, 1e3, 2e3, 5e3, 10e3, 20e3, 50e3, 100e3, 200e3, 300e3)  # [m]
DIRECTIONS = 72
FINE_ENOUGH = 1.0 / 250.0  # [m/m] a pixel that is 0.23 deg wide, half the Sun; nearer than 5 km 20 m are enough
HURST_EXPONENT = 0.95  # lunar highlands, 17 m to 2.7 km: Rosenburg et al. (2011), recalled
SURVEY = 12  # pixels to each side in which roughness is measured
SIGMAS = 2.0  # 95 % of normal errors
NEAR_OCTAVES = 6  # below one pixel, in each of which ground may stand before the view


@dataclass(frozen=True, eq=False)
class NearFieldGap:
    """How finely the ground around a place is known, ring by ring, and what is lacking.

    Attributes
    ----------
    distance : (K,) [m]
        Radius of each ring on the ground.
    resolution : (K,) [m]
        Coarsest resolution on it.
    needed : (K,) [m]
        What would do there: 20 m, further out a pixel half as wide as the Sun.
    level : tuple of str
        Name of the level that is coarsest on each ring.
    products : tuple of TerrainProduct
        Published terrain that would fill the gap, the finest first; empty where nothing is lacking.
    """

    distance: Array
    resolution: Array
    needed: Array
    level: tuple[str, ...]
    products: tuple[TerrainProduct, ...]

    @property
    def is_site_grade(self) -> bool:
        """Whether the ground at the place itself is as fine as published site studies use."""
        return bool(self.resolution[0] <= SITE_GRADE_RESOLUTION * (1.0 + 1e-6))

    @property
    def remark(self) -> str:
        """What is lacking where, and what would fill it; empty where nothing is."""
        lacking = np.flatnonzero(self.resolution > self.needed * (1.0 + 1e-6))
        if not lacking.size:
            return ""
        first, last = self.distance[lacking[0]], self.distance[lacking[-1]]
        where = "at the place" if last == 0.0 else f"from {first / 1e3:g} to {last / 1e3:g} km"
        worst = lacking[np.argmax(self.resolution[lacking] / self.needed[lacking])]
        names = "; ".join(product.text for product in self.products)
        return (
            f"Terrain {where} is coarser than a site study needs: {self.resolution[worst]:.0f} m instead of "
            f"{self.needed[worst]:.0f} m at {self.distance[worst] / 1e3:g} km ({self.level[worst]}). "
            f"Published terrain that would fill it: {names}."
        )


@dataclass(frozen=True, eq=False)
class HorizonBound:
    """How far the true skyline may lie from one found on this terrain, in 95 of 100 directions.

    Attributes
    ----------
    lower, upper : (M,) [rad]
        How much lower and how much higher it may be in each direction; both positive.
    relief : float [m]
        Standard deviation of the ground's height at the place about what the terrain shows.
    """

    lower: Array
    upper: Array
    relief: float


def near_field_gap(terrain: GlobalTerrain | NestedTerrain, latitude: float, longitude: float) -> NearFieldGap:
    """Resolution of the ground around a place by distance, what is lacking, and which products have it.

    Parameters
    ----------
    terrain : GlobalTerrain or NestedTerrain
        The ground.
    latitude, longitude : float [rad]
        The place in the terrain's frame.

    Returns
    -------
    NearFieldGap
        Eleven rings from the place to 300 km.

    Source
    ------
    Grids of published site studies: Gläser et al. (2014, 2018), 20 m; Barker et al. (2021), 5 m; their far rings:
    Barker et al. (2023), PSJ 4, 183, doi:10.3847/PSJ/acf3e1.
    """
    distance = np.array(RINGS)
    azimuth = np.arange(DIRECTIONS) * (2.0 * math.pi / DIRECTIONS)
    around = destination(latitude, longitude, azimuth[None, :], (distance / terrain.radius)[:, None])
    found = terrain.resolution_at(*around)
    coarsest = np.max(found, axis=1)
    names = (terrain.name,) * distance.size
    if isinstance(terrain, NestedTerrain):
        at = terrain.level_at(*around)[np.arange(distance.size), np.argmax(found, axis=1)]
        names = tuple(terrain.level_names[int(level)] for level in at)
    needed = np.maximum(SITE_GRADE_RESOLUTION, FINE_ENOUGH * distance)
    lacking = coarsest > needed * (1.0 + 1e-6)
    at_hand = terrain.level_names if isinstance(terrain, NestedTerrain) else ()
    published = tuple(p for p in terrain_products(latitude, longitude) if p.file.rpartition(".")[0] not in at_hand)
    products = _that_fill(distance[lacking], needed[lacking], published)
    return NearFieldGap(distance, coarsest, needed, names, products)


def _that_fill(distance: Array, needed: Array, products: tuple[TerrainProduct, ...]) -> tuple[TerrainProduct, ...]:
    """Of the products of a place, all that are fine enough for its nearest gap, and the coarsest for its furthest."""
    kept: list[TerrainProduct] = []
    for ring in {0, distance.size - 1} if distance.size else set():
        reaching = [product for product in products if product.reach >= distance[ring]]
        enough = [product for product in reaching if product.resolution <= needed[ring]] or reaching[:1]
        nearby = needed[ring] <= SITE_GRADE_RESOLUTION * (1.0 + 1e-6)
        kept += enough if nearby else enough[-1:]
    return tuple(product for product in products if product in kept)


def horizon_bound(terrain: GlobalTerrain | NestedTerrain, horizon: HorizonProfile) -> HorizonBound:
    """How wrong a skyline may be because of ground that its terrain is too coarse to show.

    What halving the terrain's resolution at the place would lose is measured; self-affine ground then lacks that much
    over sqrt(2^(2H) - 1). Two standard deviations of the ground under the eye and of the crest shift the skyline by
    their height over the distance, as far as they are independent of each other. And ground between two pixels and a
    sixteenth of one away may stand before the view, higher than shown by two standard deviations of the difference to
    the ground under the eye.

    Parameters
    ----------
    terrain : GlobalTerrain or NestedTerrain
        The ground that the skyline was found on.
    horizon : HorizonProfile
        The skyline.

    Returns
    -------
    HorizonBound

    Source
    ------
    Scaling of self-affine surfaces: Turcotte (1997), Fractals and Chaos in Geology and Geophysics, chapter 7; H = 0.95
    for lunar highlands: Rosenburg et al. (2011), JGR 116, E02001, doi:10.1029/2010JE003716 (recalled).
    """
    here = float(terrain.resolution_at(horizon.latitude, horizon.longitude))
    place = horizon.latitude, horizon.longitude
    heights = np.asarray(gnomonic_grid(terrain, *place, SURVEY * here, here).heights, dtype=np.float64)
    relief = float(np.sqrt(np.mean(_lost_by_halving(heights) ** 2) / (2.0 ** (2.0 * HURST_EXPONENT) - 1.0)))
    crest = destination(*place, horizon.azimuth, horizon.distance / terrain.radius)
    there = relief * (terrain.resolution_at(*crest) / here) ** HURST_EXPONENT
    tangent = np.tan(horizon.elevation)
    # ground near the eye is off with it: only the difference of the two counts
    alone = np.minimum(_difference(horizon.distance / here) / math.sqrt(2.0), 1.0)
    aside = np.hypot(relief, there) * alone / horizon.distance
    nearby = here / 2.0 ** np.arange(-1.0, NEAR_OCTAVES)
    ground = terrain.height(*destination(*place, horizon.azimuth[:, None], nearby[None, :] / terrain.radius))
    between = relief * _difference(nearby / here)
    before = np.max((ground - horizon.height + SIGMAS * between) / nearby, axis=1)
    highest = np.maximum(tangent + SIGMAS * aside, before)
    lower = horizon.elevation - np.arctan(tangent - SIGMAS * aside)
    return HorizonBound(lower, np.arctan(highest) - horizon.elevation, relief)


def _difference(lag: Array) -> Array:
    """Standard deviation [1] of height differences of missing relief of unit size over lags (N,) [pixel].

    Of self-affine ground with wavelengths between a hundredth of a pixel and two: its power k^-(2H + 1) weighted with
    2 (1 - J0(k lag)), Turcotte (1997), chapter 7.
    """
    from scipy.special import j0

    wave = 2.0 * math.pi / np.geomspace(2.0, 0.01, 400)
    weight = wave ** (-2.0 * HURST_EXPONENT)  # of equal steps of log k
    share = 2.0 * (1.0 - j0(wave[None, :] * lag[:, None])) @ weight / np.sum(weight)
    return np.asarray(np.sqrt(share), dtype=np.float64)


def _lost_by_halving(heights: Array) -> Array:
    """What a grid (n, n) [m] loses when it is drawn from means of 2 x 2 pixels, bilinear between their middles."""
    even = len(heights) // 2 * 2
    kept = heights[:even, :even]
    means = np.pad(kept.reshape(even // 2, 2, even // 2, 2).mean(axis=(1, 3)), 1, mode="edge")
    for _ in range(2):  # a pixel's centre lies a quarter of the way from its own mean to the next
        drawn = np.empty((2 * len(means) - 4, means.shape[1]))
        drawn[0::2] = 0.75 * means[1:-1] + 0.25 * means[:-2]
        drawn[1::2] = 0.75 * means[1:-1] + 0.25 * means[2:]
        means = drawn.T
    return np.asarray((kept - means)[2:-2, 2:-2], dtype=np.float64)
