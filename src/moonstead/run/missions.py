"""Vehicles, legs and missions of a scenario as the library takes them, and each mission held against its vehicle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from moonstead.foundation.errors import InvalidInput
from moonstead.scenario.common import epoch_of
from moonstead.scenario.load import plain
from moonstead.scenario.scenario import Scenario
from moonstead.scenario.transport import ORBIT_NAMES

if TYPE_CHECKING:
    from moonstead.station.logistics.feasibility import FlightCheck
    from moonstead.station.logistics.legs import Leg
    from moonstead.station.logistics.vehicles import Vehicle

DAY, YEAR = 86_400.0, 365.25 * 86_400.0  # [s]
BEYOND = ("mars", "venus")  # places that the network of legs does not reach
TEXT_ONLY = ("name", "description")
ROUNDING = 1.0  # [s]


def missions_fragment(scenario: Scenario) -> dict[str, Any]:
    """What missions and their vehicles say, as plain values; dates as TDB."""
    start, stop = scenario.span()
    return {
        "start": start,
        "stop": stop,
        "sites": [site.id for site in scenario.sites],
        "orbits": _orbits(scenario),
        "transports": [_dated(one, ("available_from", "available_until")) for one in scenario.transports],
        "missions": [_dated(one, ("depart", "latest")) for one in scenario.missions],
        "legs": [
            _dated(one, ()) | {"windows": [[epoch_of(a).tdb(), epoch_of(b).tdb()] for a, b in one.windows]}
            for one in scenario.legs
        ],
        "crews": {
            one.id: {"number": one.number, "since": epoch_of(one.since).tdb(), "until": epoch_of(one.until).tdb()}
            for one in scenario.crews
        },
    }


def _dated(part: Any, keys: tuple[str, ...]) -> dict[str, Any]:
    values = {key: value for key, value in plain(part).items() if key not in TEXT_ONLY}
    for key in keys:
        if values.get(key) is not None:
            values[key] = epoch_of(getattr(part, key)).tdb()
    return values


def _orbits(scenario: Scenario) -> dict[str, str]:
    """Orbit that stands for each spacecraft in the network, unless a leg names the spacecraft itself."""
    named = {end for leg in scenario.legs for end in (leg.origin, leg.to)}
    found = {}
    for one in scenario.spacecraft:
        if one.id in named:
            continue
        orbit = plain(one)["orbit"]
        if orbit["kind"] == "family":
            if orbit["family"] in ORBIT_NAMES:  # legs to other families must be given
                found[one.id] = orbit["family"]
        elif orbit["kind"] == "tle" or orbit.get("center", "MOON") == "EARTH":
            found[one.id] = "leo"
        else:
            found[one.id] = "llo"
    return found


def vehicle_of(transport: Mapping[str, Any]) -> Vehicle:
    """Vehicle of a [[transport]] table's plain values."""
    from moonstead.station.logistics.vehicles import Stage, Vehicle

    stages = tuple(
        Stage(
            one["id"],
            one["dry"],
            one["propellant"],
            one["isp"] or 0.0,
            one["fuel"],
            one["boil_off"] * DAY,
            None if one["burns"] is None else tuple(one["burns"]),
            one["kept"],
            one["waits_in"],
        )
        for one in transport["stages"]
    )
    first, last = transport["available_from"], transport["available_until"]
    rate = transport["launches_per_year"]
    return Vehicle(
        transport["id"],
        stages,
        transport["partner"] or "",
        transport["injected"],
        transport["injected_to"],
        transport["cargo"],
        transport["crew"],
        transport["base"],
        transport["fleet"],
        (float("-inf") if first is None else first, float("inf") if last is None else last),
        float("inf") if rate is None else rate,
        transport["interval"] or 0.0,
        transport["success"],
    )


