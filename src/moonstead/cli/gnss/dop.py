"""`moonstead gnss dop`: how the geometry of satellites serves a site or the whole Earth."""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from moonstead.cli.gnss.files import any_source, gpst_of, letters_of
from moonstead.cli.output import AsJson, DataFolder, print_json, print_table
from moonstead.foundation.errors import InvalidInput

if TYPE_CHECKING:
    from moonstead.navigation.constellation_sky import ConstellationSky
    from moonstead.navigation.satellite_states import SatelliteSource

NAME = "dop"
HOUR, DAY = 3600.0, 86_400.0  # [s]
MOST_HOURS = 240.0
GRID = "5,10"
SHOWN_OUTAGES = 8  # in words; JSON has all


def command(
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="FILE...", help="RINEX navigation files or SP3 files.")
    ] = None,
    systems: Annotated[str | None, typer.Option(metavar="LETTERS", help="Such as RC; all if left out.")] = None,
    mask: Annotated[float, typer.Option(metavar="DEG", min=0.0, max=89.0, help="Least elevation.")] = 5.0,
    at: Annotated[str | None, typer.Option(metavar="LAT,LON", help="One site, degrees; with its sky.")] = None,
    grid: Annotated[str, typer.Option(metavar="LAT,LON", help="Size of the map's cells, degrees.")] = GRID,
    limit: Annotated[float, typer.Option(metavar="PDOP", min=0.5, help="Largest PDOP that serves.")] = 6.0,
    start: Annotated[
        str | None, typer.Option(metavar="TIME", help="GPS time; the files' first day if left out.")
    ] = None,
    hours: Annotated[float, typer.Option(metavar="H", help="How long.")] = 24.0,
    step: Annotated[float, typer.Option(metavar="MIN", min=0.5, help="Between epochs.")] = 15.0,
    without: Annotated[
        list[str] | None, typer.Option(metavar="R05", help="Satellite or system that fails; may be repeated.")
    ] = None,
    own_clocks: Annotated[
        bool, typer.Option("--own-clocks", help="An unknown clock for each system, not one in common.")
    ] = False,
    outages: Annotated[
        bool, typer.Option("--outages", help="What the failure of each satellite and plane costs.")
    ] = False,
    moon: Annotated[
        bool, typer.Option("--moon", help="At the Moon: see `moonstead gnss moon`, which has more options.")
    ] = False,
    constellation: Annotated[
        list[str] | None, typer.Option(metavar="PRESET", help="With --moon: constellations, by commas or repeated.")
    ] = None,
    site: Annotated[str, typer.Option(metavar="LAT,LON", help="With --moon: place in MOON_ME.")] = "-88.8,123.4",
    terrain: Annotated[
        list[Path] | None, typer.Option(metavar="FILE", help="With --moon: heights around the site.")
    ] = None,
    as_json: AsJson = False,
    data: DataFolder = None,
) -> None:
    """Dilution of precision at a site, or availability over the Earth, out of messages or precise orbits.

    Unhealthy satellites are left out where messages tell. The map's median counts every cell alike; `by area` weighs
    them by the ground that they cover.
    """
    if moon:
        _at_the_moon(files, constellation, site, terrain, start, (hours, step, mask, limit), own_clocks, as_json, data)
        return
    if not files:
        raise InvalidInput("no files: give RINEX navigation or SP3 files, or --moon with --constellation")
    if constellation or terrain:
        raise InvalidInput("--constellation and --terrain are of the Moon: add --moon, or leave them out")
    from moonstead.navigation.constellation_sky import constellation_sky

    if not 0.0 < hours <= MOST_HOURS:
        raise InvalidInput(f"--hours is a time of up to {MOST_HOURS:g} h; got {hours:g}")
    source, names, faults = any_source(files)
    letters = letters_of(systems)
    sky = constellation_sky(source, _epochs(source, start, hours * HOUR, step * 60.0), systems=letters)
    if without:
        sky = sky.without([name.upper() for name in without])
    answer = _about(sky, names, mask, limit, step, own_clocks) | {"without": without or []}
    if at is not None:
        answer |= _site(sky, _pair(at, "--at"), math.radians(mask), limit, own_clocks)
    else:
        answer |= _map(sky, _pair(grid, "--grid"), math.radians(mask), limit, own_clocks, outages)
    if as_json:
        print_json(answer | {"faults": [str(fault) for fault in faults]})
    else:
        _print(answer)


