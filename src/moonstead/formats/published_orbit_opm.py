"""CCSDS Orbit Parameter Messages (KVN) with a state and, where given, a covariance."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from moonstead.formats.ccsds_frames import axes_of
from moonstead.formats.ccsds_names import center_of
from moonstead.formats.published_orbit import KINDS, PublishedOrbit, checked_covariance
from moonstead.formats.time_text import parse_times
from moonstead.foundation.errors import InvalidInput

Array = NDArray[np.float64]

COMPONENTS = ("X", "Y", "Z", "X_DOT", "Y_DOT", "Z_DOT")
COVARIANCE = tuple(f"C{row}_{column}" for place, row in enumerate(COMPONENTS) for column in COMPONENTS[: place + 1])


def parse_opm(text: str, name: str) -> PublishedOrbit:
    """State and covariance of an Orbit Parameter Message.

    Parameters
    ----------
    text : str
        Content, key = value. Burns and spacecraft parameters have no meaning for an asteroid and are refused.
    name : str
        File, for messages.

    Returns
    -------
    PublishedOrbit
        A Cartesian one, about the message's centre in its axes.

    Raises
    ------
    InvalidInput
        A key is missing, is given twice, or does not hold what it should.

    Source
    ------
    CCSDS 502.0-B-3, Orbit Data Messages (2023), section 3.
    """
    values = _values(text, name)
    if any(key.startswith("MAN_") for key in values):
        raise InvalidInput(f"{name}: the message holds burns; an asteroid has none, give an orbit without them")
    frame, scale = axes_of(_value(values, "REF_FRAME", name)), _value(values, "TIME_SYSTEM", name)
    tdb = float(parse_times([_value(values, "EPOCH", name)], scale)[0])
    if not np.isfinite(tdb):
        raise InvalidInput(f"{name}: EPOCH = {values['EPOCH']} is no time of {scale}")
    elements = np.array([_number(values, key, name) for key in COMPONENTS]) * 1e3
    covariance = None
    if any(key in values for key in COVARIANCE):
        if values.get("COV_REF_FRAME", values["REF_FRAME"]) != values["REF_FRAME"]:
            raise InvalidInput(f"{name}: COV_REF_FRAME = {values['COV_REF_FRAME']}; give it in {values['REF_FRAME']}")
        covariance = np.zeros((6, 6))
        covariance[np.tril_indices(6)] = [_number(values, key, name) * 1e6 for key in COVARIANCE]
        covariance = checked_covariance(covariance + np.tril(covariance, -1).T, name)
    return PublishedOrbit(
        name=_value(values, "OBJECT_NAME", name),
        tdb=tdb,
        kind="cartesian",
        center=center_of(_value(values, "CENTER_NAME", name)),
        frame=frame.name,
        elements=elements,
        parameters=KINDS["cartesian"],
        covariance=covariance,
        source=f"CCSDS OPM of {values.get('ORIGINATOR', 'unknown originator')}",
    )


def _values(text: str, name: str) -> dict[str, str]:
    values: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        line = line.strip()
        if not line or line.startswith("COMMENT"):
            continue
        key, sign, value = line.partition("=")
        if not sign:
            raise InvalidInput(f"{name}, line {number}: {line[:60]!r} is not KEY = value")
        if key.strip() in values:
            raise InvalidInput(f"{name}, line {number}: {key.strip()} is given twice")
        values[key.strip()] = value.split("[")[0].strip()
    return values


def _value(values: dict[str, str], key: str, name: str) -> str:
    if not values.get(key):
        raise InvalidInput(f"{name}: no {key}; an Orbit Parameter Message needs it")
    return values[key]


def _number(values: dict[str, str], key: str, name: str) -> float:
    text = _value(values, key, name)
    try:
        number = float(text)
    except ValueError as error:
        raise InvalidInput(f"{name}: {key} = {text!r} is no number") from error
    if not np.isfinite(number):
        raise InvalidInput(f"{name}: {key} = {text!r} is not finite")
    return number
