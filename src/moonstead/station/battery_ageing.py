"""Lithium-ion cells in time and cold: capacity that fades, and what temperature leaves of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.errors import InvalidInput
from moonstead.station.battery import Battery

Array = NDArray[np.float64]

WARMEST, COLDEST = 333.15, 273.15  # [K] outside, other reactions age the cells than the model knows
GAS_CONSTANT = 8.314462618  # [J/mol/K] CODATA 2018
REFERENCE = 298.15  # [K] at which capacity and power are rated
# Shares of the rated capacity at 253, 273 and 298 K as data sheets of common cells show them: recalled, unverified
CAPACITY_AT = ((233.15, 0.35), (253.15, 0.65), (273.15, 0.88), (298.15, 1.0), (333.15, 1.0))
RESISTANCE_ENERGY = 25_000.0  # [J/mol] activation energy of the cells' resistance: recalled, unverified


@dataclass(frozen=True, slots=True)
class AgeingModel:
    """Constants of a fading law with rainflow cycles.

    Attributes
    ----------
    film_share : float [1]
        Share of the capacity that the first film takes (alpha).
    film_rate : float [1]
        How much faster the film grows than the rest fades (beta).
    depth : (float, float, float) [1]
        Stress of a cycle's depth d: ``1 / (depth[0] d^depth[1] + depth[2])``.
    charge_slope : float [1]
        Stress of the mean state of charge: ``exp(charge_slope (charge - charge_reference))``.
    charge_reference : float [1]
        State of charge without stress of its own.
    temperature_slope : float [1/K]
        Stress of temperature: ``exp(temperature_slope (T - T_r) T_r / T)``.
    temperature_reference : float [K]
        Temperature without stress of its own.
    calendar : float [1/s]
        Rate of fading without cycles at the references.
    """

    film_share: float
    film_rate: float
    depth: tuple[float, float, float]
    charge_slope: float
    charge_reference: float
    temperature_slope: float
    temperature_reference: float
    calendar: float


# Lithium-manganese-oxide cells; table of fitted constants in B. Xu, A. Oudalov, A. Ulbig, G. Andersson, D. S. Kirschen,
# IEEE Trans. Smart Grid 9 (2018) 1131, doi:10.1109/TSG.2016.2578950
XU_2018 = AgeingModel(5.75e-2, 121.0, (1.40e5, -5.01e-1, -1.23e5), 1.04, 0.50, 6.93e-2, 298.15, 4.14e-10)


def rainflow(series: ArrayLike) -> tuple[Array, Array, Array]:
    """Cycles in a series: their depths, means and counts.

    Parameters
    ----------
    series : (N,) [any unit]
        State of charge over time.

    Returns
    -------
    depths, means, counts : (K,) [any unit, any unit, 1]
        Count is 1 for a full cycle and 0.5 for a half one; in the order in which they close.

    Raises
    ------
    InvalidInput
        The series holds less than two finite values.

    Source
    ------
    Three-point rainflow counting: ASTM E1049-85, section 5.4.4.
    """
    values = np.asarray(series, dtype=np.float64)
    if values.ndim != 1 or values.size < 2 or not np.all(np.isfinite(values)):
        raise InvalidInput("rainflow counting needs a series of at least two finite values")
    moves = np.diff(values)
    moving = np.append(values[0], values[1:][moves != 0.0])
    turns = np.sign(np.diff(moving))
    turning = np.append(np.append(moving[:1], moving[1:-1][turns[1:] != turns[:-1]]), moving[-1:])
    found: list[tuple[float, float, float]] = []
    points: list[float] = []
    for value in turning.tolist() if moving.size > 1 else []:
        points.append(value)
        while len(points) >= 3:
            last, before = abs(points[-1] - points[-2]), abs(points[-2] - points[-3])
            if last < before:
                break
            middle = 0.5 * (points[-2] + points[-3])
            if len(points) == 3:
                found.append((before, middle, 0.5))
                points.pop(0)
            else:
                found.append((before, middle, 1.0))
                del points[-3:-1]
    found += [(abs(b - a), 0.5 * (a + b), 0.5) for a, b in pairwise(points)]
    depths, means, counts = np.array(found, dtype=np.float64).reshape(-1, 3).T
    return depths, means, counts


def capacity_share(
    tdb: ArrayLike,
    charge: ArrayLike,
    temperature: float,
    *,
    age: float = 0.0,
    model: AgeingModel = XU_2018,
) -> Array:
    """Share of its new capacity that a battery keeps over a span, from the state of charge that it went through.

    Parameters
    ----------
    tdb : (n + 1,) [s TDB past J2000]
        Rising times.
    charge : (n + 1,) [1]
        State of charge at these times, linear between them.
    temperature : float [K]
        Of the cells, kept by heaters.
    age : float [s]
        Time before the span, at the span's mean state of charge and with the span's cycles at its rate.
    model : AgeingModel
        Constants of the cells.

    Returns
    -------
    (n,) [1]
        Mean of the two ends of each step; calendar fading is exact, that of cycles goes with the charge moved.

    Raises
    ------
    InvalidInput
        The temperature lies outside 273 K to 333 K, the charge outside [0, 1], or arrays do not fit.

    Source
    ------
    B. Xu, A. Oudalov, A. Ulbig, G. Andersson, D. S. Kirschen, Modeling of lithium-ion battery degradation for cell life
    assessment, IEEE Trans. Smart Grid 9 (2018) 1131, doi:10.1109/TSG.2016.2578950: fading f of calendar and cycles with
    their stresses, ``L = 1 - alpha e^(-beta f) - (1 - alpha) e^(-f)``.
    """
    time, level = np.asarray(tdb, dtype=np.float64), np.asarray(charge, dtype=np.float64)
    if not COLDEST <= temperature <= WARMEST:
        raise InvalidInput(f"the ageing model holds from {COLDEST:g} K to {WARMEST:g} K; got {temperature!r} K")
    if time.shape != level.shape or time.size < 2 or not np.all(np.diff(time) > 0.0):
        raise InvalidInput("ageing needs at least two rising times [s] with a state of charge each")
    if not np.all((level >= -1e-9) & (level <= 1.0 + 1e-9)) or not age >= 0.0:
        raise InvalidInput("ageing needs states of charge in [0, 1] and an age of at least 0 s")
    warm = _temperature_stress(temperature, model)
    rates = model.calendar * warm * np.exp(model.charge_slope * (level - model.charge_reference))
    calendar = np.append(0.0, np.cumsum(0.5 * (rates[1:] + rates[:-1]) * np.diff(time)))
    depths, means, counts = rainflow(level)
    real = depths > 1e-6  # shallower ones are rounding
    stress = np.exp(model.charge_slope * (means[real] - model.charge_reference)) * warm
    first, power, last = model.depth
    cycled = float(counts[real] @ (stress / (first * np.minimum(depths[real], 1.0) ** power + last)))
    moved = np.append(0.0, np.cumsum(np.abs(np.diff(level))))
    cycles = cycled * moved / max(float(moved[-1]), 1e-300)
    total = calendar + cycles
    before = total[-1] * age / float(time[-1] - time[0])
    fading = before + total
    kept = model.film_share * np.exp(-model.film_rate * fading) + (1.0 - model.film_share) * np.exp(-fading)
    return np.asarray(0.5 * (kept[1:] + kept[:-1]))


def in_the_cold(battery: Battery, temperature: float) -> Battery:
    """A battery as it works at a temperature of its cells.

    Parameters
    ----------
    battery : Battery
        As rated at 25 deg C.
    temperature : float [K]
        Of the cells, at least 233 K: electrolytes freeze below.

    Returns
    -------
    Battery
        With the capacity [J] and the limits of power [W] left.

    Raises
    ------
    InvalidInput
        The temperature lies outside 233 K to 333 K.

    Source
    ------
    Capacity by linear interpolation of a table, power in inverse proportion to a resistance after Arrhenius; the
    numbers of both are recalled from data sheets of common lithium-ion cells and unverified.
    """
    at, share = (np.array(column) for column in zip(*CAPACITY_AT, strict=True))
    if not at[0] <= temperature <= at[-1]:
        raise InvalidInput(f"batteries are described from {at[0]:g} K to {at[-1]:g} K; got {temperature!r} K")
    left = float(np.interp(temperature, at, share))
    slower = float(np.exp(min(-RESISTANCE_ENERGY / GAS_CONSTANT * (1.0 / temperature - 1.0 / REFERENCE), 0.0)))
    return replace(
        battery,
        capacity=battery.capacity * left,
        charge_limit=battery.charge_limit * slower,
        discharge_limit=battery.discharge_limit * slower,
    )


def _temperature_stress(temperature: float, model: AgeingModel) -> float:
    reference = model.temperature_reference
    return float(np.exp(model.temperature_slope * (temperature - reference) * reference / temperature))
