"""How fast navigation messages are read, written and evaluated, and what becomes of files that are wrong.

    python -m benchmarks.navigation_messages [speed] [hostile]

Process CPU time; the data are those of ../shared/data/gnss.
"""

from __future__ import annotations

import gzip
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

import numpy as np

from benchmarks import ROOT
from moonstead.formats.broadcast_messages import BroadcastMessages
from moonstead.formats.rinex_navigation import read_navigation, write_navigation
from moonstead.foundation.errors import MoonsteadError
from moonstead.navigation.broadcast.source import BroadcastSource

REAL = ROOT.parent / "shared" / "data" / "gnss"
DAY = REAL / "BRDC00IGS_R_20220010000_01D_MN.rnx.gz"
ROUNDS = 5
TRIALS = 200
Result = TypeVar("Result")


def speed() -> None:
    """CPU seconds of a merged day: reading, writing, states each 5 minutes of all satellites."""
    navigation = _timed("read", lambda: read_navigation(DAY))
    print(f"  {len(navigation.messages)} messages, {len(navigation.faults)} faults")
    with tempfile.TemporaryDirectory() as folder:
        _timed("write", lambda: write_navigation(Path(folder) / "day.rnx", navigation))
    for systems in ("RC", "GREC"):
        part = read_navigation(DAY, systems=systems)
        source = _timed(f"{systems}: prepare", lambda part=part: BroadcastSource.from_file(part))
        times = np.median(part.messages.reference) + np.arange(-144, 144) * 300.0
        index = np.repeat(np.arange(len(source.satellites)), times.size)
        gpst = np.tile(times, len(source.satellites))
        states = _timed(f"{systems}: states", lambda s=source, i=index, t=gpst: s.states(i, t))
        print(f"  {gpst.size} states, {states.valid.sum()} valid")


def hostile() -> None:
    """What the reader makes of cut, flipped and foreign files: messages that are right, faults, or a clear error."""
    text = gzip.decompress(DAY.read_bytes())
    dice = random.Random(7)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "wrong.rnx"
        _trials("cut anywhere", path, (text[: dice.randrange(len(text))] for _ in range(TRIALS)))
        _trials("one byte changed", path, (_flipped(text, dice, 1) for _ in range(TRIALS // 4)))
        _trials("a thousand bytes changed", path, (_flipped(text, dice, 1000) for _ in range(TRIALS // 4)))
        head, end, body = text.partition(b"END OF HEADER\n")
        _trials("no header", path, [body])
        _trials("wrong week", path, [head + end + body.replace(b"2.190000000000E+03", b"2.180000000000E+03")])
        _trials("every record twice", path, [head + end + body + body])
        _trials("a million lines of garbage", path, [head + end + b"garbage of no kind at all\n" * 1_000_000])
        _trials("a million bytes of noise", path, [bytes(dice.randrange(1, 256) for _ in range(1_000_000))])


def _flipped(text: bytes, dice: random.Random, count: int) -> bytes:
    changed = bytearray(text)
    for _ in range(count):
        changed[dice.randrange(len(changed))] = dice.randrange(32, 127)
    return bytes(changed)


def _trials(name: str, path: Path, texts: Iterable[bytes]) -> None:
    truth = read_navigation(DAY).messages
    known = {row.tobytes() for row in _said(truth)}
    told: Counter[str] = Counter()
    spent, strange, count = 0.0, 0, 0
    for text in texts:
        path.write_bytes(text)
        begin = time.process_time()
        count += 1
        try:
            found = read_navigation(path)
        except MoonsteadError as error:
            told[type(error).__name__] += 1
            assert str(path) in str(error)
        else:
            told["faults told" if found.faults else "no fault"] += 1
            strange += sum(row.tobytes() not in known for row in _said(found.messages))
        spent += time.process_time() - begin
    print(
        f"{name:28s} {count:4d} files {spent / count:6.2f} s each  {dict(told)}; {strange} messages not of the original"
    )


def _said(messages: BroadcastMessages) -> np.ndarray:
    columns = [messages.orbit, messages.state, messages.clock, messages.reference[:, np.newaxis]]
    return np.ascontiguousarray(np.concatenate(columns, axis=1))


def _timed(name: str, work: Callable[[], Result]) -> Result:
    spent = []
    for _ in range(ROUNDS):
        begin = time.process_time()
        result = work()
        spent.append(time.process_time() - begin)
    print(f"{name:14s} {min(spent):7.3f} s CPU (best of {ROUNDS}; worst {max(spent):.3f})")
    return result


if __name__ == "__main__":
    for part in sys.argv[1:] or ("speed", "hostile"):
        {"speed": speed, "hostile": hostile}[part]()
