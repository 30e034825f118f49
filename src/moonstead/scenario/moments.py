"""Instants as files write them: with the time scale that they are read in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from pydantic import GetCoreSchemaHandler
from pydantic_core import core_schema

from moonstead.foundation.errors import MoonsteadError
from moonstead.scenario.common import refuse

if TYPE_CHECKING:
    from moonstead.foundation.time.epoch import Epoch

REMEDY = 'write 2030-01-01T00:00:00Z, or name the scale in quotes: "2030-01-01T00:00:00 TDB"'
_ZONE = re.compile(r"\d(Z|[+-]\d{2}:\d{2})$")
EARTH_BOUND = "UT1"  # reading it takes Earth orientation, which is data and not vocabulary


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant and the time scale that it was written in.

    Attributes
    ----------
    epoch : Epoch
        The instant.
    scale : str
        Name of the scale, for answers in the same words.
    """

    epoch: Epoch
    scale: str

    @property
    def tdb(self) -> float:
        """Time [s TDB past J2000]."""
        return self.epoch.tdb()

    def later(self, seconds: float) -> Moment:
        """The instant so many seconds later, counted in TDB where this one is written in TDB, else in SI seconds.

        Parameters
        ----------
        seconds : float [s]
            How much later; negative for earlier.

        Returns
        -------
        Moment
            In the same scale.
        """
        from moonstead.foundation.time.epoch import Epoch

        moved = Epoch.from_tdb(self.tdb + seconds) if self.scale == "TDB" else self.epoch + seconds
        return Moment(moved, self.scale)

    @classmethod
    def parse(cls, text: str, scale: str | None = None) -> Moment:
        """Instant of a text that ends in Z, an offset or the name of a scale.

        Parameters
        ----------
        text : str
            For example ``"2030-01-01T00:00:00Z"`` or ``"2030-01-01T00:00:00 TDB"``.
        scale : str, optional
            Scale of a text that names none; left out, such a text is refused.

        Raises
        ------
        PydanticCustomError
            It is no such text; the loader adds file, line and key.
        """
        from moonstead.foundation.time.epoch import SCALES, Epoch

        stripped = text.strip()
        last = stripped.rpartition(" ")[2]
        named = "UTC" if _ZONE.search(stripped) else last if last[:1].isalpha() else scale
        if named is None:
            raise refuse(f"{text!r} does not say its time scale", REMEDY)
        if named == EARTH_BOUND or named not in SCALES:
            known = ", ".join(name for name in SCALES if name != EARTH_BOUND)
            raise refuse(f"{text!r}: the time scale {named!r} is none of {known}", REMEDY)
        try:
            return cls(Epoch.parse(stripped, named), named)
        except MoonsteadError as error:
            raise refuse(str(error), REMEDY) from None

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        examples = ["2030-01-01T00:00:00Z", "2030-01-01T00:00:00 TDB"]
        shape = {"type": "string", "pattern": r"^\d{4}-\d", "examples": examples}
        return core_schema.no_info_plain_validator_function(
            _moment, metadata={"pydantic_js_updates": shape}, json_schema_input_schema=core_schema.any_schema()
        )


def _moment(value: object) -> Moment:
    if isinstance(value, str):
        return Moment.parse(value)
    if not isinstance(value, date):
        raise refuse(f"{value!r} is not a date", REMEDY)
    if not isinstance(value, datetime):
        raise refuse(f"{value.isoformat()} has no time of day and no zone", REMEDY)
    if value.tzinfo is None:
        raise refuse(f"{value.isoformat()} has no zone", REMEDY)
    try:
        written = value.astimezone(UTC).replace(tzinfo=None).isoformat()
    except OverflowError:
        raise refuse(f"{value.isoformat()} is outside the years that a date can have", REMEDY) from None
    return Moment.parse(written, "UTC")
