"""Crew: what people take and give, by what they do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.dynamics.windows import Windows
from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.foundation.errors import InvalidInput
from moonstead.station.loads import share_in_steps
from moonstead.station.processes import Process, Recipe
from moonstead.station.substances import (
    CARBON_DIOXIDE_DAY,
    FAECES_DAY,
    FAECES_WATER_DAY,
    FOOD_WATER_DAY,
    LATENT_HEAT,
    OXYGEN_DAY,
    SWEAT_SOLIDS_DAY,
    URINE_SOLIDS_DAY,
    URINE_WATER_DAY,
    diet,
)

Array = NDArray[np.float64]
HOUR = 3600.0  # [s]
MINUTE = 60.0  # [s]
DRINKING_DAY = 2.5  # [kg] drink and water for food: BVAD (2015), NASA/TP-2015-218570, as V-HAB quotes it
FOOD_ENERGY_DAY = 11.82e6  # [J] BVAD (2004)
HYGIENE_DAY = 1.1  # [kg] so that water adds up to the 3.6 kg of SpaceNet; RP-1324 (1994) has 12.6 kg with showers
EVA_WATER = 0.6875 / HOUR  # [kg/s] drunk and evaporated for cooling: SpaceNet 2.5r2

OXYGEN_RATES = MappingProxyType(
    {
        "sleep": 3.60e-4 / MINUTE,
        "nominal": 5.68e-4 / MINUTE,
        "exercise": 39.40e-4 / MINUTE,
        "eva": 0.07875 / HOUR,
    }
)
"""Oxygen that one person breathes [kg/s] by activity.

