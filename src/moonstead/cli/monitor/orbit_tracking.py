"""Files of `moonstead monitor orbit`: tracking and stations, told apart by content."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from moonstead.foundation.errors import InvalidInput

if TYPE_CHECKING:
    from moonstead.dynamics.forces import ForceModel
    from moonstead.dynamics.propagate import OrbitState
    from moonstead.dynamics.propagated import PropagatedTrajectory
    from moonstead.dynamics.trajectories import SurfacePoint
    from moonstead.formats.crd import CrdFile, CrdPass
    from moonstead.foundation.data import DataContext
    from moonstead.monitoring.tracking.fit_rows import FitRows
    from moonstead.monitoring.tracking.laser_stations import LaserStations
    from moonstead.monitoring.tracking.tdm_measurements import Sigmas, TdmTracking

STARTS_OF_CRD = ("h1", "00")
LOOKED_AT = 4096  # [characters] that tell what a file is
ZENITH_DELAY = 2.4  # [m] of radio waves by air of standard pressure at sea level
LEAD = 5.0  # [s] of flight about the measurements, for the light


@dataclass(frozen=True, eq=False)
class Tracking:
    """What was measured of one target.

    Attributes
    ----------
    target : str
        Its name.
    laser : list of CrdFile
        Laser ranges.
    messages : list of TdmTracking
        Measurements of TDMs.
    faults : list of str
        Lines that could not be used, with their files, and notes.
    """

    target: str
    laser: list[CrdFile]
    messages: list[TdmTracking]
    faults: list[str]


def read_tracking(
    paths: Sequence[Path], observers: dict[str, SurfacePoint], sigmas: Sigmas, data: DataContext
) -> Tracking:
    """Read files of tracking: CRD or TDM by their first lines."""
    from moonstead.formats.crd import read_crd
    from moonstead.formats.files import read_text
    from moonstead.formats.tdm import read_tdm
    from moonstead.monitoring.tracking.tdm_measurements import measurements_of_tdm

    laser, messages, faults, targets = [], [], [], []
    for path in paths:
        begin = read_text(path)[:LOOKED_AT].lstrip().lower()
        if begin.startswith(STARTS_OF_CRD):
            ranges = read_crd(path)
            laser.append(ranges)
            faults += [f"{path}, {fault}" for fault in ranges.faults]
            targets += [one.target for one in ranges.passes]
        else:
            message = read_tdm(path, data.earth_orientation)
            found = measurements_of_tdm(message, observers, data, sigmas)
            messages.append(found)
            faults += [f"{path}, {fault}" for fault in message.faults] + [f"{path}: {note}" for note in found.notes]
            targets += found.objects
    return Tracking(targets[0] if targets else "object", laser, messages, faults)


def read_places(
    paths: Sequence[Path], eccentricities: Path | None
) -> tuple[LaserStations | None, dict[str, SurfacePoint]]:
    """Stations of SINEX files (lasers) and of TOML files (all others)."""
    from moonstead.monitoring.tracking.laser_stations import read_laser_stations
    from moonstead.monitoring.tracking.stations import read_stations

    laser: LaserStations | None = None
    others: dict[str, SurfacePoint] = {}
    for path in paths:
        if path.suffix == ".toml":
            others |= read_stations(path)
        elif laser is None:
            laser = read_laser_stations(path, eccentricities)
        else:
            raise InvalidInput(f"{path}: one SINEX file of stations is enough; give others as TOML")
    return laser, others


def rows_of(
    tracking: Tracking,
    places: LaserStations | None,
    guess: PropagatedTrajectory | None,
    biased: Sequence[str],
    center_of_mass: float | None,
    air: bool,
    data: DataContext,
) -> list[FitRows]:
    """Rows of a fit, laser ranges first; ambiguous ranges are resolved by the first guess."""
    from moonstead.monitoring.tracking.fit_rows import TrackedRows
    from moonstead.monitoring.tracking.laser_ranges import laser_rows
    from moonstead.monitoring.tracking.measurements import KINDS, NUMBERS
    from moonstead.monitoring.tracking.refraction import Air
    from moonstead.monitoring.tracking.tdm_measurements import resolved

    out: list[FitRows] = []
    known: set[str] = set()
    if tracking.laser:
        if places is None:
            raise InvalidInput("laser ranges need coordinates of stations: give --stations with a SINEX file")
        passes = [one for file in tracking.laser for one in file.passes]
        pads = {str(one.pad) for one in passes}
        known |= pads
        mine = [int(name) for name in biased if name in pads]
        kind = _kind(passes)
        out.append(laser_rows(passes, places, kind=kind, center_of_mass=center_of_mass, biased=mine))
    for message in tracking.messages:
        rows = message.rows if guess is None else resolved(message, guess, data)
        names = [one.name for one in rows.observers]
        known |= set(names)
        biases = tuple(
            (KINDS[kind], observer, number)
            for kind, observer in sorted(set(zip(rows.kind.tolist(), rows.receiver.tolist(), strict=True)))
            if names[observer] in biased
            for number in range(int(NUMBERS[kind]))
        )
        delay = ZENITH_DELAY if air else 0.0
        out.append(TrackedRows(rows, biases, air=Air() if air else None, zenith_delay=delay))
    strangers = [name for name in biased if name not in known]
    if strangers:
        raise InvalidInput(f"a bias of station {strangers[0]} is sought; measured have {', '.join(sorted(known))}")
    return out


def times_of(tracking: Tracking) -> tuple[float, float]:
    """First and last time [s TDB past J2000] of all measurements."""
    import numpy as np

    passes = [one for file in tracking.laser for one in file.passes]
    times = [one.ranges(_kind(passes)).tdb for one in passes]
    times += [message.rows.tdb for message in tracking.messages]
    every = np.concatenate(times) if times else np.zeros(0)
    if not every.size:
        raise InvalidInput("there are no measurements in these files")
    return float(np.min(every)), float(np.max(every))


def _kind(passes: Sequence[CrdPass]) -> str:
    """Normal points; single ranges where there are no normal points."""
    from moonstead.formats.crd import FULL_RATE, NORMAL_POINT

    return NORMAL_POINT if any(one.of(NORMAL_POINT) for one in passes) else FULL_RATE


def first_flight(
    tracking: Tracking, start: OrbitState, model: ForceModel, data: DataContext
) -> PropagatedTrajectory | None:
    """The first guess flown through all measurements, where ambiguous ranges need it."""
    import numpy as np

    from moonstead.dynamics.propagate import propagate, state_at

    if not any(np.any(np.isfinite(message.modulus)) for message in tracking.messages):
        return None
    first, last = times_of(tracking)
    if start.epoch_tdb > first - LEAD:
        start = state_at(propagate(start, first - LEAD, model, data), first - LEAD)
    return propagate(start, last + LEAD, model, data)


def sigmas_from(length: str, speed: str, angle: str) -> Sigmas:
    """Standard deviations of TDM measurements from texts with units."""
    from moonstead.foundation.units import parse_quantity
    from moonstead.monitoring.tracking.tdm_measurements import Sigmas

    values = [parse_quantity(text, kind) for text, kind in ((length, "length"), (speed, "speed"), (angle, "angle"))]
    if not all(math.isfinite(value) and value > 0.0 for value in values):
        raise InvalidInput(f"standard deviations must be positive; got {length}, {speed}, {angle}")
    return Sigmas(*values)
