"""An independent check of a plan: replays every flight and every store in time, with plain arithmetic of its own.

It shares no code with the model, the planner or the propellant forms: only the words of the campaign and of the plan.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from moonstead.station.logistics.campaign import Campaign, CampaignPlan, FuelDepot, Late, Need, PlannedFlight

G0 = 9.80665  # [m/s2]
DAY, YEAR = 86_400.0, 365.25 * 86_400.0  # [s]
TOLERANCE = 0.1  # [kg] a tenth of what the balance is promised to; a linear program rounds to a gram
MOMENT = 1e-3  # [s]


@dataclass(frozen=True, slots=True)
class Violation:
    """Something in a plan that cannot be.

    Attributes
    ----------
    flight : str
        Name of the flight, store or need.
    what : str
        What fails, in words.
    amount : float [kg]
        By how much; 0 where it is no mass.
    """

    flight: str
    what: str
    amount: float = 0.0


@dataclass(frozen=True, slots=True)
class MassBalance:
    """Where the mass went that left the Earth or was found outside it.

    Attributes
    ----------
    launched, made, initial : float [kg]
        Let go by launchers; made by plants; in depots at the start.
    burnt, boiled_off, dry : float [kg]
        Propellant burnt by all flights and boiled off in stages and depots; dry mass of launched stages.
    delivered : float [kg]
        Cargo unloaded for needs.
    left : float [kg]
        In depots at the end, and unburnt in the stages of flights.
    """

    launched: float
    made: float
    initial: float
    burnt: float
    boiled_off: float
    dry: float
    delivered: float
    left: float

    @property
    def imbalance(self) -> float:
        """What came in beyond what is accounted for [kg]."""
        out = self.burnt + self.boiled_off + self.dry + self.delivered + self.left
        return self.launched + self.made + self.initial - out


@dataclass(frozen=True, slots=True)
class _Move:
    """Propellant that comes to a depot or is taken from it, or a span of production."""

    time: float
    place: str
    fuel: str
    mass: float
    who: str


def check_plan(plan: CampaignPlan) -> tuple[tuple[Violation, ...], MassBalance]:
    """Replay a plan: tanks, launchers, holds, windows, dates, depots, needs, launch rates and the balance of mass.

    Parameters
    ----------
    plan : CampaignPlan
        Flights with all that they carry and burn.

    Returns
    -------
    (tuple of Violation, MassBalance)
        No violation where the plan can be flown as it says.

    Source
    ------
    Rocket equation burn by burn, boil-off by a constant share in a day, conservation of mass.
    """
    found: list[Violation] = []
    moves: list[_Move] = []
    burnt = lost = rest = delivered = dry = launched = 0.0
    for flight in plan.flights:
        masses = _replay(flight, found, moves)
        burnt += masses[0]
        lost += masses[1]
        rest += masses[2]
        if flight.profile.launched:
            dry += sum(stage.dry for stage in flight.profile.vehicle.stages)
            launched += flight.departure_mass
        delivered += _delivered(flight)
        found += _dates(plan.campaign, flight)
    found += _launch_rates(plan)
    depots, depot_lost, depot_left, made = _depots(plan, moves)
    found += depots
    found += _needs(plan)
    initial = sum(depot.initial for depot in plan.campaign.depots)
    balance = MassBalance(launched, made, initial, burnt, lost + depot_lost, dry, delivered, rest + depot_left)
    return tuple(found), balance


def _delivered(flight: PlannedFlight) -> float:
    """Cargo for needs; what a shuttle takes on from its base came with another flight and is not counted again."""
    if flight.profile.vehicle.base is not None:
        return 0.0
    return sum(item.mass for item in flight.items if not item.fuel)


def _replay(flight: PlannedFlight, found: list[Violation], moves: list[_Move]) -> tuple[float, float, float]:
    """Fly it forward; propellant burnt, boiled off and left [kg]."""
    vehicle = flight.profile.vehicle
    stages = {stage.name: stage for stage in vehicle.stages}
    tank = {name: flight.propellant.get(name, 0.0) for name in stages}
    for name, content in tank.items():
        if content > stages[name].propellant + TOLERANCE or content < -TOLERANCE:
            found.append(Violation(flight.name, f"tank of {name} at departure", content - stages[name].propellant))
    cargo = sum(item.mass for item in flight.items)
    if cargo > vehicle.cargo + TOLERANCE:
        found.append(Violation(flight.name, "more cargo than room", cargo - vehicle.cargo))
    if any(item.mass < 0.0 for item in flight.items):
        found.append(Violation(flight.name, "an item of negative mass"))
    attached = list(stages)
    if vehicle.base is not None:
        moves += [
            _Move(flight.departure, vehicle.base, item.fuel, -item.mass, flight.name)
            for item in flight.items
            if item.fuel
        ]
    burnt = boiled = clock = 0.0
    weight = 0.0
    first = True
    burns: list[tuple[str, float]] = []
    aboard = {item.place: 0.0 for item in flight.items}
    for item in flight.items:
        aboard[item.place] += item.mass

    def total() -> float:
        return sum(aboard.values()) + sum(stages[name].dry + tank[name] for name in attached)

    left = 0.0
    for step in flight.profile.steps:
        if first and step.kind != "fill":
            weight, first = total(), False
        if step.kind == "coast":
            clock += step.duration
            for name in tank:
                loss = tank[name] * (1.0 - math.pow(1.0 - stages[name].boil_off_per_day, step.duration / DAY))
                tank[name] -= loss
                boiled += loss
        elif step.kind == "burn":
            stage = stages[step.stage]
            if stage.burns is not None and step.burn not in stage.burns:
                found.append(Violation(flight.name, f"stage {step.stage} makes no burn {step.burn}"))
            if step.stage not in attached:
                found.append(Violation(flight.name, f"stage {step.stage} is not there for burn {step.burn}"))
            before = total()
            used = before - before / math.exp(step.delta_v / (G0 * stage.specific_impulse))
            tank[step.stage] -= used
            burnt += used
            burns.append((step.burn, step.delta_v))
            if tank[step.stage] < -TOLERANCE:
                found.append(Violation(flight.name, f"{step.stage} is empty in burn {step.burn}", -tank[step.stage]))
        elif step.kind in ("drop", "leave"):
            attached.remove(step.stage)
            if step.kind == "drop":
                left += tank.pop(step.stage)
        elif step.kind == "rejoin":
            attached.append(step.stage)
        elif step.kind == "unload":
            for item in flight.items:
                if item.fuel and item.place == step.place:
                    moves.append(_Move(flight.departure + clock, step.place, item.fuel, item.mass, flight.name))
            aboard.pop(step.place, None)
        elif step.kind == "fill":
            wanted = flight.fills[step.place, step.stage]
            if wanted > stages[step.stage].propellant + TOLERANCE:
                found.append(Violation(flight.name, f"tank of {step.stage} at {step.place}", wanted))
            moves.append(
                _Move(
                    flight.departure + clock,
                    step.place,
                    stages[step.stage].fuel,
                    tank[step.stage] - wanted,
                    flight.name,
                )
            )
            tank[step.stage] = wanted
    if aboard and any(mass > TOLERANCE for mass in aboard.values()):
        found.append(Violation(flight.name, f"cargo for {', '.join(aboard)} is never unloaded", sum(aboard.values())))
    if abs(weight - flight.departure_mass) > TOLERANCE:
        found.append(
            Violation(flight.name, "mass at departure is not the sum of its parts", weight - flight.departure_mass)
        )
    if flight.profile.launched and vehicle.injected is not None and weight > vehicle.injected + TOLERANCE:
        found.append(Violation(flight.name, "heavier than its launcher can bring", weight - vehicle.injected))
    expected = [
        (burn.name, burn.delta_v)
        for leg in flight.profile.legs[1 if flight.profile.launched else 0 :]
        for burn in leg.burns
    ]
    if sorted(burns) != sorted(expected):
        found.append(Violation(flight.name, "its burns are not those of its legs"))
    return burnt, boiled, left + sum(tank.values())


def _dates(campaign: Campaign, flight: PlannedFlight) -> Iterator[Violation]:
    """Joined legs in their windows, inside the campaign and the vehicle's dates."""
    here = flight.profile.legs[0].origin
    first, last = flight.profile.vehicle.available
    if not first - MOMENT <= flight.departure <= last + MOMENT:
        yield Violation(flight.name, "leaves when its vehicle is not available")
    if flight.departure < campaign.start - MOMENT or flight.arrival > campaign.stop + MOMENT:
        yield Violation(flight.name, "leaves or arrives outside the campaign")
    for leg, offset in zip(flight.profile.legs, flight.profile.offsets, strict=True):
        if leg.origin != here:
            yield Violation(flight.name, f"a leg starts at {leg.origin}, the vehicle is at {here}")
        here = leg.to
        start = flight.departure + offset
        if leg.windows and not any(a - MOMENT <= start <= b + MOMENT for a, b in leg.windows):
            yield Violation(flight.name, f"leaves {leg.origin} for {leg.to} outside every window")
    if flight.profile.duration < sum(leg.duration for leg in flight.profile.legs) - MOMENT:
        yield Violation(flight.name, "flies faster than its legs")


