"""Light: when the Sun stands above each skyline, how long the nights are, and what the terrain leaves open."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from moonstead.report.figures import BAD, EARTH, INK, SUN, axis, figure, rounded
from moonstead.report.html import Section, details, heading, number, paragraph, plot, table
from moonstead.report.run_folder import RunFolder

ORDER = 20
NIGHTS_SHOWN = 12
DAY = 86_400.0  # [s]
LONG_SPAN = 800.0  # [d] from here on a calendar has a row for each year
NIGHT_EDGES_H = [0, 1, 2, 4, 8, 16, 24, 48, 72, 96, 120, 168, 240, 336, 480, 720, 8766]  # [h] of the histogram
NIGHT_COLOURS = [[0.0, "#10161f"], [0.02, "#3a3f55"], [0.6, "#e08a00"], [1.0, "#fff3c4"]]
BAND_WIDTH = 5  # [deg] of azimuth in the bands of Sun and Earth
NEAR, FAR = 1e3, 100e3  # [m] ends of the scale of distances


def section(run: RunFolder) -> Section | None:
    """Table of all skylines, then calendar, nights and panorama of each; years of the cycle; all sites together."""
    names = run.names("light")
    if not names:
        return None
    rows, parts = [], ""
    for name in names:
        facts = run.facts(f"light.{name}")
        low, high = facts["interval"]
        short, long = facts["longest_dark_interval"]
        rows.append(
            [
                run.name_of("sites", facts["site"]),
                f"{facts['mast']:g}",
                100.0 * facts["mean_fraction"],
                f"{100.0 * low:.0f} to {100.0 * high:.0f}",
                100.0 * facts["lit_fraction"],
                facts["longest_dark"] / 3600.0,
                f"{short / 3600.0:.0f} to {long / 3600.0:.0f}",
                facts["longest_lit"] / DAY,
                100.0 * facts["earth_fraction"],
                facts["earth_longest_gap"] / DAY,
            ]
        )
        parts += heading(f"{run.name_of('sites', facts['site'])}, {facts['mast']:g} m above the ground")
        parts += paragraph(_open(facts), "note")
        parts += _calendar(run, name) + _histogram(run, name) + _nights(run, name) + _panorama(run, name)
        parts += _years(run, name)
    header = [
        "site",
        "height of eye [m]",
        "mean light [%]",
        "interval [%]",
        "any Sun [%]",
        "longest dark [h]",
        "interval [h]",
        "longest lit [d]",
        "Earth's centre in sight [%]",
        "Earth longest out of sight [d]",
    ]
    meanings = sorted({run.facts(f"light.{name}")["interval_meaning"] for name in names})
    notes = "".join(paragraph(f"Interval: {meaning}.", "note") for meaning in meanings)
    return Section("light", "Light", table(header, rows) + notes + _together(run) + parts)


def _open(facts: dict[str, Any]) -> str:
    """What the terrain leaves open, in one sentence."""
    low, high = facts["interval"]
    short, long = facts["longest_dark_interval"]
    resolution = facts["resolution"]
    grain = f"{resolution / 1e3:.2g} km" if resolution >= 1e3 else f"{resolution:.3g} m"
    return (
        f"On {facts['terrain']} ({grain} at the site) the Sun gives {100.0 * facts['mean_fraction']:.1f} % of its "
        f"light; the terrain's resolution leaves open {100.0 * low:.0f} to {100.0 * high:.0f} %. The longest night is "
        f"{facts['longest_dark'] / DAY:.2f} d, {short / DAY:.1f} to {long / DAY:.1f} d are open."
    )


def _calendar(run: RunFolder, name: str) -> str:
    light = run.table(f"light.{name}").columns
    step = float(light["tdb"][1] - light["tdb"][0])
    per_day = max(1, round(DAY / step))
    days = light["sun_fraction"].size // per_day
    if days < 2:
        return paragraph("The span is too short for a calendar.", "note")
    first = datetime.fromisoformat(run.scenario["start"])
    grid = light["sun_fraction"][: days * per_day].reshape(days, per_day)
    facts = run.facts(f"light.{name}")
    low, high = facts["interval"]
    open_range = f" Mean {100.0 * facts['mean_fraction']:.1f} %, interval {100.0 * low:.0f} to {100.0 * high:.0f} %."
    if days > LONG_SPAN:
        spec = _by_year(grid.mean(axis=1), first)
        caption = "Daily mean share of the Sun's light, by year and day of the year, on the terrain as it is."
    else:
        dates = [(first + timedelta(days=day)).strftime("%Y-%m-%d") for day in range(days)]
        hours = rounded(np.arange(per_day) * step / 3600.0)
        spec = _heat_map(dates, hours, grid.T, axis("date (UTC)"), axis("hour of day"), "%{x} %{y:.1f} h")
        caption = (
            "Share of the Sun's light above the skyline, eclipses by the Earth included, on the terrain as it is; days "
            "begin at the scenario's start."
        )
    return plot(f"calendar-{name}", spec, 260, caption + open_range)


def _by_year(daily: NDArray[Any], first: datetime) -> dict[str, Any]:
    """Heat map of daily means with a row for each year."""
    dates = [first + timedelta(days=day) for day in range(daily.size)]
    years = list(range(dates[0].year, dates[-1].year + 1))
    grid = np.full((len(years), 366), np.nan)
    for date, mean in zip(dates, daily, strict=True):
        grid[date.year - years[0], date.timetuple().tm_yday - 1] = mean
    labels = [str(year) for year in years]
    days = list(range(1, 367))
    return _heat_map(days, labels, grid, axis("day of the year"), axis("year", type="category"), "%{y}, day %{x}")


def _heat_map(
    x: list[Any], y: list[Any], z: NDArray[Any], xaxis: dict[str, Any], yaxis: dict[str, Any], where: str
) -> dict[str, Any]:
    trace = {
        "type": "heatmap",
        "x": x,
        "y": y,
        "z": [rounded(row, 3) for row in z],
        "zmin": 0,
        "zmax": 1,
        "colorscale": NIGHT_COLOURS,
        "colorbar": {"title": {"text": "light<br>above<br>skyline"}},
        "hovertemplate": where + ": %{z:.2f}<extra></extra>",
    }
    return figure([trace], xaxis=xaxis, yaxis=yaxis)


def _histogram(run: RunFolder, name: str) -> str:
    lengths = run.table(f"dark.{name}").columns["duration"] / 3600.0
    if not lengths.size:
        return paragraph("The Sun never leaves this skyline wholly.", "note")
    counts, _ = np.histogram(lengths, NIGHT_EDGES_H)
    last = int(np.flatnonzero(counts)[-1]) + 1
    bins = list(pairwise(NIGHT_EDGES_H))[:last]
    labels = [f"{_length(low)} to {_length(high)}" for low, high in bins]
    shares = [float(np.sum(lengths[(lengths >= low) & (lengths < high)])) / 24.0 for low, high in bins]
    spec = figure(
        [
            {
                "type": "bar",
                "x": labels,
                "y": [int(count) for count in counts[:last]],
                "customdata": rounded(shares),
                "marker": {"color": INK},
                "hovertemplate": "%{y} nights of %{x}: %{customdata:.1f} d in all<extra></extra>",
            }
        ],
        xaxis=axis("length of the night", type="category"),
        yaxis=axis("nights"),
    )
    facts = run.facts(f"light.{name}")
    short, long = facts["longest_dark_interval"]
    caption = (
        f"{lengths.size} nights without any part of the Sun, half of them longer than "
        f"{_length(float(np.median(lengths)))}; the longest {_length(float(np.max(lengths)))}, interval "
        f"{_length(short / 3600.0)} to {_length(long / 3600.0)}."
    )
    return plot(f"night-lengths-{name}", spec, 260, caption)


def _length(hours: float) -> str:
    return f"{hours:.3g} h" if hours < 48.0 else f"{hours / 24.0:.3g} d"


def _nights(run: RunFolder, name: str) -> str:
    dark = run.table(f"dark.{name}").columns
    order = np.argsort(-dark["duration"])[:NIGHTS_SHOWN]
    rows = [[dark["start_utc"][k], dark["stop_utc"][k], float(dark["duration"][k]) / 3600.0] for k in order]
    shown = table(["from (UTC)", "to (UTC)", "length [h]"], rows)
    return details(f"The longest of {dark['duration'].size} nights", shown)


def _panorama(run: RunFolder, name: str) -> str:
    """Skyline coloured by the distance of what makes it, before the bands that Sun and Earth fill."""
    skyline, light = run.table(f"horizon.{name}").columns, run.table(f"light.{name}").columns
    azimuth, elevation = np.degrees(skyline["azimuth"]), np.degrees(skyline["elevation"])
    distance = skyline["distance"]
    traces = [_band(light, "sun", SUN, "Sun's centre"), _band(light, "earth", EARTH, "Earth's centre")]
    traces.append(
        {
            "type": "scatter",
            "mode": "markers",
            "x": rounded(azimuth),
            "y": rounded(elevation),
            "marker": {
                "size": 4,
                "color": rounded(np.log10(np.clip(distance, NEAR, FAR)), 3),
                "cmin": float(np.log10(NEAR)),
                "cmax": float(np.log10(FAR)),
                "colorscale": [[0.0, BAD], [0.5, "#8a8f98"], [1.0, INK]],
                "colorbar": {
                    "title": {"text": "distance<br>[km]"},
                    "tickvals": [3.0, 4.0, 5.0],
                    "ticktext": ["1 or less", "10", "100 or more"],
                },
            },
            "customdata": rounded(distance / 1e3, 3),
            "name": "skyline",
            "hovertemplate": "azimuth %{x:.1f}, elevation %{y:.2f} deg, %{customdata} km away<extra></extra>",
        }
    )
    spec = figure(
        traces,
        xaxis=axis("azimuth from north over east [deg]", range=[0, 360], tickvals=list(range(0, 361, 45))),
        yaxis=axis("elevation [deg]"),
    )
    hidden = np.argsort(distance)[:1]
    nearest = f"{number(float(distance[hidden[0]]) / 1e3)} km away at azimuth {azimuth[hidden[0]]:.0f} deg"
    caption = (
        "Bands that the centres of Sun (orange) and Earth (blue) fill over the scenario, and the skyline, coloured by "
        f"the distance of the ground that makes it. The nearest obstacle on this terrain is {nearest}; what lies "
        "nearer than a few cells of the terrain is the part that the interval stands for."
    )
    return plot(f"bands-{name}", spec, 340, caption)


def _band(light: dict[str, Any], body: str, colour: str, label: str) -> dict[str, Any]:
    """Closed curve around all places of a body, as lowest and highest elevation in steps of azimuth."""
    azimuth = np.degrees(light[f"{body}_azimuth"]) % 360.0
    elevation = np.degrees(light[f"{body}_elevation"])
    steps = (azimuth // BAND_WIDTH).astype(int)
    count = 360 // BAND_WIDTH
    low, high = np.full(count, np.inf), np.full(count, -np.inf)
    np.minimum.at(low, steps, elevation)
    np.maximum.at(high, steps, elevation)
    seen = np.flatnonzero(np.isfinite(low))
    middle = (seen + 0.5) * BAND_WIDTH
    return {
        "type": "scatter",
        "mode": "lines",
        "x": rounded(np.concatenate((middle, middle[::-1]))),
        "y": rounded(np.concatenate((low[seen], high[seen][::-1]))),
        "fill": "toself",
        "line": {"color": colour, "width": 1},
        "name": label,
        "hoverinfo": "skip",
    }


def _years(run: RunFolder, name: str) -> str:
    """Years of the precession cycle, where the run followed it."""
    if name not in run.names("light-years"):
        return ""
    years, facts = run.table(f"light-years.{name}").columns, run.facts(f"light-cycle.{name}")
    rows = [
        [str(begin)[:10], 100.0 * float(mean), int(count), float(longest) / DAY]
        for begin, mean, count, longest in zip(
            years["start_utc"], years["mean_fraction"], years["nights"], years["longest_night"], strict=True
        )
    ]
    shown = table(["year from (UTC)", "mean light [%]", "nights", "longest night [d]"], rows)
    return paragraph(
        f"Over 18.6 years the mean is {100.0 * facts['mean_fraction']:.1f} % on the terrain as it is, in the worst "
        f"year, from {facts['worst_year_start']}, {100.0 * facts['worst_year_mean']:.1f} %; the longest night is "
        f"{facts['longest_night'] / DAY:.2f} d."
    ) + details("Year by year", shown)


def _together(run: RunFolder) -> str:
    """What all sites give together."""
    facts = run.facts("light-together")
    if not facts:
        return ""
    names = [run.name_of("sites", site) for site in facts["sites"]]
    rows = [
        [name, *(f"{100.0 * share:.1f}" for share in shares)]
        for name, shares in zip(names, facts["pairs"], strict=True)
    ]
    body = paragraph(
        f"Together the highest eyes of all sites have some Sun {100.0 * facts['lit_any']:.1f} % of the time; all at "
        f"once {100.0 * facts['lit_all']:.1f} %. The longest of {facts['common_nights']} nights that all share lasts "
        f"{facts['longest_common_night'] / DAY:.2f} d. Each is on its terrain as it is."
    )
    shown = table(["some Sun at one of two at least [%]", *names], rows)
    return body + details("Every pair of sites", shown)
