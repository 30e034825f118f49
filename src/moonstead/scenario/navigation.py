"""Navigation: constellations about the Moon, what users at the sites get from them, and the ground segment's files."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from moonstead.scenario.common import (
    QUARTER_TURN,
    SLACK,
    Count,
    Distance,
    Duration,
    FilePath,
    Gain,
    Id,
    Length,
    Name,
    Number,
    Part,
    Quantity,
    Share,
    Speed,
    Temperature,
    Text,
    described,
    optional,
    refuse,
)

SystemLetter = Literal["G", "R", "E", "C", "J", "I", "S"]
Mask = Annotated[float, Quantity("angle", minimum=0.0, maximum=QUARTER_TURN + SLACK, example="5 deg")]
Step = Annotated[float, Quantity("time", minimum=10.0, maximum=86_400.0, example="5 min")]


class NavigationConstellation(Part):
    """Satellites that send ranging signals to users at the Moon: a shipped preset, spacecraft of this file, or both."""

    id: Id = described("Short name, unique among all constellations.", "queqiao")
    name: Name | None = optional(None, "Full name, as reports print it.", "Queqiao, basic system")
    description: Text | None = optional(None, "Free text for the report.", "As published in 2024.")
    partner: Id | None = optional(None, "Partner that runs it.", "cnsa")
    preset: Id | None = optional(
        None, "Shipped constellation, each number with its source; or name spacecraft.", "moonlight-lcns"
    )
    spacecraft: tuple[Id, ...] = optional((), "Spacecraft of this file that send the signal.", ["relay-1", "relay-2"])
    signal_error: Length | None = optional(
        None,
        "Error of a range by orbit, clock and signal, one sigma. Left out: that of the preset, or 10 m.",
        "10 m",
    )
    signal_error_range: tuple[Length, Length] | None = optional(
        None, "Least and largest that this error may be. Left out: half and twice.", ["5 m", "20 m"]
    )

    @model_validator(mode="after")
    def _has_satellites(self) -> Self:
        if self.preset is None and not self.spacecraft:
            raise refuse("a constellation has neither a preset nor spacecraft", "write one of the two", "preset")
        if self.signal_error_range is not None:
            low, high = self.signal_error_range
            if self.signal_error is None or not low <= self.signal_error <= high:
                raise refuse(
                    "a range of the signal's error holds the error itself",
                    "write `signal_error` between its two ends",
                    "signal_error_range",
                )
        return self


class NavigationReceiver(Part):
    """A receiver at the Moon that listens to the navigation satellites of the Earth; its antenna looks at the Earth."""

    systems: tuple[SystemLetter, ...] = optional(
        ("G", "E", "R", "C", "J", "I", "S"),
        "Systems that it receives: GPS, Galileo, GLONASS, BeiDou, QZSS, NavIC, SBAS.",
        ["G", "E"],
        min_length=1,
    )
    gain: Gain = optional(10.0**1.5, "Of its antenna on the axis; kept as a factor.", "15 dBi")
    noise_temperature: Temperature = optional(162.0, "Of the receiving system.", "162 K")
    threshold_dbhz: Number = optional(26.0, "Least carrier to noise density that is acquired.", 26.0, ge=0.0, le=60.0)
    losses: Gain = optional(10.0**0.1, "Of the receiver and its polarisation; kept as a factor.", "1 dB", ge=1.0)
    two_bands: bool = optional(False, "Whether it also listens at 1176.45 MHz.", True)


class OrbitTracking(Part):
    """How well the orbits of a constellation's own spacecraft are known from ground stations: simulated tracking."""

    arc: Duration = optional(86_400.0, "How long from the start of the scenario it is tracked.", "24 h")
    prediction: Duration = optional(86_400.0, "How far its orbit is predicted after that.", "24 h")
    step: Step = optional(600.0, "Between measurements of a station that sees it.", "10 min")
    range_error: Length = optional(1.0, "Noise of a two-way range, one sigma.", "1 m")
    range_bias: Length = optional(2.0, "Constant error of the ranges of a station, one sigma.", "2 m")
    doppler_error: Speed = optional(1e-4, "Noise of the range rate over a minute, one sigma.", "0.1 mm/s", gt=0.0)
    radiation_error: Share = optional(
        0.1, "How far off the pressure of sunlight may be, one sigma; it counts where mass and area are known.", "10 %"
    )


