"""Ephemeris files of the catalogue: kept as they came, answered as trajectories."""

from __future__ import annotations

import hashlib
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from moonstead.dynamics.trajectories import TabulatedTrajectory
from moonstead.dynamics.trajectory import Trajectory
from moonstead.formats.oem import Oem, read_oem
from moonstead.formats.oem_trajectory import oem_trajectory
from moonstead.foundation.ephemeris.spk import open_spk
from moonstead.foundation.errors import InvalidInput, MissingData
from moonstead.foundation.frames.standard import ICRF
from moonstead.monitoring.catalogue.entries import EphemerisEntry, designator_of, identifier_of
from moonstead.monitoring.catalogue.segments import FILES, write_once
from moonstead.monitoring.catalogue.store import CatalogueStore

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext

SPK_MAGIC = (b"DAF/SPK", b"NAIF/DAF")
SPK_STEP = 60.0  # [s] between samples of an SPK file
SPK_DEGREE = 7  # of the Hermite polynomials between them
NAMED_CENTERS = {399: "EARTH", 301: "MOON", 10: "SUN", 3: "EARTH BARYCENTER", 0: "SOLAR SYSTEM BARYCENTER"}


def describe_ephemeris(
    path: str | os.PathLike[str], data: DataContext, object_id: int | None = None
) -> list[EphemerisEntry]:
    """What objects an OEM or SPK file has, and when.

    Parameters
    ----------
    path : path
        The file.
    data : DataContext
        Earth orientation, for files in UT1.
    object_id : int, optional
        Identifier of the object, where the file has one object. Left out: made of what the file calls it.

    Returns
    -------
    list of EphemerisEntry
        One for each object and centre.

    Raises
    ------
    InvalidInput
        The file is neither, damaged, or has several objects and one identifier was given.
    MissingData
        There is no such file.
    """
    path = Path(path)
    try:
        with open(path, "rb") as stream:
            binary = stream.read(8).startswith(SPK_MAGIC)
    except (FileNotFoundError, IsADirectoryError) as error:
        raise MissingData(f"{path}: there is no such file; check the path") from error
    entries = _spk_entries(path) if binary else _oem_entries(path, data)
    if object_id is not None:
        if len({one.target for one in entries}) > 1:
            raise InvalidInput(f"{path} has {len(entries)} objects; leave the identifier out, or split the file")
        entries = [replace(one, object_id=object_id) for one in entries]
    return entries


def keep_ephemeris(
    store: CatalogueStore, path: str | os.PathLike[str], data: DataContext, object_id: int | None = None
) -> list[EphemerisEntry]:
    """Copy an OEM or SPK file into a store and enter its objects.

    Parameters
    ----------
    store : CatalogueStore
        The store.
    path : path
        The file.
    data : DataContext
        Earth orientation, for files in UT1.
    object_id : int, optional
        Identifier of the object, where the file has one object. Left out: the catalogue number of the element sets with
        the same international designator, else one made of what the file calls it.

    Returns
    -------
    list of EphemerisEntry
        What was entered; on disk when it is returned. A file that is there already is not copied again.

    Raises
    ------
    InvalidInput
        The file is neither, damaged, or has several objects and one identifier was given.
    MissingData
        There is no such file.
    """
    path = Path(path)
    entries = describe_ephemeris(path, data, object_id)
    if object_id is None:
        known = [store.number_of(designator_of(one.target)) for one in entries]
        entries = [
            replace(one, object_id=one.object_id if number is None else number)
            for one, number in zip(entries, known, strict=True)
        ]
    raw = path.read_bytes()
    name = f"{hashlib.sha256(raw).hexdigest()[:32]}{''.join(path.suffixes[-2:])}"
    folder = store.folder / FILES
    if not (folder / name).is_file():
        write_once(folder, name, lambda target: target.write_bytes(raw))
    entries = [replace(one, file=folder / name) for one in entries]
    store.add_ephemerides(entries)
    return entries


