"""Where the satellites of a source stand over a span: what maps of dilution and sky plots are made of."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.errors import InvalidInput, MissingData
from moonstead.foundation.frames.earth import EARTH_ROTATION_RATE
from moonstead.navigation.dilution import MASK, Dilution, dilution, geodetic_sites, look_angles
from moonstead.navigation.satellite_states import SatelliteSource
from moonstead.navigation.satellites import satellite_facts

Array = NDArray[np.float64]

SAME_PLANE = math.radians(15.0)  # [rad] planes of GPS are 60 degrees apart, of Galileo and BeiDou 120


@dataclass(frozen=True, eq=False)
class ConstellationSky:
    """Satellites over a span.

    Attributes
    ----------
    satellites : (S,) tuple of str
        Names.
    gpst : (E,) [s of GPST]
        Epochs.
    position : (E, S, 3) [m]
        ITRF; NaN where a satellite has no state or is not usable.
    """

    satellites: tuple[str, ...]
    gpst: Array
    position: Array

    @property
    def system(self) -> NDArray[np.int64]:
        """Number of each satellite's system (S,), in the order of the letters."""
        return np.unique([name[0] for name in self.satellites], return_inverse=True)[1]

    def without(self, names: Collection[str]) -> ConstellationSky:
        """The same sky where some satellites fail.

        Parameters
        ----------
        names : collection of str
            Which; a letter stands for a whole system.

        Returns
        -------
        ConstellationSky

        Raises
        ------
        InvalidInput
            A name is of no satellite here.
        """
        gone = [name in names or name[0] in names for name in self.satellites]
        if unknown := [n for n in names if n not in self.satellites and n not in {s[0] for s in self.satellites}]:
            raise InvalidInput(f"no satellite {', '.join(unknown)} among {', '.join(self.satellites)}")
        position = self.position.copy()
        position[:, gone] = np.nan
        return ConstellationSky(self.satellites, self.gpst, position)

    def failure_groups(self) -> dict[str, list[int]]:
        """Indices of the satellites that may fail together: each alone, and each orbital plane of three or more."""
        groups = {name: [k] for k, name in enumerate(self.satellites)}
        return groups | {plane: members for plane, members in orbital_planes(self).items() if len(members) > 2}


@dataclass(frozen=True, eq=False)
class SiteSky:
    """What a site sees.

    Attributes
    ----------
    azimuth, elevation : (E, S) [rad]
        Of all satellites, below the mask too; NaN where a satellite is not there.
    dilution : Dilution
        Of the site, P = 1.
    """

    azimuth: Array
    elevation: Array
    dilution: Dilution


def constellation_sky(
    source: SatelliteSource, gpst: ArrayLike, *, systems: Collection[str] | None = None
) -> ConstellationSky:
    """Places of the usable satellites of a source.

    Parameters
    ----------
    source : SatelliteSource
        Messages or precise orbits.
    gpst : (E,) [s of GPST]
        Epochs.
    systems : collection of str or None
        Letters; None for all.

    Returns
    -------
    ConstellationSky
        Of the satellites that have a state at any of the epochs.

    Raises
    ------
    MissingData
        The source has none of the systems at any of the epochs.

    Source
    ------
    The source's own.
    """
    epochs = np.atleast_1d(np.asarray(gpst, dtype=np.float64))
    index = np.array([k for k, name in enumerate(source.satellites) if systems is None or name[0] in systems])
    if index.size:
        states = source.states(np.tile(index, epochs.size), np.repeat(epochs, index.size))
        usable = states.valid & states.healthy
        position = np.where(usable[:, None], states.position, np.nan).reshape(epochs.size, index.size, 3)
        there = np.isfinite(position[..., 0]).any(axis=0)
        index, position = index[there], position[:, there]
    if not index.size:
        of = "satellite" if systems is None else f"satellite of {', '.join(sorted(systems))}"
        first, last = source.span
        raise MissingData(
            f"no {of} is usable at the {epochs.size} epochs asked for; the files cover {last - first:.0f} s and hold "
            f"{', '.join(sorted({name[0] for name in source.satellites})) or 'nothing'}"
        )
    return ConstellationSky(tuple(source.satellites[int(k)] for k in index), epochs, position)


def site_sky(
    sky: ConstellationSky,
    latitude: float,
    longitude: float,
    height: float = 0.0,
    *,
    mask: ArrayLike = MASK,
    own_clocks: bool = False,
) -> SiteSky:
    """Angles and dilution at one site on the Earth.

    Parameters
    ----------
    sky : ConstellationSky
        Satellites.
    latitude, longitude : float [rad]
        Geodetic.
    height : float [m]
        Above the WGS84 ellipsoid.
    mask : float or (H,) [rad]
        Least elevation, or by azimuth.
    own_clocks : bool
        Estimate a clock for each system rather than one in common.

    Returns
    -------
    SiteSky

    Source
    ------
    As `dilution` and `look_angles`.
    """
    site = geodetic_sites(latitude, longitude, height)
    azimuth, elevation = look_angles(sky.position, site)
    return SiteSky(
        azimuth, elevation, dilution(sky.position, site, mask=mask, system=sky.system if own_clocks else None)
    )


def orbital_planes(sky: ConstellationSky) -> dict[str, list[int]]:
    """Satellites of each orbital plane in medium orbit.

    Parameters
    ----------
    sky : ConstellationSky
        Satellites over minutes at least.

    Returns
    -------
    dict of str to list of int
        ``"R plane 1"`` ...: indices; numbered by the node from the first satellite's on. A GLONASS plane is that of the
        slots 1 to 8, 9 to 16, 17 to 24.

    Source
    ------
    GLONASS ICD 5.1, 2.2; elsewhere nodes in axes that stand still, joined where they are within 15 degrees.
    """
    planes: dict[str, list[int]] = {}
    for system in sorted({name[0] for name in sky.satellites}):
        members = [
            k
            for k, name in enumerate(sky.satellites)
            if name[0] == system and satellite_facts(name, float(sky.gpst[0])).orbit_class == "MEO"
        ]
        if system == "R":
            for k in members:
                planes.setdefault(f"R plane {(int(sky.satellites[k][1:]) - 1) // 8 + 1}", []).append(k)
            continue
        nodes = {k: node for k in members if math.isfinite(node := _node(sky, k))}
        starts: list[float] = []
        for k in sorted(nodes, key=lambda k: nodes[k]):
            turn = [abs(math.remainder(nodes[k] - start, 2.0 * math.pi)) for start in starts]
            near = min(range(len(turn)), key=turn.__getitem__) if turn else -1
            if near < 0 or turn[near] > SAME_PLANE:
                starts.append(nodes[k])
                near = len(starts) - 1
            planes.setdefault(f"{system} plane {near + 1}", []).append(k)
    return planes


def _node(sky: ConstellationSky, k: int) -> float:
    """Longitude of the ascending node [rad] at the first epoch, in axes that stand still; NaN if it is not known."""
    place = sky.position[:, k]
    pairs = np.flatnonzero(np.isfinite(place[:-1, 0]) & np.isfinite(place[1:, 0]))
    if not pairs.size:
        return math.nan
    first = int(pairs[0])
    before, after = (_still(place[e], sky.gpst[e] - sky.gpst[0]) for e in (first, first + 1))
    normal = np.cross(before, after)
    return math.atan2(normal[0], -normal[1])


def _still(place: Array, since: float) -> Array:
    cosine, sine = math.cos(EARTH_ROTATION_RATE * since), math.sin(EARTH_ROTATION_RATE * since)
    return np.array([cosine * place[0] - sine * place[1], sine * place[0] + cosine * place[1], place[2]])
