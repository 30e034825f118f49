"""`moonstead monitor catalogue`: what a file of elements or a store of the catalogue holds, and adding to it."""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from moonstead.cli.output import AsJson, DataFolder, open_data, print_json, print_table

if TYPE_CHECKING:
    from moonstead.dynamics.mean_elements import MeanElements
    from moonstead.formats.element_rows import RowFault
    from moonstead.monitoring.catalogue.entries import EphemerisEntry, StateEntry
    from moonstead.monitoring.catalogue.selection import Selection

NAME = "catalogue"
DAY = 86_400.0  # [s]
REVOLUTION = 2.0 * math.pi / DAY  # [rad/s] of one revolution a day
SHOWN_FAULTS = 20  # rejected rows told one by one on a terminal; JSON has up to MOST_FAULTS
MOST_FAULTS = 1000
MOST_SETS = 50  # element sets shown on a terminal


def command(
    catalogue: Annotated[
        Path, typer.Argument(metavar="CATALOGUE", help="File of elements (TLE, OMM, CSV, JSON, also .gz), or a store.")
    ],
    add: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="Add this file to the store: elements, OEM, SPK, CDM or SATCAT; often."),
    ] = None,
    at: Annotated[
        str | None, typer.Option(metavar="EPOCH", help="What was known then (UTC): later sets do not count.")
    ] = None,
    object_id: Annotated[
        int | None, typer.Option("--object", metavar="ID", help="This object only; with --add the identifier to use.")
    ] = None,
    history: Annotated[bool, typer.Option("--history", help="All sets of each object, not the newest alone.")] = False,
    name: Annotated[str | None, typer.Option(metavar="PATTERN", help="Name with * and ?.")] = None,
    perigee: Annotated[
        str | None, typer.Option("--perigee-km", metavar="LOW:HIGH", help="Altitude of the perigee.")
    ] = None,
    apogee: Annotated[
        str | None, typer.Option("--apogee-km", metavar="LOW:HIGH", help="Altitude of the apogee.")
    ] = None,
    inclination: Annotated[
        str | None, typer.Option("--inclination-deg", metavar="LOW:HIGH", help="Inclination.")
    ] = None,
    owner: Annotated[str | None, typer.Option(metavar="CODE", help="Owner, where the store has a SATCAT.")] = None,
    what: Annotated[
        str | None, typer.Option("--kind", metavar="KIND", help="payload, rocket body or debris, likewise.")
    ] = None,
    age: Annotated[
        float | None, typer.Option("--max-age-days", metavar="DAYS", help="Sets within so many days of --at.")
    ] = None,
    merge: Annotated[bool, typer.Option("--merge", help="Merge the segments of the store: it reads quicker.")] = False,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write the sets: .csv, .json, .xml, .kvn, .tle (also .gz) or .parquet."),
    ] = None,
    as_json: AsJson = False,
    data: DataFolder = None,
) -> None:
    """Say what is in a catalogue, what was rejected and why; add files to a store, and write sets to a file.

    A store is a folder; the first --add makes it. A file is in the store when the command says so, whatever happens
    after that.
    """
    from moonstead.foundation.time.epoch import Epoch
    from moonstead.monitoring.catalogue.selection import matching

    time = None if at is None else Epoch.parse(at).tdb()
    wanted = _selection(name, perigee, apogee, inclination, age)
    added = _add(catalogue, add or [], object_id, data, quiet=as_json)
    told, elements, faults = _look(catalogue, time, None if add else object_id, history, merge)
    elements = elements.select(matching(elements, wanted, time))
    if owner is not None or what is not None:
        elements = _owned(catalogue, elements, owner, what)
    if out is not None:
        _write(out, elements)
    told = {"catalogue": str(catalogue), "added": added, **told, **_counts(elements)}
    told["rejected"] = sum(one["rejected"] for one in added) + len(faults)
    told["faults"] = [fault for one in added for fault in one.pop("faults")] + [_fault(one) for one in faults]
    told["faults"] = told["faults"][:MOST_FAULTS]
    if out is not None:
        told["out"] = str(out)
    if object_id is not None or history:
        told["sets"] = _sets(elements)
    if as_json:
        print_json(told)
    else:
        _print(told)


def _selection(
    name: str | None, perigee: str | None, apogee: str | None, inclination: str | None, age: float | None
) -> Selection:
    from moonstead.monitoring.catalogue.selection import Selection

    return Selection(
        perigee=_range("--perigee-km", perigee, 1e3),
        apogee=_range("--apogee-km", apogee, 1e3),
        inclination=_range("--inclination-deg", inclination, math.pi / 180.0),
        name=name or "",
        age=math.inf if age is None else age * DAY,
    )


def _range(option: str, text: str | None, unit: float) -> tuple[float, float]:
    from moonstead.foundation.errors import InvalidInput

    if text is None:
        return -math.inf, math.inf
    low, colon, high = text.partition(":")
    try:
        bounds = (float(low) if low.strip() else -math.inf, float(high) if high.strip() else math.inf)
    except ValueError:
        colon = ""
    if not colon or not bounds[0] <= bounds[1]:
        raise InvalidInput(f"{option} {text!r} is no range; write LOW:HIGH, for example 300:600, :600 or 300:")
    return bounds[0] * unit, bounds[1] * unit


