"""The campaign as a mixed-integer linear program: flights in whole numbers, masses by the rocket equation, exactly."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from moonstead.station.logistics.campaign import Campaign, FuelDepot
from moonstead.station.logistics.cuts import rounding_row, spread_edges
from moonstead.station.logistics.options import CARGO, FlightOption, commodities_of
from moonstead.station.logistics.pieces import open_pieces
from moonstead.station.logistics.profile import departures

Array = NDArray[np.float64]
TONNE = 1e3  # [kg] unit of the program: keeps its coefficients near one
YEAR = 365.25 * 86_400.0  # [s]
LATE = 1e3  # [1/t] cost of a tonne that is late by one step: a kilogram late for a step weighs as one launch
NEVER = 1e4  # [1/t] cost of a tonne that never comes
MASS_OF_A_LAUNCH = 1e-4  # [1/t] breaks ties between plans with equally many launches
A_FLIGHT = 0.01  # [1] cost of a flight that is not counted as a launch


@dataclass(frozen=True, slots=True)
class Column:
    """One option in one step.

    Attributes
    ----------
    option : int
        Place among the options.
    step : int
        Step that it leaves in.
    departure : float [s TDB past J2000]
        When it leaves.
    flights : int
        Column of the number of flights.
    cargo : tuple of int
        Columns of the tonnes of each commodity.
    """

    option: int
    step: int
    departure: float
    flights: int
    cargo: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class PlanModel:
    """Mixed-integer linear program of a campaign: least cost x with lower <= A x <= upper, 0 <= x <= most.

    Attributes
    ----------
    options : tuple of FlightOption
        Ways to serve the places.
    columns : tuple of Column
        Options by step.
    cost : (N,) [1]
        Of each variable.
    most : (N,) [mixed]
        Upper bounds.
    whole : (N,)
        1 for numbers of flights, else 0.
    matrix : sparse (M, N)
        Rows.
    lower, upper : (M,) [mixed]
        Limits of the rows.
    late : mapping of (str, int) to int
        Column of the tonnes that a place misses at an edge.
    made : mapping of (str, int) to int
        Column of the tonnes made for a depot in the step before an edge.
    rates : int
        First of the rows that limit launches in time; they are the last ones.
    """

    options: tuple[FlightOption, ...]
    columns: tuple[Column, ...]
    cost: Array
    most: Array
    whole: NDArray[np.int64]
    matrix: Any
    lower: Array
    upper: Array
    late: dict[tuple[str, int], int]
    made: dict[tuple[str, int], int]
    rates: int


class _Rows:
    """Rows of the program as they are written."""

    def __init__(self) -> None:
        self.entries: list[tuple[int, int, float]] = []
        self.lower: list[float] = []
        self.upper: list[float] = []
        self.cost: list[float] = []
        self.most: list[float] = []
        self.whole: list[int] = []

    def column(self, cost: float = 0.0, most: float = math.inf, whole: int = 0) -> int:
        self.cost.append(cost)
        self.most.append(most)
        self.whole.append(whole)
        return len(self.cost) - 1

    def row(self, terms: Sequence[tuple[int, float]], lower: float, upper: float) -> None:
        self.entries += [(len(self.lower), column, value) for column, value in terms]
        self.lower.append(lower)
        self.upper.append(upper)


def plan_model(campaign: Campaign, options: Sequence[FlightOption]) -> PlanModel:
    """Write a campaign as a mixed-integer linear program.

    The cost counts launches (1 each, and 1e-4 for each tonne that leaves the Earth), or tonnes that leave the Earth, or
    nothing but lateness; a tonne that is late costs 1000 for each step, one that never comes 10 000.

    Parameters
    ----------
    campaign : Campaign
        What is planned.
    options : sequence of FlightOption
        From `flight_options`.

    Returns
    -------
    PlanModel
        In tonnes.

    Source
    ------
    Time-expanded network of flights and stocks, as in Ho et al. (2014), Acta Astronautica 104, 391,
    doi:10.1016/j.actaastro.2014.07.024 (recalled); for a given stack of stages propellant is linear in cargo, so the
    rocket equation enters without approximation. Depots lose their share exactly: every arrival, filling and product
    is carried to the edge of its step with its own factor.
    """
    rows = _Rows()
    columns = _flights(campaign, options, rows)
    late, made, due = _stocks(campaign, options, columns, rows)
    _cuts(campaign, options, columns, late, due, rows)
    rates = len(rows.lower)
    _rates(campaign, options, columns, rows)
    from scipy.sparse import csr_array

    row, column, value = (np.array(part) for part in zip(*rows.entries, strict=True)) if rows.entries else ([], [], [])
    matrix = csr_array((value, (row, column)), shape=(len(rows.lower), len(rows.cost)))
    return PlanModel(
        tuple(options),
        tuple(columns),
        np.array(rows.cost),
        np.array(rows.most),
        np.array(rows.whole, dtype=np.int64),
        matrix,
        np.array(rows.lower),
        np.array(rows.upper),
        late,
        made,
        rates,
    )


def _flights(campaign: Campaign, options: Sequence[FlightOption], rows: _Rows) -> list[Column]:
    edges = campaign.edges
    columns = []
    for place, option in enumerate(options):
        launch = option.loading.launch
        per_flight, per_tonne = A_FLIGHT, 0.0
        if option.launched:
            mass = 1.0 if campaign.objective == "mass" else MASS_OF_A_LAUNCH
            per_flight = {"launches": 1.0, "mass": A_FLIGHT, "lateness": 1e-3}[campaign.objective]
            per_flight += mass * float(launch[0]) / TONNE
            per_tonne = mass * float(launch[1])
        for step in range(campaign.steps):
            departure = departures(
                option.profile, float(edges[step]), float(np.nextafter(edges[step + 1], edges[step]))
            )
            if departure is None or departure + option.profile.arrivals[option.place] > edges[-1]:
                continue
            flights = rows.column(per_flight, _most_flights(option), 1)
            cargo = tuple(rows.column(per_tonne) for _ in option.commodities)
            columns.append(Column(place, step, departure, flights, cargo))
            rows.row(
                [*((one, 1.0) for one in cargo), (flights, -option.most_cargo / TONNE)],
                -math.inf,
                0.0,
            )
    return columns


def _most_flights(option: FlightOption) -> float:
    if option.vehicle.base is not None:
        return float(option.vehicle.fleet)
    return 1.0 if option.vehicle.interval > 0.0 else float(math.floor(min(option.vehicle.launches_per_year, 1000.0)))


Terms = list[tuple[int, float]]
Place = tuple[str, str, int]  # place, commodity, edge


class _Balances:
    """Balance of every commodity at every edge: what is there is what was left, came and was made, less what goes."""

    def __init__(self, campaign: Campaign) -> None:
        self.edges = campaign.edges
        self.depots = {(one.place, one.fuel): one for one in campaign.depots}
        self.terms: dict[Place, Terms] = {}  # what is left, less what came
        self.right: dict[Place, float] = {}
        self.came: dict[Place, Terms] = {}  # to a depot since the last edge, before anything boils off
        self.taken: dict[Place, Terms] = {}  # from the edge on until the next one

    def bring(self, place: str, commodity: str, time: float, column: int) -> None:
        """Count what arrives at the first edge after it, less what boils off until then."""
        edge = int(np.searchsorted(self.edges, time, "left"))
        key, depot = (place, commodity, edge), self.depots.get((place, commodity))
        kept = math.exp(-depot.decay * (float(self.edges[edge]) - time)) if depot else 1.0
        self.terms[key].append((column, -kept))
        if depot:
            self.came[key].append((column, 1.0))

    def take(self, place: str, commodity: str, time: float, terms: Terms) -> None:
        """Take from a stock at the edge at or before a time, with what boils off in between."""
        edge = min(int(np.searchsorted(self.edges, time, "right")) - 1, self.edges.size - 1)
        key, depot = (place, commodity, edge), self.depots.get((place, commodity))
        factor = math.exp(depot.decay * (time - float(self.edges[edge]))) if depot else 1.0
        carried = [(column, value * factor) for column, value in terms]
        self.terms[key] += carried
        if depot:
            self.taken[key] += carried


def _stocks(
    campaign: Campaign, options: Sequence[FlightOption], columns: Sequence[Column], rows: _Rows
) -> tuple[dict[tuple[str, int], int], dict[tuple[str, int], int], dict[tuple[str, int], float]]:
    balances = _Balances(campaign)
    late: dict[tuple[str, int], int] = {}
    made: dict[tuple[str, int], int] = {}
    needed = {need.place for need in campaign.needs}
    due: dict[tuple[str, int], float] = {}
    for piece in open_pieces(campaign)[0]:
        due[piece.place, piece.edge] = due.get((piece.place, piece.edge), 0.0) + piece.mass
    for place, kept in commodities_of(campaign).items():
        for commodity in kept:
            _chain(campaign, place, commodity, balances, rows, made)
            if commodity == CARGO and place in needed:
                _lateness(campaign.steps, place, due, balances, rows, late)
    for column in columns:
        _moves(options[column.option], column, balances)
    for key, terms in balances.terms.items():
        rows.row(terms, balances.right[key], balances.right[key])
    for (place, fuel, edge), came in balances.came.items():
        if edge > 0:  # fullest it can be: nothing is taken until all has come
            earlier = (place, fuel, edge - 1)
            full = [balances.terms[earlier][0], *balances.taken[earlier], *came]
            rows.row(full, -math.inf, balances.depots[place, fuel].capacity / TONNE)
    return late, made, due


def _cuts(
    campaign: Campaign,
    options: Sequence[FlightOption],
    columns: Sequence[Column],
    late: Mapping[tuple[str, int], int],
    due: Mapping[tuple[str, int], float],
    rows: _Rows,
) -> None:
    """Whole flights for each place and for all of them together; see `cuts`."""
    edges = campaign.edges
    cargo = [c for c in columns if CARGO in options[c.option].commodities]
    reached = {
        c.flights: int(
            np.searchsorted(edges, c.departure + options[c.option].profile.arrivals[options[c.option].place])
        )
        for c in cargo
    }
    room = {c.flights: options[c.option].most_cargo / TONNE for c in cargo}
    groups = [([place], [c for c in cargo if options[c.option].place == place]) for place in {p for p, _ in due}]
    groups.append(([*{place for place, _ in due}], [c for c in cargo if options[c.option].launched]))
    for places, own in groups:
        wanted = [sum(due.get((place, edge), 0.0) for place in places) / TONNE for edge in range(campaign.steps + 1)]
        for edge in spread_edges(wanted):
            inside = {c.flights: room[c.flights] for c in own if reached[c.flights] <= edge}
            for unit in sorted(set(inside.values()), reverse=True):
                row = rounding_row(inside, [late[place, edge] for place in places], sum(wanted[: edge + 1]), unit)
                if row is not None:
                    rows.row(list(row[0].items()), row[1], math.inf)


def _chain(
    campaign: Campaign,
    place: str,
    commodity: str,
    balances: _Balances,
    rows: _Rows,
    made: dict[tuple[str, int], int],
) -> None:
    """Content of one store from edge to edge."""
    depot = balances.depots.get((place, commodity))
    before: int | None = None
    for edge in range(campaign.steps + 1):
        key = (place, commodity, edge)
        stock = rows.column()
        balances.terms[key], balances.right[key] = [(stock, 1.0)], 0.0
        if depot is not None:
            balances.came[key], balances.taken[key] = [], []
            if before is None:
                balances.right[key] = depot.initial / TONNE
            else:
                _kept_and_made(depot, key, before, balances, rows, made)
        elif before is not None:
            balances.terms[key].append((before, -1.0))
        before = stock


def _lateness(
    last: int,
    place: str,
    due: Mapping[tuple[str, int], float],
    balances: _Balances,
    rows: _Rows,
    late: dict[tuple[str, int], int],
) -> None:
    """What a place needs at each edge, and what it misses."""
    missed: int | None = None
    for edge in range(last + 1):
        key = (place, CARGO, edge)
        missing = rows.column(NEVER if edge == last else LATE)
        late[place, edge] = missing
        balances.terms[key].append((missing, -1.0))
        if missed is not None:
            balances.terms[key].append((missed, 1.0))
        missed = missing
        balances.right[key] -= due.get((place, edge), 0.0) / TONNE


def _kept_and_made(
    depot: FuelDepot, key: Place, before: int, balances: _Balances, rows: _Rows, made: dict[tuple[str, int], int]
) -> None:
    """What is left of the last edge's content, and what plants made since."""
    start, stop = float(balances.edges[key[2] - 1]), float(balances.edges[key[2]])
    balances.terms[key].append((before, -math.exp(-depot.decay * (stop - start))))
    working = stop - min(max(depot.since, start), stop)
    if depot.makes > 0.0 and working > 0.0:
        column = rows.column(0.0, depot.makes * working / TONNE)
        loss = depot.decay * working
        balances.terms[key].append((column, math.expm1(-loss) / loss if loss > 0.0 else -1.0))
        balances.came[key].append((column, 1.0))
        made[depot.name, key[2]] = column


