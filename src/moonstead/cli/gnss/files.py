"""Which files of a command line are messages and which are precise products: told by content, never by name."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from moonstead.foundation.errors import InvalidInput

if TYPE_CHECKING:
    from moonstead.formats.gnss_faults import Fault
    from moonstead.navigation.satellite_states import SatelliteSource

GPS_START = datetime(1980, 1, 6, tzinfo=UTC)
LETTERS = "GRECJIS"


def sorted_files(files: Sequence[Path]) -> tuple[list[Path], list[Path]]:
    """Navigation files and SP3 files among files in any order; others are refused by name."""
    from moonstead.formats.gnss_files import open_text
    from moonstead.formats.gnss_inventory import file_kind

    found: dict[str, list[Path]] = {"navigation": [], "sp3": []}
    for path in files:
        kind = file_kind(open_text(path))
        if kind not in found:
            what = f"{path} is of kind {kind!r}" if kind else f"{path} is of no kind that is known"
            raise InvalidInput(f"{what}; give RINEX navigation files and SP3 files")
        found[kind].append(path)
    return found["navigation"], found["sp3"]


def letters_of(text: str | None) -> str | None:
    """Letters of systems, checked; None for all."""
    if text is None:
        return None
    letters = text.upper().replace(",", "")
    if not letters or set(letters) - set(LETTERS):
        raise InvalidInput(
            f"--systems names letters of {LETTERS} (GPS, GLONASS, Galileo, BeiDou, QZSS, NavIC, SBAS); got {text!r}"
        )
    return letters


def any_source(files: Sequence[Path]) -> tuple[SatelliteSource, list[str], tuple[Fault, ...]]:
    """Source of satellite states out of navigation files or SP3 files, what it is, and faults of the files."""
    navigation, precise = sorted_files(files)
    if precise:
        from moonstead.formats.sp3 import read_sp3
        from moonstead.navigation.precise.source import PreciseSource

        orbits = read_sp3(precise)
        return PreciseSource(orbits), [str(path) for path in precise], orbits.faults
    from moonstead.formats.rinex_navigation import read_navigation
    from moonstead.navigation.broadcast.source import BroadcastSource

    messages = read_navigation(navigation)
    return BroadcastSource.from_file(messages), [str(path) for path in navigation], messages.faults


def gpst_of(text: str, option: str) -> float:
    """GPS time [s] of a date and time, read as GPS time."""
    try:
        moment = datetime.fromisoformat(text.removesuffix(" GPST").removesuffix("Z"))
    except ValueError:
        raise InvalidInput(
            f"{option} is a date and time such as 2022-01-01T00:00:00, in GPS time; got {text!r}"
        ) from None
    return (moment.replace(tzinfo=UTC) - GPS_START).total_seconds()
