"""What a rover can do: speed and energy by slope, its battery, and how long it lives without the Sun."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.bodies import LUNAR_MAP_RADIUS, body
from moonstead.foundation.errors import InvalidInput

__all__ = ["LUNAR_GRAVITY", "ROVERS", "Rover", "drive_energy_per_metre", "drive_speed", "time_to_cool"]

Array = NDArray[np.float64]

LUNAR_GRAVITY = body("MOON").gm / LUNAR_MAP_RADIUS**2  # [m/s^2] 1.624, of a sphere, on the radius of maps
STEEPEST = math.radians(45.0)  # [rad] loose regolith slides at 31 to 37 degrees; nothing drives beyond this


@dataclass(frozen=True, slots=True)
class Rover:
    """A rover that lives on sunlight and a battery.

    Attributes
    ----------
    name : str
        What reports call it.
    mass : float [kg]
        With all that it carries.
    slopes : tuple of K float [rad]
        Slopes along the drive at which the speed is known, rising; uphill is positive.
    speeds : tuple of K float [m/s]
        Mean speed there, stops for pictures included; linear between, constant beyond the ends.
    max_uphill, max_downhill, max_sideways : float [rad]
        Steepest slopes along and across the drive.
    rolling_resistance : float [1]
        Force that holds a wheel back on level ground, over the weight on it.
    drive_efficiency : float [1]
        Mechanical work over electric energy. Energy of braking downhill is lost.
    hotel_power : float [W]
        Electric power of all but the drive, always.
    heater_power : float [W]
        On top of it where no Sun shines.
    array_power : float [W]
        Of the solar array where the Sun shines, whatever its direction: panels on all sides or on a mast.
    capacity : float [J]
        Of the battery.
    least_charge : float [1]
        State of charge that is never undercut.
    charge_efficiency, discharge_efficiency : float [1]
        Energy into the cells over energy from the bus, and energy to the bus over energy from the cells.
    max_shadow : float [s]
        Longest time without the Sun, whatever the battery holds; `time_to_cool` helps to find it.
    needs_earth : bool
        Whether it drives only while it sees the Earth.
    source : str
        Where the numbers come from, and which of them are unverified.
    """

    name: str
    mass: float
    slopes: tuple[float, ...]
    speeds: tuple[float, ...]
    max_uphill: float
    max_downhill: float
    max_sideways: float
    rolling_resistance: float
    drive_efficiency: float
    hotel_power: float
    heater_power: float
    array_power: float
    capacity: float
    least_charge: float = 0.2
    charge_efficiency: float = 0.97
    discharge_efficiency: float = 0.97
    max_shadow: float = math.inf
    needs_earth: bool = False
    source: str = ""

    def __post_init__(self) -> None:
        who = f"rover {self.name!r}"
        for what in ("mass", "capacity", "max_uphill", "max_downhill", "max_sideways", "max_shadow"):
            if not getattr(self, what) > 0.0:
                raise InvalidInput(f"{who}: {what} must be positive; got {getattr(self, what)!r}")
        for what in ("max_uphill", "max_downhill", "max_sideways"):
            if getattr(self, what) > STEEPEST:
                raise InvalidInput(
                    f"{who}: {what} must be at most {STEEPEST:.3f} rad (45 deg); got {getattr(self, what)!r}; "
                    "is it in degrees?"
                )
        for what in ("rolling_resistance", "hotel_power", "heater_power", "array_power"):
            if not (math.isfinite(getattr(self, what)) and getattr(self, what) >= 0.0):
                raise InvalidInput(f"{who}: {what} must be finite and not negative; got {getattr(self, what)!r}")
        for what in ("drive_efficiency", "charge_efficiency", "discharge_efficiency"):
            if not 0.0 < getattr(self, what) <= 1.0:
                raise InvalidInput(f"{who}: {what} must lie in (0, 1]; got {getattr(self, what)!r}")
        if not 0.0 <= self.least_charge < 1.0:
            raise InvalidInput(f"{who}: least_charge must lie in [0, 1); got {self.least_charge!r}")
        if not (math.isfinite(self.mass) and math.isfinite(self.capacity)):
            raise InvalidInput(f"{who}: mass and capacity must be finite; got {self.mass!r} kg, {self.capacity!r} J")
        speeds, slopes = np.asarray(self.speeds), np.asarray(self.slopes)
        if speeds.size == 0 or speeds.shape != slopes.shape or not np.all((speeds > 0.0) & np.isfinite(speeds)):
            raise InvalidInput(
                f"{who}: each of its slopes needs a positive speed; got {self.slopes!r}, {self.speeds!r}"
            )
        if not np.all(np.diff(slopes) > 0.0):
            raise InvalidInput(f"{who}: slopes of the table of speeds must rise; got {self.slopes!r}")

    @property
    def lit_rate(self) -> float:
        """Power [W] into the cells while it stands in the Sun; negative where the array is weaker than the rest."""
        return self._into_cells(self.array_power - self.hotel_power)

    @property
    def dark_rate(self) -> float:
        """Power [W] into the cells while it stands in the dark: never positive."""
        return self._into_cells(-self.hotel_power - self.heater_power)

    @property
    def least_energy(self) -> float:
        """Energy [J] in the battery that is never undercut."""
        return self.least_charge * self.capacity

    @property
    def dark_endurance(self) -> float:
        """Longest time [s] that it can stand in the dark with a battery that was full."""
        drain = -self.dark_rate
        by_battery = (self.capacity - self.least_energy) / drain if drain > 0.0 else math.inf
        return min(by_battery, self.max_shadow)

    def _into_cells(self, power: float) -> float:
        return power * self.charge_efficiency if power > 0.0 else power / self.discharge_efficiency


def drive_speed(rover: Rover, slope: ArrayLike) -> Array:
    """Speed along a slope.

    Parameters
    ----------
    rover : Rover
        Its table of speeds and its limits.
    slope : (N,) [rad]
        Along the drive; uphill is positive.

    Returns
    -------
    (N,) [m/s]
        Linear between the entries of the table; 0 where the slope is too steep.

    Source
    ------
    Interpolation in the rover's own table.
    """
    angle = np.asarray(slope, dtype=np.float64)
    speed = np.interp(angle, rover.slopes, rover.speeds)
    return np.where((angle <= rover.max_uphill) & (angle >= -rover.max_downhill), speed, 0.0)


def drive_energy_per_metre(rover: Rover, slope: ArrayLike) -> Array:
    """Electric energy of driving one metre along a slope: ``m g (c cos + sin) / efficiency``, never negative.

    Parameters
    ----------
    rover : Rover
        Mass, rolling resistance and efficiency.
    slope : (N,) [rad]
        Along the drive; uphill is positive.

    Returns
    -------
    (N,) [J/m]
        Per metre along the slope. Slip is not modelled: put it into the rolling resistance.

    Source
    ------
    Statics of a body on an incline; for rolling resistance of wheels on lunar soil, 0.1 to 0.2 of the weight, see
    Carrier, Olhoeft & Mendell (1991), Lunar Sourcebook, section 9.1 (range recalled, unverified).
    """
    angle = np.asarray(slope, dtype=np.float64)
    force = rover.mass * LUNAR_GRAVITY * (rover.rolling_resistance * np.cos(angle) + np.sin(angle))
    return np.asarray(np.maximum(force, 0.0) / rover.drive_efficiency)


def time_to_cool(
    heat_capacity: float,
    conductance: float,
    heat: float,
    start_temperature: float,
    least_temperature: float,
    surroundings: float,
) -> float:
    """Time until a warm box with constant heating has cooled down to a limit.

    Parameters
    ----------
    heat_capacity : float [J/K]
        Of all that shares one temperature.
    conductance : float [W/K]
        From the box to its surroundings, radiation made linear at the temperatures at hand.
    heat : float [W]
        Dissipated inside, heaters included.
    start_temperature, least_temperature : float [K]
        At the beginning, and the lowest that is allowed.
    surroundings : float [K]
        Temperature that the box would take without heat.

    Returns
    -------
    float [s]
        inf where the heat holds it above the limit; 0 where it starts below.

    Raises
    ------
    InvalidInput
        A number is not positive or not finite.

    Source
    ------
    Newton's law of cooling: ``T(t) = T_e + (T_0 - T_e) exp(-G t / C)`` with ``T_e = T_s + P / G``.
    """
    numbers = (heat_capacity, conductance, start_temperature, least_temperature, surroundings)
    if not all(math.isfinite(value) and value > 0.0 for value in numbers) or not 0.0 <= heat < math.inf:
        raise InvalidInput(
            "heat capacity, conductance and temperatures must be positive and finite, the heat not negative; got "
            f"{heat_capacity!r} J/K, {conductance!r} W/K, {heat!r} W, {start_temperature!r}, {least_temperature!r} "
            f"and {surroundings!r} K"
        )
    if start_temperature <= least_temperature:
        return 0.0
    balance = surroundings + heat / conductance
    if balance >= least_temperature:
        return math.inf
    share = (start_temperature - balance) / (least_temperature - balance)
    return heat_capacity / conductance * math.log(share)


def _degrees(*angles: float) -> tuple[float, ...]:
    return tuple(math.radians(angle) for angle in angles)


ROVERS = {
    "yutu-2": Rover(
        "Yutu-2 class",
        mass=135.0,
        slopes=_degrees(-20.0, 0.0, 20.0),
        speeds=(0.03, 0.055, 0.02),
        max_uphill=math.radians(20.0),
        max_downhill=math.radians(20.0),
        max_sideways=math.radians(20.0),
        rolling_resistance=0.15,
        drive_efficiency=0.4,
        hotel_power=60.0,
        heater_power=40.0,
        array_power=170.0,
        capacity=3.6e6,
        needs_earth=False,
        source="mass 135 kg, 200 m/h and 20 deg as announced for Yutu (recalled); all else chosen here, unverified",
    ),
    "viper": Rover(
        "VIPER class",
        mass=430.0,
        slopes=_degrees(-15.0, 0.0, 15.0),
        speeds=(0.1, 0.2, 0.08),
        max_uphill=math.radians(15.0),
        max_downhill=math.radians(15.0),
        max_sideways=math.radians(15.0),
        rolling_resistance=0.15,
        drive_efficiency=0.4,
        hotel_power=150.0,
        heater_power=100.0,
        array_power=450.0,
        capacity=1.9e7,
        max_shadow=50.0 * 3600.0,
        needs_earth=True,
        source="430 kg, 0.2 m/s, 450 W, slopes of 15 deg and 50 h of shadow as announced (recalled); all else chosen "
        "here, unverified",
    ),
    "heavy": Rover(
        "Pressurised rover class",
        mass=6000.0,
        slopes=_degrees(-20.0, 0.0, 20.0),
        speeds=(1.0, 2.0, 0.7),
        max_uphill=math.radians(20.0),
        max_downhill=math.radians(20.0),
        max_sideways=math.radians(15.0),
        rolling_resistance=0.12,
        drive_efficiency=0.6,
        hotel_power=2500.0,
        heater_power=1000.0,
        array_power=6000.0,
        capacity=1.08e9,
        source="chosen here to stand for its class, unverified",
    ),
}