def _add(
    catalogue: Path, files: list[Path], object_id: int | None, data: Path | None, *, quiet: bool
) -> list[dict[str, Any]]:
    """Add files to a store one after the other; each is told as soon as it is on disk."""
    if not files:
        return []
    from moonstead.foundation.errors import InvalidInput
    from moonstead.monitoring.catalogue.intake import kind_of_file, take_in
    from moonstead.monitoring.catalogue.store import CatalogueStore

    if catalogue.is_file():
        raise InvalidInput(f"{catalogue} is a file; files are added to a store, which is a folder: name a new one")
    for file in files:
        kind_of_file(file)  # a name that is not there is told before anything is added
    store, context = CatalogueStore(catalogue, create=True), open_data(data)
    told = []
    for file in files:
        taken = take_in(store, file, context, object_id)
        told.append({"file": str(file), "kind": taken.kind, "rows": taken.rows, "duplicates": taken.duplicates})
        told[-1] |= {"rejected": len(taken.faults), "faults": [_fault(one, file) for one in taken.faults]}
        if not quiet:
            last = told[-1]
            sys.stdout.write(
                f"added {file}: {last['kind']}, {last['rows']} new, {last['duplicates']} known already, "
                f"{last['rejected']} rejected\n"
            )
            sys.stdout.flush()
    return told


def _look(
    catalogue: Path, time: float | None, object_id: int | None, history: bool, merge: bool
) -> tuple[dict[str, Any], MeanElements, tuple[RowFault, ...]]:
    """What a catalogue holds: facts, the element sets asked for, and rejected rows."""
    from moonstead.formats.mean_elements_file import read_mean_elements
    from moonstead.foundation.errors import InvalidInput
    from moonstead.monitoring.catalogue.source import newest
    from moonstead.monitoring.catalogue.store import CatalogueStore

    objects = None if object_id is None else [object_id]
    if catalogue.is_dir():
        store = CatalogueStore(catalogue)
        merged = store.compact() if merge else None
        elements = store.elements(at=time, objects=objects, history=history)
        told: dict[str, Any] = {"kind": "store", "tables": store.counts()}
        told["ephemerides"] = [_ephemeris(one) for one in store.ephemerides(objects=objects)]
        told["states"] = [_state(one) for one in store.states(at=time, objects=objects)]
        if merged is not None:
            told["merged_segments"] = merged
        known = len(elements) or told["ephemerides"] or told["states"]
        faults: tuple[RowFault, ...] = ()
    else:
        if merge:
            raise InvalidInput(f"{catalogue} is a file; --merge is for a store")
        found = read_mean_elements(catalogue)
        elements, faults = found.elements, found.faults
        if objects is not None:
            elements = elements.select(elements.object_id == object_id)
        chosen = newest(elements, at=time)
        told = {"kind": found.kind, "later_sets": chosen.later, "older_sets": chosen.older, "notes": list(found.notes)}
        if not history:
            elements = chosen.elements
        elif time is not None:
            elements = elements.select(elements.tdb <= time)
        known = len(elements)
    if object_id is not None and not known:
        when = "" if time is None else " at that time"
        raise InvalidInput(f"{catalogue} has no object {object_id}{when}; without --object it says what it has")
    return told, elements, faults


def _owned(catalogue: Path, elements: MeanElements, owner: str | None, kind: str | None) -> MeanElements:
    import numpy as np

    from moonstead.foundation.errors import InvalidInput
    from moonstead.monitoring.catalogue.store import CatalogueStore

    known = CatalogueStore(catalogue).objects() if catalogue.is_dir() else {}
    if not known:
        raise InvalidInput(f"{catalogue} does not say who owns what; --add a SATCAT (CSV) of CelesTrak to a store")
    keep = [
        (one := known.get(number)) is not None
        and (owner is None or one.owner.upper() == owner.upper())
        and (kind is None or one.kind == kind.lower())
        for number in elements.object_id.tolist()
    ]
    return elements.select(np.array(keep, dtype=bool))


def _write(out: Path, elements: MeanElements) -> None:
    from datetime import UTC, datetime

    from moonstead.formats.omm_writer import write_mean_elements
    from moonstead.foundation.time.epoch import Epoch
    from moonstead.monitoring.catalogue.store import write_parquet

    if out.suffix.lower() == ".parquet":
        write_parquet(out, elements)
        return
    now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    write_mean_elements(out, elements, creation=Epoch.parse(now.isoformat()))


