"""`moonstead monitor correlate`: which objects of a catalogue tracks are of, and which launch new objects are from."""

from __future__ import annotations

import math
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from moonstead.cli.output import AsJson, DataFolder, open_data, print_json, print_table
from moonstead.foundation.errors import FormatError, InvalidInput, MissingData

if TYPE_CHECKING:
    from collections.abc import Mapping

    from moonstead.dynamics.mean_elements import MeanElements
    from moonstead.dynamics.trajectory import Trajectory
    from moonstead.foundation.data import DataContext
    from moonstead.monitoring.correlation.launches import Launch
    from moonstead.monitoring.tracking.measurements import Measurements

NAME = "correlate"
DAY = 86_400.0  # [s]
LAUNCH_KEYS = ("name", "site", "time_utc", "azimuth_deg", "azimuth_sigma_deg", "designator")


def command(
    tracks: Annotated[
        list[Path], typer.Argument(metavar="TRACKS... CATALOGUE", help="Tracking Data Messages; last the catalogue.")
    ],
    stations: Annotated[Path | None, typer.Option(metavar="FILE", help="Stations (TOML, [[station]] tables).")] = None,
    launches: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Launches (TOML, [[launch]] with name, site, time_utc) for new objects."),
    ] = None,
    range_sigma: Annotated[str, typer.Option(metavar="LENGTH", help="Of ranges: files do not say it.")] = "30 m",
    rate_sigma: Annotated[str, typer.Option(metavar="SPEED", help="Of range rates.")] = "0.1 m/s",
    angle_sigma: Annotated[str, typer.Option(metavar="ANGLE", help="Of angles, on the sky.")] = "0.03 deg",
    error: Annotated[
        str, typer.Option(metavar="R,T,N", help="Error of elements at their epoch, one sigma each.")
    ] = "300 m, 1 km, 300 m",
    growth: Annotated[str, typer.Option(metavar="R,T,N", help="How much it grows in a day.")] = "50 m, 1 km, 50 m",
    probability: Annotated[
        float, typer.Option(metavar="P", help="Refuse objects whose own tracks would miss by more so seldom.")
    ] = 1e-4,
    gap: Annotated[str, typer.Option(metavar="TIME", help="A longer break begins a new track.")] = "10 min",
    pair: Annotated[bool, typer.Option("--pair", help="Pair the tracks that no object fits with each other.")] = False,
    as_json: AsJson = False,
    data: DataFolder = None,
) -> None:
    """Say whose tracks these are: the object of the catalogue, or none; tracks without an object in pairs.

    With --launches, say too from which launch objects of the catalogue came; then no tracks are needed.
    """
    from moonstead.foundation.units import parse_quantity
    from moonstead.monitoring.catalogue.source import catalogue_elements
    from moonstead.monitoring.correlation.element_errors import ElementErrors
    from moonstead.monitoring.correlation.track_to_catalogue import correlate_tracks

    *messages, catalogue = tracks
    if messages and stations is None:
        raise InvalidInput("tracks need --stations, a file that says where the sensors stand")
    if not messages and launches is None:
        raise InvalidInput("give tracks before the catalogue, or --launches")
    context = open_data(data)
    read = catalogue_elements(catalogue)
    answer: dict[str, Any] = {
        "catalogue": {"file": catalogue, "objects": len(read.elements), "faults": len(read.faults)}
    }
    if messages:
        assert stations is not None
        sigmas = tuple(
            parse_quantity(text, dimension)
            for text, dimension in ((range_sigma, "length"), (rate_sigma, "speed"), (angle_sigma, "angle"))
        )
        named, notes = _tracks(messages, stations, sigmas, parse_quantity(gap, "time"), context)
        per_day = _three(growth, "--growth")
        errors = ElementErrors(_three(error, "--error"), (per_day[0] / DAY, per_day[1] / DAY, per_day[2] / DAY))
        rows = [track for _, track in named]
        found = correlate_tracks(rows, read.elements, context, errors=errors, probability=probability)
        answer["tracks"] = [_told(number, named[number], found, read.elements) for number in range(len(named))]
        answer["notes"] = notes
        if pair:
            alone = [number for number in range(len(rows)) if found.row[number] < 0]
            answer["pairs"] = _pairs(alone, rows, context)
    if launches is not None:
        answer["launches"] = _launches(launches, catalogue, context)
    if as_json:
        print_json(answer)
    else:
        _print(answer)


