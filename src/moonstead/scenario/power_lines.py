"""Cables that carry power from site to site."""

from __future__ import annotations

from typing import Self

from pydantic import model_validator

from moonstead.scenario.common import (
    Id,
    Length,
    Name,
    Part,
    PositivePower,
    ResistancePerLength,
    Share,
    UtcTime,
    Voltage,
    described,
    optional,
    refuse,
)


class PowerLine(Part):
    """A power line between two sites, for either direction."""

    id: Id = described("Short name, unique among lines.", "ridge-hub")
    name: Name | None = optional(None, "Full name, as reports print it.", "Cable down from the ridge")
    between: tuple[Id, Id] = described("The two sites.", ["ridge", "hub"])
    partner: Id | None = optional(None, "Partner that owns it.", "cnsa")
    power: PositivePower = described("Most power that may enter at the sending end.", "40 kW")
    length: Length | None = optional(
        None, "Of the cable. Left out: the distance of the sites along the sphere of 1737.4 km.", "25 km"
    )
    loss: Share = optional(0.0, "Share lost at any power, in converters at both ends together.", "6 %")
    resistance: ResistancePerLength = optional(
        0.0, "Of both conductors together, for each length of cable; loses more the more flows.", "1.5 ohm/km"
    )
    voltage: Voltage | None = optional(None, "At the sending end; needed with a resistance.", "3 kV")
    since: UtcTime | None = optional(None, "When it starts to work. Left out: from the start of the scenario.")
    until: UtcTime | None = optional(None, "When it ends to work. Left out: to the stop of the scenario.")
    outages: tuple[tuple[UtcTime, UtcTime], ...] = optional(
        (), "Intervals in which it carries nothing.", [["2035-06-01T00:00:00Z", "2035-06-03T00:00:00Z"]]
    )

    @model_validator(mode="after")
    def _joins_and_runs_forward(self) -> Self:
        if self.between[0] == self.between[1]:
            raise refuse("both ends of the line are at the same site", "name two different sites", "between")
        if self.resistance > 0.0 and self.voltage is None:
            raise refuse("a resistance loses power by the current, so the line needs a voltage", 'add voltage = "3 kV"')
        if self.loss >= 1.0:
            raise refuse("a line that loses all carries nothing", "write a smaller loss", "loss")
        if self.since is not None and self.until is not None and not self.since < self.until:
            raise refuse("`until` is not after `since`", "exchange them or move one", "until")
        for first, last in self.outages:
            if not first < last:
                raise refuse(
                    f"the outage from {first:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M} does not run forward",
                    "write [start, stop] with the start first",
                    "outages",
                )
        return self
