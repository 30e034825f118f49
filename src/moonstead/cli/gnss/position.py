"""`moonstead gnss position`: where a receiver was, from its observations and orbits of the satellites."""

from __future__ import annotations

import sys
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from moonstead.cli.gnss.files import letters_of
from moonstead.cli.output import AsJson, DataFolder, open_data, print_json, print_table
from moonstead.foundation.errors import InvalidInput, MissingData

if TYPE_CHECKING:
    from moonstead.cli.gnss.position_files import Given
    from moonstead.navigation.positioning.answer import PositionSeries
    from moonstead.navigation.positioning.errors import PositionErrors

NAME = "position"
MOST_STEPS = 5  # in words; JSON has them all
PPP_MASK, SINGLE_MASK = 7.0, 10.0  # [deg]


class Method(StrEnum):
    """What positions are made of."""

    SINGLE = "single"
    PPP = "ppp"


class Ionosphere(StrEnum):
    """How the ionosphere is treated in single-point positions."""

    AUTO = "auto"
    BROADCAST = "broadcast"
    FREE = "free"
    NONE = "none"


class Point(StrEnum):
    """Which point the positions are of."""

    ANTENNA = "antenna"
    MARKER = "marker"


class Messages(StrEnum):
    """Which broadcast message is in force."""

    FINISHED = "finished"
    REAL_TIME = "real-time"
    NEAREST = "nearest"


def command(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="OBS NAV_OR_SP3...", help="Observations and orbits in any order: RINEX, SP3, CLK."),
    ],
    systems: Annotated[str | None, typer.Option(metavar="LETTERS", help="Such as GRC; all that are there.")] = None,
    mode: Annotated[Method, typer.Option(help="Codes alone, or codes and phases with precise orbits.")] = Method.SINGLE,
    ionosphere: Annotated[
        Ionosphere, typer.Option(help="Both signals and a model weighed; model alone; two-signal combination; nothing.")
    ] = Ionosphere.AUTO,
    mask: Annotated[float | None, typer.Option(metavar="DEG", help="Least elevation; 10, of PPP 7.")] = None,
    truth: Annotated[
        str | None, typer.Option(metavar="X,Y,Z", help="Known place in metres, ITRF of the date, to be compared with.")
    ] = None,
    point: Annotated[Point, typer.Option(help="Antenna reference point, or the marker below it.")] = Point.ANTENNA,
    messages: Annotated[
        Messages,
        typer.Option(help="Last one sent, as in real time; the same, gaps filled from later ones; nearest in time."),
    ] = Messages.FINISHED,
    per_epoch: Annotated[
        bool, typer.Option("--per-epoch", help="Learn nothing from the whole file: each epoch entirely by itself.")
    ] = False,
    smoothing: Annotated[float, typer.Option(metavar="S", help="Smooth codes by phases over so long.")] = 0.0,
    kinematic: Annotated[bool, typer.Option("--kinematic", help="PPP: the receiver moves.")] = False,
    antex: Annotated[Path | None, typer.Option(metavar="FILE", help="PPP: antennas; else the shipped tables.")] = None,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Table of epochs: .csv or .parquet.")] = None,
    residuals: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Table of residuals and multipath: .csv or .parquet.")
    ] = None,
    as_json: AsJson = False,
    data: DataFolder = None,
) -> None:
    """Position a receiver, epoch by epoch, with tests that leave faults out or say that an epoch cannot be trusted.

    Single-point positions learn biases and noise from the whole file unless `--per-epoch` is given. A truth is
    compared with the point that is asked for; the place in the header of an observation file is none.
    """
    from moonstead.cli.gnss.position_files import read_given, write_epochs, write_residuals
    from moonstead.navigation.positioning.errors import position_errors

    known = None if truth is None else _place(truth)
    for path in (out, residuals):
        if path is not None and path.suffix.lower() not in (".csv", ".parquet"):
            raise InvalidInput(f"tables are written as .csv or .parquet; got {path}")
    given = read_given(files, letters_of(systems), messages.value, precise_first=mode is Method.PPP)
    letters = letters_of(systems) or given.letters
    if mode is Method.PPP:
        series = _precise(given, letters, mask, static=not kinematic, antex=antex, data=data)
    else:
        series = _single(given, letters, ionosphere, mask, adaptive=not per_epoch, smoothing=smoothing)
    if point is Point.MARKER:
        series = _at_marker(series, given)
    errors = None if known is None else position_errors(series, known)
    if out is not None:
        write_epochs(series, errors, out)
    if residuals is not None:
        write_residuals(series, given, residuals)
    answer = _answer(series, errors, given, letters, mode)
    if as_json:
        print_json(answer)
    else:
        _print(answer)


