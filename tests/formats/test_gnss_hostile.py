"""What every reader of satellite navigation makes of files that are wrong: real ones, cut, flipped, filled with noise.

Whole shared files and 200 places of each: `python -m benchmarks.navigation_hostile`.
"""

from __future__ import annotations

import gzip

import numpy as np
import pytest

from moonstead.formats.gnss_files import unpack
from moonstead.formats.gnss_inventory import inventory
from moonstead.foundation.errors import FormatError

CASES = 20
MOST_BYTES = 250_000  # of each file: enough for some epochs or antennas
NOISE_LINES = 20_000
FILES = {
    "observation": "JFNG00CHN_R_20190450700_01H_30S_MO.rnx.gz",
    "compact": "NYA100NOR_S_20241240000_01D_30S_MO.crx.gz",
    "navigation": "NYA100NOR_S_20241240000_01D_CN.rnx.gz",
    "sp3": "GRG0MGXFIN_20201770000_01D_15M_ORB.SP3.gz",
    "clock": "GRG0MGXFIN_20201770000_01D_30S_CLK.CLK.xz",
    "antex": "igs14_small.atx.gz",
    "sinex": "igs20P2131_subset.txt",
}


@pytest.fixture(scope="module", params=FILES)
def text(request, shared_data):
    """The first lines of a real file."""
    whole = unpack(shared_data / "gnss" / FILES[request.param])
    return whole[: whole.rfind(b"\n", 0, MOST_BYTES) + 1]


def held(found):
    return {letter: system.records for letter, system in found.systems.items()} | found.counts


def read(path, content):
    """What a file holds, or nothing where it is refused by name."""
    path.write_bytes(content)
    try:
        return inventory(path)
    except FormatError as error:
        assert path.name in str(error)
        return None


def test_a_file_cut_anywhere_never_holds_more(text, tmp_path):
    path = tmp_path / "cut.file"
    whole = held(read(path, text))
    for size in np.random.default_rng(1).integers(0, len(text), CASES):
        found = read(path, text[:size])
        if found is not None:
            assert all(count <= whole[key] for key, count in held(found).items())


def test_a_byte_that_is_another_crashes_nothing(text, tmp_path):
    path = tmp_path / "flipped.file"
    random = np.random.default_rng(2)
    for place, byte in zip(random.integers(0, len(text), CASES), random.integers(1, 256, CASES), strict=True):
        read(path, text[:place] + bytes([byte]) + text[place + 1 :])


def test_line_ends_of_other_systems_change_nothing(text, tmp_path):
    path = tmp_path / "dos.file"
    assert held(read(path, text.replace(b"\n", b"\r\n"))) == held(read(path, text))
    assert held(read(path, b"\xef\xbb\xbf" + text)) == held(read(path, text))


def test_noise_is_told_line_by_line_and_no_further_than_a_page(text, tmp_path):
    path = tmp_path / "noise.file"
    noise = np.random.default_rng(3).integers(32, 127, (NOISE_LINES, 80), dtype=np.uint8)
    noise[:, -1] = 10
    assert read(path, noise.tobytes()) is None
    found = read(path, text + noise.tobytes())
    if found is not None:
        assert len(found.faults) <= 250
        assert held(found).keys() == held(read(path, text)).keys()


def test_lines_that_come_twice_do_not_count_twice(text, tmp_path):
    path = tmp_path / "twice.file"
    whole = held(read(path, text))
    found = read(path, text.removesuffix(b"EOF\n") + text)
    if found is not None:
        assert all(found.systems[letter].records <= 2 * whole[letter] for letter in found.systems)
        assert found.faults or held(found) == whole


@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_packed_files_that_are_cut_are_refused(text, tmp_path, share):
    packed = gzip.compress(text)
    assert read(tmp_path / "cut.gz", packed[: int(share * len(packed))]) is None
