"""What can be known to fail before anything is computed: dates, heights, orbits, files, stations and bands."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, assert_never

from moonstead.foundation.bodies import LUNAR_MAP_RADIUS, body
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput, MissingData, MoonsteadError
from moonstead.foundation.units import closest, format_quantity
from moonstead.run.endpoints import EndKind, link_direction
from moonstead.run.moments import utc_text
from moonstead.scenario.common import epoch_of
from moonstead.scenario.facilities import Generator, SolarArray, SurfaceAntenna
from moonstead.scenario.ground import OwnStation, ShippedStation
from moonstead.scenario.links import Link
from moonstead.scenario.load import LoadedScenario
from moonstead.scenario.orbits import Elements, FrozenEllipse, OemFile, SpkFile, State, Tle
from moonstead.scenario.positions import KeyPath
from moonstead.scenario.problems import Kind, Problem, raise_problems

if TYPE_CHECKING:
    from moonstead.surface.terrain import GlobalTerrain

MOST_HEIGHT_OFF_TERRAIN = 1000.0  # [m] terrain of 3.8 km pixels misses narrow peaks by hundreds of metres, not more
LOWEST_STATION, HIGHEST_STATION = -500.0, 5500.0  # [m] shore of the Dead Sea, and above ALMA and Ali at 5100 m
FARTHEST_LUNAR_APSIS = 60.0e6  # [m] from the Moon's centre; the Hill radius, a (m / 3 M)^(1/3), is 61.5e6 m
LONGEST_REACH = 366.0 * 86_400.0  # [s] an orbit is propagated this far to meet the scenario; more is a wrong year
FILE_MARGIN = 1.0  # [s] a file may begin this much after the scenario and end this much before
JULIAN_YEAR = 365.25 * 86_400.0  # [s]
LIGHT_TIME_MARGIN = 600.0  # [s] the Sun is seen where it was up to 508 s ago


def preflight(loaded: LoadedScenario, data: DataContext) -> None:
    """Refuse a scenario that cannot be computed with these data.

    Parameters
    ----------
    loaded : LoadedScenario
        A scenario that is sound in itself.
    data : DataContext
        What the run would use.

    Raises
    ------
    ScenarioError
        With every problem found, where at least one is a mistake in the scenario.
    ScenarioDataMissing
        Every problem found is that data are missing or do not reach far enough.
    """
    raise_problems(examine(loaded, data))


def examine(loaded: LoadedScenario, data: DataContext) -> list[Problem]:
    """Every problem of a scenario that can be seen without computing; as `preflight`, without raising."""
    return [
        *_dates(loaded, data),
        *_sites(loaded, data),
        *_services(loaded),
        *_sources(loaded),
        *_stations(loaded),
        *_orbits(loaded, data),
        *_bands(loaded),
        *_pairs(loaded),
    ]


def _date_text(time: datetime) -> str:
    return time.strftime("%Y-%m-%d %H:%M UTC")


def _dates(loaded: LoadedScenario, data: DataContext) -> Iterator[Problem]:
    scenario = loaded.scenario
    told: set[tuple[str, str]] = set()
    for name, first, last in _spans(loaded, data):
        if isinstance(first, MoonsteadError):
            yield loaded.problem((), str(first), "see `moonstead data` for what is installed", "data")
            continue
        for key, time in (("start", scenario.start), ("stop", scenario.stop)):
            try:
                tdb = epoch_of(time).tdb()
            except MoonsteadError as error:
                if (key, str(error)) not in told:
                    told.add((key, str(error)))
                    yield loaded.problem((key,), str(error), "choose a later date", "data")
                continue
            if not first <= tdb <= last:
                from moonstead.foundation.ephemeris.calendar import span_text

                yield loaded.problem(
                    (key,),
                    f"{_date_text(time)} is outside {name}, which covers {span_text(first, last)}",
                    "choose a date inside, or give a folder with a longer one by --data",
                    "data",
                )


def _spans(loaded: LoadedScenario, data: DataContext) -> Iterator[tuple[str, float | MoonsteadError, float]]:
    """Name, first and last usable time [s TDB past J2000] of what every run needs; an error in place of a time."""
    wanted: tuple[tuple[str, Callable[[], tuple[float, float]]], ...] = (
        ("the planetary ephemeris", lambda: _planetary_span(data)),
        ("the orientation of the Moon", lambda: data.lunar_orientation.span),
    )
    for name, span in wanted:
        try:
            first, last = span()
        except MoonsteadError as error:
            yield name, error, math.nan
        else:
            yield name, first + LIGHT_TIME_MARGIN, last
    if loaded.scenario.ground_stations:
        try:
            data.dataset("earth-orientation")
        except MissingData as error:
            yield "the orientation of the Earth", error, math.nan


def _planetary_span(data: DataContext) -> tuple[float, float]:
    spans = [data.ephemeris.span(name, "MOON") for name in ("SUN", "EARTH")]
    return max(first for first, _ in spans), min(last for _, last in spans)


def _sites(loaded: LoadedScenario, data: DataContext) -> Iterator[Problem]:
    terrain: GlobalTerrain | None = None
    for index, site in enumerate(loaded.scenario.sites):
        usable = True
        for place, layer in enumerate(site.terrain):
            problem = _terrain_problem(loaded, data, ("site", index, "terrain", place), layer)
            if problem is not None:
                usable = False
                yield problem
        if site.height is None or not usable:
            continue
        if terrain is None:
            from moonstead.surface.terrain import load_terrain

            terrain = load_terrain(data)
        ground = _ground(terrain, site.latitude, site.longitude)
        if abs(site.height - ground) > MOST_HEIGHT_OFF_TERRAIN:
            above = format_quantity(abs(site.height - ground), "km", 3)
            side = "above" if site.height > ground else "below"
            yield loaded.problem(
                ("site", index, "height"),
                f"the site stands {above} {side} the terrain, which is at {ground:.0f} m there",
                f'leave `height` out, or write about "{ground:.0f} m": heights count from the sphere of 1737.4 km',
            )


def _terrain_problem(loaded: LoadedScenario, data: DataContext, key: KeyPath, layer: str) -> Problem | None:
    known = [name for name, dataset in data.datasets.items() if dataset.kind == "terrain"]
    if layer in known:
        return None
    if layer in data.datasets:
        kind = data.datasets[layer].kind
        return loaded.problem(key, f'"{layer}" is no terrain but of kind {kind}', f"terrain is {', '.join(known)}")
    near = closest(layer, known)
    if near is not None:
        return loaded.problem(key, f'no terrain is called "{layer}"', f'did you mean "{near}"?')
    try:
        data.dataset(layer)
    except MissingData as error:
        return loaded.problem(key, str(error), "see `moonstead data` for what is installed", "data")
    return None


def _ground(terrain: GlobalTerrain, latitude: float, longitude: float) -> float:
    """Height [m] of the pixel that holds a point: near enough to tell kilometres, and without compiled code."""
    rows, columns = terrain.heights.shape
    row = min(int((0.5 * math.pi - latitude) / math.pi * rows), rows - 1)
    column = int(((longitude + math.pi) / (2.0 * math.pi) % 1.0) * columns) % columns
    return float(terrain.heights[row, column])


def _services(loaded: LoadedScenario) -> Iterator[Problem]:
    scenario = loaded.scenario
    for index, facility in enumerate(scenario.facilities):
        if facility.since is not None and facility.since >= scenario.stop:
            message = f'"{facility.id}" starts to work on {_date_text(facility.since)}, after the scenario ends'
            yield loaded.problem(("facility", index, "since"), message, "move it, or leave the facility out")
        if facility.until is not None and facility.until <= scenario.start:
            message = f'"{facility.id}" ends to work on {_date_text(facility.until)}, before the scenario starts'
            yield loaded.problem(("facility", index, "until"), message, "move it, or leave the facility out")


def _sources(loaded: LoadedScenario) -> Iterator[Problem]:
    for index, facility in enumerate(loaded.scenario.facilities):
        yearly = facility.degradation * JULIAN_YEAR if isinstance(facility, SolarArray | Generator) else 0.0
        if yearly >= 1.0:
            yield loaded.problem(
                ("facility", index, "degradation"),
                f'"{facility.id}" would lose {yearly:.0%} of its power in a year, all of it or more',
                'write the share that is lost in a year, below 100 %/yr, for example "1.6 %/yr"',
            )


def _stations(loaded: LoadedScenario) -> Iterator[Problem]:
    for index, station in enumerate(loaded.scenario.ground_stations):
        if isinstance(station, OwnStation):
            if not LOWEST_STATION <= station.height <= HIGHEST_STATION:
                yield loaded.problem(
                    ("ground_station", index, "height"),
                    f"no dish of the Earth stands at {station.height:.0f} m above the ellipsoid",
                    "write the geodetic height above WGS 84; vectors made on a sphere are kilometres off",
                )
            continue
        problem = _shipped_problem(loaded, index, station)
        if problem is not None:
            yield problem


def _shipped_problem(loaded: LoadedScenario, index: int, station: ShippedStation) -> Problem | None:
    from moonstead.links.ground_stations import ground_station, station_names

    key = ("ground_station", index, "use")
    known = station_names()
    if station.use not in known:
        near = closest(station.use, known)
        remedy = f'did you mean "{near}"?' if near else f"known are {', '.join(known)}"
        return loaded.problem(key, f'no ground station of the table is called "{station.use}"', remedy)
    try:
        ground_station(station.use)
    except InvalidInput as error:
        return loaded.problem(key, str(error), "choose a station that works, or describe your own")
    return None


def _orbits(loaded: LoadedScenario, data: DataContext) -> Iterator[Problem]:
    for index, spacecraft in enumerate(loaded.scenario.spacecraft):
        at: KeyPath = ("spacecraft", index, "orbit")
        orbit = spacecraft.orbit
        match orbit:
            case FrozenEllipse():
                yield from _frozen_ellipse(loaded, at, orbit)
            case Elements():
                yield from _elements(loaded, at, orbit)
                yield from _reach(loaded, at, orbit.epoch)
            case State():
                yield from _state(loaded, at, orbit)
                yield from _reach(loaded, at, orbit.epoch)
            case OemFile() | SpkFile() | Tle():
                yield from _orbit_file(loaded, at, orbit, data)
            case _:
                assert_never(orbit)


def _frozen_ellipse(loaded: LoadedScenario, at: KeyPath, orbit: FrozenEllipse) -> Iterator[Problem]:
    from moonstead.orbits.frozen_ellipse import LOWEST_ALTITUDE

    gm = body("MOON").gm
    if orbit.periselene <= LOWEST_ALTITUDE:
        yield loaded.problem(
            (*at, "periselene"),
            f"a periselene of {format_quantity(orbit.periselene, 'km', 3)} is too near to the ground",
            f"write more than {format_quantity(LOWEST_ALTITUDE, 'km', 3)}: summits reach 10.8 km, and ellipses breathe",
        )
    least = LUNAR_MAP_RADIUS + orbit.periselene
    axis = (gm * (orbit.period / (2.0 * math.pi)) ** 2) ** (1.0 / 3.0)
    if axis < least:
        shortest = 2.0 * math.pi * math.sqrt(least**3 / gm)
        yield loaded.problem(
            (*at, "period"),
            f"a period of {format_quantity(orbit.period, 'h', 3)} is too short for a periselene of "
            f"{format_quantity(orbit.periselene, 'km', 4)}",
            f'write at least "{math.ceil(shortest / 360.0) / 10.0:g} h", or lower the periselene',
        )
    elif 2.0 * axis - least > FARTHEST_LUNAR_APSIS:
        far = format_quantity(2.0 * axis - least, "km", 3)
        yield loaded.problem(
            (*at, "period"),
            f"the orbit reaches {far} from the Moon, where the Earth takes it away",
            "shorten the period; frozen ellipses have 6 h to 40 h",
        )


def _elements(loaded: LoadedScenario, at: KeyPath, orbit: Elements) -> Iterator[Problem]:
    center = body(orbit.center)
    axis, eccentricity = orbit.shape(center.mean_radius)
    height = axis * (1.0 - eccentricity) - center.mean_radius
    if height <= 0.0:
        named = "semi_major_axis" if orbit.semi_major_axis is not None else "periapsis_altitude"
        yield loaded.problem(
            (*at, named),
            f"the periapsis lies {format_quantity(-height, 'km', 4)} below the surface of the {center.name.title()}",
            f"radius {format_quantity(center.mean_radius, 'km', 5)}: raise the orbit or lower its eccentricity",
        )
    elif center.name == "MOON" and axis * (1.0 + eccentricity) > FARTHEST_LUNAR_APSIS:
        far = format_quantity(axis * (1.0 + eccentricity), "km", 3)
        named = "semi_major_axis" if orbit.semi_major_axis is not None else "apoapsis_altitude"
        yield loaded.problem(
            (*at, named),
            f"the orbit reaches {far} from the Moon, where the Earth takes it away",
            'lower it; for an orbit about a Lagrange point use kind = "state" or "spk"',
        )


def _state(loaded: LoadedScenario, at: KeyPath, orbit: State) -> Iterator[Problem]:
    center = body(orbit.center)
    height = math.hypot(*orbit.position) - center.mean_radius
    if height <= 0.0:
        yield loaded.problem(
            (*at, "position"),
            f"the position lies {format_quantity(-height, 'km', 4)} below the surface of the {center.name.title()}",
            f"positions are measured from the centre; the radius is {format_quantity(center.mean_radius, 'km', 5)}",
        )


def _reach(loaded: LoadedScenario, at: KeyPath, epoch: datetime) -> Iterator[Problem]:
    scenario = loaded.scenario
    gap = max((scenario.start - epoch).total_seconds(), (epoch - scenario.stop).total_seconds())
    if gap > LONGEST_REACH:
        yield loaded.problem(
            (*at, "epoch"),
            f"the epoch {_date_text(epoch)} is {format_quantity(gap, 'yr', 2)} away from the scenario",
            "give the orbit at an epoch within a year of the scenario",
        )


def _orbit_file(
    loaded: LoadedScenario, at: KeyPath, orbit: OemFile | SpkFile | Tle, data: DataContext
) -> Iterator[Problem]:
    key = (*at, "lines") if orbit.file is None else (*at, "file")
    if orbit.file is not None and not orbit.file.is_file():
        yield loaded.problem(key, f"there is no file {orbit.file}", "paths start from the scenario's folder", "data")
        return
    try:
        match orbit:
            case OemFile():
                spans = _oem_spans(orbit, data)
            case SpkFile():
                spans = _spk_spans(orbit)
            case Tle():
                spans = [_tle_span(orbit)]
            case _:
                assert_never(orbit)
        start, stop = loaded.scenario.span()
        start, stop = start + FILE_MARGIN, stop - FILE_MARGIN
    except MoonsteadError as error:
        kind: Kind = "data" if isinstance(error, MissingData) else "input"
        yield loaded.problem(key, str(error), "give a file that holds this object", kind)
        return
    yield from _covered(loaded, key, spans, start, stop)


def _covered(
    loaded: LoadedScenario, key: KeyPath, spans: list[tuple[float, float]], start: float, stop: float
) -> Iterator[Problem]:
    reached = start
    for first, last in sorted(spans):
        if first <= reached:
            reached = max(reached, last)
    if reached < stop or not any(first <= start <= last for first, last in spans):
        covers = "; ".join(_span_words(first, last) for first, last in sorted(spans))
        yield loaded.problem(
            key,
            f"the orbit covers {covers}, the scenario runs from {_span_words(start - FILE_MARGIN, stop + FILE_MARGIN)}",
            "give an orbit for the whole scenario, or shorten the scenario",
            "data",
        )


def _span_words(first: float, last: float) -> str:
    """Both ends in UTC, as the scenario writes its dates; in TDB where UTC does not reach."""
    from moonstead.foundation.ephemeris.calendar import span_text

    try:
        return " to ".join(str(word) for word in utc_text([first + 0.5, last + 0.5]))  # rounded to the second
    except MoonsteadError:
        return span_text(first, last)


def _oem_spans(orbit: OemFile, data: DataContext) -> list[tuple[float, float]]:
    from moonstead.formats.oem import read_oem

    assert orbit.file is not None
    segments = read_oem(orbit.file, data.earth_orientation).segments
    names = {name for segment in segments for name in (segment.metadata.object_name, segment.metadata.object_id)}
    if orbit.object is not None and orbit.object not in names:
        raise InvalidInput(f'the file has no object "{orbit.object}"; it has {", ".join(sorted(names))}')
    if orbit.object is None and len({segment.metadata.object_id for segment in segments}) > 1:
        raise InvalidInput(f"the file has several objects, {', '.join(sorted(names))}: choose one with `object`")
    return [
        segment.span
        for segment in segments
        if orbit.object in (None, segment.metadata.object_name, segment.metadata.object_id)
    ]


def _spk_spans(orbit: SpkFile) -> list[tuple[float, float]]:
    from moonstead.foundation.bodies import naif_id
    from moonstead.foundation.ephemeris.spk import open_spk

    segments = open_spk(orbit.file)
    target = orbit.target if isinstance(orbit.target, int) else naif_id(orbit.target)
    spans = [(segment.start, segment.stop) for segment in segments if segment.target == target]
    if not spans:
        has = ", ".join(str(number) for number in sorted({segment.target for segment in segments}))
        raise InvalidInput(f"the file has no object {orbit.target}; it has the NAIF ids {has}")
    return spans


def _tle_span(orbit: Tle) -> tuple[float, float]:
    from moonstead.formats.tle import parse_tle, read_catalogue

    if orbit.lines is not None:
        return parse_tle(*orbit.lines).trajectory().span
    assert orbit.file is not None
    catalogue = read_catalogue(orbit.file)
    found = [entry for entry in catalogue.sets if entry.catalog_number == orbit.number]
    if not found:
        raise InvalidInput(f"the file has no element set of object {orbit.number}")
    return found[-1].trajectory().span


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