def _single(
    given: Given, letters: str, ionosphere: Ionosphere, mask: float | None, *, adaptive: bool, smoothing: float
) -> PositionSeries:
    import numpy as np

    from moonstead.navigation.positioning.single_point import single_point

    return single_point(
        given.observations,
        given.source,
        systems=letters,
        ionosphere=ionosphere.value,
        model=given.ionosphere,
        mask=float(np.radians(SINGLE_MASK if mask is None else mask)),
        adaptive=adaptive,
        smoothing=smoothing,
        channels=given.channels,
    )


def _precise(
    given: Given, letters: str, mask: float | None, *, static: bool, antex: Path | None, data: Path | None
) -> PositionSeries:
    import numpy as np

    from moonstead.formats.antex import read_antex
    from moonstead.navigation.ppp.precise_point import precise_point

    if not given.precise:
        raise MissingData("--mode ppp needs precise orbits: give an SP3 file, and a clock file where there is one")
    return precise_point(
        given.observations,
        given.source,
        data=open_data(data),
        systems="".join(letter for letter in letters if letter in "GREC"),
        static=static,
        mask=float(np.radians(PPP_MASK if mask is None else mask)),
        antex=None if antex is None else read_antex(antex),
    )


def _place(text: str) -> list[float]:
    """Three coordinates [m] out of a text."""
    try:
        place = [float(word) for word in text.split(",")]
    except ValueError:
        place = []
    if len(place) != 3:
        raise InvalidInput(
            f"--truth is x,y,z in metres (ITRF), such as 3582104.887,532590.197,5232755.317; got {text!r}"
        )
    return place


def _at_marker(series: PositionSeries, given: Given) -> PositionSeries:
    """Positions of the marker that the antenna stands over, by the header's eccentricities."""
    import numpy as np

    from moonstead.navigation.positioning.errors import local_axes

    up, east, north = given.observations.antenna_delta_hen
    place = np.nanmedian(series.position, axis=0) if np.any(series.solved) else None
    if place is None:
        return replace(series, point="marker")
    return replace(series, position=series.position - np.array([east, north, up]) @ local_axes(place), point="marker")


def _answer(
    series: PositionSeries, errors: PositionErrors | None, given: Given, letters: str, mode: Method
) -> dict[str, Any]:
    """Answer of the command: units in the keys."""
    import numpy as np

    solved = series.solved
    words, counts = np.unique(series.status, return_counts=True)
    mean = np.mean(series.position[solved], axis=0).tolist() if np.any(solved) else None
    told: dict[str, Any] = {
        "observations": str(given.observation_path),
        "orbits": given.told,
        "mode": mode.value,
        "method": series.method,
        "systems": letters,
        "reference_point": series.point,
        "epochs": int(series.gpst.size),
        "solved": int(np.count_nonzero(solved)),
        "rms_3d_m": None,
        "p95_3d_m": None,
        "median_3d_m": None,
    }
    if errors is not None:
        told |= {
            "rms_3d_m": errors.rms_3d,
            "p95_3d_m": errors.p95_3d,
            "median_3d_m": errors.median_3d,
            "largest_3d_m": errors.largest_3d,
            "mean_enu_m": errors.mean.tolist(),
            "scatter_enu_m": errors.scatter.tolist(),
        }
    used = np.count_nonzero(series.used, axis=1)[solved]
    reject = np.count_nonzero(series.excluded, axis=0)
    told |= {
        "position_m": mean,
        "frame": "ITRF",
        "satellites_used_mean": float(np.mean(used)) if used.size else None,
        "rejected": int(np.sum(reject)),
        "rejected_by_satellite": {
            name: int(count) for name, count in zip(series.satellites, reject, strict=True) if count
        },
        "status": {str(word): int(count) for word, count in zip(words, counts, strict=True)},
        "integrity": _integrity(series),
        "system_offsets_m": _offsets(series),
        "clock_steps": _steps(series),
        "velocity": _velocity(series),
        "notes": series.notes,
        "faults": [str(fault) for fault in given.faults],
    }
    return told