def legs_of(fragment: Mapping[str, Any]) -> tuple[Leg, ...]:
    """Network of a scenario: the shipped legs, and its own in place of them."""
    from moonstead.station.logistics.legs import Leg, LegBurn, network

    own = [
        Leg(
            one["origin"],
            one["to"],
            one["duration"],
            tuple(LegBurn(burn["name"], burn["delta_v"]) for burn in one["burns"]),
            tuple((a, b) for a, b in one["windows"]),
            one["source"] or "scenario",
        )
        for one in fragment["legs"]
    ]
    return network(fragment["sites"], own)


@dataclass(frozen=True, slots=True, eq=False)
class MissionAnswer:
    """A mission of the scenario held against its vehicle.

    Attributes
    ----------
    id : str
        Of the mission.
    check : FlightCheck
        Limits, masses and burns of its own flight.
    departure, arrival : float [s TDB past J2000]
        Of the vehicle; the arrival is where the mission goes, with a lander's help.
    problems : tuple of str
        What cannot be, in sentences; empty where it can be flown as it stands.
    """

    id: str
    check: FlightCheck
    departure: float
    arrival: float
    problems: tuple[str, ...]


def mission_answers(fragment: Mapping[str, Any]) -> dict[str, MissionAnswer | str]:
    """Every mission with a vehicle: its flight, or the reason why there is none.

    Parameters
    ----------
    fragment : mapping
        From `missions_fragment`.

    Returns
    -------
    dict of str to MissionAnswer or str
        By id of the mission. Missions without a vehicle or beyond the Moon are left out.
    """
    found: dict[str, MissionAnswer | str] = {}
    case = _Case(fragment)
    for mission in fragment["missions"]:
        if mission["transport"] is None or {case.place(mission["origin"]), case.place(mission["to"])} & {*BEYOND}:
            continue
        try:
            found[mission["id"]] = case.answer(mission)
        except InvalidInput as error:
            found[mission["id"]] = str(error)
    return found


def answer_with_transfer(
    fragment: Mapping[str, Any], mission: str, insertion: float, duration: float
) -> MissionAnswer | None:
    """A mission with the burn and the time of its computed transfer in place of the leg to the Moon.

    Parameters
    ----------
    fragment : mapping
        From `missions_fragment`.
    mission : str
        Id of the mission.
    insertion : float [m/s]
        Change of velocity into lunar orbit.
    duration : float [s]
        From the departure to it.

    Returns
    -------
    MissionAnswer or None
        None where the mission does not fly the leg from its injection to lunar orbit itself.
    """
    before = mission_answers(fragment).get(mission)
    if not isinstance(before, MissionAnswer):
        return None
    if not any((leg.origin, leg.to) == ("tli", "llo") for leg in before.check.profile.legs):
        return None
    leg = {"origin": "tli", "to": "llo", "duration": duration, "windows": [], "source": "computed transfer"}
    leg["burns"] = [{"name": "insertion", "delta_v": insertion}]
    others = [one for one in fragment["legs"] if (one["origin"], one["to"]) != ("tli", "llo")]
    answer = mission_answers({**fragment, "legs": [*others, leg]}).get(mission)
    return answer if isinstance(answer, MissionAnswer) else None


