"""Where things stand on the Moon."""

from __future__ import annotations

from moonstead.scenario.common import (
    Height,
    Id,
    Latitude,
    Longitude,
    Name,
    Part,
    TerrainLayer,
    Text,
    described,
    optional,
)


class Site(Part):
    """A place on the Moon's surface, in the mean-Earth frame that maps use (MOON_ME)."""

    id: Id = described("Short name that facilities and links refer to.", "hub")
    name: Name | None = optional(None, "Full name, as reports print it.", "Shackleton rim")
    description: Text | None = optional(None, "Free text for the report.", "Chang'e-7 target.")
    latitude: Latitude = described("Latitude in MOON_ME, north positive, -90 deg to 90 deg.", "-88.80 deg")
    longitude: Longitude = described("Longitude in MOON_ME, east positive, -180 deg to 360 deg.", "123.40 deg")
    height: Height | None = optional(
        None,
        "Height of the ground above the sphere of 1737.4 km. Left out: taken from the terrain. "
        "Given: checked against the terrain.",
        "1250 m",
    )
    terrain: tuple[TerrainLayer, ...] = optional(
        ("lola-8ppd",),
        "Terrain that makes the horizon, the finest first, the widest last: files of heights around the site (GeoTIFF, "
        "PDS3 label or image, JPEG 2000; paths start from the scenario's folder), and the global data set below them.",
        ["Site04_final_adj_5mpp_surf.tif", "lola-8ppd"],
        min_length=1,
    )
    partner: Id | None = optional(None, "Partner that runs the site.", "cnsa")
