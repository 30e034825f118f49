"""Which satellites are judged together: those that share a system time, signals and a kind of orbit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.navigation.monitoring.weights import Weights, sisre_weights
from moonstead.navigation.satellites import SatelliteFacts, satellite_facts
from moonstead.navigation.signals import SYSTEMS

Indices = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Group:
    """Satellites judged together.

    Attributes
    ----------
    name : str
        ``"GLONASS"``, ``"GPS"``, ``"Galileo"``, ``"QZSS"``, ``"BDS-3 MEO"``, ``"BDS-2 MEO"``, ``"BDS IGSO"``,
        ``"BDS GEO"`` ...
    system : str
        Letter of RINEX.
    columns : (K,)
        Indices of the satellites.
    blocks : dict of str to (L,)
        Blocks of the group, and the places of their satellites within it.
    weights : Weights
        Of the orbits.
    """

    name: str
    system: str
    columns: Indices
    blocks: dict[str, Indices]
    weights: Weights


def signal_groups(satellites: Sequence[str], gpst: float) -> tuple[Group, ...]:
    """Groups of satellites on a date.

    BeiDou is parted by orbit and, in medium orbit, by generation: clocks of the second generation against the third
    differ by the bias of B1I/B3I between them, metres, and geostationary orbits are ten times worse along the track.

    Parameters
    ----------
    satellites : sequence of str
        Names.
    gpst : float [s of GPST]
        Date, for what a number stands for.

    Returns
    -------
    tuple of Group
        In the order of their names; every satellite in one.

    Source
    ------
    `satellites.satellite_facts`.
    """
    facts = [satellite_facts(name, gpst) for name in satellites]
    names = [_group(one) for one in facts]
    groups = []
    for name in sorted(set(names)):
        columns = np.array([k for k, of in enumerate(names) if of == name], dtype=np.int64)
        first = facts[int(columns[0])]
        blocks = {
            block: np.array([place for place, k in enumerate(columns) if facts[k].block == block], dtype=np.int64)
            for block in sorted({facts[k].block for k in columns})
        }
        weights = sisre_weights(first.satellite[0], first.orbit_class)
        groups.append(Group(name, first.satellite[0], columns, blocks, weights))
    return tuple(groups)


def _group(facts: SatelliteFacts) -> str:
    system = facts.satellite[0]
    if system != "C":
        return SYSTEMS.get(system, system)
    return facts.block if facts.orbit_class == "MEO" else f"BDS {facts.orbit_class}"