def _three(text: str, option: str) -> tuple[float, float, float]:
    from moonstead.foundation.units import parse_quantity

    words = text.split(",")
    if len(words) != 3:
        raise InvalidInput(f'{option} {text!r}: give three lengths, radial, along track, across: "300 m, 1 km, 300 m"')
    return parse_quantity(words[0], "length"), parse_quantity(words[1], "length"), parse_quantity(words[2], "length")


def _tracks(
    paths: list[Path], stations: Path, sigmas: tuple[float, ...], gap: float, data: DataContext
) -> tuple[list[tuple[dict[str, Any], Measurements]], list[str]]:
    """Tracks with where they come from, and what was left out."""
    from moonstead.formats.tdm import read_tdm
    from moonstead.monitoring.tracking.stations import read_stations
    from moonstead.monitoring.tracking.tdm_measurements import Sigmas, measurements_of_tdm
    from moonstead.monitoring.tracking.track_split import split_tracks

    observers: Mapping[str, Trajectory] = read_stations(stations)
    named: list[tuple[dict[str, Any], Measurements]] = []
    notes: list[str] = []
    for path in paths:
        tdm = read_tdm(path)
        notes += [f"{path}, line {fault.line}: {fault.what}" for fault in tdm.faults]
        seen: dict[tuple[str, ...], list[Any]] = {}
        for segment in tdm.segments:
            strange = tuple(sorted(name for name in segment.participants.values() if name not in observers))
            seen.setdefault(strange, []).append(segment)
        for names, segments in seen.items():
            found = measurements_of_tdm(replace(tdm, segments=tuple(segments)), observers, data, Sigmas(*sigmas))
            notes += [f"{path}: {note}" for note in found.notes]
            origin = {"file": path, "called": ", ".join(names)}
            named.extend((origin, track) for track in split_tracks(found.rows, gap))
    return named, notes


def _told(
    number: int, named: tuple[dict[str, Any], Measurements], found: Any, elements: MeanElements
) -> dict[str, Any]:
    from moonstead.foundation.time.epoch import Epoch

    origin, track = named
    row = int(found.row[number])
    rival = int(found.rival_id[number])
    status = "unknown" if row < 0 else "correlated" if rival < 0 else "ambiguous"
    return {
        "track": number,
        **origin,
        "station": track.observers[int(track.receiver[0])].name,
        "start_utc": Epoch.from_tdb(float(track.tdb[0])).text("UTC", digits=3),
        "measurements": len(track),
        "status": status,
        "object_id": None if row < 0 else int(found.object_id[number]),
        "name": None if row < 0 else elements.name[row],
        "chi_square": float(found.chi_square[number]),
        "numbers": int(found.numbers[number]),
        "probability": float(found.probability[number]),
        "rival_id": None if rival < 0 else rival,
        "time_late_s": float(found.time_late[number]),
    }


def _pairs(alone: list[int], rows: list[Measurements], data: DataContext) -> list[dict[str, Any]]:
    import numpy as np

    from moonstead.foundation.time.epoch import Epoch
    from moonstead.monitoring.correlation.track_pairs import pair_tracks

    return [
        {
            "tracks": [alone[one.first], alone[one.second]],
            "probability": one.probability,
            "chi_square": one.chi_square,
            "degrees_of_freedom": one.numbers,
            "epoch_utc": Epoch.from_tdb(one.orbit.state.epoch_tdb).text("UTC", digits=6),
            "position_m": one.orbit.values[:3].tolist(),
            "velocity_m_s": one.orbit.values[3:6].tolist(),
            "position_sigma_m": np.sqrt(np.diagonal(one.orbit.state_covariance)[:3]).tolist(),
        }
        for one in pair_tracks([rows[number] for number in alone], data)
    ]


