"""Navigation at the Moon: who flies, what each site gets behind its terrain, and the Earth's satellites from there.

Tables, in SI (angles [rad], times [s TDB past J2000] in `tdb` beside `utc`; low, nominal, high are for the least,
nominal and largest error of the signal):

``navigation-sky``, facts `satellites` (list of `name`, `constellation`), `constellations` (list of `id`, `name`,
`label`, `satellites`, `signal_error` (low, nominal, high), `signal_error_source`), `lost` (satellites that met the
ground); arrays `tdb` (E,), `position` (E, S, 3) [m] MOON_ME, `constellation` (S,)

``navigation-site.ID``, facts `name`, `mask`, `limit`, `share`, `longest_gap`, `gaps` (list of `start_utc`,
`duration`), `mean_visible`, `least_visible`, `solved`, `error_95` (low, nominal, high; None without positions),
`height_error`, `user_error`, `common_time`, `c_n0` (least and median [dB Hz] of satellites of presets in view, with
an antenna of 0 dBi; None where there are none)
  ``navigation-site.ID``    tdb, utc, visible, pdop, hdop, vdop, error_low, error, error_high
  ``navigation-track.ID``   satellite, constellation, tdb, azimuth, elevation, seen
  ``navigation-loss.ID``    satellite, share, longest_gap

``navigation-map.ID``       x, y, latitude, longitude, height, share, pdop, visible; facts `rows`, `half_width`, `mask`

``weak-signal.ID``, facts `name`, `epochs`, `threshold_dbhz`, `bands`, `share`, `mean` by letters of systems (all, and
all but one), `pdop`
  ``weak-signal.ID``        system, satellites, heard, share_low, share, share_high, share_without, best_c_n0
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from moonstead.run.moments import utc_text
from moonstead.run.places import eye_point, eyes, site_fragment, site_terrain
from moonstead.run.tables import Table
from moonstead.run.task import Figure, Task, TaskInputs, TaskOutput
from moonstead.run.trajectories import stored_trajectory
from moonstead.scenario.load import plain
from moonstead.scenario.navigation import Navigation
from moonstead.scenario.scenario import Scenario

if TYPE_CHECKING:
    from moonstead.navigation.lunar.constellation_paths import ConstellationPaths

Array = NDArray[np.float64]

SKY = "navigation-sky"
ORIENTATION = ("de440s", "moon-pa-de440")
TERRAIN = "lola-8ppd"
USUAL_ERROR = 10.0  # [m] of a signal, where neither scenario nor preset says one
USUAL_RANGE = (0.5, 2.0)  # of that
MONTH = 27.32 * 86_400.0  # [s] after which the Earth stands at the same place of the sky again
WEAK_STEP = 1800.0  # [s]
AZIMUTHS = 36  # of skylines on the map
MAST = 2.0  # [m] of an antenna on the map
MODELS = ("de440", "moon-me", "dilution")
FLOWN = ("grail", "third-body")


def plan(scenario: Scenario) -> list[Task]:
    """One task for the sky, and for each site with users its service, its map and the weak signals there."""
    asked = scenario.navigation
    if asked is None:
        return []
    start, stop = scenario.span()
    sites = [site for site in scenario.sites if not asked.sites or site.id in asked.sites]
    highest = {eye.site.id: eye for eye in eyes(scenario)}  # the eyes of a site come with rising masts
    common = {"start": start, "stop": min(stop, start + asked.duration), "step": asked.step}
    tasks = []
    if scenario.constellations:
        crafts = sorted({craft for one in scenario.constellations for craft in one.spacecraft})
        fragment = common | {"constellations": [plain(one) for one in scenario.constellations]}
        inputs = tuple(f"orbit.{craft}" for craft in crafts)
        title = "Navigation satellites of the Moon"
        tasks.append(Task(SKY, title, f"{__name__}:fly", fragment, inputs, (*ORIENTATION, "grgm1200a")))
    for site in sites:
        eye, name = highest[site.id], site.name or site.id
        place = site_fragment(site) | {"mast": eye.mast, "eye": eye.key, "name": name} | _user(asked)
        horizon = f"horizon.{eye.key}"
        if scenario.constellations:
            serve = Task(
                f"navigation-site.{site.id}",
                f"Navigation at {name}",
                f"{__name__}:serve_site",
                place,
                (SKY, horizon),
                (*ORIENTATION, TERRAIN),
            )
            tasks.append(serve)
        if scenario.constellations and asked.map_points:
            grid = place | {"half_width": asked.map_half_width, "points": asked.map_points}
            title = f"Navigation around {name}"
            tasks.append(
                Task(f"navigation-map.{site.id}", title, f"{__name__}:serve_map", grid, (SKY,), (*ORIENTATION, TERRAIN))
            )
        if asked.receiver is not None:
            said = place | {"start": start, "receiver": plain(asked.receiver)}
            title = f"The Earth's navigation satellites from {name}"
            tasks.append(
                Task(f"weak-signal.{site.id}", title, f"{__name__}:hear", said, (horizon,), (*ORIENTATION, TERRAIN))
            )
    return tasks


def _user(asked: Navigation) -> dict[str, Any]:
    """What the answer for a user depends on."""
    return {
        "mask": asked.mask,
        "limit": asked.dop_limit,
        "height_error": asked.height_error,
        "user_error": asked.user_error,
        "common_time": asked.common_time,
    }


def fly(inputs: TaskInputs) -> TaskOutput:
    """Place all navigation satellites at the times of the analysis, in axes that turn with the Moon."""
    from moonstead.navigation.lunar.constellation_paths import fly_constellation, joined_paths, trajectory_paths
    from moonstead.navigation.lunar.constellations import lunar_constellation

    said = inputs.fragment
    tdb = np.arange(said["start"], said["stop"] + 1.0, said["step"])
    parts: list[ConstellationPaths] = []
    told, flown = [], False
    for one in said["constellations"]:
        group, preset = [], None
        if one["preset"] is not None:
            preset, flown = lunar_constellation(one["preset"]), True
            group.append(fly_constellation(preset, tdb, inputs.data))
        crafts = [stored_trajectory(inputs.result(f"orbit.{craft}"), inputs.data) for craft in one["spacecraft"]]
        if crafts:
            group.append(trajectory_paths(crafts, tdb, inputs.data))
        joined = joined_paths(group)
        parts.append(joined)
        error, source = _signal_error(one, preset)
        told.append(
            {
                "id": one["id"],
                "name": one["name"] or (preset.name if preset else one["id"]),
                "label": preset.label if preset else "spacecraft of the scenario",
                "satellites": len(joined.names),
                "preset": one["preset"],
                "signal_error": error,
                "signal_error_source": source,
            }
        )
    sizes = [len(part.names) for part in parts]
    of = np.repeat(np.arange(len(parts)), sizes)
    position = np.concatenate([part.position for part in parts], axis=1)
    names = [name for part in parts for name in part.names]
    lost = [name for k, name in enumerate(names) if np.isnan(position[-1, k, 0])]
    warnings = tuple(f"the navigation satellite {name} meets the ground or ends before the analysis" for name in lost)
    facts = {
        "constellations": told,
        "satellites": [{"name": name, "constellation": int(k)} for name, k in zip(names, of, strict=True)],
        "lost": lost,
    }
    arrays = {"tdb": tdb, "position": position, "constellation": of.astype(np.int64)}
    models = ("de440", "moon-me", "lunar-constellations", *(FLOWN if flown else ()))
    return TaskOutput(arrays=arrays, facts=facts, warnings=warnings, models=models)


def _signal_error(said: dict[str, Any], preset: Any) -> tuple[list[float], str]:
    """Least, nominal and largest error of a signal [m], and who says so."""
    nominal = said["signal_error"]
    if nominal is None and preset is not None:
        return list(preset.signal_error), preset.signal_error_source
    source = "the scenario" if nominal is not None else "nobody: chosen here"
    nominal = USUAL_ERROR if nominal is None else nominal
    low, high = said["signal_error_range"] or (USUAL_RANGE[0] * nominal, USUAL_RANGE[1] * nominal)
    return [low, nominal, high], source


def _sky(inputs: TaskInputs) -> tuple[ConstellationPaths, list[dict[str, Any]]]:
    from moonstead.navigation.lunar.constellation_paths import ConstellationPaths

    result = inputs.result(SKY)
    arrays = result.arrays()
    names = tuple(one["name"] for one in result.facts["satellites"])
    paths = ConstellationPaths(names, arrays["constellation"], arrays["tdb"], arrays["position"])
    return paths, list(result.facts["constellations"])


def serve_site(inputs: TaskInputs) -> TaskOutput:
    """Satellites in view behind the skyline, dilution, errors, gaps, and what the loss of one costs."""
    from moonstead.navigation.lunar.availability import Budget, availability, losses
    from moonstead.surface.horizon import HorizonProfile

    place = inputs.fragment
    paths, constellations = _sky(inputs)
    skyline = HorizonProfile.from_arrays(inputs.result(f"horizon.{place['eye']}").arrays())
    height = eye_point(place, skyline).height
    budgets = [Budget(tuple(one["signal_error"]), place["user_error"], place["height_error"]) for one in constellations]
    found = availability(
        paths,
        place["latitude"],
        place["longitude"],
        height,
        mask=place["mask"],
        skyline=skyline.elevation,
        budget=budgets,
        limit=place["limit"],
        one_clock=place["common_time"],
    )
    solved = np.isfinite(found.error[:, 1])
    gaps = found.gaps()
    facts = {
        "name": place["name"],
        "mask": place["mask"],
        "limit": found.limit,
        "share": found.share,
        "longest_gap": found.longest_gap,
        "gaps": [
            {"start_utc": str(utc_text([first])[0]), "duration": float(last - first)}
            for first, last in sorted(gaps.tolist(), key=lambda gap: gap[0] - gap[1])
        ],
        "mean_visible": float(found.count.mean()),
        "least_visible": int(found.count.min()),
        "solved": float(solved.mean()),
        "error_95": np.quantile(found.error[solved], 0.95, axis=0).tolist() if solved.any() else None,
        "height_error": place["height_error"],
        "user_error": place["user_error"],
        "common_time": place["common_time"],
        "c_n0": _levels(found, paths, constellations),
    }
    clock = None if place["common_time"] else paths.constellation
    rows = losses(paths, found, clock)
    tables = (
        _series(inputs.task.id, found),
        _tracks(place["site"], paths, found),
        Table(
            f"navigation-loss.{place['site']}",
            {
                "satellite": np.array([row.satellite for row in rows]),
                "share": np.array([row.share for row in rows]),
                "longest_gap": np.array([row.longest_gap for row in rows]),
            },
            {"satellite": "text", "share": "1", "longest_gap": "s"},
            "Service of the rest when this satellite fails, without a known height; the worst first.",
        ),
    )
    who = ", ".join(one["name"] for one in constellations)
    known = "" if place["height_error"] is None else f"; height known to {place['height_error']:g} m"
    how = f"{who}; skyline of the terrain, mask {math.degrees(place['mask']):.3g} deg{known}; simulated"
    figures = [Figure(f"{place['name']}: dilution of position within {found.limit:g}", found.share, "1", how)]
    if facts["error_95"] is not None:
        low, nominal, high = facts["error_95"]
        how = f"{how}; one sigma, 95 % of epochs with a position, {low:.3g} to {high:.3g} m by the signals' error"
        figures.append(Figure(f"{place['name']}: error of the position by satellites of the Moon", nominal, "m", how))
    return TaskOutput(tables, figures=tuple(figures), facts=facts, models=(*MODELS, "horizon"))


def _levels(found: Any, paths: ConstellationPaths, constellations: list[dict[str, Any]]) -> list[float] | None:
    """Least and median carrier to noise density [dB Hz] of what is in view, where a preset says its signal."""
    from moonstead.navigation.lunar.constellations import lunar_constellation

    levels = []
    for number, one in enumerate(constellations):
        if one["preset"] is not None:
            seen = found.seen & (paths.constellation == number)
            levels.append(lunar_constellation(one["preset"]).signal.c_n0(found.distance[seen]))
    level = np.concatenate(levels) if levels else np.zeros(0)
    return [float(level.min()), float(np.median(level))] if level.size else None


def _series(name: str, found: Any) -> Table:
    return Table(
        name,
        {
            "tdb": found.tdb,
            "utc": utc_text(found.tdb),
            "visible": found.count,
            "pdop": found.dilution[:, 0],
            "hdop": found.dilution[:, 1],
            "vdop": found.dilution[:, 2],
            "error_low": found.error[:, 0],
            "error": found.error[:, 1],
            "error_high": found.error[:, 2],
        },
        {
            "tdb": "s TDB past J2000",
            "utc": "UTC",
            "visible": "1",
            "pdop": "1",
            "hdop": "1",
            "vdop": "1",
            "error_low": "m, one sigma",
            "error": "m, one sigma",
            "error_high": "m, one sigma",
        },
        "Satellites above mask and skyline, dilutions and errors of a position; infinite where none follows.",
    )


def _tracks(site: str, paths: ConstellationPaths, found: Any) -> Table:
    epochs = paths.tdb.size
    return Table(
        f"navigation-track.{site}",
        {
            "satellite": np.repeat(np.array(paths.names), epochs),
            "constellation": np.repeat(paths.constellation, epochs),
            "tdb": np.tile(paths.tdb, len(paths.names)),
            "azimuth": found.azimuth.T.ravel(),
            "elevation": found.elevation.T.ravel(),
            "seen": found.seen.T.ravel(),
        },
        {
            "satellite": "text",
            "constellation": "1",
            "tdb": "s TDB past J2000",
            "azimuth": "rad from north over east",
            "elevation": "rad",
            "seen": "1",
        },
        "Where each navigation satellite stands in the sky of the site.",
    )


def serve_map(inputs: TaskInputs) -> TaskOutput:
    """Service at a grid of points about a site, each behind its own skyline."""
    from moonstead.navigation.dilution import dilution, geodetic_sites
    from moonstead.navigation.lunar.availability import MAP_SPHERE
    from moonstead.surface.horizon import horizon_profile

    place = inputs.fragment
    paths, _ = _sky(inputs)
    terrain = site_terrain(place, inputs.data, place["half_width"])
    side = np.linspace(-place["half_width"], place["half_width"], place["points"])
    x, y = (part.ravel() for part in np.meshgrid(side, side))
    latitude, longitude = _around(place["latitude"], place["longitude"], x, y)
    skylines = [
        horizon_profile(terrain, float(phi), float(lam), MAST, AZIMUTHS)
        for phi, lam in zip(latitude, longitude, strict=True)
    ]
    height = np.array([one.height for one in skylines])
    # a sector lies between two azimuths of the skyline: the higher of them counts
    edges = np.array([np.maximum(one.elevation, np.roll(one.elevation, -1)) for one in skylines])
    sites = geodetic_sites(latitude, longitude, height, ellipsoid=MAP_SPHERE)
    system = None if place["common_time"] else paths.constellation
    found = dilution(paths.position, sites, mask=np.maximum(edges, place["mask"]), system=system)
    columns = {
        "x": x,
        "y": y,
        "latitude": latitude,
        "longitude": longitude,
        "height": height,
        "share": np.mean(found.position <= place["limit"], axis=0),
        "pdop": np.median(found.position, axis=0),
        "visible": found.count.mean(axis=0),
    }
    units = {
        "x": "m to the east at the site",
        "y": "m to the north at the site",
        "latitude": "rad MOON_ME",
        "longitude": "rad MOON_ME, east",
        "height": "m above 1737.4 km, with the mast",
        "share": "1",
        "pdop": "1",
        "visible": "1",
    }
    text = f"Service at one point, its antenna {MAST:g} m above the ground; no height is known; median of the dilution."
    facts = {"rows": place["points"], "half_width": place["half_width"], "mask": place["mask"], "limit": place["limit"]}
    facts |= {"name": place["name"], "worst": float(columns["share"].min()), "best": float(columns["share"].max())}
    table = Table(inputs.task.id, columns, units, text)
    return TaskOutput((table,), facts=facts, models=(*MODELS, "horizon"))


def _around(latitude: float, longitude: float, x: Array, y: Array) -> tuple[Array, Array]:
    """Latitude and longitude (N,) [rad] of points on the azimuthal equidistant map about a place."""
    from moonstead.foundation.bodies import LUNAR_MAP_RADIUS

    angle, bearing = np.hypot(x, y) / LUNAR_MAP_RADIUS, np.arctan2(x, y)
    sine = math.sin(latitude) * np.cos(angle) + math.cos(latitude) * np.sin(angle) * np.cos(bearing)
    east = np.sin(bearing) * np.sin(angle)
    north = math.cos(latitude) * np.cos(angle) - math.sin(latitude) * np.sin(angle) * np.cos(bearing)
    return np.arcsin(np.clip(sine, -1.0, 1.0)), longitude + np.arctan2(east, north)


def hear(inputs: TaskInputs) -> TaskOutput:
    """Which of the Earth's navigation satellites a receiver at a site acquires, over a month."""
    from moonstead.navigation.lunar.gnss_orbits import nominal_sky, system_names
    from moonstead.navigation.lunar.weak_signal import (
        MoonReceiver,
        fix_dilution,
        site_ground,
        user_places,
        weak_signals,
    )
    from moonstead.surface.horizon import HorizonProfile

    place = inputs.fragment
    said, letters = place["receiver"], "".join(place["receiver"]["systems"])
    skyline = HorizonProfile.from_arrays(inputs.result(f"horizon.{place['eye']}").arrays())
    tdb = place["start"] + np.arange(0.0, MONTH, WEAK_STEP)
    user, moon = user_places(eye_point(place, skyline), tdb, inputs.data)
    receiver = MoonReceiver(
        10.0 * math.log10(said["gain"]),
        said["noise_temperature"],
        10.0 * math.log10(said["losses"]),
        said["threshold_dbhz"],
        said["two_bands"],
    )
    ground = site_ground(place["latitude"], place["longitude"], skyline.elevation, tdb, inputs.data)
    heard = weak_signals(nominal_sky(letters, tdb), user, moon, receiver, ground=ground)
    rows = []
    for letter in letters:
        level = heard.c_n0[:, [name == letter for name in heard.sky.systems]]
        low, nominal, high = heard.share(4, letter)
        rows.append(
            (
                system_names()[letter],
                heard.sky.systems.count(letter),
                float(heard.acquired(letter).sum(axis=1).mean()),
                low,
                nominal,
                high,
                heard.share(4, letters.replace(letter, ""))[1],
                float(np.nanmax(level)) if np.isfinite(level).any() else math.nan,
            )
        )
    units = {
        "system": "text",
        "satellites": "1",
        "heard": "1, mean",
        "share_low": "1",
        "share": "1",
        "share_high": "1",
        "share_without": "1",
        "best_c_n0": "dB Hz",
    }
    columns = {key: np.array(column) for key, column in zip(units, zip(*rows, strict=True), strict=True)}
    low, nominal, high = heard.share(4)
    dilution = fix_dilution(heard, user)
    solved = dilution[np.isfinite(dilution)]
    facts = {
        "name": place["name"],
        "epochs": int(tdb.size),
        "threshold_dbhz": said["threshold_dbhz"],
        "bands": 2 if said["two_bands"] else 1,
        "share": [low, nominal, high],
        "pdop": float(np.median(solved)) if solved.size else None,
        "systems": letters,
    }
    text = "Satellites of one system above the threshold, and shares of epochs with four and more: alone, without it."
    how = (
        f"{letters} at {said['threshold_dbhz']:g} dB Hz over a sidereal month, nominal orbits; {low:.1%} to {high:.1%} "
        "for what is known of powers and patterns; simulated"
    )
    figure = Figure(f"{place['name']}: hears four of the Earth's navigation satellites", nominal, "1", how)
    table = Table(inputs.task.id, columns, units, text)
    return TaskOutput((table,), figures=(figure,), facts=facts, models=("de440", "moon-me", "weak-signal"))
