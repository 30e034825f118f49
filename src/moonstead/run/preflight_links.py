"""Links that can be known to fail: ends without a common band, without a transmitter, or joined twice."""

from __future__ import annotations

from collections.abc import Iterator

from moonstead.foundation.errors import InvalidInput, MissingData
from moonstead.run.endpoints import EndKind, link_direction
from moonstead.scenario.facilities import SurfaceAntenna
from moonstead.scenario.ground import OwnStation
from moonstead.scenario.links import Link
from moonstead.scenario.load import LoadedScenario
from moonstead.scenario.problems import Problem


def link_problems(loaded: LoadedScenario) -> Iterator[Problem]:
    """Links whose ends cannot hear or send to each other, carry nothing, or are joined a second time."""
    yield from _bands(loaded)
    yield from _pairs(loaded)


def _bands(loaded: LoadedScenario) -> Iterator[Problem]:
    for index, link in enumerate(loaded.scenario.links):
        first, second = (_bands_of(loaded, end) for end in link.between)
        if first and second and not first & second:
            yield loaded.problem(
                ("link", index, "between"),
                f"{link.between[0]} works in {', '.join(sorted(first))} and {link.between[1]} in "
                f"{', '.join(sorted(second))}: they share no band",
                "choose antennas of one band",
            )
        yield from _deaf_members(loaded, index, link)
        yield from _unallocated(loaded, index, link, first & second)
        if link.rate == 0.0:
            yield loaded.problem(
                ("link", index, "rate"), "a rate of 0 carries no data", "write the rate of the modem, or leave it out"
            )
        if _transmitter(loaded, link.between[0]) is False:
            yield loaded.problem(
                ("link", index, "between", 0),
                f"data flow from the first end, and {link.between[0]} has no transmitter",
                "exchange the ends, or give that antenna a power",
            )


def _deaf_members(loaded: LoadedScenario, index: int, link: Link) -> Iterator[Problem]:
    """Stations of a network that do not work in the band of the antenna at the other end."""
    for place, (end, other) in enumerate((link.between, link.between[::-1])):
        wanted = _bands_of(loaded, other)
        members = _members(loaded, end)
        deaf = [name for name in members if (own := _bands_of(loaded, name)) and not own & wanted]
        if members != (end,) and deaf and len(deaf) < len(members):
            yield loaded.problem(
                ("link", index, "between", place),
                f"{' and '.join(deaf)} of the network {end} cannot take part: {other} works in "
                f"{', '.join(sorted(wanted))}",
                "name a network whose stations all have that band",
            )


def _unallocated(loaded: LoadedScenario, index: int, link: Link, shared: frozenset[str]) -> Iterator[Problem]:
    """Bands that no table of frequencies gives to a link of this direction."""
    from moonstead.links.bands import band

    direction = link_direction(_kind_of(loaded, link.between[0]), _kind_of(loaded, link.between[1]))
    for name in sorted(shared):
        try:
            band(name, direction)
        except InvalidInput as error:
            yield loaded.problem(("link", index, "between"), str(error), "choose antennas of another band")


def _kind_of(loaded: LoadedScenario, end: str) -> EndKind:
    owner = end.partition(".")[0]
    if any(site.id == owner for site in loaded.scenario.sites):
        return "surface"
    return "spacecraft" if any(craft.id == owner for craft in loaded.scenario.spacecraft) else "ground"


def _pairs(loaded: LoadedScenario) -> Iterator[Problem]:
    """Links that join two ends a second time in the same direction."""
    first: dict[tuple[str, str], int] = {}
    for index, link in enumerate(loaded.scenario.links):
        pairs = [(one, two) for one in _members(loaded, link.between[0]) for two in _members(loaded, link.between[1])]
        again = [(one, two) for one, two in pairs if (one, two) in first]
        if again:
            one, two = again[0]
            yield loaded.problem(
                ("link", index, "between"),
                f"{one} and {two} are joined already, by link {first[again[0]] + 1} of the file "
                f"({loaded.scenario.links[first[again[0]]].label}): the same antennas would be counted twice",
                "keep one of the two, or give the second an antenna of its own",
            )
        for pair in pairs:
            first.setdefault(pair, index)


def _members(loaded: LoadedScenario, end: str) -> tuple[str, ...]:
    """Stations of a network; anything else stands for itself."""
    return next((network.stations for network in loaded.scenario.networks if network.id == end), (end,))


def _bands_of(loaded: LoadedScenario, end: str) -> frozenset[str]:
    """Bands of an end of a link; of all its stations for a network; empty where that is not known."""
    scenario = loaded.scenario
    owner, _, antenna = end.partition(".")
    if antenna:
        for facility in scenario.facilities:
            if isinstance(facility, SurfaceAntenna) and (facility.site, facility.id) == (owner, antenna):
                return frozenset({facility.band})
        for spacecraft in scenario.spacecraft:
            if spacecraft.id == owner:
                return frozenset(found.band for found in spacecraft.antennas if found.id == antenna)
    members = _members(loaded, owner)
    bands: set[str] = set()
    for station in scenario.ground_stations:
        if station.id in members:
            bands |= set(station.bands) if isinstance(station, OwnStation) else _shipped_bands(station.use)
    return frozenset(bands)


def _shipped_bands(name: str) -> set[str]:
    from moonstead.links.ground_stations import ground_station

    try:
        return set(ground_station(name, allow_inactive=True).bands)
    except MissingData:
        return set()


def _transmitter(loaded: LoadedScenario, end: str) -> bool | None:
    """Whether an antenna can send; None for what is on the Earth, where stations have transmitters."""
    owner, _, antenna = end.partition(".")
    for facility in loaded.scenario.facilities:
        if isinstance(facility, SurfaceAntenna) and (facility.site, facility.id) == (owner, antenna):
            return facility.power is not None
    for spacecraft in loaded.scenario.spacecraft:
        for found in spacecraft.antennas:
            if (spacecraft.id, found.id) == (owner, antenna):
                return found.power is not None
    return None