def _counts(elements: MeanElements) -> dict[str, Any]:
    import numpy as np

    from moonstead.formats.omm_writer import utc_texts
    from moonstead.monitoring.catalogue.selection import CLASSES, orbit_classes

    classes = orbit_classes(elements)
    order = np.lexsort((elements.epoch_fraction, elements.epoch_second))
    edges = utc_texts(elements.select(order[[0, order.size // 2, -1]])) if len(elements) else [None] * 3
    return {
        "objects": int(np.unique(elements.object_id).size),
        "element_sets": len(elements),
        "by_class": {name: int(np.count_nonzero(classes == name)) for name in CLASSES},
        "first_epoch_utc": edges[0],
        "median_epoch_utc": edges[1],
        "last_epoch_utc": edges[2],
    }


def _sets(elements: MeanElements) -> list[dict[str, Any]]:
    import numpy as np

    from moonstead.formats.omm_writer import utc_texts
    from moonstead.monitoring.catalogue.selection import EARTH_RADIUS

    epochs = utc_texts(elements)
    columns = {
        "perigee_km": (elements.perigee_distance - EARTH_RADIUS) / 1e3,
        "apogee_km": (elements.apogee_distance - EARTH_RADIUS) / 1e3,
        "inclination_deg": np.degrees(elements.inclination),
        "node_deg": np.degrees(elements.node),
        "argument_of_perigee_deg": np.degrees(elements.argument_of_perigee),
        "mean_anomaly_deg": np.degrees(elements.mean_anomaly),
        "eccentricity": elements.eccentricity,
        "mean_motion_rev_day": elements.mean_motion / REVOLUTION,
        "drag_term_per_earth_radius": elements.drag_term,
    }
    return [
        {
            "object_id": int(elements.object_id[row]),
            "name": elements.name[row],
            "designator": elements.designator[row],
            "epoch_utc": epochs[row],
            "element_set": int(elements.element_set[row]),
            **{key: float(f"{values[row]:.12g}") for key, values in columns.items()},
        }
        for row in range(len(elements))
    ]


def _fault(fault: RowFault, file: Path | None = None) -> dict[str, Any]:
    told = {"place": fault.place, "text": fault.text, "what": fault.what, "remedy": fault.remedy}
    return told if file is None else {"file": str(file), **told}


def _ephemeris(entry: EphemerisEntry) -> dict[str, Any]:
    return {
        "object_id": entry.object_id,
        "name": entry.name,
        "kind": entry.kind,
        "center": entry.center,
        "frame": entry.frame,
        "start_utc": _utc(entry.start),
        "stop_utc": _utc(entry.stop),
        "source": entry.source,
    }


def _state(entry: StateEntry) -> dict[str, Any]:
    return {
        "object_id": entry.object_id,
        "name": entry.name,
        "center": entry.center,
        "frame": entry.frame,
        "time_utc": _utc(entry.tdb),
        "covariance": entry.covariance is not None,
        "source": entry.source,
    }


def _utc(tdb: float) -> str:
    from moonstead.foundation.time.epoch import Epoch

    return Epoch.from_tdb(tdb).text("UTC", 3)


def _print(told: dict[str, Any]) -> None:
    sys.stdout.write(f"{told['catalogue']}: {told['kind']}, {told['objects']} objects, {told['element_sets']} sets\n")
    if told["element_sets"]:
        sys.stdout.write(f"epochs {told['first_epoch_utc']} to {told['last_epoch_utc']} UTC\n")
        print_table(
            ["orbit", "sets"], [[name, str(count)] for name, count in told["by_class"].items() if count], right=[1]
        )
    for key, label in (("later_sets", "later than asked for"), ("older_sets", "with a newer set of the same object")):
        if told.get(key):
            sys.stdout.write(f"{told[key]} sets left out: {label}\n")
    for note in told.get("notes", []):
        sys.stdout.write(f"{note}\n")
    for one in told.get("ephemerides", []):
        sys.stdout.write(
            f"{one['kind']} of {one['name']} ({one['object_id']}) about {one['center']}, "
            f"{one['start_utc']} to {one['stop_utc']} UTC\n"
        )
    if told.get("states"):
        sys.stdout.write(f"{len(told['states'])} states\n")
    if told.get("sets"):
        rows = [
            [
                str(one["object_id"]),
                one["name"],
                one["epoch_utc"],
                f"{one['perigee_km']:.1f}",
                f"{one['apogee_km']:.1f}",
                f"{one['inclination_deg']:.2f}",
            ]
            for one in told["sets"][:MOST_SETS]
        ]
        print_table(["object", "name", "epoch UTC", "perigee km", "apogee km", "incl deg"], rows, right=[0, 3, 4, 5])
        if len(told["sets"]) > MOST_SETS:
            sys.stdout.write(f"... {len(told['sets']) - MOST_SETS} more; --json or --out has them\n")
    if told["rejected"]:
        sys.stdout.write(f"{told['rejected']} rows rejected\n")
        for fault in told["faults"][:SHOWN_FAULTS]:
            file = f"{fault['file']}, " if "file" in fault else ""
            sys.stdout.write(f"  {file}{fault['place']}: {fault['what']}; {fault['remedy']}\n")
        if told["rejected"] > SHOWN_FAULTS:
            sys.stdout.write(f"  ... {told['rejected'] - SHOWN_FAULTS} more; --json has them\n")
    if "out" in told:
        sys.stdout.write(f"wrote {told['out']}\n")
