"""`moonstead ephemeris`: where something is, seen from somewhere."""

from __future__ import annotations

import csv
import io
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from moonstead.cli.output import AsJson, DataFolder, open_data, print_json, print_table
from moonstead.foundation.constants import SECONDS_PER_DAY

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from moonstead.dynamics.trajectory import Trajectory
    from moonstead.foundation.data import DataContext
    from moonstead.foundation.frames.frame import Frame
    from moonstead.foundation.time.epoch import Epoch

NAME = "ephemeris"
LOCAL = "TOPOCENTRIC"
MOST_ROWS = 200_000
SAFE_DAYS = 500_000  # [days] from 2000; years of four digits
HALF_DAY = 0.5 * SECONDS_PER_DAY  # [s] J2000 is noon


class Aberration(StrEnum):
    """How the target is seen."""

    GEOMETRIC = "geometric"
    LIGHT_TIME = "light-time"
    APPARENT = "apparent"


def command(
    target: Annotated[str, typer.Option(help="What is seen: body, NAIF id, ground station, site or spacecraft.")],
    observer: Annotated[str, typer.Option(help="From where it is seen.")],
    at: Annotated[list[str], typer.Option(metavar="TIME", help="2030-01-01T00:00:00; may be repeated.")],
    frame: Annotated[
        str, typer.Option(help="Axes: ICRF, EME2000, MOON_ME, ..., or TOPOCENTRIC (east, north, up) of the observer.")
    ] = "ICRF",
    scale: Annotated[str, typer.Option(help="Time scale of TIME: UTC, TDB, TT, TAI, ...")] = "UTC",
    until: Annotated[str | None, typer.Option(metavar="TIME", help="Last time of a table that starts at --at.")] = None,
    step: Annotated[str | None, typer.Option(help='Step of the table, for example "1 h".')] = None,
    aberration: Annotated[Aberration, typer.Option(help="Where it is, or where it is seen.")] = Aberration.GEOMETRIC,
    scenario: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Scenario whose sites and spacecraft may be named.")
    ] = None,
    spk: Annotated[list[Path] | None, typer.Option(metavar="FILE", help="SPK file to add; may be repeated.")] = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="Answer in CSV, in m and m/s.")] = False,
    as_json: AsJson = False,
    data: DataFolder = None,
) -> None:
    """Say where a target is relative to an observer: position and velocity, and azimuth and elevation at a site."""
    from moonstead.cli.objects import object_named, with_kernels
    from moonstead.dynamics.observe import observe

    context = with_kernels(open_data(data), spk or [])
    loaded = None
    if scenario is not None:
        from moonstead.scenario.load import load_scenario

        loaded = load_scenario(scenario).scenario
    tdb = _times(at, until, step, scale.upper(), context)
    seen, here = object_named(target, loaded, context), object_named(observer, loaded, context)
    axes = _axes(frame, here)
    states = observe(seen, here, tdb, axes, context, aberration.value)
    rows = _rows(tdb, states, scale.upper(), context, local=frame.upper() == LOCAL)
    if as_json:
        print_json(_answer(rows, seen, here, axes, scale.upper(), aberration, context))
    elif as_csv:
        sys.stdout.write(_csv(rows))
    else:
        _print(rows, seen, here, axes, scale.upper(), aberration)


def _times(at: list[str], until: str | None, step: str | None, scale: str, data: DataContext) -> NDArray[np.float64]:
    """Times (N,) [s TDB past J2000] that were asked."""
    import numpy as np

    from moonstead.foundation.errors import InvalidInput
    from moonstead.foundation.time.epoch import Epoch
    from moonstead.foundation.units import parse_quantity

    orientation = data.earth_orientation if scale == "UT1" else None
    epochs = [Epoch.parse(text, scale, orientation) for text in at]
    if (until is None) != (step is None):
        raise InvalidInput('a table needs both --until and --step, for example --until 2030-01-02 --step "1 h"')
    if until is not None and step is not None:
        if len(epochs) > 1:
            raise InvalidInput(f"a table starts at one time; {len(epochs)} are given by --at")
        gap, length = parse_quantity(step, "time"), Epoch.parse(until, scale, orientation) - epochs[0]
        if gap <= 0.0 or length < 0.0:
            raise InvalidInput(f"a table runs forward; got --at {at[0]} --until {until} --step {step!r}")
        count = int(length / gap + 1e-9) + 1  # a last row that rounding moved past --until still belongs to the table
        if count > MOST_ROWS:
            raise InvalidInput(f"the table would have {count:.6g} rows, more than {MOST_ROWS}; take a longer step")
        if scale == "TDB":
            return np.asarray(epochs[0].tdb() + gap * np.arange(count), dtype=np.float64)
        return _tdb([epochs[0] + gap * number for number in range(count)])
    return np.array([epoch.tdb() for epoch in epochs], dtype=np.float64)


def _tdb(epochs: list[Epoch]) -> NDArray[np.float64]:
    """Times (N,) [s TDB past J2000] of epochs, as `Epoch.tdb`, which takes 1 ms for each."""
    import numpy as np

    from moonstead.foundation.time.scales import TT_MINUS_TAI, tdb_minus_tt

    whole = np.array([epoch.seconds for epoch in epochs], dtype=np.float64)
    fraction = np.array([epoch.fraction for epoch in epochs], dtype=np.float64)
    tt = whole + fraction + TT_MINUS_TAI
    return np.asarray(whole + (fraction + (TT_MINUS_TAI + tdb_minus_tt(tt))), dtype=np.float64)