class _Case:
    """Missions with what they refer to."""

    def __init__(self, fragment: Mapping[str, Any]) -> None:
        self.fragment = fragment
        self.legs = legs_of(fragment)
        self.vehicles = {one["id"]: vehicle_of(one) for one in fragment["transports"]}
        self.missions = {one["id"]: one for one in fragment["missions"]}

    def place(self, name: str) -> str:
        return str(self.fragment["orbits"].get(name, name))

    def crew(self, mission: Mapping[str, Any]) -> int:
        stays = [int(self.fragment["crews"][name]["number"]) for name in mission["crews"]]
        return max(int(mission["crew"]), sum(stays))

    def way(self, vehicle: Vehicle, origin: str, to: str, via: tuple[str, ...] = ()) -> tuple[Leg, ...]:
        from moonstead.station.logistics.legs import cheapest_way
        from moonstead.station.logistics.profile import launched_way

        if origin != "earth":
            return cheapest_way(self.legs, origin, to, via)
        if vehicle.injected is None:
            raise InvalidInput(f"vehicle {vehicle.name!r} has no launcher: write `injected`, or start where it is")
        if to == vehicle.injected_to:
            return launched_way(vehicle, ())
        return launched_way(vehicle, cheapest_way(self.legs, vehicle.injected_to, to, via))

    def out(self, mission: Mapping[str, Any]) -> tuple[Leg, ...]:
        """Way of its own vehicle, stretched to the time of flight that the mission names."""
        to = self.place(mission["to"])
        if mission["lander"] is not None:
            to = self.place(self.missions[mission["lander"]]["to"])
        if mission["transport"] is None:
            raise InvalidInput(f'"{mission["id"]}" names no vehicle')
        vehicle = self.vehicles[mission["transport"]]
        via = tuple(self.place(one) for one in mission["via"])
        legs = self.way(vehicle, self.place(mission["origin"]), to, via)
        if mission["flight_time"] is None:
            return legs
        longest = max(range(len(legs)), key=lambda index: legs[index].duration)
        rest = sum(leg.duration for index, leg in enumerate(legs) if index != longest)
        if mission["flight_time"] <= rest:
            raise InvalidInput(
                f"a flight of {mission['flight_time'] / DAY:.3g} d is too short; its other legs take {rest / DAY:.3g} d"
            )
        stretched = replace(legs[longest], duration=mission["flight_time"] - rest)
        return (*legs[:longest], stretched, *legs[longest + 1 :])

    def cargo(self, mission: Mapping[str, Any]) -> float:
        return float(sum(one["mass"] for one in mission["cargo"]))

    def answer(self, mission: Mapping[str, Any]) -> MissionAnswer:
        """Fly it: alone, as a lander that waits for people, or as a ship that waits for its lander."""
        from moonstead.station.logistics.feasibility import check_flight
        from moonstead.station.logistics.profile import flight_profile

        vehicle = self.vehicles[mission["transport"]]
        out = self.out(mission)
        back: tuple[Leg, ...] = ()
        origin, reached = self.place(mission["origin"]), out[-1].to if out else self.place(mission["to"])
        stay = mission["stay"] or 0.0
        visits = [one for one in self.fragment["missions"] if one["lander"] == mission["id"]]
        if len(visits) > 1:
            names = ", ".join(one["id"] for one in visits)
            raise InvalidInput(f"the lander is wanted by {names}; it serves one of them")
        if visits:
            return self._lander(mission, visits[0], vehicle, out)
        if _comes_back(mission):
            back = self.way(vehicle, reached, origin)
        if mission["lander"] is not None:
            stay += sum(leg.duration for leg in self._down_and_up(mission))
        profile = flight_profile(vehicle, out, back=back, stay=stay)
        check = check_flight(profile, {reached: self.cargo(mission)}, self.crew(mission))
        arrival = mission["depart"] + profile.arrivals[reached]
        if mission["lander"] is not None:
            arrival += sum(leg.duration for leg in self._down_and_up(mission)[:1])
        return MissionAnswer(
            mission["id"], check, mission["depart"], arrival, (*check.problems, *self._dates(mission, profile, arrival))
        )

    def _down_and_up(self, visit: Mapping[str, Any]) -> tuple[Leg, ...]:
        from moonstead.station.logistics.legs import cheapest_way

        orbit, site = self.place(self.missions[visit["lander"]]["to"]), self.place(visit["to"])
        up = cheapest_way(self.legs, site, orbit) if _comes_back(visit) else ()
        return (*cheapest_way(self.legs, orbit, site), *up)

    def _lander(
        self, mission: Mapping[str, Any], visit: Mapping[str, Any], vehicle: Vehicle, out: tuple[Leg, ...]
    ) -> MissionAnswer:
        from moonstead.station.logistics.feasibility import check_flight
        from moonstead.station.logistics.profile import flight_profile

        orbit, site = out[-1].to, self.place(visit["to"])
        parts = self._down_and_up(visit)
        down = tuple(leg for leg in parts if leg.to == site or leg.origin == orbit)
        back = tuple(leg for leg in parts if leg not in down)
        there = mission["depart"] + sum(leg.duration for leg in out)
        met = visit["depart"] + sum(leg.duration for leg in self.out(visit))
        if met < there - ROUNDING:
            raise InvalidInput(
                f'"{visit["id"]}" reaches {orbit} {(there - met) / DAY:.3g} d before its lander; send that earlier'
            )
        profile = flight_profile(
            vehicle,
            (*out, *down),
            back=back,
            stay=visit["stay"] or 0.0,
            waits={orbit: met - there},
            stops=(orbit, site),
            boards=orbit,
        )
        check = check_flight(profile, {orbit: self.cargo(mission), site: self.cargo(visit)}, self.crew(visit))
        problems = (*check.problems, *self._dates(mission, profile, there))
        return MissionAnswer(mission["id"], check, mission["depart"], there, problems)

    def _dates(self, mission: Mapping[str, Any], profile: Any, arrival: float) -> tuple[str, ...]:
        """Windows of the vehicle and of its legs, and stays that begin before the arrival."""
        from moonstead.station.logistics.profile import departures

        found = self._rates(mission, profile.vehicle)
        last = mission["latest"] if mission["latest"] is not None else mission["depart"]
        if departures(profile, mission["depart"], last) is None:
            found.append(_window_text(profile, mission["depart"], last))
        for name in mission["crews"]:
            early = arrival - self.fragment["crews"][name]["since"]
            if early > ROUNDING:
                found.append(
                    f'"{name}" begins {early / DAY:.3g} d before it arrives; depart earlier, or let them stay later'
                )
        return tuple(found)

    def _rates(self, mission: Mapping[str, Any], vehicle: Vehicle) -> list[str]:
        """Launches of the same vehicle that come too soon after each other, or too often in a year."""
        before = [
            (mission["depart"] - one["depart"], one["id"])
            for one in self.fragment["missions"]
            if one["transport"] == mission["transport"] and one["id"] != mission["id"]
        ]
        past = [(pause, name) for pause, name in before if pause >= 0.0]
        found = []
        if past and min(past)[0] < vehicle.interval:
            pause, name = min(past)
            found.append(
                f'it leaves {pause / DAY:.3g} d after "{name}"; {vehicle.name} is launched every '
                f"{vehicle.interval / DAY:.3g} d at most"
            )
        count = 1 + sum(pause < YEAR for pause, _ in past)
        if count > vehicle.launches_per_year:
            found.append(
                f"it is launch {count} of {vehicle.name} in a year; {vehicle.launches_per_year:g} are possible"
            )
        return found


