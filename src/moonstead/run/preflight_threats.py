"""Threats that can be known to fail: files that are not there or say nothing, dates without data, unknown stations."""

from __future__ import annotations

from collections.abc import Iterator

from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import MissingData, MoonsteadError
from moonstead.run.preflight_dates import date_text
from moonstead.scenario.common import epoch_of
from moonstead.scenario.load import LoadedScenario
from moonstead.scenario.positions import KeyPath
from moonstead.scenario.problems import Kind, Problem
from moonstead.scenario.threats import Threat

MARGIN = 10.0 * 86_400.0  # [s] that flights reach beyond the last date


def threat_problems(loaded: LoadedScenario, data: DataContext) -> Iterator[Problem]:
    """Threats whose files cannot be read, whose dates have no ephemeris, or whose stations nobody knows."""
    for index, threat in enumerate(loaded.scenario.threats):
        at: KeyPath = ("threat", index)
        yield from _files(loaded, at, threat, data)
        yield from _dates(loaded, at, threat, data)
        if threat.sensors:
            from moonstead.smallbodies.watch.sensors import sensor

            for place, code in enumerate(threat.sensors):
                try:
                    sensor(code)
                except MoonsteadError as error:
                    yield loaded.problem((*at, "sensors", place), str(error), "name a code of the shipped table")


def _files(loaded: LoadedScenario, at: KeyPath, threat: Threat, data: DataContext) -> Iterator[Problem]:
    files = [((*at, "observations", place), file) for place, file in enumerate(threat.observations)]
    if threat.orbit is not None:
        files.append(((*at, "orbit"), threat.orbit))
    for key, file in files:
        if not file.is_file():
            yield loaded.problem(key, f"there is no file {file}", "paths start from the scenario's folder", "data")
            return
    try:
        if threat.orbit is not None:
            from moonstead.smallbodies.published_orbit import read_published_orbit

            orbit = read_published_orbit(threat.orbit, data)
            if orbit.covariance is None:
                yield loaded.problem(
                    (*at, "orbit"),
                    f"{threat.orbit.name} has no covariance, so nothing can be said of impacts",
                    "give an orbit with its covariance, or the observations",
                )
            return
        from moonstead.smallbodies.orbit_fit.from_files import read_files

        read_files(threat.observations, object=threat.object)
    except MoonsteadError as error:
        kind: Kind = "data" if isinstance(error, MissingData) else "input"
        key = (*at, "orbit") if threat.orbit is not None else (*at, "observations")
        remedy = "see `moonstead asteroid fit` and `moonstead asteroid impact` for what can be read"
        yield loaded.problem(key, str(error), remedy, kind)


def _dates(loaded: LoadedScenario, at: KeyPath, threat: Threat, data: DataContext) -> Iterator[Problem]:
    try:
        first, last = data.ephemeris.span("MOON", "SOLAR SYSTEM BARYCENTER")
    except MoonsteadError:
        return  # told with the dates of the scenario
    for key, time in (("until", threat.until), ("watch_from", threat.watch_from)):
        if time is None:
            continue
        try:
            tdb = epoch_of(time).tdb()
        except MoonsteadError as error:
            yield loaded.problem((*at, key), str(error), "choose an earlier date", "data")
            continue
        if not first <= tdb <= last - MARGIN:
            from moonstead.foundation.ephemeris.calendar import span_text

            yield loaded.problem(
                (*at, key),
                f"{date_text(time)} is outside the ephemeris, which covers {span_text(first, last)}",
                "choose a date inside, or give a folder with a longer one by --data",
                "data",
            )
