"""On which line of a TOML file each key and each list item stands; `tomllib` tells the values but not the places."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping

KeyPath = tuple[str | int, ...]

_BARE_END = frozenset(" \t\r\n=.]#,{}[")
_SCALAR_END = frozenset("\n,]}#")


def key_lines(text: str) -> dict[KeyPath, int]:
    """Line of every table, key and list item of a TOML document.

    Parameters
    ----------
    text : str
        A document that `tomllib.loads` accepts; the scanner trusts its syntax.

    Returns
    -------
    dict of key path to int
        Key path: names and list indices from the root, for example ``("site", 0, "latitude")``.
        Lines count from 1. A key stands on the line of its own name, a list item where its value begins, a table at
        its header (or where it is first mentioned), an item of an array of tables at its ``[[header]]``.
    """
    return _Scanner(text.replace("\r\n", "\n")).scan()


def line_of(lines: Mapping[KeyPath, int], key: KeyPath) -> int:
    """Line of a key, or of the nearest table around it that is written; 1 where there is none."""
    for length in range(len(key), 0, -1):
        if key[:length] in lines:
            return lines[key[:length]]
    return 1


class _Scanner:
    """Walks the text once; `at` is always at the next character."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.lines: dict[KeyPath, int] = {}
        self.counts: dict[KeyPath, int] = {}  # items so far of each array of tables
        self.counted_to = 0
        self.line = 1

    def scan(self) -> dict[KeyPath, int]:
        table: KeyPath = ()
        while True:
            self._skip_blank()
            if self.at >= len(self.text):
                return self.lines
            table = self._header() if self.text[self.at] == "[" else self._pair(table)

    def _here(self) -> int:
        self.line += self.text.count("\n", self.counted_to, self.at)
        self.counted_to = self.at
        return self.line

    def _skip_blank(self, marks: str = "") -> None:
        """Skip white space, line ends, comments and the given marks."""
        while self.at < len(self.text):
            character = self.text[self.at]
            if character == "#":
                self._to_line_end()
            elif character in " \t\r\n" or character in marks:
                self.at += 1
            else:
                return

    def _skip_spaces(self) -> None:
        while self.at < len(self.text) and self.text[self.at] in " \t":
            self.at += 1

    def _to_line_end(self) -> None:
        end = self.text.find("\n", self.at)
        self.at = len(self.text) if end < 0 else end

    def _note(self, key: KeyPath, line: int) -> None:
        for length in range(1, len(key) + 1):  # a dotted key also writes the tables around it
            self.lines.setdefault(key[:length], line)

    def _header(self) -> KeyPath:
        line = self._here()
        brackets = 2 if self.text.startswith("[[", self.at) else 1
        self.at += brackets
        names = self._dotted_key()
        self.at += brackets
        key: KeyPath = ()
        for name in names[:-1]:
            key = self._within((*key, name))
        key = (*key, names[-1])
        if brackets == 2:
            index = self.counts.get(key, 0)
            self.counts[key] = index + 1
            self._note(key, line)
            key = (*key, index)
            self.lines[key] = line
        else:
            self._note(key[:-1], line)
            self.lines[key] = line
        return key

    def _within(self, key: KeyPath) -> KeyPath:
        """Extend the key of an array of tables by its newest item."""
        return (*key, self.counts[key] - 1) if key in self.counts else key

    def _pair(self, table: KeyPath) -> KeyPath:
        line = self._here()
        key = (*table, *self._dotted_key())
        self._note(key, line)
        self.at += 1  # the equals sign
        self._skip_spaces()
        self._value(key)
        return table

    def _dotted_key(self) -> list[str]:
        names: list[str] = []
        while True:
            self._skip_spaces()
            names.append(self._simple_key())
            self._skip_spaces()
            if self.at >= len(self.text) or self.text[self.at] != ".":
                return names
            self.at += 1

    def _simple_key(self) -> str:
        start = self.at
        if self.text[start] in "\"'":
            self._string()
            return str(tomllib.loads(f"key = {self.text[start : self.at]}")["key"])
        while self.at < len(self.text) and self.text[self.at] not in _BARE_END:
            self.at += 1
        return self.text[start : self.at]

    def _value(self, key: KeyPath) -> None:
        character = self.text[self.at]
        if character in "\"'":
            self._string()
        elif character == "[":
            self._array(key)
        elif character == "{":
            self._inline_table(key)
        else:
            while self.at < len(self.text) and self.text[self.at] not in _SCALAR_END:
                self.at += 1

    def _string(self) -> None:
        quote = self.text[self.at]
        if self.text.startswith(quote * 3, self.at):
            self.at += 3
            while not self.text.startswith(quote * 3, self.at):
                self.at += 2 if quote == '"' and self.text[self.at] == "\\" else 1
            self.at += 3
            while (
                self.at < len(self.text) and self.text[self.at] == quote
            ):  # up to two quotes may precede the closing three
                self.at += 1
            return
        self.at += 1
        while self.text[self.at] != quote:
            self.at += 2 if quote == '"' and self.text[self.at] == "\\" else 1
        self.at += 1

    def _array(self, key: KeyPath) -> None:
        self.at += 1
        index = 0
        while True:
            self._skip_blank(",")
            if self.text[self.at] == "]":
                self.at += 1
                return
            self.lines[(*key, index)] = self._here()
            self._value((*key, index))
            index += 1

    def _inline_table(self, key: KeyPath) -> None:
        self.at += 1
        while True:
            self._skip_blank(",")
            if self.text[self.at] == "}":
                self.at += 1
                return
            self._pair(key)
