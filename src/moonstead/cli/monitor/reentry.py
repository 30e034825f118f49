"""`moonstead monitor reentry`: when an object comes down, from its element history up to a date."""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from moonstead.cli.output import AsJson, DataFolder, open_data, print_json

if TYPE_CHECKING:
    from moonstead.dynamics.mean_elements import MeanElements
    from moonstead.monitoring.decay.reentry import ReentryWindow
    from moonstead.monitoring.decay.risk_strip import RiskStrip

NAME = "reentry"
DAY = 86_400.0  # [s]


def command(
    history: Annotated[
        Path, typer.Argument(metavar="HISTORY", help="Element sets of the object: TLE or OMM, any format, also .gz.")
    ],
    as_of: Annotated[
        str, typer.Option("--as-of", metavar="EPOCH", help="Date of the prediction (UTC); nothing later is used.")
    ],
    object_id: Annotated[
        int | None, typer.Option("--object", metavar="ID", help="Catalogue number, where the file holds several.")
    ] = None,
    since: Annotated[
        str | None, typer.Option(metavar="EPOCH", help="Sets before it are not used: the object manoeuvred until then.")
    ] = None,
    space_weather: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Daily table such as SW-All.csv of CelesTrak; without it the mean weather since 1957, wider windows.",
        ),
    ] = None,
    version: Annotated[str, typer.Option("--msis", help="Version of NRLMSIS: 00, 2.0 or 2.1.")] = "00",
    as_json: AsJson = False,
    data: DataFolder = None,
) -> None:
    """Say when an object re-enters: median, windows of 50 and 90 %, and the track of its last revolutions."""
    from typing import cast, get_args

    from moonstead.dynamics.atmosphere import Version
    from moonstead.formats.mean_elements_file import read_mean_elements
    from moonstead.foundation.errors import InvalidInput
    from moonstead.foundation.space_weather import SpaceWeather
    from moonstead.foundation.time.epoch import Epoch
    from moonstead.monitoring.decay.reentry import reentry
    from moonstead.monitoring.decay.risk_strip import risk_strip

    if version not in get_args(Version):
        raise InvalidInput(f"--msis must be one of {', '.join(get_args(Version))}; got '{version}'")
    date = Epoch.parse(as_of).tdb()
    begin = -math.inf if since is None else Epoch.parse(since).tdb()
    found = read_mean_elements(history)
    elements = _one_object(found.elements, object_id, history)
    weather = None if space_weather is None else SpaceWeather.from_file(space_weather)
    context = open_data(data)
    window = reentry(elements, date, weather, context, since=begin, version=cast(Version, version))
    strip = risk_strip(window, context)
    told = _answer(window, strip, elements, history, len(found.faults))
    if as_json:
        print_json(told)
    else:
        _print(told)


def _one_object(elements: MeanElements, wanted: int | None, history: Path) -> MeanElements:
    from moonstead.foundation.errors import InvalidInput

    if wanted is None:
        return elements
    chosen = elements.select(elements.object_id == wanted)
    if not len(chosen):
        known = sorted(set(elements.object_id.tolist()))
        raise InvalidInput(
            f"{history} has no set of object {wanted}; it has {', '.join(map(str, known[:10]))}"
            f"{' ...' if len(known) > 10 else ''}"
        )
    return chosen


def _answer(
    window: ReentryWindow, strip: RiskStrip, elements: MeanElements, history: Path, faults: int
) -> dict[str, Any]:
    import numpy as np

    low, high = window.coefficient_90
    degrees = np.degrees
    return {
        "history": str(history),
        "object_id": int(elements.object_id[0]),
        "name": elements.name[0],
        "as_of_utc": _utc(window.as_of),
        "last_set_utc": _utc(window.last_set),
        "median_utc": _utc(window.median),
        "window_90": [_utc(time) for time in window.window_90],
        "window_50": [_utc(time) for time in window.window_50],
        "remaining_days": (window.median - window.last_set) / DAY,
        "ballistic_coefficient_m2_kg": window.ballistic_coefficient,
        "ballistic_coefficient_90_m2_kg": [low, high],
        "drag_spread_1": window.spread,
        "element_sets": {"in_file": len(elements), "fitted": window.fit.sets, "rejected_rows": faults},
        "scatter_of_semi_major_axis_m": window.fit.scatter,
        "weather": window.forecast.source,
        "assumptions": list(window.notes),
        "latitudes_deg": [-_reach(window), _reach(window)],
        "latitude_bands": [
            {"from_deg": round(float(degrees(a)), 6), "to_deg": round(float(degrees(b)), 6), "share": float(share)}
            for a, b, share in zip(strip.band_edges, strip.band_edges[1:], strip.band_share, strict=False)
            if share > 0.0
        ],
        "revolutions_in_window_90": strip.revolutions_90,
        "track_length_in_window_90_km": strip.length_90 / 1e3,
        "track": [
            {
                "time_utc": _utc(float(time)),
                "longitude_deg": float(degrees(longitude)),
                "latitude_deg": float(degrees(latitude)),
                "height_km": float(height) / 1e3,
            }
            for time, longitude, latitude, height in zip(
                strip.tdb, strip.longitude, strip.latitude, strip.height, strict=True
            )
        ],
    }


def _reach(window: ReentryWindow) -> float:
    """Largest latitude [deg] over which the object flies."""
    inclination = math.degrees(float(window.orbit.inclination[0]))
    return min(inclination, 180.0 - inclination)


def _utc(tdb: float) -> str:
    from moonstead.foundation.time.epoch import Epoch

    return Epoch.from_tdb(tdb).text(digits=0)


def _print(told: dict[str, Any]) -> None:
    low, high = told["ballistic_coefficient_90_m2_kg"]
    lines = [
        f"object          {told['object_id']} {told['name']}".rstrip(),
        f"as of           {told['as_of_utc']}, last set {told['last_set_utc']}",
        f"re-entry        {told['median_utc']} (median), {told['remaining_days']:.2f} d after the last set",
        f"90 % window     {told['window_90'][0]} to {told['window_90'][1]}",
        f"50 % window     {told['window_50'][0]} to {told['window_50'][1]}",
        f"c_D A / m       {told['ballistic_coefficient_m2_kg']:.4g} m2/kg, 90 % {low:.4g} to {high:.4g}",
        f"latitudes       within {told['latitudes_deg'][1]:.1f} deg of the equator",
        f"90 % window has {told['revolutions_in_window_90']:.1f} revolutions, "
        f"{told['track_length_in_window_90_km']:.0f} km of track",
        *(f"note            {note}" for note in told["assumptions"]),
    ]
    sys.stdout.write("\n".join(lines) + "\n")