def entry_trajectory(
    entry: EphemerisEntry, data: DataContext, start: float | None = None, stop: float | None = None
) -> Trajectory:
    """An ephemeris of the catalogue as trajectory.

    Parameters
    ----------
    entry : EphemerisEntry
        The ephemeris.
    data : DataContext
        Bodies that an SPK file refers to.
    start, stop : float, optional [s TDB past J2000]
        What is needed of it: an SPK file is sampled there. Left out: all.

    Returns
    -------
    Trajectory
        About the centre of the entry, in its axes.

    Raises
    ------
    InvalidInput
        The file is damaged, or its frame has no counterpart here.
    OutsideSpan
        The file, or the ephemeris of its centre, does not cover the span.

    Source
    ------
    CCSDS 502.0-B-3 (2023), section 5 (OEM); NAIF, SPK Required Reading.
    """
    name = entry.name or str(entry.object_id)
    if entry.kind == "OEM":
        message = read_oem(entry.file, data.earth_orientation)
        kept = tuple(
            part
            for part in message.segments
            if _called(part.metadata.object_id, part.metadata.object_name) == entry.target
        )
        return oem_trajectory(Oem(message.header, kept), name)
    files = data.ephemeris.with_file(entry.file)
    first, last = (
        (entry.start if start is None else max(start, entry.start)),
        (entry.stop if stop is None else min(stop, entry.stop)),
    )
    count = max(int(np.ceil((last - first) / SPK_STEP)) + 1, SPK_DEGREE + 1)
    tdb = np.linspace(first, last, count)
    states = files.state(int(entry.target), entry.center, tdb)
    return TabulatedTrajectory(name, entry.center, ICRF, tdb, states, SPK_DEGREE, "hermite")


def _oem_entries(path: Path, data: DataContext) -> list[EphemerisEntry]:
    message = read_oem(path, data.earth_orientation)
    entries = []
    targets = dict.fromkeys(_called(part.metadata.object_id, part.metadata.object_name) for part in message.segments)
    for target in targets:
        kept = tuple(
            part for part in message.segments if _called(part.metadata.object_id, part.metadata.object_name) == target
        )
        flown = oem_trajectory(Oem(message.header, kept))
        start, stop = flown.span
        entries.append(
            EphemerisEntry(
                object_id=identifier_of(target),
                name=kept[0].metadata.object_name,
                kind="OEM",
                target=target,
                center=flown.center,
                frame=flown.frame.name,
                start=start,
                stop=stop,
                file=path,
                source=path.name,
            )
        )
    return entries


def _called(object_id: str, name: str) -> str:
    return object_id.strip() or name.strip()


def _spk_entries(path: Path) -> list[EphemerisEntry]:
    spans: dict[tuple[int, int], tuple[float, float, str]] = {}
    for segment in open_spk(path):
        key = (segment.target, segment.center)
        first, last, name = spans.get(key, (np.inf, -np.inf, segment.name.strip()))
        spans[key] = (min(first, segment.start), max(last, segment.stop), name)
    entries = []
    for (target, center), (start, stop, name) in spans.items():
        if target >= 0 and target < 10_000:
            continue  # planets and their moons are no objects of the catalogue
        if center not in NAMED_CENTERS:
            raise InvalidInput(
                f"{path}: body {target} is given about body {center}; give it about the Earth or the Moon"
            )
        entries.append(
            EphemerisEntry(
                object_id=identifier_of(f"NAIF {target}"),
                name=name,
                kind="SPK",
                target=str(target),
                center=NAMED_CENTERS[center],
                frame=ICRF.name,
                start=start,
                stop=stop,
                file=path,
                source=path.name,
            )
        )
    if not entries:
        raise InvalidInput(f"{path} has no spacecraft, only planets and moons; give an SPK file of a spacecraft")
    return entries
