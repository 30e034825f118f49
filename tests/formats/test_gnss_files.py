"""Authority: the packing programs' own libraries, gzip(1) for .Z, and what the files are."""

from __future__ import annotations

import bz2
import gzip
import lzma
import subprocess

import pytest

from moonstead.formats import gnss_files, gnss_warm_up
from moonstead.formats.gnss_faults import MOST_FAULTS, FaultLog
from moonstead.formats.gnss_files import open_text
from moonstead.formats.unix_compress import expand
from moonstead.foundation.errors import FormatError, MissingData

TEXT = b"first line\nsecond line\n" * 200


def lzw(text: bytes, widest: int) -> bytes:
    """Pack as compress(1) does: the textbook's table of strings, codes in groups of eight."""
    table = {bytes([byte]): byte for byte in range(256)}
    free, width, out, group = 257, 9, bytearray(b"\x1f\x9d") + bytes([0x80 | widest]), []

    def put() -> None:
        bits = sum(code << (place * width) for place, code in enumerate(group))
        out.extend(bits.to_bytes(-(-len(group) * width // 8), "little"))

    held = b""
    for place in range(len(text)):
        longer = held + text[place : place + 1]
        if longer in table:
            held = longer
            continue
        group.append(table[held])
        if free < 1 << widest:
            table[longer] = free
            free += 1
            if free > 1 << width and width < widest:
                group += [0] * (-len(group) % 8)
                put()
                group, width = [], width + 1
        held = text[place : place + 1]
    group.append(table[held])
    put()
    return bytes(out)


@pytest.mark.parametrize(
    "pack",
    [
        bytes,
        gzip.compress,
        lzma.compress,
        bz2.compress,
        lambda text: lzw(text, 16),
        lambda text: lzw(text, 9),
        lambda text: gzip.compress(text[:1000]) + gzip.compress(text[1000:]),
    ],
    ids=["plain", "gzip", "xz", "bzip2", "Z of 16 bits", "Z of 9 bits", "gzip in two members"],
)
def test_packing_is_told_by_content_whatever_the_name(tmp_path, pack):
    path = tmp_path / "name.without.meaning"
    path.write_bytes(pack(TEXT))
    assert open_text(path) == TEXT


def test_files_of_compress_are_what_gzip_reads_out_of_them(tmp_path):
    text = bytes((place * place // 7) % 251 or 1 for place in range(60_000))
    path = tmp_path / "noise.Z"
    path.write_bytes(lzw(text, 12))
    assert subprocess.run(["gzip", "-dc", path], capture_output=True, check=True).stdout == text
    assert open_text(path) == text.replace(b"\r", b"\n")


def test_line_ends_and_byte_order_marks_of_other_systems_go(tmp_path):
    path = tmp_path / "dos.rnx"
    path.write_bytes(b"\xef\xbb\xbfone\r\ntwo\rthree\n")
    assert open_text(path) == b"one\ntwo\nthree\n"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"\n \n", "is empty"),
        (gzip.compress(TEXT, mtime=0)[:-30], "cut off"),
        (lzma.compress(TEXT)[:-30], "cut off"),
        (bz2.compress(TEXT)[:-30], "cut off"),
        (gzip.compress(TEXT, mtime=0)[:20] + b"\xff" * 40, "damaged gzip|cut off"),
        (b"\xfd7zXZ\x00" + b"\x01" * 50, "damaged xz"),
        (b"\x1f\x9d", "damaged .Z"),
        (b"\x1f\x9d\x90" + b"\xff" * 40, "damaged .Z"),
        (b"PK\x03\x04 and so on", "zip archive"),
        (b"\xff\xfet\x00e\x00x\x00t\x00", "UTF-16"),
        (b"text\0text", "binary"),
        (b"<!DOCTYPE html><html>log in", "web page"),
    ],
    ids=[
        "nothing",
        "blank",
        "short gzip",
        "short xz",
        "short bzip2",
        "damaged gzip",
        "damaged xz",
        "empty Z",
        "damaged Z",
        "zip",
        "UTF-16",
        "binary",
        "web page",
    ],
)
def test_what_is_no_text_is_refused_by_name(tmp_path, content, said):
    path = tmp_path / "strange.rnx"
    path.write_bytes(content)
    with pytest.raises(FormatError, match=said) as caught:
        open_text(path)
    assert "strange.rnx" in str(caught.value)


def test_a_bomb_is_noticed_before_it_bursts(tmp_path, monkeypatch):
    monkeypatch.setattr(gnss_files, "MOST_BYTES", 1 << 20)
    for pack in (gzip.compress, lzma.compress, bz2.compress, lambda text: lzw(text, 12)):
        path = tmp_path / "bomb"
        path.write_bytes(pack(b"0" * (3 << 20)))
        with pytest.raises(FormatError, match="of text"):
            open_text(path)


def test_a_file_that_is_not_there_is_missing(tmp_path):
    for path in (tmp_path / "nothing.rnx", tmp_path):
        with pytest.raises(MissingData, match="no such file"):
            open_text(path)


def test_of_many_faults_a_page_is_told_and_all_are_counted():
    log = FaultLog("file")
    for line in range(1000, 0, -1):
        log.note(line, "wrong", "left out")
    assert len(log.faults) == MOST_FAULTS + 1
    assert log.faults[-1].what == "800 more faults of 1000"
    assert log.faults[0].line < log.faults[1].line
    assert "first fault: line 1000: wrong; left out" in str(log.refusal("nothing is left", "give another file"))


def test_compiling_ahead_reads_its_own_files():
    gnss_warm_up.warm_up()
    assert expand(gnss_warm_up.LONE_A, "one.Z", 10) == b"A"
