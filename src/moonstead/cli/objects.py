"""From a name on the command line to something that has a position at a time."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from moonstead.dynamics.trajectories import BodyTrajectory, SurfacePoint
from moonstead.dynamics.trajectory import Trajectory
from moonstead.foundation.bodies import BODIES, naif_id, naif_name
from moonstead.foundation.data import DataContext, DataSet
from moonstead.foundation.errors import InvalidInput, MissingData
from moonstead.foundation.frames.frame import Frame
from moonstead.foundation.frames.standard import ICRF
from moonstead.foundation.units import closest
from moonstead.links.ground_stations import ground_station, station_names

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from moonstead.scenario.scenario import Scenario


@dataclass(frozen=True)
class KernelObject:
    """An object of an SPK file that has no name in the table of bodies: a spacecraft, an asteroid.

    Attributes
    ----------
    naif_id : int
        Its id in the file.
    name : str
        What the answer calls it.
    center : str
        Body that its positions are measured from.
    data : DataContext
        Holds the file.
    """

    naif_id: int
    name: str
    center: str
    data: DataContext = field(repr=False, compare=False)

    @property
    def frame(self) -> Frame:
        """The ICRF."""
        return ICRF

    @property
    def span(self) -> tuple[float, float]:
        """First and last time [s TDB past J2000] that the files have."""
        return self.data.ephemeris.span(self.naif_id, self.center)

    def state(self, tdb: NDArray[np.float64]) -> NDArray[np.float64]:
        """States (N, 6) [m, m/s] relative to `center` in the ICRF at times (N,) [s TDB past J2000]."""
        return self.data.ephemeris.state(self.naif_id, self.center, tdb)

    def speed_bound(self, start: NDArray[np.float64], stop: NDArray[np.float64]) -> NDArray[np.float64]:
        """No bound is known (K,) [m/s] for a path that a file may hold."""
        return np.full(np.shape(start), np.inf)


def with_kernels(data: DataContext, files: list[Path]) -> DataContext:
    """These data and more SPK files, which win over them; the last one over all."""
    datasets, spk = dict(data.datasets), list(data.spk)
    for path in files:
        name = path.name
        datasets[name] = DataSet(name, "spk", path, f"file {path}", "not stated")
        spk = [*(loaded for loaded in spk if loaded != name), name]
    return replace(data, datasets=MappingProxyType(datasets), spk=tuple(spk))


def object_named(name: str, scenario: Scenario | None, data: DataContext) -> Trajectory:
    """Trajectory of what a word names: a part of the scenario, a body, an object of a kernel, a ground station.

    Raises
    ------
    InvalidInput
        Nothing has this name; the message names what is nearest.
    """
    wanted = name.strip()
    if scenario is not None:
        found = _of_scenario(wanted, scenario, data)
        if found is not None:
            return found
    if wanted.lower() in station_names():
        return ground_station(wanted.lower(), allow_inactive=True).trajectory()
    kernel = _of_kernels(wanted, data)
    if kernel is not None:
        return kernel
    try:
        identity = naif_id(wanted)
    except InvalidInput:
        raise _unknown(wanted, scenario) from None
    return _body(identity, data)


def _body(identity: int, data: DataContext) -> Trajectory:
    name = naif_name(identity)
    if identity == 0:
        return KernelObject(0, name, name, data)
    return BodyTrajectory(name, "SOLAR SYSTEM BARYCENTER", data)


def _of_scenario(name: str, scenario: Scenario, data: DataContext) -> Trajectory | None:
    from moonstead.scenario.ground import OwnStation

    for site in scenario.sites:
        if site.id == name:
            from moonstead.run.places import site_fragment, surface_point

            return replace(surface_point(site_fragment(site) | {"mast": 0.0}, data), name=site.id)
    for spacecraft in scenario.spacecraft:
        if spacecraft.id == name:
            from moonstead.run.trajectories import spacecraft_trajectory

            path: Trajectory = spacecraft_trajectory(spacecraft, scenario, data)
            return path
    for station in scenario.ground_stations:
        if station.id != name:
            continue
        if isinstance(station, OwnStation):
            return SurfacePoint.on_earth(station.id, station.latitude, station.longitude, station.height)
        return ground_station(station.use, allow_inactive=True).trajectory()
    return None


def _of_kernels(name: str, data: DataContext) -> Trajectory | None:
    """Return the object of the loaded kernels with an id, or with the name of a segment."""
    if re.fullmatch(r"[+-]?[0-9]+", name):
        wanted = int(name)
    else:
        named = [segment for segment in data.ephemeris.segments if segment.name.strip().lower() == name.lower()]
        if not named:
            return None
        wanted = named[-1].target
    segments = [segment for segment in data.ephemeris.segments if segment.target == wanted]
    if not segments and wanted != 0:
        has = sorted({segment.target for segment in data.ephemeris.segments})
        raise MissingData(
            f"the loaded kernels have no object {wanted}; they have {', '.join(map(str, has))}. Give another by --spk"
        )
    if any(found.naif_id == wanted for found in BODIES):
        return _body(wanted, data)
    center = naif_name(segments[-1].center)
    return KernelObject(wanted, name, center, data)


def _unknown(name: str, scenario: Scenario | None) -> InvalidInput:
    known = [found.name for found in BODIES] + list(station_names())
    if scenario is not None:
        known += [part.id for part in (*scenario.sites, *scenario.spacecraft, *scenario.ground_stations)]
    near = closest(name, known)
    hint = f"did you mean {near!r}?" if near else "name a body (MOON, EARTH, SUN, ...), a ground station or a NAIF id."
    more = "" if scenario is not None else " Sites and spacecraft of a scenario need --scenario FILE."
    return InvalidInput(f"nothing is called {name!r}; {hint}{more}")
