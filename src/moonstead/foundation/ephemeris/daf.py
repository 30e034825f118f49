"""NAIF's double precision array files (DAF), the container of SPK and binary PCK files."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.errors import InvalidInput, MissingData

Array = NDArray[np.float64]

RECORD_BYTES = 1024
WORDS_PER_RECORD = 128
TRANSFER_CHECK = b"FTPSTR:\r:\n:\r\n:\r\x00:\x81:\x10\xce:ENDFTP"
TRANSFER_CHECK_OFFSET = 699  # [bytes]
BINARY_FORMATS = {b"LTL-IEEE": "<", b"BIG-IEEE": ">"}


@dataclass(frozen=True, slots=True)
class DafArray:
    """One array of a DAF with its summary.

    Attributes
    ----------
    name : str
        Name of the array, 40 characters or fewer.
    doubles : tuple of float [s TDB past J2000]
        Double precision part of the summary: first and last time in SPK and PCK files.
    integers : tuple of int
        Integer part of the summary without the two addresses.
    words : (K,) memory map [as in the file]
        The words of the array, in the byte order of the file.
    """

    name: str
    doubles: tuple[float, ...]
    integers: tuple[int, ...]
    words: Array


@dataclass(frozen=True, slots=True)
class Daf:
    """A DAF with its arrays.

    Attributes
    ----------
    path : Path
        The file.
    kind : str
        ``"SPK"`` or ``"PCK"``.
    arrays : tuple of DafArray
        In the order of the file.
    """

    path: Path
    kind: str
    arrays: tuple[DafArray, ...]


def open_daf(path: Path | str, kind: str) -> Daf:
    """Map a DAF of one kind into memory and list its arrays; the data are read when they are used.

    Parameters
    ----------
    path : path
        A binary file of either byte order.
    kind : str
        ``"SPK"`` or ``"PCK"``.

    Returns
    -------
    Daf
        The arrays in the order of the file.

    Raises
    ------
    MissingData
        There is no such file.
    InvalidInput
        The file is no DAF, is of another kind, is cut short or damaged.

    Source
    ------
    NAIF, DAF Required Reading: file record, summary records, name records.
    """
    path = Path(path)
    if not path.is_file():
        raise MissingData(f"there is no file {path}; name an existing {kind} file")
    size = path.stat().st_size
    with path.open("rb") as stream:
        head = stream.read(RECORD_BYTES)
    order = _byte_order(path, head, kind)
    doubles, integers = struct.unpack_from(f"{order}2i", head, 8)
    forward, _, free = struct.unpack_from(f"{order}3i", head, 76)
    if not (0 < doubles <= 124 and 2 <= integers <= 250 and doubles + (integers + 1) // 2 <= 125):
        raise _damaged(path, f"its summaries claim {doubles} doubles and {integers} integers")
    if (doubles, integers) != _SUMMARY_SHAPE[kind]:
        raise InvalidInput(f"{path} is a DAF, but its summaries are not those of a {kind} file")
    held = size // 8
    if free - 1 > held:
        raise _damaged(path, f"it should hold {free - 1} words of 8 bytes and holds {held}: it is cut short")
    words: Array = np.asarray(np.memmap(path, dtype=f"{order}f8", mode="r", shape=(held,)))
    return Daf(path, kind, tuple(_arrays(path, words, order, doubles, integers, forward, free)))


_SUMMARY_SHAPE = {"SPK": (2, 6), "PCK": (2, 5)}


def _byte_order(path: Path, head: bytes, kind: str) -> str:
    if not head:
        raise InvalidInput(f"{path} is empty; copy the {kind} file again")
    identity = head[:8]
    if head.startswith(b"DAFETF"):
        raise InvalidInput(f"{path} is a DAF in transfer format; turn it into a binary file with NAIF's tobin first")
    if identity.startswith(b"DAF/") and identity[4:7].decode("ascii", "replace") != kind:
        found = identity[4:8].decode("ascii", "replace").strip()
        raise InvalidInput(f"{path} is a DAF of kind {found}, not {kind}; give a binary {kind} file")
    if not (identity.startswith(b"DAF/") or identity == b"NAIF/DAF"):
        raise InvalidInput(f"{path} is not a binary {kind} file: it begins with {identity!r}, not with b'DAF/{kind} '")
    if len(head) < RECORD_BYTES:
        raise _damaged(path, f"it has {len(head)} bytes, less than one record of {RECORD_BYTES}: it is cut short")
    check = head[TRANSFER_CHECK_OFFSET : TRANSFER_CHECK_OFFSET + len(TRANSFER_CHECK)]
    if b"FTPSTR" in head and check != TRANSFER_CHECK:
        raise _damaged(path, "it was transferred as text, which changes its bytes")
    stated = head[88:96]
    if stated in BINARY_FORMATS:
        return BINARY_FORMATS[stated]
    if stated.strip(b"\x00 "):
        raise InvalidInput(f"{path} has the binary format {stated!r}; only LTL-IEEE and BIG-IEEE are read")
    return _guessed_order(path, head)


def _guessed_order(path: Path, head: bytes) -> str:
    # Files from before 1999 do not state their format; the small counts are plausible in one byte order only.
    for order in "<>":
        doubles, integers = struct.unpack_from(f"{order}2i", head, 8)
        if 0 <= doubles <= 124 and 2 <= integers <= 250:
            return order
    raise _damaged(path, "its first record makes sense in neither byte order")


def _arrays(
    path: Path, words: Array, order: str, doubles: int, integers: int, forward: int, free: int
) -> list[DafArray]:
    size = doubles + (integers + 1) // 2
    found: list[DafArray] = []
    record, seen = forward, set[int]()
    while record:
        first = (record - 1) * WORDS_PER_RECORD
        if record in seen or record < 2 or first + 2 * WORDS_PER_RECORD > words.size:
            raise _damaged(path, f"its list of arrays leads to record {record}")
        seen.add(record)
        block = words[first : first + WORDS_PER_RECORD].tobytes()
        names = words[first + WORDS_PER_RECORD : first + 2 * WORDS_PER_RECORD].tobytes()
        following, _, count = struct.unpack_from(f"{order}3d", block)
        if not (0 <= count <= 125 // size) or not 0 <= following <= words.size // WORDS_PER_RECORD:
            raise _damaged(path, f"record {record} claims {count:g} arrays and record {following:g} next")
        for index in range(int(count)):
            offset = 24 + 8 * size * index
            real = struct.unpack_from(f"{order}{doubles}d", block, offset)
            whole = struct.unpack_from(f"{order}{integers}i", block, offset + 8 * doubles)
            begin, end = whole[-2:]
            if not (0 < begin <= end < max(free, 1)):
                raise _damaged(path, f"its array {len(found) + 1} claims the words {begin} to {end}")
            text = names[8 * size * index : 8 * size * (index + 1)].decode("latin-1").strip("\x00 ")
            found.append(DafArray(text, real, whole[:-2], words[begin - 1 : end]))
        record = int(following)
    return found


def _damaged(path: Path, how: str) -> InvalidInput:
    return InvalidInput(f"{path} is damaged: {how}; copy the file again")
