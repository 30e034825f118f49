"""Published terrain of the Moon: which product would fill what is lacking around a place."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from moonstead.surface.tiles import unit_vector

__all__ = ["TerrainProduct", "terrain_products"]

SITE_TILE_REACH = 10e3  # [m] half the diagonal of 16 km, and the kilometres to which their middles are known
PGDA = "NASA GSFC, pgda.gsfc.nasa.gov/products"
PDS = "LOLA gridded data records, PDS data set LRO-L-LOLA-4-GDR-V1.0, imbrium.mit.edu"
MOON_RADIUS = 1_737_400.0  # [m]


@dataclass(frozen=True, slots=True)
class TerrainProduct:
    """A published map of heights.

    Attributes
    ----------
    file : str
        Name of its file.
    resolution : float [m]
        Of its pixels.
    extent : str
        What it shows.
    source : str
        Who gives it.
    reach : float [m]
        How far from a place in its middle it shows the ground.
    """

    file: str
    resolution: float
    extent: str
    source: str
    reach: float = math.inf

    @property
    def text(self) -> str:
        """One line for the reader."""
        return f"{self.file} ({self.resolution:g} m, {self.extent}; {self.source})"


def _cap(file: str, resolution: float, limit: float, source: str) -> tuple[float, TerrainProduct]:
    side = "S" if limit < 0.0 else "N"
    return limit, TerrainProduct(file, resolution, f"{abs(limit):g} to 90 deg {side}", source)


# [deg] of latitude where each begins. Files of PGDA 90 as its page lists them; PGDA 81 and the northern PDS names are
# recalled and were not opened
CAPS = (
    _cap("ldem_87s_5mpp.tif", 5.0, -87.0, f"{PGDA}/81"),
    _cap("LDEM_83S_10MPP_ADJ.TIF", 10.0, -83.0, f"{PGDA}/90"),
    _cap("LDEM_80S_20MPP_ADJ.TIF", 20.0, -80.0, f"{PGDA}/90"),
    _cap("LDEM_75S_30MPP_ADJ.TIF", 30.0, -75.0, f"{PGDA}/90"),
    _cap("LDEM_60S_60MPP_ADJ.TIF", 60.0, -60.0, f"{PGDA}/90"),
    _cap("LDEM_60S_240MPP_ADJ.TIF", 240.0, -60.0, f"{PGDA}/90"),
    _cap("LDEM_875N_5M.IMG", 5.0, 87.5, PDS),
    _cap("LDEM_85N_10M.IMG", 10.0, 85.0, PDS),
    _cap("LDEM_80N_20M.IMG", 20.0, 80.0, PDS),
    _cap("LDEM_75N_30M.IMG", 30.0, 75.0, PDS),
    _cap("LDEM_60N_60M.IMG", 60.0, 60.0, PDS),
    _cap("LDEM_60N_240M.IMG", 240.0, 60.0, PDS),
)

LOW_LATITUDES = (
    TerrainProduct(
        "a NAC DTM of the place", 5.0, "some hundred places", "LROC, pds.lroc.asu.edu, where one exists", 5e3
    ),
    TerrainProduct("SLDEM2015_256", 59.0, "60 S to 60 N, in tiles", "Barker et al. (2016), imbrium.mit.edu"),
    TerrainProduct("LDEM_128.IMG", 237.0, "the whole Moon", PDS),
)

# Middles of the site tiles of PGDA 78 [deg], recalled to some kilometres and not checked: the file decides
SITES = (
    ("Site01", "Connecting Ridge", -89.45, 222.7),
    ("Site04", "Shackleton rim", -89.78, 204.3),
    ("Site07", "peak near Shackleton", -88.81, 123.6),
    ("Site11", "de Gerlache rim", -88.67, 292.0),
    ("Site20", "Leibnitz beta plateau", -85.4, 32.5),
    ("Site23", "Malapert massif", -86.0, 2.9),
    ("Haworth", "Haworth", -87.4, 355.0),
    ("Shoemaker", "Shoemaker", -88.1, 45.0),
)


def terrain_products(latitude: float, longitude: float) -> tuple[TerrainProduct, ...]:
    """Published terrain that shows a place, the finest first.

    Parameters
    ----------
    latitude, longitude : float [rad]
        The place in ``MOON_ME``.

    Returns
    -------
    tuple of TerrainProduct
        Names to look for; whether a file holds the place is checked when it is read.

    Source
    ------
    Barker et al. (2021), PSS 203, 105119, doi:10.1016/j.pss.2020.105119 (PGDA 78); Barker et al. (2023), PSJ 4, 183,
    doi:10.3847/PSJ/acf3e1 (PGDA 90); Smith et al. (2010), doi:10.1029/2010GL043751 (LOLA).
    """
    here, degrees = unit_vector(latitude, longitude), math.degrees(latitude)
    found = [
        TerrainProduct(f"{name}_final_adj_5mpp_surf.tif", 5.0, title, f"{PGDA}/78", SITE_TILE_REACH)
        for name, title, lat, lon in SITES
        if np.linalg.norm(here - unit_vector(math.radians(lat), math.radians(lon))) * MOON_RADIUS < SITE_TILE_REACH
    ]
    found += [product for limit, product in CAPS if degrees * math.copysign(1.0, limit) >= abs(limit)]
    if abs(degrees) < 60.0:
        found += LOW_LATITUDES
    return tuple(found)