def _moves(option: FlightOption, column: Column, balances: _Balances) -> None:
    """Arrivals, pick-ups and fillings of one option in one step."""
    vehicle = option.vehicle
    for commodity, cargo in zip(option.commodities, column.cargo, strict=True):
        balances.bring(option.place, commodity, column.departure + option.profile.arrivals[option.place], cargo)
        if vehicle.base is not None:
            balances.take(vehicle.base, commodity, column.departure, [(cargo, 1.0)])
    for place, stage, after in option.fills:
        form = option.loading.fills[place, stage]
        fuel = next(one.fuel for one in vehicle.stages if one.name == stage)
        terms = [(column.flights, float(form[0]) / TONNE), *((cargo, float(form[1])) for cargo in column.cargo)]
        balances.take(place, fuel, column.departure + after, terms)


def _rates(campaign: Campaign, options: Sequence[FlightOption], columns: Sequence[Column], rows: _Rows) -> None:
    """Launches of a vehicle and of a partner in a year, the pause between two, and how many vehicles a base has."""
    for vehicle in campaign.vehicles:
        own = sorted((c for c in columns if options[c.option].vehicle is vehicle), key=lambda c: c.departure)
        decided = [one.departure for one in campaign.committed if one.vehicle == vehicle.name]
        if vehicle.base is not None:
            _fleet(vehicle.fleet, options, own, rows)
            continue
        _sliding(own, decided, YEAR, vehicle.launches_per_year, rows)
        _sliding(own, decided, vehicle.interval, 1.0, rows)
    partners = {vehicle.partner for vehicle in campaign.vehicles if vehicle.partner}
    for partner in sorted(partners):
        names = {v.name for v in campaign.vehicles if v.partner == partner and v.base is None}
        own = sorted((c for c in columns if options[c.option].vehicle.name in names), key=lambda c: c.departure)
        decided = [one.departure for one in campaign.committed if one.vehicle in names]
        _sliding(own, decided, YEAR, campaign.per_partner, rows)


def _sliding(own: Sequence[Column], decided: Sequence[float], span: float, most: float, rows: _Rows) -> None:
    """At most so many launches within any span; those already decided count."""
    if not own or not math.isfinite(most) or span <= 0.0:
        return
    times = np.array([column.departure for column in own])
    for start in np.unique([*times, *decided]):
        inside = (times >= start) & (times < start + span)
        taken = sum(start <= time < start + span for time in decided)
        terms = [(own[index].flights, 1.0) for index in np.flatnonzero(inside).tolist()]
        if terms:
            rows.row(terms, -math.inf, max(math.floor(most) - taken, 0.0))


def _fleet(fleet: int, options: Sequence[FlightOption], own: Sequence[Column], rows: _Rows) -> None:
    """No more vehicles are out at a time than the base has."""
    starts = np.array([column.departure for column in own])
    stops = np.array([column.departure + options[column.option].profile.duration for column in own])
    for time in np.unique(starts):
        out = np.flatnonzero((starts <= time) & (stops > time)).tolist()
        rows.row([(own[index].flights, 1.0) for index in out], -math.inf, float(fleet))
