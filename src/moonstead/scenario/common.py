"""Words that all parts of a scenario share: identifiers, quantities, times, files, and how to refuse a value."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    Strict,
    StringConstraints,
    ValidationInfo,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError, core_schema

from moonstead.foundation.data_sets import names_a_file
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.units import DIMENSIONS, format_quantity, parse_quantity

if TYPE_CHECKING:
    from moonstead.foundation.time.epoch import Epoch

FOLDER = "folder"  # key of the validation context: the folder that relative paths start from

_NUMBER_PATTERN = r"\s*[+\-−]?(\d+\.?\d*|\.\d+)([eE][+\-]?\d+)?\s*"


class Part(BaseModel):
    """Base of every table of a scenario: frozen, no unknown keys, only finite numbers."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


def refuse(message: str, remedy: str, key: str | None = None) -> PydanticCustomError:
    """Build the error of a validator that the loader turns into a problem with file, line and key.

    Parameters
    ----------
    message : str
        What is wrong.
    remedy : str
        What to write instead.
    key : str, optional
        Key of the table at hand that is to blame, where a validator looks at the whole table.

    Returns
    -------
    PydanticCustomError
        To be raised by the caller.
    """
    return PydanticCustomError("scenario", "{text}", {"text": message, "remedy": remedy, "key": key})


@dataclass(frozen=True, slots=True)
class Quantity:
    """Mark of a float that a scenario writes with its unit and that is kept in SI.

    Attributes
    ----------
    dimension : str
        Name in `moonstead.foundation.units.DIMENSIONS`.
    above, minimum, maximum : float [SI]
        Open lower bound, closed lower bound, closed upper bound.
    example : str
        How to write it; default the example of the dimension.
    """

    dimension: str
    above: float | None = None
    minimum: float | None = None
    maximum: float | None = None
    example: str | None = None

    @property
    def shown(self) -> str:
        """Example that messages and editors show."""
        return self.example or DIMENSIONS[self.dimension].example

    def parse(self, value: object) -> float:
        """SI value of what the scenario says.

        Parameters
        ----------
        value : object
            A quantity as text, or a bare number where the dimension takes one.

        Returns
        -------
        float [SI]
            Within the bounds.

        Raises
        ------
        PydanticCustomError
            It is no such quantity or out of bounds; the loader adds file, line and key.
        """
        remedy = f'write it with a unit, for example "{self.shown}"'
        try:
            number = parse_quantity(value, self.dimension)
        except InvalidInput as error:
            raise refuse(_without_advice(str(error)), remedy) from None
        if self.above is not None and not number > self.above:
            raise refuse(f"{value!r} is out of range: it must be above {self._limit(self.above)}", remedy)
        if self.minimum is not None and number < self.minimum:
            raise refuse(f"{value!r} is out of range: it must be at least {self._limit(self.minimum)}", remedy)
        if self.maximum is not None and number > self.maximum:
            raise refuse(f"{value!r} is out of range: it must be at most {self._limit(self.maximum)}", remedy)
        return number

    def _limit(self, bound: float) -> str:
        unit = {"angle": "deg", "ratio": "%"}.get(self.dimension) or next(iter(DIMENSIONS[self.dimension].units))
        return format_quantity(bound, unit, 3)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        dimension = DIMENSIONS[self.dimension]
        symbols = "|".join(_escape(symbol) for symbol in dimension.units)
        text: dict[str, Any] = {"type": "string", "pattern": f"^{_NUMBER_PATTERN}({symbols})\\s*$"}
        shape = {"anyOf": [{"type": "number"}, text]} if dimension.bare else text
        unit = next(iter(dimension.units))
        schema = {**shape, "examples": [self.shown], "$comment": f"{self.dimension} with its unit; kept in {unit}"}
        return core_schema.no_info_plain_validator_function(
            self.parse, metadata={"pydantic_js_updates": schema}, json_schema_input_schema=core_schema.any_schema()
        )


def _without_advice(message: str) -> str:
    """Cut the example of the dimension off a message; the key has its own."""
    for advice in ("; write ", ": write "):
        message = message.partition(advice)[0]
    return message


def _escape(symbol: str) -> str:
    return "".join(f"\\{character}" if character in "^.+*?()[]{}|\\/" else character for character in symbol)


QUARTER_TURN = math.pi / 2.0
TURN = 2.0 * math.pi
SLACK = 1e-12  # [rad] "90 deg" may round past a quarter turn

Length = Annotated[float, Quantity("length", above=0.0)]
Height = Annotated[float, Quantity("length", example="1250 m")]
Mast = Annotated[float, Quantity("length", minimum=0.0, maximum=1000.0, example="10 m")]
Distance = Annotated[float, Quantity("length")]
Area = Annotated[float, Quantity("area", above=0.0)]
Duration = Annotated[float, Quantity("time", above=0.0)]
Speed = Annotated[float, Quantity("speed")]
Mass = Annotated[float, Quantity("mass", above=0.0)]
Angle = Annotated[float, Quantity("angle", minimum=-TURN - SLACK, maximum=TURN + SLACK, example="30 deg")]
Latitude = Annotated[float, Quantity("angle", minimum=-QUARTER_TURN - SLACK, maximum=QUARTER_TURN + SLACK)]
Longitude = Annotated[float, Quantity("angle", minimum=-math.pi - SLACK, maximum=TURN + SLACK, example="123.40 deg")]
Elevation = Annotated[
    float, Quantity("angle", minimum=-QUARTER_TURN / 9.0, maximum=QUARTER_TURN + SLACK, example="10 deg")
]
Power = Annotated[float, Quantity("power", minimum=0.0)]
PositivePower = Annotated[float, Quantity("power", above=0.0)]
Energy = Annotated[float, Quantity("energy", above=0.0)]
DataRate = Annotated[float, Quantity("data rate", minimum=0.0, example="20 kbit/s")]
Temperature = Annotated[float, Quantity("temperature", above=0.0)]
Share = Annotated[float, Quantity("ratio", minimum=0.0, maximum=1.0)]
Efficiency = Annotated[float, Quantity("ratio", above=0.0, maximum=1.0)]
ShareRate = Annotated[float, Quantity("ratio per time", minimum=0.0)]
Gain = Annotated[float, Quantity("gain")]
Voltage = Annotated[float, Quantity("voltage", above=0.0)]
ResistancePerLength = Annotated[float, Quantity("resistance per length", minimum=0.0)]