def _integrity(series: PositionSeries) -> dict[str, Any]:
    """How far epochs are protected against one faulty satellite."""
    import numpy as np

    level = series.protection[series.solved]
    checked = np.all(np.isfinite(level), axis=1)
    return {
        "checked_epochs": int(np.count_nonzero(checked)),
        "unchecked_epochs": int(np.count_nonzero(~checked)),
        "not_trusted_epochs": int(np.count_nonzero(series.status == "not trusted")),
        "horizontal_protection_median_m": float(np.median(level[checked, 0])) if np.any(checked) else None,
        "vertical_protection_median_m": float(np.median(level[checked, 1])) if np.any(checked) else None,
    }


def _offsets(series: PositionSeries) -> dict[str, Any]:
    """Receiver clocks of the systems against the first, mean and scatter [m]."""
    import numpy as np

    from moonstead.foundation.constants import SPEED_OF_LIGHT

    told = {}
    for number, name in enumerate(series.clock_names[1:], start=1):
        gap = (series.clocks[:, number] - series.clocks[:, 0]) * SPEED_OF_LIGHT
        gap = gap[np.isfinite(gap)]
        if gap.size:
            told[f"{name}-{series.clock_names[0]}"] = {"mean": float(np.mean(gap)), "scatter": float(np.std(gap))}
    return told


def _steps(series: PositionSeries) -> list[dict[str, Any]]:
    from moonstead.formats.gnss_time import gpst_text
    from moonstead.navigation.positioning.clock_steps import clock_steps

    return [
        {"gpst": gpst_text(step.gpst), "clock": step.clock, "step_s": step.size, "reset": step.reset}
        for step in clock_steps(series)
    ]


def _velocity(series: PositionSeries) -> dict[str, Any]:
    import numpy as np

    speed = np.linalg.norm(series.velocity, axis=1)
    speed = speed[np.isfinite(speed)]
    return {"solved": int(speed.size), "speed_median_m_s": float(np.median(speed)) if speed.size else None}


def _print(told: dict[str, Any]) -> None:
    share = told["solved"] / max(told["epochs"], 1)
    sys.stdout.write(
        f"{told['method']}, {told['systems']}: {told['solved']} of {told['epochs']} epochs ({share:.1%})\n"
    )
    rows = []
    if told["position_m"] is not None:
        rows.append(["mean position, m", " ".join(f"{value:.3f}" for value in told["position_m"])])
        rows.append(["point", told["reference_point"]])
        rows.append(["satellites used", f"{told['satellites_used_mean']:.1f}"])
    if told["rms_3d_m"] is not None:
        rows.append(["3-D error, m", f"RMS {told['rms_3d_m']:.3f}, 95 % {told['p95_3d_m']:.3f}"])
        rows.append(["median, largest, m", f"{told['median_3d_m']:.3f}, {told['largest_3d_m']:.3f}"])
        rows.append(["mean east north up, m", " ".join(f"{value:+.3f}" for value in told["mean_enu_m"])])
    level = told["integrity"]
    if level["horizontal_protection_median_m"] is not None:
        across, up = level["horizontal_protection_median_m"], level["vertical_protection_median_m"]
        rows.append(["protection level, m", f"horizontal {across:.1f}, vertical {up:.1f} (median)"])
    if level["unchecked_epochs"]:
        rows.append(["epochs without redundancy", f"{level['unchecked_epochs']}: a fault would not be noticed"])
    rows.append(["rejected measurements", str(told["rejected"])])
    rows += [[f"epochs {word}", str(count)] for word, count in told["status"].items() if word != "solved"]
    for step in [step for step in told["clock_steps"] if not step["reset"]][:MOST_STEPS]:
        rows.append([f"clock {step['clock']} steps", f"{step['step_s'] * 1e9:+.1f} ns at {step['gpst']}"])
    if told["velocity"]["speed_median_m_s"] is not None:
        rows.append(["median speed, m/s", f"{told['velocity']['speed_median_m_s']:.3f}"])
    print_table(["fact", "value"], rows)
    if told["faults"]:
        sys.stdout.write(f"{len(told['faults'])} faults in the files; --json names them\n")
