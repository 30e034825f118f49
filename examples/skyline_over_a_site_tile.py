"""The skyline of a ridge, on the global 3.8 km grid alone and with a fine tile over it: what does the tile change?

Real tiles are read from files, for example of NASA's PGDA product 78:
`load_terrain_layers(["Site01_final_adj_5mpp_surf.tif", "lola-8ppd"], data, ".", place)`.
The tile here is made up: a ridge of 300 m on the global grid.
"""

import math

import numpy as np

from moonstead.formats.raster_map import RasterMap
from moonstead.foundation.data import DataContext
from moonstead.foundation.map_projection import MapProjection
from moonstead.surface.horizon import horizon_profile
from moonstead.surface.nested import nested_terrain
from moonstead.surface.terrain import load_terrain
from moonstead.surface.terrain_caveat_gap import horizon_bound, near_field_gap
from moonstead.surface.tiles import terrain_tile

place = math.radians(-89.45), math.radians(222.69)
moon = load_terrain(DataContext.installed())

polar = MapProjection("polar-stereographic", -0.5 * math.pi, 0.0, moon.radius)
x0, y0 = (float(a) for a in polar.forward(*place))
axis = np.arange(-400, 401) * 20.0  # [m] 16 km wide, as site tiles are
x, y = x0 + axis[None, :], y0 - axis[:, None]
ridge = 300.0 * np.exp(-(((x - x0) / 800.0) ** 2))
heights = (moon.height(*polar.inverse(x, y)) + ridge).astype(np.float32)
raster = RasterMap(
    "made-up ridge", heights, polar, x[0, 0], y[0, 0], 20.0, "m", moon.frame, "made up", None, "height above 1737.4 km"
)
terrain = nested_terrain([terrain_tile(raster)], moon)

for ground in (moon, terrain):
    skyline = horizon_profile(ground, *place, observer_height=2.0)
    bound = horizon_bound(ground, skyline)
    print(f"{ground.name}:")
    print(f"  highest horizon {math.degrees(skyline.elevation.max()):.2f} deg")
    print(f"  it may lie {math.degrees(np.median(bound.lower)):.2f} deg lower (median of the 95 % bounds)")
print(near_field_gap(terrain, *place).remark)