Number = Annotated[float, Strict()]
Count = Annotated[int, Strict()]
Text = Annotated[str, StringConstraints(max_length=4000)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]


def _identifier(value: object) -> str:
    remedy = 'use lower-case letters, digits and hyphens, for example "relay-1"'
    if not isinstance(value, str):
        raise refuse(f"an identifier is text in quotes, not {value!r}", remedy)
    if not value or len(value) > 64 or not set(value) <= set("abcdefghijklmnopqrstuvwxyz0123456789-"):
        raise refuse(f"{value!r} is no identifier", remedy)
    return value


Id = Annotated[
    str,
    BeforeValidator(_identifier),
    WithJsonSchema({"type": "string", "pattern": "^[a-z0-9-]{1,64}$", "examples": ["relay-1"]}),
]


def _endpoint(value: object) -> str:
    remedy = 'write "site.antenna", "spacecraft.antenna", a ground station or a network, for example "relay-1.surface"'
    if not isinstance(value, str):
        raise refuse(f"an end of a link is text in quotes, not {value!r}", remedy)
    parts = value.split(".")
    if len(parts) > 2:
        raise refuse(f"{value!r} has more than one point", remedy)
    for part in parts:
        try:
            _identifier(part)
        except PydanticCustomError:
            raise refuse(f"{value!r} names no end of a link", remedy) from None
    return value


Endpoint = Annotated[
    str,
    BeforeValidator(_endpoint),
    WithJsonSchema(
        {"type": "string", "pattern": r"^[a-z0-9-]{1,64}(\.[a-z0-9-]{1,64})?$", "examples": ["relay-1.surface"]}
    ),
]

Band = Literal["UHF", "L", "S", "X", "Ka"]
Axes = Literal["ICRF", "EME2000", "ECLIPJ2000", "MOON_PA", "MOON_ME", "ITRF", "TEME"]
Center = Literal["MOON", "EARTH"]


def _utc(value: object) -> datetime:
    remedy = "write date, time and zone without quotes, for example 2035-01-01T00:00:00Z"
    if isinstance(value, str):
        raise refuse(f"{value!r} is text, not a date", remedy)
    if isinstance(value, date) and not isinstance(value, datetime):
        raise refuse(f"{value.isoformat()} has no time of day and no zone", remedy)
    if not isinstance(value, datetime):
        raise refuse(f"{value!r} is not a date", remedy)
    if value.tzinfo is None:
        raise refuse(f"{value.isoformat()} has no zone", remedy)
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise refuse(f"{value.isoformat()} is outside the years that a date can have", remedy) from None


UtcTime = Annotated[
    datetime,
    BeforeValidator(_utc),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2035-01-01T00:00:00Z"]}),
]


def _file(value: object, info: ValidationInfo) -> Path:
    if not isinstance(value, str) or not value.strip() or "\0" in value:
        raise refuse(f"{value!r} names no file", 'write a path relative to the scenario, for example "relay.oem"')
    context: Mapping[str, Any] = info.context if isinstance(info.context, Mapping) else {}
    return Path(context.get(FOLDER, "."), value).absolute()


FilePath = Annotated[
    Path, BeforeValidator(_file), WithJsonSchema({"type": "string", "minLength": 1, "examples": ["relay.oem"]})
]


def _layer(value: object, info: ValidationInfo) -> str:
    remedy = 'name a file of heights, for example "Site04_final_adj_5mpp_surf.tif", or the data set "lola-8ppd"'
    if not isinstance(value, str) or not value.strip() or "\0" in value:
        raise refuse(f"{value!r} names no terrain", remedy)
    return str(_file(value, info)) if names_a_file(value) else value


TerrainLayer = Annotated[
    str,
    BeforeValidator(_layer),
    WithJsonSchema({"type": "string", "minLength": 1, "examples": ["Site04_final_adj_5mpp_surf.tif", "lola-8ppd"]}),
]


def epoch_of(time: datetime) -> Epoch:
    """Epoch of a scenario's date.

    Parameters
    ----------
    time : datetime
        With a zone, as every date of a scenario has.
    """
    from moonstead.foundation.time.epoch import Epoch

    return Epoch.parse(time.astimezone(UTC).replace(tzinfo=None).isoformat(), "UTC")


def described(description: str, *examples: Any, **more: Any) -> Any:
    """Field that must be written, with what editors show."""
    return Field(..., description=description, examples=list(examples) or None, **more)


def optional(default: Any, description: str, *examples: Any, **more: Any) -> Any:
    """Field that may be left out, with what editors show. The default is in SI."""
    return Field(default, description=description, examples=list(examples) or None, **more)
