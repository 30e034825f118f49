"""The bodies of the solar system: NAIF ids, gravitational parameters, radii, ellipsoids."""

from __future__ import annotations

import difflib
import math
from dataclasses import dataclass

from moonstead.foundation.errors import InvalidInput

DE440 = "GM: Park et al. (2021), AJ 161, 105, doi:10.3847/1538-3881/abd414, digits of NAIF's gm_de440.tpc"
SATELLITES = "GM of the planet without its moons: JPL satellite ephemerides as collected in NAIF's gm_de440.tpc"
WGCCRE = "radii: Archinal et al. (2018), WGCCRE report 2015, CMDA 130, 22, doi:10.1007/s10569-017-9805-5"

LUNAR_MAP_RADIUS = 1_737_400.0  # [m] sphere that lunar latitudes, longitudes and heights refer to; WGCCRE 2015


@dataclass(frozen=True, slots=True)
class Body:
    """A body or barycentre.

    Attributes
    ----------
    name : str
        NAIF name in upper case.
    naif_id : int
        NAIF id.
    gm : float [m^3/s^2]
        Gravitational parameter; of the whole system for a barycentre, NaN for the solar system barycentre.
    mean_radius, equatorial_radius, polar_radius : float [m]
        Radii; NaN for a barycentre.
    source : str
        Where the numbers come from.
    """

    name: str
    naif_id: int
    gm: float
    mean_radius: float
    equatorial_radius: float
    polar_radius: float
    source: str


@dataclass(frozen=True, slots=True)
class Ellipsoid:
    """An ellipsoid of revolution that heights refer to.

    Attributes
    ----------
    name : str
        What reports call it.
    equatorial_radius : float [m]
        Semi-major axis.
    flattening : float [1]
        (a - b) / a.
    source : str
        Where the numbers come from.
    """

    name: str
    equatorial_radius: float
    flattening: float
    source: str

    @property
    def polar_radius(self) -> float:
        """Semi-minor axis [m]."""
        return self.equatorial_radius * (1.0 - self.flattening)


WGS84 = Ellipsoid("WGS84", 6_378_137.0, 1.0 / 298.257223563, "NGA.STND.0036_1.0.0_WGS84 (2014), table 3.1")
IERS_2010 = Ellipsoid("IERS 2010", 6_378_136.6, 1.0 / 298.25642, "IERS Conventions (2010), TN 36, table 1.1")


def _planet(
    name: str, naif_id: int, gm_km: float, mean: float, equatorial: float, polar: float, gm_source: str = DE440
) -> Body:
    return Body(name, naif_id, gm_km * 1e9, mean, equatorial, polar, f"{gm_source}; {WGCCRE}")


def _barycenter(name: str, naif_id: int, gm_km: float) -> Body:
    return Body(name, naif_id, gm_km * 1e9, math.nan, math.nan, math.nan, DE440)


BODIES: tuple[Body, ...] = (
    _barycenter("SOLAR SYSTEM BARYCENTER", 0, math.nan),
    _barycenter("MERCURY BARYCENTER", 1, 2.2031868551400003e4),
    _barycenter("VENUS BARYCENTER", 2, 3.2485859200000000e5),
    _barycenter("EARTH BARYCENTER", 3, 4.0350323562548019e5),
    _barycenter("MARS BARYCENTER", 4, 4.2828375815756102e4),
    _barycenter("JUPITER BARYCENTER", 5, 1.2671276409999998e8),
    _barycenter("SATURN BARYCENTER", 6, 3.7940584841799997e7),
    _barycenter("URANUS BARYCENTER", 7, 5.7945563999999985e6),
    _barycenter("NEPTUNE BARYCENTER", 8, 6.8365271005803989e6),
    _barycenter("PLUTO BARYCENTER", 9, 9.7550000000000000e2),
    _planet("SUN", 10, 1.3271244004127942e11, 695_700_000.0, 695_700_000.0, 695_700_000.0),
    _planet("MERCURY", 199, 2.2031868551400003e4, 2_439_400.0, 2_440_530.0, 2_438_260.0),
    _planet("VENUS", 299, 3.2485859200000000e5, 6_051_800.0, 6_051_800.0, 6_051_800.0),
    _planet("EARTH", 399, 3.9860043550702266e5, 6_371_008.4, 6_378_136.6, 6_356_751.9),
    _planet("MOON", 301, 4.9028001184575496e3, 1_737_400.0, 1_737_400.0, 1_737_400.0),
    _planet("MARS", 499, 4.282837362069909e4, 3_389_500.0, 3_396_190.0, 3_376_200.0, SATELLITES),
    _planet("JUPITER", 599, 1.266865319003704e8, 69_911_000.0, 71_492_000.0, 66_854_000.0, SATELLITES),
    _planet("SATURN", 699, 3.793120623436167e7, 58_232_000.0, 60_268_000.0, 54_364_000.0, SATELLITES),
    _planet("URANUS", 799, 5.793951256527211e6, 25_362_000.0, 25_559_000.0, 24_973_000.0, SATELLITES),
    _planet("NEPTUNE", 899, 6.835103145462294e6, 24_622_000.0, 24_764_000.0, 24_341_000.0, SATELLITES),
    _planet("PLUTO", 999, 8.696138177608748e2, 1_188_300.0, 1_188_300.0, 1_188_300.0, SATELLITES),
)

_BY_NAME = {body.name: body for body in BODIES}
_BY_ID = {body.naif_id: body for body in BODIES}
_ALIASES = {
    "SSB": "SOLAR SYSTEM BARYCENTER",
    "SOLAR SYSTEM BARYCENTRE": "SOLAR SYSTEM BARYCENTER",
    "EMB": "EARTH BARYCENTER",
    "EARTH-MOON BARYCENTER": "EARTH BARYCENTER",
    "EARTH MOON BARYCENTER": "EARTH BARYCENTER",
}


def body(name: str | int) -> Body:
    """The body with a NAIF name or id.

    Parameters
    ----------
    name : str or int
        NAIF name in any case, or NAIF id.

    Returns
    -------
    Body
        Its gravitational parameter and radii.

    Raises
    ------
    InvalidInput
        There is none; the message names the nearest ones.
    """
    if isinstance(name, int):
        if name in _BY_ID:
            return _BY_ID[name]
        known = ", ".join(f"{b.naif_id} {b.name}" for b in BODIES)
        raise InvalidInput(f"no body with the NAIF id {name} is known here; there are {known}")
    return _BY_NAME[_canonical(name)]


def naif_id(name: str | int) -> int:
    """NAIF id of a name; any id passes as it is, so that spacecraft and asteroids of SPK files can be named by id.

    Raises
    ------
    InvalidInput
        The name is unknown; the message names the nearest ones.
    """
    if isinstance(name, str):
        return _BY_NAME[_canonical(name)].naif_id
    return int(name)


def naif_name(identity: int) -> str:
    """NAIF name of an id; the id as text where it is not in the table."""
    return _BY_ID[identity].name if identity in _BY_ID else str(identity)


def _canonical(name: str) -> str:
    wanted = " ".join(name.upper().replace("_", " ").split())
    wanted = _ALIASES.get(wanted, wanted)
    if wanted not in _BY_NAME:
        near = difflib.get_close_matches(wanted, [*_BY_NAME, *_ALIASES], n=3, cutoff=0.6)
        hint = f"did you mean {' or '.join(near)}?" if near else f"the known ones are {', '.join(_BY_NAME)}"
        raise InvalidInput(f"no body is called {name!r}; {hint}")
    return wanted
