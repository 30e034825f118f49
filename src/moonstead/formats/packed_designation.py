"""Packed designations of the Minor Planet Center: numbers, provisional designations and comets in 5, 7 or 12 places."""

from __future__ import annotations

import re

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
ORDER_LETTERS = "ABCDEFGHJKLMNOPQRSTUVWXYZ"  # of the second letter: I is left out
FIRST_TILDE_NUMBER = 620_000  # first number that is packed as a tilde and four places in base 62
FIRST_EXTENDED_ORDER = 620 * len(ORDER_LETTERS)  # order within the half-month from which the underscore form counts
CENTURIES = {"I": "18", "J": "19", "K": "20"}
COMET_KINDS = "CPDXIA"
SURVEYS = {"PLS": "P-L", "T1S": "T-1", "T2S": "T-2", "T3S": "T-3"}

_PROVISIONAL = re.compile(r"([IJK])(\d\d)([A-HJ-Y])([0-9A-Za-z])(\d)([A-HJ-Z0-9a-z])")
_EXTENDED = re.compile(r"_([0-9A-Za-z])([A-HJ-Y])([0-9A-Za-z]{4})")
_SURVEY = re.compile(r"(PLS|T[123]S)(\d{4})")
_PLAIN = re.compile(r"(18|19|20)(\d\d) ?([A-HJ-Y])([A-HJ-Z]) ?(\d*)")
_PLAIN_COMET = re.compile(r"(?:([CPDXIA])/)?(18|19|20)(\d\d) ?([A-HJ-Y])(\d{1,3})(?:-([A-Z]))?")
_PLAIN_SURVEY = re.compile(r"(\d{4}) ?(P-L|T-[123])")
_PLAIN_NUMBERED_COMET = re.compile(r"(\d{1,4})([PDI])(?:-([A-Z]{1,2}))?")


def unpack_number(packed: str) -> str | None:
    """Number of a minor planet (``"99942"``) or comet (``"1P"``) from its five places.

    Parameters
    ----------
    packed : str
        Five characters: ``"00433"``, ``"A1955"``, ``"~0000"``, ``"0001P"``.

    Returns
    -------
    str or None
        None where the text is no packed number.

    Source
    ------
    Minor Planet Center, Packed Provisional and Permanent Designations.
    """
    if re.fullmatch(r"\d{5}", packed):
        return str(int(packed))
    if re.fullmatch(r"[A-Za-z]\d{4}", packed):
        return str(DIGITS.index(packed[0]) * 10_000 + int(packed[1:]))
    if re.fullmatch(r"~[0-9A-Za-z]{4}", packed):
        return str(FIRST_TILDE_NUMBER + _from_base_62(packed[1:]))
    if re.fullmatch(r"\d{4}[PDI]", packed):
        return f"{int(packed[:4])}{packed[4]}"
    return None


def unpack_provisional(packed: str) -> str | None:
    """Provisional designation (``"2024 YR4"``, ``"2010 E2"``) from its seven places.

    Parameters
    ----------
    packed : str
        Seven characters: ``"K24Y04R"``, ``"_QC0aEM"``, ``"PLS2040"``, ``"J94P01b"``.

    Returns
    -------
    str or None
        None where the text is no packed designation.

    Source
    ------
    Minor Planet Center, Packed Provisional and Permanent Designations, and the Extended Packed Provisional Designation
    Scheme.
    """
    if found := _PROVISIONAL.fullmatch(packed):
        century, year, half, tens, ones, last = found.groups()
        count = DIGITS.index(tens) * 10 + int(ones)
        if last.isupper():
            return f"{CENTURIES[century]}{year} {half}{last}{count or ''}"
        if last == "0":
            return f"{CENTURIES[century]}{year} {half}{count}"
        return f"{CENTURIES[century]}{year} {half}{count}-{last.upper()}" if last.islower() else None
    if found := _EXTENDED.fullmatch(packed):
        order = FIRST_EXTENDED_ORDER + _from_base_62(found[3])
        count, letter = divmod(order, len(ORDER_LETTERS))
        return f"{2000 + DIGITS.index(found[1])} {found[2]}{ORDER_LETTERS[letter]}{count}"
    if found := _SURVEY.fullmatch(packed):
        return f"{found[2]} {SURVEYS[found[1]]}"
    return None


