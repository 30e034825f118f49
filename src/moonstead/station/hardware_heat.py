"""Temperature of hardware as lumped nodes, and the heat that keeps it above a least temperature."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.constants import STEFAN_BOLTZMANN
from moonstead.foundation.errors import InvalidInput, NumericalFailure
from moonstead.foundation.kernel_cache import prepare
from moonstead.station.radiators import Face, Surroundings, effective_emittance, sink_temperature

__all__ = ["HardwareHeat", "HardwareNode", "equilibrium_temperature", "hardware_heat", "warm_up"]

Array = NDArray[np.float64]

BISECTIONS = 200
SERIES = ("tdb", "beam", "sun_azimuth", "sun_elevation", "ground_temperature", "ground_light")  # of `Surroundings`
HOTTEST = 2000.0  # [K] no equilibrium of hardware is looked for beyond


@dataclass(frozen=True, slots=True)
class HardwareNode:
    """One piece of hardware of one temperature.

    Attributes
    ----------
    name : str
        What reports call it.
    capacity : float [J/K]
        Heat that warms it by one kelvin.
    faces : tuple of Face
        Its outside.
    minimum : float [K]
        Temperature that its heater keeps; 0 where there is none to keep.
    heater : float [W]
        Most power of the heater.
    """

    name: str
    capacity: float
    faces: tuple[Face, ...]
    minimum: float = 0.0
    heater: float = np.inf

    def __post_init__(self) -> None:
        if not (np.isfinite(self.capacity) and self.capacity > 0.0):
            raise InvalidInput(f"hardware {self.name!r}: heat capacity must be positive [J/K]; got {self.capacity!r}")
        if not self.faces:
            raise InvalidInput(f"hardware {self.name!r} has no face to radiate with; give one at least")
        if not (0.0 <= self.minimum < HOTTEST and self.heater >= 0.0):
            raise InvalidInput(
                f"hardware {self.name!r}: least temperature [K] and heater [W] must not be negative; got"
                f" {self.minimum!r}, {self.heater!r}"
            )


@dataclass(frozen=True, slots=True, eq=False)
class HardwareHeat:
    """Temperatures and heater powers of M nodes over n steps.

    Attributes
    ----------
    tdb : (n + 1,) [s TDB past J2000]
        Edges of the steps.
    nodes : tuple of HardwareNode
        As they were given.
    temperature : (n + 1, M) [K]
        Of each node.
    heater : (n, M) [W]
        Mean power of each heater in each step.
    dissipation : (n, M) [W]
        Heat that each node makes by its work.
    radiated : (n, M) [W]
        Net heat that its faces send out.
    """

    tdb: Array
    nodes: tuple[HardwareNode, ...]
    temperature: Array
    heater: Array
    dissipation: Array
    radiated: Array

    def heater_energy(self) -> Array:
        """Energy (M,) [J] that each heater used."""
        return np.asarray(np.sum(self.heater * np.diff(self.tdb)[:, None], axis=0))

    def imbalance(self) -> float:
        """Energy [1] that is lost or made by rounding, over all that went through."""
        steps = np.diff(self.tdb)[:, None]
        capacity = np.array([node.capacity for node in self.nodes])
        gained = np.sum((self.heater + self.dissipation - self.radiated) * steps)
        stored = np.sum(capacity * (self.temperature[-1] - self.temperature[0]))
        through = np.sum((self.heater + self.dissipation + np.abs(self.radiated)) * steps)
        return float(abs(gained - stored) / through) if through > 0.0 else 0.0


def equilibrium_temperature(node: HardwareNode, around: Surroundings, dissipation: float = 0.0) -> Array:
    """Temperature that a node would take if each moment lasted.

    Parameters
    ----------
    node : HardwareNode
        Its heater stays off.
    around : Surroundings
        Sun and ground at N times.
    dissipation : float [W]
        Heat that it makes.

    Returns
    -------
    (N,) [K]

    Raises
    ------
    InvalidInput
        The dissipation is negative.

    Source
    ------
    Balance of what the faces radiate and absorb and what is dissipated, by bisection.
    """
    if not dissipation >= 0.0:
        raise InvalidInput(f"dissipation must not be negative [W]; got {dissipation!r}")
    low, high = np.zeros(around.tdb.size), np.full(around.tdb.size, HOTTEST)
    sinks = [sink_temperature(face, around) ** 4 for face in node.faces]
    for _ in range(BISECTIONS):
        middle = 0.5 * (low + high)
        excess = np.full(middle.size, -dissipation)
        for face, sink in zip(node.faces, sinks, strict=True):
            excess += face.area * _emittance(face, middle) * STEFAN_BOLTZMANN * (middle**4 - sink)
        low, high = np.where(excess < 0.0, middle, low), np.where(excess < 0.0, high, middle)
    return 0.5 * (low + high)


def hardware_heat(
    nodes: Sequence[HardwareNode],
    around: Surroundings,
    dissipation: Mapping[str, ArrayLike],
    *,
    conductances: Mapping[tuple[str, str], float] | None = None,
    start: Mapping[str, float] | None = None,
) -> HardwareHeat:
    """Temperatures of nodes over time, with heaters that keep each above its least temperature.

    Parameters
    ----------
    nodes : sequence of HardwareNode
        M of them.
    around : Surroundings
        Sun and ground at n + 1 times; each step is driven by the value at its end.
    dissipation : mapping of str to (n,) or float [W]
        Heat that nodes make by their work, by name; none for those left out.
    conductances : mapping of (str, str) to float [W/K], optional
        Between two nodes.
    start : mapping of str to float [K], optional
        Temperatures at the start; for others the equilibrium then, or their minimum where that is higher.

    Returns
    -------
    HardwareHeat
        Each step closes its energy to rounding.

    Raises
    ------
    InvalidInput
        Names repeat or are unknown, or a value is out of range.
    NumericalFailure
        A step found no temperatures; take shorter steps.

    Source
    ------
    Gilmore (2002), Spacecraft Thermal Control Handbook, vol. 1, ch. 15: lumped-parameter networks, backward
    differences. Louvres: emittance linear in the temperature of the hardware, ch. 9.
    """
    names = [node.name for node in nodes]
    if not names or len(set(names)) < len(names):
        raise InvalidInput(f"hardware needs names that differ; got {', '.join(names) or 'none'}")
    links = _links(names, conductances or {})
    steps = np.diff(around.tdb)
    if steps.size == 0 or not np.all(steps > 0.0):
        raise InvalidInput("the times around hardware must rise [s TDB past J2000], two at least")
    for given in (*dissipation, *(start or {})):
        if given not in names:
            raise InvalidInput(f"there is no hardware {given!r}; there is {', '.join(names)}")
    made = np.empty((steps.size, len(names)))
    for k, name in enumerate(names):
        made[:, k] = np.broadcast_to(np.asarray(dissipation.get(name, 0.0), dtype=np.float64), steps.size)
    if not np.all(np.isfinite(made)) or np.any(made < 0.0):
        raise InvalidInput("dissipation must be finite and not negative at all times [W]")
    temperature = np.empty((around.tdb.size, len(names)))
    first = replace(around, **{name: getattr(around, name)[:1] for name in SERIES})
    for k, node in enumerate(nodes):
        resting = float(equilibrium_temperature(node, first, float(made[0, k]))[0])
        temperature[0, k] = (start or {}).get(node.name, max(resting, node.minimum))
    heater, outwards = np.empty_like(made), np.empty_like(made)
    status = _run(nodes, around, steps, made, links, temperature, heater, outwards)
    if status:
        raise NumericalFailure(
            f"temperatures of the hardware found no balance in step {status} of {steps.size}; take shorter steps, or "
            "join nodes that conduct so well"
        )
    return HardwareHeat(around.tdb, tuple(nodes), temperature, heater, made, outwards)


def warm_up() -> None:
    """Compile the kernel."""
    zero = np.zeros(2)
    around = Surroundings(np.array([0.0, 60.0]), zero, zero, zero, np.full(2, 100.0), zero)
    hardware_heat([HardwareNode("box", 1e3, (Face(1.0, 0.2, 0.8),))], around, {})


def _emittance(face: Face, temperature: Array) -> Array:
    """Effective emittance (N,) [1] of a face at temperatures of its hardware (N,) [K]."""
    whole = effective_emittance(face)
    if face.louvre is None:
        return np.full(temperature.size, whole)
    closed, low, high = face.louvre
    return closed + np.clip((temperature - low) / (high - low), 0.0, 1.0) * (whole - closed)


def _links(names: list[str], conductances: Mapping[tuple[str, str], float]) -> Array:
    links = np.zeros((len(names), len(names)))
    for (one, other), value in conductances.items():
        for name in (one, other):
            if name not in names:
                raise InvalidInput(f"a conductance names {name!r}; there is {', '.join(names)}")
        if one == other or not (np.isfinite(value) and value >= 0.0):
            raise InvalidInput(
                f"between {one!r} and {other!r}: a conductance joins two nodes and is not negative [W/K]"
            )
        j, k = names.index(one), names.index(other)
        links[j, k] = links[k, j] = links[j, k] + value
    return links


def _run(
    nodes: Sequence[HardwareNode],
    around: Surroundings,
    steps: Array,
    made: Array,
    links: Array,
    temperature: Array,
    heater: Array,
    outwards: Array,
) -> int:
    """Run the kernel on plain arrays; what it returns."""
    prepare()
    from moonstead.station.hardware_heat_kernels import hardware_kernel

    faces = [(k, face) for k, node in enumerate(nodes) for face in node.faces]
    louvres = [face.louvre or (effective_emittance(face), 1.0, 2.0) for _, face in faces]
    return int(
        hardware_kernel(
            steps,
            np.ascontiguousarray(np.stack([sink_temperature(face, around) ** 4 for _, face in faces], axis=1)),
            np.array([k for k, _ in faces], dtype=np.int64),
            np.array([face.area for _, face in faces]),
            np.array([louvre[0] for louvre in louvres]),
            np.array([effective_emittance(face) for _, face in faces]),
            np.array([louvre[1] for louvre in louvres]),
            np.array([louvre[2] for louvre in louvres]),
            np.array([node.capacity for node in nodes]),
            made,
            np.array([node.minimum for node in nodes]),
            np.array([node.heater for node in nodes]),
            links,
            temperature,
            heater,
            outwards,
        )
    )
