"""`moonstead monitor fit-elements`: mean elements for SGP4 that follow an ephemeris."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from moonstead.cli.output import AsJson, DataFolder, open_data, print_json
from moonstead.foundation.errors import InvalidInput

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from moonstead.formats.oem_message import Oem
    from moonstead.foundation.data import DataContext

NAME = "fit-elements"
MOST_STATES = 2000  # that a fit uses; more are thinned evenly


def command(
    ephemeris: Annotated[Path, typer.Argument(metavar="EPHEMERIS", help="Orbit Ephemeris Message (OEM).")],
    start: Annotated[str | None, typer.Option(metavar="UTC", help="First time to use; the first of the file.")] = None,
    hours: Annotated[float | None, typer.Option(metavar="H", help="How much of it; all, if left out.")] = None,
    epoch: Annotated[
        str | None, typer.Option(metavar="UTC", help="Of the elements; the middle of the span, if left out.")
    ] = None,
    drag: Annotated[bool, typer.Option("--drag/--no-drag", help="Whether B* is fitted.")] = True,
    object_id: Annotated[int, typer.Option("--object", metavar="NUMBER", help="Catalogue number to write.")] = 0,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the elements: .tle, .3le, .kvn, .xml, .csv, .json.")
    ] = None,
    as_json: AsJson = False,
    data: DataFolder = None,
) -> None:
    """Fit mean elements for SGP4 to an ephemeris, and say how close they are over its span."""
    import numpy as np

    from moonstead.formats.oem import read_oem
    from moonstead.formats.omm_writer import write_mean_elements
    from moonstead.foundation.time.epoch import Epoch
    from moonstead.monitoring.element_fit.fit import fit_elements

    if hours is not None and not hours > 0.0:
        raise InvalidInput(f"--hours must be positive; got {hours!r}")
    context = open_data(data)
    message = read_oem(ephemeris)
    tdb, states = _teme(message, ephemeris, context)
    first = float(tdb[0]) if start is None else Epoch.parse(start).tdb()
    last = float(tdb[-1]) if hours is None else first + 3600.0 * hours
    rows = np.flatnonzero((tdb >= first) & (tdb <= last))
    if not rows.size:
        raise InvalidInput(
            f"{ephemeris} has no state within the span asked for; it covers {_utc(tdb[0])} to {_utc(tdb[-1])} UTC"
        )
    used = rows[np.unique(np.linspace(0, rows.size - 1, min(rows.size, MOST_STATES)).astype(int))]
    metadata = message.segments[0].metadata
    found = fit_elements(
        tdb[used],
        states[used],
        epoch=None if epoch is None else Epoch.parse(epoch).tdb(),
        drag=drag,
        object_id=object_id,
        name=metadata.object_name,
        designator=metadata.object_id,
    )
    sets = found.elements
    if out is not None:
        write_mean_elements(out, sets, creation=Epoch.from_tdb(float(sets.tdb[0])))
    per_day = 86_400.0 / (2.0 * np.pi)
    answer: dict[str, Any] = {
        "ephemeris": ephemeris,
        "start_utc": _utc(found.start),
        "stop_utc": _utc(found.stop),
        "states": int(used.size),
        "rms_m": found.rms,
        "worst_m": found.worst,
        "converged": found.converged,
        "iterations": found.iterations,
        "elements": {
            "epoch_utc": _utc(float(sets.tdb[0])),
            "mean_motion_rev_per_day": float(sets.mean_motion[0]) * per_day,
            "eccentricity": float(sets.eccentricity[0]),
            "inclination_deg": float(np.degrees(sets.inclination[0])),
            "node_deg": float(np.degrees(sets.node[0])),
            "argument_of_perigee_deg": float(np.degrees(sets.argument_of_perigee[0])),
            "mean_anomaly_deg": float(np.degrees(sets.mean_anomaly[0])),
            "b_star_per_earth_radius": float(sets.drag_term[0]),
            "b_star_sigma_per_earth_radius": found.drag_sigma,
        },
        "out": out,
    }
    if as_json:
        print_json(answer)
        return
    typer.echo(f"{metadata.object_name}: {answer['start_utc']} to {answer['stop_utc']} UTC, {used.size} states")
    typer.echo(f"SGP4 follows within {found.rms:.1f} m root mean square, {found.worst:.1f} m at worst")
    for key, value in answer["elements"].items():
        typer.echo(f"  {key:32} {value}")


def _teme(message: Oem, source: Path, data: DataContext) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Times (N,) [s TDB past J2000] and states (N, 6) [m, m/s] about the Earth in TEME."""
    import numpy as np

    from moonstead.formats.ccsds_frames import axes_of
    from moonstead.formats.ccsds_names import center_of
    from moonstead.foundation.frames.frame import rotation
    from moonstead.foundation.frames.standard import TEME

    parts = []
    for segment in message.segments:
        center = center_of(segment.metadata.center_name)
        if center != "EARTH":
            raise InvalidInput(f"{source}: SGP4 is of objects about the Earth; a segment is about {center}")
        frame = axes_of(segment.metadata.ref_frame)
        parts.append((segment.tdb, rotation(frame, TEME, segment.tdb, data).state(segment.states)))
    tdb, states = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.unique(tdb, return_index=True)[1]
    return tdb[order], states[order]


def _utc(tdb: float) -> str:
    from moonstead.foundation.time.epoch import Epoch

    return Epoch.from_tdb(float(tdb)).text("UTC", digits=3)
