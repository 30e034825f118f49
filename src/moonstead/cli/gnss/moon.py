"""`moonstead gnss moon`: what navigation gives a site on the Moon, by constellations there and by the Earth's."""

from __future__ import annotations

import math
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from moonstead.cli.gnss.files import letters_of
from moonstead.cli.output import AsJson, DataFolder, open_data, print_json, print_table
from moonstead.foundation.errors import InvalidInput

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from moonstead.foundation.data import DataContext
    from moonstead.navigation.lunar.availability import Availability
    from moonstead.navigation.lunar.constellation_paths import ConstellationPaths
    from moonstead.navigation.lunar.constellations import LunarConstellation

NAME = "moon"
HOUR, MINUTE = 3600.0, 60.0  # [s]
START = "2035-01-01"  # UTC
MOST_HOURS = 24.0 * 366.0
MOST_EPOCHS = 100_000
TEXT_WIDTH = 100
SHOWN_LOSSES = 6  # in words; JSON has all


def command(
    constellation: Annotated[
        list[str] | None,
        typer.Option(metavar="PRESET", help="Constellation at the Moon; several by commas or repeated."),
    ] = None,
    site: Annotated[str, typer.Option(metavar="LAT,LON", help="Place, degrees in MOON_ME.")] = "-88.8,123.4",
    height: Annotated[float, typer.Option(metavar="M", help="Of the antenna above the ground.")] = 2.0,
    terrain: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="Heights around the site; the global grid lies below. May be repeated."),
    ] = None,
    flat: Annotated[bool, typer.Option("--flat", help="No terrain: the sphere's horizon.")] = False,
    start: Annotated[str, typer.Option(metavar="TIME", help="First epoch, UTC.")] = START,
    hours: Annotated[float, typer.Option(metavar="H", help="How long.")] = 24.0,
    step: Annotated[float, typer.Option(metavar="MIN", min=0.5, help="Between epochs.")] = 5.0,
    mask: Annotated[float, typer.Option(metavar="DEG", min=0.0, max=89.0, help="Least elevation.")] = 5.0,
    limit: Annotated[float, typer.Option(metavar="PDOP", min=0.5, help="Largest PDOP that serves.")] = 6.0,
    height_error: Annotated[
        float | None, typer.Option(metavar="M", help="The user knows its height to this, by altimeter or map.")
    ] = None,
    user_error: Annotated[float, typer.Option(metavar="M", min=0.0, help="Of the receiver's ranges.")] = 3.0,
    own_clocks: Annotated[
        bool, typer.Option("--own-clocks", help="An unknown clock for each constellation, not one in common.")
    ] = False,
    earth_systems: Annotated[
        str | None, typer.Option(metavar="LETTERS", help="Listen to the Earth's satellites too, such as GERC.")
    ] = None,
    gain: Annotated[float, typer.Option(metavar="DBI", help="Of the antenna that looks at the Earth.")] = 15.0,
    noise: Annotated[float, typer.Option(metavar="K", help="Noise temperature of that receiver.")] = 162.0,
    threshold: Annotated[float, typer.Option(metavar="DBHZ", help="Least C/N0 that it acquires.")] = 26.0,
    two_bands: Annotated[bool, typer.Option("--two-bands", help="It also listens at 1176.45 MHz.")] = False,
    presets: Annotated[bool, typer.Option("--presets", help="List the constellations and their sources.")] = False,
    as_json: AsJson = False,
    data: DataFolder = None,
) -> None:
    """Satellites in view, dilution, errors and gaps at a site on the Moon, behind its terrain.

    Presets are announced or proposed constellations; each says what is published and what was chosen here.
    """
    from moonstead.foundation.time.epoch import Epoch

    if presets:
        _presets(as_json)
        return
    names = [name for text in constellation or () for name in text.split(",") if name]
    letters = letters_of(earth_systems)
    if not names and letters is None:
        raise InvalidInput("nothing to follow: name a --constellation (see --presets), or --earth-systems")
    epochs = int(hours * HOUR / (step * MINUTE)) + 1
    if not 0.0 < hours <= MOST_HOURS or not 2 <= epochs <= MOST_EPOCHS:
        raise InvalidInput(
            f"--hours is up to {MOST_HOURS:g} and makes 2 to {MOST_EPOCHS} epochs with --step; got {hours:g} h and "
            f"{step:g} min"
        )
    context = open_data(data)
    tdb = Epoch.parse(start, "UTC").tdb() + step * MINUTE * _count(epochs)
    place = _place(site)
    ground, skyline = _skyline(place, height, terrain, flat, context)
    answer: dict[str, Any] = {
        "latitude_deg": math.degrees(place[0]),
        "longitude_deg": math.degrees(place[1]),
        "antenna_height_m": ground + height,
        "terrain": [] if flat else [*(str(path) for path in terrain or ()), "lola-8ppd"],
        "from_utc": Epoch.from_tdb(float(tdb[0])).text("UTC", 0),
        "until_utc": Epoch.from_tdb(float(tdb[-1])).text("UTC", 0),
        "epochs": epochs,
        "mask_deg": mask,
    }
    if names:
        options = {"mask": math.radians(mask), "skyline": skyline, "limit": limit, "one_clock": not own_clocks}
        answer |= _constellations(names, tdb, place, ground + height, options, (user_error, height_error), context)
    if letters is not None:
        receiver = (gain, noise, threshold, two_bands)
        answer["earth"] = _earth(letters, tdb, (place, ground + height, skyline), receiver, context)
    if as_json:
        print_json(answer)
    else:
        _print(answer)


