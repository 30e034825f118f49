"""Files that are not what they claim to be are refused with words that help."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from moonstead.foundation.ephemeris.daf import RECORD_BYTES, open_daf
from moonstead.foundation.ephemeris.ephemeris import Ephemeris
from moonstead.foundation.ephemeris.pck import BinaryPck
from moonstead.foundation.ephemeris.spk_writer import SampledStates, write_spk
from moonstead.foundation.errors import InvalidInput, MissingData

TIMES = np.linspace(0.0, 1000.0, 300)


@pytest.fixture
def good(tmp_path):
    path = tmp_path / "good.bsp"
    states = np.stack([np.cos(TIMES + k) for k in range(6)], axis=1)
    write_spk(path, [SampledStates(-7, "MOON", "test", TIMES, states)])
    return path


def big_endian(content: bytes) -> bytes:
    """The same file in the other byte order."""
    head = bytearray(content[:RECORD_BYTES])
    for offset in (8, 12, 76, 80, 84):
        head[offset : offset + 4] = head[offset : offset + 4][::-1]
    head[88:96] = b"BIG-IEEE"
    summary = bytearray(content[RECORD_BYTES : 2 * RECORD_BYTES])
    for offset in range(0, 40, 8):
        summary[offset : offset + 8] = summary[offset : offset + 8][::-1]
    for offset in range(40, 64, 4):
        summary[offset : offset + 4] = summary[offset : offset + 4][::-1]
    names, data = content[2 * RECORD_BYTES : 3 * RECORD_BYTES], content[3 * RECORD_BYTES :]
    return bytes(head) + bytes(summary) + names + np.frombuffer(data, "<f8").astype(">f8").tobytes()


@pytest.mark.truth
def test_a_file_of_the_other_byte_order_gives_the_same_states(good, tmp_path, spice):
    other = tmp_path / "big.bsp"
    other.write_bytes(big_endian(good.read_bytes()))
    times = np.linspace(1.0, 999.0, 100)
    states = Ephemeris.open(other).state(-7, "MOON", times)
    np.testing.assert_array_equal(states, Ephemeris.open(good).state(-7, "MOON", times))
    spice.furnsh(str(other))
    np.testing.assert_allclose(states[50], 1e3 * spice.spkgeo(-7, times[50], "J2000", 301)[0], atol=1e-9)


def test_a_file_that_does_not_state_its_byte_order_is_read_by_its_counts(good, tmp_path):
    for content in (good.read_bytes(), big_endian(good.read_bytes())):
        old = tmp_path / "old.bsp"
        old.write_bytes(b"NAIF/DAF" + content[8:88] + b" " * 8 + bytes(RECORD_BYTES - 96) + content[RECORD_BYTES:])
        assert Ephemeris.open(old).span(-7, "MOON") == (0.0, 1000.0)


def test_a_byte_order_that_is_a_lie_is_found_out(good, tmp_path):
    path = tmp_path / "lie.bsp"
    content = good.read_bytes()
    path.write_bytes(content[:88] + b"BIG-IEEE" + content[96:])
    with pytest.raises(InvalidInput, match="is damaged: its summaries claim"):
        open_daf(path, "SPK")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(MissingData, match=r"there is no file .*none\.bsp"):
        Ephemeris.open(tmp_path / "none.bsp")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty; copy the SPK file again"),
        (b"<html>not found</html>" * 100, "is not a binary SPK file: it begins with b'<html>"),
        (b"DAF/SPK ", "8 bytes, less than one record of 1024: it is cut short"),
        (b"DAFETF NAIF DAF ENCODED TRANSFER FILE\n'DAF/SPK '", "transfer format; turn it into a binary file"),
        (b"DAF/PCK ".ljust(2048, b"\x00"), "DAF of kind PCK, not SPK"),
        (b"DAF/SPK ".ljust(2048, b"\x00"), "makes sense in neither byte order|summaries claim"),
        (b"DAF/SPK ".ljust(88, b"\x00") + b"VAX-GFLT".ljust(2048, b"\x00"), "only LTL-IEEE and BIG-IEEE"),
        (bytes(range(256)) * 20, "is not a binary SPK file"),
    ],
)
def test_what_is_no_spk_file_is_refused(tmp_path, content, message):
    path = tmp_path / "bad.bsp"
    path.write_bytes(content)
    with pytest.raises(InvalidInput, match=message):
        Ephemeris.open(path)


def test_a_file_cut_at_any_length_is_refused(good, tmp_path):
    content = good.read_bytes()
    begin, free = struct.unpack_from("<i", content, 76)[0], struct.unpack_from("<i", content, 84)[0]
    assert begin == 2
    path = tmp_path / "cut.bsp"
    for length in [1, 100, 1023, 1024, 2000, 3072, 5000, 8 * (free - 1) - 1]:
        path.write_bytes(content[:length])
        with pytest.raises(InvalidInput):
            Ephemeris.open(path)


def test_a_file_sent_as_text_is_recognised(good, tmp_path):
    path = tmp_path / "ascii.bsp"
    content = good.read_bytes()
    path.write_bytes(content[:699] + content[699:730].replace(b"\r\n", b"\n") + content[730:])
    with pytest.raises(InvalidInput, match="transferred as text"):
        Ephemeris.open(path)


@pytest.mark.parametrize(
    ("offset", "value", "message"),
    [
        (RECORD_BYTES, struct.pack("<d", 2.0), "list of arrays leads to record 2"),  # a circle
        (RECORD_BYTES, struct.pack("<d", 1e9), "claims"),
        (RECORD_BYTES + 16, struct.pack("<d", 60.0), "claims 60 arrays"),
        (RECORD_BYTES + 16, struct.pack("<d", np.nan), "claims nan arrays"),
        (RECORD_BYTES + 56, struct.pack("<i", -5), "claims the words -5"),
        (RECORD_BYTES + 60, struct.pack("<i", 10**8), "claims the words"),
    ],
)
def test_a_damaged_list_of_arrays_is_refused(good, offset, value, message):
    content = bytearray(good.read_bytes())
    content[offset : offset + len(value)] = value
    good.write_bytes(content)
    with pytest.raises(InvalidInput, match=message):
        Ephemeris.open(good)


@pytest.mark.parametrize(
    ("word", "value", "message"),
    [
        (-1, 1e6, "needs 7000002 words"),
        (-1, -3.0, "which is no count"),
        (-1, np.nan, "which is no count"),
        (-2, 1000.0, "interpolates over 1001 samples and has 300"),
        (-400, -1e9, "do not rise|interpolat"),
    ],
)
def test_a_damaged_segment_is_refused_and_the_file_named(good, word, value, message):
    content = bytearray(good.read_bytes())
    free = struct.unpack_from("<i", content, 84)[0]
    place = 8 * (free - 1 + (word if word > -300 else -100))
    content[place : place + 8] = struct.pack("<d", value)
    good.write_bytes(content)
    with pytest.raises(InvalidInput, match=rf"good\.bsp, body -7: .*({message})"):
        Ephemeris.open(good).state(-7, "MOON", np.array([500.0]))


def test_an_spk_file_is_not_taken_for_an_orientation(good):
    with pytest.raises(InvalidInput, match="DAF of kind SPK, not PCK; give a binary PCK file"):
        BinaryPck.open(good)