def _at_the_moon(
    files: list[Path] | None,
    constellation: list[str] | None,
    site: str,
    terrain: list[Path] | None,
    start: str | None,
    numbers: tuple[float, float, float, float],
    own_clocks: bool,
    as_json: bool,
    data: Path | None,
) -> None:
    """The answer of `moonstead gnss moon` to what both verbs can be asked."""
    from moonstead.cli.gnss.moon import START
    from moonstead.cli.gnss.moon import command as at_the_moon

    if files:
        raise InvalidInput(f"--moon takes constellations, not files such as {files[0]}: use --constellation")
    hours, step, mask, limit = numbers
    at_the_moon(
        constellation,
        site,
        terrain=terrain,
        start=start or START,
        hours=hours,
        step=step,
        mask=mask,
        limit=limit,
        own_clocks=own_clocks,
        as_json=as_json,
        data=data,
    )


def _epochs(source: SatelliteSource, start: str | None, duration: float, step: float) -> Any:
    """Epochs [s of GPST] from the start to before the end, within what precise orbits cover."""
    import numpy as np

    from moonstead.navigation.precise.source import PreciseSource

    first, last = source.span
    if start is not None:
        begin = gpst_of(start, "--start")
    elif isinstance(source, PreciseSource):
        begin = first
    else:  # the day in whose hours most messages are: daily files begin with some of the day before
        begin = math.floor(0.5 * (first + last) / DAY) * DAY
    end = min(begin + duration, last + step) if isinstance(source, PreciseSource) else begin + duration
    epochs = begin + step * np.arange(max(math.ceil((end - begin) / step - 1e-9), 1))
    return epochs[epochs <= last] if isinstance(source, PreciseSource) and epochs[0] <= last else epochs


def _about(
    sky: ConstellationSky, names: list[str], mask: float, limit: float, step: float, own_clocks: bool
) -> dict[str, Any]:
    from moonstead.formats.gnss_time import gpst_text

    return {
        "files": names,
        "from_gpst": gpst_text(float(sky.gpst[0])),
        "until_gpst": gpst_text(float(sky.gpst[-1])),
        "epochs": int(sky.gpst.size),
        "step_min": step,
        "mask_deg": mask,
        "pdop_limit": limit,
        "clocks": "one for each system" if own_clocks else "one in common",
        "satellites": list(sky.satellites),
    }


def _map(
    sky: ConstellationSky, cells: tuple[float, float], mask: float, limit: float, own_clocks: bool, outages: bool
) -> dict[str, Any]:
    """Availability over the Earth; cells as rows from south to north."""
    from moonstead.navigation.dilution_maps import availability_map, globe_grid, outage_ranking

    grid = globe_grid(math.radians(cells[0]), math.radians(cells[1]))
    system = sky.system if own_clocks else None
    found = availability_map(sky.position, grid, mask=mask, system=system, limit=limit)
    worst = found.worst
    answer: dict[str, Any] = {
        "availability": found.availability,
        "worst_site_availability": float(found.fraction[worst]),
        "worst_site_latitude_deg": math.degrees(grid.latitude[worst]),
        "worst_site_longitude_deg": math.degrees(grid.longitude[worst]),
        "pdop_median": found.percentile(0.5),
        "pdop_median_by_area": found.percentile(0.5, by_area=True),
        "pdop_95_by_area": found.percentile(0.95, by_area=True),
        "mean_visible": found.mean_visible,
        "least_visible": int(found.least_visible.min()),
        "map": {
            "latitude_deg": [math.degrees(value) for value in grid.latitude[:: grid.shape[1]]],
            "longitude_deg": [math.degrees(value) for value in grid.longitude[: grid.shape[1]]],
            "availability": found.fraction.reshape(grid.shape).tolist(),
            "pdop_median": found.median.reshape(grid.shape).tolist(),
            "mean_visible": found.visible.reshape(grid.shape).tolist(),
        },
    }
    if outages:
        groups = sky.failure_groups()
        ranking = outage_ranking(sky.position, groups, grid, mask=mask, system=system, limit=limit)
        answer["outages"] = [
            {
                "name": one.name,
                "satellites": [sky.satellites[k] for k in groups[one.name]],
                "availability": one.availability,
                "worst_site_availability": one.worst,
                "lost": one.lost,
            }
            for one in ranking
        ]
    return answer