def _texts(tdb: NDArray[np.float64], scale: str, data: DataContext) -> list[str]:
    """Dates and times (N,) in a scale to the microsecond, as `Epoch.text`; at once in the scales of long tables."""
    import numpy as np

    from moonstead.foundation.time.epoch import Epoch
    from moonstead.foundation.time.leap_seconds import utc_day_and_second
    from moonstead.foundation.time.scales import TT_MINUS_TAI, tdb_minus_tt

    orientation = data.earth_orientation if scale == "UT1" else None
    if scale not in ("UTC", "TDB"):
        return [Epoch.from_tdb(time).text(scale, 6, earth_orientation=orientation) for time in tdb.tolist()]
    # whole seconds and fraction apart, so that the last digit is that of `Epoch`
    whole = np.floor(tdb)
    fraction = tdb - whole
    if scale == "UTC":
        fraction = fraction - (TT_MINUS_TAI + tdb_minus_tt(tdb))
        whole, fraction = whole + np.floor(fraction), fraction - np.floor(fraction)
    ticks = np.rint(fraction * 1e6)
    whole, ticks = whole + (ticks == 1e6), np.where(ticks == 1e6, 0.0, ticks)
    day, of_day = np.divmod(whole + HALF_DAY, SECONDS_PER_DAY)
    if scale == "UTC":
        day, of_day, _ = utc_day_and_second(whole)
    # before UTC, in a leap second, and outside the years of four digits Epoch knows what to say
    plain = np.isfinite(day) & (of_day < SECONDS_PER_DAY) & (np.abs(day) < SAFE_DAYS)
    steps = np.where(plain, (day * SECONDS_PER_DAY + of_day) * 1e6 + ticks, 0.0).astype(np.int64)
    told: list[str] = np.datetime_as_string(
        np.datetime64("2000-01-01T00:00:00.000000") + steps.astype("timedelta64[us]")
    ).tolist()
    for row in np.flatnonzero(~plain):
        told[row] = Epoch.from_tdb(float(tdb[row])).text(scale, 6)
    return told


def _axes(name: str, observer: Trajectory) -> Frame:
    from moonstead.foundation.errors import InvalidInput
    from moonstead.foundation.frames.standard import frame_named

    if name.upper() != LOCAL:
        return frame_named(name.upper())
    from moonstead.dynamics.trajectories import SurfacePoint
    from moonstead.foundation.frames.topocentric import Topocentric

    if not isinstance(observer, SurfacePoint):
        raise InvalidInput(f"{observer.name} is no place on a body, so it has no horizon; choose a frame such as ICRF")
    return Topocentric(observer.frame, observer.latitude, observer.longitude)


def _rows(
    tdb: NDArray[np.float64], states: NDArray[np.float64], scale: str, data: DataContext, *, local: bool
) -> list[dict[str, Any]]:
    import numpy as np

    from moonstead.dynamics.observe import azimuth_elevation

    rows: list[dict[str, Any]] = [
        {
            "epoch": text,
            "tdb_s": time,
            "position_m": state[:3],
            "velocity_m_s": state[3:],
            "range_m": float(np.linalg.norm(state[:3])),
        }
        for text, time, state in zip(_texts(tdb, scale, data), tdb.tolist(), states.tolist(), strict=True)
    ]
    if local:
        azimuth, elevation, _ = azimuth_elevation(states)
        for row, turn, height in zip(rows, np.degrees(azimuth).tolist(), np.degrees(elevation).tolist(), strict=True):
            row |= {"azimuth_deg": turn, "elevation_deg": height}
    return rows


def _answer(
    rows: list[dict[str, Any]],
    target: Trajectory,
    observer: Trajectory,
    axes: Frame,
    scale: str,
    aberration: Aberration,
    data: DataContext,
) -> dict[str, Any]:
    kernels = [{"name": name, "file": str(data.dataset(name).path)} for name in data.spk]
    about = {
        "target": target.name,
        "observer": observer.name,
        "frame": axes.name,
        "scale": scale,
        "aberration": aberration.value,
        "kernels": kernels,
    }
    return {**about, **rows[0]} if len(rows) == 1 else {**about, "states": rows}


def _csv(rows: list[dict[str, Any]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    local = "azimuth_deg" in rows[0]
    headings = ["epoch", "tdb_s", "x_m", "y_m", "z_m", "vx_m_s", "vy_m_s", "vz_m_s", "range_m"]
    writer.writerow(headings + (["azimuth_deg", "elevation_deg"] if local else []))
    for row in rows:
        cells = [row["epoch"], row["tdb_s"], *row["position_m"], *row["velocity_m_s"], row["range_m"]]
        writer.writerow(cells + ([row["azimuth_deg"], row["elevation_deg"]] if local else []))
    return text.getvalue()


def _print(
    rows: list[dict[str, Any]],
    target: Trajectory,
    observer: Trajectory,
    axes: Frame,
    scale: str,
    aberration: Aberration,
) -> None:
    sys.stdout.write(f"{target.name} from {observer.name}, axes {axes.name}, {aberration.value}\n\n")
    local = "azimuth_deg" in rows[0]
    headings = [f"epoch {scale}", "x km", "y km", "z km", "vx km/s", "vy km/s", "vz km/s", "range km"]
    if local:
        headings = [f"epoch {scale}", "azimuth deg", "elevation deg", "range km"]
    cells = []
    for row in rows:
        distance = f"{row['range_m'] / 1e3:.3f}"
        if local:
            cells.append([row["epoch"], f"{row['azimuth_deg']:.5f}", f"{row['elevation_deg']:.5f}", distance])
        else:
            positions = [f"{value / 1e3:.3f}" for value in row["position_m"]]
            speeds = [f"{value / 1e3:.6f}" for value in row["velocity_m_s"]]
            cells.append([row["epoch"], *positions, *speeds, distance])
    print_table(headings, cells, right=range(1, len(headings)))
