"""Authority: the published table of GRGM1200A, read here with nothing but the standard library."""

from __future__ import annotations

import numpy as np
import pytest

from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput, MissingData
from moonstead.foundation.gravity import cut
from moonstead.foundation.gravity.shadr import read_shadr


@pytest.fixture(scope="module")
def grail():
    return DataContext.installed().dataset("grgm1200a").path


@pytest.fixture
def cache(tmp_path, monkeypatch):
    folder = tmp_path / "cache"
    monkeypatch.setenv("MOONSTEAD_CACHE", str(folder))
    return folder


def value(n, m):
    """An easily recognised pair of coefficients."""
    return 1e-6 * (n + m / 1000), 1e-7 * (m + n / 1000) if m else 0.0


def write_shadr(path, degree=120, header=None, drop=(), change=None):
    head = header or f"1.738E+03, 4.9028E+03, 0.0, {degree}, {degree}, 1, 0.0, 0.0"
    rows = [
        f"{n:5d},{m:5d},{value(n, m)[0]:.16e},{value(n, m)[1]:.16e}, 0.0, 0.0"
        for n in range(1, degree + 1)
        for m in range(n + 1)
        if (n, m) not in drop
    ]
    text = "\r\n".join([head, *rows, ""])
    path.write_text(change(text) if change else text, newline="")
    return path


def field(path, degree):
    return cut.shadr_field(path, degree, name="test", source="made here")


@pytest.mark.truth
def test_every_coefficient_of_the_published_table_arrives_in_its_place(grail, cache, validation):
    grgm = field(grail, 1200)
    error, count = 0.0, 0
    with grail.open() as stream:
        header = next(stream).split(",")
        for number, line in enumerate(stream):
            if number % 97 and number > 5000:
                continue
            n, m, c, s = line.split(",")[:4]
            error = max(error, abs(grgm.c[int(n), int(m)] - float(c)), abs(grgm.s[int(n), int(m)] - float(s)))
            count += 1
    row = {"capability": "GRGM1200A coefficients", "authority": "gggrx_1200a_sha.tab", "cases": count}
    validation(quantity="coefficient", error=error, unit="1", tolerance=0.0, **row)
    assert grgm.gm == pytest.approx(float(header[1]) * 1e9, rel=1e-15)
    assert grgm.radius == 1_738_000.0
    assert (grgm.body, grgm.frame, grgm.degree) == ("MOON", "MOON_PA", 1200)
    assert grgm.c[0, 0] == 1.0 and not np.any(np.triu(grgm.c, 1)) and not np.any(grgm.s[:, 0])
    np.testing.assert_array_equal(field(grail, 80).c, grgm.c[:81, :81])
    np.testing.assert_array_equal(field(grail, 300).s, grgm.s[:301, :301])


def test_low_degrees_need_only_the_head_of_the_file(tmp_path, cache):
    whole = write_shadr(tmp_path / "whole.tab")
    lines = whole.read_bytes().splitlines(keepends=True)
    head = tmp_path / "head.tab"
    head.write_bytes(b"".join(lines[: 1 + 100 * 103 // 2]))
    np.testing.assert_array_equal(field(head, 100).c, field(whole, 100).c)
    assert not cache.exists()


def test_high_degrees_come_from_the_cut_once_it_is_there(tmp_path, cache, monkeypatch):
    path = write_shadr(tmp_path / "a.tab")
    first = field(path, 120)
    monkeypatch.setattr(cut, "read_shadr", lambda *_: pytest.fail("the text was read again"))
    again = field(path, 110)
    np.testing.assert_array_equal(again.c, first.c[:111, :111])
    np.testing.assert_array_equal(again.s, first.s[:111, :111])
    assert (again.gm, again.radius) == (first.gm, first.radius)
    assert first.c[7, 3] == value(7, 3)[0] and first.s[120, 120] == value(120, 120)[1]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: b"",
        lambda content: content[:1000],
        lambda content: content[:-8],
        lambda content: content[:500] + bytes([content[500] ^ 1]) + content[501:],
        lambda content: content + bytes(8),
        lambda content: bytes(len(content)),
    ],
)
def test_a_torn_or_changed_cut_is_never_used_but_rebuilt(tmp_path, cache, spoil):
    path = write_shadr(tmp_path / "a.tab")
    expected = field(path, 120)
    place = cut.cut_path(path)
    good = place.read_bytes()
    place.write_bytes(spoil(good))
    np.testing.assert_array_equal(field(path, 120).c, expected.c)
    assert place.read_bytes() == good


def test_a_changed_table_gets_a_new_cut(tmp_path, cache):
    path = write_shadr(tmp_path / "a.tab")
    field(path, 120)
    write_shadr(path, change=lambda text: text.replace("1.738E+03", "1.739E+03 "))
    assert field(path, 120).radius == 1_739_000.0


def test_a_cache_that_cannot_be_written_only_costs_time(tmp_path, cache):
    cache.write_text("a file where the folder should be")
    assert field(write_shadr(tmp_path / "a.tab"), 120).c[2, 2] == value(2, 2)[0]


def test_coefficients_cannot_be_changed_by_accident(tmp_path, cache):
    grown = field(write_shadr(tmp_path / "a.tab"), 10)
    with pytest.raises(ValueError, match="read-only"):
        grown.c[2, 0] = 0.0


@pytest.mark.parametrize(
    ("degree", "options", "message"),
    [
        (50, {"drop": [(20, 7)]}, "lacks the coefficient of degree 20, order 7"),
        (120, {"drop": [(120, 120)]}, "lacks the coefficient of degree 120, order 120"),
        (120, {"change": lambda t: t[: len(t) // 2]}, "lacks the coefficient|no numbers"),
        (50, {"change": lambda t: t.replace("    9,    4", "    9,    5")}, "order 4|2 times"),
        (50, {"change": lambda t: t.replace("    9,    4", "    9,   14")}, "degree 9 and order 14"),
        (50, {"change": lambda t: t.replace(f"{value(5, 5)[0]:.16e}", "nan")}, "no number for degree 5, order 5"),
        (50, {"change": lambda t: t.replace(f"{value(5, 5)[0]:.16e}", "five")}, "rows that are no numbers"),
        (50, {"header": "1738, 4902.8, 0, 120, 120, 0, 0, 0"}, "not fully normalised"),
        (50, {"header": "1738, 4902.8, 0, 120, 60, 1, 0, 0"}, "only equal degree and order"),
        (50, {"header": "1738, 4902.8, 0, 120, 120, 1, 90, 0"}, "only equal degree and order"),
        (50, {"header": "hello"}, "is no SHADR table"),
        (50, {"header": "1738, 4902.8, 0, 120, 120, 1"}, "is no SHADR table"),
        (50, {"header": "nan, 4902.8, 0, 120, 120, 1, 0, 0"}, "is no SHADR table"),
        (50, {"change": lambda t: ""}, "is no SHADR table"),
        (50, {"change": lambda t: t.split("\r\n")[0] + "\r\n"}, "lacks the coefficient of degree 2, order 0"),
        (121, {}, "degree 121 was asked; .* has degrees 0 to 120"),
        (-1, {}, "degree -1 was asked"),
    ],
)
def test_a_bad_table_or_degree_is_refused_in_words(tmp_path, cache, degree, options, message):
    path = write_shadr(tmp_path / "bad.tab", **options)
    with pytest.raises(InvalidInput, match=message):
        field(path, degree)


def test_a_missing_table_is_named(tmp_path):
    with pytest.raises(MissingData, match=r"there is no file .*none\.tab"):
        read_shadr(tmp_path / "none.tab")