def unpack_columns(columns: str) -> tuple[str | None, str | None]:
    """Number and provisional designation from columns 1 to 12 of a record of 80 columns.

    Parameters
    ----------
    columns : str
        Twelve characters.

    Returns
    -------
    number, designation : str or None, str or None
        A designation that the Minor Planet Center did not give is handed on as it stands. Both None where the columns
        are blank.

    Source
    ------
    Minor Planet Center, Format for Optical Astrometric Observations, columns 1 to 12.
    """
    head, tail = columns[:5], columns[5:12]
    number = unpack_number(head)
    designation = unpack_provisional(tail)
    if number is not None and number[-1:].isalpha():
        fragment = tail.strip()
        if fragment and designation is None and re.fullmatch(r"[a-z]{1,2}", fragment):
            return f"{number}-{fragment.upper()}", None
        return number, None if designation is None else f"{number[-1]}/{designation}"
    if number is None and head[:4].strip() == "" and head[4] in COMET_KINDS and designation is not None:
        return None, f"{head[4]}/{designation}"
    if number is None and designation is None:
        own = columns.strip()
        return None, own or None
    if designation is None:
        designation = tail.strip() or None
    if number is None and head.strip():
        return None, columns.strip()
    return number, designation


def pack_columns(name: str) -> str | None:
    """Columns 1 to 12 of a record of 80 columns from the name of an object; None where it does not fit.

    Parameters
    ----------
    name : str
        ``"99942"``, ``"2024 YR4"``, ``"1P"``, ``"C/2010 E2"``, or an observer's own mark of up to seven characters.

    Returns
    -------
    str or None
        Twelve characters.

    Source
    ------
    Minor Planet Center, Packed Provisional and Permanent Designations.
    """
    if re.fullmatch(r"[1-9]\d*", name):
        packed = _pack_number(int(name))
        return None if packed is None else f"{packed:5s}       "
    if found := _PLAIN_NUMBERED_COMET.fullmatch(name):
        return f"{int(found[1]):04d}{found[2]}{(found[3] or '').lower():>7s}"
    if found := _PLAIN.fullmatch(name):
        return _pack_minor_planet(*found.groups())
    if found := _PLAIN_COMET.fullmatch(name):
        kind, century, year, half, count, fragment = found.groups()
        tens, ones = divmod(int(count), 10)
        last = "0" if fragment is None else fragment.lower()
        if tens >= len(DIGITS):
            return None
        return f"    {kind or ' '}{_century(century)}{year}{half}{DIGITS[tens]}{ones}{last}"
    if found := _PLAIN_SURVEY.fullmatch(name):
        code = next(code for code, plain in SURVEYS.items() if plain == found[2])
        return f"     {code}{found[1]}"
    return f"     {name:7s}" if re.fullmatch(r"[0-9A-Za-z_~]{1,7}", name) else None


def same_object(name: str, other: str) -> bool:
    """Whether two texts name the same object: spaces, letter case and packing aside.

    Parameters
    ----------
    name, other : str
        Names such as ``"2024 YR4"``, ``"2024yr4"``, ``"K24Y04R"``, ``"(99942)"``.
    """
    return not _keys(name).isdisjoint(_keys(other))


def _keys(name: str) -> set[str]:
    plain = name.strip().strip("()")
    keys = {plain.replace(" ", "").casefold()}
    for unpacked in (unpack_number(plain), unpack_provisional(plain)):
        if unpacked:
            keys.add(unpacked.replace(" ", "").casefold())
    if plain.isdecimal():
        keys.add(str(int(plain)))
    return keys


def _pack_number(number: int) -> str | None:
    if number < 100_000:
        return f"{number:05d}"
    if number < FIRST_TILDE_NUMBER:
        return f"{DIGITS[number // 10_000]}{number % 10_000:04d}"
    rest = number - FIRST_TILDE_NUMBER
    return "~" + _to_base_62(rest, 4) if rest < 62**4 else None


def _pack_minor_planet(century: str, year: str, half: str, letter: str, count: str) -> str | None:
    cycle = int(count or 0)
    tens, ones = divmod(cycle, 10)
    if tens < len(DIGITS):
        return f"     {_century(century)}{year}{half}{DIGITS[tens]}{ones}{letter}"
    order = cycle * len(ORDER_LETTERS) + ORDER_LETTERS.index(letter) - FIRST_EXTENDED_ORDER
    past_2000 = int(century + year) - 2000
    if not 0 <= past_2000 < len(DIGITS) or order >= 62**4:
        return None
    return f"     _{DIGITS[past_2000]}{half}{_to_base_62(order, 4)}"


def _century(two: str) -> str:
    return next(letter for letter, digits in CENTURIES.items() if digits == two)


def _from_base_62(text: str) -> int:
    value = 0
    for character in text:
        value = value * 62 + DIGITS.index(character)
    return value


def _to_base_62(value: int, places: int) -> str:
    text = ""
    for _ in range(places):
        value, digit = divmod(value, 62)
        text = DIGITS[digit] + text
    return text
