"""Files with one orbit and its covariance, whatever agency wrote them."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from moonstead.formats.files import read_text
from moonstead.formats.published_orbit import PublishedOrbit
from moonstead.formats.published_orbit_neocc import parse_neocc
from moonstead.formats.published_orbit_opm import parse_opm
from moonstead.formats.published_orbit_own import is_own, parse_own
from moonstead.formats.published_orbit_sbdb import parse_sbdb
from moonstead.foundation.errors import InvalidInput


def read_orbit_file(path: str | os.PathLike[str]) -> PublishedOrbit:
    """Read an orbit with its covariance; the content tells the format.

    Known are the OrbFit element files of ESA's NEO Coordination Centre (``.ke0``, ``.ke1``, ``.eq0``, ``.eq1``),
    answers of JPL's Small-Body Database (json, with covariance), the orbits that `moonstead asteroid fit` writes, and
    CCSDS Orbit Parameter Messages (KVN).

    Parameters
    ----------
    path : path
        The file.

    Returns
    -------
    PublishedOrbit
        All that the file says, in SI units.

    Raises
    ------
    MissingData
        There is no such file.
    InvalidInput
        The file is of no known format, or breaks its own; the message names what is wrong and what to do.
    """
    text, name = read_text(path), str(Path(path))
    beginning = text.lstrip()[:400]
    if beginning.startswith("{"):
        document = _object(text, name)
        return parse_own(document, name) if is_own(document) else parse_sbdb(document, name)
    if "OEF" in beginning.split("\n")[0]:
        return parse_neocc(text, name)
    if "CCSDS_OPM_VERS" in beginning:
        return parse_opm(text, name)
    shown = beginning.splitlines()[0][:60] if beginning else ""
    raise InvalidInput(
        f"{name}: no known orbit file; it begins with {shown!r}. Known are NEOCC element files (first line with "
        "OEF2.0), json of JPL's Small-Body Database with its covariance, `moonstead asteroid fit --out`, and CCSDS OPM"
    )


def _object(text: str, name: str) -> dict[str, Any]:
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        raise InvalidInput(f"{name}, line {error.lineno}: broken json ({error.msg}); fetch the file again") from error
    if not isinstance(document, dict):
        raise InvalidInput(f"{name}: a json orbit is an object with keys; this is a {type(document).__name__}")
    return document
