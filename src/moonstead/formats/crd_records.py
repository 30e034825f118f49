"""Records of the Consolidated laser Ranging Data format: which fields stand in which, and how they are read."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

Value = float | int | str | None

NOT_KNOWN = ("na", "-na")
WHOLE, NUMBER, TIME, WORD = "i", "f", "t", "s"
UNITS: Mapping[str, float] = MappingProxyType(
    {
        "ps": 1e-12,
        "ns": 1e-9,
        "us": 1e-6,
        "nm": 1e-9,
        "mm": 1e-3,
        "km": 1e3,
        "mJ": 1e-3,
        "kHz": 1e3,
        "hPa": 100.0,
        "percent": 0.01,
        "deg": math.pi / 180.0,
        "arcsec": math.pi / 648_000.0,
    }
)
TIME_DIGITS = 12  # decimals of seconds of day and of times of flight
DIGITS = 12  # significant ones of all other numbers: enough to give back what a file said


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a record.

    Attributes
    ----------
    name : str
        What it is called here.
    kind : str
        ``"i"`` whole number, ``"f"`` number, ``"t"`` number with `TIME_DIGITS` decimals, ``"s"`` text without blanks.
    scale : float [mixed]
        SI value of a unit of the file; 1 for what stands in SI already.
    since : int
        Version of the format that brought it.
    """

    name: str
    kind: str = NUMBER
    scale: float = 1.0
    since: int = 1


def _fields(text: str) -> tuple[Field, ...]:
    """Fields from words ``name`` (a number), ``name:unit``, ``name:i``, ``name:s``; ``@2`` after those of version 2."""
    out = []
    for word in text.split():
        name, _, version = word.partition("@")
        name, _, way = name.partition(":")
        kind = way if way in (WHOLE, TIME, WORD) else NUMBER
        out.append(Field(name, kind, UNITS.get(way, 1.0), int(version or 1)))
    return tuple(out)