def _count(epochs: int) -> NDArray[np.float64]:
    import numpy as np

    return np.arange(epochs, dtype=np.float64)


def _place(text: str) -> tuple[float, float]:
    """Latitude and longitude [rad] of two numbers in degrees."""
    from moonstead.cli.surface.options import place_of

    try:
        latitude, longitude = (float(part) for part in text.split(","))
    except ValueError:
        raise InvalidInput(f"--site is two numbers in degrees, such as -88.8,123.4; got {text!r}") from None
    return place_of(latitude, longitude)


def _skyline(
    place: tuple[float, float], height: float, files: list[Path] | None, flat: bool, data: DataContext
) -> tuple[float, Any]:
    """Height of the ground [m], and elevation of the skyline [rad] by azimuth; none on a flat Moon."""
    if flat:
        if files:
            raise InvalidInput("--flat has no terrain: leave one of --flat and --terrain out")
        return 0.0, None
    from moonstead.cli.surface.options import terrain_of
    from moonstead.surface.horizon import horizon_profile

    ground = terrain_of(files, data, place)
    profile = horizon_profile(ground, *place, height, 360)
    return profile.height - height, profile.elevation


def _constellations(
    names: list[str],
    tdb: Any,
    place: tuple[float, float],
    height: float,
    options: dict[str, Any],
    errors: tuple[float, float | None],
    data: DataContext,
) -> dict[str, Any]:
    import numpy as np

    from moonstead.foundation.time.epoch import Epoch
    from moonstead.navigation.lunar.availability import Budget, availability, losses
    from moonstead.navigation.lunar.constellation_paths import fly_constellation, joined_paths
    from moonstead.navigation.lunar.constellations import lunar_constellation

    found = [lunar_constellation(name) for name in names]
    paths = joined_paths([fly_constellation(one, tdb, data) for one in found])
    budgets = [Budget(one.signal_error, *errors) for one in found]
    seen = availability(paths, *place, height, budget=budgets, **options)
    served = seen.error[np.isfinite(seen.error[:, 1])]
    clock = None if options["one_clock"] else paths.constellation
    gaps = sorted(seen.gaps().tolist(), key=lambda gap: gap[0] - gap[1])
    return {
        "constellations": [
            {
                "id": one.identity,
                "name": one.name,
                "satellites": len(one.satellites),
                "source": one.source,
                "published": list(one.published),
                "chosen": one.chosen,
                "signal_error_m": list(one.signal_error),
                "signal_error_source": one.signal_error_source,
            }
            for one in found
        ],
        "pdop_limit": seen.limit,
        "height_known_to_m": errors[1],
        "user_error_m": errors[0],
        "availability": seen.share,
        "longest_gap_h": seen.longest_gap / HOUR,
        "gaps": [
            {"start_utc": Epoch.from_tdb(first).text("UTC", 0), "hours": (last - first) / HOUR} for first, last in gaps
        ],
        "mean_visible": float(seen.count.mean()),
        "least_visible": int(seen.count.min()),
        "share_by_count": {
            str(number): float(np.mean(seen.count >= number)) for number in range(1, int(seen.count.max()) + 1)
        },
        "c_n0_least_dbhz": _least_level(found, paths, seen),
        "pdop_median": float(np.median(seen.dilution[:, 0])),
        "hdop_median": float(np.median(seen.dilution[:, 1])),
        "solved": float(np.mean(np.isfinite(seen.error[:, 1]))),
        "error_median_m": dict(zip(("low", "nominal", "high"), _quantile(served, 0.5), strict=True)),
        "error_95_m": dict(zip(("low", "nominal", "high"), _quantile(served, 0.95), strict=True)),
        "losses": [
            {"satellite": one.satellite, "availability": one.share, "longest_gap_h": one.longest_gap / HOUR}
            for one in (losses(paths, seen, clock) if errors[1] is None else ())
        ],
        "series": {
            "visible": seen.count.tolist(),
            "pdop": seen.dilution[:, 0].tolist(),
            "error_m": seen.error[:, 1].tolist(),
        },
    }