def _launch_rates(plan: CampaignPlan) -> Iterator[Violation]:
    campaign = plan.campaign
    for vehicle in campaign.vehicles:
        own = sorted(one.departure for one in plan.flights if one.profile.vehicle.name == vehicle.name)
        if vehicle.base is not None:
            ends = {id(one): one.departure + one.profile.duration for one in plan.flights}
            for time in own:
                out = [
                    one
                    for one in plan.flights
                    if one.profile.vehicle.name == vehicle.name and one.departure <= time < ends[id(one)]
                ]
                if len(out) > vehicle.fleet:
                    yield Violation(vehicle.name, f"{len(out)} are out at once, there are {vehicle.fleet}")
            continue
        own = sorted([*own, *(one.departure for one in campaign.committed if one.vehicle == vehicle.name)])
        for time in own:
            if sum(time <= other < time + YEAR for other in own) > vehicle.launches_per_year:
                yield Violation(vehicle.name, f"more than {vehicle.launches_per_year:g} launches in a year")
            if sum(time <= other < time + vehicle.interval - MOMENT for other in own) > 1 and vehicle.interval > 0.0:
                yield Violation(vehicle.name, "two launches follow each other too soon")
    partners = {vehicle.name: vehicle.partner for vehicle in campaign.vehicles if vehicle.base is None}
    for partner in set(partners.values()) - {""}:
        times = [one.departure for one in plan.flights if partners.get(one.profile.vehicle.name) == partner]
        times += [one.departure for one in campaign.committed if partners.get(one.vehicle) == partner]
        for time in times:
            if sum(time <= other < time + YEAR for other in times) > campaign.per_partner:
                yield Violation(partner, f"more than {campaign.per_partner:g} launches in a year")