BVAD (2015), NASA/TP-2015-218570, table 3.22, as V-HAB quotes it; extravehicular activity from SpaceNet 2.5r2.
"""


@dataclass(frozen=True, slots=True)
class CrewStay:
    """People at a site over a time, and their day.

    Attributes
    ----------
    name : str
        What reports call it.
    start, stop : float [s TDB past J2000]
        Arrival and departure.
    number : int
        People.
    sleep, exercise : float [s]
        Of each person and day.
    eva_crew : int
        People on each extravehicular activity.
    eva_duration : float [s]
        Of one.
    eva_per_week : float [1]
        How many in seven days, spread evenly over the days.
    hygiene : float [kg]
        Wash water of each person and day.
    """

    name: str
    start: float
    stop: float
    number: int
    sleep: float = 8.0 * HOUR
    exercise: float = 0.5 * HOUR
    eva_crew: int = 2
    eva_duration: float = 6.0 * HOUR
    eva_per_week: float = 0.0
    hygiene: float = HYGIENE_DAY

    def __post_init__(self) -> None:
        if not self.start < self.stop:
            raise InvalidInput(f"crew {self.name!r}: departs before it arrives; exchange start and stop")
        if self.number < 1:
            raise InvalidInput(f"crew {self.name!r}: needs at least one person; got {self.number!r}")
        if min(self.sleep, self.exercise, self.eva_duration, self.eva_per_week, self.hygiene) < 0.0:
            raise InvalidInput(f"crew {self.name!r}: times and water of a day must not be negative")
        if self.sleep + self.exercise + self.eva_duration > SECONDS_PER_DAY:
            raise InvalidInput(f"crew {self.name!r}: sleep, exercise and activity outside take more than a day")
        if self.eva_per_week > 7.0:
            raise InvalidInput(
                f"crew {self.name!r}: at most one activity outside a day; got {self.eva_per_week!r} a week"
            )
        if self.eva_per_week > 0.0 and not 1 <= self.eva_crew <= self.number:
            raise InvalidInput(f"crew {self.name!r}: {self.eva_crew!r} of {self.number!r} people cannot go outside")


def metabolism() -> Recipe:
    """What one person breathes, eats, drinks and gives off for one day of mean activity.

    Water vapour follows from the balance: 1.87 kg a day where BVAD tabulates 1.9 kg. All flows follow the activity with
    the oxygen, so that each element balances at any time.

    Returns
    -------
    Recipe
        One unit is a person's day [1] with 0.816 kg of oxygen; masses [kg]. Heat is what leaves dry; the rest leaves
        with the vapour.

    Source
    ------
    BVAD (2015), NASA/TP-2015-218570, tables 3.22 and 3.26, as V-HAB quotes them; Volk & Rummel (1987),
    doi:10.1016/0273-1177(87)90045-9.
    """
    protein, carbohydrate, fat, made = diet()
    drunk = DRINKING_DAY + FOOD_WATER_DAY
    vapour = drunk + made - URINE_WATER_DAY - FAECES_WATER_DAY
    return Recipe(
        "metabolism",
        {"oxygen": OXYGEN_DAY, "food": protein + carbohydrate + fat + FOOD_WATER_DAY, "potable-water": DRINKING_DAY},
        {
            "cabin-carbon-dioxide": CARBON_DIOXIDE_DAY,
            "humidity": vapour,
            "urine": URINE_WATER_DAY + URINE_SOLIDS_DAY,
            "solid-waste": FAECES_DAY + FAECES_WATER_DAY + SWEAT_SOLIDS_DAY,
        },
        unit="person-day",
        kind="consumer",
        heat=FOOD_ENERGY_DAY - LATENT_HEAT * vapour,
    )


def metabolism_outside() -> Recipe:
    """What one person takes and gives in an hour of activity outside: breath and sweat are not brought back.

    Returns
    -------
    Recipe
        One unit is a person's hour [1] with 0.07875 kg of oxygen and 0.6875 kg of water; masses [kg].

    Source
    ------
    SpaceNet 2.5r2, consumption for each hour outside; the rest as `metabolism` at that rate of oxygen. Lithium
    hydroxide for the carbon dioxide counts among imports.
    """
    inside = metabolism()
    days = OXYGEN_RATES["eva"] * HOUR / OXYGEN_DAY
    inputs = {name: mass * days for name, mass in inside.inputs.items()}
    outputs = {name: mass * days for name, mass in inside.outputs.items()}
    released = {name: outputs.pop(name) for name in ("cabin-carbon-dioxide", "humidity")}
    cooling = EVA_WATER * HOUR - inputs["potable-water"]
    inputs["potable-water"] += cooling
    released["potable-water"] = cooling
    return Recipe("activity outside", inputs, outputs, released, unit="person-hour", kind="consumer")


def hygiene() -> Recipe:
    """Wash water that becomes grey water.

    Returns
    -------
    Recipe
        One unit is a kilogram [kg].

    Source
    ------
    Definition.
    """
    return Recipe("hygiene", {"potable-water": 1.0}, {"grey-water": 1.0}, unit="kg of water", kind="consumer")


def crew_processes(
    tdb: ArrayLike,
    stays: Sequence[CrewStay],
    *,
    consumption: float = 1.0,
    airlock: Recipe | None = None,
    priority: int = 1,
) -> tuple[tuple[Process, ...], dict[str, Array]]:
    """Processes of a crew, and their activity in each step.

    A day begins at 0 h TDB with sleep, exercise follows, then activity outside on its days; the rest is nominal.

    Parameters
    ----------
    tdb : (n + 1,) [s TDB past J2000]
        Rising edges of the steps.
    stays : sequence of CrewStay
        May overlap.
    consumption : float [1]
        Factor on all that people take and give, to span the spread between people.
    airlock : Recipe, optional
        What one passage of the airlock costs, as `life_support.airlock_cycle`.
    priority : int
        Of all these processes.

    Returns
    -------
    (tuple of Process, dict of str to (n,) [1])
        Metabolism, hygiene, activity outside and airlock; their activity is people's days in a day, kg in a day,
        people's hours in an hour and passages in an hour. No processes where nobody stays.

    Raises
    ------
    InvalidInput
        The consumption is not positive.

    Source
    ------
    Exact overlap of each activity with each step; rates as `OXYGEN_RATES`.
    """
    if not consumption > 0.0:
        raise InvalidInput(f"consumption must be positive; got {consumption!r}")
    time = np.asarray(tdb, dtype=np.float64)
    inside, outside, wash, passages = np.zeros((4, time.size - 1))
    span = (float(time[0]), float(time[-1]))
    for stay in stays:
        here = _stay_windows(stay, span)
        there = share_in_steps(here, time)
        sleep = share_in_steps(here & _daily(span, 0.0, stay.sleep), time)
        exercise = share_in_steps(here & _daily(span, stay.sleep, stay.exercise), time)
        out = share_in_steps(eva_windows(stay, span), time)
        rates = (OXYGEN_RATES[name] / OXYGEN_DAY * SECONDS_PER_DAY for name in ("sleep", "exercise", "nominal"))
        asleep, moving, awake = rates
        inside += stay.number * (sleep * asleep + exercise * moving + (there - sleep - exercise) * awake)
        inside -= stay.eva_crew * out * awake
        outside += stay.eva_crew * out
        if stay.eva_duration > 0.0:
            passages += out * HOUR / stay.eva_duration
        wash += stay.number * there * stay.hygiene
    eaten = {"crew": np.maximum(inside, 0.0), "crew hygiene": wash, "crew outside": outside}
    activity = {name: values * consumption for name, values in eaten.items()}
    recipes = {
        "crew": (metabolism(), 1.0 / SECONDS_PER_DAY),
        "crew hygiene": (hygiene(), 1.0 / SECONDS_PER_DAY),
        "crew outside": (metabolism_outside(), 1.0 / HOUR),
    }
    if airlock is not None:
        activity["airlock"] = passages
        recipes["airlock"] = (airlock, 1.0 / HOUR)
    used = {name: values for name, values in activity.items() if np.any(values > 0.0)}
    return tuple(Process(name, *recipes[name], priority=priority) for name in used), used


def eva_windows(stay: CrewStay, span: tuple[float, float]) -> Windows:
    """Times of activity outside.

    Parameters
    ----------
    stay : CrewStay
        Its week and day.
    span : (float, float) [s TDB past J2000]
        Of the result.

    Returns
    -------
    Windows
        On days spread evenly, after sleep and exercise; whole ones only, so that nobody leaves outside.

    Source
    ------
    Definition: day k of a stay has one where floor((k + 1) n / 7) exceeds floor(k n / 7).
    """
    if stay.eva_per_week == 0.0 or stay.eva_duration == 0.0:
        return Windows.none(span)
    first = int(np.ceil((stay.start - _midnight(stay.start)) / SECONDS_PER_DAY)) * SECONDS_PER_DAY + _midnight(
        stay.start
    )
    count = int((stay.stop - first) / SECONDS_PER_DAY) + 1
    days = np.arange(max(count, 0))
    chosen = days[np.floor((days + 1) * stay.eva_per_week / 7.0) > np.floor(days * stay.eva_per_week / 7.0)]
    starts = first + chosen * SECONDS_PER_DAY + stay.sleep + stay.exercise
    stops = starts + stay.eva_duration
    whole = (starts >= span[0]) & (stops <= min(stay.stop, span[1]))
    return Windows.of(starts[whole], stops[whole], span)


def person_days(stays: Sequence[CrewStay], span: tuple[float, float]) -> float:
    """Days that people spend at a site, counted together.

    Parameters
    ----------
    stays : sequence of CrewStay
        May overlap.
    span : (float, float) [s TDB past J2000]
        What counts.

    Returns
    -------
    float [d]
        Of all people.

    Source
    ------
    Definition.
    """
    return sum(
        stay.number * max(min(stay.stop, span[1]) - max(stay.start, span[0]), 0.0) / SECONDS_PER_DAY for stay in stays
    )


def eva_person_hours(stays: Sequence[CrewStay], span: tuple[float, float]) -> float:
    """Hours that people spend outside, counted together.

    Parameters
    ----------
    stays : sequence of CrewStay
        May overlap.
    span : (float, float) [s TDB past J2000]
        What counts.

    Returns
    -------
    float [h]
        Of all people.

    Source
    ------
    Definition.
    """
    return sum(stay.eva_crew * eva_windows(stay, span).total() / HOUR for stay in stays)


def _midnight(time: float) -> float:
    """Start [s TDB past J2000] of the day that holds a time; J2000 is noon."""
    return float(np.floor(time / SECONDS_PER_DAY + 0.5) - 0.5) * SECONDS_PER_DAY


def _stay_windows(stay: CrewStay, span: tuple[float, float]) -> Windows:
    start, stop = max(stay.start, span[0]), min(stay.stop, span[1])
    return Windows.of([start], [stop], span) if start < stop else Windows.none(span)


def _daily(span: tuple[float, float], after: float, duration: float) -> Windows:
    """The same hours of each day."""
    if duration == 0.0:
        return Windows.none(span)
    days = np.arange(_midnight(span[0]), span[1], SECONDS_PER_DAY) + after
    return Windows.of(days, days + duration, span)