def _least_level(found: list[LunarConstellation], paths: ConstellationPaths, seen: Availability) -> float | None:
    """Weakest signal in view with an antenna of 0 dBi and 290 K; None where nothing is seen."""
    levels = [
        one.signal.c_n0(seen.distance[seen.seen & (paths.constellation == number)]) for number, one in enumerate(found)
    ]
    return min((float(level.min()) for level in levels if level.size), default=None)


def _quantile(served: Any, share: float) -> list[float | None]:
    """Low, nominal and high [m]; None where nothing was solved."""
    import numpy as np

    return [None] * 3 if not served.size else [float(value) for value in np.quantile(served, share, axis=0)]


def _earth(
    letters: str,
    tdb: Any,
    site: tuple[tuple[float, float], float, Any],
    receiver: tuple[float, float, float, bool],
    data: DataContext,
) -> dict[str, Any]:
    import numpy as np

    from moonstead.dynamics.trajectories import SurfacePoint
    from moonstead.foundation.frames.standard import MOON_ME
    from moonstead.navigation.lunar.gnss_orbits import nominal_sky, system_names
    from moonstead.navigation.lunar.weak_signal import (
        MoonReceiver,
        fix_dilution,
        site_ground,
        user_places,
        weak_signals,
    )

    gain, noise, threshold, two_bands = receiver
    place, height, skyline = site
    user, moon = user_places(SurfacePoint("site", "MOON", MOON_ME, *place, height), tdb, data)
    listener = MoonReceiver(gain, noise, 1.0, threshold, two_bands)
    ground = site_ground(*place, 0.0 if skyline is None else skyline, tdb, data)
    heard = weak_signals(nominal_sky(letters, tdb), user, moon, listener, ground=ground)
    dilution = fix_dilution(heard, user)
    low, nominal, high = heard.share()
    return {
        "orbits": "nominal: good for shares of time, not for moments; simulated",
        "receiver": {"gain_dbi": gain, "noise_k": noise, "losses_db": 1.0, "threshold_dbhz": threshold},
        "bands": 2 if two_bands else 1,
        "share_with_4": {"low": low, "nominal": nominal, "high": high},
        "pdop_median": float(np.median(dilution)),
        "systems": [
            {
                "letter": letter,
                "name": system_names()[letter],
                "satellites": heard.sky.systems.count(letter),
                "mean_acquired": float(heard.acquired(letter).sum(axis=1).mean()),
                "best_c_n0_dbhz": _best(heard, letter),
                "share_with_4_without_it": heard.share(4, letters.replace(letter, ""))[1] if len(letters) > 1 else None,
            }
            for letter in letters
        ],
    }


