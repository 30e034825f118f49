"""Sites: where they are, the ground around them, and their skyline with the tracks of Sun and Earth."""

from __future__ import annotations

from typing import Any

import numpy as np

from moonstead.report.figures import BAD, EARTH, INK, SUN, axis, figure, rounded
from moonstead.report.html import Section, details, heading, paragraph, plot, table
from moonstead.report.run_folder import RunFolder

ORDER = 10
MAP_CAPTION = (
    "Terrain around {name}: height above the sphere of 1737.4 km, azimuthal equidistant map about the site. Grid of "
    "the terrain at the site: {grain}."
)
NEAR_CAPTION = "The ground near {name}, from the finest level of its terrain ({grain})."


def section(run: RunFolder) -> Section | None:
    """One part for each site."""
    sites = run.scenario["sites"]
    if not sites:
        return None
    body = table(
        ["site", "latitude [deg, MOON_ME]", "longitude [deg E]", "ground [m above 1737.4 km]", "partner"],
        [_row(run, site) for site in sites],
    )
    caveats = {str(run.facts(f"map.{site['id']}").get("caveat", "")) for site in sites} - {""}
    body += "".join(paragraph(caveat, "caveat") for caveat in sorted(caveats))
    for site in sites:
        body += heading(site["name"] or site["id"])
        if site["description"]:
            body += paragraph(site["description"], "note")
        body += _map(run, site, "map", MAP_CAPTION)
        if site["id"] in run.names("near-map"):
            body += _map(run, site, "near-map", NEAR_CAPTION)
        body += _ground(run, site)
        for name in run.names("horizon"):
            if run.facts(f"horizon.{name}").get("site") == site["id"]:
                body += _panorama(run, name)
    return Section("sites", "Sites and skylines", body)


def _row(run: RunFolder, site: dict[str, Any]) -> list[object]:
    ground = run.facts(f"map.{site['id']}").get("ground_height", float("nan"))
    owner = run.name_of("partners", site["partner"] or "")
    latitude, longitude = (round(float(np.degrees(site[key])), 4) for key in ("latitude", "longitude"))
    return [site["name"] or site["id"], f"{latitude:.4f}", f"{longitude:.4f}", f"{ground:.0f}", owner]


def _ground(run: RunFolder, site: dict[str, Any]) -> str:
    """How finely the ground is known by distance, what is missing, and which published terrain has it."""
    facts = run.facts(f"map.{site['id']}")
    rings = facts.get("rings", [])
    if not rings:
        return ""
    kept = [ring for k, ring in enumerate(rings) if not k or _state(ring) != _state(rings[k - 1])]
    body = table(
        ["from [km]", "terrain", "resolution [m]", "needed there [m]", "fine enough"],
        [
            (
                f"{ring['distance'] / 1e3:g}",
                ring["level"],
                f"{ring['resolution']:.0f}",
                f"{ring['needed']:.0f}",
                "yes" if _is_enough(ring) else "no",
            )
            for ring in kept
        ],
    )
    body += "".join(paragraph(remark, "note") for remark in facts.get("remarks", []))
    return details(f"Ground around {site['name'] or site['id']}: levels of terrain by distance", body)


def _is_enough(ring: dict[str, Any]) -> bool:
    return bool(ring["resolution"] <= ring["needed"] * (1.0 + 1e-6))


def _state(ring: dict[str, Any]) -> tuple[str, bool]:
    return ring["level"], _is_enough(ring)


