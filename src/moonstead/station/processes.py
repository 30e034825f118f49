"""Recipes that turn substances into each other, and processes that run them at a rate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

import numpy as np

from moonstead.foundation.errors import InvalidInput
from moonstead.station.substances import ELEMENTS, Substance, substance_named

RecipeKind = Literal["consumer", "recycling", "in-situ", "other"]
BALANCE = 1e-9  # [1] of the mass turned over; recipes are closed forms in double precision


@dataclass(frozen=True, slots=True)
class Recipe:
    """What one unit of a process takes and makes; each element balances.

    Attributes
    ----------
    name : str
        What reports call it.
    inputs, outputs, released : mapping of str to float [kg]
        Taken from stores, given to stores and given to the surroundings, by substance and unit. Outputs whose substance
        no store of the site holds go to the surroundings too.
    unit : str
        What one unit is, for example ``"kg of oxygen"``.
    kind : str
        ``"consumer"``: people and losses, whose demand must be met; ``"recycling"``; ``"in-situ"``: makes something of
        the ground; ``"other"``.
    energy : float [J]
        Electric, for one unit.
    heat : float [J]
        Given off by what happens to the matter, or taken where negative, for one unit; the electric energy comes on
        top.
    substances : mapping of str to Substance
        Those that are not in the common table, such as ice-bearing regolith.
    """

    name: str
    inputs: Mapping[str, float]
    outputs: Mapping[str, float]
    released: Mapping[str, float] = field(default_factory=dict)
    unit: str = "kg"
    kind: RecipeKind = "other"
    energy: float = 0.0
    heat: float = 0.0
    substances: Mapping[str, Substance] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for part in ("inputs", "outputs", "released", "substances"):
            object.__setattr__(self, part, MappingProxyType(dict(getattr(self, part))))
        masses = [*self.inputs.values(), *self.outputs.values(), *self.released.values()]
        if not masses or not all(np.isfinite(mass) and mass >= 0.0 for mass in masses):
            raise InvalidInput(f"recipe {self.name!r}: masses must be finite and not negative [kg]")
        if not (np.isfinite(self.energy) and self.energy >= 0.0 and np.isfinite(self.heat)):
            raise InvalidInput(f"recipe {self.name!r}: energy must be finite and not negative [J]; got {self.energy!r}")
        amiss = self.imbalance()
        worst = max(amiss, key=lambda element: abs(amiss[element]))
        if abs(amiss[worst]) > BALANCE * sum(masses):
            more = "more" if amiss[worst] > 0.0 else "less"
            raise InvalidInput(
                f"recipe {self.name!r} does not balance: one unit gives {abs(amiss[worst]):.6g} kg {more} of"
                f" {worst} than it takes; correct its masses or name what is released"
            )

    def substance(self, name: str) -> Substance:
        """Return the substance of that name, of its own or of the common table."""
        return self.substances[name] if name in self.substances else substance_named(name)

    def imbalance(self) -> dict[str, float]:
        """Mass [kg] of each element that one unit gives beyond what it takes."""
        flows = [(name, -mass) for name, mass in self.inputs.items()]
        flows += [*self.outputs.items(), *self.released.items()]
        shares = [(mass, self.substance(name).composition) for name, mass in flows]
        return {element: sum(mass * one[i] for mass, one in shares) for i, element in enumerate(ELEMENTS)}

    def scaled(self, energy: float) -> Recipe:
        """Return the same recipe with another electric energy [J] for one unit."""
        return Recipe(
            self.name,
            self.inputs,
            self.outputs,
            self.released,
            self.unit,
            self.kind,
            energy,
            self.heat,
            self.substances,
        )


@dataclass(frozen=True, slots=True)
class Process:
    """A recipe that runs at up to a rate.

    Attributes
    ----------
    name : str
        Unique at its site.
    recipe : Recipe
        What one unit takes and makes.
    rate : float [1/s]
        Units wanted in a second at full activity.
    priority : int
        1 is served first; those of equal priority share what is short in proportion to what they want.
    start_up : float [s]
        Time without product after each interruption of its power.
    facility : str
        The load whose served power drives it; empty where it needs none.
    """

    name: str
    recipe: Recipe
    rate: float
    priority: int = 5
    start_up: float = 0.0
    facility: str = ""

    def __post_init__(self) -> None:
        if not (np.isfinite(self.rate) and self.rate >= 0.0):
            raise InvalidInput(
                f"process {self.name!r}: the rate must be finite and not negative [1/s]; got {self.rate!r}"
            )
        if not (np.isfinite(self.start_up) and self.start_up >= 0.0):
            raise InvalidInput(f"process {self.name!r}: the start-up must not be negative [s]; got {self.start_up!r}")

    @property
    def power(self) -> float:
        """Electric power [W] at the full rate."""
        return self.rate * self.recipe.energy