def _launches(path: Path, catalogue: Path, data: DataContext) -> list[dict[str, Any]]:
    from moonstead.formats.mean_elements_file import read_mean_elements
    from moonstead.foundation.time.epoch import Epoch
    from moonstead.monitoring.catalogue.source import catalogue_elements
    from moonstead.monitoring.correlation.launches import expected_orbit, match_launches

    # a history has the first sets, which are nearest to the launch; a store gives the newest alone
    elements = read_mean_elements(catalogue).elements if catalogue.is_file() else catalogue_elements(catalogue).elements
    known = _read_launches(path)
    matches = match_launches(elements, known, data)
    out = []
    for launch in known:
        expected = expected_orbit(launch, data)
        out.append(
            {
                "name": launch.name,
                "site": launch.site.id,
                "lift_off_utc": Epoch.from_tdb(launch.tdb).text("UTC", digits=0),
                "inclination_deg": [math.degrees(angle) for angle in expected.inclinations],
                "node_deg": [[math.degrees(end) for end in span] for span in expected.nodes],
                "objects": [
                    {
                        "object_id": match.object_id,
                        "name": match.name,
                        "plane_angle_deg": math.degrees(match.plane_angle),
                        "age_h": match.age / 3600.0,
                        "sigmas": match.sigmas,
                        "same_designator": match.same_designator,
                    }
                    for match in matches
                    if match.launch is launch
                ],
            }
        )
    return out


def _read_launches(path: Path) -> list[Launch]:
    import tomllib

    from moonstead.foundation.time.epoch import Epoch
    from moonstead.monitoring.correlation.launches import Launch
    from moonstead.orbits.launchers import launch_site

    try:
        tables = tomllib.loads(path.read_text("utf-8"))
    except (FileNotFoundError, IsADirectoryError) as error:
        raise MissingData(f"{path}: there is no such file; check the path") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise FormatError(f"{path}: not a TOML file of launches ({error})") from error
    rows = tables.get("launch")
    if not isinstance(rows, list) or not rows:
        raise FormatError(
            f"{path}: there is no [[launch]] in it; write one table with name, site and time_utc for each"
        )
    found = []
    for number, row in enumerate(rows, start=1):
        place = f"{path}, [[launch]] {number}"
        strange = sorted(set(row) - set(LAUNCH_KEYS))
        if strange:
            raise FormatError(f"{place}: {strange[0]!r} is not known; known are {', '.join(LAUNCH_KEYS)}")
        try:
            azimuth = math.radians(float(row["azimuth_deg"])) if "azimuth_deg" in row else None
            sigma = math.radians(float(row.get("azimuth_sigma_deg", 1.0)))
            site, tdb = launch_site(str(row["site"])), Epoch.parse(str(row["time_utc"])).tdb()
            found.append(Launch(str(row["name"]), site, tdb, azimuth, sigma, str(row.get("designator", ""))))
        except KeyError as error:
            raise FormatError(f"{place}: {error.args[0]} is missing") from error
        except (TypeError, ValueError) as error:
            raise FormatError(f"{place}: {error}") from error
    return found


def _print(answer: dict[str, Any]) -> None:
    if "tracks" in answer:
        rows = [
            [
                str(one["track"]),
                one["start_utc"],
                one["station"],
                one["status"],
                "" if one["object_id"] is None else str(one["object_id"]),
                one["name"] or "",
                f"{one['chi_square']:.1f}",
                str(one["numbers"]),
                "" if one["rival_id"] is None else str(one["rival_id"]),
            ]
            for one in answer["tracks"]
        ]
        headings = ["track", "UTC", "station", "status", "object", "name", "chi2", "numbers", "rival"]
        print_table(headings, rows, right=(0, 4, 6, 7, 8))
    for one in answer.get("pairs", []):
        first, second = one["tracks"]
        sys.stdout.write(f"tracks {first} and {second} are of one object (probability {one['probability']:.3g})\n")
    for launch in answer.get("launches", []):
        low, high = launch["inclination_deg"]
        sys.stdout.write(f"{launch['name']}, {launch['lift_off_utc']} UTC: inclination {low:.1f} to {high:.1f} deg\n")
        for one in launch["objects"]:
            same = {True: ", same designator", False: ", other designator", None: ""}[one["same_designator"]]
            sys.stdout.write(
                f"  {one['object_id']} {one['name']}: site {one['plane_angle_deg']:.2f} deg off its plane, "
                f"{one['age_h']:.1f} h later{same}\n"
            )
    for note in answer.get("notes", []):
        sys.stdout.write(f"{note}\n")