def _map(run: RunFolder, site: dict[str, Any], kind: str, caption: str) -> str:
    grid = run.table(f"{kind}.{site['id']}").columns
    x, y = np.unique(grid["x"]), np.unique(grid["y"])
    heights = grid["height"].reshape(y.size, x.size)
    trace = {
        "type": "contour",
        "x": rounded(x / 1e3, 5),
        "y": rounded(y / 1e3, 5),
        "z": [rounded(row, 5) for row in heights],
        "colorscale": [[0.0, "#2b2f38"], [0.5, "#8d8a84"], [1.0, "#f4efe6"]],
        "contours": {"coloring": "heatmap", "showlines": True},
        "line": {"width": 0.6, "color": "#4b5058"},
        "ncontours": 24,
        "colorbar": {"title": {"text": "height [m]"}},
        "hovertemplate": "east %{x:.1f} km, north %{y:.1f} km<br>height %{z:.0f} m<extra></extra>",
    }
    mark = {
        "type": "scatter",
        "mode": "markers+text",
        "x": [0],
        "y": [0],
        "text": [site["id"]],
        "textposition": "top center",
        "textfont": {"color": BAD, "size": 15},
        "marker": {"color": BAD, "size": 11, "symbol": "cross"},
        "hoverinfo": "skip",
        "showlegend": False,
    }
    spec = figure(
        [trace, mark],
        xaxis=axis("east of the site [km]", constrain="domain"),
        yaxis=axis("north of the site [km]", scaleanchor="x", constrain="domain"),
    )
    resolution = run.facts(f"map.{site['id']}").get("resolution", 0.0)
    grain = f"{resolution / 1e3:.2g} km" if resolution >= 1e3 else f"{resolution:.0f} m"
    text = caption.format(name=site["name"] or site["id"], grain=grain)
    return plot(f"{kind}-{site['id']}", spec, 540, text, width=680)


def _panorama(run: RunFolder, name: str) -> str:
    skyline = run.table(f"horizon.{name}").columns
    light = run.table(f"light.{name}").columns
    facts = run.facts(f"horizon.{name}")
    azimuth = np.degrees(skyline["azimuth"])
    elevation = np.degrees(skyline["elevation"])
    closed = np.append(azimuth, 360.0), np.append(elevation, elevation[0])
    top = max(float(elevation.max()), 9.0) + 1.0
    floor = min(float(elevation.min()), -2.0) - 1.0
    traces: list[dict[str, Any]] = [
        _track(light, "sun", SUN, "Sun, one year" if _is_a_year(light) else "Sun"),
        _track(light, "earth", EARTH, "Earth"),
        {
            "type": "scatter",
            "mode": "lines",
            "x": rounded(np.concatenate((closed[0], [360.0, 0.0]))),
            "y": rounded(np.concatenate((closed[1], [floor, floor]))),
            "fill": "toself",
            "fillcolor": "rgba(70,74,82,0.85)",
            "line": {"color": INK, "width": 1},
            "name": "terrain",
            "hoverinfo": "skip",
        },
    ]
    spec = figure(
        traces,
        xaxis=axis(
            "azimuth from north over east [deg]",
            range=[0, 360],
            tickvals=list(range(0, 361, 45)),
            ticktext=["N", "45", "E", "135", "S", "225", "W", "315", "N"],
        ),
        yaxis=axis("elevation [deg]", range=[floor, top]),
    )
    caption = (
        f"Skyline at {facts.get('mast', 0.0):g} m above the ground with the tracks of the centres of the Sun "
        f"(orange) and the Earth (blue), {facts.get('aberration', 'light-time')} positions, topocentric in MOON_ME. "
        "Near a pole the Sun circles the horizon once a month; where its track runs through the grey it is night."
    )
    return plot(f"panorama-{name}", spec, 340, caption)


def _track(light: dict[str, Any], body: str, colour: str, label: str) -> dict[str, Any]:
    azimuth = np.degrees(light[f"{body}_azimuth"]) % 360.0
    elevation = np.degrees(light[f"{body}_elevation"])
    thin = max(1, azimuth.size // 4500)
    return {
        "type": "scattergl",
        "mode": "markers",
        "x": rounded(azimuth[::thin]),
        "y": rounded(elevation[::thin]),
        "marker": {"color": colour, "size": 2.5},
        "name": label,
        "hovertemplate": "azimuth %{x:.1f}, elevation %{y:.2f} deg<extra>" + label + "</extra>",
    }


def _is_a_year(light: dict[str, Any]) -> bool:
    return bool(360.0 < (light["tdb"][-1] - light["tdb"][0]) / 86_400.0 < 370.0)