def _site(
    sky: ConstellationSky, place: tuple[float, float], mask: float, limit: float, own_clocks: bool
) -> dict[str, Any]:
    """Dilution at one site over time, and its sky."""
    import numpy as np

    from moonstead.formats.gnss_time import gpst_text
    from moonstead.navigation.constellation_sky import site_sky

    seen = site_sky(sky, math.radians(place[0]), math.radians(place[1]), mask=mask, own_clocks=own_clocks)
    pdop, count = seen.dilution.position[:, 0], seen.dilution.count[:, 0]
    ever = np.flatnonzero((seen.elevation > mask).any(axis=0))
    azimuth, elevation = np.degrees(seen.azimuth), np.degrees(seen.elevation)
    azimuth[seen.elevation <= mask], elevation[seen.elevation <= mask] = np.nan, np.nan
    return {
        "latitude_deg": place[0],
        "longitude_deg": place[1],
        "availability": float(np.mean(pdop <= limit)),
        "pdop_median": float(np.median(pdop)),
        "pdop_worst": float(pdop.max()),
        "mean_visible": float(count.mean()),
        "least_visible": int(count.min()),
        "series": {
            "gpst": [gpst_text(float(time)) for time in sky.gpst],
            "visible": count.tolist(),
            "pdop": pdop.tolist(),
            "hdop": seen.dilution.horizontal[:, 0].tolist(),
            "vdop": seen.dilution.vertical[:, 0].tolist(),
            "tdop": seen.dilution.time[:, 0].tolist(),
            "gdop": seen.dilution.geometric[:, 0].tolist(),
        },
        "sky": [
            {
                "satellite": sky.satellites[int(k)],
                "azimuth_deg": azimuth[:, k].tolist(),
                "elevation_deg": elevation[:, k].tolist(),
            }
            for k in ever
        ],
    }


def _pair(text: str, option: str) -> tuple[float, float]:
    try:
        first, second = (float(part) for part in text.split(","))
    except ValueError:
        raise InvalidInput(f"{option} is two numbers in degrees, such as {GRID}; got {text!r}") from None
    return first, second


def _print(answer: dict[str, Any]) -> None:
    sys.stdout.write(
        f"{len(answer['satellites'])} satellites, {answer['from_gpst']} to {answer['until_gpst']}, "
        f"{answer['epochs']} epochs, mask {answer['mask_deg']:g} deg, clocks: {answer['clocks']}\n"
        f"PDOP within {answer['pdop_limit']:g}: {answer['availability']:.2%} of the time; "
        f"median {_dop(answer['pdop_median'])}; {answer['mean_visible']:.1f} satellites in view, "
        f"at least {answer['least_visible']}\n"
    )
    if "map" in answer:
        sys.stdout.write(
            f"worst cell {answer['worst_site_availability']:.1%} at {answer['worst_site_latitude_deg']:.1f}, "
            f"{answer['worst_site_longitude_deg']:.1f} deg; median by area {_dop(answer['pdop_median_by_area'])}, "
            f"95 % {_dop(answer['pdop_95_by_area'])}\n"
        )
        rows = [
            [one["name"], f"{one['lost']:.2%}", f"{one['availability']:.2%}", f"{one['worst_site_availability']:.1%}"]
            for one in answer.get("outages", [])[:SHOWN_OUTAGES]
        ]
        if rows:
            print_table(["fails", "lost", "availability", "worst cell"], rows, right=(1, 2, 3))
    else:
        sys.stdout.write(f"worst PDOP {_dop(answer['pdop_worst'])}\n")


def _dop(value: float) -> str:
    return f"{value:.2f}" if math.isfinite(value) else "none"
