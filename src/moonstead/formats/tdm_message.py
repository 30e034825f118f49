"""What a Tracking Data Message says, and the keywords of its standard."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.time.epoch import Epoch

Array = NDArray[np.float64]

VERSIONS = ("1.0", "2.0")
HEADER_KEYS = ("CREATION_DATE", "ORIGINATOR", "MESSAGE_ID")
_FIVE = range(1, 6)
# In the order of CCSDS 503.0-B-2, table 3-3, in which they are written.
METADATA_KEYS = (
    *("TRACK_ID", "DATA_TYPES", "TIME_SYSTEM", "START_TIME", "STOP_TIME"),
    *(f"PARTICIPANT_{n}" for n in _FIVE),
    *("MODE", "PATH", "PATH_1", "PATH_2"),
    *(f"EPHEMERIS_NAME_{n}" for n in _FIVE),
    *("TRANSMIT_BAND", "RECEIVE_BAND", "TURNAROUND_NUMERATOR", "TURNAROUND_DENOMINATOR", "TIMETAG_REF"),
    *("INTEGRATION_INTERVAL", "INTEGRATION_REF", "FREQ_OFFSET", "RANGE_MODE", "RANGE_MODULUS", "RANGE_UNITS"),
    *("ANGLE_TYPE", "REFERENCE_FRAME", "INTERPOLATION", "INTERPOLATION_DEGREE"),
    *("DOPPLER_COUNT_BIAS", "DOPPLER_COUNT_SCALE", "DOPPLER_COUNT_ROLLOVER"),
    *(f"TRANSMIT_DELAY_{n}" for n in _FIVE),
    *(f"RECEIVE_DELAY_{n}" for n in _FIVE),
    *("DATA_QUALITY", "CORRECTION_ANGLE_1", "CORRECTION_ANGLE_2", "CORRECTION_DOPPLER", "CORRECTION_MAG"),
    *("CORRECTION_RANGE", "CORRECTION_RCS", "CORRECTION_RECEIVE", "CORRECTION_TRANSMIT"),
    *("CORRECTION_ABERRATION_YEARLY", "CORRECTION_ABERRATION_DIURNAL", "CORRECTIONS_APPLIED"),
)
# Table 3-5, with the unit of each.
DATA_UNITS: Mapping[str, str] = {
    "ANGLE_1": "deg",
    "ANGLE_2": "deg",
    "CARRIER_POWER": "dBW",
    "CLOCK_BIAS": "s",
    "CLOCK_DRIFT": "s/s",
    "DOPPLER_COUNT": "count",
    "DOPPLER_INSTANTANEOUS": "km/s",
    "DOPPLER_INTEGRATED": "km/s",
    "DOR": "s",
    "MAG": "mag",
    "PC_N0": "dBHz",
    "PR_N0": "dBHz",
    "PRESSURE": "hPa",
    "RANGE": "RANGE_UNITS",
    "RCS": "m**2",
    "RECEIVE_FREQ": "Hz",
    **{f"RECEIVE_FREQ_{n}": "Hz" for n in _FIVE},
    **{f"RECEIVE_PHASE_CT_{n}": "cycles" for n in _FIVE},
    "RHUMIDITY": "%",
    "STEC": "TECU",
    "TEMPERATURE": "K",
    **{f"TRANSMIT_FREQ_{n}": "Hz" for n in _FIVE},
    **{f"TRANSMIT_FREQ_RATE_{n}": "Hz/s" for n in _FIVE},
    **{f"TRANSMIT_PHASE_CT_{n}": "cycles" for n in _FIVE},
    "TROPO_DRY": "m",
    "TROPO_WET": "m",
    "VLBI_DELAY": "s",
}
CHOICES: Mapping[str, tuple[str, ...]] = {
    "MODE": ("SEQUENTIAL", "SINGLE_DIFF"),
    "TIMETAG_REF": ("TRANSMIT", "RECEIVE"),
    "INTEGRATION_REF": ("START", "MIDDLE", "END"),
    "RANGE_MODE": ("COHERENT", "CONSTANT", "ONE_WAY"),
    "RANGE_UNITS": ("KM", "S", "RU"),
    "ANGLE_TYPE": ("AZEL", "RADEC", "XEYN", "XSYE"),
    "DATA_QUALITY": ("RAW", "VALIDATED", "DEGRADED"),
    "CORRECTIONS_APPLIED": ("YES", "NO"),
}


@dataclass(frozen=True)
class TdmFault:
    """A place in a file that could not be used.

    Attributes
    ----------
    line : int
        In the file, from 1.
    text : str
        What stands there.
    what : str
        What is wrong and what to do.
    """

    line: int
    text: str
    what: str


@dataclass(frozen=True)
class TdmHeader:
    """Who made the message.

    Attributes
    ----------
    originator : str
        Agency or operator.
    creation : Epoch or None
        When; None where the file's date was damaged.
    message_id : str or None
        Its name with the originator.
    comments : tuple of str
        Before the first segment.
    version : str
        Of the standard, as the file says.
    """

    originator: str
    creation: Epoch | None
    message_id: str | None = None
    comments: tuple[str, ...] = ()
    version: str = "2.0"


@dataclass(frozen=True, eq=False)
class TdmSegment:
    """Tracking of one set of participants.

    Attributes
    ----------
    metadata : mapping of str to str
        Keywords of the standard and their values as they stand.
    keyword : N str
        What each row holds.
    epoch : N str
        Time of each row as it stands, in the time system of the metadata.
    text : N str
        Value of each row as it stands, so that no digit is lost.
    tdb : (N,) [s TDB past J2000]
        The times.
    value : (N,) [as in the file]
        The values, in the units of the standard (`DATA_UNITS`).
    metadata_comments, comments : tuple of str
        Beside the metadata, and among the data.
    """

    metadata: Mapping[str, str]
    keyword: tuple[str, ...]
    epoch: tuple[str, ...]
    text: tuple[str, ...]
    tdb: Array = field(repr=False)
    value: Array = field(repr=False)
    metadata_comments: tuple[str, ...] = ()
    comments: tuple[str, ...] = ()

    @property
    def participants(self) -> Mapping[int, str]:
        """Names of the participants by their number in paths."""
        return {n: self.metadata[f"PARTICIPANT_{n}"] for n in _FIVE if f"PARTICIPANT_{n}" in self.metadata}

    def rows(self, *keywords: str) -> tuple[Array, Array]:
        """Times [s TDB past J2000] and values [as in the file] of the rows of some keywords, in the file's order."""
        chosen = np.array([name in keywords for name in self.keyword], dtype=bool)
        return self.tdb[chosen], self.value[chosen]


@dataclass(frozen=True, eq=False)
class Tdm:
    """A Tracking Data Message.

    Attributes
    ----------
    header : TdmHeader
        Who made it.
    segments : tuple of TdmSegment
        In the order of the file.
    faults : tuple of TdmFault
        What in the file could not be used; empty for a message that was not read.
    source : str
        Name of the file.
    """

    header: TdmHeader
    segments: tuple[TdmSegment, ...]
    faults: tuple[TdmFault, ...] = ()
    source: str = "message"

    def require_clean(self) -> Tdm:
        """The message itself, where its file has no fault.

        Returns
        -------
        Tdm

        Raises
        ------
        InvalidInput
            The file has a fault; the message gives the first and its line.
        """
        if self.faults:
            first = self.faults[0]
            more = f" ({len(self.faults) - 1} more faults)" if len(self.faults) > 1 else ""
            raise InvalidInput(f"{self.source}, line {first.line}: {first.what}{more}")
        return self