def _depots(plan: CampaignPlan, moves: list[_Move]) -> tuple[list[Violation], float, float, float]:
    """Replay every depot in time: nothing is taken that is not there; lost, left and made [kg]."""
    found: list[Violation] = []
    lost = left = made = 0.0
    known = {(depot.place, depot.fuel) for depot in plan.campaign.depots}
    found += [
        Violation(one.who, f"there is no depot of {one.fuel} at {one.place}", one.mass)
        for one in moves
        if (one.place, one.fuel) not in known
    ]
    for depot in plan.campaign.depots:
        own = sorted(
            (m for m in moves if (m.place, m.fuel) == (depot.place, depot.fuel)), key=lambda m: (m.time, -m.mass)
        )
        violations, gone, rest, product = _one_depot(plan, depot, own)
        found += violations
        lost, left, made = lost + gone, left + rest, made + product
    return found, lost, left, made


def _one_depot(plan: CampaignPlan, depot: FuelDepot, moves: list[_Move]) -> tuple[list[Violation], float, float, float]:
    found: list[Violation] = []
    campaign = plan.campaign
    edges = [float(edge) for edge in campaign.edges]
    made = plan.made.get(depot.name)
    content, lost, product = depot.initial, 0.0, 0.0
    decay = -math.log(1.0 - depot.loss_per_day) / DAY
    clock = edges[0]
    marks = sorted({*edges, *(min(max(depot.since, edges[0]), edges[-1]),), *(m.time for m in moves)})
    for mark in marks:
        step = mark - clock
        if step > 0.0:
            middle = 0.5 * (clock + mark)
            index = max(k for k, edge in enumerate(edges) if edge <= middle) if middle < edges[-1] else len(edges) - 2
            working = edges[index + 1] - min(max(depot.since, edges[index]), edges[index + 1])
            rate = 0.0
            if made is not None and middle > depot.since and working > 0.0 and middle < edges[-1]:
                rate = float(made[index]) / working
            if rate > depot.makes * (1.0 + 1e-6) + 1e-12:
                found.append(Violation(depot.name, "makes more than it can", (rate - depot.makes) * step))
            kept = math.exp(-decay * step)
            grown = rate * ((1.0 - kept) / decay if decay > 0.0 else step)
            lost += content + rate * step - (content * kept + grown)
            product += rate * step
            content = content * kept + grown
        clock = mark
        for move in [m for m in moves if m.time == mark]:
            content += move.mass
            if content < -TOLERANCE:
                found.append(Violation(move.who, f"takes {move.fuel} that {depot.name} does not have", -content))
            if move.mass < 0.0 and mark < depot.since - MOMENT:
                found.append(Violation(move.who, f"{depot.name} is not there yet"))
        if content > depot.capacity + TOLERANCE:
            found.append(Violation(depot.name, "holds more than it can", content - depot.capacity))
    return found, lost, content, product


