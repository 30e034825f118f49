"""What readers of satellite navigation make of files that are wrong.

    python -m benchmarks.navigation_hostile [cut] [flipped] [arranged] [garbage]    variables: CASES (200), FILES (text)

Every shared file of observations, messages, orbits, clocks and antennas; `CASES` random places of each. A file is
refused with its reason, or read with faults told; "silent" counts files of which something was lost or changed in
structure without a word, "false" those that gave a number that the whole file does not have. For cut files the second
must be 0, and the first counts cuts right between two records of a format without a mark at its end, which nobody can
see. A digit that became another digit cannot be seen either: flipped bytes become what is no number.
"""

from __future__ import annotations

import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import ROOT
from moonstead.formats.antex import read_antex
from moonstead.formats.gnss_files import unpack
from moonstead.formats.gnss_inventory import file_kind, inventory
from moonstead.formats.rinex_clock import read_clocks
from moonstead.formats.rinex_navigation import read_navigation
from moonstead.formats.rinex_observation import read_observations
from moonstead.formats.sp3 import read_sp3
from moonstead.foundation.errors import MoonsteadError

REAL = ROOT.parent / "shared" / "data" / "gnss"
CASES = int(os.environ.get("CASES", "200"))
FILES = os.environ.get("FILES", "")
LINES = 1_000_000
READERS: dict[str, Callable] = {
    "observation": read_observations,
    "navigation": read_navigation,
    "sp3": read_sp3,
    "clock": read_clocks,
    "antex": read_antex,
}
Rows = dict[tuple, Any]


def rows_of(kind: str, read) -> Rows:
    """What a file says, as numbers by place: the truth that a part of it must agree with."""
    if kind == "observation":
        return {
            (letter, code): _keyed(read.gpst, system.satellites, system.of(code))
            for letter, system in read.systems.items()
            for code in system.codes
        }
    if kind == "navigation":
        said = read.messages
        numbers = np.column_stack([said.reference, said.clock_reference, said.clock, said.orbit, said.state])
        names = zip(said.satellite.tolist(), said.kind.tolist(), strict=True)
        return {("messages",): {(*name, row.tobytes()) for name, row in zip(names, numbers, strict=True)}}
    if kind == "sp3":
        tables = {"x": read.position[:, :, 0], "z": read.position[:, :, 2], "clock": read.clock}
        return {(name,): _keyed(read.gpst, read.satellites, table) for name, table in tables.items()}
    if kind == "clock":
        return {("clock",): _keyed(read.gpst, read.satellites, read.clock)}
    return {
        (one.type, one.serial, one.begin, name): np.concatenate([pattern.offset, pattern.variation])
        for one in read.antennas
        for name, pattern in one.patterns.items()
    }


def _keyed(gpst, satellites, table) -> np.ndarray:
    """Rows (key of time and satellite, value) of what a table (E, S) holds, keys rising."""
    epoch, place = np.nonzero(np.isfinite(table))
    names = np.array([ord(name[0]) * 100 + int(name[1:]) for name in satellites], dtype=np.int64)
    keyed = np.empty(epoch.size, dtype=[("key", np.int64), ("value", float)])
    keyed["key"] = np.round(1e3 * gpst[epoch]).astype(np.int64) * 10_000 + names[place]
    keyed["value"] = table[epoch, place]
    return keyed[np.argsort(keyed["key"], kind="stable")]


def false_values(kind: str, part: Rows, whole: Rows) -> int:
    """Numbers of a part that the whole does not have."""
    wrong = 0
    for key, values in part.items():
        known = whole.get(key)
        if known is None:
            wrong += len(values)
        elif kind == "navigation":
            wrong += len(values - known)
        elif values.dtype.names:
            there = np.minimum(np.searchsorted(known["key"], values["key"]), max(known.size - 1, 0))
            wrong += int(np.count_nonzero(known[there] != values)) if known.size else values.size
        else:
            wrong += not np.array_equal(values, known, equal_nan=True)
    return wrong


class Tally:
    """Counts of what became of many files, and the slowest of them."""

    def __init__(self, name: str, kind: str, whole: Rows) -> None:
        self.name, self.kind, self.whole = name, kind, whole
        self.size = sum(map(len, whole.values()))
        self.refused = self.told = self.good = self.silent = self.false = self.crashed = 0
        self.slowest = 0.0

    def add(self, path: Path, *, lossless: bool = False) -> None:
        begin = time.process_time()
        try:
            read = READERS[self.kind](path)
        except MoonsteadError as error:
            self.refused += 1
            assert path.name in str(error), error
            return
        except Exception as error:
            self.crashed += 1
            print(f"    crash: {type(error).__name__}: {error}", flush=True)
            return
        finally:
            self.slowest = max(self.slowest, time.process_time() - begin)
        part = rows_of(self.kind, read)
        self.false += bool(false_values(self.kind, part, self.whole))
        lost = sum(map(len, part.values())) < self.size
        if read.faults:
            self.told += 1
        elif lost and not lossless:
            self.silent += 1
        else:
            self.good += 1

    def __str__(self) -> str:
        return (
            f"{self.name[:24]:24s} {self.kind:11s} refused {self.refused:4d}  told {self.told:4d}"
            f"  whole {self.good:4d}  silent {self.silent:3d}  false {self.false:3d}  crashed {self.crashed:3d}"
            f"  slowest {self.slowest:5.2f} s"
        )


