"""Every way in which the vehicles of a campaign can serve its places, and the most cargo on each."""

from __future__ import annotations

import math
from dataclasses import dataclass

from moonstead.foundation.errors import InvalidInput
from moonstead.station.logistics.campaign import Campaign
from moonstead.station.logistics.feasibility import check_flight
from moonstead.station.logistics.legs import Leg, cheapest_way
from moonstead.station.logistics.masses import Loading, loading
from moonstead.station.logistics.profile import FlightProfile, flight_profile, launched_way
from moonstead.station.logistics.vehicles import Vehicle

CARGO = "cargo"  # all classes of supply but propellant for depots: any of them can take the room of any other


@dataclass(frozen=True, slots=True, eq=False)
class FlightOption:
    """A vehicle on its way to one place.

    Attributes
    ----------
    profile : FlightProfile
        Vehicle and way.
    loading : Loading
        Its propellant as a linear form of the cargo.
    most_cargo : float [kg]
        The most that it can bring.
    commodities : tuple of str
        What it may carry: `CARGO` and kinds of propellant.
    fills : tuple of (str, str, float)
        Place, stage and time [s] after the departure of each filling by a depot.
    """

    profile: FlightProfile
    loading: Loading
    most_cargo: float
    commodities: tuple[str, ...]
    fills: tuple[tuple[str, str, float], ...]

    @property
    def vehicle(self) -> Vehicle:
        """What flies."""
        return self.profile.vehicle

    @property
    def place(self) -> str:
        """Where it brings its cargo."""
        return self.profile.stops[-1]

    @property
    def launched(self) -> bool:
        """Whether it leaves the Earth."""
        return self.profile.launched


def commodities_of(campaign: Campaign) -> dict[str, tuple[str, ...]]:
    """What each place keeps: cargo where somebody needs it or a vehicle has its base, propellant at depots.

    Parameters
    ----------
    campaign : Campaign
        What is planned.

    Returns
    -------
    dict of str to tuple of str
        Commodities by place.
    """
    found: dict[str, list[str]] = {}
    for need in campaign.needs:
        found.setdefault(need.place, []).append(CARGO)
    for vehicle in campaign.vehicles:
        if vehicle.base is not None:
            found.setdefault(vehicle.base, []).append(CARGO)
    for depot in campaign.depots:
        found.setdefault(depot.place, []).append(depot.fuel)
    return {place: tuple(dict.fromkeys(kept)) for place, kept in found.items()}


def flight_options(campaign: Campaign) -> tuple[list[FlightOption], list[str]]:
    """All useful flights of a campaign.

    Parameters
    ----------
    campaign : Campaign
        What is planned.

    Returns
    -------
    (list of FlightOption, list of str)
        The flights, and sentences on vehicles that cannot reach a place.

    Source
    ------
    The cheapest chain of legs to each place, once without depots and once filled wherever a depot on the way has the
    vehicle's propellant.
    """
    kept = commodities_of(campaign)
    fuels: dict[str, tuple[str, ...]] = {}
    for depot in campaign.depots:
        fuels[depot.place] = (*fuels.get(depot.place, ()), depot.fuel)
    options: list[FlightOption] = []
    told: list[str] = []
    for vehicle in campaign.vehicles:
        if vehicle.base is None and vehicle.injected is None:
            continue
        for place in kept:
            carried = tuple(c for c in kept[place] if vehicle.base is None or c in kept.get(vehicle.base, ()))
            if place == vehicle.base or not carried or vehicle.cargo <= 0.0:
                continue
            try:
                found = _ways(campaign, vehicle, place, carried, fuels)
            except InvalidInput as error:
                told.append(f"{vehicle.name} does not serve {place}: {error}")
                continue
            if not found:
                told.append(f"{vehicle.name} does not serve {place}: it can bring nothing there")
            options += found
    return options, told


def _ways(
    campaign: Campaign, vehicle: Vehicle, place: str, carried: tuple[str, ...], fuels: dict[str, tuple[str, ...]]
) -> list[FlightOption]:
    base = vehicle.base
    if base is None:
        start = vehicle.injected_to
        out = launched_way(vehicle, () if start == place else cheapest_way(campaign.legs, start, place))
        back: tuple[Leg, ...] = ()
    else:
        out, back = cheapest_way(campaign.legs, base, place), cheapest_way(campaign.legs, place, base)
    passed = {leg.to for leg in (*out, *back)} | {out[0].origin}
    on_the_way = {where: kinds for where, kinds in fuels.items() if where in passed}
    plain = {} if base is None else {where: kinds for where, kinds in on_the_way.items() if where == base}
    found: list[FlightOption] = []
    seen: set[tuple[str, ...]] = set()
    for depots in (plain, on_the_way):
        profile = flight_profile(vehicle, out, back=back, fills=depots)
        fills = _fills(profile)
        key = tuple(f"{where}/{stage}" for where, stage, _ in fills)
        if key in seen:
            continue
        seen.add(key)
        form = loading(profile)
        if base is not None and any(one.max() > 0.0 for one in form.first.values()):
            unfilled = next(name for name, one in form.first.items() if one.max() > 0.0)
            raise InvalidInput(f"no depot at {base} fills its stage {unfilled}")
        most = check_flight(profile, {}).most_cargo
        if most > 0.0 and math.isfinite(most):
            found.append(FlightOption(profile, form, most, carried, fills))
    return found


def _fills(profile: FlightProfile) -> tuple[tuple[str, str, float], ...]:
    clock, found = 0.0, []
    for step in profile.steps:
        clock += step.duration
        if step.kind == "fill":
            found.append((step.place, step.stage, clock))
    return tuple(found)
