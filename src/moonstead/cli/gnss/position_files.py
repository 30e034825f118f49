"""Files of `moonstead gnss position`: what is read, told apart by content, and the tables that are written."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from moonstead.foundation.errors import InvalidInput, MissingData

if TYPE_CHECKING:
    from moonstead.formats.gnss_faults import Fault
    from moonstead.formats.rinex_navigation import NavigationFile
    from moonstead.formats.rinex_observation import ObservationFile
    from moonstead.navigation.positioning.answer import PositionSeries
    from moonstead.navigation.positioning.errors import PositionErrors
    from moonstead.navigation.positioning.ionosphere import IonosphereModel
    from moonstead.navigation.satellite_states import SatelliteSource

HEAD = 1 << 16  # [bytes] of a packed file that hold its first line
KINDS = ("observation", "navigation", "sp3", "clock", "ionex")


@dataclass(frozen=True)
class Given:
    """What the files of a command line hold."""

    observations: ObservationFile
    observation_path: Path
    source: SatelliteSource
    precise: bool
    told: str
    letters: str
    ionosphere: IonosphereModel | None
    channels: dict[str, int]
    faults: tuple[Fault, ...]


def read_given(files: Sequence[Path], letters: str | None, rule: str, *, precise_first: bool) -> Given:
    """Read files in any order; each is what its first line says."""
    from moonstead.formats.rinex_observation import read_observations
    from moonstead.navigation.positioning.messages import glonass_channels, source_of_messages

    found: dict[str, list[Path]] = {kind: [] for kind in KINDS}
    for path in files:
        kind = _kind(path)
        if kind not in found:
            raise InvalidInput(
                f"{path} is {kind or 'of no kind that is known'}; positions need observations (RINEX) and "
                "navigation messages or SP3 orbits, and may take clock files and ionosphere maps"
            )
        found[kind].append(path)
    if len(found["observation"]) != 1:
        raise InvalidInput(f"positions need one observation file, got {len(found['observation'])} among the files")
    if not (found["navigation"] or found["sp3"]):
        raise MissingData("orbits are missing: give a RINEX navigation file or an SP3 file beside the observations")
    observations = read_observations(found["observation"][0], systems=letters)
    messages = _messages(found["navigation"], letters)
    faults = (*observations.faults, *(messages.faults if messages is not None else ()))
    if found["sp3"]:
        from moonstead.formats.rinex_clock import read_clocks
        from moonstead.formats.sp3 import read_sp3
        from moonstead.navigation.precise.source import PreciseSource

        orbits = read_sp3(found["sp3"])
        source: SatelliteSource = PreciseSource(orbits, read_clocks(found["clock"]) if found["clock"] else None)
        told, faults = f"precise ({orbits.agency})", (*faults, *orbits.faults)
    else:
        assert messages is not None
        source, told = source_of_messages(messages, rule), f"broadcast, {rule}"
    held = "".join(letter for letter in "GRECJIS" if letter in observations.systems)
    there = {name[0] for name in source.satellites}
    return Given(
        observations=observations,
        observation_path=found["observation"][0],
        source=source,
        precise=bool(found["sp3"]),
        told=told,
        letters="".join(letter for letter in held if letter in there and letter in "GREC") or held,
        ionosphere=_ionosphere(messages, found["ionex"]),
        channels=glonass_channels(messages, observations),
        faults=faults,
    )


def _kind(path: Path) -> str:
    """Kind of a file by its first line, without unpacking the rest where the packing allows it."""
    import bz2
    import lzma
    import zlib

    from moonstead.formats.gnss_files import unpack
    from moonstead.formats.gnss_inventory import file_kind

    makers: dict[bytes, Any] = {
        b"\x1f\x8b": lambda: zlib.decompressobj(zlib.MAX_WBITS | 16),
        b"\xfd7zXZ\x00": lzma.LZMADecompressor,
        b"BZh": bz2.BZ2Decompressor,
    }
    try:
        with path.open("rb") as file:
            raw = file.read(HEAD)
        maker = next((make for magic, make in makers.items() if raw.startswith(magic)), None)
        head = raw if maker is None else maker().decompress(raw, 200)
        if kind := file_kind(head.removeprefix(b"\xef\xbb\xbf")):
            return kind
    except (OSError, zlib.error, lzma.LZMAError, EOFError):
        pass
    return file_kind(unpack(path))  # tells what is wrong with the file, or unpacks what only opens whole


def _messages(paths: list[Path], letters: str | None) -> NavigationFile | None:
    from moonstead.formats.rinex_navigation import read_navigation

    return read_navigation(paths, systems=letters) if paths else None


def _ionosphere(messages: NavigationFile | None, maps: list[Path]) -> IonosphereModel | None:
    """A map where one is given, else what the messages tell."""
    from moonstead.navigation.positioning.messages import ionosphere_of_messages

    if len(maps) > 1:
        raise InvalidInput(f"one file of ionosphere maps can be used, got {len(maps)}")
    if maps:
        from moonstead.formats.ionex import read_ionex
        from moonstead.navigation.precise.ionosphere_maps import MapIonosphere

        return MapIonosphere(read_ionex(maps[0]))
    return None if messages is None else ionosphere_of_messages(messages)


def write_epochs(series: PositionSeries, errors: PositionErrors | None, path: Path) -> None:
    """One row for each epoch, solved or not."""
    import numpy as np

    from moonstead.formats.gnss_time import gpst_text
    from moonstead.foundation.constants import SPEED_OF_LIGHT

    columns: dict[str, Any] = {
        "gpst": [gpst_text(float(time)) for time in series.gpst],
        "gpst_s": series.gpst,
        "status": series.status,
        **{f"{axis}_m": series.position[:, number] for number, axis in enumerate("xyz")},
        **{f"sigma_{axis}_m": np.sqrt(series.covariance[:, n, n]) for n, axis in enumerate("xyz")},
        "satellites_used": np.count_nonzero(series.used, axis=1),
        "satellites_excluded": np.count_nonzero(series.excluded, axis=1),
        "pdop": series.dilution[:, 1],
        "horizontal_protection_m": series.protection[:, 0],
        "vertical_protection_m": series.protection[:, 1],
        **{f"clock_{name}_m": series.clocks[:, n] * SPEED_OF_LIGHT for n, name in enumerate(series.clock_names)},
        **{f"v{axis}_m_s": series.velocity[:, number] for number, axis in enumerate("xyz")},
        "clock_drift": series.clock_drift,
    }
    if errors is not None:
        columns |= {"east_m": errors.east, "north_m": errors.north, "up_m": errors.up, "error_3d_m": errors.distance}
    _write("epochs", "Position of each epoch", columns, path)


def write_residuals(series: PositionSeries, given: Given, path: Path) -> None:
    """One row for each measurement that was used or excluded, with the codes' noise and multipath."""
    import numpy as np

    from moonstead.formats.gnss_time import gpst_text
    from moonstead.navigation.positioning.multipath import multipath_view

    epoch, column = np.nonzero(series.used | series.excluded)
    letters = "".join(sorted({name[0] for name in series.satellites}))
    names, signals, multipath = multipath_view(given.observations, letters, given.channels)
    place = np.array([names.index(name) if name in names else -1 for name in series.satellites])[column]
    known = place >= 0
    views = np.where(known[:, None], multipath[epoch, np.maximum(place, 0)], np.nan)
    texts = np.array([gpst_text(float(time)) for time in series.gpst])
    pairs = [signals[number] if number >= 0 else ("", "") for number in place.tolist()]
    _write(
        "residuals",
        "Residuals, noise and multipath of each measurement",
        {
            "gpst": texts[epoch],
            "gpst_s": series.gpst[epoch],
            "satellite": np.array(series.satellites)[column],
            "elevation_deg": np.degrees(series.elevation[epoch, column]),
            "azimuth_deg": np.degrees(series.azimuth[epoch, column]) % 360.0,
            "residual_m": series.residuals[epoch, column],
            "excluded": series.excluded[epoch, column].astype(np.int64),
            "first_code": [pair[0] for pair in pairs],
            "second_code": [pair[1] for pair in pairs],
            "first_multipath_m": views[:, 0],
            "second_multipath_m": views[:, 1],
        },
        path,
    )


def _write(name: str, description: str, columns: dict[str, Any], path: Path) -> None:
    """A table as CSV, or as Parquet, in SI and degrees as the names of columns say."""
    import numpy as np

    if path.suffix.lower() == ".csv":
        with path.open("w", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(columns)
            writer.writerows(
                ["" if isinstance(cell, float) and cell != cell else cell for cell in row]
                for row in zip(*(np.asarray(column).tolist() for column in columns.values()), strict=True)
            )
        return
    import tempfile

    from moonstead.run.tables import Table, write_table

    units = {key: _unit(key) for key in columns}
    with tempfile.TemporaryDirectory(prefix="moonstead-") as scratch:
        table = Table(
            name=name, columns={k: np.asarray(v) for k, v in columns.items()}, units=units, description=description
        )
        path.write_bytes(write_table(table, Path(scratch)).read_bytes())


def _unit(key: str) -> str:
    """Unit that a column's name ends in."""
    endings = {"_m_s": "m/s", "_m": "m", "_s": "s", "_deg": "deg"}
    return next((unit for ending, unit in endings.items() if key.endswith(ending)), "1")