_SHAPE = "rms:ps skew kurtosis peak_minus_mean:ps"
FIELDS: Mapping[str, tuple[Field, ...]] = MappingProxyType(
    {
        "H1": _fields("format:s version:i year:i month:i day:i hour:i"),
        "H2": _fields("station:s pad:i system:i occupancy:i time_scale:i network:s@2"),
        "H3": _fields("target:s cospar:s sic:s norad:s spacecraft_time_scale:i target_type:i target_location:i@2"),
        "H4": _fields(
            "data_type:i start_year:i start_month:i start_day:i start_hour:i start_minute:i start_second:i "
            "end_year:i end_month:i end_day:i end_hour:i end_minute:i end_second:i release:i refraction_applied:i "
            "center_of_mass_applied:i amplitude_applied:i station_delay_applied:i target_delay_applied:i range_type:i "
            "alert:i"
        ),
        "H5": _fields("prediction_type:i year_of_century:s date:s provider:s sequence:s"),
        "C0": _fields(
            "detail:i wavelength:nm system_id:s laser_id:s detector_id:s timing_id:s transponder_id:s "
            "software_id:s@2 meteorology_id:s@2 calibration_id:s@2"
        ),
        "C1": _fields(
            "detail:i laser_id:s laser_type:s wavelength:nm fire_rate pulse_energy:mJ pulse_width:ps divergence:arcsec "
            "pulses_in_semitrain:i"
        ),
        "C2": _fields(
            "detail:i detector_id:s detector_type:s wavelength:nm quantum_efficiency:percent voltage dark_count:kHz "
            "output_pulse:s output_width:ps filter_width:nm filter_transmission:percent spatial_filter:arcsec "
            "signal_processing:s amplifier_gain@2 amplifier_bandwidth:kHz@2 amplifier_in_use:s@2"
        ),
        "C3": _fields("detail:i timing_id:s time_source:s frequency_source:s timer:s serial:s epoch_delay:us"),
        "C4": _fields(
            "detail:i transponder_id:s station_utc_offset:ns station_drift utc_offset:ns drift "
            "reference_time:t station_clock_applied:i spacecraft_clock_applied:i simplified:i"
        ),
        "C5": _fields(
            "detail:i software_id:s tracking_software:s tracking_versions:s processing_software:s processing_versions:s"
        ),
        "C6": _fields(
            "detail:i meteorology_id:s pressure_maker:s pressure_model:s pressure_serial:s temperature_maker:s "
            "temperature_model:s temperature_serial:s humidity_maker:s humidity_model:s humidity_serial:s"
        ),
        "C7": _fields(
            "detail:i calibration_id:s target_name:s surveyed_distance survey_error:mm other_delays "
            "pulse_energy:mJ processing_software:s processing_version:s"
        ),
        "10": _fields(
            "second:t time_of_flight:t system_id:s epoch_event:i filter_flag:i detector_channel:i stop:i "
            "receive_amplitude:i transmit_amplitude:i@2"
        ),
        "11": _fields(
            f"second:t time_of_flight:t system_id:s epoch_event:i window count:i {_SHAPE} return_rate "
            "detector_channel:i signal_to_noise@2"
        ),
        "12": _fields("second:t system_id:s refraction:ps center_of_mass neutral_density time_bias range_rate@2"),
        "20": _fields("second:t pressure:hPa temperature humidity:percent origin:i"),
        "21": _fields(
            "second:t wind_speed wind_direction:deg precipitation:s visibility:km clarity seeing:arcsec "
            "cloud_cover:percent sky_temperature@2"
        ),
        "30": _fields(
            "second:t azimuth:deg elevation:deg direction:i origin:i refraction_corrected:i azimuth_rate:deg@2 "
            "elevation_rate:deg@2"
        ),
        "40": _fields(
            f"second:t data_type:i system_id:s recorded:i used:i target_distance delay:ps shift:ps {_SHAPE} "
            "type:i shift_type:i detector_channel:i span:i@2 return_rate@2"
        ),
        "50": _fields(f"system_id:s {_SHAPE} quality:i"),
        "60": _fields("system_id:s configuration_change:i configuration_indicator:i"),
    }
)
ALIASES: Mapping[str, str] = MappingProxyType({"41": "40"})  # the same fields, for calibrations beside the pass's own
ENDS = ("H8", "H9")
KEPT_AS_TEXT = ("00", "42", *(str(kind) for kind in range(90, 100)))  # comments, calibration shots, a station's own
# Fields at the end of records that stations leave out, beside those that a later version brought.
LEFT_OUT: Mapping[str, int] = MappingProxyType(
    {"H3": 1, "H4": 1, "C0": 5, "C1": 1, "C2": 1, "10": 2, "11": 2, "20": 1, "21": 6, "30": 3, "40": 3, "50": 1}
)
BOUNDS: Mapping[str, tuple[float, float]] = MappingProxyType(
    {"second": (0.0, 172_800.0), "time_of_flight": (-1.0, 1e5)}  # [s] calibrations may be negative, Jupiter is far
)
LARGEST_WHOLE = 2.0**53
NEEDED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "H1": ("version",),
        "H2": ("pad",),
        "H4": tuple(f"start_{part}" for part in ("year", "month", "day", "hour", "minute", "second")),
        "10": ("second", "time_of_flight", "epoch_event"),
        "11": ("second", "time_of_flight", "epoch_event"),
        "20": ("second",),
    }
)


@dataclass(frozen=True, slots=True)
class CrdRecord:
    """One line of a CRD file.

    Attributes
    ----------
    kind : str
        Two characters, capital: ``"11"``, ``"C0"``; ``"00"`` is a comment, ``"90"`` to ``"99"`` are a station's own.
    values : mapping of str to value
        By the names of `FIELDS`, SI; None for what is not known. Kinds of `KEPT_AS_TEXT` have ``"text"``.
    line : int
        Where it stood, from 1; 0 for a record that was made here.
    """

    kind: str
    values: Mapping[str, Value]
    line: int = 0

    def number(self, name: str) -> float:
        """A field as a number.

        Parameters
        ----------
        name : str
            Of the field.

        Returns
        -------
        float [mixed]
            SI; NaN where it is not known.
        """
        value = self.values.get(name)
        return float(value) if isinstance(value, int | float) else math.nan

    def text(self, name: str) -> str:
        """A field as text; empty where it is not known."""
        value = self.values.get(name)
        return "" if value is None else str(value)