def _comes_back(mission: Mapping[str, Any]) -> bool:
    return bool(mission["crew"] > 0 or mission["crews"]) if mission["returns"] is None else bool(mission["returns"])


def _window_text(profile: Any, first: float, last: float) -> str:
    from moonstead.run.moments import utc_text
    from moonstead.station.logistics.profile import departures

    year = 365.25 * DAY
    later = departures(profile, last, last + 20.0 * year)
    before = profile.vehicle.available[1]
    if later is not None:
        return f"it cannot leave then; the next departure is {utc_text([later])[0]}"
    if before < first:
        return f"its vehicle flies no more; the last departure was {utc_text([before])[0]}"
    return "no departure within 20 years fits the windows of its legs"


def mission_deliveries(fragment: Mapping[str, Any], site: str) -> list[dict[str, Any]]:
    """What missions bring into the stores of a site, with their arrival; missions that cannot fly bring nothing.

    Parameters
    ----------
    fragment : mapping
        From `missions_fragment`.
    site : str
        Where.

    Returns
    -------
    list of dict
        With keys mission, date [s TDB past J2000], substance and mass [kg].
    """
    answers = mission_answers(fragment)
    found = []
    for mission in fragment["missions"]:
        answer = answers.get(mission["id"])
        if mission["to"] != site or not isinstance(answer, MissionAnswer):
            continue
        found += [
            {"mission": mission["id"], "date": answer.arrival, "substance": one["substance"], "mass": one["mass"]}
            for one in mission["cargo"]
            if one["substance"] is not None
        ]
    return found
