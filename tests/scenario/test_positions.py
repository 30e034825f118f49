"""Authority: `tomllib` for what a document contains; for places, documents whose lines are known by construction."""

from __future__ import annotations

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from moonstead.scenario.positions import key_lines, line_of


def paths(value, prefix=()):
    """Every key path of a parsed document."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield (*prefix, name)
            yield from paths(item, (*prefix, name))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield (*prefix, index)
            yield from paths(item, (*prefix, index))


TRICKY = '''# a comment = [not a key]
title = "a # in text, a \\" quote and a ] bracket" # [x]
"quoted.key" = 'C:\\path'
a.b."c d" = 1
text = """
first ] line
key = "no"
\\""" still inside
"""
literal = \'\'\'
it''s
\'\'\'
ends = """two quotes before the end"""""
list = [
  1, # one, two
  [2, 3],
  { x = 1, y.z = [4,
      5] },
]
when = 2035-01-01 00:00:00Z
[table]
key = true
[table.sub]
key = 1.5e3
[[items]]
id = "first"
[[items.parts]]
n = 1
[[items.parts]]
n = 2
[items.box]
k = 0
[[items]]
id = "second"
parts = [{ n = 3 }]
  [ spaced . "out" ]
  key=-inf
'''


def test_every_key_of_a_tricky_document_is_found_and_nothing_else():
    assert set(key_lines(TRICKY)) == set(paths(tomllib.loads(TRICKY)))


def test_keys_stand_where_the_document_shows_them():
    lines = key_lines(TRICKY)
    numbered = dict(enumerate(TRICKY.split("\n"), start=1))

    def shows(key, text):
        return text in numbered[lines[key]]

    assert shows(("title",), "title =")
    assert shows(("a", "b", "c d"), "a.b.")
    assert shows(("literal",), "literal =")
    assert shows(("list", 0), "1, # one")
    assert shows(("list", 1, 1), "[2, 3]")
    assert shows(("list", 2, "y", "z", 1), "5] }")
    assert shows(("table", "sub", "key"), "1.5e3")
    assert shows(("items", 0, "parts", 1, "n"), "n = 2")
    assert lines[("items", 0, "parts", 1)] == lines[("items", 0, "parts", 1, "n")] - 1
    assert shows(("items", 0, "box", "k"), "k = 0")
    assert shows(("items", 1, "parts", 0, "n"), "n = 3")
    assert shows(("spaced", "out", "key"), "key=-inf")


def test_a_missing_key_has_the_line_of_the_table_around_it():
    lines = key_lines("\n[[site]]\nid = 1\n")
    assert line_of(lines, ("site", 0, "latitude")) == 2
    assert line_of(lines, ("nothing",)) == 1


def test_windows_line_ends_count_once():
    assert key_lines("a = 1\r\nb = 2\r\n") == {("a",): 1, ("b",): 2}


# Documents written together with the line of each key, so that both the structure and the lines are known.

bare = st.text(st.sampled_from("abcXYZ019-_"), min_size=1, max_size=5)
any_text = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]) | st.sampled_from("#[]{}=.,'\"\\"), max_size=8
)


def basic(text):
    """Write any text as a basic TOML string."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


keys = st.one_of(bare, any_text.map(lambda text: text))
gaps = st.sampled_from(["", " ", "\t", "\n", "\n  ", ' # note, ] } = "\n', "\n\n# [x]\n"])
scalars = st.one_of(
    st.integers(-(10**9), 10**9).map(str),
    st.booleans().map(lambda flag: str(flag).lower()),
    st.sampled_from(["1.5", "-inf", "nan", "2035-01-01T00:00:00Z", "07:32:00", "0xFF", "1_000"]),
    any_text.map(basic),
    st.text(st.sampled_from('ab #[]{}=,"\\'), max_size=6).map(lambda text: f"'{text}'"),
    st.text(st.sampled_from("ab#\n]}=,'"), max_size=8).map(lambda text: f'"""{text}"""'),
    st.text(st.sampled_from('ab#\n]}=,"\\'), max_size=8)
    .filter(lambda text: '"""' not in text and not text.endswith('"'))
    .map(lambda text: f"'''{text}'''"),
)


class Writer:
    """Writes a document and remembers the line of each key."""

    def __init__(self, draw):
        self.draw, self.text, self.lines = draw, "", {}

    def note(self, key):
        for length in range(1, len(key) + 1):
            self.lines.setdefault(key[:length], self.text.count("\n") + 1)

    def key(self, name):
        plain = bool(name) and all(c in "abcXYZ019-_" for c in name)
        self.text += name if plain and self.draw(st.booleans()) else basic(name)

    def value(self, key, depth):
        shape = self.draw(st.sampled_from(["scalar", "scalar", "array", "inline"] if depth else ["scalar"]))
        if shape == "scalar":
            self.text += self.draw(scalars)
        elif shape == "array":
            self.text += "["
            for index in range(self.draw(st.integers(0, 3))):
                self.text += self.draw(gaps)
                self.lines[(*key, index)] = self.text.count("\n") + 1
                self.value((*key, index), depth - 1)
                self.text += self.draw(gaps) + ","
            self.text += self.draw(gaps) + "]"
        else:
            self.text += "{"
            names = self.draw(st.lists(keys, max_size=3, unique=True))
            for place, name in enumerate(names):
                self.text += ", " if place else " "
                self.pair((*key, name), name, depth - 1)
            self.text += " }"

    def pair(self, key, name, depth):
        self.note(key)
        self.key(name)
        self.text += self.draw(st.sampled_from([" = ", "=", "\t=  "]))
        self.value(key, depth)

    def body(self, table):
        for name in self.draw(st.lists(keys, max_size=3, unique=True)):
            self.text += self.draw(st.sampled_from(["", "  ", "\n", "# note = 1\n"]))
            self.pair((*table, name), name, 2)
            self.text += self.draw(st.sampled_from(["\n", " # end\n", "\n\n"]))


@st.composite
def documents(draw):
    writer = Writer(draw)
    writer.body(())
    taken = {key[0] for key in writer.lines}
    for name in draw(st.lists(keys.filter(lambda name: name not in taken), max_size=3, unique=True)):
        if draw(st.booleans()):
            for index in range(draw(st.integers(1, 3))):
                writer.note((name,))
                writer.lines[(name, index)] = writer.text.count("\n") + 1
                writer.text += "[["
                writer.key(name)
                writer.text += "]]\n"
                writer.body((name, index))
        else:
            writer.note((name,))
            writer.text += "[ "
            writer.key(name)
            writer.text += " ]  # header\n"
            writer.body((name,))
    return writer.text, writer.lines


@given(documents())
def test_lines_and_structure_of_any_document_are_those_it_was_written_with(document):
    text, lines = document
    parsed = tomllib.loads(text)  # what was written is TOML
    assert set(key_lines(text)) == set(paths(parsed))
    assert key_lines(text) == lines