def files() -> Iterator[tuple[str, str, bytes]]:
    """Name, kind and text of the shared files."""
    for path in sorted(REAL.glob("*.*z")):
        if FILES in path.name:
            text = unpack(path).rstrip(b"\n") + b"\n"  # a file that ends without a line feed is told of, cut or not
            yield path.name, file_kind(text), text


def _whole(kind: str, text: bytes, path: Path) -> Rows:
    path.write_bytes(text)
    return rows_of(kind, READERS[kind](path))


def cut() -> None:
    """Files cut at random bytes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cut.txt"
        for name, kind, text in files():
            tally = Tally(name, kind, _whole(kind, text, path))
            for size in np.random.default_rng(5).integers(0, len(text), CASES):
                path.write_bytes(text[:size])
                tally.add(path)
            print(tally, flush=True)


def flipped() -> None:
    """Single bytes changed to others at random: digits to what is no digit, blanks to letters."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "flipped.txt"
        for name, kind, text in files():
            tally = Tally(name, kind, _whole(kind, text, path))
            random = np.random.default_rng(6)
            for place in random.integers(0, len(text), CASES):
                byte = bytes([int(random.choice(np.frombuffer(b"x?*Z~\xe9,", dtype=np.uint8)))])
                path.write_bytes(text[:place] + byte + text[place + 1 :])
                tally.add(path)
            print(tally, flush=True)


def arranged() -> None:
    """Files with lines twice, headers gone, other line ends, damaged packing."""
    import gzip
    import lzma

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "arranged.txt"
        for name, kind, text in files():
            if len(text) > 4_000_000:
                continue
            whole = _whole(kind, text, path)
            head = text.find(b"END OF HEADER")
            start = text.find(b"\n", head) + 1 if head >= 0 else text.find(b"\n*") + 1
            lines = text.split(b"\n")
            mixed = np.random.default_rng(1).permutation(np.array(lines, dtype=object))
            packed, tight = gzip.compress(text), lzma.compress(text[:200_000])
            cases = {
                "line ends of DOS": (text.replace(b"\n", b"\r\n"), True),
                "byte-order mark": (b"\xef\xbb\xbf" + text, True),
                "data twice": (text.removesuffix(b"EOF\n") + text[start:], False),
                "file twice": (text + text, False),
                "no header": (text[start:], False),
                "no first line": (b"\n".join(lines[1:]), False),
                "lines shuffled": (b"\n".join(mixed), False),
                "empty": (b"", False),
                "binary": (np.random.default_rng(2).bytes(100_000), False),
                "gzip cut": (packed[: len(packed) // 2], False),
                "xz cut": (tight[: len(tight) // 2], False),
            }
            for case, (content, lossless) in cases.items():
                path.write_bytes(content)
                tally = Tally(f"{name[:8]} {case}", kind, whole)
                tally.add(path, lossless=lossless)
                if tally.crashed or tally.false or (lossless and not tally.good and not tally.told):
                    print(tally, flush=True)
            print(f"{name[:40]:40s} {len(cases)} arrangements", flush=True)


def garbage() -> None:
    """A million lines of garbage, alone and behind each kind of header; memory and time stay bounded."""
    random = np.random.default_rng(3)
    block = random.integers(32, 127, (1000, 80), dtype=np.uint8)
    block[:, -1] = 10
    noise = block.tobytes() * (LINES // 1000)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "garbage.txt"
        path.write_bytes(noise)
        _told("garbage alone", lambda: inventory(path))
        seen: set[str] = set()
        for name, kind, text in files():
            head = text.find(b"END OF HEADER")
            start = text.find(b"\n", head) + 1 if head >= 0 else text.find(b"\n*") + 1
            key = kind + str(b"CRINEX" in text[:100])
            if key in seen:
                continue
            seen.add(key)
            path.write_bytes(text[:start] + noise)
            _told(f"garbage after the header of {name[:8]} ({kind})", lambda kind=kind: READERS[kind](path))
            path.write_bytes(text[: start + 100_000] + noise)
            _told(f"garbage after some data of {name[:8]}", lambda kind=kind: READERS[kind](path))


def _told(name: str, work: Callable[[], object]) -> None:
    begin = time.process_time()
    try:
        read = work()
        said = f"{len(read.faults)} faults told, the first: {read.faults[0] if read.faults else 'none'}"  # type: ignore[attr-defined]
    except MoonsteadError as error:
        said = f"{type(error).__name__}: {error}"
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    print(f"{name:52s} {time.process_time() - begin:6.2f} s  {most:6.0f} MB at most  {said[:200]}", flush=True)


def main() -> None:
    subjects = {"cut": cut, "flipped": flipped, "arranged": arranged, "garbage": garbage}
    for name in sys.argv[1:] or subjects:
        print(f"-- {name}", flush=True)
        subjects[name]()


if __name__ == "__main__":
    main()
