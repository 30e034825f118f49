"""Compact RINEX (Hatanaka) back to RINEX."""

from __future__ import annotations

import os
from dataclasses import dataclass

import numpy as np

from moonstead.formats.gnss_faults import Fault, FaultLog
from moonstead.foundation.kernel_cache import prepare

SYSTEMS = "GRECJISL"  # in the order of the kernel's tables
MOST_TYPES = 400  # observation types of one system: twice what all signals of any system have
EPOCH_SIZE = 4096  # [characters] of an epoch line: room for 1300 satellites
MOST_SATELLITES = 999  # of one epoch: three digits
ROOM = 1 << 24  # [bytes] restored at a time
SAID = (  # in the order of the kernel's faults, from 1
    "",
    "the compact file ends inside an epoch",
    "no epoch line of compact RINEX",
    "a field is no number",
    "a difference without a series that it continues",
    "the epoch line does not name as many satellites as it counts",
    "the line is longer than its kind can be",
    "a number does not fit into its field",
)


@dataclass(frozen=True, slots=True)
class RestoredRinex:
    """RINEX out of compact RINEX.

    Attributes
    ----------
    text : bytes
        The RINEX file; where the compact file is damaged, up to there and from the next full epoch on.
    faults : tuple of Fault
        What could not be restored; lines are those of the compact file.
    """

    text: bytes
    faults: tuple[Fault, ...]


def is_compact(text: bytes) -> bool:
    """Whether a text is compact RINEX: its first line says so in columns 61 to 73."""
    return text[:200].split(b"\n", 1)[0][60:73] == b"CRINEX VERS  "


def restore_rinex(text: bytes, path: str | os.PathLike[str]) -> RestoredRinex:
    """RINEX observation file out of compact RINEX 1 (of RINEX 2) or 3 (of RINEX 3 and 4).

    Numbers are exact: the file holds integers. Blanks at line ends, which the compact file does not keep, are left
    out.

    Parameters
    ----------
    text : bytes
        The compact file, unpacked; `is_compact` holds.
    path : path
        Its name, for messages.

    Returns
    -------
    RestoredRinex
        The text and what was lost.

    Raises
    ------
    FormatError
        The version is unknown, or the header is damaged.

    Source
    ------
    Hatanaka (2008), A compression format and tools for GNSS observation data, Bulletin of the Geographical Survey
    Institute 55, 21-30.
    """
    log = FaultLog(path)
    version_line, _, rest = text.partition(b"\n")
    version = version_line[:20].strip()
    if version not in (b"1.0", b"3.0", b"3.1"):
        said = version.decode("ascii", "replace")
        raise log.refusal(f"compact RINEX of version {said!r}", "versions 1.0, 3.0 and 3.1 are known", 1)
    body = rest.partition(b"\n")[2]
    end = body.find(b"END OF HEADER")
    start = body.find(b"\n", end) + 1
    if end < 0 or start == 0:
        raise log.refusal("the header has no END OF HEADER and data after it", "fetch the file again")
    header = body[:start]
    kind = 1 if version == b"1.0" else 3
    types = _types(header, kind)
    if not types.any() or int(types.max()) > MOST_TYPES:
        raise log.refusal(
            f"the header gives {int(types.max())} observation types", f"1 to {MOST_TYPES} are known; fetch it again"
        )
    pieces = [header, *_restored(body[start:], kind, types, 3 + header.count(b"\n"), log)]
    return RestoredRinex(b"".join(pieces), log.faults)


def _types(header: bytes, kind: int) -> np.ndarray:
    """Observation types of each system as the header counts them, (8,)."""
    types = np.zeros(len(SYSTEMS), dtype=np.int64)
    for line in header.split(b"\n"):
        label = line[60:80].rstrip()
        if kind == 3 and label == b"SYS / # / OBS TYPES" and line[:1].decode("latin-1") in SYSTEMS and line[:1].strip():
            count = line[3:6].strip()
            types[SYSTEMS.index(line[:1].decode())] = int(count) if count.isdigit() else 0
        elif kind == 1 and label == b"# / TYPES OF OBSERV" and line[:6].strip().isdigit():
            types[:] = int(line[:6])
    return types


def _restored(data: bytes, kind: int, types: np.ndarray, first_line: int, log: FaultLog) -> list[bytes]:
    """Text of the epochs, in pieces; faults go into the log."""
    prepare()
    from moonstead.formats import compact_rinex_kernels as kernels

    width = max(int(types.max()), MOST_TYPES if b"OF OBS" in data or b"OBS TYPES" in data else 0)
    slots, levels = 100 * len(SYSTEMS), kernels.MOST_ORDER + 1
    orders = np.full((slots, width), kernels.NO_ARC, dtype=np.int64)
    counts = np.zeros((slots, width), dtype=np.int64)
    differences = np.zeros((slots, width, levels), dtype=np.int64)
    flags = np.full((slots, 2 * width), kernels.BLANK, dtype=np.uint8)
    last_seen = np.full(slots, -2, dtype=np.int64)
    clock = (
        np.full((1, 1), kernels.NO_ARC, dtype=np.int64),
        np.zeros((1, 1), dtype=np.int64),
        np.zeros((1, 1, levels), dtype=np.int64),
    )
    cursor = np.zeros(8, dtype=np.int64)
    cursor[kernels.LINE] = first_line
    epoch = np.full(EPOCH_SIZE, kernels.BLANK, dtype=np.uint8)
    source = np.frombuffer(data, dtype=np.uint8)
    margin = 20_000 + MOST_SATELLITES * (17 * width + 10)
    out = np.empty(max(ROOM, 2 * margin), dtype=np.uint8)
    pieces: list[bytes] = []
    while True:
        status = kernels.restore_kernel(
            source, kind, types, cursor, epoch, orders, counts, differences, flags, last_seen, clock, out, margin
        )
        pieces.append(out[: cursor[kernels.WRITTEN]].tobytes())
        cursor[kernels.WRITTEN] = 0
        if status == kernels.DONE:
            return pieces
        if status == kernels.DAMAGED:
            log.note(
                int(cursor[kernels.FAULT_LINE]),
                SAID[int(cursor[kernels.FAULT])],
                "what follows is lost up to the next full epoch; fetch the file again",
            )
