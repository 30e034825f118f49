"""What the ejecta of a threat's impact on the Moon do to the orbiters of a scenario."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.errors import MoonsteadError
from moonstead.run.tables import Table
from moonstead.run.threat_tables import plain_table

if TYPE_CHECKING:
    from moonstead.dynamics.trajectory import Trajectory
    from moonstead.foundation.data import DataContext
    from moonstead.smallbodies.effects.orbiter_effects import OrbiterEffects
    from moonstead.smallbodies.effects.site_effects import Blow

Array = NDArray[np.float64]

DAY = 86_400.0  # [s]
ORBITER_UNITS = {
    "spacecraft": "text",
    "hits_low": "1/m2",
    "hits": "1/m2",
    "hits_high": "1/m2",
    "fluence_low": "kg/m2",
    "fluence": "kg/m2",
    "fluence_high": "kg/m2",
    "first": "s",
    "dense_until": "s",
    "sees_impact": "1",
    "best_shift": "s",
    "delta_v": "m/s",
    "assumed": "text",
}


def threat_orbiters(
    said: dict[str, Any], event: Blow, tdb: float, flown: Mapping[str, Trajectory], data: DataContext
) -> tuple[dict[str, tuple[OrbiterEffects, str]], list[str]]:
    """Effects of an impact on every orbiter of the Moon.

    Parameters
    ----------
    said : dict
        What the scenario says of the threat.
    event : Blow
        The impact.
    tdb : float [s TDB past J2000]
        When it happens.
    flown : mapping of str to Trajectory
        Orbiters. One that does not fly then is taken as it flew at the start of the scenario.
    data : DataContext
        Ephemeris and orientation of the Moon.

    Returns
    -------
    dict and list of str
        Effects on each orbiter with what was assumed, and warnings about those left out.
    """
    from moonstead.dynamics.observe import icrf_position
    from moonstead.dynamics.trajectories import SurfacePoint
    from moonstead.foundation.frames.standard import MOON_ME
    from moonstead.smallbodies.effects.orbiter_effects import SPAN, orbiter_effects

    place = SurfacePoint("impact", "MOON", MOON_ME, event.latitude, math.remainder(event.longitude, 2.0 * math.pi))
    origin = icrf_position(place, "MOON", np.array([tdb]), data)[0]
    found, warnings = {}, []
    for name, trajectory in flown.items():
        first, last = trajectory.span
        covered = first <= tdb and tdb + 2.0 * SPAN <= last
        shift = 0.0 if covered else first + DAY - tdb
        if not covered and first + DAY + 2.0 * SPAN > last:
            warnings.append(f"{said['name']}: the orbit of {name} is too short to say what ejecta do to it")
            continue
        assumed = "" if covered else "as if it flew then as at the start of the scenario"
        try:
            effects = orbiter_effects(
                event, origin, tdb, _states(trajectory, shift, data), lead=max(tdb - said["watch_from"], DAY)
            )
        except MoonsteadError as error:
            warnings.append(f"{said['name']}: {name}: {error}")
            continue
        found[name] = (effects, assumed)
    return found, warnings


def _states(trajectory: Trajectory, shift: float, data: DataContext) -> Callable[[Array], Array]:
    from moonstead.dynamics.observe import icrf_state

    return lambda times: icrf_state(trajectory, "MOON", times + shift, data)


def orbiter_table(id: str, orbiters: Mapping[str, tuple[OrbiterEffects, str]]) -> Table:
    """Table of what orbiters meet.

    Parameters
    ----------
    id : str
        Of the threat.
    orbiters : mapping of str to (OrbiterEffects, str)
        Effects and what was assumed.

    Returns
    -------
    Table
    """
    rows = [
        (
            name,
            *(one.hits.low, one.hits.nominal, one.hits.high),
            *(one.fluence.low, one.fluence.nominal, one.fluence.high),
            *(one.first, one.dense_until, one.sees_impact, one.best_shift, one.delta_v),
            assumed,
        )
        for name, (one, assumed) in orbiters.items()
    ]
    text = "Ejecta that orbiters meet: pieces of a millimetre or more on a square metre, and the phase with the fewest."
    return plain_table(f"threat-orbiters.{id}", rows, ORBITER_UNITS, text)


def hits_table(id: str, orbiters: Mapping[str, tuple[OrbiterEffects, str]]) -> Table:
    """Table of what orbiters meet over time.

    Parameters
    ----------
    id : str
        Of the threat.
    orbiters : mapping of str to (OrbiterEffects, str)
        Effects and what was assumed.

    Returns
    -------
    Table
    """
    rows = [
        (name, float(delay), float(flux), float(hits))
        for name, (one, _) in orbiters.items()
        for delay, flux, hits in zip(one.ejecta.delay, one.ejecta.flux, one.ejecta.hits, strict=True)
    ]
    units = {"spacecraft": "text", "delay": "s", "flux": "kg/m2/s", "hits": "1/m2"}
    return plain_table(f"threat-hits.{id}", rows, units, "Ejecta that an orbiter meets over time, nominal.")
