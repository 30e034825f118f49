"""Authority: RNX2CRX and CRX2RNX 4.1.0 of the format's author, run on made-up files and on the shared ones."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

from moonstead.formats.compact_rinex import is_compact, restore_rinex
from moonstead.formats.gnss_files import open_text, unpack
from moonstead.formats.rinex_observation import read_observations
from moonstead.foundation.errors import FormatError

EXAMPLES = Path(__file__).parent / "examples"
# SHA-256 of what CRX2RNX 4.1.0 (through hatanaka 2.8.1) makes of the shared files.
RESTORED = {
    "ESBC00DNK_R_20201770000_01D_30S_MO.crx.xz": "69777c7ebc5b385bbf51d0391a1d34439ede88c14b3336fe5efb365152ca7adf",
    "NYA100NOR_S_20241240000_01D_30S_MO.crx.gz": "bc1fadd2c59ca575762484ad837cd96ca354ed52089db98a668c32f6e01f1d42",
}


@pytest.mark.parametrize("version", [1, 3])
def test_events_clock_offsets_and_gaps_are_restored_byte_by_byte(version):
    path = EXAMPLES / f"compact{version}.crx"
    restored = restore_rinex(path.read_bytes(), path)
    assert restored.faults == ()
    assert restored.text == (EXAMPLES / f"compact{version}.rnx").read_bytes()


@pytest.mark.truth
@pytest.mark.parametrize("name", RESTORED)
def test_whole_days_are_restored_byte_by_byte(shared_data, name, validation):
    text = open_text(shared_data / "gnss" / name)
    same = hashlib.sha256(text).hexdigest() == RESTORED[name]
    validation(
        capability="compact RINEX",
        quantity=f"bytes restored of {name[:4]} (0: all the same)",
        authority="CRX2RNX 4.1.0 of the format's author",
        error=0.0 if same else 1.0,
        unit="1",
        tolerance=0.0,
        cases=len(text),
    )


@pytest.mark.parametrize("version", [1, 3])
def test_a_file_cut_anywhere_gives_the_whole_epochs_before_the_cut(version):
    whole = (EXAMPLES / f"compact{version}.crx").read_bytes()
    text = (EXAMPLES / f"compact{version}.rnx").read_bytes()
    header = whole.index(b"END OF HEADER") + 14
    for size in np.random.default_rng(1).integers(header, len(whole), 60):
        restored = restore_rinex(whole[:size], "cut.crx")
        assert text.startswith(restored.text)
        ends = whole[size - 1 : size] == b"\n"
        assert restored.faults or ends or restored.text == text


@pytest.mark.parametrize("version", [1, 3])
def test_what_follows_damage_starts_at_the_next_full_epoch(version):
    path = EXAMPLES / f"compact{version}.crx"
    lines = path.read_bytes().split(b"\n")
    start = next(row for row, line in enumerate(lines) if b"END OF HEADER" in line) + 1
    lines[start + 5] = b"no number at all"
    restored = restore_rinex(b"\n".join(lines), path)
    assert len(restored.faults) == 1
    assert restored.faults[0].line == start + 6
    text = (EXAMPLES / f"compact{version}.rnx").read_bytes()
    header = text.index(b"END OF HEADER")
    after = restored.text[restored.text.index(b"\n", header) + 1 :]
    assert after
    assert text.endswith(after)


def test_damage_is_an_error_for_readers_of_text_and_a_fault_of_observations(tmp_path):
    whole = (EXAMPLES / "compact3.crx").read_bytes()
    path = tmp_path / "cut.crx"
    path.write_bytes(whole[: 2 * len(whole) // 3])
    with pytest.raises(FormatError, match="ends inside an epoch"):
        open_text(path)
    observations = read_observations(path)
    assert "ends inside an epoch" in observations.faults[0].what


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ((b"3.0    ", b"9.9    "), "version '9.9'"),
        ((b"END OF HEADER", b"END OF NOTHING"), "no END OF HEADER"),
        ((b"OBS TYPES", b"NO  TYPES"), "gives 0 observation types"),
        ((b"G    5 C1C", b"G  999 C1C"), "gives 999 observation types"),
    ],
)
def test_headers_that_cannot_be_are_refused(change, said):
    whole = (EXAMPLES / "compact3.crx").read_bytes().replace(*change)
    if change[0] == b"OBS TYPES":
        whole = whole.replace(b"OBS TYPES", b"NO  TYPES")
    with pytest.raises(FormatError, match=said):
        restore_rinex(whole, "bad.crx")


def test_plain_rinex_is_not_taken_for_compact():
    assert is_compact(unpack(EXAMPLES / "compact1.crx"))
    assert not is_compact(unpack(EXAMPLES / "compact1.rnx"))