def _needs(plan: CampaignPlan) -> Iterator[Violation]:
    """What came of each class by each moment against what was due; what the plan itself calls late is allowed."""
    campaign = plan.campaign
    for place, number in sorted({(need.place, need.supply_class) for need in campaign.needs}):
        needs = [need for need in campaign.needs if (need.place, need.supply_class) == (place, number)]
        names = {need.name for need in needs}
        came = [
            (flight.departure + flight.profile.arrivals[place], item.mass)
            for flight in plan.flights
            for item in flight.items
            if not item.fuel and item.place == place and item.what in names
        ]
        came += [
            (time, mass)
            for flight in campaign.committed
            for time, where, which, mass in flight.brings
            if (where, which) == (place, number)
        ]
        yield from _short(place, needs, came, [one for one in plan.late if one.need in names], campaign)
    for vehicle in campaign.vehicles:
        if vehicle.base is not None:
            yield from _base(plan, vehicle.base)


def _base(plan: CampaignPlan, base: str) -> Iterator[Violation]:
    """Cargo that vehicles take on from a base must have come there before, and not for the base itself."""
    own = {need.name for need in plan.campaign.needs if need.place == base}
    moves = [
        (flight.departure + flight.profile.arrivals[base], item.mass)
        for flight in plan.flights
        for item in flight.items
        if not item.fuel and item.place == base and item.what not in own
    ]
    taken = [
        (flight.departure, item.mass)
        for flight in plan.flights
        if flight.profile.vehicle.base == base
        for item in flight.items
        if not item.fuel
    ]
    for time, _ in taken:
        got = sum(mass for when, mass in moves if when <= time + MOMENT)
        gone = sum(mass for when, mass in taken if when <= time + MOMENT)
        if gone - got > TOLERANCE:
            yield Violation(base, "cargo is taken on that has not come", gone - got)


def _short(
    name: str, needs: list[Need], came: list[tuple[float, float]], late: list[Late], campaign: Campaign
) -> Iterator[Violation]:
    """Moments at which less has come than was used, just before each arrival and at each edge."""
    moments = {float(edge) for edge in campaign.edges[:-1]} | {need.start for need in needs if need.mass > 0.0}
    moments |= {time - MOMENT for time, mass in came if mass > 0.0}
    for moment in sorted(moments):
        if moment >= campaign.stop:
            continue
        due = sum(_used(need, campaign.start, moment) for need in needs)
        got = sum(mass for time, mass in came if time <= moment)
        told = sum(one.mass for one in late if one.due <= moment < one.met)
        if due - got - told > TOLERANCE:
            yield Violation(
                name, f"lacks cargo {(moment - campaign.start) / DAY:.1f} d after the start", due - got - told
            )


def _used(need: Need, start: float, moment: float) -> float:
    if need.mass > 0.0:
        return need.mass if need.start <= moment else 0.0
    return need.rate * max(min(moment, need.stop) - max(start, need.start), 0.0)
