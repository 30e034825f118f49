"""Orbits that can be known to fail: too low, too far, of another year, or in files that do not hold them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import datetime
from typing import assert_never

from moonstead.foundation.bodies import LUNAR_MAP_RADIUS, body
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput, MissingData, MoonsteadError
from moonstead.foundation.units import format_quantity
from moonstead.run.moments import utc_text
from moonstead.run.preflight_dates import date_text
from moonstead.scenario.family_orbits import FamilyOrbit
from moonstead.scenario.load import LoadedScenario
from moonstead.scenario.lunar_orbits import FrozenEllipse, LowFrozen, Phased
from moonstead.scenario.orbits import Elements, OemFile, SpkFile, State, Tle
from moonstead.scenario.positions import KeyPath
from moonstead.scenario.problems import Kind, Problem

FARTHEST_LUNAR_APSIS = 60.0e6  # [m] from the Moon's centre; the Hill radius, a (m / 3 M)^(1/3), is 61.5e6 m
LONGEST_REACH = 366.0 * 86_400.0  # [s] an orbit is propagated this far to meet the scenario; more is a wrong year
LOWEST_FROZEN = 30.0e3  # [m] altitude of a low frozen orbit: it swings by some 20 km, summits reach 11 km
FILE_MARGIN = 1.0  # [s] a file may begin this much after the scenario and end this much before


def orbit_problems(loaded: LoadedScenario, data: DataContext) -> Iterator[Problem]:
    """Orbits of spacecraft that no motion follows, or that do not cover the scenario."""
    for index, spacecraft in enumerate(loaded.scenario.spacecraft):
        at: KeyPath = ("spacecraft", index, "orbit")
        orbit = spacecraft.orbit
        match orbit:
            case FrozenEllipse():
                yield from _frozen_ellipse(loaded, at, orbit)
            case LowFrozen():
                yield from _low_frozen(loaded, at, orbit)
            case Phased():
                pass  # the ellipse is checked where its leader stands
            case FamilyOrbit():
                yield from _family(loaded, at, orbit)
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


def _low_frozen(loaded: LoadedScenario, at: KeyPath, orbit: LowFrozen) -> Iterator[Problem]:
    if orbit.altitude <= LOWEST_FROZEN:
        yield loaded.problem(
            (*at, "altitude"),
            f"no orbit of {format_quantity(orbit.altitude, 'km', 3)} stays frozen: it swings down to the ground",
            f"write more than {format_quantity(LOWEST_FROZEN, 'km', 3)}; 100 km live for years at 27, 50, 76, 86 deg",
        )


def _family(loaded: LoadedScenario, at: KeyPath, orbit: FamilyOrbit) -> Iterator[Problem]:
    from moonstead.orbits.three_body.family_names import POINTS_OF

    points = POINTS_OF[orbit.family]
    if orbit.point is not None and orbit.point not in points:
        yield loaded.problem(
            (*at, "point"),
            f"there is no family {orbit.family} at {orbit.point}",
            f"write {' or '.join(points)}" if points else "leave the point out",
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
            f"the epoch {date_text(epoch)} is {format_quantity(gap, 'yr', 2)} away from the scenario",
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