def _best(heard: Any, letter: str) -> float | None:
    import numpy as np

    level = heard.c_n0[:, [name == letter for name in heard.sky.systems]]
    return float(np.nanmax(level)) if np.isfinite(level).any() else None


def _presets(as_json: bool) -> None:
    from moonstead.navigation.lunar.constellations import constellation_names, lunar_constellation

    found = [lunar_constellation(name) for name in constellation_names()]
    if as_json:
        print_json(
            [
                {
                    "id": one.identity,
                    "name": one.name,
                    "operator": one.operator,
                    "year": one.year,
                    "satellites": [
                        {"name": s.name, "semi_major_axis_km": s.semi_major_axis / 1e3, "eccentricity": s.eccentricity}
                        for s in one.satellites
                    ],
                    "source": one.source,
                    "published": list(one.published),
                    "chosen": one.chosen,
                    "signal": one.signal.name,
                    "signal_error_m": list(one.signal_error),
                    "signal_error_source": one.signal_error_source,
                }
                for one in found
            ]
        )
        return
    rows = [[one.identity, str(len(one.satellites)), str(one.year), one.operator] for one in found]
    print_table(["preset", "satellites", "from", "operator"], rows, right=[1, 2])
    for one in found:
        sys.stdout.write(textwrap.fill(one.label, TEXT_WIDTH, initial_indent="  ", subsequent_indent="    ") + "\n")


def _print(answer: dict[str, Any]) -> None:
    sys.stdout.write(
        f"{answer['latitude_deg']:.3f}, {answer['longitude_deg']:.3f} deg, {answer['from_utc']} to "
        f"{answer['until_utc']}, {answer['epochs']} epochs, mask {answer['mask_deg']:g} deg\n"
    )
    for one in answer.get("constellations", ()):
        text = f"{one['name']}, {one['satellites']} satellites. {one['source']}. Chosen here: {one['chosen']}."
        sys.stdout.write(textwrap.fill(text, TEXT_WIDTH) + "\n")
    if "availability" in answer:
        error = answer["error_95_m"]
        told = "no position"
        if error["nominal"] is not None:
            told = (
                f"one-sigma error of the position within {error['nominal']:.3g} m for 95 % of the epochs with one\n"
                f"({error['low']:.3g} to {error['high']:.3g} m for what is known of the signals)"
            )
        known = answer["height_known_to_m"]
        sys.stdout.write(
            f"PDOP within {answer['pdop_limit']:g}: {answer['availability']:.1%} of the time"
            + ("" if known is None else f", with the height known to {known:g} m")
            + f"; longest gap {answer['longest_gap_h']:.2f} h\n"
            f"{answer['mean_visible']:.1f} satellites in view, at least {answer['least_visible']}; {told}\n"
        )
        rows = [
            [one["satellite"], f"{one['availability']:.1%}", f"{one['longest_gap_h']:.2f} h"]
            for one in answer["losses"][:SHOWN_LOSSES]
        ]
        if rows:
            print_table(["fails", "availability", "longest gap"], rows, right=(1, 2))
    if "earth" in answer:
        _print_earth(answer["earth"])


def _print_earth(earth: dict[str, Any]) -> None:
    share = earth["share_with_4"]
    sys.stdout.write(
        f"4 and more of the Earth's satellites heard: {share['nominal']:.1%} of the time,\n"
        f"{share['low']:.1%} to {share['high']:.1%} for what is known of powers and patterns\n"
        f"orbits {earth['orbits']}\n"
    )
    rows = [
        [
            one["name"],
            str(one["satellites"]),
            f"{one['mean_acquired']:.2f}",
            "none" if one["best_c_n0_dbhz"] is None else f"{one['best_c_n0_dbhz']:.1f}",
            "" if one["share_with_4_without_it"] is None else f"{one['share_with_4_without_it']:.1%}",
        ]
        for one in earth["systems"]
    ]
    print_table(["system", "satellites", "heard", "best dB-Hz", "share without it"], rows, right=(1, 2, 3, 4))