class NavigationStation(Part):
    """A receiver on the Earth whose observations are positioned."""

    id: Id = described("Short name, unique among the stations of navigation.", "esbc")
    observations: FilePath = described("Its RINEX observation file.", "ESBC00DNK_R_20201770000_01D_30S_MO.crx.gz")
    systems: tuple[SystemLetter, ...] = optional(
        ("G", "R", "C"), "Systems that are used.", ["G", "R", "C"], min_length=1
    )
    mode: Literal["single", "ppp"] = optional("single", "Single epochs, or precise point positioning.", "single")
    truth: tuple[Distance, Distance, Distance] | None = optional(
        None, "Known coordinates of its antenna in the ITRF.", ["3582104.887 m", "532590.197 m", "5232755.317 m"]
    )


class Navigation(Part):
    """What is asked of navigation: at the sites on the Moon, and of the systems of the Earth."""

    sites: tuple[Id, ...] = optional((), "Sites with users. Left out: all.", ["hub"])
    mask: Mask = optional(QUARTER_TURN / 18.0, "Least elevation, where the skyline is not higher.", "5 deg")
    step: Step = optional(300.0, "Between epochs.", "5 min")
    duration: Duration = optional(86_400.0, "How long from the start of the scenario the sky is followed.", "24 h")
    dop_limit: Number = optional(6.0, "Largest dilution of position that serves.", 6.0, gt=0.0, le=1000.0)
    height_error: Length | None = optional(
        None, "Error of a height that the user knows, by altimeter or map, one sigma. Left out: it knows none.", "10 m"
    )
    user_error: Length = optional(3.0, "Error of a range by the user's receiver, one sigma.", "3 m")
    common_time: bool = optional(
        False, "Whether all constellations keep one time; otherwise the user estimates a clock for each.", True
    )
    map_half_width: Length = optional(100e3, "Half width of the map of dilution about each site.", "100 km")
    map_points: Count = optional(9, "Points of that map along each side; 0 for no map.", 9, ge=0, le=101)
    receiver: NavigationReceiver | None = optional(
        None, "Receiver of the Earth's navigation satellites. Left out: that is not computed."
    )
    tracking: OrbitTracking | None = optional(
        None, "Tracking of a constellation's own spacecraft. Left out: their orbits are taken as known."
    )
    navigation_files: tuple[FilePath, ...] = optional(
        (),
        "RINEX navigation files whose broadcast orbits and clocks are judged.",
        ["BRDC00IGS_R_20220010000_01D_MN.rnx.gz"],
    )
    precise_files: tuple[FilePath, ...] = optional(
        (), "SP3 and clock files that they are judged by.", ["COD0MGXFIN_20220010000_01D_05M_ORB.SP3.gz"]
    )
    stations: tuple[NavigationStation, ...] = Field((), alias="station", description="Receivers on the Earth.")

    @model_validator(mode="after")
    def _has_what_it_judges_by(self) -> Self:
        if bool(self.navigation_files) != bool(self.precise_files) and not self.stations:
            lacking, given = ("precise_files", "navigation_files")
            if self.precise_files:
                lacking, given = given, lacking
            raise refuse(f"`{given}` alone cannot be judged", f"add `{lacking}`", given)
        if self.stations and not (self.navigation_files or self.precise_files):
            raise refuse(
                "stations are positioned with orbits and clocks", "add `navigation_files` or `precise_files`", "station"
            )
        return self
