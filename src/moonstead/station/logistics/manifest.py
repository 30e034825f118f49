"""From the solution of the linear program to flights with names, dates and items: who needs it first gets it first."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.errors import InvalidInput
from moonstead.station.logistics.campaign import Campaign, CampaignPlan, Item, Late, PlannedFlight
from moonstead.station.logistics.model import TONNE, PlanModel
from moonstead.station.logistics.options import CARGO, FlightOption
from moonstead.station.logistics.pieces import NOTHING, Piece, open_pieces

Array = NDArray[np.float64]
SURPLUS = 10  # class of supply of what nobody needs: miscellaneous
PROPELLANT = 1


@dataclass(slots=True)
class _Load:
    """What the flights of one option in one step bring together."""

    option: FlightOption
    flights: int
    departure: float
    tonnes: dict[str, float]
    items: list[Item]

    @property
    def arrival(self) -> float:
        """When it is unloaded [s TDB past J2000]."""
        return self.departure + self.option.profile.arrivals[self.option.place]


def plan_from_solution(campaign: Campaign, model: PlanModel, x: Array) -> CampaignPlan:
    """Flights of a solution, what is in them, and what comes late.

    Parameters
    ----------
    campaign : Campaign
        What was planned.
    model : PlanModel
        Its linear program.
    x : (N,) [mixed]
        The solution, flights in whole numbers.

    Returns
    -------
    CampaignPlan
        Without cost and bound.

    Raises
    ------
    InvalidInput
        Two bases bring cargo to each other.

    Source
    ------
    Earliest due date first, Jackson (1955): among plans that bring the same masses at the same times none has less
    lateness, because any class of supply can take the room of any other.
    """
    loads = []
    for column in model.columns:
        count = round(float(x[column.flights]))
        if count:
            option = model.options[column.option]
            carried = {c: max(float(x[k]), 0.0) * TONNE for c, k in zip(option.commodities, column.cargo, strict=True)}
            loads.append(_Load(option, count, column.departure, carried, []))
    pieces, late = open_pieces(campaign)
    late += _distribute(campaign, loads, pieces)
    flights = [flight for load in loads for flight in _flights(load)]
    flights.sort(key=lambda one: (one.departure, one.profile.vehicle.name, one.profile.stops[-1]))
    numbered: dict[str, int] = {}
    named = []
    for flight in flights:
        vehicle = flight.profile.vehicle.name
        numbered[vehicle] = numbered.get(vehicle, 0) + 1
        changed = (f"{vehicle} {numbered[vehicle]}", flight.profile, flight.departure, flight.items)
        named.append(PlannedFlight(*changed, flight.propellant, flight.fills, flight.departure_mass))
    made = {depot.name: np.zeros(campaign.steps) for depot in campaign.depots}
    for (depot, edge), place in model.made.items():
        made[depot][edge - 1] = max(float(x[place]), 0.0) * TONNE
    launched = [one for one in named if one.profile.launched]
    return CampaignPlan(
        campaign, tuple(named), tuple(late), made, len(launched), sum(one.departure_mass for one in launched)
    )


def _distribute(campaign: Campaign, loads: Sequence[_Load], pieces: Sequence[Piece]) -> list[Late]:
    """Give each load its items: places that feed no other first, then the bases that feed them."""
    late: list[Late] = []
    feeds: dict[str, set[str]] = {}
    for load in loads:
        if load.option.vehicle.base is not None and load.tonnes.get(CARGO, 0.0) > NOTHING:
            feeds.setdefault(load.option.vehicle.base, set()).add(load.option.place)
    places = list(dict.fromkeys([*(n.place for n in campaign.needs), *(load.option.place for load in loads), *feeds]))
    done: set[str] = set()
    while len(done) < len(places):
        ready = [place for place in places if place not in done and feeds.get(place, set()) <= done]
        if not ready:
            circle = ", ".join(place for place in places if place not in done)
            raise InvalidInput(f"vehicles bring cargo from {circle} to each other; give one of them no cargo")
        for place in ready:
            late += _serve(campaign, place, loads, pieces)
            done.add(place)
    for load in loads:
        for commodity, mass in load.tonnes.items():
            if commodity != CARGO and mass > NOTHING:
                depot = next(d for d in campaign.depots if (d.place, d.fuel) == (load.option.place, commodity))
                load.items.append(Item(depot.name, PROPELLANT, commodity, load.option.place, mass))
    return late


def _serve(campaign: Campaign, place: str, loads: Sequence[_Load], pieces: Sequence[Piece]) -> list[Late]:
    wanted = [piece for piece in pieces if piece.place == place] + _taken_on(campaign, place, loads)
    queue = deque(sorted(wanted, key=lambda one: (one.edge, one.due)))
    arriving = [load for load in loads if load.option.place == place]
    found: list[Late] = []
    for load in sorted(arriving, key=lambda one: one.arrival):
        mass = load.tonnes.get(CARGO, 0.0)
        while mass > NOTHING:
            piece = queue[0] if queue else Piece(place, 0, math.inf, "surplus", SURPLUS, math.inf)
            part = min(mass, piece.mass)
            load.items.append(Item(piece.name, piece.supply_class, "", place, part))
            if load.arrival > piece.due and part > NOTHING:
                found.append(Late(piece.name, piece.due, load.arrival, part))
            mass -= part
            piece.mass -= part
            if piece.mass <= NOTHING and queue:
                queue.popleft()
    return found + [Late(one.name, one.due, math.inf, one.mass) for one in queue if one.mass > NOTHING]


def _taken_on(campaign: Campaign, place: str, loads: Sequence[_Load]) -> list[Piece]:
    """What vehicles with their base here take on, with the labels that their goal gave it."""
    return [
        Piece(
            place,
            int(np.searchsorted(campaign.edges, load.departure, "right")) - 1,
            load.departure,
            item.what,
            item.supply_class,
            item.mass,
        )
        for load in loads
        if load.option.vehicle.base == place
        for item in load.items
        if not item.fuel
    ]


def _flights(load: _Load) -> list[PlannedFlight]:
    """Equal flights in place of those that left together."""
    option, count = load.option, load.flights
    items: dict[tuple[str, int, str], float] = {}
    for item in load.items:
        key = (item.what, item.supply_class, item.fuel)
        items[key] = items.get(key, 0.0) + item.mass / count
    own = tuple(Item(*key, option.place, mass) for key, mass in items.items())
    vector = np.array([1.0, sum(item.mass for item in own)])
    form = option.loading
    propellant = {name: float(one @ vector) for name, one in form.first.items()}
    fills = {key: float(one @ vector) for key, one in form.fills.items()}
    flight = PlannedFlight("", option.profile, load.departure, own, propellant, fills, float(form.launch @ vector))
    return [flight] * count
