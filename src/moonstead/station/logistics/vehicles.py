"""Vehicles of a campaign: stages with their propellant, and how often they fly."""

from __future__ import annotations

import math
from dataclasses import dataclass

from moonstead.foundation.constants import SECONDS_PER_DAY, STANDARD_GRAVITY
from moonstead.foundation.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage: what it weighs, what it burns, which burns it makes.

    Attributes
    ----------
    name : str
        Unique in its vehicle.
    dry : float [kg]
        Without usable propellant.
    propellant : float [kg]
        Usable propellant of full tanks.
    specific_impulse : float [s]
        0 for a stage that burns nothing.
    fuel : str
        Kind of propellant.
    boil_off_per_day : float [1]
        Share of the propellant that is lost in a day.
    burns : tuple of str or None
        Names of the burns that it makes; None for all.
    kept : bool
        Whether it stays with the vehicle after its last burn.
    waits_in : str or None
        Place where it waits while the rest flies on and comes back.
    """

    name: str
    dry: float
    propellant: float = 0.0
    specific_impulse: float = 0.0
    fuel: str = "hypergolic"
    boil_off_per_day: float = 0.0
    burns: tuple[str, ...] | None = None
    kept: bool = False
    waits_in: str | None = None

    def __post_init__(self) -> None:
        if not (math.isfinite(self.dry) and self.dry > 0.0):
            raise InvalidInput(f"stage {self.name!r}: the dry mass must be finite and positive [kg]; got {self.dry!r}")
        if not (math.isfinite(self.propellant) and self.propellant >= 0.0):
            raise InvalidInput(
                f"stage {self.name!r}: the propellant must not be negative [kg]; got {self.propellant!r}"
            )
        if self.propellant > 0.0 and not self.specific_impulse > 0.0:
            raise InvalidInput(f"stage {self.name!r}: propellant needs a specific impulse [s]")
        if not 0.0 <= self.boil_off_per_day < 1.0:
            raise InvalidInput(
                f"stage {self.name!r}: the loss of a day must lie in [0, 1); got {self.boil_off_per_day!r}"
            )

    @property
    def exhaust_velocity(self) -> float:
        """Effective exhaust velocity [m/s]."""
        return self.specific_impulse * STANDARD_GRAVITY

    def makes(self, burn: str) -> bool:
        """Whether it makes burns of this name."""
        return self.specific_impulse > 0.0 and (self.burns is None or burn in self.burns)

    def kept_share(self, duration: float) -> float:
        """Share of its propellant [1] that is left after a time [s] of boil-off."""
        return float((1.0 - self.boil_off_per_day) ** (duration / SECONDS_PER_DAY))


@dataclass(frozen=True, slots=True)
class Vehicle:
    """A vehicle: a stack of stages, its launcher's performance, its room and its rate of launch.

    Attributes
    ----------
    name : str
        Unique in a campaign.
    stages : tuple of Stage
        In the order in which they burn.
    partner : str
        Who flies it; empty where nobody is named.
    injected : float or None [kg]
        Most that its launcher lets go at `injected_to`; None for a vehicle that no launcher carries.
    injected_to : str
        Place where the launcher lets go.
    cargo : float [kg]
        Most cargo that it has room for.
    crew : int
        Seats.
    base : str or None
        Place that it works from again and again; None for one that is launched for each flight.
    fleet : int
        How many work from the base.
    available : (float, float) [s TDB past J2000]
        First and last launch.
    launches_per_year : float [1]
        Most launches within any Julian year.
    interval : float [s]
        Least time between two launches.
    success : float [1]
        Probability that a flight succeeds.
    """

    name: str
    stages: tuple[Stage, ...]
    partner: str = ""
    injected: float | None = None
    injected_to: str = "tli"
    cargo: float = 0.0
    crew: int = 0
    base: str | None = None
    fleet: int = 1
    available: tuple[float, float] = (-math.inf, math.inf)
    launches_per_year: float = math.inf
    interval: float = 0.0
    success: float = 1.0

    def __post_init__(self) -> None:
        if not self.stages:
            raise InvalidInput(f"vehicle {self.name!r} has no stage; give it at least one")
        if len({stage.name for stage in self.stages}) < len(self.stages):
            raise InvalidInput(f"vehicle {self.name!r}: two stages have one name")
        if self.injected is not None and self.injected < self.dry:
            raise InvalidInput(
                f"vehicle {self.name!r} weighs {self.dry:g} kg dry, its launcher brings {self.injected:g} kg "
                f"to {self.injected_to}"
            )
        if not 0.0 <= self.success <= 1.0:
            raise InvalidInput(f"vehicle {self.name!r}: the probability of success must lie in [0, 1]")

    @property
    def dry(self) -> float:
        """Mass of all stages without propellant [kg]."""
        return sum(stage.dry for stage in self.stages)


def propellant_for(delta_v: float, final_mass: float, specific_impulse: float) -> float:
    """Propellant that changes the velocity of what is left after the burn.

    Parameters
    ----------
    delta_v : float [m/s]
        Change of velocity, losses included.
    final_mass : float [kg]
        What is left after the burn.
    specific_impulse : float [s]
        Of the engine.

    Returns
    -------
    float [kg]
        Propellant burnt.

    Raises
    ------
    InvalidInput
        The specific impulse is not positive, or a value is negative.

    Source
    ------
    Tsiolkovsky (1903): m0 = m1 exp(dv / (g0 Isp)).
    """
    if not specific_impulse > 0.0:
        raise InvalidInput(f"the specific impulse must be positive [s]; got {specific_impulse!r}")
    if delta_v < 0.0 or final_mass < 0.0:
        raise InvalidInput("a change of velocity [m/s] and a mass [kg] must not be negative")
    return final_mass * math.expm1(delta_v / (specific_impulse * STANDARD_GRAVITY))