def parse_record(line: str, number: int) -> CrdRecord:
    """One line of a CRD file.

    Parameters
    ----------
    line : str
        Without its end.
    number : int
        Of the line, from 1.

    Returns
    -------
    CrdRecord

    Raises
    ------
    ValueError
        The kind is unknown, or a field is missing or is no number; the message says which.

    Source
    ------
    ILRS (2019), Consolidated Laser Ranging Data Format (CRD), version 2.01, section 3; version 1.01 (2009).
    """
    words = line.split()
    kind = words[0].upper()
    if kind in KEPT_AS_TEXT:
        return CrdRecord(kind, MappingProxyType({"text": line.strip()[2:].strip()}), number)
    if kind in ENDS:
        return CrdRecord(kind, MappingProxyType({}), number)
    family = ALIASES.get(kind, kind)
    fields = FIELDS.get(family, ())
    if not fields:
        raise ValueError(f"records of kind {kind[:8]!r} are not known")
    needed = sum(field.since == 1 for field in fields) - LEFT_OUT.get(family, 0)
    if len(words) - 1 < needed:
        missing = fields[len(words) - 1].name.replace("_", " ")
        raise ValueError(f"a record {kind} needs {needed} fields and has {len(words) - 1}: its {missing} is missing")
    values = {field.name: _value(field, word, kind) for field, word in zip(fields, words[1:], strict=False)}
    unknown = [name for name in NEEDED.get(family, ()) if values.get(name) is None]
    if unknown:
        raise ValueError(f"the {unknown[0].replace('_', ' ')} of a record {kind} must be known")
    return CrdRecord(kind, MappingProxyType(values), number)


def _value(field: Field, word: str, kind: str) -> Value:
    if word.lower() in NOT_KNOWN:
        return None
    if field.kind == WORD:
        return word
    said = f"{field.name.replace('_', ' ')} of a record {kind}"
    try:
        number = float(word)
    except ValueError:
        raise ValueError(f"the {said} is no number: {word[:20]!r}") from None
    if not math.isfinite(number):
        raise ValueError(f"the {said} is not finite: {word[:20]!r}")
    if field.kind == WHOLE:
        if abs(number) > LARGEST_WHOLE or number != int(number):
            raise ValueError(f"the {said} is no whole number: {word[:20]!r}")
        return int(number)
    low, high = BOUNDS.get(field.name, (-math.inf, math.inf))
    if not low <= number <= high:
        raise ValueError(f"the {said} lies outside {low:g} to {high:g}: {word[:20]!r}")
    return number * field.scale


def record_text(record: CrdRecord, version: int) -> str:
    """A record as a line of a file.

    Parameters
    ----------
    record : CrdRecord
        What to write.
    version : int
        Of the format, 1 or 2.

    Returns
    -------
    str
        Without an end of line; what is not known is ``na``, in numbers of version 1 ``-1``.

    Source
    ------
    As `parse_record`.
    """
    if record.kind in KEPT_AS_TEXT:
        return f"{record.kind.lower()} {record.text('text')}".rstrip()
    return " ".join((record.kind.lower(), *_words(record, version)))


def _words(record: CrdRecord, version: int) -> Iterator[str]:
    fields = list(FIELDS.get(ALIASES.get(record.kind, record.kind), ()))
    while fields and fields[-1].name not in record.values:
        fields.pop()
    for field in fields:
        value = record.values.get(field.name)
        if value is None:
            yield "na" if version > 1 or field.kind == WORD else "-1"
        elif field.kind == TIME:
            yield f"{float(value) / field.scale:.{TIME_DIGITS}f}"
        elif field.kind == NUMBER:
            yield f"{float(value) / field.scale:.{DIGITS}g}"
        else:
            yield str(value)
