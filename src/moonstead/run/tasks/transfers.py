"""Transfers: the way of each mission from the Earth to the Moon and home, flown again to see what it reaches."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.errors import InvalidInput, NumericalFailure
from moonstead.run.mission_transfer import MissionTransfer
from moonstead.run.moments import utc_text
from moonstead.run.tables import Table
from moonstead.run.task import Figure, Task, TaskInputs, TaskOutput
from moonstead.run.transfers import mission_transfer, transfer_fragment
from moonstead.scenario.scenario import Scenario

if TYPE_CHECKING:
    from moonstead.orbits.transfers.refly import Reflown
    from moonstead.orbits.transfers.transfer import Transfer

Array = NDArray[np.float64]
DATASETS = ("de440s", "grgm1200a", "egm2008-36", "earth-orientation", "moon-pa-de440")
MODELS = ("transfers", "de440", "grail", "pines", "third-body")
POINTS_IN_A_STEP = 6  # of a path, for each step of its integration
BEFORE_A_BURN = 1e-3  # [s] that a segment of a file ends early: at the burn itself the state is that behind it
ARRIVED = 100.0  # [m] off at arrival beyond which a transfer is told to have failed


def plan(scenario: Scenario) -> list[Task]:
    """One task for each mission whose way is computed."""
    tasks = []
    for mission in scenario.missions:
        fragment = transfer_fragment(mission, scenario)
        if fragment is not None:
            title = f"Transfer of {fragment['name']}"
            tasks.append(
                Task(f"transfer.{mission.id}", title, f"{__name__}:compute_transfer", fragment, datasets=DATASETS)
            )
    return tasks


def compute_transfer(inputs: TaskInputs) -> TaskOutput:
    """Find the way of one mission, fly it again, write its path, its burns and its ephemeris."""
    fragment = inputs.fragment
    try:
        made = mission_transfer(fragment, inputs.data)
        flown = _flown(made.transfer, made, inputs)
        home = None if made.way_home is None else _flown(made.way_home, made, inputs)
    except (InvalidInput, NumericalFailure) as refused:
        how = f"{fragment['kind']} transfer"
        none = Figure(f"{fragment['name']}: transfer", "none found", "", how, "bad")
        return TaskOutput(
            figures=(none,),
            facts={"name": fragment["name"], "kind": fragment["kind"], "reason": str(refused)},
            warnings=(f"{fragment['name']}: no transfer was found: {refused}",),
            models=MODELS,
        )
    ways = [(made.transfer, flown)] + ([(made.way_home, home)] if made.way_home and home else [])
    for number, (transfer, again) in enumerate(ways):
        _write_oem(inputs, transfer, again, "" if number == 0 else "-home")
    tables = (_path(fragment["id"], ways, inputs), _burns(fragment["id"], [transfer for transfer, _ in ways]))
    facts = _facts(fragment, made, ways)
    return TaskOutput(tables, {}, _figures(fragment, made, flown), facts, (), MODELS)


def _flown(transfer: Transfer, made: MissionTransfer, inputs: TaskInputs) -> Reflown:
    from moonstead.orbits.transfers.refly import refly

    return refly(transfer, made.forces, inputs.data, tolerance=made.tolerance)


def _figures(fragment: dict[str, Any], made: MissionTransfer, flown: Reflown) -> tuple[Figure, ...]:
    how = f"{fragment['kind']} transfer found under the full forces ({made.transfer.model}), by impulses"
    found = [Figure(f"{fragment['name']}: change of velocity of the transfer", made.transfer.total_delta_v, "m/s", how)]
    if flown.position_defect >= ARRIVED:
        again = "one propagation from departure through all burns, without corrections"
        off = f"{fragment['name']}: off at arrival when flown again"
        found.append(Figure(off, flown.position_defect, "m", again, "bad"))
    return tuple(found)


def _facts(fragment: dict[str, Any], made: MissionTransfer, ways: list[tuple[Transfer, Reflown]]) -> dict[str, Any]:
    told = []
    for transfer, flown in ways:
        told.append(
            {
                "name": transfer.name,
                "kind": transfer.kind,
                "departure_utc": str(utc_text([transfer.departure.epoch_tdb])[0]),
                "arrival_utc": str(utc_text([transfer.arrival_tdb])[0]),
                "duration": transfer.duration,
                "delta_v": dict(transfer.delta_v),
                "total_delta_v": transfer.total_delta_v,
                "events": [
                    {
                        "name": one.name,
                        "utc": str(utc_text([one.tdb])[0]),
                        "quantity": one.quantity,
                        "unit": one.unit,
                    }
                    for one in transfer.events
                ],
                "position_defect": flown.position_defect,
                "velocity_defect": flown.velocity_defect,
                "targets": [
                    {"name": one.name, "wanted": one.wanted, "reached": one.reached, "unit": one.unit}
                    for one in flown.targets
                ],
            }
        )
    return {
        "name": fragment["name"],
        "kind": fragment["kind"],
        "to": fragment["to"],
        "model": made.transfer.model,
        "ways": told,
        "reason": "",
    } | made.facts


def _path(id: str, ways: list[tuple[Transfer, Reflown]], inputs: TaskInputs) -> Table:
    """Positions about the Earth along the axes of the ICRF, and in the rotating axes of Earth and Moon."""
    from moonstead.orbits.three_body.rotating import rotating_from_icrf
    from moonstead.orbits.three_body.system import EARTH_MOON

    parts = []
    for number, (_, flown) in enumerate(ways):
        tdb = _times(flown)
        states = flown.trajectory.state_about("EARTH", tdb)
        inner = flown.trajectory.state_about("MOON", tdb)
        turned = rotating_from_icrf(inner, tdb, EARTH_MOON, inputs.data, center="MOON")
        parts.append((np.full(tdb.size, float(number)), tdb, states, inner, turned))
    way, tdb, states, inner, turned = (np.concatenate(column) for column in zip(*parts, strict=True))
    columns: dict[str, Any] = {"way": way, "tdb": tdb, "utc": utc_text(tdb)}
    for place, axis in enumerate("xyz"):
        columns[axis] = states[:, place]
        columns[f"rotating_{axis}"] = turned[:, place]
    columns["earth_distance"] = np.linalg.norm(states[:, :3], axis=1)
    columns["moon_distance"] = np.linalg.norm(inner[:, :3], axis=1)
    units = {"way": "0 there, 1 home", "tdb": "s TDB past J2000", "utc": "UTC"}
    units |= {axis: "m ICRF" for axis in "xyz"} | {f"rotating_{axis}": "1" for axis in "xyz"}
    units |= {"earth_distance": "m", "moon_distance": "m"}
    return Table(
        f"transfer.{id}",
        columns,
        units,
        "Path about the Earth in the ICRF, and in the rotating axes of Earth and Moon, barycentre at the origin, in "
        "units of their distance at each time.",
    )


def _times(flown: Reflown) -> Array:
    nodes = flown.trajectory.step_times
    inner = [np.linspace(a, b, POINTS_IN_A_STEP, endpoint=False) for a, b in pairwise(nodes)]
    return np.append(np.concatenate(inner), nodes[-1])


def _burns(id: str, transfers: list[Transfer]) -> Table:
    from moonstead.orbits.transfers.refly import ignition

    rows = [
        (number, name, ignition(burn), cost)
        for number, transfer in enumerate(transfers)
        for (name, cost), burn in zip(transfer.delta_v.items(), transfer.burns, strict=True)
    ]
    tdb = np.array([row[2] for row in rows])
    columns = {
        "way": np.array([float(row[0]) for row in rows]),
        "burn": np.array([row[1] for row in rows], dtype=object),
        "tdb": tdb,
        "utc": utc_text(tdb),
        "delta_v": np.array([row[3] for row in rows]),
    }
    units = {"way": "0 there, 1 home", "burn": "text", "tdb": "s TDB past J2000", "utc": "UTC", "delta_v": "m/s"}
    return Table(f"transfer-burns.{id}", columns, units, "One burn of the transfer, by impulse.")


def _write_oem(inputs: TaskInputs, transfer: Transfer, flown: Reflown, suffix: str) -> None:
    from moonstead.formats.oem import Oem, OemHeader, write_oem
    from moonstead.formats.oem_trajectory import oem_segment
    from moonstead.foundation.time.epoch import Epoch
    from moonstead.orbits.transfers.refly import ignition

    first, last = flown.trajectory.span
    edges = sorted({first, last, *(ignition(burn) for burn in transfer.burns)})
    fine = _times(flown)
    segments = []
    for start, stop in pairwise(edges):
        end = stop if stop == last else stop - BEFORE_A_BURN
        inside = fine[(fine > start + 1.0) & (fine < end - 1.0)]
        least = np.linspace(start, end, 10)  # polynomials of degree 7 want four states on either side
        segments.append(oem_segment(flown.trajectory, np.unique(np.concatenate((least, inside)))))
    header = OemHeader("MOONSTEAD", Epoch.from_tdb(first), comments=(f"{transfer.name}, simulated", transfer.model))
    write_oem(inputs.folder / f"transfer-{inputs.fragment['id']}{suffix}.oem", Oem(header, tuple(segments)))
