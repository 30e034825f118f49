"""Authority: real messages, and the same with one digit changed."""

from __future__ import annotations

import gzip
import random
import re

import numpy as np
import pytest

from moonstead.formats.rinex_navigation import read_navigation
from moonstead.foundation.errors import FormatError
from moonstead.navigation.broadcast.source import BroadcastSource

ESBC = "ESBC00DNK_R_20201770000_01D_MN.rnx.gz"
BRDC = "BRDC00IGS_R_20220010000_01D_MN.rnx.gz"
FLIPS = 60
# [m] of a healthy state: 60 m in the middle between two messages, and what that grows to at the edge of validity
HARMLESS = 400.0


@pytest.mark.parametrize("name", [BRDC, ESBC])
def test_sound_messages_bear_each_other_out(shared_data, name):
    source = BroadcastSource.from_file(read_navigation(shared_data / "gnss" / name))
    # C06 switches its clock on 2022-001 in health, which is no contradiction; later it sends a clock of 0, unhealthy
    assert source.messages.health[source.contradicted].tolist() == ([1] if name == BRDC else [])


def test_a_clock_apart_from_its_neighbours_is_contradicted(shared_data):
    messages = read_navigation(shared_data / "gnss" / BRDC, systems="C").messages
    messages = messages.take(messages.satellite == "C21")
    messages.clock[10, 0] += 1e-6
    assert np.flatnonzero(BroadcastSource.from_messages(messages).contradicted).tolist() == [10]
    messages.clock[11:, 0] += 1e-6  # a switch, not a flip
    assert not BroadcastSource.from_messages(messages).contradicted.any()


def part_of(text: str, systems: str) -> str:
    """Header and the records of some satellites of some systems."""
    head, body = text.split("END OF HEADER", 1)
    line_end, body = body.split("\n", 1)
    records = re.split(r"\n(?=[A-Z]\d\d )", body.rstrip("\n"))
    chosen = [record for record in records if record[0] in systems and int(record[1:3]) % 3 == 1]
    return head + "END OF HEADER" + line_end + "\n" + "\n".join(chosen) + "\n"


def test_a_flipped_digit_never_moves_a_healthy_satellite_far(shared_data, tmp_path):
    text = part_of(gzip.decompress((shared_data / "gnss" / BRDC).read_bytes()).decode(), "GRC")
    path = tmp_path / "flipped.rnx"
    path.write_text(text)
    truth = BroadcastSource.from_file(read_navigation(path), rule="nearest")
    start, stop = truth.span
    times = np.round(np.arange(start + 7200.0, stop - 7200.0, 907.0))
    index = np.repeat(np.arange(len(truth.satellites)), times.size)
    gpst = np.tile(times, len(truth.satellites))
    expected = truth.states(index, gpst)
    sound = expected.valid & expected.healthy
    assert sound.sum() > 500
    begin = text.index("END OF HEADER") + 20
    digits = [place for place in range(begin, len(text)) if text[place].isdigit()]
    dice = random.Random(3)
    changed = caught = 0
    for _ in range(FLIPS):
        place = dice.choice(digits)
        path.write_text(text[:place] + dice.choice("0123456789") + text[place + 1 :])
        try:
            source = BroadcastSource.from_file(read_navigation(path), rule="nearest")
        except FormatError:
            continue
        known = np.array([name in source.satellites for name in truth.satellites])[index] & sound
        renamed = np.array([source.satellites.index(n) if n in source.satellites else 0 for n in truth.satellites])
        found = source.states(renamed[index], gpst)
        used = known & found.valid & found.healthy
        apart = np.linalg.norm(found.position - expected.position, axis=1)
        changed += bool(np.any(apart[used] > 0.0))
        caught += int(source.contradicted.sum() > 0)
        assert apart[used].max() < HARMLESS, f"character {place}: {text[place - 40 : place + 40]!r}"
    assert caught > FLIPS // 10
    assert changed > FLIPS // 10
