"""Sites and the heights at which something there looks at the sky."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from moonstead.foundation.cache import file_sha256
from moonstead.foundation.data import DataContext
from moonstead.foundation.data_sets import names_a_file
from moonstead.foundation.errors import MissingData
from moonstead.scenario.facilities import SolarArray, SurfaceAntenna
from moonstead.scenario.scenario import Scenario
from moonstead.scenario.sites import Site

if TYPE_CHECKING:
    from moonstead.dynamics.trajectories import SurfacePoint
    from moonstead.surface.horizon import HorizonProfile
    from moonstead.surface.nested import NestedTerrain


@dataclass(frozen=True, slots=True)
class Eye:
    """A height above the ground of a site from which the sky matters.

    Attributes
    ----------
    site : Site
        The place.
    mast : float [m]
        Height above the ground.
    """

    site: Site
    mast: float

    @property
    def key(self) -> str:
        """What its tasks and tables are called."""
        return eye_key(self.site.id, self.mast)


def eye_key(site: str, mast: float) -> str:
    """Name of a skyline: site and height.

    Parameters
    ----------
    site : str
        Id of the site.
    mast : float [m]
        Height above the ground.

    Returns
    -------
    str
        For example ``"hub-10m"``.
    """
    return f"{site}-{mast:g}m"


def eyes(scenario: Scenario) -> list[Eye]:
    """Every height that an array or antenna of the scenario stands at; the ground where a site has neither."""
    found: list[Eye] = []
    for site in scenario.sites:
        here = [part for part in scenario.facilities if part.site == site.id]
        masts = {part.mast for part in here if isinstance(part, SolarArray | SurfaceAntenna)} or {0.0}
        # Heights that differ by less than their names can show share one skyline
        named = {eye.key: eye for eye in (Eye(site, mast) for mast in sorted(masts, reverse=True))}
        found += reversed(named.values())
    return found


def site_fragment(site: Site) -> dict[str, Any]:
    """Return what results depend on: the place, not its name; files of terrain by their content."""
    terrain = [[layer, _digest(layer)] for layer in site.terrain]
    place = {"site": site.id, "latitude": site.latitude, "longitude": site.longitude, "ground": site.height}
    return place | {"terrain": terrain}


def _digest(layer: str) -> str | None:
    if not names_a_file(layer):
        return None
    try:
        return file_sha256(Path(layer))
    except OSError as error:
        raise MissingData(
            f"there is no terrain file {layer} ({error.strerror}); paths start from the scenario"
        ) from error


def site_terrain(place: Mapping[str, Any], data: DataContext, half_width: float = 0.0) -> NestedTerrain:
    """Terrain of a site, as far as it matters to targets within a half width [m] of it.

    Parameters
    ----------
    place : mapping
        As `site_fragment` gives it.
    data : DataContext
        Where the global data set comes from.
    half_width : float [m]
        Of a map about the site.

    Returns
    -------
    NestedTerrain
        Read from its files anew at each call.

    Raises
    ------
    InvalidInput
        A file is no terrain of the Moon, or does not hold the site.
    MissingData
        A file or data set is not there.
    """
    from moonstead.surface.terrain_layers import load_terrain_layers

    layers = [layer for layer, _ in place["terrain"]]
    return load_terrain_layers(layers, data, ".", (place["latitude"], place["longitude"]), half_width)


def surface_point(place: Mapping[str, Any], data: DataContext) -> SurfacePoint:
    """Return the point of an eye: place in MOON_ME, ground from the scenario or else the terrain, and the mast."""
    ground = place["ground"]
    if ground is None:
        ground = float(site_terrain(place, data).height(place["latitude"], place["longitude"]))
    return _point(place, ground + place["mast"])


def eye_point(place: Mapping[str, Any], skyline: HorizonProfile) -> SurfacePoint:
    """Return the point of an eye whose skyline is known, and with it the terrain under it."""
    ground = place["ground"]
    return _point(place, skyline.height if ground is None else ground + place["mast"])


def _point(place: Mapping[str, Any], height: float) -> SurfacePoint:
    from moonstead.dynamics.trajectories import SurfacePoint
    from moonstead.foundation.bodies import LUNAR_MAP_RADIUS
    from moonstead.foundation.frames.standard import MOON_ME

    return SurfacePoint(
        eye_key(place["site"], place["mast"]),
        "MOON",
        MOON_ME,
        place["latitude"],
        place["longitude"],
        height,
        LUNAR_MAP_RADIUS,
    )
